//! What is not wrong and yet worth knowing of a channel's query: a look-up that no index answers,
//! a table that keeps no snapshot.

use sqlx::Column;

use super::lookup::Shape;
use super::session::{Flavour, Session};
use super::{Prepared, always, written_out};
use crate::{LedgerError, Spec};

/// In a smaller table it does not matter how a key is found.
const SMALL: u64 = 1000;
/// Engines whose tables keep the snapshot of a transaction.
const KEEPING: [&str; 3] = ["innodb", "rocksdb", "tokudb"];

/// Where no index answers a look-up by key: what it costs, and the index that would.
pub async fn scan(
    session: &mut Session,
    spec: &Spec<'_>,
    prepared: &Prepared,
    shape: &Shape,
) -> Result<Option<String>, LedgerError> {
    let (from, to) = always();
    let (before, after) = shape.around(1, 1);
    let sql = format!(
        "EXPLAIN FORMAT=TRADITIONAL {before}{}{after}",
        written_out(spec, from, to)?
    );
    let mut read = 0u64;
    for row in session.ask_for(spec, sql).await? {
        let table = session.named_text(&row, "table")?.unwrap_or_default();
        let by = session.named_text(&row, "ref")?.unwrap_or_default();
        let rows = session.named_text(&row, "rows")?.unwrap_or_default();
        if table.is_empty() || table.starts_with('<') || table == "rekon_list" {
            continue;
        }
        // A key that travels into a table's own index is seen as what the index is asked by.
        if by.contains("rekon_k.") {
            return Ok(None);
        }
        read = read.max(rows.parse().map_or(0, |rows| rows));
    }
    if read < SMALL {
        return Ok(None);
    }
    let cost = format!(
        "no index answers its look-ups by key: each run reads every row of the keys' lifetime once \
         (about {read} rows in all)"
    );
    Ok(Some(match index(spec, prepared)? {
        Some(statement) => format!("{cost}; {statement}"),
        None => format!(
            "{cost}; the key is computed or comes from several tables: keep it in columns of one \
             table, with an index on them, and select those as they are"
        ),
    }))
}

/// The index that would answer, where the key is columns of one table.
fn index(spec: &Spec<'_>, prepared: &Prepared) -> Result<Option<String>, LedgerError> {
    let mut table: Option<String> = None;
    let mut columns = Vec::new();
    for (position, _) in prepared.roles(spec)?.into_iter().take(spec.key.len()) {
        let column = prepared.columns.get(position);
        let origin = column.map(Column::origin);
        let Some(origin) = origin.as_ref().and_then(|origin| origin.table_column()) else {
            return Ok(None);
        };
        if table
            .as_deref()
            .is_some_and(|other| other != &*origin.table)
        {
            return Ok(None);
        }
        table = Some(origin.table.to_string());
        let long = prepared
            .forms
            .get(position)
            .is_some_and(|column| column.name.ends_with("TEXT") || column.name.ends_with("BLOB"));
        let prefix = if long { "(64)" } else { "" };
        columns.push(format!("{}{prefix}", origin.name));
    }
    let columns = columns.join(", ");
    Ok(table.map(|table| format!("CREATE INDEX rekon_key ON {table} ({columns})")))
}

/// Tables of the query whose engine keeps no snapshot.
pub async fn engines(
    session: &mut Session,
    spec: &Spec<'_>,
) -> Result<Option<String>, LedgerError> {
    let (from, to) = always();
    let query = written_out(spec, from, to)?;
    let explain = match session.flavour {
        Flavour::MariaDb => "EXPLAIN EXTENDED",
        // As a tree, which is what newer servers give unasked, it says nothing besides.
        Flavour::MySql => "EXPLAIN FORMAT=TRADITIONAL",
    };
    // The server writes the query out with the full names of its tables, those of views included;
    // where the account may not see a view's text, the query's own words have to do.
    let mut written = match session.ask_for(spec, format!("{explain} {query}")).await {
        Ok(_) => {
            let mut texts = String::new();
            for row in session.ask_for(spec, "SHOW WARNINGS".to_owned()).await? {
                texts.push_str(&session.named_text(&row, "Message")?.unwrap_or_default());
            }
            texts
        }
        Err(lost @ LedgerError::Lost { .. }) => return Err(lost),
        Err(_) => String::new(),
    };
    written.push('\n');
    written.push_str(&query);
    let written = written.to_lowercase();
    let tables = session
        .ask(
            "SELECT TABLE_SCHEMA, TABLE_NAME, ENGINE, TABLE_SCHEMA = DATABASE() \
             FROM information_schema.TABLES WHERE TABLE_TYPE = 'BASE TABLE' AND ENGINE IS NOT NULL \
             AND TABLE_SCHEMA NOT IN ('information_schema', 'performance_schema', 'mysql', 'sys')",
        )
        .await?;
    let mut named = Vec::new();
    for row in &tables {
        let (schema, table) = (session.text(row, 0)?, session.text(row, 1)?);
        let engine = session.text(row, 2)?;
        if KEEPING.contains(&&*engine.to_lowercase()) {
            continue;
        }
        let here = session.text(row, 3)? == "1";
        let full = format!("`{schema}`.`{table}`").to_lowercase();
        if written.contains(&full) || (here && has_word(&query, &table)) {
            named.push(format!("{schema}.{table} ({engine})"));
        }
    }
    if named.is_empty() {
        return Ok(None);
    }
    Ok(Some(format!(
        "reads {}: that engine keeps no snapshot, so what is written while a run reads may be seen \
         in part; ALTER TABLE … ENGINE=InnoDB gives it one",
        named.join(", ")
    )))
}

/// Whether a name stands in a query as a word of its own.
fn has_word(query: &str, name: &str) -> bool {
    let part_of_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$');
    query
        .split(|c| !part_of_name(c))
        .any(|word| word.eq_ignore_ascii_case(name))
}
