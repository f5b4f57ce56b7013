//! How columns stand to one another on every row: which are sums of which, which are different
//! only together, what signs and kinds go together, and whether the totals of the file agree.

use std::collections::{BTreeMap, HashSet};

use xxhash_rust::xxh3::Xxh3;

use super::super::ReadOptions;
use super::super::fault::FileFault;
use super::super::row::CellKind;
use super::column::{COMPARED, amount_and_side};
use super::facts::{Facts, RowOf};
use super::numbers::Style;
use super::source::Source;
use super::table::TrailerKind;
use crate::domain::money::{Money, NumberStyle, Unit};

/// `total` is the sum of `parts` on every row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sum {
    pub total: usize,
    pub parts: Vec<usize>,
    /// Rows on which more than one part is not zero.
    pub telling: u64,
}

/// A combination of columns that is different on every row.
#[derive(Clone, Debug)]
pub(super) struct Together {
    pub columns: Vec<usize>,
    seen: HashSet<u128>,
    pub repeated: Option<u32>,
}

/// A line of totals beside what the rows above it come to.
#[derive(Clone, Debug)]
pub(super) struct TotalLine {
    pub row: u32,
    pub kind: TrailerKind,
    pub label: String,
    pub text: String,
    pub rows: u64,
    /// Numbers of the line that stand under a column of money: column, declared, computed.
    pub under: Vec<(usize, Money, Money)>,
    /// Every number of the line as written, in order.
    pub numbers: Vec<String>,
    /// Narrower than the table: what stands where is not said by the header.
    pub narrow: bool,
    /// What the rows above come to, by column of money.
    pub sums: Vec<(usize, Money)>,
}

/// Signs of two columns of money by the value of a third.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Signs {
    pub rows: u64,
    pub negative: u64,
    pub positive: u64,
    pub sum: Money,
}

#[derive(Default)]
pub(super) struct Relations {
    pub sums: Vec<Sum>,
    pub together: Vec<Together>,
    pub totals: Vec<TotalLine>,
    /// (column of codes, its value, column of money) → signs.
    pub signs: BTreeMap<(usize, String, usize), Signs>,
    /// Of two columns, the rows where exactly one has an amount other than zero.
    pub one_of_two: BTreeMap<(usize, usize), u64>,
    pub rows: u64,
}

/// What is to be looked at.
pub(super) struct Wanted {
    pub money: Vec<(usize, Style)>,
    pub codes: Vec<usize>,
    pub together: Vec<Vec<usize>>,
    pub sides: Vec<(usize, usize)>,
}

/// Columns of money that are added up with one another; more is no settlement report.
const ADDED: usize = 12;

pub(super) fn relate(
    source: &Source<'_>,
    options: &ReadOptions,
    facts: &Facts,
    wanted: &Wanted,
) -> Result<Relations, FileFault> {
    let money: Vec<(usize, NumberStyle)> = wanted
        .money
        .iter()
        .take(ADDED)
        .map(|(column, style)| (*column, style.read_with()))
        .collect();
    let mut relations = Relations {
        sums: possible_sums(&money),
        together: wanted
            .together
            .iter()
            .map(|columns| Together {
                columns: columns.clone(),
                seen: HashSet::new(),
                repeated: None,
            })
            .collect(),
        ..Relations::default()
    };
    let mut sheet_sums = vec![Money::ZERO; money.len()];
    let mut section_sums = vec![Money::ZERO; money.len()];
    let (mut sheet_rows, mut section_rows, mut sheet) = (0u64, 0u64, usize::MAX);
    let separator = char::from(source.separator());
    facts.each_row(source, options, &mut |row| {
        if row.sheet != sheet {
            sheet = row.sheet;
            sheet_sums.fill(Money::ZERO);
            section_sums.fill(Money::ZERO);
            (sheet_rows, section_rows) = (0, 0);
        }
        if !row.is_row {
            let Some(line) = trailer_at(facts, row) else {
                return;
            };
            let (rows, sums) = match line.0 {
                TrailerKind::Section => (section_rows, &section_sums),
                TrailerKind::Side | TrailerKind::Sheet | TrailerKind::End => {
                    (sheet_rows, &sheet_sums)
                }
            };
            let total = total_line(facts, row, line, rows, &money, sums, separator);
            if line.0 == TrailerKind::Section {
                section_sums.fill(Money::ZERO);
                section_rows = 0;
            }
            if relations.totals.len() < 50 {
                relations.totals.push(total);
            }
            return;
        }
        relations.rows += 1;
        sheet_rows += 1;
        section_rows += 1;
        let values: Vec<Option<Money>> = money
            .iter()
            .map(|(column, style)| value(row, *column, *style))
            .collect();
        for (index, value) in values.iter().enumerate() {
            sheet_sums[index] += value.unwrap_or_default();
            section_sums[index] += value.unwrap_or_default();
        }
        let at = |column: usize| {
            let index = money.iter().position(|(known, _)| *known == column);
            index.and_then(|index| values[index])
        };
        relations.sums.retain_mut(|sum| holds(sum, &at));
        for together in &mut relations.together {
            if together.repeated.is_none() && together.seen.len() < COMPARED {
                let mut hash = Xxh3::new();
                for column in &together.columns {
                    let (text, _) = row.cell(*column);
                    hash.update(&(text.len() as u64).to_be_bytes());
                    hash.update(text.as_bytes());
                }
                if !together.seen.insert(hash.digest128()) {
                    together.repeated = Some(row.number);
                    together.seen = HashSet::new();
                }
            }
        }
        for code in &wanted.codes {
            let text = row.cell(*code).0;
            for (index, (column, _)) in money.iter().enumerate() {
                let signs = relations
                    .signs
                    .entry((*code, text.to_owned(), *column))
                    .or_default();
                signs.rows += 1;
                signs.sum += values[index].unwrap_or_default();
                signs.negative += u64::from(values[index].is_some_and(Money::is_negative));
                signs.positive +=
                    u64::from(values[index].is_some_and(|m| !m.is_negative() && !m.is_zero()));
            }
        }
        for (one, other) in &wanted.sides {
            let filled = |column: usize| at(column).is_some_and(|money| !money.is_zero());
            let either = filled(*one) != filled(*other);
            *relations.one_of_two.entry((*one, *other)).or_default() += u64::from(either);
        }
    })?;
    relations.sums.retain(|sum| sum.telling > 0);
    Ok(relations)
}

/// Every sum of two or three columns that could be another.
fn possible_sums(money: &[(usize, NumberStyle)]) -> Vec<Sum> {
    let columns: Vec<usize> = money.iter().map(|(column, _)| *column).collect();
    let mut sums = Vec::new();
    for &total in &columns {
        for (index, &one) in columns.iter().enumerate() {
            for (place, &two) in columns.iter().enumerate().skip(index + 1) {
                let parts = vec![one, two];
                if parts.contains(&total) {
                    continue;
                }
                for &three in columns
                    .iter()
                    .skip(place + 1)
                    .filter(|three| **three != total)
                {
                    sums.push(Sum {
                        total,
                        parts: vec![one, two, three],
                        telling: 0,
                    });
                }
                sums.push(Sum {
                    total,
                    parts,
                    telling: 0,
                });
            }
        }
    }
    sums
}

fn holds(sum: &mut Sum, at: &dyn Fn(usize) -> Option<Money>) -> bool {
    let parts: Vec<Option<Money>> = sum.parts.iter().map(|part| at(*part)).collect();
    let total = at(sum.total);
    if total.is_none() && parts.iter().all(Option::is_none) {
        return true;
    }
    let added: Money = parts.iter().map(|part| part.unwrap_or_default()).sum();
    let moved = parts
        .iter()
        .filter(|part| part.is_some_and(|m| !m.is_zero()))
        .count();
    sum.telling += u64::from(moved == parts.len());
    total == Some(added)
}

pub(super) fn value(row: RowOf<'_>, column: usize, style: NumberStyle) -> Option<Money> {
    let (text, kind) = row.cell(column);
    let style = match kind {
        CellKind::Number => NumberStyle::Plain,
        _ => style,
    };
    let text = match kind {
        CellKind::Number => text,
        _ => amount_and_side(text).1,
    };
    Money::parse(text, style, Unit::Rupiah).ok()
}

fn trailer_at<'f>(facts: &'f Facts, row: RowOf<'_>) -> Option<(TrailerKind, &'f str)> {
    let sheet = facts.sheets.get(row.sheet)?;
    let line = sheet.trailers.iter().find(|line| line.row == row.number)?;
    Some((line.is.kind, &line.is.label))
}

fn total_line(
    facts: &Facts,
    row: RowOf<'_>,
    (kind, label): (TrailerKind, &str),
    rows: u64,
    money: &[(usize, NumberStyle)],
    sums: &[Money],
    separator: char,
) -> TotalLine {
    let narrow = facts.is_text && row.cells.len() < facts.table().map_or(0, |table| table.width());
    let mut under = Vec::new();
    for ((column, style), sum) in money.iter().zip(sums) {
        if !narrow && let Some(declared) = value(row, *column, *style) {
            under.push((*column, declared, *sum));
        }
    }
    let mut numbers = Vec::new();
    for cell in row.cells {
        let found = cell.split(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ',')));
        let found = found.map(|number| number.trim_matches(['.', ',']));
        numbers.extend(found.filter(|number| !number.is_empty()).map(str::to_owned));
    }
    TotalLine {
        row: row.number,
        kind,
        label: label.to_owned(),
        text: row.cells.join(&separator.to_string()),
        rows,
        under,
        numbers,
        narrow,
        sums: money
            .iter()
            .map(|(column, _)| *column)
            .zip(sums.iter().copied())
            .collect(),
    }
}
