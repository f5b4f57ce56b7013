//! What people did about items. Acts are added, never changed.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::Row;

use super::chain::{self, Link, digest_of};
use super::{Lock, Store, book};
use crate::domain::acts::{Act, Recorded};

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

/// By channel and identity of an item.
pub(super) type ActsByItem = BTreeMap<(String, String), Vec<Recorded>>;

impl Store {
    /// Records acts, all of them or none, each in the chain. Their numbers.
    pub async fn record_acts(
        &self,
        acts: &[NewAct],
        now: DateTime<Utc>,
        lock: &Lock,
    ) -> Result<Vec<i64>> {
        let ids: Vec<String> = acts.iter().map(|new| new.item_id.clone()).collect();
        let items = self.items_of_ids(&ids).await?;
        let mut of_items = self.acts_by_item().await?;
        let mut tx = self.begin().await?;
        lock.prove(&mut tx).await?;
        let stamp = chain::next(&mut tx).await?;
        let mut numbers = Vec::new();
        for new in acts {
            // The number is part of the text, and the chain gives it.
            let number = chain::next(&mut tx).await?;
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
            let of = of_items.entry((new.channel.clone(), new.identity.clone()));
            of.or_default().push(recorded);
        }
        for item in &items {
            let of = (item.channel.clone(), item.item.identity.clone());
            let acts = of_items.get(&of).map_or(&[][..], Vec::as_slice);
            book::acted(&mut tx, item, acts, stamp).await?;
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

    /// The acts of all items, oldest first.
    pub(super) async fn acts_by_item(&self) -> Result<ActsByItem> {
        let mut acts = ActsByItem::new();
        for one in self.all_acts().await? {
            let of = acts.entry((one.channel, one.identity)).or_default();
            of.extend(one.recorded);
        }
        Ok(acts)
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
