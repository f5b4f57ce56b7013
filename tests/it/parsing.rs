//! Samples beside their expected parse. A case is a file in `tests/it/parsing/`; what it must read
//! as (or the fault it must be refused with) stands in `<file>.expected.json` (or `.expected.txt`).
//! `REKON_BLESS=1 cargo test --test it parsing` writes what is missing or has changed: read it aloud
//! before committing it.

pub mod workbooks;

use std::fs;
use std::path::{Path, PathBuf};

use rekon::profiles::{self, AmountBasis, Limits, Profile, ReadOptions};
use serde::Deserialize;

fn options(case: &Case) -> ReadOptions {
    ReadOptions {
        zone: chrono_tz::Asia::Jakarta,
        amount_basis: case.amount_basis.unwrap_or(AmountBasis::Gross),
        limits: Limits::default(),
    }
}

/// One line of `cases.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    file: String,
    profile: String,
    amount_basis: Option<AmountBasis>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    case: Vec<Case>,
}

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/parsing")
}

#[test]
fn every_sample_reads_as_written_beside_it() {
    let directory = directory();
    let text = fs::read_to_string(directory.join("cases.toml")).expect("cases.toml");
    let cases: Cases = toml::from_str(&text).expect("cases.toml is TOML");
    let generated = workbooks::generate();
    let mut failures = Vec::new();
    for case in &cases.case {
        let bytes = match generated.iter().find(|(name, _)| *name == case.file) {
            Some((_, bytes)) => bytes.clone(),
            None => fs::read(directory.join(&case.file))
                .unwrap_or_else(|error| panic!("{}: {error}", case.file)),
        };
        check(&directory, case, &bytes, &mut failures);
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n\n"));
}

/// Reads one case and compares it with what stands beside it.
fn check(directory: &Path, case: &Case, bytes: &[u8], failures: &mut Vec<String>) {
    let profile = match Profile::load(&case.profile, directory) {
        Ok(profile) => profile,
        Err(error) => {
            return compare(directory, case, "txt", format!("{error}\n"), failures);
        }
    };
    match profiles::read(bytes, &case.file, &profile, &options(case)) {
        Ok(file) => {
            let summary = profiles::parse_summary(&file, &profile, chrono_tz::Asia::Jakarta)
                .expect("a summary is JSON");
            let text = serde_json::to_string_pretty(&summary).expect("JSON");
            compare(directory, case, "json", text + "\n", failures);
        }
        Err(fault) => compare(directory, case, "txt", format!("{fault}\n"), failures),
    }
}

fn compare(directory: &Path, case: &Case, ending: &str, read: String, failures: &mut Vec<String>) {
    let path = directory.join(format!("{}.expected.{ending}", case.file));
    let expected = fs::read_to_string(&path).unwrap_or_default();
    if expected == read {
        return;
    }
    if std::env::var_os("REKON_BLESS").is_some() {
        for other in ["json", "txt"] {
            let stale = directory.join(format!("{}.expected.{other}", case.file));
            if other != ending && stale.exists() {
                fs::remove_file(&stale).expect("the stale expectation goes");
            }
        }
        fs::write(&path, read).expect("the expectation is written");
    } else {
        failures.push(format!("{}: expected\n{expected}\nread\n{read}", case.file));
    }
}

/// Damage of every sample, the same on each run: whatever comes is an answer, never a panic, and
/// no row is both an entry and a rejection.
#[test]
fn damaged_samples_are_read_or_refused() {
    let directory = directory();
    let text = fs::read_to_string(directory.join("cases.toml")).expect("cases.toml");
    let cases: Cases = toml::from_str(&text).expect("cases.toml is TOML");
    let generated = workbooks::generate();
    let rounds: u64 =
        std::env::var("REKON_ROUNDS").map_or(20, |text| text.parse().expect("a number"));
    for case in &cases.case {
        let Ok(profile) = Profile::load(&case.profile, &directory) else {
            continue;
        };
        let bytes = match generated.iter().find(|(name, _)| *name == case.file) {
            Some((_, bytes)) => bytes.clone(),
            None => fs::read(directory.join(&case.file)).expect("a sample"),
        };
        if bytes.is_empty() || bytes.len() > 1 << 20 {
            continue;
        }
        for round in 0..rounds {
            let damaged = damage(&bytes, round);
            if let Ok(file) = profiles::read(&damaged, &case.file, &profile, &options(case)) {
                let seen: u64 = file
                    .format
                    .sheets
                    .iter()
                    .map(|sheet| u64::from(sheet.rows))
                    .sum();
                assert_eq!(
                    seen,
                    file.entries.len() as u64,
                    "{} round {round}",
                    case.file
                );
                for row in &file.rejected {
                    let both = file.entries.entries.iter().any(|entry| {
                        let place = entry.place();
                        place.row == row.row
                            && file.sheets.get(usize::from(place.sheet)) == row.sheet.as_ref()
                    });
                    assert!(!both, "{} round {round}: row {}", case.file, row.row);
                }
            }
        }
    }
}

/// Cuts, flips, doubles and swaps bytes by a fixed sequence. Inside a workbook the parts are
/// damaged and packed again, or the archive itself is.
fn damage(bytes: &[u8], round: u64) -> Vec<u8> {
    if workbooks::is_whole(bytes) && !round.is_multiple_of(3) {
        return workbooks::rewrite(bytes, |name, part| {
            if name.ends_with(".xml") && !part.is_empty() {
                scramble(&part, round ^ name.len() as u64)
            } else {
                part
            }
        });
    }
    scramble(bytes, round)
}

fn scramble(bytes: &[u8], seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below.max(1) as u64) as usize
    };
    const ONTO: &[u8] = b"\"\n\r;,|\0\xff'-.E9</>#";
    const INTO: &[u8] = b"\"\n\r;,|\0\xff";
    let mut damaged = bytes.to_vec();
    for _ in 0..1 + next(4) {
        let at = next(damaged.len());
        match next(6) {
            0 => damaged.truncate(at + 1),
            1 => damaged[at] = next(256) as u8,
            2 => damaged[at] = ONTO[next(ONTO.len())],
            3 => damaged.insert(at, INTO[next(INTO.len())]),
            4 => {
                let end = (at + next(40)).min(damaged.len());
                let piece = damaged[at..end].to_vec();
                let to = next(damaged.len());
                damaged.splice(to..to, piece);
            }
            _ => {
                let end = (at + next(8)).min(damaged.len().saturating_sub(1));
                damaged.drain(at.min(end)..end);
            }
        }
    }
    damaged
}

#[test]
fn no_expectation_stands_without_its_case() {
    let directory = directory();
    let text = fs::read_to_string(directory.join("cases.toml")).expect("cases.toml");
    for entry in fs::read_dir(&directory).expect("the samples") {
        let name = entry.expect("a sample").file_name();
        let name = name.to_str().expect("a plain name");
        let subject = name.split(".expected.").next().unwrap_or(name);
        assert!(
            matches!(name, "cases.toml" | "status_codes.txt" | "workbooks.rs")
                || text.contains(&format!("\"{subject}\"")),
            "{name} belongs to no case"
        );
    }
}

#[test]
fn ledger_codes_mean_what_the_provider_says() {
    // profile | code | operation | status
    let table = include_str!("parsing/status_codes.txt");
    for case in table.lines().filter(|line| !line.starts_with('#')) {
        let cells: Vec<&str> = case.split('|').map(str::trim).collect();
        let [profile, codes, operation, expected] = cells[..] else {
            assert!(case.trim().is_empty(), "{case}");
            continue;
        };
        let profile = Profile::load(profile, Path::new(".")).expect("a built-in profile");
        for code in codes.split(' ') {
            let code = if code == "empty" { "" } else { code };
            let read = profile.status_of(code, operation);
            let read = read.map_or("none".to_owned(), |status| {
                serde_json::to_value(status)
                    .expect("a name")
                    .as_str()
                    .unwrap_or_default()
                    .to_owned()
            });
            assert_eq!(read, expected, "{code} in {case}");
        }
    }
}
