import type { Clock } from '../engine/clock.ts';

const MINUTE = 60_000;
/** Wrong tokens a minute that are answered as such; then guessing is told to slow down. */
const MOST_A_MINUTE = 20;

/**
 * Counts wrong tokens. Whoever has the right one is never slowed down, because all callers come from the same address:
 * the limit only answers those who guess.
 */
export class BadTokens {
  readonly #clock: Clock;
  #windowStart = -Infinity;
  #count = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Notes one wrong token. `first`: this one crossed the limit, which is worth a line in the log. */
  note(): { readonly tooMany: boolean; readonly first: boolean; readonly retryAfterS: number } {
    const now = this.#clock.monotonic();
    if (now - this.#windowStart >= MINUTE) {
      this.#windowStart = now;
      this.#count = 0;
    }
    this.#count += 1;
    return {
      tooMany: this.#count > MOST_A_MINUTE,
      first: this.#count === MOST_A_MINUTE + 1,
      retryAfterS: Math.max(1, Math.ceil((this.#windowStart + MINUTE - now) / 1000)),
    };
  }
}
