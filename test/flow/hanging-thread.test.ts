import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startItemsApi } from '../support/items-api.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { startTestEngine, threadFiles } from '../support/test-engine.ts';

const hanging = pathToFileURL(
  join(import.meta.dirname, '../support/threads/hanging-network-thread.mjs'),
);

it.each([
  { method: 'GET', outcome: 'succeeded', attempt: 2 },
  { method: 'POST', outcome: 'interrupted', attempt: 1 },
] as const)(
  'a $method whose thread hangs is judged dead within 40 s and ends as $outcome',
  async ({ method, outcome, attempt }) => {
    const api = await startItemsApi([{ id: 1 }]);
    const clock = new ManualClock(Date.now());
    const { call, next } = await startTestEngine({
      manualClock: clock,
      threads: { ...threadFiles, network: hanging },
    });
    await call('integrations.create', {
      id: 'items',
      name: 'Items',
      request: { url: api.url, method },
      records: { path: '$.items[*]' },
      key: ['id'],
    });
    await call('jobs.create', { id: 'collect', name: 'Collect', integrationId: 'items' });
    const started = next('run.started');
    const ended = next('run.finished');
    await call('jobs.run', { id: 'collect', input: { hang: true } });
    await started;

    await clock.advanceAsync(20_000);
    const silent = (await call('workers', {})).items.find(({ name }) => name === 'network');
    expect(silent?.state).toBe('silent');
    await clock.advanceAsync(18_000);
    // The clock stands still from here on: 38 s after it hung.
    expect((await ended).run).toMatchObject({ outcome, attempt });
    const { items } = await call('workers', {});
    expect(items.find(({ name }) => name === 'network')).toMatchObject({ restarts: 1 });
  },
);
