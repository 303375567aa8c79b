import { describe, expect, it } from 'vitest';
import { compileSchema } from '../../../../src/main/engine/validator/record-schema.ts';
import type { JsonValue } from '../../../../src/shared/values.ts';

function issuesOf(schema: { readonly [key: string]: JsonValue }, record: JsonValue) {
  const compiled = compileSchema(schema);
  expect(compiled.isValid(record)).toBe(false);
  return compiled.issues(record);
}

describe('a record schema', () => {
  it.each<[string, { [key: string]: JsonValue }, JsonValue, string, string]>([
    ['a type', { properties: { a: { type: 'number' } } }, { a: 'x' }, 'type', 'a'],
    [
      'a nested type',
      { properties: { a: { properties: { b: { type: 'null' } } } } },
      { a: { b: 1 } },
      'type',
      'a.b',
    ],
    [
      'an item',
      { properties: { a: { items: { type: 'string' } } } },
      { a: ['x', 1] },
      'type',
      'a[]',
    ],
    ['a missing member', { required: ['b'] }, {}, 'required', 'b'],
    [
      'a further member',
      { properties: { a: {} }, additionalProperties: false },
      { z: 1 },
      'additionalProperties',
      'z',
    ],
    [
      'a member that is not evaluated',
      { unevaluatedProperties: false },
      { z: 1 },
      'unevaluatedProperties',
      'z',
    ],
    ['the whole', { type: 'object' }, [1], 'type', '$'],
    ['a format', { properties: { d: { format: 'date' } } }, { d: '2026-02-30' }, 'format', 'd'],
    [
      'a name with a slash',
      { properties: { 'a/b~c': { type: 'null' } } },
      { 'a/b~c': 1 },
      'type',
      'a/b~c',
    ],
    ['everything', { not: {} }, { a: 1 }, 'not', '$'],
    ['a tuple', { prefixItems: [{ type: 'string' }] }, [1], 'type', '[]'],
  ])('names the rule and the field of %s', (_name, schema, record, rule, field) => {
    expect(issuesOf(schema, record)[0]).toMatchObject({ rule, field });
  });

  it('finds all issues of a record, up to twenty', () => {
    const schema = { additionalProperties: { type: 'number' } };
    const record = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`f${index}`, 'x']));
    expect(issuesOf(schema, record(3)).map(({ field }) => field)).toEqual(['f0', 'f1', 'f2']);
    expect(issuesOf(schema, record(1000))).toHaveLength(20);
  });

  it.each([
    ['date-time', '2026-01-01T00:00:00Z', '2026-01-01'],
    ['email', 'a@example.com', 'a@'],
    ['uuid', '123e4567-e89b-12d3-a456-426614174000', '123'],
    ['uri', 'https://example.com/x', '/x'],
    ['ipv4', '10.0.0.1', '10.0.0.256'],
    ['url', 'https://example.com/a?b#c', 'https://exa mple.com'],
  ])('knows the format %s', (format, good, bad) => {
    const { isValid } = compileSchema({ format });
    expect([isValid(good), isValid(bad)]).toEqual([true, false]);
  });

  it('matches patterns anywhere in the text, in Unicode, as the specification asks', () => {
    expect(compileSchema({ pattern: 'b' }).isValid('abc')).toBe(true);
    expect(compileSchema({ pattern: '^\\p{Lu}' }).isValid('Ágil')).toBe(true);
    expect(compileSchema({ pattern: '^a$' }).isValid('a\n')).toBe(false);
  });

  it('applies a thousand patterns that would blow up elsewhere', () => {
    const allOf = Array.from({ length: 1000 }, (_, index) => ({ pattern: `^(a+)+${index}$` }));
    expect(compileSchema({ allOf }).isValid(`${'a'.repeat(50)}!`)).toBe(false);
  });

  it('is through with a long text at once, whatever the format', () => {
    const formats = 'date-time date email uri uri-reference url hostname ipv6 regex uuid iri'.split(
      ' ',
    );
    const text = `http://${'::'.repeat(500_000)}\n`;
    const { isValid } = compileSchema({ anyOf: formats.map((format) => ({ format })) });
    expect(isValid(text)).toBe(true); // 'iri' is not known, and what is not known is not judged
    expect(compileSchema({ format: 'url' }).isValid(text)).toBe(false);
  });

  it('knows what 2020-12 added', () => {
    const { isValid } = compileSchema({
      $defs: {
        node: { $anchor: 'node', properties: { next: { $ref: '#node' } }, required: ['v'] },
      },
      $ref: '#node',
      dependentRequired: { a: ['b'] },
    });
    expect(isValid({ v: 1, next: { v: 2 } })).toBe(true);
    expect(isValid({ v: 1, next: {} })).toBe(false);
    expect(isValid({ v: 1, a: 1 })).toBe(false);
  });
});
