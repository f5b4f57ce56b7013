//! A ledger query that never ends is ended, on every database, and named: `[ledger] timeout`.

use std::time::{Duration, Instant};

use crate::bills::{self, BREAKS, breaks, ran, with_breaks};
use crate::harness::{Output, Workspace};
use crate::mariadb::{MariaDb, PASSWORD};
use crate::postgres::Postgres;

/// With a query that joins something endless, and two seconds for it.
fn endless(workspace: &Workspace, join: &str) {
    let config = workspace.read("rekon.toml");
    let config = config.replace("FROM payments WHERE", &format!("FROM payments{join} WHERE"));
    let config = config.replacen("[ledger]\n", "[ledger]\ntimeout = \"2s\"\n", 1);
    workspace.put("rekon.toml", config);
}

#[track_caller]
fn is_ended(run: impl FnOnce() -> Output) {
    let began = Instant::now();
    let output = run();
    let took = began.elapsed();
    // Once read ahead, and once to judge.
    assert!(
        took < Duration::from_secs(20),
        "{took:?}: {}",
        output.stderr
    );
    for words in [
        "the query of channel biller was still at work after 2 s ([ledger] timeout)",
        "gives it longer",
    ] {
        assert!(output.stderr.contains(words), "{words}: {}", output.stderr);
    }
}

#[test]
fn an_endless_query_of_sqlite_is_ended() {
    let workspace = bills::workspace("", &[("2026-11-18 09:00:00", "A1", 75_000, "success")]);
    let report = bills::report(&[("2026-11-18 09:00:00", "A1", 75_000)]);
    bills::put(&workspace, "inbox/biller_20261118.csv", report, 60);
    let fine = workspace.read("rekon.toml");
    endless(
        &workspace,
        ", (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n)",
    );
    is_ended(|| ran(&workspace, 69));
    is_ended(|| {
        let mut check = workspace.run(["check"]).exits(69);
        check.stderr.push_str(&check.stdout);
        check
    });
    workspace.put("rekon.toml", fine);
    ran(&workspace, 0);
}

#[test]
fn an_endless_query_of_postgres_is_ended_on_its_server_too() {
    let server = Postgres::shared();
    let database = server.database();
    database.execute(BREAKS);
    let role = database.reader();
    let workspace = with_breaks(&database.url(&role));
    let fine = workspace.read("rekon.toml");
    endless(&workspace, ", (SELECT pg_sleep(3600)) AS sleep");
    is_ended(|| ran(&workspace, 69));
    let at_work = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(3600)%' \
                   AND state = 'active' AND pid <> pg_backend_pid()";
    assert_eq!(database.query(at_work).trim(), "0");
    workspace.put("rekon.toml", fine);
    assert!(breaks(&ran(&workspace, 0)).contains("missing_at_partner"));
}

#[test]
fn an_endless_query_of_mariadb_is_ended_on_its_server_too() {
    let server = MariaDb::start();
    server.ledger(&BREAKS.replace("ref_id text", "ref_id varchar(40)"));
    let workspace = with_breaks(&server.url()).file("password", PASSWORD);
    let fine = workspace.read("rekon.toml");
    endless(&workspace, ", (SELECT SLEEP(3600) AS slept) AS sleep");
    is_ended(|| ran(&workspace, 69));
    let at_work = "SELECT COUNT(*) FROM information_schema.processlist \
                   WHERE info LIKE '%SLEEP(3600)%' AND id <> CONNECTION_ID()";
    assert!(
        server.execute(at_work).contains('0'),
        "{}",
        server.execute(at_work)
    );
    workspace.put("rekon.toml", fine);
    assert!(breaks(&ran(&workspace, 0)).contains("missing_at_partner"));
}

#[test]
fn no_time_at_all_is_refused() {
    let workspace = bills::workspace("", &[]);
    for (timeout, said) in [("0s", "ends every query"), ("soon", "is no length of time")] {
        let config = workspace.read("rekon.toml");
        let line = format!("[ledger]\ntimeout = \"{timeout}\"\n");
        workspace.put("other.toml", config.replacen("[ledger]\n", &line, 1));
        let refused = workspace
            .run(["check", "-c", "other.toml"])
            .exits(78)
            .stderr;
        assert!(refused.contains("ledger.timeout"), "{refused}");
        assert!(refused.contains(said), "{refused}");
    }
}
