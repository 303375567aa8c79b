import { createHash } from 'node:crypto';
import type { JsonValue } from '../../../shared/values.ts';
import type { QuarantineRow } from '../store/ops.ts';
import { BatchWriter } from './batch-writer.ts';
import type { BodyRecords } from './body-records.ts';
import { contentHash, RecordWriter } from './canonical.ts';
import type { CompiledRules } from './compiled-rules.ts';
import { isOutOfRange } from './decimal.ts';
import { exactText, markedDigits } from './exact-json.ts';
import type { PlanRules, SampleInvalid } from './page-types.ts';
import type { Trees } from './parse-body.ts';
import { keyMessage, recordKey } from './record-key.ts';
import type { RecordSchema, SchemaIssue } from './record-schema.ts';
import { excerpt, Refusal } from './refusal.ts';
import { Watermark } from './watermark.ts';

export interface Judgement {
  readonly batch: Uint8Array | null;
  readonly valid: number;
  readonly warnings: number;
  readonly duplicates: number;
  readonly errorsByField: Readonly<Record<string, number>>;
  readonly quarantine: readonly QuarantineRow[];
  /** Indexes of the records that went there. */
  readonly refused: readonly number[];
  readonly samples: {
    readonly records: readonly { readonly key: string; readonly data: JsonValue }[];
    readonly invalid: readonly Omit<SampleInvalid, 'page'>[];
  };
  readonly watermark: string | null;
  readonly fingerprint: string;
  /** Keys of all objects of the records. */
  readonly keys: number;
}

interface Context {
  readonly rules: PlanRules;
  readonly compiled: CompiledRules;
  readonly mark: string | null;
  /** Some number of the body is beyond every double. */
  readonly outOfRange: boolean;
  readonly sample: { readonly records: number; readonly invalid: number };
  /** How large the body is, which is about what its records take when they are packed. */
  readonly bodyBytes: number;
}

/** Why a record is refused; `all` has every issue, the first of which is what quarantine shows. */
interface Fault {
  readonly reason: QuarantineRow['reason'];
  readonly rule: string;
  readonly field: string;
  readonly message: string;
  readonly place: readonly string[];
  readonly fields: readonly string[];
}

/** Of a refused value or a record that is too big, so much is kept. */
const KEPT_VALUE_CHARACTERS = 1024;
const KEPT_RECORD_CHARACTERS = 4096;

/** Pages are judged one after the other on a thread, so one writer serves them all. */
const writer = new BatchWriter();

/**
 * Holds the records of a page against the rules: each is packed or goes to quarantine with its first fault. Throws a
 * `Refusal` at the first invalid record when the rules say that one spoils the page.
 */
export function judgeRecords(
  source: Pick<BodyRecords, 'count' | 'each'>,
  context: Context,
): Judgement {
  const { rules, compiled, mark, sample } = context;
  const texts = new RecordWriter(mark);
  const watermark =
    rules.incremental && compiled.incrementalField
      ? new Watermark(compiled.incrementalField, rules.incremental.format)
      : null;
  const errors = new Map<string, number>();
  const quarantine: QuarantineRow[] = [];
  const refused: number[] = [];
  const records: { key: string; data: JsonValue }[] = [];
  const invalid: Omit<SampleInvalid, 'page'>[] = [];
  const fingerprint = new Fingerprint();
  let warnings = 0;
  writer.begin(source.count, context.bodyBytes);
  source.each((pair, index) => {
    texts.write(pair.exact);
    const data = texts.sent;
    const hash = contentHash(texts.canonical);
    fingerprint.add(hash);
    const fault = findFault(pair, data, context);
    const key = fault ? null : identify(pair.exact, hash, context);
    const reject = fault ?? (typeof key === 'string' ? null : key);
    if (reject) {
      if (rules.invalidAction === 'fail') throw spoiled(reject, data);
      for (const field of reject.fields) errors.set(field, (errors.get(field) ?? 0) + 1);
      const row = quarantineRow(pair.exact, data, hash, reject, mark);
      quarantine.push(row);
      refused.push(index);
      if (invalid.length < sample.invalid) invalid.push(sampleOf(row, reject, pair.loose));
    } else if (typeof key === 'string') {
      if (compiled.warnSchema && !compiled.warnSchema.isValid(pair.loose)) warnings++;
      watermark?.offer(pair.exact, mark);
      writer.add(key, data, hash);
      if (records.length < sample.records) records.push({ key, data: pair.loose });
    }
  });
  return {
    batch: writer.finish(),
    valid: source.count - quarantine.length,
    warnings,
    duplicates: writer.replaced,
    errorsByField: Object.fromEntries(errors),
    quarantine,
    refused,
    samples: { records, invalid },
    watermark: watermark?.value ?? null,
    fingerprint: fingerprint.value,
    keys: texts.keys,
  };
}

/** Which records a page has, in their order: the hash of their hashes. */
class Fingerprint {
  readonly #hash = createHash('sha256');
  #pending = '';

  add(hash: string): void {
    this.#pending += hash;
    if (this.#pending.length < PENDING_CHARACTERS) return;
    this.#hash.update(this.#pending);
    this.#pending = '';
  }

  get value(): string {
    return this.#hash.update(this.#pending).digest('hex').slice(0, 32);
  }
}

const PENDING_CHARACTERS = 16_384;

function findFault(pair: Trees, data: string, context: Context): Fault | null {
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
function identify(record: JsonValue, hash: string, context: Context): string | Fault {
  const fields = context.compiled.key;
  if (fields.length === 0) return hash;
  const result = recordKey(record, fields, context.mark);
  if (result.kind === 'key') return result.key;
  const { field, problem } = result;
  return {
    reason: problem === 'lone-surrogate' ? 'encoding' : 'key',
    rule: problem,
    field,
    message: keyMessage(field, problem),
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
    message: `The record has ${Buffer.byteLength(data)} bytes; the limit limits.maxRecordBytes is ${limitBytes}.`,
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
    message: `The number in '${field}' is too large to be worked with.`,
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

function quarantineRow(
  record: JsonValue,
  data: string,
  hash: string,
  fault: Fault,
  mark: string | null,
): QuarantineRow {
  const value = offendingValue(record, fault.place);
  const { reason, rule, field } = fault;
  return {
    reason,
    rule,
    field,
    value: value === undefined || fault.place.length === 0 ? null : clipped(exactText(value, mark)),
    // A record that is too big to be kept is not kept in quarantine either.
    raw: reason === 'size' ? JSON.stringify(data.slice(0, KEPT_RECORD_CHARACTERS)) : data,
    hash,
  };
}

function offendingValue(record: JsonValue, place: readonly string[]): JsonValue | undefined {
  let value: JsonValue | undefined = record;
  for (const step of place) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step))
      return undefined;
    value = (value as { readonly [key: string]: JsonValue })[step];
  }
  return value;
}

/** JSON text; when it is too long, a JSON string of its beginning. */
function clipped(text: string): string {
  if (text.length <= KEPT_VALUE_CHARACTERS) return text;
  return JSON.stringify(`${text.slice(0, KEPT_VALUE_CHARACTERS)}…`);
}

function sampleOf(row: QuarantineRow, fault: Fault, raw: JsonValue): Omit<SampleInvalid, 'page'> {
  return {
    reason: row.reason,
    rule: row.rule,
    field: row.field,
    message: fault.message,
    value: row.value === null ? null : (JSON.parse(row.value) as JsonValue),
    raw: row.reason === 'size' ? (JSON.parse(row.raw) as JsonValue) : raw,
  };
}

function spoiled(fault: Fault, data: string): Refusal {
  return new Refusal('data', 'record-invalid', fault.message, {
    field: fault.field,
    excerpt: excerpt(data),
  });
}
