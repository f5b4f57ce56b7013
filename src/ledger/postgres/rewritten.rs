//! Tables that are not what the snapshot saw. `TRUNCATE` takes effect for everybody at once, whatever
//! their snapshot (PostgreSQL manual, *Caveats* of concurrency control), and so does the end of a
//! partition; a statement that reads afterwards finds nothing and says nothing.

use sqlx::{Executor, PgConnection, Row};

/// Tables that this transaction has touched, and partitions of them. The catalogue as the snapshot
/// sees it names the file that a table was kept in; `pg_relation_filenode` names the present one, and
/// nothing where the table is gone. What belongs to no database is shared by all: catalogues.
const QUERY: &str = "\
WITH touched AS (
  SELECT c.oid, c.relname, c.relkind, c.relfilenode
  FROM pg_catalog.pg_locks AS l
  JOIN pg_catalog.pg_class AS c ON c.oid = l.relation
  WHERE l.pid = pg_catalog.pg_backend_pid() AND l.locktype = 'relation'
    AND l.database <> 0
), seen AS (
  SELECT oid, relname, relfilenode FROM touched WHERE relkind IN ('r', 'm')
  UNION
  SELECT c.oid, c.relname, c.relfilenode
  FROM touched AS t
  JOIN pg_catalog.pg_inherits AS i ON i.inhparent = t.oid
  JOIN pg_catalog.pg_class AS c ON c.oid = i.inhrelid
  WHERE c.relkind = 'r'
)
SELECT relname::text
FROM seen
WHERE relfilenode <> 0
  AND relfilenode IS DISTINCT FROM pg_catalog.pg_relation_filenode(oid)
ORDER BY 1 LIMIT 1";

/// The first such table.
pub async fn since(connection: &mut PgConnection) -> Result<Option<String>, sqlx::Error> {
    let row = connection.fetch_optional(sqlx::raw_sql(QUERY)).await?;
    row.map(|row| row.try_get(0)).transpose()
}
