//! Entries of a key on a date that did not match cleanly, as groups that can be judged again.
//!
//! Nearly every group is all of one item and nothing else, and stands in that item's row alone. The others
//! (attempts beside a payment, equal pairs beside a surplus, keys with too many entries) are kept here.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use anyhow::{Context, Result, bail};
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::Row;

use super::items::{ENTRIES, further, key_hash};
use super::rows::{Cell, Kind as Is, Table, Taking, joined, parted};
use super::seal::Tx;
use super::{Store, parsed};
use crate::domain::entry::{EntryFacts, Side};
use crate::domain::key;
use crate::domain::matching::KeyGroup;
use crate::domain::money::Money;
use crate::domain::outcome::{Cause, Item};

pub(super) const KEY_GROUPS: Table = Table {
    name: "key_groups",
    keys: 4,
    columns: &[
        ("channel", Is::Text),
        ("business_date", Is::Text),
        ("key", Is::Text),
        ("ordinal", Is::Number),
        ("key_hash", Is::Number),
        ("tied", Is::Number),
        ("sums", Is::Text),
        ("ledger_entries", Is::Number),
        ("settlement_entries", Is::Number),
    ],
};

/// By what a group is told from others of its channel: its date, its key, and its place among those that a
/// spreadsheet rounded alike.
pub(super) type At = (NaiveDate, Vec<u8>, i64);

/// The groups that an item is all of: one for each date of its entries.
pub(super) fn of_item(item: &Item) -> impl Iterator<Item = KeyGroup> + '_ {
    let parts: Vec<&str> = item.key.iter().map(|(_, part)| part.as_str()).collect();
    let key = key::encode(&parts);
    let entries = item.ledger.iter().chain(&item.settlement);
    let dates: BTreeSet<NaiveDate> = entries.map(|entry| entry.business_date).collect();
    dates.into_iter().map(move |date| {
        let own = |entries: &[EntryFacts]| {
            let own = entries.iter().filter(|entry| entry.business_date == date);
            own.cloned().collect()
        };
        KeyGroup {
            date,
            key: key.clone(),
            ledger: own(&item.ledger),
            settlement: own(&item.settlement),
            crowd: None,
        }
    })
}

/// Which groups are not told by an item; and which of these items tell theirs.
pub(super) struct Told<'g> {
    pub(super) others: Vec<&'g KeyGroup>,
    /// Beside the items.
    pub(super) whole: Vec<bool>,
}

pub(super) fn told<'g>(groups: &'g [KeyGroup], items: &[Item]) -> Told<'g> {
    // Of keys that a spreadsheet rounded alike there are several on a date.
    let mut left: BTreeMap<NaiveDate, HashMap<&[u8], Vec<&KeyGroup>>> = BTreeMap::new();
    for group in groups {
        let of_date = left.entry(group.date).or_default();
        of_date.entry(&group.key).or_default().push(group);
    }
    let mut whole = Vec::with_capacity(items.len());
    for item in items {
        let own: Vec<KeyGroup> = of_item(item).collect();
        let is_there = |group: &KeyGroup| {
            let of_date = left.get(&group.date);
            let known = of_date.and_then(|of_date| of_date.get(group.key.as_slice()));
            known.is_some_and(|known| known.contains(&group))
        };
        let is_whole = !own.is_empty() && own.iter().all(is_there);
        if is_whole {
            for group in &own {
                let of_date = left.get_mut(&group.date);
                let of_key = of_date.and_then(|of_date| of_date.get_mut(group.key.as_slice()));
                if let Some(of_key) = of_key
                    && let Some(at) = of_key.iter().position(|one| *one == group)
                {
                    of_key.remove(at);
                }
            }
        }
        whole.push(is_whole);
    }
    Told {
        others: left
            .into_values()
            .flat_map(HashMap::into_values)
            .flatten()
            .collect(),
        whole,
    }
}

fn holder(channel: &str, date: NaiveDate, ordinal: i64, key: &str) -> String {
    format!("{channel} {date} {ordinal} {key}")
}

fn key_text(key: &[u8]) -> String {
    joined(&key::parts(key))
}

/// Brings the groups of a channel that were in play from what is stored of them to what they are.
pub(super) async fn store(
    tx: &mut Tx,
    channel: &str,
    before: impl Iterator<Item = (&'_ At, &'_ KeyGroup)>,
    now: &[&KeyGroup],
    items: &[Item],
) -> Result<()> {
    let held = held_by_others(items);
    let mut known: HashMap<(NaiveDate, &[u8]), BTreeMap<i64, &KeyGroup>> = HashMap::new();
    for ((date, key, ordinal), group) in before {
        let of_key = known.entry((*date, key.as_slice())).or_default();
        of_key.insert(*ordinal, group);
    }
    let mut kept: HashSet<(NaiveDate, &[u8], i64)> = HashSet::new();
    let mut fresh = Vec::new();
    for group in now {
        let at = (group.date, group.key.as_slice());
        let of_key = known.get_mut(&at);
        let same = of_key.and_then(|of_key| {
            let ordinal = *of_key.iter().find(|(_, one)| one == &group)?.0;
            of_key.remove(&ordinal);
            Some(ordinal)
        });
        match same {
            Some(ordinal) => {
                kept.insert((at.0, at.1, ordinal));
            }
            None => fresh.push(*group),
        }
    }
    for ((date, key), of_key) in known {
        for ordinal in of_key.into_keys() {
            remove(tx, channel, date, ordinal, &key_text(key)).await?;
        }
    }
    let (mut rows, mut entries) = (Vec::new(), Vec::new());
    for group in fresh {
        let at = |ordinal| (group.date, group.key.as_slice(), ordinal);
        let free = (0..).find(|ordinal| kept.insert(at(*ordinal)));
        let ordinal = free.context("a place for a group")?;
        let key = key_text(&group.key);
        rows.push(vec![
            Cell::text(channel.to_owned()),
            Cell::text(group.date.to_string()),
            Cell::text(key.clone()),
            Cell::number(ordinal),
            Cell::number(key_hash(&group.key)),
            Cell::number(tied(group, &held)),
            Cell::some_text(match &group.crowd {
                None => None,
                Some(sides) => Some(serde_json::to_string(sides)?),
            }),
            Cell::number(i64::try_from(group.ledger.len())?),
            Cell::number(i64::try_from(group.settlement.len())?),
        ]);
        let holder = holder(channel, group.date, ordinal, &key);
        entries.extend(further(&holder, Side::Ledger, &group.ledger, 0)?);
        entries.extend(further(&holder, Side::Settlement, &group.settlement, 0)?);
    }
    KEY_GROUPS.insert(tx, rows).await?;
    ENTRIES.insert(tx, entries).await
}

/// Of an entry, what tells it from the others of its date.
type Mark = (Side, NaiveDate, DateTime<Utc>, Money);

/// Entries that items show which may be of another key than theirs.
fn held_by_others(items: &[Item]) -> HashSet<Mark> {
    let may = |item: &&Item| item.cause.is_proposal() || item.cause == Cause::SeveralCandidates;
    let mark = |side, entry: &EntryFacts| (side, entry.business_date, entry.at, entry.amount);
    let of = |item: &Item| -> Vec<Mark> {
        let ledger = item.ledger.iter().map(|entry| mark(Side::Ledger, entry));
        let settlement = item.settlement.iter();
        ledger
            .chain(settlement.map(|entry| mark(Side::Settlement, entry)))
            .collect()
    };
    items.iter().filter(may).flat_map(of).collect()
}

fn tied(group: &KeyGroup, held: &HashSet<Mark>) -> bool {
    let sides = [
        (Side::Ledger, &group.ledger),
        (Side::Settlement, &group.settlement),
    ];
    let mut entries = sides
        .into_iter()
        .flat_map(|(side, list)| list.iter().map(move |entry| (side, entry)));
    entries.any(|(side, entry)| held.contains(&(side, entry.business_date, entry.at, entry.amount)))
}

/// Takes one out, with its entries.
async fn remove(
    tx: &mut Tx,
    channel: &str,
    date: NaiveDate,
    ordinal: i64,
    key: &str,
) -> Result<()> {
    let values = [
        Cell::text(channel.to_owned()),
        Cell::text(date.to_string()),
        Cell::text(key.to_owned()),
        Cell::number(ordinal),
    ];
    let condition = "channel = $1 AND business_date = $2 AND key = $3 AND ordinal = $4";
    KEY_GROUPS.delete_where(tx, condition, &values).await?;
    let holder = [Cell::text(holder(channel, date, ordinal, key))];
    ENTRIES.delete(tx, "holder", &holder).await?;
    Ok(())
}

/// Those of all channels before a date.
pub(super) async fn remove_before(tx: &mut Tx, date: NaiveDate) -> Result<()> {
    let rows = sqlx::query(
        "SELECT channel, business_date, key, ordinal FROM key_groups WHERE business_date < $1",
    )
    .bind(date.to_string())
    .fetch_all(&mut **tx)
    .await?;
    for row in &rows {
        let (channel, key): (String, String) = (row.try_get("channel")?, row.try_get("key")?);
        let ordinal = row.try_get("ordinal")?;
        remove(tx, &channel, parsed(row, "business_date")?, ordinal, &key).await?;
    }
    Ok(())
}

impl Store {
    /// The groups that answer to a condition and that no item tells.
    pub(super) async fn read_groups(
        &self,
        condition: &str,
        values: &[Cell],
    ) -> Result<BTreeMap<At, KeyGroup>> {
        let mut groups = BTreeMap::new();
        let mut holders = Vec::new();
        let take = |mut row: Taking| {
            let channel = row.text()?;
            let date: NaiveDate = row.parsed("business_date")?;
            let key = row.text()?;
            let ordinal = row.number()?;
            row.skip(2);
            let crowd = match row.some_text()? {
                None => None,
                Some(text) => Some(serde_json::from_str(&text).context("state: column sums")?),
            };
            let count = usize::try_from(row.number()? + row.number()?)?;
            let at = (date, key::encode(&parted(&key)), ordinal);
            holders.push((holder(&channel, date, ordinal, &key), at.clone(), count));
            let group = KeyGroup {
                date,
                key: at.1.clone(),
                ledger: Vec::new(),
                settlement: Vec::new(),
                crowd,
            };
            groups.insert(at, group);
            Ok(())
        };
        self.each_row(&KEY_GROUPS, condition, values, take).await?;
        let names: Vec<String> = holders.iter().map(|(name, ..)| name.clone()).collect();
        let mut held = self.held_entries(&names).await?;
        for (name, at, count) in &holders {
            let [settlement, ledger] = held.remove(name).unwrap_or_default();
            if settlement.len() + ledger.len() != *count {
                bail!("state: entries of {name} are gone");
            }
            if let Some(group) = groups.get_mut(at) {
                group.settlement = settlement;
                group.ledger = ledger;
            }
        }
        Ok(groups)
    }
}
