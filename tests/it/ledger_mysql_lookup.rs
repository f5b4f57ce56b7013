//! Look-ups by key in MariaDB: every type and collation finds what it should, each row once, by an
//! index where there is one.

use std::collections::BTreeSet;

use rekon::domain::key;
use rekon::ledger::{Ledger, Spellings};

use crate::ledger_mysql::{Channel, instant, open, the_day, wait};
use crate::mariadb::{MariaDb, mysql};

/// Keys found and how often, as `key*count`, sorted. Spellings are those of the day's read.
async fn found(ledger: &mut Ledger, channel: &Channel, keys: &[Vec<u8>]) -> Vec<String> {
    let (from, to) = the_day();
    let day = ledger.read(&channel.spec(), from, to).await;
    let spellings = match day {
        Ok(day) => day.spellings,
        Err(error) => panic!("{}: {error}", channel.query),
    };
    found_as(ledger, channel, keys, &spellings).await
}

async fn found_as(
    ledger: &mut Ledger,
    channel: &Channel,
    keys: &[Vec<u8>],
    spellings: &Spellings,
) -> Vec<String> {
    let keys: BTreeSet<Vec<u8>> = keys.iter().cloned().collect();
    let (from, to) = (
        instant("2026-08-20T17:00:00Z"),
        instant("2026-11-19T17:00:00Z"),
    );
    let lookup = ledger
        .look_up(&channel.spec(), &keys, spellings, from, to)
        .await
        .unwrap_or_else(|error| panic!("{}: {error}", channel.query));
    let mut found: Vec<String> = lookup
        .0
        .iter()
        .map(|(key, facts)| format!("{}*{}", key::parts(key).join("/"), facts.len()))
        .collect();
    found.sort();
    found
}

/// (column, its values, key field, keys that are asked for, keys that are found).
const KEYS: &[(&str, &str, &str, &str, &str)] = &[
    (
        "k VARCHAR(20)",
        "('abc'), ('ABC'), ('abd')",
        "k",
        "abc",
        "abc*1",
    ),
    (
        "k VARCHAR(20)",
        "('abc'), ('ABC'), ('abd')",
        "k",
        "abc ABC",
        "ABC*1 abc*1",
    ),
    ("k VARCHAR(20)", "('abc'), ('abc')", "k", "abc", "abc*2"),
    (
        "k VARCHAR(20) CHARACTER SET latin1",
        "('caf\u{e9}'), ('cafe')",
        "k",
        "caf\u{e9} \u{4e2d}",
        "caf\u{e9}*1",
    ),
    (
        "k VARCHAR(20) CHARACTER SET utf8mb3 COLLATE utf8mb3_unicode_ci",
        "('caf\u{e9}'), ('x')",
        "k",
        "caf\u{e9}",
        "caf\u{e9}*1",
    ),
    (
        "k VARCHAR(20) COLLATE utf8mb4_bin",
        "('Ab'), ('ab')",
        "k",
        "ab",
        "ab*1",
    ),
    (
        "k VARCHAR(20) COLLATE utf8mb4_nopad_bin",
        "('ab '), ('cd')",
        "k",
        "ab cd",
        "ab*1 cd*1",
    ),
    (
        "k CHAR(20) CHARACTER SET ascii",
        "('ab'), ('cd')",
        "k",
        "ab",
        "ab*1",
    ),
    ("k TEXT", "('ab'), ('cd')", "k", "ab", "ab*1"),
    ("k ENUM('ab', 'cd')", "('ab'), ('cd')", "k", "ab", "ab*1"),
    ("k VARBINARY(20)", "('ab'), ('AB')", "k", "ab", "ab*1"),
    ("k BLOB", "('ab'), ('cd')", "k", "cd", "cd*1"),
    ("k BINARY(2)", "('ab'), ('cd')", "k", "cd", "cd*1"),
    ("k INT", "(0), (7), (-7)", "k#", "7", "7*1"),
    (
        "k INT",
        "(0), (7), (-7)",
        "k",
        "7 abc 007 1e3 -7",
        "-7*1 7*1",
    ),
    (
        "k BIGINT UNSIGNED",
        "(18446744073709551615), (7)",
        "k",
        "18446744073709551615",
        "18446744073709551615*1",
    ),
    (
        "k DECIMAL(20,0)",
        "(12345678901234567890), (7)",
        "k#",
        "12345678901234567890 7",
        "12345678901234567890*1 7*1",
    ),
    ("k DECIMAL(10,1)", "(7.0), (8.0)", "k#", "7", "7*1"),
    (
        "k VARCHAR(20)",
        "('000007'), ('7'), ('07'), ('8')",
        "k#",
        "7",
        "7*3",
    ),
    (
        "k VARCHAR(20)",
        "('7.0'), ('008.0')",
        "k#",
        "7 8",
        "7*1 8*1",
    ),
    ("k VARCHAR(20)", "('000007'), ('7')", "k", "7", "7*1"),
    (
        "k VARCHAR(20)",
        "(' ab'), ('a b '), ('c')",
        "k",
        "ab c",
        "ab*1 c*1",
    ),
    (
        "k VARCHAR(20)",
        "(CONCAT(CHAR(9), 'ab', _utf8mb4 X'C2A0')), ('c')",
        "k",
        "ab c",
        "ab*1 c*1",
    ),
    (
        "k VARCHAR(20) CHARACTER SET latin1",
        "(' 0007 '), ('0008')",
        "k#",
        "7 8",
        "7*1 8*1",
    ),
    (
        "k DATE",
        "('2026-11-18'), ('2026-11-17')",
        "k",
        "2026-11-18",
        "2026-11-18*1",
    ),
    (
        "k VARCHAR(300)",
        "(REPEAT('x', 250)), ('x')",
        "k",
        "long",
        "long*1",
    ),
];

#[test]
fn a_look_up_finds_each_key_in_whatever_type_it_is_kept() {
    let server = MariaDb::start();
    let mut wrong = Vec::new();
    wait(async {
        for (column, values, field, keys, expected) in KEYS {
            let column = match mysql() {
                Some(_) => column.replace("nopad_bin", "0900_bin"),
                None => (*column).to_owned(),
            };
            server.ledger(&format!(
                "DROP TABLE IF EXISTS t; CREATE TABLE t ({column}); INSERT INTO t VALUES {values};"
            ));
            let long = "x".repeat(250);
            let asked: Vec<Vec<u8>> = keys
                .split(' ')
                .map(|text| key::encode(&[text.replace("long", &long)]))
                .collect();
            for shape in [
                "SELECT k, 1 AS amount, 'success' AS status, :from AS occurred_at FROM t",
                "SELECT k, 1 AS amount, 'success' AS status, '2026-11-18' + INTERVAL 1 HOUR AS \
                 occurred_at FROM t WHERE :from < :to -- and no more",
                "WITH all_of_t AS (SELECT * FROM t) SELECT k, 1 AS amount, 'success' AS status, \
                 :from AS occurred_at FROM all_of_t",
                "SELECT k, 1 AS amount, 'success' AS status, :from AS occurred_at FROM t WHERE k IS \
                 NULL UNION ALL SELECT k, 1, 'success', :from FROM t",
            ] {
                let channel = Channel::new(&[field], shape);
                let mut ledger = open(&server.database()).await;
                let found = found(&mut ledger, &channel, &asked).await.join(" ");
                let found = found.replace(&long, "long");
                if found != *expected {
                    wrong.push(format!(
                        "{column} {values} {keys}: {found}, not {expected}\n{shape}"
                    ));
                }
            }
        }
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

const PAYMENTS: &str = "
    CREATE TABLE payments (id INT AUTO_INCREMENT PRIMARY KEY, merchant VARCHAR(20) NOT NULL,
      batch VARCHAR(12) NOT NULL, reference_no VARCHAR(12) CHARACTER SET latin1 NOT NULL,
      trace INT NOT NULL, note TEXT NOT NULL, at DATETIME NOT NULL, KEY at (at));
    INSERT INTO payments (merchant, batch, reference_no, trace, note, at)
      SELECT CONCAT('M', seq % 7), LPAD(seq DIV 1000, 6, '0'), LPAD(seq % 1000, 6, '0'), seq,
        CONCAT('N', seq), '2026-11-18' + INTERVAL seq % 40000 SECOND FROM seq_1_to_100000;
    ANALYZE TABLE payments;";

/// Rows that the server read of the table so far.
fn rows_read(server: &MariaDb) -> u64 {
    let told = server.execute(match mysql() {
        Some(_) => {
            "SELECT COALESCE(SUM(COUNT_READ), 0) FROM \
             performance_schema.table_io_waits_summary_by_table WHERE OBJECT_NAME = 'payments'"
        }
        None => {
            "SELECT COALESCE(SUM(ROWS_READ), 0) FROM information_schema.TABLE_STATISTICS \
             WHERE TABLE_NAME = 'payments'"
        }
    });
    told.trim().parse().expect("a count")
}

#[test]
fn an_index_on_the_key_answers_and_where_there_is_none_the_check_says_which() {
    let server = MariaDb::start();
    server.numbers(100_000);
    server.ledger(PAYMENTS);
    if mysql().is_none() {
        server.execute("SET GLOBAL userstat = 1");
    }
    let three = (
        Channel::new(
            &["merchant", "batch#", "reference_no#"],
            "SELECT merchant, batch, reference_no, 1 AS amount, 'success' AS status, at AS \
             occurred_at FROM payments WHERE at >= :from AND at < :to",
        ),
        vec![
            key::encode(&["M4", "12", "345"]),
            key::encode(&["M1", "1", "9"]),
            key::encode(&["M0", "99", "1"]),
        ],
        "M0/99/1*1 M1/1/9*1 M4/12/345*1",
        "ledger.payments (merchant, batch, reference_no)",
    );
    let one = |name: &str, keys: [&str; 2], found: &'static str, index: &'static str| {
        let query = format!(
            "SELECT {name}, 1 AS amount, 'success' AS status, at AS occurred_at FROM payments AS p \
             WHERE at >= :from AND at < :to"
        );
        let keys = keys.map(|part| key::encode(&[part])).to_vec();
        (Channel::new(&[name], &query), keys, found, index)
    };
    let cases = [
        three,
        one("trace", ["777", "x"], "777*1", "ledger.payments (trace)"),
        one(
            "note",
            ["N777", "n778"],
            "N777*1",
            "ledger.payments (note(64))",
        ),
    ];
    for (channel, keys, expected, index) in cases {
        let look_up = || {
            let before = rows_read(&server);
            let found = wait(async {
                let mut ledger = open(&server.database()).await;
                let mut spellings = Spellings::default();
                spellings.0.insert(1, BTreeSet::from([6]));
                spellings.0.insert(2, BTreeSet::from([6]));
                let notice = ledger
                    .unindexed(&channel.spec(), chrono::NaiveDate::default())
                    .await
                    .expect("asked");
                let found = found_as(&mut ledger, &channel, &keys, &spellings).await;
                (found.join(" "), notice)
            });
            (found, rows_read(&server) - before)
        };
        let ((found, notice), read) = look_up();
        assert_eq!(found, expected);
        assert!(read >= 100_000, "{index}: {read} rows read");
        let notice = notice.expect("a notice");
        assert!(
            notice.starts_with("no index answers its look-ups by key: each run reads every row")
                && notice.ends_with(&format!("; CREATE INDEX rekon_key ON {index}")),
            "{notice}"
        );
        let (_, statement) = notice.split_once("; ").expect("a statement");
        server.ledger(&format!("{statement}; ANALYZE TABLE payments"));
        let ((found, notice), read) = look_up();
        assert_eq!((found.as_str(), notice), (expected, None), "{index}");
        assert!(read < 20, "{index}: {read} rows read");
        server.ledger("DROP INDEX rekon_key ON payments");
    }
    let computed = Channel::new(
        &["k"],
        "SELECT CONCAT('N', trace) AS k, 1 AS amount, 'success' AS status, at AS occurred_at \
         FROM payments WHERE at >= :from AND at < :to",
    );
    let notice = wait(async {
        open(&server.database())
            .await
            .unindexed(&computed.spec(), chrono::NaiveDate::default())
            .await
    });
    let notice = notice.expect("asked").expect("a notice");
    assert!(notice.contains("the key is computed"), "{notice}");
}

#[test]
fn more_keys_than_the_server_takes_at_once_are_one_question_still() {
    let server = MariaDb::start_with(&["--max-allowed-packet=131072"]);
    server.numbers(9_000);
    server.ledger(
        "CREATE TABLE t (k VARCHAR(40), KEY (k));
         INSERT INTO t SELECT CONCAT('a-rather-long-reference-', seq) FROM seq_1_to_9000;
         INSERT INTO t VALUES ('A-RATHER-LONG-REFERENCE-1')",
    );
    let channel = Channel::new(
        &["k"],
        "SELECT k, 1 AS amount, 'success' AS status, '2026-11-18' + INTERVAL 1 HOUR AS occurred_at \
         FROM t WHERE :from < :to",
    );
    // The upper and the lower case of one key lie in different lists.
    let mut keys: Vec<Vec<u8>> = (1..=9_000)
        .map(|number| key::encode(&[format!("a-rather-long-reference-{number}")]))
        .collect();
    keys.push(key::encode(&["A-RATHER-LONG-REFERENCE-1"]));
    wait(async {
        let mut ledger = open(&server.database()).await;
        let found = found_as(&mut ledger, &channel, &keys, &Spellings::default()).await;
        assert_eq!(found.len(), 9_001);
        assert!(found.iter().all(|key| key.ends_with("*1")), "{found:?}");
    });
}
