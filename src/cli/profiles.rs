//! `rekon profiles list|show|test|reference`.

mod samples;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::{Exit, ProfilesCommand, print};
use crate::profiles::{BUILT_IN, Profile, REFERENCE};
use crate::report::summary::table;

/// `config` is the configuration file, where there is one: its channels name profiles of their own.
pub fn dispatch(command: &ProfilesCommand, config: Option<&Path>) -> Result<Exit> {
    match command {
        ProfilesCommand::List => list(config),
        ProfilesCommand::Show { name, resolved } => {
            let profile = Profile::load(name, Path::new(""))?;
            print(match resolved {
                true => &profile.resolved,
                false => &profile.source,
            })?;
            Ok(Exit::Done)
        }
        ProfilesCommand::Test {
            dir,
            profile,
            accept,
            accept_refused,
        } => {
            let accepting = match (accept, accept_refused) {
                (false, _) => samples::Accepting::Nothing,
                (true, false) => samples::Accepting::Parses,
                (true, true) => samples::Accepting::Refusals,
            };
            samples::test(dir, profile.as_deref(), accepting)
        }
        ProfilesCommand::Reference => {
            print(REFERENCE)?;
            Ok(Exit::Done)
        }
    }
}

fn list(config: Option<&Path>) -> Result<Exit> {
    let config = config.filter(|path| path.exists());
    let mut users: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut base = PathBuf::new();
    if let Some(path) = config {
        base = path.parent().unwrap_or(Path::new("")).to_path_buf();
        users = used(path)?;
        for own in beside(&base)? {
            users.entry(own).or_default();
        }
    }
    let channels = |name: &str| match users.get(name).map(Vec::as_slice) {
        None | Some([]) => String::new(),
        Some(names) => format!("channels: {}", names.join(", ")),
    };
    let mut lines = Vec::new();
    for name in BUILT_IN {
        let profile = Profile::load(name, Path::new(""))?;
        lines.push(vec![name.to_owned(), profile.summary, channels(name)]);
    }
    let mut broken = Vec::new();
    let own = users
        .keys()
        .filter(|name| !BUILT_IN.contains(&name.as_str()));
    for name in own {
        match Profile::load(name, &base) {
            Ok(profile) => {
                let mut about = vec![profile.name.clone()];
                if !profile.extends.is_empty() {
                    about.push(format!("extends {}", profile.extends.join(", then ")));
                }
                if !profile.summary.is_empty() {
                    about.push(profile.summary);
                }
                lines.push(vec![name.clone(), about.join("; "), channels(name)]);
            }
            Err(error) => {
                lines.push(vec![
                    name.clone(),
                    "broken, see below".to_owned(),
                    channels(name),
                ]);
                broken.push(error.to_string());
            }
        }
    }
    let mut said = table(&lines, usize::MAX);
    said.extend(broken.iter().map(|error| format!("\n{error}")));
    print(&said.join("\n"))?;
    Ok(match broken.is_empty() {
        true => Exit::Done,
        false => Exit::Configuration,
    })
}

/// Profiles by the channels that use them. The rest of the configuration may be unfinished.
fn used(config: &Path) -> Result<BTreeMap<String, Vec<String>>> {
    let text = std::fs::read_to_string(config).with_context(|| config.display().to_string())?;
    let table: toml::Table =
        toml::from_str(&text).with_context(|| format!("{} is not TOML", config.display()))?;
    let mut used: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let channels = table.get("channel").and_then(toml::Value::as_array);
    for channel in channels.into_iter().flatten() {
        let text = |key: &str| channel.get(key).and_then(toml::Value::as_str);
        if let (Some(name), Some(profile)) = (text("name"), text("profile")) {
            used.entry(profile.to_owned())
                .or_default()
                .push(name.to_owned());
        }
    }
    Ok(used)
}

/// Profiles in the folder `profiles` beside the configuration, as a channel would name them.
fn beside(base: &Path) -> Result<Vec<String>> {
    let folder = base.join("profiles");
    let mut found = Vec::new();
    if !folder.is_dir() {
        return Ok(found);
    }
    for entry in std::fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".toml") {
            found.push(format!("profiles/{name}"));
        }
    }
    Ok(found)
}
