import { describe, expect, it } from 'vitest';
import type { IntegrationInput } from '../../src/shared/integration.ts';
import type { RunDetail } from '../../src/shared/run.ts';
import { startHeadless, type Headless } from '../support/headless.ts';
import { startItemsApi, type ItemsApi } from '../support/items-api.ts';
import { runJob } from '../support/run-job.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { startTestEngine } from '../support/test-engine.ts';

const good = (count: number, price = 1) =>
  Array.from({ length: count }, (_, index) => ({ id: index + 1, price }));
const bad = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ id: 100_000 + index, price: 'broken' }));

function itemsIntegration(
  api: ItemsApi,
  invalid: IntegrationInput['invalid'],
  more: Partial<IntegrationInput> = {},
): IntegrationInput {
  return {
    id: 'items',
    name: 'Items',
    request: { url: `${api.url}/items` },
    pagination: { kind: 'page-number' },
    records: { path: '$.items[*]' },
    schema: { required: ['id'], properties: { price: { type: 'number' } } },
    key: ['id'],
    invalid,
    ...more,
  };
}

async function startWith(
  rows: readonly unknown[],
  invalid: IntegrationInput['invalid'],
  more: Partial<IntegrationInput> = {},
) {
  const api = await startItemsApi(rows);
  const engine = await startTestEngine();
  await engine.call('integrations.create', itemsIntegration(api, invalid, more));
  await engine.call('jobs.create', {
    id: 'collect',
    name: 'Collect',
    integrationId: 'items',
    retry: { maxAttempts: 1 },
  });
  return { api, ...engine, collect: () => runJob(engine, 'collect') };
}

describe('A read that bears only so many invalid records', () => {
  it('fails before anything becomes a record when more are invalid, and leaves what was there alone', async () => {
    const { api, call, collect } = await startWith(good(250), { maxPercent: 10 });
    const first = await collect();
    expect(first).toMatchObject({ outcome: 'succeeded', counts: { new: 250, valid: 250 } });

    api.items = [...good(250, 2), ...bad(100)];
    const spoiled = await collect();
    expect(spoiled).toMatchObject({
      outcome: 'failed',
      error: { code: 'too-many-invalid', kind: 'data' },
      counts: { received: 350, valid: 250, invalid: 100, new: 0, changed: 0 },
      errorsByField: { price: 100 },
    });
    const record = await call('records.get', { integrationId: 'items', key: '1' });
    expect(record).toMatchObject({ data: { id: 1, price: 1 }, version: 1, runId: first.id });
    const { items: fields } = await call('quarantine.fields', { runId: spoiled.id });
    expect(fields).toMatchObject([{ field: 'price', count: 100 }]);

    api.items = [...good(250, 3), ...bad(10)];
    const kept = await collect();
    expect(kept).toMatchObject({
      outcome: 'succeeded',
      counts: { received: 260, valid: 250, invalid: 10, changed: 250, new: 0, unchanged: 0 },
    });
    const changed = await call('records.get', { integrationId: 'items', key: '1' });
    expect(changed).toMatchObject({ data: { id: 1, price: 3 }, version: 2, runId: kept.id });
  });

  it('shows no record before the read has come to its end', async () => {
    const { api, call, next, engine } = await startWith(good(300), { maxPercent: 50 });
    api.respond = (request) => request.url?.includes('page=3') ?? false;
    const stored = new Promise<void>((resolve) => {
      engine.events.on('page.stored', ({ page }) => {
        if (page.page === 2) resolve();
      });
    });
    const { runIds } = await call('jobs.run', { id: 'collect' });
    await api.requested(3);
    await stored;
    expect((await call('records.list', { integrationId: 'items' })).items).toEqual([]);
    const ended = next('run.finished');
    await call('runs.cancel', { id: runIds[0] ?? '' });
    expect((await ended).run).toMatchObject({ outcome: 'cancelled', counts: { new: 0 } });
    expect((await call('records.list', { integrationId: 'items' })).items).toEqual([]);
  });

  it('counts duplicates across its pages, marks what vanished, and is asked conditionally next time', async () => {
    const twice = [...good(150), ...good(20)];
    const { api, collect } = await startWith(twice, { maxPercent: 5 }, { vanished: 'mark' });
    const first = await collect();
    expect(first.counts).toMatchObject({ received: 170, valid: 170, new: 150, duplicates: 20 });
    const same = await collect();
    expect(same.counts).toMatchObject({ notModified: 3, unchanged: 150, duplicates: 20 });
    api.items = good(149);
    const third = await collect();
    expect(third.counts).toMatchObject({ unchanged: 149, vanished: 1, changed: 0 });
  });

  it('keeps nothing at all when the first invalid record fails the run', async () => {
    const { api, call, collect } = await startWith([...good(250), ...bad(1)], { action: 'fail' });
    const run = await collect();
    expect(run).toMatchObject({ outcome: 'failed', error: { code: 'record-invalid' } });
    expect((await call('records.list', { integrationId: 'items' })).items).toEqual([]);
    api.items = good(250);
    expect(await collect()).toMatchObject({ outcome: 'succeeded', counts: { new: 250 } });
  });

  it('lets drifted records wait in quarantine with their reasons, as long as some are good', async () => {
    const drifted = good(90).map(({ id, price }, index) =>
      index % 3 === 0
        ? { id, cost: price }
        : index % 3 === 1
          ? { id, price: [price] }
          : { id, price },
    );
    const schema = { required: ['id', 'price'], properties: { price: { type: 'number' } } };
    const { call, collect } = await startWith(drifted, { maxPercent: null }, { schema });
    const run = await collect();
    expect(run).toMatchObject({
      outcome: 'succeeded',
      counts: { received: 90, valid: 30, invalid: 60 },
      errorsByField: { price: 60 },
    });
    const { items } = await call('quarantine.list', { integrationId: 'items', limit: 500 });
    expect(new Set(items.map(({ rule }) => rule))).toEqual(new Set(['required', 'type']));
  });
});

async function untilReceived(headless: Headless, runId: string, received: number): Promise<void> {
  for (let tries = 0; tries < 5000; tries++) {
    const { counts } = await headless.request<RunDetail>('GET', `/runs/${runId}`);
    if (counts.received >= received) return;
  }
  throw new Error(`Run ${runId} never received ${received} records.`);
}

describe('A program that is killed while pages wait in staging', () => {
  it('goes on after them, and makes records of all when the read is over', async () => {
    const home = await temporaryFolder();
    const api = await startItemsApi(good(600));
    api.respond = (request) => request.url?.includes('page=5') ?? false;
    const first = await startHeadless({ home });
    const declared = itemsIntegration(api, { maxPercent: 0 });
    await first.request('POST', '/integrations', declared);
    await first.request('POST', '/jobs', {
      id: 'collect',
      name: 'Collect',
      integrationId: 'items',
    });
    const { runIds } = await first.request<{ runIds: string[] }>('POST', '/jobs/collect/run', {});
    const [runId = ''] = runIds;
    await api.requested(5);
    await untilReceived(first, runId, 400);
    await first.end('SIGKILL');

    api.respond = null;
    const asked = api.requests.length;
    const second = await startHeadless({ home });
    await untilReceived(second, runId, 600);
    for (let tries = 0; tries < 5000; tries++) {
      const { state } = await second.request<RunDetail>('GET', `/runs/${runId}`);
      if (state === 'finished') break;
    }
    const run = await second.request<RunDetail>('GET', `/runs/${runId}`);
    expect(run).toMatchObject({
      outcome: 'succeeded',
      counts: { received: 600, valid: 600, new: 600, duplicates: 0 },
    });
    expect(api.requests[asked]?.url).toContain('page=5');
    await second.request('POST', '/store/checkpoint', {});
    const { store } = await second.request<{ store: { records: number } }>('GET', '/status');
    expect(store.records).toBe(600);
  });
});
