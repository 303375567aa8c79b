import { expect, it } from 'vitest';
import { startItemsApi } from '../support/items-api.ts';
import { startTestEngine } from '../support/test-engine.ts';

it('a run under way shows the pages that it has read, in the attempt that reads them', async () => {
  const api = await startItemsApi(
    Array.from({ length: 6 }, (_, id) => ({ id })),
    2,
  );
  let isHolding = true;
  let letGo: () => void = () => undefined;
  api.respond = (request, response) => {
    if (!isHolding || !request.url?.includes('page=3')) return false;
    letGo = () => response.end('{"items":[]}');
    return true;
  };
  const { engine, call, next } = await startTestEngine();
  await call('integrations.create', {
    id: 'items',
    name: 'Items',
    request: { url: api.url },
    records: { path: '$.items[*]' },
    key: ['id'],
    pagination: { kind: 'page-number', parameter: 'page', startAt: 1 },
  });
  await call('jobs.create', { id: 'collect', name: 'Collect', integrationId: 'items' });
  const twoStored = new Promise<void>((resolve) => {
    let stored = 0;
    engine.events.on('page.stored', () => {
      if (++stored === 2) resolve();
    });
  });
  const { runIds } = await call('jobs.run', { id: 'collect' });
  const id = runIds[0] ?? '';
  await twoStored;

  const underWay = await call('runs.get', { id });
  expect(underWay).toMatchObject({ state: 'running', outcome: null });
  expect(underWay.attempts).toMatchObject([
    { number: 1, finishedAt: null, outcome: null, pages: [{ page: 1 }, { page: 2 }] },
  ]);
  expect(underWay.attempts[0]?.startedAt).toBe(underWay.startedAt);

  const ended = next('run.finished');
  isHolding = false;
  letGo();
  await ended;
  const { attempts } = await call('runs.get', { id });
  expect(attempts).toMatchObject([{ number: 1, outcome: 'succeeded' }]);
  expect(attempts[0]?.pages).toHaveLength(3);
});
