//! Names as mails write them: parameters in pieces (RFC 2231), encoded words (RFC 2047), and the
//! plain 8-bit bytes that neither allows.

use data_encoding::BASE64;
use encoding_rs::{Encoding, WINDOWS_1252};

/// A longer name is cut when it is shown or stored.
const MAX_NAME: usize = 200;
/// Pieces of one parameter.
const MAX_PIECES: usize = 500;

/// One `name=value` of a header, as written.
pub(super) struct Parameter {
    /// In lower case, with its `*0*`.
    pub name: String,
    pub value: Vec<u8>,
}

/// The value before the first `;` and the parameters behind it.
pub(super) fn parameters(header: &[u8]) -> (String, Vec<Parameter>) {
    let mut pieces = Vec::new();
    let mut piece = Vec::new();
    let mut quoted = false;
    let mut bytes = header.iter().copied();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => {
                quoted = !quoted;
                piece.push(byte);
            }
            b'\\' if quoted => {
                piece.push(byte);
                piece.extend(bytes.next());
            }
            b';' if !quoted => pieces.push(std::mem::take(&mut piece)),
            _ => piece.push(byte),
        }
    }
    pieces.push(piece);
    let mut pieces = pieces.into_iter();
    let main = pieces.next().unwrap_or_default();
    let main = String::from_utf8_lossy(main.trim_ascii()).to_lowercase();
    let found = pieces.filter_map(|piece| {
        let at = piece.iter().position(|byte| *byte == b'=')?;
        let (name, value) = piece.split_at(at);
        Some(Parameter {
            name: String::from_utf8_lossy(name.trim_ascii()).to_lowercase(),
            value: unquoted(value.get(1..)?.trim_ascii()),
        })
    });
    (main, found.collect())
}

fn unquoted(value: &[u8]) -> Vec<u8> {
    let Some(inner) = value.strip_prefix(b"\"") else {
        return value.to_vec();
    };
    let mut plain = Vec::with_capacity(inner.len());
    let mut bytes = inner.iter().copied();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => break,
            b'\\' => plain.extend(bytes.next()),
            _ => plain.push(byte),
        }
    }
    plain
}

/// A parameter as text: whole, in pieces, or in encoded words.
pub(super) fn parameter(parameters: &[Parameter], name: &str) -> Option<String> {
    let of = |wanted: &str| parameters.iter().find(|found| found.name == wanted);
    let pieces = || {
        let mut bytes = Vec::new();
        let mut charset = None;
        for index in 0..MAX_PIECES {
            if let Some(plain) = of(&format!("{name}*{index}")) {
                bytes.extend_from_slice(&plain.value);
            } else if let Some(encoded) = of(&format!("{name}*{index}*")) {
                let mut value = encoded.value.as_slice();
                if index == 0 {
                    let (named, rest) = charset_of(value);
                    charset = named;
                    value = rest;
                }
                bytes.extend(percent_decoded(value));
            } else {
                break;
            }
        }
        (!bytes.is_empty()).then(|| text(&bytes, charset.as_deref()))
    };
    let found = if let Some(extended) = of(&format!("{name}*")) {
        let (charset, value) = charset_of(&extended.value);
        Some(text(&percent_decoded(value), charset.as_deref()))
    } else if let Some(whole) = pieces() {
        Some(words(&whole))
    } else {
        of(name).map(|plain| words(&text(&plain.value, None)))
    };
    found
        .map(|found| label(found.trim()))
        .filter(|found| !found.is_empty())
}

/// `UTF-8'id'rest`.
fn charset_of(value: &[u8]) -> (Option<String>, &[u8]) {
    let mut parts = value.splitn(3, |byte| *byte == b'\'');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(charset), Some(_), Some(rest)) => {
            (Some(String::from_utf8_lossy(charset).into_owned()), rest)
        }
        _ => (None, value),
    }
}

fn percent_decoded(value: &[u8]) -> Vec<u8> {
    escaped(value, b'%')
}

/// `%41` or `=41` becomes `A`; what is no such escape stays.
fn escaped(value: &[u8], mark: u8) -> Vec<u8> {
    let mut plain = Vec::with_capacity(value.len());
    let mut rest = value;
    while let Some((first, tail)) = rest.split_first() {
        rest = tail;
        if *first == mark
            && let [high, low, after @ ..] = tail
            && let (Some(high), Some(low)) = (hex(*high), hex(*low))
        {
            plain.push(high << 4 | low);
            rest = after;
        } else {
            plain.push(*first);
        }
    }
    plain
}

pub(super) fn hex(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

/// In the named charset; else UTF-8 if it is that, else as Western programs write.
fn text(bytes: &[u8], charset: Option<&str>) -> String {
    // `utf-8*id` names a language, too.
    let named = charset
        .map(|name| name.split('*').next().unwrap_or(name))
        .and_then(|name| Encoding::for_label(name.as_bytes()));
    match (named, std::str::from_utf8(bytes)) {
        (Some(encoding), _) => encoding.decode_without_bom_handling(bytes).0.into_owned(),
        (None, Ok(text)) => text.to_owned(),
        (None, Err(_)) => WINDOWS_1252.decode(bytes).0.into_owned(),
    }
}

/// Encoded words (`=?utf-8?B?…?=`) as text. Space between two of them is not part of the text, and
/// a letter may be cut between two of the same charset.
fn words(value: &str) -> String {
    let mut plain = String::new();
    let mut pending: Option<(String, Vec<u8>)> = None;
    let mut rest = value;
    while !rest.is_empty() {
        let (before, word, after) = match next_word(rest) {
            Some((before, word, after)) => (before, Some(word), after),
            None => (rest, None, ""),
        };
        let only_space = before.trim().is_empty();
        if !(only_space && word.is_some() && pending.is_some()) {
            if let Some((charset, bytes)) = pending.take() {
                plain.push_str(&text(&bytes, Some(&charset)));
            }
            plain.push_str(before);
        }
        if let Some((charset, bytes)) = word {
            match &mut pending {
                Some((same, so_far)) if same.eq_ignore_ascii_case(&charset) => {
                    so_far.extend(bytes);
                }
                _ => {
                    if let Some((charset, bytes)) = pending.replace((charset, bytes)) {
                        plain.push_str(&text(&bytes, Some(&charset)));
                    }
                }
            }
        }
        rest = after;
    }
    if let Some((charset, bytes)) = pending {
        plain.push_str(&text(&bytes, Some(&charset)));
    }
    plain
}

type Word = (String, Vec<u8>);

/// The text before the next encoded word, the word, and what follows it.
fn next_word(value: &str) -> Option<(&str, Word, &str)> {
    let mut from = 0;
    loop {
        let at = from + value.get(from..)?.find("=?")?;
        let inner = value.get(at + 2..)?;
        let mut parts = inner.splitn(3, '?');
        let (charset, method, tail) = (parts.next()?, parts.next()?, parts.next()?);
        let decoded = tail.find("?=").and_then(|end| {
            let data = tail.get(..end)?;
            let bytes = match method {
                "B" | "b" => {
                    let mut data = data.as_bytes().to_vec();
                    while !data.len().is_multiple_of(4) {
                        data.push(b'=');
                    }
                    BASE64.decode(&data).ok()?
                }
                "Q" | "q" => escaped(data.replace('_', " ").as_bytes(), b'='),
                _ => return None,
            };
            Some((bytes, tail.get(end + 2..)?))
        });
        match decoded {
            Some((bytes, after)) => {
                return Some((value.get(..at)?, (charset.to_owned(), bytes), after));
            }
            None => from = at + 2,
        }
    }
}

/// A name that may be shown: one line, of bearable length, nothing that moves a cursor or turns
/// the direction of the text.
pub(super) fn label(name: &str) -> String {
    let mut shown = String::new();
    for (count, letter) in name.chars().enumerate() {
        if count == MAX_NAME {
            shown.push('…');
            break;
        }
        if letter.is_control()
            || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
        {
            shown.extend(letter.escape_default());
        } else {
            shown.push(letter);
        }
    }
    shown
}
