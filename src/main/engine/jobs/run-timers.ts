import type { Clock, Timer } from '../clock.ts';
import { TransitMap } from '../transit.ts';

/** Looked at in between, so that a jump of the wall clock is noticed. */
const LONGEST_WAIT_MS = 30_000;

/** When something is due: by the wall clock, or after a delay, or whichever comes first. */
export interface WakeTime {
  /** Epoch ms. */
  readonly wall: number;
  /** Monotonic ms; null: the wall clock alone decides, because a person named the time. */
  readonly monotonic: number | null;
}

/**
 * Wakes each item once. A delay ends when it has passed by either clock: the monotonic one stands still while the
 * machine sleeps, the wall clock may be set back.
 */
export class RunTimers<T> {
  readonly #clock: Clock;
  readonly #onDue: (item: T) => void;
  readonly #timers = new TransitMap<T, Timer>();

  constructor(clock: Clock, onDue: (item: T) => void) {
    this.#clock = clock;
    this.#onDue = onDue;
  }

  get size(): number {
    return this.#timers.size;
  }

  set(item: T, time: WakeTime): void {
    this.#timers.get(item)?.cancel();
    const waitMs = Math.min(this.#remainingMs(time), LONGEST_WAIT_MS);
    const timer = this.#clock.setTimer(Math.ceil(waitMs), () => {
      this.#timers.delete(item);
      if (this.#remainingMs(time) > 0) this.set(item, time);
      else this.#onDue(item);
    });
    this.#timers.set(item, timer);
  }

  cancel(item: T): void {
    this.#timers.get(item)?.cancel();
    this.#timers.delete(item);
  }

  clear(): void {
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
  }

  #remainingMs({ wall, monotonic }: WakeTime): number {
    const byWall = wall - this.#clock.now();
    if (monotonic === null) return byWall;
    return Math.min(byWall, monotonic - this.#clock.monotonic());
  }
}
