//! What is settled stays where it is: a run beside a long history says the same as one that judges all of
//! it again, loads what is open and what has its keys, and adds up over any range.

use serde_json::Value;

use crate::bills::{self, Booked};
use crate::harness::Workspace;

/// First and last business date; the clock stands on the morning after each.
const DAYS: std::ops::RangeInclusive<u32> = 2..=19;

const BOOKED: [Booked<'static>; 14] = [
    ("2026-11-02 09:00:00", "A1", 10_000, "success"),
    ("2026-11-02 10:00:00", "A2", 11_000, "success"),
    ("2026-11-02 23:59:50", "A3", 12_000, "success"),
    ("2026-11-03 09:00:00", "B1", 13_000, "success"),
    ("2026-11-03 10:00:00", "B2", 14_000, "pending"),
    ("2026-11-04 09:00:00", "C1", 15_000, "success"),
    ("2026-11-04 10:00:00", "C2", 16_000, "success"),
    ("2026-11-12 09:00:00", "D1", 17_000, "success"),
    ("2026-11-12 10:00:00", "D2", 18_000, "success"),
    ("2026-11-13 09:00:00", "E1", 19_000, "success"),
    ("2026-11-16 09:00:00", "F1", 20_000, "success"),
    ("2026-11-17 09:00:00", "G1", 21_000, "success"),
    ("2026-11-18 09:00:00", "H1", 22_000, "success"),
    ("2026-11-19 09:00:00", "I1", 23_000, "success"),
];

/// What the partner's file of a day lists.
fn rows(day: u32) -> Vec<(String, &'static str, u32)> {
    let rows: &[(&str, &str, u32)] = match day {
        2 => &[("09:00:05", "A1", 10_000), ("10:00:05", "A2", 11_500)],
        // A3 crossed midnight; X1 was never booked.
        3 => &[
            ("00:00:03", "A3", 12_000),
            ("09:00:05", "B1", 13_000),
            ("12:00:00", "X1", 5_000),
        ],
        4 => &[("09:00:05", "C1", 15_900)],
        12 => &[("09:00:05", "D1", 17_000), ("10:00:05", "D2", 18_400)],
        // Of a payment that was settled long before, and of one that people closed.
        13 => &[
            ("09:00:05", "E1", 19_000),
            ("11:00:00", "B1", 13_000),
            ("11:30:00", "X1", 5_000),
        ],
        16 => &[("09:00:05", "F1", 20_000)],
        17 => &[("09:00:05", "G1", 21_000), ("09:30:00", "A2", 11_500)],
        18 => &[("09:00:05", "H1", 22_100)],
        19 => &[("09:00:05", "I1", 23_000)],
        _ => &[],
    };
    let stamp = |at: &str| format!("2026-11-{day:02} {at}");
    rows.iter()
        .map(|(at, key, amount)| (stamp(at), *key, *amount))
        .collect()
}

fn put(workspace: &Workspace, day: u32, more: &[(String, &'static str, u32)]) {
    let all = [rows(day), more.to_vec()].concat();
    let all: Vec<(&str, &str, u32)> = all
        .iter()
        .map(|(at, key, n)| (at.as_str(), *key, *n))
        .collect();
    let name = match more.is_empty() {
        true => format!("inbox/tokopedia_biller_202611{day:02}.csv"),
        false => format!("inbox/tokopedia_biller_202611{day:02}_b.csv"),
    };
    let minutes = if more.is_empty() { 60 } else { 30 };
    bills::put(workspace, &name, bills::report(&all), minutes);
}

/// What a run came to, without what differs from run to run.
fn run(workspace: &Workspace, day: u32, more: &[&str]) -> String {
    let as_of = format!("2026-11-{:02}T11:00:00+07:00", day + 1);
    let args = [&["run", "--json", "--as-of", &as_of], more].concat();
    let output = workspace.run_args(&args);
    assert!(matches!(output.status, Some(0 | 66)), "{}", output.stderr);
    let mut said = output.json();
    said.as_object_mut().expect("an object").remove("run");
    serde_json::to_string_pretty(&said).expect("JSON")
}

fn resolve(workspace: &Workspace, key: &str) {
    let listed = workspace.run(["breaks", "list", "--json"]).exits(0).json();
    let of_key = |one: &&Value| one["key"]["ref_id"] == key;
    let found = listed.as_array().expect("breaks").iter().find(of_key);
    let id = found.expect("a break of the key")["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let args = ["breaks", "resolve", &id, "--reason", "paid by the partner"];
    workspace.run_as("ani", &args).exits(0);
}

/// Everything that is known in the end.
fn known(workspace: &Workspace) -> String {
    let mut all = String::new();
    for args in [
        &["breaks", "list", "--state", "all", "--json"][..],
        &["breaks", "list", "--json"],
        &[
            "breaks",
            "list",
            "--state",
            "resolved",
            "--date",
            "2026-11-03",
            "--json",
        ],
    ] {
        let mut listed = workspace.run_args(args).exits(0).json();
        for one in listed.as_array_mut().expect("breaks") {
            one.as_object_mut().expect("a break").remove("age_days");
        }
        all += &serde_json::to_string_pretty(&listed).expect("JSON");
    }
    let as_of = "2026-11-20T11:00:00+07:00";
    for (from, to) in [
        ("02", "19"),
        ("02", "05"),
        ("03", "13"),
        ("12", "30"),
        ("17", "19"),
    ] {
        let (from, to) = (format!("2026-11-{from}"), format!("2026-11-{to}"));
        let args = [
            "status", "--json", "--as-of", as_of, "--from", &from, "--to", &to,
        ];
        let status = workspace.run(args).exits(0).json();
        all += &status["channels"][0]["statement"].to_string();
        all += &status["channels"][0]["open_items"].to_string();
    }
    all
}

/// The nights of a fortnight and more, with what people did, late corrections and old keys that come
/// again; what each run said and what is known in the end.
fn nights(catch_up: &str) -> (Vec<String>, String, Workspace) {
    let workspace = bills::workspace("start = \"2026-11-02\"", &BOOKED);
    let config = workspace.read("rekon.toml");
    workspace.put("rekon.toml", format!("catch_up = \"{catch_up}\"\n{config}"));
    let mut said = Vec::new();
    for day in DAYS {
        put(&workspace, day, &[]);
        said.push(run(&workspace, day, &[]));
        match day {
            5 => {
                resolve(&workspace, "A2");
                resolve(&workspace, "X1");
            }
            6 => resolve(&workspace, "C2"),
            // The file of the 4th has C2 after all; and an old date is asked for again.
            14 => {
                put(
                    &workspace,
                    4,
                    &[("2026-11-04 10:00:05".to_owned(), "C2", 16_000)],
                );
                said.push(run(&workspace, day, &[]));
            }
            15 => said.push(run(&workspace, day, &["--date", "2026-11-02"])),
            // What was pending for a fortnight succeeded, and what was closed is another amount now.
            16 => {
                let sql = "UPDATE payments SET status = 'success' WHERE ref_id = 'B2'; \
                           UPDATE payments SET amount = 11500 WHERE ref_id = 'A2'";
                workspace.change_ledger("ledger.db", sql);
            }
            18 => said.push(run(
                &workspace,
                day,
                &["--from", "2026-11-02", "--to", "2026-11-18"],
            )),
            _ => {}
        }
    }
    let known = known(&workspace);
    workspace.run(["verify"]).exits(0);
    (said, known, workspace)
}

#[test]
fn a_long_history_says_the_same_as_one_that_is_judged_again() {
    let (short, known, workspace) = nights("2d");
    let (long, judged_again, _) = nights("60d");
    assert_eq!(short.len(), long.len());
    let last = short.len() - 1;
    // From the run of everything on, both rest on the same; before it, what is settled may be older.
    assert_eq!(short[last], long[last]);
    assert_eq!(known, judged_again);
    let state = rusqlite::Connection::open(workspace.path().join("state/state.db"));
    let state = state.expect("the state");
    let count = |sql: &str| -> i64 { state.query_row(sql, [], |row| row.get(0)).expect(sql) };
    // Each break once, whatever its age, with what it was before.
    assert_eq!(
        count("SELECT count(*) FROM items"),
        count("SELECT count(DISTINCT identity || id) FROM items")
    );
    assert!(count("SELECT count(*) FROM past_items") > 0);
    let listed = |args: &[&str]| -> i64 {
        let args = [&["breaks", "list", "--json"], args].concat();
        let listed = workspace.run_args(&args).exits(0).json();
        listed.as_array().expect("breaks").len() as i64
    };
    let open = count("SELECT count(*) FROM breaks WHERE state = 'open'");
    assert_eq!(open, listed(&[]));
    // What newer knowledge took away is in both.
    let all = count("SELECT count(*) FROM breaks");
    assert_eq!(all, listed(&["--state", "all"]));
}

/// What readers of other channels were never told of, and was closed long before, is no news to them.
#[test]
fn a_channel_that_is_new_to_a_report_brings_nothing_that_was_closed_long_ago() {
    let workspace = bills::workspace("start = \"2026-11-02\"", &BOOKED);
    let other = bills::channel("other", "start = \"2026-11-02\"").replace("inbox", "elsewhere");
    let config = workspace.read("rekon.toml");
    let told_of = |channels: &str| {
        let report = format!("[[report]]\nchannels = [{channels}]");
        let config = config.replace("[[report]]", &report);
        workspace.put(
            "rekon.toml",
            format!("catch_up = \"2d\"\n{config}\n{other}"),
        );
    };
    std::fs::create_dir(workspace.path().join("elsewhere")).expect("a folder");
    let night = |day: u32| {
        put(&workspace, day, &[]);
        let as_of = format!("2026-11-{:02}T11:00:00+07:00", day + 1);
        workspace.run(["run", "--as-of", &as_of]).exits(66);
    };
    told_of("\"other\"");
    for day in 2..=12 {
        night(day);
        if day == 4 {
            resolve(&workspace, "A2");
        }
    }
    told_of("\"other\", \"biller\"");
    let before = workspace.files("mail");
    night(13);
    let new = workspace.files("mail").into_iter();
    let new: Vec<String> = new
        .filter(|name| name.ends_with(".csv") && !before.contains(name))
        .collect();
    let [table] = &new[..] else {
        panic!("one report: {new:?}");
    };
    let table = workspace.read(&format!("mail/{table}"));
    assert!(table.contains("ref_id C1"), "what is open: {table}");
    assert!(
        !table.contains("ref_id A2"),
        "what was closed long ago: {table}"
    );
}
