import type { Problem } from '../../../shared/errors.ts';
import type { Integration } from '../../../shared/integration.ts';
import type { RunError, WaitReason } from '../../../shared/run.ts';
import type { Sentence } from '../../../shared/sentences.ts';
import type { TestResult } from '../../../shared/test-result.ts';
import type { JsonValue } from '../../../shared/values.ts';
import type { PageOp, PageValidator } from '../store/ops.ts';
import type { Answer, Question } from './questions.ts';

/**
 * What the main thread and the network thread say to each other. Messages travel as arrays, one post for everything
 * that a turn of the loop produced; record data travels as transferred buffers.
 *
 *     main    plan, secrets                  the declared API, its secrets
 *     main    start -------------------->    reads page after page
 *     main    <------ waiting / going        it waits for an origin, a backoff or the network
 *     main    <------------------- page      at most PAGE_WINDOW pages ahead of what is stored
 *     main    stored ------------------->    credit for another page
 *     main    <-------- page with end, end   how the attempt ended
 */

/** Pages that may be read ahead of what the store has acknowledged. */
export const PAGE_WINDOW = 4;

/** A heartbeat of each thread, from the thread that does the work. */
export const HEARTBEAT_MS = 10_000;

/** What templates may use; instants are ISO 8601, null renders empty. */
export interface TemplateContext {
  readonly now: string;
  readonly scheduledFor: string | null;
  readonly lastSuccess: string | null;
  readonly instance: number;
  readonly instances: number;
  readonly job: { readonly id: string; readonly name: string };
  readonly context: {
    readonly marketplace: string | null;
    readonly category: string | null;
    readonly region: string | null;
  };
  readonly input: { readonly [key: string]: JsonValue };
}

export interface AttemptRequest {
  /** Chosen by the main thread, unique while the process lives. */
  readonly attemptId: number;
  readonly planId: number;
  readonly runId: string;
  readonly attempt: number;
  readonly timeoutMs: number;
  readonly template: TemplateContext;
  readonly splitPages: boolean;
  /** Where an earlier attempt of this run stood; undefined = from the start. */
  readonly resumeFrom: JsonValue | undefined;
  /** Number of pages that earlier attempts stored. */
  readonly pagesStored: number;
  readonly watermark: string | null;
  readonly validators: readonly PageValidator[];
  /** The job's `when`: a Liquid condition; if it is false nothing is sent. */
  readonly condition: string | null;
}

/** One page, read and validated; what main adds to it becomes the store's `page.put`. */
export type PageResult = Omit<PageOp, 'kind' | 'runId' | 'integrationId' | 'attempt' | 'at'> & {
  /** Pages that the API says there are in all; null when it does not say. */
  readonly totalPages: number | null;
};

export type AttemptEnd =
  /** `complete`: everything was read; `watermark` moves with it. */
  | {
      readonly kind: 'complete';
      readonly watermark: string | null;
      /** With `records: null`: the first 64 KiB of the body, masked. */
      readonly result: string | null;
      /** Nothing to keep was sent: 204, 205 or 304. */
      readonly noData: boolean;
      /** The path of the records led nowhere in the first answer, which is not an empty list. */
      readonly isListMissing?: boolean;
    }
  /** The read was ended by `maxPages`, a repeated page or a repeated cursor. */
  | { readonly kind: 'partial'; readonly reason: string }
  /** `page`: the request that failed, when one was made; it has no position, so the run stays where it was. */
  | { readonly kind: 'failed'; readonly error: RunError; readonly page: PageResult | null }
  | { readonly kind: 'condition-false' }
  /** After `cancel`; `timed-out` also by the thread's own deadline. */
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'timed-out'; readonly error: RunError; readonly page: PageResult | null };

export interface Secret {
  readonly name: string;
  readonly origin: string;
  /** null: locked, it cannot be opened on this machine. */
  readonly value: string | null;
}

export interface TestRequest {
  readonly testId: number;
  readonly integration: Integration;
  readonly maxPages: number;
  readonly template: TemplateContext;
}

export type ToNetwork =
  | { readonly type: 'plan'; readonly planId: number; readonly integration: Integration }
  | { readonly type: 'forget'; readonly planId: number }
  | { readonly type: 'secrets'; readonly secrets: readonly Secret[] }
  /** Addresses that no API may lie at: our own server. */
  | { readonly type: 'own-ports'; readonly ports: readonly number[] }
  | { readonly type: 'start'; readonly request: AttemptRequest }
  | { readonly type: 'stored'; readonly attemptId: number }
  | { readonly type: 'cancel'; readonly attemptId: number; readonly why: 'cancelled' | 'stopping' }
  | { readonly type: 'test'; readonly request: TestRequest }
  /** Everything about an integration (and a job's `when`) that needs the compilers to be judged when it is saved. */
  | {
      readonly type: 'check';
      readonly checkId: number;
      readonly integration: Integration | null;
      readonly condition: string | null;
    }
  | { readonly type: 'ask'; readonly askId: number; readonly question: Question }
  /** The machine woke up or its network changed: whoever waits for the network looks now. */
  | { readonly type: 'look' }
  | { readonly type: 'stop' };

export interface ComputeVitals {
  /** Threads of the compute pool at work. */
  readonly running: number;
  /** Tasks that wait for one. */
  readonly waiting: number;
  /** Epoch ms of the last word of one of them; null before the first. */
  readonly heardAt: number | null;
}

export type FromNetwork =
  | {
      readonly type: 'waiting';
      readonly attemptId: number;
      readonly reason: WaitReason;
      /** Expected end of the wait, epoch ms, when known. */
      readonly until: number | null;
      /** What is known of the cause, as a sentence for the person. */
      readonly why: Sentence | null;
    }
  | { readonly type: 'going'; readonly attemptId: number }
  | {
      readonly type: 'page';
      readonly attemptId: number;
      readonly page: PageResult;
      /** Present on the last page. */
      readonly end: AttemptEnd | null;
      readonly cpuMs: number;
    }
  | {
      readonly type: 'end';
      readonly attemptId: number;
      readonly end: AttemptEnd;
      readonly cpuMs: number;
    }
  | { readonly type: 'tested'; readonly testId: number; readonly result: TestResult }
  | {
      readonly type: 'checked';
      readonly checkId: number;
      readonly problems: readonly CheckProblem[];
    }
  | { readonly type: 'answer'; readonly askId: number; readonly answer: Answer }
  | {
      readonly type: 'heartbeat';
      readonly attemptIds: readonly number[];
      readonly compute: ComputeVitals;
    }
  /** There is no network at all, or there is one again. */
  | { readonly type: 'online'; readonly online: boolean }
  /** Something to be written to `app.log`: a circuit opened, an origin told us to slow down. */
  | {
      readonly type: 'notice';
      readonly level: 'info' | 'warn' | 'error';
      readonly message: string;
      readonly fields: { readonly [key: string]: JsonValue };
    };

/** `unknown-reference`: a secret that does not exist or is bound to another origin (422 instead of 400). */
export interface CheckProblem extends Problem {
  readonly code: 'validation' | 'unknown-reference';
}

/** Where the built files of the threads are. */
export interface ThreadFiles {
  readonly store: URL;
  readonly network: URL;
  readonly compute: URL;
}
