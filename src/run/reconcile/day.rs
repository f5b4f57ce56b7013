//! One date of a channel: both sides read, believed or not, and matched among themselves.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use anyhow::{Context, Result};
use chrono::{DateTime, NaiveDate, Utc};

use crate::config::Channel;
use crate::domain::acts::Recorded;
use crate::domain::believe::{Date, accepted};
use crate::domain::entry::{Entry, EntrySet, Place, RowPlace, Side};
use crate::domain::matching::{CleanMatch, KeyGroup, Listener, match_date_telling};
use crate::domain::money::Money;
use crate::domain::outcome::{DateState, Pattern, Tally};
use crate::domain::reconcile::DateTotals;
use crate::domain::side_finding::{Doubt, SideFinding};
use crate::domain::sides::{Hourly, PerSide};
use crate::ledger::{Ledger, Reading, Rejected, Spellings};
use crate::profiles::ReadFile;
use crate::profiles::admission::identity;
use crate::report::input::Payout;
use crate::run::believe::Memory;
use crate::run::collect::Intake;
use crate::run::coverage::{self, CurrentFile};
use crate::run::matched::Matches;
use crate::run::payouts::payout;
use crate::store::FileRecord;

/// One date before other dates are looked at.
pub(super) struct Day {
    pub(super) date: NaiveDate,
    pub(super) state: DateState,
    pub(super) missing_parts: Vec<u32>,
    pub(super) totals: DateTotals,
    pub(super) groups: Vec<KeyGroup>,
    pub(super) spellings: Spellings,
    pub(super) fingerprint: String,
    pub(super) rejected_ledger: Rejected,
    /// Where its files were read.
    pub(super) payouts: Option<Vec<Payout>>,
    /// Fees of the day, and rows of other currencies.
    pub(super) beside: Vec<Pattern>,
    pub(super) findings: Vec<SideFinding>,
    pub(super) hourly: Option<PerSide<Hourly>>,
    /// Whether all this is of its rows; otherwise it is as it was judged before, its groups in the store.
    pub(super) is_read: bool,
}

pub(super) async fn read_day(
    channel: &Channel,
    (files, all): (&[CurrentFile<'_>], &[FileRecord]),
    (date, as_of): (NaiveDate, DateTime<Utc>),
    booked: Reading,
    intake: &mut Intake<'_>,
    mut matches: Option<&mut Matches>,
    (ledger, memory, said): (&mut Ledger, &mut Memory, &[Recorded]),
) -> Result<Day> {
    let (mut state, missing_parts) =
        coverage::date_state(channel, files, date, as_of, booked.entries.len());
    let settled = settlement_entries(channel, files, date, intake)?;
    let fingerprint = booked.fingerprint().to_string();
    let (mut findings, mut hourly) = (Vec::new(), None);
    if let Some(file) = waits_for_a_person(all, date) {
        let (file, id) = (file.name.clone(), file.id);
        findings.push(SideFinding::of(Side::Settlement, Doubt::Held { file, id }));
        state = match state {
            DateState::Complete => DateState::Incomplete,
            other => other,
        };
    }
    if state == DateState::Complete {
        let both = Date {
            date,
            settlement: settled.entries(),
            ledger: &booked.entries,
            as_of,
            rejected_rows: rejected_rows(files, date),
            applied: ledger.applied(),
        };
        let looked = memory.look(channel, &both, said, ledger).await?;
        findings.extend(looked.finding);
        match findings.iter().all(SideFinding::is_accepted) {
            false => state = DateState::Incomplete,
            true => hourly = Some(looked.hourly),
        }
    }
    let places = |place: Place| settled.place(place);
    let matched = |listener: Listener<'_>, limit: usize| {
        let sides = [settled.entries(), &booked.entries];
        match_date_telling(
            date,
            sides,
            &places,
            as_of,
            &channel.rules,
            (listener, limit),
        )
    };
    let mut judged = None;
    if state == DateState::Complete {
        if let Some(matches) = &mut matches {
            matches.begin_date()?;
        }
        let wanted = matches.as_deref_mut().map(RefCell::new);
        let set_aside = |one: CleanMatch<'_>| {
            if let Some(matches) = &wanted {
                matches.borrow_mut().take(date, one);
            }
        };
        let listener: Listener<'_> = match wanted {
            Some(_) => Some(&set_aside),
            None => None,
        };
        let limit = channel.break_limit;
        let mut found = matched(listener, limit);
        if let Some(beyond) = found.beyond.take() {
            let payments = found.settlement.entries.max(found.ledger.entries);
            let finding = SideFinding::too_many(&beyond, payments, limit as u64);
            let finding = SideFinding {
                accepted: accepted(&finding, said),
                ..finding
            };
            // Whoever accepts it wants every one of them, whatever that takes.
            match finding.is_accepted() {
                true => found = matched(None, usize::MAX),
                false => (state, hourly) = (DateState::Incomplete, None),
            }
            findings.push(finding);
        }
        if state == DateState::Complete {
            judged = Some(found);
        } else if let Some(matches) = &mut matches {
            matches.forget_date()?;
        }
    }
    let (totals, groups) = match judged {
        Some(found) => (DateTotals::from(&found), found.groups),
        None => {
            let totals = DateTotals {
                settlement: tally(settled.entries()),
                ledger: tally(&booked.entries),
                ..DateTotals::default()
            };
            (totals, Vec::new())
        }
    };
    let (spellings, rejected_ledger) = (booked.spellings, booked.rejected);
    Ok(Day {
        date,
        state,
        missing_parts,
        totals,
        groups,
        spellings,
        fingerprint,
        rejected_ledger,
        payouts: Some(settled.payouts),
        beside: settled.beside.patterns(),
        findings,
        hourly,
        is_read: true,
    })
}

/// A held file of the date of which nobody knows whether it adds to those that count.
pub(super) fn waits_for_a_person(all: &[FileRecord], date: NaiveDate) -> Option<&FileRecord> {
    all.iter()
        .filter(|file| file.waits_beside())
        .find(|file| file.coverage.iter().any(|line| line.0 == date))
}

/// Rows of the date that nobody could read.
fn rejected_rows(files: &[CurrentFile<'_>], date: NaiveDate) -> u64 {
    let covering = files.iter().filter_map(|current| current.covers(date));
    covering.map(|(_, rejected)| rejected.unsigned_abs()).sum()
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
    files: Vec<(Arc<str>, Vec<Arc<str>>)>,
    payouts: Vec<Payout>,
    beside: Beside,
}

/// What the files of a date say beside their entries.
#[derive(Default)]
struct Beside {
    fees: (u64, Money),
    currencies: BTreeMap<String, (u64, Money)>,
}

impl Beside {
    fn add(&mut self, channel: &Channel, read: &ReadFile, covered: &[NaiveDate], date: NaiveDate) {
        let days = &channel.rules.days;
        let is_of_date = |at: DateTime<Utc>| days.covered_date(covered, at) == Some(date);
        for fee in read.fees.iter().filter(|fee| is_of_date(fee.at)) {
            self.fees.0 += 1;
            self.fees.1 += fee.charge;
        }
        for row in read.foreign.iter().filter(|row| is_of_date(row.at)) {
            let known = self.currencies.entry(row.currency.clone()).or_default();
            known.0 += 1;
            known.1 += row.amount;
        }
    }

    fn patterns(self) -> Vec<Pattern> {
        let (count, amount) = self.fees;
        let fees = (count > 0).then_some(Pattern::DayFees { count, amount });
        let currencies = self.currencies.into_iter();
        let currencies = currencies.map(|(currency, (count, amount))| Pattern::OtherCurrency {
            currency,
            count,
            amount,
        });
        fees.into_iter().chain(currencies).collect()
    }
}

impl Settled {
    fn entries(&self) -> &EntrySet {
        self.whole
            .as_ref()
            .map_or(&self.picked, |read| &read.entries)
    }

    fn place(&self, place: Place) -> RowPlace {
        let of = self.files.get(usize::from(place.file));
        RowPlace {
            file: of.map_or_else(|| "".into(), |(file, _)| file.clone()),
            sheet: of.and_then(|(_, sheets)| sheets.get(usize::from(place.sheet)).cloned()),
            row: place.row,
        }
    }
}

/// Rows that stand in several files of a channel are the same rows once: as the newest of these files
/// says them.
#[derive(Default)]
struct RowsOnce {
    /// By file, how often a row of it has counted elsewhere.
    elsewhere: HashMap<i64, HashMap<u128, u32>>,
}

impl RowsOnce {
    fn new(
        channel: &Channel,
        covering: &[&CurrentFile<'_>],
        date: NaiveDate,
        intake: &mut Intake<'_>,
    ) -> Result<RowsOnce> {
        let mut once = RowsOnce::default();
        if covering.len() < 2 {
            return Ok(once);
        }
        let mut newest_first = covering.to_vec();
        newest_first
            .sort_by_key(|current| std::cmp::Reverse((current.file.source_time, current.file.id)));
        let mut most: HashMap<u128, u32> = HashMap::new();
        for current in newest_first {
            let Ok(read) = intake.rows(channel, current.file)? else {
                continue;
            };
            let covered: Vec<NaiveDate> = current.file.coverage.iter().map(|line| line.0).collect();
            let mut own: HashMap<u128, u32> = HashMap::new();
            for entry in read.entries.entries.iter() {
                if channel.rules.days.covered_date(&covered, entry.at()) == Some(date) {
                    *own.entry(identity(&read.entries, entry)).or_default() += 1;
                }
            }
            let shared = own.keys().filter_map(|row| Some((*row, *most.get(row)?)));
            let shared: HashMap<u128, u32> = shared.collect();
            for (row, count) in own {
                let known = most.entry(row).or_default();
                *known = (*known).max(count);
            }
            if !shared.is_empty() {
                once.elsewhere.insert(current.file.id, shared);
            }
        }
        Ok(once)
    }

    fn counts(&mut self, file: i64, set: &EntrySet, entry: &Entry) -> bool {
        let Some(shared) = self.elsewhere.get_mut(&file) else {
            return true;
        };
        match shared.get_mut(&identity(set, entry)) {
            Some(left) if *left > 0 => {
                *left -= 1;
                false
            }
            _ => true,
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
    let mut once = RowsOnce::new(channel, &covering, date, intake)?;
    for current in &covering {
        let read = match intake.rows(channel, current.file)? {
            Ok(read) => read,
            Err(fault) => anyhow::bail!("{}: {fault}", current.file.name),
        };
        let covered: Vec<NaiveDate> = current.file.coverage.iter().map(|line| line.0).collect();
        let index =
            u16::try_from(settled.files.len()).context("more than 65,535 files for one date")?;
        let sheets = read.sheets.iter().map(|sheet| sheet.as_str().into());
        let named = (current.file.name.as_str().into(), sheets.collect());
        settled.files.push(named);
        settled.payouts.extend(payout(channel, current.file, &read));
        settled.beside.add(channel, &read, &covered, date);
        if covering.len() == 1 && covered.len() == 1 {
            settled.whole = Some(read);
            break;
        }
        for entry in read.entries.entries.iter() {
            if channel.rules.days.covered_date(&covered, entry.at()) == Some(date)
                && once.counts(current.file.id, &read.entries, entry)
            {
                settled.picked.push_from(&read.entries, entry, index)?;
            }
        }
    }
    Ok(settled)
}
