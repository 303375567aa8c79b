import type { JsonValue } from '../../../../shared/values.ts';

type JsonObject = { readonly [key: string]: JsonValue };

/** From fewer records one cannot tell which fields are always there: only the key is then required. */
const ENOUGH_RECORDS = 5;
const DEEPEST = 6;

/**
 * A schema that all records of a sample keep, and that their successors probably keep too: it names types and formats
 * and requires what was always there, but forbids no further fields and takes no whole number for a promise.
 */
export function inferSchema(
  records: readonly JsonValue[],
  key: readonly string[],
): JsonObject | null {
  if (records.length === 0 || !records.every(isObject)) return null;
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    ...objectSchema(records, key, 0),
  };
}

function objectSchema(
  objects: readonly JsonObject[],
  key: readonly string[],
  depth: number,
): JsonObject {
  const names = [...new Set(objects.flatMap((one) => Object.keys(one)))];
  const always = names.filter((name) => objects.every((one) => Object.hasOwn(one, name)));
  const required =
    objects.length >= ENOUGH_RECORDS ? always : always.filter((one) => key.includes(one));
  const properties = Object.fromEntries(
    names.map((name) => {
      const values = objects
        .filter((one) => Object.hasOwn(one, name))
        .map((one) => one[name] ?? null);
      return [name, valueSchema(values, name, depth + 1)];
    }),
  );
  return { type: 'object', ...(required.length > 0 && { required }), properties };
}

function valueSchema(values: readonly JsonValue[], name: string, depth: number): JsonObject {
  const types = [...new Set(values.map((value) => typeOf(value, name)))];
  const known = types.filter((type) => type !== 'null');
  // A field that was always null says nothing of what it may hold.
  if (known.length === 0 || depth > DEEPEST) return {};
  const merged = known.includes('number') ? known.filter((type) => type !== 'integer') : known;
  const all = types.includes('null') ? [...merged, 'null'] : merged;
  const [only] = all;
  const type: JsonObject = { type: all.length === 1 ? (only ?? '') : all };
  const [kind] = merged;
  if (merged.length > 1) return type;
  if (kind === 'string') return { ...type, ...formatOf(values.filter(isText)) };
  if (kind === 'object') return { ...objectSchema(values.filter(isObject), [], depth), ...type };
  if (kind === 'array') return { ...type, ...itemsSchema(values, name, depth) };
  return type;
}

function itemsSchema(values: readonly JsonValue[], name: string, depth: number): JsonObject {
  const items = values.filter(isList).flat();
  if (items.length === 0) return {};
  const schema = valueSchema(items, name, depth + 1);
  return Object.keys(schema).length === 0 ? {} : { items: schema };
}

/** A price of 100 is followed by one of 99.5; an id stays whole. */
const WHOLE_BY_NAME =
  /(?:^|_)(?:id|count|year|ano|page|index|rank|position|quantity|version)$|[a-z]Id$/i;

function typeOf(value: JsonValue, name: string): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number')
    return Number.isInteger(value) && WHOLE_BY_NAME.test(name) ? 'integer' : 'number';
  return typeof value;
}

const FORMATS: readonly (readonly [string, RegExp])[] = [
  ['date-time', /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/],
  ['date', /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/],
  ['uuid', /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i],
];

/** Only formats that are exact; addresses and links are written too freely to be promised. */
function formatOf(texts: readonly string[]): JsonObject {
  const format = FORMATS.find(([, pattern]) => texts.every((text) => pattern.test(text)));
  return format ? { format: format[0] } : {};
}

function isText(value: JsonValue): value is string {
  return typeof value === 'string';
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
