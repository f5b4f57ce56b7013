//! Proposed profiles. A case is a file in `tests/it/propose/`; the text proposed for it stands in
//! `<file>.proposal.toml` (or why none is, in `<file>.refused.txt`). Where `<file>.answers` holds
//! the answers to its questions, the answered text must read the file as `<file>.expected` says.
//! `REKON_BLESS=1 cargo test --test it propose` writes what is missing or has changed: read it
//! asking whether you would pay refunds on it.

mod workbooks;

use std::fs;
use std::path::{Path, PathBuf};

use rekon::profiles::propose::Survey;
use rekon::profiles::{self, AmountBasis, Limits, Profile, ReadOptions};

const BESIDE: [&str; 4] = [".proposal.toml", ".refused.txt", ".answers", ".expected"];

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/propose")
}

/// Every case with its bytes: files as they are, workbooks as they are built.
fn cases() -> Vec<(String, Vec<u8>)> {
    let mut cases: Vec<(String, Vec<u8>)> = workbooks::generate();
    for entry in fs::read_dir(directory()).expect("the cases") {
        let path = entry.expect("a case").path();
        let name = path
            .file_name()
            .expect("a name")
            .to_str()
            .expect("a plain name")
            .to_owned();
        if !name.ends_with(".rs") && !BESIDE.iter().any(|end| name.ends_with(end)) {
            cases.push((name, fs::read(&path).expect("a case")));
        }
    }
    cases.sort();
    cases
}

fn compare(name: &str, ending: &str, read: &str, failures: &mut Vec<String>) {
    let path = directory().join(format!("{name}{ending}"));
    let expected = fs::read_to_string(&path).unwrap_or_default();
    if expected == read {
        return;
    }
    if std::env::var_os("REKON_BLESS").is_some() {
        fs::write(&path, read).expect("the expectation is written");
    } else {
        failures.push(format!(
            "{name}{ending}: expected\n{expected}\nproposed\n{read}"
        ));
    }
}

/// The proposal with its questions answered. Each line of the answers is a line that `#?` offers,
/// looked for below the answer before it; `old => new` replaces a line, `@ line` moves below one.
fn answered(proposal: &str, answers: &str) -> String {
    let mut lines: Vec<String> = proposal.lines().map(str::to_owned).collect();
    let mut at = 0;
    for answer in answers
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with("# "))
    {
        let find = |from: usize, test: &dyn Fn(&str) -> bool| {
            let found = lines
                .iter()
                .enumerate()
                .skip(from)
                .find(|(_, line)| test(line));
            found
                .map(|(index, _)| index)
                .unwrap_or_else(|| panic!("nothing offers: {answer}\n{proposal}"))
        };
        if let Some(place) = answer.strip_prefix("@ ") {
            at = find(0, &|line| line.starts_with(place)) + 1;
        } else if let Some((old, new)) = answer.split_once(" => ") {
            at = find(at, &|line| line == old);
            lines[at] = new.to_owned();
        } else {
            let offered = format!("#? {answer}");
            at = find(at, &|line| {
                line == offered || line.starts_with(&format!("{offered}   #"))
            });
            lines[at] = answer.to_owned();
        }
    }
    lines.join("\n") + "\n"
}

fn options() -> ReadOptions {
    ReadOptions {
        zone: chrono_tz::Asia::Jakarta,
        amount_basis: AmountBasis::Gross,
        limits: Limits::default(),
    }
}

#[test]
fn every_layout_is_proposed_as_written_beside_it() {
    let mut failures = Vec::new();
    let (mut proposed, mut answered_cases) = (0, 0);
    for (name, bytes) in cases() {
        let survey = Survey::of(&bytes, &name, chrono_tz::Asia::Jakarta);
        let proposal = match survey.and_then(|survey| survey.propose(None)) {
            Ok(proposal) => proposal,
            Err(fault) => {
                compare(&name, ".refused.txt", &format!("{fault}\n"), &mut failures);
                continue;
            }
        };
        proposed += 1;
        compare(&name, ".proposal.toml", &proposal.toml, &mut failures);
        toml::from_str::<toml::Table>(&proposal.toml)
            .unwrap_or_else(|error| panic!("{name}: {error}\n{}", proposal.toml));
        check_refusal(&name, &bytes, &proposal);
        let answers = fs::read_to_string(directory().join(format!("{name}.answers")));
        let Ok(answers) = answers else { continue };
        answered_cases += 1;
        let text = answered(&proposal.toml, &answers);
        let profile =
            Profile::parse(&text, &name).unwrap_or_else(|error| panic!("{name}: {error}\n{text}"));
        let read = match profiles::read(&bytes, &name, &profile, &options()) {
            Ok(file) => profiles::expected_parse(&file),
            Err(fault) => format!("refused {fault}\n"),
        };
        compare(&name, ".expected", &read, &mut failures);
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n\n"));
    assert!(proposed >= 15, "{proposed} layouts");
    assert!(answered_cases >= 12, "{answered_cases} answered");
}

/// While a question is open nothing is read: the text is refused, or the file is, and what is
/// missing is named.
#[track_caller]
fn check_refusal(name: &str, bytes: &[u8], proposal: &profiles::propose::Proposal) {
    if proposal.questions.is_empty() {
        return;
    }
    let error = match Profile::parse(&proposal.toml, name) {
        Err(error) => error.to_string(),
        Ok(profile) => match profiles::read(bytes, name, &profile, &options()) {
            Err(fault) => fault.to_string(),
            Ok(_) => panic!("{name}: read with open questions\n{}", proposal.toml),
        },
    };
    // An empty value is refused by its line, which says the key.
    let line = error
        .split_once("line ")
        .and_then(|(_, rest)| rest.split(':').next()?.parse::<usize>().ok())
        .and_then(|line| proposal.toml.lines().nth(line - 1));
    let error = format!("{error}\n{}", line.unwrap_or_default());
    let named = proposal.questions.iter().any(|question| {
        let last = question.key.rsplit('.').next().unwrap_or_default();
        error.contains(last)
    });
    assert!(named, "{name}: {error}");
}

/// Every question alone keeps a text from being read: all others answered, it is still refused.
#[test]
fn no_question_can_be_left_out() {
    for (name, bytes) in cases() {
        let answers = fs::read_to_string(directory().join(format!("{name}.answers")));
        let (Ok(answers), Ok(survey)) =
            (answers, Survey::of(&bytes, &name, chrono_tz::Asia::Jakarta))
        else {
            continue;
        };
        let proposal = survey.propose(None).expect("a proposal");
        let given: Vec<&str> = answers
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with("# "))
            .collect();
        for left_out in 0..given.len() {
            if given[left_out].starts_with("@ ") {
                continue;
            }
            let kept: Vec<&str> = (0..given.len())
                .filter(|at| *at != left_out)
                .map(|at| given[at])
                .collect();
            let text = answered(&proposal.toml, &kept.join("\n"));
            let read = Profile::parse(&text, &name)
                .map_err(|error| error.to_string())
                .and_then(|profile| {
                    profiles::read(&bytes, &name, &profile, &options())
                        .map_err(|fault| fault.to_string())
                });
            assert!(
                read.is_err(),
                "{name}: read without the answer `{}`",
                given[left_out]
            );
        }
    }
}

#[test]
fn no_file_stands_without_its_case() {
    let cases: Vec<String> = cases().into_iter().map(|(name, _)| name).collect();
    for entry in fs::read_dir(directory()).expect("the cases") {
        let name = entry.expect("a file").file_name();
        let name = name.to_str().expect("a plain name");
        let stem = BESIDE.iter().find_map(|end| name.strip_suffix(end));
        assert!(
            stem.is_none_or(|stem| cases.iter().any(|case| case == stem)),
            "{name} belongs to no case"
        );
    }
}
