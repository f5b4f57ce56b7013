//! Mail servers that stall, that show the wrong certificate, and tokens that run out or never come:
//! each has a name, and what does not depend on it goes on.

use std::collections::BTreeSet;
use std::sync::Mutex;

use crate::bills;
use crate::certificates::certificates;
use crate::dovecot::{Dovecot, PASSWORD, Shown, USER};
use crate::harness::{Workspace, repository};
use crate::imap::Imap;
use crate::mailbox::{folders, listed, mail, transcript, workspace};
use crate::mailbox_cuts::in_parallel;
use crate::proxy::{From, Mode, Proxy, Reach};

const REPORTS: [&str; 4] = [
    "kinds/plain.eml",
    "kinds/in_zip.eml",
    "kinds/in_zip_aes.eml",
    "kinds/xlsx_locked.eml",
];

/// Hands out `token-1`, `token-2` and so on, one at each call; the second call waits for what
/// `wait` says.
fn tokens(workspace: &Workspace, tokens: &[String], wait: &str) {
    let script = format!(
        "n=$(($(cat used 2>/dev/null || echo 0) + 1))\necho $n > used\n\
         test $n = 1 || {wait}\ncat token-$n\n"
    );
    workspace.put("next-token", script);
    for (number, token) in tokens.iter().enumerate() {
        workspace.put(&format!("token-{}", number + 1), format!("{token}\n"));
    }
}

#[test]
fn a_token_that_runs_out_between_two_mails_is_replaced_within_the_run() {
    let dovecot = Dovecot::builder().xoauth2().user("whole").start();
    let login = "oauth2_token_command = \"sh next-token\"";
    let proxy = Proxy::start(dovecot.port());
    let fresh = |user: &str| {
        let workspace = workspace(proxy.port(), dovecot.ca_file(), login, "");
        let config = workspace.read("rekon.toml");
        let config = config.replace(&format!("{USER}@"), &format!("{user}@"));
        workspace.put("rekon.toml", config);
        for name in REPORTS {
            dovecot.append(user, "INBOX", &mail(name));
        }
        workspace
    };
    let whole = fresh("whole");
    tokens(&whole, &[dovecot.token("whole", 600)], "true");
    whole.run(["collect"]).exits(0);
    let total = proxy.traffic()[0].from_server;

    let workspace = fresh(USER);
    // By the time the second token comes, the first one opens nothing any more.
    let both = [dovecot.token(USER, 8), dovecot.token(USER, 600)];
    tokens(&workspace, &both, "sleep 9");
    proxy.arm(Mode::Cut(From::Server, total * 6 / 10), Reach::First);
    let output = workspace.run(["collect"]).exits(0);
    assert_eq!(proxy.traffic().len(), 2, "{}", output.transcript());
    assert_eq!(workspace.read("used").trim(), "2");
    assert_eq!(listed(&workspace).len(), REPORTS.len());
    assert_eq!(folders(&dovecot), "INBOX 0, Processed 4, Quarantine 0");
}

#[test]
fn a_token_that_is_refused_or_never_comes_is_named() {
    let dovecot = Dovecot::builder().xoauth2().start();
    dovecot.append(USER, "INBOX", &mail(REPORTS[0]));
    let mut told = String::new();
    for (case, script) in [
        ("expired", format!("echo {}", dovecot.token(USER, -1))),
        (
            "fails",
            "echo 'refresh token revoked' >&2; exit 3".to_owned(),
        ),
        ("prints nothing", "true".to_owned()),
        (
            "prints a page",
            "echo '<html> <p>Sign in</p> </html>'".to_owned(),
        ),
        ("hangs", "exec sleep 600".to_owned()),
        ("is not there", "exec no-such-program".to_owned()),
    ] {
        let login = "oauth2_token_command = \"sh token\"\ntimeout = \"2s\"";
        let workspace = workspace(dovecot.port(), dovecot.ca_file(), login, "");
        workspace.put("token", script);
        let output = workspace.run(["collect"]).exits(77);
        assert!(
            output.transcript().contains("oauth2_token_command"),
            "{case}: {}",
            output.transcript()
        );
        let text = transcript(&output, dovecot.port());
        told.push_str(&format!("# {case}\n{text}\n"));
    }
    insta::assert_snapshot!("tokens_that_do_not_come", told);
    assert_eq!(folders(&dovecot), "INBOX 1, Processed 0, Quarantine 0");
}

const OTHER_CHANNEL: &str = r#"
[[channel]]
name = "ovo-folder"
profile = "ovo-push-to-pay"
start = "2026-11-18"
calendar = "every-day"
ledger_query = """
SELECT merchant_id, batch_number, reference_number, amount, status, created_at AS occurred_at
FROM payments WHERE created_at >= :from AND created_at < :to"""

[[channel.source]]
folder = "inbox"
pattern = "*.csv"
"#;

/// A whole row of the sample as the ledger has it: a ledger without any would not be believed.
fn booked(row: &str) -> Option<String> {
    let cells: Vec<&str> = row.split(',').collect();
    let [merchant, _, _, batch, reference, _, at, _, _, _, amount, ..] = cells[..] else {
        return None;
    };
    let whole = at.starts_with("2026-11-18 ") && amount.parse::<u64>().is_ok();
    whole.then(|| {
        format!(
            "INSERT INTO payments VALUES ('{merchant}', '{batch}', '{reference}', {amount}, \
             'success', datetime('{at}', '-7 hours'));\n"
        )
    })
}

/// The mailbox and, beside it, a channel that reads a folder.
fn with_a_folder(port: u16, dovecot: &Dovecot, user: &str, mailbox: &str) -> Workspace {
    let workspace = workspace(port, dovecot.ca_file(), mailbox, "");
    let config = workspace.read("rekon.toml");
    let config = config.replace(&format!("{USER}@"), &format!("{user}@"));
    workspace.put("rekon.toml", format!("{config}{OTHER_CHANNEL}"));
    let name = "ovo_settlement_20261118.csv";
    let report = repository()
        .join("sample_reports/ovo-push-to-pay")
        .join(name);
    let report = std::fs::read_to_string(report).expect("a sample");
    let booked: String = report.lines().skip(1).filter_map(booked).collect();
    let sql = workspace.read("ledger.sql") + &booked;
    workspace.put("ledger.sql", sql);
    bills::put(&workspace, &format!("inbox/{name}"), report, 60);
    workspace
}

#[test]
fn a_server_that_stalls_is_named_and_the_other_channels_are_reconciled() {
    const LATER: usize = 20;
    let mut builder = Dovecot::builder().user("whole");
    for case in 0..LATER + 8 {
        builder = builder.user(&format!("stall{case}"));
    }
    let dovecot = builder.start();
    // Where the phases of a session begin.
    let proxy = Proxy::start(dovecot.port());
    let seen = || proxy.traffic().last().expect("a connection").from_server;
    let patience = std::time::Duration::from_secs(20);
    let mut client =
        Imap::connect("localhost", proxy.port(), &certificates().ca, patience).expect("greeted");
    let greeted = seen();
    assert!(client.login("whole", PASSWORD).expect("an answer").is_ok());
    let in_by = seen();
    let fill = |user: &str| {
        for name in REPORTS {
            dovecot.append(user, "INBOX", &mail(name));
        }
    };
    fill("whole");
    proxy.arm(Mode::Transparent, Reach::Every);
    with_a_folder(proxy.port(), &dovecot, "whole", "")
        .run(["collect"])
        .exits(0);
    let total = seen();
    let mut places = vec![
        (From::Client, 0),
        (From::Server, 0),
        (From::Server, greeted / 2),
        (From::Server, greeted - 10),
        (From::Server, greeted),
        (From::Server, (greeted + in_by) / 2),
        (From::Server, in_by - 10),
        (From::Server, in_by),
    ];
    let step = (total - in_by) / (LATER as u64 + 1);
    places.extend((1..=LATER as u64).map(|place| (From::Server, in_by + place * step - 60)));

    let phases = Mutex::new(BTreeSet::new());
    in_parallel(places.len(), 10, |case| {
        let (side, at) = places[case];
        let what = format!("silent after byte {at} from the {side:?}");
        let user = format!("stall{case}");
        fill(&user);
        let proxy = Proxy::start(dovecot.port());
        proxy.arm(Mode::Stall(side, at), Reach::Every);
        let workspace = with_a_folder(proxy.port(), &dovecot, &user, "timeout = \"1s\"");
        let output = workspace.run(["run", "--date", "2026-11-18", "--json"]);
        let results = output.json()["results"].clone();
        let of = |channel: &str| {
            let mut results = results.as_array().expect("results").iter();
            results
                .find(|result| result["channel"] == channel)
                .unwrap_or_else(|| panic!("{what}: no {channel} in {results:?}"))
                .clone()
        };
        assert_eq!(of("ovo-folder")["state"], "complete", "{what}");
        let text = output.transcript();
        let phase = regex::Regex::new("did not answer within 1 s while ([a-zA-Z ]+)")
            .expect("a pattern")
            .captures(&text)
            .map(|found| found[1].to_owned());
        let Some(phase) = phase else {
            panic!("{what}: {text}");
        };
        assert_eq!(output.status, Some(69), "{what}: {text}");
        assert!(text.contains("mailbox settlements"), "{what}: {text}");
        let mail = of("ovo");
        assert_eq!(mail["state"], "incomplete", "{what}: {mail}");
        assert_eq!(mail["breaks"], serde_json::json!({}), "{what}: {mail}");
        phases.lock().expect("no panic").insert(phase);
    });
    let phases = phases.into_inner().expect("no panic");
    for phase in [
        "agreeing on TLS",
        "greeting",
        "logging in",
        "reading headers",
        "fetching a mail",
    ] {
        assert!(phases.contains(phase), "{phase}: {phases:?}");
    }
}

#[test]
fn a_server_that_is_not_the_right_one_is_told_no_password() {
    let mut told = String::new();
    for shown in [Shown::WrongHost, Shown::Expired, Shown::Untrusted] {
        let dovecot = Dovecot::builder().shows(shown).start();
        dovecot.append(USER, "INBOX", &mail(REPORTS[0]));
        let workspace = with_a_folder(dovecot.port(), &dovecot, USER, "");
        let output = workspace.run(["collect"]).exits(69);
        let text = transcript(&output, dovecot.port());
        told.push_str(&format!("# {shown:?}\n{text}\n"));
        assert!(
            output
                .stdout
                .contains("ovo-folder: ovo_settlement_20261118.csv: taken in")
        );
        let check = workspace.run(["check"]).exits(69);
        assert!(
            check.stdout.contains("FAIL  mailbox settlements"),
            "{check:?}"
        );
        let log = dovecot.log();
        for word in ["Login: user", &format!("user=<{USER}>"), "auth failed"] {
            assert!(!log.contains(word), "{shown:?}: {log}");
        }
        assert_eq!(folders(&dovecot), "INBOX 1, Processed 0, Quarantine 0");
    }
    // When exactly it expired differs from run to run.
    let told = regex::Regex::new(r"verification time .*? ago\)")
        .expect("a pattern")
        .replace_all(&told, "[TIMES]")
        .into_owned();
    insta::assert_snapshot!("certificates_refused", told);
}
