//! Which mails told readers of some dates and items.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::Row;

use super::last_told::break_standing;
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

impl ToldOf {
    fn of(report: String, message_id: String, at: DateTime<Utc>) -> ToldOf {
        ToldOf {
            report,
            message_id,
            at,
            dates: BTreeMap::new(),
            items: BTreeMap::new(),
        }
    }
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
        let rows = sqlx::query(
            "SELECT o.report, o.message_id, o.at, t.subject, t.facts \
             FROM told t JOIN tellings o ON o.number = t.telling WHERE t.channel = $1 \
             AND t.kind = 'date' AND t.subject >= $2 AND t.subject <= $3 AND o.message_id <> '' \
             ORDER BY t.telling",
        )
        .bind(channel)
        .bind(from.to_string())
        .bind(to.to_string())
        .fetch_all(&self.pool)
        .await?;
        for row in &rows {
            let report: String = row.try_get("report")?;
            let message_id: String = row.try_get("message_id")?;
            let at: DateTime<Utc> = parsed(row, "at")?;
            let mail = mails
                .entry((report.clone(), message_id.clone()))
                .or_insert_with(|| ToldOf::of(report, message_id, at));
            mail.dates
                .insert(parsed(row, "subject")?, parsed(row, "facts")?);
        }
        if !ids.is_empty() {
            self.told_of_items(channel, ids, &mut mails).await?;
        }
        let mut mails: Vec<ToldOf> = mails.into_values().collect();
        mails.sort_by(|a, b| a.at.cmp(&b.at).then_with(|| a.report.cmp(&b.report)));
        Ok(mails)
    }

    /// A mail told of an item where it stood otherwise than when the same readers were told before.
    async fn told_of_items(
        &self,
        channel: &str,
        ids: &BTreeSet<&str>,
        mails: &mut BTreeMap<(String, String), ToldOf>,
    ) -> Result<()> {
        let tellings = sqlx::query(
            "SELECT o.report, o.stamp, o.message_id, o.at FROM told t \
             JOIN tellings o ON o.number = t.telling \
             WHERE t.channel = $1 AND t.kind = 'breaks' ORDER BY o.number",
        )
        .bind(channel)
        .fetch_all(&self.pool)
        .await?;
        for id in ids {
            let rows = sqlx::query(
                "SELECT since, until, kind, facts, standing FROM past_items WHERE id = $1 \
                 UNION ALL SELECT since, 9223372036854775807, kind, facts, standing FROM items \
                 WHERE id = $1",
            )
            .bind((*id).to_owned())
            .fetch_all(&self.pool)
            .await?;
            let mut stood = Vec::new();
            for row in &rows {
                let kind: String = row.try_get("kind")?;
                let standing: String = row.try_get("standing")?;
                if break_standing(&kind, &standing)?.is_some() {
                    let between: (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
                    stood.push((between, (standing, row.try_get::<String, _>("facts")?)));
                }
            }
            let mut last: BTreeMap<String, Option<&(String, String)>> = BTreeMap::new();
            for telling in &tellings {
                let (report, stamp): (String, i64) = (telling.try_get(0)?, telling.try_get(1)?);
                let message_id: String = telling.try_get("message_id")?;
                let at_it = |between: (i64, i64)| between.0 <= stamp && stamp < between.1;
                let now = stood.iter().find(|(between, _)| at_it(*between));
                let now = now.map(|(_, stood)| stood);
                let before = last.insert(report.clone(), now).flatten();
                if let (Some((standing, _)), true, false) =
                    (now, now != before, message_id.is_empty())
                {
                    let at: DateTime<Utc> = parsed(telling, "at")?;
                    let mail = mails
                        .entry((report.clone(), message_id.clone()))
                        .or_insert_with(|| ToldOf::of(report, message_id, at));
                    mail.items.insert((*id).to_owned(), standing.clone());
                }
            }
        }
        Ok(())
    }
}
