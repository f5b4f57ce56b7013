//! Old .xls workbooks and OpenDocument sheets: they read as the .xlsx they were made from, and what
//! is hostile in them is refused in little memory.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use rekon::profiles::{self, AmountBasis, Limits, Profile, ReadOptions, parse_summary};
use serde_json::Value;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::harness::{Workspace, repository};
use crate::parsing::workbooks;

fn profile(name: &str) -> Profile {
    Profile::load(name, &repository().join("tests/it/parsing")).expect("a profile")
}

fn options() -> ReadOptions {
    ReadOptions {
        zone: chrono_tz::Asia::Jakarta,
        amount_basis: AmountBasis::Gross,
        limits: Limits::default(),
    }
}

/// What LibreOffice makes of files, in `folder`; `filter` says how it reads text.
pub fn convert(files: &[PathBuf], ending: &str, folder: &Path, filter: Option<&str>) {
    let home = folder.join("home");
    let mut command = Command::new("soffice");
    command
        .arg(format!("-env:UserInstallation=file://{}", home.display()))
        .arg("--headless");
    if let Some(filter) = filter {
        command.arg(format!("--infilter=CSV:{filter}"));
    }
    command
        .args(["--convert-to", ending, "--outdir"])
        .arg(folder)
        .args(files);
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{error}; apt-get install -y libreoffice-calc"));
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// A parse without what tells the container, or how long a text may be a date.
fn told(bytes: &[u8], name: &str, profile: &Profile) -> Value {
    let file = profiles::read(bytes, name, profile, &options())
        .unwrap_or_else(|fault| panic!("{name}: {fault}"));
    parse_summary(&file, profile, chrono_tz::Asia::Jakarta).expect("JSON")
}

#[test]
fn other_containers_read_as_the_xlsx_they_were_made_from() {
    const BOOKS: [(&str, &str); 8] = [
        ("case02_lost_zeros.xlsx", "ovo-push-to-pay"),
        ("case10_serials.xlsx", "undeclared_dates.toml"),
        ("case10_serials_1904.xlsx", "undeclared_dates.toml"),
        ("case11_totals.xlsx", "ovo-push-to-pay"),
        ("case11_many_sheets.xlsx", "many_sheets.toml"),
        ("case11_hidden_sheets.xlsx", "tokopedia-biller"),
        ("damaged_keys.xlsx", "ovo-push-to-pay"),
        ("b2b.xlsx", "tokopedia-b2b"),
    ];
    let folder = tempfile::tempdir().expect("a folder");
    let generated = workbooks::generate();
    let book = |name: &str| {
        let found = generated.iter().find(|(known, _)| *known == name);
        found.expect("a generated workbook").1.clone()
    };
    let files: Vec<PathBuf> = BOOKS
        .iter()
        .map(|(name, _)| {
            let path = folder.path().join(name);
            fs::write(&path, book(name)).expect("a workbook");
            path
        })
        .collect();
    for ending in ["xls", "ods"] {
        convert(&files, ending, folder.path(), None);
        for (name, by) in BOOKS {
            let other = name.replace("xlsx", ending);
            let bytes = fs::read(folder.path().join(&other)).expect("a converted workbook");
            let profile = profile(by);
            assert_eq!(
                told(&bytes, name, &profile),
                told(&book(name), name, &profile),
                "{other}"
            );
        }
    }
}

/// Records of a BIFF8 stream.
fn record(kind: u16, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).expect("a short record");
    [&kind.to_le_bytes()[..], &length.to_le_bytes(), data].concat()
}

fn bof(kind: u16) -> Vec<u8> {
    let words = [0x0600, kind, 0, 0x07cc, 0, 0, 0x0600, 0];
    record(0x0809, &words.map(u16::to_le_bytes).concat())
}

/// A shared text of letters of one byte.
fn shared(text: &str) -> Vec<u8> {
    let length = u16::try_from(text.len()).expect("a short text");
    [&length.to_le_bytes()[..], &[0], text.as_bytes()].concat()
}

fn label(row: u16, column: u16, text: u32) -> Vec<u8> {
    let place = [row, column, 0].map(u16::to_le_bytes).concat();
    record(0x00fd, &[&place[..], &text.to_le_bytes()].concat())
}

/// A workbook with one sheet of these records; `more` stands among those of the whole workbook.
fn biff(more: &[Vec<u8>], texts: &[&str], cells: &[Vec<u8>]) -> Vec<u8> {
    let count = u32::try_from(texts.len()).expect("few texts").to_le_bytes();
    let table: Vec<u8> = texts.iter().flat_map(|text| shared(text)).collect();
    let table = record(0x00fc, &[&count[..], &count, &table].concat());
    let sheet_name = [&[5u8, 0][..], b"Sheet"].concat();
    let mut globals = [bof(5), more.concat()].concat();
    let at = globals.len() + 4 + 6 + sheet_name.len() + table.len() + 4;
    let at = u32::try_from(at).expect("a small workbook").to_le_bytes();
    globals.extend(record(0x0085, &[&at[..], &[0, 0], &sheet_name].concat()));
    globals.extend(table);
    globals.extend(record(0x000a, &[]));
    ole(
        "Workbook",
        &[globals, bof(0x10), cells.concat(), record(0x000a, &[])].concat(),
    )
}

/// A container (MS-CFB) with one stream, in its plainest form.
fn ole(name: &str, stream: &[u8]) -> Vec<u8> {
    const SECTOR: usize = 512;
    const END: u32 = 0xffff_fffe;
    const FREE: u32 = 0xffff_ffff;
    let mut stream = stream.to_vec();
    // Below this a stream would belong elsewhere.
    stream.resize(stream.len().max(4096).next_multiple_of(SECTOR), 0);
    let sectors = stream.len() / SECTOR;
    let tables = (sectors + 1).div_ceil(SECTOR / 4 - 1);
    assert!(tables <= 109, "a small stream");
    let mut header = vec![0u8; SECTOR];
    header[..8].copy_from_slice(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1");
    for (at, half) in [(24, 0x3e_u16), (26, 3), (28, 0xfffe), (30, 9), (32, 6)] {
        header[at..at + 2].copy_from_slice(&half.to_le_bytes());
    }
    let first = |index: usize| u32::try_from(index).expect("a small stream");
    for (at, word) in [
        (44, first(tables)),
        (48, first(tables)),
        (56, 4096),
        (60, END),
        (68, END),
    ] {
        header[at..at + 4].copy_from_slice(&word.to_le_bytes());
    }
    for index in 0..109 {
        let table = if index < tables { first(index) } else { FREE };
        header[76 + 4 * index..80 + 4 * index].copy_from_slice(&table.to_le_bytes());
    }
    let mut fat: Vec<u32> = vec![0xffff_fffd; tables];
    fat.push(END);
    fat.extend((1..sectors).map(|index| first(tables + 1 + index)));
    fat.push(END);
    fat.resize(tables * SECTOR / 4, FREE);
    let entry = |name: &str, kind: u8, start: u32, size: usize| {
        let mut entry: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let length = u16::try_from(entry.len() + 2).expect("a short name");
        entry.resize(64, 0);
        entry.extend(length.to_le_bytes());
        entry.extend([kind, 1]);
        entry.extend(
            [FREE, FREE, if kind == 5 { 1 } else { FREE }]
                .map(u32::to_le_bytes)
                .concat(),
        );
        entry.resize(116, 0);
        entry.extend(start.to_le_bytes());
        entry.extend((size as u64).to_le_bytes());
        entry
    };
    let mut directory = entry("Root Entry", 5, END, 0);
    directory.extend(entry(name, 2, first(tables + 1), stream.len()));
    directory.resize(SECTOR, 0);
    let fat: Vec<u8> = fat.into_iter().flat_map(u32::to_le_bytes).collect();
    [header, fat, directory, stream].concat()
}

/// An OpenDocument sheet with these rows.
fn ods(rows: &str) -> Vec<u8> {
    let content = format!(
        "<office:document-content xmlns:office=\"o\" xmlns:table=\"t\" xmlns:text=\"x\"><office:body>\
         <office:spreadsheet><table:table table:name=\"Sheet\">{rows}</table:table>\
         </office:spreadsheet></office:body></office:document-content>"
    );
    let mut archive = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in [
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        ("META-INF/manifest.xml", "<manifest/>"),
        ("content.xml", content.as_str()),
    ] {
        archive
            .start_file(name, SimpleFileOptions::default())
            .expect("a part");
        archive.write_all(text.as_bytes()).expect("its bytes");
    }
    archive.finish().expect("an archive").into_inner()
}

const HEADER: [&str; 7] = [
    "timestamp",
    "client_number",
    "ref_id",
    "partner_ref_id",
    "product_code",
    "admin_fee",
    "amount",
];

fn header() -> Vec<Vec<u8>> {
    (0..7)
        .map(|column| label(0, column, u32::from(column)))
        .collect()
}

fn ods_cells(cells: &[&str]) -> String {
    cells
        .iter()
        .map(|cell| {
            format!(
                "<table:table-cell office:value-type=\"string\"><text:p>{cell}</text:p></table:table-cell>"
            )
        })
        .collect()
}

/// The header and a payment, with these attributes of its row and cells behind it.
fn ods_rows(attributes: &str, more: &str) -> String {
    let payment = ["2026-11-18 08:00:00", "1", "R1", "P1", "x", "0", "22500"];
    format!(
        "<table:table-row>{}</table:table-row><table:table-row {attributes}>{}{more}</table:table-row>",
        ods_cells(&HEADER),
        ods_cells(&payment)
    )
}

/// What repeats within reason is read, and blank rows are free.
#[test]
fn repeated_rows_are_rows() {
    let blank = "<table:table-row table:number-rows-repeated=\"900000\"><table:table-cell/></table:table-row>";
    let rows = ods_rows("table:number-rows-repeated=\"1000\"", "") + blank;
    let file = profiles::read(
        &ods(&rows.replacen(
            "</table:table-row>",
            &format!("</table:table-row>{blank}"),
            1,
        )),
        "a.ods",
        &profile("tokopedia-biller"),
        &options(),
    )
    .expect("it reads");
    assert_eq!((file.entries.len(), file.rejected.len()), (1000, 0));
}

/// What is hostile, and the words it is refused with.
fn hostile() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let long = "x".repeat(32_000);
    let mut texts = HEADER.to_vec();
    texts.push(&long);
    let far = [header(), vec![label(65_535, 65_535, 0)]].concat();
    // A hundred thousand cells that all show one long text: 3 GB.
    let many: Vec<Vec<u8>> = (0..400u16)
        .flat_map(|row| (0..250u16).map(move |column| label(row + 1, column, 7)))
        .collect();
    let cell = ods_cells(&["x"]);
    vec![
        ("corners.xls", biff(&[], &HEADER, &far), "the number of columns of sheet \"Sheet\" is 65536"),
        ("texts.xls", biff(&[], &texts, &[header(), many].concat()), "the text of the workbook"),
        (
            "locked.xls",
            biff(&[record(0x002f, &[1, 0, 1, 0, 1, 0])], &HEADER, &header()),
            "this is an .xls workbook locked with a password",
        ),
        ("excel95.xls", ole("Book", &bof(5)), "this is an .xls workbook of Excel 95 or earlier"),
        ("document.doc", ole("WordDocument", &[0; 64]), "holds no workbook"),
        (
            "packed.xls",
            ole("EncryptedPackage", &[0; 64]),
            "this is a workbook locked with a password",
        ),
        (
            "wide.ods",
            ods(&format!(
                "<table:table-row>{}<table:table-cell table:number-columns-repeated=\"2000000000\"/>{cell}</table:table-row>",
                ods_cells(&HEADER)
            )),
            "the number of columns of sheet \"Sheet\" is",
        ),
        (
            "wide_texts.ods",
            ods(&"<table:table-row><table:table-cell office:value-type=\"string\" \
                  table:number-columns-repeated=\"16384\"><text:p>x</text:p></table:table-cell></table:table-row>"
                .repeat(1000)),
            "the number of columns of sheet \"Sheet\" is 16384",
        ),
        (
            "high.ods",
            ods(&format!(
                "<table:table-row>{}</table:table-row>\
                 <table:table-row table:number-rows-repeated=\"4000000000\">{cell}</table:table-row>",
                ods_cells(&HEADER)
            )),
            "the number of rows of sheet \"Sheet\" is 4000000001",
        ),
        (
            "rows.ods",
            ods(&format!(
                "<table:table-row>{}</table:table-row>\
                 <table:table-row table:number-rows-repeated=\"40000000\">{cell}</table:table-row>",
                ods_cells(&HEADER)
            )),
            "sheet \"Sheet\", row 2: the number of times it is repeated is 40000000, more than the limit \
             of 1000 (limits.row_repeats)",
        ),
        (
            "payments.ods",
            ods(&ods_rows("table:number-rows-repeated=\"4000000\"", "")),
            "sheet \"Sheet\", row 2: the number of times it is repeated is 4000000",
        ),
        (
            "no_row.ods",
            ods(&ods_rows("table:number-rows-repeated=\"0\"", "")),
            "sheet \"Sheet\", row 2: `table:number-rows-repeated=\"0\"` is no number of repetitions",
        ),
        (
            "no_cell.ods",
            ods(&ods_rows("", "<table:table-cell table:number-columns-repeated=\"0\"/>")),
            "sheet \"Sheet\", row 2: `table:number-columns-repeated=\"0\"` is no number of repetitions",
        ),
    ]
}

#[test]
fn what_is_hostile_is_refused_by_name() {
    let profile = profile("tokopedia-biller");
    for (name, bytes, words) in hostile() {
        let fault = profiles::read(&bytes, name, &profile, &options()).expect_err(name);
        let said = fault.to_string();
        assert!(said.contains(words), "{name}: {said}");
        assert!(said.contains("\n  fix: "), "{name}: {said}");
    }
}

/// Each in a process of its own, so that none hides behind the memory of another.
#[test]
fn what_is_hostile_takes_little_memory() {
    let workspace = Workspace::new();
    for (name, bytes, _) in hostile() {
        workspace.put(name, bytes);
        let output = Command::new("/usr/bin/env")
            .args(["bash", "-c", "ulimit -v 1500000; exec \"$0\" \"$@\""])
            .arg(env!("CARGO_BIN_EXE_rekon"))
            .args(["inspect", name, "--profile", "tokopedia-biller"])
            .current_dir(workspace.path())
            .output()
            .expect("the binary starts");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(65), "{name}: {said}");
    }
}

/// A writer that cannot calculate leaves zero and asks for it to be done; one that can leaves what it
/// found.
#[test]
fn formulas_of_old_workbooks_without_a_result_are_told() {
    let formula = |row: u16, result: [u8; 8], flags: u16| {
        let place = [row, 6, 0].map(u16::to_le_bytes).concat();
        let flags = flags.to_le_bytes();
        record(0x0006, &[&place[..], &result, &flags, &[0; 6]].concat())
    };
    let text = ["2026-11-18 08:00:00", "R1", "R2", "R3", "R4"];
    let texts: Vec<&str> = HEADER.into_iter().chain(text).collect();
    let mut cells = header();
    for (row, (result, flags)) in (1u16..).zip([
        (22_500f64.to_le_bytes(), 0u16),
        (0f64.to_le_bytes(), 2),
        ([3, 0, 0, 0, 0, 0, 0xff, 0xff], 1),
        ([2, 0, 0x2a, 0, 0, 0, 0xff, 0xff], 0),
    ]) {
        cells.push(label(row, 0, 7));
        cells.push(label(row, 2, 7 + u32::from(row)));
        cells.push(formula(row, result, flags));
    }
    let book = biff(&[], &texts, &cells);
    let file = profiles::read(&book, "a.xls", &profile("tokopedia-biller"), &options())
        .expect("one row reads");
    assert_eq!(file.entries.len(), 1);
    let reasons: Vec<(u32, &str)> = file
        .rejected
        .iter()
        .map(|row| (row.row, row.reason.as_str()))
        .collect();
    let uncomputed =
        "a formula without a stored result; open the workbook, let it calculate and save it";
    let error = "a spreadsheet error stands in place of the value";
    assert_eq!(reasons, [(3, uncomputed), (4, uncomputed), (5, error)]);
}
