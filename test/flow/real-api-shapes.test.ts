import { describe, expect, it } from 'vitest';
import type { IntegrationInput } from '../../src/shared/integration.ts';
import { startApiServer, type ApiAnswer, type ReceivedRequest } from '../support/api-server.ts';
import { runJob } from '../support/run-job.ts';
import { startTestEngine } from '../support/test-engine.ts';

const many = <T>(count: number, make: (id: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index + 1));

interface Shape {
  readonly name: string;
  /** As the API's manual gives it. */
  readonly request?: Partial<IntegrationInput['request']>;
  readonly answer: (request: ReceivedRequest, origin: string) => ApiAnswer;
  /** What the test of the bare address proposes. */
  readonly proposed: {
    readonly path: string;
    readonly key: readonly string[];
    readonly pagination: object | null;
  };
  readonly records: number;
  readonly firstKey: string;
}

const products = many(95, (id) => ({ id, name: `Product ${id}`, price: id / 4, owner: { id: 7 } }));
const payments = many(75, (id) => ({ uuid: `pay-${id}`, amount: id * 100, state: 'paid' }));
const trades = many(60, (id) => ({
  trade_id: `t${id}`,
  ts: 1_700_000_000 + id,
  price: String(id),
}));

const shapes: readonly Shape[] = [
  {
    name: 'a catalogue with Link headers',
    answer: ({ query }, origin) => {
      const page = Number(query.get('page') ?? '1');
      const last = Math.ceil(products.length / 30);
      const link =
        page < last
          ? `<${origin}/items?page=${page + 1}>; rel="next", <${origin}/items?page=${last}>; rel="last"`
          : `<${origin}/items?page=1>; rel="first"`;
      return { body: products.slice((page - 1) * 30, page * 30), headers: { link } };
    },
    proposed: { path: '$[*]', key: ['id'], pagination: { kind: 'link-header' } },
    records: 95,
    firstKey: '1',
  },
  {
    name: 'a list under data with a cursor in meta',
    answer: ({ query }) => {
      const at = Number(query.get('cursor') ?? '0');
      const next = at + 25 < payments.length ? String(at + 25) : null;
      return {
        body: {
          data: payments.slice(at, at + 25),
          meta: { next_cursor: next, has_more: next !== null },
        },
      };
    },
    proposed: {
      path: '$.data[*]',
      key: ['uuid'],
      pagination: { kind: 'cursor-body', path: '$.meta.next_cursor', parameter: 'cursor' },
    },
    records: 75,
    firstKey: 'pay-1',
  },
  {
    name: 'an offset with totals',
    answer: ({ query }) => {
      const skip = Number(query.get('skip') ?? '0');
      const limit = Number(query.get('limit') ?? '30');
      return {
        body: {
          products: products.slice(skip, skip + limit),
          total: products.length,
          skip,
          limit,
        },
      };
    },
    proposed: {
      path: '$.products[*]',
      key: ['id'],
      pagination: { kind: 'offset', parameter: 'skip', startAt: 0 },
    },
    records: 95,
    firstKey: '1',
  },
  {
    name: 'a cursor that is an instant in epoch seconds',
    answer: ({ query }) => {
      const after = Number(query.get('cursor') ?? '0');
      const page = trades.filter(({ ts }) => ts > after).slice(0, 20);
      const last = page.at(-1)?.ts;
      const isMore = last !== undefined && last < (trades.at(-1)?.ts ?? 0);
      return { body: { trades: page, next_cursor: isMore ? last : null } };
    },
    proposed: {
      path: '$.trades[*]',
      key: ['trade_id'],
      pagination: { kind: 'cursor-body', path: '$.next_cursor', parameter: 'cursor' },
    },
    records: 60,
    firstKey: 't1',
  },
  {
    name: 'exchange rates as one object',
    answer: () => ({
      body: {
        base: 'USD',
        date: '2026-01-02',
        rates: { BRL: 5.43, EUR: 0.921, JPY: 148.1 },
      },
    }),
    proposed: { path: '$', key: ['date', 'base'], pagination: null },
    records: 1,
    firstKey: '2026-01-02|USD',
  },
  {
    name: 'a time series of a central bank, with DD/MM/YYYY and decimal commas',
    request: { query: { formato: 'json' } },
    answer: () => ({
      body: many(28, (day) => ({
        data: `${String(day).padStart(2, '0')}/01/2026`,
        valor: `0,04${String(day)}`,
      })),
      headers: { 'content-type': 'text/plain; charset=iso-8859-1' },
    }),
    proposed: { path: '$[*]', key: ['data'], pagination: null },
    records: 28,
    firstKey: '01/01/2026',
  },
];

describe('APIs as they are, declared without code', () => {
  it.each(shapes)(
    '$name: the test alone proposes it, and it is collected twice without doubles',
    async (shape) => {
      const api = await startApiServer((request): ApiAnswer => shape.answer(request, api.origin));
      const engine = await startTestEngine();
      const request = { url: api.url, ...shape.request };
      const bare = await engine.call('integrations.test', {
        integration: { name: 'Bare', request },
        maxPages: 1,
      });
      expect(bare.error).toBeNull();
      const { path, key, pagination, schema } = bare.suggestions;
      expect({ path, key }).toEqual({ path: shape.proposed.path, key: shape.proposed.key });
      if (shape.proposed.pagination === null) expect(pagination).toBeNull();
      else expect(pagination).toMatchObject(shape.proposed.pagination);
      // Whoever overlooks the other pages is told.
      expect(bare.hints.length > 0).toBe(pagination !== null);

      await engine.call('integrations.create', {
        id: 'shape',
        name: 'Shape',
        request,
        records: { path: path ?? '$' },
        key,
        schema,
        ...(pagination === null ? {} : { pagination }),
      });
      await engine.call('jobs.create', { id: 'collect', name: 'Collect', integrationId: 'shape' });
      const first = await runJob(engine, 'collect');
      expect(first).toMatchObject({
        outcome: 'succeeded',
        counts: { new: shape.records, valid: shape.records, invalid: 0, duplicates: 0 },
      });
      const second = await runJob(engine, 'collect');
      expect(second).toMatchObject({
        outcome: 'succeeded',
        counts: { new: 0, changed: 0, unchanged: shape.records, duplicates: 0 },
      });
      const record = await engine.call('records.get', {
        integrationId: 'shape',
        key: shape.firstKey,
      });
      expect(record.version).toBe(1);
    },
  );
});
