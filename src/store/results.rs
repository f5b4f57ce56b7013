//! What was concluded: revisions of results, the key groups behind open items, the items.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use anyhow::{Context, Result};
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::Row;

use super::acts::facts_of;
use super::chain::{self, Link, digest_of};
use super::last_told;
use super::outbox::{self, Delivery};
use super::seal::Tx;
use super::{Lock, Store, hourly, instant_text, json, parsed};
use crate::domain::acts::{Recorded, Standing, standing};
use crate::domain::matching::KeyGroup;
use crate::domain::outcome::{Closed, Closing, DateState, Item, Outcome};
use crate::domain::reconcile::last_date;
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
}

/// A revision on its way in.
#[derive(Clone, Debug)]
pub struct NewRevision {
    pub revision: u32,
    pub digest: String,
    pub outcome: Arc<Outcome>,
}

/// One date of a run.
#[derive(Clone, Debug)]
pub struct DateCommit {
    pub channel: String,
    pub date: NaiveDate,
    pub record: DateRecord,
    pub groups: Vec<KeyGroup>,
    /// Present where the date was judged.
    pub hourly: Option<PerSide<Hourly>>,
    /// Present where the outcome differs from the last revision.
    pub revision: Option<NewRevision>,
}

/// Everything a run concludes; it is stored whole or not at all.
#[derive(Clone, Debug, Default)]
pub struct Commit {
    pub run_id: String,
    pub as_of: DateTime<Utc>,
    pub now: DateTime<Utc>,
    pub dates: Vec<DateCommit>,
    /// All items of each channel that was reconciled.
    pub items: BTreeMap<String, Arc<Vec<Item>>>,
    /// Key widths seen in the ledger: (channel, part, width).
    pub spellings: BTreeSet<(String, usize, usize)>,
    pub deliveries: Vec<Delivery>,
    /// Dates of other runs on which an item stands that this run judged otherwise.
    pub moved: BTreeSet<(String, NaiveDate)>,
    /// What the readers of each report are told.
    pub told: Vec<Told>,
}

/// Where an item stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemState {
    Open,
    /// By a later match, or by newer knowledge.
    Cleared,
    Resolved,
    WrittenOff,
}

impl ItemState {
    pub fn name(self) -> &'static str {
        match self {
            ItemState::Open => "open",
            ItemState::Cleared => "cleared",
            ItemState::Resolved => "resolved",
            ItemState::WrittenOff => "written_off",
        }
    }
}

/// An item with where it stands, people's acts up to now included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredItem {
    pub channel: String,
    pub state: ItemState,
    pub standing: Standing,
    /// The break it was, or still is; a bucket's name where it never was one.
    pub kind: String,
    pub item: Item,
}

impl StoredItem {
    /// Whether newer knowledge took it away: no match cleared it, and it counts on no date.
    pub fn is_gone(&self) -> bool {
        self.state == ItemState::Cleared && self.item.cleared.is_none()
    }
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
        let row = sqlx::query(
            "SELECT revision, digest, outcome FROM results \
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
            })
        })
        .transpose()
    }

    /// The key groups of a channel's dates from `from` to `to`.
    pub async fn key_groups(
        &self,
        channel: &str,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<Vec<KeyGroup>> {
        let rows = sqlx::query(
            "SELECT body FROM key_groups WHERE channel = $1 AND business_date >= $2 \
             AND business_date <= $3 ORDER BY business_date, ordinal",
        )
        .bind(channel)
        .bind(from.to_string())
        .bind(to.to_string())
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(|row| json(row, "body")).collect()
    }

    /// All items of a channel, or of all of them.
    pub async fn items(&self, channel: Option<&str>) -> Result<Vec<StoredItem>> {
        let rows = sqlx::query(
            "SELECT channel, standing, kind, body FROM items \
             WHERE $1 = '' OR channel = $1 ORDER BY channel, opened, id",
        )
        .bind(channel.unwrap_or_default())
        .fetch_all(&self.pool)
        .await?;
        let mut acts: BTreeMap<(String, String), Vec<Recorded>> = BTreeMap::new();
        for one in self.all_acts().await? {
            let of = acts.entry((one.channel, one.identity)).or_default();
            of.extend(one.recorded);
        }
        rows.iter()
            .map(|row| {
                let channel: String = row.try_get("channel")?;
                let mut item: Item = json(row, "body")?;
                let of = acts.get(&(channel.clone(), item.identity.clone()));
                let standing =
                    of.map_or_else(Standing::default, |acts| standing(acts, &facts_of(&item)));
                item.closed = standing.closed;
                let raw: String = row.try_get("standing")?;
                let state = match item.closed {
                    _ if raw == "cleared" => ItemState::Cleared,
                    None => ItemState::Open,
                    Some(Closed {
                        how: Closing::Resolved,
                        ..
                    }) => ItemState::Resolved,
                    Some(Closed {
                        how: Closing::WrittenOff,
                        ..
                    }) => ItemState::WrittenOff,
                };
                Ok(StoredItem {
                    channel,
                    state,
                    standing,
                    kind: row.try_get("kind")?,
                    item,
                })
            })
            .collect()
    }

    /// The ids of all items of all channels.
    pub async fn item_ids(&self) -> Result<BTreeSet<String>> {
        let rows = sqlx::query("SELECT id FROM items")
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(|row| Ok(row.try_get("id")?)).collect()
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
        sqlx::query("INSERT INTO runs (id, started_at, as_of) VALUES ($1, $2, $3)")
            .bind(&commit.run_id)
            .bind(instant_text(commit.now))
            .bind(instant_text(commit.as_of))
            .execute(&mut *tx)
            .await?;
        for date in &commit.dates {
            store_date(&mut tx, commit, date).await?;
        }
        for (channel, date) in &commit.moved {
            sqlx::query("UPDATE dates SET moved = 1 WHERE channel = $1 AND business_date = $2")
                .bind(channel)
                .bind(date.to_string())
                .execute(&mut *tx)
                .await?;
        }
        for (channel, items) in &commit.items {
            store_items(&mut tx, channel, items).await?;
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
            last_told::tell(&mut tx, told).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}

async fn store_date(tx: &mut Tx, commit: &Commit, date: &DateCommit) -> Result<()> {
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
    sqlx::query("DELETE FROM key_groups WHERE channel = $1 AND business_date = $2")
        .bind(&date.channel)
        .bind(&day)
        .execute(&mut **tx)
        .await?;
    for (ordinal, group) in date.groups.iter().enumerate() {
        sqlx::query(
            "INSERT INTO key_groups (channel, business_date, ordinal, body) VALUES ($1, $2, $3, $4)",
        )
        .bind(&date.channel)
        .bind(&day)
        .bind(ordinal as i64)
        .bind(serde_json::to_string(group)?)
        .execute(&mut **tx)
        .await?;
    }
    if let Some(counts) = &date.hourly {
        hourly::store(tx, &date.channel, date.date, counts).await?;
    }
    let Some(new) = &date.revision else {
        return Ok(());
    };
    let outcome = serde_json::to_string(new.outcome.as_ref())?;
    sqlx::query(
        "INSERT INTO results (channel, business_date, revision, run_id, state, created_at, digest, \
         knowledge, ledger_fingerprint, outcome) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
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
    .execute(&mut **tx)
    .await?;
    let subject = chain::result_subject(&date.channel, &day, i64::from(new.revision));
    chain::append(tx, commit.now, Link::Result, &subject, &digest_of(&outcome)).await?;
    Ok(())
}

/// Brings the stored items to `items`: those that are gone stay as cleared, with the kind they had.
async fn store_items(tx: &mut Tx, channel: &str, items: &[Item]) -> Result<()> {
    let rows = sqlx::query("SELECT identity, standing, kind, body FROM items WHERE channel = $1")
        .bind(channel)
        .fetch_all(&mut **tx)
        .await?;
    let mut stored: BTreeMap<String, (String, String, String)> = BTreeMap::new();
    for row in &rows {
        let fields = (
            row.try_get("standing")?,
            row.try_get("kind")?,
            row.try_get("body")?,
        );
        stored.insert(row.try_get("identity")?, fields);
    }
    for item in items {
        let body = serde_json::to_string(item)?;
        let matched = item.cleared.is_some();
        let standing = if matched { "cleared" } else { "open" };
        let before = stored.remove(&item.identity);
        let kind = match (&before, matched) {
            // A break that a later match cleared keeps the name it was reported under.
            (Some((_, kind, _)), true) => kind.clone(),
            _ => item.bucket.name().to_owned(),
        };
        if before.as_ref() == Some(&(standing.to_owned(), kind.clone(), body.clone())) {
            continue;
        }
        sqlx::query(
            "INSERT INTO items (channel, identity, id, standing, kind, opened, last_date, body) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (channel, identity) DO UPDATE SET \
             standing = excluded.standing, kind = excluded.kind, opened = excluded.opened, \
             last_date = excluded.last_date, body = excluded.body",
        )
        .bind(channel)
        .bind(&item.identity)
        .bind(&item.id)
        .bind(standing)
        .bind(&kind)
        .bind(item.opened.to_string())
        .bind(last_date(item).to_string())
        .bind(&body)
        .execute(&mut **tx)
        .await?;
    }
    for (identity, (standing, _, body)) in stored {
        let mut item: Item = serde_json::from_str(&body)
            .with_context(|| format!("state: item {identity} cannot be read"))?;
        if standing == "cleared" && item.cleared.is_none() {
            continue;
        }
        // No match cleared what is not there: it counts on no date.
        item.cleared = None;
        sqlx::query(
            "UPDATE items SET standing = 'cleared', body = $1 WHERE channel = $2 AND identity = $3",
        )
        .bind(serde_json::to_string(&item)?)
        .bind(channel)
        .bind(&identity)
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}
