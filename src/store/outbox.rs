//! Mails to be sent, queued in the transaction of the result they report.

use anyhow::{Result, bail};
use chrono::{DateTime, Utc};
use sqlx::{Any, Row, Transaction};

use super::{Store, instant_text, parsed};

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
    Sent,
    /// Refused for now, to be tried again.
    Deferred,
    /// Refused for good.
    Failed,
    /// The connection broke after the whole mail was handed over: it may have arrived.
    Uncertain,
}

impl OutboxState {
    pub fn name(self) -> &'static str {
        match self {
            OutboxState::Queued => "queued",
            OutboxState::Sent => "sent",
            OutboxState::Deferred => "deferred",
            OutboxState::Failed => "failed",
            OutboxState::Uncertain => "uncertain",
        }
    }

    fn from_name(name: &str) -> Result<OutboxState> {
        Ok(match name {
            "queued" => OutboxState::Queued,
            "sent" => OutboxState::Sent,
            "deferred" => OutboxState::Deferred,
            "failed" => OutboxState::Failed,
            "uncertain" => OutboxState::Uncertain,
            other => bail!("state: a mail is `{other}`"),
        })
    }
}

#[derive(Clone, Debug)]
pub struct OutboxRow {
    pub delivery: Delivery,
    pub state: OutboxState,
    pub attempts: i64,
    pub last_answer: String,
}

impl Store {
    /// Mails that are not sent yet and not refused for good, oldest first.
    pub async fn outbox(&self) -> Result<Vec<OutboxRow>> {
        let rows = sqlx::query(
            "SELECT * FROM outbox WHERE state IN ('queued', 'deferred', 'uncertain', 'failed') \
             ORDER BY created_at, id",
        )
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| {
                let state: String = row.try_get("state")?;
                Ok(OutboxRow {
                    delivery: Delivery {
                        id: row.try_get("id")?,
                        report: row.try_get("report")?,
                        sender: row.try_get("sender")?,
                        recipient: row.try_get("recipient")?,
                        subject: row.try_get("subject")?,
                        message_id: row.try_get("message_id")?,
                        file_name: row.try_get("file_name")?,
                        sha256: row.try_get("sha256")?,
                        not_before: parsed(row, "not_before")?,
                    },
                    state: OutboxState::from_name(&state)?,
                    attempts: row.try_get("attempts")?,
                    last_answer: row.try_get("last_answer")?,
                })
            })
            .collect()
    }

    /// Records what became of an attempt, before the next recipient is tried.
    pub async fn note_attempt(&self, id: &str, state: OutboxState, answer: &str) -> Result<()> {
        sqlx::query(
            "UPDATE outbox SET state = $1, attempts = attempts + 1, last_answer = $2 WHERE id = $3",
        )
        .bind(state.name())
        .bind(answer)
        .bind(id)
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}

pub(super) async fn queue(
    tx: &mut Transaction<'_, Any>,
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
