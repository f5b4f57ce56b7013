//! Whole runs against a ledger in PostgreSQL: the same results as from SQLite, and the same after a
//! server that was stopped or a connection that was cut on the way.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::harness::{AS_OF, Workspace, repository};
use crate::ledger_postgres_logins::{TABLE, config};
use crate::postgres::{Database, PASSWORD, Postgres};
use crate::proxy::{From, Mode, Proxy, Reach};
use crate::quick_start::quick_start;

const PATIENCE: Duration = Duration::from_secs(60);

/// What a run concluded, as bytes, without what names the run.
fn concluded(mut run: Value) -> String {
    serde_json::to_string_pretty(&run["results"].take()).expect("JSON")
}

/// The sample ledger as it is, and as a database that has types would keep it.
#[test]
fn the_samples_come_to_the_same_from_postgres_as_from_sqlite() {
    let in_sqlite = Workspace::copy_of("sample_reports");
    let expected = concluded(quick_start(&in_sqlite, &["--json"]).exits(66).json());
    let breaks = |workspace: &Workspace| {
        let listed = workspace.run(["breaks", "list", "--json", "--as-of", AS_OF]);
        listed.exits(0).stdout
    };
    let expected_breaks = breaks(&in_sqlite);
    assert!(
        expected_breaks.contains("missing_in_ledger"),
        "{expected_breaks}"
    );
    let sql = std::fs::read_to_string(repository().join("sample_reports/ledger.sql"));
    let sql = sql.expect("the sample ledger");
    let typed = "
        CREATE TYPE order_status AS ENUM ('success', 'pending', 'failed', 'reversed', 'unknown');
        ALTER TABLE ovo_payments
          ALTER created_at TYPE timestamptz USING (created_at || '+00')::timestamptz,
          ALTER amount TYPE numeric(18, 2), ALTER fee TYPE numeric,
          ALTER batch_number TYPE varchar(20), ALTER merchant_id TYPE char(40);
        ALTER TABLE bill_payments
          ALTER created_at TYPE timestamp USING created_at::timestamp,
          ALTER total_amount TYPE int8, ALTER admin_fee TYPE numeric(9);
        ALTER TABLE digital_orders
          ALTER ordered_at TYPE timestamptz(0) USING (ordered_at || '+00')::timestamptz,
          ALTER price TYPE text;
        ALTER TABLE wallet_payments
          ALTER created_at TYPE timestamp(3) USING created_at::timestamp,
          ALTER amount_sen TYPE int8";
    for types in ["", typed] {
        let database = Postgres::shared().database();
        database.execute(&format!("BEGIN; {sql}; COMMIT; {types}"));
        let role = database.reader();
        let workspace = Workspace::copy_of("sample_reports");
        let toml = workspace.read("rekon.toml");
        let at = toml.find("url  = \"sqlite:").expect("its ledger");
        let end = toml[at..].find("\n\n").expect("its end") + at;
        let url = database.url_with_password(&role);
        workspace.put("url", &url);
        let elsewhere = format!("{}url = \"file:url\"{}", &toml[..at], &toml[end..]);
        workspace.put("rekon.toml", elsewhere);
        let run = quick_start(&workspace, &["--json"]).exits(66).json();
        assert_eq!(concluded(run), expected, "{types}");
        assert_eq!(breaks(&workspace), expected_breaks, "{types}");
    }
}

const ROWS: usize = 4000;

/// A ledger whose day takes a while to read, and what the partner reports of it: three of its rows
/// are missing, one has another amount.
fn ledger(server: &Postgres) -> (Database<'_>, String) {
    let database = server.database();
    database.execute(&format!(
        "{TABLE}
         INSERT INTO payments
         SELECT 'R' || n, 10000 + n, 0, 'success', timestamptz '2026-11-18 01:00+07' + n * interval '15 seconds'
         FROM generate_series(1, {ROWS}) AS x (n)"
    ));
    let role = database.reader();
    (database, role)
}

fn workspace(url: &str) -> Workspace {
    let ledger = format!("url = \"{url}\"\npassword = \"file:password\"");
    let workspace = Workspace::new()
        .config(&config(&ledger))
        .file("password", PASSWORD);
    let mut report =
        "timestamp;client_number;ref_id;partner_ref_id;product_code;admin_fee;amount\n".to_owned();
    for n in 4..=ROWS {
        let amount = if n == 9 { 7 } else { 10_000 + n };
        let second = 3600 + n * 15;
        report.push_str(&format!(
            "2026-11-18 {:02}:{:02}:{:02};53{n:010};R{n};{n};pln-postpaid;0;{amount}\n",
            second / 3600,
            second / 60 % 60,
            second % 60
        ));
    }
    workspace.put("inbox/biller_20261118.csv", report);
    let path = workspace.path().join("inbox/biller_20261118.csv");
    let ago = std::time::SystemTime::now() - Duration::from_secs(120);
    let file = std::fs::File::options()
        .write(true)
        .open(path)
        .expect("the report");
    file.set_modified(ago).expect("its time");
    workspace
}

const RUN: [&str; 8] = [
    "run",
    "--date",
    "2026-11-18",
    "--json",
    "--as-of",
    AS_OF,
    "-c",
    "rekon.toml",
];

#[track_caller]
fn judged(run: Value) -> String {
    let result = &run["results"][0];
    assert_eq!(result["state"], "complete", "{run}");
    assert_eq!(result["ledger"]["entries"], ROWS, "{run}");
    let breaks = &result["breaks"];
    assert_eq!(
        breaks["missing_at_partner"]["ledger"]["entries"], 3,
        "{run}"
    );
    assert_eq!(breaks["amount_break"]["ledger"]["entries"], 1, "{run}");
    concluded(run)
}

fn start(workspace: &Workspace) -> Child {
    Command::new(env!("CARGO_BIN_EXE_rekon"))
        .args(RUN)
        .current_dir(workspace.path())
        .env_clear()
        .env("HOME", workspace.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts")
}

#[track_caller]
fn end(run: Child, what: &str) -> Value {
    let output = run.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{what}: {output:?}");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < deadline, "{what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// How many bytes the server sends in a run, and what the run concludes.
fn uninterrupted(proxy: &Proxy, url: &str) -> (u64, String) {
    proxy.arm(Mode::Transparent, Reach::Every);
    let run = end(start(&workspace(url)), "undisturbed");
    let traffic = proxy.traffic();
    assert_eq!(
        traffic.len(),
        1,
        "one snapshot is one connection: {traffic:?}"
    );
    (traffic[0].from_server, judged(run))
}

#[test]
fn a_connection_cut_anywhere_is_opened_anew_and_the_result_is_the_same() {
    let server = Postgres::shared();
    let (database, role) = ledger(server);
    let proxy = Proxy::start(server.port());
    let url = database.url_at(&role, proxy.port());
    let (bytes, expected) = uninterrupted(&proxy, &url);
    assert!(
        bytes > 100_000,
        "the day is read over this connection: {bytes}"
    );
    for step in 0..12 {
        let at = bytes * step / 12;
        proxy.arm(Mode::Cut(From::Server, at), Reach::First);
        let run = end(start(&workspace(&url)), &format!("cut after {at} bytes"));
        assert_eq!(judged(run), expected, "cut after {at} bytes");
        assert_eq!(proxy.traffic().len(), 2, "cut after {at} bytes");
    }
}

#[test]
fn a_server_stopped_anywhere_and_started_again_changes_no_result() {
    let mut server = Postgres::start();
    let (database, role) = ledger(&server);
    let proxy = Proxy::start(server.port());
    let url = database.url_at(&role, proxy.port());
    let (bytes, expected) = uninterrupted(&proxy, &url);
    for step in 0..10 {
        let at = bytes * step / 10;
        // The connection halts there, so that the stop finds the run at that very point.
        proxy.arm(Mode::Stall(From::Server, at), Reach::First);
        let workspace = workspace(&url);
        let mut run = start(&workspace);
        wait_until(&format!("the run gets to {at} of {bytes} bytes"), || {
            let ended = run.try_wait().expect("its status");
            assert_eq!(ended, None, "before {at} of {bytes} bytes");
            proxy
                .traffic()
                .first()
                .is_some_and(|one| one.from_server >= at)
        });
        match step % 2 {
            0 => server.stop_immediately(),
            _ => server.stop(),
        }
        proxy.arm(Mode::Transparent, Reach::Every);
        server.restart();
        let run = end(run, &format!("stopped after {at} bytes"));
        assert_eq!(judged(run), expected, "stopped after {at} bytes");
    }
}

#[test]
fn a_ledger_that_stays_away_is_unreachable_and_nothing_is_concluded() {
    let server = Postgres::shared();
    let (database, role) = ledger(server);
    let proxy = Proxy::start(server.port());
    let url = database.url_at(&role, proxy.port());
    let workspace = workspace(&url);
    proxy.arm(Mode::Cut(From::Server, 90_000), Reach::Every);
    let output = workspace.run_args(&RUN);
    assert_eq!(proxy.traffic().len(), 6, "{output:?}");
    let output = output.exits(69);
    let said = output
        .stderr
        .lines()
        .find(|line| line.contains("tried 6 times"));
    let expected = format!(
        "ledger {}: the connection broke: the server closed it (tried 6 times)",
        &url["postgres://".len()..]
    );
    assert!(
        said.is_some_and(|said| said.ends_with(&expected)),
        "{output:?}"
    );
    assert!(output.stdout.is_empty(), "{output:?}");
    let breaks = workspace.run(["breaks", "list", "--json", "--as-of", AS_OF]);
    assert_eq!(breaks.exits(0).json(), serde_json::json!([]));
    // Back again, the same run completes.
    proxy.arm(Mode::Transparent, Reach::Every);
    judged(workspace.run_args(&RUN).exits(0).json());
}
