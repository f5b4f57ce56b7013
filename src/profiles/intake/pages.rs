//! Lines of printed reports that are no rows: heads of pages, sections with another meaning, and
//! rows that do not fit their columns.

use csv::StringRecord;

use super::super::columns::{Refusal, Source, resolve};
use super::super::fault::FileFault;
use super::super::language::SectionRows;
use super::super::printed::SectionRule;
use super::super::row::{Rejection, RowReader, Which};
use super::{Intake, Line, State};

impl Intake<'_> {
    /// Whether a line declares what the profile's preamble looks for; the first such line counts.
    pub(super) fn declaration(&mut self, line: Line<'_>) -> Result<bool, FileFault> {
        let layout = &self.profile.layout;
        if layout.preamble.is_empty() {
            return Ok(false);
        }
        let text = self.joined(line);
        let spot = self.spot(line.number);
        let mut is_one = false;
        for (index, rule) in layout.preamble.iter().enumerate() {
            if let Some(found) = rule.pattern.captures(&text) {
                is_one = true;
                // Each page of a printed report says it again.
                let seen = std::mem::replace(&mut self.seen_preamble[index], true);
                if seen && layout.printed.has_pages() {
                    continue;
                }
                self.slot.learn(&layout.slot, &rule.pattern, &text);
                self.controls.announce(layout, &found, spot.clone())?;
            }
        }
        Ok(is_one)
    }

    /// Whether a line that is no row belongs to the head or foot of a page.
    pub(super) fn page_head(&mut self, line: Line<'_>) -> Result<bool, FileFault> {
        let printed = &self.profile.layout.printed;
        if !printed.has_pages() {
            return Ok(false);
        }
        let text = self.joined(line);
        let declares = self.declaration(line)?;
        // The title of a section stands on each of its pages.
        if !declares && !printed.is_head(&text) && printed.begins(&text).is_none() {
            return Ok(false);
        }
        let spot = self.spot(line.number);
        self.pages.met(printed, &text, spot)?;
        self.facts().repeated_headers += 1;
        Ok(true)
    }

    /// A part of the report has ended; the next one counts its pages anew.
    pub(super) fn end_of_pages(&mut self) -> Result<(), FileFault> {
        let pages = std::mem::take(&mut self.pages);
        pages.ended(&self.spot(self.last))
    }

    pub(super) fn begin_section(&mut self, index: usize) {
        let printed = &self.profile.layout.printed;
        self.controls.start_section(&self.profile.layout);
        let before = match std::mem::replace(&mut self.state, State::start()) {
            // The report begins with a section's title.
            start @ State::BeforeHeader { .. } => {
                self.state = start;
                None
            }
            State::Rows(reader) => Some(reader),
            State::Aside(reader) | State::Ended(reader) => reader,
        };
        let is_read = |section: &SectionRule| section.rows == SectionRows::Read;
        if !printed.section(index).is_some_and(is_read) {
            self.state = State::Aside(before);
        }
    }

    /// A line of a section that is not read.
    pub(super) fn aside(&mut self, line: Line<'_>, section: &SectionRule) -> Result<(), FileFault> {
        let text = self.joined(line);
        let spot = self.spot(line.number);
        let layout = &self.profile.layout;
        if self.controls.trailer_aside(layout, &text, spot)? {
            self.facts().trailer += 1;
        } else if !self.page_head(line)? {
            if !section.is_row(&text) {
                self.facts().preamble += 1;
                return Ok(());
            }
            self.controls.count_aside();
            if section.rows == SectionRows::LeaveOut {
                self.facts().filtered += 1;
            } else {
                let reason = format!(
                    "stands in the section `{}`, whose rows are no payments; settle it by hand",
                    section.name
                );
                let row = self.row_of(line);
                self.reject(row, None, Rejection::whole_row(reason, &text))?;
                self.set_aside += 1;
            }
        }
        Ok(())
    }

    /// Whether the cells name the columns that the profile needs.
    pub(in super::super) fn is_header(&self, cells: &StringRecord) -> bool {
        let cells: Vec<String> = cells.iter().map(str::to_owned).collect();
        let found = resolve(&self.profile.layout, None, &cells);
        !matches!(found, Err(Refusal::NotAHeader(_)))
    }

    pub(in super::super) fn seeks_header(&self) -> bool {
        matches!(self.state, State::BeforeHeader { .. })
    }

    /// Columns stand at other places from the next line on.
    pub(in super::super) fn find_header_again(&mut self) {
        if matches!(self.state, State::Rows(_)) {
            self.state = State::start();
        }
    }
}

/// Why a line of fixed-width text does not fit its columns.
pub(super) fn misfit(line: Line<'_>, reader: &RowReader<'_>) -> Option<Rejection> {
    let cut = line.cut?;
    let reject = |column: usize, value: &str, reason: String| Rejection {
        column: Some(column),
        field: None,
        value: value.to_owned(),
        reason,
    };
    if let Some(stray) = cut.stray {
        let reason = format!(
            "text stands beside the columns, at place {}: the row is shifted, or a value is wider than its column",
            stray.place
        );
        let from = cut.text.char_indices().nth(stray.place - 1);
        let value = from.and_then(|(from, _)| cut.text.get(from..from + stray.bytes));
        return Some(reject(stray.column, value.unwrap_or_default(), reason));
    }
    let column = cut.ends_in?;
    let is_money = [Which::Amount, Which::Fee, Which::Net]
        .into_iter()
        .any(|which| reader.sources(which).contains(&Source::Column(column)));
    is_money.then(|| {
        let value = line.cells.get(column).unwrap_or_default();
        let reason = "the line ends inside this column: digits may be missing";
        reject(column, value, reason.to_owned())
    })
}
