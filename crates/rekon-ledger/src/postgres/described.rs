//! What the server says of a channel's query before it is run, and the statements made of that.

use chrono::{DateTime, Utc};

use super::bounds;
use super::types::Type;
use crate::query::{Bound, Piece};
use crate::{LedgerError, Spec};

/// A result column of the channel's query.
#[derive(Debug)]
pub struct Column {
    pub name: String,
    pub of: Type,
    pub type_name: String,
    /// Table and column, where it is one.
    pub origin: Option<(String, String)>,
}

/// What the server says of a channel's query before it is run.
pub struct Described<'s> {
    pub pieces: Vec<Piece<'s>>,
    /// Of each bound in turn, with the type's name.
    pub bounds: Vec<(Type, String)>,
    pub columns: Vec<Column>,
    /// The parts of the key, by position.
    pub key: Vec<usize>,
    /// The columns that are read, by position: the others are not even fetched.
    pub used: Vec<usize>,
}

impl Described<'_> {
    pub fn names(&self) -> Vec<String> {
        let used = self.used.iter();
        used.map(|at| self.columns[*at].name.clone()).collect()
    }

    pub fn types(&self) -> Vec<Type> {
        self.used.iter().map(|at| self.columns[*at].of).collect()
    }

    pub fn key(&self) -> Vec<(usize, &Column)> {
        let parts = self.key.iter();
        parts.map(|at| (*at, &self.columns[*at])).collect()
    }

    /// The query with its bounds written in.
    pub fn bounded(
        &self,
        spec: &Spec<'_>,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<String, LedgerError> {
        let mut sql = String::with_capacity(spec.query.len() + 128);
        let mut bounds = self.bounds.iter();
        let mut at = 0;
        for piece in &self.pieces {
            let (bound, name) = match piece {
                Piece::Text(text) => {
                    sql.push_str(text);
                    at += text.len();
                    continue;
                }
                Piece::Bound(Bound::From) => (from, ":from"),
                Piece::Bound(Bound::To) => (to, ":to"),
            };
            let (expected, type_name) = bounds
                .next()
                .map_or((Type::Other, "nothing"), |(of, name)| (*of, name));
            let literal = bounds::literal(bound, expected, type_name, spec.zone, name).map_err(
                |(reason, hint)| LedgerError::Query {
                    channel: spec.channel.to_owned(),
                    reason: format!("{name}{} {reason}", place_of(spec.query, at)),
                    hint,
                },
            )?;
            sql.push_str(&literal);
            at += name.len();
        }
        Ok(sql)
    }

    /// The query as a table `q` of numbered columns, so that neither a name that needs quotes nor
    /// one that is there twice matters, and a comment at its end hides nothing.
    pub fn as_table(&self, bounded: &str) -> String {
        let all = (0..self.columns.len()).map(|at| format!("c{at}"));
        let all: Vec<String> = all.collect();
        format!("(\n{bounded}\n) AS q ({})", all.join(", "))
    }

    pub fn selected(&self) -> String {
        let used: Vec<String> = self.used.iter().map(|at| format!("q.c{at}")).collect();
        used.join(", ")
    }
}

/// ` at line L, column C of the query` of a byte of it.
pub fn place_of(query: &str, byte: usize) -> String {
    let before = query.get(..byte).unwrap_or(query);
    let line = before.matches('\n').count() + 1;
    let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
    format!(" at line {line}, column {column}")
}
