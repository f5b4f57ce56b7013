//! `rekon purge`: raw bytes and personal data of old dates go, their hashes stay.

use std::time::Duration;

use anyhow::{Result, bail};
use chrono::{DateTime, NaiveDate, Utc};

use super::{Period, open_store, run_id, swept, under_lock};
use crate::config::Config;
use crate::store::{Purge, QuarantineState, Store};

/// A purge that would take away what is still needed.
#[derive(Debug, thiserror::Error)]
#[error("{reason}\n  hint: {hint}")]
pub struct PurgeRefused {
    pub reason: String,
    pub hint: String,
}

/// The newest date before which nothing is needed any more to judge what comes.
fn safe_before(config: &Config, now: DateTime<Utc>) -> NaiveDate {
    let today = now.with_timezone(&config.zone).date_naive();
    let lifetime = config.channels.iter().map(|one| one.rules.key_lifetime);
    // Items rest on entries that may be older by as much again.
    let days = 2 * lifetime.max().unwrap_or_default() + config.catch_up.num_days();
    let retained = config.retention.map_or(0, |retention| retention.num_days());
    today - chrono::Duration::days(days.max(retained))
}

async fn check(
    config: &Config,
    store: &Store,
    before: Option<NaiveDate>,
    now: DateTime<Utc>,
) -> Result<NaiveDate> {
    let safe = safe_before(config, now);
    let before = match (before, config.retention) {
        (Some(before), _) => before,
        (None, Some(_)) => safe,
        (None, None) => bail!(PurgeRefused {
            reason: "nothing says before which date".to_owned(),
            hint: "--before DATE, or retention = \"400d\" in the configuration".to_owned(),
        }),
    };
    if before > safe {
        bail!(PurgeRefused {
            reason: format!(
                "dates from {safe} on are within `retention`, or may still be needed: references \
                 can come again within key_lifetime"
            ),
            hint: format!("--before {safe}, or an earlier date"),
        });
    }
    if let Some(open) = store.open_before(before).await? {
        bail!(PurgeRefused {
            reason: format!(
                "{} of {} is still open: it would lose its evidence",
                open.item.id, open.item.opened
            ),
            hint: format!(
                "`rekon breaks resolve {0}` or `write-off {0}`, or an earlier --before",
                open.item.id
            ),
        });
    }
    let doomed = store.would_purge(before).await?.bytes;
    let held = store
        .quarantined()
        .await?
        .into_iter()
        .find(|one| one.state == QuarantineState::Held && doomed.contains(&one.mail.sha256));
    if let Some(held) = held {
        bail!(PurgeRefused {
            reason: format!(
                "mail {} \"{}\" from {} is held in quarantine and nobody has decided about it: it \
                 may be a report",
                held.id, held.mail.subject, held.mail.sender
            ),
            hint: format!(
                "`rekon quarantine release {0}` or `reject {0}`, or an earlier --before",
                held.id
            ),
        });
    }
    for channel in &config.channels {
        let files = store.files(&channel.name).await?;
        let waits = files
            .iter()
            .find(|file| file.is_held() && doomed.contains(&file.sha256));
        if let Some(file) = waits {
            bail!(PurgeRefused {
                reason: format!(
                    "file {} `{}` of {} is held and nobody has decided about it",
                    file.id, file.name, channel.name
                ),
                hint: format!(
                    "`rekon files accept {0}` or `rekon files withdraw {0}`, or an earlier --before",
                    file.id
                ),
            });
        }
    }
    Ok(before)
}

/// Dates whose files were purged cannot be judged any more: their result would come out as missing.
pub(super) async fn refuse_purged(store: &Store, period: Period) -> Result<()> {
    if let (Period::Dates { from, .. }, Some(before)) = (period, store.purged_before().await?)
        && from < before
    {
        bail!(PurgeRefused {
            reason: format!("everything before {before} was purged: {from} cannot be judged again"),
            hint: format!("--from {before}, or a later date"),
        });
    }
    Ok(())
}

/// What a purge would remove, and before which date.
pub async fn would_purge(
    config: &Config,
    before: Option<NaiveDate>,
    now: DateTime<Utc>,
) -> Result<(NaiveDate, Purge)> {
    let store = open_store(config).await?;
    let before = check(config, &store, before, now).await?;
    let purge = store.would_purge(before).await?;
    store.close().await;
    Ok((before, purge))
}

/// Removes it.
pub async fn purge(
    config: &Config,
    before: Option<NaiveDate>,
    by: &str,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<(NaiveDate, Purge)> {
    under_lock(config, &run_id(now), Duration::ZERO, async |store, lock| {
        let before = check(config, store, before, now).await?;
        let purge = store.purge(before, by, reason, now, lock).await?;
        // On record first: bytes that are left by a crash go with the next purge.
        let archive = swept(config)?;
        for sha in &store.purged_files().await? {
            archive.remove(sha)?;
        }
        Ok((before, purge))
    })
    .await
}
