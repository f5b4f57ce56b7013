//! Reports that come by mail: rules, proof of the sender, attachments taken in, and only then the
//! mail put away.
//!
//! What a mail is known by is its bytes; its number (UIDVALIDITY, UID) only saves looking at it
//! again. So nothing depends on the mailbox keeping its numbers, on a mail staying where it was, or
//! on an earlier run having come to its end.

mod look;
mod print;
mod release;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use anyhow::{Context, Result};

use super::{Away, Collected, Intake, Taken, without};
use crate::archive;
use crate::config::{Channel, Config, MailRule, Mailbox, Place, Source};
use crate::sources::mailbox::attachments::{Attachment, attachments, wanted};
use crate::sources::mailbox::authenticity::{Claim, authenticate, claim};
use crate::sources::mailbox::header::{Header, shown};
use crate::sources::mailbox::{
    Heading, MailboxFault, Opened, PROCESSED_FLAG, PutAway, QUARANTINED_FLAG, Session,
};
use crate::store::{MailMark, MailPlace, MailRecord, QuarantineState};

pub use look::{MailboxLook, look};
use print::fingerprint;
pub use release::{NotReleased, release};
use release::{released_verdict, take_in_attachments};

/// A source of a channel that takes its mails from one mailbox.
pub struct Rule<'c> {
    pub channel: &'c Channel,
    pub source: &'c Source,
    pub rule: &'c MailRule,
    /// Whether this run is about that channel. A mail of another one as well stays.
    pub chosen: bool,
}

impl Rule<'_> {
    fn takes_subject(&self, subject: &str) -> bool {
        let wanted = self.rule.subject.as_ref();
        wanted.is_none_or(|wanted| wanted.is_match(subject))
    }
}

/// The rules of all channels over a mailbox.
pub fn rules<'c>(config: &'c Config, mailbox: &Mailbox, chosen: &[&Channel]) -> Vec<Rule<'c>> {
    let mut rules = Vec::new();
    for channel in &config.channels {
        for source in &channel.sources {
            if let Place::Mailbox {
                mailbox: name,
                rule,
            } = &source.place
                && *name == mailbox.account.name
            {
                rules.push(Rule {
                    channel,
                    source,
                    rule,
                    chosen: chosen.iter().any(|one| one.name == channel.name),
                });
            }
        }
    }
    rules
}

/// A fault of the other side, which may pass, or one of ours, which ends the collecting.
enum Stop {
    Mailbox(MailboxFault),
    Ours(anyhow::Error),
}

impl From<MailboxFault> for Stop {
    fn from(fault: MailboxFault) -> Stop {
        Stop::Mailbox(fault)
    }
}

impl From<anyhow::Error> for Stop {
    fn from(error: anyhow::Error) -> Stop {
        Stop::Ours(error)
    }
}

/// What a look at a mail came to.
enum Fate {
    /// It answers to no rule, or holds nothing that one asks for: it stays as it was.
    NotOurs,
    /// Its reports are in the archive and on record.
    Taken,
    /// On record as quarantined.
    Quarantined,
    /// It is tried again by the next run.
    Waits,
    /// It is not there any more.
    Gone,
}

/// What one run did in one mailbox, across lost connections.
struct Work<'a, 'c> {
    mailbox: &'a Mailbox,
    rules: &'a [Rule<'c>],
    mail_bytes: u64,
    fingerprint: String,
    collected: Vec<Collected>,
    /// Mails of listed senders whose attachments nobody asks for, by channel.
    passed_over: BTreeMap<String, Vec<String>>,
    /// Numbers of mails that need no further look, under this UIDVALIDITY.
    settled: BTreeSet<u32>,
    /// Numbers of mails that were looked at and are for the next run.
    waits: BTreeSet<u32>,
    settled_under: Option<Opened>,
}

/// Connections that are tried one after the other without any progress.
const TRIES: u32 = 3;
const PAUSE: Duration = Duration::from_millis(300);

/// Takes in what a mailbox holds for its rules.
pub(super) async fn collect(
    intake: &mut Intake<'_>,
    config: &Config,
    mailbox: &Mailbox,
    rules: &[Rule<'_>],
) -> Result<Vec<Collected>> {
    let mut work = Work {
        mailbox,
        rules,
        mail_bytes: config.mail_bytes,
        fingerprint: fingerprint(mailbox, rules, config.mail_bytes),
        collected: Vec::new(),
        passed_over: BTreeMap::new(),
        settled: BTreeSet::new(),
        waits: BTreeSet::new(),
        settled_under: None,
    };
    let mut idle = 0;
    loop {
        let before = work.decided();
        match work.pass(intake).await {
            Ok(()) => break,
            Err(Stop::Ours(error)) => return Err(error),
            Err(Stop::Mailbox(fault)) => {
                idle = if work.decided() > before { 0 } else { idle + 1 };
                if fault.is_transient() && idle < TRIES {
                    tracing::info!(%fault, "trying the mailbox again");
                    tokio::time::sleep(PAUSE * (idle + 1)).await;
                    continue;
                }
                work.away(&fault);
                break;
            }
        }
    }
    work.tell_passed_over();
    Ok(work.collected)
}

impl Work<'_, '_> {
    /// How many mails this run is done with.
    fn decided(&self) -> usize {
        self.settled.len() + self.waits.len()
    }

    fn mailbox_name(&self) -> &str {
        &self.mailbox.account.name
    }

    fn tell(&mut self, channel: &str, name: &str, id: i64, taken: Taken) {
        self.collected.push(Collected {
            channel: channel.to_owned(),
            name: name.to_owned(),
            id,
            taken,
        });
    }

    /// Each channel has to know that its mails could not be looked at.
    fn away(&mut self, fault: &MailboxFault) {
        let away = match fault {
            MailboxFault::Authentication { .. } | MailboxFault::Token { .. } => {
                Away::Authentication
            }
            _ => Away::Unavailable,
        };
        let name = format!("mailbox {}", self.mailbox_name());
        let channels: BTreeSet<String> = self
            .rules
            .iter()
            .filter(|rule| rule.chosen)
            .map(|rule| rule.channel.name.clone())
            .collect();
        for channel in channels {
            let reason = without(&name, fault.to_string());
            self.tell(&channel, &name, 0, Taken::Unreadable { reason, away });
        }
    }

    /// A report under a name that no pattern takes must not pass for no report.
    fn tell_passed_over(&mut self) {
        let name = format!("mailbox {}", self.mailbox_name());
        for (channel, mails) in std::mem::take(&mut self.passed_over) {
            let taken = Taken::PassedOver { mails };
            self.tell(&channel, &name, 0, taken);
        }
    }

    /// One connection, from login to goodbye.
    async fn pass(&mut self, intake: &mut Intake<'_>) -> Result<(), Stop> {
        let mut session = Session::connect(&self.mailbox.account).await?;
        let folder = self.mailbox.account.folder.clone();
        let opened = session.examine(&folder).await?;
        if self.settled_under != Some(opened) {
            self.settled.clear();
            self.waits.clear();
            self.settled_under = Some(opened);
        }
        let mark = intake.store.mail_mark(self.mailbox_name()).await?;
        let first = match mark {
            Some(mark)
                if mark.rules == self.fingerprint && mark.uid_validity == opened.uid_validity =>
            {
                mark.next_uid
            }
            _ => 1,
        };
        let uids = session.uids(first).await?;
        let mut stayed: Option<u32> = None;
        let mut last = first.saturating_sub(1);
        for batch in uids.chunks(50) {
            let fresh: Vec<u32> = batch
                .iter()
                .filter(|uid| !self.settled.contains(uid) && !self.waits.contains(uid))
                .copied()
                .collect();
            let (mut taken, mut quarantined) = (Vec::new(), Vec::new());
            for heading in session.headings(&fresh).await? {
                match self.look(intake, &mut session, opened, &heading).await? {
                    Fate::Taken => taken.push(heading.uid),
                    Fate::Quarantined => quarantined.push(heading.uid),
                    Fate::Waits => {
                        self.waits.insert(heading.uid);
                    }
                    Fate::NotOurs | Fate::Gone => {
                        self.settled.insert(heading.uid);
                    }
                }
            }
            for (uids, target, flag) in [
                (taken, &self.mailbox.processed, PROCESSED_FLAG),
                (quarantined, &self.mailbox.quarantine, QUARANTINED_FLAG),
            ] {
                if uids.is_empty() {
                    continue;
                }
                let fates = session
                    .put_away(&folder, opened, &uids, target, flag)
                    .await?;
                for (uid, fate) in fates {
                    if let PutAway::Stayed(reason) = fate {
                        stayed = Some(stayed.map_or(uid, |first| first.min(uid)));
                        let name = format!("mail {uid} of mailbox {}", self.mailbox_name());
                        let channel = self.first_channel();
                        self.tell(&channel, &name, 0, Taken::NotPutAway { reason });
                    } else {
                        self.settled.insert(uid);
                    }
                }
            }
            last = batch.last().copied().unwrap_or(last);
            // What was moved is selected for writing now; the next look is read-only again.
            session.examine(&folder).await?;
        }
        let waiting = self.waits.first().copied();
        let waiting = waiting.into_iter().chain(stayed).min();
        let next_uid = waiting.unwrap_or(last.saturating_add(1));
        let mark = MailMark {
            rules: self.fingerprint.clone(),
            uid_validity: opened.uid_validity,
            next_uid,
        };
        intake
            .store
            .set_mail_mark(self.mailbox_name(), &mark)
            .await?;
        session.close().await;
        Ok(())
    }

    fn first_channel(&self) -> String {
        let chosen = self.rules.iter().find(|rule| rule.chosen);
        chosen.map_or_else(String::new, |rule| rule.channel.name.clone())
    }

    /// Decides about one mail.
    async fn look(
        &mut self,
        intake: &mut Intake<'_>,
        session: &mut Session,
        opened: Opened,
        heading: &Heading,
    ) -> Result<Fate, Stop> {
        let header = Header::of(&heading.header);
        let concerned = concerned(self.rules, &header);
        if concerned.is_empty() {
            return Ok(Fate::NotOurs);
        }
        if concerned.iter().all(|rule| !rule.rule.chosen) {
            return Ok(Fate::Waits);
        }
        let mailbox = self.mailbox_name().to_owned();
        let place = MailPlace {
            mailbox: &mailbox,
            uid_validity: opened.uid_validity,
            uid: heading.uid,
        };
        let mut record = self.record(opened, heading, &header);
        let channels = channels_of(&concerned);
        let (tries, reason) = intake.store.mail_attempts(place).await?;
        if heading.size > self.mail_bytes {
            let fault = format!(
                "the mail has {} bytes, more than the limit of {} (limits.mail_bytes)\n  fix: raise \
                 limits.mail_bytes and move the mail back, or save its report and `rekon add` it",
                heading.size, self.mail_bytes
            );
            return self
                .failed(intake, place, tries + 1, record, &channels, fault)
                .await;
        }
        let raw = match session.raw(heading.uid, self.mail_bytes).await {
            Ok(Some(raw)) => raw,
            Ok(None) => return Ok(Fate::Gone),
            // One mail that the server itself cannot read holds up no other.
            Err(fault @ MailboxFault::Refused { .. }) => {
                let (name, away) = (mail_name(&record), Away::Unavailable);
                for channel in &channels {
                    let reason = fault.to_string();
                    self.tell(channel, &name, 0, Taken::Unreadable { reason, away });
                }
                return Ok(Fate::Waits);
            }
            Err(fault) => return Err(fault.into()),
        };
        if raw.len() as u64 > self.mail_bytes {
            let fault = format!(
                "the mail is larger than its server said, and than the limit of {} bytes \
                 (limits.mail_bytes)",
                self.mail_bytes
            );
            return self
                .failed(intake, place, tries + 1, record, &channels, fault)
                .await;
        }
        record.sha256 = archive::sha256(&raw);
        if tries >= self.mailbox.attempts {
            // It brought the program down each time, or was about to.
            intake.archive.keep(&raw)?;
            let reason = match &reason[..] {
                "" => format!("it was tried {tries} times, and no try came to an end"),
                reason => reason.to_owned(),
            };
            return self
                .put_into_quarantine(intake, place, &record, &channels, &reason)
                .await;
        }
        // On record before anything is unpacked: if this ends the process, the next run knows.
        intake
            .store
            .note_mail_attempts(place, tries + 1, "")
            .await?;
        let judged = self.judge(intake, &raw, &mut record).await;
        match judged {
            Ok(Judgement::NotOurs) => {
                intake.store.note_mail_attempts(place, 0, "").await?;
                Ok(Fate::NotOurs)
            }
            Ok(Judgement::Taken) => {
                intake.store.note_mail_attempts(place, 0, "").await?;
                let others = concerned.iter().any(|rule| !rule.rule.chosen);
                Ok(if others { Fate::Waits } else { Fate::Taken })
            }
            Ok(Judgement::NotBelieved(reason)) => {
                intake.archive.keep(&raw)?;
                self.put_into_quarantine(intake, place, &record, &channels, &reason)
                    .await
            }
            Ok(Judgement::StillQuarantined) => {
                intake.store.note_mail_attempts(place, 0, "").await?;
                Ok(Fate::Quarantined)
            }
            Ok(Judgement::Damaged(reason)) => {
                intake.archive.keep(&raw)?;
                self.failed(intake, place, tries + 1, record, &channels, reason)
                    .await
            }
            Err(error) => {
                // A full disk or a locked state is no fault of the mail's.
                intake
                    .store
                    .note_mail_attempts(place, tries, &reason)
                    .await
                    .context(format!("{error:#}"))?;
                Err(Stop::Ours(error))
            }
        }
    }

    /// A try that failed through the mail's own fault.
    async fn failed(
        &mut self,
        intake: &mut Intake<'_>,
        place: MailPlace<'_>,
        tries: u32,
        record: MailRecord,
        channels: &[String],
        reason: String,
    ) -> Result<Fate, Stop> {
        if tries >= self.mailbox.attempts {
            return self
                .put_into_quarantine(intake, place, &record, channels, &reason)
                .await;
        }
        intake
            .store
            .note_mail_attempts(place, tries, &reason)
            .await?;
        let reason = format!(
            "{reason}\n  note: try {tries} of {}; after the last one the mail goes to {}",
            self.mailbox.attempts, self.mailbox.quarantine
        );
        let name = mail_name(&record);
        for channel in channels {
            let reason = reason.clone();
            self.tell(channel, &name, 0, Taken::Damaged { reason });
        }
        Ok(Fate::Waits)
    }

    async fn put_into_quarantine(
        &mut self,
        intake: &mut Intake<'_>,
        place: MailPlace<'_>,
        record: &MailRecord,
        channels: &[String],
        reason: &str,
    ) -> Result<Fate, Stop> {
        let names: Vec<&str> = channels.iter().map(String::as_str).collect();
        let held = intake
            .store
            .quarantine(record, &names, reason, intake.now)
            .await?;
        intake.store.note_mail_attempts(place, 0, "").await?;
        let name = mail_name(record);
        for channel in channels {
            let reason = reason.to_owned();
            let id = held.id;
            self.tell(channel, &name, id, Taken::Quarantined { id, reason });
        }
        Ok(Fate::Quarantined)
    }

    fn record(&self, opened: Opened, heading: &Heading, header: &Header) -> MailRecord {
        MailRecord {
            mailbox: self.mailbox_name().to_owned(),
            folder: self.mailbox.account.folder.clone(),
            uid_validity: opened.uid_validity,
            uid: heading.uid,
            message_id: header.message_id().unwrap_or_default(),
            sender: sender(header),
            subject: shown(&header.subject()),
            sent_at: header.date(),
            received_at: heading.received,
            sha256: String::new(),
            verdict: String::new(),
        }
    }

    /// Takes a fetched mail apart and takes in what is asked for and believed.
    async fn judge(
        &mut self,
        intake: &mut Intake<'_>,
        raw: &[u8],
        record: &mut MailRecord,
    ) -> Result<Judgement> {
        let header = Header::of(raw);
        let concerned = concerned(self.rules, &header);
        if concerned.is_empty() {
            // Only a mail whose header concerns a rule comes here.
            let fault = "the server shows another header for this mail than the mail has\n  fix: \
                         look at the mail; if it is genuine, save its report and `rekon add` it";
            return Ok(Judgement::Damaged(fault.to_owned()));
        }
        let contents = match attachments(raw) {
            Ok(contents) => contents,
            Err(fault) => match self.believe(&concerned, &header, record) {
                // A forger's broken mail is a forgery first.
                Some(doubt) => return Ok(Judgement::NotBelieved(doubt)),
                None => return Ok(Judgement::Damaged(fault.to_string())),
            },
        };
        let asked: Vec<(&Rule<'_>, &Attachment)> = concerned
            .iter()
            .flat_map(|one| {
                let pattern = &one.rule.rule.attachment;
                let fits = contents
                    .attachments
                    .iter()
                    .filter(|file| wanted(pattern, &file.name, &file.bytes));
                fits.map(|file| (one.rule, file))
            })
            .collect();
        if asked.is_empty() {
            // A mail that two programs read differently is not harmless because ours finds no report.
            if header.flaw().is_some()
                && let Some(doubt) = self.believe(&concerned, &header, record)
            {
                return Ok(Judgement::NotBelieved(doubt));
            }
            // A report wrapped in what only one mail program opens must not pass for no report.
            let aside = contents.aside.iter();
            let aside: Vec<String> = aside
                .map(|one| format!("`{}` (part {}): {}", one.name, one.part, one.reason))
                .collect();
            return Ok(match aside.is_empty() {
                true => {
                    if !contents.attachments.is_empty()
                        && self.believe(&concerned, &header, record).is_none()
                    {
                        self.pass_over(&concerned, &contents.attachments, record);
                    }
                    Judgement::NotOurs
                }
                false => match self.believe(&concerned, &header, record) {
                    Some(doubt) => Judgement::NotBelieved(doubt),
                    None => Judgement::Damaged(aside.join("\n")),
                },
            });
        }
        let store = intake.store;
        let decided = store.quarantine_of(&record.mailbox, &record.sha256).await?;
        match &decided {
            Some(one) if one.state == QuarantineState::Released => {
                record.verdict = released_verdict(&one.decided_by, &one.decision);
            }
            // One that was believed and could not be read is tried again when somebody moves it back.
            Some(one) if one.state == QuarantineState::Rejected || one.mail.verdict.is_empty() => {
                return Ok(Judgement::StillQuarantined);
            }
            _ => {
                if let Some(doubt) = self.believe(&concerned, &header, record) {
                    return Ok(Judgement::NotBelieved(doubt));
                }
            }
        }
        intake.archive.keep(raw)?;
        let asked = asked.into_iter().filter(|(rule, _)| rule.chosen);
        let (collected, faults) = take_in_attachments(intake, asked, record).await?;
        self.collected.extend(collected);
        if !faults.is_empty() {
            return Ok(Judgement::Damaged(faults.join("\n")));
        }
        if let Some(held) = decided.filter(|one| one.state == QuarantineState::Held) {
            let (state, by) = (QuarantineState::Released, "rekon");
            let reason = "it came back to its folder and could be read";
            store.decide(held.id, state, reason, by, intake.now).await?;
        }
        Ok(Judgement::Taken)
    }

    fn pass_over(
        &mut self,
        concerned: &[Concerned<'_>],
        attachments: &[Attachment],
        record: &MailRecord,
    ) {
        let names: Vec<String> = attachments.iter().map(|file| shown(&file.name)).collect();
        let said = format!("\"{}\" ({})", record.subject, names.join(", "));
        for channel in channels_of(concerned) {
            self.passed_over
                .entry(channel)
                .or_default()
                .push(said.clone());
        }
    }

    /// Why a mail is not believed; else its record says who vouches for it.
    fn believe(
        &self,
        concerned: &[Concerned<'_>],
        header: &Header,
        record: &mut MailRecord,
    ) -> Option<String> {
        let listed = concerned
            .iter()
            .any(|one| matches!(one.claim, Claim::Listed { .. }));
        if !listed {
            return concerned.iter().find_map(|one| match &one.claim {
                Claim::Pretends { reason, .. } => Some(reason.to_string()),
                _ => None,
            });
        }
        match authenticate(header, &self.mailbox.authentication) {
            Ok(verdict) => {
                record.verdict = verdict.to_string();
                None
            }
            Err(doubt) => Some(doubt.to_string()),
        }
    }
}

/// A rule a mail answers to, and how it does.
struct Concerned<'r> {
    rule: &'r Rule<'r>,
    claim: Claim,
}

/// The rules a mail answers to, or else those it pretends to. A sender who is listed for one channel
/// and proven as such is nobody to another that he resembles or names: its rules are not asked.
fn concerned<'r>(rules: &'r [Rule<'r>], header: &Header) -> Vec<Concerned<'r>> {
    let subject = header.subject();
    let mut concerned: Vec<Concerned<'r>> = rules
        .iter()
        .filter(|rule| rule.takes_subject(&subject))
        .filter_map(|rule| match claim(header, &rule.rule.from) {
            Claim::Stranger => None,
            claim => Some(Concerned { rule, claim }),
        })
        .collect();
    let listed = |one: &Concerned<'_>| matches!(one.claim, Claim::Listed { .. });
    if concerned.iter().any(listed) {
        concerned.retain(listed);
    }
    concerned
}

enum Judgement {
    NotOurs,
    Taken,
    NotBelieved(String),
    /// A person has not released it, or has said no.
    StillQuarantined,
    Damaged(String),
}

fn channels_of(concerned: &[Concerned<'_>]) -> Vec<String> {
    let names: BTreeSet<&str> = concerned
        .iter()
        .map(|one| one.rule.channel.name.as_str())
        .collect();
    names.into_iter().map(str::to_owned).collect()
}

/// Every From there is: a mail with two of them shows both.
fn sender(header: &Header) -> String {
    let all: Vec<&str> = header.values("From").collect();
    shown(&all.join(" | "))
}

fn mail_name(record: &MailRecord) -> String {
    format!("mail \"{}\" from {}", record.subject, record.sender)
}
