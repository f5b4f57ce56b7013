//! The state database: what was taken in, what was concluded, what is to be mailed.
//!
//! The only SQL about our own tables. One text for SQLite and PostgreSQL through sqlx's `Any`:
//! columns are TEXT and BIGINT, amounts sen, dates ISO text, instants RFC 3339 in UTC.

mod acts;
mod chain;
mod files;
mod lock;
mod mails;
mod outbox;
mod purge;
mod results;
mod revisions;

use std::path::Path;
use std::str::FromStr;

use anyhow::{Context, Result, anyhow};
use chrono::{DateTime, SecondsFormat, Utc};
use sqlx::any::{AnyConnectOptions, AnyPoolOptions, AnyRow};
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{Any, AnyConnection, AnyPool, Connection, Row, SqlSafeStr, Transaction};

pub use acts::{NewAct, StoredAct, facts_of};
pub use chain::{ChainEntry, Link, digest_of};
pub use files::{FileRecord, FileState, NewFile, RejectedRecord};
pub use lock::{Held, Lock};
pub use mails::{FileMail, MailMark, MailPlace, MailRecord, QuarantineState, Quarantined};
pub use outbox::{Delivery, OutboxRow, OutboxState};
pub use purge::Purge;
pub use results::{
    Commit, DateCommit, DateRecord, ItemState, NewRevision, StoredItem, StoredResult,
};
pub use revisions::Revision;

const MIGRATIONS: [(i64, &str, &str); 3] = [
    (1, "first", include_str!("migrations/0001_first.sql")),
    (2, "mails", include_str!("migrations/0002_mails.sql")),
    (3, "acts", include_str!("migrations/0003_acts.sql")),
];

/// An open state database, its schema up to date.
#[derive(Clone)]
pub struct Store {
    pool: AnyPool,
}

impl Store {
    /// Opens the SQLite file, creating it (readable by its owner only) where it is missing; its
    /// folder exists.
    pub async fn open_sqlite(path: &Path) -> Result<Store> {
        create_private(path).with_context(|| format!("state {}", path.display()))?;
        let place = path
            .to_str()
            .ok_or_else(|| anyhow!("state {}: not UTF-8", path.display()))?;
        sqlx::any::install_default_drivers();
        let options = AnyConnectOptions::from_str(&format!("sqlite://{}", url_path(place)))?;
        // A pool tries again for half a minute what one connection knows at once.
        probe(&options).await.with_context(|| {
            format!(
                "state {}: cannot be opened; is it a SQLite database?",
                path.display()
            )
        })?;
        let pool = AnyPoolOptions::new()
            .max_connections(2)
            .after_connect(|connection, _| {
                Box::pin(async move {
                    for pragma in [
                        "PRAGMA busy_timeout = 30000",
                        "PRAGMA journal_mode = WAL",
                        "PRAGMA synchronous = FULL",
                        "PRAGMA foreign_keys = ON",
                    ] {
                        sqlx::query(pragma).execute(&mut *connection).await?;
                    }
                    Ok(())
                })
            })
            .connect_with(options)
            .await
            .with_context(|| format!("state {}: cannot be opened", path.display()))?;
        migrate(&pool)
            .await
            .with_context(|| format!("state {}", path.display()))?;
        Ok(Store { pool })
    }

    /// Copies a state as it is at one moment, whoever is writing to it.
    pub async fn copy_sqlite(from: &Path, to: &Path) -> Result<()> {
        let place = || format!("state {}: cannot be copied", from.display());
        let target = to
            .to_str()
            .ok_or_else(|| anyhow!("{}: not UTF-8", to.display()))?;
        sqlx::any::install_default_drivers();
        let url = format!("sqlite://{}", url_path(&from.to_string_lossy()));
        let options = AnyConnectOptions::from_str(&url)?;
        let mut connection = AnyConnection::connect_with(&options)
            .await
            .with_context(place)?;
        sqlx::query("VACUUM INTO $1")
            .bind(target)
            .execute(&mut connection)
            .await
            .with_context(place)?;
        connection.close().await.with_context(place)
    }

    /// Flushes and closes; a run that ended well leaves no journal behind.
    pub async fn close(self) {
        self.pool.close().await;
    }

    /// A transaction that owns the database from its start, so that it never has to be tried again
    /// half way through.
    async fn begin(&self) -> Result<Transaction<'static, Any>> {
        Ok(self.pool.begin_with("BEGIN IMMEDIATE").await?)
    }
}

async fn probe(options: &AnyConnectOptions) -> Result<(), sqlx::Error> {
    let mut connection = AnyConnection::connect_with(options).await?;
    sqlx::query("PRAGMA busy_timeout = 30000")
        .execute(&mut connection)
        .await?;
    sqlx::query("SELECT count(*) FROM sqlite_schema")
        .fetch_one(&mut connection)
        .await?;
    connection.close().await
}

async fn migrate(pool: &AnyPool) -> Result<()> {
    let migrations = MIGRATIONS
        .into_iter()
        .map(|(version, name, sql)| {
            let kind = MigrationType::Simple;
            Migration::new(version, name.into(), kind, sql.into_sql_str(), false)
        })
        .collect();
    let mut migrator = Migrator::with_migrations(migrations);
    migrator.set_locking(false);
    migrator
        .run(pool)
        .await
        .context("the schema cannot be brought up to date; was it written by a newer rekon?")
}

fn create_private(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = std::fs::OpenOptions::new();
    options
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)
        .map(|_| ())
}

/// Characters that mean something in a URL, escaped.
fn url_path(path: &str) -> String {
    path.replace('%', "%25")
        .replace('?', "%3f")
        .replace('#', "%23")
        .replace(' ', "%20")
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

fn json<T: serde::de::DeserializeOwned>(row: &AnyRow, column: &str) -> Result<T> {
    let text: String = row.try_get(column)?;
    serde_json::from_str(&text).with_context(|| format!("state: column {column} cannot be read"))
}
