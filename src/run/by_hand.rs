//! What people ask for between runs: taking in, adding, taking back, deciding about a mail.

use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use chrono::{DateTime, NaiveDate, Utc};

use super::collect::{self, Collected, Collection, Intake, Taken};
use super::{chosen, run_id, swept, under_lock};
use crate::config::{Channel, Config};
use crate::store::{FileRecord, FileState, QuarantineState, Quarantined, Store};

/// `rekon collect`: takes in what the sources hold, and no more.
pub async fn collect(config: &Config, names: &[String], now: DateTime<Utc>) -> Result<Collection> {
    let channels = chosen(config, names)?;
    under_lock(config, &run_id(now), Duration::ZERO, async |store, _| {
        let archive = swept(config)?;
        let mut intake = Intake::new(store, &archive, now);
        Ok(collect::collect(&mut intake, config, &channels).await)
    })
    .await
}

/// `rekon add`: the same way in for a report downloaded by hand.
pub async fn add(
    config: &Config,
    channel: &Channel,
    file: &Path,
    date: Option<NaiveDate>,
    now: DateTime<Utc>,
) -> Result<Vec<Collected>> {
    under_lock(config, &run_id(now), Duration::ZERO, async |store, _| {
        let archive = swept(config)?;
        collect::add(&mut Intake::new(store, &archive, now), channel, file, date).await
    })
    .await
}

/// `rekon files withdraw`: the file is kept and no longer counts. The file as it stood before, if
/// there is one of this id.
pub async fn withdraw(
    config: &Config,
    id: i64,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<Option<FileRecord>> {
    under_lock(config, &run_id(now), Duration::ZERO, async |store, _| {
        let mut found = None;
        for channel in &config.channels {
            let files = store.files(&channel.name).await?;
            found = found.or(files.into_iter().find(|file| file.id == id));
        }
        if found
            .as_ref()
            .is_some_and(|file| file.state != FileState::Withdrawn)
        {
            store
                .set_file_state(id, FileState::Withdrawn, reason, now)
                .await?;
        }
        Ok(found)
    })
    .await
}

/// How a person decides about a quarantined mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It is genuine: its reports are taken in.
    Release,
    /// It is not.
    Reject,
}

/// `rekon quarantine release|reject`: the mail as it stood before, and what it brought, of a rejected
/// one what counts all the same; `None` where no mail has this number.
pub async fn decide(
    config: &Config,
    id: i64,
    decision: Decision,
    reason: &str,
    by: &str,
    now: DateTime<Utc>,
) -> Result<Option<(Quarantined, Vec<Collected>)>> {
    under_lock(config, &run_id(now), Duration::ZERO, async |store, _| {
        let all = store.quarantined().await?;
        let Some(held) = all.into_iter().find(|one| one.id == id) else {
            return Ok(None);
        };
        let mut collected = Vec::new();
        if held.state == QuarantineState::Released {
            return Ok(Some((held, collected)));
        }
        let state = match decision {
            Decision::Reject => {
                collected = still_counting(store, &held).await?;
                QuarantineState::Rejected
            }
            Decision::Release => {
                let archive = swept(config)?;
                let mut intake = Intake::new(store, &archive, now);
                collected = collect::release(&mut intake, config, &held, by, reason).await?;
                QuarantineState::Released
            }
        };
        store.decide(id, state, reason, by, now).await?;
        Ok(Some((held, collected)))
    })
    .await
}

/// Files that count and came by this mail: those that could be read of a damaged one, or were taken
/// in before it was doubted.
async fn still_counting(store: &Store, held: &Quarantined) -> Result<Vec<Collected>> {
    let mut counting = Vec::new();
    for channel in &held.channels {
        let mails = store.mails_of_files(channel).await?;
        let came_by_it = |file: &FileRecord| {
            let mut mails = mails.get(&file.id).into_iter().flatten();
            mails.any(|by| {
                by.mail.mailbox == held.mail.mailbox && by.mail.sha256 == held.mail.sha256
            })
        };
        for file in store.files(channel).await? {
            if file.state == FileState::Counted && came_by_it(&file) {
                counting.push(Collected {
                    channel: channel.clone(),
                    id: file.id,
                    name: file.name.clone(),
                    taken: Taken::Known {
                        first_name: file.name,
                        state: file.state,
                    },
                });
            }
        }
    }
    Ok(counting)
}
