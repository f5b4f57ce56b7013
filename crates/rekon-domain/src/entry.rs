//! Entries: one row of a settlement file or of the ledger, reduced to what matching needs.
//!
//! Millions are held at once, so an [`EntrySet`] keeps fixed-size records beside one arena of
//! bytes; [`EntryFacts`] is the owned form of the few that end in a report.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::details::Details;
use super::money::Money;
use super::segments::{Arena, Full, Segments};
use super::shared::Shared;
use super::status::{Kind, Status};

/// Settlement (the partner's file) or ledger (our database).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    Settlement,
    Ledger,
}

impl Side {
    pub fn other(self) -> Side {
        match self {
            Side::Settlement => Side::Ledger,
            Side::Ledger => Side::Settlement,
        }
    }
}

/// Whether the entry's key can be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyState {
    Whole,
    /// Rounded by a spreadsheet: kept as written, never paired by itself.
    Damaged,
    /// There is none, and none is needed: the entry failed or was reversed.
    Absent,
}

impl KeyState {
    pub const ALL: [KeyState; 3] = [KeyState::Whole, KeyState::Damaged, KeyState::Absent];

    pub fn name(self) -> &'static str {
        match self {
            KeyState::Whole => "whole",
            KeyState::Damaged => "damaged",
            KeyState::Absent => "absent",
        }
    }
}

/// Where a row stands: an index into the run's list of files, a sheet and a row (1-based, as a
/// person counts them in the file). For the ledger `file` is 0 and `row` the position in the answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Place {
    pub file: u16,
    pub sheet: u8,
    pub row: u32,
}

/// One row on its way into an [`EntrySet`].
#[derive(Clone, Copy, Debug)]
pub struct Draft<'a> {
    /// Encoded by [`super::key::encode_part`].
    pub key: &'a [u8],
    pub key_state: KeyState,
    /// How the key is written, as [`super::key::note_written`] notes it; never compared.
    pub written: &'a [u8],
    /// Encoded by [`encode_details`] in the channel's order of detail fields.
    pub details: &'a [u8],
    pub at: DateTime<Utc>,
    /// Gross, in the sense of the channel's amount basis.
    pub amount: Money,
    /// `None` where the source says nothing about fees; then fees are not compared.
    pub fee: Option<Money>,
    pub status: Status,
    pub kind: Kind,
    pub place: Place,
}

/// A compact row; the key and the details lie in the arena of its [`EntrySet`].
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    pub hash: u64,
    at_ms: i64,
    amount: i64,
    fee: i64,
    offset: u32,
    key_len: u16,
    details_len: u16,
    written_len: u16,
    row: u32,
    file: u16,
    sheet: u8,
    pub status: Status,
    pub kind: Kind,
    key_state: KeyState,
    has_fee: bool,
}

impl Entry {
    pub fn at(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.at_ms).unwrap_or_default()
    }

    pub(super) fn amount_sen(&self) -> i64 {
        self.amount
    }

    pub(super) fn fee_sen(&self) -> Option<i64> {
        self.has_fee.then_some(self.fee)
    }

    /// Milliseconds since 1970.
    pub fn at_millis(&self) -> i64 {
        self.at_ms
    }

    pub fn amount(&self) -> Money {
        Money::from_sen(self.amount)
    }

    pub fn fee(&self) -> Option<Money> {
        self.has_fee.then(|| Money::from_sen(self.fee))
    }

    pub fn place(&self) -> Place {
        Place {
            file: self.file,
            sheet: self.sheet,
            row: self.row,
        }
    }

    pub fn key_state(&self) -> KeyState {
        self.key_state
    }
}

/// Rows of one side with their texts.
#[derive(Clone, Debug, Default)]
pub struct EntrySet {
    pub entries: Segments<Entry>,
    texts: Arena,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("more than 4 GiB of references and details on one side of one date")]
pub struct TooLarge;

impl From<Full> for TooLarge {
    fn from(_: Full) -> TooLarge {
        TooLarge
    }
}

impl EntrySet {
    pub fn push(&mut self, draft: &Draft<'_>) -> Result<(), TooLarge> {
        let key_len = u16::try_from(draft.key.len()).map_err(|_| TooLarge)?;
        let details_len = u16::try_from(draft.details.len()).map_err(|_| TooLarge)?;
        let written_len = u16::try_from(draft.written.len()).map_err(|_| TooLarge)?;
        let offset = self.texts.push([draft.key, draft.details, draft.written])?;
        self.entries.push(Entry {
            hash: xxhash_rust::xxh3::xxh3_64(draft.key),
            at_ms: draft.at.timestamp_millis(),
            amount: draft.amount.sen().ok_or(TooLarge)?,
            fee: draft.fee.unwrap_or_default().sen().ok_or(TooLarge)?,
            offset,
            key_len,
            details_len,
            written_len,
            row: draft.place.row,
            file: draft.place.file,
            sheet: draft.place.sheet,
            status: draft.status,
            kind: draft.kind,
            key_state: draft.key_state,
            has_fee: draft.fee.is_some(),
        });
        Ok(())
    }

    /// Copies one row of another set, under a new file index.
    pub fn push_from(
        &mut self,
        other: &EntrySet,
        entry: &Entry,
        file: u16,
    ) -> Result<(), TooLarge> {
        let offset = self.texts.push([other.text(entry), other.noted(entry)])?;
        self.entries.push(Entry {
            offset,
            file,
            ..*entry
        });
        Ok(())
    }

    /// Adds to the fees of entries, by their positions; `on_top` where their amounts hold the fee as well.
    pub fn charge(
        &mut self,
        charges: &BTreeMap<usize, Money>,
        on_top: bool,
    ) -> Result<(), TooLarge> {
        let (mut at, mut fits) = (0, true);
        self.entries.for_each_mut(|entry| {
            if let Some(charge) = charges.get(&at) {
                let more = |sen: i64| (Money::from_sen(sen) + *charge).sen();
                let amount = if on_top {
                    more(entry.amount)
                } else {
                    Some(entry.amount)
                };
                match (more(entry.fee), amount) {
                    (Some(fee), Some(amount)) => {
                        (entry.fee, entry.amount, entry.has_fee) = (fee, amount, true);
                    }
                    _ => fits = false,
                }
            }
            at += 1;
        });
        fits.then_some(()).ok_or(TooLarge)
    }

    /// Marks the keys of all entries as damaged.
    pub fn damage(&mut self) {
        self.entries
            .for_each_mut(|entry| entry.key_state = KeyState::Damaged);
    }

    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// What the entries, their keys and their details fill, without what is held in reserve.
    pub fn bytes(&self) -> usize {
        self.entries.len() * size_of::<Entry>() + self.texts.len()
    }

    /// What changes when any entry does, whatever the order of the entries.
    pub fn fingerprint(&self) -> Fingerprint {
        let mut all = Fingerprint::default();
        for entry in self.entries.iter() {
            all = all.and(self.fingerprint_of(entry));
        }
        all
    }

    /// That of one entry alone.
    pub fn fingerprint_of(&self, entry: &Entry) -> Fingerprint {
        let mut fixed = [0u8; 32];
        fixed[..8].copy_from_slice(&entry.at_ms.to_le_bytes());
        fixed[8..16].copy_from_slice(&entry.amount.to_le_bytes());
        fixed[16..24].copy_from_slice(&entry.fee.to_le_bytes());
        fixed[24..28].copy_from_slice(&[
            entry.status as u8,
            entry.kind as u8,
            u8::from(entry.has_fee),
            entry.key_state as u8,
        ]);
        let seed = xxhash_rust::xxh3::xxh3_64(&fixed);
        Fingerprint {
            entries: 1,
            sum: xxhash_rust::xxh3::xxh3_128_with_seed(self.text(entry), seed),
        }
    }

    pub fn key(&self, entry: &Entry) -> &[u8] {
        &self.text(entry)[..usize::from(entry.key_len)]
    }

    /// The key, then the details.
    fn text(&self, entry: &Entry) -> &[u8] {
        let length = usize::from(entry.key_len) + usize::from(entry.details_len);
        self.texts.get(entry.offset, length)
    }

    /// How the key is written, where that is another text.
    fn noted(&self, entry: &Entry) -> &[u8] {
        let said = usize::from(entry.key_len) + usize::from(entry.details_len);
        let length = said + usize::from(entry.written_len);
        &self.texts.get(entry.offset, length)[said..]
    }

    /// The parts of the key as they are written; empty where they are those of the key.
    pub fn written(&self, entry: &Entry) -> Vec<String> {
        match self.noted(entry) {
            [] => Vec::new(),
            noted => super::key::written(super::key::parts(self.key(entry)), noted),
        }
    }

    pub fn clear(&mut self) {
        self.entries.clear();
        self.texts.clear();
    }

    /// Gives back what is held in reserve for more.
    pub fn shrink_to_fit(&mut self) {
        self.entries.shrink_to_fit();
        self.texts.shrink_to_fit();
    }

    /// An entry in full; `names` are those of the details in their order.
    pub fn facts(
        &self,
        entry: &Entry,
        names: &[String],
        business_date: NaiveDate,
        place: Option<RowPlace>,
    ) -> EntryFacts {
        EntryFacts::from(EntryValues {
            business_date,
            at: entry.at(),
            amount: entry.amount(),
            fee: entry.fee(),
            status: entry.status,
            kind: entry.kind,
            key_state: entry.key_state(),
            written: self.written(entry),
            details: named_details(names, self.details(entry)),
            place,
        })
    }

    pub fn details(&self, entry: &Entry) -> &[u8] {
        &self.text(entry)[usize::from(entry.key_len)..]
    }
}

/// What tells two sets of entries apart, without the entries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fingerprint {
    entries: u64,
    sum: u128,
}

impl Fingerprint {
    /// Of something that is no entry, by its own hash.
    pub fn of(hash: u128) -> Fingerprint {
        Fingerprint {
            entries: 0,
            sum: hash,
        }
    }

    /// How many entries it stands for.
    pub fn entries(self) -> u64 {
        self.entries
    }

    /// That of both sets together.
    pub fn and(self, other: Fingerprint) -> Fingerprint {
        Fingerprint {
            entries: self.entries + other.entries,
            sum: self.sum.wrapping_add(other.sum),
        }
    }
}

/// As it is stored.
impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:032x}", self.entries, self.sum)
    }
}

/// Appends the details of a row in the channel's order; an absent value is an empty one.
/// Each value is cut at [`MAX_DETAIL`] bytes on a character boundary by [`clip`].
pub fn encode_details<'a>(values: impl Iterator<Item = &'a str>, out: &mut Vec<u8>) {
    for value in values {
        let value = clip(value);
        out.extend_from_slice(&(value.len() as u16).to_be_bytes());
        out.extend_from_slice(value.as_bytes());
    }
}

/// The longest detail kept from outside, in bytes. Details are shown to people and compared for
/// equality; no reference is as long.
pub const MAX_DETAIL: usize = 1024;

pub fn clip(text: &str) -> &str {
    if text.len() <= MAX_DETAIL {
        return text;
    }
    let mut end = MAX_DETAIL;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// The values of encoded details in order.
pub fn decode_details(details: &[u8]) -> Vec<String> {
    super::key::parts(details)
}

/// Pairs names with encoded values and drops the empty ones.
pub fn named_details(names: &[String], encoded: &[u8]) -> Details {
    let values: Vec<_> = super::key::slices(encoded)
        .map(String::from_utf8_lossy)
        .collect();
    Details::of(
        names
            .iter()
            .map(String::as_str)
            .zip(values.iter().map(|value| &**value)),
    )
}

/// An entry in full, as items, reports and the state database hold it.
pub type EntryFacts = Shared<EntryValues>;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryValues {
    pub business_date: NaiveDate,
    pub at: DateTime<Utc>,
    pub amount: Money,
    pub fee: Option<Money>,
    pub status: Status,
    pub kind: Kind,
    pub key_state: KeyState,
    /// The parts of the key as they are written, where that is another text: `000004` for 4. They are
    /// shown and never compared.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub written: Vec<String>,
    /// Only fields that have a value; names as in the profile (`reference`, `product`, `tid` …).
    pub details: Details,
    pub place: Option<RowPlace>,
}

/// Where a settlement entry can be looked up by a person.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RowPlace {
    pub file: Arc<str>,
    pub sheet: Option<Arc<str>>,
    pub row: u32,
}
