/**
 * Finds a list in the bytes of a JSON text, and its items, without parsing: a large body is then parsed record by
 * record and never stands in memory as one tree. Nothing is judged here; a slice that is no JSON is refused when it is
 * parsed, and so is what remains of the body when the list is cut out.
 */

export interface ListSlice {
  /** Offset after the opening bracket, and of the closing one. */
  readonly start: number;
  readonly end: number;
  /** Start and end of each item, in pairs, spaces included. */
  readonly items: readonly number[];
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** The list to which the names lead from the root; null when there is none. Of a repeated key the last one counts. */
export function sliceList(bytes: Buffer, names: readonly string[]): ListSlice | null {
  let at = skipSpaces(bytes, 0);
  for (const name of names) {
    const value = memberAt(bytes, at, name);
    if (value === null) return null;
    at = value;
  }
  return bytes[at] === OPEN_LIST ? itemsFrom(bytes, at + 1) : null;
}

/** Where the value of a member begins, in the object that begins at `from`. */
function memberAt(bytes: Buffer, from: number, name: string): number | null {
  if (bytes[from] !== OPEN_OBJECT) return null;
  let found: number | null = null;
  let at = skipSpaces(bytes, from + 1);
  while (bytes[at] === QUOTE) {
    const keyEnd = endOfString(bytes, at);
    const colon = skipSpaces(bytes, keyEnd);
    if (bytes[colon] !== COLON) return null;
    const value = skipSpaces(bytes, colon + 1);
    if (isKey(bytes, at, keyEnd, name)) found = value;
    const end = endOfValue(bytes, value);
    if (bytes[end] !== COMMA) return bytes[end] === CLOSE_OBJECT ? found : null;
    at = skipSpaces(bytes, end + 1);
  }
  return null;
}

function isKey(bytes: Buffer, start: number, end: number, name: string): boolean {
  const text = bytes.toString('utf8', start, end);
  if (text === `"${name}"`) return true;
  if (!text.includes('\\')) return false;
  try {
    return JSON.parse(text) === name;
  } catch {
    return false; // refused when the rest of the body is parsed
  }
}

function itemsFrom(bytes: Buffer, start: number): ListSlice | null {
  const items: number[] = [];
  let at = start;
  if (bytes[skipSpaces(bytes, at)] === CLOSE_LIST)
    return { start, end: skipSpaces(bytes, at), items };
  for (;;) {
    const end = endOfValue(bytes, at);
    items.push(at, end);
    if (bytes[end] === CLOSE_LIST) return { start, end, items };
    if (bytes[end] !== COMMA) return null;
    at = end + 1;
  }
}

/** The offset of the comma or closing bracket that ends the value, or of the end of the bytes. */
function endOfValue(bytes: Buffer, from: number): number {
  const length = bytes.length;
  let depth = 0;
  let at = from;
  while (at < length) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      at = endOfString(bytes, at);
      continue;
    }
    if (byte === OPEN_OBJECT || byte === OPEN_LIST) depth++;
    else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
      if (depth === 0) return at;
      depth--;
    } else if (byte === COMMA && depth === 0) return at;
    at++;
  }
  return length;
}

/** `from` is the opening quote; the offset after the closing one. */
function endOfString(bytes: Buffer, from: number): number {
  const length = bytes.length;
  let at = from + 1;
  while (at < length) {
    const byte = bytes[at];
    if (byte === QUOTE) return at + 1;
    at += byte === BACKSLASH ? 2 : 1;
  }
  return length;
}

function skipSpaces(bytes: Buffer, from: number): number {
  let at = from;
  while (bytes[at] === 0x20 || bytes[at] === 0x0a || bytes[at] === 0x0d || bytes[at] === 0x09) at++;
  return at;
}
