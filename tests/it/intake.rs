//! Files: which slot they fill, which revision counts, and that none is lost, taken twice or
//! believed too early.

use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::symlink;

use crate::bills::{
    self, age, brief, channel, config, file_id, files, judged, ledger, open_breaks, put, report,
    said, workspace,
};
use crate::harness::Workspace;

const DAY: &str = "2026-11-18";
const NAME: &str = "inbox/biller_20261118.csv";
const A: (&str, &str, u32) = ("2026-11-18 08:00:00", "A", 100_000);
const B: (&str, &str, u32) = ("2026-11-18 09:00:00", "B", 50_000);
const C: (&str, &str, u32) = ("2026-11-18 10:00:00", "C", 20_000);

fn booked<'a>((at, reference, rupiah): (&'a str, &'a str, u32)) -> bills::Booked<'a> {
    (at, reference, rupiah, "success")
}

/// A, B and C on our side.
fn three(settings: &str) -> Workspace {
    workspace(settings, &[booked(A), booked(B), booked(C)])
}

#[track_caller]
fn stands(workspace: &Workspace, expected: &[(&str, &str)]) {
    let expected = expected
        .iter()
        .map(|(name, state)| ((*name).to_owned(), (*state).to_owned()))
        .collect();
    assert_eq!(files(workspace), expected);
}

#[test]
fn other_bytes_under_the_same_name_are_the_next_revision() {
    let workspace = three("");
    put(&workspace, NAME, report(&[A, B]), 60);
    let first = judged(&workspace, DAY, 0);
    assert_eq!(
        brief(&first),
        "complete: matched=2/2 missing_at_partner=0/1"
    );
    put(&workspace, NAME, report(&[A, B, C]), 30);
    let second = judged(&workspace, DAY, 0);
    assert_eq!(brief(&second), "complete: matched=3/3");
    assert_eq!(second["revision"], 2);
    assert_eq!(second["files"][0]["revision"], 2);
    let listed = workspace.run(["files", "list"]).exits(0).stdout;
    assert!(
        listed.contains("superseded") && listed.contains("revision 2"),
        "{listed}"
    );
}

#[test]
fn the_same_bytes_again_are_a_no_op_under_any_name() {
    let workspace = three("");
    put(&workspace, NAME, report(&[A, B, C]), 60);
    judged(&workspace, DAY, 0);
    put(
        &workspace,
        "inbox/biller_20261118_copy.csv",
        report(&[A, B, C]),
        1,
    );
    // Even a name that tells of another date adds nothing: the bytes are known.
    put(
        &workspace,
        "inbox/biller_20261119.csv",
        report(&[A, B, C]),
        1,
    );
    let again = judged(&workspace, DAY, 0);
    assert_eq!(brief(&again), "complete: matched=3/3");
    assert_eq!(again["revision"], 1);
    stands(&workspace, &[("biller_20261118.csv", "counts")]);
    let collected = workspace.run(["collect"]).exits(0).stdout;
    assert_eq!(collected, "Nothing new in any source.\n");
}

#[test]
fn a_correction_that_is_older_does_not_count_and_that_is_said() {
    let workspace = three("");
    put(&workspace, NAME, report(&[A, B, C]), 10);
    judged(&workspace, DAY, 0);
    put(
        &workspace,
        "inbox/biller_20261118_old.csv",
        report(&[A]),
        60,
    );
    let output = workspace.run(["run", "--date", DAY]).exits(0);
    assert!(
        said(&output).contains("biller_20261118.csv is newer and counts"),
        "{output:?}"
    );
    assert_eq!(brief(&judged(&workspace, DAY, 0)), "complete: matched=3/3");
    stands(
        &workspace,
        &[
            ("biller_20261118.csv", "revision 2"),
            ("biller_20261118_old.csv", "superseded"),
        ],
    );
}

#[test]
fn superseded_bytes_that_come_again_are_noted_and_not_applied() {
    let workspace = three("");
    put(&workspace, NAME, report(&[A]), 60);
    judged(&workspace, DAY, 0);
    put(
        &workspace,
        "inbox/biller_20261118_v2.csv",
        report(&[A, B, C]),
        30,
    );
    assert_eq!(brief(&judged(&workspace, DAY, 0)), "complete: matched=3/3");
    put(&workspace, "inbox/biller_20261118_v3.csv", report(&[A]), 1);
    let again = judged(&workspace, DAY, 0);
    assert_eq!(brief(&again), "complete: matched=3/3");
    assert_eq!(again["revision"], 2);
}

/// A copy can keep the size and the time of what it replaces.
#[test]
fn other_bytes_of_the_same_size_and_time_are_noticed() {
    let workspace = three("");
    put(&workspace, NAME, report(&[A, B, C]), 60);
    assert_eq!(brief(&judged(&workspace, DAY, 0)), "complete: matched=3/3");
    let path = workspace.path().join(NAME);
    let before = fs::metadata(&path).expect("a file");
    let changed = report(&[A, B, ("2026-11-18 10:00:00", "C", 30_000)]);
    assert_eq!(before.len(), changed.len() as u64);
    workspace.put("aside.csv", changed);
    let aside = workspace.path().join("aside.csv");
    fs::File::options()
        .append(true)
        .open(&aside)
        .and_then(|file| file.set_modified(before.modified()?))
        .expect("the same time");
    fs::rename(&aside, &path).expect("a rename over it");
    // Of one name and one time, the hash says which of them counts; neither is overlooked.
    let output = workspace.run(["run", "--date", DAY]).exits(0);
    let listed = workspace.run(["files", "list"]).exits(0).stdout;
    let known = listed
        .lines()
        .filter(|line| line.contains("biller_20261118.csv"));
    assert_eq!(known.count(), 2, "{listed}{output:?}");
}

#[test]
fn a_withdrawn_file_no_longer_counts_until_a_person_adds_it_again() {
    let workspace = three("");
    put(&workspace, NAME, report(&[A, B]), 60);
    judged(&workspace, DAY, 0);
    put(
        &workspace,
        "inbox/biller_20261118_v2.csv",
        report(&[A, B, C]),
        30,
    );
    assert_eq!(brief(&judged(&workspace, DAY, 0)), "complete: matched=3/3");

    let newer = file_id(&workspace, "biller_20261118_v2.csv");
    let withdraw = [
        "files",
        "withdraw",
        newer.as_str(),
        "--reason",
        "wrong shop",
    ];
    workspace.run(withdraw).exits(0);
    // The revision before it counts again; the folder still holding the other one changes nothing.
    let back = judged(&workspace, DAY, 0);
    assert_eq!(brief(&back), "complete: matched=2/2 missing_at_partner=0/1");

    let older = file_id(&workspace, "biller_20261118.csv");
    workspace
        .run(["files", "withdraw", &older, "--reason", "that one too"])
        .exits(0);
    let none = judged(&workspace, DAY, 66);
    assert_eq!(brief(&none), "incomplete: awaiting=0/3");
    assert_eq!(open_breaks(&workspace), [""; 0]);

    workspace
        .run(["add", "inbox/biller_20261118_v2.csv", "--channel", "biller"])
        .exits(0);
    let again = judged(&workspace, DAY, 0);
    assert_eq!(brief(&again), "complete: matched=3/3");
    assert_eq!(again["revision"], 5);
    assert_eq!(
        workspace
            .run(["files", "withdraw", "99", "--reason", "x"])
            .exits(2)
            .stdout,
        ""
    );
}

#[test]
fn parts_complete_a_date_one_by_one() {
    let workspace = three("files_per_date = \"parts\"");
    put(
        &workspace,
        "inbox/biller_20261118_part1of3.csv",
        report(&[A]),
        60,
    );
    assert_eq!(
        brief(&judged(&workspace, DAY, 66)),
        "incomplete: awaiting=1/3"
    );
    put(
        &workspace,
        "inbox/biller_20261118_part3of3.csv",
        report(&[C]),
        60,
    );
    assert_eq!(
        brief(&judged(&workspace, DAY, 66)),
        "incomplete: awaiting=2/3"
    );
    assert_eq!(open_breaks(&workspace), [""; 0]);
    put(
        &workspace,
        "inbox/biller_20261118_part2of3.csv",
        report(&[B]),
        60,
    );
    assert_eq!(brief(&judged(&workspace, DAY, 0)), "complete: matched=3/3");
    // A corrected part replaces that part alone.
    put(
        &workspace,
        "inbox/biller_20261118_part2of3.csv",
        report(&[]),
        1,
    );
    assert_eq!(
        brief(&judged(&workspace, DAY, 0)),
        "complete: matched=2/2 missing_at_partner=0/1"
    );
}

#[test]
fn files_per_date_says_whether_a_second_name_adds_or_is_asked_about() {
    for (settings, code, expected) in [
        ("files_per_date = \"one\"", 65, "incomplete:"),
        ("files_per_date = \"many\"", 0, "complete: matched=3/3"),
    ] {
        let workspace = three(settings);
        put(
            &workspace,
            "inbox/biller_20261118_a.csv",
            report(&[A, B]),
            60,
        );
        put(&workspace, "inbox/biller_20261118_b.csv", report(&[C]), 30);
        let told = brief(&judged(&workspace, DAY, code));
        assert!(told.starts_with(expected), "{settings}: {told}");
    }
}

#[test]
fn a_header_alone_is_a_file_without_sales_where_its_date_is_known() {
    let workspace = three("");
    put(&workspace, NAME, report(&[]), 60);
    assert_eq!(
        brief(&judged(&workspace, DAY, 0)),
        "complete: missing_at_partner=0/3"
    );

    let workspace = three("");
    put(&workspace, "inbox/sales.csv", report(&[]), 60);
    let output = workspace.run(["run", "--date", DAY]).exits(65);
    assert!(
        said(&output).contains("its name says no date"),
        "{output:?}"
    );
    assert_eq!(open_breaks(&workspace), [""; 0]);
    let add = [
        "add",
        "inbox/sales.csv",
        "--channel",
        "biller",
        "--date",
        DAY,
    ];
    workspace.run(add).exits(0);
    assert_eq!(
        brief(&judged(&workspace, DAY, 0)),
        "complete: missing_at_partner=0/3"
    );
}

#[test]
fn add_puts_a_file_under_the_date_a_person_names() {
    let workspace = workspace("start = \"2026-11-17\"", &[booked(A)]);
    put(&workspace, "sales.csv", report(&[A]), 60);
    let wrong = [
        "add",
        "sales.csv",
        "--channel",
        "biller",
        "--date",
        "2026-11-17",
    ];
    workspace.run(wrong).exits(0);
    // A file that counts elsewhere is not moved by saying another date.
    let right = ["add", "sales.csv", "--channel", "biller", "--date", DAY];
    let refused = workspace.run(right).exits(2);
    assert!(
        refused.stderr.contains("counts for 2026-11-17"),
        "{refused:?}"
    );
    let id = file_id(&workspace, "sales.csv");
    workspace
        .run(["files", "withdraw", &id, "--reason", "the date was wrong"])
        .exits(0);
    workspace.run(right).exits(0);
    assert_eq!(brief(&judged(&workspace, DAY, 0)), "complete: matched=1/1");
    assert_eq!(brief(&judged(&workspace, "2026-11-17", 66)), "incomplete:");
}

#[test]
fn what_add_cannot_read_is_an_error_of_usage() {
    let workspace = three("");
    for path in ["nowhere.csv", "inbox"] {
        let output = workspace.run(["add", path, "--channel", "biller"]).exits(2);
        assert!(output.stderr.contains(path), "{output:?}");
    }
}

#[test]
fn a_file_that_a_program_still_writes_is_taken_by_the_next_run() {
    let workspace = three("");
    put(&workspace, NAME, report(&[A]), 5);
    let writer = fs::File::options()
        .append(true)
        .open(workspace.path().join(NAME))
        .expect("a slow transfer");
    let output = workspace.run(["run", "--date", DAY]).exits(66);
    assert!(said(&output).contains("still being written"), "{output:?}");
    assert_eq!(files(&workspace).len(), 0);
    assert_eq!(open_breaks(&workspace), [""; 0]);
    drop(writer);
    put(&workspace, NAME, report(&[A, B, C]), 5);
    assert_eq!(brief(&judged(&workspace, DAY, 0)), "complete: matched=3/3");
}

#[test]
fn names_of_unfinished_files_are_left_alone() {
    let workspace = three("");
    for name in [
        "biller_20261118.csv.part",
        ".biller_20261118.csv",
        "~biller_20261118.csv",
    ] {
        put(&workspace, &format!("inbox/{name}"), report(&[A]), 60);
    }
    assert_eq!(
        brief(&judged(&workspace, DAY, 66)),
        "incomplete: awaiting=0/3"
    );
    assert_eq!(files(&workspace).len(), 0);
}

/// What cannot be read is said, with exit 69, and keeps nobody else from being reconciled.
#[test]
fn what_cannot_be_read_holds_up_no_other_file_and_no_other_channel() {
    let away = channel("away", "").replace("\"inbox\"", "\"unmounted\"");
    let workspace = Workspace::new()
        .config(&config(&[away, channel("biller", "")]))
        .ledger_sql(&ledger(&[booked(A)]));
    put(&workspace, NAME, report(&[A]), 60);
    symlink(
        "nowhere.csv",
        workspace.path().join("inbox/link_20261118.csv"),
    )
    .expect("a link");
    let output = workspace.run(["run", "--date", DAY, "--json"]).exits(69);
    assert!(
        output.stderr.contains("unmounted: cannot be read"),
        "{}",
        output.stderr
    );
    assert!(
        output.stderr.contains("link_20261118.csv"),
        "{}",
        output.stderr
    );
    let results = output.json()["results"].clone();
    let briefs: Vec<String> = results
        .as_array()
        .expect("results")
        .iter()
        .map(brief)
        .collect();
    assert_eq!(
        briefs,
        ["incomplete: awaiting=0/1", "complete: matched=1/1"]
    );
    // It stands in the mail as well.
    let mail = workspace.files("mail");
    let page = mail
        .iter()
        .find(|name| name.ends_with(".html"))
        .expect("a page");
    assert!(
        workspace
            .read(&format!("mail/{page}"))
            .contains("unmounted")
    );
}

#[test]
fn folders_and_pipes_are_no_files_and_links_are_what_they_point_to() {
    let workspace = three("");
    fs::create_dir(workspace.path().join("inbox/folder_20261118.csv")).expect("a folder");
    let pipe = workspace.path().join("inbox/pipe_20261118.csv");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.expect("mkfifo runs").success());
    put(&workspace, "elsewhere/real.csv", report(&[A, B, C]), 60);
    symlink(
        workspace.path().join("elsewhere/real.csv"),
        workspace.path().join(NAME),
    )
    .expect("a link");
    // Only the pipe is named: the pattern takes every name, and so says nothing of folders.
    assert_eq!(brief(&judged(&workspace, DAY, 65)), "complete: matched=3/3");
    stands(&workspace, &[("biller_20261118.csv", "counts")]);
}

#[test]
fn odd_names_are_told_apart_and_move_no_cursor() {
    let workspace = three("files_per_date = \"many\"");
    let inbox = workspace.path().join("inbox");
    let names: [&[u8]; 3] = [
        b"a\xff_20261118.csv",
        b"a\xfe_20261118.csv",
        b"\x1b[2Jb\n_20261118 'x' \xf0\x9f\x92\xb8.csv",
    ];
    for (name, row) in names.iter().zip([A, B, C]) {
        let path = inbox.join(OsString::from_vec(name.to_vec()));
        fs::write(&path, report(&[row])).expect("a file");
        let at = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_700_000_000);
        fs::File::options()
            .append(true)
            .open(&path)
            .and_then(|file| file.set_modified(at))
            .expect("one time for all");
    }
    assert_eq!(brief(&judged(&workspace, DAY, 0)), "complete: matched=3/3");
    let listed = workspace.run(["files", "list"]).exits(0).stdout;
    assert!(!listed.contains('\u{1b}'), "{listed}");
    assert_eq!(
        listed
            .lines()
            .filter(|line| line.contains("biller"))
            .count(),
        3,
        "{listed}"
    );
    assert_eq!(files(&workspace).len(), 3);
}

/// The profile's word on rows and coverage is today's word.
#[test]
fn a_changed_profile_reads_its_files_again() {
    let profile = |style: &str| {
        format!(
            "name = \"kilat\"\nmoney = \"we-receive\"\n[defaults]\npending_sla = \"2h\"\n\
             calendar = \"every-day\"\ndue = \"08:00\"\nfiles_per_date = \"one\"\n\
             [file]\ndelimiter = \";\"\n\
             [[field]]\nname = \"ref_id\"\ncolumns = [\"ref_id\"]\nkey = \"text\"\n\
             [amount]\ncolumns = [\"amount\"]\n{style}\n\
             [time]\ncolumns = [\"timestamp\"]\nzone = \"Asia/Jakarta\"\n\
             [status]\nconstant = \"success\"\n"
        )
    };
    let workspace = three("profile = \"kilat.toml\"");
    let file = "timestamp;ref_id;amount\n2026-11-18 08:00:00;A;100000\n\
                2026-11-18 09:00:00;B;50.000\n2026-11-18 10:00:00;C;20000\n";
    workspace.put("kilat.toml", profile(""));
    put(&workspace, "sales.csv", file, 60);
    workspace
        .run(["add", "sales.csv", "--channel", "biller"])
        .exits(0);
    let strict = judged(&workspace, DAY, 0);
    assert_eq!(strict["rejected_rows"], 1, "{strict}");
    assert_eq!(strict["matched"]["ledger"]["entries"], 2);

    workspace.put("kilat.toml", profile("number_style = \"id\""));
    let told = judged(&workspace, DAY, 0);
    assert_eq!(told["rejected_rows"], 0, "{told}");
    assert_eq!(brief(&told), "complete: matched=3/3");

    // A profile that no longer reads it: the file is refused, nothing becomes a break …
    workspace.put(
        "kilat.toml",
        profile("number_style = \"id\"").replace("\"amount\"", "\"jumlah\""),
    );
    assert_eq!(
        brief(&judged(&workspace, DAY, 65)),
        "incomplete: awaiting=0/3"
    );
    assert_eq!(open_breaks(&workspace), [""; 0]);
    // … and the profile as it was reads it as it did, though no folder holds it.
    workspace.put("kilat.toml", profile("number_style = \"id\""));
    assert_eq!(brief(&judged(&workspace, DAY, 0)), "complete: matched=3/3");
}

#[test]
fn a_row_of_the_next_day_belongs_to_the_date_its_file_covers() {
    let late = ("2026-11-19 00:00:02", "L", 70_000);
    let workspace = workspace("", &[("2026-11-18 23:59:58", "L", 70_000, "success")]);
    put(&workspace, NAME, report(&[late]), 60);
    let result = judged(&workspace, DAY, 0);
    assert_eq!(brief(&result), "complete: matched=1/1");
    assert_eq!(result["settlement"]["amount"], "70000.00");
}

#[test]
fn one_file_completes_three_dates() {
    let friday = ("2026-11-13 08:00:00", "F", 10_000);
    let sunday = ("2026-11-15 08:00:00", "S", 20_000);
    let workspace = workspace("start = \"2026-11-13\"", &[booked(friday), booked(sunday)]);
    put(
        &workspace,
        "inbox/biller_20261113-20261115.csv",
        report(&[friday, sunday]),
        60,
    );
    let run = [
        "run",
        "--from",
        "2026-11-13",
        "--to",
        "2026-11-15",
        "--json",
    ];
    let results = workspace.run(run).exits(0).json()["results"].clone();
    let briefs: Vec<String> = results
        .as_array()
        .expect("results")
        .iter()
        .map(brief)
        .collect();
    assert_eq!(
        briefs,
        [
            "complete: matched=1/1",
            "complete:",
            "complete: matched=1/1"
        ]
    );
    // Of a correction without Sunday's row, Sunday alone changes.
    put(
        &workspace,
        "inbox/biller_20261113-20261115_v2.csv",
        report(&[friday]),
        1,
    );
    let results = workspace.run(run).exits(0).json()["results"].clone();
    let revisions: Vec<u64> = results
        .as_array()
        .expect("results")
        .iter()
        .map(|result| result["revision"].as_u64().expect("a revision"))
        .collect();
    assert_eq!(open_breaks(&workspace), ["missing_at_partner S 2026-11-15"]);
    assert_eq!(revisions[2], 2);
}

#[test]
fn one_folder_may_feed_two_channels() {
    let workspace = Workspace::new()
        .config(&config(&[
            channel("north-biller", ""),
            channel("south-biller", ""),
        ]))
        .ledger_sql(&ledger(&[booked(A)]));
    put(&workspace, NAME, report(&[A, B]), 60);
    let output = workspace.run(["run", "--date", DAY, "--json"]).exits(0);
    for result in output.json()["results"].as_array().expect("results") {
        assert_eq!(brief(result), "complete: matched=1/1 missing_in_ledger=1/0");
    }
    // The same finding in two channels has two names.
    let listed = workspace.run(["breaks", "list", "--json"]).exits(0).json();
    let ids: Vec<&str> = listed
        .as_array()
        .expect("breaks")
        .iter()
        .map(|one| one["id"].as_str().expect("an id"))
        .collect();
    assert_eq!(ids.len(), 2);
    assert_ne!(ids[0], ids[1]);
    // Taken back in one, it still counts in the other.
    let id = file_id(&workspace, "biller_20261118.csv");
    workspace
        .run(["files", "withdraw", &id, "--reason", "not theirs"])
        .exits(0);
    let output = workspace.run(["run", "--date", DAY, "--json"]).exits(66);
    let states: Vec<String> = output.json()["results"]
        .as_array()
        .expect("results")
        .iter()
        .map(brief)
        .collect();
    assert!(
        states.contains(&"incomplete: awaiting=0/1".to_owned()),
        "{states:?}"
    );
    assert!(
        states.contains(&"complete: matched=1/1 missing_in_ledger=1/0".to_owned()),
        "{states:?}"
    );
}

#[test]
fn a_rejected_row_says_that_its_payment_is_not_missing() {
    let workspace = three("");
    let damaged = report(&[A, B, C]).replace(";2500;50000", ";2500;lima puluh ribu");
    put(&workspace, NAME, damaged, 60);
    let result = judged(&workspace, DAY, 0);
    assert_eq!(result["rejected_rows"], 1);
    assert_eq!(result["breaks"], serde_json::json!({}), "{result}");
}

/// A setting that changes is for the catch-up window; a file that comes is for its date.
#[test]
fn old_dates_change_with_their_files_and_not_with_the_settings() {
    let old = ("2026-10-01 08:00:00", "O", 10_000);
    let settings = "start = \"2026-10-01\"\npending_sla = \"2h\"";
    let workspace = workspace(settings, &[booked(old)]);
    put(&workspace, "inbox/biller_20261001.csv", report(&[]), 60);
    let output = workspace.run(["run", "--json"]);
    let dates = |output: &crate::harness::Output| -> Vec<String> {
        output.json()["results"]
            .as_array()
            .expect("results")
            .iter()
            .map(|result| result["business_date"].as_str().expect("a date").to_owned())
            .collect()
    };
    assert!(
        dates(&output).contains(&"2026-10-01".to_owned()),
        "a new file, whatever its age"
    );
    assert!(
        output
            .stderr
            .contains("2026-10-02 to 2026-11-04 were never reconciled"),
        "{output:?}"
    );
    let changed = workspace.read("rekon.toml").replace("\"2h\"", "\"3h\"");
    workspace.put("rekon.toml", changed);
    assert!(!dates(&workspace.run(["run", "--json"])).contains(&"2026-10-01".to_owned()));
    put(
        &workspace,
        "inbox/biller_20261001_v2.csv",
        report(&[old]),
        1,
    );
    let output = workspace.run(["run", "--json"]);
    assert!(dates(&output).contains(&"2026-10-01".to_owned()));
    assert_eq!(open_breaks(&workspace), [""; 0]);
    age(&workspace, "inbox/biller_20261001_v2.csv", 2);
    assert!(!dates(&workspace.run(["run", "--json"])).contains(&"2026-10-01".to_owned()));
}
