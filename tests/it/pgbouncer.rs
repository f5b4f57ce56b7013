//! A real PgBouncer before a real PostgreSQL: the ledger is read through it by session and by
//! transaction; the state keeps to sessions and says so.

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::bills::{self, breaks, ran, with_breaks};
use crate::harness::Workspace;
use crate::postgres::{
    Database, PASSWORD, PASSWORD_IN_URL, Postgres, as_owner, bin, free_port, hand_over,
};
use crate::state_postgres::state_at;

const PROGRAM: &str = "/usr/sbin/pgbouncer";
const INSTALL: &str = "apt-get install -y pgbouncer";
const PATIENCE: Duration = Duration::from_secs(20);

/// Ends with the test.
struct Pooler {
    port: u16,
    process: Child,
    _dir: tempfile::TempDir,
}

impl Pooler {
    /// Before the shared server, with two connections to it for each database and role.
    fn start(mode: &str, roles: &[&str], more: &str) -> Pooler {
        Pooler::before(Postgres::shared().port(), mode, roles, more)
    }

    fn before(server: u16, mode: &str, roles: &[&str], more: &str) -> Pooler {
        assert!(
            PathBuf::from(PROGRAM).exists(),
            "{PROGRAM} is missing; {INSTALL}"
        );
        let dir = tempfile::tempdir_in("/tmp").expect("a directory");
        let home = dir.path();
        let users: String = roles
            .iter()
            .map(|role| format!("\"{role}\" \"{PASSWORD}\"\n"))
            .collect();
        fs::write(home.join("users"), users).expect("written");
        // Between finding a port free and taking it, somebody else can take it.
        for _ in 0..5 {
            let port = free_port();
            let settings = format!(
                "[databases]\n* = host=127.0.0.1 port={server}\n\
                 [pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n\
                 auth_type = scram-sha-256\nauth_file = users\npool_mode = {mode}\n\
                 default_pool_size = 2\nlogfile = log\n{more}\n"
            );
            fs::write(home.join("pgbouncer.ini"), settings).expect("written");
            hand_over(home);
            let mut process = as_owner(PROGRAM.as_ref())
                .arg("pgbouncer.ini")
                .current_dir(home)
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .expect("pgbouncer starts");
            let started = Instant::now();
            while process.try_wait().expect("its status").is_none() {
                if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
                    return Pooler {
                        port,
                        process,
                        _dir: dir,
                    };
                }
                assert!(started.elapsed() < PATIENCE, "no answer");
                std::thread::sleep(Duration::from_millis(20));
            }
        }
        let log = fs::read_to_string(home.join("log")).unwrap_or_default();
        panic!("PgBouncer does not start:\n{log}");
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        if let Err(error) = self.process.kill().and_then(|()| self.process.wait()) {
            eprintln!("a pgbouncer may be left: {error}");
        }
    }
}

fn ledger<'s>() -> (Database<'s>, String) {
    let database = Postgres::shared().database();
    database.execute(bills::BREAKS);
    let role = database.reader();
    (database, role)
}

fn run(workspace: &Workspace, code: i32) -> String {
    let run = ran(workspace, code);
    match code {
        0 => breaks(&run),
        _ => run.stderr,
    }
}

#[test]
fn a_ledger_is_read_through_a_pooler_as_from_the_server() {
    let (database, role) = ledger();
    let expected = run(&with_breaks(&database.url(&role)), 0);
    assert!(expected.contains("missing_at_partner"), "{expected}");
    assert!(expected.contains("missing_in_ledger"), "{expected}");
    for mode in ["transaction", "session"] {
        let pooler = Pooler::start(mode, &[&role], "");
        // Whoever comes next gets the connection that the one before had.
        for _ in 0..3 {
            let through = with_breaks(&database.url_at(&role, pooler.port));
            assert_eq!(run(&through, 0), expected, "{mode}");
        }
        let stranger = with_breaks(&database.url_at(&role, pooler.port)).file("password", "wrong");
        let refused = run(&stranger, 77);
        assert!(refused.contains("authentication failed"), "{refused}");
    }
}

#[test]
fn a_state_has_a_session_of_its_own_or_is_refused() {
    let (ledger, reader) = ledger();
    let database = Postgres::shared().database();
    let role = database.role("state");
    database.execute(&format!("ALTER DATABASE {} OWNER TO {role}", database.name));
    let workspace = |port: u16| {
        let url = database.url_with_password_at(&role, port);
        state_at(with_breaks(&ledger.url(&reader)), &url)
    };
    let tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'";
    let lenient = "ignore_startup_parameters = extra_float_digits";
    for (mode, more, said) in [
        (
            "transaction",
            lenient,
            "shares its connections out by transaction",
        ),
        (
            "statement",
            lenient,
            "shares its connections out by transaction",
        ),
        (
            "transaction",
            "server_round_robin = 1\nignore_startup_parameters = extra_float_digits",
            "shares its connections out by transaction",
        ),
        (
            "session",
            "",
            "unsupported startup parameter: extra_float_digits",
        ),
    ] {
        let pooler = Pooler::start(mode, &[&role], more);
        for _ in 0..2 {
            let refused = run(&workspace(pooler.port), 78);
            assert!(refused.contains(said), "{mode}: {refused}");
            assert!(refused.contains("pool_mode = session"), "{mode}: {refused}");
            assert_eq!(database.query(tables), "0", "{mode}");
            let dry = workspace(pooler.port).run(["run", "--date", "2026-11-18", "--dry-run"]);
            assert!(dry.exits(78).stderr.contains(said), "{mode}");
        }
    }
    let pooler = Pooler::start("session", &[&role], lenient);
    let first = run(&workspace(pooler.port), 0);
    assert_eq!(run(&workspace(pooler.port), 0), first);
    let stranger = workspace(pooler.port);
    let url = stranger.read("state.url").replace(PASSWORD_IN_URL, "wrong");
    let refused = run(&stranger.file("state.url", url), 77);
    assert!(refused.contains("authentication failed"), "{refused}");
    // A pooler that has no server behind it is none to be set up otherwise.
    let nobody = Pooler::before(free_port(), "session", &[&role], lenient);
    let refused = run(&workspace(nobody.port), 69);
    assert!(refused.contains("is the server up"), "{refused}");
    // What others left behind on a connection that is not its own.
    let pooler = Pooler::start("transaction", &[&role], lenient);
    let left = Command::new(bin("psql"))
        .args(["-X", "-h", "127.0.0.1", "-p", &pooler.port.to_string()])
        .args(["-U", &role, "-d", &database.name])
        .args(["-c", "PREPARE sqlx_s_1 AS SELECT 1"])
        .env("PGPASSWORD", PASSWORD)
        .output()
        .expect("psql runs");
    assert!(left.status.success(), "{left:?}");
    let refused = run(&workspace(pooler.port), 78);
    assert!(refused.contains("shares its connections out"), "{refused}");
}
