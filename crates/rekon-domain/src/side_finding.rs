//! Findings about a whole side of a date: one sentence each, the date then is not judged.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::entry::Side;
use super::matching::{Beyond, KeyGroup};
use super::money::Money;
use super::status::Status;

/// Why a date is not judged although its files are here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SideFinding {
    /// The side that is not believed.
    pub side: Side,
    #[serde(flatten)]
    pub doubt: Doubt,
    /// Present where a person said that it is true: the date is judged all the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted: Option<Accepted>,
}

/// What is wrong with a side, with the figures a sentence needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "doubt", rename_all = "snake_case")]
pub enum Doubt {
    /// It has no entry, and the other side has so many payments.
    Empty { other: u64 },
    /// Its last entry, and how many payments the other side has after it that are not on this one.
    EndsEarly { last: DateTime<Utc>, other: u64 },
    /// So many of the other side's payments are not on this one.
    Partial { lacking: u64, of: u64, lacks: Lacks },
    /// So many of its references stand there at least twice, equal in everything.
    Doubled { doubled: u64, of: u64 },
    /// The standby had applied what its primary wrote up to `until` (unknown where it has stopped
    /// applying), and the date needs what was written up to `needed`.
    Behind {
        until: Option<DateTime<Utc>>,
        needed: DateTime<Utc>,
    },
    /// So many pairs differ by the factor 100; the amounts of `larger` are the greater ones.
    Hundredfold { pairs: u64, of: u64, larger: Side },
    /// The stamps of the ledger are so many hours after those of the file.
    ShiftedHours { hours: i64, pairs: u64, of: u64 },
    /// The amounts of so many pairs differ by the fee; those of `larger` include it.
    FeeBasis { pairs: u64, of: u64, larger: Side },
    /// The fee of this side is zero where the other side has one.
    NoFee { pairs: u64, of: u64 },
    /// A file of the date waits for a person: nobody knows whether its rows count.
    Held { file: String, id: i64 },
    /// So many references do not match, of so many payments: more than the channel's limit.
    TooMany {
        keys: u64,
        of: u64,
        limit: u64,
        /// On the file alone, in the ledger alone, on both with something that differs: references, and
        /// the rupiah of the file, of the ledger, and between them.
        settlement: (u64, Money),
        ledger: (u64, Money),
        both: (u64, Money),
        samples: Vec<Sample>,
    },
    /// The same references are written in two ways; `part` is the key field.
    Keys {
        of: u64,
        part: String,
        how: KeyDifference,
    },
}

/// One of too many references that do not match, as it is written, and the amounts that stand under it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    pub key: Vec<String>,
    pub settlement: Option<Money>,
    pub ledger: Option<Money>,
}

/// What a side has nothing of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lacks {
    /// Payments here and there.
    Some,
    /// Everything between two instants.
    Between(DateTime<Utc>, DateTime<Utc>),
    /// Everything of a status.
    Status(Status),
}

/// How the references of the ledger differ from those of the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyDifference {
    /// One side lost the zeros at the front.
    LeadingZeros,
    /// The references of a side begin with a text that the other side's lack.
    Prefix {
        text: String,
        on: Side,
    },
    /// They end with one.
    Suffix {
        text: String,
        on: Side,
    },
    LetterCase,
    /// Blanks, hyphens and the like.
    Separators,
    /// No reference of one side stands on the other.
    NothingAlike,
}

/// Who said that a side is right, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    pub by: String,
    pub at: DateTime<Utc>,
    pub reason: String,
}

impl Sample {
    fn of(group: &KeyGroup) -> Sample {
        let sum = |entries: &[super::entry::EntryFacts]| {
            let sum = entries.iter().map(|entry| entry.amount).sum();
            (!entries.is_empty()).then_some(sum)
        };
        let first = group.settlement.first().or(group.ledger.first());
        let written = first.map_or_else(Vec::new, |entry| entry.written.clone());
        Sample {
            key: match written.is_empty() {
                true => super::key::parts(&group.key),
                false => written,
            },
            settlement: sum(&group.settlement),
            ledger: sum(&group.ledger),
        }
    }
}

impl SideFinding {
    pub fn of(side: Side, doubt: Doubt) -> SideFinding {
        SideFinding {
            side,
            doubt,
            accepted: None,
        }
    }

    /// More references that do not match than a date may have, of so many payments.
    pub fn too_many(beyond: &Beyond, of: u64, limit: u64) -> SideFinding {
        let apart = beyond.both.sides.settlement.amount - beyond.both.sides.ledger.amount;
        let doubt = Doubt::TooMany {
            keys: beyond.keys(),
            of,
            limit,
            settlement: (
                beyond.settlement.keys,
                beyond.settlement.sides.settlement.amount,
            ),
            ledger: (beyond.ledger.keys, beyond.ledger.sides.ledger.amount),
            both: (beyond.both.keys, apart.abs()),
            samples: beyond.samples.iter().map(Sample::of).collect(),
        };
        SideFinding::of(Side::Settlement, doubt)
    }

    /// The name in the machine output.
    pub fn kind(&self) -> &'static str {
        match (&self.doubt, self.side) {
            (Doubt::Empty { .. }, Side::Ledger) => "ledger_empty",
            (Doubt::Empty { .. }, Side::Settlement) => "file_empty",
            (Doubt::EndsEarly { .. }, Side::Ledger) => "ledger_ends_early",
            (Doubt::EndsEarly { .. }, Side::Settlement) => "file_ends_early",
            (Doubt::Partial { .. }, Side::Ledger) => "ledger_partial",
            (Doubt::Partial { .. }, Side::Settlement) => "file_partial",
            (Doubt::Doubled { .. }, Side::Ledger) => "ledger_doubled",
            (Doubt::Doubled { .. }, Side::Settlement) => "file_doubled",
            (Doubt::Behind { .. }, _) => "ledger_behind",
            (Doubt::Hundredfold { .. }, _) => "ledger_amounts",
            (Doubt::ShiftedHours { .. }, _) => "ledger_zone",
            (Doubt::FeeBasis { .. }, _) => "amount_basis",
            (Doubt::NoFee { .. }, Side::Ledger) => "ledger_fee",
            (Doubt::NoFee { .. }, Side::Settlement) => "file_fee",
            (Doubt::Held { .. }, _) => "file_held",
            (Doubt::TooMany { .. }, _) => "too_many_breaks",
            (Doubt::Keys { .. }, _) => "key",
        }
    }

    /// How many payments it is about.
    pub fn entries(&self) -> u64 {
        match &self.doubt {
            Doubt::Empty { other } | Doubt::EndsEarly { other, .. } => *other,
            Doubt::Partial { lacking, .. } => *lacking,
            Doubt::Doubled { doubled, .. } => *doubled,
            Doubt::Behind { .. } | Doubt::Held { .. } => 0,
            Doubt::Hundredfold { pairs, .. }
            | Doubt::ShiftedHours { pairs, .. }
            | Doubt::FeeBasis { pairs, .. }
            | Doubt::NoFee { pairs, .. } => *pairs,
            Doubt::TooMany { keys, .. } => *keys,
            Doubt::Keys { of, .. } => *of,
        }
    }

    /// Whether the date is judged in spite of it.
    pub fn is_accepted(&self) -> bool {
        self.accepted.is_some()
    }
}
