//! A mail server that does what a script says in a phase of a transaction, and keeps what it took.

use std::io::ErrorKind::NotFound;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

const INSTALL: &str = "DEBIAN_FRONTEND=noninteractive apt-get install -y python3-aiosmtpd";

/// The script is a JSON object of phase (`greeting`, `ehlo`, `auth`, `mail`, `rcpt`, `data`, `dot`;
/// `rcpt` also with a recipient behind a space) and what is done there: an answer, `cut`, `stall`
/// (until the script says otherwise); after the dot also `taken, then …`. `size` is advertised.
const PROGRAM: &str = r#"
import asyncio, json, os, sys
from aiosmtpd.smtp import SMTP, AuthResult

home = sys.argv[1]
counter = 0

def script():
    with open(os.path.join(home, "script.json")) as file:
        return json.load(file)

def keep(envelope):
    global counter
    counter += 1
    path = os.path.join(home, "taken", "%04d" % counter)
    with open(path + ".part", "wb") as file:
        file.write(envelope.original_content)
    os.rename(path + ".part", path + " " + envelope.rcpt_tos[0])

class Handler:
    async def handle_DATA(self, server, session, envelope):
        to = envelope.rcpt_tos[0]
        act = script().get("dot " + to, script().get("dot", ""))
        taken = act.startswith("taken, then ")
        if taken:
            keep(envelope)
            act = act[len("taken, then "):]
        if await server.acted("dot", to, act):
            return server.said
        if not taken:
            keep(envelope)
        return "250 2.0.0 taken"

class Scripted(SMTP):
    greeted = False
    said = "250 unheard"
    calls = 0

    def connection_made(self, transport):
        Scripted.count(1)
        super().connection_made(transport)

    def connection_lost(self, error):
        super().connection_lost(error)
        Scripted.count(-1)

    @classmethod
    def count(cls, more):
        cls.calls += more
        path = os.path.join(home, "calls")
        with open(path + ".part", "w") as file:
            file.write(str(cls.calls))
        os.rename(path + ".part", path)

    async def acted(self, phase, who="", act=None):
        def wanted():
            return script().get(phase + " " + who, script().get(phase, ""))
        act = wanted() if act is None else act
        if act == "stall":
            open(os.path.join(home, "stalls"), "w").close()
            while "stall" in wanted():
                await asyncio.sleep(0.02)
            return False
        if act == "cut":
            self.transport.abort()
            return True
        self.said = act
        return act != ""

    async def push(self, status):
        if not self.greeted:
            self.greeted = True
            if await self.acted("greeting"):
                status = self.said
        await super().push(status)
        if isinstance(status, str) and status.startswith("421"):
            self.transport.close()

    async def play(self, phase, go_on, arg, who=""):
        if await self.acted(phase, who):
            await self.push(self.said)
        else:
            await go_on(arg)

    async def smtp_EHLO(self, arg):
        await self.play("ehlo", super().smtp_EHLO, arg)

    async def smtp_AUTH(self, arg):
        await self.play("auth", super().smtp_AUTH, arg)

    async def smtp_MAIL(self, arg):
        await self.play("mail", super().smtp_MAIL, arg)

    async def smtp_RCPT(self, arg):
        await self.play("rcpt", super().smtp_RCPT, arg, arg[4:-1])

    async def smtp_DATA(self, arg):
        await self.play("data", super().smtp_DATA, arg)

def login(server, session, envelope, mechanism, data):
    return AuthResult(success=data.password == b"right", handled=False)

async def main():
    loop = asyncio.get_running_loop()
    def serve():
        size = script().get("size", 33554432)
        return Scripted(Handler(), data_size_limit=size, authenticator=login, auth_require_tls=False)
    server = await loop.create_server(serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    # Ends with the test, whatever became of it.
    await loop.run_in_executor(None, sys.stdin.read)
    os._exit(0)

asyncio.run(main())
"#;

pub struct Sink {
    home: tempfile::TempDir,
    port: u16,
    server: Child,
}

/// A mail that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Took {
    pub to: String,
    pub bytes: Vec<u8>,
}

impl Sink {
    pub fn start() -> Sink {
        let home = tempfile::tempdir().expect("a directory");
        std::fs::create_dir(home.path().join("taken")).expect("a directory");
        write(home.path(), &json!({}));
        let mut server = Command::new("/usr/bin/python3")
            .args(["-c", PROGRAM])
            .arg(home.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("this test needs aiosmtpd: {INSTALL}: {error}"));
        let mut said = String::new();
        let out = server.stdout.take().expect("its output");
        BufReader::new(out).read_line(&mut said).expect("a line");
        let port = said.trim().parse();
        let port = port.unwrap_or_else(|_| panic!("this test needs aiosmtpd: {INSTALL}"));
        Sink { home, port, server }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// What happens from now on, also to connections that stand.
    pub fn script(&self, script: Value) {
        let gone = std::fs::remove_file(self.stalls_at());
        assert!(gone.map_or_else(|error| error.kind() == NotFound, |()| true));
        write(self.home.path(), &script);
    }

    /// Whether it has come to a `stall` since it was last told what to do.
    pub fn stalls(&self) -> bool {
        self.stalls_at().exists()
    }

    /// Whether nobody is connected any more: what the script says from now on is said to no dead process.
    pub fn is_alone(&self) -> bool {
        std::fs::read_to_string(self.home.path().join("calls")).is_ok_and(|calls| calls == "0")
    }

    fn stalls_at(&self) -> PathBuf {
        self.home.path().join("stalls")
    }

    /// What it took, oldest first.
    pub fn taken(&self) -> Vec<Took> {
        let mut files: Vec<PathBuf> = crate::harness::files_below(&self.home.path().join("taken"));
        files.retain(|path| path.extension().is_none_or(|end| end != "part"));
        files
            .iter()
            .map(|path| {
                let name = path.file_name().expect("a name").to_string_lossy();
                let (_, to) = name.split_once(' ').expect("number and recipient");
                Took {
                    to: to.to_owned(),
                    bytes: std::fs::read(path).expect("a mail"),
                }
            })
            .collect()
    }

    /// Forgets what it took.
    pub fn empty(&self) {
        for path in crate::harness::files_below(&self.home.path().join("taken")) {
            std::fs::remove_file(path).expect("a mail to remove");
        }
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        if let Err(error) = self.server.kill().and_then(|()| self.server.wait()) {
            eprintln!("the sink was not stopped: {error}");
        }
    }
}

/// Whole at every instant: the server reads it while it changes.
fn write(home: &Path, script: &Value) {
    let part = home.join("script.part");
    std::fs::write(&part, script.to_string()).expect("a script");
    std::fs::rename(part, home.join("script.json")).expect("a script");
}
