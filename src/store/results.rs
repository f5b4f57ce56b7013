//! What was concluded: revisions of results, and what a run stores at once.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::sync::Arc;

use anyhow::Result;
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::Row;

use super::book::{self, Book};
use super::chain::{self, Link, digest_of};
use super::last_told;
use super::outbox::{self, Delivery};
use super::seal::Tx;
use super::{Lock, Store, clean, hourly, instant_text, json, parsed};
use crate::domain::matching::KeyGroup;
use crate::domain::outcome::{DateState, Item, Outcome};
use crate::domain::products::Totals;
use crate::domain::reconcile::Ended;
use crate::domain::sides::{Hourly, PerSide};
use crate::domain::statement::Told;

/// The newest knowledge a date was judged with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DateRecord {
    pub state: DateState,
    /// Files, profile and settings it was judged with.
    pub knowledge: String,
    pub ledger_fingerprint: String,
    /// Whether an item that stands on it was judged otherwise since, by a run of other dates.
    pub moved: bool,
}

/// A stored revision.
#[derive(Clone, Debug)]
pub struct StoredResult {
    pub revision: u32,
    pub digest: String,
    pub outcome: Outcome,
    /// When its items stood as it lists them.
    stamp: i64,
}

/// A revision on its way in.
#[derive(Clone, Debug)]
pub struct NewRevision {
    pub revision: u32,
    pub digest: String,
    pub outcome: Arc<Outcome>,
}

/// What is known of what matched cleanly on a date.
#[derive(Clone, Debug)]
pub enum Clean {
    /// The date was not read: what is stored of it holds.
    AsStored,
    /// The next run has to read it.
    Unknown,
    Totals(Totals),
}

/// One date of a run.
#[derive(Clone, Debug)]
pub struct DateCommit {
    pub channel: String,
    pub date: NaiveDate,
    pub record: DateRecord,
    /// Present where the date was judged from its rows.
    pub hourly: Option<PerSide<Hourly>>,
    pub clean: Clean,
    /// Present where the outcome differs from the last revision.
    pub revision: Option<NewRevision>,
}

/// What a run judged anew of a channel.
#[derive(Clone, Debug)]
pub struct JudgedAnew {
    pub items: Arc<Vec<Item>>,
    /// The entries that they, and what else may still matter, rest on.
    pub groups: Arc<Vec<KeyGroup>>,
    /// What else ended on the first of the dates or later.
    pub ended: Arc<Ended>,
    /// What was stored of all these before.
    pub before: Arc<Book>,
    /// The business dates between which the run looked at everything.
    pub reach: RangeInclusive<NaiveDate>,
}

/// Everything a run concludes; it is stored whole or not at all.
#[derive(Clone, Debug, Default)]
pub struct Commit {
    pub run_id: String,
    pub as_of: DateTime<Utc>,
    pub now: DateTime<Utc>,
    pub dates: Vec<DateCommit>,
    /// By channel.
    pub judged: BTreeMap<String, JudgedAnew>,
    /// Key widths seen in the ledger: (channel, part, width).
    pub spellings: BTreeSet<(String, usize, usize)>,
    pub deliveries: Vec<Delivery>,
    /// Dates of other runs on which an item stands that this run judged otherwise.
    pub moved: BTreeSet<(String, NaiveDate)>,
    /// What the readers of each report are told.
    pub told: Vec<Told>,
}

impl Store {
    /// Every date of a channel that was ever run.
    pub async fn date_records(&self, channel: &str) -> Result<BTreeMap<NaiveDate, DateRecord>> {
        let rows = sqlx::query("SELECT * FROM dates WHERE channel = $1")
            .bind(channel)
            .fetch_all(&self.pool)
            .await?;
        rows.iter()
            .map(|row| {
                let state: String = row.try_get("state")?;
                let record = DateRecord {
                    state: serde_json::from_value(state.into())?,
                    knowledge: row.try_get("knowledge")?,
                    ledger_fingerprint: row.try_get("ledger_fingerprint")?,
                    moved: row.try_get::<i64, _>("moved")? != 0,
                };
                Ok((parsed(row, "business_date")?, record))
            })
            .collect()
    }

    /// The last revision of a date.
    pub async fn last_result(
        &self,
        channel: &str,
        date: NaiveDate,
    ) -> Result<Option<StoredResult>> {
        match self.last_totals(channel, date).await? {
            Some(last) => Ok(Some(self.with_items(last).await?)),
            None => Ok(None),
        }
    }

    /// A result whose totals were read, with its items.
    pub async fn with_items(&self, mut result: StoredResult) -> Result<StoredResult> {
        let Outcome {
            channel,
            business_date,
            ..
        } = &result.outcome;
        result.outcome.items = self.items_at(channel, *business_date, result.stamp).await?;
        Ok(result)
    }

    /// The same without its items.
    pub async fn last_totals(
        &self,
        channel: &str,
        date: NaiveDate,
    ) -> Result<Option<StoredResult>> {
        let row = sqlx::query(
            "SELECT revision, digest, outcome, stamp FROM results \
             WHERE channel = $1 AND business_date = $2 ORDER BY revision DESC LIMIT 1",
        )
        .bind(channel)
        .bind(date.to_string())
        .fetch_optional(&self.pool)
        .await?;
        row.map(|row| {
            Ok(StoredResult {
                revision: row.try_get::<i64, _>("revision")? as u32,
                digest: row.try_get("digest")?,
                outcome: json(&row, "outcome")?,
                stamp: row.try_get("stamp")?,
            })
        })
        .transpose()
    }

    pub async fn spellings(&self, channel: &str) -> Result<Vec<(usize, usize)>> {
        let rows = sqlx::query("SELECT part, width FROM spellings WHERE channel = $1")
            .bind(channel)
            .fetch_all(&self.pool)
            .await?;
        rows.iter()
            .map(|row| {
                let part: i64 = row.try_get("part")?;
                let width: i64 = row.try_get("width")?;
                Ok((usize::try_from(part)?, usize::try_from(width)?))
            })
            .collect()
    }

    /// Stores a run's conclusions and its mails in one transaction, if it is still the run that
    /// holds the lock: one that slept for an hour must not overwrite what another concluded since.
    pub async fn commit(&self, commit: &Commit, lock: &Lock) -> Result<()> {
        let mut tx = self.begin().await?;
        lock.prove(&mut tx).await?;
        let stamp = chain::next(&mut tx).await?;
        sqlx::query("INSERT INTO runs (id, started_at, as_of) VALUES ($1, $2, $3)")
            .bind(&commit.run_id)
            .bind(instant_text(commit.now))
            .bind(instant_text(commit.as_of))
            .execute(&mut *tx)
            .await?;
        for date in &commit.dates {
            store_date(&mut tx, commit, date, stamp).await?;
        }
        for (channel, date) in &commit.moved {
            sqlx::query("UPDATE dates SET moved = 1 WHERE channel = $1 AND business_date = $2")
                .bind(channel)
                .bind(date.to_string())
                .execute(&mut *tx)
                .await?;
        }
        for (channel, judged) in &commit.judged {
            book::store(&mut tx, channel, judged, stamp).await?;
        }
        for (channel, part, width) in &commit.spellings {
            sqlx::query(
                "INSERT INTO spellings (channel, part, width) VALUES ($1, $2, $3) \
                 ON CONFLICT (channel, part, width) DO NOTHING",
            )
            .bind(channel)
            .bind(*part as i64)
            .bind(*width as i64)
            .execute(&mut *tx)
            .await?;
        }
        for delivery in &commit.deliveries {
            let queued = outbox::queue(&mut tx, &commit.run_id, delivery, commit.now).await?;
            if queued == outbox::Queued::New {
                let subject = format!("{} to {}", delivery.report, delivery.recipient);
                chain::append(&mut tx, commit.now, Link::Mail, &subject, &delivery.sha256).await?;
            }
        }
        for told in &commit.told {
            last_told::tell(&mut tx, told, stamp).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}

async fn store_date(tx: &mut Tx, commit: &Commit, date: &DateCommit, stamp: i64) -> Result<()> {
    let day = date.date.to_string();
    sqlx::query(
        "INSERT INTO dates (channel, business_date, state, knowledge, ledger_fingerprint, run_id) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (channel, business_date) DO UPDATE SET \
         state = excluded.state, knowledge = excluded.knowledge, \
         ledger_fingerprint = excluded.ledger_fingerprint, run_id = excluded.run_id, moved = 0",
    )
    .bind(&date.channel)
    .bind(&day)
    .bind(date.record.state.name())
    .bind(&date.record.knowledge)
    .bind(&date.record.ledger_fingerprint)
    .bind(&commit.run_id)
    .execute(&mut **tx)
    .await?;
    if let Some(counts) = &date.hourly {
        hourly::store(tx, &date.channel, date.date, counts).await?;
    }
    match &date.clean {
        Clean::AsStored => {}
        Clean::Unknown => clean::store(tx, &date.channel, date.date, None).await?,
        Clean::Totals(totals) => {
            clean::store(tx, &date.channel, date.date, Some(totals)).await?;
        }
    }
    let Some(new) = &date.revision else {
        return Ok(());
    };
    let outcome = serde_json::to_string(new.outcome.as_ref())?;
    sqlx::query(
        "INSERT INTO results (channel, business_date, revision, run_id, state, created_at, digest, \
         knowledge, ledger_fingerprint, outcome, stamp) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(&date.channel)
    .bind(&day)
    .bind(i64::from(new.revision))
    .bind(&commit.run_id)
    .bind(date.record.state.name())
    .bind(instant_text(commit.now))
    .bind(&new.digest)
    .bind(&date.record.knowledge)
    .bind(&date.record.ledger_fingerprint)
    .bind(&outcome)
    .bind(stamp)
    .execute(&mut **tx)
    .await?;
    let subject = chain::result_subject(&date.channel, &day, i64::from(new.revision));
    chain::append(tx, commit.now, Link::Result, &subject, &digest_of(&outcome)).await?;
    Ok(())
}
