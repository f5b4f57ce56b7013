//! The test servers do what the tests that use them rely on.

use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use crate::certificates::certificates;
use crate::dovecot::{Builder, Dovecot, PASSWORD, Seen, Shown, TOKEN_KEY, USER, Welcome};
use crate::imap::Imap;
use crate::proxy::{From, Mode, Proxy, Reach, Traffic};
use crate::token;

const PATIENCE: Duration = Duration::from_secs(20);

fn connect(port: u16) -> std::io::Result<Imap> {
    Imap::connect("localhost", port, &certificates().ca, PATIENCE)
}

fn mail(message_id: &str, body: &str) -> Vec<u8> {
    format!(
        "From: reports@partner.example\r\nTo: {USER}@merchant.example\r\n\
         Message-ID: <{message_id}>\r\nSubject: D+1\r\n\r\n{body}\r\n"
    )
    .into_bytes()
}

fn ids(mails: &[Seen]) -> Vec<&str> {
    mails.iter().map(|mail| mail.message_id.as_str()).collect()
}

#[test]
fn a_delivered_mail_is_in_the_inbox_under_what_the_server_puts_on_top() {
    let dovecot = Dovecot::builder().user("finance").start();
    let sent = mail("one@partner.example", ".a dot first\r\n..\r\n.\r\nlast");
    dovecot.deliver(USER, &sent);
    let inbox = dovecot.folder_listing(USER, "INBOX");
    assert_eq!(ids(&inbox), ["<one@partner.example>"]);
    assert!(inbox[0].flags.is_empty(), "{inbox:?}");
    let raw = dovecot.raw(USER, "INBOX", inbox[0].uid);
    assert_eq!(raw.len() as u64, inbox[0].size);
    let top = raw
        .strip_suffix(&sent[..])
        .expect("the mail, whole, at the end");
    let top = String::from_utf8_lossy(top);
    for header in ["Return-Path: <", "\r\nDelivered-To: ", "\r\nReceived: "] {
        assert!(top.contains(header), "{header} in {top}");
    }
    assert_eq!(
        dovecot.folder_listing(USER, "INBOX")[0].flags,
        inbox[0].flags
    );
    assert!(dovecot.folder_listing("finance", "INBOX").is_empty());
    assert_eq!(dovecot.folders(USER), ["INBOX"]);
}

#[test]
fn an_appended_mail_keeps_its_bytes_and_moves_as_a_person_moves_it() {
    let dovecot = Dovecot::start();
    let mut sent = mail("two@partner.example", "sen \u{1F4B0}");
    sent.extend_from_slice(&[0xFF, 0xFE, b'\t', 0x80]);
    sent.extend_from_slice(&b"x".repeat(200_000));
    sent.extend_from_slice(b"\r\n");
    for (folder, bytes) in [
        ("INBOX", &sent),
        ("INBOX", &mail("three@partner.example", "")),
        ("Quarantine", &sent),
    ] {
        dovecot.append(USER, folder, bytes);
    }
    assert!(dovecot.raw(USER, "INBOX", 1) == sent);
    dovecot.move_mail(USER, "INBOX", "Processed", "two@partner.example");
    let listed = |folder: &str| dovecot.folder_listing(USER, folder);
    assert_eq!(ids(&listed("INBOX")), ["<three@partner.example>"]);
    assert_eq!(listed("INBOX")[0].uid, 2);
    assert_eq!(ids(&listed("Processed")), ["<two@partner.example>"]);
    assert!(dovecot.raw(USER, "Processed", 1) == sent);
    assert!(listed("Nowhere").is_empty());
    let folders = ["INBOX", "Processed", "Quarantine"];
    assert_eq!(dovecot.folders(USER), folders);
}

#[test]
fn flags_a_client_sets_are_listed() {
    let dovecot = Dovecot::start();
    dovecot.append(USER, "INBOX", &mail("four@partner.example", ""));
    let mut client = dovecot.client(USER);
    for line in ["SELECT INBOX", r"UID STORE 1 +FLAGS (\Seen Rekon)"] {
        let reply = client.command(line).expect("an answer");
        assert!(reply.is_ok(), "{reply:?}");
    }
    let inbox = dovecot.folder_listing(USER, "INBOX");
    assert_eq!(inbox[0].flags, ["Rekon", r"\Seen"]);
}

#[test]
fn uid_validity_changes_under_the_mails() {
    let dovecot = Dovecot::start();
    dovecot.deliver(USER, &mail("five@partner.example", ""));
    let before = dovecot.uid_validity(USER, "INBOX");
    dovecot.set_uid_validity(USER, "INBOX", before + 1);
    assert_eq!(dovecot.uid_validity(USER, "INBOX"), before + 1);
    let selected = dovecot
        .client(USER)
        .command("SELECT INBOX")
        .expect("an answer");
    let told = format!("[UIDVALIDITY {}]", before + 1);
    assert!(selected.text().contains(&told), "{selected:?}");
    assert_eq!(
        ids(&dovecot.folder_listing(USER, "INBOX")),
        ["<five@partner.example>"]
    );
}

#[test]
fn stopped_it_is_gone_and_restarted_it_has_the_same_mail_on_the_same_port() {
    let mut dovecot = Dovecot::start();
    dovecot.deliver(USER, &mail("six@partner.example", ""));
    let mut client = dovecot.client(USER);
    dovecot.stop();
    let gone = connect(dovecot.port()).err().expect("nobody listens");
    assert_eq!(gone.kind(), ErrorKind::ConnectionRefused);
    // A farewell at the most, and then the end.
    let said = client.command("NOOP");
    assert!(!said.as_ref().is_ok_and(|reply| reply.is_ok()), "{said:?}");
    dovecot.restart();
    assert_eq!(
        ids(&dovecot.folder_listing(USER, "INBOX")),
        ["<six@partner.example>"]
    );
    dovecot.client(USER);
}

#[test]
fn a_wrong_password_is_refused() {
    let dovecot = Dovecot::start();
    let mut client = connect(dovecot.port()).expect("a connection");
    let refused = client.login(USER, "sandi").expect("an answer");
    assert!(
        refused.text().contains("NO [AUTHENTICATIONFAILED]"),
        "{refused:?}"
    );
    let unknown = client.login("nobody-of-ours", PASSWORD).expect("an answer");
    assert!(
        unknown.text().contains("NO [AUTHENTICATIONFAILED]"),
        "{unknown:?}"
    );
}

#[test]
fn only_the_good_certificate_is_accepted() {
    let refusals = [
        (Shown::WrongHost, "NotValidForName"),
        (Shown::Expired, "Expired"),
        (Shown::Untrusted, "UnknownIssuer"),
    ];
    for (shown, why) in refusals {
        let dovecot = Dovecot::builder().shows(shown).start();
        let error = connect(dovecot.port()).err().expect("refused");
        assert!(format!("{error:?}").contains(why), "{shown:?}: {error:?}");
        if matches!(shown, Shown::Untrusted) {
            Imap::connect(
                "localhost",
                dovecot.port(),
                &certificates().other_ca,
                PATIENCE,
            )
            .expect("who trusts that authority connects");
        }
    }
    let dovecot = Dovecot::start();
    let ca = std::fs::read_to_string(dovecot.ca_file()).expect("PEM");
    for host in ["localhost", "127.0.0.1"] {
        Imap::connect(host, dovecot.port(), &ca, PATIENCE).expect("the good certificate");
    }
}

#[test]
fn a_token_logs_in_while_it_is_valid_and_only_its_user() {
    let dovecot = Dovecot::builder().user("finance").xoauth2().start();
    let other_key = [TOKEN_KEY, b"!"].concat();
    let cases = [
        ("fresh", USER, dovecot.token(USER, 60), true),
        ("expired", USER, dovecot.token(USER, -1), false),
        (
            "not yet",
            USER,
            token::signed(USER, 60, 120, TOKEN_KEY),
            false,
        ),
        (
            "signed by another",
            USER,
            token::signed(USER, -60, 60, &other_key),
            false,
        ),
        ("of another", USER, dovecot.token("finance", 60), false),
        ("fresh again", "finance", dovecot.token("finance", 60), true),
    ];
    for (case, user, token, accepted) in cases {
        let mut client = connect(dovecot.port()).expect("a connection");
        let reply = client.xoauth2(user, &token).expect("an answer");
        assert_eq!(
            reply.is_ok(),
            accepted,
            "{case}: {reply:?}\n{}",
            dovecot.log()
        );
        if !accepted {
            assert!(
                reply.status.contains("[AUTHENTICATIONFAILED]"),
                "{case}: {reply:?}"
            );
        }
    }
    dovecot.client(USER);
    let mut plain = connect(Dovecot::start().port()).expect("a connection");
    let offered = plain.command("CAPABILITY");
    assert!(!offered.is_ok_and(|reply| reply.text().contains("XOAUTH2")));
}

#[test]
fn a_capability_that_is_hidden_is_not_advertised() {
    let offered = |builder: Builder| {
        let dovecot = builder.start();
        let mut client = dovecot.client(USER);
        let reply = client.command("CAPABILITY").expect("an answer").text();
        let words = reply.split_whitespace().map(str::to_owned);
        words.collect::<Vec<String>>()
    };
    let (all, fewer) = (
        offered(Dovecot::builder()),
        offered(Dovecot::builder().without("MOVE")),
    );
    for (word, hidden) in [("MOVE", true), ("UIDPLUS", false), ("IMAP4rev1", false)] {
        assert!(all.iter().any(|offered| offered == word), "{all:?}");
        assert_eq!(
            fewer.iter().any(|offered| offered == word),
            !hidden,
            "{fewer:?}"
        );
    }
}

#[test]
fn a_login_can_be_slow_or_end_the_connection() {
    let slow = Dovecot::builder().welcome(Welcome::Slow(600)).start();
    let mut client = connect(slow.port()).expect("greeted");
    let moment = Duration::from_millis(300);
    client.waits(moment).expect("a timeout");
    let stalled = client.login(USER, PASSWORD).expect_err("no answer");
    assert_eq!(stalled.kind(), ErrorKind::WouldBlock, "{stalled}");

    let slow = Dovecot::builder().welcome(Welcome::Slow(1)).start();
    slow.client(USER);

    let rude = Dovecot::builder().welcome(Welcome::Disconnects).start();
    let mut client = connect(rude.port()).expect("greeted");
    let ended = client.login(USER, PASSWORD).expect_err("no answer");
    assert_eq!(ended.kind(), ErrorKind::UnexpectedEof, "{ended}");
}

/// A server that answers a client's first four bytes with ten; the port to reach it.
fn ten_for_four() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        for client in listener.incoming() {
            let mut client = client.expect("a client");
            std::thread::spawn(move || {
                let mut asked = [0; 4];
                if client.read_exact(&mut asked).is_ok() {
                    client
                        .write_all(b"0123456789")
                        .expect("a client that listens");
                    // Until the client goes.
                    client.read_exact(&mut asked[..1]).expect_err("an end");
                }
            });
        }
    });
    port
}

/// Asks through the proxy: these digits arrive, and then the end or nothing more.
fn ask(proxy: &Proxy, digits: &str, ends: bool, case: &str) {
    let mut stream = TcpStream::connect(("127.0.0.1", proxy.port())).expect("the proxy");
    stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    // A connection that has been cut already may refuse to be written to.
    let sent = stream.write_all(b"four");
    let mut arrived = vec![0; digits.len()];
    if let Err(error) = stream.read_exact(&mut arrived) {
        panic!("{case}: {error} after {sent:?}");
    }
    assert_eq!(String::from_utf8_lossy(&arrived), digits, "{case}");
    if !ends {
        let moment = Some(Duration::from_millis(200));
        stream.set_read_timeout(moment).expect("a timeout");
    }
    let then = loop {
        match stream.read(&mut [0]) {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            other => break other.map_err(|error| error.kind()),
        }
    };
    let as_expected = match then {
        Ok(0) | Err(ErrorKind::ConnectionReset) => ends,
        Err(ErrorKind::WouldBlock) => !ends,
        _ => false,
    };
    assert!(as_expected, "{case}: {then:?}");
}

/// The traffic once the last connection's has come to what is expected, or after a long wait.
fn counted(proxy: &Proxy, expected: Traffic) -> Vec<Traffic> {
    let started = Instant::now();
    loop {
        let traffic = proxy.traffic();
        if traffic.last() == Some(&expected) || started.elapsed() > PATIENCE {
            return traffic;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn the_proxy_forwards_so_many_bytes_and_no_more() {
    let proxy = Proxy::start(ten_for_four());
    let cases = [
        (Mode::Transparent, "0123456789", false, 10, 4),
        (Mode::Cut(From::Server, 0), "", true, 0, 0),
        (Mode::Cut(From::Server, 3), "012", true, 3, 4),
        (Mode::Cut(From::Server, 10), "0123456789", true, 10, 4),
        (Mode::Cut(From::Server, 11), "0123456789", false, 10, 4),
        (Mode::Cut(From::Client, 3), "", true, 0, 3),
        (Mode::Stall(From::Server, 0), "", false, 0, 0),
        (Mode::Stall(From::Server, 3), "012", false, 3, 4),
        (Mode::Stall(From::Client, 3), "", false, 0, 3),
        (Mode::Swallow(From::Server, 3), "012", false, 3, 4),
        (Mode::Swallow(From::Client, 3), "", false, 0, 3),
    ];
    for (mode, arrives, ends, from_server, from_client) in cases {
        proxy.arm(mode, Reach::Every);
        let traffic = Traffic {
            from_server,
            from_client,
        };
        for nth in 1..=2 {
            let case = format!("{mode:?}, {nth}");
            ask(&proxy, arrives, ends, &case);
            assert_eq!(counted(&proxy, traffic), vec![traffic; nth], "{case}");
        }
    }
    proxy.arm(Mode::Cut(From::Server, 3), Reach::First);
    ask(&proxy, "012", true, "the first");
    ask(&proxy, "0123456789", false, "the second");
    let port = proxy.port();
    drop(proxy);
    let gone = TcpStream::connect(("127.0.0.1", port)).expect_err("nobody listens");
    assert_eq!(gone.kind(), ErrorKind::ConnectionRefused);
}

#[test]
fn the_proxy_measures_and_cuts_a_session_with_the_server() {
    let mut dovecot = Dovecot::start();
    let proxy = Proxy::start(dovecot.port());
    let session = || -> std::io::Result<bool> {
        let mut client = connect(proxy.port())?;
        Ok(client.login(USER, PASSWORD)?.is_ok() && client.command("SELECT INBOX")?.is_ok())
    };
    assert!(session().expect("a session"));
    let whole = proxy.traffic();
    assert_eq!(whole.len(), 1);
    for part in [0, 1, 2, 3] {
        let limit = whole[0].from_server * part / 4;
        proxy.arm(Mode::Cut(From::Server, limit), Reach::First);
        let cut = session().expect_err("cut");
        assert_ne!(cut.kind(), ErrorKind::WouldBlock, "{cut}");
        assert_eq!(proxy.traffic()[0].from_server, limit);
        assert!(session().expect("the second connection is whole"));
    }
    proxy.arm(Mode::Transparent, Reach::Every);
    dovecot.stop();
    session().expect_err("no server behind it");
    dovecot.restart();
    assert!(session().expect("a session"));
}
