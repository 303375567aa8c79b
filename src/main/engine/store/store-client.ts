import { randomInt } from 'node:crypto';
import { PontualError, type ErrorCode } from '../../../shared/errors.ts';
import { part, type Said, say, toldBy, ToldError } from '../../../shared/sentences.ts';
import type { Clock, Timer } from '../clock.ts';
import { keepParts } from '../exact-data.ts';
import { TransitMap } from '../transit.ts';
import { lockHome, type OwnerLock } from './home/owner-lock.ts';
import { KnownValidators } from './known-validators.ts';
import type { Op, ResultsOf } from './ops.ts';
import { Outbox, type Pending } from './outbox.ts';
import {
  type BackupReason,
  type CheckpointReport,
  healthFor,
  type QueryName,
  type QueryParams,
  type QueryResult,
  type RecoverChoice,
  type StorageReport,
  type Store,
  StoreConflict,
  type StoredBackup,
  type StoreFigures,
  type StoreHealth,
  StoreUnavailable,
} from './store.ts';
import { StoreThread } from './store-thread-handle.ts';
import type { ErrorText, FromStore, Settlement, StoreTask, ToStore } from './thread-protocol.ts';

export interface StoreOptions {
  /** The folder in which everything is kept; made if it is not there. */
  readonly home: string;
  /** The built `store-thread.js`. */
  readonly threadFile: URL;
  readonly clock: Clock;
  /** What is worth a line in the log: a torn tail left behind, a snapshot that could not be written. */
  readonly onNote?: (level: 'info' | 'warn', message: string, says?: Said) => void;
  /** A transaction of so many ops is on disk, so many ms after it was handed in. */
  readonly onCommit?: (ms: number, ops: number) => void;
  readonly onCheckpoint?: (report: CheckpointReport) => void;
}

/**
 * Takes the home for this process and opens its store on a thread. Rejects with `HomeInUse` when another process has
 * it, `HomeUnusable` when it cannot be written, `NewerDatabase` by name when a later version of the program wrote it.
 * A damaged store opens with health `read-only`; one of which nothing can be read rejects every query.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const lock = lockHome(options.home, options.clock.now());
  try {
    return await StoreClient.open(options, lock);
  } catch (error) {
    lock.release();
    throw error;
  }
}

const RESTART_DELAYS_MS = [0, 200, 1000, 2000, 5000, 10_000];
/** A thread that lived this long was well: the next death starts counting anew. */
const HEALTHY_AFTER_MS = 60_000;
/** Beyond the deadline of `close`, for letting go of files. */
const CLOSE_GRACE_MS = 1000;
const NO_FIGURES: StoreFigures = {
  lsn: 0,
  journalBytes: 0,
  snapshotBytes: 0,
  databaseBytes: 0,
  freeBytes: 0,
  records: 0,
  runs: 0,
};

type Request = Extract<ToStore, { readonly id: number }>;
type Unnumbered<T> = T extends { readonly id: number } ? Omit<T, 'id'> : never;

interface Asked {
  readonly message: Request;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Speaks with the store's thread, and starts another one when it dies: what was stored of the unanswered transactions
 * is told by the new one, which read it back, and the others are sent again.
 */
class StoreClient implements Store {
  readonly #options: StoreOptions;
  readonly #lock: OwnerLock;
  readonly #client = randomInt(1, 2 ** 47);
  readonly #outbox: Outbox;
  readonly #asked = new TransitMap<number, Asked>();
  readonly #listeners = new Set<(health: StoreHealth) => void>();
  readonly #validators = new KnownValidators();
  #thread: StoreThread | null = null;
  #isOpen = false;
  #nextId = 1;
  #deaths = 0;
  #openedAt = 0;
  #restart: Timer | null = null;
  #closing: Promise<void> | null = null;
  health: StoreHealth = { state: 'ok', reason: null };
  figures: StoreFigures = NO_FIGURES;

  private constructor(options: StoreOptions, lock: OwnerLock) {
    this.#options = options;
    this.#lock = lock;
    this.#outbox = new Outbox((message, transfer) => this.#thread?.post(message, transfer));
  }

  static async open(options: StoreOptions, lock: OwnerLock): Promise<StoreClient> {
    const client = new StoreClient(options, lock);
    await client.#startThread();
    return client;
  }

  commit<const T extends readonly Op[]>(ops: T): Promise<ResultsOf<T>> {
    if (this.#closing) return Promise.reject(new StoreUnavailable(say('storeClosed')));
    const { onCommit, clock } = this.#options;
    const startedAt = clock.monotonic();
    const done = this.#outbox.add(ops, (results) => {
      this.#validators.learn(ops, results);
      onCommit?.(clock.monotonic() - startedAt, ops.length);
    });
    return done as Promise<ResultsOf<T>>;
  }

  query<N extends QueryName>(name: N, params: QueryParams<N>): Promise<QueryResult<N>> {
    if (name === 'validators.get') {
      const { jobId, integrationId } = params as QueryParams<'validators.get'>;
      const known = this.#validators.find(jobId, integrationId);
      if (known) return Promise.resolve(known as QueryResult<N>);
    }
    return this.#ask({ type: 'query', name, params }) as Promise<QueryResult<N>>;
  }

  checkpoint(): Promise<CheckpointReport> {
    return this.#do({ kind: 'checkpoint' }) as Promise<CheckpointReport>;
  }

  compact(): Promise<CheckpointReport> {
    return this.#do({ kind: 'compact' }) as Promise<CheckpointReport>;
  }

  storage(): Promise<StorageReport> {
    return this.#do({ kind: 'storage' }) as Promise<StorageReport>;
  }

  backup(reason: BackupReason): Promise<StoredBackup> {
    return this.#do({ kind: 'backup', reason }) as Promise<StoredBackup>;
  }

  restore(backup: string): Promise<void> {
    return this.#do({ kind: 'restore', backup }).then(() => this.#validators.forget());
  }

  recover(choice: RecoverChoice): Promise<void> {
    return this.#do({ kind: 'recover', choice }).then(() => this.#validators.forget());
  }

  onHealth(listener: (health: StoreHealth) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  announce(url: string | null): Promise<void> {
    this.#lock.setUrl(url);
    return Promise.resolve();
  }

  close(deadlineMs: number): Promise<void> {
    this.#closing ??= this.#close(deadlineMs);
    return this.#closing;
  }

  #do(task: StoreTask): Promise<unknown> {
    return this.#ask({ type: 'do', task });
  }

  #ask(message: Unnumbered<Request>): Promise<unknown> {
    if (this.#closing && message.type !== 'close')
      return Promise.reject(new StoreUnavailable(say('storeClosed')));
    return new Promise((resolve, reject) => {
      const numbered: Request = { ...message, id: this.#nextId++ };
      this.#asked.set(numbered.id, { message: numbered, resolve, reject });
      // What was committed before is seen.
      this.#outbox.flush();
      if (this.#isOpen) this.#thread?.post(numbered, []);
    });
  }

  // The thread

  /** Resolves when the thread has opened the home; rejects when it cannot. */
  #startThread(): Promise<void> {
    const { home, threadFile } = this.#options;
    return new Promise((resolve, reject) => {
      this.#thread = new StoreThread(
        threadFile,
        { role: 'store', home, client: this.#client, answeredSeq: this.#outbox.answeredSeq },
        {
          message: (message) => {
            if (message.type === 'opened') {
              this.#opened(message);
              resolve();
            } else if (message.type === 'refused') reject(errorOf(message.error));
            else this.#receive(message);
          },
          died: (error) => {
            reject(error);
            this.#died(error);
          },
        },
      );
    });
  }

  #opened(message: Extract<FromStore, { type: 'opened' }>): void {
    this.#isOpen = true;
    this.#openedAt = this.#options.clock.monotonic();
    this.figures = message.figures;
    for (const { message: note, says } of message.notes) this.#options.onNote?.('warn', note, says);
    this.#settle(message.settled);
    this.#setHealth(message.health);
    this.#outbox.open();
    for (const { message } of this.#asked.values()) this.#thread?.post(message, []);
  }

  #died(error: Error): void {
    const wasOpen = this.#isOpen;
    this.#isOpen = false;
    this.#thread = null;
    this.#outbox.shut();
    this.#validators.forget();
    for (const [id, asked] of this.#asked.entries()) {
      if (asked.message.type === 'query') continue;
      this.#asked.delete(id);
      asked.reject(new StoreUnavailable(say('threadEnded', { why: part(toldBy(error)) })));
    }
    if (!wasOpen && this.#deaths === 0) return;
    if (this.#closing) return;
    if (this.#options.clock.monotonic() - this.#openedAt > HEALTHY_AFTER_MS) this.#deaths = 0;
    this.#options.onNote?.(
      'warn',
      `The store's thread ended and is started again: ${error.message}`,
    );
    this.#setHealth(healthFor('degraded', say('opensAgain', { detail: part(toldBy(error)) })));
    const delay = RESTART_DELAYS_MS[Math.min(this.#deaths, RESTART_DELAYS_MS.length - 1)] ?? 0;
    this.#deaths++;
    this.#restart = this.#options.clock.setTimer(delay, () => {
      this.#startThread().catch(() => undefined);
    });
  }

  #receive(message: FromStore): void {
    switch (message.type) {
      case 'settled':
        this.#settle(message.settled);
        return;
      case 'answer':
        keepParts(message.result, message.exact);
        this.#take(message.id)?.resolve(message.result);
        return;
      case 'closed':
        this.#take(message.id)?.resolve(null);
        return;
      case 'failed':
        this.#take(message.id)?.reject(errorOf(message.error));
        return;
      case 'health':
        this.#setHealth(message.health);
        return;
      case 'figures':
        this.figures = message.figures;
        return;
      case 'note':
        this.#options.onNote?.(message.level, message.message);
        return;
      case 'checkpointed':
        this.#options.onCheckpoint?.(message.report);
        return;
      case 'opened':
      case 'refused':
        return;
    }
  }

  #take(id: number): Asked | undefined {
    const asked = this.#asked.get(id);
    this.#asked.delete(id);
    return asked;
  }

  #settle(settled: readonly Settlement[]): void {
    for (const settlement of settled) {
      const pending = this.#outbox.take(settlement.seq);
      if (pending) settle(pending, settlement);
    }
  }

  #setHealth(health: StoreHealth): void {
    const isSame = health.state === this.health.state && health.reason === this.health.reason;
    this.health = health;
    if (!isSame) for (const listener of this.#listeners) listener(health);
  }

  // The end

  async #close(deadlineMs: number): Promise<void> {
    this.#restart?.cancel();
    const thread = this.#thread;
    if (thread) {
      this.#outbox.flush();
      const closed = this.#ask({ type: 'close', deadlineMs }).catch(() => undefined);
      const timer = this.#elapsed(deadlineMs + CLOSE_GRACE_MS);
      await Promise.race([closed, timer.elapsed]);
      timer.cancel();
      await thread.end();
    }
    const error = new StoreUnavailable(say('storeClosed'));
    for (const pending of this.#outbox.takeAll()) pending.reject(error);
    for (const { reject } of this.#asked.values()) reject(error);
    this.#asked.clear();
    this.#lock.release();
  }

  #elapsed(ms: number): { readonly elapsed: Promise<void>; cancel(): void } {
    let timer: Timer | null = null;
    const elapsed = new Promise<void>((resolve) => {
      timer = this.#options.clock.setTimer(ms, resolve);
    });
    return { elapsed, cancel: () => timer?.cancel() };
  }
}

function settle(pending: Pending, settlement: Settlement): void {
  if ('results' in settlement) pending.resolve(settlement.results);
  else if (settlement.refusal === 'conflict') pending.reject(new StoreConflict(settlement));
  else if (settlement.refusal === 'unavailable') pending.reject(new StoreUnavailable(settlement));
  else pending.reject(new Error(settlement.message));
}

function errorOf({ name, code, message, says, details }: ErrorText): Error {
  const told = { message, says };
  if (code !== null) return new PontualError(code as ErrorCode, told, { details });
  if (name === 'StoreUnavailable') return new StoreUnavailable(told);
  const error = new ToldError(told);
  error.name = name;
  return error;
}
