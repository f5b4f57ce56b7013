//! The outbox: what becomes of a mail for everything a server can do, and what people decide.

use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::bills::{self, put, report};
use crate::harness::{Workspace, files_below};
use crate::postfix::wait;
use crate::smtp_sink::Sink;

const DAY: &str = "2026-11-18";

/// A workspace whose report was queued for these recipients and never tried.
pub fn queued(to: &[&str]) -> Workspace {
    let booked = ("2026-11-18 08:00:00", "A", 100_000, "success");
    let workspace = bills::workspace("", &[booked]);
    let sold = report(&[("2026-11-18 08:00:00", "A", 100_000)]);
    put(&workspace, "inbox/biller_20261118.csv", sold, 60);
    let to = to.iter().map(|to| format!("\"{to}\""));
    let to = to.collect::<Vec<_>>().join(", ");
    let config = workspace
        .read("rekon.toml")
        .replace("\"finance@merchant.example\"", &to)
        // Nobody listens there.
        .replace("directory:mail", "smtp://127.0.0.1:1");
    workspace.put("rekon.toml", config);
    workspace.run(["run", "--date", DAY]).exits(69);
    sql(
        &workspace,
        "UPDATE outbox SET state = 'queued', attempts = 0, last_answer = '', next_attempt = '', \
         attempted_at = ''; DELETE FROM outbox_attempts",
    );
    workspace
}

/// A copy as it stands, whose mail goes to another server.
pub fn copy(workspace: &Workspace, transport: &str) -> Workspace {
    let copy = Workspace::copy_of(workspace.path().to_str().expect("UTF-8"));
    aim(&copy, transport);
    copy
}

pub fn aim(workspace: &Workspace, transport: &str) {
    let config = workspace.read("rekon.toml");
    let before = config
        .lines()
        .find(|line| line.starts_with("transport"))
        .expect("a transport");
    let line = format!("transport = \"{transport}\"");
    workspace.put("rekon.toml", config.replace(before, &line));
}

/// Changes the state as if rekon had: it is sealed as it then stands.
pub fn sql(workspace: &Workspace, sql: &str) {
    let sealed = format!("{sql}; DELETE FROM sealed_tables");
    workspace.change_ledger("state/state.db", &sealed);
}

/// As if every pause had passed.
pub fn pauses_pass(workspace: &Workspace) {
    let past = "2026-01-01T00:00:00.000Z";
    let set = format!("UPDATE outbox SET next_attempt = '{past}' WHERE next_attempt <> ''");
    sql(workspace, &set);
}

/// Every mail of the outbox by its recipient's name before the `@`.
pub fn mails(workspace: &Workspace) -> Value {
    let listed = workspace.run(["outbox", "list", "--all", "--json"]);
    let mut mails = json!({});
    for mail in listed.exits(0).json().as_array().expect("mails") {
        let to = mail["recipient"].as_str().expect("a recipient");
        mails[to.split('@').next().expect("a name")] = mail.clone();
    }
    mails
}

fn states(workspace: &Workspace) -> String {
    let mails = mails(workspace);
    let state = |(to, mail): (&String, &Value)| {
        let (state, attempts) = (mail["state"].as_str().unwrap_or("?"), &mail["attempts"]);
        format!("{to} {state} {attempts}")
    };
    let mails = mails.as_object().expect("mails").iter();
    mails.map(state).collect::<Vec<_>>().join(", ")
}

/// The mail as it lies in the archive.
pub fn stored(workspace: &Workspace) -> Vec<u8> {
    let mails = mails(workspace);
    let mail = mails.as_object().expect("mails").values().next();
    let sha = mail.expect("a mail")["sha256"].as_str().expect("a hash");
    let path = format!("archive/{}/{sha}", &sha[..2]);
    std::fs::read(workspace.path().join(path)).expect("the mail")
}

fn local(port: u16) -> String {
    format!("smtp://127.0.0.1:{port}")
}

/// (script, state after it, exit code, taken then, taken in the end, words of the answer)
type Row = (Value, &'static str, i32, usize, usize, &'static str);

#[test]
fn what_a_server_does_in_each_phase_decides_what_becomes_of_the_mail() {
    let table: [Row; 28] = [
        (
            json!({"greeting": "421 4.3.2 too busy"}),
            "deferred",
            69,
            0,
            1,
            "too busy",
        ),
        (
            json!({"greeting": "554 no service here"}),
            "deferred",
            69,
            0,
            1,
            "no service",
        ),
        (
            json!({"greeting": "cut"}),
            "deferred",
            69,
            0,
            1,
            "connecting",
        ),
        (
            json!({"ehlo": "502 5.5.1 not known"}),
            "deferred",
            69,
            0,
            1,
            "not known",
        ),
        (json!({"ehlo": "cut"}), "deferred", 69, 0, 1, "connecting"),
        (
            json!({"mail": "451 4.3.0 try later"}),
            "deferred",
            69,
            0,
            1,
            "naming the sender",
        ),
        (
            json!({"mail": "421 4.7.0 go away"}),
            "deferred",
            69,
            0,
            1,
            "go away",
        ),
        (
            json!({"mail": "530 5.7.0 log in first"}),
            "deferred",
            77,
            0,
            1,
            "log in first",
        ),
        (
            json!({"mail": "550 5.7.1 not you"}),
            "deferred",
            69,
            0,
            1,
            "not you",
        ),
        (
            json!({"mail": "552 5.3.4 too big"}),
            "failed",
            69,
            0,
            1,
            "attachment_limit",
        ),
        (
            json!({"mail": "cut"}),
            "deferred",
            69,
            0,
            1,
            "naming the sender",
        ),
        (
            json!({"rcpt": "450 4.2.0 greylisted"}),
            "deferred",
            69,
            0,
            1,
            "greylisted",
        ),
        (
            json!({"rcpt": "421 4.7.0 too many"}),
            "deferred",
            69,
            0,
            1,
            "too many",
        ),
        (
            json!({"rcpt": "550 5.1.1 nobody"}),
            "failed",
            69,
            0,
            1,
            "nobody",
        ),
        (
            json!({"rcpt": "552 5.2.2 over quota"}),
            "failed",
            69,
            0,
            1,
            "over quota",
        ),
        (
            json!({"rcpt": "cut"}),
            "deferred",
            69,
            0,
            1,
            "naming the recipient",
        ),
        (
            json!({"data": "451 4.3.0 no room"}),
            "deferred",
            69,
            0,
            1,
            "no room",
        ),
        (
            json!({"data": "554 5.5.1 no"}),
            "failed",
            69,
            0,
            1,
            "asking to send",
        ),
        (json!({"data": "250 what?"}), "deferred", 69, 0, 1, "354"),
        (
            json!({"data": "cut"}),
            "deferred",
            69,
            0,
            1,
            "asking to send",
        ),
        (
            json!({"dot": "451 4.3.0 no disk"}),
            "deferred",
            69,
            0,
            1,
            "no disk",
        ),
        (
            json!({"dot": "421 4.3.2 going down"}),
            "deferred",
            69,
            0,
            1,
            "going down",
        ),
        (
            json!({"dot": "552 5.3.4 too big"}),
            "failed",
            69,
            0,
            1,
            "attachment_limit",
        ),
        (
            json!({"dot": "554 5.7.1 looks like spam"}),
            "failed",
            69,
            0,
            1,
            "spam",
        ),
        (
            json!({"dot": "cut"}),
            "uncertain",
            69,
            0,
            1,
            "answer to the whole mail",
        ),
        (json!({"dot": "354 what?"}), "uncertain", 69, 0, 1, "354"),
        (
            json!({"dot": "taken, then cut"}),
            "uncertain",
            69,
            1,
            2,
            "answer to the whole mail",
        ),
        (json!({"size": 1000}), "failed", 69, 0, 1, "SIZE"),
    ];
    let sink = Sink::start();
    let base = queued(&["finance@merchant.example"]);
    let bytes = stored(&base);
    for (script, state, code, taken, finally, words) in table {
        let workspace = copy(&base, &local(sink.port()));
        sink.empty();
        sink.script(script.clone());
        let told = workspace.run(["deliver"]).exits(code).stderr;
        let mail = mails(&workspace)["finance"].clone();
        assert_eq!(mail["state"], state, "{script}: {told}");
        assert!(told.contains(words), "{script}: {told}");
        assert!(!told.contains("panicked"), "{script}: {told}");
        assert_eq!(sink.taken().len(), taken, "{script}");
        assert_eq!(mail["attempts"], 1, "{script}");
        assert_eq!(
            mail["history"].as_array().map(Vec::len),
            Some(1),
            "{script}"
        );

        // The pause is kept; after it, and where it was refused for good when a person says so, it
        // leaves: the same bytes.
        sink.script(json!({}));
        let told = workspace.run(["deliver"]).exits(0).stdout;
        assert!(
            told.contains("Nothing is queued and due"),
            "{script}: {told}"
        );
        pauses_pass(&workspace);
        let id = mail["id"].as_str().expect("an id");
        let output = match state {
            "failed" => {
                let told = workspace.run(["deliver"]).exits(0).stdout;
                assert!(
                    told.contains("Nothing is queued and due"),
                    "{script}: {told}"
                );
                workspace.run(["outbox", "resend", id])
            }
            _ => workspace.run(["deliver"]),
        };
        let told = output.exits(0).stdout;
        assert_eq!(
            told.contains("may have arrived"),
            state == "uncertain",
            "{told}"
        );
        assert_eq!(states(&workspace), "finance sent 2", "{script}");
        let took = sink.taken();
        assert_eq!(took.len(), finally, "{script}");
        assert!(took.iter().all(|one| one.bytes == bytes), "{script}");
        workspace.run(["deliver"]).exits(0);
        workspace.run(["verify"]).exits(0);
        assert_eq!(sink.taken().len(), finally, "{script}");
    }
}

#[test]
fn a_recipient_who_is_refused_holds_nobody_up() {
    let sink = Sink::start();
    let everybody = ["a", "b", "c", "d"].map(|name| format!("{name}@merchant.example"));
    let workspace = queued(&everybody.each_ref().map(String::as_str));
    aim(&workspace, &local(sink.port()));
    sink.script(json!({
        "rcpt a@merchant.example": "550 5.1.1 nobody",
        "rcpt b@merchant.example": "450 4.2.0 later",
        "dot c@merchant.example": "cut",
    }));
    let output = workspace.run(["deliver"]).exits(69);
    assert_eq!(
        states(&workspace),
        "a failed 1, b deferred 1, c uncertain 1, d sent 1"
    );
    // One line for each.
    let lines: Vec<&str> = output.stdout.lines().chain(output.stderr.lines()).collect();
    assert_eq!(lines.len(), 4, "{lines:#?}");
    assert_eq!(sink.taken().len(), 1);
    let status = workspace.run(["status"]).exits(0).stdout;
    assert!(status.contains("was refused for good"), "{status}");
    assert!(!status.contains("overdue"), "{status}");
}

#[test]
fn a_server_that_is_away_is_tried_once_a_delivery_and_nobody_is_passed_over() {
    let everybody = ["a", "b", "c"].map(|name| format!("{name}@merchant.example"));
    let workspace = queued(&everybody.each_ref().map(String::as_str));
    let told = workspace.run(["deliver"]).exits(69).stderr;
    assert_eq!(told.matches("not tried").count(), 2, "{told}");
    assert_eq!(told.matches("refused").count(), 3, "{told}");
    assert_eq!(
        states(&workspace),
        "a deferred 1, b deferred 0, c deferred 0"
    );
    for tried in [
        "a deferred 1, b deferred 1, c deferred 0",
        "a deferred 1, b deferred 1, c deferred 1",
        "a deferred 2, b deferred 1, c deferred 1",
    ] {
        pauses_pass(&workspace);
        workspace.run(["deliver"]).exits(69);
        assert_eq!(states(&workspace), tried);
    }
}

#[test]
fn attempts_end_after_five_days_and_that_is_loud() {
    let workspace = queued(&["finance@merchant.example"]);
    workspace.run(["deliver"]).exits(69);
    let next = |workspace: &Workspace| -> chrono::DateTime<chrono::Utc> {
        let mails = mails(workspace);
        let at = mails["finance"]["next_attempt"].as_str().expect("a pause");
        at.parse().expect("an instant")
    };
    let pause = next(&workspace) - chrono::Utc::now();
    assert!((3..=5).contains(&pause.num_minutes()), "{pause}");
    sql(
        &workspace,
        "UPDATE outbox_attempts SET at = '2026-01-01T00:00:00.000Z'",
    );
    pauses_pass(&workspace);
    let told = workspace.run(["deliver"]).exits(69).stderr;
    assert!(told.contains("given up after 5 days"), "{told}");
    assert_eq!(states(&workspace), "finance failed 2");
    for args in [["status"], ["check"]] {
        let told = workspace.run(args).stdout;
        assert!(told.contains("was refused for good"), "{args:?}: {told}");
    }
    let history = mails(&workspace)["finance"]["history"].clone();
    assert_eq!(history[0]["state"], "deferred");
    assert_eq!(history[1]["state"], "failed");
}

#[test]
fn a_mail_without_an_answer_goes_out_twice_and_then_a_person_decides() {
    let sink = Sink::start();
    let workspace = queued(&["finance@merchant.example"]);
    aim(&workspace, &local(sink.port()));
    sink.script(json!({"dot": "taken, then cut"}));
    workspace.run(["deliver"]).exits(69);
    pauses_pass(&workspace);
    let told = workspace.run(["deliver"]).exits(69).stderr;
    let id = mails(&workspace)["finance"]["id"].clone();
    let id = id.as_str().expect("an id");
    assert!(
        told.contains(&format!("`rekon outbox resend|drop {id}`")),
        "{told}"
    );
    assert_eq!(states(&workspace), "finance uncertain 2");
    sink.script(json!({}));
    for _ in 0..2 {
        pauses_pass(&workspace);
        workspace.run(["deliver"]).exits(0);
    }
    assert_eq!(sink.taken().len(), 2);
    for args in [["status"], ["check"]] {
        let told = workspace.run(args).stdout;
        assert!(told.contains("may have arrived or not"), "{args:?}: {told}");
    }
    workspace.run(["outbox", "resend", id]).exits(0);
    let took = sink.taken();
    assert_eq!(took.len(), 3);
    assert!(took.iter().all(|one| *one == took[0]));
    let history = mails(&workspace)["finance"]["history"].clone();
    let states: Vec<&str> = history
        .as_array()
        .expect("a history")
        .iter()
        .map(|one| one["state"].as_str().expect("a state"))
        .collect();
    assert_eq!(states, ["uncertain", "uncertain", "queued", "sent"]);
}

fn spawn(workspace: &Workspace) -> std::process::Child {
    Command::new(env!("CARGO_BIN_EXE_rekon"))
        .args(["deliver", "-c", "rekon.toml"])
        .current_dir(workspace.path())
        .env("HOME", workspace.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts")
}

fn state_in_the_file(workspace: &Workspace, of: &str) -> String {
    rusqlite::Connection::open(workspace.path().join("state/state.db"))
        .and_then(|state| {
            let query = "SELECT state FROM outbox WHERE recipient LIKE $1";
            state.query_row(query, [format!("{of}@%")], |row| row.get(0))
        })
        .expect("a state")
}

#[test]
fn a_process_killed_while_it_sends_loses_nothing() {
    let sink = Sink::start();
    let base = queued(&["a@merchant.example", "b@merchant.example"]);
    for (stalled, of_a) in [
        (json!({"rcpt a@merchant.example": "stall"}), 1),
        (json!({"dot a@merchant.example": "stall"}), 1),
        (json!({"dot a@merchant.example": "taken, then stall"}), 2),
    ] {
        sink.empty();
        sink.script(stalled.clone());
        let workspace = copy(&base, &local(sink.port()));
        let mut running = spawn(&workspace);
        wait("the transaction", || sink.stalls().then_some(()));
        assert_eq!(state_in_the_file(&workspace, "a"), "sending", "{stalled}");
        assert_eq!(sink.taken().len(), of_a - 1, "{stalled}");
        running.kill().expect("a signal");
        running.wait().expect("an end");
        wait("the server to see it", || sink.is_alone().then_some(()));
        sink.script(json!({}));
        let told = workspace.run(["deliver"]).exits(0).stdout;
        assert!(told.contains("may have arrived"), "{stalled}: {told}");
        assert_eq!(states(&workspace), "a sent 2, b sent 1", "{stalled}");
        let history = mails(&workspace)["a"]["history"].clone();
        assert_eq!(history[0]["state"], "uncertain", "{stalled}");
        let took = sink.taken();
        let to_a = took.iter().filter(|one| one.to.starts_with("a@")).count();
        assert_eq!((to_a, took.len()), (of_a, of_a + 1), "{stalled}");
        assert!(took.iter().all(|one| one.bytes == stored(&workspace)));
    }
}

#[test]
fn a_run_that_lost_its_lock_sends_nothing_more() {
    let sink = Sink::start();
    let workspace = queued(&["a@merchant.example", "b@merchant.example"]);
    aim(&workspace, &local(sink.port()));
    sink.script(json!({"dot a@merchant.example": "stall"}));
    let running = spawn(&workspace);
    wait("the transaction", || sink.stalls().then_some(()));
    sql(
        &workspace,
        "UPDATE locks SET owner = 'run another', host = 'elsewhere'",
    );
    sink.script(json!({}));
    let output = running.wait_with_output().expect("an end");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(69), "{stderr}");
    for words in ["nothing more is sent", "now held by run another"] {
        assert!(stderr.contains(words), "{stderr}");
    }
    sql(&workspace, "DELETE FROM locks");
    assert_eq!(states(&workspace), "a sent 1, b queued 0");
    assert_eq!(sink.taken().len(), 1);
}

#[test]
fn people_list_send_and_drop_and_the_chain_knows() {
    let sink = Sink::start();
    let workspace = queued(&[
        "a@merchant.example",
        "b@merchant.example",
        "c@merchant.example",
    ]);
    aim(&workspace, &local(sink.port()));
    let all = mails(&workspace);
    let [a, b, c] = ["a", "b", "c"].map(|to| all[to]["id"].as_str().expect("an id"));
    let name = regex::Regex::new("^M-[0-9A-HJKMNP-TV-Z]{5}$").expect("a pattern");
    assert!([a, b, c].iter().all(|id| name.is_match(id)), "{a} {b} {c}");

    let refused = |args: &[&str], words: &str| {
        let told = workspace.run_args(args).exits(2).stderr;
        assert!(told.contains(words), "{args:?}: {told}");
    };
    refused(
        &["outbox", "resend", "M-ZZZZZZZZ"],
        "there is no mail M-ZZZZZZZZ",
    );
    refused(&["outbox", "drop", a, "--reason", " "], "--reason: say why");
    refused(
        &["outbox", "drop", a, "M-", "--reason", "x"],
        "there is no mail M-",
    );
    assert_eq!(states(&workspace), "a queued 0, b queued 0, c queued 0");

    // In any case, with or without its prefix, and before its time.
    sql(
        &workspace,
        "UPDATE outbox SET not_before = '2126-01-01T00:00:00.000Z'",
    );
    let lower = a[2..].to_lowercase();
    let told = workspace
        .run(["outbox", "resend", &lower, a])
        .exits(0)
        .stdout;
    assert!(told.contains("a@merchant.example: sent ("), "{told}");
    assert_eq!(sink.taken().len(), 1);
    refused(&["outbox", "resend", b, a], "nothing is sent twice");
    refused(
        &["outbox", "drop", b, a, "--reason", "x"],
        "was sent to a@merchant.example already",
    );

    let drop = ["outbox", "drop", b, "--reason", "sent by hand"];
    let told = workspace.run_as("ani", &drop).exits(0).stdout;
    assert!(told.contains("is dropped"), "{told}");
    let told = workspace.run_as("budi", &drop).exits(0).stdout;
    assert!(
        told.contains("was dropped already by ani: sent by hand"),
        "{told}"
    );
    sql(
        &workspace,
        "UPDATE outbox SET not_before = '2026-01-01T00:00:00.000Z'",
    );
    let status = workspace.run(["status", "--json"]).exits(0).json();
    assert_eq!(status["outbox"][0]["overdue"], true, "{status}");
    for args in [["status"], ["check"]] {
        let told = workspace.run(args).stdout;
        assert!(told.contains("is overdue"), "{args:?}: {told}");
        assert!(
            told.contains("`rekon deliver` sends it"),
            "{args:?}: {told}"
        );
    }
    workspace.run(["deliver"]).exits(0);
    assert_eq!(states(&workspace), "a sent 1, b dropped 0, c sent 1");
    let told = workspace.run(["outbox", "list"]).exits(0).stdout;
    assert!(told.contains("Every mail has left"), "{told}");
    let told = workspace.run(["outbox", "list", "--all"]).exits(0).stdout;
    for words in [a, b, c, "dropped by ani: sent by hand", "sent: 2.0.0 taken"] {
        assert!(told.contains(words), "{words}: {told}");
    }

    let told = workspace.run(["verify"]).exits(0).stdout;
    assert!(told.contains("2 decisions about mails"), "{told}");
    for (tamper, words) in [
        (
            "UPDATE outbox_attempts SET actor = 'budi' WHERE actor = 'ani'",
            "was changed",
        ),
        (
            "DELETE FROM outbox_attempts WHERE actor = 'budi'",
            "is gone",
        ),
        (
            "INSERT INTO outbox_attempts VALUES ('x', 1, '2026-01-01T00:00:00.000Z', 'dropped', 'y', 'z')",
            "stands in no chain entry",
        ),
    ] {
        sql(&workspace, tamper);
        let told = workspace.run(["verify"]).exits(65).stdout;
        assert!(told.contains(words), "{tamper}: {told}");
    }
}

/// A directory takes the same file again: what was being written when the process died is no doubt.
#[test]
fn into_a_directory_nothing_is_uncertain() {
    let workspace = queued(&["finance@merchant.example"]);
    aim(&workspace, "directory:mail");
    sql(
        &workspace,
        "UPDATE outbox SET state = 'sending', attempted_at = '2026-01-01T00:00:00.000Z'",
    );
    workspace.run(["deliver"]).exits(0);
    assert_eq!(states(&workspace), "finance sent 1");
    let mails: Vec<_> = files_below(&workspace.path().join("mail"));
    let eml: Vec<_> = mails
        .iter()
        .filter(|path| path.extension().is_some_and(|end| end == "eml"))
        .collect();
    assert_eq!(eml.len(), 1);
    assert_eq!(std::fs::read(eml[0]).expect("a mail"), stored(&workspace));
}
