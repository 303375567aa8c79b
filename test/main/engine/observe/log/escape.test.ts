import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  escapeText,
  escapeUpTo,
  unescapeText,
} from '../../../../../src/main/engine/observe/log/escape.ts';

describe('escapeText', () => {
  it.each([
    ['a forged line', 'x\r\n2026-11-21 INFO fake', 'x\\r\\n2026-11-21 INFO fake'],
    ['an ANSI colour', '\u001b[31mred', '\\u001b[31mred'],
    ['a C1 control', '\u009b31m', '\\u009b31m'],
    ['a right-to-left override', 'evil\u202egpj.exe', 'evil\\u202egpj.exe'],
    ['an isolate', '\u2066x\u2069', '\\u2066x\\u2069'],
    ['a line separator', 'a\u2028b\u2029c', 'a\\u2028b\\u2029c'],
    ['a byte order mark', '\ufeffx', '\\ufeffx'],
    ['a lone surrogate', 'a\ud800b', 'a\\ud800b'],
    ['an invisible tag', 'a\u{e0041}b', 'a\\udb40\\udc41b'],
    ['NUL and DEL', '\u0000\u007f', '\\u0000\\u007f'],
    ['a backslash', 'C:\\new', 'C:\\\\new'],
  ])('shows %s instead of obeying it', (_what, text, shown) => {
    expect(escapeText(text)).toBe(shown);
  });

  it('leaves readable text of any language alone', () => {
    const text = 'Ação às 12h – 日本語 עברית 👩‍🚀 50 % "quoted" #1';
    expect(escapeText(text)).toBe(text);
  });

  it('can be read back exactly, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(unescapeText(escapeText(text, '|"'))).toBe(text);
      }),
    );
  });

  it('reads text back that holds half of a pair', () => {
    expect(unescapeText(escapeText('a\udc00\ud800'))).toBe('a\udc00\ud800');
  });
});

describe('escapeUpTo', () => {
  it('cuts text of any size to the limit and says how long it was', () => {
    const cut = escapeUpTo('a'.repeat(10_000_000), 100);
    expect(cut).toBe(`${'a'.repeat(100)} [cut from 10000000 characters]`);
  });

  it('keeps within the limit when escaping makes text longer', () => {
    const cut = escapeUpTo('\u0000'.repeat(100), 100);
    expect(cut.split(' [')[0]?.length).toBeLessThanOrEqual(100);
    expect(cut).toContain('[cut from 100 characters]');
  });

  it('never cuts a character in two', () => {
    expect(escapeUpTo('👍'.repeat(10), 7)).toBe('👍👍👍 [cut from 20 characters]');
  });

  it('leaves text alone that fits', () => {
    expect(escapeUpTo('fits', 4)).toBe('fits');
  });
});
