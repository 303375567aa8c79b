import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IntegrationInput } from '../../../src/shared/integration.ts';
import type { PageValidator } from '../../../src/main/engine/store/ops.ts';
import { startApiServer } from '../../support/api-server.ts';
import { startFaultServer } from '../../support/fault-server.ts';
import { NetworkDriver, sampleTemplate } from '../../support/network-driver.ts';
import { sampleIntegration } from '../../support/sample-integration.ts';

let network: NetworkDriver;
beforeAll(() => {
  network = new NetworkDriver();
});
afterAll(() => network.stop());

function declared(url: string, more: Partial<IntegrationInput> = {}) {
  return sampleIntegration({
    request: { url },
    retry: { maxAttempts: 1 },
    key: ['id'],
    ...more,
  });
}

describe('an attempt', () => {
  it('is never more than four pages ahead of the store', async () => {
    const slow = new NetworkDriver({ acknowledges: false });
    const api = await startApiServer((_request, number) => ({ body: [{ id: number }] }));
    const seen: number[] = [];
    const { attemptId, read } = slow.start(
      declared(api.url, { pagination: { kind: 'page-number' }, limits: { maxPages: 7 } }),
      {},
      ({ page }) => seen.push(page),
    );
    await expect.poll(() => seen, { timeout: 10_000 }).toEqual([1, 2, 3, 4]);
    await network.read(declared(api.url));
    expect(seen).toEqual([1, 2, 3, 4]);
    slow.client.post({ type: 'stored', attemptId });
    await expect.poll(() => seen, { timeout: 10_000 }).toEqual([1, 2, 3, 4, 5]);
    slow.client.post({ type: 'stored', attemptId });
    slow.client.post({ type: 'stored', attemptId });
    expect((await read).end.kind).toBe('partial');
    await slow.stop();
  });

  it('is cancelled in the middle of a request', async () => {
    const server = await startFaultServer(() => undefined);
    const { attemptId, read } = network.start(declared(server.url));
    await expect.poll(() => server.requests.length).toBe(1);
    network.client.post({ type: 'cancel', attemptId, why: 'cancelled' });
    expect((await read).end).toEqual({ kind: 'cancelled' });
    await expect.poll(() => server.requests[0]!.socket.destroyed).toBe(true);
  });

  it('is cancelled while it backs off', async () => {
    const api = await startApiServer(() => ({ status: 500 }));
    const { attemptId, read } = network.start(
      declared(api.url, { retry: { maxAttempts: 5, baseDelayMs: 100_000, maxDelayMs: 100_000 } }),
    );
    await expect.poll(() => api.requests.length).toBe(1);
    network.client.post({ type: 'cancel', attemptId, why: 'stopping' });
    expect((await read).end).toEqual({ kind: 'cancelled' });
  });

  it('ends at its own deadline and shows the request that it was in', async () => {
    const server = await startFaultServer(() => undefined);
    const { end } = await network.read(declared(server.url), { timeoutMs: 200 });
    expect(end).toMatchObject({
      kind: 'timed-out',
      error: { message: expect.stringContaining('200 ms') },
      page: { page: 1, url: server.url, status: null },
    });
  });

  it('sends nothing when its condition is false', async () => {
    const api = await startApiServer(() => ({ body: [] }));
    const template = { ...sampleTemplate, context: { ...sampleTemplate.context, region: 'BR' } };
    const yes = await network.read(declared(api.url), {
      template,
      condition: 'context.region == "BR"',
    });
    const no = await network.read(declared(api.url), {
      template,
      condition: 'context.region == "PT"',
    });
    expect([yes.end.kind, no.end.kind]).toEqual(['complete', 'condition-false']);
    expect(api.requests).toHaveLength(1);
  });

  it('renders its templates, encoded, and leaves empty parameters out', async () => {
    const api = await startApiServer(() => ({ body: [] }));
    const { pages } = await network.read(
      declared(api.url, {
        request: {
          url: `${api.origin}/items/{{ input.id }}`,
          query: { q: '{{ input.q }}', region: '{{ context.region }}', n: '{{ instance }}' },
          headers: { 'X-Run': '{{ job.id }} {{ scheduledFor | date: "%Y-%m-%d" }}' },
        },
      }),
      { template: { ...sampleTemplate, input: { id: 'a/b?c#d', q: 'x&y=ç' } } },
    );
    expect(pages[0]!.url).toBe(`${api.origin}/items/a%2Fb%3Fc%23d?q=x%26y%3D%C3%A7&n=1`);
    expect(api.requests[0]!.headers['x-run']).toBe('sample-job 2026-03-01');
  });

  it('fails when a template fails', async () => {
    const api = await startApiServer(() => ({ body: [] }));
    const { end } = await network.read(
      declared(api.url, { request: { url: api.url, headers: { 'X-Run': '{{ input.text }}' } } }),
      { template: { ...sampleTemplate, input: { text: 'two\r\nlines: x' } } },
    );
    expect(end).toMatchObject({ kind: 'failed', error: { code: 'bad-template', kind: 'config' } });
    expect(api.requests).toEqual([]);
  });
});

describe('incremental reading', () => {
  const at = (day: number) => `2026-01-0${day}T00:00:00Z`;

  it('asks since the watermark, less the overlap, and brings back the greatest value', async () => {
    const api = await startApiServer(() => ({
      body: [
        { id: 1, at: at(3) },
        { id: 2, at: at(5) },
        { id: 3, at: at(4) },
      ],
    }));
    const integration = declared(api.url, {
      incremental: { field: 'at', parameter: 'since', initial: '2025-01-01', overlapMs: 60_000 },
    });
    const first = await network.read(integration);
    const second = await network.read(integration, { watermark: at(5) });
    const third = await network.read(integration, { watermark: at(9) });
    expect(api.requests.map(({ query }) => query.get('since'))).toEqual([
      '2025-01-01',
      '2026-01-04T23:59:00.000Z',
      '2026-01-08T23:59:00.000Z',
    ]);
    expect(first.end).toMatchObject({ watermark: at(5) });
    expect(second.end).toMatchObject({ watermark: at(5) });
    // Never moves back, whatever the API sends.
    expect(third.end).toMatchObject({ watermark: at(9) });
  });

  it('carries the greatest value over a read that was broken off', async () => {
    const api = await startApiServer(({ query }) =>
      query.get('page') === '1'
        ? { body: [{ id: 1, at: 900 }] }
        : query.get('page') === '2'
          ? { body: [{ id: 2, at: 100 }] }
          : { body: [] },
    );
    const integration = declared(api.url, {
      pagination: { kind: 'page-number' },
      incremental: { field: 'at', parameter: 'since', format: 'epoch-s', in: 'header' },
    });
    const first = await network.read(integration);
    const resumeFrom = first.pages[0]!.position!;
    const resumed = await network.read(integration, {
      resumeFrom,
      pagesStored: 1,
      watermark: '50',
    });
    expect(resumed.end).toMatchObject({ kind: 'complete', watermark: '900' });
    expect(api.requests.at(-1)!.headers['since']).toBe('50');
  });
});

describe('conditional reading', () => {
  const paged = { pagination: { kind: 'page-number' as const } };

  async function etagApi() {
    const pages = [[{ id: 1 }, { id: 2 }], [{ id: 3 }], []];
    let version = 1;
    const api = await startApiServer(({ query, headers }) => {
      const page = Number(query.get('page'));
      const etag = `"${version}-${page}"`;
      if (headers['if-none-match'] === etag) return { status: 304 };
      return {
        body: pages[page - 1],
        headers: { etag, 'last-modified': 'Thu, 01 Jan 2026 00:00:00 GMT' },
      };
    });
    return { api, touch: () => version++ };
  }

  const validatorsOf = (pages: readonly { validator: PageValidator | null }[]) =>
    pages.map(({ validator }) => validator!);

  it('asks each page with its validators and counts a 304 as seen', async () => {
    const { api } = await etagApi();
    const integration = declared(api.url, paged);
    const first = await network.read(integration);
    const validators = validatorsOf(first.pages);
    expect(validators).toMatchObject([
      { page: 1, etag: '"1-1"', next: 2, records: 2, invalid: 0 },
      { page: 2, etag: '"1-2"', next: 3, records: 1 },
      { page: 3, etag: '"1-3"', next: null, records: 0 },
    ]);
    const second = await network.read(integration, { validators });
    expect(second.end.kind).toBe('complete');
    expect(second.records).toEqual([]);
    expect(second.pages.map(({ counts }) => counts)).toMatchObject([
      { requests: 1, notModified: 1, received: 2, valid: 2, bytes: 0 },
      { requests: 1, notModified: 1, received: 1, valid: 1 },
      { requests: 1, notModified: 1, received: 0, valid: 0 },
    ]);
    expect(validatorsOf(second.pages)).toEqual(validators);
    expect(second.pages[0]!.stepMs.parse).toBeUndefined();
    expect(api.requests[3]!.headers).toMatchObject({
      'if-none-match': '"1-1"',
      'if-modified-since': 'Thu, 01 Jan 2026 00:00:00 GMT',
    });
  });

  it('knows the same body again without validators', async () => {
    const api = await startApiServer(() => ({ body: [{ id: 1 }] }));
    const integration = declared(api.url);
    const first = await network.read(integration);
    const second = await network.read(integration, { validators: validatorsOf(first.pages) });
    expect(second.pages[0]).toMatchObject({ notModified: true, batch: null, counts: { valid: 1 } });
  });

  it('takes what has changed', async () => {
    const { api, touch } = await etagApi();
    const integration = declared(api.url, paged);
    const first = await network.read(integration);
    touch();
    const second = await network.read(integration, {
      validators: validatorsOf(first.pages).map((one) => ({ ...one, bodyHash: 'other' })),
    });
    expect(second.records).toHaveLength(3);
    expect(second.pages[0]!.validator!.etag).toBe('"2-1"');
  });

  it('is not done for another address or when it is switched off', async () => {
    const { api } = await etagApi();
    const first = await network.read(declared(api.url, paged));
    const validators = validatorsOf(first.pages);
    const other = { ...paged, request: { url: api.url, query: { lang: 'pt' } } };
    await network.read(declared(api.url, other), { validators });
    const off = await network.read(declared(api.url, { ...paged, conditional: false }), {
      validators,
    });
    expect(api.requests.slice(3).some(({ headers }) => 'if-none-match' in headers)).toBe(false);
    expect(off.pages.map(({ validator }) => validator)).toEqual([null, null, null]);
  });
});

describe('testing an integration', () => {
  it('shows what was sent and received, the records, and what comes next', async () => {
    const api = await startApiServer(({ query }) => ({
      body: {
        data: {
          items: [
            { id: Number(query.get('page') ?? 1), name: 'a' },
            { id: 9, name: 3 },
          ],
        },
      },
      headers: { 'x-total-count': '10' },
    }));
    const tested = await network.client.test({
      integration: declared(api.url, {
        records: { path: '$.data.items[*]' },
        pagination: { kind: 'page-number' },
        schema: { type: 'object', properties: { name: { type: 'string' } } },
      }),
      maxPages: 1,
      template: sampleTemplate,
    });
    expect(tested).toMatchObject({
      pages: [
        {
          request: { method: 'GET', url: `${api.url}?page=1`, body: null },
          response: { status: 200, headers: { 'x-total-count': '10' }, truncated: false },
          records: 2,
        },
      ],
      records: [{ key: '1', data: { id: 1, name: 'a' } }],
      invalid: [{ field: 'name', page: 1 }],
      counts: { received: 2, valid: 1, invalid: 1 },
      nextPage: `${api.url}?page=2`,
      suggestions: { path: '$.data.items[*]', key: ['id'] },
      error: null,
    });
  });

  it('shows the exchange that failed, after one try', async () => {
    const api = await startApiServer(() => ({ status: 500, body: 'broken' }));
    const tested = await network.client.test({
      integration: declared(api.url, { retry: { maxAttempts: 3 } }),
      maxPages: 2,
      template: sampleTemplate,
    });
    expect(api.requests).toHaveLength(1);
    expect(tested).toMatchObject({
      pages: [{ response: { status: 500, body: 'broken' } }],
      error: { status: 500 },
    });
  });
});

describe('checking an integration', () => {
  const problems = async (more: Partial<IntegrationInput>, condition: string | null = null) =>
    (await network.client.check(declared('https://api.example.com/items', more), condition)).map(
      ({ path, code }) => `${code} ${path}`,
    );

  it('finds nothing wrong with a good one', async () => {
    expect(await problems({}, 'context.region == "BR"')).toEqual([]);
  });

  it.each<[string, Partial<IntegrationInput>, string]>([
    ['a malformed address', { request: { url: 'not an address' } }, 'validation request.url'],
    ['another scheme', { request: { url: 'ftp://example.com/' } }, 'validation request.url'],
    [
      'credentials in it',
      { request: { url: 'https://me:pw@example.com/' } },
      'validation request.url',
    ],
    [
      'an unknown name',
      { request: { url: 'https://a.example/{{ nobody }}' } },
      'validation request.url',
    ],
    [
      'a template that does not parse',
      { request: { url: 'https://a.example/', query: { a: '{{ now | ' } } },
      'validation request.query.a',
    ],
    [
      'a template deep in the body',
      { request: { url: 'https://a.example/', method: 'POST', body: { a: [{ b: '{{ x }}' }] } } },
      'validation request.body.a.0.b',
    ],
    ['a path that is none', { records: { path: '$..[' } }, 'validation records.path'],
    [
      'HEAD with records',
      { request: { url: 'https://a.example/', method: 'HEAD' } },
      'validation records',
    ],
    [
      'a secret that is none',
      { auth: { kind: 'bearer', secret: 'nobody' } },
      'unknown-reference auth.secret',
    ],
  ])('finds %s', async (_name, more, problem) => {
    expect(await problems(more)).toContain(problem);
  });

  it('finds a secret of another origin, and templates that decide where secrets go', async () => {
    network.client.post({
      type: 'secrets',
      secrets: [{ name: 'key', origin: 'https://API.example.com/', value: 'x' }],
    });
    const auth = { kind: 'bearer', secret: 'key' } as const;
    expect(await problems({ auth })).toEqual([]);
    expect(await problems({ auth, request: { url: 'https://other.example.com/' } })).toEqual([
      'unknown-reference auth.secret',
    ]);
    expect(await problems({ auth, request: { url: 'https://{{ input.host }}/x' } })).toEqual([
      'validation request.url',
    ]);
  });

  it('finds a condition that cannot be read', async () => {
    expect(await problems({}, 'nobody == 1')).toEqual(['validation when']);
    expect(await problems({}, '{% if %}')).toEqual(['validation when']);
  });
});
