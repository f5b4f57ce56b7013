//! Everything counted in a file before anything is decided, over all its rows, in three passes:
//! where the tables begin, what each column holds, how columns stand to one another.

use std::collections::BTreeMap;

use chrono_tz::Tz;

use super::super::ReadOptions;
use super::super::fault::FileFault;
use super::super::row::CellKind;
use super::column::Column;
use super::source::Source;
use super::table::{self, Found, HEAD, LineIs, SampleLine, Table, Trailer};

/// One sheet, or the only text.
#[derive(Clone, Debug)]
pub(super) struct SheetFacts {
    pub name: Option<String>,
    pub found: Found,
    /// The first sheet of the same header: its columns count the rows of this one as well.
    pub counts_in: usize,
    /// The first lines, where no table was found among them.
    pub lines: Vec<SampleLine>,
    pub rows: u64,
    pub columns: Vec<Column>,
    pub header_again: u64,
    /// Lines drawn between rows.
    pub drawn: u64,
    /// How often a line above the header stands below it again, by its place.
    pub page_heads: BTreeMap<usize, u64>,
    pub trailers: Vec<TrailerLine>,
    pub strays: Vec<(u32, String)>,
    pub stray_count: u64,
    /// Lines with another number of fields than the header: how many, and the first.
    pub widths: BTreeMap<usize, (u64, u32)>,
    /// From this row on there are remarks and no rows any more.
    pub footer: Option<u32>,
}

/// A line that may be the first of the remarks below a table: it is a row again if others follow.
struct Thin {
    row: u32,
    cells: Vec<String>,
    kinds: Vec<CellKind>,
}

/// Lines of remarks below a table; more are a part of it.
const REMARKS: usize = 30;

#[derive(Clone, Debug)]
pub(super) struct TrailerLine {
    pub row: u32,
    pub is: Trailer,
}

/// Lines of totals and remarks that are remembered.
const REMEMBERED: usize = 200;

pub(super) struct Facts {
    pub sheets: Vec<SheetFacts>,
    /// Looked at: the one with the most rows.
    pub main: usize,
    /// Sheets of the same header, which are read as one.
    pub alike: Vec<usize>,
    pub is_text: bool,
}

impl Facts {
    pub fn gather(source: &Source<'_>, options: &ReadOptions) -> Result<Facts, FileFault> {
        let is_text = matches!(source, Source::Text { .. });
        let mut sheets = heads(source, options)?;
        count(source, options, &mut sheets, is_text)?;
        let mut main = 0;
        for (index, sheet) in sheets.iter().enumerate() {
            if sheet.counts_in != index {
                continue;
            }
            let better = match (&sheets[main].found, &sheet.found) {
                (Found::Table(_), Found::Table(_)) => {
                    rows_of(&sheets, index) > rows_of(&sheets, main)
                }
                (Found::Table(_), _) => false,
                (_, Found::Table(_)) => true,
                (Found::Nothing, Found::NoHeader { .. }) => true,
                _ => false,
            };
            if better {
                main = index;
            }
        }
        let alike = (0..sheets.len())
            .filter(|index| sheets[*index].counts_in == main)
            .collect();
        Ok(Facts {
            sheets,
            main,
            alike,
            is_text,
        })
    }

    /// Of all sheets that are read as one.
    pub fn rows(&self) -> u64 {
        rows_of(&self.sheets, self.main)
    }

    pub fn main(&self) -> Option<&SheetFacts> {
        self.sheets.get(self.main)
    }

    pub fn table(&self) -> Option<&Table> {
        match self.main().map(|sheet| &sheet.found) {
            Some(Found::Table(table)) => Some(table),
            _ => None,
        }
    }

    /// Every row of the sheets that are read as one, with its trimmed cells, and the lines of
    /// totals between them.
    pub fn each_row(
        &self,
        source: &Source<'_>,
        options: &ReadOptions,
        take: &mut dyn FnMut(RowOf<'_>),
    ) -> Result<(), FileFault> {
        source.each(options, &mut |sheet, _, _, line| {
            if !self.alike.contains(&sheet) {
                return;
            }
            let Some(SheetFacts {
                found: Found::Table(table),
                ..
            }) = self.sheets.get(sheet)
            else {
                return;
            };
            let footer = self.sheets[sheet].footer;
            if line.number <= table.header_row || footer.is_some_and(|row| line.number >= row) {
                return;
            }
            let cells: Vec<&str> = line.cells.iter().map(trimmed).collect();
            let is = table.judge(&cells, self.is_text);
            if matches!(is, LineIs::Row | LineIs::Trailer(_)) {
                take(RowOf {
                    sheet,
                    number: line.number,
                    cells: &cells,
                    kinds: line.kinds,
                    is_row: is == LineIs::Row,
                });
            }
        })
    }
}

fn rows_of(sheets: &[SheetFacts], first: usize) -> u64 {
    let alike = sheets.iter().filter(|sheet| sheet.counts_in == first);
    alike.map(|sheet| sheet.rows).sum()
}

/// A row, or a line of totals, of the table.
#[derive(Clone, Copy)]
pub(super) struct RowOf<'r> {
    pub sheet: usize,
    pub number: u32,
    pub cells: &'r [&'r str],
    pub kinds: &'r [CellKind],
    pub is_row: bool,
}

impl<'r> RowOf<'r> {
    pub fn cell(&self, column: usize) -> (&'r str, CellKind) {
        let text = self.cells.get(column).copied().unwrap_or("");
        (text, self.kinds.get(column).copied().unwrap_or_default())
    }
}

pub(super) fn trimmed(cell: &str) -> &str {
    cell.trim_matches([' ', '\t', '\u{a0}'])
}

fn heads(source: &Source<'_>, options: &ReadOptions) -> Result<Vec<SheetFacts>, FileFault> {
    let mut heads: Vec<(String, Vec<SampleLine>)> = Vec::new();
    source.each(options, &mut |sheet, name, _, line| {
        while heads.len() <= sheet {
            heads.push((String::new(), Vec::new()));
        }
        let (known, lines) = &mut heads[sheet];
        if known.is_empty() {
            name.clone_into(known);
        }
        if lines.len() < HEAD && line.cells.len() <= options.limits.columns as usize {
            let cells: Vec<String> = line
                .cells
                .iter()
                .map(|cell| trimmed(cell).to_owned())
                .collect();
            if cells.iter().any(|cell| !cell.is_empty()) {
                lines.push(SampleLine {
                    row: line.number,
                    cells,
                    kinds: line.kinds.to_vec(),
                });
            }
        }
    })?;
    let mut sheets: Vec<SheetFacts> = heads
        .into_iter()
        .enumerate()
        .map(|(at, (name, lines))| {
            let found = table::find(&lines);
            let columns = match &found {
                Found::Table(table) => {
                    let named = table.headers.iter().enumerate();
                    named
                        .map(|(index, header)| Column::new(index, header))
                        .collect()
                }
                _ => Vec::new(),
            };
            SheetFacts {
                name: (!name.is_empty()).then_some(name),
                lines: match &found {
                    Found::Table(_) => Vec::new(),
                    _ => lines.into_iter().take(50).collect(),
                },
                found,
                counts_in: at,
                rows: 0,
                columns,
                header_again: 0,
                drawn: 0,
                page_heads: BTreeMap::new(),
                trailers: Vec::new(),
                strays: Vec::new(),
                stray_count: 0,
                widths: BTreeMap::new(),
                footer: None,
            }
        })
        .collect();
    for at in 1..sheets.len() {
        let first = (0..at).find(
            |earlier| match (&sheets[*earlier].found, &sheets[at].found) {
                (Found::Table(one), Found::Table(other)) => one.headers == other.headers,
                _ => false,
            },
        );
        sheets[at].counts_in = first.unwrap_or(at);
    }
    Ok(sheets)
}

fn count(
    source: &Source<'_>,
    options: &ReadOptions,
    sheets: &mut [SheetFacts],
    is_text: bool,
) -> Result<(), FileFault> {
    let zone: Tz = options.zone;
    let mut thin: Vec<Vec<Thin>> = Vec::new();
    thin.resize_with(sheets.len(), Vec::new);
    source.each(options, &mut |at, _, _, line| {
        let Some(sheet) = sheets.get_mut(at) else {
            return;
        };
        let Found::Table(table) = &sheet.found else {
            return;
        };
        if line.number <= table.header_row {
            return;
        }
        let cells: Vec<&str> = line.cells.iter().map(trimmed).collect();
        match table.judge(&cells, is_text) {
            LineIs::Blank => {}
            LineIs::HeaderAgain => sheet.header_again += 1,
            LineIs::Balance => {}
            LineIs::Drawn => sheet.drawn += 1,
            LineIs::PageHead(line) => *sheet.page_heads.entry(line).or_default() += 1,
            LineIs::Trailer(is) => {
                if sheet.trailers.len() < REMEMBERED {
                    sheet.trailers.push(TrailerLine {
                        row: line.number,
                        is,
                    });
                }
            }
            LineIs::Stray => {
                let width = table.width();
                let filled = cells.iter().filter(|cell| !cell.is_empty()).count();
                // One sentence of remarks has fewer fields by its nature.
                if is_text && (cells.len() > width || filled * 2 > width) {
                    let seen = sheet.widths.entry(cells.len()).or_insert((0, line.number));
                    seen.0 += 1;
                } else {
                    stray(sheet, line.number, &cells);
                }
            }
            LineIs::Row => {
                let first = sheet.counts_in;
                let held = &mut thin[at];
                if held.len() < REMARKS && is_thin(&sheets[first].columns, &cells) {
                    held.push(Thin {
                        row: line.number,
                        cells: cells.iter().map(|cell| (*cell).to_owned()).collect(),
                        kinds: line.kinds.to_vec(),
                    });
                    return;
                }
                for thin in std::mem::take(held) {
                    let cells: Vec<&str> = thin.cells.iter().map(String::as_str).collect();
                    row(sheets, at, thin.row, (&cells, &thin.kinds), zone);
                }
                row(sheets, at, line.number, (&cells, line.kinds), zone);
            }
        }
    })?;
    // What no row followed was a remark.
    for (at, thin) in thin.into_iter().enumerate() {
        sheets[at].footer = thin.first().map(|first| first.row);
        for line in thin {
            let cells: Vec<&str> = line.cells.iter().map(String::as_str).collect();
            stray(&mut sheets[at], line.row, &cells);
        }
    }
    Ok(())
}

fn stray(sheet: &mut SheetFacts, row: u32, cells: &[&str]) {
    sheet.stray_count += 1;
    if sheet.strays.len() < 3 {
        sheet.strays.push((row, cells.join(" ")));
    }
}

fn row(
    sheets: &mut [SheetFacts],
    at: usize,
    number: u32,
    (cells, kinds): (&[&str], &[CellKind]),
    zone: Tz,
) {
    sheets[at].rows += 1;
    let first = sheets[at].counts_in;
    for column in &mut sheets[first].columns {
        let text = cells.get(column.index).copied().unwrap_or("");
        let kind = kinds.get(column.index).copied().unwrap_or_default();
        column.add(number, text, kind, zone);
    }
}

/// Whether a line lacks what every row above it has: a number in each column of numbers, and half of
/// the values. A payment has an amount; `Dicetak oleh sistem, 19/11/2026` has none.
fn is_thin(columns: &[Column], cells: &[&str]) -> bool {
    let always = |column: &&Column| column.rows > 0 && column.filled * 10 >= column.rows * 9;
    let usual: Vec<&Column> = columns.iter().filter(always).collect();
    let cell = |column: &Column| cells.get(column.index).copied().unwrap_or("");
    let there = usual.iter().filter(|column| !cell(column).is_empty());
    let numbers = usual.iter().filter(|column| column.is_number());
    let mut numbers = numbers.peekable();
    usual.len() > 2
        && there.count() * 2 <= usual.len()
        && numbers.peek().is_some()
        && numbers.all(|column| !super::weight::is_number(cell(column)))
}
