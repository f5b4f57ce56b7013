//! The common path of both readers: lines in, entries, rejected rows and control totals out.
//! Finds the header, drops what is not a row, compares totals, and judges the file as a whole.

mod line;
mod pages;
mod refusal;
mod seen;

use csv::StringRecord;

pub(super) use line::{Cut, Fate, Heard, Line, Listener, Stray, Width};
pub(super) use refusal::Headless;

use super::columns::{NotAHeader, Refusal, nearest_header, resolve};
use super::controls::{Controls, Sums};
use super::fault::{FileFault, RejectedRow, Spot, shown};
use super::printed::Pages;
use super::profile::Profile;
use super::row::{Rejection, Row, RowReader, Taken, Written};
use super::shape::SheetShape;
use super::sight::Ending;
use super::slot::Slot;
use super::{AmountBasis, ControlTotal, FeeRow, ForeignRow, ReadOptions, SheetFormat, fees};
use crate::domain::entry::EntrySet;
use crate::domain::payout::{Doubt, Paid, PaidRow};
use crate::domain::stamp::Epoch;
use refusal::{all_rejected, missing_line};

pub(super) struct Intake<'p> {
    profile: &'p Profile,
    options: &'p ReadOptions,
    pub entries: EntrySet,
    fees: Vec<FeeRow>,
    foreign: Vec<ForeignRow>,
    pub sheets: Vec<String>,
    pub formats: Vec<SheetFormat>,
    pub rejected: Vec<RejectedRow>,
    pub slot: Slot,
    controls: Controls,
    paid: Paid,
    state: State<'p>,
    epoch: Epoch,
    seen_preamble: Vec<bool>,
    pages: Pages,
    /// The section that lines belong to, and how many rows were set aside in unread ones.
    section: Option<usize>,
    set_aside: usize,
    /// The line at hand, and whether it was meant as a row.
    last: u32,
    last_is_row: bool,
    /// How many rows have fewer columns than the header, and the last of them.
    short: (u32, u32),
    ending: Ending,
    left_sheets: Vec<String>,
    /// Where the lines go instead, for a file whose layout nobody has described yet.
    listener: Option<Listener<'p>>,
}

enum State<'p> {
    BeforeHeader {
        above: Option<Vec<String>>,
        best: Option<(u32, NotAHeader)>,
        lines: u32,
        /// Of the part before, where nothing but heads of pages has followed its section that is
        /// not read: that section may go on below.
        behind: Option<Box<RowReader<'p>>>,
    },
    Rows(Box<RowReader<'p>>),
    /// In a section that is not read; behind it, the columns of what was read before.
    Aside(Option<Box<RowReader<'p>>>),
    /// After the line that ends the sheet.
    Ended(Option<Box<RowReader<'p>>>),
}

impl State<'_> {
    fn start() -> Self {
        State::BeforeHeader {
            above: None,
            best: None,
            lines: 0,
            behind: None,
        }
    }
}

impl<'p> Intake<'p> {
    pub fn new(profile: &'p Profile, options: &'p ReadOptions, slot: Slot) -> Intake<'p> {
        Intake {
            profile,
            options,
            entries: EntrySet::default(),
            fees: Vec::new(),
            foreign: Vec::new(),
            sheets: Vec::new(),
            formats: Vec::new(),
            rejected: Vec::new(),
            slot,
            controls: Controls::new(&profile.layout),
            paid: Paid::new(profile.money),
            state: State::start(),
            epoch: Epoch::Y1900,
            seen_preamble: vec![false; profile.layout.preamble.len()],
            pages: Pages::default(),
            section: None,
            set_aside: 0,
            last: 0,
            last_is_row: false,
            short: (0, 0),
            ending: Ending::default(),
            left_sheets: Vec::new(),
            listener: None,
        }
    }

    /// An intake that takes nothing in: every line goes to `listener`.
    pub fn listening(
        profile: &'p Profile,
        options: &'p ReadOptions,
        listener: Listener<'p>,
    ) -> Intake<'p> {
        Intake {
            listener: Some(listener),
            ..Intake::new(profile, options, Slot::default())
        }
    }

    pub fn start_sheet(&mut self, name: Option<&str>, epoch: Epoch) {
        self.sheets.extend(name.map(str::to_owned));
        self.formats.push(SheetFormat {
            name: name.map(str::to_owned),
            ..SheetFormat::default()
        });
        self.epoch = epoch;
        self.state = State::start();
        self.section = None;
        self.controls.start_sheet();
        if let (Some(listener), Some(name)) = (&mut self.listener, name) {
            listener(Heard::Sheet(name, epoch));
        }
    }

    pub fn spot(&self, row: u32) -> Spot {
        Spot {
            sheet: self.format().and_then(|format| format.name.clone()),
            row,
        }
    }

    fn format(&self) -> Option<&SheetFormat> {
        self.formats.last()
    }

    fn facts(&mut self) -> &mut SheetFormat {
        if self.formats.is_empty() {
            self.formats.push(SheetFormat::default());
        }
        let last = self.formats.len() - 1;
        &mut self.formats[last]
    }

    pub fn options(&self) -> &'p ReadOptions {
        self.options
    }

    pub fn blank_lines(&mut self, count: u32) {
        self.facts().blank += count;
    }

    pub fn line(&mut self, line: Line<'_>) -> Result<Fate, FileFault> {
        if let Some(listener) = &mut self.listener {
            listener(Heard::Line(line));
            return Ok(Fate::Read);
        }
        if line.is_blank() {
            self.facts().blank += 1;
            return Ok(Fate::Read);
        }
        self.last = line.number;
        self.last_is_row = false;
        let profile = self.profile;
        if profile.layout.printed.has_sections()
            && let Some(next) = profile.layout.printed.begins(&self.joined(line))
            && self.section.replace(next) != Some(next)
        {
            self.begin_section(next);
        }
        match std::mem::replace(&mut self.state, State::start()) {
            State::BeforeHeader {
                above,
                best,
                lines,
                behind,
            } => {
                self.before_header(line, above, best, lines)?;
                self.keep_behind(line, behind);
                Ok(Fate::Read)
            }
            State::Rows(mut reader) => {
                let fate = self.row(line, &mut reader);
                // A trailer line may have ended the sheet meanwhile.
                self.state = if self.controls.ended() {
                    self.end_of_pages()?;
                    State::Ended(Some(reader))
                } else {
                    State::Rows(reader)
                };
                fate
            }
            State::Aside(reader) => {
                let index = self.section.unwrap_or_default();
                if let Some(section) = profile.layout.printed.section(index) {
                    self.aside(line, section)?;
                }
                self.state = if self.controls.ended() {
                    self.end_of_pages()?;
                    State::Ended(reader)
                } else {
                    State::Aside(reader)
                };
                Ok(Fate::Read)
            }
            State::Ended(mut reader) => {
                let row = self.row_of(line);
                if !self.trailer(line, reader.as_deref())?
                    && !self.page_head(line)?
                    && !self.states_balance(line, reader.as_deref())
                {
                    let rejection = Rejection::whole_row(
                        "stands after the line that ends the file",
                        &self.joined(line),
                    );
                    self.reject(row, reader.as_deref_mut(), rejection)?;
                }
                self.state = State::Ended(reader);
                Ok(Fate::Read)
            }
        }
    }

    fn before_header(
        &mut self,
        line: Line<'_>,
        above: Option<Vec<String>>,
        mut best: Option<(u32, NotAHeader)>,
        lines: u32,
    ) -> Result<(), FileFault> {
        let cells: Vec<String> = line.cells.iter().map(str::to_owned).collect();
        let layout = &self.profile.layout;
        let groups = (layout.header_levels == 2).then(|| above.as_deref().unwrap_or(&[]));
        match resolve(layout, groups, &cells) {
            Ok(columns) => {
                self.controls.leave_aside();
                let facts = self.facts();
                // A further section may have columns of its own.
                if facts.columns.is_empty() {
                    facts.header_row = line.number;
                    facts.columns = columns.uses.clone();
                    facts.shape = SheetShape::of(facts.name.as_deref(), groups, &cells);
                    facts.unmapped = columns.unmapped.clone();
                }
                let printed = &self.profile.layout.printed;
                let section = self.section.and_then(|index| printed.section(index));
                self.state = State::Rows(Box::new(RowReader::new(
                    self.profile,
                    self.options,
                    columns,
                    section.map(|section| section.given).unwrap_or_default(),
                )));
                return Ok(());
            }
            Err(Refusal::Duplicate { field, columns }) => {
                return Err(FileFault::DuplicateColumn {
                    spot: self.spot(line.number),
                    field,
                    columns,
                });
            }
            Err(Refusal::NotAHeader(partial)) => {
                if best
                    .as_ref()
                    .is_none_or(|(_, known)| partial.found > known.found)
                {
                    best = Some((line.number, partial));
                }
            }
        }
        self.preamble(line)?;
        if lines >= layout.header_search {
            return Err(self.no_header(best));
        }
        self.state = State::BeforeHeader {
            above: Some(cells),
            best,
            lines: lines + 1,
            behind: None,
        };
        Ok(())
    }

    fn preamble(&mut self, line: Line<'_>) -> Result<(), FileFault> {
        self.facts().preamble += 1;
        self.states_balance(line, None);
        let layout = &self.profile.layout;
        if layout.printed.has_pages() {
            let (text, spot) = (self.joined(line), self.spot(line.number));
            self.pages.met(&layout.printed, &text, spot)?;
        }
        self.declaration(line)?;
        Ok(())
    }

    fn row_of<'l>(&self, line: Line<'l>) -> Row<'l> {
        Row {
            cells: line.cells,
            kinds: line.kinds,
            epoch: self.epoch,
            sheet: u8::try_from(self.sheets.len().saturating_sub(1)).unwrap_or(u8::MAX),
            number: line.number,
        }
    }

    fn row(&mut self, line: Line<'_>, reader: &mut RowReader<'p>) -> Result<Fate, FileFault> {
        let row = self.row_of(line);
        let width = reader.columns.headers.len();
        let cells = line.cells;
        let fits = line.width == Width::Loose
            || (cells.len() >= width
                && cells.iter().skip(width).all(|cell| cell.trim().is_empty()));
        self.last_is_row = true;
        if !fits {
            if self.trailer(line, Some(reader))?
                || self.page_head(line)?
                || self.states_balance(line, Some(reader))
                || self.begins_again(line, reader)?
            {
                self.last_is_row = false;
                return Ok(Fate::Read);
            }
            if cells.len() < width {
                self.short = (self.short.0 + 1, line.number);
            }
            let reason = match cells.len() {
                count if count < width => format!("only {count} of {width} columns"),
                count => format!("{count} columns, more than the {width} of the header"),
            };
            let text = self.joined(line);
            self.controls.count_rejected(&Written::default());
            self.reject(row, Some(reader), Rejection::whole_row(reason, &text))?;
            return Ok(Fate::Ragged);
        }
        if let Some(rejection) = pages::misfit(line, reader) {
            if !self.is_no_row(line, reader)? {
                self.controls.count_rejected(&Written::default());
                self.reject(row, Some(reader), rejection)?;
                // What stands behind the misfit is of other columns, and no key.
                let stray = line.cut.and_then(|cut| cut.stray);
                if stray.is_some_and(|stray| !reader.finds_key_before(stray.column))
                    && let Some(rejected) = self.rejected.last_mut()
                {
                    (rejected.key, rejected.at) = (None, None);
                }
            }
            return Ok(Fate::Read);
        }
        if let Some(rejection) = self.oversized(line) {
            self.controls.count_rejected(&Written::default());
            self.reject(row, Some(reader), rejection)?;
            return Ok(Fate::Read);
        }
        let mut written = Written::default();
        match reader.take(row, &mut self.entries, &mut written) {
            Taken::Entry => {
                let facts = self.facts();
                facts.rows += 1;
                let seen = facts.rows;
                facts.shape.note(row, &reader.columns, seen);
                facts.balances.count(&written);
                self.controls.count(&written);
                self.note_marks(row, reader);
                if let Some(entry) = self.entries.entries.last() {
                    self.paid.add(&PaidRow {
                        kind: entry.kind,
                        status: entry.status,
                        amount: entry.amount(),
                        fee: entry.fee(),
                        net: written.net,
                    });
                }
            }
            Taken::Fee(row_of) => {
                let facts = self.facts();
                facts.fees += 1;
                facts.balances.count(&written);
                self.controls.count(&written);
                self.note_marks(row, reader);
                self.paid.charge(row_of.charge);
                self.fees.push(row_of);
            }
            Taken::Filtered => {
                if !self.is_no_row(line, reader)? {
                    self.facts().filtered += 1;
                    self.facts().balances.count(&written);
                    self.controls.count_filtered(&written);
                    self.paid.leave_out(written.amount, written.net);
                }
            }
            Taken::Rejected(rejection) => {
                if !self.is_no_row(line, reader)? {
                    self.note_marks(row, reader);
                    self.facts().balances.count(&written);
                    self.controls.count_rejected(&written);
                    self.reject(row, Some(reader), rejection)?;
                }
            }
        }
        Ok(Fate::Read)
    }

    /// Whether a line that does not read as a row was never meant as one.
    fn is_no_row(&mut self, line: Line<'_>, reader: &mut RowReader<'p>) -> Result<bool, FileFault> {
        let is_none = self.repeats_header(line.cells, reader)
            || self.trailer(line, Some(reader))?
            || self.page_head(line)?
            || self.states_balance(line, Some(reader))
            || self.begins_again(line, reader)?;
        self.last_is_row = !is_none;
        Ok(is_none)
    }

    fn repeats_header(&mut self, cells: &StringRecord, reader: &RowReader<'p>) -> bool {
        let headers = &reader.columns.headers;
        // Under a group line the repeated cell is only the end of the full header.
        let same = cells
            .iter()
            .zip(headers)
            .all(|(cell, header)| header.ends_with(cell.trim()))
            && cells.iter().filter(|cell| !cell.trim().is_empty()).count() * 2 >= headers.len();
        if same {
            self.facts().repeated_headers += 1;
        }
        same
    }

    /// Whether the line is a trailer; its totals are compared.
    fn trailer(
        &mut self,
        line: Line<'_>,
        reader: Option<&RowReader<'p>>,
    ) -> Result<bool, FileFault> {
        if self.profile.layout.trailer.is_empty() {
            return Ok(false);
        }
        let text = self.joined(line);
        let spot = self.spot(line.number);
        let row = self.row_of(line);
        let is_trailer = self
            .controls
            .trailer(&self.profile.layout, &text, row, reader, spot)?;
        if is_trailer {
            self.facts().trailer += 1;
        }
        Ok(is_trailer)
    }

    /// The line as it stands, or its cells with the profile's separator between, for the patterns
    /// of the profile.
    fn joined(&self, line: Line<'_>) -> String {
        if let Some(cut) = line.cut {
            let end = cut
                .text
                .floor_char_boundary(self.options.limits.field_bytes);
            return cut.text[..end].to_owned();
        }
        let mut text = String::new();
        for (index, cell) in line.cells.iter().enumerate() {
            if index > 0 {
                text.push(char::from(self.profile.layout.delimiter));
            }
            text.push_str(cell);
            if text.len() > self.options.limits.field_bytes {
                break;
            }
        }
        text
    }

    fn reject(
        &mut self,
        row: Row<'_>,
        reader: Option<&mut RowReader<'p>>,
        rejection: Rejection,
    ) -> Result<(), FileFault> {
        let limit = self.options.limits.rejected_rows;
        if self.rejected.len() >= limit {
            return Err(FileFault::Limit {
                what: format!(
                    "the number of rejected rows (the last: {})",
                    rejection.reason
                ),
                value: limit as u64 + 1,
                limit: limit as u64,
                name: "rejected_rows",
                fix: "the layout differs from the profile; run `rekon inspect` on the first lines of the file",
            });
        }
        let mut column = None;
        let mut field = rejection.field;
        let (mut key, mut at) = (None, None);
        // A row whose columns are not known has no key either.
        if let Some(reader) = reader {
            (key, at) = reader.salvage(row);
            column = rejection
                .column
                .and_then(|column| reader.columns.headers.get(column).cloned());
            field = field.or_else(|| {
                let uses = &reader.columns.uses;
                let used = uses
                    .iter()
                    .find(|used| Some(&used.column) == column.as_ref());
                used.map(|used| used.field.clone())
            });
        }
        if let (Some((currency, amount)), Some(at)) = (rejection.foreign, at) {
            self.foreign.push(ForeignRow {
                currency,
                at,
                amount,
            });
        }
        self.facts().rejected += 1;
        self.rejected.push(RejectedRow {
            sheet: self.format().and_then(|format| format.name.clone()),
            row: row.number,
            column,
            field,
            value: shown(&rejection.value),
            reason: rejection.reason,
            key,
            at,
        });
        Ok(())
    }

    /// Ends a sheet; `Some` where it has no header.
    pub fn end_sheet(&mut self) -> Result<Option<Headless>, FileFault> {
        match std::mem::replace(&mut self.state, State::start()) {
            State::BeforeHeader { .. } if self.listener.is_some() => Ok(None),
            State::BeforeHeader { best, .. } => {
                let nearly = best.as_ref().is_some_and(|(_, line)| line.is_nearly_one());
                let fault = self.no_header(best);
                Ok(Some(match nearly {
                    true => Headless::Renamed(fault),
                    false => Headless::Other(fault),
                }))
            }
            State::Aside(None) | State::Ended(None) => {
                Ok(Some(Headless::Other(self.no_header(None))))
            }
            State::Rows(reader) | State::Aside(Some(reader)) | State::Ended(Some(reader)) => {
                self.facts().unread.extend(reader.columns.unread);
                self.end_of_pages()?;
                self.controls.end_sheet()?;
                Ok(None)
            }
        }
    }

    /// Forgets a sheet that turned out not to hold the report.
    pub fn drop_sheet(&mut self) {
        self.formats.pop();
        self.sheets.pop();
    }

    fn no_header(&self, best: Option<(u32, NotAHeader)>) -> FileFault {
        let sheet = self.format().and_then(|format| format.name.clone());
        let Some((row, best)) = best else {
            return FileFault::MissingColumns {
                place: sheet
                    .map_or_else(String::new, |name| format!("sheet \"{}\": ", shown(&name))),
                missing: "any field".to_owned(),
                found: "no line at all".to_owned(),
                fix: "the file holds no header; ask for it again".to_owned(),
            };
        };
        let missing: Vec<String> = best
            .missing
            .iter()
            .map(|(field, aliases)| match aliases.first() {
                Some(alias) if alias != field => format!("{field} (`{alias}`)"),
                _ => field.clone(),
            })
            .collect();
        let fixes: Vec<String> = best
            .missing
            .iter()
            .filter_map(|(field, aliases)| {
                let near = nearest_header(aliases, &best.headers)?;
                Some(format!(
                    "if `{}` is the {field}, add it to the columns of {field} in the profile",
                    shown(near)
                ))
            })
            .collect();
        FileFault::MissingColumns {
            place: format!("{}: ", self.spot(row)),
            missing: missing.join(", "),
            found: match best.found {
                // It may be a row of a file without a header: no number of a customer is shown.
                0 => shown(&best.headers.join(" | ")).replace(|c: char| c.is_ascii_digit(), "•"),
                _ => shown(&best.headers.join(" | ")),
            },
            fix: if fixes.is_empty() {
                "add the file's own header to the columns of the field in the profile, or check that this file belongs to this channel".to_owned()
            } else {
                fixes.join("; ")
            },
        }
    }

    /// Judges the file as a whole.
    pub fn finish(mut self) -> Result<Finished, FileFault> {
        for (rule, seen) in self.profile.layout.preamble.iter().zip(&self.seen_preamble) {
            if rule.required && !seen {
                return Err(missing_line(&rule.pattern, "stand above the header"));
            }
        }
        for (rule, seen) in self.profile.layout.trailer.iter().zip(self.controls.seen()) {
            if rule.required && !seen {
                return Err(missing_line(&rule.pattern, "end the file"));
            }
        }
        if self.entries.is_empty()
            && self.rejected.len() > self.set_aside
            && let Some(first) = self.rejected.first()
        {
            return Err(all_rejected(self.profile, &self.rejected, first));
        }
        if !self.rejected.is_empty() {
            self.paid.doubts.insert(Doubt::Rejected);
        }
        let on_top = self.options.amount_basis == AmountBasis::NetOfAdminFee;
        let fees = fees::fold(&mut self.entries, std::mem::take(&mut self.fees), on_top).map_err(
            |error| FileFault::Limit {
                what: error.to_string(),
                value: 0,
                limit: 0,
                name: "rows",
                fix: "have the file split",
            },
        )?;
        if self.lost_digits() {
            self.entries.damage();
        }
        let controls = self.controls.finish();
        let sums = controls.1;
        self.entries.shrink_to_fit();
        Ok(Finished {
            entries: self.entries,
            fees,
            foreign: self.foreign,
            sheets: self.sheets,
            formats: self.formats,
            rejected: self.rejected,
            slot: self.slot,
            controls: controls.0,
            sums,
            paid: self.paid,
            left_sheets: self.left_sheets,
            ending: self.ending,
        })
    }
}

pub(super) struct Finished {
    pub entries: EntrySet,
    pub fees: Vec<FeeRow>,
    pub foreign: Vec<ForeignRow>,
    pub sheets: Vec<String>,
    pub formats: Vec<SheetFormat>,
    pub rejected: Vec<RejectedRow>,
    pub slot: Slot,
    pub controls: Vec<ControlTotal>,
    pub sums: Sums,
    pub paid: Paid,
    pub left_sheets: Vec<String>,
    pub ending: Ending,
}
