//! Being built.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use sqlx::mysql::MySqlConnectOptions;

use super::{LedgerError, Reading, Spec, Spellings};
use crate::database::Server;

/// A connection inside a read-only transaction.
pub struct Snapshot {
    place: String,
}

impl Snapshot {
    pub async fn open(server: &Server<MySqlConnectOptions>) -> Result<Snapshot, LedgerError> {
        Ok(Snapshot {
            place: server.to_string(),
        })
    }

    pub async fn writable(&mut self) -> Result<Option<LedgerError>, LedgerError> {
        todo!("{}", self.place)
    }

    pub async fn check(&mut self, _: &Spec<'_>) -> Result<(), LedgerError> {
        todo!()
    }

    pub async fn read(
        &mut self,
        _: &Spec<'_>,
        _: DateTime<Utc>,
        _: DateTime<Utc>,
    ) -> Result<Reading, LedgerError> {
        todo!()
    }

    pub async fn look_up(
        &mut self,
        _: &Spec<'_>,
        _: &BTreeSet<Vec<u8>>,
        _: &Spellings,
        _: DateTime<Utc>,
        _: DateTime<Utc>,
    ) -> Result<Reading, LedgerError> {
        todo!()
    }
}
