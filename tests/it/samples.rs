//! Every sample report reads as the text beside it says. Those texts come from what the samples
//! were made of, not from this program.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use chrono::SecondsFormat;
use rekon::domain::entry::KeyState;
use rekon::domain::key;
use rekon::domain::money::Money;
use rekon::domain::time::BusinessDay;
use rekon::profiles::{AmountBasis, BUILT_IN, Limits, Profile, ReadOptions, read};

use crate::harness::{files_below, repository};

fn decimal(amount: Money) -> String {
    let sen = amount.sen().expect("an amount of a sample");
    format!("{}.{:02}", sen / 100, sen % 100)
}

/// A file as its `.expected` writes it.
fn parsed(path: &Path, profile: &Profile) -> String {
    let options = ReadOptions {
        zone: chrono_tz::Asia::Jakarta,
        amount_basis: AmountBasis::Gross,
        limits: Limits::default(),
    };
    let name = path.file_name().expect("a name").to_string_lossy();
    let bytes = fs::read(path).expect("a sample");
    let file =
        read(&bytes, &name, profile, &options).unwrap_or_else(|fault| panic!("{name}: {fault}"));

    let mut text = String::from("dates   ");
    for date in &file.slot.dates {
        write!(text, " {date}").expect("text");
    }
    if let Some(part) = file.slot.part {
        write!(
            text,
            "\npart     {} of {}",
            part.number,
            part.of.unwrap_or(0)
        )
        .expect("text");
    }
    write!(
        text,
        "\nrows     {}\nrejected {}",
        file.entries.len(),
        file.rejected.len()
    )
    .expect("text");
    for rejected in &file.rejected {
        write!(text, " row {}", rejected.row).expect("text");
    }
    let total: Money = file
        .entries
        .entries
        .iter()
        .fold(Money::default(), |sum, entry| sum + entry.amount());
    writeln!(text, "\namount   {}\n", decimal(total)).expect("text");

    // The texts are in the order of time; files need not be.
    let mut entries: Vec<_> = file.entries.entries.iter().collect();
    entries.sort_by_key(|entry| entry.place().row);
    for entry in entries {
        let key = key::parts(file.entries.key(entry)).join(" ");
        assert_eq!(
            entry.key_state() == KeyState::Damaged,
            key.contains("E+"),
            "{name}: {key}"
        );
        writeln!(
            text,
            "{:4}  {}  {:8}  {:15}  {:>12}  {:>8}  {key}",
            entry.place().row,
            entry.at().to_rfc3339_opts(SecondsFormat::Secs, true),
            entry.kind.name(),
            entry.status.name(),
            decimal(entry.amount()),
            entry.fee().map_or("-".to_owned(), decimal),
        )
        .expect("text");
    }
    text
}

#[test]
fn samples_read_as_the_text_beside_them_says() {
    let mut failed = Vec::new();
    for name in BUILT_IN {
        let profile = Profile::load(name, repository()).expect("a built-in profile");
        for path in files_below(&repository().join("sample_reports").join(name)) {
            if path.extension().is_some_and(|end| end == "expected") {
                continue;
            }
            let expected = format!("{}.expected", path.display());
            let expected =
                fs::read_to_string(&expected).unwrap_or_else(|e| panic!("{expected}: {e}"));
            let parsed = parsed(&path, &profile);
            if let Some(difference) = first_difference(&expected, &parsed) {
                failed.push(format!("{}: {difference}", path.display()));
            }
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

fn first_difference(expected: &str, found: &str) -> Option<String> {
    let (mut expected, mut found) = (expected.lines(), found.lines());
    loop {
        match (expected.next(), found.next()) {
            (None, None) => return None,
            (left, right) if left == right => {}
            (left, right) => {
                return Some(format!(
                    "\n  expected {}\n  found    {}",
                    left.unwrap_or("nothing more"),
                    right.unwrap_or("nothing more")
                ));
            }
        }
    }
}

/// The folder says which dates a file covers by its name: no sample relies on its rows for that.
#[test]
fn names_of_samples_say_their_dates() {
    let day = BusinessDay {
        zone: chrono_tz::Asia::Jakarta,
        cutoff: chrono::Duration::zero(),
    };
    let quick_start = fs::read_to_string(repository().join("sample_reports/rekon.toml"));
    let quick_start = quick_start.expect("the quick start");
    for name in BUILT_IN {
        let profile = Profile::load(name, repository()).expect("a built-in profile");
        let mut covered = BTreeSet::new();
        for path in files_below(&repository().join("sample_reports").join(name)) {
            if path.extension().is_some_and(|end| end == "expected") {
                continue;
            }
            let options = ReadOptions {
                zone: day.zone,
                amount_basis: AmountBasis::Gross,
                limits: Limits::default(),
            };
            let label = path.file_name().expect("a name").to_string_lossy();
            let file = read(
                &fs::read(&path).expect("a sample"),
                &label,
                &profile,
                &options,
            )
            .unwrap_or_else(|fault| panic!("{label}: {fault}"));
            assert!(!file.slot.dates.is_empty(), "{label}");
            for entry in file.entries.entries.iter() {
                let date = day
                    .covered_date(&file.slot.dates, entry.at())
                    .expect("a date");
                let off = (day.date_of(entry.at()) - date).num_days().abs();
                assert!(off <= 1, "{label}: a row of {}", entry.at());
            }
            covered.extend(file.slot.dates);
        }
        // The quick start runs over more dates than a profile's samples have to cover.
        let is_of_quick_start = quick_start.contains(&format!("\"{name}\""));
        let least = if is_of_quick_start { 7 } else { 3 };
        assert!(covered.len() >= least, "{name}: {covered:?}");
    }
}

#[test]
fn the_documented_profile_is_one() {
    let page = fs::read_to_string(repository().join("docs/profiles.md")).expect("the page");
    let example = page
        .split("```")
        .find_map(|block| block.strip_prefix("toml profile\n"))
        .expect("a profile");
    let profile = Profile::parse(example, "own.toml").unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(profile.name, "kilat");
}
