import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadSqlite, type Sqlite } from '../../../../src/main/engine/store/database/sqlite.ts';
import { createDatabase } from '../../../../src/main/engine/store/home/create.ts';
import { Memory } from '../../../../src/main/engine/store/memory.ts';
import type { Op, OpResults, RunRow } from '../../../../src/main/engine/store/ops.ts';
import { encodeTransaction } from '../../../../src/main/engine/store/transaction.ts';
import { pageOp } from '../../../support/pages.ts';
import { runRow } from '../../../support/store-harness.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = Date.parse('2026-03-01T00:00:00.000Z');

type Slice = Extract<Op, { kind: 'retention.slice' }>;

let database: Sqlite;
let memory: Memory;

beforeEach(async () => {
  database = createDatabase(await loadSqlite(), new Uint8Array(16));
  memory = new Memory(database, () => 0);
});

afterEach(() => {
  expect(memory.rows, 'counted as rows come and go').toEqual({
    runs: database.number('SELECT count(*) FROM runs'),
    records: database.number('SELECT count(*) FROM records'),
  });
});

describe('the runs of a job', () => {
  it('are kept up to a number, the newest ones, and as many failures beside them', () => {
    for (let minute = 0; minute < 20; minute++)
      finished({
        createdAt: NOW - (20 - minute) * 60_000,
        outcome: minute % 4 ? 'succeeded' : 'failed',
      });
    tidy({ runsPerJob: 4 });
    const left = minutesLeft();
    expect(left.filter((minute) => minute % 4 === 0)).toEqual([4, 8, 12, 16]);
    expect(left.filter((minute) => minute % 4 !== 0)).toEqual([15, 17, 18, 19]);
  });

  it('of another job are left alone', () => {
    for (let at = 0; at < 5; at++) {
      finished({ jobId: 'many', createdAt: NOW - HOUR + at });
      finished({ jobId: 'few', createdAt: NOW - HOUR + at });
    }
    finished({ jobId: 'many', createdAt: NOW - 1 });
    tidy({ runsPerJob: 5 });
    expect(runsOf('few')).toBe(5);
    expect(runsOf('many')).toBe(5);
  });

  it('go after some days, whatever came of them, but those that are not finished stay', () => {
    finished({ createdAt: NOW - 40 * DAY, outcome: 'failed' });
    const open = insert({ createdAt: NOW - 40 * DAY });
    finished({ createdAt: NOW - 2 * DAY });
    tidy({ runsBefore: NOW - 30 * DAY });
    expect(memory.rows.runs).toBe(2);
    expect(memory.query('runs.get', { id: open.id })).not.toBeNull();
  });

  it('are never all gone: the newest number stays taken', () => {
    const last = finished({ createdAt: NOW - 40 * DAY });
    tidy({ runsBefore: NOW });
    expect(memory.query('runs.get', { id: last.id })).not.toBeNull();
    const next = insert({ createdAt: NOW });
    expect(memory.query('runs.get', { id: next.id })).not.toBeNull();
    expect(memory.rows.runs).toBe(2);
  });
});

describe('what trimmed runs counted', () => {
  it('lives on in the totals of their hours', () => {
    const nine = NOW - 15 * HOUR;
    for (const [createdAt, durationMs, keys] of [
      [nine, 100, ['a', 'b']],
      [nine + 60_000, 300, ['b', 'c']],
      [nine + HOUR, 50, ['d']],
    ] as const) {
      const run = insert({ createdAt });
      put(pageOp(run.id, Object.fromEntries(keys.map((key) => [key, { key }])), { at: createdAt }));
      finish(run, { outcome: 'succeeded', durationMs });
    }
    finished({ createdAt: nine, outcome: 'failed', durationMs: 7 });
    finished({ createdAt: NOW - 1 });
    tidy({ runsBefore: NOW - HOUR });
    expect(memory.rows.runs).toBe(1);
    expect(totals()).toEqual([
      {
        hour: nine / HOUR,
        outcome: 'succeeded',
        runs: 2,
        ms: 400,
        maxMs: 300,
        received: 4,
        new: 3,
      },
      { hour: nine / HOUR, outcome: 'failed', runs: 1, ms: 7, maxMs: 7, received: 0, new: 0 },
      {
        hour: nine / HOUR + 1,
        outcome: 'succeeded',
        runs: 1,
        ms: 50,
        maxMs: 50,
        received: 1,
        new: 1,
      },
    ]);
  });

  it('is added up in however many slices it takes', () => {
    for (let at = 0; at < 50; at++) finished({ createdAt: NOW - 10 * DAY + at, durationMs: 2 });
    finished({ createdAt: NOW });
    let slices = 0;
    for (; slice({ runsBefore: NOW - DAY, maxRows: 7 }).more; slices++);
    expect(slices).toBeGreaterThanOrEqual(7);
    expect(totals()).toMatchObject([{ runs: 50, ms: 100 }]);
  });

  it('counts each skipped instant of a row that stands for many', () => {
    finished({ createdAt: NOW - 10 * DAY, outcome: 'skipped', occurrences: 300 });
    finished({ createdAt: NOW });
    tidy({ runsBefore: NOW - DAY });
    expect(totals()).toMatchObject([{ outcome: 'skipped', runs: 300 }]);
  });

  it('still names the run that brought a record', () => {
    const run = insert({ createdAt: NOW - 10 * DAY });
    put(pageOp(run.id, { a: { key: 'a' } }));
    finish(run, {});
    finished({ createdAt: NOW });
    tidy({ runsBefore: NOW - DAY });
    expect(memory.query('runs.get', { id: run.id })).toBeNull();
    expect(memory.query('records.get', { integrationId: 'api', key: 'a' })).toMatchObject({
      runId: run.id,
    });
  });
});

describe('the ids of trimmed runs', () => {
  it('are forgotten when no record and no version names them any more, the newest never', () => {
    const runs = [3, 2, 1].map((days) => insert({ createdAt: NOW - days * DAY }));
    for (const [at, run] of runs.entries()) {
      put(pageOp(run.id, { a: { key: 'a', at }, [`only ${String(at)}`]: { at } }, { page: 1 }));
      finish(run, {});
    }
    const newest = finished({ createdAt: NOW });
    tidy({ runsBefore: NOW - HOUR });
    expect(trimmed()).toHaveLength(3);
    trimNames();
    expect(trimmed()).toHaveLength(3);

    // Of the versions only the last stays, and the records that only the first two runs knew go.
    tidy({ versionsPerRecord: 1 });
    put({ kind: 'versions.trim', afterRecord: 0, versionsPerRecord: 1, maxRecords: 100 });
    database.run("DELETE FROM records WHERE key IN ('only 0', 'only 1', 'only 2')");
    memory = new Memory(database, () => 0);
    trimNames();
    expect(trimmed()).toEqual([2, 3]);
    database.run('DELETE FROM records');
    database.run('DELETE FROM record_versions');
    memory = new Memory(database, () => 0);
    trimNames();
    expect(trimmed()).toEqual([3]);
    expect(memory.query('runs.get', { id: newest.id })).not.toBeNull();
  });
});

describe('details', () => {
  it('of the newest runs are kept, of those behind only the run itself', () => {
    const runs = Array.from({ length: 6 }, (_, at) => {
      const run = insert({ createdAt: NOW - HOUR + at });
      put({
        kind: 'attempt.put',
        runId: run.id,
        number: 1,
        startedAt: NOW,
        finishedAt: NOW,
        outcome: 'succeeded',
        error: null,
      });
      put(pageOp(run.id, { [`r${String(at)}`]: { at } }));
      return finish(run, {});
    });
    tidy({ runDetailsPerJob: 2 });
    const attempts = runs.map(
      ({ id }) => (memory.query('runs.get', { id }) as { attempts: unknown[] }).attempts.length,
    );
    expect(attempts).toEqual([0, 0, 0, 0, 1, 1]);
    expect(database.number('SELECT count(*) FROM pages')).toBe(2);
    expect(memory.rows.runs).toBe(6);
  });
});

describe('records', () => {
  it('go when they vanished long ago, or when nothing was read for long; others stay', () => {
    complete('stale', NOW - 50 * DAY, { a: {}, b: {} });
    complete('fresh', NOW - 50 * DAY, { c: {}, d: {} });
    complete('fresh', NOW - 40 * DAY, { d: {} });
    complete('fresh', NOW - DAY, { d: {} });
    tidy({ recordsBefore: NOW - 30 * DAY });
    const keys = database.rows('SELECT key FROM records ORDER BY key').map(([key]) => key);
    expect(keys).toEqual(['d']);
    expect(memory.rows.records).toBe(1);
    expect(database.rows('SELECT live FROM integration_states ORDER BY live')).toEqual([[0], [1]]);
  });

  it('that vanished are found among the few that did, not among all', () => {
    const asked: string[] = [];
    const prepare = database.prepare.bind(database);
    database.prepare = (sql) => {
      asked.push(sql);
      return prepare(sql);
    };
    tidy({ recordsBefore: NOW });
    database.prepare = prepare;
    const sql = asked.find((one) => one.includes('FROM records WHERE change = ')) ?? '';
    const plan = database.rows(`EXPLAIN QUERY PLAN ${sql}`, [0, 1]).map(([, , , step]) => step);
    expect(plan).toEqual([expect.stringContaining('records_change')]);
  });

  it('stay for ever where nothing else is said', () => {
    complete('stale', NOW - 5000 * DAY, { a: {} });
    tidy({ recordsBefore: null });
    expect(memory.rows.records).toBe(1);
  });

  it('that come again after they went are new, and counted as such', () => {
    complete('stale', NOW - 50 * DAY, { a: { x: 1 } });
    tidy({ recordsBefore: NOW - 30 * DAY });
    complete('stale', NOW, { a: { x: 1 } });
    expect(memory.query('records.get', { integrationId: 'stale', key: 'a' })).toMatchObject({
      change: 'new',
      version: 1,
    });
  });

  it('keep fewer versions when the setting says so, record by record', () => {
    for (let at = 0; at < 6; at++) complete('api', NOW + at, { a: { at }, b: { at }, c: {} });
    expect(versions('a')).toEqual([1, 2, 3, 4, 5]);
    let after: number | null = 0;
    let slices = 0;
    while (after !== null) {
      const op: Op = {
        kind: 'versions.trim',
        afterRecord: after,
        versionsPerRecord: 2,
        maxRecords: 2,
      };
      after = (put(op) as OpResults['versions.trim']).next;
      slices++;
    }
    expect(slices).toBe(3);
    expect(versions('a')).toEqual([4, 5]);
    expect(versions('b')).toEqual([4, 5]);
    complete('api', NOW + 10, { a: { at: 10 }, b: { at: 5 }, c: {} });
    tidy({ versionsPerRecord: 2 });
    complete('api', NOW + 11, { a: { at: 11 }, b: { at: 5 }, c: {} });
    expect(versions('a')).toEqual([6, 7]);
  });
});

describe('room', () => {
  it('is made by the oldest unremarkable runs of all jobs, failures last', () => {
    for (let at = 0; at < 10; at++)
      finished({
        jobId: `job${String(at % 2)}`,
        createdAt: NOW + at,
        outcome: at < 3 ? 'failed' : 'succeeded',
      });
    expect(put({ kind: 'history.trim', maxRows: 4 })).toEqual({ removed: 4, more: true });
    expect(createdLeft()).toEqual([0, 1, 2, 7, 8, 9]);
    expect(put({ kind: 'history.trim', maxRows: 4 })).toEqual({ removed: 4, more: true });
    expect(createdLeft()).toEqual([2, 9]);
    expect(put({ kind: 'history.trim', maxRows: 4 })).toEqual({ removed: 1, more: false });
    expect(createdLeft()).toEqual([9]);
    expect(totals().reduce((sum, { runs }) => sum + runs, 0)).toBe(9);
  });

  it('touches no record', () => {
    complete('api', NOW, { a: {}, b: {} });
    put({ kind: 'history.trim', maxRows: 100 });
    expect(memory.rows.records).toBe(2);
  });

  it('shrinks the file when its pages are given back', () => {
    for (let at = 0; at < 2000; at++) finished({ createdAt: NOW + at, reason: 'x'.repeat(200) });
    const before = memory.bytes;
    put({ kind: 'history.trim', maxRows: 5000 });
    expect(memory.freeBytes).toBeGreaterThan(before / 2);
    memory.shrink(10_000);
    expect(memory.bytes).toBeLessThan(before / 2);
    expect(database.rows('PRAGMA integrity_check')).toEqual([['ok']]);
  });
});

// Writing

function put(op: Op): unknown {
  const [applied] = memory.apply([
    { ...encodeTransaction([op]), client: 1, clientSeq: memory.lsn + 1 },
  ]);
  if (applied?.kind !== 'applied') throw new Error(applied?.message);
  return applied.results?.[0] ?? null;
}

function insert(fields: Partial<RunRow>): RunRow {
  const run = runRow(fields);
  put({ kind: 'run.insert', run });
  return run;
}

function finish(run: RunRow, patch: Partial<RunRow>): RunRow {
  const end = { state: 'finished', outcome: 'succeeded', finishedAt: run.createdAt + 1 } as const;
  put({ kind: 'run.patch', id: run.id, patch: { ...end, ...patch } });
  return run;
}

function finished(fields: Partial<RunRow>): RunRow {
  return insert({
    state: 'finished',
    outcome: 'succeeded',
    finishedAt: fields.createdAt ?? NOW,
    ...fields,
  });
}

/** A complete read of an integration that found these records. */
function complete(integrationId: string, at: number, records: Record<string, unknown>): void {
  const run = insert({ integrationId, jobId: integrationId, createdAt: at });
  put(pageOp(run.id, records, { integrationId, at }));
  put({
    kind: 'read.complete',
    runIds: [run.id],
    integrationId,
    jobId: integrationId,
    at,
    markVanished: true,
    keepValidators: false,
    watermark: null,
  });
  finish(run, {});
}

function slice(fields: Partial<Slice>): OpResults['retention.slice'] {
  return put({
    kind: 'retention.slice',
    now: NOW,
    runsBefore: 0,
    runsPerJob: 10_000,
    runDetailsPerJob: 200,
    versionsPerRecord: 20,
    recordsBefore: null,
    quarantineBefore: 0,
    maxRows: 500,
    ...fields,
  }) as OpResults['retention.slice'];
}

function tidy(fields: Partial<Slice>): void {
  for (let slices = 0; slice(fields).more; slices++) if (slices > 100) throw new Error('No end.');
}

function trimNames(): void {
  let after: number | null = 0;
  while (after !== null)
    after = (
      put({ kind: 'run-names.trim', afterRun: after, maxRuns: 2 }) as OpResults['run-names.trim']
    ).next;
}

// Reading

function trimmed(): number[] {
  return database.rows('SELECT seq FROM trimmed_runs ORDER BY seq').map(([seq]) => seq as number);
}

function createdLeft(): number[] {
  return database
    .rows('SELECT created_at FROM runs ORDER BY created_at')
    .map(([at]) => (at as number) - NOW);
}

function minutesLeft(): number[] {
  return createdLeft().map((at) => 20 + at / 60_000);
}

function runsOf(jobId: string): number {
  return database.number(
    'SELECT count(*) FROM runs WHERE job = (SELECT id FROM names WHERE name = ?)',
    [jobId],
  );
}

function versions(key: string): number[] {
  return database
    .rows(
      'SELECT v.version FROM record_versions v JOIN records r ON r.id = v.record WHERE r.key = ? ORDER BY 1',
      [key],
    )
    .map(([version]) => version as number);
}

const OUTCOMES = ['succeeded', 'partial', 'failed', 'timed-out', 'cancelled', 'skipped'];

function totals() {
  return database
    .rows(
      'SELECT hour, outcome, runs, duration_us, max_duration_us, received, new FROM hourly_totals ORDER BY hour, outcome',
    )
    .map((row) => row as number[])
    .map(([hour = 0, outcome = 0, runs = 0, us = 0, maxUs = 0, received = 0, fresh = 0]) => ({
      hour,
      outcome: OUTCOMES[outcome],
      runs,
      ms: us / 1000,
      maxMs: maxUs / 1000,
      received,
      new: fresh,
    }));
}
