import type { JsonValue } from '../../shared/values.ts';

/** The JSONPath (RFC 9535) of a child: `.name` where the name allows it, else `['na-me']`. */
export function childPath(parent: string, key: string | number): string {
  if (typeof key === 'number') return `${parent}[${key}]`;
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(key)) return `${parent}.${key}`;
  return `${parent}['${key.replaceAll(/[\\']/g, (mark) => `\\${mark}`)}']`;
}

/** The items of a list or the fields of an object; null for a plain value. */
export function childrenOf(
  value: JsonValue,
): (readonly [key: string | number, child: JsonValue])[] | null {
  if (typeof value !== 'object' || value === null) return null;
  if (!isList(value)) return Object.entries(value);
  return value.map((child, index) => [index, child]);
}

/** `Array.isArray` does not narrow a readonly array. */
function isList(value: object): value is readonly JsonValue[] {
  return Array.isArray(value);
}
