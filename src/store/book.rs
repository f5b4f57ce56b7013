//! The items of a channel with the entries behind them, as they are stored and as a run leaves them.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use anyhow::{Result, bail};
use chrono::NaiveDate;
use sqlx::Row;

use super::acts::ActsByItem;
use super::groups;
use super::items::{self, ITEMS, ReadItem, RowState, Writing};
use super::results::JudgedAnew;
use super::rows::{AT_ONCE, Cell, placeholders};
use super::seal::Tx;
use super::{Store, items::Standing as Stands, million, parsed};
use crate::domain::acts::{Recorded, Standing, standing};
use crate::domain::key;
use crate::domain::matching::KeyGroup;
use crate::domain::money::Money;
use crate::domain::outcome::{Closed, Closing, CountAmount, Ending, Item};
use crate::domain::reconcile::{Ended, last_date};
use crate::domain::record::facts_of;
use crate::domain::time::next;

/// Where an item stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemState {
    Open,
    /// By a later match, or by newer knowledge.
    Cleared,
    Resolved,
    WrittenOff,
}

impl ItemState {
    pub fn name(self) -> &'static str {
        match self {
            ItemState::Open => "open",
            ItemState::Cleared => "cleared",
            ItemState::Resolved => "resolved",
            ItemState::WrittenOff => "written_off",
        }
    }

    /// Of an item that is there.
    fn of(item: &Item) -> ItemState {
        match item.closed {
            _ if item.cleared.is_some() => ItemState::Cleared,
            None => ItemState::Open,
            Some(Closed {
                how: Closing::Resolved,
                ..
            }) => ItemState::Resolved,
            Some(Closed {
                how: Closing::WrittenOff,
                ..
            }) => ItemState::WrittenOff,
        }
    }
}

/// An item with where it stands, people's acts up to now included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredItem {
    pub channel: String,
    pub state: ItemState,
    pub standing: Standing,
    /// The break it was, or still is; a bucket's name where it never was one.
    pub kind: String,
    pub item: Item,
    row: Stands,
}

impl StoredItem {
    /// Whether newer knowledge took it away: no match cleared it, and it counts on no date.
    pub fn is_gone(&self) -> bool {
        self.row.state == RowState::Gone
    }
}

/// What is stored of a channel, as far as a run may touch it: what is open, what stands on the dates at
/// hand, and whatever else has a key of these. Settled history stays where it is.
#[derive(Clone, Debug)]
pub struct Book {
    pub items: Vec<StoredItem>,
    acts: ActsByItem,
    /// Of which everything is here.
    dates: BTreeSet<NaiveDate>,
    /// Their keys, as they are looked for.
    keys: HashSet<i64>,
    ids: HashSet<String>,
    /// Groups of entries that no item tells.
    others: BTreeMap<groups::At, KeyGroup>,
}

impl Book {
    /// The groups that may matter to dates from `from` to `to`.
    pub fn groups(&self, from: NaiveDate, to: NaiveDate) -> Vec<KeyGroup> {
        let within = |date: NaiveDate| from <= date && date <= to;
        let whole = self
            .items
            .iter()
            .filter(|one| one.row.whole && !one.is_gone());
        let whole = whole.filter(|one| within(last_date(&one.item)));
        let others = self.others.values().filter(|group| within(group.date));
        whole
            .flat_map(|one| groups::of_item(&one.item))
            .chain(others.cloned())
            .collect()
    }

    pub fn has(&self, id: &str) -> bool {
        self.ids.contains(id)
    }

    /// Ids of items that are open no more, or gone.
    pub fn settled(&self) -> impl Iterator<Item = &str> {
        let settled = self.items.iter().filter(|one| one.state != ItemState::Open);
        settled.map(|one| one.item.id.as_str())
    }

    /// Their keys, where they were not here.
    fn take(&mut self, items: Vec<ReadItem>) -> Vec<i64> {
        let mut keys = Vec::new();
        for one in items {
            if self.ids.insert(one.item.id.clone()) {
                keys.push(hash_of(&one.item));
                self.items.push(with_acts(one, &self.acts));
            }
        }
        keys
    }
}

/// Dates that follow one another, as first and last.
fn ranges(dates: &BTreeSet<NaiveDate>) -> Vec<(NaiveDate, NaiveDate)> {
    let mut ranges: Vec<(NaiveDate, NaiveDate)> = Vec::new();
    for date in dates {
        match ranges.last_mut() {
            Some((_, last)) if next(*last) == *date => *last = *date,
            _ => ranges.push((*date, *date)),
        }
    }
    ranges
}

fn hash_of(item: &Item) -> i64 {
    let parts: Vec<&str> = item.key.iter().map(|(_, part)| part.as_str()).collect();
    items::key_hash(&key::encode(&parts))
}

/// What is looked for by its hash in one question.
const HASHES: usize = 2_000;

impl Store {
    /// What is stored of a channel that is open or tied to another key, and of their keys.
    pub async fn book(&self, channel: &str) -> Result<Book> {
        let mut book = Book {
            items: Vec::new(),
            acts: self.acts_by_item().await?,
            dates: BTreeSet::new(),
            keys: HashSet::new(),
            ids: HashSet::new(),
            others: BTreeMap::new(),
        };
        let values = [Cell::text(channel.to_owned())];
        let mut keys = Vec::new();
        for condition in [
            "channel = $1 AND standing = 'open'",
            "channel = $1 AND cause IN ('candidate', 'look_alike', 'several_candidates')",
        ] {
            let read = self.read_items(&ITEMS, condition, &values).await?;
            keys.extend(book.take(read));
        }
        let others = self
            .read_groups("channel = $1 AND tied = 1", &values)
            .await?;
        keys.extend(others.keys().map(|(_, key, _)| items::key_hash(key)));
        book.others.extend(others);
        self.of_keys(channel, &mut book, keys).await?;
        Ok(book)
    }

    /// Adds what stands on these dates, and what else there is of its keys.
    pub async fn add_dates(
        &self,
        channel: &str,
        book: &mut Book,
        dates: impl Iterator<Item = NaiveDate>,
    ) -> Result<()> {
        let new: BTreeSet<NaiveDate> = dates.filter(|date| book.dates.insert(*date)).collect();
        let mut keys = Vec::new();
        for (from, to) in ranges(&new) {
            let values = [
                Cell::text(channel.to_owned()),
                Cell::text(from.to_string()),
                Cell::text(to.to_string()),
            ];
            let standing =
                "channel = $1 AND last_date >= $2 AND opened <= $3 AND standing <> 'open'";
            let read = self.read_items(&ITEMS, standing, &values).await?;
            keys.extend(book.take(read));
            let own = "channel = $1 AND business_date BETWEEN $2 AND $3";
            let others = self.read_groups(own, &values).await?;
            keys.extend(others.keys().map(|(_, key, _)| items::key_hash(key)));
            book.others.extend(others);
        }
        self.of_keys(channel, book, keys).await
    }

    /// Adds what else is stored of these encoded keys.
    pub async fn add_keys(
        &self,
        channel: &str,
        book: &mut Book,
        keys: impl Iterator<Item = &[u8]>,
    ) -> Result<()> {
        let keys = keys.map(items::key_hash).collect();
        self.of_keys(channel, book, keys).await
    }

    /// The same by their hashes. An item that is taken in for one key leads to no other: those that hold
    /// entries of two are there already.
    async fn of_keys(&self, channel: &str, book: &mut Book, keys: Vec<i64>) -> Result<()> {
        let new: Vec<i64> = keys
            .into_iter()
            .filter(|key| book.keys.insert(*key))
            .collect();
        for some in new.chunks(HASHES) {
            let mut values = vec![Cell::text(channel.to_owned())];
            values.extend(some.iter().map(|key| Cell::number(*key)));
            let hashes = placeholders(2..some.len() + 2);
            let settled = format!("channel = $1 AND standing <> 'open' AND key_hash IN {hashes}");
            book.take(self.read_items(&ITEMS, &settled, &values).await?);
            let others = format!("channel = $1 AND key_hash IN {hashes}");
            book.others
                .extend(self.read_groups(&others, &values).await?);
        }
        Ok(())
    }

    /// Items of a channel that are open.
    pub async fn open_items(&self, channel: &str) -> Result<Vec<StoredItem>> {
        let open = "channel = $1 AND standing = 'open'";
        self.stored_where(open, &[Cell::text(channel.to_owned())])
            .await
    }

    /// Items of a channel that have this encoded key.
    pub async fn items_of_key(&self, channel: &str, key: &[u8]) -> Result<Vec<StoredItem>> {
        let values = [
            Cell::text(channel.to_owned()),
            Cell::number(items::key_hash(key)),
        ];
        self.stored_where("channel = $1 AND key_hash = $2", &values)
            .await
    }

    /// Items of a channel that stand on a date, or may.
    pub async fn items_on(&self, channel: &str, date: NaiveDate) -> Result<Vec<StoredItem>> {
        let values = [Cell::text(channel.to_owned()), Cell::text(date.to_string())];
        let on = "channel = $1 AND opened <= $2 AND last_date >= $2";
        self.stored_where(on, &values).await
    }

    /// The first item that is open and lies before a date.
    pub async fn open_before(&self, date: NaiveDate) -> Result<Option<StoredItem>> {
        let open = "standing = 'open' AND last_date < $1 ORDER BY channel, opened, id LIMIT 1";
        let found = self
            .stored_where(open, &[Cell::text(date.to_string())])
            .await?;
        Ok(found.into_iter().next())
    }

    /// Items of a channel that are open, and those that were closed or cleared after this stamp.
    pub async fn standing_items(&self, channel: &str, since: i64) -> Result<Vec<StoredItem>> {
        let mut found = self.open_items(channel).await?;
        found.extend(self.settled_since(channel, since).await?);
        Ok(found)
    }

    /// Items that were closed or cleared after this stamp, those that are gone included.
    pub async fn settled_since(&self, channel: &str, since: i64) -> Result<Vec<StoredItem>> {
        let values = [Cell::text(channel.to_owned()), Cell::number(since)];
        let settled = "channel = $1 AND since > $2 AND standing <> 'open'";
        self.stored_where(settled, &values).await
    }

    async fn stored_where(&self, condition: &str, values: &[Cell]) -> Result<Vec<StoredItem>> {
        let mut read = self.read_items(&ITEMS, condition, values).await?;
        let acts = self.acts_by_item().await?;
        let place = |item: &Item| (item.opened, item.id.clone());
        read.sort_by_cached_key(|one| place(&one.item));
        Ok(read.into_iter().map(|one| with_acts(one, &acts)).collect())
    }

    /// Items that ended on a business date or later, those at hand apart, in sums.
    pub async fn ended<'i>(
        &self,
        channel: &str,
        from: NaiveDate,
        at_hand: impl Iterator<Item = &'i StoredItem>,
    ) -> Result<Ended> {
        // A sum of numbers of 64 bits may need more.
        let rows = sqlx::query(
            "SELECT opened, ended, ended_as, COUNT(*) AS n, \
             CAST(SUM(value / 1000000) AS BIGINT) AS large, \
             CAST(SUM(value % 1000000) AS BIGINT) AS small \
             FROM items WHERE channel = $1 AND ended IS NOT NULL AND ended >= $2 \
             AND standing <> 'gone' GROUP BY opened, ended, ended_as",
        )
        .bind(channel)
        .bind(from.to_string())
        .fetch_all(&self.pool)
        .await?;
        let mut ended = Ended::default();
        for row in &rows {
            let how: String = row.try_get("ended_as")?;
            let at = (
                parsed(row, "opened")?,
                parsed(row, "ended")?,
                match how.as_str() {
                    "cleared" => Ending::Cleared,
                    "resolved" => Ending::Closed(Closing::Resolved),
                    "written_off" => Ending::Closed(Closing::WrittenOff),
                    other => bail!("state: an item ended as `{other}`"),
                },
            );
            let amount = million(row, "large", "small")?;
            let count = row.try_get::<i64, _>("n")?.unsigned_abs();
            ended.add(at, CountAmount { count, amount });
        }
        for one in at_hand.filter(|one| !one.is_gone()) {
            if let Some((on, how)) = one.item.ending() {
                let value = Money::from_sen(items::nearest(one.item.value));
                ended.take((one.item.opened, on, how), value);
            }
        }
        Ok(ended)
    }

    /// The items of these ids.
    pub async fn items_of_ids(&self, ids: &[String]) -> Result<Vec<StoredItem>> {
        let mut found = Vec::new();
        let acts = self.acts_by_item().await?;
        for some in ids.chunks(AT_ONCE) {
            let values: Vec<Cell> = some.iter().map(|id| Cell::text(id.clone())).collect();
            let condition = format!("id IN {}", placeholders(1..some.len() + 1));
            let read = self.read_items(&ITEMS, &condition, &values).await?;
            found.extend(read.into_iter().map(|one| with_acts(one, &acts)));
        }
        Ok(found)
    }

    /// All items of a channel, or of all of them.
    pub async fn items(&self, channel: Option<&str>) -> Result<Vec<StoredItem>> {
        let channel = Cell::text(channel.unwrap_or_default().to_owned());
        let all = "$1 = '' OR channel = $1 ORDER BY channel, opened, id";
        let read = self.read_items(&ITEMS, all, &[channel]).await?;
        let acts = self.acts_by_item().await?;
        Ok(read.into_iter().map(|one| with_acts(one, &acts)).collect())
    }
}

fn with_acts(one: ReadItem, acts: &ActsByItem) -> StoredItem {
    let of = acts.get(&(one.channel.clone(), one.item.identity.clone()));
    stored(one, of.map_or(&[][..], Vec::as_slice))
}

/// With what people did about it.
fn stored(one: ReadItem, acts: &[Recorded]) -> StoredItem {
    let mut item = one.item;
    let standing = match acts {
        [] => Standing::default(),
        acts => standing(acts, &facts_of(&item)),
    };
    item.closed = standing.closed;
    StoredItem {
        state: match one.standing.state {
            RowState::Gone => ItemState::Cleared,
            RowState::Is(_) => ItemState::of(&item),
        },
        channel: one.channel,
        standing,
        kind: one.standing.kind.clone(),
        item,
        row: one.standing,
    }
}

/// Brings what is stored of a channel to what a run judged: items that are gone stay, with the kind they
/// had, and what was otherwise stays as it stood until now.
pub(super) async fn store(
    tx: &mut Tx,
    channel: &str,
    judged: &JudgedAnew,
    stamp: i64,
) -> Result<()> {
    let JudgedAnew {
        items,
        groups,
        before,
        reach,
        ..
    } = judged;
    let told = groups::told(groups, items);
    let in_play = |date: &NaiveDate| reach.contains(date);
    let others = before.others.iter().filter(|((date, ..), _)| in_play(date));
    groups::store(tx, channel, others, &told.others, items).await?;

    let mut known: HashMap<&str, &StoredItem> = before
        .items
        .iter()
        .map(|one| (one.item.identity.as_str(), one))
        .collect();
    // What is replaced, as it stood; and what replaces it.
    let mut replaced: Vec<&str> = Vec::new();
    let mut past: Vec<&StoredItem> = Vec::new();
    let mut now: Vec<(&Item, Stands)> = Vec::new();
    for (item, whole) in items.iter().zip(told.whole) {
        let was = known.remove(item.identity.as_str());
        let state = RowState::Is(ItemState::of(item));
        let kind = match was {
            // A break that a later match cleared keeps the name it was reported under.
            Some(was) if item.cleared.is_some() => was.kind.clone(),
            _ => item.bucket.name().to_owned(),
        };
        // Beyond what the run looked at, groups are as they were.
        let whole = match was {
            Some(was) if !in_play(&last_date(item)) => was.row.whole,
            _ => whole,
        };
        let Some(was) = was else {
            let row = Stands {
                since: stamp,
                state,
                kind,
                whole,
            };
            now.push((item, row));
            continue;
        };
        let same = was.item == *item && was.row.state == state && was.kind == kind;
        if same && was.row.whole == whole {
            continue;
        }
        replaced.push(&was.item.id);
        let since = match same {
            true => was.row.since,
            false => {
                past.push(was);
                stamp
            }
        };
        now.push((
            item,
            Stands {
                since,
                state,
                kind,
                whole,
            },
        ));
    }
    let mut gone: Vec<Item> = Vec::new();
    for was in known.values().filter(|one| !one.is_gone()) {
        replaced.push(&was.item.id);
        past.push(was);
        // No match cleared what is not there: it counts on no date.
        let mut item = was.item.clone();
        item.cleared = None;
        gone.push(item);
    }
    items::remove(tx, &replaced).await?;
    let past = past.into_iter().map(|was| Writing {
        channel,
        item: &was.item,
        standing: was.row.clone(),
        until: Some(stamp),
    });
    items::write(tx, past).await?;
    let now = now.into_iter().map(|(item, standing)| Writing {
        channel,
        item,
        standing,
        until: None,
    });
    items::write(tx, now).await?;
    let kind_of: HashMap<&str, &str> = before
        .items
        .iter()
        .map(|one| (one.item.id.as_str(), one.kind.as_str()))
        .collect();
    let gone = gone.iter().map(|item| Writing {
        channel,
        item,
        standing: Stands {
            since: stamp,
            state: RowState::Gone,
            kind: kind_of
                .get(item.id.as_str())
                .copied()
                .unwrap_or_default()
                .to_owned(),
            whole: false,
        },
        until: None,
    });
    items::write(tx, gone).await
}

/// Writes an item anew after people did something about it.
pub(super) async fn acted(
    tx: &mut Tx,
    was: &StoredItem,
    acts: &[Recorded],
    stamp: i64,
) -> Result<()> {
    let mut item = was.item.clone();
    item.closed = standing(acts, &facts_of(&item)).closed;
    if item.closed == was.item.closed || was.is_gone() {
        return Ok(());
    }
    items::remove(tx, &[&item.id]).await?;
    let past = Writing {
        channel: &was.channel,
        item: &was.item,
        standing: was.row.clone(),
        until: Some(stamp),
    };
    let standing = Stands {
        since: stamp,
        state: RowState::Is(ItemState::of(&item)),
        ..was.row.clone()
    };
    let now = Writing {
        channel: &was.channel,
        item: &item,
        standing,
        until: None,
    };
    items::write(tx, [past, now].into_iter()).await
}
