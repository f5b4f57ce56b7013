//! What the last dates came to, for a report that shows them beside its own.

use anyhow::Result;
use chrono::NaiveDate;

use super::{Store, json};
use crate::domain::outcome::Outcome;

impl Store {
    /// The last revision of each of a channel's dates from `from` to `to`, in their order. A date
    /// that was never run is not there.
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
}
