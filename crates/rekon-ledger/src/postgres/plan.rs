//! Whether an index serves look-ups by key, read off the server's own plan.

use serde_json::Value;
use sqlx::PgConnection;

use super::Column;
use super::keys::PROBES;

/// A table that is read without regard to the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scan {
    schema: String,
    table: String,
}

/// The tables that a plan of a look-up reads otherwise than by key; none where an index serves.
pub fn without_index(explained: &Value) -> Vec<Scan> {
    judge(&explained[0]["Plan"])
}

fn judge(node: &Value) -> Vec<Scan> {
    let children: &[Value] = match &node["Plans"] {
        Value::Array(children) => children,
        _ => &[],
    };
    if let Value::String(table) = &node["Relation Name"] {
        if asks_an_index(node) {
            return Vec::new();
        }
        return vec![Scan {
            schema: node["Schema"].as_str().unwrap_or("public").to_owned(),
            table: table.clone(),
        }];
    }
    let below = children.iter().filter(|child| reads_tables(child));
    let below: Vec<Vec<Scan>> = below.map(judge).collect();
    let kind = node["Node Type"].as_str().unwrap_or_default();
    // Partitions, and the halves of a UNION, are each read by themselves. Of tables that are joined,
    // the one that is asked by key leads to the rows of the others.
    let each = matches!(kind, "Append" | "Merge Append");
    if !each && below.iter().any(Vec::is_empty) {
        return Vec::new();
    }
    below.concat()
}

fn reads_tables(node: &Value) -> bool {
    node["Relation Name"].is_string()
        || node["Plans"]
            .as_array()
            .is_some_and(|children| children.iter().any(reads_tables))
}

fn asks_an_index(node: &Value) -> bool {
    let asked = node["Index Cond"]
        .as_str()
        .is_some_and(|condition| PROBES.iter().any(|probe| condition.contains(probe)));
    asked
        || node["Plans"]
            .as_array()
            .is_some_and(|children| children.iter().any(asks_an_index))
}

/// How many rows those tables have, as the server estimates.
pub async fn rows(connection: &mut PgConnection, scans: &[Scan]) -> Result<i64, sqlx::Error> {
    let schemas: Vec<&str> = scans.iter().map(|scan| scan.schema.as_str()).collect();
    let tables: Vec<&str> = scans.iter().map(|scan| scan.table.as_str()).collect();
    sqlx::query_scalar(
        "SELECT coalesce(sum(greatest(c.reltuples, 0)), 0)::int8
         FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
         WHERE (n.nspname, c.relname) IN (SELECT * FROM unnest($1::text[], $2::text[]))",
    )
    .bind(schemas)
    .bind(tables)
    .fetch_one(connection)
    .await
}

/// What a person is told, with the statement that helps.
pub fn advice(key: &[(usize, &Column)], scans: &[Scan], rows: i64) -> String {
    let scanned = match rows {
        0 => "all rows".to_owned(),
        rows => format!("{rows} rows"),
    };
    let origins: Option<Vec<&(String, String)>> = key
        .iter()
        .map(|(_, column)| column.origin.as_ref())
        .collect();
    if let Some(origins) = origins
        && let [(table, _), ..] = &*origins
        && origins.iter().all(|(other, _)| other == table)
    {
        let columns: Vec<String> = origins.iter().map(|(_, column)| quoted(column)).collect();
        let columns = columns.join(", ");
        return format!("look-up by key scans {scanned}: CREATE INDEX ON {table} ({columns});");
    }
    let mut tables: Vec<&str> = scans.iter().map(|scan| scan.table.as_str()).collect();
    tables.dedup();
    let columns: Vec<&str> = key.iter().map(|(_, column)| column.name.as_str()).collect();
    format!(
        "look-up by key scans {scanned} of {}: an index on what the query selects as {} helps",
        tables.join(", "),
        columns.join(", ")
    )
}

/// A column's name as a statement takes it.
fn quoted(name: &str) -> String {
    let plain = name
        .bytes()
        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        && !name.starts_with(|first: char| first.is_ascii_digit());
    match plain {
        true => name.to_owned(),
        false => format!("\"{}\"", name.replace('"', "\"\"")),
    }
}
