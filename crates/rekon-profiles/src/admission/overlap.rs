//! Which rows two files of a channel have in common.

use std::collections::{HashMap, HashSet};

use crate::domain::entry::{Entry, EntrySet, KeyState};

/// Rows of one file, on one date or on all of its dates.
pub struct FileRows<'a> {
    pub set: &'a EntrySet,
    pub rows: Vec<&'a Entry>,
}

/// Counts of rows by what tells them apart: reference, instant, amount and kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Overlap {
    pub shared: u64,
    pub only_ours: u64,
    pub only_theirs: u64,
}

/// What a file is to another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// They have no row in common.
    Apart,
    /// Ours holds every row of theirs, and more or the same.
    Holds,
    /// Theirs holds every row of ours.
    IsHeld,
    Partly,
}

impl Overlap {
    pub fn relation(self) -> Relation {
        match (self.shared, self.only_ours, self.only_theirs) {
            (0, ..) => Relation::Apart,
            (_, _, 0) => Relation::Holds,
            (_, 0, _) => Relation::IsHeld,
            _ => Relation::Partly,
        }
    }
}

/// What makes two rows the same row, whatever became of it since.
pub fn identity(set: &EntrySet, entry: &Entry) -> u128 {
    let mut fixed = [0u8; 24];
    fixed[..8].copy_from_slice(&entry.at_millis().to_le_bytes());
    let amount = entry.amount().sen().unwrap_or_default();
    fixed[8..16].copy_from_slice(&amount.to_le_bytes());
    fixed[16] = entry.kind as u8;
    let seed = xxhash_rust::xxh3::xxh3_64(&fixed);
    xxhash_rust::xxh3::xxh3_128_with_seed(set.key(entry), seed)
}

/// Compares the rows of two files.
pub fn overlap(ours: &FileRows<'_>, theirs: &FileRows<'_>) -> Overlap {
    let of = |file: &FileRows<'_>, entry: &Entry| identity(file.set, entry);
    shared(ours, theirs, of)
}

/// How many rows of two files have the same reference; where a reference is damaged, the same instant
/// and amount.
pub fn same_references(ours: &FileRows<'_>, theirs: &FileRows<'_>) -> Overlap {
    let is_damaged = |file: &FileRows<'_>| {
        let mut rows = file.rows.iter();
        rows.any(|entry| entry.key_state() == KeyState::Damaged)
    };
    if is_damaged(ours) || is_damaged(theirs) {
        return shared(ours, theirs, |_, entry| {
            let amount = entry.amount().sen().unwrap_or_default();
            (i128::from(entry.at_millis()) << 64 ^ i128::from(amount)) as u128
        });
    }
    shared(ours, theirs, |file, entry| {
        xxhash_rust::xxh3::xxh3_128(file.set.key(entry))
    })
}

/// How many rows of two files have the same reference at the same instant, whatever their amounts.
/// Nothing is known by that where one file has such a row twice.
pub fn same_stamps(ours: &FileRows<'_>, theirs: &FileRows<'_>) -> Overlap {
    let of = |file: &FileRows<'_>, entry: &Entry| {
        let mut fixed = [0u8; 9];
        fixed[..8].copy_from_slice(&entry.at_millis().to_le_bytes());
        fixed[8] = entry.kind as u8;
        let seed = xxhash_rust::xxh3::xxh3_64(&fixed);
        xxhash_rust::xxh3::xxh3_128_with_seed(file.set.key(entry), seed)
    };
    let is_single = |file: &FileRows<'_>| {
        let names: HashSet<u128> = file.rows.iter().map(|entry| of(file, entry)).collect();
        names.len() == file.rows.len()
    };
    match is_single(ours) && is_single(theirs) {
        true => shared(ours, theirs, of),
        false => Overlap::default(),
    }
}

fn shared(
    ours: &FileRows<'_>,
    theirs: &FileRows<'_>,
    name: impl Fn(&FileRows<'_>, &Entry) -> u128,
) -> Overlap {
    let mut left: HashMap<u128, u64> = HashMap::with_capacity(theirs.rows.len());
    for entry in &theirs.rows {
        *left.entry(name(theirs, entry)).or_default() += 1;
    }
    let mut overlap = Overlap::default();
    for entry in &ours.rows {
        match left.get_mut(&name(ours, entry)) {
            Some(count) if *count > 0 => {
                *count -= 1;
                overlap.shared += 1;
            }
            _ => overlap.only_ours += 1,
        }
    }
    overlap.only_theirs = left.values().sum();
    overlap
}
