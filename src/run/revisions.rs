//! What changed between two revisions of a result, with the files read again from the archive.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use chrono::{DateTime, NaiveDate, Utc};

use super::collect::Intake;
use super::knowledge::{Part, differing};
use super::{chosen, open_store};
use crate::archive::Archive;
use crate::config::{Channel, Config};
use crate::domain::difference::{
    Absence, Cause, FileChange, FileRows, Replacement, RevisionChange, RowComparison, difference,
    row_changes,
};
use crate::domain::outcome::{FileUse, Outcome};
use crate::domain::side_finding::SideFinding;
use crate::store::{FileRecord, FileState, Revision};

/// A result with what it was judged with.
#[derive(Clone, Copy)]
pub struct Concluded<'a> {
    pub outcome: &'a Outcome,
    pub knowledge: &'a str,
    pub ledger_fingerprint: &'a str,
}

impl<'a> Concluded<'a> {
    fn of(revision: &'a Revision) -> Concluded<'a> {
        Concluded {
            outcome: &revision.outcome,
            knowledge: &revision.knowledge,
            ledger_fingerprint: &revision.ledger_fingerprint,
        }
    }
}

/// How one file took the place of another, or came or went alone. Ids of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    Added(i64),
    Replaced { before: i64, after: i64 },
    Gone(i64),
}

/// Pairs the files that came with those that went, by the slot they fill.
pub fn moves(before: &[i64], after: &[i64], files: &[FileRecord]) -> Vec<Move> {
    let slot = |id: i64| {
        let file = files.iter().find(|file| file.id == id)?;
        Some(file.slot.as_str())
    };
    let mut gone: Vec<i64> = before
        .iter()
        .copied()
        .filter(|id| !after.contains(id))
        .collect();
    let mut moves = Vec::new();
    for &id in after.iter().filter(|id| !before.contains(id)) {
        let place = gone
            .iter()
            .position(|old| slot(*old).is_some() && slot(*old) == slot(id));
        moves.push(match place {
            Some(at) => Move::Replaced {
                before: gone.remove(at),
                after: id,
            },
            None => Move::Added(id),
        });
    }
    moves.extend(gone.into_iter().map(Move::Gone));
    moves
}

/// The causes that show in the names of files alone.
pub fn causes_of(moves: &[Move], files: &[FileRecord]) -> BTreeSet<Cause> {
    let cause = |one: &Move| match one {
        Move::Added(_) => Cause::FileAdded,
        Move::Replaced { before, .. } => match replacement(*before, files) {
            Replacement::Corrected => Cause::FileCorrected,
            Replacement::Restored => Cause::FileWithdrawn,
        },
        Move::Gone(id) => match absence(*id, files) {
            Absence::Withdrawn { .. } => Cause::FileWithdrawn,
            Absence::Refused { .. } | Absence::CountsElsewhere => Cause::FileGone,
        },
    };
    moves.iter().map(cause).collect()
}

/// The causes that differing knowledge names; files are told by [`causes_of`].
pub fn causes_in(parts: &BTreeSet<Part>) -> BTreeSet<Cause> {
    let cause = |part: &Part| match part {
        Part::Files => None,
        Part::Profile => Some(Cause::ProfileChanged),
        Part::Settings => Some(Cause::SettingsChanged),
    };
    parts.iter().filter_map(cause).collect()
}

fn replacement(before: i64, files: &[FileRecord]) -> Replacement {
    match files.iter().find(|file| file.id == before) {
        Some(file) if file.state != FileState::Counted => Replacement::Restored,
        _ => Replacement::Corrected,
    }
}

fn absence(id: i64, files: &[FileRecord]) -> Absence {
    match files.iter().find(|file| file.id == id) {
        Some(file) if file.state == FileState::Withdrawn => Absence::Withdrawn {
            reason: file.reason.clone(),
        },
        Some(file) if file.state == FileState::Refused => Absence::Refused {
            reason: file.reason.clone(),
        },
        _ => Absence::CountsElsewhere,
    }
}

/// What a result that was just concluded changes in the stored revision of this number. `moved` are
/// the dates of the same run that bring another movement of open items to those after them.
pub async fn change_since(
    channel: &Channel,
    revision: u32,
    now: Concluded<'_>,
    moved: &BTreeSet<NaiveDate>,
    intake: &mut Intake<'_>,
) -> Result<RevisionChange> {
    let date = now.outcome.business_date;
    let stored = intake.store.revision(&channel.name, date, revision).await?;
    let stored = stored.with_context(|| {
        format!(
            "state: revision {revision} of {} {date} is gone",
            channel.name
        )
    })?;
    let mut change = change(channel, Concluded::of(&stored), now, intake).await?;
    if is_unnamed(&change) {
        let (since, until) = (stored.created_at, intake.now);
        let stored = intake.store.moved_since(&channel.name, date, since, until);
        change.other_dates = stored.await?;
        change.other_dates.extend(moved.range(..date));
    }
    Ok(change)
}

/// What differs between the revision that readers know and the newest one: `now`, or the last that is
/// stored. `None` where the one they know is no longer there.
pub async fn change_told(
    channel: &Channel,
    date: NaiveDate,
    told: u32,
    now: Option<Concluded<'_>>,
    intake: &mut Intake<'_>,
) -> Result<Option<RevisionChange>> {
    if let Some(now) = now {
        let known = intake.store.revision(&channel.name, date, told).await?;
        return match known {
            None => Ok(None),
            Some(_) => Ok(Some(
                change_since(channel, told, now, &BTreeSet::new(), intake).await?,
            )),
        };
    }
    let last = intake.store.last_revision(&channel.name, date).await?;
    let stored = intake.store.revision(&channel.name, date, last).await?;
    let known = intake.store.revision(&channel.name, date, told).await?;
    let (Some(stored), Some(known)) = (stored, known) else {
        return Ok(None);
    };
    let (before, after) = (Concluded::of(&known), Concluded::of(&stored));
    let mut change = change(channel, before, after, intake).await?;
    if is_unnamed(&change) {
        let (since, until) = (known.created_at, stored.created_at);
        let moved = intake.store.moved_since(&channel.name, date, since, until);
        change.other_dates = moved.await?;
    }
    Ok(Some(change))
}

/// Whether other dates are the cause, and nothing that stands on this one says which.
fn is_unnamed(change: &RevisionChange) -> bool {
    change.causes.contains(&Cause::OtherDates) && change.other_dates.is_empty()
}

async fn change(
    channel: &Channel,
    before: Concluded<'_>,
    after: Concluded<'_>,
    intake: &mut Intake<'_>,
) -> Result<RevisionChange> {
    let mut known = causes_in(&differing(before.knowledge, after.knowledge));
    if before.ledger_fingerprint != after.ledger_fingerprint {
        known.insert(Cause::LedgerChanged);
    }
    let accepted = |of: &Outcome| of.findings.iter().any(SideFinding::is_accepted);
    if accepted(after.outcome) && !accepted(before.outcome) {
        known.insert(Cause::Accepted);
    }
    // A standby that has caught up may give what it gave before.
    let doubted = before.outcome.doubts().next().is_some();
    let same = differing(before.knowledge, after.knowledge).is_empty();
    if doubted && known.is_empty() && same {
        known.insert(Cause::LedgerChanged);
    }
    let difference = difference(before.outcome, after.outcome);
    let files = file_changes(channel, before.outcome, after.outcome, intake).await?;
    Ok(RevisionChange::new(difference, files, known))
}

async fn file_changes(
    channel: &Channel,
    before: &Outcome,
    after: &Outcome,
    intake: &mut Intake<'_>,
) -> Result<Vec<FileChange>> {
    let records = intake.store.files(&channel.name).await?;
    let ids =
        |outcome: &Outcome| -> Vec<i64> { outcome.files.iter().map(|file| file.id).collect() };
    let used =
        |outcome: &Outcome, id: i64| outcome.files.iter().find(|file| file.id == id).cloned();
    let mut changes = Vec::new();
    for one in moves(&ids(before), &ids(after), &records) {
        changes.extend(match one {
            Move::Added(id) => used(after, id).map(FileChange::Added),
            Move::Gone(id) => used(before, id).map(|file| FileChange::Gone {
                file,
                why: absence(id, &records),
            }),
            Move::Replaced {
                before: old,
                after: new,
            } => match (used(before, old), used(after, new)) {
                (Some(old), Some(new)) => Some(FileChange::Replaced {
                    why: replacement(old.id, &records),
                    rows: compare(channel, &old, &new, after.business_date, &records, intake)
                        .await?,
                    before: old,
                    after: new,
                }),
                _ => None,
            },
        });
    }
    for file in &before.files {
        let counts = |file: &FileUse| (file.rows, file.rejected);
        if let Some(now) = used(after, file.id).filter(|now| counts(now) != counts(file)) {
            changes.push(FileChange::ReadOtherwise {
                before: file.clone(),
                after: now,
            });
        }
    }
    Ok(changes)
}

/// Reads both files with today's profile: what differs is then the partner's word, not ours.
async fn compare(
    channel: &Channel,
    before: &FileUse,
    after: &FileUse,
    date: NaiveDate,
    records: &[FileRecord],
    intake: &mut Intake<'_>,
) -> Result<RowComparison> {
    let purged = intake.store.purged_files().await?;
    let mut read = Vec::new();
    for file in [before, after] {
        let Some(record) = records.iter().find(|record| record.id == file.id) else {
            return Ok(RowComparison::NotCompared {
                reason: format!("{} is no longer known", file.name),
            });
        };
        match intake.rows(channel, record) {
            Ok(Ok(rows)) => read.push((record, rows)),
            Ok(Err(fault)) => {
                return Ok(RowComparison::NotCompared {
                    reason: format!("{}: {fault}", file.name),
                });
            }
            // The results that rest on its bytes stay, and what became of them is said.
            Err(error) => {
                let reason = match purged.contains(&file.sha256) {
                    true => format!("{} was removed on purpose, by `rekon purge`", file.name),
                    false => format!("{}: {error:#}", file.name),
                };
                return Ok(RowComparison::NotCompared { reason });
            }
        }
    }
    let days = channel.rules.days;
    let rows: Vec<FileRows<'_>> = read
        .iter()
        .map(|(record, read)| {
            let covered: Vec<NaiveDate> = record.coverage.iter().map(|line| line.0).collect();
            let own = read.entries.entries.iter();
            FileRows {
                set: &read.entries,
                rows: own
                    .filter(|entry| match covered[..] {
                        // A file of one date, or one that counts no more and covers none.
                        [] | [_] => true,
                        _ => days.covered_date(&covered, entry.at()) == Some(date),
                    })
                    .collect(),
                file: &record.name,
                sheets: &read.sheets,
            }
        })
        .collect();
    let [before, after]: [FileRows<'_>; 2] = rows
        .try_into()
        .map_err(|_| anyhow::anyhow!("two files were read and are not two"))?;
    Ok(RowComparison::Compared(row_changes(
        before,
        after,
        &channel.rules,
        date,
    )))
}

/// One channel's answer to `rekon diff`.
#[derive(Debug)]
pub struct Diffed {
    pub channel: String,
    pub found: Found,
}

#[derive(Debug)]
pub enum Found {
    NeverRun,
    OneRevision,
    /// A revision was asked for that is not there; `last` is.
    NoSuchRevision {
        asked: u32,
        last: u32,
    },
    Change {
        before: Mark,
        after: Mark,
        change: Box<RevisionChange>,
    },
}

/// Which revision it is, and when and by which run it was concluded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    pub revision: u32,
    pub run_id: String,
    pub created_at: DateTime<Utc>,
}

/// Compares two revisions of a date, the last two unless others are named, for each channel.
pub async fn diff(
    config: &Config,
    names: &[String],
    date: NaiveDate,
    revisions: Option<(u32, u32)>,
    now: DateTime<Utc>,
) -> Result<Vec<Diffed>> {
    let channels = chosen(config, names)?;
    let store = open_store(config).await?;
    let archive = Archive::open(&config.archive)?;
    let mut intake = Intake::new(&store, &archive, now);
    let mut diffed = Vec::new();
    for channel in channels {
        let found = find(channel, date, revisions, &mut intake).await?;
        diffed.push(Diffed {
            channel: channel.name.clone(),
            found,
        });
    }
    store.close().await;
    Ok(diffed)
}

async fn find(
    channel: &Channel,
    date: NaiveDate,
    revisions: Option<(u32, u32)>,
    intake: &mut Intake<'_>,
) -> Result<Found> {
    let store = intake.store;
    let last = store.last_revision(&channel.name, date).await?;
    let (first, second) = match revisions {
        _ if last == 0 => return Ok(Found::NeverRun),
        Some(asked) => asked,
        None => (last.saturating_sub(1), last),
    };
    let after = store.revision(&channel.name, date, second).await?;
    let Some(after) = after else {
        return Ok(Found::NoSuchRevision {
            asked: second,
            last,
        });
    };
    let before = store.revision(&channel.name, date, first).await?;
    let Some(before) = before else {
        return Ok(match revisions {
            None => Found::OneRevision,
            Some(_) => Found::NoSuchRevision { asked: first, last },
        });
    };
    let mut change = change(
        channel,
        Concluded::of(&before),
        Concluded::of(&after),
        intake,
    )
    .await?;
    if is_unnamed(&change) {
        let (since, until) = (before.created_at, after.created_at);
        let moved = store.moved_since(&channel.name, date, since, until);
        change.other_dates = moved.await?;
    }
    let mark = |one: Revision| Mark {
        revision: one.revision,
        run_id: one.run_id,
        created_at: one.created_at,
    };
    Ok(Found::Change {
        before: mark(before),
        after: mark(after),
        change: Box::new(change),
    })
}
