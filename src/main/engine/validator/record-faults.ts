import { say, type Said } from '../../../shared/sentences.ts';
import type { JsonValue } from '../../../shared/values.ts';
import type { QuarantineRow } from '../store/ops.ts';
import type { CompiledRules } from './compiled-rules.ts';
import { isOutOfRange } from './decimal.ts';
import { markedDigits } from './exact-json.ts';
import type { PlanRules } from './page-types.ts';
import type { Trees } from './parse-body.ts';
import { keySentence, recordKey } from './record-key.ts';
import type { RecordSchema, SchemaIssue } from './record-schema.ts';

/** Why a record is refused: its first issue, and all fields that have one. */
export interface Fault {
  readonly reason: QuarantineRow['reason'];
  readonly rule: string;
  readonly field: string;
  readonly message: string;
  readonly says: Said;
  /** Where the offending value is in the record; empty for the record as a whole. */
  readonly place: readonly string[];
  readonly fields: readonly string[];
}

/** What records of one page are held against. */
export interface FaultRules {
  readonly rules: PlanRules;
  readonly compiled: CompiledRules;
  readonly mark: string | null;
  /** Some number of the body is beyond every double. */
  readonly outOfRange: boolean;
}

/** `data` is the text of the record as sent. null: size, numbers and schema are as they should be. */
export function findFault(pair: Trees, data: string, context: FaultRules): Fault | null {
  const { rules, compiled, mark } = context;
  if (isLongerThan(data, rules.maxRecordBytes)) return sizeFault(data, rules.maxRecordBytes);
  if (context.outOfRange) {
    const place = placeOutOfRange(pair.exact, mark);
    if (place) return rangeFault(place);
  }
  return compiled.schema ? schemaFault(pair.loose, compiled.schema) : null;
}

function schemaFault(record: JsonValue, schema: RecordSchema): Fault | null {
  if (schema.isValid(record)) return null;
  const issues = schema.issues(record);
  const [first] = issues as readonly [SchemaIssue];
  return { reason: 'schema', ...first, fields: [...new Set(issues.map(({ field }) => field))] };
}

/** The key of a record, or why it has none. Without key fields the content is the identity. */
export function identify(record: JsonValue, hash: string, context: FaultRules): string | Fault {
  const fields = context.compiled.key;
  if (fields.length === 0) return hash;
  const result = recordKey(record, fields, context.mark);
  if (result.kind === 'key') return result.key;
  const { field, problem } = result;
  return {
    reason: problem === 'lone-surrogate' ? 'encoding' : 'key',
    rule: problem,
    field,
    ...keySentence(field, problem),
    place: field.split('.'),
    fields: [field],
  };
}

function isLongerThan(text: string, limitBytes: number): boolean {
  if (text.length * 3 <= limitBytes) return false;
  return Buffer.byteLength(text) > limitBytes;
}

function sizeFault(data: string, limitBytes: number): Fault {
  return {
    reason: 'size',
    rule: 'maxRecordBytes',
    field: '$',
    ...say('recordTooLarge', { bytes: Buffer.byteLength(data), most: limitBytes }),
    place: [],
    fields: ['$'],
  };
}

function rangeFault(place: readonly string[]): Fault {
  const field = place.length === 0 ? '$' : place.join('.');
  return {
    reason: 'encoding',
    rule: 'number-range',
    field,
    ...say('numberTooLarge', { field }),
    place,
    fields: [field],
  };
}

function placeOutOfRange(value: JsonValue, mark: string | null): readonly string[] | null {
  const digits = markedDigits(value, mark);
  if (digits !== null) return isOutOfRange(digits) ? [] : null;
  if (typeof value !== 'object' || value === null) return null;
  for (const [key, child] of Object.entries(value)) {
    const place = placeOutOfRange(child, mark);
    if (place) return [key, ...place];
  }
  return null;
}
