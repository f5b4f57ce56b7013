//! Words of a sentence that are built alike in many of them, whatever marks they hold inside:
//! `INV-20261118-0001`, `QR/ab12cd34`. Which of them is a reference is a question.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use super::Inside;
use crate::propose::stamps::StampTally;
use crate::propose::words;

/// Kinds of words that are looked at on every row.
const KINDS: usize = 4;

/// How a word is built. Two words built alike have the same letters in the same places.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Piece {
    Mark(char),
    Letters(String),
    Digits,
    /// Letters and digits in any order.
    Mixed,
}

/// Sentences that hold such a word once, and how long each of its pieces is.
#[derive(Default)]
struct Seen {
    sentences: usize,
    lengths: Vec<(usize, usize)>,
}

pub(super) fn of(column: usize, told: &[String]) -> Vec<Inside> {
    let mut kinds: BTreeMap<Vec<Piece>, Seen> = BTreeMap::new();
    for text in told {
        let mut once: BTreeMap<Vec<Piece>, (usize, Vec<usize>)> = BTreeMap::new();
        for (pieces, lengths) in words_of(text) {
            once.entry(pieces).or_insert((0, lengths)).0 += 1;
        }
        for (pieces, (times, lengths)) in once {
            // A pattern that fits twice would have to choose.
            if times != 1 {
                continue;
            }
            let seen = kinds.entry(pieces).or_default();
            seen.sentences += 1;
            if seen.lengths.is_empty() {
                seen.lengths = lengths.iter().map(|length| (*length, *length)).collect();
            }
            for (known, length) in seen.lengths.iter_mut().zip(lengths) {
                *known = (known.0.min(length), known.1.max(length));
            }
        }
    }
    let often =
        |(_, seen): &(Vec<Piece>, Seen)| seen.sentences > 1 && seen.sentences * 10 >= told.len();
    let mut kinds: Vec<(Vec<Piece>, Seen)> = kinds.into_iter().filter(often).collect();
    kinds.sort_by_key(|(pieces, seen)| std::cmp::Reverse((seen.sentences, pieces.len())));
    kinds.truncate(KINDS);
    kinds
        .into_iter()
        .map(|(pieces, seen)| inside(column, &pieces, &seen.lengths))
        .collect()
}

fn inside(column: usize, pieces: &[Piece], lengths: &[(usize, usize)]) -> Inside {
    let mut token = String::new();
    for (piece, (shortest, longest)) in pieces.iter().zip(lengths) {
        let times = match shortest == longest {
            true => format!("{{{shortest}}}"),
            false => format!("{{{shortest},{longest}}}"),
        };
        match piece {
            Piece::Mark(mark) => token.push_str(&regex::escape(&mark.to_string())),
            Piece::Letters(letters) => token.push_str(&regex::escape(letters)),
            Piece::Digits => token.push_str(&format!(r"\d{times}")),
            Piece::Mixed => token.push_str(&format!("[A-Za-z0-9]{times}")),
        }
    }
    let prefix = pieces.iter().find_map(|piece| match piece {
        Piece::Letters(letters) => Some(letters.clone()),
        _ => None,
    });
    Inside {
        column,
        before: r"\b".to_owned(),
        token,
        after: r"\b".to_owned(),
        prefix: prefix.unwrap_or_default(),
        example: (0, String::new()),
        rows: 0,
        found: 0,
        repeated: None,
        side: None,
        is_doubtful: true,
        without: None,
    }
}

/// The words of a text that could be references, by their pieces and the lengths of these.
fn words_of(text: &str) -> Vec<(Vec<Piece>, Vec<usize>)> {
    static WORD: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"[A-Za-z0-9]+(?:[-/_.#][A-Za-z0-9]+)*").ok());
    let Some(word) = WORD.as_ref() else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for part in text.split_whitespace() {
        // Addresses and links hold words that look like references.
        if part.contains('@') || part.contains("://") {
            continue;
        }
        for word in word.find_iter(part) {
            if could_be_reference(word.as_str()) {
                found.push(pieces_of(word.as_str()));
            }
        }
    }
    found
}

fn could_be_reference(word: &str) -> bool {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let is_one = (6..=64).contains(&word.len())
        && digits >= 3
        && word.bytes().any(|letter| letter.is_ascii_alphabetic());
    if !is_one || words::could_be_phone(word) {
        return false;
    }
    // `18-Nov-2026`, `Rp25.000`.
    let mut stamp = StampTally::default();
    stamp.add(0, word, chrono_tz::Asia::Jakarta);
    let amount = ["rp", "idr"].iter().any(|mark| {
        let lower = word.to_ascii_lowercase();
        lower
            .strip_prefix(mark)
            .is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit() || b == b'.'))
    });
    stamp.read == 0 && !amount
}

fn pieces_of(word: &str) -> (Vec<Piece>, Vec<usize>) {
    let (mut pieces, mut lengths) = (Vec::new(), Vec::new());
    let mut add = |piece: Piece, length: usize| {
        pieces.push(piece);
        lengths.push(length);
    };
    let mut rest = word;
    while !rest.is_empty() {
        let end = rest
            .find(|c: char| !c.is_ascii_alphanumeric())
            .unwrap_or(rest.len());
        let (part, behind) = rest.split_at(end);
        let letters = part
            .find(|c: char| !c.is_ascii_alphabetic())
            .unwrap_or(part.len());
        let (head, tail) = part.split_at(letters);
        // `WS95031` is letters and a number; `ab12cd34` is one run of both.
        if tail.bytes().all(|b| b.is_ascii_digit()) {
            if !head.is_empty() {
                add(Piece::Letters(head.to_owned()), head.len());
            }
            if !tail.is_empty() {
                add(Piece::Digits, tail.len());
            }
        } else {
            add(Piece::Mixed, part.len());
        }
        let mut marks = behind.chars();
        if let Some(mark) = marks.next() {
            add(Piece::Mark(mark), 1);
        }
        rest = marks.as_str();
    }
    (pieces, lengths)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_built_alike_are_one_kind() {
        let told = |texts: &[&str]| -> Vec<String> {
            let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
            of(0, &texts).into_iter().map(|one| one.token).collect()
        };
        for (texts, expected) in [
            (
                &[
                    "bayar INV-20261118-0001 lunas",
                    "bayar INV-20261118-0002 lunas",
                ][..],
                r"INV\-\d{8}\-\d{4}",
            ),
            (
                &["QR/ab12cd01x ok", "QR/zz98yx7 ok"],
                r"QR/[A-Za-z0-9]{7,9}",
            ),
            (
                &["ORDER#A12-3456 x", "ORDER#A9-777 x"],
                r"ORDER\#A\d{1,2}\-\d{3,4}",
            ),
            // No references: a phone, a date, an amount, an address, words that occur once.
            (&["hp 081200001234 x", "hp 081200001235 x"], ""),
            (&["tgl 18-Nov-2026 x", "tgl 19-Nov-2026 x"], ""),
            (&["senilai Rp25.000 x", "senilai Rp26.000 x"], ""),
            (&["ke a1234@toko.id x", "ke a1235@toko.id x"], ""),
            (&["INV-0001 dan INV-0002", "INV-0003 dan INV-0004"], ""),
        ] {
            assert_eq!(told(texts).concat(), expected, "{texts:?}");
        }
    }
}
