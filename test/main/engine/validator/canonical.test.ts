import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contentHash, RecordWriter } from '../../../../src/main/engine/validator/canonical.ts';
import { exactText } from '../../../../src/main/engine/validator/exact-json.ts';
import { parseBody } from '../../../../src/main/engine/validator/parse-body.ts';
import type { JsonValue } from '../../../../src/shared/values.ts';
import { jsonNode, spell } from './json-text.ts';

function canonical(text: string): string {
  const { exact, mark } = parseBody(Buffer.from(`[${text}]`), null, 100);
  const writer = new RecordWriter(mark);
  writer.write(exact);
  return writer.canonical;
}

describe('the canonical text', () => {
  it.each([
    ['{"b":1,"a":2}', '[{"a":2,"b":1}]'],
    ['{"a":[{"z":1.0,"y":1e2}]}', '[{"a":[{"y":100,"z":1}]}]'],
    ['{"é":"\\u00e9","a":"\\u0041\\n\\"\\ud800"}', '[{"a":"A\\n\\"\\ud800","é":"é"}]'],
    ['{"10":1,"9":2,"__proto__":3}', '[{"10":1,"9":2,"__proto__":3}]'],
    ['[ ]', '[[]]'],
    ['{ }', '[{}]'],
    ['-0.0', '[0]'],
    ['[9007199254740993, 9007199254740992]', '[[9007199254740993,9007199254740992]]'],
  ])('of %s is %s', (text, expected) => {
    expect(canonical(text)).toBe(expected);
  });

  it('does not depend on the order of keys, on spaces, or on how numbers are spelled', () => {
    fc.assert(
      fc.property(jsonNode(), (node) => {
        expect(canonical(spell(node, true))).toBe(canonical(spell(node)));
      }),
      { numRuns: 500 },
    );
  });

  it('is stable: it is its own canonical text', () => {
    fc.assert(
      fc.property(jsonNode(), (node) => {
        const text = canonical(spell(node));
        expect(canonical(text.slice(1, -1))).toBe(text);
      }),
    );
  });

  it('differs when any value differs', () => {
    const distinct = fc
      .tuple(fc.jsonValue({ maxDepth: 3 }), fc.jsonValue({ maxDepth: 3 }))
      .map(([a, b]) => [JSON.stringify(a), JSON.stringify(b)] as const)
      .filter(([a, b]) => !sameValue(JSON.parse(a), JSON.parse(b)));
    fc.assert(
      fc.property(distinct, ([a, b]) => {
        expect(canonical(a)).not.toBe(canonical(b));
      }),
    );
  });

  it('remembers the order of keys per place without mixing places up', () => {
    const writer = new RecordWriter(null);
    const records = [{ b: { d: 1, c: 2 }, a: [{ f: 1, e: 2 }] }, { a: 1 }, { b: {}, a: [] }];
    const texts = records.map((one) => {
      writer.write(one);
      return writer.canonical;
    });
    expect(texts).toEqual([
      '{"a":[{"e":2,"f":1}],"b":{"c":2,"d":1}}',
      '{"a":1}',
      '{"a":[],"b":{}}',
    ]);
    expect(writer.keys).toBe(6 + 1 + 2);
  });

  it('goes with the text as sent, without its spaces', () => {
    fc.assert(
      fc.property(fc.array(jsonNode(), { maxLength: 3 }), (nodes) => {
        const text = `[${nodes.map((node) => spell(node)).join(',')}]`;
        const { exact, mark } = parseBody(Buffer.from(text.replaceAll('}', ' }')), null, 100);
        const writer = new RecordWriter(mark);
        for (const [index, one] of (exact as JsonValue[]).entries()) {
          writer.write(one);
          expect(writer.sent).toBe(exactText(one, mark));
          if (!text.includes('}')) expect(writer.sent).toBe(spell(nodes[index]!));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('is hashed with SHA-256, of which 16 bytes are kept', () => {
    const sha256 = createHash('sha256').update('{"ä":1}').digest('hex');
    expect(contentHash('{"ä":1}')).toBe(sha256.slice(0, 32));
  });
});

/** Deep equality in which 0 is -0, as JSON has it. */
function sameValue(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every(
      (key) =>
        Object.hasOwn(b, key) &&
        sameValue((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]),
    )
  );
}
