//! `rekon profiles test`: every sample of a folder against the text beside it.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use similar::TextDiff;

use super::super::{Exit, Usage, named_file, print};
use crate::profiles::{self, AmountBasis, BUILT_IN, Limits, Profile, ReadOptions, built_in_source};

/// What is written down as expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Accepting {
    Nothing,
    /// What was read. A refusal may be a fault, and is not expected by accident.
    Parses,
    Refusals,
}

#[derive(Default)]
struct Tally {
    /// Read as expected, or written down as such.
    good: usize,
    /// Otherwise than expected.
    failed: usize,
    /// Nothing is expected of them.
    without: usize,
    /// Refusals that were not asked for.
    refused: usize,
}

pub(super) fn test(dir: &Path, profile: Option<&str>, accepting: Accepting) -> Result<Exit> {
    let folder = dir
        .canonicalize()
        .with_context(|| format!("folder {}", dir.display()))?;
    let profile = match profile {
        Some(name) => Profile::load(name, Path::new(""))?,
        None => profile_of(&folder, dir)?,
    };
    let (samples, orphans) = contents(&folder)?;
    if samples.is_empty() && orphans.is_empty() {
        bail!(Usage(format!("{}: no sample lies there", dir.display())));
    }
    let mut tally = Tally::default();
    for sample in &samples {
        one(sample, &profile, accepting, &mut tally)?;
    }
    for orphan in &orphans {
        tally.failed += 1;
        print(&format!("FAIL  {}: its sample is not there", name(orphan)))?;
    }
    if tally.good + tally.failed == 0 && accepting == Accepting::Nothing {
        bail!(Usage(format!(
            "{}: no sample has an `.expected` file beside it\n  hint: `--accept` writes what is read, to be looked at",
            dir.display()
        )));
    }
    print(&format!(
        "{} of {} samples read as expected by {}",
        tally.good,
        samples.len() + orphans.len(),
        profile.name
    ))?;
    Ok(if tally.failed + tally.refused > 0 {
        Exit::BadData
    } else if tally.without > 0 {
        Exit::Incomplete
    } else {
        Exit::Done
    })
}

/// `DIR/profile.toml`, `DIR.toml`, or the built-in profile of the folder's name.
fn profile_of(folder: &Path, dir: &Path) -> Result<Profile> {
    let inside = folder.join("profile.toml");
    let beside = PathBuf::from(format!("{}.toml", folder.display()));
    for path in [&inside, &beside] {
        if path.is_file() {
            return Ok(Profile::load(&path.display().to_string(), Path::new(""))?);
        }
    }
    let name = name(folder);
    if built_in_source(&name).is_none() {
        bail!(Usage(format!(
            "{}: no profile for these samples: there is no {}, no {}, and `{name}` is not built in ({})\n  hint: name it with --profile",
            dir.display(),
            inside.display(),
            beside.display(),
            BUILT_IN.join(", ")
        )));
    }
    Ok(Profile::load(&name, Path::new(""))?)
}

fn name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

fn expected_of(sample: &Path) -> PathBuf {
    let mut path = sample.as_os_str().to_owned();
    path.push(".expected");
    PathBuf::from(path)
}

/// Samples, and expected texts without one.
fn contents(folder: &Path) -> Result<(Vec<PathBuf>, Vec<PathBuf>)> {
    let (mut samples, mut orphans) = (Vec::new(), Vec::new());
    for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        let called = name(&path);
        if !path.is_file() || called.starts_with('.') {
            continue;
        }
        match path.extension().and_then(|ending| ending.to_str()) {
            Some("expected") if !path.with_extension("").exists() => orphans.push(path),
            Some("expected" | "toml" | "md") => {}
            _ => samples.push(path),
        }
    }
    samples.sort();
    orphans.sort();
    Ok((samples, orphans))
}

fn one(sample: &Path, profile: &Profile, accepting: Accepting, tally: &mut Tally) -> Result<()> {
    let called = name(sample);
    let expected = expected_of(sample);
    let options = ReadOptions {
        zone: chrono_tz::Asia::Jakarta,
        amount_basis: AmountBasis::Gross,
        limits: Limits::default(),
    };
    let bytes = named_file(sample, options.limits.file_bytes)?;
    let (read, refused) = match profiles::read(&bytes, &called, profile, &options) {
        Ok(read) => (profiles::expected_parse(&read), false),
        Err(fault) => (format!("refused {fault}\n"), true),
    };
    let wanted = match expected.exists() {
        true => Some(
            std::fs::read_to_string(&expected).with_context(|| expected.display().to_string())?,
        ),
        false => None,
    };
    match &wanted {
        Some(wanted) if *wanted == read => {
            tally.good += 1;
            return print(&format!("ok    {called}"));
        }
        Some(wanted) => {
            print(&format!("FAIL  {called}"))?;
            print(&difference(wanted, &read))?;
        }
        None => {
            print(&format!("NEW   {called}: no `.expected` beside it"))?;
            if accepting != Accepting::Nothing || refused {
                print(&indented(&read))?;
            }
        }
    }
    let take = match accepting {
        Accepting::Nothing => false,
        Accepting::Parses => !refused,
        Accepting::Refusals => true,
    };
    if take {
        std::fs::write(&expected, &read).with_context(|| expected.display().to_string())?;
        tally.good += 1;
        return print(&format!("      wrote {}", name(&expected)));
    }
    if refused && accepting == Accepting::Parses {
        tally.refused += 1;
        print("      not written: the sample is refused; if that is right, add --accept-refused")?;
    }
    match wanted {
        Some(_) => tally.failed += 1,
        None => tally.without += 1,
    }
    Ok(())
}

/// Lines that differ, with the one before and after: `-` is expected, `+` is what was read.
fn difference(wanted: &str, read: &str) -> String {
    let difference = TextDiff::from_lines(wanted, read);
    let text = difference
        .unified_diff()
        .context_radius(1)
        .header("expected", "read")
        .to_string();
    indented(&text)
}

fn indented(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(|line| format!("      {line}")).collect();
    lines.join("\n")
}
