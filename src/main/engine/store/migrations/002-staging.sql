-- Pages of runs whose records are kept only if the whole read is good enough: they wait here until the run ends.
CREATE TABLE staged_pages (
  run INTEGER NOT NULL,
  page INTEGER NOT NULL,
  at INTEGER NOT NULL,
  -- What `page.put` said beside its records, as JSON.
  told TEXT NOT NULL,
  batch BLOB,
  PRIMARY KEY (run, page)
) WITHOUT ROWID;
