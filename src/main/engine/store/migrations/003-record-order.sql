-- The same orders as before, read backwards: so new rows come to the end of an index instead of its beginning, where
-- each of them moves what is there.
DROP INDEX records_time;
DROP INDEX records_integration;
DROP INDEX records_run;
DROP INDEX records_change;
CREATE INDEX records_time ON records (changed_at, key DESC);
CREATE INDEX records_integration ON records (integration, changed_at, key DESC);
CREATE INDEX records_run ON records (run, changed_at, key DESC);
CREATE INDEX records_change ON records (change, changed_at, key DESC) WHERE change > 0;
