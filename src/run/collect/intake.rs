//! The way in for one run: where files are kept, and what was read of them already.

use std::collections::HashMap;
use std::sync::Arc;

use anyhow::{Context, Result};
use chrono::{DateTime, Utc};
use tokio::task::JoinHandle;

use super::super::ahead::{Ahead, Answers};
use super::super::matched::WantedMatches;
use super::read_options;
use crate::archive::Archive;
use crate::config::Channel;
use crate::ledger::Ledger;
use crate::profiles::{self, FileFault, ReadFile};
use crate::store::{FileRecord, Store};

/// Parsed files are kept for the rest of the run up to so many bytes of them.
const CACHE_BYTES: usize = 768 << 20;
/// So many of them are in nobody's way.
const SMALL_BYTES: usize = 16 << 20;

/// Bytes from which on reading a report takes so long that the ledger may be asked meanwhile.
const LARGE: usize = 1 << 20;

/// The way in, for one run.
pub struct Intake<'s> {
    pub store: &'s Store,
    pub archive: &'s Archive,
    pub now: DateTime<Utc>,
    /// Whose matches are set aside for a report.
    pub matches: WantedMatches,
    /// What reads the ledger meanwhile, in a run.
    ahead: Option<Ahead<'s>>,
    parsed: HashMap<(String, String), Arc<ReadFile>>,
    cached: usize,
}

impl<'s> Intake<'s> {
    pub fn new(store: &'s Store, archive: &'s Archive, now: DateTime<Utc>) -> Intake<'s> {
        Intake {
            store,
            archive,
            now,
            matches: WantedMatches::default(),
            ahead: None,
            parsed: HashMap::new(),
            cached: 0,
        }
    }

    /// From here on the ledger is read while large reports are.
    pub fn look_ahead(&mut self, ahead: Ahead<'s>) {
        self.ahead = Some(ahead);
    }

    /// The snapshot that was opened meanwhile, and what it answered.
    pub fn ledger_ahead(&mut self) -> (Option<Ledger>, Answers) {
        self.ahead
            .take()
            .map_or_else(|| (None, Answers::default()), Ahead::into_parts)
    }

    /// Reads a report with the channel's profile, and the ledger meanwhile where it is large.
    pub async fn read(
        &mut self,
        channel: &Channel,
        name: &str,
        bytes: &Arc<Vec<u8>>,
    ) -> Result<Result<ReadFile, FileFault>> {
        let options = read_options(channel);
        let Some(ahead) = self.ahead.as_mut().filter(|_| bytes.len() >= LARGE) else {
            return Ok(profiles::read(bytes, name, &channel.profile, &options));
        };
        let (bytes, name) = (bytes.clone(), name.to_owned());
        let profile = channel.profile.clone();
        let reading =
            tokio::task::spawn_blocking(move || profiles::read(&bytes, &name, &profile, &options));
        let read = || reading.is_finished();
        ahead.advance(channel, self.store, read).await;
        reading.await.context("reading a report")
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
        let read = profiles::read(&bytes, &file.name, &channel.profile, &read_options(channel));
        let mut read = match read {
            Ok(read) => read,
            Err(fault) => return Ok(Err(fault)),
        };
        if let Some(bounds) = &file.bounds {
            read.keep_within(bounds, &channel.rules.days)?;
        }
        Ok(Ok(self.remember(key, read, bytes.len())))
    }

    /// Starts reading, on a thread of its own, the files of a channel that are not in memory yet:
    /// meanwhile the ledger can be asked.
    pub fn read_ahead(&self, channel: &Channel, files: &[&FileRecord]) -> ReadAhead {
        let mut room = CACHE_BYTES.saturating_sub(self.cached);
        let mut wanted = Vec::new();
        for file in files {
            let key = (channel.name.clone(), file.sha256.clone());
            let bytes = usize::try_from(file.bytes).unwrap_or(usize::MAX);
            if self.parsed.contains_key(&key) || bytes > room {
                continue;
            }
            room -= bytes;
            wanted.push((key, file.name.clone(), file.bounds));
        }
        if wanted.is_empty() {
            return ReadAhead { reading: None };
        }
        let (archive, profile) = (self.archive.clone(), channel.profile.clone());
        let (options, days) = (read_options(channel), channel.rules.days);
        let reading = tokio::task::spawn_blocking(move || {
            let mut read = Vec::new();
            for (key, name, bounds) in wanted {
                let bytes = archive.read(&key.1)?;
                let mut file = profiles::read(&bytes, &name, &profile, &options);
                if let (Ok(file), Some(bounds)) = (&mut file, &bounds) {
                    file.keep_within(bounds, &days)?;
                }
                read.push((key, bytes.len(), file));
            }
            Ok(read)
        });
        ReadAhead {
            reading: Some(reading),
        }
    }

    /// Waits for what was started. A file that does not read is not remembered: whoever asks for
    /// its rows is told why.
    pub async fn take_over(&mut self, ahead: ReadAhead) -> Result<()> {
        let Some(reading) = ahead.reading else {
            return Ok(());
        };
        for (key, bytes, file) in reading.await.context("reading ahead")?? {
            if let Ok(file) = file {
                self.remember(key, file, bytes);
            }
        }
        Ok(())
    }

    /// The rows of large files are done with: judging needs the room.
    pub fn make_room(&mut self) {
        if self.cached > SMALL_BYTES {
            self.parsed.clear();
            self.cached = 0;
        }
    }

    pub(super) fn remember(
        &mut self,
        key: (String, String),
        read: ReadFile,
        bytes: usize,
    ) -> Arc<ReadFile> {
        let read = Arc::new(read);
        if self.cached + bytes <= CACHE_BYTES {
            self.cached += bytes;
            self.parsed.insert(key, read.clone());
        }
        read
    }
}

/// Files that are being read: (channel, SHA-256), size and what they came to.
pub struct ReadAhead {
    reading: Option<JoinHandle<Result<Vec<AheadFile>>>>,
}

type AheadFile = ((String, String), usize, Result<ReadFile, FileFault>);
