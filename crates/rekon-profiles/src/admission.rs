//! Admission: the one place where a file is looked at as a whole, between "read" and "counts". Pure:
//! the file as it was read, what its channel's earlier files were like, and the clock go in; what comes
//! out is that it is admitted, or held with what is wrong and what to do about it.
//!
//! Whether its rows stand in another file already is judged by `overlap`, which needs that file.

mod dates;
mod overlap;
mod unread;

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, Duration, NaiveDate, Utc};

pub(super) use unread::speaks_of_kind;

pub use dates::Dates;
pub use overlap::{FileRows, Overlap, Relation, identity, overlap, same_references, same_stamps};
pub(super) use unread::names_money;

use super::balances::Gap;
use super::fault::{RejectedRow, Spot, shown};
use super::profile::Profile;
use super::shape::{FileShape, ShapeChange};
use super::{ReadFile, SheetFormat};
use crate::domain::entry::Entry;
use crate::domain::time::{Bounds, BusinessDay, Calendar};

/// How many files back one may lack what a new one lacks: two weeks of a daily report.
pub const RECENT: usize = 14;

/// Columns without which a row is worth nothing; if most rows fail in one, it is written anew.
const STYLED: [&str; 4] = ["time", "amount", "fee", "net"];

/// A file that wants to count.
pub struct Offer<'a> {
    pub read: &'a ReadFile,
    pub shape: &'a FileShape,
    pub profile: &'a Profile,
    /// What the files were like that count so far, oldest first.
    pub before: &'a [FileShape],
    /// The dates that its name or the lines above its header say; empty where none does, or where a
    /// person named them.
    pub claims: &'a [NaiveDate],
    /// Whether a person named its dates.
    pub by_hand: bool,
    /// Whether it came by mail, where the end of a part takes the last line end with it.
    pub by_mail: bool,
    /// The newest date that an earlier file covers, or the channel's first.
    pub known_until: Option<NaiveDate>,
    pub days: BusinessDay,
    pub calendar: &'a Calendar,
    pub grace: Duration,
    pub now: DateTime<Utc>,
    /// Whether its few rows of the date before, the [`late_rows`], stand in no file of that date,
    /// which has come.
    pub brings_late_rows: bool,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Its rows within the bounds count; those beyond are rejected rows.
    Admitted(Option<Bounds>),
    /// What is wrong with it, in words, with what to do.
    Held(String),
}

/// Looks at a file as a whole.
pub fn admit(offer: &Offer<'_>) -> Verdict {
    if let Some(reason) = mostly_rejected(offer.read) {
        return Verdict::Held(reason);
    }
    let changes = offer.shape.changes(offer.profile, offer.before, RECENT);
    let mut doubts: Vec<Doubt> = changes.into_iter().map(Doubt::Unlike).collect();
    doubts.extend(left_sheets(offer));
    doubts.extend(unread::doubts(offer));
    doubts.extend(mixed(offer));
    doubts.extend(cut_off(offer));
    doubts.extend(gaps(offer));
    let bounds = match dates::judge(offer) {
        Dates::Fit => None,
        Dates::Strays(bounds) => Some(bounds),
        Dates::Elsewhere(doubt) => {
            doubts.push(doubt);
            None
        }
    };
    match doubts.is_empty() {
        true => Verdict::Admitted(bounds),
        false => Verdict::Held(held(&doubts)),
    }
}

/// Rows of an admitted file that do not count: what a person accepted is judged by its dates alone.
pub fn strays(offer: &Offer<'_>) -> Option<Bounds> {
    match dates::judge(offer) {
        Dates::Strays(bounds) => Some(bounds),
        Dates::Fit | Dates::Elsewhere(_) => None,
    }
}

/// The rows of a small file that would be late ones: of the date before those that it claims, and too
/// few to be another day's report. None where there are others beside them that do not fit.
pub fn late_rows<'a>(offer: &Offer<'a>) -> Option<(NaiveDate, Vec<&'a Entry>)> {
    let late = dates::late_rows(offer)?;
    match dates::judge(offer) {
        Dates::Elsewhere(_) => Some(late),
        Dates::Fit | Dates::Strays(_) => None,
    }
}

/// Why a file is held, and what is done about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Doubt {
    Unlike(ShapeChange),
    /// A sheet under the same header that the profile does not read.
    Sheet {
        name: String,
    },
    /// A value that nobody has seen in a column that nobody reads.
    Value {
        header: String,
        value: String,
        rows: u32,
        first: u32,
        before: Vec<String>,
    },
    Currency {
        header: String,
        value: String,
        rows: u32,
        first: u32,
    },
    /// A column that nobody reads names another zone than the profile's.
    Zone {
        header: String,
        value: String,
        rows: u32,
        first: u32,
    },
    /// Two styles in one column.
    Styles {
        header: String,
        one: (Spot, String),
        other: (Spot, String),
    },
    Cut {
        row: u32,
        is_short: bool,
    },
    /// Its rows do not lead from its opening balance to its closing one.
    Balance(Gap),
    /// Most rows are not of the dates it claims.
    Dates {
        rows: u64,
        all: u64,
        from: NaiveDate,
        to: NaiveDate,
        claims: Vec<NaiveDate>,
        is_swapped: bool,
    },
    Future {
        rows: u64,
        all: u64,
        from: NaiveDate,
        to: NaiveDate,
    },
    LongAgo {
        from: NaiveDate,
        to: NaiveDate,
        known_until: NaiveDate,
    },
}

fn between(from: NaiveDate, to: NaiveDate) -> String {
    match from == to {
        true => from.to_string(),
        false => format!("{from} to {to}"),
    }
}

fn listed(dates: &[NaiveDate]) -> String {
    match dates {
        [] => String::new(),
        [only] => only.to_string(),
        [first, .., last] => between(*first, *last),
    }
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Doubt::Unlike(change) => change.fmt(f),
            Doubt::Sheet { name } => write!(
                f,
                "the sheet `{}` has rows under the same header and is not read",
                shown(name)
            ),
            Doubt::Value {
                header,
                value,
                rows,
                first,
                before,
            } => {
                let (header, value) = (shown(header), shown(value));
                if before.is_empty() {
                    return write!(
                        f,
                        "column `{header}`, which is not read, says `{value}` on {rows} rows, first in \
                         row {first} (before it was empty)"
                    );
                }
                let before: Vec<String> = before
                    .iter()
                    .map(|value| format!("`{}`", shown(value)))
                    .collect();
                write!(
                    f,
                    "column `{header}`, which is not read, says `{value}` on {rows} rows, first in row \
                     {first} (before only {})",
                    before.join(", ")
                )
            }
            Doubt::Currency {
                header,
                value,
                rows,
                first,
            } => write!(
                f,
                "column `{}`, which is not read, says the currency `{}` on {rows} rows, first in row \
                 {first}",
                shown(header),
                shown(value)
            ),
            Doubt::Zone {
                header,
                value,
                rows,
                first,
            } => write!(
                f,
                "column `{}`, which is not read, says the zone `{}` on {rows} rows, first in row {first}",
                shown(header),
                shown(value)
            ),
            Doubt::Styles { header, one, other } => write!(
                f,
                "column `{}` is written in two styles: `{}` in {} and `{}` in {}",
                shown(header),
                shown(&one.1),
                one.0,
                shown(&other.1),
                other.0
            ),
            Doubt::Cut {
                row,
                is_short: false,
            } => write!(
                f,
                "its last line (row {row}) has no line end, as if the file were cut off"
            ),
            Doubt::Cut {
                row,
                is_short: true,
            } => write!(
                f,
                "its last line (row {row}) has fewer columns than the others, as if the file were cut \
                 off"
            ),
            Doubt::Balance(Gap {
                spot,
                opening,
                moved,
                closing,
            }) => write!(
                f,
                "its opening balance of {opening} and the movements of its rows ({moved}) give {}, and the \
                 closing balance in {spot} is {closing}: rows are missing, or not all of them are movements",
                *opening + *moved
            ),
            Doubt::Dates {
                rows,
                all,
                from,
                to,
                claims,
                is_swapped,
            } => {
                write!(
                    f,
                    "{rows} of its {all} rows are dated {}, and it says that it is of {}",
                    between(*from, *to),
                    listed(claims)
                )?;
                match is_swapped {
                    true => f.write_str(" (day and month exchanged?)"),
                    false => Ok(()),
                }
            }
            Doubt::Future {
                rows,
                all,
                from,
                to,
            } => write!(
                f,
                "{rows} of its {all} rows are dated {}, which is still to come",
                between(*from, *to)
            ),
            Doubt::LongAgo {
                from,
                to,
                known_until,
            } => write!(
                f,
                "its rows are dated {}, and the channel is at {known_until}",
                between(*from, *to)
            ),
        }
    }
}

impl Doubt {
    /// What anybody can ask the partner, who knows neither the profile nor rekon.
    fn question(&self) -> Option<&'static str> {
        match self {
            Doubt::Unlike(ShapeChange::LeftOut) | Doubt::Zone { .. } => None,
            Doubt::Unlike(_) => Some("ask the provider what it changed in its files"),
            Doubt::Sheet { .. } => Some("ask the provider whether every sheet of the file counts"),
            Doubt::Value { .. } => Some("ask the provider what these rows are"),
            Doubt::Currency { .. } => {
                Some("ask the provider to send the rows of other currencies in a file of their own")
            }
            Doubt::Styles { .. } => Some(
                "ask the provider which of the two is meant, and for a file that is written in one",
            ),
            Doubt::Cut { .. } | Doubt::Balance(_) => Some("ask the provider for the whole file"),
            Doubt::Dates { .. } => Some("ask the provider for the file of that date"),
            Doubt::Future { .. } | Doubt::LongAgo { .. } => {
                Some("ask the provider for the right file")
            }
        }
    }

    /// What whoever runs rekon can do about it, beside taking the file as it reads.
    fn fix(&self) -> Option<&'static str> {
        match self {
            Doubt::Unlike(ShapeChange::LeftOut) => {
                Some("say in the filter of the profile which rows are meant for this channel")
            }
            Doubt::Unlike(ShapeChange::Written { .. }) => {
                Some("say in the profile how it is written now")
            }
            Doubt::Unlike(_) => Some(
                "name the column in the profile, among the `columns` of its field or under [header] \
                 `ignore` if it says nothing",
            ),
            Doubt::Sheet { .. } => Some(
                "say under [sheets] in the profile which sheets are read, `read = \"all\"` if every \
                 one of them counts",
            ),
            Doubt::Value { .. } => Some(
                "say in the profile what the column means, with [operation], [status] or a [[filter]], \
                 or name it under [header] `ignore` if it says nothing",
            ),
            Doubt::Currency { .. } => Some("leave them out with a [[filter]] of the profile"),
            Doubt::Zone { .. } => Some(
                "name the column in the profile under [time] `zone_columns`, or under [header] `ignore` \
                 if it says nothing of the stamps",
            ),
            Doubt::Styles { .. } => None,
            Doubt::Cut { .. } => Some(
                "where its files end like this, write `ends_with_newline = false` under [file] in the \
                 profile",
            ),
            Doubt::Balance(_) => {
                Some("say in the profile what its rows record, with [side] or [operation]")
            }
            Doubt::Dates { .. } => Some(
                "where the name is dated otherwise, correct [slot] in the profile or the channel's \
                 `cutoff`",
            ),
            Doubt::Future { .. } | Doubt::LongAgo { .. } => {
                Some("say in the profile how its dates are written")
            }
        }
    }
}

/// Each text once, in its order.
fn once(texts: impl Iterator<Item = Option<&'static str>>) -> Vec<&'static str> {
    let mut each = Vec::new();
    for text in texts.flatten() {
        if !each.contains(&text) {
            each.push(text);
        }
    }
    each
}

/// The words of a held file: what is wrong, what to ask the partner, and what to do otherwise. A line
/// for each, since finance reads the line without keys and commands alone.
fn held(doubts: &[Doubt]) -> String {
    let unlike = |doubt: &&Doubt| matches!(doubt, Doubt::Unlike(_));
    let mut said: Vec<String> = doubts
        .iter()
        .filter(|doubt| !unlike(doubt))
        .map(Doubt::to_string)
        .collect();
    let changed: Vec<String> = doubts.iter().filter(unlike).map(Doubt::to_string).collect();
    if !changed.is_empty() {
        said.push(format!(
            "it is unlike the files that this channel had so far: {}",
            changed.join("; ")
        ));
    }
    let mut words = format!("it is held, for {}", said.join("; "));
    let questions = once(doubts.iter().map(Doubt::question));
    if !questions.is_empty() {
        words += &format!("\n  fix: {}", questions.join("; "));
    }
    let fixes = once(doubts.iter().map(Doubt::fix));
    words
        + &match fixes.is_empty() {
            true => "\n  fix: take it as it reads: `rekon files accept ID --reason …` \
                     (`rekon files list` shows its ID)"
                .to_owned(),
            false => format!(
                "\n  fix: {}; or take it as it reads: `rekon files accept ID --reason …` \
                 (`rekon files list` shows its ID)",
                fixes.join("; ")
            ),
        }
}

/// Most rows fail in the same column: not they are damaged, the file is written in another way.
fn mostly_rejected(read: &ReadFile) -> Option<String> {
    let rows = read.entries.len() + read.rejected.len();
    let mut failed: BTreeMap<&str, Vec<&RejectedRow>> = BTreeMap::new();
    for row in &read.rejected {
        let field = row.field.as_deref().unwrap_or_default();
        if let Some(styled) = STYLED.iter().find(|styled| **styled == field) {
            failed.entry(styled).or_default().push(row);
        }
    }
    let (field, failed) = failed.into_iter().max_by_key(|(_, rows)| rows.len())?;
    if failed.len() * 2 <= rows {
        return None;
    }
    let first = failed.first()?;
    let spot = Spot {
        sheet: first.sheet.clone(),
        row: first.row,
    };
    let column = first.column.as_ref().map_or_else(String::new, |column| {
        format!(", column `{}`", shown(column))
    });
    Some(format!(
        "it is held, for the {field} of {} of its {rows} rows cannot be read: {}\n  first: {spot}{column}, \
         written like `{}`\n  fix: ask the provider what it changed in its files\n  fix: say in the profile \
         how it is written; or take the other rows as they read: `rekon files accept ID --reason …` (`rekon files list` shows its ID)",
        failed.len(),
        first.reason,
        outline(&first.value)
    ))
}

/// How a value is written, and nothing of what it says: where columns were exchanged, it may be a
/// customer's name or number.
fn outline(value: &str) -> String {
    let outlined = value.chars().map(|c| match c {
        c if c.is_numeric() => '9',
        c if c.is_alphabetic() => 'A',
        c => c,
    });
    outlined.collect()
}

/// Sheets under the same header that nobody reads, where no file before had any.
fn left_sheets(offer: &Offer<'_>) -> Vec<Doubt> {
    let known = |shape: &FileShape| !shape.left_sheets.is_empty();
    if offer.before.iter().any(known) {
        return Vec::new();
    }
    let left = offer.read.format.left_sheets.iter();
    left.map(|name| Doubt::Sheet { name: name.clone() })
        .collect()
}

/// Balances that the rows do not explain, where the channel's files do.
fn gaps(offer: &Offer<'_>) -> Vec<Doubt> {
    if offer.before.iter().any(|shape| shape.unbalanced) {
        return Vec::new();
    }
    let sheets = offer.read.format.sheets.iter();
    sheets
        .filter_map(|sheet| sheet.balances.gap(sheet.name.as_deref()))
        .map(Doubt::Balance)
        .collect()
}

fn mixed(offer: &Offer<'_>) -> Vec<Doubt> {
    let spot = |sheet: &SheetFormat, row: u32| Spot {
        sheet: sheet.name.clone(),
        row,
    };
    let mut doubts = Vec::new();
    for sheet in &offer.read.format.sheets {
        for column in &sheet.marks {
            if let Some((one, other)) = column.mixed() {
                doubts.push(Doubt::Styles {
                    header: column.header.clone(),
                    one: (spot(sheet, one.row), one.text.clone()),
                    other: (spot(sheet, other.row), other.text.clone()),
                });
            }
        }
    }
    doubts
}

/// A last line that looks cut, where the channel's files do not always end like that.
fn cut_off(offer: &Offer<'_>) -> Option<Doubt> {
    let ending = &offer.read.format.ending;
    let is_usual = offer.profile.layout.open_end || offer.before.iter().any(|shape| shape.open_end);
    let is_open = ending.open && !is_usual && !offer.by_mail;
    (is_open || ending.short).then_some(Doubt::Cut {
        row: ending.row,
        is_short: !is_open,
    })
}
