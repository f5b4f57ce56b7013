//! The ledger is read while a large report is taken in, where that holds up nobody, and what it said
//! meanwhile is judged as if it had been asked afterwards.

use serde_json::Value;

use crate::bills;
use crate::harness::{Output, Workspace};
use crate::ledger_postgres_logins::TABLE;
use crate::postgres::Postgres;

/// So many rows make a report of more than a MiB.
const ROWS: u32 = 20_000;

const SAID: &str = "the ledger was read while a report was";

/// All rows of a day: in the report, of which the ledger lacks the first.
fn rows(day: u32) -> Vec<(String, String, u32)> {
    (0..ROWS)
        .map(|n| {
            let (hour, minute, second) = (1 + n / 3600, n / 60 % 60, n % 60);
            let at = format!("2026-11-{day} {hour:02}:{minute:02}:{second:02}");
            (at, format!("D{day}R{n}"), 10_000 + n)
        })
        .collect()
}

fn report(day: u32) -> String {
    let rows = rows(day);
    let lines: Vec<(&str, &str, u32)> = rows
        .iter()
        .map(|(at, reference, rupiah)| (at.as_str(), reference.as_str(), *rupiah))
        .collect();
    bills::report(&lines)
}

/// What the ledger has of both days; `stamp` writes one as the database wants it.
fn booked(stamp: impl Fn(&str) -> String) -> String {
    let days = [18, 19].map(|day| rows(day).into_iter().skip(1));
    let values: Vec<String> = days
        .into_iter()
        .flatten()
        .map(|(at, reference, rupiah)| {
            format!("('{reference}', {rupiah}, 2500, 'success', {})", stamp(&at))
        })
        .collect();
    format!("INSERT INTO payments VALUES {};", values.join(",\n"))
}

/// A ledger in SQLite that keeps its journal in this mode.
fn in_sqlite(journal: &str) -> Workspace {
    let workspace = bills::workspace("", &[]);
    let ledger = rusqlite::Connection::open(workspace.path().join("ledger.db")).expect("a ledger");
    ledger
        .execute_batch(&format!(
            "PRAGMA journal_mode = {journal};\n{}\n{}",
            bills::ledger(&[]),
            booked(|at| format!("'{at}'"))
        ))
        .expect("its rows");
    workspace
}

/// Runs both dates, with a correction of the first in the ledger between them.
fn two_nights(workspace: &Workspace, correct: impl Fn(&str)) -> (Value, [Output; 2]) {
    let night = |day: u32| {
        let name = format!("inbox/biller_202611{day}.csv");
        bills::put(workspace, &name, report(day), 5);
        let as_of = format!("2026-11-{}T05:00:00+07:00", day + 1);
        workspace.run_args(&["-v", "run", "--json", "--as-of", &as_of])
    };
    let first = night(18);
    assert_eq!(first.status, Some(0), "{}", first.stderr);
    correct("UPDATE payments SET amount = amount + 1 WHERE ref_id = 'D18R7'");
    let second = night(19);
    assert_eq!(second.status, Some(0), "{}", second.stderr);
    let concluded = [
        first.json()["results"].clone(),
        second.json()["results"].clone(),
    ];
    (Value::from(concluded.to_vec()), [first, second])
}

#[test]
fn what_the_ledger_says_while_a_report_is_read_is_judged_all_the_same() {
    let (plain, said) = {
        let workspace = in_sqlite("DELETE");
        two_nights(&workspace, |sql| workspace.change_ledger("ledger.db", sql))
    };
    // A snapshot of this kind would hold up those who write to the ledger.
    assert!(said.iter().all(|one| !one.stderr.contains(SAID)));
    assert_eq!(
        plain[0][0]["breaks"]["missing_in_ledger"]["settlement"]["entries"],
        1
    );
    let dates: Vec<&str> = plain[1]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|result| result["business_date"].as_str())
        .collect();
    assert_eq!(
        dates,
        ["2026-11-18", "2026-11-19"],
        "the correction was noticed"
    );
    assert_eq!(
        plain[1][0]["breaks"]["amount_break"]["ledger"]["entries"],
        1
    );

    let (with_a_log, said) = {
        let workspace = in_sqlite("WAL");
        two_nights(&workspace, |sql| workspace.change_ledger("ledger.db", sql))
    };
    assert!(
        said.iter().all(|one| one.stderr.contains(SAID)),
        "{}",
        said[0].stderr
    );
    assert_eq!(with_a_log, plain);

    let database = Postgres::shared().database();
    let typed = booked(|at| format!("timestamptz '{at}+07'"));
    database.execute(&format!("{TABLE}\n{typed}"));
    let role = database.reader();
    let config = bills::config(&[bills::channel("biller", "")]).replace(
        "url  = \"sqlite:ledger.db\"\nload = \"ledger.sql\"",
        "url = \"file:url\"",
    );
    let url = database.url_with_password(&role);
    let workspace = Workspace::new().config(&config).file("url", url);
    std::fs::create_dir_all(workspace.path().join("inbox")).expect("the inbox");
    let (on_a_server, said) = two_nights(&workspace, |sql| database.execute(sql));
    assert!(
        said.iter().all(|one| one.stderr.contains(SAID)),
        "{}",
        said[0].stderr
    );
    assert_eq!(on_a_server, plain);
}
