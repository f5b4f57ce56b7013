//! A ledger in MySQL or MariaDB: one connection, one consistent read-only snapshot.

mod cells;
mod fault;
mod grants;
mod lookup;
mod notices;
mod replica;
mod session;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use chrono::{DateTime, LocalResult, TimeZone, Utc};
use futures_util::TryStreamExt;
use sqlx::mysql::{MySqlArguments, MySqlColumn, MySqlConnectOptions, MySqlRow};
use sqlx::{Arguments, AssertSqlSafe, Executor, Row, SqlSafeStr, Statement};

use self::cells::{ColumnForm, Form, Reader, ZERO_DATE};
use self::lookup::Shape;
use self::session::{Clock, NEXT_ROW, Session, silent, within};
use super::query::{Bound, Dialect, Piece, pieces};
use super::row::{Cell, Meaning, RowBuilder, meanings};
use super::{GRACE, LONGEST_QUERY, LedgerError, Reading, Spec, Spellings};
use crate::database::Server;
use crate::domain::believe::Applied;

/// A connection inside a read-only transaction.
pub struct Snapshot {
    session: Session,
    /// The ledger's database, for the statements of hints.
    database: Option<String>,
    /// A query that was given up, whose answer may still come.
    given_up: Option<String>,
    /// Of one query.
    pub timeout: Duration,
    applied: Applied,
}

/// A statement that the server has taken, with `?` for its bounds in the order they are named.
struct Prepared {
    sql: String,
    bounds: Vec<Bound>,
    columns: Vec<MySqlColumn>,
    names: Vec<String>,
    forms: Vec<ColumnForm>,
}

impl Snapshot {
    pub async fn open(server: &Server<MySqlConnectOptions>) -> Result<Snapshot, LedgerError> {
        let mut session = Session::open(server).await?;
        Ok(Snapshot {
            // Asked before a row is read, which takes the snapshot.
            applied: replica::applied(&mut session).await?,
            session,
            database: server.options.get_database().map(str::to_owned),
            given_up: None,
            timeout: LONGEST_QUERY,
        })
    }

    pub fn place(&self) -> String {
        self.session.place.clone()
    }

    /// Asks nothing more: a query that was not waited for is still at work.
    pub fn give_up(&mut self, why: String) {
        self.given_up = Some(why);
    }

    pub fn applied(&self) -> Applied {
        self.applied
    }

    /// What the account could change, with the statements that make one that cannot.
    pub async fn writable(&mut self) -> Result<Option<LedgerError>, LedgerError> {
        grants::writable(&mut self.session, self.database.as_deref()).await
    }

    /// Whoever has named a table in a transaction keeps its shape until the end; `TRUNCATE` is noticed
    /// (error 1412), the end or exchange of a partition is not. No row is read, so the snapshot is
    /// still to be taken.
    pub async fn hold(&mut self, spec: &Spec<'_>) -> Result<(), LedgerError> {
        let (from, to) = always();
        let Ok(query) = written_out(spec, from, to) else {
            return Ok(());
        };
        let named = format!("SELECT 1 FROM (\n{query}\n) AS rekon_q WHERE FALSE");
        // A subquery that depends on nothing is computed before that is known.
        self.session.set_timeout(self.timeout).await?;
        let began = Instant::now();
        match self.session.ask_for(spec, named).await {
            // One that takes too long says so when it is read.
            Err(lost @ LedgerError::Lost { .. }) if began.elapsed() < self.timeout => Err(lost),
            Err(error) => {
                tracing::debug!(channel = spec.channel, %error, "its tables are not held");
                Ok(())
            }
            Ok(_) => Ok(()),
        }
    }

    /// Whether the query has every column a channel needs, in a type that can be read, and whether
    /// keys can be looked up through it; no row is read.
    pub async fn check(&mut self, spec: &Spec<'_>) -> Result<(), LedgerError> {
        let prepared = self.prepare(spec, "", "").await?;
        let shape = Shape::of(&mut self.session, spec, &prepared, &Spellings::default()).await?;
        let (before, after) = shape.around(1, 1);
        self.prepare(spec, &before, &after).await.map(|_| ())
    }

    pub async fn read(
        &mut self,
        spec: &Spec<'_>,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Reading, LedgerError> {
        let prepared = self.prepare(spec, "", "").await?;
        let reading = self.stream(spec, &prepared, from, to).await?;
        self.no_guesses(spec, from, to).await?;
        Ok(reading)
    }

    /// Rows of these keys, through the channel's query as a table; one statement asks for all.
    pub async fn look_up(
        &mut self,
        spec: &Spec<'_>,
        keys: &BTreeSet<Vec<u8>>,
        spellings: &Spellings,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Reading, LedgerError> {
        let prepared = self.prepare(spec, "", "").await?;
        let shape = Shape::of(&mut self.session, spec, &prepared, spellings).await?;
        let sent = shape.send(&mut self.session, spec, keys, spellings).await?;
        let (before, after) = shape.around(sent.lists, sent.longest);
        let prepared = self.prepare(spec, &before, &after).await?;
        self.stream(spec, &prepared, from, to).await
    }

    /// Where no index answers a look-up by key: what it costs, and the index that would.
    pub async fn unindexed(&mut self, spec: &Spec<'_>) -> Result<Option<String>, LedgerError> {
        let prepared = self.prepare(spec, "", "").await?;
        let shape = Shape::of(&mut self.session, spec, &prepared, &Spellings::default()).await?;
        notices::scan(&mut self.session, spec, &prepared, &shape).await
    }

    /// Tables of the query whose engine keeps no snapshot.
    pub async fn tables_notice(&mut self, spec: &Spec<'_>) -> Result<Option<String>, LedgerError> {
        notices::engines(&mut self.session, spec).await
    }

    /// Has the server take the channel's query, between a text before and one after it, and judges
    /// the columns it would give.
    async fn prepare(
        &mut self,
        spec: &Spec<'_>,
        before: &str,
        after: &str,
    ) -> Result<Prepared, LedgerError> {
        if let Some(why) = &self.given_up {
            return Err(LedgerError::Unreachable {
                place: self.place(),
                reason: format!("not asked after a query was given up: {why}"),
                hint: "run it again".to_owned(),
            });
        }
        // The server ends what would be left alone with it.
        self.session.set_timeout(self.timeout).await?;
        let mut sql = before.to_owned();
        let mut bounds = Vec::new();
        for piece in taken_apart(spec)? {
            match piece {
                Piece::Text(text) => sql.push_str(text),
                Piece::Bound(bound) => {
                    sql.push('?');
                    bounds.push(bound);
                }
            }
        }
        sql.push_str(after);
        let text = AssertSqlSafe(sql.clone()).into_sql_str();
        let taken = within(NEXT_ROW, self.session.connection.prepare(text)).await;
        let statement = match taken {
            Some(Ok(statement)) => statement,
            Some(Err(error)) => return Err(fault::reading(&self.session.place, spec, &error)),
            None => return Err(silent(&self.session.place)),
        };
        let (names, forms) = cells::columns(statement.columns());
        let prepared = Prepared {
            sql,
            bounds,
            columns: statement.columns().to_vec(),
            names,
            forms,
        };
        cells::judge(
            spec,
            &prepared.names,
            &prepared.forms,
            &prepared.roles(spec)?,
        )?;
        Ok(prepared)
    }

    async fn stream(
        &mut self,
        spec: &Spec<'_>,
        prepared: &Prepared,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Reading, LedgerError> {
        let clock = self.session.set_zone(spec, from, to).await?;
        let place = self.session.place.clone();
        let mut builder = RowBuilder::new(spec, &prepared.names, from, to)?;
        let roles = meanings(spec, &prepared.names)?;
        let arguments = prepared.arguments(spec, from, to)?;
        let text = AssertSqlSafe(prepared.sql.clone());
        let mut rows = sqlx::query_with(text, arguments).fetch(&mut self.session.connection);
        let mut reader = Reader::new(&prepared.forms);
        let mut count = 0u64;
        // Before the first row a server may sort all of them, and say nothing for as long.
        let mut patience = self.timeout.max(NEXT_ROW) + GRACE;
        loop {
            let row = match within(patience, rows.try_next()).await {
                Some(Ok(Some(row))) => row,
                Some(Ok(None)) => break,
                Some(Err(error)) => return Err(fault::reading(&place, spec, &error)),
                None => return Err(silent(&place)),
            };
            patience = NEXT_ROW;
            if count == 0 {
                // Servers know some types only once they know what was bound.
                let (names, forms) = cells::columns(row.columns());
                cells::judge(spec, &names, &forms, &roles)?;
                reader = Reader::new(&forms);
            }
            count += 1;
            reader.prepare(&row);
            for (position, role) in &roles {
                match role {
                    Meaning::OccurredAt => certain(spec, clock, &reader, &row, *position, count)?,
                    Meaning::Key => {
                        unquoted(spec, &prepared.names, &reader, &row, *position, count)?
                    }
                    _ => {}
                }
            }
            builder.push(|position| reader.cell(&row, position))?;
        }
        Ok(builder.reading)
    }

    /// A bound compared with a number is cut to its year, with a warning, and finds nothing; any other
    /// text that is taken for a number becomes what its first digits say, or zero.
    async fn no_guesses(
        &mut self,
        spec: &Spec<'_>,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<(), LedgerError> {
        let bounds = [Bound::From, Bound::To].map(|bound| stamp(spec, bound, from, to));
        let place = self.session.place.clone();
        let connection = &mut self.session.connection;
        let asked = sqlx::raw_sql("SHOW WARNINGS LIMIT 20").fetch_all(connection);
        let warnings = match within(NEXT_ROW, asked).await {
            Some(Ok(warnings)) => warnings,
            Some(Err(error)) => return Err(fault::reading(&place, spec, &error)),
            None => return Err(silent(&place)),
        };
        for warning in &warnings {
            let said: String = warning
                .try_get("Message")
                .map_err(|error| fault::reading(&place, spec, &error))?;
            if !said.starts_with("Truncated incorrect") {
                continue;
            }
            let (reason, hint) = if bounds.iter().any(|bound| said.contains(bound)) {
                (
                    format!("compares what cannot be compared: {said}"),
                    "compare :from and :to with a DATETIME, a TIMESTAMP or text; a number of \
                     seconds becomes one by FROM_UNIXTIME(…)",
                )
            } else {
                // The value may be a person's.
                let what = said.split(':').next().unwrap_or(&said);
                (
                    format!("takes a text for a number, which it is not: {what}"),
                    "leave such rows out in the WHERE, turn them into NULL (NULLIF(x, '')), or \
                     compare text with text: CAST(id AS CHAR)",
                )
            };
            return Err(LedgerError::Query {
                channel: spec.channel.to_owned(),
                reason,
                hint: hint.to_owned(),
            });
        }
        Ok(())
    }
}

impl Prepared {
    fn roles(&self, spec: &Spec<'_>) -> Result<Vec<(usize, Meaning)>, LedgerError> {
        meanings(spec, &self.names)
    }

    /// The bounds as text in the ledger's zone, each as often as the query names it.
    fn arguments(
        &self,
        spec: &Spec<'_>,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<MySqlArguments, LedgerError> {
        let mut arguments = MySqlArguments::default();
        for bound in &self.bounds {
            let text = stamp(spec, *bound, from, to);
            arguments.add(text).map_err(|error| LedgerError::Query {
                channel: spec.channel.to_owned(),
                reason: format!(":from or :to cannot be bound: {error}"),
                hint: "use :from and :to as values".to_owned(),
            })?;
        }
        Ok(arguments)
    }
}

fn taken_apart<'q>(spec: &Spec<'q>) -> Result<Vec<Piece<'q>>, LedgerError> {
    pieces(spec.query, Dialect::MySql).map_err(|fault| LedgerError::Query {
        channel: spec.channel.to_owned(),
        reason: fault.to_string(),
        hint: "a ledger query is one SELECT; only :from and :to are bound, any number of times"
            .to_owned(),
    })
}

/// The query with its bounds written out, for statements that are only explained.
fn written_out(
    spec: &Spec<'_>,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Result<String, LedgerError> {
    let written = taken_apart(spec)?
        .into_iter()
        .map(|piece| match piece {
            Piece::Text(text) => text.to_owned(),
            Piece::Bound(bound) => format!("'{}'", stamp(spec, bound, from, to)),
        })
        .collect();
    Ok(written)
}

/// A span that no ledger goes beyond: 2000 to 2100.
fn always() -> (DateTime<Utc>, DateTime<Utc>) {
    let at = |seconds| DateTime::from_timestamp(seconds, 0).unwrap_or(DateTime::UNIX_EPOCH);
    (at(946_684_800), at(4_102_444_800))
}

/// An instant as the text the ledger keeps: in its own zone.
fn stamp(spec: &Spec<'_>, bound: Bound, from: DateTime<Utc>, to: DateTime<Utc>) -> String {
    let instant = match bound {
        Bound::From => from,
        Bound::To => to,
    };
    instant
        .with_timezone(&spec.zone)
        .format("%Y-%m-%d %H:%M:%S")
        .to_string()
}

/// Refuses a stamp that is none, and one that the server shows alike for two instants.
fn certain(
    spec: &Spec<'_>,
    clock: Clock,
    reader: &Reader,
    row: &MySqlRow,
    position: usize,
    count: u64,
) -> Result<(), LedgerError> {
    let data = |value: String, reason: &str, hint: &str| LedgerError::Data {
        channel: spec.channel.to_owned(),
        row: count,
        column: "occurred_at".to_owned(),
        value,
        reason: reason.to_owned(),
        hint: hint.to_owned(),
    };
    match (reader.form(position), reader.cell(row, position), clock) {
        (_, Cell::Other(ZERO_DATE), _) => Err(data(
            format!("a {ZERO_DATE}"),
            "nobody knows when it was",
            "exclude rows without a stamp in the query, or give them one on purpose: \
             COALESCE(NULLIF(paid_at, 0), created_at)",
        )),
        (Some(Form::Timestamp), Cell::Local(local), Clock::Named(zone)) => {
            match zone.from_local_datetime(&local) {
                LocalResult::Ambiguous(..) => Err(data(
                    local.to_string(),
                    &format!(
                        "the clock of {} was set back: it shows this time twice",
                        zone.name()
                    ),
                    "select it in UTC: DATE_FORMAT(TIMESTAMPADD(SECOND, UNIX_TIMESTAMP(x), \
                     '1970-01-01'), '%Y-%m-%dT%H:%i:%sZ') AS occurred_at",
                )),
                _ => Ok(()),
            }
        }
        _ => Ok(()),
    }
}

/// Refuses a key in the quotes of JSON: MariaDB keeps JSON as text, where no type tells it apart,
/// and a key that matches nothing would be taken for a payment that is missing.
fn unquoted(
    spec: &Spec<'_>,
    names: &[String],
    reader: &Reader,
    row: &MySqlRow,
    position: usize,
    count: u64,
) -> Result<(), LedgerError> {
    let Cell::Text(text) = reader.cell(row, position) else {
        return Ok(());
    };
    if text.len() < 2 || !text.starts_with('"') || !text.ends_with('"') {
        return Ok(());
    }
    Err(LedgerError::Data {
        channel: spec.channel.to_owned(),
        row: count,
        column: names.get(position).cloned().unwrap_or_default(),
        value: format!("`{}`", text.chars().take(60).collect::<String>()),
        reason: "the reference stands in quotes, as JSON_EXTRACT leaves it".to_owned(),
        hint: "select the value inside: JSON_UNQUOTE(JSON_EXTRACT(…)), or JSON_VALUE(…)".to_owned(),
    })
}
