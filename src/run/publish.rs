//! Publishing: results → one view per subscription → pages, workbooks and mails as bytes, and the
//! one commit that stores results, items and outbox together.

mod input;
mod quiet;
mod rendered;
mod subscription;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use anyhow::Result;
use chrono::{DateTime, Utc};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::reconcile::{Comparison, Judged};
use super::templates::{self, Loaded};
use super::{Mailing, Request, Run, chosen, held_mails};
use crate::archive::Archive;
use crate::config::{Config, Subscription, When};
use crate::domain::outcome::DateState;
use crate::mail::{self, Enclosure, Letter};
use crate::report::input::{ChannelFacts, ReportInput};
use crate::report::labels::{Label, Language};
use crate::report::template::MAIL;
use crate::report::view::{ReportView, Voice, view};
use crate::report::{html, json};
use crate::store::{Commit, DateCommit, Delivery, NewRevision, Quarantined, Store, Told, Tone};

pub use input::{channel_facts, refused, refused_file, refused_since};

use rendered::Press;
use subscription::{News, Standing};

/// What a run wrote for people.
#[derive(Clone, Debug, Default)]
pub struct Published {
    /// Pages, workbooks and tables.
    pub files: Vec<PathBuf>,
    /// Mails queued, by report.
    pub queued: Vec<String>,
}

/// What every mail of a run is written with.
struct Desk<'a> {
    config: &'a Config,
    request: &'a Request,
    now: DateTime<Utc>,
    store: &'a Store,
    archive: &'a Archive,
    run: &'a Run,
    templates: Loaded,
}

/// A mail to the readers of one report, before it has a sender and a date.
struct Post {
    subject: String,
    text: String,
    html: String,
    attachments: Vec<Enclosure>,
    /// Names the mail: queuing it twice sends once.
    seed: String,
    /// What a directory transport names the file, without its ending.
    base: String,
    references: Vec<String>,
    not_before: DateTime<Utc>,
}

/// Renders what changed and prepares the commit; nothing is stored here but bytes under their hash.
pub async fn publish(
    config: &Config,
    request: &Request,
    now: DateTime<Utc>,
    store: &Store,
    archive: &Archive,
    run: &Run,
) -> Result<(Commit, Option<Published>)> {
    let desk = Desk {
        config,
        request,
        now,
        store,
        archive,
        run,
        templates: templates::load(config),
    };
    let mut commit = conclusions(request, now, run);
    let mut published = Published::default();
    let untold = desk.untold().await?;
    let usual = everything(config);
    let subscriptions: Vec<&Subscription> = if config.reports.is_empty() {
        vec![&usual]
    } else {
        config.reports.iter().collect()
    };
    let mut informed = BTreeSet::new();
    for subscription in &subscriptions {
        let queued = desk.report(subscription, &untold, &mut commit, &mut published);
        if queued.await? == Informed::OfAll {
            informed.insert(subscription.name.as_str());
        }
    }
    untold.tell(&subscriptions, &informed, &mut commit);
    let wrote = !published.files.is_empty() || !published.queued.is_empty();
    Ok((commit, wrote.then_some(published)))
}

/// What came in beside the results and no report has told of yet, also of earlier runs that ended
/// before they could tell.
struct Untold {
    files: Vec<(String, i64)>,
    mails: Vec<Quarantined>,
}

/// Whether the readers of a report hear of what came in beside the results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Informed {
    OfAll,
    No,
}

impl Untold {
    /// Told is what every report that is concerned tells of: one of several readers is not all.
    fn tell(&self, all: &[&Subscription], informed: &BTreeSet<&str>, commit: &mut Commit) {
        let told = |channels: &[String]| {
            let mut concerned = all
                .iter()
                .filter(|one| channels.iter().any(|name| one.channels.contains(name)))
                .peekable();
            concerned.peek().is_some() && concerned.all(|one| informed.contains(&*one.name))
        };
        let files = self.files.iter();
        let files = files.filter(|(channel, _)| told(std::slice::from_ref(channel)));
        commit.told.extend(files.map(|(_, id)| *id));
        let mails = self.mails.iter().filter(|mail| told(&mail.channels));
        commit.told_mails.extend(mails.map(|mail| mail.id));
    }
}

impl Desk<'_> {
    async fn untold(&self) -> Result<Untold> {
        let mut files = Vec::new();
        for channel in chosen(self.config, &self.request.channels)? {
            let all = self.store.files(&channel.name).await?;
            let since = refused_since(self.config, self.request, self.run);
            let untold = refused(&all, since).into_iter().filter(|file| !file.told);
            files.extend(untold.map(|file| (channel.name.clone(), file.id)));
        }
        let mails = held_mails(self.config, self.request, self.store, self.run).await?;
        Ok(Untold { files, mails })
    }

    async fn report(
        &self,
        subscription: &Subscription,
        untold: &Untold,
        commit: &mut Commit,
        published: &mut Published,
    ) -> Result<Informed> {
        let concerns = |channel: &String| subscription.channels.contains(channel);
        let judged = self.run.judged.iter();
        let own: Vec<&Judged> = judged
            .filter(|judged| concerns(&judged.outcome.channel))
            .collect();
        let files = || untold.files.iter().filter(|(channel, _)| concerns(channel));
        let held = || {
            let mails = untold.mails.iter();
            mails.filter(|mail| mail.channels.iter().any(concerns))
        };
        let failed = self.run.failed.iter().any(|one| concerns(&one.channel));
        let beside = failed || files().next().is_some() || held().any(|mail| !mail.told);
        let news = beside || own.iter().any(|judged| judged.comparison.is_news());
        if own.is_empty() {
            if failed {
                self.not_reconciled(subscription, commit, published)?;
            }
            return Ok(Informed::No);
        }
        if !news && self.request.mailing == Mailing::OnChange {
            self.heartbeat(subscription, commit, published).await?;
            return Ok(Informed::No);
        }

        let input = self.input(subscription, &own).await?;
        let (mut view, templates) = self.templates.dressed(view(&input))?;
        let seed = self.report_seed(subscription, &own, &input);
        let base = format!("{}_{}_{}", subscription.name, period(&own), &seed[..6]);
        let tables = rendered::claims(self.config, subscription, &input, &period(&own))?;
        view.notices
            .extend(tables.iter().map(|table| table.sentence.clone()));
        let beside = match beside || self.request.mailing == Mailing::Always && has_refused(&input)
        {
            true => Tone::Wrong,
            false => Tone::Clean,
        };
        drop(input);
        let results =
            serde_json::to_vec_pretty(&results_json(self.config, self.request, self.run, &own))?;
        let press = Press {
            config: self.config,
            templates: &templates,
            now: self.now,
        };
        let papers = rendered::write(&press, &view, &results, &tables, &base)?;
        published
            .files
            .extend(papers.iter().map(|paper| paper.path.clone()));

        let told = self.told(subscription, &own).await?;
        let standings = self.standings(subscription, &own, &told).await?;
        let wanted =
            subscription::wanted(subscription.when, self.request.mailing, &standings, beside);
        let Some(outgoing) = &self.config.mail else {
            return Ok(Informed::OfAll);
        };
        if self.config.reports.is_empty() {
            return Ok(Informed::OfAll);
        }
        if !wanted {
            self.heartbeat(subscription, commit, published).await?;
            return Ok(Informed::No);
        }
        view.notices
            .extend(last_told(&own, &told, &self.voice(subscription)));
        let limit = outgoing.attachment_limit;
        let (attachments, notices) = rendered::enclose(
            &papers,
            subscription,
            limit,
            &base,
            &self.voice(subscription),
        )?;
        view.notices.extend(notices);
        let results: Vec<_> = own
            .iter()
            .map(|judged| {
                let outcome = &judged.outcome;
                (
                    outcome.channel.as_str(),
                    outcome.business_date,
                    news_of(judged),
                )
            })
            .collect();
        let message_id = format!("{seed}@rekon");
        let mut references = subscription::references(&results, &told);
        references.retain(|id| *id != message_id);
        let post = Post {
            subject: view.subject.clone(),
            text: crate::report::text::mail(&view),
            html: templates::rendered(&templates, MAIL, |one| html::mail(&view, one))?,
            attachments,
            seed,
            base,
            references,
            not_before: subscription::not_before(
                subscription,
                self.request.mailing,
                self.config.zone,
                self.now,
            ),
        };
        self.queue(subscription, post, commit, published)?;
        commit.told_dates.extend(own.iter().map(|judged| Told {
            report: subscription.name.clone(),
            channel: judged.outcome.channel.clone(),
            date: judged.outcome.business_date,
            revision: judged.comparison.revision(),
            tone: tone(judged),
            message_id: message_id.clone(),
            at: self.now,
        }));
        self.told_failed(subscription, &message_id, commit);
        Ok(Informed::OfAll)
    }

    /// The same results to the same readers give the same text: it names the mail, so that queuing
    /// twice sends once. A report that was asked for again is another one.
    fn report_seed(
        &self,
        subscription: &Subscription,
        own: &[&Judged],
        input: &ReportInput,
    ) -> String {
        let mut digest = Sha256::new();
        digest.update(format!("{} {:?}", subscription.name, subscription.to));
        for judged in own {
            let outcome = &judged.outcome;
            digest.update(format!(
                "{} {} {}",
                outcome.channel,
                outcome.business_date,
                judged.comparison.revision()
            ));
            digest.update(&judged.digest);
        }
        for file in input
            .channels
            .iter()
            .flat_map(|channel| &channel.refused_files)
        {
            digest.update(format!("{} {}", file.name, file.reason));
        }
        for mail in input
            .channels
            .iter()
            .flat_map(|channel| &channel.quarantined)
        {
            digest.update(format!("quarantined {}", mail.id));
        }
        let own_failed = |failed: &&super::Failed| subscription.channels.contains(&failed.channel);
        for failed in self.run.failed.iter().filter(own_failed) {
            // The same failure on another day is news.
            let today = self.now.with_timezone(&self.config.zone).date_naive();
            digest.update(format!("{} {today} {:#}", failed.channel, failed.error));
        }
        if self.request.mailing == Mailing::Always {
            digest.update(&self.run.id);
        }
        HEXLOWER.encode(&digest.finalize()[..16])
    }

    fn voice(&self, subscription: &Subscription) -> Voice {
        Voice {
            language: subscription.language,
            zone: self.config.zone,
            as_of: self.request.as_of,
        }
    }

    async fn input(&self, subscription: &Subscription, own: &[&Judged]) -> Result<ReportInput> {
        input::report_input(
            self.config,
            subscription,
            self.request,
            self.store,
            self.run,
            own,
        )
        .await
    }

    /// What the readers were told of these dates.
    async fn told(&self, subscription: &Subscription, own: &[&Judged]) -> Result<Vec<Told>> {
        let dates = || own.iter().map(|judged| judged.outcome.business_date);
        match (dates().min(), dates().max()) {
            (Some(from), Some(to)) => self.store.told(&subscription.name, from, to).await,
            _ => Ok(Vec::new()),
        }
    }

    async fn standings(
        &self,
        subscription: &Subscription,
        own: &[&Judged],
        told: &[Told],
    ) -> Result<Vec<Standing>> {
        let mut channels = BTreeMap::new();
        for channel in &subscription.channels {
            let tone = self.store.last_tone(&subscription.name, channel).await?;
            channels.insert(channel.as_str(), tone);
        }
        let standing = |judged: &&Judged| Standing {
            news: news_of(judged),
            tone: tone(judged),
            told: last_of(told, judged).map(|told| told.tone),
            channel: channels
                .get(judged.outcome.channel.as_str())
                .copied()
                .flatten(),
        };
        Ok(own.iter().map(standing).collect())
    }

    /// Writes the mail and puts it into the commit, once for each recipient.
    fn queue(
        &self,
        subscription: &Subscription,
        post: Post,
        commit: &mut Commit,
        published: &mut Published,
    ) -> Result<()> {
        let Some(outgoing) = &self.config.mail else {
            return Ok(());
        };
        let letter = Letter {
            from: outgoing.from.clone(),
            to: subscription.to.clone(),
            subject: post.subject,
            text: post.text,
            html: post.html,
            attachments: post.attachments,
            message_id: format!("{}@rekon", post.seed),
            date: self.now,
            references: post.references,
        };
        let sha256 = self.archive.keep(&mail::compose(&letter)?)?;
        for recipient in &subscription.to {
            commit.deliveries.push(Delivery {
                id: format!("{} {recipient}", post.seed),
                report: subscription.name.clone(),
                sender: outgoing.from.clone(),
                recipient: recipient.clone(),
                subject: letter.subject.clone(),
                message_id: letter.message_id.clone(),
                file_name: format!("{}.eml", post.base),
                sha256: sha256.clone(),
                not_before: post.not_before,
            });
        }
        published.queued.push(subscription.name.clone());
        Ok(())
    }
}

fn news_of(judged: &Judged) -> News {
    match judged.comparison {
        Comparison::First => News::First,
        Comparison::Unchanged { .. } => News::Unchanged,
        Comparison::Changed { .. } => News::Superseding,
    }
}

fn last_of<'t>(told: &'t [Told], judged: &Judged) -> Option<&'t Told> {
    let outcome = &judged.outcome;
    told.iter()
        .rev()
        .find(|one| one.channel == outcome.channel && one.date == outcome.business_date)
}

/// Where a revision in between was never mailed, the readers know an earlier one.
fn last_told(own: &[&Judged], told: &[Told], voice: &Voice) -> Vec<String> {
    let heard = |judged: &&Judged| {
        let known = last_of(told, judged)?.revision;
        let revision = judged.comparison.revision();
        let missed = news_of(judged) == News::Superseding && known > 0 && known + 1 < revision;
        let figures = [
            ("channel", judged.outcome.channel.as_str()),
            ("date", &voice.date(judged.outcome.business_date)),
            ("revision", &known.to_string()),
        ];
        missed.then(|| voice.fill(Label::LastTold, &figures))
    };
    own.iter().filter_map(heard).collect()
}

fn conclusions(request: &Request, now: DateTime<Utc>, run: &Run) -> Commit {
    let mut commit = Commit {
        run_id: run.id.clone(),
        as_of: request.as_of,
        now,
        ..Commit::default()
    };
    let mut items = BTreeMap::new();
    let mut spellings = BTreeSet::new();
    for judged in &run.judged {
        let channel = &judged.outcome.channel;
        let revision = judged.comparison.is_news().then(|| NewRevision {
            revision: judged.comparison.revision(),
            digest: judged.digest.clone(),
            outcome: judged.outcome.clone(),
        });
        commit.dates.push(DateCommit {
            channel: channel.clone(),
            date: judged.outcome.business_date,
            record: judged.record.clone(),
            groups: judged.groups.clone(),
            hourly: judged.hourly.clone(),
            revision,
        });
        items
            .entry(channel.clone())
            .or_insert_with(|| judged.items.clone());
        for (part, widths) in &judged.spellings.0 {
            spellings.extend(widths.iter().map(|width| (channel.clone(), *part, *width)));
        }
    }
    commit.items = items;
    commit.spellings = spellings;
    commit
}

/// Where no report is configured, the files of a run still say everything.
fn everything(config: &Config) -> Subscription {
    Subscription {
        name: "rekon".to_owned(),
        to: Vec::new(),
        channels: config
            .channels
            .iter()
            .map(|channel| channel.name.clone())
            .collect(),
        at: None,
        weekdays: Vec::new(),
        heartbeat: None,
        when: When::Always,
        language: Language::Id,
        attach: BTreeSet::new(),
        unmask: Vec::new(),
    }
}

fn period(own: &[&Judged]) -> String {
    let dates = own.iter().map(|judged| judged.outcome.business_date);
    match (dates.clone().min(), dates.max()) {
        (Some(first), Some(last)) if first != last => format!("{first}_{last}"),
        (Some(first), _) => first.to_string(),
        (None, _) => String::new(),
    }
}

fn tone(judged: &Judged) -> Tone {
    let outcome = &judged.outcome;
    let missing = outcome.state == DateState::Incomplete;
    match outcome.has_breaks() || missing || outcome.rejected_rows > 0 {
        true => Tone::Wrong,
        false => Tone::Clean,
    }
}

fn has_refused(input: &ReportInput) -> bool {
    input
        .channels
        .iter()
        .any(|channel| !channel.refused_files.is_empty() || !channel.quarantined.is_empty())
}

/// `rekon run --json` for these results.
pub fn results_json(
    config: &Config,
    request: &Request,
    run: &Run,
    own: &[&Judged],
) -> serde_json::Value {
    let facts: BTreeMap<&str, ChannelFacts> = config
        .channels
        .iter()
        .map(|channel| (channel.name.as_str(), channel_facts(channel)))
        .collect();
    let lines: Vec<json::ResultLine<'_>> = own
        .iter()
        .filter_map(|judged| {
            Some(json::ResultLine {
                outcome: &judged.outcome,
                revision: judged.comparison.revision(),
                facts: facts.get(judged.outcome.channel.as_str())?,
            })
        })
        .collect();
    json::run(&run.id, &lines, config.zone, request.as_of)
}

/// The view of a whole run, for the terminal.
pub async fn overview(
    config: &Config,
    request: &Request,
    store: &Store,
    run: &Run,
    language: Language,
) -> Result<ReportView> {
    let subscription = Subscription {
        language,
        ..everything(config)
    };
    let own: Vec<&Judged> = run.judged.iter().collect();
    let mut input = input::report_input(config, &subscription, request, store, run, &own).await?;
    // Who sits at the command line can use what follows the first line.
    input.notices = run.notices.iter().map(ToString::to_string).collect();
    Ok(view(&input))
}
