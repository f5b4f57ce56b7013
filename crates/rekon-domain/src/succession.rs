//! Which item of today is which of yesterday.
//!
//! An item is named by its first entry, so a corrected amount or instant gives it another name; what
//! people said about it has to stay with it all the same. It stays with the payment it was about or
//! with none: a doubtful successor starts anew, and what was known before is cleared.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};

use super::entry::{EntryFacts, KeyState, Side};
use super::key;
use super::matching::KeyGroup;
use super::money::Money;
use super::outcome::Item;
use super::pairing::interchangeable;
use super::resolve::Lookup;

/// What became of an item by the last run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Past {
    /// It stands: open, or closed by people.
    Standing,
    /// Newer knowledge took it away.
    Gone,
    /// A later match cleared it.
    Matched,
}

/// An item as it was named before.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    pub item: &'a Item,
    pub past: Past,
}

/// Which entries of some keys there were, matched ones included.
#[derive(Clone, Debug, Default)]
pub struct Entries(BTreeMap<Vec<u8>, BTreeSet<Mark>>);

/// What tells one entry of a key from the others.
type Mark = (Side, NaiveDate, DateTime<Utc>, Money);

fn mark(side: Side, entry: &EntryFacts) -> Mark {
    (side, entry.business_date, entry.at, entry.amount)
}

fn key_of(item: &Item) -> Vec<u8> {
    let parts: Vec<&str> = item.key.iter().map(|(_, part)| part.as_str()).collect();
    key::encode(&parts)
}

fn sides(item: &Item) -> impl Iterator<Item = (Side, &EntryFacts)> {
    let ledger = item.ledger.iter().map(|entry| (Side::Ledger, entry));
    let settlement = item.settlement.iter();
    ledger.chain(settlement.map(|entry| (Side::Settlement, entry)))
}

impl Entries {
    /// Those of the keys that these items have.
    pub fn of(keys_of: &[Known<'_>], groups: &[KeyGroup], lookup: &Lookup) -> Entries {
        let keys = keys_of.iter().map(|known| key_of(known.item));
        let mut entries = Entries(keys.map(|key| (key, BTreeSet::new())).collect());
        for group in groups {
            for (side, list) in [
                (Side::Ledger, &group.ledger),
                (Side::Settlement, &group.settlement),
            ] {
                entries.add(&group.key, list.iter().map(|entry| mark(side, entry)));
            }
        }
        for (key, list) in lookup {
            entries.add(key, list.iter().map(|entry| mark(Side::Ledger, entry)));
        }
        entries
    }

    fn add(&mut self, key: &[u8], marks: impl Iterator<Item = Mark>) {
        if let Some(of_key) = self.0.get_mut(key) {
            of_key.extend(marks);
        }
    }

    fn has(&self, key: &[u8], mark: &Mark) -> bool {
        self.0.get(key).is_some_and(|marks| marks.contains(mark))
    }
}

/// What holds an item of today to one that was known, the strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bond {
    /// Both have an entry that is the same.
    Entry,
    /// An entry has another amount and its instant is the same.
    Instant,
    /// An entry has another instant and its amount is the same.
    Amount,
}

/// Gives each of today's items the identity, and with it the id and what people said, of the one it
/// was before; an item without one keeps its own. `before` and `now` hold the entries of the known
/// items' keys as the last run and this one saw them.
pub fn succeed(items: &mut [Item], known: &[Known<'_>], before: &Entries, now: &Entries) {
    let mut found = Found {
        of: vec![None; items.len()],
        free: (0..known.len()).collect(),
    };
    found.by_name(items, known, |item| {
        item.by_facts.as_ref().unwrap_or(&item.identity)
    });
    let keys = Keys::of(items, known);
    for same_bucket in [true, false] {
        for (today, past) in keys.pairs() {
            let equal = |new: usize, old: usize| {
                let (new, old) = (&items[new], known[old].item);
                says_the_same(new, old) && (!same_bucket || new.bucket == old.bucket)
            };
            found.in_order(today, past, equal);
        }
    }
    // Facts that come back are those of the item that was first named by them.
    found.by_name(items, known, |item| &item.identity);

    let mut before = before.clone();
    for one in known {
        before.add(
            &key_of(one.item),
            sides(one.item).map(|(side, entry)| mark(side, entry)),
        );
    }
    for (bond, past) in [
        (Bond::Entry, Past::Standing),
        (Bond::Entry, Past::Gone),
        (Bond::Instant, Past::Standing),
        (Bond::Instant, Past::Gone),
        // Of one that was gone before the last run, nobody knows what matched under its key
        // meanwhile: another payment of the same amount may have.
        (Bond::Amount, Past::Standing),
    ] {
        for (key, (today, all)) in &keys.0 {
            let of_past: Vec<usize> = all
                .iter()
                .copied()
                .filter(|old| known[*old].past == past)
                .collect();
            found.alone(today, &of_past, |new, old| {
                holds(bond, &items[new], known[old].item, key, &before, now)
            });
        }
    }
    found.name(items, known);
}

/// Positions of today's and of the known items by key.
struct Keys(BTreeMap<Vec<u8>, (Vec<usize>, Vec<usize>)>);

impl Keys {
    fn of(items: &[Item], known: &[Known<'_>]) -> Keys {
        let mut keys = Keys(BTreeMap::new());
        // A rounded reference is that of several payments: such items are known by name alone.
        for (old, one) in known
            .iter()
            .enumerate()
            .filter(|(_, one)| is_whole(one.item))
        {
            keys.0.entry(key_of(one.item)).or_default().1.push(old);
        }
        for (new, item) in items.iter().enumerate().filter(|(_, item)| is_whole(item)) {
            if let Some((today, _)) = keys.0.get_mut(&key_of(item)) {
                today.push(new);
            }
        }
        keys
    }

    fn pairs(&self) -> impl Iterator<Item = (&[usize], &[usize])> {
        self.0.values().map(|(today, past)| (&today[..], &past[..]))
    }
}

/// Which known item each of today's is, by their positions.
struct Found {
    of: Vec<Option<usize>>,
    /// Known items that none of today's is.
    free: BTreeSet<usize>,
}

impl Found {
    fn by_name<'a>(
        &mut self,
        items: &[Item],
        known: &[Known<'a>],
        name: impl Fn(&'a Item) -> &'a String,
    ) {
        let free = self.free.iter();
        let names: BTreeMap<&str, usize> = free
            .map(|old| (name(known[*old].item).as_str(), *old))
            .collect();
        for (new, item) in items.iter().enumerate() {
            if self.of[new].is_none()
                && let Some(old) = names.get(item.identity.as_str())
            {
                self.is(new, *old);
            }
        }
    }

    fn is(&mut self, new: usize, old: usize) {
        self.of[new] = Some(old);
        self.free.remove(&old);
    }

    /// Each of today's is the first that fits.
    fn in_order(&mut self, today: &[usize], past: &[usize], fits: impl Fn(usize, usize) -> bool) {
        for &new in today {
            let is_free = |old: &&usize| self.free.contains(*old) && fits(new, **old);
            if self.of[new].is_none()
                && let Some(old) = past.iter().find(is_free)
            {
                self.is(new, *old);
            }
        }
    }

    /// Those that fit each other and nothing else.
    fn alone(&mut self, today: &[usize], past: &[usize], fits: impl Fn(usize, usize) -> bool) {
        let today: Vec<usize> = today
            .iter()
            .copied()
            .filter(|new| self.of[*new].is_none())
            .collect();
        let past: Vec<usize> = past
            .iter()
            .copied()
            .filter(|old| self.free.contains(old))
            .collect();
        let only = |mut fitting: Vec<usize>| match fitting.len() {
            1 => fitting.pop(),
            _ => None,
        };
        let mut pairs = Vec::new();
        for &new in &today {
            let old = past.iter().copied().filter(|old| fits(new, *old));
            let Some(old) = only(old.collect()) else {
                continue;
            };
            let back = today.iter().copied().filter(|new| fits(*new, old));
            if only(back.collect()) == Some(new) {
                pairs.push((new, old));
            }
        }
        for (new, old) in pairs {
            self.is(new, old);
        }
    }

    fn name(self, items: &mut [Item], known: &[Known<'_>]) {
        let mut taken: BTreeSet<String> =
            known.iter().map(|one| one.item.identity.clone()).collect();
        for (item, old) in items.iter_mut().zip(self.of) {
            let by_facts = item.identity.clone();
            match old {
                Some(old) => {
                    item.identity = known[old].item.identity.clone();
                    item.id = known[old].item.id.clone();
                }
                // The name belongs to another one, which has other facts by now.
                None => {
                    let mut repeat = 0;
                    while taken.contains(&item.identity) {
                        repeat += 1;
                        item.identity = format!("{by_facts}~{repeat}");
                    }
                    taken.insert(item.identity.clone());
                }
            }
            item.by_facts = (item.identity != by_facts).then_some(by_facts);
        }
    }
}

/// Whether nothing but the rows' places tells the two apart.
fn says_the_same(new: &Item, old: &Item) -> bool {
    let same = |ours: &[EntryFacts], theirs: &[EntryFacts]| {
        ours.len() == theirs.len()
            && ours.iter().zip(theirs).all(|(a, b)| {
                (a.business_date, a.key_state) == (b.business_date, b.key_state)
                    && interchangeable(a, b)
            })
    };
    // A crowd has no entries; its name says all.
    sides(new).next().is_some()
        && same(&new.ledger, &old.ledger)
        && same(&new.settlement, &old.settlement)
}

fn is_whole(item: &Item) -> bool {
    sides(item).all(|(_, entry)| entry.key_state == KeyState::Whole)
}

fn holds(bond: Bond, new: &Item, old: &Item, key: &[u8], before: &Entries, now: &Entries) -> bool {
    sides(old).any(|(side, was)| {
        sides(new).any(|(other, is)| {
            // The old one is there no more, and the new one was not there: neither belongs to
            // another payment of the same key.
            let moved = || !now.has(key, &mark(side, was)) && !before.has(key, &mark(side, is));
            (side, was.business_date) == (other, is.business_date)
                && match (was.at == is.at, was.amount == is.amount) {
                    (true, true) => bond == Bond::Entry,
                    (true, false) => bond == Bond::Instant && moved(),
                    (false, true) => bond == Bond::Amount && moved(),
                    (false, false) => false,
                }
        })
    })
}
