import { outcomes, runStates } from '../codes.ts';
import type { Sqlite } from '../database/sqlite.ts';
import type { Op, OpResults } from '../ops.ts';

type Slice = Extract<Op, { kind: 'retention.slice' }>;

const FINISHED = runStates.code('finished');
/** Kept longest: they are what a person comes back for. */
const REMARKABLE = ['failed', 'timed-out', 'interrupted']
  .map((outcome) => outcomes.code(outcome as 'failed'))
  .join(', ');
/** The newest run stays: its number must not be given again. */
const REMOVABLE = `state = ${FINISHED} AND seq < (SELECT max(seq) FROM runs)`;
const JOBS_A_SLICE = 20;
/** Rows without details after which no more are expected further back. */
const DETAILS_GAP = 200;
const HOUR_MS = 3_600_000;

/**
 * One slice of tidying, at most about `maxRows` rows. Runs that go are added to the hourly totals; ids of runs that
 * records still name are kept. The caller forgets what it remembered of the database.
 */
export function sweep(database: Sqlite, op: Slice): OpResults['retention.slice'] {
  const budget = { left: op.maxRows };
  const steps = [dropExpiredKeys, dropQuarantine, dropRecords, dropOldRuns, tidyJobs];
  database.run('UPDATE store_state SET versions_kept = ? WHERE versions_kept <> ?', [
    op.versionsPerRecord,
    op.versionsPerRecord,
  ]);
  let isThrough = true;
  for (const step of steps) {
    isThrough = step(database, op, budget) && isThrough;
    if (budget.left <= 0) break;
  }
  return { removed: op.maxRows - budget.left, more: budget.left <= 0 || !isThrough };
}

interface Budget {
  left: number;
}
/** Answers whether it has nothing left to do. */
type Step = (database: Sqlite, op: Slice, budget: Budget) => boolean;

const dropExpiredKeys: Step = (database, op, budget) => {
  database.run(
    'DELETE FROM idempotency_keys WHERE key IN (SELECT key FROM idempotency_keys WHERE expires_at <= ? LIMIT ?)',
    [op.now, budget.left],
  );
  return spend(database, budget);
};

const dropQuarantine: Step = (database, op, budget) => {
  database.run(
    'DELETE FROM quarantine WHERE id IN (SELECT id FROM quarantine WHERE last_seen < ? LIMIT ?)',
    [op.quarantineBefore, budget.left],
  );
  return spend(database, budget);
};

/** Records that were last seen before the limit; a complete read sees all that have not vanished. */
const dropRecords: Step = (database, op, budget) => {
  if (op.recordsBefore === null || budget.left <= 0) return true;
  const doomed = database.rows(
    `SELECT r.id, r.integration, r.vanished_at IS NULL FROM records r
      LEFT JOIN integration_states s ON s.integration = r.integration
      WHERE r.changed_at < ?1 AND (r.vanished_at IS NOT NULL OR coalesce(s.last_complete_at, 0) < ?1)
      ORDER BY r.changed_at LIMIT ?2`,
    [op.recordsBefore, budget.left],
  );
  for (const [id, integration, isLive] of doomed) {
    database.run('DELETE FROM record_versions WHERE record = ?', [id as number]);
    database.run('DELETE FROM records WHERE id = ?', [id as number]);
    database.run(
      'UPDATE integration_states SET writes = writes + 1, live = live - ? WHERE integration = ?',
      [isLive as number, integration as number],
    );
  }
  budget.left -= doomed.length;
  return budget.left > 0;
};

const dropOldRuns: Step = (database, op, budget) => {
  if (budget.left <= 0) return false;
  const doomed = database.rows(
    `SELECT seq FROM runs WHERE created_at < ? AND ${REMOVABLE} ORDER BY created_at LIMIT ?`,
    [op.runsBefore, budget.left],
  );
  for (const [seq] of doomed) dropRun(database, seq as number);
  budget.left -= doomed.length;
  return budget.left > 0;
};

/** Some jobs a slice, from where the last one stopped; through when it came round. */
const tidyJobs: Step = (database, op, budget) => {
  if (budget.left <= 0) return false;
  const from = database.number('SELECT tidied_job FROM store_state');
  const jobs = database
    .rows('SELECT DISTINCT job FROM runs WHERE job > ? ORDER BY job LIMIT ?', [from, JOBS_A_SLICE])
    .map(([job]) => job as number);
  let last = from;
  for (const job of jobs) {
    if (!tidyJob(database, op, budget, job)) break;
    last = job;
  }
  const isRoundUp = jobs.length < JOBS_A_SLICE && last === (jobs.at(-1) ?? from);
  database.run('UPDATE store_state SET tidied_job = ?', [isRoundUp ? 0 : last]);
  return isRoundUp;
};

function tidyJob(database: Sqlite, op: Slice, budget: Budget, job: number): boolean {
  dropRunsOf(database, job, op.runsPerJob, `outcome NOT IN (${REMARKABLE})`, budget);
  if (budget.left > 0)
    dropRunsOf(database, job, op.runsPerJob, `outcome IN (${REMARKABLE})`, budget);
  if (budget.left > 0) dropDetails(database, job, op.runDetailsPerJob, budget);
  return budget.left > 0;
}

/** The runs of one sort that are not among the newest `keep` of that sort. */
function dropRunsOf(
  database: Sqlite,
  job: number,
  keep: number,
  sort: string,
  budget: Budget,
): void {
  const oldest = database.row(
    `SELECT created_at, seq FROM runs WHERE job = ? AND ${sort} ORDER BY created_at DESC, seq DESC LIMIT 1 OFFSET ?`,
    [job, keep],
  );
  if (!oldest) return;
  const doomed = database.rows(
    `SELECT seq FROM runs WHERE job = ? AND ${sort} AND (created_at, seq) <= (?, ?) AND ${REMOVABLE}
      ORDER BY created_at, seq LIMIT ?`,
    [job, oldest[0] as number, oldest[1] as number, budget.left],
  );
  for (const [seq] of doomed) dropRun(database, seq as number);
  budget.left -= doomed.length;
}

/** Attempts and pages of the runs behind the newest `keep`. Finds them just behind, as it comes by often. */
function dropDetails(database: Sqlite, job: number, keep: number, budget: Budget): void {
  const doomed: number[] = [];
  let gap = 0;
  database
    .prepare(
      `SELECT r.seq, EXISTS (SELECT 1 FROM attempts a WHERE a.run = r.seq) OR EXISTS (SELECT 1 FROM pages p WHERE p.run = r.seq)
        FROM runs r WHERE r.job = ? AND r.state = ${FINISHED} ORDER BY r.created_at DESC LIMIT -1 OFFSET ?`,
    )
    .each([job, keep], ([seq, hasDetails]) => {
      if (hasDetails === 1) doomed.push(seq as number);
      gap = hasDetails === 1 ? 0 : gap + 1;
      return gap < DETAILS_GAP && doomed.length < budget.left;
    });
  for (const seq of doomed) dropDetailsOf(database, seq);
  budget.left -= doomed.length;
}

function dropDetailsOf(database: Sqlite, seq: number): void {
  database.run('DELETE FROM attempts WHERE run = ?', [seq]);
  database.run('DELETE FROM pages WHERE run = ?', [seq]);
  database.run('DELETE FROM read_pages WHERE run = ?', [seq]);
}

function dropRun(database: Sqlite, seq: number): void {
  database.run(ADD_TO_TOTALS, [seq]);
  database.run(
    `INSERT OR IGNORE INTO trimmed_runs (seq, id)
      SELECT seq, id FROM runs WHERE seq = ? AND new + changed + vanished > 0`,
    [seq],
  );
  dropDetailsOf(database, seq);
  database.run('DELETE FROM runs WHERE seq = ?', [seq]);
}

const ADD_TO_TOTALS = `INSERT INTO hourly_totals
    (job, hour, outcome, runs, duration_us, max_duration_us, received, new, changed, invalid, bytes)
  SELECT job, created_at / ${HOUR_MS}, outcome, occurrences, coalesce(duration_us, 0), coalesce(duration_us, 0),
    received, new, changed, invalid, bytes FROM runs WHERE seq = ? AND outcome IS NOT NULL
  ON CONFLICT (job, hour, outcome) DO UPDATE SET runs = runs + excluded.runs,
    duration_us = duration_us + excluded.duration_us, max_duration_us = max(max_duration_us, excluded.max_duration_us),
    received = received + excluded.received, new = new + excluded.new, changed = changed + excluded.changed,
    invalid = invalid + excluded.invalid, bytes = bytes + excluded.bytes`;

function spend(database: Sqlite, budget: Budget): boolean {
  budget.left -= database.changes;
  return budget.left > 0;
}
