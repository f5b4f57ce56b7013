//! How many rows one core-second reconciles, CSV × SQLite, through the real binary; and, side by
//! side in the same run, the same job by SQL alone: the CSV imported into SQLite and joined there.
//!
//! `cargo bench --bench run [-- ROWS…]` generates its data once into the target directory. The run
//! is a cold process: collect (archive, fsync, parse, validate), reconcile, publish, all of it.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use chrono::NaiveDate;
use rusqlite::Connection;

mod common;

use common::{Cost, measure};

fn main() -> Result<()> {
    let sizes: Vec<u64> = std::env::args()
        .skip(1)
        .filter_map(|argument| argument.parse().ok())
        .collect();
    let sizes = if sizes.is_empty() {
        vec![1_000, 100_000, 1_000_000]
    } else {
        sizes
    };
    println!(
        "{:>10} {:>22} {:>9} {:>9} {:>14} {:>9}",
        "rows/side", "what", "wall s", "cpu s", "rows/core-s", "peak MiB"
    );
    for rows in sizes {
        let data = generate(rows)?;
        let rekon = best(|| rekon(&data, rows))?;
        tell(rows, "rekon run", &rekon);
        let sql = best(|| sql(&data))?;
        tell(rows, "SQLite import + join", &sql);
    }
    Ok(())
}

fn tell(rows: u64, what: &str, cost: &Cost) {
    println!(
        "{rows:>10} {what:>22} {:>9.3} {:>9.3} {:>14.0} {:>9}",
        cost.wall.as_secs_f64(),
        cost.cpu.as_secs_f64(),
        (2 * rows) as f64 / cost.cpu.as_secs_f64(),
        cost.peak_kib / 1024
    );
}

/// The cheapest of three, in CPU.
fn best(measure: impl Fn() -> Result<Cost>) -> Result<Cost> {
    let mut costs = Vec::new();
    for _ in 0..3 {
        costs.push(measure()?);
    }
    costs.sort_by_key(|cost| cost.cpu);
    Ok(costs.swap_remove(0))
}

/// A settlement file and a ledger of one date: one row in 10,000 differs in each of four ways.
fn generate(rows: u64) -> Result<PathBuf> {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("bench-{rows}"));
    if dir.join("done").exists() {
        return Ok(dir);
    }
    fs::create_dir_all(dir.join("inbox"))?;
    let mut csv = BufWriter::new(File::create(dir.join("inbox/biller_20261118.csv"))?);
    writeln!(
        csv,
        "timestamp;client_number;ref_id;partner_ref_id;product_code;admin_fee;amount"
    )?;
    let ledger = Connection::open(dir.join("ledger.db"))?;
    ledger.execute_batch(
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
         CREATE TABLE payments (ref_id TEXT, partner_ref_id TEXT, product TEXT, amount INTEGER,
                                admin_fee INTEGER, status TEXT, created_at TEXT); BEGIN",
    )?;
    let mut insert = ledger.prepare("INSERT INTO payments VALUES (?, ?, ?, ?, 2500, ?, ?)")?;
    for other in 0..rows {
        // The ledger is in the order of time, as payments are booked; the file in another one.
        let row = (other * 7_919 + 13) % rows;
        if row % 10_000 != 1 {
            let (second, amount) = facts(row, rows);
            let amount = if row % 10_000 == 3 {
                amount + 1_000
            } else {
                amount
            };
            writeln!(
                csv,
                "2026-11-18 {}:{:02}:{:02};53{row:010};{};P{row:09};pln-prepaid;2500;{amount}",
                format_args!("{:02}", second / 3600),
                second / 60 % 60,
                second % 60,
                70_000_000_000 + row
            )?;
        }
        if other % 10_000 != 2 {
            let (second, amount) = facts(other, rows);
            let status = if other % 10_000 == 4 {
                "pending"
            } else {
                "success"
            };
            // Jakarta is seven hours ahead of the ledger.
            let utc = 86_400 + second - 7 * 3600;
            let day = if utc < 86_400 { 17 } else { 18 };
            let stamp = format!(
                "2026-11-{day} {:02}:{:02}:{:02}",
                utc % 86_400 / 3600,
                utc / 60 % 60,
                utc % 60
            );
            let reference = (70_000_000_000 + other).to_string();
            let partner = format!("P{other:09}");
            insert.execute((&reference, &partner, "pln-prepaid", amount, status, &stamp))?;
        }
    }
    drop(insert);
    ledger.execute_batch("COMMIT; CREATE INDEX by_time ON payments (created_at); CREATE INDEX by_ref ON payments (ref_id)")?;
    csv.flush()?;
    let start = NaiveDate::from_ymd_opt(2026, 11, 18).context("a date")?;
    fs::write(dir.join("rekon.toml"), common::config(start, ""))?;
    fs::write(dir.join("done"), "")?;
    std::thread::sleep(Duration::from_secs(3));
    Ok(dir)
}

/// Second of the day and amount of a payment.
fn facts(row: u64, rows: u64) -> (u64, i64) {
    (
        1_800 + row * 82_800 / rows,
        10_000 + (row * 97 % 490_000) as i64,
    )
}

/// One cold run from nothing.
fn rekon(data: &Path, rows: u64) -> Result<Cost> {
    let state = data.join("run");
    if state.exists() {
        fs::remove_dir_all(&state)?;
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_rekon"));
    command
        .args([
            "run",
            "--date",
            "2026-11-18",
            "--as-of",
            "2026-11-19T11:00:00+07:00",
            "--json",
            "-c",
        ])
        .arg(data.join("rekon.toml"))
        .stdout(File::create(data.join("result.json"))?);
    let cost = measure(&mut command, &[0])?;
    let result: serde_json::Value =
        serde_json::from_slice(&fs::read(data.join("result.json"))?).context("the run's JSON")?;
    let matched = &result["results"][0]["matched"]["settlement"]["entries"];
    let expected = rows
        - [1, 2, 3, 4]
            .iter()
            .map(|n| (rows + 9_999 - n) / 10_000)
            .sum::<u64>();
    ensure!(
        matched.as_u64() == Some(expected),
        "matched {matched}, not {expected}"
    );
    Ok(cost)
}

/// The same finding by SQL in a process of its own: no archive, no validation, no report.
fn sql(data: &Path) -> Result<Cost> {
    let script = r#"
import csv, sqlite3, sys
db = sqlite3.connect(":memory:")
db.execute("ATTACH ? AS ledger", (sys.argv[2],))
db.execute("CREATE TABLE s (ref_id TEXT, amount INTEGER)")
rows = csv.reader(open(sys.argv[1], newline=""), delimiter=";")
next(rows)
db.executemany("INSERT INTO s VALUES (?, ?)", ((r[2], r[6]) for r in rows))
db.execute("CREATE INDEX s_ref ON s (ref_id)")
print(db.execute("""SELECT count(*), sum(s.amount = l.amount AND l.status = 'success')
    FROM ledger.payments l LEFT JOIN s USING (ref_id)""").fetchone(),
    db.execute("SELECT count(*) FROM s WHERE ref_id NOT IN (SELECT ref_id FROM ledger.payments)").fetchone())
"#;
    let mut command = Command::new("python3");
    command
        .args(["-c", script])
        .arg(data.join("inbox/biller_20261118.csv"))
        .arg(data.join("ledger.db"))
        .stdout(File::create(data.join("sql.txt"))?);
    measure(&mut command, &[0])
}
