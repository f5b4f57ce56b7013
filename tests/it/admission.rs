//! Files as they are admitted or held: what a file of a small shop says, what its earlier files were
//! like, and what comes of it. Each kind with its kin, and the honest side.

mod beside;
mod texts;
mod values;

use serde_json::Value;

use crate::harness::{Output, Workspace, tries};

const PROFILE: &str = r#"
name  = "shop"
money = "we-receive"

[defaults]
pending_sla    = "2h"
calendar       = "every-day"
due            = "10:00"
files_per_date = "one"

[[field]]
name    = "trx_id"
columns = ["Trx"]
key     = "text"

[amount]
columns      = ["Gross"]
number_style = "plain"

[fee]
columns = ["Fee"]

[net]
columns = ["Net"]

[time]
columns = ["Paid At"]
formats = ["%d/%m/%Y %H:%M:%S"]
zone    = "Asia/Jakarta"

[status]
constant = "success"

[slot]
file_name = ['shop_(?P<date>20\d{6})']
"#;

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
name     = "finance"
to       = ["finance@merchant.example"]
language = "en"

[[channel]]
name    = "shop"
profile = "shop.toml"
start   = "2026-11-17"
ledger_query = """
SELECT trx_id, amount, 'success' AS status, at AS occurred_at
FROM booked WHERE at >= :from AND at < :to"""

[[channel.source]]
folder  = "inbox"
pattern = "*"
"#;

/// A shop with five payments on each of the 17th, 18th and 19th: `A1` to `A5`, `B1` … at 10:01 to
/// 10:05, of Rp10,100 to Rp10,500.
struct Shop {
    workspace: Workspace,
}

fn letter(day: u32) -> char {
    char::from(b'A' + u8::try_from(day - 17).expect("a day"))
}

/// Its rows of a day as a file says them, without a line end.
fn rows(day: u32) -> Vec<String> {
    let row = |number: u32| {
        let key = letter(day);
        format!("{key}{number},{day}/11/2026 10:0{number}:00,10{number}00,0")
    };
    (1..=5).map(row).collect()
}

const HEADER: &str = "Trx,Paid At,Gross,Fee";

fn text(header: &str, rows: &[String]) -> String {
    format!("{header}\n{}\n", rows.join("\n"))
}

impl Shop {
    fn new() -> Shop {
        Shop::with(PROFILE, CONFIG)
    }

    fn with(profile: &str, config: &str) -> Shop {
        let mut sql = "CREATE TABLE booked (trx_id, amount, at TEXT);\n".to_owned();
        for day in 17..=19 {
            for number in 1..=5 {
                let key = letter(day);
                sql += &format!(
                    "INSERT INTO booked VALUES ('{key}{number}', 10{number}00, '2026-11-{day} 03:0{number}:00');\n"
                );
            }
        }
        let workspace = Workspace::new()
            .config(config)
            .ledger_sql(&sql)
            .file("shop.toml", profile);
        Shop { workspace }
    }

    fn file(mut self, name: &str, text: impl Into<Vec<u8>>) -> Shop {
        self.workspace = self.workspace.file(&format!("inbox/{name}"), text.into());
        self
    }

    fn of(self, day: u32) -> Shop {
        let name = format!("inbox/shop_202611{day}.csv");
        if self.workspace.path().join(name).exists() {
            return self;
        }
        self.file(&format!("shop_202611{day}.csv"), text(HEADER, &rows(day)))
    }

    /// Judges the 17th to `last` at noon of the day after.
    fn run(&self, last: u32) -> Output {
        let to = format!("2026-11-{last}");
        let as_of = format!("2026-11-{}T12:00:00+07:00", last + 1);
        let range = ["--from", "2026-11-17", "--to", &to, "--as-of", &as_of];
        let mut args = vec!["run", "--json"];
        args.extend(range);
        self.workspace.run_args(&args)
    }
}

fn day(json: &Value, day: u32) -> Value {
    let date = format!("2026-11-{day}");
    let results = json["results"].as_array().expect("results");
    let found = results.iter().find(|one| one["business_date"] == *date);
    found
        .unwrap_or_else(|| panic!("no {date}: {json:#}"))
        .clone()
}

fn is_clean(result: &Value, entries: u64) {
    assert_eq!(result["state"], "complete", "{result:#}");
    assert_eq!(result["breaks"], serde_json::json!({}), "{result:#}");
    let matched = &result["matched"]["settlement"]["entries"];
    assert_eq!(*matched, entries, "{result:#}");
}

/// After an honest 17th nothing of the 18th counts, and what is said names what is wrong.
fn is_held(shop: Shop, said: &str) {
    let output = shop.of(17).run(18).exits(65);
    let json = output.json();
    is_clean(&day(&json, 17), 5);
    let result = day(&json, 18);
    assert_eq!(result["state"], "incomplete", "{said}: {result:#}");
    assert_eq!(
        result["breaks"],
        serde_json::json!({}),
        "{said}: {result:#}"
    );
    assert!(
        output.stderr.contains("it is held, for "),
        "{}",
        output.stderr
    );
    assert!(output.stderr.contains(said), "{said}: {}", output.stderr);
    assert!(!output.stderr.contains("INTERNAL"), "{}", output.stderr);
}

/// After an honest 17th the 18th is judged: its matched rows, rejected rows and kinds of breaks.
fn counts(shop: Shop, matched: u64, rejected: u64, breaks: &[&str]) -> Output {
    let output = shop.of(17).run(18);
    let result = day(&output.json(), 18);
    assert_eq!(result["state"], "complete", "{}{result:#}", output.stderr);
    let found = &result["matched"]["settlement"]["entries"];
    assert_eq!(*found, matched, "{}{result:#}", output.stderr);
    assert_eq!(
        result["rejected_rows"], rejected,
        "{}{result:#}",
        output.stderr
    );
    let kinds = result["breaks"].as_object().expect("breaks").keys();
    assert_eq!(kinds.collect::<Vec<_>>(), breaks, "{result:#}");
    output
}

const EIGHTEENTH: &str = "shop_20261118.csv";

#[test]
fn rows_of_another_day_hold_a_file() {
    let of = |rows: Vec<String>| Shop::new().file(EIGHTEENTH, text(HEADER, &rows));
    is_held(
        of(rows(17).into_iter().rev().collect()),
        "5 of its 5 rows are dated 2026-11-17, and it says that it is of 2026-11-18",
    );
    is_held(
        of(rows(19).into_iter().rev().collect()),
        "5 of its 5 rows are dated 2026-11-19",
    );
    let years: Vec<String> = rows(18)
        .iter()
        .map(|row| row.replace("2026", "2022"))
        .collect();
    is_held(of(years), "5 of its 5 rows are dated 2022-11-18");
    let mostly: Vec<String> = rows(17)
        .into_iter()
        .chain(rows(18).into_iter().take(2))
        .collect();
    is_held(of(mostly), "5 of its 7 rows are dated 2026-11-17");
}

#[test]
fn day_and_month_exchanged_hold_a_file() {
    let swapped: Vec<String> = ["A1,11/12/2026 10:00:00,10000,0"]
        .map(str::to_owned)
        .to_vec();
    let shop = Shop::new().file("shop_20261112.csv", text(HEADER, &swapped));
    let args = [
        "run",
        "--date",
        "2026-11-12",
        "--as-of",
        "2026-11-13T12:00:00+07:00",
    ];
    let output = shop.workspace.run_args(&args);
    let said = "1 of its 1 rows are dated 2026-12-11, and it says that it is of 2026-11-12 (day and month exchanged?)";
    assert!(output.stderr.contains(said), "{}", output.stderr);
}

/// A late row, and one just behind the cut-off, are of the file; one from elsewhere is refused alone.
#[test]
fn a_stray_row_is_a_rejected_row() {
    let late = text(HEADER, &[rows(18), vec![rows(17)[0].clone()]].concat());
    counts(Shop::new().file(EIGHTEENTH, late), 5, 0, &["duplicate"]);
    for stray in ["18/11/2022", "01/11/2026", "18/12/2026"] {
        let strays = rows(18).into_iter().enumerate().map(|(at, row)| match at {
            4 => row.replace("18/11/2026", stray),
            _ => row,
        });
        let strays = text(HEADER, &strays.collect::<Vec<_>>());
        let output = counts(Shop::new().file(EIGHTEENTH, strays), 4, 1, &[]);
        let mail = output.stderr;
        assert!(!mail.contains("it is held"), "{stray}: {mail}");
    }
}

#[test]
fn a_file_that_is_cut_off_is_held() {
    let whole = text(HEADER, &rows(18));
    let lines: Vec<usize> = whole.match_indices('\n').map(|(at, _)| at + 1).collect();
    for at in lines[0]..whole.len() {
        // Rows amid a file are cut alike.
        let amid = at > lines[2] && at < lines[lines.len() - 2];
        if lines.contains(&at) || (amid && at % tries(9, 1) != 0) {
            continue;
        }
        let cut = Shop::new().file(EIGHTEENTH, &whole.as_bytes()[..at]);
        if at > lines[1] {
            is_held(cut, "as if the file were cut off");
            continue;
        }
        // Not one whole row: it is refused, or held.
        let output = cut.of(17).run(18).exits(65);
        let result = day(&output.json(), 18);
        assert_eq!(
            (&result["state"], &result["breaks"]),
            (&"incomplete".into(), &serde_json::json!({})),
            "{at}"
        );
    }
}

#[test]
fn a_last_line_without_its_end_is_usual_where_it_was_before_or_the_profile_says_so() {
    let open = |day| text(HEADER, &rows(day)).trim_end().to_owned();
    let profile = format!("{PROFILE}\n[file]\nends_with_newline = false\n");
    let said = Shop::with(&profile, CONFIG).file(EIGHTEENTH, open(18));
    counts(said, 5, 0, &[]);
    // Taken once by a person, and then it is known.
    let shop = Shop::new().file("shop_20261117.csv", open(17));
    shop.run(17).exits(65);
    let accept = [
        "files",
        "accept",
        "1",
        "--reason",
        "their system writes no last line end",
    ];
    shop.workspace.run(accept).exits(0);
    let shop = shop.file(EIGHTEENTH, open(18));
    is_clean(&day(&shop.run(18).exits(0).json(), 18), 5);
}

#[test]
fn a_column_of_two_styles_holds_the_file() {
    for (first, second) in [
        ("10100.00", "10.200"),
        ("10100.50", "10100,50"),
        ("10.100", "10,200"),
    ] {
        let mut lines: Vec<String> = rows(18).iter().map(|row| row.replace(',', ";")).collect();
        lines[0] = lines[0].replace("10100", first);
        lines[1] = lines[1].replace("10200", second);
        let profile = format!("{PROFILE}\n[file]\ndelimiter = \";\"\n");
        let text = text(&HEADER.replace(',', ";"), &lines);
        let honest = self::text(&HEADER.replace(',', ";"), &rows(17)).replace(',', ";");
        let shop = Shop::with(&profile, CONFIG)
            .file("shop_20261117.csv", honest)
            .file(EIGHTEENTH, text);
        let output = shop.run(18).exits(65);
        let said = format!("is written in two styles: `{first}` in row 2 and `{second}` in row 3");
        assert!(output.stderr.contains(&said), "{said}: {}", output.stderr);
        assert_eq!(day(&output.json(), 18)["breaks"], serde_json::json!({}));
    }
}

#[test]
fn an_unread_column_that_says_something_new_holds_the_file() {
    let typed = |day, kinds: [&str; 5]| {
        let rows: Vec<String> = rows(day)
            .iter()
            .zip(kinds)
            .map(|(row, kind)| format!("{row},{kind}"))
            .collect();
        rows
    };
    for (header, usual, new) in [
        ("Jenis Transaksi", "QRIS", "Refund QRIS"),
        ("Status", "SETTLED", "REVERSED"),
        ("Kolom F", "Sale", "Void"),
    ] {
        let header_line = format!("{HEADER},{header}");
        let before = text(&header_line, &typed(17, [usual; 5]));
        let now = text(&header_line, &typed(18, [usual, usual, new, new, usual]));
        let shop = Shop::new()
            .file("shop_20261117.csv", before)
            .file(EIGHTEENTH, now);
        let output = shop.run(18).exits(65);
        let said = format!(
            "column `{header}`, which is not read, says `{new}` on 2 rows, first in row 4 (before only `{usual}`)"
        );
        assert!(output.stderr.contains(&said), "{said}: {}", output.stderr);
        assert_eq!(day(&output.json(), 18)["breaks"], serde_json::json!({}));
    }
    // A new city says nothing of money.
    let header_line = format!("{HEADER},Kota");
    let before = text(&header_line, &typed(17, ["Medan"; 5]));
    let now = text(
        &header_line,
        &typed(18, ["Medan", "Bogor", "Solo", "Medan", "Medan"]),
    );
    let shop = Shop::new()
        .file("shop_20261117.csv", before)
        .file(EIGHTEENTH, now);
    is_clean(&day(&shop.run(18).exits(0).json(), 18), 5);
}

#[test]
fn a_row_of_another_currency_is_never_rupiah() {
    for (header, rupiah, other) in [
        ("Currency", "IDR", "USD"),
        ("Mata Uang", "Rp", "SGD"),
        ("Valuta", "Rupiah", "US$"),
        ("Kolom F", "IDR", "USD"),
    ] {
        let with = |day, at: usize| {
            let rows: Vec<String> = rows(day)
                .iter()
                .enumerate()
                .map(|(row, line)| format!("{line},{}", if row == at { other } else { rupiah }))
                .collect();
            text(&format!("{HEADER},{header}"), &rows)
        };
        let shop = Shop::new()
            .file("shop_20261117.csv", with(17, 9))
            .file(EIGHTEENTH, with(18, 3));
        let output = shop.run(18);
        let result = day(&output.json(), 18);
        assert_eq!(result["rejected_rows"], 1, "{header}: {result:#}");
        assert_eq!(
            result["matched"]["settlement"]["entries"], 4,
            "{header}: {result:#}"
        );
        assert_eq!(
            result["breaks"],
            serde_json::json!({}),
            "{header}: {result:#}"
        );
    }
}

#[test]
fn the_header_again_is_read_by_its_own_order() {
    let mut lines = rows(18);
    let turned = |row: &String| {
        let cells: Vec<&str> = row.split(',').collect();
        format!("{},{},{},{}", cells[3], cells[0], cells[2], cells[1])
    };
    let below: Vec<String> = lines.split_off(2).iter().map(turned).collect();
    lines.push("Fee,Trx,Gross,Paid At".to_owned());
    lines.extend(below);
    counts(
        Shop::new().file(EIGHTEENTH, text(HEADER, &lines)),
        5,
        0,
        &[],
    );
    // One that names other columns is refused with its place.
    lines[2] = "Biaya,Trx,Gross,Paid At,Catatan,Kode".to_owned();
    let shop = Shop::new().file(EIGHTEENTH, text(HEADER, &lines));
    let output = shop.of(17).run(18).exits(65);
    assert_eq!(
        day(&output.json(), 18)["breaks"],
        serde_json::json!({}),
        "{}",
        output.stderr
    );
}

#[test]
fn a_net_amount_that_does_not_add_up_is_named() {
    let net = |wrong: usize| {
        let lines = rows(18).into_iter().enumerate().map(|(at, row)| {
            let off = if at < wrong { 9_650 } else { 0 };
            format!("{row},{}", 10_100 + 100 * at - off)
        });
        text(&format!("{HEADER},Net"), &lines.collect::<Vec<_>>())
    };
    let honest = text(
        &format!("{HEADER},Net"),
        &rows(17)
            .iter()
            .enumerate()
            .map(|(at, row)| format!("{row},{}", 10_100 + 100 * at))
            .collect::<Vec<_>>(),
    );
    let shop = |wrong| {
        Shop::new()
            .file("shop_20261117.csv", honest.clone())
            .file(EIGHTEENTH, net(wrong))
    };
    let output = shop(1).run(18);
    let result = day(&output.json(), 18);
    assert_eq!(
        (&result["rejected_rows"], &result["breaks"]),
        (&1.into(), &serde_json::json!({})),
        "{result:#}"
    );
    let output = shop(4).run(18).exits(65);
    assert!(
        output
            .stderr
            .contains("the net of 4 of its 5 rows cannot be read"),
        "{}",
        output.stderr
    );
}

/// A workbook of one or more sheets, each with the header and a day's rows.
fn workbook(sheets: &[(&str, u32)]) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    for (name, day) in sheets {
        let sheet = book.add_worksheet().set_name(*name).expect("a sheet");
        let lines = std::iter::once(HEADER.to_owned()).chain(rows(*day));
        for (row, line) in lines.enumerate() {
            for (column, cell) in line.split(',').enumerate() {
                let (row, column) = (row as u32, column as u16);
                sheet.write_string(row, column, cell).expect("a cell");
            }
        }
    }
    book.save_to_buffer().expect("a workbook")
}

#[test]
fn a_sheet_under_the_same_header_is_not_passed_over() {
    let shop = Shop::new()
        .file("shop_20261117.xlsx", workbook(&[("Data", 17)]))
        .file(
            "shop_20261118.xlsx",
            workbook(&[("Data", 18), ("Data 2", 19)]),
        );
    let output = shop.run(18).exits(65);
    let said = "the sheet `Data 2` has rows under the same header and is not read";
    assert!(output.stderr.contains(said), "{}", output.stderr);
    assert_eq!(day(&output.json(), 18)["breaks"], serde_json::json!({}));
    // Where each of them is read, none is left.
    let all = format!("{PROFILE}\n[sheets]\nread = \"all\"\n");
    let shop = Shop::with(&all, CONFIG)
        .file("shop_20261117.xlsx", workbook(&[("Data", 17)]))
        .file("shop_20261118.xlsx", workbook(&[("Data", 18)]));
    is_clean(&day(&shop.run(18).exits(0).json(), 18), 5);
}

#[test]
fn zones_of_indonesia_are_told_apart() {
    let zoned: Vec<String> = [
        "B1,18/11/2026 10:01:00 WIB,10100,0",
        "B2,18/11/2026 11:02:00 WITA,10200,0",
        "B3,18/11/2026 12:03:00 WIT,10300,0",
        "B4,18/11/2026 10:04:00,10400,0",
        "B5,18/11/2026 11:05:00 wita,10500,0",
    ]
    .map(str::to_owned)
    .to_vec();
    counts(
        Shop::new().file(EIGHTEENTH, text(HEADER, &zoned)),
        5,
        0,
        &[],
    );
    // In a column of their own: asked about, and read once the profile names it.
    let column = |day: u32| {
        let hours = [10, 11, 12, 10, 11];
        let words = ["WIB", "WITA", "WIT", "+07:00", "GMT+8"];
        let rows = rows(day).into_iter().zip(hours.into_iter().zip(words));
        let rows: Vec<String> = rows
            .map(|(row, (hour, word))| {
                format!("{},{word}", row.replace(" 10:", &format!(" {hour}:")))
            })
            .collect();
        text(&format!("{HEADER},Zona Waktu"), &rows)
    };
    let files = |shop: Shop| {
        shop.file("shop_20261117.csv", column(17))
            .file(EIGHTEENTH, column(18))
    };
    let output = files(Shop::new()).run(18).exits(65);
    let said =
        "column `Zona Waktu`, which is not read, says the zone `WITA` on 1 rows, first in row 3";
    assert!(output.stderr.contains(said), "{}", output.stderr);
    let profile = PROFILE.replace("[time]", "[time]\nzone_columns = [\"Zona Waktu\"]");
    let json = files(Shop::with(&profile, CONFIG)).run(18).exits(0).json();
    is_clean(&day(&json, 18), 5);
}

/// References whose last digits a spreadsheet made zeros: nothing is claimed, and where time and amount
/// say which payment it is, both stand together.
#[test]
fn damaged_references_claim_nothing() {
    for (keys, files) in [
        (
            ["2026111800012345", "2026111800012346"],
            ["2026111800012340"; 2],
        ),
        (
            ["202611180001234567", "202611180001299567"],
            ["202611180001234000", "202611180001299000"],
        ),
        (["11242912345", "11242912399"], ["1.12429E+10"; 2]),
        (["000001", "000002"], ["1.12429E+10"; 2]),
    ] {
        let lines: Vec<String> = (0..2)
            .map(|at| format!("{},18/11/2026 09:0{at}:00,{}0000,0", files[at], at + 1))
            .collect();
        let shop = Shop::new().file(EIGHTEENTH, text(HEADER, &lines));
        let sql: String = (0..2)
            .map(|at| {
                format!(
                    "INSERT INTO booked VALUES ('{}', {}0000, '2026-11-18 02:0{at}:00');",
                    keys[at],
                    at + 1
                )
            })
            .collect();
        let shop = shop.of(17);
        shop.run(17);
        shop.workspace.change_ledger(
            "ledger.db",
            &format!("DELETE FROM booked WHERE trx_id LIKE 'B%'; {sql}"),
        );
        let result = day(&shop.run(18).json(), 18);
        let kinds: Vec<&String> = result["breaks"]
            .as_object()
            .expect("breaks")
            .keys()
            .collect();
        assert_eq!(kinds, ["damaged_key"], "{keys:?}: {result:#}");
        let list = shop
            .workspace
            .run(["breaks", "list", "--json"])
            .exits(0)
            .json();
        for one in list.as_array().expect("a list") {
            let both = (&one["ledger"]["amount"], &one["settlement"]["amount"]);
            assert_eq!(both.0, both.1, "{keys:?}: {one:#}");
        }
    }
}

/// Local marks for "no sen", and the minus that is one.
#[test]
fn local_marks_are_no_minus() {
    let id = PROFILE
        .replace("\"plain\"", "\"id\"")
        .replace("\n[fee]", "\nnegative = \"refund\"\n\n[fee]");
    let lines: Vec<String> = [
        "Rp10.100,-",
        "10.200.-",
        "Rp. 10.300,-",
        "10.400,--",
        "10.500,00",
    ]
    .iter()
    .zip(rows(18))
    .map(|(amount, row)| {
        let cells: Vec<&str> = row.split(',').collect();
        format!("{},{},\"{amount}\",0", cells[0], cells[1])
    })
    .collect();
    let shop = Shop::with(&id, CONFIG).file(EIGHTEENTH, text(HEADER, &lines));
    counts(shop, 5, 0, &[]);
}
