//! `rekon find`: one payment by whatever finance has in hand, matched or not, with its places, and
//! nothing shown that is not to be shown.

use serde_json::Value;

use crate::harness::Workspace;

const DATE: &str = "2026-11-18";

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

[[channel]]
name        = "ovo"
profile     = "ovo-push-to-pay"
start       = "2026-11-17"
ledger_zone = "Asia/Jakarta"
ledger_query = """
SELECT merchant_id, batch_number, reference_number, invoice AS reference, kind, amount, fee, status,
       phone AS customer, created_at AS occurred_at
FROM payments WHERE created_at >= :from AND created_at < :to"""

[[channel.source]]
folder  = "inbox"
pattern = "*.csv"
"#;

/// The fourth differs by Rp5,000, the fifth was voided on both sides, the sixth failed with us and
/// stands in no file.
const LEDGER: &str = "
CREATE TABLE payments (merchant_id TEXT, batch_number TEXT, reference_number TEXT, invoice TEXT,
                       kind TEXT, amount INTEGER, fee INTEGER, status TEXT, phone TEXT, created_at TEXT);
INSERT INTO payments VALUES
  ('SGR-DAGO', '261118', '000001', 'INV-1', 'payment', 50000, 350, 'success', '081200001111', '2026-11-18 09:00:00'),
  ('SGR-DAGO', '261118', '000002', 'INV-2', 'payment', 155000, 1085, 'success', '081200002222', '2026-11-18 10:00:00'),
  ('SGR-DAGO', '261118', '000004', 'INV-4', 'payment', 80000, 560, 'success', '081200004444', '2026-11-18 11:00:00'),
  ('SGR-DAGO', '261118', '000005', 'INV-5', 'payment', 20000, 140, 'success', '081200005555', '2026-11-18 12:00:00'),
  ('SGR-DAGO', '261118', '000005', 'INV-5', 'void', 20000, 140, 'success', '081200005555', '2026-11-18 12:05:00'),
  ('SGR-DAGO', '261118', '000006', 'INV-6', 'payment', 33000, 231, 'failed', '081200006666', '2026-11-18 13:00:00'),
  ('SGR-DAGO', '261117', '000002', 'INV-0', 'payment', 12000, 84, 'success', '081200007777', '2026-11-17 10:00:00');
";

const HEADER: &str = "merchantId,tid,mid,batchNumber,referenceNumber,merchantInvoice,transactionDate,messageType,processingCode,responseCode,amount,fee,netAmount\n";

fn row(batch: &str, reference: &str, invoice: &str, at: &str, kind: &str, rupiah: i64) -> String {
    let fee = rupiah * 7 / 1000;
    let net = rupiah - fee;
    format!(
        "SGR-DAGO,80000012,000000012345602,{batch},{reference},{invoice},{at},{kind},00,{rupiah},{fee},{net}\n"
    )
}

const PAYMENT: &str = "0200,040000";
const VOID: &str = "0200,020040";

fn report(fourth: i64) -> String {
    let of = |reference, invoice, time: &str, kind, rupiah| {
        row(
            "261118",
            reference,
            invoice,
            &format!("{DATE} {time}"),
            kind,
            rupiah,
        )
    };
    [
        HEADER.to_owned(),
        of("000001", "INV-1", "09:00:01", PAYMENT, 50_000),
        of("000002", "INV-2", "10:00:01", PAYMENT, 155_000),
        of("000004", "INV-4", "11:00:01", PAYMENT, fourth),
        of("000005", "INV-5", "12:00:01", PAYMENT, 20_000),
        of("000005", "INV-5", "12:05:01", VOID, 20_000),
    ]
    .concat()
}

fn workspace() -> Workspace {
    let workspace = Workspace::new().config(CONFIG).ledger_sql(LEDGER);
    let of_17 = row(
        "261117",
        "000002",
        "INV-0",
        "2026-11-17 10:00:02",
        PAYMENT,
        12_000,
    );
    workspace.put(
        "inbox/ovo_settlement_20261117.csv",
        format!("{HEADER}{of_17}"),
    );
    workspace.put("inbox/ovo_settlement_20261118.csv", report(75_000));
    for name in ["17", "18"] {
        crate::bills::age(
            &workspace,
            &format!("inbox/ovo_settlement_202611{name}.csv"),
            60,
        );
    }
    workspace
        .run(["run", "--from", "2026-11-17", "--to", DATE])
        .exits(0);
    workspace
}

fn found(workspace: &Workspace, words: &[&str]) -> Vec<Value> {
    let args: Vec<&str> = ["find"]
        .iter()
        .chain(words)
        .chain(&["--json"])
        .copied()
        .collect();
    let answer = workspace.run_args(&args).exits(0).json();
    answer["found"].as_array().expect("payments").clone()
}

/// `bucket reference-number date` of each.
fn brief(found: &[Value]) -> String {
    let line = |one: &Value| {
        let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
        format!(
            "{} {} {}",
            text(&one["bucket"]),
            text(&one["key"]["reference_number"]),
            text(&one["business_date"])
        )
    };
    found.iter().map(line).collect::<Vec<_>>().join(", ")
}

#[test]
fn a_payment_is_found_by_whatever_is_printed_of_it() {
    let workspace = workspace();
    let void = "netted 000005 2026-11-18";
    for (words, expected) in [
        (&["INV-1"][..], "matched 000001 2026-11-18"),
        (&["inv-1"], "matched 000001 2026-11-18"),
        (&["000001"], "matched 000001 2026-11-18"),
        (&["1"], "matched 000001 2026-11-18"),
        (
            &["000002"],
            "matched 000002 2026-11-18, matched 000002 2026-11-17",
        ),
        (&["261117", "000002"], "matched 000002 2026-11-17"),
        (&["261117 000002"], "matched 000002 2026-11-17"),
        (&["155000"], "matched 000002 2026-11-18"),
        (&["Rp155.000"], "matched 000002 2026-11-18"),
        (&["155,000.00"], "matched 000002 2026-11-18"),
        (&["000004"], "amount_break 000004 2026-11-18"),
        (&["75000"], "amount_break 000004 2026-11-18"),
        (&["80.000"], "amount_break 000004 2026-11-18"),
        (&["INV-5"], void),
        (&["20000"], void),
        // Personal, and only in the ledger.
        (&["081200002222"], "matched 000002 2026-11-18"),
        (&["081200006666"], "nothing_to_settle 000006 2026-11-18"),
        (&["33000"], "nothing_to_settle 000006 2026-11-18"),
        // A piece of a value names nothing.
        (&["0812"], ""),
        (&["INV"], ""),
        (&["000009"], ""),
    ] {
        assert_eq!(brief(&found(&workspace, words)), expected, "{words:?}");
    }
    let nothing = workspace.run(["find", "·"]).exits(2);
    assert!(
        nothing.stderr.contains("names nothing"),
        "{}",
        nothing.stderr
    );
}

#[test]
fn a_matched_payment_is_told_with_its_places_and_mails() {
    let workspace = workspace();
    // As if the file had come by mail.
    workspace.change_ledger(
        "state/state.db",
        "INSERT INTO mails SELECT 1, 'settlements', 'x', 'INBOX', 7, 9, 'abc@ovo.example', \
         'reports@ovo.example', 'Settlement', '2026-11-19T01:00:00Z', '2026-11-19T01:00:01Z', 'ff', \
         'dkim=pass', '2026-11-19T01:00:02Z' FROM (SELECT 1); \
         INSERT INTO file_mails SELECT id, 1, name, sha256 FROM files WHERE name LIKE '%18.csv';",
    );
    let answer = workspace.run(["find", "INV-2", "--json"]).exits(0).json();
    let mut one = answer["found"][0].clone();
    for (pointer, what) in [
        ("/settlement/sha256", "[SHA256]"),
        ("/settlement/mail/attachment_sha256", "[SHA256]"),
        ("/mails/0/message_id", "[ID]"),
        ("/mails/0/at", "[AT]"),
    ] {
        let place = one
            .pointer_mut(pointer)
            .unwrap_or_else(|| panic!("{pointer}: {answer}"));
        assert!(place.is_string(), "{pointer}: {place}");
        *place = what.into();
    }
    insta::assert_snapshot!(
        "matched_json",
        serde_json::to_string_pretty(&one).expect("JSON")
    );
    let text = workspace.run(["find", "INV-2"]).exits(0);
    for said in [
        "ovo 2026-11-18, complete (revision 1): matched",
        "reference_number 000002",
        "ovo_settlement_20261118.csv, row 3",
        "mail from reports@ovo.example",
        "customer 08••••2222",
        "finance-daily: 2026-11-18 revision 1",
        "1 payment; looked into 2 file(s) of 2026-11-17 to 2026-11-18.",
    ] {
        assert!(text.stdout.contains(said), "{said}: {}", text.stdout);
    }
    assert!(!text.stdout.contains("081200002222"), "{}", text.stdout);
}

#[test]
fn a_break_is_told_with_what_people_did_and_what_became_of_it() {
    let workspace = workspace();
    let listed = workspace.run(["breaks", "list", "--json"]).exits(0).json();
    let id = listed[0]["id"].as_str().expect("an id").to_owned();
    assert_eq!(listed[0]["key"]["reference_number"], "000004");
    workspace
        .run_as("ani", &["breaks", "assign", &id, "--owner", "Budi"])
        .exits(0);
    workspace
        .run_as("ani", &["breaks", "note", &id, "--text", "asked OVO"])
        .exits(0);
    let by_id = found(&workspace, &[&id.to_lowercase()]);
    let one = &by_id[0];
    assert_eq!(one["item"]["id"], id.as_str());
    assert_eq!(one["item"]["owner"], "Budi");
    assert_eq!(one["known_by"], "item");
    assert_eq!(one["acts"][1]["text"], "noted: asked OVO");
    assert_eq!(one["acts"][1]["by"], "ani");
    assert_eq!(one["settlement"]["amount"], "75000.00");
    assert_eq!(one["ledger"]["amount"], "80000.00");
    // Its file is corrected: it matches, and the break it was is told beside.
    workspace.put("inbox/ovo_settlement_20261118_rev2.csv", report(80_000));
    crate::bills::age(&workspace, "inbox/ovo_settlement_20261118_rev2.csv", 5);
    workspace.run(["run", "--date", DATE]).exits(0);
    let cleared = found(&workspace, &[&id]);
    assert_eq!(brief(&cleared), "matched 000004 2026-11-18");
    assert_eq!(cleared[0]["revision"], 2);
    assert_eq!(cleared[0]["item"]["state"], "cleared");
    assert_eq!(
        cleared[0]["settlement"]["file"],
        "ovo_settlement_20261118_rev2.csv"
    );
    let diff = workspace.run(["diff", "--date", DATE]).exits(0).stdout;
    assert!(diff.contains("reference_number 000004"), "{diff}");
    // Also by what it once said.
    let expected = "matched 000004 2026-11-18";
    assert_eq!(brief(&found(&workspace, &["75000"])), expected);
}

/// The ledger writes 4, the file 000004: people know it as the file writes it, wherever it is shown.
#[test]
fn a_reference_is_shown_as_its_file_writes_it() {
    let ledger = LEDGER
        .replace("'000004'", "'4'")
        .replace("'000006'", "'06'");
    let workspace = Workspace::new()
        .config(CONFIG)
        .ledger_sql(&ledger.replace("'failed'", "'success'"));
    workspace.put("inbox/ovo_settlement_20261118.csv", report(75_000));
    crate::bills::age(&workspace, "inbox/ovo_settlement_20261118.csv", 60);
    let run = workspace.run(["run", "--date", DATE]).exits(0);
    let listed = workspace.run(["breaks", "list", "--json"]).exits(0).json();
    let keys: std::collections::BTreeSet<&str> = listed
        .as_array()
        .expect("breaks")
        .iter()
        .filter_map(|one| one["key"]["reference_number"].as_str())
        .collect();
    // The one that stands in no file is shown as the ledger writes it.
    assert_eq!(keys, ["000004", "06"].into());
    let mut told = vec![
        ("run", run.stdout),
        ("list", workspace.run(["breaks", "list"]).exits(0).stdout),
    ];
    for name in workspace.files("mail") {
        if [".csv", ".html"]
            .iter()
            .any(|ending| name.ends_with(ending))
        {
            told.push(("paper", workspace.read(&format!("mail/{name}"))));
        }
    }
    assert_eq!(told.len(), 4);
    for (what, text) in &told[1..] {
        assert!(text.contains("000004"), "{what}: {text}");
    }
    for key in ["000004", "4"] {
        let only = workspace
            .run(["breaks", "list", "--json", "--key", key])
            .exits(0)
            .json();
        assert_eq!(only.as_array().map(Vec::len), Some(1), "{key}");
    }
    // It was matched by number all the same, and a rerun finds nothing new in it.
    let again = workspace
        .run(["run", "--date", DATE, "--json"])
        .exits(0)
        .json();
    assert_eq!(again["results"][0]["revision"], 1);
    assert_eq!(
        again["results"][0]["breaks"]["amount_break"]["ledger"]["entries"],
        1
    );
}

#[test]
fn whoever_looks_waits_for_no_run_and_needs_no_ledger() {
    let workspace = workspace();
    let now = chrono::Utc::now().format("%Y-%m-%dT%H:%M:%SZ");
    workspace.change_ledger(
        "state/state.db",
        &format!(
            "INSERT INTO locks VALUES ('run', 'another run', 'elsewhere', 1, '{now}', '{now}')"
        ),
    );
    workspace.run(["collect"]).exits(75);
    assert_eq!(found(&workspace, &["INV-1"]).len(), 1);
    std::fs::write(workspace.path().join("ledger.db"), "no database").expect("written");
    let alone = workspace.run(["find", "INV-4", "--json"]);
    assert_eq!(alone.status, Some(69), "{}", alone.stderr);
    let answer = alone.json();
    assert_eq!(answer["found"][0]["bucket"], "amount_break");
    assert!(answer["searched"]["ledger_error"].is_string(), "{answer}");
    let matched = workspace.run(["find", "INV-1", "--json"]).json();
    assert_eq!(matched["found"][0]["known_by"], "not_known");
    assert_eq!(matched["found"][0]["settlement"]["row"], 2);
}

/// Dates that were not judged say so, rows that could not be read say why.
#[test]
fn what_is_not_judged_is_told_as_not_known() {
    let workspace = workspace();
    let later = row(
        "261119",
        "000001",
        "INV-9",
        "2026-11-19 09:00:00",
        PAYMENT,
        1_000,
    );
    let torn = row(
        "261119",
        "000002",
        "INV-10",
        "2026-11-19 09:00:00",
        PAYMENT,
        1_000,
    )
    .replace(",1000,", ",a thousand,");
    let file = "inbox/ovo_settlement_20261119.csv";
    workspace.put(file, format!("{HEADER}{later}{torn}"));
    crate::bills::age(&workspace, file, 5);
    workspace.run(["collect"]);
    let one = &found(&workspace, &["INV-9"])[0];
    assert_eq!(one["known_by"], "not_known");
    assert_eq!(one["bucket"], Value::Null);
    assert_eq!(one["revision"], Value::Null);
    let torn = &found(&workspace, &["261119", "000002"])[0];
    assert_eq!(torn["known_by"], "rejected_row");
    assert_eq!(torn["settlement"]["row"], 3);
}
