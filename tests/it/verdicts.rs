//! What a run says of both sides, seen from the outside: where a break and its risk stand, what wins
//! across dates, which rows of the ledger are none, and what patterns may state.

use serde_json::Value;

use crate::harness::{Output, Workspace};

const HEADER: &str =
    "timestamp;client_number;ref_id;partner_ref_id;product_code;admin_fee;amount\n";

/// A biller whose business dates begin on the 2nd, a Monday.
fn config(profile: &str, key: &str, more: &str) -> String {
    format!(
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
name     = "finance"
to       = ["finance@merchant.example"]
language = "en"

[[channel]]
name     = "shop"
profile  = "{profile}"
start    = "2026-11-02"
calendar = "every-day"
due      = "10:00"
{more}
ledger_query = """
SELECT {key}, reference, kind, amount, fee AS admin_fee, status, at AS occurred_at
FROM booked WHERE at >= :from AND at < :to"""

[[channel.source]]
folder  = "inbox"
pattern = "*"
"#
    )
}

/// A ledger of rows `key, kind, amount, status, stamp in UTC`, as SQL writes them.
fn ledger(key: &str, rows: &[&str]) -> String {
    let mut sql =
        format!("CREATE TABLE booked ({key}, reference, kind, amount, fee, status, at TEXT);\n");
    for row in rows {
        let cells: Vec<&str> = row.split(',').map(str::trim).collect();
        let [key, kind, amount, status, at] = cells[..] else {
            panic!("five cells: {row}")
        };
        sql += &format!(
            "INSERT INTO booked VALUES ({key}, 'INV-' || {key}, '{kind}', {amount}, 0, {status}, '2026-11-{at}');\n"
        );
    }
    sql
}

/// A biller's files: `(date, rows of "stamp key amount")`.
fn biller(more: &str, booked: &[&str], files: &[(&str, &[&str])]) -> Workspace {
    let mut workspace = Workspace::new()
        .config(&config("tokopedia-biller", "ref_id", more))
        .ledger_sql(&ledger("ref_id", booked));
    for (date, rows) in files {
        let mut text = HEADER.to_owned();
        for row in *rows {
            let (stamp, rest) = row.split_at(8);
            let (key, amount) = rest.trim().split_once(' ').expect("a key and an amount");
            text += &format!("2026-11-{stamp}:00;0812;{key};P-{key};pln;0;{amount}\n");
        }
        workspace = workspace.file(&format!("inbox/biller_202611{date}.csv"), text);
    }
    workspace
}

fn run(workspace: &Workspace, last: &str) -> Output {
    let next = format!(
        "2026-11-{:02}T11:00:00+07:00",
        last.parse::<u32>().expect("a day") + 1
    );
    let last = format!("2026-11-{last}");
    workspace.run_args(&[
        "run",
        "--json",
        "--from",
        "2026-11-02",
        "--to",
        &last,
        "--as-of",
        &next,
    ])
}

fn date<'j>(json: &'j Value, day: &str) -> &'j Value {
    let date = format!("2026-11-{day}");
    let mut results = json["results"].as_array().expect("results").iter();
    results
        .find(|one| one["business_date"] == *date)
        .unwrap_or_else(|| panic!("no result of {date}: {json:#}"))
}

fn breaks(workspace: &Workspace) -> Vec<Value> {
    let list = workspace.run(["breaks", "list", "--json"]).exits(0).json();
    list.as_array().expect("a list").clone()
}

fn mail(workspace: &Workspace) -> String {
    let files = workspace.files("mail");
    let mut mails = files.iter().filter(|name| name.ends_with(".eml"));
    let last = mails.next_back().expect("a mail");
    let raw = workspace
        .read(&format!("mail/{last}"))
        .replace("\r\n", "\n");
    let (_, part) = raw.split_once("Content-Type: text/plain").expect("a text");
    let (head, body) = part.split_once("\n\n").expect("a body");
    let boundaries = raw.split("boundary=\"").skip(1);
    let boundaries = boundaries.filter_map(|rest| rest.split('"').next());
    let ends = boundaries.filter_map(|boundary| body.find(&format!("\n--{boundary}")));
    let body = &body[..ends.min().expect("its end")];
    if head.contains("base64") {
        let bare: String = body.split_whitespace().collect();
        let bytes = data_encoding::BASE64
            .decode(bare.as_bytes())
            .expect("base64");
        return String::from_utf8(bytes).expect("UTF-8");
    }
    let mut bytes = Vec::new();
    let joined = body.replace("=\n", "");
    let mut rest = joined.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let hex = (*first == b'=').then(|| tail.get(..2)).flatten();
        let byte = hex.and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = &tail[if byte.is_some() { 2 } else { 0 }..];
    }
    String::from_utf8(bytes).expect("UTF-8")
}

#[test]
fn a_break_across_midnight_stands_where_its_risk_does() {
    let workspace = biller(
        "",
        &["'R1', payment, 100000, 'success', 02 16:58:00"],
        &[("02", &[]), ("03", &["03 00:01 R1 150000"])],
    );
    let json = run(&workspace, "03").exits(0).json();
    for (day, amount) in [("02", "0.00"), ("03", "50000.00")] {
        let one = date(&json, day);
        let stands = !one["breaks"].as_object().expect("breaks").is_empty();
        assert_eq!(one["at_risk"]["owed_by_us"], *amount, "{day}");
        assert_eq!(stands, amount != "0.00", "{day}: {one:#}");
    }
    let timing = &date(&json, "02")["timing_differences"]["ledger"];
    assert_eq!(timing["amount"], "100000.00", "every entry has its bucket");
    assert_eq!(breaks(&workspace)[0]["business_date"], "2026-11-03");
}

#[test]
fn an_equal_pair_wins_across_the_date_line() {
    let workspace = biller(
        "",
        &[
            "'R1', payment, 174470, 'success', 02 16:50:00",
            "'R1', payment, 1237350, 'success', 03 03:00:00",
        ],
        &[("02", &[]), ("03", &["03 00:05 R1 174470"])],
    );
    let json = run(&workspace, "03").exits(0).json();
    let third = date(&json, "03");
    assert_eq!(third["timing_differences"]["settlement"]["entries"], 1);
    assert_eq!(third["breaks"]["amount_break"], Value::Null, "{third:#}");
    assert_eq!(
        third["breaks"]["duplicate"]["ledger"]["amount"],
        "1237350.00"
    );
}

#[test]
fn a_payment_in_parts_on_two_dates_and_a_used_tolerance_are_each_one_sentence() {
    let workspace = biller(
        "amount_tolerance = \"5\"",
        &[
            "'R1', payment, 75000, 'success', 02 16:50:00",
            "'R2', payment, 40000, 'success', 02 16:51:00",
        ],
        &[
            ("02", &["02 23:50 R1 50000"]),
            ("03", &["03 00:05 R1 25000", "03 00:06 R2 39996"]),
        ],
    );
    let json = run(&workspace, "03").exits(0).json();
    let used = &date(&json, "03")["matched_within_tolerance"];
    assert_eq!(used["settlement"]["amount"], "39996.00");
    let text = mail(&workspace)
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    for sentence in [
        "One payment in parts: settled as Rp50,000 (2 Nov 2026) + Rp25,000 (3 Nov 2026), booked as Rp75,000 (2 Nov 2026).",
        "1 entries matched within tolerance, Rp4 apart in total",
    ] {
        assert!(text.contains(sentence), "{sentence}\n{text}");
    }
}

#[test]
fn a_cut_off_is_named_on_its_side_with_the_key_to_set() {
    // our rows | their rows | where their cut-off is said to be
    for (booked, rows, said) in [
        (
            "03 03:00:00",
            ["02 23:46", "02 23:47", "02 23:49"],
            "before 23:46. If so, set `cutoff`",
        ),
        (
            "03 03:00:00",
            ["04 00:03", "04 00:05", "04 00:07"],
            "after 00:07. If so, set `cutoff`",
        ),
        ("03 03:00:00", ["03 23:46", "03 23:47", "03 23:49"], ""),
    ] {
        let rows: Vec<String> = (0..3)
            .map(|at| format!("{} P{at} 7000{at}", rows[at]))
            .collect();
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        let own = format!("'R0', payment, 50000, 'success', {booked}");
        let settled = [&["03 10:00 R0 50000"], &rows[..]].concat();
        let workspace = biller("", &[&own], &[("02", &[]), ("03", &settled), ("04", &[])]);
        let json = run(&workspace, "04").json();
        let patterns = date(&json, "03")["patterns"].to_string();
        assert!(patterns.contains(said), "{said}: {patterns}");
        assert_eq!(said.is_empty(), !patterns.contains("cut-off"), "{patterns}");
    }
}

const DAYS_ALONE: &str = r#"
name  = "days"
money = "we-receive"
[defaults]
pending_sla = "2h"
calendar = "every-day"
due = "10:00"
files_per_date = "one"
[file]
delimiter = ";"
[[field]]
name = "order_id"
columns = ["order"]
key = "text"
[amount]
columns = ["gross"]
number_style = "plain"
[time]
columns = ["day"]
formats = ["%d/%m/%Y"]
zone = "Asia/Jakarta"
[status]
constant = "success"
[slot]
file_name = ['(?P<date>20\d{6})']
"#;

fn days_alone(booked: &[&str], rows: &str) -> Workspace {
    Workspace::new()
        .file("days.toml", DAYS_ALONE)
        .config(&config("days.toml", "order_id", ""))
        .ledger_sql(&ledger("order_id", booked))
        .file(
            "inbox/days_20261102.csv",
            format!("order;day;gross\n{rows}"),
        )
}

#[test]
fn a_day_without_a_time_has_no_minutes() {
    let rows: String = (0..4)
        .map(|n| format!("K{n};02/11/2026;100000\n"))
        .collect();
    let workspace = days_alone(&["'X', payment, 1, 'failed', 02 03:00:00"], &rows);
    let json = run(&workspace, "02").json();
    assert_eq!(
        date(&json, "02")["breaks"]["missing_in_ledger"]["settlement"]["entries"],
        4
    );
    let patterns = date(&json, "02")["patterns"].to_string();
    assert!(
        !patterns.contains("00:00") && !patterns.contains("cut-off"),
        "{patterns}"
    );
}

#[test]
fn nothing_at_stake_is_nothing_grave() {
    let booked = [
        "'A1', payment, 0, 'failed', 02 03:00:00",
        "'A2', payment, 10000, 'success', 02 03:00:00",
        "'A3', payment, 20000, 'failed', 02 03:00:00",
    ];
    let rows = "A1;02/11/2026;0\nA2;02/11/2026;10000\nA3;02/11/2026;20000\nA4;02/11/2026;0\n";
    let workspace = days_alone(&booked, rows);
    run(&workspace, "02").exits(0);
    let found = breaks(&workspace);
    let mut grave: Vec<String> = found
        .iter()
        .map(|one| format!("{} {}", one["key"]["order_id"], one["severity"]))
        .collect();
    grave.sort();
    assert_eq!(
        grave,
        ["\"A1\" \"low\"", "\"A3\" \"critical\"", "\"A4\" \"low\""]
    );
}

#[test]
fn a_minus_in_the_ledger_means_what_the_channel_says() {
    let file: (&str, &[&str]) = ("02", &["02 10:00 R1 50000", "02 10:00 R2 60000"]);
    let booked = |amount: &str| {
        [
            format!("'R1', payment, {amount}, 'success', 02 03:00:00"),
            "'R2', payment, 60000, 'success', 02 03:00:00".to_owned(),
        ]
    };
    // what the ledger writes | what the channel says | exit | rejected, matched, breaks
    for (amount, more, exit, rejected, matched, kinds) in [
        ("-50000", "", 65, 1, 1, ""),
        ("'-50000.00'", "ledger_negative = \"reject\"", 65, 1, 1, ""),
        // The plus of the other payment is then what nobody declared.
        ("-50000", "ledger_negative = \"payment\"", 65, 1, 1, ""),
        (
            "-50000",
            "ledger_negative = \"refund\"",
            0,
            0,
            1,
            "missing_in_ledger reversal_not_honoured",
        ),
        (
            "-50000",
            "ledger_negative = \"void\"",
            0,
            0,
            1,
            "missing_in_ledger reversal_not_honoured",
        ),
    ] {
        let booked = booked(amount);
        let workspace = biller(more, &[&booked[0], &booked[1]], &[file]);
        let json = run(&workspace, "02").exits(exit).json();
        let one = date(&json, "02");
        let found: Vec<&String> = one["breaks"].as_object().expect("breaks").keys().collect();
        let found: Vec<&str> = found.iter().map(|kind| kind.as_str()).collect();
        assert_eq!(
            (
                one["rejected_ledger_rows"].as_u64(),
                one["matched"]["ledger"]["entries"].as_u64(),
                found.join(" "),
            ),
            (Some(rejected), Some(matched), kinds.to_owned()),
            "{amount} {more}: {one:#}"
        );
    }
}

#[test]
fn a_ledger_that_writes_purchases_with_a_minus_is_matched() {
    let rows: Vec<String> = (0..5)
        .map(|n| format!("'Q{n}', payment, -5000{n}, 'success', 02 03:00:00"))
        .collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let mut file =
        "request_id,product_code,client_number,status,sales_price,admin_fee,fulfilled_at\n"
            .to_owned();
    for n in 0..5 {
        file += &format!("Q{n},pln,0812,Success,5000{n},0,2026-11-02T03:00:00Z\n");
    }
    for (more, exit, matched, rejected) in
        [("", 65, 0, 5), ("ledger_negative = \"payment\"", 0, 5, 0)]
    {
        let workspace = Workspace::new()
            .config(&config("tokopedia-b2b", "request_id", more))
            .ledger_sql(&ledger("request_id", &rows))
            .file("inbox/b2b_20261102.csv", &file);
        let json = run(&workspace, "02").exits(exit).json();
        let one = date(&json, "02");
        assert_eq!(one["matched"]["ledger"]["entries"], matched, "{one:#}");
        assert_eq!(one["rejected_ledger_rows"], rejected);
        assert!(
            one["breaks"].as_object().expect("breaks").is_empty(),
            "{one:#}"
        );
    }
}

#[test]
fn a_failed_row_without_a_reference_has_nothing_to_settle() {
    let workspace = biller(
        "",
        &[
            "'R2', payment, 50000, 'success', 02 03:00:00",
            "NULL, payment, 70000, 'failed', 02 03:00:00",
            "'', payment, 80000, 'reversed', 02 03:00:00",
        ],
        &[("02", &["02 10:00 R2 50000"])],
    );
    let json = run(&workspace, "02").exits(0).json();
    let one = date(&json, "02");
    assert_eq!(one["rejected_ledger_rows"], 0);
    assert_eq!(one["ledger"]["entries"], 3, "they count");
    assert_eq!(one["nothing_to_settle"]["ledger"]["amount"], "150000.00");
}

#[test]
fn a_row_of_the_ledger_that_cannot_be_judged_is_told_and_the_rest_is_judged() {
    let workspace = biller(
        "",
        &[
            "'R1', payment, 10000, 'success', 02 03:00:00",
            "'R2', payment, 20000, 'PAID', 02 03:00:00",
            "'R3', payment, 30000, 'Selesai', 02 03:00:00",
            "NULL, payment, 70000, 'success', 02 04:30:00",
            "'R5', payment, 'lima', 'success', 02 03:00:00",
            "'R6', tukar, 60000, 'success', 02 03:00:00",
            "'R7', payment, 90000, NULL, 02 03:00:00",
        ],
        &[(
            "02",
            &[
                "02 10:00 R1 10000",
                "02 10:00 R2 20000",
                "02 10:00 R3 30000",
                "02 10:00 R5 50000",
                "02 10:00 R8 80000",
            ],
        )],
    );
    let ran = run(&workspace, "02").exits(65);
    let json = ran.json();
    let one = date(&json, "02");
    assert_eq!(one["rejected_ledger_rows"], 6);
    assert_eq!(one["ledger"]["entries"], 1);
    assert_eq!(one["matched"]["ledger"]["entries"], 1);
    // What their rows may hold is not called missing in our books; R8 stands in none of them.
    assert_eq!(one["awaiting"]["settlement"]["entries"], 3);
    assert_eq!(
        one["breaks"]["missing_in_ledger"]["settlement"]["amount"],
        "80000.00"
    );
    // All words that nobody mapped in one go, and no meaning proposed for any of them.
    assert!(
        ran.stderr
            .contains("status `PAID` (1 row), `Selesai` (1 row)"),
        "{}",
        ran.stderr
    );
    assert!(!ran.stderr.contains("\"success\""), "{}", ran.stderr);
    let text = mail(&workspace)
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    for part in [
        "6 rejected ledger rows",
        "the reference is NULL (Rp70,000 · success · 2 Nov 2026 11:30",
        "not a known status (Reference ID R2 · INV-R2 · Rp20,000 · PAID · 2 Nov 2026 10:00",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    // The same again is nothing new; a row that is mended is.
    let again = run(&workspace, "02").exits(65).json();
    assert_eq!(date(&again, "02")["revision"], 1);
    workspace.change_ledger(
        "ledger.db",
        "UPDATE booked SET status = 'success' WHERE ref_id = 'R2'",
    );
    let mended = run(&workspace, "02").exits(65).json();
    let one = date(&mended, "02");
    assert_eq!(
        (&one["revision"], &one["rejected_ledger_rows"]),
        (&2.into(), &5.into())
    );
    assert_eq!(one["matched"]["ledger"]["entries"], 2);
}

#[test]
fn rows_are_told_in_indonesian_as_well() {
    let workspace = biller(
        "",
        &[
            "'R1', payment, 10000, 'success', 02 03:00:00",
            "'R2', payment, -20000, 'success', 02 03:00:00",
        ],
        &[("02", &["02 10:00 R1 10000"])],
    );
    let config = workspace
        .read("rekon.toml")
        .replace("language = \"en\"", "language = \"id\"");
    workspace.put("rekon.toml", config);
    run(&workspace, "02").exits(65);
    let text = mail(&workspace)
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    for part in [
        "1 baris pembukuan ditolak",
        "arti tanda minus pada nominal pembayaran belum ditentukan (ID referensi R2 · INV-R2 · -Rp20.000 · success",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
}

#[test]
fn a_ledger_of_which_most_is_no_entry_is_not_believed() {
    let rows: Vec<String> = (0..12)
        .map(|n| {
            let status = if n % 2 == 0 { "PAID" } else { "Selesai" };
            format!("'R{n}', payment, 10000, '{status}', 02 03:00:00")
        })
        .collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let workspace = biller("", &rows, &[("02", &["02 10:00 R1 10000"])]);
    let ran = run(&workspace, "02").exits(78);
    for part in [
        "12 of 12 rows cannot be judged",
        "nobody mapped status `PAID` (6 rows), `Selesai` (6 rows)",
        "`ledger_status` of channel shop",
    ] {
        assert!(ran.stderr.contains(part), "{part}\n{}", ran.stderr);
    }
    assert!(!ran.stderr.contains("= \"success\""), "{}", ran.stderr);
    // A column of numbers is no column of stamps, however few rows there are.
    let workspace = biller(
        "",
        &["'R1', payment, x'01', 'success', 02 03:00:00"],
        &[("02", &[])],
    );
    let ran = run(&workspace, "02").exits(65);
    assert!(
        ran.stderr.contains("an amount is a number or text"),
        "{}",
        ran.stderr
    );
}
