//! Publishing: what the readers of each report were last told and what is known now → a statement →
//! one view → pages, workbooks and mails as bytes, and the one commit that stores results, items,
//! outbox and what was told together.

mod input;
mod knowledge;
mod quiet;
mod rendered;
mod subscription;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use anyhow::Result;
use chrono::{DateTime, NaiveDate, Utc};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::reconcile::Judged;
use super::templates::{self, Loaded};
use super::{Mailing, Request, Run, chosen};
use crate::config::{Config, Subscription, When};
use crate::domain::record::facts_of;
use crate::domain::statement::{
    Asked, StatementSummary, Telling, Told, passed_over, tellings, wanted,
};
use crate::mail::{self, Enclosure, Letter};
use crate::report::input::ChannelFacts;
use crate::report::labels::Language;
use crate::report::template::MAIL;
use crate::report::view::{ReportView, Voice, view};
use crate::report::{html, json};
use crate::store::{Commit, DateCommit, Delivery, NewRevision};

pub(super) use input::title_of;
pub use input::{channel_facts, refused, refused_file, refused_since};

pub use knowledge::Facts;
use knowledge::{ChannelNow, Stated};
use rendered::Press;

/// What a run wrote for people.
#[derive(Clone, Debug, Default)]
pub struct Published {
    /// Pages, workbooks and tables.
    pub files: Vec<PathBuf>,
    /// Mails queued, by report.
    pub queued: Vec<String>,
}

/// What a run stores, what it wrote for people, and what it says itself.
pub struct Publication {
    pub commit: Commit,
    pub published: Option<Published>,
    pub statement: StatementSummary,
    /// The statement of the run as a report, for the terminal.
    pub overview: ReportView,
}

/// What every mail of a run is written with.
struct Desk<'a> {
    facts: Facts<'a>,
    now: DateTime<Utc>,
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

/// The record of what `rekon run` itself said: who reads its output is no reader of a report.
const RUN: &str = "";

/// Renders what is new and prepares the commit; nothing is stored here but bytes under their hash.
pub async fn publish(facts: Facts<'_>, now: DateTime<Utc>) -> Result<Publication> {
    let Facts {
        config, request, ..
    } = facts;
    let desk = Desk {
        templates: templates::load(config),
        facts,
        now,
    };
    let mut commit = conclusions(request, now, desk.facts.run);
    let mut published = Published::default();
    let usual = everything(config, request)?;
    let subscriptions: Vec<&Subscription> = match config.reports.is_empty() {
        true => vec![&usual],
        false => {
            let asked =
                |one: &&Subscription| one.channels.iter().any(|c| usual.channels.contains(c));
            config.reports.iter().filter(asked).collect()
        }
    };
    let named = names(&subscriptions, &usual);
    let channels = desk
        .facts
        .channels(&named, &records(&subscriptions, config))
        .await?;
    let own = desk.facts.state(RUN, &usual, &channels).await?;
    for subscription in &subscriptions {
        let report = desk.report(subscription, &channels, &mut commit, &mut published);
        report.await?;
    }
    if !config.reports.is_empty() {
        desk.tell(RUN, &own, "", &mut commit);
    }
    let overview = desk.facts.overview(&usual, &own).await?;
    let wrote = !published.files.is_empty() || !published.queued.is_empty();
    Ok(Publication {
        commit,
        published: wrote.then_some(published),
        statement: own.summary(),
        overview,
    })
}

/// What a run says itself, where nothing is published.
pub async fn statement_of_run(facts: Facts<'_>) -> Result<StatementSummary> {
    let usual = everything(facts.config, facts.request)?;
    let channels = facts.channels(&names(&[], &usual), &[RUN]).await?;
    Ok(facts.state(RUN, &usual, &channels).await?.summary())
}

/// What it is called that those were told who hear of a run.
fn records<'s>(subscriptions: &[&'s Subscription], config: &Config) -> Vec<&'s str> {
    let of_reports = match config.reports.is_empty() {
        true => &[],
        false => subscriptions,
    };
    let of_reports = of_reports.iter().map(|one| one.name.as_str());
    of_reports.chain([RUN]).collect()
}

/// The channels that anybody is told of.
fn names<'s>(subscriptions: &[&'s Subscription], usual: &'s Subscription) -> BTreeSet<&'s str> {
    let all = subscriptions.iter().copied().chain([usual]);
    all.flat_map(|one| &one.channels)
        .map(String::as_str)
        .collect()
}

impl Desk<'_> {
    /// The statement of one report's channels since its readers were last told, if it is worth one.
    async fn report(
        &self,
        subscription: &Subscription,
        channels: &[ChannelNow<'_>],
        commit: &mut Commit,
        published: &mut Published,
    ) -> Result<()> {
        let Facts {
            config,
            request,
            run,
            ..
        } = self.facts;
        let record = match config.reports.is_empty() {
            true => RUN,
            false => &subscription.name,
        };
        let stated = self.facts.state(record, subscription, channels).await?;
        let asked = match request.mailing {
            Mailing::Always => Asked::Yes,
            Mailing::OnChange | Mailing::Never => Asked::No,
        };
        let judged = stated.channels.iter().any(|one| !one.now.judged.is_empty());
        let failed = run
            .failed
            .iter()
            .any(|one| subscription.channels.contains(&one.channel));
        if failed && !judged {
            return self.not_reconciled(subscription, record, &stated, commit, published);
        }
        if !stated.says_something() || !wanted(subscription.when, asked, &stated.statement) {
            if request.mailing == Mailing::OnChange {
                self.pass_over(record, &stated, commit);
                self.heartbeat(subscription, commit, published).await?;
            }
            return Ok(());
        }

        let input = input::report_input(&self.facts, subscription, &stated).await?;
        let (mut view, templates) = self.templates.dressed(view(&input))?;
        let seed = self.report_seed(subscription, &stated);
        let period = period(&stated);
        let base = format!("{}_{period}_{}", subscription.name, &seed[..6]);
        let tables = rendered::claims(config, subscription, &input, &period)?;
        view.notices
            .extend(tables.iter().map(|table| table.sentence.clone()));
        drop(input);
        let results = serde_json::to_vec_pretty(&statement_json(&self.facts, &stated))?;
        let press = Press {
            config,
            templates: &templates,
            now: self.now,
        };
        let mut papers = rendered::write(&press, &view, &results, &tables, &base)?;
        let voice = self.voice(subscription);
        let (matched, lacking) = rendered::matched(&press, subscription, &stated, &base, &voice)?;
        papers.extend(matched);
        view.notices.extend(lacking);
        published
            .files
            .extend(papers.iter().map(|paper| paper.path.clone()));
        let Some(outgoing) = config.mail.as_ref().filter(|_| !config.reports.is_empty()) else {
            self.tell(record, &stated, "", commit);
            return Ok(());
        };
        if request.mailing == Mailing::Never {
            return Ok(());
        }
        let limit = outgoing.attachment_limit;
        let (attachments, notices) =
            rendered::enclose(&papers, subscription, limit, &base, &voice)?;
        view.notices.extend(notices);
        let message_id = format!("{seed}@rekon");
        let mut references = subscription::references(&stated.statement, &stated.last.threads);
        references.retain(|id| *id != message_id);
        let post = Post {
            subject: view.subject.clone(),
            text: crate::report::text::mail(&view),
            html: templates::rendered(&templates, MAIL, |one| html::mail(&view, one))?,
            attachments,
            seed,
            base,
            references,
            not_before: self.not_before(subscription),
        };
        self.queue(subscription, post, commit, published)?;
        self.tell(record, &stated, &message_id, commit);
        Ok(())
    }

    /// Puts on record what these readers are told. Who is sent nothing is told nothing.
    fn tell(&self, record: &str, stated: &Stated<'_>, message_id: &str, commit: &mut Commit) {
        if self.facts.request.mailing == Mailing::Never {
            return;
        }
        let known = stated.known();
        let mut tellings = tellings(&stated.statement, &known);
        tellings.extend(stated.beyond());
        tellings.extend(self.failed_dates(&stated.statement));
        self.record(record, stated, message_id, tellings, commit);
    }

    /// What these readers want no mail about is not owed to them.
    fn pass_over(&self, record: &str, stated: &Stated<'_>, commit: &mut Commit) {
        let passed = passed_over(&stated.statement);
        self.record(record, stated, "", passed, commit);
    }

    fn record(
        &self,
        record: &str,
        stated: &Stated<'_>,
        message_id: &str,
        tellings: Vec<Telling>,
        commit: &mut Commit,
    ) {
        if !tellings.is_empty() {
            commit.told.push(Told {
                report: record.to_owned(),
                count: stated.last.count + 1,
                message_id: message_id.to_owned(),
                at: self.now,
                tellings,
            });
        }
    }

    /// The same statement to the same readers gives the same text: it names the mail, so that queuing
    /// twice sends once. A report that was asked for again is another one, and so is one that
    /// follows another mail.
    fn report_seed(&self, subscription: &Subscription, stated: &Stated<'_>) -> String {
        let Facts {
            config,
            request,
            run,
            ..
        } = self.facts;
        let mut digest = Sha256::new();
        let mut line = |text: String| {
            digest.update(text);
            digest.update([0]);
        };
        line(subscription.name.clone());
        line(subscription.to.join(" "));
        line(stated.last.count.to_string());
        for (channel, now) in stated.statement.channels.iter().zip(&stated.channels) {
            for date in &channel.dates {
                line(format!(
                    "{} {} {}",
                    channel.channel, date.date, date.known.revision
                ));
            }
            for (item, news) in now.now.items.iter().zip(&channel.breaks) {
                if news.is_some() {
                    line(format!("{} {}", item.id, facts_of(item)));
                }
            }
            for id in &channel.cleared {
                line(format!("cleared {id}"));
            }
            for file in &channel.files {
                line(format!("file {file}"));
            }
            for mail in &channel.mails {
                line(format!("mail {mail}"));
            }
        }
        let own_failed = |failed: &&super::Failed| subscription.channels.contains(&failed.channel);
        for failed in run.failed.iter().filter(own_failed) {
            // The same failure on another day is news.
            let today = self.now.with_timezone(&config.zone).date_naive();
            line(format!("{} {today} {:#}", failed.channel, failed.error));
        }
        if request.mailing == Mailing::Always {
            line(run.id.clone());
        }
        HEXLOWER.encode(&digest.finalize()[..16])
    }

    fn voice(&self, subscription: &Subscription) -> Voice {
        Voice {
            language: subscription.language,
            zone: self.facts.config.zone,
            as_of: self.facts.request.as_of,
        }
    }

    fn not_before(&self, subscription: &Subscription) -> DateTime<Utc> {
        let (mailing, zone) = (self.facts.request.mailing, self.facts.config.zone);
        subscription::not_before(subscription, mailing, zone, self.now)
    }

    /// Writes the mail and puts it into the commit, once for each recipient.
    fn queue(
        &self,
        subscription: &Subscription,
        post: Post,
        commit: &mut Commit,
        published: &mut Published,
    ) -> Result<()> {
        let Some(outgoing) = &self.facts.config.mail else {
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
        let sha256 = self.facts.archive.keep(&mail::compose(&letter)?)?;
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

fn conclusions(request: &Request, now: DateTime<Utc>, run: &Run) -> Commit {
    let mut commit = Commit {
        run_id: run.id.clone(),
        as_of: request.as_of,
        now,
        ..Commit::default()
    };
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
            hourly: judged.hourly.clone(),
            clean: judged.clean.clone(),
            revision,
        });
        let anew = || judged.anew.clone();
        commit.judged.entry(channel.clone()).or_insert_with(anew);
        for (part, widths) in &judged.spellings.0 {
            spellings.extend(widths.iter().map(|width| (channel.clone(), *part, *width)));
        }
    }
    commit.moved = run.moved.clone();
    commit.spellings = spellings;
    commit
}

/// Where no report is configured, the files of a run still say everything of the channels it was
/// asked for.
fn everything(config: &Config, request: &Request) -> Result<Subscription> {
    let channels = chosen(config, &request.channels)?;
    Ok(Subscription {
        name: "rekon".to_owned(),
        to: Vec::new(),
        channels: channels
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
    })
}

/// The dates of a statement, as they name its files.
fn period(stated: &Stated<'_>) -> String {
    let dates = stated.statement.channels.iter().flat_map(|one| &one.dates);
    let dates: BTreeSet<NaiveDate> = dates.map(|one| one.date).collect();
    match (dates.first(), dates.last()) {
        (Some(first), Some(last)) if first != last => format!("{first}_{last}"),
        (Some(first), _) => first.to_string(),
        (None, _) => "open".to_owned(),
    }
}

/// `rekon run --json` for what a run judged and says.
pub fn results_json(
    config: &Config,
    request: &Request,
    run: &Run,
    own: &[&Judged],
    statement: &StatementSummary,
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
    json::run(&run.id, &lines, statement, config.zone, request.as_of)
}

/// The same for one report: the results of its channels, and what its readers are told.
fn statement_json(facts: &Facts<'_>, stated: &Stated<'_>) -> serde_json::Value {
    let own: Vec<&Judged> = stated
        .channels
        .iter()
        .flat_map(|one| one.now.judged.iter().copied())
        .collect();
    results_json(
        facts.config,
        facts.request,
        facts.run,
        &own,
        &stated.summary(),
    )
}

impl Facts<'_> {
    /// The view of a whole run, for the terminal.
    async fn overview(&self, usual: &Subscription, stated: &Stated<'_>) -> Result<ReportView> {
        let subscription = Subscription {
            language: Language::En,
            ..usual.clone()
        };
        let mut input = input::report_input(self, &subscription, stated).await?;
        // Who sits at the command line can use what follows the first line.
        input.notices = self.run.notices.iter().map(ToString::to_string).collect();
        // And types the names of channels and fields.
        for one in &mut input.channels {
            let mut channels = stated.channels.iter().map(|stated| stated.now.channel);
            if let Some(channel) = channels.find(|channel| channel.name == one.facts.name) {
                one.facts = channel_facts(channel);
            }
        }
        Ok(view(&input))
    }
}
