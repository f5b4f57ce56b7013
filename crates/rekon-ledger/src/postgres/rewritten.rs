//! Tables that are not what the snapshot saw. `TRUNCATE` takes effect for everybody at once, whatever
//! their snapshot (PostgreSQL manual, *Caveats* of concurrency control), and so do the end of a
//! partition, its detachment, and a table that takes the name of another; a statement that reads
//! afterwards finds nothing and says nothing.

use sqlx::{AssertSqlSafe, Executor, PgConnection, Row};

/// Tables that this transaction has touched, and partitions of them. The catalogue as the snapshot
/// sees it names the file that a table was kept in; `pg_relation_filenode` names the present one, and
/// nothing where the table is gone. In the same way `pg_identify_object` gives the present name. Of
/// what the snapshot does not know, only an index may have been touched. What belongs to no database is
/// shared by all: catalogues.
const REWRITTEN: &str = "\
WITH locked AS (
  SELECT DISTINCT l.relation AS oid
  FROM pg_catalog.pg_locks AS l
  WHERE l.pid = pg_catalog.pg_backend_pid() AND l.locktype = 'relation'
    AND l.database <> 0
), touched AS (
  SELECT c.oid, c.relname, c.relkind, c.relpersistence, c.relfilenode,
    pg_catalog.format('%I.%I', n.nspname, c.relname) AS named
  FROM locked AS l
  JOIN pg_catalog.pg_class AS c ON c.oid = l.oid
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
), below AS (
  SELECT t.oid AS parent, t.relkind AS of_kind, c.oid, c.relname, c.relkind, c.relfilenode
  FROM touched AS t
  JOIN pg_catalog.pg_inherits AS i ON i.inhparent = t.oid
  JOIN pg_catalog.pg_class AS c ON c.oid = i.inhrelid
), seen AS (
  SELECT oid, relname, relfilenode FROM touched WHERE relkind IN ('r', 'm')
  UNION
  SELECT oid, relname, relfilenode FROM below WHERE relkind = 'r'
)
SELECT relname::text
FROM seen
WHERE relfilenode <> 0
  AND relfilenode IS DISTINCT FROM pg_catalog.pg_relation_filenode(oid)
UNION ALL
SELECT oid::pg_catalog.regclass::text
FROM locked
WHERE oid NOT IN (SELECT t.oid FROM touched AS t)
  AND pg_catalog.pg_get_indexdef(oid) IS NULL
UNION ALL
SELECT now.identity
FROM touched AS t
CROSS JOIN LATERAL
  pg_catalog.pg_identify_object('pg_catalog.pg_class'::pg_catalog.regclass, t.oid, 0) AS now
WHERE t.relkind IN ('r', 'p', 'v', 'm', 'f') AND t.relpersistence <> 't' AND now.identity <> t.named";

/// Partitions that the snapshot sees and the table has no more; the function, which is told by the
/// present, exists since PostgreSQL 12.
const DETACHED: &str = "
UNION ALL
SELECT relname::text
FROM below
WHERE of_kind = 'p'
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_partition_tree(parent) AS now WHERE now.relid = oid)";

const FIRST: &str = "
ORDER BY 1 LIMIT 1";

const TELLS_PARTITIONS: u32 = 120_000;

/// The first such table.
pub async fn since(connection: &mut PgConnection) -> Result<Option<String>, sqlx::Error> {
    let version = connection.server_version_num();
    let detached = match version.is_some_and(|version| version >= TELLS_PARTITIONS) {
        true => DETACHED,
        false => "",
    };
    let query = AssertSqlSafe([REWRITTEN, detached, FIRST].concat());
    let row = connection.fetch_optional(sqlx::raw_sql(query)).await?;
    row.map(|row| row.try_get(0)).transpose()
}
