import { isAscii } from 'node:buffer';
import type { JsonValue } from '../../../shared/values.ts';
import { canonicalDecimal } from './decimal.ts';

/**
 * JSON without loss of digits, at the speed of the built-in parser. Numbers that a double would change are wrapped
 * into strings before parsing: `{"id":9007199254740993}` is parsed as `{"id":"<mark>9007199254740993"}`, where the
 * mark is a character that occurs nowhere in the body. A tree that was parsed so is called exact; writing it out takes
 * the marks away again. A tree whose body needed no marks has the mark null.
 */

/**
 * Control characters without any use, which keep a Latin text at one byte a character, then the characters that
 * Unicode reserves for a program's own use.
 */
const MARKS = ['\u0081', '\u008d', '\u008f', '\u0090', '\u009d'].concat(
  Array.from({ length: 32 }, (_, index) => String.fromCharCode(0xfdd0 + index)),
);

/** A character for marks that a body has nowhere, neither as it is nor escaped; null when it has them all. */
export function absentMark(bytes: Buffer): string | null {
  return MARKS.find((mark) => spellings(mark).every((one) => !bytes.includes(one))) ?? null;
}

/**
 * Parses bytes of UTF-8; `inexact` are the offsets of number tokens in them, in pairs, ascending. Throws SyntaxError
 * as JSON.parse does.
 */
export function parseMarked(bytes: Buffer, inexact: readonly number[], mark: string): JsonValue {
  const isLatin = mark < '\u0100' && isAscii(bytes);
  return JSON.parse(wrapNumbers(bytes, inexact, mark, isLatin ? 'latin1' : 'utf8')) as JsonValue;
}

/** The mark of a wrapped number's text, or null for any other value. */
export function markedDigits(value: unknown, mark: string | null): string | null {
  if (mark === null || typeof value !== 'string' || !value.startsWith(mark)) return null;
  return value.slice(mark.length);
}

/** JSON text of an exact tree, digits as sent. */
export function exactText(value: JsonValue, mark: string | null): string {
  const text = JSON.stringify(value);
  return mark === null || !text.includes(mark) ? text : text.replaceAll(markPattern(mark), '$1');
}

/** A value for the program's own use: a number that a double cannot hold comes as its text. */
export function looseValue(value: JsonValue, mark: string | null): JsonValue {
  const digits = markedDigits(value, mark);
  if (digits === null) return value;
  const double = Number(digits);
  if (!Number.isFinite(double)) return digits;
  return canonicalDecimal(digits) === canonicalDecimal(String(double)) ? double : digits;
}

/** The character itself and its escapes, whose letters may be large or small. */
function spellings(mark: string): string[] {
  const code = mark.charCodeAt(0).toString(16).padStart(4, '0');
  return [mark, ...casesOf(code).map((one) => `\\u${one}`)];
}

function casesOf(text: string): string[] {
  const [first] = text;
  if (first === undefined) return [''];
  const rest = casesOf(text.slice(1));
  return [...new Set([first, first.toUpperCase()])].flatMap((one) => rest.map((end) => one + end));
}

function wrapNumbers(
  bytes: Uint8Array,
  inexact: readonly number[],
  mark: string,
  encoding: 'latin1' | 'utf8',
): string {
  const before = Buffer.from(`"${mark}`, encoding);
  const out = Buffer.allocUnsafe(bytes.length + (inexact.length / 2) * (before.length + 1));
  let from = 0;
  let to = 0;
  for (let pair = 0; pair < inexact.length; pair += 2) {
    const start = inexact[pair] ?? 0;
    const stop = inexact[pair + 1] ?? 0;
    out.set(bytes.subarray(from, start), to);
    to += start - from;
    out.set(before, to);
    to += before.length;
    out.set(bytes.subarray(start, stop), to);
    to += stop - start;
    out[to++] = 0x22;
    from = stop;
  }
  out.set(bytes.subarray(from), to);
  return out.toString(encoding, 0, to + bytes.length - from);
}

const patterns = new Map<string, RegExp>();

function markPattern(mark: string): RegExp {
  const known = patterns.get(mark);
  if (known) return known;
  const pattern = new RegExp(`"${mark}([^"]*)"`, 'g');
  patterns.set(mark, pattern);
  return pattern;
}
