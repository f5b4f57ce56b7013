//! Lines as the readers hand them over.

use csv::StringRecord;

use crate::domain::stamp::Epoch;
use crate::row::CellKind;

/// A line as a reader found it.
#[derive(Clone, Copy)]
pub(crate) struct Line<'l> {
    pub cells: &'l StringRecord,
    pub kinds: &'l [CellKind],
    pub number: u32,
    pub width: Width,
    /// Of fixed-width text.
    pub cut: Option<Cut<'l>>,
}

/// A line of fixed-width text before it was cut, and what of it fits no column.
#[derive(Clone, Copy)]
pub(crate) struct Cut<'l> {
    pub text: &'l str,
    pub stray: Option<Stray>,
    /// The column inside which the line ends.
    pub ends_in: Option<usize>,
    /// The first column of money that it does not reach though other rows fill it.
    pub ends_before: Option<usize>,
}

/// Text outside the columns: the column before it, its place in the line, from 1, and its length.
#[derive(Clone, Copy)]
pub(crate) struct Stray {
    pub column: usize,
    pub place: usize,
    pub bytes: usize,
}

impl Line<'_> {
    pub fn is_blank(&self) -> bool {
        let first = self.cells.get(0).and_then(|cell| cell.bytes().next());
        if self.cut.is_none() && first.is_some_and(|byte| byte.is_ascii_graphic()) {
            return false;
        }
        match self.cut {
            Some(cut) => cut.text.trim().is_empty(),
            None => {
                self.cells.iter().all(|cell| cell.trim().is_empty())
                    && !self.kinds.contains(&CellKind::Uncomputed)
            }
        }
    }
}

/// Whether a line with more or fewer cells than the header is damaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Width {
    /// A separator too many or too few has shifted the cells.
    Exact,
    /// Workbooks do not store empty cells, and a remark beside the table shifts nothing.
    Loose,
}

/// What became of a line, where the reader wants to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Read,
    Ragged,
}

/// Hears what the readers find, before anything is made of it.
pub(crate) type Listener<'p> = &'p mut dyn FnMut(Heard<'_>);

pub(crate) enum Heard<'l> {
    /// The lines that follow are of this sheet.
    Sheet(&'l str, Epoch),
    Line(Line<'l>),
}
