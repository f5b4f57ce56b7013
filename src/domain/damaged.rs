//! Keys that a spreadsheet rounded: a candidate is proposed, never matched.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::key;
use super::money::Money;
use super::outcome::{BreakKind, Bucket, Cause};
use super::resolve::Finding;
use super::rules::Rules;
use super::time::{next, previous};

/// Puts a ledger entry beside the damaged key it could be, where exactly one fits and no other
/// damaged key fits it: both stay one break, nobody is told that the entry is missing.
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
    for &torn in &damaged {
        let row = &findings[torn].settlement[0];
        let parts = key::parts(&findings[torn].key);
        let date = row.business_date;
        let near = [previous(date), date, next(date)].map(|date| (row.amount, date));
        let near = near.iter().filter_map(|place| unanswered.get(place));
        let mut fitting = near
            .flatten()
            .copied()
            .filter(|&at| could_be(&parts, &key::parts(&findings[at].key), rules));
        if let (Some(only), None) = (fitting.next(), fitting.next()) {
            claims.entry(only).or_default().push(torn);
        }
    }
    let mut gone = BTreeSet::new();
    for (candidate, claimants) in claims {
        if let [torn] = claimants[..] {
            let ledger = std::mem::take(&mut findings[candidate].ledger);
            findings[torn].ledger = ledger;
            findings[torn].cause = Cause::Candidate;
            gone.insert(candidate);
        }
    }
    let mut position = 0;
    findings.retain(|_| {
        position += 1;
        !gone.contains(&(position - 1))
    });
}

fn could_be(torn: &[String], whole: &[String], rules: &Rules) -> bool {
    torn.len() == whole.len()
        && torn.len() == rules.key.len()
        && torn.iter().zip(whole).zip(&rules.key).all(
            |((torn, whole), field)| match key::normalise(torn, field.spelling) {
                Ok(part) => part == whole,
                Err(_) => key::could_be(torn, whole),
            },
        )
}
