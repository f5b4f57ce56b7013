-- Mails that brought a report, or that were not believed. `identity` is the SHA-256 of the mail, or
-- `uid V/U` where it was too large to fetch.
CREATE TABLE mails (
    id BIGINT PRIMARY KEY NOT NULL,
    mailbox TEXT NOT NULL,
    identity TEXT NOT NULL,
    folder TEXT NOT NULL,
    uid_validity BIGINT NOT NULL,
    uid BIGINT NOT NULL,
    message_id TEXT NOT NULL,
    sender TEXT NOT NULL,
    subject TEXT NOT NULL,
    -- Its own Date, and when the server received it; empty where unknown.
    sent_at TEXT NOT NULL,
    received_at TEXT NOT NULL,
    -- Empty where it was not fetched.
    sha256 TEXT NOT NULL,
    -- Who vouches for the sender, in words.
    verdict TEXT NOT NULL,
    seen_at TEXT NOT NULL,
    UNIQUE (mailbox, identity)
);
CREATE TABLE file_mails (
    file_id BIGINT NOT NULL,
    mail_id BIGINT NOT NULL,
    attachment TEXT NOT NULL,
    attachment_sha256 TEXT NOT NULL,
    PRIMARY KEY (file_id, mail_id, attachment)
);
CREATE TABLE quarantine (
    id BIGINT PRIMARY KEY NOT NULL,
    mail_id BIGINT NOT NULL UNIQUE,
    -- Channels whose rules it answers to, separated by spaces.
    channels TEXT NOT NULL,
    reason TEXT NOT NULL,
    state TEXT NOT NULL,
    quarantined_at TEXT NOT NULL,
    decided_at TEXT NOT NULL,
    decided_by TEXT NOT NULL,
    decision TEXT NOT NULL,
    -- 1 once a report has told of it.
    told BIGINT NOT NULL
);
CREATE VIEW quarantined_mails AS
    SELECT q.id AS quarantine_id, q.mail_id, q.channels, q.reason, q.state, q.quarantined_at,
        q.decided_at, q.decided_by, q.decision, q.told, m.mailbox, m.folder, m.uid_validity, m.uid,
        m.message_id, m.sender, m.subject, m.sent_at, m.received_at, m.sha256, m.verdict
    FROM quarantine q JOIN mails m ON m.id = q.mail_id;
-- Tries of a mail that have not come to an end; the row goes with the one that does.
CREATE TABLE mail_attempts (
    mailbox TEXT NOT NULL,
    uid_validity BIGINT NOT NULL,
    uid BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (mailbox, uid_validity, uid)
);
-- Up to where a mailbox was looked through under which rules.
CREATE TABLE mail_marks (
    mailbox TEXT PRIMARY KEY NOT NULL,
    rules TEXT NOT NULL,
    uid_validity BIGINT NOT NULL,
    next_uid BIGINT NOT NULL
);
