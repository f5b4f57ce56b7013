//! The templates: built in, or the operator's own of the same names. What a provider wrote is
//! escaped by the engine itself, so that no template can leave that out.

use std::collections::{BTreeMap, BTreeSet};

use data_encoding::BASE64;
use minijinja::value::{Serde, ValueKind};
use minijinja::{AutoEscape, Environment, ErrorKind, UndefinedBehavior, Value};
use sha2::{Digest, Sha256};

use super::labels::{Label, Language, fill};
use super::view::ReportView;
use super::words::clean;
use super::{html, page};

pub const MAIL: &str = "mail.html";
pub const PAGE: &str = "page.html";
pub const STYLE: &str = "page.css";
pub const SCRIPT: &str = "page.js";
pub const SUBJECT: &str = "subject.txt";

/// Every template by its name, with the built-in text. The plain text of the mail is none: its
/// columns are measured, which a template cannot do.
const BUILT_IN: [(&str, &str); 5] = [
    (MAIL, include_str!("../../../templates/mail.html")),
    (PAGE, include_str!("../../../templates/page.html")),
    (STYLE, include_str!("../../../templates/page.css")),
    (SCRIPT, include_str!("../../../templates/page.js")),
    (SUBJECT, include_str!("../../../templates/subject.txt")),
];

/// An own template larger than this is refused.
pub const LARGEST: usize = 512 * 1024;
/// Instructions of one rendering: some seconds. The built-in page of 5,000 breaks takes a tenth.
const FUEL: u64 = 60_000_000;
/// Mail programs cut longer ones.
const LONGEST_SUBJECT: usize = 200;

/// Whether `name` is one that an operator may replace.
pub fn is_template(name: &str) -> bool {
    BUILT_IN.iter().any(|(known, _)| *known == name)
}

/// Why an own template is not used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.said())]
pub struct TemplateFault {
    /// The file as the operator names it.
    pub file: String,
    pub line: Option<usize>,
    pub reason: String,
}

impl TemplateFault {
    fn said(&self) -> String {
        let line = self.line.map(|line| format!(", line {line}"));
        format!("{}{}: {}", self.file, line.unwrap_or_default(), self.reason)
    }
}

/// An own file: what it replaces, what it is called in messages, and its bytes.
#[derive(Clone, Debug)]
pub struct OwnFile {
    pub name: String,
    pub shown: String,
    pub bytes: Vec<u8>,
}

/// The templates a report is rendered with.
#[derive(Clone)]
pub struct Templates {
    sources: BTreeMap<&'static str, Source>,
}

#[derive(Clone)]
struct Source {
    text: String,
    shown: String,
    own: bool,
}

impl Templates {
    pub fn built_in() -> Templates {
        let source = |(name, text): (&'static str, &str)| {
            let source = Source {
                text: text.to_owned(),
                shown: format!("{name} (built in)"),
                own: false,
            };
            (name, source)
        };
        Templates {
            sources: BUILT_IN.into_iter().map(source).collect(),
        }
    }

    /// The built-in ones with those own files in their place that can be read.
    pub fn with(files: Vec<OwnFile>) -> (Templates, Vec<TemplateFault>) {
        let mut templates = Templates::built_in();
        let mut faults = Vec::new();
        for file in files {
            let Some((name, _)) = BUILT_IN.iter().find(|(name, _)| *name == file.name) else {
                continue;
            };
            match readable(name, &file) {
                Ok(text) => {
                    let source = Source {
                        text,
                        shown: file.shown,
                        own: true,
                    };
                    templates.sources.insert(name, source);
                }
                Err((line, reason)) => faults.push(TemplateFault {
                    file: file.shown,
                    line,
                    reason,
                }),
            }
        }
        (templates, faults)
    }

    /// Every template's name.
    pub fn names(&self) -> Vec<&'static str> {
        self.sources.keys().copied().collect()
    }

    /// The names of those that are the operator's own.
    pub fn own(&self) -> BTreeSet<&'static str> {
        let own = self.sources.iter().filter(|(_, source)| source.own);
        own.map(|(name, _)| *name).collect()
    }

    /// The same with the built-in one of that name.
    pub fn without(&self, name: &str) -> Templates {
        let mut templates = self.clone();
        for (known, source) in Templates::built_in().sources {
            if known == name {
                templates.sources.insert(known, source);
            }
        }
        templates
    }

    /// Those that can render this very report, and why the others cannot: their built-in ones take
    /// their place.
    pub fn that_render(self, view: &ReportView) -> (Templates, Vec<TemplateFault>) {
        let mut usable = self;
        let mut faults = Vec::new();
        for name in usable.own() {
            let tried = match name {
                MAIL => html::mail(view, &usable).map(|_| ()),
                PAGE => page::page(view, &usable).map(|_| ()),
                SUBJECT => usable.subject(view).map(|_| ()),
                // Put into the page as they are.
                _ => Ok(()),
            };
            if let Err(fault) = tried {
                faults.push(fault);
                usable = usable.without(name);
            }
        }
        (usable, faults)
    }

    pub(super) fn is_own(&self, name: &str) -> bool {
        self.sources.get(name).is_some_and(|source| source.own)
    }

    pub(super) fn fault(&self, name: &str, line: Option<usize>, reason: String) -> TemplateFault {
        let shown = self.sources.get(name).map(|source| source.shown.clone());
        TemplateFault {
            file: shown.unwrap_or_else(|| name.to_owned()),
            line,
            reason,
        }
    }

    /// Puts `context` into a template. Texts longer than `longest` characters are cut: what comes
    /// from outside has no length of its own.
    pub(super) fn render(
        &self,
        name: &'static str,
        context: Value,
        longest: usize,
    ) -> Result<String, TemplateFault> {
        let text = |name: &str| self.sources.get(name).map_or("", |one| one.text.as_str());
        let fault = |error: &minijinja::Error| {
            let (line, reason) = place_and_reason(error);
            self.fault(name, line, reason)
        };
        let mut environment = environment(name, longest);
        if name == PAGE {
            let (style, script) = (text(STYLE).trim(), text(SCRIPT).trim());
            let safe = |text: &str| Value::from_safe_string(text.to_owned());
            environment.add_global("style", safe(style));
            environment.add_global("script", safe(script));
            environment.add_global("policy", safe(&policy(style, script)));
        }
        environment
            .add_template(name, text(name))
            .map_err(|error| fault(&error))?;
        let template = environment
            .get_template(name)
            .map_err(|error| fault(&error))?;
        let rendered = template.render(context).map_err(|error| fault(&error))?;
        if name == PAGE && !rendered.contains(&policy(text(STYLE).trim(), text(SCRIPT).trim())) {
            let reason = "the page must keep `<meta http-equiv=\"Content-Security-Policy\" \
                          content=\"{{ policy }}\">`, which lets no request leave it";
            return Err(self.fault(PAGE, None, reason.to_owned()));
        }
        Ok(rendered)
    }

    /// The subject line: one line, whatever an own template says.
    pub fn subject(&self, view: &ReportView) -> Result<String, TemplateFault> {
        let risk = view.risk.total.money.filter(|risk| !risk.is_zero());
        let at_risk = risk.map(|_| {
            let amount = [("amount", view.risk.total.shown.as_str())];
            fill(Label::SubjectRisk, view.language, &amount)
        });
        let context = minijinja::context! {
            title => Label::ReportTitle.text(view.language),
            v => Value::from(Serde(view)),
            l => Value::from(Serde(labels(view.language))),
            at_risk => at_risk,
        };
        let rendered = self.render(SUBJECT, context, LONGEST_SUBJECT)?;
        let line = clean(rendered.trim());
        if line.is_empty() {
            return Err(self.fault(SUBJECT, None, "it renders an empty subject".to_owned()));
        }
        Ok(line.chars().take(LONGEST_SUBJECT).collect())
    }
}

/// Every word by its name, for the templates.
pub(super) fn labels(language: Language) -> BTreeMap<&'static str, &'static str> {
    let all = Label::ALL.iter();
    all.map(|label| (label.name(), label.text(language)))
        .collect()
}

/// The page loads nothing and sends nothing; only its own style and script count.
fn policy(style: &str, script: &str) -> String {
    let hash = |text: &str| format!("'sha256-{}'", BASE64.encode(&Sha256::digest(text)));
    format!(
        "default-src 'none'; style-src {}; script-src {}; base-uri 'none'; form-action 'none'",
        hash(style),
        hash(script)
    )
}

/// An engine that escapes HTML whatever a template asks for: the marker `safe` does not exist, and
/// a block that turns escaping off changes nothing, since the last word is the formatter's.
fn environment(name: &'static str, longest: usize) -> Environment<'static> {
    let mut environment = Environment::new();
    let html = name != SUBJECT;
    let escape = if html {
        AutoEscape::Html
    } else {
        AutoEscape::None
    };
    environment.set_auto_escape_callback(move |_| escape.clone());
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    for filter in UNESCAPING {
        environment.remove_filter(filter);
    }
    environment.set_formatter(move |out, _, value| {
        if value.is_undefined() {
            let error = minijinja::Error::from(ErrorKind::UndefinedError);
            return Err(error);
        }
        if value.is_safe() || value.kind() != ValueKind::String {
            let shown = value.to_string();
            return match value.is_safe() || !html {
                true => Ok(out.write_str(&shown)?),
                false => Ok(write_escaped(out, &shown)?),
            };
        }
        let text = value.as_str().unwrap_or_default();
        let shown = match text.char_indices().nth(longest) {
            Some((end, _)) => format!("{}…", &text[..end]),
            None => text.to_owned(),
        };
        match html {
            // A dot between two words stays with the first: no line begins with one.
            true => Ok(write_escaped(out, &shown.replace(" · ", "\u{a0}· "))?),
            false => Ok(out.write_str(&shown)?),
        }
    });
    environment
}

fn write_escaped(out: &mut minijinja::Output<'_>, text: &str) -> std::fmt::Result {
    let mut rest = text;
    while let Some(at) = rest.find(['<', '>', '&', '"', '\'']) {
        out.write_str(&rest[..at])?;
        out.write_str(match rest.as_bytes()[at] {
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'&' => "&amp;",
            b'"' => "&quot;",
            _ => "&#39;",
        })?;
        rest = &rest[at + 1..];
    }
    out.write_str(rest)
}

/// `safe` says so itself; `replace` could put back what was escaped.
const UNESCAPING: [&str; 2] = ["safe", "replace"];

/// What would say so in a template: the mark before a word, and why that is refused.
const REFUSED: [(&str, &str, &str); 3] = [
    (
        "{%",
        "autoescape",
        "`autoescape` cannot be used: everything is escaped, always; remove the block",
    ),
    (
        "|",
        "safe",
        "the filter `safe` does not exist: everything is escaped, always; remove it",
    ),
    (
        "|",
        "replace",
        "the filter `replace` does not exist: it could put back what was escaped; remove it",
    ),
];

/// Where `word` stands behind `mark` with nothing but blanks between.
fn behind(text: &str, mark: &str, word: &str) -> Option<usize> {
    let found = |at: &usize| {
        let rest = text[at + mark.len()..].trim_start_matches(['-', '+']);
        let rest = rest.trim_start().strip_prefix(word);
        rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
    };
    text.match_indices(mark).map(|(at, _)| at).find(found)
}

/// The text of an own file, or the line and the reason it is refused for.
fn readable(name: &'static str, file: &OwnFile) -> Result<String, (Option<usize>, String)> {
    if file.bytes.len() > LARGEST {
        let reason = format!("larger than {} KiB", LARGEST / 1024);
        return Err((None, reason));
    }
    let text = std::str::from_utf8(&file.bytes).map_err(|error| {
        let before = &file.bytes[..error.valid_up_to()];
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        (Some(line), "not UTF-8".to_owned())
    })?;
    let line_of = |at: usize| Some(text[..at].matches('\n').count() + 1);
    // The style and the script are no templates: they are put into the page as they are.
    for (own, end) in [(STYLE, "</style"), (SCRIPT, "</script"), (SCRIPT, "<!--")] {
        if name == own
            && let Some(at) = text.to_ascii_lowercase().find(end)
        {
            let reason = format!("`{end}` would end it in the middle; write it in two parts");
            return Err((line_of(at), reason));
        }
    }
    if [STYLE, SCRIPT].contains(&name) {
        return Ok(text.to_owned());
    }
    for (mark, word, reason) in REFUSED {
        if let Some(at) = behind(text, mark, word) {
            return Err((line_of(at), reason.to_owned()));
        }
    }
    environment(name, usize::MAX)
        .add_template_owned(name, text.to_owned())
        .map_err(|error| place_and_reason(&error))?;
    Ok(text.to_owned())
}

/// What went wrong where, in words an operator can act on.
fn place_and_reason(error: &minijinja::Error) -> (Option<usize>, String) {
    let mut reason = match error.kind() {
        ErrorKind::OutOfFuel => "it takes too long: is there a loop without an end?".to_owned(),
        ErrorKind::UndefinedError => "it names a value that does not exist; the built-in \
                                      template shows those that do"
            .to_owned(),
        kind => kind.to_string(),
    };
    if let Some(detail) = error.detail() {
        reason.push_str(&format!(" ({detail})"));
    }
    (error.line(), clean(&reason))
}
