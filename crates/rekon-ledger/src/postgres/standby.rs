//! How far a standby has come with what its primary wrote.

use chrono::DateTime;
use sqlx::{Executor, PgConnection, Row};

use crate::domain::believe::Applied;

/// An idle primary leaves the time of the last transaction old although nothing is missing: then all
/// that was received is applied, and a receiver is at work. `pg_stat_wal_receiver` has a row for
/// everybody while one is.
const ASK: &str = "\
SELECT
  (extract(epoch FROM pg_catalog.clock_timestamp()) * 1000)::bigint AS asked,
  (extract(epoch FROM pg_catalog.pg_last_xact_replay_timestamp()) * 1000)::bigint AS replayed,
  pg_catalog.pg_last_wal_replay_lsn() < pg_catalog.pg_last_wal_receive_lsn() AS behind,
  EXISTS (SELECT FROM pg_catalog.pg_stat_wal_receiver) AS receives";

/// Asks a server that is in recovery. One that does not know these functions, as those of some
/// clouds, says nothing of itself.
pub async fn applied(connection: &mut PgConnection) -> Result<Applied, sqlx::Error> {
    connection
        .execute(sqlx::raw_sql("SAVEPOINT standby"))
        .await?;
    let row = match connection.fetch_one(sqlx::raw_sql(ASK)).await {
        Ok(row) => row,
        Err(sqlx::Error::Database(error)) => {
            tracing::debug!(%error, "the standby does not say how far it is");
            let back = "ROLLBACK TO SAVEPOINT standby; RELEASE SAVEPOINT standby";
            connection.execute(sqlx::raw_sql(back)).await?;
            return Ok(Applied::All);
        }
        Err(error) => return Err(error),
    };
    let release = sqlx::raw_sql("RELEASE SAVEPOINT standby");
    connection.execute(release).await?;
    let instant = |ms: i64| DateTime::from_timestamp_millis(ms);
    let asked = row.try_get::<Option<i64>, _>("asked")?.and_then(instant);
    let replayed = row.try_get::<Option<i64>, _>("replayed")?.and_then(instant);
    let behind: Option<bool> = row.try_get("behind")?;
    let receives: bool = row.try_get("receives")?;
    Ok(match (behind, replayed, asked) {
        (Some(true), Some(at), Some(asked)) => Applied::UpTo { at, asked },
        _ if receives => Applied::All,
        (_, at, _) => Applied::NotReceiving { at },
    })
}
