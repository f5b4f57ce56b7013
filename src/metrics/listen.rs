//! `GET /metrics` and `GET /healthz` on a loopback port: just enough HTTP/1.1 for a scraper, with a
//! limit on everything.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};

/// A scraper's request is a few hundred bytes.
const LONGEST_REQUEST: usize = 8 << 10;
const DEADLINE: Duration = Duration::from_secs(5);
const CONNECTIONS: usize = 16;
/// After an accept that failed, such as for want of file descriptors.
const PAUSE: Duration = Duration::from_millis(200);

/// What is answered.
#[derive(Clone, Debug, Default)]
pub struct Shown {
    /// [`super::text`]
    pub metrics: String,
    pub health: Health,
}

/// One line: what the process is at.
#[derive(Clone, Debug)]
pub enum Health {
    Well(String),
    Ill(String),
}

impl Default for Health {
    fn default() -> Health {
        Health::Ill("nothing was looked at yet\n".to_owned())
    }
}

/// Binds the port. The address says which one where it was 0.
pub async fn bind(at: SocketAddr) -> std::io::Result<TcpListener> {
    TcpListener::bind(at).await
}

/// Answers until it is dropped.
pub async fn serve(listener: TcpListener, shown: watch::Receiver<Shown>) {
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let Ok(place) = room.clone().acquire_owned().await else {
            return;
        };
        let connection = match listener.accept().await {
            Ok((connection, _)) => connection,
            Err(error) => {
                tracing::debug!(%error, "metrics: a connection could not be accepted");
                tokio::time::sleep(PAUSE).await;
                continue;
            }
        };
        let shown = shown.borrow().clone();
        tokio::spawn(async move {
            let answered = tokio::time::timeout(DEADLINE, answer(connection, &shown)).await;
            if let Ok(Err(error)) = answered {
                tracing::debug!(%error, "metrics: a connection broke");
            }
            drop(place);
        });
    }
}

async fn answer(mut connection: TcpStream, shown: &Shown) -> std::io::Result<()> {
    let request = match read_head(&mut connection).await? {
        Some(head) => head,
        None => {
            return respond(&mut connection, "431 Request Header Fields Too Large", "").await;
        }
    };
    let line = request.lines().next().unwrap_or_default();
    let mut words = line.split(' ');
    let (method, target) = (words.next(), words.next().unwrap_or_default());
    let path = target.split('?').next().unwrap_or_default();
    let (status, body) = match (method, path) {
        (Some("GET" | "HEAD"), "/metrics") => ("200 OK", shown.metrics.as_str()),
        (Some("GET" | "HEAD"), "/healthz") => match &shown.health {
            Health::Well(line) => ("200 OK", line.as_str()),
            Health::Ill(line) => ("503 Service Unavailable", line.as_str()),
        },
        (Some("GET" | "HEAD"), _) => ("404 Not Found", "/metrics or /healthz\n"),
        _ => ("405 Method Not Allowed", "GET\n"),
    };
    if method == Some("HEAD") {
        return head_only(&mut connection, status, body.len()).await;
    }
    respond(&mut connection, status, body).await
}

/// The request up to its blank line; `None` where it is longer than any scraper's.
async fn read_head(connection: &mut TcpStream) -> std::io::Result<Option<String>> {
    let mut head = Vec::new();
    let mut buffer = [0_u8; 1024];
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        let read = connection.read(&mut buffer).await?;
        if read == 0 {
            break;
        }
        head.extend_from_slice(&buffer[..read]);
        if head.len() > LONGEST_REQUEST {
            return Ok(None);
        }
    }
    Ok(Some(String::from_utf8_lossy(&head).into_owned()))
}

async fn respond(connection: &mut TcpStream, status: &str, body: &str) -> std::io::Result<()> {
    head_only(connection, status, body.len()).await?;
    connection.write_all(body.as_bytes()).await?;
    connection.shutdown().await
}

async fn head_only(connection: &mut TcpStream, status: &str, length: usize) -> std::io::Result<()> {
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n\
         Content-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    connection.write_all(head.as_bytes()).await
}
