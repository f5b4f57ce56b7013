//! Reports fetched by SFTP. The server has to be the one in `known_hosts`; files are read whole or
//! not at all, and moved only when the caller says that they are safe.
//!
//! SFTP tells a file's size and the second of its last change by the server's clock, nothing more.
//! What cannot be seen that way (a transfer that pauses for long) is left to the control totals of
//! the file, and to the next run, which sees other bytes under the same name.

mod door;
mod fault;
mod known_hosts;

use std::fmt;
use std::future::Future;
use std::path::PathBuf;
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures_util::future::try_join_all;
use glob::Pattern;
use russh_sftp::client::error::Error as SftpError;
use russh_sftp::protocol::{FileAttributes, FileMode, OpenFlags, Status, StatusCode};
use secrecy::SecretString;
use tokio::time::{Instant, timeout};

pub use fault::{Server, SftpFault};
pub use known_hosts::{HostKeyFault, Shown};

use door::Door;
use fault::shown;

use crate::sources::folder;

/// An account as it is configured.
#[derive(Clone, Debug)]
pub struct Account {
    /// The name it has in the configuration.
    pub name: String,
    pub host: String,
    pub port: u16,
    pub user: String,
    pub login: Login,
    pub known_hosts: PathBuf,
    /// On the server: absolute, or relative to where the login begins.
    pub folder: String,
    /// Where files go that were taken in, absolute or relative as `folder` is, created where it is
    /// missing. `None` leaves them where they are.
    pub processed: Option<String>,
    /// How long the server may be silent.
    pub timeout: Duration,
}

#[derive(Clone)]
pub enum Login {
    Key {
        /// The private key itself, in OpenSSH's, PEM or PuTTY format.
        pem: SecretString,
        passphrase: Option<SecretString>,
    },
    Password(SecretString),
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Login::Key { .. } => "Key([secret])",
            Login::Password(_) => "Password([secret])",
        })
    }
}

/// A file on the server that fits the pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteFile {
    /// As people and reports see it.
    pub name: String,
    /// Absolute, as the server spells it.
    pub path: String,
    /// In bytes, as the server announces it.
    pub size: u64,
    /// By the server's clock, to the second.
    pub modified: DateTime<Utc>,
    /// Size and time of the last change: differs when the file was seen to change.
    pub stamp: String,
}

/// What the folder holds for a channel, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    pub files: Vec<RemoteFile>,
    /// Names that fit and cannot be looked at, with the reason.
    pub unreadable: Vec<(String, String)>,
}

/// What reading a file came to.
#[derive(Clone, PartialEq, Eq)]
pub enum Taken {
    Bytes(Vec<u8>),
    /// It changed since it was listed or while it was read: it is taken next time.
    StillWritten,
    /// It is not there any more.
    Gone,
}

impl fmt::Debug for Taken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Taken::Bytes(bytes) => write!(f, "Bytes({} bytes)", bytes.len()),
            Taken::StillWritten => f.write_str("StillWritten"),
            Taken::Gone => f.write_str("Gone"),
        }
    }
}

/// What became of a file that was to be put away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PutAway {
    /// It lies there now, under its name or, where that was taken, under one made of it.
    Moved { to: String },
    /// The account has no `processed` folder.
    LeftAlone,
    /// Somebody else moved or removed it.
    Gone,
    /// There are other bytes under its name by now, which were not taken in: left for next time.
    Changed,
}

/// How long a file must have kept its size and time before it is read. Longer than a second, which
/// is the smallest change of time that SFTP can tell.
const SETTLE: Duration = Duration::from_millis(1200);
/// Every server answers a read of this size at once (draft-ietf-secsh-filexfer-02, section 3).
const CHUNK: u32 = 32 * 1024;
/// Reads that wait for their answer at the same time, so that distance costs no speed.
const AHEAD: usize = 8;
/// Bytes a second; a body that comes more slowly than this is given up.
const SLOWEST: u64 = 16 * 1024;
/// Names looked at in one folder.
const MOST_ENTRIES: usize = 100_000;
/// Names tried for a file whose own is taken in the `processed` folder.
const MOST_NAMES: usize = 100;

const AGAIN: &str =
    "it is tried again with the next run; if it lasts, ask the provider about their server";

/// A login that lasts. Dropping it cuts the connection.
pub struct Session {
    server: Server,
    silence: Duration,
    /// Absolute.
    folder: String,
    processed: Option<Processed>,
    /// When the folder was last listed: since then its files have been watched.
    listed: Option<Instant>,
    door: Door,
}

struct Processed {
    /// Absolute.
    path: String,
    state: Ready,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Ready {
    NotLooked,
    Yes,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Session({}, {})", self.server, self.folder)
    }
}

impl Session {
    /// Connects, checks the server's key, logs in and opens SFTP. Nothing is sent to a server that
    /// is not the one in `known_hosts`. Each step has `account.timeout` for its answer.
    pub async fn connect(account: &Account) -> Result<Session, SftpFault> {
        let server = Server {
            account: account.name.clone(),
            host: account
                .host
                .trim_start_matches('[')
                .trim_end_matches(']')
                .to_owned(),
            port: account.port,
        };
        let door = Door::open(account, &server).await?;
        let mut session = Session {
            server,
            silence: account.timeout,
            folder: String::new(),
            processed: None,
            listed: None,
            door,
        };
        let home = session.real_path(".").await?;
        session.folder = below(&home, &account.folder);
        session.processed = account.processed.as_ref().map(|path| Processed {
            path: below(&home, path),
            state: Ready::NotLooked,
        });
        Ok(session)
    }

    /// The regular files of the folder whose name fits, by name. Links are followed, as in a local
    /// folder; hidden files and those with an unfinished ending are not looked at.
    pub async fn list(&mut self, pattern: &Pattern) -> Result<Listing, SftpFault> {
        const DOING: &str = "listing it";
        let folder = self.folder.clone();
        let sftp = &self.door.sftp;
        let handle = self
            .ask(DOING, sftp.opendir(&folder))
            .await?
            .map_err(|status| {
                let fix = match status.status_code {
                    StatusCode::NoSuchFile => format!(
                        "correct the folder in the address; it is relative to where the login begins, absolute with `//` or a leading `/` (the login begins above {folder})"
                    ),
                    _ => "ask the provider to let this login read it".to_owned(),
                };
                self.remote(&folder, DOING, &status, fix)
            })?
            .handle;
        let entries = self.entries(&handle).await;
        self.close_handle(handle).await?;
        let mut listing = Listing::default();
        for (raw, attributes) in entries? {
            let name = shown_name(&raw);
            if folder::is_unfinished(&name) || !pattern.matches(&name) {
                continue;
            }
            match self.candidate(&raw, name.clone(), attributes).await? {
                Ok(found) => listing.files.extend(found),
                Err(reason) => listing.unreadable.push((name, reason)),
            }
        }
        listing.files.sort_by(|a, b| a.name.cmp(&b.name));
        listing.unreadable.sort();
        self.listed = Some(Instant::now());
        Ok(listing)
    }

    /// Reads a whole file that keeps still and is not larger than `limit` bytes.
    pub async fn take(&mut self, file: &RemoteFile, limit: u64) -> Result<Taken, SftpFault> {
        const DOING: &str = "reading it";
        if file.size > limit {
            return Err(SftpFault::TooLarge {
                server: self.server.clone(),
                path: shown(&file.path),
                size: file.size,
                limit,
            });
        }
        let since = *self.listed.get_or_insert_with(Instant::now);
        tokio::time::sleep_until(since + SETTLE).await;
        if let Some(other) = self.not_as_listed(file).await? {
            return Ok(other);
        }
        let attributes = FileAttributes::empty();
        let sftp = &self.door.sftp;
        let opening = sftp.open(&file.path, OpenFlags::READ, attributes);
        let handle = match self.ask(DOING, opening).await? {
            Ok(opened) => opened.handle,
            Err(status) if status.status_code == StatusCode::NoSuchFile => return Ok(Taken::Gone),
            Err(status) => {
                let fix = "ask the provider to let this login read it".to_owned();
                return Err(self.remote(&file.path, DOING, &status, fix));
            }
        };
        let patience = self.silence + Duration::from_secs(file.size / SLOWEST);
        let body = timeout(patience, self.body(&handle, file)).await;
        let Ok(body) = body else {
            return Err(self.unreachable(
                DOING,
                format!(
                    "{} bytes did not come within {} s",
                    file.size,
                    patience.as_secs()
                ),
            ));
        };
        let body = body?;
        self.close_handle(handle).await?;
        let Some(bytes) = body else {
            return Ok(Taken::StillWritten);
        };
        Ok(match self.not_as_listed(file).await? {
            Some(other) => other,
            None => Taken::Bytes(bytes),
        })
    }

    /// Moves a file that was taken in to the `processed` folder, over no other file, and looks
    /// whether it arrived. What changed since it was listed stays.
    pub async fn put_away(&mut self, file: &RemoteFile) -> Result<PutAway, SftpFault> {
        const DOING: &str = "moving it away";
        let Some(processed) = self.processed().await? else {
            return Ok(PutAway::LeftAlone);
        };
        match self.not_as_listed(file).await? {
            Some(Taken::Gone) => return Ok(PutAway::Gone),
            Some(_) => return Ok(PutAway::Changed),
            None => {}
        }
        for attempt in 0..MOST_NAMES {
            let to = below(&processed, &other_name(file, attempt));
            // Servers differ in whether a rename replaces what is there.
            if self.look(&to, Links::AsTheyAre).await?.is_some() {
                continue;
            }
            let moving = self.door.sftp.rename(&file.path, &to);
            if let Err(status) = self.ask(DOING, moving).await? {
                if self.look(&file.path, Links::AsTheyAre).await?.is_none() {
                    return Ok(PutAway::Gone);
                }
                if self.look(&to, Links::AsTheyAre).await?.is_some() {
                    continue;
                }
                let fix = format!(
                    "ask the provider to let this login move files to {}, or configure none; the file is taken in and not lost",
                    shown(&processed)
                );
                return Err(self.remote(&file.path, DOING, &status, fix));
            }
            return self.arrived(file, to).await;
        }
        Err(self.odd(
            &file.path,
            DOING,
            format!(
                "{MOST_NAMES} names made of it are taken in {}",
                shown(&processed)
            ),
            "clear the folder; the file is taken in and not lost",
        ))
    }

    /// Says goodbye and ends the connection.
    pub async fn close(self) {
        let goodbye = async {
            self.door
                .sftp
                .close_session()
                .map_err(|error| error.to_string())?;
            self.door
                .handle
                .disconnect(russh::Disconnect::ByApplication, "", "en")
                .await
                .map_err(|error| error.to_string())
        };
        // Politeness only: whatever becomes of it, the connection ends here.
        match timeout(self.silence, goodbye).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::debug!(%error, "the SFTP server did not say goodbye"),
            Err(_) => tracing::debug!("the SFTP server did not say goodbye in time"),
        }
    }

    /// Names and attributes of an open folder.
    async fn entries(&self, handle: &str) -> Result<Vec<(String, FileAttributes)>, SftpFault> {
        const DOING: &str = "listing it";
        let mut entries = Vec::new();
        // An answer without names counts too, or a server could go on for ever.
        let mut seen = 0;
        loop {
            match self.ask(DOING, self.door.sftp.readdir(handle)).await? {
                Ok(names) => {
                    seen += names.files.len().max(1);
                    entries.extend(
                        names
                            .files
                            .into_iter()
                            .map(|file| (file.filename, file.attrs)),
                    );
                }
                Err(status) if status.status_code == StatusCode::Eof => return Ok(entries),
                Err(status) => {
                    return Err(self.remote(&self.folder, DOING, &status, AGAIN.to_owned()));
                }
            }
            if seen > MOST_ENTRIES {
                return Err(self.odd(
                    &self.folder,
                    DOING,
                    format!("more than {MOST_ENTRIES} files"),
                    "configure `processed`, or ask the provider to clear the folder",
                ));
            }
        }
    }

    /// The file of an entry; `None` for a folder, a pipe, and for what is gone by now. The inner
    /// error says why it cannot be looked at.
    async fn candidate(
        &self,
        raw: &str,
        name: String,
        listed: FileAttributes,
    ) -> Result<Result<Option<RemoteFile>, String>, SftpFault> {
        if raw.contains('/') {
            return Ok(Err("its name has a slash, so it is a path".to_owned()));
        }
        if raw.contains(char::REPLACEMENT_CHARACTER) {
            return Ok(Err(
                "its name is not UTF-8 and cannot be asked for; have it renamed".to_owned(),
            ));
        }
        let path = below(&self.folder, raw);
        // A listing shows links themselves, and may leave things out.
        let complete = listed.size.is_some() && listed.mtime.is_some();
        let seen = if complete && !is(&listed, FileMode::LNK) && listed.permissions.is_some() {
            listed
        } else {
            match self.look_closely(&path, Links::Followed).await? {
                Ok(seen) => seen,
                Err(status) if status.status_code == StatusCode::NoSuchFile => {
                    return Ok(match self.look(&path, Links::AsTheyAre).await? {
                        Some(_) => Err("it is a link to nowhere".to_owned()),
                        None => Ok(None),
                    });
                }
                Err(status) => {
                    return Ok(Err(format!("it cannot be looked at: {}", said(&status))));
                }
            }
        };
        if seen.permissions.is_some() && !is(&seen, FileMode::REG) {
            return Ok(Ok(None));
        }
        let (Some(size), Some(seconds)) = (seen.size, seen.mtime) else {
            return Ok(Err(
                "the server does not say how large it is and when it was changed".to_owned(),
            ));
        };
        let modified = DateTime::from_timestamp(i64::from(seconds), 0);
        Ok(modified
            .map(|modified| {
                Some(RemoteFile {
                    name,
                    path,
                    size,
                    modified,
                    stamp: stamp(size, seconds),
                })
            })
            .ok_or_else(|| format!("its time of change is {seconds}")))
    }

    /// What taking the file comes to when it is not what was listed; `None` when it still is.
    async fn not_as_listed(&self, file: &RemoteFile) -> Result<Option<Taken>, SftpFault> {
        Ok(match self.look(&file.path, Links::Followed).await? {
            None => Some(Taken::Gone),
            Some(now) if stamped(&now).as_ref() == Some(&file.stamp) => None,
            Some(_) => Some(Taken::StillWritten),
        })
    }

    /// Exactly the announced bytes; `None` when the file ends earlier or goes on.
    async fn body(&self, handle: &str, file: &RemoteFile) -> Result<Option<Vec<u8>>, SftpFault> {
        // The size was held against the limit before.
        let mut bytes = Vec::with_capacity(usize::try_from(file.size).unwrap_or(0));
        let mut offset = 0;
        while offset < file.size {
            let mut reads = Vec::with_capacity(AHEAD);
            let mut next = offset;
            while reads.len() < AHEAD && next < file.size {
                let wanted = (file.size - next).min(u64::from(CHUNK));
                reads.push(self.chunk(handle, file, next, wanted));
                next += wanted;
            }
            for chunk in try_join_all(reads).await? {
                bytes.extend_from_slice(&chunk);
            }
            if (bytes.len() as u64) < next {
                return Ok(None);
            }
            offset = next;
        }
        let beyond = self.chunk(handle, file, file.size, 1).await?;
        Ok(beyond.is_empty().then_some(bytes))
    }

    /// `wanted` bytes from `offset`, fewer only where the file ends. A server may answer a read in
    /// pieces.
    async fn chunk(
        &self,
        handle: &str,
        file: &RemoteFile,
        offset: u64,
        wanted: u64,
    ) -> Result<Vec<u8>, SftpFault> {
        const DOING: &str = "reading it";
        let mut bytes = Vec::new();
        loop {
            let have = bytes.len() as u64;
            let missing = u32::try_from(wanted.saturating_sub(have)).unwrap_or(CHUNK);
            if missing == 0 {
                return Ok(bytes);
            }
            let reading = self.door.sftp.read(handle, offset + have, missing);
            match self.ask(DOING, reading).await? {
                Ok(read) if read.data.len() as u64 > u64::from(missing) => {
                    return Err(SftpFault::Incompatible {
                        server: self.server.clone(),
                        detail: format!(
                            "the server sent {} bytes when asked for {missing}",
                            read.data.len()
                        ),
                        fix: "tell the provider: their SFTP server breaks the protocol",
                    });
                }
                Ok(read) if read.data.is_empty() => return Ok(bytes),
                Ok(read) => bytes.extend_from_slice(&read.data),
                Err(status) if status.status_code == StatusCode::Eof => return Ok(bytes),
                Err(status) => {
                    return Err(self.remote(&file.path, DOING, &status, AGAIN.to_owned()));
                }
            }
        }
    }

    /// The `processed` folder, created where it is missing.
    async fn processed(&mut self) -> Result<Option<String>, SftpFault> {
        const DOING: &str = "creating the folder for processed files";
        let Some(processed) = &self.processed else {
            return Ok(None);
        };
        let path = processed.path.clone();
        if processed.state == Ready::Yes {
            return Ok(Some(path));
        }
        match self.look(&path, Links::Followed).await? {
            Some(there) if is(&there, FileMode::DIR) => {}
            Some(_) => {
                return Err(self.odd(
                    &path,
                    DOING,
                    "it is there and no folder".to_owned(),
                    "correct `processed`",
                ));
            }
            None => {
                let making = self.door.sftp.mkdir(&path, FileAttributes::empty());
                if let Err(status) = self.ask(DOING, making).await? {
                    // Another run may have been faster.
                    if self.look(&path, Links::Followed).await?.is_none() {
                        let fix = "create it on the server, or correct `processed`; files that were taken in are not lost".to_owned();
                        return Err(self.remote(&path, DOING, &status, fix));
                    }
                }
            }
        }
        if self.real_path(&path).await? == self.real_path(&self.folder).await? {
            return Err(self.odd(
                &path,
                DOING,
                "it is the folder the files are taken from".to_owned(),
                "name another folder as `processed`, or none",
            ));
        }
        if let Some(processed) = &mut self.processed {
            processed.state = Ready::Yes;
        }
        Ok(Some(path))
    }

    /// Whether a move did what the server says it did.
    async fn arrived(&self, file: &RemoteFile, to: String) -> Result<PutAway, SftpFault> {
        const DOING: &str = "moving it away";
        let there = self.look(&to, Links::Followed).await?;
        let left = self.look(&file.path, Links::AsTheyAre).await?;
        match there {
            // A file that has come under the old name meanwhile is the next one.
            Some(there) if stamped(&there).as_ref() == Some(&file.stamp) && left.is_none() => {
                Ok(PutAway::Moved { to })
            }
            Some(there) if stamped(&there).as_ref() == Some(&file.stamp) => {
                tracing::debug!("a file has come under the name of one just moved");
                Ok(PutAway::Moved { to })
            }
            // Unseen between two questions; what was moved was never read.
            Some(_) => Err(self.odd(
                &to,
                DOING,
                "it was replaced in the moment it was moved, and these bytes were not taken in"
                    .to_owned(),
                "move it back into the folder; the next run takes it in",
            )),
            None => Err(self.odd(
                &file.path,
                DOING,
                format!("the server says it moved, and it is not at {}", shown(&to)),
                "tell the provider; the file is taken in and not lost",
            )),
        }
    }

    async fn real_path(&self, path: &str) -> Result<String, SftpFault> {
        const DOING: &str = "asking where it is";
        let answer = self.ask(DOING, self.door.sftp.realpath(path)).await?;
        let names = answer.map_err(|status| self.remote(path, DOING, &status, AGAIN.to_owned()))?;
        match names.files.into_iter().next() {
            Some(name) => Ok(name.filename),
            None => Err(self.odd(path, DOING, "the server names nothing".to_owned(), AGAIN)),
        }
    }

    /// What is at a path; `None` where nothing is.
    async fn look(&self, path: &str, links: Links) -> Result<Option<FileAttributes>, SftpFault> {
        match self.look_closely(path, links).await? {
            Ok(seen) => Ok(Some(seen)),
            Err(status) if status.status_code == StatusCode::NoSuchFile => Ok(None),
            Err(status) => {
                let fix = "ask the provider to let this login look at it".to_owned();
                Err(self.remote(path, "looking at it", &status, fix))
            }
        }
    }

    async fn look_closely(
        &self,
        path: &str,
        links: Links,
    ) -> Result<Result<FileAttributes, Status>, SftpFault> {
        let answer = match links {
            Links::Followed => self.ask("looking at it", self.door.sftp.stat(path)).await?,
            Links::AsTheyAre => {
                self.ask("looking at it", self.door.sftp.lstat(path))
                    .await?
            }
        };
        Ok(answer.map(|answer| answer.attrs))
    }

    /// Frees what the server keeps for an open file or folder.
    async fn close_handle(&self, handle: String) -> Result<(), SftpFault> {
        if let Err(status) = self.ask("closing it", self.door.sftp.close(handle)).await? {
            tracing::debug!(said = %said(&status), "the SFTP server did not close a handle");
        }
        Ok(())
    }

    /// One question with its deadline: the server's answer, or why there was none.
    async fn ask<T>(
        &self,
        doing: &'static str,
        question: impl Future<Output = Result<T, SftpError>>,
    ) -> Result<Result<T, Status>, SftpFault> {
        let Ok(answer) = timeout(self.silence, question).await else {
            let detail = format!("no answer within {} s", self.silence.as_secs());
            return Err(self.unreachable(doing, detail));
        };
        match answer {
            Ok(answer) => Ok(Ok(answer)),
            Err(SftpError::Status(status))
                if matches!(
                    status.status_code,
                    StatusCode::NoConnection | StatusCode::ConnectionLost
                ) =>
            {
                Err(self.unreachable(doing, said(&status)))
            }
            Err(SftpError::Status(status)) => Ok(Err(status)),
            Err(SftpError::UnexpectedPacket) => Err(SftpFault::Incompatible {
                server: self.server.clone(),
                detail: format!("the server answered with something else while {doing}"),
                fix: "tell the provider: their SFTP server breaks the protocol",
            }),
            Err(_) => Err(self.unreachable(
                doing,
                match self.door.parting() {
                    Some(said) => format!("the server ended the session ({said})"),
                    None => "the connection ended".to_owned(),
                },
            )),
        }
    }

    fn unreachable(&self, doing: &'static str, detail: String) -> SftpFault {
        SftpFault::Unreachable {
            server: self.server.clone(),
            doing,
            detail,
            fix: AGAIN,
        }
    }

    fn remote(&self, path: &str, doing: &'static str, status: &Status, fix: String) -> SftpFault {
        SftpFault::Remote {
            server: self.server.clone(),
            path: shown(path),
            doing,
            detail: said(status),
            fix,
        }
    }

    fn odd(&self, path: &str, doing: &'static str, detail: String, fix: &str) -> SftpFault {
        SftpFault::Remote {
            server: self.server.clone(),
            path: shown(path),
            doing,
            detail,
            fix: fix.to_owned(),
        }
    }
}

#[derive(Clone, Copy)]
enum Links {
    Followed,
    AsTheyAre,
}

/// What the server said: its code, and its own words where they say more.
fn said(status: &Status) -> String {
    let code = status.status_code.to_string();
    let words = shown(status.error_message.trim());
    if words.is_empty() || words.eq_ignore_ascii_case(&code) {
        code.to_lowercase()
    } else {
        format!("{} ({words})", code.to_lowercase())
    }
}

/// Whether the type bits of a mode say so; a mode is not a set of flags there.
fn is(attributes: &FileAttributes, kind: FileMode) -> bool {
    const TYPE: u32 = 0o170_000;
    attributes
        .permissions
        .is_some_and(|mode| mode & TYPE == kind.bits())
}

fn stamp(size: u64, seconds: u32) -> String {
    format!("{size} {seconds}")
}

fn stamped(attributes: &FileAttributes) -> Option<String> {
    Some(stamp(attributes.size?, attributes.mtime?))
}

fn shown_name(raw: &str) -> String {
    folder::label(std::ffi::OsStr::new(raw))
}

fn below(folder: &str, path: &str) -> String {
    match path.trim_end_matches('/') {
        "" if path.starts_with('/') => "/".to_owned(),
        "" | "." => folder.to_owned(),
        absolute if absolute.starts_with('/') => absolute.to_owned(),
        relative => format!("{}/{relative}", folder.trim_end_matches('/')),
    }
}

/// The name a file gets in the `processed` folder: its own, then one with the time of its last
/// change before the ending, then that with a number.
fn other_name(file: &RemoteFile, attempt: usize) -> String {
    let own = file.path.rsplit('/').next().unwrap_or(&file.path);
    let (stem, ending) = match own.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() => (stem, format!(".{ending}")),
        _ => (own, String::new()),
    };
    let time = file.modified.format("%Y%m%dT%H%M%SZ");
    match attempt {
        0 => own.to_owned(),
        1 => format!("{stem}.{time}{ending}"),
        more => format!("{stem}.{time}.{more}{ending}"),
    }
}
