//! Getting in: one TCP connection, the server's key against `known_hosts`, the login, the SFTP
//! subsystem. Nothing is forwarded and nothing is run on the server.

use std::borrow::Cow;
use std::future::Future;
use std::net::Shutdown;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use russh::client::{self, AuthResult, DisconnectReason, Handle, KeyboardInteractiveAuthResponse};
use russh::keys::{Algorithm, HashAlg, PrivateKey, PrivateKeyWithHashAlg, PublicKeyOrCertificate};
use russh::{AlgorithmKind, ChannelMsg, Disconnect, MethodKind, MethodSet, Preferred, compression};
use russh_sftp::client::RawSftpSession;
use secrecy::{ExposeSecret, SecretString};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::fault::{Server, SftpFault, shown};
use super::known_hosts::{HostKeyFault, KnownHosts};
use super::{Account, Login};

/// An open way in. Dropping it cuts the connection.
pub(super) struct Door {
    pub(super) sftp: RawSftpSession,
    pub(super) handle: Handle<Guard>,
    parting: Parting,
    _line: Line,
}

/// What the server said when it ended the session.
type Parting = Arc<OnceLock<(Disconnect, String)>>;

/// The socket once more: russh keeps its own in a task that waits for the server even when nobody
/// waits for the task.
struct Line(std::net::TcpStream);

impl Drop for Line {
    fn drop(&mut self) {
        if let Err(error) = self.0.shutdown(Shutdown::Both) {
            tracing::trace!(%error, "the connection had ended already");
        }
    }
}

/// Decides about the server's key, and keeps what the server says at the end.
pub(super) struct Guard {
    known: KnownHosts,
    parting: Parting,
}

#[derive(Debug)]
pub(super) enum Refusal {
    Host(HostKeyFault),
    Ssh(russh::Error),
}

impl From<russh::Error> for Refusal {
    fn from(error: russh::Error) -> Refusal {
        Refusal::Ssh(error)
    }
}

impl client::Handler for Guard {
    type Error = Refusal;

    async fn check_server_key(&mut self, shown: &PublicKeyOrCertificate) -> Result<bool, Refusal> {
        match shown {
            PublicKeyOrCertificate::PublicKey { key, .. } => {
                self.known.judge(key).map_err(Refusal::Host)?;
                Ok(true)
            }
            // Never negotiated; an authority is nothing we could check.
            PublicKeyOrCertificate::Certificate(_) => Ok(false),
        }
    }

    async fn disconnected(&mut self, reason: DisconnectReason<Refusal>) -> Result<(), Refusal> {
        match reason {
            DisconnectReason::ReceivedDisconnect(said) => {
                self.parting
                    .get_or_init(|| (said.reason_code, shown(&said.message)));
                Ok(())
            }
            DisconnectReason::Error(error) => Err(error),
        }
    }
}

impl Door {
    pub(super) async fn open(account: &Account, server: &Server) -> Result<Door, SftpFault> {
        let known = KnownHosts::read(&account.known_hosts, &server.host, server.port).map_err(
            |reason| SftpFault::HostKey {
                server: server.clone(),
                reason,
            },
        )?;
        // Before the connection: a key that cannot be read is no reason to trouble the server.
        let secret = Secret::of(account, server)?;
        let arriving = Arriving {
            server,
            silence: account.timeout,
        };
        let socket = arriving
            .within(
                "connecting",
                TcpStream::connect((server.host.as_str(), server.port)),
            )
            .await?
            .map_err(|error| arriving.unreachable("connecting", error.to_string()))?;
        let (socket, line) = doubled(socket)
            .map_err(|error| arriving.unreachable("connecting", error.to_string()))?;
        let parting = Parting::default();
        let config = Arc::new(config(&known, account.timeout));
        let guard = Guard {
            known,
            parting: Arc::clone(&parting),
        };
        let mut handle = arriving
            .within(
                "agreeing on keys",
                client::connect_stream(config, socket, guard),
            )
            .await?
            .map_err(|refusal| arriving.refused(refusal))?;
        let login = LogIn {
            arriving: &arriving,
            user: &account.user,
            parting: &parting,
        };
        match secret {
            Secret::Key(key) => login.with_key(&mut handle, key).await?,
            Secret::Password(password) => login.with_password(&mut handle, password).await?,
        }
        let sftp = arriving.subsystem(&handle).await?;
        Ok(Door {
            sftp,
            handle,
            parting,
            _line: line,
        })
    }

    /// What the server said when it ended the session, if it did.
    pub(super) fn parting(&self) -> Option<&str> {
        self.parting.get().map(|(_, said)| said.as_str())
    }
}

fn doubled(socket: TcpStream) -> std::io::Result<(TcpStream, Line)> {
    socket.set_nodelay(true)?;
    let socket = socket.into_std()?;
    let line = Line(socket.try_clone()?);
    Ok((TcpStream::from_std(socket)?, line))
}

/// What we agree to. russh's defaults without `ssh-rsa`, which signs with SHA-1, and without
/// compression, which lets a server make much of little.
fn config(known: &KnownHosts, silence: Duration) -> client::Config {
    let acceptable = || {
        Preferred::DEFAULT
            .key
            .iter()
            .filter(|kind| !matches!(kind, Algorithm::Rsa { hash: None }))
            .cloned()
    };
    // The server shows one key of the kind asked for first: ask for one that is known, and let it
    // show another only when it has none of those, so that the refusal can name it.
    let known = known.kinds();
    let is_known = |kind: &Algorithm| match kind {
        Algorithm::Rsa { .. } => known.iter().any(|k| matches!(k, Algorithm::Rsa { .. })),
        other => known.contains(other),
    };
    let mut kinds: Vec<Algorithm> = acceptable().filter(is_known).collect();
    kinds.extend(acceptable().filter(|kind| !is_known(kind)));
    client::Config {
        preferred: Preferred {
            key: Cow::Owned(kinds),
            compression: Cow::Borrowed(&[compression::NONE]),
            ..Preferred::DEFAULT
        },
        // While a file is archived and read the session rests; the server should still know us.
        keepalive_interval: Some(silence),
        ..client::Config::default()
    }
}

enum Secret<'a> {
    Key(Arc<PrivateKey>),
    Password(&'a SecretString),
}

impl Secret<'_> {
    fn of<'a>(account: &'a Account, server: &Server) -> Result<Secret<'a>, SftpFault> {
        let (pem, passphrase) = match &account.login {
            Login::Password(password) => return Ok(Secret::Password(password)),
            Login::Key { pem, passphrase } => (pem.expose_secret(), passphrase),
        };
        let fault = |detail: String, fix| SftpFault::Key {
            server: server.clone(),
            detail,
            fix,
        };
        let has_passphrase = passphrase.is_some();
        let passphrase = passphrase.as_ref().map(ExposeSecret::expose_secret);
        match russh::keys::decode_secret_key(pem, passphrase) {
            Ok(key) => Ok(Secret::Key(Arc::new(key))),
            Err(_) if pem.starts_with("ssh-") || pem.starts_with("ecdsa-") => Err(fault(
                "this is the public half".to_owned(),
                "name the file without `.pub`",
            )),
            Err(russh::keys::Error::KeyIsEncrypted) => Err(fault(
                "it is encrypted and no passphrase is configured".to_owned(),
                "name the secret with its passphrase",
            )),
            Err(_) if !has_passphrase && pem.contains("ENCRYPTED") => Err(fault(
                "it is encrypted and no passphrase is configured".to_owned(),
                "name the secret with its passphrase",
            )),
            Err(russh::keys::Error::SshKey(russh::keys::ssh_key::Error::Crypto)) => Err(fault(
                "the passphrase does not open it".to_owned(),
                "correct the secret that holds the passphrase; a line break at its end counts",
            )),
            Err(russh::keys::Error::CouldNotReadKey) => Err(fault(
                "it is not a private key".to_owned(),
                "give an OpenSSH, PEM or PuTTY private key; `ssh-keygen -t ed25519` makes one",
            )),
            Err(error) => Err(fault(
                error.to_string(),
                "try it with `ssh-keygen -y -f FILE`; `ssh-keygen -p -f FILE` writes it anew in OpenSSH's format",
            )),
        }
    }
}

/// On the way in: the deadline around each step, and what its end means.
struct Arriving<'a> {
    server: &'a Server,
    silence: Duration,
}

impl Arriving<'_> {
    async fn within<T>(
        &self,
        doing: &'static str,
        step: impl Future<Output = T>,
    ) -> Result<T, SftpFault> {
        timeout(self.silence, step).await.map_err(|_| {
            self.unreachable(
                doing,
                format!("no answer within {} s", self.silence.as_secs()),
            )
        })
    }

    fn unreachable(&self, doing: &'static str, detail: String) -> SftpFault {
        SftpFault::Unreachable {
            server: self.server.clone(),
            doing: doing.to_owned(),
            detail,
            fix: "it is tried again with the next run; if it lasts, check the address, the firewall and the provider's list of allowed addresses",
        }
    }

    fn incompatible(&self, detail: String, fix: &'static str) -> SftpFault {
        SftpFault::Incompatible {
            server: self.server.clone(),
            detail,
            fix,
        }
    }

    fn refused(&self, refusal: Refusal) -> SftpFault {
        match refusal {
            Refusal::Host(reason) => SftpFault::HostKey {
                server: self.server.clone(),
                reason,
            },
            Refusal::Ssh(russh::Error::NoCommonAlgo { kind, ours, theirs }) => self.incompatible(
                format!(
                    "no {} in common: the server offers {}; accepted are {}",
                    match kind {
                        AlgorithmKind::Kex => "key exchange",
                        AlgorithmKind::Key => "kind of host key",
                        AlgorithmKind::Cipher => "cipher",
                        AlgorithmKind::Compression => "compression",
                        AlgorithmKind::Mac => "checksum (MAC)",
                    },
                    shown(&theirs.join(", ")),
                    ours.join(", ")
                ),
                "ask the provider to offer one that is accepted; SHA-1 and older ciphers are not",
            ),
            Refusal::Ssh(error @ russh::Error::Version) => self.incompatible(
                format!("this is no SSH server ({error})"),
                "correct the address and the port; SFTP is not FTP, and listens on port 22",
            ),
            Refusal::Ssh(error) => self.unreachable("agreeing on keys", ended(&error)),
        }
    }

    async fn subsystem(&self, handle: &Handle<Guard>) -> Result<RawSftpSession, SftpFault> {
        const DOING: &str = "opening SFTP";
        const NO_SFTP: &str = "ask the provider to allow SFTP for this login, or for another login";
        let gone = |error: russh::Error| self.unreachable(DOING, ended(&error));
        let mut channel = match self.within(DOING, handle.channel_open_session()).await? {
            Err(russh::Error::ChannelOpenFailure(why)) => {
                let detail = format!("the server opens no session ({})", shown(why.description()));
                return Err(self.incompatible(detail, NO_SFTP));
            }
            opened => opened.map_err(gone)?,
        };
        self.within(DOING, channel.request_subsystem(true, "sftp"))
            .await?
            .map_err(gone)?;
        loop {
            match self.within(DOING, channel.wait()).await? {
                Some(ChannelMsg::Success) => break,
                Some(ChannelMsg::Failure) => {
                    return Err(
                        self.incompatible("the server offers no SFTP here".to_owned(), NO_SFTP)
                    );
                }
                Some(_) => {}
                None => return Err(self.unreachable(DOING, "the connection ended".to_owned())),
            }
        }
        let config = russh_sftp::client::Config {
            // Ours ends first, and names what it waited for.
            request_timeout_secs: self.silence.as_secs().saturating_add(60),
            ..russh_sftp::client::Config::default()
        };
        let sftp = RawSftpSession::new_with_config(channel.into_stream(), config);
        self.within(DOING, sftp.init())
            .await?
            .map_err(|error| self.unreachable(DOING, format!("no SFTP greeting ({error})")))?;
        Ok(sftp)
    }
}

fn ended(error: &russh::Error) -> String {
    match error {
        russh::Error::IO(error) => format!("the connection ended ({error})"),
        russh::Error::Disconnect
        | russh::Error::HUP
        | russh::Error::SendError
        | russh::Error::RecvError => "the connection ended".to_owned(),
        other => format!("the connection ended ({other})"),
    }
}

struct LogIn<'a> {
    arriving: &'a Arriving<'a>,
    user: &'a str,
    parting: &'a Parting,
}

const DOING: &str = "logging in";

/// A server that goes on asking for more than this is not asking for a password.
const ROUNDS: usize = 4;

impl LogIn<'_> {
    async fn with_key(
        &self,
        handle: &mut Handle<Guard>,
        key: Arc<PrivateKey>,
    ) -> Result<(), SftpFault> {
        let hashes = if key.algorithm().is_rsa() {
            self.rsa_hashes(handle).await?
        } else {
            vec![None]
        };
        let mut answer = None;
        for hash in hashes {
            let key = PrivateKeyWithHashAlg::new(Arc::clone(&key), hash);
            let attempt = handle.authenticate_publickey(self.user, key);
            match self.arriving.within(DOING, attempt).await? {
                Ok(AuthResult::Success) => return Ok(()),
                Ok(AuthResult::Failure {
                    remaining_methods,
                    partial_success,
                }) => {
                    self.still_there(handle)?;
                    answer = Some((remaining_methods, partial_success));
                }
                Err(error) => return Err(self.lost(&error)),
            }
        }
        let (offered, partly) = answer.unwrap_or((MethodSet::empty(), false));
        Err(self.refused("its key", &offered, partly))
    }

    /// The signatures an RSA key may make for this server, best first; never SHA-1's.
    async fn rsa_hashes(&self, handle: &Handle<Guard>) -> Result<Vec<Option<HashAlg>>, SftpFault> {
        let supported = self
            .arriving
            .within(DOING, handle.best_supported_rsa_hash())
            .await?
            .map_err(|error| self.lost(&error))?;
        match supported {
            Some(Some(hash)) => Ok(vec![Some(hash)]),
            // It says nothing about signatures (RFC 8308 is optional): try both.
            None => Ok(vec![Some(HashAlg::Sha512), Some(HashAlg::Sha256)]),
            Some(None) => Err(self.arriving.incompatible(
                "the server takes RSA keys only with SHA-1 signatures, which are not made".to_owned(),
                "give the provider an Ed25519 key (`ssh-keygen -t ed25519`), or ask them to allow rsa-sha2-512",
            )),
        }
    }

    async fn with_password(
        &self,
        handle: &mut Handle<Guard>,
        password: &SecretString,
    ) -> Result<(), SftpFault> {
        let attempt = handle.authenticate_password(self.user, password.expose_secret());
        let (offered, partly) = match self.arriving.within(DOING, attempt).await? {
            Ok(AuthResult::Success) => return Ok(()),
            Ok(AuthResult::Failure {
                remaining_methods,
                partial_success,
            }) => (remaining_methods, partial_success),
            Err(error) => return Err(self.lost(&error)),
        };
        self.still_there(handle)?;
        // Many servers ask for the password this way only; where both are offered, the password
        // has been refused already and a second try may lock the account.
        if partly
            || offered.contains(&MethodKind::Password)
            || !offered.contains(&MethodKind::KeyboardInteractive)
        {
            return Err(self.refused("its password", &offered, partly));
        }
        self.with_answers(handle, password).await
    }

    /// Answers one hidden question with the password, and no other.
    async fn with_answers(
        &self,
        handle: &mut Handle<Guard>,
        password: &SecretString,
    ) -> Result<(), SftpFault> {
        let start = handle.authenticate_keyboard_interactive_start(self.user, None);
        let mut answer = self.arriving.within(DOING, start).await?;
        let mut answered = false;
        for _ in 0..ROUNDS {
            let prompts = match answer.map_err(|error| self.lost(&error))? {
                KeyboardInteractiveAuthResponse::Success => return Ok(()),
                KeyboardInteractiveAuthResponse::Failure {
                    remaining_methods,
                    partial_success,
                } => {
                    self.still_there(handle)?;
                    return Err(self.refused("its password", &remaining_methods, partial_success));
                }
                KeyboardInteractiveAuthResponse::InfoRequest { prompts, .. } => prompts,
            };
            let responses = match prompts.as_slice() {
                [] => Vec::new(),
                [only] if !only.echo && !answered => {
                    answered = true;
                    vec![password.expose_secret().to_owned()]
                }
                asked => {
                    let asked: Vec<String> = asked
                        .iter()
                        .map(|ask| format!("\"{}\"", shown(ask.prompt.trim())))
                        .collect();
                    return Err(self.fault(
                        format!(
                            "the server asks for more than a password: {}",
                            asked.join(", ")
                        ),
                        Vec::new(),
                        "ask the provider for a login that a program can use, best with a key"
                            .to_owned(),
                    ));
                }
            };
            let respond = handle.authenticate_keyboard_interactive_respond(responses);
            answer = self.arriving.within(DOING, respond).await?;
        }
        Err(self.fault(
            format!("the server asked {ROUNDS} times and did not decide"),
            Vec::new(),
            "ask the provider for a login that a program can use, best with a key".to_owned(),
        ))
    }

    /// russh calls a login refused when the connection is gone; that is another matter.
    fn still_there(&self, handle: &Handle<Guard>) -> Result<(), SftpFault> {
        if handle.is_closed() {
            return Err(self.lost(&russh::Error::Disconnect));
        }
        Ok(())
    }

    fn lost(&self, error: &russh::Error) -> SftpFault {
        match self.parting.get() {
            None => self.arriving.unreachable(DOING, ended(error)),
            Some((
                Disconnect::ServiceNotAvailable
                | Disconnect::TooManyConnections
                | Disconnect::ConnectionLost
                | Disconnect::ByApplication,
                said,
            )) => self
                .arriving
                .unreachable(DOING, format!("the server ended the session ({said})")),
            Some((_, said)) => self.fault(
                format!(
                    "the login of `{}` was refused: the server said \"{said}\"",
                    shown(self.user)
                ),
                Vec::new(),
                "correct the user and the key or password; ask the provider what their server says about it".to_owned(),
            ),
        }
    }

    fn refused(&self, what: &str, offered: &MethodSet, partly: bool) -> SftpFault {
        let offered: Vec<&'static str> = offered.iter().map(<&str>::from).collect();
        let listed = match offered.as_slice() {
            [] => "it names no way to log in".to_owned(),
            some => some.join(", "),
        };
        let user = shown(self.user);
        if partly {
            return self.fault(
                format!("{what} was accepted for `{user}`, and the server asks for more: {listed}"),
                offered,
                "ask the provider for a login that needs one of them only".to_owned(),
            );
        }
        self.fault(
            format!("the login of `{user}` with {what} was refused; the server takes: {listed}"),
            offered,
            match what {
                "its key" => "correct the user, or give the provider the public half of the key (`ssh-keygen -y -f FILE` prints it)",
                _ => "correct the user or the password; if `password` is not what the server takes, configure a key",
            }
            .to_owned(),
        )
    }

    fn fault(&self, detail: String, offered: Vec<&'static str>, fix: String) -> SftpFault {
        SftpFault::Authentication {
            server: self.arriving.server.clone(),
            detail,
            offered,
            fix,
        }
    }
}
