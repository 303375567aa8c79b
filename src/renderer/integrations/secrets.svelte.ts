import type { CommandOutput } from '../../shared/contract.ts';
import type { Client } from '../state/client.ts';
import { Resource } from '../state/resource.svelte.ts';

export type StoredSecret = CommandOutput<'secrets.list'>['items'][number];

/** The names of the stored secrets, for the fields that choose one. */
export class Secrets {
  readonly list: Resource<readonly StoredSecret[]>;
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
    this.list = new Resource(async () => (await client.call('secrets.list', {})).items);
  }

  get names(): readonly string[] {
    return (this.list.value ?? []).map((secret) => secret.name);
  }

  find(name: string): StoredSecret | undefined {
    return this.list.value?.find((secret) => secret.name === name);
  }

  /** Stores a value; the name may be chosen from now on. */
  async put(name: string, value: string, origin: string): Promise<void> {
    await this.#client.call('secrets.put', { name, value, origin });
    await this.list.load();
  }
}
