import type { Settings } from '../../../shared/settings.ts';
import type { Clock } from '../clock.ts';
import type { Op } from '../store/ops.ts';
import type { Store } from '../store/store.ts';

const DAY_MS = 24 * 60 * 60_000;

/** A slice that takes longer is followed by a smaller one: everything else of the store waits for it. */
const LONG_MS = 25;
const SHORT_MS = 10;
const FIRST_ROWS = 250;
const FEWEST_ROWS = 20;
const MOST_ROWS = 4000;
/** A record whose versions are looked at costs less than a row that goes. */
const RECORDS_A_ROW = 4;

export interface TidierDeps {
  readonly clock: Clock;
  readonly store: Pick<Store, 'commit'>;
  readonly settings: () => Settings;
  /** Whether history has to make room. */
  readonly isTight: () => boolean;
}

/** Takes away what need not be kept any longer, a little at a time; so much at once as the store does in a moment. */
export class Tidier {
  readonly #deps: TidierDeps;
  #rows = FIRST_ROWS;
  /** The record behind which versions are trimmed next; null when a round of all is over. */
  #versionsAfter: number | null = 0;
  /** The setting that the round is about. */
  #versionsKept: number | null = null;
  /** The trimmed run behind which ids are forgotten next; null when a round of all is over. */
  #namesAfter: number | null = 0;
  #namesRoundAt: number | null = null;

  constructor(deps: TidierDeps) {
    this.#deps = deps;
  }

  /** One slice; answers whether there is more to do now. Rejects when the store cannot write. */
  async slice(): Promise<boolean> {
    const { isTight } = this.#deps;
    const [{ more }] = await this.#timed([this.#retention()] as const);
    if (more) return true;
    if (isTight()) {
      const [history] = await this.#timed([{ kind: 'history.trim', maxRows: this.#rows }] as const);
      if (history.more) return true;
    }
    return (await this.#versions()) || this.#runNames();
  }

  async #versions(): Promise<boolean> {
    const { versionsPerRecord } = this.#deps.settings().retention;
    if (versionsPerRecord !== this.#versionsKept) {
      this.#versionsKept = versionsPerRecord;
      this.#versionsAfter = 0;
    }
    if (this.#versionsAfter === null) return false;
    const [{ next }] = await this.#timed([
      {
        kind: 'versions.trim',
        afterRecord: this.#versionsAfter,
        versionsPerRecord,
        maxRecords: this.#rows * RECORDS_A_ROW,
      },
    ] as const);
    this.#versionsAfter = next;
    return next !== null;
  }

  /** Once a day: they are few, and most are still needed. */
  async #runNames(): Promise<boolean> {
    const now = this.#deps.clock.monotonic();
    if (this.#namesAfter === null && now - (this.#namesRoundAt ?? 0) >= DAY_MS)
      this.#namesAfter = 0;
    if (this.#namesAfter === null) return false;
    this.#namesRoundAt = now;
    const maxRuns = this.#rows * RECORDS_A_ROW;
    const [{ next }] = await this.#timed([
      { kind: 'run-names.trim', afterRun: this.#namesAfter, maxRuns },
    ] as const);
    this.#namesAfter = next;
    return next !== null;
  }

  #retention(): Extract<Op, { kind: 'retention.slice' }> {
    const { clock, settings } = this.#deps;
    const now = clock.now();
    const { retention } = settings();
    const { runsPerJob, runDetailsPerJob, versionsPerRecord } = retention;
    return {
      kind: 'retention.slice',
      now,
      runsBefore: now - retention.runsDays * DAY_MS,
      runsPerJob,
      runDetailsPerJob,
      versionsPerRecord,
      recordsBefore: retention.recordsDays === null ? null : now - retention.recordsDays * DAY_MS,
      quarantineBefore: now - retention.quarantineDays * DAY_MS,
      maxRows: this.#rows,
    };
  }

  async #timed<const T extends readonly Op[]>(ops: T) {
    const { clock, store } = this.#deps;
    const startedAt = clock.monotonic();
    const results = await store.commit(ops);
    const took = clock.monotonic() - startedAt;
    if (took > LONG_MS) this.#rows = Math.max(FEWEST_ROWS, Math.floor(this.#rows / 2));
    else if (took < SHORT_MS) this.#rows = Math.min(MOST_ROWS, Math.ceil(this.#rows * 1.25));
    return results;
  }
}
