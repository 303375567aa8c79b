import { loadSqlite } from '../../src/main/engine/store/database/sqlite.ts';
import type { StoreFiles } from '../../src/main/engine/store/files/store-files.ts';
import { writeProved } from '../../src/main/engine/store/home/snapshot.ts';
import type { Op, RunRow } from '../../src/main/engine/store/ops.ts';
import type { StoreCoreDeps } from '../../src/main/engine/store/core/state.ts';
import { StoreCore } from '../../src/main/engine/store/store-core.ts';
import type {
  QueryName,
  QueryParams,
  QueryResult,
  StoreHealth,
} from '../../src/main/engine/store/store.ts';
import type { Settlement } from '../../src/main/engine/store/thread-protocol.ts';
import { encodeTransaction } from '../../src/main/engine/store/transaction.ts';
import { ManualClock } from './manual-clock.ts';

export type Outcome =
  | Exclude<Settlement, { readonly results: unknown }>
  | { readonly results: readonly unknown[] | null };

/** A store without its thread, on files that a test holds in its hand and a clock that stands still. */
export class StoreHarness {
  readonly clock: ManualClock;
  readonly core: StoreCore;
  readonly healths: StoreHealth[];
  readonly notes: string[];
  readonly #waiting: Map<number, (settlement: Settlement) => void>;
  #seq: number;

  private constructor(
    core: StoreCore,
    clock: ManualClock,
    waiting: Map<number, (settlement: Settlement) => void>,
    healths: StoreHealth[],
    notes: string[],
    seq: number,
  ) {
    this.core = core;
    this.clock = clock;
    this.#waiting = waiting;
    this.healths = healths;
    this.notes = notes;
    this.#seq = seq;
  }

  static async open(
    files: StoreFiles,
    {
      clock = new ManualClock(),
      client = 1,
      answeredSeq = 0,
      ...others
    }: Partial<StoreCoreDeps> & { clock?: ManualClock } = {},
  ): Promise<StoreHarness> {
    const module = await loadSqlite();
    const waiting = new Map<number, (settlement: Settlement) => void>();
    const healths: StoreHealth[] = [];
    const notes: string[] = [];
    let lineage = 0;
    const core = await StoreCore.open({
      home: '/home/of/a/test',
      files,
      module,
      clock,
      write: (path, image, lsn) => writeProved(files, module, path, image, lsn),
      newLineage: () => Buffer.alloc(16, ++lineage),
      client,
      answeredSeq,
      settled: (settlements) => {
        for (const settlement of settlements) {
          const settle = waiting.get(settlement.seq);
          waiting.delete(settlement.seq);
          settle?.(settlement);
        }
      },
      healthChanged: (health) => healths.push(health),
      figuresChanged: () => undefined,
      note: (_level, message) => notes.push(message),
      checkpointed: () => undefined,
      broken: (error) => {
        throw error;
      },
      ...others,
    });
    return new StoreHarness(core, clock, waiting, healths, notes, answeredSeq);
  }

  /** Commits and tells what came of it; never rejects. */
  submit(ops: readonly Op[]): Promise<Settlement> {
    const seq = ++this.#seq;
    return new Promise((resolve) => {
      this.#waiting.set(seq, resolve);
      this.core.submit([{ seq, ...encodeTransaction(ops) }]);
    });
  }

  /** Commits and answers the results; rejects when it was refused. */
  async commit(ops: readonly Op[]): Promise<readonly unknown[]> {
    const settlement = await this.submit(ops);
    if ('refusal' in settlement) throw new Error(`${settlement.refusal}: ${settlement.message}`);
    return settlement.results ?? ops.map(() => null);
  }

  query<N extends QueryName>(name: N, params: QueryParams<N>): Promise<QueryResult<N>> {
    return this.core.query(name, params) as Promise<QueryResult<N>>;
  }
}

/** Lets everything that is under way come to rest, as far as it can without time passing. */
export async function settle(turns = 20): Promise<void> {
  for (let turn = 0; turn < turns; turn++)
    await new Promise<void>((resolve) => setImmediate(resolve));
}

let nextRun = 1;

/** A row of a run with all its fields; give those that matter. */
export function runRow(fields: Partial<RunRow> = {}): RunRow {
  const number = nextRun++;
  return {
    id: `00000000-0000-7000-8000-${number.toString(16).padStart(12, '0')}`,
    jobId: 'job',
    integrationId: 'api',
    trigger: 'schedule',
    triggeredBy: null,
    retryOf: null,
    scheduledFor: null,
    scheduledUntil: null,
    occurrences: 1,
    createdAt: Date.parse('2026-01-01T00:00:00.000Z'),
    startedAt: null,
    finishedAt: null,
    durationMs: null,
    state: 'running',
    outcome: null,
    reason: null,
    instance: 1,
    instances: 1,
    attempt: 1,
    nextRetryAt: null,
    worker: 'host-1',
    priority: 'normal',
    input: {},
    result: null,
    error: null,
    cpuMs: 0,
    peakBytes: 0,
    notBefore: null,
    full: false,
    crashes: 0,
    uncounted: 0,
    ...fields,
  };
}
