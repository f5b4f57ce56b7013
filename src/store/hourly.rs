//! What both sides of a date looked like when it was judged.

use anyhow::Result;
use chrono::NaiveDate;

use super::seal::Tx;
use super::{Store, json, parsed};
use crate::domain::believe::Seen;
use crate::domain::sides::{Hourly, PerSide};

impl Store {
    /// Of a channel's dates from `from` to `to`, those that were judged.
    pub async fn hourly(&self, channel: &str, from: NaiveDate, to: NaiveDate) -> Result<Seen> {
        let rows = sqlx::query(
            "SELECT business_date, settlement, ledger FROM hourly \
             WHERE channel = $1 AND business_date >= $2 AND business_date <= $3",
        )
        .bind(channel)
        .bind(from.to_string())
        .bind(to.to_string())
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| {
                let counts = PerSide {
                    settlement: json(row, "settlement")?,
                    ledger: json(row, "ledger")?,
                };
                Ok((parsed(row, "business_date")?, counts))
            })
            .collect()
    }
}

pub(super) async fn store(
    tx: &mut Tx,
    channel: &str,
    date: NaiveDate,
    counts: &PerSide<Hourly>,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO hourly (channel, business_date, settlement, ledger) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (channel, business_date) DO UPDATE SET settlement = excluded.settlement, \
         ledger = excluded.ledger",
    )
    .bind(channel)
    .bind(date.to_string())
    .bind(serde_json::to_string(&counts.settlement)?)
    .bind(serde_json::to_string(&counts.ledger)?)
    .execute(&mut **tx)
    .await?;
    Ok(())
}
