//! A ledger in SQLite, read through rusqlite: sqlx hands every row across a thread, which costs
//! more than all the rest of a run.

mod batch;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Read as _;
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use rusqlite::types::Value;
use rusqlite::{Connection, ErrorCode, OpenFlags, Statement, ToSql};
use serde_json::Value as Json;

use self::batch::{Batch, Column};
use super::row::{Meaning, RowBuilder, meanings};
use super::{LONGEST_QUERY, LedgerError, Reading, Spec, Spellings};
use crate::domain::key;

/// Batches of rows that may wait to be made entries of: a few MiB at most.
const WAITING: usize = 2;

/// A connection inside a read transaction.
pub struct Snapshot {
    connection: Connection,
    path: PathBuf,
    /// Of one query.
    pub timeout: Duration,
}

/// What the header of the file says (SQLite, *Database File Format*, offset 18).
fn is_in_wal_mode(path: &Path) -> bool {
    let mut header = [0; 20];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut header));
    read.is_ok() && header[18] == 2
}

impl Snapshot {
    pub fn open(path: &Path) -> Result<Snapshot, LedgerError> {
        let unreachable = |reason: String, hint: &str| LedgerError::Unreachable {
            place: path.display().to_string(),
            reason,
            hint: hint.to_owned(),
        };
        if !path.is_file() {
            let hint = "check `url` under [ledger]; its path is relative to the configuration file";
            return Err(unreachable("there is no such file".to_owned(), hint));
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let open = || -> rusqlite::Result<Connection> {
            let connection = Connection::open_with_flags(path, flags)?;
            connection.busy_timeout(Duration::from_secs(10))?;
            connection.execute_batch("PRAGMA query_only = ON; BEGIN")?;
            // The transaction begins with the first read: from here on all is of one moment.
            connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
            Ok(connection)
        };
        let connection = open().map_err(|error| match error.sqlite_error_code() {
            // Its writer is done some time.
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => LedgerError::Lost {
                place: path.display().to_string(),
                reason: error.to_string(),
            },
            Some(ErrorCode::CannotOpen) if is_in_wal_mode(path) => unreachable(
                error.to_string(),
                "it is in WAL mode, and its writer has closed it: whoever opens it then makes the \
                 files -wal and -shm beside it, so the folder has to be writable for rekon \
                 (ReadWritePaths= of its systemd unit); or PRAGMA journal_mode = DELETE",
            ),
            _ => unreachable(
                error.to_string(),
                "is it a SQLite database, readable and not locked?",
            ),
        })?;
        Ok(Snapshot {
            connection,
            path: path.to_owned(),
            timeout: LONGEST_QUERY,
        })
    }

    pub fn place(&self) -> String {
        self.path.display().to_string()
    }

    pub fn read(
        &self,
        spec: &Spec<'_>,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Reading, LedgerError> {
        let bounds = Bounds::of(spec, from, to);
        let reading = self.stream(spec, spec.query, &bounds, (from, to))?;
        if reading.is_empty() {
            self.bounds_find(spec)?;
        }
        Ok(reading)
    }

    /// A date without an entry is quiet, or its bounds are compared with what is no such text: to
    /// SQLite every number is less than every text, so that a column of seconds gives nothing and
    /// says nothing. Where there is any entry, the bounds of its own date have to find it.
    fn bounds_find(&self, spec: &Spec<'_>) -> Result<(), LedgerError> {
        let wrapped = format!("SELECT * FROM (\n{}\n) LIMIT 1", spec.query);
        // Less than any text or number that a stamp can be, and more than any.
        let wide = Bounds {
            from: Value::Integer(i64::MIN),
            to: Value::Blob(vec![0xff]),
            keys: None,
        };
        let ever = (DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC);
        let Ok(any) = self.stream(spec, &wrapped, &wide, ever) else {
            // What is wrong with that entry is said when its own date is read.
            return Ok(());
        };
        let Some(entry) = any.entries.entries.iter().next() else {
            return Ok(());
        };
        let date = spec.days.date_of(entry.at());
        let (from, to) = spec.days.span(date);
        let bounds = Bounds::of(spec, from, to);
        if !self
            .stream(spec, &wrapped, &bounds, ever)?
            .entries
            .is_empty()
        {
            return Ok(());
        }
        Err(LedgerError::Query {
            channel: spec.channel.to_owned(),
            reason: format!(
                "it has an entry of {date} that :from = '{}' and :to = '{}' do not find",
                stamp(spec, from),
                stamp(spec, to)
            ),
            hint: "compare :from and :to with text in ledger_zone; a number of seconds becomes it \
                   by datetime(x, 'unixepoch')"
                .to_owned(),
        })
    }

    /// Whether others cannot write while it is open: so it is but with a write-ahead log.
    pub fn holds_up_writers(&self) -> bool {
        let mode = self
            .connection
            .query_row("PRAGMA journal_mode", [], |row| row.get::<_, String>(0));
        !mode.is_ok_and(|mode| mode.eq_ignore_ascii_case("wal"))
    }

    pub fn check(&self, spec: &Spec<'_>) -> Result<(), LedgerError> {
        let statement = self.prepare(spec, spec.query)?;
        let names = names(&statement);
        RowBuilder::new(spec, &names, DateTime::UNIX_EPOCH, DateTime::UNIX_EPOCH).map(|_| ())
    }

    /// The channel's query, wrapped; the keys travel as one JSON text, so that one statement asks
    /// for all of them and an index on the key can answer.
    pub fn look_up(
        &self,
        spec: &Spec<'_>,
        keys: &BTreeSet<Vec<u8>>,
        spellings: &Spellings,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Reading, LedgerError> {
        let query = look_up_query(spec, spellings);
        let bounds = Bounds {
            keys: Some(spelled(spec, keys, spellings)),
            ..Bounds::of(spec, from, to)
        };
        self.stream(spec, &query, &bounds, (from, to))
    }

    /// What look-ups by key cost where no index answers them, with the statement that makes one.
    pub fn unindexed(&self, spec: &Spec<'_>) -> Result<Option<String>, LedgerError> {
        let query = look_up_query(spec, &Spellings::default());
        let failed = |error: rusqlite::Error| LedgerError::Query {
            channel: spec.channel.to_owned(),
            reason: format!("its plan cannot be read: {error}"),
            hint: "try EXPLAIN QUERY PLAN with it in the sqlite3 shell".to_owned(),
        };
        let mut statement = self.prepare(spec, &format!("EXPLAIN QUERY PLAN {query}"))?;
        let mut steps = statement.raw_query();
        let mut scanned = None;
        while let Some(step) = steps.next().map_err(failed)? {
            let step: String = step.get("detail").map_err(failed)?;
            let words: Vec<&str> = step.split(' ').collect();
            match words[..] {
                // The keys themselves, and what the query made of a table read before.
                ["SCAN", "json_each", ..] | ["SCAN", "q", ..] => {}
                // An index on the stamps alone leads to every row of the keys' lifetime.
                ["SCAN" | "SEARCH", table, ..] if !step.contains("=?") => {
                    scanned = Some(table.to_owned());
                }
                _ => {}
            }
        }
        let Some(table) = scanned else {
            return Ok(None);
        };
        let has = |column: &str| {
            let mut columns = self
                .connection
                .prepare("SELECT 1 FROM pragma_table_info($1) WHERE lower(name) = lower($2)")?;
            columns.exists([table.as_str(), column])
        };
        let selected = self.prepare(spec, spec.query)?;
        let mut stored = true;
        for field in spec.key {
            // An expression has no declared type.
            let is_column = selected.columns().iter().any(|column| {
                column.name().eq_ignore_ascii_case(&field.name) && column.decl_type().is_some()
            });
            stored &= is_column && has(&field.name).map_err(failed)?;
        }
        let columns: Vec<&str> = spec.key.iter().map(|field| field.name.as_str()).collect();
        let columns = columns.join(", ");
        Ok(Some(match stored {
            true => format!(
                "look-up by key scans {table}: CREATE INDEX rekon_key ON {table} ({columns});"
            ),
            false => format!(
                "look-up by key scans {table}: an index on what the query selects as {columns} helps"
            ),
        }))
    }

    fn prepare(&self, spec: &Spec<'_>, query: &str) -> Result<Statement<'_>, LedgerError> {
        let statement = self
            .connection
            .prepare(query)
            .map_err(|error| LedgerError::Query {
                channel: spec.channel.to_owned(),
                reason: format!("{} does not understand it: {error}", self.path.display()),
                hint: "try the SELECT in the sqlite3 shell; :from and :to are bound as text"
                    .to_owned(),
            })?;
        if !statement.readonly() {
            return Err(LedgerError::Query {
                channel: spec.channel.to_owned(),
                reason: "it writes".to_owned(),
                hint: "a ledger query is one SELECT".to_owned(),
            });
        }
        Ok(statement)
    }

    /// What a query gives of the instants `from` (inclusive) to `to` (exclusive).
    fn stream(
        &self,
        spec: &Spec<'_>,
        query: &str,
        bounds: &Bounds,
        (from, to): (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<Reading, LedgerError> {
        let names = names(&self.prepare(spec, query)?);
        let read = columns(spec, &names)?;
        let (positions, columns): (Vec<usize>, Vec<Column>) = read.into_iter().unzip();
        let read: Vec<String> = positions.iter().map(|at| names[*at].clone()).collect();
        let mut builder = RowBuilder::new(spec, &read, from, to)?;
        let broke_off = |error: rusqlite::Error| LedgerError::Unreachable {
            place: self.path.display().to_string(),
            reason: format!("the read of channel {} broke off: {error}", spec.channel),
            hint: "run it again; nothing was concluded from the part that was read".to_owned(),
        };
        let (full, batches) = mpsc::sync_channel::<Batch>(WAITING);
        let (emptied, empty) = mpsc::channel();
        batch::begin(&self.connection, full, empty).map_err(broke_off)?;
        let mut statement = self
            .connection
            .prepare(&batch::statement(query, names.len(), &positions))
            .map_err(|error| not_within(spec, &error))?;
        bounds.bind(spec, &mut statement)?;
        let interrupt = self.connection.get_interrupt_handle();
        let (over, ended) = mpsc::channel::<()>();
        let timeout = self.timeout;
        // The next rows are stepped through while entries are made of these.
        std::thread::scope(|scope| {
            scope.spawn(move || {
                if ended.recv_timeout(timeout) == Err(mpsc::RecvTimeoutError::Timeout) {
                    interrupt.interrupt();
                }
            });
            let building = scope.spawn(move || {
                for batch in batches {
                    batch.push_to(&mut builder, &columns)?;
                    // The last ones come back to nobody.
                    emptied.send(batch).ok();
                }
                Ok(builder.reading)
            });
            let stepped = statement.raw_query().next().map(|_| ());
            drop(over);
            let ended = batch::end(&self.connection);
            let built = building.join().unwrap_or_else(|panic| resume_unwind(panic));
            let reading = built?;
            stepped.and(ended).map_err(broke_off)?;
            Ok(reading)
        })
    }
}

/// Why a query that stands alone does not stand within another one.
fn not_within(spec: &Spec<'_>, error: &rusqlite::Error) -> LedgerError {
    LedgerError::Query {
        channel: spec.channel.to_owned(),
        reason: format!("it does not end where its SELECT ends: {error}"),
        hint: "leave out `;`, and close every comment".to_owned(),
    }
}

/// Which columns of the answer are read, by position, and what for.
fn columns(spec: &Spec<'_>, names: &[String]) -> Result<BTreeMap<usize, Column>, LedgerError> {
    let mut columns = BTreeMap::new();
    for (position, meaning) in meanings(spec, names)? {
        match meaning {
            Meaning::Amount => columns.insert(position, Column::Money),
            _ => Some(*columns.entry(position).or_insert(Column::Plain)),
        };
    }
    Ok(columns)
}

/// The channel's query, wrapped so that it gives the rows of the keys in `:rekon_keys` alone.
fn look_up_query(spec: &Spec<'_>, spellings: &Spellings) -> String {
    let columns: Vec<String> = spec
        .key
        .iter()
        .enumerate()
        .map(|(part, field)| {
            let column = format!("q.\"{}\"", field.name.replace('"', "\"\""));
            // No index answers this; a ledger that pads its references pays for it.
            match spellings.padded(part) {
                true => format!("trim({column}, char(32, 9, 160))"),
                false => column,
            }
        })
        .collect();
    let values: Vec<String> = (0..spec.key.len())
        .map(|part| format!("json_extract(value, '$[{part}]')"))
        .collect();
    format!(
        "SELECT q.* FROM (\n{}\n) AS q WHERE ({}) IN (SELECT {} FROM json_each(:rekon_keys))",
        spec.query,
        columns.join(", "),
        values.join(", ")
    )
}

fn names(statement: &Statement<'_>) -> Vec<String> {
    statement
        .column_names()
        .into_iter()
        .map(str::to_owned)
        .collect()
}

/// An instant as the text the ledger keeps: in its own zone.
fn stamp(spec: &Spec<'_>, instant: DateTime<Utc>) -> String {
    instant
        .with_timezone(&spec.zone)
        .format("%Y-%m-%d %H:%M:%S")
        .to_string()
}

/// What stands for the parameters of a query.
struct Bounds {
    from: Value,
    to: Value,
    /// Where it asks for some keys alone.
    keys: Option<String>,
}

impl Bounds {
    fn of(spec: &Spec<'_>, from: DateTime<Utc>, to: DateTime<Utc>) -> Bounds {
        Bounds {
            from: Value::Text(stamp(spec, from)),
            to: Value::Text(stamp(spec, to)),
            keys: None,
        }
    }

    fn bind(&self, spec: &Spec<'_>, statement: &mut Statement<'_>) -> Result<(), LedgerError> {
        let values: [(&str, &dyn ToSql); 3] = [
            (":from", &self.from),
            (":to", &self.to),
            (":rekon_keys", &self.keys),
        ];
        let mut bound = 0;
        for (name, value) in values {
            let failed = |error: rusqlite::Error| LedgerError::Query {
                channel: spec.channel.to_owned(),
                reason: format!("{name} cannot be bound: {error}"),
                hint: "use :from and :to as values".to_owned(),
            };
            if let Some(position) = statement.parameter_index(name).map_err(failed)? {
                statement
                    .raw_bind_parameter(position, value)
                    .map_err(failed)?;
                bound += 1;
            }
        }
        if statement.parameter_count() != bound {
            return Err(LedgerError::Query {
                channel: spec.channel.to_owned(),
                reason: "has a parameter besides :from and :to".to_owned(),
                hint: "only :from and :to are bound; they may be named any number of times"
                    .to_owned(),
            });
        }
        Ok(())
    }
}

/// The keys as a JSON list of lists: each part as text and, where it could be one, as a number
/// (an expression of a query has no type to compare by); numeric parts stripped and in the widths
/// that the ledger uses.
fn spelled(spec: &Spec<'_>, keys: &BTreeSet<Vec<u8>>, spellings: &Spellings) -> String {
    let mut all: Vec<Json> = Vec::new();
    for key in keys {
        let mut variants: Vec<Vec<Json>> = vec![Vec::new()];
        for (part, text) in key::parts(key).into_iter().enumerate() {
            let mut ways = vec![Json::from(text.as_str())];
            let number = text
                .parse::<i64>()
                .ok()
                .filter(|number| number.to_string() == text);
            ways.extend(number.map(Json::from));
            if let Some(field) = spec.key.get(part) {
                let others = spellings.ways_of(part, &text, field.spelling);
                ways.extend(others.into_iter().map(Json::from));
            }
            variants = variants
                .iter()
                .flat_map(|before| {
                    ways.iter()
                        .map(move |way| [before.as_slice(), std::slice::from_ref(way)].concat())
                })
                .collect();
        }
        all.extend(variants.into_iter().map(Json::from));
    }
    Json::from(all).to_string()
}

pub fn load_sample(database: &Path, sql: &Path) -> Result<(), LedgerError> {
    if database.exists() {
        return Ok(());
    }
    let failed = |reason: String| LedgerError::Sample {
        text: sql.display().to_string(),
        place: database.display().to_string(),
        reason,
    };
    let text = std::fs::read_to_string(sql).map_err(|error| failed(error.to_string()))?;
    if let Some(dir) = database.parent() {
        std::fs::create_dir_all(dir).map_err(|error| failed(error.to_string()))?;
    }
    // Built aside and renamed, so that half a ledger is never taken for a whole one.
    let part = database.with_extension(format!("{}.part", std::process::id()));
    let build = || -> rusqlite::Result<()> {
        let connection = Connection::open(&part)?;
        connection.execute_batch(&format!("PRAGMA synchronous = OFF; BEGIN; {text}; COMMIT"))?;
        connection.close().map_err(|(_, error)| error)
    };
    if let Err(error) = build() {
        let left = std::fs::remove_file(&part)
            .err()
            .map(|left| format!("; left {}: {left}", part.display()));
        return Err(failed(format!("{error}{}", left.unwrap_or_default())));
    }
    std::fs::rename(&part, database).map_err(|error| failed(error.to_string()))
}
