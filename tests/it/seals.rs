//! `rekon verify` finds every field that was changed behind rekon's back, also once a run has worked
//! with it; and what a killed run left in the archive.

use std::collections::BTreeSet;
use std::path::Path;

use chrono::Utc;
use rekon::config::{self, Config};
use rekon::run::{self, Verified};
use rekon::store::{FileMail, MailRecord, QuarantineState, Store};
use rusqlite::Connection;

use crate::bills::{self, Booked};
use crate::faults::{injected, was_injected};
use crate::harness::{AS_OF, Workspace};
use crate::quick_start::quick_start;

const STATE: &str = "state.db";
/// Not covered: how far work went, and how runs ended.
const BESIDE: [&str; 9] = [
    "_sqlx_migrations",
    "alerts",
    "changed_rows",
    "locks",
    "looked_at",
    "mail_attempts",
    "mail_marks",
    "planned_runs",
    "run_ends",
];

fn waited<T>(work: impl Future<Output = anyhow::Result<T>>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(work)
        .expect("no error")
}

fn verified(config: &Config) -> Verified {
    waited(run::verify(config, None))
}

fn mail() -> MailRecord {
    MailRecord {
        mailbox: "settlements".to_owned(),
        folder: "INBOX".to_owned(),
        uid_validity: 1,
        uid: 7,
        message_id: "m@partner.example".to_owned(),
        sender: "partner@partner.example".to_owned(),
        subject: "Settlement".to_owned(),
        sent_at: Some(Utc::now()),
        received_at: Some(Utc::now()),
        sha256: "5".repeat(64),
        verdict: "dkim=pass".to_owned(),
    }
}

/// The samples' eight days, with acts of people and mails that came, so that every table has a row.
fn world() -> (Workspace, Config) {
    let workspace = Workspace::copy_of("sample_reports");
    quick_start(&workspace, &[]).exits(66);
    let breaks = workspace.run(["breaks", "list", "--json"]).exits(0).json();
    let id = breaks[0]["id"].as_str().expect("an id").to_owned();
    workspace
        .run(["breaks", "note", &id, "--text", "asked"])
        .exits(0);
    let other = breaks[1]["id"].as_str().expect("an id");
    workspace
        .run([
            "breaks",
            "resolve",
            other,
            "--reason",
            "paid by the partner",
        ])
        .exits(0);
    let config = config::load(&workspace.path().join("rekon.toml")).expect("a configuration");
    waited(async {
        let store = run::open_store(&config).await?;
        let now = Utc::now();
        let held = store.quarantine(&mail(), &["ovo"], "forged", now).await?;
        let released = QuarantineState::Released;
        store
            .decide(held.id, released, "genuine", "ani", now)
            .await?;
        let by = FileMail {
            mail: mail(),
            attachment: "report.csv".to_owned(),
            attachment_sha256: "6".repeat(64),
        };
        store.note_mail(1, &by, now).await?;
        store.note_arrival(1, "again.csv", "elsewhere", now).await?;
        store.close().await;
        anyhow::Ok(())
    });
    (workspace, config)
}

/// (table, column, its type) of everything that the state has.
fn columns(state: &Path) -> Vec<(String, String, String)> {
    let state = Connection::open(state).expect("the state");
    let mut found = state
        .prepare(
            "SELECT m.name, c.name, c.type FROM sqlite_schema m JOIN pragma_table_info(m.name) c \
             WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' ORDER BY m.name, c.cid",
        )
        .expect("a query");
    let rows = found.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
    rows.expect("rows").map(|row| row.expect("a row")).collect()
}

#[test]
fn each_changed_field_of_the_state_is_found() {
    let (workspace, config) = world();
    let state = workspace.path().join(".run").join(STATE);
    let sound = verified(&config);
    assert_eq!(sound.faults, Vec::<String>::new());
    assert!(sound.sound["rows of the state"] > 100, "{sound:?}");
    let good = std::fs::read(&state).expect("the state");
    let mut changed = 0;
    let mut empty = BTreeSet::new();
    let mut missed = Vec::new();
    for (table, column, kind) in columns(&state) {
        if BESIDE.contains(&table.as_str()) {
            continue;
        }
        let value = match kind.as_str() {
            "TEXT" => format!("COALESCE({column}, '') || 'x'"),
            _ => format!("COALESCE({column}, 0) + 1000"),
        };
        let sql = format!(
            "UPDATE {table} SET {column} = {value} WHERE rowid = (SELECT max(rowid) FROM {table})"
        );
        let rows = Connection::open(&state)
            .and_then(|state| state.execute(&sql, []))
            .unwrap_or_else(|error| panic!("{sql}: {error}"));
        if rows == 0 {
            empty.insert(table);
            continue;
        }
        changed += 1;
        let verified = verified(&config);
        let names_it =
            |fault: &String| fault.contains(table.trim_end_matches('s')) || table == "chain";
        if !verified.faults.iter().any(names_it) && !table.starts_with("sealed_") {
            missed.push(format!("{table}.{column}: {:?}", verified.faults));
        } else if verified.faults.is_empty() && table != "sealed_tables" {
            missed.push(format!("{table}.{column}"));
        }
        std::fs::write(&state, &good).expect("the state as it was");
    }
    assert_eq!(missed, Vec::<String>::new());
    assert!(changed >= 120, "only {changed} fields");
    assert_eq!(
        empty,
        BTreeSet::from(["purged".to_owned(), "purges".to_owned()])
    );
    assert_eq!(verified(&config).faults, Vec::<String>::new());
}

const DAY: &str = "2026-11-18";
const NAME: &str = "inbox/biller_20261118.csv";
const BOOKED: [Booked<'static>; 2] = [
    ("2026-11-18 08:00:00", "A", 100_000, "success"),
    ("2026-11-18 10:00:00", "B", 20_000, "success"),
];

fn filled() -> Workspace {
    let workspace = bills::workspace("", &BOOKED);
    let report = bills::report(&[("2026-11-18 08:00:00", "A", 100_000)]);
    bills::put(&workspace, NAME, report, 60);
    workspace
}

/// Rows that were taken out, put in, or changed and then used and written by a run.
#[test]
fn a_forged_row_is_still_found_after_a_run_has_worked_with_it() {
    for (sql, table) in [
        ("UPDATE items SET standing = 'cleared'", "items"),
        ("UPDATE dates SET knowledge = knowledge || ' '", "dates"),
        ("DELETE FROM coverage", "coverage"),
        ("UPDATE files SET accepted = accepted || ' '", "files"),
        ("INSERT INTO spellings VALUES ('biller', 0, 9)", "spellings"),
        ("UPDATE outbox SET recipient = 'a@b.example'", "outbox"),
    ] {
        let workspace = filled();
        workspace.run(["run", "--date", DAY]).exits(0);
        workspace.run(["verify"]).exits(0);
        workspace.change_ledger("state/state.db", sql);
        let found = workspace.run(["verify"]).exits(65).stdout;
        assert!(found.contains(&format!("FAIL  {table} ")), "{sql}: {found}");
        workspace.run(["run", "--date", DAY, "--send"]);
        let found = workspace.run(["verify"]).exits(65).stdout;
        assert!(found.contains(table), "{sql}: {found}");
    }
}

/// The end of the chain, or the whole state, put back to what it was: only a head kept elsewhere
/// tells, by its number.
#[test]
fn a_head_kept_elsewhere_proves_that_the_end_was_not_cut() {
    let workspace = filled();
    workspace.run(["run", "--date", DAY]).exits(0);
    let state = workspace.path().join("state/state.db");
    let earlier = std::fs::read(&state).expect("the state");
    workspace.run(["run", "--date", DAY, "--send"]).exits(0);
    let shown = workspace.run(["verify"]).exits(0).stdout;
    let head = regex::Regex::new(r"--head (\d+:[0-9a-f]{64})")
        .expect("a pattern")
        .captures(&shown)
        .expect("a head to keep")[1]
        .to_owned();
    let short: String = head.chars().take(12).collect();
    for head in [&head, &short] {
        workspace.run(["verify", "--head", head]).exits(0);
    }
    workspace.run(["verify", "--head", "1:zz"]).exits(2);
    workspace.run(["verify", "--head", "x:00000000"]).exits(2);
    let (number, hash) = head.split_once(':').expect("two parts");
    let other = format!("{}:{hash}", number.parse::<u32>().expect("a number") - 1);
    let told = workspace.run(["verify", "--head", &other]).exits(65).stdout;
    assert!(told.contains("has another hash"), "{told}");

    std::fs::write(&state, &earlier).expect("an older state");
    workspace.run(["verify"]).exits(0);
    let told = workspace.run(["verify", "--head", &head]).exits(65).stdout;
    assert!(told.contains("was cut off"), "{told}");
    // Its end alone: the seal of what stands there tells.
    std::fs::write(&state, &earlier).expect("an older state");
    workspace.change_ledger(
        "state/state.db",
        "DELETE FROM chain WHERE seq = (SELECT max(seq) FROM chain)",
    );
    workspace.run(["verify"]).exits(65);
}

/// A state of an earlier version is sealed as it stands, once, and that is said.
#[test]
fn an_older_state_is_sealed_as_it_stands() {
    let workspace = filled();
    workspace.run(["run", "--date", DAY]).exits(0);
    workspace.change_ledger(
        "state/state.db",
        "DELETE FROM sealed_rows; DELETE FROM sealed_tables; \
         DELETE FROM chain WHERE kind IN ('seal', 'sealed')",
    );
    // As if no seal had ever been: numbers and hashes of the chain that is left do not matter here.
    let told = workspace.run(["verify"]).exits(65).stdout;
    assert!(told.contains("note  sealed as they stood: "), "{told}");
    assert!(told.contains("; files: 1 rows, "), "{told}");
    for table in ["files", "items"] {
        assert!(!told.contains(&format!("FAIL  {table}")), "{told}");
    }
}

/// Raw rows under a name that nothing else would ever remove.
#[test]
fn what_a_killed_run_left_in_the_archive_is_counted_and_swept() {
    let parts = |workspace: &Workspace| {
        let files = workspace.files("archive").into_iter();
        files.filter(|name| name.ends_with(".part")).count()
    };
    let run = ["run", "--date", DAY, "--as-of", AS_OF, "-c", "rekon.toml"];
    let mut left = 0;
    for at in 1.. {
        let workspace = filled();
        let inject = format!("inject=rename,renameat,renameat2:signal=SIGKILL:when={at}");
        injected(&workspace, &inject, &run);
        if !was_injected(&workspace) {
            break;
        }
        if parts(&workspace) == 0 {
            continue;
        }
        left += 1;
        let told = workspace.run(["verify"]).exits(0).stdout;
        assert!(told.contains("1 unfinished files of killed runs"), "{told}");
        assert_eq!(parts(&workspace), 1, "verify changes nothing");
        match at % 2 {
            0 => workspace.run(["run", "--date", DAY]).exits(0),
            _ => workspace.run(["collect"]).exits(0),
        };
        assert_eq!(parts(&workspace), 0, "rename {at}");
    }
    assert!(left >= 2, "{left} kills left a part");
    // A purge takes them as well, and leaves alone what a living process is writing.
    let workspace = filled();
    workspace.run(["run", "--date", DAY]).exits(0);
    let mine = format!("archive/ab/{}.{}.part", "a".repeat(64), std::process::id());
    workspace.put(&mine, "being written");
    workspace.put("archive/ab/b.4194303.part", "raw rows");
    let purge = ["purge", "--before", "2026-01-01", "--reason", "privacy"];
    workspace.run(purge).exits(0);
    assert_eq!(parts(&workspace), 1);
    assert!(workspace.path().join(mine).exists());
}

/// So do reports that nobody finished; what was begun a moment ago may still be somebody's.
#[test]
fn what_a_killed_run_left_of_a_report_is_swept() {
    let workspace = filled();
    for (name, minutes) in [("old", 90), ("new", 5)] {
        bills::put(
            &workspace,
            &format!("mail/.{name}.xlsx.part"),
            "raw rows",
            minutes,
        );
    }
    workspace.run(["run", "--date", DAY]).exits(0);
    let mut parts = workspace.files("mail");
    parts.retain(|name| name.ends_with(".part"));
    assert_eq!(parts, [".new.xlsx.part"]);
}

/// The state that a test looks into is the one that the library opens.
#[test]
fn a_state_that_is_new_has_nothing_to_seal() {
    let folder = tempfile::tempdir().expect("a folder");
    let state = rekon::database::Database::Sqlite(folder.path().join(STATE));
    let (rows, faults) = waited(async {
        let store = Store::open(&state).await?;
        let found = store.unsealed().await?;
        assert_eq!(store.chain_head().await?, None);
        store.close().await;
        anyhow::Ok(found)
    });
    assert_eq!((rows, faults), (0, Vec::new()));
}
