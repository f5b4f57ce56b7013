//! Reconciling the dates of one channel: entries of both sides → matched within each date →
//! everything open judged together → outcomes that add up.

mod ids;
mod moved;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::sync::Arc;

use anyhow::{Context, Result};
use chrono::{DateTime, Duration, NaiveDate, Utc};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::ahead::Answers;
use super::collect::{Intake, ReadAhead};
use super::coverage::{self, CurrentFile, current, first_date};
use super::knowledge::knowledge;
use super::matched::Matches;
use super::payouts::payout;
use super::plan::Why;
use super::revisions::{Concluded, change_since};
use crate::config::Channel;
use crate::domain::acts::standing;
use crate::domain::difference::{RevisionChange, moves_on};
use crate::domain::entry::{EntryFacts, EntrySet, KeyState, Place, RowPlace};
use crate::domain::matching::{CleanMatch, KeyGroup, Listener, match_date_telling};
use crate::domain::outcome::{DateState, FileUse, Item, Outcome, Tally};
use crate::domain::reconcile::{DateFacts, DateTotals, last_date, outcome};
use crate::domain::resolve::{Finding, Knowledge, Lookup, items, refresh, resolve};
use crate::domain::rules::Dates;
use crate::domain::succession::{Entries, Known, Past, succeed};
use crate::ledger::{Keep, Ledger, LedgerError, Reading, Spec, Spellings};
use crate::profiles::ReadFile;
use crate::report::input::Payout;
use crate::store::{
    DateRecord, FileRecord, FileState, ItemState, RejectedRecord, StoredItem, StoredResult,
    facts_of,
};
use ids::give_ids;
use moved::differing_dates;

/// One date, judged.
#[derive(Debug)]
pub struct Judged {
    pub outcome: Arc<Outcome>,
    pub comparison: Comparison,
    pub record: DateRecord,
    pub digest: String,
    pub groups: Vec<KeyGroup>,
    /// All items of the channel as of this run; the same for each of its dates.
    pub items: Arc<Vec<Item>>,
    pub spellings: Spellings,
    pub rejected: Vec<(String, RejectedRecord)>,
    /// What its files say of the money they pay out.
    pub payouts: Vec<Payout>,
    /// Matches of the channel's dates, where a report attaches them; the same for each of them.
    pub matches: Option<Arc<File>>,
}

/// How the outcome stands to the stored one.
#[derive(Clone, Debug)]
pub enum Comparison {
    First,
    Unchanged {
        revision: u32,
    },
    Changed {
        before: Box<Outcome>,
        revision: u32,
        change: Box<RevisionChange>,
    },
}

impl Comparison {
    /// The revision this outcome has, or gets.
    pub fn revision(&self) -> u32 {
        match self {
            Comparison::First => 1,
            Comparison::Unchanged { revision } => *revision,
            Comparison::Changed { revision, .. } => revision + 1,
        }
    }

    pub fn is_news(&self) -> bool {
        !matches!(self, Comparison::Unchanged { .. })
    }
}

/// How a channel reads the ledger.
pub fn ledger_spec(channel: &Channel) -> Spec<'_> {
    Spec {
        channel: &channel.name,
        query: &channel.ledger_query,
        key: &channel.rules.key,
        details: &channel.rules.details,
        zone: channel.ledger_zone,
        unit: channel.ledger_unit,
        days: channel.rules.days,
        status: &channel.ledger_status,
        status_of: Box::new(|code, operation| channel.profile.status_of(code, operation)),
        keep: Keep::Entries,
    }
}

/// Which dates a run judges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Those it was asked for.
    TheseDates,
    /// Also every other date on which an item stands that is judged otherwise now.
    WhateverMoves,
}

/// What to judge of a channel, and the clock of SLA and due.
#[derive(Clone, Copy, Debug)]
pub struct Task<'a> {
    pub dates: &'a [NaiveDate],
    pub reach: Reach,
    pub as_of: DateTime<Utc>,
}

/// What became of a channel.
#[derive(Debug, Default)]
pub struct Reconciled {
    /// In order of the dates.
    pub judged: Vec<Judged>,
    /// Other dates on which an item is judged otherwise now, and why: judged with the others, or left
    /// to the next run, as the reach says.
    pub moved: BTreeMap<NaiveDate, BTreeSet<Why>>,
}

/// Judges these dates of a channel together. `ids` are those of all items of all channels.
pub async fn reconcile(
    channel: &Channel,
    task: Task<'_>,
    ledger: &mut Ledger,
    answers: &mut Answers,
    intake: &mut Intake<'_>,
    ids: &mut BTreeSet<String>,
) -> Result<Reconciled> {
    let Some(&first) = task.dates.first() else {
        return Ok(Reconciled::default());
    };
    let (store, as_of) = (intake.store, task.as_of);
    // The ledger answers the first date while the files are read.
    let ahead = read_ahead(channel, task.dates, intake).await?;
    let mut booked = Some(entries_booked(channel, first, ledger, answers).await);
    intake.take_over(ahead).await?;
    let records = store.date_records(&channel.name).await?;
    let stored = store.items(Some(&channel.name)).await?;
    let past: Vec<Known<'_>> = stored.iter().map(as_known).collect();
    let purged = store.purged_before().await?;
    let can_move = |date: &NaiveDate| {
        let complete = |one: &DateRecord| one.state == DateState::Complete;
        records.get(date).is_some_and(complete) && purged.is_none_or(|before| *date >= before)
    };

    let mut days: BTreeMap<NaiveDate, Day> = BTreeMap::new();
    let mut moved: BTreeMap<NaiveDate, BTreeSet<Why>> = BTreeMap::new();
    let mut unread = task.dates.to_vec();
    let mut matches = intake.matches.begin(&channel.name)?;
    let (files, findings, mut all) = loop {
        let wanted: Vec<NaiveDate> = days.keys().chain(&unread).copied().collect();
        let files = readable_files(channel, &wanted, intake).await?;
        let current = current(&files);
        for date in unread.drain(..) {
            let booked = match booked.take() {
                Some(booked) => booked?,
                None => entries_booked(channel, date, ledger, answers).await?,
            };
            let at = (date, as_of);
            let day = read_day(channel, &current, at, booked, intake, matches.as_mut())?;
            days.insert(date, day);
        }
        let mut known = Dates {
            start: first_date(channel, &owned(&current)),
            states: records
                .iter()
                .map(|(date, record)| (*date, record.state))
                .collect(),
        };
        let just_read = days.iter().map(|(date, day)| (*date, day.state));
        known.states.extend(just_read);
        let world = World {
            channel,
            files: &current,
            days: &days,
            dates: &known,
            past: &past,
            as_of,
        };
        let (findings, all) = weigh(&world, ledger, intake).await?;
        drop(current);
        let mut others = differing_dates(&past, &all);
        others.retain(|date, _| can_move(date) && !days.contains_key(date));
        if others.is_empty() {
            break (files, findings, all);
        }
        if task.reach == Reach::WhateverMoves {
            unread.extend(others.keys());
        }
        for (date, why) in others {
            moved.entry(date).or_default().extend(why);
        }
        if task.reach == Reach::TheseDates {
            break (files, findings, all);
        }
    };
    let files = current(&files);
    let matches = match matches {
        Some(mut matches) => {
            let dates: Vec<NaiveDate> = days.keys().copied().collect();
            matches.take_found(&findings, &dates);
            Some(matches.finish()?)
        }
        None => None,
    };
    give_ids(channel, &mut all, ids);
    let acts = store.acts(&channel.name).await?;
    for item in &mut all {
        let of = acts.get(&item.identity);
        item.closed = of.and_then(|acts| standing(acts, &facts_of(item)).closed);
    }

    let all = Arc::new(all);
    let mut concluded = Vec::new();
    for day in days.into_values() {
        concluded.push(conclude(channel, &files, day, &findings, &all, as_of, intake).await?);
    }
    let carried = concluded
        .iter()
        .filter(|(now, before)| {
            let before = before.as_ref().map(|before| &before.outcome.roll_forward);
            moves_on(before, &now.outcome.roll_forward)
        })
        .map(|(now, _)| now.outcome.business_date)
        .collect();
    let mut judged = Vec::new();
    for (mut one, before) in concluded {
        one.comparison = compare(channel, &one, before, &carried, intake).await?;
        one.matches.clone_from(&matches);
        judged.push(one);
    }
    Ok(Reconciled { judged, moved })
}

/// What the items of a channel are judged with, beside the ledger.
struct World<'a> {
    channel: &'a Channel,
    files: &'a [CurrentFile<'a>],
    /// Those just read.
    days: &'a BTreeMap<NaiveDate, Day>,
    dates: &'a Dates,
    past: &'a [Known<'a>],
    as_of: DateTime<Utc>,
}

/// Judges the dates just read and everything else that may still matter; items without their ids.
async fn weigh(
    world: &World<'_>,
    ledger: &mut Ledger,
    intake: &Intake<'_>,
) -> Result<(Vec<Finding>, Vec<Item>)> {
    let World {
        channel,
        files,
        days,
        dates,
        past,
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
    let mut groups = store.key_groups(&channel.name, context, high).await?;
    let before = Entries::of(past, &groups, &Lookup::new());
    groups.retain(|group| !days.contains_key(&group.date));
    groups.extend(days.values().flat_map(|day| day.groups.iter().cloned()));

    let mut spellings = Spellings::default();
    for (part, width) in store.spellings(&channel.name).await? {
        spellings.0.entry(part).or_default().insert(width);
    }
    for (part, widths) in days.values().flat_map(|day| &day.spellings.0) {
        spellings.0.entry(*part).or_default().extend(widths);
    }
    let (lookup, from, to) = look_up(channel, &groups, &spellings, ledger, lifetime, today).await?;
    let just_read: BTreeSet<NaiveDate> = days.keys().copied().collect();
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
    Ok((findings, all))
}

/// The ledger's entries of a date, unless they were read already.
async fn entries_booked(
    channel: &Channel,
    date: NaiveDate,
    ledger: &mut Ledger,
    answers: &mut Answers,
) -> Result<Reading, LedgerError> {
    if let Some(read_ahead) = answers.reading(&channel.name, date) {
        return Ok(read_ahead);
    }
    let (from, to) = channel.rules.days.span(date);
    ledger.read(&ledger_spec(channel), from, to).await
}

async fn compare(
    channel: &Channel,
    now: &Judged,
    before: Option<StoredResult>,
    moved: &BTreeSet<NaiveDate>,
    intake: &mut Intake<'_>,
) -> Result<Comparison> {
    let Some(stored) = before else {
        return Ok(Comparison::First);
    };
    let revision = stored.revision;
    if stored.digest == now.digest {
        return Ok(Comparison::Unchanged { revision });
    }
    let concluded = Concluded {
        outcome: &now.outcome,
        knowledge: &now.record.knowledge,
        ledger_fingerprint: &now.record.ledger_fingerprint,
    };
    let change = change_since(channel, revision, concluded, moved, intake).await?;
    Ok(Comparison::Changed {
        before: Box::new(stored.outcome),
        revision,
        change: Box::new(change),
    })
}

/// Starts reading the files that these dates rest on.
async fn read_ahead(
    channel: &Channel,
    dates: &[NaiveDate],
    intake: &Intake<'_>,
) -> Result<ReadAhead> {
    let files = intake.store.files(&channel.name).await?;
    let current = current(&files);
    let concerned = current
        .iter()
        .filter(|current| dates.iter().any(|date| current.covers(*date).is_some()))
        .map(|current| current.file);
    Ok(intake.read_ahead(channel, &concerned.collect::<Vec<_>>()))
}

/// The channel's files, after the ones these dates rest on were read with today's profile. A file
/// that no longer reads is refused from here on, with the reason; its dates become incomplete.
async fn readable_files(
    channel: &Channel,
    dates: &[NaiveDate],
    intake: &mut Intake<'_>,
) -> Result<Vec<FileRecord>> {
    let files = intake.store.files(&channel.name).await?;
    let mut refused = Vec::new();
    for current in current(&files) {
        let concerned = dates.iter().any(|date| current.covers(*date).is_some());
        if !concerned {
            continue;
        }
        if let Err(fault) = intake.rows(channel, current.file)? {
            refused.push((current.file.id, fault.to_string()));
        }
    }
    if refused.is_empty() {
        return Ok(files);
    }
    for (id, reason) in &refused {
        intake
            .store
            .set_file_state(*id, FileState::Refused, reason, intake.now)
            .await?;
    }
    intake.store.files(&channel.name).await
}

fn owned(files: &[CurrentFile<'_>]) -> Vec<FileRecord> {
    files.iter().map(|current| current.file.clone()).collect()
}

/// One date before other dates are looked at.
struct Day {
    date: NaiveDate,
    state: DateState,
    missing_parts: Vec<u32>,
    totals: DateTotals,
    groups: Vec<KeyGroup>,
    spellings: Spellings,
    fingerprint: String,
    payouts: Vec<Payout>,
}

fn read_day(
    channel: &Channel,
    files: &[CurrentFile<'_>],
    (date, as_of): (NaiveDate, DateTime<Utc>),
    booked: Reading,
    intake: &mut Intake<'_>,
    matches: Option<&mut Matches>,
) -> Result<Day> {
    let (state, missing_parts) =
        coverage::date_state(channel, files, date, as_of, booked.entries.len());
    let settled = settlement_entries(channel, files, date, intake)?;
    let fingerprint = booked.fingerprint().to_string();
    let (totals, groups) = if state == DateState::Complete {
        let places = |place: Place| settled.place(place);
        let matches = matches.map(RefCell::new);
        let set_aside = |one: CleanMatch<'_>| {
            if let Some(matches) = &matches {
                matches.borrow_mut().take(date, one);
            }
        };
        let listener: Listener<'_> = match matches {
            Some(_) => Some(&set_aside),
            None => None,
        };
        let matched = match_date_telling(
            date,
            [settled.entries(), &booked.entries],
            &places,
            as_of,
            &channel.rules,
            listener,
        );
        (DateTotals::from(&matched), matched.groups)
    } else {
        let totals = DateTotals {
            settlement: tally(settled.entries()),
            ledger: tally(&booked.entries),
            ..DateTotals::default()
        };
        (totals, Vec::new())
    };
    let spellings = booked.spellings;
    Ok(Day {
        date,
        state,
        missing_parts,
        totals,
        groups,
        spellings,
        fingerprint,
        payouts: settled.payouts,
    })
}

fn tally(set: &EntrySet) -> Tally {
    let mut tally = Tally::default();
    for entry in set.entries.iter() {
        tally.add(entry.amount(), entry.fee());
    }
    tally
}

/// The settlement entries of one date with the names of their files and sheets.
#[derive(Default)]
struct Settled {
    /// The one file that covers this date and no other: its rows are used where they lie.
    whole: Option<Arc<ReadFile>>,
    picked: EntrySet,
    files: Vec<(String, Vec<String>)>,
    payouts: Vec<Payout>,
}

impl Settled {
    fn entries(&self) -> &EntrySet {
        self.whole
            .as_ref()
            .map_or(&self.picked, |read| &read.entries)
    }

    fn place(&self, place: Place) -> RowPlace {
        let (file, sheets) = self
            .files
            .get(usize::from(place.file))
            .cloned()
            .unwrap_or_default();
        RowPlace {
            file,
            sheet: sheets.get(usize::from(place.sheet)).cloned(),
            row: place.row,
        }
    }
}

/// Rows of every file that covers the date, each belonging to the covered date of its file that is
/// nearest its own instant.
fn settlement_entries(
    channel: &Channel,
    files: &[CurrentFile<'_>],
    date: NaiveDate,
    intake: &mut Intake<'_>,
) -> Result<Settled> {
    let mut settled = Settled::default();
    let covering: Vec<&CurrentFile<'_>> = files
        .iter()
        .filter(|current| current.covers(date).is_some())
        .collect();
    for current in &covering {
        let read = match intake.rows(channel, current.file)? {
            Ok(read) => read,
            Err(fault) => anyhow::bail!("{}: {fault}", current.file.name),
        };
        let covered: Vec<NaiveDate> = current.file.coverage.iter().map(|line| line.0).collect();
        let index =
            u16::try_from(settled.files.len()).context("more than 65,535 files for one date")?;
        settled
            .files
            .push((current.file.name.clone(), read.sheets.clone()));
        settled.payouts.extend(payout(channel, current.file, &read));
        if covering.len() == 1 && covered.len() == 1 {
            settled.whole = Some(read);
            break;
        }
        for entry in read.entries.entries.iter() {
            if channel.rules.days.covered_date(&covered, entry.at()) == Some(date) {
                settled.picked.push_from(&read.entries, entry, index)?;
            }
        }
    }
    Ok(settled)
}

/// Asks the ledger for every key that is not matched cleanly, over the keys' lifetime.
async fn look_up(
    channel: &Channel,
    groups: &[KeyGroup],
    spellings: &Spellings,
    ledger: &mut Ledger,
    lifetime: Duration,
    today: NaiveDate,
) -> Result<(Lookup, NaiveDate, NaiveDate)> {
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
    let lookup = ledger
        .look_up(&ledger_spec(channel), &keys, spellings, from, to)
        .await?;
    Ok((lookup, low, high))
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

/// Where an item stands by the last run.
fn as_known(stored: &StoredItem) -> Known<'_> {
    let past = match stored.state {
        ItemState::Cleared if stored.item.cleared.is_some() => Past::Matched,
        ItemState::Cleared => Past::Gone,
        ItemState::Open | ItemState::Resolved | ItemState::WrittenOff => Past::Standing,
    };
    Known {
        item: &stored.item,
        past,
    }
}

/// Every entry that a result lists, in its order.
fn entries_mut(outcome: &mut Outcome) -> impl Iterator<Item = &mut EntryFacts> {
    let items = outcome.items.iter_mut();
    items.flat_map(|item| item.ledger.iter_mut().chain(&mut item.settlement))
}

/// The result of one date, not yet compared, and the stored one.
async fn conclude(
    channel: &Channel,
    files: &[CurrentFile<'_>],
    day: Day,
    findings: &[Finding],
    all: &Arc<Vec<Item>>,
    as_of: DateTime<Utc>,
    intake: &mut Intake<'_>,
) -> Result<(Judged, Option<StoredResult>)> {
    let covering: Vec<&CurrentFile<'_>> = files
        .iter()
        .filter(|current| current.covers(day.date).is_some())
        .collect();
    let mut rejected = Vec::new();
    for current in &covering {
        if current.file.rejected > 0 {
            let rows = intake.store.rejected_rows(current.file.id).await?;
            let own = rows.into_iter().filter(|row| row.business_date == day.date);
            rejected.extend(own.map(|row| (current.file.name.clone(), row)));
        }
    }
    let facts = DateFacts {
        channel: channel.name.clone(),
        business_date: day.date,
        state: day.state,
        due: coverage::due(channel, day.date),
        files: covering
            .iter()
            .map(|current| {
                let (rows, bad) = current.covers(day.date).unwrap_or_default();
                FileUse {
                    id: current.file.id,
                    name: current.file.name.clone(),
                    sha256: current.file.sha256.clone(),
                    revision: current.revision,
                    rows: rows.unsigned_abs(),
                    rejected: bad.unsigned_abs(),
                }
            })
            .collect(),
        missing_parts: day.missing_parts,
        rejected_rows: rejected.len() as u64,
    };
    let mut outcome = outcome(facts, &day.totals, findings, all, &channel.rules)?;
    // The entries told once more, and how their keys are written: it is no other result because of it.
    let products = std::mem::take(&mut outcome.products);
    let written: Vec<Vec<String>> = entries_mut(&mut outcome)
        .map(|entry| std::mem::take(&mut entry.written))
        .collect();
    let digest = HEXLOWER.encode(&Sha256::digest(serde_json::to_vec(&outcome)?));
    for (entry, written) in entries_mut(&mut outcome).zip(written) {
        entry.written = written;
    }
    outcome.products = products;
    let record = DateRecord {
        state: day.state,
        knowledge: knowledge(channel, files, day.date),
        ledger_fingerprint: day.fingerprint,
        moved: false,
    };
    let before = intake.store.last_result(&channel.name, day.date).await?;
    tracing::debug!(channel = channel.name, date = %day.date, %as_of, state = day.state.name(), "judged");
    let judged = Judged {
        record,
        outcome: Arc::new(outcome),
        comparison: Comparison::First,
        digest,
        groups: day.groups,
        items: all.clone(),
        spellings: day.spellings,
        rejected,
        payouts: day.payouts,
        matches: None,
    };
    Ok((judged, before))
}
