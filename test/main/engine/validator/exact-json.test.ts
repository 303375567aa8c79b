import fc from 'fast-check';
import { isLosslessNumber, parse as parseLossless, stringify } from 'lossless-json';
import { describe, expect, it } from 'vitest';
import { exactText, looseValue } from '../../../../src/main/engine/validator/exact-json.ts';
import { parseBody } from '../../../../src/main/engine/validator/parse-body.ts';
import { Refusal } from '../../../../src/main/engine/validator/refusal.ts';
import { scanJson } from '../../../../src/main/engine/validator/json-scan.ts';
import type { JsonValue } from '../../../../src/shared/values.ts';
import { jsonText } from './json-text.ts';

function exactly(text: string) {
  const { exact, mark } = parseBody(Buffer.from(`[${text}]`), null, 1000);
  return { value: (exact as JsonValue[])[0] ?? null, mark };
}

function roundTrip(text: string): string {
  const { value, mark } = exactly(text);
  return exactText(value, mark);
}

describe('exact JSON', () => {
  it.each([
    '{"id":9007199254740993}',
    '[1.0,1,-0,1e2,1E+2,0.10,12345678901234567890.000000000000000000001]',
    '{"a":{"b":[1e-400,{"c":-0.0}]}}',
    '"text"',
    '1.0',
  ])('gives %s back digit by digit', (text) => {
    expect(roundTrip(text)).toBe(text);
  });

  it('gives any JSON back digit by digit, as an independent parser sees it', () => {
    fc.assert(
      fc.property(jsonText(), (text) => {
        const seen = stringify(parseLossless(text)) ?? '';
        expect(roundTrip(text)).toBe(roundTrip(seen));
        expect(shape(parseLossless(roundTrip(text)))).toEqual(shape(parseLossless(text)));
      }),
    );
  });

  it('takes no text for a number, whatever characters it has', () => {
    const hostile = JSON.stringify({ a: '\u0081' + '1.0', b: ['\u008d', '\\u008f'], n: 0 });
    const text = hostile.replace('"n":0', '"n":1.0,"e":"\\u0090x","E":"\\u009D"');
    expect(roundTrip(text)).toBe(JSON.stringify(JSON.parse(text)).replace('"n":1', '"n":1.0'));
  });

  it('refuses a text that leaves no character for marks', () => {
    const control = ['\u0081', '\u008d', '\u008f', '\u0090', '\u009d'].join('');
    const reserved = Array.from({ length: 32 }, (_, one) => String.fromCharCode(0xfdd0 + one));
    const numbered = (text: string) => `[${JSON.stringify(text)},1.0]`;
    expect(roundTrip(numbered(control))).toBe(numbered(control));
    expect(() => exactly(numbered(control + reserved.join('')))).toThrow(Refusal);
  });

  it.each(['[01]', '[1.]', '[1e]', '[-]', '[--1]', '[1.0.0]', '[NaN]', '[Infinity]', '[1e5.0]'])(
    'leaves %s to the parser, which refuses it',
    (text) => expect(() => exactly(text)).toThrow(Refusal),
  );

  it('gives the program a double where one holds the number, else its text', () => {
    const { value, mark } = exactly('[1.0,9007199254740993,1e400,"x",null]');
    const loose = (value as JsonValue[]).map((one) => looseValue(one, mark));
    expect(loose).toEqual([1, '9007199254740993', '1e400', 'x', null]);
  });
});

describe('the scan before parsing', () => {
  it('finds exactly the numbers that a double would change', () => {
    fc.assert(
      fc.property(jsonText(), (text) => {
        const bytes = Buffer.from(text);
        const { inexact } = scanJson(bytes);
        const found: string[] = [];
        for (let pair = 0; pair < inexact.length; pair += 2)
          found.push(bytes.toString('latin1', inexact[pair], inexact[pair + 1]));
        expect(found).toEqual(numbersIn(text).filter((token) => String(Number(token)) !== token));
      }),
    );
  });

  it('knows depth, values and colons', () => {
    fc.assert(
      fc.property(jsonText(), (text) => {
        const scan = scanJson(Buffer.from(text));
        const value = JSON.parse(text) as JsonValue;
        expect(scan.depth).toBe(depthOf(value));
        expect(scan.values).toBeGreaterThanOrEqual(valuesOf(value));
      }),
    );
  });

  it('ends on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(scanJson(Buffer.from(bytes)).values).toBeGreaterThan(0);
      }),
    );
  });

  it('is not misled by quotes and brackets inside strings', () => {
    const scan = scanJson(Buffer.from(String.raw`{"a\"[{:":"\\","b":"]1.0"}`));
    expect(scan).toMatchObject({ depth: 1, colons: 2, inexact: [] });
  });
});

function numbersIn(text: string): string[] {
  return [...text.matchAll(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g)]
    .map(([token]) => token)
    .filter((token) => !token.startsWith('"'));
}

function shape(value: unknown): unknown {
  if (isLosslessNumber(value)) return `#${value.value}`;
  if (Array.isArray(value)) return value.map(shape);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, shape(child)]));
}

function depthOf(value: JsonValue): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value as object).map((one) => depthOf(one as JsonValue)));
}

function valuesOf(value: JsonValue): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value as object).reduce<number>(
    (sum, one) => sum + valuesOf(one as JsonValue),
    1,
  );
}
