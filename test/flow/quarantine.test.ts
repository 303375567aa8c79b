import { describe, expect, it } from 'vitest';
import type { IntegrationInput } from '../../src/shared/integration.ts';
import { startItemsApi, type ItemsApi } from '../support/items-api.ts';
import { runJob } from '../support/run-job.ts';
import { startTestEngine } from '../support/test-engine.ts';

const priced = (type: string): IntegrationInput['schema'] => ({
  required: ['id', 'price'],
  properties: { price: { type } },
});

function pricedItems(api: ItemsApi, more: Partial<IntegrationInput> = {}): IntegrationInput {
  return {
    id: 'items',
    name: 'Items',
    request: { url: `${api.url}/items` },
    records: { path: '$.items[*]' },
    schema: priced('number'),
    key: ['id'],
    ...more,
  };
}

async function collected(items: readonly unknown[], more: Partial<IntegrationInput> = {}) {
  const api = await startItemsApi(items);
  api.respond = (_request, response) => {
    // More digits than a double holds.
    const body = JSON.stringify({ items: api.items }).replace('"id":3,', '"id":9007199254740993,');
    response.end(body);
    return true;
  };
  const engine = await startTestEngine();
  await engine.call('integrations.create', pricedItems(api, more));
  await engine.call('jobs.create', { id: 'collect', name: 'Collect', integrationId: 'items' });
  const run = await runJob(engine, 'collect');
  return { api, ...engine, run, again: () => runJob(engine, 'collect') };
}

describe('The quarantine', () => {
  it('turns refused records into records once the rule is fixed, without calling the API', async () => {
    const { api, call, next, run } = await collected([
      { id: 1, price: 10 },
      { id: 2, price: '20.50' },
      { id: 3, price: '30' },
      { id: null, price: '40' },
    ]);
    expect(run.counts).toMatchObject({ received: 4, valid: 1, invalid: 3 });
    const { items: fields } = await call('quarantine.fields', { integrationId: 'items' });
    expect(fields).toEqual([
      { integrationId: 'items', reason: 'schema', field: 'price', count: 3 },
    ]);
    await call('integrations.update', {
      ...pricedItems(api),
      id: 'items',
      schema: priced('string'),
    });
    const asked = api.requests.length;
    const told = next('records.changed');

    const replayed = await call('quarantine.replay', { integrationId: 'items' });

    expect(replayed).toEqual({ replayed: 3, accepted: 2, stillInvalid: 1 });
    expect(api.requests).toHaveLength(asked);
    expect(await told).toMatchObject({ integrationId: 'items', runId: run.id, new: 2 });
    const record = await call('records.get', { integrationId: 'items', key: '9007199254740993' });
    expect(record).toMatchObject({ change: 'new', version: 1, runId: run.id });
    const { items: left } = await call('quarantine.list', { integrationId: 'items' });
    expect(left).toHaveLength(1);
    expect(left[0]).toMatchObject({ reason: 'key', field: 'id', raw: { id: null, price: '40' } });
    expect(await call('quarantine.replay', { integrationId: 'items' })).toEqual({
      replayed: 1,
      accepted: 0,
      stillInvalid: 1,
    });
  });

  it('replays only what was chosen, and discards what nobody wants', async () => {
    const { api, call } = await collected([
      { id: 1, price: 'a' },
      { id: 2, price: 'b' },
      { id: 3, price: 3 },
    ]);
    const { items } = await call('quarantine.list', {});
    const [first, second] = items.map(({ id }) => id) as [string, string];
    await call('integrations.update', { ...pricedItems(api), id: 'items', schema: null });

    expect(await call('quarantine.replay', { integrationId: 'items', ids: [second] })).toEqual({
      replayed: 1,
      accepted: 1,
      stillInvalid: 0,
    });
    await call('quarantine.delete', { id: first });
    await expect(call('quarantine.delete', { id: first })).rejects.toMatchObject({
      code: 'not-found',
    });
    const { items: records } = await call('records.list', { integrationId: 'items' });
    expect(records.map(({ key }) => key).sort()).toEqual(['2', '9007199254740993']);
  });

  it('does not let a refused record overwrite what the API said later', async () => {
    const { api, call, again } = await collected([
      { id: 1, price: 'old' },
      { id: 2, price: 2 },
    ]);
    api.items = [
      { id: 1, price: 11 },
      { id: 2, price: 2 },
    ];
    await again();
    await call('integrations.update', { ...pricedItems(api), id: 'items', schema: null });
    await call('quarantine.replay', { integrationId: 'items' });
    const record = await call('records.get', { integrationId: 'items', key: '1' });
    expect(record).toMatchObject({ data: { id: 1, price: 11 }, version: 1 });
  });

  it('keeps a replayed record in the next complete read, although the API says that nothing changed', async () => {
    const rows = [
      { id: 1, price: 1 },
      { id: 2, price: 'two' },
    ];
    const { api, call, again } = await collected(rows, { vanished: 'mark' });
    const loose = { ...pricedItems(api, { vanished: 'mark' }), id: 'items', schema: null };
    await call('integrations.update', loose);
    await call('quarantine.replay', { integrationId: 'items' });
    const run = await again();
    expect(run.counts).toMatchObject({ unchanged: 2, vanished: 0, new: 0 });
  });

  it('replays more than one step holds', async () => {
    const rows = Array.from({ length: 1200 }, (_, id) => ({ id, price: 'x' }));
    const api = await startItemsApi([...rows, { id: 5000, price: 1 }], 5000);
    const { call, next } = await startTestEngine();
    await call('integrations.create', pricedItems(api));
    await call('jobs.create', { id: 'collect', name: 'Collect', integrationId: 'items' });
    const ended = next('run.finished');
    await call('jobs.run', { id: 'collect' });
    await ended;
    await call('integrations.update', { ...pricedItems(api), id: 'items', schema: null });
    expect(await call('quarantine.replay', { integrationId: 'items' })).toEqual({
      replayed: 1200,
      accepted: 1200,
      stillInvalid: 0,
    });
  });
});
