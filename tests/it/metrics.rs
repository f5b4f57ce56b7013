//! The figures for Prometheus, read by a strict reader of its text format.

use std::collections::BTreeMap;

use crate::bills;
use crate::harness::Workspace;

/// Value by name and labels as written; panics at whatever Prometheus would refuse.
#[track_caller]
pub fn parsed(text: &str) -> BTreeMap<String, f64> {
    assert!(text.ends_with('\n'), "the last line has no end");
    let name = r"[a-zA-Z_:][a-zA-Z0-9_:]*";
    let label = r#"[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*""#;
    let sample = format!(r"^({name})(\{{{label}(?:,{label})*\}})? (-?[0-9]+(?:\.[0-9]+)?)$");
    let sample = regex::Regex::new(&sample).expect("a pattern");
    let mut family = (String::new(), false);
    let mut families = Vec::new();
    let mut found = BTreeMap::new();
    for line in text.lines() {
        if let Some(help) = line.strip_prefix("# HELP ") {
            let name = help.split(' ').next().expect("a name").to_owned();
            assert!(!families.contains(&name), "{name} comes twice");
            families.push(name.clone());
            family = (name, false);
        } else if let Some(kind) = line.strip_prefix("# TYPE ") {
            assert_eq!(kind, format!("{} gauge", family.0));
            family.1 = true;
        } else {
            let captured = sample
                .captures(line)
                .unwrap_or_else(|| panic!("no sample: {line}"));
            assert!(family.1 && captured[1] == family.0, "{line}: of no family");
            let value: f64 = captured[3].parse().expect("a number");
            let key = line.rsplit_once(' ').expect("a value").0.to_owned();
            assert_eq!(found.insert(key, value), None, "{line}: twice");
        }
    }
    found
}

const CHANNELS: [&str; 2] = ["biller", "a \"b\" \\ c"];

fn world() -> Workspace {
    let channels = [
        bills::channel(CHANNELS[0], "due = \"10:00\""),
        bills::channel("late", "due = \"10:00\"").replace("\"inbox\"", "\"elsewhere\""),
    ];
    let workspace = Workspace::new()
        .config(&(bills::config(&channels) + "\n[metrics]\nfile = \"prom/rekon.prom\"\n"))
        .ledger_sql(&bills::ledger(&[
            ("2026-11-18 09:00:00", "K1", 50_000, "success"),
            ("2026-11-18 10:00:00", "K2", 60_000, "success"),
        ]));
    for folder in ["inbox", "elsewhere", "prom"] {
        std::fs::create_dir(workspace.path().join(folder)).expect("a folder");
    }
    let rows = [
        ("2026-11-18 09:00:05", "K1", 50_000),
        ("2026-11-18 11:00:00", "KX", 15_000),
    ];
    bills::put(
        &workspace,
        "inbox/biller_20261118.csv",
        bills::report(&rows),
        60,
    );
    workspace
}

#[test]
fn the_file_tells_breaks_rupiah_rows_and_missing_files() {
    let workspace = world();
    workspace.run(["run"]).exits(66);
    let figures = parsed(&workspace.read("prom/rekon.prom"));
    for (key, value) in [
        (
            r#"rekon_breaks{channel="biller",kind="missing_in_ledger"}"#,
            1.0,
        ),
        (
            r#"rekon_breaks{channel="biller",kind="missing_at_partner"}"#,
            1.0,
        ),
        (r#"rekon_breaks{channel="biller",kind="duplicate"}"#, 0.0),
        (
            r#"rekon_breaks{channel="late",kind="missing_at_partner"}"#,
            0.0,
        ),
        (
            r#"rekon_at_risk_rupiah{channel="biller",side="owed_to_us"}"#,
            60_000.0,
        ),
        (
            r#"rekon_at_risk_rupiah{channel="biller",side="owed_by_us"}"#,
            15_000.0,
        ),
        (r#"rekon_rows{channel="biller",side="settlement"}"#, 2.0),
        (r#"rekon_rows{channel="biller",side="ledger"}"#, 2.0),
        (r#"rekon_outbox_mails{state="queued"}"#, 0.0),
        (r#"rekon_last_run_exit_code"#, 66.0),
    ] {
        assert_eq!(figures.get(key), Some(&value), "{key} in {figures:#?}");
    }
    // The clock of the figures is that of the host: by then more dates may be due.
    assert!(figures[r#"rekon_files_missing{channel="late"}"#] >= 1.0);
    assert!(figures["rekon_run_seconds"] >= 0.0);
    assert_eq!(
        figures[&format!(
            "rekon_build_info{{version=\"{}\"}}",
            env!("CARGO_PKG_VERSION")
        )],
        1.0
    );
    assert_eq!(
        workspace.files("prom"),
        ["rekon.prom"],
        "nothing half written stays"
    );
}

#[test]
fn the_last_success_survives_runs_that_fail() {
    let workspace = world();
    workspace.run(["run"]).exits(66);
    let name = "rekon_last_success_timestamp_seconds";
    let before = parsed(&workspace.read("prom/rekon.prom"))[name];
    let config = workspace.read("rekon.toml");
    workspace.put("rekon.toml", config.replace("load = \"ledger.sql\"", ""));
    workspace.remove("ledger.db");
    let failed = workspace.run(["run"]);
    let code = failed.status.expect("an exit code");
    assert!(![0, 66].contains(&code), "{}", failed.stderr);
    let figures = parsed(&workspace.read("prom/rekon.prom"));
    assert_eq!(figures[name], before);
    assert_eq!(figures["rekon_last_run_exit_code"], f64::from(code));
}

#[test]
fn a_metrics_file_that_cannot_be_written_fails_no_run() {
    let workspace = world();
    std::fs::remove_dir(workspace.path().join("prom")).expect("removed");
    let run = workspace.run(["run"]).exits(66);
    assert!(
        run.stderr.contains("metrics.file prom/rekon.prom"),
        "{}",
        run.stderr
    );
}

#[test]
fn labels_are_escaped() {
    let figures = rekon::metrics::Figures {
        channels: vec![rekon::metrics::ChannelFigures {
            name: CHANNELS[1].to_owned(),
            ..Default::default()
        }],
        ..Default::default()
    };
    let found = parsed(&rekon::metrics::text(&figures));
    let key = r#"rekon_files_missing{channel="a \"b\" \\ c"}"#;
    assert!(found.contains_key(key), "{found:#?}");
}
