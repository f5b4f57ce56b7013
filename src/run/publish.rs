//! Publishing: results → one view per subscription → pages, workbooks and mails as bytes, and the
//! one commit that stores results, items and outbox together.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use anyhow::{Context, Result};
use chrono::{DateTime, Utc};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::reconcile::{Comparison, Judged};
use super::{Mailing, Request, Run, chosen, held_mails, templates, trend};
use crate::archive::Archive;
use crate::config::{Attachment, Channel, Config, Place, Subscription, When};
use crate::domain::acts::{Act, standing};
use crate::domain::outcome::{DateState, Item};
use crate::domain::time::{local_instant, next};
use crate::mail::{self, Enclosure, Letter};
use crate::report::input::{
    Change, ChannelFacts, ChannelInput, DayInput, People, QuarantinedMail, ReceivedFile,
    RefusedFile, RejectedLine, ReportInput, SourceMail,
};
use crate::report::labels::Language;
use crate::report::template::Templates;
use crate::report::view::{ReportView, view};
use crate::report::{csv, html, json, page, text, workbook};
use crate::sources::mailbox::authenticity::Authentication;
use crate::store::{
    Commit, DateCommit, Delivery, FileMail, FileRecord, FileState, NewRevision, Quarantined, Store,
    facts_of,
};

/// What a run wrote for people.
#[derive(Clone, Debug, Default)]
pub struct Published {
    /// Pages, workbooks and tables.
    pub files: Vec<PathBuf>,
    /// Mails queued, by report.
    pub queued: Vec<String>,
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
    let mut commit = conclusions(request, now, run);
    let mut published = Published::default();
    // Also files refused by an earlier run that ended before it could tell.
    let mut untold = Vec::new();
    for channel in chosen(config, &request.channels)? {
        let files = store.files(&channel.name).await?;
        let refused = refused(&files, refused_since(config, request, run));
        let untold_of = refused.iter().filter(|file| !file.told);
        untold.extend(untold_of.map(|file| (channel.name.clone(), file.id)));
    }
    let held = held_mails(config, request, store, run).await?;
    let templates = templates::load(config);
    let usual = everything(config);
    let subscriptions: Vec<&Subscription> = if config.reports.is_empty() {
        vec![&usual]
    } else {
        config.reports.iter().collect()
    };
    for subscription in subscriptions {
        let own: Vec<&Judged> = run
            .judged
            .iter()
            .filter(|judged| subscription.channels.contains(&judged.outcome.channel))
            .collect();
        let news = untold
            .iter()
            .any(|(channel, _)| subscription.channels.contains(channel))
            || held
                .iter()
                .any(|mail| !mail.told && concerns(mail, subscription))
            || !run.failed.is_empty()
            || own.iter().any(|judged| judged.comparison.is_news());
        if own.is_empty() || !(news || request.mailing != Mailing::OnChange) {
            continue;
        }
        let told = untold
            .iter()
            .filter(|(channel, _)| subscription.channels.contains(channel));
        commit.told.extend(told.map(|(_, id)| *id));
        let told = held.iter().filter(|mail| concerns(mail, subscription));
        commit.told_mails.extend(told.map(|mail| mail.id));
        let input = report_input(config, subscription, request, store, run, &own).await?;
        let (view, templates) = templates.dressed(view(&input))?;
        let rendered = Rendered::of(&view, &templates, config, request, run, &own, now)?;
        let seed = report_seed(subscription, request, run, &own, &input);
        let base = format!("{}_{}_{}", subscription.name, period(&own), &seed[..6]);
        for (ending, bytes) in rendered.files() {
            let path = mail::write_private(&config.publish, &format!("{base}.{ending}"), bytes)
                .with_context(|| {
                    format!("cannot write the report into {}", config.publish.display())
                })?;
            published.files.push(path);
        }
        let wanted = match subscription.when {
            When::Always | When::Changes => true,
            When::Breaks => {
                own.iter().any(|judged| deserves_attention(judged)) || has_refused(&input)
            }
        };
        let Some(outgoing) = &config.mail else {
            continue;
        };
        if config.reports.is_empty() || request.mailing == Mailing::Never || !wanted {
            continue;
        }
        let letter = Letter {
            from: outgoing.from.clone(),
            to: subscription.to.clone(),
            subject: view.subject.clone(),
            text: rendered.text.clone(),
            html: rendered.html.clone(),
            attachments: rendered.attachments(subscription, &base),
            message_id: format!("{seed}@rekon"),
            date: now,
            references: Vec::new(),
        };
        let sha256 = archive.keep(&mail::compose(&letter)?)?;
        for recipient in &subscription.to {
            commit.deliveries.push(Delivery {
                id: format!("{seed} {recipient}"),
                report: subscription.name.clone(),
                sender: outgoing.from.clone(),
                recipient: recipient.clone(),
                subject: view.subject.clone(),
                message_id: letter.message_id.clone(),
                file_name: format!("{base}.eml"),
                sha256: sha256.clone(),
                not_before: not_before(subscription, config, now),
            });
        }
        published.queued.push(subscription.name.clone());
    }
    let wrote = !published.files.is_empty();
    Ok((commit, wrote.then_some(published)))
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
            revision,
        });
        items
            .entry(channel.clone())
            .or_insert_with(|| judged.items.to_vec());
        for (part, widths) in &judged.spellings.0 {
            spellings.extend(widths.iter().map(|width| (channel.clone(), *part, *width)));
        }
    }
    commit.items = items;
    commit.spellings = spellings;
    commit
}

fn concerns(mail: &Quarantined, subscription: &Subscription) -> bool {
    let channels = &subscription.channels;
    mail.channels.iter().any(|name| channels.contains(name))
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

/// The same results to the same readers give the same text: it names the mail, so that queuing
/// twice sends once. A report that was asked for again is another one.
fn report_seed(
    subscription: &Subscription,
    request: &Request,
    run: &Run,
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
    for failed in &run.failed {
        digest.update(format!("{} {:#}", failed.channel, failed.error));
    }
    if request.mailing == Mailing::Always {
        digest.update(&run.id);
    }
    HEXLOWER.encode(&digest.finalize()[..16])
}

fn period(own: &[&Judged]) -> String {
    let dates = own.iter().map(|judged| judged.outcome.business_date);
    match (dates.clone().min(), dates.max()) {
        (Some(first), Some(last)) if first != last => format!("{first}_{last}"),
        (Some(first), _) => first.to_string(),
        (None, _) => String::new(),
    }
}

fn deserves_attention(judged: &Judged) -> bool {
    let outcome = &judged.outcome;
    outcome.has_breaks() || outcome.state == DateState::Incomplete || outcome.rejected_rows > 0
}

fn has_refused(input: &ReportInput) -> bool {
    input
        .channels
        .iter()
        .any(|channel| !channel.refused_files.is_empty() || !channel.quarantined.is_empty())
}

/// The next time of day the readers asked for; at once where they asked for none, or it is past.
fn not_before(subscription: &Subscription, config: &Config, now: DateTime<Utc>) -> DateTime<Utc> {
    let Some(at) = subscription.at else {
        return now;
    };
    let today = now.with_timezone(&config.zone).date_naive();
    let wanted = local_instant(config.zone, today, at);
    // A night run before midnight reports in the morning that follows it.
    let evening = now - local_instant(config.zone, today, chrono::NaiveTime::MIN)
        > chrono::Duration::hours(18);
    if evening && wanted < now {
        local_instant(config.zone, next(today), at)
    } else {
        wanted.max(now)
    }
}

async fn report_input(
    config: &Config,
    subscription: &Subscription,
    request: &Request,
    store: &Store,
    run: &Run,
    own: &[&Judged],
) -> Result<ReportInput> {
    let held = held_mails(config, request, store, run).await?;
    let mut channels = Vec::new();
    for channel in config
        .channels
        .iter()
        .filter(|channel| subscription.channels.contains(&channel.name))
    {
        let judged: Vec<&Judged> = own
            .iter()
            .copied()
            .filter(|judged| judged.outcome.channel == channel.name)
            .collect();
        let files = store.files(&channel.name).await?;
        let refused_files: Vec<RefusedFile> = refused(&files, refused_since(config, request, run))
            .into_iter()
            .map(refused_file)
            .collect();
        let held = held
            .iter()
            .filter(|mail| mail.channels.contains(&channel.name));
        let quarantined: Vec<QuarantinedMail> = held.map(quarantined_mail).collect();
        if judged.is_empty() && refused_files.is_empty() && quarantined.is_empty() {
            continue;
        }
        let mails = store.mails_of_files(&channel.name).await?;
        channels.push(ChannelInput {
            refused_files,
            quarantined,
            received: received(&files, &mails),
            people: people(store, &channel.name, &judged).await?,
            ..channel_input(channel, &judged)
        });
    }
    Ok(ReportInput {
        run_id: run.id.clone(),
        as_of: request.as_of,
        zone: config.zone,
        language: subscription.language,
        unmask: subscription.unmask.clone(),
        channels,
        notices: run.notices.clone(),
        chain_head: store.chain_head().await?.map(|head| (head.seq, head.hash)),
        unproven_mailboxes: unproven_mailboxes(config, subscription),
        trend: trend::trend(store, subscription, own).await?,
    })
}

/// Mailboxes of these readers' channels that believe every From.
fn unproven_mailboxes(config: &Config, subscription: &Subscription) -> Vec<String> {
    let read = |name: &String| {
        config
            .channels
            .iter()
            .filter(|channel| subscription.channels.contains(&channel.name))
            .flat_map(|channel| &channel.sources)
            .any(
                |source| matches!(&source.place, Place::Mailbox { mailbox, .. } if mailbox == name),
            )
    };
    config
        .mailboxes
        .iter()
        .filter(|(name, mailbox)| mailbox.authentication == Authentication::None && read(name))
        .map(|(name, _)| name.clone())
        .collect()
}

fn quarantined_mail(one: &Quarantined) -> QuarantinedMail {
    QuarantinedMail {
        id: one.id,
        sender: one.mail.sender.clone(),
        subject: one.mail.subject.clone(),
        received_at: one.mail.received_at,
        reason: one.reason.clone(),
    }
}

/// What people said about the items of a channel, and what an import holds a line against.
async fn people(
    store: &Store,
    channel: &str,
    judged: &[&Judged],
) -> Result<BTreeMap<String, People>> {
    let acts = store.acts(channel).await?;
    let items = judged.first().map(|judged| judged.items.clone());
    let said = |item: &Item| {
        let of = acts.get(&item.identity).map_or(&[][..], Vec::as_slice);
        let facts = facts_of(item);
        let standing = standing(of, &facts);
        let note = of.iter().rev().find_map(|one| match &one.act {
            Act::Note { text } => Some(text.clone()),
            _ => None,
        });
        People {
            owner: standing.owner.clone().unwrap_or_default(),
            note: note.unwrap_or_default(),
            resolution: super::import::settled(&standing, of),
            facts,
        }
    };
    let items = items.iter().flat_map(|items| items.iter());
    Ok(items.map(|item| (item.id.clone(), said(item))).collect())
}

fn received(files: &[FileRecord], mails: &BTreeMap<i64, Vec<FileMail>>) -> Vec<ReceivedFile> {
    let first_mail = |file: &FileRecord| {
        let by = mails.get(&file.id)?.first()?;
        Some(SourceMail {
            sender: by.mail.sender.clone(),
            message_id: by.mail.message_id.clone(),
            sent_at: by.mail.sent_at,
            verdict: by.mail.verdict.clone(),
        })
    };
    files
        .iter()
        .map(|file| ReceivedFile {
            sha256: file.sha256.clone(),
            at: file.source_time.min(file.received_at),
            mail: first_mail(file),
        })
        .collect()
}

/// What a channel's results say; what came in beside them is added by the caller.
fn channel_input(channel: &Channel, judged: &[&Judged]) -> ChannelInput {
    let rejected = judged.iter().flat_map(|judged| &judged.rejected);
    ChannelInput {
        facts: channel_facts(channel),
        days: judged
            .iter()
            .map(|judged| DayInput {
                outcome: judged.outcome.clone(),
                revision: judged.comparison.revision(),
                change: match &judged.comparison {
                    Comparison::First => Change::First,
                    Comparison::Unchanged { .. } => Change::Unchanged,
                    Comparison::Changed {
                        revision, change, ..
                    } => Change::Supersedes {
                        revision: *revision,
                        change: change.clone(),
                    },
                },
            })
            .collect(),
        open_items: judged
            .first()
            .map(|judged| {
                judged
                    .items
                    .iter()
                    .filter(|item| item.is_open())
                    .cloned()
                    .collect()
            })
            .unwrap_or_default(),
        rejected_rows: rejected
            .map(|(file, row)| RejectedLine {
                file: file.clone(),
                sheet: Some(row.sheet.clone()).filter(|sheet| !sheet.is_empty()),
                row: u32::try_from(row.row).unwrap_or_default(),
                column: Some(row.column.clone()).filter(|column| !column.is_empty()),
                field: channel.profile.field_of(&row.column),
                value: row.value.clone(),
                reason: row.reason.clone(),
                business_date: Some(row.business_date),
            })
            .collect(),
        refused_files: Vec::new(),
        quarantined: Vec::new(),
        received: Vec::new(),
        people: BTreeMap::new(),
    }
}

/// What the report may show of a channel, and how.
pub fn channel_facts(channel: &Channel) -> ChannelFacts {
    ChannelFacts {
        name: channel.name.clone(),
        profile: channel.profile.name.clone(),
        money: channel.rules.direction,
        personal: channel.profile.personal.clone(),
        bearer: channel.profile.bearer.clone(),
        windows: channel.profile.windows,
    }
}

/// From when on a refused file is of interest. It came by the clock of the host, which may stand
/// elsewhere than the one the run was given.
pub fn refused_since(config: &Config, request: &Request, run: &Run) -> DateTime<Utc> {
    request.as_of.min(run.started) - config.catch_up
}

/// Files that were refused whole since `since` and that no later file of the same name answers.
pub fn refused(files: &[FileRecord], since: DateTime<Utc>) -> Vec<&FileRecord> {
    files
        .iter()
        .filter(|file| file.state == FileState::Refused && file.received_at >= since)
        .filter(|file| {
            !files.iter().any(|later| {
                later.state == FileState::Counted && later.name == file.name && later.id > file.id
            })
        })
        .collect()
}

pub fn refused_file(file: &FileRecord) -> RefusedFile {
    RefusedFile {
        name: file.name.clone(),
        reason: file.reason.clone(),
    }
}

/// Every form of one report.
struct Rendered {
    html: String,
    /// The page beside the mail: its lists are longer.
    page: String,
    text: String,
    workbook: Vec<u8>,
    csv: Vec<u8>,
    json: Vec<u8>,
}

impl Rendered {
    fn of(
        view: &ReportView,
        templates: &Templates,
        config: &Config,
        request: &Request,
        run: &Run,
        own: &[&Judged],
        now: DateTime<Utc>,
    ) -> Result<Rendered> {
        Ok(Rendered {
            html: html::mail(view, templates)?,
            page: page::page(view, templates)?,
            text: text::mail(view),
            workbook: workbook::xlsx(view, now)?,
            csv: csv::breaks(view)?,
            json: serde_json::to_vec_pretty(&results_json(config, request, run, own))?,
        })
    }

    fn files(&self) -> [(&'static str, &[u8]); 4] {
        [
            ("html", self.page.as_bytes()),
            ("xlsx", &self.workbook),
            ("csv", &self.csv),
            ("json", &self.json),
        ]
    }

    fn attachments(&self, subscription: &Subscription, base: &str) -> Vec<Enclosure> {
        let enclosure = |kind: &Attachment| {
            let (ending, content_type, bytes) = match kind {
                Attachment::Xlsx => (
                    "xlsx",
                    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                    self.workbook.clone(),
                ),
                Attachment::Csv => ("csv", "text/csv; charset=utf-8", self.csv.clone()),
                Attachment::Html => (
                    "html",
                    "text/html; charset=utf-8",
                    self.page.clone().into_bytes(),
                ),
                Attachment::Claims => return None,
            };
            Some(Enclosure {
                file_name: format!("{base}.{ending}"),
                content_type: content_type.to_owned(),
                bytes,
            })
        };
        subscription.attach.iter().filter_map(enclosure).collect()
    }
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
    Ok(view(
        &report_input(config, &subscription, request, store, run, &own).await?,
    ))
}
