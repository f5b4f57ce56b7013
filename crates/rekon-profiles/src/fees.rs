//! Rows of what the provider keeps. Each is added to the fee of the payment of its key; what belongs to
//! no payment of the file is the day's fee.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};

use crate::domain::entry::{EntrySet, TooLarge};
use crate::domain::money::Money;
use crate::domain::status::{Kind, Status};

/// One row; `key` is empty where it names no payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeeRow {
    pub key: Vec<u8>,
    pub at: DateTime<Utc>,
    /// What is kept; negative where it is given back.
    pub charge: Money,
}

impl FeeRow {
    pub(super) fn at(at: DateTime<Utc>) -> FeeRow {
        FeeRow {
            key: Vec::new(),
            at,
            charge: Money::ZERO,
        }
    }
}

/// Adds each row to its payment; the rows that belong to none are left. `on_top` where the amounts of the
/// file are without the fee.
pub(super) fn fold(
    entries: &mut EntrySet,
    rows: Vec<FeeRow>,
    on_top: bool,
) -> Result<Vec<FeeRow>, TooLarge> {
    if rows.is_empty() {
        return Ok(rows);
    }
    let mut payments: HashMap<&[u8], Vec<usize>> = HashMap::new();
    for row in rows.iter().filter(|row| !row.key.is_empty()) {
        payments.entry(&row.key).or_default();
    }
    for (at, entry) in entries.entries.iter().enumerate() {
        if entry.kind == Kind::Payment
            && let Some(known) = payments.get_mut(entries.key(entry))
        {
            known.push(at);
        }
    }
    let mut charges: BTreeMap<usize, Money> = BTreeMap::new();
    let mut apart = Vec::new();
    for row in &rows {
        let of_key = payments.get(row.key.as_slice());
        match of_key.and_then(|of_key| payment_of(row, of_key, entries)) {
            Some(at) => *charges.entry(at).or_default() += row.charge,
            None => apart.push(row.clone()),
        }
    }
    entries.charge(&charges, on_top)?;
    Ok(apart)
}

/// The payment that a charge is for: the only one, the only one that succeeded, or the only one of its
/// instant.
fn payment_of(row: &FeeRow, of_key: &[usize], entries: &EntrySet) -> Option<usize> {
    let only = |fits: &dyn Fn(usize) -> bool| {
        let mut fitting = of_key.iter().copied().filter(|at| fits(*at));
        let first = fitting.next()?;
        fitting.next().is_none().then_some(first)
    };
    let succeeded = |at: usize| entries.entries[at].status == Status::Success;
    let same_instant = |at: usize| entries.entries[at].at() == row.at;
    only(&|_| true)
        .or_else(|| only(&succeeded))
        .or_else(|| only(&|at| succeeded(at) && same_instant(at)))
}
