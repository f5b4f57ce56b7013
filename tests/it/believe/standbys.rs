//! Copies of a ledger that lag behind: what a standby says of itself decides whether a date waits.

use std::time::{Duration, Instant};

use chrono::Utc;
use chrono_tz::Asia::Jakarta;

use crate::bills;
use crate::harness::Workspace;
use crate::mariadb::{MariaDb, PASSWORD as MARIADB_PASSWORD, READER, mysql};
use crate::postgres::{Database, PASSWORD, Postgres};

const TABLE: &str = "
CREATE TABLE payments (ref_id varchar(20), amount bigint, admin_fee bigint, status varchar(20), created_at timestamp(0) NULL);
";

/// Today's date of a biller with one payment on both sides, whose ledger is there.
fn world(url: &str, password: &str, grace: &str) -> (Workspace, String) {
    let today = Utc::now()
        .with_timezone(&Jakarta)
        .format("%Y-%m-%d")
        .to_string();
    let settings = format!("start = \"{today}\"\ntiming_grace = \"{grace}\"");
    let workspace = bills::workspace(&settings, &[]);
    let name = format!("inbox/biller_{}.csv", today.replace('-', ""));
    bills::put(
        &workspace,
        &name,
        bills::report(&[(&format!("{today} 00:00:01"), "A1", 75_000)]),
        60,
    );
    let config = workspace.read("rekon.toml").replace(
        "url  = \"sqlite:ledger.db\"\nload = \"ledger.sql\"",
        &format!("url = \"{url}\"\npassword = \"file:password\""),
    );
    let workspace = workspace
        .file("rekon.toml", config)
        .file("password", password);
    (workspace, today)
}

/// The kind of the finding, or the state; and what was said beside it.
fn concluded(workspace: &Workspace, today: &str) -> (String, String) {
    let now = Utc::now().to_rfc3339();
    let output = workspace.run(["run", "--date", today, "--as-of", &now, "--json"]);
    let result = output.json()["results"][0].clone();
    let found = result["findings"][0]["kind"]
        .as_str()
        .or(result["state"].as_str());
    let found = found.expect("a kind or a state").to_owned();
    let code = if found == "ledger_behind" { 66 } else { 0 };
    assert_eq!(
        output.status,
        Some(code),
        "{}{}",
        output.stdout,
        output.stderr
    );
    (found, output.stderr)
}

fn until(what: &str, mut done: impl FnMut() -> bool) {
    let started = Instant::now();
    while !done() {
        assert!(
            started.elapsed() < Duration::from_secs(30),
            "not yet: {what}"
        );
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_postgres_standby_that_is_behind_makes_a_date_wait_and_an_idle_one_does_not() {
    let mut server = Postgres::start();
    let standby = server.standby();
    let primary = server.database();
    let today = Utc::now()
        .with_timezone(&Jakarta)
        .format("%Y-%m-%d")
        .to_string();
    primary.execute(&format!(
        "{TABLE} INSERT INTO payments VALUES ('A1', 75000, 2500, 'success', '{today} 00:00:01')"
    ));
    let reader = primary.reader();
    let copy = Database {
        server: &standby,
        name: primary.name.clone(),
    };
    let admin = Database {
        server: &standby,
        name: "postgres".to_owned(),
    };
    let level = |condition: &str| {
        let written = primary.query("SELECT pg_current_wal_lsn()");
        until(condition, || {
            admin.query(&format!("SELECT {condition} >= '{written}'")) == "t"
        });
    };
    level("pg_last_wal_replay_lsn()");
    // Longer than the grace ago: nothing was written since, and nothing is missing.
    std::thread::sleep(Duration::from_millis(2500));
    let (workspace, today) = world(&copy.url(&reader), PASSWORD, "1s");
    assert_eq!(concluded(&workspace, &today).0, "complete");

    admin.execute("SELECT pg_wal_replay_pause()");
    primary.execute("UPDATE payments SET amount = 80000");
    level("pg_last_wal_receive_lsn()");
    std::thread::sleep(Duration::from_millis(1500));
    assert_eq!(concluded(&workspace, &today).0, "ledger_behind");
    // Within the grace it is on time.
    let (patient, today) = world(&copy.url(&reader), PASSWORD, "30m");
    assert_eq!(concluded(&patient, &today).0, "complete");

    admin.execute("SELECT pg_wal_replay_resume()");
    level("pg_last_wal_replay_lsn()");
    let (state, _) = concluded(&workspace, &today);
    assert_eq!(state, "complete");
    let breaks = workspace.run(["breaks", "list", "--json"]).exits(0).json();
    assert_eq!(breaks[0]["kind"], "amount_break", "{breaks}");

    // Cut off from its primary it may lack something, or not: the date is judged, and that is said.
    drop(primary);
    server.stop();
    until("the receiver ends", || {
        admin.query("SELECT count(*) FROM pg_stat_wal_receiver") == "0"
    });
    let (state, said) = concluded(&workspace, &today);
    assert_eq!(state, "complete");
    assert!(said.contains("receives nothing from its primary"), "{said}");
}

#[test]
fn a_mariadb_replica_that_stopped_applying_makes_a_date_wait() {
    if mysql().is_some() {
        // Its replication is set up in other words.
        return;
    }
    let source = MariaDb::start_with(&["--server-id=1", "--log-bin=binlog"]);
    let replica = MariaDb::start_with(&["--server-id=2"]);
    source.execute(
        "CREATE USER copier@'%' IDENTIFIED BY 'copies all'; GRANT REPLICATION SLAVE ON *.* TO copier@'%'; RESET MASTER",
    );
    replica.execute(&format!(
        "CHANGE MASTER TO MASTER_HOST='127.0.0.1', MASTER_PORT={}, MASTER_USER='copier', MASTER_PASSWORD='copies all'; START SLAVE",
        source.port
    ));
    let today = Utc::now()
        .with_timezone(&Jakarta)
        .format("%Y-%m-%d")
        .to_string();
    source.ledger(&format!(
        "{TABLE} SET time_zone = '+07:00'; INSERT INTO payments VALUES ('A1', 75000, 2500, 'success', '{today} 00:00:01')"
    ));
    until("the row arrives", || {
        let tables = replica.execute(
            "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'ledger'",
        );
        tables.trim() == "1" && replica.ledger("SELECT count(*) FROM payments").trim() == "1"
    });
    let (workspace, today) = world(&replica.url(), MARIADB_PASSWORD, "1s");
    replica.execute("STOP SLAVE SQL_THREAD");
    source.ledger("UPDATE payments SET amount = 80000");
    until("it is received", || {
        let status = replica.execute("SHOW SLAVE STATUS");
        let columns: Vec<&str> = status.split('\t').collect();
        // Read_Master_Log_Pos and Exec_Master_Log_Pos.
        columns[6] != columns[21]
    });
    // Who may not ask hears nothing.
    assert_eq!(concluded(&workspace, &today).0, "complete");
    replica.execute(&format!("GRANT SLAVE MONITOR ON *.* TO '{READER}'@'%'"));
    let (other, today) = world(&replica.url(), MARIADB_PASSWORD, "1s");
    assert_eq!(concluded(&other, &today).0, "ledger_behind");
    replica.execute("START SLAVE SQL_THREAD");
    until("it is applied", || {
        replica.ledger("SELECT amount FROM payments").trim() == "80000"
    });
    assert_eq!(concluded(&other, &today).0, "complete");
}
