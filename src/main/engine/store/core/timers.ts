import type { Clock, Timer } from '../../clock.ts';

/** Timers by name: a new one takes the place of the old one of its name. */
export class NamedTimers {
  readonly #clock: Clock;
  readonly #timers = new Map<string, Timer>();
  #hasEnded = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  has(name: string): boolean {
    return this.#timers.has(name);
  }

  after(name: string, ms: number, action: () => void): void {
    this.#timers.get(name)?.cancel();
    const timer = this.#clock.setTimer(ms, () => {
      this.#timers.delete(name);
      action();
    });
    this.#timers.set(name, timer);
  }

  /** Until `end`. */
  every(name: string, ms: number, action: () => void): void {
    this.after(name, ms, () => {
      action();
      if (!this.#hasEnded) this.every(name, ms, action);
    });
  }

  end(): void {
    this.#hasEnded = true;
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
  }
}
