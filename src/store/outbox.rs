//! Mails to be sent, queued in the transaction of the result they report.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use chrono::{DateTime, Utc};
use sqlx::Row;
use sqlx::any::AnyRow;

use super::chain::{self, Link, digest_of};
use super::seal::Tx;
use super::{Lock, Store, instant_text, parsed};

/// A rendered mail to one recipient; its bytes lie in the archive under their SHA-256.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// The same for the same report to the same recipient: queuing it twice changes nothing.
    pub id: String,
    pub report: String,
    pub sender: String,
    pub recipient: String,
    pub subject: String,
    pub message_id: String,
    /// What a directory transport names the file.
    pub file_name: String,
    pub sha256: String,
    pub not_before: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutboxState {
    Queued,
    /// A transaction with the mail server has begun and its end is not on record.
    Sending,
    Sent,
    /// Refused for now, to be tried again.
    Deferred,
    /// Refused for good.
    Failed,
    /// The connection broke after the whole mail was handed over: it may have arrived.
    Uncertain,
    /// A person decided that it is not sent.
    Dropped,
}

impl OutboxState {
    const ALL: [OutboxState; 7] = [
        OutboxState::Queued,
        OutboxState::Sending,
        OutboxState::Sent,
        OutboxState::Deferred,
        OutboxState::Failed,
        OutboxState::Uncertain,
        OutboxState::Dropped,
    ];

    pub fn name(self) -> &'static str {
        match self {
            OutboxState::Queued => "queued",
            OutboxState::Sending => "sending",
            OutboxState::Sent => "sent",
            OutboxState::Deferred => "deferred",
            OutboxState::Failed => "failed",
            OutboxState::Uncertain => "uncertain",
            OutboxState::Dropped => "dropped",
        }
    }

    fn from_name(name: &str) -> Result<OutboxState> {
        OutboxState::ALL
            .into_iter()
            .find(|state| state.name() == name)
            .with_context(|| format!("state: a mail is `{name}`"))
    }

    /// Whether somebody still waits for it.
    pub fn is_open(self) -> bool {
        !matches!(self, OutboxState::Sent | OutboxState::Dropped)
    }
}

/// How a transaction ended, or what a person decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    pub at: DateTime<Utc>,
    pub state: OutboxState,
    pub answer: String,
    /// Who decided; empty where a run tried.
    pub actor: String,
}

#[derive(Clone, Debug)]
pub struct OutboxRow {
    pub delivery: Delivery,
    pub state: OutboxState,
    pub created_at: DateTime<Utc>,
    /// Transactions that ended.
    pub attempts: i64,
    pub last_answer: String,
    /// When the last transaction began.
    pub attempted_at: Option<DateTime<Utc>>,
    /// Not before this instant, where it was tried or put off.
    pub next_attempt: Option<DateTime<Utc>>,
    /// Oldest first.
    pub history: Vec<Attempt>,
}

/// Which mails of the outbox are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mails {
    /// Neither sent nor dropped.
    Open,
    All,
}

/// Who sends a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    Ours,
    Anothers,
}

/// How a transaction ended, as it is to be recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ending {
    pub state: OutboxState,
    pub answer: String,
    /// `None` where it is not tried again by itself.
    pub next_attempt: Option<DateTime<Utc>>,
}

impl Store {
    /// Mails with all that was tried, oldest first.
    pub async fn outbox(&self, which: Mails) -> Result<Vec<OutboxRow>> {
        let which = match which {
            Mails::Open => "open",
            Mails::All => "all",
        };
        let rows = sqlx::query(
            "SELECT a.* FROM outbox_attempts a JOIN outbox o ON o.id = a.outbox_id \
             WHERE $1 = 'all' OR o.state NOT IN ('sent', 'dropped') \
             ORDER BY a.outbox_id, a.ordinal",
        )
        .bind(which)
        .fetch_all(&self.pool)
        .await?;
        let mut history: BTreeMap<String, Vec<Attempt>> = BTreeMap::new();
        for row in &rows {
            let of: String = row.try_get("outbox_id")?;
            history.entry(of).or_default().push(attempt(row)?);
        }
        let rows = sqlx::query(
            "SELECT * FROM outbox WHERE $1 = 'all' OR state NOT IN ('sent', 'dropped') \
             ORDER BY created_at, id",
        )
        .bind(which)
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| {
                let id: String = row.try_get("id")?;
                Ok(OutboxRow {
                    state: OutboxState::from_name(row.try_get("state")?)?,
                    created_at: parsed(row, "created_at")?,
                    attempts: row.try_get("attempts")?,
                    last_answer: row.try_get("last_answer")?,
                    attempted_at: instant_or_none(row, "attempted_at")?,
                    next_attempt: instant_or_none(row, "next_attempt")?,
                    history: history.remove(&id).unwrap_or_default(),
                    delivery: Delivery {
                        id,
                        report: row.try_get("report")?,
                        sender: row.try_get("sender")?,
                        recipient: row.try_get("recipient")?,
                        subject: row.try_get("subject")?,
                        message_id: row.try_get("message_id")?,
                        file_name: row.try_get("file_name")?,
                        sha256: row.try_get("sha256")?,
                        not_before: parsed(row, "not_before")?,
                    },
                })
            })
            .collect()
    }

    /// The ids of all mails, those of which nothing is open among them.
    pub async fn outbox_ids(&self) -> Result<Vec<String>> {
        let rows = sqlx::query("SELECT id FROM outbox ORDER BY id")
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(|row| Ok(row.try_get("id")?)).collect()
    }

    /// Puts on record that a transaction begins, so that nobody can believe it never did. An error
    /// where the lock was lost: somebody else may be sending the same mail.
    pub async fn begin_sending(&self, id: &str, at: DateTime<Utc>, lock: &Lock) -> Result<()> {
        let mut tx = self.begin().await?;
        lock.prove(&mut tx).await.context("nothing more is sent")?;
        let begun = sqlx::query(
            "UPDATE outbox SET state = 'sending', attempted_at = $1 WHERE id = $2 \
             AND state NOT IN ('sent', 'dropped')",
        )
        .bind(instant_text(at))
        .bind(id)
        .execute(&mut *tx)
        .await?;
        if begun.rows_affected() != 1 {
            bail!("state: the mail {id} is not to be sent any more");
        }
        tx.commit().await?;
        Ok(())
    }

    /// Takes a mail that nobody has tried for one who has no lock: an alert may be about the very run
    /// that holds it. Whether it is theirs to send.
    pub async fn begin_without_lock(&self, id: &str, at: DateTime<Utc>) -> Result<Claim> {
        let mut tx = self.begin().await?;
        let begun = sqlx::query(
            "UPDATE outbox SET state = 'sending', attempted_at = $1 \
             WHERE id = $2 AND state = 'queued'",
        )
        .bind(instant_text(at))
        .bind(id)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(match begun.rows_affected() {
            1 => Claim::Ours,
            _ => Claim::Anothers,
        })
    }

    /// Records how the transaction that began at `begun` ended, before the next recipient is tried.
    /// What happened is kept also by a run that lost its lock meanwhile; only the state of the mail
    /// is then the other run's to say.
    pub async fn end_sending(
        &self,
        id: &str,
        begun: DateTime<Utc>,
        at: DateTime<Utc>,
        ending: &Ending,
    ) -> Result<()> {
        let mut tx = self.begin().await?;
        let attempt = Attempt {
            at,
            state: ending.state,
            answer: ending.answer.clone(),
            actor: String::new(),
        };
        append(&mut tx, id, &attempt).await?;
        sqlx::query(
            "UPDATE outbox SET state = $1, attempts = attempts + 1, last_answer = $2, \
             next_attempt = $3 WHERE id = $4 AND state = 'sending' AND attempted_at = $5",
        )
        .bind(ending.state.name())
        .bind(&ending.answer)
        .bind(ending.next_attempt.map(instant_text).unwrap_or_default())
        .bind(id)
        .bind(instant_text(begun))
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Notes why a mail was not tried; that is no attempt.
    pub async fn put_off(&self, id: &str, ending: &Ending, lock: &Lock) -> Result<()> {
        let mut tx = self.begin().await?;
        lock.prove(&mut tx).await?;
        sqlx::query(
            "UPDATE outbox SET state = $1, last_answer = $2, next_attempt = $3 WHERE id = $4",
        )
        .bind(ending.state.name())
        .bind(&ending.answer)
        .bind(ending.next_attempt.map(instant_text).unwrap_or_default())
        .bind(id)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Records what a person decided about a mail, in the chain as well.
    pub async fn decide_mail(&self, id: &str, decision: &Attempt, lock: &Lock) -> Result<()> {
        let mut tx = self.begin().await?;
        lock.prove(&mut tx).await?;
        let ordinal = append(&mut tx, id, decision).await?;
        let (subject, digest) = decision_link(id, ordinal, decision);
        chain::append(&mut tx, decision.at, Link::Outbox, &subject, &digest).await?;
        sqlx::query(
            "UPDATE outbox SET state = $1, last_answer = $2, next_attempt = '' WHERE id = $3",
        )
        .bind(decision.state.name())
        .bind(&decision.answer)
        .bind(id)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(())
    }

    /// What people decided about mails: the subject of its chain entry and the digest of it as it is
    /// stored.
    pub async fn mail_decisions(&self) -> Result<BTreeMap<String, String>> {
        let rows = sqlx::query("SELECT * FROM outbox_attempts WHERE actor <> ''")
            .fetch_all(&self.pool)
            .await?;
        rows.iter()
            .map(|row| {
                let id: String = row.try_get("outbox_id")?;
                Ok(decision_link(&id, row.try_get("ordinal")?, &attempt(row)?))
            })
            .collect()
    }
}

fn attempt(row: &AnyRow) -> Result<Attempt> {
    Ok(Attempt {
        at: parsed(row, "at")?,
        state: OutboxState::from_name(row.try_get("state")?)?,
        answer: row.try_get("answer")?,
        actor: row.try_get("actor")?,
    })
}

fn instant_or_none(row: &AnyRow, column: &str) -> Result<Option<DateTime<Utc>>> {
    match row.try_get::<&str, _>(column)? {
        "" => Ok(None),
        _ => parsed(row, column).map(Some),
    }
}

/// Adds to what was tried; its place in it.
async fn append(tx: &mut Tx, id: &str, attempt: &Attempt) -> Result<i64> {
    let next = sqlx::query(
        "SELECT COALESCE(MAX(ordinal), 0) + 1 AS ordinal FROM outbox_attempts WHERE outbox_id = $1",
    )
    .bind(id)
    .fetch_one(&mut **tx)
    .await?;
    let ordinal: i64 = next.try_get("ordinal")?;
    sqlx::query(
        "INSERT INTO outbox_attempts (outbox_id, ordinal, at, state, answer, actor) \
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(id)
    .bind(ordinal)
    .bind(instant_text(attempt.at))
    .bind(attempt.state.name())
    .bind(&attempt.answer)
    .bind(&attempt.actor)
    .execute(&mut **tx)
    .await?;
    Ok(ordinal)
}

/// How a decision stands in the chain.
fn decision_link(id: &str, ordinal: i64, decision: &Attempt) -> (String, String) {
    let state = decision.state.name();
    let at = instant_text(decision.at);
    let text = format!("{at}\n{state}\n{}\n{}", decision.actor, decision.answer);
    (format!("{id} {ordinal}"), digest_of(&text))
}

pub(super) async fn queue(
    tx: &mut Tx,
    run_id: &str,
    delivery: &Delivery,
    now: DateTime<Utc>,
) -> Result<Queued> {
    let queued = sqlx::query(
        "INSERT INTO outbox (id, run_id, report, sender, recipient, subject, message_id, \
         file_name, sha256, created_at, not_before, state, attempts, last_answer) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'queued', 0, '') \
         ON CONFLICT (id) DO NOTHING",
    )
    .bind(&delivery.id)
    .bind(run_id)
    .bind(&delivery.report)
    .bind(&delivery.sender)
    .bind(&delivery.recipient)
    .bind(&delivery.subject)
    .bind(&delivery.message_id)
    .bind(&delivery.file_name)
    .bind(&delivery.sha256)
    .bind(instant_text(now))
    .bind(instant_text(delivery.not_before))
    .execute(&mut **tx)
    .await?;
    Ok(match queued.rows_affected() {
        0 => Queued::Already,
        _ => Queued::New,
    })
}

/// Whether a mail that was to be queued had been queued before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Queued {
    New,
    Already,
}
