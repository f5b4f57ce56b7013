//! Types of MySQL and MariaDB: which of them a channel's column may have, and how a value in the
//! binary protocol is read. TIMESTAMP is read as the wall clock of the session's zone; the
//! library's own reading takes it for UTC.

use std::fmt::Write as _;

use chrono::{NaiveDate, NaiveDateTime};
use sqlx::mysql::{MySqlColumn, MySqlRow, MySqlTypeInfo};
use sqlx::{Column, Decode, MySql, Row, Type, TypeInfo};

use crate::row::{Cell, Meaning, Numeric};
use crate::{LedgerError, Spec};

/// How the bytes of a value are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Signed,
    Unsigned,
    Decimal,
    Float,
    Text,
    /// Bytes without a character set; text where they are UTF-8.
    Bytes,
    Date,
    Time,
    DateTime,
    Timestamp,
    Year,
    Bits,
    Json,
    /// NULL in every row.
    Nothing,
    Geometry,
}

/// The type of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnForm {
    pub form: Form,
    /// As SQL names it.
    pub name: String,
    /// The table's column that it is; `None` for an expression.
    pub source: Option<String>,
}

impl ColumnForm {
    pub fn of(column: &MySqlColumn) -> ColumnForm {
        let info: &MySqlTypeInfo = column.type_info();
        let name = info.name();
        let form = match name {
            "FLOAT" | "DOUBLE" => Form::Float,
            "DECIMAL" => Form::Decimal,
            "DATE" => Form::Date,
            "TIME" => Form::Time,
            "DATETIME" => Form::DateTime,
            "TIMESTAMP" => Form::Timestamp,
            "YEAR" => Form::Year,
            "BIT" => Form::Bits,
            "JSON" => Form::Json,
            "NULL" => Form::Nothing,
            "GEOMETRY" => Form::Geometry,
            "ENUM" | "SET" => Form::Text,
            // The name alone takes a TINYINT(1) for signed whatever it is.
            _ if <u64 as Type<MySql>>::compatible(info) => Form::Unsigned,
            _ if <i64 as Type<MySql>>::compatible(info) || name == "BOOLEAN" => Form::Signed,
            // A `_bin` collation makes the name of a text BINARY; its character set tells.
            _ if <str as Type<MySql>>::compatible(info) => Form::Text,
            _ => Form::Bytes,
        };
        let name = match (form, name) {
            (Form::Text, "BINARY") => "CHAR",
            (Form::Text, "VARBINARY") => "VARCHAR",
            (Form::Text, "TINYBLOB" | "BLOB" | "MEDIUMBLOB" | "LONGBLOB") => "TEXT",
            (Form::Signed, "BOOLEAN") => "TINYINT",
            (Form::Unsigned, "BOOLEAN") => "TINYINT UNSIGNED",
            (_, name) => name,
        };
        let origin = column.origin();
        ColumnForm {
            form,
            name: name.to_owned(),
            source: origin.table_column().map(|source| source.name.to_string()),
        }
    }
}

/// Refuses a query with a column whose type cannot be read as what the channel needs.
pub fn judge(
    spec: &Spec<'_>,
    names: &[String],
    forms: &[ColumnForm],
    roles: &[(usize, Meaning)],
) -> Result<(), LedgerError> {
    for (position, role) in roles {
        let (Some(name), Some(found)) = (names.get(*position), forms.get(*position)) else {
            continue;
        };
        if let Some((needed, cast)) = wrong(*role, found.form) {
            let quoted = |name: &str| format!("`{}`", name.replace('`', "``"));
            let source = found.source.as_deref().map_or("…".to_owned(), quoted);
            return Err(LedgerError::Query {
                channel: spec.channel.to_owned(),
                reason: format!("column {name} is {}; {needed}", found.name),
                hint: cast.replace("{x}", &source).replace("{}", &quoted(name)),
            });
        }
    }
    Ok(())
}

const KEY: &str = "part of a key is an integer, DECIMAL, CHAR, VARCHAR, TEXT, ENUM or a DATE";
const AMOUNT: &str = "an amount is an integer, DECIMAL or text";
const WORD: &str = "a status or code is CHAR, VARCHAR, TEXT, ENUM or an integer";
const KIND: &str = "a kind is CHAR, VARCHAR, TEXT or ENUM";
const STAMP: &str = "a stamp is DATETIME, TIMESTAMP or text";

/// What a role needs, and the expression that makes it of a form that it cannot be.
fn wrong(role: Meaning, form: Form) -> Option<(&'static str, &'static str)> {
    use Form::{
        Bits, Bytes, Date, DateTime, Decimal, Float, Geometry, Json, Nothing, Signed, Text, Time,
        Timestamp, Unsigned, Year,
    };
    let exact =
        "select it exactly: CAST({x} AS DECIMAL(20,2)) AS {}, or better, keep it as DECIMAL";
    let bits = "select its number: CAST({x} AS UNSIGNED) AS {}";
    let words = "select it as text: CAST({x} AS CHAR) AS {}";
    let unquoted = "select the value inside: JSON_UNQUOTE({x}) AS {}";
    let clock = "select text: DATE_FORMAT({x}, '%Y-%m-%d %H:%i:%s') AS {}";
    match (role, form) {
        // Details are shown where they can be.
        (Meaning::Detail, _) | (_, Nothing) => None,
        (Meaning::Key, Signed | Unsigned | Decimal | Text | Bytes | Date) => None,
        (Meaning::Key, Float) => Some((KEY, "select it exactly: CAST({x} AS DECIMAL(20,0)) AS {}")),
        (Meaning::Key, Bits) => Some((KEY, bits)),
        (Meaning::Key, Json) => Some((KEY, unquoted)),
        (Meaning::Key, DateTime | Timestamp) => Some((KEY, clock)),
        (Meaning::Key, Time | Year | Geometry) => Some((KEY, words)),
        (Meaning::Amount, Signed | Unsigned | Decimal | Text | Bytes) => None,
        (Meaning::Amount, Float) => Some((AMOUNT, exact)),
        (Meaning::Amount, Bits) => Some((AMOUNT, bits)),
        (Meaning::Amount, Json) => Some((AMOUNT, unquoted)),
        (Meaning::Amount, _) => Some((AMOUNT, "select the column that holds rupiah AS {}")),
        (Meaning::Status | Meaning::Code, Signed | Unsigned | Text | Bytes) => None,
        (Meaning::Status | Meaning::Code, Bits) => Some((WORD, bits)),
        (Meaning::Status | Meaning::Code, Json) => Some((WORD, unquoted)),
        (Meaning::Status | Meaning::Code, _) => Some((WORD, words)),
        (Meaning::Kind, Text | Bytes) => None,
        (Meaning::Kind, Json) => Some((KIND, unquoted)),
        (Meaning::Kind, _) => Some((
            KIND,
            "map it: CASE {x} WHEN … THEN 'payment' … END AS {}, or select 'payment' AS {}",
        )),
        (Meaning::OccurredAt, DateTime | Timestamp | Text | Bytes) => None,
        (Meaning::OccurredAt, Date) => Some((
            STAMP,
            "add its time of day: TIMESTAMP({x}, the_time_column) AS {}",
        )),
        (Meaning::OccurredAt, Time) => {
            Some((STAMP, "add its date: TIMESTAMP(the_date_column, {x}) AS {}"))
        }
        (Meaning::OccurredAt, Signed | Unsigned | Decimal) => Some((
            STAMP,
            "where it counts seconds since 1970: FROM_UNIXTIME({x}) AS {}, and bind \
             UNIX_TIMESTAMP(:from) and UNIX_TIMESTAMP(:to)",
        )),
        (Meaning::OccurredAt, Json) => Some((STAMP, unquoted)),
        (Meaning::OccurredAt, _) => Some((STAMP, "select the column that holds the stamp AS {}")),
    }
}

/// The columns of an answer, and room for the values that have to be written out.
pub struct Reader {
    forms: Vec<Form>,
    written: Vec<String>,
}

impl Reader {
    pub fn new(forms: &[ColumnForm]) -> Reader {
        Reader {
            forms: forms.iter().map(|column| column.form).collect(),
            written: vec![String::new(); forms.len()],
        }
    }

    /// Writes out what has no cell of its own; before the cells of a row are asked for.
    pub fn prepare(&mut self, row: &MySqlRow) {
        for (position, form) in self.forms.iter().enumerate() {
            let text = &mut self.written[position];
            match form {
                Form::Date => {
                    text.clear();
                    if let Some(at) = value(row, position).and_then(date_time) {
                        write_into(text, &at.date());
                    }
                }
                Form::Time => {
                    text.clear();
                    if let Some(clock) = value(row, position).and_then(clock) {
                        text.push_str(&clock);
                    }
                }
                _ => {}
            }
        }
    }

    pub fn form(&self, position: usize) -> Option<Form> {
        self.forms.get(position).copied()
    }

    pub fn cell<'c>(&'c self, row: &'c MySqlRow, position: usize) -> Cell<'c> {
        let (Some(form), Some(bytes)) = (self.form(position), value(row, position)) else {
            return Cell::Null;
        };
        match form {
            Form::Signed => integer(bytes).map_or(UNREADABLE, Cell::Integer),
            Form::Unsigned | Form::Year => match unsigned(bytes) {
                Some(number) => i64::try_from(number).map_or(
                    Cell::Numeric(Numeric {
                        unscaled: i128::from(number),
                        scale: 0,
                    }),
                    Cell::Integer,
                ),
                None => UNREADABLE,
            },
            Form::Decimal => match std::str::from_utf8(bytes) {
                Ok(text) => numeric(text).map_or(Cell::Decimal(text), Cell::Numeric),
                Err(_) => UNREADABLE,
            },
            Form::Text => {
                std::str::from_utf8(bytes).map_or(Cell::Other("text that is not UTF-8"), Cell::Text)
            }
            Form::Bytes => match std::str::from_utf8(bytes) {
                Ok(text) if !text.contains('\0') => Cell::Text(text),
                Ok(_) => Cell::Other("binary value with zero bytes (CAST it AS CHAR)"),
                Err(_) => Cell::Other("binary value"),
            },
            Form::DateTime | Form::Timestamp => {
                date_time(bytes).map_or(Cell::Other(ZERO_DATE), Cell::Local)
            }
            Form::Date | Form::Time => match self.written.get(position) {
                Some(text) if !text.is_empty() => Cell::Text(text),
                _ => Cell::Other(ZERO_DATE),
            },
            Form::Float => Cell::Other("float"),
            Form::Bits => Cell::Other("BIT"),
            Form::Json => Cell::Other("JSON value"),
            Form::Nothing => Cell::Null,
            Form::Geometry => Cell::Other("GEOMETRY"),
        }
    }
}

const UNREADABLE: Cell<'static> = Cell::Other("value of unexpected length");
/// What `0000-00-00`, and any date with a month or day of zero, is called.
pub const ZERO_DATE: &str = "zero date (0000-00-00)";

/// Names and forms of an answer's columns.
pub fn columns(columns: &[MySqlColumn]) -> (Vec<String>, Vec<ColumnForm>) {
    columns
        .iter()
        .map(|column| (column.name().to_owned(), ColumnForm::of(column)))
        .unzip()
}

/// The bytes of a value; `None` for NULL alone, since the library takes zero dates for NULL too.
fn value(row: &MySqlRow, position: usize) -> Option<&[u8]> {
    let raw = row.try_get_raw(position).ok()?;
    <&[u8] as Decode<MySql>>::decode(raw).ok()
}

fn write_into(text: &mut String, value: &impl std::fmt::Display) {
    // Writing to a String does not fail.
    if write!(text, "{value}").is_err() {
        text.clear();
    }
}

fn integer(bytes: &[u8]) -> Option<i64> {
    Some(match *bytes {
        [a] => i64::from(a.cast_signed()),
        [a, b] => i64::from(i16::from_le_bytes([a, b])),
        [a, b, c, d] => i64::from(i32::from_le_bytes([a, b, c, d])),
        [a, b, c, d, e, f, g, h] => i64::from_le_bytes([a, b, c, d, e, f, g, h]),
        _ => return None,
    })
}

fn unsigned(bytes: &[u8]) -> Option<u64> {
    if !matches!(bytes.len(), 1 | 2 | 4 | 8) {
        return None;
    }
    let mut number = 0;
    for byte in bytes.iter().rev() {
        number = number << 8 | u64::from(*byte);
    }
    Some(number)
}

/// A DECIMAL's text as an exact number; `None` where it has more digits than fit.
fn numeric(text: &str) -> Option<Numeric> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let (mut unscaled, mut scale) = (0i128, None);
    for byte in digits.bytes() {
        match byte {
            b'0'..=b'9' => {
                unscaled = unscaled
                    .checked_mul(10)?
                    .checked_add(i128::from(byte - b'0'))?;
                scale = scale.map(|scale: u16| scale + 1);
            }
            b'.' if scale.is_none() => scale = Some(0),
            _ => return None,
        }
    }
    Some(Numeric {
        unscaled: if negative { -unscaled } else { unscaled },
        scale: scale.unwrap_or(0),
    })
}

/// A DATE, DATETIME or TIMESTAMP: a length, then as much of year, month, day, hour, minute, second
/// and microseconds as is not zero.
fn date_time(bytes: &[u8]) -> Option<NaiveDateTime> {
    let (length, rest) = bytes.split_first()?;
    if usize::from(*length) != rest.len() || rest.len() < 4 {
        return None;
    }
    let year = i32::from(u16::from_le_bytes([rest[0], rest[1]]));
    let date = NaiveDate::from_ymd_opt(year, u32::from(rest[2]), u32::from(rest[3]))?;
    let at = |position: usize| rest.get(position).map_or(0, |byte| u32::from(*byte));
    let micros = match rest.get(7..11) {
        Some(bytes) => u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]),
        None => 0,
    };
    date.and_hms_micro_opt(at(4), at(5), at(6), micros)
}

/// A TIME as the server writes it.
fn clock(bytes: &[u8]) -> Option<String> {
    let (length, rest) = bytes.split_first()?;
    if usize::from(*length) != rest.len() {
        return None;
    }
    if rest.is_empty() {
        return Some("00:00:00".to_owned());
    }
    let &[negative, a, b, c, d, hours, minutes, seconds, ..] = rest else {
        return None;
    };
    let hours = u64::from(u32::from_le_bytes([a, b, c, d])) * 24 + u64::from(hours);
    let sign = if negative == 1 { "-" } else { "" };
    let fraction = match rest.get(8..12) {
        Some(micros) => {
            let micros = u32::from_le_bytes([micros[0], micros[1], micros[2], micros[3]]);
            format!(".{micros:06}")
        }
        None => String::new(),
    };
    Some(format!(
        "{sign}{hours:02}:{minutes:02}:{seconds:02}{fraction}"
    ))
}
