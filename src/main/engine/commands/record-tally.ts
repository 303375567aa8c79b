import type { EventHub } from '../observe/events.ts';
import type { Store } from '../store/store.ts';

export interface RecordChanges {
  readonly new: number;
  readonly changed: number;
}

interface Tally {
  new: number;
  changed: number;
  /** What the history says of the time before we listened. */
  readonly begun: Promise<void>;
}

/** Instants that somebody counts from: a window or two, and a script. */
const MOST_TALLIES = 8;

/**
 * How many records became new or changed since an instant: what the history of runs says of the time until somebody
 * asked first, counted on from there, because the history of a day may be a million runs.
 */
export class RecordTally {
  readonly #store: Pick<Store, 'query'>;
  readonly #tallies = new Map<number, Tally>();

  constructor(hub: Pick<EventHub, 'on'>, store: Pick<Store, 'query'>) {
    this.#store = store;
    hub.on('records.changed', (changes) => {
      for (const tally of this.#tallies.values()) {
        tally.new += changes.new;
        tally.changed += changes.changed;
      }
    });
  }

  /** `sinceMs`: epoch ms, down to the hour. Rejects when the store cannot be read; the next call tries again. */
  async since(sinceMs: number, nowMs: number): Promise<RecordChanges> {
    const tally = this.#tallies.get(sinceMs) ?? this.#begin(sinceMs, nowMs);
    await tally.begun;
    return { new: tally.new, changed: tally.changed };
  }

  #begin(sinceMs: number, nowMs: number): Tally {
    const tally: Tally = { new: 0, changed: 0, begun: this.#learn(sinceMs, nowMs) };
    this.#tallies.set(sinceMs, tally);
    tally.begun.catch(() => this.#tallies.delete(sinceMs));
    const [oldest] = this.#tallies.keys();
    if (this.#tallies.size > MOST_TALLIES && oldest !== undefined) this.#tallies.delete(oldest);
    return tally;
  }

  async #learn(from: number, to: number): Promise<void> {
    const hours = await this.#store.query('stats.hourly', { from, to, by: 'hour' });
    const tally = this.#tallies.get(from);
    if (!tally) return;
    for (const hour of hours) {
      tally.new += hour.new;
      tally.changed += hour.changed;
    }
  }
}
