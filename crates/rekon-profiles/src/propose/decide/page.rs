//! Printed reports: what stands on every page and is no row.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use super::super::draft::{Draft, Section, pattern};
use super::super::numbers::count;
use super::super::words::masked;
use super::Known;

pub(super) fn section(known: &Known<'_>, draft: &mut Draft) {
    if !known.facts.is_text {
        return;
    }
    let mut again: BTreeMap<usize, u64> = BTreeMap::new();
    let mut drawn = 0;
    for sheet in &known.facts.alike {
        let sheet = &known.facts.sheets[*sheet];
        drawn += sheet.drawn;
        for (line, times) in &sheet.page_heads {
            *again.entry(*line).or_default() += times;
        }
    }
    if again.is_empty() && drawn == 0 {
        return;
    }
    let mut section = Section::new("[page]", "page");
    if drawn > 0 {
        section.note(format!(
            "{} line(s) of dashes below the header are no rows: under [page] rekon passes over such lines.",
            count(drawn)
        ));
    }
    let separator = char::from(known.source.separator()).to_string();
    let mut heads = Vec::new();
    let mut told = Vec::new();
    let mut number = None;
    for (at, times) in &again {
        let Some(line) = known.table.above.get(*at) else {
            continue;
        };
        let text = line.cells.join(&separator);
        let head = pattern(&head_of(&text));
        if !heads.contains(&head) {
            heads.push(head);
        }
        told.push(format!(
            "row {}: `{}`, {} more time(s) below",
            line.row,
            masked(text.trim()),
            count(*times)
        ));
        if number.is_none() {
            number = number_of(&text).map(|found| (line.row, found));
        }
    }
    section.set(
        "head",
        format!("[{}]", heads.join(", ")),
        match told.is_empty() {
            true => "nothing above the header is repeated".to_owned(),
            false => told.join("; "),
        },
    );
    if let Some((row, (shown, rule))) = number {
        section.set(
            "number",
            pattern(&rule),
            format!("row {row} says `{shown}`; a file in which a page is missing is refused"),
        );
    }
    draft.sections.push(section);
}

/// The words a line begins with; all of it, where it begins with none.
fn head_of(text: &str) -> String {
    let label: Vec<&str> = text
        .split(|c: char| c.is_ascii_digit() || c == ':')
        .next()
        .unwrap_or_default()
        .split_whitespace()
        .take(3)
        .collect();
    let letters = label.iter().flat_map(|word| word.chars());
    if letters.filter(|letter| letter.is_alphabetic()).count() >= 3 {
        let words: Vec<String> = label.iter().map(|word| regex::escape(word)).collect();
        return format!(r"^\s*{}", words.join(r"\s+"));
    }
    let words: Vec<String> = text
        .split_whitespace()
        .map(|word| {
            let mut parts = Vec::new();
            for (index, part) in word.split(|c: char| c.is_ascii_digit()).enumerate() {
                if index > 0 && parts.last().is_none_or(|last| last != r"\d+") {
                    parts.push(r"\d+".to_owned());
                }
                if !part.is_empty() {
                    parts.push(regex::escape(part));
                }
            }
            parts.concat()
        })
        .collect();
    format!(r"^\s*{}\s*$", words.join(r"\s+"))
}

/// What the line says about its page, and the rule that reads it.
fn number_of(text: &str) -> Option<(String, String)> {
    const NUMBER: &str = r"\s*:?\s*(?P<page>\d+)(?:\s*(?:/|dari|of)\s*(?P<pages>\d+))?";
    static PAGE: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(&format!(
            r"(?i)\b(?P<word>halaman|hal|page|pg|lembar)\b\.?{NUMBER}"
        ))
        .ok()
    });
    let found = PAGE.as_ref()?.captures(text)?;
    let word = found.name("word")?.as_str();
    Some((
        found.get(0)?.as_str().to_owned(),
        format!(r"(?i)\b{word}\b\.?{NUMBER}"),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_known_by_its_words() {
        for (line, expected) in [
            (
                " PT CONTOH     LAPORAN  HAL : 1/3",
                r"^\s*PT\s+CONTOH\s+LAPORAN",
            ),
            ("TANGGAL : 18/11/26", r"^\s*TANGGAL"),
            ("18/11/26 08:00", r"^\s*\d+/\d+/\d+\s+\d+:\d+\s*$"),
        ] {
            assert_eq!(head_of(line), expected, "{line}");
        }
        for (line, expected) in [
            ("PT CONTOH HAL : 1/3", Some("HAL : 1/3")),
            ("Page 2 of 3", Some("Page 2 of 3")),
            ("TANGGAL : 18/11/26", None),
        ] {
            let found = number_of(line).map(|(shown, _)| shown);
            assert_eq!(found.as_deref(), expected, "{line}");
        }
    }
}
