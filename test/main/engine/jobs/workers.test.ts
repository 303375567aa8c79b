import { expect, it } from 'vitest';
import { workerViews, type WorkerSituation } from '../../../../src/main/engine/jobs/workers.ts';

const NOW = Date.parse('2026-01-01T00:01:00.000Z');
const AT = NOW - 7000;
const QUIET: WorkerSituation = {
  now: NOW,
  queued: 0,
  runs: [],
  network: {
    state: 'up',
    heardAt: AT,
    restarts: 0,
    compute: { running: 0, waiting: 0, heardAt: null },
  },
  store: { state: 'ok', heardAt: AT, silentMs: 0 },
};

const view = (name: string, changes: Partial<WorkerSituation> = {}) =>
  workerViews({ ...QUIET, ...changes }).find((worker) => worker.name === name);

it('each thread was heard of when it last said something, not when somebody asks', () => {
  expect(view('main')).toMatchObject({ state: 'idle', heartbeatAt: '2026-01-01T00:01:00.000Z' });
  for (const name of ['network', 'store'])
    expect(view(name)).toMatchObject({ state: 'idle', heartbeatAt: '2026-01-01T00:00:53.000Z' });
});

it('compute threads are heard of when a task of theirs ends, not when the network thread beats', () => {
  expect(view('compute')).toMatchObject({ state: 'idle', heartbeatAt: null });
  const compute = { running: 2, waiting: 5, heardAt: AT - 60_000 };
  const busy = view('compute', { network: { ...QUIET.network, compute } });
  expect(busy).toMatchObject({ state: 'working', busy: 2, waiting: 5 });
  expect(busy?.heartbeatAt).toBe('2025-12-31T23:59:53.000Z');
});

it.each([
  ['idle', 'ok', 0],
  ['working', 'ok', 200],
  ['silent', 'ok', 20_000],
  ['idle', 'read-only', 0],
  ['down', 'degraded', 0],
] as const)(
  'the store is %s when it is %s and has owed an answer for %d ms',
  (told, state, silentMs) => {
    expect(view('store', { store: { state, heardAt: AT, silentMs } })?.state).toBe(told);
  },
);
