//! A directory as a way for mail to leave: files only their owner can read.

use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Writes a file only its owner can read, whole or not at all, and durably.
pub fn write_private(directory: &Path, file_name: &str, bytes: &[u8]) -> std::io::Result<PathBuf> {
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)?;
    let name = safe_name(file_name);
    let target = directory.join(&name);
    // One name for each target: what a process that died left half written is written anew by the
    // next one, instead of lying there for ever.
    let part = directory.join(format!(".{name}.part"));
    match std::fs::remove_file(&part) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let written = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&part)
        .and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()
        })
        .and_then(|()| std::fs::rename(&part, &target));
    if let Err(error) = written {
        // A disk that is full must not be kept full by what did not fit.
        return match std::fs::remove_file(&part) {
            Err(left) if left.kind() != std::io::ErrorKind::NotFound => Err(std::io::Error::new(
                error.kind(),
                format!("{error}; also left {}: {left}", part.display()),
            )),
            _ => Err(error),
        };
    }
    std::fs::File::open(directory)?.sync_all()?;
    Ok(target)
}

/// Longer than anybody writes one file.
const ABANDONED: Duration = Duration::from_secs(3600);

/// Removes what processes left half written that died long ago, and says how many: another name will
/// never be written over it.
pub fn sweep(directory: &Path) -> std::io::Result<usize> {
    if !directory.is_dir() {
        return Ok(0);
    }
    let mut swept = 0;
    for entry in std::fs::read_dir(directory)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let age = entry.metadata()?.modified()?.elapsed().unwrap_or_default();
        if name.starts_with('.') && name.ends_with(".part") && age > ABANDONED {
            std::fs::remove_file(entry.path())?;
            swept += 1;
        }
    }
    Ok(swept)
}

/// A name is a label, never a path.
pub fn safe_name(name: &str) -> String {
    let safe: String = name
        .chars()
        .map(|c| match c {
            c if c.is_alphanumeric() => c,
            '.' | '-' | '_' | '@' | '+' => c,
            _ => '_',
        })
        .collect();
    let safe = safe.trim_start_matches('.');
    if safe.is_empty() {
        "mail.eml".to_owned()
    } else {
        safe.to_owned()
    }
}
