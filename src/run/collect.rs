//! Collecting: source → archive → whole file parsed and validated → one transaction. A source is
//! left as it is; a file is known by its bytes.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use chrono::{DateTime, NaiveDate, Utc};
use data_encoding::HEXLOWER;

use crate::archive::Archive;
use crate::config::Channel;
use crate::domain::money::Money;
use crate::profiles::{self, FileFault, FilesPerDate, Limits, ReadFile, ReadOptions};
use crate::sources::folder::{self, Candidate};
use crate::store::{FileRecord, FileState, NewFile, RejectedRecord, Store};

/// What became of one file that a source offered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collected {
    pub channel: String,
    pub name: String,
    pub id: i64,
    pub taken: Taken,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Taken {
    New {
        entries: u64,
        rejected: u64,
        dates: Vec<NaiveDate>,
        revision: u32,
    },
    /// A revision older than the one that counts: noted, not applied.
    Superseded {
        by: String,
    },
    /// The same bytes as a file that is known.
    Known {
        first_name: String,
        state: FileState,
    },
    Refused {
        reason: String,
    },
    /// Another program is still writing it.
    StillWritten,
}

/// Parsed files are kept for the rest of the run up to so many bytes of them.
const CACHE_BYTES: usize = 768 << 20;

/// The way in, for one run.
pub struct Intake<'s> {
    pub store: &'s Store,
    pub archive: &'s Archive,
    now: DateTime<Utc>,
    parsed: HashMap<(String, String), Arc<ReadFile>>,
    cached: usize,
}

impl<'s> Intake<'s> {
    pub fn new(store: &'s Store, archive: &'s Archive, now: DateTime<Utc>) -> Intake<'s> {
        Intake {
            store,
            archive,
            now,
            parsed: HashMap::new(),
            cached: 0,
        }
    }

    /// The rows of a file that counts: from this run's memory, else read again from the archive.
    pub fn rows(
        &mut self,
        channel: &Channel,
        file: &FileRecord,
    ) -> Result<Result<Arc<ReadFile>, FileFault>> {
        let key = (channel.name.clone(), file.sha256.clone());
        if let Some(read) = self.parsed.get(&key) {
            return Ok(Ok(read.clone()));
        }
        let bytes = self.archive.read(&file.sha256)?;
        Ok(
            profiles::read(&bytes, &file.name, &channel.profile, &read_options(channel))
                .map(|read| self.remember(key, read, bytes.len())),
        )
    }

    fn remember(&mut self, key: (String, String), read: ReadFile, bytes: usize) -> Arc<ReadFile> {
        let read = Arc::new(read);
        if self.cached + bytes <= CACHE_BYTES {
            self.cached += bytes;
            self.parsed.insert(key, read.clone());
        }
        read
    }
}

pub fn read_options(channel: &Channel) -> ReadOptions {
    ReadOptions {
        zone: channel.rules.days.zone,
        amount_basis: channel.amount_basis,
        limits: Limits::default(),
    }
}

/// Takes in what the folders of a channel hold.
pub async fn collect_channel(intake: &mut Intake<'_>, channel: &Channel) -> Result<Vec<Collected>> {
    let mut collected = Vec::new();
    let mut seen = BTreeSet::new();
    for source in &channel.sources {
        let candidates = folder::list(&source.folder, &source.pattern)?;
        for candidate in candidates
            .into_iter()
            .filter(|one| seen.insert(one.path.clone()))
        {
            collected.extend(collect_one(intake, channel, &candidate).await?);
        }
    }
    Ok(collected)
}

async fn collect_one(
    intake: &mut Intake<'_>,
    channel: &Channel,
    candidate: &Candidate,
) -> Result<Option<Collected>> {
    let origin = origin_of(&candidate.path);
    let size = candidate.size as i64;
    let known = intake
        .store
        .looked_at(&channel.name, &origin, size, candidate.modified)
        .await?;
    if let Some(sha) = known
        && let Some(file) = find(intake.store, channel, &sha).await?
        && (file.state != FileState::Refused || file.profile_hash == channel.profile.hash)
    {
        return Ok(None);
    }
    let bytes = match folder::take(candidate, Limits::default().file_bytes)? {
        folder::Taken::Bytes(bytes) => bytes,
        folder::Taken::StillWritten => {
            return Ok(Some(Collected {
                channel: channel.name.clone(),
                name: candidate.name.clone(),
                id: 0,
                taken: Taken::StillWritten,
            }));
        }
    };
    let arrival = Arrival {
        name: &candidate.name,
        origin: &origin,
        source_time: candidate.modified,
        dates: None,
        asked_by_a_person: false,
    };
    let (collected, sha) = take_in(intake, channel, &bytes, &arrival).await?;
    intake
        .store
        .note_look(&channel.name, &origin, size, candidate.modified, &sha)
        .await?;
    Ok(Some(collected))
}

/// `rekon add`: the same way in for a report downloaded by hand. `date` says which date it covers
/// where neither its name nor its rows do.
pub async fn add(
    intake: &mut Intake<'_>,
    channel: &Channel,
    path: &Path,
    date: Option<NaiveDate>,
) -> Result<Collected> {
    let place = || format!("{}: cannot be read", path.display());
    let bytes = std::fs::read(path).with_context(place)?;
    let modified = std::fs::metadata(path)
        .and_then(|meta| meta.modified())
        .with_context(place)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let arrival = Arrival {
        name: &name,
        origin: &origin_of(path),
        source_time: modified.into(),
        dates: date.map(|date| vec![date]),
        asked_by_a_person: true,
    };
    take_in(intake, channel, &bytes, &arrival)
        .await
        .map(|(collected, _)| collected)
}

struct Arrival<'a> {
    name: &'a str,
    origin: &'a str,
    source_time: DateTime<Utc>,
    dates: Option<Vec<NaiveDate>>,
    asked_by_a_person: bool,
}

async fn take_in(
    intake: &mut Intake<'_>,
    channel: &Channel,
    bytes: &[u8],
    arrival: &Arrival<'_>,
) -> Result<(Collected, String)> {
    let sha = intake.archive.keep(bytes)?;
    let done = |id, taken| Collected {
        channel: channel.name.clone(),
        name: arrival.name.to_owned(),
        id,
        taken,
    };
    if let Some(file) = find(intake.store, channel, &sha).await? {
        let again = match file.state {
            FileState::Counted => false,
            FileState::Refused => {
                arrival.asked_by_a_person || file.profile_hash != channel.profile.hash
            }
            FileState::Withdrawn => arrival.asked_by_a_person,
        };
        if !again {
            intake
                .store
                .note_arrival(file.id, arrival.name, arrival.origin, intake.now)
                .await?;
            let taken = Taken::Known {
                first_name: file.name,
                state: file.state,
            };
            return Ok((done(file.id, taken), sha));
        }
    }
    let mut new = NewFile {
        channel: channel.name.clone(),
        sha256: sha.clone(),
        name: arrival.name.to_owned(),
        origin: arrival.origin.to_owned(),
        source_time: arrival.source_time,
        received_at: intake.now,
        bytes: bytes.len() as i64,
        slot: String::new(),
        part: None,
        parts: None,
        entries: 0,
        amount: 0,
        profile: channel.profile.name.clone(),
        profile_hash: channel.profile.hash.clone(),
        state: FileState::Counted,
        reason: String::new(),
        coverage: Vec::new(),
        rejected: Vec::new(),
    };
    let read = match profiles::read(
        bytes,
        arrival.name,
        &channel.profile,
        &read_options(channel),
    ) {
        Ok(read) => read,
        Err(fault) => return refuse(intake, new, fault.to_string(), done, sha).await,
    };
    let dates = covered_dates(channel, &read, arrival.dates.as_deref());
    if dates.is_empty() {
        let reason = "it has no rows and its name says no date\n  fix: `rekon add FILE --channel C --date D`, or a slot rule in the profile that finds the date";
        return refuse(intake, new, reason.to_owned(), done, sha).await;
    }
    describe(channel, &read, &dates, &mut new);
    let (entries, rejected) = (read.entries.len() as u64, read.rejected.len() as u64);
    intake.remember((channel.name.clone(), sha.clone()), read, bytes.len());
    let id = intake.store.take_in(&new).await?;
    let files = intake.store.files(&channel.name).await?;
    let taken = match super::current(&files)
        .iter()
        .find(|current| current.file.slot == new.slot)
    {
        Some(newest) if newest.file.id != id => Taken::Superseded {
            by: newest.file.name.clone(),
        },
        newest => {
            let revision = newest.map_or(1, |newest| newest.revision);
            Taken::New {
                entries,
                rejected,
                dates,
                revision,
            }
        }
    };
    Ok((done(id, taken), sha))
}

async fn refuse(
    intake: &Intake<'_>,
    mut new: NewFile,
    reason: String,
    done: impl Fn(i64, Taken) -> Collected,
    sha: String,
) -> Result<(Collected, String)> {
    new.state = FileState::Refused;
    new.slot = format!("refused {sha}");
    new.reason.clone_from(&reason);
    let id = intake.store.take_in(&new).await?;
    Ok((done(id, Taken::Refused { reason }), sha))
}

/// Declared by a person, else by the file, else the dates its rows fall on.
fn covered_dates(
    channel: &Channel,
    read: &ReadFile,
    by_hand: Option<&[NaiveDate]>,
) -> Vec<NaiveDate> {
    if let Some(dates) = by_hand {
        return dates.to_vec();
    }
    if !read.slot.dates.is_empty() {
        return read.slot.dates.clone();
    }
    let days = channel.rules.days;
    let instants = read.entries.entries.iter().map(|entry| entry.at());
    let dates: BTreeSet<NaiveDate> = instants
        .chain(read.rejected.iter().filter_map(|row| row.at))
        .map(|at| days.date_of(at))
        .collect();
    dates.into_iter().collect()
}

/// Slot, coverage and rejected rows of a file that reads.
fn describe(channel: &Channel, read: &ReadFile, dates: &[NaiveDate], new: &mut NewFile) {
    let days = channel.rules.days;
    let mut coverage: BTreeMap<NaiveDate, (i64, i64)> =
        dates.iter().map(|date| (*date, (0, 0))).collect();
    let amount: Money = read
        .entries
        .entries
        .iter()
        .map(|entry| entry.amount())
        .sum();
    if let [only] = dates {
        coverage.insert(*only, (read.entries.len() as i64, 0));
    }
    for entry in read.entries.entries.iter().filter(|_| dates.len() > 1) {
        if let Some(date) = days.covered_date(dates, entry.at()) {
            coverage.entry(date).or_default().0 += 1;
        }
    }
    for row in &read.rejected {
        let date = row
            .at
            .and_then(|at| days.covered_date(dates, at))
            .unwrap_or(dates[0]);
        coverage.entry(date).or_default().1 += 1;
        new.rejected.push(RejectedRecord {
            business_date: date,
            sheet: row.sheet.clone().unwrap_or_default(),
            row: i64::from(row.row),
            column: row.column.clone().unwrap_or_default(),
            value: row.value.clone(),
            reason: row.reason.clone(),
            key_hex: row
                .key
                .as_deref()
                .map(|key| HEXLOWER.encode(key))
                .unwrap_or_default(),
        });
    }
    let written: Vec<String> = dates.iter().map(NaiveDate::to_string).collect();
    let part = read.slot.part;
    let merchant = read.slot.merchant.clone().unwrap_or_default();
    let mut slot = format!(
        "{} part {} merchant {merchant}",
        written.join(" "),
        part.map_or(0, |part| part.number)
    );
    if channel.files_per_date == FilesPerDate::Many {
        // Several files of one date are told apart by their names alone.
        slot = format!("{slot} name {}", new.name);
    }
    new.slot = slot;
    new.part = part.map(|part| i64::from(part.number));
    new.parts = part.and_then(|part| part.of).map(i64::from);
    new.entries = read.entries.len() as i64;
    new.amount = amount.sen().unwrap_or(i64::MAX);
    new.coverage = coverage
        .into_iter()
        .map(|(date, (rows, bad))| (date, rows, bad))
        .collect();
}

async fn find(store: &Store, channel: &Channel, sha: &str) -> Result<Option<FileRecord>> {
    let files = store.files(&channel.name).await?;
    Ok(files.into_iter().find(|file| file.sha256 == sha))
}

fn origin_of(path: &Path) -> String {
    let absolute: PathBuf = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    format!("folder {}", absolute.display())
}
