//! Rows on their way from SQLite to the thread that makes entries of them.
//!
//! They are taken by an aggregate function in the statement itself: outside of one, each value is
//! asked for through calls that check and lock anew, which costs more than finding the row. And row
//! by row the way to another thread costs more than the work; some hundreds at a time it costs
//! nothing.

use std::cell::Cell as Slot;
use std::sync::mpsc::{Receiver, SyncSender};

use rusqlite::Connection;
use rusqlite::functions::{Aggregate, Context, FunctionFlags};
use rusqlite::types::{Null, ValueRef};

use crate::LedgerError;
use crate::row::{Cell, RowBuilder};

/// What the function is called in a statement.
const TAKE: &str = "rekon_take";

/// Rows of one batch; fewer where their texts are long.
const ROWS: usize = 1024;
const TEXT: usize = 1 << 20;

/// As much as is taken of one text. No reference, amount or stamp comes near it, and of a detail
/// far less is kept.
const LONGEST: usize = 1 << 20;

/// Some rows of an answer, their texts one after the other.
#[derive(Default)]
pub struct Batch {
    cells: Vec<Raw>,
    text: Vec<u8>,
    rows: usize,
}

#[derive(Clone, Copy, Debug)]
enum Raw {
    Null,
    Integer(i64),
    Real(f64),
    Text { start: u32, length: u32 },
    Blob,
}

/// What a column that is taken is read for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    Plain,
    /// The only ones in which a float is an exact amount after all.
    Money,
}

/// A statement that gives `read` columns of `query`, by position among its `all`, to the function.
pub fn statement(query: &str, all: usize, read: &[usize]) -> String {
    // Not the name of a table: a query that reads it would read itself.
    let mut answer = "rekon_answer".to_owned();
    while query.to_ascii_lowercase().contains(&answer) {
        answer.push('_');
    }
    let list = |columns: &mut dyn Iterator<Item = usize>| {
        let names: Vec<String> = columns.map(|at| format!("c{at}")).collect();
        names.join(", ")
    };
    format!(
        "WITH {answer} ({}) AS (\n{query}\n) SELECT {TAKE}({}) FROM {answer}",
        list(&mut (0..all)),
        list(&mut read.iter().copied())
    )
}

/// Lets statements that are prepared from here on hand their rows to `full`, in batches that come
/// back through `empty`.
pub fn begin(
    connection: &Connection,
    full: SyncSender<Batch>,
    empty: Receiver<Batch>,
) -> rusqlite::Result<()> {
    let taking = Taking {
        batch: Batch::default(),
        full,
        empty,
    };
    let take = Take(Slot::new(Some(taking)));
    connection.create_aggregate_function(TAKE, -1, FunctionFlags::SQLITE_UTF8, take)
}

/// Whatever became of the statement, nothing more is handed on. It may not be running.
pub fn end(connection: &Connection) -> rusqlite::Result<()> {
    connection.remove_function(TAKE, -1)
}

/// The function. Its statement groups by nothing, so that it begins once.
struct Take(Slot<Option<Taking>>);

struct Taking {
    batch: Batch,
    full: SyncSender<Batch>,
    empty: Receiver<Batch>,
}

impl Aggregate<Taking, Null> for Take {
    fn init(&self, _: &mut Context<'_>) -> rusqlite::Result<Taking> {
        self.0.take().ok_or_else(gone)
    }

    fn step(&self, row: &mut Context<'_>, taking: &mut Taking) -> rusqlite::Result<()> {
        taking.batch.take(row);
        if taking.batch.is_full() {
            let next = taking.empty.try_recv().unwrap_or_default();
            let batch = std::mem::replace(&mut taking.batch, next);
            taking.full.send(batch).map_err(|_| gone())?;
            taking.batch.clear();
        }
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, taking: Option<Taking>) -> rusqlite::Result<Null> {
        // It was never begun where there is no row at all.
        if let Some(Taking { batch, full, .. }) = taking.or_else(|| self.0.take()) {
            full.send(batch).map_err(|_| gone())?;
        }
        Ok(Null)
    }
}

/// Nobody takes the rows any more: why, is said by whoever took them.
fn gone() -> rusqlite::Error {
    rusqlite::Error::UserFunctionError("nobody takes the rows".into())
}

impl Batch {
    fn take(&mut self, row: &Context<'_>) {
        self.rows += 1;
        for position in 0..row.len() {
            let raw = match row.get_raw(position) {
                ValueRef::Null => Raw::Null,
                ValueRef::Integer(number) => Raw::Integer(number),
                ValueRef::Real(number) => Raw::Real(number),
                ValueRef::Text(bytes) => self.keep(bytes),
                ValueRef::Blob(_) => Raw::Blob,
            };
            self.cells.push(raw);
        }
    }

    fn keep(&mut self, bytes: &[u8]) -> Raw {
        let mut length = bytes.len().min(LONGEST);
        // Not within a character; in what is not UTF-8 anyway, wherever.
        while length > 0 && bytes.get(length).is_some_and(|byte| byte & 0xc0 == 0x80) {
            length -= 1;
        }
        // SQLite has 2,000 columns at most, and the row that fills the texts ends the batch: a
        // place is less than 2^31.
        let start = self.text.len() as u32;
        self.text.extend_from_slice(&bytes[..length]);
        Raw::Text {
            start,
            length: length as u32,
        }
    }

    fn is_full(&self) -> bool {
        self.rows == ROWS || self.text.len() >= TEXT
    }

    fn clear(&mut self) {
        self.cells.clear();
        self.text.clear();
        self.rows = 0;
    }

    /// Hands the rows on; `columns` are those that the statement gives.
    pub fn push_to(
        &self,
        builder: &mut RowBuilder<'_>,
        columns: &[Column],
    ) -> Result<(), LedgerError> {
        // Looked through once, all of it is known to be text; else each is looked at by itself.
        let all = std::str::from_utf8(&self.text).ok();
        let text = |start: u32, length: u32| {
            let range = start as usize..start as usize + length as usize;
            match all {
                Some(all) => all.get(range),
                None => std::str::from_utf8(&self.text[range]).ok(),
            }
        };
        let mut decimals = vec![String::new(); columns.len()];
        for row in self.cells.chunks(columns.len().max(1)) {
            // SQLite keeps decimals as binary floats; their shortest text is what was stored.
            for (position, raw) in row.iter().enumerate() {
                if let (Raw::Real(number), Column::Money) = (raw, columns[position]) {
                    decimals[position] = number.to_string();
                }
            }
            builder.push(|position| match row[position] {
                Raw::Null => Cell::Null,
                Raw::Integer(number) => Cell::Integer(number),
                Raw::Real(_) if columns[position] == Column::Money => {
                    Cell::Decimal(&decimals[position])
                }
                Raw::Real(_) => Cell::Other("float"),
                Raw::Text { start, length } => {
                    text(start, length).map_or(Cell::Other("text that is not UTF-8"), Cell::Text)
                }
                Raw::Blob => Cell::Other("blob"),
            })?;
        }
        Ok(())
    }
}
