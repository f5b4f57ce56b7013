//! `rekon schedule` as systemd runs it: the real binary, signals, its notify socket, its port.

use std::fs::File;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::UnixDatagram;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use chrono::{NaiveDate, Utc};

use crate::bills;
use crate::harness::Workspace;
use crate::listener::{Check, Manner};
use crate::metrics::parsed;

/// Longer than anything here takes: what comes later than that never comes.
const PATIENCE: Duration = Duration::from_secs(120);

/// Yesterday in Jakarta, by the clock that the binary goes by.
pub fn yesterday() -> NaiveDate {
    let today = Utc::now().with_timezone(&chrono_tz::Asia::Jakarta);
    today.date_naive().pred_opt().expect("a day before")
}

/// A biller whose file of yesterday may be there, run at midnight: the night has come due whenever
/// the test is.
pub fn world(more: &str) -> Workspace {
    let date = yesterday();
    let booked = format!("{date} 09:00:00");
    let settings = format!("start = \"{date}\"\ndue = \"23:59\"");
    let workspace = bills::workspace(&settings, &[(&booked, "K1", 50_000, "success")]);
    let schedule = "\n[schedule]\nrun = \"00:00\"\ncollect_every = \"1m\"\n";
    let config = workspace.read("rekon.toml") + schedule + more;
    workspace.put("rekon.toml", config);
    workspace
}

pub fn file_comes(workspace: &Workspace) {
    let stamp = format!("{} 09:00:05", yesterday());
    let name = format!("inbox/biller_{}.csv", yesterday().format("%Y%m%d"));
    bills::put(
        workspace,
        &name,
        bills::report(&[(&stamp, "K1", 50_000)]),
        60,
    );
}

pub struct Service<'w> {
    child: Child,
    /// What systemd would hear, in order.
    heard: Receiver<String>,
    workspace: &'w Workspace,
}

impl<'w> Service<'w> {
    pub fn start(workspace: &'w Workspace) -> Service<'w> {
        Service::start_with(workspace, &[])
    }

    pub fn start_with(workspace: &'w Workspace, environment: &[(&str, &str)]) -> Service<'w> {
        let path = workspace.path().join("notify");
        if path.exists() {
            std::fs::remove_file(&path).expect("the last one's socket");
        }
        let socket = UnixDatagram::bind(&path).expect("a socket");
        let (sender, heard) = channel();
        std::thread::spawn(move || {
            let mut buffer = [0_u8; 4096];
            while let Ok(length) = socket.recv(&mut buffer) {
                let text = String::from_utf8_lossy(&buffer[..length]).into_owned();
                if sender.send(text).is_err() {
                    return;
                }
            }
        });
        let log = File::options()
            .create(true)
            .append(true)
            .open(workspace.path().join("log"))
            .expect("a log");
        let child = Command::new(env!("CARGO_BIN_EXE_rekon"))
            .args(["schedule", "-c", "rekon.toml", "--log-format", "json"])
            .current_dir(workspace.path())
            .env_clear()
            .env("TZ", "Pacific/Kiritimati")
            .env("HOME", workspace.path())
            .env("NOTIFY_SOCKET", &path)
            .env("WATCHDOG_USEC", "400000")
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("the binary starts");
        Service {
            child,
            heard,
            workspace,
        }
    }

    /// Waits for a datagram that begins so.
    #[track_caller]
    pub fn hears(&self, beginning: &str) -> String {
        let until = Instant::now() + PATIENCE;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            match self.heard.recv_timeout(left) {
                Ok(text) if text.starts_with(beginning) => return text,
                Ok(_) => {}
                Err(_) => panic!("no {beginning}; {}", self.log()),
            }
        }
    }

    pub fn log(&self) -> String {
        self.workspace.read("log")
    }

    /// Waits until the log has this.
    #[track_caller]
    pub fn logs(&self, wanted: &str) {
        self.until(wanted, || self.log().contains(wanted));
    }

    #[track_caller]
    pub fn until(&self, what: &str, mut come: impl FnMut() -> bool) {
        let until = Instant::now() + PATIENCE;
        while !come() {
            assert!(Instant::now() < until, "never: {what}; {}", self.log());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    pub fn signal(&self, signal: i32) {
        let pid = i32::try_from(self.child.id()).expect("a process id");
        // SAFETY: a signal to a child that is not waited for yet.
        assert_eq!(unsafe { libc::kill(pid, signal) }, 0);
    }

    pub fn ends(&mut self) -> Option<i32> {
        self.child.wait().expect("its end").code()
    }

    pub fn terminate(mut self) {
        self.signal(libc::SIGTERM);
        self.hears("STOPPING=1");
        assert_eq!(self.ends(), Some(0), "{}", self.log());
        assert!(self.log().contains("stopped at a safe point"));
    }
}

impl Drop for Service<'_> {
    fn drop(&mut self) {
        // Of one that ended there is nothing to kill.
        if matches!(self.child.try_wait(), Ok(None)) {
            self.child.kill().expect("it ends");
            self.child.wait().expect("its end");
        }
    }
}

/// One column of rows of the state.
pub fn state(workspace: &Workspace, sql: &str) -> Vec<String> {
    let path = workspace.path().join("state/state.db");
    let Ok(state) = rusqlite::Connection::open(path) else {
        return Vec::new();
    };
    let Ok(mut statement) = state.prepare(sql) else {
        return Vec::new();
    };
    let rows = statement
        .query_map([], |row| row.get::<_, String>(0))
        .expect("rows");
    rows.map(|row| row.expect("text")).collect()
}

pub const PLANNED: &str = "SELECT business_date || ' ' || state || ' ' || exit_code FROM planned_runs \
                       ORDER BY business_date";
pub const RUNS: &str = "SELECT run_id FROM run_ends";

#[test]
fn the_night_is_run_once_whatever_is_killed_and_started_again() {
    let check = Check::start(Manner::Well);
    let workspace = world(&check.config());
    file_comes(&workspace);
    let mut service = Service::start(&workspace);
    service.hears("READY=1");
    service.hears("WATCHDOG=1");
    let status = service.hears("STATUS=");
    assert!(
        status.starts_with("STATUS=waiting; next nightly run "),
        "{status}"
    );
    let ended = format!("{} ended 0", yesterday());
    assert_eq!(
        state(&workspace, PLANNED),
        [ended.as_str()],
        "{}",
        service.log()
    );
    assert_eq!(check.paths(), ["/ping/s3cret/start", "/ping/s3cret"]);
    service.signal(libc::SIGKILL);
    service.ends();
    drop(service);

    let service = Service::start(&workspace);
    service.hears("STATUS=");
    assert_eq!(state(&workspace, PLANNED), [ended]);
    assert_eq!(state(&workspace, RUNS).len(), 1);
    assert_eq!(check.paths(), Vec::<String>::new());
    let mails = workspace.files("mail").into_iter();
    assert_eq!(mails.filter(|name| name.ends_with(".eml")).count(), 1);
    service.terminate();
}

#[test]
fn a_run_that_was_killed_is_done_again() {
    let workspace = world("");
    file_comes(&workspace);
    let service = Service::start(&workspace);
    service.hears("STATUS=");
    service.terminate();
    // As kill -9 leaves it: it began, and nobody knows how it ended.
    let path = workspace.path().join("state/state.db");
    rusqlite::Connection::open(path)
        .and_then(|state| {
            state.execute_batch(
                "UPDATE planned_runs SET state = 'started', ended_at = '', run_id = ''",
            )
        })
        .expect("the row is changed");
    let service = Service::start(&workspace);
    service.hears("STATUS=");
    assert_eq!(
        state(&workspace, PLANNED),
        [format!("{} ended 0", yesterday())]
    );
    assert_eq!(state(&workspace, RUNS).len(), 2);
    service.terminate();
}

#[test]
fn a_file_that_comes_late_completes_its_date_by_itself() {
    let workspace = world("");
    let service = Service::start(&workspace);
    service.hears("STATUS=");
    assert_eq!(state(&workspace, "SELECT state FROM dates"), ["not_due"]);
    service.terminate();
    file_comes(&workspace);
    let service = Service::start(&workspace);
    service.hears("STATUS=");
    assert_eq!(state(&workspace, "SELECT state FROM dates"), ["complete"]);
    assert!(
        service
            .log()
            .contains("a run begins: a file came that was waited for")
    );
    assert_eq!(state(&workspace, PLANNED).len(), 1);
    service.terminate();
}

#[test]
fn nights_beyond_catch_up_are_told_and_those_within_are_done_in_one_run() {
    let workspace = world("\n[alert]\nto = [\"ops@merchant.example\"]\n");
    file_comes(&workspace);
    workspace.run(["status"]).exits(0);
    let long_ago = yesterday() - chrono::Duration::days(20);
    let path = workspace.path().join("state/state.db");
    rusqlite::Connection::open(path)
        .and_then(|state| {
            state.execute(
                "INSERT INTO planned_runs VALUES (?1, ?2, ?2, 'ended', '', ?2, 'r', 0)",
                (long_ago.to_string(), format!("{long_ago}T18:00:00.000Z")),
            )
        })
        .expect("a row");
    let service = Service::start(&workspace);
    service.hears("STATUS=");
    let count = |state_name: &str| {
        let rows = state(&workspace, PLANNED);
        rows.iter().filter(|row| row.contains(state_name)).count()
    };
    assert_eq!(
        (count("missed"), count("covered"), count("ended")),
        (6, 13, 2)
    );
    let mails = workspace.files("mail").into_iter();
    let told: Vec<String> = mails.filter(|name| name.contains("missed")).collect();
    assert_eq!(told.len(), 1, "{told:?}");
    service.terminate();
    let service = Service::start(&workspace);
    service.hears("STATUS=");
    assert_eq!(
        (count("missed"), count("covered"), count("ended")),
        (6, 13, 2)
    );
    service.terminate();
}

/// A mail server that takes the connection and never speaks.
fn stall_the_mail(workspace: &Workspace) -> TcpListener {
    let server = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = server.local_addr().expect("its address").port();
    let config = workspace.read("rekon.toml");
    let transport = format!("transport = \"smtp://127.0.0.1:{port}\"");
    workspace.put(
        "rekon.toml",
        config.replace("transport = \"directory:mail\"", &transport),
    );
    server
}

#[test]
fn sigterm_during_a_run_leaves_its_mails_for_the_next_start() {
    let workspace = world("");
    file_comes(&workspace);
    let by_directory = workspace.read("rekon.toml");
    let server = stall_the_mail(&workspace);
    let service = Service::start(&workspace);
    let connection = server.accept().expect("it delivers");
    assert_eq!(state(&workspace, "SELECT state FROM dates"), ["complete"]);
    service.terminate();
    drop(connection);
    assert_eq!(
        state(&workspace, PLANNED),
        [format!("{} ended 0", yesterday())]
    );
    workspace.put("rekon.toml", by_directory);
    let service = Service::start(&workspace);
    service.until("the mail leaves", || {
        workspace
            .files("mail")
            .iter()
            .any(|name| name.ends_with(".eml"))
    });
    assert_eq!(state(&workspace, RUNS).len(), 1);
    service.terminate();
}

#[test]
fn a_second_signal_ends_at_once_and_nothing_is_lost() {
    let workspace = world("");
    file_comes(&workspace);
    let by_directory = workspace.read("rekon.toml");
    let server = stall_the_mail(&workspace);
    let mut service = Service::start(&workspace);
    let connection = server.accept().expect("it delivers");
    service.signal(libc::SIGINT);
    service.hears("STOPPING=1");
    service.signal(libc::SIGTERM);
    assert_eq!(service.ends(), Some(75), "{}", service.log());
    drop((service, connection));
    assert_eq!(
        state(&workspace, PLANNED),
        [format!("{} started 0", yesterday())]
    );
    workspace.put("rekon.toml", by_directory);
    let service = Service::start(&workspace);
    service.until("the night ends", || {
        state(&workspace, PLANNED) == [format!("{} ended 0", yesterday())]
    });
    service.until("the mail leaves", || {
        workspace
            .files("mail")
            .iter()
            .any(|name| name.ends_with(".eml"))
    });
    service.terminate();
}

fn ask(port: u16, request: &[u8]) -> String {
    let mut connection = TcpStream::connect(("127.0.0.1", port)).expect("it listens");
    connection
        .set_read_timeout(Some(PATIENCE))
        .expect("a timeout");
    // One that is refused half way may close before it has all.
    if connection.write_all(request).is_err() {
        return String::new();
    }
    let mut answer = Vec::new();
    match connection.read_to_end(&mut answer) {
        Ok(_) => String::from_utf8_lossy(&answer).into_owned(),
        Err(_) => String::from_utf8_lossy(&answer).into_owned(),
    }
}

#[test]
fn the_port_answers_with_the_figures_and_bears_with_anything() {
    let free = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = free.local_addr().expect("its address").port();
    drop(free);
    let workspace = world(&format!("\n[metrics]\nlisten = \"127.0.0.1:{port}\"\n"));
    file_comes(&workspace);
    let service = Service::start(&workspace);
    service.hears("STATUS=");
    let get = |path: &str| {
        ask(
            port,
            format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n").as_bytes(),
        )
    };
    service.until("the figures", || get("/metrics").contains("rekon_rows"));
    let answer = get("/metrics");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a body");
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
    assert!(
        head.contains(&format!("Content-Length: {}", body.len())),
        "{head}"
    );
    assert_eq!(parsed(body)["rekon_last_run_exit_code"], 0.0);
    assert!(get("/healthz").ends_with(" WIB\n"), "{}", get("/healthz"));

    let silent: Vec<TcpStream> = (0..8)
        .map(|_| TcpStream::connect(("127.0.0.1", port)).expect("it listens"))
        .collect();
    assert!(get("/nothing").starts_with("HTTP/1.1 404"));
    let post = ask(port, b"POST /metrics HTTP/1.1\r\n\r\n");
    assert!(post.starts_with("HTTP/1.1 405"), "{post}");
    assert!(ask(port, b"\xff\0\r\n\r\n").starts_with("HTTP/1.1 405"));
    let long = [
        &b"GET /metrics HTTP/1.1\r\nX: "[..],
        &vec![b'a'; 9 << 10][..],
    ]
    .concat();
    let answer = ask(port, &long);
    assert!(
        answer.is_empty() || answer.starts_with("HTTP/1.1 431"),
        "{answer}"
    );
    assert!(get("/metrics").contains("rekon_rows"));
    drop(silent);
    service.terminate();
}

#[test]
fn another_process_at_work_is_waited_for_and_said_once() {
    let workspace = world("");
    file_comes(&workspace);
    workspace.run(["status"]).exits(0);
    let path = workspace.path().join("state/state.db");
    let host = crate::harness::host_identity();
    let now = Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
    // This test holds it: a process that lives.
    rusqlite::Connection::open(&path)
        .and_then(|state| {
            state.execute(
                "INSERT INTO locks (name, owner, host, pid, taken_at, heartbeat) \
                 VALUES ('run', 'run by hand', ?1, ?2, ?3, ?3)",
                (host.trim(), std::process::id(), &now),
            )
        })
        .expect("a lock");
    let service = Service::start(&workspace);
    service.logs("waiting for another run to end: run by hand");
    service.hears("STATUS=waiting for another run to end");
    assert_eq!(state(&workspace, PLANNED), Vec::<String>::new());
    rusqlite::Connection::open(&path)
        .and_then(|state| state.execute("DELETE FROM locks", []))
        .expect("the lock falls");
    service.until("the night ends", || {
        state(&workspace, PLANNED) == [format!("{} ended 0", yesterday())]
    });
    assert_eq!(service.log().matches("waiting for another run").count(), 1);
    service.terminate();
}

#[test]
fn without_a_schedule_there_is_nothing_to_stay_for() {
    let workspace = bills::workspace("", &[]);
    let output = workspace.run(["schedule"]).exits(78);
    assert!(
        output.stderr.contains("schedule: nothing says when to run"),
        "{}",
        output.stderr
    );
}
