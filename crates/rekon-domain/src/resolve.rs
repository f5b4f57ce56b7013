//! Judging what did not match cleanly, across all business dates of a channel at once.
//!
//! Nothing here depends on what was concluded before: findings are a function of the key groups of
//! the dates, what the ledger says now, the state of the dates and the clock. Retracting a date is
//! dropping its groups; applying it is putting its new ones in and resolving again.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};

use super::damaged;
use super::entry::{EntryFacts, KeyState, Side};
use super::matching::KeyGroup;
use super::outcome::{BreakKind, Bucket, Cause, Sides};
use super::pairing::{self, Bond, Bound, Undo, Unit, canonical, interchangeable, pair_up};
use super::rules::{CROWD, DateStanding, Dates, Rules};
use super::status::Status;
use super::time::{next, previous};
use super::verdict;

/// Ledger entries found by key, whatever their business date.
pub type Lookup = BTreeMap<Vec<u8>, Vec<EntryFacts>>;

/// Everything a judgement rests on.
pub struct Knowledge<'a> {
    /// Groups of all dates that may still matter, refreshed by [`refresh`].
    pub groups: &'a [KeyGroup],
    /// What the ledger answers for the keys of these groups.
    pub lookup: &'a Lookup,
    /// Keys that stand in a row nobody could read, with the dates of that row's file.
    pub rejected: &'a BTreeSet<(Vec<u8>, NaiveDate)>,
    /// Keys that stand in a row of the ledger which cannot be judged, with its date.
    pub rejected_ledger: &'a BTreeSet<(Vec<u8>, NaiveDate)>,
    pub dates: &'a Dates,
    pub as_of: DateTime<Utc>,
    pub rules: &'a Rules,
}

/// What some entries of one key amount to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub key: Vec<u8>,
    pub bucket: Bucket,
    pub cause: Cause,
    pub ledger: Vec<EntryFacts>,
    pub settlement: Vec<EntryFacts>,
    /// Ledger entries of dates where they are counted already: shown, not counted again.
    pub borrowed: Vec<EntryFacts>,
    /// For a crowd: its date and sums instead of entries.
    pub crowd: Option<(NaiveDate, Sides)>,
}

/// Replaces the ledger entries of earlier groups by what the ledger says now, for groups within
/// the range that was looked up and not among the dates just read.
pub fn refresh(
    groups: &mut [KeyGroup],
    lookup: &Lookup,
    looked_up: impl Fn(NaiveDate) -> bool,
    just_read: &BTreeSet<NaiveDate>,
) {
    for group in groups {
        if just_read.contains(&group.date) || group.crowd.is_some() || !looked_up(group.date) {
            continue;
        }
        if group.settlement.iter().chain(&group.ledger).any(is_damaged) {
            continue;
        }
        let now = lookup
            .get(&group.key)
            .map(Vec::as_slice)
            .unwrap_or_default();
        group.ledger = now
            .iter()
            .filter(|entry| entry.business_date == group.date)
            .cloned()
            .collect();
        group.ledger.sort_by(canonical);
    }
}

pub(super) fn is_damaged(entry: &EntryFacts) -> bool {
    entry.key_state == KeyState::Damaged
}

/// Judges every group, key by key, then looks for candidates of damaged keys.
pub fn resolve(knowledge: &Knowledge<'_>) -> Vec<Finding> {
    let mut by_key: BTreeMap<&[u8], Vec<&KeyGroup>> = BTreeMap::new();
    let mut crowds: BTreeMap<&[u8], Vec<NaiveDate>> = BTreeMap::new();
    let mut findings = Vec::new();
    for group in knowledge.groups {
        if let Some(sides) = group.crowd {
            crowds.entry(&group.key).or_default().push(group.date);
            findings.push(Finding::crowd(&group.key, group.date, sides));
        } else if group.ledger.is_empty() && group.settlement.iter().all(is_damaged) {
            // Nothing but the lost digits makes them one: each is a payment of its own.
            findings.extend(group.settlement.iter().map(|entry| Finding {
                bucket: Bucket::Break(BreakKind::DamagedKey),
                settlement: vec![entry.clone()],
                ..Finding::empty(&group.key)
            }));
        } else if group.settlement.iter().chain(&group.ledger).any(is_damaged) {
            findings.push(Finding {
                bucket: Bucket::Break(BreakKind::DamagedKey),
                ledger: group.ledger.clone(),
                settlement: group.settlement.clone(),
                ..Finding::empty(&group.key)
            });
        } else {
            by_key.entry(&group.key).or_default().push(group);
        }
    }
    for (key, mut groups) in by_key {
        groups.sort_by_key(|group| group.date);
        let crowded_on = crowds.remove(key).unwrap_or_default();
        findings.extend(KeyCase::new(key, &groups, crowded_on, knowledge).resolve());
    }
    damaged::propose_candidates(&mut findings, knowledge.rules);
    damaged::join_look_alikes(&mut findings);
    findings
}

impl Finding {
    fn empty(key: &[u8]) -> Finding {
        Finding {
            key: key.to_vec(),
            bucket: Bucket::NothingToSettle,
            cause: Cause::Plain,
            ledger: Vec::new(),
            settlement: Vec::new(),
            borrowed: Vec::new(),
            crowd: None,
        }
    }

    fn crowd(key: &[u8], date: NaiveDate, sides: Sides) -> Finding {
        Finding {
            bucket: Bucket::Break(BreakKind::AmbiguousKey),
            cause: Cause::TooMany,
            crowd: Some((date, sides)),
            ..Finding::empty(key)
        }
    }

    /// The business date that it is told and counted on, with what it puts at risk: the latest one
    /// that was judged with an entry of it.
    pub fn told_on(&self) -> Option<NaiveDate> {
        // What only could be its other half decides nothing.
        let ledger: &[EntryFacts] = match self.cause {
            cause if cause.is_proposal() => &[],
            _ => &self.ledger,
        };
        let own = ledger.iter().chain(&self.settlement);
        let own = own.map(|entry| entry.business_date);
        own.chain(self.crowd.map(|(date, _)| date)).max()
    }

    /// The bucket of its entries of one business date. Of a break across dates, those of the earlier
    /// dates found their partner on a later one, where the break is told; a candidate waits.
    pub fn bucket_on(&self, date: NaiveDate) -> Bucket {
        match (self.bucket, self.cause) {
            (Bucket::Break(_), cause) if cause.is_proposal() && self.told_on() != Some(date) => {
                Bucket::Awaiting
            }
            (Bucket::Break(_), _) if self.told_on() != Some(date) => Bucket::TimingDifferences,
            (bucket, _) => bucket,
        }
    }

    /// First and last business date it stands on.
    pub fn span(&self) -> Option<(NaiveDate, NaiveDate)> {
        let entries = self
            .ledger
            .iter()
            .chain(&self.borrowed)
            .chain(&self.settlement);
        let dates = entries.map(|entry| entry.business_date);
        let dates = dates.chain(self.crowd.map(|(date, _)| date));
        dates.fold(None, |span, date| {
            Some(
                span.map_or((date, date), |(from, to): (NaiveDate, NaiveDate)| {
                    (from.min(date), to.max(date))
                }),
            )
        })
    }
}

/// All that is known of one key.
struct KeyCase<'a> {
    key: &'a [u8],
    groups: &'a [&'a KeyGroup],
    knowledge: &'a Knowledge<'a>,
    /// Entries of other dates that may still pair: failed, reversed or open there, or any where
    /// no reconciliation of ours ever looked.
    candidates: Vec<EntryFacts>,
    /// Ledger successes of dates where the key was matched cleanly.
    matched: Vec<EntryFacts>,
    /// Dates on which too many entries have the key for any honest pairing.
    crowded_on: Vec<NaiveDate>,
    /// Ledger entries of the key on dates whose report is not here.
    waits_for: Vec<EntryFacts>,
}

impl<'a> KeyCase<'a> {
    fn new(
        key: &'a [u8],
        groups: &'a [&'a KeyGroup],
        crowded_on: Vec<NaiveDate>,
        knowledge: &'a Knowledge<'a>,
    ) -> Self {
        let mut case = KeyCase {
            key,
            groups,
            knowledge,
            candidates: Vec::new(),
            matched: Vec::new(),
            crowded_on,
            waits_for: Vec::new(),
        };
        let mut elsewhere: BTreeMap<NaiveDate, Vec<EntryFacts>> = BTreeMap::new();
        for entry in knowledge.lookup.get(key).into_iter().flatten() {
            let judged_there = groups.iter().any(|group| group.date == entry.business_date)
                || case.crowded_on.contains(&entry.business_date);
            if !judged_there {
                elsewhere
                    .entry(entry.business_date)
                    .or_default()
                    .push(entry.clone());
            }
        }
        for (date, mut entries) in elsewhere {
            entries.sort_by(canonical);
            match knowledge.dates.standing(date) {
                DateStanding::Outside => case.candidates.extend(entries),
                DateStanding::Waiting => case.waits_for.extend(entries),
                DateStanding::Closed => {
                    for unit in pair_up(&entries, &[], knowledge.rules).left_ledger {
                        if unit.status == Status::Success {
                            case.matched.push(entries[unit.lead].clone());
                        } else {
                            case.candidates
                                .extend(unit.members.iter().map(|&at| entries[at].clone()));
                        }
                    }
                }
            }
        }
        case
    }

    /// Whether two dates are near enough for a key to mean the same payment.
    fn near(&self, one: NaiveDate, other: NaiveDate) -> bool {
        (one - other).num_days().abs() <= self.knowledge.rules.key_lifetime
    }

    fn resolve(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut pool = Pool::default();
        let alone = self.groups.len() == 1 && self.candidates.is_empty();
        for group in self.groups {
            if alone {
                pool.take(&group.ledger, &group.settlement);
            } else {
                self.within_date(group, &mut pool, &mut findings);
            }
        }
        pool.candidates(&self.candidates);
        pool.sort();
        if pool.ledger.len() > CROWD || pool.settlement.len() > CROWD {
            let crowds = pool.crowds().into_iter();
            findings.extend(crowds.map(|(date, sides)| Finding::crowd(self.key, date, sides)));
        } else {
            self.judge_pool(&pool, &mut findings);
        }
        findings
    }

    /// What a date concludes by itself stays: what is equal to the sen, and what was undone on both
    /// sides. Everything else joins the pool of all dates, where an entry of another date may answer
    /// it better.
    fn within_date(&self, group: &KeyGroup, pool: &mut Pool, findings: &mut Vec<Finding>) {
        let pairing = pair_up(&group.ledger, &group.settlement, self.knowledge.rules);
        let pick = |entries: &[EntryFacts], at: &[usize]| -> Vec<EntryFacts> {
            at.iter().map(|&at| entries[at].clone()).collect()
        };
        for bound in &pairing.bound {
            let finding = self.bound(bound, &group.ledger, &group.settlement);
            let concluded = match bound.bond {
                Bond::Split | Bond::BothUndone => true,
                Bond::UndoneInPart | Bond::Ambiguous => false,
                Bond::Pair { .. } => matches!(finding.bucket, Bucket::Matched | Bucket::Netted),
            };
            if concluded {
                findings.push(finding);
            } else {
                pool.take(&finding.ledger, &finding.settlement);
            }
        }
        for unit in &pairing.left_ledger {
            pool.take(&pick(&group.ledger, &unit.members), &[]);
        }
        for unit in &pairing.left_settlement {
            let settlement = pick(&group.settlement, &unit.members);
            if pairing::is_attempt(unit, &group.ledger, &group.settlement) {
                findings.push(Finding {
                    settlement,
                    ..Finding::empty(self.key)
                });
            } else {
                pool.take(&[], &settlement);
            }
        }
    }

    fn bound(&self, bound: &Bound, ledger: &[EntryFacts], settlement: &[EntryFacts]) -> Finding {
        let Knowledge { as_of, rules, .. } = self.knowledge;
        let (bucket, cause) = pairing::judge(bound, ledger, settlement, *as_of, rules);
        Finding {
            bucket,
            cause,
            ledger: bound
                .members
                .ledger
                .iter()
                .map(|&at| ledger[at].clone())
                .collect(),
            settlement: bound
                .members
                .settlement
                .iter()
                .map(|&at| settlement[at].clone())
                .collect(),
            ..Finding::empty(self.key)
        }
    }

    fn judge_pool(&self, pool: &Pool, findings: &mut Vec<Finding>) {
        let pairing = pair_up(&pool.ledger, &pool.settlement, self.knowledge.rules);
        for bound in &pairing.bound {
            let mut finding = self.bound(bound, &pool.ledger, &pool.settlement);
            (finding.borrowed, finding.ledger) = pool.parted(&bound.members.ledger);
            if finding.span().is_some_and(|(from, to)| from != to) {
                match finding.bucket {
                    Bucket::Matched | Bucket::Netted => finding.bucket = Bucket::TimingDifferences,
                    Bucket::Split => {
                        finding.bucket = Bucket::TimingDifferences;
                        finding.cause = Cause::SplitAcrossDates;
                    }
                    _ => {}
                }
            }
            if self.waits_for_better(&finding) {
                (finding.bucket, finding.cause) = (Bucket::Awaiting, Cause::OtherDateNotComplete);
            }
            findings.push(finding);
        }
        for unit in &pairing.left_ledger {
            let (borrowed, own) = pool.parted(&unit.members);
            if own.is_empty() {
                continue;
            }
            let (bucket, cause) = self.leftover(Side::Ledger, unit, &pool.ledger, findings);
            findings.push(Finding {
                bucket,
                cause,
                ledger: own,
                borrowed,
                ..Finding::empty(self.key)
            });
        }
        for unit in &pairing.left_settlement {
            let (bucket, cause) = self.leftover(Side::Settlement, unit, &pool.settlement, findings);
            findings.push(Finding {
                bucket,
                cause,
                settlement: unit
                    .members
                    .iter()
                    .map(|&at| pool.settlement[at].clone())
                    .collect(),
                ..Finding::empty(self.key)
            });
        }
    }

    /// Whether a pair that differs has a ledger entry of a date that is not complete which equals its
    /// settlement entry to the sen: once that date is judged, the two may pair.
    fn waits_for_better(&self, finding: &Finding) -> bool {
        let differs = matches!(
            finding.bucket,
            Bucket::Break(BreakKind::AmountBreak | BreakKind::FeeBreak)
        );
        let equal = |settled: &EntryFacts, booked: &EntryFacts| {
            is_success_payment(booked)
                && pairing::same_money(booked, settled)
                && self.near(booked.business_date, settled.business_date)
        };
        differs
            && (finding.settlement.iter())
                .any(|settled| self.waits_for.iter().any(|booked| equal(settled, booked)))
    }

    /// An entry that nothing answered, in the light of what else is known of its key.
    fn leftover(
        &self,
        side: Side,
        unit: &Unit,
        entries: &[EntryFacts],
        findings: &[Finding],
    ) -> (Bucket, Cause) {
        let Knowledge {
            dates,
            as_of,
            rules,
            ..
        } = self.knowledge;
        let entry = &entries[unit.lead];
        let alone = verdict::unpaired(side, entry, *as_of, rules);
        if side == Side::Settlement && self.takes_back(entry, findings) {
            return (Bucket::Break(BreakKind::RefundAfterDelivery), Cause::Plain);
        }
        if unit.status == Status::Reversed || alone == Bucket::NothingToSettle {
            return (Bucket::NothingToSettle, Cause::Plain);
        }
        let date = entry.business_date;
        let is_success = entry.status == Status::Success;
        if side == Side::Settlement && !is_success && self.superseded(entry, entries, findings) {
            return (Bucket::NothingToSettle, Cause::Superseded);
        }
        let mut waits_for = self.waits_for.iter().map(|entry| entry.business_date);
        if (is_success || side == Side::Settlement) && waits_for.any(|other| self.near(other, date))
        {
            return (Bucket::Awaiting, Cause::OtherDateNotComplete);
        }
        let is_payment = unit.undo == Undo::Payment;
        if is_success && is_payment {
            if self.crowded_on.iter().any(|other| self.near(*other, date)) {
                return (Bucket::Break(BreakKind::AmbiguousKey), Cause::TooMany);
            }
            if self
                .matched
                .iter()
                .any(|other| self.near(other.business_date, date))
            {
                return (
                    Bucket::Break(BreakKind::Duplicate),
                    Cause::MatchedOnAnotherDate,
                );
            }
            if let Some(cause) = self.repeats(side, entry, findings) {
                return (Bucket::Break(BreakKind::Duplicate), cause);
            }
        }
        // What the other side may have in a row that cannot be read is not missing there.
        let (rejected, cause) = match side {
            Side::Ledger => (self.knowledge.rejected, Cause::RejectedRow),
            Side::Settlement => (self.knowledge.rejected_ledger, Cause::RejectedLedgerRow),
        };
        if self.is_among(rejected, date) {
            return (Bucket::Awaiting, cause);
        }
        if dates.awaits_neighbour(rules, date, entry.at) {
            return (Bucket::Awaiting, Cause::NearCutoff);
        }
        if is_success && !is_payment {
            let is_payment = |entry: &EntryFacts| is_success_payment(entry);
            let stands = findings.iter().any(|finding| {
                finding.ledger.iter().any(is_payment) && finding.settlement.iter().any(is_payment)
            });
            let stands = stands || self.matched.iter().any(is_payment);
            return match stands {
                true => (alone, Cause::UndoesMatched),
                false => (alone, Cause::UndoesNothing),
            };
        }
        (alone, Cause::Plain)
    }

    fn is_among(&self, rejected: &BTreeSet<(Vec<u8>, NaiveDate)>, date: NaiveDate) -> bool {
        let mut near = [previous(date), date, next(date)].into_iter();
        !rejected.is_empty() && near.any(|date| rejected.contains(&(self.key.to_vec(), date)))
    }

    /// Whether a leftover success repeats one that found its partner (or, where none did, one that
    /// already stands as unpaired): equivalent when nothing tells the two apart.
    fn repeats(&self, side: Side, entry: &EntryFacts, findings: &[Finding]) -> Option<Cause> {
        let mine = |finding: &Finding| match side {
            Side::Ledger => finding.ledger.clone(),
            Side::Settlement => finding.settlement.clone(),
        };
        let near = |other: &EntryFacts| self.near(other.business_date, entry.business_date);
        let paired = findings.iter().filter(|finding| {
            let both = !finding.ledger.is_empty() || !finding.borrowed.is_empty();
            both && !finding.settlement.is_empty()
        });
        let mut paired = paired
            .flat_map(mine)
            .filter(|other| is_success_payment(other) && near(other))
            .peekable();
        if paired.peek().is_some() {
            let equal = paired.any(|other| interchangeable(&other, entry));
            return Some(if equal {
                Cause::Equivalent
            } else {
                Cause::Conflicting
            });
        }
        let mut unpaired = findings.iter().flat_map(mine);
        unpaired
            .any(|other| interchangeable(&other, entry) && near(&other))
            .then_some(Cause::Equivalent)
    }

    /// A pending settlement row whose key a later report calls a success of the same amount.
    fn superseded(&self, entry: &EntryFacts, entries: &[EntryFacts], findings: &[Finding]) -> bool {
        // Also one that nothing answers, wherever it stands in the order.
        let settled = findings.iter().flat_map(|finding| &finding.settlement);
        settled.chain(entries).chain(&self.matched).any(|other| {
            is_success_payment(other)
                && other.amount == entry.amount
                && other.business_date > entry.business_date
                && self.near(other.business_date, entry.business_date)
        })
    }

    /// A payment both sides call a success, which the partner later lists as failed and refunded:
    /// before the success it is an attempt, after it the money is gone.
    fn takes_back(&self, entry: &EntryFacts, findings: &[Finding]) -> bool {
        let delivered = findings.iter().filter(|finding| {
            let ours = finding.ledger.iter().chain(&finding.borrowed);
            ours.clone().any(is_success_payment)
        });
        entry.status == Status::FailedRefunded
            && !entry.kind.undoes()
            && (delivered
                .flat_map(|finding| &finding.settlement)
                .any(|settled| {
                    pairing::takes_back(entry, settled)
                        && self.near(settled.business_date, entry.business_date)
                })
                || self.matched.iter().any(|matched| {
                    matched.business_date < entry.business_date
                        && self.near(matched.business_date, entry.business_date)
                }))
    }
}

fn is_success_payment(entry: &EntryFacts) -> bool {
    entry.status == Status::Success && !entry.kind.undoes()
}

/// Unconcluded entries of one key from all dates.
#[derive(Default)]
struct Pool {
    ledger: Vec<EntryFacts>,
    settlement: Vec<EntryFacts>,
    /// Positions in `ledger` that are candidates of other dates.
    borrowed: BTreeSet<usize>,
    lent: Vec<EntryFacts>,
}

impl Pool {
    fn take(&mut self, ledger: &[EntryFacts], settlement: &[EntryFacts]) {
        self.ledger.extend_from_slice(ledger);
        self.settlement.extend_from_slice(settlement);
    }

    fn candidates(&mut self, candidates: &[EntryFacts]) {
        self.lent.extend_from_slice(candidates);
    }

    fn sort(&mut self) {
        let own = std::mem::take(&mut self.ledger)
            .into_iter()
            .map(|entry| (entry, false));
        let lent = std::mem::take(&mut self.lent)
            .into_iter()
            .map(|entry| (entry, true));
        let mut all: Vec<(EntryFacts, bool)> = own.chain(lent).collect();
        all.sort_by(|a, b| canonical(&a.0, &b.0));
        self.borrowed = all
            .iter()
            .enumerate()
            .filter(|(_, entry)| entry.1)
            .map(|(at, _)| at)
            .collect();
        self.ledger = all.into_iter().map(|(entry, _)| entry).collect();
        self.settlement.sort_by(canonical);
    }

    /// Ledger entries at these positions: what is borrowed, and what counts here.
    fn parted(&self, members: &[usize]) -> (Vec<EntryFacts>, Vec<EntryFacts>) {
        let (borrowed, own): (Vec<usize>, Vec<usize>) =
            members.iter().partition(|at| self.borrowed.contains(at));
        let pick = |at: Vec<usize>| at.iter().map(|&at| self.ledger[at].clone()).collect();
        (pick(borrowed), pick(own))
    }

    /// Too many to be told apart: counted per date. What is borrowed is counted where it stands.
    fn crowds(&self) -> BTreeMap<NaiveDate, Sides> {
        let mut crowds: BTreeMap<NaiveDate, Sides> = BTreeMap::new();
        let own = self.ledger.iter().enumerate();
        let own = own.filter(|(at, _)| !self.borrowed.contains(at));
        let ledger = own.map(|(_, entry)| (Side::Ledger, entry));
        let settlement = self
            .settlement
            .iter()
            .map(|entry| (Side::Settlement, entry));
        for (side, entry) in ledger.chain(settlement) {
            let sides = crowds.entry(entry.business_date).or_default();
            sides.side_mut(side).add(entry.amount, entry.fee);
        }
        crowds
    }
}
