import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TlsOptions } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IntegrationInput } from '../../../src/shared/integration.ts';
import { startApiServer } from '../../support/api-server.ts';
import { rawAnswer, startFaultServer } from '../../support/fault-server.ts';
import { NetworkDriver } from '../../support/network-driver.ts';
import { sampleIntegration } from '../../support/sample-integration.ts';

let network: NetworkDriver;
beforeAll(() => {
  // What a person may have in the environment must not make TLS unsafe.
  process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
  network = new NetworkDriver();
});
afterAll(async () => {
  delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
  await network.stop();
});

const ONCE = { maxAttempts: 1 };

function read(url: string, more: Partial<IntegrationInput> = {}) {
  return network.read(sampleIntegration({ request: { url }, retry: ONCE, key: ['id'], ...more }));
}

describe('redirects', () => {
  it('are followed within the origin', async () => {
    const api = await startApiServer(({ path }) =>
      path === '/items'
        ? { status: 302, headers: { location: '/v2/items?a=b' } }
        : { body: [{ id: 1 }] },
    );
    const { end, pages } = await read(api.url);
    expect(end.kind).toBe('complete');
    expect(pages[0]!.counts.requests).toBe(2);
    expect(api.requests.map(({ path }) => path)).toEqual(['/items', '/v2/items']);
  });

  it('turn a POST into a GET where the standard says so, and keep it where it says so', async () => {
    const api = await startApiServer(({ path }) => {
      if (path === '/items') return { status: 303, headers: { location: '/kept' } };
      if (path === '/kept') return { status: 307, headers: { location: '/end' } };
      return { body: [] };
    });
    await read(api.url, { request: { url: api.url, method: 'POST', body: { a: 1 } } });
    expect(api.requests.map(({ method, body }) => [method, body])).toEqual([
      ['POST', '{"a":1}'],
      ['GET', ''],
      ['GET', ''],
    ]);
  });

  it.each([
    ['to itself', '/items', 'redirect-loop'],
    ['to itself in other case', '/ITEMS', 'redirect-limit'],
    ['nowhere', undefined, 'redirect-broken'],
    ['to garbage', 'http://[', 'redirect-broken'],
    ['to a script', 'javascript:alert(1)', 'redirect-scheme'],
    ['to a file', 'file:///etc/passwd', 'redirect-scheme'],
    ['to another origin', 'http://other.example/', 'redirect-other-origin'],
  ])('%s are refused', async (_name, location, code) => {
    const api = await startApiServer(({ path }) => ({
      status: 302,
      headers:
        location === undefined ? {} : { location: location === '/ITEMS' ? `${path}x` : location },
    }));
    const { end } = await read(api.url);
    expect(end).toMatchObject({ kind: 'failed', error: { code, kind: 'config' } });
    expect(api.requests.length).toBeLessThanOrEqual(6);
  });

  it('carry no secret and no private header to another origin', async () => {
    const other = await startFaultServer(({ socket }) => socket.end(rawAnswer('[{"id":1}]')));
    const api = await startApiServer(() => ({ status: 302, headers: { location: other.url } }));
    network.client.post({
      type: 'secrets',
      secrets: [{ name: 'key', origin: api.origin, value: 'canary-4711' }],
    });
    const { end } = await read(api.url, {
      request: { url: api.url, headers: { 'X-Api-Key': 'typed-in-4712', Accept: 'text/x' } },
      auth: { kind: 'bearer', secret: 'key' },
      redirects: { follow: 'any' },
    });
    expect(end.kind).toBe('complete');
    expect(api.requests[0]!.headers).toMatchObject({
      authorization: 'Bearer canary-4711',
      'x-api-key': 'typed-in-4712',
    });
    expect(other.bytes()).toContain('text/x');
    expect(other.bytes()).not.toMatch(/canary|4712|authorization/i);
  });
});

describe('a secret that the API echoes in an address of another origin', () => {
  it.each(['redirect', 'next page'])('is not carried there by a %s', async (way) => {
    const other = await startFaultServer(({ socket }) => socket.end(rawAnswer('[{"id":1}]')));
    const api = await startApiServer(({ headers }) => {
      const to = `${other.url}?key=${encodeURIComponent(String(headers['x-key']))}`;
      return way === 'redirect'
        ? { status: 302, headers: { location: to } }
        : { body: [{ id: 1 }], headers: { link: `<${to}>; rel="next"` } };
    });
    network.client.post({
      type: 'secrets',
      secrets: [{ name: 'key', origin: api.origin, value: 'canary/4714=' }],
    });
    const { end } = await read(api.url, {
      auth: { kind: 'api-key', in: 'header', name: 'X-Key', secret: 'key' },
      redirects: { follow: 'any' },
      pagination: { kind: 'link-header' },
    });
    expect(end).toMatchObject({
      kind: 'failed',
      error: { code: 'secret-in-address', kind: 'config' },
    });
    expect(JSON.stringify(end)).not.toContain('4714');
    expect(other.bytes()).toBe('');
  });
});

describe('the next page at another origin', () => {
  it('is asked without secrets', async () => {
    const other = await startFaultServer(({ socket }) =>
      socket.end(rawAnswer('{"items":[{"id":2}]}')),
    );
    const api = await startApiServer(() => ({ body: { items: [{ id: 1 }], next: other.url } }));
    network.client.post({
      type: 'secrets',
      secrets: [{ name: 'key', origin: api.origin, value: 'canary-4713' }],
    });
    const { records } = await read(api.url, {
      auth: { kind: 'api-key', in: 'query', name: 'api_key', secret: 'key' },
      records: { path: '$.items[*]' },
      pagination: { kind: 'next-url-body', path: '$.next' },
    });
    expect(records.map(({ key }) => key)).toEqual(['1', '2']);
    expect(api.requests[0]!.query.get('api_key')).toBe('canary-4713');
    expect(other.bytes()).not.toContain('canary');
  });
});

describe('addresses', () => {
  it.each([
    'http://169.254.169.254/latest/meta-data/',
    'http://[fe80::1]/',
    'http://metadata.google.internal/',
    'http://[::ffff:169.254.169.254]/',
    'http://2852039166/',
    'http://100.100.100.200/',
  ])('%s is never called', async (url) => {
    const { end } = await read(url);
    expect(end).toMatchObject({ error: { code: 'address-refused', kind: 'config' } });
  });

  it('of our own server are refused, under any name of this machine', async () => {
    const api = await startApiServer(() => ({ body: [] }));
    network.client.post({ type: 'own-ports', ports: [api.port] });
    for (const host of ['127.0.0.1', 'localhost', '0.0.0.0', '[::ffff:127.0.0.1]']) {
      const { end } = await read(`http://${host}:${api.port}/`);
      expect(end).toMatchObject({ error: { code: 'address-refused' } });
    }
    network.client.post({ type: 'own-ports', ports: [] });
    expect(api.requests).toEqual([]);
  });

  it('of this machine are refused where the API leads to them by another name', async () => {
    const api = await startApiServer(({ path }) =>
      path === '/items'
        ? { status: 302, headers: { location: `http://localhost:${api.port}/inner` } }
        : { body: [] },
    );
    const { end } = await read(api.url, { redirects: { follow: 'any' } });
    expect(end).toMatchObject({ error: { code: 'address-refused' } });
    expect(api.requests.map(({ path }) => path)).toEqual(['/items']);
  });
});

describe('TLS', () => {
  const certificate = (name: string): TlsOptions => {
    const pem = readFileSync(join(import.meta.dirname, `../../fixtures/tls/${name}.pem`));
    return { key: pem, cert: pem };
  };
  const serve = (tls: TlsOptions) =>
    startFaultServer(({ socket }) => socket.end(rawAnswer('[]')), tls);

  it.each([
    ['expired', 'tls-expired'],
    ['self-signed', 'tls-self-signed'],
    ['other-host', 'tls-untrusted'],
    ['good', 'tls-untrusted'],
  ])('is refused when the certificate is %s', async (name, code) => {
    const server = await serve(certificate(name));
    const { end } = await read(server.url, { retry: { maxAttempts: 3, baseDelayMs: 1 } });
    expect(end).toMatchObject({ error: { code, kind: 'config' } });
    expect(server.requests).toEqual([]);
  });

  it('is accepted when a company vouches for it in its own file', async () => {
    const server = await serve(certificate('good'));
    const caFile = join(import.meta.dirname, '../../fixtures/tls/authority.pem');
    expect((await read(server.url, { tls: { caFile } })).end.kind).toBe('complete');
    expect((await read(server.url)).end).toMatchObject({ error: { code: 'tls-untrusted' } });
    for (const [name, code] of [
      ['expired', 'tls-expired'],
      ['other-host', 'tls-wrong-host'],
    ] as const) {
      const other = await serve(certificate(name));
      expect((await read(other.url, { tls: { caFile } })).end).toMatchObject({ error: { code } });
    }
  });

  it('needs a file that can be read and holds certificates', async () => {
    for (const caFile of ['/no/such/file.pem', import.meta.filename]) {
      const integration = sampleIntegration({ tls: { caFile } });
      expect(await network.client.check(integration, null)).toMatchObject([{ path: 'tls.caFile' }]);
      expect((await network.read(integration)).end).toMatchObject({ error: { kind: 'config' } });
    }
  });

  it('older than 1.2 is refused', async () => {
    const server = await serve({
      ...certificate('good'),
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      ciphers: 'DEFAULT@SECLEVEL=0',
    });
    expect((await read(server.url)).end).toMatchObject({
      error: { kind: 'config', code: expect.stringMatching(/^tls-(too-old|failed)$/) },
    });
  });

  it('that is no TLS is said to be none', async () => {
    const plain = await startFaultServer(({ socket }) => socket.end(rawAnswer('[]')));
    const { end } = await read(plain.url.replace('http:', 'https:'), {
      limits: { connectMs: 500 },
    });
    expect(end).toMatchObject({
      kind: 'failed',
      error: { code: expect.stringMatching(/^tls-|^connect/) },
    });
  });
});
