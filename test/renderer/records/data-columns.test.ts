import { describe, expect, it } from 'vitest';
import {
  dataColumns,
  inOneLine,
  isNumeric,
  usualLength,
} from '../../../src/renderer/records/data-columns.ts';
import type { DataRecord } from '../../../src/shared/record.ts';
import type { JsonValue } from '../../../src/shared/values.ts';

const at = '2026-11-20T12:00:00.000Z';
const record = (data: JsonValue): DataRecord => ({
  integrationId: 'coins',
  key: '1',
  data,
  hash: 'h',
  version: 1,
  change: 'new',
  firstSeenAt: at,
  lastSeenAt: at,
  changedAt: at,
  vanishedAt: null,
  runId: 'r',
});

describe('dataColumns', () => {
  it('keeps the order of the API and puts plain values before nested ones', () => {
    const records = [record({ meta: { a: 1 }, id: 1, name: 'a', tags: ['x'] })];
    expect(dataColumns(records)).toEqual(['meta', 'id', 'name', 'tags']);
    const many = record({ a: {}, b: 1, c: 2, d: 3, e: 4, f: 5, g: 6, h: 7 });
    expect(dataColumns([many])).toEqual(['b', 'c', 'd', 'e', 'f', 'g']);
  });

  it('does not repeat a field that is the whole key', () => {
    const records = [record({ id: 1, name: 'a' })];
    expect(dataColumns(records, ['id'])).toEqual(['name']);
    expect(dataColumns(records, ['id', 'name'])).toEqual(['id', 'name']);
  });

  it('bears records that are no objects', () => {
    expect(dataColumns([record('text'), record(null), record([1])])).toEqual([]);
  });
});

describe('isNumeric', () => {
  it('looks past what is missing', () => {
    const records = [record({ a: 1 }), record({ a: null }), record({})];
    expect(isNumeric(records, 'a')).toBe(true);
    expect(isNumeric([...records, record({ a: 'x' })], 'a')).toBe(false);
    expect(isNumeric(records, 'b')).toBe(false);
  });
});

describe('usualLength', () => {
  it('is that of most values, not of the longest one', () => {
    const records = ['ab', 'abc', 'abcd', 'ab', 'x'.repeat(90)].map((a) => record({ a, b: {} }));
    expect(usualLength([...records, ...records.slice(0, 4)], 'a')).toBe(4);
    expect(usualLength(records, 'b')).toBe(8);
    expect(usualLength(records, 'missing')).toBe('missing'.length);
  });
});

describe('inOneLine', () => {
  it.each([
    ['text', 'text'],
    [0, '0'],
    [false, 'false'],
    [null, ''],
    [undefined, ''],
    [{ a: [1] }, '{"a":[1]}'],
  ])('%j', (value, text) => {
    expect(inOneLine(value)).toBe(text);
  });
});
