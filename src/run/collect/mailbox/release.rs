//! From attachments to files, and mails that a person vouches for.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use chrono::{DateTime, Utc};

use super::super::{Arrival, AskedBy, Collected, Intake, take_in_all};
use super::{Rule, rules};
use crate::archive;
use crate::config::{Channel, Config};
use crate::sources::mailbox::attachments::{Attachment, attachments, wanted};
use crate::store::{FileMail, MailRecord, Quarantined};

/// Takes in attachments, each for the rule that asked for it, and gives what could not be unpacked.
pub(super) async fn take_in_attachments<'a>(
    intake: &mut Intake<'_>,
    asked: impl Iterator<Item = (&'a Rule<'a>, &'a Attachment)>,
    record: &MailRecord,
) -> Result<(Vec<Collected>, Vec<String>)> {
    let mut collected = Vec::new();
    let mut faults = BTreeMap::new();
    let mut opened = BTreeSet::new();
    for (rule, file) in asked {
        // Two rules of one channel may ask for the same attachment, each with its own password.
        let asked = (rule.channel.name.as_str(), file.part.as_str());
        if opened.contains(&asked) {
            continue;
        }
        let by = FileMail {
            mail: record.clone(),
            attachment: file.name.clone(),
            attachment_sha256: archive::sha256(&file.bytes),
        };
        let origin = format!(
            "mail {} in {}, part {}",
            record.message_id, record.mailbox, file.part
        );
        let arrival = Arrival {
            name: &file.name,
            origin: &origin,
            source_time: source_time(record, intake.now),
            dates: None,
            asked_by: AskedBy::Nobody,
            mail: Some(by),
        };
        let password = rule.source.password.as_ref();
        match take_in_all(intake, rule.channel, password, file.bytes.clone(), &arrival).await? {
            Ok(taken) => {
                collected.extend(taken.into_iter().map(|(one, _)| one));
                faults.remove(&asked);
                opened.insert(asked);
            }
            Err(fault) => {
                faults.entry(asked).or_insert_with(|| fault.to_string());
            }
        }
    }
    Ok((collected, faults.into_values().collect()))
}

/// When the provider made the report: the mail's own Date, unless that is far from when the server
/// received it, as with a clock that stands wrong.
fn source_time(record: &MailRecord, now: DateTime<Utc>) -> DateTime<Utc> {
    let received = record.received_at.unwrap_or(now);
    let sent = record.sent_at.filter(|sent| {
        *sent <= received + chrono::Duration::hours(1)
            && *sent >= received - chrono::Duration::days(7)
    });
    sent.unwrap_or(received)
}

pub(super) fn released_verdict(by: &str, reason: &str) -> String {
    format!("released from quarantine by {by}: {reason}")
}

/// A mail that a person vouches for, and nothing can be had of.
#[derive(Debug, thiserror::Error)]
#[error("mail {id} stays in quarantine: {reason}")]
pub struct NotReleased {
    pub id: i64,
    pub reason: String,
}

/// `rekon quarantine release`: takes in the reports of a mail that a person vouches for. The mail
/// itself stays in the quarantine folder.
pub async fn release(
    intake: &mut Intake<'_>,
    config: &Config,
    held: &Quarantined,
    by: &str,
    reason: &str,
) -> Result<Vec<Collected>> {
    let stays = |reason: String| NotReleased {
        id: held.id,
        reason,
    };
    if held.mail.sha256.is_empty() {
        let reason = format!(
            "it was too large to fetch and is not in the archive\n  hint: raise limits.mail_bytes and \
             move it from the quarantine folder back to {}, or save its report and `rekon add` it",
            held.mail.folder
        );
        return Err(stays(reason).into());
    }
    let Some(mailbox) = config.mailboxes.get(&held.mail.mailbox) else {
        let reason = format!("there is no [mailbox.{}] any more", held.mail.mailbox);
        return Err(stays(reason).into());
    };
    let raw = intake.archive.read(&held.mail.sha256)?;
    let contents = attachments(&raw).map_err(|fault| stays(fault.to_string()))?;
    let all: Vec<&Channel> = config.channels.iter().collect();
    let rules = rules(config, mailbox, &all);
    let asked: Vec<(&Rule<'_>, &Attachment)> = rules
        .iter()
        .filter(|rule| held.channels.contains(&rule.channel.name))
        .flat_map(|rule| {
            let fits = contents
                .attachments
                .iter()
                .filter(|file| wanted(&rule.rule.attachment, &file.name, &file.bytes));
            fits.map(move |file| (rule, file))
        })
        .collect();
    if asked.is_empty() {
        let reason = "none of its attachments is one that a channel asks for";
        return Err(stays(reason.to_owned()).into());
    }
    let record = MailRecord {
        verdict: released_verdict(by, reason),
        ..held.mail.clone()
    };
    let (collected, faults) = take_in_attachments(intake, asked.into_iter(), &record).await?;
    if !faults.is_empty() {
        return Err(stays(faults.join("\n")).into());
    }
    Ok(collected)
}
