import { changes, runStates } from '../codes.ts';
import type { Sqlite } from '../database/sqlite.ts';
import type { Op, OpResults } from '../ops.ts';
import {
  dropDetails,
  dropRun,
  oldestRuns,
  REMARKABLE,
  REMOVABLE,
  UNREMARKABLE,
} from './run-removal.ts';

type Slice = Extract<Op, { kind: 'retention.slice' }>;
type HistoryTrim = Extract<Op, { kind: 'history.trim' }>;
type VersionsTrim = Extract<Op, { kind: 'versions.trim' }>;
type RunNamesTrim = Extract<Op, { kind: 'run-names.trim' }>;

const FINISHED = runStates.code('finished');
const VANISHED = changes.code('vanished');
const JOBS_A_SLICE = 10;
/** Rows without details after which no more are expected further back. */
const DETAILS_GAP = 200;

/** What a slice may still take away, and how much of what is counted it took. */
interface Budget {
  left: number;
  readonly gone: { runs: number; records: number };
}

/** An answer, and how many rows of each sort are no longer there. */
export interface Tidied<R> {
  readonly result: R;
  readonly gone: Readonly<Budget['gone']>;
}

/** Answers whether it has nothing left to do. */
type Step<O> = (database: Sqlite, op: O, budget: Budget) => boolean;

/**
 * One slice of tidying, at most about `maxRows` rows. Runs that go are added to the hourly totals; ids of runs that
 * records still name are kept. The caller forgets what it remembered of the database.
 */
export function sweep(database: Sqlite, op: Slice): Tidied<OpResults['retention.slice']> {
  database.run('UPDATE store_state SET versions_kept = ? WHERE versions_kept <> ?', [
    op.versionsPerRecord,
    op.versionsPerRecord,
  ]);
  const { result, gone } = inSteps(database, op, [
    dropExpiredKeys,
    dropQuarantine,
    dropVanishedRecords,
    dropUnseenRecords,
    dropOldRuns,
    tidyJobs,
  ]);
  return { result: { ...result, records: gone.records }, gone };
}

/** One slice of making room: the oldest unremarkable runs, then the others, then refused records, oldest first. */
export function trimHistory(database: Sqlite, op: HistoryTrim): Tidied<OpResults['history.trim']> {
  return inSteps(database, op, [
    (_, __, budget) =>
      dropRuns(database, oldestRuns(database, UNREMARKABLE, null, budget.left), budget),
    (_, __, budget) =>
      dropRuns(database, oldestRuns(database, REMARKABLE, null, budget.left), budget),
    (_, __, budget) => dropOldestQuarantine(database, budget),
  ]);
}

/** Looks at `maxRecords` records behind one and takes away the versions beyond those that are kept. */
export function trimVersions(
  database: Sqlite,
  { afterRecord, versionsPerRecord, maxRecords }: VersionsTrim,
): OpResults['versions.trim'] {
  const last = database.number(
    'SELECT max(id) FROM (SELECT id FROM records WHERE id > ? ORDER BY id LIMIT ?)',
    [afterRecord, maxRecords],
  );
  if (last === 0) return { removed: 0, next: null };
  database.run(
    `DELETE FROM record_versions WHERE record > ? AND record <= ?
      AND version < (SELECT r.version FROM records r WHERE r.id = record) - ?`,
    [afterRecord, last, versionsPerRecord],
  );
  return { removed: database.changes, next: last };
}

/** Forgets ids of trimmed runs that nothing names any more; the newest number stays taken. */
export function trimRunNames(
  database: Sqlite,
  { afterRun, maxRuns }: RunNamesTrim,
): OpResults['run-names.trim'] {
  const last = database.number(
    'SELECT max(seq) FROM (SELECT seq FROM trimmed_runs WHERE seq > ? ORDER BY seq LIMIT ?)',
    [afterRun, maxRuns],
  );
  if (last === 0) return { removed: 0, next: null };
  database.run(
    `DELETE FROM trimmed_runs WHERE seq > ? AND seq <= ?
      AND seq < (SELECT max(seq) FROM trimmed_runs)
      AND NOT EXISTS (SELECT 1 FROM records r WHERE r.run = trimmed_runs.seq)
      AND NOT EXISTS (SELECT 1 FROM records r WHERE r.data_run = trimmed_runs.seq)
      AND NOT EXISTS (SELECT 1 FROM record_versions v WHERE v.run = trimmed_runs.seq)`,
    [afterRun, last],
  );
  return { removed: database.changes, next: last };
}

function inSteps<O extends { readonly maxRows: number }>(
  database: Sqlite,
  op: O,
  steps: readonly Step<O>[],
): Tidied<OpResults['history.trim']> {
  const budget: Budget = { left: op.maxRows, gone: { runs: 0, records: 0 } };
  let isThrough = true;
  for (const step of steps) {
    isThrough = step(database, op, budget) && isThrough;
    if (budget.left <= 0) break;
  }
  const result = { removed: op.maxRows - budget.left, more: budget.left <= 0 || !isThrough };
  return { result, gone: budget.gone };
}

const dropExpiredKeys: Step<Slice> = (database, op, budget) => {
  database.run(
    'DELETE FROM idempotency_keys WHERE key IN (SELECT key FROM idempotency_keys WHERE expires_at <= ? LIMIT ?)',
    [op.now, budget.left],
  );
  return spend(database, budget);
};

const dropQuarantine: Step<Slice> = (database, op, budget) => {
  database.run(
    'DELETE FROM quarantine WHERE id IN (SELECT id FROM quarantine WHERE last_seen < ? LIMIT ?)',
    [op.quarantineBefore, budget.left],
  );
  return spend(database, budget);
};

function dropOldestQuarantine(database: Sqlite, budget: Budget): boolean {
  database.run(
    'DELETE FROM quarantine WHERE id IN (SELECT id FROM quarantine ORDER BY last_seen LIMIT ?)',
    [budget.left],
  );
  return spend(database, budget);
}

/** The index of records that are not new says so by `change > 0`. */
const dropVanishedRecords: Step<Slice> = (database, op, budget) => {
  if (op.recordsBefore === null || budget.left <= 0) return true;
  const doomed = database.rows(
    `SELECT id, integration FROM records WHERE change = ${VANISHED} AND change > 0 AND changed_at < ?
      ORDER BY changed_at LIMIT ?`,
    [op.recordsBefore, budget.left],
  );
  for (const [id, integration] of doomed) dropRecord(database, id, integration, 0);
  budget.gone.records += doomed.length;
  return took(budget, doomed.length);
};

/** Records of what was not read whole since the limit: a complete read sees all that have not vanished. */
const dropUnseenRecords: Step<Slice> = (database, op, budget) => {
  if (op.recordsBefore === null || budget.left <= 0) return true;
  const unread = database.rows(
    'SELECT integration FROM integration_states WHERE live > 0 AND coalesce(last_complete_at, 0) < ?',
    [op.recordsBefore],
  );
  for (const [integration] of unread) {
    const doomed = database.rows(
      `SELECT id FROM records WHERE integration = ? AND changed_at < ? AND vanished_at IS NULL
        ORDER BY changed_at LIMIT ?`,
      [integration as number, op.recordsBefore, budget.left],
    );
    for (const [id] of doomed) dropRecord(database, id, integration, 1);
    budget.gone.records += doomed.length;
    if (!took(budget, doomed.length)) return false;
  }
  return true;
};

function dropRecord(database: Sqlite, id: unknown, integration: unknown, isLive: 0 | 1): void {
  database.run('DELETE FROM record_versions WHERE record = ?', [id as number]);
  database.run('DELETE FROM records WHERE id = ?', [id as number]);
  database.run(
    'UPDATE integration_states SET writes = writes + 1, live = live - ? WHERE integration = ?',
    [isLive, integration as number],
  );
}

const dropOldRuns: Step<Slice> = (database, op, budget) => {
  if (budget.left <= 0) return false;
  const doomed = database
    .rows(
      `SELECT seq FROM runs WHERE created_at < ? AND ${REMOVABLE} ORDER BY created_at LIMIT ?`,
      [op.runsBefore, budget.left],
    )
    .map(([seq]) => seq as number);
  return dropRuns(database, doomed, budget);
};

/** Some jobs a slice, from where the last one stopped; through when it came round. */
const tidyJobs: Step<Slice> = (database, op, budget) => {
  if (budget.left <= 0) return false;
  let last = database.number('SELECT tidied_job FROM store_state');
  for (let tidied = 0; tidied < JOBS_A_SLICE; tidied++) {
    const job = database.number('SELECT job FROM runs WHERE job > ? ORDER BY job LIMIT 1', [last]);
    const isRound = job === 0;
    if (isRound) last = 0;
    else if (tidyJob(database, op, budget, job)) last = job;
    if (isRound || last !== job) {
      noteTidied(database, last);
      return isRound;
    }
  }
  noteTidied(database, last);
  return false;
};

/** Where the next slice goes on. */
function noteTidied(database: Sqlite, job: number): void {
  database.run('UPDATE store_state SET tidied_job = ?', [job]);
}

function tidyJob(database: Sqlite, op: Slice, budget: Budget, job: number): boolean {
  for (const codes of [UNREMARKABLE, REMARKABLE])
    if (!dropSurplus(database, op.runsPerJob, codes, budget, job)) return false;
  return dropOldDetails(database, job, op.runDetailsPerJob, budget);
}

/** The runs of one sort that are not among the newest `keep` of that sort. */
function dropSurplus(
  database: Sqlite,
  keep: number,
  codes: readonly number[],
  budget: Budget,
  job: number,
): boolean {
  let surplus = -keep;
  for (const code of codes)
    surplus += database.number(
      'SELECT count(*) FROM (SELECT 1 FROM runs WHERE job = ? AND outcome = ? LIMIT ?)',
      [job, code, keep + budget.left],
    );
  if (surplus <= 0) return true;
  const doomed = oldestRuns(database, codes, job, Math.min(surplus, budget.left));
  return dropRuns(database, doomed, budget);
}

/** Attempts and pages of the runs behind the newest `keep`. Finds them just behind, as it comes by often. */
function dropOldDetails(database: Sqlite, job: number, keep: number, budget: Budget): boolean {
  const doomed: number[] = [];
  let gap = 0;
  database.prepare(RUNS_BEHIND).each([job, keep], ([seq, hasDetails]) => {
    if (hasDetails === 1) doomed.push(seq as number);
    gap = hasDetails === 1 ? 0 : gap + 1;
    return gap < DETAILS_GAP && doomed.length < budget.left;
  });
  for (const seq of doomed) dropDetails(database, seq);
  budget.left -= doomed.length;
  return budget.left > 0;
}

const RUNS_BEHIND = `SELECT r.seq,
    EXISTS (SELECT 1 FROM attempts a WHERE a.run = r.seq) OR EXISTS (SELECT 1 FROM pages p WHERE p.run = r.seq)
  FROM runs r WHERE r.job = ? AND r.state = ${FINISHED} ORDER BY r.created_at DESC, r.seq DESC LIMIT -1 OFFSET ?`;

function dropRuns(database: Sqlite, seqs: readonly number[], budget: Budget): boolean {
  for (const seq of seqs) dropRun(database, seq);
  budget.gone.runs += seqs.length;
  return took(budget, seqs.length);
}

function took(budget: Budget, count: number): boolean {
  budget.left -= count;
  return budget.left > 0;
}

function spend(database: Sqlite, budget: Budget): boolean {
  budget.left -= database.changes;
  return budget.left > 0;
}
