import type { Integration, Method } from '../../../shared/integration.ts';
import type { RunError } from '../../../shared/run.ts';

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
  const refuse = (code: string, message: string): RedirectDecision => {
    return { kind: 'refuse', error: { code, kind: 'config', message, status } };
  };
  if (location === null || location.trim() === '')
    return refuse('redirect-broken', `${status}: the API redirects but does not say where to.`);
  const url = parse(location, from);
  if (url === null)
    return refuse(
      'redirect-broken',
      `${status}: the API redirects to something that is no address.`,
    );
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return refuse(
      'redirect-scheme',
      `The API redirects to ${url.protocol} - only http and https are followed.`,
    );
  if (from.protocol === 'https:' && url.protocol === 'http:')
    return refuse(
      'redirect-insecure',
      'The API redirects from https to http, which is never followed.',
    );
  if (policy.follow === 'none')
    return refuse(
      'redirect-refused',
      `${status}: the API redirects to ${url.origin}, and redirects.follow is none.`,
    );
  if (policy.follow === 'same-origin' && url.origin !== from.origin)
    return refuse(
      'redirect-other-origin',
      `The API redirects to another origin, ${url.origin}. Set redirects.follow to any to allow it (secrets are never sent there).`,
    );
  if (visited.length > policy.max)
    return refuse('redirect-limit', `More than ${policy.max} redirects (redirects.max).`);
  const followUp = methodAfter(status, redirect.method);
  if (visited.includes(url.href) && followUp.method === redirect.method)
    return refuse(
      'redirect-loop',
      `The API redirects in a circle at ${url.origin}${url.pathname}.`,
    );
  return { kind: 'follow', url, ...followUp };
}

function parse(location: string, from: URL): URL | null {
  return URL.canParse(location, from.href) ? new URL(location, from) : null;
}

function methodAfter(status: number, method: Method): { method: Method; keepsBody: boolean } {
  const becomesGet = (status === 303 && method !== 'HEAD') || (status < 303 && method === 'POST');
  return becomesGet ? { method: 'GET', keepsBody: false } : { method, keepsBody: true };
}
