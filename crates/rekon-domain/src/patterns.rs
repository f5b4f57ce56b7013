//! What breaks have in common: finance reads causes, not lists.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, NaiveDate, NaiveTime, Timelike, Utc};

use super::money::Money;
use super::outcome::{BreakKind, Bucket, Cause, CutoffSide, FeeEvidence, Item, Pattern};
use super::reconcile::told_on;
use super::rules::Rules;
use super::time::{next, previous};

/// A cause is worth a sentence from this many breaks on, when they are most of their kind.
const FEW: usize = 3;

/// The patterns among the open breaks that are told on a date, most telling first.
pub fn find(items: &[Item], date: NaiveDate, rules: &Rules) -> Vec<Pattern> {
    let mut by_kind: BTreeMap<BreakKind, Vec<&Item>> = BTreeMap::new();
    for item in items.iter().filter(|item| item.is_open()) {
        if let Some(kind) = item.break_kind().filter(|_| told_on(item) == date) {
            by_kind.entry(kind).or_default().push(item);
        }
    }
    let mut patterns = Vec::new();
    for (kind, breaks) in by_kind
        .into_iter()
        .filter(|(_, breaks)| breaks.len() >= FEW)
    {
        patterns.extend(look_alikes(&breaks));
        patterns.extend(same_difference(kind, &breaks));
        patterns.extend(near_cutoff(kind, &breaks, rules));
        patterns.extend(status_pair(kind, &breaks));
        patterns.extend(shared_value(kind, &breaks, items, rules));
    }
    patterns
}

/// The value most breaks share, where at least [`FEW`] and more than half of them do.
fn commonest<'a, T: Ord>(
    breaks: &[&'a Item],
    value: impl Fn(&'a Item) -> Option<T>,
) -> Option<(T, Vec<&'a Item>)> {
    let mut groups: BTreeMap<T, Vec<&Item>> = BTreeMap::new();
    for item in breaks {
        if let Some(value) = value(item) {
            groups.entry(value).or_default().push(item);
        }
    }
    let (value, group) = groups.into_iter().max_by_key(|(_, group)| group.len())?;
    (group.len() >= FEW && group.len() * 2 > breaks.len()).then_some((value, group))
}

fn look_alikes(breaks: &[&Item]) -> Option<Pattern> {
    let count = breaks
        .iter()
        .filter(|item| item.cause == Cause::LookAlike)
        .count();
    (count >= FEW).then_some(Pattern::LookAlike {
        count: count as u64,
    })
}

fn same_difference(kind: BreakKind, breaks: &[&Item]) -> Option<Pattern> {
    if !matches!(kind, BreakKind::AmountBreak | BreakKind::FeeBreak) {
        return None;
    }
    let (difference, group) = commonest(breaks, |item| Some(item.difference))?;
    let equals_fee = group.iter().all(|item| {
        let fees = item
            .settlement
            .iter()
            .chain(&item.ledger)
            .filter_map(|entry| entry.fee);
        fees.into_iter()
            .any(|fee| fee != Money::ZERO && fee.abs() == difference.abs())
    });
    let is_fee = if equals_fee {
        FeeEvidence::EqualsFee
    } else {
        FeeEvidence::NoFee
    };
    let (count, of) = (group.len() as u64, breaks.len() as u64);
    Some(Pattern::SameDifference {
        kind,
        count,
        of,
        difference,
        is_fee,
    })
}

/// Missing entries that lie within an hour of one end of the date say where the partner's cut-off
/// is: the dates decide on which side.
fn near_cutoff(kind: BreakKind, breaks: &[&Item], rules: &Rules) -> Option<Pattern> {
    if !matches!(
        kind,
        BreakKind::MissingAtPartner | BreakKind::MissingInLedger
    ) {
        return None;
    }
    let (side, group) = commonest(breaks, |item| cutoff_side(item, rules))?;
    let mut instants: Vec<DateTime<Utc>> = group.iter().filter_map(|item| item.at()).collect();
    instants.sort_unstable();
    let (first, last) = (instants.first()?, instants.last()?);
    let clock = |at: &DateTime<Utc>| {
        let local: NaiveTime = at.with_timezone(&rules.days.zone).time();
        format!("{:02}:{:02}", local.hour(), local.minute())
    };
    Some(Pattern::NearCutoff {
        kind,
        count: group.len() as u64,
        of: breaks.len() as u64,
        from: clock(first),
        to: clock(last),
        cutoff: Some(side),
    })
}

/// Where a missing entry puts the partner's cut-off, beside ours.
///
/// A row of theirs stands in the report of a date that is not its own by our cut-off: they began
/// that date earlier, or ended it later. An entry of ours that they leave out near the end of a date
/// belongs to their next one, near its start to the one before. A row that stands in the report of
/// its own date says nothing of the cut-off, whatever its minutes are.
fn cutoff_side(item: &Item, rules: &Rules) -> Option<CutoffSide> {
    let at = item.at().filter(|at| rules.days.says_time(*at))?;
    let own = rules.days.date_of(at);
    let (from, to) = rules.days.span(own);
    let near_start = at - from <= Duration::hours(1);
    let near_end = to - at <= Duration::hours(1);
    match (item.bucket, item.settlement.first()) {
        (Bucket::Break(BreakKind::MissingInLedger), Some(row)) => {
            if near_end && row.business_date == next(own) {
                Some(CutoffSide::Before)
            } else if near_start && row.business_date == previous(own) {
                Some(CutoffSide::After)
            } else {
                None
            }
        }
        (Bucket::Break(BreakKind::MissingAtPartner), _) => match (near_start, near_end) {
            (_, true) => Some(CutoffSide::Before),
            (true, false) => Some(CutoffSide::After),
            (false, false) => None,
        },
        _ => None,
    }
}

fn status_pair(kind: BreakKind, breaks: &[&Item]) -> Option<Pattern> {
    if kind != BreakKind::StatusBreak {
        return None;
    }
    let pair = |item: &Item| {
        Some((
            item.ledger.first()?.status.name(),
            item.settlement.first()?.status.name(),
        ))
    };
    let ((ledger, settlement), group) = commonest(breaks, pair)?;
    Some(Pattern::StatusPair {
        kind,
        count: group.len() as u64,
        of: breaks.len() as u64,
        ledger: ledger.to_owned(),
        settlement: settlement.to_owned(),
    })
}

/// Fields that name where a payment was made or what was bought; others identify one payment.
const PLACES: [&str; 4] = ["product", "tid", "mid", "terminal"];

/// A value that no other item contradicts says nothing: the whole channel may have it.
fn shared_value(
    kind: BreakKind,
    breaks: &[&Item],
    items: &[Item],
    rules: &Rules,
) -> Option<Pattern> {
    let fields = PLACES
        .iter()
        .filter(|field| rules.details.iter().any(|name| name == *field));
    for field in fields {
        let value = |item: &Item| {
            let mut entries = item.settlement.iter().chain(&item.ledger);
            entries
                .find_map(|entry| entry.details.get(field))
                .map(str::to_owned)
        };
        let Some((common, group)) = commonest(breaks, value) else {
            continue;
        };
        if items.iter().filter_map(value).any(|other| other != common) {
            let (count, of) = (group.len() as u64, breaks.len() as u64);
            let field = (*field).to_owned();
            return Some(Pattern::SharedValue {
                kind,
                count,
                of,
                field,
                value: common,
            });
        }
    }
    None
}
