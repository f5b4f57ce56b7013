//! Which results the readers of a report were told of, and in which mail.

use anyhow::{Result, bail};
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::Row;

use super::seal::Tx;
use super::{Store, instant_text, parsed};

/// Whether a result, as it was told, needs somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Clean,
    /// A break, a missing or refused file, rows that could not be read.
    Wrong,
}

impl Tone {
    fn name(self) -> &'static str {
        match self {
            Tone::Clean => "clean",
            Tone::Wrong => "wrong",
        }
    }

    fn from_name(name: &str) -> Result<Tone> {
        Ok(match name {
            "clean" => Tone::Clean,
            "wrong" => Tone::Wrong,
            other => bail!("state: readers were told that a date is `{other}`"),
        })
    }
}

/// One result in one mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    pub report: String,
    pub channel: String,
    pub date: NaiveDate,
    /// 0 where the mail said that there is no result.
    pub revision: u32,
    pub tone: Tone,
    /// Without angle brackets.
    pub message_id: String,
    /// When the mail was written.
    pub at: DateTime<Utc>,
}

impl Store {
    /// What a report's readers were told of these business dates, in the order of the mails.
    pub async fn told(&self, report: &str, from: NaiveDate, to: NaiveDate) -> Result<Vec<Told>> {
        let rows = sqlx::query(
            "SELECT * FROM told_dates WHERE report = $1 AND business_date >= $2 \
             AND business_date <= $3 ORDER BY at, message_id, channel, business_date",
        )
        .bind(report)
        .bind(from.to_string())
        .bind(to.to_string())
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| {
                let tone: String = row.try_get("tone")?;
                let revision: i64 = row.try_get("revision")?;
                Ok(Told {
                    report: row.try_get("report")?,
                    channel: row.try_get("channel")?,
                    date: parsed(row, "business_date")?,
                    revision: u32::try_from(revision)?,
                    tone: Tone::from_name(&tone)?,
                    message_id: row.try_get("message_id")?,
                    at: parsed(row, "at")?,
                })
            })
            .collect()
    }

    /// How a channel stood when a report's readers last heard of it: in its latest mail, on its
    /// latest date.
    pub async fn last_tone(&self, report: &str, channel: &str) -> Result<Option<Tone>> {
        let row = sqlx::query(
            "SELECT tone FROM told_dates WHERE report = $1 AND channel = $2 \
             ORDER BY at DESC, business_date DESC, revision DESC LIMIT 1",
        )
        .bind(report)
        .bind(channel)
        .fetch_optional(&self.pool)
        .await?;
        row.map(|row| Tone::from_name(&row.try_get::<String, _>("tone")?))
            .transpose()
    }

    /// Since when a report's readers have heard nothing: their last mail, or the first run of all
    /// where there was none; `None` before the first run.
    pub async fn silent_since(&self, report: &str) -> Result<Option<DateTime<Utc>>> {
        for (query, bind) in [
            (
                "SELECT created_at AS at FROM outbox WHERE report = $1 \
                 AND state NOT IN ('dropped', 'failed') ORDER BY created_at DESC LIMIT 1",
                report,
            ),
            (
                "SELECT started_at AS at FROM runs WHERE $1 = '' ORDER BY started_at LIMIT 1",
                "",
            ),
        ] {
            let row = sqlx::query(query)
                .bind(bind)
                .fetch_optional(&self.pool)
                .await?;
            if let Some(row) = row {
                return Ok(Some(parsed(&row, "at")?));
            }
        }
        Ok(None)
    }
}

pub(super) async fn tell(tx: &mut Tx, told: &Told) -> Result<()> {
    sqlx::query(
        "INSERT INTO told_dates (report, channel, business_date, revision, tone, message_id, at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) \
         ON CONFLICT (report, channel, business_date, message_id) DO NOTHING",
    )
    .bind(&told.report)
    .bind(&told.channel)
    .bind(told.date.to_string())
    .bind(i64::from(told.revision))
    .bind(told.tone.name())
    .bind(&told.message_id)
    .bind(instant_text(told.at))
    .execute(&mut **tx)
    .await?;
    Ok(())
}
