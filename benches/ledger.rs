//! How fast a day is read out of a ledger, side by side in one run. PostgreSQL, without TLS: `psql
//! \copy` to nowhere as the floor (it decodes nothing); rekon's reader down to entries, and the same
//! entries out of sqlx's `query_as`; rekon's reader that keeps only what tells dates apart, and
//! `query_as` whose rows are dropped as they come, once with sqlx's own type for `numeric` and once
//! with a text instead. SQLite: rusqlite that steps through the rows and takes nothing, rekon's reader,
//! sqlx's `query_as` whose rows are dropped.
//!
//! Other work of the machine comes and goes within seconds, so the ways take turns, and it is the
//! median over the turns that compares them; beside it stand the best turn and the span of all.
//!
//! `cargo bench --bench ledger [-- ROWS… | postgres | sqlite]` starts a server of its own and removes
//! it afterwards. Beside each reader of ours stands the most memory that a process took which did
//! nothing else, beyond what it took to read a day without rows: that is the program itself.

#[path = "../tests/it/certificates.rs"]
#[allow(dead_code, reason = "the tests use the rest")]
mod certificates;
#[path = "../tests/it/postgres.rs"]
#[allow(dead_code, reason = "the tests use the rest")]
mod postgres;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use chrono::{DateTime, NaiveDate, Utc};
use futures_util::TryStreamExt;
use rekon::database::Database;
use rekon::domain::key::{KeyField, Spelling};
use rekon::domain::money::Unit;
use rekon::domain::status::Status;
use rekon::domain::time::BusinessDay;
use rekon::ledger::row::{Cell, Numeric, RowBuilder};
use rekon::ledger::{Keep, Ledger, Negative, Reading, Spec};
use rust_decimal::Decimal;
use sqlx::{AssertSqlSafe, Connection, Decode, PgConnection, Postgres as Driver};

use crate::postgres::{PASSWORD, Postgres, bin};

/// The allocator of `rekon` itself.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Odd, for a median.
const ROUNDS: usize = 9;

const QUERY: &str = "\
SELECT ref_id, merchant AS reference, amount, fee, status, kind, created_at AS occurred_at
FROM payments WHERE created_at >= :from AND created_at < :to";

fn main() -> Result<()> {
    let asked: Vec<String> = std::env::args().skip(1).collect();
    if let [flag, url, rows] = &asked[..]
        && flag == "--alone"
    {
        return alone(url, rows.parse()?);
    }
    let sizes: Vec<u32> = asked.iter().filter_map(|one| one.parse().ok()).collect();
    let sizes = if sizes.is_empty() {
        vec![100_000, 2_000_000]
    } else {
        sizes
    };
    let named = |name: &str| asked.iter().any(|one| one == name);
    let wanted = |name: &str| named(name) || !(named("postgres") || named("sqlite"));
    println!(
        "{:>10} {:>19} {:>9} {:>12} {:>9} {:>18}",
        "rows", "what", "best s", "rows/s", "median s", "of first"
    );
    if wanted("postgres") {
        of_postgres(&sizes)?;
    }
    if wanted("sqlite") {
        of_sqlite(&sizes)?;
    }
    Ok(())
}

fn of_postgres(sizes: &[u32]) -> Result<()> {
    let server = Postgres::start();
    for rows in sizes.iter().copied() {
        let database = server.database();
        database.execute(&format!(
            "CREATE TABLE payments (ref_id text, merchant text, amount numeric(18, 2), fee numeric(18, 2),
                                    status text, kind text, created_at timestamptz);
             INSERT INTO payments
             SELECT 'REF' || lpad(n::text, 12, '0'), 'M1', 10000 + n % 90000 + 0.5, 700, 'success', 'payment',
                    timestamptz '2026-11-18 00:00+07' + n * (interval '23 hours' / {rows})
             FROM generate_series(1, {rows}) AS x (n);
             VACUUM ANALYZE payments"
        ));
        let role = database.reader();
        let url = format!("{}?sslmode=disable", database.url_with_password(&role));
        let walls = tell(
            rows,
            [
                "psql \\copy",
                "rekon, kept",
                "query_as, kept",
                "rekon, compared",
                "query_as, dropped",
                "…, numbers as text",
            ],
            [
                &|| psql(&server, &database.name, &role, rows),
                &|| kept(&url, rows),
                &|| query_as::<Decimal>(&url, rows, Keep::Entries),
                &|| compared(&url, rows),
                &|| query_as::<Decimal>(&url, rows, Keep::Fingerprint),
                &|| query_as::<String>(&url, rows, Keep::Fingerprint),
            ],
        )?;
        let [_, kept, query_kept, compared, query_dropped, _] = &walls;
        for (what, query, rekon) in [
            ("kept", query_kept, kept),
            ("not kept", query_dropped, compared),
        ] {
            println!(
                "{rows:>10} query_as of rekon, {what}: {}",
                ratio(query, rekon)
            );
        }
        tell_memory(&url, rows)?;
    }
    Ok(())
}

fn of_sqlite(sizes: &[u32]) -> Result<()> {
    for rows in sizes.iter().copied() {
        let file = Sqlite::of(rows)?;
        tell(
            rows,
            ["rusqlite steps", "rekon sqlite", "query_as"],
            [&|| file.steps(), &|| kept(&file.url(), rows), &|| {
                file.query_as()
            }],
        )?;
        tell_memory(&file.url(), rows)?;
    }
    Ok(())
}

/// What a process of its own takes to read so many rows, and to read none.
fn tell_memory(url: &str, rows: u32) -> Result<()> {
    let output = Command::new(std::env::current_exe()?)
        .args(["--alone", url, &rows.to_string()])
        .output()?;
    ensure!(output.status.success(), "{output:?}");
    print!("{}", String::from_utf8_lossy(&output.stdout));
    Ok(())
}

/// Reads once and says what it took.
fn alone(url: &str, rows: u32) -> Result<()> {
    const MIB: f64 = 1024.0 * 1024.0;
    // The program's own pages come in with its first reading.
    let (_, nothing) = ours_of(url, Keep::Entries, DAY + chrono::Days::new(365))?;
    ensure!(nothing.entries.is_empty(), "a day without rows");
    let idle = peak()?;
    let mut taken = Vec::new();
    for keep in [Keep::Fingerprint, Keep::Entries] {
        let (_, reading) = ours(url, keep)?;
        let entries = reading.entries.bytes();
        let fingerprint = reading.fingerprint().to_string();
        ensure!(
            fingerprint.starts_with(&format!("{rows}-")),
            "{fingerprint}"
        );
        drop(reading);
        taken.push((
            peak()?.saturating_sub(idle) as f64 / MIB,
            entries as f64 / MIB,
        ));
    }
    let [(compared, _), (kept, entries)] = taken[..] else {
        anyhow::bail!("two readings")
    };
    println!(
        "{rows:>10} memory beside the program's own {:.1} MiB: {compared:.1} MiB to compare a date, \
         {kept:.1} MiB to keep its entries, which are {entries:.1} MiB",
        idle as f64 / MIB
    );
    Ok(())
}

/// The most memory this process had resident, in bytes.
fn peak() -> Result<usize> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB"));
    Ok(kib.context("VmHWM")?.parse::<usize>()? * 1024)
}

/// Measures the ways in turns, prints each beside the first, and gives the walls in seconds.
fn tell<const WAYS: usize>(
    rows: u32,
    names: [&str; WAYS],
    ways: [&dyn Fn() -> Result<Duration>; WAYS],
) -> Result<[Turns; WAYS]> {
    let mut walls = [[0.0; ROUNDS]; WAYS];
    for round in 0..ROUNDS {
        for (walls, way) in walls.iter_mut().zip(ways) {
            walls[round] = way()?.as_secs_f64();
        }
    }
    for (what, turns) in names.iter().zip(&walls) {
        let sorted = sorted(*turns);
        println!(
            "{rows:>10} {what:>19} {:>9.3} {:>12.0} {:>9.3} {:>18}",
            sorted[0],
            f64::from(rows) / sorted[0],
            sorted[ROUNDS / 2],
            ratio(turns, &walls[0])
        );
    }
    Ok(walls)
}

/// What each turn took.
type Turns = [f64; ROUNDS];

fn sorted(mut turns: Turns) -> Turns {
    turns.sort_by(f64::total_cmp);
    turns
}

/// How often longer one took than the other in the same turn: the median, the least and the most.
fn ratio(one: &Turns, other: &Turns) -> String {
    let of = sorted(std::array::from_fn(|round| one[round] / other[round]));
    format!(
        "{:.2} ({:.2} to {:.2})",
        of[ROUNDS / 2],
        of[0],
        of[ROUNDS - 1]
    )
}

/// The same rows in a file.
struct Sqlite {
    dir: tempfile::TempDir,
    rows: u32,
}

const FILE_QUERY: &str = "\
SELECT ref_id, merchant AS reference, amount, fee, status, kind, created_at AS occurred_at
FROM payments WHERE created_at >= '2026-11-17 17:00:00' AND created_at < '2026-11-18 17:00:00'";

impl Sqlite {
    fn of(rows: u32) -> Result<Sqlite> {
        let dir = tempfile::tempdir()?;
        let ledger = rusqlite::Connection::open(dir.path().join("ledger.db"))?;
        ledger.execute_batch(&format!(
            "CREATE TABLE payments (ref_id TEXT, merchant TEXT, amount INTEGER, fee INTEGER, status TEXT, \
             kind TEXT, created_at TEXT);
             BEGIN;
             WITH RECURSIVE x (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM x WHERE n < {rows})
             INSERT INTO payments
             SELECT printf('REF%012d', n), 'M1', 10000 + n % 90000, 700, 'success', 'payment',
                    datetime('2026-11-17 17:00:00', (n * 82800.0 / {rows}) || ' seconds') FROM x;
             COMMIT"
        ))?;
        Ok(Sqlite { dir, rows })
    }

    fn path(&self) -> std::path::PathBuf {
        self.dir.path().join("ledger.db")
    }

    fn url(&self) -> String {
        format!("sqlite:{}", self.path().display())
    }

    fn steps(&self) -> Result<Duration> {
        let begun = Instant::now();
        let ledger = rusqlite::Connection::open(self.path())?;
        let mut statement = ledger.prepare(FILE_QUERY)?;
        let mut rows = statement.raw_query();
        let mut read = 0;
        while rows.next()?.is_some() {
            read += 1;
        }
        let took = begun.elapsed();
        ensure!(read == self.rows, "{read} rows");
        Ok(took)
    }

    fn query_as(&self) -> Result<Duration> {
        let url = format!("sqlite://{}", self.path().display());
        let begun = Instant::now();
        let read = runtime()?.block_on(async {
            let mut connection = sqlx::SqliteConnection::connect(&url).await?;
            let mut read = 0;
            let mut all = sqlx::query_as::<_, FileRow>(FILE_QUERY).fetch(&mut connection);
            while let Some(row) = all.try_next().await? {
                std::hint::black_box(row);
                read += 1;
            }
            anyhow::Ok(read)
        })?;
        let took = begun.elapsed();
        ensure!(read == self.rows, "{read} rows");
        Ok(took)
    }
}

type FileRow = (String, String, i64, i64, String, String, String);

const DAYS: BusinessDay = BusinessDay {
    zone: chrono_tz::Asia::Jakarta,
    cutoff: chrono::Duration::zero(),
};

const DAY: NaiveDate = NaiveDate::from_ymd_opt(2026, 11, 18).expect("a date");

/// The query with its bounds written in.
fn bounded() -> String {
    let (from, to) = DAYS.span(DAY);
    let stamp = |at: DateTime<Utc>| format!("'{}'", at.format("%Y-%m-%d %H:%M:%S+00"));
    QUERY
        .replace(":from", &stamp(from))
        .replace(":to", &stamp(to))
}

fn psql(server: &Postgres, database: &str, role: &str, rows: u32) -> Result<Duration> {
    let copy = format!(
        "\\copy ({}) to /dev/null (format binary)",
        bounded().replace('\n', " ")
    );
    let begun = Instant::now();
    let output = Command::new(bin("psql"))
        .args(["-X", "-h", "127.0.0.1", "-p", &server.port().to_string()])
        .args(["-U", role, "-d", database, "-c", &copy])
        .env("PGPASSWORD", PASSWORD)
        .env("PGSSLMODE", "disable")
        .output()
        .context("psql")?;
    let took = begun.elapsed();
    let said = String::from_utf8_lossy(&output.stdout);
    ensure!(said.trim() == format!("COPY {rows}"), "{output:?}");
    Ok(took)
}

fn runtime() -> Result<tokio::runtime::Runtime> {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    Ok(builder.enable_all().build()?)
}

/// How long it took, and what was read.
fn ours(url: &str, keep: Keep) -> Result<(Duration, Reading)> {
    ours_of(url, keep, DAY)
}

fn ours_of(url: &str, keep: Keep, date: NaiveDate) -> Result<(Duration, Reading)> {
    let database =
        Database::parse(url, Path::new("/"), None).map_err(|no| anyhow::anyhow!(no.reason))?;
    let (key, details, statuses) = (key(), details(), BTreeMap::new());
    let spec = spec(&key, &details, &statuses, keep);
    let (from, to) = DAYS.span(date);
    let begun = Instant::now();
    let read = runtime()?.block_on(async {
        let mut ledger = Ledger::open(&database).await?;
        let reading = ledger.read(&spec, from, to).await?;
        ledger.close().await;
        anyhow::Ok(reading)
    })?;
    let took = begun.elapsed();
    Ok((took, read))
}

fn key() -> [KeyField; 1] {
    [KeyField {
        name: "ref_id".to_owned(),
        spelling: Spelling::Text,
    }]
}

fn details() -> [String; 1] {
    ["reference".to_owned()]
}

fn spec<'a>(
    key: &'a [KeyField],
    details: &'a [String],
    status: &'a BTreeMap<String, Status>,
    keep: Keep,
) -> Spec<'a> {
    Spec {
        channel: "bench",
        query: QUERY,
        key,
        details,
        zone: chrono_tz::UTC,
        unit: Unit::Rupiah,
        negative: Negative::Reject,
        days: DAYS,
        status,
        status_of: Box::new(|_, _| None),
        keep,
    }
}

fn kept(url: &str, rows: u32) -> Result<Duration> {
    let (took, reading) = ours(url, Keep::Entries)?;
    let read = reading.entries.len();
    ensure!(read == rows as usize, "{read} rows");
    Ok(took)
}

/// The way of a night on which nothing changed.
fn compared(url: &str, rows: u32) -> Result<Duration> {
    let (took, reading) = ours(url, Keep::Fingerprint)?;
    let fingerprint = reading.fingerprint().to_string();
    ensure!(
        fingerprint.starts_with(&format!("{rows}-")),
        "{fingerprint}"
    );
    Ok(took)
}

/// A row with its numbers as sqlx decodes them, or as text that the server wrote.
type Row<N> = (String, String, N, N, String, String, DateTime<Utc>);

trait Number: Send + Unpin + for<'r> Decode<'r, Driver> + sqlx::Type<Driver> {
    const CAST: &str;
    fn cell(&self) -> Cell<'_>;
}

impl Number for Decimal {
    const CAST: &str = "";
    fn cell(&self) -> Cell<'_> {
        Cell::Numeric(Numeric {
            unscaled: self.mantissa(),
            scale: u16::try_from(self.scale()).unwrap_or(u16::MAX),
        })
    }
}

impl Number for String {
    const CAST: &str = "::text";
    fn cell(&self) -> Cell<'_> {
        Cell::Text(self)
    }
}

const NAMES: [&str; 7] = [
    "ref_id",
    "reference",
    "amount",
    "fee",
    "status",
    "kind",
    "occurred_at",
];

/// Makes the entries that rekon's reader makes, or drops each row.
fn query_as<N: Number>(url: &str, rows: u32, keep: Keep) -> Result<Duration> {
    let sql = bounded()
        .replace("amount,", &format!("amount{},", N::CAST))
        .replace("fee,", &format!("fee{},", N::CAST));
    let (key, details, statuses) = (key(), details(), BTreeMap::new());
    let spec = spec(&key, &details, &statuses, keep);
    let (from, to) = DAYS.span(DAY);
    let begun = Instant::now();
    let mut builder = RowBuilder::new(&spec, &NAMES.map(str::to_owned), from, to)?;
    let read = runtime()?.block_on(async {
        let mut connection = PgConnection::connect(url).await?;
        let mut read = 0;
        let mut all = sqlx::query_as::<_, Row<N>>(AssertSqlSafe(sql)).fetch(&mut connection);
        while let Some(row) = all.try_next().await? {
            match keep {
                Keep::Entries => builder.push(|at| match at {
                    0 => Cell::Text(&row.0),
                    1 => Cell::Text(&row.1),
                    2 => row.2.cell(),
                    3 => row.3.cell(),
                    4 => Cell::Text(&row.4),
                    5 => Cell::Text(&row.5),
                    _ => Cell::Instant(row.6),
                })?,
                Keep::Fingerprint => {
                    std::hint::black_box(row);
                }
            }
            read += 1;
        }
        anyhow::Ok(read)
    })?;
    let took = begun.elapsed();
    ensure!(read == rows, "{read} rows");
    let made = builder.reading.entries.len();
    ensure!(
        keep == Keep::Fingerprint || made == rows as usize,
        "{made} entries"
    );
    Ok(took)
}
