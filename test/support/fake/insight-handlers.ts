import type { ContractHandlers } from '../../../src/shared/contract.ts';
import type { insight } from '../../../src/shared/insight.ts';
import type { FakeState } from './fake-engine.ts';

/** Nobody has counted anything yet. */
export function insightHandlers(state: FakeState): Pick<ContractHandlers, keyof typeof insight> {
  return {
    'metrics.summary': async () => ({
      since: '2026-11-21T08:00:00.000Z',
      runs: { succeeded: 1204, failed: 3, skipped: 12 },
      running: 1,
      queued: 0,
      lateness: { count: 1207, p50Ms: 1.2, p99Ms: 6.8 },
      commits: { count: 5200, p50Ms: 0.31, p99Ms: 2.4 },
      loopDelay: { count: 0, p50Ms: null, p99Ms: null },
      memory: { residentBytes: 180_000_000, heapBytes: 60_000_000 },
    }),
    workers: async () => ({ items: [], nextCursor: null }),
    stats: async () => ({
      from: new Date(state.now() - 3_600_000).toISOString(),
      to: new Date(state.now()).toISOString(),
      total: {
        runs: 0,
        outcomes: {},
        meanDurationMs: null,
        maxDurationMs: null,
        received: 0,
        new: 0,
        changed: 0,
        invalid: 0,
        bytes: 0,
      },
      byJob: [],
      byHour: [],
    }),
  };
}
