import type { ContractHandlers } from '../../../shared/contract.ts';
import type { Vault } from '../secrets/vault.ts';
import { onePage } from './paging.ts';

type Names = keyof ContractHandlers & `secrets.${string}`;

export function secretCommands(vault: Vault): Pick<ContractHandlers, Names> {
  return {
    'secrets.list': async () => onePage(vault.facts()),
    'secrets.put': ({ name, value, origin }) => vault.put(name, value, origin),
    'secrets.delete': async ({ name }) => {
      await vault.delete(name);
      return null;
    },
  };
}
