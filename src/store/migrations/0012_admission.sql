-- A person's word on how a file stands beside others; the instants between which its rows count, where
-- some of them are beyond belief; and, by date, what its rows are and which file holds them already.
ALTER TABLE files ADD COLUMN accepted_as TEXT NOT NULL DEFAULT '';
ALTER TABLE files ADD COLUMN rows_from TEXT NOT NULL DEFAULT '';
ALTER TABLE files ADD COLUMN rows_to TEXT NOT NULL DEFAULT '';
ALTER TABLE coverage ADD COLUMN digest TEXT NOT NULL DEFAULT '';
ALTER TABLE coverage ADD COLUMN same_as BIGINT NOT NULL DEFAULT 0;
