//! Items as rows: a column for everything that decides, each item once as it stands, and as it stood at
//! the stamp of every result that lists it.

mod reading;

use anyhow::{Context, Result};
use chrono::{NaiveDate, SecondsFormat};
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use super::book::ItemState;
use super::rows::{Cell, Kind as Is, Table, joined};
use super::seal::Tx;
use crate::domain::entry::{EntryFacts, RowPlace, Side};
use crate::domain::items::named_by_facts;
use crate::domain::key;
use crate::domain::money::Money;
use crate::domain::outcome::{Item, Sides};
use crate::domain::reconcile::last_date;
use crate::domain::record::facts_of;

pub(super) use reading::{ReadItem, bucket_of, named};

/// How a stored item stands, beside what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Standing {
    /// The stamp since which it stands so.
    pub(super) since: i64,
    pub(super) state: RowState,
    pub(super) kind: String,
    /// Whether its entries are all that its key has on their dates.
    pub(super) whole: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RowState {
    Is(ItemState),
    /// Newer knowledge took it away: it counts on no date.
    Gone,
}

impl RowState {
    pub(super) fn name(self) -> &'static str {
        match self {
            RowState::Is(state) => state.name(),
            RowState::Gone => "gone",
        }
    }
}

macro_rules! item_columns {
    ($($first:literal: $kind:ident),*) => { &[
        $(($first, Is::$kind),)*
        ("channel", Is::Text),
        ("identity", Is::Text),
        ("by_facts", Is::Text),
        ("standing", Is::Text),
        ("kind", Is::Text),
        ("bucket", Is::Text),
        ("cause", Is::Text),
        ("key_fields", Is::Text),
        ("key", Is::Text),
        ("key_hash", Is::Number),
        ("opened", Is::Text),
        ("last_date", Is::Text),
        ("told_on", Is::Text),
        ("cleared", Is::Text),
        ("closed_on", Is::Text),
        ("closed_as", Is::Text),
        ("ended", Is::Text),
        ("ended_as", Is::Text),
        ("value", Is::Number),
        ("difference", Is::Number),
        ("exposure", Is::Text),
        ("at_risk", Is::Number),
        ("facts", Is::Text),
        ("whole", Is::Number),
        ("sums", Is::Text),
        ("ledger_entries", Is::Number),
        ("settlement_entries", Is::Number),
        ("ledger_date", Is::Text),
        ("ledger_at", Is::Text),
        ("ledger_amount", Is::Number),
        ("ledger_fee", Is::Number),
        ("ledger_status", Is::Text),
        ("ledger_kind", Is::Text),
        ("ledger_key_state", Is::Text),
        ("ledger_written", Is::Text),
        ("ledger_details", Is::Text),
        ("settlement_date", Is::Text),
        ("settlement_at", Is::Text),
        ("settlement_amount", Is::Number),
        ("settlement_fee", Is::Number),
        ("settlement_status", Is::Text),
        ("settlement_kind", Is::Text),
        ("settlement_key_state", Is::Text),
        ("settlement_written", Is::Text),
        ("settlement_details", Is::Text),
        ("settlement_file", Is::Text),
        ("settlement_sheet", Is::Text),
        ("settlement_row", Is::Number),
    ] };
}

pub(super) const ITEMS: Table = Table {
    name: "items",
    keys: 1,
    columns: item_columns!("id": Text, "since": Number),
};

pub(super) const PAST_ITEMS: Table = Table {
    name: "past_items",
    keys: 2,
    columns: item_columns!("id": Text, "since": Number, "until": Number),
};

pub(super) const ENTRIES: Table = Table {
    name: "entries",
    keys: 3,
    columns: &[
        ("holder", Is::Text),
        ("side", Is::Text),
        ("ordinal", Is::Number),
        ("business_date", Is::Text),
        ("at", Is::Text),
        ("amount", Is::Number),
        ("fee", Is::Number),
        ("status", Is::Text),
        ("kind", Is::Text),
        ("key_state", Is::Text),
        ("written", Is::Text),
        ("details", Is::Text),
        ("file", Is::Text),
        ("sheet", Is::Text),
        ("row_number", Is::Number),
    ],
};

/// What does not fit into numbers of 64 bits, or is counted only.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Sums {
    value: Money,
    difference: Money,
    at_risk: Money,
    counted: Sides,
}

impl Sums {
    /// Where the columns do not say it all.
    fn beyond(item: &Item) -> Option<Sums> {
        let fits = [item.value, item.difference, item.at_risk];
        let fits = fits.iter().all(|money| money.sen().is_some());
        (!fits || !item.counted.is_empty()).then_some(Sums {
            value: item.value,
            difference: item.difference,
            at_risk: item.at_risk,
            counted: item.counted,
        })
    }
}

/// A sum as the nearest number of 64 bits.
pub(super) fn nearest(money: Money) -> i64 {
    let nearest = match money.is_negative() {
        true => i64::MIN,
        false => i64::MAX,
    };
    money.sen().unwrap_or(nearest)
}

fn sen(money: Money) -> Cell {
    Cell::number(nearest(money))
}

fn day(date: NaiveDate) -> Cell {
    Cell::text(date.to_string())
}

fn some_day(date: Option<NaiveDate>) -> Cell {
    Cell::some_text(date.map(|date| date.to_string()))
}

/// By what an item or a group is looked for.
pub(super) fn key_hash(key: &[u8]) -> i64 {
    xxh3_64(key).cast_signed()
}

/// The cells of one entry, without where it stands: date, instant, amount, fee, status, kind, state of the
/// key, how that is written, details.
fn entry_cells(entry: &EntryFacts) -> Result<[Cell; 9]> {
    let amount = entry.amount.sen().context("an amount beyond the limit")?;
    let fee = match entry.fee {
        None => None,
        Some(fee) => Some(fee.sen().context("a fee beyond the limit")?),
    };
    let details = match entry.details.is_empty() {
        true => None,
        false => Some(serde_json::to_string(&entry.details)?),
    };
    Ok([
        day(entry.business_date),
        Cell::text(entry.at.to_rfc3339_opts(SecondsFormat::AutoSi, true)),
        Cell::number(amount),
        Cell::Number(fee),
        Cell::text(entry.status.code()),
        Cell::text(entry.kind.name()),
        Cell::text(entry.key_state.name()),
        Cell::some_text((!entry.written.is_empty()).then(|| joined(&entry.written))),
        Cell::some_text(details),
    ])
}

fn place_cells(place: Option<&RowPlace>) -> [Cell; 3] {
    [
        Cell::some_text(place.map(|place| place.file.to_string())),
        Cell::some_text(
            place.and_then(|place| place.sheet.as_ref().map(|sheet| sheet.to_string())),
        ),
        Cell::Number(place.map(|place| i64::from(place.row))),
    ]
}

fn no_entry() -> [Cell; 9] {
    let (text, number) = (Cell::Text(None), Cell::Number(None));
    [
        text.clone(),
        text.clone(),
        number.clone(),
        number,
        text.clone(),
        text.clone(),
        text.clone(),
        text.clone(),
        text,
    ]
}

/// The entry that stands in the item's own row: the first of a side, where a column has room for all
/// that it says.
fn in_row(side: Side, entries: &[EntryFacts]) -> Option<&EntryFacts> {
    let first = entries.first()?;
    (side == Side::Settlement || first.place.is_none()).then_some(first)
}

/// Rows of `entries` for those that do not stand in the row of their holder.
pub(super) fn further(
    holder: &str,
    side: Side,
    entries: &[EntryFacts],
    from: usize,
) -> Result<Vec<Vec<Cell>>> {
    let row = |(ordinal, entry): (usize, &EntryFacts)| {
        let mut cells = vec![
            Cell::text(holder.to_owned()),
            Cell::text(side_name(side)),
            Cell::number(i64::try_from(ordinal)?),
        ];
        cells.extend(entry_cells(entry)?);
        cells.extend(place_cells(entry.place.as_ref()));
        Ok(cells)
    };
    entries.iter().enumerate().skip(from).map(row).collect()
}

fn side_name(side: Side) -> &'static str {
    match side {
        Side::Settlement => "settlement",
        Side::Ledger => "ledger",
    }
}

/// An item on its way into the tables, with the stamps between which it stands so.
pub(super) struct Writing<'a> {
    pub(super) channel: &'a str,
    pub(super) item: &'a Item,
    pub(super) standing: Standing,
    /// Of a past one.
    pub(super) until: Option<i64>,
}

impl Writing<'_> {
    /// Who holds its further entries.
    fn holder(&self) -> String {
        match self.until {
            None => self.item.id.clone(),
            Some(_) => format!("{}@{}", self.item.id, self.standing.since),
        }
    }

    fn cells(&self) -> Result<Vec<Cell>> {
        let item = self.item;
        let parts: Vec<&str> = item.key.iter().map(|(_, part)| part.as_str()).collect();
        let fields: Vec<&str> = item.key.iter().map(|(field, _)| field.as_str()).collect();
        let ended = item.ending();
        let named = named_by_facts(self.channel, item);
        let identity = match item.identity == named {
            true => String::new(),
            false => item.identity.clone(),
        };
        let mut cells = vec![
            Cell::text(item.id.clone()),
            Cell::number(self.standing.since),
        ];
        cells.extend(self.until.map(Cell::number));
        cells.extend([
            Cell::text(self.channel.to_owned()),
            Cell::text(identity),
            Cell::some_text(item.by_facts.clone()),
            Cell::text(self.standing.state.name()),
            Cell::text(self.standing.kind.clone()),
            Cell::text(item.bucket.name()),
            Cell::text(item.cause.name()),
            Cell::text(joined(&fields)),
            Cell::text(joined(&parts)),
            Cell::number(key_hash(&key::encode(&parts))),
            day(item.opened),
            day(last_date(item)),
            some_day(item.told_on),
            some_day(item.cleared),
            some_day(item.closed.map(|closed| closed.on)),
            Cell::some_text(item.closed.map(|closed| closed.how.name())),
            some_day(ended.map(|(on, _)| on)),
            Cell::some_text(ended.map(|(_, how)| how.name())),
            sen(item.value),
            sen(item.difference),
            Cell::text(item.exposure.name()),
            sen(item.at_risk),
            Cell::text(facts_of(item)),
            Cell::number(self.standing.whole),
            Cell::some_text(match Sums::beyond(item) {
                None => None,
                Some(sums) => Some(serde_json::to_string(&sums)?),
            }),
            Cell::number(i64::try_from(item.ledger.len())?),
            Cell::number(i64::try_from(item.settlement.len())?),
        ]);
        match in_row(Side::Ledger, &item.ledger) {
            Some(entry) => cells.extend(entry_cells(entry)?),
            None => cells.extend(no_entry()),
        }
        match in_row(Side::Settlement, &item.settlement) {
            Some(entry) => {
                cells.extend(entry_cells(entry)?);
                cells.extend(place_cells(entry.place.as_ref()));
            }
            None => {
                cells.extend(no_entry());
                cells.extend(place_cells(None));
            }
        }
        Ok(cells)
    }

    fn further(&self) -> Result<Vec<Vec<Cell>>> {
        let holder = self.holder();
        let mut rows = Vec::new();
        for (side, entries) in [
            (Side::Ledger, &self.item.ledger),
            (Side::Settlement, &self.item.settlement),
        ] {
            let from = usize::from(in_row(side, entries).is_some());
            rows.extend(further(&holder, side, entries, from)?);
        }
        Ok(rows)
    }
}

/// Writes items that are not there, in portions: all of them are never held twice.
pub(super) async fn write(tx: &mut Tx, items: impl Iterator<Item = Writing<'_>>) -> Result<()> {
    let mut rows = Portion::default();
    for one in items {
        rows.take(&one)?;
        if rows.is_full() {
            rows.put(tx).await?;
        }
    }
    rows.put(tx).await
}

#[derive(Default)]
struct Portion {
    items: Vec<Vec<Cell>>,
    past: Vec<Vec<Cell>>,
    entries: Vec<Vec<Cell>>,
}

/// Items of a portion.
const PORTION: usize = 5_000;

impl Portion {
    fn take(&mut self, one: &Writing<'_>) -> Result<()> {
        match one.until {
            None => self.items.push(one.cells()?),
            Some(_) => self.past.push(one.cells()?),
        }
        self.entries.extend(one.further()?);
        Ok(())
    }

    fn is_full(&self) -> bool {
        self.items.len() + self.past.len() >= PORTION
    }

    async fn put(&mut self, tx: &mut Tx) -> Result<()> {
        ITEMS.insert(tx, std::mem::take(&mut self.items)).await?;
        PAST_ITEMS
            .insert(tx, std::mem::take(&mut self.past))
            .await?;
        ENTRIES.insert(tx, std::mem::take(&mut self.entries)).await
    }
}

/// Takes out items as they stand, with their further entries.
pub(super) async fn remove(tx: &mut Tx, ids: &[&str]) -> Result<()> {
    let ids: Vec<Cell> = ids.iter().map(|id| Cell::text((*id).to_owned())).collect();
    ITEMS.delete(tx, "id", &ids).await?;
    ENTRIES.delete(tx, "holder", &ids).await?;
    Ok(())
}

/// Writes items anew without what may name a person.
pub(super) async fn without_details(tx: &mut Tx, items: &[ReadItem]) -> Result<()> {
    for one in items.iter().filter(|one| one.has_details()) {
        match one.until {
            None => remove(tx, &[&one.item.id]).await?,
            Some(_) => {
                let at = [
                    Cell::text(one.item.id.clone()),
                    Cell::number(one.standing.since),
                ];
                PAST_ITEMS
                    .delete_where(tx, "id = $1 AND since = $2", &at)
                    .await?;
                ENTRIES
                    .delete(tx, "holder", &[Cell::text(one.holder.clone())])
                    .await?;
            }
        }
        let mut item = one.item.clone();
        for entry in item.entries_mut() {
            entry.details.clear();
        }
        let standing = Standing {
            whole: false,
            ..one.standing.clone()
        };
        let writing = Writing {
            channel: &one.channel,
            item: &item,
            standing,
            until: one.until,
        };
        write(tx, std::iter::once(writing)).await?;
    }
    Ok(())
}
