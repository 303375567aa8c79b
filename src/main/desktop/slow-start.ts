import type { Clock } from '../engine/clock.ts';

const SECOND = 1000;
/** How long a start may take before it says what it waits for. */
export const PATIENCE_MS = 15 * SECOND;

/**
 * Says what a start that takes long waits for, again and again: a start must not hang without a word. Each wait is
 * named by what it is for, and is over when its promise settles, however.
 */
export class SlowStart {
  readonly #clock: Clock;
  readonly #say: (sentence: string) => void;
  readonly #waits = new Set<string>();
  readonly #startedAt: number;

  constructor(clock: Clock, say: (sentence: string) => void) {
    this.#clock = clock;
    this.#say = say;
    this.#startedAt = clock.monotonic();
    this.#lookLater();
  }

  waitFor(what: string, settled: Promise<unknown>): void {
    this.#waits.add(what);
    const over = () => void this.#waits.delete(what);
    settled.then(over, over);
  }

  #lookLater(): void {
    this.#clock.setTimer(PATIENCE_MS, () => {
      if (this.#waits.size === 0) return;
      const seconds = Math.round((this.#clock.monotonic() - this.#startedAt) / SECOND);
      const waits = [...this.#waits].join(', ');
      this.#say(`Pontual is still starting after ${seconds} s. It waits for: ${waits}.`);
      this.#lookLater();
    });
  }
}
