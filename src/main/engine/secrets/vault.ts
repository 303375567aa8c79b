import { invalid, notFound, PontualError } from '../../../shared/errors.ts';
import { say } from '../../../shared/sentences.ts';
import { toIso, type Clock } from '../clock.ts';
import type { Secret } from '../pool/protocol.ts';
import type { Store, StoredSecret } from '../store/store.ts';
import { open, seal } from './secret-box.ts';

/**
 * The secrets in memory: opened once at start, handed to the network thread, and known to the log's mask. No way
 * leads from here to a caller that answers somebody.
 */
export interface VaultDeps {
  readonly clock: Clock;
  readonly store: Pick<Store, 'commit'>;
  /** null: this machine cannot keep secrets now; stored ones are locked. */
  readonly dataKey: Uint8Array | null;
  readonly onChange: (secrets: readonly Secret[]) => void;
}

interface Entry {
  readonly origin: string;
  readonly value: string | null;
  readonly updatedAt: number;
}

/** What may be told of a secret. */
export interface SecretFacts {
  readonly name: string;
  readonly origin: string;
  readonly hasValue: boolean;
  readonly locked: boolean;
  readonly updatedAt: string;
}

export class Vault {
  readonly #deps: VaultDeps;
  readonly #entries = new Map<string, Entry>();

  constructor(deps: VaultDeps) {
    this.#deps = deps;
  }

  load(stored: readonly StoredSecret[]): void {
    const { dataKey } = this.#deps;
    for (const { name, origin, sealed, updatedAt } of stored) {
      const value = dataKey ? open(dataKey, sealed, { name, origin }) : null;
      this.#entries.set(name, { origin, value, updatedAt });
    }
    this.#deps.onChange(this.secrets());
  }

  facts(): SecretFacts[] {
    return [...this.#entries.keys()].sort().map((name) => this.#factsOf(name));
  }

  secrets(): Secret[] {
    return [...this.#entries].map(([name, { origin, value }]) => ({ name, origin, value }));
  }

  /** Known values, for masking. */
  values(): string[] {
    return [...this.#entries.values()].flatMap(({ value }) => (value === null ? [] : [value]));
  }

  async put(name: string, value: string, originText: string): Promise<SecretFacts> {
    const { dataKey, store, clock } = this.#deps;
    if (!dataKey) throw new PontualError('conflict', say('noKeyring'));
    const origin = originOf(originText);
    const at = clock.now();
    const sealed = seal(dataKey, value, { name, origin });
    await store.commit([{ kind: 'secret.put', name, origin, sealed, at }]);
    this.#entries.set(name, { origin, value, updatedAt: at });
    this.#deps.onChange(this.secrets());
    return this.#factsOf(name);
  }

  async delete(name: string): Promise<void> {
    if (!this.#entries.has(name)) throw notFound('secret', name);
    await this.#deps.store.commit([{ kind: 'secret.delete', name }]);
    this.#entries.delete(name);
    this.#deps.onChange(this.secrets());
  }

  #factsOf(name: string): SecretFacts {
    const entry = this.#entries.get(name);
    if (!entry) throw notFound('secret', name);
    const locked = entry.value === null;
    return {
      name,
      origin: entry.origin,
      hasValue: true,
      locked,
      updatedAt: toIso(entry.updatedAt),
    };
  }
}

/** Scheme, host and port of an address, and nothing else. */
function originOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (
    url &&
    (url.protocol === 'https:' || url.protocol === 'http:') &&
    url.pathname === '/' &&
    !url.search
  )
    return url.origin;
  throw invalid([
    {
      path: 'origin',
      ...say('noOrigin', { text: text.slice(0, 200) }),
    },
  ]);
}
