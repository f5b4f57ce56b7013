//! Health pings and JSON logs of real runs, against a listener that is none of ours.

use std::net::TcpListener;

use crate::bills;
use crate::certificates::certificates;
use crate::harness::Workspace;
use crate::listener::{Check, Manner};

const ROW: (&str, &str, u32) = ("2026-11-18 09:00:05", "K1", 50_000);

/// A date with its file and its ledger; `more` is added to the configuration.
fn world(more: &str) -> Workspace {
    let workspace = bills::workspace("", &[("2026-11-18 09:00:00", "K1", 50_000, "success")]);
    bills::put(
        &workspace,
        "inbox/biller_20261118.csv",
        bills::report(&[ROW]),
        60,
    );
    let config = workspace.read("rekon.toml") + more;
    workspace.put("rekon.toml", config);
    workspace
}

/// A ledger that nobody serves.
fn lose_the_ledger(workspace: &Workspace) {
    let closed = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = closed.local_addr().expect("its address").port();
    drop(closed);
    let config = workspace.read("rekon.toml").replace(
        "url  = \"sqlite:ledger.db\"\nload = \"ledger.sql\"",
        &format!("url  = \"postgres://reader@127.0.0.1:{port}/ledger?sslmode=disable\""),
    );
    workspace.put("rekon.toml", config);
}

#[test]
fn a_run_pings_its_start_and_its_success_with_a_line_about_it() {
    let check = Check::start(Manner::Well);
    let workspace = world(&check.config());
    workspace.run(["run"]).exits(0);
    let pings = check.pings();
    assert_eq!(pings.len(), 2, "{pings:?}");
    assert_eq!(pings[0], ("/ping/s3cret/start".to_owned(), String::new()));
    assert_eq!(pings[1].0, "/ping/s3cret");
    assert_eq!(
        pings[1].1,
        "exit 0: 1 dates reconciled, 1 complete, 0 open breaks"
    );
}

#[test]
fn a_missing_file_is_a_run_that_worked_and_a_lost_ledger_is_none() {
    let check = Check::start(Manner::Well);
    let workspace = world(&check.config());
    workspace.remove("inbox/biller_20261118.csv");
    workspace.run(["run"]).exits(66);
    let pings = check.pings();
    assert_eq!(pings[1].0, "/ping/s3cret", "{pings:?}");
    assert!(pings[1].1.starts_with("exit 66: "), "{pings:?}");

    lose_the_ledger(&workspace);
    let failed = workspace.run(["run"]).exits(69);
    assert!(!failed.stderr.contains("s3cret"), "{}", failed.stderr);
    let pings = check.pings();
    assert_eq!(pings[1].0, "/ping/s3cret/69", "{pings:?}");
    assert_eq!(pings[1].1, "exit 69: ledger unreachable");

    let status = workspace.run(["status"]).exits(0);
    assert!(
        status.stdout.contains("Last run: failed "),
        "{}",
        status.stdout
    );
    assert!(
        status.stdout.contains("with exit code 69: ledger"),
        "{}",
        status.stdout
    );
    let last = workspace.run(["status", "--json"]).json()["failed_run"].clone();
    assert_eq!(last["exit_code"], 69, "{last}");
}

/// Over TLS, and only to a check that proves who it is; the address is shown in neither case.
#[test]
fn a_ping_over_tls_reaches_the_check_it_is_meant_for_and_no_other() {
    let certificates = certificates();
    for (identity, refused) in [
        (&certificates.good, false),
        (&certificates.untrusted, true),
        (&certificates.wrong_host, true),
        (&certificates.expired, true),
    ] {
        let check = Check::start_with_tls(identity);
        let workspace = world(&check.config());
        workspace.put("ca.pem", &certificates.ca);
        let trusted = workspace.path().join("ca.pem").display().to_string();
        let run = workspace
            .run_with(&["run"], &[("SSL_CERT_FILE", &trusted)])
            .exits(0);
        assert!(!run.stderr.contains("s3cret"), "{}", run.stderr);
        let paths = check.paths();
        if refused {
            assert_eq!(paths, Vec::<String>::new());
            assert!(
                run.stderr.contains("health.ping: TLS failed"),
                "{}",
                run.stderr
            );
        } else {
            assert_eq!(paths, ["/ping/s3cret/start", "/ping/s3cret"]);
        }
    }
}

#[test]
fn a_part_of_the_work_or_a_dry_run_says_nothing_about_the_night() {
    let check = Check::start(Manner::Well);
    let workspace = world(&check.config());
    workspace.run(["run", "--date", "2026-11-18"]).exits(0);
    workspace.run(["run", "--channel", "biller"]).exits(0);
    workspace.run(["run", "--dry-run"]).exits(0);
    assert_eq!(check.paths(), Vec::<String>::new());
}

#[test]
fn a_busy_check_is_tried_once_more() {
    let check = Check::start(Manner::SecondTime);
    let workspace = world(&check.config());
    let run = workspace.run(["run"]).exits(0);
    assert_eq!(run.stderr, "");
    assert_eq!(
        check.paths(),
        [
            "/ping/s3cret/start",
            "/ping/s3cret/start",
            "/ping/s3cret",
            "/ping/s3cret"
        ]
    );
}

#[test]
fn a_check_that_is_gone_dead_or_stalled_changes_no_run() {
    for (manner, said) in [
        (Some(Manner::Gone), "health.ping: answered 404"),
        (Some(Manner::Stalled), "health.ping: no answer within 10 s"),
        (None, "health.ping: nobody answers there"),
    ] {
        let check = Check::start(manner.unwrap_or(Manner::Well));
        let mut settings = check.config();
        if manner.is_none() {
            let closed = TcpListener::bind("127.0.0.1:0").expect("a port");
            let port = closed.local_addr().expect("its address").port();
            settings = settings.replace(&check.port.to_string(), &port.to_string());
        }
        let workspace = world(&settings);
        let run = workspace.run(["run", "--json"]).exits(0);
        assert!(run.stderr.contains(said), "{manner:?}: {}", run.stderr);
        assert!(!run.stderr.contains("s3cret"), "{}", run.stderr);
        assert_eq!(run.json()["results"][0]["state"], "complete");
    }
}

#[test]
fn every_line_of_a_runs_json_log_names_the_run() {
    let workspace = world("");
    let output = workspace
        .run(["run", "--json", "-v", "--log-format", "json"])
        .exits(0);
    let run = output.json()["run"].clone();
    let mut of_the_run = 0;
    for line in output.stderr.lines().filter(|line| line.starts_with('{')) {
        let event: serde_json::Value = serde_json::from_str(line).expect("a line of JSON");
        assert_eq!(event["span"]["run"], run, "{event}");
        of_the_run += 1;
    }
    assert!(of_the_run >= 2, "{}", output.stderr);
}
