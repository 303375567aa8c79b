import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { IntegrationInput } from '../../src/shared/integration.ts';
import type { JobInput } from '../../src/shared/job.ts';
import type { Run } from '../../src/shared/run.ts';
import { startApiServer, type ApiServer, type ReceivedRequest } from '../support/api-server.ts';
import { runJob } from '../support/run-job.ts';
import { startTestEngine, type TestEngine } from '../support/test-engine.ts';

interface Item {
  readonly id: number;
  readonly [name: string]: unknown;
}

const PAGE = 50;
const items = (count: number, more: object = {}): Item[] =>
  Array.from({ length: count }, (_, index) => ({ id: index + 1, price: index, ...more }));

/** A paged list that a test changes between the reads. */
class Catalogue {
  items: readonly Item[];
  withEtags = true;
  /** Answers instead of the list. */
  instead: ((request: ReceivedRequest) => number | null) | null = null;

  constructor(list: readonly Item[]) {
    this.items = list;
  }

  answer(request: ReceivedRequest) {
    const status = this.instead?.(request) ?? null;
    if (status !== null) return { status };
    const page = Number(request.query.get('page') ?? '1');
    const body = JSON.stringify({ items: this.items.slice((page - 1) * PAGE, page * PAGE) });
    if (!this.withEtags) return { body };
    const etag = `"${createHash('sha256').update(body).digest('hex').slice(0, 16)}"`;
    if (request.headers['if-none-match'] === etag) return { status: 304, headers: { etag } };
    return { body, headers: { etag } };
  }
}

async function start(
  list: readonly Item[],
  integration: Partial<IntegrationInput> = {},
  job: Partial<JobInput> = {},
): Promise<{
  list: Catalogue;
  api: ApiServer;
  engine: TestEngine;
  declared: IntegrationInput & { id: string };
  collect: () => Promise<Run>;
}> {
  const catalogue = new Catalogue(list);
  const api = await startApiServer((request) => catalogue.answer(request));
  const engine = await startTestEngine();
  const declared = {
    name: 'Items',
    request: { url: api.url },
    pagination: { kind: 'page-number' as const },
    records: { path: '$.items[*]' },
    key: ['id'],
    retry: { maxAttempts: 1 },
    ...integration,
    id: 'items',
  };
  await engine.call('integrations.create', declared);
  const retry = { maxAttempts: 1 };
  await engine.call('jobs.create', {
    id: 'collect',
    name: 'Collect',
    integrationId: 'items',
    retry,
    ...job,
  });
  return { list: catalogue, api, engine, declared, collect: () => runJob(engine, 'collect') };
}

async function journalBytes({ home }: TestEngine): Promise<number> {
  const journals = (await readdir(home)).filter((name) => name.startsWith('journal'));
  const sizes = journals.map(async (name) => (await stat(join(home, name))).size);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

/** Pages of a run, in their order. */
async function pagesOf({ call }: TestEngine, run: Run) {
  const { attempts } = await call('runs.get', { id: run.id });
  return attempts.flatMap(({ pages }) => pages);
}

describe('The second read of an API that has not changed', () => {
  it.each([
    { by: '304 Not Modified', withEtags: true },
    { by: 'the same bodies', withEtags: false },
  ])('is known by $by: nothing is parsed, nothing written but the run', async ({ withEtags }) => {
    const { list, api, engine, collect } = await start(items(1000, { note: 'x'.repeat(200) }));
    list.withEtags = withEtags;
    const before = await journalBytes(engine);
    const first = await collect();
    expect(first.counts).toMatchObject({ new: 1000, notModified: 0 });
    const between = await journalBytes(engine);

    const second = await collect();
    const after = await journalBytes(engine);

    expect(second).toMatchObject({
      outcome: 'succeeded',
      counts: {
        requests: 21,
        notModified: 21,
        received: 1000,
        valid: 1000,
        unchanged: 1000,
        new: 0,
      },
    });
    const asked = api.requests.slice(21).map(({ headers }) => 'if-none-match' in headers);
    expect(asked).toEqual(Array.from({ length: 21 }, () => withEtags));
    expect(between - before).toBeGreaterThan(200_000);
    // A row for the run, its attempt and each page.
    expect(after - between).toBeLessThan(21 * 1000 + 4000);
    for (const { stepMs } of await pagesOf(engine, second)) expect(stepMs.parse ?? 0).toBe(0);
  });

  it('is read in full again after the rules have changed', async () => {
    const { api, engine, declared, collect } = await start(items(60));
    await collect();
    await engine.call('integrations.update', { ...declared, schema: { required: ['id'] } });
    const asked = api.requests.length;
    const run = await collect();
    expect(run.counts).toMatchObject({ notModified: 0, unchanged: 60 });
    expect(api.requests.slice(asked).some(({ headers }) => 'if-none-match' in headers)).toBe(false);
  });

  it('is read anew from the first page that differs, and only there', async () => {
    const { list, collect } = await start(items(200));
    await collect();
    list.items = list.items.map((item) => (item.id === 120 ? { ...item, price: -1 } : item));
    const run = await collect();
    expect(run.counts).toMatchObject({ notModified: 4, changed: 1, unchanged: 199 });
  });

  it('ignores what it knows when a full read is wanted', async () => {
    const { api, engine, collect } = await start(items(10));
    await collect();
    const ended = engine.next('run.finished');
    const asked = api.requests.length;
    await engine.call('jobs.run', { id: 'collect', full: true });
    expect((await ended).run.counts).toMatchObject({ notModified: 0, unchanged: 10 });
    expect(api.requests.slice(asked).some(({ headers }) => 'if-none-match' in headers)).toBe(false);
  });
});

describe('An incremental read', () => {
  const incremental = {
    incremental: { field: 'updated', parameter: 'since', initial: '2026-01-01T00:00:00Z' },
  } as const;
  const updated = (id: number, day: number): Item => ({
    id,
    updated: `2026-01-${String(day).padStart(2, '0')}T00:00:00Z`,
  });
  const sinceOf = (requests: readonly ReceivedRequest[]) =>
    requests.map(({ query }) => query.get('since'));

  it('asks from the greatest value of the last complete read, and never goes back', async () => {
    const { list, api, collect } = await start(
      [updated(1, 3), updated(2, 9), updated(3, 5)],
      incremental,
    );
    await collect();
    list.items = [updated(4, 4)];
    await collect();
    await collect();
    expect(new Set(sinceOf(api.requests.slice(0, 2)))).toEqual(new Set(['2026-01-01T00:00:00Z']));
    expect(new Set(sinceOf(api.requests.slice(2)))).toEqual(new Set(['2026-01-09T00:00:00Z']));
  });

  it('does not move when the read fails or is cut short', async () => {
    const days = Array.from({ length: 120 }, (_, index) => updated(index, 1 + (index % 28)));
    const { list, api, engine, declared, collect } = await start(days, incremental);
    list.instead = ({ query }) => (query.get('page') === '3' ? 404 : null);
    expect(await collect()).toMatchObject({ outcome: 'failed', counts: { received: 100 } });
    list.instead = null;
    const asked = api.requests.length;
    await engine.call('integrations.update', { ...declared, limits: { maxPages: 2 } });
    expect(await collect()).toMatchObject({ outcome: 'partial' });
    await engine.call('integrations.update', { ...declared });
    expect(await collect()).toMatchObject({ outcome: 'succeeded' });
    expect(new Set(sinceOf(api.requests.slice(asked)))).toEqual(new Set(['2026-01-01T00:00:00Z']));
    await collect();
    expect(sinceOf(api.requests).at(-1)).toBe('2026-01-28T00:00:00Z');
  });

  it('looks back by its overlap, and marks nothing as vanished', async () => {
    const { list, api, collect } = await start([updated(1, 2), updated(2, 9)], {
      incremental: { ...incremental.incremental, overlapMs: 86_400_000 },
      vanished: 'mark',
    });
    await collect();
    list.items = [updated(3, 9)];
    const run = await collect();
    expect(run.counts).toMatchObject({ new: 1, vanished: 0 });
    expect(sinceOf(api.requests).at(-1)).toMatch(/^2026-01-08T00:00:00/);
  });
});

describe('A read that fails in the middle', () => {
  it('goes on from the committed page: no gap, no double, and no page is asked twice', async () => {
    const { list, api, engine, collect } = await start(
      items(1000),
      {},
      { retry: { maxAttempts: 2, delayMs: 0, notOn: [] } },
    );
    let failures = 0;
    list.instead = ({ query }) => (query.get('page') === '7' && failures++ === 0 ? 500 : null);
    const run = await collect();
    expect(run).toMatchObject({
      outcome: 'succeeded',
      attempt: 2,
      counts: { received: 1000, new: 1000, duplicates: 0 },
    });
    const pages = api.requests.map(({ query }) => Number(query.get('page') ?? '1'));
    expect(pages).toEqual([
      1,
      2,
      3,
      4,
      5,
      6,
      7,
      7,
      ...Array.from({ length: 14 }, (_, at) => at + 8),
    ]);
    const last = await engine.call('records.get', { integrationId: 'items', key: '1000' });
    expect(last).toMatchObject({ version: 1, change: 'new', runId: run.id });
  });
});

describe('A read that is cut short without saying so', () => {
  it('is seen to have brought fewer pages than usual, on its run and on its job', async () => {
    const { list, engine, collect } = await start(items(500), { conditional: false });
    for (let read = 0; read < 5; read++) await collect();
    const whole = list.items;
    list.items = whole.slice(0, 120);
    const short = await collect();
    const unusual = {
      fewRecords: { received: 120, usual: 500 },
      fewPages: { pages: 4, usual: 11 },
    };
    const unusualOf = async ({ id }: Run) => (await engine.call('runs.get', { id })).unusual;
    expect(await unusualOf(short)).toEqual(unusual);
    expect((await engine.call('jobs.get', { id: 'collect' })).health).toMatchObject(unusual);
    list.items = whole;
    const again = await collect();
    expect(await unusualOf(again)).toEqual({ fewRecords: null, fewPages: null });
    // What was unusual of a run stays so when others follow.
    expect(await unusualOf(short)).toEqual(unusual);
  });
});

describe('Records that are no longer there', () => {
  it('are marked after a complete read only, and come back when they are seen again', async () => {
    const { list, engine, collect } = await start(items(120), { vanished: 'mark' });
    await collect();
    const whole = list.items;
    list.items = whole.slice(1);
    list.instead = ({ query }) => (query.get('page') === '2' ? 404 : null);
    expect((await collect()).counts.vanished).toBe(0);
    list.instead = null;
    const second = await collect();
    expect(second.counts).toMatchObject({ vanished: 1, unchanged: 119 });
    const gone = await engine.call('records.get', { integrationId: 'items', key: '1' });
    expect(gone).toMatchObject({ change: 'vanished', runId: second.id, version: 1 });
    expect(gone.vanishedAt).not.toBeNull();
    expect((await collect()).counts.vanished).toBe(0);
    list.items = whole;
    expect((await collect()).counts).toMatchObject({ changed: 1, unchanged: 119, new: 0 });
    const back = await engine.call('records.get', { integrationId: 'items', key: '1' });
    expect(back).toMatchObject({ change: 'changed', vanishedAt: null });
  });

  it('are not marked when more are missing at once than may, until somebody says that they are gone', async () => {
    const limited = { vanished: 'mark', vanishedMaxPercent: 50 } as const;
    const { list, engine, collect } = await start(items(120), limited);
    await collect();
    const whole = list.items;
    list.items = whole.slice(0, 50);
    const short = await collect();
    expect(short).toMatchObject({
      outcome: 'succeeded',
      counts: { received: 50, vanished: 0 },
      heldBack: { vanished: 70, of: 120, why: 'share' },
    });
    expect(await engine.call('runs.get', { id: short.id })).toMatchObject({
      heldBack: short.heldBack,
    });
    const log = await engine.call('runs.log', { id: short.id, format: 'text', level: 'warn' });
    expect(log).toContain('70 of 120 records were missing at once');
    const job = await engine.call('jobs.get', { id: 'collect' });
    expect(job.health?.heldBack).toEqual(short.heldBack);
    // Half of them may go.
    list.items = whole.slice(0, 60);
    expect(await collect()).toMatchObject({ counts: { vanished: 60 } });
    list.items = whole.slice(0, 10);
    expect(await collect()).toMatchObject({ heldBack: { vanished: 50, of: 60 } });
    const ended = engine.next('run.finished');
    await engine.call('jobs.run', { id: 'collect', allowVanished: true });
    const { run } = await ended;
    expect(run.counts.vanished).toBe(50);
    expect(run.heldBack).toBeUndefined();
    expect((await engine.call('jobs.get', { id: 'collect' })).health?.heldBack).toBeNull();
  });

  it('are marked whatever their number where no limit is set', async () => {
    const { list, collect } = await start(items(60), { vanished: 'mark' });
    await collect();
    list.items = [];
    expect((await collect()).counts.vanished).toBe(60);
  });

  it('are not marked when the answer has no list where the records were, however few they are', async () => {
    const { list, engine, collect } = await start(items(3), { vanished: 'mark' });
    await collect();
    const renamed = { body: JSON.stringify({ products: items(3) }) };
    list.answer = () => renamed;
    for (let read = 0; read < 2; read++)
      expect(await collect()).toMatchObject({
        outcome: 'succeeded',
        counts: { received: 0, vanished: 0 },
        heldBack: { vanished: 3, of: 3, why: 'no-list' },
      });
    const seenAt = async () =>
      (await engine.call('records.get', { integrationId: 'items', key: '1' })).lastSeenAt;
    const before = await seenAt();
    await collect();
    expect(await seenAt()).toBe(before);
    list.answer = () => ({ body: JSON.stringify({ items: [] }) });
    expect((await collect()).counts.vanished).toBe(3);
  });

  it('are marked by an attempt that begins at the first page, though another one failed before it', async () => {
    const retry = { maxAttempts: 2, delayMs: 1, jitter: 0 };
    const { list, engine, collect } = await start(items(120), { vanished: 'mark' }, { retry });
    await collect();
    list.items = list.items.slice(1);
    let asked = 0;
    list.instead = () => (asked++ === 0 ? 500 : null);
    const run = await collect();
    expect(run.counts).toMatchObject({ vanished: 1, unchanged: 119 });
    expect(run.progress.done).toBe(4);
    const { attempts } = await engine.call('runs.get', { id: run.id });
    expect(attempts.map(({ pages }) => pages.map(({ page }) => page))).toEqual([[1], [1, 2, 3, 4]]);
  });

  it('are judged once, on what all instances saw together, each with its part of the pages', async () => {
    const { list, api, engine } = await start(
      items(300),
      { vanished: 'mark' },
      { instances: 3, splitPages: true },
    );
    const collectAll = async () => {
      const runs: Run[] = [];
      const all = engine.next('run.finished', ({ run }) => runs.push(run) === 3);
      await engine.call('jobs.run', { id: 'collect' });
      await all;
      return runs;
    };
    const first = await collectAll();
    const sum = (runs: readonly Run[], count: 'new' | 'vanished' | 'unchanged' | 'received') =>
      runs.reduce((total, run) => total + run.counts[count], 0);
    expect(first.map(({ outcome }) => outcome)).toEqual(
      Array.from({ length: 3 }, () => 'succeeded'),
    );
    expect(sum(first, 'new')).toBe(300);
    expect(sum(first, 'received')).toBe(300);
    const pages = api.requests.map(({ query }) => Number(query.get('page') ?? '1'));
    expect([...pages].sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);

    list.items = list.items.filter(({ id }) => id !== 77);
    const second = await collectAll();
    expect(sum(second, 'vanished')).toBe(1);
    list.instead = ({ query }) => (query.get('page') === '2' ? 404 : null);
    list.items = list.items.filter(({ id }) => id !== 150);
    expect(sum(await collectAll(), 'vanished')).toBe(0);
  });
});
