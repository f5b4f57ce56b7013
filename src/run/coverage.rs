//! Which files count for a date, and what state that puts the date in. Pure.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};

use crate::config::Channel;
use crate::domain::outcome::DateState;
use crate::domain::time::local_instant;
use crate::store::{FileRecord, FileState};

/// The newest revision of a slot.
#[derive(Clone, Debug)]
pub struct CurrentFile<'f> {
    pub file: &'f FileRecord,
    /// 1 for the first file of its slot.
    pub revision: u32,
    /// Dates on which another file that counts holds all of its rows.
    elsewhere: Vec<NaiveDate>,
}

impl CurrentFile<'_> {
    /// Entries and rejected rows of a date, if the file covers it.
    pub fn covers(&self, date: NaiveDate) -> Option<(i64, i64)> {
        if self.elsewhere.contains(&date) {
            return None;
        }
        let line = self.file.coverage.iter().find(|line| line.0 == date)?;
        Some((line.1, line.2))
    }
}

/// The files that count. Of one slot only the newest does: by source time, then name, then hash,
/// whatever the order of arrival.
pub fn current(files: &[FileRecord]) -> Vec<CurrentFile<'_>> {
    let mut slots: BTreeMap<&str, Vec<&FileRecord>> = BTreeMap::new();
    for file in files.iter().filter(|file| file.state == FileState::Counted) {
        slots.entry(&file.slot).or_default().push(file);
    }
    let mut current: Vec<CurrentFile<'_>> = slots
        .into_values()
        .filter_map(|mut revisions| {
            revisions.sort_by(|a, b| age(a).cmp(&age(b)));
            let revision = revisions.len() as u32;
            revisions.pop().map(|file| CurrentFile {
                file,
                revision,
                elsewhere: Vec::new(),
            })
        })
        .collect();
    let count: BTreeSet<i64> = current.iter().map(|current| current.file.id).collect();
    for one in &mut current {
        let elsewhere = one.file.holdings.iter().filter(|holding| {
            let same_as = holding.same_as.filter(|id| *id != one.file.id);
            same_as.is_some_and(|id| count.contains(&id))
        });
        one.elsewhere = elsewhere.map(|holding| holding.date).collect();
    }
    current.sort_by_key(|current| current.file.id);
    current
}

/// The order of revisions: source time, then name, then hash. A copied or unpacked folder gives all
/// its files one time but for fractions of a second, which therefore count after the name; names
/// are compared without their ending, so that `report` stands before `report-rev2` and `report (1)`.
fn age(file: &FileRecord) -> (i64, &str, DateTime<Utc>, &str) {
    let stem = file
        .name
        .rsplit_once('.')
        .map_or(file.name.as_str(), |(stem, _)| stem);
    (
        file.source_time.timestamp(),
        stem,
        file.source_time,
        &file.sha256,
    )
}

/// The date a channel is reconciled from: configured, or the first one a file of it covers.
pub fn first_date(channel: &Channel, files: &[FileRecord]) -> Option<NaiveDate> {
    channel.start.or_else(|| {
        let counted = files.iter().filter(|file| file.state == FileState::Counted);
        counted
            .flat_map(|file| &file.coverage)
            .map(|line| line.0)
            .min()
    })
}

/// When the report of a date is due: at the channel's time on the next day one is expected.
pub fn due(channel: &Channel, date: NaiveDate) -> DateTime<Utc> {
    local_instant(
        channel.rules.days.zone,
        channel.calendar.next_expected(date),
        channel.due,
    )
}

/// State of a date, with the numbers of declared parts that are missing.
///
/// A day without an expected report on which the ledger has entries is not silent: its rows should
/// have come with the next report, so once that is due the date is incomplete.
pub fn date_state(
    channel: &Channel,
    files: &[CurrentFile<'_>],
    date: NaiveDate,
    as_of: DateTime<Utc>,
    ledger_entries: usize,
) -> (DateState, Vec<u32>) {
    let covering: Vec<&FileRecord> = files
        .iter()
        .filter(|current| current.covers(date).is_some())
        .map(|current| current.file)
        .collect();
    let is_due = as_of >= due(channel, date);
    let missing = missing_parts(&covering);
    if !covering.is_empty() && missing.is_empty() {
        return (DateState::Complete, missing);
    }
    let state = if !is_due {
        DateState::NotDue
    } else if covering.is_empty() && ledger_entries == 0 && !channel.calendar.expects(date) {
        DateState::NotExpected
    } else {
        DateState::Incomplete
    };
    (state, missing)
}

fn missing_parts(covering: &[&FileRecord]) -> Vec<u32> {
    let present: BTreeSet<i64> = covering.iter().filter_map(|file| file.part).collect();
    let declared = covering
        .iter()
        .filter_map(|file| file.parts)
        .max()
        .unwrap_or_default();
    // More parts than any provider sends is a misread name, not a thousand missing files.
    let last = declared.min(999);
    (1..=last)
        .filter(|part| !present.contains(part))
        .map(|part| part as u32)
        .collect()
}
