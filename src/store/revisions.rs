//! Earlier results as they were concluded: every revision of a date stays.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::Row;
use sqlx::any::AnyRow;

use super::{Store, instant_text, json, parsed};
use crate::domain::difference::moves_on;
use crate::domain::outcome::{Outcome, RollForward};

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

    /// The newest revision of each date of a channel.
    pub async fn last_revisions(&self, channel: &str) -> Result<BTreeMap<NaiveDate, u32>> {
        let rows = sqlx::query(
            "SELECT business_date, MAX(revision) AS revision FROM results WHERE channel = $1 \
             GROUP BY business_date",
        )
        .bind(channel)
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| {
                let revision: i64 = row.try_get("revision")?;
                Ok((parsed(row, "business_date")?, u32::try_from(revision)?))
            })
            .collect()
    }

    /// One revision of a date; `None` where there is none of this number.
    pub async fn revision(
        &self,
        channel: &str,
        date: NaiveDate,
        revision: u32,
    ) -> Result<Option<Revision>> {
        let row = sqlx::query(
            "SELECT revision, run_id, created_at, knowledge, ledger_fingerprint, outcome, stamp \
             FROM results WHERE channel = $1 AND business_date = $2 AND revision = $3",
        )
        .bind(channel)
        .bind(date.to_string())
        .bind(i64::from(revision))
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else {
            return Ok(None);
        };
        let mut found = record(&row)?;
        let stamp = row.try_get("stamp")?;
        found.outcome.items = self.items_at(channel, date, stamp).await?;
        Ok(Some(found))
    }

    /// Dates before `date` that bring another movement of open items to those after them than they
    /// did at an instant, by results concluded since, at the latest at `until`.
    pub async fn moved_since(
        &self,
        channel: &str,
        date: NaiveDate,
        since: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<BTreeSet<NaiveDate>> {
        let rows = sqlx::query(
            "SELECT business_date, created_at, outcome FROM results r \
             WHERE channel = $1 AND business_date < $2 AND created_at <= $4 AND outcome <> '' \
             AND EXISTS (SELECT 1 FROM results n WHERE n.channel = r.channel \
             AND n.business_date = r.business_date AND n.created_at > $3 AND n.created_at <= $4) \
             ORDER BY business_date, revision",
        )
        .bind(channel)
        .bind(date.to_string())
        .bind(instant_text(since))
        .bind(instant_text(until))
        .fetch_all(&self.pool)
        .await?;
        let mut then: BTreeMap<NaiveDate, RollForward> = BTreeMap::new();
        let mut now = BTreeMap::new();
        for row in &rows {
            let outcome: Outcome = json(row, "outcome")?;
            if parsed::<DateTime<Utc>>(row, "created_at")? <= since {
                then.insert(outcome.business_date, outcome.roll_forward);
            }
            now.insert(outcome.business_date, outcome.roll_forward);
        }
        now.retain(|date, after| moves_on(then.get(date), after));
        Ok(now.into_keys().collect())
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
