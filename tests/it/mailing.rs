//! Mail: composed once, parsed by another program, delivered by a real Postfix.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use rekon::credential::Credential;
use rekon::mail::{
    DEADLINE, Enclosure, Letter, Login, Security, SendFault, Sent, SmtpServer, Transport, compose,
    send,
};
use rekon::report::labels::Language;
use rekon::report::template::Templates;
use rekon::report::view::view;
use rekon::report::{csv, html, text, workbook};

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

/// A Postfix of its own: configuration, queue and mailboxes in a directory that goes away.
struct Postfix {
    home: tempfile::TempDir,
    port: u16,
}

const INSTALL: &str = "DEBIAN_FRONTEND=noninteractive apt-get install -y postfix";

impl Postfix {
    fn start() -> Postfix {
        assert!(
            Path::new("/usr/sbin/postfix").exists(),
            "this test needs Postfix: {INSTALL}"
        );
        let home = tempfile::tempdir().expect("a directory");
        let port = free_port();
        let at = |name: &str| home.path().join(name).display().to_string();
        let open = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(home.path(), open).expect("mode");
        for name in ["queue", "data", "mail", "config"] {
            std::fs::create_dir(at(name)).expect("a directory");
        }
        for name in ["data", "mail"] {
            run(Command::new("chown").arg("postfix").arg(at(name)));
        }
        let uid = run(Command::new("id").args(["-u", "postfix"]));
        let uid = uid.trim();
        let write = |name: &str, text: String| {
            std::fs::write(home.path().join("config").join(name), text).expect("written");
        };
        write(
            "access",
            "nobody@merchant.example 550 5.1.1 no such recipient\n\
             later@merchant.example 450 4.2.0 greylisted, try again\n"
                .to_owned(),
        );
        write(
            "mailboxes",
            "finance@merchant.example finance/\ncfo@merchant.example cfo/\n".to_owned(),
        );
        let config = at("config");
        let (queue, data, mail) = (at("queue"), at("data"), at("mail"));
        write(
            "main.cf",
            format!(
                "compatibility_level = 3.6\n\
                 queue_directory = {queue}\n\
                 data_directory = {data}\n\
                 command_directory = /usr/sbin\n\
                 daemon_directory = /usr/lib/postfix/sbin\n\
                 maillog_file = {data}/log\n\
                 maillog_file_prefixes = {data}\n\
                 mail_owner = postfix\n\
                 myhostname = mx.merchant.example\n\
                 mydestination =\n\
                 inet_interfaces = 127.0.0.1\n\
                 inet_protocols = ipv4\n\
                 mynetworks = 127.0.0.0/8\n\
                 virtual_mailbox_domains = merchant.example\n\
                 virtual_mailbox_base = {mail}\n\
                 virtual_mailbox_maps = texthash:{config}/mailboxes\n\
                 virtual_minimum_uid = 1\n\
                 virtual_uid_maps = static:{uid}\n\
                 virtual_gid_maps = static:{uid}\n\
                 smtpd_recipient_restrictions = check_recipient_access texthash:{config}/access, permit_mynetworks, reject\n"
            ),
        );
        write(
            "master.cf",
            format!(
                "127.0.0.1:{port} inet n - n - - smtpd\n\
                 pickup unix n - n 60 1 pickup\n\
                 cleanup unix n - n - 0 cleanup\n\
                 qmgr unix n - n 300 1 qmgr\n\
                 rewrite unix - - n - - trivial-rewrite\n\
                 bounce unix - - n - 0 bounce\n\
                 defer unix - - n - 0 bounce\n\
                 trace unix - - n - 0 bounce\n\
                 verify unix - - n - 1 verify\n\
                 flush unix n - n 1000 0 flush\n\
                 proxymap unix - - n - - proxymap\n\
                 error unix - - n - - error\n\
                 retry unix - - n - - error\n\
                 virtual unix - n n - - virtual\n\
                 anvil unix - - n - 1 anvil\n\
                 postlog unix-dgram n - n - 1 postlogd\n"
            ),
        );
        let postfix = Postfix { home, port };
        postfix.command("start");
        wait("Postfix to listen", || {
            TcpStream::connect(("127.0.0.1", port))
                .is_ok()
                .then_some(())
        });
        postfix
    }

    fn command(&self, what: &str) {
        run(Command::new("/usr/sbin/postfix")
            .arg("-c")
            .arg(self.home.path().join("config"))
            .arg(what));
    }

    fn transport(&self) -> Transport {
        plain(self.port, DEADLINE)
    }

    /// The mails in a mailbox, once at least one is there.
    fn mailbox(&self, user: &str) -> Vec<PathBuf> {
        let new = self.home.path().join("mail").join(user).join("new");
        wait("delivery", || {
            let mails: Vec<PathBuf> = std::fs::read_dir(&new)
                .ok()?
                .map(|entry| entry.expect("an entry").path())
                .collect();
            (!mails.is_empty()).then_some(mails)
        })
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        let stopped = Command::new("/usr/sbin/postfix")
            .arg("-c")
            .arg(self.home.path().join("config"))
            .arg("stop")
            .output();
        if let Err(error) = stopped {
            eprintln!("Postfix was not stopped: {error}");
        }
    }
}

fn run(command: &mut Command) -> String {
    let output = command.output().expect("the program starts");
    assert!(
        output.status.success(),
        "{command:?} failed (Postfix needs root): {}",
        said(&output)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn wait<T>(what: &str, mut ready: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(found) = ready() {
            return found;
        }
        assert!(
            started.elapsed() < Duration::from_secs(20),
            "waited for {what}"
        );
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

fn plain(port: u16, deadline: Duration) -> Transport {
    Transport::Smtp(SmtpServer {
        host: "127.0.0.1".to_owned(),
        port,
        security: Security::PlainLoopback,
        login: None,
        deadline,
    })
}

#[tokio::test]
async fn one_refused_recipient_does_not_cost_the_others_their_mail() {
    let postfix = Postfix::start();
    let recipients =
        ["finance", "nobody", "later", "cfo"].map(|user| format!("{user}@merchant.example"));
    let to: Vec<&str> = recipients.iter().map(String::as_str).collect();
    let bytes = compose(&letter(&to)).expect("a mail");
    let mut results = Vec::new();
    for recipient in &recipients {
        results.push(
            send(
                &postfix.transport(),
                "rekon@merchant.example",
                recipient,
                "unused.eml",
                &bytes,
            )
            .await,
        );
    }
    assert!(
        matches!(&results[0], Ok(Sent::Accepted(_))),
        "{:?}",
        results[0]
    );
    assert!(
        matches!(&results[1], Err(SendFault::Permanent(why)) if why.contains("no such recipient")),
        "{:?}",
        results[1]
    );
    assert!(
        matches!(&results[2], Err(SendFault::Transient(why)) if why.contains("greylisted")),
        "{:?}",
        results[2]
    );
    assert!(
        matches!(&results[3], Ok(Sent::Accepted(_))),
        "{:?}",
        results[3]
    );
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
            port: postfix.port,
            security,
            login: None,
            deadline: Duration::from_secs(10),
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
            matches!(&fault, SendFault::Permanent(why) if why.contains(expected)),
            "{fault:?}"
        );
    }
}

/// Where a scripted server stops answering or answers badly.
#[derive(Clone, Copy, Debug)]
enum Script {
    CutAfterDot,
    StallAfterDot,
    CutInBody,
    StallOnRcpt,
    RefuseLogin,
    RefuseGreeting,
}

/// A mail server that plays one script to one client.
fn scripted(script: Script) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        let (stream, _) = listener.accept().expect("a client");
        play(script, stream)
    });
    port
}

fn play(script: Script, mut stream: TcpStream) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let stall = || std::thread::sleep(Duration::from_secs(5));
    if let Script::RefuseGreeting = script {
        return stream.write_all(b"421 too busy\r\n");
    }
    stream.write_all(b"220 scripted\r\n")?;
    while let Some(line) = lines.next() {
        let line = line?;
        let verb = line.split(' ').next().unwrap_or("").to_uppercase();
        match (verb.as_str(), script) {
            ("EHLO", _) => stream.write_all(b"250-scripted\r\n250 AUTH PLAIN\r\n")?,
            ("AUTH", _) => stream.write_all(b"535 5.7.8 wrong password\r\n")?,
            ("RCPT", Script::StallOnRcpt) => stall(),
            ("DATA", _) => {
                stream.write_all(b"354 go on\r\n")?;
                if let Script::CutInBody = script {
                    // Closing with unread bytes resets the connection while the mail is written.
                    std::thread::sleep(Duration::from_millis(50));
                    return Ok(());
                }
                for line in lines.by_ref() {
                    if line? == "." {
                        break;
                    }
                }
                match script {
                    Script::StallAfterDot => stall(),
                    _ => return Ok(()),
                }
            }
            _ => stream.write_all(b"250 ok\r\n")?,
        }
    }
    Ok(())
}

#[tokio::test]
async fn faults_are_told_apart_by_what_they_ask_for() {
    // Larger than any socket buffer, so that a cut comes while the body is being written.
    let mut large = b"Subject: x\r\n\r\n".to_vec();
    for _ in 0..600_000 {
        large.extend_from_slice(b"0123456789abcdef0123456789abcdef\r\n");
    }
    let small = b"Subject: x\r\n\r\nx\r\n".to_vec();
    for (script, body, expected) in [
        (Script::CutAfterDot, &small, "uncertain"),
        (Script::StallAfterDot, &small, "uncertain"),
        (Script::CutInBody, &large, "transient"),
        (Script::StallOnRcpt, &small, "transient"),
        (Script::RefuseLogin, &small, "authentication"),
        (Script::RefuseGreeting, &small, "transient"),
    ] {
        let login = matches!(script, Script::RefuseLogin).then(|| Login {
            user: "rekon".to_owned(),
            credential: Credential::Password("secret-of-the-test".to_owned().into()),
        });
        let transport = Transport::Smtp(SmtpServer {
            host: "127.0.0.1".to_owned(),
            port: scripted(script),
            security: Security::PlainLoopback,
            login,
            deadline: Duration::from_secs(2),
        });
        let started = Instant::now();
        let fault = send(
            &transport,
            "rekon@merchant.example",
            "finance@merchant.example",
            "unused.eml",
            body,
        )
        .await
        .expect_err("a fault");
        assert_eq!(fault.name(), expected, "{script:?}: {fault}");
        assert!(started.elapsed() < Duration::from_secs(4), "{script:?}");
        assert!(!format!("{fault:?}{transport:?}").contains("secret-of-the-test"));
    }
    let nobody = plain(free_port(), Duration::from_secs(2));
    let fault = send(
        &nobody,
        "rekon@merchant.example",
        "finance@merchant.example",
        "unused.eml",
        &small,
    )
    .await
    .expect_err("nobody listens");
    assert_eq!(fault.name(), "transient", "{fault}");
}
