//! A real MariaDB of its own: a loopback port and a socket in a directory that goes away.

use std::fs;
use std::io::Write as _;
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use rekon::database::Database;
use secrecy::SecretString;
use tempfile::TempDir;

use crate::certificates::certificates;
use crate::harness::files_below;

const SERVER: &str = "/usr/sbin/mariadbd";
/// Names a `mysqld` to be tested against instead.
const MYSQL: &str = "REKON_TESTS_MYSQLD";
/// Who serves where root runs the tests; the server does not serve as root.
const SERVANT: &str = "mysql";
/// What makes it small, and quick to start and to write.
const SMALL: [&str; 5] = [
    "--no-defaults",
    "--innodb-buffer-pool-size=32M",
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-doublewrite=0",
    "--key-buffer-size=1M",
];
const SMALL_MARIADB: [&str; 4] = [
    "--innodb-log-file-size=4M",
    "--innodb-data-file-path=ibdata1:5M:autoextend",
    "--innodb-temp-data-file-path=ibtmp1:5M:autoextend",
    "--aria-checkpoint-interval=0",
];
const SMALL_MYSQL: [&str; 4] = [
    "--secure-file-priv=NULL",
    "--innodb-redo-log-capacity=8M",
    "--mysqlx=OFF",
    "--skip-log-bin",
];

/// The MySQL to test against, where there is one.
pub fn mysql() -> Option<PathBuf> {
    std::env::var_os(MYSQL).map(PathBuf::from)
}

fn server() -> Command {
    let mysql = mysql();
    let mut command = Command::new(mysql.as_deref().unwrap_or(Path::new(SERVER)));
    command.args(SMALL);
    match mysql {
        Some(_) => command.args(SMALL_MYSQL),
        None => command.args(SMALL_MARIADB),
    };
    command.args(as_servant());
    command
}

/// The account of a test's ledger, and its password.
pub const READER: &str = "rekon_reader";
pub const PASSWORD: &str = "secret of the test";

/// A server with the database `ledger` and [`READER`], who may read it.
pub struct MariaDb {
    home: TempDir,
    pub port: u16,
    options: Vec<String>,
    process: Option<Child>,
}

impl MariaDb {
    pub fn start() -> MariaDb {
        MariaDb::start_with(&[])
    }

    /// With further options of the server.
    pub fn start_with(options: &[&str]) -> MariaDb {
        assert!(
            mysql().is_some() || Path::new(SERVER).exists(),
            "this test needs MariaDB: apt-get install -y mariadb-server"
        );
        let home = tempfile::Builder::new()
            .prefix("rekon-mariadb-")
            .tempdir()
            .expect("a directory");
        let mut server = MariaDb {
            port: free_port(),
            options: options.iter().map(|&option| option.to_owned()).collect(),
            process: None,
            home,
        };
        for (name, bytes) in data() {
            let path = server.at("data").join(name);
            fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
            fs::write(&path, bytes).expect("a file");
        }
        server.give_away();
        server.run();
        server.execute(&format!(
            "CREATE DATABASE ledger CHARACTER SET utf8mb4;
             CREATE USER '{READER}'@'%' IDENTIFIED BY '{PASSWORD}';
             GRANT SELECT, SHOW VIEW ON ledger.* TO '{READER}'@'%';"
        ));
        server
    }

    /// With TLS, as a host whose certificate is one of the harness'.
    pub fn start_with_tls(certificate: &str, key: &str, more: &[&str]) -> MariaDb {
        let files = tempfile::tempdir().expect("a directory").keep();
        let put = |name: &str, text: &str| {
            let path = files.join(name);
            fs::write(&path, text).expect("PEM");
            path.display().to_string()
        };
        let mut options = vec![
            format!("--ssl-cert={}", put("cert.pem", certificate)),
            format!("--ssl-key={}", put("key.pem", key)),
            format!("--ssl-ca={}", put("ca.pem", &certificates().ca)),
        ];
        fs::set_permissions(&files, fs::Permissions::from_mode(0o755)).expect("its mode");
        options.extend(more.iter().map(|&option| option.to_owned()));
        let options: Vec<&str> = options.iter().map(String::as_str).collect();
        let server = MariaDb::start_with(&options);
        fs::remove_dir_all(&files).expect("read when it started");
        server
    }

    /// A path in the server's directory.
    pub fn at(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    pub fn socket(&self) -> PathBuf {
        self.at("socket")
    }

    /// The URL of the ledger, without a password.
    pub fn url(&self) -> String {
        self.url_at(self.port)
    }

    /// By another port, as of a proxy.
    pub fn url_at(&self, port: u16) -> String {
        format!("mysql://{READER}@127.0.0.1:{port}/ledger")
    }

    pub fn database(&self) -> Database {
        let password = SecretString::from(PASSWORD);
        Database::parse(&self.url(), self.home.path(), Some(&password)).expect("a URL")
    }

    /// Statements as root; their answer, tab-separated, without headings.
    pub fn execute(&self, sql: &str) -> String {
        self.execute_in("", sql)
    }

    /// As [`MariaDb::execute`], in the ledger's database.
    pub fn ledger(&self, sql: &str) -> String {
        self.execute_in("ledger", sql)
    }

    /// Numbers from 1 as `seq_1_to_…`: MariaDB has such tables, MySQL is given them.
    pub fn numbers(&self, most: u32) {
        if mysql().is_some() {
            self.ledger(&format!(
                "SET SESSION cte_max_recursion_depth = {most};
                 CREATE TABLE seq_1_to_{most} (seq INT PRIMARY KEY)
                 WITH RECURSIVE x (seq) AS (SELECT 1 UNION ALL SELECT seq + 1 FROM x WHERE seq < {most})
                 SELECT seq FROM x"
            ));
        }
    }

    /// Has the server know a zone by its name.
    pub fn know_zone(&self, name: &str) {
        let tables = Command::new("mariadb-tzinfo-to-sql")
            .args([&format!("/usr/share/zoneinfo/{name}"), name])
            .output()
            .expect("it runs (apt-get install -y mariadb-server tzdata)");
        let mut tables = String::from_utf8(tables.stdout).expect("UTF-8");
        if mysql().is_some() {
            // Before the rows it speaks of MariaDB's own settings.
            let rows = tables.find("INSERT INTO").expect("rows");
            let end = tables
                .rfind("UNLOCK TABLES")
                .or(tables.rfind("execute immediate"));
            tables = tables[rows..end.unwrap_or(tables.len())].to_owned();
        }
        self.execute(&format!("USE mysql; {tables}"));
    }

    fn execute_in(&self, database: &str, sql: &str) -> String {
        let mut client = Command::new("mariadb")
            .args([
                "--no-defaults",
                "--batch",
                "--skip-column-names",
                "--user=root",
            ])
            .arg("--default-character-set=utf8mb4")
            .arg(format!("--socket={}", self.socket().display()))
            .args([database].iter().filter(|name| !name.is_empty()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the client starts (apt-get install -y mariadb-client)");
        let mut stdin = client.stdin.take().expect("its input");
        let text = sql.to_owned();
        let writer = std::thread::spawn(move || stdin.write_all(text.as_bytes()));
        let output = client.wait_with_output().expect("the client ends");
        let written = writer.join().expect("the writer ends");
        assert!(
            output.status.success() && written.is_ok(),
            "{}\n{sql}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).expect("UTF-8")
    }

    /// Ends it as a power cut does.
    pub fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().expect("the server ends");
            process.wait().expect("the server ended");
        }
    }

    /// Starts it again on its port after [`MariaDb::kill`].
    pub fn restart(&mut self) {
        self.kill();
        self.run();
    }

    pub fn log(&self) -> String {
        fs::read_to_string(self.at("log")).unwrap_or_default()
    }

    fn run(&mut self) {
        let log = fs::File::create(self.at("log")).expect("a log");
        let process = server()
            .arg(format!("--datadir={}", self.at("data").display()))
            .arg(format!("--tmpdir={}", self.home.path().display()))
            .arg(format!("--socket={}", self.socket().display()))
            .arg(format!("--pid-file={}", self.at("pid").display()))
            .arg(format!("--port={}", self.port))
            .args(["--bind-address=127.0.0.1", "--skip-name-resolve"])
            .args(&self.options)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("the server starts");
        self.process = Some(process);
        let started = Instant::now();
        while !self.answers() {
            let process = self.process.as_mut().expect("just started");
            let ended = process.try_wait().expect("its state");
            assert!(
                ended.is_none() && started.elapsed() < Duration::from_secs(60),
                "MariaDB does not serve ({ended:?}): {}",
                self.log()
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn answers(&self) -> bool {
        Command::new("mariadb-admin")
            .args([
                "--no-defaults",
                "--user=root",
                "--connect-timeout=5",
                "ping",
            ])
            .arg(format!("--socket={}", self.socket().display()))
            .output()
            .expect("the client starts (apt-get install -y mariadb-client)")
            .status
            .success()
    }

    /// Root's files become the servant's.
    fn give_away(&self) {
        if let Some((user, group)) = servant() {
            let mut paths = files_below(self.home.path());
            let folders: Vec<PathBuf> = paths
                .iter()
                .flat_map(|path| path.ancestors().skip(1))
                .filter(|path| path.starts_with(self.home.path()))
                .map(Path::to_owned)
                .collect();
            paths.extend(folders);
            for path in paths {
                chown(&path, Some(user), Some(group)).expect("given away");
            }
        }
    }
}

impl Drop for MariaDb {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The files of a fresh installation, made once.
fn data() -> &'static [(PathBuf, Vec<u8>)] {
    static DATA: OnceLock<Vec<(PathBuf, Vec<u8>)>> = OnceLock::new();
    DATA.get_or_init(|| {
        let home = tempfile::Builder::new()
            .prefix("rekon-mariadb-")
            .tempdir()
            .expect("a directory");
        if let Some((user, group)) = servant() {
            chown(home.path(), Some(user), Some(group)).expect("given away");
        }
        let folder = home.path().join("data");
        let datadir = format!("--datadir={}", folder.display());
        let mut install = match mysql() {
            Some(_) => {
                let mut mysqld = server();
                mysqld.arg("--initialize-insecure");
                mysqld
            }
            None => {
                let mut script = Command::new("mariadb-install-db");
                script
                    .args(SMALL)
                    .args(SMALL_MARIADB)
                    .args(as_servant())
                    .args(["--skip-test-db", "--skip-name-resolve"])
                    .arg("--auth-root-authentication-method=normal");
                script
            }
        };
        let output = install
            .arg(datadir)
            .output()
            .expect("the server is set up (apt-get install -y mariadb-server)");
        assert!(
            output.status.success(),
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        files_below(&folder)
            .into_iter()
            .map(|path| {
                let bytes = fs::read(&path).expect("a file");
                let name = path.strip_prefix(&folder).expect("below").to_owned();
                (name, bytes)
            })
            .collect()
    })
}

fn as_servant() -> Option<String> {
    servant().map(|_| format!("--user={SERVANT}"))
}

/// User and group of the servant; `None` where the tests are not run by root.
fn servant() -> Option<(u32, u32)> {
    // SAFETY: asks for a number.
    if unsafe { libc::geteuid() } != 0 {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").expect("users");
    let line = users
        .lines()
        .find(|line| line.starts_with(&format!("{SERVANT}:")))
        .unwrap_or_else(|| panic!("no user {SERVANT}: apt-get install -y mariadb-server"));
    let mut numbers = line.split(':').skip(2).map(|id| id.parse().expect("an id"));
    Some((
        numbers.next().expect("a user"),
        numbers.next().expect("a group"),
    ))
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}
