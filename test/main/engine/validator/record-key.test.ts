import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseBody } from '../../../../src/main/engine/validator/parse-body.ts';
import {
  compileKey,
  type KeyProblem,
  keySentence,
  recordKey,
} from '../../../../src/main/engine/validator/record-key.ts';

function keyOf(text: string, ...fields: string[]) {
  const { exact, mark } = parseBody(Buffer.from(text), null, 100);
  return recordKey(exact, compileKey(fields), mark);
}

describe('the key of a record', () => {
  it.each([
    ['{"id":42}', ['id'], '42'],
    ['{"id":"42"}', ['id'], '42'],
    ['{"id":1.0}', ['id'], '1'],
    ['{"id":1e2}', ['id'], '100'],
    ['{"id":-0}', ['id'], '0'],
    ['{"id":9007199254740993}', ['id'], '9007199254740993'],
    ['{"id":123456789012345678901234567890}', ['id'], '123456789012345678901234567890'],
    ['{"id":0.1}', ['id'], '0.1'],
    ['{"id":true}', ['id'], 'true'],
    ['{"id":""}', ['id'], ''],
    ['{"id":"ção\\u0000"}', ['id'], 'ção\u0000'],
    ['{"a":{"b":{"c":7}}}', ['a.b.c'], '7'],
    ['{"a.b":1,"a":{"b":2}}', ['a.b'], '1'],
    ['{"tags":[{"id":5}]}', ['tags.0.id'], '5'],
    ['{"a":"x","b":2}', ['a', 'b'], 'x|2'],
    ['{"a":"x|y","b":"\\\\"}', ['a', 'b'], 'x\\|y|\\\\'],
    ['{"__proto__":"own"}', ['__proto__'], 'own'],
  ])('of %s by %s is %s', (text, fields, key) => {
    expect(keyOf(text, ...fields)).toEqual({ kind: 'key', key });
  });

  it.each<[string, string, KeyProblem]>([
    ['{}', 'id', 'missing'],
    ['{"id":null}', 'id', 'null'],
    ['{"id":{}}', 'id', 'object'],
    ['{"id":[1]}', 'id', 'array'],
    ['{"id":"\\ud800"}', 'id', 'lone-surrogate'],
    ['{}', 'constructor', 'missing'],
    ['{}', '__proto__', 'missing'],
    ['[1]', 'length', 'missing'],
    ['{"a":1}', 'a.b', 'missing'],
  ])('of %s by %s is refused: %s', (text, field, problem) => {
    expect(keyOf(text, field)).toEqual({ kind: 'refused', field, problem });
    expect(keySentence(field, problem).message).toContain(field);
  });

  it('names the first field that is not there', () => {
    expect(keyOf('{"a":1}', 'a', 'b', 'c')).toMatchObject({ kind: 'refused', field: 'b' });
  });

  it('is the same for two compound keys only when every part is', () => {
    const part = fc.string({ unit: fc.constantFrom('a', '|', '\\', ''), maxLength: 5 });
    const parts = fc.array(part, { minLength: 2, maxLength: 3 });
    const join = (values: readonly string[]) => {
      const record = Object.fromEntries(values.map((value, index) => [`f${index}`, value]));
      return recordKey(record, compileKey(Object.keys(record)), null);
    };
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        const equal = a.length === b.length && a.every((value, index) => value === b[index]);
        expect(JSON.stringify(join(a)) === JSON.stringify(join(b))).toBe(equal);
      }),
      { numRuns: 2000 },
    );
  });
});
