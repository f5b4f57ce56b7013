//! What is open of a channel, in sums: whoever asks how things stand need not read every break.

use anyhow::Result;
use chrono::NaiveDate;
use sqlx::Row;

use super::rows::Cell;
use super::{Store, million, parsed};
use crate::domain::advice::AgeClass;
use crate::domain::outcome::{AtRisk, CountAmount, Exposure, Item};
use crate::domain::reconcile::told_on;

/// Items of a channel that are open.
#[derive(Clone, Debug, Default)]
pub struct OpenSums {
    pub groups: Vec<OpenGroup>,
    /// Those that are larger than a sum.
    pub others: Vec<Item>,
    /// Some of both, the oldest first.
    pub oldest: Vec<Item>,
}

/// Items that opened on one date and are told on the same date.
#[derive(Clone, Debug)]
pub struct OpenGroup {
    pub opened: NaiveDate,
    told_on: NaiveDate,
    is_break: bool,
    pub sum: AgeClass,
}

impl OpenSums {
    /// Breaks that are told and counted on a date.
    pub fn breaks_on(&self, date: NaiveDate) -> usize {
        let groups = self.groups.iter();
        let groups = groups.filter(|one| one.is_break && one.told_on == date);
        let counted: u64 = groups.map(|one| one.sum.open.count).sum();
        let others = self.others.iter();
        let others = others.filter(|one| one.break_kind().is_some() && told_on(one) == date);
        usize::try_from(counted).unwrap_or(usize::MAX) + others.count()
    }

    /// Each with the date on which it opened.
    pub fn sums(&self) -> impl Iterator<Item = (NaiveDate, AgeClass)> + '_ {
        let groups = self.groups.iter().map(|one| (one.opened, one.sum));
        groups.chain(self.others.iter().map(|item| {
            let mut sum = AgeClass::default();
            sum.add(item);
            (item.opened, sum)
        }))
    }

    /// Those of several channels as one.
    pub fn and(&mut self, other: &OpenSums) {
        self.groups.extend(other.groups.iter().cloned());
        self.others.extend(other.others.iter().cloned());
        self.oldest.extend(other.oldest.iter().cloned());
    }
}

impl Store {
    /// What is open of a channel, with so many of the oldest.
    pub async fn open_sums(&self, channel: &str, oldest: usize) -> Result<OpenSums> {
        let sql = "SELECT opened, COALESCE(told_on, last_date) AS told, bucket, exposure, COUNT(*) AS n, \
             CAST(SUM(value / 1000000) AS BIGINT) AS value_large, \
             CAST(SUM(value % 1000000) AS BIGINT) AS value_small, \
             CAST(SUM(at_risk / 1000000) AS BIGINT) AS risk_large, \
             CAST(SUM(at_risk % 1000000) AS BIGINT) AS risk_small \
             FROM items WHERE channel = $1 AND standing = 'open' AND sums IS NULL \
             GROUP BY opened, COALESCE(told_on, last_date), bucket, exposure";
        let rows = sqlx::query(sql)
            .bind(channel.to_owned())
            .fetch_all(&self.pool)
            .await?;
        let mut open = OpenSums::default();
        for row in &rows {
            let bucket: String = row.try_get("bucket")?;
            let exposure: String = row.try_get("exposure")?;
            let exposure = Exposure::ALL.into_iter().find(|one| one.name() == exposure);
            let mut at_risk = AtRisk::default();
            if let Some(exposure) = exposure {
                at_risk.add(exposure, million(row, "risk_large", "risk_small")?);
            }
            open.groups.push(OpenGroup {
                opened: parsed(row, "opened")?,
                told_on: parsed(row, "told")?,
                is_break: super::last_told::is_break(&bucket),
                sum: AgeClass {
                    open: CountAmount {
                        count: row.try_get::<i64, _>("n")?.unsigned_abs(),
                        amount: million(row, "value_large", "value_small")?,
                    },
                    at_risk,
                },
            });
        }
        let values = [Cell::text(channel.to_owned())];
        let others = "channel = $1 AND standing = 'open' AND sums IS NOT NULL ORDER BY id";
        let read = self
            .read_items(&super::items::ITEMS, others, &values)
            .await?;
        open.others.extend(read.into_iter().map(|one| one.item));
        let first = format!(
            "channel = $1 AND standing = 'open' ORDER BY opened, value DESC, id LIMIT {oldest}"
        );
        let read = self
            .read_items(&super::items::ITEMS, &first, &values)
            .await?;
        open.oldest.extend(read.into_iter().map(|one| one.item));
        Ok(open)
    }
}
