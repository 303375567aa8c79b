import type { Integration } from '../../../shared/integration.ts';
import type { JobDefinition } from '../../../shared/job.ts';
import type {
  Change,
  DataRecord,
  QuarantineCount,
  QuarantineItem,
  RecordVersion,
} from '../../../shared/record.ts';
import type {
  Counts,
  HeldBack,
  Outcome,
  Run,
  RunDetail,
  RunState,
  StepMs,
  Trigger,
} from '../../../shared/run.ts';
import { ToldError, type Said, type Told } from '../../../shared/sentences.ts';
import type { Failure } from '../../../shared/status.ts';
import type { JsonValue, Page } from '../../../shared/values.ts';
import type { JobRuntime, Op, PageValidator, ResultsOf, RunRow } from './ops.ts';

/**
 * The port behind which everything durable lives. The embedded implementation keeps a sql.js database on a thread of
 * its own (`store-client.ts`); a server database can stand here later.
 *
 * `commit` resolves only when the transaction is on disk. When it rejects, nothing of the transaction is stored:
 * a `StoreConflict` means that an occurrence or an id exists already, a `StoreUnavailable` that the store cannot
 * write now (degraded, read-only, restarting, closed).
 * `query` never shows what is not yet on disk.
 */
export interface Store {
  commit<const T extends readonly Op[]>(ops: T): Promise<ResultsOf<T>>;
  query<N extends QueryName>(name: N, params: QueryParams<N>): Promise<QueryResult<N>>;
  readonly health: StoreHealth;
  readonly figures: StoreFigures;
  onHealth(listener: (health: StoreHealth) => void): () => void;
  checkpoint(): Promise<CheckpointReport>;
  /** What is stored, how large it is, and what there is to fall back on. */
  storage(): Promise<StorageReport>;
  /** Rewrites the whole database without its free pages, then writes a snapshot; queries wait meanwhile. */
  compact(): Promise<CheckpointReport>;
  /** Writes a verified copy of everything into the home's `backups/`; of the automatic ones the newest are kept. */
  backup(reason: BackupReason): Promise<StoredBackup>;
  /**
   * Makes everything what a backup holds, after a backup of what there is. Whoever remembers anything of the store
   * must read it again. Rejects, with nothing changed, when the backup is missing or damaged.
   */
  restore(backup: string): Promise<void>;
  /**
   * Ends the state `read-only` as the person chose; copies of the damaged files are kept in the home. Whoever
   * remembers anything of the store must read it again.
   */
  recover(choice: RecoverChoice): Promise<void>;
  /** Writes the address of the local server into the home's LOCK file, for those who look for a running engine. */
  announce(url: string | null): Promise<void>;
  /** Stops taking work, syncs, writes a last checkpoint within `deadlineMs`, releases the home. Twice is harmless. */
  close(deadlineMs: number): Promise<void>;
}

export interface StoreHealth {
  readonly state: 'ok' | 'degraded' | 'read-only';
  /** What happened and what the person can do; null when all is well. */
  readonly reason: string | null;
  readonly says?: Said | undefined;
}

/** Why it is not well, told. */
export function healthFor(state: 'degraded' | 'read-only', why: Told): StoreHealth {
  return { state, reason: why.message, says: why.says };
}

export interface StoreFigures {
  readonly lsn: number;
  readonly journalBytes: number;
  readonly snapshotBytes: number;
  readonly databaseBytes: number;
  /** Of `databaseBytes`: free pages that the next rows take, or that are given back. */
  readonly freeBytes: number;
  readonly records: number;
  readonly runs: number;
}

export interface CheckpointReport {
  readonly lsn: number;
  readonly snapshotBytes: number;
  readonly durationMs: number;
}

export type BackupReason = 'daily' | 'manual' | 'before-restore' | 'before-migration';

export interface StoredBackup {
  /** File name in `backups/`. */
  readonly name: string;
  readonly reason: BackupReason;
  readonly at: number;
  readonly bytes: number;
}

export type RecoverChoice =
  /** Go on with what can be read now. */
  | { readonly kind: 'prefix' }
  | { readonly kind: 'previous-generation' }
  | { readonly kind: 'backup'; readonly backup: string };

export interface StorageReport {
  readonly home: string;
  readonly figures: StoreFigures;
  readonly integrations: readonly {
    readonly integrationId: string;
    readonly records: number;
    readonly quarantined: number;
    /** Records with their versions and indexes; estimated from a sample. */
    readonly bytes: number;
  }[];
  /** Newest first. */
  readonly generations: readonly {
    readonly lsn: number;
    readonly bytes: number;
    readonly at: number;
  }[];
  readonly backups: readonly StoredBackup[];
}

export class StoreConflict extends ToldError {
  override readonly name = 'StoreConflict';
}

export class StoreUnavailable extends ToldError {
  override readonly name = 'StoreUnavailable';
}

interface ListParams {
  readonly limit: number;
  /** Opaque; as `nextCursor` gave it. A cursor that was not made here: `PontualError('validation')`. */
  readonly cursor?: string | undefined;
}

export interface StoredJob {
  readonly job: JobDefinition;
  readonly runtime: JobRuntime;
  readonly watermark: string | null;
  readonly lastRun: Pick<
    Run,
    'id' | 'outcome' | 'reason' | 'startedAt' | 'finishedAt' | 'durationMs'
  > | null;
  /** The latest row that stands for skipped instants and may be extended, if it is the job's last row. */
  readonly openSpan: {
    readonly runId: string;
    readonly reason: string;
    readonly until: number;
  } | null;
}

/** As it is read: taken apart by whoever asked, so that nobody copies it piece by piece between threads. */
export type StoredJobText = Omit<StoredJob, 'job'> & {
  /** JSON text of `job`. */
  readonly definition: string;
};

export interface StoredSecret {
  readonly name: string;
  readonly origin: string;
  readonly sealed: Uint8Array;
  readonly updatedAt: number;
}

/** What the latest succeeded runs of a job brought, oldest first. */
export interface PastRuns {
  readonly received: readonly number[];
  readonly pages: readonly number[];
  readonly durationsMs: readonly number[];
  /** End of the last run that brought new or changed records; null when none is known. */
  readonly lastNewAt: number | null;
  /** Succeeded runs since then; where none is known, all that are. */
  readonly runsSinceNew: number;
  /** Of the last of them. */
  readonly heldBack: HeldBack | null;
}

export interface RefusedRecord {
  readonly id: string;
  readonly runId: string;
  readonly reason: QuarantineItem['reason'];
  /** JSON text, digits as sent. */
  readonly raw: string;
  readonly lastSeenAt: number;
}

export interface RunFilter {
  readonly jobId?: string | undefined;
  readonly integrationId?: string | undefined;
  readonly state?: RunState | undefined;
  readonly outcome?: Outcome | undefined;
  readonly trigger?: Trigger | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly q?: string | undefined;
}

/** Named reads: parameters and result. Lists are keyset-paged. */
export interface Queries {
  'integrations.all': { params: null; result: readonly Integration[] };
  /** The jobs whose ids follow `after`, in the order of their ids; null: from the first. */
  'jobs.page': {
    params: { readonly after: string | null; readonly limit: number };
    result: readonly StoredJobText[];
  };
  'settings.all': { params: null; result: Readonly<Record<string, JsonValue>> };
  'secrets.all': { params: null; result: readonly StoredSecret[] };
  /** Runs that were not finished when the program ended, oldest first, with where their reading stood. */
  'runs.unfinished': {
    params: null;
    result: readonly {
      readonly run: RunRow;
      readonly position: JsonValue | undefined;
      readonly pagesStored: number;
      readonly counts: Counts;
      readonly stepMs: StepMs;
      readonly errorsByField: Readonly<Record<string, number>>;
    }[];
  };
  'runs.list': { params: RunFilter & ListParams; result: Page<Run> };
  'runs.get': { params: { readonly id: string }; result: RunDetail | null };
  /** The stored row, for retries and re-runs. */
  'runs.row': { params: { readonly id: string }; result: RunRow | null };
  'runs.heartbeats': {
    params: { readonly jobIds: readonly string[]; readonly perJob: number };
    result: readonly {
      readonly jobId: string;
      /** Oldest first; rows that stand for skipped instants are not among them. */
      readonly runs: readonly {
        readonly runId: string;
        readonly outcome: Outcome | null;
        readonly at: string;
        readonly durationMs: number | null;
      }[];
    }[];
  };
  'runs.failures': {
    params: { readonly since: number; readonly limit: number };
    result: { readonly count: number; readonly latest: readonly Failure[] };
  };
  /** What became of runs, in whole hours of their creation; runs that were trimmed count as those that were not. */
  'stats.hourly': {
    params: {
      readonly jobId?: string | undefined;
      /** Epoch ms, down to the hour. */
      readonly from: number;
      /** Exclusive, up to the hour. */
      readonly to: number;
      readonly by: 'job' | 'hour';
    };
    result: readonly {
      /** null when summed by hour. */
      readonly jobId: string | null;
      /** Epoch ms of its beginning; null when summed by job. */
      readonly hour: number | null;
      readonly outcome: Outcome;
      /** Rows that stand for several instants count as many. */
      readonly runs: number;
      readonly durationMs: number;
      readonly maxDurationMs: number;
      readonly received: number;
      readonly new: number;
      readonly changed: number;
      readonly invalid: number;
      readonly bytes: number;
    }[];
  };
  /** One result a job, in their order, of at most `limit` succeeded runs. */
  'runs.past': {
    params: {
      readonly jobIds: readonly string[];
      readonly limit: number;
      /** The past as this run saw it: those that were made before it, and itself as the last. */
      readonly upTo?: string;
    };
    result: readonly PastRuns[];
  };
  /** Whether every one of `jobIds` has succeeded since the last run of `jobId`, and since `since`. */
  'runs.have-succeeded': {
    params: { readonly jobId: string; readonly since: number; readonly jobIds: readonly string[] };
    result: boolean;
  };
  'dead-letters.list': { params: ListParams; result: Page<Run> };
  /** Where the reading of an unfinished run stands: undefined = nothing stored yet, null = after the last page. */
  'runs.position': { params: { readonly id: string }; result: JsonValue | undefined };
  'validators.get': {
    params: { readonly integrationId: string; readonly jobId: string };
    result: readonly PageValidator[];
  };
  'records.list': {
    params: ListParams & {
      readonly integrationId?: string | undefined;
      readonly change?: Change | undefined;
      readonly runId?: string | undefined;
      readonly writtenBy?: string | undefined;
      readonly q?: string | undefined;
    };
    result: Page<DataRecord>;
  };
  'records.get': {
    params: { readonly integrationId: string; readonly key: string };
    result: DataRecord | null;
  };
  'records.versions': {
    params: ListParams & { readonly integrationId: string; readonly key: string };
    result: Page<RecordVersion>;
  };
  'quarantine.list': {
    params: ListParams & {
      readonly integrationId?: string | undefined;
      readonly runId?: string | undefined;
      readonly field?: string | undefined;
    };
    result: Page<QuarantineItem>;
  };
  /** Refused records as they came, in the order of their ids, for a replay; at most `maxBytes` of them and 500. */
  'quarantine.raw': {
    params: {
      readonly integrationId: string;
      /** null = all. */
      readonly ids: readonly string[] | null;
      readonly afterId: string | null;
      readonly maxBytes: number;
    };
    result: readonly RefusedRecord[];
  };
  'quarantine.fields': {
    params: { readonly integrationId?: string | undefined; readonly runId?: string | undefined };
    result: readonly QuarantineCount[];
  };
  'idempotency.get': {
    params: { readonly key: string; readonly now: number };
    result: {
      readonly jobId: string;
      readonly bodyHash: string;
      readonly runIds: readonly string[];
    } | null;
  };
}

export type QueryName = keyof Queries;
export type QueryParams<N extends QueryName> = Queries[N]['params'];
export type QueryResult<N extends QueryName> = Queries[N]['result'];
