//! Pairing the entries of one key: which settlement entry answers which ledger entry.
//!
//! Works on a handful of entries at a time; the bulk that pairs one to one never comes here.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::entry::{EntryFacts, Side};
use super::money::Money;
use super::outcome::{Bucket, Cause};
use super::rules::Rules;
use super::status::{Kind, Status};
use super::verdict;

/// Positions of entries of one finding, per side.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Members {
    pub ledger: Vec<usize>,
    pub settlement: Vec<usize>,
}

impl Members {
    pub fn of(side: Side, members: Vec<usize>) -> Members {
        match side {
            Side::Ledger => Members {
                ledger: members,
                ..Members::default()
            },
            Side::Settlement => Members {
                settlement: members,
                ..Members::default()
            },
        }
    }
}

/// How some entries came together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bond {
    /// One effective status on each side.
    Pair { ledger: Status, settlement: Status },
    /// Several successes against one, to the sen.
    Split,
    /// A void, reversal or refund that both sides record.
    BothUndone,
    /// Voids, reversals or refunds of both sides that do not add up to the same.
    UndoneInPart,
    /// Several candidates and no honest way to choose.
    Ambiguous,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bound {
    pub bond: Bond,
    pub members: Members,
}

/// A payment with what undid it, or a single entry: one thing with one status.
#[derive(Clone, Debug)]
pub struct Unit {
    pub members: Vec<usize>,
    pub status: Status,
    /// Position of the entry whose facts speak for the unit.
    pub lead: usize,
    pub undo: Undo,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undo {
    /// A payment, undone or not.
    Payment,
    /// A void, reversal or refund whose payment is not here.
    Alone,
}

/// What pairing left: the bonds, and the units of each side that found nobody.
#[derive(Clone, Debug, Default)]
pub struct Pairing {
    pub bound: Vec<Bound>,
    pub left_ledger: Vec<Unit>,
    pub left_settlement: Vec<Unit>,
}

/// The order in which entries are looked at, so that the order of rows decides nothing.
pub fn canonical(a: &EntryFacts, b: &EntryFacts) -> Ordering {
    (
        a.at,
        a.kind,
        a.status,
        a.amount,
        a.fee,
        &a.details,
        a.business_date,
        &a.place,
    )
        .cmp(&(
            b.at,
            b.kind,
            b.status,
            b.amount,
            b.fee,
            &b.details,
            b.business_date,
            &b.place,
        ))
}

/// Whether two entries of one side are the same but for the place they were read from.
pub fn interchangeable(a: &EntryFacts, b: &EntryFacts) -> bool {
    (a.at, a.kind, a.status, a.amount, a.fee, &a.details)
        == (b.at, b.kind, b.status, b.amount, b.fee, &b.details)
}

/// Whether a pair differs in nothing that is counted; a side that says nothing of fees agrees.
pub fn same_money(ledger: &EntryFacts, settlement: &EntryFacts) -> bool {
    let fee = verdict::fee_difference(ledger.fee, settlement.fee);
    ledger.amount == settlement.amount && fee.is_zero()
}

/// Whether a settlement entry says that an earlier success of its key was refunded after all.
pub fn takes_back(entry: &EntryFacts, settled: &EntryFacts) -> bool {
    entry.status == Status::FailedRefunded
        && !entry.kind.undoes()
        && settled.status == Status::Success
        && !settled.kind.undoes()
        && (settled.business_date, settled.at) < (entry.business_date, entry.at)
}

/// Whether a leftover settlement entry is a failed attempt at what our ledger of that date answers
/// for: it settles nothing, whatever other dates hold.
pub fn is_attempt(unit: &Unit, ledger: &[EntryFacts], settlement: &[EntryFacts]) -> bool {
    let entry = &settlement[unit.lead];
    unit.status.is_failed()
        && !ledger.is_empty()
        && !settlement.iter().any(|other| takes_back(entry, other))
}

/// Pairs the entries of one key. Both slices are in [`canonical`] order.
pub fn pair_up(ledger: &[EntryFacts], settlement: &[EntryFacts], rules: &Rules) -> Pairing {
    let mut table = Table {
        ledger,
        settlement,
        rules,
        ours: Pile::new(units(ledger, rules)),
        theirs: Pile::new(units(settlement, rules)),
        bound: Vec::new(),
    };
    table.undone_on_both_sides();
    table.undone_in_sum();
    table.split();
    table.successes();
    for settled_against in [Class::Open, Class::Reversed, Class::Failed] {
        table.across(settled_against, Class::Success);
    }
    for answered_by in [Class::Open, Class::Reversed, Class::Failed] {
        table.across(Class::Success, answered_by);
    }
    table.across(Class::Open, Class::Open);
    table.across(Class::Open, Class::Reversed);
    table.across(Class::Open, Class::Failed);
    table.across(Class::Reversed, Class::Reversed);
    table.across(Class::Reversed, Class::Open);
    table.across(Class::Failed, Class::Open);
    Pairing {
        bound: table.bound,
        left_ledger: table.ours.left(),
        left_settlement: table.theirs.left(),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Success,
    Open,
    Failed,
    Reversed,
}

fn class(unit: &Unit) -> Option<Class> {
    if unit.undo == Undo::Alone {
        return None;
    }
    Some(match unit.status {
        Status::Success => Class::Success,
        Status::Pending | Status::Unknown => Class::Open,
        Status::Failed | Status::FailedRefunded => Class::Failed,
        Status::Reversed => Class::Reversed,
    })
}

/// Reverse first: a payment that is not failed and the successful void, reversal or refund of the
/// same total become one payment that is reversed. OVO writes voids with positive amounts, others
/// with negative ones: the operation decides, never the sign.
fn units(entries: &[EntryFacts], rules: &Rules) -> Vec<Unit> {
    let mut units: Vec<Unit> = Vec::new();
    let mut undoing = Vec::new();
    for (at, entry) in entries.iter().enumerate() {
        if entry.kind.undoes() {
            undoing.push(at);
        } else {
            units.push(Unit {
                members: vec![at],
                status: entry.status,
                lead: at,
                undo: Undo::Payment,
            });
        }
    }
    for at in undoing {
        let undo = &entries[at];
        let undone = match undo.status {
            Status::Success => undone_by(undo, &units, entries, rules),
            _ => Vec::new(),
        };
        let Some((&first, others)) = undone.split_first() else {
            units.push(Unit {
                members: vec![at],
                status: undo.status,
                lead: at,
                undo: Undo::Alone,
            });
            continue;
        };
        let mut members = vec![at];
        for &other in others.iter().rev() {
            members.extend(units.remove(other).members);
        }
        units[first].members.extend(members);
        units[first].status = Status::Reversed;
    }
    undone_by_parts(units, entries, rules)
}

/// Several refunds that together are the whole of the only payment undo it as one would.
fn undone_by_parts(mut units: Vec<Unit>, entries: &[EntryFacts], rules: &Rules) -> Vec<Unit> {
    let is_part = |unit: &Unit| unit.undo == Undo::Alone && unit.status == Status::Success;
    let parts: Vec<usize> = (0..units.len()).filter(|&at| is_part(&units[at])).collect();
    let payments: Vec<usize> = (0..units.len())
        .filter(|&at| units[at].undo == Undo::Payment && units[at].status == Status::Success)
        .collect();
    let ([payment], [_, _, ..]) = (&payments[..], &parts[..]) else {
        return units;
    };
    let lead = &entries[units[*payment].lead];
    let refund = |at: &usize| &entries[units[*at].lead];
    let total: Money = parts.iter().map(|at| refund(at).amount.abs()).sum();
    let near = |at: &usize| {
        (refund(at).business_date - lead.business_date)
            .num_days()
            .abs()
            <= rules.key_lifetime
    };
    if units[*payment].members.len() != 1 || total != lead.amount.abs() || !parts.iter().all(near) {
        return units;
    }
    let payment = *payment;
    let members: Vec<usize> = parts
        .iter()
        .flat_map(|&at| units[at].members.clone())
        .collect();
    units[payment].members.extend(members);
    units[payment].status = Status::Reversed;
    let mut at = 0;
    units.retain(|_| {
        at += 1;
        !parts.contains(&(at - 1))
    });
    units
}

/// Positions of the payments that a void, reversal or refund undoes: one of its total; or all
/// successes together, where a payment was split into cash and points and is voided as a whole.
fn undone_by(
    undo: &EntryFacts,
    units: &[Unit],
    entries: &[EntryFacts],
    rules: &Rules,
) -> Vec<usize> {
    let payment = |at: usize| &entries[units[at].lead];
    let standing: Vec<usize> = (0..units.len())
        .filter(|&at| {
            let apart = (payment(at).business_date - undo.business_date).num_days();
            payment(at).kind == Kind::Payment
                && units[at].members.len() == 1
                && (units[at].status == Status::Success || units[at].status.is_open())
                && apart.abs() <= rules.key_lifetime
        })
        .collect();
    let of_its_total = standing
        .iter()
        .copied()
        .filter(|&at| payment(at).amount.abs() == undo.amount.abs());
    let nearest = of_its_total.min_by_key(|&at| {
        let open = units[at].status != Status::Success;
        (open, (undo.at - payment(at).at).abs())
    });
    if let Some(nearest) = nearest {
        return vec![nearest];
    }
    let parts: Vec<usize> = standing
        .into_iter()
        .filter(|&at| units[at].status == Status::Success)
        .collect();
    let total: Money = parts.iter().map(|&at| payment(at).amount.abs()).sum();
    if parts.len() > 1 && total == undo.amount.abs() {
        parts
    } else {
        Vec::new()
    }
}

struct Table<'a> {
    ledger: &'a [EntryFacts],
    settlement: &'a [EntryFacts],
    rules: &'a Rules,
    ours: Pile,
    theirs: Pile,
    bound: Vec<Bound>,
}

/// The units of one side; a bound unit leaves the pile but keeps its position.
struct Pile {
    units: Vec<Option<Unit>>,
}

impl Pile {
    fn new(units: Vec<Unit>) -> Pile {
        Pile {
            units: units.into_iter().map(Some).collect(),
        }
    }

    fn of(&self, wanted: Class) -> Vec<usize> {
        (0..self.units.len())
            .filter(|&at| self.units[at].as_ref().and_then(class) == Some(wanted))
            .collect()
    }

    fn alone(&self) -> Vec<usize> {
        let is_alone = |unit: &Unit| unit.undo == Undo::Alone && unit.status == Status::Success;
        (0..self.units.len())
            .filter(|&at| self.units[at].as_ref().is_some_and(is_alone))
            .collect()
    }

    fn take(&mut self, positions: &[usize]) -> Vec<usize> {
        let mut members: Vec<usize> = positions
            .iter()
            .filter_map(|&at| self.units[at].take())
            .flat_map(|unit| unit.members)
            .collect();
        members.sort_unstable();
        members
    }

    fn left(self) -> Vec<Unit> {
        self.units.into_iter().flatten().collect()
    }
}

/// Another reference, no terminal that both name, the time between.
type Distance = (bool, bool, chrono::Duration);

impl Table<'_> {
    fn bind(&mut self, bond: Bond, ours: &[usize], theirs: &[usize]) {
        let members = Members {
            ledger: self.ours.take(ours),
            settlement: self.theirs.take(theirs),
        };
        self.bound.push(Bound { bond, members });
    }

    fn bind_pair(&mut self, ours: usize, theirs: usize) {
        if let (Some(l), Some(s)) = (&self.ours.units[ours], &self.theirs.units[theirs]) {
            let bond = Bond::Pair {
                ledger: l.status,
                settlement: s.status,
            };
            self.bind(bond, &[ours], &[theirs]);
        }
    }

    /// Facts of a unit that is still in its pile.
    fn our(&self, unit: usize) -> &EntryFacts {
        &self.ledger[self.ours.units[unit].as_ref().map_or(0, |unit| unit.lead)]
    }

    fn their(&self, unit: usize) -> &EntryFacts {
        &self.settlement[self.theirs.units[unit].as_ref().map_or(0, |unit| unit.lead)]
    }

    fn compatible(&self, ours: usize, theirs: usize) -> bool {
        let (l, s) = (self.our(ours), self.their(theirs));
        let apart = (l.business_date - s.business_date).num_days().abs();
        apart <= self.rules.key_lifetime
            && self.rules.match_if_present.iter().all(|&field| {
                let name = &self.rules.details[field];
                match (l.details.get(name), s.details.get(name)) {
                    (Some(l), Some(s)) => l == s,
                    _ => true,
                }
            })
    }

    /// How near two units are: the same reference first, then a field that must agree and that
    /// both sides fill, then the time between them.
    fn distance(&self, ours: usize, theirs: usize) -> Distance {
        let (l, s) = (self.our(ours), self.their(theirs));
        let reference = self
            .rules
            .details
            .first()
            .and_then(|name| Some(l.details.get(name)? == s.details.get(name)?));
        let agreed = self.rules.match_if_present.iter().any(|&field| {
            let name = &self.rules.details[field];
            l.details.get(name).is_some() && l.details.get(name) == s.details.get(name)
        });
        (
            reference != Some(true),
            !agreed,
            self.rules.days.apart(l.at, s.at),
        )
    }

    /// Both sides record the same void, reversal or refund of a payment that is not here.
    fn undone_on_both_sides(&mut self) {
        for l in self.ours.alone() {
            let answer = self
                .theirs
                .alone()
                .into_iter()
                .filter(|&s| {
                    self.their(s).amount.abs() == self.our(l).amount.abs() && self.compatible(l, s)
                })
                .min_by_key(|&s| (self.their(s).at - self.our(l).at).abs());
            if let Some(s) = answer {
                self.bind(Bond::BothUndone, &[l], &[s]);
            }
        }
    }

    /// Refunds that nothing else answers: netted where both sides add up to the same, as a split does, and
    /// otherwise one difference, which is what remains.
    fn undone_in_sum(&mut self) {
        let (ours, theirs) = (self.ours.alone(), self.theirs.alone());
        if ours.is_empty() || theirs.is_empty() {
            return;
        }
        let our: Money = ours.iter().map(|&l| self.our(l).amount.abs()).sum();
        let their: Money = theirs.iter().map(|&s| self.their(s).amount.abs()).sum();
        let fits = |l: usize| theirs.iter().all(|&s| self.compatible(l, s));
        if ours.iter().all(|&l| fits(l)) {
            let bond = match our == their {
                true => Bond::BothUndone,
                false => Bond::UndoneInPart,
            };
            self.bind(bond, &ours, &theirs);
        }
    }

    /// All successes of one side against the single success of the other, when they add up exactly.
    fn split(&mut self) {
        let ours = self.ours.of(Class::Success);
        let theirs = self.theirs.of(Class::Success);
        if !matches!((ours.len(), theirs.len()), (1, 2..) | (2.., 1)) {
            return;
        }
        let our_facts: Vec<&EntryFacts> = ours.iter().map(|&l| self.our(l)).collect();
        let their_facts: Vec<&EntryFacts> = theirs.iter().map(|&s| self.their(s)).collect();
        let amount = |facts: &[&EntryFacts]| facts.iter().map(|entry| entry.amount).sum::<Money>();
        let fee =
            |facts: &[&EntryFacts]| facts.iter().map(|entry| entry.fee).sum::<Option<Money>>();
        let all_positive = our_facts
            .iter()
            .chain(&their_facts)
            .all(|entry| entry.amount > Money::ZERO);
        if all_positive
            && amount(&our_facts) == amount(&their_facts)
            && verdict::fee_difference(fee(&our_facts), fee(&their_facts)).is_zero()
            && ours
                .iter()
                .all(|&l| theirs.iter().all(|&s| self.compatible(l, s)))
        {
            self.bind(Bond::Split, &ours, &theirs);
        }
    }

    /// Success with success: first to the sen, then the rest.
    ///
    /// Where as many stand on each side at the same money, which pairs with which changes no
    /// verdict; otherwise the surplus has to be told apart honestly.
    fn successes(&mut self) {
        let fees_known =
            (self.ledger.iter().chain(self.settlement)).all(|entry| entry.fee.is_some());
        let money = |entry: &EntryFacts| (entry.amount, entry.fee.filter(|_| fees_known));
        let mut classes: BTreeMap<_, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
        for l in self.ours.of(Class::Success) {
            classes.entry(money(self.our(l))).or_default().0.push(l);
        }
        for s in self.theirs.of(Class::Success) {
            classes.entry(money(self.their(s))).or_default().1.push(s);
        }
        for (ours, theirs) in classes.into_values() {
            let balanced = ours.len() == theirs.len() && ours.len() > 1;
            if balanced
                && ours
                    .iter()
                    .all(|&l| theirs.iter().all(|&s| self.compatible(l, s)))
            {
                self.bind_in_order(ours, theirs);
            }
        }
        self.across(Class::Success, Class::Success);
    }

    /// As many on each side: the same references first, what is left in the order of time.
    fn bind_in_order(&mut self, ours: Vec<usize>, mut theirs: Vec<usize>) {
        let mut later = Vec::new();
        for l in ours {
            match theirs.iter().position(|&s| !self.distance(l, s).0) {
                Some(at) => self.bind_pair(l, theirs.remove(at)),
                None => later.push(l),
            }
        }
        for (l, s) in later.into_iter().zip(theirs) {
            self.bind_pair(l, s);
        }
    }

    /// Pairs units of two classes: exact money first, then the unique nearest. A tie between
    /// candidates that are not interchangeable is never guessed.
    fn across(&mut self, ours: Class, theirs: Class) {
        let (left, right) = (self.ours.of(ours), self.theirs.of(theirs));
        let score = |table: &Self, l, s| {
            (
                !same_money(table.our(l), table.their(s)),
                table.distance(l, s),
            )
        };
        let mut pairs: Vec<((bool, Distance), usize, usize)> = Vec::new();
        for &l in &left {
            let fitting = right.iter().filter(|&&s| self.compatible(l, s));
            pairs.extend(fitting.map(|&s| (score(self, l, s), l, s)));
        }
        pairs.sort_unstable();
        let decides = ours == Class::Success || theirs == Class::Success;
        for (best, l, s) in pairs {
            if self.ours.units[l].is_none() || self.theirs.units[s].is_none() {
                continue;
            }
            let rival_l = left.iter().copied().filter(|&other| {
                other != l
                    && self.ours.units[other].is_some()
                    && self.compatible(other, s)
                    && score(self, other, s) == best
                    && !interchangeable(self.our(other), self.our(l))
            });
            let rival_s = right.iter().copied().filter(|&other| {
                other != s
                    && self.theirs.units[other].is_some()
                    && self.compatible(l, other)
                    && score(self, l, other) == best
                    && !interchangeable(self.their(other), self.their(s))
            });
            let all_l: Vec<usize> = std::iter::once(l).chain(rival_l).collect();
            let all_s: Vec<usize> = std::iter::once(s).chain(rival_s).collect();
            if decides && (all_l.len() > 1 || all_s.len() > 1) {
                self.bind(Bond::Ambiguous, &all_l, &all_s);
            } else {
                self.bind_pair(l, s);
            }
        }
    }
}

/// Bucket and cause of a bond, before time across dates is looked at.
pub fn judge(
    bound: &Bound,
    ledger: &[EntryFacts],
    settlement: &[EntryFacts],
    as_of: chrono::DateTime<chrono::Utc>,
    rules: &Rules,
) -> (Bucket, Cause) {
    use verdict::PairVerdict;
    match bound.bond {
        Bond::Split => (Bucket::Split, Cause::Plain),
        Bond::BothUndone => (Bucket::Netted, Cause::Plain),
        Bond::UndoneInPart => (
            Bucket::Break(super::outcome::BreakKind::AmountBreak),
            Cause::UndoneInPart,
        ),
        Bond::Ambiguous => (
            Bucket::Break(super::outcome::BreakKind::AmbiguousKey),
            Cause::SeveralCandidates,
        ),
        Bond::Pair {
            ledger: ours,
            settlement: theirs,
        } => match verdict::pair(ours, theirs) {
            PairVerdict::Amounts => {
                let l = &ledger[bound.members.ledger[0]];
                let s = &settlement[bound.members.settlement[0]];
                verdict::amounts(l, s, rules)
            }
            PairVerdict::Pending => {
                let at = |entries: &[EntryFacts], members: &[usize]| {
                    members.iter().map(|&at| entries[at].at).min()
                };
                let since = if theirs.is_open() && !ours.is_open() {
                    at(settlement, &bound.members.settlement)
                } else {
                    at(ledger, &bound.members.ledger)
                };
                let cause = if theirs.is_open() {
                    Cause::PendingAtPartner
                } else {
                    Cause::Plain
                };
                (
                    verdict::pending(since.unwrap_or(as_of), as_of, rules),
                    cause,
                )
            }
            PairVerdict::NothingToSettle => (Bucket::NothingToSettle, Cause::Plain),
            PairVerdict::Netted => (Bucket::Netted, Cause::Plain),
            PairVerdict::Break(kind) => (Bucket::Break(kind), Cause::Plain),
        },
    }
}
