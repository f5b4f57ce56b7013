//! Old .xls workbooks (BIFF8, MS-XLS): the records of a sheet, read one after the other. calamine
//! builds the whole rectangle between the outermost cells and copies a shared text for each cell
//! that shows it, so a few kilobytes ask for any amount of memory; it also hides the number formats
//! that tell lost zeros. Here a cell costs 16 bytes and no text is held twice.

use std::collections::BTreeMap;

use super::super::Limits;
use super::super::fault::{FileFault, shown};
use super::super::intake::Intake;
use super::super::profile::Profile;
use super::super::row::CellKind;
use super::super::unpack::{Ole, ole};
use super::records::{Records, Texts, corrupt, cut, f64_at, u16_at, u32_at};
use super::{SheetLine, Tab, chosen, each, number_text, serial_text, within, zero_width};
use crate::domain::stamp::Epoch;

const BOF: u16 = 0x0809;
const EOF: u16 = 0x000a;
const BIFF8: u16 = 0x0600;
/// The most columns of this format.
const COLUMNS: u16 = 256;

pub(in super::super) fn read(
    bytes: &[u8],
    profile: &Profile,
    limits: &Limits,
    intake: &mut Intake<'_>,
) -> Result<Vec<String>, FileFault> {
    if bytes.len() as u64 > limits.zip_part {
        return Err(FileFault::Limit {
            what: "the size of the .xls workbook".to_owned(),
            value: bytes.len() as u64,
            limit: limits.zip_part,
            name: "zip_part",
            fix: "this is no settlement report; if it is genuine, have it sent as CSV",
        });
    }
    let stream = match ole(bytes).map_err(corrupt)? {
        Ole::Workbook(stream) => stream,
        Ole::Locked => {
            return Err(FileFault::OtherFormat {
                found: "a workbook locked with a password",
                fix: "set `password` on the source it comes from",
            });
        }
        Ole::Old => {
            return Err(FileFault::OtherFormat {
                found: "an .xls workbook of Excel 95 or earlier",
                fix: "open it in a spreadsheet and save it as .xlsx",
            });
        }
        Ole::Other => {
            return Err(FileFault::OtherFormat {
                found: "a file of an office program that holds no workbook",
                fix: "have the provider send the report as CSV, XLSX or XLS",
            });
        }
    };
    let book = Book::read(&stream)?;
    let tabs: Vec<Tab> = book.sheets.iter().map(|sheet| sheet.tab.clone()).collect();
    let chosen = chosen(&tabs, &profile.layout.sheets)?;
    let mut texts = 0;
    each(chosen, profile, limits, intake, |index, name, intake| {
        intake.start_sheet(Some(name), book.epoch);
        let at = book.sheets.get(index).map_or(0, |sheet| sheet.at);
        book.sheet(&stream, at, name, limits, &mut texts, intake)
    })
}

/// How numbers of one format are shown, as far as it changes what they say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shown {
    AsNumber,
    AsDate,
    /// With so many digits at least.
    Zeros(u8),
}

struct Sheet {
    tab: Tab,
    at: usize,
}

struct Book {
    epoch: Epoch,
    sheets: Vec<Sheet>,
    texts: Texts,
    /// By cell format (XF).
    formats: Vec<Shown>,
}

impl Book {
    fn read(stream: &[u8]) -> Result<Book, FileFault> {
        let mut records = Records { rest: stream };
        let first = records.next()?.filter(|record| record.kind == BOF);
        if u16_at(
            first
                .ok_or_else(|| corrupt("it does not begin as a workbook"))?
                .parts
                .data,
            0,
        )? != BIFF8
        {
            return Err(FileFault::OtherFormat {
                found: "an .xls workbook of Excel 95 or earlier",
                fix: "open it in a spreadsheet and save it as .xlsx",
            });
        }
        let mut book = Book {
            epoch: Epoch::Y1900,
            sheets: Vec::new(),
            texts: Texts::default(),
            formats: Vec::new(),
        };
        let mut codes: BTreeMap<u16, Shown> = BTreeMap::new();
        let mut used: Vec<u16> = Vec::new();
        while let Some(mut record) = records.next()? {
            let data = record.parts.data;
            match record.kind {
                // FilePass
                0x002f => {
                    return Err(FileFault::OtherFormat {
                        found: "an .xls workbook locked with a password",
                        fix: "open it and save it as .xlsx, or have the provider send XLSX or CSV",
                    });
                }
                // Date1904
                0x0022 if u16_at(data, 0)? == 1 => book.epoch = Epoch::Y1904,
                // Format
                0x041e => {
                    let code = record.parts.u16()?;
                    let length = usize::from(record.parts.u16()?);
                    let mut text = String::new();
                    record.parts.text(length, &mut text)?;
                    codes.insert(code, shown_by(&text));
                }
                // XF
                0x00e0 => used.push(u16_at(data, 2)?),
                // BoundSheet8
                0x0085 => {
                    let at = u32_at(data, 0)? as usize;
                    let [state, kind, length] = data
                        .get(4..)
                        .and_then(<[u8]>::first_chunk::<3>)
                        .copied()
                        .ok_or_else(cut)?;
                    let mut name = String::new();
                    record.parts.skip(7)?;
                    record.parts.text(usize::from(length), &mut name)?;
                    // Charts and macros are no tables.
                    if kind == 0 {
                        let is_visible = state & 3 == 0;
                        let tab = Tab { name, is_visible };
                        book.sheets.push(Sheet { tab, at });
                    }
                }
                // SST: the shared texts
                0x00fc => {
                    record.parts.skip(8)?;
                    while !record.parts.is_over() {
                        let length = usize::from(record.parts.u16()?);
                        record.parts.text(length, &mut book.texts.all)?;
                        book.texts.add()?;
                    }
                }
                EOF => break,
                _ => {}
            }
        }
        book.formats = used
            .into_iter()
            .map(|code| codes.get(&code).copied().unwrap_or_else(|| built_in(code)))
            .collect();
        Ok(book)
    }

    fn sheet(
        &self,
        stream: &[u8],
        at: usize,
        name: &str,
        limits: &Limits,
        texts: &mut u64,
        intake: &mut Intake<'_>,
    ) -> Result<(), FileFault> {
        let mut own = Texts::default();
        let mut cells = cells(stream, at, name, limits, &mut own)?;
        // Most writers put them in order, row by row.
        cells.sort_by_key(|cell| (cell.row, cell.column));
        let mut line = SheetLine::default();
        let mut text = String::new();
        for cell in cells {
            let row = u32::from(cell.row);
            if row != line.row {
                line.give(intake)?;
                let blank = row - line.row - 1;
                if blank > 0 && line.row > 0 {
                    intake.blank_lines(blank);
                }
                line.row = row;
            }
            text.clear();
            let kind = self.value(&cell, &own, &mut text)?;
            *texts += text.len() as u64;
            if *texts > limits.zip_total {
                return Err(FileFault::Limit {
                    what: "the text of the workbook".to_owned(),
                    value: *texts,
                    limit: limits.zip_total,
                    name: "zip_total",
                    fix: "this is no settlement report; if it is genuine, have it sent as CSV",
                });
            }
            line.put(usize::from(cell.column), &text, kind)?;
        }
        line.give(intake)
    }

    fn value(&self, cell: &Cell, own: &Texts, text: &mut String) -> Result<CellKind, FileFault> {
        let missing = || corrupt("a cell shows a text that is not there");
        Ok(match cell.value {
            Value::Number(number) => {
                let format = self.formats.get(usize::from(cell.format));
                match format.copied().unwrap_or(Shown::AsNumber) {
                    Shown::AsDate => serial_text(number, self.epoch, text),
                    Shown::AsNumber => number_text(&super::decimal(number), 0, text),
                    Shown::Zeros(zeros) => {
                        number_text(&super::decimal(number), usize::from(zeros), text)
                    }
                }
            }
            Value::Shared(index) => {
                text.push_str(self.texts.get(index).ok_or_else(missing)?);
                CellKind::Text
            }
            Value::Own(index) => {
                text.push_str(own.get(index).ok_or_else(missing)?);
                CellKind::Text
            }
            Value::Truth(is_true) => {
                text.push_str(if is_true { "TRUE" } else { "FALSE" });
                CellKind::Text
            }
            Value::Error(code) => {
                text.push_str(error_name(code));
                CellKind::Error
            }
            Value::Uncomputed => CellKind::Uncomputed,
        })
    }
}

#[derive(Clone, Copy, Debug)]
enum Value {
    Number(f64),
    Shared(u32),
    Own(u32),
    Truth(bool),
    Error(u8),
    /// A formula that its writer left to be calculated.
    Uncomputed,
}

#[derive(Clone, Copy, Debug)]
struct Cell {
    row: u16,
    column: u8,
    format: u16,
    value: Value,
}

/// The cells of one sheet, in the order of the file.
fn cells(
    stream: &[u8],
    at: usize,
    name: &str,
    limits: &Limits,
    own: &mut Texts,
) -> Result<Vec<Cell>, FileFault> {
    let mut records = Records {
        rest: stream.get(at..).ok_or_else(cut)?,
    };
    if records.next()?.is_none_or(|record| record.kind != BOF) {
        return Err(corrupt("a sheet does not begin where the workbook says"));
    }
    let mut cells: Vec<Cell> = Vec::new();
    // Charts stand inside a sheet as parts of their own.
    let mut depth = 0u32;
    // The cell of a formula whose text follows.
    let mut awaits: Option<(u16, u16, u16)> = None;
    let mut put = |row: u16, column: u16, format: u16, value: Value| {
        within(name, (u32::from(row), u32::from(column)), limits)?;
        let column = u8::try_from(column).map_err(|_| FileFault::Limit {
            what: format!("the number of columns of sheet \"{}\"", shown(name)),
            value: u64::from(column) + 1,
            limit: u64::from(COLUMNS),
            name: "columns",
            fix: "no .xls workbook has more; fetch it again",
        })?;
        cells.push(Cell {
            row,
            column,
            format,
            value,
        });
        Ok::<(), FileFault>(())
    };
    while let Some(mut record) = records.next()? {
        let data = record.parts.data;
        match record.kind {
            BOF => depth += 1,
            EOF if depth == 0 => return Ok(cells),
            EOF => depth -= 1,
            _ if depth > 0 => {}
            // Number
            0x0203 => put(
                u16_at(data, 0)?,
                u16_at(data, 2)?,
                u16_at(data, 4)?,
                Value::Number(f64_at(data, 6)?),
            )?,
            // RK
            0x027e => put(
                u16_at(data, 0)?,
                u16_at(data, 2)?,
                u16_at(data, 4)?,
                Value::Number(rk(u32_at(data, 6)?)),
            )?,
            // MulRk: neighbours in a row
            0x00bd => {
                let (row, first) = (u16_at(data, 0)?, u16_at(data, 2)?);
                let body = data.get(4..data.len().saturating_sub(2)).ok_or_else(cut)?;
                if !body.len().is_multiple_of(6) {
                    return Err(cut());
                }
                for (offset, one) in body.as_chunks::<6>().0.iter().enumerate() {
                    let column = u16::try_from(offset)
                        .ok()
                        .and_then(|offset| first.checked_add(offset))
                        .ok_or_else(cut)?;
                    put(
                        row,
                        column,
                        u16_at(one, 0)?,
                        Value::Number(rk(u32_at(one, 2)?)),
                    )?;
                }
            }
            // LabelSst
            0x00fd => put(
                u16_at(data, 0)?,
                u16_at(data, 2)?,
                u16_at(data, 4)?,
                Value::Shared(u32_at(data, 6)?),
            )?,
            // Label and RString: a text of the cell's own
            0x0204 | 0x00d6 => {
                let (row, column, format) = (u16_at(data, 0)?, u16_at(data, 2)?, u16_at(data, 4)?);
                record.parts.skip(6)?;
                let length = usize::from(record.parts.u16()?);
                record.parts.text(length, &mut own.all)?;
                put(row, column, format, Value::Own(own.add()?))?;
            }
            // BoolErr
            0x0205 => {
                let [value, is_error] = data
                    .get(6..)
                    .and_then(<[u8]>::first_chunk::<2>)
                    .copied()
                    .ok_or_else(cut)?;
                let value = match is_error {
                    0 => Value::Truth(value != 0),
                    _ => Value::Error(value),
                };
                put(u16_at(data, 0)?, u16_at(data, 2)?, u16_at(data, 4)?, value)?;
            }
            // Formula: its stored result
            0x0006 => {
                let (row, column, format) = (u16_at(data, 0)?, u16_at(data, 2)?, u16_at(data, 4)?);
                let flags = u16_at(data, 14)?;
                awaits = None;
                match result(data, flags)? {
                    Stored::Value(value) => put(row, column, format, value)?,
                    Stored::TextFollows => awaits = Some((row, column, format)),
                    Stored::Nothing => {}
                }
            }
            // String: the text that a formula made
            0x0207 => {
                if let Some((row, column, format)) = awaits.take() {
                    let length = usize::from(record.parts.u16()?);
                    record.parts.text(length, &mut own.all)?;
                    put(row, column, format, Value::Own(own.add()?))?;
                }
            }
            _ => {}
        }
    }
    Err(corrupt("a sheet does not end"))
}

enum Stored {
    Value(Value),
    TextFollows,
    /// The formula made an empty text.
    Nothing,
}

/// A program that cannot calculate stores zero or nothing and asks that it be done on opening: that
/// is no result.
fn result(data: &[u8], flags: u16) -> Result<Stored, FileFault> {
    const TO_BE_CALCULATED: u16 = 3;
    let asks = flags & TO_BE_CALCULATED != 0;
    let bytes = data
        .get(6..)
        .and_then(<[u8]>::first_chunk::<8>)
        .ok_or_else(cut)?;
    Ok(match bytes {
        [0, .., 0xff, 0xff] => Stored::TextFollows,
        [1, _, value, .., 0xff, 0xff] => Stored::Value(Value::Truth(*value != 0)),
        [2, _, code, .., 0xff, 0xff] => Stored::Value(Value::Error(*code)),
        [3, .., 0xff, 0xff] if asks => Stored::Value(Value::Uncomputed),
        [3, .., 0xff, 0xff] => Stored::Nothing,
        number => match f64::from_le_bytes(*number) {
            0.0 if asks => Stored::Value(Value::Uncomputed),
            number => Stored::Value(Value::Number(number)),
        },
    })
}

/// A number in four bytes: the upper half of a float or a whole number, of which a hundredth may be
/// meant (MS-XLS 2.5.217).
fn rk(bits: u32) -> f64 {
    let number = if bits & 2 != 0 {
        f64::from(bits.cast_signed() >> 2)
    } else {
        f64::from_bits(u64::from(bits & !3) << 32)
    };
    if bits & 1 != 0 {
        number / 100.0
    } else {
        number
    }
}

fn error_name(code: u8) -> &'static str {
    match code {
        0x00 => "#NULL!",
        0x07 => "#DIV/0!",
        0x0f => "#VALUE!",
        0x17 => "#REF!",
        0x1d => "#NAME?",
        0x24 => "#NUM!",
        _ => "#N/A",
    }
}

/// Formats that every workbook has (MS-XLS 2.4.126); those of dates and times.
fn built_in(code: u16) -> Shown {
    match code {
        14..=22 | 27..=36 | 45..=47 | 50..=58 => Shown::AsDate,
        _ => Shown::AsNumber,
    }
}

fn shown_by(format: &str) -> Shown {
    if let Ok(zeros @ 1..) = u8::try_from(zero_width(format)) {
        return Shown::Zeros(zeros);
    }
    let mut letters = format.chars();
    let mut quoted = false;
    while let Some(letter) = letters.next() {
        match letter {
            '"' => quoted = !quoted,
            _ if quoted => {}
            // The next letter is shown, repeated or left blank.
            '\\' | '_' | '*' => {
                letters.next();
            }
            '[' => {
                let inside: String = letters.by_ref().take_while(|end| *end != ']').collect();
                // [h]:mm counts hours; others are colours, currencies and conditions.
                let unit = inside.to_ascii_lowercase();
                if !unit.is_empty() && unit.chars().all(|c| matches!(c, 'h' | 'm' | 's')) {
                    return Shown::AsDate;
                }
            }
            ';' => break,
            'd' | 'D' | 'm' | 'M' | 'y' | 'Y' | 'h' | 'H' | 's' | 'S' => return Shown::AsDate,
            _ => {}
        }
    }
    Shown::AsNumber
}

#[cfg(test)]
mod tests {
    use super::{Shown, rk, shown_by};

    #[test]
    fn formats_tell_dates_and_lost_zeros() {
        for (format, shown) in [
            ("General", Shown::AsNumber),
            ("#,##0.00", Shown::AsNumber),
            ("\"Rp\"#,##0;[Red]\\-\"Rp\"#,##0", Shown::AsNumber),
            ("_-* #,##0.00_-", Shown::AsNumber),
            ("000000", Shown::Zeros(6)),
            ("dd/mm/yyyy", Shown::AsDate),
            ("[$-421]dd mmmm yyyy", Shown::AsDate),
            ("[h]:mm:ss", Shown::AsDate),
            ("0.00E+00", Shown::AsNumber),
        ] {
            assert_eq!(shown_by(format), shown, "{format}");
        }
    }

    #[test]
    fn numbers_in_four_bytes() {
        for (bits, number) in [
            ((75_000 << 2) | 2, 75_000.0),
            ((7_500_050 << 2) | 3, 75_000.5),
            (0xffff_fffe, -1.0),
            (0x3ff0_0000, 1.0),
        ] {
            assert_eq!(rk(bits).to_bits(), f64::to_bits(number), "{bits:x}");
        }
    }
}
