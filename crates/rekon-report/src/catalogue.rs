//! Sentences that were written in English when something happened, as the reader's language says
//! them: reasons of rejected rows, of refused files, of quarantined mails, of failures. What is
//! stored stays as it is, and what the catalogue does not know is shown in English and marked.

use std::sync::LazyLock;

use super::labels::{Label, Language, fill};
use super::words;

const INDONESIAN: &str = include_str!("indonesian.txt");

/// Words of ours may stand in words of ours; nobody builds more than this.
const DEEPEST: usize = 6;

/// A sentence in both languages.
struct Sentence {
    english: Vec<Part>,
    indonesian: Vec<Part>,
    /// Letters that are the same in every use: of two sentences that fit, the one that says more
    /// is meant.
    said: usize,
}

#[derive(Debug)]
enum Part {
    Text(&'static str),
    Gap { name: &'static str, holds: Holds },
}

/// What may stand in a gap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Holds {
    Anything,
    /// Words that are translated in turn.
    Words,
    Number,
    OneWord,
    /// A day or an instant with an English month.
    Day,
}

impl Holds {
    fn takes(self, text: &str) -> bool {
        match self {
            Holds::Anything | Holds::Words | Holds::Day => true,
            Holds::Number => {
                let digit = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',');
                !text.is_empty() && text.chars().all(digit)
            }
            Holds::OneWord => !text.is_empty() && !text.contains(char::is_whitespace),
        }
    }
}

static SENTENCES: LazyLock<Vec<Sentence>> = LazyLock::new(|| {
    entries()
        .map(|(english, indonesian)| {
            let english = parts(english);
            let said = english.iter().map(|part| match part {
                Part::Text(text) => text.len(),
                Part::Gap { .. } => 0,
            });
            Sentence {
                said: said.sum(),
                indonesian: parts(indonesian),
                english,
            }
        })
        .collect()
});

/// Every English sentence with its Indonesian one, placeholders in braces.
pub fn entries() -> impl Iterator<Item = (&'static str, &'static str)> {
    let mut lines = INDONESIAN
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with("# "));
    std::iter::from_fn(move || Some((lines.next()?, lines.next()?)))
}

fn parts(sentence: &'static str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut rest = sentence;
    while let Some((before, gap, after)) = next_gap(rest) {
        if !before.is_empty() {
            parts.push(Part::Text(before));
        }
        parts.push(gap);
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest));
    }
    parts
}

fn next_gap(text: &'static str) -> Option<(&'static str, Part, &'static str)> {
    let (before, from) = text.split_once('{')?;
    let (gap, after) = from.split_once('}')?;
    let (name, holds) = match gap.as_bytes().last()? {
        b'*' => (&gap[..gap.len() - 1], Holds::Words),
        b'#' => (&gap[..gap.len() - 1], Holds::Number),
        b'!' => (&gap[..gap.len() - 1], Holds::OneWord),
        b'@' => (&gap[..gap.len() - 1], Holds::Day),
        _ => (gap, Holds::Anything),
    };
    Some((before, Part::Gap { name, holds }, after))
}

/// A stored sentence, or several lines of them, for a reader.
pub fn said(text: &str, language: Language) -> String {
    if language == Language::En || text.trim().is_empty() {
        return text.to_owned();
    }
    let mut foreign = Foreign::None;
    let lines: Vec<String> = text
        .split('\n')
        .map(|line| {
            let (said, rest) = sentence(line, DEEPEST);
            foreign = foreign.max(rest);
            said
        })
        .collect();
    let said = lines.join("\n");
    match foreign {
        Foreign::None => said,
        Foreign::Some => {
            // Behind the first line: the others may be left out.
            let mark = Label::InEnglish.text(language);
            match said.split_once('\n') {
                Some((first, rest)) => format!("{first} {mark}\n{rest}"),
                None => format!("{said} {mark}"),
            }
        }
    }
}

/// A reason of a resolution, or of a write-off, as the reader's language says it. Reasons that the
/// configuration names stay as it names them.
pub fn resolution(text: &str, language: Language) -> String {
    let said = |reason: &str| match language {
        Language::En => reason.to_owned(),
        Language::Id => entries()
            .find(|(english, _)| *english == reason)
            .map_or(reason, |(_, indonesian)| indonesian)
            .to_owned(),
    };
    match text.strip_prefix("write-off: ") {
        Some(reason) => fill(
            Label::WriteOffReason,
            language,
            &[("reason", &said(reason))],
        ),
        None => said(text),
    }
}

/// A reason as it is configured, from how a workbook in either language shows it.
pub fn configured_reason<'r>(shown: &str, reasons: &'r [String]) -> Option<&'r str> {
    let is_it = |reason: &&String| {
        [Language::Id, Language::En]
            .iter()
            .any(|language| resolution(reason, *language) == shown)
    };
    reasons.iter().find(is_it).map(String::as_str)
}

/// Whether a part of a sentence is not in the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Foreign {
    None,
    Some,
}

/// What stands around the text stays: indentation, and blanks between parts.
fn sentence(text: &str, depth: usize) -> (String, Foreign) {
    let core = text.trim();
    if core.is_empty() {
        return (text.to_owned(), Foreign::None);
    }
    let start = text.len() - text.trim_start().len();
    let (said, foreign) = core_sentence(core, depth);
    let end = start + core.len();
    (format!("{}{said}{}", &text[..start], &text[end..]), foreign)
}

fn core_sentence(text: &str, depth: usize) -> (String, Foreign) {
    if depth == 0 {
        return (text.to_owned(), Foreign::Some);
    }
    if let Some(said) = known(text, depth) {
        return said;
    }
    // What happened, and why: each may be known by itself.
    let chain = text
        .match_indices(": ")
        .find_map(|(at, _)| Some((known(&text[..at], depth)?, &text[at + 2..])));
    match chain {
        Some(((what, foreign), why)) => {
            let (why, more) = core_sentence(why, depth - 1);
            (format!("{what}: {why}"), foreign.max(more))
        }
        None if is_quoted(text) => (text.to_owned(), Foreign::None),
        None => listed(text, depth).unwrap_or((text.to_owned(), Foreign::Some)),
    }
}

/// Sentences that were put into one line, and what was counted.
fn listed(text: &str, depth: usize) -> Option<(String, Foreign)> {
    for between in [" hint: ", " fix: "] {
        if let Some((at, _)) = text.match_indices(between).next() {
            let (what, of_what) = core_sentence(&text[..at], depth - 1);
            let (how, of_how) = core_sentence(&text[at + 1..], depth - 1);
            return Some((format!("{what} {how}"), of_what.max(of_how)));
        }
    }
    for between in ["; ", ", "] {
        let pieces = text.split(between).map(|piece| known(piece, depth));
        let pieces: Option<Vec<(String, Foreign)>> = pieces.collect();
        if let Some(pieces) = pieces.filter(|pieces| pieces.len() > 1) {
            let foreign = pieces.iter().map(|(_, foreign)| *foreign).max();
            let said: Vec<String> = pieces.into_iter().map(|(said, _)| said).collect();
            return Some((said.join(between), foreign.unwrap_or(Foreign::None)));
        }
    }
    None
}

/// A value, which has no language: a number, or something in quotation marks.
fn is_quoted(text: &str) -> bool {
    let quoted = |mark: char| {
        let inner = text.strip_prefix(mark).and_then(|t| t.strip_suffix(mark));
        inner.is_some_and(|inner| !inner.contains(mark))
    };
    quoted('`') || quoted('"') || !text.contains(char::is_alphabetic)
}

/// The text as the catalogue's sentence that fits it and says most.
fn known(text: &str, depth: usize) -> Option<(String, Foreign)> {
    let mut best: Option<(&Sentence, Vec<(&str, &str)>)> = None;
    for sentence in SENTENCES.iter() {
        if best
            .as_ref()
            .is_some_and(|(one, _)| one.said >= sentence.said)
        {
            continue;
        }
        let mut found = Vec::new();
        if fits(&sentence.english, text, &mut found) {
            best = Some((sentence, found));
        }
    }
    let (sentence, found) = best?;
    let mut out = String::new();
    let mut foreign = Foreign::None;
    for part in &sentence.indonesian {
        match part {
            Part::Text(text) => out.push_str(text),
            Part::Gap { name, holds } => {
                let value = found.iter().find(|(known, _)| known == name);
                let value = value.map_or("", |(_, value)| *value);
                match holds {
                    Holds::Words => {
                        let (said, more) = self::sentence(value, depth - 1);
                        out.push_str(&said);
                        foreign = foreign.max(more);
                    }
                    Holds::Day => out.push_str(&words::months(value, Language::Id)),
                    Holds::Anything | Holds::Number | Holds::OneWord => out.push_str(value),
                }
            }
        }
    }
    Some((out, foreign))
}

/// Whether the text is this sentence, and what stands in its gaps: as little as possible in each.
fn fits<'t>(parts: &[Part], text: &'t str, found: &mut Vec<(&'static str, &'t str)>) -> bool {
    match parts {
        [] => text.is_empty(),
        [Part::Text(wanted), rest @ ..] => match text.strip_prefix(wanted) {
            Some(text) => fits(rest, text, found),
            None => false,
        },
        [Part::Gap { name, holds }] => {
            found.push((name, text));
            holds.takes(text)
        }
        [Part::Gap { name, holds }, rest @ ..] => {
            let Some(Part::Text(next)) = rest.first() else {
                return false;
            };
            let before = found.len();
            for (at, _) in text.match_indices(next) {
                if !holds.takes(&text[..at]) {
                    continue;
                }
                found.truncate(before);
                found.push((name, &text[..at]));
                if fits(rest, &text[at..], found) {
                    return true;
                }
            }
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn gaps(parts: &[Part]) -> Vec<(&'static str, Holds)> {
        let gap = |part: &Part| match part {
            Part::Text(_) => None,
            Part::Gap { name, holds } => Some((*name, *holds)),
        };
        parts.iter().filter_map(gap).collect()
    }

    #[test]
    fn both_languages_have_the_same_gaps_and_no_sentence_stands_twice() {
        let mut seen = BTreeSet::new();
        for (english, indonesian) in entries() {
            assert!(seen.insert(english), "twice: {english}");
            let (of, to) = (gaps(&parts(english)), gaps(&parts(indonesian)));
            let names: BTreeSet<_> = of.iter().map(|gap| gap.0).collect();
            assert_eq!(names.len(), of.len(), "a gap twice: {english}");
            assert_eq!(
                of.iter()
                    .map(|gap| (gap.0, gap.1 as u8))
                    .collect::<BTreeSet<_>>(),
                to.iter().map(|gap| (gap.0, gap.1 as u8)).collect(),
                "{english}\n{indonesian}"
            );
            let adjoin = parts(english)
                .windows(2)
                .any(|two| matches!(two, [Part::Gap { .. }, Part::Gap { .. }]));
            assert!(!adjoin, "nothing tells these gaps apart: {english}");
        }
        assert!(seen.len() > 200);
    }

    #[track_caller]
    fn check(english: &str, indonesian: &str) {
        assert_eq!(said(english, Language::Id), indonesian);
        assert_eq!(said(english, Language::En), english);
    }

    #[test]
    fn sentences_are_found_by_their_words_and_keep_their_values() {
        check("the amount is empty", "nominal kosong");
        check(
            "unknown operation `row {x}: fix`; add it to [[operation.map]] in the profile with its kind",
            "operasi `row {x}: fix` tidak dikenal; tambahkan ke [[operation.map]] pada profil beserta jenisnya",
        );
        check(
            "`a.zip` is locked\n  fix: set `password` on the source, e.g. password = \"env:REPORT_PASSWORD\"",
            "`a.zip` terkunci\n  perbaikan: atur `password` pada sumbernya, mis. password = \"env:REPORT_PASSWORD\"",
        );
        check(
            "none of the 12 rows can be read; 7 of them because: not a time of day\n  first: row 3, column `Time`, value `25:00`\n  fix: the layout differs from the profile; run `rekon inspect` on the file",
            "tidak satu pun dari 12 baris dapat dibaca; 7 di antaranya karena: bukan jam yang benar\n  yang pertama: baris 3, kolom `Time`, nilai `25:00`\n  perbaikan: tata letaknya berbeda dari profil; jalankan `rekon inspect` pada berkas itu",
        );
        check(
            "ovo: ovo.csv was not taken in: `ovo.csv` cannot be unpacked: it is a RAR archive",
            "ovo: ovo.csv tidak diambil: `ovo.csv` tidak dapat diekstrak: ini arsip RAR",
        );
    }

    #[test]
    fn what_is_not_known_stays_english_and_is_marked() {
        check(
            "the moon is full",
            "the moon is full (dalam bahasa Inggris)",
        );
        check(
            "the workbook cannot be read: invalid Zip archive: no EOCD\n  fix: it was cut or damaged on its way; fetch it again, or open it and save it as .xlsx",
            "berkas Excel tidak dapat dibaca: invalid Zip archive: no EOCD (dalam bahasa Inggris)\n  perbaikan: berkas terpotong atau rusak saat dikirim; unduh ulang, atau buka di Excel lalu simpan sebagai .xlsx",
        );
        // A sentence that only begins like a known one is not that one.
        check(
            "row 5 is out of tune",
            "row 5 is out of tune (dalam bahasa Inggris)",
        );
        check("", "");
        check("12", "12");
    }
}
