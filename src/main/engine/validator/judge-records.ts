import { createHash, type Hash } from 'node:crypto';
import type { JsonValue } from '../../../shared/values.ts';
import type { QuarantineRow } from '../store/ops.ts';
import { BatchWriter } from './batch-writer.ts';
import type { BodyRecords } from './body-records.ts';
import { contentHash, RecordWriter } from './canonical.ts';
import type { SampleInvalid } from './page-types.ts';
import type { Trees } from './parse-body.ts';
import { FieldCensus, NO_FIELDS, type RecordFields } from './field-census.ts';
import { quarantineRow, sampleOf } from './quarantine-row.ts';
import { type Fault, type FaultRules, findFault, identify } from './record-faults.ts';
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
  readonly fields: RecordFields;
}

interface Context extends FaultRules {
  readonly sample: { readonly records: number; readonly invalid: number };
  /** Then the fields of its records are counted. */
  readonly isFirstPage: boolean;
  /** How large the body is, which is about what its records take when they are packed. */
  readonly bodyBytes: number;
}

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
  writer.begin(source.count, context.bodyBytes);
  const judge = new PageJudge(context);
  source.each((record, index) => judge.judge(record, index));
  return judge.finish();
}

class PageJudge {
  readonly #context: Context;
  readonly #texts: RecordWriter;
  readonly #watermark: Watermark | null;
  readonly #fingerprint = new Fingerprint();
  readonly #census: FieldCensus | null;
  readonly #errors = new Map<string, number>();
  readonly #quarantine: QuarantineRow[] = [];
  readonly #refused: number[] = [];
  readonly #records: { key: string; data: JsonValue }[] = [];
  readonly #invalid: Omit<SampleInvalid, 'page'>[] = [];
  #valid = 0;
  #warnings = 0;

  constructor(context: Context) {
    const { rules, compiled, mark } = context;
    this.#context = context;
    this.#texts = new RecordWriter(mark);
    this.#census = context.isFirstPage ? new FieldCensus() : null;
    this.#watermark =
      rules.incremental && compiled.incrementalField
        ? new Watermark(compiled.incrementalField, rules.incremental.format)
        : null;
  }

  judge(record: Trees, index: number): void {
    this.#texts.write(record.exact);
    const data = this.#texts.sent;
    const hash = contentHash(this.#texts.canonical);
    this.#fingerprint.add(hash);
    const verdict =
      findFault(record, data, this.#context) ?? identify(record.exact, hash, this.#context);
    if (typeof verdict === 'string') this.#accept(record, verdict, data, hash);
    else this.#reject(record, index, verdict, data, hash);
  }

  finish(): Judgement {
    return {
      batch: writer.finish(),
      valid: this.#valid,
      warnings: this.#warnings,
      duplicates: writer.replaced,
      errorsByField: Object.fromEntries(this.#errors),
      quarantine: this.#quarantine,
      refused: this.#refused,
      samples: { records: this.#records, invalid: this.#invalid },
      watermark: this.#watermark?.value ?? null,
      fingerprint: this.#fingerprint.value,
      keys: this.#texts.keys,
      fields: this.#census?.fields ?? NO_FIELDS,
    };
  }

  #accept({ loose, exact }: Trees, key: string, data: string, hash: string): void {
    const { compiled, mark, sample } = this.#context;
    this.#valid++;
    if (compiled.warnSchema && !compiled.warnSchema.isValid(loose)) this.#warnings++;
    this.#watermark?.offer(exact, mark);
    this.#census?.add(exact);
    writer.add(key, data, hash);
    if (this.#records.length < sample.records) this.#records.push({ key, data: loose });
  }

  #reject({ loose, exact }: Trees, index: number, fault: Fault, data: string, hash: string): void {
    const { rules, mark, sample } = this.#context;
    if (rules.invalidAction === 'fail') throw spoiled(fault, data);
    for (const field of fault.fields) this.#errors.set(field, (this.#errors.get(field) ?? 0) + 1);
    const row = quarantineRow(exact, data, hash, fault, mark);
    this.#quarantine.push(row);
    this.#refused.push(index);
    if (this.#invalid.length < sample.invalid) this.#invalid.push(sampleOf(row, fault, loose));
  }
}

/** Which records a page has, in their order: the hash of their hashes. */
class Fingerprint {
  /** Only for many records: making one costs more than hashing a page of few. */
  #hash: Hash | null = null;
  #pending = '';

  add(hash: string): void {
    this.#pending += hash;
    if (this.#pending.length < PENDING_CHARACTERS) return;
    this.#hash ??= createHash('sha256');
    this.#hash.update(this.#pending);
    this.#pending = '';
  }

  get value(): string {
    if (this.#hash === null) return contentHash(this.#pending);
    return this.#hash.update(this.#pending).digest('hex').slice(0, 32);
  }
}

const PENDING_CHARACTERS = 16_384;

function spoiled(fault: Fault, data: string): Refusal {
  return new Refusal('data', 'record-invalid', fault, {
    field: fault.field,
    excerpt: excerpt(data),
  });
}
