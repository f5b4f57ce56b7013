//! `rekon files accept`: a file that is held is taken as it reads. `rekon accept`: a date is judged
//! although one of its sides looks wrong.

use std::time::Duration;

use anyhow::Result;
use chrono::{DateTime, NaiveDate, Utc};

use super::{Collected, collect, run_id, under_lock};
use crate::archive::Archive;
use crate::config::{Channel, Config};
use crate::domain::acts::Act;
use crate::domain::believe::identity;
use crate::store::{Beside, FileRecord, NewAct};

/// The file as it stood before, if there is one of this id, and what was taken in: nothing where it
/// is not held.
pub async fn accept(
    config: &Config,
    id: i64,
    reason: &str,
    beside: Option<Beside>,
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
            let taken = collect::accept(&mut intake, channel, file.clone(), reason, beside).await?;
            return Ok(Some((file, taken)));
        }
        Ok(None)
    })
    .await
}

/// Records that what was found about a date is true. False where its last result found nothing.
pub async fn accept_date(
    config: &Config,
    channel: &Channel,
    date: NaiveDate,
    reason: &str,
    by: &str,
    now: DateTime<Utc>,
) -> Result<bool> {
    under_lock(config, &run_id(now), Duration::ZERO, async |store, lock| {
        let last = store.last_totals(&channel.name, date).await?;
        let doubts = last.iter().flat_map(|last| last.outcome.doubts());
        let acts: Vec<NewAct> = doubts
            .map(|finding| NewAct {
                channel: channel.name.clone(),
                identity: identity(date),
                item_id: format!("{} {date}", channel.name),
                facts: format!("{} {}", finding.kind(), finding.entries()),
                on: date,
                by: by.to_owned(),
                act: Act::Believe {
                    finding: finding.kind().to_owned(),
                    entries: finding.entries(),
                    reason: reason.trim().to_owned(),
                },
            })
            .collect();
        store.record_acts(&acts, now, lock).await?;
        Ok(!acts.is_empty())
    })
    .await
}
