import { createHash, timingSafeEqual } from 'node:crypto';
import type { ErrorCode } from '../../shared/errors.ts';
import { say, type Sentence } from '../../shared/sentences.ts';

/**
 * Who may come in. A page of a stranger's website can reach 127.0.0.1 too, so being local is no proof of anything:
 * a request must name us by an exact Host (DNS rebinding), must not come from a browser page (Origin,
 * Sec-Fetch-Site) and must carry the token. Pure; the raw header list is read because Node merges or drops doubles.
 */

export interface RequestHead {
  readonly method: string;
  /** The request target as it was sent. */
  readonly target: string;
  /** Names and values in turn, as Node's `rawHeaders`. */
  readonly rawHeaders: readonly string[];
}

export interface GateOptions {
  /** The port we listen on: part of every Host that means us. */
  readonly port: number;
  readonly token: string;
}

export type Verdict =
  | { readonly kind: 'in'; readonly hasToken: boolean }
  | { readonly kind: 'refused'; readonly code: ErrorCode; readonly why: Sentence };

/** Paths that answer without a token: they tell nothing that is not in the documentation, to which the first leads. */
const OPEN_PATHS: ReadonlySet<string> = new Set([
  '/',
  '/openapi.json',
  '/docs',
  '/health',
  '/actuator/health',
  '/actuator/health/db',
  '/actuator/health/redis',
]);

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']);
/** A person who types the address, and our own docs page. */
const FETCH_SITES: ReadonlySet<string> = new Set(['none', 'same-origin']);

export const WRONG_TOKEN = say('tokenNeeded');

export function judge(head: RequestHead, { port, token }: GateOptions): Verdict {
  const valuesOf = (name: string) => headerValues(head.rawHeaders, name);
  if (!head.target.startsWith('/')) return refused('validation', say('targetNoPath'));
  const hosts = valuesOf('host');
  if (hosts.length !== 1 || !isOurHost(hosts[0] ?? '', port))
    return refused('forbidden', say('hostNotOurs', { port: String(port) }));
  if (valuesOf('origin').length > 0) return refused('forbidden', say('originRefused'));
  if (!valuesOf('sec-fetch-site').every((site) => FETCH_SITES.has(site)))
    return refused('forbidden', say('siteRefused'));
  if (valuesOf('upgrade').length > 0) return refused('validation', say('noOtherProtocols'));
  if (!METHODS.has(head.method))
    return refused('method-not-allowed', say('methodUnknown', { method: head.method }));
  const hasToken = isTokenOf(valuesOf('authorization'), token);
  if (!hasToken && !isOpen(head)) return refused('unauthorized', WRONG_TOKEN);
  return { kind: 'in', hasToken };
}

/** Whether a token was given at all, right or wrong. */
export function presentsToken(rawHeaders: readonly string[]): boolean {
  return headerValues(rawHeaders, 'authorization').length > 0;
}

function isOpen({ method, target }: RequestHead): boolean {
  const [path = ''] = target.split('?');
  return (method === 'GET' || method === 'HEAD') && OPEN_PATHS.has(path);
}

function isOurHost(host: string, port: number): boolean {
  return ['127.0.0.1', 'localhost', '[::1]'].some((name) => host === `${name}:${port}`);
}

/** Takes as long for every wrong token: digests of one length are compared. */
function isTokenOf(authorizations: readonly string[], token: string): boolean {
  const [given = ''] = authorizations;
  const isSame = timingSafeEqual(digest(given), digest(`Bearer ${token}`));
  return isSame && authorizations.length === 1;
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function headerValues(rawHeaders: readonly string[], name: string): string[] {
  const values: string[] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2)
    if (rawHeaders[i]?.toLowerCase() === name) values.push(rawHeaders[i + 1] ?? '');
  return values;
}

function refused(code: ErrorCode, why: Sentence): Verdict {
  return { kind: 'refused', code, why };
}
