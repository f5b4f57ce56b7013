//! Reports fetched by SFTP. The server has to be the one in `known_hosts`; files are read whole or
//! not at all, and moved only when the caller says that they are safe.
//!
//! SFTP tells a file's size and the second of its last change by the server's clock, nothing more.
//! What cannot be seen that way (a transfer that pauses for long) is left to the control totals of
//! the file, and to the next run, which sees other bytes under the same name.

mod door;
mod fault;
mod known_hosts;
mod remote;

use std::ffi::OsStr;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use chrono::{DateTime, Utc};
use glob::Pattern;
use russh_sftp::protocol::{FileAttributes, FileMode, StatusCode};
use secrecy::SecretString;
use tokio::time::{Instant, timeout};

pub use fault::{Server, SftpFault};
pub use known_hosts::{HostKeyFault, Shown};

use door::Door;
use fault::shown;
use remote::{Act, Links, Remote, is, said};

use crate::folder;

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
/// Names tried for a file whose own is taken in the `processed` folder.
const MOST_NAMES: usize = 100;

/// A login that lasts. Dropping it cuts the connection.
pub struct Session {
    remote: Remote,
    /// Absolute.
    folder: String,
    processed: Option<Processed>,
    /// When the folder was last listed: since then its files have been watched.
    listed: Option<Instant>,
}

/// Where files go, absolute.
enum Processed {
    NotLookedAt(String),
    Ready(String),
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Session({}, {})", self.remote.server, self.folder)
    }
}

impl Session {
    /// Connects, checks the server's key, logs in and opens SFTP. Nothing is sent to a server that
    /// is not the one in `known_hosts`. Each step has `account.timeout` for its answer.
    pub async fn connect(account: &Account) -> Result<Session, SftpFault> {
        let host = account.host.trim_start_matches('[').trim_end_matches(']');
        let server = Server {
            account: account.name.clone(),
            host: host.to_owned(),
            port: account.port,
        };
        let remote = Remote {
            door: Door::open(account, &server).await?,
            server,
            silence: account.timeout,
        };
        let home = remote.real_path(".").await?;
        let processed = account.processed.as_ref();
        Ok(Session {
            folder: below(&home, &account.folder),
            processed: processed.map(|path| Processed::NotLookedAt(below(&home, path))),
            listed: None,
            remote,
        })
    }

    /// The regular files of the folder whose name fits, by name. Links are followed, as in a local
    /// folder; hidden files and those with an unfinished ending are not looked at.
    pub async fn list(&mut self, pattern: &Pattern) -> Result<Listing, SftpFault> {
        let entries = self.remote.entries(&self.folder).await?;
        let entries = entries.map_err(|status| {
            let act = Act {
                doing: "listing",
                path: &self.folder,
            };
            let fix = match status.status_code {
                StatusCode::NoSuchFile => {
                    "correct the account's folder; a relative one begins where the login does"
                }
                _ => "ask the provider to let this login read it",
            };
            self.remote.refused(act, &status, fix)
        })?;
        let mut listing = Listing::default();
        for (raw, attributes) in entries {
            let name = folder::label(OsStr::new(&raw));
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
        if file.size > limit {
            return Err(SftpFault::TooLarge {
                server: self.remote.server.clone(),
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
        let bytes = match self.remote.read(&file.path, file.size).await? {
            Ok(Some(bytes)) => bytes,
            Ok(None) => return Ok(Taken::StillWritten),
            Err(status) if status.status_code == StatusCode::NoSuchFile => return Ok(Taken::Gone),
            Err(status) => {
                let act = Act {
                    doing: "reading",
                    path: &file.path,
                };
                let fix = "ask the provider to let this login read it";
                return Err(self.remote.refused(act, &status, fix));
            }
        };
        let changed = self.not_as_listed(file).await?;
        Ok(changed.unwrap_or(Taken::Bytes(bytes)))
    }

    /// Moves a file that was taken in to the `processed` folder, over no other file, and looks
    /// whether it arrived. What changed since it was listed stays.
    pub async fn put_away(&mut self, file: &RemoteFile) -> Result<PutAway, SftpFault> {
        let Some(processed) = self.processed().await? else {
            return Ok(PutAway::LeftAlone);
        };
        match self.not_as_listed(file).await? {
            Some(Taken::Gone) => return Ok(PutAway::Gone),
            Some(_) => return Ok(PutAway::Changed),
            None => {}
        }
        let act = Act {
            doing: "moving away",
            path: &file.path,
        };
        for attempt in 0..MOST_NAMES {
            let to = below(&processed, &other_name(file, attempt));
            // Servers differ in whether a rename replaces what is there.
            if self.remote.look(&to, Links::AsTheyAre).await?.is_some() {
                continue;
            }
            let moving = self.remote.door.sftp.rename(&file.path, &to);
            match self.remote.ask(act, moving).await? {
                Ok(_) => return self.arrived(file, to).await,
                Err(status) => {
                    let left = self.remote.look(&file.path, Links::AsTheyAre).await?;
                    if left.is_none() {
                        return Ok(PutAway::Gone);
                    }
                    // Somebody else's file has come there meanwhile: the next name.
                    if self.remote.look(&to, Links::AsTheyAre).await?.is_some() {
                        continue;
                    }
                    let fix = format!(
                        "ask the provider to let this login move files to {}, or configure no `processed`; the file is taken in and not lost",
                        shown(&processed)
                    );
                    return Err(self.remote.refused(act, &status, &fix));
                }
            }
        }
        Err(self.remote.odd(
            act,
            format!(
                "{MOST_NAMES} names made of its own are taken in {}",
                shown(&processed)
            ),
            "clear that folder; the file is taken in and not lost",
        ))
    }

    /// Says goodbye and ends the connection.
    pub async fn close(self) {
        let Door { sftp, handle, .. } = &self.remote.door;
        let goodbye = async {
            sftp.close_session().map_err(|error| error.to_string())?;
            let bye = handle.disconnect(russh::Disconnect::ByApplication, "", "en");
            bye.await.map_err(|error| error.to_string())
        };
        // Politeness only: whatever becomes of it, the connection ends here.
        match timeout(self.remote.silence, goodbye).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::debug!(%error, "the SFTP server did not hear goodbye"),
            Err(_) => tracing::debug!("the SFTP server did not hear goodbye in time"),
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
        if raw.contains(['/', '\0']) {
            return Ok(Err("its name is a path".to_owned()));
        }
        // SFTP has no encoding of names; ours is UTF-8, and what is not cannot be asked for again.
        if raw.contains(char::REPLACEMENT_CHARACTER) {
            return Ok(Err("its name is not UTF-8; have it renamed".to_owned()));
        }
        let path = below(&self.folder, raw);
        // A listing shows links themselves, and may leave things out.
        let complete = listed.size.is_some() && listed.mtime.is_some();
        let seen = if complete && is(&listed, FileMode::REG) {
            listed
        } else {
            match self.remote.look_closely(&path, Links::Followed).await? {
                Ok(seen) => seen,
                Err(status) if status.status_code == StatusCode::NoSuchFile => {
                    let link = self.remote.look(&path, Links::AsTheyAre).await?;
                    return Ok(match link {
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
        let times = seen.mtime.and_then(|seconds| {
            let modified = DateTime::from_timestamp(i64::from(seconds), 0)?;
            Some((modified, stamped(&seen)?))
        });
        let (Some(size), Some((modified, stamp))) = (seen.size, times) else {
            return Ok(Err(
                "the server does not say how large it is and when it was changed".to_owned(),
            ));
        };
        Ok(Ok(Some(RemoteFile {
            name,
            path,
            size,
            modified,
            stamp,
        })))
    }

    /// What taking the file comes to when it is not what was listed; `None` when it still is.
    async fn not_as_listed(&self, file: &RemoteFile) -> Result<Option<Taken>, SftpFault> {
        Ok(match self.remote.look(&file.path, Links::Followed).await? {
            None => Some(Taken::Gone),
            Some(now) if stamped(&now).as_ref() == Some(&file.stamp) => None,
            Some(_) => Some(Taken::StillWritten),
        })
    }

    /// The `processed` folder, created where it is missing.
    async fn processed(&mut self) -> Result<Option<String>, SftpFault> {
        let path = match &self.processed {
            None => return Ok(None),
            Some(Processed::Ready(path)) => return Ok(Some(path.clone())),
            Some(Processed::NotLookedAt(path)) => path.clone(),
        };
        let act = Act {
            doing: "creating",
            path: &path,
        };
        let there = match self.remote.look(&path, Links::Followed).await? {
            Some(there) => there,
            None => {
                let making = self.remote.door.sftp.mkdir(&path, FileAttributes::empty());
                let made = self.remote.ask(act, making).await?;
                // Another run may have been faster.
                match (made, self.remote.look(&path, Links::Followed).await?) {
                    (_, Some(there)) => there,
                    (Err(status), None) => {
                        let fix = "create it on the server, or correct `processed`; files that were taken in are not lost";
                        return Err(self.remote.refused(act, &status, fix));
                    }
                    (Ok(_), None) => {
                        let detail = "the server says it did, and it is not there".to_owned();
                        return Err(self.remote.odd(act, detail, "create it on the server"));
                    }
                }
            }
        };
        if there.permissions.is_some() && !is(&there, FileMode::DIR) {
            let detail = "it is there already, and it is no folder".to_owned();
            return Err(self.remote.odd(act, detail, "correct `processed`"));
        }
        let source = self.remote.real_path(&self.folder).await?;
        if self.remote.real_path(&path).await? == source {
            return Err(self.remote.odd(
                Act {
                    doing: "moving files to",
                    path: &source,
                },
                "it is the folder they are taken from".to_owned(),
                "name another folder as `processed`, or none",
            ));
        }
        self.processed = Some(Processed::Ready(path.clone()));
        Ok(Some(path))
    }

    /// Whether a move did what the server says it did.
    async fn arrived(&self, file: &RemoteFile, to: String) -> Result<PutAway, SftpFault> {
        let act = Act {
            doing: "moving away",
            path: &file.path,
        };
        let Some(there) = self.remote.look(&to, Links::AsTheyAre).await? else {
            return Err(self.remote.odd(
                act,
                format!("the server says it did, and it is not at {}", shown(&to)),
                "tell the provider; the file is taken in and not lost",
            ));
        };
        // A link has moved, and not what it leads to.
        let same = is(&there, FileMode::LNK) || stamped(&there).as_ref() == Some(&file.stamp);
        if !same {
            return Err(self.remote.odd(
                act,
                format!(
                    "it was replaced in the moment it was moved; what is at {} now was not taken in",
                    shown(&to)
                ),
                "move it back into the folder; the next run takes it in",
            ));
        }
        let left = self.remote.look(&file.path, Links::Followed).await?;
        if left.is_some_and(|left| stamped(&left).as_ref() == Some(&file.stamp)) {
            return Err(self.remote.odd(
                act,
                format!("the server says it did, and it is there still and at {}", shown(&to)),
                "tell the provider: their server copies instead of moving; the file is taken in and not lost",
            ));
        }
        Ok(PutAway::Moved { to })
    }
}

/// Differs when size or time of change do; `None` where the server leaves one out.
fn stamped(attributes: &FileAttributes) -> Option<String> {
    Some(format!("{} {}", attributes.size?, attributes.mtime?))
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
