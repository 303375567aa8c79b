import type { JsonValue } from '../../../shared/values.ts';
import { isObject, type JsonObject } from './document.ts';
import { refOf, type References } from './openapi-refs.ts';

/**
 * A schema of OpenAPI 3.0 or 3.1 as one JSON Schema 2020-12 without references: those are written out, and one that
 * leads back into itself accepts anything at that place.
 */
export function plainSchema(schema: JsonValue, references: References): JsonObject {
  const plain = convert(schema, references, []);
  return isObject(plain) ? plain : {};
}

/** Keywords whose value is one schema, a list of schemas, or schemas by name. */
const ONE = [
  'items',
  'not',
  'contains',
  'propertyNames',
  'additionalProperties',
  'if',
  'then',
  'else',
];
const MANY = ['allOf', 'anyOf', 'oneOf', 'prefixItems'];
const NAMED = ['properties', 'patternProperties', 'dependentSchemas'];
/** Kept as they are. */
const PLAIN = [
  ...'type enum const format pattern required multipleOf minimum maximum minLength maxLength'.split(
    ' ',
  ),
  ...'minItems maxItems uniqueItems minProperties maxProperties dependentRequired'.split(' '),
  ...'exclusiveMinimum exclusiveMaximum title description minContains maxContains'.split(' '),
];
const DEEPEST = 20;

function convert(schema: JsonValue, references: References, way: readonly string[]): JsonValue {
  if (typeof schema === 'boolean') return schema;
  const ref = refOf(schema);
  if (ref !== null && (way.includes(ref) || way.length >= DEEPEST)) return {};
  const next = ref === null ? way : [...way, ref];
  const source = references.resolve(schema);
  if (!isObject(source)) return {};
  const sub = (value: JsonValue) => convert(value, references, next);
  const out: Record<string, JsonValue> = {};
  for (const [keyword, value] of Object.entries(source)) {
    if (PLAIN.includes(keyword)) out[keyword] = value;
    else if (ONE.includes(keyword)) out[keyword] = sub(value);
    else if (MANY.includes(keyword) && Array.isArray(value))
      out[keyword] = (value as readonly JsonValue[]).map(sub);
    else if (NAMED.includes(keyword) && isObject(value))
      out[keyword] = Object.fromEntries(
        Object.entries(value).map(([name, one]) => [name, sub(one)]),
      );
  }
  return asOf2020(out, source['nullable'] === true);
}

/** 3.0 says `nullable: true` and `exclusiveMinimum: true`; 2020-12 says it by types and numbers. */
function asOf2020(schema: Record<string, JsonValue>, nullable: boolean): JsonObject {
  const { exclusiveMinimum, exclusiveMaximum, minimum, maximum, ...rest } = schema;
  const out: Record<string, JsonValue> = {
    ...rest,
    ...limit('minimum', 'exclusiveMinimum', minimum, exclusiveMinimum),
    ...limit('maximum', 'exclusiveMaximum', maximum, exclusiveMaximum),
  };
  return nullable ? orNull(out) : out;
}

function limit(
  name: string,
  exclusiveName: string,
  value: JsonValue | undefined,
  exclusive: JsonValue | undefined,
): JsonObject {
  const plain: JsonObject = value === undefined ? {} : { [name]: value };
  if (typeof exclusive === 'number') return { ...plain, [exclusiveName]: exclusive };
  return exclusive === true && value !== undefined ? { [exclusiveName]: value } : plain;
}

function orNull(schema: Record<string, JsonValue>): JsonObject {
  if (typeof schema['type'] === 'string') schema['type'] = [schema['type'], 'null'];
  else if (schema['type'] === undefined) return { anyOf: [schema, { type: 'null' }] };
  const values = schema['enum'];
  if (Array.isArray(values) && !values.includes(null))
    schema['enum'] = [...(values as readonly JsonValue[]), null];
  return schema;
}
