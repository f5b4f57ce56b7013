-- TEXT and BIGINT only, so that one text serves SQLite and PostgreSQL.
-- Amounts are sen, dates ISO text, instants RFC 3339 in UTC.
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
    -- The dates a person named with `rekon add --date`, empty where nobody did.
    by_hand TEXT NOT NULL,
    -- What its sheets look like, so that the next file can be compared with it.
    shape TEXT NOT NULL DEFAULT '',
    -- Why a person took one that is unlike those before it, and how it stands beside others.
    accepted TEXT NOT NULL DEFAULT '',
    accepted_as TEXT NOT NULL DEFAULT '',
    -- The instants between which its rows count, where some of them are beyond belief.
    rows_from TEXT NOT NULL DEFAULT '',
    rows_to TEXT NOT NULL DEFAULT '',
    -- Two days without a payment give the same bytes, a header alone: what a file covers tells them
    -- apart.
    UNIQUE (channel, sha256, slot)
);
CREATE TABLE coverage (
    file_id BIGINT NOT NULL,
    channel TEXT NOT NULL,
    business_date TEXT NOT NULL,
    entries BIGINT NOT NULL,
    rejected BIGINT NOT NULL,
    -- What its rows of the date are, and which file holds them already.
    digest TEXT NOT NULL DEFAULT '',
    same_as BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (file_id, business_date)
);
CREATE TABLE results (
    channel TEXT NOT NULL,
    business_date TEXT NOT NULL,
    revision BIGINT NOT NULL,
    run_id TEXT NOT NULL,
    state TEXT NOT NULL,
    created_at TEXT NOT NULL,
    digest TEXT NOT NULL,
    knowledge TEXT NOT NULL,
    ledger_fingerprint TEXT NOT NULL,
    -- Totals, as JSON. Its items are the rows of `items` and `past_items` that stood at its stamp: the
    -- number in the chain that was next when it was stored.
    outcome TEXT NOT NULL,
    stamp BIGINT NOT NULL,
    PRIMARY KEY (channel, business_date, revision)
);
-- The newest knowledge each date was judged with, also where that changed nothing.
CREATE TABLE dates (
    channel TEXT NOT NULL,
    business_date TEXT NOT NULL,
    state TEXT NOT NULL,
    knowledge TEXT NOT NULL,
    ledger_fingerprint TEXT NOT NULL,
    run_id TEXT NOT NULL,
    -- 1 where an item that stands on the date was judged otherwise since by a run of other dates.
    moved BIGINT NOT NULL DEFAULT 0,
    -- Rows of `clean_totals`, where they are all there, and the version of rekon that found them.
    clean_groups BIGINT,
    judged_by TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (channel, business_date)
);
-- What matched cleanly on a date, by product and by what either side says of it: with these totals a
-- date on which nothing changed is judged again without its rows.
CREATE TABLE clean_totals (
    channel TEXT NOT NULL,
    business_date TEXT NOT NULL,
    bucket TEXT NOT NULL,
    -- `product`, or `unnamed` or `others` where there is no name.
    named TEXT NOT NULL,
    product TEXT NOT NULL,
    -- Empty where the side has no entry.
    ledger_status TEXT NOT NULL,
    settlement_status TEXT NOT NULL,
    settlement_entries BIGINT NOT NULL,
    settlement_amount BIGINT NOT NULL,
    settlement_fee BIGINT NOT NULL,
    ledger_entries BIGINT NOT NULL,
    ledger_amount BIGINT NOT NULL,
    ledger_fee BIGINT NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (channel, business_date, bucket, named, product, ledger_status, settlement_status)
);
-- What did not match cleanly within its own business date, a row each, as it stands now. `seal` is the
-- digest of the others.
CREATE TABLE items (
    id TEXT PRIMARY KEY NOT NULL,
    -- The stamp since which it stands so.
    since BIGINT NOT NULL,
    channel TEXT NOT NULL,
    -- What makes it the same item tomorrow; empty where its facts of today give it that name.
    identity TEXT NOT NULL,
    by_facts TEXT,
    -- Where it stands: open, cleared (by a match), gone (by newer knowledge), resolved, written_off.
    standing TEXT NOT NULL,
    -- The break it is, or was reported as; else the bucket.
    kind TEXT NOT NULL,
    bucket TEXT NOT NULL,
    cause TEXT NOT NULL,
    -- The fields of the reference and what they hold, told apart by U+001F, and the XXH3 of its encoded
    -- form.
    key_fields TEXT NOT NULL,
    key TEXT NOT NULL,
    key_hash BIGINT NOT NULL,
    -- Business dates: of the earlier entry, of the latest one, where it is told if that is another
    -- one, of the match that cleared it, of the act that closed it.
    opened TEXT NOT NULL,
    last_date TEXT NOT NULL,
    told_on TEXT,
    cleared TEXT,
    closed_on TEXT,
    closed_as TEXT,
    -- The business date from which it is open no more, and how: cleared, resolved or written_off.
    ended TEXT,
    ended_as TEXT,
    value BIGINT NOT NULL,
    difference BIGINT NOT NULL,
    exposure TEXT NOT NULL,
    at_risk BIGINT NOT NULL,
    -- A digest of what a person decides about.
    facts TEXT NOT NULL,
    -- 1 where its entries are all that its key has on their dates.
    whole BIGINT NOT NULL,
    -- Sums of entries that are counted and not listed, or beyond 64 bits, as JSON.
    sums TEXT,
    -- How many entries of each side it has: the first stands here, the others in `entries`.
    ledger_entries BIGINT NOT NULL,
    settlement_entries BIGINT NOT NULL,
    ledger_date TEXT,
    ledger_at TEXT,
    ledger_amount BIGINT,
    ledger_fee BIGINT,
    ledger_status TEXT,
    ledger_kind TEXT,
    ledger_key_state TEXT,
    ledger_written TEXT,
    ledger_details TEXT,
    settlement_date TEXT,
    settlement_at TEXT,
    settlement_amount BIGINT,
    settlement_fee BIGINT,
    settlement_status TEXT,
    settlement_kind TEXT,
    settlement_key_state TEXT,
    settlement_written TEXT,
    settlement_details TEXT,
    settlement_file TEXT,
    settlement_sheet TEXT,
    settlement_row BIGINT,
    seal TEXT NOT NULL
);
CREATE INDEX items_by_date ON items (channel, last_date);
CREATE INDEX items_by_key ON items (channel, key_hash);
CREATE INDEX items_by_stamp ON items (channel, since);
CREATE INDEX items_ended ON items (channel, ended) WHERE ended IS NOT NULL;
CREATE INDEX items_open ON items (channel) WHERE standing = 'open';
-- Those that hold an entry of another key.
CREATE INDEX items_tied ON items (channel)
    WHERE cause IN ('candidate', 'look_alike', 'several_candidates');
-- The same as they stood before, up to a stamp.
CREATE TABLE past_items (
    id TEXT NOT NULL,
    since BIGINT NOT NULL,
    until BIGINT NOT NULL,
    channel TEXT NOT NULL,
    -- What makes it the same item tomorrow; empty where its facts of today give it that name.
    identity TEXT NOT NULL,
    by_facts TEXT,
    -- Where it stands: open, cleared (by a match), gone (by newer knowledge), resolved, written_off.
    standing TEXT NOT NULL,
    -- The break it is, or was reported as; else the bucket.
    kind TEXT NOT NULL,
    bucket TEXT NOT NULL,
    cause TEXT NOT NULL,
    -- The fields of the reference and what they hold, told apart by U+001F, and the XXH3 of its encoded
    -- form.
    key_fields TEXT NOT NULL,
    key TEXT NOT NULL,
    key_hash BIGINT NOT NULL,
    -- Business dates: of the earlier entry, of the latest one, where it is told if that is another
    -- one, of the match that cleared it, of the act that closed it.
    opened TEXT NOT NULL,
    last_date TEXT NOT NULL,
    told_on TEXT,
    cleared TEXT,
    closed_on TEXT,
    closed_as TEXT,
    -- The business date from which it is open no more, and how: cleared, resolved or written_off.
    ended TEXT,
    ended_as TEXT,
    value BIGINT NOT NULL,
    difference BIGINT NOT NULL,
    exposure TEXT NOT NULL,
    at_risk BIGINT NOT NULL,
    -- A digest of what a person decides about.
    facts TEXT NOT NULL,
    -- 1 where its entries are all that its key has on their dates.
    whole BIGINT NOT NULL,
    -- Sums of entries that are counted and not listed, or beyond 64 bits, as JSON.
    sums TEXT,
    -- How many entries of each side it has: the first stands here, the others in `entries`.
    ledger_entries BIGINT NOT NULL,
    settlement_entries BIGINT NOT NULL,
    ledger_date TEXT,
    ledger_at TEXT,
    ledger_amount BIGINT,
    ledger_fee BIGINT,
    ledger_status TEXT,
    ledger_kind TEXT,
    ledger_key_state TEXT,
    ledger_written TEXT,
    ledger_details TEXT,
    settlement_date TEXT,
    settlement_at TEXT,
    settlement_amount BIGINT,
    settlement_fee BIGINT,
    settlement_status TEXT,
    settlement_kind TEXT,
    settlement_key_state TEXT,
    settlement_written TEXT,
    settlement_details TEXT,
    settlement_file TEXT,
    settlement_sheet TEXT,
    settlement_row BIGINT,
    seal TEXT NOT NULL,
    PRIMARY KEY (id, since)
);
CREATE INDEX past_items_by_date ON past_items (channel, last_date);
CREATE INDEX past_items_by_stamp ON past_items (channel, until);
-- For whoever reads the state with tools of their own: each break once, as it stands. Amounts are sen.
CREATE VIEW breaks AS
    SELECT id, channel, COALESCE(told_on, last_date) AS business_date, kind, cause, standing AS state,
        key_fields, key, opened, ended, ended_as,
        value AS value_sen, difference AS difference_sen, exposure, at_risk AS at_risk_sen,
        ledger_date, ledger_at, ledger_amount AS ledger_amount_sen, ledger_fee AS ledger_fee_sen,
        ledger_status, ledger_kind, ledger_details, ledger_entries,
        settlement_date, settlement_at, settlement_amount AS settlement_amount_sen,
        settlement_fee AS settlement_fee_sen, settlement_status, settlement_kind, settlement_details,
        settlement_file, settlement_sheet, settlement_row, settlement_entries
    FROM items
    WHERE kind NOT IN ('timing_differences', 'matched_within_tolerance',
        'pending_within_sla', 'awaiting', 'matched', 'netted', 'split', 'nothing_to_settle');
-- Entries of a key on a date that are not all of one item and nothing else.
CREATE TABLE key_groups (
    channel TEXT NOT NULL,
    business_date TEXT NOT NULL,
    key TEXT NOT NULL,
    -- Of keys that a spreadsheet rounded alike there are several on a date.
    ordinal BIGINT NOT NULL,
    key_hash BIGINT NOT NULL,
    -- 1 where an item of another key holds one of its entries.
    tied BIGINT NOT NULL,
    -- Of a key with too many of them, as JSON: they are counted and not listed.
    sums TEXT,
    ledger_entries BIGINT NOT NULL,
    settlement_entries BIGINT NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (channel, business_date, key, ordinal)
);
CREATE INDEX key_groups_by_key ON key_groups (channel, key_hash);
-- Entries of items beyond the first of a side, and those of key groups. `holder` is the id of an item,
-- that with `@` and its `since` of a past one, or channel, date, ordinal and key of a group.
CREATE TABLE entries (
    holder TEXT NOT NULL,
    side TEXT NOT NULL,
    ordinal BIGINT NOT NULL,
    business_date TEXT NOT NULL,
    at TEXT NOT NULL,
    amount BIGINT NOT NULL,
    fee BIGINT,
    status TEXT NOT NULL,
    kind TEXT NOT NULL,
    key_state TEXT NOT NULL,
    written TEXT,
    details TEXT,
    file TEXT,
    sheet TEXT,
    row_number BIGINT,
    seal TEXT NOT NULL,
    PRIMARY KEY (holder, side, ordinal)
);
-- When the readers of each report were told something, and by which mail. What they know is the latest
-- telling about it whose mail neither failed for good nor was dropped.
CREATE TABLE tellings (
    number BIGINT PRIMARY KEY NOT NULL,
    -- Empty for whoever reads the output of `rekon run` itself.
    report TEXT NOT NULL,
    -- Counts what a report's readers were told, in order.
    seq BIGINT NOT NULL,
    -- As of these results.
    stamp BIGINT NOT NULL,
    -- Empty where nothing was mailed: no mail is configured, or the readers want none about this.
    message_id TEXT NOT NULL,
    at TEXT NOT NULL
);
CREATE INDEX tellings_in_order ON tellings (report, seq);
-- What was new to them, a line each.
CREATE TABLE told (
    telling BIGINT NOT NULL,
    -- breaks (all of a channel, as they stood), date, passed (a date about which they want no mail), file,
    -- mail or failure
    kind TEXT NOT NULL,
    -- Empty for a quarantined mail.
    channel TEXT NOT NULL,
    -- A business date, the id of a file or of a quarantined mail; empty for breaks and for a failure.
    subject TEXT NOT NULL,
    -- The revision of a date, why a channel failed.
    facts TEXT NOT NULL,
    -- Of a date: clean or wrong.
    standing TEXT NOT NULL,
    PRIMARY KEY (telling, kind, channel, subject)
);
CREATE INDEX told_by_subject ON told (channel, subject);
CREATE TABLE arrivals (
    file_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    origin TEXT NOT NULL,
    arrived_at TEXT NOT NULL,
    PRIMARY KEY (file_id, origin)
);
CREATE INDEX coverage_by_date ON coverage (channel, business_date);
CREATE TABLE rejected_rows (
    file_id BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    business_date TEXT NOT NULL,
    sheet TEXT NOT NULL,
    row_number BIGINT NOT NULL,
    column_name TEXT NOT NULL,
    value TEXT NOT NULL,
    reason TEXT NOT NULL,
    key_hex TEXT NOT NULL,
    PRIMARY KEY (file_id, ordinal)
);
CREATE TABLE looked_at (
    channel TEXT NOT NULL,
    origin TEXT NOT NULL,
    stamp TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    PRIMARY KEY (channel, origin)
);
CREATE TABLE runs (
    id TEXT PRIMARY KEY NOT NULL,
    started_at TEXT NOT NULL,
    as_of TEXT NOT NULL
);
CREATE TABLE spellings (
    channel TEXT NOT NULL,
    part BIGINT NOT NULL,
    width BIGINT NOT NULL,
    PRIMARY KEY (channel, part, width)
);
CREATE TABLE locks (
    name TEXT PRIMARY KEY NOT NULL,
    owner TEXT NOT NULL,
    host TEXT NOT NULL,
    pid BIGINT NOT NULL,
    taken_at TEXT NOT NULL,
    heartbeat TEXT NOT NULL
);

CREATE TABLE outbox (
    id TEXT PRIMARY KEY NOT NULL,
    run_id TEXT NOT NULL,
    report TEXT NOT NULL,
    sender TEXT NOT NULL,
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    message_id TEXT NOT NULL,
    file_name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    created_at TEXT NOT NULL,
    not_before TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    last_answer TEXT NOT NULL,
    -- When a mail that was put off is tried again, and when it was last tried; empty where it was not.
    next_attempt TEXT NOT NULL DEFAULT '',
    attempted_at TEXT NOT NULL DEFAULT ''
);
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
    decision TEXT NOT NULL
);
CREATE VIEW quarantined_mails AS
    SELECT q.id AS quarantine_id, q.mail_id, q.channels, q.reason, q.state, q.quarantined_at,
        q.decided_at, q.decided_by, q.decision, m.mailbox, m.folder, m.uid_validity, m.uid,
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
-- Every attempt as it ended, and what people did about a mail: nothing of it is overwritten.
CREATE TABLE outbox_attempts (
    outbox_id TEXT NOT NULL,
    ordinal BIGINT NOT NULL,
    at TEXT NOT NULL,
    state TEXT NOT NULL,
    answer TEXT NOT NULL,
    -- Who asked for it, empty where a run did.
    actor TEXT NOT NULL,
    PRIMARY KEY (outbox_id, ordinal)
);
-- How runs ended: also those that stored nothing.
CREATE TABLE run_ends (
    run_id TEXT PRIMARY KEY NOT NULL,
    started_at TEXT NOT NULL,
    ended_at TEXT NOT NULL,
    exit_code BIGINT NOT NULL,
    -- everything, or a part: some channels or dates.
    scope TEXT NOT NULL,
    -- One sentence where it failed.
    error TEXT NOT NULL
);
-- The nightly runs, each planned once for its business date, and what became of them.
CREATE TABLE planned_runs (
    business_date TEXT PRIMARY KEY NOT NULL,
    -- When it was to begin, and when this row was written.
    planned_for TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    -- started, ended, covered, missed
    state TEXT NOT NULL,
    -- The business date whose run did the work of a covered one; else empty.
    covered_by TEXT NOT NULL,
    -- Empty until it ended.
    ended_at TEXT NOT NULL,
    run_id TEXT NOT NULL,
    exit_code BIGINT NOT NULL
);
-- What ops were told beside the reports, each kind once a day.
CREATE TABLE alerts (
    id TEXT PRIMARY KEY NOT NULL,
    at TEXT NOT NULL,
    run_id TEXT NOT NULL,
    subject TEXT NOT NULL,
    -- When a run worked again; empty while it lasts.
    over_at TEXT NOT NULL
);
-- Entries of both sides by status and hour, of the dates that were judged: what a later date is
-- compared with.
CREATE TABLE hourly (
    channel TEXT NOT NULL,
    business_date TEXT NOT NULL,
    settlement TEXT NOT NULL,
    ledger TEXT NOT NULL,
    PRIMARY KEY (channel, business_date)
);
-- The digest of every row that decides something, as rekon wrote it; tables of many rows carry it
-- themselves. The sum of all of them stands in the chain after each change.
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
