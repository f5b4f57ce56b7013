-- What the sheets of a file look like, so that the next one can be compared with it; and why a person
-- took one that is unlike those before it.
ALTER TABLE files ADD COLUMN shape TEXT NOT NULL DEFAULT '';
ALTER TABLE files ADD COLUMN accepted TEXT NOT NULL DEFAULT '';
