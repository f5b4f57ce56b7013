//! Every call ends, with a code and a name: whatever a library's task does, where a library panics,
//! and when a disk is full.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rekon::cli::to_its_end;
use rekon::database::Database;
use rekon::panics;
use rekon::store::Store;

use crate::bills::{self, Booked};
use crate::faults::{injected, was_injected};
use crate::harness::{AS_OF, Workspace};
use crate::listener::{Check, Manner};

const DAY: &str = "2026-11-18";
const BOOKED: [Booked<'static>; 1] = [("2026-11-18 08:00:00", "A", 100_000, "success")];
const ROW: (&str, &str, u32) = ("2026-11-18 08:00:00", "A", 100_000);
const RUN: [&str; 5] = ["run", "--as-of", AS_OF, "-c", "rekon.toml"];

fn world(more: &str) -> Workspace {
    let workspace = bills::workspace("", &BOOKED);
    let name = "inbox/biller_20261118.csv";
    bills::put(&workspace, name, bills::report(&[ROW]), 60);
    let config = workspace.read("rekon.toml") + "\n[alert]\nto = [\"ops@merchant.example\"]\n";
    workspace.put("rekon.toml", config + more);
    workspace
}

#[test]
fn a_process_that_has_its_answer_ends_whatever_a_task_does() {
    let started = Instant::now();
    let answer = to_its_end(async {
        // As one that spins: it never lets go of its thread.
        tokio::spawn(async { std::thread::sleep(Duration::from_secs(60)) });
        tokio::time::sleep(Duration::from_millis(50)).await;
        anyhow::Ok(42)
    });
    assert_eq!(answer.expect("an answer"), 42);
    let took = started.elapsed();
    assert!(took < Duration::from_secs(2), "{took:?}");
}

/// sqlx 0.9's pools have a task that reads a count which can wrap round, and then spins.
#[test]
fn an_open_state_has_no_task_of_its_own() {
    let folder = tempfile::tempdir().expect("a folder");
    let state = Database::Sqlite(folder.path().join("state.db"));
    let tasks = to_its_end(async {
        let store = Store::open(&state).await?;
        let tasks = || {
            let metrics = tokio::runtime::Handle::current().metrics();
            metrics.num_alive_tasks()
        };
        // A connection on its way back into the pool is a task for a moment.
        let patience = Instant::now();
        while tasks() > 0 && patience.elapsed() < Duration::from_secs(2) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let left = tasks();
        store.close().await;
        anyhow::Ok(left)
    });
    assert_eq!(tasks.expect("an open state"), 0);
}

#[test]
fn call_after_call_ends() {
    let workspace = world("");
    workspace.run(["run", "--date", DAY]).exits(0);
    for call in 0..100 {
        let started = Instant::now();
        workspace.run(["files", "list"]).exits(0);
        let took = started.elapsed();
        assert!(took < Duration::from_secs(10), "call {call} took {took:?}");
    }
}

#[test]
fn a_panic_is_an_error_that_says_where() {
    let panicked = panics::caught(|| -> u8 { panic!("no {}", "room") }).expect_err("a panic");
    assert_eq!(panicked.said, "no room");
    let waited = to_its_end(async {
        tokio::task::yield_now().await;
        let nothing: Vec<u8> = Vec::new();
        anyhow::Ok(nothing[std::hint::black_box(3)])
    });
    let said = format!("{:#}", waited.expect_err("a panic"));
    assert!(said.contains("a fault of rekon's own"), "{said}");
    assert!(said.contains("index out of bounds"), "{said}");
}

/// Threads that the system does not give are panics in libraries: each in turn. What runs into one
/// ends with a name, on record, with an alert and a ping that says so.
#[test]
fn a_panic_anywhere_in_a_run_is_a_named_failure_that_ops_hear_of() {
    let mut named = 0;
    // The first two are those of the runtime, which a process has before it can tell anybody.
    for at in 3.. {
        let check = Check::start(Manner::Well);
        let workspace = world(&check.config());
        let inject = format!("inject=clone,clone3:error=EAGAIN:when={at}+");
        let (code, stderr) = injected(&workspace, &inject, &RUN);
        if !was_injected(&workspace) {
            break;
        }
        assert!(!stderr.contains("panicked"), "thread {at}: {stderr}");
        assert!(
            matches!(code, Some(0 | 69)),
            "thread {at}: {code:?} {stderr}"
        );
        if code == Some(0) || !stderr.contains("a fault of rekon's own") {
            continue;
        }
        // Later threads are needed for the alert itself.
        let inject = format!("inject=clone,clone3:error=EAGAIN:when={at}");
        let (code, stderr) = injected(&workspace, &inject, &RUN);
        if code == Some(0) {
            continue;
        }
        assert_eq!(code, Some(69), "thread {at}: {stderr}");
        let pings = check.pings();
        if pings.iter().all(|(path, _)| path != "/ping/s3cret/69") {
            continue;
        }
        named += 1;
        let status = workspace.run(["status"]).exits(0).stdout;
        assert!(status.contains("Last run: failed "), "{status}");
        assert!(status.contains("with exit code 69"), "{status}");
        let mails = workspace.files("mail");
        assert!(
            mails.iter().any(|name| name.starts_with("alert_")),
            "{mails:?}"
        );
    }
    assert!(named >= 1, "no panic of a run was told");
}

/// Runs on a folder that has so many KiB; what stood in it stands in it still.
fn in_little_room(workspace: &Workspace, folder: &str, kib: u32) -> (Option<i32>, String) {
    let script = format!(
        "set -e; mkdir -p {folder}; cp -a {folder} kept; \
         mount -t tmpfs -o size={kib}k tmpfs {folder}; cp -a kept/. {folder}/; rm -r kept; \
         chmod 700 {folder}; exec \"$@\""
    );
    let output = Command::new("unshare")
        .args(["-m", "sh", "-c", &script, "sh", env!("CARGO_BIN_EXE_rekon")])
        .args(RUN)
        .current_dir(workspace.path())
        .env("HOME", workspace.path())
        .stdin(Stdio::null())
        .output()
        .expect("unshare runs (util-linux)");
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!stderr.contains("mount:"), "no tmpfs: {stderr}");
    (output.status.code(), stderr)
}

/// A full disk has one name, wherever it is met: the path, what is free, what is needed.
#[test]
fn a_full_disk_is_one_sentence_wherever_it_is_met() {
    let sizes: [(&str, &[u32]); 3] = [
        (
            "state",
            &[8, 40, 100, 150, 200, 250, 300, 350, 400, 500, 600],
        ),
        ("archive", &[8, 16]),
        ("mail", &[8, 16, 64, 100, 128]),
    ];
    for (folder, sizes) in sizes {
        let mut full = 0;
        for kib in sizes {
            let workspace = world("");
            let started = Instant::now();
            let (code, stderr) = in_little_room(&workspace, folder, *kib);
            let what = format!("{folder} of {kib} KiB: {code:?} {stderr}");
            assert!(started.elapsed() < Duration::from_secs(20), "{what}");
            assert!(matches!(code, Some(0 | 69)), "{what}");
            for other in [
                "pool timed out",
                "transaction depth",
                "newer rekon",
                "panicked",
                "ZipWriter",
            ] {
                assert!(!stderr.contains(other), "{what}");
            }
            if code == Some(69) {
                full += 1;
                assert!(stderr.contains("the disk is full"), "{what}");
                assert!(stderr.contains(folder), "{what}");
                assert!(stderr.contains("MiB needed"), "{what}");
            }
            // With room, the day ends as if nothing had been. What the archive had is gone with its
            // file system here.
            if folder != "archive" {
                workspace.run(["run"]).exits(0);
            }
        }
        assert!(full >= 2, "{folder} was full {full} times");
    }
}
