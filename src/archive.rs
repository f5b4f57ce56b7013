//! Raw bytes, kept by their SHA-256: written and fsynced before anything else looks at them.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

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
        self.write(&path, bytes).with_context(|| {
            format!(
                "archive {}: the file was not taken in and stays at its source",
                path.display()
            )
        })?;
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
