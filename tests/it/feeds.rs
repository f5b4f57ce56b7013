//! Each feed that the quick start does not run, through the real binary: its sample of the 18th
//! against a ledger made from the same payments (`feeds/<profile>.sql`), with one payment changed for
//! each kind of finding. What has to come out stands in the table below.

use std::fs;

use serde_json::Value;

use crate::bills::brief;
use crate::harness::{Workspace, repository};

struct Feed {
    profile: &'static str,
    sample: &'static str,
    /// The key field, which the query names.
    key: &'static str,
    /// Non-empty buckets as settlement/ledger entries, and the rows that were rejected.
    outcome: &'static str,
    /// Rupiah of both sides that matched, and at risk: owed to us, owed by us, undecided.
    money: [&'static str; 4],
}

const FEEDS: [Feed; 4] = [
    Feed {
        profile: "dana-disbursement",
        sample: "MERCHANT_DANA_DISBURSEMENT_SETTLEMENT_REPORT_216620000000000000001_20261118.csv",
        key: "request_id",
        outcome: "complete: matched=3/3 pending_within_sla=1/1 amount_break=1/1 fee_break=1/1 \
                  missing_at_partner=0/1 missing_in_ledger=1/0 netted=2/2 rejected=0",
        money: ["537000.00", "17505.00", "64000.00", "0.00"],
    },
    Feed {
        profile: "shopeepay",
        sample: "shopeepay_20261118.csv",
        key: "transaction_id",
        outcome: "complete: matched=4/4 amount_break=1/1 missing_at_partner=0/1 missing_in_ledger=1/0 \
                  settled_while_pending=1/1 netted=2/2 rejected=0",
        money: ["1792000.00", "65000.00", "249500.00", "0.00"],
    },
    Feed {
        profile: "gopay-export",
        sample: "gopay_20261118.csv",
        key: "transaction_id",
        outcome: "complete: matched=4/4 amount_break=1/1 missing_at_partner=0/1 missing_in_ledger=1/0 \
                  status_break=1/1 netted=2/2 rejected=0",
        money: ["748000.00", "166000.00", "17500.00", "0.00"],
    },
    Feed {
        profile: "qris-switch",
        sample: "qris_switch_20261118.txt",
        key: "rrn",
        outcome: "complete: matched=5/5 amount_break=1/1 fee_break=1/1 missing_at_partner=0/1 \
                  missing_in_ledger=1/0 rejected=2",
        money: ["2024000.00", "65100.00", "17500.00", "0.00"],
    },
];

fn workspace(feed: &Feed) -> Workspace {
    let read = |path: String| fs::read(repository().join(&path)).expect("a file of the feed");
    let ledger = read(format!("tests/it/feeds/{}.sql", feed.profile));
    Workspace::new()
        .config(&format!(
            r#"
state   = "sqlite:state.db"
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

[[channel]]
name           = "feed"
profile        = "{}"
start          = "2026-11-18"
due            = "08:00"
ledger_zone    = "Asia/Jakarta"
ledger_amounts = "minor"
ledger_query   = """
SELECT id AS {}, reference, kind, amount_sen AS amount, fee_sen AS fee, status, paid_at AS occurred_at
FROM payments WHERE paid_at >= :from AND paid_at < :to"""

[[channel.source]]
folder  = "inbox"
pattern = "*"
"#,
            feed.profile, feed.key
        ))
        .file("ledger.sql", ledger)
        .file(
            &format!("inbox/{}", feed.sample),
            read(format!("sample_reports/{}/{}", feed.profile, feed.sample)),
        )
}

fn outcome(result: &Value) -> String {
    let mut words = brief(result);
    for name in ["netted", "split", "matched_within_tolerance"] {
        let side = |side: &str| result[name][side]["entries"].as_u64().unwrap_or(0);
        if side("settlement") + side("ledger") > 0 {
            words += &format!(" {name}={}/{}", side("settlement"), side("ledger"));
        }
    }
    format!("{words} rejected={}", result["rejected_rows"])
}

#[test]
fn each_feed_is_reconciled_to_the_sen() {
    let mut wrong = Vec::new();
    for feed in &FEEDS {
        let workspace = workspace(feed);
        let run = workspace.run(["run", "--date", "2026-11-18", "--json"]);
        let run = run.exits(0).json();
        let result = &run["results"][0];
        let money = [
            &result["matched"]["settlement"]["amount"],
            &result["at_risk"]["owed_to_us"],
            &result["at_risk"]["owed_by_us"],
            &result["at_risk"]["undecided"],
        ];
        let found = (
            outcome(result),
            money.map(|value| value.as_str().unwrap_or("none")),
        );
        if found != (feed.outcome.to_owned(), feed.money) {
            wrong.push(format!("{}: {found:#?}", feed.profile));
        }
        assert_eq!(
            result["matched"]["settlement"]["amount"], result["matched"]["ledger"]["amount"],
            "{}",
            feed.profile
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The same payments as an old workbook, a sheet of OpenDocument and text are one result.
#[test]
fn the_same_report_in_any_container_changes_nothing() {
    let feed = FEEDS.iter().find(|feed| feed.profile == "gopay-export");
    let feed = feed.expect("the feed with all containers");
    let run = |workspace: &Workspace| {
        let args = ["run", "--date", "2026-11-18", "--json"];
        let result = workspace.run(args).exits(0).json()["results"][0].clone();
        outcome(&result)
    };
    let text = workspace(feed);
    let expected = run(&text);
    let folder = tempfile::tempdir().expect("a folder");
    for ending in ["xls", "ods", "xlsx"] {
        let other = workspace(feed);
        let sample = format!("inbox/{}", feed.sample);
        crate::old_workbooks::convert(
            &[other.path().join(&sample)],
            ending,
            folder.path(),
            // Every column is text, as a careful person imports it.
            Some("44,34,76,1,1/2/2/2/3/2/4/2/5/2/6/2/7/2/8/2/9/2"),
        );
        other.remove(&sample);
        let name = feed.sample.replace(".csv", &format!(".{ending}"));
        let book = fs::read(folder.path().join(&name)).expect("a converted report");
        let other = other.file(&format!("inbox/{name}"), book);
        assert_eq!(run(&other), expected, "{ending}");
    }
}
