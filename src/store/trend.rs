//! What the last dates came to, for a report that shows them beside its own.

use std::collections::BTreeMap;

use anyhow::Result;
use chrono::NaiveDate;
use sqlx::Row;

use super::{Store, json, parsed};
use crate::domain::outcome::{Bucket, Outcome};

impl Store {
    /// The last revision of each of a channel's dates from `from` to `to`, in their order, without its
    /// items. A date that was never run is not there.
    pub async fn last_results(
        &self,
        channel: &str,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<Vec<Outcome>> {
        let rows = sqlx::query(
            "SELECT outcome FROM results AS one WHERE channel = $1 AND business_date >= $2 \
             AND business_date <= $3 AND revision = (SELECT MAX(revision) FROM results \
             WHERE channel = one.channel AND business_date = one.business_date) \
             ORDER BY business_date",
        )
        .bind(channel)
        .bind(from.to_string())
        .bind(to.to_string())
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(|row| json(row, "outcome")).collect()
    }

    /// How many breaks of a channel are open, by the business date they are told on, from this one on.
    pub async fn open_breaks(
        &self,
        channel: &str,
        from: NaiveDate,
    ) -> Result<BTreeMap<NaiveDate, u64>> {
        let clean = Bucket::CLEAN.map(|bucket| format!("'{}'", bucket.name()));
        let sql = format!(
            "SELECT COALESCE(told_on, last_date) AS told, COUNT(*) AS n FROM items \
             WHERE channel = $1 AND standing = 'open' AND last_date >= $2 AND bucket NOT IN ({}) \
             GROUP BY COALESCE(told_on, last_date)",
            clean.join(", ")
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(channel)
            .bind(from.to_string())
            .fetch_all(&self.pool)
            .await?;
        rows.iter()
            .map(|row| {
                let count: i64 = row.try_get("n")?;
                Ok((parsed(row, "told")?, count.unsigned_abs()))
            })
            .collect()
    }
}
