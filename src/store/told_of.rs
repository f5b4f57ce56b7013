//! Which mails told readers of some dates and items.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::Row;

use super::{Store, parsed};

/// A mail to the readers of one report, by what it told of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToldOf {
    pub report: String,
    /// Without angle brackets.
    pub message_id: String,
    pub at: DateTime<Utc>,
    /// Business dates with the revisions of their results.
    pub dates: BTreeMap<NaiveDate, u32>,
    /// Ids of items with how it said that each stands.
    pub items: BTreeMap<String, String>,
}

impl Store {
    /// The mails that told of a channel's dates from `from` to `to` or of these items, oldest first.
    pub async fn told_of(
        &self,
        channel: &str,
        (from, to): (NaiveDate, NaiveDate),
        ids: &BTreeSet<&str>,
    ) -> Result<Vec<ToldOf>> {
        let mut mails: BTreeMap<(String, String), ToldOf> = BTreeMap::new();
        let mut rows = sqlx::query(
            "SELECT o.report, o.message_id, o.at, t.kind, t.subject, t.facts, t.standing \
             FROM told t JOIN tellings o ON o.number = t.telling WHERE t.channel = $1 \
             AND t.kind = 'date' AND t.subject >= $2 AND t.subject <= $3 AND o.message_id <> '' \
             ORDER BY t.telling",
        )
        .bind(channel)
        .bind(from.to_string())
        .bind(to.to_string())
        .fetch_all(&self.pool)
        .await?;
        for id in ids {
            let of_item = sqlx::query(
                "SELECT o.report, o.message_id, o.at, 'break' AS kind, b.item AS subject, b.facts, \
                 b.standing FROM told_breaks b JOIN tellings o ON o.number = b.telling \
                 WHERE b.item = $1 AND o.message_id <> '' ORDER BY b.telling",
            )
            .bind((*id).to_owned())
            .fetch_all(&self.pool)
            .await?;
            rows.extend(of_item);
        }
        for row in &rows {
            let report: String = row.try_get("report")?;
            let message_id: String = row.try_get("message_id")?;
            let at: DateTime<Utc> = parsed(row, "at")?;
            let mail = mails
                .entry((report.clone(), message_id.clone()))
                .or_insert_with(|| ToldOf {
                    report,
                    message_id,
                    at,
                    dates: BTreeMap::new(),
                    items: BTreeMap::new(),
                });
            if row.try_get::<String, _>("kind")? == "date" {
                mail.dates
                    .insert(parsed(row, "subject")?, parsed(row, "facts")?);
            } else {
                mail.items
                    .insert(row.try_get("subject")?, row.try_get("standing")?);
            }
        }
        let mut mails: Vec<ToldOf> = mails.into_values().collect();
        mails.sort_by(|a, b| a.at.cmp(&b.at).then_with(|| a.report.cmp(&b.report)));
        Ok(mails)
    }
}
