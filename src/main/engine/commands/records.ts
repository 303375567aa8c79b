import type { ContractHandlers } from '../../../shared/contract.ts';
import { PontualError } from '../../../shared/errors.ts';
import { say } from '../../../shared/sentences.ts';
import type { Store } from '../store/store.ts';
import { toPage } from './paging.ts';

type Names = keyof ContractHandlers & `records.${string}`;

export function recordCommands(store: Pick<Store, 'query'>): Pick<ContractHandlers, Names> {
  return {
    'records.list': async ({ format: _format, locale: _locale, ...filter }) =>
      toPage(await store.query('records.list', filter)),
    'records.get': async ({ integrationId, key }) => {
      const record = await store.query('records.get', { integrationId, key });
      if (!record) {
        const sentence = say('noRecord', { key, integration: integrationId });
        throw new PontualError('not-found', sentence);
      }
      return record;
    },
    'records.versions': async (filter) => toPage(await store.query('records.versions', filter)),
  };
}
