import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApiServer } from '../../support/api-server.ts';
import { NetworkDriver } from '../../support/network-driver.ts';
import { sampleIntegration } from '../../support/sample-integration.ts';

let network: NetworkDriver;
beforeAll(() => {
  network = new NetworkDriver();
});
afterAll(() => network.stop());

const items = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => ({ id: from + index }));

describe('reading an API', () => {
  it('takes an array as the records and ends after the only page', async () => {
    const api = await startApiServer(() => ({ body: items(1, 3) }));
    const read = await network.read(
      sampleIntegration({ request: { url: api.url, query: { lang: 'pt' } }, key: ['id'] }),
    );
    expect(read.end).toMatchObject({ kind: 'complete', noData: false });
    expect(read.records).toEqual([1, 2, 3].map((id) => ({ key: String(id), data: { id } })));
    expect(read.pages[0]).toMatchObject({
      page: 1,
      status: 200,
      counts: { requests: 1, received: 3, valid: 3, invalid: 0 },
      url: `${api.url}?lang=pt`,
    });
    expect(read.pages[0]!.stepMs).toMatchObject({
      connect: expect.any(Number),
      request: expect.any(Number),
      download: expect.any(Number),
    });
    expect(api.requests[0]!.headers).toMatchObject({
      accept: 'application/json, */*;q=0.5',
      'accept-encoding': 'gzip, deflate, br',
    });
  });

  it('counts pages from the first to an empty one', async () => {
    const api = await startApiServer(({ query }) => {
      const page = Number(query.get('page'));
      return { body: { items: page <= 3 ? items(page * 10, 2) : [] } };
    });
    const read = await network.read(
      sampleIntegration({
        request: { url: api.url },
        records: { path: '$.items[*]' },
        key: ['id'],
        pagination: { kind: 'page-number', sizeParameter: 'per_page', size: 2 },
      }),
    );
    expect(read.end.kind).toBe('complete');
    expect(read.records.map(({ key }) => key)).toEqual(['10', '11', '20', '21', '30', '31']);
    expect(api.requests.map(({ query }) => query.toString())).toEqual(
      [1, 2, 3, 4].map((page) => `page=${page}&per_page=2`),
    );
    expect(read.pages.map((page) => page.position)).toEqual([
      expect.objectContaining({ next: 2 }),
      expect.objectContaining({ next: 3 }),
      expect.objectContaining({ next: 4 }),
      null,
    ]);
  });

  it('posts a JSON body whose texts are templates', async () => {
    const api = await startApiServer(() => ({ body: [] }));
    await network.read(
      sampleIntegration({
        request: {
          method: 'POST',
          url: api.url,
          body: { job: '{{ job.name }}', at: '{{ now | date: "%Y" }}', limit: 5 },
        },
      }),
    );
    expect(JSON.parse(api.requests[0]!.body)).toEqual({ job: 'Sample job', at: '2026', limit: 5 });
    expect(api.requests[0]!.headers['content-type']).toBe('application/json');
  });

  it('keeps the body itself when there are no records to keep', async () => {
    const api = await startApiServer(() => ({ status: 202, body: 'done' }));
    const read = await network.read(
      sampleIntegration({ request: { method: 'POST', url: api.url }, records: null }),
    );
    expect(read.end).toEqual({
      kind: 'complete',
      watermark: null,
      result: 'done',
      noData: false,
      isListMissing: false,
    });
  });
});
