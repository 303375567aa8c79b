import {
  detectJump,
  judgeStartClock,
  type ClockHold,
  type ClockJump,
  type ClockReading,
} from './clock-jump.ts';

/** What a look at the clocks has found. */
export type ClockVerdict =
  | ClockJump
  /** It shows a time that cannot be: nothing is done until it shows another one. */
  | { readonly kind: 'unbelievable'; readonly why: ClockHold }
  /** It is believed again, or somebody said that it is right. */
  | { readonly kind: 'believed' };

const NONE = { kind: 'none' } as const;

/**
 * Looks at the clocks again and again. A machine with an empty battery starts in a year that is long over and is set
 * right a little later: until then its clock is not believed, and setting it right is no jump.
 */
export class ClockWatch {
  #lastSeenMs: number | null;
  #last: ClockReading | null = null;
  #isBelieved = true;
  #isConfirmed = false;

  /** `lastSeenMs`: when the program was last seen running, null when it never was. */
  constructor(lastSeenMs: number | null) {
    this.#lastSeenMs = lastSeenMs;
  }

  get isBelieved(): boolean {
    return this.#isBelieved;
  }

  /** Wall time of the latest look that was believed. */
  get lastMs(): number | null {
    return this.#last?.wallMs ?? null;
  }

  look(now: ClockReading): ClockVerdict {
    const start = this.#isConfirmed ? NONE : judgeStartClock(now.wallMs, this.#lastSeenMs);
    if (start.kind === 'hold') return this.#disbelieve(start.why);
    // From here on, how far back is too far is judged by what this process has seen.
    this.#lastSeenMs = null;
    const last = this.#last;
    this.#last = now;
    if (!this.#isBelieved) {
      this.#isBelieved = true;
      return { kind: 'believed' };
    }
    const jump = last ? detectJump(last, now) : NONE;
    // Somebody has said that this machine lives in the past.
    return jump.kind === 'hold' && jump.why === 'before-2024' ? NONE : jump;
  }

  /** Somebody says that the clock is right as it is. */
  confirm(): void {
    this.#isConfirmed = true;
    this.#last = null;
  }

  #disbelieve(why: ClockHold): ClockVerdict {
    this.#isBelieved = false;
    this.#last = null;
    return { kind: 'unbelievable', why };
  }
}
