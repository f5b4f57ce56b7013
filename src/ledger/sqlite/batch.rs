//! Rows on their way from the thread that steps through an answer to the one that makes entries of
//! them: row by row that costs more than the work itself, some hundreds at a time it costs nothing.

use rusqlite::Rows;
use rusqlite::types::ValueRef;

use crate::ledger::LedgerError;
use crate::ledger::row::{Cell, RowBuilder};

/// Rows of one batch; fewer where their texts are long.
const ROWS: usize = 1024;
const TEXT: usize = 1 << 20;

/// Some rows of an answer, their texts one after the other.
#[derive(Default)]
pub struct Batch {
    cells: Vec<Raw>,
    text: Vec<u8>,
}

#[derive(Clone, Copy)]
enum Raw {
    Null,
    Integer(i64),
    Real(f64),
    Text { start: usize, end: usize },
    Blob,
    Missing,
}

/// Whether an answer goes on after a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum After {
    More,
    Nothing,
}

impl Batch {
    /// Takes the next rows; of columns that nobody reads, nothing.
    pub fn fill(&mut self, rows: &mut Rows<'_>, read: &[Column]) -> rusqlite::Result<After> {
        self.cells.clear();
        self.cells.reserve(ROWS * read.len());
        self.text.clear();
        for _ in 0..ROWS {
            let Some(row) = rows.next()? else {
                return Ok(After::Nothing);
            };
            for (position, column) in read.iter().enumerate() {
                let raw = match (column, row.get_ref(position)) {
                    (Column::Unread, _) => Raw::Null,
                    (_, Ok(value)) => self.keep(value),
                    (_, Err(_)) => Raw::Missing,
                };
                self.cells.push(raw);
            }
            if self.text.len() >= TEXT {
                break;
            }
        }
        Ok(After::More)
    }

    fn keep(&mut self, value: ValueRef<'_>) -> Raw {
        match value {
            ValueRef::Null => Raw::Null,
            ValueRef::Integer(number) => Raw::Integer(number),
            ValueRef::Real(number) => Raw::Real(number),
            ValueRef::Text(bytes) => {
                let start = self.text.len();
                self.text.extend_from_slice(bytes);
                Raw::Text {
                    start,
                    end: self.text.len(),
                }
            }
            ValueRef::Blob(_) => Raw::Blob,
        }
    }

    /// Hands the rows on.
    pub fn push_to(
        &self,
        builder: &mut RowBuilder<'_>,
        read: &[Column],
    ) -> Result<(), LedgerError> {
        let mut decimals = vec![String::new(); read.len()];
        for row in self.cells.chunks(read.len().max(1)) {
            // SQLite keeps decimals as binary floats; their shortest text is what was stored.
            for (position, raw) in row.iter().enumerate() {
                if let (Raw::Real(number), Column::Money) = (raw, read[position]) {
                    decimals[position] = number.to_string();
                }
            }
            builder.push(|position| match row.get(position) {
                Some(Raw::Null) => Cell::Null,
                Some(Raw::Integer(number)) => Cell::Integer(*number),
                Some(Raw::Real(_)) if read[position] == Column::Money => {
                    Cell::Decimal(&decimals[position])
                }
                Some(Raw::Real(_)) => Cell::Other("float"),
                Some(Raw::Text { start, end }) => std::str::from_utf8(&self.text[*start..*end])
                    .map_or(Cell::Other("text that is not UTF-8"), Cell::Text),
                Some(Raw::Blob) => Cell::Other("blob"),
                Some(Raw::Missing) | None => Cell::Other("missing column"),
            })?;
        }
        Ok(())
    }
}

/// What a column of an answer is read for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    Unread,
    Read,
    /// The only ones in which a float is an exact amount after all.
    Money,
}
