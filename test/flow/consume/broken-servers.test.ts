import { deflateRawSync, deflateSync, brotliCompressSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IntegrationInput } from '../../../src/shared/integration.ts';
import { startApiServer } from '../../support/api-server.ts';
import { rawAnswer, startFaultServer } from '../../support/fault-server.ts';
import { NetworkDriver } from '../../support/network-driver.ts';
import { sampleIntegration } from '../../support/sample-integration.ts';

let network: NetworkDriver;
beforeAll(() => {
  network = new NetworkDriver();
});
afterAll(() => network.stop());

const ONCE = { maxAttempts: 1 };
const QUICKLY = { maxAttempts: 3, baseDelayMs: 1, maxDelayMs: 1 };
const JSON_TYPE = 'Content-Type: application/json';

function read(url: string, more: Partial<IntegrationInput> = {}) {
  return network.read(sampleIntegration({ request: { url }, retry: ONCE, key: ['id'], ...more }));
}

/** How a read of what the server sends ends, when nobody asks twice. */
async function endOf(answer: string | Buffer, more: Partial<IntegrationInput> = {}) {
  const server = await startFaultServer(({ socket }) => socket.end(answer));
  return (await read(server.url, more)).end;
}

describe('a server that is too slow', () => {
  it('is given up when it accepts and sends nothing, and asked again', async () => {
    const server = await startFaultServer(() => undefined);
    const { end, pages } = await read(server.url, { limits: { headersMs: 150 }, retry: QUICKLY });
    expect(end).toMatchObject({
      kind: 'failed',
      error: {
        code: 'headers-timeout',
        kind: 'transient',
        message: expect.stringContaining('150 ms (limits.headersMs)'),
      },
      page: { counts: { requests: 3 }, status: null, url: server.url },
    });
    expect(pages).toEqual([]);
    expect(server.requests).toHaveLength(3);
  });

  it('is given up when it falls silent after its headers', async () => {
    const server = await startFaultServer(({ socket }) =>
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[1,'),
    );
    const { end } = await read(server.url, { limits: { idleMs: 150 } });
    expect(end).toMatchObject({ error: { code: 'idle-timeout', kind: 'transient' } });
  });

  it('is given up when it drips for longer than a request may take', async () => {
    const server = await startFaultServer(({ socket }) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n');
      const drip = setInterval(() => socket.write(' '), 20);
      socket.on('close', () => clearInterval(drip));
    });
    const { end } = await read(server.url, { limits: { idleMs: 200, totalMs: 400 } });
    expect(end).toMatchObject({
      error: { code: 'total-timeout', message: expect.stringContaining('400 ms (limits.totalMs)') },
    });
  });
});

describe('a body that breaks off', () => {
  it.each([
    ['shorter than announced', rawAnswer('[{"id":1}]', { headers: ['Content-Length: 100'] })],
    [
      'chunked without an end',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\n[{"id":1}]\r\n',
    ],
    [
      'gzip cut in half',
      Buffer.concat([
        // Else the next try may go out on the connection that is just being closed, and be sent once more.
        Buffer.from(
          'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Encoding: gzip\r\nContent-Length: 20\r\n\r\n',
        ),
        gzipSync(JSON.stringify([{ id: 1, name: 'a name' }])).subarray(0, 20),
      ]),
    ],
  ])('(%s) is nothing, and is asked for again', async (_name, answer) => {
    const server = await startFaultServer(({ socket }) => socket.end(answer));
    const { end, pages } = await read(server.url, { retry: QUICKLY });
    expect(end).toMatchObject({ error: { code: 'incomplete-body', kind: 'transient' } });
    expect(pages).toEqual([]);
    expect(server.requests).toHaveLength(3);
  });

  it('(a reset in the middle) is nothing', async () => {
    const server = await startFaultServer(({ socket }) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[{"id":1}', () =>
        socket.resetAndDestroy(),
      );
    });
    expect((await read(server.url)).end).toMatchObject({ error: { code: 'incomplete-body' } });
  });

  it('is whole on the second try', async () => {
    const server = await startFaultServer(({ socket, connection }) =>
      connection === 1
        ? socket.end(rawAnswer('[{"id', { headers: ['Content-Length: 10'] }))
        : socket.write(rawAnswer('[{"id":1}]')),
    );
    const { end, records } = await read(server.url, { retry: QUICKLY });
    expect(end.kind).toBe('complete');
    expect(records).toEqual([{ key: '1', data: { id: 1 } }]);
  });
});

describe('framing that lies', () => {
  it('ignores bytes after the announced length and begins the next request on a clean socket', async () => {
    const server = await startFaultServer(({ socket, path }) =>
      socket.write(
        path === '/items'
          ? `${rawAnswer('[{"id":1}]')}${rawAnswer('[{"id":666}]')}`
          : rawAnswer('[{"id":2}]'),
      ),
    );
    const first = await read(server.url);
    const second = await read(`${server.origin}/clean`);
    expect(first.records.map(({ key }) => key)).toEqual(['1']);
    expect(second.records.map(({ key }) => key)).toEqual(['2']);
  });

  it('refuses two different lengths', async () => {
    const answer = rawAnswer('[{"id":1}]', {
      headers: ['Content-Length: 10', 'Content-Length: 5'],
    });
    expect((await endOf(answer)).kind).toBe('failed');
  });

  it('refuses a length beside chunks', async () => {
    const answer =
      'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\na\r\n[{"id":1}]\r\n0\r\n\r\n';
    expect((await endOf(answer)).kind).toBe('failed');
  });

  it.each([
    ['HTTP/1.0 without a length', 'HTTP/1.0 200 OK\r\n\r\n[{"id":1}]'],
    [
      'chunks with trailers',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\na\r\n[{"id":1}]\r\n0\r\nX-Sum: 1\r\n\r\n',
    ],
    [
      'headers in mixed case',
      'HTTP/1.1 200 OK\r\ncOnTeNt-LeNgTh: 10\r\nCONTENT-TYPE: application/json\r\n\r\n[{"id":1}]',
    ],
    [
      'an informational answer first',
      `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${rawAnswer('[{"id":1}]')}`,
    ],
  ])('understands %s', async (_name, answer) => {
    expect(await endOf(answer)).toMatchObject({ kind: 'complete' });
  });

  it('is given up when it says "go on" a thousand times to a request that did not ask', async () => {
    const answer = 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(1000) + rawAnswer('[{"id":1}]');
    expect(await endOf(answer)).toMatchObject({
      kind: 'failed',
      error: { code: 'connection-closed', kind: 'transient' },
    });
  });

  it('names the limit when the headers are huge', async () => {
    const answer = rawAnswer('[]', { headers: [`X-Big: ${'x'.repeat(200_000)}`] });
    expect(await endOf(answer)).toMatchObject({
      error: { code: 'headers-too-large', kind: 'limit' },
    });
  });

  it.each(['HTTP/9.9 what\r\n\r\n', 'SSH-2.0-OpenSSH_9.2\r\n', '\u0000\u0001\u0002\r\n\r\n'])(
    'says that %j is no HTTP',
    async (answer) => {
      expect(await endOf(answer)).toMatchObject({ error: { code: 'not-http', kind: 'system' } });
    },
  );
});

describe('encoded bodies', () => {
  const text = JSON.stringify([{ id: 1, text: 'ação' }]);
  it.each([
    ['gzip', gzipSync(text)],
    ['deflate', deflateSync(text)],
    ['deflate', deflateRawSync(text)],
    ['br', brotliCompressSync(text)],
    ['gzip, br', brotliCompressSync(gzipSync(text))],
    ['identity', Buffer.from(text)],
  ])('are decoded: %s', async (encoding, body) => {
    const api = await startApiServer(() => ({ body, headers: { 'content-encoding': encoding } }));
    const { records, pages } = await read(api.url);
    expect(records).toEqual([{ key: '1', data: { id: 1, text: 'ação' } }]);
    expect(pages[0]!.counts.bytes).toBe(Buffer.byteLength(text));
  });

  it('that turn out huge are stopped at the limit, while other reads go on', async () => {
    const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024));
    const bombs = await startApiServer(() => ({
      body: bomb,
      headers: { 'content-encoding': 'gzip' },
    }));
    const api = await startApiServer(() => ({ body: [{ id: 1 }] }));
    const [bad, good] = await Promise.all([
      read(bombs.url, { limits: { maxBodyBytes: 1024 * 1024 } }),
      read(api.url),
    ]);
    expect(bad.end).toMatchObject({
      error: {
        code: 'body-too-large',
        kind: 'limit',
        message: expect.stringContaining('1048576 bytes in one body (limits.maxBodyBytes)'),
      },
    });
    expect(good.end.kind).toBe('complete');
  });

  it.each([
    ['50 layers', Array(50).fill('gzip').join(', '), 'too-many-encodings'],
    ['an unknown encoding', 'zstd', 'bad-encoding'],
    ['an encoding that it is not', 'gzip', 'bad-encoding'],
  ])('are refused: %s', async (_name, encoding, code) => {
    const api = await startApiServer(() => ({
      body: '[]',
      headers: { 'content-encoding': encoding },
    }));
    expect((await read(api.url)).end).toMatchObject({ error: { code } });
  });
});

describe('huge bodies', () => {
  it('are refused at their announced length', async () => {
    const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 500000000\r\n\r\n[';
    const server = await startFaultServer(({ socket }) => socket.write(answer));
    const { end } = await read(server.url, { limits: { maxBodyBytes: 1_000_000 } });
    expect(end).toMatchObject({ error: { code: 'body-too-large' } });
  });

  it('are stopped at the limit when no length is announced', async () => {
    const server = await startFaultServer(({ socket }) => {
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
      const chunk = `10000\r\n${' '.repeat(65_536)}\r\n`;
      const flood = () => {
        while (!socket.destroyed && socket.write(chunk));
      };
      socket.on('drain', flood);
      flood();
    });
    const { end } = await read(server.url, { limits: { maxBodyBytes: 1_000_000 } });
    expect(end).toMatchObject({ error: { code: 'body-too-large' } });
  });
});

describe('statuses', () => {
  it.each([204, 205, 304])('%i means that there is no data', async (status) => {
    const { end, pages } = await network.read(
      sampleIntegration({
        request: { url: (await startApiServer(() => ({ status }))).url },
        incremental: { field: 'at', parameter: 'since' },
      }),
      { watermark: '2026-01-01T00:00:00Z' },
    );
    expect(end).toEqual({
      kind: 'complete',
      watermark: null,
      result: null,
      noData: true,
      isListMissing: false,
    });
    expect(pages).toHaveLength(1);
  });

  it.each([
    [401, 'config'],
    [403, 'config'],
    [404, 'system'],
    [410, 'system'],
    [422, 'system'],
    [206, 'system'],
    [226, 'system'],
    [999, 'system'],
  ])('%i is not asked again (%s)', async (status, kind) => {
    const api = await startApiServer(() => ({ status, body: { message: 'why' } }));
    const { end } = await read(api.url, { retry: QUICKLY });
    expect(end).toMatchObject({
      kind: 'failed',
      error: { code: 'http-status', kind, status, excerpt: '{"message":"why"}' },
      page: { status, counts: { requests: 1 } },
    });
    expect(api.requests).toHaveLength(1);
  });

  it('500 twice, then 200, is one good page', async () => {
    const api = await startApiServer((_request, number) =>
      number < 3 ? { status: 500 } : { body: [{ id: 1 }] },
    );
    const { end, pages } = await read(api.url, { retry: QUICKLY });
    expect(end.kind).toBe('complete');
    expect(pages[0]!.counts).toMatchObject({ requests: 3, received: 1 });
  });

  it('does not send a POST again that may have been acted on', async () => {
    const api = await startApiServer(() => ({ status: 500 }));
    const { end } = await read(api.url, {
      request: { url: api.url, method: 'POST' },
      retry: QUICKLY,
    });
    expect(end.kind).toBe('failed');
    expect(api.requests).toHaveLength(1);
  });
});

describe('bodies that are not what was promised', () => {
  it.each([
    ['an HTML page', '<!doctype html><html><body>Please log in</body></html>', 'text/html'],
    ['nothing', '', 'application/json'],
    ['null', 'null', 'application/json'],
    ['a text', '"text"', 'application/json'],
    ['a number', '42', 'application/json'],
  ])('(%s) end the run as a fault of the data', async (_name, body, type) => {
    const api = await startApiServer(() => ({ body, headers: { 'content-type': type } }));
    const { end } = await read(api.url, { retry: QUICKLY });
    expect(end).toMatchObject({ kind: 'failed', error: { kind: 'data' }, page: { status: 200 } });
    expect(api.requests).toHaveLength(1);
  });

  it('takes JSON whatever its content type is', async () => {
    expect(
      await endOf(rawAnswer('[{"id":1}]', { headers: ['Content-Type: text/plain'] })),
    ).toMatchObject({ kind: 'complete' });
    expect(await endOf(rawAnswer('[{"id":1}]', { headers: [JSON_TYPE] }))).toMatchObject({
      kind: 'complete',
    });
  });
});

describe('a kept-alive connection that the server closes as it is used again', () => {
  const closingServer = () =>
    startFaultServer(({ socket, onConnection }) =>
      onConnection === 1 ? socket.write(rawAnswer('[{"id":1}]')) : socket.destroy(),
    );

  it('is forgiven once for a request that may be repeated', async () => {
    const server = await closingServer();
    await read(server.url);
    const { end, pages } = await read(server.url);
    expect(end.kind).toBe('complete');
    expect(pages[0]!.counts.requests).toBe(2);
    expect(server.connections()).toBe(2);
  });

  it('is a failure for one that may not', async () => {
    const server = await closingServer();
    const more = { request: { url: server.url, method: 'POST' as const } };
    await read(server.url, more);
    expect((await read(server.url, more)).end).toMatchObject({
      kind: 'failed',
      error: { code: 'connection-closed' },
    });
    expect(server.connections()).toBe(1);
  });
});

describe('addresses that cannot be reached', () => {
  it('says that nothing listens', async () => {
    const { end } = await read('http://127.0.0.1:1/');
    expect(end).toMatchObject({
      error: {
        code: 'connection-refused',
        kind: 'transient',
        message: expect.stringContaining('ECONNREFUSED'),
      },
    });
  });

  it('says that a name is not known', async () => {
    const { end } = await read('http://no-such-host.invalid/', { retry: ONCE });
    expect(end).toMatchObject({
      error: { message: expect.stringContaining('no-such-host.invalid') },
    });
    expect(['host-not-found', 'dns-unavailable']).toContain(
      end.kind === 'failed' ? end.error.code : end.kind,
    );
  });
});
