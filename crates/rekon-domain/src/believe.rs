//! Whether both sides of a date can be true. Looked at before anything is matched: a ledger that gave
//! nothing, or a file that was cut, is one finding about that side and never a list of breaks.
//!
//! What is rare on honest days is not what is asked here, but what does not happen on any: a handful
//! of payments, one after the other, none of which the other side has. So small channels are left
//! alone; where the channel's earlier dates show what is usual, fewer payments are enough.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike, Duration, NaiveDate, Utc};

use super::acts::{Act, Recorded};
use super::alike;
use super::entry::{EntrySet, Side};
use super::resolve::Lookup;
use super::rules::Rules;
use super::side_finding::{Accepted, Doubt, KeyDifference, Lacks, SideFinding};
use super::sides::{Hourly, PerSide, SAMPLE, Sides};
use super::status::Status;

/// Payments that one side alone has by accident on no day, where earlier dates show what is usual.
const FEW: u64 = 5;
/// The same, where nothing is known of the channel.
const SOME: u64 = 10;
/// The same, where they are not one after the other.
const MANY: u64 = 20;
/// Entries among which a usual status is never absent by accident.
const ENOUGH: u64 = 80;
/// Earlier dates that are enough to say what is usual.
const USUAL: usize = 5;
/// Days that are looked back at.
pub const LOOK_BACK: i64 = 28;

/// What was seen on the dates of a channel that were judged.
pub type Seen = BTreeMap<NaiveDate, PerSide<Hourly>>;

/// How far a standby of the ledger had applied what its primary wrote, when it was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applied {
    /// No standby, or one of which nothing is known to be missing.
    All,
    /// What was written up to this instant, at least, and not all that was received.
    UpTo {
        at: DateTime<Utc>,
        asked: DateTime<Utc>,
    },
    /// It has not applied all that it received and has stopped; since when, it does not say.
    Stopped,
    /// It is not connected to its primary: whether anything was written since is not known.
    NotReceiving { at: Option<DateTime<Utc>> },
}

impl Applied {
    /// Whether something that was written is known to be missing.
    pub fn is_behind(self) -> bool {
        matches!(self, Applied::UpTo { .. } | Applied::Stopped)
    }
}

/// A date as it lies before us.
pub struct Date<'a> {
    pub date: NaiveDate,
    pub settlement: &'a EntrySet,
    pub ledger: &'a EntrySet,
    pub as_of: DateTime<Utc>,
    /// Rows of its files that could not be read.
    pub rejected_rows: u64,
    pub applied: Applied,
}

/// What is to be done about a date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Belief {
    Judge,
    Doubt(SideFinding),
    /// The ledger seems to lack payments: it is asked for some of them, whatever their date.
    Ask(Suspicion),
}

/// A finding that stands unless the ledger has the payments after all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suspicion {
    finding: SideFinding,
    /// Encoded keys with the instants of the file.
    keys: BTreeMap<Vec<u8>, DateTime<Utc>>,
}

/// Keys that a ledger is asked for before it is doubted.
const ASKED: usize = 200;

/// Looks at a date beside what was seen on others, its own earlier look included; and what others
/// will want to have seen of it.
pub fn believe(date: &Date<'_>, seen: &Seen, rules: &Rules) -> (Belief, PerSide<Hourly>) {
    let look = |sample| Sides::of(date.settlement, date.ledger, date.date, rules, sample);
    let sides = look(SAMPLE);
    let belief = match behind(date, rules) {
        Some(finding) => Belief::Doubt(finding),
        None => belief(date, &sides, look, seen, rules),
    };
    (belief, sides.hourly)
}

fn belief<'a>(
    date: &Date<'a>,
    sides: &Sides<'a>,
    look: impl Fn(usize) -> Sides<'a>,
    seen: &Seen,
    rules: &Rules,
) -> Belief {
    let exact;
    let mut sides = sides;
    let mut found = doubt(date, sides, seen, rules);
    if found.is_some() && sides.one_of > 1 {
        // The figures of what is told are exact.
        exact = look(usize::MAX);
        sides = &exact;
        found = doubt(date, sides, seen, rules).or(found);
    }
    let Some(finding) = found else {
        return Belief::Judge;
    };
    let lone = &sides.lone.settlement;
    if !could_be_elsewhere(&finding) || lone.is_empty() {
        return Belief::Doubt(finding);
    }
    let step = lone.len().div_ceil(ASKED).max(1);
    let keys = lone.iter().step_by(step).map(|entry| {
        let key = sides.key_of(Side::Settlement, entry);
        (key.to_vec(), entry.at())
    });
    let keys = keys.collect();
    Belief::Ask(Suspicion { finding, keys })
}

impl Suspicion {
    pub fn keys(&self) -> BTreeSet<Vec<u8>> {
        self.keys.keys().cloned().collect()
    }

    /// What remains of it once the ledger has answered: payments that stand on other dates are not
    /// lacking, unless all of them are off by the same hours.
    pub fn answered(self, found: &Lookup) -> Belief {
        let there = self.keys.iter().filter_map(|(key, at)| {
            let entries = found.get(key)?.iter();
            let apart = entries.map(|entry| entry.at - *at);
            apart.min_by_key(Duration::abs)
        });
        let apart: Vec<Duration> = there.collect();
        if apart.len() * 2 < self.keys.len() {
            return Belief::Doubt(self.finding);
        }
        match alike::common_hours(apart.into_iter()) {
            Some((hours, pairs, of)) if pairs >= SOME => {
                let doubt = Doubt::ShiftedHours { hours, pairs, of };
                Belief::Doubt(SideFinding::of(Side::Ledger, doubt))
            }
            _ => Belief::Judge,
        }
    }
}

/// Whether the payments may stand in the ledger on another date.
fn could_be_elsewhere(finding: &SideFinding) -> bool {
    match &finding.doubt {
        // Attempts that the ledger alone has stand on no other date.
        Doubt::Partial {
            lacks: Lacks::Status(status),
            ..
        } if *status != Status::Success => false,
        Doubt::Empty { .. } | Doubt::EndsEarly { .. } | Doubt::Partial { .. } => {
            finding.side == Side::Ledger
        }
        Doubt::Keys { how, .. } => *how == KeyDifference::NothingAlike,
        _ => false,
    }
}

/// The standby has to have all that was written until the date was over and a while longer; of a date
/// that is not over, all but the last while.
fn behind(date: &Date<'_>, rules: &Rules) -> Option<SideFinding> {
    let (_, end) = rules.days.span(date.date);
    let over = end + rules.timing_grace;
    let (until, needed) = match date.applied {
        Applied::All | Applied::NotReceiving { .. } => return None,
        Applied::Stopped => (None, over),
        Applied::UpTo { at, asked } => (Some(at), over.min(asked - rules.timing_grace)),
    };
    if until.is_some_and(|until| until >= needed) {
        return None;
    }
    let doubt = Doubt::Behind { until, needed };
    Some(SideFinding::of(Side::Ledger, doubt))
}

fn doubt(date: &Date<'_>, sides: &Sides<'_>, seen: &Seen, rules: &Rules) -> Option<SideFinding> {
    let both = [Side::Ledger, Side::Settlement];
    let past = Past {
        date: date.date,
        seen,
    };
    let of_side = |find: &dyn Fn(Side) -> Option<Doubt>| {
        let found = both.into_iter().find_map(|side| Some((side, find(side)?)));
        found.map(|(side, doubt)| SideFinding::of(side, doubt))
    };
    of_side(&|side| empty(date, sides, &past, side))
        .or_else(|| of_side(&|side| doubled(sides, side)))
        .or_else(|| alike::in_keys(sides, rules))
        .or_else(|| alike::in_pairs(sides, rules))
        .or_else(|| of_side(&|side| no_success(sides, side)))
        .or_else(|| of_side(&|side| ends_early(date, sides, &past, side)))
        .or_else(|| of_side(&|side| partial(date, sides, &past, side)))
}

fn empty(date: &Date<'_>, sides: &Sides<'_>, past: &Past<'_>, side: Side) -> Option<Doubt> {
    if !sides.sets.of(side).is_empty() || unread(date, side) > 0 {
        return None;
    }
    let other = sides.firm.of(side.other()).len() as u64 * sides.one_of;
    let needed = match past.has_rows(side) {
        true => FEW,
        false => SOME,
    };
    (other >= needed && !past.is_quiet_that_day(side)).then_some(Doubt::Empty { other })
}

/// Rows that stand in the file and count for nothing.
fn unread(date: &Date<'_>, side: Side) -> u64 {
    match side {
        Side::Settlement => date.rejected_rows,
        Side::Ledger => 0,
    }
}

fn doubled(sides: &Sides<'_>, side: Side) -> Option<Doubt> {
    let [(doubled, of), (others, _)] =
        [side, side.other()].map(|side| (*sides.doubled.of(side), *sides.keys.of(side)));
    let nearly_all = doubled >= FEW && doubled * 10 >= of * 9;
    let most = doubled >= SOME && doubled * 2 >= of;
    let (doubled, of) = (doubled * sides.one_of, of * sides.one_of);
    ((nearly_all || most) && others * 4 < *sides.doubled.of(side))
        .then_some(Doubt::Doubled { doubled, of })
}

fn ends_early(date: &Date<'_>, sides: &Sides<'_>, past: &Past<'_>, side: Side) -> Option<Doubt> {
    let last = (*sides.last.of(side))?;
    // Of a date that is not over, nobody knows how long it goes on.
    if last >= sides.clear.1 || date.as_of < sides.span.1 || !sides.states_times(side) {
        return None;
    }
    let after = |entries: &[&super::entry::Entry]| {
        entries.iter().filter(|entry| entry.at() > last).count() as u64
    };
    let lone = after(sides.lone.of(side.other()));
    let all = after(sides.firm.of(side.other()));
    let hour = u8::try_from((last - sides.span.0).num_hours()).ok()?;
    let other = lone * sides.one_of;
    (lone >= SOME
        && lone * 4 >= all * 3
        && other > unread(date, side)
        && !is_another_cut(sides, side, other)
        && !past.ends_by(side, hour))
    .then_some(Doubt::EndsEarly { last, other })
}

/// A file that begins the day before as much as it ends before the day does is cut at another hour.
fn is_another_cut(sides: &Sides<'_>, side: Side, lacking: u64) -> bool {
    let counts = sides.hourly.of(side);
    let outside = counts.in_hour(Hourly::BEFORE) + counts.in_hour(Hourly::AFTER);
    side == Side::Settlement && outside * 4 >= lacking
}

/// Entries, and among them no payment that went well, where the other side has many.
fn no_success(sides: &Sides<'_>, side: Side) -> Option<Doubt> {
    let counts = sides.hourly.of(side);
    let firm = sides.firm.of(side.other()).len() as u64;
    let lacks = Lacks::Status(Status::Success);
    let lacking = firm * sides.one_of;
    (counts.of_status(Status::Success) == 0 && counts.entries() > 0 && firm >= MANY).then_some(
        Doubt::Partial {
            lacking,
            of: lacking,
            lacks,
        },
    )
}

fn partial(date: &Date<'_>, sides: &Sides<'_>, past: &Past<'_>, side: Side) -> Option<Doubt> {
    let of = sides.firm.of(side.other()).len() as u64;
    let lone = sides.lone.of(side.other()).len() as u64;
    let counts = sides.hourly.of(side);
    let found = |lacking: u64, lacks| {
        let (lacking, of) = (lacking * sides.one_of, of * sides.one_of);
        Some(Doubt::Partial { lacking, of, lacks })
    };
    let lacking = lone * sides.one_of;
    if is_another_cut(sides, side, lacking) || unread(date, side) * 2 > lacking {
        return None;
    }
    if date.as_of >= sides.span.1
        && sides.states_times(side)
        && let Some((gap, count)) = gap(sides, side)
        && count >= MANY
    {
        return found(count, gap);
    }
    if lone >= MANY && lone * 2 >= of {
        return found(lone, Lacks::Some);
    }
    let (status, usual) = past.usual_status(side, counts)?;
    let lacks = Lacks::Status(status);
    let (lacking, of) = (usual, usual + counts.entries());
    Some(Doubt::Partial { lacking, of, lacks })
}

/// The hours without any entry on a side in which the other side has most that this one lacks.
fn gap(sides: &Sides<'_>, side: Side) -> Option<(Lacks, u64)> {
    let counts = sides.hourly.of(side);
    let hours = (sides.span.1 - sides.span.0).num_hours();
    let mut lone: BTreeMap<i64, u64> = BTreeMap::new();
    for entry in sides.lone.of(side.other()) {
        *lone
            .entry((entry.at() - sides.span.0).num_hours())
            .or_default() += 1;
    }
    let mut best: Option<(i64, i64, u64)> = None;
    let mut open: Option<(i64, u64)> = None;
    for hour in 0..=hours {
        let quiet = hour < hours && u8::try_from(hour).is_ok_and(|hour| counts.in_hour(hour) == 0);
        if quiet {
            let (from, count) = open.unwrap_or((hour, 0));
            open = Some((from, count + lone.get(&hour).copied().unwrap_or(0)));
        } else if let Some((from, count)) = open.take()
            && best.is_none_or(|(_, _, most)| count > most)
        {
            best = Some((from, hour, count));
        }
    }
    let (from, to, count) = best?;
    let at = |hour: i64| sides.span.0 + Duration::hours(hour);
    Some((Lacks::Between(at(from), at(to)), count))
}

/// What other dates of the channel looked like.
struct Past<'a> {
    date: NaiveDate,
    seen: &'a Seen,
}

impl Past<'_> {
    fn earlier(&self) -> impl DoubleEndedIterator<Item = (&NaiveDate, &PerSide<Hourly>)> {
        let from = self.date - Duration::days(LOOK_BACK);
        self.seen.range(from..self.date)
    }

    /// Whether the side has had a handful of entries on most dates, or had on this one.
    fn has_rows(&self, side: Side) -> bool {
        let had = |hourly: &PerSide<Hourly>| hourly.of(side).entries() >= FEW;
        let dates = self.earlier().count();
        let busy = self.earlier().filter(|(_, hourly)| had(hourly)).count();
        self.seen.get(&self.date).is_some_and(had) || busy >= 2 && busy * 2 > dates
    }

    /// Whether it had nothing on the same day of an earlier week, which was judged all the same.
    fn is_quiet_that_day(&self, side: Side) -> bool {
        self.earlier().any(|(date, hourly)| {
            date.weekday() == self.date.weekday()
                && hourly.of(side).entries() == 0
                && hourly.of(side.other()).entries() >= FEW
        })
    }

    /// Whether it usually ends by this hour while the other side goes on.
    fn ends_by(&self, side: Side, hour: u8) -> bool {
        let ends = |(_, hourly): &(&NaiveDate, &PerSide<Hourly>)| {
            hourly.of(side).from_hour(hour + 1) == 0
                && hourly.of(side.other()).from_hour(hour + 1) >= FEW
        };
        let week: Vec<_> = self.earlier().rev().take(7).collect();
        let ended = week.iter().filter(|one| ends(one)).count();
        let that_day = self
            .earlier()
            .filter(|(date, _)| date.weekday() == self.date.weekday());
        ended >= 3 && ended * 2 > week.len() || that_day.into_iter().any(|one| ends(&one))
    }

    /// A status that no date with so many other entries lacked, and this one does; with how many are
    /// to be expected.
    fn usual_status(&self, side: Side, counts: &Hourly) -> Option<(Status, u64)> {
        let entries = counts.entries();
        [
            Status::Success,
            Status::Pending,
            Status::Failed,
            Status::Reversed,
        ]
        .into_iter()
        .filter(|status| entries > 0 && counts.of_status(*status) == 0)
        .find_map(|status| {
            let of = |hourly: &PerSide<Hourly>| {
                let counts = hourly.of(side);
                let own = counts.of_status(status);
                (own, counts.entries() - own)
            };
            let alike: Vec<(u64, u64)> = self
                .earlier()
                .map(|(_, hourly)| of(hourly))
                .filter(|(_, others)| others * 2 >= entries.min(ENOUGH))
                .collect();
            let always = alike.len() >= USUAL && alike.iter().all(|(own, _)| *own > 0);
            let (own, others) = alike
                .iter()
                .fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
            let usual = own * entries / others.max(1);
            (always && usual >= SOME).then_some((status, usual))
        })
    }
}

/// What the acts about a date are recorded under.
pub fn identity(date: NaiveDate) -> String {
    format!("date {date}")
}

/// Whether a person said that this is right: of the same kind, and about no fewer payments. What
/// became worse since is asked again.
pub fn accepted(finding: &SideFinding, acts: &[Recorded]) -> Option<Accepted> {
    acts.iter().rev().find_map(|one| match &one.act {
        Act::Believe {
            finding: kind,
            entries,
            reason,
        } if *kind == finding.kind() && finding.entries() <= *entries => Some(Accepted {
            by: one.by.clone(),
            at: one.at,
            reason: reason.clone(),
        }),
        _ => None,
    })
}
