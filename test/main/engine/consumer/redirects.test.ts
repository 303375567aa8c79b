import { describe, expect, it } from 'vitest';
import { decideRedirect, type Redirect } from '../../../../src/main/engine/consumer/redirects.ts';

const from = new URL('https://api.example.com/a/b?c=d');

function decide(more: Partial<Redirect>) {
  const decision = decideRedirect({
    status: 302,
    location: '/x',
    from,
    method: 'GET',
    policy: { follow: 'same-origin', max: 5 },
    visited: [from.href],
    ...more,
  });
  return decision.kind === 'refuse'
    ? decision.error.code
    : `${decision.method} ${decision.url.href}${decision.keepsBody ? ' with body' : ''}`;
}

describe('a redirect', () => {
  it.each<[string, Partial<Redirect>, string]>([
    ['may be relative', { location: 'y?z' }, 'GET https://api.example.com/a/y?z with body'],
    [
      'to the same origin in other case',
      { location: 'HTTPS://API.example.com:443/x' },
      'GET https://api.example.com/x with body',
    ],
    ['303 makes a GET', { status: 303, method: 'PUT' }, 'GET https://api.example.com/x'],
    [
      '303 leaves HEAD alone',
      { status: 303, method: 'HEAD' },
      'HEAD https://api.example.com/x with body',
    ],
    [
      '301 makes a GET of a POST only',
      { status: 301, method: 'POST' },
      'GET https://api.example.com/x',
    ],
    [
      '301 leaves PUT alone',
      { status: 301, method: 'PUT' },
      'PUT https://api.example.com/x with body',
    ],
    ['307 keeps all', { status: 307, method: 'POST' }, 'POST https://api.example.com/x with body'],
    ['without a place', { location: null }, 'redirect-broken'],
    ['to nothing', { location: '  ' }, 'redirect-broken'],
    ['to no address', { location: 'http://[' }, 'redirect-broken'],
    ['to data', { location: 'data:text/plain,x' }, 'redirect-scheme'],
    ['to another port', { location: 'https://api.example.com:444/' }, 'redirect-other-origin'],
    [
      'elsewhere where that is allowed',
      { location: 'https://b.example/', policy: { follow: 'any', max: 5 } },
      'GET https://b.example/ with body',
    ],
    [
      'from https to http',
      { location: 'http://api.example.com/', policy: { follow: 'any', max: 5 } },
      'redirect-insecure',
    ],
    ['where none is wanted', { policy: { follow: 'none', max: 5 } }, 'redirect-refused'],
    ['back to where it came from', { location: from.href }, 'redirect-loop'],
    ['one too many', { visited: ['1', '2', '3', '4', '5', '6'] }, 'redirect-limit'],
    ['where none is allowed', { policy: { follow: 'any', max: 0 } }, 'redirect-limit'],
  ])('%s', (_name, more, expected) => {
    expect(decide(more)).toBe(expected);
  });
});
