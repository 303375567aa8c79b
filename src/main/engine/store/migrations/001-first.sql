-- Integer codes are listed in codes.ts. Instants are epoch milliseconds, *_us are microseconds, steps are packed (steps.ts).
-- Jobs, integrations and workers are numbered once in `names`; a number outlives what it names, so history stays readable.

CREATE TABLE store_state (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  uuid BLOB NOT NULL,
  lsn INTEGER NOT NULL,
  client INTEGER NOT NULL,
  client_seq INTEGER NOT NULL,
  -- Versions of a record that are kept; retention says how many.
  versions_kept INTEGER NOT NULL,
  -- The job after which the next slice of tidying goes on.
  tidied_job INTEGER NOT NULL
);

CREATE TABLE names (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
);

CREATE TABLE settings (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE secrets (
  name TEXT PRIMARY KEY,
  origin TEXT NOT NULL,
  sealed BLOB NOT NULL,
  updated_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE integrations (
  id INTEGER PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  definition TEXT NOT NULL
);

-- Outlives its integration when the data is kept.
CREATE TABLE integration_states (
  integration INTEGER PRIMARY KEY,
  -- Moves whenever a record of the integration is written: tells whether a stored page still says what the records say.
  writes INTEGER NOT NULL,
  -- Records that have not vanished.
  live INTEGER NOT NULL,
  last_complete_at INTEGER
);

CREATE TABLE jobs (
  id INTEGER PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  integration INTEGER NOT NULL,
  definition TEXT NOT NULL
);

CREATE TABLE job_states (
  job INTEGER PRIMARY KEY,
  state INTEGER NOT NULL,
  paused_until INTEGER,
  pause_reason TEXT,
  paused_at INTEGER,
  covered_until INTEGER NOT NULL,
  covered_since INTEGER NOT NULL,
  last_end_at INTEGER,
  last_success_at INTEGER,
  failures_in_row INTEGER NOT NULL,
  config_errors_in_row INTEGER NOT NULL,
  watermark TEXT
);

CREATE TABLE runs (
  seq INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE,
  job INTEGER NOT NULL,
  integration INTEGER NOT NULL,
  "trigger" INTEGER NOT NULL,
  priority INTEGER NOT NULL,
  instance INTEGER NOT NULL,
  instances INTEGER NOT NULL,
  scheduled_for INTEGER,
  scheduled_until INTEGER,
  occurrences INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  started_at INTEGER,
  finished_at INTEGER,
  duration_us INTEGER,
  state INTEGER NOT NULL,
  outcome INTEGER,
  reason TEXT,
  attempt INTEGER NOT NULL,
  next_retry_at INTEGER,
  not_before INTEGER,
  full INTEGER NOT NULL,
  crashes INTEGER NOT NULL,
  uncounted INTEGER NOT NULL,
  worker INTEGER,
  triggered_by TEXT,
  retry_of BLOB,
  input TEXT,
  result TEXT,
  error TEXT,
  errors_by_field TEXT,
  steps BLOB,
  cpu_us INTEGER NOT NULL,
  peak_bytes INTEGER NOT NULL,
  requests INTEGER NOT NULL,
  not_modified INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  received INTEGER NOT NULL,
  valid INTEGER NOT NULL,
  invalid INTEGER NOT NULL,
  warnings INTEGER NOT NULL,
  duplicates INTEGER NOT NULL,
  new INTEGER NOT NULL,
  changed INTEGER NOT NULL,
  unchanged INTEGER NOT NULL,
  vanished INTEGER NOT NULL,
  -- Where a retry goes on reading, as JSON; NULL before the first page and after the end of the run.
  position TEXT,
  pages_stored INTEGER NOT NULL,
  -- 1 from the failure until the run is retried or dismissed.
  dead INTEGER NOT NULL
);
CREATE UNIQUE INDEX runs_occurrence ON runs (job, scheduled_for, instance) WHERE scheduled_for IS NOT NULL;
CREATE INDEX runs_time ON runs (created_at);
CREATE INDEX runs_job ON runs (job, created_at);
CREATE INDEX runs_integration ON runs (integration, created_at);
CREATE INDEX runs_trigger ON runs ("trigger", created_at);
CREATE INDEX runs_outcome ON runs (outcome, created_at) WHERE outcome IS NOT NULL;
CREATE INDEX runs_job_outcome ON runs (job, outcome, created_at) WHERE outcome IS NOT NULL;
CREATE INDEX runs_unfinished ON runs (state, created_at) WHERE state < 4;
CREATE INDEX runs_dead ON runs (created_at) WHERE dead = 1;

-- Ids of runs that were trimmed while records still name them.
CREATE TABLE trimmed_runs (
  seq INTEGER PRIMARY KEY,
  id BLOB NOT NULL
);

CREATE TABLE hourly_totals (
  job INTEGER NOT NULL,
  hour INTEGER NOT NULL,
  outcome INTEGER NOT NULL,
  runs INTEGER NOT NULL,
  duration_us INTEGER NOT NULL,
  max_duration_us INTEGER NOT NULL,
  received INTEGER NOT NULL,
  new INTEGER NOT NULL,
  changed INTEGER NOT NULL,
  invalid INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  PRIMARY KEY (job, hour, outcome)
) WITHOUT ROWID;

CREATE TABLE attempts (
  run INTEGER NOT NULL,
  number INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  finished_at INTEGER,
  outcome INTEGER,
  error TEXT,
  steps BLOB,
  PRIMARY KEY (run, number)
) WITHOUT ROWID;

CREATE TABLE pages (
  run INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  page INTEGER NOT NULL,
  url TEXT NOT NULL,
  status INTEGER,
  bytes INTEGER NOT NULL,
  records INTEGER NOT NULL,
  not_modified INTEGER NOT NULL,
  start_us INTEGER NOT NULL,
  steps BLOB,
  PRIMARY KEY (run, attempt, page)
) WITHOUT ROWID;

-- What an unfinished read has seen: for duplicates across its pages, for what vanished, and for the next conditional read.
CREATE TABLE read_pages (
  run INTEGER NOT NULL,
  page INTEGER NOT NULL,
  records BLOB NOT NULL,
  fingerprint BLOB,
  validator TEXT,
  PRIMARY KEY (run, page)
) WITHOUT ROWID;

-- The pages of a job's last complete read, trusted while integration_states.writes is what it was then.
CREATE TABLE known_reads (
  job INTEGER PRIMARY KEY,
  integration INTEGER NOT NULL,
  writes INTEGER NOT NULL
);
CREATE TABLE known_pages (
  job INTEGER NOT NULL,
  page INTEGER NOT NULL,
  records BLOB NOT NULL,
  fingerprint BLOB,
  validator TEXT,
  PRIMARY KEY (job, page)
) WITHOUT ROWID;

CREATE TABLE records (
  id INTEGER PRIMARY KEY,
  integration INTEGER NOT NULL,
  key TEXT NOT NULL,
  data TEXT NOT NULL,
  hash BLOB NOT NULL,
  version INTEGER NOT NULL,
  change INTEGER NOT NULL,
  run INTEGER NOT NULL,
  first_seen INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  vanished_at INTEGER,
  -- When and by which run the data came, where that is not the last change.
  data_at INTEGER,
  data_run INTEGER,
  changed_fields TEXT
);
CREATE UNIQUE INDEX records_key ON records (integration, key);
CREATE INDEX records_time ON records (changed_at DESC, key);
CREATE INDEX records_integration ON records (integration, changed_at DESC, key);
CREATE INDEX records_run ON records (run, changed_at DESC, key);
-- New records are found by time; the others are the few.
CREATE INDEX records_change ON records (change, changed_at DESC, key) WHERE change > 0;

CREATE TABLE record_versions (
  record INTEGER NOT NULL,
  version INTEGER NOT NULL,
  data TEXT NOT NULL,
  at INTEGER NOT NULL,
  run INTEGER NOT NULL,
  changed_fields TEXT,
  PRIMARY KEY (record, version)
) WITHOUT ROWID;

CREATE TABLE quarantine (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  integration INTEGER NOT NULL,
  hash BLOB NOT NULL,
  run BLOB NOT NULL,
  page INTEGER NOT NULL,
  reason INTEGER NOT NULL,
  rule TEXT NOT NULL,
  field TEXT NOT NULL,
  value TEXT,
  raw TEXT NOT NULL,
  seen INTEGER NOT NULL,
  first_seen INTEGER NOT NULL,
  last_seen INTEGER NOT NULL
);
CREATE UNIQUE INDEX quarantine_content ON quarantine (integration, hash);
CREATE INDEX quarantine_run ON quarantine (run);
CREATE INDEX quarantine_field ON quarantine (field);
CREATE INDEX quarantine_last_seen ON quarantine (last_seen);

CREATE TABLE idempotency_keys (
  key TEXT PRIMARY KEY,
  job INTEGER NOT NULL,
  body_hash TEXT NOT NULL,
  run_ids TEXT NOT NULL,
  expires_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX idempotency_keys_expiry ON idempotency_keys (expires_at);
