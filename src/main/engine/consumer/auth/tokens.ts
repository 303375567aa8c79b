import { assertNever } from '../../../../shared/assert-never.ts';
import type { Auth, FieldValue, Integration } from '../../../../shared/integration.ts';
import type { RunError } from '../../../../shared/run.ts';
import { part, say } from '../../../../shared/sentences.ts';
import type { JsonValue } from '../../../../shared/values.ts';
import type { Clock } from '../../clock.ts';
import { configError, describeStatus, retold } from '../errors.ts';
import { headerText } from '../http/headers.ts';
import type { Call, Cost, GoodReply, HttpClient } from '../http/http-client.ts';
import type { Authority } from '../http/sockets.ts';
import type { Lifetime } from '../lifetime.ts';
import { targetOf } from '../address-part.ts';
import { formBody } from '../body-part.ts';
import { isSecretRef } from '../header-part.ts';
import type { PlainRequest } from '../request-plan.ts';
import { originOf, type Vault } from '../secrets/vault.ts';
import { NO_CREDENTIALS } from './credentials.ts';

export type TokenResult =
  { readonly ok: true; readonly value: string } | { readonly ok: false; readonly error: RunError };

type WithToken = Extract<Auth, { kind: 'login' | 'oauth2-client-credentials' }>;

/** Reads values out of a JSON body, by JSONPath. Never throws. */
export type ExtractValues = (request: {
  readonly body: Uint8Array;
  readonly contentType: string | null;
  readonly paths: readonly string[];
  readonly maxDepth: number;
}) => { readonly extracted: Readonly<Record<string, JsonValue>>; readonly error: RunError | null };

export interface TokenSourceOptions {
  readonly clock: Clock;
  readonly http: HttpClient;
  readonly vault: Vault;
  readonly extractValues: ExtractValues;
  /** The life of a refresh: several attempts wait for it, so it belongs to none of them. */
  readonly newLife: () => Lifetime;
}

/** Who needs a token, and in what way their requests are made. */
interface Asking {
  readonly integration: Integration;
  readonly authority: Authority | null;
  readonly cost: Cost;
}

interface Held {
  readonly version: number;
  readonly value: string;
  /** Wall clock: a token ages while the machine sleeps. */
  readonly expiresAt: number;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
/** What RFC 6749 leaves open when `expires_in` is missing. */
const DEFAULT_OAUTH_TTL_MS = 10 * MINUTE;
/** A token is renewed a little before it expires, so that it does not expire on its way. */
const EARLY_MS = 10 * SECOND;

/**
 * Tokens by login or OAuth2 client credentials, reused by everybody with the same `auth` until they expire or are
 * refused. However many attempts need a new one at once, one request is made for all of them.
 */
export class TokenSource {
  readonly #options: TokenSourceOptions;
  readonly #held = new Map<string, Held>();
  readonly #underWay = new Map<string, Promise<TokenResult>>();

  constructor(options: TokenSourceOptions) {
    this.#options = options;
  }

  token(
    integration: Integration,
    authority: Authority | null,
    life: Lifetime,
    cost: Cost,
  ): TokenResult | Promise<TokenResult> {
    const { auth } = integration;
    if (auth.kind !== 'login' && auth.kind !== 'oauth2-client-credentials')
      return {
        ok: false,
        error: configError('no-token', say('tokenNotOfKind')),
      };
    const { clock, vault } = this.#options;
    const key = keyOf(auth);
    const held = this.#held.get(key);
    if (held?.version === vault.version && held.expiresAt > clock.now())
      return { ok: true, value: held.value };
    return life.guard(this.#shared(key, auth, { integration, authority, cost }), () => undefined);
  }

  /** Forgets a token that was refused, unless it has been replaced meanwhile. */
  drop(auth: Auth, value: string): void {
    const key = keyOf(auth);
    if (this.#held.get(key)?.value === value) this.#held.delete(key);
  }

  #shared(key: string, auth: WithToken, asking: Asking): Promise<TokenResult> {
    const waiting = this.#underWay.get(key);
    if (waiting !== undefined) return waiting;
    const refresh = this.#obtain(key, auth, asking).finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, refresh);
    return refresh;
  }

  async #obtain(key: string, auth: WithToken, asking: Asking): Promise<TokenResult> {
    const { http, vault, newLife, clock } = this.#options;
    const { version } = vault;
    const made = tokenRequest(auth, vault);
    if (!made.ok) return made;
    const reply = await http.send(callOf(asking, made.request), newLife(), asking.cost);
    if (!reply.ok) return { ok: false, error: inLogin(reply.error) };
    const grant = this.#grantIn(auth, reply, asking.integration.limits.maxDepth);
    if (!grant.ok) return grant;
    vault.learn(grant.value);
    const expiresAt = clock.now() + Math.max(grant.ttlMs - EARLY_MS, grant.ttlMs / 2);
    this.#held.set(key, { version, value: grant.value, expiresAt });
    return grant;
  }

  #grantIn(auth: WithToken, reply: GoodReply, maxDepth: number): Grant {
    if (reply.status < 200 || reply.status > 299) {
      const error = describeStatus(reply.status, { retryAfterMs: reply.retryAfterMs, excerpt: '' });
      // Whoever issues tokens answers 400 when the credentials are wrong (RFC 6749, 5.2).
      return {
        ok: false,
        error: inLogin(reply.status === 400 ? { ...error, kind: 'config' } : error),
      };
    }
    const oauth = auth.kind === 'oauth2-client-credentials';
    const paths = oauth ? ['$.access_token', '$.expires_in'] : [auth.tokenPath];
    const contentType = headerText(reply.headers, 'content-type');
    const { extracted, error } = this.#options.extractValues({
      body: reply.body,
      contentType,
      paths,
      maxDepth,
    });
    if (error !== null) return { ok: false, error: inLogin({ ...error, kind: 'config' }) };
    const token = extracted[paths[0] ?? ''];
    if (typeof token !== 'string' && typeof token !== 'number') return noToken(paths[0] ?? '');
    const seconds = Number(extracted['$.expires_in']);
    const oauthTtl = seconds > 0 ? seconds * SECOND : DEFAULT_OAUTH_TTL_MS;
    return { ok: true, value: String(token), ttlMs: auth.kind === 'login' ? auth.ttlMs : oauthTtl };
  }
}

type Grant =
  | { readonly ok: true; readonly value: string; readonly ttlMs: number }
  | { readonly ok: false; readonly error: RunError };

function noToken(path: string): Grant {
  return { ok: false, error: configError('no-token', say('tokenMissing', { path })) };
}

function keyOf(auth: Auth): string {
  return JSON.stringify(auth);
}

function inLogin(error: RunError): RunError {
  return retold(error, say('whileGettingToken', { failure: part(error) }));
}

function callOf({ integration, authority }: Asking, request: PlainRequest): Call {
  const { limits, redirects } = integration;
  const { origin, hostname } = request.target;
  return {
    request,
    // Asking for a token twice does no harm.
    idempotent: true,
    limits,
    redirects: {
      ...redirects,
      follow: redirects.follow === 'any' ? 'same-origin' : redirects.follow,
    },
    home: { origin, hostname },
    authority,
    credentials: NO_CREDENTIALS,
    cutAtBytes: Infinity,
    holdsSecret: null,
    onRequest: null,
  };
}

type Made =
  | { readonly ok: true; readonly request: PlainRequest }
  | { readonly ok: false; readonly error: RunError };

/** The request for a token with its secrets in it; they are bound to its own origin. */
function tokenRequest(auth: WithToken, vault: Vault): Made {
  switch (auth.kind) {
    case 'oauth2-client-credentials':
      return oauthRequest(auth, vault);
    case 'login':
      return loginRequest(auth, vault);
    default:
      return assertNever(auth);
  }
}

const JSON_ACCEPT = { accept: 'application/json', 'user-agent': 'Pontual/0.1' };

function oauthRequest(
  auth: Extract<Auth, { kind: 'oauth2-client-credentials' }>,
  vault: Vault,
): Made {
  const origin = originOf(auth.tokenUrl);
  if (origin === null) return badAddress();
  const secret = vault.reveal(auth.secret, origin);
  if (!secret.ok) return secret;
  const fields: Record<string, string> = { grant_type: 'client_credentials' };
  if (auth.scope !== null) fields['scope'] = auth.scope;
  if (auth.audience !== null) fields['audience'] = auth.audience;
  const headers: Record<string, string> = { ...JSON_ACCEPT };
  if (auth.clientAuth === 'body') {
    fields['client_id'] = auth.clientId;
    fields['client_secret'] = secret.value;
  } else {
    // RFC 6749, 2.3.1: both parts are form-encoded before they are joined.
    const pair = `${formEncoded(auth.clientId)}:${formEncoded(secret.value)}`;
    const credentials = Buffer.from(pair).toString('base64');
    vault.learn(credentials);
    headers['authorization'] = `Basic ${credentials}`;
  }
  const { text, type } = formBody(fields);
  const target = targetOf(new URL(auth.tokenUrl));
  return {
    ok: true,
    request: { method: 'POST', target, headers: { ...headers, 'content-type': type }, body: text },
  };
}

function formEncoded(text: string): string {
  return new URLSearchParams({ v: text }).toString().slice(2);
}

function loginRequest({ request }: Extract<Auth, { kind: 'login' }>, vault: Vault): Made {
  const origin = originOf(request.url);
  if (origin === null) return badAddress();
  const reveal = revealer(vault, origin);
  const headers: Record<string, string> = { ...JSON_ACCEPT };
  for (const [name, value] of Object.entries(request.headers))
    headers[name.toLowerCase()] = reveal.text(value);
  const body = request.body === null ? null : loginBody(request.body, request.bodyKind, reveal.of);
  const error = reveal.error();
  if (error !== null) return { ok: false, error };
  if (body !== null) headers['content-type'] ??= body.type;
  const { method } = request;
  return {
    ok: true,
    request: { method, target: targetOf(new URL(request.url)), headers, body: body?.text ?? null },
  };
}

function textOf(value: JsonValue): string {
  return typeof value === 'string' ? value : '';
}

/** Puts values in the place of secrets' names and remembers the first one that cannot be had. */
function revealer(vault: Vault, origin: string) {
  let error: RunError | null = null;
  const of = (value: unknown): JsonValue => {
    if (!isSecretRef(value)) return value as JsonValue;
    const secret = vault.reveal(value.secret, origin);
    if (secret.ok) return secret.value;
    error ??= secret.error;
    return '';
  };
  const text = (value: FieldValue): string =>
    typeof value === 'string' ? value : textOf(of(value));
  return { of, text, error: () => error };
}

function loginBody(
  fields: Readonly<Record<string, unknown>>,
  kind: 'json' | 'form',
  reveal: (value: unknown) => JsonValue,
): { text: string; type: string } {
  const values = Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, reveal(value)]),
  );
  return kind === 'form'
    ? formBody(values)
    : { text: JSON.stringify(values), type: 'application/json' };
}

function badAddress(): Made {
  return { ok: false, error: configError('bad-address', say('tokenNoAddress')) };
}
