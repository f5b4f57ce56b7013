//! Files that are unlike those their channel had so far: held whole until a person decides, since what
//! is read of them would be half of what they say.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use anyhow::Result;

use super::{Collected, Intake, Taken, file_again, understand};
use crate::config::Channel;
use crate::profiles::{FileShape, ReadFile, RejectedRow, ShapeChange, Spot, shown};
use crate::store::{Accepted, FileRecord, FileState};

/// How many files are read to learn what a channel's files look like, where that was not kept.
const LEARNED: usize = 8;

/// How many files back one may lack what a new one lacks: two weeks of a daily report.
const RECENT: usize = 14;

/// Columns without which a row is worth nothing; if most rows fail in one, it is written anew.
const STYLED: [&str; 3] = ["time", "amount", "fee"];

/// Why this file has to wait for a person, if it has to.
pub(super) async fn reason(
    intake: &mut Intake<'_>,
    channel: &Channel,
    read: &ReadFile,
    shape: &FileShape,
) -> Result<Option<String>> {
    if let Some(reason) = mostly_rejected(read) {
        return Ok(Some(reason));
    }
    let before = shapes(intake, channel).await?;
    let changes = shape.changes(&channel.profile, &before, RECENT);
    if changes.is_empty() {
        return Ok(None);
    }
    let said: Vec<String> = changes.iter().map(ShapeChange::to_string).collect();
    let written = |change: &ShapeChange| matches!(change, ShapeChange::Written { .. });
    let left_out = |change: &ShapeChange| *change == ShapeChange::LeftOut;
    let mut fixes = Vec::new();
    if changes.iter().any(left_out) {
        fixes.push("say in the filter of the profile which rows are meant for this channel");
    }
    if !changes
        .iter()
        .all(|change| written(change) || left_out(change))
    {
        fixes.push(
            "name the column in the profile, among the `columns` of its field or under [header] \
             `ignore` if it says nothing",
        );
    }
    if changes.iter().any(written) {
        fixes.push("ask the provider what changed and correct the profile");
    }
    Ok(Some(format!(
        "it is held, for it is unlike the files that this channel had so far: {}\n  fix: {}; or take it \
         as it reads: `rekon files accept ID --reason …` (`rekon files list` shows its ID)",
        said.join("; "),
        fixes.join("; ")
    )))
}

/// Most rows fail in the same column: not they are damaged, the file is written in another way.
fn mostly_rejected(read: &ReadFile) -> Option<String> {
    let rows = read.entries.len() + read.rejected.len();
    let mut failed: BTreeMap<&str, Vec<&RejectedRow>> = BTreeMap::new();
    for row in &read.rejected {
        let field = row.field.as_deref().unwrap_or_default();
        if let Some(styled) = STYLED.iter().find(|styled| **styled == field) {
            failed.entry(styled).or_default().push(row);
        }
    }
    let (field, failed) = failed.into_iter().max_by_key(|(_, rows)| rows.len())?;
    if failed.len() * 2 <= rows {
        return None;
    }
    let first = failed.first()?;
    let spot = Spot {
        sheet: first.sheet.clone(),
        row: first.row,
    };
    let column = first.column.as_ref().map_or_else(String::new, |column| {
        format!(", column `{}`", shown(column))
    });
    Some(format!(
        "it is held, for the {field} of {} of its {rows} rows cannot be read: {}\n  first: {spot}{column}, \
         written like `{}`\n  fix: say in the profile how it is written; or take the other rows as they read: \
         `rekon files accept ID --reason …` (`rekon files list` shows its ID)",
        failed.len(),
        first.reason,
        outline(&first.value)
    ))
}

/// How a value is written, and nothing of what it says: where columns were exchanged, it may be a
/// customer's name or number.
fn outline(value: &str) -> String {
    let outlined = value.chars().map(|c| match c {
        c if c.is_numeric() => '9',
        c if c.is_alphabetic() => 'A',
        c => c,
    });
    outlined.collect()
}

/// What the files look like that count for a channel, oldest first.
async fn shapes(intake: &mut Intake<'_>, channel: &Channel) -> Result<Vec<FileShape>> {
    let mut files = intake.store.files(&channel.name).await?;
    files.retain(|file| file.state == FileState::Counted);
    if files.iter().all(|file| file.shape.is_empty()) {
        learn(intake, channel, &mut files).await?;
    }
    let texts = files.iter().map(|file| file.shape.as_str());
    let texts: Vec<&str> = texts.filter(|text| !text.is_empty()).collect();
    // Of those long ago, each look once.
    let (old, recent) = texts.split_at(texts.len().saturating_sub(RECENT));
    let mut seen = BTreeSet::new();
    let old = old.iter().filter(|text| seen.insert(**text));
    let texts = old.chain(recent);
    texts.map(|text| FileShape::from_text(text)).collect()
}

/// Files that were taken in before their look was kept are read once more, the newest of them.
async fn learn(intake: &mut Intake<'_>, channel: &Channel, files: &mut [FileRecord]) -> Result<()> {
    for file in files.iter_mut().rev().take(LEARNED) {
        match intake.rows(channel, file) {
            Ok(Ok(read)) => {
                file.shape = read.shape().to_text()?;
                intake.store.note_shape(file.id, &file.shape).await?;
            }
            Ok(Err(fault)) => tracing::debug!(file = file.name, %fault, "not learned from"),
            // Its bytes may have been removed on purpose; `rekon verify` tells the rest.
            Err(error) => {
                tracing::debug!(
                    file = file.name,
                    error = format!("{error:#}"),
                    "not learned from"
                );
            }
        }
    }
    Ok(())
}

/// Takes a held file as it reads, and with it every other one that is held for the same.
pub async fn accept(
    intake: &mut Intake<'_>,
    channel: &Channel,
    file: FileRecord,
    reason: &str,
) -> Result<Vec<Collected>> {
    let id = file.id;
    let mut taken = Vec::new();
    let accepted = Accepted {
        reason: reason.to_owned(),
        at: intake.now,
    };
    taken.push(read_anew(intake, channel, file, Some(accepted)).await?);
    for other in intake.store.files(&channel.name).await? {
        if other.is_held() && other.id != id {
            let read = read_anew(intake, channel, other, None).await?;
            if !matches!(read.taken, Taken::Refused { .. }) {
                taken.push(read);
            }
        }
    }
    Ok(taken)
}

async fn read_anew(
    intake: &mut Intake<'_>,
    channel: &Channel,
    file: FileRecord,
    accepted: Option<Accepted>,
) -> Result<Collected> {
    let bytes = Arc::new(intake.archive.read(&file.sha256)?);
    let before = file.clone();
    let mut new = file_again(channel, file);
    new.accepted = accepted;
    understand(intake, channel, &bytes, &mut new).await?;
    let taken = match new.state {
        FileState::Counted => Taken::New {
            entries: new.entries.unsigned_abs(),
            rejected: new.rejected.len() as u64,
            dates: new.coverage.iter().map(|line| line.0).collect(),
            revision: 1,
        },
        _ => Taken::Refused {
            reason: new.reason.clone(),
        },
    };
    let id = match new.state {
        FileState::Counted => intake.store.take_in(&new).await?,
        _ => before.id,
    };
    Ok(Collected {
        channel: before.channel,
        name: before.name,
        id,
        taken,
    })
}
