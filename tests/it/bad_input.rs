//! Bad input through the real binary: one clear error with place and fix, the right exit code,
//! nothing lost, nothing half written. Each case is a row; its words are a snapshot.

use crate::harness::{Output, Workspace};

const CONFIG: &str = r#"
state   = "sqlite:state.db"
archive = "archive"

[ledger]
url  = "sqlite:ledger.db"
load = "ledger.sql"

[mail]
transport = "directory:mail"
from      = "Rekon <rekon@merchant.example>"

[[report]]
name = "finance-daily"
to   = ["finance@merchant.example"]

[[channel]]
name         = "biller"
profile      = "tokopedia-biller"
start        = "2026-11-18"
calendar     = "every-day"
due          = "08:00"
ledger_query = """
SELECT ref_id, amount, admin_fee, status, created_at AS occurred_at
FROM payments WHERE created_at >= :from AND created_at < :to"""

[[channel.source]]
folder  = "inbox"
pattern = "*"
"#;

const LEDGER: &str = "
CREATE TABLE payments (ref_id TEXT, amount INTEGER, admin_fee INTEGER, status TEXT, created_at TEXT);
INSERT INTO payments VALUES
  ('70010000001', 102500, 2500, 'success', '2026-11-18 01:00:00'),
  ('70010000002',  52500, 2500, 'success', '2026-11-18 02:00:00'),
  ('70010000003',  22500, 2500, 'success', '2026-11-18 03:00:00');
";

const GOOD: &str = "\
timestamp;client_number;ref_id;partner_ref_id;product_code;admin_fee;amount
2026-11-18 08:00:00;530000000001;70010000001;0001;pln-postpaid;2500;102500
2026-11-18 09:00:00;530000000002;70010000002;0002;pln-postpaid;2500;52500
2026-11-18 10:00:00;530000000003;70010000003;0003;pln-postpaid;2500;22500
";

/// A provider nobody has declared dates, numbers or codes for.
const UNDECLARED: &str = r#"
name  = "kilat"
money = "we-receive"

[defaults]
pending_sla    = "2h"
calendar       = "every-day"
due            = "08:00"
files_per_date = "one"

[file]
delimiter = ";"

[[field]]
name    = "ref_id"
columns = ["ref_id"]
key     = "text"

[amount]
columns = ["amount"]

[time]
columns = ["timestamp"]
zone    = "Asia/Jakarta"

[status]
columns = ["code"]

[[status.map]]
codes = ["00"]
is    = "success"
"#;

const NAME: &str = "inbox/tokopedia_biller_20261118.csv";

fn workspace() -> Workspace {
    Workspace::new().config(CONFIG).ledger_sql(LEDGER)
}

/// The workspace whose channel reads with [`UNDECLARED`].
fn undeclared() -> Workspace {
    Workspace::new()
        .config(
            &CONFIG
                .replace(
                    "profile      = \"tokopedia-biller\"",
                    "profile      = \"kilat.toml\"",
                )
                .replace("amount, admin_fee,", "amount,"),
        )
        .file("kilat.toml", UNDECLARED)
        .ledger_sql(LEDGER)
}

fn run(workspace: &Workspace) -> Output {
    workspace.run(["run", "--date", "2026-11-18"])
}

/// Whatever came in, it neither panics nor invents a break, and after the cure the date is whole.
#[track_caller]
fn check(name: &str, workspace: &Workspace, code: i32) -> Output {
    let output = run(workspace).exits(code);
    assert!(!output.stderr.contains("panicked"), "{}", output.stderr);
    insta::assert_snapshot!(name, output.transcript());
    output
}

/// The file as it should have been comes after it: everything matches and nothing is left over.
#[track_caller]
fn cured_by(workspace: &Workspace, path: &str, bytes: impl AsRef<[u8]>) {
    workspace.put(path, bytes);
    let cured = workspace
        .run(["run", "--date", "2026-11-18", "--json"])
        .json();
    let result = &cured["results"][0];
    assert_eq!(result["state"], "complete");
    assert_eq!(result["matched"]["ledger"]["entries"], 3, "{result}");
    assert_eq!(result["breaks"], serde_json::json!({}), "{result}");
}

fn workbook(cut: usize) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (row, line) in GOOD.lines().enumerate() {
        for (column, cell) in line.split(';').enumerate() {
            sheet
                .write_string(row as u32, column as u16, cell)
                .expect("a cell");
        }
    }
    let bytes = book.save_to_buffer().expect("a workbook");
    bytes[..bytes.len() - cut].to_vec()
}

/// A file refused whole: exit 65, the date is incomplete, no entry of the ledger becomes a break.
#[test]
fn files_that_cannot_be_read() {
    for (name, path, bytes) in [
        ("empty_file", NAME, Vec::new()),
        (
            "html_named_xls",
            "inbox/tokopedia_biller_20261118.xls",
            b"<html><body><table><tr><td>ref_id</td></tr></table></body></html>".to_vec(),
        ),
        (
            "truncated_workbook",
            "inbox/tokopedia_biller_20261118.xlsx",
            workbook(900),
        ),
        ("wrong_delimiter", NAME, GOOD.replace(';', ",").into_bytes()),
        (
            "missing_column",
            NAME,
            GOOD.replace("ref_id;partner", "nomor;partner").into_bytes(),
        ),
        (
            "header_repeated_under_two_names",
            NAME,
            GOOD.replace("product_code", "amount").into_bytes(),
        ),
        (
            "not_utf_8",
            NAME,
            GOOD.replace("pln-postpaid", "caf\u{e9}")
                .chars()
                .map(|letter| letter as u8)
                .collect(),
        ),
        (
            "quote_never_closed",
            NAME,
            GOOD.replacen("pln-postpaid", "\"pln-postpaid", 1)
                .into_bytes(),
        ),
        (
            "random_bytes",
            NAME,
            (0u32..4096)
                .map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8)
                .collect(),
        ),
    ] {
        let workspace = workspace().file(path, bytes);
        check(name, &workspace, 65);
        let json = workspace
            .run(["run", "--date", "2026-11-18", "--json"])
            .json();
        let result = &json["results"][0];
        assert_eq!(result["state"], "incomplete", "{name}");
        assert_eq!(result["breaks"], serde_json::json!({}), "{name}");
        cured_by(&workspace, "inbox/tokopedia_biller_20261118_rev2.csv", GOOD);
    }
}

/// Single rows that cannot be read: listed with place, value and reason; the rest counts.
#[test]
fn rows_that_cannot_be_read() {
    let second = "2026-11-18 09:00:00;530000000002;70010000002;0002;pln-postpaid;2500;52500";
    let ten_megabytes = second.replace("pln-postpaid", &"p".repeat(10 << 20));
    for (name, row) in [
        ("field_of_ten_megabytes", ten_megabytes.as_str()),
        (
            "ragged_row",
            "2026-11-18 09:00:00;530000000002;70010000002;0002",
        ),
        (
            "row_too_long",
            "2026-11-18 09:00:00;530000000002;70010000002;0002;pln-postpaid;2500;52500;x;y",
        ),
        (
            "nul_byte",
            "2026-11-18 09:00:00;530000000002;7001\u{0}0000002;0002;pln-postpaid;2500;52500",
        ),
        (
            "empty_key",
            "2026-11-18 09:00:00;530000000002;;0002;pln-postpaid;2500;52500",
        ),
        (
            "amount_is_text",
            "2026-11-18 09:00:00;530000000002;70010000002;0002;pln-postpaid;2500;lima ribu",
        ),
        (
            "amount_beyond_any_payment",
            "2026-11-18 09:00:00;530000000002;70010000002;0002;pln-postpaid;2500;99999999999999999999",
        ),
        (
            "impossible_date",
            "2026-02-30 09:00:00;530000000002;70010000002;0002;pln-postpaid;2500;52500",
        ),
    ] {
        let workspace = workspace().file(NAME, GOOD.replace(second, row));
        check(name, &workspace, 0);
        let json = workspace
            .run(["run", "--date", "2026-11-18", "--json"])
            .json();
        let result = &json["results"][0];
        assert_eq!(result["rejected_rows"], 1, "{name}");
        assert_eq!(result["matched"]["ledger"]["entries"], 2, "{name}");
    }
}

#[test]
fn a_damaged_key_is_shown_with_its_candidate_and_never_matched() {
    let workspace = workspace().file(NAME, GOOD.replace("70010000002", "7.001E+10"));
    check("damaged_key", &workspace, 0);
    let json = workspace
        .run(["run", "--date", "2026-11-18", "--json"])
        .json();
    let damaged = &json["results"][0]["breaks"]["damaged_key"];
    assert_eq!(damaged["settlement"]["entries"], 1);
}

/// What a profile leaves undeclared is refused, never guessed.
#[test]
fn what_is_not_declared_is_not_guessed() {
    for (name, row) in [
        ("two_way_date", "02/06/2026 08:00:00;70010000001;102500;00"),
        (
            "undeclared_number_style",
            "2026-11-18 08:00:00;70010000001;1.500;00",
        ),
        (
            "unknown_status_code",
            "2026-11-18 08:00:00;70010000001;102500;ZZ",
        ),
    ] {
        let file = format!(
            "timestamp;ref_id;amount;code\n{row}\n2026-11-18 09:00:00;70010000002;52500;00\n"
        );
        let workspace = undeclared().file("inbox/kilat_20261118.csv", file);
        let output = run(&workspace);
        insta::assert_snapshot!(name, output.transcript());
    }
}

#[test]
fn utf_16_reads_like_any_other_file() {
    let mut bytes = vec![0xff, 0xfe];
    bytes.extend(GOOD.encode_utf16().flat_map(u16::to_le_bytes));
    cured_by(&workspace(), NAME, bytes);
}

#[test]
fn ledgers_that_do_not_answer() {
    let lacks = CONFIG.replace("ref_id, amount, admin_fee,", "ref_id, admin_fee,");
    let typo = CONFIG.replace("FROM payments", "FROM paymets");
    let writes = CONFIG.replace(
        "SELECT ref_id, amount, admin_fee, status, created_at AS occurred_at\nFROM payments WHERE",
        "DELETE FROM payments WHERE",
    );
    let absent = CONFIG.replace("load = \"ledger.sql\"\n", "");
    let no_sql = CONFIG.replace("ledger.sql", "ledgr.sql");
    for (name, config, ledger, code) in [
        (
            "ledger_lacks_a_column",
            lacks.as_str(),
            LEDGER.to_owned(),
            78,
        ),
        ("ledger_query_with_a_typo", &typo, LEDGER.to_owned(), 78),
        ("ledger_query_that_writes", &writes, LEDGER.to_owned(), 78),
        ("ledger_file_absent", &absent, LEDGER.to_owned(), 69),
        ("ledger_text_absent", &no_sql, LEDGER.to_owned(), 78),
        (
            "ledger_text_is_not_sql",
            CONFIG,
            "CREATE TABEL payments".to_owned(),
            78,
        ),
        (
            "ledger_amount_is_null",
            CONFIG,
            LEDGER.replace("52500", "NULL"),
            65,
        ),
        (
            "ledger_status_is_unknown",
            CONFIG,
            LEDGER.replacen("'success'", "'SETTLED'", 1),
            65,
        ),
        (
            "ledger_stamp_cannot_be_read",
            CONFIG,
            LEDGER.replace("2026-11-18 02:00:00", "2026-11-18 2am"),
            65,
        ),
    ] {
        let workspace = Workspace::new()
            .config(config)
            .ledger_sql(&ledger)
            .file(NAME, GOOD);
        check(name, &workspace, code);
        // The file is safe, and once the ledger answers the date is whole.
        assert_eq!(
            workspace.files("inbox").len(),
            1,
            "{name}: the file is still there"
        );
        let cured = Workspace::config(workspace, CONFIG).ledger_sql(LEDGER);
        if cured.path().join("ledger.db").exists() {
            cured.remove("ledger.db");
        }
        cured_by(&cured, NAME, GOOD);
    }
}

#[test]
fn configurations_that_are_refused() {
    for (name, from, to) in [
        ("config_unknown_key", "calendar ", "calender "),
        (
            "config_unknown_profile",
            "\"tokopedia-biller\"",
            "\"tokopedia-biler\"",
        ),
        ("config_not_toml", "[ledger]", "[ledger"),
        ("config_bad_time", "\"08:00\"", "\"8 pagi\""),
        ("config_bad_date", "\"2026-11-18\"", "\"18/11/2026\""),
        ("config_bad_calendar", "\"every-day\"", "\"weekdays\""),
        (
            "config_password_in_a_url",
            "\"directory:mail\"",
            "\"smtps://rekon:rahasia@mail.merchant.example:465\"",
        ),
        (
            "config_password_inline",
            "transport = \"directory:mail\"",
            "transport = \"smtps://rekon@mail.merchant.example:465\"\npassword = \"rahasia\"",
        ),
        (
            "config_bad_address",
            "finance@merchant.example",
            "finance at merchant",
        ),
        ("config_no_ledger_query", "ledger_query = ", "# "),
        (
            "config_query_without_dates",
            ":from AND created_at < :to",
            "0",
        ),
        (
            "config_report_of_unknown_channel",
            "[[channel]]",
            "channels = [\"bilers\"]\n[[channel]]",
        ),
        ("config_source_without_place", "folder  = \"inbox\"", ""),
    ] {
        let config = if name == "config_no_ledger_query" {
            let (head, tail) = CONFIG.split_once("ledger_query").expect("the query");
            let (_, tail) = tail.split_once(":to\"\"\"").expect("its end");
            format!("{head}{tail}")
        } else {
            CONFIG.replacen(from, to, 1)
        };
        assert_ne!(config, CONFIG, "{name} changes nothing");
        let workspace = Workspace::new()
            .config(&config)
            .ledger_sql(LEDGER)
            .file(NAME, GOOD);
        let output = check(name, &workspace, 78);
        assert!(
            !output.stderr.contains("rahasia"),
            "{name}: a secret is printed"
        );
        assert_eq!(
            workspace.files("archive"),
            [""; 0],
            "{name}: nothing is written"
        );
    }
}

#[test]
fn a_configuration_that_others_can_write_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let workspace = workspace().file(NAME, GOOD);
    let path = workspace.path().join("rekon.toml");
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o666)).expect("its mode");
    check("config_others_can_write", &workspace, 78);
}

#[test]
fn commands_that_are_refused() {
    for (name, args, code) in [
        ("usage_unknown_command", &["reconcile"][..], 2),
        ("usage_bad_date", &["run", "--date", "18/11/2026"], 2),
        (
            "usage_from_after_to",
            &["run", "--from", "2026-11-18", "--to", "2026-11-11"],
            2,
        ),
        ("usage_unknown_channel", &["run", "--channel", "biler"], 2),
        ("usage_no_such_config", &["run", "-c", "nowhere.toml"], 78),
        (
            "usage_no_such_file",
            &["inspect", "nowhere.csv", "--profile", "tokopedia-biller"],
            2,
        ),
    ] {
        let output = workspace().run_args(args).exits(code);
        insta::assert_snapshot!(name, output.transcript());
    }
}
