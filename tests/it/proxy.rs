//! A TCP proxy that breaks connections at a chosen byte.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::JoinHandle;
use std::time::Duration;

/// Who sent the bytes that are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum From {
    Server,
    Client,
}

/// What is done to a connection. The count is of bytes forwarded over that connection from one
/// side; exactly as many arrive, then the fault happens, with 0 before anything is forwarded.
#[derive(Clone, Copy, Debug)]
pub enum Mode {
    Transparent,
    /// Both sides are closed.
    Cut(From, u64),
    /// Both sides stay open, and nothing more is read or forwarded in either direction.
    Stall(From, u64),
    /// What this side sends further is read and thrown away; the other direction goes on.
    Swallow(From, u64),
}

/// Which connections since arming the mode is for; the others are transparent.
#[derive(Clone, Copy, Debug)]
pub enum Reach {
    First,
    Every,
}

/// Bytes forwarded over one connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Traffic {
    pub from_server: u64,
    pub from_client: u64,
}

/// Listens on a loopback port until dropped.
pub struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    acceptor: Option<JoinHandle<()>>,
}

struct Shared {
    target: SocketAddr,
    plan: Mutex<Plan>,
    stopping: AtomicBool,
}

struct Plan {
    mode: Mode,
    reach: Reach,
    connections: Vec<(Arc<Connection>, Vec<JoinHandle<()>>)>,
}

struct Connection {
    client: TcpStream,
    /// `None` when the target refused.
    server: Option<TcpStream>,
    mode: Mode,
    from_server: AtomicU64,
    from_client: AtomicU64,
    stalled: AtomicBool,
    closed: AtomicBool,
}

impl Proxy {
    /// Forwards to a loopback port, transparently until armed.
    pub fn start(target: u16) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let shared = Arc::new(Shared {
            target: SocketAddr::from(([127, 0, 0, 1], target)),
            plan: Mutex::new(Plan {
                mode: Mode::Transparent,
                reach: Reach::Every,
                connections: Vec::new(),
            }),
            stopping: AtomicBool::new(false),
        });
        let accepting = Arc::clone(&shared);
        let acceptor = std::thread::spawn(move || {
            for client in listener.incoming() {
                if accepting.stopping.load(SeqCst) {
                    return;
                }
                accepting.take(client.expect("a client"));
            }
        });
        Proxy {
            address,
            shared,
            acceptor: Some(acceptor),
        }
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Closes what is still open, forgets what was counted, and breaks what comes next.
    pub fn arm(&self, mode: Mode, reach: Reach) {
        let mut plan = self.shared.plan();
        plan.mode = mode;
        plan.reach = reach;
        let ended = std::mem::take(&mut plan.connections);
        drop(plan);
        end(ended);
    }

    /// Every connection since the start or the last arming, in the order they came.
    pub fn traffic(&self) -> Vec<Traffic> {
        let plan = self.shared.plan();
        let counted = plan.connections.iter().map(|(connection, _)| Traffic {
            from_server: connection.from_server.load(SeqCst),
            from_client: connection.from_client.load(SeqCst),
        });
        counted.collect()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.stopping.store(true, SeqCst);
        // The acceptor looks at the flag when somebody comes.
        let woken = TcpStream::connect(self.address);
        if let (Ok(_), Some(acceptor)) = (woken, self.acceptor.take())
            && acceptor.join().is_err()
        {
            eprintln!("the proxy had stopped accepting");
        }
        end(std::mem::take(&mut self.shared.plan().connections));
    }
}

fn end(connections: Vec<(Arc<Connection>, Vec<JoinHandle<()>>)>) {
    for (connection, pumps) in connections {
        connection.close();
        for pump in pumps {
            if pump.join().is_err() {
                eprintln!("a thread of the proxy had panicked");
            }
        }
    }
}

impl Shared {
    fn plan(&self) -> MutexGuard<'_, Plan> {
        self.plan.lock().expect("no holder panics")
    }

    fn take(&self, client: TcpStream) {
        let server = TcpStream::connect(self.target).ok();
        let mut plan = self.plan();
        let mode = match plan.reach {
            Reach::First if !plan.connections.is_empty() => Mode::Transparent,
            Reach::First | Reach::Every => plan.mode,
        };
        let connection = Arc::new(Connection {
            client,
            server,
            mode,
            from_server: AtomicU64::new(0),
            from_client: AtomicU64::new(0),
            stalled: AtomicBool::new(false),
            closed: AtomicBool::new(false),
        });
        let pumps = if connection.server.is_some() {
            // A fault at byte 0 holds before either direction has forwarded anything.
            connection.breaks(From::Server);
            connection.breaks(From::Client);
            [From::Server, From::Client]
                .map(|from| {
                    let connection = Arc::clone(&connection);
                    std::thread::spawn(move || connection.pump(from))
                })
                .into()
        } else {
            connection.close();
            Vec::new()
        };
        plan.connections.push((connection, pumps));
    }
}

impl Connection {
    fn close(&self) {
        self.closed.store(true, SeqCst);
        for side in [Some(&self.client), self.server.as_ref()]
            .into_iter()
            .flatten()
        {
            // A side that has gone already has nothing left to close.
            if let Err(error) = side.shutdown(Shutdown::Both)
                && error.kind() != ErrorKind::NotConnected
            {
                eprintln!("the proxy could not close a connection: {error}");
            }
        }
    }

    /// How many more bytes of a side are forwarded before the fault.
    fn left(&self, from: From) -> Option<u64> {
        match self.mode {
            Mode::Cut(side, limit) | Mode::Stall(side, limit) | Mode::Swallow(side, limit)
                if side == from =>
            {
                Some(limit.saturating_sub(self.count(from).load(SeqCst)))
            }
            _ => None,
        }
    }

    /// Makes the fault happen where its byte has been reached.
    fn breaks(&self, from: From) {
        if self.left(from) == Some(0) {
            match self.mode {
                Mode::Cut(..) => self.close(),
                Mode::Stall(..) => self.stalled.store(true, SeqCst),
                Mode::Transparent | Mode::Swallow(..) => {}
            }
        }
    }

    fn count(&self, from: From) -> &AtomicU64 {
        match from {
            From::Server => &self.from_server,
            From::Client => &self.from_client,
        }
    }

    fn pump(&self, from: From) {
        let Some(server) = &self.server else { return };
        let (mut source, mut sink) = match from {
            From::Server => (server, &self.client),
            From::Client => (&self.client, server),
        };
        let mut buffer = vec![0; 16 * 1024];
        loop {
            self.wait_while_stalled();
            // An error here or below is a peer that went away: the other learns it as an end.
            let read = match source.read(&mut buffer) {
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Ok(0) | Err(_) => break,
                Ok(read) => read,
            };
            self.wait_while_stalled();
            if self.closed.load(SeqCst) {
                break;
            }
            let left = self.left(from).unwrap_or(u64::MAX);
            let forwarded = usize::try_from(left).map_or(read, |left| left.min(read));
            // Counted first: whoever has received a byte finds it counted.
            self.count(from).fetch_add(forwarded as u64, SeqCst);
            if sink.write_all(&buffer[..forwarded]).is_err() {
                break;
            }
            self.breaks(from);
        }
        if let Err(error) = sink.shutdown(Shutdown::Write)
            && error.kind() != ErrorKind::NotConnected
        {
            eprintln!("the proxy could not end a connection: {error}");
        }
    }

    fn wait_while_stalled(&self) {
        while self.stalled.load(SeqCst) && !self.closed.load(SeqCst) {
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}
