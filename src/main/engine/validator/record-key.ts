import { say, type Sentence, type SentenceWith } from '../../../shared/sentences.ts';
import type { JsonValue } from '../../../shared/values.ts';
import { canonicalDecimal, canonicalDouble } from './decimal.ts';
import { markedDigits } from './exact-json.ts';
import { childAt } from './json-path.ts';

/** The identity of a record by its key fields, or why it has none. */
export type KeyResult =
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'refused'; readonly field: string; readonly problem: KeyProblem };

export type KeyProblem = 'missing' | 'null' | 'object' | 'array' | 'lone-surrogate';

/** A key field in the steps of its dotted name. */
export interface KeyField {
  readonly name: string;
  readonly steps: readonly string[];
}

export function compileKey(names: readonly string[]): readonly KeyField[] {
  return names.map((name) => ({ name, steps: name.split('.') }));
}

/**
 * Parts are strings as they are, numbers in their shortest exact decimal, booleans by name; joined by `|`, with `|`
 * and `\` inside a part escaped by `\`. Two records have the same key exactly when all their parts are the same text.
 * `record` is an exact tree.
 */
export function recordKey(
  record: JsonValue,
  fields: readonly KeyField[],
  mark: string | null,
): KeyResult {
  let key = '';
  for (let index = 0; index < fields.length; index++) {
    const field = fields[index] as KeyField; // index < length
    const part = keyPart(fieldValue(record, field), mark);
    if (typeof part !== 'string')
      return { kind: 'refused', field: field.name, problem: part.problem };
    key = index === 0 ? part : `${key}|${part}`;
  }
  return { kind: 'key', key };
}

/** The value of a dotted field; a member whose name has the dots in it wins over the nested one. */
export function fieldValue(record: JsonValue, field: KeyField): JsonValue | undefined {
  if (field.steps.length === 1) return childAt(record, field.name);
  const direct = childAt(record, field.name);
  if (direct !== undefined) return direct;
  let value: JsonValue | undefined = record;
  for (const step of field.steps) {
    if (value === undefined) return undefined;
    value = childAt(value, Array.isArray(value) && /^\d+$/.test(step) ? Number(step) : step);
  }
  return value;
}

/** A sentence about a key that is not there. */
export function keySentence(field: string, problem: KeyProblem): Sentence {
  return say(KEY_SENTENCES[problem], { field });
}

const KEY_SENTENCES = {
  missing: 'keyMissing',
  null: 'keyNull',
  object: 'keyObject',
  array: 'keyArray',
  'lone-surrogate': 'keyHalfCharacter',
} as const satisfies Record<KeyProblem, SentenceWith<'field'>>;

const LONE_SURROGATE = /\p{Surrogate}/u;
const SPECIAL = /[|\\\ud800-\udfff]/;

function keyPart(
  value: JsonValue | undefined,
  mark: string | null,
): string | { readonly problem: KeyProblem } {
  if (typeof value === 'string') {
    const digits = markedDigits(value, mark);
    return digits === null ? textPart(value) : canonicalDecimal(digits);
  }
  if (typeof value === 'number') return canonicalDouble(value);
  if (typeof value === 'boolean') return String(value);
  if (value === undefined) return { problem: 'missing' };
  if (value === null) return { problem: 'null' };
  return { problem: Array.isArray(value) ? 'array' : 'object' };
}

function textPart(text: string): string | { readonly problem: KeyProblem } {
  if (!SPECIAL.test(text)) return text;
  if (LONE_SURROGATE.test(text)) return { problem: 'lone-surrogate' };
  return text.replace(/[|\\]/g, '\\$&');
}
