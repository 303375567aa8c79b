import type { IntegrationInput } from '../../shared/integration.ts';
import type { TestResult } from '../../shared/test-result.ts';
import type { Client } from '../state/client.ts';

/** A trial call of an integration as it stands in the form; nothing is stored. */
export class IntegrationTest {
  result = $state.raw<TestResult | null>(null);
  isRunning = $state(false);
  readonly #client: Client;
  #asked = 0;

  constructor(client: Client) {
    this.#client = client;
  }

  /** Calls; throws a CallError when the form itself was refused. */
  async run(integration: IntegrationInput): Promise<void> {
    const asked = ++this.#asked;
    this.isRunning = true;
    try {
      const result = await this.#client.call('integrations.test', { integration });
      if (asked === this.#asked) this.result = result;
    } finally {
      if (asked === this.#asked) this.isRunning = false;
    }
  }
}
