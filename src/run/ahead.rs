//! The ledger is read while a large report is taken in: the snapshot that the run judges in is opened
//! then, and answers what the run will most likely ask. Whatever goes wrong here is left to the
//! judging, which asks again and says so.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use anyhow::Result;
use chrono::NaiveDate;

use super::reconcile::ledger_spec;
use super::{Period, Request, open_ledger, plan};
use crate::config::{Channel, Config};
use crate::domain::outcome::DateState;
use crate::domain::time::dates;
use crate::ledger::{Keep, Ledger, Reading, Spec};
use crate::store::Store;

/// Entries that are held for the judging, over all channels; beyond it, it reads them itself.
const ENTRY_BYTES: usize = 256 << 20;

/// What is known of the ledger before anything is judged, all of it of one snapshot.
pub struct Ahead<'c> {
    config: &'c Config,
    request: &'c Request,
    ledger: Door,
    answers: Answers,
    /// Channels whose dates were asked for.
    asked: BTreeSet<String>,
}

enum Door {
    Closed,
    Open(Ledger),
    /// It did not open, broke off, or would hold up those who write to it: the judging opens it.
    Left,
}

/// Answers by channel and date.
#[derive(Default)]
pub struct Answers {
    readings: BTreeMap<(String, NaiveDate), Reading>,
    fingerprints: BTreeMap<(String, NaiveDate), String>,
}

impl Answers {
    /// The entries of a date, once.
    pub fn reading(&mut self, channel: &str, date: NaiveDate) -> Option<Reading> {
        self.readings.remove(&(channel.to_owned(), date))
    }

    pub fn fingerprint(&self, channel: &str, date: NaiveDate) -> Option<String> {
        let at = (channel.to_owned(), date);
        let read = || Some(self.readings.get(&at)?.fingerprint().to_string());
        self.fingerprints.get(&at).cloned().or_else(read)
    }

    /// What was asked beside.
    pub fn remember(&mut self, channel: &str, date: NaiveDate, fingerprint: String) {
        self.fingerprints
            .insert((channel.to_owned(), date), fingerprint);
    }

    fn bytes(&self) -> usize {
        let sets = self.readings.values();
        sets.map(|reading| reading.entries.bytes()).sum()
    }
}

impl<'c> Ahead<'c> {
    pub fn new(config: &'c Config, request: &'c Request) -> Ahead<'c> {
        Ahead {
            config,
            request,
            ledger: Door::Closed,
            answers: Answers::default(),
            asked: BTreeSet::new(),
        }
    }

    /// The snapshot, if one is open, and what it answered.
    pub fn into_parts(self) -> (Option<Ledger>, Answers) {
        match self.ledger {
            Door::Open(ledger) => (Some(ledger), self.answers),
            Door::Closed | Door::Left => (None, Answers::default()),
        }
    }

    /// Asks what a run will want to know of a channel, date after date, until `done`.
    pub async fn advance(&mut self, channel: &Channel, store: &Store, done: impl Fn() -> bool) {
        if matches!(self.ledger, Door::Left) || !self.asked.insert(channel.name.clone()) {
            return;
        }
        if let Err(error) = self.ask(channel, store, done).await {
            tracing::info!(channel = channel.name, %error, "the ledger was not read ahead");
            self.ledger = Door::Left;
            self.answers = Answers::default();
        }
    }

    async fn ask(
        &mut self,
        channel: &Channel,
        store: &Store,
        done: impl Fn() -> bool,
    ) -> Result<()> {
        if matches!(self.ledger, Door::Closed) {
            let mut ledger = open_ledger(self.config).await?;
            self.ledger = match ledger.holds_up_writers() {
                true => Door::Left,
                false => Door::Open(ledger),
            };
        }
        let Door::Open(ledger) = &mut self.ledger else {
            return Ok(());
        };
        let judged: RangeInclusive<NaiveDate> = plan::expected(channel, self.request, self.config);
        let days = channel.rules.days;
        let at = |date| (channel.name.clone(), date);
        let records = store.date_records(&channel.name).await?;
        let first = match self.request.period {
            Period::CatchUp => *judged.end(),
            Period::Dates { from, .. } => from,
        };
        // One that was judged may stand, whatever was asked for: its rows are not needed then.
        let stands = |date| {
            let record = records.get(&date);
            record.is_some_and(|record| record.state == DateState::Complete)
        };
        if self.answers.bytes() < ENTRY_BYTES && !stands(first) {
            let (from, to) = days.span(first);
            let reading = ledger.read(&ledger_spec(channel), from, to).await?;
            self.answers.readings.insert(at(first), reading);
        }
        let spec = Spec {
            keep: Keep::Fingerprint,
            ..ledger_spec(channel)
        };
        for date in dates(*judged.start(), *judged.end()) {
            if done() {
                break;
            }
            if !records.contains_key(&date) || self.answers.readings.contains_key(&at(date)) {
                continue;
            }
            let (from, to) = days.span(date);
            let read = ledger.read(&spec, from, to).await?;
            let fingerprint = read.fingerprint().to_string();
            self.answers.fingerprints.insert(at(date), fingerprint);
        }
        tracing::info!(
            channel = channel.name,
            dates = self.answers.fingerprints.len(),
            "the ledger was read while a report was"
        );
        Ok(())
    }
}
