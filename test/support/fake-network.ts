import type { RunError } from '../../src/shared/run.ts';
import type {
  AttemptEnd,
  AttemptRequest,
  FromNetwork,
  PageResult,
  ToNetwork,
} from '../../src/main/engine/pool/protocol.ts';

/**
 * The network thread as main sees it: it notes what it is asked to do, and a test says what comes of it. What is
 * cancelled answers by itself, a turn later, unless the thread is `deaf`.
 */
export class FakeNetwork {
  readonly posted: ToNetwork[] = [];
  /** Attempts that have not come to their end, oldest first. */
  readonly open = new Map<number, AttemptRequest>();
  /** Every attempt that was asked for. */
  readonly started: AttemptRequest[] = [];
  deaf = false;
  #onMessage: (message: FromNetwork) => void = () => undefined;

  connect(onMessage: (message: FromNetwork) => void): void {
    this.#onMessage = onMessage;
  }

  post(message: ToNetwork): void {
    this.posted.push(message);
    if (message.type === 'start') {
      this.started.push(message.request);
      this.open.set(message.request.attemptId, message.request);
    }
    if (message.type === 'cancel' && !this.deaf)
      queueMicrotask(() => this.#stop(message.attemptId));
  }

  /** The attempt of that run, or the oldest that is open. */
  attempt(runId?: string): AttemptRequest {
    for (const request of this.open.values())
      if (runId === undefined || request.runId === runId) return request;
    throw new Error(`No attempt of ${runId ?? 'any run'} is open.`);
  }

  /** Pages that main has given credit for. */
  credit(): number {
    return this.posted.filter(({ type }) => type === 'stored').length;
  }

  page(page: Partial<PageResult> = {}, { attemptId } = this.attempt()): void {
    this.#onMessage({ type: 'page', attemptId, page: samplePage(page), end: null, cpuMs: 1 });
  }

  /** The last page, with which the read is complete. */
  succeed(
    request = this.attempt(),
    page: Partial<PageResult> = {},
    watermark: string | null = null,
  ): void {
    const end = { kind: 'complete', watermark, result: null, noData: false } as const;
    this.#last(request, samplePage({ position: null, ...page }), end);
  }

  fail(request = this.attempt(), error: Partial<RunError> = {}): void {
    this.end({ kind: 'failed', error: { ...TRANSIENT, ...error }, page: null }, request);
  }

  end(end: AttemptEnd, request = this.attempt()): void {
    this.open.delete(request.attemptId);
    this.#onMessage({ type: 'end', attemptId: request.attemptId, end, cpuMs: 1 });
  }

  waiting(reason: 'origin' | 'backoff' | 'network', { attemptId } = this.attempt()): void {
    this.#onMessage({ type: 'waiting', attemptId, reason, until: null, why: null });
  }

  going({ attemptId } = this.attempt()): void {
    this.#onMessage({ type: 'going', attemptId });
  }

  #stop(attemptId: number): void {
    const request = this.open.get(attemptId);
    if (request) this.end({ kind: 'cancelled' }, request);
  }

  #last({ attemptId }: AttemptRequest, page: PageResult, end: AttemptEnd): void {
    this.open.delete(attemptId);
    this.#onMessage({ type: 'page', attemptId, page, end, cpuMs: 1 });
  }
}

export const TRANSIENT: RunError = {
  code: 'http-status',
  kind: 'transient',
  message: 'The API answered 503.',
  status: 503,
};

/** A page with one valid record. */
export function samplePage(different: Partial<PageResult> = {}): PageResult {
  return {
    page: 1,
    url: 'https://api.example.com/items',
    status: 200,
    startMs: 0,
    stepMs: { request: 5 },
    notModified: false,
    counts: {
      requests: 1,
      notModified: 0,
      bytes: 100,
      received: 1,
      valid: 1,
      invalid: 0,
      warnings: 0,
      duplicates: 0,
    },
    errorsByField: {},
    batch: null,
    quarantine: [],
    position: { page: 2 },
    validator: null,
    totalPages: null,
    ...different,
  };
}
