import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { BroadcastChannel } from 'node:worker_threads';
import { expect, it, onTestFinished } from 'vitest';
import { startItemsApi } from '../support/items-api.ts';
import { startTestEngine, threadFiles } from '../support/test-engine.ts';

const unplugged = pathToFileURL(
  join(import.meta.dirname, '../support/threads/unplugged-network-thread.mjs'),
);

it('without a network runs wait, told once, and go on in the same attempt when it is back', async () => {
  const api = await startItemsApi([{ id: 1 }]);
  api.respond = (_request, response) => {
    // So that no socket outlives the network.
    response.setHeader('connection', 'close');
    return false;
  };
  const { engine, call, next } = await startTestEngine({
    threads: { ...threadFiles, network: unplugged },
  });
  const network = new BroadcastChannel('network');
  onTestFinished(() => network.close());
  const notices: string[] = [];
  engine.events.on('notice', ({ message }) => void notices.push(message));
  await call('integrations.create', {
    id: 'items',
    name: 'Items',
    request: { url: `${api.url.replace('127.0.0.1', 'items.test')}/{{ job.id }}` },
    records: { path: '$.items[*]' },
    key: ['id'],
  });
  const ids = ['one', 'two', 'three'];
  for (const id of ids)
    await call('jobs.create', {
      id,
      name: id,
      integrationId: 'items',
      retry: { maxAttempts: 1 },
    });

  network.postMessage(false);
  const waiting = Promise.all(ids.map((id) => nextWaiting(id)));
  await call('jobs.bulk', { ids, action: 'run' });
  await waiting;
  const { items } = await call('runs.list', { state: 'waiting' });
  expect(items.map(({ reason, attempt, state }) => [state, reason, attempt])).toEqual(
    ids.map(() => ['waiting', 'network', 1]),
  );
  // They hold no slot, and nothing has left the machine.
  expect(await call('status', {})).toMatchObject({ online: false, running: 0 });
  expect(api.requests).toEqual([]);
  expect(notices.filter((line) => line.includes('no network'))).toHaveLength(1);

  const ended = Promise.all(ids.map((id) => next('run.finished', ({ run }) => run.jobId === id)));
  network.postMessage(true);
  engine.wake();
  for (const { run } of await ended) {
    expect(run).toMatchObject({ outcome: 'succeeded', attempt: 1 });
    const { attempts } = await call('runs.get', { id: run.id });
    expect(attempts).toHaveLength(1);
  }
  expect(api.requests).toHaveLength(ids.length);
  expect(await call('status', {})).toMatchObject({ online: true });
  expect(notices.filter((line) => line.includes('network is back'))).toHaveLength(1);

  function nextWaiting(jobId: string): Promise<void> {
    return new Promise((resolve) => {
      const stop = engine.events.on('run.waiting', ({ run, reason }) => {
        if (run.jobId !== jobId || reason !== 'network') return;
        stop();
        resolve();
      });
    });
  }
});
