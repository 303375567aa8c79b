import type { Integration, Method } from '../../../shared/integration.ts';
import type { RunError } from '../../../shared/run.ts';
import { say, type Sentence } from '../../../shared/sentences.ts';
import { configError } from './errors.ts';

/** What to do with an answer that points elsewhere. */
export type RedirectDecision =
  | {
      readonly kind: 'follow';
      readonly url: URL;
      readonly method: Method;
      readonly keepsBody: boolean;
    }
  | { readonly kind: 'refuse'; readonly error: RunError };

export interface Redirect {
  readonly status: number;
  readonly location: string | null;
  readonly from: URL;
  readonly method: Method;
  readonly policy: Integration['redirects'];
  /** Addresses asked before this one, the first included. */
  readonly visited: readonly string[];
}

const REDIRECT_STATUSES = new Set([301, 302, 303, 307, 308]);

export function isRedirect(status: number): boolean {
  return REDIRECT_STATUSES.has(status);
}

/** Pure: RFC 9110, 15.4, and this program's rules (same origin unless allowed, never from https to http). */
export function decideRedirect(redirect: Redirect): RedirectDecision {
  const { status, location, from, policy, visited } = redirect;
  const refuse = (code: string, sentence: Sentence): RedirectDecision => {
    return { kind: 'refuse', error: { ...configError(code, sentence), status } };
  };
  if (location === null || location.trim() === '')
    return refuse('redirect-broken', say('redirectNowhere', { status }));
  const url = parse(location, from);
  if (url === null) return refuse('redirect-broken', say('redirectNoAddress', { status }));
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return refuse('redirect-scheme', say('redirectScheme', { scheme: url.protocol }));
  if (from.protocol === 'https:' && url.protocol === 'http:')
    return refuse('redirect-insecure', say('redirectInsecure'));
  if (policy.follow === 'none')
    return refuse('redirect-refused', say('redirectNotFollowed', { status, origin: url.origin }));
  if (policy.follow === 'same-origin' && url.origin !== from.origin)
    return refuse('redirect-other-origin', say('redirectElsewhere', { origin: url.origin }));
  if (visited.length > policy.max)
    return refuse('redirect-limit', say('redirectTooMany', { most: policy.max }));
  const followUp = methodAfter(status, redirect.method);
  if (visited.includes(url.href) && followUp.method === redirect.method)
    return refuse('redirect-loop', say('redirectCircle', { address: url.origin + url.pathname }));
  return { kind: 'follow', url, ...followUp };
}

function parse(location: string, from: URL): URL | null {
  return URL.canParse(location, from.href) ? new URL(location, from) : null;
}

function methodAfter(status: number, method: Method): { method: Method; keepsBody: boolean } {
  const becomesGet = (status === 303 && method !== 'HEAD') || (status < 303 && method === 'POST');
  return becomesGet ? { method: 'GET', keepsBody: false } : { method, keepsBody: true };
}
