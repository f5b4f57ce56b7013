//! `rekon init`: a configuration to start from.

use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::{Context, Result};

use super::{Exit, Usage, print};

const STARTER: &str = include_str!("starter.toml");

fn refusal(path: &Path, error: &std::io::Error) -> String {
    let path = path.display();
    match error.kind() {
        ErrorKind::AlreadyExists => format!(
            "{path}: it is there already and is never replaced\n  hint: `rekon check -c {path}` tries it; `rekon init OTHER.toml` writes beside it"
        ),
        _ => format!("{path}: cannot be written: {error}"),
    }
}

pub fn init(path: &Path) -> Result<Exit> {
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map_err(|error| Usage(refusal(path, &error)))?;
    file.write_all(STARTER.as_bytes())
        .with_context(|| path.display().to_string())?;
    print(&format!(
        "Wrote {}. Set the url and the query of your ledger, and where its files arrive, then:\n  \
         rekon check -c {0}\n  rekon run -c {0} --date yesterday",
        path.display()
    ))?;
    Ok(Exit::Done)
}
