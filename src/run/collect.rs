//! Collecting: source → archive → whole file parsed and validated → one transaction. A source is
//! left as it is; a file is known by its bytes.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Result;
use chrono::{DateTime, NaiveDate, Utc};
use data_encoding::HEXLOWER;

use crate::archive::Archive;
use crate::config::Channel;
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
    /// The file, or its whole folder, cannot be read: nothing is known of what it holds.
    Unreadable {
        reason: String,
    },
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
        let unreadable = |name: String, reason: String| Collected {
            channel: channel.name.clone(),
            name,
            id: 0,
            taken: Taken::Unreadable { reason },
        };
        // One folder that is away keeps neither the others nor the other channels from their files.
        let listing = match folder::list(&source.folder, &source.pattern) {
            Ok(listing) => listing,
            Err(error) => {
                let folder = source.folder.display().to_string();
                collected.push(unreadable(folder, format!("{error:#}")));
                continue;
            }
        };
        let gone_wrong = listing.unreadable.into_iter();
        collected.extend(gone_wrong.map(|(name, reason)| unreadable(name, reason)));
        for candidate in listing
            .candidates
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
    let known = intake
        .store
        .looked_at(&channel.name, &origin, &candidate.stamp)
        .await?;
    if let Some(sha) = known
        && let Some(file) = intake.store.file_of(&channel.name, &sha).await?
        && (file.state != FileState::Refused || file.profile_hash == channel.profile.hash)
    {
        return Ok(None);
    }
    let not_taken = |taken| {
        Ok(Some(Collected {
            channel: channel.name.clone(),
            name: candidate.name.clone(),
            id: 0,
            taken,
        }))
    };
    let bytes = match folder::take(candidate, Limits::default().file_bytes) {
        Ok(folder::Taken::Bytes(bytes)) => bytes,
        Ok(folder::Taken::StillWritten) => return not_taken(Taken::StillWritten),
        Err(error) => {
            let reason = format!("{error:#}");
            return not_taken(Taken::Unreadable { reason });
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
        .note_look(&channel.name, &origin, &candidate.stamp, &sha)
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
    let unreadable = |reason: String| UnreadableFile {
        path: path.to_owned(),
        reason,
    };
    let candidate = folder::candidate(path.to_owned())
        .map_err(|error| unreadable(format!("{error:#}")))?
        .ok_or_else(|| unreadable("there is no such file".to_owned()))?;
    let bytes = match folder::take(&candidate, Limits::default().file_bytes) {
        Ok(folder::Taken::Bytes(bytes)) => bytes,
        Ok(folder::Taken::StillWritten) => {
            let reason = "another program is still writing it; add it once that is done";
            return Err(unreadable(reason.to_owned()).into());
        }
        Err(error) => return Err(unreadable(format!("{error:#}")).into()),
    };
    let arrival = Arrival {
        name: &candidate.name,
        origin: &origin_of(path),
        source_time: candidate.modified,
        dates: date.map(|date| vec![date]),
        asked_by_a_person: true,
    };
    take_in(intake, channel, &bytes, &arrival)
        .await
        .map(|(collected, _)| collected)
}

/// A file named by a person that cannot be taken in.
#[derive(Debug, thiserror::Error)]
#[error("{}: {reason}", path.display())]
pub struct UnreadableFile {
    pub path: PathBuf,
    pub reason: String,
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
    if let Some(file) = intake.store.file_of(&channel.name, &sha).await? {
        let again = match file.state {
            FileState::Counted => false,
            FileState::Refused => {
                arrival.asked_by_a_person || file.profile_hash != channel.profile.hash
            }
            FileState::Withdrawn => arrival.asked_by_a_person,
        };
        if let Some(dates) = arrival.dates.as_ref().filter(|_| !again) {
            let files = intake.store.files(&channel.name).await?;
            let covered = files
                .iter()
                .find(|known| known.id == file.id)
                .map(|known| known.coverage.iter().map(|line| line.0).collect::<Vec<_>>())
                .unwrap_or_default();
            if covered != *dates {
                return Err(CountsElsewhere {
                    id: file.id,
                    name: file.name,
                    covered,
                }
                .into());
            }
        }
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
        // A clock that runs ahead must not make a file newer than every correction to come.
        source_time: arrival.source_time.min(intake.now),
        received_at: intake.now,
        bytes: bytes.len() as i64,
        slot: String::new(),
        part: None,
        parts: None,
        entries: 0,
        profile: channel.profile.name.clone(),
        profile_hash: channel.profile.hash.clone(),
        state: FileState::Counted,
        reason: String::new(),
        by_hand: arrival.dates.clone().unwrap_or_default(),
        coverage: Vec::new(),
        rejected: Vec::new(),
    };
    understand(intake, channel, bytes, &mut new);
    let id = intake.store.take_in(&new).await?;
    if new.state == FileState::Refused {
        let reason = new.reason;
        return Ok((done(id, Taken::Refused { reason }), sha));
    }
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
                entries: new.entries.unsigned_abs(),
                rejected: new.rejected.len() as u64,
                dates: new.coverage.iter().map(|line| line.0).collect(),
                revision,
            }
        }
    };
    Ok((done(id, taken), sha))
}

/// A date was named for bytes that count for other dates.
#[derive(Debug, thiserror::Error)]
#[error(
    "these bytes are {name} (file {id}), which counts for {}\n  hint: `rekon files withdraw {id} --reason …` first, then add it with --date",
    dates_text(covered)
)]
pub struct CountsElsewhere {
    pub id: i64,
    pub name: String,
    pub covered: Vec<NaiveDate>,
}

fn dates_text(dates: &[NaiveDate]) -> String {
    let dates: Vec<String> = dates.iter().map(NaiveDate::to_string).collect();
    dates.join(", ")
}

/// Reads the bytes with the channel's profile and notes what they came to: slot, coverage and
/// rejected rows, or why the file is refused whole.
fn understand(intake: &mut Intake<'_>, channel: &Channel, bytes: &[u8], new: &mut NewFile) {
    let read = profiles::read(bytes, &new.name, &channel.profile, &read_options(channel));
    let refusal = match read {
        Err(fault) => fault.to_string(),
        Ok(read) => {
            let dates = covered_dates(channel, &read, &new.by_hand);
            if !dates.is_empty() {
                describe(channel, &read, &dates, new);
                let key = (channel.name.clone(), new.sha256.clone());
                intake.remember(key, read, bytes.len());
                return;
            }
            "it has no rows and its name says no date\n  fix: `rekon add FILE --channel C --date D`, or a slot rule in the profile that finds the date".to_owned()
        }
    };
    new.state = FileState::Refused;
    new.slot = format!("refused {}", new.sha256);
    new.reason = refusal;
}

/// Reads a channel's files again that were read with another profile than today's, as far as they
/// concern `dates`: what they cover, and which of their rows are rejected, is the profile's word.
/// A refused file may read now, and a file that counted may not.
pub async fn read_again(
    intake: &mut Intake<'_>,
    channel: &Channel,
    dates: RangeInclusive<NaiveDate>,
) -> Result<()> {
    for file in intake.store.files(&channel.name).await? {
        let concerned = match file.state {
            FileState::Withdrawn => false,
            // What it would cover is not known.
            FileState::Refused => true,
            FileState::Counted => file.coverage.iter().any(|line| dates.contains(&line.0)),
        };
        if !concerned || file.profile_hash == channel.profile.hash {
            continue;
        }
        let bytes = intake.archive.read(&file.sha256)?;
        let mut new = NewFile {
            channel: file.channel,
            sha256: file.sha256,
            name: file.name,
            origin: file.origin,
            source_time: file.source_time,
            received_at: file.received_at,
            bytes: file.bytes,
            slot: String::new(),
            part: None,
            parts: None,
            entries: 0,
            profile: channel.profile.name.clone(),
            profile_hash: channel.profile.hash.clone(),
            state: FileState::Counted,
            reason: String::new(),
            by_hand: file.by_hand,
            coverage: Vec::new(),
            rejected: Vec::new(),
        };
        understand(intake, channel, &bytes, &mut new);
        tracing::info!(
            channel = channel.name,
            file = new.name,
            state = new.state.name(),
            "read again"
        );
        intake.store.take_in(&new).await?;
    }
    Ok(())
}

/// Declared by a person, else by the file, else the dates its rows fall on.
fn covered_dates(channel: &Channel, read: &ReadFile, by_hand: &[NaiveDate]) -> Vec<NaiveDate> {
    if !by_hand.is_empty() {
        return by_hand.to_vec();
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
    new.coverage = coverage
        .into_iter()
        .map(|(date, (rows, bad))| (date, rows, bad))
        .collect();
}

fn origin_of(path: &Path) -> String {
    let absolute: PathBuf = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    format!("folder {}", folder::label(absolute.as_os_str()))
}
