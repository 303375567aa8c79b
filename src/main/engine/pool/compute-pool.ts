import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Piscina } from 'piscina';
import { asError } from '../../../shared/errors.ts';
import type { Clock } from '../clock.ts';
import { hasOwnBuffer } from '../own-buffer.ts';
import type {
  Compute,
  ComputeKind,
  ComputeOptions,
  ComputeOutcome,
  ComputeTasks,
} from './compute-task.ts';

/**
 * Required, because to import a CommonJS package Node first compiles a WebAssembly module of its own, with nothing in
 * the thread's event loop meanwhile, and may then block the thread for ever (nodejs/node#54918).
 */
const piscina = createRequire(import.meta.url)('piscina') as { readonly Piscina: typeof Piscina };

/**
 * A thread that is ended while it requires an ES module takes the whole process with it: Node asserts that the module was
 * linked (`IsGraphAsync` or `InstantiateModule` in module_wrap.cc, seen in 20.20 and 24.21). Imported, it may be ended.
 */
const IMPORT_ONLY = '--no-experimental-require-module';

/**
 * Threads for what is big or may never end. No synchronous call can be stopped inside its own thread, so a task that
 * overruns is stopped by ending its thread; other tasks go on on theirs, and a new thread starts with the next task.
 *
 *     run -> wait for a free thread -> [limit starts] -> done
 *                                                     -> overran or cancelled: thread ended
 *                                                     -> thread died: done again once
 */
export class ComputePool implements Compute {
  readonly #clock: Clock;
  readonly #threads: Piscina;
  readonly #maxThreads: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  #heardAt: number | null = null;

  constructor(options: ComputePoolOptions) {
    const { file, clock, maxThreads, heapMb } = { ...DEFAULTS, ...options };
    this.#clock = clock;
    this.#maxThreads = maxThreads;
    this.#threads = new piscina.Piscina({
      filename: fileURLToPath(file),
      minThreads: 0,
      maxThreads,
      idleTimeout: IDLE_MS,
      execArgv: [IMPORT_ONLY],
      // Waiting on atomics, a thread would neither collect garbage nor notice that it is to end.
      atomics: 'disabled',
      resourceLimits: { maxOldGenerationSizeMb: heapMb, maxYoungGenerationSizeMb: YOUNG_MB },
    });
    // An idle thread that dies has no task to report it; the next task starts a new one.
    this.#threads.on('error', () => undefined);
  }

  /** Threads at work now. */
  get running(): number {
    return this.#running;
  }

  /** Tasks that wait for a thread. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** When a thread last had a task done, or died of it, epoch ms; null before the first. */
  get heardAt(): number | null {
    return this.#heardAt;
  }

  async run<K extends ComputeKind>(
    kind: K,
    request: ComputeTasks[K]['request'],
    options: ComputeOptions,
  ): Promise<ComputeOutcome<ComputeTasks[K]['result']>> {
    await this.#freeThread(options.signal);
    try {
      const { task, transfer } = prepared({ kind, request });
      const first = await this.#once<ComputeTasks[K]['result']>(task, transfer, options);
      if (first.kind !== 'died' || first.outOfMemory || transfer.length > 0) return first;
      return await this.#once<ComputeTasks[K]['result']>(task, transfer, options);
    } finally {
      this.#heardAt = this.#clock.now();
      this.#running--;
      this.#waiting.shift()?.();
    }
  }

  /** Ends all threads; tasks that run or wait are rejected. Twice is harmless. */
  async close(): Promise<void> {
    await this.#threads.destroy();
  }

  async #freeThread(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    if (this.#running >= this.#maxThreads) await this.#turn(signal);
    this.#running++;
  }

  #turn(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const go = () => {
        signal?.removeEventListener('abort', leave);
        resolve();
      };
      const leave = () => {
        this.#waiting.splice(this.#waiting.indexOf(go), 1);
        reject(asError(signal?.reason));
      };
      signal?.addEventListener('abort', leave, { once: true });
      this.#waiting.push(go);
    });
  }

  async #once<R>(
    task: unknown,
    transfer: readonly ArrayBuffer[],
    { timeLimitMs, signal }: ComputeOptions,
  ): Promise<ComputeOutcome<R>> {
    const stop = new AbortController();
    const overran = () => stop.abort(OVERRAN);
    const cancelled = () => stop.abort(signal?.reason);
    const timer = this.#clock.setTimer(timeLimitMs, overran);
    signal?.addEventListener('abort', cancelled, { once: true });
    try {
      signal?.throwIfAborted();
      return (await this.#threads.run(task, {
        signal: stop.signal,
        transferList: [...transfer],
      })) as ComputeOutcome<R>;
    } catch (thrown) {
      if (stop.signal.reason === OVERRAN) return { kind: 'timed-out' };
      if (signal?.aborted) throw asError(signal.reason);
      return death(asError(thrown));
    } finally {
      timer.cancel();
      signal?.removeEventListener('abort', cancelled);
    }
  }
}

export interface ComputePoolOptions {
  /** The built `compute-thread.js`. */
  readonly file: URL;
  readonly clock: Clock;
  /** Tasks at once. Two at least, so that one that hangs does not hold up all others. */
  readonly maxThreads?: number;
  /** Memory for the values of one thread, in MiB; beyond it the thread ends, not the process. */
  readonly heapMb?: number;
}

const DEFAULTS = {
  maxThreads: Math.min(4, Math.max(2, availableParallelism() - 1)),
  heapMb: 2048,
} satisfies Partial<ComputePoolOptions>;

/** Short-lived texts are most of the work; more room for them only makes the process larger. */
const YOUNG_MB = 4;
const IDLE_MS = 30_000;
const OVERRAN = Symbol('overran');

/** From here on a body is handed over instead of copied: it is then gone, and the task cannot be done again. */
const TRANSFER_BYTES = 4 * 1024 * 1024;

function prepared(task: { readonly kind: ComputeKind; readonly request: unknown }): {
  task: unknown;
  transfer: readonly ArrayBuffer[];
} {
  const { body } = task.request as { body?: unknown };
  if (!(body instanceof Uint8Array)) return { task, transfer: [] };
  // Posting a view posts all of the buffer behind it.
  const owned = hasOwnBuffer(body) ? body : body.slice();
  const isLarge = owned.byteLength >= TRANSFER_BYTES;
  return {
    task: { ...task, request: { ...(task.request as object), body: owned } },
    transfer: isLarge ? [owned.buffer] : [],
  };
}

function death(error: Error): ComputeOutcome<never> {
  const { code } = error as NodeJS.ErrnoException;
  return {
    kind: 'died',
    outOfMemory: code === 'ERR_WORKER_OUT_OF_MEMORY',
    message: error.message,
  };
}
