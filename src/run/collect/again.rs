//! Bytes that came before: the file that they are already, or a name that says more of it.

use std::sync::Arc;

use anyhow::Result;

use super::{Arrival, Collected, Intake, Taken, file_again, new_file, understand};
use crate::config::Channel;
use crate::profiles::dates_in_name;
use crate::store::{FileRecord, FileState, NewFile};

/// A growing export of a day without payments has the bytes of the day before under a name that says
/// one date more: the file that counts covers that date too.
pub(super) async fn covers_more(
    intake: &mut Intake<'_>,
    channel: &Channel,
    bytes: &Arc<Vec<u8>>,
    known: &FileRecord,
    arrival: &Arrival<'_>,
) -> Result<Option<Collected>> {
    let said = dates_in_name(&channel.profile, arrival.name);
    if known.state != FileState::Counted || said.len() < 2 {
        return Ok(None);
    }
    let files = intake.store.files(&channel.name).await?;
    let Some(file) = files.into_iter().find(|file| file.id == known.id) else {
        return Ok(None);
    };
    let is_within = file.coverage.iter().all(|line| said.contains(&line.0));
    if !file.by_hand.is_empty() || !is_within || file.coverage.len() >= said.len() {
        return Ok(None);
    }
    let mut new = NewFile {
        name: arrival.name.to_owned(),
        origin: arrival.origin.to_owned(),
        source_time: arrival.source_time.min(intake.now),
        received_at: intake.now,
        ..file_again(channel, file)
    };
    understand(intake, channel, bytes, &mut new).await?;
    if new.state != FileState::Counted {
        return Ok(None);
    }
    let id = intake.store.take_in(&new).await?;
    Ok(Some(Collected {
        channel: channel.name.clone(),
        name: new.name,
        id,
        taken: Taken::New {
            entries: new.entries.unsigned_abs(),
            rejected: new.rejected.len() as u64,
            dates: new.coverage.iter().map(|line| line.0).collect(),
            revision: 1,
        },
    }))
}

/// The file that these bytes are already. Two days without a payment give the same bytes, a header
/// alone: such a file is told apart by what its name, or a person, says it covers.
pub(super) async fn known_as(
    intake: &mut Intake<'_>,
    channel: &Channel,
    sha: &str,
    bytes: &Arc<Vec<u8>>,
    arrival: &Arrival<'_>,
) -> Result<Option<FileRecord>> {
    let known = intake.store.files_of(&channel.name, sha).await?;
    if known.is_empty() || known.iter().any(FileRecord::has_rows) {
        return Ok(known.into_iter().find(FileRecord::has_rows));
    }
    let mut new = new_file(intake, channel, sha, bytes.len() as i64, arrival);
    understand(intake, channel, bytes, &mut new).await?;
    let same = |file: &FileRecord| match new.state {
        FileState::Refused => file.state == FileState::Refused,
        _ => file.slot == new.slot,
    };
    Ok(known.into_iter().find(same))
}
