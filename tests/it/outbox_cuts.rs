//! Deliveries cut at a great many bytes and killed at every sync: each recipient has the mail in the
//! end, twice at the most, and twice only where the state had said that it may be.

use std::collections::BTreeMap;
use std::sync::Mutex;

use serde_json::Value;

use crate::faults::{injected, was_injected};
use crate::harness::{Workspace, tries};
use crate::mailbox_cuts::in_parallel;
use crate::outbox::{copy, mails, pauses_pass, queued, sql, stored};
use crate::postfix::Postfix;
use crate::proxy::{From, Mode, Proxy, Reach};
use crate::smtp_sink::Sink;

/// The one mail of a workspace.
fn mail(workspace: &Workspace, what: &str) -> Value {
    let mails = mails(workspace);
    let mut all = mails.as_object().expect("mails").values();
    let one = all.next().unwrap_or_else(|| panic!("{what}: no mail"));
    one.clone()
}

fn doubtful(mail: &Value) -> bool {
    let history = mail["history"].as_array().expect("a history");
    history.iter().any(|one| one["state"] == "uncertain")
}

#[test]
fn cut_anywhere_no_mail_is_lost_and_none_is_doubled_unsaid() {
    // The words before the mail, and the mail; its end byte by byte.
    let (apart, end, from_server) = (tries(30, 80) as u64, 40, tries(20, 40) as u64);
    let from_client = 2 * apart + end;
    let postfix = Postfix::start();
    let base = queued(&["whole@merchant.example"]);
    let proxy = Proxy::start(postfix.port());
    let whole = copy(&base, &format!("smtp://127.0.0.1:{}", proxy.port()));
    whole.run(["deliver"]).exits(0);
    let traffic = proxy.traffic()[0];
    let body = stored(&base).len() as u64;
    assert!(traffic.from_client > body);
    let envelope = traffic.from_client - body;

    let states: Mutex<BTreeMap<String, usize>> = Mutex::default();
    let ended: Mutex<Vec<(String, String, Value)>> = Mutex::default();
    in_parallel((from_client + from_server) as usize, 8, |case| {
        let total = traffic.from_client;
        let (side, at) = match case as u64 {
            case if case < apart => (From::Client, envelope * case / apart),
            case if case < 2 * apart => (From::Client, envelope + body * (case - apart) / apart),
            case if case < from_client => (From::Client, total - (case - 2 * apart)),
            case => (
                From::Server,
                traffic.from_server * (case - from_client) / (from_server - 1),
            ),
        };
        let what = format!("cut after byte {at} from the {side:?}");
        let proxy = Proxy::start(postfix.port());
        proxy.arm(Mode::Cut(side, at), Reach::Every);
        let workspace = copy(&base, &format!("smtp://127.0.0.1:{}", proxy.port()));
        let user = format!("case{case}");
        let to = format!("UPDATE outbox SET recipient = '{user}@merchant.example'");
        sql(&workspace, &to);
        let output = workspace.run(["deliver"]);
        let said = mail(&workspace, &what);
        let state = said["state"].as_str().expect("a state").to_owned();
        let code = if state == "sent" { 0 } else { 69 };
        let output = output.exits(code);
        assert!(
            ["sent", "deferred", "uncertain"].contains(&&*state),
            "{what}: {state} {}",
            output.transcript()
        );
        *states.lock().expect("no panic").entry(state).or_default() += 1;

        // The line is whole again.
        proxy.arm(Mode::Transparent, Reach::Every);
        pauses_pass(&workspace);
        workspace.run(["deliver"]).exits(0);
        let said = mail(&workspace, &what);
        assert_eq!(said["state"], "sent", "{what}");
        ended.lock().expect("no panic").push((user, what, said));
    });
    postfix.drained();
    let mut doubled = 0;
    for (user, what, said) in ended.into_inner().expect("no panic") {
        let took = postfix.delivered(&user);
        let most = if doubtful(&said) { 2 } else { 1 };
        assert!(
            (1..=most).contains(&took.len()),
            "{what}: {} copies, {said}",
            took.len()
        );
        let id = format!(
            "Message-ID: <{}>",
            said["message_id"].as_str().expect("an id")
        );
        for path in &took {
            let bytes = std::fs::read(path).expect("a mail");
            assert!(String::from_utf8_lossy(&bytes).contains(&id), "{what}");
        }
        doubled += usize::from(took.len() == 2);
    }
    let states = states.into_inner().expect("no panic");
    let (deferred, uncertain) = (states["deferred"], states["uncertain"]);
    assert!(deferred >= apart as usize && uncertain >= 10, "{states:?}");
    // The window is there: some of the answers that were cut off had been a yes.
    assert!(doubled >= 1, "{states:?}");
}

#[test]
fn killed_at_any_sync_of_a_delivery_nothing_is_lost() {
    let sink = Sink::start();
    let everybody = ["a@merchant.example", "b@merchant.example"];
    let base = queued(&everybody);
    let bytes = stored(&base);
    let mut kills = 0;
    let mut doubled = 0;
    for call in ["fsync,fdatasync", "sendto,sendmsg,writev"] {
        for at in 1.. {
            sink.empty();
            let workspace = copy(&base, &format!("smtp://127.0.0.1:{}", sink.port()));
            let inject = format!("inject={call}:signal=SIGKILL:when={at}");
            injected(&workspace, &inject, &["deliver", "-c", "rekon.toml"]);
            if !was_injected(&workspace) {
                break;
            }
            kills += 1;
            let what = format!("{call} {at}");
            workspace.run(["deliver"]).exits(0);
            let mails = mails(&workspace);
            let took = sink.taken();
            assert!(took.iter().all(|one| one.bytes == bytes), "{what}");
            for to in everybody {
                let mail = &mails[&to[..1]];
                assert_eq!(mail["state"], "sent", "{what}: {mail}");
                let copies = took.iter().filter(|one| one.to == to).count();
                let most = if doubtful(mail) { 2 } else { 1 };
                assert!((1..=most).contains(&copies), "{what}: {copies} to {to}");
                doubled += usize::from(copies == 2);
            }
            workspace.run(["verify"]).exits(0);
        }
    }
    assert!(kills >= 15, "only {kills} places to die at");
    assert!(doubled >= 1, "the uncertain window was never met");
}
