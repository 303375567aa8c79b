import { describe, expect, it } from 'vitest';
import { startApiServer } from '../support/api-server.ts';
import { runJob } from '../support/run-job.ts';
import { startTestEngine } from '../support/test-engine.ts';

describe('An origin that keeps failing', () => {
  it('is left alone, and the run that waits for it says so', async () => {
    const api = await startApiServer(() => ({ status: 503, body: 'down for maintenance' }));
    const engine = await startTestEngine();
    const { call, next } = engine;
    const once = { retry: { maxAttempts: 1 } };
    await call('integrations.create', {
      id: 'api',
      name: 'Api',
      request: { url: api.url },
      ...once,
    });
    await call('jobs.create', { id: 'collect', name: 'Collect', integrationId: 'api', ...once });
    for (let count = 0; count < 5; count++)
      expect(await runJob(engine, 'collect')).toMatchObject({ outcome: 'failed' });
    expect(api.requests).toHaveLength(5);

    const waiting = next('run.progress', ({ progress }) => progress.message !== null);
    const { runIds } = await call('jobs.run', { id: 'collect' });
    const { runId, progress } = await waiting;

    expect(runIds).toEqual([runId]);
    expect(progress.message).toMatch(/keeps failing and is left alone for \d+ s/);
    expect(progress.message).toContain('503');
    const run = await call('runs.get', { id: runId });
    expect(run).toMatchObject({ state: 'waiting', reason: 'origin', progress });
    expect(api.requests).toHaveLength(5);
    const ended = next('run.finished');
    await call('runs.cancel', { id: runId });
    expect((await ended).run).toMatchObject({ outcome: 'cancelled', progress: { message: null } });
  });

  it('holds everybody back who would call it, after it asked for that', async () => {
    const api = await startApiServer((_request, number) =>
      number === 1 ? { status: 429, headers: { 'retry-after': '60' } } : { body: [] },
    );
    const { call, next } = await startTestEngine();
    await call('integrations.create', { id: 'api', name: 'Api', request: { url: api.url } });
    await call('jobs.create', { id: 'collect', name: 'Collect', integrationId: 'api' });
    const waiting = next('run.progress', ({ progress }) => progress.message !== null);
    await call('jobs.run', { id: 'collect' });
    expect((await waiting).progress.message).toMatch(/asked not to be called for \d+ s/);
    expect(api.requests).toHaveLength(1);
  });
});
