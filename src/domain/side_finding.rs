//! Findings about a whole side of a date: one sentence each, the date then is not judged.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::entry::Side;
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
    /// The same references are written in two ways; `part` is the key field.
    Keys {
        of: u64,
        part: String,
        how: KeyDifference,
    },
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
    Prefix { text: String, on: Side },
    /// They end with one.
    Suffix { text: String, on: Side },
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

impl SideFinding {
    pub fn of(side: Side, doubt: Doubt) -> SideFinding {
        SideFinding {
            side,
            doubt,
            accepted: None,
        }
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
            Doubt::Keys { of, .. } => *of,
        }
    }

    /// Whether the date is judged in spite of it.
    pub fn is_accepted(&self) -> bool {
        self.accepted.is_some()
    }
}
