import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IntegrationInput } from '../../../src/shared/integration.ts';
import { startApiServer, type ApiServer } from '../../support/api-server.ts';
import { NetworkDriver, sampleTemplate, type DrivenRead } from '../../support/network-driver.ts';
import { sampleIntegration } from '../../support/sample-integration.ts';

let network: NetworkDriver;
beforeAll(() => {
  network = new NetworkDriver();
});
afterAll(() => network.stop());

const SECRET = 's3cr3t/+"ç&canary';

function keep(...secrets: readonly [name: string, origin: string, value: string | null][]) {
  network.client.post({
    type: 'secrets',
    secrets: secrets.map(([name, origin, value]) => ({ name, origin, value })),
  });
}

function read(api: ApiServer, more: Partial<IntegrationInput>): Promise<DrivenRead> {
  return network.read(
    sampleIntegration({ request: { url: api.url }, retry: { maxAttempts: 1 }, ...more }),
  );
}

describe('credentials', () => {
  const cases: readonly [string, IntegrationInput['auth'], (api: ApiServer) => unknown, string][] =
    [
      [
        'an API key in a header',
        { kind: 'api-key', name: 'X-Key', secret: 'key' },
        (api) => api.requests[0]!.headers['x-key'],
        'canary-1',
      ],
      [
        'an API key in the query',
        { kind: 'api-key', in: 'query', name: 'apikey', secret: 'key' },
        (api) => api.requests[0]!.query.get('apikey'),
        'canary-1',
      ],
      [
        'a bearer token',
        { kind: 'bearer', secret: 'key' },
        (api) => api.requests[0]!.headers.authorization,
        'Bearer canary-1',
      ],
      [
        'user and password',
        { kind: 'basic', username: 'maria', secret: 'key' },
        (api) => api.requests[0]!.headers.authorization,
        `Basic ${btoa('maria:canary-1')}`,
      ],
    ];

  it.each(cases)('are sent as %s', async (_name, auth, sent, expected) => {
    const api = await startApiServer(() => ({ body: [] }));
    keep(['key', api.origin, 'canary-1']);
    const { end, pages } = await read(api, { auth });
    expect(end.kind).toBe('complete');
    expect(sent(api)).toBe(expected);
    expect(JSON.stringify(pages)).not.toContain('canary-1');
  });

  it('may stand in any header', async () => {
    const api = await startApiServer(() => ({ body: [] }));
    keep(['key', api.origin, 'canary-2']);
    await read(api, { request: { url: api.url, headers: { 'X-Two': { secret: 'key' } } } });
    expect(api.requests[0]!.headers['x-two']).toBe('canary-2');
  });

  type Kept = [name: string, origin: string, value: string | null];
  it.each<[string, ((self: string) => Kept)[], string]>([
    ['is missing', [], 'secret-missing'],
    ['is locked', [(self) => ['key', self, null]], 'secret-locked'],
    ['belongs elsewhere', [() => ['key', 'https://other.example', 'canary-3']], 'secret-origin'],
  ])('stop the run before any request when the secret %s', async (_name, secrets, code) => {
    const api = await startApiServer(() => ({ body: [] }));
    keep(...secrets.map((secret) => secret(api.origin)));
    const { end } = await read(api, { auth: { kind: 'bearer', secret: 'key' } });
    expect(end).toMatchObject({ kind: 'failed', error: { code, kind: 'config' }, page: null });
    expect(api.requests).toEqual([]);
  });

  it('are the new ones as soon as a secret was changed', async () => {
    const api = await startApiServer(() => ({ body: [] }));
    for (const value of ['old-value', 'new-value']) {
      keep(['key', api.origin, value]);
      await read(api, { auth: { kind: 'bearer', secret: 'key' } });
    }
    expect(api.requests.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer old-value',
      'Bearer new-value',
    ]);
  });
});

describe('tokens', () => {
  /** Gives out tokens t1, t2...; accepts the newest only. */
  async function tokenApi() {
    let issued = 0;
    const api = await startApiServer(({ path, headers }) => {
      if (path === '/token') {
        issued++;
        return {
          body: {
            access_token: `token-${issued}`,
            expires_in: 3600,
            data: { jwt: `token-${issued}` },
          },
        };
      }
      return headers.authorization === `Bearer token-${issued}` ? { body: [] } : { status: 401 };
    });
    return { api, issued: () => issued, revoke: () => issued++ };
  }

  const login = (api: ApiServer): IntegrationInput['auth'] => ({
    kind: 'login',
    request: {
      url: `${api.origin}/token`,
      body: { user: 'maria', password: { secret: 'password' } },
    },
    tokenPath: '$.data.jwt',
  });

  it('by login are asked for once, however many runs need one', async () => {
    const { api, issued } = await tokenApi();
    keep(['password', api.origin, 'canary-5']);
    const reads = await Promise.all(
      Array.from({ length: 10 }, () => read(api, { auth: login(api) })),
    );
    expect(reads.map(({ end }) => end.kind)).toEqual(Array(10).fill('complete'));
    expect(issued()).toBe(1);
    const asked = api.requests.filter(({ path }) => path === '/token');
    expect(asked.map(({ body }): unknown => JSON.parse(body))).toEqual([
      { user: 'maria', password: 'canary-5' },
    ]);
  });

  it('are renewed once when they are refused', async () => {
    const { api, issued, revoke } = await tokenApi();
    keep(['password', api.origin, 'canary-6']);
    await read(api, { auth: login(api) });
    revoke();
    const reads = await Promise.all(
      Array.from({ length: 5 }, () => read(api, { auth: login(api) })),
    );
    expect(reads.map(({ end }) => end.kind)).toEqual(Array(5).fill('complete'));
    expect(issued()).toBe(3);
  });

  it('that are refused again end the run', async () => {
    const api = await startApiServer(({ path }) =>
      path === '/token' ? { body: { data: { jwt: 'never-good' } } } : { status: 401 },
    );
    keep(['password', api.origin, 'canary-7']);
    const { end } = await read(api, { auth: login(api) });
    expect(end).toMatchObject({ error: { code: 'http-status', status: 401, kind: 'config' } });
    expect(api.requests.map(({ path }) => path)).toEqual(['/token', '/items', '/token', '/items']);
  });

  it.each(['basic', 'body'] as const)('by OAuth2 client credentials (%s)', async (clientAuth) => {
    const { api } = await tokenApi();
    keep(['client', api.origin, 'canary 8:x']);
    const { end } = await read(api, {
      auth: {
        kind: 'oauth2-client-credentials',
        tokenUrl: `${api.origin}/token`,
        clientId: 'me',
        secret: 'client',
        scope: 'read',
        clientAuth,
      },
    });
    expect(end.kind).toBe('complete');
    const { body, headers } = api.requests[0]!;
    const form = new URLSearchParams(body);
    expect(form.get('grant_type')).toBe('client_credentials');
    expect(form.get('scope')).toBe('read');
    if (clientAuth === 'body') expect(form.get('client_secret')).toBe('canary 8:x');
    else expect(headers.authorization).toBe(`Basic ${btoa('me:canary+8%3Ax')}`);
  });

  it('say which step failed', async () => {
    const api = await startApiServer(() => ({ status: 400, body: { error: 'invalid_client' } }));
    keep(['password', api.origin, 'canary-9']);
    const { end } = await read(api, { auth: login(api) });
    expect(end).toMatchObject({
      error: { kind: 'config', message: expect.stringContaining('While getting a token') },
    });
  });
});

describe('a secret that the server echoes', () => {
  const forms = [
    SECRET,
    encodeURIComponent(SECRET),
    JSON.stringify(SECRET).slice(1, -1),
    Buffer.from(`user:${SECRET}`).toString('base64'),
    Buffer.from(`a${SECRET}`).toString('base64'),
    Buffer.from(`ab${SECRET}c`).toString('base64url'),
  ];
  const nowhere = (told: unknown) => {
    const text = JSON.stringify(told, (_key, value: unknown) =>
      value instanceof Uint8Array ? Buffer.from(value).toString() : value,
    );
    for (const form of [...forms, 's3cr3t']) expect(text).not.toContain(form);
  };

  it('becomes no record, no address, no position and no validator', async () => {
    const api = await startApiServer(({ query }) => ({
      body: {
        items: forms.map((form, id) => ({ id, text: form, page: query.get('c') })),
        next: query.has('c') ? null : SECRET,
      },
      headers: { etag: '"1"' },
    }));
    keep(['key', api.origin, SECRET]);
    const told = await read(api, {
      auth: { kind: 'basic', username: 'user', secret: 'key' },
      records: { path: '$.items[*]' },
      pagination: { kind: 'cursor-body', path: '$.next', parameter: 'c' },
    });
    expect(told.end.kind).toBe('complete');
    expect(told.records.length).toBe(12);
    nowhere(told);
  });

  it('is in no error, excerpt or redirect', async () => {
    const api = await startApiServer(({ path }) =>
      path === '/items'
        ? { status: 500, body: forms.join(' ') }
        : { status: 302, headers: { location: `ftp://x/${encodeURIComponent(SECRET)}` } },
    );
    keep(['key', api.origin, SECRET]);
    const auth = { kind: 'bearer', secret: 'key' } as const;
    const bad = await read(api, { auth, request: { url: `${api.origin}/items` } });
    const redirected = await read(api, { auth, request: { url: `${api.origin}/elsewhere` } });
    expect(bad.end).toMatchObject({
      error: { status: 500, excerpt: expect.stringContaining('***') },
    });
    expect(redirected.end.kind).toBe('failed');
    nowhere([bad, redirected]);
  });

  it('is in no result of a call and in nothing that a test shows', async () => {
    const api = await startApiServer(({ headers }) => ({
      body: { echoed: headers['x-key'], forms },
      headers: { 'x-echo': encodeURIComponent(SECRET) },
    }));
    keep(['key', api.origin, SECRET]);
    const auth = { kind: 'api-key', name: 'X-Key', secret: 'key' } as const;
    // A header cannot hold it as it is.
    keep(['key', api.origin, encodeURIComponent(SECRET)]);
    const called = await read(api, { auth, records: null });
    const tested = await network.client.test({
      integration: sampleIntegration({ request: { url: api.url }, auth }),
      maxPages: 1,
      template: sampleTemplate,
    });
    expect(called.end).toMatchObject({ kind: 'complete', result: expect.stringContaining('***') });
    expect(tested.pages[0]!.request.headers['x-key']).toBe('***');
    for (const told of [called, tested])
      expect(JSON.stringify(told)).not.toContain(encodeURIComponent(SECRET));
  });
});
