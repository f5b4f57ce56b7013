//! Lines of printed reports that are no rows: heads of pages, sections with another meaning, and
//! rows that do not fit their columns.

use csv::StringRecord;

use super::super::columns::{Refusal, Source, resolve};
use super::super::fault::FileFault;
use super::super::language::SectionRows;
use super::super::printed::SectionRule;
use super::super::row::{Rejection, RowReader, Which};
use super::{Intake, Line, State};

const MONEY: [Which; 3] = [Which::Amount, Which::Fee, Which::Net];

impl<'p> Intake<'p> {
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
        let is_read = printed
            .section(index)
            .is_some_and(|section| section.rows == SectionRows::Read);
        let before = match std::mem::replace(&mut self.state, State::start()) {
            // The report begins with a section's title.
            start @ State::BeforeHeader { behind: None, .. } => {
                self.state = start;
                None
            }
            State::Rows(reader) => {
                self.controls.leave_aside();
                if is_read {
                    return;
                }
                Some(reader)
            }
            State::BeforeHeader { behind, .. } => behind,
            State::Aside(reader) | State::Ended(reader) => reader,
        };
        if !is_read {
            self.controls.start_aside(index);
            self.state = State::Aside(before);
        } else if let State::BeforeHeader { behind, .. } = &mut self.state {
            *behind = before;
        }
    }

    /// Keeps the columns of the part before while only heads of pages are met: rows whose header is
    /// not known must not be passed over.
    pub(super) fn keep_behind(&mut self, line: Line<'_>, before: Option<Box<RowReader<'p>>>) {
        let layout = &self.profile.layout;
        let text = self.joined(line);
        let is_head = layout.printed.is_head(&text)
            || layout.printed.begins(&text).is_some()
            || layout
                .preamble
                .iter()
                .any(|rule| rule.pattern.is_match(&text));
        if let State::BeforeHeader { behind, .. } = &mut self.state
            && is_head
        {
            *behind = before;
        }
    }

    /// The first column of money behind the end of a line that `fills` says other rows have.
    pub(in super::super) fn money_behind(
        &self,
        cells: &StringRecord,
        reached: usize,
        fills: impl Fn(usize) -> bool,
    ) -> Option<usize> {
        let State::Rows(reader) = &self.state else {
            return None;
        };
        let is_empty = |column: usize| cells.get(column).is_none_or(str::is_empty);
        let columns = MONEY.into_iter().flat_map(|which| reader.sources(which));
        let columns = columns.flat_map(|source| match source {
            Source::Column(column) => vec![*column],
            Source::Either { first, otherwise } if is_empty(*first) && is_empty(*otherwise) => {
                vec![*first, *otherwise]
            }
            _ => Vec::new(),
        });
        columns
            .filter(|column| *column >= reached && fills(*column))
            .min()
    }

    /// Whether a line may be a row: it is no title, head, total or declaration.
    pub(in super::super) fn may_be_row(&self, text: &str, cells: &StringRecord) -> bool {
        let layout = &self.profile.layout;
        let mut rules = layout.trailer.iter().map(|rule| &rule.pattern);
        !layout.printed.is_head(text)
            && layout.printed.begins(text).is_none()
            && !rules.any(|rule| rule.is_match(text))
            && !layout
                .preamble
                .iter()
                .any(|rule| rule.pattern.is_match(text))
            && !self.is_header(cells)
    }

    /// The section that a line begins, and the one that lines belong to now.
    pub(in super::super) fn begins(&self, text: &str) -> Option<usize> {
        self.profile.layout.printed.begins(text)
    }

    pub(in super::super) fn section(&self) -> Option<usize> {
        self.section
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
        foreign: None,
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
    let is_money = |column: &usize| {
        let mut money = MONEY.into_iter();
        money.any(|which| reader.sources(which).contains(&Source::Column(*column)))
    };
    if let Some(column) = cut.ends_in.filter(is_money) {
        let value = line.cells.get(column).unwrap_or_default();
        let reason = "the line ends inside this column: digits may be missing";
        return Some(reject(column, value, reason.to_owned()));
    }
    cut.ends_before.map(|column| {
        let reason =
            "the line ends before this column, which other rows fill: it may have been cut";
        reject(column, "", reason.to_owned())
    })
}
