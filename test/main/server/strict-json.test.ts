import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseStrictJson } from '../../../src/main/server/strict-json.ts';
import { PontualError } from '../../../src/shared/errors.ts';

function problemOf(text: string | Uint8Array): { path: string; message: string } | undefined {
  try {
    parseStrictJson(typeof text === 'string' ? Buffer.from(text) : text);
    return undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(PontualError);
    return (error as PontualError).details[0];
  }
}

describe('parseStrictJson', () => {
  it('reads what JSON.parse reads', () => {
    const anything = fc.jsonValue({ maxDepth: 6 });
    fc.assert(
      fc.property(anything, (value) => {
        const text = JSON.stringify(value);
        if (text.includes('__proto__')) return;
        expect(parseStrictJson(Buffer.from(text))).toEqual(JSON.parse(text));
      }),
    );
  });

  it.each([
    ['{"a":1,"a":2}', 'a'],
    ['{"a":1,"\\u0061":2}', 'a'],
    ['{"x":{"list":[{"k":1},{"k":1,"k":2}]}}', 'x.list.1.k'],
    ['{"a":{"b":1},"c":{"b":1},"a":3}', 'a'],
  ])('refuses a field that is given twice: %s', (text, path) => {
    expect(problemOf(text)).toMatchObject({ path, message: 'This field is given twice.' });
  });

  it('allows the same name in different objects, and in strings that look like JSON', () => {
    const text = '{"a":{"b":1},"c":{"b":1},"d":[{"b":1},{"b":1}],"e":"{\\"b\\":1,\\"b\\":2}"}';
    expect(parseStrictJson(Buffer.from(text))).toEqual(JSON.parse(text));
  });

  it.each(['{"__proto__":{"isAdmin":1}}', '{"a":{"\\u005f_proto__":1}}'])(
    'refuses names that bend objects: %s',
    (text) => {
      expect(problemOf(text)?.message).toBe('A field cannot be named __proto__.');
      expect(({} as { isAdmin?: number }).isAdmin).toBeUndefined();
    },
  );

  it('refuses what is nested too deep, before anything walks it', () => {
    expect(problemOf('['.repeat(500_000))?.message).toContain('deeper than 100 levels');
    expect(problemOf('['.repeat(100) + ']'.repeat(100))).toBeUndefined();
  });

  it.each(['', '{', '{"a":}', 'NaN', "{'a':1}", '{"a":1}{"b":2}', '\ufeff{}x', '{"a":"\n"}'])(
    'refuses %j with a sentence',
    (text) => {
      expect(problemOf(text)?.message).toContain('The body is not valid JSON');
    },
  );

  it('refuses bytes that are no UTF-8', () => {
    expect(problemOf(Buffer.from([0x22, 0xff, 0x22]))?.message).toContain('UTF-8');
  });

  it('never fails in another way, whatever the bytes', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom('{', '}', '[', ']', '"', ',', ':', '\\', ' ', '1', 'a'),
        }),
        (text) => {
          problemOf(text);
        },
      ),
    );
  });
});
