//! How a partner's program writes its files: marks, line ends, totals, and what else it says of a row.

use chrono::NaiveDate;

use super::days::Paid;

/// How amounts are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    Plain,
    Indonesian,
    English,
}

#[derive(Clone, Copy, Debug)]
pub struct Dress {
    pub delimiter: char,
    pub line_end: &'static str,
    pub has_bom: bool,
    /// The last line has no line end, and the profile says so.
    pub is_open: bool,
    pub is_quoted: bool,
    pub stamps: &'static str,
    pub style: Style,
    pub has_total: bool,
    pub is_workbook: bool,
}

const DRESS: Dress = Dress {
    delimiter: ',',
    line_end: "\n",
    has_bom: false,
    is_open: false,
    is_quoted: false,
    stamps: "%d/%m/%Y %H:%M:%S",
    style: Style::Plain,
    has_total: false,
    is_workbook: false,
};

pub const PLAIN: Dress = DRESS;

pub const WINDOWS: Dress = Dress {
    delimiter: ';',
    line_end: "\r\n",
    has_bom: true,
    stamps: "%Y-%m-%d %H:%M:%S",
    ..DRESS
};

pub const INDONESIAN: Dress = Dress {
    delimiter: ';',
    is_quoted: true,
    stamps: "%d-%b-%Y %H:%M",
    style: Style::Indonesian,
    ..DRESS
};

pub const TOTALS: Dress = Dress {
    delimiter: ';',
    style: Style::English,
    has_total: true,
    is_open: true,
    ..DRESS
};

pub const OPEN: Dress = Dress {
    is_open: true,
    line_end: "\r\n",
    ..DRESS
};

/// As Java writes an instant: without what is zero at its end.
pub const ZONED: Dress = Dress {
    delimiter: '\t',
    stamps: "%Y-%m-%dT%H:%M:%S%.f+07:00",
    ..DRESS
};

pub const WORKBOOK: Dress = Dress {
    stamps: "%Y-%m-%d %H:%M:%S",
    is_workbook: true,
    ..DRESS
};

/// What a file says of a row besides what is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beside {
    Nothing,
    /// References of others.
    Ids,
    /// A name, a city, a note.
    People,
    /// A product, a branch, and a remark here and there.
    Shop,
    /// A status, a type and a currency that always say the same.
    Constant,
    /// A column that comes one day and stands empty.
    NewEmpty,
    /// A column of references that comes one day.
    NewIds,
    /// A fee that is left empty where there is none, and a voucher that few have.
    Gaps,
}

impl Beside {
    /// Its columns in the file of a date.
    fn headers(self, is_later: bool) -> &'static [&'static str] {
        match self {
            Beside::Nothing => &[],
            Beside::Ids => &["RRN", "Approval Code"],
            Beside::People => &["Nama Pelanggan", "Kota", "Catatan"],
            Beside::Shop => &["Kode Produk", "Cabang", "Keterangan"],
            Beside::Constant => &["Status", "Jenis Transaksi", "Mata Uang"],
            Beside::NewEmpty if is_later => &["Cadangan 1"],
            Beside::NewIds if is_later => &["Acquirer Ref"],
            Beside::NewEmpty | Beside::NewIds => &[],
            Beside::Gaps => &["Voucher"],
        }
    }

    fn cells(self, row: &Paid, is_later: bool) -> Vec<String> {
        let number: u64 = row.id[1..].parse().expect("a number");
        let odd = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 16;
        let one = |text: &str| text.to_owned();
        match self {
            Beside::Nothing => Vec::new(),
            Beside::Ids => vec![
                format!("{:012}", odd % 1_000_000_000_000),
                format!("{:06X}", odd % 0xff_ffff),
            ],
            Beside::People => vec![one(row.customer), one(row.city), one(row.note)],
            Beside::Shop => vec![one(row.product), one(row.branch), one(row.note)],
            Beside::Constant => vec![one("SETTLED"), one("QRIS"), one("IDR")],
            Beside::NewEmpty if is_later => vec![String::new()],
            Beside::NewIds if is_later => vec![format!("ACQ{odd:014X}")],
            Beside::NewEmpty | Beside::NewIds => Vec::new(),
            Beside::Gaps if odd.is_multiple_of(9) => vec![format!("V{}", odd % 1000)],
            Beside::Gaps => vec![String::new()],
        }
    }
}

fn money(style: Style, amount: u64) -> String {
    let grouped = |mark: &str| {
        let digits = amount.to_string();
        let groups = digits.as_bytes().rchunks(3).rev();
        let groups = groups.map(|group| String::from_utf8_lossy(group).into_owned());
        groups.collect::<Vec<_>>().join(mark)
    };
    match style {
        Style::Plain => amount.to_string(),
        Style::Indonesian => grouped("."),
        Style::English => format!("{}.00", grouped(",")),
    }
}

/// A file as the partner writes it that was made for `date`.
pub fn file(dress: &Dress, beside: Beside, date: NaiveDate, rows: &[Paid]) -> Vec<u8> {
    let is_later = date >= NaiveDate::from_ymd_opt(2025, 12, 3).expect("a date");
    let mut lines = vec![
        ["Trx", "Paid At", "Gross", "Fee"]
            .map(str::to_owned)
            .to_vec(),
    ];
    lines[0].extend(
        beside
            .headers(is_later)
            .iter()
            .map(|text| (*text).to_owned()),
    );
    for row in rows {
        let fee = match (beside, row.fee) {
            (Beside::Gaps, 0..200) => String::new(),
            (_, fee) => money(dress.style, fee),
        };
        let at = row.at.format(dress.stamps).to_string();
        let mut line = vec![row.id.clone(), at, money(dress.style, row.amount), fee];
        line.extend(beside.cells(row, is_later));
        lines.push(line);
    }
    if dress.is_workbook {
        return workbook(&lines);
    }
    let quoted = |cell: &String| match dress.is_quoted {
        true => format!("\"{cell}\""),
        false => cell.clone(),
    };
    let mut text: Vec<String> = lines
        .iter()
        .map(|line| {
            line.iter()
                .map(quoted)
                .collect::<Vec<_>>()
                .join(&dress.delimiter.to_string())
        })
        .collect();
    if dress.has_total {
        let total = rows.iter().map(|row| row.amount).sum();
        text.push(format!(
            "TOTAL;{};{}",
            rows.len(),
            money(dress.style, total)
        ));
    }
    let mut text = text.join(dress.line_end);
    if !dress.is_open {
        text.push_str(dress.line_end);
    }
    let mut bytes = match dress.has_bom {
        true => "\u{feff}".as_bytes().to_vec(),
        false => Vec::new(),
    };
    bytes.extend(text.into_bytes());
    bytes
}

fn workbook(lines: &[Vec<String>]) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet().set_name("Data").expect("a sheet");
    for (row, line) in lines.iter().enumerate() {
        for (column, cell) in line.iter().enumerate() {
            let at = (row as u32, column as u16);
            let number = (row > 0 && (2..4).contains(&column))
                .then(|| cell.parse::<f64>().ok())
                .flatten();
            match number {
                Some(number) => sheet.write_number(at.0, at.1, number),
                None => sheet.write_string(at.0, at.1, cell),
            }
            .expect("a cell");
        }
    }
    book.save_to_buffer().expect("a workbook")
}

impl Dress {
    /// The same as the engineer writes it into the profile.
    pub fn profile(&self) -> String {
        let style = match self.style {
            Style::Plain => "plain",
            Style::Indonesian => "id",
            Style::English => "en",
        };
        let formats = match self.stamps.starts_with("%Y-") {
            true => String::new(),
            false => format!("formats = [\"{}\"]\n", self.stamps),
        };
        let delimiter = match self.delimiter {
            '\t' => "tab".to_owned(),
            other => other.to_string(),
        };
        let total = match self.has_total {
            true => {
                "\n[[trailer]]\npattern = '^TOTAL;(?P<count>\\d+);(?P<amount>[\\d.,]+)'\nrequired = true\n"
            }
            false => "",
        };
        format!(
            "[file]\ndelimiter = \"{delimiter}\"\nends_with_newline = {}\n\n\
             [amount]\ncolumns = [\"Gross\"]\nnumber_style = \"{style}\"\n\n\
             [fee]\ncolumns = [\"Fee\"]\nnumber_style = \"{style}\"\n\n\
             [time]\ncolumns = [\"Paid At\"]\nzone = \"Asia/Jakarta\"\n{formats}{total}",
            !self.is_open
        )
    }
}
