//! Opening the state database, bringing its schema up to date, and copying it for a dry run.

use std::fmt;
use std::fs::{File, TryLockError};
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use futures_util::TryStreamExt;
use sqlx::any::{AnyConnectOptions, AnyPoolOptions, AnyRow};
use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::postgres::PgConnectOptions;
use sqlx::{
    AnyConnection, AnyPool, AssertSqlSafe, Column, ConnectOptions, Connection, Executor, Row,
    SqlSafeStr,
};

use super::rows::Reader;
use super::{Engine, Store};
use crate::database::{Database, Server};
use crate::disk;

/// The schema, and what later versions change of it.
const MIGRATIONS: [(i64, &str, &str); 1] =
    [(1, "baseline", include_str!("migrations/0001_baseline.sql"))];

/// Why a state on a server cannot be opened.
#[derive(Debug, thiserror::Error)]
#[error("state {place}: {reason}\n  hint: {hint}")]
pub struct StateFault {
    pub kind: StateFaultKind,
    pub place: String,
    pub reason: String,
    pub hint: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StateFaultKind {
    Unreachable,
    Authentication,
    Configuration,
}

/// What a dry run has to compare with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Copied {
    /// There is no state yet.
    Nothing,
    Done,
}

/// A server that has no room or is starting is asked again for so long.
const PATIENCE: Duration = Duration::from_secs(20);
const PAUSE: Duration = Duration::from_millis(200);
/// A server that says nothing at all.
const SILENCE: Duration = Duration::from_secs(10);

impl Store {
    /// Opens the state, creating its tables (and, of SQLite, the file in a folder that exists,
    /// readable by its owner only) where they are missing.
    pub async fn open(database: &Database) -> Result<Store> {
        match database {
            Database::Sqlite(path) => open_sqlite(path)
                .await
                .map_err(|error| no_room_for(path, error)),
            Database::Postgres(server) => open_postgres(server).await,
            Database::MySql(server) => bail!("state {server}: is kept in SQLite or PostgreSQL"),
        }
    }

    /// Copies a state as it is at one moment, whoever is writing to it, into a SQLite file that
    /// does not exist yet. Nothing is changed where it comes from, not even its schema.
    pub async fn copy(from: &Database, to: &Path) -> Result<Copied> {
        match from {
            Database::Sqlite(path) if !path.exists() => Ok(Copied::Nothing),
            Database::Sqlite(path) => copy_sqlite(path, to).await,
            Database::Postgres(server) => copy_postgres(server, to)
                .await
                .with_context(|| format!("state {server}: cannot be copied")),
            Database::MySql(server) => bail!("state {server}: is kept in SQLite or PostgreSQL"),
        }
    }
}

/// Writing needs about as much again as the state has.
fn no_room_for(path: &Path, error: anyhow::Error) -> anyhow::Error {
    let size = std::fs::metadata(path).map_or(0, |about| about.len());
    disk::named("state", path, size.max(disk::A_RUN), error)
}

/// An error of a state that met a full disk says so; any other stays itself.
pub fn no_room(database: &Database, error: anyhow::Error) -> anyhow::Error {
    match database {
        Database::Sqlite(path) => no_room_for(path, error),
        Database::Postgres(_) | Database::MySql(_) => error,
    }
}

/// A pool without the library's maintenance task, which could count more idle connections than there
/// are and spin for ever: neither of its reasons to exist is set. A pool lives as long as a command.
/// It waits for a connection for longer than the lock's heart for an answer: where a server died
/// without a word, the heart says so.
fn pool_of(connections: u32) -> AnyPoolOptions {
    AnyPoolOptions::new()
        .idle_timeout(None)
        .max_lifetime(None)
        .max_connections(connections)
        .acquire_timeout(2 * super::lock::SILENCE)
}

const PRAGMAS: [&str; 5] = [
    "PRAGMA busy_timeout = 30000",
    // KiB of pages: what a large day changes is written once.
    "PRAGMA cache_size = -16000",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
];

async fn open_sqlite(path: &Path) -> Result<Store> {
    let place = || format!("state {}", path.display());
    create_private(path).with_context(place)?;
    let options = sqlite_options(path)?;
    // A pool tries again for half a minute what one connection knows at once.
    probe(&options)
        .await
        .with_context(|| format!("{}: cannot be opened; is it a SQLite database?", place()))?;
    let pool = pool_of(2)
        .after_connect(|connection, _| {
            Box::pin(async move {
                for pragma in PRAGMAS {
                    sqlx::query(pragma).execute(&mut *connection).await?;
                }
                Ok(())
            })
        })
        // A COMMIT that the disk had no room for has ended its transaction all the same, and the
        // connection counts it as open for ever.
        .before_acquire(|connection, _| {
            let usable = !connection.is_in_transaction();
            Box::pin(async move { Ok(usable) })
        })
        .connect_with(options)
        .await
        .with_context(|| format!("{}: cannot be opened", place()))?;
    let engine = Engine::Sqlite;
    let one_at_a_time = exclusive(path).await.with_context(place)?;
    migrate(&pool, engine, MIGRATIONS.len())
        .await
        .with_context(place)?;
    let store = Store {
        reader: Some(Reader::of(path)),
        pool,
        engine,
    };
    store.seal_tables().await.with_context(place)?;
    drop(one_at_a_time);
    Ok(store)
}

/// Held while the schema is brought up to date: of two processes that find it missing, the second
/// would fail at tables that are there. The lock is on the folder, since closing the file a second
/// time would take SQLite's own locks away; it falls with the process.
async fn exclusive(state: &Path) -> Result<File> {
    let folder = match state.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let folder = File::open(folder)?;
    let started = tokio::time::Instant::now();
    loop {
        match folder.try_lock() {
            Ok(()) => return Ok(folder),
            Err(TryLockError::WouldBlock) if started.elapsed() < PATIENCE => {
                tokio::time::sleep(PAUSE / 10).await;
            }
            Err(TryLockError::WouldBlock) => {
                let seconds = PATIENCE.as_secs();
                bail!("another process has been changing its schema for {seconds} s")
            }
            Err(TryLockError::Error(error)) => {
                return Err(error).context("its folder cannot be locked; one on a local disk can");
            }
        }
    }
}

async fn open_postgres(server: &Server<PgConnectOptions>) -> Result<Store> {
    let options = postgres_options(server)?;
    own_session(server, &options).await?.close().await?;
    let pool = pool_of(2)
        .after_connect(|connection, _| {
            Box::pin(async move {
                for setting in [
                    "SET synchronous_commit = on",
                    "SET default_transaction_isolation = 'read committed'",
                    // A host that vanished inside a transaction holds up nobody for longer.
                    "SET idle_in_transaction_session_timeout = '2min'",
                    "SET lock_timeout = '3min'",
                ] {
                    connection.execute(sqlx::raw_sql(setting)).await?;
                }
                Ok(())
            })
        })
        .connect_with(options)
        .await
        .map_err(|error| fault(server, &error))?;
    let engine = Engine::Postgres;
    let store = Store {
        reader: None,
        pool,
        engine,
    };
    let made = async {
        migrate(&store.pool, engine, MIGRATIONS.len()).await?;
        store.seal_tables().await
    };
    match made.await {
        Ok(()) => Ok(store),
        Err(error) if code_in(&error).as_deref() == Some("42501") => {
            let user = server.options.get_username();
            Err(StateFault {
                kind: StateFaultKind::Configuration,
                place: server.to_string(),
                reason: format!("{user} may not create tables here"),
                hint: format!(
                    "give it a database of its own (CREATE DATABASE rekon OWNER {user}), or \
                     GRANT CREATE, USAGE ON SCHEMA public TO {user}"
                ),
            }
            .into())
        }
        Err(error) => Err(error.context(format!("state {server}"))),
    }
}

fn postgres_options(server: &Server<PgConnectOptions>) -> Result<AnyConnectOptions> {
    let mut url = server.options.to_url_lossy();
    // As the library writes them, no path of a file could be read again.
    let mut parameters: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    parameters.retain(|(name, _)| server.files.iter().all(|(file, _)| file != name));
    for (name, file) in &server.files {
        parameters.push(((*name).to_owned(), file.display().to_string()));
    }
    url.query_pairs_mut().clear().extend_pairs(parameters);
    Ok(AnyConnectOptions::from_url(&url)?)
}

/// The first connection, which tells at once what a pool would try for half a minute.
async fn connected(
    server: &Server<PgConnectOptions>,
    options: &AnyConnectOptions,
) -> Result<AnyConnection, StateFault> {
    sqlx::any::install_default_drivers();
    let started = tokio::time::Instant::now();
    loop {
        let connecting = AnyConnection::connect_with(options);
        let Ok(connection) = tokio::time::timeout(SILENCE, connecting).await else {
            return Err(silent(server));
        };
        match connection {
            Ok(connection) => return Ok(connection),
            Err(error) if is_passing(&error) && started.elapsed() < PATIENCE => {
                tokio::time::sleep(PAUSE).await;
            }
            Err(error) => return Err(fault(server, &error)),
        }
    }
}

/// A connection with a session of its own. Two that are open at once are two of the server's, and each
/// stays the same one: else a pooler shares them out, and what a session sets, prepares or locks would
/// be somebody else's. Nothing is set or prepared that anybody else would meet.
async fn own_session(
    server: &Server<PgConnectOptions>,
    options: &AnyConnectOptions,
) -> Result<AnyConnection, StateFault> {
    let (mut first, mut second) =
        tokio::try_join!(connected(server, options), connected(server, options))?;
    let mut pairs = Vec::new();
    for _ in 0..ROUNDS {
        // Not in turns: that is how a pooler may hand its own out.
        let of_first = backend(server, &mut first).await?;
        let of_second = backend(server, &mut second).await?;
        pairs.push((of_first, of_second));
        let of_second = backend(server, &mut second).await?;
        let of_first = backend(server, &mut first).await?;
        pairs.push((of_first, of_second));
    }
    let alone = |pair: &(Backend, Backend)| {
        let (one, other) = pair;
        one.pid != other.pid && !one.used && !other.used && *pair == pairs[0]
    };
    if !pairs.iter().all(alone) {
        return Err(StateFault {
            kind: StateFaultKind::Configuration,
            place: server.to_string(),
            reason:
                "a pooler stands before the server and shares its connections out by transaction"
                    .to_owned(),
            hint: OWN_SESSION.to_owned(),
        });
    }
    second
        .close()
        .await
        .map_err(|error| fault(server, &error))?;
    Ok(first)
}

/// How often two connections are asked who serves them: others may be at the pooler too.
const ROUNDS: usize = 2;

/// Who serves a connection.
#[derive(PartialEq, Eq)]
struct Backend {
    pid: String,
    /// Whether somebody prepared a statement there already.
    used: bool,
}

/// Asks without preparing anything. A proxy that gives a client a session as soon as it sets something
/// has done so by then.
async fn backend(
    server: &Server<PgConnectOptions>,
    connection: &mut AnyConnection,
) -> Result<Backend, StateFault> {
    let ask = async {
        let sql = "SELECT pg_backend_pid()::text AS pid,
                          EXISTS (SELECT FROM pg_catalog.pg_prepared_statements)::text AS used,
                          set_config('application_name', 'rekon', false) AS name";
        let row = connection.fetch_one(sqlx::raw_sql(sql)).await?;
        Ok(Backend {
            pid: row.try_get("pid")?,
            used: row.try_get::<String, _>("used")? == "true",
        })
    };
    match tokio::time::timeout(SILENCE, ask).await {
        Ok(answer) => answer.map_err(|error| fault(server, &error)),
        Err(_) => Err(silent(server)),
    }
}

fn silent(server: &Server<PgConnectOptions>) -> StateFault {
    StateFault {
        kind: StateFaultKind::Unreachable,
        place: server.to_string(),
        reason: format!("no answer within {} s", SILENCE.as_secs()),
        hint: REACH.to_owned(),
    }
}

const OWN_SESSION: &str = "name the server itself in `state`, or let the pooler give each client a session of its own \
     (PgBouncer: pool_mode = session, ignore_startup_parameters = extra_float_digits)";

const REACH: &str = "is the server up, and does its network let this host in?";

/// Too many clients, or starting up: another moment will do.
fn is_passing(error: &sqlx::Error) -> bool {
    matches!(error.as_database_error().and_then(|error| error.code()), Some(code) if code == "53300" || code == "57P03")
}

fn fault(server: &Server<PgConnectOptions>, error: &sqlx::Error) -> StateFault {
    let code = error.as_database_error().and_then(|error| error.code());
    // PgBouncer gives all that it says itself one code.
    let code = match code.as_deref() {
        Some("08P01") if said(error).contains("authentication failed") => Some("28P01"),
        code => code,
    };
    let user = server.options.get_username();
    let (kind, hint) = match (error, code) {
        (_, Some(code)) if code.starts_with("28") => (
            StateFaultKind::Authentication,
            format!("check the password (env:, file:, ~/.pgpass) and pg_hba.conf for {user}"),
        ),
        (_, Some("3D000")) => (
            StateFaultKind::Configuration,
            format!("create it: CREATE DATABASE … OWNER {user}"),
        ),
        (_, Some("42501")) => (
            StateFaultKind::Configuration,
            format!("GRANT CONNECT ON DATABASE … TO {user}"),
        ),
        (error, Some("08P01")) if said(error).starts_with("unsupported startup parameter") => {
            (StateFaultKind::Configuration, OWN_SESSION.to_owned())
        }
        (error, _) if is_unproven(error) => (
            StateFaultKind::Configuration,
            "sslmode, and sslrootcert=FILE for an authority of your own, in the URL of `state`"
                .to_owned(),
        ),
        _ => (StateFaultKind::Unreachable, REACH.to_owned()),
    };
    StateFault {
        kind,
        place: server.to_string(),
        reason: said(error),
        hint,
    }
}

/// Whether the server could not prove who it is: the library wraps that in different ways.
fn is_unproven(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Tls(_) => true,
        sqlx::Error::Io(error) => error.kind() == std::io::ErrorKind::InvalidData,
        _ => false,
    }
}

/// What the library says, without its own preface.
fn said(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Database(error) => error.message().to_owned(),
        other => other.to_string(),
    }
}

/// The server's code of what is at the bottom of an error.
fn code_in(error: &anyhow::Error) -> Option<String> {
    error.chain().find_map(|cause| {
        let error = match cause.downcast_ref::<sqlx::Error>() {
            Some(error) => error,
            None => match cause.downcast_ref::<sqlx::migrate::MigrateError>()? {
                sqlx::migrate::MigrateError::Execute(error)
                | sqlx::migrate::MigrateError::ExecuteMigration(error, _) => error,
                _ => return None,
            },
        };
        Some(error.as_database_error()?.code()?.into_owned())
    })
}

fn sqlite_options(path: &Path) -> Result<AnyConnectOptions> {
    let place = path
        .to_str()
        .ok_or_else(|| anyhow!("state {}: not UTF-8", path.display()))?;
    sqlx::any::install_default_drivers();
    Ok(AnyConnectOptions::from_str(&format!(
        "sqlite://{}",
        url_path(place)
    ))?)
}

async fn probe(options: &AnyConnectOptions) -> Result<(), sqlx::Error> {
    let mut connection = AnyConnection::connect_with(options).await?;
    for pragma in PRAGMAS {
        sqlx::query(pragma).execute(&mut connection).await?;
    }
    sqlx::query("SELECT count(*) FROM sqlite_schema")
        .fetch_one(&mut connection)
        .await?;
    connection.close().await
}

/// Brings the schema to what it was after the first `count` migrations, if it is not beyond.
async fn migrate(pool: &AnyPool, engine: Engine, count: usize) -> Result<()> {
    let migrations = MIGRATIONS
        .into_iter()
        .take(count)
        .map(|(version, name, sql)| {
            let kind = MigrationType::Simple;
            Migration::new(version, name.into(), kind, sql.into_sql_str(), false)
        })
        .collect();
    let mut migrator = Migrator::with_migrations(migrations);
    // SQLite knows no such lock: there, every migration is a transaction of its own.
    migrator.set_locking(engine == Engine::Postgres);
    migrator.run(pool).await.map_err(|error| {
        let newer = matches!(
            error,
            MigrateError::VersionMissing(_) | MigrateError::VersionTooNew(..)
        );
        anyhow::Error::new(error).context(match newer {
            true => "its schema was written by a newer rekon",
            false => "its schema cannot be brought up to date",
        })
    })
}

async fn copy_sqlite(from: &Path, to: &Path) -> Result<Copied> {
    let place = || format!("state {}: cannot be copied", from.display());
    let target = to
        .to_str()
        .ok_or_else(|| anyhow!("{}: not UTF-8", to.display()))?;
    let mut connection = AnyConnection::connect_with(&sqlite_options(from)?)
        .await
        .with_context(place)?;
    sqlx::query("VACUUM INTO $1")
        .bind(target)
        .execute(&mut connection)
        .await
        .with_context(place)?;
    connection.close().await.with_context(place)?;
    Ok(Copied::Done)
}

/// Reads every table in one snapshot into the same tables of a SQLite file, at the schema that the
/// server has.
async fn copy_postgres(server: &Server<PgConnectOptions>, to: &Path) -> Result<Copied> {
    let mut source = own_session(server, &postgres_options(server)?).await?;
    sqlx::query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        .execute(&mut source)
        .await?;
    let known = sqlx::query("SELECT CAST(to_regclass('_sqlx_migrations') AS TEXT) AS name")
        .fetch_one(&mut source)
        .await?;
    if known.try_get::<Option<String>, _>("name")?.is_none() {
        return Ok(Copied::Nothing);
    }
    let applied = sqlx::query("SELECT CAST(count(*) AS BIGINT) AS n FROM _sqlx_migrations")
        .fetch_one(&mut source)
        .await?;
    let applied = usize::try_from(applied.try_get::<i64, _>("n")?)?;
    if applied > MIGRATIONS.len() {
        bail!("its schema was written by a newer rekon");
    }
    create_private(to)?;
    let pool = pool_of(1).connect_with(sqlite_options(to)?).await?;
    migrate(&pool, Engine::Sqlite, applied).await?;
    let mut target = pool.begin().await?;
    let tables = sqlx::query(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '\\_sqlx%' ESCAPE '\\' \
         AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
    )
    .fetch_all(&mut *target)
    .await?;
    for table in &tables {
        let table: Name = Name::of(table)?;
        let mut rows =
            sqlx::query(AssertSqlSafe(format!("SELECT * FROM {table}"))).fetch(&mut source);
        while let Some(row) = rows.try_next().await? {
            insert(&mut target, &table, &row).await?;
        }
    }
    target.commit().await?;
    pool.close().await;
    Ok(Copied::Done)
}

/// The name of one of our own tables.
struct Name(String);

impl Name {
    fn of(row: &AnyRow) -> Result<Name> {
        let name: String = row.try_get("name")?;
        if !name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
        {
            bail!("a table is called `{name}`");
        }
        Ok(Name(name))
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Our columns are TEXT and BIGINT.
async fn insert(
    target: &mut sqlx::Transaction<'_, sqlx::Any>,
    table: &Name,
    row: &AnyRow,
) -> Result<()> {
    let names: Vec<&str> = row.columns().iter().map(|column| column.name()).collect();
    let places: Vec<String> = (1..=names.len()).map(|at| format!("${at}")).collect();
    let statement = format!(
        "INSERT INTO {table} ({}) VALUES ({})",
        names.join(", "),
        places.join(", ")
    );
    let mut query = sqlx::query(AssertSqlSafe(statement));
    for at in 0..names.len() {
        query = match row.try_get::<Option<String>, _>(at) {
            Ok(text) => query.bind(text),
            Err(_) => query.bind(row.try_get::<Option<i64>, _>(at)?),
        };
    }
    query.execute(&mut **target).await?;
    Ok(())
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
