//! `:from` and `:to` as literals of the type that the server expects in their place.

use chrono::{DateTime, NaiveTime, Utc};
use chrono_tz::Tz;

use super::types::Type;

/// Writes an instant as a literal of a type. An error is why not, with what to write instead of
/// `name`.
pub fn literal(
    instant: DateTime<Utc>,
    expected: Type,
    type_name: &str,
    zone: Tz,
    name: &str,
) -> Result<String, (String, String)> {
    let local = instant.with_timezone(&zone).naive_local();
    // `pg_catalog` is named, since a search_path may hold types of the same names.
    match expected {
        Type::TimestampTz => Ok(format!(
            "('{}+00'::pg_catalog.timestamptz)",
            instant.format("%Y-%m-%d %H:%M:%S%.f")
        )),
        Type::Timestamp => Ok(format!(
            "('{}'::pg_catalog.timestamp)",
            local.format("%Y-%m-%d %H:%M:%S%.f")
        )),
        Type::Date if local.time() == NaiveTime::MIN => {
            Ok(format!("('{}'::pg_catalog.date)", local.format("%Y-%m-%d")))
        }
        Type::Date => Err((
            format!(
                "is compared with a date, but the business date begins at {} in {zone}",
                local.time()
            ),
            format!("compare a timestamp, which has a time of day, with {name}"),
        )),
        // A stamp kept as text is compared as text: in one form, digit by digit.
        Type::Text | Type::Padded | Type::Citext => Ok(format!(
            "('{}'::pg_catalog.{})",
            local.format("%Y-%m-%d %H:%M:%S"),
            if expected == Type::Padded {
                "bpchar"
            } else {
                "text"
            }
        )),
        Type::Int2 | Type::Int4 | Type::Int8 | Type::Numeric | Type::Float => Err((
            format!("is compared with a number ({type_name})"),
            format!(
                "make a stamp of the number: to_timestamp(column) (or column / 1000.0) and {name}; \
                 or a number of the stamp: extract(epoch FROM {name}::timestamptz)"
            ),
        )),
        Type::Time => Err((
            format!("is compared with a time of day ({type_name})"),
            format!("add the date: day_column + time_column, compared with {name}"),
        )),
        _ => Err((
            format!("is taken for {type_name}"),
            format!("say that it is a stamp: {name}::timestamptz"),
        )),
    }
}
