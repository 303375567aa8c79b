import { parseDocument } from 'yaml';
import { asError } from '../../../shared/errors.ts';
import { say } from '../../../shared/sentences.ts';
import type { JsonValue } from '../../../shared/values.ts';
import { cannotImport } from './import-report.ts';

export type JsonObject = { readonly [key: string]: JsonValue };

/** JSON or YAML. Aliases of YAML may not multiply a small document into a huge one. */
export function readDocument(text: string): JsonObject {
  const value = text.trimStart().startsWith('{') ? readJson(text) : readYaml(text);
  if (!isObject(value)) throw cannotImport(say('noDocument'));
  return value;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (thrown) {
    throw cannotImport(say('documentNotJson', { why: asError(thrown).message }), thrown);
  }
}

function readYaml(text: string): unknown {
  const document = parseDocument(text, { schema: 'core' });
  const [problem] = document.errors;
  if (problem) throw cannotImport(say('documentNotYaml', { why: problem.message }), problem);
  try {
    // Through JSON, so that dates and other types of YAML become what they would be in JSON.
    return JSON.parse(JSON.stringify(document.toJS({ maxAliasCount: 100 })));
  } catch (thrown) {
    throw cannotImport(say('documentUnusable', { why: asError(thrown).message }), thrown);
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A member that is an object, else an empty one: documents in the wild leave out and misuse every member. */
export function objectAt(value: JsonValue | undefined, name: string): JsonObject {
  const member = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  return isObject(member) ? member : {};
}

export function listAt(value: JsonValue | undefined, name: string): readonly JsonValue[] {
  const member = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  return Array.isArray(member) ? (member as readonly JsonValue[]) : [];
}

export function textAt(value: JsonValue | undefined, name: string): string | null {
  const member = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  return typeof member === 'string' ? member : null;
}

/** Scalars as they go into an address or a header; null for anything else. */
export function scalarText(value: JsonValue | undefined): string | null {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}
