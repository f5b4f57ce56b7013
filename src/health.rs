//! Tells a check outside rekon that a run began and how it ended, over HTTP. Knows no run.
//!
//! What nobody pings is noticed there: that is how a run that never began, or was killed, is heard
//! of. The address is a secret: whoever knows it can pretend that all is well.

use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use tokio::time::Instant;
use tokio_rustls::rustls::crypto::ring;
use ureq::tls::{Certificate, RootCerts, TlsConfig, TlsProvider};

/// Over both tries of one ping.
pub const DEADLINE: Duration = Duration::from_secs(10);
/// A try that gets no answer leaves time for another.
const ONE_TRY: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(300);

/// What is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Beat {
    /// `ADDRESS/start`
    Start,
    /// `ADDRESS`, with a line about it.
    Success(String),
    /// `ADDRESS/EXIT`, with a line about it.
    Failure { exit: u8, line: String },
}

/// Why a ping did not arrive; never shows its address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PingFault {
    #[error("health.ping: no answer within {} s", DEADLINE.as_secs())]
    Silence,
    #[error("health.ping: answered {0}; is the address right, and the check still there?")]
    Answer(u16),
    #[error("health.ping: {0}")]
    Connection(String),
}

/// Sends one ping, tried twice within [`DEADLINE`].
pub async fn ping(address: &SecretString, beat: &Beat) -> Result<(), PingFault> {
    let until = Instant::now() + DEADLINE;
    let first = once(address.clone(), beat.clone(), ONE_TRY).await;
    // An address that the other side does not know will not be known a moment later.
    if matches!(first, Ok(()) | Err(PingFault::Answer(300..=499))) {
        return first;
    }
    tokio::time::sleep(PAUSE).await;
    let left = until.saturating_duration_since(Instant::now());
    once(address.clone(), beat.clone(), left.min(ONE_TRY)).await
}

async fn once(address: SecretString, beat: Beat, patience: Duration) -> Result<(), PingFault> {
    let sending = tokio::task::spawn_blocking(move || send(&address, &beat, patience));
    match tokio::time::timeout(patience, sending).await {
        Ok(Ok(sent)) => sent,
        Ok(Err(_)) => Err(PingFault::Connection("it was broken off".to_owned())),
        Err(_) => Err(PingFault::Silence),
    }
}

fn send(address: &SecretString, beat: &Beat, patience: Duration) -> Result<(), PingFault> {
    let base = address.expose_secret();
    let (url, body) = match beat {
        Beat::Start => (format!("{base}/start"), ""),
        Beat::Success(line) => (base.to_owned(), line.as_str()),
        Beat::Failure { exit, line } => (format!("{base}/{exit}"), line.as_str()),
    };
    let mut settings = ureq::Agent::config_builder()
        .timeout_global(Some(patience))
        // The address is in the path: it is shown to no other host.
        .max_redirects(0)
        .http_status_as_error(false)
        .user_agent(concat!("rekon/", env!("CARGO_PKG_VERSION")));
    if url.starts_with("https://") {
        settings = settings.tls_config(tls());
    } else {
        // Plain is for this machine alone, and no proxy is on the way to it.
        settings = settings.proxy(None);
    }
    let agent: ureq::Agent = settings.build().into();
    let answer = agent
        .post(&url)
        .content_type("text/plain; charset=utf-8")
        .send(body);
    match answer {
        Ok(answer) if answer.status().is_success() => Ok(()),
        Ok(answer) => Err(PingFault::Answer(answer.status().as_u16())),
        Err(error) => Err(fault(&error)),
    }
}

fn tls() -> TlsConfig {
    let native = rustls_native_certs::load_native_certs();
    let roots: Vec<Certificate<'static>> = native
        .certs
        .iter()
        .map(|certificate| Certificate::from_der(certificate).to_owned())
        .collect();
    TlsConfig::builder()
        .provider(TlsProvider::Rustls)
        .unversioned_rustls_crypto_provider(Arc::new(ring::default_provider()))
        .root_certs(RootCerts::Specific(Arc::new(roots)))
        .build()
}

const UNTRUSTED: &str = "TLS failed; is its certificate one that this system trusts?";

/// In words of our own: what the library says may name the address.
fn fault(error: &ureq::Error) -> PingFault {
    let said = match error {
        ureq::Error::Timeout(_) => return PingFault::Silence,
        ureq::Error::Io(error) => match error.kind() {
            std::io::ErrorKind::TimedOut | std::io::ErrorKind::WouldBlock => {
                return PingFault::Silence;
            }
            std::io::ErrorKind::ConnectionRefused => "nobody answers there".to_owned(),
            // A certificate that is refused comes as what could not be read.
            std::io::ErrorKind::InvalidData => UNTRUSTED.to_owned(),
            kind => format!("the connection failed: {kind}"),
        },
        ureq::Error::HostNotFound => "its host is not found".to_owned(),
        ureq::Error::ConnectionFailed => "it cannot be connected to".to_owned(),
        ureq::Error::BadUri(_) | ureq::Error::Http(_) => {
            "the address cannot be read; ping = \"env:REKON_PING\" holds an https:// address"
                .to_owned()
        }
        ureq::Error::Tls(_) | ureq::Error::Rustls(_) => UNTRUSTED.to_owned(),
        _ => "the answer is not HTTP".to_owned(),
    };
    PingFault::Connection(said)
}
