//! Reading items: rows into what they say, their further entries beside them.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::str::FromStr;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::Row;

use super::{ENTRIES, ITEMS, PAST_ITEMS, RowState, Standing, Sums, day, side_name};
use crate::domain::details::Details;
use crate::domain::entry::{EntryFacts, EntryValues, KeyState, RowPlace, Side};
use crate::domain::items::named_by_facts;
use crate::domain::money::Money;
use crate::domain::outcome::{
    BreakKind, Bucket, Cause, Closed, Closing, Exposure, Item, ItemValues, Sides,
};
use crate::domain::reconcile::stands_on;
use crate::domain::status::{Kind, Status};
use crate::store::Store;
use crate::store::book::ItemState;
use crate::store::rows::{AT_ONCE, Cell, Table, Taking, parted, placeholders};

impl ReadItem {
    pub(in crate::store) fn has_details(&self) -> bool {
        let mut entries = self.item.ledger.iter().chain(&self.item.settlement);
        entries.any(|entry| !entry.details.is_empty())
    }
}

/// A row as it is read, its further entries still to come.
pub(in crate::store) struct ReadItem {
    pub(in crate::store) channel: String,
    pub(in crate::store) item: Item,
    pub(in crate::store) standing: Standing,
    /// Of a past one.
    pub(super) until: Option<i64>,
    pub(super) holder: String,
    /// Entries of each side that it has.
    ledger: usize,
    settlement: usize,
}

/// Names that many rows have.
#[derive(Default)]
struct Names(HashSet<Arc<str>>);

impl Names {
    fn shared(&mut self, name: &str) -> Arc<str> {
        if let Some(known) = self.0.get(name) {
            return known.clone();
        }
        let new: Arc<str> = name.into();
        self.0.insert(new.clone());
        new
    }
}

fn read(mut row: Taking, names: &mut Names, is_past: bool) -> Result<ReadItem> {
    let id = row.text()?;
    let since = row.number()?;
    let until = match is_past {
        true => Some(row.number()?),
        false => None,
    };
    let channel = row.text()?;
    let identity = row.text()?;
    let by_facts = row.some_text()?;
    let standing = row.text()?;
    let kind = row.text()?;
    let bucket = row.text()?;
    let cause = row.text()?;
    let fields = parted(&row.text()?);
    let key = parted(&row.text()?);
    row.skip(1);
    let opened = row.parsed("opened")?;
    row.skip(1);
    let told_on = row.some_parsed("told_on")?;
    let cleared = row.some_parsed("cleared")?;
    let closed_on: Option<NaiveDate> = row.some_parsed("closed_on")?;
    let closed_as = row.some_text()?;
    row.skip(2);
    let value = Money::from_sen(row.number()?);
    let difference = Money::from_sen(row.number()?);
    let exposure = row.text()?;
    let at_risk = Money::from_sen(row.number()?);
    row.skip(1);
    let whole = row.number()? != 0;
    let sums: Option<Sums> = match row.some_text()? {
        None => None,
        Some(text) => Some(serde_json::from_str(&text).context("state: column sums")?),
    };
    let ledger = usize::try_from(row.number()?)?;
    let settlement = usize::try_from(row.number()?)?;
    let booked = row.entry()?;
    let mut settled = row.entry()?;
    let place = row.place(names)?;
    if let Some(settled) = &mut settled {
        settled.place = place;
    }
    let closed = match (closed_on, closed_as.as_deref()) {
        (None, _) => None,
        (Some(on), Some("resolved")) => Some(Closed {
            on,
            how: Closing::Resolved,
        }),
        (Some(on), Some("written_off")) => Some(Closed {
            on,
            how: Closing::WrittenOff,
        }),
        (Some(_), how) => bail!("state: an item was closed as {how:?}"),
    };
    let mut item = Item::from(ItemValues {
        identity,
        by_facts,
        key: fields.into_iter().zip(key).collect(),
        opened,
        cleared,
        told_on,
        closed,
        bucket: named("bucket", &bucket, bucket_of(&bucket))?,
        cause: named("cause", &cause, of_name(&Cause::ALL, Cause::name, &cause))?,
        ledger: booked.into_iter().collect(),
        settlement: settled.into_iter().collect(),
        value,
        difference,
        exposure: named(
            "exposure",
            &exposure,
            of_name(&Exposure::ALL, Exposure::name, &exposure),
        )?,
        at_risk,
        counted: Sides::default(),
        id,
    });
    if let Some(sums) = sums {
        item.value = sums.value;
        item.difference = sums.difference;
        item.at_risk = sums.at_risk;
        item.counted = sums.counted;
    }
    Ok(ReadItem {
        channel,
        until,
        holder: match is_past {
            true => format!("{}@{since}", item.id),
            false => item.id.clone(),
        },
        standing: Standing {
            since,
            state: named("standing", &standing, row_state(&standing))?,
            kind,
            whole,
        },
        ledger,
        settlement,
        item,
    })
}

impl Taking {
    /// An entry as [`entry_cells`] writes it; none where there is none.
    fn entry(&mut self) -> Result<Option<EntryFacts>> {
        let Some(date) = self.some_text()? else {
            self.skip(8);
            return Ok(None);
        };
        let at = self.text()?;
        let amount = Money::from_sen(self.number()?);
        let fee = self.some_number()?.map(Money::from_sen);
        let status = self.text()?;
        let kind = self.text()?;
        let key_state = self.text()?;
        let written = self.some_text()?;
        let details = self.some_text()?;
        Ok(Some(EntryFacts::from(EntryValues {
            business_date: of_text("business_date", &date)?,
            at: of_text::<DateTime<Utc>>("at", &at)?,
            amount,
            fee,
            status: named("status", &status, Status::from_name(&status))?,
            kind: named("kind", &kind, Kind::from_name(&kind))?,
            key_state: named(
                "key_state",
                &key_state,
                of_name(&KeyState::ALL, KeyState::name, &key_state),
            )?,
            written: written.map_or_else(Vec::new, |written| parted(&written)),
            details: match details {
                None => Details::default(),
                Some(text) => serde_json::from_str(&text).context("state: details of an entry")?,
            },
            place: None,
        })))
    }

    fn place(&mut self, names: &mut Names) -> Result<Option<RowPlace>> {
        let (file, sheet) = (self.some_text()?, self.some_text()?);
        let number = self.some_number()?;
        let Some(file) = file else {
            return Ok(None);
        };
        Ok(Some(RowPlace {
            file: names.shared(&file),
            sheet: sheet.map(|sheet| names.shared(&sheet)),
            row: u32::try_from(number.unwrap_or_default())?,
        }))
    }
}

fn row_state(name: &str) -> Option<RowState> {
    Some(match name {
        "open" => RowState::Is(ItemState::Open),
        "cleared" => RowState::Is(ItemState::Cleared),
        "resolved" => RowState::Is(ItemState::Resolved),
        "written_off" => RowState::Is(ItemState::WrittenOff),
        "gone" => RowState::Gone,
        _ => return None,
    })
}

pub(in crate::store) fn bucket_of(name: &str) -> Option<Bucket> {
    let clean = of_name(&Bucket::CLEAN, Bucket::name, name);
    clean.or_else(|| of_name(&BreakKind::ALL, BreakKind::name, name).map(Bucket::Break))
}

fn of_name<T: Copy>(all: &[T], name_of: fn(T) -> &'static str, name: &str) -> Option<T> {
    all.iter().copied().find(|one| name_of(*one) == name)
}

pub(in crate::store) fn named<T>(column: &str, name: &str, found: Option<T>) -> Result<T> {
    found.with_context(|| format!("state: column {column} holds `{name}`"))
}

fn of_text<T: FromStr>(column: &str, text: &str) -> Result<T>
where
    T::Err: std::error::Error + Send + Sync + 'static,
{
    text.parse()
        .with_context(|| format!("state: column {column} holds `{text}`"))
}

/// Entries by their holder, in order.
pub(in crate::store) type Held = BTreeMap<String, [Vec<EntryFacts>; 2]>;

impl Store {
    /// The entries of these holders: settlement, ledger.
    pub(in crate::store) async fn held_entries(&self, holders: &[String]) -> Result<Held> {
        let (mut held, mut names) = (Held::new(), Names::default());
        for some in holders.chunks(AT_ONCE) {
            let of_holders = format!(
                "holder IN {} ORDER BY holder, side, ordinal",
                placeholders(1..some.len() + 1)
            );
            let values: Vec<Cell> = some.iter().map(|one| Cell::text(one.clone())).collect();
            let take = |mut row: Taking| {
                let (holder, side) = (row.text()?, row.text()?);
                row.skip(1);
                let mut entry = row.entry()?.context("state: an entry without a date")?;
                entry.place = row.place(&mut names)?;
                let of = held.entry(holder).or_default();
                of[usize::from(side == side_name(Side::Ledger))].push(entry);
                Ok(())
            };
            self.each_row(&ENTRIES, &of_holders, &values, take).await?;
        }
        Ok(held)
    }

    /// Items that answer to a condition, whole; `$1` is the first of the values.
    pub(in crate::store) async fn read_items(
        &self,
        table: &Table,
        condition: &str,
        values: &[Cell],
    ) -> Result<Vec<ReadItem>> {
        let is_past = table.name == PAST_ITEMS.name;
        let mut items: Vec<ReadItem> = Vec::new();
        let mut names = Names::default();
        let take = |row: Taking| {
            items.push(read(row, &mut names, is_past)?);
            Ok(())
        };
        self.each_row(table, condition, values, take).await?;
        let lacks = |one: &&ReadItem| {
            one.item.ledger.len() < one.ledger || one.item.settlement.len() < one.settlement
        };
        let holders: Vec<String> = items
            .iter()
            .filter(lacks)
            .map(|one| one.holder.clone())
            .collect();
        let mut held = self.held_entries(&holders).await?;
        for one in &mut items {
            if let Some([settlement, ledger]) = held.remove(&one.holder) {
                one.item.settlement.extend(settlement);
                one.item.ledger.extend(ledger);
            }
            if (one.item.ledger.len(), one.item.settlement.len()) != (one.ledger, one.settlement) {
                bail!("state: entries of item {} are gone", one.item.id);
            }
            if one.item.identity.is_empty() {
                one.item.identity = named_by_facts(&one.channel, &one.item);
            }
        }
        Ok(items)
    }

    /// Items that lie before a date, as they stand and as they stood.
    pub(in crate::store) async fn items_before(&self, date: NaiveDate) -> Result<Vec<ReadItem>> {
        let mut items = Vec::new();
        for table in [&ITEMS, &PAST_ITEMS] {
            items.extend(
                self.read_items(table, "last_date < $1", &[day(date)])
                    .await?,
            );
        }
        Ok(items)
    }

    /// The items of a date that stood at a stamp, in the order of their names.
    pub(in crate::store) async fn items_at(
        &self,
        channel: &str,
        date: NaiveDate,
        stamp: i64,
    ) -> Result<Vec<Item>> {
        let values = [
            Cell::text(channel.to_owned()),
            day(date),
            Cell::number(stamp),
        ];
        // Found by their dates: the sign keeps an index of stamps out of it.
        let stood = "channel = $1 AND opened <= $2 AND last_date >= $2 AND +since <= $3";
        let present = format!("{stood} AND standing <> 'gone'");
        let past = format!("{stood} AND +until > $3 AND standing <> 'gone'");
        let mut items = self.read_items(&ITEMS, &present, &values).await?;
        items.extend(self.read_items(&PAST_ITEMS, &past, &values).await?);
        let mut items: Vec<Item> = items.into_iter().map(|one| one.item).collect();
        items.retain(|item| stands_on(item, date));
        items.sort_by(|a, b| by_facts(a).cmp(by_facts(b)));
        Ok(items)
    }

    /// Which of these ids belong to items already.
    pub async fn taken_ids(&self, ids: &[String]) -> Result<BTreeSet<String>> {
        let mut taken = BTreeSet::new();
        for some in ids.chunks(AT_ONCE) {
            let places = placeholders(1..some.len() + 1);
            let sql = format!("SELECT id FROM items WHERE id IN {places}");
            let mut query = sqlx::query(sqlx::AssertSqlSafe(sql));
            for id in some {
                query = query.bind(id);
            }
            for row in &query.fetch_all(&self.pool).await? {
                taken.insert(row.try_get("id")?);
            }
        }
        Ok(taken)
    }
}

fn by_facts(item: &Item) -> &str {
    item.by_facts.as_ref().unwrap_or(&item.identity)
}
