//! One row → one settlement entry, or the reason why not.

mod amounts;
mod checks;

use chrono::{DateTime, Utc};
use csv::StringRecord;
use regex::Captures;

use super::balances;
use super::codes::Records;
use super::columns::{Columns, Source};
use super::fees::FeeRow;
use super::printed::Given;
use super::profile::{Field, Profile};
use super::sides::AccountSide;
use super::{AmountBasis, ReadOptions};
use crate::domain::entry::{Draft, EntrySet, KeyState, Place, encode_details};
use crate::domain::key::{self, KeyFault, Spelling};
use crate::domain::money::Money;
use crate::domain::stamp::{Epoch, StampFault, StampReader, zone_of};
use crate::domain::status::{Kind, Status};
pub(super) use amounts::amount;

/// What a workbook says about a cell beside its text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum CellKind {
    #[default]
    Text,
    Number,
    /// `#N/A` and its like.
    Error,
    /// A formula whose result was never stored.
    Uncomputed,
}

/// A row as both readers give it.
#[derive(Clone, Copy)]
pub(super) struct Row<'r> {
    pub cells: &'r StringRecord,
    /// Empty for delimited text.
    pub kinds: &'r [CellKind],
    pub epoch: Epoch,
    pub sheet: u8,
    pub number: u32,
}

impl Row<'_> {
    fn kind(&self, column: usize) -> CellKind {
        self.kinds.get(column).copied().unwrap_or_default()
    }
}

/// Why a row cannot be read, before its place is known.
pub(super) struct Rejection {
    pub column: Option<usize>,
    pub field: Option<String>,
    pub value: String,
    pub reason: String,
    /// The currency and the amount of a row that is not of rupiah.
    pub foreign: Option<(String, Money)>,
}

impl Rejection {
    pub fn whole_row(reason: impl Into<String>, value: &str) -> Rejection {
        Rejection {
            column: None,
            field: None,
            value: value.to_owned(),
            reason: reason.into(),
            foreign: None,
        }
    }
}

pub(super) enum Taken {
    Entry,
    /// What the provider keeps: no entry of its own.
    Fee(FeeRow),
    Filtered,
    Rejected(Rejection),
}

/// Amounts of a row as the file writes them, for control totals.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Written {
    pub amount: Option<Money>,
    pub fee: Option<Money>,
    pub net: Option<Money>,
    /// What the row does to the balance of the account, and what it does after the fee; `None` where that
    /// is not known.
    pub moved: Option<(Money, Money)>,
}

pub(super) struct RowReader<'p> {
    profile: &'p Profile,
    options: &'p ReadOptions,
    pub columns: Columns,
    stamps: StampReader<'p>,
    key: Vec<u8>,
    /// How the key is written, where that is another text.
    written: Vec<u8>,
    details: Vec<u8>,
    last_code: Option<(String, usize, Status)>,
    last_operation: Option<(Vec<String>, usize)>,
    given: Given,
}

type Captured<'r> = Vec<Option<Captures<'r>>>;

impl<'p> RowReader<'p> {
    pub fn new(
        profile: &'p Profile,
        options: &'p ReadOptions,
        columns: Columns,
        given: Given,
    ) -> RowReader<'p> {
        let time = &profile.layout.time;
        RowReader {
            profile,
            options,
            columns,
            stamps: StampReader::new(&time.formats, time.zone.unwrap_or(options.zone)),
            key: Vec::new(),
            written: Vec::new(),
            details: Vec::new(),
            last_code: None,
            last_operation: None,
            given,
        }
    }

    /// Appends the row's entry; what was written of its amounts goes to `written` in any case.
    pub fn take(&mut self, row: Row<'_>, set: &mut EntrySet, written: &mut Written) -> Taken {
        let captured = self.extract(row);
        if !self.columns.net.is_empty() {
            *written = Written {
                net: self.money(row, &captured, Which::Net).unwrap_or_default(),
                ..*written
            };
        }
        let amount = self.money(row, &captured, Which::Amount);
        let fee = self.money(row, &captured, Which::Fee);
        written.amount = amount.as_ref().ok().copied().flatten();
        written.fee = fee.as_ref().ok().copied().flatten();
        if let (Some(_), Some(amount)) = (&self.profile.layout.side, written.amount) {
            let after = written.net.unwrap_or(amount).abs();
            written.moved = match self.side(row, &captured) {
                Ok(Some(AccountSide::Credit)) => Some((amount.abs(), after)),
                Ok(Some(AccountSide::Debit)) => Some((-amount.abs(), -after)),
                _ => None,
            };
        }
        if !self.keeps(row) {
            return Taken::Filtered;
        }
        match self.entry(row, &captured, (amount, fee), written, set) {
            Ok(taken) => taken,
            Err(rejection) => Taken::Rejected(rejection),
        }
    }

    /// Key and instant of a row that was rejected, as far as they can be read.
    pub fn salvage(&mut self, row: Row<'_>) -> (Option<Vec<u8>>, Option<DateTime<Utc>>) {
        let captured = self.extract(row);
        let key = match self.read_key(row, &captured) {
            Ok(KeyState::Whole) => Some(self.key.clone()),
            _ => None,
        };
        (key, self.instant(row, &captured).ok())
    }

    /// Whether key and date stand in columns to the left of this one.
    pub fn finds_key_before(&self, column: usize) -> bool {
        let columns = &self.columns;
        let mut sources = columns.keys.iter().chain([&columns.date]);
        let is_before = |at: usize| at < column;
        columns.time.is_none_or(is_before)
            && sources.all(|source| match source {
                Source::Column(at) => is_before(*at),
                Source::Either { first, otherwise } => is_before(*first) && is_before(*otherwise),
                Source::Constant(_) | Source::Absent => true,
                Source::Extract { .. } => false,
            })
    }

    fn keeps(&self, row: Row<'_>) -> bool {
        let filters = &self.profile.layout.filters;
        filters
            .iter()
            .zip(&self.columns.filters)
            .all(|(filter, column)| {
                let value = row.cells.get(*column).unwrap_or("").trim();
                filter.include.as_ref().is_none_or(|p| p.is_match(value))
                    && !filter.exclude.as_ref().is_some_and(|p| p.is_match(value))
            })
    }

    fn extract<'r>(&self, row: Row<'r>) -> Captured<'r> {
        let rules = &self.profile.layout.extracts;
        let columns = &self.columns.extracts;
        rules
            .iter()
            .zip(columns)
            .map(|(rule, column)| rule.pattern.captures(row.cells.get(*column).unwrap_or("")))
            .collect()
    }

    fn entry(
        &mut self,
        row: Row<'_>,
        captured: &Captured<'_>,
        (amount, fee): (
            Result<Option<Money>, Rejection>,
            Result<Option<Money>, Rejection>,
        ),
        written: &mut Written,
        set: &mut EntrySet,
    ) -> Result<Taken, Rejection> {
        let key_state = self.read_key(row, captured);
        let at = self.instant(row, captured);
        let recorded = self.recorded(row, captured, &amount);
        if let Ok((operation, Records::Fee)) = recorded {
            let mut charged = FeeRow::at(at?);
            if key_state.is_ok_and(|state| state == KeyState::Whole) {
                charged.key.extend_from_slice(&self.key);
            }
            return self.fee_row(row, captured, charged, operation, [amount?, fee?], written);
        }
        let (key_state, at) = (key_state?, at?);
        let amount =
            amount?.ok_or_else(|| self.money_fault(row, Which::Amount, "the amount is empty"))?;
        let fee = fee?;
        let (operation, kind) = match recorded? {
            (operation, Records::Entry(kind)) => (operation, kind),
            (operation, Records::Fee) => (operation, Kind::Payment),
        };
        let (status, code) = match self.given.status {
            Some(status) => (status, ""),
            None => self.status(row, captured, operation)?,
        };
        if status == Status::Success {
            self.adds_up(row, written, kind)?;
        }
        let (kind, amount) = self.direct(row, Which::Amount, kind, amount)?;
        let fee = match fee {
            // A refund's fee comes back with it, whatever sign it is written with.
            Some(fee) => Some(self.direct(row, Which::Fee, kind, fee)?.1),
            None => None,
        };
        let gross = match self.options.amount_basis {
            AmountBasis::Gross => amount,
            AmountBasis::NetOfAdminFee => amount + fee.unwrap_or_default(),
        };
        self.read_details(row, captured, code)?;
        self.in_rupiah(row, amount)?;
        if written.moved.is_none() && status == Status::Success {
            written.moved = self.moved(kind, amount, fee, written.net);
        }
        set.push(&Draft {
            key: &self.key,
            key_state,
            written: &self.written,
            details: &self.details,
            at,
            amount: gross,
            fee,
            status,
            kind,
            place: Place {
                file: 0,
                sheet: row.sheet,
                row: row.number,
            },
        })
        .map_err(|error| Rejection::whole_row(error.to_string(), ""))?;
        Ok(Taken::Entry)
    }

    fn read_key(&mut self, row: Row<'_>, captured: &Captured<'_>) -> Result<KeyState, Rejection> {
        self.key.clear();
        self.written.clear();
        let mut state = KeyState::Whole;
        let profile = self.profile;
        let fields = profile.layout.keys.iter().zip(&profile.key);
        for (number, ((field, declared), source)) in fields.zip(&self.columns.keys).enumerate() {
            let text = value(row, captured, source)
                .map_err(|reason| rejection(source, &field.name, row, captured, reason))?;
            let text = stripped(field, text);
            if balances::stated(text).is_some() {
                let reason = "a balance of the account stands in place of the reference".to_owned();
                return Err(rejection(source, &field.name, row, captured, reason));
            }
            match key::normalise(text, declared.spelling) {
                Ok(part) => {
                    key::note_written(number, text, &part, &mut self.written);
                    key::encode_part(&part, &mut self.key);
                }
                Err(KeyFault::Damaged) => {
                    state = KeyState::Damaged;
                    key::encode_part(text.trim(), &mut self.key);
                }
                Err(fault) => {
                    let reason = match source {
                        Source::Extract { rule, group } if fault == KeyFault::Empty => format!(
                            "`{group}` is not found by the pattern `{}` of the profile",
                            profile.layout.extracts[*rule].pattern.as_str()
                        ),
                        _ => format!("{fault} ({})", spelled(declared.spelling)),
                    };
                    return Err(rejection(source, &field.name, row, captured, reason));
                }
            }
        }
        Ok(state)
    }

    fn read_details(
        &mut self,
        row: Row<'_>,
        captured: &Captured<'_>,
        code: &str,
    ) -> Result<(), Rejection> {
        self.details.clear();
        let profile = self.profile;
        for (field, source) in profile.layout.details.iter().zip(&self.columns.details) {
            let text = match source {
                Source::Absent => "",
                source => value(row, captured, source)
                    .map_err(|reason| rejection(source, &field.name, row, captured, reason))?,
            };
            encode_details(
                std::iter::once(stripped(field, text).trim()),
                &mut self.details,
            );
        }
        encode_details(std::iter::once(code), &mut self.details);
        Ok(())
    }

    fn instant(
        &mut self,
        row: Row<'_>,
        captured: &Captured<'_>,
    ) -> Result<DateTime<Utc>, Rejection> {
        let source = &self.columns.date;
        let text = value(row, captured, source)
            .map_err(|reason| rejection(source, "time", row, captured, reason))?
            .trim();
        let is_number = matches!(source, Source::Column(c) if row.kind(*c) == CellKind::Number);
        let clock = self.columns.time.and_then(|column| row.cells.get(column));
        if let Some(column) = self.columns.zone {
            let word = row.cells.get(column).unwrap_or("").trim();
            let zone = zone_of(word);
            if zone.is_none() && !word.is_empty() {
                return Err(Rejection {
                    column: Some(column),
                    field: Some("time".to_owned()),
                    value: word.to_owned(),
                    reason: "not a zone: WIB, WITA, WIT, UTC or an offset such as +08:00"
                        .to_owned(),
                    foreign: None,
                });
            }
            self.stamps.in_zone(zone);
        }
        let read = match clock.map(str::trim).filter(|clock| !clock.is_empty()) {
            Some(clock) => self.stamps.read_joined(text, clock),
            None if is_number => match self.stamps.serial(text, row.epoch) {
                // `2507211031` and the like are numbers too.
                Err(StampFault::Unknown) => self.stamps.read(text),
                read => read,
            },
            None => self.stamps.read(text),
        };
        read.map_err(|fault| rejection(source, "time", row, captured, fault.to_string()))
    }

    /// What the columns of operations say; `None` where they say nothing.
    fn operation(&mut self, row: Row<'_>) -> Result<Option<usize>, Rejection> {
        let rule = &self.profile.layout.operation;
        let columns = &self.columns.operation;
        let codes = columns
            .iter()
            .map(|column| row.cells.get(*column).unwrap_or("").trim());
        if columns.is_empty() || codes.clone().all(str::is_empty) {
            return Ok(None);
        }
        if let Some((last, operation)) = &self.last_operation
            && codes.clone().eq(last.iter().map(String::as_str))
        {
            return Ok(Some(*operation));
        }
        let Some(found) = rule.by_codes(codes.clone()) else {
            let written = codes.collect::<Vec<_>>().join("/");
            return Err(Rejection {
                column: columns.first().copied(),
                field: Some("operation".to_owned()),
                reason: format!(
                    "unknown operation `{}`; add it to [[operation.map]] in the profile with its kind",
                    super::fault::shown(&written)
                ),
                value: written,
                foreign: None,
            });
        };
        self.last_operation = Some((codes.map(str::to_owned).collect(), found));
        Ok(Some(found))
    }

    fn status<'r>(
        &mut self,
        row: Row<'r>,
        captured: &Captured<'r>,
        operation: usize,
    ) -> Result<(Status, &'r str), Rejection> {
        let rule = &self.profile.layout.status;
        let code = match (&self.columns.code, rule.constant) {
            (Source::Absent, Some(constant)) => return Ok((constant, "")),
            (Source::Column(column), _) => cell(row, *column),
            (Source::Extract { rule, group }, _) => Ok(captured_text(captured, *rule, group)),
            _ => Ok(""),
        };
        let code = code
            .map_err(|reason| rejection(&self.columns.code, "status", row, captured, reason))?
            .trim();
        if let Some((last, by, status)) = &self.last_code
            && last == code
            && *by == operation
        {
            return Ok((*status, code));
        }
        let Some(found) = rule.row_of(code, operation) else {
            let shown = super::fault::shown(code);
            let name = &self.profile.layout.operation.operations[operation].name;
            let reason = format!(
                "unknown status code `{shown}` on operation {name}; add it to the profile under [[status.map]]: codes = [\"{shown}\"] and is = \"unknown\", or what it means"
            );
            return Err(rejection(
                &self.columns.code,
                "status",
                row,
                captured,
                reason,
            ));
        };
        self.last_code = Some((code.to_owned(), operation, found.is));
        Ok((found.is, code))
    }

    /// A control total that stands in a trailer line under one of the amount columns.
    pub fn total_below(&self, row: Row<'_>, which: Which) -> Option<(String, CellKind)> {
        match self.sources(which) {
            [Source::Column(column)] => {
                let text = row.cells.get(*column)?.trim();
                (!text.is_empty()).then(|| (text.to_owned(), row.kind(*column)))
            }
            _ => None,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Which {
    Amount,
    Fee,
    Net,
}

impl Which {
    pub fn name(self) -> &'static str {
        match self {
            Which::Amount => "amount",
            Which::Fee => "fee",
            Which::Net => "net",
        }
    }
}

fn spelled(spelling: Spelling) -> &'static str {
    match spelling {
        Spelling::Text | Spelling::TextFolded => "a key field",
        Spelling::Numeric => "a numeric key field",
    }
}

fn stripped<'t>(field: &Field, text: &'t str) -> &'t str {
    match &field.strip_prefix {
        Some(prefix) => text
            .trim_start()
            .strip_prefix(prefix.as_str())
            .unwrap_or(text),
        None => text,
    }
}

fn captured_text<'r>(captured: &Captured<'r>, rule: usize, group: &str) -> &'r str {
    captured
        .get(rule)
        .and_then(Option::as_ref)
        .and_then(|captures| captures.name(group))
        .map_or("", |found| found.as_str())
}

fn value<'r>(row: Row<'r>, captured: &Captured<'r>, source: &'r Source) -> Result<&'r str, String> {
    match source {
        Source::Column(column) => cell(row, *column),
        Source::Either { first, otherwise } => cell(row, either(row, *first, *otherwise)),
        Source::Extract { rule, group } => Ok(captured_text(captured, *rule, group)),
        Source::Constant(text) => Ok(text),
        Source::Absent => Ok(""),
    }
}

/// The first column where it holds something, be it damaged, and the other where it does not.
fn either(row: Row<'_>, first: usize, otherwise: usize) -> usize {
    let text = row.cells.get(first).unwrap_or("").trim();
    let is_damaged = matches!(row.kind(first), CellKind::Uncomputed | CellKind::Error);
    if is_damaged || !matches!(text, "" | "-" | "'" | "'-") {
        first
    } else {
        otherwise
    }
}

/// The text of a cell that holds a value; what a spreadsheet failed to compute is none.
fn cell(row: Row<'_>, column: usize) -> Result<&str, String> {
    let text = row.cells.get(column).unwrap_or("");
    match row.kind(column) {
        CellKind::Uncomputed => Err(
            "a formula without a stored result; open the workbook, let it calculate and save it"
                .to_owned(),
        ),
        CellKind::Error => Err("a spreadsheet error stands in place of the value".to_owned()),
        _ if text.starts_with('#') && is_error(text) => {
            Err("a spreadsheet error stands in place of the value".to_owned())
        }
        _ => Ok(text),
    }
}

fn is_error(text: &str) -> bool {
    matches!(
        text.trim_end(),
        "#N/A"
            | "#REF!"
            | "#VALUE!"
            | "#DIV/0!"
            | "#NAME?"
            | "#NULL!"
            | "#NUM!"
            | "#SPILL!"
            | "#CALC!"
    )
}

fn rejection(
    source: &Source,
    field: &str,
    row: Row<'_>,
    captured: &Captured<'_>,
    reason: String,
) -> Rejection {
    let (column, value) = match source {
        Source::Column(column) => (Some(*column), row.cells.get(*column).unwrap_or("")),
        Source::Either { first, otherwise } => {
            let column = either(row, *first, *otherwise);
            (Some(column), row.cells.get(column).unwrap_or(""))
        }
        Source::Extract { rule, group } => (None, captured_text(captured, *rule, group)),
        Source::Constant(text) => (None, text.as_str()),
        Source::Absent => (None, ""),
    };
    Rejection {
        column,
        field: Some(field.to_owned()),
        value: value.to_owned(),
        reason,
        foreign: None,
    }
}
