//! Queries against MariaDB: where bounds may stand, whose clock they are read by, what is refused
//! and in which words, and that all of it is of one moment.

use std::time::{Duration, Instant};

use rekon::ledger::LedgerError;

use crate::ledger_mysql::{Channel, instant, open, read, shown, the_day, wait};
use crate::mariadb::{MariaDb, PASSWORD, mysql};

const PATIENCE: Duration = Duration::from_secs(30);

/// Settings an administrator may have left that would change what queries mean.
const HOSTILE: &str = "SET GLOBAL init_connect = \"SET time_zone = '+09:00', \
    sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT', sql_select_limit = 1, \
    div_precision_increment = 0, wait_timeout = 1\"; SET GLOBAL time_zone = '-08:00';";

/// (condition with its bounds, the keys it gives of `bounds` below).
const BOUNDS: &[(&str, &str)] = &[
    ("at >= :from AND at < :to", "first last"),
    ("at < :to AND at >= :from", "first last"),
    (
        "at >= :from AND at < :to AND (at >= :from OR at < :to) AND :from < :to",
        "first last",
    ),
    ("at BETWEEN :from AND :to - INTERVAL 1 SECOND", "first last"),
    ("at >= :from AND at < :to AND k <> ':from'", "first last"),
    (
        "at >= :from AND at < :to AND k <> 'it\\'s :to'",
        "first last",
    ),
    (
        "at >= :from AND at < :to AND k <> \"a \\\" :to\"",
        "first last",
    ),
    ("at >= :from AND at < :to -- :from and it's", "first last"),
    ("at >= :from # :to\n AND at < :to", "first last"),
    ("at >= :from /* :to ? ; */ AND at < :to", "first last"),
    (
        "at >= CAST(:from AS DATETIME) AND at < CAST(:to AS DATETIME)",
        "first last",
    ),
    (
        "UNIX_TIMESTAMP(at) >= UNIX_TIMESTAMP(:from) AND UNIX_TIMESTAMP(at) < UNIX_TIMESTAMP(:to)",
        "first last",
    ),
    (
        "at >= :from AND at < :to AND (k = 'first' || k = 'none')",
        "first",
    ),
];

#[test]
fn bounds_stand_anywhere_and_mean_the_ledgers_clock() {
    let server = MariaDb::start();
    server.ledger(
        "CREATE TABLE bounds (k VARCHAR(20), at DATETIME, stamp TIMESTAMP NULL);
         SET time_zone = '+07:00';
         INSERT INTO bounds VALUES ('before', '2026-11-17 23:59:59', '2026-11-17 23:59:59'),
           ('first', '2026-11-18 00:00:00', '2026-11-18 00:00:00'),
           ('last', '2026-11-18 23:59:59', '2026-11-18 23:59:59'),
           ('after', '2026-11-19 00:00:00', '2026-11-19 00:00:00');",
    );
    let select = |at: &str, condition: &str| {
        format!(
            "SELECT k, 1 AS amount, 'success' AS status, {at} AS occurred_at FROM bounds WHERE \
             {condition}"
        )
    };
    for settings in ["", HOSTILE] {
        server.execute(settings);
        wait(async {
            let mut ledger = open(&server.database()).await;
            for (condition, keys) in BOUNDS {
                for (at, zone) in [
                    ("at", "Asia/Jakarta"),
                    ("stamp", "Asia/Jakarta"),
                    ("stamp", "UTC"),
                    ("stamp", "Asia/Kolkata"),
                    ("stamp", "America/St_Johns"),
                    ("at", "Etc/GMT-7"),
                ] {
                    let condition = match at {
                        "stamp" => condition
                            .replace("at ", "stamp ")
                            .replace("(at)", "(stamp)"),
                        _ => (*condition).to_owned(),
                    };
                    let channel = Channel::new(&["k"], &select(at, &condition)).zone(zone);
                    let lines = read(&mut ledger, &channel).await;
                    let lines = lines.unwrap_or_else(|error| panic!("{condition}: {error}"));
                    let expected: Vec<String> = keys
                        .split(' ')
                        .map(|key| {
                            let at = match key {
                                "first" => "2026-11-17T17:00:00Z",
                                _ => "2026-11-18T16:59:59Z",
                            };
                            format!("{key} 100 - Success {at}")
                        })
                        .collect();
                    assert_eq!(lines, expected, "{condition} in {zone} after {settings:?}");
                }
            }
        });
    }
}

#[test]
fn a_clock_that_changes_needs_the_servers_zone_tables() {
    let server = MariaDb::start();
    server.ledger(
        "CREATE TABLE p (k VARCHAR(20), at DATETIME, stamp TIMESTAMP NULL);
         SET time_zone = '+00:00';
         INSERT INTO p VALUES ('a', '2026-10-24 23:30:00', '2026-10-24 21:30:00'),
           ('b', '2026-10-25 04:00:00', '2026-10-25 03:00:00');",
    );
    // Clocks in Berlin are set back on this date, at 01:00 UTC.
    let (from, to) = (
        instant("2026-10-24T17:00:00Z"),
        instant("2026-10-25T17:00:00Z"),
    );
    let channel = |at: &str| {
        let query = format!(
            "SELECT k, 1 AS amount, 'success' AS status, {at} AS occurred_at FROM p \
             WHERE {at} >= :from AND {at} < :to"
        );
        Channel::new(&["k"], &query).zone("Europe/Berlin")
    };
    let both = [
        "a 100 - Success 2026-10-24T21:30:00Z",
        "b 100 - Success 2026-10-25T03:00:00Z",
    ];
    wait(async {
        let mut ledger = open(&server.database()).await;
        let refused = ledger.read(&channel("at").spec(), from, to).await.err();
        assert_eq!(
            refused.expect("refused").to_string(),
            "ledger_query of channel test: the server does not know the time zone Europe/Berlin, \
             whose clock changes between 2026-10-24 and 2026-10-25\n  hint: load its zone tables \
             there: mysql_tzinfo_to_sql /usr/share/zoneinfo | mysql -u root mysql; or keep the \
             ledger's stamps in a zone without clock changes, and declare it as ledger_zone"
        );
        // On any other date an offset is enough.
        let (other_from, other_to) = the_day();
        let empty = ledger
            .read(&channel("at").spec(), other_from, other_to)
            .await;
        assert!(empty.expect("read").entries.is_empty());
    });
    server.know_zone("Europe/Berlin");
    wait(async {
        let mut ledger = open(&server.database()).await;
        for at in ["at", "stamp"] {
            let channel = channel(at);
            let reading = ledger.read(&channel.spec(), from, to).await.expect("read");
            assert_eq!(shown(&channel, &reading), both, "{at}");
        }
    });
    // 02:30 comes twice; which of the two a TIMESTAMP is, the server does not say.
    server.ledger(
        "SET time_zone = '+00:00'; INSERT INTO p VALUES ('c', NULL, '2026-10-25 01:30:00')",
    );
    wait(async {
        let mut ledger = open(&server.database()).await;
        let refused = ledger.read(&channel("stamp").spec(), from, to).await.err();
        let refused = refused.expect("refused").to_string();
        assert!(
            refused.starts_with(
                "ledger_query of channel test, row 3, column occurred_at: 2026-10-25 02:30:00: the \
                 clock of Europe/Berlin was set back: it shows this time twice\n  hint: select it \
                 in UTC: "
            ),
            "{refused}"
        );
        let (_, utc) = refused.split_once("select it in UTC: ").expect("a hint");
        let utc = utc.replace("(x)", "(stamp)");
        let query = format!(
            "SELECT k, 1 AS amount, 'success' AS status, {utc} FROM p WHERE stamp >= :from AND \
             stamp < :to"
        );
        let channel = Channel::new(&["k"], &query).zone("Europe/Berlin");
        let reading = ledger.read(&channel.spec(), from, to).await.expect("read");
        let mut all = both.map(str::to_owned).to_vec();
        all.push("c 100 - Success 2026-10-25T01:30:00Z".to_owned());
        assert_eq!(shown(&channel, &reading), all);
    });
}

/// (query, what it is refused with); `…` stands for the rest of a usual query.
const REFUSED: &[(&str, &str)] = &[
    (
        "SELECT k, d AS amount, status, at AS occurred_at …",
        ": column amount is DOUBLE; an amount is an integer, DECIMAL or text\n  hint: select it exactly: CAST(`d` AS DECIMAL(20,2)) AS `amount`, or better, keep it as DECIMAL",
    ),
    (
        "SELECT k, f AS amount, status, at AS occurred_at …",
        ": column amount is FLOAT; an amount is an integer, DECIMAL or text\n  hint: select it exactly: CAST(`f` AS DECIMAL(20,2)) AS `amount`, or better, keep it as DECIMAL",
    ),
    (
        "SELECT k, amount, d AS fee, status, at AS occurred_at …",
        ": column fee is DOUBLE; an amount is an integer, DECIMAL or text\n  hint: select it exactly: CAST(`d` AS DECIMAL(20,2)) AS `fee`, or better, keep it as DECIMAL",
    ),
    (
        "SELECT k, bits AS amount, status, at AS occurred_at …",
        ": column amount is BIT; an amount is an integer, DECIMAL or text\n  hint: select its number: CAST(`bits` AS UNSIGNED) AS `amount`",
    ),
    (
        "SELECT k, day AS amount, status, at AS occurred_at …",
        ": column amount is DATE; an amount is an integer, DECIMAL or text\n  hint: select the column that holds rupiah AS `amount`",
    ),
    (
        "SELECT d AS k, amount, status, at AS occurred_at …",
        ": column k is DOUBLE; part of a key is an integer, DECIMAL, CHAR, VARCHAR, TEXT, ENUM or a DATE\n  hint: select it exactly: CAST(`d` AS DECIMAL(20,0)) AS `k`",
    ),
    (
        "SELECT bits AS k, amount, status, at AS occurred_at …",
        ": column k is BIT; part of a key is an integer, DECIMAL, CHAR, VARCHAR, TEXT, ENUM or a DATE\n  hint: select its number: CAST(`bits` AS UNSIGNED) AS `k`",
    ),
    (
        "SELECT at AS k, amount, status, at AS occurred_at …",
        ": column k is DATETIME; part of a key is an integer, DECIMAL, CHAR, VARCHAR, TEXT, ENUM or a DATE\n  hint: select text: DATE_FORMAT(`at`, '%Y-%m-%d %H:%i:%s') AS `k`",
    ),
    (
        "SELECT k, amount, d AS status, at AS occurred_at …",
        ": column status is DOUBLE; a status or code is CHAR, VARCHAR, TEXT, ENUM or an integer\n  hint: select it as text: CAST(`d` AS CHAR) AS `status`",
    ),
    (
        "SELECT k, amount, status, n AS kind, at AS occurred_at …",
        ": column kind is INT; a kind is CHAR, VARCHAR, TEXT or ENUM\n  hint: map it: CASE `n` WHEN … THEN 'payment' … END AS `kind`, or select 'payment' AS `kind`",
    ),
    (
        "SELECT k, amount, status, n AS occurred_at …",
        ": column occurred_at is INT; a stamp is DATETIME, TIMESTAMP or text\n  hint: where it counts seconds since 1970: FROM_UNIXTIME(`n`) AS `occurred_at`, and bind UNIX_TIMESTAMP(:from) and UNIX_TIMESTAMP(:to)",
    ),
    (
        "SELECT k, amount, status, day AS occurred_at …",
        ": column occurred_at is DATE; a stamp is DATETIME, TIMESTAMP or text\n  hint: add its time of day: TIMESTAMP(`day`, the_time_column) AS `occurred_at`",
    ),
    (
        "SELECT k, amount, status, t AS occurred_at …",
        ": column occurred_at is TIME; a stamp is DATETIME, TIMESTAMP or text\n  hint: add its date: TIMESTAMP(the_date_column, `t`) AS `occurred_at`",
    ),
    (
        "SELECT k, amount, status, y AS occurred_at …",
        ": column occurred_at is YEAR; a stamp is DATETIME, TIMESTAMP or text\n  hint: select the column that holds the stamp AS `occurred_at`",
    ),
    (
        "SELECT k, amount, status …",
        ": has no column `occurred_at` (a stamp); it selects: k, amount, status\n  hint: name it in the SELECT: … AS occurred_at",
    ),
    (
        "SELECT k, amount, status, at AS occurred_at …",
        ": row 1, column status: `nonsense`: not a known status\n  hint: give each its meaning under `ledger_status` of channel test: one of success, pending, unknown, failed, failed-refunded, reversed; for a response code, in the profile's status table",
    ),
    (
        "SELECT k, amount, 'paid' AS kind, 'PAID' AS status, at AS occurred_at …",
        ", row 1, column kind: `paid`: not a kind\n  hint: map it in the query to one of: payment, void, reversal, refund",
    ),
    (
        "SELEC k …",
        ": the server does not understand it: You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version for the right syntax to use near 'SELEC k FROM p WHERE at >= ? AND at < ?' at line 1\n  hint: try the SELECT in the mysql client with stamps for :from and :to; they are bound as text",
    ),
    (
        "SELECT k, FROM p",
        ": the server does not understand it: You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version for the right syntax to use near 'FROM p' at line 1\n  hint: try the SELECT in the mysql client with stamps for :from and :to; they are bound as text",
    ),
    (
        "SELECT k FROM nowhere",
        ": Table 'ledger.nowhere' doesn't exist\n  hint: check the names in the query, and the database at the end of the URL",
    ),
    (
        "SELECT missing FROM p",
        ": Unknown column 'missing' in 'SELECT'\n  hint: check the names in the query, and the database at the end of the URL",
    ),
    (
        "SELECT k FROM other.p",
        ": SELECT command denied to user 'rekon_reader'@'127.0.0.1' for table `other`.`p`\n  hint: GRANT SELECT ON the table it names TO the account that `url` under [ledger] names",
    ),
    (
        "SELECT k, amount, status, at AS occurred_at FROM p WHERE at >= ? AND at < :to",
        ": has a parameter besides :from and :to at byte 63\n  hint: a ledger query is one SELECT; only :from and :to are bound, any number of times",
    ),
    (
        "SELECT k, amount, status, at AS occurred_at FROM p WHERE at >= :start AND at < :to",
        ": has a parameter besides :from and :to at byte 63\n  hint: a ledger query is one SELECT; only :from and :to are bound, any number of times",
    ),
    (
        "SELECT k, amount, status, at AS occurred_at FROM p WHERE at >= :from; DELETE FROM p",
        ": is more than one statement: a `;` stands at byte 68\n  hint: a ledger query is one SELECT; only :from and :to are bound, any number of times",
    ),
    (
        "SELECT k, amount, status, at AS occurred_at FROM p WHERE k = 'open",
        ": a string that begins at byte 61 does not end\n  hint: a ledger query is one SELECT; only :from and :to are bound, any number of times",
    ),
    (
        "SELECT k, k, amount, 'PAID' AS status, at AS occurred_at …",
        ": selects `k` more than once\n  hint: give it one meaning: where `SELECT p.*` brings one along, select the columns by name instead",
    ),
    (
        "SELECT k, amount, 'PAID' AS status, at AS occurred_at FROM p WHERE at >= :from AND at < :to AND status + 0 = 0",
        ": takes a text for a number, which it is not: Truncated incorrect DOUBLE value\n  hint: leave such rows out in the WHERE, turn them into NULL (NULLIF(x, '')), or compare text with text: CAST(id AS CHAR)",
    ),
    (
        "SELECT k, amount, 'PAID' AS status, at AS occurred_at FROM p WHERE n >= :from AND n < :to",
        ": compares what cannot be compared: Truncated incorrect DECIMAL value: '2026-11-17 17:00:00'\n  hint: compare :from and :to with a DATETIME, a TIMESTAMP or text; a number of seconds becomes one by FROM_UNIXTIME(…)",
    ),
    (
        "DELETE FROM p",
        ": DELETE command denied to user 'rekon_reader'@'127.0.0.1' for table `ledger`.`p`\n  hint: a ledger query is one SELECT",
    ),
    (
        "UPDATE p SET amount = 0 WHERE at >= :from",
        ": UPDATE command denied to user 'rekon_reader'@'127.0.0.1' for table `ledger`.`p`\n  hint: a ledger query is one SELECT",
    ),
    (
        "CREATE TABLE x (k INT)",
        ": CREATE command denied to user 'rekon_reader'@'127.0.0.1' for table `ledger`.`x`\n  hint: a ledger query is one SELECT",
    ),
];

/// MySQL words its own errors otherwise.
fn in_words_of_the_server(expected: &str) -> String {
    let mut expected = expected.to_owned();
    if mysql().is_some() {
        for (mariadb, mysql) in [
            ("MariaDB server version", "MySQL server version"),
            ("in 'SELECT'", "in 'field list'"),
            ("incorrect DECIMAL", "incorrect INTEGER"),
            ("for table `other`.`p`", "for table 'p'"),
            ("for table `ledger`.`p`", "for table 'p'"),
            ("for table `ledger`.`x`", "for table 'x'"),
        ] {
            expected = expected.replace(mariadb, mysql);
        }
    }
    expected
}

#[test]
fn a_query_that_cannot_be_read_is_refused_with_the_way_out() {
    let server = MariaDb::start();
    server.ledger(
        "CREATE TABLE p (k VARCHAR(20), amount INT, status VARCHAR(10), at DATETIME, d DOUBLE,
           f FLOAT, bits BIT(8), j LONGTEXT, n INT, day DATE, t TIME, y YEAR);
         INSERT INTO p (k, amount, status, at, n) VALUES ('a', 1, 'nonsense', '2026-11-18', 5);
         CREATE DATABASE other; CREATE TABLE other.p (k INT);",
    );
    let mut wrong = Vec::new();
    wait(async {
        for (query, expected) in REFUSED {
            let query = query.replace('…', "FROM p WHERE at >= :from AND at < :to");
            let channel = Channel::new(&["k"], &query);
            let mut ledger = open(&server.database()).await;
            let checked = ledger.check(&channel.spec()).await;
            let found = match checked {
                Err(refused) => refused.to_string(),
                Ok(()) => match read(&mut ledger, &channel).await {
                    Err(refused) => refused.to_string(),
                    Ok(lines) => format!("read: {lines:?}"),
                },
            };
            let found = found.trim_start_matches("ledger_query of channel test");
            let expected = in_words_of_the_server(expected);
            if found != expected {
                wrong.push(format!("{query}\n{found}\nnot\n{expected}\n"));
            }
        }
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let left = server.ledger("SELECT count(*) FROM p");
    assert_eq!(left.trim(), "1", "nothing was written");
}

#[test]
fn everything_is_of_the_moment_at_which_the_ledger_was_opened() {
    let server = MariaDb::start();
    server.ledger(
        "CREATE TABLE p (k VARCHAR(20), amount INT, at DATETIME, KEY (k));
         INSERT INTO p VALUES ('a', 1, '2026-11-18'), ('b', 2, '2026-11-18');
         CREATE TABLE loose (k VARCHAR(20), amount INT, at DATETIME) ENGINE=MyISAM;
         CREATE VIEW behind AS SELECT * FROM loose;",
    );
    let channel = |table: &str| {
        Channel::new(
            &["k"],
            &format!(
                "SELECT k, amount, 'success' AS status, at AS occurred_at FROM {table} WHERE \
                 at >= :from AND at < :to"
            ),
        )
    };
    let payments = channel("p");
    wait(async {
        let mut ledger = open(&server.database()).await;
        let before = read(&mut ledger, &payments).await.expect("read");
        server.ledger(
            "UPDATE p SET amount = amount + 1; DELETE FROM p WHERE k = 'a';
             INSERT INTO p VALUES ('c', 3, '2026-11-18')",
        );
        let after = read(&mut ledger, &payments).await.expect("read");
        assert_eq!(before, after);
        assert_eq!(before.len(), 2);
        let mut anew = open(&server.database()).await;
        let now = read(&mut anew, &payments).await.expect("read");
        assert_ne!(before, now);

        assert_eq!(
            ledger.tables_notice(&payments.spec()).await.expect("asked"),
            None
        );
        for table in ["loose", "behind", "ledger.loose AS l"] {
            let said = ledger.tables_notice(&channel(table).spec()).await;
            assert_eq!(
                said.expect("asked").expect("a notice"),
                "reads ledger.loose (MyISAM): that engine keeps no snapshot, so what is written \
                 while a run reads may be seen in part; ALTER TABLE … ENGINE=InnoDB gives it one",
                "{table}"
            );
        }
    });
}

/// What empties a table without heeding snapshots waits for the end of ours.
#[test]
fn a_table_that_is_held_keeps_its_rows_until_the_snapshot_ends() {
    let server = MariaDb::start();
    let channel = Channel::new(
        &["k"],
        "SELECT k, amount, 'success' AS status, at AS occurred_at FROM behind WHERE at >= :from AND \
         at < :to",
    );
    let parts =
        "PARTITION BY RANGE COLUMNS (at) (PARTITION earlier VALUES LESS THAN ('2026-11-18'),
                 PARTITION later VALUES LESS THAN (MAXVALUE))";
    for (how, act, waits) in [
        ("", "TRUNCATE p", true),
        ("", "DELETE FROM p", false),
        ("", "OPTIMIZE TABLE p", true),
        (
            "",
            "RENAME TABLE p TO older; CREATE TABLE p LIKE older",
            true,
        ),
        ("", "DROP TABLE p", true),
        (parts, "ALTER TABLE p TRUNCATE PARTITION later", true),
        (parts, "ALTER TABLE p DROP PARTITION later", true),
        (
            parts,
            "ALTER TABLE p EXCHANGE PARTITION later WITH TABLE bare",
            true,
        ),
        (parts, "DELETE FROM p", false),
    ] {
        server.ledger(&format!(
            "DROP VIEW IF EXISTS behind; DROP TABLE IF EXISTS older, p, bare;
             CREATE TABLE p (k VARCHAR(20), amount INT, at DATETIME) {how};
             CREATE TABLE bare (k VARCHAR(20), amount INT, at DATETIME);
             CREATE VIEW behind AS SELECT * FROM p;
             INSERT INTO p VALUES ('a', 1, '2026-11-18'), ('b', 2, '2026-11-18')"
        ));
        std::thread::scope(|scope| {
            wait(async {
                let mut ledger = open(&server.database()).await;
                ledger.hold(&channel.spec()).await.expect("held");
                let acting = scope.spawn(|| server.ledger(act));
                let begun = Instant::now();
                while !acting.is_finished() {
                    let waiting = server.execute(
                        "SELECT count(*) FROM information_schema.PROCESSLIST \
                     WHERE STATE LIKE 'Waiting for table metadata lock%'",
                    );
                    if waiting.trim() != "0" {
                        break;
                    }
                    assert!(begun.elapsed() < PATIENCE, "{how} {act}");
                }
                assert_eq!(acting.is_finished(), !waits, "{how} {act}");
                let found = read(&mut ledger, &channel).await.expect("read");
                assert_eq!(
                    found.len(),
                    if waits { 2 } else { 0 },
                    "{how} {act}: {found:?}"
                );
            });
        });
    }
}

/// (grants to an account, what it may write as the error says it).
const GRANTS: &[(&str, Option<&str>)] = &[
    ("GRANT SELECT ON ledger.* TO u", None),
    ("GRANT SELECT ON ledger.p TO u", None),
    ("GRANT SELECT (k, amount) ON ledger.p TO u", None),
    (
        "GRANT SELECT, SHOW VIEW, LOCK TABLES, CREATE TEMPORARY TABLES ON ledger.* TO u",
        None,
    ),
    (
        "GRANT SELECT, PROCESS, REPLICATION CLIENT ON *.* TO u",
        None,
    ),
    ("GRANT SELECT ON *.* TO u WITH GRANT OPTION", None),
    (
        "GRANT SELECT ON ledger.* TO u; GRANT INSERT ON ledger.p TO u",
        Some("INSERT ON `ledger`.`p`"),
    ),
    (
        "GRANT SELECT, UPDATE (amount) ON ledger.p TO u",
        Some("UPDATE ON `ledger`.`p`"),
    ),
    (
        "GRANT SELECT, DELETE ON ledger.* TO u",
        Some("DELETE ON `ledger`.*"),
    ),
    (
        "GRANT SELECT, DROP ON ledger.* TO u",
        Some("DROP ON `ledger`.*"),
    ),
    (
        "GRANT SELECT, CREATE, ALTER ON *.* TO u",
        Some("CREATE, ALTER ON *.*"),
    ),
    (
        "GRANT ALL ON ledger.* TO u",
        Some("ALL PRIVILEGES ON `ledger`.*"),
    ),
    (
        "GRANT ALL ON *.* TO u WITH GRANT OPTION",
        Some("ALL PRIVILEGES ON *.*"),
    ),
    (
        "GRANT SELECT ON ledger.* TO u; GRANT SUPER ON *.* TO u",
        Some("SUPER ON *.*"),
    ),
    (
        "GRANT SELECT ON ledger.* TO u; GRANT writer TO u; SET DEFAULT ROLE writer FOR u",
        Some("INSERT, UPDATE ON `ledger`.*"),
    ),
    ("GRANT reader TO u; SET DEFAULT ROLE reader FOR u", None),
];

const ALL_IN_MYSQL: &str = "INSERT, UPDATE, DELETE, CREATE, DROP, INDEX, ALTER, SUPER, CREATE VIEW, \
                            CREATE USER, TRIGGER ON *.*";

#[test]
fn an_account_that_may_write_is_found_out() {
    let server = MariaDb::start();
    server.ledger(
        "CREATE TABLE p (k VARCHAR(20), amount INT);
         CREATE ROLE writer; GRANT INSERT, UPDATE ON ledger.* TO writer;
         CREATE ROLE reader; GRANT SELECT ON ledger.* TO reader;",
    );
    let account = |grants: &str| {
        server.execute(&format!(
            "DROP USER IF EXISTS u; CREATE USER u IDENTIFIED BY '{PASSWORD}'; {grants}"
        ));
        let url = server.url().replace("rekon_reader", "u");
        let secret = secrecy::SecretString::from(PASSWORD);
        rekon::database::Database::parse(&url, std::path::Path::new("/"), Some(&secret))
            .expect("a URL")
    };
    let asked = |grants: &str| {
        let database = account(grants);
        let found = wait(async { open(&database).await.writable().await });
        found.expect("asked").map(|error| error.to_string())
    };
    for (grants, expected) in GRANTS {
        let (mut grants, mut proof) = ((*grants).to_owned(), expected.map(str::to_owned));
        if mysql().is_some() {
            grants = grants.replace(" FOR u", " TO u");
            // MySQL lists what ALL on everything is.
            proof = proof.map(|proof| proof.replace("ALL PRIVILEGES ON *.*", ALL_IN_MYSQL));
        }
        let expected = proof.map(|proof| {
            format!(
                "ledger u@127.0.0.1:{}/ledger: the role may write: {proof}\n  hint: make an \
                 account that reads: CREATE USER 'rekon_reader'@'%' IDENTIFIED BY '…'; GRANT \
                 SELECT ON `ledger`.* TO 'rekon_reader'@'%'; and name it in `url` under [ledger]; \
                 allow_writable_ledger = true there if this one is meant",
                server.port
            )
        });
        assert_eq!(asked(&grants), expected, "{grants}");
    }
    // A server that takes no writes binds everybody but those who may write nevertheless.
    server.execute("SET GLOBAL read_only = 1");
    assert_eq!(asked("GRANT ALL ON ledger.* TO u"), None);
    assert!(asked("GRANT ALL ON *.* TO u").is_some());
    assert!(asked("GRANT SELECT, INSERT ON ledger.* TO u; GRANT SUPER ON *.* TO u").is_some());
}

/// What becomes of a read in the middle of which something happens to the server's side.
#[test]
fn what_passes_is_told_from_what_stays() {
    let server = MariaDb::start();
    server.numbers(100_000);
    server.ledger(
        "SET sql_mode = ''; CREATE TABLE many (k VARCHAR(20), at DATETIME);
         INSERT INTO many VALUES ('bad', 0);
         INSERT INTO many SELECT seq, '2026-11-18' FROM seq_1_to_100000;
         CREATE TABLE p (k VARCHAR(20), at DATETIME); INSERT INTO p VALUES ('a', '2026-11-18');",
    );
    let channel = |more: &str| {
        let query =
            format!("SELECT k, 1 AS amount, 'success' AS status, at AS occurred_at FROM {more}");
        Channel::new(&["k"], &query)
    };
    let (many, payments) = (
        channel("many WHERE :from < :to"),
        channel("p WHERE at >= :from AND at < :to"),
    );
    let killed = |what: &str| {
        let mine = server
            .execute("SELECT ID FROM information_schema.PROCESSLIST WHERE USER = 'rekon_reader'");
        for id in mine.split_whitespace() {
            server.execute(&format!("KILL {what} {id}"));
        }
    };
    // A table that somebody holds is free again some time; the query is right.
    std::thread::scope(|scope| {
        server.execute("SET GLOBAL lock_wait_timeout = 1");
        let holder = scope.spawn(|| server.ledger("LOCK TABLES p WRITE; DO SLEEP(12)"));
        let begun = Instant::now();
        let asked =
            "SELECT count(*) FROM information_schema.PROCESSLIST WHERE INFO LIKE 'DO SLEEP%'";
        while server.execute(asked).trim() == "0" {
            assert!(begun.elapsed() < PATIENCE && !holder.is_finished());
        }
        wait(async {
            let mut ledger = open(&server.database()).await;
            let held = ledger.hold(&payments.spec()).await.expect_err("lost");
            assert!(matches!(held, LedgerError::Lost { .. }), "{held:?}");
            let lost = read(&mut ledger, &payments).await.expect_err("lost");
            assert!(matches!(lost, LedgerError::Lost { .. }), "{lost:?}");
        });
        server.execute("SET GLOBAL lock_wait_timeout = 86400");
    });
    wait(async {
        // A row that cannot be read ends its channel, not the snapshot.
        let mut ledger = open(&server.database()).await;
        let refused = read(&mut ledger, &many).await.expect_err("refused");
        let told = "ledger_query of channel test, row 1, column occurred_at: a zero date";
        assert!(refused.to_string().starts_with(told), "{refused}");
        let lines = read(&mut ledger, &payments).await.expect("read");
        assert_eq!(lines, ["a 100 - Success 2026-11-18T00:00:00Z"]);

        killed("CONNECTION");
        let lost = read(&mut ledger, &payments).await.expect_err("lost");
        assert!(matches!(lost, LedgerError::Lost { .. }), "{lost:?}");

        // A table that changes its shape is not of the snapshot any more.
        let mut ledger = open(&server.database()).await;
        read(&mut ledger, &payments).await.expect("read");
        let mut before = open(&server.database()).await;
        read(&mut before, &many).await.expect_err("the same row");
        drop(ledger);
        server.ledger("ALTER TABLE p ADD COLUMN more INT DEFAULT 1, FORCE");
        let lost = read(&mut before, &payments).await.expect_err("lost");
        assert!(matches!(lost, LedgerError::Lost { .. }), "{lost:?}");
        drop(before);

        server.execute(match mysql() {
            Some(_) => "SET GLOBAL max_execution_time = 200",
            None => "GRANT USAGE ON *.* TO rekon_reader WITH MAX_STATEMENT_TIME 0.2",
        });
        // Longer than a statement may take there.
        let mut ledger = open(&server.database()).await;
        let slow = channel("p WHERE at >= :from AND at < :to AND SLEEP(1) = 0");
        let lines = read(&mut ledger, &slow).await.expect("it has the time");
        assert_eq!(lines, ["a 100 - Success 2026-11-18T00:00:00Z"]);
    });
}
