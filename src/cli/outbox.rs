//! `rekon outbox list|resend|drop`, and what other commands say about mail that has not left.

use anyhow::{Result, bail};
use chrono::{DateTime, Duration, Utc};
use chrono_tz::Tz;
use serde_json::{Value, json};

use super::run::tell_delivered;
use super::told::endings_of;
use super::{Exit, Output, Usage, identity, print, print_json};
use crate::config::Config;
use crate::run::{self, Mail, awaits_a_person};
use crate::store::{Mails, OutboxState};

/// A timer that delivers every five minutes has had its chances by then.
const OVERDUE: Duration = Duration::minutes(15);

pub async fn list(
    config: &Config,
    which: Mails,
    output: Output,
    now: DateTime<Utc>,
) -> Result<Exit> {
    let store = run::open_store(config).await?;
    let mails = run::mails(&store, which).await?;
    store.close().await;
    match output {
        Output::Json => {
            let values = mails.iter().map(|mail| value(mail, now));
            print_json(&Value::Array(values.collect()))?;
        }
        Output::Text if mails.is_empty() => print(match which {
            Mails::Open => "Every mail has left.",
            Mails::All => "No mail was queued yet.",
        })?,
        Output::Text => {
            for mail in &mails {
                print(&text(mail, config.zone, now))?;
            }
        }
    }
    Ok(Exit::Done)
}

/// A mail in full, with all that was tried.
fn text(mail: &Mail, zone: Tz, now: DateTime<Utc>) -> String {
    let (row, delivery) = (&mail.row, &mail.row.delivery);
    let mut out = format!(
        "{}  {}  {} to {}\n    subject   {}\n    queued    {}, Message-ID <{}>",
        mail.name,
        row.state.name(),
        delivery.report,
        delivery.recipient,
        delivery.subject,
        local(row.created_at, zone),
        delivery.message_id
    );
    for one in &row.history {
        let by = match one.actor.as_str() {
            "" => String::new(),
            actor => format!(" by {actor}"),
        };
        out.push_str(&format!(
            "\n    {}  {}{by}: {}",
            local(one.at, zone),
            one.state.name(),
            one_line(&one.answer)
        ));
    }
    if row.state.is_open() {
        // Why it was not even tried is no attempt.
        let last = row.history.last().map_or("", |last| &last.answer);
        if row.last_answer != last {
            out.push_str(&format!("\n    since     {}", one_line(&row.last_answer)));
        }
        out.push_str(&format!("\n    next      {}", next(mail, zone, now)));
    }
    out
}

/// One line of `rekon status`.
pub fn line(mail: &Mail, zone: Tz, now: DateTime<Utc>) -> String {
    let row = &mail.row;
    let answer = match row.last_answer.as_str() {
        "" => String::new(),
        answer => format!(": {}", one_line(answer)),
    };
    format!(
        "Outbox: {} {} to {}: {} after {} attempt(s){answer}; {}",
        mail.name,
        row.delivery.report,
        row.delivery.recipient,
        row.state.name(),
        row.attempts,
        next(mail, zone, now)
    )
}

/// What happens to an open mail, and when.
fn next(mail: &Mail, zone: Tz, now: DateTime<Utc>) -> String {
    let (name, row) = (&mail.name, &mail.row);
    if row.state == OutboxState::Failed || awaits_a_person(row) {
        return format!("`rekon outbox resend {name}` or `drop {name}` decides");
    }
    let at = row.next_attempt.unwrap_or(row.delivery.not_before);
    match at.max(row.delivery.not_before) {
        at if at > now => format!("`rekon deliver` sends it from {} on", local(at, zone)),
        _ => "`rekon deliver` sends it".to_owned(),
    }
}

fn is_overdue(mail: &Mail, now: DateTime<Utc>) -> bool {
    let waits = match mail.row.state {
        OutboxState::Queued | OutboxState::Sending | OutboxState::Deferred => true,
        OutboxState::Uncertain => !awaits_a_person(&mail.row),
        OutboxState::Sent | OutboxState::Failed | OutboxState::Dropped => false,
    };
    waits && mail.row.delivery.not_before + OVERDUE < now
}

/// What somebody has to know of these mails, a sentence each.
pub fn notices(mails: &[Mail], now: DateTime<Utc>) -> Vec<String> {
    let told = |wanted: &dyn Fn(&Mail) -> bool, one: &str, several: &str| {
        let names: Vec<&str> = mails
            .iter()
            .filter(|mail| wanted(mail))
            .map(|mail| mail.name.as_str())
            .collect();
        let said = match names.len() {
            0 => return None,
            1 => one,
            _ => several,
        };
        let more = match names.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let first = &names[..names.len().min(NAMED)];
        Some(format!("{}{more} {said}", first.join(", ")))
    };
    let failed = |mail: &Mail| mail.row.state == OutboxState::Failed;
    let unknown = |mail: &Mail| awaits_a_person(&mail.row);
    let overdue = |mail: &Mail| is_overdue(mail, now);
    [
        told(
            &overdue,
            "is overdue: `rekon deliver` sends it; a timer every five minutes does",
            "are overdue: `rekon deliver` sends them; a timer every five minutes does",
        ),
        told(
            &failed,
            "was refused for good: `rekon outbox list` says why, `rekon outbox resend|drop` decides",
            "were refused for good: `rekon outbox list` says why, `rekon outbox resend|drop` decides",
        ),
        told(
            &unknown,
            "may have arrived or not: ask the recipient, then `rekon outbox resend|drop`",
            "may have arrived or not: ask the recipients, then `rekon outbox resend|drop`",
        ),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Mails named one by one in a line about several.
const NAMED: usize = 5;

pub fn value(mail: &Mail, now: DateTime<Utc>) -> Value {
    let (row, delivery) = (&mail.row, &mail.row.delivery);
    json!({
        "id": mail.name,
        "report": delivery.report,
        "recipient": delivery.recipient,
        "subject": delivery.subject,
        "message_id": delivery.message_id,
        "sha256": delivery.sha256,
        "state": row.state.name(),
        "attempts": row.attempts,
        "queued_at": row.created_at.to_rfc3339(),
        "not_before": delivery.not_before.to_rfc3339(),
        "next_attempt": row.next_attempt.filter(|_| row.state.is_open()).map(|at| at.to_rfc3339()),
        "overdue": is_overdue(mail, now),
        "last_answer": row.last_answer,
        "history": row.history.iter().map(|one| json!({
            "at": one.at.to_rfc3339(),
            "state": one.state.name(),
            "answer": one.answer,
            "by": one.actor,
        })).collect::<Vec<_>>(),
    })
}

pub async fn resend(config: &Config, ids: &[String], now: DateTime<Utc>) -> Result<Exit> {
    let delivered = run::resend(config, ids, &identity::user(), now).await?;
    for one in &delivered {
        tell_delivered(one, config.zone)?;
    }
    Ok(Exit::first(&endings_of(&delivered)))
}

pub async fn drop(
    config: &Config,
    ids: &[String],
    reason: &str,
    now: DateTime<Utc>,
) -> Result<Exit> {
    if reason.trim().is_empty() {
        let why = "--reason: say why, it is kept with the mail";
        bail!(Usage(why.to_owned()));
    }
    let by = identity::user();
    for mail in run::drop_mails(config, ids, reason, &by, now).await? {
        let (name, row) = (&mail.name, &mail.row);
        let recipient = &row.delivery.recipient;
        print(&match (row.state, row.history.last()) {
            (OutboxState::Dropped, Some(last)) => format!(
                "{name} to {recipient} was dropped already by {}: {}",
                last.actor, last.answer
            ),
            _ => format!("{name} to {recipient} is dropped: it is kept and not sent."),
        })?;
    }
    Ok(Exit::Done)
}

pub(super) fn local(at: DateTime<Utc>, zone: Tz) -> String {
    let local = at.with_timezone(&zone);
    local.format("%Y-%m-%d %H:%M").to_string()
}

pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
