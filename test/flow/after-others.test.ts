import { describe, expect, it } from 'vitest';
import { startItemsApi, type ItemsApi } from '../support/items-api.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { startTestEngine, type TestEngine } from '../support/test-engine.ts';

async function setUp(api: ItemsApi, home?: string): Promise<TestEngine> {
  const engine = await startTestEngine(home === undefined ? {} : { home });
  await engine.call('integrations.create', {
    id: 'items',
    name: 'Items',
    request: { url: `${api.url}/{{ job.id }}` },
    records: { path: '$.items[*]' },
    key: ['id'],
  });
  for (const id of ['first', 'second'])
    await engine.call('jobs.create', {
      id,
      name: id,
      integrationId: 'items',
      retry: { maxAttempts: 1 },
    });
  await engine.call('jobs.create', {
    id: 'last',
    name: 'Last',
    integrationId: 'items',
    after: ['first', 'second'],
  });
  return engine;
}

async function end({ call, next }: TestEngine, id: string) {
  const ended = next('run.finished', ({ run }) => run.jobId === id);
  await call('jobs.run', { id });
  return (await ended).run;
}

describe('A job that runs after others', () => {
  it('runs once when all of them have succeeded since its own last run, and again only when they have again', async () => {
    const api = await startItemsApi([{ id: 1 }]);
    const engine = await setUp(api);
    const runsOfLast = async () => (await engine.call('runs.list', { jobId: 'last' })).items;

    await end(engine, 'first');
    await end(engine, 'first');
    expect(await runsOfLast()).toEqual([]);

    const ran = engine.next('run.finished', ({ run }) => run.jobId === 'last');
    await end(engine, 'second');
    expect((await ran).run).toMatchObject({
      outcome: 'succeeded',
      trigger: 'dependency',
      triggeredBy: 'second',
      scheduledFor: null,
    });

    await end(engine, 'second');
    const again = engine.next('run.finished', ({ run }) => run.jobId === 'last');
    await end(engine, 'first');
    await again;
    expect(await runsOfLast()).toHaveLength(2);
  });

  it('does not run when one of them failed', async () => {
    const api = await startItemsApi([{ id: 1 }]);
    api.respond = ({ url }, response) => {
      if (url !== '/second') return false;
      response.statusCode = 404;
      response.end();
      return true;
    };
    const engine = await setUp(api);
    await end(engine, 'first');
    expect((await end(engine, 'second')).outcome).toBe('failed');
    // Its own start by hand counts as its run: what happened before no longer counts.
    await end(engine, 'last');
    api.respond = null;
    await end(engine, 'second');
    const { items } = await engine.call('runs.list', { jobId: 'last' });
    expect(items.map(({ trigger }) => trigger)).toEqual(['manual']);
  });

  it('waits while it is paused, and runs when it is resumed', async () => {
    const engine = await setUp(await startItemsApi([{ id: 1 }]));
    await engine.call('jobs.pause', { id: 'last' });
    await end(engine, 'first');
    await end(engine, 'second');
    expect((await engine.call('runs.list', { jobId: 'last' })).items).toEqual([]);
    const ran = engine.next('run.finished', ({ run }) => run.jobId === 'last');
    await engine.call('jobs.resume', { id: 'last' });
    expect((await ran).run.trigger).toBe('dependency');
  });

  it('runs at the next start of the program when that ended before it could be started', async () => {
    const home = await temporaryFolder();
    const api = await startItemsApi([{ id: 1 }]);
    const before = await setUp(api, home);
    await before.call('jobs.pause', {
      id: 'last',
      until: new Date(Date.now() + 60_000).toISOString(),
    });
    await end(before, 'first');
    await end(before, 'second');
    await before.engine.stop();
    const engine = await startTestEngine({ home });
    const ran = engine.next('run.finished', ({ run }) => run.jobId === 'last');
    await engine.call('jobs.resume', { id: 'last' });
    expect((await ran).run.trigger).toBe('dependency');
  });

  it('cannot be saved when it would wait for itself in a circle, and the sentence names the way', async () => {
    const engine = await setUp(await startItemsApi());
    const saved = engine.call('jobs.update', {
      id: 'first',
      name: 'First',
      integrationId: 'items',
      after: ['last'],
    });
    await expect(saved).rejects.toMatchObject({
      code: 'validation',
      details: [
        {
          path: 'after',
          message: expect.stringContaining(
            "'first' runs after 'last', which runs after 'first'",
          ) as string,
        },
      ],
    });
  });
});
