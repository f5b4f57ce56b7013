//! Mail: a letter becomes bytes once; the same bytes go to each recipient in a transaction of
//! its own, over SMTP or into a directory.

use std::io::Write;
use std::net::IpAddr;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::{Duration, SystemTime};

use chrono::{DateTime, Utc};
use lettre::address::{Address, Envelope};
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, Message, MultiPart, SinglePart};
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use secrecy::ExposeSecret;

use crate::credential::{self, Credential};

/// A mail before it is rendered. Everything that ends in a header may come from outside.
#[derive(Clone, Debug)]
pub struct Letter {
    /// `Rekon <rekon@merchant.example>` or a bare address.
    pub from: String,
    pub to: Vec<String>,
    pub subject: String,
    pub text: String,
    pub html: String,
    pub attachments: Vec<Enclosure>,
    /// Without angle brackets, the same for every rendering and every retry: `…@rekon`.
    pub message_id: String,
    pub date: DateTime<Utc>,
    /// Message-IDs of the thread's earlier mails, oldest first, without angle brackets.
    pub references: Vec<String>,
}

#[derive(Clone, Debug)]
pub struct Enclosure {
    pub file_name: String,
    pub content_type: String,
    pub bytes: Vec<u8>,
}

#[derive(Debug, thiserror::Error)]
pub enum ComposeFault {
    #[error("`{address}` is not a mail address: {reason}")]
    Address { address: String, reason: String },
    #[error("`{content_type}` is not a content type (attachment {file_name})")]
    ContentType {
        content_type: String,
        file_name: String,
    },
    #[error("the mail cannot be put together: {0}")]
    Message(#[from] lettre::error::Error),
}

/// RFC 3834: no vacation reply may answer a report.
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(AutoSubmitted)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// Renders the letter. The same letter gives the same bytes.
pub fn compose(letter: &Letter) -> Result<Vec<u8>, ComposeFault> {
    let id = header_text(&letter.message_id);
    let mut builder = Message::builder()
        .from(mailbox(&letter.from)?)
        .subject(header_text(&letter.subject))
        .message_id(Some(format!("<{id}>")))
        .date(SystemTime::from(letter.date))
        .header(AutoSubmitted);
    for to in &letter.to {
        builder = builder.to(mailbox(to)?);
    }
    if let Some(last) = letter.references.last() {
        let thread: Vec<String> = letter
            .references
            .iter()
            .map(|id| format!("<{}>", header_text(id)))
            .collect();
        builder = builder
            .in_reply_to(format!("<{}>", header_text(last)))
            .references(thread.join(" "));
    }
    let boundary = boundary_of(&id);
    let alternative = MultiPart::alternative()
        .boundary(format!("alternative-{boundary}"))
        .singlepart(SinglePart::plain(letter.text.clone()))
        .singlepart(SinglePart::html(letter.html.clone()));
    let mut mixed = MultiPart::mixed()
        .boundary(format!("mixed-{boundary}"))
        .multipart(alternative);
    for enclosure in &letter.attachments {
        let content_type =
            ContentType::parse(&enclosure.content_type).map_err(|_| ComposeFault::ContentType {
                content_type: enclosure.content_type.clone(),
                file_name: enclosure.file_name.clone(),
            })?;
        mixed = mixed.singlepart(
            Attachment::new(header_text(&enclosure.file_name))
                .body(enclosure.bytes.clone(), content_type),
        );
    }
    Ok(builder.multipart(mixed)?.formatted())
}

/// Header text without anything that could end the header or disguise it.
fn header_text(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .filter(|c| !matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2028}' | '\u{2029}' | '\u{2066}'..='\u{2069}'))
        .collect()
}

fn mailbox(text: &str) -> Result<Mailbox, ComposeFault> {
    let fault = |reason: String| ComposeFault::Address {
        address: header_text(text),
        reason,
    };
    // A line break in an address is an attack, not a spelling.
    if text.chars().any(char::is_control) {
        return Err(fault("it has control characters".to_owned()));
    }
    header_text(text)
        .trim()
        .parse::<Mailbox>()
        .map_err(|error| fault(error.to_string()))
}

/// A boundary that no line of base64 or quoted-printable can equal, from the Message-ID.
fn boundary_of(message_id: &str) -> String {
    use sha2::{Digest, Sha256};
    let digest = Sha256::digest(message_id.as_bytes());
    format!("_{}", data_encoding::HEXLOWER.encode(&digest[..12]))
}

/// How mail leaves.
#[derive(Clone, Debug)]
pub enum Transport {
    /// `.eml` files, for filing, for a drop folder, or to look at.
    Directory(PathBuf),
    Smtp(SmtpServer),
}

#[derive(Clone, Debug)]
pub struct SmtpServer {
    pub host: String,
    pub port: u16,
    pub security: Security,
    pub login: Option<Login>,
    /// Over the whole transaction; lettre's own covers only the connect.
    pub deadline: Duration,
}

#[derive(Clone, Debug)]
pub struct Login {
    pub user: String,
    pub credential: Credential,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// `smtps://`
    ImplicitTls,
    /// `smtp://`: refused when the server does not offer it.
    StartTls,
    /// Nothing is encrypted; only to a loopback address.
    PlainLoopback,
}

pub const DEADLINE: Duration = Duration::from_secs(120);

/// Where the bytes are now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sent {
    /// The server's answer to the final dot.
    Accepted(String),
    Written(PathBuf),
}

/// Why a recipient's mail did not leave; the kinds ask for different acts.
#[derive(Debug, thiserror::Error)]
pub enum SendFault {
    /// Try again later: connect, 4xx, a cut before the final dot.
    #[error("{0}")]
    Transient(String),
    /// The same bytes will never be taken for this recipient.
    #[error("{0}")]
    Permanent(String),
    #[error("the mail server refused the login: {0}")]
    Authentication(String),
    /// The connection was lost after the final dot: the mail may have been taken.
    #[error("the mail may or may not have been taken: {0}")]
    Uncertain(String),
}

impl SendFault {
    pub fn name(&self) -> &'static str {
        match self {
            SendFault::Transient(_) => "transient",
            SendFault::Permanent(_) => "permanent",
            SendFault::Authentication(_) => "authentication",
            SendFault::Uncertain(_) => "uncertain",
        }
    }
}

/// Sends stored bytes to one recipient. `file_name` (`….eml`) is used by a directory only.
pub async fn send(
    transport: &Transport,
    envelope_from: &str,
    recipient: &str,
    file_name: &str,
    bytes: &[u8],
) -> Result<Sent, SendFault> {
    match transport {
        Transport::Directory(directory) => write_private(directory, file_name, bytes)
            .map(Sent::Written)
            .map_err(|error| {
                SendFault::Transient(format!(
                    "cannot write into {}: {error}",
                    directory.display()
                ))
            }),
        Transport::Smtp(server) => {
            let envelope = Envelope::new(Some(address(envelope_from)?), vec![address(recipient)?])
                .map_err(|error| SendFault::Permanent(error.to_string()))?;
            let phase = Progress::default();
            let transaction = transact(server, &envelope, bytes, &phase);
            match tokio::time::timeout(server.deadline, transaction).await {
                Ok(result) => result,
                Err(_) => Err(phase.get().lost(format!(
                    "{}:{} did not answer within {} s while {}",
                    server.host,
                    server.port,
                    server.deadline.as_secs(),
                    phase.get().doing()
                ))),
            }
        }
    }
}

fn address(text: &str) -> Result<Address, SendFault> {
    let mailbox =
        mailbox(text).map_err(|fault: ComposeFault| SendFault::Permanent(fault.to_string()))?;
    Ok(mailbox.email)
}

/// How far a transaction has come; decides whether a lost connection may have delivered.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Phase {
    Connect = 0,
    Login = 1,
    Envelope = 2,
    Body = 3,
    Answer = 4,
}

impl Phase {
    fn doing(self) -> &'static str {
        match self {
            Phase::Connect => "connecting",
            Phase::Login => "logging in",
            Phase::Envelope => "naming the recipient",
            Phase::Body => "sending the mail",
            Phase::Answer => "waiting for the answer to the whole mail",
        }
    }

    fn lost(self, what: String) -> SendFault {
        match self {
            Phase::Answer => SendFault::Uncertain(what),
            _ => SendFault::Transient(what),
        }
    }
}

/// The phase, shared between a transaction and the deadline around it.
#[derive(Default)]
struct Progress(AtomicU8);

impl Progress {
    fn set(&self, phase: Phase) {
        self.0.store(phase as u8, Ordering::Relaxed);
    }

    fn get(&self) -> Phase {
        match self.0.load(Ordering::Relaxed) {
            0 => Phase::Connect,
            1 => Phase::Login,
            2 => Phase::Envelope,
            3 => Phase::Body,
            _ => Phase::Answer,
        }
    }
}

/// Yields the body once and notes when the connection has taken all of it.
struct Body<'a> {
    chunks: std::slice::Chunks<'a, u8>,
    phase: &'a Progress,
}

impl<'a> Iterator for Body<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let chunk = self.chunks.next();
        if chunk.is_none() {
            self.phase.set(Phase::Answer);
        }
        chunk
    }
}

async fn transact(
    server: &SmtpServer,
    envelope: &Envelope,
    bytes: &[u8],
    phase: &Progress,
) -> Result<Sent, SendFault> {
    let mut connection = connect(server, phase).await?;
    let result = deliver(&mut connection, server, envelope, bytes, phase).await;
    // Politeness only: the result stands whatever becomes of the goodbye.
    if result.is_ok()
        && let Err(error) = connection.quit().await
    {
        tracing::debug!(%error, "the mail server did not say goodbye");
    }
    result
}

/// Whether the transport takes mail from us: a server that answers and takes the login, or a
/// directory that can be written. Sends nothing.
pub async fn try_login(transport: &Transport) -> Result<(), SendFault> {
    let server = match transport {
        Transport::Directory(directory) => {
            return std::fs::create_dir_all(directory).map_err(|error| {
                SendFault::Transient(format!("{}: {error}", directory.display()))
            });
        }
        Transport::Smtp(server) => server,
    };
    let phase = Progress::default();
    let attempt = async {
        let mut connection = connect(server, &phase).await?;
        log_in(&mut connection, server, &phase).await?;
        connection
            .quit()
            .await
            .map(|_| ())
            .map_err(|error| fault(error, server, &phase))
    };
    match tokio::time::timeout(server.deadline, attempt).await {
        Ok(result) => result,
        Err(_) => Err(SendFault::Transient(format!(
            "{}:{} did not answer within {} s",
            server.host,
            server.port,
            server.deadline.as_secs()
        ))),
    }
}

async fn log_in(
    connection: &mut AsyncSmtpConnection,
    server: &SmtpServer,
    phase: &Progress,
) -> Result<(), SendFault> {
    let Some(login) = &server.login else {
        return Ok(());
    };
    phase.set(Phase::Login);
    let (secret, mechanisms) = match &login.credential {
        Credential::Password(password) => (password.clone(), DEFAULT_MECHANISMS),
        Credential::TokenCommand(command) => {
            let token = credential::token(command, credential::TOKEN_PATIENCE)
                .await
                .map_err(|fault| SendFault::Authentication(fault.to_string()))?;
            (token, &[Mechanism::Xoauth2][..])
        }
    };
    let credentials = Credentials::new(login.user.clone(), secret.expose_secret().to_owned());
    let answer = connection.auth(mechanisms, &credentials).await;
    answer
        .map(|_| ())
        .map_err(|error| fault(error, server, phase))
}

async fn connect(server: &SmtpServer, phase: &Progress) -> Result<AsyncSmtpConnection, SendFault> {
    if server.security == Security::PlainLoopback && !is_loopback(&server.host) {
        return Err(SendFault::Permanent(format!(
            "mail to {} would travel unencrypted; only a loopback address may be plain",
            server.host
        )));
    }
    let hello = ClientId::default();
    let tls = || {
        TlsParameters::new(server.host.clone())
            .map_err(|error| SendFault::Transient(format!("TLS cannot be set up: {error}")))
    };
    let implicit = match server.security {
        Security::ImplicitTls => Some(tls()?),
        Security::StartTls | Security::PlainLoopback => None,
    };
    let fault = |error| fault(error, server, phase);
    let mut connection = AsyncSmtpConnection::connect_tokio1(
        (server.host.as_str(), server.port),
        Some(server.deadline),
        &hello,
        implicit,
        None,
    )
    .await
    .map_err(fault)?;
    if server.security == Security::StartTls {
        if !connection.can_starttls() {
            return Err(SendFault::Permanent(format!(
                "{}:{} does not offer STARTTLS; mail is never sent unencrypted",
                server.host, server.port
            )));
        }
        connection.starttls(tls()?, &hello).await.map_err(fault)?;
    }
    Ok(connection)
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host
            .trim_matches(['[', ']'])
            .parse::<IpAddr>()
            .is_ok_and(|ip| ip.is_loopback())
}

async fn deliver(
    connection: &mut AsyncSmtpConnection,
    server: &SmtpServer,
    envelope: &Envelope,
    bytes: &[u8],
    phase: &Progress,
) -> Result<Sent, SendFault> {
    let fault = |error| fault(error, server, phase);
    log_in(connection, server, phase).await?;
    phase.set(Phase::Envelope);
    let mut options = Vec::new();
    let plain = |address: &Address| AsRef::<str>::as_ref(address).is_ascii();
    if !envelope.from().into_iter().chain(envelope.to()).all(plain) {
        if !connection
            .server_info()
            .supports_feature(Extension::SmtpUtfEight)
        {
            return Err(SendFault::Permanent(format!(
                "{}:{} does not take addresses with letters beyond ASCII",
                server.host, server.port
            )));
        }
        options.push(MailParameter::SmtpUtfEight);
    }
    if !bytes.is_ascii()
        && connection
            .server_info()
            .supports_feature(Extension::EightBitMime)
    {
        options.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    connection
        .command(Mail::new(envelope.from().cloned(), options))
        .await
        .map_err(fault)?;
    for recipient in envelope.to() {
        connection
            .command(Rcpt::new(recipient.clone(), Vec::new()))
            .await
            .map_err(fault)?;
    }
    connection.command(Data).await.map_err(fault)?;
    phase.set(Phase::Body);
    let body = Body {
        chunks: bytes.chunks(64 * 1024),
        phase,
    };
    let answer = connection.message_iter(body).await.map_err(fault)?;
    let answer: Vec<&str> = answer.message().collect();
    Ok(Sent::Accepted(header_text(&answer.join(" "))))
}

/// Sorts an error by what the server said, and where it said nothing by how far we had come.
fn fault(
    error: lettre::transport::smtp::Error,
    server: &SmtpServer,
    phase: &Progress,
) -> SendFault {
    let what = header_text(&format!(
        "{}:{} while {}: {}",
        server.host,
        server.port,
        phase.get().doing(),
        causes(&error)
    ));
    if error.is_permanent() && phase.get() == Phase::Login {
        return SendFault::Authentication(what);
    }
    if error.is_permanent() {
        return SendFault::Permanent(what);
    }
    if error.is_transient() {
        return SendFault::Transient(what);
    }
    if error.is_client() && phase.get() == Phase::Login {
        return SendFault::Authentication(what);
    }
    if error.is_client() {
        return SendFault::Permanent(what);
    }
    phase.get().lost(what)
}

fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let inner_text = inner.to_string();
        if !text.contains(&inner_text) {
            text.push_str(": ");
            text.push_str(&inner_text);
        }
        cause = inner.source();
    }
    text
}

/// Writes a file only its owner can read, whole or not at all, and durably.
pub fn write_private(directory: &Path, file_name: &str, bytes: &[u8]) -> std::io::Result<PathBuf> {
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)?;
    let name = safe_name(file_name);
    let target = directory.join(&name);
    // One name for each target: what a process that died left half written is written anew by the
    // next one, instead of lying there for ever.
    let part = directory.join(format!(".{name}.part"));
    match std::fs::remove_file(&part) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let written = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&part)
        .and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()
        })
        .and_then(|()| std::fs::rename(&part, &target));
    if let Err(error) = written {
        // A disk that is full must not be kept full by what did not fit.
        return match std::fs::remove_file(&part) {
            Err(left) if left.kind() != std::io::ErrorKind::NotFound => Err(std::io::Error::new(
                error.kind(),
                format!("{error}; also left {}: {left}", part.display()),
            )),
            _ => Err(error),
        };
    }
    std::fs::File::open(directory)?.sync_all()?;
    Ok(target)
}

/// A name is a label, never a path.
pub fn safe_name(name: &str) -> String {
    let safe: String = name
        .chars()
        .map(|c| match c {
            c if c.is_alphanumeric() => c,
            '.' | '-' | '_' | '@' | '+' => c,
            _ => '_',
        })
        .collect();
    let safe = safe.trim_start_matches('.');
    if safe.is_empty() {
        "mail.eml".to_owned()
    } else {
        safe.to_owned()
    }
}
