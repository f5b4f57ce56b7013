//! What can go wrong with an SFTP account, in words a person can act on.

use std::ffi::OsStr;
use std::fmt;

use super::known_hosts::HostKeyFault;
use crate::folder;

/// The account a fault belongs to: its name in the configuration and where it leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    pub account: String,
    pub host: String,
    pub port: u16,
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "SFTP account `{}` ({}:{})",
            self.account, self.host, self.port
        )
    }
}

/// Why an account gave nothing; the kinds ask for different acts.
#[derive(Debug, thiserror::Error)]
pub enum SftpFault {
    /// Try again later: no connection, silence, a cut.
    #[error("{server}: {detail} while {doing}\n  fix: {fix}")]
    Unreachable {
        server: Server,
        doing: String,
        detail: String,
        fix: &'static str,
    },
    /// The server did not prove to be the one that was meant. Nothing was sent to it.
    #[error("{server}: {reason}")]
    HostKey {
        server: Server,
        reason: HostKeyFault,
    },
    /// The server is right and does not let us in.
    #[error("{server}: {detail}\n  fix: {fix}")]
    Authentication {
        server: Server,
        detail: String,
        /// The ways to log in that the server names, as it spells them.
        offered: Vec<&'static str>,
        fix: String,
    },
    /// Our own private key cannot be used.
    #[error("{server}: the private key cannot be used: {detail}\n  fix: {fix}")]
    Key {
        server: Server,
        detail: String,
        fix: &'static str,
    },
    /// The server refused something about a file or a folder.
    #[error("{server}: {doing} {path}: {detail}\n  fix: {fix}")]
    Remote {
        server: Server,
        path: String,
        doing: &'static str,
        detail: String,
        fix: String,
    },
    /// It is not read, so that it cannot fill the memory.
    #[error(
        "{server}: {path}: {size} bytes, more than the limit of {limit} bytes for one file\n  fix: look at what lies there; if it is a report, ask the provider to split it"
    )]
    TooLarge {
        server: Server,
        path: String,
        size: u64,
        limit: u64,
    },
    /// The two sides cannot speak with each other; trying again changes nothing.
    #[error("{server}: {detail}\n  fix: {fix}")]
    Incompatible {
        server: Server,
        detail: String,
        fix: &'static str,
    },
}

/// A name or a sentence from the server as it may be shown: one line, not long.
pub(super) fn shown(text: &str) -> String {
    const LONGEST: usize = 200;
    let mut text = folder::label(OsStr::new(text));
    if let Some((end, _)) = text.char_indices().nth(LONGEST) {
        text.truncate(end);
        text.push('…');
    }
    text
}
