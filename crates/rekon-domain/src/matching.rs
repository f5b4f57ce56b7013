//! Matching the two sides of one business date.
//!
//! Both sides are scattered into partitions by the hash of their keys; a partition is sorted and
//! walked key by key (equal hashes are verified byte by byte). A key with one plain success on each
//! side is counted and forgotten; everything else is spelled out and judged by [`super::pairing`].

use std::cmp::Ordering;
use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::entry::{Entry, EntryFacts, EntrySet, KeyState, Place, RowPlace, Side};
use super::money::Money;
use super::outcome::{Bucket, Sides, Tally};
use super::pairing::{self, Bond, Pairing};
use super::products::{self, Group, Tallying, Totals};
use super::rules::{CROWD, Rules};
use super::scatter::{Packed, Scatter, Slot};
use super::status::Status;

/// All entries of one key on one business date of a channel, where they did not match cleanly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyGroup {
    pub date: NaiveDate,
    /// Encoded key parts.
    pub key: Vec<u8>,
    pub ledger: Vec<EntryFacts>,
    pub settlement: Vec<EntryFacts>,
    /// Set instead of entries where a side has more than [`CROWD`]; the lists are then empty.
    pub crowd: Option<Sides>,
}

/// What one date gave by itself.
#[derive(Clone, Debug, Default)]
pub struct DateMatch {
    pub settlement: Tally,
    pub ledger: Tally,
    /// Buckets of the keys that matched cleanly; only their sums are kept.
    pub clean: BTreeMap<Bucket, Sides>,
    /// The same by product and status pair.
    pub products: Totals,
    /// The other keys, in full.
    pub groups: Vec<KeyGroup>,
    /// Present instead of them where there are more than a date may have.
    pub beyond: Option<Beyond>,
}

/// More keys that did not match than anybody can work on: what they come to, and the first of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Beyond {
    /// On the settlement side alone, on the ledger side alone, and on both, with their entries.
    pub settlement: KeySums,
    pub ledger: KeySums,
    pub both: KeySums,
    /// In the order of their keys.
    pub samples: Vec<KeyGroup>,
}

/// Some keys and what their entries come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KeySums {
    pub keys: u64,
    pub sides: Sides,
}

/// Keys that are shown of too many.
const SAMPLES: usize = 5;

impl Beyond {
    pub fn keys(&self) -> u64 {
        self.settlement.keys + self.ledger.keys + self.both.keys
    }

    fn take(&mut self, group: KeyGroup) {
        let mut sides = group.crowd.unwrap_or_default();
        for (side, entries) in [
            (Side::Settlement, &group.settlement),
            (Side::Ledger, &group.ledger),
        ] {
            for entry in entries {
                sides.side_mut(side).add(entry.amount, entry.fee);
            }
        }
        let of = match (sides.settlement.entries, sides.ledger.entries) {
            (_, 0) => &mut self.settlement,
            (0, _) => &mut self.ledger,
            _ => &mut self.both,
        };
        of.keys += 1;
        of.sides.merge(&sides);
        let at = self
            .samples
            .partition_point(|one| group_order(one, &group).is_lt());
        if at < SAMPLES {
            self.samples.insert(at, group);
            self.samples.truncate(SAMPLES);
        }
    }
}

/// How compact places become names a person can look up.
pub type Places<'a> = &'a dyn Fn(Place) -> RowPlace;

/// Entries of one key that matched cleanly within the date, and are forgotten after this.
#[derive(Debug)]
pub struct CleanMatch<'a> {
    pub bucket: Bucket,
    /// Encoded key parts.
    pub key: &'a [u8],
    pub settlement: Vec<EntryFacts>,
    pub ledger: Vec<EntryFacts>,
}

/// Who wants to hear of each match, where anybody does.
pub type Listener<'a> = Option<&'a dyn Fn(CleanMatch<'_>)>;

/// Matches the entries of one business date among themselves.
pub fn match_date(
    date: NaiveDate,
    settlement: &EntrySet,
    ledger: &EntrySet,
    places: Places<'_>,
    as_of: DateTime<Utc>,
    rules: &Rules,
) -> DateMatch {
    let sides = [settlement, ledger];
    match_date_telling(date, sides, places, as_of, rules, (None, usize::MAX))
}

/// The same, and tells of each match as it is found. Where more than `limit` keys do not match they are
/// counted and not spelled out.
pub fn match_date_telling(
    date: NaiveDate,
    sides: [&EntrySet; 2],
    places: Places<'_>,
    as_of: DateTime<Utc>,
    rules: &Rules,
    (listener, limit): (Listener<'_>, usize),
) -> DateMatch {
    let [settlement, ledger] = sides;
    let product = rules
        .details
        .iter()
        .position(|name| name == products::FIELD);
    let mut products = Tallying::default();
    let mut work = Work {
        date,
        sides,
        places,
        listener,
        limit,
        as_of,
        rules,
        product,
        unnamed: products.id(&[]),
        products,
        matched: Sides::default(),
        nothing: Sides::default(),
        result: DateMatch::default(),
    };
    for side in [Side::Settlement, Side::Ledger] {
        for entry in work.set(side).entries.iter() {
            match entry.key_state() {
                KeyState::Whole => {}
                KeyState::Damaged => work.damaged(side, entry),
                KeyState::Absent => work.nothing_to_settle(side, entry),
            }
        }
    }
    let mut scatter = Scatter::of(settlement, ledger);
    loop {
        let products = &mut work.products;
        let round = scatter.next(|set, entry| {
            products.id(match product {
                None => &[],
                Some(field) => nth_detail(set.details(entry), field),
            })
        });
        let Some((slots, bounds)) = round else { break };
        for bound in bounds {
            let partition = &mut slots[bound];
            partition.sort_unstable_by_key(|slot| (slot.hash, slot.side(), slot.index));
            for same_hash in partition.chunk_by_mut(|a, b| a.hash == b.hash) {
                work.same_hash(same_hash);
            }
        }
    }
    work.finish()
}

struct Work<'a> {
    date: NaiveDate,
    /// Settlement, ledger.
    sides: [&'a EntrySet; 2],
    places: Places<'a>,
    listener: Listener<'a>,
    limit: usize,
    as_of: DateTime<Utc>,
    rules: &'a Rules,
    /// Where rows name their product.
    product: Option<usize>,
    products: Tallying,
    /// The number of no product.
    unnamed: u32,
    matched: Sides,
    nothing: Sides,
    result: DateMatch,
}

impl<'a> Work<'a> {
    fn set(&self, side: Side) -> &'a EntrySet {
        match side {
            Side::Settlement => self.sides[0],
            Side::Ledger => self.sides[1],
        }
    }

    fn entry(&self, slot: &Slot) -> &'a Entry {
        &self.set(slot.side()).entries[slot.index as usize]
    }

    fn key(&self, slot: &Slot) -> &'a [u8] {
        let set = self.set(slot.side());
        set.key(&set.entries[slot.index as usize])
    }

    /// Entries of one hash are nearly always of one key; where they are not, the keys part them.
    fn same_hash(&mut self, slots: &mut [Slot]) {
        let (packed, rest) = (slots[0].packed, &slots[1..]);
        let equal = if packed == Packed::LONG {
            let first = self.key(&slots[0]);
            rest.iter().all(|slot| self.key(slot) == first)
        } else {
            rest.iter().all(|slot| slot.packed == packed)
        };
        if equal {
            return self.same_key(slots);
        }
        slots.sort_by(|a, b| self.key(a).cmp(self.key(b)).then(a.side().cmp(&b.side())));
        let mut rest: &[Slot] = slots;
        while let Some(head) = rest.first() {
            let key = self.key(head);
            let count = rest.iter().take_while(|slot| self.key(slot) == key).count();
            let (group, tail) = rest.split_at(count);
            self.same_key(group);
            rest = tail;
        }
    }

    /// Settlement slots stand before ledger slots.
    fn same_key(&mut self, slots: &[Slot]) {
        match slots {
            [s, l] if s.side() != l.side() && self.plainly_equal(s, l) => {
                let (amount, fees) = (Money::from_sen(s.amount), [s.fee(), l.fee()]);
                let product = match s.product() {
                    unnamed if unnamed == self.unnamed => l.product(),
                    product => product,
                };
                let success = Some(Status::Success);
                let of_product = self
                    .products
                    .sides_of(Bucket::Matched, success, success, product);
                for sides in [&mut self.matched, of_product] {
                    sides.settlement.add(amount, fees[0]);
                    sides.ledger.add(amount, fees[1]);
                }
                if self.listener.is_some() {
                    self.tell_pair(s, l);
                }
                return;
            }
            [only] if only.side() == Side::Ledger => {
                let entry = self.entry(only);
                if is_closed(entry.status) {
                    return self.nothing_to_settle(Side::Ledger, entry);
                }
            }
            _ => {}
        }
        self.spelled_out(slots);
    }

    fn tell_pair(&mut self, settled: &Slot, booked: &Slot) {
        let pair = CleanMatch {
            bucket: Bucket::Matched,
            key: self.key(settled),
            settlement: vec![self.facts(Side::Settlement, self.entry(settled))],
            ledger: vec![self.facts(Side::Ledger, self.entry(booked))],
        };
        if let Some(listener) = self.listener {
            listener(pair);
        }
    }

    /// An entry that failed or was reversed, and that nothing on the other side can answer.
    fn nothing_to_settle(&mut self, side: Side, entry: &Entry) {
        let (amount, fee) = (entry.amount(), entry.fee());
        self.nothing.side_mut(side).add(amount, fee);
        let name = self.named(side, entry);
        let (ours, theirs) = match side {
            Side::Ledger => (Some(entry.status), None),
            Side::Settlement => (None, Some(entry.status)),
        };
        let bucket = Bucket::NothingToSettle;
        let sides = self.products.sides(bucket, ours, theirs, name);
        sides.side_mut(side).add(amount, fee);
    }

    /// The product of a row; empty where it names none.
    fn named(&self, side: Side, entry: &Entry) -> &'a [u8] {
        match self.product {
            None => &[],
            Some(field) => nth_detail(self.set(side).details(entry), field),
        }
    }

    /// One payment on each side, both success, the same money, no field that contradicts.
    fn plainly_equal(&self, settled: &Slot, booked: &Slot) -> bool {
        settled.equals(booked)
            && (self.rules.match_if_present.is_empty()
                || self.agrees(self.entry(settled), self.entry(booked)))
    }

    fn agrees(&self, settled: &Entry, booked: &Entry) -> bool {
        let theirs = self.sides[0].details(settled);
        let ours = self.sides[1].details(booked);
        self.rules.match_if_present.iter().all(|&field| {
            let (theirs, ours) = (nth_detail(theirs, field), nth_detail(ours, field));
            theirs.is_empty() || ours.is_empty() || theirs == ours
        })
    }

    fn spelled_out(&mut self, slots: &[Slot]) {
        let theirs = slots
            .iter()
            .filter(|slot| slot.side() == Side::Settlement)
            .count();
        let mut group = KeyGroup {
            date: self.date,
            key: self.key(&slots[0]).to_vec(),
            ledger: Vec::new(),
            settlement: Vec::new(),
            crowd: None,
        };
        if theirs > CROWD || slots.len() - theirs > CROWD {
            let mut counted = Sides::default();
            for slot in slots {
                let entry = self.entry(slot);
                counted
                    .side_mut(slot.side())
                    .add(entry.amount(), entry.fee());
            }
            group.crowd = Some(counted);
            return self.keep(group);
        }
        for slot in slots {
            let facts = self.facts(slot.side(), self.entry(slot));
            match slot.side() {
                Side::Settlement => group.settlement.push(facts),
                Side::Ledger => group.ledger.push(facts),
            }
        }
        group.ledger.sort_by(pairing::canonical);
        group.settlement.sort_by(pairing::canonical);
        match clean_buckets(&group, self.as_of, self.rules) {
            Some(buckets) => {
                for clean in buckets {
                    let bucket = clean.of.bucket;
                    self.result
                        .clean
                        .entry(bucket)
                        .or_default()
                        .merge(&clean.sides);
                    let totals = self.result.products.entry(clean.of).or_default();
                    totals.merge(&clean.sides);
                    if let Some(listener) = self.listener
                        && bucket != Bucket::NothingToSettle
                    {
                        listener(CleanMatch {
                            bucket,
                            key: &group.key,
                            settlement: of(&group.settlement, &clean.settlement),
                            ledger: of(&group.ledger, &clean.ledger),
                        });
                    }
                }
            }
            None => self.keep(group),
        }
    }

    fn keep(&mut self, group: KeyGroup) {
        let result = &mut self.result;
        match &mut result.beyond {
            Some(beyond) => beyond.take(group),
            None if result.groups.len() < self.limit => result.groups.push(group),
            None => {
                let mut beyond = Beyond::default();
                for one in std::mem::take(&mut result.groups) {
                    beyond.take(one);
                }
                beyond.take(group);
                result.beyond = Some(beyond);
            }
        }
    }

    fn damaged(&mut self, side: Side, entry: &Entry) {
        let facts = self.facts(side, entry);
        let mut group = KeyGroup {
            date: self.date,
            key: self.set(side).key(entry).to_vec(),
            ledger: Vec::new(),
            settlement: Vec::new(),
            crowd: None,
        };
        match side {
            Side::Settlement => group.settlement.push(facts),
            Side::Ledger => group.ledger.push(facts),
        }
        self.keep(group);
    }

    fn facts(&self, side: Side, entry: &Entry) -> EntryFacts {
        let place = match side {
            Side::Settlement => Some((self.places)(entry.place())),
            Side::Ledger => None,
        };
        self.set(side)
            .facts(entry, &self.rules.details, self.date, place)
    }

    fn finish(mut self) -> DateMatch {
        for (side, set) in [
            (Side::Settlement, self.sides[0]),
            (Side::Ledger, self.sides[1]),
        ] {
            let tally = match side {
                Side::Settlement => &mut self.result.settlement,
                Side::Ledger => &mut self.result.ledger,
            };
            for entry in set.entries.iter() {
                tally.add(entry.amount(), entry.fee());
            }
        }
        for (bucket, sides) in [
            (Bucket::Matched, self.matched),
            (Bucket::NothingToSettle, self.nothing),
        ] {
            if !sides.is_empty() {
                self.result.clean.entry(bucket).or_default().merge(&sides);
            }
        }
        for (group, sides) in self.products.finish() {
            self.result.products.entry(group).or_default().merge(&sides);
        }
        self.result.groups.sort_by(group_order);
        self.result
    }
}

/// By key; rows whose keys a spreadsheet rounded alike stand as in their files.
fn group_order(a: &KeyGroup, b: &KeyGroup) -> Ordering {
    let place = |group: &KeyGroup| {
        let first = group.settlement.first();
        first.map(|entry| (entry.place.clone(), entry.at))
    };
    a.key.cmp(&b.key).then_with(|| place(a).cmp(&place(b)))
}

fn nth_detail(mut details: &[u8], n: usize) -> &[u8] {
    let mut position = 0;
    while let Some((length, rest)) = details.split_first_chunk::<2>() {
        let (value, tail) = rest.split_at(usize::from(u16::from_be_bytes(*length)).min(rest.len()));
        if position == n {
            return value;
        }
        position += 1;
        details = tail;
    }
    &[]
}

/// The buckets of a key whose entries all ended cleanly within the date, so that nothing of it has
/// to be kept; `None` where something may still meet an entry of another date.
///
/// Kept are therefore also a netted payment and a failed settlement entry without its counterpart:
/// neither could be found again, since only the ledger can be asked by key.
fn clean_buckets(group: &KeyGroup, as_of: DateTime<Utc>, rules: &Rules) -> Option<Vec<Clean>> {
    let Pairing {
        bound,
        left_ledger,
        left_settlement,
    } = pairing::pair_up(&group.ledger, &group.settlement, rules);
    let mut clean = Vec::new();
    for bound in &bound {
        let (bucket, _) = pairing::judge(bound, &group.ledger, &group.settlement, as_of, rules);
        let forgettable = bucket == Bucket::Matched
            || bucket == Bucket::Split && bound.bond == Bond::Split
            || bucket == Bucket::NothingToSettle;
        if !forgettable {
            return None;
        }
        let members = &bound.members;
        clean.push(Clean::of(
            bucket,
            group,
            &members.ledger,
            &members.settlement,
        ));
    }
    for unit in &left_ledger {
        if !is_closed(unit.status) {
            return None;
        }
        clean.push(Clean::of(
            Bucket::NothingToSettle,
            group,
            &unit.members,
            &[],
        ));
    }
    for unit in &left_settlement {
        if !pairing::is_attempt(unit, &group.ledger, &group.settlement) {
            return None;
        }
        clean.push(Clean::of(
            Bucket::NothingToSettle,
            group,
            &[],
            &unit.members,
        ));
    }
    Some(clean)
}

/// Entries of a key that ended cleanly.
struct Clean {
    of: Group,
    sides: Sides,
    /// Positions in the group.
    ledger: Vec<usize>,
    settlement: Vec<usize>,
}

fn of(entries: &[EntryFacts], positions: &[usize]) -> Vec<EntryFacts> {
    positions.iter().map(|at| entries[*at].clone()).collect()
}

impl Clean {
    /// `ledger` and `settlement` are positions in the group.
    fn of(bucket: Bucket, group: &KeyGroup, ledger: &[usize], settlement: &[usize]) -> Clean {
        let mut sides = Sides::default();
        for entry in ledger.iter().map(|at| &group.ledger[*at]) {
            sides.ledger.add(entry.amount, entry.fee);
        }
        for entry in settlement.iter().map(|at| &group.settlement[*at]) {
            sides.settlement.add(entry.amount, entry.fee);
        }
        Clean {
            ledger: ledger.to_vec(),
            settlement: settlement.to_vec(),
            of: products::group(
                bucket,
                ledger.iter().map(|at| &group.ledger[*at]),
                settlement.iter().map(|at| &group.settlement[*at]),
            ),
            sides,
        }
    }
}

fn is_closed(status: Status) -> bool {
    status.is_failed() || status == Status::Reversed
}
