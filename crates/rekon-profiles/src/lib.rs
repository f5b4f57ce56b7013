//! The profile language and the readers: the bytes of a report → settlement entries, rejected
//! rows and control totals. A new provider is a new TOML profile, never a change here.
//!
//! `language` (TOML as written) → `check`, `codes` and `printed` → `profile`; then `read` below:
//! `delimited`, `fixed` or `workbook` gives lines to `intake`, which finds the header (`columns`), turns rows into entries
//! (`row`), compares totals (`controls`) and reads the slot (`slot`). What a file shows beside its rows
//! (`shape`, `sight`) is judged by `admission`, before anything of it counts.
//! Nothing here knows a channel, a database or a clock.

use rekon_domain as domain;

pub mod admission;
mod balances;
mod check;
mod codes;
mod columns;
mod controls;
mod delimited;
mod fault;
mod fees;
mod fixed;
mod inherit;
mod intake;
mod language;
mod printed;
mod profile;
pub mod propose;
mod reference;
mod refused;
mod row;
mod shape;
mod sides;
mod sight;
mod slot;
pub mod speaking;
/// How people write lengths of time and misspell names, in configuration and profiles alike.
pub mod spelling;
mod statements;
mod summary;
mod unpack;
mod workbook;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use serde::Serialize;

pub use balances::Balances;
pub use columns::{ColumnUse, same_header as same_column};
pub use controls::{ControlState, ControlTotal, Sums};
pub use fault::{FileFault, RejectedRow, Spot, shown};
pub use fees::FeeRow;
pub use profile::{
    BUILT_IN, CalendarKind, Defaults, FieldLabel, FilesPerDate, Profile, built_in_source,
};
pub use reference::REFERENCE;
pub use refused::ProfileError;
pub use shape::{FileShape, ShapeChange, SheetShape};
pub use sight::{Ending, Marks, Unread};
pub use slot::{Part, Slot};
pub use speaking::Speaking;
pub use summary::{Description, expected_parse, parse_summary};
pub use unpack::{UnpackFault, Unpacked, is_packed, unpack};

use crate::domain::entry::{EntrySet, KeyState, TooLarge};
use crate::domain::money::Money;
use crate::domain::payout::{Doubt, Paid};
use crate::domain::time::{Bounds, BusinessDay};
use language::EmptyFile;

/// What the amounts of a file include.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum AmountBasis {
    /// The admin fee is part of the amount.
    Gross,
    /// The admin fee comes on top.
    NetOfAdminFee,
}

#[derive(Clone, Debug)]
pub struct ReadOptions {
    /// Zone of stamps without one, where the profile names none.
    pub zone: Tz,
    pub amount_basis: AmountBasis,
    pub limits: Limits,
}

/// Bounds on what is taken from outside; faults name the field that was exceeded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    pub file_bytes: u64,
    /// Longer rows are rejected.
    pub record_bytes: usize,
    pub field_bytes: usize,
    pub rows: u32,
    /// Of a sheet.
    pub columns: u32,
    pub sheets: usize,
    pub rejected_rows: usize,
    /// How often an OpenDocument sheet may say one filled row.
    pub row_repeats: u32,
    /// Parts of a workbook.
    pub zip_entries: u64,
    /// Unpacked bytes of a workbook, and of each part that is not a sheet.
    pub zip_total: u64,
    pub zip_part: u64,
    /// Unpacked to packed, judged on parts larger than `zip_ratio_from` bytes.
    pub zip_ratio: u64,
    pub zip_ratio_from: u64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            file_bytes: 2 << 30,
            record_bytes: 1 << 20,
            field_bytes: 64 << 10,
            rows: 50_000_000,
            columns: 1024,
            sheets: 200,
            rejected_rows: 100_000,
            row_repeats: 1_000,
            zip_entries: 2_000,
            zip_total: 1 << 30,
            zip_part: 256 << 20,
            zip_ratio: 150,
            zip_ratio_from: 8 << 20,
        }
    }
}

/// A file that reads: its entries, and what else it says.
#[derive(Clone, Debug)]
pub struct ReadFile {
    /// `Place.file` is 0, `Place.sheet` an index into `sheets`.
    pub entries: EntrySet,
    /// What the provider keeps and no payment of the file accounts for.
    pub fees: Vec<FeeRow>,
    /// Rejected rows of other currencies.
    pub foreign: Vec<ForeignRow>,
    /// Names of the sheets that were read; empty for delimited text.
    pub sheets: Vec<String>,
    pub rejected: Vec<RejectedRow>,
    pub slot: Slot,
    pub controls: Vec<ControlTotal>,
    /// Amounts as written, over all rows.
    pub sums: Sums,
    /// What the rows whose money moved pay out.
    pub paid: Paid,
    pub format: Format,
}

/// A row whose amount is in another currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignRow {
    pub currency: String,
    pub at: DateTime<Utc>,
    /// In hundredths of that currency, as [`Money`] is of rupiah.
    pub amount: Money,
}

impl ReadFile {
    /// Takes the rows out that stand beyond the dates a file can hold: they are rejected, and keep
    /// their references.
    pub fn keep_within(&mut self, bounds: &Bounds, days: &BusinessDay) -> Result<(), TooLarge> {
        if self
            .entries
            .entries
            .iter()
            .all(|entry| bounds.hold(entry.at()))
        {
            return Ok(());
        }
        let last = days.date_of(bounds.to - chrono::Duration::milliseconds(1));
        let mut kept = EntrySet::default();
        for entry in self.entries.entries.iter() {
            if bounds.hold(entry.at()) {
                kept.push_from(&self.entries, entry, entry.place().file)?;
                continue;
            }
            let place = entry.place();
            let whole = entry.key_state() == KeyState::Whole;
            self.rejected.push(RejectedRow {
                sheet: self.sheets.get(usize::from(place.sheet)).cloned(),
                row: place.row,
                column: None,
                field: Some("time".to_owned()),
                value: days.date_of(entry.at()).to_string(),
                reason: format!(
                    "its date is none of this file, which can hold {} to {last}",
                    days.date_of(bounds.from)
                ),
                key: whole.then(|| self.entries.key(entry).to_vec()),
                at: Some(entry.at()),
            });
        }
        self.entries = kept;
        self.paid.doubts.insert(Doubt::Rejected);
        Ok(())
    }

    /// What its sheets look like.
    pub fn shape(&self) -> FileShape {
        FileShape::of(&self.format)
    }
}

/// How a file reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Format {
    pub container: Container,
    /// `None` for workbooks and for columns at fixed places.
    pub delimiter: Option<char>,
    pub encoding: Option<String>,
    pub sheets: Vec<SheetFormat>,
    /// Visible sheets that were not read.
    pub skipped_sheets: Vec<String>,
    /// Of those, the ones that hold rows under the same header.
    #[serde(skip)]
    pub left_sheets: Vec<String>,
    #[serde(skip)]
    pub ending: Ending,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Container {
    Delimited,
    /// Text with columns at fixed places.
    Fixed,
    Workbook,
    /// Nothing in it, and the profile accepts that.
    Empty,
}

/// How one sheet (or the only text) reads. Rows are counted by what became of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SheetFormat {
    pub name: Option<String>,
    pub header_row: u32,
    pub columns: Vec<ColumnUse>,
    pub unmapped: Vec<String>,
    pub rows: u32,
    pub rejected: u32,
    pub filtered: u32,
    pub blank: u32,
    pub preamble: u32,
    pub repeated_headers: u32,
    pub trailer: u32,
    /// Rows of what the provider keeps.
    #[serde(skip_serializing_if = "is_none")]
    pub fees: u32,
    #[serde(skip)]
    pub shape: SheetShape,
    #[serde(skip)]
    pub balances: Balances,
    /// Columns that no field reads, and those that may name a currency.
    #[serde(skip)]
    pub unread: Vec<Unread>,
    /// How amounts are marked, by column.
    #[serde(skip)]
    pub marks: Vec<Marks>,
}

fn is_none(count: &u32) -> bool {
    *count == 0
}

/// The dates that a file says by its name alone.
pub fn dates_in_name(profile: &Profile, file_name: &str) -> Vec<NaiveDate> {
    Slot::of_name(&profile.layout.slot, file_name).dates
}

/// Reads a whole report, or refuses it whole. `file_name` serves the slot alone: what the file is
/// shows in its bytes.
pub fn read(
    bytes: &[u8],
    file_name: &str,
    profile: &Profile,
    options: &ReadOptions,
) -> Result<ReadFile, FileFault> {
    let limits = &options.limits;
    if bytes.len() as u64 > limits.file_bytes {
        return Err(FileFault::Limit {
            what: "the size of the file".to_owned(),
            value: bytes.len() as u64,
            limit: limits.file_bytes,
            name: "file_bytes",
            fix: "have the file split; a settlement report stays far below",
        });
    }
    let slot = Slot::of_name(&profile.layout.slot, file_name);
    let mut intake = intake::Intake::new(profile, options, slot);
    if is_blank(bytes) {
        if profile.layout.empty_file == EmptyFile::Refuse {
            return Err(FileFault::Empty { bytes: bytes.len() });
        }
        return Ok(empty(intake.slot, Paid::new(profile.money)));
    }
    let format = feed(bytes, profile, limits, &mut intake)?;
    let finished = intake.finish()?;
    Ok(ReadFile {
        entries: finished.entries,
        fees: finished.fees,
        foreign: finished.foreign,
        sheets: finished.sheets,
        rejected: finished.rejected,
        slot: finished.slot,
        controls: finished.controls,
        sums: finished.sums,
        paid: finished.paid,
        format: Format {
            sheets: finished.formats,
            left_sheets: finished.left_sheets,
            ending: finished.ending,
            ..format
        },
    })
}

/// Every line of the file into the intake, by the reader its bytes ask for.
fn feed(
    bytes: &[u8],
    profile: &Profile,
    limits: &Limits,
    intake: &mut intake::Intake<'_>,
) -> Result<Format, FileFault> {
    let workbook = |skipped_sheets| Format {
        container: Container::Workbook,
        delimiter: None,
        encoding: None,
        sheets: Vec::new(),
        skipped_sheets,
        left_sheets: Vec::new(),
        ending: Ending::default(),
    };
    if bytes.starts_with(b"PK\x03\x04") {
        return workbook::read(bytes, profile, limits, intake).map(workbook);
    }
    if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return workbook::read_xls(bytes, profile, limits, intake).map(workbook);
    }
    refuse_other_formats(bytes)?;
    let layout = &profile.layout;
    let (mut text, encoding) = delimited::decode(bytes, layout.encoding)?;
    if layout.printed.has_pages() {
        text = delimited::without_form_feeds(text);
    }
    let delimiter = match &layout.printed.fixed {
        Some(rule) => {
            fixed::read(&text, rule, limits, intake)?;
            None
        }
        None => {
            delimited::read(&text, profile, limits, intake)?;
            Some(char::from(layout.delimiter))
        }
    };
    Ok(Format {
        container: match delimiter {
            Some(_) => Container::Delimited,
            None => Container::Fixed,
        },
        delimiter,
        encoding: Some(encoding.name().to_owned()),
        sheets: Vec::new(),
        skipped_sheets: Vec::new(),
        left_sheets: Vec::new(),
        ending: Ending::default(),
    })
}

fn is_blank(bytes: &[u8]) -> bool {
    let body = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let body = match body {
        [0xff, 0xfe, rest @ ..] | [0xfe, 0xff, rest @ ..] => rest,
        other => other,
    };
    body.iter()
        .all(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | 0))
}

fn empty(slot: Slot, paid: Paid) -> ReadFile {
    ReadFile {
        entries: EntrySet::default(),
        fees: Vec::new(),
        foreign: Vec::new(),
        sheets: Vec::new(),
        rejected: Vec::new(),
        slot,
        controls: Vec::new(),
        sums: Sums::default(),
        paid,
        format: Format {
            container: Container::Empty,
            delimiter: None,
            encoding: None,
            sheets: Vec::new(),
            skipped_sheets: Vec::new(),
            left_sheets: Vec::new(),
            ending: Ending::default(),
        },
    }
}

/// Portals answer with a login page named .csv, and export HTML tables named .xls.
fn refuse_other_formats(bytes: &[u8]) -> Result<(), FileFault> {
    let start = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let start = start.trim_ascii_start();
    let head: Vec<u8> = start
        .iter()
        .take(512)
        .filter(|byte| **byte != 0)
        .map(u8::to_ascii_lowercase)
        .collect();
    // BIFF2 to BIFF4 begin with the record itself: its number, and four or six bytes of data.
    let is_ancient = matches!(
        bytes,
        [0x09, 0x00 | 0x02 | 0x04, 0x04 | 0x06 | 0x08, 0x00, ..]
    );
    let (found, fix) = if is_ancient {
        (
            "an .xls workbook of Excel 4 or earlier",
            "open it in a spreadsheet and save it as .xlsx",
        )
    } else if head.starts_with(b"%pdf") {
        (
            "a PDF document",
            "ask the provider for the CSV or XLSX form of the report",
        )
    } else if let Some(statement) = statements::named(start) {
        (
            statement,
            "ask the bank for the same statement as CSV or XLSX",
        )
    } else if head.starts_with(b"<?xml") {
        (
            "an XML document",
            "open it in a spreadsheet and save it as .xlsx",
        )
    } else if [
        &b"<!doctype"[..],
        b"<html",
        b"<table",
        b"<head",
        b"<meta",
        b"<body",
    ]
    .iter()
    .any(|tag| head.starts_with(tag))
    {
        (
            "an HTML page",
            "if it shows a table, open it in a spreadsheet and save it as .xlsx; if it is a login or error page, download the report again",
        )
    } else if start.starts_with(&[0x1f, 0x8b])
        || start.starts_with(b"Rar!")
        || start.starts_with(b"7z\xbc\xaf")
    {
        (
            "a packed archive",
            "unpack it and hand in the report inside",
        )
    } else {
        return Ok(());
    };
    Err(FileFault::OtherFormat { found, fix })
}
