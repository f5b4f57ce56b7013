//! Every reason that finance or ops may read has its Indonesian sentence: the sources of those who
//! write reasons are read, and what was really refused in the samples is translated whole.

use std::collections::BTreeSet;
use std::fs;
use std::str::FromStr;

use proc_macro2::{TokenStream, TokenTree};
use rekon::report::catalogue::{entries, said};
use rekon::report::labels::Language;

use crate::harness::repository;

/// Who writes reasons: every sentence in these files is in the catalogue, or in the list of those
/// that no report shows.
const PRODUCERS: [&str; 54] = [
    "crates/rekon-domain/src/key.rs",
    "crates/rekon-domain/src/money.rs",
    "crates/rekon-domain/src/stamp.rs",
    "crates/rekon-ledger/src/row.rs",
    "crates/rekon-profiles/src/admission.rs",
    "crates/rekon-profiles/src/admission/dates.rs",
    "crates/rekon-profiles/src/admission/overlap.rs",
    "crates/rekon-profiles/src/admission/unread.rs",
    "crates/rekon-profiles/src/controls.rs",
    "crates/rekon-profiles/src/delimited.rs",
    "crates/rekon-profiles/src/fault.rs",
    "crates/rekon-profiles/src/fixed.rs",
    "crates/rekon-profiles/src/intake.rs",
    "crates/rekon-profiles/src/intake/pages.rs",
    "crates/rekon-profiles/src/intake/refusal.rs",
    "crates/rekon-profiles/src/intake/seen.rs",
    "crates/rekon-profiles/src/lib.rs",
    "crates/rekon-profiles/src/row.rs",
    "crates/rekon-profiles/src/row/amounts.rs",
    "crates/rekon-profiles/src/row/checks.rs",
    "crates/rekon-profiles/src/shape.rs",
    "crates/rekon-profiles/src/shape/change.rs",
    "crates/rekon-profiles/src/sides.rs",
    "crates/rekon-profiles/src/statements.rs",
    "crates/rekon-profiles/src/unpack.rs",
    "crates/rekon-profiles/src/unpack/decrypt.rs",
    "crates/rekon-profiles/src/unpack/directory.rs",
    "crates/rekon-profiles/src/unpack/locked.rs",
    "crates/rekon-profiles/src/unpack/ole.rs",
    "crates/rekon-profiles/src/workbook.rs",
    "crates/rekon-profiles/src/workbook/ods.rs",
    "crates/rekon-profiles/src/workbook/records.rs",
    "crates/rekon-profiles/src/workbook/xls.rs",
    "src/run/accept.rs",
    "src/run/alert.rs",
    "src/run/collect.rs",
    "src/run/collect/admit.rs",
    "src/run/collect/held.rs",
    "src/run/collect/mailbox.rs",
    "src/run/ends.rs",
    "src/run/notice.rs",
    "src/run/plan.rs",
    "src/run/revisions.rs",
    "crates/rekon-sources/src/folder.rs",
    "crates/rekon-sources/src/mailbox/attachments.rs",
    "crates/rekon-sources/src/mailbox/attachments/mime.rs",
    "crates/rekon-sources/src/mailbox/attachments/name.rs",
    "crates/rekon-sources/src/mailbox/attachments/zip.rs",
    "crates/rekon-sources/src/mailbox/authenticity.rs",
    "crates/rekon-sources/src/mailbox/authenticity/claim.rs",
    "crates/rekon-sources/src/mailbox/authenticity/likeness.rs",
    "crates/rekon-sources/src/mailbox/authenticity/results.rs",
    "crates/rekon-sources/src/mailbox/header.rs",
    "crates/rekon-sources/src/mailbox/header/address.rs",
];

/// Of these the errors themselves; what a server or a driver answered stays as it said it.
const FAILURES: [&str; 3] = [
    "crates/rekon-ledger/src/lib.rs",
    "crates/rekon-sources/src/mailbox/session.rs",
    "crates/rekon-sources/src/sftp/fault.rs",
];

/// Sentences that no report shows, or that stand in the catalogue as parts of whole ones.
const ELSEWHERE: &str = include_str!("catalogue/elsewhere.txt");

/// String literals of a file outside its tests, of what it logs and of its comments.
fn literals(stream: TokenStream, found: &mut Vec<String>, only_errors: bool) {
    let tokens: Vec<TokenTree> = stream.into_iter().collect();
    let word = |at: usize, wanted: &[&str]| matches!(tokens.get(at), Some(TokenTree::Ident(word)) if wanted.contains(&&*word.to_string()));
    let group = |at: usize| match tokens.get(at) {
        Some(TokenTree::Group(group)) => Some(group.stream()),
        _ => None,
    };
    let mut at = 0;
    while at < tokens.len() {
        let text = tokens[at].to_string();
        if text == "#" {
            // Of a whole file: `#![doc = "…"]`.
            at += usize::from(
                tokens
                    .get(at + 1)
                    .is_some_and(|next| next.to_string() == "!"),
            );
            let attribute = group(at + 1).map(|inner| inner.to_string().replace(' ', ""));
            let attribute = attribute.unwrap_or_default();
            if attribute.starts_with("cfg(test)") && word(at + 2, &["mod"]) {
                at += 5;
                continue;
            }
            if attribute.starts_with("error(") {
                literals(group(at + 1).unwrap_or_default(), found, false);
            }
            at += 2;
            continue;
        }
        // A log is written in English, and a panic has no reader.
        let logs = ["tracing", "warn", "info", "debug", "error", "trace"];
        if word(at, &logs)
            && tokens
                .get(at + 1)
                .is_some_and(|next| next.to_string() == "!")
            || word(at, &["expect", "assert", "debug_assert", "unreachable"])
        {
            at += 1;
            while at < tokens.len() && group(at).is_none() {
                at += 1;
            }
            at += 1;
            continue;
        }
        match &tokens[at] {
            TokenTree::Group(group) => {
                literals(group.stream(), found, only_errors);
            }
            TokenTree::Literal(_) if !only_errors => found.extend(unquoted(&text)),
            _ => {}
        }
        at += 1;
    }
}

/// What a string literal says; nothing for other literals.
fn unquoted(literal: &str) -> Option<String> {
    if let Some(raw) = literal.strip_prefix('r') {
        let raw = raw.trim_matches('#');
        return Some(raw.strip_prefix('"')?.strip_suffix('"')?.to_owned());
    }
    let quoted = literal.strip_prefix('"')?.strip_suffix('"')?;
    let mut text = String::new();
    let mut letters = quoted.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            text.push(letter);
            continue;
        }
        match letters.next()? {
            'n' => text.push('\n'),
            't' => text.push('\t'),
            '\n' => while letters.next_if(|next| next.is_whitespace()).is_some() {},
            other => text.push(other),
        }
    }
    Some(text)
}

/// A sentence with its gaps emptied: how a producer names what it fills in, and how the catalogue
/// does, is the same.
fn skeleton(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        rest = match after.strip_prefix('{') {
            Some(rest) => rest,
            None => after.split_once('}').map_or("", |(_, rest)| rest),
        };
        if !out.ends_with("{}") {
            out.push_str("{}");
        }
    }
    out.push_str(rest);
    out.trim().to_owned()
}

/// Words in a row: keys, names of fields and SQL are none.
fn is_prose(text: &str) -> bool {
    let words = |text: &str| text.chars().filter(|c| c.is_alphabetic()).count() > 1;
    text.split([' ', ',']).filter(|word| words(word)).count() > 1
}

#[test]
fn every_reason_has_its_translation() {
    let known: BTreeSet<String> = entries().map(|(english, _)| skeleton(english)).collect();
    let elsewhere: BTreeSet<String> = ELSEWHERE
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with("# "))
        .map(|line| skeleton(&line.replace("\\n", "\n")))
        .collect();
    let mut missing = Vec::new();
    let mut said_by_somebody = BTreeSet::new();
    let files = PRODUCERS.iter().map(|file| (file, false));
    for (file, only_errors) in files.chain(FAILURES.iter().map(|file| (file, true))) {
        let text = fs::read_to_string(repository().join(file)).expect(file);
        let stream = TokenStream::from_str(&text).expect(file);
        let mut found = Vec::new();
        literals(stream, &mut found, only_errors);
        for literal in found {
            for line in literal.lines() {
                let line = line.trim_start();
                let behind = ["fix: ", "hint: ", "note: ", "found: "];
                let line = behind
                    .iter()
                    .find_map(|one| line.strip_prefix(one))
                    .unwrap_or(line);
                let bare = skeleton(line);
                said_by_somebody.insert(bare.clone());
                if is_prose(&bare.replace("{}", " "))
                    && !known.contains(&bare)
                    && !elsewhere.contains(&bare)
                {
                    missing.push(format!("{file}: {line}"));
                }
            }
        }
    }
    assert!(
        missing.is_empty(),
        "say these in crates/rekon-report/src/indonesian.txt (or, if no report shows them, name them in \
         tests/it/catalogue/elsewhere.txt):\n{}",
        missing.join("\n")
    );
    let gone: Vec<&String> = elsewhere.difference(&said_by_somebody).collect();
    assert!(gone.is_empty(), "nobody says these any more: {gone:#?}");
}

/// Reasons as the readers of real files and mails gave them.
fn reasons_of_the_samples() -> Vec<(String, String)> {
    let mut reasons = Vec::new();
    for path in crate::harness::files_below(&repository().join("tests/it/parsing")) {
        let name = path.display().to_string();
        // What is wrong with a profile is told to whoever writes it.
        if name.contains("/profile_") {
            continue;
        }
        let text = |path| fs::read_to_string(path).expect("a sample's expectation");
        if name.ends_with(".expected.txt") {
            reasons.push((name, text(&path)));
        } else if name.ends_with(".expected.json") {
            let json: serde_json::Value = serde_json::from_str(&text(&path)).expect("JSON");
            let rejected = json["rejected"].as_array().cloned().unwrap_or_default();
            for row in rejected {
                let reason = row["reason"].as_str().expect("a reason").to_owned();
                reasons.push((name.clone(), reason));
            }
        }
    }
    reasons
}

#[test]
fn what_the_samples_were_refused_for_is_said_whole() {
    let reasons = reasons_of_the_samples();
    assert!(reasons.len() > 40, "{}", reasons.len());
    let mark = "(dalam bahasa Inggris)";
    let told = |reason: &str| said(reason.trim_end(), Language::Id);
    let partly: Vec<String> = reasons
        .iter()
        .filter(|(_, reason)| told(reason).contains(mark))
        .map(|(name, reason)| format!("{name}:\n{reason}\n→ {}", told(reason)))
        .collect();
    assert!(partly.is_empty(), "{}", partly.join("\n\n"));
    let all: BTreeSet<String> = reasons
        .iter()
        .map(|(_, reason)| format!("{}\n→ {}\n", reason.trim_end(), told(reason)))
        .collect();
    let all: Vec<String> = all.into_iter().collect();
    insta::assert_snapshot!("reasons", all.join("\n"));
}
