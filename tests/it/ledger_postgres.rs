//! A ledger in PostgreSQL, read from a real server: types, bounds, zones, refusals, rights, keys.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::{NaiveDate, SecondsFormat};
use chrono_tz::Tz;
use rekon::database::Database as Place;
use rekon::domain::key::{self, KeyField, Spelling};
use rekon::domain::money::Unit;
use rekon::domain::status::Status;
use rekon::domain::time::BusinessDay;
use rekon::ledger::{Keep, Ledger, LedgerError, Negative, Spec};

use crate::postgres::{Database, Postgres};

pub const UTC_ZONE: Tz = Tz::UTC;
pub const JAKARTA: Tz = Tz::Asia__Jakarta;

/// The business date of every test here, and its instants.
pub fn date() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 18).expect("a date")
}

pub const DAYS: BusinessDay = BusinessDay {
    zone: JAKARTA,
    cutoff: chrono::Duration::zero(),
};

/// A channel with a query, as far as its ledger is concerned.
#[derive(Clone)]
pub struct Channel {
    pub query: String,
    pub zone: Tz,
    pub days: BusinessDay,
    pub key: Vec<KeyField>,
    pub details: Vec<String>,
}

impl Channel {
    pub fn new(query: &str) -> Channel {
        Channel {
            query: query.to_owned(),
            zone: UTC_ZONE,
            days: DAYS,
            key: vec![part("ref_id", Spelling::Text)],
            details: vec!["reference".to_owned()],
        }
    }

    pub fn spec<'a>(&'a self, statuses: &'a BTreeMap<String, Status>) -> Spec<'a> {
        Spec {
            channel: "toko",
            query: &self.query,
            key: &self.key,
            details: &self.details,
            zone: self.zone,
            unit: Unit::Rupiah,
            negative: Negative::Reject,
            days: self.days,
            status: statuses,
            status_of: Box::new(|code, operation| {
                (code == "00").then_some(match operation {
                    "reversal" => Status::Reversed,
                    _ => Status::Success,
                })
            }),
            keep: Keep::Entries,
        }
    }
}

pub fn part(name: &str, spelling: Spelling) -> KeyField {
    KeyField {
        name: name.to_owned(),
        spelling,
    }
}

pub fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(future)
}

pub fn place(url: &str) -> Place {
    Place::parse(url, Path::new("/"), None).expect("a URL")
}

fn entries(reading: &rekon::ledger::Reading, details: &[String]) -> Vec<String> {
    let set = &reading.entries;
    let shown = set.entries.iter().map(|entry| {
        let facts = set.facts(entry, details, date(), None);
        let details: Vec<String> = facts.details.values().map(str::to_owned).collect();
        format!(
            "{} {} {} {} {} {} {}",
            key::parts(set.key(entry)).join("/"),
            facts.amount,
            facts.fee.map_or("-".to_owned(), |fee| fee.to_string()),
            facts.status.name(),
            facts.kind.name(),
            facts.at.to_rfc3339_opts(SecondsFormat::Millis, true),
            details.join(",")
        )
        .trim_end()
        .to_owned()
    });
    let mut shown: Vec<String> = shown.collect();
    shown.sort();
    shown
}

/// Checks and reads a channel's day, as a run does.
pub async fn read_through(
    ledger: &mut Ledger,
    channel: &Channel,
) -> Result<Vec<String>, LedgerError> {
    let statuses = BTreeMap::new();
    let spec = channel.spec(&statuses);
    ledger.check(&spec).await?;
    let (from, to) = channel.days.span(date());
    let mut reading = ledger.read(&spec, from, to).await?;
    match reading.rejected.first.take() {
        Some(rejected) => Err(rejected),
        None => Ok(entries(&reading, &channel.details)),
    }
}

/// A query of one row, of which one column is something else.
fn with(column: &str, expression: &str) -> String {
    let columns = [
        ("ref_id", "'A-1'"),
        ("reference", "'INV'"),
        ("amount", "75000"),
        ("fee", "NULL::numeric"),
        ("status", "'success'"),
        ("kind", "'payment'"),
        ("occurred_at", "timestamptz '2026-11-18 10:00:00+07'"),
    ];
    let selected: Vec<String> = columns
        .iter()
        .map(|(name, usual)| {
            let value = if *name == column { expression } else { usual };
            format!("{value} AS {name}")
        })
        .collect();
    format!(
        "SELECT {} WHERE now() > :from AND now() <> :to",
        selected.join(", ")
    )
}

/// A database with what the expressions of the tables below need, and the URL of a reader.
pub fn typed(server: &'static Postgres) -> (Database<'static>, String) {
    let database = server.database();
    database.execute(
        "CREATE EXTENSION citext;
         CREATE TYPE payment_status AS ENUM ('success', 'pending');
         CREATE DOMAIN rupiah AS numeric(18, 2) CHECK (value >= 0);
         CREATE DOMAIN code AS varchar(20);
         CREATE TYPE pair AS (a int, b int);
         CREATE SCHEMA vault;
         CREATE TABLE vault.payments (created_at timestamptz);
         CREATE TABLE public.secrets (created_at timestamptz)",
    );
    let role = database.reader();
    database.execute(&format!("REVOKE ALL ON public.secrets FROM {role}"));
    let url = database.url_with_password(&role);
    (database, url)
}

#[test]
fn a_stopped_server_comes_back_with_its_data() {
    let mut server = Postgres::start();
    let database = server.database();
    database.execute("CREATE TABLE t (a int); INSERT INTO t VALUES (1), (2)");
    let name = database.name.clone();
    server.stop_immediately();
    server.restart();
    let database = Database {
        server: &server,
        name,
    };
    assert_eq!(
        database.query("SELECT a, 'x' FROM t ORDER BY a"),
        "1|x\n2|x"
    );
    server.stop();
    server.restart();
}

/// Column, expression, and the entry that the row becomes.
#[test]
fn every_type_of_a_payments_table_is_read_as_what_it_is() {
    const USUAL: &str = "A-1 75000.00 - success payment 2026-11-18T03:00:00.000Z INV";
    let amount = |shown: &str| USUAL.replace("75000.00", shown);
    let key = |shown: &str| USUAL.replace("A-1", shown);
    let at = |shown: &str| USUAL.replace("2026-11-18T03:00:00.000", shown);
    let detail = |shown: &str| USUAL.replace("INV", shown).trim_end().to_owned();
    let (_database, url) = typed(Postgres::shared());
    let table: Vec<(&str, &str, String)> = vec![
        ("amount", "30000::int2", amount("30000.00")),
        ("amount", "75000::int4", USUAL.to_owned()),
        ("amount", "75000::int8", USUAL.to_owned()),
        ("amount", "75000::numeric", USUAL.to_owned()),
        ("amount", "75000.00::numeric(18, 2)", USUAL.to_owned()),
        ("amount", "75000.5000::numeric", amount("75000.50")),
        ("amount", "0.01", amount("0.01")),
        ("amount", "0.01", amount("0.01")),
        ("amount", "0::numeric(18, 2)", amount("0.00")),
        ("amount", "1e12::numeric", amount("1000000000000.00")),
        ("amount", "999999999999.99", amount("999999999999.99")),
        ("amount", "12345678.9::rupiah", amount("12345678.90")),
        ("amount", "'75000.25'::text", amount("75000.25")),
        ("amount", "'75000'::char(9)", USUAL.to_owned()),
        ("fee", "1.5::numeric", USUAL.replace(" - ", " 1.50 ")),
        ("fee", "NULL", USUAL.to_owned()),
        ("ref_id", "'x'::varchar(9)", key("x")),
        ("ref_id", "'x'::char(9)", key("x")),
        ("ref_id", "'x'::name", key("x")),
        ("ref_id", "'x'::\"char\"", key("x")),
        ("ref_id", "'xY'::citext", key("xY")),
        ("ref_id", "'x-1'::code", key("x-1")),
        ("ref_id", "'pending'::payment_status", key("pending")),
        ("ref_id", "'Ünïcode ✓'", key("Ünïcode ✓")),
        ("ref_id", "7::int2", key("7")),
        ("ref_id", "-7::int4", key("-7")),
        ("ref_id", "9223372036854775807", key("9223372036854775807")),
        (
            "ref_id",
            "12345678901234567890123",
            key("12345678901234567890123"),
        ),
        ("ref_id", "7.50::numeric", key("7.50")),
        (
            "ref_id",
            "'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'::uuid",
            key("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
        ),
        (
            "ref_id",
            "'{\"ref\": \"j-1\"}'::jsonb ->> 'ref'",
            key("j-1"),
        ),
        ("status", "'success'::payment_status", USUAL.to_owned()),
        ("status", "'success'::citext", USUAL.to_owned()),
        ("kind", "NULL", USUAL.to_owned()),
        ("kind", "'void'::varchar", USUAL.replace("payment", "void")),
        (
            "occurred_at",
            "timestamptz '2026-11-18 10:00:00.123456+07'",
            at("2026-11-18T03:00:00.123"),
        ),
        (
            "occurred_at",
            "timestamp '2026-11-18 03:00:00'",
            USUAL.to_owned(),
        ),
        (
            "occurred_at",
            "timestamp '2026-11-18 03:00:00.9999'",
            at("2026-11-18T03:00:00.999"),
        ),
        (
            "occurred_at",
            "timestamptz '2026-11-18 10:00:00+07' AT TIME ZONE 'UTC'",
            USUAL.to_owned(),
        ),
        (
            "occurred_at",
            "date '2026-11-18'",
            at("2026-11-18T00:00:00.000"),
        ),
        (
            "occurred_at",
            "date '2026-11-18' + time '03:00'",
            USUAL.to_owned(),
        ),
        ("occurred_at", "to_timestamp(1794970800)", USUAL.to_owned()),
        (
            "occurred_at",
            "to_timestamp(1794970800123 / 1000.0)",
            at("2026-11-18T03:00:00.123"),
        ),
        ("occurred_at", "'2026-11-18 03:00:00'", USUAL.to_owned()),
        (
            "occurred_at",
            "'2026-11-18T10:00:00+07:00'::varchar",
            USUAL.to_owned(),
        ),
        // A text of the server is in the session's zone, which is the channel's.
        (
            "occurred_at",
            "timestamptz '2026-11-18 10:00:00+07'::timestamp::text",
            USUAL.to_owned(),
        ),
        ("reference", "true", detail("true")),
        ("reference", "NULL", detail("")),
        ("reference", "12.340::numeric(9, 3)", detail("12.340")),
        (
            "reference",
            "date '2026-11-18'",
            detail("2026-11-18 00:00:00"),
        ),
        (
            "reference",
            "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid",
            detail("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
        ),
        ("reference", "'NaN'::numeric", detail("")),
    ];
    wait(async {
        let mut ledger = Ledger::open(&place(&url)).await.expect("a snapshot");
        for (column, expression, expected) in &table {
            let channel = Channel::new(&with(column, expression));
            let read = read_through(&mut ledger, &channel).await;
            let read = read.unwrap_or_else(|error| panic!("{column} {expression}: {error}"));
            assert_eq!(
                &read[..],
                std::slice::from_ref(expected),
                "{column} {expression}"
            );
        }
    });
}

/// Column, expression and what is said, before a row is read or where it stands. One snapshot for
/// all of them: nothing that is refused spoils it for the next.
#[test]
fn what_cannot_be_reconciled_is_refused_with_the_cast_that_helps() {
    let (database, url) = typed(Postgres::shared());
    let columns = [
        ("amount", "75000::float8"),
        ("amount", "75000::float4"),
        ("amount", "75000::money"),
        ("amount", "'{\"rp\": 1}'::jsonb -> 'rp'"),
        ("amount", "true"),
        ("amount", "'NaN'::numeric"),
        ("amount", "'Infinity'::numeric"),
        ("amount", "1e30::numeric"),
        ("amount", "1e40::numeric"),
        ("amount", "0.001"),
        ("amount", "NULL::int"),
        ("amount", "'seventy'"),
        ("fee", "1.5::float8"),
        ("ref_id", "1.5::float8"),
        ("ref_id", "now()"),
        ("ref_id", "'x'::bytea"),
        ("ref_id", "'{}'::json"),
        ("ref_id", "ARRAY['x']"),
        ("ref_id", "true"),
        ("ref_id", "NULL"),
        ("ref_id", "''"),
        ("ref_id", "interval '1 day'"),
        ("status", "'PAID'"),
        ("status", "'{}'::jsonb"),
        ("status", "NULL::text"),
        ("kind", "1"),
        ("kind", "'sale'"),
        ("occurred_at", "1794970800"),
        ("occurred_at", "1794970800.5"),
        ("occurred_at", "time '03:00'"),
        ("occurred_at", "true"),
        ("occurred_at", "'18/11/2026'"),
        ("occurred_at", "'infinity'::timestamptz"),
        ("occurred_at", "'-infinity'::date"),
        ("occurred_at", "timestamptz '4000-01-01 BC'"),
        (
            "occurred_at",
            "timestamptz '2026-11-18 00:00:00+00' - interval '7 hours 1 second'",
        ),
        ("reference", "'{}'::jsonb"),
        ("reference", "1.5::float8"),
        ("reference", "point '(1, 2)'"),
        ("reference", "row(1, 2)::pair"),
        ("reference", "repeat('x', 2000000)"),
        (
            "reference",
            "1 / (extract(year FROM now())::int - extract(year FROM now())::int)",
        ),
        ("reference", "no_such_column"),
        ("reference", "no_such_function(1)"),
    ];
    let usual = with("", "");
    let queries = [
        "SELECT 1 AS a WHERE now() > :from".to_owned(),
        format!("{usual} AND now() < :tonight"),
        format!("{usual}; DELETE FROM payments"),
        format!("{usual} AND"),
        format!("{usual} AND date '2026-11-18' >= :from\n  AND 5 > :to"),
        format!("{usual} AND time '10:00' < :to"),
        format!("{usual} AND now() < :from + interval '1 day'"),
        format!("{usual} AND :from IS NOT NULL"),
        format!("{usual} AND true = :from"),
        format!("{usual}) TO PROGRAM 'true' --"),
        "DELETE FROM pg_class".to_owned(),
        format!("WITH gone AS (DELETE FROM pg_class RETURNING 1) {usual}"),
        format!("{usual} AND nextval('pg_catalog.no_such'::regclass) = 1"),
        format!("{usual} FOR UPDATE OF pg_class"),
        "SHOW server_version".to_owned(),
        String::new(),
        "SELECT * FROM vault.payments WHERE created_at >= :from AND created_at < :to".to_owned(),
        format!("{usual} AND EXISTS (SELECT FROM secrets)"),
        "SELECT * FROM payments WHERE created_at >= :from AND created_at < :to".to_owned(),
    ];
    let queries = columns
        .iter()
        .map(|(column, expression)| {
            let said = format!("{column}: {expression}");
            (said, with(column, expression))
        })
        .chain(queries.map(|query| (query.replace(&usual, "…"), query)));
    let mut told = String::new();
    wait(async {
        let mut ledger = Ledger::open(&place(&url)).await.expect("a snapshot");
        let noon = BusinessDay {
            cutoff: chrono::Duration::hours(12),
            ..DAYS
        };
        for (said, query) in queries {
            let channel = Channel {
                days: if said.contains("5 > :to") { noon } else { DAYS },
                ..Channel::new(&query)
            };
            let error = read_through(&mut ledger, &channel).await;
            let error = error.expect_err(&said);
            assert!(
                matches!(error, LedgerError::Query { .. } | LedgerError::Data { .. }),
                "{said}: {error:?}"
            );
            told.push_str(&format!("{said}\n{error}\n\n"));
        }
        let usual = read_through(&mut ledger, &Channel::new(&usual)).await;
        assert_eq!(usual.expect("the snapshot is as it was").len(), 1);
    });
    insta::assert_snapshot!(told.replace(&database.name, "[DB]"));
}

/// The bounds as each type that a ledger keeps its stamps in, in three zones, under a server, a
/// database and a role that all set something else.
#[test]
fn bounds_and_stamps_are_in_the_channels_zone_whatever_the_session_is_told() {
    let server = Postgres::shared();
    for zone in [UTC_ZONE, JAKARTA, Tz::Europe__Berlin] {
        let database = server.database();
        // The four instants around the ends of the day, as each type keeps them.
        database.execute(&format!(
            "CREATE TABLE payments (ref_id text, z timestamptz, w timestamp, t text, v varchar(19),
                                    c char(30), d date);
             INSERT INTO payments
             SELECT n, z, w, to_char(w, 'YYYY-MM-DD HH24:MI:SS'), to_char(w, 'YYYY-MM-DD HH24:MI:SS'),
                    to_char(w, 'YYYY-MM-DD HH24:MI:SS'), w::date
             FROM (VALUES ('before', timestamptz '2026-11-17 16:59:59+00'),
                          ('first', '2026-11-17 17:00:00+00'),
                          ('last', '2026-11-18 16:59:59+00'),
                          ('after', '2026-11-18 17:00:00+00')) AS x (n, z),
                  LATERAL (SELECT z AT TIME ZONE '{zone}' AS w) AS y;
             ALTER DATABASE {0} SET timezone = 'Asia/Kathmandu';
             ALTER DATABASE {0} SET datestyle = 'SQL, DMY'",
            database.name
        ));
        let role = database.reader();
        for (setting, value) in [
            ("timezone", "Pacific/Kiritimati"),
            ("datestyle", "German"),
            ("intervalstyle", "iso_8601"),
            ("standard_conforming_strings", "off"),
            ("backslash_quote", "on"),
            ("transform_null_equals", "on"),
            ("statement_timeout", "300ms"),
            ("idle_in_transaction_session_timeout", "300ms"),
            ("lock_timeout", "1ms"),
            ("default_transaction_isolation", "read committed"),
            ("default_transaction_read_only", "off"),
            ("client_encoding", "LATIN1"),
            // Compiling takes longer than the role allows a statement.
            ("jit_above_cost", "0"),
            ("jit_inline_above_cost", "0"),
            ("jit_optimize_above_cost", "0"),
            ("extra_float_digits", "-15"),
        ] {
            database.execute(&format!("ALTER ROLE {role} SET {setting} = '{value}'"));
        }
        let url = database.url_with_password(&role);
        let entry = |name: &str, at: &str| {
            format!("{name} 1.00 - success payment 2026-11-{at}.000Z 7 days")
        };
        let day = [entry("first", "17T17:00:00"), entry("last", "18T16:59:59")];
        let select =
            "SELECT ref_id, 1 AS amount, 'success' AS status, interval '1 week'::text AS reference";
        let halves = |column: &str| {
            format!(
                "{select}, {column} AS occurred_at FROM payments WHERE {column} >= :from AND {column} < :to"
            )
        };
        let mut queries: Vec<String> = ["z", "w", "t", "v", "c"].map(halves).into();
        queries.push(format!(
            "/* :to */ {select}, z AS \"occurred_at\" FROM payments -- :from it's
             WHERE :to > z AND ':from' <> ref_id AND $$:to$$ <> ref_id AND w < :to AND z >= :from
               AND t >= :from AND z >= :from::timestamptz AND z < :to::timestamptz + interval '0'
               AND E'\\':to' <> ref_id AND 'back\\' <> ref_id AND ref_id = NULL IS NULL
             -- and that is all: :to"
        ));
        // Between stamps with and without a zone, the server converts in the channel's zone.
        queries.push(format!(
            "{select}, z::timestamp AS occurred_at FROM payments WHERE z::timestamp >= :from AND w::timestamptz < :to"
        ));
        queries.push(format!(
            "{select}, z::text AS occurred_at FROM payments
             WHERE to_char(z, 'YYYY-MM-DD HH24:MI:SS') >= :from AND z < :to"
        ));
        queries.push(format!(
            "{select}, d + w::time AS occurred_at FROM payments WHERE d + w::time BETWEEN :from AND :to AND d + w::time <> :to"
        ));
        if zone == JAKARTA {
            queries.push(format!(
                "{select}, z AS occurred_at FROM payments WHERE d >= :from AND z::date < :to"
            ));
        }
        wait(async {
            let mut ledger = Ledger::open(&place(&url)).await.expect("a snapshot");
            for query in &queries {
                let channel = Channel {
                    zone,
                    ..Channel::new(query)
                };
                let read = read_through(&mut ledger, &channel).await;
                let read = read.unwrap_or_else(|error| panic!("{zone}: {query}: {error}"));
                assert_eq!(read, day, "{zone}: {query}");
            }
            let other = format!(
                "{select}, to_char(w, 'DD/MM/YYYY')::timestamp AS occurred_at FROM payments WHERE w >= :from AND w < :to"
            );
            let refused = read_through(
                &mut ledger,
                &Channel {
                    zone,
                    ..Channel::new(&other)
                },
            )
            .await;
            let refused = refused.expect_err("of another order").to_string();
            assert!(refused.contains("to_timestamp(x, 'DD/MM/YYYY"), "{refused}");
            // Longer than the role allows a statement, and a transaction that waits.
            let slow = format!("{} AND pg_sleep(0.4) IS NOT NULL", halves("z"));
            let channel = Channel {
                zone,
                ..Channel::new(&slow)
            };
            let read = read_through(&mut ledger, &channel).await;
            assert_eq!(read.expect("it has the time"), day);
        });
    }
}

/// A row beyond the limits, or wrong, in the middle of many: the channel fails, the next one reads.
#[test]
fn a_row_that_stops_one_channel_leaves_the_connection_to_the_next() {
    let (_database, url) = typed(Postgres::shared());
    let rows = |amount: &str| {
        format!(
            "SELECT n AS ref_id, {amount} AS amount, 'success' AS status, :from::timestamptz AS occurred_at
             FROM generate_series(1, 50000) AS x (n) WHERE now() <> :to"
        )
    };
    let cases = [
        (
            "CASE n WHEN 30000 THEN NULL ELSE n END",
            "row 30000, column amount: NULL",
        ),
        (
            "CASE n WHEN 30000 THEN repeat('9', 1048577) ELSE '1' END",
            "row 30000, column amount: a value of 1048577 bytes",
        ),
        ("n / (n - 30000)", "division by zero"),
    ];
    wait(async {
        let mut ledger = Ledger::open(&place(&url)).await.expect("a snapshot");
        for (amount, expected) in cases {
            let error = read_through(&mut ledger, &Channel::new(&rows(amount))).await;
            let error = error.expect_err(amount).to_string();
            assert!(error.contains(expected), "{amount}: {error}");
            let read = read_through(&mut ledger, &Channel::new(&rows("n"))).await;
            assert_eq!(read.expect("all rows").len(), 50_000);
        }
    });
}
