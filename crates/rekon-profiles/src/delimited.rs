//! Delimited text: decoded without loss, split by the csv crate, row by row into the intake.

use std::borrow::Cow;

use csv::{ReaderBuilder, StringRecord};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::Limits;
use super::columns::{Refusal, resolve};
use super::fault::FileFault;
use super::intake::{Fate, Intake, Line, Width};
use super::profile::{Layout, Profile};
use crate::domain::stamp::Epoch;

/// The file as text, and the encoding it turned out to have. A byte order mark goes before what
/// the profile says.
pub(super) fn decode<'b>(
    bytes: &'b [u8],
    declared: &'static Encoding,
) -> Result<(Cow<'b, str>, &'static Encoding), FileFault> {
    let (encoding, mark) = Encoding::for_bom(bytes).unwrap_or((without_mark(bytes, declared), 0));
    let body = &bytes[mark..];
    if encoding == UTF_8 {
        return match std::str::from_utf8(body) {
            Ok(text) => Ok((Cow::Borrowed(text), encoding)),
            Err(error) => Err(undecodable(bytes, mark + error.valid_up_to(), encoding)),
        };
    }
    match encoding.decode_without_bom_handling_and_without_replacement(body) {
        Some(text) => Ok((text, encoding)),
        None => Err(undecodable(
            bytes,
            mark + bad_offset(body, encoding),
            encoding,
        )),
    }
}

/// UTF-16 without its mark still shows: every second byte of a header is zero.
fn without_mark(bytes: &[u8], declared: &'static Encoding) -> &'static Encoding {
    let start = &bytes[..bytes.len().min(64) & !1];
    if declared != UTF_8 || start.len() < 16 {
        return declared;
    }
    let zeros = |offset: usize| start.iter().skip(offset).step_by(2).all(|b| *b == 0);
    match (zeros(0), zeros(1)) {
        (false, true) => UTF_16LE,
        (true, false) => UTF_16BE,
        _ => declared,
    }
}

/// Without form feeds: they begin a page, on a line of their own or before its first letter. One
/// that stands inside a line ends it.
pub(super) fn without_form_feeds(text: Cow<'_, str>) -> Cow<'_, str> {
    const FEED: char = '\u{c}';
    if !text.contains(FEED) {
        return text;
    }
    let is_end = |letter: Option<char>| matches!(letter, None | Some('\n' | '\r' | FEED));
    let mut plain = String::with_capacity(text.len());
    let mut before = None;
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter != FEED {
            plain.push(letter);
        } else if !is_end(before) && !is_end(letters.peek().copied()) {
            plain.push('\n');
        }
        before = Some(letter);
    }
    Cow::Owned(plain)
}

fn bad_offset(body: &[u8], encoding: &'static Encoding) -> usize {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut scratch = [0u8; 4096];
    let mut at = 0;
    loop {
        let (result, read, _) =
            decoder.decode_to_utf8_without_replacement(&body[at..], &mut scratch, true);
        at += read;
        match result {
            encoding_rs::DecoderResult::OutputFull => {}
            encoding_rs::DecoderResult::InputEmpty => return at,
            encoding_rs::DecoderResult::Malformed(length, after) => {
                return at.saturating_sub(usize::from(length) + usize::from(after));
            }
        }
    }
}

fn undecodable(bytes: &[u8], offset: usize, encoding: &'static Encoding) -> FileFault {
    let offset = offset.min(bytes.len().saturating_sub(1));
    FileFault::Encoding {
        encoding: encoding.name().to_owned(),
        offset,
        row: 1 + bytes[..offset].iter().filter(|b| **b == b'\n').count(),
        byte: bytes.get(offset).copied().unwrap_or_default(),
    }
}

fn builder(layout: &Layout, delimiter: u8) -> ReaderBuilder {
    let mut builder = ReaderBuilder::new();
    builder
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .buffer_capacity(1 << 16);
    match layout.quote {
        Some(quote) => builder.quote(quote),
        None => builder.quoting(false),
    };
    builder
}

pub(super) fn read(
    text: &str,
    profile: &Profile,
    limits: &Limits,
    intake: &mut Intake<'_>,
) -> Result<(), FileFault> {
    intake.start_sheet(None, Epoch::Y1900);
    let outcome = rows(text, &profile.layout, limits, intake)
        .and_then(|()| intake.end_sheet()?.map_or(Ok(()), |none| Err(none.fault())));
    match outcome {
        Err(fault @ FileFault::MissingColumns { .. }) => {
            Err(other_delimiter(text, &profile.layout).unwrap_or(fault))
        }
        other => other,
    }
}

fn rows(
    text: &str,
    layout: &Layout,
    limits: &Limits,
    intake: &mut Intake<'_>,
) -> Result<(), FileFault> {
    let bytes = text.as_bytes();
    let mut reader = builder(layout, layout.delimiter).from_reader(bytes);
    let mut cells = StringRecord::new();
    let mut row = 1u32;
    let mut at = 0usize;
    loop {
        match reader.read_record(&mut cells) {
            Ok(true) => {}
            Ok(false) => {
                intake.end_text(!matches!(bytes.last(), None | Some(b'\n' | b'\r')));
                return Ok(());
            }
            Err(error) => {
                return Err(FileFault::Corrupt {
                    detail: format!("after row {row}: {error}"),
                });
            }
        }
        let end = usize::try_from(reader.position().byte())
            .map_or(bytes.len(), |end| end.min(bytes.len()));
        // The reader skips line ends before a record: blank lines, and the LF of the last CRLF.
        let mut start = at;
        while start < end && matches!(bytes[start], b'\n' | b'\r') {
            start += 1;
        }
        let skipped = line_ends(bytes, at, start);
        let of_last = at > 0 && bytes[at - 1] == b'\r' && bytes.get(at) == Some(&b'\n');
        at = start;
        row += skipped;
        let blank = skipped - u32::from(of_last);
        if blank > 0 {
            intake.blank_lines(blank);
        }
        let raw = &bytes[at..end];
        let breaks = line_ends(bytes, at, end);
        let ends_with_break = breaks > 0 && matches!(raw.last(), Some(b'\n' | b'\r'));
        let last = row + breaks - u32::from(ends_with_break);
        if row > limits.rows {
            return Err(FileFault::Limit {
                what: "the number of rows".to_owned(),
                value: u64::from(row),
                limit: u64::from(limits.rows),
                name: "rows",
                fix: "have the file split",
            });
        }
        let unclosed = FileFault::UnclosedQuote { row, last };
        if last > row {
            let odd = layout.quote.is_some_and(|quote| count(raw, quote) % 2 == 1);
            if odd || raw.len() > limits.record_bytes {
                return Err(unclosed);
            }
        } else if cells.len() == 1 && raw.len() > 1 && is_open(raw, layout) {
            return Err(unclosed);
        }
        let fate = intake.line(Line {
            cells: &cells,
            kinds: &[],
            number: row,
            width: Width::Exact,
            cut: None,
        })?;
        if fate == Fate::Ragged && last > row {
            return Err(unclosed);
        }
        row += breaks;
        at = end;
    }
}

/// A last line that opens a quote and never closes it.
fn is_open(raw: &[u8], layout: &Layout) -> bool {
    layout
        .quote
        .is_some_and(|quote| raw.first() == Some(&quote) && count(raw, quote) % 2 == 1)
}

/// Lines that end in a stretch of the file: LF, CRLF (counted at its LF), or the lone CR of old
/// exports.
fn line_ends(bytes: &[u8], from: usize, to: usize) -> u32 {
    let stretch = &bytes[from..to];
    let mut ends = count(stretch, b'\n');
    if stretch.contains(&b'\r') {
        for (offset, byte) in stretch.iter().enumerate() {
            let is_lone = *byte == b'\r' && bytes.get(from + offset + 1) != Some(&b'\n');
            ends += u32::from(is_lone);
        }
    }
    ends
}

fn count(bytes: &[u8], wanted: u8) -> u32 {
    bytes.iter().map(|byte| u32::from(*byte == wanted)).sum()
}

/// Whether the header is there when the lines are split by another separator.
fn other_delimiter(text: &str, layout: &Layout) -> Option<FileFault> {
    let found = [b',', b';', b'|', b'\t']
        .into_iter()
        .filter(|delimiter| *delimiter != layout.delimiter)
        .find(|delimiter| {
            let mut reader = builder(layout, *delimiter).from_reader(text.as_bytes());
            let mut above: Vec<String> = Vec::new();
            let lines = layout.header_search as usize + 1;
            reader.records().take(lines).flatten().any(|record| {
                let cells: Vec<String> = record.iter().map(str::to_owned).collect();
                let groups = (layout.header_levels == 2).then_some(above.as_slice());
                let is_header =
                    !matches!(resolve(layout, groups, &cells), Err(Refusal::NotAHeader(_)));
                above = cells;
                is_header
            })
        })?;
    Some(FileFault::WrongDelimiter {
        declared: named(layout.delimiter),
        seems: named(found),
    })
}

/// A separator as the profile writes it.
pub(super) fn named(delimiter: u8) -> String {
    match delimiter {
        b'\t' => "\"tab\"".to_owned(),
        other => format!("\"{}\"", char::from(other)),
    }
}
