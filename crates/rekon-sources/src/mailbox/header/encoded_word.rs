//! Encoded words (RFC 2047), decoded wherever they stand, as mail programs show them.

use data_encoding::BASE64;
use encoding_rs::Encoding;

/// A header text with its encoded words decoded. What is not a proper encoded word stays.
pub fn decoded(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    let mut after_word = false;
    // Neighbouring words of one character set may share a character between them.
    let mut pending: Option<(&'static Encoding, Vec<u8>)> = None;
    while let Some(start) = rest.find("=?") {
        let (before, from) = rest.split_at(start);
        match word(from) {
            Some((encoding, bytes, left)) => {
                // White space between two encoded words belongs to neither.
                let adjoins = after_word && before.trim_matches([' ', '\t']).is_empty();
                if !adjoins {
                    flush(&mut pending, &mut out);
                    out.push_str(before);
                }
                match &mut pending {
                    Some((known, gathered)) if *known == encoding => gathered.extend(bytes),
                    _ => {
                        flush(&mut pending, &mut out);
                        pending = Some((encoding, bytes));
                    }
                }
                after_word = true;
                rest = left;
            }
            None => {
                flush(&mut pending, &mut out);
                let (mark, left) = from.split_at(2);
                out.push_str(before);
                out.push_str(mark);
                after_word = false;
                rest = left;
            }
        }
    }
    flush(&mut pending, &mut out);
    out.push_str(rest);
    out
}

fn flush(pending: &mut Option<(&'static Encoding, Vec<u8>)>, out: &mut String) {
    if let Some((encoding, bytes)) = pending.take() {
        out.push_str(&encoding.decode_without_bom_handling(&bytes).0);
    }
}

/// The longest encoded word that is looked for, in bytes; RFC 2047 allows 75.
const LONGEST_WORD: usize = 1_000;

/// `=?charset?B|Q?text?=` at the start of a text: its encoding, its bytes, and what follows.
fn word(text: &str) -> Option<(&'static Encoding, Vec<u8>, &str)> {
    let (window, _) = text.split_at(text.floor_char_boundary(LONGEST_WORD));
    let (charset, rest) = window.strip_prefix("=?")?.split_once('?')?;
    let (kind, rest) = rest.split_once('?')?;
    let (content, rest) = rest.split_once("?=")?;
    if content.contains(['?', ' ', '\t']) {
        return None;
    }
    // RFC 2231 allows a language after the character set: `utf-8*id`.
    let charset = charset.split('*').next()?;
    let encoding = Encoding::for_label(charset.as_bytes())?;
    let bytes = match kind {
        "B" | "b" => {
            let mut padded = content.trim_end_matches('=').to_owned();
            while !padded.len().is_multiple_of(4) {
                padded.push('=');
            }
            BASE64.decode(padded.as_bytes()).ok()?
        }
        "Q" | "q" => quoted(content)?,
        _ => return None,
    };
    let left = text.get(window.len() - rest.len()..)?;
    Some((encoding, bytes, left))
}

fn quoted(content: &str) -> Option<Vec<u8>> {
    let mut bytes = content.bytes();
    let mut out = Vec::with_capacity(content.len());
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'_' => b' ',
            b'=' => {
                let digit = |byte: u8| char::from(byte).to_digit(16);
                let value = digit(bytes.next()?)? * 16 + digit(bytes.next()?)?;
                u8::try_from(value).ok()?
            }
            plain => plain,
        });
    }
    Some(out)
}
