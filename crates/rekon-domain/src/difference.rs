//! What two revisions of one date's result differ in: breaks by their identity, totals, the files
//! that counted and their rows, and why there is another revision at all.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};

use super::entry::{Entry, EntryFacts, EntrySet, RowPlace, Side};
use super::key;
use super::money::Money;
use super::outcome::{
    self, AtRisk, BreakKind, Bucket, DateState, FileUse, Item, Outcome, RollForward, Sides, Tally,
    as_written,
};
use super::reconcile::is_only_found_on;
use super::rules::Rules;
use super::status::{Kind, Status};

/// The same figure in the earlier and in the later revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moved<T> {
    pub before: T,
    pub after: T,
}

impl<T: PartialEq> Moved<T> {
    pub fn of(before: T, after: T) -> Moved<T> {
        Moved { before, after }
    }

    pub fn differs(&self) -> bool {
        self.before != self.after
    }
}

/// What became of a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    pub state: Moved<DateState>,
    /// Breaks that were not open before, in the order of the result.
    pub opened: Vec<Item>,
    pub cleared: Vec<ClearedBreak>,
    pub changed: Vec<ChangedBreak>,
    /// Open breaks.
    pub breaks: Moved<u64>,
    pub settlement: Moved<Tally>,
    pub net: Moved<Money>,
    pub ledger: Moved<Tally>,
    /// Buckets whose count or rupiah differ, in the order of the outputs.
    pub buckets: Vec<(Bucket, Moved<Sides>)>,
    pub at_risk: Moved<AtRisk>,
    pub rejected_rows: Moved<u64>,
    pub rejected_ledger_rows: Moved<u64>,
    /// What stays open over the dates: it moves with every earlier date too.
    pub roll_forward: Moved<RollForward>,
    /// Whether people resolved, wrote off or reopened something of it.
    pub decided: bool,
    /// Other dates on which items that differ have entries.
    pub other_dates: BTreeSet<NaiveDate>,
}

/// A break that is open no more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClearedBreak {
    /// As it was reported.
    pub item: Item,
    /// What it is now; `None` where nothing is left of it: its entries match, or are gone.
    pub became: Option<Bucket>,
}

/// A break that is open before and after and says something else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedBreak {
    pub before: Item,
    pub after: Item,
    /// Never empty.
    pub facts: Vec<Fact>,
}

/// One thing that is told otherwise. A detail is named without its value: it may be personal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    Kind(Moved<Bucket>),
    Entries(Side, Moved<u64>),
    Amount(Side, Moved<Money>),
    Fee(Side, Moved<Money>),
    Status(Side, Moved<Vec<Status>>),
    Operation(Side, Moved<Vec<Kind>>),
    Time(Side, Moved<DateTime<Utc>>),
    Detail(Side, String),
    /// The particular reason behind the kind.
    Reason(Moved<outcome::Cause>),
}

/// Compares two revisions of the result of one channel and date.
pub fn difference(before: &Outcome, after: &Outcome) -> Difference {
    let (old, new) = (by_identity(before), by_identity(after));
    let open_before = |item: &&Item| {
        old.get(identity(item))
            .is_some_and(|item| is_open_break(item))
    };
    let mut opened = Vec::new();
    let mut changed = Vec::new();
    for item in after.items.iter().filter(|item| is_open_break(item)) {
        if !open_before(&item) {
            // On its earlier dates, one that stands on several was only found.
            if !is_only_found_on(item, after.business_date) {
                opened.push(item.clone());
            }
            continue;
        }
        let Some(earlier) = old.get(identity(item)) else {
            continue;
        };
        let facts = item_facts(earlier, item);
        if !facts.is_empty() {
            changed.push(ChangedBreak {
                before: (*earlier).clone(),
                after: item.clone(),
                facts,
            });
        }
    }
    let cleared = before
        .items
        .iter()
        .filter(|item| is_open_break(item))
        .filter_map(|item| match new.get(identity(item)) {
            Some(now) if is_open_break(now) => None,
            now => Some(ClearedBreak {
                item: item.clone(),
                became: now.map(|now| now.bucket),
            }),
        })
        .collect();
    let names: BTreeSet<Bucket> = before
        .buckets
        .keys()
        .chain(after.buckets.keys())
        .copied()
        .collect();
    let buckets = names
        .into_iter()
        .map(|bucket| {
            (
                bucket,
                Moved::of(before.bucket(bucket), after.bucket(bucket)),
            )
        })
        .filter(|(_, sides)| sides.differs())
        .collect();
    Difference {
        state: Moved::of(before.state, after.state),
        opened,
        cleared,
        changed,
        breaks: Moved::of(open_breaks(before), open_breaks(after)),
        settlement: Moved::of(before.settlement, after.settlement),
        net: Moved::of(before.net, after.net),
        ledger: Moved::of(before.ledger, after.ledger),
        buckets,
        at_risk: Moved::of(before.at_risk, after.at_risk),
        rejected_rows: Moved::of(before.rejected_rows, after.rejected_rows),
        rejected_ledger_rows: Moved::of(before.rejected_ledger_rows, after.rejected_ledger_rows),
        roll_forward: Moved::of(before.roll_forward, after.roll_forward),
        decided: decided(before, after),
        other_dates: other_dates(before, after),
    }
}

fn decided(before: &Outcome, after: &Outcome) -> bool {
    let old = by_identity(before);
    let closed = |roll: RollForward| (roll.resolved, roll.written_off);
    let mut items = after.items.iter();
    closed(before.roll_forward) != closed(after.roll_forward)
        || items.any(|item| {
            let earlier = old.get(identity(item));
            earlier.is_some_and(|earlier| earlier.closed != item.closed)
        })
}

fn other_dates(before: &Outcome, after: &Outcome) -> BTreeSet<NaiveDate> {
    let (old, new) = (by_identity(before), by_identity(after));
    let differing = |item: &&Item| old.get(identity(item)) != new.get(identity(item));
    let items = before.items.iter().chain(&after.items).filter(differing);
    let entries = items.flat_map(|item| item.ledger.iter().chain(&item.settlement));
    let dates = entries.map(|entry| entry.business_date);
    dates.filter(|date| *date != after.business_date).collect()
}

/// Whether a date brings another movement of open items to those after it than it did.
pub fn moves_on(before: Option<&RollForward>, after: &RollForward) -> bool {
    let moved = |roll: &RollForward| (roll.new, roll.cleared, roll.resolved, roll.written_off);
    moved(before.unwrap_or(&RollForward::default())) != moved(after)
}

fn by_identity(outcome: &Outcome) -> BTreeMap<&str, &Item> {
    let items = outcome.items.iter();
    items.map(|item| (identity(item), item)).collect()
}

fn identity(item: &Item) -> &str {
    &item.identity
}

fn is_open_break(item: &Item) -> bool {
    item.is_open() && item.break_kind().is_some()
}

fn open_breaks(outcome: &Outcome) -> u64 {
    let date = outcome.business_date;
    let told = |item: &&Item| is_open_break(item) && !is_only_found_on(item, date);
    outcome.items.iter().filter(told).count() as u64
}

fn item_facts(before: &Item, after: &Item) -> Vec<Fact> {
    let mut facts = Vec::new();
    let kind = Moved::of(before.bucket, after.bucket);
    if kind.differs() {
        facts.push(Fact::Kind(kind));
    }
    for (side, old, new, counted) in [
        (
            Side::Settlement,
            &before.settlement,
            &after.settlement,
            Moved::of(before.counted.settlement, after.counted.settlement),
        ),
        (
            Side::Ledger,
            &before.ledger,
            &after.ledger,
            Moved::of(before.counted.ledger, after.counted.ledger),
        ),
    ] {
        side_facts(side, old, new, counted, &mut facts);
    }
    let reason = Moved::of(before.cause, after.cause);
    if reason.differs() && !kind.differs() {
        facts.push(Fact::Reason(reason));
    }
    facts
}

fn side_facts(
    side: Side,
    before: &[EntryFacts],
    after: &[EntryFacts],
    counted: Moved<Tally>,
    facts: &mut Vec<Fact>,
) {
    let total = |entries: &[EntryFacts], counted: Tally| {
        let mut total = counted;
        for entry in entries {
            total.add(entry.amount, entry.fee);
        }
        total
    };
    let (old, new) = (total(before, counted.before), total(after, counted.after));
    let entries = Moved::of(old.entries, new.entries);
    if entries.differs() {
        facts.push(Fact::Entries(side, entries));
    }
    let amount = Moved::of(old.amount, new.amount);
    if amount.differs() {
        facts.push(Fact::Amount(side, amount));
    }
    let fee = Moved::of(old.fee, new.fee);
    if fee.differs() {
        facts.push(Fact::Fee(side, fee));
    }
    let (Some(first), Some(now)) = (before.first(), after.first()) else {
        return;
    };
    let statuses = |entries: &[EntryFacts]| in_order(entries.iter().map(|entry| entry.status));
    let status = Moved::of(statuses(before), statuses(after));
    if status.differs() {
        facts.push(Fact::Status(side, status));
    }
    let operations = |entries: &[EntryFacts]| in_order(entries.iter().map(|entry| entry.kind));
    let operation = Moved::of(operations(before), operations(after));
    if operation.differs() {
        facts.push(Fact::Operation(side, operation));
    }
    let time = Moved::of(first.at, now.at);
    if time.differs() {
        facts.push(Fact::Time(side, time));
    }
    let values = |entries: &[EntryFacts], name: &str| -> Vec<Option<String>> {
        let values = entries
            .iter()
            .map(|entry| entry.details.get(name).map(str::to_owned));
        values.collect()
    };
    let names: BTreeSet<&str> = before
        .iter()
        .chain(after)
        .flat_map(|entry| entry.details.names())
        .collect();
    let differing = names
        .into_iter()
        .filter(|name| before.len() == after.len() && values(before, name) != values(after, name));
    facts.extend(differing.map(|name| Fact::Detail(side, name.to_owned())));
}

/// Each value once, in the order of the rows.
fn in_order<T: PartialEq>(values: impl Iterator<Item = T>) -> Vec<T> {
    let mut once = Vec::new();
    for value in values {
        if !once.contains(&value) {
            once.push(value);
        }
    }
    once
}

/// How the files of a date differ between two revisions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileChange {
    Added(FileUse),
    /// Another file of the same slot counts.
    Replaced {
        before: FileUse,
        after: FileUse,
        why: Replacement,
        rows: RowComparison,
    },
    /// It counts for this date no more, and nothing took its place.
    Gone {
        file: FileUse,
        why: Absence,
    },
    /// The same bytes came to other rows: they were read with another profile.
    ReadOtherwise {
        before: FileUse,
        after: FileUse,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replacement {
    Corrected,
    /// The newer one was withdrawn or refused: the one before it counts again.
    Restored,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Absence {
    Withdrawn {
        reason: String,
    },
    Refused {
        reason: String,
    },
    /// It counts, for other dates.
    CountsElsewhere,
}

/// The rows of one date in two files of one slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowComparison {
    Compared(Rows),
    /// One of them cannot be read any more.
    NotCompared {
        reason: String,
    },
}

/// All differences counted, the first of each kind listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rows {
    pub added: u64,
    pub removed: u64,
    pub changed: u64,
    /// By key; of each kind at most [`LISTED`].
    pub listed: Vec<RowChange>,
}

/// Rows of each kind (added, removed, changed) that are listed one by one.
pub const LISTED: u64 = 10;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowChange {
    /// Key fields by name, in the profile's order.
    pub key: Vec<(String, String)>,
    pub what: RowEvent,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowEvent {
    Added(EntryFacts),
    Removed(EntryFacts),
    Changed {
        before: EntryFacts,
        after: EntryFacts,
        facts: Vec<Fact>,
    },
}

/// Those rows of a file that belong to one date.
pub struct FileRows<'a> {
    pub set: &'a EntrySet,
    pub rows: Vec<&'a Entry>,
    pub file: &'a str,
    pub sheets: &'a [String],
}

impl FileRows<'_> {
    fn facts(&self, entry: &Entry, rules: &Rules, date: NaiveDate) -> EntryFacts {
        let place = entry.place();
        let place = RowPlace {
            file: self.file.into(),
            sheet: self
                .sheets
                .get(usize::from(place.sheet))
                .map(|sheet| sheet.as_str().into()),
            row: place.row,
        };
        self.set.facts(entry, &rules.details, date, Some(place))
    }
}

/// Compares rows by key. Rows of one key that are equal in everything but their place are the same
/// row; of the others, the first is taken for the first, and so on.
pub fn row_changes(
    mut before: FileRows<'_>,
    mut after: FileRows<'_>,
    rules: &Rules,
    date: NaiveDate,
) -> Rows {
    let (old_set, new_set) = (before.set, after.set);
    before.rows.sort_by(|a, b| content(old_set, a, old_set, b));
    after.rows.sort_by(|a, b| content(new_set, a, new_set, b));
    let (removed, added) = leftovers(&before, &after);

    let mut rows = Rows::default();
    let (mut old, mut new) = (removed.iter().peekable(), added.iter().peekable());
    loop {
        let order = match (old.peek(), new.peek()) {
            (None, None) => break,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(a), Some(b)) => old_set.key(a).cmp(new_set.key(b)),
        };
        let earlier = if order.is_le() { old.next() } else { None };
        let later = if order.is_ge() { new.next() } else { None };
        let entry = earlier.map(|entry| old_set.key(entry));
        let encoded = entry.or(later.map(|entry| new_set.key(entry)));
        let earlier = earlier.map(|entry| before.facts(entry, rules, date));
        let later = later.map(|entry| after.facts(entry, rules, date));
        let written = later.as_ref().or(earlier.as_ref());
        let written = written.map_or_else(Vec::new, |facts| facts.written.clone());
        let (count, what) = match (earlier, later) {
            (Some(before), Some(after)) => {
                let mut facts = Vec::new();
                let (old, new) = (std::slice::from_ref(&before), std::slice::from_ref(&after));
                let counted = Moved::of(Tally::default(), Tally::default());
                side_facts(Side::Settlement, old, new, counted, &mut facts);
                let what = RowEvent::Changed {
                    before,
                    after,
                    facts,
                };
                (&mut rows.changed, what)
            }
            (Some(row), None) => (&mut rows.removed, RowEvent::Removed(row)),
            (None, Some(row)) => (&mut rows.added, RowEvent::Added(row)),
            (None, None) => break,
        };
        *count += 1;
        if *count <= LISTED {
            let names = rules.key.iter().map(|field| field.name.clone());
            let parts = encoded.map(key::parts).into_iter().flatten();
            let key: Vec<(String, String)> = names.zip(parts).collect();
            rows.listed.push(RowChange {
                key: as_written(&key, &written),
                what,
            });
        }
    }
    rows
}

/// What stands on one side only, each side still in the order of its keys.
fn leftovers<'a>(before: &FileRows<'a>, after: &FileRows<'a>) -> (Vec<&'a Entry>, Vec<&'a Entry>) {
    let (mut removed, mut added) = (Vec::new(), Vec::new());
    let (mut old, mut new) = (before.rows.iter().peekable(), after.rows.iter().peekable());
    loop {
        let order = match (old.peek(), new.peek()) {
            (None, None) => return (removed, added),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(a), Some(b)) => content(before.set, a, after.set, b),
        };
        match order {
            Ordering::Less => removed.extend(old.next()),
            Ordering::Greater => added.extend(new.next()),
            Ordering::Equal => {
                old.next();
                new.next();
            }
        }
    }
}

/// By key, then by all else that a row says but its place.
fn content(left: &EntrySet, a: &Entry, right: &EntrySet, b: &Entry) -> Ordering {
    let said = |entry: &Entry| {
        (
            entry.at(),
            entry.kind as u8,
            entry.amount(),
            entry.fee(),
            entry.status,
        )
    };
    left.key(a)
        .cmp(right.key(b))
        .then_with(|| said(a).cmp(&said(b)))
        .then_with(|| left.details(a).cmp(right.details(b)))
}

/// Why a date was judged anew, or came out otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    FileAdded,
    FileCorrected,
    FileWithdrawn,
    /// A file that counted was refused since, or counts for other dates.
    FileGone,
    ProfileChanged,
    SettingsChanged,
    LedgerChanged,
    /// A due time or an SLA passed.
    TimePassed,
    /// People resolved, wrote off or reopened breaks.
    Decided,
    /// A person said that a side that looks wrong is right.
    Accepted,
    /// Nothing of the date's own: entries of other dates, in the ledger or in their files.
    OtherDates,
}

impl Cause {
    pub fn name(self) -> &'static str {
        match self {
            Cause::FileAdded => "file_added",
            Cause::FileCorrected => "file_corrected",
            Cause::FileWithdrawn => "file_withdrawn",
            Cause::FileGone => "file_gone",
            Cause::ProfileChanged => "profile_changed",
            Cause::SettingsChanged => "settings_changed",
            Cause::LedgerChanged => "ledger_changed",
            Cause::TimePassed => "time_passed",
            Cause::Decided => "people_decided",
            Cause::Accepted => "date_accepted",
            Cause::OtherDates => "other_dates_changed",
        }
    }
}

/// A later revision against an earlier one, with what is behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevisionChange {
    pub difference: Difference,
    pub files: Vec<FileChange>,
    /// Never empty.
    pub causes: BTreeSet<Cause>,
    /// Where other dates are the cause: which, as far as it shows.
    pub other_dates: BTreeSet<NaiveDate>,
}

impl RevisionChange {
    /// `known` are the causes that show in what the date was judged with: profile, settings, ledger.
    pub fn new(
        difference: Difference,
        files: Vec<FileChange>,
        known: impl IntoIterator<Item = Cause>,
    ) -> RevisionChange {
        let mut causes: BTreeSet<Cause> = known.into_iter().collect();
        causes.extend(files.iter().filter_map(file_cause));
        if time_passed(&difference) {
            causes.insert(Cause::TimePassed);
        }
        if difference.decided {
            causes.insert(Cause::Decided);
        }
        let mut other_dates = BTreeSet::new();
        if causes.is_empty() {
            causes.insert(Cause::OtherDates);
            other_dates.clone_from(&difference.other_dates);
        }
        RevisionChange {
            difference,
            files,
            causes,
            other_dates,
        }
    }
}

fn file_cause(change: &FileChange) -> Option<Cause> {
    match change {
        FileChange::Added(_) => Some(Cause::FileAdded),
        FileChange::Replaced { why, .. } => Some(match why {
            Replacement::Corrected => Cause::FileCorrected,
            Replacement::Restored => Cause::FileWithdrawn,
        }),
        FileChange::Gone { why, .. } => Some(match why {
            Absence::Withdrawn { .. } => Cause::FileWithdrawn,
            Absence::Refused { .. } | Absence::CountsElsewhere => Cause::FileGone,
        }),
        // That it was read with another profile is a cause of its own.
        FileChange::ReadOtherwise { .. } => None,
    }
}

/// Whether the clock alone explains something of it.
fn time_passed(difference: &Difference) -> bool {
    let stuck = Bucket::Break(BreakKind::StuckPending);
    let fell_due = difference.state.before == DateState::NotDue
        && difference.state.after == DateState::Incomplete;
    let pending_left = difference.buckets.iter().any(|(bucket, sides)| {
        *bucket == Bucket::PendingWithinSla
            && sides.after.ledger.entries < sides.before.ledger.entries
    });
    fell_due || (pending_left && difference.opened.iter().any(|item| item.bucket == stuck))
}
