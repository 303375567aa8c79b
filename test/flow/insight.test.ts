import { expect, it } from 'vitest';
import { startItemsApi } from '../support/items-api.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { startTestEngine } from '../support/test-engine.ts';

it('counts each run once in the hourly totals, also after its row was trimmed', async () => {
  const api = await startItemsApi([{ id: 1 }, { id: 2 }]);
  const clock = new ManualClock(Date.now());
  const { call, next } = await startTestEngine({ manualClock: clock });
  await call('integrations.create', {
    id: 'items',
    name: 'Items',
    request: { url: api.url },
    records: { path: '$.items[*]' },
    key: ['id'],
  });
  await call('jobs.create', { id: 'collect', name: 'Collect', integrationId: 'items' });
  for (let run = 0; run < 4; run++) {
    const ended = next('run.finished');
    await call('jobs.run', { id: 'collect' });
    await ended;
  }
  const before = await call('stats', { jobId: 'collect' });
  expect(before.total).toMatchObject({
    runs: 4,
    outcomes: { succeeded: 4 },
    meanDurationMs: expect.any(Number) as number,
    received: 8,
    new: 2,
    invalid: 0,
  });
  expect(before.byJob).toEqual([{ jobId: 'collect', ...before.total }]);
  expect(before.byHour.reduce((sum, { runs }) => sum + runs, 0)).toBe(4);

  await call('settings.patch', { retention: { runsPerJob: 1 } });
  await expect
    .poll(async () => {
      await clock.advanceAsync(10_000);
      return (await call('runs.list', { jobId: 'collect' })).items.length;
    })
    .toBe(1);
  expect((await call('stats', {})).total).toEqual(before.total);
  expect(
    (await call('stats', { from: '2020-01-01T00:00:00Z', to: '2020-02-01T00:00:00Z' })).total.runs,
  ).toBe(0);
});

it('tells what each thread does now', async () => {
  const api = await startItemsApi([{ id: 1 }]);
  let answer: () => void = () => undefined;
  api.respond = (_request, response) => {
    answer = () => response.end('[]');
    return true;
  };
  const { call, next } = await startTestEngine();
  await call('integrations.create', { id: 'items', name: 'Items', request: { url: api.url } });
  await call('jobs.create', { id: 'collect', name: 'Collect', integrationId: 'items' });
  const { runIds } = await call('jobs.run', { id: 'collect' });
  await api.requested(1);

  const { items } = await call('workers', {});
  expect(items.map(({ name }) => name)).toEqual(['main', 'network', 'compute', 'store']);
  const network = items.find(({ name }) => name === 'network');
  expect(network).toMatchObject({
    state: 'working',
    busy: 1,
    restarts: 0,
    attempts: [{ runId: runIds[0], jobId: 'collect', attempt: 1, state: 'running', pages: 0 }],
  });
  const store = items.find(({ name }) => name === 'store');
  expect(Date.now() - Date.parse(store?.heartbeatAt ?? '')).toBeLessThan(20_000);
  const ended = next('run.finished');
  answer();
  await ended;
  const idle = (await call('workers', {})).items.find(({ name }) => name === 'network');
  expect(idle).toMatchObject({ state: 'idle', busy: 0, attempts: [] });
});
