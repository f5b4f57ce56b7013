//! Cells of a ledger row → an entry, the same for every database.

use std::borrow::Cow;
use std::fmt;

use chrono::{DateTime, NaiveDateTime, Utc};

use super::rejected::{RowFault, Sort, mapping_hint};
use super::value::{exact_money, may_be_thousands, shown, text_of};
use super::{Keep, LedgerError, Negative, Reading, Spec, Spellings};
use crate::domain::entry::{Draft, KeyState, Place, encode_details};
use crate::domain::key::{self, KeyFault, Spelling};
use crate::domain::money::{Money, Unit};
use crate::domain::rejected::RejectedEntry;
use crate::domain::stamp::StampReader;
use crate::domain::status::{Kind, Status};
use crate::domain::time::local_instant;

/// One value as a database hands it over.
#[derive(Clone, Copy, Debug)]
pub enum Cell<'a> {
    Null,
    Integer(i64),
    /// Decimal text of an exact number or of what a database keeps as a float.
    Decimal(&'a str),
    /// An exact number as `unscaled` / 10^`scale`.
    Numeric(Numeric),
    Text(&'a str),
    /// A stamp with a zone of its own.
    Instant(DateTime<Utc>),
    /// A stamp without a zone: it stands in the channel's `ledger_zone`.
    Local(NaiveDateTime),
    Boolean(bool),
    Other(&'static str),
}

/// An exact decimal number: `unscaled` / 10^`scale`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Numeric {
    pub unscaled: i128,
    pub scale: u16,
}

impl fmt::Display for Numeric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scale = usize::from(self.scale);
        let digits = format!(
            "{:0>width$}",
            self.unscaled.unsigned_abs(),
            width = scale + 1
        );
        let (whole, decimals) = digits.split_at(digits.len() - scale);
        let sign = if self.unscaled < 0 { "-" } else { "" };
        let point = if scale > 0 { "." } else { "" };
        write!(f, "{sign}{whole}{point}{decimals}")
    }
}

/// Entries that are held before they are reduced to their fingerprint.
const AT_ONCE: usize = 4096;

/// Positions of the channel's columns in the query's answer.
#[derive(Debug)]
struct Columns {
    key: Vec<usize>,
    amount: usize,
    fee: Option<usize>,
    status: StatusColumns,
    occurred_at: usize,
    kind: Option<usize>,
    details: Vec<Option<usize>>,
}

#[derive(Debug)]
enum StatusColumns {
    Canonical(usize),
    ByCode {
        code: usize,
        operation: Option<usize>,
    },
}

/// What a column of the query is taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    Key,
    Amount,
    Status,
    /// `response_code` or `operation`.
    Code,
    OccurredAt,
    Kind,
    Detail,
}

/// The columns that a channel reads, by position; one column may mean two things. A query that
/// lacks one is refused.
pub fn meanings(spec: &Spec<'_>, names: &[String]) -> Result<Vec<(usize, Meaning)>, LedgerError> {
    let columns = find_columns(spec, names)?;
    let mut found: Vec<(usize, Meaning)> = Vec::new();
    found.extend(columns.key.iter().map(|at| (*at, Meaning::Key)));
    found.push((columns.amount, Meaning::Amount));
    found.extend(columns.fee.map(|at| (at, Meaning::Amount)));
    match columns.status {
        StatusColumns::Canonical(at) => found.push((at, Meaning::Status)),
        StatusColumns::ByCode { code, operation } => {
            found.push((code, Meaning::Code));
            found.extend(operation.map(|at| (at, Meaning::Code)));
        }
    }
    found.push((columns.occurred_at, Meaning::OccurredAt));
    found.extend(columns.kind.map(|at| (at, Meaning::Kind)));
    let details = columns.details.iter().flatten();
    found.extend(details.map(|at| (*at, Meaning::Detail)));
    for (at, _) in &found {
        let name = &names[*at];
        let same = names
            .iter()
            .filter(|other| other.eq_ignore_ascii_case(name));
        if same.count() > 1 {
            return Err(LedgerError::Query {
                channel: spec.channel.to_owned(),
                reason: format!("selects `{name}` more than once"),
                hint: "give it one meaning: where `SELECT p.*` brings one along, select the \
                       columns by name instead"
                    .to_owned(),
            });
        }
    }
    Ok(found)
}

/// Builds the entries of one answer.
pub struct RowBuilder<'a> {
    spec: &'a Spec<'a>,
    columns: Columns,
    stamps: StampReader<'a>,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    key: Vec<u8>,
    /// How the key is written, where that is another text.
    written: Vec<u8>,
    detail_bytes: Vec<u8>,
    row: u32,
    pub reading: Reading,
}

impl<'a> RowBuilder<'a> {
    /// Finds the columns by name; a query of another shape is refused before a row is read.
    pub fn new(
        spec: &'a Spec<'a>,
        names: &[String],
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<RowBuilder<'a>, LedgerError> {
        Ok(RowBuilder {
            spec,
            columns: find_columns(spec, names)?,
            stamps: StampReader::new(&[], spec.zone),
            from,
            to,
            key: Vec::new(),
            written: Vec::new(),
            detail_bytes: Vec::new(),
            row: 0,
            reading: Reading::default(),
        })
    }

    /// Takes one row; `cell` gives the value of a position. A row that cannot be judged is put aside.
    pub fn push<'c>(&mut self, cell: impl Fn(usize) -> Cell<'c>) -> Result<(), LedgerError> {
        self.row = self.row.saturating_add(1);
        match self.entry(&cell) {
            Ok(()) => Ok(()),
            Err(Refused::Row(fault)) => {
                self.reject(&cell, &fault);
                Ok(())
            }
            Err(Refused::Answer(error)) => Err(*error),
        }
    }

    fn entry<'c>(&mut self, cell: &impl Fn(usize) -> Cell<'c>) -> Result<(), Refused> {
        let (key_state, lacking) = match self.key(cell) {
            Ok(state) => (state, None),
            Err(fault) => (KeyState::Absent, Some(fault)),
        };
        let status = self.status(cell);
        // What failed or was reversed has nothing to be paired with: it needs no reference.
        let is_closed = |status: Status| status.is_failed() || status == Status::Reversed;
        if let Some(fault) = lacking
            && !matches!((&fault, &status), (Lacking::Missing(_), Ok(status)) if is_closed(*status))
        {
            return Err(fault.into());
        }
        let amount = self.amount("amount", cell(self.columns.amount))?;
        let Some(amount) = amount else {
            let hint = "exclude rows without an amount in the query, or COALESCE them on purpose";
            return Err(self.fault("amount", Cell::Null, "the amount is NULL", hint));
        };
        let fee = match self.columns.fee {
            Some(position) => self.amount("fee", cell(position))?,
            None => None,
        };
        let status = status?;
        let kind = self.kind(cell)?;
        let (kind, amount) = self.signed(cell, kind, amount)?;
        let fee = match fee {
            Some(fee) => Some(self.signed_fee(cell, kind, fee)?),
            None => None,
        };
        let at = self.instant(cell(self.columns.occurred_at))?;
        if key_state == KeyState::Absent {
            self.key.clear();
        }
        self.details(cell);
        let draft = Draft {
            key: &self.key,
            key_state,
            written: &self.written,
            details: &self.detail_bytes,
            at,
            amount,
            fee,
            status,
            kind,
            place: Place {
                file: 0,
                sheet: 0,
                row: self.row,
            },
        };
        self.reading.entries.push(&draft).map_err(|too_large| {
            Refused::answer(LedgerError::Query {
                channel: self.spec.channel.to_owned(),
                reason: too_large.to_string(),
                hint: "split the channel by merchant or product".to_owned(),
            })
        })?;
        if self.spec.keep == Keep::Fingerprint && self.reading.entries.len() == AT_ONCE {
            self.reading.passed = self.reading.entries_read();
            self.reading.entries.clear();
        }
        Ok(())
    }

    /// Puts a row aside, with what can be read of it.
    #[cold]
    fn reject<'c>(&mut self, cell: &impl Fn(usize) -> Cell<'c>, fault: &RowFault) {
        let whole = matches!(self.key(cell), Ok(KeyState::Whole));
        let key = whole.then(|| self.key.clone());
        let at = self.instant(cell(self.columns.occurred_at)).ok();
        let text = |position: Option<usize>| {
            let mut digits = [0u8; 20];
            let text = position.and_then(|at| text_of(cell(at), &mut digits).map(Cow::into_owned));
            text.map(|text| shown(&text)).unwrap_or_default()
        };
        let named = self.spec.key.iter().zip(&self.columns.key);
        let named = named.map(|(field, at)| (field.name.clone(), text(Some(*at))));
        let names = self.spec.details.iter().zip(&self.columns.details);
        let mut reference = names.filter(|(name, _)| *name == "reference");
        let status = match self.columns.status {
            StatusColumns::Canonical(at) => at,
            StatusColumns::ByCode { code, .. } => code,
        };
        let entry = RejectedEntry {
            at,
            key: named.filter(|(_, value)| !value.is_empty()).collect(),
            reference: text(reference.next().and_then(|(_, at)| *at)),
            kind: self.kind(cell).ok(),
            amount: self
                .amount("amount", cell(self.columns.amount))
                .ok()
                .flatten(),
            status: text(Some(status)),
            column: fault.column.clone(),
            value: fault.value.clone(),
            reason: fault.reason.clone(),
        };
        let rejected = &mut self.reading.rejected;
        rejected.add(self.spec.channel, self.row, entry, key, fault);
    }

    /// Encodes the key of the row.
    fn key<'c>(&mut self, cell: &impl Fn(usize) -> Cell<'c>) -> Result<KeyState, Lacking> {
        self.key.clear();
        self.written.clear();
        let mut key_state = KeyState::Whole;
        for (part, field) in self.spec.key.iter().enumerate() {
            let mut digits = [0u8; 20];
            let value = cell(self.columns.key[part]);
            let Some(written) = text_of(value, &mut digits) else {
                return Err(match value {
                    Cell::Null => {
                        let reason = "the reference is NULL";
                        Lacking::Missing(self.fault(&field.name, value, reason, KEY_HINT))
                    }
                    _ => {
                        let reason = "a reference is text or a number";
                        Lacking::Unreadable(self.of_type(&field.name, value, reason, KEY_HINT))
                    }
                });
            };
            let text = written.trim_matches([' ', '\t', '\u{a0}']);
            if text.len() != written.len() {
                let widths = self.reading.spellings.0.entry(part).or_default();
                widths.insert(Spellings::PADDED);
            }
            match key::normalise(text, field.spelling) {
                Ok(normal) => {
                    // Also of one without a zero before it: a shorter one may have them.
                    if field.spelling == Spelling::Numeric {
                        let width = Spellings::width_of(text);
                        let widths = self.reading.spellings.0.entry(part).or_default();
                        if !widths.contains(&width) {
                            widths.insert(width);
                        }
                    }
                    key::note_written(part, text, &normal, &mut self.written);
                    key::encode_part(&normal, &mut self.key);
                }
                Err(KeyFault::Damaged) => {
                    key_state = KeyState::Damaged;
                    key::encode_part(text, &mut self.key);
                }
                Err(fault) => {
                    let reason = fault.to_string();
                    let refused = self.fault(&field.name, value, &reason, KEY_HINT);
                    return Err(match fault {
                        KeyFault::Empty => Lacking::Missing(refused),
                        KeyFault::TooLong | KeyFault::Damaged => Lacking::Unreadable(refused),
                    });
                }
            }
        }
        Ok(key_state)
    }

    fn kind<'c>(&self, cell: &impl Fn(usize) -> Cell<'c>) -> Result<Kind, Refused> {
        match self.columns.kind.map(cell) {
            None | Some(Cell::Null) => Ok(Kind::Payment),
            Some(Cell::Text(name)) => Kind::from_name(name).ok_or_else(|| {
                let hint = format!("map it in the query to one of: {}", Kind::NAMES.join(", "));
                self.fault("kind", Cell::Text(name), "not a kind", &hint)
            }),
            Some(other) => Err(self.of_type("kind", other, "a kind is text", KIND_HINT)),
        }
    }

    /// What the sign of an amount says of the operation, and its magnitude. An operation that undoes
    /// a payment is written with either sign.
    fn signed<'c>(
        &self,
        cell: &impl Fn(usize) -> Cell<'c>,
        kind: Kind,
        amount: Money,
    ) -> Result<(Kind, Money), Refused> {
        let (reason, hint) = match (self.spec.negative, amount.is_negative()) {
            _ if kind.undoes() => return Ok((kind, amount.abs())),
            (Negative::Payment, true) => return Ok((kind, amount.abs())),
            (Negative::Undo(undo), true) => return Ok((undo, amount.abs())),
            (Negative::Payment, false) if !amount.is_zero() => (
                "a payment without the minus that payments have here",
                "select such a row AS kind 'refund' or 'reversal', or exclude it in the query",
            ),
            (_, false) => return Ok((kind, amount)),
            (Negative::Reject, true) => (
                "the sign of a payment's amount is not declared",
                "say what a minus means with `ledger_negative` of the channel: \"payment\", \
                 \"refund\", \"reversal\" or \"void\"",
            ),
        };
        Err(self.fault("amount", cell(self.columns.amount), reason, hint))
    }

    /// A fee is a magnitude, as what it is taken from.
    fn signed_fee<'c>(
        &self,
        cell: &impl Fn(usize) -> Cell<'c>,
        kind: Kind,
        fee: Money,
    ) -> Result<Money, Refused> {
        if !fee.is_negative() || kind.undoes() || self.spec.negative == Negative::Payment {
            return Ok(fee.abs());
        }
        let value = self.columns.fee.map_or(Cell::Null, cell);
        let hint = "select ABS(…) AS fee where the ledger writes fees with a minus";
        Err(self.fault(
            "fee",
            value,
            "the sign of a payment's fee is not declared",
            hint,
        ))
    }

    fn details<'c>(&mut self, cell: &impl Fn(usize) -> Cell<'c>) {
        self.detail_bytes.clear();
        for position in &self.columns.details {
            let mut digits = [0u8; 20];
            let text = position.and_then(|position| text_of(cell(position), &mut digits));
            encode_details(
                std::iter::once(text.as_deref().unwrap_or("")),
                &mut self.detail_bytes,
            );
        }
    }

    fn amount(&self, column: &str, cell: Cell<'_>) -> Result<Option<Money>, Refused> {
        if let (Cell::Integer(number), Unit::Rupiah) = (cell, self.spec.unit)
            && number.unsigned_abs() <= 1_000_000_000_000
        {
            return Ok(Some(Money::from_rupiah(number)));
        }
        let mut digits = [0u8; 20];
        if let Cell::Numeric(number) = cell
            && let Some(money) = exact_money(number, self.spec.unit)
        {
            return Ok(Some(money));
        }
        let text = match (cell, text_of(cell, &mut digits)) {
            (Cell::Null, _) => return Ok(None),
            (Cell::Instant(_) | Cell::Local(_) | Cell::Boolean(_), _) | (_, None) => {
                return Err(self.of_type(
                    column,
                    cell,
                    "an amount is a number or text",
                    AMOUNT_HINT,
                ));
            }
            (Cell::Text(_), Some(text)) if may_be_thousands(&text) => {
                return Err(self.fault(
                    column,
                    cell,
                    "a point before three digits: thousands or decimals?",
                    THOUSANDS_HINT,
                ));
            }
            (_, Some(text)) => text,
        };
        Money::parse_number(&text, self.spec.unit)
            .map(Some)
            .map_err(|error| self.fault(column, cell, &error.to_string(), AMOUNT_HINT))
    }

    fn status<'c>(&self, cell: &impl Fn(usize) -> Cell<'c>) -> Result<Status, Refused> {
        match self.columns.status {
            StatusColumns::Canonical(position) => {
                let value = cell(position);
                let mut digits = [0u8; 20];
                let Some(text) = text_of(value, &mut digits) else {
                    let hint = "say what it means in the query, e.g. COALESCE(status, 'unknown')";
                    return Err(self.fault("status", value, "no status", hint));
                };
                let known = self.spec.status.get(&*text).copied();
                known.or_else(|| Status::from_name(&text)).ok_or_else(|| {
                    self.unmapped(
                        "status",
                        &text,
                        "not a known status",
                        mapping_hint(self.spec),
                    )
                })
            }
            StatusColumns::ByCode { code, operation } => {
                let value = cell(code);
                let mut digits = ([0u8; 20], [0u8; 20]);
                let code = match (value, text_of(value, &mut digits.0)) {
                    // No answer of the provider was ever recorded: nobody knows.
                    (Cell::Null, _) => return Ok(Status::Unknown),
                    (_, Some(text)) => text,
                    (_, None) => {
                        let hint = "select the code as text";
                        return Err(self.of_type("response_code", value, "a code is text", hint));
                    }
                };
                let operation = operation.and_then(|at| text_of(cell(at), &mut digits.1));
                let operation = operation.as_deref().unwrap_or("");
                (self.spec.status_of)(&code, operation).ok_or_else(|| {
                    let reason = format!(
                        "the profile maps no such code (operation `{}`)",
                        shown(operation)
                    );
                    let hint = "add it to the profile's status table, or select `status` yourself";
                    self.unmapped("response_code", &code, &reason, hint.to_owned())
                })
            }
        }
    }

    fn instant(&mut self, cell: Cell<'_>) -> Result<DateTime<Utc>, Refused> {
        let hint = "select it as text `YYYY-MM-DD HH:MM:SS` in the channel's ledger_zone, \
                    or with Z or an offset (datetime(x, 'unixepoch') for a number)";
        let at = match cell {
            Cell::Instant(at) => at,
            Cell::Local(local) => local_instant(self.spec.zone, local.date(), local.time()),
            Cell::Text(text) => match self.stamps.read(text) {
                Ok(at) => at,
                Err(_) => return Err(self.fault("occurred_at", cell, "not a stamp", hint)),
            },
            Cell::Null => return Err(self.fault("occurred_at", cell, "no stamp", hint)),
            _ => return Err(self.of_type("occurred_at", cell, "not a stamp", hint)),
        };
        if at < self.from || at >= self.to {
            let reason = format!(
                "outside of the dates that were asked for ({} to {})",
                self.from, self.to
            );
            let hint = "bind :from and :to to the column that occurred_at is, and compare stamps \
                        of one form (a `T` in the middle sorts after a blank)";
            let fault = self.row_fault("occurred_at", cell, &reason, hint, Sort::Value);
            return Err(Refused::answer(fault.error(self.spec.channel, self.row)));
        }
        Ok(at)
    }

    /// A word of the ledger that the configuration gives no meaning.
    #[cold]
    fn unmapped(&self, column: &str, value: &str, reason: &str, hint: String) -> Refused {
        Refused::Row(Box::new(RowFault {
            column: column.to_owned(),
            value: format!("`{}`", shown(value)),
            reason: reason.to_owned(),
            hint,
            sort: Sort::Unmapped,
        }))
    }

    #[cold]
    fn fault(&self, column: &str, value: Cell<'_>, reason: &str, hint: &str) -> Refused {
        Refused::Row(Box::new(self.row_fault(
            column,
            value,
            reason,
            hint,
            Sort::Value,
        )))
    }

    #[cold]
    fn of_type(&self, column: &str, value: Cell<'_>, reason: &str, hint: &str) -> Refused {
        Refused::Row(Box::new(self.row_fault(
            column,
            value,
            reason,
            hint,
            Sort::Type,
        )))
    }

    fn row_fault(
        &self,
        column: &str,
        value: Cell<'_>,
        reason: &str,
        hint: &str,
        sort: Sort,
    ) -> RowFault {
        RowFault {
            column: column.to_owned(),
            value: match value {
                Cell::Null => "NULL".to_owned(),
                Cell::Integer(number) => number.to_string(),
                Cell::Decimal(text) | Cell::Text(text) => format!("`{}`", shown(text)),
                Cell::Numeric(number) => number.to_string(),
                Cell::Instant(at) => at.to_rfc3339(),
                Cell::Local(local) => local.to_string(),
                Cell::Boolean(value) => value.to_string(),
                Cell::Other(kind) => format!("a {kind}"),
            },
            reason: reason.to_owned(),
            hint: hint.to_owned(),
            sort,
        }
    }
}

/// Why a row gave no entry.
enum Refused {
    /// It alone cannot be judged.
    Row(Box<RowFault>),
    /// Nothing of the answer can be believed.
    Answer(Box<LedgerError>),
}

impl Refused {
    fn answer(error: LedgerError) -> Refused {
        Refused::Answer(Box::new(error))
    }
}

/// Why a row has no key.
enum Lacking {
    /// It says none.
    Missing(Refused),
    Unreadable(Refused),
}

impl From<Lacking> for Refused {
    fn from(lacking: Lacking) -> Refused {
        match lacking {
            Lacking::Missing(refused) | Lacking::Unreadable(refused) => refused,
        }
    }
}

const KEY_HINT: &str = "exclude rows without the provider's reference in the query";
const KIND_HINT: &str = "select 'payment' AS kind";
const AMOUNT_HINT: &str = "select rupiah as a whole number, a decimal or text like 75000.00 \
                           (ledger_amounts = \"minor\" for sen)";

const THOUSANDS_HINT: &str = "select a number: CAST(REPLACE(…, '.', '') AS DECIMAL(20,2)) where the \
                              point groups thousands, CAST(… AS DECIMAL(20,2)) where it does not";

fn find_columns(spec: &Spec<'_>, names: &[String]) -> Result<Columns, LedgerError> {
    let find = |wanted: &str| {
        names
            .iter()
            .position(|name| name.eq_ignore_ascii_case(wanted))
    };
    let lacking = |column: &str, expected: &str| LedgerError::Query {
        channel: spec.channel.to_owned(),
        reason: format!(
            "has no column `{column}` ({expected}); it selects: {}",
            names.join(", ")
        ),
        hint: format!("name it in the SELECT: … AS {column}"),
    };
    let key = spec
        .key
        .iter()
        .map(|field| {
            find(&field.name)
                .ok_or_else(|| lacking(&field.name, "text or a number, part of the key"))
        })
        .collect::<Result<Vec<_>, _>>()?;
    let amount = find("amount").ok_or_else(|| lacking("amount", "rupiah"))?;
    let occurred_at = find("occurred_at").ok_or_else(|| lacking("occurred_at", "a stamp"))?;
    let status = match (find("status"), find("response_code")) {
        (Some(position), _) => StatusColumns::Canonical(position),
        (None, Some(code)) => StatusColumns::ByCode {
            code,
            operation: find("operation"),
        },
        (None, None) => {
            return Err(lacking(
                "status",
                "a canonical status, or response_code with operation",
            ));
        }
    };
    let details = spec
        .details
        .iter()
        .map(|name| match name.as_str() {
            "code" => find("response_code"),
            name => find(name),
        })
        .collect();
    Ok(Columns {
        key,
        amount,
        fee: find("fee").or_else(|| find("admin_fee")),
        status,
        occurred_at,
        kind: find("kind"),
        details,
    })
}
