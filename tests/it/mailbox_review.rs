//! Mails that are right for one channel and not for another, and what becomes of them.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::certificates::certificates;
use crate::dovecot::{Dovecot, USER};
use crate::harness::Workspace;
use crate::mailbox::{folders, listed, mail, workspace};
use crate::proxy::{From, Mode, Proxy, Reach};
use crate::sshd::Sshd;

/// A second channel over the same mailbox, with these lines as its rule.
fn with_second_channel(workspace: &Workspace, rule: &str) {
    let config = workspace.read("rekon.toml");
    let start = config.find("[[channel]]").expect("a channel");
    let source = config.find("[[channel.source]]").expect("a source");
    let channel = config[start..source].replace("name = \"ovo\"", "name = \"other\"");
    workspace.put(
        "rekon.toml",
        format!("{config}\n{channel}\n[[channel.source]]\nmailbox = \"settlements\"\n{rule}\n"),
    );
}

/// A mail of the repository with texts replaced, each of which it has.
fn changed(name: &str, changes: &[(&str, &str)]) -> Vec<u8> {
    let mut text = String::from_utf8(mail(name)).expect("UTF-8");
    for (from, to) in changes {
        assert!(text.contains(from), "{name} has no `{from}`");
        text = text.replace(from, to);
    }
    text.into_bytes()
}

/// The channels that have files, in order of arrival.
fn channels(workspace: &Workspace) -> Vec<String> {
    listed(workspace)
        .iter()
        .map(|file| file["channel"].as_str().expect("a channel").to_owned())
        .collect()
}

#[test]
fn a_proven_sender_of_one_channel_brings_nothing_into_another() {
    let dovecot = Dovecot::start();
    // Tokopedia's own mail, signed as such, that shows OVO's address to the reader.
    dovecot.append(
        USER,
        "INBOX",
        &changed(
            "kinds/plain.eml",
            &[
                ("header.d=ovo.example", "header.d=tokopedia.example"),
                (
                    "OVO Reports <reports@ovo.example>",
                    "\"reports@ovo.example\" <ops@tokopedia.example>",
                ),
            ],
        ),
    );
    let ovo = "from = [\"reports@ovo.example\"]\n";
    let workspace = workspace(dovecot.port(), dovecot.ca_file(), "", ovo);
    with_second_channel(&workspace, "from = [\"@tokopedia.example\"]");
    workspace.run(["collect"]).exits(0);
    assert_eq!(channels(&workspace), ["other"]);
    assert_eq!(folders(&dovecot), "INBOX 0, Processed 1, Quarantine 0");
}

#[test]
fn each_password_of_a_channel_is_tried() {
    let dovecot = Dovecot::start();
    dovecot.append(USER, "INBOX", &mail("kinds/in_zip_aes.eml"));
    let workspace = workspace(dovecot.port(), dovecot.ca_file(), "", "");
    let password = workspace.read("report-password");
    workspace.put("report-password", "last-year");
    workspace.put("new-password", password);
    let config = workspace.read("rekon.toml");
    workspace.put(
        "rekon.toml",
        format!(
            "{config}\n[[channel.source]]\nmailbox = \"settlements\"\n\
             from = [\"reports@ovo.example\"]\npassword = \"file:new-password\"\n"
        ),
    );
    workspace.run(["collect"]).exits(0);
    assert_eq!(channels(&workspace), ["ovo"]);
    assert_eq!(folders(&dovecot), "INBOX 0, Processed 1, Quarantine 0");
}

#[test]
fn what_counts_of_a_rejected_mail_is_named() {
    let dovecot = Dovecot::start();
    // One report that reads, and one that cannot be unpacked.
    let raw = changed(
        "kinds/two_reports.eml",
        &[("biaya.pdf", "biaya.zip"), ("JVBERi0xLjQK", "UEsDBGp1bms=")],
    );
    dovecot.append(USER, "INBOX", &raw);
    let workspace = workspace(dovecot.port(), dovecot.ca_file(), "", "");
    for _ in 0..3 {
        workspace.run(["collect"]).exits(65);
    }
    assert_eq!(folders(&dovecot), "INBOX 0, Processed 0, Quarantine 1");
    assert_eq!(channels(&workspace), ["ovo", "ovo"]);
    let reason = ["quarantine", "reject", "1", "--reason", "not ours"];
    let output = workspace.run(reason).exits(0);
    assert!(
        !output.stdout.contains("nothing of it counts"),
        "{}",
        output.stdout
    );
    assert!(
        output.stdout.contains("rekon files withdraw 1"),
        "{}",
        output.stdout
    );
    // What is taken back is not named any more.
    for id in ["1", "2"] {
        workspace
            .run(["files", "withdraw", id, "--reason", "not ours"])
            .exits(0);
    }
    let output = workspace.run(reason).exits(0);
    assert!(
        output.stdout.contains("nothing of it counts"),
        "{}",
        output.stdout
    );
}

#[test]
fn a_page_that_is_named_as_a_report_is_not_passed_over() {
    let dovecot = Dovecot::start();
    let text = String::from_utf8(mail("kinds/plain.eml")).expect("UTF-8");
    let start = text.find("bWVyY2hhbnRJZCx0").expect("the report");
    let page = b"<html><body><table><tr><td>merchantId</td></tr></table></body></html>\n";
    let page = data_encoding::BASE64.encode(page);
    let text = text[..start].replace("20260901.csv", "20260901.xls");
    let raw = format!("{text}{page}\n--=_batas_luar--\n");
    dovecot.append(USER, "INBOX", raw.as_bytes());
    let workspace = workspace(dovecot.port(), dovecot.ca_file(), "", "");
    let output = workspace.run(["collect"]).exits(65);
    assert!(
        output.stdout.contains("ovo_settlement_20260901.xls"),
        "{}",
        output.stdout
    );
}

#[test]
fn who_vouched_for_a_file_stays_on_record() {
    let dovecot = Dovecot::start();
    let raw = mail("kinds/plain.eml");
    dovecot.append(USER, "INBOX", &raw);
    let workspace = workspace(dovecot.port(), dovecot.ca_file(), "", "");
    workspace.run(["collect"]).exits(0);
    let before = listed(&workspace)[0]["mails"][0]["authentication"].clone();
    // The mail server got a new name, and somebody moves the mail back.
    let config = workspace.read("rekon.toml");
    workspace.put(
        "rekon.toml",
        config.replace("mx.merchant.example", "mx2.merchant.example"),
    );
    dovecot.append(USER, "INBOX", &raw);
    workspace.run(["collect"]).exits(65);
    assert_eq!(
        listed(&workspace)[0]["mails"][0]["authentication"],
        before,
        "the file counts because of it"
    );
}

#[test]
fn a_subject_without_bounds_is_shown_in_part() {
    let dovecot = Dovecot::start();
    let long = format!("Subject: {}", "panjang ".repeat(4_000));
    let raw = changed("forged/no_results.eml", &[("Subject: ", &long)]);
    dovecot.append(USER, "INBOX", &raw);
    let workspace = workspace(dovecot.port(), dovecot.ca_file(), "", "");
    workspace.run(["collect"]).exits(65);
    let held = workspace.run(["quarantine", "list", "--json"]).exits(0);
    let subject = held.json()[0]["subject"].as_str().expect("text").to_owned();
    assert!(subject.chars().count() < 300, "{}", subject.len());
}

#[test]
fn a_lost_connection_costs_a_damaged_mail_no_second_try() {
    let dovecot = Dovecot::start();
    dovecot.append(USER, "INBOX", &mail("kinds/broken_base64.eml"));
    let long = "Terlampir laporan.\n".repeat(40_000);
    dovecot.append(
        USER,
        "INBOX",
        &changed(
            "kinds/plain.eml",
            &[("Terlampir laporan settlement.", &long)],
        ),
    );
    let proxy = Proxy::start(dovecot.port());
    let workspace = workspace(proxy.port(), dovecot.ca_file(), "", "");
    proxy.arm(Mode::Cut(From::Server, 400_000), Reach::First);
    let output = workspace.run(["collect"]).exits(65);
    assert_eq!(proxy.traffic().len(), 2, "cut once, and tried again");
    assert!(output.stdout.contains("try 1 of 3"), "{}", output.stdout);
    assert!(!output.stdout.contains("try 2 of 3"), "{}", output.stdout);
}

#[test]
fn a_file_two_channels_ask_for_is_moved_when_both_have_it() {
    let sshd = Sshd::start();
    let report = "merchantId,tid,mid,batchNumber,referenceNumber,merchantInvoice,transactionDate,\
                  messageType,processingCode,responseCode,amount,fee,netAmount\n\
                  SGR,1,2,260901,000001,INV-1,2026-09-01 06:01:12,0200,040000,00,42000,699,41301\n";
    std::fs::write(sshd.reports().join("ovo_20260901.csv"), report).expect("a report");
    let workspace = workspace(1, "ca.pem".into(), "", "");
    let config = workspace.read("rekon.toml");
    let before = config.find("[mailbox.settlements]").expect("a mailbox");
    let channel = &config[config.find("[[channel]]").expect("a channel")
        ..config.find("[[channel.source]]").expect("a source")];
    let channel = format!("{channel}\n[[channel.source]]\nsftp = \"feed\"\npattern = \"*.csv\"\n");
    let second = channel.replace("name = \"ovo\"", "name = \"other\"");
    let account = format!(
        "[sftp.feed]\nurl = \"sftp://{}@127.0.0.1:{}/~/reports\"\nkey = \"file:id\"\n\
         known_hosts = \"{}\"\nprocessed = \"done\"\n",
        sshd.user,
        sshd.port,
        sshd.known_hosts().display()
    );
    workspace.put(
        "rekon.toml",
        format!("{}\n{account}\n{channel}\n{second}", &config[..before]),
    );
    workspace.put("id", std::fs::read(sshd.ed25519_key()).expect("a key"));
    let there = || sshd.reports().join("ovo_20260901.csv").exists();

    // A run about the one channel leaves it for the other.
    workspace.run(["collect", "--channel", "ovo"]).exits(0);
    assert_eq!(channels(&workspace), ["ovo"]);
    assert!(there(), "the other channel has not had it yet");
    workspace.run(["collect"]).exits(0);
    assert_eq!(channels(&workspace), ["ovo", "other"]);
    assert!(!there(), "both have it");
}

/// What the scripted server does when the body of mail 7 is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Body {
    Whole,
    /// `NIL`, as if there were nothing in it.
    Nil,
    /// `OK`, and no answer before it.
    Nothing,
    /// Somebody else's mail.
    Another,
    /// `NO`, as for a mail that the server itself cannot read.
    No,
}

/// A mail server that has two mails, 7 and 8, and does to the body of the first as it is told.
struct Scripted {
    port: u16,
    body: Arc<Mutex<Body>>,
    ca: tempfile::NamedTempFile,
}

impl Scripted {
    fn start(body: Body) -> Scripted {
        let mut ca = tempfile::NamedTempFile::new().expect("a file");
        ca.write_all(certificates().ca.as_bytes()).expect("written");
        let good = &certificates().good;
        let chain = CertificateDer::pem_slice_iter(good.certificate.as_bytes());
        let chain = chain.collect::<Result<Vec<_>, _>>().expect("certificates");
        let key = PrivateKeyDer::from_pem_slice(good.key.as_bytes()).expect("a key");
        let tls = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .expect("a server");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let body = Arc::new(Mutex::new(body));
        let (tls, told) = (Arc::new(tls), body.clone());
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let tls = ServerConnection::new(tls.clone()).expect("a connection");
                let stream = StreamOwned::new(tls, client.expect("a client"));
                // A client that hangs up ends its own session alone.
                if let Err(error) = session(stream, &told) {
                    eprintln!("scripted server: {error}");
                }
            }
        });
        Scripted { port, body, ca }
    }

    fn workspace(&self) -> Workspace {
        workspace(self.port, self.ca.path().to_owned(), "", "")
    }
}

fn session(
    stream: StreamOwned<ServerConnection, TcpStream>,
    told: &Mutex<Body>,
) -> std::io::Result<()> {
    let mails = [(7, mail("kinds/plain.eml")), (8, mail("kinds/in_gz.eml"))];
    let mut stream = BufReader::new(stream);
    stream.get_mut().write_all(b"* OK ready\r\n")?;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let (tag, command) = line.trim_end().split_once(' ').unwrap_or_default();
        let mut out = Vec::new();
        let mut end = "OK done";
        if command.starts_with("CAPABILITY") {
            out.extend(b"* CAPABILITY IMAP4rev1\r\n");
        } else if command.starts_with("EXAMINE") || command.starts_with("SELECT") {
            out.extend(b"* OK [PERMANENTFLAGS (\\*)] x\r\n* OK [UIDVALIDITY 5] x\r\n");
        } else if command.starts_with("UID SEARCH") {
            out.extend(b"* SEARCH 7 8\r\n");
        } else if command.starts_with("UID FETCH") {
            for (uid, raw) in &mails {
                let set = command.split(' ').nth(2).unwrap_or_default();
                if set.split(',').all(|one| one != uid.to_string()) {
                    continue;
                }
                let body = *told.lock().expect("no holder panics");
                let size = raw.len();
                if command.contains("HEADER") {
                    let text = String::from_utf8_lossy(raw);
                    let blank = ["\r\n\r\n", "\n\n"].map(|end| text.find(end));
                    let stop = blank.into_iter().flatten().min().expect("a header");
                    let start = format!(
                        "* {uid} FETCH (UID {uid} RFC822.SIZE {size} INTERNALDATE \
                         \"02-Sep-2026 01:05:00 +0000\" BODY[HEADER]<0> {{{}}}\r\n",
                        stop + 2
                    );
                    out.extend(start.as_bytes());
                    out.extend(&raw[..stop]);
                    out.extend(b"\r\n)\r\n");
                } else if *uid == 8 || body == Body::Whole {
                    let start = format!("* {uid} FETCH (UID {uid} BODY[]<0> {{{size}}}\r\n");
                    out.extend(start.as_bytes());
                    out.extend(raw);
                    out.extend(b")\r\n");
                } else if body == Body::Nil {
                    out.extend(b"* 7 FETCH (UID 7 BODY[]<0> NIL)\r\n");
                } else if body == Body::Another {
                    let raw = mail("strangers/newsletter.eml");
                    let start = format!("* 7 FETCH (UID 7 BODY[]<0> {{{}}}\r\n", raw.len());
                    out.extend(start.as_bytes());
                    out.extend(raw);
                    out.extend(b")\r\n");
                } else if body == Body::No {
                    end = "NO the message could not be retrieved";
                }
            }
        } else if command.starts_with("LOGOUT") {
            out.extend(b"* BYE bye\r\n");
        }
        out.extend(format!("{tag} {end}\r\n").as_bytes());
        stream.get_mut().write_all(&out)?;
        stream.get_mut().flush()?;
        if command.starts_with("LOGOUT") {
            return Ok(());
        }
    }
}

#[test]
fn a_mail_that_its_server_does_not_show_is_not_passed_over() {
    for (body, exit) in [
        (Body::Nil, 69),
        (Body::Nothing, 69),
        (Body::No, 69),
        (Body::Another, 65),
    ] {
        let server = Scripted::start(body);
        let workspace = server.workspace();
        let output = workspace.run(["collect"]);
        assert_eq!(output.status, Some(exit), "{body:?}: {output:?}");
        if body == Body::No {
            assert_eq!(listed(&workspace).len(), 1, "the other mail is taken in");
        }
        *server.body.lock().expect("no holder panics") = Body::Whole;
        let output = workspace.run(["collect"]);
        assert_eq!(output.status, Some(0), "{body:?}: {output:?}");
        assert_eq!(listed(&workspace).len(), 2, "{body:?}");
    }
}

/// What is held may be the report that is missing: its bytes are not given up before somebody has
/// looked at it.
#[test]
fn a_purge_waits_for_a_decision_about_a_held_mail() {
    let dovecot = Dovecot::start();
    dovecot.append(USER, "INBOX", &mail("forged/no_results.eml"));
    let workspace = workspace(dovecot.port(), dovecot.ca_file(), "", "");
    workspace.run(["collect"]).exits(65);
    let aged = "UPDATE mails SET seen_at = replace(seen_at, substr(seen_at, 1, 4), '2020')";
    workspace.change_ledger("state/state.db", aged);
    let kept = workspace.files("archive");
    let reason = "personal data is kept for two years";
    let purge = |more: &[&str]| {
        let args = ["purge", "--before", "2021-06-01", "--reason", reason];
        workspace.run_args(&[&args, more].concat())
    };
    for more in [&["--dry-run"][..], &[]] {
        let refused = purge(more).exits(2);
        for said in ["mail 1", "held in quarantine", "quarantine release 1"] {
            assert!(refused.stderr.contains(said), "{said}: {}", refused.stderr);
        }
    }
    assert_eq!(workspace.files("archive"), kept);
    let reject = ["quarantine", "reject", "1", "--reason", "not from OVO"];
    workspace.run(reject).exits(0);
    purge(&[]).exits(0);
    assert_eq!(workspace.files("archive").len(), kept.len() - 1);
    // Nothing else is not as it was recorded but the age that the test gave to the mail.
    let found = workspace.run(["verify"]).exits(65).stdout;
    assert_eq!(found.matches("FAIL").count(), 1, "{found}");
    assert!(found.contains("FAIL  mails 1 was changed"), "{found}");
}

/// A partner renames its file: the mail stays, and that is said where a person looks.
#[test]
fn a_report_that_no_pattern_takes_is_named() {
    let dovecot = Dovecot::start();
    for name in [
        "kinds/plain.eml",
        "kinds/quoted_printable.eml",
        "forged/no_results.eml",
    ] {
        dovecot.append(USER, "INBOX", &mail(name));
    }
    let pattern = "attachment = \"*.xls\"";
    let workspace = workspace(dovecot.port(), dovecot.ca_file(), "", pattern);
    let output = workspace.run(["collect"]).exits(0);
    let line = output
        .stdout
        .lines()
        .find(|line| line.contains("stay there"));
    insta::assert_snapshot!("passed_over", line.unwrap_or(&output.stdout));
    assert_eq!(folders(&dovecot), "INBOX 3, Processed 0, Quarantine 0");
    // Once is enough.
    let again = workspace.run(["collect"]).exits(0);
    assert!(again.stdout.contains("Nothing new"), "{}", again.stdout);
    dovecot.append(USER, "INBOX", &mail("kinds/plain.eml"));
    let run = workspace.run(["run", "--date", "2026-09-01"]);
    assert!(
        run.stderr.contains("1 mail(s) from its senders stay there"),
        "{}",
        run.stderr
    );
}
