//! When files are expected, through the real binary: holidays between, several dates in a file,
//! several files for a date; the small calendar of `rekon status`, and its roll-forward.

use std::fs::File;
use std::time::{Duration, SystemTime};

use chrono::{DateTime, NaiveDate};
use serde_json::Value;

use crate::bills::{Booked, brief, channel, config, ledger, report, workspace};
use crate::harness::{Output, Workspace};

const WORKING: &str = "calendar = \"working-days\"\ndue = \"10:00\"";

/// Writes a file as it arrived at this instant.
fn arrive(workspace: &Workspace, path: &str, rows: &[(&str, &str, u32)], at: &str) {
    workspace.put(path, report(rows));
    let at = DateTime::parse_from_rfc3339(at).expect("an instant");
    let seconds = u64::try_from(at.timestamp()).expect("after 1970");
    File::options()
        .append(true)
        .open(workspace.path().join(path))
        .and_then(|file| file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)))
        .expect("a modification time");
}

fn date_of(result: &Value) -> &str {
    result["business_date"].as_str().expect("a date")
}

/// `date brief` of every result of a run.
fn briefs(output: &Output) -> Vec<String> {
    let json = output.json();
    let results = json["results"].as_array().expect("results");
    results
        .iter()
        .map(|result| format!("{} {}", date_of(result), brief(result)))
        .collect()
}

fn range(workspace: &Workspace, from: &str, to: &str, as_of: &str) -> Output {
    workspace.run([
        "run", "--from", from, "--to", to, "--as-of", as_of, "--json",
    ])
}

/// Nyepi and Idulfitri of 2026: joint leave on the 18th, 20th, 23rd and 24th of March, holidays on
/// the 19th, 21st and 22nd.
const EID: [Booked<'static>; 4] = [
    ("2026-03-16 08:00:00", "A", 10_000, "success"),
    ("2026-03-17 08:00:00", "B", 20_000, "success"),
    ("2026-03-20 08:00:00", "C", 30_000, "success"),
    ("2026-03-24 08:00:00", "D", 40_000, "success"),
];

#[test]
fn one_file_after_the_holidays_covers_them_all() {
    let workspace = workspace(&format!("start = \"2026-03-16\"\n{WORKING}"), &EID);
    arrive(
        &workspace,
        "inbox/biller_20260316.csv",
        &[("2026-03-16 08:00:01", "A", 10_000)],
        "2026-03-17T08:00:00+07:00",
    );
    // The file of Tuesday the 17th is expected on Wednesday the 25th, and until then nothing is wrong.
    let holidays = range(
        &workspace,
        "2026-03-16",
        "2026-03-24",
        "2026-03-25T09:59:00+07:00",
    )
    .exits(0);
    assert_eq!(
        briefs(&holidays),
        [
            "2026-03-16 complete: matched=1/1",
            "2026-03-17 not_due: awaiting=0/1",
            "2026-03-18 not_due:",
            "2026-03-19 not_due:",
            "2026-03-20 not_due: awaiting=0/1",
            "2026-03-21 not_due:",
            "2026-03-22 not_due:",
            "2026-03-23 not_due:",
            "2026-03-24 not_due: awaiting=0/1",
        ]
    );
    let missing = range(
        &workspace,
        "2026-03-16",
        "2026-03-24",
        "2026-03-25T10:00:00+07:00",
    )
    .exits(66);
    assert_eq!(
        briefs(&missing),
        [
            "2026-03-16 complete: matched=1/1",
            "2026-03-17 incomplete: awaiting=0/1",
            "2026-03-18 not_expected:",
            "2026-03-19 not_expected:",
            // Payments of a holiday have to come with the next file.
            "2026-03-20 incomplete: awaiting=0/1",
            "2026-03-21 not_expected:",
            "2026-03-22 not_expected:",
            "2026-03-23 not_expected:",
            "2026-03-24 incomplete: awaiting=0/1",
        ]
    );
    let status = ["status", "--as-of", "2026-03-25T10:00:00+07:00"];
    insta::assert_snapshot!(
        "status_holidays_missing",
        workspace.run(status).exits(0).stdout
    );
    arrive(
        &workspace,
        "inbox/biller_20260317-20260324.csv",
        &[
            ("2026-03-17 08:00:01", "B", 20_000),
            ("2026-03-20 08:00:01", "C", 30_000),
            ("2026-03-24 08:00:01", "D", 40_000),
        ],
        "2026-03-25T09:30:00+07:00",
    );
    let complete = range(
        &workspace,
        "2026-03-16",
        "2026-03-24",
        "2026-03-25T10:30:00+07:00",
    )
    .exits(0);
    let briefs = briefs(&complete);
    assert!(
        briefs.iter().all(|one| one.contains(" complete:")),
        "{briefs:?}"
    );
    insta::assert_snapshot!(
        "status_holidays_complete",
        workspace.run(status).exits(0).stdout
    );
}

#[test]
fn a_partner_that_works_on_joint_leave_is_expected_on_it() {
    let settings = format!("start = \"2026-03-16\"\n{WORKING}\njoint_leave = \"working\"");
    let workspace = workspace(&settings, &EID);
    arrive(
        &workspace,
        "inbox/biller_20260316.csv",
        &[("2026-03-16 08:00:01", "A", 10_000)],
        "2026-03-17T08:00:00+07:00",
    );
    let run = range(
        &workspace,
        "2026-03-16",
        "2026-03-20",
        "2026-03-20T11:00:00+07:00",
    )
    .exits(66);
    assert_eq!(
        briefs(&run),
        [
            "2026-03-16 complete: matched=1/1",
            "2026-03-17 incomplete: awaiting=0/1",
            "2026-03-18 incomplete:",
            "2026-03-19 not_expected:",
            "2026-03-20 not_due: awaiting=0/1",
        ]
    );
}

/// Christmas 2026: the 24th is joint leave, the 25th a Friday; both parts of each date come on
/// Monday the 28th, the weekend in one file of three dates.
#[test]
fn several_files_of_a_date_and_a_weekend_in_one_file_after_a_holiday() {
    let settings = format!("start = \"2026-12-23\"\nfiles_per_date = \"parts\"\n{WORKING}");
    let workspace = workspace(
        &settings,
        &[
            ("2026-12-23 08:00:00", "A", 10_000, "success"),
            ("2026-12-23 09:00:00", "B", 20_000, "success"),
            ("2026-12-24 08:00:00", "C", 30_000, "success"),
            ("2026-12-26 08:00:00", "D", 40_000, "success"),
        ],
    );
    let monday = "2026-12-28T08:00:00+07:00";
    arrive(
        &workspace,
        "inbox/biller_20261223_part1of2.csv",
        &[("2026-12-23 08:00:01", "A", 10_000)],
        monday,
    );
    arrive(
        &workspace,
        "inbox/biller_20261224-20261227.csv",
        &[
            ("2026-12-24 08:00:01", "C", 30_000),
            ("2026-12-26 08:00:01", "D", 40_000),
        ],
        monday,
    );
    let run = |code| {
        let at = "2026-12-28T11:00:00+07:00";
        briefs(&range(&workspace, "2026-12-23", "2026-12-27", at).exits(code))
    };
    let rest = [
        "2026-12-24 complete: matched=1/1",
        "2026-12-25 complete:",
        "2026-12-26 complete: matched=1/1",
        "2026-12-27 complete:",
    ];
    let half = run(66);
    assert_eq!(half[0], "2026-12-23 incomplete: awaiting=1/2");
    assert_eq!(half[1..], rest);
    arrive(
        &workspace,
        "inbox/biller_20261223_part2of2.csv",
        &[("2026-12-23 09:00:01", "B", 20_000)],
        monday,
    );
    let whole = run(0);
    assert_eq!(whole[0], "2026-12-23 complete: matched=2/2");
    assert_eq!(whole[1..], rest);
}

#[test]
fn a_year_without_listed_holidays_is_said_in_run_report_and_status() {
    let settings = format!("start = \"2027-12-30\"\n{WORKING}");
    let booked = [("2027-12-31 08:00:00", "A", 10_000, "success")];
    let workspace = workspace(&settings, &booked);
    let as_of = "2028-01-03T11:00:00+07:00";
    let words = "biller: the built-in holidays end with 2027, so every Monday to Friday of 2028 \
                 counts as a working day";
    let known = range(&workspace, "2027-12-30", "2027-12-30", as_of).exits(66);
    assert!(!known.stderr.contains("built-in"), "{}", known.stderr);
    let run = range(&workspace, "2027-12-30", "2027-12-31", as_of).exits(66);
    assert!(run.stderr.contains(words), "{}", run.stderr);
    let plain = workspace
        .run(["run", "--as-of", as_of, "--send", "--json"])
        .exits(66);
    assert!(plain.stderr.contains(words), "{}", plain.stderr);
    let pages = workspace.files("mail");
    let pages: Vec<String> = pages
        .iter()
        .filter(|name| name.ends_with(".html"))
        .map(|name| workspace.read(&format!("mail/{name}")))
        .collect();
    // Readers know the channel by its title.
    let titled = words.replace("biller: ", "Tokopedia Biller: ");
    assert!(pages.iter().any(|page| page.contains(&titled)), "{pages:?}");
    let status = workspace.run(["status", "--as-of", as_of]).exits(0);
    assert!(status.stdout.contains(words), "{}", status.stdout);
    let json = workspace
        .run(["status", "--json", "--as-of", as_of])
        .exits(0)
        .json();
    let notices = json["channels"][0]["notices"].to_string();
    assert!(notices.contains(words), "{notices}");
}

#[test]
fn what_a_calendar_cannot_be_is_refused_with_the_fix() {
    // settings | what is said
    for (settings, words) in [
        (
            "calendar = \"every-day\"\njoint_leave = \"working\"",
            "channel[0].joint_leave: the calendar is every-day",
        ),
        (
            "calendar = \"every-day\"\nholidays = \"indonesia\"",
            "channel[0].holidays: the calendar is every-day",
        ),
        (
            "calendar = \"working-days\"\nholidays = \"none\"\njoint_leave = \"holiday\"",
            "channel[0].joint_leave: there are no holidays",
        ),
        (
            "calendar = \"working-days\"\njoint_leave = \"maybe\"",
            "one of: holiday, working",
        ),
        (
            "calendar = \"working-days\"\nholidays = \"indonesa\"",
            "indonesa cannot be read",
        ),
        (
            "calendar = \"working-days\"\nholidays = \"empty.txt\"",
            "empty.txt lists no date",
        ),
        (
            "calendar = \"working-days\"\nholidays = \"bad.txt\"",
            "bad.txt:2: `16/11/2026` is no date",
        ),
        (
            "calendar = \"working-days\"\nholidays = \"own.txt\"\njoint_leave = \"working\"",
            "marks no date as joint leave",
        ),
    ] {
        let workspace = Workspace::new()
            .config(&config(&[channel("biller", settings)]))
            .ledger_sql(&ledger(&[]))
            .file("empty.txt", "# nothing yet\n")
            .file("bad.txt", "2026-11-17 Libur\n16/11/2026 Libur\n")
            .file("own.txt", "2026-11-16 Libur\n");
        let output = workspace.run(["run"]).exits(78);
        assert!(
            output.stderr.contains(words),
            "{settings}\n{}",
            output.stderr
        );
        assert!(output.stderr.contains("hint:"), "{}", output.stderr);
    }
    // Monday to Friday without any holiday is said in one word.
    let settings = "calendar = \"working-days\"\nholidays = \"none\"\nstart = \"2026-12-24\"";
    let workspace = workspace(settings, &[]);
    let run = range(
        &workspace,
        "2026-12-24",
        "2026-12-24",
        "2026-12-25T11:00:00+07:00",
    );
    assert_eq!(briefs(&run.exits(66)), ["2026-12-24 incomplete:"]);
}

const FROM: &str = "2026-11-11";
const TO: &str = "2026-11-18";

fn count_and_sen(part: &Value) -> (i64, i64) {
    let amount = part["amount"].as_str().expect("an amount");
    let (whole, sen) = amount.split_once('.').expect("two places");
    let sen = format!("{whole}{sen}").parse().expect("digits");
    (part["count"].as_i64().expect("a count"), sen)
}

fn plus(a: (i64, i64), b: (i64, i64)) -> (i64, i64) {
    (a.0 + b.0, a.1 + b.1)
}

fn statement(workspace: &Workspace, from: NaiveDate, to: NaiveDate) -> Value {
    let (from, to) = (from.to_string(), to.to_string());
    let at = crate::harness::AS_OF;
    workspace
        .run([
            "status", "--from", &from, "--to", &to, "--as-of", at, "--json",
        ])
        .exits(0)
        .json()
}

/// Over the sample feeds: every range is the chain of its dates, and each date what its run said.
#[test]
fn the_roll_forward_of_a_range_is_that_of_its_dates_in_a_chain() {
    let workspace = Workspace::copy_of("sample_reports");
    let ran = workspace
        .run(["run", "--from", FROM, "--to", TO, "--json"])
        .exits(66)
        .json();
    let day = |text: &str| text.parse::<NaiveDate>().expect("a date");
    let whole = statement(&workspace, day(FROM), day(TO));
    let dates: Vec<NaiveDate> = day(FROM)
        .iter_days()
        .take_while(|one| *one <= day(TO))
        .collect();
    let by_date: Vec<Value> = dates
        .iter()
        .map(|date| statement(&workspace, *date, *date))
        .collect();
    let channels = whole["channels"].as_array().expect("channels").len();
    assert!(channels > 1);
    let roll_of = |status: &Value, channel: Option<usize>| match channel {
        Some(position) => status["channels"][position]["statement"]["roll_forward"].clone(),
        None => status["all_channels"]["statement"]["roll_forward"].clone(),
    };
    for channel in (0..channels).map(Some).chain([None]) {
        let range = roll_of(&whole, channel);
        let chain: Vec<Value> = by_date.iter().map(|one| roll_of(one, channel)).collect();
        let part = |roll: &Value, name: &str| count_and_sen(&roll[name]);
        assert_eq!(part(&range, "opening"), part(&chain[0], "opening"));
        assert_eq!(
            part(&range, "closing"),
            part(&chain[chain.len() - 1], "closing")
        );
        for name in ["new", "cleared", "resolved", "written_off"] {
            let sum = chain.iter().map(|roll| part(roll, name));
            assert_eq!(part(&range, name), sum.fold((0, 0), plus), "{name}");
        }
        for pair in chain.windows(2) {
            assert_eq!(part(&pair[0], "closing"), part(&pair[1], "opening"));
        }
        let went = ["cleared", "resolved", "written_off"];
        let went = went.map(|name| part(&range, name)).into_iter();
        assert_eq!(
            plus(part(&range, "opening"), part(&range, "new")),
            went.fold(part(&range, "closing"), plus)
        );
        // Everything open at the end is open now: nothing came after the last date.
        let open = match channel {
            Some(position) => &whole["channels"][position]["open_items"],
            None => &whole["all_channels"]["open_items"],
        };
        assert_eq!(part(&range, "closing"), count_and_sen(open));
        let classes = open["ageing"].as_array().expect("classes").iter();
        let classes = classes.map(count_and_sen);
        assert_eq!(count_and_sen(open), classes.fold((0, 0), plus));
    }
    for result in ran["results"].as_array().expect("results") {
        let name = &result["channel"];
        let date = day(date_of(result));
        let position = dates.iter().position(|one| *one == date).expect("its date");
        let status = by_date[position]["channels"].as_array().expect("channels");
        let of_channel = status.iter().find(|one| one["channel"] == *name);
        let of_channel = of_channel.expect("its channel");
        assert_eq!(
            of_channel["statement"]["roll_forward"], result["roll_forward"],
            "{name} {date}"
        );
    }
    let text = workspace
        .run([
            "status",
            "--from",
            FROM,
            "--to",
            TO,
            "--as-of",
            crate::harness::AS_OF,
        ])
        .exits(0)
        .stdout;
    insta::assert_snapshot!("status_range", text);
}

#[test]
fn a_range_of_status_is_a_range() {
    let workspace = workspace("", &[]);
    for args in [
        &["status", "--from", TO][..],
        &["status", "--from", TO, "--to", FROM],
        &["status", "--from", "1990-01-01", "--to", TO],
    ] {
        workspace.run_args(args).exits(2);
    }
}
