//! One ledger snapshot for all that a run judges: opened, proven to be read-only, and opened anew
//! where it is lost on the way.

use std::time::Duration;

use anyhow::Result;

use super::ledger_spec;
use crate::config::{Config, Writable};
use crate::database::Database;
use crate::ledger::{self, Ledger, LedgerError};

/// How long is waited before each further try: a server that restarts is back within seconds.
const WAITS: [Duration; 5] = [
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(8),
];

/// Creates the sample ledger where one is named and not there yet.
pub fn make_sample(config: &Config) -> Result<()> {
    if let (Some(sql), Database::Sqlite(path)) = (&config.ledger.load, &config.ledger.database) {
        ledger::load_sample(path, sql)?;
    }
    Ok(())
}

/// Opens the snapshot; a role that may write is refused unless somebody allowed it.
pub async fn open_ledger(config: &Config) -> Result<Ledger> {
    let mut ledger = Ledger::open(&config.ledger.database).await?;
    ledger.set_timeout(config.ledger.timeout);
    if config.ledger.writable == Writable::Refused
        && let Some(proof) = ledger.writable().await?
    {
        return Err(proof.into());
    }
    for channel in &config.channels {
        ledger.hold(&ledger_spec(channel)).await?;
    }
    Ok(ledger)
}

/// Whether all that was read so far is of a moment that cannot be asked any more.
pub fn is_lost(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(LedgerError::Lost { .. }))
}

/// Tries that are left after a snapshot was lost.
#[derive(Debug, Default)]
pub struct Tries {
    made: usize,
}

impl Tries {
    /// Waits before the next try; gives the error back where it is none that time mends, or where
    /// it has been tried often enough.
    pub async fn again(&mut self, error: anyhow::Error) -> Result<()> {
        let Some(LedgerError::Lost { place, reason }) = error.downcast_ref() else {
            return Err(error);
        };
        let Some(wait) = WAITS.get(self.made) else {
            let tries = self.made + 1;
            return Err(LedgerError::Unreachable {
                place: place.clone(),
                reason: format!("{reason} (tried {tries} times)"),
                hint: "is the server up, and does its network let this host in? Nothing was \
                       concluded; run it again"
                    .to_owned(),
            }
            .into());
        };
        self.made += 1;
        tracing::warn!(%place, %reason, wait_ms = wait.as_millis() as u64, "ledger lost; trying again");
        tokio::time::sleep(*wait).await;
        Ok(())
    }
}
