//! Mails that cannot be read, or would fill the memory: each is named, costs little, is tried a
//! bounded number of times and keeps no other mail from being taken in.

use std::io::{Cursor, Write};

use data_encoding::BASE64;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::dovecot::{Dovecot, USER};
use crate::harness::Workspace;
use crate::mailbox::{REPORT_PASSWORD, folders, held, listed, mail, workspace};
use crate::proxy::{From, Mode, Proxy, Reach};
use crate::unpacking;

/// What the name says, from a sender whose mails are believed.
fn report(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut text = BASE64.encode(bytes);
    let lines = text.len() / 76;
    for line in (1..=lines).rev() {
        text.insert_str(line * 76, "\r\n");
    }
    format!(
        "Authentication-Results: mx.merchant.example; dkim=pass header.d=ovo.example\r\n\
         From: OVO Reports <reports@ovo.example>\r\n\
         To: Settlements <settlements@merchant.example>\r\n\
         Subject: OVO settlement {name}\r\n\
         Date: Wed, 02 Sep 2026 08:05:00 +0700\r\n\
         Message-ID: <{name}@ovo.example>\r\n\
         MIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=\"=_batas\"\r\n\r\n\
         --=_batas\r\nContent-Type: text/plain\r\n\r\nTerlampir.\r\n\
         --=_batas\r\nContent-Type: application/octet-stream\r\n\
         Content-Transfer-Encoding: base64\r\n\
         Content-Disposition: attachment; filename=\"{name}\"\r\n\r\n{text}\r\n--=_batas--\r\n"
    )
    .into_bytes()
}

/// Two cells, as far apart as a sheet is large.
fn sparse_workbook() -> Vec<u8> {
    const SHEETS: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
    let types = "application/vnd.openxmlformats-officedocument.spreadsheetml";
    let cell = |at: &str| format!("<c r=\"{at}\" t=\"inlineStr\"><is><t>x</t></is></c>");
    let parts = [
        (
            "[Content_Types].xml",
            format!(
                "<Types xmlns=\"{PACKAGE}/content-types\"><Default Extension=\"rels\" \
                 ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
                 <Override PartName=\"/xl/workbook.xml\" ContentType=\"{types}.sheet.main+xml\"/>\
                 <Override PartName=\"/xl/worksheets/sheet1.xml\" \
                 ContentType=\"{types}.worksheet+xml\"/></Types>"
            ),
        ),
        (
            "_rels/.rels",
            format!(
                "<Relationships xmlns=\"{PACKAGE}/relationships\"><Relationship Id=\"r1\" \
                 Type=\"{RELATIONS}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                "<workbook xmlns=\"{SHEETS}\" xmlns:r=\"{RELATIONS}\"><sheets><sheet name=\"S\" \
                 sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                "<Relationships xmlns=\"{PACKAGE}/relationships\"><Relationship Id=\"r1\" \
                 Type=\"{RELATIONS}/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/worksheets/sheet1.xml",
            format!(
                "<worksheet xmlns=\"{SHEETS}\"><sheetData><row r=\"1\">{}</row>\
                 <row r=\"1048576\">{}</row></sheetData></worksheet>",
                cell("A1"),
                cell("XFD1048576")
            ),
        ),
    ];
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        archive
            .start_file(name, SimpleFileOptions::default())
            .expect("a part");
        archive.write_all(text.as_bytes()).expect("its text");
    }
    let bytes = archive.finish().expect("a workbook").into_inner();
    assert!(bytes.len() < 2_500, "{} bytes", bytes.len());
    bytes
}

/// What a run wrote and the most memory it held at one time, in bytes.
struct Watched {
    text: String,
    peak: u64,
}

/// Takes in what the mailbox has; some of it is refused.
#[track_caller]
fn watched(workspace: &Workspace) -> Watched {
    let (output, peak) = workspace.measured(&["collect"]);
    let output = output.exits(65);
    Watched {
        text: output.stdout + &output.stderr,
        peak,
    }
}

#[test]
fn poisonous_mails_are_named_tried_three_times_and_quarantined() {
    let dovecot = Dovecot::start();
    let mut packed = 0;
    let bombs = unpacking::bombs();
    let bombs = bombs
        .iter()
        .filter(|(name, _)| name.starts_with("bomb.") || *name == "nested.zip");
    dovecot.append(USER, "INBOX", &mail("kinds/plain.eml"));
    dovecot.append(USER, "INBOX", &mail("kinds/in_zip_aes.eml"));
    dovecot.append(USER, "INBOX", &report("sparse.xlsx", &sparse_workbook()));
    for (name, bytes) in bombs {
        assert!(bytes.len() < 700_000, "{name}: {} bytes", bytes.len());
        dovecot.append(USER, "INBOX", &report(name, bytes));
        packed += 1;
    }
    assert_eq!(packed, 4);
    let large = vec![b'x'; 3 << 20];
    dovecot.append(USER, "INBOX", &report("large.csv", &large));
    dovecot.append(USER, "INBOX", &mail("kinds/in_zip.eml"));

    let workspace = workspace(dovecot.port(), dovecot.ca_file(), "", "");
    let config = workspace.read("rekon.toml");
    workspace.put(
        "rekon.toml",
        format!("{config}\n[limits]\nmail_bytes = \"2MiB\"\n"),
    );
    workspace.put("report-password", "not-the-one");

    let first = watched(&workspace);
    insta::assert_snapshot!("poison_collected", first.text);
    assert!(first.peak < 256 << 20, "{} bytes", first.peak);
    let taken = |workspace: &Workspace| -> Vec<String> {
        let listed = listed(workspace);
        let counting = listed.iter().filter(|file| file["state"] == "counts");
        let mut names: Vec<String> = counting
            .map(|file| file["name"].as_str().expect("a name").to_owned())
            .collect();
        names.sort();
        names
    };
    let good = ["ovo_settlement_20260901.csv", "ovo_settlement_20260909.csv"];
    assert_eq!(taken(&workspace), good);
    assert!(held(&workspace).is_empty());

    let second = watched(&workspace);
    assert!(second.text.contains("try 2 of 3"), "{}", second.text);
    let third = watched(&workspace);
    for run in [&second, &third] {
        assert!(run.peak < 256 << 20, "{} bytes", run.peak);
    }
    let output = workspace.run(["quarantine", "list"]).exits(0);
    let listing = regex::Regex::new(r"received  .*, mailbox")
        .expect("a pattern")
        .replace_all(&output.transcript(), "received  [TIME], mailbox")
        .into_owned();
    insta::assert_snapshot!("poison_quarantined", listing);
    let after = folders(&dovecot);
    let output = workspace.run(["collect"]).exits(0);
    assert!(output.stdout.contains("Nothing new"), "{}", output.stdout);

    // The right password, and a person's word.
    let numbers = held(&workspace);
    let number = |about: &str| {
        let mut all = numbers.iter();
        let one = all.find(|one| one["subject"].as_str().is_some_and(|it| it.contains(about)));
        let one = one.unwrap_or_else(|| panic!("{about}: {numbers:?}"));
        one["id"].as_i64().expect("a number").to_string()
    };
    let locked = number("2026-09-12");
    let release = |number: &str| {
        let reason = "the password was ours to correct";
        workspace.run_args(&["quarantine", "release", number, "--reason", reason])
    };
    let refused = release(&locked);
    assert_ne!(refused.status, Some(0), "{refused:?}");
    assert!(refused.stderr.contains("password"), "{refused:?}");
    workspace.put("report-password", REPORT_PASSWORD);
    let output = release(&locked).exits(0);
    assert!(output.stdout.contains("taken in as file"), "{output:?}");
    assert!(taken(&workspace).contains(&"ovo_settlement_20260912.csv".to_owned()));
    // What is still poison stays where it is.
    for about in ["bomb.zip", "large.csv"] {
        let output = release(&number(about));
        assert_ne!(output.status, Some(0), "{output:?}");
        assert!(!output.stderr.contains("panicked"), "{output:?}");
    }
    assert_eq!(held(&workspace).len(), numbers.len() - 1);
    assert_eq!(folders(&dovecot), after);
}

#[test]
fn a_line_that_breaks_is_no_try_of_a_mail() {
    const PLACES: [u64; 7] = [5, 60, 70, 80, 85, 90, 95];
    let mut builder = Dovecot::builder().user("whole");
    for place in PLACES {
        builder = builder.user(&format!("broken{place}"));
    }
    let dovecot = builder.start();
    let proxy = Proxy::start(dovecot.port());
    let fresh = |user: &str| {
        let workspace = workspace(proxy.port(), dovecot.ca_file(), "attempts = 5", "");
        let config = workspace.read("rekon.toml");
        let config = config.replace(&format!("{USER}@"), &format!("{user}@"));
        workspace.put("rekon.toml", config);
        workspace.put("report-password", "not-the-one");
        for name in ["kinds/in_zip_aes.eml", "kinds/plain.eml"] {
            dovecot.append(user, "INBOX", &mail(name));
        }
        workspace
    };
    fresh("whole").run(["collect"]).exits(65);
    let total = proxy.traffic()[0].from_server;
    let mut both = [false, false];
    for place in PLACES {
        let workspace = fresh(&format!("broken{place}"));
        proxy.arm(Mode::Cut(From::Server, total * place / 100), Reach::Every);
        // What needs no second look may leave so little to say that the last session is whole.
        let broken = workspace.run(["collect"]);
        assert!(
            proxy.traffic().len() > 1 && matches!(broken.status, Some(65 | 69)),
            "{place}: {}",
            broken.transcript()
        );
        let tried = broken.transcript().matches("try 1 of 5").count();
        assert!(tried <= 1, "{place}: {}", broken.transcript());
        assert!(
            !broken.transcript().contains("try 2 of 5"),
            "{place}: {}",
            broken.transcript()
        );
        both[tried] = true;
        proxy.arm(Mode::Transparent, Reach::Every);
        let clean = workspace.run(["collect"]).exits(65);
        let next = format!("try {} of 5", tried + 1);
        assert!(
            clean.transcript().contains(&next),
            "{place}: {next}: {}",
            clean.transcript()
        );
        assert!(held(&workspace).is_empty());
    }
    assert_eq!(both, [true, true], "broken before and after the first try");
}
