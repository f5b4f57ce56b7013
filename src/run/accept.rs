//! `rekon files accept`: a file that is held is taken as it reads.

use std::time::Duration;

use anyhow::Result;
use chrono::{DateTime, Utc};

use super::{Collected, collect, run_id, under_lock};
use crate::archive::Archive;
use crate::config::Config;
use crate::store::FileRecord;

/// The file as it stood before, if there is one of this id, and what was taken in: nothing where it
/// is not held.
pub async fn accept(
    config: &Config,
    id: i64,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<Option<(FileRecord, Vec<Collected>)>> {
    under_lock(config, &run_id(now), Duration::ZERO, async |store, _| {
        for channel in &config.channels {
            let mut files = store.files(&channel.name).await?.into_iter();
            let Some(file) = files.find(|file| file.id == id) else {
                continue;
            };
            if !file.is_held() {
                return Ok(Some((file, Vec::new())));
            }
            let archive = Archive::open(&config.archive)?;
            let mut intake = collect::Intake::new(store, &archive, now);
            let taken = collect::accept(&mut intake, channel, file.clone(), reason).await?;
            return Ok(Some((file, taken)));
        }
        Ok(None)
    })
    .await
}
