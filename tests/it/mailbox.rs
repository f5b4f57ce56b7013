//! Reports by mail, through a real Dovecot and the real binary: what is taken in, what is left, what
//! is quarantined, and what every file then says of its mail.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde_json::Value;

use crate::dovecot::{Dovecot, PASSWORD, USER};
use crate::harness::{Output, Workspace, repository};

/// What opens the locked archives among `mails/kinds`.
pub const REPORT_PASSWORD: &str = "kata-sandi-2026";

/// One channel over one mailbox. `mailbox` are further lines of it, `source` of its rule.
pub fn workspace(port: u16, ca: PathBuf, mailbox: &str, source: &str) -> Workspace {
    let authentication = if mailbox.contains("authentication") {
        ""
    } else {
        "authentication = \"authserv\"\ntrusted_authserv = \"mx.merchant.example\"\n"
    };
    let login = if mailbox.contains("oauth2_token_command") {
        ""
    } else {
        "password = \"file:imap-password\"\n"
    };
    let rule = if source.contains("from = ") {
        ""
    } else {
        "from = [\"reports@ovo.example\", \"@tokopedia.example\"]\n"
    };
    let config = format!(
        r#"
state   = "sqlite:state/state.db"
archive = "archive"

[ledger]
url  = "sqlite:ledger.db"
load = "ledger.sql"

[mail]
transport = "directory:mail"
from      = "Rekon <rekon@merchant.example>"

[[report]]
name     = "finance-daily"
to       = ["finance@merchant.example"]
language = "en"

[mailbox.settlements]
url = "imaps://{USER}@localhost:{port}"
ca = "{ca}"
{login}{authentication}{mailbox}

[[channel]]
name = "ovo"
profile = "ovo-push-to-pay"
start = "2026-08-30"
calendar = "every-day"
ledger_query = """
SELECT merchant_id, batch_number, reference_number, amount, status, created_at AS occurred_at
FROM payments WHERE created_at >= :from AND created_at < :to"""

[[channel.source]]
mailbox = "settlements"
password = "file:report-password"
{rule}{source}
"#,
        ca = ca.display(),
    );
    Workspace::new()
        .config(&config)
        .file("imap-password", PASSWORD)
        .file("report-password", REPORT_PASSWORD)
        .ledger_sql(
            "CREATE TABLE payments (merchant_id TEXT, batch_number TEXT, reference_number TEXT, \
             amount INTEGER, status TEXT, created_at TEXT);",
        )
}

/// The mails of a folder of `tests/it/mails`, by name.
pub fn mails(folder: &str) -> BTreeMap<String, Vec<u8>> {
    let folder = repository().join("tests/it/mails").join(folder);
    let mut mails = BTreeMap::new();
    for entry in std::fs::read_dir(&folder).expect("a folder of mails") {
        let path = entry.expect("a mail").path();
        if path.extension().is_some_and(|end| end == "eml") {
            let name = path.file_name().expect("a name").to_string_lossy();
            mails.insert(name.into_owned(), std::fs::read(&path).expect("its bytes"));
        }
    }
    assert!(!mails.is_empty(), "{}", folder.display());
    mails
}

pub fn mail(name: &str) -> Vec<u8> {
    let path = repository().join("tests/it/mails").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// How many mails stand in each folder.
pub fn folders(dovecot: &Dovecot) -> String {
    ["INBOX", "Processed", "Quarantine"]
        .map(|folder| {
            let seen = dovecot.folder_listing(USER, folder);
            format!("{folder} {}", seen.len())
        })
        .join(", ")
}

fn message_ids(dovecot: &Dovecot, folder: &str) -> BTreeSet<String> {
    let listing = dovecot.folder_listing(USER, folder);
    listing.into_iter().map(|mail| mail.message_id).collect()
}

pub fn listed(workspace: &Workspace) -> Vec<Value> {
    let listed = workspace.run(["files", "list", "--json"]).exits(0).json();
    listed.as_array().expect("files").clone()
}

/// Names of the files taken in, with how they stand.
pub fn names(workspace: &Workspace) -> BTreeMap<String, String> {
    let text = |file: &Value, key: &str| file[key].as_str().expect("text").to_owned();
    listed(workspace)
        .iter()
        .map(|file| (text(file, "name"), text(file, "state")))
        .collect()
}

pub fn held(workspace: &Workspace) -> Vec<Value> {
    let output = workspace.run(["quarantine", "list", "--json"]).exits(0);
    output.json().as_array().expect("mails").clone()
}

/// Everything a person sees, without what differs from server to server.
pub fn transcript(output: &Output, port: u16) -> String {
    output
        .transcript()
        .replace(&port.to_string(), "[PORT]")
        .replace("localhost:[PORT]", "[SERVER]")
}

#[test]
fn each_kind_of_attachment_is_taken_in() {
    let dovecot = Dovecot::start();
    let mut expected = BTreeSet::new();
    for (name, raw) in mails("kinds") {
        dovecot.append(USER, "INBOX", &raw);
        // What each mail holds stands beside it.
        let path = format!("tests/it/mails/kinds/{}", name.replace(".eml", ".expected"));
        let text = std::fs::read_to_string(repository().join(path)).expect("its expectation");
        let mut taken = false;
        for line in text.lines() {
            if line.trim_start().starts_with("taken by:") {
                taken = line.split_whitespace().any(|word| word == "*");
            }
            let report = line.trim_start().strip_prefix("report with the password `");
            if let Some((report, rest)) = report.and_then(|rest| rest.split_once('`'))
                && taken
            {
                let sha = rest.rsplit(' ').next().expect("its hash");
                expected.insert((report.to_owned(), sha.to_owned()));
            }
        }
    }
    let workspace = workspace(dovecot.port(), dovecot.ca_file(), "", "");
    let output = workspace.run(["collect"]).exits(65);
    insta::assert_snapshot!("kinds_collected", transcript(&output, dovecot.port()));
    let found: BTreeSet<(String, String)> = listed(&workspace)
        .iter()
        .map(|file| {
            let text = |key: &str| file[key].as_str().expect("text").to_owned();
            (text("name"), text("sha256"))
        })
        .collect();
    assert_eq!(found, expected);
    assert!(found.len() >= 20, "{found:?}");
    for file in listed(&workspace) {
        let by = &file["mails"][0];
        for key in [
            "message_id",
            "from",
            "date",
            "received_at",
            "mailbox",
            "authentication",
            "attachment",
            "attachment_sha256",
            "mail_sha256",
        ] {
            assert!(
                by[key].as_str().is_some_and(|it| !it.is_empty()),
                "{key}: {file}"
            );
        }
        assert!(by["uid"].as_u64().is_some() && by["uid_validity"].as_u64().is_some());
    }

    // Twice is the same as once.
    let before = workspace.files("archive");
    workspace.run(["collect"]).exits(65);
    assert_eq!(workspace.files("archive"), before);

    // The third failed attempt is the last one: those mails are put away with the reason.
    workspace.run(["collect"]).exits(65);
    let output = workspace.run(["quarantine", "list"]).exits(0);
    let listing = regex::Regex::new(r"received  .*, mailbox")
        .expect("a pattern")
        .replace_all(
            &transcript(&output, dovecot.port()),
            "received  [TIME], mailbox",
        )
        .into_owned();
    insta::assert_snapshot!("kinds_quarantined", listing);
    let output = workspace.run(["collect"]).exits(0);
    assert!(output.stdout.contains("Nothing new"), "{}", output.stdout);
}

#[test]
fn forgeries_are_quarantined_while_honest_mails_pass() {
    let dovecot = Dovecot::start();
    let id = |raw: &[u8]| {
        let text = String::from_utf8_lossy(raw).into_owned();
        let line = text
            .lines()
            .find(|line| line.to_ascii_lowercase().starts_with("message-id:"));
        let id = line.and_then(|line| line.split_once(':'));
        id.map(|(_, id)| id.trim().to_owned()).unwrap_or_default()
    };
    let authserv = |folder: &str| -> BTreeMap<String, Vec<u8>> {
        let table = mail(&format!("{folder}/expected.txt"));
        let table = String::from_utf8(table).expect("UTF-8");
        let of_mode: BTreeSet<&str> = table
            .lines()
            .filter_map(|line| {
                let mut cells = line.split('|').map(str::trim);
                let name = cells.next()?;
                (cells.next()? == "authserv").then_some(name)
            })
            .collect();
        let mut mails = mails(folder);
        mails.retain(|name, _| of_mode.contains(name.as_str()));
        mails
    };
    let (honest, forged, strangers) = (authserv("honest"), authserv("forged"), mails("strangers"));
    assert!(honest.len() >= 20 && forged.len() >= 12, "too few mails");
    // One after the other, as they come in.
    let mut all: Vec<&Vec<u8>> = honest.values().chain(forged.values()).collect();
    all.extend(strangers.values());
    all.sort_by_key(|raw| rekon::archive::sha256(raw));
    for raw in &all {
        dovecot.append(USER, "INBOX", raw);
    }
    let workspace = workspace(dovecot.port(), dovecot.ca_file(), "", "");
    let output = workspace.run(["run"]).exits(65);

    let ids = |mails: &BTreeMap<String, Vec<u8>>| -> BTreeSet<String> {
        mails.values().map(|raw| id(raw)).collect()
    };
    assert_eq!(message_ids(&dovecot, "Processed"), ids(&honest));
    assert_eq!(message_ids(&dovecot, "INBOX"), ids(&strangers));
    assert_eq!(
        dovecot.folder_listing(USER, "Quarantine").len(),
        forged.len()
    );
    let unread = dovecot.folder_listing(USER, "INBOX");
    assert!(
        unread.iter().all(|mail| mail.flags.is_empty()),
        "{unread:?}"
    );
    assert_eq!(held(&workspace).len(), forged.len());
    let counted = names(&workspace);
    assert!(
        counted.values().all(|state| state == "counts"),
        "{counted:?}"
    );
    assert_eq!(counted.len(), honest.len());

    // Finance reads of it, with what to do.
    let mails_written = workspace.files("mail");
    let page = mails_written
        .iter()
        .find(|name| name.ends_with(".html"))
        .expect("a page");
    let page = workspace.read(&format!("mail/{page}"));
    assert!(
        page.contains(&format!("{} quarantined mails", forged.len())),
        "{}",
        output.stdout
    );
    assert!(page.contains("rekon quarantine release"));

    // Nothing is ingested, mailed or moved twice; the open forgeries still stand in the exit code.
    let again = workspace.run(["run"]).exits(65);
    assert_eq!(names(&workspace), counted);
    assert_eq!(workspace.files("mail"), mails_written, "{}", again.stdout);
}

#[test]
fn microsoft_365_is_believed_by_what_its_own_boundary_adds() {
    let dovecot = Dovecot::start();
    let mut honest = 0;
    let mut forged = 0;
    for (folder, count) in [("honest", &mut honest), ("forged", &mut forged)] {
        for (name, raw) in mails(folder) {
            if name.starts_with("microsoft365") {
                dovecot.append(USER, "INBOX", &raw);
                *count += 1;
            }
        }
    }
    let mode = "authentication = \"microsoft365\"";
    let workspace = workspace(dovecot.port(), dovecot.ca_file(), mode, "");
    workspace.run(["collect"]).exits(65);
    assert_eq!(
        folders(&dovecot),
        format!("INBOX 0, Processed {honest}, Quarantine {forged}")
    );
    assert!(
        honest >= 3 && forged >= 6,
        "{honest} honest, {forged} forged"
    );
}

#[test]
fn a_mailbox_that_believes_everybody_says_so_in_every_report() {
    let dovecot = Dovecot::start();
    dovecot.append(USER, "INBOX", &mail("forged/no_results.eml"));
    let mode = "authentication = \"none\"";
    let workspace = workspace(dovecot.port(), dovecot.ca_file(), mode, "");
    let output = workspace.run(["run"]).exits(66);
    assert!(
        output.stdout.contains("nobody checks who sent its mails"),
        "{}",
        output.stdout
    );
    let page = workspace.files("mail");
    let page = page
        .iter()
        .find(|name| name.ends_with(".html"))
        .expect("a page");
    let page = workspace.read(&format!("mail/{page}"));
    assert!(page.contains("nobody checks who sent its mails"));
    let by = &listed(&workspace)[0]["mails"][0];
    assert_eq!(
        by["authentication"],
        "none: nobody checked who sent this mail"
    );
}

#[test]
fn the_same_report_again_changes_nothing() {
    let dovecot = Dovecot::start();
    let raw = mail("kinds/plain.eml");
    dovecot.deliver(USER, &raw);
    let workspace = workspace(dovecot.port(), dovecot.ca_file(), "", "");
    workspace.run(["collect"]).exits(0);
    let first = listed(&workspace);
    assert_eq!(folders(&dovecot), "INBOX 0, Processed 1, Quarantine 0");

    // Resent as it was, and resent by the provider as another mail.
    let text = String::from_utf8(raw.clone()).expect("UTF-8");
    let other = text.replace("Message-ID: <", "Message-ID: <resent-");
    assert_ne!(text, other);
    dovecot.deliver(USER, &raw);
    dovecot.deliver(USER, other.as_bytes());
    let output = workspace.run(["collect"]).exits(0);
    assert_eq!(
        output.stdout.matches("the same bytes as").count(),
        2,
        "{}",
        output.stdout
    );
    assert_eq!(folders(&dovecot), "INBOX 0, Processed 3, Quarantine 0");

    // Moved back by a person, and numbered anew by the server.
    dovecot.append(USER, "INBOX", &raw);
    dovecot.set_uid_validity(USER, "INBOX", 77_777);
    workspace.run(["collect"]).exits(0);
    assert_eq!(folders(&dovecot), "INBOX 0, Processed 4, Quarantine 0");
    let last = listed(&workspace);
    assert_eq!(last.len(), 1);
    assert_eq!(last[0]["sha256"], first[0]["sha256"]);
    // Every mail that brought it is on record.
    assert_eq!(last[0]["mails"].as_array().expect("mails").len(), 4);
}

#[test]
fn mails_before_and_after_a_new_numbering_are_all_taken_in() {
    let dovecot = Dovecot::start();
    let all = mails("honest");
    let all: Vec<&Vec<u8>> = all
        .iter()
        .filter(|(name, _)| !name.starts_with("microsoft365") && !name.starts_with("nobody"))
        .map(|(_, raw)| raw)
        .collect();
    let workspace = workspace(dovecot.port(), dovecot.ca_file(), "", "");
    let (first, second) = all.split_at(all.len() / 2);
    for raw in first {
        dovecot.append(USER, "INBOX", raw);
    }
    workspace.run(["collect"]).exits(0);
    assert_eq!(listed(&workspace).len(), first.len());
    for raw in second {
        dovecot.append(USER, "INBOX", raw);
    }
    dovecot.set_uid_validity(USER, "INBOX", 123_456);
    workspace.run(["collect"]).exits(0);
    assert_eq!(listed(&workspace).len(), all.len());
    assert_eq!(
        folders(&dovecot),
        format!("INBOX 0, Processed {}, Quarantine 0", all.len())
    );
}

#[test]
fn a_server_that_cannot_move_has_its_mails_flagged() {
    let dovecot = Dovecot::builder().without("MOVE").start();
    dovecot.append(USER, "INBOX", &mail("kinds/plain.eml"));
    dovecot.append(USER, "INBOX", &mail("forged/no_results.eml"));
    dovecot.append(USER, "INBOX", &mail("strangers/newsletter.eml"));
    let workspace = workspace(dovecot.port(), dovecot.ca_file(), "", "");
    workspace.run(["collect"]).exits(65);
    assert_eq!(folders(&dovecot), "INBOX 3, Processed 0, Quarantine 0");
    let flags: Vec<String> = dovecot
        .folder_listing(USER, "INBOX")
        .iter()
        .map(|mail| mail.flags.join(" "))
        .collect();
    assert_eq!(flags, ["RekonProcessed", "RekonQuarantined", ""]);
    let output = workspace.run(["collect"]).exits(0);
    assert!(output.stdout.contains("Nothing new"), "{}", output.stdout);
    // Numbered anew, they still carry their flags.
    dovecot.set_uid_validity(USER, "INBOX", 4_711);
    let output = workspace.run(["collect"]).exits(0);
    assert!(output.stdout.contains("Nothing new"), "{}", output.stdout);
}

#[test]
fn a_person_decides_about_a_quarantined_mail() {
    let dovecot = Dovecot::start();
    dovecot.append(USER, "INBOX", &mail("forged/no_results.eml"));
    dovecot.append(USER, "INBOX", &mail("forged/lookalike_digit.eml"));
    let workspace = workspace(dovecot.port(), dovecot.ca_file(), "", "");
    workspace.run(["collect"]).exits(65);
    assert!(listed(&workspace).is_empty());
    let output = workspace.run(["quarantine", "list"]).exits(0);
    let listing = regex::Regex::new(r"received  .*, mailbox")
        .expect("a pattern")
        .replace_all(&output.transcript(), "received  [TIME], mailbox")
        .into_owned();
    insta::assert_snapshot!("quarantine_list", listing);

    let refused = workspace
        .run(["quarantine", "release", "1", "--reason", " "])
        .exits(2);
    assert!(refused.stderr.contains("--reason"), "{}", refused.stderr);
    workspace
        .run(["quarantine", "release", "9", "--reason", "x"])
        .exits(2);
    let reason = "asked Rina at OVO by phone";
    let output = workspace
        .run(["quarantine", "release", "1", "--reason", reason])
        .exits(0);
    assert!(
        output.stdout.contains("taken in as file 1"),
        "{}",
        output.stdout
    );
    let by = &listed(&workspace)[0]["mails"][0];
    let verdict = by["authentication"].as_str().expect("a verdict");
    assert!(verdict.starts_with("released from quarantine by ") && verdict.ends_with(reason));
    workspace
        .run([
            "quarantine",
            "reject",
            "2",
            "--reason",
            "ovo.example is spelt with a zero",
        ])
        .exits(0);
    assert!(held(&workspace).is_empty());
    let all = workspace
        .run(["quarantine", "list", "--all", "--json"])
        .exits(0)
        .json();
    assert_eq!(all[0]["state"], "released");
    assert_eq!(all[1]["state"], "rejected");
    assert_eq!(all[0]["decision"], reason);

    // Moved back by somebody, the one is what it was declared to be, and so is the other.
    for mail in dovecot.folder_listing(USER, "Quarantine") {
        let id = mail.message_id.trim_matches(['<', '>']).to_owned();
        dovecot.move_mail(USER, "Quarantine", "INBOX", &id);
    }
    workspace.run(["collect"]).exits(0);
    assert_eq!(folders(&dovecot), "INBOX 0, Processed 1, Quarantine 1");
    assert_eq!(listed(&workspace).len(), 1);
}

#[test]
fn only_the_channels_of_a_run_take_their_mails() {
    let dovecot = Dovecot::start();
    dovecot.append(USER, "INBOX", &mail("kinds/plain.eml"));
    let workspace = workspace(dovecot.port(), dovecot.ca_file(), "", "");
    let config = workspace.read("rekon.toml");
    let channel = &config[config.find("[[channel]]").expect("a channel")..];
    let second = channel.replace("name = \"ovo\"", "name = \"ovo-copy\"");
    workspace.put("rekon.toml", format!("{config}\n{second}"));
    workspace.run(["collect", "--channel", "ovo"]).exits(0);
    // The other channel has not had it yet.
    assert_eq!(folders(&dovecot), "INBOX 1, Processed 0, Quarantine 0");
    workspace.run(["collect", "--channel", "ovo-copy"]).exits(0);
    workspace.run(["collect"]).exits(0);
    assert_eq!(folders(&dovecot), "INBOX 0, Processed 1, Quarantine 0");
    assert_eq!(listed(&workspace).len(), 2);
}

#[test]
fn check_says_what_the_rules_would_take_today() {
    let dovecot = Dovecot::start();
    for name in [
        "kinds/plain.eml",
        "kinds/in_zip.eml",
        "forged/lookalike_digit.eml",
        "strangers/newsletter.eml",
    ] {
        dovecot.append(USER, "INBOX", &mail(name));
    }
    let workspace = workspace(dovecot.port(), dovecot.ca_file(), "", "");
    let output = workspace.run(["check"]).exits(0);
    // `check` goes by the clock of the host.
    let today = regex::Regex::new(r"20\d\d-\d\d-\d\d").expect("a pattern");
    let told = transcript(&output, dovecot.port());
    insta::assert_snapshot!("check", today.replace_all(&told, "[DATE]"));
    assert_eq!(folders(&dovecot), "INBOX 4, Processed 0, Quarantine 0");
    let flags = dovecot.folder_listing(USER, "INBOX");
    assert!(flags.iter().all(|mail| mail.flags.is_empty()), "{flags:?}");

    workspace.put("imap-password", "wrong");
    let output = workspace.run(["check"]).exits(77);
    let told = transcript(&output, dovecot.port());
    let line = told.lines().find(|line| line.starts_with("FAIL"));
    insta::assert_snapshot!("check_wrong_password", line.unwrap_or_default());
    workspace.run(["collect"]).exits(77);
    workspace.run(["run"]).exits(77);
}

#[test]
fn a_figure_can_be_traced_to_its_mail() {
    let dovecot = Dovecot::start();
    dovecot.append(USER, "INBOX", &mail("kinds/in_zip_aes.eml"));
    let workspace = workspace(dovecot.port(), dovecot.ca_file(), "", "");
    workspace.run(["run", "--date", "2026-09-12"]).exits(0);
    let breaks = workspace.run(["breaks", "list", "--json"]).exits(0).json();
    let id = breaks[0]["id"].as_str().expect("a break").to_owned();
    let shown = workspace.run(["breaks", "show", &id]).exits(0);
    let status = workspace
        .run(["status", "--as-of", "2026-09-13T12:00:00+07:00"])
        .exits(0);
    for output in [&shown, &status] {
        let line = output
            .stdout
            .lines()
            .find(|line| line.contains("mail from"))
            .unwrap_or_else(|| panic!("{}", output.stdout));
        for part in [
            "reports@ovo.example",
            "Message-ID <",
            "terkunci.zip",
            "dkim=pass",
        ] {
            assert!(line.contains(part), "{part}: {line}");
        }
    }
    let text = workspace
        .files("mail")
        .into_iter()
        .find(|name| name.ends_with(".html"))
        .expect("a page");
    let page = workspace.read(&format!("mail/{text}"));
    assert!(page.contains("Mail from") && page.contains("dkim=pass"));
}
