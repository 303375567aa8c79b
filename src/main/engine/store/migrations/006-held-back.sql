-- What was missing in the run's read but was not marked as vanished, as JSON; NULL of nearly every run.
ALTER TABLE runs ADD COLUMN held_back TEXT;
-- Somebody said that what this run does not see is gone, however much it is.
ALTER TABLE runs ADD COLUMN allow_vanished INTEGER NOT NULL DEFAULT 0;
