//! Dates under which nothing changed are judged again without their rows, and come out as they were.

use std::fs;

use crate::bills::{channel, config, file_id, insert, ledger, put, report, said, workspace};
use crate::harness::Workspace;
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

/// The file comes before its date is over; the ledger's loader stopped at noon.
#[test]
fn a_date_that_was_judged_before_it_was_over_is_read_again() {
    let mut booked: Vec<(String, String, u32, &str)> = Vec::new();
    let mut rows: Vec<(String, String, u32)> = Vec::new();
    for hour in 0..20 {
        for minute in 0..30 {
            let at = format!("{TUE} {hour:02}:{minute:02}:00");
            let reference = format!("R{hour:02}{minute:02}");
            if hour < 12 {
                booked.push((at.clone(), reference.clone(), 5_000, "success"));
            }
            rows.push((at, reference, 5_000));
        }
    }
    let booked: Vec<_> = booked
        .iter()
        .map(|(at, reference, rupiah, status)| (at.as_str(), reference.as_str(), *rupiah, *status))
        .collect();
    let rows: Vec<_> = rows
        .iter()
        .map(|(at, reference, rupiah)| (at.as_str(), reference.as_str(), *rupiah))
        .collect();
    let workspace = workspace("start = \"2026-11-17\"", &booked);
    put(&workspace, &inbox(TUE), report(&rows), 60);
    let early = [
        "run",
        "--json",
        "--date",
        TUE,
        "--as-of",
        "2026-11-17T20:10:00+07:00",
    ];
    workspace.run(early);
    let over = nightly(&workspace, WED, 11).exits(66);
    let over = over.json();
    assert_eq!(
        over["results"][0]["findings"][0]["kind"], "ledger_ends_early",
        "{over}"
    );
}

/// The same bytes are taken in anew for one of the dates that they covered.
#[test]
fn a_file_that_comes_to_cover_other_dates_is_read_again() {
    let booked = [
        ("2026-11-16 10:00:00", "M1", 11_000, "success"),
        ("2026-11-17 10:00:00", "T1", 12_000, "success"),
    ];
    let workspace = workspace("start = \"2026-11-16\"", &booked);
    let rows = [
        ("2026-11-16 10:00:00", "M1", 11_000),
        ("2026-11-17 10:00:00", "T1", 12_000),
    ];
    put(&workspace, "inbox/biller_export.csv", report(&rows), 60);
    let range = ["run", "--json", "--from", MON, "--to", TUE];
    let both = workspace.run(range);
    assert_eq!(
        briefs(&both),
        [
            format!("{MON} complete: matched=1/1"),
            format!("{TUE} complete: matched=1/1")
        ]
    );
    let id = file_id(&workspace, "biller_export.csv");
    workspace
        .run(["files", "withdraw", &id, "--reason", "of one date"])
        .exits(0);
    workspace
        .run([
            "add",
            "inbox/biller_export.csv",
            "--channel",
            "biller",
            "--date",
            TUE,
        ])
        .exits(0);
    let again = workspace.run(range);
    let fresh = {
        let other = crate::bills::workspace("start = \"2026-11-16\"", &booked);
        put(&other, "biller_export.csv", report(&rows), 60);
        other
            .run([
                "add",
                "biller_export.csv",
                "--channel",
                "biller",
                "--date",
                TUE,
            ])
            .exits(0);
        other.run(range)
    };
    assert_eq!(briefs(&again), briefs(&fresh));
    assert_ne!(briefs(&again), briefs(&both));
}

/// Keys that the ledger writes in letters that no look-up tries: read whole they match, asked by key they do
/// not.
#[test]
fn a_key_that_no_look_up_finds_is_read() {
    let booked = [
        ("2026-11-17 10:00:00", "Ord-1O05", 11_000, "success"),
        ("2026-11-17 11:00:00", "T1", 12_000, "success"),
    ];
    let own = "extends = \"tokopedia-biller\"\nname = \"own\"\n\n[[field]]\nname = \"ref_id\"\n\
               key = \"text-folded\"\n";
    let settings = config(&[channel("biller", "start = \"2026-11-17\"")]);
    let settings = settings.replace("\"tokopedia-biller\"", "\"own.toml\"");
    assert!(settings.contains("own.toml"), "{settings}");
    let workspace = Workspace::new()
        .config(&settings)
        .file("own.toml", own)
        .ledger_sql(&ledger(&booked));
    let rows = [
        ("2026-11-17 10:00:00", "ORD-1005", 19_000),
        ("2026-11-17 11:00:00", "T1", 12_000),
    ];
    put(&workspace, &inbox(TUE), report(&rows), 60);
    let first = nightly(&workspace, WED, 11).exits(0);
    assert_eq!(
        briefs(&first),
        [format!("{TUE} complete: matched=1/1 amount_break=1/1")]
    );
    let listed = breaks(&workspace);
    let again = nightly(&workspace, WED, 12).exits(0);
    assert_eq!(briefs(&again), briefs(&first));
    assert_eq!(breaks(&workspace), listed);
    put(&workspace, &inbox(WED), report(&[]), 30);
    nightly(&workspace, "2026-11-19", 11).exits(0);
    assert_eq!(breaks(&workspace), listed);
}
