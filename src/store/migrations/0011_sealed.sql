-- The digest of every row that decides something, as rekon wrote it. Their sum stands in the chain
-- after each change.
CREATE TABLE sealed_rows (
    table_name TEXT NOT NULL,
    row_key TEXT NOT NULL,
    digest TEXT NOT NULL,
    PRIMARY KEY (table_name, row_key)
);
-- Which columns of a table these digests are of.
CREATE TABLE sealed_tables (
    table_name TEXT PRIMARY KEY NOT NULL,
    columns TEXT NOT NULL
);
-- Rows that the transaction at work has changed: as they were and as they are, empty where there is
-- none. Empty outside of a transaction.
CREATE TABLE changed_rows (
    table_name TEXT NOT NULL,
    row_key TEXT NOT NULL,
    was TEXT NOT NULL,
    now TEXT NOT NULL,
    PRIMARY KEY (table_name, row_key)
);
