-- What happened, in order, each entry bound to all before it: files, results, acts, mails, decisions
-- about mails, removals. `digest` is the SHA-256 of what it is about, which may be removed while the
-- entry stays.
CREATE TABLE chain (
    seq BIGINT PRIMARY KEY NOT NULL,
    at TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    digest TEXT NOT NULL,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE
);
-- What people did about items; `seq` is the entry in the chain. The text of one that was removed for
-- privacy is empty.
CREATE TABLE acts (
    seq BIGINT PRIMARY KEY NOT NULL,
    channel TEXT NOT NULL,
    identity TEXT NOT NULL,
    item_id TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX acts_by_item ON acts (channel, identity);
-- Bytes that were removed from the archive on purpose, and up to which date.
CREATE TABLE purged (
    sha256 TEXT PRIMARY KEY NOT NULL,
    at TEXT NOT NULL
);
CREATE TABLE purges (
    seq BIGINT PRIMARY KEY NOT NULL,
    before_date TEXT NOT NULL,
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL
);
