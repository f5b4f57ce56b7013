//! What a night costs beside a long history, and what breaks cost, through the real binary.
//!
//! `cargo bench --bench state [-- DATES ROWS]` makes a fortnight of so many rows a date, 28 of a thousand of
//! them breaks, runs it, and runs it again unchanged: alone, and beside so many settled dates; then `status`
//! and `breaks list` beside them; then one large date nearly clean, with 28 and with 300 breaks of a
//! thousand, and one on which everything breaks. Each figure is the cheapest of three in CPU, what is
//! compared in turn. Settled dates are copies of stored ones, moved back: nothing judges them again.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use chrono::{Days, NaiveDate};
use rekon::config;
use rekon::database::Database;
use rekon::domain::outcome::Item;
use rekon::domain::time::dates;
use rekon::ledger::{Keep, Spec};
use rekon::run::{ledger_spec, open_ledger};
use rekon::store::{Commit, JudgedAnew, Store};
use rusqlite::Connection;
use rusqlite::types::Value;

mod common;

use common::{Cost, measure};

/// Of the fortnight.
const DAYS: u64 = 14;
const FINGERPRINTS: &str = "fingerprints";
/// What a state holds is read; and stored in another one.
const READ: &str = "read";
const COMMIT: &str = "commit";
/// The same as bare rows.
const ROWS: &str = "rows";
const BULK: &str = "bulk";

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [what, folder] = &arguments[..] {
        let folder = Path::new(folder);
        match what.as_str() {
            FINGERPRINTS => return fingerprints(folder),
            READ => return committed(folder, false),
            COMMIT => return committed(folder, true),
            ROWS => return inserted(folder, false),
            BULK => return inserted(folder, true),
            _ => {}
        }
    }
    let mut numbers = arguments.iter().filter_map(|one| one.parse().ok());
    let history = numbers.next().unwrap_or(400);
    let rows = numbers.next().unwrap_or(20_000);
    println!(
        "{:<52} {:>8} {:>8} {:>9}",
        "what", "wall s", "cpu s", "peak MiB"
    );
    beside_history(history, rows)?;
    breaks(1_000_000)?;
    everything_breaks(1_200_000)
}

fn tell(what: &str, cost: &Cost) {
    println!(
        "{what:<52} {:>8.3} {:>8.3} {:>9}",
        cost.wall.as_secs_f64(),
        cost.cpu.as_secs_f64(),
        cost.peak_kib / 1024
    );
}

fn ratio(what: &str, one: &Cost, other: &Cost) {
    let of = |one: f64, other: f64| one / other.max(1e-9);
    println!(
        "{what:<52} {:>8.2} {:>8.2} {:>9.2}",
        of(one.wall.as_secs_f64(), other.wall.as_secs_f64()),
        of(one.cpu.as_secs_f64(), other.cpu.as_secs_f64()),
        of(one.peak_kib as f64, other.peak_kib as f64)
    );
}

/// Each measured three times in turn, the cheapest in CPU of each.
fn in_turn<const N: usize>(ways: [&dyn Fn() -> Result<Cost>; N]) -> Result<[Cost; N]> {
    let mut best: [Option<Cost>; N] = [const { None }; N];
    for _ in 0..3 {
        for (way, best) in ways.iter().zip(&mut best) {
            let cost = way()?;
            if best.as_ref().is_none_or(|known| cost.cpu < known.cpu) {
                *best = Some(cost);
            }
        }
    }
    let mut all = Vec::new();
    for one in best {
        all.push(one.context("three of each")?);
    }
    all.try_into()
        .map_err(|_| anyhow::anyhow!("as many as were asked"))
}

fn beside_history(history: u64, rows: u64) -> Result<()> {
    let last = NaiveDate::from_ymd_opt(2026, 11, 18).context("a date")?;
    let first = last - Days::new(DAYS - 1);
    let alone = world("alone", first, last, rows, 28)?;
    rekon(
        &alone,
        &[
            "run",
            "--from",
            &first.to_string(),
            "--to",
            &last.to_string(),
        ],
    )?;
    let beside = alone.with_file_name("beside");
    if beside.exists() {
        fs::remove_dir_all(&beside)?;
    }
    copy(&alone, &beside)?;
    let stored = settle(&beside, history)?;
    let range = [first.to_string(), last.to_string()];
    let rerun = [
        "run",
        "--no-collect",
        "--from",
        &range[0],
        "--to",
        &range[1],
    ];
    let fingerprints = || {
        let mut command = Command::new(std::env::current_exe()?);
        measure(command.arg(FINGERPRINTS).arg(&alone), &[0])
    };
    let [bare, one, other] = in_turn([&fingerprints, &|| rekon(&alone, &rerun), &|| {
        rekon(&beside, &rerun)
    }])?;
    tell(&format!("fingerprints of {DAYS} dates"), &bare);
    tell(&format!("{DAYS} dates again, unchanged"), &one);
    tell(
        &format!("the same beside {history} dates ({stored} items)"),
        &other,
    );
    ratio("  beside / alone (must be 1.1)", &other, &one);
    ratio("  alone / fingerprints (must be 1.2)", &one, &bare);
    let state = Connection::open(beside.join("run/state.db"))?;
    let some = "SELECT id FROM items WHERE standing = 'open' LIMIT 1";
    let named: String = state.query_row(some, [], |row| row.get(0))?;
    drop(state);
    for command in [
        &["status"][..],
        &["breaks", "list"],
        &["breaks", "show", "BILLER-00000"],
        &["find", &named],
    ] {
        let mut best: Option<Cost> = None;
        for _ in 0..3 {
            let cost = rekon(&beside, command)?;
            if best.as_ref().is_none_or(|known| cost.cpu < known.cpu) {
                best = Some(cost);
            }
        }
        if let Some(cost) = best {
            tell(
                &format!("{} beside them (must be 0.2 s, 64 MiB)", command.join(" ")),
                &cost,
            );
        }
    }
    let state = Connection::open(alone.join("run/state.db"))?;
    let breaks: i64 = state.query_row("SELECT count(*) FROM items", [], |row| row.get(0))?;
    let pages: i64 = state.query_row("PRAGMA page_count", [], |row| row.get(0))?;
    let size: i64 = state.query_row("PRAGMA page_size", [], |row| row.get(0))?;
    println!(
        "{:<52} {:>8}",
        "bytes of state a break (must be 800)",
        pages * size / breaks.max(1)
    );
    Ok(())
}

fn breaks(rows: u64) -> Result<()> {
    let date = NaiveDate::from_ymd_opt(2026, 11, 18).context("a date")?;
    let day = date.to_string();
    let run = ["run", "--date", &day];
    let clean = world("clean", date, date, rows, 0)?;
    let some = world("some", date, date, rows, 28)?;
    let broken = world("many", date, date, rows, 300)?;
    let anew = |folder: &Path| {
        forget(folder)?;
        rekon(folder, &run)
    };
    let [clean, some, many] = in_turn([&|| anew(&clean), &|| anew(&some), &|| anew(&broken)])?;
    tell(&format!("{rows} rows a side, nearly clean"), &clean);
    tell("with 28 breaks of a thousand", &some);
    tell("with 300 breaks of a thousand", &many);
    ratio("  28 / nearly clean (must be 1.5)", &some, &clean);
    ratio(
        "  300 / nearly clean (must be 8, and 512 MiB)",
        &many,
        &clean,
    );
    one_core(&broken, &run)?;
    commit(&broken)
}

/// The second core is there to help.
fn one_core(folder: &Path, run: &[&str]) -> Result<()> {
    let on = |cores: &str| -> Result<Cost> {
        forget(folder)?;
        let mut command = Command::new("taskset");
        command.args(["-c", cores]).arg(env!("CARGO_BIN_EXE_rekon"));
        measured(command, folder, run)
    };
    let [two, one] = in_turn([&|| on("0,1"), &|| on("0")])?;
    tell("the same on two cores", &two);
    tell("the same on one core", &one);
    ratio("  two / one (must be 1.0)", &two, &one);
    Ok(())
}

/// What storing costs, beside a bulk insert of the same rows: of each what reading them costs is left out.
fn commit(folder: &Path) -> Result<()> {
    let way = |what: &str| -> Result<Cost> {
        let mut command = Command::new(std::env::current_exe()?);
        measure(command.arg(what).arg(folder), &[0])
    };
    let [read, commit, rows, bulk] =
        in_turn([&|| way(READ), &|| way(COMMIT), &|| way(ROWS), &|| way(BULK)])?;
    let less = |one: &Cost, other: &Cost| Cost {
        wall: one.wall.saturating_sub(other.wall),
        cpu: one.cpu.saturating_sub(other.cpu),
        peak_kib: one.peak_kib,
    };
    let (commit, bulk) = (less(&commit, &read), less(&bulk, &rows));
    tell("their commit", &commit);
    tell("a bare bulk insert of the same rows", &bulk);
    ratio("  commit / bulk insert (must be 1.5)", &commit, &bulk);
    Ok(())
}

fn committed(folder: &Path, store: bool) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let date = NaiveDate::from_ymd_opt(2026, 11, 18).context("a date")?;
        let full = Store::open(&Database::Sqlite(folder.join("run/state.db"))).await?;
        let mut book = full.book("biller").await?;
        full.add_dates("biller", &mut book, [date].into_iter())
            .await?;
        let items: Vec<Item> = book.items.iter().map(|one| one.item.clone()).collect();
        let groups = book.groups(date, date);
        full.close().await;
        drop(book);
        if !store {
            return Ok(());
        }
        let path = folder.join("run/copy.db");
        if path.exists() {
            fs::remove_file(&path)?;
        }
        let copy = Store::open(&Database::Sqlite(path)).await?;
        let now = chrono::Utc::now();
        let lock = copy.lock("copy", now).await??;
        let judged = JudgedAnew {
            items: Arc::new(items),
            groups: Arc::new(groups),
            ended: Arc::default(),
            before: Arc::new(copy.book("biller").await?),
            reach: date..=date,
        };
        let commit = Commit {
            run_id: "copy".to_owned(),
            as_of: now,
            now,
            judged: [("biller".to_owned(), judged)].into(),
            ..Commit::default()
        };
        copy.commit(&commit, &lock).await?;
        lock.release().await?;
        copy.close().await;
        Ok(())
    })
}

fn inserted(folder: &Path, insert: bool) -> Result<()> {
    let full = Connection::open(folder.join("run/state.db"))?;
    let mut statement = full.prepare("SELECT * FROM items")?;
    let width = statement.column_count();
    let values = |row: &rusqlite::Row<'_>| -> rusqlite::Result<Vec<Value>> {
        (0..width).map(|at| row.get(at)).collect()
    };
    let rows = statement.query_map([], values)?;
    let rows: Vec<Vec<Value>> = rows.collect::<Result<_, _>>()?;
    if !insert {
        return Ok(());
    }
    let path = folder.join("run/bulk.db");
    if path.exists() {
        fs::remove_file(&path)?;
    }
    let bulk = Connection::open(path)?;
    bulk.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")?;
    let mut schema = full.prepare(
        "SELECT sql FROM sqlite_schema WHERE tbl_name = 'items' AND sql IS NOT NULL ORDER BY type DESC",
    )?;
    let schema = schema.query_map([], |row| row.get::<_, String>(0))?;
    for sql in schema {
        bulk.execute_batch(&sql?)?;
    }
    bulk.execute_batch("BEGIN")?;
    let places = vec!["?"; width].join(", ");
    let mut put = bulk.prepare(&format!("INSERT INTO items VALUES ({places})"))?;
    for row in rows {
        put.execute(rusqlite::params_from_iter(row))?;
    }
    drop(put);
    bulk.execute_batch("COMMIT")?;
    Ok(())
}

fn everything_breaks(rows: u64) -> Result<()> {
    let date = NaiveDate::from_ymd_opt(2026, 11, 18).context("a date")?;
    let folder = world("everything", date, date, rows, 1000)?;
    forget(&folder)?;
    let cost = rekon(&folder, &["run", "--date", &date.to_string()])?;
    tell(
        &format!("{rows} rows a side, all of them breaks (1 GiB)"),
        &cost,
    );
    let told: serde_json::Value =
        serde_json::from_slice(&fs::read(folder.join("result.json"))?).context("the run's JSON")?;
    let kind = &told["results"][0]["findings"][0]["kind"];
    ensure!(kind == "too_many_breaks", "found {kind}");
    Ok(())
}

fn forget(folder: &Path) -> Result<()> {
    let run = folder.join("run");
    if run.exists() {
        fs::remove_dir_all(run)?;
    }
    Ok(())
}

fn rekon(folder: &Path, arguments: &[&str]) -> Result<Cost> {
    measured(Command::new(env!("CARGO_BIN_EXE_rekon")), folder, arguments)
}

fn measured(mut command: Command, folder: &Path, arguments: &[&str]) -> Result<Cost> {
    command.args(arguments);
    if arguments[0] == "run" {
        command.args(["--json", "--as-of", "2026-11-19T11:00:00+07:00"]);
    }
    command
        .arg("-c")
        .arg(folder.join("rekon.toml"))
        .stdout(File::create(folder.join("result.json"))?)
        .stderr(File::create(folder.join("said.txt"))?);
    // A date that waits, a break that is not there.
    measure(&mut command, &[0, 2, 66])
}

/// The ledger's fingerprint of each date, and nothing else.
fn fingerprints(folder: &Path) -> Result<()> {
    let config = config::load(&folder.join("rekon.toml"))?;
    let channel = config.channels.first().context("a channel")?;
    let last = NaiveDate::from_ymd_opt(2026, 11, 18).context("a date")?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let mut ledger = open_ledger(&config).await?;
        for date in dates(last - Days::new(DAYS - 1), last) {
            let (from, to) = channel.rules.days.span(date);
            let spec = Spec {
                keep: Keep::Fingerprint,
                ..ledger_spec(channel)
            };
            ledger.read(&spec, from, to).await?;
        }
        ledger.close().await;
        Ok(())
    })
}

/// Files and a ledger of some dates: a part of a thousand rows breaks, by an amount, on one side alone or
/// by a pending.
fn world(name: &str, first: NaiveDate, last: NaiveDate, rows: u64, broken: u64) -> Result<PathBuf> {
    let folder =
        Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("state-{name}-{rows}-{broken}"));
    if folder.join("done").exists() {
        return Ok(folder);
    }
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(folder.join("inbox"))?;
    let ledger = Connection::open(folder.join("ledger.db"))?;
    ledger.execute_batch(
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
         CREATE TABLE payments (ref_id TEXT, partner_ref_id TEXT, product TEXT, amount INTEGER,
                                admin_fee INTEGER, status TEXT, created_at TEXT); BEGIN",
    )?;
    let mut insert =
        ledger.prepare("INSERT INTO payments VALUES (?, ?, 'pln-prepaid', ?, 2500, ?, ?)")?;
    for (day, date) in dates(first, last).enumerate() {
        let path = folder.join(format!("inbox/biller_{}.csv", date.format("%Y%m%d")));
        let mut csv = BufWriter::new(File::create(path)?);
        writeln!(
            csv,
            "timestamp;client_number;ref_id;partner_ref_id;product_code;admin_fee;amount"
        )?;
        for row in 0..rows {
            let number = 70_000_000_000 + day as u64 * 10_000_000 + row;
            let second = 1_800 + row * 82_800 / rows;
            let amount = 10_000 + (row * 97 % 490_000) as i64;
            let breaks = row * 7_919 % 1000 < broken;
            // Nobody could say that one side lacks them: most differ by an amount, each by another one.
            let way = if breaks { row % 10 } else { 10 };
            let clock = |second: u64| {
                format!(
                    "{:02}:{:02}:{:02}",
                    second / 3600,
                    second / 60 % 60,
                    second % 60
                )
            };
            if way != 8 {
                let amount = if way < 7 {
                    amount + 1_000 + (row * 31 % 9_973) as i64
                } else {
                    amount
                };
                writeln!(
                    csv,
                    "{date} {};53{row:010};{number};P{row:09};pln-prepaid;2500;{amount}",
                    clock(second)
                )?;
            }
            if way != 9 {
                let status = if way == 7 { "pending" } else { "success" };
                let utc = 86_400 + second - 7 * 3600;
                let day = if utc < 86_400 {
                    date - Days::new(1)
                } else {
                    date
                };
                let stamp = format!("{day} {}", clock(utc % 86_400));
                insert.execute((
                    number.to_string(),
                    format!("P{row:09}"),
                    amount,
                    status,
                    stamp,
                ))?;
            }
        }
        csv.flush()?;
    }
    drop(insert);
    ledger.execute_batch(
        "COMMIT; CREATE INDEX by_time ON payments (created_at); CREATE INDEX by_ref ON payments (ref_id)",
    )?;
    let limit = if broken < 1000 {
        "break_limit = 1000000"
    } else {
        ""
    };
    fs::write(folder.join("rekon.toml"), common::config(first, limit))?;
    fs::write(folder.join("done"), "")?;
    std::thread::sleep(Duration::from_secs(3));
    Ok(folder)
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        match entry.file_type()?.is_dir() {
            true => copy(&entry.path(), &target)?,
            false => {
                fs::copy(entry.path(), target)?;
            }
        }
    }
    Ok(())
}

/// Puts so many earlier dates into a state, each as one of the fortnight and all of it resolved; how many
/// items it has then.
fn settle(folder: &Path, history: u64) -> Result<i64> {
    let state = Connection::open(folder.join("run/state.db"))?;
    state.execute_batch("PRAGMA synchronous = OFF; BEGIN")?;
    let columns = |table: &str| -> Result<Vec<String>> {
        let mut names = state.prepare(&format!("SELECT name FROM pragma_table_info('{table}')"))?;
        let names = names.query_map([], |row| row.get(0))?;
        Ok(names.collect::<Result<_, _>>()?)
    };
    for back in 1..=history.div_ceil(DAYS) {
        let days = back * DAYS;
        let moved = |column: &String| match column.as_str() {
            "opened" | "last_date" | "told_on" | "ledger_date" | "settlement_date"
            | "business_date" | "subject" => format!("date({column}, '-{days} days')"),
            "id" | "item" => format!("{column} || '-{back}'"),
            "key" => format!("key || '-{back}'"),
            "key_hash" => format!("key_hash + {back}"),
            "standing" => {
                "CASE WHEN standing = 'open' THEN 'resolved' ELSE standing END".to_owned()
            }
            "closed_on" | "ended" => format!("date(last_date, '-{} days')", days - 1),
            "closed_as" | "ended_as" => "'resolved'".to_owned(),
            column => column.to_owned(),
        };
        let window = "(SELECT date(max(business_date), '-13 days') FROM dates)";
        for (table, condition) in [
            ("items", format!("last_date >= {window}")),
            ("told", format!("kind = 'date' AND subject >= {window}")),
            ("dates", format!("business_date >= {window}")),
            ("results", format!("business_date >= {window}")),
            ("hourly", format!("business_date >= {window}")),
        ] {
            let columns = columns(table)?;
            let values: Vec<String> = columns.iter().map(moved).collect();
            state.execute_batch(&format!(
                "INSERT INTO {table} ({}) SELECT {} FROM {table} WHERE {condition}",
                columns.join(", "),
                values.join(", ")
            ))?;
        }
    }
    state.execute_batch("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)")?;
    Ok(state.query_row("SELECT count(*) FROM items", [], |row| row.get(0))?)
}
