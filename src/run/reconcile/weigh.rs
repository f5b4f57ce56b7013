//! Everything of a channel that did not match cleanly, judged together.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use anyhow::Result;
use chrono::{DateTime, Duration, NaiveDate, Utc};
use data_encoding::HEXLOWER;

use super::day::Day;
use super::ledger_spec;
use crate::config::Channel;
use crate::domain::entry::KeyState;
use crate::domain::items::items;
use crate::domain::matching::KeyGroup;
use crate::domain::outcome::Item;
use crate::domain::reconcile::last_date;
use crate::domain::rejected::RejectedEntry;
use crate::domain::resolve::{Finding, Knowledge, Lookup, refresh, resolve};
use crate::domain::rules::Dates;
use crate::domain::succession::{Entries, Known, Past, succeed};
use crate::ledger::{Ledger, RejectedKeys, Spellings};
use crate::run::collect::Intake;
use crate::run::coverage::CurrentFile;
use crate::store::Book;

/// What the items of a channel are judged with, beside the ledger.
pub(super) struct World<'a> {
    pub(super) channel: &'a Channel,
    pub(super) files: &'a [CurrentFile<'a>],
    /// Those at hand, just read or as they were judged.
    pub(super) days: &'a BTreeMap<NaiveDate, Day>,
    pub(super) dates: &'a Dates,
    pub(super) past: &'a [Known<'a>],
    /// What is stored of them, and of the entries behind them.
    pub(super) book: &'a Book,
    pub(super) as_of: DateTime<Utc>,
}

/// What came of it.
pub(super) struct Weighed {
    pub(super) findings: Vec<Finding>,
    /// Without their ids where they are new.
    pub(super) items: Vec<Item>,
    /// The entries that all this rests on, as the ledger says them now.
    pub(super) groups: Vec<KeyGroup>,
    /// The business dates between which everything was looked at.
    pub(super) reach: RangeInclusive<NaiveDate>,
    /// Rejected rows of the ledger that say no instant, with their keys.
    pub(super) undated: Vec<(Vec<u8>, RejectedEntry)>,
}

/// Judges the groups of the dates just read and everything else that may still matter.
pub(super) async fn weigh(
    world: &World<'_>,
    fresh: Vec<KeyGroup>,
    ledger: &mut Ledger,
    intake: &Intake<'_>,
) -> Result<Weighed> {
    let World {
        channel,
        files,
        days,
        dates,
        past,
        book,
        as_of,
    } = *world;
    let store = intake.store;
    // The key's lifetime back from today, and around these dates.
    let lifetime = Duration::days(channel.rules.key_lifetime);
    let today = channel.rules.days.date_of(as_of);
    let low = days.keys().next().map_or(today, |first| today.min(*first)) - lifetime;
    let high = days
        .keys()
        .next_back()
        .map_or(today, |last| today.max(*last))
        + lifetime;
    // The oldest of them may rest on entries that are older by as much again.
    let context = low - lifetime;
    let mut groups = book.groups(context, high);
    let before = Entries::of(past, &groups, &Lookup::new());
    let is_read = |date: &NaiveDate| days.get(date).is_some_and(|day| day.is_read);
    groups.retain(|group| !is_read(&group.date));
    groups.extend(fresh);

    let mut spellings = Spellings::default();
    for (part, width) in store.spellings(&channel.name).await? {
        spellings.0.entry(part).or_default().insert(width);
    }
    for (part, widths) in days.values().flat_map(|day| &day.spellings.0) {
        spellings.0.entry(*part).or_default().extend(widths);
    }
    let (found, from, to) = look_up(channel, &groups, &spellings, ledger, lifetime, today).await?;
    let (lookup, rejected_ledger) = found;
    let undated = rejected_ledger.iter();
    let undated = undated.filter(|((_, date), _)| date.is_none());
    let undated = undated
        .map(|((key, _), row)| (key.clone(), row.clone()))
        .collect();
    let just_read: BTreeSet<NaiveDate> = days.keys().copied().filter(is_read).collect();
    refresh(
        &mut groups,
        &lookup,
        |date| from <= date && date <= to,
        &just_read,
    );
    let rejected = rejected_keys(files, context, high, intake).await?;
    let findings = resolve(&Knowledge {
        groups: &groups,
        lookup: &lookup,
        rejected: &rejected,
        rejected_ledger: &dated(rejected_ledger, &groups),
        dates,
        as_of,
        rules: &channel.rules,
    });

    // Items beyond the reach of this run stand as they were: of some, a half is out of sight.
    let in_reach = |item: &Item| (low..=high).contains(&last_date(item));
    let mut all = items(&channel.name, &findings, &channel.rules);
    all.retain(in_reach);
    let now = Entries::of(past, &groups, &lookup);
    succeed(&mut all, past, &before, &now);
    let named_now: BTreeSet<String> = all.iter().map(|item| item.identity.clone()).collect();
    let stands = |one: &&Known<'_>| one.past != Past::Gone && !in_reach(one.item);
    let beyond = past.iter().filter(stands).map(|one| one.item);
    all.extend(
        beyond
            .filter(|item| !named_now.contains(&item.identity))
            .cloned(),
    );
    Ok(Weighed {
        findings,
        items: all,
        groups,
        reach: context..=high,
        undated,
    })
}

/// Asks the ledger for every key that is not matched cleanly, over the keys' lifetime.
async fn look_up(
    channel: &Channel,
    groups: &[KeyGroup],
    spellings: &Spellings,
    ledger: &mut Ledger,
    lifetime: Duration,
    today: NaiveDate,
) -> Result<((Lookup, RejectedKeys), NaiveDate, NaiveDate)> {
    let whole = |group: &&KeyGroup| {
        let mut entries = group.settlement.iter().chain(&group.ledger);
        group.crowd.is_none() && entries.all(|entry| entry.key_state == KeyState::Whole)
    };
    let keys: BTreeSet<Vec<u8>> = groups
        .iter()
        .filter(whole)
        .map(|group| group.key.clone())
        .collect();
    let oldest = groups.iter().map(|group| group.date).min().unwrap_or(today);
    let newest = groups
        .iter()
        .map(|group| group.date)
        .max()
        .unwrap_or(today)
        .max(today);
    let (low, high) = (oldest - lifetime, newest + Duration::days(1));
    let (from, _) = channel.rules.days.span(low);
    let (_, to) = channel.rules.days.span(high);
    let found = ledger
        .look_up(&ledger_spec(channel), &keys, spellings, from, to)
        .await?;
    Ok((found, low, high))
}

/// Rejected keys by business date; one whose row says no instant may be of any date of its key.
fn dated(rejected: RejectedKeys, groups: &[KeyGroup]) -> BTreeSet<(Vec<u8>, NaiveDate)> {
    let mut dated = BTreeSet::new();
    for (key, date) in rejected.into_keys() {
        let of_key = groups
            .iter()
            .filter(|group| date.is_none() && group.key == key);
        dated.extend(of_key.map(|group| (key.clone(), group.date)));
        dated.extend(date.map(|date| (key, date)));
    }
    dated
}

/// Keys of rows nobody could read: their other side is not called missing.
async fn rejected_keys(
    files: &[CurrentFile<'_>],
    low: NaiveDate,
    high: NaiveDate,
    intake: &Intake<'_>,
) -> Result<BTreeSet<(Vec<u8>, NaiveDate)>> {
    let mut keys = BTreeSet::new();
    for current in files.iter().filter(|current| current.file.rejected > 0) {
        for row in intake.store.rejected_rows(current.file.id).await? {
            if low <= row.business_date && row.business_date <= high && !row.key_hex.is_empty() {
                keys.insert((HEXLOWER.decode(row.key_hex.as_bytes())?, row.business_date));
            }
        }
    }
    Ok(keys)
}
