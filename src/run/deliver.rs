//! Delivering: the stored bytes of each mail, one transaction per recipient. What is being sent is
//! on record before it is, so that a process that dies leaves behind what may have gone out.

use std::collections::BTreeSet;

use anyhow::{Result, anyhow};
use chrono::{DateTime, Duration, Utc};

use super::outbox::MailNames;
use super::{Stop, run_id, under_lock};
use crate::archive::Archive;
use crate::config::{Config, MailTransport};
use crate::mail::{
    self, Deadlines, FaultKind, Login, Reach, SendFault, Sent, SmtpServer, Transport,
};
use crate::store::{Attempt, Ending, Lock, Mails, OutboxRow, OutboxState, Store};

/// What became of one mail to one recipient.
#[derive(Clone, Debug)]
pub struct Delivered {
    /// What people call it: `M-4EJTP`.
    pub name: String,
    pub report: String,
    pub recipient: String,
    pub result: Result<Sent, (OutboxState, String)>,
    pub authentication: Authentication,
    /// When it is tried again by itself.
    pub next_attempt: Option<DateTime<Utc>>,
    /// Why the recipient may have it twice.
    pub again: Option<String>,
}

/// Whether a mail server refused who we are, which is another exit code than being away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authentication {
    Fine,
    Refused,
}

/// Which mails are to leave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Those that are due at this instant.
    Due { now: DateTime<Utc> },
    /// These ids, whatever they wait for.
    These(BTreeSet<String>),
}

/// Between attempts; the last one holds for all that follow.
const BACKOFF: [Duration; 5] = [
    Duration::minutes(5),
    Duration::minutes(15),
    Duration::hours(1),
    Duration::hours(4),
    Duration::hours(12),
];
/// As long as mail servers try among themselves.
const GIVE_UP_AFTER: Duration = Duration::days(5);
/// How often a mail may go out without an answer: a recipient has it twice at the most.
const UNCERTAIN: usize = 2;

/// Sends what is wanted. A recipient that is refused holds nobody else up; a server that cannot be
/// used puts all that follow off.
pub async fn deliver(
    config: &Config,
    store: &Store,
    archive: &Archive,
    wanted: &Wanted,
    lock: &Lock,
    stop: &Stop,
) -> Result<Vec<Delivered>> {
    recover(config, store).await?;
    let mut rows = store.outbox(Mails::Open).await?;
    rows.retain(|row| match wanted {
        Wanted::Due { now } => is_due(row, *now),
        Wanted::These(ids) => ids.contains(&row.delivery.id),
    });
    // A mail that a server chokes on must not stand before the others for ever.
    rows.sort_by_key(|row| since_asked(&row.history).len());
    let mut delivered = Vec::new();
    if rows.is_empty() {
        return Ok(delivered);
    }
    let names = MailNames::of(store.outbox_ids().await?);
    let transport = transport(config)?;
    let mut unusable: Option<SendFault> = None;
    for row in &rows {
        // A transaction that has begun is waited for; what was not tried waits for the next start.
        if stop.is_asked() {
            break;
        }
        let mut one = Delivered {
            name: names.name(&row.delivery.id),
            report: row.delivery.report.clone(),
            recipient: row.delivery.recipient.clone(),
            result: Err((row.state, String::new())),
            authentication: Authentication::Fine,
            next_attempt: None,
            again: None,
        };
        let (result, ending) = match &unusable {
            Some(fault) => {
                let ending = put_off(row, fault, Utc::now());
                store.put_off(&row.delivery.id, &ending, lock).await?;
                (Err(fault.clone()), ending)
            }
            None => {
                let sending = Sending {
                    row,
                    transport: &transport,
                    name: &one.name,
                };
                match attempt(&sending, store, archive, lock, stop).await? {
                    Some(ended) => ended,
                    // It stands as being sent, and the next start finds it so.
                    None => break,
                }
            }
        };
        if let Err(fault) = &result {
            if fault.kind == FaultKind::Authentication {
                one.authentication = Authentication::Refused;
            }
            if fault.reach == Reach::Server && unusable.is_none() {
                unusable = Some(fault.clone());
            }
        }
        one.again = may_be_there(row).filter(|_| result.is_ok());
        one.next_attempt = ending.next_attempt;
        one.result = result.map_err(|_| (ending.state, ending.answer));
        delivered.push(one);
    }
    Ok(delivered)
}

/// `rekon deliver`: sends what is queued and due.
pub async fn deliver_queued(
    config: &Config,
    now: DateTime<Utc>,
    stop: &Stop,
) -> Result<Vec<Delivered>> {
    deliver_wanted(
        config,
        &Wanted::Due { now },
        now,
        std::time::Duration::ZERO,
        stop,
    )
    .await
}

/// Sends these mails, by their ids in the outbox, and nothing else; waits a moment for the lock.
pub(super) async fn deliver_these(
    config: &Config,
    ids: BTreeSet<String>,
    now: DateTime<Utc>,
) -> Result<Vec<Delivered>> {
    let patience = std::time::Duration::from_secs(5);
    deliver_wanted(config, &Wanted::These(ids), now, patience, &Stop::default()).await
}

async fn deliver_wanted(
    config: &Config,
    wanted: &Wanted,
    now: DateTime<Utc>,
    patience: std::time::Duration,
    stop: &Stop,
) -> Result<Vec<Delivered>> {
    under_lock(config, &run_id(now), patience, async |store, lock| {
        let archive = Archive::open(&config.archive)?;
        deliver(config, store, &archive, wanted, lock, stop).await
    })
    .await
}

/// Mails whose transaction has no end on record: the process that sent them is gone, for the lock is
/// ours. In a directory the same file is written again, which changes nothing.
pub(super) async fn recover(config: &Config, store: &Store) -> Result<()> {
    let into_directory = matches!(
        config.mail.as_ref().map(|mail| &mail.transport),
        Some(MailTransport::Directory(_))
    );
    for row in store.outbox(Mails::Open).await? {
        if row.state != OutboxState::Sending || into_directory {
            continue;
        }
        let (now, begun) = (Utc::now(), row.attempted_at.unwrap_or(row.created_at));
        let fault = SendFault {
            kind: FaultKind::Uncertain,
            reach: Reach::Recipient,
            said: "the run that was sending it ended before the answer was on record: it may have \
                   gone out"
                .to_owned(),
        };
        let before = since_asked(&row.history);
        let ending = ending(&fault, before, now, &row.delivery.message_id);
        let ending = Ending {
            // The pause has been made already.
            next_attempt: ending.next_attempt.map(|_| begun),
            ..ending
        };
        store
            .end_sending(&row.delivery.id, begun, now, &ending)
            .await?;
    }
    Ok(())
}

/// A mail whose turn it is.
struct Sending<'a> {
    row: &'a OutboxRow,
    transport: &'a Transport,
    name: &'a str,
}

/// `None` where the run was asked to stop and the server took its time.
async fn attempt(
    sending: &Sending<'_>,
    store: &Store,
    archive: &Archive,
    lock: &Lock,
    stop: &Stop,
) -> Result<Option<(Result<Sent, SendFault>, Ending)>> {
    let Sending {
        row,
        transport,
        name,
    } = sending;
    let mail = &row.delivery;
    let begun = Utc::now();
    // Tried again once the bytes are back; the other mails leave meanwhile.
    let bytes = archive.read(&mail.sha256).map_err(|error| SendFault {
        kind: FaultKind::Transient,
        reach: Reach::Recipient,
        said: format!("{error:#}"),
    });
    store.begin_sending(&mail.id, begun, lock).await?;
    let result = match bytes {
        Err(fault) => Err(fault),
        Ok(bytes) => {
            let sent = mail::send(
                transport,
                &mail.sender,
                &mail.recipient,
                &mail.file_name,
                &bytes,
            );
            // Only this may be given up half way: never a statement to the state.
            tokio::select! {
                sent = sent => sent,
                () = stop.overdue() => return Ok(None),
            }
        }
    };
    let now = Utc::now();
    let ending = match &result {
        Ok(sent) => {
            let mut answer = match sent {
                Sent::Accepted(answer) => answer.clone(),
                Sent::Written(path) => path.display().to_string(),
            };
            if let Some(again) = may_be_there(row) {
                answer = format!("{answer}; {again}");
            }
            Ending {
                state: OutboxState::Sent,
                answer,
                next_attempt: None,
            }
        }
        Err(fault) => ending(fault, since_asked(&row.history), now, &mail.message_id),
    };
    store.end_sending(&mail.id, begun, now, &ending).await?;
    tracing::info!(
        mail = name,
        report = mail.report,
        state = ending.state.name(),
        "a mail was tried"
    );
    Ok(Some((result, ending)))
}

/// The attempts since the mail was queued, or since a person asked for it to be sent again.
fn since_asked(history: &[Attempt]) -> &[Attempt] {
    let asked = history.iter().rposition(|one| !one.actor.is_empty());
    &history[asked.map_or(0, |at| at + 1)..]
}

fn doubts(attempts: &[Attempt]) -> usize {
    let doubtful = |one: &&Attempt| one.state == OutboxState::Uncertain;
    attempts.iter().filter(doubtful).count()
}

/// Why a recipient who gets the mail now may have it already.
fn may_be_there(row: &OutboxRow) -> Option<String> {
    let doubtful = |one: &&Attempt| one.state == OutboxState::Uncertain;
    let last = row.history.iter().rev().find(doubtful)?;
    Some(format!(
        "it may have arrived at {} already: both have Message-ID <{}>",
        last.at.format("%Y-%m-%d %H:%M UTC"),
        row.delivery.message_id
    ))
}

/// Whether it has gone out without an answer as often as it may: it is not sent again by itself.
pub fn awaits_a_person(row: &OutboxRow) -> bool {
    row.state == OutboxState::Uncertain && doubts(since_asked(&row.history)) >= UNCERTAIN
}

/// Whether it leaves by itself at this instant.
pub fn is_due(row: &OutboxRow, now: DateTime<Utc>) -> bool {
    row.delivery.not_before <= now
        // One that lies beyond every pause was written by a clock that was wrong.
        && row
            .next_attempt
            .is_none_or(|next| next <= now || next > now + BACKOFF[4] + Duration::hours(1))
        && row.state != OutboxState::Failed
        && !awaits_a_person(row)
}

/// How a first attempt ended that no run made.
pub(super) fn ending_of(
    sent: &Result<Sent, SendFault>,
    message_id: &str,
    now: DateTime<Utc>,
) -> Ending {
    match sent {
        Ok(Sent::Accepted(answer)) => Ending {
            state: OutboxState::Sent,
            answer: answer.clone(),
            next_attempt: None,
        },
        Ok(Sent::Written(path)) => Ending {
            state: OutboxState::Sent,
            answer: path.display().to_string(),
            next_attempt: None,
        },
        Err(fault) => ending(fault, &[], now, message_id),
    }
}

/// What follows from a fault, after these attempts.
fn ending(fault: &SendFault, before: &[Attempt], now: DateTime<Utc>, message_id: &str) -> Ending {
    let said = &fault.said;
    let next = now + BACKOFF[before.len().min(BACKOFF.len() - 1)];
    let first = before.first().map_or(now, |attempt| attempt.at);
    let ends = |state, answer: String, next_attempt| Ending {
        state,
        answer,
        next_attempt,
    };
    match fault.kind {
        FaultKind::Permanent => ends(OutboxState::Failed, said.clone(), None),
        FaultKind::Uncertain if doubts(before) + 1 >= UNCERTAIN => ends(
            OutboxState::Uncertain,
            format!(
                "{said}; it went out {UNCERTAIN} times without an answer and does so no more by \
                 itself: ask the recipient for Message-ID <{message_id}>"
            ),
            None,
        ),
        FaultKind::Uncertain => ends(OutboxState::Uncertain, said.clone(), Some(next)),
        FaultKind::Transient | FaultKind::Authentication if now - first >= GIVE_UP_AFTER => ends(
            OutboxState::Failed,
            format!("given up after {} days: {said}", GIVE_UP_AFTER.num_days()),
            None,
        ),
        FaultKind::Transient | FaultKind::Authentication => {
            ends(OutboxState::Deferred, said.clone(), Some(next))
        }
    }
}

/// Of a mail that is not tried because its server cannot be used now.
fn put_off(row: &OutboxRow, fault: &SendFault, now: DateTime<Utc>) -> Ending {
    Ending {
        state: match row.state {
            OutboxState::Uncertain => OutboxState::Uncertain,
            _ => OutboxState::Deferred,
        },
        answer: format!("not tried, for the mail before it met: {}", fault.said),
        next_attempt: Some(now + BACKOFF[0]),
    }
}

/// How this configuration sends.
pub fn transport(config: &Config) -> Result<Transport> {
    let outgoing = config
        .mail
        .as_ref()
        .ok_or_else(|| anyhow!("mails are queued but [mail] is gone from the configuration"))?;
    Ok(match &outgoing.transport {
        MailTransport::Directory(path) => Transport::Directory(path.clone()),
        MailTransport::Smtp {
            host,
            port,
            security,
            user,
            credential,
        } => Transport::Smtp(SmtpServer {
            host: host.clone(),
            port: *port,
            security: *security,
            login: user
                .clone()
                .zip(credential.clone())
                .map(|(user, credential)| Login { user, credential }),
            deadlines: Deadlines::default(),
        }),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + Duration::minutes(minutes)
    }

    fn attempts(states: &[(i64, OutboxState)]) -> Vec<Attempt> {
        let attempt = |(minutes, state): &(i64, OutboxState)| Attempt {
            at: at(*minutes),
            state: *state,
            answer: String::new(),
            actor: String::new(),
        };
        states.iter().map(attempt).collect()
    }

    #[test]
    fn pauses_grow_and_end_after_five_days() {
        use FaultKind::{Authentication, Permanent, Transient, Uncertain};
        let mut later = attempts(&[(0, OutboxState::Deferred); 5]);
        let old = 5 * 24 * 60;
        for (kind, before, now, state, pause) in [
            (Transient, 0, 0, OutboxState::Deferred, Some(5)),
            (Transient, 1, 5, OutboxState::Deferred, Some(15)),
            (Transient, 2, 20, OutboxState::Deferred, Some(60)),
            (Authentication, 3, 80, OutboxState::Deferred, Some(240)),
            (Transient, 4, 320, OutboxState::Deferred, Some(720)),
            (Transient, 5, old - 1, OutboxState::Deferred, Some(720)),
            (Transient, 5, old, OutboxState::Failed, None),
            (Authentication, 5, old, OutboxState::Failed, None),
            // A first attempt, however long it was queued.
            (Transient, 0, 2 * old, OutboxState::Deferred, Some(5)),
            (Permanent, 0, 0, OutboxState::Failed, None),
            (Uncertain, 0, 0, OutboxState::Uncertain, Some(5)),
            (Uncertain, 1, 5, OutboxState::Uncertain, Some(15)),
        ] {
            let fault = SendFault {
                kind,
                reach: Reach::Recipient,
                said: "said".to_owned(),
            };
            let ending = ending(&fault, &later[..before], at(now), "id@rekon");
            assert_eq!(ending.state, state, "{kind:?} after {before}");
            let expected = pause.map(|minutes| at(now + minutes));
            assert_eq!(ending.next_attempt, expected, "{kind:?} after {before}");
        }
        later[2].state = OutboxState::Uncertain;
        let again = SendFault {
            kind: Uncertain,
            reach: Reach::Recipient,
            said: "said".to_owned(),
        };
        let last = ending(&again, &later, at(400), "id@rekon");
        assert_eq!(
            (last.state, last.next_attempt),
            (OutboxState::Uncertain, None)
        );
        assert!(last.answer.contains("<id@rekon>"), "{}", last.answer);
    }

    #[test]
    fn a_person_who_asks_begins_the_count_anew() {
        let mut history = attempts(&[
            (0, OutboxState::Uncertain),
            (5, OutboxState::Uncertain),
            (9, OutboxState::Queued),
            (9, OutboxState::Deferred),
        ]);
        assert_eq!(doubts(since_asked(&history)), 2);
        history[2].actor = "ani".to_owned();
        assert_eq!(since_asked(&history).len(), 1);
        assert_eq!(doubts(since_asked(&history)), 0);
    }
}
