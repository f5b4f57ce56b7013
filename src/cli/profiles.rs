//! `rekon profiles list|show|test`.

use std::path::Path;

use anyhow::{Context, Result, bail};

use super::{Exit, ProfilesCommand, Usage, print};
use crate::profiles::{self, AmountBasis, BUILT_IN, Limits, Profile, ReadOptions};
use crate::report::summary::table;

pub fn dispatch(command: &ProfilesCommand) -> Result<Exit> {
    match command {
        ProfilesCommand::List => list(),
        ProfilesCommand::Show { name } => {
            let profile = Profile::load(name, Path::new(""))?;
            print(&profile.source)?;
            Ok(Exit::Done)
        }
        ProfilesCommand::Test { dir, profile } => test(dir, profile.as_deref()),
    }
}

fn list() -> Result<Exit> {
    let mut lines = Vec::new();
    for name in BUILT_IN {
        let profile = Profile::load(name, Path::new(""))?;
        lines.push(vec![name.to_owned(), profile.summary]);
    }
    print(&table(&lines, usize::MAX).join("\n"))?;
    Ok(Exit::Done)
}

/// Every file of a folder that has an `.expected` beside it must read as that says.
fn test(dir: &Path, profile: Option<&str>) -> Result<Exit> {
    let folder = dir
        .canonicalize()
        .with_context(|| format!("folder {}", dir.display()))?;
    let name = match profile {
        Some(name) => name.to_owned(),
        None => folder
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned(),
    };
    let profile = Profile::load(&name, Path::new(""))?;
    let options = ReadOptions {
        zone: chrono_tz::Asia::Jakarta,
        amount_basis: AmountBasis::Gross,
        limits: Limits::default(),
    };
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
        paths.push(entry?.path());
    }
    paths.sort();
    let (mut tested, mut failed) = (0, 0);
    for expected in paths
        .iter()
        .filter(|path| path.extension().is_some_and(|end| end == "expected"))
    {
        let sample = expected.with_extension("");
        let file_name = sample
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let bytes = std::fs::read(&sample).with_context(|| sample.display().to_string())?;
        let wanted =
            std::fs::read_to_string(expected).with_context(|| expected.display().to_string())?;
        let read = match profiles::read(&bytes, &file_name, &profile, &options) {
            Ok(read) => profiles::expected_parse(&read),
            Err(fault) => format!("refused {fault}\n"),
        };
        tested += 1;
        if read == wanted {
            print(&format!("ok    {file_name}"))?;
            continue;
        }
        failed += 1;
        print(&format!("FAIL  {file_name}"))?;
        let mut pairs = wanted
            .lines()
            .zip(read.lines())
            .filter(|(wanted, read)| wanted != read);
        match pairs.next() {
            Some((wanted, read)) => print(&format!("  expected {wanted}\n  read     {read}"))?,
            None => print(&format!(
                "  expected {} lines, read {}",
                wanted.lines().count(),
                read.lines().count()
            ))?,
        }
    }
    if tested == 0 {
        bail!(Usage(format!(
            "{}: no sample has an `.expected` file beside it",
            dir.display()
        )));
    }
    print(&format!(
        "{} of {tested} samples read as expected",
        tested - failed
    ))?;
    Ok(if failed == 0 {
        Exit::Done
    } else {
        Exit::BadData
    })
}
