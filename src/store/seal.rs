//! The seal: every row that decides something has its digest on record, and the sum of all digests
//! stands in the chain, so that whoever changes a field, a row or a digest by hand is found.
//!
//! A run hashes what it changes and nothing else: triggers note the rows that a transaction touches,
//! and its COMMIT seals them. The triggers see rekon's own transactions alone; what anybody else
//! writes keeps the seal it had, which no longer fits. Adding a table is one line of [`SEALED`].

use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut};

use anyhow::{Context, Result};
use chrono::Utc;
use data_encoding::HEXLOWER;
use futures_util::TryStreamExt;
use sha2::{Digest, Sha256};
use sqlx::{Any, AnyConnection, AssertSqlSafe, Executor, Row, Transaction};

use super::chain::{self, Link};
use super::{Engine, Store, clean, groups, items, rows};

/// Every table that results, reports and mails follow from, beside those whose rows carry their own
/// seals ([`CARRYING`]). Left out is what only saves work (`looked_at`, `mail_attempts`, `mail_marks`)
/// or says how runs went (`locks`, `run_ends`, `planned_runs`, `alerts`).
const SEALED: [&str; 19] = [
    "acts",
    "arrivals",
    "coverage",
    "dates",
    "file_mails",
    "files",
    "hourly",
    "mails",
    "outbox",
    "outbox_attempts",
    "purged",
    "purges",
    "quarantine",
    "rejected_rows",
    "results",
    "runs",
    "spellings",
    "tellings",
    "told",
];

/// Tables of many rows.
const CARRYING: [&rows::Table; 5] = [
    &items::ITEMS,
    &items::PAST_ITEMS,
    &items::ENTRIES,
    &groups::KEY_GROUPS,
    &clean::CLEAN_TOTALS,
];

/// Of these columns only whether they are empty: the chain has a digest of the whole text.
const ELSEWHERE: [(&str, &str); 1] = [("results", "outcome")];

/// Rows of one INSERT.
const AT_ONCE: usize = 100;

/// A table as it is, with the SQL that names and describes a row of it.
struct Table {
    name: &'static str,
    columns: Vec<String>,
    key: Vec<String>,
}

impl Table {
    /// What tells a row from the others.
    fn key_of(&self, row: &str) -> String {
        self.joined(row, &self.key)
    }

    /// All that stands in it.
    fn text_of(&self, row: &str) -> String {
        self.joined(row, &self.columns)
    }

    /// Each value with its length in front, so that no two rows read the same.
    fn joined(&self, row: &str, columns: &[String]) -> String {
        let value = |column: &String| match ELSEWHERE.contains(&(self.name, column)) {
            true => format!("CASE WHEN {row}{column} = '' THEN '0:' ELSE '1:1' END"),
            false => format!(
                "COALESCE(CAST(length(CAST({row}{column} AS TEXT)) AS TEXT) || ':' || \
                 CAST({row}{column} AS TEXT), '-')"
            ),
        };
        let values: Vec<String> = columns.iter().map(value).collect();
        values.join(" || ' ' || ")
    }

    fn notes(&self, row: &str, side: Side) -> String {
        let (name, key, text) = (self.name, self.key_of(row), self.text_of(row));
        let (was, now) = match side {
            Side::Old => (text.as_str(), "''"),
            Side::New => ("''", text.as_str()),
        };
        format!(
            "INSERT INTO changed_rows (table_name, row_key, was, now) \
             VALUES ('{name}', {key}, {was}, {now}) \
             ON CONFLICT (table_name, row_key) DO UPDATE SET now = excluded.now;"
        )
    }
}

/// Of a changed row.
#[derive(Clone, Copy)]
enum Side {
    Old,
    New,
}

/// The sealed tables that this schema has.
async fn tables(connection: &mut AnyConnection, engine: Engine) -> Result<Vec<Table>> {
    let sql = match engine {
        Engine::Sqlite => {
            "SELECT m.name AS table_name, c.name AS column_name, c.pk AS place \
             FROM main.sqlite_schema m JOIN pragma_table_info(m.name, 'main') c \
             WHERE m.type = 'table' ORDER BY m.name, c.cid"
        }
        Engine::Postgres => {
            "SELECT CAST(t.relname AS TEXT) AS table_name, CAST(c.attname AS TEXT) AS column_name, \
             CAST(COALESCE(array_position(string_to_array(CAST(i.indkey AS TEXT), ' '), \
             CAST(c.attnum AS TEXT)), 0) AS BIGINT) AS place \
             FROM pg_catalog.pg_class t \
             JOIN pg_catalog.pg_attribute c ON c.attrelid = t.oid AND c.attnum > 0 AND NOT c.attisdropped \
             JOIN pg_catalog.pg_index i ON i.indrelid = t.oid AND i.indisprimary \
             WHERE t.relkind = 'r' AND pg_catalog.pg_table_is_visible(t.oid) \
             ORDER BY t.relname, c.attnum"
        }
    };
    let rows = sqlx::query(sql).fetch_all(connection).await?;
    let mut found: BTreeMap<String, Vec<(String, i64)>> = BTreeMap::new();
    for row in &rows {
        let column = (row.try_get("column_name")?, row.try_get("place")?);
        found
            .entry(row.try_get("table_name")?)
            .or_default()
            .push(column);
    }
    let of_ours = |name: &'static str| {
        let columns = found.get(name)?;
        let mut key: Vec<_> = columns.iter().filter(|(_, place)| *place > 0).collect();
        key.sort_by_key(|(_, place)| *place);
        Some(Table {
            name,
            key: key.into_iter().map(|(column, _)| column.clone()).collect(),
            columns: columns.iter().map(|(column, _)| column.clone()).collect(),
        })
    };
    Ok(SEALED.into_iter().filter_map(of_ours).collect())
}

/// A transaction that seals what it changed when it is committed. Any other way to write to a sealed
/// table breaks its seal.
pub(super) struct Tx {
    tx: Transaction<'static, Any>,
    pub(super) engine: Engine,
    /// Rows that carry their seals.
    pub(super) rows: rows::Moved,
}

impl Tx {
    pub(super) async fn begun(mut tx: Transaction<'static, Any>, engine: Engine) -> Result<Tx> {
        watch(&mut tx, engine).await?;
        Ok(Tx {
            tx,
            engine,
            rows: rows::Moved::default(),
        })
    }

    pub(super) async fn commit(mut self) -> Result<()> {
        seal(&mut self).await.context("state: the seal")?;
        Ok(self.tx.commit().await?)
    }

    pub(super) async fn rollback(self) -> Result<()> {
        Ok(self.tx.rollback().await?)
    }
}

impl Deref for Tx {
    type Target = AnyConnection;

    fn deref(&self) -> &AnyConnection {
        &self.tx
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut AnyConnection {
        &mut self.tx
    }
}

/// Has this connection's changes noted: on SQLite by triggers of its own, on PostgreSQL by those of
/// the tables, which heed this transaction alone.
async fn watch(connection: &mut AnyConnection, engine: Engine) -> Result<()> {
    if engine == Engine::Postgres {
        let heed = "SELECT set_config('rekon.sealing', 'on', true) AS heed";
        sqlx::query(heed).fetch_one(connection).await?;
        return Ok(());
    }
    let noted = "SELECT 1 AS noted FROM temp.sqlite_schema WHERE name = 'changed_rows'";
    let noted = sqlx::query(noted).fetch_optional(&mut *connection).await?;
    if noted.is_some() {
        return Ok(());
    }
    let mut script = "CREATE TEMP TABLE changed_rows (table_name TEXT NOT NULL, \
                      row_key TEXT NOT NULL, was TEXT NOT NULL, now TEXT NOT NULL, \
                      PRIMARY KEY (table_name, row_key));"
        .to_owned();
    for table in tables(connection, engine).await? {
        let name = table.name;
        let old = table.notes("OLD.", Side::Old);
        let new = table.notes("NEW.", Side::New);
        for (event, notes) in [
            ("INSERT", new.clone()),
            ("UPDATE", format!("{old} {new}")),
            ("DELETE", old),
        ] {
            script.push_str(&format!(
                "CREATE TEMP TRIGGER seal_{name}_{event} AFTER {event} ON main.{name} \
                 BEGIN {notes} END;"
            ));
        }
    }
    connection
        .execute(sqlx::raw_sql(AssertSqlSafe(script)))
        .await?;
    Ok(())
}

/// The triggers of a table in PostgreSQL.
fn postgres_triggers(table: &Table) -> String {
    let name = table.name;
    let old = table.notes("OLD.", Side::Old);
    let new = table.notes("NEW.", Side::New);
    format!(
        "CREATE OR REPLACE FUNCTION seal_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
         IF current_setting('rekon.sealing', true) = 'on' THEN \
         IF TG_OP <> 'INSERT' THEN {old} END IF; \
         IF TG_OP <> 'DELETE' THEN {new} END IF; \
         END IF; RETURN NULL; END $$; \
         DROP TRIGGER IF EXISTS seal_{name} ON {name}; \
         CREATE TRIGGER seal_{name} AFTER INSERT OR UPDATE OR DELETE ON {name} \
         FOR EACH ROW EXECUTE FUNCTION seal_{name}();"
    )
}

/// Seals what the transaction changed.
async fn seal(tx: &mut Tx) -> Result<()> {
    let rows = sqlx::query(
        "SELECT c.table_name, c.row_key, c.was, c.now, COALESCE(s.digest, '') AS digest \
         FROM changed_rows c LEFT JOIN sealed_rows s \
         ON s.table_name = c.table_name AND s.row_key = c.row_key \
         ORDER BY c.table_name, c.row_key",
    )
    .fetch_all(&mut **tx)
    .await?;
    let carrying = std::mem::take(&mut tx.rows);
    if rows.is_empty() && carrying.count == 0 {
        return Ok(());
    }
    let mut sum = sum_of_chain(tx).await?;
    sum.add_bytes(&carrying.sum.0);
    let mut fresh = Vec::new();
    let mut changed = carrying.count;
    let mut foreign = carrying.foreign;
    for row in &rows {
        let name = (
            row.try_get::<String, _>("table_name")?,
            row.try_get::<String, _>("row_key")?,
        );
        let sealed: String = row.try_get("digest")?;
        let was = digest_of(&name, row.try_get("was")?);
        let now = digest_of(&name, row.try_get("now")?);
        if was != sealed {
            foreign.push(shown(&name.0, &name.1));
        }
        if now == sealed {
            continue;
        }
        changed += 1;
        sum.take(&sealed)?;
        sum.add(&now)?;
        if now.is_empty() {
            sqlx::query("DELETE FROM sealed_rows WHERE table_name = $1 AND row_key = $2")
                .bind(&name.0)
                .bind(&name.1)
                .execute(&mut **tx)
                .await?;
        } else {
            fresh.push((name, now));
        }
    }
    store(tx, &fresh).await?;
    sqlx::query("DELETE FROM changed_rows")
        .execute(&mut **tx)
        .await?;
    let at = Utc::now();
    for row in foreign {
        let subject = format!("{row} had been changed outside of rekon");
        tracing::error!("state: {subject}: `rekon verify` says what else is not as recorded");
        chain::append(tx, at, Link::Foreign, &subject, &sum.text()).await?;
    }
    if changed > 0 {
        let subject = format!("{changed} rows");
        chain::append(tx, at, Link::Seal, &subject, &sum.text()).await?;
    }
    Ok(())
}

type RowName = (String, String);

async fn store(connection: &mut AnyConnection, rows: &[(RowName, String)]) -> Result<()> {
    for rows in rows.chunks(AT_ONCE) {
        let places: Vec<String> = (0..rows.len())
            .map(|at| format!("(${}, ${}, ${})", 3 * at + 1, 3 * at + 2, 3 * at + 3))
            .collect();
        let sql = format!(
            "INSERT INTO sealed_rows (table_name, row_key, digest) VALUES {} \
             ON CONFLICT (table_name, row_key) DO UPDATE SET digest = excluded.digest",
            places.join(", ")
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for ((table, key), digest) in rows {
            query = query.bind(table).bind(key).bind(digest);
        }
        query.execute(&mut *connection).await?;
    }
    Ok(())
}

/// Of a row that is there; empty for none.
fn digest_of(name: &RowName, text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let mut digest = Sha256::new();
    for part in [&name.0, &name.1, text] {
        digest.update(format!("{}:", part.len()));
        digest.update(part);
    }
    HEXLOWER.encode(&digest.finalize())
}

/// A row as a person finds it: its table and key, without the lengths.
fn shown(table: &str, key: &str) -> String {
    let mut rest = key;
    let mut parts = Vec::new();
    while let Some((length, after)) = rest.split_once(':') {
        let Ok(length) = length.parse::<usize>() else {
            break;
        };
        let end = after
            .char_indices()
            .nth(length)
            .map_or(after.len(), |at| at.0);
        parts.push(&after[..end]);
        rest = after[end..].trim_start_matches(' ');
    }
    format!("{table} {}", parts.join(", "))
}

/// Digests added up modulo 2^256: in whatever order they come, and taken out again one by one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sum([u8; 32]);

impl Sum {
    fn of(text: &str) -> Result<Sum> {
        if text.is_empty() {
            return Ok(Sum::default());
        }
        let bytes = HEXLOWER.decode(text.as_bytes()).ok();
        let bytes = bytes.and_then(|bytes| bytes.try_into().ok());
        Ok(Sum(bytes.with_context(|| {
            format!("state: `{text}` is not a digest")
        })?))
    }

    fn add(&mut self, digest: &str) -> Result<()> {
        self.add_bytes(&Sum::of(digest)?.0);
        Ok(())
    }

    fn take(&mut self, digest: &str) -> Result<()> {
        self.take_bytes(&Sum::of(digest)?.0);
        Ok(())
    }

    pub(super) fn add_bytes(&mut self, digest: &[u8; 32]) {
        let mut carry = 0;
        for (byte, more) in self.0.iter_mut().zip(digest).rev() {
            let added = u16::from(*byte) + u16::from(*more) + carry;
            *byte = added as u8;
            carry = added >> 8;
        }
    }

    pub(super) fn take_bytes(&mut self, digest: &[u8; 32]) {
        let mut borrow = 0;
        for (byte, less) in self.0.iter_mut().zip(digest).rev() {
            let taken = 256 + u16::from(*byte) - u16::from(*less) - borrow;
            *byte = taken as u8;
            borrow = 1 - (taken >> 8);
        }
    }

    fn text(&self) -> String {
        HEXLOWER.encode(&self.0)
    }
}

/// The sum that the chain has last.
async fn sum_of_chain(connection: &mut AnyConnection) -> Result<Sum> {
    let last =
        sqlx::query("SELECT digest FROM chain WHERE kind IN ($1, $2) ORDER BY seq DESC LIMIT 1")
            .bind(Link::Seal.name())
            .bind(Link::Sealed.name())
            .fetch_optional(connection)
            .await?;
    match last {
        Some(row) => Sum::of(row.try_get("digest")?),
        None => Ok(Sum::default()),
    }
}

impl Store {
    /// Seals tables that are not sealed yet, or have other columns now: of a new state and of one that
    /// an earlier version wrote. What stands there then is what later changes are measured against.
    pub(super) async fn seal_tables(&self) -> Result<()> {
        let mut connection = self.pool.acquire().await?;
        let found = tables(&mut connection, self.engine).await?;
        let known = sealed_tables(&mut connection).await?;
        drop(connection);
        let is_sealed = |table: &Table| known.get(table.name) == Some(&table.columns.join(" "));
        let is_ours = |name: &String| found.iter().any(|table| table.name == name);
        if found.iter().all(is_sealed) && known.keys().all(is_ours) {
            return Ok(());
        }
        let mut tx = self.begin().await?;
        // Another process may have done it in between.
        let known = sealed_tables(&mut tx).await?;
        let is_sealed = |table: &Table| known.get(table.name) == Some(&table.columns.join(" "));
        for name in known.keys().filter(|name| !is_ours(name)) {
            let was = drop_seals(&mut tx, name).await?;
            note_sealed(&mut tx, was, &[], &format!("{name}: no longer kept")).await?;
        }
        for table in found.iter().filter(|table| !is_sealed(table)) {
            if self.engine == Engine::Postgres {
                let triggers = AssertSqlSafe(postgres_triggers(table));
                (&mut *tx).execute(sqlx::raw_sql(triggers)).await?;
            }
            let was = drop_seals(&mut tx, table.name).await?;
            let rows = rows_of(&mut tx, table).await?;
            store(&mut tx, &rows).await?;
            sqlx::query("INSERT INTO sealed_tables (table_name, columns) VALUES ($1, $2)")
                .bind(table.name)
                .bind(table.columns.join(" "))
                .execute(&mut *tx)
                .await?;
            let subject = format!("{}: {} rows", table.name, rows.len());
            note_sealed(&mut tx, was, &rows, &subject).await?;
        }
        tx.commit().await
    }

    /// Every row that is not as it was sealed, as sentences; and how many are.
    pub async fn unsealed(&self) -> Result<(u64, Vec<String>)> {
        let mut connection = self.pool.acquire().await?;
        let mut faults = Vec::new();
        let mut sound = 0;
        let mut sum = Sum::default();
        let mut seals: BTreeMap<RowName, String> = BTreeMap::new();
        let rows = sqlx::query("SELECT * FROM sealed_rows")
            .fetch_all(&mut *connection)
            .await?;
        for row in &rows {
            let digest: String = row.try_get("digest")?;
            match sum.add(&digest) {
                Ok(()) => {}
                Err(error) => faults.push(format!("{error:#}")),
            }
            seals.insert(
                (row.try_get("table_name")?, row.try_get("row_key")?),
                digest,
            );
        }
        for table in CARRYING {
            sound += carried(&mut connection, table, &mut sum, &mut faults).await?;
        }
        match sum_of_chain(&mut connection).await {
            Ok(known) if known == sum => {}
            Ok(_) => faults.push(
                "the digests of rows do not add up to what the chain says: one was changed, added \
                 or taken out"
                    .to_owned(),
            ),
            Err(error) => faults.push(format!("{error:#}")),
        }
        let known = sealed_tables(&mut connection).await?;
        for table in tables(&mut connection, self.engine).await? {
            if known.get(table.name) != Some(&table.columns.join(" ")) {
                faults.push(format!("{}: is not sealed, or not as it is", table.name));
                continue;
            }
            for (name, digest) in rows_of(&mut connection, &table).await? {
                match seals.remove(&name) {
                    Some(sealed) if sealed == digest => sound += 1,
                    Some(_) => faults.push(format!("{} was changed", shown(&name.0, &name.1))),
                    None => faults.push(format!("{} was added", shown(&name.0, &name.1))),
                }
            }
        }
        let gone = seals.keys().map(|(table, key)| shown(table, key));
        faults.extend(gone.map(|row| format!("{row} is gone")));
        Ok((sound, faults))
    }
}

/// Proves the rows of a table that carry their seals; how many are sound.
async fn carried(
    connection: &mut AnyConnection,
    table: &rows::Table,
    sum: &mut Sum,
    faults: &mut Vec<String>,
) -> Result<u64> {
    let sql = format!("SELECT {}, seal FROM {}", table.names(), table.name);
    let mut rows = sqlx::query(AssertSqlSafe(sql)).fetch(connection);
    let mut sound = 0;
    while let Some(row) = rows.try_next().await? {
        let (changed, seal) = table.proved(&row)?;
        sum.add_bytes(&seal.unwrap_or_default());
        match changed {
            None => sound += 1,
            Some(row) => faults.push(format!("{row} was changed")),
        }
    }
    Ok(sound)
}

async fn sealed_tables(connection: &mut AnyConnection) -> Result<BTreeMap<String, String>> {
    let rows = sqlx::query("SELECT table_name, columns FROM sealed_tables")
        .fetch_all(connection)
        .await?;
    rows.iter()
        .map(|row| Ok((row.try_get("table_name")?, row.try_get("columns")?)))
        .collect()
}

/// Every row of a table with its digest as it stands.
async fn rows_of(connection: &mut AnyConnection, table: &Table) -> Result<Vec<(RowName, String)>> {
    let sql = format!(
        "SELECT {} AS row_key, {} AS now FROM {}",
        table.key_of(""),
        table.text_of(""),
        table.name
    );
    let rows = sqlx::query(AssertSqlSafe(sql))
        .fetch_all(connection)
        .await?;
    rows.iter()
        .map(|row| {
            let name = (table.name.to_owned(), row.try_get("row_key")?);
            let digest = digest_of(&name, row.try_get("now")?);
            Ok((name, digest))
        })
        .collect()
}

/// Forgets the digests of a table; those it had.
async fn drop_seals(tx: &mut Tx, table: &str) -> Result<Vec<String>> {
    let rows = sqlx::query("SELECT digest FROM sealed_rows WHERE table_name = $1")
        .bind(table)
        .fetch_all(&mut **tx)
        .await?;
    for statement in [
        "DELETE FROM sealed_rows WHERE table_name = $1",
        "DELETE FROM sealed_tables WHERE table_name = $1",
    ] {
        sqlx::query(statement)
            .bind(table)
            .execute(&mut **tx)
            .await?;
    }
    rows.iter().map(|row| Ok(row.try_get("digest")?)).collect()
}

/// Puts it into the chain; a table that had no row and has none is not worth a word.
async fn note_sealed(
    tx: &mut Tx,
    was: Vec<String>,
    rows: &[(RowName, String)],
    subject: &str,
) -> Result<()> {
    if was.is_empty() && rows.is_empty() {
        return Ok(());
    }
    let mut sum = sum_of_chain(tx).await?;
    for digest in &was {
        sum.take(digest)?;
    }
    for (_, digest) in rows {
        sum.add(digest)?;
    }
    chain::append(tx, Utc::now(), Link::Sealed, subject, &sum.text()).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_forgets_what_is_taken_out_again() {
        let digest = |text: &str| digest_of(&("t".to_owned(), "k".to_owned()), text);
        let mut sum = Sum::default();
        for text in ["a", "b", "c"] {
            sum.add(&digest(text)).expect("a digest");
        }
        for text in ["b", "a", "c"] {
            sum.take(&digest(text)).expect("a digest");
        }
        assert_eq!(sum, Sum::default());
        sum.take(&digest("a")).expect("a digest");
        sum.add(&digest("a")).expect("a digest");
        assert_eq!(sum, Sum::default());
    }

    #[test]
    fn a_row_is_shown_by_its_key() {
        assert_eq!(
            shown("dates", "6:biller 10:2026-11-18"),
            "dates biller, 2026-11-18"
        );
        assert_eq!(shown("files", "1:7"), "files 7");
    }
}
