import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exactJson, parseExactData } from '../../../src/main/engine/exact-data.ts';

describe('exact data', () => {
  it.each([
    '{"id":9007199254740993}',
    '{"price":1.50,"rate":1e400,"zero":-0.0}',
    '[12345678901234567890]',
  ])('is written as it was sent: %s', (text) => {
    const output = { items: [{ key: 'a', data: parseExactData(text) }], nextCursor: null };
    expect(exactJson(output)).toBe(`{"items":[{"key":"a","data":${text}}],"nextCursor":null}`);
  });

  it('can be used as ordinary data', () => {
    expect(parseExactData('{"a":[1.50]}')).toEqual({ a: [1.5] });
  });

  it('changes nothing about everything else', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        expect(JSON.parse(exactJson({ data: parseExactData(text) }))).toEqual({
          data: JSON.parse(text) as unknown,
        });
      }),
    );
  });

  it('cannot be tricked by data that looks like its own marks', () => {
    const data = parseExactData('{"a":"\ufdd00","b":1.50}');
    expect(exactJson([data, '\ufdd00'])).toBe('[{"a":"\ufdd00","b":1.50},"\ufdd00"]');
  });

  it('keeps the text with the object, not with copies of it', () => {
    const data = parseExactData('{"a":1.50}') as object;
    expect(exactJson({ ...data })).toBe('{"a":1.5}');
  });
});
