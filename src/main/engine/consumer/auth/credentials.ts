import { setQuery, targetOf } from '../address-part.ts';
import type { PlainRequest } from '../request-plan.ts';
import type { WireRequest } from '../http/exchange.ts';

/** What proves who asks, ready to be attached to a request as its last change. */
export interface Credentials {
  readonly headers: Readonly<Record<string, string>>;
  readonly query: readonly (readonly [string, string])[];
  /** The token in it, when it was obtained and may have to be obtained again. */
  readonly token: string | null;
}

export const NO_CREDENTIALS: Credentials = { headers: {}, query: [], token: null };

/** The request as it goes on the wire. */
export function signed(
  request: PlainRequest,
  credentials: Credentials,
  idempotent: boolean,
): WireRequest {
  let { target, headers } = request;
  if (credentials !== NO_CREDENTIALS) {
    headers = { ...headers, ...credentials.headers };
    if (credentials.query.length > 0) {
      const url = new URL(target.href);
      setQuery(url, credentials.query);
      target = targetOf(url);
    }
  }
  const { method, body } = request;
  return { origin: target.origin, path: target.path, method, headers, body, idempotent };
}
