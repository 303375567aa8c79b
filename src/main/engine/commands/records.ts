import type { ContractHandlers } from '../../../shared/contract.ts';
import { notFound } from '../../../shared/errors.ts';
import type { Store } from '../store/store.ts';
import { toPage } from './paging.ts';

type Names = keyof ContractHandlers & `records.${string}`;

export function recordCommands(store: Pick<Store, 'query'>): Pick<ContractHandlers, Names> {
  return {
    'records.list': async ({ format: _format, locale: _locale, ...filter }) =>
      toPage(await store.query('records.list', filter)),
    'records.get': async ({ integrationId, key }) => {
      const record = await store.query('records.get', { integrationId, key });
      if (!record) throw notFound(`record of integration '${integrationId}'`, key);
      return record;
    },
    'records.versions': async (filter) => toPage(await store.query('records.versions', filter)),
  };
}
