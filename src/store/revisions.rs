//! Earlier results as they were concluded: every revision of a date stays.

use anyhow::Result;
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::Row;
use sqlx::any::AnyRow;

use super::{Store, json, parsed};
use crate::domain::outcome::Outcome;

/// One concluded result, with what it was judged with.
#[derive(Clone, Debug)]
pub struct Revision {
    /// 1 for the first.
    pub revision: u32,
    pub run_id: String,
    pub created_at: DateTime<Utc>,
    /// Files, profile and settings, as in [`super::DateRecord`].
    pub knowledge: String,
    pub ledger_fingerprint: String,
    pub outcome: Outcome,
}

impl Store {
    /// How many revisions a date has; 0 where it was never run.
    pub async fn last_revision(&self, channel: &str, date: NaiveDate) -> Result<u32> {
        let row = sqlx::query(
            "SELECT COALESCE(MAX(revision), 0) AS revision FROM results \
             WHERE channel = $1 AND business_date = $2",
        )
        .bind(channel)
        .bind(date.to_string())
        .fetch_one(&self.pool)
        .await?;
        Ok(u32::try_from(row.try_get::<i64, _>("revision")?)?)
    }

    /// One revision of a date; `None` where there is none of this number.
    pub async fn revision(
        &self,
        channel: &str,
        date: NaiveDate,
        revision: u32,
    ) -> Result<Option<Revision>> {
        let row = sqlx::query(
            "SELECT revision, run_id, created_at, knowledge, ledger_fingerprint, outcome \
             FROM results WHERE channel = $1 AND business_date = $2 AND revision = $3",
        )
        .bind(channel)
        .bind(date.to_string())
        .bind(i64::from(revision))
        .fetch_optional(&self.pool)
        .await?;
        row.as_ref().map(record).transpose()
    }
}

fn record(row: &AnyRow) -> Result<Revision> {
    Ok(Revision {
        revision: u32::try_from(row.try_get::<i64, _>("revision")?)?,
        run_id: row.try_get("run_id")?,
        created_at: parsed(row, "created_at")?,
        knowledge: row.try_get("knowledge")?,
        ledger_fingerprint: row.try_get("ledger_fingerprint")?,
        outcome: json(row, "outcome")?,
    })
}
