import { describe, expect, it } from 'vitest';
import { StoreConflict, StoreUnavailable } from '../../../src/main/engine/store/store.ts';
import { PontualError } from '../../../src/shared/errors.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { rawHttp } from '../../support/raw-http.ts';
import { startSampleServer, TOKEN } from '../../support/sample-server.ts';

const KIB = 1024;

async function errorOf(response: Response) {
  const { error } = (await response.json()) as {
    error: { code: string; message: string; details: { path: string; message: string }[] };
  };
  return { status: response.status, ...error };
}

describe('commands over HTTP', () => {
  it('read their fields from the query', async () => {
    const { call } = await startSampleServer();
    const response = await call('/api/v1/things?limit=7');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(await response.json()).toEqual({ items: [], limit: 7 });
  });

  it('read their fields from path, body and headers, and say who called', async () => {
    const { send, calls } = await startSampleServer();
    const body = { name: 'x', size: { width: 1.5 } };
    const response = await send('POST', '/api/v1/things', body, { 'idempotency-key': 'abc' });
    expect(response.status).toBe(201);
    await send('PUT', '/api/v1/things/a/b', { name: 'y' }, { 'x-pontual-client': 'cli' });
    expect(calls).toEqual([
      { name: 'things.create', input: { ...body, key: 'abc' }, caller: { via: 'rest' } },
      { name: 'things.replace', input: { group: 'a', id: 'b', name: 'y' }, caller: { via: 'cli' } },
    ]);
  });

  it('decode names in the path, slashes and all', async () => {
    const { call } = await startSampleServer();
    const key = 'a/b|ç%\\ ?#';
    const response = await call(`/api/v1/things/g/${encodeURIComponent(key)}`);
    expect(await response.json()).toEqual({ group: 'g', id: key });
    const long = 'k'.repeat(8192);
    expect(await (await call(`/api/v1/things/g/${long}`)).json()).toEqual({ group: 'g', id: long });
  });

  it('answer 204 without a body, and text as text', async () => {
    const { call } = await startSampleServer();
    const deleted = await call('/api/v1/things/a/b?force=yes', { method: 'DELETE' });
    expect([deleted.status, await deleted.text()]).toEqual([204, '']);
    const text = await call('/api/v1/text');
    expect(text.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(await text.text()).toBe('line one\nline two\n');
  });

  it('keep the digits of data as they were sent', async () => {
    const { call } = await startSampleServer();
    const response = await call('/api/v1/things/g/big');
    expect(await response.text()).toBe('{"data":{"id":9007199254740993,"p":1.50}}');
  });

  it('may be sent without a body when nothing is required', async () => {
    const { call, calls } = await startSampleServer();
    expect((await call('/api/v1/check', { method: 'POST' })).status).toBe(200);
    expect(calls).toMatchObject([{ name: 'things.check', input: {} }]);
  });

  it.each([
    ['GET', '/api/v1/things?limit=0', undefined, ['limit']],
    ['GET', '/api/v1/things?limit=1e9', undefined, ['limit']],
    ['GET', '/api/v1/things?limit=1&limit=2', undefined, ['limit']],
    ['GET', '/api/v1/things?order=id;drop', undefined, ['order']],
    ['GET', '/api/v1/things?__proto__=1', undefined, ['__proto__']],
    ['POST', '/api/v1/things', {}, ['name']],
    ['POST', '/api/v1/things', { name: '', extra: 1 }, ['name', 'extra']],
    ['POST', '/api/v1/things', { name: 'x', size: { width: 'w', h: 1 } }, ['size.width', 'size.h']],
    ['POST', '/api/v1/things?name=x', {}, ['name']],
    ['POST', '/api/v1/things', [], ['']],
    ['POST', '/api/v1/things', null, ['']],
    ['POST', '/api/v1/things', '{"name":"x","name":"y"}', ['name']],
    ['POST', '/api/v1/things', '{"__proto__":{"a":1},"name":"x"}', ['__proto__']],
    ['POST', '/api/v1/things', '{"name":', ['']],
    ['PUT', '/api/v1/things/a/b', { id: 'c' }, ['id']],
    ['DELETE', '/api/v1/things/a/b', { id: 'b' }, ['']],
  ])('refuse %s %s with %j, naming the fields', async (method, path, body, fields) => {
    const { call, send, calls } = await startSampleServer();
    const response = body === undefined ? await call(path) : await send(method, path, body);
    const { status, code, details } = await errorOf(response);
    expect([status, code]).toEqual([400, 'validation']);
    expect(details.map(({ path: field }) => field)).toEqual(fields);
    expect(calls).toEqual([]);
  });

  it('let an answer be sent back whole', async () => {
    const { send } = await startSampleServer();
    const response = await send('PUT', '/api/v1/things/a/b', { id: 'b', name: 'x' });
    expect(response.status).toBe(200);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
    'take no %s',
    async (type) => {
      const { send, calls } = await startSampleServer();
      const response = await send('POST', '/api/v1/things', '{"name":"x"}', {
        'content-type': type,
      });
      expect(await errorOf(response)).toMatchObject({
        status: 415,
        code: 'unsupported-media-type',
      });
      expect(calls).toEqual([]);
    },
  );

  it('take no compressed body', async () => {
    const { send } = await startSampleServer();
    const response = await send('POST', '/api/v1/things', '{}', { 'content-encoding': 'gzip' });
    expect(response.status).toBe(415);
  });

  it('answer 404 where nothing is and 405 where another method is', async () => {
    const { call } = await startSampleServer();
    expect(await errorOf(await call('/api/v1/nothing?q=<b>'))).toMatchObject({
      status: 404,
      message: 'There is nothing at /api/v1/nothing.',
    });
    const wrong = await call('/api/v1/things', { method: 'DELETE' });
    expect(wrong.headers.get('allow')).toBe('GET, POST');
    expect(await errorOf(wrong)).toMatchObject({ status: 405, code: 'method-not-allowed' });
    expect((await call('/metrics', { method: 'POST' })).status).toBe(405);
  });

  it.each([
    [new PontualError('unknown-reference', 'No such integration.'), 422, 'No such integration.'],
    [new StoreConflict('This id exists already.'), 409, 'This id exists already.'],
    [new StoreUnavailable('The disk is full.'), 503, 'The disk is full.'],
  ])('translate %s', async (failure, status, message) => {
    const { call, logged } = await startSampleServer({ failure });
    expect(await errorOf(await call('/api/v1/text'))).toMatchObject({ status, message });
    expect(logged).toEqual([]);
  });

  it('tell the log what nobody expected, and the caller only that it happened', async () => {
    const failure = new Error('SELECT * FROM /home/me/pontual.db failed');
    const { call, logged } = await startSampleServer({ failure });
    const response = await call('/api/v1/text');
    const text = await response.text();
    expect(response.status).toBe(500);
    expect(text).not.toMatch(/SELECT|pontual\.db|\.ts|at /);
    expect(logged.join()).toContain('SELECT * FROM');
  });

  it('write nothing while the store is read-only, and read on', async () => {
    const health = { state: 'read-only', reason: 'The journal is damaged.' } as const;
    const { call, send } = await startSampleServer({ health });
    expect(await errorOf(await send('POST', '/api/v1/things', { name: 'x' }))).toMatchObject({
      status: 503,
      code: 'degraded',
      message: 'The journal is damaged.',
    });
    expect((await send('POST', '/api/v1/check', {})).status).toBe(200);
    expect((await call('/api/v1/things')).status).toBe(200);
  });
});

describe('security over HTTP', () => {
  it('is on every answer, good or bad', async () => {
    const { call } = await startSampleServer();
    const paths = [
      '/api/v1/things',
      '/api/v1/nothing',
      '/api/v1/things?limit=x',
      '/',
      '/docs',
      '/health',
    ];
    for (const path of [...paths, '/api/v1/%zz']) {
      const { headers } = await call(path);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('access-control-allow-origin')).toBeNull();
      expect(headers.get('x-powered-by')).toBeNull();
    }
  });

  it('refuses a wrong token with the same words as none', async () => {
    const { call, server } = await startSampleServer();
    const none = await fetch(`${server.url}/api/v1/things`);
    const wrong = await call('/api/v1/things', { headers: { authorization: 'Bearer nope' } });
    expect([none.status, wrong.status]).toEqual([401, 401]);
    expect(await none.text()).toBe(await wrong.text());
    const long = await rawHttp(
      server.port,
      `GET /api/v1/things HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nAuthorization: Bearer `,
      'x'.repeat(1024 * KIB),
      '\r\n\r\n',
    );
    expect(long.status).toBe(401);
  });

  it('answers those who guess 429, says so once in the log, and still lets the right token in', async () => {
    const clock = new ManualClock();
    const { call, logged } = await startSampleServer({ clock });
    const guess = () => call('/api/v1/things', { headers: { authorization: 'Bearer guess-me' } });
    const statuses = [];
    for (let i = 0; i < 25; i++) statuses.push((await guess()).status);
    expect(statuses.slice(0, 20)).toEqual(Array(20).fill(401));
    expect(statuses.slice(20)).toEqual(Array(5).fill(429));
    expect(Number((await guess()).headers.get('retry-after'))).toBe(60);
    expect((await call('/api/v1/things')).status).toBe(200);
    expect(logged).toHaveLength(1);
    expect(logged.join()).not.toMatch(new RegExp(`guess-me|${TOKEN}`));
    clock.advance(60_000);
    expect((await guess()).status).toBe(401);
  });

  it('answers a preflight and a form from a web page with 403 and no leave to read', async () => {
    const { server, calls } = await startSampleServer();
    const answer = await rawHttp(
      server.port,
      `OPTIONS /api/v1/things HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nOrigin: https://evil.example\r\nAccess-Control-Request-Method: POST\r\n\r\n`,
    );
    expect(answer.status).toBe(403);
    expect(answer.headers.toLowerCase()).not.toContain('access-control');
    expect(calls).toEqual([]);
  });

  it.each([
    ['two lengths', 'Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}', 400],
    ['length and chunks', 'Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', 400],
    ['a folded header', 'X-A: b\r\n c\r\n\r\n', 400],
    ['a header without a name', ': x\r\n\r\n', 400],
    ['an upgrade', 'Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n', 400],
    ['an expectation that nobody knows', 'Expect: miracles\r\n\r\n', 400],
  ])('closes a connection that sends %s', async (_what, rest, status) => {
    const { server, calls } = await startSampleServer();
    const head = `POST /api/v1/check HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nAuthorization: Bearer ${TOKEN}\r\n`;
    const answer = await rawHttp(server.port, head + rest);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body)).toHaveProperty('error.code');
    expect(calls).toEqual([]);
  });

  it.each(['TRACE / HTTP/1.1', 'CONNECT evil.example:443 HTTP/1.1', 'BREW / HTTP/1.1'])(
    'refuses %s and closes',
    async (line) => {
      const { server } = await startSampleServer();
      const answer = await rawHttp(
        server.port,
        `${line}\r\nHost: 127.0.0.1:${server.port}\r\nAuthorization: Bearer ${TOKEN}\r\n\r\n`,
      );
      expect([400, 405]).toContain(answer.status);
    },
  );

  it('answers a request without a Host as every other that does not name us', async () => {
    const { server } = await startSampleServer();
    const answer = await rawHttp(
      server.port,
      `GET /api/v1/things HTTP/1.1\r\nAuthorization: Bearer ${TOKEN}\r\n\r\n`,
    );
    expect(answer.status).toBe(403);
    expect(answer.headers).toContain('nosniff');
    expect(JSON.parse(answer.body)).toMatchObject({ error: { code: 'forbidden' } });
  });

  it('refuses a body that is too long before it is sent, and closes', async () => {
    const { server } = await startSampleServer();
    const head = `POST /api/v1/things HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nAuthorization: Bearer ${TOKEN}\r\nContent-Type: application/json\r\n`;
    const declared = await rawHttp(server.port, `${head}Content-Length: ${1024 * KIB + 1}\r\n\r\n`);
    expect(declared.status).toBe(413);
    expect(JSON.parse(declared.body)).toMatchObject({ error: { code: 'too-large' } });
    const asked = await rawHttp(
      server.port,
      `${head}Expect: 100-continue\r\nContent-Length: ${1024 * KIB + 1}\r\n\r\n`,
    );
    expect(asked.status).toBe(413);
    expect(asked.text).not.toContain('100 Continue');
    const chunk = `${(64 * KIB).toString(16)}\r\n${' '.repeat(64 * KIB)}\r\n`;
    const endless = await rawHttp(
      server.port,
      `${head}Transfer-Encoding: chunked\r\n\r\n`,
      ...Array<string>(64).fill(chunk),
    );
    expect(endless.status).toBe(413);
  });

  it('reads nothing of a body whose sender has no token', async () => {
    const { server } = await startSampleServer();
    const answer = await rawHttp(
      server.port,
      `POST /api/v1/things HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nTransfer-Encoding: chunked\r\n\r\n`,
    );
    expect(answer.status).toBe(401);
  });

  it('cuts a request that never ends', async () => {
    const { server } = await startSampleServer({ limits: { requestMs: 200, headersMs: 100 } });
    const answer = await rawHttp(server.port, 'GET /health HTTP/1.1\r\nHost: ');
    expect(answer.status).toBe(408);
  });
});

describe('what stands beside the commands', () => {
  it.each([
    ['running', 200, 'UP'],
    ['paused', 200, 'UP'],
    ['starting', 503, 'DOWN'],
    ['degraded', 503, 'DOWN'],
    ['read-only', 503, 'DOWN'],
    ['stopping', 503, 'DOWN'],
  ] as const)(
    'tells whether it is well while %s, in detail to the owner',
    async (state, code, up) => {
      const { server, call } = await startSampleServer({ health: { state, reason: 'because' } });
      for (const path of ['/health', '/actuator/health']) {
        const open = await fetch(server.url + path);
        expect([open.status, await open.json()]).toEqual([code, { status: up }]);
        expect(await (await call(path)).json()).toMatchObject({
          status: up,
          state,
          reason: 'because',
        });
      }
    },
  );

  it('answers for the store and for the Redis that is not there', async () => {
    const health = { state: 'degraded', reason: 'The disk is full.' } as const;
    const { server } = await startSampleServer({ health });
    expect((await fetch(`${server.url}/actuator/health/db`)).status).toBe(503);
    const redis = await fetch(`${server.url}/actuator/health/redis`);
    expect([redis.status, await redis.json()]).toEqual([200, { status: 'UNKNOWN' }]);
  });

  it('shows its documentation without a token and without anything from elsewhere', async () => {
    const { server } = await startSampleServer();
    const docs = await fetch(`${server.url}/docs`);
    const html = await docs.text();
    expect(docs.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(docs.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(html).toContain('GET /api/v1/things');
    expect(html).toContain('Lists &lt;things&gt; &amp; more.');
    const ours = `curl -H "Authorization: Bearer $(cat api-token)" ${server.url}/api/v1/status`;
    expect(html).toContain(ours);
    expect(html.replaceAll(server.url, '')).not.toMatch(/<script|<form|https?:\/\/|src=/);
  });

  it('leads whoever types the address into a browser to its documentation, and to nothing else', async () => {
    const { server } = await startSampleServer();
    const root = await fetch(`${server.url}/`, { redirect: 'manual' });
    expect([root.status, root.headers.get('location')]).toEqual([302, '/docs']);
    expect(await (await fetch(server.url)).text()).toContain('<h1>Pontual');
    const posted = await fetch(server.url, { method: 'POST', redirect: 'manual' });
    expect(posted.status).toBe(401);
  });

  it('gives figures to the owner only', async () => {
    const { server, call } = await startSampleServer();
    expect((await fetch(`${server.url}/metrics`)).status).toBe(401);
    const response = await call('/metrics');
    expect(response.headers.get('content-type')).toContain('text/plain; version=0.0.4');
    expect(await response.text()).toBe('up 1\n');
  });
});

describe('the life of the server', () => {
  it('begins on loopback only, at the port that was asked for', async () => {
    const { server } = await startSampleServer();
    expect(server.url).toBe(`http://127.0.0.1:${server.port}`);
    await expect(startSampleServer({ port: server.port })).rejects.toThrow(
      `Port ${server.port} is in use by another program. Choose another port, or 0 for any free one.`,
    );
  });

  it('ends for everybody, and may be ended twice', async () => {
    const { server, call } = await startSampleServer();
    const stream = await call('/api/v1/events');
    await Promise.all([server.stop(), server.stop()]);
    await stream.text();
    await expect(call('/health')).rejects.toThrow();
  });
});
