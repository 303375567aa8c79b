import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IntegrationInput } from '../../../src/shared/integration.ts';
import { startApiServer, type ApiAnswer, type ReceivedRequest } from '../../support/api-server.ts';
import { NetworkDriver, sampleTemplate } from '../../support/network-driver.ts';
import { sampleIntegration } from '../../support/sample-integration.ts';

let network: NetworkDriver;
beforeAll(() => {
  network = new NetworkDriver();
});
afterAll(() => network.stop());

type Pagination = NonNullable<IntegrationInput['pagination']>;

function declared(url: string, pagination: Pagination, more: Partial<IntegrationInput> = {}) {
  return sampleIntegration({
    request: { url },
    records: { path: '$.items[*]' },
    key: ['id'],
    pagination,
    ...more,
  });
}

async function readAll(
  answer: (request: ReceivedRequest, number: number) => ApiAnswer,
  pagination: Pagination,
  more: Partial<IntegrationInput> = {},
) {
  const api = await startApiServer(answer);
  const read = await network.read(declared(api.url, pagination, more));
  return { api, read, keys: read.records.map(({ key }) => Number(key)) };
}

/** Ten records, `size` at a time. */
const all = Array.from({ length: 10 }, (_, index) => ({ id: index + 1 }));
const IDS = all.map(({ id }) => id);

describe('every kind of pagination reads everything once', () => {
  it('page numbers, to the total that the API gives', async () => {
    const { api, read, keys } = await readAll(
      ({ query }) => {
        const page = Number(query.get('p'));
        return { body: { items: all.slice(page * 4, page * 4 + 4), meta: { pages: 3 } } };
      },
      { kind: 'page-number', parameter: 'p', startAt: 0, totalPagesPath: '$.meta.pages' },
    );
    expect(keys).toEqual(IDS);
    expect(api.requests).toHaveLength(3);
    expect(read.pages.map(({ totalPages }) => totalPages)).toEqual([3, 3, 3]);
    expect(read.end.kind).toBe('complete');
  });

  it('offsets, advancing by what came and not by what was asked for', async () => {
    const { api, keys } = await readAll(
      ({ query }) => {
        const from = Number(query.get('offset'));
        // Gives fewer than asked for.
        return { body: { items: all.slice(from, from + 3) } };
      },
      { kind: 'offset', sizeParameter: 'limit', size: 5 },
    );
    expect(keys).toEqual(IDS);
    expect(api.requests.map(({ query }) => query.get('offset'))).toEqual([
      '0',
      '3',
      '6',
      '9',
      '10',
    ]);
    expect(api.requests[0]!.query.get('limit')).toBe('5');
  });

  it.each([
    ['text', (n: number) => `c${n}`],
    ['number', (n: number) => n],
  ])('a cursor in the body (%s)', async (_name, cursorOf) => {
    const { api, keys } = await readAll(
      (_request, number) => ({
        body: {
          items: all.slice((number - 1) * 4, number * 4),
          meta: { next: number < 3 ? cursorOf(number) : null },
        },
      }),
      { kind: 'cursor-body', path: '$.meta.next', parameter: 'after' },
    );
    expect(keys).toEqual(IDS);
    expect(api.requests.map(({ query }) => query.get('after'))).toEqual([
      null,
      String(cursorOf(1)),
      String(cursorOf(2)),
    ]);
  });

  it('a cursor in a header', async () => {
    const { keys } = await readAll(
      ({ query }) => {
        const from = Number(query.get('cursor') ?? 0);
        const headers = from + 4 < 10 ? { 'X-Next': String(from + 4) } : {};
        return {
          body: { items: all.slice(from, from + 4) },
          headers: headers,
        };
      },
      { kind: 'cursor-header', header: 'x-next' },
    );
    expect(keys).toEqual(IDS);
  });

  it('the next address in the body, relative or whole', async () => {
    const { api, keys } = await readAll(
      ({ query }) => {
        const from = Number(query.get('from') ?? 0);
        const next = from === 0 ? '?from=4' : from === 4 ? '/items?from=8' : '';
        return { body: { items: all.slice(from, from + 4), next } };
      },
      { kind: 'next-url-body', path: '$.next', sizeParameter: 'size', size: 4 },
    );
    expect(keys).toEqual(IDS);
    expect(api.requests.map(({ query }) => query.toString())).toEqual([
      'size=4',
      'from=4',
      'from=8',
    ]);
  });

  it('Link headers', async () => {
    const { keys } = await readAll(
      ({ query }) => {
        const from = Number(query.get('from') ?? 0);
        const links = [`</items?from=0>; rel="first"`];
        if (from + 4 < 10) links.push(`</items?from=${from + 4}>; title="a, b"; rel="last next"`);
        return { body: { items: all.slice(from, from + 4) }, headers: { link: links.join(', ') } };
      },
      { kind: 'link-header' },
    );
    expect(keys).toEqual(IDS);
  });

  it('in shares: every instance reads each N-th page', async () => {
    const api = await startApiServer(({ query }) => {
      const page = Number(query.get('page')) - 1;
      return { body: { items: all.slice(page * 2, page * 2 + 2) } };
    });
    const integration = declared(api.url, { kind: 'page-number' });
    const shares = await Promise.all(
      [1, 2, 3].map((instance) =>
        network.read(integration, {
          splitPages: true,
          template: { ...sampleTemplate, instance, instances: 3 },
        }),
      ),
    );
    const keys = shares.map(({ records }) => records.map(({ key }) => Number(key)));
    expect(keys).toEqual([
      [1, 2, 7, 8],
      [3, 4, 9, 10],
      [5, 6],
    ]);
  });
});

describe('reads that would not end', () => {
  const partial = (reason: string) => ({ kind: 'partial', reason });

  it('stop when a page comes again, without counting it twice', async () => {
    const { api, read, keys } = await readAll(
      (_request, number) => ({ body: { items: all.slice(0, 2), at: number } }),
      { kind: 'page-number' },
    );
    expect(read.end).toEqual(partial('repeated-page'));
    expect(keys).toEqual([1, 2]);
    expect(api.requests).toHaveLength(2);
  });

  it('stop when a cursor comes again', async () => {
    const { read } = await readAll(
      (_request, number) => ({ body: { items: [{ id: number }], next: number % 2 ? 'a' : 'b' } }),
      { kind: 'cursor-body', path: '$.next' },
    );
    expect(read.end).toEqual(partial('repeated-cursor'));
    expect(read.pages).toHaveLength(3);
  });

  it('stop at maxPages, with the records so far', async () => {
    const { read, keys } = await readAll(
      (_request, number) => ({ body: { items: [{ id: number }] } }),
      { kind: 'page-number' },
      { limits: { maxPages: 5 } },
    );
    expect(read.end).toEqual(partial('max-pages'));
    expect(keys).toEqual([1, 2, 3, 4, 5]);
  });

  it('stop when pages stay empty, but not at the first empty one', async () => {
    const { api, read, keys } = await readAll(
      (_request, number) => ({
        body: { items: number === 2 || number > 3 ? [] : [{ id: number }], next: `c${number}` },
      }),
      { kind: 'cursor-body', path: '$.next' },
    );
    expect(keys).toEqual([1, 3]);
    expect(read.end.kind).toBe('complete');
    expect(api.requests).toHaveLength(6);
  });
});

describe('a read that was broken off', () => {
  it('goes on from the position of the last stored page', async () => {
    let broken = true;
    const api = await startApiServer(({ query }) => {
      const page = Number(query.get('page'));
      if (page === 3 && broken) return { status: 404 };
      return { body: { items: all.slice((page - 1) * 2, page * 2) } };
    });
    const integration = declared(api.url, { kind: 'page-number' });
    const first = await network.read(integration);
    expect(first.end).toMatchObject({ kind: 'failed', page: { page: 3, status: 404 } });
    expect('position' in (first.end.kind === 'failed' ? first.end.page! : {})).toBe(false);
    broken = false;
    const resumeFrom = first.pages.at(-1)!.position!;
    const second = await network.read(integration, { resumeFrom, pagesStored: 2 });
    expect(second.end.kind).toBe('complete');
    expect(second.pages.map(({ page }) => page)).toEqual([3, 4, 5, 6]);
    expect([...first.records, ...second.records].map(({ key }) => Number(key))).toEqual(IDS);
  });

  it('after its last page needs no request at all', async () => {
    const api = await startApiServer(() => ({ body: [] }));
    const read = await network.read(declared(api.url, { kind: 'page-number' }), {
      resumeFrom: null,
    });
    expect(read.end.kind).toBe('complete');
    expect(api.requests).toEqual([]);
  });
});
