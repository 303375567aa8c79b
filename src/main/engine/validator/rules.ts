import type { Integration } from '../../../shared/integration.ts';
import { say, type Said } from '../../../shared/sentences.ts';
import type { JsonValue } from '../../../shared/values.ts';
import { contentHash } from './canonical.ts';
import { compilePath } from './json-path.ts';
import type { PageRequest, PlanRules } from './page-types.ts';

/** The rules of an integration as plain data. Does not throw; `checkRules` finds what is wrong with them. */
export function preparePlan(integration: Integration): PlanRules {
  const { records, schema, warnSchema, key, invalid, incremental, limits, pagination } =
    integration;
  const rules = {
    recordPath: records?.path ?? '$',
    schema,
    warnSchema,
    key,
    invalidAction: invalid.action,
    incremental: incremental && { field: incremental.field, format: incremental.format },
    maxDepth: limits.maxDepth,
    maxRecordBytes: limits.maxRecordBytes,
  };
  const paths = [rules.recordPath, ...pathsOf(pagination)];
  return {
    ...rules,
    fingerprint: contentHash(JSON.stringify(rules)),
    unsafe: [
      ...paths.flatMap(pathDangers),
      ...[schema, warnSchema].flatMap((one) => (one === null ? [] : schemaDangers(one))),
    ],
  };
}

/** The JSONPaths by which a pagination reads the body. */
export function pathsOf(pagination: Integration['pagination']): readonly string[] {
  switch (pagination.kind) {
    case 'cursor-body':
    case 'next-url-body':
      return [pagination.path];
    case 'page-number':
      return pagination.totalPagesPath === null ? [] : [pagination.totalPagesPath];
    default:
      return [];
  }
}

/** Bodies up to this size are worked on where they arrived, in a few milliseconds. */
export const SMALL_BODY_BYTES = 256 * 1024;

/** Where a page is worked on. A thread that owns sockets must be free again within a few milliseconds. */
export function placeOfWork(request: Pick<PageRequest, 'rules' | 'body'>): 'here' | 'compute' {
  const isSmall = request.body.byteLength <= SMALL_BODY_BYTES;
  return isSmall && request.rules.unsafe.length === 0 ? 'here' : 'compute';
}

function pathDangers(path: string): Said[] {
  try {
    return compilePath(path).kind === 'simple' ? [] : [say('dangerPath', { path }).says];
  } catch {
    return []; // reported when the page is worked on, at no cost
  }
}

/** Keywords whose work can grow faster than the record: many times over by references, quadratic by comparison. */
const COSTLY_KEYWORDS = new Set([
  '$ref',
  '$dynamicRef',
  'uniqueItems',
  'pattern',
  'patternProperties',
]);
/** Patterns cost 0.5 µs and more each; a handful is nothing. */
const FEW_PATTERNS = 8;
const LARGE_SCHEMA_NODES = 2000;

/** Why records must not be checked against this schema on a thread that owns sockets. */
export function schemaDangers(schema: { readonly [key: string]: JsonValue }): Said[] {
  let nodes = 0;
  const found = new Map<string, number>();
  const pending: JsonValue[] = [schema];
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    nodes++;
    if (typeof value !== 'object' || value === null) continue;
    for (const [key, child] of Object.entries(value)) {
      if (COSTLY_KEYWORDS.has(key)) found.set(key, (found.get(key) ?? 0) + 1);
      pending.push(child);
    }
  }
  const patterns = (found.get('pattern') ?? 0) + (found.get('patternProperties') ?? 0);
  const dangers: Said[] = [];
  if (found.has('$ref') || found.has('$dynamicRef')) dangers.push(say('dangerReferences').says);
  if (found.has('uniqueItems')) dangers.push(say('dangerUnique').says);
  if (patterns > FEW_PATTERNS) dangers.push(say('dangerPatterns', { count: patterns }).says);
  if (nodes > LARGE_SCHEMA_NODES) dangers.push(say('dangerLarge').says);
  return dangers;
}
