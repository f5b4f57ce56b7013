//! The quick start of the README, on a copy of `sample_reports`: what it promises, it shows.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::harness::{AS_OF, Output, Workspace, repository};

const BREAKS: [&str; 12] = [
    "missing_in_ledger",
    "missing_at_partner",
    "amount_break",
    "fee_break",
    "status_break",
    "settled_while_pending",
    "stuck_pending",
    "reversal_not_honoured",
    "refund_after_delivery",
    "duplicate",
    "ambiguous_key",
    "damaged_key",
];

const CLEAN: [&str; 8] = [
    "matched",
    "matched_within_tolerance",
    "timing_differences",
    "netted",
    "split",
    "pending_within_sla",
    "awaiting",
    "nothing_to_settle",
];

/// The arguments of the README's first command, without the config, which lies elsewhere here.
fn readme_command() -> Vec<String> {
    let readme = std::fs::read_to_string(repository().join("README.md")).expect("README.md");
    let line = readme
        .lines()
        .find_map(|line| line.trim().strip_prefix("cargo run --release -- "))
        .expect("the README's command");
    // Ages and what is due are those of its picture, on whichever day somebody tries it.
    assert!(line.contains(&format!("--as-of {AS_OF}")), "{line}");
    line.replace("sample_reports/rekon.toml", "rekon.toml")
        .split_whitespace()
        .map(str::to_owned)
        .collect()
}

pub fn quick_start(workspace: &Workspace, more: &[&str]) -> Output {
    let command = readme_command();
    let mut args: Vec<&str> = command.iter().map(String::as_str).collect();
    if more.contains(&"--as-of")
        && let Some(at) = args.iter().position(|arg| *arg == "--as-of")
    {
        args.drain(at..at + 2);
    }
    args.extend(more);
    workspace.run_args(&args)
}

fn results(run: &Value) -> &[Value] {
    run["results"].as_array().expect("results")
}

/// A decimal string with two places, in sen.
#[track_caller]
fn sen(value: &Value) -> i64 {
    let text = value
        .as_str()
        .unwrap_or_else(|| panic!("an amount is a string, not {value}"));
    let (whole, decimals) = text.split_once('.').expect("two places");
    assert_eq!(decimals.len(), 2, "{text}");
    format!("{whole}{decimals}").parse().expect("digits")
}

fn place(result: &Value) -> String {
    format!(
        "{} {}",
        result["channel"].as_str().expect("a channel"),
        result["business_date"].as_str().expect("a date")
    )
}

#[test]
fn every_kind_of_break_and_every_clean_bucket_shows_up() {
    let workspace = Workspace::copy_of("sample_reports");
    // One OVO file is missing on purpose.
    let run = quick_start(&workspace, &["--json"]).exits(66).json();
    let mut seen: BTreeMap<&str, u64> = BTreeMap::new();
    let mut count = |name: &'static str, bucket: &Value| {
        for side in ["settlement", "ledger"] {
            *seen.entry(name).or_default() += bucket[side]["entries"].as_u64().unwrap_or(0);
        }
    };
    for result in results(&run) {
        for name in CLEAN {
            count(name, &result[name]);
        }
        for name in BREAKS {
            count(name, &result["breaks"][name]);
        }
    }
    let absent: Vec<&str> = BREAKS
        .into_iter()
        .chain(CLEAN)
        .filter(|name| seen.get(name).is_none_or(|entries| *entries == 0))
        .collect();
    assert!(absent.is_empty(), "nowhere in the samples: {absent:?}");
}

/// A break across two dates is counted on one of them, and listed there in every form.
#[test]
fn every_form_lists_a_break_on_the_date_that_counts_it() {
    let workspace = Workspace::copy_of("sample_reports");
    quick_start(&workspace, &[]).exits(66);
    let listed = workspace.run(["breaks", "list", "--json"]).exits(0).json();
    let mut dates: BTreeMap<String, String> = BTreeMap::new();
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    let mut across = 0;
    for one in listed.as_array().expect("breaks") {
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let date = text(&one["business_date"]);
        let booked = one["ledger"]["occurred_at"].as_str().unwrap_or(&date);
        across += u64::from(!booked.starts_with(&date));
        *counts.entry(place(one)).or_default() += 1;
        dates.insert(text(&one["id"]), date);
    }
    assert!(across > 0, "the samples have a break across two dates");

    let told = workspace.run(["breaks", "list"]).exits(0).stdout;
    for (id, date) in &dates {
        let date: chrono::NaiveDate = date.parse().expect("a date");
        let shown = date.format("%-d %b %Y").to_string();
        let line = told.lines().find(|line| line.contains(id.as_str()));
        let line = line.unwrap_or_else(|| panic!("no line of {id}"));
        assert!(line.contains(&shown), "{line} is of {shown}");
    }

    let mut rows = 0;
    for name in workspace.files(".run/mail") {
        if !name.ends_with(".csv") {
            continue;
        }
        let mut table = csv::Reader::from_path(workspace.path().join(".run/mail").join(&name));
        for row in table.as_mut().expect("a table").records() {
            let row = row.expect("a row");
            assert_eq!(
                Some(&row[4]),
                dates.get(&row[0]).map(String::as_str),
                "{name}"
            );
            rows += 1;
        }
    }
    assert!(rows >= dates.len(), "{rows} rows of {} breaks", dates.len());

    let range = [
        "status",
        "--json",
        "--from",
        "2026-11-11",
        "--to",
        "2026-11-18",
    ];
    let status = workspace.run(range).json();
    for channel in status["channels"].as_array().expect("channels") {
        for day in channel["dates"].as_array().expect("dates") {
            let mut day = day.clone();
            day["channel"] = channel["channel"].clone();
            let counted = counts.get(&place(&day)).copied().unwrap_or(0);
            let shown = day["breaks"].as_u64().unwrap_or(0);
            assert_eq!(shown, counted, "{}", place(&day));
        }
    }
}

/// Counts of every bucket of every date, as the cases of `sample_reports/README.md` make them.
#[test]
fn every_date_has_the_verdicts_of_its_cases() {
    let workspace = Workspace::copy_of("sample_reports");
    let run = quick_start(&workspace, &["--json"]).json();
    let mut found: Vec<String> = Vec::new();
    for result in results(&run) {
        let mut line = format!(
            "{} {}",
            place(result),
            result["state"].as_str().expect("a state")
        );
        let clean = CLEAN.iter().map(|name| (name, &result[*name]));
        let breaks = BREAKS.iter().map(|name| (name, &result["breaks"][*name]));
        for (name, bucket) in clean.chain(breaks) {
            let entries = |side: &str| bucket[side]["entries"].as_u64().unwrap_or(0);
            let (settlement, ledger) = (entries("settlement"), entries("ledger"));
            if settlement + ledger > 0 {
                line.push_str(&format!(" | {name} {settlement}/{ledger}"));
            }
        }
        found.push(line);
    }
    found.sort();
    let mut expected: Vec<&str> = include_str!("quick_start_verdicts.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .collect();
    expected.sort_unstable();
    for (expected, found) in expected.iter().zip(&found) {
        assert_eq!(expected, found);
    }
    assert_eq!(expected.len(), found.len());
}

#[test]
fn every_entry_is_in_exactly_one_bucket() {
    let workspace = Workspace::copy_of("sample_reports");
    let run = quick_start(&workspace, &["--json"]).json();
    for result in results(&run) {
        for side in ["settlement", "ledger"] {
            let mut entries = 0;
            let mut amount = 0;
            let clean = CLEAN.iter().map(|name| &result[*name]);
            let breaks = result["breaks"].as_object().expect("breaks");
            for (name, _) in breaks {
                assert!(BREAKS.contains(&name.as_str()), "{name}");
            }
            for bucket in clean.chain(breaks.values()) {
                entries += bucket[side]["entries"].as_u64().expect("a count");
                amount += sen(&bucket[side]["amount"]);
            }
            let place = place(result);
            assert_eq!(result[side]["entries"], entries, "{place} {side} entries");
            assert_eq!(
                sen(&result[side]["amount"]),
                amount,
                "{place} {side} amount"
            );
        }
    }
}

#[test]
fn the_roll_forward_carries_from_date_to_date() {
    let workspace = Workspace::copy_of("sample_reports");
    let run = quick_start(&workspace, &["--json"]).json();
    let mut closing: BTreeMap<String, (i64, i64)> = BTreeMap::new();
    for result in results(&run) {
        let figure = |name: &str| {
            let figure = &result["roll_forward"][name];
            (
                figure["count"].as_i64().expect("a count"),
                sen(&figure["amount"]),
            )
        };
        let (mut count, mut amount) = figure("opening");
        let place = place(result);
        let channel = result["channel"].as_str().expect("a channel").to_owned();
        let before = closing.get(&channel).copied().unwrap_or_default();
        assert_eq!(before, (count, amount), "{place}: opening");
        let new = figure("new");
        count += new.0;
        amount += new.1;
        for name in ["cleared", "resolved", "written_off"] {
            let gone = figure(name);
            count -= gone.0;
            amount -= gone.1;
        }
        assert_eq!(figure("closing"), (count, amount), "{place}: closing");
        closing.insert(channel, (count, amount));
    }
    assert_eq!(closing.len(), 4, "four channels");
}

#[test]
fn files_are_what_the_table_of_cases_says() {
    let workspace = Workspace::copy_of("sample_reports");
    let run = quick_start(&workspace, &["--json"]).json();
    let find = |channel: &str, date: &str| {
        results(&run)
            .iter()
            .find(|result| result["channel"] == channel && result["business_date"] == date)
            .unwrap_or_else(|| panic!("no result for {channel} {date}"))
    };
    let missing = find("ovo", "2026-11-17");
    assert_eq!(missing["state"], "incomplete");
    assert_eq!(missing["breaks"], serde_json::json!({}));

    for date in ["2026-11-13", "2026-11-14", "2026-11-15"] {
        let weekend = find("ovo", date);
        assert_eq!(weekend["state"], "complete", "{date}");
        assert_eq!(
            weekend["files"][0]["name"],
            "ovo_settlement_20261113-20261115.csv"
        );
    }

    let corrected = find("ovo", "2026-11-16");
    assert_eq!(corrected["files"].as_array().map(Vec::len), Some(1));
    assert_eq!(
        corrected["files"][0]["name"],
        "ovo_settlement_20261116_rev2.csv"
    );
    assert_eq!(corrected["files"][0]["revision"], 2);

    let resent = find("tokopedia-biller", "2026-11-12");
    assert_eq!(resent["files"].as_array().map(Vec::len), Some(1));
    let parts = find("tokopedia-biller", "2026-11-16");
    assert_eq!(parts["files"].as_array().map(Vec::len), Some(2));
    assert_eq!(parts["state"], "complete");

    let sunday = find("tokopedia-b2b", "2026-11-15");
    assert_eq!(sunday["state"], "complete");
    assert_eq!(sunday["settlement"]["entries"], 0);

    assert_eq!(find("ovo", "2026-11-18")["rejected_rows"], 3);
    assert_eq!(find("tokopedia-biller", "2026-11-13")["rejected_rows"], 1);
}

#[test]
fn a_second_run_says_that_nothing_changed() {
    let workspace = Workspace::copy_of("sample_reports");
    let first = quick_start(&workspace, &["--json"]).json();
    let mails = workspace.files(".run/mail");
    let second = quick_start(&workspace, &[]).exits(66);
    assert!(
        second.stdout.to_lowercase().contains("nothing changed"),
        "{}",
        second.stdout
    );
    assert_eq!(workspace.files(".run/mail"), mails, "no second mail");
    let third = quick_start(&workspace, &["--json"]).json();
    let without_run = |run: &Value| {
        let mut results = run["results"].clone();
        for result in results.as_array_mut().expect("results") {
            assert_eq!(result["revision"], 1, "{}", place(result));
            result["revision"] = Value::Null;
        }
        results
    };
    assert_eq!(without_run(&first), without_run(&third));
}

#[test]
fn the_mails_and_workbooks_lie_where_the_summary_says() {
    let workspace = Workspace::copy_of("sample_reports");
    let run = quick_start(&workspace, &[]);
    let delivered = workspace.files(".run/mail");
    for ending in [".eml", ".html", ".xlsx"] {
        assert!(
            delivered.iter().any(|name| name.ends_with(ending)),
            "no {ending} in {delivered:?}"
        );
    }
    assert!(run.stdout.contains(".run/mail"), "{}", run.stdout);
    insta::assert_snapshot!("summary", run.transcript());
}

#[test]
fn provider_text_reaches_the_outputs_as_text_only() {
    let workspace = Workspace::copy_of("sample_reports");
    quick_start(&workspace, &[]).exits(66);
    for name in workspace.files(".run/mail") {
        if name.ends_with(".html") {
            let html = workspace.read(&format!(".run/mail/{name}"));
            // The one of the page itself.
            let scripts = html.matches("<script").count();
            assert_eq!(scripts, 1, "{name}: markup from a report");
            for line in html.lines() {
                // Phone numbers of customers are masked unless a report unmasks them.
                assert!(!line.contains("081200000"), "{name}: {line}");
            }
        }
    }
}

#[test]
fn without_a_clock_argument_the_same_breaks_are_there() {
    let workspace = Workspace::copy_of("sample_reports");
    let run = quick_start(
        &workspace,
        &["--as-of", "2027-02-01T09:00:00+07:00", "--json"],
    )
    .exits(66)
    .json();
    for kind in BREAKS {
        assert!(
            results(&run)
                .iter()
                .any(|result| result["breaks"].get(kind).is_some()),
            "{kind} is nowhere"
        );
    }
}

#[test]
fn an_entry_booked_late_clears_its_break_as_the_next_revision() {
    let workspace = Workspace::copy_of("sample_reports");
    quick_start(&workspace, &[]).exits(66);
    let again = [
        "run",
        "--date",
        "2026-11-11",
        "--channel",
        "tokopedia-biller",
        "--json",
    ];
    let before = workspace.run(again).exits(0).json();
    let result = &results(&before)[0];
    assert_eq!(result["revision"], 1);
    assert_eq!(
        result["breaks"]["missing_in_ledger"]["settlement"]["entries"],
        1
    );
    // Case B-2: sold by the partner, unknown to us until now.
    let sold = workspace
        .read("tokopedia-biller/tokopedia_biller_20261111.csv")
        .lines()
        .find(|row| row.starts_with("2026-11-11 13:24:08;"))
        .expect("case B-2")
        .to_owned();
    let cells: Vec<&str> = sold.split(';').collect();
    workspace.change_ledger(
        ".run/ledger.db",
        &format!(
            "INSERT INTO bill_payments VALUES ('{}', '{}', '{}', '{}', 'payment', '00',
             {}, {}, '2026-11-11 06:24:09')",
            cells[2], cells[3], cells[4], cells[1], cells[5], cells[6]
        ),
    );
    let after = workspace.run(again).exits(0).json();
    let result = &results(&after)[0];
    assert_eq!(result["revision"], 2);
    assert!(result["breaks"].get("missing_in_ledger").is_none());
}
