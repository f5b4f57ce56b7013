//! One question to the server at a time of asking: its deadline, the server's answer, and what it
//! means that there is none.

use std::fmt;
use std::future::Future;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesOrdered;
use russh_sftp::client::error::Error as SftpError;
use russh_sftp::protocol::{FileAttributes, FileMode, OpenFlags, Status, StatusCode};
use tokio::time::timeout;

use super::door::Door;
use super::fault::{Server, SftpFault, shown};

/// Every server answers a read of this size at once (draft-ietf-secsh-filexfer-02, section 3).
const CHUNK: u64 = 32 * 1024;
/// Reads that wait for their answer at the same time, so that distance costs no speed.
const AHEAD: usize = 8;
/// Bytes a second; a body that comes more slowly than this is given up.
const SLOWEST: u64 = 16 * 1024;
/// Names looked at in one folder.
const MOST_ENTRIES: usize = 100_000;

pub(super) const AGAIN: &str =
    "it is tried again with the next run; if it lasts, ask the provider about their server";

/// The far side of an open session.
pub(super) struct Remote {
    pub(super) server: Server,
    /// How long the server may leave a question without an answer.
    pub(super) silence: Duration,
    pub(super) door: Door,
}

/// What is being done to what, for the message when it fails.
#[derive(Clone, Copy)]
pub(super) struct Act<'a> {
    pub(super) doing: &'static str,
    pub(super) path: &'a str,
}

impl fmt::Display for Act<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.doing, shown(self.path))
    }
}

#[derive(Clone, Copy)]
pub(super) enum Links {
    Followed,
    AsTheyAre,
}

/// An answer, or the server's reason why not.
pub(super) type Answer<T> = Result<T, Status>;

impl Remote {
    /// Names and attributes of a folder; the inner error is the server's refusal to open it.
    pub(super) async fn entries(
        &self,
        folder: &str,
    ) -> Result<Answer<Vec<(String, FileAttributes)>>, SftpFault> {
        let act = Act {
            doing: "listing",
            path: folder,
        };
        let handle = match self.ask(act, self.door.sftp.opendir(folder)).await? {
            Ok(opened) => opened.handle,
            Err(status) => return Ok(Err(status)),
        };
        let mut entries = Vec::new();
        // An answer without names counts too, or a server could go on for ever.
        let mut seen = 0;
        loop {
            let reading = self.door.sftp.readdir(handle.as_str());
            match self.ask(act, reading).await? {
                Ok(names) => {
                    seen += names.files.len().max(1);
                    let files = names.files.into_iter();
                    entries.extend(files.map(|file| (file.filename, file.attrs)));
                }
                Err(status) if status.status_code == StatusCode::Eof => break,
                Err(status) => return Err(self.refused(act, &status, AGAIN)),
            }
            if seen > MOST_ENTRIES {
                return Err(self.odd(
                    act,
                    format!("it holds more than {MOST_ENTRIES} files"),
                    "configure `processed`, or ask the provider to clear the folder",
                ));
            }
        }
        self.close(act, handle).await?;
        Ok(Ok(entries))
    }

    /// The bytes of a file that has exactly `size` of them; `None` when it ends earlier or goes on.
    /// The inner error is the server's refusal to open it.
    pub(super) async fn read(
        &self,
        path: &str,
        size: u64,
    ) -> Result<Answer<Option<Vec<u8>>>, SftpFault> {
        let act = Act {
            doing: "reading",
            path,
        };
        let attributes = FileAttributes::empty();
        let opening = self.door.sftp.open(path, OpenFlags::READ, attributes);
        let handle = match self.ask(act, opening).await? {
            Ok(opened) => opened.handle,
            Err(status) => return Ok(Err(status)),
        };
        let patience = self.silence + Duration::from_secs(size / SLOWEST);
        let body = timeout(patience, self.body(act, &handle, size)).await;
        let body = body.map_err(|_| {
            let patience = patience.as_secs();
            self.unreachable(
                act,
                format!("{size} bytes did not come within {patience} s"),
            )
        })??;
        self.close(act, handle).await?;
        Ok(Ok(body))
    }

    async fn body(
        &self,
        act: Act<'_>,
        handle: &str,
        size: u64,
    ) -> Result<Option<Vec<u8>>, SftpFault> {
        // The caller held the size against its limit.
        let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
        let mut reads = FuturesOrdered::new();
        let mut asked = 0;
        loop {
            while reads.len() < AHEAD && asked < size {
                let wanted = (size - asked).min(CHUNK);
                reads.push_back(self.chunk(handle, asked, wanted));
                asked += wanted;
            }
            if reads.is_empty() {
                break;
            }
            // The deadline is for the next answer, not for the last of those that are under way.
            let next = async { reads.next().await.unwrap_or(Ok(Vec::new())) };
            match self.ask(act, next).await? {
                Ok(chunk) => bytes.extend_from_slice(&chunk),
                Err(status) => return Err(self.refused(act, &status, AGAIN)),
            }
            let whole_chunks = (bytes.len() as u64).is_multiple_of(CHUNK);
            if !whole_chunks && (bytes.len() as u64) < size {
                return Ok(None);
            }
        }
        let beyond = self.ask(act, self.chunk(handle, size, 1)).await?;
        let beyond = beyond.map_err(|status| self.refused(act, &status, AGAIN))?;
        let exact = beyond.is_empty() && bytes.len() as u64 == size;
        Ok(exact.then_some(bytes))
    }

    /// `wanted` bytes from `offset`, fewer only where the file ends. A server may answer a read in
    /// pieces, and never with more than was asked for.
    async fn chunk(&self, handle: &str, offset: u64, wanted: u64) -> Result<Vec<u8>, SftpError> {
        let mut bytes = Vec::new();
        loop {
            let have = bytes.len() as u64;
            let Some(missing) = wanted.checked_sub(have) else {
                return Err(SftpError::UnexpectedPacket);
            };
            let missing = u32::try_from(missing).map_err(|_| SftpError::UnexpectedPacket)?;
            if missing == 0 {
                return Ok(bytes);
            }
            match self.door.sftp.read(handle, offset + have, missing).await {
                Ok(read) if read.data.is_empty() => return Ok(bytes),
                Ok(read) => bytes.extend_from_slice(&read.data),
                Err(SftpError::Status(status)) if status.status_code == StatusCode::Eof => {
                    return Ok(bytes);
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// What is at a path; `None` where nothing is.
    pub(super) async fn look(
        &self,
        path: &str,
        links: Links,
    ) -> Result<Option<FileAttributes>, SftpFault> {
        match self.look_closely(path, links).await? {
            Ok(seen) => Ok(Some(seen)),
            Err(status) if status.status_code == StatusCode::NoSuchFile => Ok(None),
            Err(status) => Err(self.refused(
                Act {
                    doing: "looking at",
                    path,
                },
                &status,
                "ask the provider to let this login look at it",
            )),
        }
    }

    /// What is at a path, or what the server says instead.
    pub(super) async fn look_closely(
        &self,
        path: &str,
        links: Links,
    ) -> Result<Answer<FileAttributes>, SftpFault> {
        let act = Act {
            doing: "looking at",
            path,
        };
        let answer = match links {
            Links::Followed => self.ask(act, self.door.sftp.stat(path)).await?,
            Links::AsTheyAre => self.ask(act, self.door.sftp.lstat(path)).await?,
        };
        Ok(answer.map(|answer| answer.attrs))
    }

    /// The absolute path of one that may be relative to where the login begins.
    pub(super) async fn real_path(&self, path: &str) -> Result<String, SftpFault> {
        let act = Act {
            doing: "looking for",
            path,
        };
        let answer = self.ask(act, self.door.sftp.realpath(path)).await?;
        let names = answer.map_err(|status| self.refused(act, &status, AGAIN))?;
        match names.files.into_iter().next() {
            Some(name) => Ok(name.filename),
            None => Err(self.odd(act, "the server names nothing".to_owned(), AGAIN)),
        }
    }

    /// Frees what the server keeps for an open file or folder.
    async fn close(&self, act: Act<'_>, handle: String) -> Result<(), SftpFault> {
        if let Err(status) = self.ask(act, self.door.sftp.close(handle)).await? {
            tracing::debug!(said = %said(&status), "the SFTP server did not close a handle");
        }
        Ok(())
    }

    /// One question with its deadline: the server's answer, or why there was none.
    pub(super) async fn ask<T>(
        &self,
        act: Act<'_>,
        question: impl Future<Output = Result<T, SftpError>>,
    ) -> Result<Answer<T>, SftpFault> {
        let Ok(answer) = timeout(self.silence, question).await else {
            let detail = format!("no answer within {} s", self.silence.as_secs());
            return Err(self.unreachable(act, detail));
        };
        match answer {
            Ok(answer) => Ok(Ok(answer)),
            Err(SftpError::Status(status))
                if matches!(
                    status.status_code,
                    StatusCode::NoConnection | StatusCode::ConnectionLost
                ) =>
            {
                Err(self.unreachable(act, said(&status)))
            }
            Err(SftpError::Status(status)) => Ok(Err(status)),
            Err(SftpError::UnexpectedPacket) => Err(SftpFault::Incompatible {
                server: self.server.clone(),
                detail: format!("{act}: the server answered something else than it was asked"),
                fix: "tell the provider: their SFTP server breaks the protocol",
            }),
            // What russh-sftp says here names its own channels, not the cause.
            Err(
                SftpError::IO(_)
                | SftpError::Timeout
                | SftpError::Limited(_)
                | SftpError::UnexpectedBehavior(_),
            ) => Err(self.unreachable(
                act,
                match self.door.parting() {
                    Some(said) => format!("the server ended the session ({said})"),
                    None => "the connection ended".to_owned(),
                },
            )),
        }
    }

    fn unreachable(&self, act: Act<'_>, detail: String) -> SftpFault {
        SftpFault::Unreachable {
            server: self.server.clone(),
            doing: act.to_string(),
            detail,
            fix: AGAIN,
        }
    }

    pub(super) fn refused(&self, act: Act<'_>, status: &Status, fix: &str) -> SftpFault {
        self.odd(act, said(status), fix)
    }

    pub(super) fn odd(&self, act: Act<'_>, detail: String, fix: &str) -> SftpFault {
        SftpFault::Remote {
            server: self.server.clone(),
            path: shown(act.path),
            doing: act.doing,
            detail,
            fix: fix.to_owned(),
        }
    }
}

/// What the server said: its code, and its own words where they say more.
pub(super) fn said(status: &Status) -> String {
    let code = status.status_code.to_string();
    let words = shown(status.error_message.trim());
    if words.is_empty() || words.eq_ignore_ascii_case(&code) {
        code.to_lowercase()
    } else {
        format!("{} ({words})", code.to_lowercase())
    }
}

/// Whether the type in a mode is this one; types are numbers there, not flags.
pub(super) fn is(attributes: &FileAttributes, kind: FileMode) -> bool {
    const TYPE: u32 = 0o170_000;
    attributes
        .permissions
        .is_some_and(|mode| mode & TYPE == kind.bits())
}
