//! The project's rules, kept by a test because prose would be forgotten.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::harness::{files_below, repository};

/// Rooms of the program that are handed values by `run` and never reach into one another. Those that
/// are crates cannot.
const ROOMS: [&str; 5] = ["archive", "health", "mail", "metrics", "store"];

/// What the domain may be built from: nothing that reads a file, a clock or a network.
const OF_THE_DOMAIN: [&str; 8] = [
    "chrono",
    "chrono-tz",
    "data-encoding",
    "serde",
    "serde_json",
    "sha2",
    "thiserror",
    "xxhash-rust",
];

/// More than one sits down to read.
const LONGEST_FILE: usize = 700;

fn rust_files(folder: &str) -> Vec<PathBuf> {
    let files: Vec<PathBuf> = files_below(&repository().join(folder))
        .into_iter()
        .filter(|path| path.extension().is_some_and(|end| end == "rs"))
        .collect();
    assert!(!files.is_empty(), "no Rust in {folder}");
    files
}

/// The program and its crates.
fn sources() -> Vec<PathBuf> {
    let mut files = rust_files("src");
    files.extend(rust_files("crates"));
    files
}

fn name(path: &Path) -> String {
    path.strip_prefix(repository())
        .unwrap_or(path)
        .display()
        .to_string()
}

/// Lines of code with their numbers; comment lines say what they like.
fn code(path: &Path) -> Vec<(usize, String)> {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", name(path)));
    text.lines()
        .enumerate()
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
        .map(|(number, line)| (number + 1, line.to_owned()))
        .collect()
}

/// Reports every line of `files` that contains one of `words`.
#[track_caller]
fn none_contains(files: &[PathBuf], words: &[&str], rule: &str) {
    let mut found = Vec::new();
    for path in files {
        for (number, line) in code(path) {
            if let Some(word) = words.iter().find(|word| line.contains(**word)) {
                found.push(format!("{}:{number}: {word}", name(path)));
            }
        }
    }
    assert!(found.is_empty(), "{rule}:\n{}", found.join("\n"));
}

#[test]
fn the_domain_is_pure() {
    none_contains(
        &rust_files("crates/rekon-domain"),
        &[
            "std::fs",
            "std::net",
            "std::env",
            "std::process",
            "std::io",
            "std::thread",
            "Utc::now",
            "Local::now",
            "Instant::now",
            "SystemTime",
            "tokio",
            "sqlx",
            "rusqlite",
            "lettre",
            "tracing::",
            "async fn",
            "println!",
            "f64",
            "f32",
        ],
        "the domain takes values and returns values",
    );
}

#[test]
fn the_domain_is_built_from_nothing_that_reads_or_waits() {
    let manifest = repository().join("crates/rekon-domain/Cargo.toml");
    let manifest = fs::read_to_string(manifest).expect("a manifest");
    let manifest: toml::Table = manifest.parse().expect("TOML");
    let dependencies = manifest["dependencies"].as_table().expect("a table");
    let named: Vec<&str> = dependencies.keys().map(String::as_str).collect();
    assert_eq!(named, OF_THE_DOMAIN);
}

#[test]
fn rooms_do_not_import_one_another() {
    let files = rust_files("src");
    for room in ROOMS {
        let own: Vec<PathBuf> = files
            .iter()
            .filter(|path| {
                let name = name(path);
                name == format!("src/{room}.rs") || name.starts_with(&format!("src/{room}/"))
            })
            .cloned()
            .collect();
        let others: Vec<String> = ROOMS
            .iter()
            .chain(&["run", "cli", "config", "schedule"])
            .filter(|other| **other != room)
            .map(|other| format!("crate::{other}"))
            .collect();
        let others: Vec<&str> = others.iter().map(String::as_str).collect();
        none_contains(&own, &others, "rooms are handed values by `run`");
    }
}

#[test]
fn the_map_names_every_room_with_a_sentence() {
    let map = fs::read_to_string(repository().join("src/lib.rs")).expect("src/lib.rs");
    let mut lines = map.lines().peekable();
    let mut previous = "";
    let mut named = BTreeSet::new();
    for line in &mut lines {
        let module = line
            .strip_prefix("pub mod ")
            .or_else(|| line.strip_prefix("pub use "))
            .or_else(|| line.strip_prefix("mod "))
            .or_else(|| line.strip_prefix("pub(crate) mod "));
        if let Some(module) = module {
            assert!(previous.starts_with("///"), "{line} has no sentence");
            let room = module.trim_end_matches(';').split(" as ").next();
            named.insert(room.unwrap_or_default().replace('_', "-"));
        }
        previous = line;
    }
    for entry in fs::read_dir(repository().join("crates")).expect("crates") {
        let name = entry.expect("an entry").file_name();
        let name = name.to_string_lossy();
        assert!(named.contains(&*name), "src/lib.rs does not name `{name}`");
    }
    for entry in fs::read_dir(repository().join("src")).expect("src") {
        let path = entry.expect("an entry").path();
        let stem = path.file_stem().expect("a name").to_string_lossy();
        if !["lib", "main"].contains(&&*stem) {
            assert!(named.contains(&*stem), "src/lib.rs does not name `{stem}`");
        }
    }
}

#[test]
fn no_file_is_longer_than_one_sits_down_to_read() {
    let long: Vec<String> = sources()
        .iter()
        .chain(&rust_files("tests"))
        .filter_map(|path| {
            let lines = fs::read_to_string(path).expect("UTF-8").lines().count();
            (lines > LONGEST_FILE).then(|| format!("{}: {lines} lines", name(path)))
        })
        .collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
}

#[test]
fn what_must_not_be_written_is_not_written() {
    // Put together here, so that this file does not contain what it looks for.
    let worksheet_range = ["worksheet", "_range("].concat();
    let todo = ["todo", "!("].concat();
    let unimplemented = ["unimplemented", "!("].concat();
    let dbg = ["dbg", "!("].concat();
    let ignore = ["#[", "ignore"].concat();
    let mut files = sources();
    files.extend(rust_files("tests"));
    none_contains(
        &files,
        &[&worksheet_range, &todo, &unimplemented, &dbg, &ignore],
        "a sparse workbook aborts the process in worksheet ranges; unfinished code is not merged",
    );
}

#[test]
fn every_built_in_profile_has_samples_of_three_dates_beside_their_expected_parse() {
    let profiles: Vec<PathBuf> = files_below(&repository().join("crates/rekon-profiles/src"))
        .into_iter()
        .filter(|path| path.extension().is_some_and(|end| end == "toml"))
        .collect();
    assert!(profiles.len() >= 8, "eight built-in profiles");
    let date = regex::Regex::new(r"20\d{6}").expect("a pattern");
    for profile in profiles {
        let stem = profile.file_stem().expect("a name").to_string_lossy();
        let folder = repository().join("sample_reports").join(&*stem);
        let samples: Vec<String> = files_below(&folder).iter().map(|path| name(path)).collect();
        let mut dates = BTreeSet::new();
        // What is printed at fixed places comes in no workbook.
        let is_printed = fs::read_to_string(&profile)
            .expect("UTF-8")
            .contains("layout = \"fixed\"");
        let formats: &[&str] = if is_printed {
            &[".txt"]
        } else {
            &[".csv", ".xlsx"]
        };
        for format in formats {
            let of_format: Vec<&String> = samples
                .iter()
                .filter(|sample| sample.ends_with(format))
                .collect();
            assert!(!of_format.is_empty(), "{stem}: no sample in {format}");
            for sample in of_format {
                assert!(
                    samples.contains(&format!("{sample}.expected")),
                    "{sample} has no expected parse beside it"
                );
                dates.extend(date.find_iter(sample).map(|found| found.as_str()));
            }
        }
        let others = samples.iter().filter(|sample| {
            sample.ends_with(".expected")
                && [".xls.", ".ods."].iter().any(|end| sample.contains(end))
        });
        for sample in others {
            dates.extend(date.find_iter(sample).map(|found| found.as_str()));
        }
        assert!(dates.len() >= 3, "{stem}: samples of {dates:?} only");
    }
}

#[test]
fn every_snapshot_belongs_to_a_test() {
    for path in files_below(&repository().join("tests/it/snapshots")) {
        let file = name(&path);
        assert!(file.ends_with(".snap"), "{file} is no accepted snapshot");
        let stem = path.file_stem().expect("a name").to_string_lossy();
        let mut parts = stem.splitn(3, "__");
        let (Some("it"), Some(module), Some(snapshot)) = (parts.next(), parts.next(), parts.next())
        else {
            panic!("{file}: not named after this test binary and a module");
        };
        let source = repository().join(format!("tests/it/{module}.rs"));
        let source = fs::read_to_string(&source)
            .unwrap_or_else(|error| panic!("{file} belongs to no test file: {error}"));
        // A name may end in what a loop puts there: `summary_{code}`.
        let looped = snapshot
            .rsplit_once('_')
            .map(|(stem, _)| format!("{stem}_{{"));
        assert!(
            source.contains(snapshot) || looped.is_some_and(|name| source.contains(&name)),
            "{file}: no test of that name"
        );
    }
}

#[test]
fn the_samples_hold_nobodys_phone_number() {
    let phone = regex::Regex::new(r"\b0?8[1-9]\d{8,10}\b").expect("a pattern");
    for path in files_below(&repository().join("sample_reports")) {
        let readable = path.extension().is_some_and(|end| {
            ["csv", "txt", "sql", "expected"].contains(&&*end.to_string_lossy())
        });
        if !readable || path.components().any(|part| part.as_os_str() == ".run") {
            continue;
        }
        let text = fs::read_to_string(&path).expect("UTF-8");
        for found in phone.find_iter(&text) {
            let number = found.as_str().trim_start_matches('0');
            assert!(
                number.starts_with("8120000"),
                "{}: {} could be somebody's; the samples use 0812-0000-xxxx",
                name(&path),
                found.as_str()
            );
        }
    }
}
