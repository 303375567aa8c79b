import { describe, expect, it } from 'vitest';
import { checkRules } from '../../../../src/main/engine/validator/check-rules.ts';
import {
  placeOfWork,
  preparePlan,
  SMALL_BODY_BYTES,
} from '../../../../src/main/engine/validator/rules.ts';
import type { IntegrationInput } from '../../../../src/shared/integration.ts';
import { sampleIntegration } from '../../../support/sample-integration.ts';

function placeOf(input: Partial<IntegrationInput>, bytes = 100): 'here' | 'compute' {
  const rules = preparePlan(sampleIntegration(input));
  return placeOfWork({ rules, body: new Uint8Array(bytes) });
}

describe('where a page is worked on', () => {
  it.each<[string, Partial<IntegrationInput>]>([
    ['no rules', {}],
    ['a plain path', { records: { path: '$.data.items[*]' } }],
    ['an ordinary schema', { schema: { properties: { a: { pattern: '^x', format: 'date' } } } }],
    ['a path that is none', { records: { path: 'nonsense' } }],
  ])('here: small body, %s', (_name, input) => expect(placeOf(input)).toBe('here'));

  it.each<[string, Partial<IntegrationInput>]>([
    ['a filter', { records: { path: '$.items[?@.a]' } }],
    ['descendants', { records: { path: '$..items' } }],
    ['a searching cursor path', { pagination: { kind: 'cursor-body', path: '$..next' } }],
    ['a searching page count', { pagination: { kind: 'page-number', totalPagesPath: '$..n' } }],
    ['references', { schema: { $ref: '#/$defs/a', $defs: { a: {} } } }],
    ['comparison of all items', { warnSchema: { properties: { a: { uniqueItems: true } } } }],
    ['many patterns', { schema: { allOf: Array.from({ length: 9 }, () => ({ pattern: 'a' })) } }],
    ['a huge schema', { schema: { enum: Array.from({ length: 3000 }, (_, index) => index) } }],
  ])('in the compute pool: %s', (_name, input) => expect(placeOf(input)).toBe('compute'));

  it('in the compute pool: a large body', () => {
    expect(placeOf({}, SMALL_BODY_BYTES)).toBe('here');
    expect(placeOf({}, SMALL_BODY_BYTES + 1)).toBe('compute');
  });
});

describe('the plan', () => {
  it('has one fingerprint for the same rules and another for others', () => {
    const plan = (input: Partial<IntegrationInput>) => preparePlan(sampleIntegration(input));
    expect(plan({ name: 'A' }).fingerprint).toBe(plan({ name: 'B' }).fingerprint);
    expect(plan({ key: ['id'] }).fingerprint).not.toBe(plan({}).fingerprint);
    expect(plan({ schema: {} }).fingerprint).not.toBe(plan({ schema: null }).fingerprint);
  });

  it('can be posted to another thread', () => {
    const plan = preparePlan(sampleIntegration({ schema: { type: 'object' }, key: ['id'] }));
    expect(structuredClone(plan)).toEqual(plan);
  });
});

describe('rules that are wrong', () => {
  it.each<[string, Partial<IntegrationInput>, RegExp]>([
    ['records.path', { records: { path: 'items' } }, /not a JSONPath/],
    ['schema', { schema: { type: 'text' } }, /cannot be used/],
    ['schema', { schema: { $ref: 'http://example.com/x' } }, /outside itself/],
    ['schema', { schema: { properties: { a: { pattern: '(?<!a)b' } } } }, /look-behind/],
    ['schema', { schema: { properties: { a: { pattern: '(' } } } }, /pattern/],
    ['warnSchema', { warnSchema: { required: 'id' } }, /cannot be used/],
    ['pagination.path', { pagination: { kind: 'next-url-body', path: 'next' } }, /JSONPath/],
    [
      'pagination.totalPagesPath',
      { pagination: { kind: 'page-number', totalPagesPath: '$.' } },
      /JSONPath/,
    ],
    ['key.1', { key: ['id', '$.owner.id'] }, /owner\.id/],
    ['key.0', { key: ['owner..id'] }, /empty part/],
    ['key', { key: ['id', 'id'] }, /twice/],
    ['incremental.field', { incremental: { field: '$.at', parameter: 'since' } }, /JSONPath/],
    ['records', { request: { url: 'https://a.example', method: 'HEAD' } }, /null/],
  ])('%s is named with a sentence', (path, input, sentence) => {
    const problems = checkRules(sampleIntegration(input));
    expect(problems.map((one) => one.path)).toEqual([path]);
    expect(problems[0]!.message).toMatch(sentence);
  });

  it('are all named at once', () => {
    const input = { records: { path: 'x' }, schema: { type: 1 }, key: ['$.a'] };
    expect(checkRules(sampleIntegration(input))).toHaveLength(3);
  });

  it.each<[string, Partial<IntegrationInput>]>([
    ['nothing', {}],
    ['call only', { records: null, request: { url: 'https://a.example', method: 'HEAD' } }],
    ['odd but real field names', { key: ['$id', '@type', '#text'] }],
    [
      'a schema of an older draft',
      { schema: { $schema: 'http://json-schema.org/draft-07/schema#' } },
    ],
    ['an unknown keyword and format', { schema: { 'x-note': 1, format: 'cpf' } }],
    ['Unicode patterns', { schema: { pattern: '^\\p{L}+\\u00e9$' } }],
  ])('are not found in %s', (_name, input) => {
    expect(checkRules(sampleIntegration(input))).toEqual([]);
  });

  it('do not collide when two schemas have one id', () => {
    const schema = (type: string) => ({ $id: 'https://example.com/same', type });
    expect(checkRules(sampleIntegration({ schema: schema('object') }))).toEqual([]);
    expect(checkRules(sampleIntegration({ schema: schema('array') }))).toEqual([]);
  });
});
