//! What people did about items. Acts are added, never changed.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use chrono::{DateTime, NaiveDate, Utc};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use sqlx::Row;

use super::chain::{self, Link, digest_of};
use super::{Lock, Store};
use crate::domain::acts::{Act, Recorded};
use crate::domain::outcome::Item;

/// An act on its way in.
#[derive(Clone, Debug)]
pub struct NewAct {
    pub channel: String,
    pub identity: String,
    pub item_id: String,
    pub facts: String,
    /// The business date it counts on.
    pub on: NaiveDate,
    pub by: String,
    pub act: Act,
}

/// An act with the item it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredAct {
    pub channel: String,
    pub identity: String,
    pub item_id: String,
    /// `None` where its text was removed for privacy.
    pub recorded: Option<Recorded>,
    pub number: i64,
    /// Of the stored text.
    pub digest: String,
}

impl Store {
    /// Records acts, all of them or none, each in the chain. Their numbers.
    pub async fn record_acts(
        &self,
        acts: &[NewAct],
        now: DateTime<Utc>,
        lock: &Lock,
    ) -> Result<Vec<i64>> {
        let mut tx = self.begin().await?;
        lock.prove(&mut tx).await?;
        let mut numbers = Vec::new();
        for new in acts {
            // The number is part of the text, and the chain gives it.
            let next = sqlx::query("SELECT COALESCE(MAX(seq), 0) + 1 AS seq FROM chain")
                .fetch_one(&mut *tx)
                .await?;
            let number: i64 = next.try_get("seq")?;
            let recorded = Recorded {
                number,
                at: now,
                on: new.on,
                by: new.by.clone(),
                facts: new.facts.clone(),
                act: new.act.clone(),
            };
            let body = serde_json::to_string(&recorded)?;
            let digest = act_digest(&new.channel, &new.identity, &body);
            let subject = format!("{} {}", new.item_id, new.act.name());
            chain::append(&mut tx, now, Link::Act, &subject, &digest).await?;
            sqlx::query(
                "INSERT INTO acts (seq, channel, identity, item_id, body) \
                 VALUES ($1, $2, $3, $4, $5)",
            )
            .bind(number)
            .bind(&new.channel)
            .bind(&new.identity)
            .bind(&new.item_id)
            .bind(&body)
            .execute(&mut *tx)
            .await?;
            numbers.push(number);
        }
        tx.commit().await?;
        Ok(numbers)
    }

    /// All acts, oldest first.
    pub async fn all_acts(&self) -> Result<Vec<StoredAct>> {
        let rows = sqlx::query("SELECT * FROM acts ORDER BY seq")
            .fetch_all(&self.pool)
            .await?;
        rows.iter()
            .map(|row| {
                let body: String = row.try_get("body")?;
                let number: i64 = row.try_get("seq")?;
                let channel: String = row.try_get("channel")?;
                let identity: String = row.try_get("identity")?;
                let recorded = match body.is_empty() {
                    true => None,
                    false => Some(
                        serde_json::from_str(&body)
                            .with_context(|| format!("state: act {number} cannot be read"))?,
                    ),
                };
                Ok(StoredAct {
                    digest: act_digest(&channel, &identity, &body),
                    channel,
                    identity,
                    item_id: row.try_get("item_id")?,
                    recorded,
                    number,
                })
            })
            .collect()
    }

    /// The acts of a channel by the identity of their item, oldest first.
    pub async fn acts(&self, channel: &str) -> Result<BTreeMap<String, Vec<Recorded>>> {
        let mut acts: BTreeMap<String, Vec<Recorded>> = BTreeMap::new();
        for one in self.all_acts().await? {
            if one.channel == channel
                && let Some(recorded) = one.recorded
            {
                acts.entry(one.identity).or_default().push(recorded);
            }
        }
        Ok(acts)
    }
}

/// What the chain has of an act: also which item it is about.
fn act_digest(channel: &str, identity: &str, body: &str) -> String {
    digest_of(&format!("{channel}\n{identity}\n{body}"))
}

/// A digest of what a person looks at when deciding about an item: its kind and the money, times
/// and statuses of its entries, not where in which file they stand.
pub fn facts_of(item: &Item) -> String {
    let mut digest = Sha256::new();
    digest.update(format!(
        "{:?} {:?} {} {} {:?}",
        item.bucket, item.cause, item.value, item.difference, item.counted
    ));
    for (side, entries) in [("ledger", &item.ledger), ("settlement", &item.settlement)] {
        for entry in entries {
            digest.update(side);
            // Details may be purged, and say nothing about the money.
            digest.update(entry.identifying(&BTreeMap::new()));
        }
    }
    HEXLOWER.encode(&digest.finalize()[..6])
}
