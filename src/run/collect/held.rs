//! Files that are unlike those their channel had so far: held whole until a person decides, since what
//! is read of them would be half of what they say.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::sync::Arc;

use anyhow::Result;
use chrono::NaiveDate;

use super::{Collected, Intake, Taken, UNREAD, file_again, understand, was_packed};
use crate::config::Channel;
use crate::profiles::FileShape;
use crate::profiles::admission::RECENT;
use crate::store::{Accepted, Beside, FileRecord, FileState};

/// How many files are read to learn what a channel's files look like, where that was not kept.
const LEARNED: usize = 8;

/// What the files look like that count for a channel, oldest first.
pub(super) async fn shapes(intake: &mut Intake<'_>, channel: &Channel) -> Result<Vec<FileShape>> {
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
    beside: Option<Beside>,
) -> Result<Vec<Collected>> {
    let id = file.id;
    let mut taken = Vec::new();
    let accepted = Accepted {
        reason: reason.to_owned(),
        at: intake.now,
        beside,
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
            // Only its source knows the password.
            FileState::Refused if was_packed(&file) => false,
            // Its bytes were not kept.
            FileState::Refused if file.slot.starts_with(UNREAD) => false,
            // What it would cover is not known.
            FileState::Refused => true,
            FileState::Counted => file.coverage.iter().any(|line| dates.contains(&line.0)),
        };
        if !concerned || file.profile_hash == channel.profile.hash {
            continue;
        }
        let bytes = intake.archive.read(&file.sha256)?;
        let mut new = file_again(channel, file);
        understand(intake, channel, &Arc::new(bytes), &mut new).await?;
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
