import { execFileSync } from 'node:child_process';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { IntegrationInput } from '../../src/shared/integration.ts';
import type { Run } from '../../src/shared/run.ts';
import { startItemsApi, type ItemsApi } from '../support/items-api.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { startTestEngine, type TestEngine } from '../support/test-engine.ts';

const item = (id: number, price = id * 10) => ({ id, name: `Item ${id}`, price });
const items = (count: number) => Array.from({ length: count }, (_, index) => item(index + 1));

function itemsIntegration(api: ItemsApi, more: Partial<IntegrationInput> = {}): IntegrationInput {
  return {
    id: 'items',
    name: 'Items',
    request: { url: `${api.url}/items` },
    pagination: { kind: 'page-number' },
    records: { path: '$.items[*]' },
    schema: {
      type: 'object',
      required: ['id', 'price'],
      properties: { id: { type: 'integer' }, price: { type: 'number' } },
    },
    key: ['id'],
    ...more,
  };
}

async function runOnce({ call, next }: TestEngine, jobId: string): Promise<Run> {
  const ended = next('run.finished', ({ run }) => run.jobId === jobId);
  await call('jobs.run', { id: jobId });
  return (await ended).run;
}

describe('A job, from its trigger to its rows on disk', () => {
  it('calls the API page by page, keeps each record once, and tells what changed', async () => {
    const api = await startItemsApi(items(250));
    const engine = await startTestEngine();
    await engine.call('integrations.create', itemsIntegration(api));
    await engine.call('jobs.create', { id: 'collect', name: 'Collect', integrationId: 'items' });

    const first = await runOnce(engine, 'collect');
    expect(first).toMatchObject({
      outcome: 'succeeded',
      trigger: 'manual',
      attempt: 1,
      error: null,
    });
    expect(first.counts).toMatchObject({ requests: 4, received: 250, valid: 250, new: 250 });

    const again = await runOnce(engine, 'collect');
    expect(again.counts).toMatchObject({ received: 250, new: 0, changed: 0, unchanged: 250 });

    api.items = [item(1, 999), ...api.items.slice(1), item(251)];
    const third = await runOnce(engine, 'collect');
    expect(third.counts).toMatchObject({ received: 251, new: 1, changed: 1, unchanged: 249 });

    const { data, version, change } = await engine.call('records.get', {
      integrationId: 'items',
      key: '1',
    });
    expect({ data, version, change }).toEqual({
      data: item(1, 999),
      version: 2,
      change: 'changed',
    });
    const versions = await engine.call('records.versions', { integrationId: 'items', key: '1' });
    expect(versions.items[0]).toMatchObject({ changedFields: ['price'] });
  });

  it('measures each step of each page, and writes each as a line of the TXT log', async () => {
    const api = await startItemsApi(items(150));
    const engine = await startTestEngine();
    await engine.call('integrations.create', itemsIntegration(api));
    await engine.call('jobs.create', { id: 'collect', name: 'Collect', integrationId: 'items' });
    const run = await runOnce(engine, 'collect');

    const detail = await engine.call('runs.get', { id: run.id });
    expect(detail.attempts).toHaveLength(1);
    const [page] = detail.attempts[0]?.pages ?? [];
    expect(page).toMatchObject({ page: 1, status: 200, records: 100 });
    expect(Object.keys(page?.stepMs ?? {})).toEqual(
      expect.arrayContaining(['request', 'download', 'parse', 'validate']),
    );

    const log = await engine.call('runs.log', { id: run.id });
    expect(log.split('\n').filter((line) => line.includes('page'))).not.toHaveLength(0);
    expect(log).toMatch(/validateMs=\d/);
    const folder = join(engine.home, 'logs', 'collect');
    const [day] = await readdir(folder);
    expect(day).toMatch(/^\d{4}-\d{2}-\d{2}\.txt$/);
    expect(await readFile(join(folder, day ?? ''), 'utf8')).toContain(run.id);
  });

  it('runs when the schedule says so, and not before', async () => {
    const clock = new ManualClock('2026-01-01T00:00:10.000Z');
    const api = await startItemsApi(items(3));
    const engine = await startTestEngine({ manualClock: clock });
    await engine.call('integrations.create', itemsIntegration(api));
    const job = await engine.call('jobs.create', {
      id: 'every-30s',
      name: 'Every 30 s',
      integrationId: 'items',
      schedule: { kind: 'cron', expression: '*/30 * * * * *' },
    });
    expect(job.nextRunAt).toBe('2026-01-01T00:00:30.000Z');

    await clock.advanceAsync(19_999);
    expect(api.requests).toHaveLength(0);
    const ended = engine.next('run.finished');
    await clock.advanceAsync(1);
    const { run } = await ended;
    expect(run).toMatchObject({
      trigger: 'schedule',
      scheduledFor: '2026-01-01T00:00:30.000Z',
      outcome: 'succeeded',
    });
  });

  it('starts as many runs as the job has instances, each with its number, without doubling a record', async () => {
    const api = await startItemsApi(items(20));
    const engine = await startTestEngine();
    await engine.call('integrations.create', {
      ...itemsIntegration(api),
      request: { url: `${api.url}/items`, query: { part: '{{ instance }}of{{ instances }}' } },
    });
    await engine.call('jobs.create', {
      id: 'three',
      name: 'Three at once',
      integrationId: 'items',
      instances: 3,
    });
    const outcomes: Run[] = [];
    const all = engine.next('run.finished', ({ run }) => outcomes.push(run) === 3);
    const { runIds } = await engine.call('jobs.run', { id: 'three' });
    await all;

    expect(runIds).toHaveLength(3);
    expect(outcomes.map((run) => run.outcome)).toEqual(['succeeded', 'succeeded', 'succeeded']);
    expect(outcomes.reduce((sum, run) => sum + run.counts.new, 0)).toBe(20);
    expect(outcomes.reduce((sum, run) => sum + run.counts.unchanged, 0)).toBe(40);
    const parts = new Set(
      api.requests.map(({ url }) => new URL(url, api.url).searchParams.get('part')),
    );
    expect(parts).toEqual(new Set(['1of3', '2of3', '3of3']));
    const { items: records } = await engine.call('records.list', { integrationId: 'items' });
    expect(records).toHaveLength(20);
  });

  it('sends what the integration declares: POST with headers, query and a JSON body', async () => {
    const api = await startItemsApi(items(2));
    const engine = await startTestEngine();
    await engine.call('integrations.create', {
      id: 'search',
      name: 'Search',
      request: {
        method: 'POST',
        url: `${api.url}/search`,
        query: { lang: 'en' },
        headers: { 'x-client': 'pontual' },
        body: { since: '{{ lastSuccess }}', instance: 1 },
      },
      records: { path: '$.items[*]' },
      key: ['id'],
    });
    await engine.call('jobs.create', { id: 'search', name: 'Search', integrationId: 'search' });
    const run = await runOnce(engine, 'search');
    expect(run.outcome).toBe('succeeded');
    expect(api.requests).toEqual([
      { method: 'POST', url: '/search?lang=en', body: '{"since":"","instance":1}' },
    ]);
  });

  it('is paused as a whole, tells which instants it silenced, and goes on after', async () => {
    const clock = new ManualClock('2026-01-01T00:00:00.500Z');
    const api = await startItemsApi(items(1));
    const engine = await startTestEngine({ manualClock: clock });
    await engine.call('integrations.create', itemsIntegration(api));
    await engine.call('jobs.create', {
      id: 'each-second',
      name: 'Each second',
      integrationId: 'items',
      schedule: { kind: 'fixed-rate', everyMs: 1000 },
      missedRuns: { policy: 'skip' },
    });
    await engine.call('pause', {});
    await clock.advanceAsync(10_000);
    expect(api.requests).toHaveLength(0);

    await engine.call('resume', {});
    const ended = engine.next('run.finished');
    await clock.advanceAsync(1000);
    await ended;
    const { items: runs } = await engine.call('runs.list', { jobId: 'each-second' });
    const paused = runs.filter((run) => run.reason === 'paused');
    expect(paused.reduce((sum, run) => sum + run.occurrences, 0)).toBeGreaterThanOrEqual(10);
    expect(paused.length).toBeLessThanOrEqual(2);
  });

  it('leaves a plain SQLite file that other programs open', async () => {
    const api = await startItemsApi(items(42));
    const engine = await startTestEngine();
    await engine.call('integrations.create', itemsIntegration(api));
    await engine.call('jobs.create', { id: 'collect', name: 'Collect', integrationId: 'items' });
    await runOnce(engine, 'collect');
    await engine.engine.stop();

    const count = execFileSync('sqlite3', [
      join(engine.home, 'pontual.db'),
      'select count(*) from records; pragma integrity_check;',
    ]);
    expect(count.toString()).toBe('42\nok\n');
  });
});
