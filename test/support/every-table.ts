import { createHash } from 'node:crypto';
import { jobInputSchema, type JobDefinition } from '../../src/shared/job.ts';
import type { Sqlite } from '../../src/main/engine/store/database/sqlite.ts';
import type {
  JobRuntime,
  Op,
  PageValidator,
  QuarantineRow,
} from '../../src/main/engine/store/ops.ts';
import { pageOp } from './pages.ts';
import { sampleIntegration } from './sample-integration.ts';
import { runRow, type StoreHarness } from './store-harness.ts';

const AT = Date.parse('2026-01-01T00:00:00.000Z');
const DAY = 86_400_000;

/** Leaves rows in every table of the store, by ordinary transactions. */
export async function fillEveryTable(store: StoreHarness): Promise<void> {
  await store.commit(declarations());
  await readTwice(store);
  await store.commit(unfinished());
  await store.commit(retention());
}

/** Every table, row by row, in the order of their keys. */
export function allTables(database: Sqlite): Record<string, unknown[][]> {
  return Object.fromEntries(
    database
      .rows("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
      .map(([name]) => [String(name), database.rows(`SELECT * FROM "${String(name)}"`)]),
  );
}

function declarations(): Op[] {
  return [
    { kind: 'setting.put', name: 'retention', value: { runsDays: 30 } },
    {
      kind: 'secret.put',
      name: 'token',
      origin: 'https://api.example.com',
      sealed: Buffer.from([1, 2, 0, 3]),
      at: AT,
    },
    { kind: 'integration.put', integration: sampleIntegration({ id: 'api', name: 'Ártico' }) },
    { kind: 'job.put', job: job(), runtime: runtime() },
    { kind: 'watermark.put', jobId: 'job', value: '2026-01-01' },
    {
      kind: 'idempotency.put',
      key: 'once',
      jobId: 'job',
      bodyHash: 'aa',
      runIds: ['00000000-0000-7000-8000-0000000000aa'],
      expiresAt: AT + 365 * DAY,
    },
  ];
}

/** Two complete reads: the second changes one record, misses another and refuses a third. */
async function readTwice(store: StoreHarness): Promise<void> {
  const pages = [
    { a: { id: 'a', price: '12345678901234567890.10' }, b: { id: 'b', name: 'ção 😀' } },
    { a: { id: 'a', price: '1' } },
  ];
  for (const [number, records] of pages.entries()) {
    const at = AT + number * DAY;
    const run = runRow({
      id: `00000000-0000-7000-8000-00000000100${String(number)}`,
      scheduledFor: at,
      createdAt: at,
    });
    await store.commit([
      { kind: 'run.insert', run },
      {
        kind: 'attempt.put',
        runId: run.id,
        number: 1,
        startedAt: at,
        finishedAt: at + 5,
        outcome: 'succeeded',
        error: null,
      },
      pageOp(run.id, records, {
        at,
        quarantine: number === 1 ? [refused()] : [],
        validator: validator(),
      }),
      {
        kind: 'steps.put',
        runId: run.id,
        attempt: 1,
        page: 1,
        stepMs: { persist: 1.5 },
      },
      {
        kind: 'read.complete',
        runIds: [run.id],
        jobId: 'job',
        integrationId: 'api',
        at,
        markVanished: true,
        keepValidators: true,
        watermark: `2026-01-0${String(number + 1)}`,
      },
      {
        kind: 'run.patch',
        id: run.id,
        patch: { state: 'finished', outcome: 'succeeded', finishedAt: at + 5, durationMs: 5 },
      },
    ]);
  }
}

/** A run that is in the middle of its pages, and one whose records wait until it is known to be good enough. */
function unfinished(): Op[] {
  const reading = runRow({ id: '00000000-0000-7000-8000-000000002000', createdAt: AT + 3 * DAY });
  const staging = runRow({ id: '00000000-0000-7000-8000-000000002001', createdAt: AT + 3 * DAY });
  return [
    { kind: 'run.insert', run: reading },
    pageOp(reading.id, { c: { id: 'c' } }, { at: AT + 3 * DAY, position: { page: 2 } }),
    { kind: 'run.insert', run: staging },
    pageOp(staging.id, { d: { id: 'd' } }, { at: AT + 3 * DAY, position: 2, staged: true }),
  ];
}

/** The first run goes: it lives on in the totals, and its id where a version names it. */
function retention(): Op[] {
  return [
    {
      kind: 'retention.slice',
      now: AT + 4 * DAY,
      runsBefore: AT + DAY / 2,
      runsPerJob: 10_000,
      runDetailsPerJob: 200,
      versionsPerRecord: 20,
      recordsBefore: null,
      quarantineBefore: 0,
      maxRows: 500,
    },
  ];
}

function refused(): QuarantineRow {
  const raw = '{"id":null}';
  return {
    reason: 'schema',
    rule: 'type',
    field: '/id',
    value: 'null',
    raw,
    hash: createHash('sha256').update(raw).digest('hex').slice(0, 32),
  };
}

function validator(): PageValidator {
  return {
    page: 1,
    url: 'http://127.0.0.1/items',
    etag: '"1"',
    lastModified: null,
    bodyHash: 'bb',
    next: null,
    records: 2,
    invalid: 0,
  };
}

function job(): JobDefinition {
  const instant = new Date(AT).toISOString();
  const input = jobInputSchema.parse({
    id: 'job',
    name: 'Job',
    integrationId: 'api',
  });
  return { ...input, id: 'job', createdAt: instant, updatedAt: instant };
}

function runtime(): JobRuntime {
  return {
    state: 'enabled',
    pausedUntil: null,
    pauseReason: null,
    pauseSays: { key: 'pausedByFailures', data: { count: 10, failure: '503' } },
    pausedAt: null,
    coveredUntil: AT + 3 * DAY,
    coveredSince: AT,
    lastEndAt: AT + DAY + 5,
    lastSuccessAt: AT + DAY,
    failuresInRow: 0,
    configErrorsInRow: 0,
  };
}
