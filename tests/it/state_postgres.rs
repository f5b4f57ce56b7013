//! The state on a PostgreSQL server: it says what a file says, several hosts share it, and what goes
//! wrong with the server leaves nothing half done.

use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::bills;
use crate::certificates::certificates;
use crate::harness::{AS_OF, Output, Workspace};
use crate::postgres::{CLOSED, Database, PASSWORD, Postgres};
use crate::proxy::{From, Mode, Proxy, Reach};

const DAY: &str = "2026-11-18";

/// Breaks of both sides, a pair across midnight, a value with a control character.
fn filled() -> Workspace {
    let workspace = bills::workspace(
        "",
        &[
            ("2026-11-18 09:00:00", "A1", 75_000, "success"),
            ("2026-11-18 10:00:00", "B2", 40_000, "success"),
            ("2026-11-18 11:00:00", "C3", 20_000, "pending"),
        ],
    );
    let report = bills::report(&[
        ("2026-11-18 10:00:00", "B2", 39_000),
        ("2026-11-18 12:00:00", "D4", 20_000),
    ]);
    let torn = format!("{report}2026-11-18 13:00:00;1;E\0\u{1}5;1;pln;2500;broken\n");
    bills::put(&workspace, "inbox/tokopedia_biller_20261118.csv", torn, 60);
    workspace
}

/// The same workspace with its state in a database of its own role.
fn on_server(workspace: Workspace, database: &Database<'_>) -> Workspace {
    let role = database.role("state");
    database.execute(&format!("ALTER DATABASE {} OWNER TO {role}", database.name));
    state_at(workspace, &database.url_with_password(&role))
}

pub fn state_at(workspace: Workspace, url: &str) -> Workspace {
    let config = workspace.read("rekon.toml");
    let (_, rest) = config
        .split_once("state   = \"sqlite:state/state.db\"")
        .expect("the state's line");
    workspace
        .file("rekon.toml", format!("state = \"file:state.url\"{rest}"))
        .file("state.url", url)
}

/// Every row of every table, without what differs from run to run.
fn dump(database: &Database<'_>) -> String {
    let tables = database
        .query("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename");
    let rows = tables.lines().map(|table| {
        database.query(&format!(
            "SELECT '{table}', t.* FROM {table} t ORDER BY 1, 2, 3"
        ))
    });
    rows.collect::<Vec<_>>().join("\n")
}

/// What a night and the morning after say, command by command.
fn a_night_and_a_morning(workspace: &Workspace) -> String {
    let mut said = String::new();
    let mut tell = |output: Output| {
        let text = output.transcript();
        // Which database it is, and when something was done, are all that may differ.
        let text = regex::Regex::new(r"\d{4}-\d\d-\d\dT[\d:.]+(Z|\+00:00)|20\d\d-\d\d-\d\d \d\d:\d\d|\d\d:\d\d WIB|[0-9a-f]{64}|_[0-9a-f]{6}\.")
            .expect("a pattern")
            .replace_all(&text, "…")
            .into_owned();
        said.push_str(&text);
        said.push('\n');
    };
    tell(workspace.run(["run", "--date", DAY, "--dry-run"]));
    tell(workspace.run(["run", "--date", DAY]));
    tell(workspace.run(["run", "--date", DAY]));
    let list = workspace.run(["breaks", "list", "--json"]).json();
    let ids: Vec<String> = list
        .as_array()
        .expect("breaks")
        .iter()
        .map(|one| one["id"].as_str().expect("an id").to_owned())
        .collect();
    tell(workspace.run_args(&["breaks", "note", &ids[0], "--text", "asked them: 'why?'"]));
    tell(workspace.run_args(&["breaks", "resolve", &ids[1], "--reason", "other"]));
    let corrected = bills::report(&[
        ("2026-11-18 10:00:00", "B2", 40_000),
        ("2026-11-18 12:00:00", "D4", 20_000),
    ]);
    bills::put(
        workspace,
        "inbox/tokopedia_biller_20261118_2.csv",
        corrected,
        5,
    );
    tell(workspace.run(["run", "--date", DAY, "--dry-run"]));
    tell(workspace.run(["run"]));
    for command in [
        &["breaks", "list", "--state", "all", "--json"][..],
        &["breaks", "show", &ids[0]],
        &["files", "list"],
        &["status", "--json"],
        &["status", "--from", DAY, "--to", DAY],
        &["diff", "--date", DAY],
        &["files", "withdraw", "2", "--reason", "wrong file"],
        &["run", "--date", DAY],
        &[
            "purge",
            "--before",
            "2026-11-01",
            "--reason",
            "retention",
            "--dry-run",
        ],
        &["verify"],
    ] {
        tell(workspace.run_args(command));
    }
    // A mail that cannot leave, and what people decide about it.
    let config = workspace.read("rekon.toml");
    let away = config.replace("directory:mail", "smtp://127.0.0.1:1");
    workspace.put("rekon.toml", away);
    tell(workspace.run(["deliver"]));
    workspace.run(["run", "--date", DAY, "--send"]).exits(69);
    let open = workspace.run(["outbox", "list", "--json"]).exits(0).json();
    let id = open[0]["id"].as_str().expect("an id");
    assert_eq!(open[0]["state"], "deferred");
    workspace.run(["outbox", "resend", id]).exits(69);
    workspace
        .run(["outbox", "drop", id, "--reason", "by hand"])
        .exits(0);
    tell(workspace.run(["verify"]));
    let all = workspace.run(["outbox", "list", "--all", "--json"]);
    let all = all.exits(0).json();
    let all = all.as_array().expect("mails");
    let dropped = all.iter().find(|mail| mail["id"] == id);
    let history = &dropped.expect("the mail")["history"];
    let states: Vec<&str> = history
        .as_array()
        .expect("a history")
        .iter()
        .map(|one| one["state"].as_str().expect("a state"))
        .collect();
    assert_eq!(states, ["deferred", "queued", "deferred", "dropped"]);
    said
}

#[test]
fn a_state_on_a_server_says_what_a_file_says() {
    let database = Postgres::shared().database();
    let file = a_night_and_a_morning(&filled());
    let server = a_night_and_a_morning(&on_server(filled(), &database));
    for (server, file) in server.split("\nexit ").zip(file.split("\nexit ")) {
        assert_eq!(server, file);
    }
    assert_eq!(server.len(), file.len());
    assert!(file.contains("revision 2"), "{file}");
}

#[test]
fn a_dry_run_changes_nothing_on_the_server() {
    let database = Postgres::shared().database();
    let workspace = on_server(filled(), &database);
    let nothing = workspace.run(["run", "--date", DAY, "--dry-run"]).exits(0);
    assert!(
        nothing.stderr.contains("nothing has been taken in"),
        "{}",
        nothing.stderr
    );
    assert_eq!(dump(&database), "", "not even a table");
    workspace.run(["run", "--date", DAY]).exits(0);
    let before = dump(&database);
    workspace.change_ledger("ledger.db", "UPDATE payments SET status = 'success'");
    let dry = workspace.run(["run", "--date", DAY, "--dry-run"]);
    assert!(dry.stdout.contains("would"), "{}", dry.stdout);
    assert_eq!(dump(&database), before);
}

#[test]
fn what_the_server_refuses_is_named_with_its_fix() {
    let server = Postgres::shared();
    let database = server.database();
    let role = database.role("state");
    let url = database.url_with_password(&role);
    let closed = server.database_named(CLOSED);
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let nobody = free.local_addr().expect("an address").port();
    drop(free);
    let mut transcript = String::new();
    for (what, url, code) in [
        ("no right to create tables", url.clone(), 78),
        ("a wrong password", url.replace("lukisan", "lukisen"), 77),
        (
            "a role that is not there",
            url.replace(&role, "stranger"),
            77,
        ),
        (
            "kept out by pg_hba.conf",
            closed.url_with_password(&role),
            77,
        ),
        (
            "no such database",
            database.url_with_password(&role).replace(
                &format!("{}/{}", server.port(), database.name),
                &format!("{}/nowhere", server.port()),
            ),
            78,
        ),
        ("nobody listens", database.url_at(&role, nobody), 69),
        (
            "not proven",
            url.replace("127.0.0.1", "db.example") + "?sslmode=require",
            78,
        ),
        (
            "a misspelt parameter",
            url.clone() + "?ssl_mode=verify-full",
            78,
        ),
        ("MySQL", "mysql://rekon@127.0.0.1/rekon".to_owned(), 78),
    ] {
        let output = state_at(filled(), &url)
            .run(["run", "--date", DAY])
            .exits(code);
        assert!(!output.stderr.contains(PASSWORD), "{}", output.stderr);
        let said = output.transcript();
        let said = said
            .replace(&server.port().to_string(), "[PORT]")
            .replace(&nobody.to_string(), "[PORT]")
            .replace(&role, "[ROLE]")
            .replace(&database.name, "[DATABASE]");
        transcript.push_str(&format!("## {what}\n{said}\n"));
    }
    insta::assert_snapshot!(transcript);
}

/// Without a host the library looks for a socket, whose directory is no host of a URL.
#[test]
fn a_url_without_a_host_is_that_of_a_socket() {
    let workspace = state_at(filled(), "postgres:///rekon");
    let told = workspace.run_with(&["status"], &[("PGHOST", "/nowhere")]);
    let told = told.exits(69).stderr;
    assert!(told.contains("/nowhere"), "{told}");
}

/// The state's server proves who it is where the URL asks for it.
#[test]
fn the_server_of_the_state_is_proven() {
    let database = Postgres::shared().database();
    let role = database.role("state");
    database.execute(&format!("ALTER DATABASE {} OWNER TO {role}", database.name));
    let url = database.url_with_password(&role);
    for (authority, code) in [(&certificates().ca, 0), (&certificates().other_ca, 78)] {
        let url = format!("{url}?sslmode=verify-full&sslrootcert=its%20ca.pem");
        let workspace = state_at(filled(), &url).file("its ca.pem", authority);
        let output = workspace.run(["run", "--date", DAY]).exits(code);
        if code != 0 {
            assert!(
                output.stderr.contains("sslrootcert=FILE"),
                "{}",
                output.stderr
            );
            assert!(!output.stderr.contains(PASSWORD), "{}", output.stderr);
        }
    }
}

fn start(workspace: &Workspace) -> Child {
    Command::new(env!("CARGO_BIN_EXE_rekon"))
        .args(["run", "--date", DAY, "--as-of", AS_OF, "-c", "rekon.toml"])
        .current_dir(workspace.path())
        .env_clear()
        .env("HOME", workspace.path())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts")
}

/// Everybody starts at once; one stores, the others say who is at work, or find nothing new.
fn fifty_starts(workspace: &Workspace) {
    let children: Vec<Child> = (0..50).map(|_| start(workspace)).collect();
    let mut endings: Vec<(Option<i32>, String)> = Vec::new();
    for child in children {
        let output = child.wait_with_output().expect("its end");
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        endings.push((output.status.code(), stderr));
    }
    let ran = endings.iter().filter(|one| one.0 == Some(0)).count();
    assert!(ran >= 1, "{endings:?}");
    for (code, stderr) in &endings {
        match code {
            Some(0) => {}
            Some(75) => assert!(stderr.contains("another run is at work"), "{stderr}"),
            _ => panic!("{code:?}: {stderr}"),
        }
    }
}

#[test]
fn of_fifty_simultaneous_starts_one_stores_the_result_on_a_server() {
    let server = Postgres::start();
    for round in 0..20 {
        let database = server.database();
        let workspace = on_server(filled(), &database);
        fifty_starts(&workspace);
        let stored = database.query("SELECT business_date, revision FROM results");
        assert_eq!(stored, "2026-11-18|1", "round {round}");
        assert_eq!(database.query("SELECT count(*) FROM locks"), "0");
        workspace.run(["verify"]).exits(0);
    }
}

#[test]
fn of_fifty_simultaneous_starts_one_stores_the_result_in_a_file() {
    for round in 0..20 {
        let workspace = filled();
        fifty_starts(&workspace);
        let state = rusqlite::Connection::open(workspace.path().join("state/state.db"));
        let (results, revision): (i64, i64) = state
            .and_then(|state| {
                state.query_row("SELECT count(*), max(revision) FROM results", [], |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })
            })
            .expect("the state opens");
        assert_eq!((results, revision), (1, 1), "round {round}");
    }
}

/// A holder on another host is alive as long as its heartbeat is fresh by the server's own clock.
#[test]
fn the_lock_of_another_host_holds_until_it_is_silent_for_a_minute() {
    let database = Postgres::shared().database();
    let workspace = on_server(filled(), &database);
    workspace.run(["run", "--date", DAY]).exits(0);
    let hold = |silent: &str| {
        database.execute(&format!(
            "DELETE FROM locks; INSERT INTO locks VALUES ('run', 'run R (process 1 on elsewhere)', \
             'elsewhere', 1, '2026-11-19T03:00:00.000Z', \
             to_char((clock_timestamp() - interval '{silent}') AT TIME ZONE 'UTC', \
             'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"'))"
        ));
    };
    hold("30 seconds");
    let held = workspace.run(["run", "--date", DAY]).exits(75);
    assert!(
        held.stderr.contains("process 1 on elsewhere"),
        "{}",
        held.stderr
    );
    hold("61 seconds");
    let recovered = workspace.run(["run", "--date", DAY]).exits(0);
    let said = format!("{}{}", recovered.stdout, recovered.stderr);
    assert!(
        said.contains("process 1 on elsewhere) was taken over"),
        "{said}"
    );
}

/// One that was killed on this host is known to be gone at once.
#[test]
fn the_lock_of_a_killed_run_falls_at_once() {
    let database = Postgres::shared().database();
    let workspace = on_server(filled(), &database);
    workspace.run(["run", "--date", DAY]).exits(0);
    let (mut child, ledger) = started_and_waiting(&workspace, &database);
    child.kill().expect("a signal");
    child.wait().expect("its end");
    drop(ledger);
    let next = workspace.run(["run", "--date", DAY]).exits(0);
    let said = format!("{}{}", next.stdout, next.stderr);
    assert!(said.contains("was taken over"), "{said}");
}

/// A run that waits for the ledger of a locked database, and holds the state's lock meanwhile.
fn started_and_waiting(
    workspace: &Workspace,
    database: &Database<'_>,
) -> (Child, rusqlite::Connection) {
    let ledger = rusqlite::Connection::open(workspace.path().join("ledger.db")).expect("a ledger");
    ledger
        .execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE")
        .expect("a lock");
    let child = start(workspace);
    let held = (0..400).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(25));
        database.query("SELECT count(*) FROM locks") == "1"
    });
    assert!(held, "it holds the lock");
    (child, ledger)
}

/// Nobody ever answers a question that was sent, and no connection ends: the run ends by itself when
/// another may have taken its lock, and the next one does the work.
#[test]
fn a_server_that_dies_without_a_word_is_not_waited_for_forever() {
    let server = Postgres::start();
    let database = server.database();
    let workspace = on_server(filled(), &database);
    workspace.run(["run", "--date", DAY, "--no-send"]).exits(0);
    workspace.change_ledger("ledger.db", "UPDATE payments SET status = 'success'");
    let (child, ledger) = started_and_waiting(&workspace, &database);
    let frozen = server.freeze();
    drop(ledger);
    let output = child.wait_with_output().expect("its end");
    drop(frozen);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(69), "{stderr}");
    assert!(stderr.contains("has not answered for 60 s"), "{stderr}");
    assert!(
        stderr.contains("run it again when the server answers"),
        "{stderr}"
    );
    workspace.run(["run", "--date", DAY]).exits(0);
    let revisions = database.query("SELECT string_agg(revision::text, ',') FROM results");
    assert_eq!(revisions, "1,2");
    workspace.run(["verify"]).exits(0);
}

fn results(workspace: &Workspace) -> Value {
    let mut all = workspace
        .run(["breaks", "list", "--json", "--state", "all"])
        .exits(0)
        .json();
    for one in all.as_array_mut().expect("breaks") {
        one.as_object_mut().expect("a break").remove("age_days");
    }
    all
}

/// The connection to the state ends after so many bytes: nothing is half stored, and the next run
/// ends as one that nobody disturbed.
#[test]
fn a_cut_anywhere_leaves_a_state_that_the_next_run_completes() {
    let server = Postgres::shared();
    let quiet = filled();
    quiet.run(["run", "--date", DAY]).exits(0);
    let expected = results(&quiet);
    let proxy = Proxy::start(server.port());
    let mut cuts = 0;
    for from in [From::Client, From::Server] {
        let mut at = 200;
        loop {
            let database = server.database();
            let role = database.role("state");
            database.execute(&format!("ALTER DATABASE {} OWNER TO {role}", database.name));
            let direct = database.url_with_password(&role);
            let through = direct.replace(
                &format!(":{}/", server.port()),
                &format!(":{}/", proxy.port()),
            );
            let workspace = state_at(filled(), &(through + "?sslmode=disable"));
            proxy.arm(Mode::Cut(from, at), Reach::Every);
            let output = workspace.run(["run", "--date", DAY]);
            proxy.arm(Mode::Transparent, Reach::Every);
            let whole = output.status == Some(0);
            if !whole {
                assert_eq!(output.status, Some(69), "{from:?} {at}: {}", output.stderr);
                cuts += 1;
            }
            let workspace = workspace.file("state.url", &direct);
            workspace.run(["run", "--date", DAY]).exits(0);
            assert_eq!(results(&workspace), expected, "{from:?} {at}");
            let revisions = database.query("SELECT string_agg(revision::text, ',') FROM results");
            assert_eq!(revisions, "1", "{from:?} {at}");
            workspace.run(["verify"]).exits(0);
            if whole {
                break;
            }
            at += at / 2;
        }
    }
    assert!(cuts >= 12, "only {cuts} cuts");
}
