//! A ledger in SQLite: every value as it is read, which index look-ups by key lack, and bounds that
//! find nothing.

use rekon::database::Database;
use rekon::ledger::LedgerError;

use crate::bills;
use crate::ledger_mysql::{Channel, open, read, wait};

/// (statements after the table is made, query, what is said)
const TABLE: [(&str, &str, &str); 5] = [
    (
        "",
        PLAIN,
        "look-up by key scans payments: CREATE INDEX rekon_key ON payments (ref_id);",
    ),
    (
        "CREATE INDEX by_time ON payments (created_at);",
        PLAIN,
        "look-up by key scans payments: CREATE INDEX rekon_key ON payments (ref_id);",
    ),
    ("CREATE INDEX by_ref ON payments (ref_id);", PLAIN, ""),
    (
        "CREATE INDEX by_both ON payments (ref_id, created_at);",
        PLAIN,
        "",
    ),
    (
        "CREATE INDEX by_ref ON payments (ref_id);",
        COMPUTED,
        "look-up by key scans payments: an index on what the query selects as ref_id helps",
    ),
];

const PLAIN: &str = "SELECT ref_id, amount, admin_fee, status, created_at AS occurred_at";
const COMPUTED: &str =
    "SELECT upper(ref_id) AS ref_id, amount, admin_fee, status, created_at AS occurred_at";

#[test]
fn a_look_up_without_an_index_is_announced_with_the_index() {
    for (statements, select, said) in TABLE {
        let workspace = bills::workspace("", &[("2026-11-18 09:00:00", "A1", 75_000, "success")]);
        let ledger = workspace.read("ledger.sql");
        workspace.put("ledger.sql", format!("{ledger}{statements}"));
        let config = workspace.read("rekon.toml").replace(PLAIN, select);
        assert!(config.contains(select), "{config}");
        workspace.put("rekon.toml", config);
        let told = workspace.run(["check"]).exits(0).stdout;
        let note = told
            .lines()
            .find(|line| line.starts_with("NOTE  channel biller, ledger query"));
        let expected = match said {
            "" => None,
            said => Some(format!("NOTE  channel biller, ledger query: {said}")),
        };
        assert_eq!(note.map(str::to_owned), expected, "{statements} {select}");
    }
}

/// Seconds since 1970 beside text: SQLite would find nothing, and everything settled would be missing.
#[test]
fn bounds_that_cannot_find_a_row_are_refused() {
    let seconds = "created_at >= :from AND created_at < :to";
    let converted = "datetime(created_at, 'unixepoch', '+7 hours') >= :from \
                     AND datetime(created_at, 'unixepoch', '+7 hours') < :to";
    for (condition, date, code) in [
        (seconds, "2026-11-18", 78),
        (seconds, "2026-11-19", 78),
        (converted, "2026-11-18", 0),
        // A quiet date is none that the bounds cannot find.
        (converted, "2026-11-19", 0),
    ] {
        let workspace = bills::workspace("", &[]);
        // 2026-11-18 09:00 in Jakarta.
        workspace.put(
            "ledger.sql",
            "CREATE TABLE payments (ref_id TEXT, amount INTEGER, admin_fee INTEGER, status TEXT, \
             created_at INTEGER); INSERT INTO payments VALUES ('A1', 75000, 2500, 'success', 1794967200);",
        );
        let config = workspace.read("rekon.toml");
        let config = config
            .replace(
                "created_at AS occurred_at",
                "datetime(created_at, 'unixepoch', '+7 hours') AS occurred_at",
            )
            .replace(seconds, condition);
        workspace.put("rekon.toml", config);
        let row = [("2026-11-18 09:00:00", "A1", 75_000)];
        let rows = if date == "2026-11-18" { &row[..] } else { &[] };
        let name = format!("inbox/biller_{}.csv", date.replace('-', ""));
        bills::put(&workspace, &name, bills::report(rows), 60);
        let as_of = "2026-11-20T11:00:00+07:00";
        let run = workspace
            .run(["run", "--date", date, "--as-of", as_of])
            .exits(code);
        if code == 0 {
            assert!(run.stdout.contains("Complete"), "{}", run.stdout);
        } else {
            let said = "it has an entry of 2026-11-18 that :from = '2026-11-18 00:00:00'";
            assert!(run.stderr.contains(said), "{}", run.stderr);
        }
    }
}

/// A ledger of these statements, and what the channel's query gives of the 18th: an entry a line, or
/// what is refused.
fn answer(statements: &str, channel: &Channel) -> Result<Vec<String>, String> {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("ledger.db");
    let made = rusqlite::Connection::open(&path).expect("a database");
    made.execute_batch(statements).expect(statements);
    made.close().expect("it is closed");
    wait(async {
        let mut ledger = open(&Database::Sqlite(path)).await;
        let answer = read(&mut ledger, channel).await;
        // Whatever came of it, the next question has its answer.
        let again = read(&mut ledger, channel).await;
        let said = |answer: Result<_, LedgerError>| answer.map_err(|error| error.to_string());
        let (answer, again) = (said(answer), said(again));
        assert_eq!(answer, again, "{statements}");
        answer
    })
}

const AT: &str = "'2026-11-18 03:00:00'";

/// (columns of a table, values of its rows, the query, the entries as they are read or what is
/// refused). `{at}` is a stamp of the date.
const READINGS: &[(&str, &str, &str, &str)] = &[
    ("k, a", "('A', 75000)", ALL, "A 7500000 - Success 2026-11-18T03:00:00Z"),
    ("k, a", "('A', 75000.5)", ALL, "A 7500050 - Success 2026-11-18T03:00:00Z"),
    ("k, a", "('A', '75000.50')", ALL, "A 7500050 - Success 2026-11-18T03:00:00Z"),
    // What a column makes of a value is what is read: a whole number in a column of floats, a text.
    ("k TEXT, a REAL", "(7, 75000)", ALL, "7 7500000 - Success 2026-11-18T03:00:00Z"),
    ("k INTEGER, a TEXT", "('7', 75000)", ALL, "7 7500000 - Success 2026-11-18T03:00:00Z"),
    ("k, a", "(7.5, 75000)", ALL, "row 1, column k: a float: a reference is text or a number"),
    ("k, a", "(NULL, 75000)", ALL, "row 1, column k: NULL: the reference is NULL"),
    ("k, a", "('A', NULL)", ALL, "row 1, column amount: NULL: the amount is NULL"),
    ("k, a", "(x'41', 75000)", ALL, "row 1, column k: a blob"),
    // One text that is none does not spoil the others of its batch.
    (
        "k, a",
        "('Ä', 1), (CAST(x'ff' AS TEXT), 2)",
        "SELECT k, a AS amount, 'success' AS status, {at} AS occurred_at FROM t WHERE a < 2",
        "Ä 100 - Success 2026-11-18T03:00:00Z",
    ),
    (
        "k, a",
        "('Ä', 1), (CAST(x'ff' AS TEXT), 2)",
        ALL,
        "row 2, column k: a text that is not UTF-8",
    ),
    (
        "k, a, r",
        "('Ä', 1, CAST(x'ff' AS TEXT)), ('B', 2, 'ok')",
        "SELECT k, a AS amount, 'success' AS status, {at} AS occurred_at, r AS reference FROM t",
        "B 200 - Success 2026-11-18T03:00:00Z ok\nÄ 100 - Success 2026-11-18T03:00:00Z",
    ),
    // Columns that nobody reads, also under one name, and one column for two meanings.
    (
        "k, a, b",
        "('A', 75000, x'00')",
        "SELECT b, k, b, a AS amount, 'success' AS status, {at} AS occurred_at, 1.5 FROM t",
        "A 7500000 - Success 2026-11-18T03:00:00Z",
    ),
    (
        "k, a",
        "('reference', 75000)",
        "SELECT k, k AS reference, a AS amount, a AS fee, 'success' AS status, {at} AS occurred_at FROM t",
        "reference 7500000 7500000 Success 2026-11-18T03:00:00Z reference",
    ),
    // Rows are counted as the query orders them.
    (
        "k, a",
        "('B', NULL), ('C', 1), ('A', 2)",
        "SELECT k, a AS amount, 'success' AS status, {at} AS occurred_at FROM t ORDER BY k",
        "row 2, column amount: NULL",
    ),
    (
        "k, a",
        "('B', 1), ('C', 3), ('A', 2)",
        "SELECT k, a AS amount, 'success' AS status, {at} AS occurred_at FROM t ORDER BY k LIMIT 2",
        "A 200 - Success 2026-11-18T03:00:00Z\nB 100 - Success 2026-11-18T03:00:00Z",
    ),
    // Whatever a query is made of.
    (
        "k, a",
        "('A', 1), ('A', 2), ('B', 3)",
        "WITH q AS (SELECT k, sum(a) AS a FROM t GROUP BY k)
         SELECT k, a AS amount, 'success' AS status, {at} AS occurred_at FROM q -- summed",
        "A 300 - Success 2026-11-18T03:00:00Z\nB 300 - Success 2026-11-18T03:00:00Z",
    ),
    (
        "k, a",
        "('A', 1), ('B', 3)",
        "SELECT k, a AS amount, 'success' AS status, {at} AS occurred_at FROM t WHERE k = 'A'
         UNION ALL SELECT k, a, 'failed', {at} FROM t WHERE k = 'B' AND {at} >= :from AND {at} < :to",
        "A 100 - Success 2026-11-18T03:00:00Z\nB 300 - Failed 2026-11-18T03:00:00Z",
    ),
    ("k, a", "('A', 1)", "SELECT k, a AS amount FROM t", "has no column `occurred_at`"),
    (
        "k, amount",
        "('A', 1)",
        "SELECT t.*, amount - 1 AS Amount, 'success' AS status, {at} AS occurred_at FROM t",
        "selects `amount` more than once",
    ),
    (
        "k, a",
        "('A', '75.000')",
        "SELECT k, a AS amount, 'success' AS status, {at} AS occurred_at FROM t",
        "row 1, column amount: `75.000`: a point before three digits: thousands or decimals?",
    ),
    (
        "k, a",
        "('A', 1)",
        "SELECT k, a AS amount, abs(-9223372036854775807 - a) AS fee, 'success' AS status, \
         {at} AS occurred_at FROM t",
        "the read of channel test broke off: integer overflow",
    ),
    ("k, a", "('A', 1)", "SELECT k FROM nowhere", "does not understand it: no such table: nowhere"),
    (
        "k, a",
        "('A', 1)",
        "SELECT k, a AS amount, 'success' AS status, {at} AS occurred_at FROM t; -- all of it",
        "it does not end where its SELECT ends: near \";\": syntax error",
    ),
    (
        "k, a",
        "('A', 1)",
        "SELECT k, a AS amount, 'success' AS status, {at} AS occurred_at FROM t /* all of it",
        "it does not end where its SELECT ends: incomplete input",
    ),
    // Our own names are none that a ledger could not have.
    (
        "k, a",
        "('A', 1); CREATE TABLE Rekon_Answer AS SELECT 'B' AS k, 2 AS a",
        "SELECT k, a AS amount, 'success' AS status, {at} AS occurred_at FROM t
         UNION ALL SELECT k, a, 'success', {at} FROM Rekon_Answer",
        "A 100 - Success 2026-11-18T03:00:00Z\nB 200 - Success 2026-11-18T03:00:00Z",
    ),
    (
        "k, a",
        "('A', 1)",
        "SELECT k, a AS amount, rekon_take(k), 'success' AS status, {at} AS occurred_at FROM t",
        "does not understand it: no such function: rekon_take",
    ),
];

const ALL: &str = "SELECT k, a AS amount, 'success' AS status, {at} AS occurred_at FROM t";

#[test]
fn a_query_gives_the_entries_it_selects_in_the_order_it_selects_them() {
    for (columns, values, query, expected) in READINGS {
        let statements = format!("CREATE TABLE t ({columns}); INSERT INTO t VALUES {values};");
        let channel = Channel::new(&["k"], &query.replace("{at}", AT));
        match answer(&statements, &channel) {
            Ok(entries) => assert_eq!(entries.join("\n"), *expected, "{values} {query}"),
            Err(said) => assert!(said.contains(expected), "{values} {query}: {said}"),
        }
    }
}

/// Rows travel some hundreds at a time, and fewer where they are long.
#[test]
fn every_row_arrives_wherever_the_batches_end() {
    let query = "SELECT k, a AS amount, 'success' AS status, at AS occurred_at, r AS reference \
                 FROM t WHERE at >= :from AND at < :to";
    for (rows, long) in [
        (0, 0),
        (1, 0),
        (1023, 0),
        (1024, 0),
        (1025, 0),
        (2048, 0),
        (10_000, 0),
        (3000, 1000),
        (5, 700_000),
        // Of a detail some of it is kept, however long it is.
        (3, 3_000_000),
    ] {
        let statements = format!(
            "CREATE TABLE t (k, a, at, r);
             WITH RECURSIVE x (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM x WHERE n < {rows})
             INSERT INTO t SELECT printf('R%09d', n), n, {AT},
                                  CAST(n AS TEXT) || replace(hex(zeroblob({long} / 2)), '00', 'é')
             FROM x WHERE n <= {rows}"
        );
        let entries = answer(&statements, &Channel::new(&["k"], query)).expect("a reading");
        assert_eq!(entries.len(), rows, "{rows} rows of {long}");
        for (number, entry) in (1..=rows).zip(entries) {
            // Of a detail 1,024 bytes are kept, and of a character all of it or nothing.
            let mut detail = format!("{number}{}", "é".repeat(long / 2));
            while detail.len() > 1024 {
                detail.pop();
            }
            let expected =
                format!("R{number:09} {number}00 - Success 2026-11-18T03:00:00Z {detail}");
            assert_eq!(entry, expected);
        }
    }
}

/// A database that is damaged somewhere in the middle ends the reading, and no thread waits for more.
#[test]
fn a_damaged_database_is_no_ledger_of_fewer_rows() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("ledger.db");
    let made = rusqlite::Connection::open(&path).expect("a database");
    made.execute_batch(&format!(
        "CREATE TABLE t (k, a, at);
         WITH RECURSIVE x (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM x WHERE n < 20000)
         INSERT INTO t SELECT printf('R%09d', n), n, {AT} FROM x"
    ))
    .expect("rows");
    made.close().expect("it is closed");
    let whole = std::fs::read(&path).expect("the file");
    let query = "SELECT k, a AS amount, 'success' AS status, at AS occurred_at FROM t";
    let channel = Channel::new(&["k"], query);
    let mut refused = 0;
    for page in 1..whole.len() / 4096 {
        let mut bytes = whole.clone();
        bytes[page * 4096..][..512].fill(0xa5);
        std::fs::write(&path, bytes).expect("the file is damaged");
        let said = wait(async {
            let mut ledger = open(&Database::Sqlite(path.clone())).await;
            read(&mut ledger, &channel).await
        });
        match said {
            Err(LedgerError::Unreachable { reason, .. }) => {
                assert!(
                    reason.contains("broke off: database disk image is malformed"),
                    "{reason}"
                );
                refused += 1;
            }
            other => panic!("page {page}: {:?}", other.map(|entries| entries.len())),
        }
    }
    assert!(refused > 50, "{refused} pages");
}
