//! Reconciling the dates of one channel: entries of both sides → matched within each date →
//! everything open judged together → outcomes that add up.

mod day;
mod ids;
mod moved;
mod stands;
mod weigh;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::sync::Arc;

use anyhow::Result;
use chrono::{DateTime, Duration, NaiveDate, Utc};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::ahead::Answers;
use super::believe::{Memory, said_of};
use super::collect::{Intake, ReadAhead};
use super::coverage::{self, CurrentFile, current, first_date};
use super::knowledge::knowledge;
use super::plan::Why;
use super::revisions::{Concluded, change_since};
use crate::config::Channel;
use crate::domain::acts::standing;
use crate::domain::difference::{RevisionChange, moves_on};
use crate::domain::matching::KeyGroup;
use crate::domain::outcome::{DateState, FileUse, Outcome};
use crate::domain::reconcile::{DateFacts, adds_up, outcome};
use crate::domain::record::{Record, facts_of};
use crate::domain::resolve::Finding;
use crate::domain::rules::Dates;
use crate::domain::side_finding::{Doubt, SideFinding};
use crate::domain::sides::{Hourly, PerSide};
use crate::domain::succession::{Known, Past};
use crate::domain::time::{dates, next, previous};
use crate::ledger::{Keep, Ledger, LedgerError, Reading, Spec, Spellings};
use crate::report::input::Payout;
use crate::store::{
    Clean, DateRecord, FileRecord, FileState, ItemState, JudgedAnew, RejectedRecord, StoredItem,
    StoredResult,
};
use day::{Day, read_day};
use ids::give_ids;
use moved::differing_dates;
use stands::{Stored, files_are_whole, ledger_agrees};
use weigh::{Weighed, World, weigh};

/// One date, judged.
#[derive(Debug)]
pub struct Judged {
    pub outcome: Arc<Outcome>,
    pub comparison: Comparison,
    pub record: DateRecord,
    pub digest: String,
    /// What both sides looked like, where the date was judged.
    pub hourly: Option<PerSide<Hourly>>,
    /// All items of the channel as of this run, with what they rest on; the same for each of its dates.
    pub anew: JudgedAnew,
    pub spellings: Spellings,
    pub rejected: Vec<(String, RejectedRecord)>,
    /// What its files say of the money they pay out, where they were read.
    pub payouts: Option<Vec<Payout>>,
    /// What matched cleanly on it.
    pub clean: Clean,
    /// Matches of the channel's dates, where a report attaches them; the same for each of them.
    pub matches: Option<Arc<File>>,
    /// All words of its ledger that nobody mapped, in a sentence.
    pub unmapped: Option<String>,
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
        negative: channel.ledger_negative,
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
    /// So far around the dates, what is settled is judged again as well; beyond, it stays as it is until
    /// an entry of its key comes.
    pub memory: Duration,
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
    let records = store.date_records(&channel.name).await?;
    let stored = Stored {
        channel,
        records: &records,
        purged: store.purged_before().await?,
        as_of,
    };
    let mut matches = intake.matches.begin(&channel.name)?;
    // Who attaches what matched wants every row of it; and a standby that lags is looked at whole.
    let may_stand = matches.is_none() && !ledger.applied().is_behind();
    let files = store.files(&channel.name).await?;
    let mut days = match may_stand {
        true => stored.standing(task.dates, &files, store).await?,
        false => BTreeMap::new(),
    };
    // The ledger answers while the files of the others are read.
    let ahead = read_ahead(channel, &beside(task.dates, &days), &files, intake);
    ledger_agrees(channel, &mut days, ledger, answers).await?;
    if task.reach == Reach::TheseDates || channel.profile.says_net() {
        files_are_whole(&days, &files, intake.archive)?;
    }
    let mut unread = beside(task.dates, &days);
    let mut booked = BTreeMap::new();
    if let Some(date) = unread.first() {
        let entries = entries_booked(channel, *date, ledger, answers).await;
        booked.insert(*date, entries);
    }
    intake.take_over(ahead).await?;
    let mut book = store.book(&channel.name).await?;
    let acts = store.acts(&channel.name).await?;
    let mut moved: BTreeMap<NaiveDate, BTreeSet<Why>> = BTreeMap::new();
    let (files, weighed) = loop {
        let read = days.values().filter(|day| day.is_read);
        let wanted: Vec<NaiveDate> = read.map(|day| day.date).chain(unread.clone()).collect();
        let files = readable_files(channel, &wanted, intake).await?;
        let current = current(&files);
        // A file that was refused just now may have been theirs as well.
        let shaken = days.values();
        let shaken = shaken.filter(|day| !day.is_read && !stored.rests_on(day.date, &current));
        let shaken: Vec<NaiveDate> = shaken.map(|day| day.date).collect();
        if !shaken.is_empty() {
            days.retain(|date, _| !shaken.contains(date));
            unread.extend(shaken);
            continue;
        }
        unread.sort_unstable();
        let (low, high) = (unread.iter().min(), unread.iter().max());
        let (low, high) = (
            low.copied().unwrap_or(first),
            high.copied().unwrap_or(first),
        );
        let mut memory = Memory::load(store, channel, low, high).await?;
        for date in unread.drain(..) {
            let booked = match booked.remove(&date) {
                Some(booked) => booked?,
                None => entries_booked(channel, date, ledger, answers).await?,
            };
            let at = (date, as_of);
            let look = (&mut *ledger, &mut memory, said_of(&acts, date));
            let day = read_day(
                channel,
                (&current, &files),
                at,
                booked,
                intake,
                matches.as_mut(),
                look,
            )
            .await?;
            days.insert(date, day);
        }
        intake.make_room();
        let mut known = Dates {
            start: first_date(channel, &owned(&current)),
            states: records
                .iter()
                .map(|(date, record)| (*date, record.state))
                .collect(),
            calendar: channel.calendar.clone(),
        };
        let just_read = days.iter().map(|(date, day)| (*date, day.state));
        known.states.extend(just_read);
        let near = near(&days, task.memory);
        store.add_dates(&channel.name, &mut book, near).await?;
        let fresh = days.values().flat_map(|day| &day.groups);
        let fresh = fresh.map(|group| group.key.as_slice());
        store.add_keys(&channel.name, &mut book, fresh).await?;
        let fresh = days.values_mut();
        let fresh = fresh.flat_map(|day| std::mem::take(&mut day.groups));
        let fresh: Vec<KeyGroup> = fresh.collect();
        let past: Vec<Known<'_>> = book.items.iter().map(as_known).collect();
        let world = World {
            channel,
            files: &current,
            days: &days,
            dates: &known,
            past: &past,
            book: &book,
            as_of,
        };
        let weighed = weigh(&world, fresh, ledger, intake).await?;
        drop(current);
        // Where the ledger, asked by key, says less of a date than read whole, the date is read.
        let short = days
            .values()
            .filter(|day| !day.is_read && !adds_up(&day.totals, &weighed.findings, day.date));
        let short: Vec<NaiveDate> = short.map(|day| day.date).collect();
        if !short.is_empty() {
            days.retain(|date, _| !short.contains(date));
            unread.extend(short);
            give_back(&mut days, weighed.groups);
            continue;
        }
        let mut others = differing_dates(&past, &weighed.items);
        others.retain(|date, _| stored.can_move(*date) && !days.contains_key(date));
        if others.is_empty() {
            break (files, weighed);
        }
        if task.reach == Reach::WhateverMoves {
            let dates: Vec<NaiveDate> = others.keys().copied().collect();
            let mut standing = match may_stand {
                true => stored.standing(&dates, &files, store).await?,
                false => BTreeMap::new(),
            };
            ledger_agrees(channel, &mut standing, ledger, answers).await?;
            if channel.profile.says_net() {
                files_are_whole(&standing, &files, intake.archive)?;
            }
            unread.extend(beside(&dates, &standing));
            days.extend(standing);
        }
        for (date, why) in others {
            moved.entry(date).or_default().extend(why);
        }
        if task.reach == Reach::TheseDates {
            break (files, weighed);
        }
        give_back(&mut days, weighed.groups);
    };
    let files = current(&files);
    let Weighed {
        findings,
        items: mut all,
        groups,
        reach,
        undated,
    } = weighed;
    for (key, row) in undated {
        // A row that says no instant is in no date's answer, and is told where its key stands.
        let of_key = groups.iter().filter(|group| group.key == key);
        let date = of_key
            .map(|group| group.date)
            .filter(|date| days.contains_key(date))
            .min();
        if let Some(day) = date.and_then(|date| days.get_mut(&date)) {
            day.rejected_ledger.add_undated(&row);
        }
    }
    let matches = match matches {
        Some(mut matches) => {
            let dates: Vec<NaiveDate> = days.keys().copied().collect();
            matches.take_found(&findings, &dates);
            Some(matches.finish()?)
        }
        None => None,
    };
    give_ids(channel, &mut all, ids, store).await?;
    for item in &mut all {
        let of = acts.get(&item.identity);
        item.closed = of.and_then(|acts| standing(acts, &facts_of(item)).closed);
    }

    let earliest = days.keys().next().copied().unwrap_or(first);
    let at_hand = book.items.iter();
    let anew = JudgedAnew {
        ended: Arc::new(store.ended(&channel.name, earliest, at_hand).await?),
        items: Arc::new(all),
        groups: Arc::new(groups),
        before: Arc::new(book),
        reach,
    };
    let mut concluded = Vec::new();
    for day in days.into_values() {
        concluded.push(conclude(channel, &files, day, &findings, &anew, as_of, intake).await?);
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

/// Gives the groups of days that were read back to them: they are weighed again with those of other dates.
fn give_back(days: &mut BTreeMap<NaiveDate, Day>, groups: Vec<KeyGroup>) {
    for group in groups {
        if let Some(day) = days.get_mut(&group.date).filter(|day| day.is_read) {
            day.groups.push(group);
        }
    }
}

/// What a date uses of each of these files.
fn file_uses(files: &[CurrentFile<'_>], date: NaiveDate) -> Vec<FileUse> {
    let used = files.iter().filter_map(|current| {
        let (rows, rejected) = current.covers(date)?;
        Some(FileUse {
            id: current.file.id,
            name: current.file.name.clone(),
            sha256: current.file.sha256.clone(),
            revision: current.revision,
            rows: rows.unsigned_abs(),
            rejected: rejected.unsigned_abs(),
        })
    });
    used.collect()
}

/// The dates on which everything is judged again.
fn near(days: &BTreeMap<NaiveDate, Day>, memory: Duration) -> impl Iterator<Item = NaiveDate> {
    let (first, last) = (days.keys().next(), days.keys().next_back());
    let range = first.zip(last).map(|(first, last)| {
        let from = previous(*first).min(*last - memory);
        dates(from, next(*last).max(*last + memory))
    });
    range.into_iter().flatten()
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
    let stored = intake.store.with_items(stored).await?;
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

/// Those of these dates that are not among the days.
fn beside(dates: &[NaiveDate], days: &BTreeMap<NaiveDate, Day>) -> Vec<NaiveDate> {
    let others = dates.iter().filter(|date| !days.contains_key(date));
    others.copied().collect()
}

/// Starts reading the files that these dates rest on.
fn read_ahead(
    channel: &Channel,
    dates: &[NaiveDate],
    files: &[FileRecord],
    intake: &Intake<'_>,
) -> ReadAhead {
    let current = current(files);
    let concerned = current
        .iter()
        .filter(|current| dates.iter().any(|date| current.covers(*date).is_some()))
        .map(|current| current.file);
    intake.read_ahead(channel, &concerned.collect::<Vec<_>>())
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

/// Of all that a result says, how keys are written apart.
fn digest(outcome: &Outcome) -> Result<String> {
    let mut digest = Sha256::new();
    digest.update(serde_json::to_vec(outcome)?);
    for item in &outcome.items {
        let mut record = Record::of("item");
        record.item(item);
        digest.update(record.bytes());
    }
    Ok(HEXLOWER.encode(&digest.finalize()))
}

/// A standby that is still behind, a little less so, is no news.
fn without_clock(finding: &mut SideFinding) {
    if let Doubt::Behind { until, .. } = &mut finding.doubt {
        *until = None;
    }
}

/// The result of one date, not yet compared, and the stored one.
async fn conclude(
    channel: &Channel,
    files: &[CurrentFile<'_>],
    day: Day,
    findings: &[Finding],
    anew: &JudgedAnew,
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
        files: file_uses(files, day.date),
        missing_parts: day.missing_parts,
        rejected_rows: rejected.len() as u64,
        rejected_ledger_rows: day.rejected_ledger.count(),
        rejected_ledger: day.rejected_ledger.listed(),
        findings: day.findings,
        beside: day.beside,
    };
    let mut outcome = outcome(
        facts,
        &day.totals,
        findings,
        (&anew.items, &anew.ended),
        &channel.rules,
    )?;
    // The entries told once more: it is no other result because of it.
    let products = std::mem::take(&mut outcome.products);
    let findings = outcome.findings.clone();
    outcome.findings.iter_mut().for_each(without_clock);
    let digest = digest(&outcome)?;
    outcome.products = products;
    outcome.findings = findings;
    let record = DateRecord {
        state: day.state,
        knowledge: knowledge(channel, files, day.date),
        ledger_fingerprint: day.fingerprint,
        moved: false,
    };
    let before = intake.store.last_totals(&channel.name, day.date).await?;
    tracing::debug!(channel = channel.name, date = %day.date, %as_of, state = day.state.name(), "judged");
    let unmapped = day.rejected_ledger.words().map(|words| {
        format!(
            "{} {}: nobody mapped {words}; say what each means in ledger_status",
            channel.name, day.date
        )
    });
    let judged = Judged {
        unmapped,
        record,
        outcome: Arc::new(outcome),
        comparison: Comparison::First,
        digest,
        hourly: day.hourly,
        anew: anew.clone(),
        spellings: day.spellings,
        rejected,
        payouts: day.payouts,
        clean: match (day.is_read, day.state) {
            (false, _) => Clean::AsStored,
            // Before a date is over nobody can say whether a side ends early.
            (true, DateState::Complete) if as_of >= channel.rules.days.span(day.date).1 => {
                Clean::Totals(day.totals.products)
            }
            (true, _) => Clean::Unknown,
        },
        matches: None,
    };
    Ok((judged, before))
}
