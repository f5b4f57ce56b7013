//! How runs ended, which nightly runs were planned, and what ops were told of it.

use anyhow::{Result, bail};
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::Row;
use sqlx::any::AnyRow;

use super::chain::{self, Link};
use super::outbox::{self, Delivery, Queued};
use super::seal::Tx;
use super::{Store, instant_text, parsed};

/// The end of a run that could open the state, also of one that stored nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunEnd {
    pub run_id: String,
    pub started_at: DateTime<Utc>,
    pub ended_at: DateTime<Utc>,
    pub exit_code: u8,
    pub scope: Scope,
    /// One sentence; empty where the run did what it was asked.
    pub error: String,
}

/// What a run was to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Every channel and every date that is due: when it works, all is well.
    Everything,
    Part,
}

impl Scope {
    fn name(self) -> &'static str {
        match self {
            Scope::Everything => "everything",
            Scope::Part => "part",
        }
    }
}

/// The nightly run of a business date as it stands in the records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedRow {
    pub business_date: NaiveDate,
    /// When it was to begin.
    pub planned_for: DateTime<Utc>,
    /// What the clock said when this was written.
    pub recorded_at: DateTime<Utc>,
    pub state: PlannedState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlannedState {
    /// It began; no end of it is known.
    Started,
    Ended,
    /// The run of a later business date did its work too.
    Covered {
        by: NaiveDate,
    },
    /// It lay beyond the catch-up window when somebody looked: ops were told.
    Missed,
}

impl PlannedState {
    fn name(self) -> &'static str {
        match self {
            PlannedState::Started => "started",
            PlannedState::Ended => "ended",
            PlannedState::Covered { .. } => "covered",
            PlannedState::Missed => "missed",
        }
    }
}

/// How a planned run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    pub run_id: String,
    pub at: DateTime<Utc>,
    pub exit_code: u8,
}

/// What ops are told, once for each id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    pub id: String,
    pub at: DateTime<Utc>,
    pub run_id: String,
    pub subject: String,
}

impl Store {
    pub async fn note_run_end(&self, end: &RunEnd) -> Result<()> {
        sqlx::query(
            "INSERT INTO run_ends (run_id, started_at, ended_at, exit_code, scope, error) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (run_id) DO NOTHING",
        )
        .bind(&end.run_id)
        .bind(instant_text(end.started_at))
        .bind(instant_text(end.ended_at))
        .bind(i64::from(end.exit_code))
        .bind(end.scope.name())
        .bind(&end.error)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// The end of the last run that began at `now` or before: one that is recorded later ran while
    /// the clock was wrong.
    pub async fn last_run_end(&self, now: DateTime<Utc>) -> Result<Option<RunEnd>> {
        let row = sqlx::query(
            "SELECT * FROM run_ends WHERE started_at <= $1 ORDER BY started_at DESC, run_id DESC \
             LIMIT 1",
        )
        .bind(instant_text(now))
        .fetch_optional(&self.pool)
        .await?;
        row.as_ref().map(run_end).transpose()
    }

    /// The end of the last run of everything, however it ended.
    pub async fn last_whole_run(&self, now: DateTime<Utc>) -> Result<Option<RunEnd>> {
        let row = sqlx::query(
            "SELECT * FROM run_ends WHERE started_at <= $1 AND scope = 'everything' \
             ORDER BY started_at DESC, run_id DESC LIMIT 1",
        )
        .bind(instant_text(now))
        .fetch_optional(&self.pool)
        .await?;
        row.as_ref().map(run_end).transpose()
    }

    /// The end of the last run that did what it was asked.
    pub async fn last_good_run(&self, now: DateTime<Utc>) -> Result<Option<RunEnd>> {
        let row = sqlx::query(
            "SELECT * FROM run_ends WHERE started_at <= $1 AND error = '' \
             ORDER BY started_at DESC, run_id DESC LIMIT 1",
        )
        .bind(instant_text(now))
        .fetch_optional(&self.pool)
        .await?;
        row.as_ref().map(run_end).transpose()
    }

    /// The nightly runs on record, by business date.
    pub async fn planned_runs(&self) -> Result<Vec<PlannedRow>> {
        let rows = sqlx::query("SELECT * FROM planned_runs ORDER BY business_date")
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(planned_row).collect()
    }

    /// Records what was decided about nightly runs, before any of them begins.
    pub async fn note_planned(&self, rows: &[PlannedRow]) -> Result<()> {
        let mut tx = self.begin().await?;
        for row in rows {
            let covered_by = match row.state {
                PlannedState::Covered { by } => by.to_string(),
                _ => String::new(),
            };
            sqlx::query(
                "INSERT INTO planned_runs (business_date, planned_for, recorded_at, state, \
                 covered_by, ended_at, run_id, exit_code) VALUES ($1, $2, $3, $4, $5, '', '', 0) \
                 ON CONFLICT (business_date) DO UPDATE SET planned_for = excluded.planned_for, \
                 recorded_at = excluded.recorded_at, state = excluded.state, \
                 covered_by = excluded.covered_by, ended_at = '', run_id = '', exit_code = 0",
            )
            .bind(row.business_date.to_string())
            .bind(instant_text(row.planned_for))
            .bind(instant_text(row.recorded_at))
            .bind(row.state.name())
            .bind(covered_by)
            .execute(&mut *tx)
            .await?;
        }
        tx.commit().await?;
        Ok(())
    }

    pub async fn end_planned(&self, business_date: NaiveDate, ended: &Ended) -> Result<()> {
        sqlx::query(
            "UPDATE planned_runs SET state = 'ended', ended_at = $1, run_id = $2, exit_code = $3 \
             WHERE business_date = $4",
        )
        .bind(instant_text(ended.at))
        .bind(&ended.run_id)
        .bind(i64::from(ended.exit_code))
        .bind(business_date.to_string())
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Takes back what was recorded while the clock was wrong.
    pub async fn forget_planned(&self, business_dates: &[NaiveDate]) -> Result<()> {
        let mut tx = self.begin().await?;
        for date in business_dates {
            sqlx::query("DELETE FROM planned_runs WHERE business_date = $1")
                .bind(date.to_string())
                .execute(&mut *tx)
                .await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Whether ops were told this already, and of no end to it. Of nights that were missed there is
    /// no end.
    pub async fn was_told(&self, alert_id: &str) -> Result<bool> {
        let row = sqlx::query(
            "SELECT id FROM alerts WHERE id = $1 AND (over_at = '' OR id LIKE 'missed %')",
        )
        .bind(alert_id)
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.is_some())
    }

    /// What ops were told that no good run has ended yet, oldest first.
    pub async fn open_alerts(&self) -> Result<Vec<Alert>> {
        let rows = sqlx::query("SELECT * FROM alerts WHERE over_at = '' ORDER BY at, id")
            .fetch_all(&self.pool)
            .await?;
        rows.iter()
            .map(|row| {
                Ok(Alert {
                    id: row.try_get("id")?,
                    at: parsed(row, "at")?,
                    run_id: row.try_get("run_id")?,
                    subject: row.try_get("subject")?,
                })
            })
            .collect()
    }

    /// Records an alert and queues its mails in one transaction. `over` where nothing lasts that a
    /// good run would end.
    pub async fn raise(
        &self,
        alert: &Alert,
        over: Option<DateTime<Utc>>,
        deliveries: &[Delivery],
    ) -> Result<()> {
        let mut tx = self.begin().await?;
        sqlx::query(
            "INSERT INTO alerts (id, at, run_id, subject, over_at) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (id) DO UPDATE SET at = excluded.at, run_id = excluded.run_id, \
             subject = excluded.subject, over_at = excluded.over_at",
        )
        .bind(&alert.id)
        .bind(instant_text(alert.at))
        .bind(&alert.run_id)
        .bind(&alert.subject)
        .bind(over.map(instant_text).unwrap_or_default())
        .execute(&mut *tx)
        .await?;
        queue_mails(&mut tx, alert, deliveries).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Ends every open alert and queues the mails that say so.
    pub async fn all_well(&self, alert: &Alert, deliveries: &[Delivery]) -> Result<()> {
        let mut tx = self.begin().await?;
        sqlx::query("UPDATE alerts SET over_at = $1 WHERE over_at = ''")
            .bind(instant_text(alert.at))
            .execute(&mut *tx)
            .await?;
        queue_mails(&mut tx, alert, deliveries).await?;
        tx.commit().await?;
        Ok(())
    }
}

async fn queue_mails(tx: &mut Tx, alert: &Alert, deliveries: &[Delivery]) -> Result<()> {
    for delivery in deliveries {
        if outbox::queue(tx, &alert.run_id, delivery, alert.at).await? == Queued::New {
            let subject = format!("{} to {}", delivery.report, delivery.recipient);
            chain::append(tx, alert.at, Link::Mail, &subject, &delivery.sha256).await?;
        }
    }
    Ok(())
}

fn run_end(row: &AnyRow) -> Result<RunEnd> {
    let scope: String = row.try_get("scope")?;
    Ok(RunEnd {
        run_id: row.try_get("run_id")?,
        started_at: parsed(row, "started_at")?,
        ended_at: parsed(row, "ended_at")?,
        exit_code: u8::try_from(row.try_get::<i64, _>("exit_code")?)?,
        scope: match scope.as_str() {
            "everything" => Scope::Everything,
            "part" => Scope::Part,
            other => bail!("state: a run was of `{other}`"),
        },
        error: row.try_get("error")?,
    })
}

fn planned_row(row: &AnyRow) -> Result<PlannedRow> {
    let state: String = row.try_get("state")?;
    Ok(PlannedRow {
        business_date: parsed(row, "business_date")?,
        planned_for: parsed(row, "planned_for")?,
        recorded_at: parsed(row, "recorded_at")?,
        state: match state.as_str() {
            "started" => PlannedState::Started,
            "ended" => PlannedState::Ended,
            "covered" => PlannedState::Covered {
                by: parsed(row, "covered_by")?,
            },
            "missed" => PlannedState::Missed,
            other => bail!("state: a planned run is `{other}`"),
        },
    })
}
