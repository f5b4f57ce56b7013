//! The encrypted way to a mail server, with a bound on what it may send.

use std::io;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto::ring};

/// A stream that fails once more bytes came than the current command allows: a server may announce
/// any length, and async-imap would buffer half a gigabyte of it.
#[derive(Debug)]
pub struct Metered {
    inner: TlsStream<TcpStream>,
    allowance: Arc<AtomicU64>,
}

impl Metered {
    pub fn new(inner: TlsStream<TcpStream>, allowance: Arc<AtomicU64>) -> Metered {
        Metered { inner, allowance }
    }
}

impl AsyncRead for Metered {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.inner).poll_read(cx, buffer);
        let read = (buffer.filled().len() - before) as u64;
        let left = self.allowance.load(Ordering::Relaxed);
        if read > left {
            return Poll::Ready(Err(io::Error::other(
                "the server sent more than it was asked for",
            )));
        }
        self.allowance.store(left - read, Ordering::Relaxed);
        polled
    }
}

impl AsyncWrite for Metered {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

/// Why no encrypted connection can even be tried.
#[derive(Debug, thiserror::Error)]
pub enum TlsSetup {
    #[error("ca {path}: {reason}\n  hint: a PEM file with the certificates of the authority")]
    Authority { path: String, reason: String },
    #[error(
        "the system has no trusted certificates ({0})\n  hint: apt-get install ca-certificates"
    )]
    NoRoots(String),
    #[error("`{0}` is no host name that a certificate could name")]
    Host(String),
    #[error("TLS cannot be set up: {0}")]
    Other(String),
}

/// A connector that trusts the system's authorities, and those of the file beside them.
pub fn connector(ca: Option<&PathBuf>) -> Result<TlsConnector, TlsSetup> {
    let mut roots = RootCertStore::empty();
    let native = rustls_native_certs::load_native_certs();
    let (added, _) = roots.add_parsable_certificates(native.certs);
    if let Some(path) = ca {
        let refused = |reason: String| TlsSetup::Authority {
            path: path.display().to_string(),
            reason,
        };
        let pem = CertificateDer::pem_file_iter(path).map_err(|e| refused(e.to_string()))?;
        let before = roots.len();
        for certificate in pem {
            let certificate = certificate.map_err(|error| refused(error.to_string()))?;
            roots
                .add(certificate)
                .map_err(|error| refused(error.to_string()))?;
        }
        if roots.len() == before {
            return Err(refused("it holds no certificate".to_owned()));
        }
    } else if added == 0 {
        let reasons: Vec<String> = native.errors.iter().map(ToString::to_string).collect();
        return Err(TlsSetup::NoRoots(reasons.join("; ")));
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| TlsSetup::Other(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

/// The name a server's certificate has to carry.
pub fn server_name(host: &str) -> Result<ServerName<'static>, TlsSetup> {
    ServerName::try_from(host.trim_matches(['[', ']']).to_owned())
        .map_err(|_| TlsSetup::Host(host.to_owned()))
}
