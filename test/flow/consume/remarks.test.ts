import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AttemptRequest } from '../../../src/main/engine/pool/protocol.ts';
import type { IntegrationInput } from '../../../src/shared/integration.ts';
import { startApiServer } from '../../support/api-server.ts';
import { NetworkDriver } from '../../support/network-driver.ts';
import { sampleIntegration } from '../../support/sample-integration.ts';

let network: NetworkDriver;
beforeAll(() => {
  network = new NetworkDriver();
});
afterAll(() => network.stop());

/** What the log of a run is told about a read of pages with these bodies. */
async function remarksOn(
  bodies: readonly string[],
  more: Partial<IntegrationInput> = {},
  overrides: Partial<AttemptRequest> = {},
) {
  const api = await startApiServer(({ query }) => ({
    body: bodies[Number(query.get('page') ?? '1') - 1] ?? '{"items":[]}',
  }));
  const integration = sampleIntegration({
    request: { url: api.url },
    records: { path: '$.items[*]' },
    pagination: { kind: 'page-number' },
    key: ['id'],
    ...more,
  });
  const before = network.notices.length;
  const runId = `run-remarked-${before}`;
  const { end } = await network.read(integration, { runId, ...overrides });
  expect(end.kind).toBe('complete');
  const told = network.notices.slice(before);
  for (const { level, fields } of told)
    expect([level, fields]).toEqual(['warn', expect.objectContaining({ runId, attempt: 1 })]);
  return told.map(({ message }) => message);
}

describe('the log of a run is told', () => {
  it('nothing about ordinary pages', async () => {
    expect(await remarksOn(['{"items":[{"id":1}]}'])).toEqual([]);
  });

  it('that the path to the records leads nowhere any more', async () => {
    const [remark, ...others] = await remarksOn(['{"results":[{"id":1}]}']);
    expect(remark).toContain('$.items[*]');
    expect(others).toEqual([]);
  });

  it('nothing when only the page behind the last one has no list', async () => {
    expect(await remarksOn(['{"items":[{"id":1}]}', '{}'])).toEqual([]);
  });

  it('that a field is gone which all records had at the last read', async () => {
    const pageOf = (count: number, record: object) =>
      JSON.stringify({ items: Array.from({ length: count }, (_, id) => ({ id, ...record })) });
    let body = pageOf(30, { name: 'a', price: 1 });
    const api = await startApiServer(() => ({ body }));
    const integration = sampleIntegration({
      request: { url: api.url },
      records: { path: '$.items[*]' },
      key: ['id'],
    });
    const planId = 4711;
    network.client.post({ type: 'plan', planId, integration });
    const readAgain = async () => {
      const before = network.notices.length;
      await network.read(integration, { planId });
      return network.notices.slice(before).map(({ message }) => message);
    };
    expect(await readAgain()).toEqual([]);
    body = pageOf(30, { name: 'b', cost: 1 });
    const remarks = await readAgain();
    expect(remarks).toHaveLength(1);
    expect(remarks[0]).toContain("The field 'price' is in no record");
    expect(await readAgain()).toEqual([]);
    // Three records may lack a field by chance.
    body = pageOf(3, {});
    expect(await readAgain()).toEqual([]);
  });

  it('once that objects repeat a key', async () => {
    const page = (id: number) => `{"items":[{"id":${id},"a":1,"a":2}]}`;
    const [remark, ...others] = await remarksOn([page(1), page(2)]);
    expect(remark).toContain("The key 'a' is repeated");
    expect(others).toEqual([]);
  });

  it('that the API answers with older data than before', async () => {
    const bodies = ['{"items":[{"id":1,"at":"2026-01-05T00:00:00Z"}]}'];
    const incremental = { field: 'at', parameter: 'since' } as const;
    const later = { watermark: '2026-01-09T00:00:00Z' };
    const [remark] = await remarksOn(bodies, { incremental }, later);
    expect(remark).toContain('older data than before');
    const earlier = { watermark: '2026-01-02T00:00:00Z' };
    expect(await remarksOn(bodies, { incremental }, earlier)).toEqual([]);
  });
});
