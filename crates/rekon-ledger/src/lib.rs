//! The internal ledger: the channel's own query, read in one snapshot for the whole run.
//!
//! One reader per database; all of them hand their cells to [`row::RowBuilder`], so that an amount
//! or a stamp means the same wherever it is stored. Nothing here writes.

/// Where a database is and how it is reached. Shows no password and opens nothing.
pub mod database;
mod mysql;
mod postgres;
mod query;
mod rejected;
pub mod row;
mod sqlite;
mod value;

use rekon_domain as domain;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::{Duration, Instant};

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

use crate::database::Database;
use crate::domain::believe::Applied;
use crate::domain::entry::{EntrySet, Fingerprint, KeyState};
use crate::domain::key::{self, KeyField, Spelling};
use crate::domain::money::Unit;
use crate::domain::rejected::RejectedEntry;
use crate::domain::resolve::Lookup;
use crate::domain::status::{Kind, Status};
use crate::domain::time::BusinessDay;

/// Why the ledger gave no answer. Nothing is concluded from half an answer.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// It cannot be opened or read: nothing is wrong with the configuration.
    #[error("ledger {place}: {reason}\n  hint: {hint}")]
    Unreachable {
        place: String,
        reason: String,
        hint: String,
    },
    /// The connection, and with it the snapshot, was lost, or a server is starting or stopping: what
    /// was read before is of another moment. Worth another try from the start.
    #[error("ledger {place}: {reason}")]
    Lost { place: String, reason: String },
    /// The server lets nobody in with this name and secret.
    #[error("ledger {place}: {reason}\n  hint: {hint}")]
    Authentication {
        place: String,
        reason: String,
        hint: String,
    },
    /// The server is there, and something that only a person can settle is in the way.
    #[error("ledger {place}: {reason}\n  hint: {hint}")]
    Configuration {
        place: String,
        reason: String,
        hint: String,
    },
    /// The role could change what it is to be compared with.
    #[error("ledger {place}: the role may write: {proof}\n  hint: {hint}")]
    Writable {
        place: String,
        proof: String,
        hint: String,
    },
    /// The sample ledger cannot be made from the text that `load` names.
    #[error(
        "ledger.load: {text}: {reason}\n  hint: SQL text of SQLite that creates {place}; leave `load` out for a ledger of your own"
    )]
    Sample {
        text: String,
        place: String,
        reason: String,
    },
    /// The query has another shape than the channel needs.
    #[error("ledger_query of channel {channel}: {reason}\n  hint: {hint}")]
    Query {
        channel: String,
        reason: String,
        hint: String,
    },
    /// A row holds something that cannot be reconciled.
    #[error(
        "ledger_query of channel {channel}, row {row}, column {column}: {value}: {reason}\n  hint: {hint}"
    )]
    Data {
        channel: String,
        row: u64,
        column: String,
        value: String,
        reason: String,
        hint: String,
    },
}

pub use rejected::Rejected;

/// Keys in rows that cannot be judged, with the row and its business date where that can be read.
pub type RejectedKeys = BTreeMap<(Vec<u8>, Option<NaiveDate>), RejectedEntry>;

/// What a negative amount on a payment's row of the ledger says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Negative {
    /// Nothing that is known: the row is rejected.
    #[default]
    Reject,
    /// The ledger writes payments with a minus.
    Payment,
    /// The row is this operation instead.
    Undo(Kind),
}

/// (code, operation) → status.
pub type StatusOf<'a> = Box<dyn Fn(&str, &str) -> Option<Status> + Send + Sync + 'a>;

/// How the rows of a channel's query are read.
pub struct Spec<'a> {
    pub channel: &'a str,
    pub query: &'a str,
    pub key: &'a [KeyField],
    pub details: &'a [String],
    pub zone: Tz,
    pub unit: Unit,
    pub negative: Negative,
    pub days: BusinessDay,
    pub status: &'a BTreeMap<String, Status>,
    /// What the provider's code means in an operation; `None` where nobody says.
    pub status_of: StatusOf<'a>,
    pub keep: Keep,
}

/// What is left of the rows that were read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    Entries,
    /// Only what tells them apart from others: any number of rows in the same few MiB.
    Fingerprint,
}

/// What a date's query gave.
#[derive(Default)]
pub struct Reading {
    pub entries: EntrySet,
    /// How the numeric parts of keys are written, so that a look-up can ask in the same widths.
    pub spellings: Spellings,
    /// Rows that are no entries.
    pub rejected: Rejected,
    /// Of the entries that were read and not kept.
    passed: Fingerprint,
}

impl Reading {
    /// Of all that was read, kept or not.
    pub fn fingerprint(&self) -> Fingerprint {
        self.entries_read().and(self.rejected.fingerprint())
    }

    /// Of the entries alone.
    fn entries_read(&self) -> Fingerprint {
        self.passed.and(self.entries.fingerprint())
    }

    /// How many entries were read, kept or not.
    fn readable(&self) -> u64 {
        self.passed.entries() + self.entries.len() as u64
    }

    fn is_empty(&self) -> bool {
        self.readable() == 0 && self.rejected.count() == 0
    }
}

/// Widths in which the ledger writes the numeric parts of its keys, by part.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spellings(pub BTreeMap<usize, BTreeSet<usize>>);

impl Spellings {
    /// Stands among the widths of a part that has blanks around it somewhere.
    pub const PADDED: usize = 0;

    /// A fraction of zeros (`7.0`) counts in thousands beside the digits before it, of which no
    /// key part has so many.
    const FRACTION: usize = 1000;

    /// How a number is written.
    pub fn width_of(text: &str) -> usize {
        let (whole, zeros) = text.split_once('.').unwrap_or((text, ""));
        whole.len() + zeros.len() * Spellings::FRACTION
    }

    /// Every way in which a part may be written, other than as it is.
    pub fn ways_of(&self, part: usize, text: &str, spelling: Spelling) -> Vec<String> {
        match spelling {
            Spelling::Text => Vec::new(),
            Spelling::Numeric if text.bytes().all(|b| b.is_ascii_digit()) => {
                self.of_digits(part, text)
            }
            Spelling::Numeric => Vec::new(),
            Spelling::TextFolded => key::unfolded(text),
        }
    }

    fn of_digits(&self, part: usize, digits: &str) -> Vec<String> {
        let widths = self.0.get(&part).into_iter().flatten();
        widths
            .filter_map(|width| {
                let (zeros, whole) = (width / Spellings::FRACTION, width % Spellings::FRACTION);
                match zeros {
                    0 if whole <= digits.len() => None,
                    0 => Some(format!("{digits:0>whole$}")),
                    _ => Some(format!("{digits:0>whole$}.{:0<zeros$}", "")),
                }
            })
            .collect()
    }

    /// Whether a part may be written with blanks around it.
    pub fn padded(&self, part: usize) -> bool {
        self.0
            .get(&part)
            .is_some_and(|widths| widths.contains(&Spellings::PADDED))
    }
}

/// How long one query may take, where nobody says otherwise.
const LONGEST_QUERY: Duration = Duration::from_secs(30 * 60);
/// What a server has beyond that to end its query by itself, before it is left alone with it.
const GRACE: Duration = Duration::from_secs(10);

/// An open ledger in one read-only snapshot.
pub enum Ledger {
    Sqlite(sqlite::Snapshot),
    Postgres(postgres::Snapshot),
    MySql(mysql::Snapshot),
}

impl Ledger {
    /// Opens a ledger; everything read through it is of one moment, the first reading's at the latest.
    pub async fn open(database: &Database) -> Result<Ledger, LedgerError> {
        Ok(match database {
            Database::Sqlite(path) => Ledger::Sqlite(sqlite::Snapshot::open(path)?),
            Database::Postgres(server) => Ledger::Postgres(postgres::Snapshot::open(server).await?),
            Database::MySql(server) => Ledger::MySql(mysql::Snapshot::open(server).await?),
        })
    }

    /// How far the server had come, when this was opened, with what its primary wrote.
    pub fn applied(&self) -> Applied {
        match self {
            Ledger::Sqlite(_) => Applied::All,
            Ledger::Postgres(snapshot) => snapshot.applied(),
            Ledger::MySql(snapshot) => snapshot.applied(),
        }
    }

    /// How long one query may take from now on.
    pub fn set_timeout(&mut self, timeout: Duration) {
        match self {
            Ledger::Sqlite(snapshot) => snapshot.timeout = timeout,
            Ledger::Postgres(snapshot) => snapshot.timeout = timeout,
            Ledger::MySql(snapshot) => snapshot.timeout = timeout,
        }
    }

    /// An answer that came in time; an error that came when the time was over is that it was.
    async fn in_time<T>(
        &mut self,
        spec: &Spec<'_>,
        answer: impl AsyncFnOnce(&mut Ledger) -> Result<T, LedgerError>,
    ) -> Result<T, LedgerError> {
        let (place, timeout) = match self {
            Ledger::Sqlite(snapshot) => (snapshot.place(), snapshot.timeout),
            Ledger::Postgres(snapshot) => (snapshot.place(), snapshot.timeout),
            Ledger::MySql(snapshot) => (snapshot.place(), snapshot.timeout),
        };
        let over = || LedgerError::Unreachable {
            place,
            reason: format!(
                "the query of channel {} was still at work after {} s ([ledger] timeout)",
                spec.channel,
                timeout.as_secs()
            ),
            hint:
                "nothing was concluded; an index on what the query selects by makes it faster, and \
                   `timeout` under [ledger] gives it longer"
                    .to_owned(),
        };
        let began = Instant::now();
        match tokio::time::timeout(timeout + GRACE, answer(self)).await {
            Ok(Err(_)) if began.elapsed() >= timeout => Err(over()),
            Ok(answer) => answer,
            Err(_) => {
                let error = over();
                // What it still sends would be taken for the answer to the next question.
                match self {
                    Ledger::Sqlite(_) => {}
                    Ledger::Postgres(snapshot) => snapshot.give_up(error.to_string()),
                    Ledger::MySql(snapshot) => snapshot.give_up(error.to_string()),
                }
                Err(error)
            }
        }
    }

    /// Whether others cannot write while this snapshot is open.
    pub fn holds_up_writers(&mut self) -> bool {
        match self {
            Ledger::Sqlite(snapshot) => snapshot.holds_up_writers(),
            Ledger::Postgres(_) | Ledger::MySql(_) => false,
        }
    }

    /// Ends the snapshot. One that is dropped ends as well, though a server may log it.
    pub async fn close(self) {
        match self {
            Ledger::Sqlite(_) | Ledger::MySql(_) => {}
            Ledger::Postgres(snapshot) => snapshot.close().await,
        }
    }

    /// What the role could change, with the statements that make a role that cannot; `None` where
    /// it can only read, or where there are no roles.
    pub async fn writable(&mut self) -> Result<Option<LedgerError>, LedgerError> {
        match self {
            Ledger::Sqlite(_) => Ok(None),
            Ledger::Postgres(snapshot) => snapshot.writable().await,
            Ledger::MySql(snapshot) => snapshot.writable().await,
        }
    }

    /// Has the tables of a query keep their shape from now on until the snapshot ends, where a server
    /// would otherwise show none of the rows of a partition that was dropped. Before anything is read;
    /// a query that cannot be read says so when it is.
    pub async fn hold(&mut self, spec: &Spec<'_>) -> Result<(), LedgerError> {
        match self {
            Ledger::Sqlite(_) | Ledger::Postgres(_) => Ok(()),
            Ledger::MySql(snapshot) => snapshot.hold(spec).await,
        }
    }

    /// The entries of the instants `from` (inclusive) to `to` (exclusive).
    pub async fn read(
        &mut self,
        spec: &Spec<'_>,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Reading, LedgerError> {
        let read = async |ledger: &mut Ledger| match ledger {
            Ledger::Sqlite(snapshot) => snapshot.read(spec, from, to),
            Ledger::Postgres(snapshot) => snapshot.read(spec, from, to).await,
            Ledger::MySql(snapshot) => snapshot.read(spec, from, to).await,
        };
        self.in_time(spec, read).await?.trusted(spec)
    }

    /// Entries of these keys (encoded, normalised) within the instants, whatever their date,
    /// through the channel's own query, in one statement; and those keys that stand in a row which
    /// cannot be judged.
    pub async fn look_up(
        &mut self,
        spec: &Spec<'_>,
        keys: &BTreeSet<Vec<u8>>,
        spellings: &Spellings,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<(Lookup, RejectedKeys), LedgerError> {
        if keys.is_empty() {
            return Ok((Lookup::new(), RejectedKeys::new()));
        }
        let look_up = async |ledger: &mut Ledger| match ledger {
            Ledger::Sqlite(snapshot) => snapshot.look_up(spec, keys, spellings, from, to),
            Ledger::Postgres(snapshot) => snapshot.look_up(spec, keys, spellings, from, to).await,
            Ledger::MySql(snapshot) => snapshot.look_up(spec, keys, spellings, from, to).await,
        };
        let found = self.in_time(spec, look_up).await?;
        let entries = &found.entries;
        let mut lookup = Lookup::new();
        for entry in entries.entries.iter() {
            let key = entries.key(entry);
            if !keys.contains(key) || entry.key_state() == KeyState::Absent {
                continue;
            }
            let date = spec.days.date_of(entry.at());
            let facts = entries.facts(entry, spec.details, date, None);
            lookup.entry(key.to_vec()).or_default().push(facts);
        }
        let rejected = found.rejected.keys.into_iter();
        let rejected = rejected.filter(|((key, _), _)| keys.contains(key));
        let rejected = rejected.map(|((key, at), row)| {
            let date = at.map(|at| spec.days.date_of(at));
            ((key, date), row)
        });
        Ok((lookup, rejected.collect()))
    }

    /// Whether the query has every column a channel needs, in a type that can be read, without
    /// reading a row.
    pub async fn check(&mut self, spec: &Spec<'_>) -> Result<(), LedgerError> {
        let check = async |ledger: &mut Ledger| match ledger {
            Ledger::Sqlite(snapshot) => snapshot.check(spec),
            Ledger::Postgres(snapshot) => snapshot.check(spec).await,
            Ledger::MySql(snapshot) => snapshot.check(spec).await,
        };
        self.in_time(spec, check).await
    }

    /// What look-ups by key cost where the database has no index for them, with the statement that
    /// makes one; `None` where it has.
    ///
    /// Best of a date that has rows: for one without, a planner may think an index on the stamps enough.
    pub async fn unindexed(
        &mut self,
        spec: &Spec<'_>,
        date: NaiveDate,
    ) -> Result<Option<String>, LedgerError> {
        match self {
            Ledger::Sqlite(snapshot) => snapshot.unindexed(spec),
            Ledger::Postgres(snapshot) => snapshot.unindexed(spec, date).await,
            Ledger::MySql(snapshot) => snapshot.unindexed(spec).await,
        }
    }

    /// What is not wrong and yet worth knowing of a query's tables: one that keeps no snapshot, or one
    /// whose policies hide rows.
    pub async fn tables_notice(&mut self, spec: &Spec<'_>) -> Result<Option<String>, LedgerError> {
        match self {
            Ledger::Sqlite(_) => Ok(None),
            Ledger::Postgres(snapshot) => snapshot.tables_notice(spec).await,
            Ledger::MySql(snapshot) => snapshot.tables_notice(spec).await,
        }
    }
}

/// A bound of a query that stands in quotes, as it is written, so that no row is compared with it.
pub fn quoted_bound(query: &str, database: &Database) -> Option<&'static str> {
    let dialect = match database {
        Database::Sqlite(_) => query::Dialect::Sqlite,
        Database::Postgres(_) => query::Dialect::Postgres,
        Database::MySql(_) => query::Dialect::MySql,
    };
    let (bound, _) = query::in_quotes(query, dialect)?;
    Some(match bound {
        query::Bound::From => ":from",
        query::Bound::To => ":to",
    })
}

/// Creates a sample ledger from SQL text where the database file does not exist yet.
pub fn load_sample(database: &Path, sql: &Path) -> Result<(), LedgerError> {
    sqlite::load_sample(database, sql)
}
