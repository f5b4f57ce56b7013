//! Raw bytes, kept by their SHA-256: written and fsynced before anything else looks at them.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use data_encoding::HEXLOWER;
use rustix::io::Errno;
use rustix::process::{Pid, test_kill_process};
use sha2::{Digest, Sha256};

use crate::disk;

/// A folder of files named by what they hold, private to the user.
#[derive(Clone, Debug)]
pub struct Archive {
    root: PathBuf,
}

/// The SHA-256 of some bytes in lowercase hex.
pub fn sha256(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(bytes))
}

impl Archive {
    /// Opens the folder, creating it where it is missing.
    pub fn open(root: &Path) -> Result<Archive> {
        private_dir(root).with_context(|| format!("archive {}", root.display()))?;
        Ok(Archive {
            root: root.to_owned(),
        })
    }

    fn path(&self, sha: &str) -> PathBuf {
        self.root.join(&sha[..2]).join(sha)
    }

    /// Keeps the bytes and returns their SHA-256. When it returns they survive a power cut.
    pub fn keep(&self, bytes: &[u8]) -> Result<String> {
        let sha = sha256(bytes);
        let path = self.path(&sha);
        let needed = (bytes.len() as u64).max(disk::A_RUN);
        self.write(&path, bytes)
            .with_context(|| {
                format!(
                    "archive {}: the file was not taken in and stays at its source",
                    path.display()
                )
            })
            .map_err(|error| disk::named("archive", &self.root, needed, error))?;
        Ok(sha)
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> Result<()> {
        let dir = path.parent().unwrap_or(&self.root);
        if fs::read(path).is_ok_and(|kept| kept == bytes) {
            // The one who wrote it may have died before the folder was on disk.
            return sync_dir(dir)
                .and_then(|()| sync_dir(&self.root))
                .map_err(Into::into);
        }
        private_dir(dir)?;
        let part = path.with_extension(format!("{}.part", std::process::id()));
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&part)?;
        let written = file.write_all(bytes).and_then(|()| file.sync_all());
        if let Err(error) = written {
            fs::remove_file(&part)
                .with_context(|| format!("{error}; also left {}", part.display()))?;
            bail!(error);
        }
        fs::rename(&part, path)?;
        sync_dir(dir)?;
        sync_dir(&self.root)?;
        Ok(())
    }

    /// Files that a process began and did not end: it was killed before it could give them their
    /// name.
    pub fn unfinished(&self) -> Result<Vec<PathBuf>> {
        let mut found = Vec::new();
        for folder in entries(&self.root)? {
            if folder.is_dir() {
                found.extend(entries(&folder)?.into_iter().filter(|path| is_part(path)));
            }
        }
        Ok(found)
    }

    /// Removes those whose process is gone, and says how many. They hold raw rows under no name that
    /// anything else would ever remove.
    pub fn sweep(&self) -> Result<usize> {
        let mut swept = 0;
        for path in self.unfinished()? {
            if is_at_work(&path) {
                continue;
            }
            fs::remove_file(&path)
                .with_context(|| format!("archive {}: cannot be removed", path.display()))?;
            swept += 1;
        }
        Ok(swept)
    }

    /// Removes bytes for good; what is gone already is no fault.
    pub fn remove(&self, sha: &str) -> Result<()> {
        let path = self.path(sha);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(error).with_context(|| format!("archive {}: cannot be removed", path.display()))
            }
            _ => Ok(()),
        }
    }

    /// The bytes of a SHA-256, proven to be those that were kept.
    pub fn read(&self, sha: &str) -> Result<Vec<u8>> {
        let path = self.path(sha);
        let bytes = fs::read(&path).with_context(|| {
            format!(
                "archive {}: restore it from a backup, or withdraw the file",
                path.display()
            )
        })?;
        if sha256(&bytes) != sha {
            bail!(
                "archive {}: its bytes are no longer those of its name; restore it from a backup, or \
                 `rekon add` the original again",
                path.display()
            );
        }
        Ok(bytes)
    }
}

/// In order of their names.
fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let place = || format!("archive {}", folder.display());
    let listed = fs::read_dir(folder).with_context(place)?;
    let mut paths = listed
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<Vec<_>>>()
        .with_context(place)?;
    paths.sort();
    Ok(paths)
}

fn is_part(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "part")
}

/// Whether the process that began a file may still end it: one of this number is alive, and the file
/// is not so old that the number was given to another.
fn is_at_work(part: &Path) -> bool {
    const LONGEST: Duration = Duration::from_secs(24 * 3600);
    let age = fs::metadata(part).and_then(|about| about.modified());
    let age = age.ok().and_then(|at| at.elapsed().ok());
    if age.is_some_and(|age| age > LONGEST) {
        return false;
    }
    let pid = part.file_stem().map(Path::new).and_then(Path::extension);
    let pid = pid.and_then(|pid| pid.to_str()?.parse().ok());
    pid.and_then(Pid::from_raw)
        .is_some_and(|pid| !matches!(test_kill_process(pid), Err(Errno::SRCH)))
}

/// Creates a folder only its owner can enter.
pub fn private_dir(path: &Path) -> std::io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    match DirBuilder::new().recursive(true).mode(0o700).create(path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
        Err(error) => Err(error),
        Ok(()) => match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => sync_dir(parent),
            _ => Ok(()),
        },
    }
}

fn sync_dir(path: &Path) -> std::io::Result<()> {
    File::open(path)?.sync_all()
}
