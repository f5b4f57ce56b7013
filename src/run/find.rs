//! `rekon find`: one payment by any of its references, matched or not. Matched pairs are not stored
//! row by row, so the archived files are read again and the ledger is asked by key. Nothing is
//! written and no lock is taken: whoever looks never waits for a run.

mod payments;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use chrono::{DateTime, Duration, NaiveDate, Utc};
use data_encoding::HEXLOWER;

use super::collect::read_options;
use super::coverage::{current, first_date};
use super::reconcile::ledger_spec;
use super::snapshot::{make_sample, open_ledger};
use super::{open_store, run_id};
use crate::archive::Archive;
use crate::config::{Channel, Config};
use crate::domain::acts::Recorded;
use crate::domain::entry::{EntryFacts, EntrySet, KeyState, RowPlace};
use crate::domain::key;
use crate::domain::outcome::{Bucket, DateState, Item};
use crate::domain::reconcile::last_date;
use crate::domain::rules::{CROWD, Dates};
use crate::domain::sought::Sought;
use crate::domain::time::{next, previous};
use crate::ledger::{Ledger, Spellings};
use crate::profiles;
use crate::store::{FileMail, FileRecord, RejectedRecord, Store, StoredItem};

/// Payments of one search; a text that names more needs another word.
pub const MOST: usize = 100;
/// Dates of the ledger that are read where no file and no break holds the text, newest first.
pub const LEDGER_DATES: usize = 31;

/// What was found, and where it was looked for.
#[derive(Debug, Default)]
pub struct Search {
    pub payments: Vec<Payment>,
    pub looked: Looked,
    /// Why the ledger was not asked, or not to its end: its side is then not known.
    pub ledger_fault: Option<anyhow::Error>,
}

/// Where a text was looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Looked {
    pub files: u64,
    /// The business dates that these files cover.
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
    /// Files that could not be read again, and why.
    pub unread: Vec<(String, String)>,
    /// Dates of the ledger that were read because nothing else holds the text: channel, first and
    /// last date, and how many earlier ones were run and not read.
    pub ledger: Vec<LedgerDates>,
    /// More than [`MOST`] payments: the others are not shown.
    pub truncated: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerDates {
    pub channel: String,
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub earlier: u64,
}

/// One payment: what both sides say of it, and what became of it.
#[derive(Clone, Debug)]
pub struct Payment {
    pub channel: String,
    pub date: NaiveDate,
    /// State and revision of that date's last result; `None` where it was never run.
    pub result: Option<(DateState, u32)>,
    /// As it is shown.
    pub key: Vec<(String, String)>,
    pub verdict: Verdict,
    pub item: Option<StoredItem>,
    pub acts: Vec<Recorded>,
    pub settlement: Vec<SettlementRow>,
    pub ledger: Vec<EntryFacts>,
    /// Mails that told of it or of a result of one of its dates.
    pub told: Vec<TellingMail>,
}

/// A mail with what it told of one payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TellingMail {
    pub report: String,
    pub message_id: String,
    pub at: DateTime<Utc>,
    /// Its business dates whose results were reported, with their revisions.
    pub results: Vec<(NaiveDate, u32)>,
    /// How the mail said that its item stands, where it told of it.
    pub item: Option<String>,
}

/// Where a payment ended, and how that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is on record as an item.
    Recorded(Bucket),
    /// No item speaks of it: its entries were judged again, as a run judges them.
    JudgedAgain(Bucket),
    /// A row of a file that could not be read.
    Rejected(RejectedRecord),
    NotKnown(Unknown),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unknown {
    NeverRun,
    NotComplete,
    /// Judged now it would be a break, and no item says so: something is newer than the result.
    Changed,
    /// The ledger was not asked.
    NoLedger,
    /// More entries under its key than are shown one by one.
    Crowd,
}

/// A row of a settlement file with where it came from.
#[derive(Clone, Debug)]
pub struct SettlementRow {
    /// `None` for a row that could not be read.
    pub facts: Option<EntryFacts>,
    pub place: RowPlace,
    pub sha256: String,
    pub mails: Vec<FileMail>,
}

/// What one channel holds of the text.
struct Hunt<'c> {
    channel: &'c Channel,
    sought: Sought,
    /// The text as an id of a break.
    id: String,
    records: BTreeMap<NaiveDate, DateState>,
    items: Vec<StoredItem>,
    /// Where files are looked into; everywhere for none.
    around: Option<(NaiveDate, NaiveDate)>,
    files: Vec<FileRecord>,
    /// Encoded keys of the entries that the text names.
    keys: BTreeSet<Vec<u8>>,
    /// Those of them that a spreadsheet rounded: no ledger is asked for them.
    damaged: BTreeSet<Vec<u8>>,
    /// Every counted settlement row of these keys, with its file.
    rows: Vec<Row>,
    /// What the ledger has of these keys; `None` where it was not asked.
    ledger: Option<BTreeMap<Vec<u8>, Vec<EntryFacts>>>,
    rejected: Vec<(usize, RejectedRecord)>,
}

struct Row {
    key: Vec<u8>,
    facts: EntryFacts,
    /// Position among the files.
    file: usize,
}

/// Looks for `text` in every channel; `None` where it holds no letter and no digit.
pub async fn find(config: &Config, text: &str, now: DateTime<Utc>) -> Result<Option<Search>> {
    let store = open_store(config).await?;
    let archive = Archive::open(&config.archive)?;
    let mut search = Search::default();
    let mut hunts = Vec::new();
    // The name of a break names one, and nothing else.
    let mut named = store.items_of_ids(&[text.trim().to_uppercase()]).await?;
    named.retain(|one| {
        config
            .channels
            .iter()
            .any(|channel| channel.name == one.channel)
    });
    for channel in &config.channels {
        let named = named.first().map(|one| (&*one.channel, &one.item));
        if named.is_some_and(|(of, _)| of != channel.name) {
            continue;
        }
        let item = named.map(|(_, item)| item);
        let Some(mut hunt) = Hunt::start(channel, text, item, &store).await? else {
            return Ok(None);
        };
        hunt.look_into_files(&archive, &mut search.looked)?;
        hunts.push(hunt);
    }
    if let Err(error) = ask_ledger(config, &mut hunts, &store, &mut search.looked, now).await {
        search.ledger_fault = Some(error);
    }
    for hunt in &mut hunts {
        hunt.gather_rows(&archive)?;
        let found = hunt.payments(&store, now).await?;
        search.payments.extend(found);
    }
    if search.payments.len() > MOST {
        search.payments.truncate(MOST);
        search.looked.truncated = true;
    }
    store.close().await;
    tracing::debug!(run_id = run_id(now), found = search.payments.len(), "found");
    Ok(Some(search))
}

/// Asks the ledger for the keys that were found. Where the text stands in no file and no item, its
/// entries of the dates that were run are read as well.
async fn ask_ledger(
    config: &Config,
    hunts: &mut [Hunt<'_>],
    store: &Store,
    looked: &mut Looked,
    now: DateTime<Utc>,
) -> Result<()> {
    make_sample(config)?;
    let mut ledger = open_ledger(config).await?;
    for hunt in &mut *hunts {
        hunt.look_up(&mut ledger, store, now).await?;
    }
    if hunts
        .iter()
        .all(|hunt| hunt.keys.is_empty() && hunt.rejected.is_empty())
    {
        for hunt in &mut *hunts {
            hunt.read_ledger(&mut ledger, looked).await?;
            if !hunt.keys.is_empty() {
                hunt.look_up(&mut ledger, store, now).await?;
            }
        }
    }
    ledger.close().await;
    Ok(())
}

impl<'c> Hunt<'c> {
    /// Of an item that the text names, what stands under its key around its dates.
    async fn start(
        channel: &'c Channel,
        text: &str,
        named: Option<&Item>,
        store: &Store,
    ) -> Result<Option<Hunt<'c>>> {
        let rules = &channel.rules;
        let Some(sought) = Sought::of(text, &rules.key, &rules.details) else {
            return Ok(None);
        };
        let records = store.date_records(&channel.name).await?;
        let mut hunt = Hunt {
            channel,
            sought,
            id: text.trim().to_uppercase(),
            records: records
                .into_iter()
                .map(|(date, one)| (date, one.state))
                .collect(),
            items: match named {
                Some(item) => store.items_of_key(&channel.name, &key_of(item)).await?,
                None => store.items(Some(&channel.name)).await?,
            },
            around: named.map(|item| (previous(item.opened), next(last_date(item)))),
            files: store.files(&channel.name).await?,
            keys: BTreeSet::new(),
            damaged: BTreeSet::new(),
            rows: Vec::new(),
            ledger: None,
            rejected: Vec::new(),
        };
        for stored in &hunt.items {
            if hunt.names_item(&stored.item) {
                let (item, key) = (&stored.item, key_of(&stored.item));
                let mut entries = item.ledger.iter().chain(&item.settlement);
                if entries.any(|entry| entry.key_state == KeyState::Damaged) {
                    hunt.damaged.insert(key.clone());
                }
                hunt.keys.insert(key);
            }
        }
        for at in hunt.looked_into() {
            let file = &hunt.files[at];
            if file.rejected == 0 {
                continue;
            }
            for row in store.rejected_rows(file.id).await? {
                let key = HEXLOWER.decode(row.key_hex.as_bytes())?;
                let value = std::iter::once(row.value.trim().as_bytes());
                if hunt.sought.names(&key, value, None) {
                    hunt.rejected.push((at, row));
                }
            }
        }
        Ok(Some(hunt))
    }

    fn names_item(&self, item: &Item) -> bool {
        let entries = item.ledger.iter().chain(&item.settlement);
        let key = key_of(item);
        item.id.to_uppercase() == self.id
            || item.ledger.is_empty() && item.settlement.is_empty() && {
                self.sought
                    .names(&key, std::iter::empty(), Some(item.value))
            }
            || entries.into_iter().any(|entry| self.names(&key, entry))
    }

    fn names(&self, key: &[u8], entry: &EntryFacts) -> bool {
        let details = entry.details.values().map(|value| value.as_bytes());
        self.sought.names(key, details, Some(entry.amount))
    }

    /// The counted files, newest business date first, as positions.
    fn counted(&self) -> Vec<usize> {
        let counted: BTreeSet<i64> = current(&self.files).iter().map(|one| one.file.id).collect();
        let mut counted: Vec<usize> = (0..self.files.len())
            .filter(|at| counted.contains(&self.files[*at].id))
            .collect();
        let newest = |at: &usize| self.files[*at].coverage.iter().map(|line| line.0).max();
        counted.sort_by_key(|at| std::cmp::Reverse(newest(at)));
        counted
    }

    /// Those of them that are looked into.
    fn looked_into(&self) -> Vec<usize> {
        let mut counted = self.counted();
        counted.retain(|at| self.is_around(&self.files[*at]));
        counted
    }

    fn is_around(&self, file: &FileRecord) -> bool {
        self.around.is_none_or(|(from, to)| {
            let mut covered = file.coverage.iter();
            covered.any(|line| from <= line.0 && line.0 <= to)
        })
    }

    fn look_into_files(&mut self, archive: &Archive, looked: &mut Looked) -> Result<()> {
        for at in self.looked_into() {
            let file = &self.files[at];
            let covered = || file.coverage.iter().map(|line| line.0);
            looked.files += 1;
            looked.from = looked.from.into_iter().chain(covered()).min();
            looked.to = looked.to.into_iter().chain(covered()).max();
            let (entries, _) = match self.read(archive, file) {
                Ok(read) => read,
                Err(error) => {
                    looked
                        .unread
                        .push((file.name.clone(), format!("{error:#}")));
                    continue;
                }
            };
            for entry in entries.entries.iter() {
                let key = entries.key(entry);
                let details = key::slices(entries.details(entry));
                if self.sought.names(key, details, Some(entry.amount())) && !self.keys.contains(key)
                {
                    if self.keys.len() >= MOST {
                        looked.truncated = true;
                        return Ok(());
                    }
                    self.keys.insert(key.to_vec());
                    if entry.key_state() == KeyState::Damaged {
                        self.damaged.insert(key.to_vec());
                    }
                }
            }
        }
        Ok(())
    }

    fn read(&self, archive: &Archive, file: &FileRecord) -> Result<(EntrySet, Vec<String>)> {
        let bytes = archive.read(&file.sha256)?;
        let (profile, options) = (&self.channel.profile, read_options(self.channel));
        let read = profiles::read(&bytes, &file.name, profile, &options)?;
        Ok((read.entries, read.sheets))
    }

    /// Every row of the keys that were found, also where the text itself does not name it: the void
    /// of a payment that was found by its invoice.
    fn gather_rows(&mut self, archive: &Archive) -> Result<()> {
        if self.keys.is_empty() {
            return Ok(());
        }
        let mut rows = Vec::new();
        let mut counts: BTreeMap<&[u8], usize> = BTreeMap::new();
        for at in self.looked_into() {
            let file = &self.files[at];
            // One that cannot be read was named already.
            let Ok((entries, sheets)) = self.read(archive, file) else {
                continue;
            };
            let covered: Vec<NaiveDate> = file.coverage.iter().map(|line| line.0).collect();
            for entry in entries.entries.iter() {
                let Some(key) = self.keys.get(entries.key(entry)) else {
                    continue;
                };
                let days = self.channel.rules.days;
                let Some(date) = days.covered_date(&covered, entry.at()) else {
                    continue;
                };
                let count = counts.entry(key).or_default();
                *count += 1;
                if *count > CROWD + 1 {
                    continue;
                }
                let place = entry.place();
                let place = RowPlace {
                    file: file.name.as_str().into(),
                    sheet: sheets
                        .get(usize::from(place.sheet))
                        .map(|sheet| sheet.as_str().into()),
                    row: place.row,
                };
                let details = &self.channel.rules.details;
                rows.push(Row {
                    key: key.clone(),
                    facts: entries.facts(entry, details, date, Some(place)),
                    file: at,
                });
            }
        }
        self.rows = rows;
        Ok(())
    }

    /// What the ledger has of the keys, over their lifetime around every date that may be concerned.
    async fn look_up(
        &mut self,
        ledger: &mut Ledger,
        store: &Store,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let rules = &self.channel.rules;
        let lifetime = Duration::days(rules.key_lifetime);
        let today = rules.days.date_of(now);
        let covered = self.files.iter().flat_map(|file| &file.coverage);
        let dates = || {
            covered
                .clone()
                .map(|line| line.0)
                .chain(self.records.keys().copied())
        };
        let low = dates().min().unwrap_or(today).min(today) - lifetime;
        let high = dates().max().unwrap_or(today).max(today) + Duration::days(1);
        let (from, to) = (rules.days.span(low).0, rules.days.span(high).1);
        let mut spellings = Spellings::default();
        for (part, width) in store.spellings(&self.channel.name).await? {
            spellings.0.entry(part).or_default().insert(width);
        }
        let mut keys: BTreeSet<Vec<u8>> = self.keys.difference(&self.damaged).cloned().collect();
        // A reference that identifies by itself need not stand in a file.
        keys.extend(self.sought.as_key());
        let spec = ledger_spec(self.channel);
        let (found, _) = ledger.look_up(&spec, &keys, &spellings, from, to).await?;
        self.keys.extend(found.keys().cloned());
        self.ledger = Some(found);
        Ok(())
    }

    /// Reads the ledger's entries of the dates that were run, newest first.
    async fn read_ledger(&mut self, ledger: &mut Ledger, looked: &mut Looked) -> Result<()> {
        let dates: Vec<NaiveDate> = self.records.keys().rev().copied().collect();
        let read = &dates[..dates.len().min(LEDGER_DATES)];
        let (Some(&to), Some(&from)) = (read.first(), read.last()) else {
            return Ok(());
        };
        looked.ledger.push(LedgerDates {
            channel: self.channel.name.clone(),
            from,
            to,
            earlier: (dates.len() - read.len()) as u64,
        });
        let spec = ledger_spec(self.channel);
        for &date in read {
            let (from, to) = self.channel.rules.days.span(date);
            let reading = ledger.read(&spec, from, to).await?;
            let entries = &reading.entries;
            for entry in entries.entries.iter() {
                let key = entries.key(entry);
                let details = key::slices(entries.details(entry));
                if entry.key_state() == KeyState::Whole
                    && self.sought.names(key, details, Some(entry.amount()))
                {
                    if self.keys.len() >= MOST {
                        looked.truncated = true;
                        return Ok(());
                    }
                    self.keys.insert(key.to_vec());
                }
            }
        }
        Ok(())
    }

    /// What is known of the dates, as a run knows it.
    fn dates(&self) -> Dates {
        let counted: Vec<FileRecord> = self
            .counted()
            .iter()
            .map(|at| self.files[*at].clone())
            .collect();
        Dates {
            start: first_date(self.channel, &counted),
            states: self.records.clone(),
            calendar: self.channel.calendar.clone(),
        }
    }
}

fn key_of(item: &Item) -> Vec<u8> {
    let parts: Vec<&str> = item.key.iter().map(|(_, part)| part.as_str()).collect();
    key::encode(&parts)
}
