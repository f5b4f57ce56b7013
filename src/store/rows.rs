//! Rows of tables that hold many: written hundreds at a time, each carrying its own seal.
//!
//! What a small table's triggers do for each row ([`super::seal`]) costs more than the row itself where
//! there are hundreds of thousands. Rows of these tables are written here and nowhere else; the digest
//! of a row stands in its column `seal`, and the sum of the chain moves with it.

use std::borrow::Cow;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use std::vec::IntoIter;

use anyhow::{Context, Result, bail};
use data_encoding::BASE64_NOPAD;
use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags, params_from_iter};
use sha2::{Digest, Sha256};
use sqlx::any::{AnyArguments, AnyRow};
use sqlx::query::Query;
use sqlx::{Any, AssertSqlSafe, Row};

use super::seal::{Sum, Tx};
use super::{Engine, Store};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Number,
}

/// One value of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cell {
    Text(Option<Cow<'static, str>>),
    Number(Option<i64>),
}

impl Cell {
    pub(super) fn text(text: impl Into<Cow<'static, str>>) -> Cell {
        Cell::Text(Some(text.into()))
    }

    pub(super) fn some_text(text: Option<impl Into<Cow<'static, str>>>) -> Cell {
        Cell::Text(text.map(Into::into))
    }

    pub(super) fn number(number: impl Into<i64>) -> Cell {
        Cell::Number(Some(number.into()))
    }

    /// As people look for the row.
    fn shown(&self) -> Cow<'_, str> {
        match self {
            Cell::Text(text) => Cow::Borrowed(text.as_deref().unwrap_or_default()),
            Cell::Number(number) => Cow::Owned(number.unwrap_or_default().to_string()),
        }
    }
}

/// A table of rows that carry their seals; the first columns are its primary key, and `seal` is not
/// among them.
pub(super) struct Table {
    pub(super) name: &'static str,
    pub(super) keys: usize,
    pub(super) columns: &'static [(&'static str, Kind)],
}

/// Values of one statement; SQLite takes no more than 32,766.
const VALUES: usize = 12_000;
/// Rows of one question.
pub(super) const AT_ONCE: usize = 400;

impl Table {
    pub(super) fn names(&self) -> String {
        let names: Vec<&str> = self.columns.iter().map(|(name, _)| *name).collect();
        names.join(", ")
    }

    /// The digest of a row, each value with its length in front.
    pub(super) fn seal(&self, cells: &[Cell]) -> [u8; 32] {
        let mut text = Vec::with_capacity(512);
        text.extend_from_slice(self.name.as_bytes());
        for cell in cells {
            match cell {
                Cell::Text(None) | Cell::Number(None) => text.extend_from_slice(b" -"),
                cell => {
                    let value = cell.shown();
                    text.push(b' ');
                    digits(value.len(), &mut text);
                    text.push(b':');
                    text.extend_from_slice(value.as_bytes());
                }
            }
        }
        Sha256::digest(&text).into()
    }

    /// The cells of a row, its seal apart.
    pub(super) fn cells(&self, row: &AnyRow) -> Result<Vec<Cell>> {
        let cell = |(at, (_, kind)): (usize, &(&str, Kind))| {
            Ok(match kind {
                Kind::Text => Cell::Text(row.try_get::<Option<String>, _>(at)?.map(Cow::Owned)),
                Kind::Number => Cell::Number(row.try_get(at)?),
            })
        };
        self.columns.iter().enumerate().map(cell).collect()
    }

    fn shown(&self, cells: &[Cell]) -> String {
        let key: Vec<Cow<'_, str>> = cells[..self.keys].iter().map(Cell::shown).collect();
        format!("{} {}", self.name, key.join(", "))
    }

    /// Adds rows, each with its seal.
    pub(super) async fn insert(&self, tx: &mut Tx, rows: Vec<Vec<Cell>>) -> Result<()> {
        let width = self.columns.len() + 1;
        let at_once = (VALUES / width).max(1);
        let mut left = rows.len();
        let mut rows = rows.into_iter();
        while left > 0 {
            let some = left.min(at_once);
            left -= some;
            // SQLite looks each numbered one up by its name among all of them.
            let row = |at: usize| match tx.engine {
                Engine::Sqlite => format!("({}?)", "?, ".repeat(width - 1)),
                Engine::Postgres => placeholders(at * width + 1..(at + 1) * width + 1),
            };
            let places: Vec<String> = (0..some).map(row).collect();
            // Whatever fails ends the transaction: nothing is kept to take back one statement of it.
            let verb = match tx.engine {
                Engine::Sqlite => "INSERT OR FAIL",
                Engine::Postgres => "INSERT",
            };
            let sql = format!(
                "{verb} INTO {} ({}, seal) VALUES {}",
                self.name,
                self.names(),
                places.join(", ")
            );
            let mut query = sqlx::query(AssertSqlSafe(sql));
            for cells in rows.by_ref().take(some) {
                let seal = self.seal(&cells);
                tx.rows.came(&seal);
                for cell in cells {
                    query = bound(query, cell);
                }
                query = query.bind(BASE64_NOPAD.encode(&seal));
            }
            query.execute(&mut **tx).await?;
        }
        Ok(())
    }

    /// Takes out the rows of which a column has one of these values. One that was changed behind
    /// rekon's back is noted.
    pub(super) async fn delete(&self, tx: &mut Tx, column: &str, values: &[Cell]) -> Result<u64> {
        let mut count = 0;
        for some in values.chunks(AT_ONCE) {
            let places = placeholders(1..some.len() + 1);
            count += self
                .delete_where(tx, &format!("{column} IN {places}"), some)
                .await?;
        }
        Ok(count)
    }

    /// The same of those that answer to a condition.
    pub(super) async fn delete_where(
        &self,
        tx: &mut Tx,
        condition: &str,
        values: &[Cell],
    ) -> Result<u64> {
        let count = self.leave(tx, condition, values).await?;
        let sql = format!("DELETE FROM {} WHERE {condition}", self.name);
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for value in values {
            query = bound(query, value.clone());
        }
        query.execute(&mut **tx).await?;
        Ok(count)
    }

    /// Takes the seals of these rows out of the sum.
    async fn leave(&self, tx: &mut Tx, condition: &str, values: &[Cell]) -> Result<u64> {
        let sql = format!(
            "SELECT {}, seal FROM {} WHERE {condition}",
            self.names(),
            self.name
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for value in values {
            query = bound(query, value.clone());
        }
        let rows = query.fetch_all(&mut **tx).await?;
        for row in &rows {
            let cells = self.cells(row)?;
            let sealed: String = row.try_get(self.columns.len())?;
            let seal = decoded(&sealed);
            if seal != Some(self.seal(&cells)) {
                tx.rows.foreign.push(self.shown(&cells));
            }
            tx.rows.went(&seal.unwrap_or_default());
        }
        Ok(rows.len() as u64)
    }

    /// What a row is called and whether its seal fits, and the seal it has.
    pub(super) fn proved(&self, row: &AnyRow) -> Result<(Option<String>, Option<[u8; 32]>)> {
        let cells = self.cells(row)?;
        let sealed: String = row.try_get(self.columns.len())?;
        let seal = decoded(&sealed);
        let fits = seal == Some(self.seal(&cells));
        Ok(((!fits).then(|| self.shown(&cells)), seal))
    }
}

impl Store {
    /// Each row of a table that answers to a condition, its seal apart; `$1` is the first of the values.
    pub(super) async fn each_row(
        &self,
        table: &Table,
        condition: &str,
        values: &[Cell],
        mut take: impl FnMut(Taking) -> Result<()>,
    ) -> Result<()> {
        let sql = format!(
            "SELECT {} FROM {} WHERE {condition}",
            table.names(),
            table.name
        );
        if let Some(reader) = &self.reader {
            return reader.each_row(table, &sql, values, &mut take);
        }
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for value in values {
            query = bound(query, value.clone());
        }
        for row in &query.fetch_all(&self.pool).await? {
            take(Taking::of(table.cells(row)?))?;
        }
        Ok(())
    }
}

/// Reads a SQLite state where it lies. Through the pool every row would cross a thread.
#[derive(Clone)]
pub(super) struct Reader {
    path: PathBuf,
    connection: Arc<Mutex<Option<Connection>>>,
}

impl Reader {
    pub(super) fn of(path: &Path) -> Reader {
        Reader {
            path: path.to_owned(),
            connection: Arc::default(),
        }
    }

    /// Lets go of the state, so that whoever closes it last leaves no journal.
    pub(super) fn close(&self) {
        self.held().take();
    }

    fn held(&self) -> MutexGuard<'_, Option<Connection>> {
        self.connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn each_row(
        &self,
        table: &Table,
        sql: &str,
        values: &[Cell],
        take: &mut dyn FnMut(Taking) -> Result<()>,
    ) -> Result<()> {
        let mut held = self.held();
        let connection = match &mut *held {
            Some(connection) => connection,
            none => {
                let connection = Connection::open_with_flags(
                    &self.path,
                    OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
                )?;
                connection.busy_timeout(Duration::from_secs(30))?;
                connection.pragma_update(None, "query_only", true)?;
                none.insert(connection)
            }
        };
        let mut statement = connection.prepare_cached(&sql.replace('$', "?"))?;
        let values = values.iter().map(|value| match value {
            Cell::Text(text) => Value::from(text.as_ref().map(|text| text.to_string())),
            Cell::Number(number) => Value::from(*number),
        });
        let mut rows = statement.query(params_from_iter(values))?;
        while let Some(row) = rows.next()? {
            let cell = |(at, (_, kind)): (usize, &(&str, Kind))| {
                Ok(match kind {
                    Kind::Text => Cell::Text(row.get::<_, Option<String>>(at)?.map(Cow::Owned)),
                    Kind::Number => Cell::Number(row.get(at)?),
                })
            };
            let cells = table.columns.iter().enumerate().map(cell);
            take(Taking::of(cells.collect::<Result<Vec<Cell>>>()?))?;
        }
        Ok(())
    }
}

/// The cells of a row, one after the other.
pub(super) struct Taking(IntoIter<Cell>);

impl Taking {
    fn of(cells: Vec<Cell>) -> Taking {
        Taking(cells.into_iter())
    }

    pub(super) fn some_text(&mut self) -> Result<Option<String>> {
        match self.0.next() {
            Some(Cell::Text(text)) => Ok(text.map(Cow::into_owned)),
            other => bail!("state: {other:?} stands for a text"),
        }
    }

    pub(super) fn text(&mut self) -> Result<String> {
        self.some_text()?.context("state: a text is not there")
    }

    pub(super) fn some_number(&mut self) -> Result<Option<i64>> {
        match self.0.next() {
            Some(Cell::Number(number)) => Ok(number),
            other => bail!("state: {other:?} stands for a number"),
        }
    }

    pub(super) fn number(&mut self) -> Result<i64> {
        self.some_number()?.context("state: a number is not there")
    }

    pub(super) fn some_parsed<T: FromStr>(&mut self, column: &str) -> Result<Option<T>>
    where
        T::Err: std::error::Error + Send + Sync + 'static,
    {
        let Some(text) = self.some_text()? else {
            return Ok(None);
        };
        let parsed = text.parse();
        Ok(Some(parsed.with_context(|| {
            format!("state: column {column} holds `{text}`")
        })?))
    }

    pub(super) fn parsed<T: FromStr>(&mut self, column: &str) -> Result<T>
    where
        T::Err: std::error::Error + Send + Sync + 'static,
    {
        self.some_parsed(column)?
            .with_context(|| format!("state: column {column} is empty"))
    }

    pub(super) fn skip(&mut self, count: usize) {
        for _ in 0..count {
            self.0.next();
        }
    }
}

/// A number as it is written.
fn digits(number: usize, text: &mut Vec<u8>) {
    if number >= 10 {
        digits(number / 10, text);
    }
    text.push(b'0' + (number % 10) as u8);
}

fn decoded(seal: &str) -> Option<[u8; 32]> {
    let bytes = BASE64_NOPAD.decode(seal.as_bytes()).ok()?;
    bytes.try_into().ok()
}

/// `($1, $2, …)`.
pub(super) fn placeholders(numbers: Range<usize>) -> String {
    let places: Vec<String> = numbers.map(|number| format!("${number}")).collect();
    format!("({})", places.join(", "))
}

pub(super) fn bound<'q>(
    query: Query<'q, Any, AnyArguments>,
    cell: Cell,
) -> Query<'q, Any, AnyArguments> {
    match cell {
        Cell::Text(Some(Cow::Borrowed(text))) => query.bind(text),
        Cell::Text(Some(Cow::Owned(text))) => query.bind(text),
        Cell::Text(None) => query.bind(None::<String>),
        Cell::Number(number) => query.bind(number),
    }
}

/// What a transaction did to such rows.
#[derive(Default)]
pub(super) struct Moved {
    /// Seals that came less those that went.
    pub(super) sum: Sum,
    pub(super) count: u64,
    /// Rows that had been changed by somebody else.
    pub(super) foreign: Vec<String>,
}

impl Moved {
    fn came(&mut self, seal: &[u8; 32]) {
        self.sum.add_bytes(seal);
        self.count += 1;
    }

    fn went(&mut self, seal: &[u8; 32]) {
        self.sum.take_bytes(seal);
        self.count += 1;
    }
}

/// Texts as one: told apart by U+001F. What cannot be stored as it is (U+0000), or would tell apart, is
/// escaped.
pub(super) fn joined<S: AsRef<str>>(texts: &[S]) -> String {
    let mut all = String::new();
    for (at, text) in texts.iter().enumerate() {
        if at > 0 {
            all.push('\u{1f}');
        }
        for c in text.as_ref().chars() {
            match c {
                '\\' => all.push_str("\\\\"),
                '\0' => all.push_str("\\0"),
                '\u{1f}' => all.push_str("\\u"),
                c => all.push(c),
            }
        }
    }
    all
}

/// The texts of [`joined`]; one that is empty is a list of one empty text.
pub(super) fn parted(all: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut chars = all.chars();
    while let Some(c) = chars.next() {
        let c = match c {
            '\u{1f}' => {
                parts.push(String::new());
                continue;
            }
            '\\' => match chars.next() {
                Some('0') => '\0',
                Some('u') => '\u{1f}',
                Some(c) => c,
                None => '\\',
            },
            c => c,
        };
        if let Some(last) = parts.last_mut() {
            last.push(c);
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_part_as_they_were_joined() {
        for texts in [
            vec!["A"],
            vec![""],
            vec!["", ""],
            vec!["A", "B\\C", "\u{1f}", "a\0b", "\\0", "\\u"],
        ] {
            let one = joined(&texts);
            assert!(!one.contains('\0'));
            assert_eq!(parted(&one), texts, "{one:?}");
        }
    }

    #[test]
    fn no_two_rows_have_one_seal() {
        let table = Table {
            name: "t",
            keys: 1,
            columns: &[("a", Kind::Text), ("b", Kind::Text)],
        };
        let rows = [
            [Cell::text("a"), Cell::text("b")],
            [Cell::text("ab"), Cell::text("")],
            [Cell::text("a 1:b"), Cell::text("")],
            [Cell::text("a"), Cell::Text(None)],
            [Cell::text("a"), Cell::text("-")],
        ];
        let seals: Vec<_> = rows.iter().map(|row| table.seal(row)).collect();
        for (at, seal) in seals.iter().enumerate() {
            assert!(!seals[..at].contains(seal), "{:?}", rows[at]);
        }
    }
}
