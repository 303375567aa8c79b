import type { ContractHandlers } from '../../../src/shared/contract.ts';
import type { upkeep } from '../../../src/shared/upkeep.ts';
import { toDocument } from '../../../src/main/engine/commands/config-document.ts';
import type { FakeState } from './fake-engine.ts';

const CHECKPOINT = { lsn: 1234, snapshotBytes: 8_388_608, durationMs: 41.2 };

/** A store without a disk, and the configuration as a document; the fake takes none. */
export function upkeepHandlers(state: FakeState): Pick<ContractHandlers, keyof typeof upkeep> {
  const backup = {
    name: 'pontual-2026-11-21T12-00-00.000Z-manual.db',
    reason: 'manual' as const,
    at: '2026-11-21T12:00:00.000Z',
    bytes: 8_388_608,
  };
  return {
    'store.info': async () => ({
      state: 'ok',
      stateReason: null,
      home: '/home/ana/.config/Pontual',
      lsn: 1234,
      journalBytes: 65_536,
      snapshotBytes: 8_388_608,
      databaseBytes: 9_000_000,
      freeBytes: 4096,
      budgetBytes: state.settings.store.budgetBytes,
      records: state.records.length,
      runs: state.runs.length,
      integrations: [],
      generations: [{ lsn: 1200, bytes: 8_388_608, at: backup.at }],
      backups: [backup],
    }),
    'store.compact': async () => CHECKPOINT,
    'store.backup': async () => backup,
    'store.backups': async () => ({ items: [backup], nextCursor: null }),
    'store.restore': async (input) => ({ from: input.backup }),
    'store.recover': async ({ choice }) => ({ from: choice }),
    'telemetry.state': async () => ({
      sinks: state.settings.telemetry.sinks.map(({ name, kind, enabled }) => ({
        name,
        kind,
        enabled,
        delivered: 0,
        waiting: 0,
        dropped: 0,
        lastError: null,
      })),
    }),
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
