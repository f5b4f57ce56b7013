-- When a mail that was put off is tried again, and when it was last tried; empty where it was not.
ALTER TABLE outbox ADD COLUMN next_attempt TEXT NOT NULL DEFAULT '';
ALTER TABLE outbox ADD COLUMN attempted_at TEXT NOT NULL DEFAULT '';
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
-- Which revision of a date the readers of a report were told of, in which mail.
CREATE TABLE told_dates (
    report TEXT NOT NULL,
    channel TEXT NOT NULL,
    business_date TEXT NOT NULL,
    revision BIGINT NOT NULL,
    -- Whether it was said to be in order (`clean`) or to need somebody (`wrong`).
    tone TEXT NOT NULL,
    message_id TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (report, channel, business_date, message_id)
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
