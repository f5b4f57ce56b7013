//! The entries that were found, as payments: those on record as items, then what the engine makes
//! of the others when it judges their keys again.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use chrono::{DateTime, NaiveDate, Utc};

use super::{
    CROWD, Hunt, MOST, Payment, Row, SettlementRow, TellingMail, Unknown, Verdict, key_of,
};
use crate::domain::acts::Recorded;
use crate::domain::entry::{EntryFacts, RowPlace};
use crate::domain::key;
use crate::domain::matching::KeyGroup;
use crate::domain::outcome::{Bucket, DateState, Item, as_written};
use crate::domain::pairing::canonical;
use crate::domain::resolve::{Knowledge, Lookup, resolve};
use crate::store::{FileMail, FileRecord, ItemState, Store, StoredItem, ToldOf};

/// The entries of one payment, before files, acts and mails are put to it.
struct Found {
    key: Vec<u8>,
    date: NaiveDate,
    verdict: Verdict,
    item: Option<StoredItem>,
    settlement: Vec<Entry>,
    ledger: Vec<EntryFacts>,
}

/// A settlement entry with the position of its file, where it still counts.
struct Entry {
    facts: EntryFacts,
    file: Option<usize>,
}

impl Hunt<'_> {
    /// The payments that the text names, newest first.
    pub(super) async fn payments(&self, store: &Store, now: DateTime<Utc>) -> Result<Vec<Payment>> {
        let mut found: Vec<Found> = Vec::new();
        for key in &self.keys {
            let of_key = self.of_key(key, now);
            found.extend(of_key.into_iter().filter(|one| self.is_sought(one)));
        }
        found.sort_by(|a, b| b.date.cmp(&a.date).then_with(|| a.key.cmp(&b.key)));
        found.truncate(MOST + 1);
        let sources = Sources {
            mails: store.mails_of_files(&self.channel.name).await?,
            acts: store.acts(&self.channel.name).await?,
            told: self.told(store, &found).await?,
        };
        let mut payments = Vec::new();
        for one in found {
            payments.push(self.payment(one, &sources, store).await?);
        }
        for (at, row) in &self.rejected {
            let file = &self.files[*at];
            payments.push(Payment {
                channel: self.channel.name.clone(),
                date: row.business_date,
                result: self.result(row.business_date, store).await?,
                key: Vec::new(),
                settlement: vec![SettlementRow {
                    facts: None,
                    place: RowPlace {
                        file: file.name.as_str().into(),
                        sheet: Some(row.sheet.as_str().into()).filter(|_| !row.sheet.is_empty()),
                        row: u32::try_from(row.row).unwrap_or_default(),
                    },
                    sha256: file.sha256.clone(),
                    mails: sources.mails.get(&file.id).cloned().unwrap_or_default(),
                }],
                verdict: Verdict::Rejected(row.clone()),
                item: None,
                acts: Vec::new(),
                ledger: Vec::new(),
                told: sources.told_of(&[row.business_date].into(), None),
            });
        }
        Ok(payments)
    }

    /// By its id, or by any of its entries.
    fn is_sought(&self, one: &Found) -> bool {
        let by_item = |item: &Item| self.names_item(item);
        one.item
            .as_ref()
            .is_some_and(|stored| by_item(&stored.item))
            || one
                .settlement
                .iter()
                .any(|entry| self.names(&one.key, &entry.facts))
            || one.ledger.iter().any(|entry| self.names(&one.key, entry))
    }

    /// Everything that stands under one key.
    fn of_key(&self, key: &[u8], now: DateTime<Utc>) -> Vec<Found> {
        let mut rows: Vec<&Row> = self.rows.iter().filter(|row| row.key == key).collect();
        let booked = self.ledger.as_ref().and_then(|ledger| ledger.get(key));
        let booked: Vec<EntryFacts> = booked.cloned().unwrap_or_default();
        let (all, mut ledger) = (rows.clone(), booked.clone());
        let mut found = Vec::new();
        let items = self.items.iter().filter(|one| key_of(&one.item) == key);
        let (gone, standing): (Vec<&StoredItem>, Vec<&StoredItem>) =
            items.partition(|one| is_gone(one));
        for stored in standing {
            found.push(taken(key, stored, &mut rows, &mut ledger));
        }
        if all.len() <= CROWD && booked.len() <= CROWD {
            found.extend(self.judged(key, &all, &booked, &rows, &ledger, now));
        } else {
            self.crowd(key, &all, &booked, &mut found);
        }
        // An item that newer knowledge took away is told with what its entries are now.
        for stored in gone {
            let opened = stored.item.opened;
            let place = found
                .iter_mut()
                .find(|one| one.item.is_none() && one.date == opened);
            match place {
                Some(one) => one.item = Some(stored.clone()),
                None if stored.item.id.to_uppercase() == self.id => {
                    let mut one = taken(key, stored, &mut Vec::new(), &mut Vec::new());
                    one.verdict = Verdict::NotKnown(Unknown::Changed);
                    found.push(one);
                }
                None => {}
            }
        }
        found
    }

    /// Too many entries under one key: one of each side stands for all of them, in the item that tells
    /// of them where there is one.
    fn crowd(&self, key: &[u8], all: &[&Row], booked: &[EntryFacts], found: &mut Vec<Found>) {
        let named = |facts: &EntryFacts| self.names(key, facts);
        let theirs = all.iter().find(|row| named(&row.facts)).or(all.first());
        let ours = booked.iter().find(|entry| named(entry));
        let ours = ours.or(booked.first());
        let settlement = || theirs.map(|row| entry(row)).into_iter().collect();
        let ledger = || ours.cloned().into_iter().collect();
        for one in found.iter_mut() {
            if one.settlement.is_empty() && one.ledger.is_empty() {
                (one.settlement, one.ledger) = (settlement(), ledger());
            }
        }
        let dates = theirs.map(|row| &row.facts).into_iter().chain(ours);
        let first = dates.map(|entry| entry.business_date).min();
        if let Some(date) = first.filter(|_| found.is_empty()) {
            found.push(Found {
                key: key.to_vec(),
                date,
                verdict: Verdict::NotKnown(Unknown::Crowd),
                item: None,
                settlement: settlement(),
                ledger: ledger(),
            });
        }
    }

    /// The entries that are on record in no item, as a run would judge them under their key now.
    /// `rows` and `ledger` are those that are left.
    fn judged(
        &self,
        key: &[u8],
        all: &[&Row],
        booked: &[EntryFacts],
        rows: &[&Row],
        ledger: &[EntryFacts],
        now: DateTime<Utc>,
    ) -> Vec<Found> {
        let is_complete = |date: &NaiveDate| self.records.get(date) == Some(&DateState::Complete);
        let mut groups: BTreeMap<NaiveDate, KeyGroup> = BTreeMap::new();
        let empty = |date: NaiveDate| KeyGroup {
            date,
            key: key.to_vec(),
            ledger: Vec::new(),
            settlement: Vec::new(),
            crowd: None,
        };
        for row in all {
            let date = row.facts.business_date;
            if is_complete(&date) {
                let group = groups.entry(date).or_insert_with(|| empty(date));
                group.settlement.push(row.facts.clone());
            }
        }
        for entry in booked {
            let date = entry.business_date;
            if is_complete(&date) {
                let group = groups.entry(date).or_insert_with(|| empty(date));
                group.ledger.push(entry.clone());
            }
        }
        let mut groups: Vec<KeyGroup> = groups.into_values().collect();
        for group in &mut groups {
            group.settlement.sort_by(canonical);
            group.ledger.sort_by(canonical);
        }
        let findings = resolve(&Knowledge {
            groups: &groups,
            lookup: &Lookup::from([(key.to_vec(), booked.to_vec())]),
            rejected: &BTreeSet::new(),
            rejected_ledger: &BTreeSet::new(),
            dates: &self.dates(),
            as_of: now,
            rules: &self.channel.rules,
        });
        let mut found = Vec::new();
        for finding in findings {
            let settlement: Vec<&&Row> = rows
                .iter()
                .filter(|row| finding.settlement.contains(&row.facts))
                .collect();
            let ours = || finding.ledger.iter().chain(&finding.borrowed);
            let ours: Vec<EntryFacts> =
                ours().filter(|one| ledger.contains(one)).cloned().collect();
            let dates = settlement.iter().map(|row| row.facts.business_date);
            let Some(date) = dates
                .chain(ours.iter().map(|entry| entry.business_date))
                .min()
            else {
                continue;
            };
            let clean = matches!(
                finding.bucket,
                Bucket::Matched | Bucket::Split | Bucket::Netted | Bucket::NothingToSettle
            );
            let verdict = match (&self.ledger, clean) {
                (None, _) => Verdict::NotKnown(Unknown::NoLedger),
                (Some(_), true) => Verdict::JudgedAgain(finding.bucket),
                (Some(_), false) => Verdict::NotKnown(Unknown::Changed),
            };
            found.push(Found {
                key: key.to_vec(),
                date,
                verdict,
                item: None,
                settlement: settlement.into_iter().map(|row| entry(row)).collect(),
                ledger: ours,
            });
        }
        // What belongs to dates that were not judged.
        let mut waiting: BTreeMap<NaiveDate, (Vec<Entry>, Vec<EntryFacts>)> = BTreeMap::new();
        for row in rows
            .iter()
            .filter(|row| !is_complete(&row.facts.business_date))
        {
            waiting
                .entry(row.facts.business_date)
                .or_default()
                .0
                .push(entry(row));
        }
        for one in ledger.iter().filter(|one| !is_complete(&one.business_date)) {
            waiting
                .entry(one.business_date)
                .or_default()
                .1
                .push(one.clone());
        }
        found.extend(
            waiting
                .into_iter()
                .map(|(date, (settlement, ledger))| Found {
                    key: key.to_vec(),
                    date,
                    verdict: Verdict::NotKnown(match self.records.get(&date) {
                        None => Unknown::NeverRun,
                        Some(_) => Unknown::NotComplete,
                    }),
                    item: None,
                    settlement,
                    ledger,
                }),
        );
        found
    }

    async fn result(&self, date: NaiveDate, store: &Store) -> Result<Option<(DateState, u32)>> {
        let Some(state) = self.records.get(&date) else {
            return Ok(None);
        };
        let revision = store.last_revision(&self.channel.name, date).await?;
        Ok(Some((*state, revision)))
    }

    async fn payment(&self, one: Found, sources: &Sources, store: &Store) -> Result<Payment> {
        let dates: BTreeSet<NaiveDate> = one
            .settlement
            .iter()
            .map(|entry| &entry.facts)
            .chain(&one.ledger)
            .map(|entry| entry.business_date)
            .chain([one.date])
            .collect();
        let shown = one.settlement.first().map(|entry| &entry.facts);
        let written = shown
            .or(one.ledger.first())
            .map_or(&[][..], |entry| &entry.written);
        let names = self
            .channel
            .rules
            .key
            .iter()
            .map(|field| field.name.clone());
        let key: Vec<(String, String)> = names.zip(key::parts(&one.key)).collect();
        let identity = one
            .item
            .as_ref()
            .map(|stored| stored.item.identity.as_str());
        let acts = identity.and_then(|identity| sources.acts.get(identity));
        let row = |entry: Entry| {
            let file = entry.file.map(|at| &self.files[at]);
            SettlementRow {
                place: entry.facts.place.clone().unwrap_or(RowPlace {
                    file: "".into(),
                    sheet: None,
                    row: 0,
                }),
                sha256: file.map_or_else(String::new, |file| file.sha256.clone()),
                mails: file.map_or_else(Vec::new, |file| sources.mails_of(file)),
                facts: Some(entry.facts),
            }
        };
        let id = one.item.as_ref().map(|stored| stored.item.id.as_str());
        let told = sources.told_of(&dates, id);
        Ok(Payment {
            channel: self.channel.name.clone(),
            date: one.date,
            result: self.result(one.date, store).await?,
            key: as_written(&key, written),
            verdict: one.verdict,
            acts: acts.cloned().unwrap_or_default(),
            item: one.item,
            settlement: one.settlement.into_iter().map(row).collect(),
            ledger: one.ledger,
            told,
        })
    }

    /// The mails that told of these payments and their dates.
    async fn told(&self, store: &Store, found: &[Found]) -> Result<Vec<ToldOf>> {
        let entries = found.iter().flat_map(|one| {
            let theirs = one.settlement.iter().map(|entry| entry.facts.business_date);
            let ours = one.ledger.iter().map(|entry| entry.business_date);
            theirs.chain(ours).chain([one.date])
        });
        let rejected = self.rejected.iter().map(|(_, row)| row.business_date);
        let dates: BTreeSet<NaiveDate> = entries.chain(rejected).collect();
        let (Some(&from), Some(&to)) = (dates.first(), dates.last()) else {
            return Ok(Vec::new());
        };
        let items = found.iter().filter_map(|one| one.item.as_ref());
        let ids = items.map(|stored| stored.item.id.as_str()).collect();
        store.told_of(&self.channel.name, (from, to), &ids).await
    }
}

/// What stands beside the entries.
struct Sources {
    mails: BTreeMap<i64, Vec<FileMail>>,
    acts: BTreeMap<String, Vec<Recorded>>,
    told: Vec<ToldOf>,
}

impl Sources {
    fn told_of(&self, dates: &BTreeSet<NaiveDate>, id: Option<&str>) -> Vec<TellingMail> {
        let telling = |one: &ToldOf| {
            let of_dates = one.dates.iter().filter(|(date, _)| dates.contains(*date));
            let results: Vec<(NaiveDate, u32)> = of_dates.map(|(date, n)| (*date, *n)).collect();
            let item = id.and_then(|id| one.items.get(id).cloned());
            (!results.is_empty() || item.is_some()).then(|| TellingMail {
                report: one.report.clone(),
                message_id: one.message_id.clone(),
                at: one.at,
                results,
                item,
            })
        };
        self.told.iter().filter_map(telling).collect()
    }

    fn mails_of(&self, file: &FileRecord) -> Vec<FileMail> {
        self.mails.get(&file.id).cloned().unwrap_or_default()
    }
}

/// Whether newer knowledge took an item away, other than by a later match.
fn is_gone(stored: &StoredItem) -> bool {
    stored.state == ItemState::Cleared && stored.item.cleared.is_none()
}

fn entry(row: &Row) -> Entry {
    Entry {
        facts: row.facts.clone(),
        file: Some(row.file),
    }
}

/// An item's payment; its entries are taken out of those that were found.
fn taken(
    key: &[u8],
    stored: &StoredItem,
    rows: &mut Vec<&Row>,
    ledger: &mut Vec<EntryFacts>,
) -> Found {
    let item = &stored.item;
    let same = |a: &EntryFacts, b: &EntryFacts| {
        (a.business_date, a.at, a.amount, a.kind) == (b.business_date, b.at, b.amount, b.kind)
    };
    let settlement = item.settlement.iter().map(|facts| {
        // The very row where two are alike.
        let place = |row: &&Row| same(&row.facts, facts) && row.facts.place == facts.place;
        let at = rows.iter().position(place);
        let at = at.or_else(|| rows.iter().position(|row| same(&row.facts, facts)));
        match at.map(|at| rows.remove(at)) {
            Some(row) => entry(row),
            // Its file counts no more.
            None => Entry {
                facts: facts.clone(),
                file: None,
            },
        }
    });
    let settlement = settlement.collect();
    let booked = item.ledger.iter().map(|facts| {
        let at = ledger.iter().position(|one| same(one, facts));
        at.map_or_else(|| facts.clone(), |at| ledger.remove(at))
    });
    Found {
        key: key.to_vec(),
        date: item.opened,
        verdict: Verdict::Recorded(item.bucket),
        ledger: booked.collect(),
        settlement,
        item: Some(stored.clone()),
    }
}
