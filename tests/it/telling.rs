//! What those outside read of a run is one format and one truth: JSON to the last line, a collision
//! that is no failure, metrics as documented, `check` that goes red where a run would.

use std::fs;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::bills::{self, Booked};
use crate::harness::{AS_OF, Workspace, host_identity, repository};

const DAY: &str = "2026-11-18";
const BOOKED: [Booked<'static>; 1] = [("2026-11-18 08:00:00", "A", 100_000, "success")];

fn world() -> Workspace {
    let workspace = bills::workspace("", &BOOKED);
    let report = bills::report(&[("2026-11-18 08:00:00", "A", 100_000)]);
    bills::put(&workspace, "inbox/biller_20261118.csv", report, 60);
    workspace
}

#[track_caller]
fn is_json(stderr: &str, what: &str) {
    assert!(!stderr.trim().is_empty(), "{what}: nothing was said");
    for line in stderr.lines() {
        let event: Value =
            serde_json::from_str(line).unwrap_or_else(|error| panic!("{what}: {error}: {line}"));
        let said = event["fields"]["message"].as_str().unwrap_or_default();
        assert!(!said.is_empty(), "{what}: {line}");
        assert!(
            event["timestamp"].is_string() && event["level"].is_string(),
            "{line}"
        );
        // What `{:?}` makes of a list, an option or an error.
        for debug in ["Some(", "{NeverRun", "Error {", "Os {", "kind:"] {
            assert!(!line.contains(debug), "{what}: {line}");
        }
    }
}

#[test]
fn the_log_is_json_to_its_last_line() {
    let json = ["--log-format", "json"];
    let all = |args: &[&str]| -> Vec<String> {
        args.iter()
            .chain(&json)
            .map(|word| (*word).to_owned())
            .collect()
    };
    let run = |workspace: &Workspace, args: &[&str], code: i32| {
        let args = all(args);
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let output = workspace.run_args(&args).exits(code);
        is_json(&output.stderr, &args.join(" "));
        output
    };
    let workspace = world();
    run(&workspace, &["run", "-v"], 0);
    // An error, with its hint, and its code.
    let failed = run(&workspace, &["run", "--channel", "nobody"], 2);
    let last: Value =
        serde_json::from_str(failed.stderr.lines().last().expect("a line")).expect("JSON");
    assert_eq!(last["fields"]["exit"], 2);
    assert_eq!(last["level"], "ERROR");
    // What the command line itself gets wrong.
    run(&workspace, &["run", "--nonsense"], 2);
    run(&workspace, &["run", "--date", "2026-13-01"], 2);
    // A refused file, a channel that fails, mails that do not leave.
    bills::put(
        &workspace,
        "inbox/biller_20261119.csv",
        "<html>no report</html>",
        5,
    );
    run(&workspace, &["run", "--date", DAY, "--json"], 65);
    run(
        &workspace,
        &["add", "inbox/biller_20261119.csv", "--channel", "biller"],
        65,
    );
    workspace.change_ledger("ledger.db", "DROP TABLE payments");
    run(&workspace, &["run", "--date", DAY], 78);
    run(&workspace, &["run", "-vv", "--dry-run"], 78);
}

/// A panic, too: of a thread that the system does not give.
#[test]
fn a_panic_is_a_line_of_json() {
    let workspace = world();
    let mut seen = 0;
    for at in 3..12 {
        let inject = format!("inject=clone,clone3:error=EAGAIN:when={at}+");
        let output = Command::new("strace")
            .args(["-f", "-qq", "-o", "trace", "-e", &inject])
            .arg(env!("CARGO_BIN_EXE_rekon"))
            .args([
                "run",
                "--as-of",
                AS_OF,
                "-c",
                "rekon.toml",
                "--log-format",
                "json",
            ])
            .current_dir(workspace.path())
            .env("HOME", workspace.path())
            .stdin(Stdio::null())
            .output()
            .expect("strace runs (apt-get install -y strace)");
        let stderr = String::from_utf8_lossy(&output.stderr);
        if stderr.contains("a fault of rekon's own") {
            seen += 1;
            for line in stderr.lines() {
                serde_json::from_str::<Value>(line)
                    .unwrap_or_else(|error| panic!("{error}: {line}"));
            }
        }
    }
    assert!(seen > 0, "no panic was met");
}

#[test]
fn a_run_that_another_turned_away_did_not_fail() {
    let workspace = world();
    let config = workspace.read("rekon.toml") + "\n[metrics]\nfile = \"rekon.prom\"\n";
    workspace.put("rekon.toml", config);
    workspace.run(["run"]).exits(0);
    let before = workspace.read("rekon.prom");
    let told = |text: &str, name: &str| {
        let line = text
            .lines()
            .find(|line| line.starts_with(&format!("{name} ")));
        line.unwrap_or_else(|| panic!("no {name} in {text}"))
            .to_owned()
    };
    let mut sleeper = Command::new("sleep").arg("60").spawn().expect("sleep runs");
    let now = chrono::Utc::now().to_rfc3339();
    workspace.change_ledger(
        "state/state.db",
        &format!(
            "INSERT INTO locks VALUES ('run', 'run another', '{}', {}, '{now}', '{now}')",
            host_identity().trim(),
            sleeper.id()
        ),
    );
    workspace.run(["run"]).exits(75);
    sleeper.kill().expect("a signal");
    sleeper.wait().expect("an end");
    let status = workspace.run(["status", "--json"]).exits(0).json();
    assert_eq!(status["failed_run"], Value::Null);
    let status = workspace.run(["status"]).exits(0).stdout;
    assert!(!status.contains("failed"), "{status}");
    let after = workspace.read("rekon.prom");
    for name in [
        "rekon_last_run_exit_code",
        "rekon_last_run_timestamp_seconds",
    ] {
        assert_eq!(told(&after, name), told(&before, name));
    }
}

/// Every documented metric is written, and the other way round, with what it is of.
#[test]
fn the_metrics_are_those_that_are_documented() {
    let workspace = world();
    let config = workspace.read("rekon.toml") + "\n[metrics]\nfile = \"rekon.prom\"\n";
    workspace.put("rekon.toml", config);
    workspace.run(["run"]).exits(0);
    // A date whose file is missing has rows of one side: it is not the one that is told.
    workspace.change_ledger(
        "ledger.db",
        &bills::insert(("2026-11-19 08:00:00", "B", 5, "success")),
    );
    let late = ["run", "--as-of", "2026-11-20T20:00:00+07:00"];
    workspace.run(late).exits(66);
    let figures = workspace.read("rekon.prom");
    for side in ["settlement", "ledger"] {
        let line = format!("rekon_rows{{channel=\"biller\",side=\"{side}\"}} 1\n");
        assert!(figures.contains(&line), "{line} in {figures}");
    }
    let page = repository().join("docs/operations.md");
    let page = fs::read_to_string(page).expect("the page");
    let told: Vec<&str> = figures
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next())
        .collect();
    for name in &told {
        assert!(
            page.contains(&format!("`{name}")),
            "{name} is not documented"
        );
    }
    let named = regex::Regex::new(r"`(rekon_[a-z_]+)").expect("a pattern");
    for name in named.captures_iter(&page) {
        assert!(told.contains(&&name[1]), "{} is documented alone", &name[1]);
    }
    assert!(page.contains("newest business date that is complete"));
}

/// `check` tries what a run would: the newest date with rows, and the look-up of its keys.
#[test]
fn check_tries_the_newest_date_that_has_rows() {
    let workspace = world();
    workspace.run(["run"]).exits(0);
    let day = chrono::Utc::now().date_naive() - chrono::Duration::days(5);
    let at = format!("{day} 09:00:00");
    workspace.change_ledger("ledger.db", &bills::insert((&at, "NEW", 7_000, "success")));
    let told = workspace.run(["check"]).exits(0).stdout;
    assert!(
        told.contains(&format!("ledger query: 1 entries on {day}")),
        "{told}"
    );
    // A status that nobody mapped is met on that date, not on yesterday.
    workspace.change_ledger(
        "ledger.db",
        "UPDATE payments SET status = 'odd' WHERE ref_id = 'NEW'",
    );
    let told = workspace.run(["check"]).stdout;
    assert!(
        told.contains("FAIL  channel biller, ledger query"),
        "{told}"
    );
    // Without any row, it is said how far it looked.
    workspace.change_ledger("ledger.db", "DELETE FROM payments");
    let told = workspace.run(["check"]).exits(0).stdout;
    assert!(
        told.contains("0 entries on ") && told.contains("13 dates before it"),
        "{told}"
    );
}

/// The same host by any of its names.
#[test]
fn loopback_has_several_names_and_no_look_alikes() {
    let workspace = world();
    let fine = workspace.read("rekon.toml");
    let with = |transport: &str, ping: &str| {
        let config = fine.replace("directory:mail", transport);
        let config = format!("{config}\n[health]\nping = \"{ping}\"\n");
        workspace.put("other.toml", config);
        workspace.run(["check", "-c", "other.toml"])
    };
    for host in ["localhost", "127.0.0.1", "127.0.0.2", "[::1]"] {
        // Nobody listens there: plain is allowed, and nobody answers.
        let told = with(
            &format!("smtp://{host}:1"),
            &format!("http://{host}:1/ping"),
        );
        assert!(told.stdout.contains("FAIL  mail"), "{host}: {told:?}");
        assert!(!told.stdout.contains("TLS"), "{host}: {told:?}");
        assert_eq!(told.status, Some(69), "{host}: {told:?}");
    }
    for host in [
        "127.evil.example",
        "localhost.example",
        "[::2]",
        "::1.example",
    ] {
        let told = with("directory:mail", &format!("http://{host}/ping"));
        assert_eq!(told.status, Some(78), "{host}: {told:?}");
        assert!(told.stderr.contains("unencrypted"), "{host}: {told:?}");
    }
}
