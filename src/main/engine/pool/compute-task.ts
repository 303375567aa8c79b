import type { ImportRequest } from '../importers/import-integration.ts';
import type { PageRequest, ProcessedPage } from '../validator/page-types.ts';
import type { ReplayRequest, ReplayResult } from '../validator/replay.ts';
import type { SuggestRequest, SuggestResult } from '../validator/suggest/suggest.ts';
import type { ImportAnswer } from './questions.ts';

/** Work for the compute pool: pure functions of what is posted, so a task can be killed and done again. */
export interface ComputeTasks {
  readonly page: { readonly request: PageRequest; readonly result: ProcessedPage };
  readonly replay: { readonly request: ReplayRequest; readonly result: ReplayResult };
  readonly import: { readonly request: ImportRequest; readonly result: ImportAnswer };
  readonly suggest: { readonly request: SuggestRequest; readonly result: SuggestResult };
}

export type ComputeKind = keyof ComputeTasks;

export type ComputeTask = {
  readonly [K in ComputeKind]: { readonly kind: K; readonly request: ComputeTasks[K]['request'] };
}[ComputeKind];

export type ComputeOutcome<T> =
  | { readonly kind: 'done'; readonly result: T }
  /** The task itself threw: a bug, not a property of the thread it ran on. */
  | { readonly kind: 'threw'; readonly message: string }
  /** It ran longer than it may; its thread was stopped. */
  | { readonly kind: 'timed-out' }
  /** Its thread ended under it, twice or for want of memory. */
  | { readonly kind: 'died'; readonly outOfMemory: boolean; readonly message: string };

export interface ComputeOptions {
  /** Counted from the moment a thread takes the task. */
  readonly timeLimitMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** What the stages see of the pool. Rejects only with the signal's reason or when the pool is closed. */
export interface Compute {
  run<K extends ComputeKind>(
    kind: K,
    request: ComputeTasks[K]['request'],
    options: ComputeOptions,
  ): Promise<ComputeOutcome<ComputeTasks[K]['result']>>;
}
