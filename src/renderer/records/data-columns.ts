import type { DataRecord } from '../../shared/record.ts';
import type { JsonValue } from '../../shared/values.ts';

const MOST_COLUMNS = 6;
const LOOKED_AT = 60;
const NESTED_LENGTH = 8;

/**
 * The fields worth a column: those that most of the first records have, plain values before lists and objects, in
 * the order in which the API sends them. A field that is the whole key has its column already.
 */
export function dataColumns(records: readonly DataRecord[], key: readonly string[] = []): string[] {
  const found = new Map<string, { plain: number; nested: number }>();
  for (const { data } of records.slice(0, LOOKED_AT)) {
    if (!isObject(data)) continue;
    for (const [field, value] of Object.entries(data)) {
      const count = found.get(field) ?? { plain: 0, nested: 0 };
      if (typeof value === 'object' && value !== null) count.nested += 1;
      else if (value !== null) count.plain += 1;
      found.set(field, count);
    }
  }
  const fields = [...found].filter(([field]) => !(key.length === 1 && key[0] === field));
  const plain = fields.filter(([, { plain: n, nested }]) => n > 0 && n >= nested);
  const rest = fields.filter((field) => !plain.includes(field));
  const chosen = new Set([...plain, ...rest].slice(0, MOST_COLUMNS).map(([field]) => field));
  return fields.map(([field]) => field).filter((field) => chosen.has(field));
}

/** Whether a column holds numbers, so that it stands at the right. */
export function isNumeric(records: readonly DataRecord[], field: string): boolean {
  const values = records
    .slice(0, LOOKED_AT)
    .map(({ data }) => fieldOf(data, field))
    .filter((value) => value !== null && value !== undefined);
  return values.length > 0 && values.every((value) => typeof value === 'number');
}

/** How long the values of a column usually are, in characters; lists and objects are never shown whole. */
export function usualLength(records: readonly DataRecord[], field: string): number {
  const lengths = records
    .slice(0, LOOKED_AT)
    .map(({ data }) => fieldOf(data, field))
    .filter((value) => value !== null && value !== undefined)
    .map((value) => (typeof value === 'object' ? NESTED_LENGTH : inOneLine(value).length))
    .sort((a, b) => a - b);
  return lengths[Math.floor(lengths.length * 0.8)] ?? field.length;
}

export function fieldOf(data: JsonValue, field: string): JsonValue | undefined {
  return isObject(data) ? data[field] : undefined;
}

/** A value as one line of text. */
export function inOneLine(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function isObject(value: JsonValue): value is { readonly [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
