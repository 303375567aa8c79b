import type { Integration } from '../../../shared/integration.ts';
import type { JobDefinition, JobState } from '../../../shared/job.ts';
import type { Priority } from '../../../shared/priority.ts';
import type {
  Counts,
  HeldBack,
  Outcome,
  RunError,
  RunState,
  StepMs,
  Trigger,
} from '../../../shared/run.ts';
import type { Said } from '../../../shared/sentences.ts';
import type { JsonValue } from '../../../shared/values.ts';

/**
 * The store is changed by these operations only. A transaction is a list of them; the same bytes are journaled and
 * applied, so replaying the journal gives the same database: an operation carries every instant and id it needs and
 * never looks at a clock. Instants are epoch milliseconds.
 */

/** What the program knows of a job beside its definition. */
export interface JobRuntime {
  readonly state: JobState;
  /** The latest pause, also after it is over: instants in it that are not covered yet are told as paused. */
  readonly pausedAt: number | null;
  /** Its end, exclusive; null while nobody has said when. */
  readonly pausedUntil: number | null;
  readonly pauseReason: string | null;
  /** Which sentence the reason is; null where a person wrote it. */
  readonly pauseSays: Said | null;
  /** Every due instant up to here is covered by a row. Never moves back. */
  readonly coveredUntil: number;
  /** Since when the schedule has been in force: what lies before was never due. */
  readonly coveredSince: number;
  /** End of the last run, for fixed-delay schedules. */
  readonly lastEndAt: number | null;
  /** Start of the last succeeded run, for templates. */
  readonly lastSuccessAt: number | null;
  readonly failuresInRow: number;
  readonly configErrorsInRow: number;
}

/** One row of the table `runs`, except its counters and steps, which only `page.put` and `steps.put` move. */
export interface RunRow {
  readonly id: string;
  readonly jobId: string;
  readonly integrationId: string;
  readonly trigger: Trigger;
  readonly triggeredBy: string | null;
  readonly retryOf: string | null;
  readonly scheduledFor: number | null;
  readonly scheduledUntil: number | null;
  readonly occurrences: number;
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
  readonly durationMs: number | null;
  readonly state: RunState;
  readonly outcome: Outcome | null;
  readonly reason: string | null;
  readonly instance: number;
  readonly instances: number;
  readonly attempt: number;
  readonly nextRetryAt: number | null;
  readonly worker: string | null;
  readonly priority: Priority;
  readonly input: { readonly [key: string]: JsonValue };
  readonly result: string | null;
  readonly error: RunError | null;
  readonly cpuMs: number;
  readonly peakBytes: number;
  /** Start no earlier than this (delayed and dated starts), else null. */
  readonly notBefore: number | null;
  /** Ignore the watermark once. */
  readonly full: boolean;
  /** What it does not see is gone, however much it is; absent = no. */
  readonly allowVanished?: boolean;
  /** Times that the program died while this run was running. */
  readonly crashes: number;
  /** Attempts that do not count against `maxAttempts`: ended by a crash or by the program's own stop. */
  readonly uncounted: number;
}

export type RunPatch = Partial<Omit<RunRow, 'id' | 'jobId' | 'integrationId' | 'createdAt'>>;

/** Counts that the validator knows; the store adds what only it can tell (new, changed, unchanged, vanished). */
export type PageCounts = Omit<Counts, 'new' | 'changed' | 'unchanged' | 'vanished'>;

export interface QuarantineRow {
  readonly reason: 'schema' | 'key' | 'size' | 'encoding';
  readonly rule: string;
  readonly field: string;
  /** JSON text of the offending value; null when there is none. */
  readonly value: string | null;
  /** JSON text of the refused record, with the digits as sent. */
  readonly raw: string;
  /** Hash of the canonical record: 16 bytes as hex. */
  readonly hash: string;
}

/** Kept per page of the last complete read, to ask the page conditionally next time. */
export interface PageValidator {
  readonly page: number;
  readonly url: string;
  readonly etag: string | null;
  readonly lastModified: string | null;
  readonly bodyHash: string;
  /** Where the next page was, as the pagination gave it; null at the end. */
  readonly next: JsonValue;
  readonly records: number;
  readonly invalid: number;
}

export interface PageOp {
  readonly kind: 'page.put';
  readonly runId: string;
  readonly integrationId: string;
  readonly attempt: number;
  readonly at: number;
  readonly page: number;
  readonly url: string;
  readonly status: number | null;
  readonly startMs: number;
  readonly stepMs: StepMs;
  readonly notModified: boolean;
  readonly counts: PageCounts;
  readonly errorsByField: Readonly<Record<string, number>>;
  /** Packed records (see record-batch.ts); null when the page brought none. */
  readonly batch: Uint8Array | null;
  readonly quarantine: readonly QuarantineRow[];
  /** Where a retry of this run goes on; null = after the last page; absent = as before (the page failed). */
  readonly position?: JsonValue;
  readonly validator: PageValidator | null;
  /** Its records wait in the staging area of the run until `staging.promote`; they are dropped when the run ends without. */
  readonly staged?: boolean;
  /** Its run has siblings, but none of them will ask what it saw: nothing of their read is marked as vanished. */
  readonly alone?: boolean;
}

/**
 * When more than this share of the records are missing, none is marked: an API that renames its list or answers it empty
 * looks as if everything were gone.
 */
export interface VanishLimit {
  readonly percent: number;
  readonly why: HeldBack['why'];
}

export type Op =
  | { readonly kind: 'integration.put'; readonly integration: Integration }
  | { readonly kind: 'integration.delete'; readonly id: string; readonly data: 'keep' | 'delete' }
  | { readonly kind: 'job.put'; readonly job: JobDefinition; readonly runtime: JobRuntime }
  | { readonly kind: 'job.runtime'; readonly id: string; readonly patch: Partial<JobRuntime> }
  | { readonly kind: 'job.delete'; readonly id: string }
  /** Refuses the whole transaction with a conflict when (job, instant, instance) exists already. */
  | { readonly kind: 'run.insert'; readonly run: RunRow }
  | { readonly kind: 'run.patch'; readonly id: string; readonly patch: RunPatch }
  /** Makes a row that stands for several instants stand for more. */
  | {
      readonly kind: 'run.extend';
      readonly id: string;
      readonly scheduledUntil: number;
      readonly addOccurrences: number;
    }
  | {
      readonly kind: 'attempt.put';
      readonly runId: string;
      readonly number: number;
      readonly startedAt: number;
      readonly finishedAt: number | null;
      readonly outcome: Outcome | null;
      readonly error: RunError | null;
    }
  | PageOp
  /**
   * What is known of a page only after it was stored: merged into the page's steps and added to the run's. Sent
   * together with other pages' a little later, so that a run is not held up for its own measurements.
   */
  | {
      readonly kind: 'steps.put';
      readonly runId: string;
      readonly attempt: number;
      readonly page: number;
      readonly stepMs: StepMs;
    }
  /** The read was good enough: the staged pages of the run become records. Nothing happens when there are none. */
  | { readonly kind: 'staging.promote'; readonly runId: string }
  /**
   * Ends a complete read: page validators become those of the integration, records not seen are marked when asked,
   * the watermark of the job moves.
   */
  | {
      readonly kind: 'read.complete';
      readonly runIds: readonly string[];
      readonly jobId: string;
      readonly integrationId: string;
      readonly at: number;
      readonly markVanished: boolean;
      /** Absent = any number may vanish. */
      readonly vanishLimit?: VanishLimit;
      readonly keepValidators: boolean;
      readonly watermark: string | null;
    }
  | { readonly kind: 'watermark.put'; readonly jobId: string; readonly value: string | null }
  | { readonly kind: 'validators.drop'; readonly integrationId: string }
  | { readonly kind: 'setting.put'; readonly name: string; readonly value: JsonValue }
  | {
      readonly kind: 'secret.put';
      readonly name: string;
      readonly origin: string;
      readonly sealed: Uint8Array;
      readonly at: number;
    }
  | { readonly kind: 'secret.delete'; readonly name: string }
  | {
      readonly kind: 'idempotency.put';
      readonly key: string;
      readonly jobId: string;
      readonly bodyHash: string;
      readonly runIds: readonly string[];
      readonly expiresAt: number;
    }
  | { readonly kind: 'dead-letter.dismiss'; readonly runId: string }
  | { readonly kind: 'quarantine.delete'; readonly ids: readonly string[] }
  /**
   * Refused records of one run, held against today's rules: the accepted ones become records of that run and leave the
   * quarantine, of the others the reason is today's. A record that has changed since `seenAt` is left as it is.
   */
  | {
      readonly kind: 'quarantine.replay';
      readonly integrationId: string;
      readonly runId: string;
      readonly at: number;
      /** When the refused records were last sent by the API. */
      readonly seenAt: number;
      readonly acceptedIds: readonly string[];
      /** Packed records (see record-batch.ts); null when none was accepted. */
      readonly batch: Uint8Array | null;
      readonly stillInvalid: readonly QuarantineRow[];
    }
  /** One slice of tidying; `more` in the answer says whether another slice is needed. */
  | {
      readonly kind: 'retention.slice';
      readonly now: number;
      readonly runsBefore: number;
      readonly runsPerJob: number;
      readonly runDetailsPerJob: number;
      readonly versionsPerRecord: number;
      readonly recordsBefore: number | null;
      readonly quarantineBefore: number;
      readonly maxRows: number;
    }
  /** One slice of making room before its time: the oldest unremarkable runs, then the other runs, then refused records. */
  | { readonly kind: 'history.trim'; readonly maxRows: number }
  /** One slice of keeping fewer versions of the records behind `afterRecord`; `next` in the answer says where to go on. */
  | {
      readonly kind: 'versions.trim';
      readonly afterRecord: number;
      readonly versionsPerRecord: number;
      readonly maxRecords: number;
    }
  /**
   * One slice of forgetting the ids of trimmed runs that no record and no version names any more, behind the number
   * `afterRun`; `next` in the answer says where to go on.
   */
  | { readonly kind: 'run-names.trim'; readonly afterRun: number; readonly maxRuns: number };

export type OpKind = Op['kind'];

/** What the store found out while it applied an operation. */
export interface OpResults {
  'page.put': {
    readonly new: number;
    readonly changed: number;
    readonly unchanged: number;
    /** In the page and across the pages of the run. */
    readonly duplicates: number;
    readonly deduplicateMs: number;
    readonly persistMs: number;
    /** How often records of the integration were written so far. */
    readonly writes: number;
  };
  /** Sums of all staged pages; `duplicates` are those across the pages. */
  'staging.promote': {
    readonly new: number;
    readonly changed: number;
    readonly unchanged: number;
    readonly duplicates: number;
  };
  'read.complete': {
    readonly vanished: number;
    readonly heldBack: HeldBack | null;
    readonly writes: number;
  };
  /** `records`: how many of what was removed. */
  'retention.slice': { readonly removed: number; readonly records: number; readonly more: boolean };
  'history.trim': { readonly removed: number; readonly more: boolean };
  'versions.trim': { readonly removed: number; readonly next: number | null };
  'run-names.trim': { readonly removed: number; readonly next: number | null };
  'quarantine.delete': { readonly deleted: number };
  'quarantine.replay': { readonly new: number; readonly changed: number };
}

export type OpResult<K extends OpKind> = K extends keyof OpResults ? OpResults[K] : null;
export type ResultsOf<T extends readonly Op[]> = {
  readonly [I in keyof T]: OpResult<T[I]['kind']>;
};
