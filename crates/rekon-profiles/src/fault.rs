//! What can be wrong with a whole file and with one row, in words a person can act on.

use chrono::{DateTime, Utc};
use serde::Serialize;

/// A row that cannot be read; its file still counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RejectedRow {
    pub sheet: Option<String>,
    /// 1-based, as a person counts lines in the file.
    pub row: u32,
    /// The column's header as the file writes it.
    pub column: Option<String>,
    /// The profile's name of that column (`customer`, `amount` …), which decides about masking.
    pub field: Option<String>,
    /// At most [`MAX_SHOWN`] characters, control characters made visible.
    pub value: String,
    pub reason: String,
    /// Encoded, where it could be read: it keeps the other side from being called missing.
    #[serde(skip)]
    pub key: Option<Vec<u8>>,
    pub at: Option<DateTime<Utc>>,
}

/// The longest value shown in a message, in characters.
pub const MAX_SHOWN: usize = 120;

/// A value from outside as it may be shown: short, one line, control characters visible.
pub fn shown(value: &str) -> String {
    let mut text = String::new();
    for (count, letter) in value.chars().enumerate() {
        if count == MAX_SHOWN {
            text.push('…');
            break;
        }
        if letter.is_control()
            || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
        {
            text.extend(letter.escape_default());
        } else {
            text.push(letter);
        }
    }
    text
}

/// A place inside a file: `sheet "Data", row 12`, or `row 12` where there are no sheets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Spot {
    pub sheet: Option<String>,
    pub row: u32,
}

impl std::fmt::Display for Spot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.sheet {
            Some(sheet) => write!(f, "sheet \"{}\", row {}", shown(sheet), self.row),
            None => write!(f, "row {}", self.row),
        }
    }
}

/// Why a file is refused whole: none of its rows counts.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileFault {
    #[error(
        "the file is empty ({bytes} bytes)\n  fix: ask for it again; if an empty file means a day without transactions, write empty_file = \"accept\" under [file] in the profile"
    )]
    Empty { bytes: usize },
    #[error("this is {found}, not a text report or a workbook (.xlsx, .xls, .ods)\n  fix: {fix}")]
    OtherFormat {
        found: &'static str,
        fix: &'static str,
    },
    #[error("{what} is {value}, more than the limit of {limit} (limits.{name})\n  fix: {fix}")]
    Limit {
        what: String,
        value: u64,
        limit: u64,
        /// The field of `Limits` that says so.
        name: &'static str,
        fix: &'static str,
    },
    #[error(
        "the workbook cannot be read: {detail}\n  fix: it was cut or damaged on its way; fetch it again, or open it and save it as .xlsx"
    )]
    Corrupt { detail: String },
    #[error(
        "row {row} is not {encoding}: byte 0x{byte:02X} at offset {offset}\n  fix: name the file's encoding in the profile, e.g. encoding = \"windows-1252\" under [file]"
    )]
    Encoding {
        encoding: String,
        offset: usize,
        row: usize,
        byte: u8,
    },
    #[error(
        "the columns are not separated by {declared} but by {seems}\n  fix: write delimiter = {seems} under [file] in the profile, or ask for the agreed format"
    )]
    WrongDelimiter { declared: String, seems: String },
    #[error("{place}no column for {missing}\n  found: {found}\n  fix: {fix}")]
    MissingColumns {
        place: String,
        missing: String,
        found: String,
        fix: String,
    },
    #[error(
        "{spot}: two columns can be {field}: {columns}\n  fix: leave only the right one among the columns of {field} in the profile"
    )]
    DuplicateColumn {
        spot: Spot,
        field: String,
        columns: String,
    },
    #[error(
        "no sheet to read: {problem}\n  found: {found}\n  fix: name the sheet under [sheets] in the profile"
    )]
    NoSheet { problem: String, found: String },
    #[error(
        "a quote opened in row {row} is not closed where it should be; rows {row} to {last} cannot be told apart\n  fix: ask for the file again, or write quote = \"\" under [file] in the profile if its quotes mean nothing"
    )]
    UnclosedQuote { row: u32, last: u32 },
    #[error(
        "{spot}: the file declares {what} {declared}, its rows make {computed}\n  fix: rows are missing or changed; ask the provider for the file again"
    )]
    ControlTotal {
        spot: Spot,
        what: &'static str,
        declared: String,
        computed: String,
    },
    #[error(
        "{spot}: the declared {what} `{value}` cannot be read: {reason}\n  fix: correct the pattern or the number style in the profile"
    )]
    ControlUnreadable {
        spot: Spot,
        what: &'static str,
        value: String,
        reason: String,
    },
    #[error(
        "{place}the line that must {position} is not there (pattern `{pattern}`)\n  fix: the file was cut off; fetch it again"
    )]
    MissingLine {
        place: String,
        position: &'static str,
        pattern: String,
    },
    #[error("{spot}: {detail}\n  fix: pages are missing; ask the provider for the file again")]
    MissingPage { spot: Spot, detail: String },
    #[error(
        "none of the {rows} rows can be read; {count} of them because: {reason}\n  first: {spot}{column}, value `{value}`\n  fix: the layout differs from the profile; run `rekon inspect` on the file"
    )]
    AllRejected {
        rows: u64,
        count: u64,
        reason: String,
        spot: Spot,
        column: String,
        value: String,
    },
}
