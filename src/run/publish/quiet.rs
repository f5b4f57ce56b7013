//! Mails without a result: every channel of a report failed, or a whole week was quiet.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use chrono::{Days, NaiveDate};

use super::input::title_of;
use super::knowledge::Stated;
use super::subscription::{QUIET_DAYS, heartbeat_at};
use super::{Desk, Post, Published};
use crate::config::{Channel, Subscription};
use crate::domain::outcome::{CountAmount, DateState};
use crate::domain::record::Record;
use crate::domain::statement::{
    ChannelStatement, Concern, FailureNews, Statement, Telling, ToldBy, ToldDate, failures_told,
};
use crate::domain::time::{dates, previous};
use crate::report::note::{Failures, Note, Quiet, all_quiet, not_reconciled};
use crate::run::notice::for_finance;
use crate::run::{Mailing, Period, coverage};
use crate::store::{Commit, FileState};

impl Desk<'_> {
    /// Where every channel of a report failed: once a day for the same failure.
    pub(super) fn not_reconciled(
        &self,
        subscription: &Subscription,
        record: &str,
        stated: &Stated<'_>,
        commit: &mut Commit,
        published: &mut Published,
    ) -> Result<()> {
        let nobody = self.facts.config.reports.is_empty() || self.facts.config.mail.is_none();
        if self.facts.request.mailing == Mailing::Never || nobody {
            return Ok(());
        }
        let own = self.facts.run.failed.iter();
        let own = own.filter(|one| subscription.channels.contains(&one.channel));
        let channels: Vec<(&str, String)> = own
            .map(|one| {
                let title = title_of(self.facts.config, &one.channel);
                (title, for_finance(&one.error, self.facts.config))
            })
            .collect();
        let (from, to) = self.period();
        let mut seed = vec![format!("{from} {to}")];
        for (channel, reason) in &channels {
            seed.push(format!("{channel} {reason}"));
        }
        let failures = Failures {
            run_id: &self.facts.run.id,
            from,
            to,
            channels,
        };
        let note = not_reconciled(&failures, &self.voice(subscription));
        let period = match from == to {
            true => from.to_string(),
            false => format!("{from}_{to}"),
        };
        let mut post = self.post(subscription, &note, &format!("failed_{period}"), &seed)?;
        post.not_before = self.not_before(subscription);
        let message_id = format!("{}@rekon", post.seed);
        self.queue(subscription, post, commit, published)?;
        let told = failures_told(&stated.statement, &stated.known());
        let tellings = told.into_iter().chain(self.failed_dates(&stated.statement));
        let tellings = tellings.collect();
        self.record(record, stated, &message_id, tellings, commit);
        Ok(())
    }

    /// The dates of which readers are told that there is no result: the report that follows is sent
    /// in the same thread, and is sent even where all is well.
    pub(super) fn failed_dates(&self, statement: &Statement) -> Vec<Telling> {
        let (from, to) = self.period();
        let fails =
            |one: &&ChannelStatement| matches!(one.failure, FailureNews::New | FailureNews::Still);
        let failed = statement.channels.iter().filter(fails);
        let told = |channel: &str, date| Telling::Date {
            channel: channel.to_owned(),
            date,
            told: ToldDate {
                revision: 0,
                concern: Concern::Wrong,
                by: ToldBy::Mail,
            },
        };
        failed
            .flat_map(|one| dates(from, to).map(|date| told(&one.channel, date)))
            .collect()
    }

    /// The dates a channel without a result is asked about: the given ones, or yesterday.
    fn period(&self) -> (NaiveDate, NaiveDate) {
        match self.facts.request.period {
            Period::Dates { from, to } => (from, to),
            Period::CatchUp => {
                let as_of = self
                    .facts
                    .request
                    .as_of
                    .with_timezone(&self.facts.config.zone);
                let yesterday = previous(as_of.date_naive());
                (yesterday, yesterday)
            }
        }
    }

    /// A sign of life to readers who have heard nothing for a week. Only the run that looked at
    /// everything can say that everything is quiet.
    pub(super) async fn heartbeat(
        &self,
        subscription: &Subscription,
        commit: &mut Commit,
        published: &mut Published,
    ) -> Result<()> {
        let whole = self.facts.request.period == Period::CatchUp
            && self.facts.request.channels.is_empty()
            && self.facts.run.failed.is_empty()
            && self.facts.request.mailing != Mailing::Never;
        if !whole || subscription.heartbeat.is_none() {
            return Ok(());
        }
        let silent = self.facts.store.silent_since(&subscription.name).await?;
        let zone = self.facts.config.zone;
        let at = heartbeat_at(subscription, zone, self.now, silent);
        let (Some(since), Some(at)) = (silent, at) else {
            return Ok(());
        };
        let yesterday = previous(self.now.with_timezone(&zone).date_naive());
        let from = yesterday
            .checked_sub_days(Days::new(QUIET_DAYS as u64 - 1))
            .unwrap_or(yesterday);
        let mut quiet = Quiet {
            run_id: &self.facts.run.id,
            from,
            to: yesterday,
            since,
            clean: 0,
            not_clean: Vec::new(),
            open: CountAmount::default(),
            last_file: None,
            next: None,
        };
        let mut told: BTreeMap<NaiveDate, BTreeSet<&str>> = BTreeMap::new();
        let channels = self.facts.config.channels.iter();
        for channel in channels.filter(|one| subscription.channels.contains(&one.name)) {
            self.look_back(channel, &mut quiet, &mut told).await?;
        }
        let unclean: BTreeSet<NaiveDate> = quiet.not_clean.iter().map(|one| one.1).collect();
        let clean = told.keys().filter(|date| !unclean.contains(date));
        quiet.clean = clean.count() as u64;
        let note = all_quiet(&quiet, &self.voice(subscription));
        let today = self.now.with_timezone(&zone).date_naive();
        let seed = [format!("quiet {today}")];
        let mut post = self.post(subscription, &note, &format!("quiet_{today}"), &seed)?;
        post.not_before = at;
        self.queue(subscription, post, commit, published)
    }

    /// One channel's week, as this run leaves it.
    async fn look_back<'a>(
        &'a self,
        channel: &'a Channel,
        quiet: &mut Quiet<'a>,
        told: &mut BTreeMap<NaiveDate, BTreeSet<&'a str>>,
    ) -> Result<()> {
        for date in dates(quiet.from, quiet.to) {
            let judged = self.facts.run.judged.iter().find(|judged| {
                judged.outcome.channel == channel.name && judged.outcome.business_date == date
            });
            let stored = match judged {
                Some(_) => None,
                None => self.facts.store.last_totals(&channel.name, date).await?,
            };
            let outcome = judged
                .map(|judged| judged.outcome.as_ref())
                .or(stored.as_ref().map(|stored| &stored.outcome));
            match outcome {
                Some(one)
                    if one.state == DateState::Complete
                        && !one.has_breaks()
                        && !one.has_rejected_rows() =>
                {
                    told.entry(date).or_default().insert(&channel.name);
                }
                Some(one) if one.state == DateState::NotExpected => {}
                Some(_) => quiet.not_clean.push((&channel.title, date)),
                None => {}
            }
        }
        let judged = self.facts.run.judged.iter();
        let mut judged = judged.filter(|judged| judged.outcome.channel == channel.name);
        match judged.next() {
            Some(judged) => {
                for item in judged.anew.items.iter().filter(|item| item.is_open()) {
                    quiet.open.add(item.value);
                }
            }
            None => {
                for one in self.facts.store.open_items(&channel.name).await? {
                    quiet.open.add(one.item.value);
                }
            }
        }
        let files = self.facts.store.files(&channel.name).await?;
        let counted = files.iter().filter(|one| one.state == FileState::Counted);
        if let Some(last) = counted.max_by_key(|file| file.received_at) {
            let newer = quiet
                .last_file
                .as_ref()
                .is_none_or(|(_, at)| *at < last.received_at);
            if newer {
                quiet.last_file = Some((last.name.clone(), last.received_at));
            }
        }
        let ahead = quiet.to.iter_days().take(AHEAD);
        let expected = ahead
            .filter(|date| channel.calendar.expects(*date))
            .map(|date| (date, coverage::due(channel, date)))
            .find(|(_, due)| *due > self.facts.request.as_of);
        if let Some((date, due)) = expected
            && quiet.next.is_none_or(|(_, _, before)| due < before)
        {
            quiet.next = Some((&channel.title, date, due));
        }
        Ok(())
    }

    fn post(
        &self,
        subscription: &Subscription,
        note: &Note,
        what: &str,
        seed: &[String],
    ) -> Result<Post> {
        let mut record = Record::of("note");
        record.text(&subscription.name).list(subscription.to.len());
        for reader in subscription.to.iter().chain(seed) {
            record.text(reader);
        }
        record.date(self.now.with_timezone(&self.facts.config.zone).date_naive());
        let seed = record.digest(16);
        Ok(Post {
            subject: note.subject.clone(),
            text: note.text(),
            html: note.html()?,
            attachments: Vec::new(),
            base: format!("{}_{what}_{}", subscription.name, &seed[..6]),
            seed,
            references: Vec::new(),
            not_before: self.now,
        })
    }
}

/// Dates that are looked at for the next file; no provider rests longer.
const AHEAD: usize = 40;
