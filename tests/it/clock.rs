//! `rekon schedule` on a clock that jumps and on a machine that sleeps: the real binary, with the time
//! of day that libfaketime tells it.

use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use chrono::Days;

use crate::harness::Workspace;
use crate::postgres::Postgres;
use crate::resident::{PLANNED, RUNS, Service, file_comes, state, world, yesterday};

/// The library that stands before the system's clock.
fn library() -> PathBuf {
    let pattern = "/usr/lib/*/faketime/libfaketimeMT.so.1";
    let mut found = glob::glob(pattern).expect("a pattern");
    match found.next() {
        Some(Ok(path)) => path,
        _ => panic!("no {pattern}; as root: apt-get install faketime"),
    }
}

/// From now on the clock is ahead by so many days, or as it is with 0.
fn ahead(workspace: &Workspace, days: u64) {
    // As a whole: the process asks for it at any moment.
    workspace.put("clock.new", format!("+{days}d\n"));
    let [new, clock] = ["clock.new", "clock"].map(|name| workspace.path().join(name));
    std::fs::rename(new, clock).expect("the clock is set");
}

fn start(workspace: &Workspace) -> Service<'_> {
    ahead(workspace, 0);
    let (library, clock) = (library(), workspace.path().join("clock"));
    Service::start_with(
        workspace,
        &[
            ("LD_PRELOAD", library.to_str().expect("UTF-8")),
            ("FAKETIME_TIMESTAMP_FILE", clock.to_str().expect("UTF-8")),
            ("FAKETIME_NO_CACHE", "1"),
            // Lengths of time are measured by another clock, which neither jumps nor runs in sleep.
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
            ("DONT_FAKE_MONOTONIC", "1"),
        ],
    )
}

/// The nights on record, `+N` counted from yesterday.
fn nights(workspace: &Workspace) -> Vec<String> {
    let day = |count: u64| (yesterday() + Days::new(count)).to_string();
    let rows = state(workspace, PLANNED).into_iter();
    rows.map(|row| {
        (0..10).fold(row, |row, count| {
            row.replace(&day(count), &format!("+{count}"))
        })
    })
    .collect()
}

fn mails(workspace: &Workspace) -> usize {
    let files = workspace.files("mail").into_iter();
    files.filter(|name| name.ends_with(".eml")).count()
}

#[test]
fn a_clock_that_jumps_ahead_and_back_neither_skips_a_night_nor_repeats_one() {
    let workspace = world("");
    file_comes(&workspace);
    let service = start(&workspace);
    service.hears("STATUS=");
    assert_eq!(nights(&workspace), ["+0 ended 0"], "{}", service.log());

    ahead(&workspace, 3);
    let three = ["+0 ended 0", "+1 covered 0", "+2 covered 0", "+3 ended 66"];
    service.until("the nights in between are run", || {
        nights(&workspace) == three
    });
    let (runs, told) = (state(&workspace, RUNS).len(), mails(&workspace));
    assert_eq!(runs, 2, "one run for all of them: {}", service.log());

    // What is now in the future is planned anew, and what was run stays run.
    ahead(&workspace, 0);
    service.until("the clock that was set back is seen", || {
        nights(&workspace) == ["+0 ended 0"]
    });
    assert!(service.log().contains("the clock was set back"));
    ahead(&workspace, 3);
    service.until("the nights are run again", || nights(&workspace) == three);
    assert_eq!(mails(&workspace), told, "nothing new is told of them");
    assert_eq!(state(&workspace, RUNS).len(), 3, "{}", service.log());
    service.terminate();
}

#[test]
fn a_machine_that_slept_over_two_nights_runs_them_when_it_wakes() {
    let workspace = world("");
    file_comes(&workspace);
    let service = start(&workspace);
    service.hears("STATUS=");
    service.signal(libc::SIGSTOP);
    ahead(&workspace, 2);
    thread::sleep(Duration::from_secs(2));
    assert_eq!(nights(&workspace), ["+0 ended 0"]);
    service.signal(libc::SIGCONT);
    service.until("the nights are run", || {
        nights(&workspace) == ["+0 ended 0", "+1 covered 0", "+2 ended 66"]
    });
    assert_eq!(state(&workspace, RUNS).len(), 2);
    service.terminate();
}

/// A ledger that takes its time cannot be left at a safe point: after the time that systemd is told
/// of, the process ends all the same, and the night is done again.
#[test]
fn a_run_that_cannot_be_left_is_ended_within_its_bound() {
    let server = Postgres::start();
    let database = server.database();
    database.execute(
        "CREATE TABLE payments (ref_id text, amount integer, admin_fee integer, status text, \
         created_at timestamp)",
    );
    let url = database.url_with_password(&database.reader());
    let workspace = world("");
    file_comes(&workspace);
    let config = workspace.read("rekon.toml");
    let here = "url  = \"sqlite:ledger.db\"\nload = \"ledger.sql\"";
    let quick = config.replace(here, "url = \"file:ledger.url\"");
    let slow = quick.replace(
        "FROM payments",
        "FROM (SELECT pg_sleep(600)) AS waiting, payments",
    );
    assert!(slow != quick && quick != config, "{slow}");
    workspace.put("ledger.url", &url);
    workspace.put("rekon.toml", &slow);
    let mut service = Service::start(&workspace);
    service.until("the ledger is asked", || {
        database.query("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'") == "1"
    });
    service.signal(libc::SIGTERM);
    service.hears("STOPPING=1");
    assert_eq!(service.ends(), Some(75), "{}", service.log());
    assert!(service.log().contains("the next start does it again"));
    assert_eq!(nights(&workspace), ["+0 started 0"]);
    drop(service);

    workspace.put("rekon.toml", &quick);
    let service = Service::start(&workspace);
    service.until("the night ends", || nights(&workspace) == ["+0 ended 0"]);
    service.terminate();
}
