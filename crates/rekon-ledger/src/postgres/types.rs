//! What a column's type is, whether it can mean what the channel takes it for, and its values.

use chrono::{DateTime, NaiveTime, TimeDelta};
use sqlx::TypeInfo;
use sqlx::postgres::{PgTypeInfo, PgTypeKind};

use super::numeric::numeric;
use crate::row::{Cell, Meaning};

/// A type as far as a payments table makes a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    Int2,
    Int4,
    Int8,
    Numeric,
    Float,
    /// `text`, `varchar`, `name`.
    Text,
    /// `char(n)`: the blanks at its end are none of its value.
    Padded,
    Citext,
    Enum,
    Uuid,
    Bool,
    TimestampTz,
    Timestamp,
    Date,
    Time,
    Money,
    Json,
    Bytes,
    Interval,
    Other,
}

/// Days from 1970-01-01 to 2000-01-01, from which PostgreSQL counts.
const EPOCH_DAYS: i64 = 10_957;
const EPOCH_MICROS: i64 = EPOCH_DAYS * 86_400_000_000;

impl Type {
    pub fn of(info: &PgTypeInfo) -> Type {
        match info.kind() {
            PgTypeKind::Domain(base) => return Type::of(base),
            PgTypeKind::Enum(_) => return Type::Enum,
            PgTypeKind::Simple => {}
            _ => return Type::Other,
        }
        match info.name() {
            "INT2" => Type::Int2,
            "INT4" => Type::Int4,
            "INT8" => Type::Int8,
            "NUMERIC" => Type::Numeric,
            "FLOAT4" | "FLOAT8" => Type::Float,
            "TEXT" | "VARCHAR" | "NAME" | "\"CHAR\"" | "UNKNOWN" => Type::Text,
            "CHAR" => Type::Padded,
            "UUID" => Type::Uuid,
            "BOOL" => Type::Bool,
            "TIMESTAMPTZ" => Type::TimestampTz,
            "TIMESTAMP" => Type::Timestamp,
            "DATE" => Type::Date,
            "TIME" | "TIMETZ" => Type::Time,
            "MONEY" => Type::Money,
            "JSON" | "JSONB" => Type::Json,
            "BYTEA" => Type::Bytes,
            "INTERVAL" => Type::Interval,
            // An extension may be installed in any schema.
            name if name.rsplit('.').next() == Some("citext") => Type::Citext,
            _ => Type::Other,
        }
    }

    pub fn is_text(self) -> bool {
        matches!(self, Type::Text | Type::Padded | Type::Citext | Type::Enum)
    }

    pub fn is_whole(self) -> bool {
        matches!(self, Type::Int2 | Type::Int4 | Type::Int8)
    }

    fn is_exact(self) -> bool {
        self.is_whole() || self == Type::Numeric
    }

    fn suits(self, meaning: Meaning) -> bool {
        match meaning {
            Meaning::Key => self.is_text() || self.is_exact() || self == Type::Uuid,
            Meaning::Amount => {
                self.is_exact() || matches!(self, Type::Text | Type::Padded | Type::Citext)
            }
            Meaning::Status => self.is_text() || self.is_exact() || self == Type::Bool,
            Meaning::Code => self.is_text() || self.is_exact(),
            Meaning::OccurredAt => matches!(
                self,
                Type::TimestampTz
                    | Type::Timestamp
                    | Type::Date
                    | Type::Text
                    | Type::Padded
                    | Type::Citext
            ),
            Meaning::Kind => self.is_text(),
            Meaning::Detail => {
                self.is_text()
                    || self.is_exact()
                    || matches!(
                        self,
                        Type::Uuid | Type::Bool | Type::TimestampTz | Type::Timestamp | Type::Date
                    )
            }
        }
    }

    /// Which types are taken for it, and how a column of this type is made one of them; `None`
    /// where it is one.
    pub fn refusal(self, meaning: Meaning, column: &str) -> Option<(&'static str, String)> {
        if self.suits(meaning) {
            return None;
        }
        let expected = match meaning {
            Meaning::Key => "part of the key is text, uuid, a whole number or numeric",
            Meaning::Amount => "an amount is a whole number, numeric or text",
            Meaning::Status => "a status is text, an enum, a number or boolean",
            Meaning::Code => "a code is text, an enum or a number",
            Meaning::OccurredAt => "a stamp is timestamptz, timestamp, date or text",
            Meaning::Kind => "a kind is text or an enum",
            Meaning::Detail => "a detail is text, a number, uuid, boolean or a stamp",
        };
        let fixed = match (meaning, self) {
            (Meaning::Amount, Type::Float) => format!(
                "{column}::numeric(18, 2) AS {column} (and keep amounts as numeric: floats round)"
            ),
            (Meaning::Amount, Type::Money) => format!("{column}::numeric AS {column}"),
            (Meaning::Amount, Type::Json) => format!("({column} #>> '{{}}')::numeric AS {column}"),
            (Meaning::OccurredAt, Type::Time) => {
                format!("the date and the time of day together: day + {column} AS {column}")
            }
            (Meaning::OccurredAt, other) if other.is_exact() || other == Type::Float => format!(
                "to_timestamp({column}) AS {column}, or to_timestamp({column} / 1000.0) where it \
                 counts milliseconds"
            ),
            (Meaning::Key | Meaning::Code, Type::Float) => {
                format!("{column}::numeric::text AS {column}")
            }
            (Meaning::Key, Type::Timestamp | Type::TimestampTz | Type::Date) => {
                format!("to_char({column}, 'YYYYMMDD') AS {column}, as the provider writes it")
            }
            (Meaning::Amount, _) => format!("the sum itself, as numeric AS {column}"),
            (Meaning::OccurredAt, _) => format!("the instant itself, as timestamptz AS {column}"),
            (_, Type::Json) => format!("{column} #>> '{{}}' AS {column}, or one field of it"),
            (_, Type::Bytes) => format!("encode({column}, 'hex') AS {column}"),
            _ => format!("{column}::text AS {column}"),
        };
        Some((expected, format!("select {fixed}")))
    }

    /// Reads a value as the server sends it in binary. `uuid` gives what [`uuid_text`] made of it.
    pub fn cell<'v>(
        self,
        bytes: Option<&'v [u8]>,
        uuid: impl FnOnce() -> Option<&'v [u8; 36]>,
    ) -> Cell<'v> {
        let Some(bytes) = bytes else {
            return Cell::Null;
        };
        let read = match self {
            Type::Int2 => exact(bytes).map(|bytes| Cell::Integer(i16::from_be_bytes(bytes).into())),
            Type::Int4 => exact(bytes).map(|bytes| Cell::Integer(i32::from_be_bytes(bytes).into())),
            Type::Int8 => exact(bytes).map(|bytes| Cell::Integer(i64::from_be_bytes(bytes))),
            Type::Numeric => Some(numeric(bytes).map_or_else(Cell::Other, Cell::Numeric)),
            Type::Text | Type::Citext | Type::Enum => Some(text(bytes)),
            Type::Padded => Some(match text(bytes) {
                Cell::Text(text) => Cell::Text(text.trim_end_matches(' ')),
                other => other,
            }),
            Type::Uuid if bytes.len() == 16 => uuid().map(|written| text(written)),
            Type::Uuid => None,
            Type::Bool => exact(bytes).map(|[byte]| Cell::Boolean(byte != 0)),
            Type::TimestampTz => exact(bytes).map(|bytes| {
                instant(i64::from_be_bytes(bytes)).map_or_else(Cell::Other, Cell::Instant)
            }),
            Type::Timestamp => exact(bytes).map(|bytes| {
                instant(i64::from_be_bytes(bytes))
                    .map_or_else(Cell::Other, |at| Cell::Local(at.naive_utc()))
            }),
            Type::Date => exact(bytes).map(|bytes| date(i32::from_be_bytes(bytes))),
            Type::Float => Some(Cell::Other("float")),
            Type::Money => Some(Cell::Other("money")),
            Type::Time => Some(Cell::Other("time of day")),
            Type::Json => Some(Cell::Other("json")),
            Type::Bytes => Some(Cell::Other("bytea")),
            Type::Interval => Some(Cell::Other("interval")),
            Type::Other => Some(Cell::Other("type that is not read")),
        };
        read.unwrap_or(Cell::Other("malformed value"))
    }
}

/// Of a value of that very length.
fn exact<const N: usize>(bytes: &[u8]) -> Option<[u8; N]> {
    bytes.as_array::<N>().copied()
}

fn text(bytes: &[u8]) -> Cell<'_> {
    std::str::from_utf8(bytes).map_or(Cell::Other("text that is not UTF-8"), Cell::Text)
}

const INFINITE: &str = "stamp without end (infinity)";
const FAR: &str = "stamp out of range";

/// Microseconds since 2000-01-01.
fn instant(micros: i64) -> Result<DateTime<chrono::Utc>, &'static str> {
    if matches!(micros, i64::MIN | i64::MAX) {
        return Err(INFINITE);
    }
    micros
        .checked_add(EPOCH_MICROS)
        .and_then(DateTime::from_timestamp_micros)
        .ok_or(FAR)
}

/// Days since 2000-01-01.
fn date(days: i32) -> Cell<'static> {
    if matches!(days, i32::MIN | i32::MAX) {
        return Cell::Other(INFINITE);
    }
    TimeDelta::try_days(i64::from(days) + EPOCH_DAYS)
        .and_then(|since| DateTime::UNIX_EPOCH.date_naive().checked_add_signed(since))
        .map_or(Cell::Other(FAR), |date| {
            Cell::Local(date.and_time(NaiveTime::MIN))
        })
}

/// Writes a uuid as PostgreSQL does: lower case, with four hyphens.
pub fn uuid_text(bytes: &[u8], text: &mut [u8; 36]) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut at = 0;
    for (position, byte) in bytes.iter().take(16).enumerate() {
        if matches!(position, 4 | 6 | 8 | 10) {
            text[at] = b'-';
            at += 1;
        }
        text[at] = DIGITS[usize::from(byte >> 4)];
        text[at + 1] = DIGITS[usize::from(byte & 15)];
        at += 2;
    }
}
