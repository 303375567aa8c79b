import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../../src/main/engine/clock.ts';
import { ComputePool } from '../../../../src/main/engine/pool/compute-pool.ts';
import { preparePlan, processPage } from '../../../../src/main/engine/validator/page.ts';
import { createPageProcessor } from '../../../../src/main/engine/validator/page-processor.ts';
import type { IntegrationInput } from '../../../../src/shared/integration.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { sampleIntegration } from '../../../support/sample-integration.ts';
import { readBatch } from '../validator/read-batch.ts';

const file = new URL('../../../../dist/main/compute-thread.js', import.meta.url);
const LIMIT_MS = 5000;

function pageRequest(body: string, input: Partial<IntegrationInput> = {}) {
  return {
    rules: preparePlan(sampleIntegration(input)),
    body: new Uint8Array(Buffer.from(body)),
    contentType: 'application/json',
    page: 1,
    extract: [],
    sample: null,
  };
}

/** Descendants of descendants of descendants: finishes long after everybody has gone home. */
function endlessRequest() {
  const body = `${'[[0],'.repeat(60)}0${']'.repeat(60)}`;
  return pageRequest(body, { records: { path: `$..[?@..[?@..[?@..[?@..*]]]]` } });
}

const filtered = (id: number) =>
  pageRequest(`{"items":[{"id":${id},"ok":true},{"id":0}]}`, {
    key: ['id'],
    records: { path: '$.items[?@.ok]' },
  });

describe('the compute pool', () => {
  let clock: ManualClock;
  let pool: ComputePool;

  beforeEach(() => {
    expect(existsSync(file)).toBe(true);
    clock = new ManualClock();
    pool = new ComputePool({ file, clock, maxThreads: 2, heapMb: 256 });
  });
  afterEach(() => pool.close());

  it('gives what the same work gives on the calling thread', async () => {
    const request = filtered(9);
    const outcome = await pool.run('page', request, { timeLimitMs: LIMIT_MS });
    const here = processPage(filtered(9), clock);
    expect(outcome.kind).toBe('done');
    if (outcome.kind !== 'done') return;
    expect(readBatch(outcome.result.batch)).toEqual(readBatch(here.batch));
    expect({ ...outcome.result, batch: null, parseMs: 0, validateMs: 0 }).toEqual({
      ...here,
      batch: null,
    });
    expect(outcome.result.batch?.buffer.byteLength).toBe(outcome.result.batch?.byteLength);
  });

  it('stops a task that overruns, while others go on', async () => {
    const process = createPageProcessor(pool, clock);
    const hung = process(endlessRequest(), { timeLimitMs: LIMIT_MS });
    // The other thread goes through many tasks while the first is stuck.
    for (let id = 1; id <= 5; id++) {
      const page = await process(filtered(id), { timeLimitMs: LIMIT_MS });
      expect(readBatch(page.batch).map(({ key }) => key)).toEqual([String(id)]);
    }
    expect(pool.running).toBe(1);
    clock.advance(LIMIT_MS);
    const page = await hung;
    expect(page).toMatchObject({ batch: null, error: { code: 'compute-time', kind: 'limit' } });
    expect(page.error!.message).toMatch(/5000 ms.*searches or filters/);
    expect(pool.running).toBe(0);
  });

  it('is whole again after all its threads hung at once', async () => {
    const hung = [1, 2].map(() => pool.run('page', endlessRequest(), { timeLimitMs: LIMIT_MS }));
    const waiting = pool.run('page', filtered(7), { timeLimitMs: 1_000_000 });
    await settled();
    clock.advance(LIMIT_MS);
    expect((await Promise.all(hung)).map(({ kind }) => kind)).toEqual(['timed-out', 'timed-out']);
    expect(await waiting).toMatchObject({ kind: 'done', result: { counts: { valid: 1 } } });
    expect(pool.running).toBe(0);
  });

  it('stops a task and forgets a waiting one when their caller gives up', async () => {
    const given = [1, 2, 3].map(() => new AbortController());
    const runs = given.map(({ signal }) =>
      pool.run('page', endlessRequest(), { timeLimitMs: LIMIT_MS, signal }),
    );
    await settled();
    for (const one of given) one.abort(new Error('the run was cancelled'));
    for (const run of runs) await expect(run).rejects.toThrow('the run was cancelled');
    expect(pool.running).toBe(0);
    expect(clock.pendingTimers).toBe(0);
    expect(await pool.run('page', filtered(1), { timeLimitMs: LIMIT_MS })).toMatchObject({
      kind: 'done',
    });
  });

  it('does not start for a caller who has given up before', async () => {
    const signal = AbortSignal.abort(new Error('too late'));
    const run = pool.run('page', filtered(1), { timeLimitMs: LIMIT_MS, signal });
    await expect(run).rejects.toThrow('too late');
  });

  it('survives a task that fills its memory, and says so', async () => {
    const small = new ComputePool({ file, clock, maxThreads: 1, heapMb: 48 });
    try {
      const body = `[${'{"a":[]},'.repeat(900_000)}{}]`;
      const process = createPageProcessor(small, clock);
      const page = await process(pageRequest(body), { timeLimitMs: LIMIT_MS });
      expect(page.error).toMatchObject({ code: 'compute-memory', kind: 'limit' });
      const next = await process(filtered(1), { timeLimitMs: LIMIT_MS });
      expect(next.counts.valid).toBe(1);
    } finally {
      await small.close();
    }
  }, 30_000);

  it('does a task again, once, when its thread dies under it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pontual-compute-'));
    const deaths = join(folder, 'deaths');
    const thread = join(folder, 'thread.mjs');
    writeFileSync(
      thread,
      `import { appendFileSync, readFileSync } from 'node:fs';
       export default (task) => {
         appendFileSync(${JSON.stringify(deaths)}, 'x');
         if (readFileSync(${JSON.stringify(deaths)}).length <= task.request.page) process.exit(5);
         return { kind: 'done', result: 'alive' };
       };`,
    );
    const mortal = new ComputePool({ file: pathToFileURL(thread), clock, maxThreads: 1 });
    const dyingTimes = (times: number) =>
      mortal.run('page', { ...pageRequest('[]'), page: times }, { timeLimitMs: LIMIT_MS });
    try {
      expect(await dyingTimes(1)).toEqual({ kind: 'done', result: 'alive' });
      rmSync(deaths);
      expect(await dyingTimes(2)).toMatchObject({ kind: 'died', outOfMemory: false });
      expect(readFileSync(deaths, 'utf8')).toBe('xx');
      expect(await dyingTimes(0)).toEqual({ kind: 'done', result: 'alive' });
    } finally {
      await mortal.close();
      rmSync(folder, { recursive: true });
    }
  });

  it('hands a large body over without copying it', async () => {
    const body = `[{"a":"${'x'.repeat(5_000_000)}"}]`;
    const request = pageRequest(body, { limits: { maxRecordBytes: 10_000_000 } });
    const process = createPageProcessor(pool, systemClock);
    const page = await process(request, { timeLimitMs: 60_000 });
    expect(page.counts).toMatchObject({ valid: 1, bytes: body.length });
    expect(request.body.byteLength).toBe(0);
  });

  it('replays and proposes as well', async () => {
    const rules = preparePlan(sampleIntegration());
    const items = [{ id: 'q1', reason: 'schema' as const, raw: '{"a":1.0}' }];
    const replayed = await pool.run('replay', { rules, items }, { timeLimitMs: LIMIT_MS });
    expect(replayed).toMatchObject({ kind: 'done', result: { acceptedIds: ['q1'] } });
    const proposed = await pool.run(
      'suggest',
      {
        body: new Uint8Array(Buffer.from('{"items":[{"id":1},{"id":2}]}')),
        contentType: null,
        headers: {},
        url: 'https://api.example.com/',
        paginationKind: 'none',
        maxDepth: 100,
      },
      { timeLimitMs: LIMIT_MS },
    );
    expect(proposed).toMatchObject({
      kind: 'done',
      result: { suggestions: { path: '$.items[*]', key: ['id'] } },
    });
  });

  it('can be closed twice', async () => {
    await pool.close();
    await pool.close();
  });
});

/** Lets what was posted reach its thread. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
