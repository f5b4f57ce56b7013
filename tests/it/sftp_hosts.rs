//! Whether a server is the one that was meant: `known_hosts` against a real OpenSSH server.

use std::fs;
use std::process::Command;

use rekon::sources::sftp::{Account, HostKeyFault, Session, SftpFault};

use crate::sftp::{account, connected, refused, told};
use crate::sshd::Sshd;

fn verdict(fault: &SftpFault) -> &'static str {
    match fault {
        SftpFault::HostKey { reason, .. } => match reason {
            HostKeyFault::NoFile { .. } => "no file",
            HostKeyFault::Unknown { .. } => "unknown",
            HostKeyFault::Changed { .. } => "changed",
            HostKeyFault::Revoked { .. } => "revoked",
            HostKeyFault::RevokedUnreadable { .. } => "revoked unreadable",
        },
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn known_hosts_is_read_as_openssh_reads_it() {
    let sshd = Sshd::start();
    let ed = sshd.known_hosts_line("ed25519");
    let rsa = sshd.known_hosts_line("rsa");
    let ed_key = ed.split_once(' ').expect("a line").1.trim().to_owned();
    let name = format!("[127.0.0.1]:{}", sshd.port);
    let strange = fs::read_to_string(sshd.at("id_stranger.pub")).expect("a key");
    let strange = strange.trim();
    let hashed = sshd.at("hashed");
    fs::write(&hashed, ed.clone() + &rsa).expect("written");
    let made = Command::new("ssh-keygen")
        .arg("-H")
        .arg("-f")
        .arg(&hashed)
        .output();
    assert!(made.expect("ssh-keygen runs").status.success());
    let hashed = fs::read_to_string(&hashed).expect("hashed");
    assert!(hashed.starts_with("|1|"), "{hashed}");
    let good = "accepted";
    let cases: Vec<(&str, &str, String)> = vec![
        ("both keys", good, ed.clone() + &rsa),
        ("the first kind alone", good, ed.clone()),
        ("the other kind alone", good, rsa.clone()),
        ("hashed", good, hashed),
        (
            "one of several names",
            good,
            format!("sftp.example,{name} {ed_key}"),
        ),
        ("a pattern", good, format!("[127.*.?]:* {ed_key}")),
        (
            "tabs, blanks, comments",
            good,
            format!(
                "# {name} x y\n\n \t{}\tfinance\n",
                ed.trim().replace(' ', "\t")
            ),
        ),
        (
            "comment in another encoding's place",
            good,
            format!("{} caf\u{fffd}\n", ed.trim()),
        ),
        (
            "an old key beside the new",
            good,
            format!("{name} {strange}\n{ed}"),
        ),
        (
            "another key revoked",
            good,
            format!("@revoked * {strange}\n{ed}"),
        ),
        (
            "one kind revoked, the other shown",
            good,
            format!("@revoked {ed}{rsa}"),
        ),
        ("empty", "unknown", String::new()),
        ("without the port", "unknown", format!("127.0.0.1 {ed_key}")),
        ("another port", "unknown", format!("[127.0.0.1]:1 {ed_key}")),
        ("negated", "unknown", format!("*,!{name} {ed_key}")),
        ("commented out", "unknown", format!("#{ed}")),
        ("an authority", "unknown", format!("@cert-authority {ed}")),
        ("an unknown marker", "unknown", format!("@trusted {ed}")),
        ("cut off", "unknown", ed[..ed.len() - 20].to_owned()),
        (
            "another kind's name",
            "unknown",
            ed.replace("ssh-ed25519", "ssh-rsa"),
        ),
        ("another key", "changed", format!("{name} {strange}")),
        ("revoked", "revoked", format!("{ed}@revoked {ed}")),
        (
            "revoked for all",
            "revoked",
            format!("{ed}@revoked * {ed_key}"),
        ),
        (
            "revoked at any port",
            "revoked",
            format!("{ed}@revoked 127.0.0.1 {ed_key}"),
        ),
        (
            "revoked, unreadable",
            "revoked unreadable",
            format!("{ed}@revoked {name} ssh-ed25519 AAAA"),
        ),
    ];
    let known_hosts = sshd.at("of_the_case");
    let account = Account {
        known_hosts: known_hosts.clone(),
        ..account(&sshd)
    };
    for (case, expected, lines) in cases {
        fs::write(&known_hosts, &lines).expect("written");
        let got = match Session::connect(&account).await {
            Ok(session) => {
                session.close().await;
                good
            }
            Err(fault) => verdict(&fault),
        };
        assert_eq!(got, expected, "{case}:\n{lines}");
    }
    fs::write(&known_hosts, ed.replace("127.0.0.1", "LOCALHOST")).expect("written");
    let named = Account {
        host: "LocalHost".to_owned(),
        ..account
    };
    connected(&named).await.close().await;
}

#[tokio::test]
async fn a_host_that_is_not_the_one_gets_nothing() {
    let mut sshd = Sshd::start();
    let known_hosts = sshd.known_hosts();
    let ed = sshd.known_hosts_line("ed25519");
    let fault_with = async |sshd: &Sshd, lines: &str| {
        fs::write(&known_hosts, lines).expect("written");
        refused(&account(sshd)).await
    };
    let fault = fault_with(&sshd, "# nobody yet\n").await;
    let shown = format!("{fault}");
    let real = Command::new("ssh-keygen")
        .arg("-lf")
        .arg(sshd.at("host_ed25519.pub"))
        .output();
    let real = String::from_utf8(real.expect("ssh-keygen runs").stdout).expect("UTF-8");
    let fingerprint = real.split_whitespace().nth(1).expect("a fingerprint");
    assert!(shown.contains(fingerprint), "{shown} has not {fingerprint}");
    insta::assert_snapshot!("host_unknown", told(&sshd, &fault));
    let authority = format!("# ours\n\n@cert-authority {ed}");
    let fault = fault_with(&sshd, &authority).await;
    insta::assert_snapshot!("host_unknown_authority", told(&sshd, &fault));
    let fault = fault_with(&sshd, &format!("@revoked {ed}")).await;
    insta::assert_snapshot!("host_revoked", told(&sshd, &fault));
    let fault = fault_with(&sshd, "@revoked * ssh-ed25519 AAAA\n").await;
    insta::assert_snapshot!("host_revoked_unreadable", told(&sshd, &fault));

    fs::write(&known_hosts, format!("# ours\n{ed}")).expect("written");
    sshd.change_host_keys();
    let fault = refused(&account(&sshd)).await;
    insta::assert_snapshot!("host_changed", told(&sshd, &fault));

    fs::remove_file(&known_hosts).expect("removed");
    let fault = refused(&account(&sshd)).await;
    assert_eq!(verdict(&fault), "no file");
    insta::assert_snapshot!("host_no_file", told(&sshd, &fault));
    let user = format!("user {} ", sshd.user);
    assert!(!sshd.log().contains(&user), "{}", sshd.log());
}
