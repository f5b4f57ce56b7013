//! A biller in a few lines: its configuration, its ledger, its files, and what a run made of them.

use std::collections::BTreeMap;
use std::fs::File;
use std::time::{Duration, SystemTime};

use serde_json::Value;

use crate::harness::{Output, Workspace};
use crate::postgres::PASSWORD;

/// `[[channel]]` and what follows it may be given again by `more`.
const CONFIG: &str = r#"
state   = "sqlite:state/state.db"
archive = "archive"

[ledger]
url  = "sqlite:ledger.db"
load = "ledger.sql"

[mail]
transport = "directory:mail"
from      = "Rekon <rekon@merchant.example>"

[[report]]
name     = "finance-daily"
to       = ["finance@merchant.example"]
language = "en"
"#;

pub const QUERY: &str = r#"ledger_query = """
SELECT ref_id, amount, admin_fee, status, created_at AS occurred_at
FROM payments WHERE created_at >= :from AND created_at < :to""""#;

/// A channel that reads `inbox`, with these settings besides.
pub fn channel(name: &str, settings: &str) -> String {
    let profile = if settings.contains("profile") {
        ""
    } else {
        "profile = \"tokopedia-biller\"\n"
    };
    let start = if settings.contains("start") {
        ""
    } else {
        "start = \"2026-11-18\"\n"
    };
    format!(
        "[[channel]]\nname = \"{name}\"\n{profile}{start}ledger_zone = \"Asia/Jakarta\"\n{settings}\n\
         {QUERY}\n\n[[channel.source]]\nfolder = \"inbox\"\npattern = \"*\"\n"
    )
}

pub fn config(channels: &[String]) -> String {
    format!("{CONFIG}\n{}", channels.join("\n"))
}

/// A workspace with one channel of these settings and the ledger's rows.
pub fn workspace(settings: &str, booked: &[Booked<'_>]) -> Workspace {
    let workspace = Workspace::new()
        .config(&config(&[channel("biller", settings)]))
        .ledger_sql(&ledger(booked));
    std::fs::create_dir(workspace.path().join("inbox")).expect("the inbox");
    workspace
}

/// (stamp in Jakarta, reference, rupiah, status)
pub type Booked<'a> = (&'a str, &'a str, u32, &'a str);

pub fn ledger(rows: &[Booked<'_>]) -> String {
    let mut sql = "CREATE TABLE payments (ref_id TEXT, amount INTEGER, admin_fee INTEGER, \
                   status TEXT, created_at TEXT);\n"
        .to_owned();
    for row in rows {
        sql.push_str(&insert(*row));
    }
    sql
}

pub fn insert((at, reference, rupiah, status): Booked<'_>) -> String {
    format!("INSERT INTO payments VALUES ('{reference}', {rupiah}, 2500, '{status}', '{at}');\n")
}

/// The provider's file: (stamp in Jakarta, reference, rupiah).
pub fn report(rows: &[(&str, &str, u32)]) -> String {
    let mut text =
        "timestamp;client_number;ref_id;partner_ref_id;product_code;admin_fee;amount\n".to_owned();
    for (at, reference, rupiah) in rows {
        text.push_str(&format!(
            "{at};530000000001;{reference};0001;pln-postpaid;2500;{rupiah}\n"
        ));
    }
    text
}

/// Writes a file last changed so many minutes ago.
pub fn put(workspace: &Workspace, path: &str, bytes: impl AsRef<[u8]>, minutes_ago: u64) {
    workspace.put(path, bytes);
    age(workspace, path, minutes_ago);
}

pub fn age(workspace: &Workspace, path: &str, minutes_ago: u64) {
    let at = SystemTime::now() - Duration::from_secs(minutes_ago * 60);
    File::options()
        .append(true)
        .open(workspace.path().join(path))
        .and_then(|file| file.set_modified(at))
        .expect("a modification time");
}

/// The only result of `run --date`, and how the run ended.
pub fn judged(workspace: &Workspace, date: &str, code: i32) -> Value {
    let output = workspace.run(["run", "--date", date, "--json"]).exits(code);
    let results = output.json()["results"].clone();
    assert_eq!(
        results.as_array().map(Vec::len),
        Some(1),
        "one date of one channel: {results}"
    );
    results[0].clone()
}

/// A day with a break of either side, its ledger of [`BREAKS`] in a PostgreSQL database.
pub fn with_breaks(ledger: &str) -> Workspace {
    let workspace = workspace("", &[]);
    let report = report(&[
        ("2026-11-18 09:00:00", "A1", 75_000),
        ("2026-11-18 10:00:00", "X9", 20_000),
    ]);
    put(&workspace, "inbox/biller_20261118.csv", report, 60);
    let config = workspace.read("rekon.toml");
    let at = config.find("[ledger]").expect("its ledger");
    let end = config[at..].find("\n\n").expect("its end") + at;
    let config = format!(
        "{}[ledger]\nurl = \"{ledger}\"\npassword = \"file:password\"{}",
        &config[..at],
        &config[end..]
    );
    workspace
        .file("rekon.toml", config)
        .file("password", PASSWORD)
}

/// The ledger of [`with_breaks`].
pub const BREAKS: &str = "
CREATE TABLE payments (ref_id text, amount bigint, admin_fee bigint, status text, created_at timestamp);
INSERT INTO payments VALUES ('A1', 75000, 2500, 'success', '2026-11-18 09:00'),
                            ('B2', 40000, 2500, 'success', '2026-11-18 11:00')";

/// Its day is run, two days later.
pub fn ran(workspace: &Workspace, code: i32) -> Output {
    let as_of = "2026-11-20T11:00:00+07:00";
    let run = workspace.run(["run", "--date", "2026-11-18", "--as-of", as_of, "--json"]);
    run.exits(code)
}

/// What it came to.
pub fn breaks(run: &Output) -> String {
    run.json()["results"][0]["breaks"].to_string()
}

/// `state: bucket=settlement/ledger …` of a result, without its empty buckets.
pub fn brief(result: &Value) -> String {
    let mut words = vec![format!(
        "{}:",
        result["state"].as_str().expect("the state of a result")
    )];
    let mut count = |name: &str, bucket: &Value| {
        let side = |side: &str| bucket[side]["entries"].as_u64().unwrap_or(0);
        let (settlement, ledger) = (side("settlement"), side("ledger"));
        if settlement + ledger > 0 {
            words.push(format!("{name}={settlement}/{ledger}"));
        }
    };
    for name in [
        "matched",
        "timing_differences",
        "awaiting",
        "pending_within_sla",
        "nothing_to_settle",
    ] {
        count(name, &result[name]);
    }
    let breaks = result["breaks"].as_object().expect("breaks");
    let by_name: BTreeMap<_, _> = breaks.iter().collect();
    for (name, bucket) in by_name {
        count(name, bucket);
    }
    words.join(" ")
}

/// Names of files with where each stands.
pub fn files(workspace: &Workspace) -> BTreeMap<String, String> {
    let listed = workspace.run(["files", "list", "--json"]).exits(0).json();
    let line = |file: &Value| {
        let text = |key: &str| file[key].as_str().expect("text").to_owned();
        (text("name"), text("state"))
    };
    listed.as_array().expect("files").iter().map(line).collect()
}

/// The id of a file by its name.
pub fn file_id(workspace: &Workspace, name: &str) -> String {
    let listed = workspace.run(["files", "list", "--json"]).exits(0).json();
    let mut found = listed.as_array().expect("files").iter();
    let file = found
        .find(|file| file["name"] == name)
        .unwrap_or_else(|| panic!("no file {name}: {listed}"));
    file["id"].to_string()
}

/// Breaks that are open, as `kind reference date`.
pub fn open_breaks(workspace: &Workspace) -> Vec<String> {
    let listed = workspace.run(["breaks", "list", "--json"]).exits(0).json();
    let line = |one: &Value| {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        format!(
            "{} {} {}",
            text(&one["kind"]),
            text(&one["key"]["ref_id"]),
            text(&one["business_date"])
        )
    };
    let mut lines: Vec<String> = listed
        .as_array()
        .expect("breaks")
        .iter()
        .map(line)
        .collect();
    lines.sort();
    lines
}

/// What a run said to a person, whichever stream it took.
pub fn said(output: &Output) -> String {
    format!("{}{}", output.stdout, output.stderr)
}
