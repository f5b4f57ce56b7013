//! Dates that nothing changed under: their rows are not read again. What matched cleanly on them is
//! known in totals, and what did not is stored entry by entry, so that they are judged with the others.

use std::collections::BTreeMap;

use anyhow::Result;
use chrono::{DateTime, NaiveDate, Utc};

use super::day::{Day, waits_for_a_person};
use super::file_uses;
use crate::archive::Archive;
use crate::config::Channel;
use crate::domain::outcome::{DateState, Pattern};
use crate::domain::products::Totals;
use crate::domain::reconcile::DateTotals;
use crate::ledger::{Ledger, Rejected, Spellings};
use crate::run::ahead::Answers;
use crate::run::coverage::{self, CurrentFile, current};
use crate::run::knowledge::knowledge;
use crate::run::plan::fingerprint;
use crate::store::{DateRecord, FileRecord, Store};

/// What is stored of a channel's dates.
pub(super) struct Stored<'a> {
    pub(super) channel: &'a Channel,
    pub(super) records: &'a BTreeMap<NaiveDate, DateRecord>,
    /// Everything before it was removed.
    pub(super) purged: Option<NaiveDate>,
    pub(super) as_of: DateTime<Utc>,
}

impl Stored<'_> {
    /// Whether it was complete, and can be again.
    pub(super) fn can_move(&self, date: NaiveDate) -> bool {
        let record = self.records.get(&date);
        record.is_some_and(|record| record.state == DateState::Complete)
            && self.purged.is_none_or(|before| date >= before)
    }

    /// Whether its files, their profile and the settings are those that it was judged with.
    pub(super) fn rests_on(&self, date: NaiveDate, files: &[CurrentFile<'_>]) -> bool {
        let record = self.records.get(&date);
        record.is_some_and(|record| record.knowledge == knowledge(self.channel, files, date))
    }

    /// Those of these dates that stand by everything but the ledger, as they were judged.
    pub(super) async fn standing(
        &self,
        dates: &[NaiveDate],
        files: &[FileRecord],
        store: &Store,
    ) -> Result<BTreeMap<NaiveDate, Day>> {
        let current = current(files);
        let same = dates.iter().copied().filter(|date| {
            self.can_move(*date)
                && self.rests_on(*date, &current)
                && waits_for_a_person(files, *date).is_none()
        });
        let same: Vec<NaiveDate> = same.collect();
        let (Some(first), Some(last)) = (same.first(), same.last()) else {
            return Ok(BTreeMap::new());
        };
        let name = &self.channel.name;
        let mut totals = store.clean_totals(name, *first, *last).await?;
        let mut standing = BTreeMap::new();
        for date in same {
            let Some(clean) = totals.remove(&date) else {
                continue;
            };
            if let Some(day) = self.as_judged(date, clean, &current, store).await? {
                standing.insert(date, day);
            }
        }
        Ok(standing)
    }

    async fn as_judged(
        &self,
        date: NaiveDate,
        clean: Totals,
        files: &[CurrentFile<'_>],
        store: &Store,
    ) -> Result<Option<Day>> {
        let (channel, record) = (self.channel, self.records.get(&date));
        let last = store.last_totals(&channel.name, date).await?;
        let (Some(record), Some(last)) = (record, last) else {
            return Ok(None);
        };
        let outcome = last.outcome;
        let booked = usize::try_from(outcome.ledger.entries)?;
        let (state, missing_parts) = coverage::date_state(channel, files, date, self.as_of, booked);
        // Rows of the ledger that nobody could read are told one by one, from the rows; and what a person
        // accepted may be true no more.
        let unread = outcome.rejected_ledger_rows > 0 || !outcome.findings.is_empty();
        // The same bytes may have come to cover other dates.
        let same_rows = outcome.files == file_uses(files, date);
        if [state, outcome.state] != [DateState::Complete; 2] || unread || !same_rows {
            return Ok(None);
        }
        let totals = DateTotals {
            settlement: outcome.settlement,
            ledger: outcome.ledger,
            products: clean,
            ..DateTotals::default()
        };
        let patterns = outcome.patterns.into_iter();
        let said_by_files = |pattern: &Pattern| {
            matches!(
                pattern,
                Pattern::DayFees { .. } | Pattern::OtherCurrency { .. }
            )
        };
        Ok(Some(Day {
            date,
            state,
            missing_parts,
            totals: totals.of_products(),
            groups: Vec::new(),
            spellings: Spellings::default(),
            fingerprint: record.ledger_fingerprint.clone(),
            rejected_ledger: Rejected::default(),
            payouts: None,
            beside: patterns.filter(said_by_files).collect(),
            findings: Vec::new(),
            hourly: None,
            is_read: false,
        }))
    }
}

/// Checks the archived bytes that these dates rest on, which nobody reads: an error names what is
/// damaged.
pub(super) fn files_are_whole(
    standing: &BTreeMap<NaiveDate, Day>,
    files: &[FileRecord],
    archive: &Archive,
) -> Result<()> {
    for current in current(files) {
        if standing.keys().any(|date| current.covers(*date).is_some()) {
            archive.read(&current.file.sha256)?;
        }
    }
    Ok(())
}

/// Takes out those of which the ledger says something else now.
pub(super) async fn ledger_agrees(
    channel: &Channel,
    standing: &mut BTreeMap<NaiveDate, Day>,
    ledger: &mut Ledger,
    answers: &mut Answers,
) -> Result<()> {
    let dates: Vec<NaiveDate> = standing.keys().copied().collect();
    for date in dates {
        let now = fingerprint(channel, date, ledger, answers).await?;
        if standing
            .get(&date)
            .is_some_and(|day| day.fingerprint != now)
        {
            standing.remove(&date);
        }
    }
    Ok(())
}
