import { expect, it } from 'vitest';
import { startItemsApi } from '../support/items-api.ts';
import { runJob } from '../support/run-job.ts';
import { startTestEngine } from '../support/test-engine.ts';

it('A test tells what its records would be to those that are stored, and stores nothing', async () => {
  const api = await startItemsApi([
    { id: 1, price: 1 },
    { id: 2, price: 2 },
  ]);
  const engine = await startTestEngine();
  const integration = {
    id: 'items',
    name: 'Items',
    request: { url: `${api.url}/items` },
    records: { path: '$.items[*]' },
    key: ['id'],
  };
  const before = await engine.call('integrations.test', { integration });
  expect(before.counts).toMatchObject({ received: 2, new: 2, changed: 0, unchanged: 0 });
  await engine.call('integrations.create', integration);
  await engine.call('jobs.create', { id: 'collect', name: 'Collect', integrationId: 'items' });
  await runJob(engine, 'collect');

  api.items = [
    { price: 1, id: 1 },
    { id: 2, price: 3 },
    { id: 3, price: 3 },
  ];
  const after = await engine.call('integrations.test', { integration });
  expect(after.counts).toMatchObject({ received: 3, new: 1, changed: 1, unchanged: 1 });
  const { items: stored } = await engine.call('records.list', { integrationId: 'items' });
  expect(stored).toHaveLength(2);
});
