//! The bytes as lines, through the readers that a described layout uses; for text, which
//! separator, encoding and quote to hand them.

use std::borrow::Cow;
use std::io::Cursor;

use calamine::{Reader, SheetVisible, Xlsx};
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

use super::super::fault::FileFault;
use super::super::intake::{Heard, Intake, Line};
use super::super::profile::Profile;
use super::super::{
    AmountBasis, Limits, ReadOptions, delimited, feed, is_blank, refuse_other_formats,
};
use crate::domain::stamp::Epoch;

pub(super) enum Source<'b> {
    Text {
        text: Cow<'b, str>,
        encoding: &'static Encoding,
        /// The file says its encoding by a mark at its start.
        marked: bool,
        delimiter: Delimiter,
        quote: Quote,
        profile: Box<Profile>,
    },
    Workbook {
        bytes: &'b [u8],
        profile: Box<Profile>,
    },
}

/// The separator, and how many of the looked-at lines it splits alike.
#[derive(Clone, Copy, Debug)]
pub(super) struct Delimiter {
    pub byte: u8,
    pub alike: usize,
    pub lines: usize,
    pub columns: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quote {
    Double,
    /// Quotes mean nothing: read as quotes, they swallow lines.
    None,
}

const DELIMITERS: [u8; 4] = [b';', b'|', b'\t', b','];
/// Text that is looked at to find the separator.
const HEAD: usize = 256 << 10;

impl<'b> Source<'b> {
    pub fn open(bytes: &'b [u8], options: &ReadOptions) -> Result<Source<'b>, FileFault> {
        let limits = &options.limits;
        if bytes.len() as u64 > limits.file_bytes {
            return Err(FileFault::Limit {
                what: "the size of the file".to_owned(),
                value: bytes.len() as u64,
                limit: limits.file_bytes,
                name: "file_bytes",
                fix: "cut a sample out of it; some thousand lines are enough",
            });
        }
        if is_blank(bytes) {
            return Err(FileFault::Empty { bytes: bytes.len() });
        }
        if !is_text(bytes) {
            let profile = listening_profile(b',', UTF_8, Quote::Double)?;
            return Ok(Source::Workbook { bytes, profile });
        }
        refuse_other_formats(bytes)?;
        let marked = Encoding::for_bom(bytes).is_some();
        let (text, encoding) = match delimited::decode(bytes, UTF_8) {
            Ok(decoded) => decoded,
            Err(fault) if marked => return Err(fault),
            Err(_) => delimited::decode(bytes, WINDOWS_1252)?,
        };
        let delimiter = delimiter_of(head(&text));
        let profile = listening_profile(delimiter.byte, encoding, Quote::Double)?;
        let mut quote = Quote::Double;
        let mut probe = |_: Heard<'_>| {};
        let mut intake = Intake::listening(&profile, options, &mut probe);
        match delimited::read(&text, &profile, limits, &mut intake) {
            Ok(()) => {}
            Err(FileFault::UnclosedQuote { .. }) => quote = Quote::None,
            Err(fault) => return Err(fault),
        }
        Ok(Source::Text {
            profile: match quote {
                Quote::Double => profile,
                Quote::None => listening_profile(delimiter.byte, encoding, quote)?,
            },
            text,
            encoding,
            marked,
            delimiter,
            quote,
        })
    }

    /// Hands over every line of every visible sheet; the first argument is the sheet's number.
    pub fn each(
        &self,
        options: &ReadOptions,
        take: &mut dyn FnMut(usize, &str, Epoch, Line<'_>),
    ) -> Result<(), FileFault> {
        let mut sheet = 0usize;
        let mut name = String::new();
        let mut epoch = Epoch::Y1900;
        let mut listener = |heard: Heard<'_>| match heard {
            Heard::Sheet(next, counted_from) => {
                sheet += 1;
                next.clone_into(&mut name);
                epoch = counted_from;
            }
            Heard::Line(line) => take(sheet.saturating_sub(1), &name, epoch, line),
        };
        match self {
            Source::Text { text, profile, .. } => {
                let mut intake = Intake::listening(profile, options, &mut listener);
                delimited::read(text, profile, &options.limits, &mut intake)
            }
            Source::Workbook { bytes, profile } => {
                let mut intake = Intake::listening(profile, options, &mut listener);
                feed(bytes, profile, &options.limits, &mut intake).map(|_| ())
            }
        }
    }

    pub fn separator(&self) -> u8 {
        match self {
            Source::Text { delimiter, .. } => delimiter.byte,
            Source::Workbook { .. } => b',',
        }
    }

    /// Sheets that nobody sees and no profile reads. Only for a workbook whose lines were read before:
    /// that is where its size is checked.
    pub fn hidden_sheets(&self) -> Vec<String> {
        let Source::Workbook { bytes, .. } = self else {
            return Vec::new();
        };
        if !bytes.starts_with(b"PK\x03\x04") {
            return Vec::new();
        }
        let Ok(book) = Xlsx::<Cursor<&[u8]>>::new(Cursor::new(*bytes)) else {
            return Vec::new();
        };
        let hidden = book
            .sheets_metadata()
            .iter()
            .filter(|sheet| sheet.visible != SheetVisible::Visible);
        hidden.map(|sheet| sheet.name.clone()).collect()
    }

    /// Columns that only blanks align, as a profile of fixed-width text lists them.
    pub fn fixed_columns(&self) -> Option<String> {
        let Source::Text { text, .. } = self else {
            return None;
        };
        let lines: Vec<Vec<char>> = head(text)
            .lines()
            .filter(|line| line.trim().len() > 20 && line.contains("  "))
            .take(200)
            .map(|line| line.trim_end().chars().collect())
            .collect();
        let width = lines.iter().map(Vec::len).max()?;
        if lines.len() < 3 || width > 2_000 {
            return None;
        }
        let blank = |at: usize| {
            let blanks = lines
                .iter()
                .filter(|line| line.get(at).is_none_or(|letter| *letter == ' '));
            blanks.count() * 20 >= lines.len() * 19
        };
        let mut columns = Vec::new();
        let mut start = None;
        for at in 0..=width {
            match (start, at == width || blank(at)) {
                (None, false) => start = Some(at),
                (Some(from), true) => {
                    let (name, width) = (format!("column {}", columns.len() + 1), at - from);
                    columns.push(format!(
                        "{{ name = \"{name}\", at = {}, width = {width} }}",
                        from + 1
                    ));
                    start = None;
                }
                _ => {}
            }
        }
        (columns.len() >= 3).then(|| columns.join(", "))
    }

    pub fn options(zone: chrono_tz::Tz) -> ReadOptions {
        ReadOptions {
            zone,
            amount_basis: AmountBasis::Gross,
            limits: Limits::default(),
        }
    }
}

/// Whatever starts like an archive or a compound file is no text.
fn is_text(bytes: &[u8]) -> bool {
    !bytes.starts_with(b"PK\x03\x04") && !bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0])
}

/// A profile that only says how lines are found.
fn listening_profile(
    delimiter: u8,
    encoding: &'static Encoding,
    quote: Quote,
) -> Result<Box<Profile>, FileFault> {
    let delimiter = match delimiter {
        b'\t' => "tab".to_owned(),
        other => char::from(other).to_string(),
    };
    let quote = match quote {
        Quote::Double => "\\\"",
        Quote::None => "",
    };
    let text = format!(
        "name = \"unknown\"\nmoney = \"we-receive\"\n\
         [defaults]\npending_sla = \"1h\"\ncalendar = \"every-day\"\ndue = \"10:00\"\nfiles_per_date = \"one\"\n\
         [file]\ndelimiter = \"{delimiter}\"\nencoding = \"{}\"\nquote = \"{quote}\"\n\
         [sheets]\nread = \"all\"\n\
         [[field]]\nname = \"key\"\nkey = \"text\"\ncolumns = [\"key\"]\n\
         [amount]\ncolumns = [\"amount\"]\n[time]\ncolumns = [\"time\"]\n[status]\nconstant = \"success\"\n",
        encoding.name()
    );
    let profile = Profile::parse(&text, "unknown");
    // The text above is a profile whatever the separator; the error would be ours.
    profile.map(Box::new).map_err(|error| FileFault::Corrupt {
        detail: error.to_string(),
    })
}

fn head(text: &str) -> &str {
    if text.len() <= HEAD {
        return text;
    }
    let mut end = HEAD;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let end = text[..end].rfind('\n').unwrap_or(end);
    &text[..end]
}

/// The separator that splits the most lines into the same number of columns, two at least.
fn delimiter_of(head: &str) -> Delimiter {
    let lines: Vec<&str> = head
        .split(['\n', '\r'])
        .filter(|line| !line.trim().is_empty())
        .take(400)
        .collect();
    let mut best = Delimiter {
        byte: b',',
        alike: 0,
        lines: lines.len(),
        columns: 1,
    };
    for byte in DELIMITERS {
        let mut counts: std::collections::BTreeMap<usize, usize> =
            std::collections::BTreeMap::new();
        for line in &lines {
            *counts.entry(1 + outside_quotes(line, byte)).or_default() += 1;
        }
        let usual = counts
            .iter()
            .filter(|(columns, _)| **columns > 1)
            .max_by_key(|(columns, count)| (**count, **columns));
        let Some((columns, alike)) = usual else {
            continue;
        };
        // A separator that lines agree on goes before one that makes more columns: `1.234,56`.
        if (*alike, *columns) > (best.alike, best.columns) {
            best = Delimiter {
                byte,
                alike: *alike,
                lines: lines.len(),
                columns: *columns,
            };
        }
    }
    best
}

fn outside_quotes(line: &str, wanted: u8) -> usize {
    let mut quoted = false;
    let mut count = 0;
    for byte in line.bytes() {
        match byte {
            b'"' => quoted = !quoted,
            other if other == wanted && !quoted => count += 1,
            _ => {}
        }
    }
    count
}
