//! `rekon init`: a configuration to start from.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::{Context, Result};

use super::{Exit, print};

const STARTER: &str = include_str!("starter.toml");

pub fn init(path: &Path) -> Result<Exit> {
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .with_context(|| {
            format!(
                "{}: not written; a file that exists is never replaced",
                path.display()
            )
        })?;
    file.write_all(STARTER.as_bytes())
        .with_context(|| path.display().to_string())?;
    print(&format!(
        "Wrote {}. Set the ledger's url and query, create the inbox folder, then:\n  \
         rekon check -c {0}\n  rekon run -c {0} --date yesterday",
        path.display()
    ))?;
    Ok(Exit::Done)
}
