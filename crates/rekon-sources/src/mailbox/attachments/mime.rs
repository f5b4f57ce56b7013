//! How a mail is put together: headers, boundaries, transfer encodings. Strict where leniency would
//! shorten a file without a word.

use std::borrow::Cow;

use data_encoding::{BASE64, DecodeKind};

use super::name::{hex, parameter, parameters};

/// `Content-Type`, in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Media {
    pub kind: String,
    pub subtype: String,
    /// Of a multipart; never empty.
    pub boundary: Option<String>,
    name: Option<String>,
}

impl Media {
    fn plain(kind: &str, subtype: &str) -> Media {
        Media {
            kind: kind.to_owned(),
            subtype: subtype.to_owned(),
            boundary: None,
            name: None,
        }
    }

    /// What a part is that does not say so.
    pub fn text() -> Media {
        Media::plain("text", "plain")
    }

    /// The same, in a digest.
    pub fn mail() -> Media {
        Media::plain("message", "rfc822")
    }

    pub fn is(&self, kind: &str, subtype: &str) -> bool {
        self.kind == kind && self.subtype == subtype
    }
}

/// A mail or a part of one: what its headers say, and its body as sent.
pub(super) struct Entity<'m> {
    pub media: Media,
    /// `Content-Transfer-Encoding` in lower case; empty where there is none.
    pub encoding: String,
    pub body: &'m [u8],
    /// Whether the headers came to their end.
    pub has_body: bool,
    disposition: String,
    file_name: Option<String>,
}

impl Entity<'_> {
    /// The name of the file, from whichever header gives one.
    pub fn name(&self) -> Option<String> {
        self.file_name.clone().or_else(|| self.media.name.clone())
    }

    pub fn is_attachment(&self) -> bool {
        self.disposition == "attachment"
    }
}

/// Reads the headers; `default` is the type of what names none.
pub(super) fn entity(raw: &[u8], default: Media) -> Entity<'_> {
    let (headers, body) = split(raw);
    let has_body = body.is_some();
    let body = body.unwrap_or_default();
    let header = |wanted: &str| {
        headers
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(wanted.as_bytes()))
            .map(|(_, value)| value.as_slice())
    };
    let mut media = default;
    if let Some(value) = header("content-type") {
        let (kind, found) = parameters(value);
        if let Some((kind, subtype)) = kind.split_once('/') {
            media = Media::plain(kind.trim(), subtype.trim());
        }
        media.name = parameter(&found, "name");
        media.boundary = found
            .iter()
            .find(|parameter| parameter.name == "boundary")
            .map(|parameter| String::from_utf8_lossy(&parameter.value).into_owned())
            .filter(|boundary| !boundary.is_empty());
    }
    let (disposition, found) =
        header("content-disposition").map_or_else(|| (String::new(), Vec::new()), parameters);
    let encoding = header("content-transfer-encoding").map_or_else(String::new, |value| {
        // `base64 (as always)`
        let text = String::from_utf8_lossy(value).to_lowercase();
        let first = text.split(['(', ';']).next().unwrap_or(&text);
        first.trim().trim_matches('"').to_owned()
    });
    Entity {
        media,
        encoding,
        body,
        has_body,
        disposition,
        file_name: parameter(&found, "filename"),
    }
}

/// Name and unfolded value.
type Header<'m> = (&'m [u8], Vec<u8>);

/// Headers up to the empty line, and the body if there is one. A line that is no header begins the body: what was written
/// without the empty line must not vanish among the headers.
fn split(raw: &[u8]) -> (Vec<Header<'_>>, Option<&[u8]>) {
    let mut headers: Vec<Header<'_>> = Vec::new();
    let mut rest = raw;
    while let Some((line, after)) = next_line(rest) {
        let text = trimmed(line);
        if text.is_empty() {
            return (headers, Some(after));
        }
        if text
            .first()
            .is_some_and(|byte| matches!(byte, b' ' | b'\t'))
        {
            if let Some((_, value)) = headers.last_mut() {
                value.push(b' ');
                value.extend_from_slice(text.trim_ascii());
            }
        } else if let Some(header) = header(text) {
            headers.push(header);
        } else if !(headers.is_empty() && text.starts_with(b"From ")) {
            return (headers, Some(rest));
        }
        rest = after;
    }
    (headers, None)
}

fn header(line: &[u8]) -> Option<Header<'_>> {
    let at = line.iter().position(|byte| *byte == b':')?;
    let (name, value) = line.split_at(at);
    let name = name.trim_ascii_end();
    let plain = !name.is_empty() && name.iter().all(u8::is_ascii_graphic);
    plain.then(|| {
        (
            name,
            value.get(1..).unwrap_or_default().trim_ascii().to_vec(),
        )
    })
}

/// The line with its end, and what follows; `None` at the end.
fn next_line(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    if bytes.is_empty() {
        return None;
    }
    let end = bytes
        .iter()
        .position(|byte| *byte == b'\n')
        .map_or(bytes.len(), |at| at + 1);
    Some(bytes.split_at(end))
}

fn trimmed(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// The mail ended before its multipart did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct CutOff;

/// The parts between the boundaries of a multipart, one by one.
pub(super) struct Parts<'m> {
    delimiter: Vec<u8>,
    rest: &'m [u8],
    state: State,
}

enum State {
    Preamble,
    Inside,
    Over,
}

impl<'m> Parts<'m> {
    pub fn new(body: &'m [u8], boundary: &str) -> Parts<'m> {
        Parts {
            delimiter: format!("--{}", boundary.trim_end()).into_bytes(),
            rest: body,
            state: State::Preamble,
        }
    }

    /// The next part; an error where the last boundary is missing.
    pub fn next(&mut self) -> Option<Result<&'m [u8], CutOff>> {
        if let State::Preamble = self.state {
            let (_, bound, after) = match self.until_boundary() {
                Ok(found) => found,
                Err(cut) => return self.over(Some(Err(cut))),
            };
            self.rest = after;
            self.state = match bound {
                Bound::Next => State::Inside,
                Bound::Last => State::Over,
            };
        }
        if let State::Over = self.state {
            return None;
        }
        match self.until_boundary() {
            Ok((part, Bound::Next, after)) => {
                self.rest = after;
                Some(Ok(part))
            }
            Ok((part, Bound::Last, _)) => self.over(Some(Ok(part))),
            Err(cut) => self.over(Some(Err(cut))),
        }
    }

    fn over(
        &mut self,
        answer: Option<Result<&'m [u8], CutOff>>,
    ) -> Option<Result<&'m [u8], CutOff>> {
        self.state = State::Over;
        answer
    }

    /// What stands before the next boundary, without the line end that belongs to it.
    fn until_boundary(&self) -> Result<(&'m [u8], Bound, &'m [u8]), CutOff> {
        let mut rest = self.rest;
        while let Some((line, after)) = next_line(rest) {
            if let Some(bound) = self.bound(trimmed(line)) {
                let length = self.rest.len() - rest.len();
                let part = self.rest.get(..length).unwrap_or_default();
                return Ok((trimmed(part), bound, after));
            }
            rest = after;
        }
        Err(CutOff)
    }

    fn bound(&self, line: &[u8]) -> Option<Bound> {
        let rest = line.strip_prefix(self.delimiter.as_slice())?;
        let (bound, rest) = match rest.strip_prefix(b"--") {
            Some(rest) => (Bound::Last, rest),
            None => (Bound::Next, rest),
        };
        rest.trim_ascii().is_empty().then_some(bound)
    }
}

enum Bound {
    Next,
    Last,
}

/// Why a body cannot be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Undecodable {
    Damaged(String),
    /// An encoding nobody uses any more.
    Unknown,
}

/// The bytes that were sent, or what is wrong with them.
pub(super) fn decode<'m>(encoding: &str, body: &'m [u8]) -> Result<Cow<'m, [u8]>, Undecodable> {
    match encoding {
        "" | "7bit" | "8bit" | "binary" => Ok(Cow::Borrowed(body)),
        "base64" => base64(body).map(Cow::Owned),
        "quoted-printable" => quoted_printable(body).map(Cow::Owned),
        _ => Err(Undecodable::Unknown),
    }
}

fn base64(body: &[u8]) -> Result<Vec<u8>, Undecodable> {
    let letters: Vec<u8> = body
        .iter()
        .copied()
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect();
    BASE64.decode(&letters).map_err(|error| {
        let letter = letters
            .get(error.position)
            .map(|byte| byte.escape_ascii().to_string())
            .unwrap_or_default();
        Undecodable::Damaged(match error.kind {
            DecodeKind::Length => format!(
                "its base64 text ends after {} characters, in the middle of a group of four",
                letters.len()
            ),
            DecodeKind::Symbol => format!(
                "character {} of its base64 text is `{letter}`",
                error.position + 1
            ),
            DecodeKind::Trailing | DecodeKind::Padding => format!(
                "its base64 text ends falsely at character {}",
                error.position + 1
            ),
        })
    })
}

fn quoted_printable(body: &[u8]) -> Result<Vec<u8>, Undecodable> {
    let mut plain = Vec::with_capacity(body.len());
    let mut rest = body;
    let mut number = 0;
    while let Some((line, after)) = next_line(rest) {
        rest = after;
        number += 1;
        let text = trimmed(line);
        let end = line.get(text.len()..).unwrap_or_default();
        // Space at the end of a line was added on the way.
        let text = text.trim_ascii_end();
        let (text, end) = match text.strip_suffix(b"=") {
            Some(text) => (text, &b""[..]),
            None => (text, end),
        };
        let mut letters = text;
        while let Some((first, tail)) = letters.split_first() {
            letters = tail;
            if *first != b'=' {
                plain.push(*first);
                continue;
            }
            let [high, low, tail @ ..] = tail else {
                return Err(no_escape(number, tail));
            };
            let (Some(high), Some(low)) = (hex(*high), hex(*low)) else {
                return Err(no_escape(number, &[*high, *low]));
            };
            plain.push(high << 4 | low);
            letters = tail;
        }
        plain.extend_from_slice(end);
    }
    Ok(plain)
}

fn no_escape(line: usize, after: &[u8]) -> Undecodable {
    Undecodable::Damaged(format!(
        "line {line} of its quoted-printable text holds `={}`",
        after.escape_ascii()
    ))
}

/// Whether a text holds a file as mails did before MIME: `begin 644 name` … `end`.
pub(super) fn holds_uuencoded(body: &[u8]) -> bool {
    let mut begun = false;
    for line in body.split(|byte| *byte == b'\n') {
        let line = trimmed(line);
        if begun && line == b"end" {
            return true;
        }
        let mode = line
            .strip_prefix(b"begin ")
            .and_then(|rest| rest.split_first_chunk::<3>());
        begun |= mode.is_some_and(|(mode, rest)| {
            mode.iter().all(|digit| matches!(digit, b'0'..=b'7')) && rest.first() == Some(&b' ')
        });
    }
    false
}
