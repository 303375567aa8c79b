import { SvelteMap } from 'svelte/reactivity';
import type { Client } from './client.ts';

/**
 * Refused records that a person threw away a moment ago: not shown any more, but there until it can no longer be taken
 * back. When the window closes before that, they stay.
 */
export class Discards {
  readonly #client: Client;
  readonly #pending = new SvelteMap<string, ReturnType<typeof setTimeout>>();

  constructor(client: Client) {
    this.#client = client;
  }

  has(id: string): boolean {
    return this.#pending.has(id);
  }

  /** Discards the record after so long; `settled` tells then what was wrong, or null. */
  add(id: string, afterMs: number, settled: (problem: unknown) => void): void {
    const timer = setTimeout(() => void this.#carryOut(id).then(settled), afterMs);
    this.#pending.set(id, timer);
  }

  takeBack(id: string): void {
    clearTimeout(this.#pending.get(id));
    this.#pending.delete(id);
  }

  close(): void {
    for (const timer of this.#pending.values()) clearTimeout(timer);
    this.#pending.clear();
  }

  async #carryOut(id: string): Promise<unknown> {
    try {
      await this.#client.call('quarantine.delete', { id });
      return null;
    } catch (thrown) {
      return thrown;
    } finally {
      this.#pending.delete(id);
    }
  }
}
