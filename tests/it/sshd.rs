//! A real OpenSSH server of its own: keys, configuration and folders in a directory that goes away.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use tempfile::TempDir;

const SERVER: &str = "/usr/sbin/sshd";
/// Where the server locks its helper up when it runs as root; the path is compiled in.
const LOCKED_ROOM: &str = "/run/sshd";

/// The secret of the key at [`Sshd::encrypted_key`].
pub const PASSPHRASE: &str = "passphrase-of-the-test";

/// sshd on a loopback port, SFTP alone, for the user that runs the tests.
pub struct Sshd {
    home: TempDir,
    pub port: u16,
    /// Who may log in: the user that runs the tests, since nobody else can be without root.
    pub user: String,
    settings: Settings,
    process: Option<Child>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Settings {
    /// Of `internal-sftp`: `-R` allows no change, `-P open` refuses a kind of request.
    sftp: &'static str,
    /// Further lines of the configuration.
    more: &'static str,
}

impl Sshd {
    pub fn start() -> Sshd {
        Sshd::start_with("", "")
    }

    /// With options of `internal-sftp` and further lines of `sshd_config`.
    pub fn start_with(sftp: &'static str, more: &'static str) -> Sshd {
        assert!(
            Path::new(SERVER).exists(),
            "this test needs OpenSSH's server: apt-get install -y openssh-server openssh-client"
        );
        let home = tempfile::Builder::new()
            .prefix("rekon-sshd-")
            .tempdir()
            .expect("a directory");
        let mut sshd = Sshd {
            port: free_port(),
            user: said(Command::new("id").arg("-un")).trim().to_owned(),
            settings: Settings { sftp, more },
            process: None,
            home,
        };
        for folder in ["login", "login/reports"] {
            fs::create_dir(sshd.at(folder)).expect("a folder");
        }
        for (name, bytes) in keys() {
            let path = sshd.at(name);
            fs::write(&path, bytes).expect("a key");
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("its mode");
        }
        let welcome: String = ["id_ed25519", "id_rsa", "id_encrypted"]
            .map(|name| fs::read_to_string(sshd.at(&format!("{name}.pub"))).expect("a key"))
            .concat();
        fs::write(sshd.at("authorized_keys"), welcome).expect("written");
        fs::write(sshd.known_hosts(), sshd.known_hosts_lines()).expect("written");
        sshd.run();
        sshd
    }

    /// A path in the server's directory.
    pub fn at(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// `reports` below where a login begins.
    pub fn reports(&self) -> PathBuf {
        self.at("login/reports")
    }

    pub fn known_hosts(&self) -> PathBuf {
        self.at("known_hosts")
    }

    /// A line for each key the server shows, as `ssh-keyscan` writes them.
    pub fn known_hosts_lines(&self) -> String {
        self.known_hosts_line("ed25519") + &self.known_hosts_line("rsa")
    }

    /// The line of one kind of key, `ed25519` or `rsa`.
    pub fn known_hosts_line(&self, kind: &str) -> String {
        let public = fs::read_to_string(self.at(&format!("host_{kind}.pub"))).expect("a key");
        let mut fields = public.split_whitespace();
        let (kind, key) = (fields.next().expect("kind"), fields.next().expect("key"));
        format!("[127.0.0.1]:{} {kind} {key}\n", self.port)
    }

    pub fn ed25519_key(&self) -> PathBuf {
        self.at("id_ed25519")
    }

    pub fn rsa_key(&self) -> PathBuf {
        self.at("id_rsa")
    }

    /// Opened by [`PASSPHRASE`].
    pub fn encrypted_key(&self) -> PathBuf {
        self.at("id_encrypted")
    }

    /// A key that the server does not know.
    pub fn strange_key(&self) -> PathBuf {
        self.at("id_stranger")
    }

    /// The server comes back with other host keys; `known_hosts` still has the old ones.
    pub fn change_host_keys(&mut self) {
        self.stop();
        for kind in ["ed25519", "rsa"] {
            let name = format!("host_{kind}");
            for name in [name.clone(), format!("{name}.pub")] {
                fs::remove_file(self.at(&name)).expect("the old key");
            }
            make_key(self.home.path(), &name, kind, "");
        }
        self.run();
    }

    /// Ends the server and every session it has.
    pub fn stop(&mut self) {
        let Some(mut process) = self.process.take() else {
            return;
        };
        let sessions = below(process.id());
        process.kill().expect("sshd ends");
        process.wait().expect("sshd ended");
        signal(&sessions, libc::SIGKILL);
    }

    /// Sessions stop answering without ending. [`Sshd::stop`] ends them for good.
    pub fn freeze_sessions(&self) {
        let process = self.process.as_ref().expect("a server that runs");
        signal(&below(process.id()), libc::SIGSTOP);
    }

    /// What the server wrote to its log.
    pub fn log(&self) -> String {
        fs::read_to_string(self.at("log")).unwrap_or_default()
    }

    fn run(&mut self) {
        // SAFETY: asks for a number.
        if unsafe { libc::geteuid() } == 0 {
            fs::create_dir_all(LOCKED_ROOM).expect("the folder sshd wants as root");
        }
        let at = |name: &str| self.at(name).display().to_string();
        let config = format!(
            "ListenAddress 127.0.0.1\n\
             Port {}\n\
             HostKey {}\n\
             HostKey {}\n\
             AuthorizedKeysFile {}\n\
             StrictModes no\n\
             UsePAM no\n\
             PidFile none\n\
             PermitRootLogin yes\n\
             PasswordAuthentication yes\n\
             KbdInteractiveAuthentication no\n\
             Subsystem sftp internal-sftp\n\
             ForceCommand internal-sftp -d {} {}\n\
             {}\n",
            self.port,
            at("host_ed25519"),
            at("host_rsa"),
            at("authorized_keys"),
            at("login"),
            self.settings.sftp,
            self.settings.more,
        );
        fs::write(self.at("sshd_config"), config).expect("written");
        let log = fs::File::create(self.at("log")).expect("a log");
        let process = Command::new(SERVER)
            .args(["-D", "-e", "-f"])
            .arg(self.at("sshd_config"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("sshd starts");
        self.process = Some(process);
        let started = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            let process = self.process.as_mut().expect("just started");
            let ended = process.try_wait().expect("its state");
            assert!(
                ended.is_none() && started.elapsed() < Duration::from_secs(20),
                "sshd does not listen ({ended:?}): {}",
                self.log()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Sshd {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The files of all keys, made once: RSA takes its time. Only the tests of this run have them.
fn keys() -> &'static [(String, Vec<u8>)] {
    static KEYS: OnceLock<Vec<(String, Vec<u8>)>> = OnceLock::new();
    KEYS.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a directory");
        for (name, kind, passphrase) in [
            ("host_ed25519", "ed25519", ""),
            ("host_rsa", "rsa", ""),
            ("id_ed25519", "ed25519", ""),
            ("id_rsa", "rsa", ""),
            ("id_encrypted", "ed25519", PASSPHRASE),
            ("id_stranger", "ed25519", ""),
        ] {
            make_key(folder.path(), name, kind, passphrase);
        }
        fs::read_dir(folder.path())
            .expect("the keys")
            .map(|entry| entry.expect("a key"))
            .map(|entry| {
                let name = entry.file_name().into_string().expect("UTF-8");
                (name, fs::read(entry.path()).expect("a key"))
            })
            .collect()
    })
}

fn make_key(folder: &Path, name: &str, kind: &str, passphrase: &str) {
    said(
        Command::new("ssh-keygen")
            .args(["-q", "-t", kind, "-C", "rekon", "-N", passphrase, "-f"])
            .arg(folder.join(name)),
    );
}

/// The processes below one: a session is two of them, and none ends with the server.
fn below(process: u32) -> Vec<u32> {
    let list = format!("/proc/{process}/task/{process}/children");
    let children: Vec<u32> = fs::read_to_string(list)
        .unwrap_or_default()
        .split_whitespace()
        .map(|pid| pid.parse().expect("a process id"))
        .collect();
    let deeper: Vec<u32> = children.iter().flat_map(|child| below(*child)).collect();
    children.into_iter().chain(deeper).collect()
}

fn signal(processes: &[u32], signal: i32) {
    for process in processes {
        let process = i32::try_from(*process).expect("a process id");
        // SAFETY: sends a signal to a process this test started. One that has ended is no matter.
        unsafe { libc::kill(process, signal) };
    }
}

fn said(command: &mut Command) -> String {
    let output = command.output().expect("the program starts");
    assert!(
        output.status.success(),
        "{command:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}
