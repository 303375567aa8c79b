import type { Problem } from '../../shared/errors.ts';
import type { JsonValue } from '../../shared/values.ts';
import { CallError } from '../state/client.ts';

type JsonObject = { readonly [key: string]: JsonValue };

export interface Parsed<T> {
  readonly value: T | null;
  readonly problem: Problem | null;
}

/** Reads a JSON object from a field; nothing is null. The problem names what the JSON parser said. */
export function parseJsonObject(text: string, path: string): Parsed<JsonObject> {
  const { value, problem } = parseJson(text, path);
  if (problem !== null || value === null) return { value: null, problem };
  if (typeof value !== 'object' || Array.isArray(value)) {
    const message = 'A JSON object is needed: it starts with { and ends with }.';
    return { value: null, problem: { path, message } };
  }
  return { value: value as JsonObject, problem: null };
}

/** Reads any JSON value from a field; nothing is null. */
export function parseJson(text: string, path: string): Parsed<JsonValue> {
  if (text.trim() === '') return { value: null, problem: null };
  try {
    return { value: JSON.parse(text) as JsonValue, problem: null };
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return { value: null, problem: { path, message } };
  }
}

/** Throws what was found, as the other side would. */
export function problemsOrNothing(parsed: readonly Parsed<unknown>[]): void {
  const details = parsed.flatMap(({ problem }) => (problem === null ? [] : [problem]));
  if (details.length === 0) return;
  throw new CallError({ code: 'validation', message: details[0]?.message ?? '', details });
}
