import { isJsonNumber, isOutOfRange, isPlainNumber } from './decimal.ts';

/**
 * One pass over the bytes of a body before anything is parsed: how deep and how large the values will be (a huge array
 * aborts the whole process, whatever limits a thread has), and which numbers a double would not give back as they were
 * sent. The text need not be valid JSON; judging that is the parser's part.
 */
export interface JsonScan {
  readonly depth: number;
  /** Upper bound of the values that parsing will make. */
  readonly values: number;
  /** Colons outside strings: more of them than keys in the parsed value = some object repeats a key. */
  readonly colons: number;
  /** Start and end offsets, in pairs, of the numbers that do not survive as doubles. */
  readonly inexact: readonly number[];
  /** Some number is beyond every double, as `1e400`. */
  readonly outOfRange: boolean;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Decimals of so many digits survive the way through a double and back. */
const SAFE_DIGITS = 15;

export function scanJson(bytes: Buffer): JsonScan {
  const end = bytes.length;
  const inexact: number[] = [];
  let outOfRange = false;
  let level = 0;
  let depth = 0;
  let values = 1;
  let colons = 0;
  let at = 0;
  while (at < end) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      at = endOfString(bytes, at + 1);
    } else if (byte === MINUS || (byte !== undefined && byte >= ZERO && byte <= NINE)) {
      const stop = endOfNumber(bytes, at);
      if (!isShortNumber(bytes, at, stop)) {
        const token = bytes.toString('latin1', at, stop);
        // What is no number is left for the parser to complain about.
        if (!isPlainNumber(token) && isJsonNumber(token)) {
          inexact.push(at, stop);
          outOfRange ||= isOutOfRange(token);
        }
      }
      at = stop;
    } else {
      if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
        values++;
        if (++level > depth) depth = level;
      } else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) level--;
      else if (byte === COMMA) values++;
      else if (byte === COLON) colons++;
      at++;
    }
  }
  return { depth, values, colons, inexact, outOfRange };
}

/** The offset after the closing quote. */
function endOfString(bytes: Uint8Array, from: number): number {
  const end = bytes.length;
  let at = from;
  while (at < end) {
    const byte = bytes[at];
    if (byte === QUOTE) return at + 1;
    at += byte === BACKSLASH ? 2 : 1;
  }
  return end;
}

function endOfNumber(bytes: Uint8Array, from: number): number {
  let at = from + 1;
  while (at < bytes.length && isNumberByte(bytes[at])) at++;
  return at;
}

function isNumberByte(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  if (byte >= ZERO && byte <= NINE) return true;
  return byte === DOT || byte === 0x65 || byte === 0x45 || byte === MINUS || byte === 0x2b;
}

/** Short enough and simply written: surely the same after a double. Says no in doubt. */
function isShortNumber(bytes: Uint8Array, start: number, stop: number): boolean {
  const negative = bytes[start] === MINUS;
  const first = negative ? start + 1 : start;
  if (stop - first > SAFE_DIGITS + 1) return false;
  if (negative && bytes[first] === ZERO) return false;
  let dot = -1;
  for (let at = first; at < stop; at++) {
    const byte = bytes[at];
    if (byte === DOT && dot < 0) dot = at;
    else if (byte === undefined || byte < ZERO || byte > NINE) return false;
  }
  if (dot < 0) return stop - first <= SAFE_DIGITS;
  if (bytes[stop - 1] === ZERO) return false;
  // Below a millionth a double is spelled with an exponent.
  return bytes[first] !== ZERO || stop - dot <= 7;
}
