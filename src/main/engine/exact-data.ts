import { randomUUID } from 'node:crypto';

/**
 * JSON data with the digits as they were sent. JavaScript has no number for 9007199254740993, so data that holds one
 * is parsed for use and keeps its text beside it; writing it out again takes the text. Data of other kinds costs
 * nothing. The text stays with the parsed object, not with copies of it, and does not cross threads or processes.
 */

const texts = new WeakMap<object, string>();

/** Longer numbers, and those with fractions or exponents, may change when they become doubles. */
const MAY_LOSE_DIGITS = /\d{16}|\d[.eE]/;

/** Parses JSON text; `exactJson` writes it back digit for digit. Throws as JSON.parse does. */
export function parseExactData(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (typeof value === 'object' && value !== null && MAY_LOSE_DIGITS.test(text))
    texts.set(value, text);
  return value;
}

/** As JSON.stringify, with the text of everything that came from `parseExactData`. */
export function exactJson(output: unknown): string {
  const kept: string[] = [];
  const mark = `\u{fdd0}${randomUUID()}`;
  const json = JSON.stringify(output, (_name, value: unknown) => {
    const text = typeof value === 'object' && value !== null ? texts.get(value) : undefined;
    return text === undefined ? value : `${mark}${kept.push(text) - 1}`;
  });
  if (kept.length === 0) return json;
  return json.replace(
    new RegExp(`"${mark}(\\d+)"`, 'g'),
    (_whole, index) => kept[Number(index)] ?? 'null',
  );
}
