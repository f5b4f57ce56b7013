//! What a snapshot of a ledger in PostgreSQL shows, and what would make it look emptier than it is.

use std::collections::BTreeMap;

use rekon::domain::key;
use rekon::ledger::{Ledger, Spellings};

use crate::ledger_postgres::{Channel, DAYS, date, place, read_through, wait};
use crate::postgres::Postgres;

#[test]
fn one_snapshot_is_read_whatever_is_written_meanwhile() {
    let database = Postgres::shared().database();
    database.execute(
        "CREATE TABLE payments (ref_id text, amount numeric, at timestamptz);
         INSERT INTO payments VALUES ('a', 1, '2026-11-18 10:00+07'), ('b', 2, '2026-11-18 11:00+07')",
    );
    let role = database.reader();
    let url = database.url_with_password(&role);
    let channel = Channel::new(
        "SELECT ref_id, amount, 'success' AS status, at AS occurred_at FROM payments
         WHERE at >= :from AND at < :to",
    );
    let before = [
        "a 1.00 - success payment 2026-11-18T03:00:00.000Z",
        "b 2.00 - success payment 2026-11-18T04:00:00.000Z",
    ];
    wait(async {
        let mut ledger = Ledger::open(&place(&url)).await.expect("a snapshot");
        // Before the first channel asks, between two, and while one has failed.
        database.execute("UPDATE payments SET amount = 9 WHERE ref_id = 'a'");
        let first = read_through(&mut ledger, &channel).await.expect("rows");
        database.execute("DELETE FROM payments WHERE ref_id = 'b'");
        let broken = Channel::new(&channel.query.replace("'success'", "(amount / 0)::text"));
        let error = read_through(&mut ledger, &broken).await;
        let error = error.expect_err("a division by zero").to_string();
        assert!(error.contains("division by zero"), "{error}");
        database.execute("INSERT INTO payments VALUES ('c', 3, '2026-11-18 12:00+07')");
        let second = read_through(&mut ledger, &channel).await.expect("rows");
        let statuses = BTreeMap::new();
        let (from, to) = DAYS.span(date());
        let keys = ["a", "b", "c"].map(|part| key::encode(&[part])).into();
        let found = ledger
            .look_up(
                &channel.spec(&statuses),
                &keys,
                &Spellings::default(),
                from,
                to,
            )
            .await
            .expect("rows")
            .0;
        assert_eq!(
            (first, second.len(), found.len()),
            (before.map(str::to_owned).into(), 2, 2)
        );
        let mut later = Ledger::open(&place(&url)).await.expect("a snapshot");
        let now = read_through(&mut later, &channel).await.expect("rows");
        assert_eq!(now.len(), 2);
        assert!(
            now[0].starts_with("a 9.00") && now[1].starts_with("c 3.00"),
            "{now:?}"
        );
    });
}

/// `TRUNCATE` and the end of a partition heed no snapshot: what was there is not said to be nothing.
#[test]
fn a_table_emptied_after_the_snapshot_is_no_empty_ledger() {
    let rows =
        "VALUES ('a', 1, timestamptz '2026-11-18 10:00+07'), ('b', 2, '2026-11-18 11:00+07')";
    let partitioned = "PARTITION BY RANGE (at)";
    let one = "CREATE TABLE november PARTITION OF payments FOR VALUES FROM ('2026-11-01') TO ('2026-12-01');
               CREATE TABLE october PARTITION OF payments FOR VALUES FROM ('2026-10-01') TO ('2026-11-01');";
    let copy = "CREATE TABLE fresh (LIKE payments);";
    let swap = "INSERT INTO fresh SELECT * FROM payments; GRANT SELECT ON fresh TO PUBLIC;
                ALTER TABLE payments RENAME TO older; ALTER TABLE fresh RENAME TO payments";
    let copy_and_swap = [copy, swap].concat();
    let staged = "CREATE SCHEMA staging; CREATE TABLE staging.payments (LIKE payments);
                  GRANT SELECT ON staging.payments TO PUBLIC;";
    let turn_in = "INSERT INTO staging.payments SELECT * FROM payments; DROP TABLE payments;
                   ALTER TABLE staging.payments SET SCHEMA public";
    let view = "ALTER TABLE payments RENAME TO older; CREATE VIEW payments AS SELECT * FROM older;
                GRANT SELECT ON payments TO PUBLIC;";
    let turn = format!(
        "{copy} INSERT INTO fresh SELECT * FROM older;
                        CREATE OR REPLACE VIEW payments AS SELECT * FROM fresh"
    );
    let december = "CREATE TABLE december PARTITION OF payments FOR VALUES FROM ('2026-12-01') TO ('2027-01-01')";
    let cases = [
        ("", "", "TRUNCATE payments", Some("payments")),
        ("", "", &copy_and_swap, Some("payments")),
        ("", copy, swap, Some("payments")),
        ("", staged, turn_in, Some("payments")),
        ("", view, &turn, Some("fresh")),
        ("", "", "CREATE INDEX again ON payments (ref_id)", None),
        ("", "", "ALTER TABLE payments ADD COLUMN more int", None),
        (partitioned, one, december, None),
        ("", "", "VACUUM FULL payments", Some("payments")),
        ("", "", "DELETE FROM payments", None),
        ("", "", "VACUUM payments", None),
        (partitioned, one, "TRUNCATE november", Some("november")),
        (partitioned, one, "DROP TABLE november", Some("november")),
        (partitioned, one, "DELETE FROM november", None),
        (
            partitioned,
            one,
            "ALTER TABLE payments DETACH PARTITION november",
            Some("november"),
        ),
        (
            partitioned,
            one,
            "ALTER TABLE payments DETACH PARTITION october",
            Some("october"),
        ),
    ];
    for (how, parts, act, lost) in cases {
        let database = Postgres::shared().database();
        database.execute(&format!(
            "CREATE TABLE payments (ref_id text, amount numeric, at timestamptz) {how}; {parts}
             INSERT INTO payments {rows}"
        ));
        let role = database.reader();
        let url = database.url_with_password(&role);
        let channel = Channel::new(
            "SELECT ref_id, amount, 'success' AS status, at AS occurred_at FROM payments
             WHERE at >= :from AND at < :to",
        );
        wait(async {
            let mut ledger = Ledger::open(&place(&url)).await.expect("a snapshot");
            database.execute(act);
            let read = read_through(&mut ledger, &channel).await;
            match lost {
                None => assert_eq!(read.expect(act).len(), 2, "{act}"),
                Some(table) => {
                    let error = read.expect_err(act).to_string();
                    let said = format!("{table} was emptied, replaced or detached");
                    assert!(error.contains(&said), "{act}: {error}");
                    let again = read_through(&mut ledger, &channel).await;
                    assert!(again.is_err(), "{act}: the snapshot is of no use any more");
                }
            }
        });
    }
}

#[test]
fn policies_that_hide_rows_are_told() {
    let database = Postgres::shared().database();
    database.execute(
        "CREATE TABLE payments (ref_id text, amount numeric, at timestamptz);
         INSERT INTO payments VALUES ('a', 1, '2026-11-18 10:00+07')",
    );
    let role = database.reader();
    let url = database.url_with_password(&role);
    let channel = Channel::new(
        "SELECT ref_id, amount, 'success' AS status, at AS occurred_at FROM payments
         WHERE at >= :from AND at < :to",
    );
    let statuses = BTreeMap::new();
    for (act, hidden, rows) in [
        ("SELECT", false, 1),
        ("ALTER TABLE payments ENABLE ROW LEVEL SECURITY", true, 0),
        ("CREATE POLICY all_of_it ON payments USING (true)", true, 1),
        (&format!("ALTER ROLE {role} BYPASSRLS"), false, 1),
    ] {
        database.execute(act);
        wait(async {
            let mut ledger = Ledger::open(&place(&url)).await.expect("a snapshot");
            let told = ledger.tables_notice(&channel.spec(&statuses)).await;
            let told = told.expect("asked").unwrap_or_default();
            assert_eq!(
                told.contains(&format!("ALTER ROLE {role} BYPASSRLS")),
                hidden,
                "{act}: {told}"
            );
            assert_eq!(
                told.contains("for table \"payments\""),
                hidden,
                "{act}: {told}"
            );
            let read = read_through(&mut ledger, &channel).await.expect("rows");
            assert_eq!(read.len(), rows, "{act}");
        });
    }
}
