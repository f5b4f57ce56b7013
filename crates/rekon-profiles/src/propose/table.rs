//! Where the table of a sheet begins: its header, what stands above it, and which lines below are
//! rows, totals or remarks.

use std::sync::LazyLock;

use regex::Regex;

use super::super::balances::{self, Stated};
use super::super::columns::{names_of, plain};
use super::super::printed::is_line;
use super::super::row::CellKind;
use super::words;

/// Lines at the start of a sheet that are looked at to find its header.
pub(super) const HEAD: usize = 400;
/// As many lines may stand above a header as a profile looks through by itself.
const SEARCH: usize = 40;

/// A line of the sample.
#[derive(Clone, Debug)]
pub(super) struct SampleLine {
    pub row: u32,
    pub cells: Vec<String>,
    pub kinds: Vec<CellKind>,
}

#[derive(Clone, Debug)]
pub(super) struct Table {
    pub header_row: u32,
    pub levels: u8,
    /// As a profile names them: the group in front, where there are two levels.
    pub headers: Vec<String>,
    /// The header line as it stands, to know it again.
    pub line: Vec<String>,
    pub above: Vec<SampleLine>,
    /// Lines that a profile has to look through to find the header.
    pub search: usize,
}

/// What a sheet turned out to hold.
#[derive(Clone, Debug)]
pub(super) enum Found {
    Table(Table),
    /// Lines of values, and none above them that names columns: the first line and its row.
    NoHeader {
        row: u32,
        columns: usize,
    },
    /// No line with two cells.
    Nothing,
}

/// What a line below the header is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum LineIs {
    Row,
    Blank,
    HeaderAgain,
    /// An opening or closing balance: no row.
    Balance,
    /// `-----`, `|--|---|`.
    Drawn,
    /// A line that stands above the header too, but for its numbers.
    /// By its place among those lines.
    PageHead(usize),
    Trailer(Trailer),
    /// Neither as wide as the table nor a line of totals.
    Stray,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Trailer {
    pub kind: TrailerKind,
    /// The words it begins with, in lower case.
    pub label: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum TrailerKind {
    Section,
    /// Of the rows on one side of an account.
    Side,
    Sheet,
    End,
}

/// The table of a sheet, by its first lines.
pub(super) fn find(lines: &[SampleLine]) -> Found {
    let usual = usual_width(lines);
    if usual < 2 {
        return Found::Nothing;
    }
    let is_label_line =
        |at: usize| {
            let cells = &lines[at].cells;
            let filled = cells.iter().filter(|cell| !cell.is_empty()).count();
            filled >= 2
                && filled * 2 >= usual
                && lines[at].cells.iter().enumerate().all(|(column, cell)| {
                    cell.is_empty() || is_label(cell, kind(&lines[at], column))
                })
        };
    let first_values = lines.iter().position(|line| {
        let filled = line.cells.iter().filter(|cell| !cell.is_empty()).count();
        let values = line
            .cells
            .iter()
            .enumerate()
            .filter(|(column, cell)| !cell.is_empty() && !is_label(cell, kind(line, *column)))
            .count();
        filled * 2 >= usual && filled >= 2 && values >= 1
    });
    let said = |at: usize| says_columns(&lines[at].cells);
    let mut header: Option<usize> = None;
    for at in (0..lines.len().min(HEAD)).filter(|at| is_label_line(*at)) {
        if said(at) >= 1 && header.is_none_or(|best| said(at) > said(best)) {
            header = Some(at);
        }
    }
    // Words nobody knows name the columns where they stand right above values and fill the line.
    let header = header.or_else(|| {
        let above = first_values?.checked_sub(1)?;
        let filled = lines[above]
            .cells
            .iter()
            .filter(|cell| !cell.is_empty())
            .count();
        (is_label_line(above) && filled * 5 >= usual * 4).then_some(above)
    });
    match (header, first_values) {
        (Some(at), _) => Found::Table(table(lines, at)),
        (None, Some(at)) => Found::NoHeader {
            row: lines[at].row,
            columns: usual,
        },
        (None, None) => Found::Nothing,
    }
}

fn kind(line: &SampleLine, column: usize) -> CellKind {
    line.kinds.get(column).copied().unwrap_or_default()
}

/// How many cells say in a known word what their column holds.
fn says_columns(cells: &[String]) -> usize {
    let lists = [
        words::AMOUNT,
        words::FEE,
        words::NET,
        words::TIME,
        words::STATUS,
        words::OPERATION,
        words::REFERENCE,
        words::PERSON,
        words::PHONE,
        words::PRODUCT,
        words::DEBIT,
        words::CREDIT,
        words::NARRATIVE,
    ];
    cells
        .iter()
        .filter(|cell| lists.iter().any(|list| words::says(cell, list).is_some()))
        .count()
}

fn usual_width(lines: &[SampleLine]) -> usize {
    let mut counts = std::collections::BTreeMap::new();
    for line in lines {
        let filled = line.cells.iter().filter(|cell| !cell.is_empty()).count();
        if filled > 1 {
            *counts.entry(line.cells.len()).or_insert(0usize) += 1;
        }
    }
    let usual = counts
        .iter()
        .max_by_key(|(width, count)| (**count, **width));
    usual.map_or(0, |(width, _)| *width)
}

/// Words that could name a column: no number, no date, no reference.
fn is_label(cell: &str, kind: CellKind) -> bool {
    if kind == CellKind::Number || cell.chars().count() > 60 {
        return false;
    }
    let digits = cell.bytes().filter(u8::is_ascii_digit).count();
    let has_letter = cell.chars().any(char::is_alphabetic);
    (has_letter && digits <= 3 && !is_date(cell) && !cell.contains('@') && !is_money(cell))
        || cell == "#"
}

fn is_money(cell: &str) -> bool {
    let bare = cell.trim_start_matches("Rp").trim_start_matches("IDR");
    bare.len() < cell.len() && bare.bytes().any(|b| b.is_ascii_digit())
}

fn is_date(cell: &str) -> bool {
    let mut tally = super::stamps::StampTally::default();
    tally.add(0, cell, chrono_tz::Asia::Jakarta);
    tally.read > 0
}

fn table(lines: &[SampleLine], at: usize) -> Table {
    let header = &lines[at];
    let group = at
        .checked_sub(1)
        .map(|above| &lines[above])
        .filter(|above| above.row + 1 == header.row && is_group(above, header));
    let (headers, _) = names_of(group.map(|line| line.cells.as_slice()), &header.cells);
    let above_end = if group.is_some() { at - 1 } else { at };
    Table {
        header_row: header.row,
        levels: if group.is_some() { 2 } else { 1 },
        headers,
        line: header.cells.clone(),
        above: lines[..above_end].to_vec(),
        search: at,
    }
}

/// A line of group names: labels over columns whose own names are not enough.
fn is_group(above: &SampleLine, header: &SampleLine) -> bool {
    let named: Vec<usize> = (0..above.cells.len())
        .filter(|column| !above.cells[*column].is_empty())
        .collect();
    let labels = named
        .iter()
        .all(|column| is_label(&above.cells[*column], kind(above, *column)));
    if named.is_empty() || !labels || above.cells.iter().any(|cell| cell.contains(':')) {
        return false;
    }
    let plain_headers: Vec<String> = header.cells.iter().map(|cell| plain(cell)).collect();
    let repeated = plain_headers
        .iter()
        .enumerate()
        .any(|(index, name)| !name.is_empty() && plain_headers[..index].contains(name));
    let fills_gaps = named
        .iter()
        .any(|column| header.cells.get(*column).is_some_and(String::is_empty));
    // A title stands alone over the first column.
    let over_columns = named.len() >= 2 || named.first().is_some_and(|first| *first > 0);
    over_columns
        && (repeated
            || fills_gaps
            || (named.len() >= 2 && named.len() * 3 <= header.cells.len() * 2))
}

impl Table {
    pub fn width(&self) -> usize {
        self.headers.len()
    }

    /// Columns of the same name, by its plain spelling; each list holds two at least.
    pub fn repeated_names(&self) -> Vec<Vec<usize>> {
        let names: Vec<String> = self.headers.iter().map(|header| plain(header)).collect();
        let mut groups: Vec<Vec<usize>> = Vec::new();
        for (index, name) in names.iter().enumerate() {
            if name.is_empty() || names[..index].contains(name) {
                continue;
            }
            let same: Vec<usize> = (index..names.len())
                .filter(|other| names[*other] == *name)
                .collect();
            if same.len() > 1 {
                groups.push(same);
            }
        }
        groups
    }

    pub fn needs_search(&self) -> Option<usize> {
        (self.search > SEARCH).then_some(self.search + 10)
    }

    /// What a line below the header is. `is_text` where a row has to be as wide as the header.
    pub fn judge(&self, cells: &[&str], is_text: bool) -> LineIs {
        // A form feed alone is no value.
        let filled = cells.iter().filter(|cell| !cell.trim().is_empty()).count();
        if filled == 0 {
            return LineIs::Blank;
        }
        if is_text && is_line(&cells.join(" ")) {
            return LineIs::Drawn;
        }
        // The readers know them; a sum of one side's rows is a total here.
        let balance = |cell: &&str| {
            balances::stated(cell).is_some_and(|(stated, _)| stated != Stated::Movements)
        };
        if cells.iter().any(balance) {
            return LineIs::Balance;
        }
        let same = self
            .line
            .iter()
            .zip(cells)
            .filter(|(name, cell)| *name == *cell);
        if cells.len() >= self.line.len().min(self.width())
            && same.count() == self.line.len().min(cells.len())
        {
            return LineIs::HeaderAgain;
        }
        let narrow = is_text && cells.len() < self.width();
        let wide = is_text && cells.iter().skip(self.width()).any(|cell| !cell.is_empty());
        // Totals stand under most columns of a small table: nothing but numbers follows the word.
        let numbers = |cell: &&str| {
            cell.chars()
                .all(|c| c.is_ascii_digit() || ".,-() Rp".contains(c))
        };
        let rest = cells.iter().filter(|cell| !cell.is_empty()).skip(1);
        let sums = filled < self.width() && rest.copied().all(|cell| numbers(&cell));
        if (narrow || sums || filled * 2 <= self.width().max(2))
            && let Some(trailer) = trailer_of(cells)
        {
            return LineIs::Trailer(trailer);
        }
        if narrow || wide || (filled == 1 && self.width() > 2) {
            let again = skeleton(cells);
            let mut above = self.above.iter();
            let at = above.position(|line| skeleton(&line.cells) == again);
            if let Some(at) = at.filter(|_| is_text) {
                return LineIs::PageHead(at);
            }
            return LineIs::Stray;
        }
        LineIs::Row
    }
}

/// A line without its numbers and its places: the same on every page.
fn skeleton<T: AsRef<str>>(cells: &[T]) -> String {
    let mut text = String::new();
    for cell in cells {
        for word in cell.as_ref().split_whitespace() {
            let mut in_number = false;
            for letter in word.chars() {
                if !letter.is_ascii_digit() {
                    text.push(letter);
                } else if !in_number {
                    text.push('0');
                }
                in_number = letter.is_ascii_digit();
            }
            text.push(' ');
        }
    }
    text
}

fn trailer_of(cells: &[&str]) -> Option<Trailer> {
    static PATTERN: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(
            r"(?i)^(?:(?P<section>sub[\s-]*total|sub[\s-]*jumlah)|(?P<side>mutasi[\s-]*(?:kredit|debet|debit)|total[\s-]*(?:kredit|credit|debet|debit))|(?P<sheet>(?:grand[\s-]*)?total|jumlah|trailer|footer)|(?P<end><end>|<eof>|end of \w+|eof|akhir \w+|selesai))",
        )
        .ok()
    });
    let first = cells.iter().find(|cell| !cell.is_empty())?;
    let first = first.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '<');
    let found = PATTERN.as_ref()?.captures(first)?;
    let kind = if found.name("section").is_some() {
        TrailerKind::Section
    } else if found.name("side").is_some() {
        TrailerKind::Side
    } else if found.name("sheet").is_some() {
        TrailerKind::Sheet
    } else {
        TrailerKind::End
    };
    let rest = &first[found.get(0).map_or(0, |m| m.end())..];
    // `Total Gadget Store` is a name; `TOTAL 3 transaksi` is not.
    let rest = rest.trim_start();
    let is_name = kind != TrailerKind::End
        && rest.chars().next().is_some_and(char::is_alphabetic)
        && !rest.bytes().any(|b| b.is_ascii_digit())
        && cells.iter().filter(|cell| !cell.is_empty()).count() == 1;
    (!is_name).then(|| Trailer {
        kind,
        label: found.get(0).map_or("", |m| m.as_str()).to_lowercase(),
    })
}
