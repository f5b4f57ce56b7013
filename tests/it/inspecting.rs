//! `rekon inspect` from the command line: known profiles, a ledger to try keys against, `--write`.

use crate::harness::Workspace;

const FILE: &str = "\
ref_id;partner_ref_id;timestamp;amount;fee;total
S000101;P-771;2026-11-18 08:00:00;7500000;50000;7550000
S000102;P-772;2026-11-18 09:00:00;12550000;50000;12600000
S000103;P-773;2026-11-18 10:00:00;2050000;50000;2100000
S000104;P-774;2026-11-18 23:58:00;1050000;50000;1100000
";

/// The ledger writes the partner's number, and amounts in rupiah with the fee.
const LEDGER: &str = "\
CREATE TABLE payments (ref TEXT, invoice TEXT, amount INTEGER, status TEXT, created_at TEXT);
INSERT INTO payments VALUES
 ('P-771', 'INV1', 75500, 'PAID', '2026-11-18 01:00:00'),
 ('P-772', 'INV2', 126000, 'PAID', '2026-11-18 02:00:00'),
 ('P-773', 'INV3', 21000, 'PAID', '2026-11-18 03:00:00'),
 ('P-774', 'INV4', 11000, 'PAID', '2026-11-18 17:00:01');
";

const CONFIG: &str = r#"
state   = "sqlite:state.db"
archive = "archive"

[ledger]
url  = "sqlite:ledger.db"
load = "ledger.sql"

[[channel]]
name          = "sentosa"
profile       = "tokopedia-biller"
ledger_status = { PAID = "success" }
ledger_query  = """
SELECT ref AS ref_id, invoice AS reference, amount, status, created_at AS occurred_at
FROM payments WHERE created_at >= :from AND created_at < :to"""
"#;

fn workspace() -> Workspace {
    Workspace::new()
        .config(CONFIG)
        .ledger_sql(LEDGER)
        .file("sentosa_20261118.csv", FILE)
}

#[test]
fn columns_are_tried_against_the_ledger_of_a_channel() {
    let workspace = workspace();
    let args = ["inspect", "sentosa_20261118.csv", "--channel", "sentosa"];
    let text = workspace.run(args).exits(0).stdout;
    insta::assert_snapshot!("ledger_candidates", text);
    let json = workspace
        .run_args(&[&args[..], &["--json"]].concat())
        .exits(0)
        .json();
    assert_eq!(json["ledger"]["keys"][0]["columns"][0], "partner_ref_id");
    assert_eq!(json["ledger"]["keys"][0]["found"], 4);
    let key = json["proposal"]["guesses"]
        .as_array()
        .expect("guesses")
        .iter()
        .find(|guess| guess["key"] == "field ref_id.key");
    assert!(key.is_some(), "{json:#}");
    // The ledger is only read, and nothing of the file is kept.
    assert!(!workspace.path().join("state.db").exists());
}

#[test]
fn without_the_ledger_the_keys_are_a_question() {
    let workspace = workspace();
    let args = [
        "inspect",
        "sentosa_20261118.csv",
        "--json",
        "--write",
        "own.toml",
    ];
    let json = workspace.run(args).exits(0).json();
    let questions = json["proposal"]["questions"].as_array().expect("questions");
    let keys: Vec<&str> = questions
        .iter()
        .filter_map(|question| question["key"].as_str())
        .collect();
    assert_eq!(
        keys,
        [
            "money",
            "field.key",
            "amount.columns",
            "amount.unit",
            "fee.unit",
            "status.constant"
        ],
        "{json:#}"
    );
}

#[test]
fn a_proposal_is_written_once_and_never_over_another_text() {
    let workspace = workspace();
    let args = [
        "inspect",
        "sentosa_20261118.csv",
        "--channel",
        "sentosa",
        "--write",
        "own.toml",
    ];
    let text = workspace.run(args).exits(0).stdout;
    insta::assert_snapshot!("written", text);
    let saved = std::fs::read_to_string(workspace.path().join("own.toml")).expect("the profile");
    workspace.run(args).exits(0);
    let refused = workspace
        .run(["inspect", "sentosa_20261118.csv", "--profile", "own.toml"])
        .exits(78)
        .stderr;
    assert!(refused.contains("money"), "{refused}");
    let answered = saved
        .replace("#? money = \"we-receive\"", "money = \"we-receive\"")
        .replace("#? constant = \"success\"", "constant = \"success\"");
    workspace.put("own.toml", &answered);
    let kept = workspace.run(args).exits(2).stderr;
    assert!(kept.contains("left as it is"), "{kept}");
    assert_eq!(
        std::fs::read_to_string(workspace.path().join("own.toml")).expect("kept"),
        answered
    );
    let text = workspace
        .run(["inspect", "sentosa_20261118.csv", "--profile", "own.toml"])
        .exits(0)
        .stdout;
    assert!(text.contains("4 read, 0 rejected"), "{text}");
    assert!(text.contains("amount IDR 233500.00"), "{text}");
}

#[test]
fn a_file_that_a_known_profile_reads_needs_no_proposal() {
    let workspace = Workspace::copy_of("sample_reports");
    let folder = workspace.path().join("tokopedia-biller");
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .expect("samples")
        .map(|entry| {
            entry
                .expect("a sample")
                .file_name()
                .into_string()
                .expect("a name")
        })
        .filter(|name| name.ends_with(".csv"))
        .collect();
    names.sort();
    let sample = format!("tokopedia-biller/{}", names[0]);
    let text = workspace.run(["inspect", &sample]).exits(0).stdout;
    assert!(
        text.contains("reads with a profile that is there already"),
        "{text}"
    );
    assert!(
        text.contains("tokopedia-biller") && text.contains("of channel tokopedia-biller"),
        "{text}"
    );
    let json = workspace
        .run(["inspect", &sample, "--json"])
        .exits(0)
        .json();
    assert_eq!(json["fits"][0]["profile"], "tokopedia-biller");
    assert!(json["proposal"].is_null());
}

#[test]
fn a_known_profile_that_would_overlook_a_failure_does_not_fit() {
    let file = "ref_id;timestamp;amount;status\nA1;2026-11-18 08:00:00;1000;FAILED\nA2;2026-11-18 08:01:00;1250;SUCCESS\n";
    let workspace = Workspace::new().file("lain.csv", file);
    let text = workspace.run(["inspect", "lain.csv"]).exits(0).stdout;
    assert!(text.contains("It does not read status"), "{text}");
    assert!(text.contains("QUESTION money"), "{text}");
    let unknown = workspace
        .run(["inspect", "lain.csv", "--channel", "x"])
        .exits(78)
        .stderr;
    assert!(unknown.contains("no configuration found"), "{unknown}");
}

const STATEMENT: &str = "\
ref,undoes,side,amount,time,state
P-771,,CR,75500,2026-11-18 08:00:00,PAID
P-772,,CR,126000,2026-11-18 09:00:00,PAID
P-773,P-771,CR,21000,2026-11-18 10:00:00,PAID
P-774,,DB,11000,2026-11-18 11:00:00,PAID
";

const ONE_SIDE: &str = r#"
name = "statement"
money = "we-receive"
[defaults]
pending_sla = "2h"
calendar = "every-day"
due = "10:00"
files_per_date = "one"
[[field]]
name = "ref"
columns = ["ref"]
key = "text"
[amount]
columns = ["amount"]
[time]
columns = ["time"]
[[filter]]
columns = ["side"]
include = '^CR$'
[status]
columns = ["state"]
[[status.map]]
codes = ["PAID"]
is = "success"
"#;

#[test]
fn rows_left_out_and_columns_of_few_rows_are_no_evidence() {
    let config = CONFIG
        .replace("tokopedia-biller", "statement.toml")
        .replace("ref AS ref_id", "ref");
    let workspace = Workspace::new()
        .config(&config)
        .ledger_sql(LEDGER)
        .file("statement.toml", ONE_SIDE)
        .file("statement_20261118.csv", STATEMENT);
    let args = [
        "inspect",
        "statement_20261118.csv",
        "--channel",
        "sentosa",
        "--json",
    ];
    let json = workspace.run(args).exits(0).json();
    assert_eq!(json["fits"][0]["rows"], 3, "{json:#}");
    assert_eq!(json["fits"][0]["amount"], "222500.00", "{json:#}");
    // "undoes" finds its only value in the ledger, and is no rival of "ref".
    let guesses = json["proposal"]["guesses"].as_array().expect("guesses");
    let key = guesses.iter().find(|guess| guess["key"] == "field ref.key");
    let evidence = key.map(|guess| guess["evidence"].to_string());
    assert!(
        evidence.is_some_and(|evidence| evidence.contains("4 of 4 different values")),
        "{json:#}"
    );
}
