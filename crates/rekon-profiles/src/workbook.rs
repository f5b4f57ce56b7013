//! Workbooks: looked over before they are opened, then streamed cell by cell. XLSX here, old .xls
//! and OpenDocument in their own files.
//! Never a whole sheet at once: two cells at opposite corners would ask for all memory between.

mod ods;
mod records;
mod xls;

use std::collections::HashSet;
use std::io::{Cursor, Read};

use calamine::{DataRef, Reader, SheetVisible, Xlsx, XlsxError};
use csv::StringRecord;

pub(super) use xls::read as read_xls;

use super::columns::resolve;
use super::fault::{FileFault, shown};
use super::intake::{Headless, Heard, Intake, Line, Width};
use super::profile::{Profile, SheetRule};
use super::row::CellKind;
use super::{Limits, ReadOptions};
use crate::domain::stamp::{Epoch, serial_parts};

type Book<'b> = Xlsx<Cursor<&'b [u8]>>;

pub(super) fn read(
    bytes: &[u8],
    profile: &Profile,
    limits: &Limits,
    intake: &mut Intake<'_>,
) -> Result<Vec<String>, FileFault> {
    let formulas = match look_over(bytes, limits)? {
        Seen::OpenDocument => return ods::read(bytes, profile, limits, intake),
        Seen::Xlsx(formulas) => formulas,
    };
    let mut book: Book<'_> = Xlsx::new(Cursor::new(bytes)).map_err(corrupt)?;
    let epoch = if book.has_1904_epoch() {
        Epoch::Y1904
    } else {
        Epoch::Y1900
    };
    let tabs: Vec<Tab> = book
        .sheets_metadata()
        .iter()
        .map(|sheet| Tab {
            name: sheet.name.clone(),
            is_visible: sheet.visible == SheetVisible::Visible,
        })
        .collect();
    let chosen = chosen(&tabs, &profile.layout.sheets)?;
    each(chosen, profile, limits, intake, |_, name, intake| {
        intake.start_sheet(Some(name), epoch);
        let uncomputed = match formulas {
            Formulas::Some => uncomputed(&mut book, name, limits)?,
            Formulas::None => HashSet::new(),
        };
        sheet(&mut book, name, epoch, &uncomputed, limits, intake)
    })
}

/// A sheet as its tab shows it.
#[derive(Clone, Debug)]
struct Tab {
    name: String,
    is_visible: bool,
}

/// Reads sheets in turn, by their index and name; gives the names of those that hold no report.
fn each(
    Chosen { read: names, left }: Chosen,
    profile: &Profile,
    limits: &Limits,
    intake: &mut Intake<'_>,
    mut read: impl FnMut(usize, &str, &mut Intake<'_>) -> Result<(), FileFault>,
) -> Result<Vec<String>, FileFault> {
    let mut skipped: Vec<String> = left.iter().map(|(_, name)| name.clone()).collect();
    if names.len() > limits.sheets {
        return Err(FileFault::Limit {
            what: "the number of sheets to read".to_owned(),
            value: names.len() as u64,
            limit: limits.sheets as u64,
            name: "sheets",
            fix: "name the sheets that hold the report under [sheets] in the profile",
        });
    }
    let mut without_header = None;
    let mut read_any = false;
    for (index, name) in names {
        read(index, &name, intake)?;
        match intake.end_sheet()? {
            None => read_any = true,
            Some(Headless::Renamed(fault)) => return Err(fault),
            // A cover sheet among several; alone it is the fault.
            Some(Headless::Other(fault)) => {
                intake.drop_sheet();
                skipped.push(name);
                without_header.get_or_insert(fault);
            }
        }
    }
    for (index, name) in left {
        if holds_rows(profile, intake.options(), |other| read(index, &name, other)) {
            intake.leave_sheet(&name);
        }
    }
    match without_header {
        Some(fault) if !read_any || !reads_all(&profile.layout.sheets) => Err(fault),
        _ => Ok(skipped),
    }
}

/// Whether a sheet that is not read has the header of those that are, and something below it. One that
/// cannot be looked at says nothing.
fn holds_rows(
    profile: &Profile,
    options: &ReadOptions,
    read: impl FnOnce(&mut Intake<'_>) -> Result<(), FileFault>,
) -> bool {
    let layout = &profile.layout;
    let (mut above, mut lines, mut has_header, mut has_rows) = (None, 0, false, false);
    let mut listener = |heard: Heard<'_>| {
        let Heard::Line(line) = heard else {
            return;
        };
        if line.is_blank() || has_rows || (!has_header && lines > layout.header_search) {
            return;
        }
        if has_header {
            has_rows = true;
            return;
        }
        lines += 1;
        let cells: Vec<String> = line.cells.iter().map(str::to_owned).collect();
        let groups: Option<Vec<String>> =
            (layout.header_levels == 2).then(|| above.take().unwrap_or_default());
        has_header = resolve(layout, groups.as_deref(), &cells).is_ok();
        above = Some(cells);
    };
    let mut other = Intake::listening(profile, options, &mut listener);
    let is_read = read(&mut other).is_ok();
    is_read && has_rows
}

fn reads_all(rule: &SheetRule) -> bool {
    matches!(rule, SheetRule::All)
}

/// Whether any sheet holds formulas; those are read a second time for results never stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Formulas {
    None,
    Some,
}

/// What a packed workbook turned out to be.
enum Seen {
    Xlsx(Formulas),
    OpenDocument,
}

/// Unpacks every part once, within the limits, before anything is built from it: declared sizes
/// can lie.
fn look_over(bytes: &[u8], limits: &Limits) -> Result<Seen, FileFault> {
    let mut archive =
        zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| FileFault::Corrupt {
            detail: format!("it is not a whole ZIP archive ({error})"),
        })?;
    let exceeded = |what: String, value: u64, limit: u64, name: &'static str| FileFault::Limit {
        what,
        value,
        limit,
        name,
        fix: "this is no settlement report; if it is genuine, have it sent as CSV",
    };
    if archive.len() as u64 > limits.zip_entries {
        return Err(exceeded(
            "the number of parts in the workbook".to_owned(),
            archive.len() as u64,
            limits.zip_entries,
            "zip_entries",
        ));
    }
    let is_open_document = is_open_document(archive.file_names_raw())?;
    let mut formulas = Formulas::None;
    let mut total = 0u64;
    let mut buffer = vec![0u8; 1 << 16];
    for index in 0..archive.len() {
        let mut part = archive
            .by_index(index)
            .map_err(|error| FileFault::Corrupt {
                detail: error.to_string(),
            })?;
        let name = String::from_utf8_lossy(part.name_raw()).into_owned();
        let packed = part.compressed_size();
        let is_sheet = name.contains("worksheets/");
        let mut size = 0u64;
        let mut carried = 0usize;
        loop {
            // The last two bytes stay in front, so that a tag cut by the buffer is still seen.
            let read = part
                .read(&mut buffer[carried..])
                .map_err(|error| FileFault::Corrupt {
                    detail: format!("its part `{}` cannot be unpacked ({error})", shown(&name)),
                })?;
            if read == 0 {
                break;
            }
            let filled = carried + read;
            if is_sheet && formulas == Formulas::None && has_formula(&buffer[..filled]) {
                formulas = Formulas::Some;
            }
            size += read as u64;
            total += read as u64;
            if total > limits.zip_total {
                let what = "the unpacked size of the workbook".to_owned();
                return Err(exceeded(what, total, limits.zip_total, "zip_total"));
            }
            if !is_sheet && size > limits.zip_part {
                let what = format!("the unpacked size of `{}`", shown(&name));
                return Err(exceeded(what, size, limits.zip_part, "zip_part"));
            }
            if size > limits.zip_ratio_from && size / packed.max(1) > limits.zip_ratio {
                let what = format!("the packing ratio of `{}`", shown(&name));
                return Err(exceeded(
                    what,
                    size / packed.max(1),
                    limits.zip_ratio,
                    "zip_ratio",
                ));
            }
            carried = filled.min(2);
            buffer.copy_within(filled - carried..filled, 0);
        }
    }
    Ok(match is_open_document {
        true => Seen::OpenDocument,
        false => Seen::Xlsx(formulas),
    })
}

/// Whether it is an OpenDocument and no XLSX; what else travels as a ZIP archive is refused.
fn is_open_document<'n>(names: impl Iterator<Item = &'n [u8]>) -> Result<bool, FileFault> {
    let mut other = ("a ZIP archive", "unpack it and hand in the report inside");
    let mut is_document = false;
    for name in names {
        if name.ends_with(b"workbook.xml") {
            return Ok(false);
        }
        if name.ends_with(b"workbook.bin") {
            other = ("an .xlsb workbook", "save it as .xlsx");
        }
        is_document |= name == b"content.xml";
    }
    let (found, fix) = other;
    match is_document {
        true => Ok(true),
        false => Err(FileFault::OtherFormat { found, fix }),
    }
}

fn has_formula(xml: &[u8]) -> bool {
    xml.windows(3)
        .any(|tag| tag[0] == b'<' && tag[1] == b'f' && matches!(tag[2], b'>' | b' ' | b'/'))
}

fn corrupt(error: XlsxError) -> FileFault {
    FileFault::Corrupt {
        detail: shown(&error.to_string()),
    }
}

/// Sheets with their indexes: those to read, and the visible ones left out.
struct Chosen {
    read: Vec<(usize, String)>,
    left: Vec<(usize, String)>,
}

fn chosen(all: &[Tab], rule: &SheetRule) -> Result<Chosen, FileFault> {
    let visible: Vec<(usize, &str)> = all
        .iter()
        .enumerate()
        .filter(|(_, tab)| tab.is_visible)
        .map(|(index, tab)| (index, tab.name.as_str()))
        .collect();
    let fits = |(_, name): &(usize, &str)| match rule {
        SheetRule::First | SheetRule::All => true,
        SheetRule::Named(wanted) => name.trim().eq_ignore_ascii_case(wanted.trim()),
        SheetRule::Matching(pattern) | SheetRule::AllMatching(pattern) => pattern.is_match(name),
    };
    let mut names: Vec<(usize, &str)> = visible.iter().copied().filter(fits).collect();
    if !matches!(rule, SheetRule::All | SheetRule::AllMatching(_)) {
        names.truncate(1);
    }
    if names.is_empty() {
        let listed: Vec<String> = all
            .iter()
            .map(|tab| match tab.is_visible {
                true => format!("`{}`", shown(&tab.name)),
                false => format!("`{}` (hidden)", shown(&tab.name)),
            })
            .collect();
        return Err(FileFault::NoSheet {
            problem: match rule {
                SheetRule::First | SheetRule::All => "all sheets are hidden".to_owned(),
                SheetRule::Named(wanted) => format!("none is called `{wanted}`"),
                SheetRule::Matching(pattern) | SheetRule::AllMatching(pattern) => {
                    format!("no name fits `{}`", pattern.as_str())
                }
            },
            found: if listed.is_empty() {
                "no sheet at all".to_owned()
            } else {
                listed.join(", ")
            },
        });
    }
    let owned = |(index, name): &(usize, &str)| (*index, (*name).to_owned());
    let left = visible.iter().filter(|name| !names.contains(name));
    Ok(Chosen {
        read: names.iter().map(owned).collect(),
        left: left.map(owned).collect(),
    })
}

/// Cells whose formula has no stored result. They look empty to the ordinary reader.
fn uncomputed(
    book: &mut Book<'_>,
    name: &str,
    limits: &Limits,
) -> Result<HashSet<(u32, u32)>, FileFault> {
    let mut found = HashSet::new();
    let mut cells = book.worksheet_cells_reader(name).map_err(corrupt)?;
    while let Some(cell) = cells.next_cell_with_formula_metadata().map_err(corrupt)? {
        if cell.formula.is_some() && cell.value == DataRef::Empty {
            found.insert(cell.pos);
            if found.len() > limits.rejected_rows {
                return Err(FileFault::Limit {
                    what: "the number of formulas without a stored result".to_owned(),
                    value: found.len() as u64,
                    limit: limits.rejected_rows as u64,
                    name: "rejected_rows",
                    fix: "open the workbook, let it calculate and save it",
                });
            }
        }
    }
    Ok(found)
}

fn sheet(
    book: &mut Book<'_>,
    name: &str,
    epoch: Epoch,
    uncomputed: &HashSet<(u32, u32)>,
    limits: &Limits,
    intake: &mut Intake<'_>,
) -> Result<(), FileFault> {
    let mut cells = book.worksheet_cells_reader(name).map_err(corrupt)?;
    let end = cells.dimensions().end;
    within(name, end, limits)?;
    let mut line = SheetLine::default();
    let mut text = String::new();
    while let Some((cell, style)) = cells.next_cell_with_style_id().map_err(corrupt)? {
        let (row, column) = cell.get_position();
        if row != line.row {
            if row < line.row {
                return Err(FileFault::Corrupt {
                    detail: format!("row {} comes after row {}", row + 1, line.row + 1),
                });
            }
            line.give(intake)?;
            let blank = row - line.row - 1;
            if blank > 0 && line.row > 0 {
                intake.blank_lines(blank);
            }
            line.row = row;
        }
        text.clear();
        let kind = match cell.get_value() {
            DataRef::Empty if uncomputed.contains(&(row, column)) => CellKind::Uncomputed,
            DataRef::Empty => continue,
            value => {
                let zeros = match value {
                    DataRef::Float(_) | DataRef::Int(_) => cells
                        .styles()
                        .get(style)
                        .and_then(|style| style.number_format.as_ref())
                        .map_or(0, |format| zero_width(&format.format_code)),
                    _ => 0,
                };
                write_value(value, zeros, epoch, &mut text)
            }
        };
        within(name, (row, column), limits)?;
        line.put(column as usize, &text, kind)?;
    }
    line.give(intake)
}

fn within(name: &str, (row, column): (u32, u32), limits: &Limits) -> Result<(), FileFault> {
    let refused = |what: &str, value: u32, limit: u32, field: &'static str| FileFault::Limit {
        what: format!("the number of {what} of sheet \"{}\"", shown(name)),
        value: u64::from(value),
        limit: u64::from(limit),
        name: field,
        fix: "delete the empty formatted rows and columns, and save the workbook again",
    };
    if column >= limits.columns {
        return Err(refused("columns", column + 1, limits.columns, "columns"));
    }
    if row >= limits.rows {
        return Err(refused("rows", row + 1, limits.rows, "rows"));
    }
    Ok(())
}

/// The row being gathered; `row` counts from 0.
#[derive(Default)]
struct SheetLine {
    row: u32,
    cells: StringRecord,
    kinds: Vec<CellKind>,
}

impl SheetLine {
    fn put(&mut self, column: usize, text: &str, kind: CellKind) -> Result<(), FileFault> {
        if column < self.cells.len() {
            return Err(FileFault::Corrupt {
                detail: format!("row {} holds one cell twice", self.row + 1),
            });
        }
        while self.cells.len() < column {
            self.cells.push_field("");
            self.kinds.push(CellKind::Text);
        }
        self.cells.push_field(text);
        self.kinds.push(kind);
        Ok(())
    }

    fn give(&mut self, intake: &mut Intake<'_>) -> Result<(), FileFault> {
        if !self.cells.is_empty() {
            self.give_as(self.row, intake)?;
        }
        self.clear();
        Ok(())
    }

    /// Gives the same cells as those of this row, and keeps them.
    fn give_as(&mut self, row: u32, intake: &mut Intake<'_>) -> Result<(), FileFault> {
        self.row = row;
        intake.line(Line {
            cells: &self.cells,
            kinds: &self.kinds,
            number: row + 1,
            width: Width::Loose,
            cut: None,
        })?;
        Ok(())
    }

    fn clear(&mut self) {
        self.cells.clear();
        self.kinds.clear();
    }
}

/// `000000` shows a number with six digits: the zeros that its cell does not store.
fn zero_width(format: &str) -> usize {
    let first = format.split(';').next().unwrap_or_default();
    let zeros = first.trim_matches('"');
    if zeros.len() > 1 && zeros.len() <= 32 && zeros.bytes().all(|b| b == b'0') {
        zeros.len()
    } else {
        0
    }
}

fn write_value(value: &DataRef<'_>, zeros: usize, epoch: Epoch, text: &mut String) -> CellKind {
    match value {
        DataRef::Int(number) => number_text(&number.to_string(), zeros, text),
        DataRef::Float(number) => number_text(&decimal(*number), zeros, text),
        DataRef::String(string) => {
            text.push_str(string);
            CellKind::Text
        }
        DataRef::SharedString(string) => {
            text.push_str(string);
            CellKind::Text
        }
        DataRef::Bool(flag) => {
            text.push_str(if *flag { "TRUE" } else { "FALSE" });
            CellKind::Text
        }
        DataRef::DateTime(stamp) => serial_text(stamp.as_f64(), epoch, text),
        DataRef::DateTimeIso(iso) | DataRef::DurationIso(iso) => {
            text.push_str(iso);
            CellKind::Text
        }
        DataRef::Error(error) => {
            text.push_str(&error.to_string());
            CellKind::Error
        }
        DataRef::Empty => CellKind::Text,
    }
}

/// A day number that a cell shows as a date or a time.
fn serial_text(number: f64, epoch: Epoch, text: &mut String) -> CellKind {
    let serial = format!("{number}");
    match serial_parts(&serial, epoch) {
        Some((date, time)) => text.push_str(&format!("{date} {}", time.format("%H:%M:%S%.f"))),
        // A time of day alone, or a number that only looks like a date.
        None => match serial_parts(&clock(&serial), Epoch::Y1900) {
            Some((_, time)) if serial.starts_with("0.") => {
                text.push_str(&time.format("%H:%M:%S").to_string());
            }
            _ => {
                text.push_str(&serial);
                return CellKind::Number;
            }
        },
    }
    CellKind::Text
}

/// The fraction of a day on some believable day, to read its time.
fn clock(serial: &str) -> String {
    serial.replacen("0.", "45000.", 1)
}

fn number_text(number: &str, zeros: usize, text: &mut String) -> CellKind {
    if number.bytes().all(|b| b.is_ascii_digit()) {
        text.extend(std::iter::repeat_n('0', zeros.saturating_sub(number.len())));
    }
    text.push_str(number);
    CellKind::Number
}

/// A stored number with the 15 digits a spreadsheet keeps: no `.0`, no binary noise. Larger whole
/// numbers have lost their last digits and say so in scientific notation.
fn decimal(number: f64) -> String {
    if !number.is_finite() {
        return "#NUM!".to_owned();
    }
    let scientific = format!("{number:.14e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let (sign, mantissa) = match mantissa.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", mantissa),
    };
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.trim_end_matches('0');
    if digits.is_empty() {
        return "0".to_owned();
    }
    if exponent >= 15 {
        let (first, rest) = digits.split_at(1);
        let point = if rest.is_empty() { "" } else { "." };
        return format!("{sign}{first}{point}{rest}E+{exponent}");
    }
    if exponent < -20 {
        return "0".to_owned();
    }
    if exponent < 0 {
        let zeros = "0".repeat((-exponent - 1) as usize);
        return format!("{sign}0.{zeros}{digits}");
    }
    let whole = exponent as usize + 1;
    if digits.len() <= whole {
        let zeros = "0".repeat(whole - digits.len());
        format!("{sign}{digits}{zeros}")
    } else {
        format!("{sign}{}.{}", &digits[..whole], &digits[whole..])
    }
}

#[cfg(test)]
mod tests {
    use super::decimal;

    #[test]
    fn stored_numbers_become_the_text_a_person_sees() {
        for (number, text) in [
            (75000.0, "75000"),
            (75000.5, "75000.5"),
            (0.1 + 0.2, "0.3"),
            (-1234.56, "-1234.56"),
            (0.0, "0"),
            (999_999_999_999_999.0, "999999999999999"),
            (1_234_567_890_123_456.0, "1.23456789012346E+15"),
            (11_242_900_000.0, "11242900000"),
            (0.05, "0.05"),
        ] {
            assert_eq!(decimal(number), text);
        }
    }
}
