//! `extends`: what a profile takes over of another one, what it changes, and who is told wrong.
//! `tests/it/inherit/cases.txt` holds the profiles; each of them extends `base.toml` beside it.

use std::fs;
use std::path::Path;

use rekon::profiles::{BUILT_IN, Profile};
use similar::{ChangeTag, TextDiff};

use crate::harness::repository;

fn cases() -> Vec<(String, String)> {
    let text = fs::read_to_string(repository().join("tests/it/inherit/cases.txt"));
    let text = text.expect("the cases");
    text.split("\n== ")
        .skip(1)
        .map(|case| {
            let (name, profile) = case.split_once('\n').expect("a name and a profile");
            (name.to_owned(), profile.to_owned())
        })
        .collect()
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let base = repository().join("tests/it/inherit/base.toml");
    fs::copy(base, folder.path().join("base.toml")).expect("the base");
    folder
}

fn load(folder: &Path, own: &str) -> Result<Profile, String> {
    fs::write(folder.join("own.toml"), own).expect("a profile");
    let shown = fs::canonicalize(folder).expect("a folder");
    Profile::load("own.toml", folder).map_err(|error| {
        let text = error.to_string();
        let text = text.replace(&format!("{}/", shown.display()), "");
        text.replace(&format!("{}/", folder.display()), "")
    })
}

/// What it says to a reader, whatever text said it.
fn meaning(profile: &Profile) -> String {
    let mut profile = profile.clone();
    profile.hash.clear();
    profile.source.clear();
    profile.resolved.clear();
    profile.extends.clear();
    format!("{profile:?}")
}

#[test]
fn a_profile_says_only_what_differs() {
    let folder = folder();
    let whole = load(folder.path(), "extends = \"base.toml\"\n").expect("the base");
    let mut said = String::new();
    for (name, own) in cases() {
        said += &format!("== {name}\n");
        match load(folder.path(), &own) {
            Err(error) => said += &format!("{error}\n"),
            Ok(profile) => {
                let again = Profile::parse(&profile.resolved, "resolved.toml");
                let again = again.unwrap_or_else(|error| panic!("{name}: {error}"));
                assert_eq!(meaning(&again), meaning(&profile), "{name}");
                for change in TextDiff::from_lines(&whole.resolved, &profile.resolved)
                    .iter_all_changes()
                    .filter(|change| change.tag() != ChangeTag::Equal)
                {
                    said += &format!("{}{change}", change.tag());
                }
            }
        }
        said.push('\n');
    }
    insta::assert_snapshot!("profiles_that_extend_another", said);
}

#[test]
fn a_built_in_profile_can_be_extended_and_reads_the_same() {
    let folder = folder();
    for name in BUILT_IN {
        let own = load(folder.path(), &format!("extends = \"{name}\"\n")).expect("a profile");
        let built_in = Profile::load(name, folder.path()).expect("built in");
        assert_eq!(meaning(&own), meaning(&built_in), "{name}");
        assert_eq!(own.extends, [name]);
        let whole = Profile::parse(&own.resolved, "whole.toml").expect("the whole");
        assert_eq!(meaning(&whole), meaning(&built_in), "{name}");
        assert_eq!(built_in.resolved, built_in.source);
    }
}

#[test]
fn a_change_of_the_extended_profile_is_a_change() {
    let folder = folder();
    let own = "extends = \"base.toml\"\n";
    let before = load(folder.path(), own).expect("a profile").hash;
    assert_eq!(load(folder.path(), own).expect("a profile").hash, before);
    let base = folder.path().join("base.toml");
    let text = fs::read_to_string(&base).expect("the base");
    fs::write(&base, text.replace("\"amount\"", "\"nominal\"")).expect("the base");
    assert_ne!(load(folder.path(), own).expect("a profile").hash, before);
}

/// Profiles behind one another: the wrong one is named with its line, and there is an end to it.
#[test]
fn the_profile_that_said_it_is_named_through_a_chain() {
    let folder = folder();
    fs::create_dir(folder.path().join("shared")).expect("a folder");
    let put = |path: &str, text: &str| fs::write(folder.path().join(path), text).expect("a file");
    put(
        "shared/middle.toml",
        "extends = \"../base.toml\"\n\n[time]\nzone = \"Asia/Jakata\"\n",
    );
    let error = load(
        folder.path(),
        "extends = \"shared/middle.toml\"\nsummary = \"x\"\n",
    );
    let error = error.expect_err("a wrong zone");
    assert!(
        error.contains("shared/middle.toml, line 4, time.zone"),
        "{error}"
    );

    put("shared/middle.toml", "extends = \"../own.toml\"\n");
    let error = load(folder.path(), "extends = \"shared/middle.toml\"\n").expect_err("a circle");
    assert!(error.contains("these extend one another"), "{error}");

    for step in 0..9 {
        let next = match step {
            8 => "base.toml".to_owned(),
            step => format!("step{}.toml", step + 1),
        };
        put(
            &format!("step{step}.toml"),
            &format!("extends = \"{next}\"\n"),
        );
    }
    let error = load(folder.path(), "extends = \"step0.toml\"\n").expect_err("too deep");
    assert!(error.contains("more than 8 profiles"), "{error}");
    load(folder.path(), "extends = \"step3.toml\"\n").expect("deep, and not too deep");
}
