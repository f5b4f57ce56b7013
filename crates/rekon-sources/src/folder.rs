//! Reports dropped into a folder. The folder is read only: what was taken in is known by its bytes.

use std::ffi::OsStr;
use std::fs::{self, File, Metadata};
use std::io::{ErrorKind, Read};
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, bail};
use chrono::{DateTime, Utc};
use glob::Pattern;

/// A file that matches the source's pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    pub path: PathBuf,
    pub name: String,
    pub size: u64,
    pub modified: DateTime<Utc>,
    /// Differs whenever the file may hold other bytes: a copy can keep size and modification time
    /// of what it replaces, but neither its inode nor the time of that change.
    pub stamp: String,
}

/// What a folder holds for a channel, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    pub candidates: Vec<Candidate>,
    /// Names that match and cannot be looked at, with the reason.
    pub unreadable: Vec<(String, String)>,
    /// Names that match and are not files, with what they are.
    pub others: Vec<(String, &'static str)>,
}

/// What lies at a path.
pub enum Found {
    File(Candidate),
    Nothing,
    /// A folder, a pipe, a socket, a device: "a folder".
    Other(&'static str),
}

/// Endings of files that another program is still writing.
const UNFINISHED: [&str; 6] = [
    ".part",
    ".partial",
    ".tmp",
    ".filepart",
    ".crdownload",
    ".swp",
];

/// The files of a folder that a channel takes, by name.
pub fn list(folder: &Path, pattern: &Pattern) -> Result<Listing> {
    let entries = fs::read_dir(folder).with_context(|| {
        format!(
            "folder {0}: cannot be read; `mkdir -p {0}` creates it, or correct `folder`",
            folder.display()
        )
    })?;
    let mut listing = Listing::default();
    for entry in entries {
        let entry = entry.with_context(|| format!("folder {}", folder.display()))?;
        let name = label(&entry.file_name());
        if is_unfinished(&name) || !pattern.matches(&name) {
            continue;
        }
        match look(entry.path()) {
            Ok(Found::File(found)) => listing.candidates.push(found),
            // Who takes every name says nothing about folders.
            Ok(Found::Other(A_FOLDER)) if pattern.as_str() == "*" => {}
            Ok(Found::Other(what)) => listing.others.push((name, what)),
            Ok(Found::Nothing) => {}
            Err(error) => listing.unreadable.push((name, format!("{error:#}"))),
        }
    }
    listing.candidates.sort_by(|a, b| a.name.cmp(&b.name));
    listing.unreadable.sort();
    listing.others.sort();
    Ok(listing)
}

/// Whether a name says that a program is still writing the file, or that it is none of ours: hidden
/// files, backups, and the endings that transfers rename from. The rule of every source.
pub fn is_unfinished(name: &str) -> bool {
    let lower = name.to_lowercase();
    name.starts_with(['.', '~']) || UNFINISHED.iter().any(|ending| lower.ends_with(ending))
}

const A_FOLDER: &str = "a folder";

/// Looks at a path without opening it: a pipe would be waited for.
pub fn look(path: PathBuf) -> Result<Found> {
    let meta = match fs::metadata(&path) {
        Ok(meta) => meta,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            if fs::symlink_metadata(&path).is_ok() {
                bail!("it is a link to nowhere");
            }
            return Ok(Found::Nothing);
        }
        Err(error) => bail!("it cannot be looked at: {error}"),
    };
    if !meta.is_file() {
        let kind = meta.file_type();
        return Ok(Found::Other(match () {
            () if kind.is_dir() => A_FOLDER,
            () if kind.is_fifo() => "a pipe",
            () if kind.is_socket() => "a socket",
            () => "a device",
        }));
    }
    Ok(Found::File(Candidate {
        name: label(path.file_name().unwrap_or_default()),
        size: meta.len(),
        modified: meta.modified()?.into(),
        stamp: stamp(&meta),
        path,
    }))
}

/// Why a file is refused before all of it is read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unread {
    #[error("{size} bytes, more than the limit of {limit} bytes for one file")]
    TooLarge { size: u64, limit: u64 },
    #[error(
        "nothing but zero bytes from byte {from} on: it was reserved and never written to its end"
    )]
    Zeros { from: u64 },
}

fn stamp(meta: &Metadata) -> String {
    format!(
        "{}.{:09} {}.{:09} {}:{}",
        meta.mtime(),
        meta.mtime_nsec(),
        meta.ctime(),
        meta.ctime_nsec(),
        meta.dev(),
        meta.ino()
    )
}

/// A name as people and reports see it: what is not UTF-8, or would move a terminal's cursor, is
/// escaped, so that two names never become one.
pub fn label(name: &OsStr) -> String {
    match name.to_str() {
        Some(text) if !text.chars().any(char::is_control) => text.to_owned(),
        _ => name.as_encoded_bytes().escape_ascii().to_string(),
    }
}

/// How long a file that was written a moment ago is watched before it counts as finished.
const SETTLE: Duration = Duration::from_millis(40);
/// Older than this, nobody is writing it any more.
const FRESH: Duration = Duration::from_secs(2);
/// Within this time of its last change, a file is looked for among those that programs hold open:
/// a slow transfer may pause for longer than anyone wants to watch.
const SUSPECT: Duration = Duration::from_secs(15 * 60);

/// What reading a file came to.
pub enum Taken {
    Bytes(Vec<u8>),
    /// It grew or changed meanwhile, or a program has it open for writing: it is taken next time.
    StillWritten,
    Unread(Unread),
}

/// The whole of a file, unless it turns out before its end that it is no report.
pub fn read_whole(candidate: &Candidate, limit: u64) -> Result<Result<Vec<u8>, Unread>> {
    let too_large = |size| Ok(Err(Unread::TooLarge { size, limit }));
    if candidate.size > limit {
        return too_large(candidate.size);
    }
    let mut file = File::open(&candidate.path)?.take(limit + 1);
    // Untouched memory costs nothing.
    let mut bytes = Vec::with_capacity(usize::try_from(candidate.size)?);
    loop {
        let from = bytes.len();
        let read = (&mut file).take(PIECE).read_to_end(&mut bytes)? as u64;
        if bytes.len() as u64 > limit {
            return too_large(bytes.len() as u64);
        }
        if read < PIECE {
            return Ok(Ok(bytes));
        }
        let is_packed = PACKED.iter().any(|magic| bytes.starts_with(magic));
        if !is_packed && bytes[from..].iter().all(|byte| *byte == 0) {
            let zeros = bytes.iter().rev().take_while(|byte| **byte == 0).count();
            let from = (bytes.len() - zeros) as u64;
            return Ok(Err(Unread::Zeros { from }));
        }
    }
}

/// A text has no such stretch of zeros.
const PIECE: u64 = 1 << 20;
/// ZIP and workbooks, GZ, old workbooks: these may.
const PACKED: [&[u8]; 3] = [b"PK", b"\x1f\x8b", b"\xd0\xcf\x11\xe0"];

/// Reads a whole file that is not being written and not larger than `limit` bytes.
pub fn take(candidate: &Candidate, limit: u64) -> Result<Taken> {
    if candidate.size > limit {
        let size = candidate.size;
        return Ok(Taken::Unread(Unread::TooLarge { size, limit }));
    }
    let unchanged = || -> Result<bool> {
        let meta = fs::metadata(&candidate.path)?;
        Ok(meta.len() == candidate.size && stamp(&meta) == candidate.stamp)
    };
    // A modification time that lies ahead says nothing about how long ago it was written.
    let age = SystemTime::now()
        .duration_since(candidate.modified.into())
        .unwrap_or_default();
    if age < FRESH {
        std::thread::sleep(SETTLE);
    }
    if age < SUSPECT && is_open_for_writing(&candidate.path) {
        return Ok(Taken::StillWritten);
    }
    let read = || -> Result<_> { Ok((read_whole(candidate, limit)?, unchanged()?)) };
    Ok(match read().context("it cannot be read")? {
        (Ok(bytes), true) if bytes.len() as u64 == candidate.size => Taken::Bytes(bytes),
        (Err(unread), true) => Taken::Unread(unread),
        _ => Taken::StillWritten,
    })
}

/// Whether a process we may look into has the file open for writing. What cannot be looked into
/// (another user's process, a system without /proc) counts as not writing.
fn is_open_for_writing(path: &Path) -> bool {
    let Ok(wanted) = path.canonicalize() else {
        return false;
    };
    let Ok(processes) = fs::read_dir("/proc") else {
        return false;
    };
    let numeric = |name: &OsStr| name.as_encoded_bytes().iter().all(u8::is_ascii_digit);
    processes
        .flatten()
        .filter(|process| numeric(&process.file_name()))
        .filter_map(|process| {
            let open = fs::read_dir(process.path().join("fd")).ok()?;
            Some((process.path(), open))
        })
        .any(|(process, open)| {
            open.flatten().any(|descriptor| {
                fs::read_link(descriptor.path()).is_ok_and(|target| target == wanted)
                    && writes(&process.join("fdinfo").join(descriptor.file_name()))
            })
        })
}

/// Whether a descriptor's flags (octal, as open(2) got them) allow writing.
fn writes(info: &Path) -> bool {
    let text = fs::read_to_string(info).unwrap_or_default();
    let flags = text
        .lines()
        .find_map(|line| line.strip_prefix("flags:"))
        .and_then(|flags| u64::from_str_radix(flags.trim(), 8).ok());
    // O_WRONLY is 1, O_RDWR is 2.
    flags.is_some_and(|flags| flags & 0o3 != 0)
}
