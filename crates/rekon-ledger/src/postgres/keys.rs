//! The keys of a look-up as arrays, compared in the columns' own types, so that an index answers.

use std::collections::BTreeSet;

use sqlx::postgres::PgArguments;
use sqlx::{Arguments, Error};

use super::Column;
use super::types::Type;
use crate::domain::key::{self, Spelling};
use crate::{Spec, Spellings};

/// What stands in a plan where an index is asked for the keys of [`probe`].
pub const PROBES: [&str; 3] = [PROBE_TEXT, PROBE_NUMBER, ALIAS];
/// Text, and a uuid as well.
const PROBE_TEXT: &str = "20261119-0000-4000-8000-000000000000";
/// Of every numeric type.
const PROBE_NUMBER: &str = "20261";
/// The keys as a table.
const ALIAS: &str = "rekon_key";

const BLANKS: &str = " \t\u{a0}";

/// A condition on the columns of `q`, and its parameters.
pub struct Asked {
    pub condition: String,
    arrays: Vec<Array>,
    /// What is trimmed off the parts that may have it around them.
    blanks: Option<&'static str>,
}

/// One part of all keys.
enum Array {
    Text(Vec<String>),
    Whole(Vec<i64>),
}

impl Array {
    fn of(column: &Column) -> Array {
        match column.of.is_whole() {
            true => Array::Whole(Vec::new()),
            false => Array::Text(Vec::new()),
        }
    }

    fn is_empty(&self) -> bool {
        match self {
            Array::Text(values) => values.is_empty(),
            Array::Whole(values) => values.is_empty(),
        }
    }

    /// A value that was found to be one of the column's type.
    fn push(&mut self, value: &Value) {
        match (self, value) {
            (Array::Text(values), Value::Text(text)) => values.push(text.clone()),
            (Array::Whole(values), Value::Whole(number)) => values.push(*number),
            _ => {}
        }
    }
}

#[derive(Clone)]
enum Value {
    Text(String),
    Whole(i64),
}

impl Asked {
    /// Whether no key can be in the ledger at all: none is of the columns' types.
    pub fn is_empty(&self) -> bool {
        self.arrays.iter().any(Array::is_empty)
    }

    pub fn arguments(self) -> Result<PgArguments, Error> {
        let mut arguments = PgArguments::default();
        for array in self.arrays {
            match array {
                Array::Text(values) => arguments.add(values),
                Array::Whole(values) => arguments.add(values),
            }
            .map_err(Error::Encode)?;
        }
        if let Some(blanks) = self.blanks {
            arguments.add(blanks).map_err(Error::Encode)?;
        }
        Ok(arguments)
    }
}

/// Asks for keys (encoded, normalised); `columns` are their parts, with their positions.
pub fn ask(
    spec: &Spec<'_>,
    columns: &[(usize, &Column)],
    keys: &BTreeSet<Vec<u8>>,
    spellings: &Spellings,
) -> Asked {
    let mut arrays: Vec<Array> = columns
        .iter()
        .map(|(_, column)| Array::of(column))
        .collect();
    for key in keys {
        let mut variants: Vec<Vec<Value>> = vec![Vec::new()];
        for (part, text) in key::parts(key).iter().enumerate() {
            let Some((_, column)) = columns.get(part) else {
                continue;
            };
            let spelling = spec.key[part].spelling;
            let ways = ways(column.of, text, spelling, part, spellings);
            variants = variants
                .iter()
                .flat_map(|before| {
                    ways.iter()
                        .map(move |way| [before.as_slice(), std::slice::from_ref(way)].concat())
                })
                .collect();
        }
        for variant in &variants {
            for (array, value) in arrays.iter_mut().zip(variant) {
                array.push(value);
            }
        }
    }
    let padded = |part: usize| spellings.padded(part) && columns[part].1.of.is_text();
    condition(columns, arrays, &padded)
}

/// Asks for a key that no ledger has, to see how it would be looked for.
pub fn probe(columns: &[(usize, &Column)]) -> Asked {
    let arrays = columns.iter().map(|(_, column)| match column.of {
        of if of.is_whole() => Array::Whole(vec![20_261]),
        Type::Numeric => Array::Text(vec![PROBE_NUMBER.to_owned()]),
        _ => Array::Text(vec![PROBE_TEXT.to_owned()]),
    });
    let arrays = arrays.collect();
    condition(columns, arrays, &|_| false)
}

fn condition(
    columns: &[(usize, &Column)],
    arrays: Vec<Array>,
    padded: &dyn Fn(usize) -> bool,
) -> Asked {
    let trim = columns.len() + 1;
    let mut blanks = None;
    let mut values = Vec::new();
    let mut parts = Vec::new();
    for (part, (at, column)) in columns.iter().enumerate() {
        // No index answers what is trimmed; a ledger that pads its references pays for it.
        let trimmed = padded(part);
        if trimmed {
            blanks = Some(BLANKS);
        }
        parts.push(match (trimmed, column.of) {
            (true, _) => format!("pg_catalog.btrim(q.c{at}::text, ${trim}::text)"),
            // A text that is none of an enum's labels could not be made one.
            (false, Type::Enum) => format!("q.c{at}::text"),
            (false, _) => format!("q.c{at}"),
        });
        let number = part + 1;
        values.push(match (trimmed, column.of) {
            (false, of) if of.is_whole() => format!("${number}::int8[]"),
            (false, Type::Numeric) => format!("${number}::text[]::numeric[]"),
            (false, Type::Uuid) => format!("${number}::text[]::uuid[]"),
            (false, Type::Padded) => format!("${number}::text[]::bpchar[]"),
            (false, Type::Citext) => format!("${number}::text[]::{}[]", column.type_name),
            _ => format!("${number}::text[]"),
        });
    }
    let condition = match (&*parts, &*values) {
        ([part], [value]) => format!("{part} = ANY ({value})"),
        _ => format!(
            "({}) IN (SELECT * FROM unnest({}) AS {ALIAS})",
            parts.join(", "),
            values.join(", ")
        ),
    };
    Asked {
        condition,
        arrays,
        blanks,
    }
}

/// How a part may be kept in a column of that type; none where it cannot be there at all.
fn ways(
    of: Type,
    text: &str,
    spelling: Spelling,
    part: usize,
    spellings: &Spellings,
) -> Vec<Value> {
    if text.contains('\0') {
        return Vec::new();
    }
    match of {
        // Stripped parts compare as numbers; a part with zeros in front is no number's text.
        Type::Int2 | Type::Int4 | Type::Int8 => match text.parse::<i64>() {
            Ok(number) if number.to_string() == text => vec![Value::Whole(number)],
            _ => Vec::new(),
        },
        Type::Numeric if is_decimal(text) => vec![Value::Text(text.to_owned())],
        Type::Uuid if is_uuid(text) => vec![Value::Text(text.to_owned())],
        Type::Numeric | Type::Uuid => Vec::new(),
        _ => {
            let mut ways = vec![Value::Text(text.to_owned())];
            let others = spellings.ways_of(part, text, spelling);
            ways.extend(others.into_iter().map(Value::Text));
            ways
        }
    }
}

fn is_decimal(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, "0"));
    [whole, decimals]
        .iter()
        .all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
}

/// As PostgreSQL writes one: no other text of it equals the row's.
fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte),
        })
}
