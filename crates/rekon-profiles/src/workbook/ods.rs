//! OpenDocument sheets (.ods), streamed out of `content.xml`. calamine unfolds every repeated cell
//! and row of all sheets before the first is asked for; here what repeats is counted.

use std::io::{BufRead, BufReader, Cursor, Read};

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use zip::ZipArchive;

use super::super::Limits;
use super::super::fault::{FileFault, Spot, shown};
use super::super::intake::Intake;
use super::super::profile::Profile;
use super::super::row::CellKind;
use super::{SheetLine, Tab, chosen, each, number_text, within};
use crate::domain::stamp::Epoch;

const SHEET: &str = "application/vnd.oasis.opendocument.spreadsheet";
/// The longest run of blanks that one element stands for.
const BLANKS: usize = 1024;

/// The archive was looked over: what its parts unpack to is bounded.
pub(super) fn read(
    bytes: &[u8],
    profile: &Profile,
    limits: &Limits,
    intake: &mut Intake<'_>,
) -> Result<Vec<String>, FileFault> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|e| corrupt(e.to_string()))?;
    let kind = part(&mut archive, "mimetype")?;
    if !kind.is_empty() && !kind.trim().starts_with(SHEET) {
        return Err(FileFault::OtherFormat {
            found: "an OpenDocument file that is no sheet",
            fix: "have the provider send the report as CSV, XLSX or ODS",
        });
    }
    if part(&mut archive, "META-INF/manifest.xml")?.contains("encryption-data") {
        return Err(FileFault::OtherFormat {
            found: "an OpenDocument sheet locked with a password",
            fix: "save it without a password, or have it sent as XLSX with one, which is opened",
        });
    }
    let (tabs, epoch) = tabs(&mut archive)?;
    let chosen = chosen(&tabs, &profile.layout.sheets)?;
    let mut texts = 0;
    each(chosen, profile, limits, intake, |index, name, intake| {
        intake.start_sheet(Some(name), epoch);
        let mut table = Table {
            name,
            limits,
            texts: &mut texts,
            line: SheetLine::default(),
            row: 0,
            column: 0,
            given: 0,
        };
        table.read(&mut archive, index, intake)
    })
}

type Archive<'b> = ZipArchive<Cursor<&'b [u8]>>;

fn corrupt(detail: impl AsRef<str>) -> FileFault {
    FileFault::Corrupt {
        detail: shown(detail.as_ref()),
    }
}

/// A small part as text; empty where there is none.
fn part(archive: &mut Archive<'_>, name: &str) -> Result<String, FileFault> {
    const MOST: u64 = 1 << 20;
    let mut text = String::new();
    match archive.by_name(name) {
        Ok(part) => part
            .take(MOST)
            .read_to_string(&mut text)
            .map_err(|error| corrupt(format!("its part `{name}` cannot be read ({error})")))?,
        Err(zip::result::ZipError::FileNotFound) => 0,
        Err(error) => return Err(corrupt(error.to_string())),
    };
    Ok(text)
}

fn content<'a, 'b>(
    archive: &'a mut Archive<'b>,
) -> Result<Reader<impl BufRead + use<'a, 'b>>, FileFault> {
    let part = archive
        .by_name("content.xml")
        .map_err(|error| corrupt(error.to_string()))?;
    let mut reader = Reader::from_reader(BufReader::with_capacity(1 << 16, part));
    reader.config_mut().expand_empty_elements = true;
    Ok(reader)
}

fn next<'e>(
    reader: &mut Reader<impl BufRead>,
    buffer: &'e mut Vec<u8>,
) -> Result<Event<'e>, FileFault> {
    buffer.clear();
    reader
        .read_event_into(buffer)
        .map_err(|error| corrupt(format!("its content is no whole XML ({error})")))
}

fn attribute(start: &BytesStart<'_>, name: &str) -> Result<Option<String>, FileFault> {
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| corrupt(error.to_string()))?;
        if attribute.key.as_ref() == name {
            let value = attribute.normalized_value(XmlVersion::Implicit1_0);
            let value = value.map_err(|error| corrupt(error.to_string()))?;
            return Ok(Some(value.into_owned()));
        }
    }
    Ok(None)
}

fn count(start: &BytesStart<'_>, name: &str) -> Result<u32, FileFault> {
    match attribute(start, name)? {
        None => Ok(1),
        Some(text) => text
            .parse()
            .map_err(|_| corrupt(format!("`{text}` is no number of repetitions"))),
    }
}

/// How often a row or cell stands there: once at least.
fn repeats(start: &BytesStart<'_>, name: &str, spot: &Spot) -> Result<u32, FileFault> {
    let repeated = count(start, name)?;
    if repeated == 0 {
        return Err(corrupt(format!(
            "{spot}: `{name}=\"0\"` is no number of repetitions"
        )));
    }
    Ok(repeated)
}

/// The tables in their order, which of them are shown, and from when days are counted.
fn tabs(archive: &mut Archive<'_>) -> Result<(Vec<Tab>, Epoch), FileFault> {
    let mut reader = content(archive)?;
    let mut buffer = Vec::new();
    let mut tabs = Vec::new();
    let mut hidden: Vec<String> = Vec::new();
    let mut style = None;
    let mut epoch = Epoch::Y1900;
    let mut depth = 0u32;
    loop {
        match next(&mut reader, &mut buffer)? {
            Event::Start(start) => match start.name().as_ref() {
                "style:style" => style = attribute(&start, "style:name")?,
                "style:table-properties" => {
                    let is_shown = attribute(&start, "table:display")?;
                    if is_shown.as_deref() == Some("false") {
                        hidden.extend(style.take());
                    }
                }
                // Dates say theirs in full; bare numbers are days since then.
                "table:null-date"
                    if attribute(&start, "table:date-value")?.as_deref() == Some("1904-01-01") =>
                {
                    epoch = Epoch::Y1904;
                }
                "table:table" => {
                    depth += 1;
                    if depth == 1 {
                        let style = attribute(&start, "table:style-name")?;
                        let is_hidden = style.is_some_and(|style| hidden.contains(&style));
                        tabs.push(Tab {
                            name: attribute(&start, "table:name")?.unwrap_or_default(),
                            is_visible: !is_hidden,
                        });
                    }
                }
                _ => {}
            },
            Event::End(end) if end.name().as_ref() == "table:table" => {
                depth = depth.saturating_sub(1);
            }
            Event::Eof => return Ok((tabs, epoch)),
            _ => {}
        }
    }
}

struct Table<'t> {
    name: &'t str,
    limits: &'t Limits,
    /// Bytes of text given so far, over all sheets.
    texts: &'t mut u64,
    line: SheetLine,
    /// Where the next row and cell stand, from 0, and the row behind the last that was given.
    row: u32,
    column: u32,
    given: u32,
}

impl Table<'_> {
    fn read(
        &mut self,
        archive: &mut Archive<'_>,
        index: usize,
        intake: &mut Intake<'_>,
    ) -> Result<(), FileFault> {
        let mut reader = content(archive)?;
        let mut buffer = Vec::new();
        let mut tables = 0;
        let mut depth = 0u32;
        let mut repeated = 1;
        loop {
            match next(&mut reader, &mut buffer)? {
                Event::Start(start) => match start.name().as_ref() {
                    "table:table" => {
                        depth += 1;
                        tables += usize::from(depth == 1);
                    }
                    _ if tables != index + 1 || depth != 1 => {}
                    "table:table-row" => {
                        repeated = repeats(&start, "table:number-rows-repeated", &self.spot())?;
                        self.column = 0;
                    }
                    "table:table-cell" | "table:covered-table-cell" => {
                        let cell = Cell::of(&start, &self.spot())?;
                        let text = text_of(&mut reader, &mut Vec::new(), self.limits)?;
                        self.cell(cell, &text)?;
                    }
                    _ => {}
                },
                Event::End(end) => match end.name().as_ref() {
                    "table:table" => {
                        if depth == 1 && tables == index + 1 {
                            return Ok(());
                        }
                        depth = depth.saturating_sub(1);
                    }
                    "table:table-row" if tables == index + 1 && depth == 1 => {
                        self.end_row(repeated, intake)?;
                    }
                    _ => {}
                },
                Event::Eof => return Err(corrupt("its content ends inside a sheet")),
                _ => {}
            }
        }
    }

    fn spot(&self) -> Spot {
        Spot {
            sheet: Some(self.name.to_owned()),
            row: self.row.saturating_add(1),
        }
    }

    fn cell(&mut self, cell: Cell, text: &str) -> Result<(), FileFault> {
        let from = self.column;
        self.column = self.column.saturating_add(cell.repeated);
        let mut value = String::new();
        let Some(kind) = cell.value(text, &mut value) else {
            return Ok(());
        };
        // The last of them goes first: nothing is unfolded beyond the limits.
        let last = self.column.saturating_sub(1).max(from);
        within(self.name, (self.row, last), self.limits)?;
        for column in from..self.column {
            self.weigh(value.len())?;
            self.line.put(column as usize, &value, kind)?;
        }
        Ok(())
    }

    fn weigh(&mut self, bytes: usize) -> Result<(), FileFault> {
        *self.texts += bytes as u64;
        if *self.texts > self.limits.zip_total {
            return Err(FileFault::Limit {
                what: "the text of the workbook".to_owned(),
                value: *self.texts,
                limit: self.limits.zip_total,
                name: "zip_total",
                fix: "this is no settlement report; if it is genuine, have it sent as CSV",
            });
        }
        Ok(())
    }

    fn end_row(&mut self, repeated: u32, intake: &mut Intake<'_>) -> Result<(), FileFault> {
        let spot = self.spot();
        let first = self.row;
        self.row = self.row.saturating_add(repeated);
        if self.line.cells.is_empty() {
            // What is blank below the last row is no part of the report.
            return Ok(());
        }
        within(self.name, (self.row.saturating_sub(1), 0), self.limits)?;
        // A few bytes would stand for millions of payments.
        if repeated > self.limits.row_repeats {
            return Err(FileFault::Limit {
                what: format!("{spot}: the number of times it is repeated"),
                value: u64::from(repeated),
                limit: u64::from(self.limits.row_repeats),
                name: "row_repeats",
                fix: "no two payments are alike; delete the rows that are filled with the same, or have the report sent as CSV",
            });
        }
        let blank = first.saturating_sub(self.given);
        if blank > 0 && self.given > 1 {
            intake.blank_lines(blank);
        }
        let bytes = self.line.cells.as_slice().len();
        for row in first..self.row {
            self.weigh(bytes)?;
            self.line.give_as(row, intake)?;
        }
        self.given = self.row;
        self.line.clear();
        Ok(())
    }
}

/// A cell as its element says it.
struct Cell {
    repeated: u32,
    kind: Option<String>,
    value: Option<String>,
    is_error: bool,
    has_formula: bool,
}

impl Cell {
    fn of(start: &BytesStart<'_>, spot: &Spot) -> Result<Cell, FileFault> {
        let kind = attribute(start, "office:value-type")?;
        let name = match kind.as_deref() {
            Some("date") => "office:date-value",
            Some("time") => "office:time-value",
            Some("boolean") => "office:boolean-value",
            Some("string") => "office:string-value",
            _ => "office:value",
        };
        Ok(Cell {
            repeated: repeats(start, "table:number-columns-repeated", spot)?,
            value: attribute(start, name)?,
            is_error: attribute(start, "calcext:value-type")?.as_deref() == Some("error"),
            has_formula: attribute(start, "table:formula")?.is_some(),
            kind,
        })
    }

    /// Its text as a person sees it; `None` for an empty one.
    fn value(&self, shown: &str, text: &mut String) -> Option<CellKind> {
        if self.is_error {
            text.push_str(if shown.is_empty() { "#N/A" } else { shown });
            return Some(CellKind::Error);
        }
        let value = self.value.as_deref();
        match (self.kind.as_deref(), value) {
            (None, _) if self.has_formula && shown.is_empty() => Some(CellKind::Uncomputed),
            (None | Some("string"), None) => {
                text.push_str(shown);
                (!shown.is_empty()).then_some(CellKind::Text)
            }
            (Some("string"), Some(own)) => {
                let own = if own.is_empty() { shown } else { own };
                text.push_str(own);
                (!own.is_empty()).then_some(CellKind::Text)
            }
            (Some("date"), Some(stamp)) => {
                text.push_str(&stamp.replacen('T', " ", 1));
                if !stamp.contains('T') {
                    text.push_str(" 00:00:00");
                }
                Some(CellKind::Text)
            }
            (Some("time"), Some(length)) => {
                let clock = clock(length);
                text.push_str(clock.as_deref().unwrap_or(length));
                Some(CellKind::Text)
            }
            (Some("boolean"), Some(truth)) => {
                text.push_str(if truth == "true" { "TRUE" } else { "FALSE" });
                Some(CellKind::Text)
            }
            (Some(_), None) => Some(CellKind::Uncomputed),
            (_, Some(number)) => Some(match number.parse::<f64>() {
                Ok(parsed) => {
                    let plain = super::decimal(parsed);
                    number_text(&plain, zeros(shown, &plain), text)
                }
                // As it stands, for the row to be told with.
                Err(_) => {
                    text.push_str(number);
                    CellKind::Text
                }
            }),
        }
    }
}

/// How many digits a number is shown with, where it is shown with zeros that it does not store.
fn zeros(shown: &str, number: &str) -> usize {
    let padded = shown.len() > number.len()
        && shown.bytes().all(|byte| byte.is_ascii_digit())
        && shown.trim_start_matches('0') == number.trim_start_matches('0');
    if padded { shown.len() } else { 0 }
}

/// `PT17H30M00S` → `17:30:00`; `None` for what is no time of day.
fn clock(length: &str) -> Option<String> {
    let (hours, rest) = length.strip_prefix("PT")?.split_once('H')?;
    let (minutes, rest) = rest.split_once('M')?;
    let seconds = rest.strip_suffix('S')?;
    let seconds = seconds
        .split_once(['.', ','])
        .map_or(seconds, |(whole, _)| whole);
    let number = |text: &str, below: u32| text.parse::<u32>().ok().filter(|n| *n < below);
    let (hours, minutes, seconds) = (
        number(hours, 24)?,
        number(minutes, 60)?,
        number(seconds, 60)?,
    );
    Some(format!("{hours:02}:{minutes:02}:{seconds:02}"))
}

/// What a cell shows, up to its end; notes beside it are left out.
fn text_of(
    reader: &mut Reader<impl BufRead>,
    buffer: &mut Vec<u8>,
    limits: &Limits,
) -> Result<String, FileFault> {
    let mut text = String::new();
    let mut depth = 1u32;
    let mut note = None;
    let mut paragraphs = 0u32;
    // Whoever shows more is told by the limit on fields.
    let most = limits.field_bytes.saturating_add(BLANKS);
    loop {
        match next(reader, buffer)? {
            Event::Start(start) => {
                depth += 1;
                let is_open = note.is_none() && text.len() < most;
                match start.name().as_ref() {
                    "office:annotation" | "table:table" | "draw:frame" if note.is_none() => {
                        note = Some(depth);
                    }
                    "text:p" if is_open => {
                        if paragraphs > 0 {
                            text.push('\n');
                        }
                        paragraphs += 1;
                    }
                    "text:s" if is_open => {
                        let blanks = count(&start, "text:c")? as usize;
                        text.extend(std::iter::repeat_n(' ', blanks.min(BLANKS)));
                    }
                    "text:tab" if is_open => text.push('\t'),
                    "text:line-break" if is_open => text.push('\n'),
                    _ => {}
                }
            }
            Event::End(_) => {
                if note == Some(depth) {
                    note = None;
                }
                depth -= 1;
                if depth == 0 {
                    return Ok(text);
                }
            }
            // Between the paragraphs there is only the layout of the XML.
            Event::Text(part) if note.is_none() && depth > 1 && text.len() < most => {
                text.push_str(&part.xml10_content());
            }
            Event::CData(part) if note.is_none() && depth > 1 && text.len() < most => {
                text.push_str(&part.xml10_content());
            }
            Event::GeneralRef(entity) if note.is_none() && depth > 1 => {
                let name = entity.as_ref();
                match quick_xml::escape::resolve_predefined_entity(name) {
                    Some(letter) => text.push_str(letter),
                    None => match entity.resolve_char_ref() {
                        Ok(Some(letter)) => text.push(letter),
                        _ => return Err(corrupt(format!("`&{name};` stands for nothing"))),
                    },
                }
            }
            Event::Eof => return Err(corrupt("its content ends inside a cell")),
            _ => {}
        }
    }
}
