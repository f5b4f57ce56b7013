//! What finance wrote into the Breaks sheet of a workbook that rekon made: the columns Resolution,
//! Owner and Note, read back by their headers in either language.

use std::collections::BTreeMap;
use std::io::Cursor;

use calamine::{DataRef, Reader, Xlsx};

use super::labels::{Label, Language};

/// A line of the sheet on which a person wrote something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Annotation {
    /// As Excel counts them.
    pub row: u32,
    pub id: String,
    pub resolution: String,
    pub owner: String,
    pub note: String,
    /// The facts the workbook was written from.
    pub facts: String,
    /// A column whose cell is an error, and which: what a person wrote there is not known.
    pub error: Option<(String, String)>,
}

/// Why a workbook cannot be read back.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAnnotated {
    #[error("it is no XLSX workbook: {0}\n  hint: save it as .xlsx, not .xls or .csv")]
    NoWorkbook(String),
    #[error(
        "it has no sheet `Breaks` (`Selisih`)\n  hint: fill in the workbook that came with the report, and keep its sheets and headers"
    )]
    NoSheet,
    #[error(
        "its sheet `{sheet}` has no column `{column}`\n  hint: fill in the workbook that came with the report, and keep its headers"
    )]
    NoColumn { sheet: String, column: &'static str },
    #[error(
        "its sheet `{sheet}` has two columns `{column}`, {first}1 and {second}1: which one is meant?\n  hint: name one of them otherwise; the owner's column is `Owner` (`PIC`)"
    )]
    TwoColumns {
        sheet: String,
        column: String,
        first: String,
        second: String,
    },
    #[error("its sheet `{sheet}` has more than {limit} rows")]
    TooLong { sheet: String, limit: u32 },
}

/// Lines of one sheet of a workbook that rekon writes.
const LONGEST: u32 = 1_000_000;
const COLUMNS: [Label; 5] = [
    Label::Id,
    Label::Resolution,
    Label::Owner,
    Label::Note,
    Label::Facts,
];

/// The lines with an id, in order.
pub fn read(bytes: &[u8]) -> Result<Vec<Annotation>, NotAnnotated> {
    let mut book: Xlsx<Cursor<&[u8]>> = Xlsx::new(Cursor::new(bytes)).map_err(broken)?;
    let sheets: Vec<String> = book
        .sheet_names()
        .into_iter()
        .filter(|sheet| is_breaks(sheet))
        .collect();
    if sheets.is_empty() {
        return Err(NotAnnotated::NoSheet);
    }
    let mut lines = Vec::new();
    for sheet in sheets {
        lines.extend(read_sheet(&mut book, sheet)?);
    }
    Ok(lines)
}

fn broken(error: calamine::XlsxError) -> NotAnnotated {
    NotAnnotated::NoWorkbook(error.to_string())
}

/// `Breaks`, and the sheets that a long list goes on on: `Breaks 2`.
fn is_breaks(sheet: &str) -> bool {
    [Language::Id, Language::En].iter().any(|language| {
        let rest = sheet.strip_prefix(Label::Breaks.text(*language));
        rest.is_some_and(|rest| {
            rest.is_empty()
                || rest
                    .strip_prefix(' ')
                    .is_some_and(|number| number.parse::<u32>().is_ok())
        })
    })
}

fn read_sheet(
    book: &mut Xlsx<Cursor<&[u8]>>,
    sheet: String,
) -> Result<Vec<Annotation>, NotAnnotated> {
    let mut columns: [Option<u32>; 5] = [None; 5];
    let mut headers: BTreeMap<String, u32> = BTreeMap::new();
    let mut lines: Vec<Annotation> = Vec::new();
    // Streamed: two cells at opposite corners would ask for all memory between.
    let mut reader = book.worksheet_cells_reader(&sheet).map_err(broken)?;
    while let Some(cell) = reader.next_cell().map_err(broken)? {
        let (row, column) = cell.get_position();
        if row > LONGEST {
            return Err(NotAnnotated::TooLong {
                sheet,
                limit: LONGEST,
            });
        }
        let text = shown(cell.get_value());
        if row == 0 {
            if text.is_empty() {
                continue;
            }
            // What stands under the one must not be read as the other's.
            let two = |first: u32| NotAnnotated::TwoColumns {
                sheet: sheet.clone(),
                column: text.clone(),
                first: letters(first),
                second: letters(column),
            };
            if let Some(first) = headers.insert(text.clone(), column) {
                return Err(two(first));
            }
            for (label, place) in COLUMNS.into_iter().zip(&mut columns) {
                let is_it = [Language::Id, Language::En]
                    .iter()
                    .any(|language| label.text(*language) == text);
                if is_it && let Some(first) = place.replace(column) {
                    return Err(two(first));
                }
            }
            continue;
        }
        if lines.last().is_none_or(|line| line.row != row + 1) {
            lines.push(Annotation {
                row: row + 1,
                id: String::new(),
                resolution: String::new(),
                owner: String::new(),
                note: String::new(),
                facts: String::new(),
                error: None,
            });
        }
        if let Some(line) = lines.last_mut() {
            let fields = [
                &mut line.id,
                &mut line.resolution,
                &mut line.owner,
                &mut line.note,
                &mut line.facts,
            ];
            for (place, field) in columns.iter().zip(fields) {
                if *place == Some(column) {
                    *field = text.clone();
                }
            }
            if let DataRef::Error(error) = cell.get_value()
                && let Some(header) = headers.iter().find(|(_, at)| **at == column)
                && columns.contains(&Some(column))
            {
                line.error = Some((header.0.clone(), error.to_string()));
            }
        }
    }
    if let Some((label, _)) = COLUMNS
        .into_iter()
        .zip(columns)
        .find(|(_, place)| place.is_none())
    {
        return Err(NotAnnotated::NoColumn {
            sheet,
            column: label.text(Language::En),
        });
    }
    lines.retain(|line| !line.id.is_empty());
    Ok(lines)
}

/// `A`, `Z`, `AA` …, as Excel names the columns.
fn letters(column: u32) -> String {
    let mut name = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        rest -= 1;
        name.push(char::from(b'A' + (rest % 26) as u8));
        rest /= 26;
    }
    name.iter().rev().collect()
}

fn shown(value: &DataRef<'_>) -> String {
    match value {
        DataRef::String(text) => text.trim().to_owned(),
        DataRef::SharedString(text) => text.trim().to_owned(),
        DataRef::Empty => String::new(),
        DataRef::Float(number) => number.to_string(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Bool(flag) => flag.to_string(),
        DataRef::DateTime(at) => match at.to_ymd_hms_milli() {
            (year, month, day, 0, 0, 0, _) => format!("{year:04}-{month:02}-{day:02}"),
            (year, month, day, hour, minute, ..) => {
                format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}")
            }
        },
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.trim().to_owned(),
        DataRef::Error(error) => error.to_string(),
    }
}
