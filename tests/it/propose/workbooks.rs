//! Workbooks of unknown layout, built rather than stored.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

type Built = Result<(), XlsxError>;
type Fill = fn(&mut Workbook) -> Built;

pub fn generate() -> Vec<(String, Vec<u8>)> {
    let all: [(&str, Fill); 4] = [
        ("gudang_20261118.xlsx", cover_and_hidden),
        ("lumbung_20261118.xlsx", pages_alike),
        ("pondok_20261118.xlsx", refunds_apart),
        ("rusak_20261118.xlsx", damaged),
    ];
    all.into_iter()
        .map(|(name, fill)| (name.to_owned(), book(fill)))
        .collect()
}

fn book(fill: Fill) -> Vec<u8> {
    let mut book = Workbook::new();
    let created = ExcelDateTime::from_ymd(2026, 1, 1).expect("a date");
    book.set_properties(&DocProperties::new().set_creation_datetime(&created));
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

fn day(hour: u16, minute: u8) -> ExcelDateTime {
    ExcelDateTime::from_ymd(2026, 11, 18)
        .and_then(|date| date.and_hms(hour, minute, 0))
        .expect("a stamp")
}

/// A cover sheet, a hidden one, date cells, numbers as numbers, text dates of serials.
fn cover_and_hidden(book: &mut Workbook) -> Built {
    let cover = book.add_worksheet().set_name("Sampul")?;
    texts(cover, 0, &["Laporan settlement Gudang"])?;
    let hidden = book.add_worksheet().set_name("Lama")?;
    texts(hidden, 0, &["Order ID", "Amount"])?;
    hidden.set_hidden(true);
    let data = book.add_worksheet().set_name("Transaksi")?;
    let stamp = Format::new().set_num_format("yyyy-mm-dd hh:mm:ss");
    texts(data, 0, &["Laporan transaksi"])?;
    texts(
        data,
        2,
        &[
            "Order ID", "Waktu", "Nomor HP", "Amount", "MDR", "PPN", "Net", "Status",
        ],
    )?;
    let rows = [
        (
            "GD-1001",
            9,
            "081200000001",
            250_000.0,
            1_750.0,
            192.5,
            "Berhasil",
        ),
        (
            "GD-1002",
            10,
            "081200000002",
            100_000.0,
            700.0,
            77.0,
            "Berhasil",
        ),
        (
            "GD-1003",
            11,
            "081200000003",
            75_500.0,
            528.5,
            58.14,
            "Gagal",
        ),
        (
            "GD-1004",
            12,
            "081200000004",
            60_000.0,
            420.0,
            46.2,
            "Ditahan",
        ),
    ];
    for (index, (order, hour, phone, amount, mdr, ppn, status)) in rows.into_iter().enumerate() {
        let row = 3 + index as u32;
        texts(data, row, &[order])?;
        data.write_datetime_with_format(row, 1, day(hour, 15), &stamp)?;
        data.write_string(row, 2, phone)?;
        data.write_number(row, 3, amount)?;
        data.write_number(row, 4, mdr)?;
        data.write_number(row, 5, ppn)?;
        data.write_number(row, 6, amount - mdr - ppn)?;
        data.write_string(row, 7, status)?;
    }
    texts(data, 7, &["TOTAL"])?;
    data.write_number(7, 3, 485_500.0)?;
    Ok(())
}

/// The same table on two sheets.
fn pages_alike(book: &mut Workbook) -> Built {
    for (sheet, from) in [("Halaman 1", 1), ("Halaman 2", 3)] {
        let sheet = book.add_worksheet().set_name(sheet)?;
        texts(
            sheet,
            0,
            &[
                "No",
                "Tgl Transaksi",
                "No Referensi",
                "Nominal",
                "Keterangan",
            ],
        )?;
        for index in 0..2u32 {
            let number = from + index;
            sheet.write_number(1 + index, 0, f64::from(1 + index))?;
            texts(
                sheet,
                1 + index,
                &[
                    "",
                    "18/11/2026 09:00:00",
                    &format!("LB00{number}"),
                    "",
                    "Pembayaran tagihan toko",
                ],
            )?;
            sheet.write_number(1 + index, 3, f64::from(50_250 * number))?;
        }
    }
    Ok(())
}

/// Payments and refunds on sheets of different headers.
fn refunds_apart(book: &mut Workbook) -> Built {
    let paid = book.add_worksheet().set_name("Payments")?;
    texts(paid, 0, &["Trx ID", "Paid At", "Amount", "Fee"])?;
    for number in 1..4u32 {
        texts(
            paid,
            number,
            &[&format!("PD{number:06}"), "2026-11-18 10:00:00"],
        )?;
        paid.write_number(number, 2, f64::from(10_250 * number))?;
        paid.write_number(number, 3, f64::from(125 * number))?;
    }
    let back = book.add_worksheet().set_name("Refunds")?;
    texts(
        back,
        0,
        &["Refund ID", "Trx ID", "Refunded At", "Refund Amount"],
    )?;
    texts(back, 1, &["RF1", "PD000001", "2026-11-18 12:00:00"])?;
    back.write_number(1, 3, 10_250.0)?;
    Ok(())
}

/// References that a spreadsheet took for numbers, and dates that became text of day numbers.
fn damaged(book: &mut Workbook) -> Built {
    let sheet = book.add_worksheet().set_name("Data")?;
    texts(
        sheet,
        0,
        &["Reference Number", "Tanggal", "Nilai", "Status"],
    )?;
    for (index, (reference, amount)) in [
        ("1.12429E+15", 10_150.0),
        ("1124290000000112", 20_250.0),
        ("1124290000000113", 30_350.0),
    ]
    .into_iter()
    .enumerate()
    {
        let row = 1 + index as u32;
        texts(sheet, row, &[reference, "46344.5", "", "SUCCESS"])?;
        sheet.write_number(row, 2, amount)?;
    }
    Ok(())
}
