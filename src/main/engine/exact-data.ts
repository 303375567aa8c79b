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

/** Kept texts on their way to another thread, each with its place in the value that is sent. */
export type ExactParts = readonly (readonly [place: readonly (string | number)[], text: string])[];

/** A page of a list holds its data three levels down. */
const DEEPEST_PART = 3;

/** The texts that a value holds; objects that have one are not looked into. */
export function exactParts(value: unknown): ExactParts {
  const parts: [readonly (string | number)[], string][] = [];
  const visit = (one: unknown, place: readonly (string | number)[]) => {
    if (typeof one !== 'object' || one === null) return;
    const text = texts.get(one);
    if (text !== undefined) parts.push([place, text]);
    else if (Array.isArray(one)) one.forEach((item, index) => visit(item, [...place, index]));
    else if (place.length < DEEPEST_PART)
      for (const [name, item] of Object.entries(one)) visit(item, [...place, name]);
  };
  visit(value, []);
  return parts;
}

/** Gives a value that came from another thread its texts again. */
export function keepParts(value: unknown, parts: ExactParts): void {
  for (const [place, text] of parts) {
    let one = value;
    for (const step of place)
      one = (one as Readonly<Record<string | number, unknown>> | undefined)?.[step];
    if (typeof one === 'object' && one !== null) texts.set(one, text);
  }
}

function holdsText(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (texts.has(value)) return true;
  for (const name in value)
    if (holdsText((value as Readonly<Record<string, unknown>>)[name])) return true;
  return false;
}

/** As JSON.stringify, with the text of everything that came from `parseExactData`. */
export function exactJson(output: unknown): string {
  // Most answers hold no such text; a look is far cheaper than a function that is called for every value.
  if (!holdsText(output)) return JSON.stringify(output);
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
