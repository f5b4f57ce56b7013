//! The two sides of a date laid side by side, by hour, status and key: what [`super::believe`] looks
//! at before anything is matched.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::entry::{Entry, EntrySet, KeyState, Side};
use super::rules::Rules;
use super::status::{Kind, Status};

/// Entries of one side of a date by status and hour of the business date; what lies outside the
/// date counts in [`Hourly::BEFORE`] and [`Hourly::AFTER`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hourly(BTreeMap<Status, BTreeMap<u8, u64>>);

/// Room for every hour, also of a day on which clocks are set back.
const HOURS: usize = 28;

impl Hourly {
    pub const BEFORE: u8 = HOURS as u8 - 2;
    pub const AFTER: u8 = HOURS as u8 - 1;

    fn counted(counts: &[[u64; HOURS]; STATUSES.len()]) -> Hourly {
        let mut hourly = Hourly::default();
        for (status, hours) in STATUSES.into_iter().zip(counts) {
            for (hour, count) in (0u8..).zip(hours).filter(|(_, count)| **count > 0) {
                hourly.0.entry(status).or_default().insert(hour, *count);
            }
        }
        hourly
    }

    pub fn entries(&self) -> u64 {
        self.0.values().flat_map(BTreeMap::values).sum()
    }

    /// Entries of a status by its canonical name: failed ones are alike, refunded or not.
    pub fn of_status(&self, status: Status) -> u64 {
        let same = self.0.iter().filter(|(one, _)| one.name() == status.name());
        same.flat_map(|(_, hours)| hours.values()).sum()
    }

    /// Entries from an hour of the date on.
    pub fn from_hour(&self, hour: u8) -> u64 {
        self.within(hour, Hourly::BEFORE - 1)
    }

    pub fn in_hour(&self, hour: u8) -> u64 {
        self.within(hour, hour)
    }

    fn within(&self, first: u8, last: u8) -> u64 {
        let hours = self.0.values();
        hours
            .flat_map(|hours| hours.range(first..=last))
            .map(|(_, count)| count)
            .sum()
    }
}

const STATUSES: [Status; 6] = [
    Status::Success,
    Status::Pending,
    Status::Unknown,
    Status::Failed,
    Status::FailedRefunded,
    Status::Reversed,
];

/// Two sides, settlement first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PerSide<T> {
    pub settlement: T,
    pub ledger: T,
}

impl<T> PerSide<T> {
    pub fn of(&self, side: Side) -> &T {
        match side {
            Side::Settlement => &self.settlement,
            Side::Ledger => &self.ledger,
        }
    }

    fn of_mut(&mut self, side: Side) -> &mut T {
        match side {
            Side::Settlement => &mut self.settlement,
            Side::Ledger => &mut self.ledger,
        }
    }
}

/// Entries whose keys are compared, of each side: a date with more is judged by those whose hash ends
/// in zeros, which are the same keys on both sides.
pub const SAMPLE: usize = 16 * 1024;

/// A payment of both sides.
#[derive(Clone, Copy, Debug)]
pub struct Pair<'a> {
    pub settlement: &'a Entry,
    pub ledger: &'a Entry,
}

/// What one pass over a date saw. Keys are taken for equal where their hashes are: nothing is paired
/// for good here.
#[derive(Debug)]
pub struct Sides<'a> {
    pub sets: PerSide<&'a EntrySet>,
    pub date: NaiveDate,
    zone: Tz,
    pub hourly: PerSide<Hourly>,
    /// The last instant within the date.
    pub last: PerSide<Option<DateTime<Utc>>>,
    /// The first and the last instant of all its entries, in milliseconds.
    stamps: PerSide<Option<(i64, i64)>>,
    /// Start and end of the date, and of the part of it that is not near the cut-off.
    pub span: (DateTime<Utc>, DateTime<Utc>),
    pub clear: (DateTime<Utc>, DateTime<Utc>),
    /// Of how many keys one was looked at.
    pub one_of: u64,
    /// Keys that were looked at, by side.
    pub keys: PerSide<u64>,
    /// Of them, those with a success that is clear of the cut-off.
    pub firm: PerSide<Vec<&'a Entry>>,
    /// Of those, the ones whose key the other side lacks.
    pub lone: PerSide<Vec<&'a Entry>>,
    /// Keys that stand on a side twice or more, equal in everything.
    pub doubled: PerSide<u64>,
    /// Keys that both sides have.
    pub shared: u64,
    /// Those with one successful payment on each.
    pub pairs: Vec<Pair<'a>>,
}

impl<'a> Sides<'a> {
    /// Looks at the keys of at most `sample` entries of a side.
    pub fn of(
        settlement: &'a EntrySet,
        ledger: &'a EntrySet,
        date: NaiveDate,
        rules: &Rules,
        sample: usize,
    ) -> Sides<'a> {
        let span = rules.days.span(date);
        let longest = settlement.len().max(ledger.len());
        let one_of = longest.div_ceil(sample.max(1)).max(1).next_power_of_two() as u64;
        let mut sides = Sides {
            sets: PerSide { settlement, ledger },
            date,
            zone: rules.days.zone,
            hourly: PerSide::default(),
            last: PerSide::default(),
            stamps: PerSide::default(),
            span,
            clear: (span.0 + rules.timing_grace, span.1 - rules.timing_grace),
            one_of,
            keys: PerSide::default(),
            firm: PerSide::default(),
            lone: PerSide::default(),
            doubled: PerSide::default(),
            shared: 0,
            pairs: Vec::new(),
        };
        let theirs = sides.count(Side::Settlement);
        let ours = sides.count(Side::Ledger);
        sides.join(&theirs, &ours);
        sides
    }

    /// Fills the side's counts; its entries whose keys are looked at, by hash.
    fn count(&mut self, side: Side) -> Vec<&'a Entry> {
        let (from, to) = (
            self.span.0.timestamp_millis(),
            self.span.1.timestamp_millis(),
        );
        let mut counts = [[0u64; HOURS]; STATUSES.len()];
        let mut last = None;
        let mut stamps = None;
        let mut looked_at = Vec::new();
        for entry in self.sets.of(side).entries.iter() {
            let at = entry.at_millis();
            let (first, latest) = stamps.unwrap_or((at, at));
            stamps = Some((at.min(first), at.max(latest)));
            let hour = match at {
                at if at < from => usize::from(Hourly::BEFORE),
                at if at >= to => usize::from(Hourly::AFTER),
                at => {
                    last = last.max(Some(at));
                    let hour = (at - from) / Duration::hours(1).num_milliseconds();
                    (hour as usize).min(HOURS - 3)
                }
            };
            counts[entry.status as usize][hour] += 1;
            if entry.hash & (self.one_of - 1) == 0 && entry.key_state() == KeyState::Whole {
                looked_at.push(entry);
            }
        }
        *self.hourly.of_mut(side) = Hourly::counted(&counts);
        *self.last.of_mut(side) = last.and_then(DateTime::from_timestamp_millis);
        *self.stamps.of_mut(side) = stamps;
        looked_at.sort_unstable_by_key(|entry| entry.hash);
        looked_at
    }

    fn join(&mut self, theirs: &[&'a Entry], ours: &[&'a Entry]) {
        let mut theirs = theirs.chunk_by(|a, b| a.hash == b.hash).peekable();
        let mut ours = ours.chunk_by(|a, b| a.hash == b.hash).peekable();
        loop {
            let (their_hash, our_hash) = match (theirs.peek(), ours.peek()) {
                (None, None) => break,
                (theirs, ours) => {
                    let hash =
                        |of: Option<&&[&Entry]>| of.map(|entries| u128::from(entries[0].hash));
                    (
                        hash(theirs).unwrap_or(u128::MAX),
                        hash(ours).unwrap_or(u128::MAX),
                    )
                }
            };
            let theirs = if their_hash <= our_hash {
                theirs.next()
            } else {
                None
            };
            let ours = if our_hash <= their_hash {
                ours.next()
            } else {
                None
            };
            self.key(theirs.unwrap_or_default(), ours.unwrap_or_default());
        }
    }

    /// Takes in the entries of one key.
    fn key(&mut self, theirs: &[&'a Entry], ours: &[&'a Entry]) {
        for (side, own, other) in [
            (Side::Settlement, theirs, ours),
            (Side::Ledger, ours, theirs),
        ] {
            if own.is_empty() {
                continue;
            }
            *self.keys.of_mut(side) += 1;
            let few = &own[..own.len().min(CROWDED)];
            let twins = few
                .iter()
                .enumerate()
                .any(|(at, one)| few[..at].iter().any(|other| same(one, other)));
            *self.doubled.of_mut(side) += u64::from(twins);
            let (from, to) = self.clear;
            let near_cutoff = |at| at < from || to <= at;
            let timed = self.states_times(side);
            let firm = own
                .iter()
                .find(|entry| is_payment(entry) && !(timed && near_cutoff(entry.at())));
            if let Some(firm) = firm {
                self.firm.of_mut(side).push(firm);
                if other.is_empty() {
                    self.lone.of_mut(side).push(firm);
                }
            }
        }
        if theirs.is_empty() || ours.is_empty() {
            return;
        }
        self.shared += 1;
        let one = |entries: &[&'a Entry]| {
            let mut paid = entries.iter().filter(|entry| is_payment(entry));
            let first = paid.next().copied();
            first.filter(|_| paid.next().is_none())
        };
        if let (Some(settlement), Some(ledger)) = (one(theirs), one(ours)) {
            self.pairs.push(Pair { settlement, ledger });
        }
    }

    /// Whether its stamps say more than the date: where all are midnight, no time was stated.
    pub fn states_times(&self, side: Side) -> bool {
        let Some((first, last)) = *self.stamps.of(side) else {
            return false;
        };
        let is_midnight = |at: DateTime<Utc>| at.with_timezone(&self.zone).time() == NaiveTime::MIN;
        first < last || !DateTime::from_timestamp_millis(first).is_some_and(is_midnight)
    }

    pub fn key_of(&self, side: Side, entry: &Entry) -> &'a [u8] {
        let set: &'a EntrySet = self.sets.of(side);
        set.key(entry)
    }
}

fn is_payment(entry: &Entry) -> bool {
    entry.status == Status::Success && entry.kind == Kind::Payment
}

/// Entries of one key that are compared with one another: a constant reference has millions.
const CROWDED: usize = 8;

fn same(one: &Entry, other: &Entry) -> bool {
    one.at() == other.at()
        && one.amount() == other.amount()
        && one.fee() == other.fee()
        && one.status == other.status
        && one.kind == other.kind
}
