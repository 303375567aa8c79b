import type { ContractHandlers } from '../../../src/shared/contract.ts';
import { notFound } from '../../../src/shared/errors.ts';
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
    'records.list': async ({ limit, cursor, integrationId, change, runId, q }) => {
      const text = q?.toLowerCase();
      const matching = state.records.filter(
        (record) =>
          (integrationId === undefined || record.integrationId === integrationId) &&
          (change === undefined || record.change === change) &&
          (runId === undefined || record.runId === runId) &&
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
  };
}
