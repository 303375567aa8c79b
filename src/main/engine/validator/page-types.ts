import type { Integration } from '../../../shared/integration.ts';
import type { RunError } from '../../../shared/run.ts';
import type { Said, Sentence } from '../../../shared/sentences.ts';
import type { JsonValue } from '../../../shared/values.ts';
import type { PageCounts, QuarantineRow } from '../store/ops.ts';
import type { RecordFields } from './field-census.ts';

/**
 * What goes into the validator and what comes out of it. Everything here can be posted to another thread: a page that
 * is too big or whose rules are not known to be harmless is worked on in the compute pool.
 */

type JsonObject = { readonly [key: string]: JsonValue };

/** The part of an integration that says what a good page is. Compiled where it is used, once a thread. */
export interface PlanRules {
  /** Same text = same rules: the name under which a thread keeps what it compiled. */
  readonly fingerprint: string;
  readonly recordPath: string;
  readonly schema: JsonObject | null;
  readonly warnSchema: JsonObject | null;
  readonly key: readonly string[];
  readonly invalidAction: Integration['invalid']['action'];
  readonly incremental: Pick<NonNullable<Integration['incremental']>, 'field' | 'format'> | null;
  readonly maxDepth: number;
  readonly maxRecordBytes: number;
  /** Why this must not run on a thread that owns sockets; empty = it may. */
  readonly unsafe: readonly Said[];
}

export interface PageRequest {
  readonly rules: PlanRules;
  /** Decoded (no gzip any more). Handed over: it may be transferred to another thread and is then empty here. */
  readonly body: Uint8Array;
  /** As the header said; the charset is taken from it. */
  readonly contentType: string | null;
  readonly page: number;
  /** JSONPaths that the pagination wants to know of this body. */
  readonly extract: readonly string[];
  /** For the Test screen: how many records and refused records to show. */
  readonly sample: { readonly records: number; readonly invalid: number } | null;
}

export interface SampleInvalid {
  readonly page: number;
  readonly reason: QuarantineRow['reason'];
  readonly rule: string;
  readonly field: string;
  /** A sentence for the person. */
  readonly message: string;
  readonly says: Said;
  readonly value: JsonValue;
  readonly raw: JsonValue;
}

export interface PageSample {
  readonly records: readonly { readonly key: string; readonly data: JsonValue }[];
  readonly invalid: readonly SampleInvalid[];
}

export interface ProcessedPage {
  /** Accepted records, packed; it owns its ArrayBuffer. null when there is none. */
  readonly batch: Uint8Array | null;
  /** `duplicates`: records of this page that a later one with the same key replaced. received = valid + invalid. */
  readonly counts: Pick<
    PageCounts,
    'received' | 'valid' | 'invalid' | 'warnings' | 'duplicates' | 'bytes'
  >;
  readonly errorsByField: Readonly<Record<string, number>>;
  readonly quarantine: readonly QuarantineRow[];
  /** By path: the first value there, null when there is none. A number that a double cannot hold comes as its text. */
  readonly extracted: Readonly<Record<string, JsonValue>>;
  /** The greatest value of the incremental field among the accepted records, as sent; null when none has it. */
  readonly watermark: string | null;
  /** Same text = the same records in the same order: how a repeated page is known. Empty with an error. */
  readonly recordsFingerprint: string;
  /** Of the first page of a read only. */
  readonly fields: RecordFields;
  readonly parseMs: number;
  readonly validateMs: number;
  /** Remarks for the person, such as keys that are repeated inside one object. */
  readonly notes: readonly Sentence[];
  /** The path of the records leads nowhere, which is not the same as an empty list. */
  readonly isListMissing: boolean;
  readonly sample: PageSample | null;
  /** The page as a whole cannot be used; batch and quarantine are then empty. */
  readonly error: RunError | null;
}
