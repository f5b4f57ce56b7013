//! A ledger in a hot standby, which spares its primary: the same answers, and what the primary removes.

use std::time::{Duration, Instant};

use crate::bills::{self, breaks, ran, with_breaks};
use crate::harness::Workspace;
use crate::postgres::{Database, Postgres};

const PATIENCE: Duration = Duration::from_secs(30);

/// Whoever reads from a standby waits until all that was written has arrived.
fn caught_up(primary: &Database<'_>, standby: &Postgres) {
    // The database itself may not have arrived.
    let standby = Database {
        server: standby,
        name: "postgres".to_owned(),
    };
    let written = primary.query("SELECT pg_current_wal_lsn()");
    until(
        &standby,
        &format!("SELECT pg_last_wal_replay_lsn() >= '{written}'"),
    );
}

fn until(database: &Database<'_>, condition: &str) {
    let started = Instant::now();
    while database.query(condition) != "t" {
        assert!(started.elapsed() < PATIENCE, "not yet: {condition}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The query takes a while, each time it is asked.
fn slow(workspace: Workspace) -> Workspace {
    let config = workspace.read("rekon.toml");
    let slow = config.replace("FROM payments", "FROM payments, pg_sleep(1.5) AS pause");
    assert_ne!(slow, config, "{}", bills::QUERY);
    workspace.file("rekon.toml", slow)
}

#[test]
fn a_standby_answers_as_its_primary_does() {
    let mut server = Postgres::start();
    let standby = server.standby();
    let primary = server.database();
    primary.execute(bills::BREAKS);
    let reader = primary.reader();
    let writer = primary.role("writer");
    primary.execute(&format!("GRANT SELECT, INSERT ON payments TO {writer}"));
    let copy = Database {
        server: &standby,
        name: primary.name.clone(),
    };
    caught_up(&primary, &standby);

    let expected = breaks(&ran(&with_breaks(&primary.url(&reader)), 0));
    assert!(expected.contains("missing_at_partner"), "{expected}");
    let found = breaks(&ran(&with_breaks(&copy.url(&reader)), 0));
    assert_eq!(found, expected);
    // Nobody writes on a standby, whatever the role may do on its primary.
    let refused = ran(&with_breaks(&primary.url(&writer)), 78).stderr;
    assert!(refused.contains("may write"), "{refused}");
    let found = breaks(&ran(&with_breaks(&copy.url(&writer)), 0));
    assert_eq!(found, expected);

    // What the primary removes while it is read takes the snapshot away.
    let again = std::thread::scope(|scope| {
        let running = scope.spawn(|| ran(&slow(with_breaks(&copy.url(&reader))), 0));
        until(
            &copy,
            "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE query LIKE 'COPY%' AND state = 'active')",
        );
        primary.execute("INSERT INTO payments VALUES ('C3', 1, 0, 'success', '2026-11-01 09:00')");
        primary.execute("DELETE FROM payments WHERE ref_id = 'C3'");
        primary.execute("VACUUM payments");
        running.join().expect("no panic")
    });
    assert_eq!(breaks(&again), expected);
    let told = &again.stderr;
    assert!(told.contains("ledger lost; trying again"), "{told}");
    let log = standby.log();
    assert!(log.contains("conflict with recovery"), "{log}");
}
