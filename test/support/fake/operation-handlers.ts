import type { ContractHandlers } from '../../../src/shared/contract.ts';
import { notFound } from '../../../src/shared/errors.ts';
import type { operations, Results } from '../../../src/shared/operations.ts';
import type { FakeState } from './fake-engine.ts';
import { pageFrom } from './paging.ts';

/** Dead letters are the failed runs that were not dismissed; cursors are kept a job. */
export function operationHandlers(
  state: FakeState,
): Pick<ContractHandlers, keyof typeof operations> {
  const dismissed = new Set<string>();
  const watermarks = new Map<string, string>();
  const dead = () =>
    state.runs.filter(({ id, outcome }) => outcome === 'failed' && !dismissed.has(id));
  const done = (ids: readonly string[]): Results => ({
    results: ids.map((id) => ({ id, ok: true, error: null, runIds: [] })),
  });
  return {
    'dead-letters.list': async (page) => pageFrom(dead(), page),
    'dead-letters.retry': async ({ ids }) => {
      for (const id of ids) dismissed.add(id);
      return done(ids);
    },
    'dead-letters.dismiss': async ({ runId }) => {
      if (!state.runs.some(({ id }) => id === runId)) throw notFound('run', runId);
      dismissed.add(runId);
      return null;
    },
    'jobs.cursor.get': async ({ id }) => ({ watermark: watermarks.get(id) ?? null }),
    'jobs.cursor.put': async ({ id, watermark }) => {
      watermarks.set(id, watermark);
      return { watermark };
    },
    'jobs.cursor.delete': async ({ id }) => {
      watermarks.delete(id);
      return null;
    },
    'jobs.bulk': async ({ ids }) => done(ids),
  };
}
