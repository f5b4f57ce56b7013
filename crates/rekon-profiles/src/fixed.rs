//! Fixed-width text: lines cut at places, line by line into the intake. Places are characters, as
//! the printer that the report was made for counted them.

use std::collections::HashMap;

use csv::StringRecord;

use super::Limits;
use super::fault::FileFault;
use super::intake::{Cut, Intake, Line, Stray, Width};
use super::printed::{FixedRule, Span};
use crate::domain::stamp::Epoch;

pub(super) fn read(
    text: &str,
    rule: &FixedRule,
    limits: &Limits,
    intake: &mut Intake<'_>,
) -> Result<(), FileFault> {
    intake.start_sheet(None, Epoch::Y1900);
    let mut cutter = Cutter {
        whole: text,
        by_ruler: matches!(rule, FixedRule::Ruler),
        ..Cutter::default()
    };
    let mut names = StringRecord::new();
    if let FixedRule::Columns(columns) = rule {
        cutter.spans = columns.iter().map(|(_, span)| *span).collect();
        names = columns.iter().map(|(name, _)| name.as_str()).collect();
    }
    // The column names stand above the ruler that shows where they stand.
    let mut held: Option<(u32, &str)> = None;
    let mut number = 0u32;
    for line in lines(text) {
        number += 1;
        if number > limits.rows {
            return Err(FileFault::Limit {
                what: "the number of rows".to_owned(),
                value: u64::from(number),
                limit: u64::from(limits.rows),
                name: "rows",
                fix: "have the file split",
            });
        }
        if matches!(rule, FixedRule::Columns(_)) {
            // At the beginning, and after the title of a further section.
            if intake.seeks_header() {
                intake.line(Line {
                    cells: &names,
                    kinds: &[],
                    number: 0,
                    width: Width::Exact,
                    cut: None,
                })?;
            }
            cutter.give(number, line, intake)?;
            continue;
        }
        if let (Some(spans), Some((_, above))) = (ruler(line), held) {
            let known = cutter.cut_by(&spans, above);
            let is_header = intake.is_header(&cutter.cells);
            if is_header && spans != cutter.spans {
                intake.find_header_again();
            }
            if is_header || cutter.spans.is_empty() {
                // A header that lacks a column is told by its columns.
                if let Some((at, above)) = held.take() {
                    intake.line(line_of(&cutter.cells, at, known.of(above)))?;
                }
            }
            if is_header {
                cutter.spans = spans;
            }
        }
        if let Some((at, above)) = held.replace((number, line)) {
            cutter.give(at, above, intake)?;
        }
    }
    if let Some((at, above)) = held {
        cutter.give(at, above, intake)?;
    }
    intake.end_text(!text.is_empty() && !text.ends_with(['\n', '\r']));
    intake.end_sheet()?.map_or(Ok(()), |none| Err(none.fault()))
}

/// Lines without their ends: LF, CRLF, or the lone CR of old exports.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = (!text.is_empty()).then_some(text);
    std::iter::from_fn(move || {
        let from = rest?;
        let end = from.find(['\n', '\r']).unwrap_or(from.len());
        let (line, after) = from.split_at(end);
        let after = after
            .strip_prefix("\r\n")
            .or_else(|| after.strip_prefix(['\n', '\r']))
            .unwrap_or(after);
        rest = (!after.is_empty()).then_some(after);
        Some(line)
    })
}

/// The columns that a line of dashes shows: two runs of them at least, nothing else but blanks.
fn ruler(line: &str) -> Option<Vec<Span>> {
    let mut spans: Vec<Span> = Vec::new();
    let mut in_run = false;
    for (place, letter) in line.chars().enumerate() {
        match letter {
            '-' | '=' | '_' => {
                match spans.last_mut().filter(|_| in_run) {
                    Some(span) => span.to = place + 1,
                    None => spans.push(Span {
                        from: place,
                        to: place + 1,
                    }),
                }
                in_run = true;
            }
            ' ' => in_run = false,
            _ => return None,
        }
    }
    (spans.len() > 1).then_some(spans)
}

#[derive(Default)]
struct Cutter<'t> {
    whole: &'t str,
    by_ruler: bool,
    /// Empty until a ruler was met.
    spans: Vec<Span>,
    cells: StringRecord,
    /// Asked for by the first line that ends early.
    filled: Option<Filled>,
}

/// Which columns the rows fill, by section and by where the columns stand.
type Filled = HashMap<(Option<usize>, Vec<Span>), Vec<bool>>;

/// Looks through the whole text: the first row may be the one that was cut.
fn filled(text: &str, by_ruler: bool, spans: &[Span], intake: &Intake<'_>) -> Filled {
    let mut filled = Filled::new();
    let mut cutter = Cutter::default();
    let mut spans = if by_ruler { Vec::new() } else { spans.to_vec() };
    let mut section = None;
    let mut above = "";
    for line in lines(text) {
        section = intake.begins(line).or(section);
        if let Some(drawn) = ruler(line).filter(|_| by_ruler) {
            cutter.cut_by(&drawn, above);
            if intake.is_header(&cutter.cells) {
                spans = drawn;
            }
        }
        above = line;
        let misfit = cutter.cut_by(&spans, line);
        if misfit.stray.is_some() {
            continue;
        }
        let known = filled
            .entry((section, spans.clone()))
            .or_insert_with(|| vec![false; spans.len()]);
        let fills = |cell: &str| cell.contains(|letter: char| letter.is_ascii_digit());
        let is_new = cutter
            .cells
            .iter()
            .zip(known.iter())
            .any(|(cell, known)| !known && fills(cell));
        if is_new && intake.may_be_row(line, &cutter.cells) {
            for (cell, known) in cutter.cells.iter().zip(known) {
                *known |= fills(cell);
            }
        }
    }
    filled
}

/// What does not fit the columns of a line.
#[derive(Clone, Copy)]
struct Misfit {
    stray: Option<Stray>,
    ends_in: Option<usize>,
    ends_before: Option<usize>,
    /// How many columns begin before the line ends.
    reached: usize,
}

impl Misfit {
    fn of(self, text: &str) -> Cut<'_> {
        Cut {
            text,
            stray: self.stray,
            ends_in: self.ends_in,
            ends_before: self.ends_before,
        }
    }
}

fn line_of<'l>(cells: &'l StringRecord, number: u32, cut: Cut<'l>) -> Line<'l> {
    Line {
        cells,
        kinds: &[],
        number,
        width: Width::Exact,
        cut: Some(cut),
    }
}

impl Cutter<'_> {
    fn give(&mut self, number: u32, text: &str, intake: &mut Intake<'_>) -> Result<(), FileFault> {
        let spans = std::mem::take(&mut self.spans);
        let mut misfit = self.cut_by(&spans, text);
        self.spans = spans;
        // A printer may leave out blanks at the end; not where other rows have money there.
        if misfit.reached < self.spans.len()
            && !text.trim().is_empty()
            && intake
                .money_behind(&self.cells, misfit.reached, |_| true)
                .is_some()
        {
            // The title of a section counts from the line that it stands on.
            let section = intake.begins(text).or(intake.section());
            let (whole, by_ruler) = (self.whole, self.by_ruler);
            let filled = self
                .filled
                .get_or_insert_with(|| filled(whole, by_ruler, &self.spans, intake));
            let here = filled.get(&(section, self.spans.clone()));
            misfit.ends_before = intake.money_behind(&self.cells, misfit.reached, |column| {
                here.is_some_and(|here| here.get(column).is_some_and(|fills| *fills))
            });
        }
        if self.spans.is_empty() {
            self.cells.push_field(text.trim());
        }
        intake.line(line_of(&self.cells, number, misfit.of(text)))?;
        Ok(())
    }

    fn cut_by(&mut self, spans: &[Span], text: &str) -> Misfit {
        self.cells.clear();
        let mut misfit = Misfit {
            stray: None,
            ends_in: None,
            ends_before: None,
            reached: 0,
        };
        let mut letters = text.char_indices();
        let mut place = 0;
        let mut at = 0;
        // Byte offset of the place; beyond the end of the line, its end.
        let mut offset_of = |wanted: usize| {
            while place < wanted {
                match letters.next() {
                    Some((start, letter)) => {
                        at = start + letter.len_utf8();
                        place += 1;
                    }
                    None => break,
                }
            }
            (at, place)
        };
        let mut between = 0;
        for (column, span) in spans.iter().enumerate() {
            let (from, _) = offset_of(span.from);
            misfit.note(text, between..from, column.saturating_sub(1));
            let (to, reached) = offset_of(span.to);
            if from < to && reached < span.to {
                misfit.ends_in = Some(column);
            }
            if from < to {
                misfit.reached = column + 1;
            }
            self.cells.push_field(text[from..to].trim());
            between = to;
        }
        if !spans.is_empty() {
            misfit.note(text, between..text.len(), spans.len() - 1);
        }
        misfit
    }
}

impl Misfit {
    fn note(&mut self, text: &str, between: std::ops::Range<usize>, column: usize) {
        let Some(gap) = text.get(between.clone()) else {
            return;
        };
        // One word of it: what follows may belong to a column that is not to be shown.
        let word = gap.split_whitespace().next();
        if let (None, Some(word)) = (self.stray, word) {
            let blanks = gap.len() - gap.trim_start().len();
            let place = text[..between.start + blanks].chars().count() + 1;
            self.stray = Some(Stray {
                column,
                place,
                bytes: word.len(),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Cutter, lines, ruler};
    use crate::printed::Span;

    #[test]
    fn a_ruler_shows_its_columns_and_other_lines_are_none() {
        let span = |from, to| Span { from, to };
        assert_eq!(
            ruler("---- ------  ==").expect("a ruler"),
            [span(0, 4), span(5, 11), span(13, 15)]
        );
        for line in ["", "-----", "--- x ---", "000001 261000"] {
            assert_eq!(ruler(line), None, "{line}");
        }
    }

    #[test]
    fn places_are_characters_and_lines_end_in_three_ways() {
        let mut cutter = Cutter::default();
        let spans = ruler("---- ---- ----").expect("a ruler");
        for (line, cells, stray, ends_in) in [
            ("Kopi Tubr 1000", ["Kopi", "Tubr", "1000"], None, None),
            (
                "Kop\u{e9} T\u{fc}br 1\u{20ac}00",
                ["Kop\u{e9}", "T\u{fc}br", "1\u{20ac}00"],
                None,
                None,
            ),
            ("Kopi      10", ["Kopi", "", "10"], None, Some(2)),
            ("KopixTubr", ["Kopi", "Tubr", ""], Some((0, 5)), None),
            (
                "Kopi Tubr 1000  9",
                ["Kopi", "Tubr", "1000"],
                Some((2, 17)),
                None,
            ),
            ("", ["", "", ""], None, None),
        ] {
            let misfit = cutter.cut_by(&spans, line);
            assert_eq!(cutter.cells, cells.to_vec(), "{line}");
            let found = misfit.stray.map(|stray| (stray.column, stray.place));
            assert_eq!((found, misfit.ends_in), (stray, ends_in), "{line}");
        }
        let split: Vec<&str> = lines("a\r\nb\n\nc\rd").collect();
        assert_eq!(split, ["a", "b", "", "c", "d"]);
    }
}
