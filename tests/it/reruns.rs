//! Histories of one channel through the real binary: whatever came late, twice, corrected or in
//! another order, the same knowledge ends in the same result.

use serde_json::Value;

use crate::bills::{
    Booked, brief, channel, config, file_id, files, insert, judged, ledger, open_breaks, put,
    report, said, workspace,
};
use crate::harness::{Output, Workspace};

pub const MON: &str = "2026-11-16";
pub const TUE: &str = "2026-11-17";
pub const WED: &str = "2026-11-18";

pub const START: &str = "start = \"2026-11-16\"";

pub fn inbox(date: &str) -> String {
    format!("inbox/biller_{}.csv", date.replace('-', ""))
}

/// `date brief` of every result of a run.
pub fn briefs(output: &Output) -> Vec<String> {
    let json = output.json();
    let results = json["results"].as_array().expect("results");
    results
        .iter()
        .map(|result| {
            let date = result["business_date"].as_str().expect("a date");
            format!("{date} {}", brief(result))
        })
        .collect()
}

/// A plain run in the morning of `day`, at `hour` o'clock in Jakarta.
pub fn nightly(workspace: &Workspace, day: &str, hour: u32) -> Output {
    let as_of = format!("{day}T{hour:02}:00:00+07:00");
    workspace.run(["run", "--as-of", &as_of, "--json"])
}

fn revisions(output: &Output) -> Vec<u64> {
    let json = output.json();
    let results = json["results"].as_array().expect("results");
    results
        .iter()
        .map(|result| result["revision"].as_u64().expect("a revision"))
        .collect()
}

/// Everything a run concludes but the number of its revisions and of itself.
fn conclusions(output: &Output) -> Value {
    let mut results = output.json()["results"].clone();
    for result in results.as_array_mut().expect("results") {
        let result = result.as_object_mut().expect("a result");
        result.remove("revision");
        for file in result["files"].as_array_mut().expect("files") {
            file.as_object_mut().expect("a file").remove("revision");
        }
    }
    results
}

pub fn breaks(workspace: &Workspace) -> Value {
    workspace
        .run(["breaks", "list", "--json", "--as-of", crate::harness::AS_OF])
        .exits(0)
        .json()
}

/// Without their ids: a break that a run first saw by its half keeps the id it got then.
fn without_ids(breaks: &Value) -> Vec<String> {
    let mut lines: Vec<String> = breaks
        .as_array()
        .expect("breaks")
        .iter()
        .map(|one| {
            let mut one = one.clone();
            one.as_object_mut().expect("a break").remove("id");
            one.to_string()
        })
        .collect();
    lines.sort();
    lines
}

#[test]
fn a_late_file_completes_its_date_as_the_next_revision() {
    let workspace = workspace(
        START,
        &[
            ("2026-11-16 08:00:00", "M", 10_000, "success"),
            ("2026-11-17 08:00:00", "T", 20_000, "success"),
        ],
    );
    let first = nightly(&workspace, TUE, 11).exits(66);
    assert_eq!(briefs(&first), ["2026-11-16 incomplete: awaiting=0/1"]);
    assert!(open_breaks(&workspace).is_empty());
    put(
        &workspace,
        &inbox(TUE),
        report(&[("2026-11-17 08:00:00", "T", 20_000)]),
        30,
    );
    let second = nightly(&workspace, WED, 11).exits(66);
    assert_eq!(
        briefs(&second),
        [
            "2026-11-16 incomplete: awaiting=0/1",
            "2026-11-17 complete: matched=1/1"
        ]
    );
    put(
        &workspace,
        &inbox(MON),
        report(&[("2026-11-16 08:00:00", "M", 10_000)]),
        5,
    );
    let third = nightly(&workspace, WED, 12).exits(0);
    assert_eq!(
        briefs(&third),
        [
            "2026-11-16 complete: matched=1/1",
            "2026-11-17 complete: matched=1/1"
        ]
    );
    assert_eq!(revisions(&third), [2, 1]);
}

#[test]
fn a_ledger_that_healed_overnight_is_noticed_by_a_plain_run() {
    let workspace = workspace(
        START,
        &[
            ("2026-11-16 08:00:00", "M", 10_000, "pending"),
            ("2026-11-17 08:00:00", "T", 20_000, "success"),
        ],
    );
    put(
        &workspace,
        &inbox(MON),
        report(&[("2026-11-16 08:00:00", "M", 10_000)]),
        60,
    );
    put(
        &workspace,
        &inbox(TUE),
        report(&[("2026-11-17 08:00:00", "T", 20_000)]),
        60,
    );
    nightly(&workspace, TUE, 11).exits(0);
    assert_eq!(
        open_breaks(&workspace),
        ["settled_while_pending M 2026-11-16"]
    );
    workspace.change_ledger(
        "ledger.db",
        "UPDATE payments SET status = 'success' WHERE ref_id = 'M'",
    );
    let healed = nightly(&workspace, WED, 11).exits(0);
    assert_eq!(
        briefs(&healed),
        [
            "2026-11-16 complete: matched=1/1",
            "2026-11-17 complete: matched=1/1"
        ]
    );
    assert!(open_breaks(&workspace).is_empty());
    let all = workspace
        .run(["breaks", "list", "--state", "all", "--json"])
        .exits(0)
        .json();
    assert_eq!(all[0]["state"], "cleared", "{all}");
}

/// A payment of a date without a report that is booked later is not overlooked either.
#[test]
fn a_ledger_that_changed_on_a_quiet_date_is_noticed_too() {
    let settings = "start = \"2026-11-14\"\ncalendar = \"working-days\"\ndue = \"10:00\"";
    let workspace = workspace(settings, &[]);
    put(
        &workspace,
        &inbox(MON),
        report(&[("2026-11-16 08:00:00", "M", 10_000)]),
        60,
    );
    let first = nightly(&workspace, TUE, 11).exits(0);
    assert_eq!(
        briefs(&first),
        [
            "2026-11-14 not_expected:",
            "2026-11-15 not_expected:",
            "2026-11-16 complete: missing_in_ledger=1/0"
        ]
    );
    workspace.change_ledger(
        "ledger.db",
        &insert(("2026-11-15 08:00:00", "S", 10_000, "success")),
    );
    let second = nightly(&workspace, TUE, 12).exits(66);
    assert_eq!(
        briefs(&second),
        [
            "2026-11-15 incomplete: awaiting=0/1",
            "2026-11-16 complete: missing_in_ledger=1/0"
        ]
    );
}

const NIGHTS: [Booked<'static>; 6] = [
    ("2026-11-16 08:00:00", "M1", 10_000, "success"),
    ("2026-11-16 23:59:58", "N1", 20_000, "success"),
    ("2026-11-17 00:00:03", "N2", 30_000, "success"),
    ("2026-11-17 12:00:00", "T1", 40_000, "success"),
    ("2026-11-17 23:59:57", "N3", 50_000, "pending"),
    ("2026-11-18 12:00:00", "W1", 60_000, "failed"),
];

/// N1 and N3 are settled just after our midnight, N2 just before it; T1 never, X was not ours.
pub fn nights() -> Workspace {
    let workspace = workspace(START, &NIGHTS);
    for (date, rows) in [
        (
            MON,
            &[
                ("2026-11-16 08:00:01", "M1", 11_000),
                ("2026-11-16 23:59:59", "N2", 30_000),
            ][..],
        ),
        (
            TUE,
            &[
                ("2026-11-17 00:00:01", "N1", 20_000),
                ("2026-11-17 13:00:00", "X", 15_000),
            ],
        ),
        (
            WED,
            &[
                ("2026-11-18 00:00:02", "N3", 50_000),
                ("2026-11-18 12:00:01", "W1", 60_000),
            ],
        ),
    ] {
        put(&workspace, &inbox(date), report(rows), 60);
    }
    workspace
}

/// The dates of the week, once each in this order, then all at once: conclusions and breaks.
fn in_order(dates: &[&str]) -> (Value, Value) {
    let workspace = nights();
    for date in dates {
        workspace.run(["run", "--date", date]).exits(0);
    }
    let listed = breaks(&workspace);
    let all = workspace
        .run(["run", "--from", MON, "--to", WED, "--json"])
        .exits(0);
    assert_eq!(
        breaks(&workspace),
        listed,
        "{dates:?}: another pass changes no break"
    );
    (conclusions(&all), listed)
}

#[test]
fn around_midnight_the_order_of_dates_changes_nothing() {
    let workspace = nights();
    let range = ["run", "--from", MON, "--to", WED, "--json"];
    let at_once = workspace.run(range).exits(0);
    let results = conclusions(&at_once);
    assert_eq!(
        briefs(&at_once),
        [
            "2026-11-16 complete: timing_differences=1/1 amount_break=1/1",
            "2026-11-17 complete: timing_differences=1/2 missing_at_partner=0/1 missing_in_ledger=1/0",
            "2026-11-18 complete: settled_while_pending=1/0 status_break=1/1"
        ]
    );
    let expected = breaks(&workspace);
    assert_eq!(expected.as_array().map(Vec::len), Some(5), "{expected}");
    for dates in [
        [MON, TUE, WED],
        [MON, WED, TUE],
        [TUE, MON, WED],
        [TUE, WED, MON],
        [WED, MON, TUE],
        [WED, TUE, MON],
    ] {
        let (results_now, listed) = in_order(&dates);
        assert_eq!(without_ids(&listed), without_ids(&expected), "{dates:?}");
        assert_eq!(results_now, results, "{dates:?}");
    }
}

#[test]
fn a_rerun_changes_nothing_and_sends_nothing() {
    let workspace = nights();
    let range = ["run", "--from", MON, "--to", WED, "--json"];
    let first = workspace.run(range).exits(0);
    let (listed, mails) = (breaks(&workspace), workspace.files("mail"));
    assert!(!mails.is_empty());
    for _ in 0..2 {
        let again = workspace.run(range).exits(0);
        assert_eq!(again.json()["results"], first.json()["results"]);
        assert_eq!(breaks(&workspace), listed);
        assert_eq!(workspace.files("mail"), mails);
    }
    let plain = workspace.run(["run"]).exits(0);
    assert!(said(&plain).contains("othing changed"), "{plain:?}");
    assert_eq!(workspace.files("mail"), mails);
    // Asked for, it leaves again.
    workspace
        .run(["run", "--from", MON, "--to", WED, "--send"])
        .exits(0);
    assert!(workspace.files("mail").len() > mails.len());
}

#[test]
fn ids_of_breaks_stay_through_corrections_and_reruns() {
    let workspace = nights();
    workspace.run(["run", "--from", MON, "--to", WED]).exits(0);
    let id_of = |reference: &str| -> String {
        let listed = workspace
            .run(["breaks", "list", "--state", "all", "--json"])
            .exits(0)
            .json();
        let found = listed
            .as_array()
            .expect("breaks")
            .iter()
            .find(|one| one["key"]["ref_id"] == reference)
            .unwrap_or_else(|| panic!("no break of {reference}"));
        found["id"].as_str().expect("an id").to_owned()
    };
    let before: Vec<String> = ["M1", "T1", "X"].map(id_of).to_vec();
    // T1 arrives with a correction, is lost with the next one, and is the same break again.
    put(
        &workspace,
        "inbox/biller_20261117_v2.csv",
        report(&[
            ("2026-11-17 00:00:01", "N1", 20_000),
            ("2026-11-17 12:00:01", "T1", 40_000),
            ("2026-11-17 13:00:00", "X", 15_000),
        ]),
        30,
    );
    workspace.run(["run"]).exits(0);
    assert!(
        !open_breaks(&workspace).contains(&"missing_at_partner T1 2026-11-17".to_owned()),
        "{:?}",
        open_breaks(&workspace)
    );
    let corrected = file_id(&workspace, "biller_20261117_v2.csv");
    workspace
        .run(["files", "withdraw", &corrected, "--reason", "sent in error"])
        .exits(0);
    workspace.run(["run"]).exits(0);
    assert!(open_breaks(&workspace).contains(&"missing_at_partner T1 2026-11-17".to_owned()));
    assert_eq!(["M1", "T1", "X"].map(id_of).to_vec(), before);
}

#[test]
fn a_date_whose_file_is_withdrawn_is_unknown_and_so_are_its_halves() {
    let workspace = nights();
    let range = ["run", "--from", MON, "--to", WED, "--json"];
    workspace.run(range).exits(0);
    let before = breaks(&workspace);
    let id = file_id(&workspace, "biller_20261117.csv");
    workspace
        .run(["files", "withdraw", &id, "--reason", "of another merchant"])
        .exits(0);
    // A plain run finds the date by itself.
    let plain = workspace.run(["run", "--json"]).exits(66);
    let tuesday = briefs(&plain)
        .into_iter()
        .find(|line| line.starts_with(TUE))
        .expect("the date without its file");
    assert!(tuesday.contains("incomplete"), "{tuesday}");
    let listed = open_breaks(&workspace);
    // N1 was settled on the 17th: nobody knows now, and nobody calls it missing.
    assert!(
        !listed.iter().any(|line| line.contains(" N1 ")),
        "{listed:?}"
    );
    assert!(
        !listed.iter().any(|line| line.contains(" T1 ")),
        "{listed:?}"
    );
    workspace
        .run(["add", &inbox(TUE), "--channel", "biller"])
        .exits(0);
    workspace.run(range).exits(0);
    assert_eq!(breaks(&workspace), before);
}

#[test]
fn a_corrected_file_clears_and_opens_what_it_changes() {
    let workspace = workspace(
        "start = \"2026-11-18\"",
        &[
            ("2026-11-18 08:00:00", "A", 10_000, "success"),
            ("2026-11-18 09:00:00", "B", 20_000, "success"),
        ],
    );
    put(
        &workspace,
        &inbox(WED),
        report(&[("2026-11-18 08:00:00", "A", 9_000)]),
        60,
    );
    judged(&workspace, WED, 0);
    assert_eq!(
        open_breaks(&workspace),
        [
            "amount_break A 2026-11-18",
            "missing_at_partner B 2026-11-18"
        ]
    );
    put(
        &workspace,
        &inbox(WED),
        report(&[
            ("2026-11-18 08:00:00", "A", 10_000),
            ("2026-11-18 09:00:00", "B", 20_000),
            ("2026-11-18 09:00:00", "Z", 5_000),
        ]),
        5,
    );
    let result = judged(&workspace, WED, 0);
    assert_eq!(
        brief(&result),
        "complete: matched=2/2 missing_in_ledger=1/0"
    );
    assert_eq!(open_breaks(&workspace), ["missing_in_ledger Z 2026-11-18"]);
    let roll = &result["roll_forward"];
    assert_eq!(roll["closing"]["count"], 1, "{roll}");
}

#[test]
fn what_is_open_rolls_from_date_to_date() {
    let workspace = nights();
    let run = workspace
        .run(["run", "--from", MON, "--to", WED, "--json"])
        .exits(0)
        .json();
    let results = run["results"].as_array().expect("results");
    let count = |roll: &Value, part: &str| roll[part]["count"].as_i64().expect("a count");
    let mut opening = 0;
    for result in results {
        let roll = &result["roll_forward"];
        assert_eq!(count(roll, "opening"), opening, "{roll}");
        let closing = opening + count(roll, "new")
            - count(roll, "cleared")
            - count(roll, "resolved")
            - count(roll, "written_off");
        assert_eq!(count(roll, "closing"), closing, "{roll}");
        opening = closing;
    }
    assert_eq!(opening, 5, "five breaks are open in the end");
}

#[test]
fn weekends_holidays_and_the_time_a_file_is_due() {
    let settings = "start = \"2026-11-12\"\ncalendar = \"working-days\"\ndue = \"10:00\"\n\
                    holidays = \"holidays.txt\"";
    let quiet = workspace(settings, &[("2026-11-13 08:00:00", "F", 10_000, "success")])
        .file("holidays.txt", "2026-11-16 Hari libur\n");
    put(&quiet, "inbox/biller_20261112.csv", report(&[]), 60);
    // Monday is a holiday: Friday's file is due on Tuesday at ten.
    let before = nightly(&quiet, TUE, 9).exits(0);
    assert_eq!(
        briefs(&before),
        [
            "2026-11-12 complete:",
            "2026-11-13 not_due: awaiting=0/1",
            "2026-11-14 not_due:",
            "2026-11-15 not_due:",
            "2026-11-16 not_due:",
        ]
    );
    let after = nightly(&quiet, TUE, 11).exits(66);
    assert_eq!(
        briefs(&after),
        [
            "2026-11-13 incomplete: awaiting=0/1",
            "2026-11-14 not_expected:",
            "2026-11-15 not_expected:",
            "2026-11-16 not_expected:",
        ]
    );
    put(
        &quiet,
        "inbox/biller_20261113-20261116.csv",
        report(&[("2026-11-13 08:00:00", "F", 10_000)]),
        5,
    );
    let late = nightly(&quiet, TUE, 12).exits(0);
    assert_eq!(
        briefs(&late),
        [
            "2026-11-13 complete: matched=1/1",
            "2026-11-14 complete:",
            "2026-11-15 complete:",
            "2026-11-16 complete:",
        ]
    );
}

#[test]
fn dates_beyond_the_window_are_named_and_never_skipped_in_silence() {
    let config = config(&[channel("biller", "start = \"2026-11-01\"")]).replace(
        "archive = \"archive\"",
        "archive = \"archive\"\ncatch_up = \"3d\"",
    );
    let workspace = Workspace::new().config(&config).ledger_sql(&ledger(&[(
        "2026-11-10 08:00:00",
        "O",
        10_000,
        "success",
    )]));
    std::fs::create_dir(workspace.path().join("inbox")).expect("the inbox");
    let first = workspace.run(["run", "--json"]).exits(66);
    assert_eq!(briefs(&first).len(), 3);
    assert!(
        first
            .stderr
            .contains("15 business date(s) from 2026-11-01 to 2026-11-15 were never reconciled"),
        "{}",
        first.stderr
    );
    // Taken up by hand, they stay incomplete, and that is said as long as it is so.
    workspace
        .run(["run", "--from", "2026-11-01", "--to", "2026-11-15"])
        .exits(66);
    let second = workspace.run(["run", "--json"]).exits(66);
    assert!(
        second
            .stderr
            .contains("15 business date(s) from 2026-11-01 to 2026-11-15 are not complete"),
        "{}",
        second.stderr
    );
    // The file completes its date whenever it comes.
    put(
        &workspace,
        "inbox/biller_20261110.csv",
        report(&[("2026-11-10 08:00:00", "O", 10_000)]),
        5,
    );
    let third = workspace.run(["run", "--json"]).exits(66);
    assert!(
        briefs(&third).contains(&"2026-11-10 complete: matched=1/1".to_owned()),
        "{:?}",
        briefs(&third)
    );
    assert!(
        third.stderr.contains("14 business date(s)"),
        "{}",
        third.stderr
    );
}

/// References with blanks around them are found again when only their key is asked for.
#[test]
fn a_ledger_that_pads_its_references_is_read_the_same_each_night() {
    let workspace = workspace(
        START,
        &[
            ("2026-11-16 08:00:00", "M  ", 10_000, "success"),
            ("2026-11-17 08:00:00", "T", 20_000, "success"),
        ],
    );
    put(
        &workspace,
        &inbox(MON),
        report(&[("2026-11-16 08:00:00", "M", 9_000)]),
        60,
    );
    put(
        &workspace,
        &inbox(TUE),
        report(&[("2026-11-17 08:00:00", "T", 20_000)]),
        60,
    );
    workspace.run(["run", "--date", MON]).exits(0);
    assert_eq!(open_breaks(&workspace), ["amount_break M 2026-11-16"]);
    workspace.run(["run", "--date", TUE]).exits(0);
    assert_eq!(open_breaks(&workspace), ["amount_break M 2026-11-16"]);
}

/// However the ledger spells a numeric reference, the break of one night is the same break after
/// the next one, when only its key is asked for.
#[test]
fn numeric_references_are_found_again_in_every_spelling() {
    const PROFILE: &str = "name = \"kilat\"\nmoney = \"we-receive\"\n[defaults]\n\
        pending_sla = \"2h\"\ncalendar = \"every-day\"\ndue = \"08:00\"\n\
        files_per_date = \"one\"\n[file]\ndelimiter = \";\"\n[[field]]\n\
        name = \"ref_id\"\ncolumns = [\"ref_id\"]\nkey = \"numeric\"\n[amount]\n\
        columns = [\"amount\"]\n[time]\ncolumns = [\"timestamp\"]\n\
        zone = \"Asia/Jakarta\"\n[status]\nconstant = \"success\"\n\
        [slot]\nfile_name = ['(?P<date>20\\d{6})']\n";
    for (kind, written) in [
        ("INTEGER", "7"),
        ("TEXT", "'7'"),
        ("TEXT", "'000007'"),
        ("TEXT", "' 0007 '"),
        ("TEXT", "'7.0'"),
        ("TEXT", "'007.00'"),
        ("NUMERIC", "'007'"),
    ] {
        let ledger = format!(
            "CREATE TABLE payments (ref_id {kind}, amount REAL, admin_fee INTEGER, \
             status TEXT, created_at TEXT);\n\
             INSERT INTO payments VALUES ({written}, 10000.5, 0, 'success', '2026-11-16 08:00:00');"
        );
        let workspace = Workspace::new()
            .config(&config(&[channel(
                "biller",
                &format!("{START}\nprofile = \"kilat.toml\""),
            )]))
            .file("kilat.toml", PROFILE)
            .ledger_sql(&ledger);
        let header = "timestamp;ref_id;amount\n";
        let monday = format!("{header}2026-11-16 08:00:00;00000007;9000\n");
        put(&workspace, &inbox(MON), monday, 60);
        put(&workspace, &inbox(TUE), header, 60);
        for date in [MON, TUE] {
            workspace.run(["run", "--date", date]).exits(0);
            assert_eq!(
                open_breaks(&workspace),
                ["amount_break 00000007 2026-11-16"],
                "{kind} {written} after {date}"
            );
        }
    }
}

#[test]
fn a_dry_run_tells_the_difference_and_makes_none() {
    let workspace = nights();
    workspace.run(["run", "--date", MON]).exits(0);
    let (mails, known) = (workspace.files("mail"), files(&workspace));
    put(
        &workspace,
        &inbox(MON),
        report(&[("2026-11-16 08:00:01", "M1", 10_000)]),
        5,
    );
    workspace
        .run(["add", &inbox(MON), "--channel", "biller"])
        .exits(0);
    let listed = breaks(&workspace);
    let told = workspace
        .run(["run", "--date", MON, "--dry-run"])
        .exits(0)
        .stdout;
    assert!(told.contains("would become revision 2"), "{told}");
    assert_eq!(breaks(&workspace), listed);
    assert_eq!(workspace.files("mail"), mails);
    assert_ne!(files(&workspace), known, "the file was added before it");
}
