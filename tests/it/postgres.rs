//! A PostgreSQL of its own: cluster, socket, certificates and log in a directory that goes away.

use std::fs::{self, Permissions};
use std::io::Write;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use crate::certificates::certificates;

/// Everybody's password but the administrator's, who has none and comes by the socket alone.
pub const PASSWORD: &str = "lukisan senja: 17%";

/// [`PASSWORD`] as a URL writes it.
pub const PASSWORD_IN_URL: &str = "lukisan%20senja%3A%2017%25";

/// Databases of this name ask for a client certificate of the tests' authority.
pub const CERTIFIED: &str = "certified";

/// Databases of this name let nobody in from outside.
pub const CLOSED: &str = "closed";

const ADMIN: &str = "administrator";

const INSTALL: &str =
    "DEBIAN_FRONTEND=noninteractive apt-get install -y postgresql openssl util-linux";

/// How long a server may take to start and to stop.
const PATIENCE: Duration = Duration::from_secs(60);

/// Ends the server and removes its directory once the tests are gone, however they went.
const KEEPER: &str = r#"
cat >/dev/null
if [ -f "$1/data/postmaster.pid" ]; then
  pid=$(head -n 1 "$1/data/postmaster.pid")
  kill -QUIT "$pid" 2>/dev/null
  for _ in $(seq 200); do kill -0 "$pid" 2>/dev/null || break; sleep 0.05; done
fi
rm -rf "$1"
"#;

/// A running server with TLS, on 127.0.0.1 and 127.0.0.2 and on a socket in its directory.
///
/// Its own time zone, date style and isolation are none that anybody should rely on.
pub struct Postgres {
    home: PathBuf,
    port: u16,
    postmaster: Option<Child>,
    keeper: Child,
}

/// A database of a server. Roles belong to the whole server: name them after it.
pub struct Database<'s> {
    pub server: &'s Postgres,
    pub name: String,
}

impl Postgres {
    /// The server that tests share which neither stop it nor change its settings.
    pub fn shared() -> &'static Postgres {
        static SHARED: OnceLock<Postgres> = OnceLock::new();
        SHARED.get_or_init(Postgres::start)
    }

    /// A server of the test's own.
    pub fn start() -> Postgres {
        let server = Postgres::at_home();
        server.create();
        server.on_a_free_port()
    }

    /// A hot standby of this server, which is started anew for it. It gives up whoever reads what the
    /// primary has removed.
    pub fn standby(&mut self) -> Postgres {
        self.set("wal_level = replica\nmax_wal_senders = 4\n");
        // The first log that says all that a standby needs is that of the next start.
        self.stop();
        self.restart();
        self.stop();
        let standby = Postgres::at_home();
        let copied = as_owner("cp".as_ref())
            .arg("-a")
            .args([self.home.join("data"), standby.home.join("data")])
            .status();
        assert!(copied.expect("cp runs").success(), "the data is copied");
        self.restart();
        standby.set(&format!(
            "primary_conninfo = 'host={} port={} user={ADMIN}'\nmax_standby_streaming_delay = 0\n",
            self.home.display(),
            self.port
        ));
        fs::write(standby.home.join("data/standby.signal"), "").expect("written");
        standby.on_a_free_port()
    }

    /// Adds to what it starts with.
    fn set(&self, settings: &str) {
        let mut file = fs::File::options()
            .append(true)
            .open(self.home.join("data/postgresql.auto.conf"))
            .expect("its settings");
        file.write_all(settings.as_bytes()).expect("written");
    }

    /// An empty directory of its own.
    fn at_home() -> Postgres {
        // Not where TMPDIR says: paths of unix sockets are short, and others must be let in.
        let home = tempfile::Builder::new()
            .prefix("pg-")
            .tempdir_in("/tmp")
            .expect("a directory")
            .keep();
        fs::set_permissions(&home, Permissions::from_mode(0o755)).expect("mode");
        hand_over(&home);
        let keeper = Command::new("sh")
            .args(["-c", KEEPER, "sh"])
            .arg(&home)
            .stdin(Stdio::piped())
            .spawn()
            .expect("sh runs");
        Postgres {
            home,
            port: 0,
            postmaster: None,
            keeper,
        }
    }

    fn on_a_free_port(mut self) -> Postgres {
        // Between finding a port free and taking it, somebody else can take it.
        for _ in 0..5 {
            self.port = free_port();
            if self.launch() {
                return self;
            }
        }
        panic!("PostgreSQL does not start:\n{}", self.log());
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// The directory of its unix socket.
    pub fn socket(&self) -> &Path {
        &self.home
    }

    /// What the server has logged.
    pub fn log(&self) -> String {
        fs::read_to_string(self.home.join("log")).unwrap_or_default()
    }

    /// As `pg_ctl stop -m immediate`: connections are cut, and it recovers at the next start.
    pub fn stop_immediately(&mut self) {
        self.end(libc::SIGQUIT);
    }

    /// As `pg_ctl stop -m fast`: everybody is told, then cut.
    pub fn stop(&mut self) {
        self.end(libc::SIGINT);
    }

    /// Stops every process of the server where it stands: connections stay open, the system takes what
    /// is sent, and nothing answers any more. A server that died without a word looks like that.
    pub fn freeze(&self) -> Frozen {
        let postmaster = self.postmaster.as_ref().expect("it runs").id();
        signal(postmaster, libc::SIGSTOP);
        let children = fs::read_to_string(format!("/proc/{postmaster}/task/{postmaster}/children"))
            .expect("its processes");
        let children = children
            .split_whitespace()
            .map(|pid| pid.parse().expect("a pid"));
        let mut all: Vec<u32> = children.collect();
        for pid in &all {
            signal(*pid, libc::SIGSTOP);
        }
        all.push(postmaster);
        Frozen(all)
    }

    /// On the same port, with the same data.
    pub fn restart(&mut self) {
        assert!(self.postmaster.is_none(), "it runs already");
        assert!(self.launch(), "no restart:\n{}", self.log());
    }

    /// A new, empty database.
    pub fn database(&self) -> Database<'_> {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let name = format!("test{}", NEXT.fetch_add(1, Ordering::Relaxed));
        self.database_named(&name)
    }

    /// As [`Postgres::database`], for [`CERTIFIED`] and [`CLOSED`].
    pub fn database_named(&self, name: &str) -> Database<'_> {
        self.psql("postgres", &format!("CREATE DATABASE {name}"));
        Database {
            server: self,
            name: name.to_owned(),
        }
    }

    /// Runs SQL as the administrator; the answer is unaligned, one line a row.
    #[track_caller]
    fn psql(&self, database: &str, sql: &str) -> String {
        let output = self.try_psql(database, sql);
        assert!(
            output.status.success(),
            "{sql}\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let answer = String::from_utf8(output.stdout).expect("UTF-8");
        answer.trim_end_matches('\n').to_owned()
    }

    fn try_psql(&self, database: &str, sql: &str) -> Output {
        let mut psql = Command::new(bin("psql"))
            .args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-f", "-"])
            .args(["-U", ADMIN, "-d", database])
            .arg("-h")
            .arg(&self.home)
            .args(["-p", &self.port.to_string()])
            .env("PGOPTIONS", "-c client_min_messages=warning")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("psql starts");
        let mut stdin = psql.stdin.take().expect("piped");
        let text = sql.to_owned();
        // Long SQL and long answers would otherwise wait for one another.
        let writer = std::thread::spawn(move || stdin.write_all(text.as_bytes()));
        let output = psql.wait_with_output().expect("psql ends");
        // A refused statement ends psql before it has read the rest.
        if let Err(error) = writer.join().expect("no panic") {
            assert!(!output.status.success(), "psql does not read: {error}");
        }
        output
    }

    fn create(&self) {
        let data = self.home.join("data");
        fs::create_dir(&data).expect("a directory");
        let owner = owner();
        if let Some((uid, gid)) = owner {
            std::os::unix::fs::chown(&data, Some(uid), Some(gid)).expect("root");
        }
        let output = as_owner(&bin("initdb"))
            .arg("-D")
            .arg(&data)
            .args(["-U", ADMIN, "--auth=trust", "--no-sync", "--no-locale"])
            .args(["--encoding=UTF8", "--no-instructions"])
            .current_dir(&self.home)
            .output()
            .expect("initdb starts");
        assert!(
            output.status.success(),
            "initdb: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        let put = |name: &str, text: &str, mode: u32| {
            let path = data.join(name);
            fs::write(&path, text).expect("written");
            fs::set_permissions(&path, Permissions::from_mode(mode)).expect("mode");
            if let Some((uid, gid)) = owner {
                std::os::unix::fs::chown(&path, Some(uid), Some(gid)).expect("root");
            }
        };
        put("server.pem", &certificates().good.certificate, 0o644);
        put("server.key", &certificates().good.key, 0o600);
        put("ca.pem", &certificates().ca, 0o644);
        put(
            "pg_hba.conf",
            &format!(
                "local all,replication {ADMIN} trust\n\
                 host {CLOSED} all all reject\n\
                 hostssl {CERTIFIED} all all scram-sha-256 clientcert=verify-ca\n\
                 host all all all scram-sha-256\n\
                 local all all scram-sha-256\n"
            ),
            0o600,
        );
        let settings = "
            listen_addresses = '127.0.0.1,127.0.0.2'
            ssl = on
            ssl_cert_file = 'server.pem'
            ssl_key_file = 'server.key'
            ssl_ca_file = 'ca.pem'
            fsync = off
            full_page_writes = off
            wal_level = minimal
            max_wal_senders = 0
            autovacuum = off
            shared_buffers = 32MB
            max_connections = 60
            timezone = 'America/Caracas'
            log_timezone = 'UTC'
            datestyle = 'German, DMY'
            log_min_messages = warning
        ";
        put("postgresql.auto.conf", settings, 0o600);
    }

    /// Whether it runs in the end; somebody else may have its port.
    fn launch(&mut self) -> bool {
        let log = fs::File::options()
            .create(true)
            .append(true)
            .open(self.home.join("log"))
            .expect("a log");
        let mut postmaster = as_owner(&bin("postgres"))
            .arg("-D")
            .arg(self.home.join("data"))
            .args(["-p", &self.port.to_string()])
            .arg("-k")
            .arg(&self.home)
            .current_dir(&self.home)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("postgres starts");
        let deadline = Instant::now() + PATIENCE;
        loop {
            if postmaster.try_wait().expect("its status").is_some() {
                return false;
            }
            if self.home.join("data/postmaster.pid").exists()
                && self.try_psql("postgres", "SELECT 1").status.success()
            {
                self.postmaster = Some(postmaster);
                return true;
            }
            assert!(Instant::now() < deadline, "no start:\n{}", self.log());
            std::thread::sleep(Duration::from_millis(30));
        }
    }

    fn end(&mut self, signal: i32) {
        let Some(mut postmaster) = self.postmaster.take() else {
            return;
        };
        let pid = i32::try_from(postmaster.id()).expect("a pid");
        // SAFETY: a signal to a child of ours that has not been waited for.
        let sent = unsafe { libc::kill(pid, signal) };
        assert_eq!(sent, 0, "the postmaster is ours and there");
        postmaster.wait().expect("it ends");
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.end(libc::SIGQUIT);
        drop(self.keeper.stdin.take());
        if let Err(error) = self.keeper.wait() {
            eprintln!("{} may be left: {error}", self.home.display());
        }
    }
}

/// A server that stands still until this is dropped.
pub struct Frozen(Vec<u32>);

impl Drop for Frozen {
    fn drop(&mut self) {
        for pid in &self.0 {
            signal(*pid, libc::SIGCONT);
        }
    }
}

fn signal(pid: u32, signal: i32) {
    let pid = i32::try_from(pid).expect("a pid");
    // SAFETY: a signal to a server of ours that nobody has ended. A backend may have ended itself.
    let sent = unsafe { libc::kill(pid, signal) };
    let error = std::io::Error::last_os_error();
    assert!(
        sent == 0 || error.raw_os_error() == Some(libc::ESRCH),
        "{error}"
    );
}

impl Database<'_> {
    /// Runs SQL as the administrator.
    #[track_caller]
    pub fn execute(&self, sql: &str) {
        self.server.psql(&self.name, sql);
    }

    /// What a query says to the administrator: fields with `|` between, one line a row.
    #[track_caller]
    pub fn query(&self, sql: &str) -> String {
        self.server.psql(&self.name, sql)
    }

    /// A role with [`PASSWORD`] that may connect and nothing else, named after the database.
    pub fn role(&self, name: &str) -> String {
        let role = format!("{}_{name}", self.name);
        self.execute(&format!("CREATE ROLE {role} LOGIN PASSWORD '{PASSWORD}'"));
        role
    }

    /// A role that reads every table there is.
    pub fn reader(&self) -> String {
        let role = self.role("reader");
        self.execute(&format!(
            "GRANT USAGE ON SCHEMA public TO {role};
             GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}"
        ));
        role
    }

    /// The URL of a role, without its password.
    pub fn url(&self, role: &str) -> String {
        self.url_at(role, self.server.port)
    }

    /// As [`Database::url`], through another port, such as a proxy's.
    pub fn url_at(&self, role: &str, port: u16) -> String {
        format!("postgres://{role}@127.0.0.1:{port}/{}", self.name)
    }

    /// The URL of a role with [`PASSWORD`] in it.
    pub fn url_with_password(&self, role: &str) -> String {
        self.url_with_password_at(role, self.server.port)
    }

    /// As [`Database::url_with_password`], through another port.
    pub fn url_with_password_at(&self, role: &str, port: u16) -> String {
        let url = self.url_at(role, port);
        url.replace(&format!("{role}@"), &format!("{role}:{PASSWORD_IN_URL}@"))
    }
}

/// A program of the newest PostgreSQL there is.
pub fn bin(name: &str) -> PathBuf {
    let mut versions: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .unwrap_or_else(|error| panic!("/usr/lib/postgresql: {error}; {INSTALL}"))
        .filter_map(|entry| {
            let path = entry.expect("an entry").path();
            let version = path.file_name()?.to_str()?.parse().ok()?;
            let program = path.join("bin").join(name);
            program.exists().then_some((version, program))
        })
        .collect();
    versions.sort();
    let newest = versions.pop();
    newest
        .unwrap_or_else(|| panic!("no {name} below /usr/lib/postgresql: {INSTALL}"))
        .1
}

/// Whom the server runs as where root started the tests: it refuses to run as root.
fn owner() -> Option<(u32, u32)> {
    // SAFETY: asks and changes nothing.
    if unsafe { libc::geteuid() } != 0 {
        return None;
    }
    let id = |which: &str, user: &str| {
        let output = Command::new("id").args([which, user]).output();
        let output = output.expect("id runs");
        let text = String::from_utf8(output.stdout).expect("digits");
        text.trim().parse::<u32>().ok()
    };
    let user = ["postgres", "nobody"]
        .into_iter()
        .find_map(|user| Some((id("-u", user)?, id("-g", user)?)));
    Some(user.expect("a user other than root, such as nobody"))
}

/// Gives a directory and what is in it to whom servers run as.
pub fn hand_over(dir: &Path) {
    let Some((uid, gid)) = owner() else {
        return;
    };
    let within = fs::read_dir(dir).expect("a directory");
    let paths = within.map(|entry| entry.expect("an entry").path());
    for path in paths.chain([dir.to_owned()]) {
        std::os::unix::fs::chown(&path, Some(uid), Some(gid)).expect("root");
    }
}

pub fn as_owner(program: &Path) -> Command {
    let Some((uid, gid)) = owner() else {
        return Command::new(program);
    };
    let mut command = Command::new("setpriv");
    command
        .args([format!("--reuid={uid}"), format!("--regid={gid}")])
        .args(["--clear-groups", "--"])
        .arg(program);
    command
}

pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}
