//! Which other dates a run judges otherwise: those on which an item stands that is not what it was.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::domain::difference::Cause;
use crate::domain::outcome::{Bucket, Item};
use crate::domain::succession::{Known, Past};
use crate::run::plan::Why;

/// The dates on which an item stands, or stood, that is judged otherwise now, and why.
pub(super) fn differing_dates(
    past: &[Known<'_>],
    now: &[Item],
) -> BTreeMap<NaiveDate, BTreeSet<Why>> {
    let mut before: BTreeMap<&str, &Item> = past
        .iter()
        .filter(|one| one.past != Past::Gone)
        .map(|one| (one.item.identity.as_str(), one.item))
        .collect();
    let mut found: BTreeMap<NaiveDate, BTreeSet<Why>> = BTreeMap::new();
    let mut differs = |before: Option<&Item>, now: Option<&Item>| {
        let why = why_otherwise(before, now);
        for item in [before, now].into_iter().flatten() {
            for date in dates_of(item) {
                found.entry(date).or_default().insert(why);
            }
        }
    };
    for item in now {
        let known = before.remove(item.identity.as_str());
        if known.is_none_or(|known| !judged_alike(known, item)) {
            differs(known, Some(item));
        }
    }
    for gone in before.into_values() {
        differs(Some(gone), None);
    }
    found
}

/// Whether two judgements of one item are the same, people's acts apart.
fn judged_alike(one: &Item, other: &Item) -> bool {
    let judgement = |item: &Item| {
        (
            item.bucket,
            item.cause,
            item.opened,
            item.cleared,
            item.value,
            item.exposure,
            item.at_risk,
            item.counted,
        )
    };
    judgement(one) == judgement(other)
        && one.ledger == other.ledger
        && one.settlement == other.settlement
}

fn why_otherwise(before: Option<&Item>, now: Option<&Item>) -> Why {
    let (Some(before), Some(now)) = (before, now) else {
        return Why::New(Cause::OtherDates);
    };
    if before.ledger != now.ledger {
        return Why::New(Cause::LedgerChanged);
    }
    match before.bucket {
        Bucket::Awaiting => Why::NoLongerAwaiting,
        Bucket::PendingWithinSla => Why::SlaPassed,
        _ => Why::New(Cause::OtherDates),
    }
}

fn dates_of(item: &Item) -> BTreeSet<NaiveDate> {
    let entries = item.ledger.iter().chain(&item.settlement);
    let dates = entries.map(|entry| entry.business_date);
    dates.chain([item.opened]).collect()
}
