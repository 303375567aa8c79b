import { compilePath, type JsonPath } from './json-path.ts';
import type { PlanRules } from './page-types.ts';
import { compileKey, type KeyField } from './record-key.ts';
import { compileSchema, type RecordSchema } from './record-schema.ts';
import { brokenRule } from './refusal.ts';

/** Rules in the form in which records are held against them. Cannot be posted; each thread compiles its own, once. */
export interface CompiledRules {
  readonly path: JsonPath;
  readonly schema: RecordSchema | null;
  readonly warnSchema: RecordSchema | null;
  readonly key: readonly KeyField[];
  readonly incrementalField: KeyField | null;
}

const cache = new Map<string, CompiledRules>();
const CACHE_SIZE = 500;

/** Throws a `Refusal` of kind config when a path or a schema cannot be used. */
export function compiledRules(rules: PlanRules): CompiledRules {
  const known = cache.get(rules.fingerprint);
  if (known) {
    // What was used last stays longest.
    cache.delete(rules.fingerprint);
    cache.set(rules.fingerprint, known);
    return known;
  }
  const compiled = compileRules(rules);
  const oldest = cache.size >= CACHE_SIZE ? cache.keys().next().value : undefined;
  if (oldest !== undefined) cache.delete(oldest);
  cache.set(rules.fingerprint, compiled);
  return compiled;
}

function compileRules(rules: PlanRules): CompiledRules {
  const [incrementalField = null] = rules.incremental ? compileKey([rules.incremental.field]) : [];
  return {
    path: orRefuse('records.path', () => compilePath(rules.recordPath)),
    schema: orRefuse('schema', () => rules.schema && compileSchema(rules.schema)),
    warnSchema: orRefuse('warnSchema', () => rules.warnSchema && compileSchema(rules.warnSchema)),
    key: compileKey(rules.key),
    incrementalField,
  };
}

function orRefuse<T>(field: string, compile: () => T): T {
  try {
    return compile();
  } catch (thrown) {
    throw brokenRule(field, thrown);
  }
}
