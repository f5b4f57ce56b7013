//! What matched cleanly on a date, in totals: with them a date is judged again without reading it.

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use chrono::NaiveDate;
use sqlx::Row;

use super::items::{bucket_of, named};
use super::rows::{Cell, Kind as Is, Table, Taking};
use super::seal::Tx;
use super::{Store, parsed};
use crate::domain::money::Money;
use crate::domain::outcome::{Sides, Tally};
use crate::domain::products::{Group, Product, Totals};
use crate::domain::status::Status;

pub(super) const CLEAN_TOTALS: Table = Table {
    name: "clean_totals",
    keys: 7,
    columns: &[
        ("channel", Is::Text),
        ("business_date", Is::Text),
        ("bucket", Is::Text),
        ("named", Is::Text),
        ("product", Is::Text),
        ("ledger_status", Is::Text),
        ("settlement_status", Is::Text),
        ("settlement_entries", Is::Number),
        ("settlement_amount", Is::Number),
        ("settlement_fee", Is::Number),
        ("ledger_entries", Is::Number),
        ("ledger_amount", Is::Number),
        ("ledger_fee", Is::Number),
    ],
};

/// A date with more groups than these is read again.
const MOST: usize = 2_000;

/// What judged it: another version may conclude otherwise from the same rows.
const JUDGED_BY: &str = env!("CARGO_PKG_VERSION");

impl Store {
    /// The clean totals of a channel's dates as this version of rekon found them; a date of which they
    /// are not known whole is not there.
    pub async fn clean_totals(
        &self,
        channel: &str,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<BTreeMap<NaiveDate, Totals>> {
        let known = sqlx::query(
            "SELECT business_date, clean_groups FROM dates WHERE channel = $1 \
             AND business_date >= $2 AND business_date <= $3 AND judged_by = $4 \
             AND clean_groups IS NOT NULL",
        )
        .bind(channel)
        .bind(from.to_string())
        .bind(to.to_string())
        .bind(JUDGED_BY)
        .fetch_all(&self.pool)
        .await?;
        let mut found: BTreeMap<NaiveDate, (i64, Totals)> = BTreeMap::new();
        for row in &known {
            let date = parsed(row, "business_date")?;
            found.insert(date, (row.try_get("clean_groups")?, Totals::new()));
        }
        let take = |mut row: Taking| {
            row.skip(1);
            let date: NaiveDate = row.parsed("business_date")?;
            // Another version may have other words.
            if let Some((_, totals)) = found.get_mut(&date) {
                let (group, sides) = read(&mut row)?;
                totals.insert(group, sides);
            }
            Ok(())
        };
        let values = [
            Cell::text(channel.to_owned()),
            Cell::text(from.to_string()),
            Cell::text(to.to_string()),
        ];
        let condition = "channel = $1 AND business_date >= $2 AND business_date <= $3";
        self.each_row(&CLEAN_TOTALS, condition, &values, take)
            .await?;
        let whole = |(date, (count, totals)): (NaiveDate, (i64, Totals))| {
            (totals.len() as i64 == count).then_some((date, totals))
        };
        Ok(found.into_iter().filter_map(whole).collect())
    }
}

fn read(row: &mut Taking) -> Result<(Group, Sides)> {
    let bucket = row.text()?;
    let kind = row.text()?;
    let product = row.text()?;
    let mut status = |column: &str| {
        let name = row.text()?;
        match name.as_str() {
            "" => Ok(None),
            name => named(column, name, Status::from_name(name)).map(Some),
        }
    };
    let group = Group {
        bucket: named("bucket", &bucket, bucket_of(&bucket))?,
        product: match kind.as_str() {
            "product" => Product::Named(product),
            "unnamed" => Product::Unnamed,
            "others" => Product::Others,
            other => bail!("state: column named holds `{other}`"),
        },
        ledger: status("ledger_status")?,
        settlement: status("settlement_status")?,
    };
    let mut tally = || {
        anyhow::Ok(Tally {
            entries: row.number()?.unsigned_abs(),
            amount: Money::from_sen(row.number()?),
            fee: Money::from_sen(row.number()?),
        })
    };
    let sides = Sides {
        settlement: tally()?,
        ledger: tally()?,
    };
    Ok((group, sides))
}

/// The cells of a group; `None` where a sum has no room.
fn cells(channel: &str, date: NaiveDate, group: &Group, sides: &Sides) -> Option<Vec<Cell>> {
    let (kind, product) = match &group.product {
        Product::Named(name) => ("product", name.as_str()),
        Product::Unnamed => ("unnamed", ""),
        Product::Others => ("others", ""),
    };
    if product.contains('\0') {
        return None;
    }
    let status = |status: Option<Status>| Cell::text(status.map_or("", Status::code));
    let mut cells = vec![
        Cell::text(channel.to_owned()),
        Cell::text(date.to_string()),
        Cell::text(group.bucket.name()),
        Cell::text(kind),
        Cell::text(product.to_owned()),
        status(group.ledger),
        status(group.settlement),
    ];
    for tally in [&sides.settlement, &sides.ledger] {
        cells.push(Cell::number(i64::try_from(tally.entries).ok()?));
        cells.push(Cell::number(tally.amount.sen()?));
        cells.push(Cell::number(tally.fee.sen()?));
    }
    Some(cells)
}

/// Puts a date's totals, where they are known, in the place of those it had. The date itself is stored.
pub(super) async fn store(
    tx: &mut Tx,
    channel: &str,
    date: NaiveDate,
    totals: Option<&Totals>,
) -> Result<()> {
    let of_date = [Cell::text(channel.to_owned()), Cell::text(date.to_string())];
    let condition = "channel = $1 AND business_date = $2";
    CLEAN_TOTALS.delete_where(tx, condition, &of_date).await?;
    let rows: Option<Vec<Vec<Cell>>> = totals.and_then(|totals| {
        let rows = totals.iter();
        let rows = rows.map(|(group, sides)| cells(channel, date, group, sides));
        rows.collect()
    });
    let rows = rows.filter(|rows| rows.len() <= MOST);
    let count = match &rows {
        None => None,
        Some(rows) => Some(i64::try_from(rows.len())?),
    };
    CLEAN_TOTALS.insert(tx, rows.unwrap_or_default()).await?;
    sqlx::query(
        "UPDATE dates SET clean_groups = $3, judged_by = $4 WHERE channel = $1 AND business_date = $2",
    )
    .bind(channel)
    .bind(date.to_string())
    .bind(count)
    .bind(JUDGED_BY)
    .execute(&mut **tx)
    .await?;
    Ok(())
}
