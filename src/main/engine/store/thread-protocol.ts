import type { Problem } from '../../../shared/errors.ts';
import type { Said, Sentence, Told } from '../../../shared/sentences.ts';
import type { ExactParts } from '../exact-data.ts';
import type { AnyResult } from './apply/applier.ts';
import type { ImageBytes } from './database/paged-file.ts';
import type { SnapshotFacts } from './home/snapshot.ts';
import type {
  BackupReason,
  CheckpointReport,
  QueryName,
  RecoverChoice,
  StoreFigures,
  StoreHealth,
} from './store.ts';
import type { EncodedTransaction } from './transaction.ts';

/** One transaction on its way: `seq` counts up by one for each of a client's. */
export interface Submission extends EncodedTransaction {
  readonly seq: number;
}

export type RefusalKind = 'conflict' | 'unavailable' | 'failed';

/** What became of a transaction. Without results each operation's is null. */
export type Settlement =
  | { readonly seq: number; readonly results: readonly AnyResult[] | null }
  | ({ readonly seq: number; readonly refusal: RefusalKind } & Told);

export type ToStore =
  /** `texts` are joined by newlines, which JSON never holds; `blobCounts` says how many of `blobs` each has. */
  | {
      readonly type: 'commit';
      readonly firstSeq: number;
      readonly texts: string;
      readonly blobCounts: readonly number[] | null;
      readonly blobs: readonly Uint8Array[];
    }
  | {
      readonly type: 'query';
      readonly id: number;
      readonly name: QueryName;
      readonly params: unknown;
    }
  | { readonly type: 'do'; readonly id: number; readonly task: StoreTask }
  | { readonly type: 'close'; readonly id: number; readonly deadlineMs: number };

/** What is neither a transaction nor a query. */
export type StoreTask =
  | { readonly kind: 'checkpoint' }
  | { readonly kind: 'compact' }
  | { readonly kind: 'storage' }
  | { readonly kind: 'backup'; readonly reason: BackupReason }
  | { readonly kind: 'restore'; readonly backup: string }
  | { readonly kind: 'recover'; readonly choice: RecoverChoice };

export type FromStore =
  | {
      readonly type: 'opened';
      readonly health: StoreHealth;
      readonly figures: StoreFigures;
      readonly notes: readonly Sentence[];
      /** What became of the transactions that a thread before this one left unanswered. */
      readonly settled: readonly Settlement[];
    }
  | { readonly type: 'refused'; readonly error: ErrorText }
  | { readonly type: 'settled'; readonly settled: readonly Settlement[] }
  | {
      readonly type: 'answer';
      readonly id: number;
      readonly result: unknown;
      /** Stored JSON of parts of the result whose numbers are longer than a double. */
      readonly exact: ExactParts;
    }
  | { readonly type: 'failed'; readonly id: number; readonly error: ErrorText }
  | { readonly type: 'health'; readonly health: StoreHealth }
  | { readonly type: 'figures'; readonly figures: StoreFigures }
  | { readonly type: 'checkpointed'; readonly report: CheckpointReport }
  | { readonly type: 'note'; readonly level: 'info' | 'warn'; readonly message: string }
  | { readonly type: 'closed'; readonly id: number };

export interface ErrorText {
  readonly name: string;
  /** Of a `PontualError`. */
  readonly code: string | null;
  readonly message: string;
  readonly says?: Said | undefined;
  readonly details: readonly Problem[];
}

export interface StoreThreadData {
  readonly role: 'store';
  readonly home: string;
  /** Unique among the clients of a home. */
  readonly client: number;
  /** Transactions up to here were answered by the thread before this one. */
  readonly answeredSeq: number;
}

export interface WriterData {
  readonly role: 'write';
  readonly part: SnapshotPart;
  readonly home: string;
  readonly path: string;
  /** Its chunks are shared with the store's thread, not copied. */
  readonly image: ImageBytes;
  /** The database module, compiled. */
  readonly code: object;
  readonly lsn: number;
}

/** Writing the bytes and proving the file, looking at the database that they are, or one after the other. */
export type SnapshotPart = 'bytes' | 'content' | 'all';

/** What came of it. */
export type Written =
  | { readonly facts: SnapshotFacts | null }
  | { readonly message: string; readonly code: string | undefined };
