//! A full disk has one name, whoever meets it: which path, how much is free there, how much is
//! needed. Databases and libraries say it in a dozen ways, some of which name something else.

use std::fmt;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use anyhow::Error;

/// Nothing more could be written at a path.
#[derive(Debug, thiserror::Error)]
#[error(
    "{what} {}: the disk is full: {free} free on its file system, at least {needed} needed\n  hint: make room there and run it again; what was stored before stands",
    path.display()
)]
pub struct DiskFull {
    /// "state", "archive" …
    pub what: &'static str,
    pub path: PathBuf,
    pub free: Size,
    pub needed: Size,
}

/// Below this a file system counts as full, where an error alone does not tell.
const NOTHING_LEFT: u64 = 256 * 1024;
/// What a run of an ordinary day writes in one place.
pub const A_RUN: u64 = 16 << 20;

/// An amount of bytes as people read it; `None` where the system does not tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size(pub Option<u64>);

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            None => f.write_str("an unknown part"),
            Some(bytes) if bytes < 1 << 20 => write!(f, "{} KiB", bytes.div_ceil(1 << 10)),
            Some(bytes) => write!(f, "{} MiB", bytes.div_ceil(1 << 20)),
        }
    }
}

impl DiskFull {
    pub fn at(what: &'static str, path: &Path, needed: u64) -> DiskFull {
        DiskFull {
            what,
            path: path.to_owned(),
            free: Size(free(path)),
            needed: Size(Some(needed)),
        }
    }
}

/// An error that met a full disk while it wrote to `path` becomes that; any other stays itself.
pub fn named(what: &'static str, path: &Path, needed: u64, error: Error) -> Error {
    if error.chain().any(|cause| cause.is::<DiskFull>()) || !is_full(path, &error) {
        return error;
    }
    DiskFull::at(what, path, needed).into()
}

fn is_full(path: &Path, error: &Error) -> bool {
    let nothing_left = || free(path).is_some_and(|bytes| bytes < NOTHING_LEFT);
    error.chain().any(|cause| {
        if let Some(error) = cause.downcast_ref::<io::Error>() {
            return is_no_room(error);
        }
        match cause.downcast_ref::<sqlx::Error>() {
            Some(sqlx::Error::Database(error)) => match primary(error.code().as_deref()) {
                Some(SQLITE_FULL) => true,
                Some(SQLITE_IOERR | SQLITE_CANTOPEN) => nothing_left(),
                _ => false,
            },
            // A connection that cannot be set up is tried until the pool gives up.
            Some(sqlx::Error::Io(error)) => is_no_room(error),
            Some(_) => nothing_left(),
            None => false,
        }
    })
}

pub fn is_no_room(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded
    )
}

const SQLITE_IOERR: i32 = 10;
const SQLITE_FULL: i32 = 13;
const SQLITE_CANTOPEN: i32 = 14;

/// The primary result code of an extended one; PostgreSQL's have letters, or five digits.
fn primary(code: Option<&str>) -> Option<i32> {
    let code = code.filter(|code| code.len() < 5)?;
    Some(code.parse::<i32>().ok()? & 0xff)
}

/// What may still be written at a path, or where it is to be.
fn free(path: &Path) -> Option<u64> {
    let named = |path: &&Path| !path.as_os_str().is_empty();
    let there = path.ancestors().filter(named).find(|path| path.exists());
    let there = there.unwrap_or(Path::new("."));
    let about = rustix::fs::statvfs(there).ok()?;
    Some(about.f_bavail.saturating_mul(about.f_frsize))
}
