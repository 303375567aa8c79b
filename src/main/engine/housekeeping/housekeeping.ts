import { asError, PontualError } from '../../../shared/errors.ts';
import type { Sentence } from '../../../shared/sentences.ts';
import type { Settings } from '../../../shared/settings.ts';
import type { Clock, Timer } from '../clock.ts';
import type { Op, ResultsOf } from '../store/ops.ts';
import type { Store } from '../store/store.ts';
import { fullSentence, judgeFullness, ROOMY, tightSentence, type Fullness } from './budget.ts';
import { DailyBackup } from './daily-backup.ts';
import { Tidier } from './tidier.ts';

/** After the start, which has more urgent things to do. */
const FIRST_ROUND_MS = 15_000;
const ROUND_EVERY_MS = 30_000;
/** Between two slices the store does what it is there for. */
const BETWEEN_SLICES_MS = 100;
/** The first backup waits until the program has shown that it runs. */
const FIRST_BACKUP_AFTER_MS = 5 * 60_000;

export interface HousekeepingDeps {
  readonly clock: Clock;
  readonly store: Pick<Store, 'commit' | 'query' | 'storage' | 'backup' | 'health' | 'figures'>;
  readonly settings: () => Settings;
  readonly notice: (level: 'info' | 'warn', message: string) => void;
  /** The database became full, or is no longer. */
  readonly onFullness: () => void;
}

/**
 * Keeps the database within what the settings say: takes away what is too old or too much, writes the daily backup,
 * trims history when four fifths of the budget are used, and stops collection when all of it is.
 */
export class Housekeeping {
  readonly #deps: HousekeepingDeps;
  readonly #tidier: Tidier;
  readonly #backup: DailyBackup;
  readonly #startedAt: number;
  #fullness: Fullness = ROOMY;
  #timer: Timer | null = null;
  #round: Promise<void> | null = null;
  #isStopped = false;

  constructor(deps: HousekeepingDeps) {
    this.#deps = deps;
    const { clock, store, settings } = deps;
    this.#startedAt = clock.monotonic();
    this.#tidier = new Tidier({ clock, store, settings, isTight: () => this.#fullness.isTight });
    this.#backup = new DailyBackup(clock, store);
  }

  /** Why nothing is collected, and what the person can do; null when there is room. */
  get full(): Sentence | null {
    return this.#fullness.isFull ? fullSentence(this.#deps.settings().store.budgetBytes) : null;
  }

  /** The store for those who collect: while the database is full it takes no more records. */
  get collecting(): Pick<Store, 'commit' | 'query'> {
    const { store } = this.#deps;
    return {
      query: (name, params) => store.query(name, params),
      commit: <const T extends readonly Op[]>(ops: T): Promise<ResultsOf<T>> =>
        this.#fullness.isFull && ops.some(bringsRecords)
          ? Promise.reject(new PontualError('degraded', this.full ?? ''))
          : store.commit(ops),
    };
  }

  start(): void {
    this.look();
    this.#plan(FIRST_ROUND_MS);
  }

  /** Looks how full the database is. Cheap: to be called whenever something was stored, or the budget changed. */
  look(): void {
    const { store, settings, notice, onFullness } = this.#deps;
    const { databaseBytes, freeBytes } = store.figures;
    const used = databaseBytes - freeBytes;
    const { budgetBytes } = settings().store;
    const before = this.#fullness;
    this.#fullness = judgeFullness(used, budgetBytes, before);
    if (this.#fullness === before) return;
    if (this.#fullness.isTight && !before.isTight) {
      notice('warn', tightSentence(used, budgetBytes));
      this.#plan(0);
    }
    if (this.#fullness.isFull === before.isFull) return;
    if (this.#fullness.isFull) notice('warn', fullSentence(budgetBytes).message);
    else notice('info', 'The database has room again: collection goes on.');
    onFullness();
  }

  /** Resolves when what is under way has ended. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#timer?.cancel();
    await this.#round;
  }

  #plan(delayMs: number): void {
    this.#timer?.cancel();
    if (this.#isStopped) return;
    this.#timer = this.#deps.clock.setTimer(delayMs, () => {
      this.#timer = null;
      this.#round ??= this.#tidy().then((hasMore) => {
        this.#round = null;
        this.#plan(hasMore ? BETWEEN_SLICES_MS : ROUND_EVERY_MS);
      });
    });
  }

  /** Answers whether there is more to do at once. */
  async #tidy(): Promise<boolean> {
    const { store, clock, notice } = this.#deps;
    const isWell = () => store.health.state === 'ok';
    if (!isWell()) return false;
    try {
      const hasMore = await this.#tidier.slice();
      this.look();
      if (hasMore) return true;
      if (clock.monotonic() - this.#startedAt >= FIRST_BACKUP_AFTER_MS)
        await this.#backup.writeIfDue();
    } catch (error) {
      // Of a store that is not well everybody has heard.
      if (isWell()) notice('warn', `Housekeeping could not be done: ${asError(error).message}`);
    }
    return false;
  }
}

function bringsRecords(op: Op): boolean {
  return op.kind === 'page.put' && op.batch !== null;
}
