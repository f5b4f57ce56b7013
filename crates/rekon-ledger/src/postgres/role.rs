//! Whether the role that reads the ledger could change it.

use sqlx::{PgConnection, Row};

use super::fault::Login;
use crate::LedgerError;

/// What a role may do beside reading, by itself or as a member of another.
#[derive(Debug)]
pub struct Proof {
    superuser: bool,
    /// The first tables that it may change, ready to be written into a statement.
    tables: Vec<String>,
    count: i64,
    /// The schemas of those, and those in which it may create tables.
    schemas: Vec<String>,
    creates: Vec<String>,
}

const TOLD: i64 = 3;

/// On a standby nobody writes, whatever the role may do elsewhere.
const ASK: &str = "
WITH me AS (
  SELECT r.oid, r.rolsuper FROM pg_catalog.pg_roles AS r
  WHERE pg_catalog.pg_has_role(current_user, r.oid, 'MEMBER')
), tables AS (
  SELECT c.oid, c.relowner, n.oid AS schema, n.nspname, c.relname
  FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'f', 'v')
    AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
), changed AS (
  SELECT t.nspname, t.relname, pg_catalog.format('%I.%I', t.nspname, t.relname) AS named
  FROM tables AS t
  WHERE EXISTS (
    SELECT FROM me
    WHERE me.oid = t.relowner
      OR pg_catalog.has_table_privilege(me.oid, t.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
      OR pg_catalog.has_any_column_privilege(me.oid, t.oid, 'INSERT, UPDATE'))
), creates AS (
  SELECT DISTINCT t.nspname FROM tables AS t
  WHERE EXISTS (
    SELECT FROM me WHERE pg_catalog.has_schema_privilege(me.oid, t.schema, 'CREATE'))
)
SELECT EXISTS (SELECT FROM me WHERE me.rolsuper) AS superuser,
  ARRAY(SELECT named FROM changed ORDER BY nspname, relname LIMIT $1) AS tables,
  (SELECT count(*) FROM changed) AS count,
  ARRAY(SELECT DISTINCT pg_catalog.quote_ident(nspname::text) FROM changed) AS schemas,
  ARRAY(SELECT pg_catalog.quote_ident(nspname::text) FROM creates ORDER BY nspname) AS creates
WHERE NOT pg_catalog.pg_is_in_recovery()";

/// `None` where the role can only read.
pub async fn proof(connection: &mut PgConnection) -> Result<Option<Proof>, sqlx::Error> {
    let asked = sqlx::query(ASK).bind(TOLD).persistent(false);
    let Some(row) = asked.fetch_optional(connection).await? else {
        return Ok(None);
    };
    let proof = Proof {
        superuser: row.try_get("superuser")?,
        tables: row.try_get("tables")?,
        count: row.try_get("count")?,
        schemas: row.try_get("schemas")?,
        creates: row.try_get("creates")?,
    };
    let writes = proof.superuser || proof.count > 0 || !proof.creates.is_empty();
    Ok(writes.then_some(proof))
}

/// The proof as a refusal, with the statements that make a role that only reads.
pub fn refusal(proof: &Proof, login: &Login) -> LedgerError {
    let mut said = Vec::new();
    if proof.superuser {
        said.push("it is a superuser".to_owned());
    }
    if proof.count > 0 {
        let more = match proof.count - proof.tables.len() as i64 {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        said.push(format!("it may change {}{more}", proof.tables.join(", ")));
    }
    // A superuser may create anywhere: nobody needs to read that.
    if !proof.superuser && !proof.creates.is_empty() {
        said.push(format!(
            "it may create tables in schema {}",
            proof.creates.join(", ")
        ));
    }
    LedgerError::Writable {
        place: login.place.clone(),
        proof: said.join("; "),
        hint: hint(proof, login),
    }
}

fn hint(proof: &Proof, login: &Login) -> String {
    let Login { role, database, .. } = login;
    if !proof.superuser && proof.count == 0 {
        return format!(
            "REVOKE CREATE ON SCHEMA {} FROM PUBLIC, {role};\n  \
             or allow_writable_ledger = true under [ledger]",
            proof.creates.join(", ")
        );
    }
    let reader = match role.as_str() {
        "rekon" => "rekon_reader",
        _ => "rekon",
    };
    let tables = match &*proof.tables {
        [] => "…".to_owned(),
        tables => tables.join(", "),
    };
    let schemas = match &*proof.schemas {
        [] => "public".to_owned(),
        schemas => schemas.join(", "),
    };
    format!(
        "make a role that only reads, and name it in `url`:\n    \
         CREATE ROLE {reader} LOGIN PASSWORD '…';\n    \
         GRANT CONNECT ON DATABASE {database} TO {reader};\n    \
         GRANT USAGE ON SCHEMA {schemas} TO {reader};\n    \
         GRANT SELECT ON {tables} TO {reader};\n  \
         or allow_writable_ledger = true under [ledger]"
    )
}
