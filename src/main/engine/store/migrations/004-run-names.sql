-- The ids of trimmed runs are found, and are known to be needed no longer, without looking at every row.
CREATE INDEX trimmed_runs_id ON trimmed_runs (id);
CREATE INDEX records_data_run ON records (data_run) WHERE data_run IS NOT NULL;
CREATE INDEX record_versions_run ON record_versions (run);
