//! What OpenSSH cannot be made to do without root or at all: passwords that are right, questions,
//! and an SFTP server that says one thing and does another. Scripted, on russh's server side;
//! everything else is tested against the real one in `sftp`.

use std::collections::HashMap;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, bail};
use glob::Pattern;
use rekon::sources::sftp::{Account, Login, Session, SftpFault, Taken};
use russh::keys::PrivateKey;
use russh::server::{self, Auth, ChannelOpenHandle, Msg, Response};
use russh::{Channel, ChannelId, MethodKind, MethodSet};
use russh_sftp::protocol::{
    Attrs, Data, File, FileAttributes, Handle, Name, OpenFlags, Status, StatusCode,
};
use tokio::net::TcpListener;

const PASSWORD: &str = "password-of-the-test";
const BYTES: &[u8] = b"a report of thirty-three bytes...";

/// What the server does otherwise than a good one that takes a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Script {
    Password,
    Question,
    TwoQuestions,
    /// The password is right, and a key is wanted too.
    AndAKey,
    CutAtLogin,
    NoSftp,
    ReadsInPieces,
    ReadsTooMuch,
    /// Announces more than there is.
    EndsEarly,
    /// Announces less than there is.
    GoesOn,
    /// Says that it moved a file and does not.
    MovesNothing,
    /// Lists names that are paths, that are not UTF-8, and files without times.
    OddNames,
}

struct Scripted {
    script: Script,
    channels: HashMap<ChannelId, Channel<Msg>>,
}

impl server::Handler for Scripted {
    type Error = anyhow::Error;

    async fn auth_password(&mut self, _: &str, password: &str) -> Result<Auth> {
        Ok(match self.script {
            Script::CutAtLogin => bail!("cut"),
            Script::AndAKey => Auth::Reject {
                proceed_with_methods: Some(MethodSet::from(&[MethodKind::PublicKey][..])),
                partial_success: true,
            },
            Script::Question | Script::TwoQuestions => Auth::Reject {
                proceed_with_methods: Some(MethodSet::from(&[MethodKind::KeyboardInteractive][..])),
                partial_success: false,
            },
            _ if password == PASSWORD => Auth::Accept,
            _ => Auth::reject(),
        })
    }

    async fn auth_keyboard_interactive<'a>(
        &'a mut self,
        _: &str,
        _: &str,
        response: Option<Response<'a>>,
    ) -> Result<Auth> {
        if let Some(mut answers) = response {
            let right = answers
                .next()
                .is_some_and(|said| &*said == PASSWORD.as_bytes());
            return Ok(if right { Auth::Accept } else { Auth::reject() });
        }
        let mut prompts = vec![("Password: ".into(), false)];
        if self.script == Script::TwoQuestions {
            prompts.push(("Code from your telephone: ".into(), true));
        }
        Ok(Auth::Partial {
            name: "".into(),
            instructions: "".into(),
            prompts: prompts.into(),
        })
    }

    async fn channel_open_session(
        &mut self,
        channel: Channel<Msg>,
        reply: ChannelOpenHandle,
        _: &mut server::Session,
    ) -> Result<()> {
        self.channels.insert(channel.id(), channel);
        reply.accept().await;
        Ok(())
    }

    async fn subsystem_request(
        &mut self,
        id: ChannelId,
        name: &str,
        session: &mut server::Session,
    ) -> Result<()> {
        let channel = self.channels.remove(&id);
        match channel {
            Some(channel) if name == "sftp" && self.script != Script::NoSftp => {
                session.channel_success(id)?;
                let files = Files {
                    script: self.script,
                    listed: false,
                };
                russh_sftp::server::run(channel.into_stream(), files).await;
            }
            _ => session.channel_failure(id)?,
        }
        Ok(())
    }
}

/// One folder, `/`, with one file, `a.csv`.
struct Files {
    script: Script,
    listed: bool,
}

impl Files {
    fn file(&self) -> FileAttributes {
        let size = BYTES.len() as u64;
        FileAttributes {
            size: Some(match self.script {
                Script::EndsEarly => size + 1,
                Script::GoesOn => size - 1,
                _ => size,
            }),
            permissions: Some(0o100_644),
            atime: Some(1_795_060_800),
            mtime: Some(1_795_060_800),
            ..FileAttributes::empty()
        }
    }

    fn at(&self, path: &str) -> Result<FileAttributes, StatusCode> {
        match path {
            "/a.csv" => Ok(self.file()),
            "/" | "/done" => Ok(FileAttributes::dummy()),
            _ => Err(StatusCode::NoSuchFile),
        }
    }
}

fn ok(id: u32) -> Status {
    Status {
        id,
        status_code: StatusCode::Ok,
        error_message: String::new(),
        language_tag: String::new(),
    }
}

impl russh_sftp::server::Handler for Files {
    type Error = StatusCode;

    fn unimplemented(&self) -> StatusCode {
        StatusCode::OpUnsupported
    }

    async fn realpath(&mut self, id: u32, path: String) -> Result<Name, StatusCode> {
        let path = if path == "." { "/".to_owned() } else { path };
        let files = vec![File::dummy(path)];
        Ok(Name { id, files })
    }

    async fn opendir(&mut self, id: u32, _: String) -> Result<Handle, StatusCode> {
        let handle = "folder".to_owned();
        Ok(Handle { id, handle })
    }

    async fn readdir(&mut self, id: u32, _: String) -> Result<Name, StatusCode> {
        if std::mem::replace(&mut self.listed, true) {
            return Err(StatusCode::Eof);
        }
        let mut files = vec![File::new("a.csv", self.file())];
        if self.script == Script::OddNames {
            for name in [
                "../../etc/passwd.csv",
                "/etc/passwd.csv",
                "not\u{fffd}utf8.csv",
            ] {
                files.push(File::new(name, self.file()));
            }
            let timeless = FileAttributes {
                mtime: None,
                atime: None,
                ..self.file()
            };
            files.push(File::new("timeless.csv", timeless));
        }
        Ok(Name { id, files })
    }

    async fn stat(&mut self, id: u32, path: String) -> Result<Attrs, StatusCode> {
        let mut attrs = match path.as_str() {
            "/timeless.csv" => self.file(),
            path => self.at(path)?,
        };
        if path == "/timeless.csv" {
            (attrs.atime, attrs.mtime) = (None, None);
        }
        Ok(Attrs { id, attrs })
    }

    async fn lstat(&mut self, id: u32, path: String) -> Result<Attrs, StatusCode> {
        let attrs = self.at(&path)?;
        Ok(Attrs { id, attrs })
    }

    async fn open(
        &mut self,
        id: u32,
        _: String,
        _: OpenFlags,
        _: FileAttributes,
    ) -> Result<Handle, StatusCode> {
        let handle = "file".to_owned();
        Ok(Handle { id, handle })
    }

    async fn read(
        &mut self,
        id: u32,
        _: String,
        offset: u64,
        len: u32,
    ) -> Result<Data, StatusCode> {
        let rest = BYTES.get(offset as usize..).unwrap_or_default();
        let asked = &rest[..rest.len().min(len as usize)];
        let data = match self.script {
            Script::ReadsInPieces => asked[..asked.len().min(5)].to_vec(),
            Script::ReadsTooMuch => vec![b'!'; len as usize + 1],
            _ => asked.to_vec(),
        };
        if data.is_empty() {
            return Err(StatusCode::Eof);
        }
        Ok(Data { id, data })
    }

    async fn rename(&mut self, id: u32, _: String, _: String) -> Result<Status, StatusCode> {
        Ok(ok(id))
    }

    async fn close(&mut self, id: u32, _: String) -> Result<Status, StatusCode> {
        Ok(ok(id))
    }
}

/// A server that plays its script to whoever comes, and the account for it.
async fn play(home: &Path, script: Script) -> Account {
    let key = home.join(format!("{script:?}"));
    let made = Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-f"])
        .arg(&key)
        .status();
    assert!(
        made.expect("ssh-keygen runs (apt-get install -y openssh-client)")
            .success()
    );
    let pem = std::fs::read_to_string(&key).expect("a key");
    let host_key: PrivateKey = russh::keys::decode_secret_key(&pem, None).expect("a key");
    let public = host_key.public_key().to_openssh().expect("a line");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let known_hosts = home.join(format!("{script:?}.known_hosts"));
    std::fs::write(&known_hosts, format!("[127.0.0.1]:{port} {public}\n")).expect("written");
    let config = Arc::new(server::Config {
        keys: vec![host_key],
        auth_rejection_time: Duration::from_millis(10),
        ..server::Config::default()
    });
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let scripted = Scripted {
                script,
                channels: HashMap::new(),
            };
            let config = Arc::clone(&config);
            tokio::spawn(async move {
                let ended = match server::run_stream(config, socket, scripted).await {
                    Ok(session) => session.await,
                    Err(error) => Err(error),
                };
                if let Err(error) = ended {
                    eprintln!("the scripted server hung up: {error}");
                }
            });
        }
    });
    Account {
        name: "scripted".to_owned(),
        host: "127.0.0.1".to_owned(),
        port,
        user: "merchant".to_owned(),
        login: Login::Password(PASSWORD.to_owned().into()),
        known_hosts,
        folder: "/".to_owned(),
        processed: Some("/done".to_owned()),
        timeout: Duration::from_secs(20),
    }
}

fn told(account: &Account, fault: &SftpFault) -> String {
    let text = format!("{fault:?}{account:?}");
    assert!(!text.contains(PASSWORD), "{text}");
    fault
        .to_string()
        .replace(&account.port.to_string(), "[PORT]")
}

#[tokio::test]
async fn a_password_logs_in_as_it_is_or_as_the_answer_to_one_hidden_question() {
    let home = tempfile::tempdir().expect("a directory");
    for script in [Script::Password, Script::Question] {
        let account = play(home.path(), script).await;
        let mut session = Session::connect(&account).await.expect("connected");
        let all = Pattern::new("*.csv").expect("a pattern");
        let listing = session.list(&all).await.expect("a listing");
        assert_eq!(listing.files.len(), 1, "{script:?}");
        session.close().await;
        let wrong = Account {
            login: Login::Password("wrong-password".to_owned().into()),
            ..account
        };
        let fault = Session::connect(&wrong).await.expect_err("refused");
        assert!(
            matches!(fault, SftpFault::Authentication { .. }),
            "{fault:?}"
        );
        assert!(!fault.to_string().contains("wrong-password"));
    }
}

#[tokio::test]
async fn a_server_that_does_not_let_us_in_is_told_from_one_that_is_gone() {
    let home = tempfile::tempdir().expect("a directory");
    for (script, expected, name) in [
        (Script::TwoQuestions, "authentication", "asks_for_more"),
        (Script::AndAKey, "authentication", "wants_a_key_too"),
        (Script::CutAtLogin, "unreachable", "cut_at_login"),
        (Script::NoSftp, "incompatible", "no_sftp"),
    ] {
        let account = play(home.path(), script).await;
        let fault = Session::connect(&account).await.expect_err("refused");
        let kind = match fault {
            SftpFault::Authentication { .. } => "authentication",
            SftpFault::Unreachable { .. } => "unreachable",
            SftpFault::Incompatible { .. } => "incompatible",
            _ => "another",
        };
        assert_eq!(kind, expected, "{script:?}: {fault}");
        insta::assert_snapshot!(name, told(&account, &fault));
    }
}

#[tokio::test]
async fn a_server_that_says_one_thing_and_does_another_costs_no_bytes() {
    let home = tempfile::tempdir().expect("a directory");
    let all = Pattern::new("*.csv").expect("a pattern");
    for (script, expected) in [
        (Script::ReadsInPieces, Taken::Bytes(BYTES.to_vec())),
        (Script::EndsEarly, Taken::StillWritten),
        (Script::GoesOn, Taken::StillWritten),
    ] {
        let account = play(home.path(), script).await;
        let mut session = Session::connect(&account).await.expect("connected");
        let listing = session.list(&all).await.expect("a listing");
        let taken = session
            .take(&listing.files[0], 1000)
            .await
            .expect("an answer");
        assert_eq!(taken, expected, "{script:?}");
    }
    let account = play(home.path(), Script::ReadsTooMuch).await;
    let mut session = Session::connect(&account).await.expect("connected");
    let listing = session.list(&all).await.expect("a listing");
    let fault = session
        .take(&listing.files[0], 1000)
        .await
        .expect_err("too much");
    assert!(matches!(fault, SftpFault::Incompatible { .. }), "{fault:?}");
    insta::assert_snapshot!("reads_too_much", told(&account, &fault));

    let account = play(home.path(), Script::MovesNothing).await;
    let mut session = Session::connect(&account).await.expect("connected");
    let listing = session.list(&all).await.expect("a listing");
    let fault = session
        .put_away(&listing.files[0])
        .await
        .expect_err("not moved");
    assert!(matches!(fault, SftpFault::Remote { .. }), "{fault:?}");
    insta::assert_snapshot!("moves_nothing", told(&account, &fault));

    let account = play(home.path(), Script::OddNames).await;
    let mut session = Session::connect(&account).await.expect("connected");
    let listing = session.list(&all).await.expect("a listing");
    assert_eq!(listing.files.len(), 1, "{listing:?}");
    let unreadable: Vec<String> = listing
        .unreadable
        .iter()
        .map(|(name, reason)| format!("{name}: {reason}"))
        .collect();
    insta::assert_snapshot!("odd_names", unreadable.join("\n"));
}
