-- Two days without a payment give the same bytes, a header alone: what a file covers tells them apart.
ALTER TABLE files RENAME TO files_by_bytes;
CREATE TABLE files (
    id BIGINT PRIMARY KEY NOT NULL,
    channel TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    name TEXT NOT NULL,
    origin TEXT NOT NULL,
    source_time TEXT NOT NULL,
    received_at TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    slot TEXT NOT NULL,
    part BIGINT,
    parts BIGINT,
    entries BIGINT NOT NULL,
    rejected BIGINT NOT NULL,
    profile TEXT NOT NULL,
    profile_hash TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    by_hand TEXT NOT NULL,
    told BIGINT NOT NULL,
    UNIQUE (channel, sha256, slot)
);
INSERT INTO files SELECT id, channel, sha256, name, origin, source_time, received_at, bytes, slot,
    part, parts, entries, rejected, profile, profile_hash, state, reason, by_hand, told
    FROM files_by_bytes;
DROP TABLE files_by_bytes;
