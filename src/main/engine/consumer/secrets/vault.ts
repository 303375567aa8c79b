import type { RunError } from '../../../../shared/run.ts';
import { say, type Sentence } from '../../../../shared/sentences.ts';
import type { Secret } from '../../pool/protocol.ts';
import { configError } from '../errors.ts';
import { Masker } from './masking.ts';

export type SecretValue =
  { readonly ok: true; readonly value: string } | { readonly ok: false; readonly error: RunError };

/**
 * The secrets of the process, each bound to the origin it may be sent to. Values obtained with them (tokens) are
 * secrets too and join the masks.
 */
export class Vault {
  #secrets: ReadonlyMap<string, Secret> = new Map();
  readonly #tokens = new Set<string>();
  #masker: Masker | null = null;
  #version = 0;

  /** Grows with every change: who keeps something made of a secret compares it. */
  get version(): number {
    return this.#version;
  }

  /** Replaces all secrets. Tokens obtained with the old ones stay masked. */
  replace(secrets: readonly Secret[]): void {
    this.#secrets = new Map(secrets.map((secret) => [secret.name, secret]));
    this.#masker = null;
    this.#version++;
  }

  get(name: string): Secret | undefined {
    return this.#secrets.get(name);
  }

  /** The value for a request to `origin`, or why it cannot be had. */
  reveal(name: string, origin: string): SecretValue {
    const secret = this.#secrets.get(name);
    if (secret === undefined) return refuse('secret-missing', say('secretMissing', { name }));
    if (secret.value === null) return refuse('secret-locked', say('secretLocked', { name }));
    if (originOf(secret.origin) !== origin)
      return refuse('secret-origin', say('secretNotSent', { name, owner: secret.origin, origin }));
    return { ok: true, value: secret.value };
  }

  /** A value that was obtained with a secret and must be masked like one. */
  learn(token: string): void {
    if (this.#tokens.has(token)) return;
    // Old tokens are worthless; the newest thousand are remembered.
    if (this.#tokens.size >= MOST_TOKENS) this.#tokens.delete(firstOf(this.#tokens));
    this.#tokens.add(token);
    this.#masker = null;
  }

  /** Masks every value known now. */
  get masker(): Masker {
    return (this.#masker ??= new Masker(this.#values()));
  }

  *#values(): Iterable<string> {
    for (const { value } of this.#secrets.values()) if (value !== null) yield value;
    yield* this.#tokens;
  }
}

const MOST_TOKENS = 1000;

function firstOf(tokens: ReadonlySet<string>): string {
  for (const token of tokens) return token;
  return '';
}

function refuse(code: string, sentence: Sentence): SecretValue {
  return { ok: false, error: configError(code, sentence) };
}

/** Secrets are kept with the origin as it was written; `https://API.example.com/` is the same one. */
export function originOf(address: string): string | null {
  return URL.canParse(address) ? new URL(address).origin : null;
}
