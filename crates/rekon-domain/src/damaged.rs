//! Keys that a spreadsheet rounded, and keys that only look alike: a candidate is proposed, never matched.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::entry::{EntryFacts, Side};
use super::key;
use super::money::Money;
use super::outcome::{BreakKind, Bucket, Cause};
use super::resolve::Finding;
use super::rules::Rules;
use super::time::{next, previous};

/// Puts a ledger entry beside the damaged key it could be, where exactly one fits and no other
/// damaged key fits it: both stay one break. A ledger entry that some damaged key may be is not told as
/// missing: it waits, as behind a row that cannot be read.
pub fn propose_candidates(findings: &mut Vec<Finding>, rules: &Rules) {
    let is_damaged = |finding: &Finding| {
        finding.bucket == Bucket::Break(BreakKind::DamagedKey) && finding.settlement.len() == 1
    };
    let damaged: Vec<usize> = (0..findings.len())
        .filter(|&at| is_damaged(&findings[at]))
        .collect();
    if damaged.is_empty() {
        return;
    }
    let mut unanswered: BTreeMap<(Money, NaiveDate), Vec<usize>> = BTreeMap::new();
    for (at, finding) in findings.iter().enumerate() {
        if let ([], [only]) = (&finding.settlement[..], &finding.ledger[..])
            && finding.bucket != Bucket::NothingToSettle
            && finding.bucket != Bucket::Break(BreakKind::DamagedKey)
        {
            let place = (only.amount, only.business_date);
            unanswered.entry(place).or_default().push(at);
        }
    }
    let mut claims: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    let mut waiting = BTreeSet::new();
    for &torn in &damaged {
        let row = &findings[torn].settlement[0];
        let parts = key::parts(&findings[torn].key);
        let date = row.business_date;
        let near = [previous(date), date, next(date)].map(|date| (row.amount, date));
        let near = near.iter().filter_map(|place| unanswered.get(place));
        let fitting: Vec<(usize, Likeness)> = near
            .flatten()
            .filter_map(|&at| {
                let whole = key::parts(&findings[at].key);
                Some((at, likeness(&parts, &whole, rules)?))
            })
            .collect();
        waiting.extend(fitting.iter().map(|(at, _)| *at));
        let same_time = |at: &usize| findings[*at].ledger[0].at == row.at;
        let by_digits = fitting.iter().filter(|(_, how)| *how == Likeness::Digits);
        let by_digits: Vec<usize> = by_digits.map(|(at, _)| *at).collect();
        let by_time: Vec<usize> = fitting
            .iter()
            .map(|(at, _)| *at)
            .filter(same_time)
            .collect();
        let only = match (&by_digits[..], &by_time[..]) {
            ([only], _) => Some(*only),
            (_, [only]) => Some(*only),
            _ => None,
        };
        if let Some(only) = only {
            claims.entry(only).or_default().push(torn);
        }
    }
    let mut gone = BTreeSet::new();
    for (candidate, claimants) in claims {
        if let [torn] = claimants[..] {
            let ledger = as_written(&mut findings[candidate]);
            findings[torn].ledger = ledger;
            findings[torn].cause = Cause::Candidate;
            gone.insert(candidate);
        }
    }
    for at in waiting {
        if findings[at].bucket == Bucket::Break(BreakKind::MissingAtPartner) {
            findings[at].bucket = Bucket::Awaiting;
            findings[at].cause = Cause::RejectedRow;
        }
    }
    let mut position = 0;
    findings.retain(|_| {
        position += 1;
        !gone.contains(&(position - 1))
    });
}

/// Puts the two halves of a payment together whose keys differ only in how they are written: one break
/// with one next step, never a match.
pub fn join_look_alikes(findings: &mut Vec<Finding>) {
    let missing = |finding: &Finding| match (&finding.settlement[..], &finding.ledger[..]) {
        ([_], []) if finding.crowd.is_none() => Some(Side::Settlement),
        ([], [_]) if finding.crowd.is_none() => Some(Side::Ledger),
        _ => None,
    };
    let stands = |finding: &Finding| match finding.bucket {
        Bucket::Break(kind) => matches!(
            kind,
            BreakKind::MissingInLedger | BreakKind::MissingAtPartner | BreakKind::StuckPending
        ),
        Bucket::PendingWithinSla | Bucket::Awaiting => true,
        _ => false,
    };
    let sides = findings
        .iter()
        .filter(|finding| stands(finding))
        .filter_map(missing);
    let (mut theirs, mut ours) = (false, false);
    sides.for_each(|side| match side {
        Side::Settlement => theirs = true,
        Side::Ledger => ours = true,
    });
    if !theirs || !ours {
        return;
    }
    let mut alike: BTreeMap<Vec<String>, [Vec<usize>; 2]> = BTreeMap::new();
    for (at, finding) in findings.iter().enumerate() {
        if let Some(side) = missing(finding).filter(|_| stands(finding)) {
            let parts = key::slices(&finding.key);
            let folded = parts.map(|part| key::folded(&String::from_utf8_lossy(part)));
            let known = alike.entry(folded.collect()).or_default();
            known[usize::from(side == Side::Ledger)].push(at);
        }
    }
    let mut gone = BTreeSet::new();
    for [theirs, ours] in alike.into_values() {
        let ([settled], [booked]) = (&theirs[..], &ours[..]) else {
            continue;
        };
        let date = findings[*settled].settlement[0].business_date;
        let other = findings[*booked].ledger[0].business_date;
        if findings[*settled].key == findings[*booked].key
            || ![previous(date), date, next(date)].contains(&other)
        {
            continue;
        }
        let ledger = as_written(&mut findings[*booked]);
        let joined = &mut findings[*settled];
        joined.ledger = ledger;
        joined.bucket = Bucket::Break(BreakKind::DamagedKey);
        joined.cause = Cause::LookAlike;
        gone.insert(*booked);
    }
    let mut position = 0;
    findings.retain(|_| {
        position += 1;
        !gone.contains(&(position - 1))
    });
}

/// Takes the ledger's entries out of a finding whose key is another than the one they will stand under:
/// they show their own from now on.
fn as_written(finding: &mut Finding) -> Vec<EntryFacts> {
    let mut ledger = std::mem::take(&mut finding.ledger);
    for entry in ledger.iter_mut().filter(|entry| entry.written.is_empty()) {
        entry.written = key::parts(&finding.key);
    }
    ledger
}

/// Why a whole reference may be a damaged one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Likeness {
    /// What is left of its digits says so.
    Digits,
    /// Everything but the damaged part is equal.
    Rest,
}

fn likeness(torn: &[String], whole: &[String], rules: &Rules) -> Option<Likeness> {
    if torn.len() != whole.len() || torn.len() != rules.key.len() {
        return None;
    }
    let mut all = Likeness::Digits;
    for ((torn, whole), field) in torn.iter().zip(whole).zip(&rules.key) {
        let is_torn = key::is_rounded(torn) || key::zeros_behind_kept(torn).is_some_and(|n| n > 0);
        let is_equal =
            key::normalise(torn, field.spelling).is_ok_and(|part| part == whole.as_str());
        match (is_torn, is_equal) {
            (_, true) => {}
            (false, false) => return None,
            (true, false) => {
                if !key::could_be(torn, whole) && !key::could_be_cut(torn, whole) {
                    all = Likeness::Rest;
                }
            }
        }
    }
    Some(all)
}
