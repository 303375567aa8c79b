import type { Clock } from '../clock.ts';
import type { Store } from '../store/store.ts';

const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;

/** Writes a backup when the newest automatic one is a day old; after a failure again in an hour. */
export class DailyBackup {
  readonly #clock: Clock;
  readonly #store: Pick<Store, 'storage' | 'backup'>;
  /** Null until the backups were looked at. */
  #dueAt: number | null = null;

  constructor(clock: Clock, store: Pick<Store, 'storage' | 'backup'>) {
    this.#clock = clock;
    this.#store = store;
  }

  /** Answers whether one was written. Rejects when it could not be. */
  async writeIfDue(): Promise<boolean> {
    this.#dueAt ??= await this.#afterNewest();
    const now = this.#clock.now();
    // A clock that was set back makes no day longer than two.
    if (now < this.#dueAt && this.#dueAt - now <= DAY_MS) return false;
    this.#dueAt = now + HOUR_MS;
    await this.#store.backup('daily');
    this.#dueAt = now + DAY_MS;
    return true;
  }

  async #afterNewest(): Promise<number> {
    const { backups } = await this.#store.storage();
    const newest = backups.find(({ reason }) => reason === 'daily');
    return newest ? newest.at + DAY_MS : this.#clock.now();
  }
}
