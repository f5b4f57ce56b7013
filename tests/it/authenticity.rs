//! Mails that claim to be settlement reports. A case is a file `tests/it/mails/<folder>/*.eml` and a
//! line of that folder's `expected.txt`: `file | authentication | what rekon says`.
//! `REKON_BLESS=1 cargo test --test it authenticity` writes what changed: read it aloud before
//! committing it.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use proptest::prelude::*;
use proptest::sample::{Index, select};
use rekon::sources::mailbox::authenticity::{
    Authentication, Claim, SenderRule, authenticate, claim,
};
use rekon::sources::mailbox::header::Header;

use crate::harness::repository;

fn allowed() -> Vec<SenderRule> {
    ["reports@ovo.example", "@tokopedia.example"]
        .map(|text| SenderRule::parse(text).expect("a sender rule"))
        .to_vec()
}

fn mode(name: &str) -> Authentication {
    match name {
        "authserv" => Authentication::Authserv {
            id: "mx.merchant.example".to_owned(),
        },
        "microsoft365" => Authentication::Microsoft365,
        "none" => Authentication::None,
        other => panic!("{other}: no authentication of that name"),
    }
}

/// What rekon makes of a mail, in one line.
fn said(raw: &[u8], mode: &Authentication) -> String {
    let header = Header::of(raw);
    match claim(&header, &allowed()) {
        Claim::Stranger => "stranger".to_owned(),
        Claim::Pretends { shown, reason } => format!("pretends: {reason} [{shown}]"),
        Claim::Listed { address } => match authenticate(&header, mode) {
            Ok(verdict) => format!("genuine: {address}, {verdict}"),
            Err(doubt) => format!("doubt: {doubt} [{}]", doubt.looked_at),
        },
    }
}

fn folder(name: &str) -> PathBuf {
    repository().join("tests/it/mails").join(name)
}

/// The mails of a folder with their lines of `expected.txt`: raw bytes, authentication, sentence.
fn cases(name: &str) -> Vec<(String, Vec<u8>, String, String)> {
    let table = fs::read_to_string(folder(name).join("expected.txt")).expect("expected.txt");
    let mut lines: BTreeMap<String, (String, String)> = BTreeMap::new();
    for line in table.lines() {
        let mut cells = line.splitn(3, " | ").map(str::to_owned);
        let (Some(file), Some(mode), Some(sentence)) = (cells.next(), cells.next(), cells.next())
        else {
            panic!("{name}/expected.txt: `{line}` is not `file | authentication | sentence`");
        };
        let twice = lines.insert(file.clone(), (mode, sentence));
        assert!(twice.is_none(), "{name}/expected.txt: {file} has two lines");
    }
    let mut cases = Vec::new();
    for entry in fs::read_dir(folder(name)).expect("a folder of mails") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|end| end != "eml") {
            continue;
        }
        let file = path
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        let Some((mode, sentence)) = lines.remove(&file) else {
            panic!("{name}/expected.txt has no line for {file}");
        };
        cases.push((file, fs::read(&path).expect("a mail"), mode, sentence));
    }
    assert!(lines.is_empty(), "{name}: no mail for the lines {lines:?}");
    cases.sort();
    cases
}

/// Every mail of a folder is judged as its line says, and begins as its folder demands.
#[track_caller]
fn check(name: &str, at_least: usize, begins: &[&str]) {
    let mut table = String::new();
    let mut wrong = Vec::new();
    let cases = cases(name);
    assert!(
        cases.len() >= at_least,
        "{name}: {} mails only",
        cases.len()
    );
    for (file, raw, authentication, sentence) in cases {
        let said = said(&raw, &mode(&authentication));
        table.push_str(&format!("{file} | {authentication} | {said}\n"));
        if !begins.iter().any(|begin| said.starts_with(begin)) {
            wrong.push(format!("{file} must not be: {said}"));
        } else if said != sentence {
            wrong.push(format!(
                "{file}\n  expected: {sentence}\n  is:       {said}"
            ));
        }
    }
    if std::env::var_os("REKON_BLESS").is_some() {
        fs::write(folder(name).join("expected.txt"), &table).expect("expected.txt");
    }
    assert!(wrong.is_empty(), "{name}:\n{}", wrong.join("\n"));
}

#[test]
fn honest_mails_are_believed_with_what_vouches_for_them() {
    check("honest", 20, &["genuine: "]);
}

#[test]
fn forged_mails_are_not_believed_and_say_why() {
    check("forged", 18, &["pretends: ", "doubt: "]);
}

#[test]
fn mail_of_others_is_left_alone() {
    check("strangers", 4, &["stranger"]);
}

/// The files are delivered by a real server later: each a mail of its own, with its own report.
#[test]
fn no_two_mails_carry_the_same_report() {
    let mut seen = BTreeMap::new();
    for name in ["honest", "forged"] {
        for (file, raw, ..) in cases(name) {
            assert!(
                !raw.windows(2).any(|w| w[1] == b'\n' && w[0] != b'\r'),
                "{file}: bare LF"
            );
            let text = String::from_utf8_lossy(&raw).into_owned();
            let (_, report) = text
                .split_once("Content-Transfer-Encoding: base64\r\n\r\n")
                .unwrap_or_else(|| panic!("{file} carries no report"));
            let report = report.split("\r\n--").next().expect("a report").to_owned();
            if let Some(other) = seen.insert(report, file.clone()) {
                panic!("{file} carries the report of {other}");
            }
        }
    }
}

#[test]
fn a_sender_rule_is_an_address_or_a_domain_that_somebody_owns() {
    for (text, expected) in [
        ("reports@ovo.example", "Address(\"reports@ovo.example\")"),
        (" Reports@OVO.example ", "Address(\"reports@ovo.example\")"),
        ("@Tokopedia.example", "Domain(\"tokopedia.example\")"),
        ("@ovo.co.id", "Domain(\"ovo.co.id\")"),
        (
            "settlement.ovo@gmail.com",
            "Address(\"settlement.ovo@gmail.com\")",
        ),
    ] {
        let rule = SenderRule::parse(text).unwrap_or_else(|fault| panic!("{text}: {fault}"));
        assert_eq!(format!("{rule:?}"), expected);
    }
    for (text, part) in [
        ("", "is no sender"),
        ("ovo.example", "is no sender"),
        ("@", "is no sender"),
        ("@example", "is no sender"),
        ("a@b@ovo.example", "is no sender"),
        ("*@ovo.example", "is no sender"),
        ("OVO <reports@ovo.example>", "is no sender"),
        ("reports@ovo..example", "is no sender"),
        ("re ports@ovo.example", "is no sender"),
        ("reports@192.0.2.1", "is no sender"),
        ("@оvo.example", "beyond ASCII"),
        ("@co.id", "let anybody in"),
        ("reports@co.id", "let anybody in"),
        ("@gmail.com", "anybody can have an address"),
    ] {
        let fault = SenderRule::parse(text).expect_err(text).to_string();
        assert!(fault.contains(part), "{text}: {fault}");
    }
}

/// `From domain, signing domain, whether the signature speaks for the sender`.
#[test]
fn a_signature_speaks_for_its_domain_and_its_kin_but_no_registry_speaks_for_anybody() {
    for (author, signer, aligned) in [
        ("ovo.example", "ovo.example", true),
        ("ovo.example", "OVO.Example", true),
        ("ovo.example", "mail.ovo.example", true),
        ("mail.ovo.example", "ovo.example", true),
        ("mail.ovo.example", "news.ovo.example", false),
        ("ovo.example", "xovo.example", false),
        ("ovo.example", "example", false),
        ("ovo.id", "id", false),
        ("ovo.co.id", "co.id", false),
        ("ovo.co.id", "id", false),
        ("mail.ovo.co.id", "ovo.co.id", true),
        ("ovo.ponpes.id", "ponpes.id", false),
        ("mail.ovo.id", "ovo.id", true),
        ("ovo.example", "ovo.example.evil.example", false),
        ("ovo.example", "", false),
        ("ovo.example", "ovo.example.", false),
        ("ovo.example", ".ovo.example", false),
    ] {
        let raw = format!(
            "Authentication-Results: mx.merchant.example; dkim=pass header.d={signer}\r\n\
             From: reports@{author}\r\n\r\n"
        );
        let verdict = authenticate(&Header::of(raw.as_bytes()), &mode("authserv"));
        assert_eq!(
            verdict.is_ok(),
            aligned,
            "{signer} for {author}: {verdict:?}"
        );
    }
}

/// `sender rule, From, whether it pretends` (otherwise it is a stranger's).
#[test]
fn likenesses_are_told_from_neighbours() {
    for (rule, from, pretends) in [
        ("@ovo.co.id", "cs@gojo.co.id", false),
        ("@ovo.co.id", "cs@ovo.co", true),
        ("@ovo.co.id", "cs@0vo.co.id", true),
        ("@ovo.id", "cs@evo.id", false),
        ("@ovo.id", "cs@mail.ovo.id", false),
        ("@ovo.id", "cs@ovo.id.evil.example", true),
        ("@ovo.id", "cs@mail-ovo-id.evil.example", true),
        ("@ovo.id", "cs@ovoid.example", true),
        ("@tokopedia.example", "cs@t0kopedia.example", true),
        ("@tokopedia.example", "cs@tokopediaa.example", true),
        ("@tokopedia.example", "cs@tokopeddya.example", true),
        ("@tokopedia.example", "cs@wikipedia.example", false),
        ("@tokopedia.example", "cs@ｔｏｋｏｐｅｄｉａ.example", true),
        ("@tokopedia.example", "cs@tokopedia。example", true),
        ("@tokopedia.example", "cs@xn--99999999999.example", false),
        ("pay.ovo@gmail.com", "budi@gmail.com", false),
        ("pay.ovo@gmail.com", "pay.0vo@gmail.com", true),
        (
            "pay.ovo@gmail.com",
            "\"budi@gmail.com\" <budi@merchant.example>",
            false,
        ),
        (
            "pay.ovo@gmail.com",
            "\"pay.ovo@gmail.com\" <budi@merchant.example>",
            true,
        ),
        ("reports@ovo.example", "my-reports@ovo.example", false),
        (
            "reports@ovo.example",
            "\"reports@ovo.example\" <promo@ovo.example>",
            true,
        ),
    ] {
        let rules = [SenderRule::parse(rule).expect("a sender rule")];
        let claim = claim(
            &Header::of(format!("From: {from}\r\n\r\n").as_bytes()),
            &rules,
        );
        let expected = match claim {
            Claim::Listed { .. } => panic!("{rule} must not list {from}"),
            Claim::Pretends { .. } => true,
            Claim::Stranger => false,
        };
        assert_eq!(expected, pretends, "{from} beside {rule}: {claim:?}");
    }
}

#[test]
fn a_header_is_read_as_people_see_it() {
    let header = Header::of(
        b"subject: =?utf-8?B?TGFwb3Jhbg==?=\r\n =?ISO-8859-1?Q?_caf=E9?= =?x?B?!?= ok\r\n\
          Message-Id: <a.b@ovo.example>\r\nDATE: Thu, 1 Oct 2026 05:12:00 +0700 (WIB)\r\n\
          Subject: second\r\n\r\nFrom: body@ovo.example\r\n",
    );
    assert_eq!(header.subject(), "Laporan café =?x?B?!?= ok");
    assert_eq!(header.message_id().as_deref(), Some("a.b@ovo.example"));
    let date = header.date().expect("a date");
    assert_eq!(date.to_rfc3339(), "2026-09-30T22:12:00+00:00");
    assert_eq!(header.values("SUBJECT").nth(1), Some("second"));
    assert_eq!(header.values("From").count(), 0, "a body has no header");
    assert_eq!(header.flaw(), None);
    let long = format!("From: {}reports@ovo.example\r\n\r\n", "(x) ".repeat(3_000));
    let long = claim(&Header::of(long.as_bytes()), &allowed());
    assert!(!matches!(long, Claim::Listed { .. }), "{long:?}");
    let endless = Header::of(&b"X: y\r\n".repeat(500_000));
    assert!(endless.flaw().is_some(), "a limit is named");
}

/// Bytes that look like mail often enough to get past the first tokens.
fn mailish() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        select(vec![
            "From",
            ":",
            " ",
            "\r\n",
            "\n",
            "\t",
            "<",
            ">",
            "@",
            "(",
            ")",
            "\"",
            "\\",
            ",",
            ";",
            "=",
            ".",
            "/",
            "reports@ovo.example",
            "ovo.example",
            "Authentication-Results",
            "1",
            "mx.merchant.example",
            "dkim",
            "pass",
            "dmarc",
            "header.d",
            "header.from",
            "=?utf-8?Q?",
            "=?utf-8?B?",
            "?=",
            "xn--",
            "[",
            "\0",
            "\r",
            "\u{200b}",
            "о",
            "reason",
            "none",
            "X-MS-Exchange-Organization-AuthAs: Anonymous\r\n",
            "X-MS-Exchange-Organization-AuthSource: a.outlook.com\r\n",
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
        proptest::collection::vec(any::<u8>(), 0..6),
    ];
    proptest::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

/// A field that a sender may write below what the receiving server added. Exchange's header
/// firewall takes away those that begin with its own prefix.
fn field() -> impl Strategy<Value = String> {
    let name = select(vec![
        "Authentication-Results",
        "From",
        "ARC-Authentication-Results",
        "Received",
        "Authentication-Results-Original",
        "DKIM-Signature",
        "X-Else",
    ]);
    let value = select(vec![
        "mx.merchant.example; dkim=pass header.d=ovo.example; dmarc=pass header.from=ovo.example",
        "dkim=pass header.d=ovo.example; dmarc=pass header.from=ovo.example; compauth=pass",
        "mx.merchant.example; dmarc=pass header.from=tokopedia.example",
        "reports@ovo.example",
        "no-reply@tokopedia.example",
        "mallory@evil.example",
        "(",
        "",
    ]);
    (name, value).prop_map(|(name, value)| format!("{name}: {value}\r\n"))
}

/// Cases, by their index among all of a folder's.
fn forged() -> impl Strategy<Value = (String, Vec<u8>, String)> {
    let all: Vec<_> = cases("forged")
        .into_iter()
        // Below what the server added: here it added nothing, and the topmost is the sender's.
        .filter(|(_, _, mode, sentence)| {
            !(mode == "authserv" && sentence.contains("did not say whether"))
        })
        .map(|(file, raw, mode, _)| (file, raw, mode))
        .collect();
    any::<Index>().prop_map(move |index| index.get(&all).clone())
}

/// The offset below the topmost Authentication-Results and the trace below it, at a field's start.
fn below_the_results(raw: &[u8], at: usize) -> usize {
    let mut starts = Vec::new();
    let mut offset = 0;
    let mut passed = false;
    for line in raw.split_inclusive(|byte| *byte == b'\n') {
        let continues = line.starts_with(b" ") || line.starts_with(b"\t");
        if passed && !continues {
            starts.push(offset);
        }
        if line == b"\r\n" {
            break;
        }
        passed |= line.starts_with(b"Authentication-Results:");
        offset += line.len();
    }
    starts
        .get(at % starts.len().max(1))
        .copied()
        .unwrap_or(offset)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_that_comes_in_makes_it_panic(raw in mailish(), any in proptest::collection::vec(any::<u8>(), 0..400)) {
        for bytes in [raw, any] {
            let header = Header::of(&bytes);
            header.subject();
            header.message_id();
            header.date();
            for name in ["authserv", "microsoft365", "none"] {
                said(&bytes, &mode(name));
                if let Err(doubt) = authenticate(&header, &mode(name)) {
                    prop_assert!(!doubt.to_string().is_empty());
                }
            }
        }
    }

    /// What a sender writes stands below what his receiver's server adds.
    #[test]
    fn no_field_added_below_the_results_turns_a_doubt_into_a_pass(
        (file, raw, authentication) in forged(),
        fields in proptest::collection::vec((field(), any::<usize>()), 1..4),
    ) {
        let mut forged = raw;
        for (field, at) in &fields {
            let at = below_the_results(&forged, *at);
            forged.splice(at..at, field.bytes());
        }
        let said = said(&forged, &mode(&authentication));
        prop_assert!(!said.starts_with("genuine"), "{file} with {fields:?}: {said}");
    }
}
