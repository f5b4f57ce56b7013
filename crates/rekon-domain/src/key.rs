//! The provider's reference that pairs a settlement entry with a ledger entry.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// One part of a channel's key, as its profile declares it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct KeyField {
    pub name: String,
    pub spelling: Spelling,
}

/// What makes two spellings of a key part the same reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Spelling {
    /// Every character counts.
    Text,
    /// `000001`, `1` and `1.0` are one number: leading zeros and an empty fraction are lost.
    Numeric,
    /// Letter case, kinds of hyphens and blanks, characters that nobody sees and the letter O for a zero do
    /// not count: `tx‑1O05` and `TX-1005` are one.
    TextFolded,
}

/// Why a cell cannot serve as part of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyFault {
    #[error("the reference is empty")]
    Empty,
    /// A spreadsheet turned the reference into a rounded number; its last digits are gone.
    #[error("a spreadsheet rounded this reference; its last digits are lost")]
    Damaged,
    #[error("the reference is longer than {} characters", MAX_PART)]
    TooLong,
}

/// The longest key part accepted from outside, in bytes.
pub const MAX_PART: usize = 256;

/// Brings one key part to its comparable spelling.
pub fn normalise(text: &str, spelling: Spelling) -> Result<Cow<'_, str>, KeyFault> {
    // Nearly every reference is a plain run of digits.
    let plain = (1..=MAX_PART).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    if plain {
        return Ok(Cow::Borrowed(match spelling {
            Spelling::Numeric if text.starts_with('0') => strip_number(text),
            _ => text,
        }));
    }
    let text = text.trim_matches([' ', '\t', '\u{a0}']);
    if text.is_empty() {
        return Err(KeyFault::Empty);
    }
    if text.len() > MAX_PART {
        return Err(KeyFault::TooLong);
    }
    if is_rounded(text) {
        return Err(KeyFault::Damaged);
    }
    match spelling {
        Spelling::Text => Ok(Cow::Borrowed(text)),
        Spelling::Numeric => Ok(Cow::Borrowed(strip_number(text))),
        Spelling::TextFolded => match folded(text) {
            folded if folded.is_empty() => Err(KeyFault::Empty),
            folded => Ok(Cow::Owned(folded)),
        },
    }
}

/// A reference as people see it: what differs only in letter case, in kinds of hyphens and blanks, in
/// characters that nobody sees, in letters that look alike or in O for 0 is equal.
pub fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{180e}' => {}
            c if c.is_control() => {}
            '\u{2010}'..='\u{2015}'
            | '\u{2043}'
            | '\u{2212}'
            | '\u{fe58}'
            | '\u{fe63}'
            | '\u{ff0d}' => folded.push('-'),
            c if c.is_whitespace() => {
                if !folded.is_empty() && !folded.ends_with(' ') {
                    folded.push(' ');
                }
            }
            // The wide forms of ASCII.
            '\u{ff01}'..='\u{ff5e}' => {
                let narrow = char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c);
                push_upper(narrow, &mut folded);
            }
            c => push_upper(c, &mut folded),
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

fn push_upper(c: char, folded: &mut String) {
    for upper in c.to_uppercase() {
        folded.push(match upper {
            'O' | '\u{39f}' | '\u{41e}' => '0',
            '\u{391}' | '\u{410}' => 'A',
            '\u{392}' | '\u{412}' => 'B',
            '\u{421}' => 'C',
            '\u{395}' | '\u{415}' => 'E',
            '\u{397}' | '\u{41d}' => 'H',
            '\u{399}' | '\u{406}' => 'I',
            '\u{39a}' | '\u{41a}' => 'K',
            '\u{39c}' | '\u{41c}' => 'M',
            '\u{39d}' => 'N',
            '\u{3a1}' | '\u{420}' => 'P',
            '\u{3a4}' | '\u{422}' => 'T',
            '\u{3a7}' | '\u{425}' => 'X',
            '\u{3a5}' | '\u{423}' => 'Y',
            '\u{396}' => 'Z',
            other => other,
        });
    }
}

/// In what two references with the same [`folded`] form differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Likeness {
    Case,
    Hidden,
    Hyphen,
    Letter,
}

pub fn differences(one: &str, other: &str) -> Vec<Likeness> {
    let is_joint = |c: char| c == '-' || c.is_whitespace() || folded(&c.to_string()) == "-";
    let is_hidden = |c: &char| !is_joint(*c) && folded(&c.to_string()).is_empty();
    let seen = |text: &str| {
        text.chars()
            .filter(|c| !is_hidden(c))
            .collect::<Vec<char>>()
    };
    let plain = |text: &[char]| -> Vec<char> {
        let lower = text.iter().flat_map(|c| c.to_lowercase());
        lower.filter(|c| !is_joint(*c)).collect()
    };
    let joints = |text: &[char]| -> String { text.iter().filter(|c| is_joint(**c)).collect() };
    let letters =
        |text: &[char]| -> Vec<char> { text.iter().copied().filter(|c| !is_joint(*c)).collect() };
    let hidden = |text: &str| text.chars().filter(is_hidden).collect::<String>();
    let (a, b) = (seen(one), seen(other));
    let is_letter = plain(&a) != plain(&b);
    [
        (Likeness::Case, !is_letter && letters(&a) != letters(&b)),
        (Likeness::Hidden, hidden(one) != hidden(other)),
        (Likeness::Hyphen, joints(&a) != joints(&b)),
        (Likeness::Letter, is_letter),
    ]
    .into_iter()
    .filter_map(|(kind, differs)| differs.then_some(kind))
    .collect()
}

/// How a reference that is [`folded`] may be written elsewhere: in either case, and with the letter O
/// where a letter stands beside it.
pub fn unfolded(folded: &str) -> Vec<String> {
    let letters: Vec<char> = folded.chars().collect();
    let is_letter = |at: Option<usize>| {
        at.and_then(|at| letters.get(at))
            .is_some_and(|c| c.is_alphabetic())
    };
    let spelled: String = letters
        .iter()
        .enumerate()
        .map(|(at, c)| match c {
            '0' if is_letter(at.checked_sub(1)) || is_letter(Some(at + 1)) => 'O',
            c => *c,
        })
        .collect();
    let mut ways = vec![spelled.to_lowercase(), spelled, folded.to_lowercase()];
    ways.retain(|way| way != folded);
    ways.sort();
    ways.dedup();
    ways
}

/// `0001.0` → `1`, `000` → `0`; anything that is not a plain whole number keeps its characters.
fn strip_number(text: &str) -> &str {
    let whole = match text.split_once('.') {
        Some((whole, zeros)) if !zeros.is_empty() && zeros.bytes().all(|b| b == b'0') => whole,
        Some(_) => return text,
        None => text,
    };
    if whole.is_empty() || !whole.bytes().all(|b| b.is_ascii_digit()) {
        return text;
    }
    let stripped = whole.trim_start_matches('0');
    if stripped.is_empty() {
        &whole[whole.len() - 1..]
    } else {
        stripped
    }
}

/// `1.12429E+10`: the scientific notation a spreadsheet leaves behind.
pub fn is_rounded(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['E', 'e']) else {
        return false;
    };
    let exponent = exponent.strip_prefix('+').unwrap_or("x");
    let (whole, fraction) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, ""));
    whole.len() == 1
        && digits(whole)
        && fraction.bytes().all(|b| b.is_ascii_digit())
        && digits(exponent)
}

/// How many digits a spreadsheet keeps of a number.
const KEPT: usize = 15;

/// How many digits of a reference a spreadsheet may have made zeros, all of which are: 0 for one that
/// shows no such loss, `None` for one that shows that there was none.
pub fn zeros_behind_kept(text: &str) -> Option<usize> {
    if text.len() <= KEPT || !digits(text) {
        return Some(0);
    }
    let behind = &text[KEPT..];
    behind.bytes().all(|b| b == b'0').then_some(behind.len())
}

/// Whether a full reference can be one whose last digits a spreadsheet made zeros.
pub fn could_be_cut(cut: &str, full: &str) -> bool {
    cut.len() > KEPT
        && cut.len() == full.len()
        && digits(full)
        && zeros_behind_kept(cut) == Some(cut.len() - KEPT)
        && cut[..KEPT] == full[..KEPT]
}

/// Whether a full reference can be what a spreadsheet rounded to `rounded`.
pub fn could_be(rounded: &str, full: &str) -> bool {
    let Some((mantissa, exponent)) = rounded.split_once(['E', 'e']) else {
        return false;
    };
    let Ok(exponent) = exponent.trim_start_matches('+').parse::<usize>() else {
        return false;
    };
    let (whole, fraction) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, ""));
    let shown = format!("{whole}{fraction}");
    let full = full.trim_start_matches('0');
    if !digits(full) || full.len() != exponent + 1 || full.len() > 30 || shown.len() > full.len() {
        return false;
    }
    let scale = 10u128.pow((full.len() - shown.len()) as u32);
    match (shown.parse::<u128>(), full.parse::<u128>()) {
        (Ok(shown), Ok(full)) => (shown * scale).abs_diff(full) * 2 <= scale,
        _ => false,
    }
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// Appends one normalised part to an encoded key. Each part carries its length, so that no two
/// different lists of parts encode alike.
pub fn encode_part(part: &str, key: &mut Vec<u8>) {
    key.extend_from_slice(&(part.len() as u16).to_be_bytes());
    key.extend_from_slice(part.as_bytes());
}

/// The parts of an encoded key, in the profile's order.
pub fn parts(key: &[u8]) -> Vec<String> {
    let text = |part| String::from_utf8_lossy(part).into_owned();
    slices(key).map(text).collect()
}

/// The same where they lie.
pub fn slices(mut key: &[u8]) -> impl Iterator<Item = &[u8]> + Clone {
    std::iter::from_fn(move || {
        let (length, rest) = key.split_first_chunk::<2>()?;
        let length = usize::from(u16::from_be_bytes(*length)).min(rest.len());
        let (part, tail) = rest.split_at(length);
        key = tail;
        Some(part)
    })
}

/// Notes how a part is written where its comparable spelling is another text: `000001` for `1`.
/// Nothing is noted where both are equal, and one byte where only zeros went.
pub fn note_written(part: usize, written: &str, normal: &str, noted: &mut Vec<u8>) {
    if written == normal {
        return;
    }
    let written = written.trim_matches([' ', '\t', '\u{a0}']);
    let Ok(part) = u8::try_from(part) else {
        return;
    };
    if written == normal {
        return;
    }
    noted.push(part);
    let zeros = written.strip_suffix(normal).filter(|zeros| is_zeros(zeros));
    match zeros.and_then(|zeros| u8::try_from(zeros.len()).ok()) {
        Some(zeros) if zeros < WHOLE => noted.push(zeros),
        _ => {
            noted.push(WHOLE);
            encode_part(written, noted);
        }
    }
}

/// Stands where a written part follows as it is.
const WHOLE: u8 = u8::MAX;

fn is_zeros(text: &str) -> bool {
    text.bytes().all(|b| b == b'0')
}

/// The parts as they are written, by what [`note_written`] noted.
pub fn written(mut parts: Vec<String>, mut noted: &[u8]) -> Vec<String> {
    while let [part, zeros, rest @ ..] = noted {
        let place = parts.get_mut(usize::from(*part));
        if *zeros == WHOLE {
            let Some((length, rest)) = rest.split_first_chunk::<2>() else {
                break;
            };
            let length = usize::from(u16::from_be_bytes(*length)).min(rest.len());
            let (text, rest) = rest.split_at(length);
            if let Some(place) = place {
                *place = String::from_utf8_lossy(text).into_owned();
            }
            noted = rest;
        } else {
            if let Some(place) = place {
                place.insert_str(0, &"0".repeat(usize::from(*zeros)));
            }
            noted = rest;
        }
    }
    parts
}

/// Encodes parts that are already normalised.
pub fn encode<S: AsRef<str>>(parts: &[S]) -> Vec<u8> {
    let mut key = Vec::new();
    for part in parts {
        encode_part(part.as_ref(), &mut key);
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numeric_parts_lose_zeros_and_text_parts_lose_nothing() {
        use KeyFault::*;
        use Spelling::*;
        for (text, spelling, expected) in [
            ("000001", Numeric, Ok("1")),
            ("1", Numeric, Ok("1")),
            ("1.0", Numeric, Ok("1")),
            ("000", Numeric, Ok("0")),
            ("1.5", Numeric, Ok("1.5")),
            ("B000001", Numeric, Ok("B000001")),
            ("000001", Text, Ok("000001")),
            ("1.0", Text, Ok("1.0")),
            (" A-1 ", Text, Ok("A-1")),
            ("1.12429E+10", Text, Err(Damaged)),
            ("1.12429E+10", Numeric, Err(Damaged)),
            ("1E5", Text, Ok("1E5")),
            ("12E+10", Text, Ok("12E+10")),
            ("  ", Text, Err(Empty)),
            ("tx\u{2011}1O05\u{200b}", TextFolded, Ok("TX-1005")),
            ("ＴＸ－１００５", TextFolded, Ok("TX-1005")),
            ("\u{422}\u{425}-1005", TextFolded, Ok("TX-1005")),
            ("TX 1005", TextFolded, Ok("TX 1005")),
            ("TX\u{a0}\u{a0}1005 ", TextFolded, Ok("TX 1005")),
            ("TX1005", TextFolded, Ok("TX1005")),
            ("\u{200b}", TextFolded, Err(Empty)),
            ("000001", TextFolded, Ok("000001")),
        ] {
            let read = normalise(text, spelling);
            assert_eq!(read.as_deref().map_err(|fault| *fault), expected, "{text}");
        }
    }

    #[test]
    fn what_makes_references_look_alike_is_named() {
        use Likeness::{Case, Hidden, Hyphen, Letter};
        for (one, other, expected) in [
            ("TX-1003", "tx-1003", &[Case][..]),
            ("TX\u{2011}1003", "TX-1003", &[Hyphen]),
            ("\u{200b}TX-1003", "TX-1003", &[Hidden]),
            ("TX-1OO3", "TX-1003", &[Letter]),
            ("\u{200b}tx\u{2011}1003", "TX-1003", &[Case, Hidden, Hyphen]),
        ] {
            assert_eq!(folded(one), folded(other), "{one}");
            assert_eq!(differences(one, other), expected, "{one}");
        }
        assert_eq!(unfolded("0RD-1005"), ["0rd-1005", "ORD-1005", "ord-1005"]);
    }

    #[test]
    fn a_rounded_reference_names_its_candidates() {
        assert!(could_be("1.12429E+10", "11242912345"));
        assert!(could_be("1.12429E+10", "11242850000"));
        assert!(!could_be("1.12429E+10", "11243012345"));
        assert!(!could_be("1.12429E+10", "112429123456"));
        assert!(!could_be("1.12429E+10", "A1242912345"));
    }

    #[test]
    fn digits_that_a_spreadsheet_drops_are_zeros() {
        assert_eq!(zeros_behind_kept("2026111800012340"), Some(1));
        assert_eq!(zeros_behind_kept("202611180001234000"), Some(3));
        assert_eq!(zeros_behind_kept("2026111800012345"), None);
        assert_eq!(zeros_behind_kept("202611180001234"), Some(0));
        assert_eq!(zeros_behind_kept("A026111800012340"), Some(0));
        assert!(could_be_cut("2026111800012340", "2026111800012345"));
        assert!(!could_be_cut("2026111800012340", "2026111800012445"));
        assert!(!could_be_cut("2026111800012340", "20261118000123456"));
    }

    #[test]
    fn a_key_is_shown_as_it_is_written() {
        let long = format!("{}7", "0".repeat(255));
        for row in [
            &["OVO0001", "240101", "000004"][..],
            &["7", "7", "7"],
            &["000", "0", "00"],
            &["1.0", "0001.00", " 7\t"],
            &["1.5", "A01", &long],
        ] {
            let (mut normal, mut noted) = (Vec::new(), Vec::new());
            for (part, text) in row.iter().enumerate() {
                let same = normalise(text, Spelling::Numeric).expect("a part");
                note_written(part, text, &same, &mut noted);
                normal.push(same.into_owned());
            }
            let expected: Vec<&str> = row.iter().map(|text| text.trim()).collect();
            assert_eq!(written(normal.clone(), &noted), expected);
            assert_eq!(noted.is_empty(), normal == expected, "{row:?}");
        }
    }

    #[test]
    fn encoding_is_injective_and_read_back() {
        assert_ne!(encode(&["ab", "c"]), encode(&["a", "bc"]));
        assert_eq!(parts(&encode(&["ab", "", "c"])), ["ab", "", "c"]);
    }
}
