import { assertNever } from '../../../../shared/assert-never.ts';
import type { Auth, FieldValue, Integration } from '../../../../shared/integration.ts';
import type { RunError } from '../../../../shared/run.ts';
import type { Cost } from '../http/http-client.ts';
import type { Authority } from '../http/sockets.ts';
import type { Lifetime } from '../lifetime.ts';
import { isSecretRef } from '../header-part.ts';
import { Masker } from '../secrets/masking.ts';
import type { Vault } from '../secrets/vault.ts';
import { NO_CREDENTIALS, type Credentials } from './credentials.ts';
import type { TokenSource } from './tokens.ts';

export type Attempted =
  | { readonly ok: true; readonly credentials: Credentials }
  | { readonly ok: false; readonly error: RunError };

/** Every secret that an integration names, with the address that is to carry it. */
export function secretsUsed(integration: Integration): readonly SecretUse[] {
  const { auth, request } = integration;
  const uses = secretsIn(request.headers, request.url, 'request.headers');
  switch (auth.kind) {
    case 'none':
      return uses;
    case 'api-key':
    case 'bearer':
    case 'basic':
      return [...uses, { name: auth.secret, address: request.url, path: 'auth.secret' }];
    case 'oauth2-client-credentials':
      return [...uses, { name: auth.secret, address: auth.tokenUrl, path: 'auth.secret' }];
    case 'login':
      return [
        ...uses,
        ...secretsIn(auth.request.headers, auth.request.url, 'auth.request.headers'),
        ...secretsIn(auth.request.body ?? {}, auth.request.url, 'auth.request.body'),
      ];
    default:
      return assertNever(auth);
  }
}

export interface SecretUse {
  readonly name: string;
  readonly address: string;
  /** Where the integration names it. */
  readonly path: string;
}

function secretsIn(
  fields: Readonly<Record<string, unknown>>,
  address: string,
  path: string,
): SecretUse[] {
  return Object.entries(fields).flatMap(([field, value]) =>
    isSecretRef(value) ? [{ name: value.secret, address, path: `${path}.${field}` }] : [],
  );
}

/** Makes the credentials of one integration; static ones once for each state of the vault. */
export class Authenticator {
  readonly #auth: Auth;
  readonly #secretHeaders: readonly (readonly [string, string])[];
  readonly #vault: Vault;
  readonly #tokens: TokenSource;
  readonly #integration: Integration;
  readonly #authority: Authority | null;
  #cached: { readonly version: number; readonly origin: string; readonly made: Attempted } | null =
    null;

  #masker: {
    readonly version: number;
    readonly token: string | null;
    readonly masker: Masker;
  } | null = null;

  constructor(
    integration: Integration,
    authority: Authority | null,
    vault: Vault,
    tokens: TokenSource,
  ) {
    this.#authority = authority;
    this.#integration = integration;
    this.#auth = integration.auth;
    this.#secretHeaders = secretHeaders(integration.request.headers);
    this.#vault = vault;
    this.#tokens = tokens;
  }

  /** Hides what these credentials could be echoed as: an API cannot know other secrets than its own. */
  masker({ token }: Credentials): Masker {
    const { version } = this.#vault;
    const made = this.#masker;
    if (made?.version === version && made.token === token) return made.masker;
    const values = secretsUsed(this.#integration).map(({ name }) => this.#vault.get(name)?.value);
    const known = [...values, token].filter((value) => value !== null && value !== undefined);
    const masker = new Masker(known);
    this.#masker = { version, token, masker };
    return masker;
  }

  /** Whether a request carries anything that must be masked. */
  get isNeeded(): boolean {
    return this.#auth.kind !== 'none' || this.#secretHeaders.length > 0;
  }

  /** Credentials for requests to `origin`; a token may have to be obtained first, which costs. */
  credentials(origin: string, life: Lifetime, cost: Cost): Attempted | Promise<Attempted> {
    if (!this.isNeeded) return NONE;
    if (this.#auth.kind === 'login' || this.#auth.kind === 'oauth2-client-credentials')
      return this.#withToken(origin, life, cost);
    const cached = this.#cached;
    if (cached?.version === this.#vault.version && cached.origin === origin) return cached.made;
    const made = this.#make(origin, this.#auth);
    this.#cached = { version: this.#vault.version, origin, made };
    return made;
  }

  /** The origin did not take these credentials: true when new ones can be had. */
  renew(credentials: Credentials): boolean {
    if (credentials.token === null) return false;
    this.#tokens.drop(this.#integration.auth, credentials.token);
    return true;
  }

  async #withToken(origin: string, life: Lifetime, cost: Cost): Promise<Attempted> {
    const headers = this.#make(origin, null);
    if (!headers.ok) return headers;
    const token = await this.#tokens.token(this.#integration, this.#authority, life, cost);
    if (!token.ok) return token;
    return { ok: true, credentials: merged(headers.credentials, carried(this.#auth, token.value)) };
  }

  /** What needs no token: secret headers and, unless null, static credentials. */
  #make(origin: string, auth: Auth | null): Attempted {
    const headers: Record<string, string> = {};
    for (const [name, secret] of this.#secretHeaders) {
      const revealed = this.#vault.reveal(secret, origin);
      if (!revealed.ok) return revealed;
      headers[name] = revealed.value;
    }
    const base: Credentials = { headers, query: [], token: null };
    const secret = auth !== null && 'secret' in auth ? auth.secret : null;
    if (auth === null || secret === null) return { ok: true, credentials: base };
    const revealed = this.#vault.reveal(secret, origin);
    if (!revealed.ok) return revealed;
    return { ok: true, credentials: merged(base, carried(auth, revealed.value)) };
  }
}

const NONE: Attempted = { ok: true, credentials: NO_CREDENTIALS };

function secretHeaders(
  headers: Readonly<Record<string, FieldValue>>,
): readonly (readonly [string, string])[] {
  return Object.entries(headers).flatMap(([name, value]) =>
    isSecretRef(value) ? [[name.toLowerCase(), value.secret] as const] : [],
  );
}

/** How a kind of authentication carries its secret or token. */
function carried(auth: Auth, value: string): Credentials {
  switch (auth.kind) {
    case 'none':
      return NO_CREDENTIALS;
    case 'api-key':
      return placed(auth.in, auth.name, value, null);
    case 'bearer':
      return placed('header', 'authorization', `Bearer ${value}`, null);
    case 'basic':
      return placed(
        'header',
        'authorization',
        `Basic ${base64(`${auth.username}:${value}`)}`,
        null,
      );
    case 'oauth2-client-credentials':
      return placed('header', 'authorization', `Bearer ${value}`, value);
    case 'login':
      return placed(auth.in, auth.name, `${auth.prefix}${value}`, value);
    default:
      return assertNever(auth);
  }
}

function placed(
  where: 'header' | 'query',
  name: string,
  text: string,
  token: string | null,
): Credentials {
  return where === 'header'
    ? { headers: { [name.toLowerCase()]: text }, query: [], token }
    : { headers: {}, query: [[name, text]], token };
}

function merged(a: Credentials, b: Credentials): Credentials {
  return {
    headers: { ...a.headers, ...b.headers },
    query: [...a.query, ...b.query],
    token: b.token,
  };
}

export function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
