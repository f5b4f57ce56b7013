//! The operator's own templates: used where they can be, named with their line where they cannot,
//! and never a way for a provider's text to become markup.

use rekon::report::labels::Language;
use rekon::report::template::{LARGEST, OwnFile, TemplateFault, Templates};
use rekon::report::view::{ReportView, view};
use rekon::report::{html, page};

use crate::harness::{Output, Workspace, repository};
use crate::reports::fixture::{self, HOSTILE, MARKUP};

fn own(name: &str, text: impl AsRef<[u8]>) -> OwnFile {
    OwnFile {
        name: name.to_owned(),
        shown: format!("own/{name}"),
        bytes: text.as_ref().to_vec(),
    }
}

/// What is said about one file, before a report or with one.
fn refused(name: &str, text: impl AsRef<[u8]>) -> String {
    let (templates, mut faults) = Templates::with(vec![own(name, text)]);
    let (usable, more) = templates.that_render(&hostile());
    faults.extend(more);
    assert!(usable.own().is_empty() || faults.is_empty());
    let said: Vec<String> = faults.iter().map(TemplateFault::to_string).collect();
    said.join("; ")
}

fn hostile() -> ReportView {
    let mut input = fixture::input(Language::En);
    input.notices = vec![format!("{MARKUP}{HOSTILE}")];
    view(&input)
}

fn built_in(name: &str) -> String {
    std::fs::read_to_string(repository().join("templates").join(name)).expect("a template")
}

#[test]
fn the_built_in_templates_may_be_copied_and_say_the_same() {
    let names = [
        "mail.html",
        "page.html",
        "page.css",
        "page.js",
        "subject.txt",
    ];
    let (copied, faults) = Templates::with(names.map(|name| own(name, built_in(name))).to_vec());
    assert_eq!(faults, []);
    assert_eq!(copied.own().len(), names.len());
    for language in [Language::Id, Language::En] {
        for input in [
            fixture::input(language),
            fixture::clean(language),
            fixture::month(language),
        ] {
            let view = view(&input);
            let (copied, faults) = copied.clone().that_render(&view);
            assert_eq!(faults, []);
            let built_in = Templates::built_in();
            assert_eq!(copied.subject(&view), Ok(view.subject.clone()));
            assert_eq!(built_in.subject(&view), Ok(view.subject.clone()));
            assert_eq!(html::mail(&view, &copied), html::mail(&view, &built_in));
            assert_eq!(page::page(&view, &copied), page::page(&view, &built_in));
        }
    }
}

#[test]
fn a_broken_template_is_named_with_its_line() {
    let escaping = "everything is escaped, always; remove";
    let page_without_policy = built_in("page.html").replace("{{ policy }}", "");
    let large = " ".repeat(LARGEST + 1);
    // file | text | what is said
    for (name, text, said) in [
        (
            "mail.html",
            "<p>\n{{ l.Total }\n</p>",
            "own/mail.html, line 2: syntax error",
        ),
        (
            "mail.html",
            "{% if v %}\n",
            "own/mail.html, line 1: syntax error",
        ),
        (
            "mail.html",
            "\n\n{% autoescape false %}x{% endautoescape %}",
            escaping,
        ),
        (
            "mail.html",
            "\n\n{%-autoescape 'none' %}x{% endautoescape %}",
            "own/mail.html, line 3: `autoescape`",
        ),
        (
            "mail.html",
            "\n{{ v.subject|safe }}",
            "own/mail.html, line 2: the filter `safe`",
        ),
        ("mail.html", "{{ v.subject | \n safe }}", escaping),
        (
            "page.html",
            "{{ v.subject|replace('&lt;', '<') }}",
            "the filter `replace`",
        ),
        (
            "mail.html",
            "a\n{{ v.subjekt }}",
            "own/mail.html, line 2: it names a value that does not exist",
        ),
        (
            "mail.html",
            "{{ v.subject|shout }}",
            "own/mail.html, line 1: unknown filter",
        ),
        (
            "mail.html",
            "{% include 'page.html' %}",
            "own/mail.html, line 1: template not found",
        ),
        (
            "mail.html",
            "{% for a in range(9999) %}{% for b in range(9999) %}{% set c = b %}{% endfor %}{% endfor %}",
            "it takes too long",
        ),
        (
            "mail.html",
            "{% for a in range(9999) %}{{ l.FirstSteps }}{% endfor %}",
            "own/mail.html: it renders 156 KiB in its shortest form",
        ),
        (
            "page.html",
            &page_without_policy,
            "own/page.html: the page must keep",
        ),
        (
            "page.js",
            "const a = '</SCRIPT>'",
            "own/page.js, line 1: `</script`",
        ),
        (
            "page.css",
            "a {}\n</style><p>",
            "own/page.css, line 2: `</style`",
        ),
        (
            "subject.txt",
            "  \n",
            "own/subject.txt: it renders an empty subject",
        ),
        ("subject.txt", "{{ nothing }}", "own/subject.txt, line 1"),
        ("page.html", &large, "own/page.html: larger than 512 KiB"),
    ] {
        let found = refused(name, text);
        assert!(found.contains(said), "{name} {text:.60}: {found}");
        assert!(
            !found.contains(';') || said == escaping || found.matches("own/").count() == 1,
            "{found}"
        );
    }
    assert!(refused("mail.html", b"a\nb\xff").contains("own/mail.html, line 2: not UTF-8"));
}

#[test]
fn no_template_lets_a_providers_text_become_markup() {
    let tries = "{% macro said(n) %}{{ n }}{% endmacro %}\
        {% for n in notices %}{{ n }}{{ n ~ '' }}{{ '' ~ n }}{{ n|e }}{{ n|upper }}{{ n|trim }}{{ n|string }}\
        {{ said(n) }}{% set x %}{{ n }}{% endset %}{{ x }}{{ x ~ n }}{{ [n, x]|join }}{{ n|list|join }}\
        {{ n|title }}{{ n|indent(2) }}{{ '%s'|format(n) }}{{ n[:40] }}{{ {'k': n} }}{{ [n] }}{{ n|reverse }}\
        {% filter lower %}{{ n }}{% endfilter %}{{ n|default('x') }}{{ (n, n) }}{{ n|pprint }}{% endfor %}";
    let view = hostile();
    for name in ["mail.html", "page.html"] {
        let text = match name {
            "mail.html" => tries.to_owned(),
            _ => format!("{{{{ policy }}}}{tries}"),
        };
        let (templates, faults) = Templates::with(vec![own(name, text)]);
        assert_eq!(faults, []);
        let rendered = match name {
            "mail.html" => html::mail(&view, &templates),
            _ => page::page(&view, &templates),
        };
        let rendered = rendered.expect("every one of these filters exists");
        assert!(rendered.contains("&lt;script&gt;alert"));
        let rendered = rendered.to_lowercase();
        assert!(!rendered.contains(['<', '>']), "{rendered}");
    }
}

#[test]
fn a_subject_is_one_line_whatever_the_template_says() {
    let (templates, faults) = Templates::with(vec![own(
        "subject.txt",
        "{{ v.period }}\r\nBcc: x@evil.example\n{{ v.verdict.headline }}{% for n in range(99) %} more{% endfor %}",
    )]);
    assert_eq!(faults, []);
    let subject = templates.subject(&hostile()).expect("a subject");
    assert!(
        subject.starts_with("17–18 Nov 2026  Bcc: x@evil.example Incomplete"),
        "{subject}"
    );
    assert_eq!(subject.chars().count(), 200);
}

fn workspace(templates: &str) -> Workspace {
    let workspace = Workspace::copy_of("sample_reports");
    let config = workspace.read("rekon.toml");
    workspace.config(&format!("templates = \"{templates}\"\n{config}"))
}

fn mails(output: Output, workspace: &Workspace) -> Vec<String> {
    output.exits(66);
    let files = workspace.files(".run/mail").into_iter();
    files
        .filter(|name| name.ends_with(".eml"))
        .map(|name| workspace.read(&format!(".run/mail/{name}")))
        .collect()
}

const RUN: [&str; 5] = ["run", "--from", "2026-11-16", "--to", "2026-11-17"];

#[test]
fn own_templates_are_used_and_broken_ones_are_told_in_the_report() {
    let mail = built_in("mail.html").replace("{{ l.ReportTitle }}", "Merchant Example");
    let workspace = workspace("own")
        .file("own/mail.html", &mail)
        .file("own/subject.txt", "[rekon] {{ v.verdict.headline }}")
        .file(
            "own/page.css",
            format!("{}\nh1 {{ color: #123456; }}\n", built_in("page.css")),
        )
        .file("own/page.html", "<p>\n{{ v.subjekt }}</p>\n")
        .file("own/notes.md", "ours");
    let checked = workspace.run(["check"]);
    let said = checked.transcript();
    for line in [
        "FAIL  templates: own/page.html, line 2: it names a value that does not exist",
        "NOTE  templates: notes.md is no template of rekon; those are mail.html, page.css, page.html, page.js, subject.txt",
        "ok    templates: your own mail.html, page.css, subject.txt; a sample report renders",
    ] {
        assert!(said.replace("[DIR]/", "").contains(line), "{line}\n{said}");
    }
    checked.exits(78);

    let output = workspace.run(RUN);
    let said = output.stderr.clone();
    assert!(
        said.contains("own/page.html, line 2: it names a value that does not exist"),
        "{said}"
    );
    for mail in mails(output, &workspace) {
        assert!(mail.contains("\nSubject: [rekon] "), "{mail:.2000}");
    }
    let pages = workspace.files(".run/mail").into_iter();
    for name in pages.filter(|name| name.ends_with(".html")) {
        let page = workspace.read(&format!(".run/mail/{name}"));
        assert!(page.contains("h1 { color: #123456; }"));
        assert!(page.contains("own/page.html, line 2:"), "the page tells it");
    }
}

/// The notice about the one is what the other cannot render: it had none when it was tried.
#[test]
fn a_template_that_fails_after_its_trial_costs_no_report() {
    let notices = "{% for n in notices %}{{ n.text }}{% endfor %}";
    let workspace = workspace("own")
        .file("own/mail.html", notices)
        .file("own/page.html", "<p>\n{{ v.subjekt }}</p>\n");
    let output = workspace.run(RUN);
    assert!(
        output.stderr.contains("own/mail.html, line 1"),
        "{}",
        output.stderr
    );
    assert_eq!(mails(output, &workspace).len(), 2);
}

#[test]
fn a_directory_of_templates_that_is_not_there_costs_no_report() {
    let workspace = workspace("nowhere");
    let output = workspace.run(RUN);
    assert!(
        output.stderr.contains("nowhere: No such file or directory"),
        "{}",
        output.stderr
    );
    assert_eq!(mails(output, &workspace).len(), 2);
    let checked = workspace.run(["check"]).exits(78);
    assert!(
        checked
            .stdout
            .contains("nowhere: No such file or directory"),
        "{}",
        checked.stdout
    );
    assert!(checked.stdout.contains("`templates` names the directory"));
}
