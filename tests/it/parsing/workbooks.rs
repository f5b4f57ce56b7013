//! Samples that are better built than stored: workbooks, and files too large to keep.

use std::io::{Cursor, Read, Write};

use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, Worksheet};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

const OVO: [&str; 13] = [
    "merchantId",
    "tid",
    "mid",
    "batchNumber",
    "referenceNumber",
    "merchantInvoice",
    "transactionDate",
    "messageType",
    "processingCode",
    "responseCode",
    "amount",
    "fee",
    "netAmount",
];
const BILLER: [&str; 7] = [
    "timestamp",
    "client_number",
    "ref_id",
    "partner_ref_id",
    "product_code",
    "admin_fee",
    "amount",
];

pub fn generate() -> Vec<(&'static str, Vec<u8>)> {
    let serials = book(|book| serials(book.add_worksheet()));
    let zeros = book(|book| lost_zeros(book.add_worksheet()));
    vec![
        ("case02_lost_zeros.xlsx", zeros.clone()),
        ("case10_serials_1904.xlsx", with_1904(&serials)),
        ("case10_serials.xlsx", serials),
        (
            "case11_totals.xlsx",
            book(|book| totals(book.add_worksheet())),
        ),
        ("case11_many_sheets.xlsx", book(many_sheets)),
        ("case11_named_sheets.xlsx", book(many_sheets)),
        ("bad_no_such_sheet.xlsx", book(hidden_sheets)),
        ("case11_hidden_sheets.xlsx", book(hidden_sheets)),
        (
            "damaged_keys.xlsx",
            book(|book| damaged_keys(book.add_worksheet())),
        ),
        ("b2b.xlsx", book(|book| b2b(book.add_worksheet()))),
        ("bad_cells.xlsx", bad_cells()),
        ("bad_truncated.xlsx", zeros[..zeros.len() / 2].to_vec()),
        ("bad_archive.csv", archive()),
        ("bad_sparse.xlsx", book(|book| sparse(book.add_worksheet()))),
        ("bad_bomb.xlsx", bomb(&zeros)),
        ("bad_all_hidden.xlsx", all_hidden()),
        (
            "bad_old.xls",
            vec![0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1],
        ),
        ("bad_long_field.csv", long_field(100 << 10)),
        ("bad_long_record.csv", long_field(10 << 20)),
    ]
}

type Built = Result<(), rust_xlsxwriter::XlsxError>;

fn book(fill: impl Fn(&mut Workbook) -> Built) -> Vec<u8> {
    let mut book = Workbook::new();
    let created = ExcelDateTime::from_ymd(2026, 1, 1).expect("a date");
    book.set_properties(&rust_xlsxwriter::DocProperties::new().set_creation_datetime(&created));
    fill(&mut book).expect("a workbook");
    book.save_to_buffer().expect("a workbook")
}

fn texts(sheet: &mut Worksheet, row: u32, cells: &[&str]) -> Built {
    for (column, cell) in cells.iter().enumerate() {
        if !cell.is_empty() {
            sheet.write_string(row, column as u16, *cell)?;
        }
    }
    Ok(())
}

fn stamp(text: &str) -> ExcelDateTime {
    ExcelDateTime::parse_from_str(text).expect("a stamp")
}

/// Numbers in place of references: one shown with its zeros, one bare.
fn lost_zeros(sheet: &mut Worksheet) -> Built {
    texts(sheet, 0, &OVO)?;
    let six = Format::new().set_num_format("000000");
    let date = Format::new().set_num_format("yyyy-mm-dd hh:mm:ss");
    for (row, second) in [(1u32, 5), (2, 6)] {
        texts(
            sheet,
            row,
            &["M001", "", "", "", "", "", "", "0200", "040000", "00"],
        )?;
        sheet.write_number(row, 3, 240_101)?;
        if row == 1 {
            sheet.write_number_with_format(row, 4, 42, &six)?;
            sheet.write_number_with_format(row, 5, 7, &six)?;
        } else {
            sheet.write_number(row, 4, 43)?;
            sheet.write_number(row, 5, 7)?;
        }
        let at = stamp(&format!("2024-01-01T09:00:0{second}"));
        sheet.write_datetime_with_format(row, 6, &at, &date)?;
        sheet.write_number(row, 7, 200)?;
        sheet.write_number(row, 8, 40_000)?;
        sheet.write_number(row, 9, 0)?;
        sheet.write_number(row, 10, 75_000)?;
        sheet.write_number(row, 11, 525.5)?;
    }
    Ok(())
}

/// Day numbers as dates, as bare numbers, and date and time in two columns.
fn serials(sheet: &mut Worksheet) -> Built {
    texts(sheet, 0, &["id", "when", "at", "paid"])?;
    let date = Format::new().set_num_format("dd/mm/yyyy");
    let clock = Format::new().set_num_format("hh:mm:ss");
    for row in 1..=3 {
        sheet.write_string(row, 0, format!("A{row}"))?;
        sheet.write_number(row, 3, 0.1 + 0.2)?;
    }
    sheet.write_number_with_format(1, 1, 44_963.5, &date)?;
    sheet.write_number(2, 1, 44_963)?;
    sheet.write_number_with_format(3, 1, 44_963, &date)?;
    sheet.write_number_with_format(3, 2, 0.729_166_666_666_667, &clock)?;
    Ok(())
}

fn totals(sheet: &mut Worksheet) -> Built {
    texts(sheet, 0, &["OVO Settlement Report"])?;
    texts(sheet, 2, &OVO)?;
    for (row, reference) in [(3u32, "000001"), (4, "000002")] {
        texts(
            sheet,
            row,
            &[
                "M001",
                "T1",
                "",
                "240101",
                reference,
                "INV",
                "2024-01-01 09:00:00",
                "0200",
                "040000",
                "00",
            ],
        )?;
        sheet.write_number(row, 10, 75_000)?;
        sheet.write_number(row, 11, 525)?;
        sheet.write_number(row, 12, 74_475)?;
    }
    texts(sheet, 6, &["Grand Total"])?;
    sheet.write_formula(6, 10, Formula::new("=SUM(K4:K5)").set_result("150000"))?;
    sheet.write_formula(6, 11, Formula::new("=SUM(L4:L5)").set_result("1050"))?;
    sheet.write_formula(6, 12, Formula::new("=SUM(M4:M5)").set_result("148950"))?;
    Ok(())
}

fn biller_row(sheet: &mut Worksheet, reference: &str) -> Built {
    texts(sheet, 0, &BILLER)?;
    texts(
        sheet,
        1,
        &[
            "2024-01-01 10:00:00",
            "08123",
            reference,
            "P1",
            "PLN20",
            "2500",
            "22500",
        ],
    )
}

fn hidden_sheets(book: &mut Workbook) -> Built {
    let hidden = book.add_worksheet();
    biller_row(hidden, "OLD")?;
    hidden.set_name("Draft")?.set_hidden(true);
    let shown = book.add_worksheet();
    biller_row(shown, "R1")?;
    shown.set_name("Settlement")?.set_active(true);
    biller_row(book.add_worksheet(), "OTHER")
}

/// A cover sheet, two months of rows, and a remark beside the table.
fn many_sheets(book: &mut Workbook) -> Built {
    let cover = book.add_worksheet();
    texts(cover, 0, &["Settlement of the first quarter"])?;
    for (name, id) in [("January", "A"), ("February", "B")] {
        let sheet = book.add_worksheet();
        sheet.set_name(name)?;
        texts(sheet, 0, &["id", "when", "paid"])?;
        texts(
            sheet,
            1,
            &[id, "18/01/2026", "1.500", "", "checked by Sari"],
        )?;
    }
    Ok(())
}

fn damaged_keys(sheet: &mut Worksheet) -> Built {
    texts(sheet, 0, &OVO)?;
    for row in 1..=2 {
        texts(
            sheet,
            row,
            &[
                "M001",
                "",
                "",
                "240101",
                "",
                "INV",
                "2024-01-01 09:00:00",
                "0200",
                "040000",
                "00",
                "75000",
            ],
        )?;
    }
    sheet.write_number(1, 4, 1_234_567_890_123_456.0)?;
    sheet.write_number(2, 4, 11_242_912_345.0)?;
    Ok(())
}

fn b2b(sheet: &mut Worksheet) -> Built {
    texts(
        sheet,
        0,
        &[
            "Request ID",
            "Product Code",
            "Client Number",
            "Status",
            "Sales Price",
            "Admin Fee",
            "Fulfilled At",
            "Token",
        ],
    )?;
    texts(
        sheet,
        1,
        &[
            "Q1",
            "PLN20",
            "0812",
            "Success",
            "",
            "",
            "2024-01-01T17:30:00Z",
            "1234-5678",
        ],
    )?;
    sheet.write_number(1, 4, 98_000)?;
    Ok(())
}

/// A formula whose result was never stored, and a spreadsheet error.
fn bad_cells() -> Vec<u8> {
    let whole = book(|book| {
        let sheet = book.add_worksheet();
        texts(sheet, 0, &OVO)?;
        for row in 1..=4 {
            texts(
                sheet,
                row,
                &[
                    "M001",
                    "",
                    "",
                    "240101",
                    "1",
                    "INV",
                    "2024-01-01 09:00:00",
                    "0200",
                    "040000",
                    "00",
                    "75000",
                ],
            )?;
        }
        sheet.write_formula(2, 10, Formula::new("=1+1").set_result("987654321"))?;
        sheet.write_formula(3, 10, Formula::new("=NA()").set_result("#N/A"))?;
        sheet.write_formula(4, 11, Formula::new("=2+2").set_result("987654321"))?;
        Ok(())
    });
    rewrite(&whole, |name, part| {
        if name.ends_with("sheet1.xml") {
            String::from_utf8(part)
                .expect("XML")
                .replace("<v>987654321</v>", "")
                .into_bytes()
        } else {
            part
        }
    })
}

fn sparse(sheet: &mut Worksheet) -> Built {
    sheet.write_string(0, 0, "timestamp")?;
    sheet.write_string(1_048_575, 16_383, "x")?;
    Ok(())
}

fn with_1904(book: &[u8]) -> Vec<u8> {
    rewrite(book, |name, part| {
        if name == "xl/workbook.xml" {
            String::from_utf8(part)
                .expect("XML")
                .replace("<workbookPr ", "<workbookPr date1904=\"1\" ")
                .into_bytes()
        } else {
            part
        }
    })
}

fn all_hidden() -> Vec<u8> {
    let visible = book(|book| biller_row(book.add_worksheet(), "R1"));
    rewrite(&visible, |name, part| {
        if name == "xl/workbook.xml" {
            String::from_utf8(part)
                .expect("XML")
                .replace("<sheet name", "<sheet state=\"hidden\" name")
                .into_bytes()
        } else {
            part
        }
    })
}

/// A part that unpacks to far more than it weighs.
fn bomb(book: &[u8]) -> Vec<u8> {
    rewrite(book, |name, part| {
        if name == "xl/sharedStrings.xml" {
            let mut part = part;
            part.resize(32 << 20, b' ');
            part
        } else {
            part
        }
    })
}

pub fn is_whole(bytes: &[u8]) -> bool {
    ZipArchive::new(Cursor::new(bytes)).is_ok()
}

/// Packs a workbook again with its parts changed.
pub fn rewrite(book: &[u8], change: impl Fn(&str, Vec<u8>) -> Vec<u8>) -> Vec<u8> {
    let mut old = ZipArchive::new(Cursor::new(book)).expect("an archive");
    let mut new = ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..old.len() {
        let mut part = old.by_index(index).expect("a part");
        let name = part.name().expect("a name").into_owned();
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).expect("its bytes");
        new.start_file(name.as_str(), SimpleFileOptions::default())
            .expect("a part");
        new.write_all(&change(&name, bytes)).expect("its bytes");
    }
    new.finish().expect("an archive").into_inner()
}

fn archive() -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    archive
        .start_file("report.csv", SimpleFileOptions::default())
        .expect("a part");
    archive.write_all(b"timestamp;ref_id\n").expect("its bytes");
    archive.finish().expect("an archive").into_inner()
}

fn long_field(length: usize) -> Vec<u8> {
    let mut text = format!("{}\n", BILLER.join(";"));
    text.push_str("2024-01-01 17:30:00;08123;R1;");
    text.push_str(&"x".repeat(length));
    text.push_str(";PULSA10;0;10000\n2024-01-01 17:31:00;08123;R2;P2;PULSA10;0;10000\n");
    text.into_bytes()
}
