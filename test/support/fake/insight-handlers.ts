import type { ContractHandlers } from '../../../src/shared/contract.ts';
import type { insight } from '../../../src/shared/insight.ts';
import type { FakeState } from './fake-engine.ts';

/** Nobody has counted anything yet. */
export function insightHandlers(state: FakeState): Pick<ContractHandlers, keyof typeof insight> {
  return {
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
