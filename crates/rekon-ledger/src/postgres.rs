//! A ledger in PostgreSQL: rows by binary COPY, keys by one statement, all in one snapshot on a
//! connection of its own.
//!
//! Whatever the server, the database or the role sets (time zone, date style, timeouts), the
//! session sets what a meaning depends on.

mod bounds;
mod copy;
mod described;
mod fault;
mod keys;
mod numeric;
mod plan;
mod policies;
mod rewritten;
mod role;
mod rows;
mod standby;
mod types;

use std::collections::BTreeSet;
use std::fmt::Write;
use std::future::Future;
use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};
use futures_util::{FutureExt, Stream, StreamExt};
use serde_json::Value;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgRow};
use sqlx::{
    AssertSqlSafe, Column as _, ColumnOrigin, ConnectOptions, Connection, Either, Executor, Row,
    SqlSafeStr, Statement, TypeInfo, ValueRef,
};

use self::copy::{Copy, CopyFault, MAX_FIELD};
use self::described::{Column, Described, place_of};
use self::fault::{Login, Trouble};
use self::rows::{Rows, Stopped};
use self::types::Type;
use super::query::{self, Bound, Dialect, Piece};
use super::row::{Meaning, meanings};
use super::{GRACE, LONGEST_QUERY, LedgerError, Reading, Spec, Spellings};
use crate::database::Server;
use crate::domain::believe::Applied;

const CONNECT: Duration = Duration::from_secs(10);

/// A slow server is waited for as long as it says something now and then.
const SILENCE: Duration = Duration::from_secs(600);

/// Begins the transaction with the settings a query needs, for itself alone: nothing is left behind
/// where connections are shared. It is one message, and lifts the limits first: the role's own could
/// end the rest of it, or a wait for the next message. The snapshot is that of the SELECT.
/// `transaction_timeout` exists since PostgreSQL 17.
const BEGIN: &str = "\
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SET LOCAL statement_timeout TO 0;
SET LOCAL idle_in_transaction_session_timeout TO 0;
SELECT pg_catalog.pg_is_in_recovery(), count(pg_catalog.set_config(setting, value, true))
FROM (VALUES
  ('client_encoding', 'UTF8'),
  ('DateStyle', 'ISO, MDY'),
  ('IntervalStyle', 'postgres'),
  ('extra_float_digits', '1'),
  ('standard_conforming_strings', 'on'),
  ('transform_null_equals', 'off'),
  ('jit', 'off'),
  ('lock_timeout', '10s'),
  ('transaction_timeout', '0')
) AS wanted (setting, value)
WHERE pg_catalog.current_setting(setting, true) IS NOT NULL";

/// A connection inside a read-only transaction.
pub struct Snapshot {
    connection: PgConnection,
    login: Login,
    applied: Applied,
    /// Why nothing can be asked any more.
    lost: Option<String>,
    /// A query that was given up, whose answer may still come.
    given_up: Option<String>,
    /// Of one query.
    pub timeout: Duration,
}

impl Snapshot {
    pub async fn open(server: &Server<PgConnectOptions>) -> Result<Snapshot, LedgerError> {
        let options = server.options.clone().disable_statement_logging();
        let role = options.get_username().to_owned();
        let login = Login {
            place: server.to_string(),
            database: options.get_database().unwrap_or(&role).to_owned(),
            by_socket: options.get_socket().is_some() || options.get_host().starts_with('/'),
            role,
        };
        let opened = within(CONNECT, PgConnection::connect_with(&options)).await;
        let connection = opened.map_err(|trouble| login.not_connected(trouble))?;
        let mut snapshot = Snapshot {
            connection,
            login,
            applied: Applied::All,
            lost: None,
            given_up: None,
            timeout: LONGEST_QUERY,
        };
        let begun = within(CONNECT, snapshot.begin()).await;
        begun.map_err(|trouble| snapshot.login.not_connected(trouble))?;
        Ok(snapshot)
    }

    pub fn place(&self) -> String {
        self.login.place.clone()
    }

    /// Asks nothing more: a query that was not waited for is still at work.
    pub fn give_up(&mut self, why: String) {
        self.given_up = Some(why);
    }

    async fn begin(&mut self) -> Result<(), sqlx::Error> {
        let rows = self.connection.fetch_all(sqlx::raw_sql(BEGIN)).await?;
        if let Some(row) = rows.last()
            && row.try_get::<bool, _>(0)?
        {
            self.applied = standby::applied(&mut self.connection).await?;
        }
        Ok(())
    }

    pub fn applied(&self) -> Applied {
        self.applied
    }

    /// Takes leave of the server, which would log a connection that merely ends.
    pub async fn close(self) {
        if self.lost.is_none()
            && self.given_up.is_none()
            && let Err(trouble) = within(CONNECT, self.connection.close()).await
        {
            tracing::debug!(place = %self.login.place, %trouble, "the ledger took no leave");
        }
    }

    pub async fn writable(&mut self) -> Result<Option<LedgerError>, LedgerError> {
        let proof = within(SILENCE, role::proof(&mut self.connection)).await;
        let proof = proof.map_err(|trouble| self.login.not_connected(trouble))?;
        Ok(proof.map(|proof| role::refusal(&proof, &self.login)))
    }

    pub async fn check(&mut self, spec: &Spec<'_>) -> Result<(), LedgerError> {
        self.enter(spec).await?;
        let checked = match self.describe(spec).await {
            Ok(described) => {
                // Whether a bound is midnight is the same on any date.
                let (from, to) = spec.days.span(NaiveDate::default());
                described.bounded(spec, from, to).map(|_| ())
            }
            Err(error) => Err(error),
        };
        self.leave(spec, checked).await
    }

    pub async fn read(
        &mut self,
        spec: &Spec<'_>,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Reading, LedgerError> {
        self.enter(spec).await?;
        let read = self.stream(spec, from, to).await;
        let read = self.of_the_snapshot(spec, read).await;
        self.leave(spec, read).await
    }

    pub async fn look_up(
        &mut self,
        spec: &Spec<'_>,
        keys: &BTreeSet<Vec<u8>>,
        spellings: &Spellings,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Reading, LedgerError> {
        self.enter(spec).await?;
        let found = self.find(spec, keys, spellings, from, to).await;
        let found = self.of_the_snapshot(spec, found).await;
        self.leave(spec, found).await
    }

    /// What look-ups by key cost where no index helps, with the statement that makes one; `None`
    /// where one does.
    pub async fn unindexed(
        &mut self,
        spec: &Spec<'_>,
        date: NaiveDate,
    ) -> Result<Option<String>, LedgerError> {
        self.enter(spec).await?;
        let planned = self.plan(spec, date).await;
        self.leave(spec, planned).await
    }

    /// Where policies may hide rows of the query from the role, which then seem not to be there.
    pub async fn tables_notice(&mut self, spec: &Spec<'_>) -> Result<Option<String>, LedgerError> {
        self.enter(spec).await?;
        let hidden = self.hidden(spec).await;
        let role = &self.login.role;
        let notice = hidden.map(|told| {
            told.map(|told| {
                format!(
                    "row-level security decides which rows {role} sees ({told}); what it hides is \
                     missing in the ledger: ALTER ROLE {role} BYPASSRLS shows all, unless the \
                     policies are meant for it"
                )
            })
        });
        self.leave(spec, notice).await
    }

    /// Takes nothing out of a table that was emptied after the snapshot: it looks as if it had been
    /// empty all along. Once it was read it is locked, and nobody empties it.
    async fn of_the_snapshot(
        &mut self,
        spec: &Spec<'_>,
        read: Result<Reading, LedgerError>,
    ) -> Result<Reading, LedgerError> {
        let reading = read?;
        let found = within(SILENCE, rewritten::since(&mut self.connection)).await;
        match found.map_err(|trouble| self.failed(trouble, spec))? {
            None => Ok(reading),
            Some(table) => Err(self.login.lost(format!(
                "{table} was emptied, replaced or detached after the run had begun to read"
            ))),
        }
    }

    /// Begins what one channel asks: in the channel's zone, and so that a statement that fails
    /// takes nothing of the snapshot with it.
    async fn enter(&mut self, spec: &Spec<'_>) -> Result<(), LedgerError> {
        if let Some(reason) = &self.lost {
            return Err(self.login.lost(reason));
        }
        if let Some(why) = &self.given_up {
            return Err(LedgerError::Unreachable {
                place: self.place(),
                reason: format!("not asked after a query was given up: {why}"),
                hint: "run it again".to_owned(),
            });
        }
        // A zone's name is one that chrono-tz knows: letters, digits and `/_+-`. The limit is ours: the
        // server ends what would be left alone with it.
        let sql = format!(
            "SAVEPOINT rekon; SET LOCAL TimeZone TO '{}'; SET LOCAL statement_timeout TO {}",
            spec.zone,
            self.timeout.as_millis().min(i32::MAX as u128)
        );
        self.command(spec, sql).await
    }

    /// Ends it, whatever became of it.
    async fn leave<T>(
        &mut self,
        spec: &Spec<'_>,
        result: Result<T, LedgerError>,
    ) -> Result<T, LedgerError> {
        if let Err(LedgerError::Lost { reason, .. }) = &result {
            self.lost = Some(reason.clone());
            return result;
        }
        // Rolled back, the locks on the tables would be given up, and one that is emptied or rewritten
        // afterwards would look empty to this snapshot.
        let sql = match result {
            Ok(_) => "RELEASE SAVEPOINT rekon",
            Err(_) => "ROLLBACK TO SAVEPOINT rekon; RELEASE SAVEPOINT rekon",
        };
        if let Err(error) = self.command(spec, sql.to_owned()).await {
            self.lost = Some("its snapshot is gone".to_owned());
            // What was read was read; what failed has its own reason.
            return result.and(Err(error));
        }
        result
    }

    async fn command(&mut self, spec: &Spec<'_>, sql: String) -> Result<(), LedgerError> {
        let done = within(
            SILENCE,
            self.connection.execute(sqlx::raw_sql(AssertSqlSafe(sql))),
        );
        match done.await {
            Ok(_) => Ok(()),
            Err(trouble) => Err(self.failed(trouble, spec)),
        }
    }

    fn failed(&self, trouble: Trouble, spec: &Spec<'_>) -> LedgerError {
        self.login.failed(trouble, spec, &|_| String::new())
    }

    /// Asks the server for the types of bounds and columns, and judges them.
    async fn describe<'s>(&mut self, spec: &Spec<'s>) -> Result<Described<'s>, LedgerError> {
        let refuse = |reason: String, hint: String| LedgerError::Query {
            channel: spec.channel.to_owned(),
            reason,
            hint,
        };
        let pieces = query::pieces(spec.query, Dialect::Postgres).map_err(|fault| {
            let hint = "one SELECT, in which :from and :to are the only parameters";
            refuse(fault.to_string(), hint.to_owned())
        })?;
        // Each bound is a parameter of its own: one may be a stamp here and a date there.
        let mut sql = String::with_capacity(spec.query.len() + 16);
        let mut starts = Vec::new();
        let (mut number, mut at) = (0, 0);
        for piece in &pieces {
            starts.push((sql.chars().count(), at));
            match piece {
                Piece::Text(text) => {
                    sql.push_str(text);
                    at += text.len();
                }
                Piece::Bound(bound) => {
                    number += 1;
                    // Writing to a String does not fail.
                    write!(sql, "${number}").map_err(|error| {
                        refuse(error.to_string(), "shorten the query".to_owned())
                    })?;
                    at += match bound {
                        Bound::From => ":from".len(),
                        Bound::To => ":to".len(),
                    };
                }
            }
        }
        let locate = |position: usize| {
            let position = position.saturating_sub(1);
            let piece = starts.iter().rfind(|(sent, _)| *sent <= position);
            let (sent, byte) = piece.copied().unwrap_or_default();
            let rest = spec.query.get(byte..).unwrap_or_default();
            let into: usize = rest.chars().take(position - sent).map(char::len_utf8).sum();
            place_of(spec.query, byte + into)
        };
        let prepared = self.connection.prepare(AssertSqlSafe(sql).into_sql_str());
        let statement = match within(SILENCE, prepared).await {
            Ok(statement) => statement,
            Err(trouble) => return Err(self.login.failed(trouble, spec, &locate)),
        };
        // Whoever has the connection after us, where a pooler shares it out, finds nothing prepared.
        let cleared = within(SILENCE, self.connection.clear_cached_statements());
        cleared
            .await
            .map_err(|trouble| self.failed(trouble, spec))?;
        let bounds = match statement.parameters() {
            Some(Either::Left(infos)) => infos
                .iter()
                .map(|info| (Type::of(info), info.name().to_lowercase()))
                .collect(),
            _ => Vec::new(),
        };
        let columns: Vec<Column> = statement
            .columns()
            .iter()
            .map(|column| Column {
                name: column.name().to_owned(),
                of: Type::of(column.type_info()),
                type_name: column.type_info().name().to_owned(),
                origin: match column.origin() {
                    ColumnOrigin::Table(from) => {
                        Some((from.table.to_string(), from.name.to_string()))
                    }
                    _ => None,
                },
            })
            .collect();
        if columns.is_empty() {
            return Err(refuse(
                "it gives no rows".to_owned(),
                "a ledger query is one SELECT".to_owned(),
            ));
        }
        let names: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
        let meanings = meanings(spec, &names)?;
        for &(at, meaning) in &meanings {
            let Column {
                name,
                of,
                type_name,
                ..
            } = &columns[at];
            if let Some((expected, hint)) = of.refusal(meaning, name) {
                let type_name = type_name.to_lowercase();
                let reason = format!("column {name} is of type {type_name}; {expected}");
                return Err(refuse(reason, hint));
            }
        }
        let key = meanings
            .iter()
            .filter(|(_, meaning)| *meaning == Meaning::Key)
            .map(|(at, _)| *at)
            .collect();
        let used: BTreeSet<usize> = meanings.iter().map(|(at, _)| *at).collect();
        Ok(Described {
            pieces,
            bounds,
            columns,
            key,
            used: used.into_iter().collect(),
        })
    }

    async fn stream(
        &mut self,
        spec: &Spec<'_>,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Reading, LedgerError> {
        let described = self.describe(spec).await?;
        let names = described.names();
        let select = format!(
            "SELECT {} FROM {}",
            described.selected(),
            described.as_table(&described.bounded(spec, from, to)?)
        );
        // A COPY that is refused at once leaves the connection a reply behind, so whatever can be
        // refused (rights, locks, constants) is tried before.
        self.command(spec, format!("EXPLAIN {select}")).await?;
        let mut rows = Rows::new(spec, &names, described.types(), from, to)?;
        let mut copy = Copy::new(names.len());
        let login = &self.login;
        let failed = |trouble| login.failed(trouble, spec, &|_| String::new());
        let sql = format!("COPY ({select}) TO STDOUT (FORMAT binary)");
        // Before the first row a server may sort all of them, and say nothing for as long.
        let mut patience = self.timeout.max(SILENCE) + GRACE;
        let mut chunks = match within(patience, self.connection.copy_out_raw(&sql)).await {
            Ok(chunks) => chunks,
            Err(trouble) => {
                let error = failed(trouble);
                self.lost = Some("the connection is out of step".to_owned());
                return Err(error);
            }
        };
        // What cannot be read ends the reading, but not the stream: the rest of it has to be taken
        // off the connection before the next channel can ask.
        let mut stopped = None;
        while let Some(chunk) = next(&mut chunks, patience).await.map_err(failed)? {
            patience = SILENCE;
            if stopped.is_none() {
                let fed = copy.feed(&chunk, |row, fields| {
                    rows.push(|at| fields[at].of(row)).map_err(Stopped::Row)
                });
                stopped = fed.err();
            }
        }
        match stopped {
            Some(Stopped::Row(error)) => Err(error),
            Some(Stopped::Stream(CopyFault::TooLong { column, length })) => {
                Err(rows.too_long(&names[column], length))
            }
            Some(Stopped::Stream(fault)) => Err(login.lost(fault.to_string())),
            None if copy.is_complete() => Ok(rows.builder.reading),
            None => Err(login.lost("the rows of a COPY stopped before their end")),
        }
    }

    async fn find(
        &mut self,
        spec: &Spec<'_>,
        keys: &BTreeSet<Vec<u8>>,
        spellings: &Spellings,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Reading, LedgerError> {
        let described = self.describe(spec).await?;
        let names = described.names();
        let asked = keys::ask(spec, &described.key(), keys, spellings);
        let mut rows = Rows::new(spec, &names, described.types(), from, to)?;
        if asked.is_empty() {
            return Ok(rows.builder.reading);
        }
        let table = described.as_table(&described.bounded(spec, from, to)?);
        let sql = format!(
            "SELECT {} FROM {table} WHERE {}",
            described.selected(),
            asked.condition
        );
        let login = &self.login;
        let failed = |trouble| login.failed(trouble, spec, &|_| String::new());
        let arguments = asked.arguments().map_err(|error| failed(error.into()))?;
        let query = sqlx::query_with(AssertSqlSafe(sql), arguments).persistent(false);
        let mut patience = self.timeout.max(SILENCE) + GRACE;
        let mut found = query.fetch(&mut self.connection);
        while let Some(row) = next(&mut found, patience).await.map_err(failed)? {
            patience = SILENCE;
            let values = names.iter().enumerate().map(|(at, _)| value(&row, at));
            let values = values
                .collect::<Result<Vec<_>, _>>()
                .map_err(|error| failed(error.into()))?;
            if let Some(at) = values
                .iter()
                .position(|value| value.is_some_and(|value| value.len() > MAX_FIELD))
            {
                let length = values[at].map_or(0, <[u8]>::len);
                return Err(rows.too_long(&names[at], length));
            }
            rows.push(|at| values[at])?;
        }
        drop(found);
        Ok(rows.builder.reading)
    }

    async fn hidden(&mut self, spec: &Spec<'_>) -> Result<Option<String>, LedgerError> {
        let described = self.describe(spec).await?;
        let (from, to) = spec.days.span(NaiveDate::default());
        let sql = format!(
            "EXPLAIN SELECT {} FROM {}",
            described.selected(),
            described.as_table(&described.bounded(spec, from, to)?)
        );
        self.command(spec, sql.clone()).await?;
        let hidden = policies::hide(&mut self.connection, &sql).await;
        hidden.map_err(|trouble| self.failed(trouble, spec))
    }

    async fn plan(
        &mut self,
        spec: &Spec<'_>,
        date: NaiveDate,
    ) -> Result<Option<String>, LedgerError> {
        let described = self.describe(spec).await?;
        let key = described.key();
        let (from, to) = spec.days.span(date);
        let asked = keys::probe(&key);
        let sql = format!(
            "EXPLAIN (VERBOSE, FORMAT JSON) SELECT {} FROM {} WHERE {}",
            described.selected(),
            described.as_table(&described.bounded(spec, from, to)?),
            asked.condition
        );
        // What a small table would be read by does not matter: whether an index could serve does.
        self.command(spec, "SET LOCAL enable_seqscan TO off".to_owned())
            .await?;
        let arguments = asked
            .arguments()
            .map_err(|error| self.failed(error.into(), spec))?;
        let query = sqlx::query_with(AssertSqlSafe(sql), arguments).persistent(false);
        let explained = within(SILENCE, query.fetch_one(&mut self.connection)).await;
        let explained = explained.map_err(|trouble| self.failed(trouble, spec))?;
        let read = value(&explained, 0).and_then(|text| {
            serde_json::from_slice(text.unwrap_or_default())
                .map_err(|error| sqlx::Error::Decode(error.into()))
        });
        let plan: Value = read.map_err(|error| self.failed(error.into(), spec))?;
        let scans = plan::without_index(&plan);
        if scans.is_empty() {
            return Ok(None);
        }
        let counted = within(SILENCE, plan::rows(&mut self.connection, &scans)).await;
        let rows = counted.map_err(|trouble| self.failed(trouble, spec))?;
        Ok(Some(plan::advice(&key, &scans, rows)))
    }
}

fn value(row: &PgRow, at: usize) -> Result<Option<&[u8]>, sqlx::Error> {
    let value = row.try_get_raw(at)?;
    if value.is_null() {
        return Ok(None);
    }
    value.as_bytes().map(Some).map_err(sqlx::Error::Decode)
}

async fn within<T>(
    limit: Duration,
    answer: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, Trouble> {
    match tokio::time::timeout(limit, answer).await {
        Ok(answer) => answer.map_err(Trouble::Server),
        Err(_) => Err(Trouble::Silence(limit)),
    }
}

/// The next item of a stream; a timer is set only where it is not there yet.
async fn next<T>(
    items: &mut (impl Stream<Item = Result<T, sqlx::Error>> + Unpin),
    patience: Duration,
) -> Result<Option<T>, Trouble> {
    if let Some(item) = items.next().now_or_never() {
        return item.transpose().map_err(Trouble::Server);
    }
    within(patience, async { items.next().await.transpose() }).await
}
