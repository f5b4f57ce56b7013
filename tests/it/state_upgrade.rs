//! A state that an earlier version wrote is brought up to date, in a file and on a server, and says
//! after it what it said before.
//!
//! `tests/it/states/N.sql` is what the version with N migrations left of two business dates: a file
//! corrected, a pair across midnight, breaks on both sides, a pending, a note and a resolution. The bytes
//! of its mails are not kept here: `verify` misses those, and nothing else.

use std::fs;

use serde_json::Value;
use sha2::Digest;

use crate::bills;
use crate::harness::{Workspace, repository};
use crate::postgres::{Database, Postgres};

const VERSIONS: [usize; 1] = [1];

fn written_by(version: usize) -> String {
    let path = repository().join(format!("tests/it/states/{version:04}.sql"));
    fs::read_to_string(path).expect("a state of an earlier version")
}

/// The files that those dates rest on, the ledger, and a configuration.
fn world() -> Workspace {
    let row =
        |at: &str, reference: &str, rupiah: u32| (at.to_owned(), reference.to_owned(), rupiah);
    let report = |rows: &[(String, String, u32)]| {
        let mut text =
            "timestamp;client_number;ref_id;partner_ref_id;product_code;admin_fee;amount\n"
                .to_owned();
        for (position, (at, reference, rupiah)) in rows.iter().enumerate() {
            text += &format!("{at};0812000{position};{reference};P{reference};pln;2500;{rupiah}\n");
        }
        text
    };
    let workspace = bills::workspace(
        "",
        &[
            ("2026-11-17 09:00:00", "K1", 50_000, "success"),
            ("2026-11-17 10:00:00", "K2", 60_000, "success"),
            ("2026-11-17 11:00:00", "K3", 70_000, "pending"),
            ("2026-11-17 23:59:58", "K4", 80_000, "success"),
            ("2026-11-18 09:00:00", "L1", 10_000, "success"),
            ("2026-11-18 10:00:00", "L2", 20_000, "success"),
            ("2026-11-18 11:00:00", "L3", 30_000, "success"),
        ],
    );
    let config = workspace
        .read("rekon.toml")
        .replace("2026-11-18", "2026-11-17");
    workspace.put("rekon.toml", config);
    let first = report(&[
        row("2026-11-17 09:00:05", "K1", 50_000),
        row("2026-11-17 10:00:05", "K2", 59_000),
        row("2026-11-17 12:00:00", "KX", 15_000),
    ]);
    let second = |l2| {
        report(&[
            row("2026-11-18 00:00:03", "K4", 80_000),
            row("2026-11-18 09:00:05", "L1", 10_000),
            row("2026-11-18 10:00:05", "L2", l2),
        ])
    };
    for bytes in [first, second(20_000), second(21_000)] {
        let sha = data_encoding::HEXLOWER.encode(&sha2::Sha256::digest(&bytes));
        let path = format!("archive/{}/{sha}", &sha[..2]);
        workspace.put(&path, bytes);
    }
    workspace
}

fn on_file(version: usize) -> Workspace {
    let workspace = world();
    fs::create_dir(workspace.path().join("state")).expect("a folder");
    rusqlite::Connection::open(workspace.path().join("state/state.db"))
        .and_then(|state| state.execute_batch(&written_by(version)))
        .expect("the dump loads");
    workspace
}

/// The same rows in the same tables on a server, with what seals them there.
fn on_server(version: usize, database: &Database<'_>) -> Workspace {
    let role = database.role("state");
    database.execute(&format!("ALTER DATABASE {} OWNER TO {role}", database.name));
    let workspace = world();
    let config = workspace.read("rekon.toml");
    let config = config.replace("sqlite:state/state.db", "file:state.url");
    let workspace = workspace
        .file("rekon.toml", config)
        .file("state.url", database.url_with_password(&role));
    workspace.run(["files", "list"]).exits(0);
    let mut sql = format!("SET ROLE {role}; DELETE FROM sealed_tables; DELETE FROM chain;\n");
    let rows = written_by(version);
    let rows = rows
        .lines()
        .filter(|line| line.starts_with("INSERT INTO") && !line.contains("_sqlx_migrations"));
    for row in rows {
        sql += row;
        sql.push('\n');
    }
    database.execute(&sql);
    workspace
}

/// What it says once it is up to date.
fn told(workspace: &Workspace) -> String {
    let stamps = regex::Regex::new(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z|_[0-9a-f]{6}\.")
        .expect("a pattern");
    let mut said = String::new();
    for command in [
        &["breaks", "list", "--state", "all", "--json"][..],
        &["files", "list"],
        &["diff", "--date", "2026-11-18"],
        &["status", "--from", "2026-11-17", "--to", "2026-11-18"],
        &["verify"],
        &[
            "run",
            "--from",
            "2026-11-17",
            "--to",
            "2026-11-18",
            "--no-collect",
        ],
        &[
            "run",
            "--from",
            "2026-11-17",
            "--to",
            "2026-11-18",
            "--no-collect",
        ],
        &["breaks", "list", "--state", "all", "--json"],
        &["verify"],
    ] {
        let output = workspace.run_args(command);
        // How old something is depends on the day of the test.
        let text = match command.contains(&"--json") {
            true => without_age(output.exits(0).json()),
            false => until_ageing(&output.transcript()),
        };
        let text = stamps.replace_all(&text, "…");
        said += &format!("$ rekon {}\n{text}\n", command.join(" "));
    }
    said
}

/// The statement of a range, without the calendar and the ageing of today.
fn until_ageing(text: &str) -> String {
    let Some((calendar, rest)) = text.split_once("  open items 20") else {
        return text.to_owned();
    };
    let first = calendar.lines().next().unwrap_or_default();
    let statement = rest.split("  open by age").next().unwrap_or_default();
    format!("{first}\n  open items 20{statement}")
}

fn without_age(mut breaks: Value) -> String {
    for one in breaks.as_array_mut().expect("breaks") {
        one.as_object_mut().expect("a break").remove("age_days");
    }
    serde_json::to_string_pretty(&breaks).expect("JSON")
}

#[test]
fn a_state_of_every_earlier_version_is_brought_up_to_date() {
    for version in VERSIONS {
        let file = told(&on_file(version));
        insta::assert_snapshot!(format!("version_{version}"), file);
        let database = Postgres::shared().database();
        let server = told(&on_server(version, &database));
        assert_eq!(server, file, "version {version} on a server");
    }
}

#[test]
fn every_version_that_left_a_state_is_tried() {
    let folder = repository().join("tests/it/states");
    for entry in fs::read_dir(&folder).expect("the states") {
        let path = entry.expect("an entry").path();
        let stem = path.file_stem().and_then(|stem| stem.to_str());
        let version = stem.and_then(|stem| stem.parse().ok());
        assert!(
            version.is_some_and(|version| VERSIONS.contains(&version)),
            "{}",
            path.display()
        );
    }
}

#[test]
fn a_state_of_a_newer_version_is_left_alone() {
    let workspace = on_file(1);
    let state = rusqlite::Connection::open(workspace.path().join("state/state.db"));
    let state = state.expect("a state");
    state
        .execute_batch(
            "INSERT INTO _sqlx_migrations VALUES (9999, 'later', '2027-01-01', 1, x'00', 1)",
        )
        .expect("a row");
    let refused = workspace.run(["run", "--no-collect"]);
    assert_eq!(refused.status, Some(69), "{}", refused.stderr);
    assert!(refused.stderr.contains("newer rekon"), "{}", refused.stderr);
}
