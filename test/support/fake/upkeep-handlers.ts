import type { ContractHandlers } from '../../../src/shared/contract.ts';
import type { upkeep } from '../../../src/shared/upkeep.ts';
import { toDocument } from '../../../src/main/engine/commands/config-document.ts';
import type { FakeState } from './fake-engine.ts';

/** The configuration as a document; the fake takes none. */
export function upkeepHandlers(state: FakeState): Pick<ContractHandlers, keyof typeof upkeep> {
  return {
    'config.export': async () => toDocument(state.integrations.values(), state.jobs.values()),
    'config.import': async () => ({
      imported: [],
      changed: [],
      unchanged: [],
      skipped: [],
      counts: { integrations: 0, jobs: 0 },
    }),
  };
}
