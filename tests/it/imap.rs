//! A person's mail client: just enough IMAP to look at what a server shows.

use std::io::{BufRead, BufReader, Error, ErrorKind, Read, Result, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use data_encoding::BASE64;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

/// A connection by implicit TLS, verified against one authority.
pub struct Imap {
    stream: BufReader<StreamOwned<ClientConnection, TcpStream>>,
    commands: u32,
}

/// What came back for one command.
#[derive(Debug)]
pub struct Reply {
    /// The tagged line without its tag: `OK …`, `NO …`, `BAD …`.
    pub status: String,
    /// The untagged responses, each whole with its literals.
    pub lines: Vec<Vec<u8>>,
}

impl Reply {
    pub fn is_ok(&self) -> bool {
        self.status.starts_with("OK")
    }

    /// Status and responses as one text, for looking words up in.
    pub fn text(&self) -> String {
        let lines: Vec<_> = self
            .lines
            .iter()
            .map(|l| String::from_utf8_lossy(l))
            .collect();
        format!("{}\n{}", lines.concat(), self.status)
    }
}

impl Imap {
    /// Connects to a loopback port as to `host`, trusting `ca` (PEM), and reads the greeting. A
    /// read that lasts longer than `patience` fails.
    pub fn connect(host: &str, port: u16, ca: &str, patience: Duration) -> Result<Imap> {
        let mut roots = RootCertStore::empty();
        let ca = CertificateDer::from_pem_slice(ca.as_bytes()).map_err(Error::other)?;
        roots.add(ca).map_err(Error::other)?;
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(Error::other)?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::try_from(host.to_owned()).map_err(Error::other)?;
        let tls = ClientConnection::new(Arc::new(config), name).map_err(Error::other)?;
        let socket = TcpStream::connect(("127.0.0.1", port))?;
        socket.set_read_timeout(Some(patience))?;
        let mut imap = Imap {
            stream: BufReader::new(StreamOwned::new(tls, socket)),
            commands: 0,
        };
        let greeting = imap.response()?;
        if !greeting.starts_with(b"* OK") {
            return Err(Error::other(String::from_utf8_lossy(&greeting)));
        }
        Ok(imap)
    }

    /// Changes how long a read may last.
    pub fn waits(&self, patience: Duration) -> Result<()> {
        self.stream.get_ref().sock.set_read_timeout(Some(patience))
    }

    /// Logs in with a password.
    pub fn login(&mut self, user: &str, password: &str) -> Result<Reply> {
        self.command(&format!("LOGIN {} {}", quoted(user), quoted(password)))
    }

    /// Logs in with a bearer token.
    pub fn xoauth2(&mut self, user: &str, token: &str) -> Result<Reply> {
        let initial = format!("user={user}\u{1}auth=Bearer {token}\u{1}\u{1}");
        let initial = BASE64.encode(initial.as_bytes());
        self.command(&format!("AUTHENTICATE XOAUTH2 {initial}"))
    }

    /// One command on one line. A continuation request is answered by an empty line, which is what
    /// the end of a refused XOAUTH2 exchange wants.
    pub fn command(&mut self, line: &str) -> Result<Reply> {
        self.commands += 1;
        let tag = format!("t{} ", self.commands);
        self.send(&[tag.as_bytes(), line.as_bytes(), b"\r\n"])?;
        let mut lines = Vec::new();
        loop {
            let response = self.response()?;
            if let Some(status) = response.strip_prefix(tag.as_bytes()) {
                let status = String::from_utf8_lossy(status).trim_end().to_owned();
                return Ok(Reply { status, lines });
            }
            if response.starts_with(b"+") {
                self.send(&[b"\r\n"])?;
            } else {
                lines.push(response);
            }
        }
    }

    fn send(&mut self, parts: &[&[u8]]) -> Result<()> {
        let stream = self.stream.get_mut();
        stream.write_all(&parts.concat())?;
        stream.flush()
    }

    /// One line and, where it announces a literal, that literal and the line that follows it.
    fn response(&mut self) -> Result<Vec<u8>> {
        let mut whole = Vec::new();
        loop {
            let begin = whole.len();
            self.stream.read_until(b'\n', &mut whole)?;
            let line = &whole[begin..];
            if !line.ends_with(b"\n") {
                return Err(ErrorKind::UnexpectedEof.into());
            }
            let Some(length) = literal(line) else {
                return Ok(whole);
            };
            let begin = whole.len();
            whole.resize(begin + length, 0);
            self.stream.read_exact(&mut whole[begin..])?;
        }
    }
}

/// The length of the literal that a line announces at its end.
fn literal(line: &[u8]) -> Option<usize> {
    let line = line.strip_suffix(b"}\r\n")?;
    let open = line.iter().rposition(|byte| *byte == b'{')?;
    std::str::from_utf8(&line[open + 1..]).ok()?.parse().ok()
}

/// The first literal of a response.
pub fn literal_of(response: &[u8]) -> Option<&[u8]> {
    let end = response.windows(2).position(|pair| pair == b"\r\n")? + 2;
    let (line, rest) = response.split_at(end);
    rest.get(..literal(line)?)
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
