//! Both sides of a date laid out by the hash of their keys, so that the entries of one key come together.

use std::ops::Range;

use super::entry::{Entry, EntrySet, KeyState, Side};
use super::money::Money;
use super::status::{Kind, Status};

/// One entry on its way through the partitions, with all that a plain match asks of it: entries lie all over
/// memory.
#[derive(Clone, Copy)]
pub(super) struct Slot {
    /// The key itself where it is short.
    pub(super) packed: Packed,
    pub(super) hash: u64,
    /// In sen.
    pub(super) amount: i64,
    /// In sen; [`NO_FEE`] where it says none.
    fee: i64,
    pub(super) index: u32,
    /// The number of its product, and [`LEDGER`], [`PLAIN`].
    about: u32,
}

const NO_FEE: i64 = i64::MIN;
/// It is of our side.
const LEDGER: u32 = 1 << 31;
/// It is a payment that succeeded.
const PLAIN: u32 = 1 << 30;

impl Slot {
    const EMPTY: Slot = Slot {
        packed: Packed::LONG,
        hash: 0,
        amount: 0,
        fee: NO_FEE,
        index: 0,
        about: 0,
    };

    fn of((side, set): (Side, &EntrySet), index: u32, entry: &Entry, product: u32) -> Slot {
        let fee = entry.fee_sen();
        let success = entry.status == Status::Success && entry.kind == Kind::Payment;
        let mut about = product;
        if side == Side::Ledger {
            about |= LEDGER;
        }
        if success && fee != Some(NO_FEE) {
            about |= PLAIN;
        }
        Slot {
            packed: Packed::of(set.key(entry)),
            hash: entry.hash,
            amount: entry.amount_sen(),
            fee: fee.unwrap_or(NO_FEE),
            index,
            about,
        }
    }

    pub(super) fn side(&self) -> Side {
        match self.about & LEDGER {
            0 => Side::Settlement,
            _ => Side::Ledger,
        }
    }

    /// One payment on each side, both success, the same money.
    pub(super) fn equals(&self, other: &Slot) -> bool {
        self.is_plain()
            && other.is_plain()
            && self.amount == other.amount
            && (self.fee == other.fee || self.fee == NO_FEE || other.fee == NO_FEE)
    }

    fn is_plain(&self) -> bool {
        self.about & PLAIN != 0
    }

    /// Its number.
    pub(super) fn product(&self) -> u32 {
        self.about & !(LEDGER | PLAIN)
    }

    pub(super) fn fee(&self) -> Option<Money> {
        (self.fee != NO_FEE).then(|| Money::from_sen(self.fee))
    }
}

/// A key of up to fifteen bytes with its length: equal exactly when the keys are.
/// [`Packed::LONG`] stands for any longer one, which has to be compared in full.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Packed([u8; 16]);

impl Packed {
    pub(super) const LONG: Packed = Packed([u8::MAX; 16]);

    fn of(key: &[u8]) -> Packed {
        let mut bytes = [0; 16];
        match bytes[..15].get_mut(..key.len()) {
            None => Packed::LONG,
            Some(space) => {
                space.copy_from_slice(key);
                bytes[15] = key.len() as u8;
                Packed(bytes)
            }
        }
    }
}

/// Number of partitions a large date is scattered into; each then stays in the cache.
const PARTITIONS: usize = 512;
/// Below this many entries one partition is enough.
const SMALL: usize = 32 * 1024;

/// So many slots are laid out at once.
const ROUND: usize = 1 << 19;
/// However many entries there are, they are walked over no more often.
const ROUNDS: usize = 4;

/// The entries with whole keys, grouped by the top bits of their hash. A large date is laid out in several
/// rounds, a part of the hashes in each: walking over the entries once more costs less than the room.
pub(super) struct Scatter<'e> {
    sides: [(Side, &'e EntrySet); 2],
    /// Entries of each partition of all rounds.
    counts: Vec<usize>,
    round: usize,
    slots: Vec<Slot>,
}

impl<'e> Scatter<'e> {
    pub(super) fn of(settlement: &'e EntrySet, ledger: &'e EntrySet) -> Scatter<'e> {
        let entries = settlement.len() + ledger.len();
        let rounds = entries.div_ceil(ROUND).next_power_of_two().min(ROUNDS);
        let partitions = if entries <= SMALL {
            1
        } else {
            PARTITIONS * rounds
        };
        let sides = [(Side::Settlement, settlement), (Side::Ledger, ledger)];
        let mut counts = vec![0usize; partitions];
        for (_, set) in sides {
            for entry in set.entries.iter() {
                if entry.key_state() == KeyState::Whole {
                    counts[partition(entry.hash, partitions)] += 1;
                }
            }
        }
        let of_round = counts.chunks(PARTITIONS).map(|round| round.iter().sum());
        let largest = of_round.max().unwrap_or(0);
        Scatter {
            sides,
            counts,
            round: 0,
            slots: Vec::with_capacity(largest),
        }
    }

    /// The slots of one round and where each partition of it lies.
    pub(super) fn next(
        &mut self,
        mut product: impl FnMut(&EntrySet, &Entry) -> u32,
    ) -> Option<(&mut [Slot], Vec<Range<usize>>)> {
        let own = PARTITIONS.min(self.counts.len());
        let first = self.round * own;
        let counts = self.counts.get(first..first + own)?;
        let mut ends = Vec::with_capacity(own);
        let mut bounds = Vec::with_capacity(own);
        let mut start = 0;
        for count in counts {
            bounds.push(start..start + count);
            ends.push(start);
            start += count;
        }
        self.slots.clear();
        self.slots.resize(start, Slot::EMPTY);
        for (side, set) in self.sides {
            for (index, entry) in set.entries.iter().enumerate() {
                if entry.key_state() != KeyState::Whole {
                    continue;
                }
                let at = partition(entry.hash, self.counts.len());
                if let Some(at) = at.checked_sub(first).and_then(|at| ends.get_mut(at)) {
                    let product = product(set, entry);
                    self.slots[*at] = Slot::of((side, set), index as u32, entry, product);
                    *at += 1;
                }
            }
        }
        self.round += 1;
        Some((&mut self.slots, bounds))
    }
}

/// One of so many, a power of two, by the top bits.
fn partition(hash: u64, partitions: usize) -> usize {
    let bits = partitions.trailing_zeros();
    hash.checked_shr(64 - bits).unwrap_or(0) as usize
}
