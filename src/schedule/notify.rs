//! Tells systemd how the service stands: datagrams to the socket it names.

use std::env;
use std::io;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::time::Duration;

/// Where systemd listens; nobody where it did not start us.
#[derive(Debug, Default)]
pub struct Notify {
    to: Option<(UnixDatagram, SocketAddr)>,
}

impl Notify {
    pub fn from_environment() -> Notify {
        let Some(path) = env::var_os("NOTIFY_SOCKET") else {
            return Notify::default();
        };
        let opened = || -> io::Result<(UnixDatagram, SocketAddr)> {
            let address = match path.as_encoded_bytes().strip_prefix(b"@") {
                Some(name) => SocketAddr::from_abstract_name(name)?,
                None => SocketAddr::from_pathname(&path)?,
            };
            let socket = UnixDatagram::unbound()?;
            // Whoever does not listen must not hold up what is said.
            socket.set_nonblocking(true)?;
            Ok((socket, address))
        };
        match opened() {
            Ok(to) => Notify { to: Some(to) },
            Err(error) => {
                tracing::warn!("NOTIFY_SOCKET: {error}");
                Notify::default()
            }
        }
    }

    pub fn ready(&self) {
        self.send("READY=1");
    }

    pub fn stopping(&self) {
        self.send("STOPPING=1");
    }

    pub fn alive(&self) {
        self.send("WATCHDOG=1");
    }

    /// One line for `systemctl status`.
    pub fn status(&self, line: &str) {
        self.send(&format!("STATUS={}", line.replace('\n', " ")));
    }

    fn send(&self, text: &str) {
        let Some((socket, address)) = &self.to else {
            return;
        };
        if let Err(error) = socket.send_to_addr(text.as_bytes(), address) {
            tracing::debug!("NOTIFY_SOCKET: {error}");
        }
    }
}

/// How often systemd has to hear that we live, where it asked this process for it.
pub fn watchdog() -> Option<Duration> {
    let of_us = match env::var("WATCHDOG_PID") {
        Ok(pid) => pid == std::process::id().to_string(),
        Err(_) => true,
    };
    let micros = env::var("WATCHDOG_USEC").ok()?.parse::<u64>().ok()?;
    (of_us && micros > 0).then(|| Duration::from_micros(micros) / 2)
}
