//! Mailboxes, SFTP accounts and limits that a configuration gets wrong: one sentence each with key,
//! reason and fix, nothing connected to and nothing written.

use std::fmt::Write;

use rekon::config;

use crate::harness::{Workspace, repository};

const CONFIG: &str = r#"
state   = "sqlite:state.db"
archive = "archive"

[ledger]
url = "sqlite:ledger.db"

[mail]
transport = "smtps://rekon@mail.merchant.example:465"
from      = "Rekon <rekon@merchant.example>"
password  = "file:secret"

[limits]
mail_bytes = "30MiB"

[mailbox.settlements]
url              = "imaps://settlements@mail.merchant.example:993"
password         = "file:secret"
authentication   = "authserv"
trusted_authserv = "mx.merchant.example"
folder           = "INBOX"
processed        = "Processed"
quarantine       = "Quarantine"
timeout          = "60s"
attempts         = 3

[sftp.tokopedia]
url         = "sftp://merchant@sftp.tokopedia.example:22/reports"
key         = "file:secret"
known_hosts = "known_hosts"

[[channel]]
name         = "ovo"
profile      = "ovo-push-to-pay"
ledger_query = """
SELECT merchant_id, batch_number, reference_number, amount, status, created_at AS occurred_at
FROM payments WHERE created_at >= :from AND created_at < :to"""

[[channel.source]]
mailbox    = "settlements"
from       = ["reports@ovo.example"]
attachment = "*.xlsx"

[[channel.source]]
sftp    = "tokopedia"
pattern = "*.csv"

[[channel.source]]
folder  = "inbox/ovo"
pattern = "*.csv"
"#;

/// What must never be shown, however it got into the configuration.
const SECRET: &str = "rahasia";

/// Each row: a name, a piece of [`CONFIG`], and what somebody wrote in its place. All refusals of a
/// table are read in one snapshot, as a person would meet them.
#[track_caller]
fn refused(table: &str, rows: &[(&str, &str, &str)]) {
    let mut told = String::new();
    for (name, from, to) in rows {
        let config = CONFIG.replacen(from, to, 1);
        assert_ne!(config, CONFIG, "{name} changes nothing");
        let workspace = Workspace::new().config(&config).file("secret", SECRET);
        let output = workspace.run(["check"]).exits(78);
        assert!(output.stdout.is_empty(), "{name}: {}", output.stdout);
        assert!(!output.stderr.contains(SECRET), "{name}: {}", output.stderr);
        assert_eq!(
            workspace.files(""),
            ["rekon.toml", "secret"],
            "{name}: something is written"
        );
        let transcript = output.transcript();
        let (_, words) = transcript.split_once("--- stderr\n").expect("a refusal");
        write!(told, "# {name}\n{words}\n").expect("text");
    }
    insta::assert_snapshot!(table, told.trim_end());
}

#[test]
fn mailboxes_that_are_refused() {
    refused(
        "mailboxes_refused",
        &[
            (
                "nothing says whom to believe",
                "authentication   = \"authserv\"\ntrusted_authserv = \"mx.merchant.example\"\n",
                "",
            ),
            (
                "authserv without a server",
                "trusted_authserv = \"mx.merchant.example\"\n",
                "",
            ),
            (
                "a server with none",
                "authentication   = \"authserv\"",
                "authentication   = \"none\"",
            ),
            (
                "a server with microsoft365",
                "authentication   = \"authserv\"",
                "authentication   = \"microsoft365\"",
            ),
            (
                "a mode with a typo",
                "authentication   = \"authserv\"",
                "authentication   = \"authserve\"",
            ),
            (
                "a mode nobody knows",
                "authentication   = \"authserv\"",
                "authentication   = \"dkim\"",
            ),
            (
                "a whole header as the server",
                "\"mx.merchant.example\"",
                "\"mx.merchant.example; dkim=pass\"",
            ),
            (
                "no password",
                "993\"\npassword         = \"file:secret\"",
                "993\"",
            ),
            (
                "a password in the file",
                "993\"\npassword         = \"file:secret\"",
                "993\"\npassword = \"rahasia\"",
            ),
            (
                "a password in the URL",
                "imaps://settlements@",
                "imaps://settlements:rahasia@",
            ),
            (
                "a password that is not there",
                "993\"\npassword         = \"file:secret\"",
                "993\"\npassword = \"env:IMAP_PASSWORD\"",
            ),
            (
                "a password and a token command",
                "attempts         = 3",
                "oauth2_token_command = \"print-token\"",
            ),
            (
                "an empty token command",
                "993\"\npassword         = \"file:secret\"",
                "993\"\noauth2_token_command = \"\"",
            ),
            ("imap without s", "imaps://", "imap://"),
            (
                "a password in a URL that is none",
                "imaps://settlements@",
                "imaps:settlements:rahasia@",
            ),
            (
                "the password's file as the URL",
                "\"imaps://settlements@mail.merchant.example:993\"",
                "\"file:secret\"",
            ),
            ("no user", "imaps://settlements@", "imaps://"),
            ("a port that is none", ":993", ":imaps"),
            (
                "believed mails stay where they are",
                "\"Processed\"",
                "\"inbox\"",
            ),
            (
                "quarantine is where believed mails go",
                "\"Quarantine\"",
                "\"Processed\"",
            ),
            (
                "a folder IMAP spells otherwise",
                "\"Processed\"",
                "\"Selesai & arsip\"",
            ),
            ("no attempt", "attempts         = 3", "attempts = 0"),
            (
                "too many attempts",
                "attempts         = 3",
                "attempts = 1000",
            ),
            (
                "attempts in words",
                "attempts         = 3",
                "attempts = \"three\"",
            ),
            ("no time", "\"60s\"", "\"0s\""),
            ("a time without a unit", "\"60s\"", "\"60\""),
            ("an unknown key", "attempts ", "attemps "),
            (
                "a key of another table",
                "attempts         = 3",
                "known_hosts = \"x\"",
            ),
        ],
    );
}

#[test]
fn sftp_accounts_that_are_refused() {
    refused(
        "sftp_accounts_refused",
        &[
            (
                "nothing says which server is right",
                "known_hosts = \"known_hosts\"\n",
                "",
            ),
            (
                "a key and a password",
                "known_hosts = ",
                "password = \"file:secret\"\nknown_hosts = ",
            ),
            ("no login", "key         = \"file:secret\"\n", ""),
            (
                "a passphrase without its key",
                "key         = \"file:secret\"\n",
                "password = \"file:secret\"\npassphrase = \"file:secret\"\n",
            ),
            (
                "a key by its path alone",
                "key         = \"file:secret\"",
                "key = \"id_ed25519\"",
            ),
            (
                "a password in the URL",
                "sftp://merchant@",
                "sftp://merchant:rahasia@",
            ),
            ("no user", "sftp://merchant@", "sftp://"),
            ("another scheme", "sftp://", "ftps://"),
            ("an unknown key", "known_hosts = ", "known_host = "),
        ],
    );
}

#[test]
fn sources_that_are_refused() {
    refused(
        "sources_refused",
        &[
            ("no sender", "from       = [\"reports@ovo.example\"]\n", ""),
            ("nobody", "[\"reports@ovo.example\"]", "[]"),
            (
                "a name is no sender",
                "\"reports@ovo.example\"",
                "\"OVO Reports\"",
            ),
            (
                "a sender with wildcards",
                "\"reports@ovo.example\"",
                "\"*@ovo.example\"",
            ),
            (
                "senders that are no list",
                "[\"reports@ovo.example\"]",
                "\"reports@ovo.example\"",
            ),
            (
                "a mailbox with a typo",
                "mailbox    = \"settlements\"",
                "mailbox = \"setlements\"",
            ),
            (
                "a mailbox nobody configured",
                "mailbox    = \"settlements\"",
                "mailbox = \"tagihan\"",
            ),
            (
                "an account with a typo",
                "sftp    = \"tokopedia\"",
                "sftp = \"tokopdia\"",
            ),
            (
                "a pattern on mails",
                "attachment = \"*.xlsx\"",
                "pattern = \"*.xlsx\"",
            ),
            (
                "a subject on a folder",
                "folder  = \"inbox/ovo\"",
                "folder  = \"inbox/ovo\"\nsubject = \"Settlement\"",
            ),
            (
                "a sender on SFTP",
                "sftp    = \"tokopedia\"",
                "sftp    = \"tokopedia\"\nfrom = [\"reports@ovo.example\"]",
            ),
            (
                "two places",
                "folder  = \"inbox/ovo\"",
                "folder  = \"inbox/ovo\"\nsftp = \"tokopedia\"",
            ),
            ("no place", "folder  = \"inbox/ovo\"\n", ""),
            ("a pattern that never ends", "\"*.xlsx\"", "\"[a-\""),
            (
                "a report password in the file",
                "attachment = \"*.xlsx\"",
                "password = \"rahasia\"",
            ),
            ("an unknown key", "attachment = ", "attachmnt = "),
        ],
    );
}

#[test]
fn limits_and_mail_that_are_refused() {
    refused(
        "limits_refused",
        &[
            ("not a size", "\"30MiB\"", "\"much\""),
            ("a decimal unit", "\"30MiB\"", "\"30MB\""),
            ("nothing at all", "\"30MiB\"", "0"),
            ("below nothing", "\"30MiB\"", "-1"),
            ("more than a mail can be", "\"30MiB\"", "\"2GiB\""),
            (
                "a count with a unit",
                "[limits]",
                "[limits]\nrows = \"1MiB\"",
            ),
            ("too many columns", "[limits]", "[limits]\ncolumns = 20000"),
            ("an unknown limit", "mail_bytes ", "mail_byte "),
            (
                "a password and a token command for sending",
                "password  = \"file:secret\"",
                "password  = \"file:secret\"\noauth2_token_command = \"print-token\"",
            ),
        ],
    );
}

/// The configuration that the documentation shows whole, and the one `rekon init` writes, with what it
/// comments out.
#[test]
fn the_examples_are_configurations() {
    let page = repository().join("docs/configuration.md");
    let page = std::fs::read_to_string(page).expect("the page");
    let example = page.split("```toml config\n").nth(1);
    let example = example.and_then(|rest| rest.split("```").next());
    let example = example.expect("an example").to_owned();
    let starter = repository().join("src/cli/starter.toml");
    let starter = std::fs::read_to_string(starter).expect("the starter");
    let uncommented: Vec<&str> = starter
        .lines()
        .map(|line| match line.strip_prefix("# ") {
            Some(code) if code.starts_with('[') || code.contains(" = ") => code,
            _ => line,
        })
        .collect();
    let secret = regex::Regex::new("env:[A-Z_]+|file:id_ed25519").expect("a pattern");
    for example in [example, uncommented.join("\n")] {
        let example = secret.replace_all(&example, "file:secret");
        let workspace = Workspace::new().config(&example).file("secret", SECRET);
        let config = config::load(&workspace.path().join("rekon.toml"))
            .unwrap_or_else(|error| panic!("{error}\n{example}"));
        assert_eq!(config.channels[0].sources.len(), 3);
        assert_eq!((config.mailboxes.len(), config.sftp.len()), (1, 1));
    }
}
