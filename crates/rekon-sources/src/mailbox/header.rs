//! The header section of a mail, read strictly: what two readers could understand differently is a
//! [`Flaw`], and a header with a flaw proves nothing.
//!
//! Only the outermost section is read. What stands in the body, such as the header of a mail that
//! was forwarded, is no header.

mod address;
mod encoded_word;

use chrono::{DateTime, Utc};

pub use address::{Author, Mailbox};
pub use encoded_word::decoded;

/// Bytes of a header section that are read. Real ones have a few tens of thousands.
const LONGEST_SECTION: usize = 256 * 1024;
/// Fields of a header section that are read.
const MOST_FIELDS: usize = 2_000;
/// Bytes of a From field that are read; a name and an address take a hundred.
pub(super) const LONGEST_FROM: usize = 8 * 1024;

/// The header section of a mail as its fields stand, topmost first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    fields: Vec<Field>,
    flaw: Option<Flaw>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Field {
    name: String,
    value: Value,
}

/// A field's value, unfolded, without white space around it.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Value {
    Exact(String),
    /// Bytes that are not UTF-8 stand as U+FFFD here: fit to be shown, not to decide anything.
    Damaged {
        shown: String,
        damage: &'static str,
    },
}

/// Why a header section can be read in more than one way.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    #[error("line {line} of its header is not a header field: `{text}`")]
    NotAField { line: usize, text: String },
    #[error("line {line} of its header has white space before the colon: `{text}`")]
    SpacedName { line: usize, text: String },
    #[error("line {line} of its header is blank but for white space")]
    BlankFold { line: usize },
    #[error("line {line} of its header holds a NUL or a bare carriage return")]
    Control { line: usize },
    #[error("some lines of its header end in CR LF and others in LF")]
    MixedLineEnds,
    #[error("its header is longer than {LONGEST_SECTION} bytes or {MOST_FIELDS} fields")]
    TooLong,
}

impl Header {
    /// Reads a raw mail, or a header section alone. Never fails; what is wrong is [`Header::flaw`].
    pub fn of(raw: &[u8]) -> Header {
        let mut header = Header {
            fields: Vec::new(),
            flaw: None,
        };
        let mut folded: Vec<(String, Vec<u8>)> = Vec::new();
        let mut ends = [false; 2];
        let mut read = 0;
        for (index, piece) in raw.split_inclusive(|byte| *byte == b'\n').enumerate() {
            let line = index + 1;
            read += piece.len();
            if read > LONGEST_SECTION || folded.len() > MOST_FIELDS {
                header.note(Flaw::TooLong);
                break;
            }
            let (text, end) = match piece {
                [text @ .., b'\r', b'\n'] => (text, Some(0)),
                [text @ .., b'\n'] => (text, Some(1)),
                text => (text, None),
            };
            if let Some(seen) = end.and_then(|end| ends.get_mut(end)) {
                *seen = true;
            }
            if text.is_empty() {
                break;
            }
            if text.iter().any(|byte| matches!(byte, 0 | b'\r')) {
                header.note(Flaw::Control { line });
            }
            if text.starts_with(b" ") || text.starts_with(b"\t") {
                if text.iter().all(|byte| matches!(byte, b' ' | b'\t')) {
                    header.note(Flaw::BlankFold { line });
                }
                match folded.last_mut() {
                    Some((_, value)) => value.extend_from_slice(text),
                    None => header.note(not_a_field(line, text)),
                }
                continue;
            }
            match field_name(text) {
                Some((name, value)) => {
                    let trimmed = name.trim_end_matches([' ', '\t']);
                    if trimmed.len() != name.len() {
                        header.note(Flaw::SpacedName {
                            line,
                            text: shown(name),
                        });
                    }
                    folded.push((trimmed.to_owned(), value.to_vec()));
                }
                None => header.note(not_a_field(line, text)),
            }
        }
        if ends == [true, true] {
            header.note(Flaw::MixedLineEnds);
        }
        header.fields = folded
            .into_iter()
            .map(|(name, bytes)| Field {
                name,
                value: value(&bytes),
            })
            .collect();
        header
    }

    /// The first one is what a person is told.
    fn note(&mut self, flaw: Flaw) {
        self.flaw.get_or_insert(flaw);
    }

    /// What makes this header ambiguous, if anything does.
    pub fn flaw(&self) -> Option<&Flaw> {
        self.flaw.as_ref()
    }

    /// The unfolded values of a field, topmost first, as they may be shown: bytes that are not
    /// UTF-8 stand as U+FFFD. Nothing is decided by these where [`Header::exact`] refuses.
    pub fn values(&self, name: &str) -> impl Iterator<Item = &str> {
        self.named(name).map(|value| match value {
            Value::Exact(text) => text.as_str(),
            Value::Damaged { shown, .. } => shown.as_str(),
        })
    }

    /// The unfolded values of a field, topmost first; an error says why one can decide nothing.
    pub fn exact(&self, name: &str) -> impl Iterator<Item = Result<&str, &'static str>> {
        self.named(name).map(|value| match value {
            Value::Exact(text) => Ok(text.as_str()),
            Value::Damaged { damage, .. } => Err(*damage),
        })
    }

    fn named(&self, name: &str) -> impl Iterator<Item = &Value> {
        self.fields
            .iter()
            .filter(move |field| field.name.eq_ignore_ascii_case(name))
            .map(|field| &field.value)
    }

    /// The topmost Message-ID without its angle brackets.
    pub fn message_id(&self) -> Option<String> {
        let value = self.values("Message-ID").next()?;
        let id = value.trim_start_matches('<').trim_end_matches('>').trim();
        (!id.is_empty()).then(|| shown(id))
    }

    /// The topmost Subject, decoded, on one line; empty where there is none.
    pub fn subject(&self) -> String {
        let text = decoded(self.values("Subject").next().unwrap_or(""));
        text.chars()
            .map(|letter| match letter {
                letter if letter.is_control() => ' ',
                '\u{2028}' | '\u{2029}' => ' ',
                letter => letter,
            })
            .filter(|letter| !is_invisible(*letter))
            .collect::<String>()
            .trim()
            .to_owned()
    }

    /// When the mail says that it was written.
    pub fn date(&self) -> Option<DateTime<Utc>> {
        let value = self.values("Date").next()?;
        // A comment after the zone, `+0700 (WIB)`, is usual.
        let plain = value.split('(').next()?.trim();
        DateTime::parse_from_rfc2822(plain)
            .map(|date| date.to_utc())
            .ok()
    }

    /// Who the mail says it is from.
    pub fn from(&self) -> Author {
        let fields: Vec<_> = self.exact("From").collect();
        match fields.as_slice() {
            [] => Author::Absent,
            [Ok(value)] if value.len() > LONGEST_FROM => Author::Unreadable {
                reason: format!("its From field is longer than {LONGEST_FROM} bytes"),
            },
            [Ok(value)] => address::author(value),
            [Err(damage)] => Author::Unreadable {
                reason: format!("its From field {damage}"),
            },
            several => Author::Unreadable {
                reason: format!("it has {} From fields", several.len()),
            },
        }
    }
}

fn not_a_field(line: usize, text: &[u8]) -> Flaw {
    Flaw::NotAField {
        line,
        text: shown(&String::from_utf8_lossy(text)),
    }
}

/// RFC 5322, 2.2: a name of printable ASCII, then a colon. White space before the colon is its
/// obsolete syntax, which readers disagree about.
fn field_name(line: &[u8]) -> Option<(&str, &[u8])> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    let (name, rest) = line.split_at_checked(colon)?;
    let name = std::str::from_utf8(name).ok()?;
    let bare = name.trim_end_matches([' ', '\t']);
    let valid = !bare.is_empty() && bare.bytes().all(|byte| byte.is_ascii_graphic());
    valid.then_some((name, rest.get(1..).unwrap_or(&[])))
}

fn value(bytes: &[u8]) -> Value {
    let damaged = |damage| Value::Damaged {
        shown: String::from_utf8_lossy(bytes).trim().to_owned(),
        damage,
    };
    match std::str::from_utf8(bytes) {
        Err(_) => damaged("has bytes that are not UTF-8"),
        Ok(text) if text.chars().any(|c| c.is_control() && c != '\t') => {
            damaged("has control characters")
        }
        Ok(text) => Value::Exact(text.trim_matches([' ', '\t']).to_owned()),
    }
}

/// The longest text from a header that a message shows, in characters.
const LONGEST_SHOWN: usize = 240;

/// Text of a header as it may be shown: short, one line, what is invisible made visible.
pub fn shown(text: &str) -> String {
    let mut out = String::new();
    for (count, letter) in text.chars().enumerate() {
        if count == LONGEST_SHOWN {
            out.push('…');
            break;
        }
        if letter.is_control() || is_invisible(letter) {
            out.extend(letter.escape_unicode());
        } else {
            out.push(letter);
        }
    }
    out
}

/// Letters that take no room or turn the direction of writing.
pub(super) fn is_invisible(letter: char) -> bool {
    matches!(
        letter,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}'
    )
}
