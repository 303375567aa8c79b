import { describe, expect, it } from 'vitest';
import { judge, type RequestHead } from '../../../src/main/server/gate.ts';

const options = { port: 8085, token: 'secret-token-0123456789' };
const host = ['Host', '127.0.0.1:8085'];
const authorization = ['Authorization', `Bearer ${options.token}`];

function ask(different: Partial<RequestHead> = {}) {
  const head = { method: 'GET', target: '/api/v1/status', rawHeaders: [...host, ...authorization] };
  const verdict = judge({ ...head, ...different }, options);
  return verdict.kind === 'in' ? verdict.hasToken : verdict.code;
}

describe('judge', () => {
  it('lets in who names us and has the token', () => {
    expect(ask()).toBe(true);
  });

  it.each(['localhost:8085', '[::1]:8085'])('knows us as %s too', (name) => {
    expect(ask({ rawHeaders: ['host', name, ...authorization] })).toBe(true);
  });

  it.each([
    ['a stranger', ['evil.example:8085']],
    ['no port', ['127.0.0.1']],
    ['another port', ['127.0.0.1:80']],
    ['a name that ends like ours', ['evil-localhost:8085']],
    ['a name that begins like ours', ['localhost:8085.evil.example']],
    ['another way to write loopback', ['127.1:8085']],
    ['upper case', ['LOCALHOST:8085']],
    ['a user before it', ['x@127.0.0.1:8085']],
    ['nothing', ['']],
    ['two of them', ['127.0.0.1:8085', '127.0.0.1:8085']],
    ['none at all', []],
  ])('refuses a Host with %s', (_what, hosts) => {
    const rawHeaders = [...hosts.flatMap((one) => ['Host', one]), ...authorization];
    expect(ask({ rawHeaders })).toBe('forbidden');
  });

  it.each(['https://evil.example', 'null', 'chrome-extension://abc', 'http://127.0.0.1:8085', ''])(
    'refuses a web page, Origin %j',
    (origin) => {
      expect(ask({ rawHeaders: [...host, ...authorization, 'oRiGiN', origin] })).toBe('forbidden');
    },
  );

  it.each([
    ['cross-site', 'forbidden'],
    ['same-site', 'forbidden'],
    ['none', true],
    ['same-origin', true],
  ])('judges Sec-Fetch-Site %s', (site, verdict) => {
    expect(ask({ rawHeaders: [...host, ...authorization, 'Sec-Fetch-Site', site] })).toBe(verdict);
  });

  it.each([
    ['none', []],
    ['a wrong one', ['Bearer wrong']],
    ['an empty one', ['Bearer ']],
    ['one in other case', [`Bearer ${options.token.toUpperCase()}`]],
    ['a beginning of it', [`Bearer ${options.token.slice(0, -1)}`]],
    ['more than it', [`Bearer ${options.token}x`]],
    ['another scheme', [`Basic ${options.token}`]],
    ['the scheme in other case', [`bearer ${options.token}`]],
    ['no scheme', [options.token]],
    ['two, one right', [`Bearer ${options.token}`, 'Bearer wrong']],
    ['the right one twice', [`Bearer ${options.token}`, `Bearer ${options.token}`]],
    ['a very long one', [`Bearer ${'x'.repeat(1_000_000)}`]],
  ])('refuses a request with %s for a token', (_what, values) => {
    const rawHeaders = [...host, ...values.flatMap((value) => ['Authorization', value])];
    expect(ask({ rawHeaders })).toBe('unauthorized');
  });

  it('takes no token from the query', () => {
    expect(ask({ target: `/api/v1/status?token=${options.token}`, rawHeaders: host })).toBe(
      'unauthorized',
    );
  });

  it.each([
    '/',
    '/?x=1',
    '/health',
    '/docs',
    '/openapi.json',
    '/actuator/health/db',
    '/health?x=1',
  ])('opens %s to everybody who names us', (target) => {
    expect(ask({ target, rawHeaders: host })).toBe(false);
    expect(ask({ target, rawHeaders: [] })).toBe('forbidden');
    expect(ask({ target, rawHeaders: host, method: 'POST' })).toBe('unauthorized');
  });

  it('refuses other sites at the open paths, too', () => {
    const elsewhere = [...host, 'Sec-Fetch-Site', 'cross-site'];
    expect(ask({ target: '/', rawHeaders: elsewhere })).toBe('forbidden');
  });

  it.each(['//', '/health/', '/HEALTH', '/metrics', '//health', '/docs/../api/v1/status'])(
    'does not take %s for an open path',
    (target) => {
      expect(ask({ target, rawHeaders: host })).toBe('unauthorized');
    },
  );

  it.each(['http://127.0.0.1:8085/health', '*', 'evil.example:80', ''])(
    'refuses the target %j',
    (target) => {
      expect(ask({ target })).toBe('validation');
    },
  );

  it.each(['TRACE', 'OPTIONS', 'PROPFIND', 'get', ''])('refuses the method %j', (method) => {
    expect(ask({ method })).toBe('method-not-allowed');
  });

  it('refuses other protocols', () => {
    const rawHeaders = [...host, ...authorization, 'Upgrade', 'websocket'];
    expect(ask({ rawHeaders })).toBe('validation');
  });
});
