//! A Dovecot of its own: configuration, mailboxes and log in a directory that goes away.

use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use data_encoding::BASE64;

use crate::certificates::{Certificates, Identity, certificates};
use crate::imap::{Imap, literal_of};
use crate::token;

/// The user that exists unless others are named.
pub const USER: &str = "settlements";

/// Everybody's password, with what a client has to quote.
pub const PASSWORD: &str = r#"sandi "dalam\kutip""#;

/// What tokens are signed with.
pub const TOKEN_KEY: &[u8] = b"a key that only the tests know, long enough for HS256";

const INSTALL: &str =
    "DEBIAN_FRONTEND=noninteractive apt-get install -y dovecot-imapd dovecot-lmtpd openssl";

/// How long a server may take to start, to stop and to answer a test.
const PATIENCE: Duration = Duration::from_secs(20);

/// What Dovecot 2.3 offers after a login, as far as a client of ours could care.
const CAPABILITIES: &str = "IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+ CHILDREN \
    NAMESPACE UIDPLUS UNSELECT CONDSTORE QRESYNC ESEARCH LIST-EXTENDED LIST-STATUS BINARY MOVE";

/// Which certificate the server shows.
#[derive(Clone, Copy, Debug)]
pub enum Shown {
    Good,
    WrongHost,
    Expired,
    Untrusted,
}

/// What happens once a password or token has been found right.
#[derive(Clone, Copy, Debug)]
pub enum Welcome {
    Prompt,
    /// The answer takes that many seconds.
    Slow(u32),
    /// The connection ends without an answer.
    Disconnects,
}

/// A server to be: the variants of [`Dovecot::start`].
pub struct Builder {
    users: Vec<String>,
    shown: Shown,
    welcome: Welcome,
    xoauth2: &'static str,
    hidden: Vec<String>,
}

/// A running server. Keep it in the test that started it: it ends with that test's thread, even
/// when the process is killed.
pub struct Dovecot {
    home: tempfile::TempDir,
    imaps: u16,
    lmtp: u16,
    master: Option<Child>,
}

/// A mail as a person sees it in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    pub uid: u32,
    /// As IMAP writes them, sorted, without `\Recent`.
    pub flags: Vec<String>,
    /// With its angle brackets; empty where there is none.
    pub message_id: String,
    /// RFC822.SIZE: bytes with CRLF.
    pub size: u64,
}

impl Builder {
    /// Adds a user beside [`USER`].
    pub fn user(mut self, name: &str) -> Builder {
        self.users.push(name.to_owned());
        self
    }

    pub fn shows(mut self, shown: Shown) -> Builder {
        self.shown = shown;
        self
    }

    pub fn welcome(mut self, welcome: Welcome) -> Builder {
        self.welcome = welcome;
        self
    }

    /// Accepts bearer tokens beside passwords.
    pub fn xoauth2(mut self) -> Builder {
        self.xoauth2 = "xoauth2 oauthbearer";
        self
    }

    /// Does not advertise a capability, such as `MOVE` or `UIDPLUS`.
    pub fn without(mut self, capability: &str) -> Builder {
        assert!(
            CAPABILITIES.split(' ').any(|offered| offered == capability),
            "{capability} is not offered anyway"
        );
        self.hidden.push(capability.to_owned());
        self
    }

    pub fn start(self) -> Dovecot {
        for part in [
            "/usr/sbin/dovecot",
            "/usr/lib/dovecot/imap",
            "/usr/lib/dovecot/lmtp",
        ] {
            assert!(
                Path::new(part).exists(),
                "this test needs {part}: {INSTALL}"
            );
        }
        // Not where TMPDIR says: paths of unix sockets are short, and root's server runs as nobody.
        let home = tempfile::Builder::new()
            .prefix("dc-")
            .tempdir_in("/tmp")
            .expect("a directory");
        let mut dovecot = Dovecot {
            home,
            imaps: 0,
            lmtp: 0,
            master: None,
        };
        // Between finding a port free and taking it, somebody else can take it.
        for _ in 0..5 {
            (dovecot.imaps, dovecot.lmtp) = two_free_ports();
            self.configure(&dovecot);
            if dovecot.launch() {
                return dovecot;
            }
        }
        panic!("Dovecot does not start:\n{}", dovecot.log());
    }

    fn configure(&self, dovecot: &Dovecot) {
        let home = dovecot.home.path();
        let at = home.display();
        let put = |name: &str, text: &str, mode: u32| {
            let path = home.join(name);
            fs::create_dir_all(path.parent().expect("below home")).expect("a directory");
            fs::write(&path, text).expect("written");
            fs::set_permissions(&path, Permissions::from_mode(mode)).expect("mode");
        };
        let Certificates { ca, .. } = certificates();
        let Identity { certificate, key } = match self.shown {
            Shown::Good => &certificates().good,
            Shown::WrongHost => &certificates().wrong_host,
            Shown::Expired => &certificates().expired,
            Shown::Untrusted => &certificates().untrusted,
        };
        put("ca.pem", ca, 0o644);
        put("server.pem", certificate, 0o644);
        put("server.key", key, 0o600);
        let users: Vec<String> = self
            .users
            .iter()
            .map(|user| format!("{user}:{{PLAIN}}{PASSWORD}\n"))
            .collect();
        put("users", &users.concat(), 0o600);
        // <tenant>/<algorithm>/<key id>: our tokens name neither tenant nor key.
        put(
            "keys/default/HS256/default",
            &BASE64.encode(TOKEN_KEY),
            0o600,
        );
        put(
            "oauth2.conf",
            &format!(
                "introspection_mode = local\n\
                 local_validation_key_dict = fs:posix:prefix={at}/keys/\n\
                 username_attribute = sub\n"
            ),
            0o600,
        );
        let (user, group) = mail_user();
        let (imaps, lmtp, xoauth2) = (dovecot.imaps, dovecot.lmtp, self.xoauth2);
        let mut config = format!(
            "base_dir = {at}/run\n\
             state_dir = {at}/state\n\
             log_path = {at}/log\n\
             protocols = imap lmtp\n\
             default_internal_user = {user}\n\
             default_internal_group = {group}\n\
             default_login_user = {user}\n\
             first_valid_uid = 1\n\
             first_valid_gid = 1\n\
             ssl = required\n\
             ssl_cert = <{at}/server.pem\n\
             ssl_key = <{at}/server.key\n\
             mail_location = maildir:{at}/mail/%u\n\
             mail_fsync = never\n\
             mail_max_userip_connections = 1000\n\
             auth_mechanisms = plain login {xoauth2}\n\
             auth_failure_delay = 0\n\
             passdb {{\n driver = passwd-file\n mechanisms = plain login\n args = {at}/users\n}}\n\
             userdb {{\n driver = static\n args = uid={user} gid={group} home={at}/mail/%u \
             allow_all_users=yes\n}}\n\
             service auth {{\n unix_listener {at}/sasl {{\n mode = 0666\n }}\n}}\n\
             service anvil {{\n chroot =\n unix_listener anvil-auth-penalty {{\n mode = 0\n }}\n}}\n\
             service stats {{\n chroot =\n}}\n\
             service imap-login {{\n chroot =\n inet_listener imap {{\n port = 0\n }}\n \
             inet_listener imaps {{\n address = 127.0.0.1\n port = {imaps}\n ssl = yes\n }}\n}}\n\
             service lmtp {{\n inet_listener lmtp {{\n address = 127.0.0.1\n port = {lmtp}\n }}\n}}\n"
        );
        if !xoauth2.is_empty() {
            config.push_str(&format!(
                "passdb {{\n driver = oauth2\n mechanisms = {xoauth2}\n args = {at}/oauth2.conf\n}}\n"
            ));
        }
        if !self.hidden.is_empty() {
            let offered: Vec<&str> = CAPABILITIES
                .split(' ')
                .filter(|capability| !self.hidden.iter().any(|hidden| hidden == capability))
                .collect();
            let offered = offered.join(" ");
            config.push_str(&format!(
                "protocol imap {{\n imap_capability = {offered}\n}}\n"
            ));
        }
        let script = match self.welcome {
            Welcome::Prompt => None,
            Welcome::Slow(seconds) => Some(format!("#!/bin/sh\nsleep {seconds}\nexec \"$@\"\n")),
            Welcome::Disconnects => Some("#!/bin/sh\nexit 1\n".to_owned()),
        };
        if let Some(script) = script {
            put("welcome", &script, 0o755);
            config.push_str(&format!(
                "service imap {{\n executable = imap imap-postlogin\n}}\n\
                 service imap-postlogin {{\n executable = script-login {at}/welcome\n \
                 unix_listener imap-postlogin {{\n }}\n}}\n"
            ));
        }
        put("dovecot.conf", &config, 0o644);
        fs::set_permissions(home, Permissions::from_mode(0o755)).expect("mode");
        run(
            Command::new("chown")
                .args(["-R", &format!("{user}:{group}")])
                .arg(home),
            b"",
        );
    }
}

impl Dovecot {
    /// A server with a good certificate and [`USER`], whose INBOX is empty and alone.
    pub fn start() -> Dovecot {
        Dovecot::builder().start()
    }

    pub fn builder() -> Builder {
        Builder {
            users: vec![USER.to_owned()],
            shown: Shown::Good,
            welcome: Welcome::Prompt,
            xoauth2: "",
            hidden: Vec::new(),
        }
    }

    /// The loopback port of IMAP with implicit TLS; the certificate is of `localhost` and 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.imaps
    }

    /// The PEM file of the authority to trust: what `SSL_CERT_FILE` is set to.
    pub fn ca_file(&self) -> PathBuf {
        self.home.path().join("ca.pem")
    }

    /// Where a mail server asks whether a login is right.
    pub fn sasl_socket(&self) -> PathBuf {
        self.home.path().join("sasl")
    }

    /// What the server has logged so far.
    pub fn log(&self) -> String {
        let log = fs::read(self.home.path().join("log"));
        log.map_or_else(
            |error| format!("no log: {error}"),
            |log| String::from_utf8_lossy(&log).into_owned(),
        )
    }

    /// A token that this user can log in with for that many seconds; none for a negative number.
    pub fn token(&self, user: &str, lifetime_seconds: i64) -> String {
        token::signed(user, -3600, lifetime_seconds, TOKEN_KEY)
    }

    /// A client of the right host that trusts the authority, logged in as a person.
    pub fn client(&self, user: &str) -> Imap {
        let mut client = Imap::connect("localhost", self.imaps, &certificates().ca, PATIENCE)
            .expect("a connection");
        let reply = client.login(user, PASSWORD).expect("an answer");
        assert!(reply.is_ok(), "{reply:?}\n{}", self.log());
        client
    }

    /// Delivers to the INBOX as a mail server does: Return-Path, Delivered-To and Received are put
    /// on top. It is there on return.
    pub fn deliver(&self, user: &str, raw: &[u8]) {
        let stream = TcpStream::connect(("127.0.0.1", self.lmtp)).expect("LMTP");
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        let mut answers = BufReader::new(stream.try_clone().expect("a stream"));
        let mut say = |said: &[u8], expected: &str| {
            (&stream).write_all(said).expect("LMTP listens");
            loop {
                let mut line = String::new();
                answers.read_line(&mut line).expect("LMTP answers");
                if line.as_bytes().get(3) != Some(&b'-') {
                    let said = String::from_utf8_lossy(&said[..said.len().min(80)]);
                    assert!(line.starts_with(expected), "{said}: {line}\n{}", self.log());
                    return;
                }
            }
        };
        say(b"", "220");
        say(b"LHLO mx.merchant.example\r\n", "250");
        say(b"MAIL FROM:<bounces@partner.example>\r\n", "250");
        say(format!("RCPT TO:<{user}>\r\n").as_bytes(), "250");
        say(b"DATA\r\n", "354");
        let mut data = Vec::with_capacity(raw.len() + 5);
        for line in raw.split_inclusive(|byte| *byte == b'\n') {
            if line.starts_with(b".") {
                data.push(b'.');
            }
            data.extend_from_slice(line);
        }
        if !data.ends_with(b"\n") {
            data.extend_from_slice(b"\r\n");
        }
        data.extend_from_slice(b".\r\n");
        say(&data, "250");
        say(b"QUIT\r\n", "221");
    }

    /// Puts these very bytes (lines end in CRLF) into a folder, which is created where it is
    /// missing. No header is added, and no flag.
    pub fn append(&self, user: &str, folder: &str, raw: &[u8]) {
        self.create_folder(user, folder);
        run(
            self.doveadm("table")
                .args(["save", "-u", user, "-m", folder]),
            raw,
        );
    }

    /// Nothing happens where it exists.
    pub fn create_folder(&self, user: &str, folder: &str) {
        if folder != "INBOX" && !self.folders(user).iter().any(|name| name == folder) {
            run(
                self.doveadm("table")
                    .args(["mailbox", "create", "-u", user, folder]),
                b"",
            );
        }
    }

    /// The names of a user's folders, sorted.
    pub fn folders(&self, user: &str) -> Vec<String> {
        let listed = run(
            self.doveadm("table").args(["mailbox", "list", "-u", user]),
            b"",
        );
        let mut names: Vec<String> = listed
            .lines()
            .map(|name| name.trim_end().to_owned())
            .collect();
        names.sort();
        names
    }

    /// The mails of a folder by UID; none where there is no such folder.
    pub fn folder_listing(&self, user: &str, folder: &str) -> Vec<Seen> {
        let fields = "uid flags size.virtual hdr.message-id";
        let listed = run(
            self.doveadm("json")
                .args(["fetch", "-u", user, fields, "mailbox", folder]),
            b"",
        );
        let listed: Vec<serde_json::Value> = serde_json::from_str(&listed).expect("JSON");
        let mut mails: Vec<Seen> = listed
            .iter()
            .map(|mail| {
                let field = |name: &str| mail[name].as_str().expect("text").to_owned();
                let mut flags: Vec<String> = field("flags")
                    .split_ascii_whitespace()
                    .filter(|flag| *flag != r"\Recent")
                    .map(str::to_owned)
                    .collect();
                flags.sort();
                Seen {
                    uid: field("uid").parse().expect("a UID"),
                    flags,
                    message_id: field("hdr.message-id"),
                    size: field("size.virtual").parse().expect("a size"),
                }
            })
            .collect();
        mails.sort_by_key(|mail| mail.uid);
        mails
    }

    /// The bytes of a mail as IMAP hands them out.
    pub fn raw(&self, user: &str, folder: &str, uid: u32) -> Vec<u8> {
        let mut client = self.client(user);
        let examined = client
            .command(&format!("EXAMINE \"{folder}\""))
            .expect("an answer");
        assert!(examined.is_ok(), "{examined:?}");
        let fetched = client
            .command(&format!("UID FETCH {uid} BODY.PEEK[]"))
            .expect("an answer");
        let body = fetched.lines.iter().find_map(|line| literal_of(line));
        body.unwrap_or_else(|| panic!("no UID {uid} in {folder}"))
            .to_vec()
    }

    /// Moves the one mail with this Message-ID (without brackets) as a person does, creating the
    /// folder where it is missing.
    pub fn move_mail(&self, user: &str, from: &str, to: &str, message_id: &str) {
        let bracketed = format!("<{message_id}>");
        let uids: Vec<u32> = self
            .folder_listing(user, from)
            .iter()
            .filter(|mail| mail.message_id == bracketed)
            .map(|mail| mail.uid)
            .collect();
        let [uid] = uids[..] else {
            panic!("{} mails {bracketed} in {from}", uids.len())
        };
        self.create_folder(user, to);
        let uid = uid.to_string();
        run(
            self.doveadm("table")
                .args(["move", "-u", user, to, "mailbox", from, "uid", &uid]),
            b"",
        );
    }

    pub fn uid_validity(&self, user: &str, folder: &str) -> u32 {
        let status = run(
            self.doveadm("flow")
                .args(["mailbox", "status", "-u", user, "uidvalidity", folder]),
            b"",
        );
        let (_, value) = status.trim().rsplit_once('=').expect("a value");
        value.parse().expect("a number")
    }

    /// What a server does that lost its index or was replaced.
    pub fn set_uid_validity(&self, user: &str, folder: &str, value: u32) {
        let value = value.to_string();
        run(
            self.doveadm("table").args([
                "mailbox",
                "update",
                "-u",
                user,
                "--uid-validity",
                &value,
                folder,
            ]),
            b"",
        );
    }

    /// Ends the server as an administrator does, and with it every connection; the mailboxes stay.
    pub fn stop(&mut self) {
        if let Some(master) = &mut self.master {
            signal("TERM", &master.id().to_string());
            ends(master, Duration::from_secs(2));
        }
        self.kill();
    }

    /// Ends what is left of the server, with whatever a login script still waits for.
    fn kill(&mut self) {
        if let Some(mut master) = self.master.take() {
            signal("KILL", &format!("-{}", master.id()));
            if !ends(&mut master, PATIENCE) {
                eprintln!("Dovecot {} survives SIGKILL", master.id());
            }
        }
    }

    /// The same server on the same ports, running again.
    pub fn restart(&mut self) {
        self.stop();
        for _ in 0..5 {
            if self.launch() {
                return;
            }
        }
        panic!("Dovecot does not start again:\n{}", self.log());
    }

    /// Starts the master and waits until it answers; false when it ended instead.
    fn launch(&mut self) -> bool {
        let mut command = as_mail_user("/usr/sbin/dovecot", &["--pdeathsig", "TERM"]);
        command
            .arg("-F")
            .arg("-c")
            .arg(self.home.path().join("dovecot.conf"))
            .stdin(Stdio::null())
            .process_group(0);
        let complaints = fs::File::options()
            .create(true)
            .append(true)
            .open(self.home.path().join("complaints"))
            .expect("a file");
        command
            .stderr(complaints.try_clone().expect("a file"))
            .stdout(complaints);
        let mut master = command
            .spawn()
            .expect("setpriv starts (Debian: util-linux)");
        let started = Instant::now();
        loop {
            if master.try_wait().expect("a child").is_some() {
                let complaints = fs::read_to_string(self.home.path().join("complaints"));
                eprintln!("Dovecot ended: {}{}", complaints.expect("text"), self.log());
                return false;
            }
            if self.greets() {
                self.master = Some(master);
                return true;
            }
            if started.elapsed() > PATIENCE {
                self.master = Some(master);
                panic!("Dovecot runs and does not answer:\n{}", self.log());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Whether this server (not another one on a stolen port) is listening.
    fn greets(&self) -> bool {
        self.home.path().join("run/master.pid").exists()
            && [self.imaps, self.lmtp]
                .iter()
                .all(|port| TcpStream::connect(("127.0.0.1", *port)).is_ok())
    }

    fn doveadm(&self, format: &str) -> Command {
        let mut command = as_mail_user("/usr/bin/doveadm", &[]);
        command
            .arg("-c")
            .arg(self.home.path().join("dovecot.conf"))
            .args(["-f", format]);
        command
    }
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        // Not asked politely: its log process takes a second to end.
        self.kill();
        if std::thread::panicking() {
            eprintln!("Dovecot's log:\n{}", self.log());
        }
    }
}

/// User and group that own the mail: whoever runs the tests, and nobody where that is root, whose
/// mail Dovecot refuses to touch.
fn mail_user() -> (String, String) {
    let name = |flag: &str| run(Command::new("id").arg(flag), b"").trim().to_owned();
    match name("-un").as_str() {
        "root" => ("nobody".to_owned(), "nogroup".to_owned()),
        user => (user.to_owned(), name("-gn")),
    }
}

fn as_mail_user(program: &str, options: &[&str]) -> Command {
    let (user, group) = mail_user();
    let mut command = Command::new("setpriv");
    if user == "nobody" {
        command.args(["--reuid", &user, "--regid", &group, "--clear-groups"]);
    }
    command.args(options).arg(program);
    // Dovecot would put its own directories below a home that it may not enter.
    command.env_remove("HOME").current_dir("/");
    command
}

/// Runs to the end, with something on stdin, and hands back stdout.
fn run(command: &mut Command, input: &[u8]) -> String {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{command:?}: {error}; {INSTALL}"));
    let mut stdin = child.stdin.take().expect("a pipe");
    let written = std::thread::scope(|scope| {
        let writing = scope.spawn(move || stdin.write_all(input));
        let output = child.wait_with_output().expect("an end");
        (writing.join().expect("no panic"), output)
    });
    let (
        written,
        Output {
            status,
            stdout,
            stderr,
        },
    ) = written;
    assert!(
        status.success() && written.is_ok(),
        "{command:?}: {status}: {}",
        String::from_utf8_lossy(&stderr)
    );
    String::from_utf8(stdout).expect("UTF-8")
}

fn signal(name: &str, to: &str) {
    // A group whose processes have all gone is no error.
    let sent = Command::new("sh")
        .args(["-c", "kill -s \"$0\" -- \"$1\" 2>/dev/null", name, to])
        .status();
    if let Err(error) = sent {
        eprintln!("no SIG{name} for {to}: {error}");
    }
}

fn ends(child: &mut Child, within: Duration) -> bool {
    let started = Instant::now();
    while started.elapsed() < within {
        if child.try_wait().expect("a child").is_some() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    false
}

fn two_free_ports() -> (u16, u16) {
    let listen = || TcpListener::bind("127.0.0.1:0").expect("a port");
    let (one, other) = (listen(), listen());
    let port = |listener: &TcpListener| listener.local_addr().expect("an address").port();
    (port(&one), port(&other))
}
