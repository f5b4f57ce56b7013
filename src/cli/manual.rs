//! `rekon completions` and `rekon man`: what a shell completes, and the manual.

use std::path::Path;

use anyhow::{Context, Result};
use clap::CommandFactory;
use clap_complete::Shell;

use super::{Cli, Exit, print};

pub fn completions(shell: Shell) -> Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "rekon", &mut script);
    print(&String::from_utf8(script).context("the completions")?)?;
    Ok(Exit::Done)
}

/// The page of `rekon` itself on stdout, or a page for each command in a folder.
pub fn man(folder: Option<&Path>) -> Result<Exit> {
    match folder {
        Some(folder) => {
            std::fs::create_dir_all(folder)
                .and_then(|()| clap_mangen::generate_to(Cli::command(), folder))
                .with_context(|| format!("--dir {}", folder.display()))?;
        }
        None => {
            let mut page = Vec::new();
            clap_mangen::Man::new(Cli::command())
                .render(&mut page)
                .context("the manual")?;
            print(&String::from_utf8(page).context("the manual")?)?;
        }
    }
    Ok(Exit::Done)
}
