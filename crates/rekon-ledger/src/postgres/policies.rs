//! Row-level security, which leaves out rows without a word (PostgreSQL manual, *Row Security
//! Policies*).

use sqlx::{AssertSqlSafe, Executor, PgConnection};

use super::fault::Trouble;
use super::{SILENCE, within};

const INSUFFICIENT_PRIVILEGE: &str = "42501";

/// What the server says of a statement where policies may hide rows from it, which it does where it
/// must not apply them. The role has to have every other right for the statement.
pub async fn hide(connection: &mut PgConnection, sql: &str) -> Result<Option<String>, Trouble> {
    let begin = format!("SAVEPOINT rekon_policies; SET LOCAL row_security TO off; {sql}");
    let asked = connection.execute(sqlx::raw_sql(AssertSqlSafe(begin)));
    let told = match within(SILENCE, asked).await {
        Ok(_) => None,
        Err(Trouble::Server(sqlx::Error::Database(error)))
            if error.code().as_deref() == Some(INSUFFICIENT_PRIVILEGE) =>
        {
            Some(error.message().to_owned())
        }
        Err(trouble) => return Err(trouble),
    };
    let end = "ROLLBACK TO SAVEPOINT rekon_policies; RELEASE SAVEPOINT rekon_policies";
    within(SILENCE, connection.execute(sqlx::raw_sql(end))).await?;
    Ok(told)
}
