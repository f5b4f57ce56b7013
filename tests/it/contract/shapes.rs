//! The machine output, name by name and type by type.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

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

pub const BREAKS: [&str; 12] = [
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

#[track_caller]
fn names(value: &Value) -> BTreeSet<&str> {
    let object = value.as_object();
    let object = object.unwrap_or_else(|| panic!("an object, not {value}"));
    object.keys().map(String::as_str).collect()
}

#[track_caller]
fn has_exactly(value: &Value, wanted: &[&str]) {
    assert_eq!(
        names(value),
        wanted.iter().copied().collect::<BTreeSet<_>>(),
        "{value}"
    );
}

/// A magnitude as a decimal string with two places, in sen.
#[track_caller]
fn sen(value: &Value) -> u64 {
    let text = value.as_str();
    let text = text.unwrap_or_else(|| panic!("an amount is a string, not {value}"));
    let (whole, places) = text
        .split_once('.')
        .unwrap_or_else(|| panic!("two places: {text}"));
    assert!(
        places.len() == 2
            && whole
                .bytes()
                .chain(places.bytes())
                .all(|b| b.is_ascii_digit()),
        "{text}"
    );
    format!("{whole}{places}").parse().expect("digits")
}

#[track_caller]
fn count(value: &Value) -> u64 {
    value
        .as_u64()
        .unwrap_or_else(|| panic!("a count is a number, not {value}"))
}

#[track_caller]
pub fn text(value: &Value) -> &str {
    value
        .as_str()
        .unwrap_or_else(|| panic!("text, not {value}"))
}

#[track_caller]
fn text_or_null(value: &Value) {
    assert!(value.is_null() || value.is_string(), "{value}");
}

/// `--json` of a run, name by name; every bucket has both sides and they add up.
#[track_caller]
pub fn is_a_run(run: &Value) {
    has_exactly(run, &["run", "results", "statement"]);
    assert!(!text(&run["run"]).is_empty());
    let statement = &run["statement"];
    let ids = ["opened", "reopened", "changed", "cleared", "closed"];
    has_exactly(statement, &[&ids[..], &["still_open"]].concat());
    for id in ids
        .map(|name| statement[name].as_array().expect("ids"))
        .into_iter()
        .flatten()
    {
        text(id);
    }
    has_exactly(&statement["still_open"], &["count", "amount"]);
    count(&statement["still_open"]["count"]);
    sen(&statement["still_open"]["amount"]);
    for result in run["results"].as_array().expect("results") {
        is_a_result(result);
    }
}

#[track_caller]
fn is_a_result(result: &Value) {
    let own = [
        "channel",
        "business_date",
        "revision",
        "state",
        "files",
        "settlement",
        "ledger",
        "breaks",
        "at_risk",
        "rejected_ledger_rows",
        "rejected_rows",
        "patterns",
        "findings",
        "roll_forward",
    ];
    has_exactly(result, &[&own[..], &CLEAN[..]].concat());
    text(&result["channel"]);
    let date = text(&result["business_date"]);
    assert!(
        chrono::NaiveDate::parse_from_str(date, "%Y-%m-%d").is_ok(),
        "{date}"
    );
    assert!(count(&result["revision"]) >= 1);
    let state = text(&result["state"]);
    assert!(
        ["complete", "not_due", "incomplete", "not_expected"].contains(&state),
        "{state}"
    );
    for file in result["files"].as_array().expect("files") {
        has_exactly(file, &["name", "sha256", "revision", "rows", "rejected"]);
        assert_eq!(text(&file["sha256"]).len(), 64);
        for number in ["revision", "rows", "rejected"] {
            count(&file[number]);
        }
    }
    has_exactly(&result["settlement"], &["entries", "amount", "fee", "net"]);
    has_exactly(&result["ledger"], &["entries", "amount", "fee"]);
    for (side, figures) in [("settlement", &["fee", "net"][..]), ("ledger", &["fee"])] {
        for figure in figures {
            sen(&result[side][*figure]);
        }
    }
    for kind in names(&result["breaks"]) {
        assert!(BREAKS.contains(&kind), "{kind}");
    }
    let clean = CLEAN.iter().map(|name| &result[*name]);
    let breaks = result["breaks"].as_object().expect("breaks").values();
    let mut sums: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for bucket in clean.chain(breaks) {
        has_exactly(bucket, &["settlement", "ledger"]);
        for side in ["settlement", "ledger"] {
            has_exactly(&bucket[side], &["entries", "amount"]);
            let sum = sums.entry(side).or_default();
            sum.0 += count(&bucket[side]["entries"]);
            sum.1 += sen(&bucket[side]["amount"]);
        }
    }
    for (side, sum) in sums {
        let stated = (
            count(&result[side]["entries"]),
            sen(&result[side]["amount"]),
        );
        // Of a date that is not complete nothing is itemised.
        if state == "complete" {
            assert_eq!(stated, sum, "{side} of {date}");
        }
    }
    let rows: u64 = result["files"]
        .as_array()
        .expect("files")
        .iter()
        .map(|file| count(&file["rejected"]))
        .sum();
    assert!(rows >= count(&result["rejected_rows"]) || state != "complete");
    has_exactly(
        &result["at_risk"],
        &["owed_to_us", "owed_by_us", "undecided"],
    );
    for figure in ["owed_to_us", "owed_by_us", "undecided"] {
        sen(&result["at_risk"][figure]);
    }
    for sentence in result["patterns"].as_array().expect("patterns") {
        text(sentence);
    }
    let roll = &result["roll_forward"];
    let gone = ["cleared", "resolved", "written_off"];
    has_exactly(roll, &[&["opening", "new", "closing"], &gone[..]].concat());
    let part = |name: &str| {
        has_exactly(&roll[name], &["count", "amount"]);
        (count(&roll[name]["count"]), sen(&roll[name]["amount"]))
    };
    let (mut closing, mut amount) = part("closing");
    for name in gone {
        closing += part(name).0;
        amount += part(name).1;
    }
    let (opening, new) = (part("opening"), part("new"));
    assert_eq!((opening.0 + new.0, opening.1 + new.1), (closing, amount));
}

#[track_caller]
pub fn is_a_break(one: &Value) {
    has_exactly(
        one,
        &[
            "id",
            "channel",
            "business_date",
            "kind",
            "severity",
            "state",
            "key",
            "ledger",
            "settlement",
            "difference",
            "age_days",
            "deadline",
            "advice",
            "notes",
        ],
    );
    for name in ["id", "channel", "business_date", "advice"] {
        assert!(!text(&one[name]).is_empty(), "{name} of {one}");
    }
    assert!(BREAKS.contains(&text(&one["kind"])), "{one}");
    assert!(
        ["critical", "high", "medium", "low"].contains(&text(&one["severity"])),
        "{one}"
    );
    assert!(
        ["open", "cleared", "resolved", "written_off"].contains(&text(&one["state"])),
        "{one}"
    );
    for value in one["key"].as_object().expect("a key").values() {
        text(value);
    }
    let entry = ["kind", "amount", "fee", "status", "occurred_at"];
    for (side, own) in [
        ("ledger", &["reference"][..]),
        ("settlement", &["file", "sheet", "row"]),
    ] {
        if one[side].is_null() {
            continue;
        }
        let mut found = one[side].clone();
        // Only where several entries make up the side.
        found.as_object_mut().expect("a side").remove("entries");
        has_exactly(&found, &[&entry[..], own].concat());
        sen(&found["amount"]);
        if !found["fee"].is_null() {
            sen(&found["fee"]);
        }
        let at = text(&found["occurred_at"]);
        assert!(chrono::DateTime::parse_from_rfc3339(at).is_ok(), "{at}");
    }
    assert!(
        !(one["ledger"].is_null() && one["settlement"].is_null()),
        "{one}"
    );
    text_or_null(&one["ledger"]["reference"]);
    text_or_null(&one["settlement"]["sheet"]);
    sen(&one["difference"]);
    count(&one["age_days"]);
    text_or_null(&one["deadline"]);
    assert!(one["notes"].is_array(), "{one}");
}
