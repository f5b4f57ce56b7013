//! A check outside, as healthchecks.io and its kin are: it takes pings over HTTP and keeps them.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use tokio_rustls::rustls;

use crate::certificates::Identity;

/// How it answers.
#[derive(Clone, Copy, Debug)]
pub enum Manner {
    Well,
    /// The first request of each address gets a 503.
    SecondTime,
    /// Takes the connection and says nothing.
    Stalled,
    /// Says 404: the check was deleted.
    Gone,
}

pub struct Check {
    pub port: u16,
    scheme: &'static str,
    pings: Receiver<(String, String)>,
}

impl Check {
    pub fn start(manner: Manner) -> Check {
        Check::listen(manner, None)
    }

    /// Speaks TLS and proves itself by this certificate.
    pub fn start_with_tls(identity: &Identity) -> Check {
        let certificate = CertificateDer::from_pem_slice(identity.certificate.as_bytes());
        let key = PrivateKeyDer::from_pem_slice(identity.key.as_bytes());
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let settings = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![certificate.expect("PEM")], key.expect("PEM"))
            .expect("a certificate and its key");
        Check::listen(Manner::Well, Some(Arc::new(settings)))
    }

    fn listen(manner: Manner, tls: Option<Arc<ServerConfig>>) -> Check {
        let scheme = if tls.is_some() { "https" } else { "http" };
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("its address").port();
        let (sender, pings) = channel();
        thread::spawn(move || {
            let mut silent = Vec::new();
            let mut seen: Vec<String> = Vec::new();
            for connection in listener.incoming() {
                let Ok(connection) = connection else {
                    return;
                };
                if matches!(manner, Manner::Stalled) {
                    silent.push(connection);
                    continue;
                }
                connection
                    .set_read_timeout(Some(Duration::from_secs(20)))
                    .expect("a timeout");
                let mut connection: Box<dyn Stream> = match &tls {
                    None => Box::new(connection),
                    Some(settings) => {
                        let session = ServerConnection::new(settings.clone()).expect("a session");
                        Box::new(StreamOwned::new(session, connection))
                    }
                };
                let Some((path, body)) = request(&mut *connection) else {
                    continue;
                };
                let status = match manner {
                    Manner::SecondTime if !seen.contains(&path) => "503 Busy",
                    Manner::Gone => "404 Not Found",
                    _ => "200 OK",
                };
                seen.push(path.clone());
                let answer = format!(
                    "HTTP/1.1 {status}\r\nContent-Length: 2\r\nConnection: close\r\n\r\nOK"
                );
                if connection.write_all(answer.as_bytes()).is_err()
                    || sender.send((path, body)).is_err()
                {
                    return;
                }
            }
        });
        Check {
            port,
            scheme,
            pings,
        }
    }

    /// The configuration that pings it; the path is the secret.
    pub fn config(&self) -> String {
        format!(
            "\n[health]\nping = \"{}://127.0.0.1:{}/ping/s3cret\"\n",
            self.scheme, self.port
        )
    }

    /// Paths and bodies since the last time.
    pub fn pings(&self) -> Vec<(String, String)> {
        self.pings.try_iter().collect()
    }

    pub fn paths(&self) -> Vec<String> {
        self.pings().into_iter().map(|(path, _)| path).collect()
    }
}

trait Stream: Read + Write {}
impl Stream for TcpStream {}
impl Stream for StreamOwned<ServerConnection, TcpStream> {}

fn request(connection: &mut dyn Stream) -> Option<(String, String)> {
    let mut bytes = Vec::new();
    let mut buffer = [0_u8; 4096];
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| {
                    line.to_lowercase()
                        .strip_prefix("content-length: ")?
                        .parse()
                        .ok()
                })
                .unwrap_or(0);
            if body.len() >= length {
                let path = head.split(' ').nth(1)?.to_owned();
                return Some((path, body.to_owned()));
            }
        }
        let read = connection.read(&mut buffer).ok()?;
        if read == 0 {
            return None;
        }
        bytes.extend_from_slice(&buffer[..read]);
    }
}
