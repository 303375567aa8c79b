/**
 * Exact decimal arithmetic on the text of JSON numbers, as far as identity needs it: two spellings of one number
 * (`1.0`, `1`, `10e-1`) have one canonical text, and no digit is ever lost to a double.
 */

/** Exponents beyond this are refused: written out, such a number would fill the memory. */
const LARGEST_EXPONENT = 9999;
/** Up to here numbers are written out without exponent, which covers every finite double. */
const PLAIN_DIGITS = 400;

/** More digits than any measurement has; working with more could be made slow on purpose. */
const LONGEST_NUMBER = 5000;

const NUMBER = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/** By the grammar of JSON: no leading zeros, no bare point, no plus. */
export function isJsonNumber(token: string): boolean {
  return NUMBER.test(token);
}

/** True when `JSON.parse` and `JSON.stringify` give this token back digit by digit. */
export function isPlainNumber(token: string): boolean {
  return String(Number(token)) === token;
}

/** True for a number that a double cannot even come near to (`1e400`), or that is absurdly long. */
export function isOutOfRange(token: string): boolean {
  if (token.length > LONGEST_NUMBER || !Number.isFinite(Number(token))) return true;
  const exponent = NUMBER.exec(token)?.[4];
  return exponent !== undefined && Math.abs(Number(exponent)) > LARGEST_EXPONENT;
}

/** The one text of a number: no leading or trailing zeros, no plus, `-0` is `0`. Throws for what is no number. */
export function canonicalDecimal(token: string): string {
  const match = NUMBER.exec(token);
  if (!match) throw new Error(`'${token}' is not a number.`);
  const [, sign = '', integer = '', fraction = '', exponent = '0'] = match;
  const all = integer + fraction;
  let start = 0;
  let end = all.length;
  while (start < end && all[start] === '0') start++;
  while (end > start && all[end - 1] === '0') end--;
  if (start === end) return '0';
  return sign + place(all.slice(start, end), integer.length - start + Number(exponent));
}

/** The canonical text of a double: what `canonicalDecimal` says of its shortest spelling. */
export function canonicalDouble(value: number): string {
  const text = String(value);
  return text.includes('e') ? canonicalDecimal(text) : text;
}

/** Negative, zero or positive as `a` is less than, equal to or greater than `b`; both canonical. */
export function compareDecimals(a: string, b: string): number {
  const rough = Number(a) - Number(b);
  if (rough !== 0) return rough;
  if (a === b) return 0;
  const [integerA = '', fractionA = ''] = a.split('.');
  const [integerB = '', fractionB = ''] = b.split('.');
  if (a.includes('e') || b.includes('e')) return 0;
  const width = Math.max(fractionA.length, fractionB.length);
  const exactA = BigInt(integerA.replace('-', '') + fractionA.padEnd(width, '0'));
  const exactB = BigInt(integerB.replace('-', '') + fractionB.padEnd(width, '0'));
  const larger = exactA > exactB ? 1 : -1;
  return a.startsWith('-') ? -larger : larger;
}

/** Digits with the point after the first `point` of them (which may be negative or beyond the end). */
function place(digits: string, point: number): string {
  const length = digits.length;
  if (point > PLAIN_DIGITS || point < -PLAIN_DIGITS) {
    const rest = length > 1 ? `.${digits.slice(1)}` : '';
    return `${digits.slice(0, 1)}${rest}e${point > 0 ? '+' : ''}${point - 1}`;
  }
  if (point <= 0) return `0.${'0'.repeat(-point)}${digits}`;
  if (point >= length) return digits + '0'.repeat(point - length);
  return `${digits.slice(0, point)}.${digits.slice(point)}`;
}
