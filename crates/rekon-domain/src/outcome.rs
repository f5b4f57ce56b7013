//! What a reconciliation found: plain values, decided once, that every output shows alike.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::entry::{EntryFacts, Side};
use super::money::Money;
use super::products::ProductTotal;
use super::rejected::RejectedEntry;
use super::shared::Shared;
use super::side_finding::SideFinding;

/// State of one (channel, business date).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateState {
    Complete,
    /// Nothing is wrong: the report is not due yet.
    NotDue,
    /// Due and missing, or a part of it is; or one of its sides cannot be believed. Nothing of the date
    /// is itemised.
    Incomplete,
    NotExpected,
}

impl DateState {
    pub fn name(self) -> &'static str {
        match self {
            DateState::Complete => "complete",
            DateState::NotDue => "not_due",
            DateState::Incomplete => "incomplete",
            DateState::NotExpected => "not_expected",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BreakKind {
    MissingInLedger,
    MissingAtPartner,
    AmountBreak,
    FeeBreak,
    StatusBreak,
    SettledWhilePending,
    StuckPending,
    ReversalNotHonoured,
    RefundAfterDelivery,
    Duplicate,
    AmbiguousKey,
    DamagedKey,
}

impl BreakKind {
    pub const ALL: [BreakKind; 12] = [
        BreakKind::MissingInLedger,
        BreakKind::MissingAtPartner,
        BreakKind::AmountBreak,
        BreakKind::FeeBreak,
        BreakKind::StatusBreak,
        BreakKind::SettledWhilePending,
        BreakKind::StuckPending,
        BreakKind::ReversalNotHonoured,
        BreakKind::RefundAfterDelivery,
        BreakKind::Duplicate,
        BreakKind::AmbiguousKey,
        BreakKind::DamagedKey,
    ];

    pub fn name(self) -> &'static str {
        match self {
            BreakKind::MissingInLedger => "missing_in_ledger",
            BreakKind::MissingAtPartner => "missing_at_partner",
            BreakKind::AmountBreak => "amount_break",
            BreakKind::FeeBreak => "fee_break",
            BreakKind::StatusBreak => "status_break",
            BreakKind::SettledWhilePending => "settled_while_pending",
            BreakKind::StuckPending => "stuck_pending",
            BreakKind::ReversalNotHonoured => "reversal_not_honoured",
            BreakKind::RefundAfterDelivery => "refund_after_delivery",
            BreakKind::Duplicate => "duplicate",
            BreakKind::AmbiguousKey => "ambiguous_key",
            BreakKind::DamagedKey => "damaged_key",
        }
    }
}

/// Where an entry ends. Every entry of a date is in exactly one bucket of its result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bucket {
    Matched,
    MatchedWithinTolerance,
    TimingDifferences,
    Netted,
    Split,
    PendingWithinSla,
    Awaiting,
    NothingToSettle,
    Break(BreakKind),
}

impl Cause {
    pub const ALL: [Cause; 20] = [
        Cause::Plain,
        Cause::FeeBasis,
        Cause::Equivalent,
        Cause::Conflicting,
        Cause::MatchedOnAnotherDate,
        Cause::UndoesNothing,
        Cause::UndoesMatched,
        Cause::UndoneInPart,
        Cause::TooMany,
        Cause::SeveralCandidates,
        Cause::Candidate,
        Cause::LookAlike,
        Cause::NearCutoff,
        Cause::OtherDateNotComplete,
        Cause::RejectedRow,
        Cause::RejectedLedgerRow,
        Cause::DateNotComplete,
        Cause::SplitAcrossDates,
        Cause::Superseded,
        Cause::PendingAtPartner,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Cause::Plain => "plain",
            Cause::FeeBasis => "fee_basis",
            Cause::Equivalent => "equivalent",
            Cause::Conflicting => "conflicting",
            Cause::MatchedOnAnotherDate => "matched_on_another_date",
            Cause::UndoesNothing => "undoes_nothing",
            Cause::UndoesMatched => "undoes_matched",
            Cause::UndoneInPart => "undone_in_part",
            Cause::TooMany => "too_many",
            Cause::SeveralCandidates => "several_candidates",
            Cause::Candidate => "candidate",
            Cause::LookAlike => "look_alike",
            Cause::NearCutoff => "near_cutoff",
            Cause::OtherDateNotComplete => "other_date_not_complete",
            Cause::RejectedRow => "rejected_row",
            Cause::RejectedLedgerRow => "rejected_ledger_row",
            Cause::DateNotComplete => "date_not_complete",
            Cause::SplitAcrossDates => "split_across_dates",
            Cause::Superseded => "superseded",
            Cause::PendingAtPartner => "pending_at_partner",
        }
    }

    /// Whether the ledger's half of a break only could be its other half.
    pub fn is_proposal(self) -> bool {
        matches!(self, Cause::Candidate | Cause::LookAlike)
    }
}

impl Bucket {
    /// The buckets that are no breaks, in the order of the outputs.
    pub const CLEAN: [Bucket; 8] = [
        Bucket::Matched,
        Bucket::MatchedWithinTolerance,
        Bucket::TimingDifferences,
        Bucket::Netted,
        Bucket::Split,
        Bucket::PendingWithinSla,
        Bucket::Awaiting,
        Bucket::NothingToSettle,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Bucket::Matched => "matched",
            Bucket::MatchedWithinTolerance => "matched_within_tolerance",
            Bucket::TimingDifferences => "timing_differences",
            Bucket::Netted => "netted",
            Bucket::Split => "split",
            Bucket::PendingWithinSla => "pending_within_sla",
            Bucket::Awaiting => "awaiting",
            Bucket::NothingToSettle => "nothing_to_settle",
            Bucket::Break(kind) => kind.name(),
        }
    }

    pub fn break_kind(self) -> Option<BreakKind> {
        match self {
            Bucket::Break(kind) => Some(kind),
            _ => None,
        }
    }
}

/// Count and rupiah of some entries of one side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    pub entries: u64,
    pub amount: Money,
    pub fee: Money,
}

impl Tally {
    pub fn add(&mut self, amount: Money, fee: Option<Money>) {
        self.entries += 1;
        self.amount += amount;
        self.fee += fee.unwrap_or_default();
    }

    pub fn merge(&mut self, other: &Tally) {
        self.entries += other.entries;
        self.amount += other.amount;
        self.fee += other.fee;
    }
}

/// Both sides of a bucket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sides {
    pub settlement: Tally,
    pub ledger: Tally,
}

impl Sides {
    pub fn side_mut(&mut self, side: Side) -> &mut Tally {
        match side {
            Side::Settlement => &mut self.settlement,
            Side::Ledger => &mut self.ledger,
        }
    }

    pub fn merge(&mut self, other: &Sides) {
        self.settlement.merge(&other.settlement);
        self.ledger.merge(&other.ledger);
    }

    pub fn is_empty(&self) -> bool {
        self.settlement.entries == 0 && self.ledger.entries == 0
    }
}

/// Who stands to lose; the three are never netted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exposure {
    OwedToUs,
    OwedByUs,
    Undecided,
    /// No money is at stake (a pending that the partner says failed: safe to fail).
    Nothing,
}

impl Exposure {
    pub const ALL: [Exposure; 4] = [
        Exposure::OwedToUs,
        Exposure::OwedByUs,
        Exposure::Undecided,
        Exposure::Nothing,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Exposure::OwedToUs => "owed_to_us",
            Exposure::OwedByUs => "owed_by_us",
            Exposure::Undecided => "undecided",
            Exposure::Nothing => "nothing",
        }
    }
}

/// Money at risk, magnitudes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AtRisk {
    pub owed_to_us: Money,
    pub owed_by_us: Money,
    pub undecided: Money,
}

impl AtRisk {
    pub fn add(&mut self, exposure: Exposure, amount: Money) {
        match exposure {
            Exposure::OwedToUs => self.owed_to_us += amount,
            Exposure::OwedByUs => self.owed_by_us += amount,
            Exposure::Undecided => self.undecided += amount,
            Exposure::Nothing => {}
        }
    }

    pub fn merge(&mut self, other: &AtRisk) {
        self.owed_to_us += other.owed_to_us;
        self.owed_by_us += other.owed_by_us;
        self.undecided += other.undecided;
    }

    /// What the subject line names: all three, since none may hide another.
    pub fn total(&self) -> Money {
        self.owed_to_us + self.owed_by_us + self.undecided
    }
}

/// How grave a break is; the order is the order of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    Critical,
    High,
    Medium,
    Low,
}

impl Severity {
    pub fn name(self) -> &'static str {
        match self {
            Severity::Critical => "critical",
            Severity::High => "high",
            Severity::Medium => "medium",
            Severity::Low => "low",
        }
    }
}

/// The particular reason behind a bucket, beyond its name; the report puts it into a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The bucket's name says it all.
    Plain,
    /// The amount difference vanishes when the admin fee is counted the other way.
    FeeBasis,
    /// All fields equal to an entry that is already paired.
    Equivalent,
    /// The same key with other facts.
    Conflicting,
    /// The key was matched on another business date.
    MatchedOnAnotherDate,
    /// A void, reversal or refund without the payment it undoes.
    UndoesNothing,
    /// A refund on one side only, of a payment that stands on both.
    UndoesMatched,
    /// Both sides took a part of the payment back, and not the same.
    UndoneInPart,
    /// More entries under one key than any honest pairing allows.
    TooMany,
    /// Several candidates that cannot be told apart.
    SeveralCandidates,
    /// One ledger entry could be the damaged key's, shown beside it, never matched.
    Candidate,
    /// One ledger entry has a key that differs only in how it is written, shown beside it, never matched.
    LookAlike,
    /// Waits for a neighbouring date (near the cut-off, or the other date is not complete).
    NearCutoff,
    OtherDateNotComplete,
    /// The file has this key in a row that could not be read.
    RejectedRow,
    /// The ledger has this key in a row that cannot be judged.
    RejectedLedgerRow,
    /// The date itself is not complete.
    DateNotComplete,
    /// A split whose parts stand on several dates.
    SplitAcrossDates,
    /// A later row of the same key superseded this pending one.
    Superseded,
    /// The provider lists it as not final.
    PendingAtPartner,
}

/// One thing that did not match cleanly within its own business date.
pub type Item = Shared<ItemValues>;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemValues {
    /// Short, quotable and stable through reruns: `OVO-7F3K2`.
    pub id: String,
    /// What the id stands for; equal for the same finding whatever came before.
    pub identity: String,
    /// The identity that its facts of today alone would give it, where they are no longer those it
    /// was named by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by_facts: Option<String>,
    /// Key fields by name, in the profile's order.
    pub key: Vec<(String, String)>,
    /// Business date of the earlier entry.
    pub opened: NaiveDate,
    /// Business date of the entry that cleared it; open while `None`.
    pub cleared: Option<NaiveDate>,
    /// The business date it is told on, where that is not its latest entry's: the latest one judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told_on: Option<NaiveDate>,
    /// Closed by people, for the facts it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed: Option<Closed>,
    pub bucket: Bucket,
    pub cause: Cause,
    pub ledger: Vec<EntryFacts>,
    pub settlement: Vec<EntryFacts>,
    /// Rupiah of the item in roll-forward and ageing: the difference of a broken pair, else the
    /// amount of its entries; a magnitude.
    pub value: Money,
    /// Settlement minus ledger, signed, where both sides stand; otherwise the lone side's amount.
    pub difference: Money,
    pub exposure: Exposure,
    /// The part of `value` that is at risk.
    pub at_risk: Money,
    /// Entries that stand behind a finding on a key with too many of them (beyond those listed).
    pub counted: Sides,
}

/// How people closed an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closed {
    /// The business date it counts on.
    pub on: NaiveDate,
    pub how: Closing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Closing {
    Resolved,
    WrittenOff,
}

impl Closing {
    pub fn name(self) -> &'static str {
        match self {
            Closing::Resolved => "resolved",
            Closing::WrittenOff => "written_off",
        }
    }
}

/// How an item left the open ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ending {
    Cleared,
    Closed(Closing),
}

impl Ending {
    pub fn name(self) -> &'static str {
        match self {
            Ending::Cleared => "cleared",
            Ending::Closed(how) => how.name(),
        }
    }
}

impl Item {
    pub fn is_open(&self) -> bool {
        self.ending().is_none()
    }

    /// When and how it left the open items: a match and an act both end it, the earlier one counts.
    /// Nobody closes an item before it opened.
    pub fn ending(&self) -> Option<(NaiveDate, Ending)> {
        let cleared = self.cleared.map(|on| (on, Ending::Cleared));
        let closed = self
            .closed
            .map(|closed| (closed.on.max(self.opened), Ending::Closed(closed.how)));
        match (cleared, closed) {
            (Some(cleared), Some(closed)) if closed.0 < cleared.0 => Some(closed),
            (cleared, closed) => cleared.or(closed),
        }
    }

    pub fn break_kind(&self) -> Option<BreakKind> {
        self.bucket.break_kind()
    }

    /// The key as people know it: as the settlement file writes it, or else the ledger. `key` itself
    /// is the spelling that is compared.
    pub fn shown_key(&self) -> Vec<(String, String)> {
        let shown = self.settlement.first().or(self.ledger.first());
        let written = shown.map_or(&[][..], |entry| &entry.written);
        as_written(&self.key, written)
    }

    /// The earliest instant among its entries.
    pub fn at(&self) -> Option<DateTime<Utc>> {
        self.ledger
            .iter()
            .chain(&self.settlement)
            .map(|entry| entry.at)
            .min()
    }
}

/// Key fields with their parts as they are written, where that is another text.
pub fn as_written(key: &[(String, String)], written: &[String]) -> Vec<(String, String)> {
    let shown = |(at, (field, part)): (usize, &(String, String))| {
        (field.clone(), written.get(at).unwrap_or(part).clone())
    };
    key.iter().enumerate().map(shown).collect()
}

/// Count and rupiah of items.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountAmount {
    pub count: u64,
    pub amount: Money,
}

impl CountAmount {
    pub fn add(&mut self, amount: Money) {
        self.count += 1;
        self.amount += amount;
    }

    pub fn merge(&mut self, other: CountAmount) {
        self.count += other.count;
        self.amount += other.amount;
    }
}

/// opening + new − cleared − resolved − written off = closing, in count and rupiah.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RollForward {
    pub opening: CountAmount,
    pub new: CountAmount,
    pub cleared: CountAmount,
    pub resolved: CountAmount,
    pub written_off: CountAmount,
    pub closing: CountAmount,
}

/// A finding that several breaks share, with the figures that a sentence needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "pattern", rename_all = "snake_case")]
pub enum Pattern {
    /// `count` of `of` breaks of a kind differ by exactly `difference` (settlement − ledger).
    SameDifference {
        kind: BreakKind,
        count: u64,
        of: u64,
        difference: Money,
        is_fee: FeeEvidence,
    },
    /// `count` of `of` entries missing on one side lie between two local times near the cut-off.
    NearCutoff {
        kind: BreakKind,
        count: u64,
        of: u64,
        from: String,
        to: String,
        /// Where that puts the partner's cut-off. Results of earlier versions do not say.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cutoff: Option<CutoffSide>,
    },
    /// `count` of `of` breaks of a kind share one value of a field (product, terminal …).
    SharedValue {
        kind: BreakKind,
        count: u64,
        of: u64,
        field: String,
        value: String,
    },
    /// `count` of `of` status breaks are of one pair of statuses.
    StatusPair {
        kind: BreakKind,
        count: u64,
        of: u64,
        ledger: String,
        settlement: String,
    },
    /// Keys of both sides that differ only in how they are written.
    LookAlike { count: u64 },
    /// What the provider kept by rows of its own that are for no payment of the files: the day's fee.
    DayFees { count: u64, amount: Money },
    /// Rows of another currency, none of which counts; `amount` is in that currency.
    OtherCurrency {
        currency: String,
        count: u64,
        amount: Money,
    },
}

/// Where the partner's cut-off is, beside the local times of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CutoffSide {
    /// Before the first of them.
    Before,
    /// After the last of them.
    After,
}

/// Whether a shared difference equals the fee of the entries it stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeeEvidence {
    EqualsFee,
    NoFee,
}

/// A file that counts for a date.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileUse {
    pub id: i64,
    pub name: String,
    pub sha256: String,
    pub revision: u32,
    /// Rows of this date that count, without the rejected ones.
    pub rows: u64,
    pub rejected: u64,
}

/// The whole outcome of one (channel, business date).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    pub channel: String,
    pub business_date: NaiveDate,
    pub state: DateState,
    /// When the date's report is due.
    pub due: DateTime<Utc>,
    pub files: Vec<FileUse>,
    /// What is missing, in the part numbering of the files (`[2]` of 2); empty unless parts are declared.
    pub missing_parts: Vec<u32>,
    pub settlement: Tally,
    /// Settlement amount less fee (plus fee where we pay).
    pub net: Money,
    pub ledger: Tally,
    #[serde(with = "buckets")]
    pub buckets: BTreeMap<Bucket, Sides>,
    /// Breaks and items that have an entry on this date; they are stored apart.
    #[serde(skip)]
    pub items: Vec<Item>,
    pub at_risk: AtRisk,
    pub rejected_rows: u64,
    /// Rows of the ledger that cannot be judged; `ledger` is without them.
    #[serde(default, skip_serializing_if = "is_none")]
    pub rejected_ledger_rows: u64,
    /// The first of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rejected_ledger: Vec<RejectedEntry>,
    pub patterns: Vec<Pattern>,
    /// Why the date is not judged although its files are here; or is, since a person accepted it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<SideFinding>,
    pub roll_forward: RollForward,
    /// The same entries by product and status pair. Empty in results of earlier versions, and while
    /// the date is not complete.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub products: Vec<ProductTotal>,
}

impl Outcome {
    pub fn bucket(&self, bucket: Bucket) -> Sides {
        self.buckets.get(&bucket).copied().unwrap_or_default()
    }

    pub fn breaks(&self) -> impl Iterator<Item = (BreakKind, Sides)> + '_ {
        self.buckets
            .iter()
            .filter_map(|(bucket, sides)| Some((bucket.break_kind()?, *sides)))
    }

    /// Of either side.
    pub fn has_rejected_rows(&self) -> bool {
        self.rejected_rows > 0 || self.rejected_ledger_rows > 0
    }

    pub fn has_breaks(&self) -> bool {
        self.breaks().next().is_some()
    }

    /// What keeps the date from being judged, though its files are here.
    pub fn doubts(&self) -> impl Iterator<Item = &SideFinding> {
        self.findings.iter().filter(|one| !one.is_accepted())
    }

    /// Due, and its file or a part of it is not here.
    pub fn lacks_file(&self) -> bool {
        self.state == DateState::Incomplete && self.doubts().next().is_none()
    }
}

fn is_none(count: &u64) -> bool {
    *count == 0
}

/// JSON has no maps with structured keys: buckets travel as a list of pairs.
mod buckets {
    use super::*;
    use serde::{Deserializer, Serializer};

    pub fn serialize<S: Serializer>(
        buckets: &BTreeMap<Bucket, Sides>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(buckets)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<BTreeMap<Bucket, Sides>, D::Error> {
        Ok(Vec::<(Bucket, Sides)>::deserialize(deserializer)?
            .into_iter()
            .collect())
    }
}
