//! Mail: composed once, parsed by another program, delivered by a real Postfix.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use chrono::{DateTime, Utc};
use rekon::mail::{
    Deadlines, Enclosure, FaultKind, Letter, Reach, Security, Sent, SmtpServer, Transport, compose,
    send,
};
use rekon::report::labels::Language;
use rekon::report::template::Templates;
use rekon::report::view::view;
use rekon::report::{csv, html, text, workbook};

use crate::postfix::Postfix;
use crate::reports::fixture;

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

fn letter(to: &[&str]) -> Letter {
    let view = view(&fixture::input(Language::Id));
    let date: DateTime<Utc> = fixture::at("2026-11-19T05:30:00Z");
    Letter {
        from: "Rekon <rekon@merchant.example>".to_owned(),
        to: to.iter().map(|to| (*to).to_owned()).collect(),
        subject: view.subject.clone(),
        text: text::mail(&view),
        html: html::mail(&view, &Templates::built_in()).expect("the mail renders"),
        attachments: vec![
            Enclosure {
                file_name: "rekonsiliasi 18 Nov.xlsx".to_owned(),
                content_type: XLSX.to_owned(),
                bytes: workbook::xlsx(&view, date).expect("a workbook"),
            },
            Enclosure {
                file_name: "selisih.csv".to_owned(),
                content_type: "text/csv; charset=utf-8".to_owned(),
                bytes: csv::breaks(&view).expect("CSV"),
            },
        ],
        message_id: "finance-daily.2026-11-18.r2@rekon.merchant.example".to_owned(),
        date,
        references: vec!["finance-daily.2026-11-18.r1@rekon.merchant.example".to_owned()],
    }
}

/// Reads a mail with Python's own parser: headers and parts, one per line.
fn parsed(mail: &Path) -> Vec<String> {
    let script = r#"
import email, email.policy, sys
m = email.message_from_binary_file(open(sys.argv[1], "rb"), policy=email.policy.default)
for name in ("From", "To", "Subject", "Message-ID", "In-Reply-To", "References", "Date", "Auto-Submitted", "Content-Type"):
    print(name + ": " + str(m[name]).split(";")[0])
assert not m.defects, m.defects
for part in m.walk():
    assert not part.defects, part.defects
    if part.is_multipart():
        print("multipart", part.get_content_type())
    else:
        body = part.get_content()
        body = body.encode() if isinstance(body, str) else body
        print("part", part.get_content_type(), part.get_filename() or "-", len(body) > 100, body[:2] == b"PK")
"#;
    let output = Command::new("python3")
        .arg("-c")
        .arg(script)
        .arg(mail)
        .output()
        .expect("python3 runs (apt-get install -y python3)");
    assert!(output.status.success(), "{}", said(&output));
    String::from_utf8(output.stdout)
        .expect("UTF-8")
        .lines()
        .map(str::to_owned)
        .collect()
}

fn said(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

#[tokio::test]
async fn a_directory_receives_a_whole_private_mail() {
    let directory = tempfile::tempdir().expect("a directory");
    let bytes = compose(&letter(&["Finance <finance@merchant.example>"])).expect("a mail");
    let transport = Transport::Directory(directory.path().join("mail"));
    let sent = send(
        &transport,
        "rekon@merchant.example",
        "finance@merchant.example",
        "../finance-daily.eml",
        &bytes,
    )
    .await
    .expect("written");
    let Sent::Written(path) = sent else {
        panic!("{sent:?}")
    };
    assert_eq!(path.parent(), Some(directory.path().join("mail").as_path()));
    assert_eq!(std::fs::read(&path).expect("the mail"), bytes);
    for (place, private) in [
        (path.as_path(), 0o600),
        (&directory.path().join("mail"), 0o700),
    ] {
        let mode = std::fs::metadata(place).expect("it is there").permissions();
        assert_eq!(mode.mode() & 0o777, private, "{}", place.display());
    }
    insta::assert_snapshot!("mail_structure", parsed(&path).join("\n"));
}

#[test]
fn the_same_letter_gives_the_same_bytes_in_short_ascii_lines() {
    let letter = letter(&["finance@merchant.example"]);
    let bytes = compose(&letter).expect("a mail");
    assert!(bytes == compose(&letter).expect("a mail"));
    assert!(bytes.is_ascii());
    let longest = bytes.split(|b| *b == b'\n').map(<[u8]>::len).max();
    assert!(longest.is_some_and(|length| length <= 998), "{longest:?}");
}

#[test]
fn outside_text_cannot_become_a_header() {
    let mut hostile = letter(&["finance@merchant.example"]);
    hostile.subject = fixture::TWISTED.to_owned();
    hostile.message_id = "x@y\r\nBcc: x@evil.example".to_owned();
    hostile.references = vec!["x\r\nBcc: x@evil.example".to_owned()];
    hostile.attachments[0].file_name = "a\"\r\nBcc: x@evil.example\r\n.xlsx".to_owned();
    let bytes = compose(&hostile).expect("a mail");
    let text = String::from_utf8_lossy(&bytes).to_lowercase();
    assert!(!text.contains("\nbcc:"), "{}", &text[..800]);

    for from in [
        "Rekon\r\nBcc: x@evil.example <rekon@merchant.example>",
        "not an address",
        "",
    ] {
        let mut hostile = letter(&["finance@merchant.example"]);
        hostile.from = from.to_owned();
        let fault = compose(&hostile).expect_err("refused");
        assert!(fault.to_string().contains("not a mail address"), "{fault}");
    }
}

#[tokio::test]
async fn one_refused_recipient_does_not_cost_the_others_their_mail() {
    let postfix = Postfix::start();
    let transport = Transport::Smtp(SmtpServer {
        host: "127.0.0.1".to_owned(),
        port: postfix.port(),
        security: Security::PlainLoopback,
        login: None,
        deadlines: Deadlines::default(),
    });
    let recipients =
        ["finance", "nobody", "later", "cfo"].map(|user| format!("{user}@merchant.example"));
    let to: Vec<&str> = recipients.iter().map(String::as_str).collect();
    let bytes = compose(&letter(&to)).expect("a mail");
    let mut results = Vec::new();
    for recipient in &recipients {
        results.push(
            send(
                &transport,
                "rekon@merchant.example",
                recipient,
                "unused.eml",
                &bytes,
            )
            .await,
        );
    }
    for (result, kind, said) in [
        (&results[0], None, ""),
        (&results[1], Some(FaultKind::Permanent), "no such recipient"),
        (&results[2], Some(FaultKind::Transient), "greylisted"),
        (&results[3], None, ""),
    ] {
        match result {
            Ok(sent) => assert!(
                kind.is_none() && matches!(sent, Sent::Accepted(_)),
                "{sent:?}"
            ),
            Err(fault) => {
                assert_eq!(Some(fault.kind), kind, "{fault}");
                assert_eq!(fault.reach, Reach::Recipient, "{fault}");
                assert!(fault.said.contains(said), "{fault}");
            }
        }
    }
    for user in ["finance", "cfo"] {
        let mails = postfix.mailbox(user);
        assert_eq!(mails.len(), 1);
        let facts = parsed(&mails[0]);
        assert!(facts.contains(&"Auto-Submitted: auto-generated".to_owned()));
        assert_eq!(
            facts
                .iter()
                .filter(|fact| fact.starts_with("part "))
                .count(),
            4
        );
    }
}

#[tokio::test]
async fn a_server_without_starttls_is_never_sent_plain_text() {
    let postfix = Postfix::start();
    for (host, security, expected) in [
        ("127.0.0.1", Security::StartTls, "STARTTLS"),
        (
            "mx.merchant.example",
            Security::PlainLoopback,
            "unencrypted",
        ),
    ] {
        let transport = Transport::Smtp(SmtpServer {
            host: host.to_owned(),
            port: postfix.port(),
            security,
            login: None,
            deadlines: Deadlines::default(),
        });
        let fault = send(
            &transport,
            "rekon@merchant.example",
            "finance@merchant.example",
            "unused.eml",
            b"Subject: x\r\n\r\nx\r\n",
        )
        .await
        .expect_err("refused");
        assert!(
            // An operator's fix makes it go: it is not the recipient's fault.
            fault.kind == FaultKind::Transient
                && fault.said.contains(expected)
                && fault.reach == Reach::Server,
            "{fault:?}"
        );
    }
}
