//! Mails beside what is found in them. A case is a mail in `tests/it/mails/kinds/` (written by
//! `tests/it/mails/make.py`); `<mail>.expected` says which files it holds, who takes them, and which
//! reports are in them. `REKON_BLESS=1 cargo test --test it attachments` writes what is missing or
//! has changed: read it aloud before committing it.

use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

use data_encoding::HEXLOWER;
use glob::Pattern;
use proptest::prelude::*;
use rekon::profiles::{Limits, unpack};
use rekon::sources::mailbox::attachments::{
    Contents, Kind, MAX_DEPTH, MailFault, attachments, kind, wanted,
};
use secrecy::SecretString;
use sha2::{Digest, Sha256};

use crate::harness::{files_below, repository};

/// As in `make.py`.
const PASSWORD: &str = "kata-sandi-2026";

fn mails() -> Vec<(String, Vec<u8>)> {
    let mut found: Vec<PathBuf> = files_below(&repository().join("tests/it/mails/kinds"));
    found.retain(|path| path.extension().is_some_and(|end| end == "eml"));
    found.sort();
    assert!(found.len() > 25, "the mails are there");
    found
        .iter()
        .map(|path| {
            let name = path.file_stem().expect("a name").to_string_lossy();
            (name.into_owned(), fs::read(path).expect("a mail"))
        })
        .collect()
}

fn sha256(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(bytes))
}

/// What stands in an `.expected` file.
fn described(raw: &[u8]) -> String {
    let contents = match attachments(raw) {
        Ok(contents) => contents,
        Err(fault) => return format!("refused: {fault}\n"),
    };
    let mut text = String::new();
    let password = SecretString::from(PASSWORD);
    for found in &contents.attachments {
        let bytes = &found.bytes;
        writeln!(
            text,
            "part {} `{}`: {:?}, {} bytes, {}",
            found.part,
            found.name,
            kind(bytes),
            bytes.len(),
            sha256(bytes)
        )
        .expect("text");
        let takers: Vec<&str> = ["*", "*.csv", "*.xlsx", "ovo_settlement_*.csv", "fees_*.csv"]
            .into_iter()
            .filter(|pattern| {
                let pattern = Pattern::new(pattern).expect("a pattern");
                wanted(&pattern, &found.name, bytes)
            })
            .collect();
        writeln!(text, "  taken by: {}", takers.join("  ")).expect("text");
        for (label, password) in [("", None), (" with the password", Some(&password))] {
            match unpack(bytes.clone(), &found.name, password, &Limits::default()) {
                Ok(reports) => {
                    for report in reports {
                        let size = report.bytes.len();
                        let hash = sha256(&report.bytes);
                        writeln!(
                            text,
                            "  report{label} `{}`: {size} bytes, {hash}",
                            report.name
                        )
                        .expect("text");
                    }
                }
                Err(fault) => writeln!(text, "  refused{label}: {fault}").expect("text"),
            }
        }
    }
    for aside in &contents.aside {
        writeln!(
            text,
            "left aside: part {} `{}`: {}",
            aside.part, aside.name, aside.reason
        )
        .expect("text");
    }
    text
}

#[test]
fn every_kind_of_mail_holds_what_stands_beside_it() {
    let mut failures = Vec::new();
    for (name, raw) in mails() {
        let path = repository().join(format!("tests/it/mails/kinds/{name}.expected"));
        let expected = fs::read_to_string(&path).unwrap_or_default();
        let found = described(&raw);
        if found == expected {
            continue;
        }
        if std::env::var_os("REKON_BLESS").is_some() {
            fs::write(&path, found).expect("the expectation is written");
        } else {
            failures.push(format!("{name}: expected\n{expected}\nfound\n{found}"));
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n\n"));
}

#[test]
fn line_ends_of_the_mail_do_not_matter_to_encoded_files() {
    for (name, raw) in mails() {
        let text = String::from_utf8_lossy(&raw);
        if !text.contains("base64") || name == "forwarded_as_file" {
            continue;
        }
        let unix: Vec<u8> = raw.iter().copied().filter(|byte| *byte != b'\r').collect();
        let (as_sent, as_unix) = (attachments(&raw), attachments(&unix));
        assert_eq!(as_sent, as_unix, "{name}");
    }
}

/// Cut anywhere, a mail holds what it held or is refused; its files are never shorter.
#[test]
fn a_mail_cut_anywhere_never_yields_a_shorter_file() {
    for (name, raw) in mails() {
        let Ok(whole) = attachments(&raw) else {
            continue;
        };
        // Nothing says where this one ends: cut behind a line, it is a whole mail.
        let alone = name == "only_the_report";
        for end in (0..raw.len())
            .rev()
            .step_by(if raw.len() > 5000 { 41 } else { 3 })
        {
            let Ok(part) = attachments(&raw[..end]) else {
                continue;
            };
            for found in &part.attachments {
                let same = whole.attachments.iter().any(|it| it.bytes == found.bytes);
                let unseen = alone && raw[..end].ends_with(b"\n");
                assert!(same || unseen, "{name} cut at {end}: `{}`", found.name);
            }
        }
    }
}

fn boundaries(depth: usize) -> Vec<u8> {
    let mut raw = Vec::new();
    for level in 0..depth {
        let head =
            format!("Content-Type: multipart/mixed; boundary=b{level}\r\n\r\n--b{level}\r\n");
        raw.extend(head.into_bytes());
    }
    raw.extend(b"Content-Type: text/csv; name=a.csv\r\n\r\n1,2,3\r\n");
    for level in (0..depth).rev() {
        raw.extend(format!("\r\n--b{level}--\r\n").into_bytes());
    }
    raw
}

#[test]
fn depth_and_number_of_parts_are_bounded() {
    let deep = attachments(&boundaries(MAX_DEPTH)).expect("as deep as allowed");
    assert_eq!(deep.attachments[0].bytes, b"1,2,3\r\n");
    let fault = attachments(&boundaries(MAX_DEPTH + 1)).expect_err("too deep");
    assert!(
        matches!(fault, MailFault::Depth { limit, .. } if limit == MAX_DEPTH),
        "{fault}"
    );
    let forwarded = b"Content-Type: message/rfc822\r\n\r\n".repeat(2000);
    let fault = attachments(&forwarded).expect_err("too deep");
    assert!(matches!(fault, MailFault::Depth { .. }), "{fault}");
    let mut wide = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n".to_vec();
    wide.extend(b"--b\r\n\r\nx\r\n".repeat(100_000));
    wide.extend(b"--b--\r\n");
    let fault = attachments(&wide).expect_err("too many");
    assert!(matches!(fault, MailFault::Parts { .. }), "{fault}");
}

fn only(raw: &[u8]) -> Contents {
    attachments(raw).unwrap_or_else(|fault| panic!("{fault}"))
}

#[test]
fn oddly_written_mails_are_read() {
    for (raw, name, bytes) in [
        // No empty line between the headers of the part and its text.
        (
            &b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/csv; name=a.csv\nx,y\n1,2\n--b--\n"[..],
            "a.csv",
            &b"x,y\n1,2"[..],
        ),
        // A boundary with spaces behind it, a preamble and an epilogue.
        (
            b"Content-Type: multipart/mixed;\n\tboundary=\"b b\"\n\nhello\n--b b  \nContent-Type: application/x-foo; name=\"a;b.csv\"\n\n1\n\n--b b--\t\nbye\n--b b\n",
            "a;b.csv",
            b"1\n",
        ),
        // A line that only begins like the boundary belongs to the file.
        (
            b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Disposition: attachment; filename=\"a.csv\"\n\n--bc,1\n--b-,2\n--b--\n",
            "a.csv",
            b"--bc,1\n--b-,2",
        ),
        // An empty file.
        (
            b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Disposition: attachment; filename=a.csv\n\n--b--\n",
            "a.csv",
            b"",
        ),
        // Soft breaks, a lower-case escape, space added at the end of a line.
        (
            b"Content-Transfer-Encoding: Quoted-Printable\nContent-Type: text/csv; name=\"a.csv\"\n\na=2cb=\nc  \n=3D\n",
            "a.csv",
            b"a,bc\n=\n",
        ),
        // Base64 in pieces that were padded each.
        (
            b"Content-Transfer-Encoding: base64\nContent-Type: text/csv; name=\"a.csv\"\n\nYQ==\nYg==\n",
            "a.csv",
            b"ab",
        ),
        // Names without quotes and in raw UTF-8.
        (
            "Content-Type: text/csv; name=laporan harian café.csv\n\n1\n".as_bytes(),
            "laporan harian café.csv",
            b"1\n",
        ),
    ] {
        let found = only(raw).attachments;
        assert_eq!(found.len(), 1, "{}", raw.escape_ascii());
        assert_eq!(found[0].name, name);
        assert_eq!(found[0].bytes, bytes, "{}", found[0].bytes.escape_ascii());
    }
}

#[test]
fn damage_is_named() {
    for (raw, said) in [
        (
            &b"Content-Transfer-Encoding: base64\nContent-Type: text/csv; name=a.csv\n\nYWJj\nYWJ\n"[..],
            "`a.csv` (part 1) was damaged on its way: its base64 text ends after 7 characters",
        ),
        (
            b"Content-Transfer-Encoding: base64\nContent-Type: text/csv; name=a.csv\n\nYWJj\nYW\xff=\n",
            "character 7 of its base64 text is `\\xff`",
        ),
        (
            b"Content-Transfer-Encoding: quoted-printable\nContent-Type: text/csv; name=a.csv\n\nok\na=4Gb\n",
            "line 2 of its quoted-printable text holds `=4G`",
        ),
        (
            b"Content-Transfer-Encoding: x-uuencode\nContent-Type: text/csv; name=a.csv\n\nbegin\n",
            "`a.csv` (part 1) is encoded as `x-uuencode`, which is not read",
        ),
        (
            b"Content-Type: multipart/mixed\n\n--b\n\nx\n--b--\n",
            "part 1 of the mail does not say where its own parts begin",
        ),
        (
            b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/mixed; boundary=c\n\n--c\nContent-Type: text/csv\n\n1,2\n--b--\n",
            "the end of its part 1 is missing",
        ),
        (b"Content-Type: text/csv; name=a.csv\n\n1,2,3", "the end of its part 1 is missing"),
        (b"Content-Type: text/csv; name=a.csv\n", "the end of its part 1 is missing"),
    ] {
        let fault = attachments(raw).expect_err("a fault").to_string();
        assert!(fault.contains(said), "{fault}\nshould say\n{said}");
    }
}

#[test]
fn patterns_take_names_and_contents() {
    let book = b"PK\x03\x04";
    for (pattern, name, bytes, expected) in [
        ("*", "a.csv", &b"a,b\n"[..], true),
        ("*", "a.csv", b"<html>", true),
        ("*", "a.html", b"<html>", false),
        ("*.csv", "a.csv", b"<html>", true),
        ("*", "a.pdf", b"%PDF-1.7", false),
        ("*.pdf", "a.pdf", b"%PDF-1.7", true),
        ("*", "logo.png", b"\x89PNG\r\n", false),
        ("ovo_*.csv", "C:\\laporan\\ovo_1.csv", b"a,b", true),
        ("ovo_*.csv", "/tmp/ovo_1", b"a,b", true),
        ("*.csv", "A.CSV", b"a,b", true),
        ("*.csv", "a.txt", b"a,b", false),
        ("*.csv", "a.dat", b"a,b", true),
        ("*.csv", "unnamed-2.txt", b"a", true),
        ("ovo_*.csv", "ovo_1", b"a,b", true),
        ("ovo_*.csv", "dana_1", b"a,b", false),
        ("ovo_*.csv", "kiriman.zip", book, true),
        ("ovo_*.csv", "kiriman.gz", b"\x1f\x8b\x08", true),
        ("ovo_*", "kiriman.gz", b"\x1f\x8b\x08", true),
        (
            "ovo_*.xls*",
            "ovo_1.dat",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            true,
        ),
        ("*", "a.csv", b"\x01\x02\x03", true),
        ("*", "a.p7s", b"\x01\x02\x03", false),
        ("*.pdf", "kiriman.zip", book, false),
        ("*.xlsx", "a.dat", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", true),
        ("*.xlsx", "a.csv", b"a,b", false),
    ] {
        let taken = wanted(&Pattern::new(pattern).expect("a pattern"), name, bytes);
        assert_eq!(taken, expected, "{pattern} and {name}");
    }
}

#[test]
fn contents_are_known_by_their_bytes() {
    for (bytes, expected) in [
        (&b""[..], Kind::Text),
        (b"BMerchant,amount\n", Kind::Text),
        (b"\xff\xfea\0,\0b\0", Kind::Text),
        (b"\xef\xbb\xbf  <!DOCTYPE HTML><p>", Kind::Html),
        (b"II*\0\x08\0\0\0", Kind::Image),
        (b"\x30\x82\x01\x02\x03\x04", Kind::Other),
        (b"caf\xe9,1\n", Kind::Text),
    ] {
        assert_eq!(kind(bytes), expected, "{}", bytes.escape_ascii());
    }
}

fn some_mail() -> impl Strategy<Value = Vec<u8>> {
    let all: Vec<Vec<u8>> = mails().into_iter().map(|(_, raw)| raw).collect();
    proptest::sample::select(all)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn any_bytes_are_an_answer(raw in proptest::collection::vec(any::<u8>(), 0..2000)) {
        let _answer = attachments(&raw);
        let _kind = kind(&raw);
    }

    #[test]
    fn damaged_mails_are_an_answer(
        raw in some_mail(),
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>(), 0..3u8), 1..8),
    ) {
        let mut raw = raw;
        for (at, byte, how) in changes {
            let at = at.index(raw.len());
            match how {
                0 => raw[at] = byte,
                1 => raw.insert(at, byte),
                _ => raw.truncate(at + 1),
            }
        }
        if let Ok(found) = attachments(&raw) {
            for found in found.attachments {
                prop_assert!(!found.name.is_empty());
                prop_assert!(!found.name.chars().any(char::is_control));
                let _wanted = wanted(&Pattern::new("*").expect("a pattern"), &found.name, &found.bytes);
            }
        }
    }
}
