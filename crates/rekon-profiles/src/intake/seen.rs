//! What is seen of a file on the way: headers that come again, marks of amounts, lost digits, its end.

use std::collections::BTreeMap;

use super::{Intake, Line};
use crate::balances;
use crate::columns::{Refusal, Source, resolve};
use crate::domain::key;
use crate::domain::money::Money;
use crate::domain::status::Kind;
use crate::fault::FileFault;
use crate::row::{CellKind, Row, RowReader};
use crate::sight::{Ending, Marks};

/// So many digits are zeros by chance once in ten thousand files.
const CHANCE: usize = 3;

impl<'p> Intake<'p> {
    /// Whether a line is the header once more, with its columns in another order: the rows below are
    /// read by it. One that is nearly the header names columns that nobody knows.
    pub(super) fn begins_again(
        &mut self,
        line: Line<'_>,
        reader: &mut RowReader<'p>,
    ) -> Result<bool, FileFault> {
        let layout = &self.profile.layout;
        if layout.header_levels != 1 || line.cut.is_some() {
            return Ok(false);
        }
        let cells: Vec<String> = line.cells.iter().map(str::to_owned).collect();
        match resolve(layout, None, &cells) {
            Ok(columns) => {
                let facts = self.facts();
                facts.repeated_headers += 1;
                for header in &columns.unmapped {
                    if !facts.unmapped.contains(header) {
                        facts.unmapped.push(header.clone());
                        facts.shape.add_header(header);
                    }
                }
                let unread = std::mem::take(&mut reader.columns.unread);
                facts.unread.extend(unread);
                reader.columns = columns;
                Ok(true)
            }
            Err(Refusal::Duplicate { field, columns }) => Err(FileFault::DuplicateColumn {
                spot: self.spot(line.number),
                field,
                columns,
            }),
            Err(Refusal::NotAHeader(partial)) if partial.found > 1 && partial.is_nearly_one() => {
                Err(self.no_header(Some((line.number, partial))))
            }
            Err(Refusal::NotAHeader(_)) => Ok(false),
        }
    }

    /// Whether a line states a balance of the account: it moves no money.
    pub(super) fn states_balance(
        &mut self,
        line: Line<'_>,
        reader: Option<&RowReader<'p>>,
    ) -> bool {
        let cells: Vec<&str> = line.cells.iter().collect();
        let headers = reader.map_or(&[][..], |reader| &reader.columns.headers);
        let amounts = reader.and_then(|reader| match reader.columns.amount[..] {
            [Source::Column(column)] => Some(column),
            _ => None,
        });
        let rule = &self.profile.layout.amount;
        let Some((stated, value)) = balances::value_of(&cells, headers, amounts, rule) else {
            return false;
        };
        let facts = self.facts();
        facts.balances.note(stated, value, line.number);
        if reader.is_some() {
            facts.trailer += 1;
        }
        true
    }

    /// Whether a spreadsheet made the last digits of a reference zeros, in every row of the file: so
    /// many zeros are no chance.
    pub(super) fn lost_digits(&self) -> bool {
        let mut zeros = vec![Some(0usize); self.profile.key.len()];
        for entry in self.entries.entries.iter() {
            let parts = key::slices(self.entries.key(entry));
            for (part, all) in parts.zip(&mut zeros) {
                let text = std::str::from_utf8(part).unwrap_or("");
                let own = key::zeros_behind_kept(text);
                *all = all.and_then(|sum| Some(sum + own?));
            }
            if zeros.iter().all(Option::is_none) {
                return false;
            }
        }
        // Equal references of different payments are a trace by themselves.
        let mut seen: BTreeMap<(&[u8], Kind), Money> = BTreeMap::new();
        let repeats = self.entries.entries.iter().take(64).any(|entry| {
            let known = seen.insert((self.entries.key(entry), entry.kind), entry.amount());
            known.is_some_and(|amount| amount != entry.amount())
        });
        let enough = if repeats { 1 } else { CHANCE };
        zeros.into_iter().flatten().any(|zeros| zeros > enough)
    }

    pub(super) fn note_marks(&mut self, row: Row<'_>, reader: &RowReader<'p>) {
        let columns = &reader.columns;
        let sources = [&columns.amount[..], &columns.fee, &columns.net];
        for source in sources.into_iter().flatten() {
            let Source::Column(column) = source else {
                continue;
            };
            let text = row.cells.get(*column).unwrap_or("");
            let kind = row.kinds.get(*column).copied().unwrap_or_default();
            if kind != CellKind::Text || !text.bytes().any(|byte| matches!(byte, b'.' | b',')) {
                continue;
            }
            let facts = self.facts();
            let known = facts.marks.iter().position(|known| known.column == *column);
            let at = known.unwrap_or_else(|| {
                let header = columns.headers.get(*column).map_or("", String::as_str);
                facts.marks.push(Marks::of(header, *column));
                facts.marks.len() - 1
            });
            facts.marks[at].note(text, row.number);
        }
    }

    /// A sheet that is not read, and holds rows under the same header.
    pub fn leave_sheet(&mut self, name: &str) {
        self.left_sheets.push(name.to_owned());
    }

    /// The end of a text; `open` where its last line has no line end.
    pub fn end_text(&mut self, open: bool) {
        let (short, row) = self.short;
        self.ending = Ending {
            open: open && self.last_is_row,
            short: short == 1 && self.last_is_row && row == self.last,
            row: self.last,
        };
    }
}
