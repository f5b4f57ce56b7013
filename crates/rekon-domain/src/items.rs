//! What is kept of the findings: all that is open, crossed business dates or used a tolerance.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::entry::EntryFacts;
use super::key;
use super::money::Money;
use super::outcome::{Bucket, Exposure, Item, ItemValues};
use super::pairing::canonical;
use super::record::Record;
use super::resolve::{Finding, is_damaged};
use super::rules::Rules;
use super::verdict;

impl ItemValues {
    /// Those of both sides.
    pub fn entries_mut(&mut self) -> impl Iterator<Item = &mut EntryFacts> {
        self.ledger.iter_mut().chain(&mut self.settlement)
    }
}

/// The findings that are kept as items: all that is open, crossed dates or used a tolerance.
/// `id` stays empty here; the store gives each identity its short name.
pub fn items(channel: &str, findings: &[Finding], rules: &Rules) -> Vec<Item> {
    let mut items: Vec<Item> = findings
        .iter()
        .filter_map(|finding| item(channel, finding, rules))
        .collect();
    // Rows that share an identity (keys rounded alike) are told apart by what they say, never by
    // the order they came in.
    items.sort_by(|a, b| {
        let entries = |item: &Item| -> Vec<EntryFacts> {
            item.settlement
                .iter()
                .chain(&item.ledger)
                .cloned()
                .collect()
        };
        a.identity.cmp(&b.identity).then_with(|| {
            let (a, b) = (entries(a), entries(b));
            let differing = a.iter().zip(&b).map(|(a, b)| canonical(a, b));
            let differing = differing.filter(|order| order.is_ne());
            differing
                .fold(Ordering::Equal, Ordering::then)
                .then(a.len().cmp(&b.len()))
        })
    });
    for alike in items.chunk_by_mut(|a, b| a.identity == b.identity) {
        tell_apart(alike);
    }
    items
}

/// What says something else is named by what it says: when one of them goes, no other one takes its
/// name. Equal ones are counted.
fn tell_apart(alike: &mut [Item]) {
    let said = |item: &Item| {
        let mut record = Record::of("alike");
        for entry in item.settlement.iter().chain(&item.ledger) {
            record.entry(entry, &entry.details);
        }
        record.hash()
    };
    let texts: Vec<u64> = alike.iter().map(said).collect();
    let all_equal = texts.iter().all(|text| *text == texts[0]);
    let mut counts: BTreeMap<u64, u32> = BTreeMap::new();
    for (item, text) in alike.iter_mut().zip(texts) {
        let repeat = counts.entry(text).or_default();
        // A rounded reference is that of several payments, whether or not two stand there today.
        let is_rounded = item.settlement.iter().chain(&item.ledger).any(is_damaged);
        if !all_equal || is_rounded {
            item.identity.push_str(&format!("#{text:016x}"));
        }
        if *repeat > 0 {
            item.identity.push_str(&format!("#{repeat}"));
        }
        *repeat += 1;
    }
}

fn item(channel: &str, finding: &Finding, rules: &Rules) -> Option<Item> {
    let (opened, last) = finding.span()?;
    let cleared = match finding.bucket {
        Bucket::Matched | Bucket::Netted | Bucket::Split | Bucket::NothingToSettle => return None,
        Bucket::TimingDifferences | Bucket::MatchedWithinTolerance => Some(last),
        Bucket::PendingWithinSla | Bucket::Awaiting | Bucket::Break(_) => None,
    };
    let mut ledger = finding.ledger.clone();
    ledger.extend_from_slice(&finding.borrowed);
    ledger.sort_by(canonical);
    let settlement = finding.settlement.clone();
    let stake = match &finding.crowd {
        None => verdict::stake(finding.bucket, &ledger, &settlement, rules.direction),
        Some((_, sides)) => {
            let difference = sides.settlement.amount - sides.ledger.amount;
            verdict::Stake {
                value: sides.ledger.amount.abs().max(sides.settlement.amount.abs()),
                difference,
                exposure: Exposure::Undecided,
                // As of any key that is ambiguous, however few have it.
                at_risk: difference.abs(),
            }
        }
    };
    let parts = key::parts(&finding.key);
    let key = rules
        .key
        .iter()
        .map(|field| field.name.clone())
        .zip(parts.iter().cloned())
        .collect();
    Some(Item::from(ItemValues {
        id: String::new(),
        identity: identity(channel, &parts, opened, &ledger, &settlement),
        by_facts: None,
        key,
        opened,
        cleared,
        told_on: finding.told_on().filter(|date| *date != last),
        closed: None,
        bucket: finding.bucket,
        cause: finding.cause,
        ledger,
        settlement,
        value: stake.value,
        difference: stake.difference,
        exposure: stake.exposure,
        at_risk: stake.at_risk,
        counted: finding.crowd.map(|(_, sides)| sides).unwrap_or_default(),
    }))
}

/// The identity that an item's facts of today alone give it, where nothing else has to tell it apart.
pub fn named_by_facts(channel: &str, item: &Item) -> String {
    let parts: Vec<String> = item.key.iter().map(|(_, part)| part.clone()).collect();
    identity(channel, &parts, item.opened, &item.ledger, &item.settlement)
}

/// What makes it the same item tomorrow: its channel, key and earliest entry.
fn identity(
    channel: &str,
    parts: &[String],
    opened: NaiveDate,
    ledger: &[EntryFacts],
    settlement: &[EntryFacts],
) -> String {
    let ours = ledger
        .first()
        .map(|entry| (entry.at, "ledger", entry.amount));
    let theirs = settlement
        .first()
        .map(|entry| (entry.at, "settlement", entry.amount));
    let first = match (ours, theirs) {
        (Some(ours), Some(theirs)) => Some(if theirs.0 < ours.0 { theirs } else { ours }),
        (ours, theirs) => ours.or(theirs),
    };
    let (at, side, amount) = first.map_or((String::new(), "crowd", Money::ZERO), |(at, s, m)| {
        (at.to_rfc3339(), s, m)
    });
    format!(
        "{channel}|{}|{opened}|{side}|{at}|{amount}",
        parts.join("\u{1f}")
    )
}
