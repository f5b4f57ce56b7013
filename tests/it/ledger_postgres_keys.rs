//! Look-ups by key in PostgreSQL: what is found, and that an index finds it.

use std::collections::{BTreeMap, BTreeSet};

use rekon::domain::key::{self, KeyField, Spelling};
use rekon::domain::resolve::Lookup;
use rekon::ledger::{Ledger, Spellings};

use crate::ledger_postgres::{Channel, DAYS, date, part, place, wait};
use crate::postgres::{Database, Postgres};

/// A channel whose day is a table's, with a key of these parts.
fn channel(table: &str, key: &[(&str, Spelling)]) -> Channel {
    let key: Vec<KeyField> = key.iter().map(|(name, how)| part(name, *how)).collect();
    let names: Vec<&str> = key.iter().map(|field| field.name.as_str()).collect();
    let query = format!(
        "SELECT {}, amount, 'success' AS status, at AS occurred_at
         FROM {table} WHERE at >= :from AND at < :to",
        names.join(", ")
    );
    Channel {
        key,
        ..Channel::new(&query)
    }
}

/// Looks keys up over the day and the one before it, with the spellings that the day has.
async fn look_up(ledger: &mut Ledger, channel: &Channel, keys: &BTreeSet<Vec<u8>>) -> Lookup {
    let statuses = BTreeMap::new();
    let spec = channel.spec(&statuses);
    let (from, to) = DAYS.span(date());
    let reading = ledger.read(&spec, from, to).await.expect("a day");
    let (from, _) = DAYS.span(date().pred_opt().expect("a date"));
    ledger
        .look_up(&spec, keys, &reading.spellings, from, to)
        .await
        .unwrap_or_else(|error| panic!("{}: {error}", channel.query))
        .0
}

fn shown(lookup: &Lookup) -> Vec<String> {
    let found = lookup.iter().map(|(key, entries)| {
        let amounts: Vec<String> = entries
            .iter()
            .map(|facts| facts.amount.to_string())
            .collect();
        let mut amounts = amounts;
        amounts.sort();
        format!("{} {}", key::parts(key).join("/"), amounts.join(" "))
    });
    found.collect()
}

/// Type of the key column, spelling, the values in the ledger (their position is their amount),
/// what is asked, and what is found.
#[test]
fn keys_are_found_in_whatever_type_and_spelling_they_are_kept() {
    use Spelling::{Numeric, Text};
    type Case = (
        &'static str,
        Spelling,
        &'static [&'static str],
        &'static [&'static str],
        &'static [&'static str],
    );
    const UUID: &str = "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11";
    let table: &[Case] = &[
        (
            "text",
            Text,
            &["a", "b", "a"],
            &["a", "c"],
            &["a 1.00 3.00"],
        ),
        ("text", Text, &["007", "7"], &["7"], &["7 2.00"]),
        ("text", Text, &["x", "X"], &["X"], &["X 2.00"]),
        (
            "text",
            Text,
            &["it''s", "\\", "$1", "%"],
            &["it's", "\\", "$1", "{%}"],
            &["\\ 2.00", "$1 3.00", "it's 1.00"],
        ),
        (
            "text",
            Numeric,
            &["000007", "7", "7.0", "07"],
            &["7"],
            &["7 1.00 2.00 3.00 4.00"],
        ),
        (
            "text",
            Numeric,
            &[" 7 ", "8", "\u{a0}9\t"],
            &["7", "8", "9"],
            &["7 1.00", "8 2.00", "9 3.00"],
        ),
        (
            "text",
            Text,
            &[" a ", "b"],
            &["a", "b"],
            &["a 1.00", "b 2.00"],
        ),
        (
            "varchar(20)",
            Numeric,
            &["000123", "123"],
            &["123"],
            &["123 1.00 2.00"],
        ),
        (
            "char(8)",
            Numeric,
            &["000123", "123"],
            &["123"],
            &["123 1.00 2.00"],
        ),
        (
            "char(8)",
            Text,
            &["a", " b"],
            &["a", "b"],
            &["a 1.00", "b 2.00"],
        ),
        ("name", Text, &["a"], &["a"], &["a 1.00"]),
        ("citext", Text, &["Ab", "ab"], &["ab"], &["ab 2.00"]),
        (
            "payment_status",
            Text,
            &["pending"],
            &["pending", "no label"],
            &["pending 1.00"],
        ),
        ("code", Text, &["x"], &["x"], &["x 1.00"]),
        (
            "int2",
            Numeric,
            &["7", "32767"],
            &["7", "99999", "x"],
            &["7 1.00"],
        ),
        ("int4", Text, &["7", "8"], &["7", "08"], &["7 1.00"]),
        (
            "int8",
            Numeric,
            &["9223372036854775807", "-1"],
            &["9223372036854775807", "9223372036854775808", "-1"],
            &["-1 2.00", "9223372036854775807 1.00"],
        ),
        (
            "numeric",
            Numeric,
            &["7", "7.00", "8.5"],
            &["7", "8.5", "1e5"],
            &["7 1.00 2.00", "8.5 3.00"],
        ),
        (
            "numeric(30)",
            Text,
            &["12345678901234567890123"],
            &["12345678901234567890123"],
            &["12345678901234567890123 1.00"],
        ),
        (
            "uuid",
            Text,
            &[UUID],
            &[UUID, "A0EEBC99", "x"],
            &["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11 1.00"],
        ),
        ("text", Text, &["a"], &["nul\0"], &[]),
        ("int4", Text, &["7"], &["x"], &[]),
    ];
    let database = Postgres::shared().database();
    database.execute(
        "CREATE SCHEMA extra; CREATE EXTENSION citext SCHEMA extra;
         CREATE TYPE payment_status AS ENUM ('success', 'pending');
         CREATE DOMAIN code AS varchar(20)",
    );
    let mut sql = String::new();
    for (at, (of, _, values, _, _)) in table.iter().enumerate() {
        let of = if *of == "citext" { "extra.citext" } else { of };
        sql.push_str(&format!(
            "CREATE TABLE t{at} (ref_id {of}, amount int, at timestamptz DEFAULT '2026-11-18 10:00+07');"
        ));
        for (amount, value) in values.iter().enumerate() {
            sql.push_str(&format!(
                "INSERT INTO t{at} VALUES ('{value}', {amount} + 1);"
            ));
        }
    }
    database.execute(&sql);
    let role = database.reader();
    database.execute(&format!("GRANT USAGE ON SCHEMA extra TO {role}"));
    wait(async {
        let url = database.url_with_password(&role);
        let mut ledger = Ledger::open(&place(&url)).await.expect("a snapshot");
        for (at, (of, spelling, _, asked, expected)) in table.iter().enumerate() {
            let channel = channel(&format!("t{at}"), &[("ref_id", *spelling)]);
            let keys = asked.iter().map(|part| key::encode(&[part])).collect();
            let found = look_up(&mut ledger, &channel, &keys).await;
            assert_eq!(shown(&found), *expected, "{of} {spelling:?} {asked:?}");
        }
    });
}

#[test]
fn keys_of_three_parts_are_found_whole_within_the_dates_that_are_asked() {
    let database = Postgres::shared().database();
    database.execute(
        "CREATE TABLE payments (merchant text, batch int, reference varchar(6), amount int, at timestamptz);
         INSERT INTO payments VALUES
           ('m', 240101, '000001', 1, '2026-11-18 10:00+07'), ('m', 240102, '000001', 2, '2026-11-17 10:00+07'),
           ('m', 240101, '000002', 3, '2026-11-18 10:00+07'), ('n', 240101, '1', 4, '2026-11-18 10:00+07'),
           ('m', 240101, '1', 5, '2026-11-16 10:00+07'), (' m ', 240102, '000007', 6, '2026-11-18 10:00+07')",
    );
    let role = database.reader();
    let keys = [
        ["m", "240101", "1"],
        ["m", "240102", "1"],
        ["n", "240101", "1"],
        ["n", "240102", "2"],
        ["m", "240102", "7"],
        ["m", "no number", "1"],
    ];
    let channel = channel(
        "payments",
        &[
            ("merchant", Spelling::Text),
            ("batch", Spelling::Numeric),
            ("reference", Spelling::Numeric),
        ],
    );
    let found = wait(async {
        let url = database.url_with_password(&role);
        let mut ledger = Ledger::open(&place(&url)).await.expect("a snapshot");
        look_up(
            &mut ledger,
            &channel,
            &keys.map(|key| key::encode(&key)).into(),
        )
        .await
    });
    let expected = [
        "m/240101/1 1.00",
        "m/240102/1 2.00",
        "m/240102/7 6.00",
        "n/240101/1 4.00",
    ];
    assert_eq!(shown(&found), expected);
}

/// A table of 200,000 rows whose reader's plans are logged.
fn large<'s>(server: &'s Postgres, indexes: &str) -> (Database<'s>, String) {
    let database = server.database();
    database.execute(&format!(
        "CREATE TABLE payments (id int, merchant_id text, batch_number varchar(12), reference_number text,
                                amount numeric(18, 2), at timestamptz);
         INSERT INTO payments
         SELECT n, 'M' || n % 7, (240000 + n / 1000)::text, lpad((n % 1000)::text, 6, '0'), n,
                timestamptz '2026-11-17 00:00+07' + n * interval '0.8 seconds'
         FROM generate_series(1, 200000) AS x (n);
         {indexes};
         ANALYZE payments"
    ));
    let role = database.reader();
    for (setting, value) in [
        ("session_preload_libraries", "auto_explain"),
        ("auto_explain.log_min_duration", "0"),
    ] {
        database.execute(&format!("ALTER ROLE {role} SET {setting} = '{value}'"));
    }
    (database, role)
}

/// The plan by which the server answered the last look-up.
fn last_plan(server: &Postgres) -> String {
    let log = server.log();
    let plans = log.split("Query Text: ").filter(|plan| {
        plan.starts_with("SELECT q.c") && (plan.contains("= ANY ($") || plan.contains("IN (SELECT"))
    });
    let last = plans.last().expect("a look-up was logged");
    let (_, plan) = last
        .rsplit_once("AS rekon_key)")
        .or(last.rsplit_once("= ANY ($1"))
        .expect("its end");
    plan.to_owned()
}

#[test]
fn an_index_on_the_key_answers_and_where_there_is_none_one_scan_does() {
    let server = Postgres::start();
    let one = [("id", Spelling::Numeric)];
    let text = [("reference_number", Spelling::Text)];
    let three = [
        ("merchant_id", Spelling::Text),
        ("batch_number", Spelling::Numeric),
        ("reference_number", Spelling::Numeric),
    ];
    let some: Vec<u32> = (1..=200).map(|n| n * 997).collect();
    let ids: BTreeSet<Vec<u8>> = some.iter().map(|n| key::encode(&[n.to_string()])).collect();
    let references = some
        .iter()
        .take(20)
        .map(|n| key::encode(&[format!("{:06}", n % 1000)]));
    let references: BTreeSet<Vec<u8>> = references.collect();
    let whole = some.iter().map(|n| {
        key::encode(&[
            format!("M{}", n % 7),
            (240_000 + n / 1000).to_string(),
            (n % 1000).to_string(),
        ])
    });
    let whole: BTreeSet<Vec<u8>> = whole.collect();
    type Case<'a> = (
        &'a [(&'a str, Spelling)],
        &'a BTreeSet<Vec<u8>>,
        &'a str,
        &'a str,
        usize,
    );
    let cases: [Case<'_>; 3] = [
        (&one, &ids, "(id)", "id", 200),
        (
            &text,
            &references,
            "(reference_number)",
            "reference_number",
            4000,
        ),
        (
            &three,
            &whole,
            "(reference_number, batch_number, merchant_id)",
            "merchant_id, batch_number, reference_number",
            200,
        ),
    ];
    for (parts, keys, index, advised, rows) in cases {
        for indexed in [true, false] {
            let indexes = match indexed {
                true => format!("CREATE INDEX key_index ON payments {index}"),
                false => "CREATE INDEX at_index ON payments (at)".to_owned(),
            };
            let (database, role) = large(&server, &indexes);
            let url = database.url_with_password(&role);
            let channel = channel("payments", parts);
            let (found, advice) = wait(async {
                let mut ledger = Ledger::open(&place(&url)).await.expect("a snapshot");
                let found = look_up(&mut ledger, &channel, keys).await;
                let statuses = BTreeMap::new();
                let advice = ledger
                    .unindexed(&channel.spec(&statuses), chrono::NaiveDate::default())
                    .await;
                (found, advice.expect("a plan"))
            });
            let found: usize = found.values().map(Vec::len).sum();
            assert_eq!(found, rows, "{index}");
            let plan = last_plan(&server);
            if indexed {
                let by_index = [
                    "Index Scan using key_index",
                    "Bitmap Index Scan on key_index",
                ];
                assert!(
                    by_index.iter().any(|step| plan.contains(step)),
                    "{index}: {plan}"
                );
                assert!(!plan.contains("Seq Scan on payments"), "{index}: {plan}");
                assert_eq!(advice, None, "{index}");
            } else {
                let scans = plan.matches(" on payments").count();
                assert_eq!(scans, 1, "{index}: {plan}");
                let expected = format!(
                    "look-up by key scans 200000 rows: CREATE INDEX ON payments ({advised});"
                );
                assert_eq!(advice.as_deref(), Some(&*expected));
            }
        }
    }
}

/// Tables, query, and what is said of its look-ups; `ok` where an index serves them.
#[test]
fn a_look_up_that_scans_is_announced_with_the_index_that_helps() {
    let tables = "
        CREATE TABLE plain (ref_id text PRIMARY KEY, amount int, at timestamptz);
        CREATE TABLE bare (ref_id text, amount int, at timestamptz);
        CREATE INDEX ON bare (at);
        CREATE TABLE parts (ref_id text, amount int, at timestamptz) PARTITION BY RANGE (at);
        CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM ('1960-01-01') TO ('1970-01-01');
        CREATE TABLE parts_2 PARTITION OF parts FOR VALUES FROM ('1970-01-01') TO ('2030-01-01');
        CREATE TABLE documents (body jsonb, at timestamptz);
        CREATE INDEX ON documents ((body ->> 'ref'));
        CREATE TABLE merchants (id int PRIMARY KEY, name text);
        CREATE TABLE \"Odd Table\" (\"Ref\" text, amount int, at timestamptz);
        CREATE TABLE numbers (ref_id int8, amount int, at timestamptz);
        CREATE INDEX ON numbers (ref_id);
        INSERT INTO bare SELECT n, n, '2026-11-18' FROM generate_series(1, 1000) AS x (n);
        ANALYZE bare";
    let from = |table: &str| {
        format!(
            "SELECT ref_id, amount, 'success' AS status, at AS occurred_at FROM {table} WHERE at >= :from AND at < :to"
        )
    };
    let cases = [
        (from("plain"), "ok"),
        (from("numbers"), "ok"),
        (from("bare"), "look-up by key scans 1000 rows: CREATE INDEX ON bare (ref_id);"),
        (from("parts"), "look-up by key scans all rows: CREATE INDEX ON parts (ref_id);"),
        (
            format!("{} UNION ALL {}", from("plain"), from("bare")),
            "look-up by key scans 1000 rows of bare: an index on what the query selects as ref_id helps",
        ),
        (
            "SELECT body ->> 'ref' AS ref_id, (body ->> 'sum')::numeric AS amount, 'success' AS status, at AS occurred_at
             FROM documents WHERE at >= :from AND at < :to"
                .to_owned(),
            "ok",
        ),
        (
            "SELECT body ->> 'other' AS ref_id, (body ->> 'sum')::numeric AS amount, 'success' AS status, at AS occurred_at
             FROM documents WHERE at >= :from AND at < :to"
                .to_owned(),
            "look-up by key scans all rows of documents: an index on what the query selects as ref_id helps",
        ),
        (
            "SELECT p.ref_id, p.amount, 'success' AS status, p.at AS occurred_at, m.name AS reference
             FROM plain AS p JOIN merchants AS m ON m.id = p.amount WHERE p.at >= :from AND p.at < :to"
                .to_owned(),
            "ok",
        ),
        (
            "SELECT \"Ref\" AS ref_id, amount, 'success' AS status, at AS occurred_at
             FROM \"Odd Table\" WHERE at >= :from AND at < :to"
                .to_owned(),
            "look-up by key scans all rows: CREATE INDEX ON \"Odd Table\" (\"Ref\");",
        ),
    ];
    let database = Postgres::shared().database();
    database.execute(tables);
    let role = database.reader();
    wait(async {
        let url = database.url_with_password(&role);
        let mut ledger = Ledger::open(&place(&url)).await.expect("a snapshot");
        for (query, expected) in &cases {
            let channel = Channel::new(query);
            let statuses = BTreeMap::new();
            let said = ledger
                .unindexed(&channel.spec(&statuses), chrono::NaiveDate::default())
                .await;
            let said = said.unwrap_or_else(|error| panic!("{query}: {error}"));
            assert_eq!(said.as_deref().unwrap_or("ok"), *expected, "{query}");
        }
        // Asking leaves nothing behind: the next look-up may scan again.
        let shown = Spellings::default();
        let channel = Channel::new(&from("bare"));
        let keys = [key::encode(&["7"])].into();
        let (from, to) = DAYS.span(date());
        let statuses = BTreeMap::new();
        let found = ledger
            .look_up(&channel.spec(&statuses), &keys, &shown, from, to)
            .await;
        assert_eq!(found.expect("rows").0.len(), 1);
    });
}
