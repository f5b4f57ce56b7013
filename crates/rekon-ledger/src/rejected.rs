//! Rows that cannot be judged, and whether the rest of an answer can be believed.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use xxhash_rust::xxh3::xxh3_128;

use super::{LedgerError, Reading, Spec};
use crate::domain::entry::Fingerprint;
use crate::domain::rejected::{LISTED, RejectedEntry};
use crate::domain::status::Status;

/// What is wrong with a row.
#[derive(Clone, Debug)]
pub struct RowFault {
    pub column: String,
    pub value: String,
    pub reason: String,
    pub hint: String,
    pub sort: Sort,
}

/// What the fault says of the other rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// Nothing: it is one value.
    Value,
    /// The column may be of a type that it cannot be read from.
    Type,
    /// The configuration gives a word no meaning.
    Unmapped,
}

impl RowFault {
    pub fn error(&self, channel: &str, row: u32) -> LedgerError {
        let channel = channel.to_owned();
        match self.sort {
            Sort::Unmapped => LedgerError::Query {
                channel,
                reason: format!(
                    "row {row}, column {}: {}: {}",
                    self.column, self.value, self.reason
                ),
                hint: self.hint.clone(),
            },
            Sort::Value | Sort::Type => LedgerError::Data {
                channel,
                row: u64::from(row),
                column: self.column.clone(),
                value: self.value.clone(),
                reason: self.reason.clone(),
                hint: self.hint.clone(),
            },
        }
    }
}

/// The rows of an answer that are no entries.
#[derive(Default)]
pub struct Rejected {
    count: u64,
    /// The first of them in their own order, with how often each stands there.
    rows: BTreeMap<RejectedEntry, u64>,
    /// Whole keys that stand in such a row, with its instant where that can be read, and the row.
    pub keys: BTreeMap<(Vec<u8>, Option<DateTime<Utc>>), RejectedEntry>,
    /// Words that the configuration gives no meaning, by their column.
    unmapped: BTreeMap<(String, String), u64>,
    of_type: u64,
    /// The first of them as an error.
    pub first: Option<LedgerError>,
    fingerprint: Fingerprint,
}

/// Words without a meaning that are named; more are no list of statuses.
const WORDS: usize = 50;
/// So many rows that cannot be judged are single ones, however few others there are.
const SINGLE: u64 = 10;

/// Keys that are remembered of such rows; an answer with more of them is hardly believed.
const KEYS: usize = 100_000;

impl Rejected {
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Adds a row that was found by its key, unless it stands in the answer of the date already.
    pub fn add_undated(&mut self, row: &RejectedEntry) {
        if !self.rows.contains_key(row) {
            self.count += 1;
            self.rows.insert(row.clone(), 1);
        }
    }

    pub fn add(
        &mut self,
        channel: &str,
        row: u32,
        entry: RejectedEntry,
        key: Option<Vec<u8>>,
        fault: &RowFault,
    ) {
        self.count += 1;
        self.of_type += u64::from(fault.sort == Sort::Type);
        if self.first.is_none() {
            self.first = Some(fault.error(channel, row));
        }
        if fault.sort == Sort::Unmapped {
            let word = (fault.column.clone(), fault.value.clone());
            if self.unmapped.contains_key(&word) || self.unmapped.len() < WORDS {
                *self.unmapped.entry(word).or_default() += 1;
            }
        }
        if let Some(key) = key.filter(|_| self.keys.len() < KEYS) {
            self.keys.insert((key, entry.at), entry.clone());
        }
        self.fingerprint = self
            .fingerprint
            .and(Fingerprint::of(xxh3_128(&bytes_of(&entry))));
        *self.rows.entry(entry).or_default() += 1;
        if self.rows.len() > LISTED {
            self.rows.pop_last();
        }
    }

    pub fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    /// The rows to list.
    pub fn listed(&self) -> Vec<RejectedEntry> {
        let each = self.rows.iter();
        let rows = each.flat_map(|(row, times)| {
            std::iter::repeat_n(row, usize::try_from(*times).unwrap_or(LISTED))
        });
        rows.take(LISTED).cloned().collect()
    }

    /// All words without a meaning, in one sentence: `` status `PAID` (12 rows), `DONE` (1 row) ``.
    pub fn words(&self) -> Option<String> {
        let mut said = Vec::new();
        let mut last = None;
        for ((column, value), count) in &self.unmapped {
            let rows = if *count == 1 { "row" } else { "rows" };
            let word = format!("{value} ({count} {rows})");
            said.push(match last.replace(column) == Some(column) {
                true => word,
                false => format!("{column} {word}"),
            });
        }
        (!said.is_empty()).then(|| said.join(", "))
    }
}

/// Each field with its length before it, so that no two rows give the same bytes.
fn bytes_of(row: &RejectedEntry) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut put = |text: &[u8]| {
        bytes.extend_from_slice(&(text.len() as u64).to_le_bytes());
        bytes.extend_from_slice(text);
    };
    let amount = row.amount.map(|amount| amount.to_string());
    put(row
        .at
        .map(|at| at.to_rfc3339())
        .unwrap_or_default()
        .as_bytes());
    for (field, value) in &row.key {
        put(field.as_bytes());
        put(value.as_bytes());
    }
    let kind = row.kind.map_or("", |kind| kind.name());
    let amount = amount.as_deref().unwrap_or("");
    let texts = [
        &*row.reference,
        kind,
        amount,
        &row.status,
        &row.column,
        &row.value,
        &row.reason,
    ];
    for text in texts {
        put(text.as_bytes());
    }
    bytes
}

impl Reading {
    /// Refuses an answer of which most is no entry, or whose columns are of other types than they
    /// are read as: what is left of it says nothing of the date.
    pub fn trusted(self, spec: &Spec<'_>) -> Result<Reading, LedgerError> {
        let readable = self.readable();
        let Reading { rejected, .. } = &self;
        let wrong_type = rejected.of_type > 0 && readable == 0;
        let mostly = rejected.count > readable && rejected.count > SINGLE;
        if !wrong_type && !mostly {
            return Ok(self);
        }
        let words = rejected.words();
        let count = self.rejected.count;
        let of = format!("{count} of {} rows cannot be judged", readable + count);
        let Some(first) = self.rejected.first else {
            return Ok(self);
        };
        Err(match (first, words) {
            (LedgerError::Query { channel, .. }, Some(words)) => LedgerError::Query {
                channel,
                reason: format!("{of}: nobody mapped {words}"),
                hint: mapping_hint(spec),
            },
            (
                LedgerError::Data {
                    channel,
                    row,
                    column,
                    value,
                    reason,
                    hint,
                },
                _,
            ) if count > 1 => LedgerError::Data {
                channel,
                row,
                column,
                value,
                reason: format!("{reason} ({of})"),
                hint,
            },
            (first, _) => first,
        })
    }
}

/// How words get a meaning; which one is for those who know the ledger to say.
pub fn mapping_hint(spec: &Spec<'_>) -> String {
    format!(
        "give each its meaning under `ledger_status` of channel {}: one of {}; for a response code, \
         in the profile's status table",
        spec.channel,
        Status::NAMES.join(", ")
    )
}
