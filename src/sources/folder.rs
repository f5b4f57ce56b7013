//! Reports dropped into a folder. The folder is read only: what was taken in is known by its bytes.

use std::fs::{self, File};
use std::io::Read;
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
pub fn list(folder: &Path, pattern: &str) -> Result<Vec<Candidate>> {
    let pattern = Pattern::new(pattern)
        .with_context(|| format!("source pattern `{pattern}`: use `*` and `?` as in \"*.csv\""))?;
    let listing = fs::read_dir(folder).with_context(|| {
        format!(
            "folder {0}: cannot be read; `mkdir -p {0}` creates it, or correct `folder`",
            folder.display()
        )
    })?;
    let mut found = Vec::new();
    for entry in listing {
        let entry = entry.with_context(|| format!("folder {}", folder.display()))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let lower = name.to_lowercase();
        let unfinished =
            name.starts_with(['.', '~']) || UNFINISHED.iter().any(|ending| lower.ends_with(ending));
        if unfinished || !pattern.matches(&name) {
            continue;
        }
        let path = entry.path();
        let meta = fs::metadata(&path).with_context(|| path.display().to_string())?;
        if meta.is_file() {
            let modified = meta
                .modified()
                .with_context(|| path.display().to_string())?;
            found.push(Candidate {
                path,
                name,
                size: meta.len(),
                modified: modified.into(),
            });
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

/// How long a file that was written a moment ago is watched before it counts as finished.
const SETTLE: Duration = Duration::from_millis(40);
/// Older than this, nobody is writing it any more.
const FRESH: Duration = Duration::from_secs(2);

/// What reading a file came to.
pub enum Taken {
    Bytes(Vec<u8>),
    /// It grew or changed meanwhile: it is taken next time.
    StillWritten,
}

/// Reads a whole file that is not being written and not larger than `limit` bytes.
pub fn take(candidate: &Candidate, limit: u64) -> Result<Taken> {
    let place = || candidate.path.display().to_string();
    let before = fs::metadata(&candidate.path).with_context(place)?;
    if before.len() > limit {
        bail!(
            "{}: {} bytes, more than the limit of {limit} bytes for one file",
            candidate.path.display(),
            before.len()
        );
    }
    let age = SystemTime::now().duration_since(before.modified().with_context(place)?);
    if age.is_ok_and(|age| age < FRESH) {
        std::thread::sleep(SETTLE);
    }
    let mut bytes = Vec::with_capacity(before.len() as usize);
    let file = File::open(&candidate.path).with_context(place)?;
    file.take(limit + 1)
        .read_to_end(&mut bytes)
        .with_context(place)?;
    let after = fs::metadata(&candidate.path).with_context(place)?;
    let unchanged = after.len() == before.len()
        && after.len() == bytes.len() as u64
        && after.modified().with_context(place)? == before.modified().with_context(place)?;
    Ok(if unchanged {
        Taken::Bytes(bytes)
    } else {
        Taken::StillWritten
    })
}
