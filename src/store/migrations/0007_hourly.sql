-- Entries of both sides by status and hour, of the dates that were judged: what a later date is
-- compared with.
CREATE TABLE hourly (
    channel TEXT NOT NULL,
    business_date TEXT NOT NULL,
    settlement TEXT NOT NULL,
    ledger TEXT NOT NULL,
    PRIMARY KEY (channel, business_date)
);
