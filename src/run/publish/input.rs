//! What a report is made from, gathered: outcomes, files, mails, what people said.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Result;
use chrono::{DateTime, Utc};

use super::knowledge::{Facts, Stated};
use crate::config::{Channel, Config, Place, Subscription};
use crate::domain::acts::{Act, closing, standing};
use crate::domain::outcome::Item;
use crate::domain::reconcile::Ended;
use crate::domain::record::facts_of;
use crate::profiles::FieldLabel;
use crate::report::input::{
    ChannelFacts, ChannelInput, ClosedByPeople, FailedChannel, People, QuarantinedMail,
    ReceivedFile, RefusedFile, RejectedLine, ReportInput, SourceMail,
};
use crate::report::labels::Language;
use crate::run::import::settled;
use crate::run::notice::for_finance;
use crate::run::{Request, Run, held_mails, trend};
use crate::sources::mailbox::authenticity::Authentication;
use crate::store::{FileMail, FileRecord, FileState, Quarantined, RejectedRecord, Store};

/// What these readers are to know.
pub(super) async fn report_input(
    facts: &Facts<'_>,
    subscription: &Subscription,
    stated: &Stated<'_>,
) -> Result<ReportInput> {
    let Facts {
        config,
        request,
        store,
        run,
        ..
    } = *facts;
    let held = held_mails(config, request, store, run).await?;
    let mut channels = Vec::new();
    for (one, statement) in stated.channels.iter().zip(&stated.statement.channels) {
        let (channel, name) = (one.now.channel, &one.now.channel.name);
        let files = &one.now.files;
        let refused_files: Vec<RefusedFile> = refused(files, refused_since(config, request, run))
            .into_iter()
            .map(refused_file)
            .collect();
        let held = held
            .iter()
            .filter(|mail| mail.channels.contains(&channel.name));
        let quarantined: Vec<QuarantinedMail> = held.map(quarantined_mail).collect();
        let (days, rejected_rows, payouts) = facts.days(one, &statement.dates).await?;
        let nothing = statement.breaks.iter().all(Option::is_none) && one.cleared.is_empty();
        if days.is_empty() && nothing && refused_files.is_empty() && quarantined.is_empty() {
            continue;
        }
        let mails = store.mails_of_files(&channel.name).await?;
        channels.push(ChannelInput {
            facts: facts_for_readers(channel, subscription.language),
            items: one.now.items.clone(),
            ended: {
                let first = days.iter().map(|day| day.outcome.business_date).min();
                match first {
                    Some(first) => store.ended(name, first, one.now.stored()).await?,
                    None => Ended::default(),
                }
            },
            days,
            news: statement.breaks.clone(),
            cleared: one.cleared.clone(),
            rejected_rows,
            refused_files,
            quarantined,
            received: received(files, &mails),
            payouts,
            people: Arc::new(people(store, name, &one.now.items, subscription.language).await?),
        });
    }
    Ok(ReportInput {
        run_id: run.id.clone(),
        as_of: request.as_of,
        zone: config.zone,
        language: subscription.language,
        merchant: config.merchant.clone(),
        unmask: subscription.unmask.clone(),
        failed: failed(config, run, subscription),
        notices: {
            let all = run.notices.iter();
            all.filter_map(|one| one.for_readers(&subscription.channels, config))
                .collect()
        },
        chain_head: store.chain_head().await?.map(|head| (head.seq, head.hash)),
        unproven_mailboxes: unproven_mailboxes(config, subscription),
        reasons: config.breaks.reasons.clone(),
        trend: trend::trend(config, store, subscription, &channels).await?,
        facts_of,
        channels,
    })
}

/// Those of these readers' channels that could not be reconciled.
fn failed(config: &Config, run: &Run, subscription: &Subscription) -> Vec<FailedChannel> {
    let own = run.failed.iter();
    own.filter(|one| subscription.channels.contains(&one.channel))
        .map(|one| FailedChannel {
            channel: title_of(config, &one.channel).to_owned(),
            reason: for_finance(&one.error, config),
        })
        .collect()
}

/// How people read the channel of this name.
pub fn title_of<'a>(config: &'a Config, name: &'a str) -> &'a str {
    let channel = config.channels.iter().find(|channel| channel.name == name);
    channel.map_or(name, |channel| &channel.title)
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

/// What people said about the items of a channel.
async fn people(
    store: &Store,
    channel: &str,
    items: &[Item],
    language: Language,
) -> Result<BTreeMap<String, People>> {
    let acts = store.acts(channel).await?;
    let said = |item: &Item| {
        let of = acts.get(&item.identity)?;
        let standing = standing(of, &facts_of(item));
        let note = of.iter().rev().find_map(|one| match &one.act {
            Act::Note { text } => Some(text.clone()),
            _ => None,
        });
        let people = People {
            owner: standing.owner.clone().unwrap_or_default(),
            note: note.unwrap_or_default(),
            resolution: settled(&standing, of)
                .map_or_else(String::new, |resolution| resolution.shown(language)),
            closed: standing
                .closed
                .zip(closing(&standing, of))
                .map(|(closed, act)| ClosedByPeople {
                    how: closed.how,
                    on: closed.on,
                    by: act.by.to_owned(),
                    at: act.at,
                    reason: act.reason.to_owned(),
                }),
            reopened_by: standing.reopened_by,
        };
        Some((item.id.clone(), people))
    };
    Ok(items.iter().filter_map(said).collect())
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

pub(super) fn rejected_line(channel: &Channel, file: &str, row: &RejectedRecord) -> RejectedLine {
    RejectedLine {
        file: file.to_owned(),
        sheet: Some(row.sheet.clone()).filter(|sheet| !sheet.is_empty()),
        row: u32::try_from(row.row).unwrap_or_default(),
        column: Some(row.column.clone()).filter(|column| !column.is_empty()),
        field: channel.profile.field_of(&row.column),
        value: row.value.clone(),
        reason: row.reason.clone(),
        business_date: Some(row.business_date),
    }
}

/// The same as the readers of reports know the channel and its fields.
pub(super) fn facts_for_readers(channel: &Channel, language: Language) -> ChannelFacts {
    let label = |label: &FieldLabel| match language {
        Language::Id => label.id.clone(),
        Language::En => label.en.clone(),
    };
    let labels = channel.profile.labels.iter();
    ChannelFacts {
        title: channel.title.clone(),
        labels: labels
            .map(|(field, one)| (field.clone(), label(one)))
            .collect(),
        ..channel_facts(channel)
    }
}

/// What may be shown of a channel, and how, under the names of the configuration and the profile:
/// who sits at the command line types those.
pub fn channel_facts(channel: &Channel) -> ChannelFacts {
    ChannelFacts {
        name: channel.name.clone(),
        title: channel.name.clone(),
        labels: BTreeMap::new(),
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
