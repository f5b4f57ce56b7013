//! Reports fetched from a real OpenSSH server: who we are, whole files or none, and nothing moved
//! that was not taken in.

use std::fs::{self, OpenOptions};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, SystemTime};

use glob::Pattern;
use rekon::sources::sftp::{Account, Login, PutAway, RemoteFile, Session, SftpFault, Taken};
use secrecy::SecretString;

use crate::sshd::{PASSPHRASE, Sshd};

const LIMIT: u64 = 1 << 20;

fn key(path: &Path, passphrase: Option<&str>) -> Login {
    Login::Key {
        pem: fs::read_to_string(path).expect("a key").into(),
        passphrase: passphrase.map(SecretString::from),
    }
}

/// The account of a server's own user, its key and its `reports` folder.
pub fn account(sshd: &Sshd) -> Account {
    Account {
        name: "tokopedia".to_owned(),
        host: "127.0.0.1".to_owned(),
        port: sshd.port,
        user: sshd.user.clone(),
        login: key(&sshd.ed25519_key(), None),
        known_hosts: sshd.known_hosts(),
        folder: "reports".to_owned(),
        processed: None,
        timeout: Duration::from_secs(20),
    }
}

pub async fn refused(account: &Account) -> SftpFault {
    match Session::connect(account).await {
        Ok(session) => panic!("connected: {session:?}"),
        Err(fault) => fault,
    }
}

/// A run may be moved between threads while it waits.
fn movable<T: Send>(future: T) -> T {
    future
}

pub async fn connected(account: &Account) -> Session {
    movable(Session::connect(account))
        .await
        .unwrap_or_else(|fault| panic!("{fault}"))
}

async fn files(session: &mut Session, pattern: &str) -> Vec<RemoteFile> {
    let listing = session
        .list(&Pattern::new(pattern).expect("a pattern"))
        .await
        .unwrap_or_else(|fault| panic!("{fault}"));
    assert_eq!(listing.unreadable, [], "all can be looked at");
    listing.files
}

async fn only_file(session: &mut Session) -> RemoteFile {
    let mut files = files(session, "*.csv").await;
    assert_eq!(files.len(), 1, "{files:?}");
    files.remove(0)
}

/// A fault as a person reads it, without what differs from run to run.
pub fn told(sshd: &Sshd, fault: &SftpFault) -> String {
    let text = fault
        .to_string()
        .replace(&*sshd.at("").to_string_lossy(), "[DIR]/")
        .replace(&sshd.port.to_string(), "[PORT]")
        .replace(&format!("`{}`", sshd.user), "`[USER]`");
    regex::Regex::new("SHA256:[A-Za-z0-9+/]{43}")
        .expect("a pattern")
        .replace_all(&text, "SHA256:[FINGERPRINT]")
        .into_owned()
}

fn put(sshd: &Sshd, name: &str, bytes: &[u8]) {
    fs::write(sshd.reports().join(name), bytes).expect("a report");
}

#[tokio::test]
async fn each_kind_of_key_logs_in() {
    let sshd = Sshd::start();
    put(&sshd, "a.csv", b"a;b\n");
    for login in [
        key(&sshd.ed25519_key(), None),
        key(&sshd.rsa_key(), None),
        key(&sshd.encrypted_key(), Some(PASSPHRASE)),
    ] {
        let account = Account {
            login,
            ..account(&sshd)
        };
        assert!(!format!("{account:?}").contains("PRIVATE"), "{account:?}");
        let mut session = connected(&account).await;
        let file = only_file(&mut session).await;
        let taken = session.take(&file, LIMIT).await.expect("taken");
        assert_eq!(taken, Taken::Bytes(b"a;b\n".to_vec()));
        session.close().await;
    }
    let log = sshd.log();
    assert!(!log.contains("Failed"), "{log}");
}

#[tokio::test]
async fn a_key_that_cannot_be_used_says_why_before_anything_is_sent() {
    let mut sshd = Sshd::start();
    // Nobody listens: a connection would be the fault that is named.
    sshd.stop();
    for (name, login) in [
        ("key_without_passphrase", key(&sshd.encrypted_key(), None)),
        (
            "key_wrong_passphrase",
            key(&sshd.encrypted_key(), Some("not it")),
        ),
        ("key_public_half", key(&sshd.at("id_ed25519.pub"), None)),
        ("key_not_a_key", key(&sshd.known_hosts(), None)),
    ] {
        let fault = refused(&Account {
            login,
            ..account(&sshd)
        })
        .await;
        assert!(matches!(fault, SftpFault::Key { .. }), "{fault:?}");
        assert!(!format!("{fault:?}").contains("not it"), "{fault:?}");
        insta::assert_snapshot!(name, told(&sshd, &fault));
    }
}

#[tokio::test]
async fn a_refused_login_says_what_the_server_takes() {
    let sshd = Sshd::start();
    let strange = key(&sshd.strange_key(), None);
    let password = Login::Password("wrong-password".to_owned().into());
    for (name, login) in [("login_key", strange), ("login_password", password)] {
        let fault = refused(&Account {
            login,
            ..account(&sshd)
        })
        .await;
        let SftpFault::Authentication { offered, .. } = &fault else {
            panic!("{fault:?}")
        };
        assert_eq!(offered, &["publickey", "password"]);
        assert!(!format!("{fault:?}").contains("wrong-password"));
        insta::assert_snapshot!(name, told(&sshd, &fault));
    }
    let one_try = Sshd::start_with("", "MaxAuthTries 1");
    let fault = refused(&Account {
        login: key(&one_try.strange_key(), None),
        ..account(&one_try)
    })
    .await;
    assert!(matches!(fault, SftpFault::Authentication { .. }));
    insta::assert_snapshot!("login_one_try", told(&one_try, &fault));
}

#[tokio::test]
async fn sha1_and_other_weak_algorithms_are_not_agreed_to() {
    for (name, only) in [
        ("weak_host_key", "HostKeyAlgorithms ssh-rsa"),
        ("weak_exchange", "KexAlgorithms diffie-hellman-group14-sha1"),
        ("weak_cipher", "Ciphers aes128-cbc"),
        ("weak_mac", "MACs hmac-sha1\nCiphers aes128-ctr"),
    ] {
        let sshd = Sshd::start_with("", only);
        let fault = refused(&account(&sshd)).await;
        assert!(matches!(fault, SftpFault::Incompatible { .. }), "{fault:?}");
        insta::assert_snapshot!(name, told(&sshd, &fault));
    }
    let sshd = Sshd::start_with("", "PubkeyAcceptedAlgorithms ssh-rsa");
    let fault = refused(&Account {
        login: key(&sshd.rsa_key(), None),
        ..account(&sshd)
    })
    .await;
    insta::assert_snapshot!("weak_signature", told(&sshd, &fault));
}

#[tokio::test]
async fn a_listing_has_regular_files_that_are_finished_in_the_order_of_names() {
    let sshd = Sshd::start();
    for name in [
        "b.csv",
        "a.csv",
        "c.CSV",
        "d.txt",
        ".hidden.csv",
        "~e.csv",
        "f.csv.part",
        "g.csv.FILEPART",
        "h.tmp",
        "i.csv.crdownload",
        "line\nbreak.csv",
    ] {
        put(&sshd, name, b"x");
    }
    fs::create_dir(sshd.reports().join("folder.csv")).expect("a folder");
    symlink("b.csv", sshd.reports().join("link.csv")).expect("a link");
    symlink("nowhere", sshd.reports().join("broken.csv")).expect("a link");
    let mut session = connected(&account(&sshd)).await;
    let all = Pattern::new("*.csv").expect("a pattern");
    let listing = session.list(&all).await.expect("a listing");
    let names: Vec<&str> = listing
        .files
        .iter()
        .map(|file| file.name.as_str())
        .collect();
    assert_eq!(names, ["a.csv", "b.csv", "line\\nbreak.csv", "link.csv"]);
    assert_eq!(
        listing.unreadable,
        [(
            "broken.csv".to_owned(),
            "it is a link to nowhere".to_owned()
        )]
    );
    let real = fs::metadata(sshd.reports().join("a.csv")).expect("it is there");
    let real: chrono::DateTime<chrono::Utc> = real.modified().expect("a time").into();
    assert_eq!(listing.files[0].modified.timestamp(), real.timestamp());
    assert_eq!(listing.files[0].size, 1);
    for file in &listing.files {
        let taken = session.take(file, LIMIT).await.expect("taken");
        assert_eq!(taken, Taken::Bytes(b"x".to_vec()), "{file:?}");
    }
    let two = files(&mut session, "[ab].csv").await;
    assert_eq!(two.len(), 2);
    assert!(files(&mut session, "none*").await.is_empty());
    // More names than one answer of the server holds.
    for number in 0..500 {
        put(&sshd, &format!("{number:03}.many"), b"");
    }
    assert_eq!(files(&mut session, "*.many").await.len(), 500);
    session.close().await;
}

#[tokio::test]
async fn folders_are_relative_to_the_login_or_absolute() {
    let sshd = Sshd::start();
    put(&sshd, "a.csv", b"x");
    let absolute = sshd.reports().display().to_string();
    for folder in ["reports", "reports/", "./reports", &absolute] {
        let account = Account {
            folder: folder.to_owned(),
            ..account(&sshd)
        };
        let mut session = connected(&account).await;
        only_file(&mut session).await;
    }
    let missing = Account {
        folder: "nobody/made/it".to_owned(),
        ..account(&sshd)
    };
    let mut session = connected(&missing).await;
    let all = Pattern::new("*").expect("a pattern");
    let fault = session.list(&all).await.expect_err("no such folder");
    assert!(matches!(fault, SftpFault::Remote { .. }), "{fault:?}");
    insta::assert_snapshot!("folder_missing", told(&sshd, &fault));
    let a_file = Account {
        folder: "reports/a.csv".to_owned(),
        ..account(&sshd)
    };
    let mut session = connected(&a_file).await;
    let fault = session.list(&all).await.expect_err("no folder");
    insta::assert_snapshot!("folder_is_a_file", told(&sshd, &fault));

    let closed = Sshd::start_with("-P opendir", "");
    let mut session = connected(&account(&closed)).await;
    let fault = session.list(&all).await.expect_err("not allowed");
    insta::assert_snapshot!("folder_not_allowed", told(&closed, &fault));
}

#[tokio::test]
async fn bodies_come_whole_whatever_their_size() {
    let sshd = Sshd::start();
    for size in [0, 1, 32 * 1024 - 1, 32 * 1024, 32 * 1024 + 1, 900_001] {
        let bytes: Vec<u8> = (0..size).map(|n: usize| (n / 7 % 251) as u8).collect();
        put(&sshd, "a.csv", &bytes);
        let mut session = connected(&account(&sshd)).await;
        let file = only_file(&mut session).await;
        let taken = movable(session.take(&file, LIMIT)).await.expect("taken");
        assert!(taken == Taken::Bytes(bytes), "{size}: {taken:?}");
    }
}

#[tokio::test]
async fn a_file_larger_than_the_limit_is_not_read() {
    let sshd = Sshd::start();
    put(&sshd, "a.csv", &[b'x'; 1001]);
    let mut session = connected(&account(&sshd)).await;
    let file = only_file(&mut session).await;
    let fault = session.take(&file, 1000).await.expect_err("too large");
    assert!(matches!(fault, SftpFault::TooLarge { .. }), "{fault:?}");
    insta::assert_snapshot!("file_too_large", told(&sshd, &fault));
    let taken = session.take(&file, 1001).await.expect("taken");
    assert_eq!(taken, Taken::Bytes(vec![b'x'; 1001]));
}

#[tokio::test]
async fn what_changes_after_it_was_listed_is_taken_next_time() {
    let sshd = Sshd::start();
    let path = sshd.reports().join("a.csv");
    let mut session = connected(&account(&sshd)).await;
    let grows = |path: &Path| {
        let mut file = OpenOptions::new().append(true).open(path).expect("a file");
        file.write_all(b"more").expect("written");
    };
    let shrinks = |path: &Path| fs::write(path, b"").expect("written");
    let other_time = |path: &Path| {
        let file = OpenOptions::new().append(true).open(path).expect("a file");
        let hour = Duration::from_secs(3600);
        file.set_modified(SystemTime::now() - hour).expect("a time");
    };
    type Change<'a> = (&'static str, &'a dyn Fn(&Path));
    let changes: [Change; 3] = [
        ("grows", &grows),
        ("shrinks", &shrinks),
        ("other time", &other_time),
    ];
    for (case, change) in changes {
        put(&sshd, "a.csv", b"begun");
        let file = only_file(&mut session).await;
        change(&path);
        let taken = session.take(&file, LIMIT).await.expect("an answer");
        assert_eq!(taken, Taken::StillWritten, "{case}");
        let file = only_file(&mut session).await;
        let taken = session.take(&file, LIMIT).await.expect("an answer");
        assert!(matches!(taken, Taken::Bytes(_)), "{case}: {taken:?}");
    }
    let file = only_file(&mut session).await;
    fs::remove_file(&path).expect("removed");
    let taken = session.take(&file, LIMIT).await.expect("an answer");
    assert_eq!(taken, Taken::Gone);
}

/// A program that writes on and on while the file is listed and taken, as a transfer does.
#[tokio::test]
async fn a_file_that_keeps_growing_is_never_taken() {
    let sshd = Sshd::start();
    put(&sshd, "a.csv", b"begun\n");
    let path = sshd.reports().join("a.csv");
    let mut writer = Command::new("sh")
        .arg("-c")
        .arg("while [ -e \"$1\" ]; do echo row >>\"$1\"; sleep 0.05; done")
        .arg("sh")
        .arg(&path)
        .spawn()
        .expect("a writer");
    let mut session = connected(&account(&sshd)).await;
    let mut answers = Vec::new();
    for _ in 0..3 {
        let file = only_file(&mut session).await;
        answers.push(session.take(&file, LIMIT).await);
    }
    writer.kill().expect("the writer ends");
    writer.wait().expect("the writer ended");
    for answer in answers {
        assert_eq!(answer.expect("an answer"), Taken::StillWritten);
    }
    let file = only_file(&mut session).await;
    let taken = session.take(&file, LIMIT).await.expect("taken");
    let whole = fs::read(&path).expect("the file");
    assert!(taken == Taken::Bytes(whole));
}

#[tokio::test]
async fn a_file_is_put_away_over_no_other() {
    let sshd = Sshd::start();
    let account = Account {
        processed: Some("reports/done".to_owned()),
        ..account(&sshd)
    };
    let done = sshd.reports().join("done");
    let mut session = connected(&account).await;
    let mut places = Vec::new();
    for bytes in [b"first ", b"second", b"third ", b"fourth"] {
        put(&sshd, "a.csv", bytes);
        // 2026-11-19 04:00 UTC, the same for all, so that the time tells none of them apart.
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_060_800);
        let file = OpenOptions::new()
            .append(true)
            .open(sshd.reports().join("a.csv"));
        file.expect("a file").set_modified(at).expect("a time");
        let file = only_file(&mut session).await;
        let taken = session.take(&file, LIMIT).await.expect("taken");
        assert_eq!(taken, Taken::Bytes(bytes.to_vec()));
        let moved = movable(session.put_away(&file)).await.expect("moved");
        let PutAway::Moved { to } = moved else {
            panic!("not moved")
        };
        assert_eq!(fs::read(&to).expect("the file"), bytes);
        places.push(
            Path::new(&to)
                .strip_prefix(&done)
                .expect("there")
                .to_owned(),
        );
        assert!(!sshd.reports().join("a.csv").exists());
    }
    assert_eq!(
        places,
        [
            "a.csv",
            "a.20261119T040000Z.csv",
            "a.20261119T040000Z.2.csv",
            "a.20261119T040000Z.3.csv"
        ]
        .map(Path::new)
    );
    put(&sshd, "b.txt", b"x");
    symlink("b.txt", sshd.reports().join("b.csv")).expect("a link");
    let link = only_file(&mut session).await;
    let moved = session.put_away(&link).await.expect("moved");
    assert!(matches!(moved, PutAway::Moved { .. }), "{moved:?}");
    assert!(
        sshd.reports().join("b.txt").exists(),
        "what it leads to stays"
    );
    assert!(files(&mut session, "*.csv").await.is_empty());
    session.close().await;
}

#[tokio::test]
async fn what_was_not_taken_in_is_not_put_away() {
    let sshd = Sshd::start();
    let alone = account(&sshd);
    let account = Account {
        processed: Some(sshd.at("login/done").display().to_string()),
        ..account(&sshd)
    };
    let path = sshd.reports().join("a.csv");
    put(&sshd, "a.csv", b"taken in");
    let mut session = connected(&alone).await;
    let file = only_file(&mut session).await;
    let answer = session.put_away(&file).await.expect("an answer");
    assert_eq!(answer, PutAway::LeftAlone);

    let mut session = connected(&account).await;
    let file = only_file(&mut session).await;
    put(&sshd, "a.csv", b"a revision that came meanwhile");
    let answer = session.put_away(&file).await.expect("an answer");
    assert_eq!(answer, PutAway::Changed);
    assert!(path.exists());

    let file = only_file(&mut session).await;
    fs::remove_file(&path).expect("removed");
    let answer = session.put_away(&file).await.expect("an answer");
    assert_eq!(answer, PutAway::Gone);
}

#[tokio::test]
async fn a_folder_that_takes_nothing_says_why() {
    for (name, options, processed) in [
        ("put_away_no_mkdir", "-R", "done"),
        ("put_away_no_rename", "-P rename", "done"),
        ("put_away_same_folder", "", "./reports/../reports"),
        ("put_away_a_file", "", "reports/a.csv"),
        ("put_away_no_parent", "", "not/there"),
    ] {
        let sshd = Sshd::start_with(options, "");
        put(&sshd, "a.csv", b"x");
        let account = Account {
            processed: Some(processed.to_owned()),
            ..account(&sshd)
        };
        let mut session = connected(&account).await;
        let file = only_file(&mut session).await;
        let fault = session.put_away(&file).await.expect_err("refused");
        assert!(matches!(fault, SftpFault::Remote { .. }), "{fault:?}");
        insta::assert_snapshot!(name, told(&sshd, &fault));
        assert!(sshd.reports().join("a.csv").exists(), "{name}");
    }
    let sshd = Sshd::start_with("-P open", "");
    put(&sshd, "a.csv", b"x");
    let mut session = connected(&account(&sshd)).await;
    let file = only_file(&mut session).await;
    let fault = session.take(&file, LIMIT).await.expect_err("refused");
    insta::assert_snapshot!("file_not_allowed", told(&sshd, &fault));
}

#[tokio::test]
async fn a_server_that_is_not_there_or_says_nothing_is_named() {
    let mut sshd = Sshd::start();
    for (name, greeting) in [
        ("server_silent", ""),
        ("server_silent_after_greeting", "SSH-2.0-silent\r\n"),
    ] {
        let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = silent.local_addr().expect("an address").port();
        // Says its greeting, and then nothing until the client leaves.
        let heard = std::thread::spawn(move || {
            let (mut client, _) = silent.accept().expect("a client");
            let patience = Some(Duration::from_secs(20));
            client.set_read_timeout(patience).expect("a deadline");
            client.write_all(greeting.as_bytes()).expect("greeted");
            let mut heard = Vec::new();
            client.read_to_end(&mut heard).map(|_| heard)
        });
        let known_hosts = sshd.at("of_the_silent");
        let lines = sshd.known_hosts_lines();
        let lines = lines.replace(&sshd.port.to_string(), &port.to_string());
        fs::write(&known_hosts, lines).expect("written");
        let fault = refused(&Account {
            port,
            known_hosts,
            user: "name-of-the-user".to_owned(),
            timeout: Duration::from_secs(1),
            ..account(&sshd)
        })
        .await;
        assert!(matches!(fault, SftpFault::Unreachable { .. }), "{fault:?}");
        let told = told(&sshd, &fault).replace(&port.to_string(), "[PORT]");
        insta::assert_snapshot!(name, told);
        // The connection has ended with the fault, or the deadline has.
        let heard = heard.join().expect("the server's thread").expect("an end");
        let heard = String::from_utf8_lossy(&heard);
        assert!(heard.starts_with("SSH-2.0-"), "{heard}");
        assert!(!heard.contains("name-of-the-user"), "{heard}");
    }
    sshd.stop();
    let fault = refused(&account(&sshd)).await;
    assert!(matches!(fault, SftpFault::Unreachable { .. }), "{fault:?}");
    insta::assert_snapshot!("server_not_there", told(&sshd, &fault));
}

#[tokio::test]
async fn a_session_that_is_cut_or_falls_silent_is_named_and_the_next_one_works() {
    let mut sshd = Sshd::start();
    put(&sshd, "a.csv", b"x");
    let mut session = connected(&account(&sshd)).await;
    let file = only_file(&mut session).await;
    sshd.stop();
    let fault = session.take(&file, LIMIT).await.expect_err("cut");
    assert!(matches!(fault, SftpFault::Unreachable { .. }), "{fault:?}");
    insta::assert_snapshot!("session_cut", told(&sshd, &fault));
    session.close().await;

    let mut sshd = Sshd::start();
    put(&sshd, "a.csv", b"x");
    let impatient = Account {
        timeout: Duration::from_secs(1),
        ..account(&sshd)
    };
    let mut session = connected(&impatient).await;
    let file = only_file(&mut session).await;
    sshd.freeze_sessions();
    let fault = session.take(&file, LIMIT).await.expect_err("silence");
    assert!(matches!(fault, SftpFault::Unreachable { .. }), "{fault:?}");
    insta::assert_snapshot!("session_silent", told(&sshd, &fault));
    session.close().await;

    let mut session = connected(&account(&sshd)).await;
    let file = only_file(&mut session).await;
    let taken = session.take(&file, LIMIT).await.expect("taken");
    assert_eq!(taken, Taken::Bytes(b"x".to_vec()));
    session.close().await;
    sshd.stop();
}
