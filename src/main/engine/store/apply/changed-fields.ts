import { parse as parseExactly } from 'lossless-json';
import type { JsonValue } from '../../../../shared/values.ts';

const MAX_FIELDS = 100;
/** A number that a double may not hold exactly. */
const LONG_NUMBER = /[0-9.]{16}/;

/**
 * The fields in which two JSON texts differ, dotted for nested objects, sorted. An array is one field. When the
 * records are not objects the answer is empty.
 */
export function changedFields(before: string, after: string): string[] {
  const isExact = LONG_NUMBER.test(before) || LONG_NUMBER.test(after);
  const parse = (text: string) => (isExact ? parseExactly(text) : JSON.parse(text)) as JsonValue;
  const fields: string[] = [];
  compare(parse(before), parse(after), '', fields);
  return fields.sort();
}

function compare(before: JsonValue, after: JsonValue, path: string, fields: string[]): void {
  if (fields.length >= MAX_FIELDS) return;
  if (!isObject(before) || !isObject(after)) {
    if (path !== '' && !isSame(before, after)) fields.push(path);
    return;
  }
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const inner = path === '' ? name : `${path}.${name}`;
    // Not by indexing alone: an absent `constructor` would be found on the prototype.
    const left = Object.hasOwn(before, name) ? before[name] : undefined;
    const right = Object.hasOwn(after, name) ? after[name] : undefined;
    if (left === undefined || right === undefined) fields.push(inner);
    else compare(left, right, inner, fields);
  }
}

function isSame(left: JsonValue, right: JsonValue): boolean {
  return left === right || JSON.stringify(sorted(left)) === JSON.stringify(sorted(right));
}

/** Field order is no difference. */
function sorted(value: JsonValue): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return exactText(value);
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((name) => [name, sorted(value[name] as JsonValue)]),
  );
}

/** lossless-json keeps a number as an object around its digits. */
function exactText(value: JsonValue): unknown {
  return isExactNumber(value) ? { digits: value.value } : value;
}

function isObject(value: JsonValue): value is { readonly [key: string]: JsonValue } {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !isExactNumber(value)
  );
}

function isExactNumber(value: unknown): value is { readonly value: string } {
  return typeof value === 'object' && value !== null && 'isLosslessNumber' in value;
}
