//! The workbook goes to finance, is filled in, saved by their program, and comes back as acts, in
//! both languages; a header that could be taken for another is found before it is sent.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use rekon::domain::payout::Paid;
use rekon::domain::status::MoneyDirection;
use rekon::report::csv;
use rekon::report::input::Payout;
use rekon::report::labels::Language;
use rekon::report::view::view;
use rekon::report::workbook::xlsx;
use serde_json::Value;

use crate::bills;
use crate::harness::Workspace;
use crate::old_workbooks::convert;
use crate::reports::fixture::{self, at};

const DATE: &str = "2026-11-18";

/// Runs a script of Python with openpyxl.
fn python(script: &str, args: &[&Path], more: &[String]) -> String {
    let output = Command::new("/usr/bin/python3")
        .args(["-c", script])
        .args(args)
        .args(more)
        .output()
        .expect("python3 runs");
    assert!(
        output.status.success(),
        "python3-openpyxl: apt-get install -y python3-openpyxl\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Everything a workbook can hold, so that it has all its sheets.
fn whole(language: Language) -> rekon::report::view::ReportView {
    let mut input = fixture::input(language);
    input.channels[0].payouts = vec![Payout {
        sha256: "ab".repeat(32),
        file: "settlement.csv".to_owned(),
        covered: vec![fixture::day(DATE)],
        batches: vec!["S1".to_owned()],
        rows: 1,
        rejected: 0,
        paid: Paid::new(MoneyDirection::WeReceive),
        net: rekon::domain::money::Money::ZERO,
    }];
    view(&input)
}

#[test]
fn no_two_headers_of_a_sheet_are_alike_in_any_language() {
    let scratch = tempfile::tempdir().expect("a directory");
    for (language, summary) in [(Language::En, "Summary"), (Language::Id, "Ringkasan")] {
        let view = whole(language);
        let book = scratch.path().join("book.xlsx");
        let bytes = xlsx(&view, at("2026-11-19T05:30:00Z")).expect("a workbook");
        std::fs::write(&book, bytes).expect("written");
        let script = r#"
import json, sys, openpyxl
book = openpyxl.load_workbook(sys.argv[1])
print(json.dumps([[sheet.title, [[str(cell.value) for cell in row if cell.value is not None] for row in sheet.iter_rows()]] for sheet in book]))
"#;
        let sheets: Vec<(String, Vec<Vec<String>>)> =
            serde_json::from_str(&python(script, &[&book], &[])).expect("JSON");
        assert!(sheets.len() >= 10, "{} sheets", sheets.len());
        let mut headers: Vec<(String, Vec<String>)> = Vec::new();
        for (name, rows) in sheets {
            if name == summary {
                // Tables below one another: each starts with the name of its first column.
                let heads = ["Jenis", "Kind", "Kanal", "Channel"];
                let tables = rows.into_iter().filter(|row| {
                    row.first()
                        .is_some_and(|cell| heads.contains(&cell.as_str()))
                });
                headers.extend(tables.map(|row| (name.clone(), row)));
            } else {
                headers.push((name, rows.into_iter().next().expect("a header")));
            }
        }
        let table = String::from_utf8(csv::breaks(&view).expect("CSV")).expect("UTF-8");
        let first = table.lines().next().expect("a header");
        headers.push((
            "CSV".to_owned(),
            first.split(',').map(str::to_owned).collect(),
        ));
        for (name, header) in headers {
            let known: BTreeSet<&String> = header.iter().collect();
            assert_eq!(known.len(), header.len(), "{language:?} {name}: {header:?}");
        }
    }
}

/// What the sheet and its columns are called, and how a write-off is asked for.
struct Words {
    language: &'static str,
    sheet: &'static str,
    resolution: &'static str,
    owner: &'static str,
    note: &'static str,
    write_off: &'static str,
}

const ENGLISH: Words = Words {
    language: "en",
    sheet: "Breaks",
    resolution: "Resolution",
    owner: "Owner",
    note: "Note",
    write_off: "write-off: other",
};

const INDONESIAN: Words = Words {
    language: "id",
    sheet: "Selisih",
    resolution: "Penyelesaian",
    owner: "PIC",
    note: "Catatan tindak lanjut",
    write_off: "hapus buku: other",
};

/// Two breaks, told in this language.
fn workspace(words: &Words) -> Workspace {
    let workspace = bills::workspace(
        "",
        &[
            ("2026-11-18 09:00:00", "A1", 75_000, "success"),
            ("2026-11-18 10:00:00", "B2", 40_000, "success"),
        ],
    );
    let config = workspace
        .read("rekon.toml")
        .replace("\"en\"", &format!("\"{}\"", words.language));
    workspace.put("rekon.toml", config);
    bills::put(
        &workspace,
        "inbox/tokopedia_biller_20261118.csv",
        bills::report(&[("2026-11-18 10:00:00", "B2", 39_000)]),
        60,
    );
    workspace.run(["run", "--date", DATE]).exits(0);
    workspace
}

fn listed(workspace: &Workspace) -> Vec<Value> {
    let all = workspace
        .run(["breaks", "list", "--state", "all", "--json"])
        .exits(0)
        .json();
    all.as_array().expect("breaks").clone()
}

fn of_kind<'v>(all: &'v [Value], kind: &str) -> &'v Value {
    let found = all.iter().find(|one| one["kind"] == kind);
    found.unwrap_or_else(|| panic!("no {kind} in {all:?}"))
}

/// Writes into cells by the header's name in the row of an id, as a person does, into `filled`.
fn fill(book: &Path, filled: &Path, sheet: &str, cells: &[(&str, &str, &str)]) {
    let script = r#"
import json, sys, openpyxl
book = openpyxl.load_workbook(sys.argv[1])
sheet, cells = book[sys.argv[3]], json.loads(sys.argv[4])
heads = [cell.value for cell in sheet[1]]
rows = {sheet.cell(row, 1).value: row for row in range(2, sheet.max_row + 1)}
for id, head, value in cells:
    assert heads.count(head) == 1, (head, heads)
    sheet.cell(rows[id], heads.index(head) + 1).value = value
book.save(sys.argv[2])
"#;
    let cells = serde_json::to_string(cells).expect("JSON");
    python(script, &[book, filled], &[sheet.to_owned(), cells]);
}

/// The last file of this ending that was written for people.
fn newest(workspace: &Workspace, ending: &str) -> PathBuf {
    let mail = workspace.path().join("mail");
    let written = |name: &String| {
        let file = std::fs::metadata(mail.join(name)).expect("a file");
        file.modified().expect("a time")
    };
    let names = workspace.files("mail").into_iter();
    let name = names
        .filter(|name| name.ends_with(ending))
        .max_by_key(written);
    mail.join(name.expect("a file of the report"))
}

fn workbook(workspace: &Workspace) -> PathBuf {
    newest(workspace, ".xlsx")
}

#[test]
fn what_finance_types_comes_back_through_libreoffice_in_both_languages() {
    for words in [&ENGLISH, &INDONESIAN] {
        let workspace = workspace(words);
        let breaks = listed(&workspace);
        let id = |kind| of_kind(&breaks, kind)["id"].as_str().expect("an id");
        let (missing, amount) = (id("missing_at_partner"), id("amount_break"));
        std::fs::create_dir(workspace.path().join("saved")).expect("a folder");
        let filled = workspace.path().join("filled.xlsx");
        fill(
            &workbook(&workspace),
            &filled,
            words.sheet,
            &[
                (missing, words.owner, "Sari Dewi"),
                (missing, words.note, "ditanyakan dua kali: =1+1"),
                (missing, words.resolution, words.write_off),
                (amount, words.resolution, "paid by the partner"),
                (amount, words.owner, "Budi"),
                (amount, words.note, "transfer 19 Nov"),
            ],
        );
        convert(&[filled], "xlsx", &workspace.path().join("saved"), None);
        let dry = workspace
            .run(["breaks", "import", "saved/filled.xlsx"])
            .exits(0);
        assert!(dry.stdout.contains("2 line(s) would be"), "{}", dry.stdout);
        workspace
            .run(["breaks", "import", "saved/filled.xlsx", "--apply"])
            .exits(0);
        for (id, said) in [
            (missing, "assigned to Sari Dewi"),
            (missing, "other; ditanyakan dua kali: =1+1"),
            (missing, "asked to write off Rp75,000"),
            (amount, "resolved: paid by the partner; transfer 19 Nov"),
            (amount, "assigned to Budi"),
        ] {
            let shown = workspace.run(["breaks", "show", id]).exits(0);
            assert!(shown.stdout.contains(said), "{said}: {}", shown.stdout);
        }
        let again = workspace
            .run(["breaks", "import", "saved/filled.xlsx", "--apply"])
            .exits(0);
        assert!(again.stdout.contains("Nothing new"), "{}", again.stdout);
    }
}

#[test]
fn two_columns_of_one_name_are_refused_with_their_places() {
    let workspace = workspace(&INDONESIAN);
    let script = r#"
import sys, openpyxl
book = openpyxl.load_workbook(sys.argv[1])
sheet = book["Selisih"]
for cell in sheet[1]:
    if cell.value in sys.argv[3:]:
        cell.value = "Penanggung jawab"
book.save(sys.argv[2])
"#;
    let double = workspace.path().join("double.xlsx");
    let (book, names) = (workbook(&workspace), ["Ditangani oleh", "PIC"]);
    python(script, &[&book, &double], &names.map(str::to_owned));
    let refused = workspace.run(["breaks", "import", "double.xlsx"]).exits(2);
    insta::assert_snapshot!("two_columns", refused.transcript());
    // In two languages it is the same column twice.
    let script = script.replace("\"Penanggung jawab\"", "\"Owner\"");
    python(&script, &[&book, &double], &["Batas waktu".to_owned()]);
    let refused = workspace.run(["breaks", "import", "double.xlsx"]).exits(2);
    assert!(
        refused.stderr.contains("has two columns `PIC`, "),
        "{}",
        refused.stderr
    );
}

/// What their program took for a formula or a date is never read as what somebody wrote.
#[test]
fn a_cell_that_is_an_error_is_refused_and_a_date_is_read_as_one() {
    let workspace = workspace(&ENGLISH);
    let breaks = listed(&workspace);
    let id = |kind| of_kind(&breaks, kind)["id"].as_str().expect("an id");
    let (missing, amount) = (id("missing_at_partner"), id("amount_break"));
    std::fs::create_dir(workspace.path().join("saved")).expect("a folder");
    let filled = workspace.path().join("filled.xlsx");
    let cells = [
        (missing, "Note", "=1+1, asked twice"),
        (missing, "Owner", "Budi"),
        (amount, "Note", "=DATE(2026,11,20)"),
    ];
    fill(&workbook(&workspace), &filled, "Breaks", &cells);
    convert(&[filled], "xlsx", &workspace.path().join("saved"), None);
    let import = workspace
        .run(["breaks", "import", "saved/filled.xlsx", "--apply"])
        .exits(65);
    let said = import
        .stdout
        .replace(missing, "[MISSING]")
        .replace(amount, "[AMOUNT]");
    insta::assert_snapshot!("cells_that_are_no_text", said);
    let shown = workspace.run(["breaks", "show", amount]).exits(0);
    assert!(
        shown.stdout.contains("noted: 2026-11-20"),
        "{}",
        shown.stdout
    );
}

/// A workbook that was filled in before somebody opened the break again does not close it anew.
#[test]
fn a_workbook_of_before_a_reopening_closes_nothing() {
    let workspace = workspace(&ENGLISH);
    let breaks = listed(&workspace);
    let amount = of_kind(&breaks, "amount_break")["id"]
        .as_str()
        .expect("an id");
    let filled = workspace.path().join("filled.xlsx");
    let cells = [(amount, "Resolution", "other")];
    fill(&workbook(&workspace), &filled, "Breaks", &cells);
    let import = ["breaks", "import", "filled.xlsx", "--apply"];
    // Who took it over since the workbook was written keeps it.
    let assign = ["breaks", "assign", amount, "--owner", "Rina"];
    workspace.run(assign).exits(0);
    workspace.run(import).exits(0);
    let shown = workspace.run(["breaks", "show", amount]).exits(0);
    assert!(
        shown.stdout.contains("resolved, with Rina"),
        "{}",
        shown.stdout
    );
    let reopen = ["breaks", "reopen", amount, "--reason", "paid twice"];
    workspace.run(reopen).exits(0);
    let refused = workspace.run(import).exits(65);
    assert!(
        refused.stdout.contains("has changed since that workbook"),
        "{}",
        refused.stdout
    );
    // The next report's workbook may.
    workspace.run(["run", "--date", DATE, "--send"]).exits(0);
    std::fs::remove_file(&filled).expect("the old one goes");
    fill(&workbook(&workspace), &filled, "Breaks", &cells);
    workspace.run(import).exits(0);
    let breaks = listed(&workspace);
    assert_eq!(of_kind(&breaks, "amount_break")["state"], "resolved");
}

/// Who closed what, when and why stands in the table and in the workbook.
#[test]
fn what_people_said_stands_in_the_table_and_the_workbook() {
    let workspace = workspace(&ENGLISH);
    let breaks = listed(&workspace);
    let id = |kind| of_kind(&breaks, kind)["id"].as_str().expect("an id");
    let (missing, amount) = (id("missing_at_partner"), id("amount_break"));
    for args in [
        ["breaks", "assign", missing, "--owner", "=Sari"],
        ["breaks", "note", missing, "--text", "asked on Thursday"],
        ["breaks", "resolve", amount, "--reason", "other"],
    ] {
        workspace.run_as("ani", &args).exits(0);
    }
    workspace.run(["run", "--date", DATE, "--send"]).exits(0);
    let read = |ending| std::fs::read_to_string(newest(&workspace, ending)).expect("text");
    let table = read(".csv");
    let mut reader = csv_of(&table);
    let lines: Vec<std::collections::BTreeMap<String, String>> = reader
        .deserialize()
        .collect::<Result<_, _>>()
        .expect("lines");
    let of = |id: &str| lines.iter().find(|line| line["ID"] == id);
    let line = of(missing).expect("the open one");
    assert_eq!(line["State"], "open");
    assert_eq!(line["Since"], DATE);
    assert_eq!(line["Owner"], "'=Sari");
    assert_eq!(line["Note"], "asked on Thursday");
    assert_eq!(line["Closed by"], "");
    if let Some(line) = of(amount) {
        assert_eq!(line["State"], "resolved");
        assert_eq!(line["Resolution"], "other");
        assert_eq!(line["Closed by"], "ani");
    }
    let page = read(".html");
    assert!(page.contains("Owner: =Sari"), "{page}");
    assert!(page.contains("Note: asked on Thursday"), "{page}");
}

fn csv_of(table: &str) -> ::csv::Reader<&[u8]> {
    ::csv::Reader::from_reader(table.as_bytes())
}
