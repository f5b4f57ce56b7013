//! A Postfix of its own: configuration, queue and mailbox in a directory that goes away.

use std::io::Read;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use crate::certificates::{Identity, certificates};

const INSTALL: &str = "DEBIAN_FRONTEND=noninteractive apt-get install -y postfix";

/// Whom it takes mail for is in `access` and, as far as that says nothing, everybody of
/// `merchant.example`.
pub struct Postfix {
    home: tempfile::TempDir,
    ports: Vec<u16>,
}

impl Postfix {
    pub fn start() -> Postfix {
        Postfix::with("", &[""])
    }

    /// With these lines of `main.cf` besides, and a port for each service with these options.
    /// `$config_directory` has `good`, `expired`, `elsewhere` and `untrusted`, each `.pem` and `.key`.
    pub fn with(main: &str, services: &[&str]) -> Postfix {
        assert!(
            Path::new("/usr/sbin/postfix").exists(),
            "this test needs Postfix: {INSTALL}"
        );
        let home = tempfile::tempdir().expect("a directory");
        let ports: Vec<u16> = services.iter().map(|_| free_port()).collect();
        let postfix = Postfix { home, ports };
        let home = postfix.home.path();
        let at = |name: &str| home.join(name).display().to_string();
        let open = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(home, open).expect("mode");
        for name in ["queue", "data", "mail", "config"] {
            std::fs::create_dir(at(name)).expect("a directory");
        }
        for name in ["data", "mail"] {
            run(Command::new("chown").arg("postfix").arg(at(name)));
        }
        let uid = run(Command::new("id").args(["-u", "postfix"]));
        let uid = uid.trim();
        postfix.put(
            "access",
            "nobody@merchant.example 550 5.1.1 no such recipient\n\
             later@merchant.example 450 4.2.0 greylisted, try again\n",
        );
        let made = certificates();
        for (name, Identity { certificate, key }) in [
            ("good", &made.good),
            ("expired", &made.expired),
            ("elsewhere", &made.wrong_host),
            ("untrusted", &made.untrusted),
        ] {
            postfix.put(&format!("{name}.pem"), certificate);
            postfix.put(&format!("{name}.key"), key);
        }
        let (queue, data, mail) = (at("queue"), at("data"), at("mail"));
        postfix.put(
            "main.cf",
            &format!(
                "compatibility_level = 3.6\n\
                 queue_directory = {queue}\n\
                 data_directory = {data}\n\
                 command_directory = /usr/sbin\n\
                 daemon_directory = /usr/lib/postfix/sbin\n\
                 maillog_file = {data}/log\n\
                 maillog_file_prefixes = {data}\n\
                 mail_owner = postfix\n\
                 myhostname = mx.merchant.example\n\
                 mydestination =\n\
                 inet_interfaces = 127.0.0.1\n\
                 inet_protocols = ipv4\n\
                 mynetworks = 127.0.0.0/8\n\
                 virtual_mailbox_domains = merchant.example\n\
                 virtual_mailbox_base = {mail}\n\
                 virtual_mailbox_maps = static:all/\n\
                 virtual_minimum_uid = 1\n\
                 virtual_uid_maps = static:{uid}\n\
                 virtual_gid_maps = static:{uid}\n\
                 smtpd_error_sleep_time = 0\n\
                 smtpd_recipient_restrictions = check_recipient_access texthash:$config_directory/access, permit_sasl_authenticated, permit_mynetworks, reject\n\
                 {main}\n"
            ),
        );
        let mut master = "pickup unix n - n 60 1 pickup\n\
             cleanup unix n - n - 0 cleanup\n\
             qmgr unix n - n 300 1 qmgr\n\
             tlsmgr unix - - n 1000? 1 tlsmgr\n\
             rewrite unix - - n - - trivial-rewrite\n\
             bounce unix - - n - 0 bounce\n\
             defer unix - - n - 0 bounce\n\
             trace unix - - n - 0 bounce\n\
             verify unix - - n - 1 verify\n\
             flush unix n - n 1000 0 flush\n\
             proxymap unix - - n - - proxymap\n\
             showq unix n - n - - showq\n\
             error unix - - n - - error\n\
             retry unix - - n - - error\n\
             virtual unix - n n - - virtual\n\
             anvil unix - - n - 1 anvil\n\
             postlog unix-dgram n - n - 1 postlogd\n"
            .to_owned();
        for (port, options) in postfix.ports.iter().zip(services) {
            master += &format!("127.0.0.1:{port} inet n - n - - smtpd {options}\n");
        }
        postfix.put("master.cf", &master);
        postfix.command("start");
        for port in &postfix.ports {
            wait("Postfix to listen", || {
                TcpStream::connect(("127.0.0.1", *port))
                    .is_ok()
                    .then_some(())
            });
        }
        postfix
    }

    pub fn port(&self) -> u16 {
        self.ports[0]
    }

    pub fn ports(&self) -> &[u16] {
        &self.ports
    }

    /// A file of the configuration; `command("reload")` makes it count.
    pub fn put(&self, name: &str, text: &str) {
        let path = self.home.path().join("config").join(name);
        std::fs::write(&path, text).expect("written");
        let private =
            std::fs::Permissions::from_mode(if name.ends_with(".key") { 0o600 } else { 0o644 });
        std::fs::set_permissions(&path, private).expect("mode");
    }

    pub fn command(&self, what: &str) {
        run(Command::new("/usr/sbin/postfix")
            .arg("-c")
            .arg(self.home.path().join("config"))
            .arg(what));
    }

    pub fn log(&self) -> String {
        let log = std::fs::read(self.home.path().join("data/log"));
        log.map_or_else(
            |error| format!("no log: {error}"),
            |log| String::from_utf8_lossy(&log).into_owned(),
        )
    }

    /// Everything it took is in its mailbox.
    pub fn drained(&self) {
        let queues = ["maildrop", "incoming", "active", "deferred"];
        wait("the queue to drain", || {
            let below = |name: &&str| {
                crate::harness::files_below(&self.home.path().join("queue").join(name))
            };
            queues.iter().flat_map(below).next().is_none().then_some(())
        });
    }

    /// The mails a user has got so far.
    pub fn delivered(&self, user: &str) -> Vec<PathBuf> {
        let mut mails = crate::harness::files_below(&self.home.path().join("mail/all/new"));
        let to = format!("Delivered-To: {user}@merchant.example\n");
        mails.retain(|path| {
            let mut top = Vec::new();
            let file = std::fs::File::open(path).expect("a mail");
            file.take(1024).read_to_end(&mut top).expect("its top");
            String::from_utf8_lossy(&top).contains(&to)
        });
        mails
    }

    /// The mails of a user, once at least one is there.
    pub fn mailbox(&self, user: &str) -> Vec<PathBuf> {
        wait("delivery", || {
            let mails = self.delivered(user);
            (!mails.is_empty()).then_some(mails)
        })
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        let stopped = Command::new("/usr/sbin/postfix")
            .arg("-c")
            .arg(self.home.path().join("config"))
            .arg("stop")
            .output();
        if let Err(error) = stopped {
            eprintln!("Postfix was not stopped: {error}");
        }
    }
}

fn run(command: &mut Command) -> String {
    let output = command.output().expect("the program starts");
    assert!(
        output.status.success(),
        "{command:?} failed (Postfix needs root): {}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[track_caller]
pub fn wait<T>(what: &str, mut ready: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(found) = ready() {
            return found;
        }
        assert!(
            started.elapsed() < Duration::from_secs(60),
            "waited for {what}"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}
