import { beforeAll, describe, expect, it } from 'vitest';
import { loadSqlite, type Sqlite } from '../../../../../src/main/engine/store/database/sqlite.ts';
import { createDatabase } from '../../../../../src/main/engine/store/home/create.ts';
import { Memory } from '../../../../../src/main/engine/store/memory.ts';
import type { Op } from '../../../../../src/main/engine/store/ops.ts';
import type { QueryName } from '../../../../../src/main/engine/store/store.ts';
import { encodeTransaction } from '../../../../../src/main/engine/store/transaction.ts';
import type { Page } from '../../../../../src/shared/values.ts';
import { pageOp } from '../../../../support/pages.ts';
import { runRow } from '../../../../support/store-harness.ts';

const AT = Date.parse('2026-01-01T00:00:00.000Z');
const RUN = '11111111-1111-7111-8111-111111111111';

let database: Sqlite;
let memory: Memory;
/** Advances by this at each look. */
let stepMs = 0;

beforeAll(async () => {
  database = createDatabase(await loadSqlite(), new Uint8Array(16));
  let now = 0;
  memory = new Memory(database, () => (now += stepMs));
  put([{ kind: 'run.insert', run: runRow({ id: RUN, createdAt: AT }) }]);
  for (let page = 1; page <= 20; page++) put([pageOf(page)]);
  for (let at = 1; at <= 300; at++)
    put([{ kind: 'run.insert', run: runRow({ createdAt: AT + (at >> 2) * 1000, ...end(at) }) }]);
});

function pageOf(page: number): Op {
  const keys = Array.from({ length: 20 }, (_, at) => `k${String(page * 20 + at)}`);
  const records = Object.fromEntries(keys.map((key) => [key, { key }]));
  return pageOp(RUN, records, { page, at: AT + (page >> 1) * 1000, position: page + 1 });
}

function end(at: number) {
  return { state: 'finished', outcome: at % 3 ? 'succeeded' : 'failed', finishedAt: AT } as const;
}

function put(ops: readonly Op[]): void {
  const transaction = { ...encodeTransaction(ops), client: 1, clientSeq: memory.lsn + 1 };
  const [applied] = memory.apply([transaction]);
  if (applied?.kind !== 'applied') throw new Error(applied?.message);
}

type Ask = readonly [QueryName, Readonly<Record<string, unknown>>];

const LISTS: readonly Ask[] = [
  ['records.list', {}],
  ['records.list', { integrationId: 'api' }],
  ['records.list', { runId: RUN }],
  ['records.list', { writtenBy: RUN }],
  ['records.list', { writtenBy: RUN, integrationId: 'api', change: 'new' }],
  ['records.list', { change: 'new' }],
  ['records.list', { change: 'changed' }],
  ['records.list', { change: 'vanished', integrationId: 'api' }],
  ['records.list', { q: 'k1' }],
  ['records.list', { q: 'k1', integrationId: 'api', change: 'new' }],
  ['runs.list', {}],
  ['runs.list', { jobId: 'job' }],
  ['runs.list', { integrationId: 'api' }],
  ['runs.list', { trigger: 'schedule' }],
  ['runs.list', { outcome: 'failed' }],
  ['runs.list', { jobId: 'job', outcome: 'succeeded' }],
  ['runs.list', { state: 'running' }],
  ['runs.list', { state: 'finished' }],
  ['runs.list', { q: 'job' }],
  ['runs.list', { from: AT + 5000, to: AT + 50_000 }],
  ['runs.list', { from: AT + 5000, trigger: 'schedule', outcome: 'failed' }],
  ['dead-letters.list', {}],
  ['quarantine.list', {}],
  ['quarantine.list', { integrationId: 'api' }],
  ['quarantine.list', { runId: RUN, field: '/a' }],
];

function ask(name: QueryName, params: Readonly<Record<string, unknown>>): Page<unknown> {
  return memory.query(name, params) as Page<unknown>;
}

/** All pages of a list, one behind the other. */
function walk(name: QueryName, params: Readonly<Record<string, unknown>>, limit: number) {
  const items: unknown[] = [];
  let pages = 0;
  for (let cursor: string | undefined; ;) {
    const page = ask(name, { ...params, limit, ...(cursor === undefined ? {} : { cursor }) });
    items.push(...page.items);
    pages++;
    if (page.nextCursor === null) return { items, pages };
    cursor = page.nextCursor;
  }
}

describe.each(LISTS)('%s %j', (name, params) => {
  it('is read in the order of an index, wherever a page begins', () => {
    const asked = new Set<string>();
    const prepare = database.prepare.bind(database);
    database.prepare = (sql) => {
      asked.add(sql);
      return prepare(sql);
    };
    walk(name, params, 50);
    database.prepare = prepare;
    const lists = [...asked].filter((sql) => sql.includes(' ORDER BY '));
    expect(lists.length).toBeGreaterThan(0);
    const steps = lists.flatMap((sql) => {
      const values = Array.from({ length: sql.split('?').length - 1 }, () => 1);
      return database.rows(`EXPLAIN QUERY PLAN ${sql}`, values).map(([, , , step]) => String(step));
    });
    expect(steps.filter((step) => /TEMP B-TREE FOR ORDER BY/.test(step))).toEqual([]);
    expect(steps.filter((step) => /^SCAN (records|runs|quarantine)\b/.test(step))).toEqual([]);
  });

  it('gives each row once, in pages of any size and in however many slices', () => {
    stepMs = 0;
    const { items } = walk(name, params, 500);
    expect(walk(name, params, 7).items).toEqual(items);
    // Each look at the clock uses up the time of a slice.
    stepMs = 20;
    const sliced = walk(name, params, 50);
    stepMs = 0;
    expect(sliced.items).toEqual(items);
  });
});
