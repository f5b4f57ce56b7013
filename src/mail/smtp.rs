//! One SMTP transaction for one recipient, each step of it within its own deadline. How far it had
//! come decides what a lost connection means: before the final dot nothing was taken, after it
//! nobody knows.

use std::net::IpAddr;
use std::time::Duration;

use lettre::address::Address;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Ehlo, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use lettre::transport::smtp::response::Response;
use secrecy::ExposeSecret;
use tokio::sync::watch;
use tokio::time::Instant;

use super::compose::{header_text, mailbox};
use super::{FaultKind, Reach, SendFault, Sent};
use crate::credential::{self, Credential};

#[derive(Clone, Debug)]
pub struct SmtpServer {
    pub host: String,
    pub port: u16,
    pub security: Security,
    pub login: Option<Login>,
    pub deadlines: Deadlines,
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

/// How long a server may take. lettre's own timeout covers nothing but the TCP connect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadlines {
    /// Until a server has greeted us and TLS stands.
    pub connect: Duration,
    /// For each answer to a command, the login among them.
    pub command: Duration,
    /// For 64 KiB of the mail to be taken.
    pub block: Duration,
    /// Between the final dot and its answer: servers scan the mail before they take it.
    pub answer: Duration,
}

impl Default for Deadlines {
    /// Those of RFC 5321, section 4.5.3.2, but for the connect: a server that does not greet within
    /// a minute is away.
    fn default() -> Deadlines {
        Deadlines {
            connect: Duration::from_secs(60),
            command: Duration::from_secs(300),
            block: Duration::from_secs(180),
            answer: Duration::from_secs(600),
        }
    }
}

/// A goodbye changes nothing any more.
const GOODBYE: Duration = Duration::from_secs(5);
const BLOCK: usize = 64 * 1024;

/// How far a transaction has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Connect,
    Tls,
    Login,
    Sender,
    Recipient,
    Data,
    Body,
    Answer,
}

impl Phase {
    fn doing(self) -> &'static str {
        match self {
            Phase::Connect => "connecting",
            Phase::Tls => "setting up TLS",
            Phase::Login => "logging in",
            Phase::Sender => "naming the sender",
            Phase::Recipient => "naming the recipient",
            Phase::Data => "asking to send the mail",
            Phase::Body => "sending the mail",
            Phase::Answer => "waiting for the answer to the whole mail",
        }
    }

    fn deadline(self, deadlines: &Deadlines) -> Duration {
        match self {
            Phase::Connect | Phase::Tls => deadlines.connect,
            Phase::Login | Phase::Sender | Phase::Recipient | Phase::Data => deadlines.command,
            Phase::Body => deadlines.block,
            Phase::Answer => deadlines.answer,
        }
    }

    /// Nothing has been said yet about this mail.
    fn is_of_server(self) -> bool {
        matches!(self, Phase::Connect | Phase::Tls | Phase::Login)
    }
}

/// Where a transaction is and until when its server may take, shared with the watch over it.
struct Progress<'s> {
    server: &'s SmtpServer,
    step: watch::Sender<(Phase, Instant)>,
}

impl<'s> Progress<'s> {
    fn new(server: &'s SmtpServer) -> Progress<'s> {
        let until = Instant::now() + server.deadlines.connect;
        Progress {
            server,
            step: watch::Sender::new((Phase::Connect, until)),
        }
    }

    /// Enters a phase, or shows that it goes on.
    fn enter(&self, phase: Phase) {
        let until = Instant::now() + phase.deadline(&self.server.deadlines);
        self.step.send_replace((phase, until));
    }

    fn phase(&self) -> Phase {
        self.step.borrow().0
    }

    /// Ends when the server has taken too long over something.
    async fn overdue(&self) {
        let mut step = self.step.subscribe();
        loop {
            let (_, until) = *step.borrow_and_update();
            tokio::select! {
                () = tokio::time::sleep_until(until) => return,
                // The next phase may have less time than this one had left.
                changed = step.changed() => if changed.is_err() { return },
            }
        }
    }

    /// A fault in words that say where it happened.
    fn fault(&self, kind: FaultKind, reach: Reach, what: &str) -> SendFault {
        SendFault {
            kind,
            reach,
            said: format!(
                "{} while {}: {}",
                self.server.name(),
                self.phase().doing(),
                header_text(what)
            ),
        }
    }

    /// The connection ended without a word about what had been said last.
    fn lost(&self, reach: Reach, what: &str) -> SendFault {
        let kind = match self.phase() {
            Phase::Answer => FaultKind::Uncertain,
            _ => FaultKind::Transient,
        };
        self.fault(kind, reach, what)
    }

    fn reach(&self) -> Reach {
        match self.phase().is_of_server() {
            true => Reach::Server,
            false => Reach::Recipient,
        }
    }

    /// Sorts an error by what the server said, and where it said nothing by how far we had come.
    fn sorted(&self, error: &lettre::transport::smtp::Error) -> SendFault {
        let phase = self.phase();
        let said = causes(error);
        if let Some(code) = error.status() {
            return self.refused(u16::from(code), &said);
        }
        let login = "no way to log in that the server offers is one that rekon knows";
        if error.is_client() && phase == Phase::Login {
            return self.fault(FaultKind::Authentication, Reach::Server, login);
        }
        if matches!(phase, Phase::Connect | Phase::Tls) && said.contains("certificate") {
            let why = format!(
                "its certificate is not accepted: {said}; it has to name {}, be valid today and come \
                 from an authority this system trusts (SSL_CERT_FILE names another list)",
                self.server.host
            );
            return self.fault(FaultKind::Transient, Reach::Server, &why);
        }
        self.lost(self.reach(), &said)
    }

    /// An answer of 4xx or 5xx.
    fn refused(&self, code: u16, said: &str) -> SendFault {
        let phase = self.phase();
        // RFC 4954: a login is wanted, refused, or wanted in another way; of any command.
        let wants_login = matches!(code, 530 | 534 | 535 | 538);
        if wants_login || (phase == Phase::Login && code >= 500) {
            return self.fault(FaultKind::Authentication, Reach::Server, said);
        }
        if code == 421 {
            return self.fault(FaultKind::Transient, Reach::Server, said);
        }
        // What is refused before this mail was spoken of is no word about this mail.
        if code < 500 || phase.is_of_server() {
            return self.fault(FaultKind::Transient, self.reach(), said);
        }
        // 552 is also a mailbox that is full (5.2.2), which a smaller mail would not enter either.
        let too_big = said.contains("5.3.4") || said.contains("5.2.3");
        if too_big || (code == 552 && !said.contains("5.2.2")) {
            let said = format!("the mail is too big: {said}; {SMALLER}");
            return self.fault(FaultKind::Permanent, Reach::Recipient, &said);
        }
        // Of the sender or the host: no mail of ours would fare better, and none is to blame.
        if phase == Phase::Sender && code != 555 {
            return self.fault(FaultKind::Transient, Reach::Server, said);
        }
        self.fault(FaultKind::Permanent, Reach::Recipient, said)
    }
}

const SMALLER: &str = "attach less ([[report]] attach) or lower [mail] attachment_limit, then \
    `rekon run --date D --send` mails it anew";

impl SmtpServer {
    fn name(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }
}

/// Runs the steps of a transaction unless the server takes too long over one of them.
async fn watched<T>(
    progress: &Progress<'_>,
    steps: impl Future<Output = Result<T, SendFault>>,
) -> Result<T, SendFault> {
    tokio::select! {
        biased;
        result = steps => result,
        () = progress.overdue() => {
            let seconds = progress.phase().deadline(&progress.server.deadlines).as_secs_f64();
            // One that stands still for one mail does so for the next.
            Err(progress.lost(Reach::Server, &format!("no answer within {seconds} s")))
        }
    }
}

pub(super) async fn send(
    server: &SmtpServer,
    envelope_from: &str,
    recipient: &str,
    bytes: &[u8],
) -> Result<Sent, SendFault> {
    let envelope = Envelope {
        from: address(envelope_from)?,
        to: address(recipient)?,
    };
    let progress = Progress::new(server);
    let mut open = None;
    let result = watched(&progress, async {
        let (connection, limit) = connect(server, &progress).await?;
        deliver(open.insert(connection), limit, &envelope, bytes, &progress).await
    })
    .await;
    // The result stands whatever becomes of the goodbye; in the middle of a mail it would be text.
    let between_commands = !matches!(progress.phase(), Phase::Body | Phase::Answer);
    if let Some(mut connection) = open
        && (result.is_ok() || between_commands)
    {
        goodbye(&mut connection).await;
    }
    result
}

async fn goodbye(connection: &mut AsyncSmtpConnection) {
    match tokio::time::timeout(GOODBYE, connection.quit()).await {
        Ok(Ok(_)) => {}
        Ok(Err(error)) => tracing::debug!(%error, "the mail server did not say goodbye"),
        Err(_) => tracing::debug!("the mail server did not say goodbye in time"),
    }
}

pub(super) async fn try_login(server: &SmtpServer) -> Result<(), SendFault> {
    let progress = Progress::new(server);
    let connection = watched(&progress, async {
        let (mut connection, _) = connect(server, &progress).await?;
        log_in(&mut connection, &progress).await?;
        Ok(connection)
    })
    .await;
    goodbye(&mut connection?).await;
    Ok(())
}

struct Envelope {
    from: Address,
    to: Address,
}

fn address(text: &str) -> Result<Address, SendFault> {
    let mailbox = mailbox(text).map_err(|fault| SendFault {
        kind: FaultKind::Permanent,
        reach: Reach::Recipient,
        said: fault.to_string(),
    })?;
    Ok(mailbox.email)
}

/// A connection as safe as it is configured to be, and the largest mail that is taken over it.
async fn connect(
    server: &SmtpServer,
    progress: &Progress<'_>,
) -> Result<(AsyncSmtpConnection, Option<u64>), SendFault> {
    let refuse = |why: &str| progress.fault(FaultKind::Transient, Reach::Server, why);
    if server.security == Security::PlainLoopback && !is_loopback(&server.host) {
        return Err(refuse(
            "the mail would travel unencrypted; only a loopback address may be plain",
        ));
    }
    let hello = ClientId::default();
    let tls = || {
        TlsParameters::new(server.host.clone())
            .map_err(|error| refuse(&format!("TLS cannot be set up: {}", causes(&error))))
    };
    let implicit = match server.security {
        Security::ImplicitTls => Some(tls()?),
        Security::StartTls | Security::PlainLoopback => None,
    };
    let sorted = |error| progress.sorted(&error);
    let mut connection = AsyncSmtpConnection::connect_tokio1(
        (server.host.as_str(), server.port),
        Some(server.deadlines.connect),
        &hello,
        implicit,
        None,
    )
    .await
    .map_err(sorted)?;
    if server.security == Security::StartTls {
        progress.enter(Phase::Tls);
        if !connection.can_starttls() {
            return Err(refuse(
                "it does not offer STARTTLS, and mail is never sent unencrypted; use smtps:// or have \
                 TLS set up there",
            ));
        }
        connection.starttls(tls()?, &hello).await.map_err(sorted)?;
    }
    // lettre keeps no SIZE of what the server offers.
    let offered = connection.command(Ehlo::new(hello)).await.map_err(sorted)?;
    Ok((connection, size_limit(&offered)))
}

/// RFC 1870: none where the server names none, or zero.
fn size_limit(offered: &Response) -> Option<u64> {
    offered
        .message()
        .filter_map(|line| {
            let (keyword, limit) = line.split_once(' ')?;
            keyword.eq_ignore_ascii_case("SIZE").then_some(limit)
        })
        .find_map(|limit| limit.trim().parse().ok())
        .filter(|limit| *limit > 0)
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host
            .trim_matches(['[', ']'])
            .parse::<IpAddr>()
            .is_ok_and(|ip| ip.is_loopback())
}

async fn log_in(
    connection: &mut AsyncSmtpConnection,
    progress: &Progress<'_>,
) -> Result<(), SendFault> {
    let Some(login) = &progress.server.login else {
        return Ok(());
    };
    progress.enter(Phase::Login);
    let (secret, mechanisms) = match &login.credential {
        Credential::Password(password) => (password.clone(), DEFAULT_MECHANISMS),
        Credential::TokenCommand(command) => {
            let token = credential::token(command, credential::TOKEN_PATIENCE)
                .await
                .map_err(|fault| {
                    let said = fault.to_string();
                    progress.fault(FaultKind::Authentication, Reach::Server, &said)
                })?;
            (token, &[Mechanism::Xoauth2][..])
        }
    };
    let credentials = Credentials::new(login.user.clone(), secret.expose_secret().to_owned());
    let answer = connection.auth(mechanisms, &credentials).await;
    answer.map(|_| ()).map_err(|error| progress.sorted(&error))
}

/// Yields the mail block by block, and notes when the connection has taken all of it.
struct Blocks<'a> {
    blocks: std::slice::Chunks<'a, u8>,
    progress: &'a Progress<'a>,
}

impl<'a> Iterator for Blocks<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let block = self.blocks.next();
        self.progress.enter(match block {
            Some(_) => Phase::Body,
            None => Phase::Answer,
        });
        block
    }
}

async fn deliver(
    connection: &mut AsyncSmtpConnection,
    limit: Option<u64>,
    envelope: &Envelope,
    bytes: &[u8],
    progress: &Progress<'_>,
) -> Result<Sent, SendFault> {
    let sorted = |error| progress.sorted(&error);
    log_in(connection, progress).await?;
    progress.enter(Phase::Sender);
    let never = |why: &str| progress.fault(FaultKind::Permanent, Reach::Recipient, why);
    let offers = |extension| connection.server_info().supports_feature(extension);
    let mut options = Vec::new();
    if let Some(limit) = limit {
        if bytes.len() as u64 > limit {
            return Err(never(&format!(
                "the mail is too big: it has {} bytes, and the server takes {limit} at most (SIZE); \
                 {SMALLER}",
                bytes.len()
            )));
        }
        options.push(MailParameter::Size(bytes.len()));
    }
    let plain = |address: &Address| AsRef::<str>::as_ref(address).is_ascii();
    if !plain(&envelope.from) || !plain(&envelope.to) {
        if !offers(Extension::SmtpUtfEight) {
            return Err(never(
                "the server does not take addresses with letters beyond ASCII",
            ));
        }
        options.push(MailParameter::SmtpUtfEight);
    }
    if !bytes.is_ascii() && offers(Extension::EightBitMime) {
        options.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    let sender = Mail::new(Some(envelope.from.clone()), options);
    connection.command(sender).await.map_err(sorted)?;
    progress.enter(Phase::Recipient);
    let recipient = Rcpt::new(envelope.to.clone(), Vec::new());
    connection.command(recipient).await.map_err(sorted)?;
    progress.enter(Phase::Data);
    let go_on = connection.command(Data).await.map_err(sorted)?;
    if !go_on.has_code(354) {
        let said = format!("354 was to be answered, not {}", go_on.code());
        return Err(progress.lost(Reach::Recipient, &said));
    }
    // The end of the last line belongs to the final dot; sent twice it would be an empty line more
    // than what is stored.
    let body = Blocks {
        blocks: bytes.strip_suffix(b"\r\n").unwrap_or(bytes).chunks(BLOCK),
        progress,
    };
    let answer = connection.message_iter(body).await.map_err(sorted)?;
    let said: Vec<&str> = answer.message().collect();
    let said = header_text(&said.join(" "));
    match u16::from(answer.code()) {
        200..=299 => Ok(Sent::Accepted(said)),
        code => Err(progress.lost(Reach::Recipient, &format!("an answer of {code}: {said}"))),
    }
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
