//! What `rekon check` says of the ledger: each channel's query tried as a run tries it, on the newest
//! date that has rows.

use std::collections::BTreeSet;

use anyhow::{Error, Result};
use chrono::{DateTime, NaiveDate, Utc};

use super::Checks;
use crate::config::{Channel, Config};
use crate::domain::entry::KeyState;
use crate::domain::time::previous;
use crate::ledger::{Ledger, LedgerError, Reading};
use crate::run::{self, ledger_spec};

/// Keys that are looked up as a run looks them up.
const KEYS: usize = 10;

pub(super) async fn check(config: &Config, now: DateTime<Utc>, checks: &mut Checks) -> Result<()> {
    let opened = match run::make_sample(config) {
        Ok(()) => run::open_ledger(config).await,
        Err(error) => Err(error),
    };
    let mut ledger = match opened {
        Ok(ledger) => ledger,
        Err(error) => return checks.tell("ledger", Err(error)),
    };
    let said = format!(
        "{}, opened read-only, in one snapshot",
        config.ledger.database
    );
    checks.tell("ledger", Ok(said))?;
    for channel in &config.channels {
        channel_check(config, channel, now, &mut ledger, checks).await?;
    }
    ledger.close().await;
    Ok(())
}

async fn channel_check(
    config: &Config,
    channel: &Channel,
    now: DateTime<Utc>,
    ledger: &mut Ledger,
    checks: &mut Checks,
) -> Result<()> {
    let what = format!("channel {}, ledger query", channel.name);
    let (date, reading) = match newest(config, channel, now, ledger).await {
        Ok(found) => found,
        Err(error) => return checks.tell(&what, Err(error.into())),
    };
    let said = match reading.entries.len() {
        0 => format!(
            "0 entries on {date} and the {} dates before it",
            days(config) - 1
        ),
        entries => format!("{entries} entries on {date}"),
    };
    if let Some(first) = reading.rejected.listed().first() {
        let (count, column, reason) = (reading.rejected.count(), &first.column, &first.reason);
        let words = reading.rejected.words();
        let words = words
            .map(|words| format!("; nobody mapped {words}"))
            .unwrap_or_default();
        return checks.tell(
            &what,
            Err(anyhow::anyhow!(
                "{count} rows of {date} cannot be judged, the first: {column}: {reason}{words}"
            )),
        );
    }
    let unfound = match look_up(channel, date, &reading, ledger).await {
        Ok(unfound) => unfound,
        Err(error) => return checks.tell(&what, Err(error.into())),
    };
    checks.tell(&what, Ok(said))?;
    checks.note(&what, Ok(unfound))?;
    let spec = ledger_spec(channel);
    let scan = ledger.unindexed(&spec, date).await;
    checks.note(&what, scan.map_err(Error::from))?;
    let tables = ledger.tables_notice(&spec).await;
    checks.note(&what, tables.map_err(Error::from))
}

/// The newest date within the catch-up window that has rows, and these; yesterday where none has.
async fn newest(
    config: &Config,
    channel: &Channel,
    now: DateTime<Utc>,
    ledger: &mut Ledger,
) -> Result<(NaiveDate, Reading), LedgerError> {
    let spec = ledger_spec(channel);
    ledger.check(&spec).await?;
    let yesterday = previous(channel.rules.days.date_of(now));
    for date in yesterday.iter_days().rev().take(days(config)) {
        let (from, to) = channel.rules.days.span(date);
        let reading = ledger.read(&spec, from, to).await?;
        if !reading.entries.is_empty() || reading.rejected.count() > 0 {
            return Ok((date, reading));
        }
    }
    Ok((yesterday, Reading::default()))
}

fn days(config: &Config) -> usize {
    usize::try_from(config.catch_up.num_days())
        .unwrap_or(1)
        .max(1)
}

/// A run looks up the keys of what it could not pair. Some of that date's own, asked for in the same
/// way, have to be found: what is said where they are not.
async fn look_up(
    channel: &Channel,
    date: NaiveDate,
    reading: &Reading,
    ledger: &mut Ledger,
) -> Result<Option<String>, LedgerError> {
    let entries = &reading.entries;
    let whole = entries.entries.iter();
    let whole = whole.filter(|entry| entry.key_state() == KeyState::Whole);
    let keys = whole.map(|entry| entries.key(entry));
    let keys: BTreeSet<Vec<u8>> = keys.take(KEYS).map(<[u8]>::to_vec).collect();
    let (from, to) = channel.rules.days.span(date);
    let spec = ledger_spec(channel);
    let look_up = ledger.look_up(&spec, &keys, &reading.spellings, from, to);
    let (found, _) = look_up.await?;
    let missed = (found.len() < keys.len()).then(|| {
        format!(
            "of {} keys of {date} a look-up by key finds {}: what is booked on another date may be \
             taken for missing; the key columns have to compare as they are shown",
            keys.len(),
            found.len()
        )
    });
    Ok(missed)
}
