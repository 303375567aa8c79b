import { describe, expect, it } from 'vitest';
import {
  preparePlan,
  processPage,
  type ProcessedPage,
} from '../../../../src/main/engine/validator/page.ts';
import type { IntegrationInput } from '../../../../src/shared/integration.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { sampleIntegration } from '../../../support/sample-integration.ts';
import { readBatch } from './read-batch.ts';

interface Options {
  readonly contentType?: string;
  readonly extract?: readonly string[];
  readonly sample?: { records: number; invalid: number };
}

function pageOf(
  body: string | Uint8Array,
  input: Partial<IntegrationInput> = {},
  { contentType = 'application/json', extract = [], sample }: Options = {},
): ProcessedPage {
  return processPage(
    {
      rules: preparePlan(sampleIntegration(input)),
      body: typeof body === 'string' ? Buffer.from(body) : body,
      contentType,
      page: 3,
      extract,
      sample: sample ?? null,
    },
    new ManualClock(),
  );
}

function recordsOf(body: string, input: Partial<IntegrationInput> = {}) {
  return readBatch(pageOf(body, input).batch);
}

const BY_ID: Partial<IntegrationInput> = { key: ['id'] };

describe('records of a page', () => {
  it('are the items of the body, or the body itself', () => {
    expect(recordsOf('[{"id":1},{"id":2}]', BY_ID).map(({ key }) => key)).toEqual(['1', '2']);
    expect(recordsOf('{"id":7}', BY_ID)).toMatchObject([{ key: '7', data: '{"id":7}' }]);
  });

  it.each([
    ['$.items[*]', '{"items":[{"id":1},{"id":2}]}', ['1', '2']],
    ['$.items', '{"items":[{"id":1},{"id":2}]}', ['1', '2']],
    ["$['a b'].list[*]", '{"a b":{"list":[{"id":1}]}}', ['1']],
    ['$[*]', '{"x":{"id":1},"y":{"id":2}}', ['1', '2']],
    ['$.one', '{"one":{"id":9}}', ['9']],
    ['$..found', '{"a":{"found":{"id":1}},"b":[{"found":{"id":2}}]}', ['1', '2']],
    ['$.items[?@.ok==true]', '{"items":[{"id":1,"ok":true},{"id":2,"ok":false}]}', ['1']],
    ['$.items[0:2]', '{"items":[{"id":1},{"id":2},{"id":3}]}', ['1', '2']],
    ['$.groups[*].items[*]', '{"groups":[{"items":[{"id":1}]},{"items":[{"id":2}]}]}', ['1', '2']],
  ])('selected by %s from %s have the keys %s', (path, body, keys) => {
    const records = recordsOf(body, { ...BY_ID, records: { path } });
    expect(records.map(({ key }) => key)).toEqual(keys);
  });

  it('keep the digits as sent in text, key and hash, whatever the path', () => {
    for (const path of ['$.items[*]', '$..items[*]']) {
      const body = '{"items": [{"id": 9007199254740993, "price": 1.0, "n": 1E+2}]}';
      const [record] = recordsOf(body, { ...BY_ID, records: { path } });
      expect(record).toMatchObject({
        key: '9007199254740993',
        data: '{"id":9007199254740993,"price":1.0,"n":1E+2}',
      });
    }
  });

  it('differing only in spelling have one hash and one key', () => {
    const records = recordsOf('[{"id":1,"p":100}]', BY_ID);
    const respelled = recordsOf('[{"p":1e2,"id":1.0}]', BY_ID);
    expect(respelled[0]!.hash).toBe(records[0]!.hash);
    expect(respelled[0]!.key).toBe('1');
  });

  it('with neighbouring big ids stay two records', () => {
    const records = recordsOf('[{"id":9007199254740992},{"id":9007199254740993}]', BY_ID);
    expect(records).toHaveLength(2);
  });

  it('without key fields are identified by their content', () => {
    const page = pageOf('[{"a":1,"b":2},{"b":2.0,"a":1},{"a":2}]');
    const records = readBatch(page.batch);
    expect(page.counts).toMatchObject({ received: 3, valid: 3, duplicates: 1 });
    expect(records.map(({ key }) => key)).toEqual(records.map(({ hash }) => hash));
  });

  it('of one key become one, the last; the others are counted', () => {
    const page = pageOf('[{"id":1,"v":"a"},{"id":2},{"id":"1","v":"b"}]', BY_ID);
    expect(page.counts).toMatchObject({ received: 3, valid: 3, invalid: 0, duplicates: 1 });
    expect(readBatch(page.batch).map(({ data }) => data)).toEqual([
      '{"id":2}',
      '{"id":"1","v":"b"}',
    ]);
  });

  it('keep hostile keys as data and pollute nothing', () => {
    const body =
      '[{"id":1,"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":1}},"":0}]';
    const [record] = recordsOf(body, BY_ID);
    expect(record!.data).toBe(body.slice(1, -1));
    const exact = recordsOf(body.replace('"":0', '"":1.0'), BY_ID);
    expect(exact[0]!.data).toContain('"__proto__":{"polluted":true}');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('keep a key of a megabyte, NUL, lone surrogates and both forms of an accent', () => {
    const long = 'k'.repeat(1_000_000);
    const body = `[{"id":"${long}"},{"id":"a\\u0000b"},{"id":"x","t":"\\ud800"},{"id":"é"},{"id":"e\u0301"}]`;
    const records = recordsOf(body, { ...BY_ID, limits: { maxRecordBytes: 2_000_000 } });
    expect(records.map(({ key }) => key)).toEqual([long, 'a\u0000b', 'x', 'é', 'e\u0301']);
    expect(records[2]!.data).toBe('{"id":"x","t":"\\ud800"}');
  });
});

describe('a body', () => {
  it.each([
    ['<!doctype html><title>Log in</title>', 'body-type', 'got an HTML page'],
    ['<?xml version="1.0"?><a/>', 'body-type', 'got XML or HTML'],
    ['', 'body-type', 'got an empty body'],
    [' \n', 'body-type', 'got an empty body'],
    ['null', 'body-type', 'got null'],
    ['"str"', 'body-type', 'got a text'],
    ['42', 'body-type', 'got a number'],
    ['true', 'body-type', 'got a boolean'],
    ['[NaN]', 'body-not-json', 'not valid JSON'],
    ['{"a":1', 'body-not-json', 'not valid JSON'],
    ['Service unavailable', 'body-not-json', 'not valid JSON'],
    ['[1.]', 'body-not-json', 'not valid JSON'],
    ['{"a":01}', 'body-not-json', 'not valid JSON'],
  ])('%s is refused with a sentence', (body, code, words) => {
    const page = pageOf(body);
    expect(page.error).toMatchObject({ code, kind: 'data' });
    expect(page.error!.message).toContain(words);
    expect(page).toMatchObject({ batch: null, quarantine: [], counts: { received: 0 } });
  });

  it('is shown in the message only by its first 2 KiB', () => {
    const page = pageOf(`<html>${'é'.repeat(5000)}`);
    expect(Buffer.byteLength(page.error!.excerpt!)).toBeLessThanOrEqual(2048);
    expect(page.error!.excerpt).not.toContain('\ufffd');
  });

  it('that is nested too deep names the limit and is never parsed', () => {
    const page = pageOf('['.repeat(200_000), { limits: { maxDepth: 50 } });
    expect(page.error).toMatchObject({ kind: 'limit', field: 'limits.maxDepth' });
    expect(page.error!.message).toContain('50');
  });

  it('as deep as the limit allows is fine', () => {
    const body = `${'['.repeat(100)}${']'.repeat(100)}`;
    expect(pageOf(body).error).toBeNull();
    expect(pageOf(`[${body}]`).error).toMatchObject({ code: 'body-depth' });
  });

  it('with more values than fit in memory is refused before it is parsed', () => {
    const page = pageOf(`[${'0,'.repeat(10_000_001)}0]`);
    expect(page.error).toMatchObject({ kind: 'limit', code: 'body-values' });
  });

  it('says when an object repeats a key', () => {
    const page = pageOf('{"v":1,"v":2,"items":[{"id":1,"a":1,"\\u0061":2}]}', {
      ...BY_ID,
      records: { path: '$.items[*]' },
    });
    expect(page.notes.map(({ message }) => message).join(' ')).toMatch(/'v' .*'a' /);
    expect(readBatch(page.batch)[0]!.data).toBe('{"id":1,"a":2}');
  });

  it('says nothing about keys that are repeated in different objects', () => {
    const body = '{"id":0,"items":[{"id":1},{"id":2,"o":{"id":3}}],"o":{"id":":{\\""}}';
    expect(pageOf(body, { records: { path: '$.items[*]' } }).notes).toEqual([]);
    expect(pageOf(body, { records: { path: '$..o' } }).notes).toEqual([]);
  });

  it('in which the path finds nothing is an empty page with a remark', () => {
    const page = pageOf('{"data":[]}', { records: { path: '$.items[*]' } });
    expect(page).toMatchObject({ error: null, batch: null, counts: { received: 0 } });
    expect(page.notes[0]?.message).toContain('$.items[*]');
    expect(pageOf('{"items":[]}', { records: { path: '$.items[*]' } }).notes).toEqual([]);
  });

  it('has a fingerprint by which the same records are known again', () => {
    const page = pageOf('[{"id":1}]');
    expect(pageOf('[ {"id":1.0} ]').recordsFingerprint).toBe(page.recordsFingerprint);
    expect(pageOf('[{"id":2}]').recordsFingerprint).not.toBe(page.recordsFingerprint);
  });
});

describe('what the pagination asks of a body', () => {
  it('comes by path, exact where a double would not be', () => {
    const body = '{"next":9007199254740993,"pages":3.0,"more":null,"items":[{"id":"a"}]}';
    const extract = ['$.next', '$.pages', '$.more', '$.gone', '$.items[*].id', '$..id'];
    expect(pageOf(body, {}, { extract }).extracted).toEqual({
      '$.next': '9007199254740993',
      '$.pages': 3,
      '$.more': null,
      '$.gone': null,
      '$.items[*].id': 'a',
      '$..id': 'a',
    });
  });

  it('is an error of configuration when it is no path', () => {
    expect(pageOf('[]', {}, { extract: ['next'] }).error).toMatchObject({ kind: 'config' });
  });
});

const PRICED: Partial<IntegrationInput> = {
  key: ['id'],
  schema: {
    type: 'object',
    required: ['id', 'price'],
    properties: {
      id: { type: 'integer' },
      price: { type: 'number' },
      tags: { type: 'array', items: { type: 'string' } },
    },
  },
};

describe('refused records', () => {
  it('go to quarantine with reason, rule, field, value and raw text', () => {
    const page = pageOf('[{"id":1,"price":2},{"id":2,"price":"abc"},{"id":3.0}]', PRICED);
    expect(page.counts).toMatchObject({ received: 3, valid: 1, invalid: 2 });
    expect(page.errorsByField).toEqual({ price: 2 });
    expect(page.quarantine).toMatchObject([
      { reason: 'schema', rule: 'type', field: 'price', value: '"abc"' },
      { reason: 'schema', rule: 'required', field: 'price', value: null, raw: '{"id":3.0}' },
    ]);
    expect(page.quarantine[0]!.hash).toMatch(/^[0-9a-f]{32}$/);
  });

  it('are counted once for each field that is wrong', () => {
    const page = pageOf('[{"id":"x","price":[],"tags":[1,2,"a"]}]', PRICED);
    expect(page.errorsByField).toEqual({ id: 1, price: 1, 'tags[]': 1 });
  });

  it.each([
    ['{"v":1}', 'key', 'missing', null],
    ['{"id":null}', 'key', 'null', 'null'],
    ['{"id":{"a":1.0}}', 'key', 'object', '{"a":1.0}'],
    ['{"id":[]}', 'key', 'array', '[]'],
    ['{"id":"\\udc00"}', 'encoding', 'lone-surrogate', '"\\udc00"'],
    ['{"id":1e400}', 'encoding', 'number-range', '1e400'],
  ])('%s: %s %s', (record, reason, rule, value) => {
    const page = pageOf(`[${record}]`, BY_ID);
    expect(page.quarantine).toMatchObject([{ reason, rule, field: 'id', value, raw: record }]);
    expect(page.counts).toMatchObject({ received: 1, valid: 0, invalid: 1 });
  });

  it('that are too big are cut, not kept', () => {
    const page = pageOf(`[{"id":1},{"id":2,"t":"${'é'.repeat(600)}"}]`, {
      ...BY_ID,
      limits: { maxRecordBytes: 1000 },
    });
    expect(page.quarantine).toMatchObject([{ reason: 'size', rule: 'maxRecordBytes', field: '$' }]);
    const huge = pageOf(`[{"id":"${'x'.repeat(100_000)}"}]`, { limits: { maxRecordBytes: 1000 } });
    expect(huge.quarantine[0]!.raw.length).toBeLessThan(5000);
    expect(JSON.parse(huge.quarantine[0]!.raw)).toMatch(/^\{"id":"xxx/);
  });

  it('show only the beginning of a huge value', () => {
    const page = pageOf(`[{"id":1,"price":"${'9'.repeat(5000)}"}]`, PRICED);
    expect(page.quarantine[0]!.value!.length).toBeLessThan(1100);
    expect(JSON.parse(page.quarantine[0]!.value!)).toContain('999…');
  });

  it('spoil the page when the integration says so', () => {
    const page = pageOf('[{"id":1,"price":2},{"id":2}]', {
      ...PRICED,
      invalid: { action: 'fail', maxPercent: null },
    });
    expect(page).toMatchObject({ batch: null, quarantine: [] });
    expect(page.error).toMatchObject({ kind: 'data', code: 'record-invalid', field: 'price' });
    expect(page.error!.excerpt).toBe('{"id":2}');
  });

  it('are not those that break only the warning schema', () => {
    const page = pageOf('[{"id":1},{"id":2,"price":"x"}]', {
      ...BY_ID,
      warnSchema: { properties: { price: { type: 'number' } } },
    });
    expect(page.counts).toMatchObject({ valid: 2, invalid: 0, warnings: 1 });
  });

  it('are judged by a schema that sees doubles and own members only', () => {
    const whole = { schema: { properties: { n: { type: 'integer' } } } };
    expect(pageOf('[{"n":9007199254740993},{"n":1.0}]', whole).counts.invalid).toBe(0);
    const inherited = { schema: { required: ['constructor'] } };
    expect(pageOf('[{"n":1}]', inherited).counts.invalid).toBe(1);
  });

  it('are found fast even by patterns that are made to be slow', () => {
    const body = `[${Array.from({ length: 200 }, () => `{"t":"${'a'.repeat(50)}!"}`).join(',')}]`;
    const page = pageOf(body, { schema: { properties: { t: { pattern: '^(a+)+$' } } } });
    expect(page.counts.invalid).toBe(200);
  });

  it.each<[string, Partial<IntegrationInput>]>([
    ['records.path', { records: { path: '$.[' } }],
    ['schema', { schema: { type: 'no-such-type' } }],
    ['schema', { schema: { properties: { a: { pattern: '(?=x)' } } } }],
    ['warnSchema', { warnSchema: { $ref: 'https://example.com/other.json' } }],
  ])('are not asked for when %s cannot be used', (field, input) => {
    expect(pageOf('[{}]', input).error).toMatchObject({ kind: 'config', code: 'rules', field });
  });
});

describe('the watermark of a page', () => {
  const since = (format: 'iso' | 'number' | 'text'): Partial<IntegrationInput> => ({
    key: ['id'],
    incremental: { field: 'at', parameter: 'since', format },
  });

  it('is the greatest value of the field among accepted records', () => {
    const body =
      '[{"id":1,"at":"2026-01-02T00:00:00Z"},{"id":2,"at":"2026-01-02T01:00:00+03:00"},{"at":"2027-01-01T00:00:00Z"},{"id":3}]';
    expect(pageOf(body, since('iso')).watermark).toBe('2026-01-02T00:00:00Z');
  });

  it('keeps every digit of a number', () => {
    const body = '[{"id":1,"at":9007199254740993},{"id":2,"at":9007199254740992},{"id":3,"at":5}]';
    expect(pageOf(body, since('number')).watermark).toBe('9007199254740993');
  });

  it('is null when no record has one', () => {
    expect(pageOf('[{"id":1,"at":"soon"}]', since('iso')).watermark).toBeNull();
    expect(pageOf('[]', since('text')).watermark).toBeNull();
  });
});

describe('the sample for the Test screen', () => {
  it('shows the first records and refusals with sentences', () => {
    const body =
      '[{"id":1,"price":1.0},{"id":2},{"id":3,"price":3},{"price":4},{"id":5,"price":5}]';
    const page = pageOf(body, PRICED, { sample: { records: 2, invalid: 1 } });
    expect(page.sample).toEqual({
      records: [
        { key: '1', data: { id: 1, price: 1 } },
        { key: '3', data: { id: 3, price: 3 } },
      ],
      invalid: [
        {
          page: 3,
          reason: 'schema',
          rule: 'required',
          field: 'price',
          message: "'price' is missing.",
          says: { key: 'fieldMissing', data: { field: 'price' } },
          value: null,
          raw: { id: 2 },
        },
      ],
    });
  });
});
