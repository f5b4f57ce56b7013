//! Dates under which nothing changed are judged again without their rows, and come out as they were.

use std::fs;

use crate::bills::{insert, put, report, said, workspace};
use crate::reruns::{MON, START, TUE, WED, breaks, briefs, inbox, nightly, nights};

/// The bytes of the week's files are away meanwhile: what is not asked for is not missed.
#[test]
fn a_date_that_nothing_changed_under_is_judged_again_without_its_rows() {
    let workspace = nights();
    let range = ["run", "--from", MON, "--to", WED, "--json"];
    let first = workspace.run(range).exits(0);
    let archive = workspace.path().join("archive");
    let away = workspace.path().join("away");
    fs::rename(&archive, &away).expect("the archive moved");
    let plain = ["run", "--json"];
    let again = workspace.run(plain).exits(0);
    assert_eq!(again.json()["results"][0], first.json()["results"][2]);
    // Who asks for the dates learns that their files are damaged.
    let missed = workspace.run(range).exits(69);
    assert!(said(&missed).contains("restore it"), "{missed:?}");
    // An entry that changed in the ledger: its date is read, and its file is not there.
    workspace.change_ledger(
        "ledger.db",
        "UPDATE payments SET amount = 11000 WHERE ref_id = 'M1'",
    );
    let missed = workspace.run(plain).exits(69);
    assert!(said(&missed).contains("restore it"), "{missed:?}");
    fs::remove_dir_all(&archive).expect("what was begun");
    fs::rename(&away, &archive).expect("the archive back");
    let read = workspace.run(range).exits(0);
    let before = briefs(&first);
    let after = briefs(&read);
    assert_ne!(after[0], before[0], "the date that changed");
    assert_eq!(after[1..], before[1..]);
}

/// Rows whose references a spreadsheet rounded alike are several breaks of one key on one date: alone, with
/// payments in the ledger that each may be, and told twice in the same words.
#[test]
fn references_that_were_rounded_alike_stay_apart_night_after_night() {
    const ROUNDED: &str = "1.12429E+10";
    let booked = [
        ("2026-11-17 10:00:00", "11242900001", 11_000, "success"),
        ("2026-11-17 11:00:00", "11242900002", 12_000, "success"),
        ("2026-11-18 09:00:00", "W1", 5_000, "success"),
    ];
    let workspace = workspace(START, &booked);
    let tuesday = [
        ("2026-11-17 10:00:00", ROUNDED, 11_000),
        ("2026-11-17 11:00:00", ROUNDED, 12_000),
        ("2026-11-17 12:00:00", ROUNDED, 13_000),
        ("2026-11-17 13:00:00", ROUNDED, 14_000),
        ("2026-11-17 13:00:00", ROUNDED, 14_000),
    ];
    put(&workspace, &inbox(MON), report(&[]), 60);
    put(&workspace, &inbox(TUE), report(&tuesday), 60);
    let first = nightly(&workspace, WED, 11).exits(0);
    let listed = breaks(&workspace);
    assert!(listed.as_array().expect("breaks").len() >= 5, "{listed}");
    let judged = briefs(&first).pop().expect("Tuesday");
    put(
        &workspace,
        &inbox(WED),
        report(&[("2026-11-18 09:00:00", "W1", 5_000)]),
        30,
    );
    for hour in [11, 12] {
        let next = nightly(&workspace, "2026-11-19", hour).exits(0);
        assert!(!briefs(&next).iter().any(|one| one.starts_with(TUE)));
        assert_eq!(breaks(&workspace), listed);
    }
    // Of one date alone, of both, and read anew after an entry of the date changed.
    for range in [[WED, WED], [MON, WED], [TUE, TUE]] {
        let again = workspace.run(["run", "--json", "--from", range[0], "--to", range[1]]);
        assert_eq!(breaks(&workspace), listed, "{again:?}");
    }
    workspace.change_ledger(
        "ledger.db",
        &insert(("2026-11-17 08:00:00", "T9", 1_000, "success")),
    );
    let read = workspace.run(["run", "--json", "--from", TUE, "--to", TUE]);
    let read = briefs(&read.exits(0)).pop().expect("Tuesday");
    assert_ne!(read, judged);
    let still = breaks(&workspace);
    let still = still.as_array().expect("breaks");
    for one in listed.as_array().expect("breaks") {
        assert!(still.contains(one), "{one}");
    }
}
