//! Mails without a result: every channel of a report failed, or a whole week was quiet.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use chrono::{Days, NaiveDate};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::subscription::{QUIET_DAYS, heartbeat_at, not_before};
use super::{Desk, Post, Published};
use crate::config::{Channel, Subscription};
use crate::domain::outcome::{CountAmount, DateState};
use crate::domain::time::{dates, previous};
use crate::report::note::{Failures, Note, Quiet, all_quiet, not_reconciled};
use crate::run::notice::first_line;
use crate::run::{Mailing, Period, coverage};
use crate::store::{Commit, FileState, ItemState, Told, Tone};

impl Desk<'_> {
    /// Where every channel of a report failed: once a day for the same failure.
    pub(super) fn not_reconciled(
        &self,
        subscription: &Subscription,
        commit: &mut Commit,
        published: &mut Published,
    ) -> Result<()> {
        let nobody = self.config.reports.is_empty() || self.config.mail.is_none();
        if self.request.mailing == Mailing::Never || nobody {
            return Ok(());
        }
        let own = self.run.failed.iter();
        let own = own.filter(|one| subscription.channels.contains(&one.channel));
        // Hints are for those who sit at the command line.
        let channels: Vec<(&str, String)> = own
            .map(|one| {
                let reason = first_line(&format!("{:#}", one.error));
                (one.channel.as_str(), reason)
            })
            .collect();
        let (from, to) = self.period();
        let mut seed = vec![format!("{from} {to}")];
        for (channel, reason) in &channels {
            seed.push(format!("{channel} {reason}"));
        }
        let failures = Failures {
            run_id: &self.run.id,
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
        post.not_before = not_before(
            subscription,
            self.request.mailing,
            self.config.zone,
            self.now,
        );
        self.told_failed(subscription, &format!("{}@rekon", post.seed), commit);
        self.queue(subscription, post, commit, published)
    }

    /// The report that follows hangs under the mail that said a channel failed, and is sent even
    /// where all is well.
    pub(super) fn told_failed(
        &self,
        subscription: &Subscription,
        message_id: &str,
        commit: &mut Commit,
    ) {
        let (from, to) = self.period();
        let own = self.run.failed.iter();
        for failed in own.filter(|one| subscription.channels.contains(&one.channel)) {
            commit.told_dates.extend(dates(from, to).map(|date| Told {
                report: subscription.name.clone(),
                channel: failed.channel.clone(),
                date,
                revision: 0,
                tone: Tone::Wrong,
                message_id: message_id.to_owned(),
                at: self.now,
            }));
        }
    }

    /// The dates a channel without a result is asked about: the given ones, or yesterday.
    fn period(&self) -> (NaiveDate, NaiveDate) {
        match self.request.period {
            Period::Dates { from, to } => (from, to),
            Period::CatchUp => {
                let as_of = self.request.as_of.with_timezone(&self.config.zone);
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
        let whole = self.request.period == Period::CatchUp
            && self.request.channels.is_empty()
            && self.run.failed.is_empty()
            && self.request.mailing != Mailing::Never;
        if !whole || subscription.heartbeat.is_none() {
            return Ok(());
        }
        let silent = self.store.silent_since(&subscription.name).await?;
        let zone = self.config.zone;
        let at = heartbeat_at(subscription, zone, self.now, silent);
        let (Some(since), Some(at)) = (silent, at) else {
            return Ok(());
        };
        let yesterday = previous(self.now.with_timezone(&zone).date_naive());
        let from = yesterday
            .checked_sub_days(Days::new(QUIET_DAYS as u64 - 1))
            .unwrap_or(yesterday);
        let mut quiet = Quiet {
            run_id: &self.run.id,
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
        let channels = self.config.channels.iter();
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
            let judged = self.run.judged.iter().find(|judged| {
                judged.outcome.channel == channel.name && judged.outcome.business_date == date
            });
            let stored = match judged {
                Some(_) => None,
                None => self.store.last_result(&channel.name, date).await?,
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
                Some(_) => quiet.not_clean.push((&channel.name, date)),
                None => {}
            }
        }
        let judged = self.run.judged.iter();
        let mut judged = judged.filter(|judged| judged.outcome.channel == channel.name);
        match judged.next() {
            Some(judged) => {
                for item in judged.items.iter().filter(|item| item.is_open()) {
                    quiet.open.add(item.value);
                }
            }
            None => {
                let items = self.store.items(Some(&channel.name)).await?;
                for one in items.iter().filter(|one| one.state == ItemState::Open) {
                    quiet.open.add(one.item.value);
                }
            }
        }
        let files = self.store.files(&channel.name).await?;
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
            .find(|(_, due)| *due > self.request.as_of);
        if let Some((date, due)) = expected
            && quiet.next.is_none_or(|(_, _, before)| due < before)
        {
            quiet.next = Some((&channel.name, date, due));
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
        let mut digest = Sha256::new();
        digest.update(format!("{} {:?}", subscription.name, subscription.to));
        for part in seed {
            digest.update(part);
            digest.update([0]);
        }
        let today = self.now.with_timezone(&self.config.zone).date_naive();
        digest.update(format!("{today}"));
        let seed = HEXLOWER.encode(&digest.finalize()[..16]);
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
