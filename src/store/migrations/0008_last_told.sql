-- What the readers of each report were told, a line for each thing that was new to them. What they
-- know is the latest line about it whose mail neither failed for good nor was dropped.
CREATE TABLE last_told (
    -- Empty for whoever reads the output of `rekon run` itself.
    report TEXT NOT NULL,
    -- Counts what a report's readers were told, in order.
    seq BIGINT NOT NULL,
    -- break, date, file, mail or failure
    kind TEXT NOT NULL,
    -- Empty for a quarantined mail.
    channel TEXT NOT NULL,
    -- An item's identity, a business date, the id of a file or of a quarantined mail; empty for a failure.
    subject TEXT NOT NULL,
    -- A digest of a break's facts, the revision of a date, why a channel failed.
    facts TEXT NOT NULL,
    -- open, cleared, resolved or written_off for a break; clean or wrong for a date.
    standing TEXT NOT NULL,
    -- Empty where nothing was mailed: no mail is configured, or the readers want none about this.
    message_id TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (report, kind, channel, subject, message_id)
);
CREATE INDEX last_told_in_order ON last_told (report, seq);
INSERT INTO last_told (report, seq, kind, channel, subject, facts, standing, message_id, at)
    SELECT report, 1, 'date', channel, business_date, CAST(revision AS TEXT), tone, message_id, at
    FROM told_dates;
DROP TABLE told_dates;
ALTER TABLE files DROP COLUMN told;
DROP VIEW quarantined_mails;
ALTER TABLE quarantine DROP COLUMN told;
CREATE VIEW quarantined_mails AS
    SELECT q.id AS quarantine_id, q.mail_id, q.channels, q.reason, q.state, q.quarantined_at,
        q.decided_at, q.decided_by, q.decision, m.mailbox, m.folder, m.uid_validity, m.uid,
        m.message_id, m.sender, m.subject, m.sent_at, m.received_at, m.sha256, m.verdict
    FROM quarantine q JOIN mails m ON m.id = q.mail_id;
-- 1 where an item that stands on the date was judged otherwise since by a run of other dates.
ALTER TABLE dates ADD COLUMN moved BIGINT NOT NULL DEFAULT 0;
