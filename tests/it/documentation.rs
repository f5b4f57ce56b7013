//! What the documentation says is so: its configurations load, its tables have every key, its commands
//! exist and its links lead somewhere.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use rekon::config::{self, Config};
use rekon::profiles::Profile;

use crate::harness::{Workspace, repository};

const SECRET: &str = "rahasia";

/// Every table that a configuration may have.
const EVERY_TABLE: &str = r#"
state = "sqlite:state.db"

[ledger]
url = "sqlite:ledger.db"

[mail]
transport = "directory:mail"
from      = "Rekon <rekon@merchant.example>"

[breaks]
reasons = ["refunded"]

[schedule]
run = "02:00"

[alert]
to = ["ops@merchant.example"]

[health]
ping = "https://hc-ping.example/1"

[metrics]
file = "rekon.prom"

[limits]
mail_bytes = "30MiB"

[mailbox.settlements]
url              = "imaps://settlements@mail.merchant.example:993"
password         = "file:secret"
authentication   = "authserv"
trusted_authserv = "mx.merchant.example"

[sftp.tokopedia]
url         = "sftp://merchant@sftp.tokopedia.example:22/reports"
key         = "file:secret"
known_hosts = "known_hosts"

[[report]]
name = "finance-daily"
to   = ["finance@merchant.example"]

[[channel]]
name         = "ovo"
profile      = "ovo-push-to-pay"
ledger_query = """
SELECT merchant_id, batch_number, reference_number, amount, status, created_at AS occurred_at
FROM payments WHERE created_at >= :from AND created_at < :to"""

[[channel.source]]
folder = "inbox"

[templates_end]
"#;

fn pages() -> Vec<PathBuf> {
    let root = repository();
    let mut pages = vec![root.join("README.md"), root.join("CONTRIBUTING.md")];
    let docs = fs::read_dir(root.join("docs")).expect("docs");
    pages.extend(docs.map(|entry| entry.expect("an entry").path()));
    pages.sort();
    pages
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The fenced blocks of a page: what stands behind the fence, and the text.
fn blocks(page: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut inside: Option<(String, String)> = None;
    for line in page.lines() {
        match (line.trim_start().strip_prefix("```"), &mut inside) {
            (Some(kind), None) => inside = Some((kind.trim().to_owned(), String::new())),
            (Some(_), Some(_)) => found.extend(inside.take()),
            (None, Some((_, text))) => {
                text.push_str(line);
                text.push('\n');
            }
            (None, None) => {}
        }
    }
    assert!(inside.is_none(), "a block without an end");
    found
}

/// Without the servers and secrets that only their reader has.
fn loads(toml: &str) -> Result<Config, String> {
    let secret = regex::Regex::new("env:[A-Z_]+|file:id_ed25519").expect("a pattern");
    let toml = toml.replace("env:REKON_PING", "https://hc-ping.example/1");
    let toml = secret.replace_all(&toml, "file:secret");
    let workspace = Workspace::new().config(&toml).file("secret", SECRET);
    config::load(&workspace.path().join("rekon.toml")).map_err(|error| error.to_string())
}

fn base() -> String {
    let (start, _) = EVERY_TABLE.split_once("[templates_end]").expect("its end");
    start.to_owned()
}

/// The configuration without the tables that an addition brings itself.
fn with(addition: &str) -> String {
    let brought: BTreeSet<&str> = addition
        .lines()
        .filter(|line| line.starts_with('[') && !line.starts_with("[["))
        .map(|line| line.split('#').next().unwrap_or(line).trim())
        .collect();
    let base = base();
    let mut kept = String::new();
    for table in base.split_inclusive("\n\n") {
        let header = table.trim_start().lines().next().unwrap_or_default();
        if !brought.contains(header) {
            kept.push_str(table);
        }
    }
    format!("{kept}\n{addition}")
}

#[test]
fn every_configuration_of_the_documentation_loads() {
    let mut kinds: BTreeSet<String> = BTreeSet::new();
    for path in pages() {
        for (kind, text) in blocks(&read(&path)) {
            let place = format!("{}: {kind}\n{text}", path.display());
            let loaded = match kind.as_str() {
                "toml config" => loads(&text).map(drop),
                "toml config-start" => loads(&format!("{text}{}", base())).map(drop),
                "toml addition" => loads(&with(&text)).map(drop),
                "toml profile" => parsed(&text),
                "toml profile-variant" => parsed(&format!("name = \"own\"\n{text}")),
                "toml profile-addition" => addition(&text),
                "toml profile-parts" => parts(&text),
                other => {
                    assert!(!other.starts_with("toml"), "{place}");
                    continue;
                }
            };
            loaded.unwrap_or_else(|error| panic!("{error}\n{place}"));
            kinds.insert(kind);
        }
    }
    assert_eq!(kinds.len(), 7, "{kinds:?}");
}

fn parsed(text: &str) -> Result<(), String> {
    let read = Profile::parse(text, "own.toml");
    read.map(drop).map_err(|error| error.to_string())
}

/// Added to the profile that the page shows whole.
fn addition(text: &str) -> Result<(), String> {
    let page = read(&repository().join("docs/profiles.md"));
    let whole = blocks(&page);
    let whole = whole.iter().find(|(kind, _)| kind == "toml profile");
    let (_, whole) = whole.expect("a whole profile");
    parsed(&format!("{whole}\n{text}"))
}

/// Parts of a profile that do not make one: they are TOML, and their tables are known.
fn parts(text: &str) -> Result<(), String> {
    let table: toml::Table = text.parse().map_err(|error| format!("{error}"))?;
    let reference = rekon::profiles::REFERENCE;
    for name in table.keys() {
        let known = [format!("`[{name}]`"), format!("`[[{name}]]`")];
        if !known.iter().any(|heading| reference.contains(heading)) {
            return Err(format!("the reference has no table {name}"));
        }
    }
    Ok(())
}

/// The rows of the table whose first heading is `title`: its keys, and the default of each.
fn table(page: &str, title: &str) -> Vec<(String, Option<String>)> {
    let mut lines = page.lines();
    lines
        .find(|line| line.starts_with(&format!("| {title} |")))
        .unwrap_or_else(|| panic!("no table of {title}"));
    let mut rows = Vec::new();
    for line in lines.skip(1).take_while(|line| line.starts_with('|')) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').collect();
        let quoted = |cell: &str| -> Vec<String> {
            let pieces = cell.split('`').skip(1).step_by(2);
            pieces.map(str::to_owned).collect()
        };
        let (keys, defaults) = (quoted(cells[0]), quoted(cells[1]));
        // One default is that of every key of the row.
        let fits = [0, 1, keys.len()].contains(&defaults.len());
        assert!(fits, "{line}");
        for (at, key) in keys.into_iter().enumerate() {
            let default = defaults.get(at).or(defaults.first());
            rows.push((key, default.cloned()));
        }
    }
    rows
}

/// Asserts that the documentation has every key of a table of the configuration, no other one, and the
/// defaults that hold where a key is left out.
#[track_caller]
fn documented(title: &str, header: &str) {
    let page = read(&repository().join("docs/configuration.md"));
    let with = |key: &str, line: &str| {
        let whole = EVERY_TABLE.replace("[templates_end]", "[end]");
        let (before, after) = match header {
            "" => ("", whole.as_str()),
            header => whole.split_once(header).expect("its header"),
        };
        let (own, others) = after.split_once("\n[").expect("another table");
        let own: Vec<&str> = own
            .lines()
            .filter(|line| line.split('=').next().map(str::trim) != Some(key))
            .collect();
        let others = format!("[{others}");
        let (others, _) = others.split_once("[end]").expect("the end");
        let text = format!("{before}{header}\n{line}\n{}\n{others}", own.join("\n"));
        let workspace = Workspace::new().config(&text).file("secret", SECRET);
        let dir = workspace.path().display().to_string();
        let loaded = config::load(&workspace.path().join("rekon.toml"));
        loaded.map(|config| format!("{config:#?}").replace(&dir, ""))
    };
    let refusal = with("", "zzzzzzzzzzzzzzzzzzzz = 1").expect_err("an unknown key");
    let known = refusal
        .hint
        .strip_prefix("known keys here: ")
        .unwrap_or_else(|| panic!("{title}: {refusal}"));
    let of_tables = |key: &&str| {
        let heads = [format!("[{key}]"), format!("[{key}."), format!("[[{key}]]")];
        header.is_empty() && heads.iter().any(|head| EVERY_TABLE.contains(head))
            || header == "[[channel]]" && *key == "source"
    };
    let known: BTreeSet<&str> = known.split(", ").filter(|key| !of_tables(key)).collect();
    let rows = table(&page, title);
    let documented: BTreeSet<&str> = rows.iter().map(|(key, _)| key.as_str()).collect();
    assert_eq!(documented, known, "{title}");
    for (key, default) in &rows {
        if let Some(default) = default {
            let written = with(key, &format!("{key} = {default}"));
            let written = written.unwrap_or_else(|error| panic!("{key}: {error}"));
            let left_out = with(key, "").unwrap_or_else(|error| panic!("{key}: {error}"));
            assert_eq!(written, left_out, "{key}");
        }
    }
}

#[test]
fn every_key_of_the_configuration_is_documented_with_its_default() {
    for (title, header) in [
        ("key of the file", ""),
        ("key of `[ledger]`", "[ledger]"),
        ("key of a channel", "[[channel]]"),
        ("key of a source", "[[channel.source]]"),
        ("key of a mailbox", "[mailbox.settlements]"),
        ("key of an SFTP account", "[sftp.tokopedia]"),
        ("key of `[limits]`", "[limits]"),
        ("key of a report", "[[report]]"),
        ("key of `[mail]`", "[mail]"),
        ("key of `[breaks]`", "[breaks]"),
        ("key of `[schedule]`", "[schedule]"),
        ("key of `[alert]`", "[alert]"),
        ("key of `[health]`", "[health]"),
        ("key of `[metrics]`", "[metrics]"),
    ] {
        documented(title, header);
    }
}

/// The words of a command line, what stands in quotes as one.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            '#' if !quoted && words.last().is_some_and(String::is_empty) => break,
            ' ' if !quoted => {
                if words.last().is_some_and(|word| !word.is_empty()) {
                    words.push(String::new());
                }
            }
            c => words.last_mut().expect("a word").push(c),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// A command whose words rekon knows ends with its help; one that does not exist is refused.
#[test]
fn every_command_of_the_documentation_exists() {
    let workspace = Workspace::new();
    let mut tried: BTreeSet<String> = BTreeSet::new();
    for path in pages() {
        for (kind, text) in blocks(&read(&path)) {
            if !["sh", "console"].contains(&kind.as_str()) {
                continue;
            }
            for line in text.lines() {
                let line = line.trim().trim_start_matches("$ ");
                for command in line.split(" && ") {
                    let Some(command) = command.strip_prefix("rekon ") else {
                        continue;
                    };
                    let mut words = words(command);
                    words.push("--help".to_owned());
                    let args: Vec<&str> = words.iter().map(String::as_str).collect();
                    let output = workspace.run_args(&args);
                    assert_eq!(output.status, Some(0), "{}: {line}", path.display());
                    tried.insert(words[0].clone());
                }
            }
        }
    }
    assert!(tried.len() >= 15, "{tried:?}");
}

/// As a heading is addressed in a link.
fn anchor(heading: &str) -> String {
    let kept = heading.to_lowercase();
    let kept = kept
        .chars()
        .filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    kept.collect::<String>().trim().replace(' ', "-")
}

fn anchors(page: &str) -> BTreeSet<String> {
    let mut code = false;
    let mut found = BTreeSet::new();
    for line in page.lines() {
        code ^= line.trim_start().starts_with("```");
        if let (false, Some(heading)) = (code, line.strip_prefix('#')) {
            found.insert(anchor(heading.trim_start_matches('#')));
        }
    }
    found
}

#[test]
fn every_link_of_the_documentation_leads_somewhere() {
    let link = regex::Regex::new(r"\]\(([^)\s]+)\)").expect("a pattern");
    let mut count = 0;
    for path in pages() {
        let page = read(&path);
        for found in link.captures_iter(&page) {
            let target = &found[1];
            if target.contains("://") {
                continue;
            }
            let (file, place) = target.split_once('#').unwrap_or((target, ""));
            let there = match file {
                "" => path.clone(),
                file => path.parent().expect("a folder").join(file),
            };
            assert!(there.exists(), "{}: {target}", path.display());
            let known = place.is_empty() || anchors(&read(&there)).contains(place);
            assert!(known, "{}: {target}", path.display());
            count += 1;
        }
    }
    assert!(count > 40, "{count} links");
}

#[test]
fn the_readme_is_read_in_one_sitting() {
    let lines = read(&repository().join("README.md")).lines().count();
    assert!(lines <= 250, "{lines} lines");
}
