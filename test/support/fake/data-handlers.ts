import type { ContractHandlers } from '../../../src/shared/contract.ts';
import { notFound } from '../../../src/shared/errors.ts';
import type { QuarantineCount } from '../../../src/shared/record.ts';
import type { FakeState } from './fake-engine.ts';
import { fakeVersions } from './fake-records.ts';
import { pageFrom } from './paging.ts';

type DataCommand = Extract<keyof ContractHandlers, `records.${string}` | `quarantine.${string}`>;

export function dataHandlers(state: FakeState): Pick<ContractHandlers, DataCommand> {
  const find = (integrationId: string, key: string) => {
    const record = state.records.find(
      (one) => one.integrationId === integrationId && one.key === key,
    );
    if (record === undefined) throw notFound('record', key);
    return record;
  };
  return {
    'records.list': async ({ limit, cursor, integrationId, change, writtenBy, q }) => {
      const text = q?.toLowerCase();
      const matching = state.records.filter(
        (record) =>
          (integrationId === undefined || record.integrationId === integrationId) &&
          (change === undefined || record.change === change) &&
          (writtenBy === undefined || record.runId === writtenBy) &&
          (text === undefined || JSON.stringify(record.data).toLowerCase().includes(text)),
      );
      return pageFrom(matching, { limit, cursor });
    },
    'records.get': async ({ integrationId, key }) => find(integrationId, key),
    'records.versions': async ({ integrationId, key, ...page }) =>
      pageFrom(fakeVersions(find(integrationId, key)), page),
    'quarantine.list': async ({ limit, cursor, integrationId, runId, field }) => {
      const matching = state.quarantine.filter(
        (item) =>
          (integrationId === undefined || item.integrationId === integrationId) &&
          (runId === undefined || item.runId === runId) &&
          (field === undefined || item.field === field),
      );
      return pageFrom(matching, { limit, cursor });
    },
    'quarantine.fields': async ({ integrationId, runId }) => {
      const counts = new Map<string, QuarantineCount>();
      for (const item of state.quarantine) {
        if (integrationId !== undefined && item.integrationId !== integrationId) continue;
        if (runId !== undefined && item.runId !== runId) continue;
        const { integrationId: of, reason, field } = item;
        const key = JSON.stringify([of, reason, field]);
        const count = 1 + (counts.get(key)?.count ?? 0);
        counts.set(key, { integrationId: of, reason, field, count });
      }
      return { items: [...counts.values()].sort((a, b) => b.count - a.count) };
    },
    // Every second one is accepted, whatever the rules say.
    'quarantine.replay': async ({ integrationId, ids }) => {
      const wanted = state.quarantine.filter(
        (item) =>
          item.integrationId === integrationId && (ids.length === 0 || ids.includes(item.id)),
      );
      const accepted = new Set(wanted.filter((_item, index) => index % 2 === 0));
      state.quarantine = state.quarantine.filter((item) => !accepted.has(item));
      const stillInvalid = wanted.length - accepted.size;
      return { replayed: wanted.length, accepted: accepted.size, stillInvalid };
    },
    'quarantine.delete': async ({ id }) => {
      const left = state.quarantine.filter((item) => item.id !== id);
      if (left.length === state.quarantine.length) throw notFound('refused record', id);
      state.quarantine = left;
      return null;
    },
  };
}
