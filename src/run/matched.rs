//! The entries that matched, set aside while a channel is judged, for reports that attach them. They
//! lie in a file without a name, which goes with the process, whatever ends it.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result};
use chrono::NaiveDate;

use crate::config::{Attachment, Config};
use crate::domain::entry::EntryFacts;
use crate::domain::key;
use crate::domain::matching::CleanMatch;
use crate::domain::outcome::Bucket;
use crate::domain::resolve::Finding;
use crate::report::matched::Match;

/// Which channels' matches somebody wants, and where there is room for them.
#[derive(Clone, Debug, Default)]
pub struct WantedMatches {
    channels: Vec<String>,
    folder: PathBuf,
}

impl WantedMatches {
    pub fn of(config: &Config) -> WantedMatches {
        let wanting = config.reports.iter();
        let wanting = wanting.filter(|report| report.attach.contains(&Attachment::Matched));
        WantedMatches {
            channels: wanting.flat_map(|report| report.channels.clone()).collect(),
            folder: config.publish.clone(),
        }
    }

    /// Begins to set aside the matches of a channel, where somebody wants them.
    pub fn begin(&self, channel: &str) -> Result<Option<Matches>> {
        if !self.channels.iter().any(|wanted| wanted == channel) {
            return Ok(None);
        }
        let file = std::fs::create_dir_all(&self.folder)
            .and_then(|()| tempfile::tempfile_in(&self.folder))
            .with_context(|| format!("no room for matched entries in {}", self.folder.display()))?;
        Ok(Some(Matches {
            lines: BufWriter::new(file),
            date_begins: 0,
            fault: None,
        }))
    }
}

/// Matches of one channel as they are found, a line of JSON each.
#[derive(Debug)]
pub struct Matches {
    lines: BufWriter<File>,
    /// Where those of the date at hand begin.
    date_begins: u64,
    /// The first line that could not be written; none is after it.
    fault: Option<io::Error>,
}

impl Matches {
    /// From here on another date's are taken.
    pub fn begin_date(&mut self) -> Result<()> {
        let place = self.lines.stream_position();
        self.date_begins = place.context("the matched entries cannot be set aside")?;
        Ok(())
    }

    /// The date at hand is not judged after all.
    pub fn forget_date(&mut self) -> Result<()> {
        let back = self
            .lines
            .seek(SeekFrom::Start(self.date_begins))
            .and_then(|at| self.lines.get_ref().set_len(at));
        back.context("the matched entries cannot be set aside")
    }

    /// Takes a match that the date forgets.
    pub fn take(&mut self, date: NaiveDate, one: CleanMatch<'_>) {
        self.write(&Match {
            date,
            bucket: one.bucket,
            key: shown(one.key, &one.settlement, &one.ledger),
            ledger: one.ledger,
            settlement: one.settlement,
        });
    }

    /// Takes what matched when all dates were looked at together. What spans two dates stands with
    /// the earlier of those that are judged.
    pub fn take_found(&mut self, findings: &[Finding], judged: &[NaiveDate]) {
        for finding in findings.iter().filter(|finding| is_match(finding.bucket)) {
            let Some((first, last)) = finding.span() else {
                continue;
            };
            let Some(date) = [first, last].into_iter().find(|date| judged.contains(date)) else {
                continue;
            };
            let ours = finding.ledger.iter().chain(&finding.borrowed);
            let ledger: Vec<EntryFacts> = ours.cloned().collect();
            self.write(&Match {
                date,
                bucket: finding.bucket,
                key: shown(&finding.key, &finding.settlement, &ledger),
                ledger,
                settlement: finding.settlement.clone(),
            });
        }
    }

    fn write(&mut self, one: &Match) {
        if self.fault.is_some() {
            return;
        }
        let written = serde_json::to_writer(&mut self.lines, one)
            .map_err(io::Error::from)
            .and_then(|()| self.lines.write_all(b"\n"));
        self.fault = written.err();
    }

    /// All of them, or why they could not be set aside.
    pub fn finish(self) -> Result<Arc<File>> {
        let file = match self.fault {
            Some(fault) => Err(fault),
            None => self.lines.into_inner().map_err(|error| error.into_error()),
        };
        Ok(Arc::new(
            file.context("the matched entries cannot be set aside")?,
        ))
    }
}

/// The parts of a key as the file writes them.
fn shown(key: &[u8], settlement: &[EntryFacts], ledger: &[EntryFacts]) -> Vec<String> {
    let first = settlement.first().or(ledger.first());
    match first.map_or(&[][..], |entry| &entry.written) {
        [] => key::parts(key),
        written => written.to_vec(),
    }
}

fn is_match(bucket: Bucket) -> bool {
    match bucket {
        Bucket::Matched
        | Bucket::MatchedWithinTolerance
        | Bucket::TimingDifferences
        | Bucket::Netted
        | Bucket::Split => true,
        Bucket::PendingWithinSla
        | Bucket::Awaiting
        | Bucket::NothingToSettle
        | Bucket::Break(_) => false,
    }
}

/// What was set aside, from the beginning, of these dates.
pub fn read<'f>(
    mut file: &'f File,
    dates: &'f [NaiveDate],
) -> io::Result<impl Iterator<Item = io::Result<Match>> + 'f> {
    file.seek(SeekFrom::Start(0))?;
    let lines = BufReader::new(file).lines();
    let matches = lines.map(|line| Ok(serde_json::from_str::<Match>(&line?)?));
    Ok(matches.filter(|one| {
        let wanted = |one: &Match| dates.contains(&one.date);
        one.as_ref().map_or(true, wanted)
    }))
}
