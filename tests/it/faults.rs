//! Faults: killed at any instant, a full disk, two runs at once, damaged files. The next run ends
//! where an uninterrupted one would have, and what went wrong has a name.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::bills::{Booked, brief, files, judged, open_breaks, put, report, said, workspace};
use crate::harness::{AS_OF, Output, Workspace, files_below};
use crate::outbox::pauses_pass;

const DAY: &str = "2026-11-18";
const NAME: &str = "inbox/biller_20261118.csv";
const SOLD: [(&str, &str, u32); 2] = [
    ("2026-11-18 08:00:00", "A", 100_000),
    ("2026-11-18 09:00:00", "X", 50_000),
];
const BOOKED: [Booked<'static>; 2] = [
    ("2026-11-18 08:00:00", "A", 100_000, "success"),
    ("2026-11-18 10:00:00", "B", 20_000, "success"),
];

fn filled() -> Workspace {
    let workspace = workspace("", &BOOKED);
    put(&workspace, NAME, report(&SOLD), 60);
    workspace
}

const JUDGED: &str = "complete: matched=1/1 missing_at_partner=0/1 missing_in_ledger=1/0";

fn rekon(workspace: &Workspace, before: &[&str], args: &[&str]) -> Command {
    let binary = env!("CARGO_BIN_EXE_rekon");
    let mut words = before.iter().copied().chain([binary]);
    let mut command = Command::new(words.next().expect("a program"));
    command
        .args(words)
        .args(args)
        .current_dir(workspace.path())
        .env("HOME", workspace.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Runs under strace, which fails or kills at the system call that `inject` names.
pub fn injected(workspace: &Workspace, inject: &str, args: &[&str]) -> (Option<i32>, String) {
    let trace = workspace.path().join("trace");
    let trace = trace.to_str().expect("UTF-8");
    let strace = ["strace", "-f", "-qq", "-o", trace, "-e", inject];
    let output = rekon(workspace, &strace, args)
        .output()
        .expect("strace runs (apt-get install -y strace)");
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!stderr.contains("PTRACE"), "strace may not trace: {stderr}");
    (output.status.code(), stderr)
}

/// Whether the injection was reached.
pub fn was_injected(workspace: &Workspace) -> bool {
    workspace.read("trace").contains("(INJECTED)") || workspace.read("trace").contains("SIGKILL")
}

/// What a state comes to for everyone who looks: results, breaks, files, mails.
fn settled(workspace: &Workspace) -> Value {
    let mut run = workspace
        .run(["run", "--date", DAY, "--no-collect", "--json"])
        .exits(0)
        .json();
    let results = run["results"].take();
    let breaks = workspace
        .run(["breaks", "list", "--json", "--as-of", AS_OF])
        .exits(0)
        .json();
    let status = workspace
        .run(["status", "--json", "--as-of", AS_OF])
        .exits(0)
        .json();
    let mails: Vec<String> = workspace.files("mail");
    serde_json::json!({
        "results": results, "breaks": breaks, "files": files(workspace), "mails": mails,
        "outbox": status["outbox"],
    })
}

const RUN: [&str; 7] = ["run", "--date", DAY, "--as-of", AS_OF, "-c", "rekon.toml"];

fn uninterrupted() -> Value {
    let workspace = filled();
    workspace.run(["run", "--date", DAY]).exits(0);
    settled(&workspace)
}

/// After whatever interrupted it, one more run ends as if nothing had.
#[track_caller]
fn recovers(workspace: &Workspace, expected: &Value, what: &str) {
    workspace.run(["run", "--date", DAY]).exits(0);
    assert_eq!(settled(workspace), *expected, "{what}");
}

/// Killed at every fsync and at every write of a run in turn.
#[test]
fn killed_at_any_sync_the_next_run_ends_in_the_same_state() {
    let expected = uninterrupted();
    let mut kills = 0;
    for call in ["fsync,fdatasync", "pwrite64", "rename,renameat,renameat2"] {
        let mut at = 1;
        loop {
            let workspace = filled();
            let inject = format!("inject={call}:signal=SIGKILL:when={at}");
            injected(&workspace, &inject, &RUN);
            if !was_injected(&workspace) {
                break;
            }
            kills += 1;
            recovers(&workspace, &expected, &format!("{call} {at}"));
            // Every write would take minutes; a few of each stretch show the same.
            at += if call == "pwrite64" { 11 } else { 1 };
        }
    }
    assert!(kills >= 30, "only {kills} places to die at");
}

/// Killed by the clock, wherever that is.
#[test]
fn killed_at_random_instants_the_next_run_ends_in_the_same_state() {
    let expected = uninterrupted();
    let workspace = filled();
    let started = Instant::now();
    let whole = rekon(&workspace, &[], &RUN).output().expect("a whole run");
    assert_eq!(whole.status.code(), Some(0), "{whole:?}");
    let span = started.elapsed();
    let (mut killed, mut tries) = (0, 0);
    while killed < 30 {
        // A stride that shares no factor with 100 spreads the instants over the whole of a run.
        let instant = span * (tries * 37 % 100) / 100;
        tries += 1;
        assert!(
            tries <= 150,
            "only {killed} of {tries} runs were still alive"
        );
        let workspace = filled();
        let mut child = rekon(&workspace, &[], &RUN)
            .spawn()
            .expect("the binary starts");
        std::thread::sleep(instant);
        child.kill().expect("a signal");
        if child.wait().expect("an end").code().is_none() {
            killed += 1;
        }
        recovers(&workspace, &expected, &format!("after {instant:?}"));
    }
}

/// A correction arrives on a stored result; the disk fills up at each sync of its run in turn.
#[test]
fn a_full_disk_is_named_and_leaves_earlier_results_and_the_file_alone() {
    let mut failures = 0;
    for at in 1.. {
        let workspace = filled();
        workspace.run(["run", "--date", DAY]).exits(0);
        let before = settled(&workspace);
        let corrected = report(&[SOLD[0]]);
        put(&workspace, "inbox/biller_20261118_v2.csv", &corrected, 5);
        let inject = format!("inject=fsync,fdatasync:error=ENOSPC:when={at}+");
        let (code, stderr) = injected(&workspace, &inject, &RUN);
        if !was_injected(&workspace) {
            break;
        }
        failures += 1;
        let told = [
            "No space left on device",
            "disk is full",
            "disk I/O error",
            "full",
        ];
        // Where the results are stored already, only the mail or the lock is left undone.
        assert_ne!(code, None, "sync {at}: {stderr}");
        if code == Some(0) {
            assert_ne!(
                settled(&workspace)["results"],
                before["results"],
                "sync {at}"
            );
        } else {
            assert!(
                told.iter().any(|words| stderr.contains(words)),
                "sync {at}: {stderr}"
            );
            assert!(!stderr.contains("panicked"), "sync {at}: {stderr}");
        }
        assert_eq!(workspace.read("inbox/biller_20261118_v2.csv"), corrected);
        // With room again, the run ends as it should have.
        let result = judged(&workspace, DAY, 0);
        assert_eq!(
            brief(&result),
            "complete: matched=1/1 missing_at_partner=0/1"
        );
        assert_eq!(result["revision"], 2);
    }
    assert!(failures >= 5, "only {failures} syncs");
}

/// Holds the lock: a run that stands still before its first write of a mail.
fn holder(workspace: &Workspace) -> Child {
    let trace = workspace.path().join("holder");
    let strace = [
        "strace",
        "-f",
        "-qq",
        "-o",
        trace.to_str().expect("UTF-8"),
        "-e",
        "inject=rename,renameat,renameat2:delay_enter=4s:when=1",
    ];
    let child = rekon(workspace, &strace, &RUN)
        .spawn()
        .expect("strace runs (apt-get install -y strace)");
    let patience = Instant::now();
    while lock_owner(workspace).is_none() {
        assert!(
            patience.elapsed() < Duration::from_secs(20),
            "no lock was taken"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
    child
}

fn lock_owner(workspace: &Workspace) -> Option<String> {
    let state = workspace.path().join("state/state.db");
    if !state.exists() {
        return None;
    }
    rusqlite::Connection::open(state)
        .and_then(|state| state.query_row("SELECT owner FROM locks", [], |row| row.get(0)))
        .ok()
}

#[test]
fn of_two_runs_the_second_names_the_first_or_waits_for_it() {
    let workspace = filled();
    let first = holder(&workspace);
    let owner = lock_owner(&workspace).expect("a holder");
    let second = workspace.run(["run", "--date", DAY]).exits(75);
    assert!(second.stderr.contains(&owner), "{owner}: {}", second.stderr);
    workspace
        .run(["add", NAME, "--channel", "biller"])
        .exits(75);
    let third = workspace.run(["run", "--date", DAY, "--wait", "60s", "--json"]);
    let third = third.exits(0).json();
    assert_eq!(brief(&third["results"][0]), JUDGED);
    assert_eq!(third["results"][0]["revision"], 1);
    let first = first.wait_with_output().expect("the first run ends");
    assert_eq!(first.status.code(), Some(0), "{first:?}");
}

#[test]
fn the_lock_of_a_dead_process_is_taken_over_and_that_is_said() {
    let workspace = filled();
    workspace.run(["run", "--date", DAY]).exits(0);
    let now = chrono::Utc::now().to_rfc3339();
    let host = crate::harness::host_identity();
    let held_by = |host: &str, pid: u32, beat: &str| {
        workspace.change_ledger(
            "state/state.db",
            &format!(
                "INSERT OR REPLACE INTO locks VALUES ('run', 'run lost', '{host}', {pid}, '{beat}', '{beat}')"
            ),
        );
    };
    let long_ago = "2026-01-01T00:00:00Z";
    // Gone; its number given to another program since; silent on another host.
    let mut sleeper = Command::new("sleep").arg("60").spawn().expect("sleep runs");
    for (host, pid, beat) in [
        (host.trim(), 4_194_305, now.as_str()),
        (host.trim(), sleeper.id(), long_ago),
        ("elsewhere", 1, long_ago),
    ] {
        held_by(host, pid, beat);
        let output = workspace.run(["run", "--date", DAY]).exits(0);
        assert!(
            said(&output).contains("the lock of run lost was taken over"),
            "{output:?}"
        );
        assert_eq!(lock_owner(&workspace), None);
    }
    sleeper.kill().expect("a signal");
    sleeper.wait().expect("an end");
    // Alive on another host, or in another container of the same name, where it may have any number.
    let (name, _) = host.split_once(' ').expect("more than a name");
    for host in ["elsewhere", name] {
        held_by(host, 4_194_305, &now);
        workspace.run(["run", "--date", DAY]).exits(75);
    }
}

/// A run that slept while another took its lock over must not write over the other's results.
#[test]
fn a_run_that_lost_its_lock_stores_nothing() {
    let workspace = filled();
    let first = holder(&workspace);
    workspace.change_ledger(
        "state/state.db",
        "UPDATE locks SET owner = 'run another', host = 'elsewhere'",
    );
    let first = first.wait_with_output().expect("the first run ends");
    let stderr = String::from_utf8_lossy(&first.stderr);
    assert_eq!(first.status.code(), Some(69), "{stderr}");
    assert!(
        stderr.contains("lost its lock, now held by run another"),
        "{stderr}"
    );
    let state = workspace.path().join("state/state.db");
    let results: i64 = rusqlite::Connection::open(state)
        .and_then(|state| state.query_row("SELECT count(*) FROM results", [], |row| row.get(0)))
        .expect("a count");
    assert_eq!(results, 0);
}

#[track_caller]
fn named(output: &Output, words: &[&str]) {
    assert!(!output.stderr.contains("panicked"), "{}", output.stderr);
    for word in words {
        assert!(output.stderr.contains(word), "{word}: {}", output.stderr);
    }
}

#[test]
fn a_state_that_cannot_be_written_is_named() {
    let workspace = filled();
    workspace.run(["run", "--date", DAY]).exits(0);
    // Root may write anywhere: the kernel says what a read-only file system says.
    let trace = workspace.path().join("trace");
    let strace = [
        "strace",
        "-f",
        "-qq",
        "-o",
        trace.to_str().expect("UTF-8"),
        "-P",
        "state/state.db",
        "-e",
        "inject=openat:error=EROFS",
    ];
    let output = rekon(&workspace, &strace, &RUN)
        .output()
        .expect("strace runs");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(69), "{stderr}");
    assert!(
        stderr.contains("state.db") && stderr.contains("Read-only file system"),
        "{stderr}"
    );
    assert_eq!(brief(&judged(&workspace, DAY, 0)), JUDGED);
}

#[test]
fn a_damaged_state_is_named_and_never_overwritten() {
    for (name, damage) in [
        (
            "garbage",
            &(|_: &[u8]| b"this is no database, whatever it is called".repeat(100))
                as &dyn Fn(&[u8]) -> Vec<u8>,
        ),
        ("cut", &|bytes: &[u8]| bytes[..bytes.len() / 2].to_vec()),
        ("overwritten", &|bytes: &[u8]| {
            let mut bytes = bytes.to_vec();
            let middle = 4096..bytes.len();
            bytes[middle].fill(0xaa);
            bytes
        }),
    ] {
        let workspace = filled();
        workspace.run(["run", "--date", DAY]).exits(0);
        let path = workspace.path().join("state/state.db");
        let bytes = damage(&fs::read(&path).expect("the state"));
        fs::write(&path, &bytes).expect("its damage");
        let started = Instant::now();
        let output = workspace.run(["run", "--date", DAY]).exits(69);
        named(&output, &["state"]);
        assert!(
            started.elapsed() < Duration::from_secs(20),
            "{name}: at once"
        );
        let left = fs::read(&path).expect("the state");
        assert_eq!(left.len(), bytes.len(), "{name}: left as it was found");
    }
}

#[test]
fn an_archived_file_that_was_altered_is_noticed_and_can_be_mended() {
    let workspace = filled();
    workspace.run(["run", "--date", DAY]).exits(0);
    let sha = workspace.run(["files", "list", "--json"]).exits(0).json()[0]["sha256"]
        .as_str()
        .expect("a hash")
        .to_owned();
    let archived = workspace.path().join("archive").join(&sha[..2]).join(&sha);
    let bytes = fs::read(&archived).expect("the raw file");
    let forged = String::from_utf8_lossy(&bytes).replace("100000", "900000");
    for damage in [Some(forged.as_bytes()), None] {
        match damage {
            Some(forged) => fs::write(&archived, forged).expect("a forgery"),
            None => fs::remove_file(&archived).expect("a loss"),
        }
        let output = workspace.run(["run", "--date", DAY]).exits(69);
        named(&output, &["archive", &sha]);
        // The same bytes again are what was kept.
        workspace.run(["add", NAME, "--channel", "biller"]).exits(0);
        assert_eq!(fs::read(&archived).expect("the raw file"), bytes);
        assert_eq!(brief(&judged(&workspace, DAY, 0)), JUDGED);
    }
}

#[test]
fn a_ledger_that_is_locked_or_is_none_invents_no_break() {
    let workspace = filled();
    workspace.run(["run", "--date", DAY]).exits(0);
    let before = open_breaks(&workspace);
    let ledger = workspace.path().join("ledger.db");
    let good = fs::read(&ledger).expect("the ledger");

    let writer = rusqlite::Connection::open(&ledger).expect("the ledger");
    writer.execute_batch("BEGIN EXCLUSIVE").expect("a writer");
    let output = workspace.run(["run", "--date", DAY]).exits(69);
    named(&output, &["ledger", "locked"]);
    writer.execute_batch("ROLLBACK").expect("its end");
    drop(writer);

    for damage in [
        b"not a database at all, but long enough to be taken for one".repeat(50),
        good[..good.len() / 2].to_vec(),
    ] {
        fs::write(&ledger, damage).expect("garbage");
        let output = workspace.run(["run", "--date", DAY]).exits(69);
        named(&output, &["ledger.db"]);
        assert_eq!(open_breaks(&workspace), before);
    }
    // An empty file is a database without tables.
    fs::write(&ledger, b"").expect("an empty file");
    let output = workspace.run(["run", "--date", DAY]).exits(78);
    named(&output, &["no such table"]);
    assert_eq!(open_breaks(&workspace), before);
    fs::write(&ledger, good).expect("the ledger");
    assert_eq!(brief(&judged(&workspace, DAY, 0)), JUDGED);
}

/// Results are stored with their mail or not at all.
#[test]
fn a_report_that_cannot_be_written_is_written_and_sent_by_the_next_run() {
    let workspace = filled();
    // Nothing can be written where mails and pages go.
    fs::write(workspace.path().join("spool"), b"").expect("a file in the way");
    let config = workspace.read("rekon.toml");
    let config = config.replace("directory:mail", "directory:spool/mail");
    workspace.put("rekon.toml", config);
    let output = workspace.run(["run", "--date", DAY]).exits(69);
    named(&output, &["cannot write the report", "spool"]);
    fs::remove_file(workspace.path().join("spool")).expect("out of the way");
    assert_eq!(judged(&workspace, DAY, 0)["revision"], 1);
    let mails = workspace.files("spool/mail");
    let sent = mails.iter().filter(|name| name.ends_with(".eml"));
    assert_eq!(sent.count(), 1, "{mails:?}");
    let nothing = workspace.run(["deliver"]).exits(0).stdout;
    assert!(nothing.contains("Nothing is queued"), "{nothing}");
}

/// What could not leave lies in the outbox until it can; one mail whose bytes are lost keeps no
/// other from leaving.
#[test]
fn mails_wait_for_their_server_and_not_for_one_another() {
    let workspace = filled();
    let config = workspace.read("rekon.toml");
    let second = "[[report]]\nname = \"ops\"\nto = [\"ops@merchant.example\"]\n[[channel]]";
    let config = config.replace("[[channel]]\n", &format!("{second}\n"));
    // Nobody listens on this port.
    let away = config.replace("directory:mail", "smtp://127.0.0.1:1");
    workspace.put("rekon.toml", &away);
    let output = workspace.run(["run", "--date", DAY]).exits(69);
    named(
        &output,
        &["finance@merchant.example", "ops@merchant.example"],
    );

    let to_ops = |path: &&std::path::PathBuf| {
        let bytes = fs::read(path).expect("an archived file");
        String::from_utf8_lossy(&bytes).contains("To: ops@merchant.example")
    };
    let archived = files_below(&workspace.path().join("archive"));
    let lost = archived.iter().find(to_ops).expect("the mail to ops");
    let bytes = fs::read(lost).expect("its bytes");
    fs::remove_file(lost).expect("a loss");
    workspace.put("rekon.toml", &config);
    let eml = || -> usize {
        let mails = workspace.files("mail");
        mails.iter().filter(|name| name.ends_with(".eml")).count()
    };
    pauses_pass(&workspace);
    let output = workspace.run(["deliver"]).exits(69);
    named(&output, &["ops@merchant.example", "archive"]);
    assert_eq!(eml(), 1);
    fs::write(lost, bytes).expect("a backup");
    pauses_pass(&workspace);
    workspace.run(["deliver"]).exits(0);
    assert_eq!(eml(), 2);
}

/// A refusal met by a run that died is told by the next one, once.
#[test]
fn a_refused_file_is_told_though_the_run_that_met_it_died() {
    let workspace = filled();
    workspace.run(["run", "--date", DAY]).exits(0);
    let mails = workspace.files("mail").len();
    put(
        &workspace,
        "inbox/biller_20261118_v2.csv",
        "<html>no report</html>",
        5,
    );
    // Taken in, and no report written.
    workspace.run(["collect"]).exits(65);
    assert_eq!(workspace.files("mail").len(), mails);
    workspace.run(["run", "--date", DAY]).exits(65);
    let told = workspace.files("mail");
    assert!(told.len() > mails, "{told:?}");
    workspace.run(["run", "--date", DAY]).exits(65);
    assert_eq!(workspace.files("mail"), told);
}

#[test]
fn what_rekon_writes_only_its_owner_reads() {
    let workspace = filled();
    workspace.run(["run", "--date", DAY]).exits(0);
    let mode = |path: &Path| fs::metadata(path).expect("a file").permissions().mode() & 0o777;
    for folder in ["archive", "state", "mail"] {
        let root = workspace.path().join(folder);
        assert_eq!(mode(&root), 0o700, "{folder}");
        let found = files_below(&root);
        assert!(!found.is_empty(), "{folder}");
        for path in found {
            assert_eq!(mode(&path), 0o600, "{}", path.display());
            let parent = path.parent().expect("a folder");
            assert_eq!(mode(parent), 0o700, "{}", parent.display());
        }
    }
}
