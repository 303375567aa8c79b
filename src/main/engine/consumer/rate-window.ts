/**
 * Remembers when requests left, to keep "at most N in any stretch of P ms" for every declared (N, P) at once: the
 * strictest wins at each moment. The usual generic cell rate algorithm allows almost 2N in such a stretch after a
 * quiet time, which is what an API would count as a breach. Times are monotonic, in ms.
 */
export interface RateLimit {
  readonly requests: number;
  readonly perMs: number;
}

/** Two requests that left P apart may arrive a little less than P apart. */
const MARGIN_MS = 5;
const FIRST_CAPACITY = 16;

export class RateWindow {
  #limits: readonly RateLimit[] = [];
  #longest = 0;
  /** A ring: the last `#count` times, the newest at `#newest`. */
  #times = new Float64Array(FIRST_CAPACITY);
  #newest = -1;
  #count = 0;

  /** Replaces the limits; what is remembered stays, so that a change of limits is no way around them. */
  setLimits(limits: readonly RateLimit[]): void {
    this.#limits = limits;
    this.#longest = Math.max(0, ...limits.map(({ requests }) => requests));
  }

  /** When the next request may leave, at the earliest; -Infinity = now. */
  earliest(): number {
    let earliest = -Infinity;
    for (const { requests, perMs } of this.#limits) {
      if (this.#count >= requests)
        earliest = Math.max(earliest, this.#nthNewest(requests) + perMs + MARGIN_MS);
    }
    return earliest;
  }

  /** Notes a request that leaves now; the result names it for `correct`. */
  note(now: number): number {
    if (this.#longest === 0) return -1;
    if (this.#count === this.#times.length && this.#count < this.#longest) this.#grow();
    this.#newest = (this.#newest + 1) % this.#times.length;
    this.#times[this.#newest] = now;
    this.#count = Math.min(this.#count + 1, this.#times.length);
    return this.#newest;
  }

  /** The request left later than noted: its connection had to be made first. */
  correct(noted: number, now: number): void {
    if (noted >= 0) this.#times[noted] = now;
  }

  #nthNewest(n: number): number {
    const length = this.#times.length;
    return this.#times[(this.#newest - (n - 1) + length) % length] ?? -Infinity;
  }

  #grow(): void {
    const grown = new Float64Array(Math.min(this.#times.length * 2, this.#longest));
    const oldest = this.#count;
    for (let n = 0; n < oldest; n++) grown[n] = this.#nthNewest(oldest - n);
    this.#times = grown;
    this.#newest = oldest - 1;
  }
}
