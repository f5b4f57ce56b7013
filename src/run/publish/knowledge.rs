//! What is known of the readers' channels after a run, gathered as values, so that a statement can
//! be made of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use anyhow::{Context, Result};
use chrono::NaiveDate;

use super::input::{refused, refused_since, rejected_line};
use crate::archive::Archive;
use crate::config::{Channel, Config, Subscription};
use crate::domain::outcome::{DateState, Item, Outcome};
use crate::domain::record::facts_of;
use crate::domain::statement::{
    ChannelStatement, Concern, DateNews, JudgedNow, Known, KnownDate, LastTold, News, StatedDate,
    Statement, StatementSummary, Telling, ToldBy, ToldDate, statement,
};
use crate::report::input::{Change, DayInput, Payout, RejectedLine};
use crate::run::collect::Intake;
use crate::run::notice::first_line;
use crate::run::payouts::payout;
use crate::run::reconcile::{Comparison, Judged};
use crate::run::revisions::{Concluded, change_told};
use crate::run::{Request, Run, held_mails};
use crate::store::{Book, FileRecord, ItemState, Store, StoredItem};

/// What every report of a run is made from.
#[derive(Clone, Copy)]
pub struct Facts<'a> {
    pub config: &'a Config,
    pub request: &'a Request,
    pub store: &'a Store,
    pub archive: &'a Archive,
    pub run: &'a Run,
}

/// One channel as it is known after the run.
pub(super) struct ChannelNow<'a> {
    pub(super) channel: &'a Channel,
    pub(super) judged: Vec<&'a Judged>,
    /// Those that are open, that the run looked at, or that were closed or cleared since somebody was told
    /// of them; people's acts included.
    pub(super) items: Arc<Vec<Item>>,
    /// What is stored of them.
    before: Option<Arc<Book>>,
    beside: Vec<StoredItem>,
    pub(super) files: Vec<FileRecord>,
    /// The newest revision of each date that has a result.
    revisions: BTreeMap<NaiveDate, u32>,
    refused: Vec<i64>,
    held: Vec<i64>,
    failure: Option<String>,
}

/// What the readers of one report have to hear, and what it is made from.
pub(super) struct Stated<'a> {
    pub(super) last: LastTold,
    pub(super) statement: Statement,
    /// Beside the channels of the statement.
    pub(super) channels: Vec<StatedChannel<'a>>,
}

pub(super) struct StatedChannel<'a> {
    pub(super) now: &'a ChannelNow<'a>,
    dates: BTreeMap<NaiveDate, KnownDate>,
    /// Results of dates that this run did not judge.
    stored: BTreeMap<NaiveDate, Arc<Outcome>>,
    /// What was told as open and is no more, as it last stood.
    pub(super) cleared: Vec<Item>,
    /// Dates with a result that readers who were never told anything need not hear of.
    beyond: BTreeMap<NaiveDate, u32>,
}

impl<'a> Facts<'a> {
    /// The channels of these names, as they are known now.
    /// `records` name what readers were told before.
    pub(super) async fn channels(
        &self,
        names: &BTreeSet<&str>,
        records: &[&str],
    ) -> Result<Vec<ChannelNow<'a>>> {
        // Who was never told anything begins with what is open.
        let mut heard: Vec<BTreeMap<String, i64>> = Vec::new();
        for record in records {
            heard.extend(self.store.heard(record).await?);
        }
        let held = held_mails(self.config, self.request, self.store, self.run).await?;
        let since = refused_since(self.config, self.request, self.run);
        let today = self
            .run
            .started
            .with_timezone(&self.config.zone)
            .date_naive();
        let mut known = Vec::new();
        let channels = self.config.channels.iter();
        for channel in channels.filter(|one| names.contains(one.name.as_str())) {
            let name = &channel.name;
            let judged = self.run.judged.iter();
            let judged: Vec<&Judged> = judged.filter(|one| one.outcome.channel == *name).collect();
            let before = judged.first().map(|judged| judged.anew.before.clone());
            // Who hears of a channel for the first time need not hear what was closed long ago.
            let heard = heard.iter().map(|heard| {
                let own = heard.get(name).or_else(|| heard.values().max());
                own.copied().unwrap_or(0)
            });
            let heard = heard.min().unwrap_or(i64::MAX);
            let mut beside = match &before {
                Some(_) => self.store.settled_since(name, heard).await?,
                None => self.store.standing_items(name, heard).await?,
            };
            if let Some(before) = &before {
                beside.retain(|one| !before.has(&one.item.id));
            }
            let here = beside.iter().filter(|one| !one.is_gone());
            let here = here.map(|one| one.item.clone());
            let items = match judged.first() {
                Some(judged) if beside.is_empty() => judged.anew.items.clone(),
                Some(judged) => Arc::new(judged.anew.items.iter().cloned().chain(here).collect()),
                None => Arc::new(here.collect()),
            };
            let mut revisions = self.store.last_revisions(name).await?;
            revisions.extend(
                judged
                    .iter()
                    .map(|one| (one.outcome.business_date, one.comparison.revision())),
            );
            let files = self.store.files(name).await?;
            let failed = self.run.failed.iter().find(|one| one.channel == *name);
            known.push(ChannelNow {
                refused: refused(&files, since).iter().map(|file| file.id).collect(),
                held: held
                    .iter()
                    .filter(|mail| mail.channels.contains(name))
                    .map(|mail| mail.id)
                    .collect(),
                // The same failure on another day is news.
                failure: failed
                    .map(|one| format!("{today} {}", first_line(&format!("{:#}", one.error)))),
                channel,
                judged,
                items,
                before,
                beside,
                files,
                revisions,
            });
        }
        Ok(known)
    }

    /// What these readers have to hear. `record` names what they were told before.
    pub(super) async fn state<'n>(
        &self,
        record: &str,
        subscription: &Subscription,
        now: &'n [ChannelNow<'n>],
    ) -> Result<Stated<'n>> {
        let own = now.iter();
        let own = own.filter(|one| subscription.channels.contains(&one.channel.name));
        let own: Vec<&ChannelNow<'_>> = own.collect();
        let settled: Vec<&str> = own.iter().flat_map(|one| one.settled()).collect();
        let names: Vec<&str> = own.iter().map(|one| one.channel.name.as_str()).collect();
        let last = self.store.last_told(record, &names, &settled).await?;
        let mut channels = Vec::new();
        for one in own {
            channels.push(self.state_channel(one, &last).await?);
        }
        let known: Vec<Known<'_>> = channels.iter().map(StatedChannel::known).collect();
        let statement = statement(&last, &known);
        for (channel, stated) in channels.iter_mut().zip(&statement.channels) {
            let matched = channel.now.items.iter();
            let mut cleared: Vec<Item> = matched
                .filter(|item| stated.cleared.contains(&item.id))
                .cloned()
                .collect();
            let here: BTreeSet<&String> = cleared.iter().map(|item| &item.id).collect();
            let gone: BTreeSet<&str> = stated
                .cleared
                .iter()
                .filter(|id| !here.contains(id))
                .map(String::as_str)
                .collect();
            if !gone.is_empty() {
                let gone: Vec<String> = gone.into_iter().map(str::to_owned).collect();
                let stored = self.store.items_of_ids(&gone).await?;
                cleared.extend(stored.into_iter().map(|one| one.item));
            }
            channel.cleared = cleared;
        }
        Ok(Stated {
            last,
            statement,
            channels,
        })
    }

    async fn state_channel<'n>(
        &self,
        now: &'n ChannelNow<'n>,
        last: &LastTold,
    ) -> Result<StatedChannel<'n>> {
        let name = &now.channel.name;
        let told = last.channels.get(name);
        let today = now.channel.rules.days.date_of(self.request.as_of);
        let window = today - self.config.catch_up;
        let mut dates = BTreeMap::new();
        let mut stored = BTreeMap::new();
        let mut beyond = BTreeMap::new();
        for judged in &now.judged {
            let known = known_date(
                judged.comparison.revision(),
                &judged.outcome,
                JudgedNow::Yes,
            );
            dates.insert(judged.outcome.business_date, known);
        }
        for (date, revision) in &now.revisions {
            let told = told.and_then(|told| told.dates.get(date));
            if dates.contains_key(date) || told.is_some_and(|told| told.revision == *revision) {
                continue;
            }
            if last.count == 0 && *date < window {
                beyond.insert(*date, *revision);
                continue;
            }
            let result = self.store.last_result(name, *date).await?;
            let result = result.with_context(|| format!("state: no result of {name} {date}"))?;
            let outcome = Arc::new(result.outcome);
            dates.insert(*date, known_date(*revision, &outcome, JudgedNow::No));
            stored.insert(*date, outcome);
        }
        Ok(StatedChannel {
            now,
            dates,
            stored,
            cleared: Vec::new(),
            beyond,
        })
    }

    /// What the report says of each date of a channel, beside the rows that were rejected and what
    /// its files pay out.
    pub(super) async fn days(
        &self,
        channel: &StatedChannel<'_>,
        dates: &[StatedDate],
    ) -> Result<(Vec<DayInput>, Vec<RejectedLine>, Vec<Payout>)> {
        let mut days = Vec::new();
        let mut rejected = Vec::new();
        let mut payouts: Vec<Payout> = Vec::new();
        for stated in dates {
            let judged = channel.now.judged.iter();
            let judged = judged
                .copied()
                .find(|one| one.outcome.business_date == stated.date);
            let (outcome, paid) = match (judged, channel.stored.get(&stated.date)) {
                (Some(judged), _) => {
                    let lines = judged.rejected.iter();
                    let of =
                        |(file, row): &(String, _)| rejected_line(channel.now.channel, file, row);
                    rejected.extend(lines.map(of));
                    let paid = match &judged.payouts {
                        Some(paid) => paid.clone(),
                        None => self.payouts(channel, &judged.outcome)?,
                    };
                    (judged.outcome.clone(), paid)
                }
                (None, Some(outcome)) => {
                    rejected.extend(self.rejected(channel, outcome).await?);
                    (outcome.clone(), self.payouts(channel, outcome)?)
                }
                (None, None) => continue,
            };
            for one in paid {
                // A file that covers several dates pays out once.
                if !payouts.iter().any(|known| known.sha256 == one.sha256) {
                    payouts.push(one);
                }
            }
            days.push(DayInput {
                change: self.change(channel.now, judged, &outcome, stated).await?,
                revision: stated.known.revision,
                outcome,
            });
        }
        Ok((days, rejected, payouts))
    }

    async fn rejected(
        &self,
        channel: &StatedChannel<'_>,
        outcome: &Outcome,
    ) -> Result<Vec<RejectedLine>> {
        let mut lines = Vec::new();
        for file in outcome.files.iter().filter(|file| file.rejected > 0) {
            let rows = self.store.rejected_rows(file.id).await?;
            let own = rows
                .iter()
                .filter(|row| row.business_date == outcome.business_date);
            lines.extend(own.map(|row| rejected_line(channel.now.channel, &file.name, row)));
        }
        Ok(lines)
    }

    /// Of a date that was judged before: files that cannot be read any more are named elsewhere.
    fn payouts(&self, channel: &StatedChannel<'_>, outcome: &Outcome) -> Result<Vec<Payout>> {
        let mut found = Vec::new();
        if !channel.now.channel.profile.says_net() {
            return Ok(found);
        }
        let mut intake = Intake::new(self.store, self.archive, self.run.started);
        for file in &outcome.files {
            let record = channel.now.files.iter().find(|one| one.id == file.id);
            let Some(record) = record else { continue };
            if let Ok(Ok(read)) = intake.rows(channel.now.channel, record) {
                found.extend(payout(channel.now.channel, record, &read));
            }
        }
        Ok(found)
    }

    /// How a result stands to the one that the readers know.
    async fn change(
        &self,
        now: &ChannelNow<'_>,
        judged: Option<&Judged>,
        outcome: &Outcome,
        stated: &StatedDate,
    ) -> Result<Change> {
        let told = match stated.news {
            DateNews::First => return Ok(Change::First),
            DateNews::Unchanged => return Ok(Change::Unchanged),
            DateNews::Superseding { told } => told,
        };
        if let Some(Comparison::Changed {
            revision, change, ..
        }) = judged.map(|judged| &judged.comparison)
            && *revision == told
        {
            return Ok(Change::Supersedes {
                revision: told,
                change: change.clone(),
            });
        }
        let mut intake = Intake::new(self.store, self.archive, self.run.started);
        let current = judged.map(|judged| Concluded {
            outcome: &judged.outcome,
            knowledge: &judged.record.knowledge,
            ledger_fingerprint: &judged.record.ledger_fingerprint,
        });
        let change = change_told(
            now.channel,
            outcome.business_date,
            told,
            current,
            &mut intake,
        );
        Ok(match change.await? {
            Some(change) => Change::Supersedes {
                revision: told,
                change: Box::new(change),
            },
            None => Change::First,
        })
    }
}

fn known_date(revision: u32, outcome: &Outcome, judged: JudgedNow) -> KnownDate {
    let open = outcome
        .items
        .iter()
        .any(|item| item.is_open() && item.break_kind().is_some());
    let missing = outcome.state == DateState::Incomplete;
    KnownDate {
        revision,
        concern: match open || missing || outcome.has_rejected_rows() {
            true => Concern::Wrong,
            false => Concern::Clean,
        },
        judged,
    }
}

impl ChannelNow<'_> {
    /// Ids of items that are stored and open no more, or gone.
    fn settled(&self) -> impl Iterator<Item = &str> {
        let before = self.before.iter().flat_map(|before| before.settled());
        let beside = self
            .beside
            .iter()
            .filter(|one| one.state != ItemState::Open);
        before.chain(beside.map(|one| one.item.id.as_str()))
    }

    /// What is stored of its items.
    pub(super) fn stored(&self) -> impl Iterator<Item = &StoredItem> {
        let before = self.before.iter().flat_map(|before| &before.items);
        before.chain(&self.beside)
    }
}

impl StatedChannel<'_> {
    pub(super) fn known(&self) -> Known<'_> {
        Known {
            channel: &self.now.channel.name,
            items: &self.now.items,
            dates: &self.dates,
            files: &self.now.refused,
            mails: &self.now.held,
            failure: self.now.failure.as_deref(),
            facts_of,
        }
    }
}

impl Stated<'_> {
    pub(super) fn known(&self) -> Vec<Known<'_>> {
        self.channels.iter().map(StatedChannel::known).collect()
    }

    /// Whether there is anything to make a report of.
    pub(super) fn says_something(&self) -> bool {
        let says = |one: &ChannelStatement| {
            !one.dates.is_empty()
                || !one.cleared.is_empty()
                || one
                    .news()
                    .any(|news| news.is_fresh() || news == News::Closed)
        };
        self.statement.channels.iter().any(says)
    }

    /// Dates that readers who are told for the first time need not hear of.
    pub(super) fn beyond(&self) -> impl Iterator<Item = Telling> + '_ {
        self.channels.iter().flat_map(|one| {
            one.beyond.iter().map(|(date, revision)| Telling::Date {
                channel: one.now.channel.name.clone(),
                date: *date,
                told: ToldDate {
                    revision: *revision,
                    concern: Concern::Clean,
                    by: ToldBy::PassedOver,
                },
            })
        })
    }

    /// As programs read it.
    pub(super) fn summary(&self) -> StatementSummary {
        let mut summary = StatementSummary::default();
        for (channel, stated) in self.channels.iter().zip(&self.statement.channels) {
            for (item, news) in channel.now.items.iter().zip(&stated.breaks) {
                if let Some(news) = news {
                    summary.add(item, *news);
                }
            }
            let cleared = channel.cleared.iter().map(|item| item.id.clone());
            summary.cleared.extend(cleared);
        }
        summary
    }
}
