//! The state database: what was taken in, what was concluded, what is to be mailed.
//!
//! The only SQL about our own tables. One text for SQLite and PostgreSQL through sqlx's `Any`:
//! columns are TEXT and BIGINT, amounts sen, dates ISO text, instants RFC 3339 in UTC.

mod acts;
mod book;
mod chain;
mod clean;
mod files;
mod groups;
mod hourly;
mod items;
mod last_told;
mod lock;
mod mails;
mod open;
mod open_sums;
mod outbox;
mod purge;
mod results;
mod revisions;
mod rows;
mod schedule;
mod seal;
mod told_of;
mod trend;

use std::str::FromStr;

use anyhow::{Context, Result};
use chrono::{DateTime, SecondsFormat, Utc};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AnyPool, Row};

use crate::domain::money::Money;
use seal::Tx;

pub use acts::{NewAct, StoredAct};
pub use book::{Book, ItemState, StoredItem};
pub use chain::{ChainEntry, Link, digest_of};
pub use files::{
    Accepted, Beside, FileRecord, FileState, HELD, HELD_BESIDE, Holding, NewFile, RejectedRecord,
};
pub use lock::{Held, Lock};
pub use mails::{FileMail, MailMark, MailPlace, MailRecord, QuarantineState, Quarantined};
pub use open::{Copied, StateFault, StateFaultKind, no_room};
pub use open_sums::{OpenGroup, OpenSums};
pub use outbox::{Attempt, Claim, Delivery, Ending, Mails, OutboxRow, OutboxState};
pub use purge::Purge;
pub use results::{Clean, Commit, DateCommit, DateRecord, JudgedAnew, NewRevision, StoredResult};
pub use revisions::Revision;
pub use schedule::{Alert, Ended, PlannedRow, PlannedState, RunEnd, Scope};
pub use told_of::ToldOf;

/// An open state database, its schema up to date.
#[derive(Clone)]
pub struct Store {
    /// Of a state in a file.
    reader: Option<rows::Reader>,
    pool: AnyPool,
    engine: Engine,
}

/// The few things that the two databases say differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Engine {
    Sqlite,
    Postgres,
}

impl Store {
    /// Flushes and closes; a run that ended well leaves no journal behind.
    pub async fn close(self) {
        if let Some(reader) = &self.reader {
            reader.close();
        }
        self.pool.close().await;
    }

    /// A transaction that owns the database from its start, so that it never has to be tried again
    /// half way through: one writer at a time, whatever host it is on.
    async fn begin(&self) -> Result<Tx> {
        let tx = match self.engine {
            Engine::Sqlite => self.pool.begin_with("BEGIN IMMEDIATE").await?,
            Engine::Postgres => {
                let mut tx = self.pool.begin().await?;
                // No table's lock: the heartbeat of a run that stores for long must go on.
                sqlx::query("SELECT pg_advisory_xact_lock(20261118)")
                    .execute(&mut *tx)
                    .await?;
                tx
            }
        };
        Tx::begun(tx, self.engine).await
    }
}

impl Engine {
    /// The instant by the one clock that all who share the state can see.
    async fn clock(self, connection: &mut AnyConnection) -> Result<DateTime<Utc>> {
        match self {
            Engine::Sqlite => Ok(Utc::now()),
            Engine::Postgres => {
                let row = sqlx::query(
                    "SELECT CAST(floor(extract(epoch FROM clock_timestamp()) * 1000) AS BIGINT) AS ms",
                )
                .fetch_one(connection)
                .await?;
                let ms: i64 = row.try_get("ms")?;
                DateTime::from_timestamp_millis(ms)
                    .context("state: the server's clock is unreadable")
            }
        }
    }
}

fn instant_text(instant: DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// A column as the type it was written from; a value that is not says which one.
fn parsed<T: FromStr>(row: &AnyRow, column: &str) -> Result<T>
where
    T::Err: std::error::Error + Send + Sync + 'static,
{
    let text: String = row.try_get(column)?;
    text.parse()
        .with_context(|| format!("state: column {column} holds `{text}`"))
}

/// A sum of numbers of 64 bits, which may need more: in millions, and what is left of each.
fn million(row: &AnyRow, large: &str, small: &str) -> Result<Money> {
    let (large, small): (i64, i64) = (row.try_get(large)?, row.try_get(small)?);
    Ok(Money::from_sen(1_000_000).times(large) + Money::from_sen(small))
}

fn json<T: serde::de::DeserializeOwned>(row: &AnyRow, column: &str) -> Result<T> {
    let text: String = row.try_get(column)?;
    serde_json::from_str(&text).with_context(|| format!("state: column {column} cannot be read"))
}
