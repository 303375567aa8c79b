import type { IntegrationInput } from '../../../shared/integration.ts';
import { say } from '../../../shared/sentences.ts';
import { isObject, type JsonObject, objectAt } from './document.ts';
import type { ImportReport } from './import-report.ts';
import type { References } from './openapi-refs.ts';
import { plainSchema } from './openapi-schema.ts';

/** Where an operation's records are, what they look like, and how it goes on, as far as the document tells. */
export function recordsOf(
  operation: JsonObject,
  parameters: readonly string[],
  references: References,
  report: ImportReport,
): Pick<IntegrationInput, 'records' | 'schema' | 'key' | 'pagination'> {
  const pagination = paginationOf(parameters);
  if (pagination) report.took(say('whatPagination'), say('paginationGuessed'));
  const schema = responseSchema(operation, references);
  if (schema === null) {
    report.left(say('whatResponse'), say('noSchemaInDocument'));
    return pagination ? { pagination } : {};
  }
  const { path, record } = selected(schema);
  const key = keyOf(record);
  report.took(
    say('whatResponse'),
    key === null ? say('recordsAt', { path }) : say('recordsAtWithKey', { path, key }),
  );
  return {
    records: { path },
    schema: record,
    ...(key !== null && { key: [key] }),
    ...(pagination && { pagination }),
  };
}

function responseSchema(operation: JsonObject, references: References): JsonObject | null {
  const responses = objectAt(operation, 'responses');
  const status = Object.keys(responses).find((one) => /^2(?:\d\d|XX)$/i.test(one)) ?? 'default';
  const content = objectAt(references.resolve(responses[status]), 'content');
  const media = Object.entries(content).find(([type]) => /json/i.test(type))?.[1];
  if (!isObject(media) || media['schema'] === undefined) return null;
  return plainSchema(media['schema'], references);
}

const DEEPEST = 3;

/** The list of objects closest to the top; the whole answer when there is none. */
function selected(schema: JsonObject): { readonly path: string; readonly record: JsonObject } {
  const found = listIn(schema, '$', 0);
  return found ?? { path: '$', record: schema };
}

function listIn(
  schema: JsonObject,
  path: string,
  depth: number,
): { readonly path: string; readonly record: JsonObject } | null {
  const items = objectAt(schema, 'items');
  if (schema['type'] === 'array' || Object.keys(items).length > 0)
    return { path: `${path}[*]`, record: items };
  if (depth >= DEEPEST) return null;
  const members = Object.entries(membersOf(schema));
  const inner = members.map(([name, one]) =>
    isObject(one)
      ? ([
          one,
          /^[A-Za-z_]\w*$/.test(name) ? `${path}.${name}` : `${path}[${quoted(name)}]`,
        ] as const)
      : null,
  );
  const lists = inner.flatMap((one) => (one && isListOfObjects(one[0]) ? [one] : []));
  const [list] = lists;
  if (list) return listIn(list[0], list[1], depth + 1);
  for (const one of inner) {
    const found = one && !('items' in one[0]) ? listIn(one[0], one[1], depth + 1) : null;
    if (found) return found;
  }
  return null;
}

function quoted(name: string): string {
  return `'${name.replace(/[\\']/g, '\\$&')}'`;
}

function isListOfObjects(schema: JsonObject): boolean {
  const items = objectAt(schema, 'items');
  return items['type'] === 'object' || 'properties' in items || 'allOf' in items;
}

/** Own properties and those of all parts of `allOf`. */
function membersOf(schema: JsonObject): JsonObject {
  const parts = Array.isArray(schema['allOf']) ? (schema['allOf'] as readonly unknown[]) : [];
  return Object.assign(
    {},
    ...parts.map((part) => (isObject(part) ? membersOf(part) : {})),
    objectAt(schema, 'properties'),
  ) as JsonObject;
}

function keyOf(record: JsonObject): string | null {
  const names = Object.keys(membersOf(record));
  return ['id', '_id', 'uuid', 'guid'].find((name) => names.includes(name)) ?? null;
}

function paginationOf(parameters: readonly string[]): IntegrationInput['pagination'] | null {
  const find = (pattern: RegExp) => parameters.find((name) => pattern.test(name));
  const sizeParameter = find(/^(?:limit|per_?page|page_?size|size|count|max_?results)$/i) ?? null;
  const size = sizeParameter === null ? {} : { sizeParameter, size: 100 };
  const offset = find(/^(?:offset|skip)$/i);
  if (offset !== undefined) return { kind: 'offset', parameter: offset, ...size };
  const page = find(/^(?:page|page_?number)$/i);
  return page === undefined ? null : { kind: 'page-number', parameter: page, ...size };
}
