import type { Clock, Timer } from '../../clock.ts';
import { TransitSet } from '../../transit.ts';

/** Something that must be over by a time; `dueAt` may be moved while it is watched. */
export interface Due {
  /** Monotonic ms; Infinity = not for now. */
  readonly dueAt: number;
  /** Called once a tick while it is due; whoever is called leaves the watch. */
  onDue(now: number): void;
}

const TICK_MS = 20;

/**
 * One timer for all deadlines: a request has four of them and most end unused, so that a timer for each would cost more
 * than the rest of the bookkeeping. Deadlines are seen up to 20 ms late.
 */
export class Deadlines {
  readonly #clock: Clock;
  readonly #watched = new TransitSet<Due>();
  #timer: Timer | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  watch(item: Due): void {
    this.#watched.add(item);
    this.#timer ??= this.#clock.setTimer(TICK_MS, this.#tick);
  }

  leave(item: Due): void {
    this.#watched.delete(item);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
    this.#watched.clear();
  }

  readonly #tick = (): void => {
    const now = this.#clock.monotonic();
    for (const item of this.#watched.values()) if (item.dueAt <= now) item.onDue(now);
    this.#timer = this.#watched.size === 0 ? null : this.#clock.setTimer(TICK_MS, this.#tick);
  };
}
