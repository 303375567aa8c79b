import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileSchema } from '../../../../../src/main/engine/validator/record-schema.ts';
import { inferSchema } from '../../../../../src/main/engine/validator/suggest/infer-schema.ts';
import { suggest } from '../../../../../src/main/engine/validator/suggest/suggest.ts';
import { paginationSchema } from '../../../../../src/shared/integration.ts';
import type { JsonValue } from '../../../../../src/shared/values.ts';

interface Sample {
  readonly headers?: Record<string, string>;
  readonly url?: string;
  readonly paginationKind?: string;
}

function suggestFor(body: unknown, sample: Sample = {}) {
  return suggest({
    body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
    contentType: 'application/json',
    headers: {},
    url: 'https://api.example.com/v1/things',
    paginationKind: 'none',
    maxDepth: 100,
    ...sample,
  });
}

const many = (make: (index: number) => JsonValue, count = 6) =>
  Array.from({ length: count }, (_, index) => make(index + 1));

describe('suggestions for the shapes of real APIs', () => {
  it('a catalogue with Link headers: root list, ids', () => {
    const body = many((id) => ({ id, node_id: `n${id}`, name: `repo ${id}`, owner: { id: 1 } }));
    const { suggestions } = suggestFor(body, {
      headers: { link: '<https://api.example.com/v1/things?page=2>; rel="next", <x>; rel="last"' },
    });
    expect(suggestions).toMatchObject({
      path: '$[*]',
      key: ['id'],
      pagination: { kind: 'link-header' },
    });
  });

  it('a cursor API: list under data, cursor in meta', () => {
    const { suggestions } = suggestFor({
      data: many((n) => ({ uuid: `u-${n}`, amount: n / 2 })),
      meta: { next_cursor: 'abc', has_more: true },
    });
    expect(suggestions).toMatchObject({
      path: '$.data[*]',
      key: ['uuid'],
      pagination: { kind: 'cursor-body', path: '$.meta.next_cursor', parameter: 'cursor' },
    });
  });

  it('a page token', () => {
    const { suggestions } = suggestFor({
      nextPageToken: 'CAoQAA',
      items: many((n) => ({ id: n })),
    });
    expect(suggestions.pagination).toMatchObject({
      kind: 'cursor-body',
      path: '$.nextPageToken',
      parameter: 'pageToken',
    });
  });

  it('an offset API with totals', () => {
    const { suggestions, hints } = suggestFor({
      products: many((id) => ({ id, title: 't', price: 9.5, tags: ['a'] })),
      total: 194,
      skip: 0,
      limit: 6,
    });
    expect(suggestions).toMatchObject({
      path: '$.products[*]',
      key: ['id'],
      pagination: {
        kind: 'offset',
        parameter: 'skip',
        startAt: 0,
        sizeParameter: 'limit',
        size: 6,
      },
    });
    expect(hints[0]?.message).toMatch(/194.* 6/);
  });

  it('numbered pages with their number of pages', () => {
    const { suggestions } = suggestFor(
      { page: 1, per_page: 6, total: 12, total_pages: 2, data: many((id) => ({ id, email: 'a' })) },
      { url: 'https://api.example.com/users?page=1&per_page=6' },
    );
    expect(suggestions.pagination).toMatchObject({
      kind: 'page-number',
      parameter: 'page',
      startAt: 1,
      sizeParameter: 'per_page',
      size: 6,
      totalPagesPath: '$.total_pages',
    });
  });

  it('pages that begin at nought, as Spring answers them', () => {
    const { suggestions } = suggestFor({
      content: many((id) => ({ id })),
      totalPages: 3,
      totalElements: 18,
      number: 0,
      size: 6,
    });
    expect(suggestions).toMatchObject({
      path: '$.content[*]',
      pagination: { kind: 'page-number', startAt: 0, totalPagesPath: '$.totalPages' },
    });
  });

  it('a next address in the body', () => {
    const { suggestions } = suggestFor({
      count: 1302,
      next: 'https://api.example.com/v2/pokemon?offset=20&limit=20',
      previous: null,
      results: many((n) => ({ name: `p${n}`, url: `https://api.example.com/${n}` })),
    });
    expect(suggestions).toMatchObject({
      path: '$.results[*]',
      key: ['name'],
      pagination: { kind: 'next-url-body', path: '$.next' },
    });
  });

  it('an OData answer', () => {
    const { suggestions } = suggestFor({
      '@odata.context': 'x',
      value: many((n) => ({ ProductId: n })),
      '@odata.nextLink': 'https://api.example.com/Products?$skip=20',
    });
    expect(suggestions).toMatchObject({
      path: '$.value[*]',
      key: ['ProductId'],
      pagination: { kind: 'next-url-body', path: "$['@odata.nextLink']" },
    });
  });

  it('an epoch-cursor API: candles as lists have no fields', () => {
    const { suggestions } = suggestFor(many((n) => [1_700_000_000 + n, 1, 2]));
    expect(suggestions).toMatchObject({ path: '$[*]', key: [], schema: null, pagination: null });
  });

  it('exchange rates as one object', () => {
    const { suggestions } = suggestFor({
      amount: 1.0,
      base: 'EUR',
      date: '2026-11-20',
      rates: { BRL: 6.1, USD: 1.08 },
    });
    expect(suggestions).toMatchObject({ path: '$', key: ['date', 'base'], pagination: null });
  });

  it('a time series of a central bank, with dates as DD/MM/YYYY and decimal commas', () => {
    const { suggestions } = suggestFor(many((n) => ({ data: `0${n}/11/2026`, valor: `5,${n}` })));
    expect(suggestions).toMatchObject({
      path: '$[*]',
      key: ['data'],
      pagination: null,
      schema: { properties: { data: { type: 'string' }, valor: { type: 'string' } } },
    });
  });

  it('a series of several symbols needs two fields', () => {
    const { suggestions } = suggestFor(
      ['A', 'B'].flatMap((symbol) => many((n) => ({ symbol, date: `2026-11-0${n}`, close: 1 }), 3)),
    );
    expect(suggestions.key).toEqual(['symbol', 'date']);
  });

  it('objects under names of their own are records', () => {
    const coin = (price: number) => ({ usd: price, usd_24h: 1 });
    const { suggestions } = suggestFor({ data: { btc: coin(1), eth: coin(2), ltc: coin(3) } });
    expect(suggestions.path).toBe('$.data[*]');
  });

  it('a list deeper down, with a quote in the way', () => {
    const { suggestions } = suggestFor({
      took: 3,
      "it's": { hits: { total: { value: 2 }, hits: many((n) => ({ _id: `a${n}`, _source: {} })) } },
    });
    expect(suggestions).toMatchObject({ path: "$['it\\'s'].hits.hits[*]", key: ['_id'] });
  });

  it('an id that is not unique is no key', () => {
    const { suggestions } = suggestFor(many((n) => ({ id: n % 2, code: `c${n}` })));
    expect(suggestions.key).toEqual(['code']);
  });

  it.each(['<html></html>', '', 'null', '{"a":'])('nothing for a body %j that is none', (body) => {
    expect(suggestFor(body).suggestions).toEqual({
      path: null,
      pagination: null,
      key: [],
      schema: null,
    });
  });

  it('no remark about pages when a pagination is declared', () => {
    const body = { total: 100, items: many((id) => ({ id })) };
    expect(suggestFor(body, { paginationKind: 'page-number' }).hints).toEqual([]);
  });

  it('never throw, and propose only what can be saved', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (body) => {
        const { suggestions } = suggestFor(JSON.stringify(body));
        if (suggestions.pagination) paginationSchema.parse(suggestions.pagination);
        if (suggestions.schema) compileSchema(suggestions.schema);
      }),
    );
  });
});

describe('an inferred schema', () => {
  it('accepts every record that it was made of', () => {
    const record = fc.dictionary(
      fc.constantFrom('id', 'name', 'at', 'price', 'tags', 'owner', '__proto__'),
      fc.jsonValue({ maxDepth: 3 }),
    );
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 8 }), (records) => {
        const sent = JSON.parse(JSON.stringify(records)) as JsonValue[];
        const { isValid } = compileSchema(inferSchema(sent, ['id'])!);
        for (const one of sent) expect(isValid(one)).toBe(true);
      }),
    );
  });

  it('names types, formats and what is always there, and no more', () => {
    const records = many((n) => ({
      id: n,
      price: 100,
      at: '2026-11-21T12:00:00Z',
      day: '2026-11-21',
      note: n === 3 ? null : 'x',
      unknown: null,
      tags: ['a', 'b'],
      ...(n > 2 && { extra: true }),
    }));
    expect(inferSchema(records, ['id'])).toEqual({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      required: ['id', 'price', 'at', 'day', 'note', 'unknown', 'tags'],
      properties: {
        id: { type: 'integer' },
        price: { type: 'number' },
        at: { type: 'string', format: 'date-time' },
        day: { type: 'string', format: 'date' },
        note: { type: ['string', 'null'] },
        unknown: {},
        tags: { type: 'array', items: { type: 'string' } },
        extra: { type: 'boolean' },
      },
    });
  });

  it('of few records requires only the key', () => {
    expect(inferSchema([{ id: 1, a: 2 }], ['id'])).toMatchObject({ required: ['id'] });
  });
});
