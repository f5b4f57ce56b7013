//! Mail through a real Postfix that wants TLS and a login, and through servers that stand still.

use std::time::Duration;

use rekon::credential::Credential;
use rekon::mail::{
    Deadlines, FaultKind, Login, Reach, Security, SmtpServer, Transport, send, try_login,
};
use serde_json::json;

use crate::certificates::certificates;
use crate::dovecot::{Dovecot, PASSWORD, USER};
use crate::harness::{Output, Workspace};
use crate::outbox::{aim, copy, mails, pauses_pass, queued, stored};
use crate::postfix::{Postfix, wait};
use crate::smtp_sink::Sink;

/// A service that speaks TLS from the first byte, with one of the certificates.
fn smtps(certificate: &str) -> String {
    format!(
        "-o smtpd_tls_wrappermode=yes -o smtpd_tls_security_level=encrypt \
         -o smtpd_tls_cert_file=$config_directory/{certificate}.pem \
         -o smtpd_tls_key_file=$config_directory/{certificate}.key"
    )
}

/// Delivers with a password, trusting the authority of the tests.
fn deliver(workspace: &Workspace, args: &[&str], password: &str) -> Output {
    workspace.put("ca.pem", &certificates().ca);
    let ca = workspace.path().join("ca.pem");
    let ca = ca.to_str().expect("UTF-8");
    workspace.put("smtp.password", password);
    workspace.run_with(args, &[("SSL_CERT_FILE", ca)])
}

fn with_login(workspace: &Workspace) {
    let config = workspace.read("rekon.toml");
    let login = "password = \"file:smtp.password\"\nfrom      =";
    workspace.put("rekon.toml", config.replace("from      =", login));
}

#[test]
fn a_postfix_that_wants_tls_and_a_login_gets_both() {
    let dovecot = Dovecot::start();
    let main = format!(
        "smtpd_sasl_type = dovecot\n\
         smtpd_sasl_path = {}\n\
         smtpd_sasl_auth_enable = yes\n\
         smtpd_tls_auth_only = yes\n\
         smtpd_tls_cert_file = $config_directory/good.pem\n\
         smtpd_tls_key_file = $config_directory/good.key\n\
         smtpd_relay_restrictions = permit_sasl_authenticated, reject\n",
        dovecot.sasl_socket().display()
    );
    let wants_login = "-o smtpd_recipient_restrictions=check_recipient_access,\
        texthash:$config_directory/access,permit_sasl_authenticated,reject";
    let postfix = Postfix::with(
        &main,
        &[
            &format!("-o smtpd_tls_security_level=encrypt {wants_login}"),
            &format!("{} {wants_login}", smtps("good")),
            &format!("-o smtpd_tls_security_level=none {wants_login}"),
        ],
    );
    let [starttls, implicit, none] = postfix.ports() else {
        panic!("three services");
    };
    // `localhost` spelt so is not taken for a loopback that may be plain.
    let encrypted = format!("smtp://{USER}@Localhost:{starttls}");
    let base = queued(&["finance@merchant.example", "cfo@merchant.example"]);
    with_login(&base);

    // A wrong password is nobody's mail; one login is tried, and after the fix all of it leaves.
    let workspace = copy(&base, &encrypted);
    let told = deliver(&workspace, &["deliver"], "wrong").exits(77).stderr;
    assert!(told.contains("while logging in"), "{told}");
    assert!(!told.contains("wrong"), "{told}");
    for to in ["finance", "cfo"] {
        assert_eq!(mails(&workspace)[to]["state"], "deferred", "{told}");
    }
    let refused = || postfix.log().matches("authentication failed").count();
    wait("the log", || (refused() > 0).then_some(()));
    assert_eq!(refused(), 1, "{}", postfix.log());
    let told = deliver(&workspace, &["check"], "wrong").exits(77).stdout;
    assert!(told.contains("FAIL  mail"), "{told}");
    pauses_pass(&workspace);
    deliver(&workspace, &["deliver"], PASSWORD).exits(0);
    let told = deliver(&workspace, &["check"], PASSWORD).exits(0).stdout;
    assert!(told.contains("answers and takes the login"), "{told}");
    postfix.drained();
    for to in ["finance", "cfo"] {
        let took = postfix.delivered(to);
        assert_eq!(took.len(), 1, "{to}\n{}", postfix.log());
        let bytes = std::fs::read(&took[0]).expect("a mail");
        // Postfix puts its headers on top and keeps lines as its system does.
        let sent = String::from_utf8(stored(&workspace)).expect("ASCII");
        let sent = sent.replace("\r\n", "\n");
        assert!(
            bytes.ends_with(sent.as_bytes()),
            "{to}: not the stored bytes"
        );
    }
    assert!(postfix.log().contains(&format!("sasl_username={USER}")));

    let workspace = copy(&base, &format!("smtps://{USER}@localhost:{implicit}"));
    deliver(&workspace, &["deliver"], PASSWORD).exits(0);

    // Never plain, and the operator's fix makes it go.
    let workspace = copy(&base, &format!("smtp://{USER}@Localhost:{none}"));
    let told = deliver(&workspace, &["deliver"], PASSWORD).exits(69).stderr;
    assert!(told.contains("does not offer STARTTLS"), "{told}");
    assert_eq!(mails(&workspace)["cfo"]["state"], "deferred");
    aim(&workspace, &encrypted);
    pauses_pass(&workspace);
    deliver(&workspace, &["deliver"], PASSWORD).exits(0);
    postfix.drained();
    assert_eq!(postfix.delivered("finance").len(), 3);
}

#[test]
fn a_certificate_that_cannot_be_trusted_puts_mail_off_and_is_named() {
    let services = ["expired", "elsewhere", "untrusted", "good"].map(smtps);
    let postfix = Postfix::with("", &services.each_ref().map(String::as_str));
    let base = queued(&["finance@merchant.example"]);
    for (port, words) in postfix
        .ports()
        .iter()
        .zip(["xpired", "name", "UnknownIssuer", ""])
    {
        let workspace = copy(&base, &format!("smtps://localhost:{port}"));
        if words.is_empty() {
            deliver(&workspace, &["deliver"], "").exits(0);
            continue;
        }
        let told = deliver(&workspace, &["deliver"], "").exits(69).stderr;
        assert!(told.contains("its certificate is not accepted"), "{told}");
        assert!(told.contains(words), "{told}");
        assert_eq!(mails(&workspace)["finance"]["state"], "deferred");
    }
}

#[test]
fn postfix_answers_each_recipient_its_own_way_and_says_what_is_too_big() {
    let postfix = Postfix::with("", &["-o message_size_limit=20000", ""]);
    let [small, large] = postfix.ports() else {
        panic!("two services");
    };
    let to = ["finance", "nobody", "later"].map(|to| format!("{to}@merchant.example"));
    let base = queued(&to.each_ref().map(String::as_str));
    let size = stored(&base).len();
    assert!(size > 20_000, "{size}");

    let workspace = copy(&base, &format!("smtp://127.0.0.1:{small}"));
    let told = workspace.run(["deliver"]).exits(69).stderr;
    for words in [
        &format!("it has {size} bytes"),
        "takes 20000 at most",
        "attachment_limit",
    ] {
        assert!(told.contains(words), "{told}");
    }

    let workspace = copy(&base, &format!("smtp://127.0.0.1:{large}"));
    let output = workspace.run(["deliver"]).exits(69);
    for words in ["nobody@merchant.example: failed", "no such recipient"] {
        assert!(output.stderr.contains(words), "{}", output.stderr);
    }
    for words in ["later@merchant.example: deferred", "greylisted"] {
        assert!(output.stderr.contains(words), "{}", output.stderr);
    }
    assert!(output.stdout.contains("finance@merchant.example: sent ("));
    postfix.put("access", "");
    postfix.command("reload");
    pauses_pass(&workspace);
    workspace.run(["deliver"]).exits(0);
    postfix.drained();
    for (to, copies) in [("finance", 1), ("nobody", 0), ("later", 1)] {
        assert_eq!(postfix.delivered(to).len(), copies, "{to}");
    }
}

/// Each step has its own deadline, and where the server stood still says what may have happened.
#[tokio::test]
async fn a_server_that_stands_still_is_left_at_the_deadline_of_its_phase() {
    let sink = Sink::start();
    let short = Duration::from_millis(300);
    // Long enough that a test that waits for the wrong one never ends.
    let long = Duration::from_secs(3600);
    let all_long = Deadlines {
        connect: long,
        command: long,
        block: long,
        answer: long,
    };
    let connect = Deadlines {
        connect: short,
        ..all_long
    };
    let command = Deadlines {
        command: short,
        ..all_long
    };
    let answer = Deadlines {
        answer: short,
        ..all_long
    };
    let server = |deadlines| SmtpServer {
        host: "127.0.0.1".to_owned(),
        port: sink.port(),
        security: Security::PlainLoopback,
        login: Some(Login {
            user: "rekon".to_owned(),
            credential: Credential::Password("right".to_owned().into()),
        }),
        deadlines,
    };
    for (phase, deadlines, kind, doing) in [
        ("greeting", connect, FaultKind::Transient, "connecting"),
        ("ehlo", connect, FaultKind::Transient, "connecting"),
        ("auth", command, FaultKind::Transient, "logging in"),
        ("mail", command, FaultKind::Transient, "naming the sender"),
        (
            "rcpt",
            command,
            FaultKind::Transient,
            "naming the recipient",
        ),
        ("data", command, FaultKind::Transient, "asking to send"),
        (
            "dot",
            answer,
            FaultKind::Uncertain,
            "answer to the whole mail",
        ),
    ] {
        sink.script(json!({ phase: "stall" }));
        let transport = Transport::Smtp(server(deadlines));
        let (from, to) = ("rekon@merchant.example", "finance@merchant.example");
        let fault = send(
            &transport,
            from,
            to,
            "unused.eml",
            b"Subject: x\r\n\r\n.x\r\n",
        )
        .await
        .expect_err("no answer");
        assert_eq!((fault.kind, fault.reach), (kind, Reach::Server), "{fault}");
        assert!(fault.said.contains(doing), "{phase}: {fault}");
        assert!(fault.said.contains("no answer within 0.3 s"), "{fault}");
        assert_eq!(sink.taken(), [], "{phase}");
    }
    // A goodbye that never comes changes nothing about a mail that was taken.
    sink.script(json!({}));
    let transport = Transport::Smtp(server(all_long));
    try_login(&transport).await.expect("the login is right");
    let body = b"Subject: x\r\n\r\n.x\r\n..\r\nlast\r\n";
    let (from, to) = ("rekon@merchant.example", "finance@merchant.example");
    send(&transport, from, to, "unused.eml", body)
        .await
        .expect("taken");
    // The server may take the mail whose sender it had kept waiting as well.
    let taken = sink.taken();
    assert!(taken.iter().any(|mail| mail.bytes == body), "{taken:?}");
}
