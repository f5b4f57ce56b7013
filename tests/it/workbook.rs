//! The workbook as people open it: read by another program, printed, and written for a day of a
//! million rows without being held.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use rekon::domain::money::Money;
use rekon::domain::outcome::Item;
use rekon::domain::payout::{Doubt, Paid};
use rekon::domain::status::MoneyDirection;
use rekon::report::annotations;
use rekon::report::input::Payout;
use rekon::report::labels::Language;
use rekon::report::view::{ReportView, view};
use rekon::report::workbook::{Making, write, xlsx};

use crate::harness::{Workspace, repository};
use crate::reports::fixture::{self, at};

const CREATED: &str = "2026-11-19T05:30:00Z";

/// Runs a program that people open workbooks with, or says what to install.
fn tool(command: &mut Command, install: &str) -> String {
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}; apt-get install -y {install}"));
    assert!(
        output.status.success(),
        "{command:?} (apt-get install -y {install}): {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// What another program sees of each sheet.
fn read_by_openpyxl(book: &Path) -> String {
    let script = r#"
import sys, openpyxl
book = openpyxl.load_workbook(sys.argv[1])
for sheet in book:
    print(sheet.title, f"{sheet.max_row} rows", f"{len(sheet._charts)} charts", sep=" | ")
    if sheet.freeze_panes:
        print("  frozen at", sheet.freeze_panes, "filter", sheet.auto_filter.ref, "printed", sheet.print_area)
        print("  " + " · ".join(str(cell.value) for cell in sheet[1] if cell.value))
    for range in sheet.conditional_formatting:
        print("  colours", range.sqref, ", ".join(f"{rule.type} {rule.operator or ''} {' '.join(rule.formula)}" for rule in range.rules))
    for choice in sheet.data_validations.dataValidation:
        print("  choice", choice.sqref, choice.formula1, choice.errorStyle)
    # Only totals are calculated: no text from outside is a formula.
    formulas = [str(cell.value) for row in sheet for cell in row if cell.data_type == "f"]
    assert all(formula.startswith("=SUBTOTAL(109,") for formula in formulas), (sheet.title, formulas)
"#;
    let mut python = Command::new("/usr/bin/python3");
    tool(python.args(["-c", script]).arg(book), "python3-openpyxl")
}

fn written(folder: &Path, view: &ReportView, rows: usize) -> PathBuf {
    let path = folder.join("book.xlsx");
    let making = Making {
        rows,
        scratch: Some(folder),
        ..Making::at(at(CREATED))
    };
    let file = std::fs::File::create(&path).expect("a file");
    write(view, &making, std::io::BufWriter::new(file)).expect("a workbook");
    path
}

#[test]
fn another_program_finds_every_sheet_with_its_filters_colours_and_chart() {
    let scratch = tempfile::tempdir().expect("a directory");
    let view = view(&fixture::input(Language::En));
    let book = written(scratch.path(), &view, 1_000_000);
    insta::assert_snapshot!("sheets", read_by_openpyxl(&book));
}

#[test]
fn a_full_sheet_goes_on_on_the_next_and_the_summary_says_so() {
    let scratch = tempfile::tempdir().expect("a directory");
    let view = view(&fixture::input(Language::En));
    let lines = view.breaks.len();
    assert!(lines > 10);
    let book = written(scratch.path(), &view, 5);
    let seen = read_by_openpyxl(&book);
    assert!(seen.contains("Breaks 2 | 7 rows"), "{seen}");
    let script = "import sys, openpyxl\nfor row in openpyxl.load_workbook(sys.argv[1])['Summary'].iter_rows(values_only=True): print(row[0])";
    let mut python = Command::new("/usr/bin/python3");
    let summary = tool(python.args(["-c", script]).arg(&book), "python3-openpyxl");
    let note = format!("Breaks: {lines} rows, continued on Breaks 2");
    assert!(summary.contains(&note), "{summary}");
    // And an import reads them all, once.
    let bytes = std::fs::read(&book).expect("the workbook");
    let read = annotations::read(&bytes).expect("annotations");
    let ids: Vec<&str> = read.iter().map(|line| line.id.as_str()).collect();
    let expected: Vec<String> = view.breaks.iter().map(|line| line.id).collect();
    assert_eq!(ids, expected);
}

/// Friday to Sunday in one payout, less fees and a flat charge for the transfer; one that adds up;
/// and one that cannot be told.
#[test]
fn payouts_stand_on_a_sheet_of_their_own_with_what_they_leave_unexplained() {
    let mut input = fixture::input(Language::Id);
    let rupiah = |whole: i64| Money::from_sen(whole * 100);
    let payout = |net: i64, batches: &[&str], doubts: &[Doubt]| Payout {
        sha256: "ab".repeat(32),
        file: "settlement_20261113-20261115.csv".to_owned(),
        covered: ["2026-11-13", "2026-11-14", "2026-11-15"]
            .map(|date| date.parse().expect("a date"))
            .to_vec(),
        batches: batches.iter().map(|name| (*name).to_owned()).collect(),
        rows: 120,
        rejected: u64::from(doubts.contains(&Doubt::Rejected)),
        paid: Paid {
            gross: rupiah(1_500_000),
            fee: rupiah(10_500),
            doubts: doubts.iter().copied().collect(),
            ..Paid::new(MoneyDirection::WeReceive)
        },
        net: rupiah(net),
    };
    input.channels[0].payouts = vec![
        payout(1_483_000, &["S20261113"], &[]),
        payout(1_489_500, &["A", "B", "C", "D"], &[]),
        payout(1_000, &["E"], &[Doubt::Rejected, Doubt::Sign]),
    ];
    let told = view(&input);
    let differences: Vec<Option<Money>> = told
        .sheets
        .payouts
        .iter()
        .map(|one| one.difference)
        .collect();
    assert_eq!(differences, [Some(rupiah(6_500)), Some(Money::ZERO), None]);
    assert_eq!(told.sheets.payouts[0].covered, "13–15 Nov 2026");
    let scratch = tempfile::tempdir().expect("a directory");
    let book = written(scratch.path(), &told, 1_000);
    let script = "import sys, openpyxl\nfor row in openpyxl.load_workbook(sys.argv[1])['Pencairan'].iter_rows(values_only=True): print(*row, sep=' | ')";
    let mut python = Command::new("/usr/bin/python3");
    let sheet = tool(python.args(["-c", script]).arg(&book), "python3-openpyxl");
    insta::assert_snapshot!("payouts_sheet", sheet);
    // Where no file says what is paid out there is no sheet.
    let without = written(scratch.path(), &view(&fixture::input(Language::Id)), 1_000);
    assert!(!read_by_openpyxl(&without).contains("Pencairan"));
}

#[test]
fn a_run_knows_the_payouts_of_the_files_it_reads() {
    let workspace = Workspace::copy_of("sample_reports");
    let run = [
        "run",
        "--date",
        "2026-11-18",
        "--channel",
        "dana",
        "--no-send",
    ];
    workspace.run(run).exits(0);
    let books = workspace.files(".run/mail").into_iter();
    let books: Vec<String> = books.filter(|name| name.ends_with(".xlsx")).collect();
    let [book] = &books[..] else {
        panic!("{books:?}")
    };
    let script = "import sys, openpyxl\nfor row in openpyxl.load_workbook(sys.argv[1])['Pencairan'].iter_rows(min_row=2, values_only=True): print(*row, sep=' | ')";
    let mut python = Command::new("/usr/bin/python3");
    let path = workspace.path().join(".run/mail").join(book);
    let sheet = tool(python.args(["-c", script]).arg(path), "python3-openpyxl");
    insta::assert_snapshot!("payouts_of_dana", sheet);
}

/// `REKON_LOOK=dir` keeps the pages for a person to look at.
#[test]
fn libreoffice_prints_it() {
    let scratch = tempfile::tempdir().expect("a directory");
    let look = std::env::var_os("REKON_LOOK").map(PathBuf::from);
    let folder = look.unwrap_or_else(|| scratch.path().to_owned());
    let book = folder.join("printed.xlsx");
    let view = view(&fixture::input(Language::Id));
    std::fs::write(&book, xlsx(&view, at(CREATED)).expect("a workbook")).expect("written");
    let home = scratch.path().join("home");
    tool(
        Command::new("soffice")
            .arg(format!("-env:UserInstallation=file://{}", home.display()))
            .args(["--headless", "--convert-to", "pdf", "--outdir"])
            .arg(&folder)
            .arg(&book),
        "libreoffice-calc",
    );
    let text = folder.join("printed.txt");
    tool(
        Command::new("pdftotext")
            .arg("-layout")
            .arg(folder.join("printed.pdf"))
            .arg(&text),
        "poppler-utils",
    );
    let text = std::fs::read_to_string(text).expect("the printed text");
    assert!(
        !text.contains("###"),
        "a column is too narrow for its values:\n{text}"
    );
    let pages = folder.join("page");
    tool(
        Command::new("pdftoppm")
            .args(["-png", "-r", "60"])
            .arg(folder.join("printed.pdf"))
            .arg(&pages),
        "poppler-utils",
    );
    let count = std::fs::read_dir(&folder)
        .expect("pages")
        .filter(|entry| {
            let name = entry.as_ref().expect("an entry").file_name();
            name.to_string_lossy().starts_with("page-")
        })
        .count();
    assert!(count >= 8, "{count} pages");
    let picture = repository().join("tests/it/pictures/workbook.png");
    let size = std::fs::metadata(picture).expect("the picture").len();
    assert!(size <= 60 * 1024, "{size} bytes");
}

const CHILD: &str = "REKON_WORKBOOK_ROWS";

fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("the kernel's figures");
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let figure = line.and_then(|line| line.split_whitespace().nth(1));
    figure.and_then(|kib| kib.parse().ok()).expect("KiB")
}

/// Does nothing unless [`a_large_day_is_written_without_being_held`] starts it in a process of its
/// own, whose peak is then nobody else's.
#[test]
fn in_a_process_of_its_own() {
    let Some(rows) = std::env::var(CHILD).ok().and_then(|rows| rows.parse().ok()) else {
        return;
    };
    let scratch = tempfile::tempdir().expect("a directory");
    let mut input = fixture::input(Language::En);
    let last = input.channels[0].days.last_mut().expect("a date");
    let day = Arc::make_mut(&mut last.outcome);
    let breaks = day.items.iter().filter(|item| item.break_kind().is_some());
    let kinds: Vec<Item> = breaks.cloned().collect();
    let numbered = |number: usize| {
        let mut item = kinds[number % kinds.len()].clone();
        item.id = format!("OVO-{number:07}");
        item.identity = format!("{number:07}");
        item
    };
    day.items = (0..rows).map(numbered).collect();
    fixture::restate(&mut input.channels[0]);
    let before = peak();
    let view = view(&input);
    let book = written(scratch.path(), &view, 1_000_000);
    let size = std::fs::metadata(book).expect("the workbook").len();
    println!("{CHILD} {before} {} {size}", peak());
}

#[test]
fn a_large_day_is_written_without_being_held() {
    let rows = 300_000u64;
    let this = std::env::current_exe().expect("the test binary");
    let said = tool(
        Command::new(this)
            .args([
                "workbook::in_a_process_of_its_own",
                "--exact",
                "--nocapture",
            ])
            .env(CHILD, rows.to_string()),
        "nothing",
    );
    let figures = said.lines().find_map(|line| line.split_once(CHILD));
    let figures: Vec<u64> = figures
        .expect("the figures")
        .1
        .split_whitespace()
        .map(|figure| figure.parse().expect("a figure"))
        .collect();
    let [before, after, size] = figures[..] else {
        panic!("{said}")
    };
    assert!(size > rows * 20, "{size} bytes for {rows} rows");
    let grown = after - before;
    assert!(
        grown < 48 * 1024,
        "telling {rows} breaks took {grown} KiB beside the {before} KiB of the items"
    );
}
