//! Mail: a letter becomes bytes once; the same bytes go to each recipient in a transaction of
//! its own, over SMTP or into a directory.

mod compose;
mod directory;
mod smtp;

use std::path::PathBuf;

use crate::disk;

pub use compose::{ComposeFault, Enclosure, Letter, compose};
pub use directory::{safe_name, sweep, write_private};
pub use smtp::{Deadlines, Login, Security, SmtpServer};

/// How mail leaves.
#[derive(Clone, Debug)]
pub enum Transport {
    /// `.eml` files, for filing, for a drop folder, or to look at.
    Directory(PathBuf),
    Smtp(SmtpServer),
}

/// Where the bytes are now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sent {
    /// The server's answer to the final dot.
    Accepted(String),
    Written(PathBuf),
}

/// Why a recipient's mail did not leave: one line for people, and what it asks for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{said}")]
pub struct SendFault {
    pub kind: FaultKind,
    pub reach: Reach,
    pub said: String,
}

/// The kinds of fault that ask for different acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// Try again later: no connection, 4xx, a cut before the final dot.
    Transient,
    /// The same bytes will never be taken for this recipient.
    Permanent,
    /// The server does not take our login.
    Authentication,
    /// The connection was lost after the final dot: the mail may have been taken.
    Uncertain,
}

impl FaultKind {
    pub fn name(self) -> &'static str {
        match self {
            FaultKind::Transient => "transient",
            FaultKind::Permanent => "permanent",
            FaultKind::Authentication => "authentication",
            FaultKind::Uncertain => "uncertain",
        }
    }
}

/// Whom else a fault concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// This mail to this recipient.
    Recipient,
    /// Every mail: the server is away, busy, does not answer or does not take the login.
    Server,
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
            .map_err(|error| SendFault {
                kind: FaultKind::Transient,
                reach: Reach::Recipient,
                said: match disk::is_no_room(&error) {
                    true => disk::DiskFull::at("mail", directory, disk::A_RUN).to_string(),
                    false => format!("cannot write into {}: {error}", directory.display()),
                },
            }),
        Transport::Smtp(server) => smtp::send(server, envelope_from, recipient, bytes).await,
    }
}

/// Whether the transport takes mail from us: a server that answers and takes the login, or a
/// directory that can be written. Sends nothing.
pub async fn try_login(transport: &Transport) -> Result<(), SendFault> {
    match transport {
        Transport::Directory(directory) => {
            std::fs::create_dir_all(directory).map_err(|error| SendFault {
                kind: FaultKind::Transient,
                reach: Reach::Server,
                said: format!("{}: {error}", directory.display()),
            })
        }
        Transport::Smtp(server) => smtp::try_login(server).await,
    }
}
