import type { Integration } from '../../src/shared/integration.ts';
import type { JobDefinition } from '../../src/shared/job.ts';
import { NO_COUNTS, type Counts } from '../../src/shared/run.ts';
import type { JsonValue } from '../../src/shared/values.ts';
import type { JobRuntime, Op, PageOp, ResultsOf, RunRow } from '../../src/main/engine/store/ops.ts';
import {
  StoreConflict,
  StoreUnavailable,
  type QueryName,
  type QueryParams,
  type QueryResult,
  type Store,
  type StoreHealth,
} from '../../src/main/engine/store/store.ts';

type AttemptRow = Extract<Op, { kind: 'attempt.put' }>;

/** A run as the store knows it, with what pages brought. */
export interface StoredRun {
  row: RunRow;
  counts: Counts;
  readonly pages: PageOp[];
  readonly attempts: Map<number, AttemptRow>;
  position: JsonValue | undefined;
}

interface Handed {
  readonly ops: readonly Op[];
  readonly resolve: (results: readonly unknown[]) => void;
  readonly reject: (error: Error) => void;
}

/**
 * The store's port over plain maps: a transaction is applied whole or not at all, in the order in which it was handed
 * over. It refuses what a database would refuse (a second row of an occurrence) and what no caller may ask: a patch of
 * a run that does not exist, a second end of one, a covered mark that moves back. Those are kept in `violations`.
 *
 * It can be told to hold transactions back, and to refuse them.
 */
export class MemoryStore implements Pick<Store, 'commit' | 'query' | 'health' | 'onHealth'> {
  readonly runs = new Map<string, StoredRun>();
  readonly jobs = new Map<string, { job: JobDefinition; runtime: JobRuntime }>();
  readonly integrations = new Map<string, Integration>();
  readonly watermarks = new Map<string, string | null>();
  readonly settings = new Map<string, JsonValue>();
  readonly idempotency = new Map<string, Extract<Op, { kind: 'idempotency.put' }>>();
  readonly completed: Extract<Op, { kind: 'read.complete' }>[] = [];
  readonly dismissed = new Set<string>();
  readonly violations: string[] = [];
  commits = 0;
  health: StoreHealth = { state: 'ok', reason: null };
  readonly #occurrences = new Set<string>();
  readonly #listeners = new Set<(health: StoreHealth) => void>();
  readonly #held: Handed[] = [];
  #holding = false;
  #refuses: (ops: readonly Op[]) => boolean = () => false;

  commit<const T extends readonly Op[]>(ops: T): Promise<ResultsOf<T>> {
    return new Promise((resolve, reject) => {
      // One result an operation, in their order: that is what ResultsOf says.
      const handed: Handed = { ops, resolve: resolve as Handed['resolve'], reject };
      if (this.#holding) this.#held.push(handed);
      else this.#carryOut(handed);
    });
  }

  /** Nothing is answered from now on until `release`. */
  hold(): void {
    this.#holding = true;
  }

  release(): void {
    this.#holding = false;
    for (const handed of this.#held.splice(0)) this.#carryOut(handed);
  }

  /** The process that waits for them has died: they never reached the disk. */
  forgetHeld(): void {
    this.#held.length = 0;
    this.#holding = false;
    this.#refuses = () => false;
    this.health = { state: 'ok', reason: null };
    this.#listeners.clear();
  }

  /** Transactions that fit are refused, as a full disk does. */
  refuse(fits: (ops: readonly Op[]) => boolean = () => true): void {
    this.#refuses = fits;
  }

  accept(): void {
    this.#refuses = () => false;
  }

  setHealth(state: StoreHealth['state']): void {
    this.health = { state, reason: state === 'ok' ? null : 'The disk is full.' };
    for (const listener of this.#listeners) listener(this.health);
  }

  onHealth(listener: (health: StoreHealth) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  query<N extends QueryName>(name: N, params: QueryParams<N>): Promise<QueryResult<N>> {
    const answer = this.#answer(name, params as { id?: string; key?: string; now?: number });
    return Promise.resolve(answer as QueryResult<N>);
  }

  /** Rows of a job, oldest first. */
  rowsOf(jobId: string): RunRow[] {
    return [...this.runs.values()]
      .map(({ row }) => row)
      .filter((row) => row.jobId === jobId)
      .sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  run(id: string): StoredRun {
    const found = this.runs.get(id);
    if (!found) throw new Error(`The store has no run '${id}'.`);
    return found;
  }

  #carryOut({ ops, resolve, reject }: Handed): void {
    this.commits += 1;
    if (this.#refuses(ops)) {
      reject(new StoreUnavailable('The store cannot write now.'));
      return;
    }
    const conflict = this.#conflictOf(ops);
    if (conflict !== null) {
      reject(new StoreConflict(conflict));
      return;
    }
    resolve(ops.map((op) => this.#apply(op)));
  }

  #conflictOf(ops: readonly Op[]): string | null {
    const added = new Set<string>();
    for (const op of ops) {
      if (op.kind !== 'run.insert') continue;
      if (this.runs.has(op.run.id)) return `Run '${op.run.id}' exists.`;
      const occurrence = occurrenceOf(op.run);
      if (occurrence === null) continue;
      if (this.#occurrences.has(occurrence) || added.has(occurrence)) return `${occurrence} exists`;
      added.add(occurrence);
    }
    return null;
  }

  #apply(op: Op): unknown {
    switch (op.kind) {
      case 'run.insert':
        return this.#insert(op.run);
      case 'run.patch':
        return this.#withRun(op.id, op.kind, (run) => {
          if (run.row.state === 'finished' && op.patch.state !== undefined)
            this.violations.push(`run ${op.id} is ${run.row.outcome}, got ${op.patch.state}`);
          run.row = { ...run.row, ...op.patch };
        });
      case 'run.extend':
        return this.#withRun(op.id, op.kind, (run) => {
          const occurrences = run.row.occurrences + op.addOccurrences;
          run.row = { ...run.row, scheduledUntil: op.scheduledUntil, occurrences };
        });
      case 'attempt.put':
        return this.#withRun(op.runId, op.kind, (run) => void run.attempts.set(op.number, op));
      case 'page.put':
        return this.#putPage(op);
      case 'staging.promote':
        return { new: 0, changed: 0, unchanged: 0, duplicates: 0 };
      case 'read.complete':
        this.completed.push(op);
        this.watermarks.set(op.jobId, op.watermark);
        return { vanished: 0, heldBack: null };
      case 'watermark.put':
        this.watermarks.set(op.jobId, op.value);
        return null;
      case 'integration.put':
        this.integrations.set(op.integration.id, op.integration);
        return null;
      case 'integration.delete':
        this.integrations.delete(op.id);
        return null;
      case 'job.put':
        this.jobs.set(op.job.id, { job: op.job, runtime: op.runtime });
        return null;
      case 'job.runtime':
        return this.#patchJob(op.id, op.patch);
      case 'job.delete':
        this.jobs.delete(op.id);
        return null;
      case 'setting.put':
        this.settings.set(op.name, op.value);
        return null;
      case 'idempotency.put':
        this.idempotency.set(op.key, op);
        return null;
      case 'dead-letter.dismiss':
        this.dismissed.add(op.runId);
        return null;
      default:
        return null;
    }
  }

  #insert(row: RunRow): null {
    const occurrence = occurrenceOf(row);
    if (occurrence !== null) this.#occurrences.add(occurrence);
    this.runs.set(row.id, {
      row,
      counts: NO_COUNTS,
      pages: [],
      attempts: new Map(),
      position: undefined,
    });
    return null;
  }

  #putPage(op: PageOp): unknown {
    const { received, valid, invalid, duplicates, requests } = op.counts;
    const added = valid - duplicates;
    this.#withRun(op.runId, op.kind, (run) => {
      if (run.row.state === 'finished') this.violations.push(`a page after the end of ${op.runId}`);
      run.pages.push(op);
      if (op.position !== undefined) run.position = op.position;
      run.counts = {
        ...run.counts,
        requests: run.counts.requests + requests,
        received: run.counts.received + received,
        valid: run.counts.valid + valid,
        invalid: run.counts.invalid + invalid,
        duplicates: run.counts.duplicates + duplicates,
        new: run.counts.new + added,
      };
    });
    return {
      new: added,
      changed: 0,
      unchanged: 0,
      duplicates,
      deduplicateMs: 0,
      persistMs: 0,
      writes: 0,
    };
  }

  #patchJob(id: string, patch: Partial<JobRuntime>): null {
    const stored = this.jobs.get(id);
    if (!stored) return null;
    const { coveredUntil } = patch;
    if (coveredUntil !== undefined && coveredUntil < stored.runtime.coveredUntil)
      this.violations.push(`the covered mark of ${id} moved back`);
    stored.runtime = { ...stored.runtime, ...patch };
    return null;
  }

  #withRun(id: string, what: string, change: (run: StoredRun) => void): null {
    const run = this.runs.get(id);
    if (run) change(run);
    else this.violations.push(`${what} of a run that does not exist: ${id}`);
    return null;
  }

  #answer(name: QueryName, params: { id?: string; key?: string; now?: number }): unknown {
    switch (name) {
      case 'runs.row':
        return this.runs.get(params.id ?? '')?.row ?? null;
      case 'runs.unfinished':
        return this.#unfinished();
      case 'validators.get':
        return [];
      case 'idempotency.get': {
        const known = this.idempotency.get(params.key ?? '');
        return known && known.expiresAt > (params.now ?? 0) ? known : null;
      }
      default:
        throw new Error(`The memory store does not answer '${name}'.`);
    }
  }

  #unfinished(): QueryResult<'runs.unfinished'> {
    return [...this.runs.values()]
      .filter(({ row }) => row.state !== 'finished')
      .map(({ row, pages, counts, position }) => ({
        run: row,
        position,
        pagesStored: pages.filter((page) => page.position !== undefined).length,
        counts,
        stepMs: {},
        errorsByField: {},
      }));
  }
}

/** A due instant is one for ever; a row that stands for skipped ones is named by the first of them. */
function occurrenceOf(row: RunRow): string | null {
  return row.scheduledFor === null ? null : `${row.jobId} ${row.scheduledFor} ${row.instance}`;
}
