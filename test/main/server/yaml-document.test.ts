import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fromYaml,
  parseYamlBody,
  toYaml,
  wantsYaml,
} from '../../../src/main/server/yaml-document.ts';

describe('YAML documents', () => {
  it('say the same as the JSON they were made from', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const same = JSON.parse(JSON.stringify(value)) as unknown;
        fc.pre(!JSON.stringify(same).includes('__proto__'));
        expect(fromYaml(toYaml(same))).toEqual(same);
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    ['a: 1\na: 2', 'unique'],
    ['a: [1', 'not valid YAML'],
    ['__proto__: {polluted: true}', 'cannot be named __proto__'],
    [`${'['.repeat(200)}${']'.repeat(200)}`, 'nested deeper'],
  ])('are refused where they are wrong or dangerous: %s', (text, message) => {
    expect(() => fromYaml(text)).toThrow(message);
  });

  it('cannot be blown up by aliases', () => {
    const levels = Array.from({ length: 12 }, (_, level) => {
      const before = `*a${level - 1}`;
      const items = level === 0 ? 'x' : Array.from({ length: 10 }, () => before).join(', ');
      return `- &a${level} [${items}]`;
    });
    expect(() => fromYaml(levels.join('\n'))).toThrow('cannot be used');
  });

  it('are UTF-8', () => {
    expect(() => parseYamlBody(Buffer.from([0x61, 0x3a, 0x20, 0xff]))).toThrow('not valid UTF-8');
  });

  it('run nothing and build no objects of the program: tags are text', () => {
    expect(fromYaml('when: 2026-11-21\nyes: no')).toEqual({ when: '2026-11-21', yes: 'no' });
  });

  it.each([
    ['application/yaml', true],
    ['text/yaml, application/json', true],
    ['application/json, application/yaml', false],
    ['*/*', false],
    [undefined, false],
  ])('are given for Accept: %s: %s', (accept, wanted) => {
    expect(wantsYaml(accept)).toBe(wanted);
  });
});
