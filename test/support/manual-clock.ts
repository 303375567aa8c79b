import type { Clock, Timer } from '../../src/main/engine/clock.ts';

interface Waiting {
  readonly at: number;
  readonly order: number;
  readonly callback: () => void;
}

/** A clock that stands still until a test moves it. Timers fire in order of their time, as real ones do. */
export class ManualClock implements Clock {
  #wall: number;
  #monotonic = 0;
  #order = 0;
  readonly #timers = new Set<Waiting>();

  constructor(start: number | string = '2026-01-01T00:00:00.000Z') {
    this.#wall = typeof start === 'number' ? start : Date.parse(start);
  }

  now(): number {
    return this.#wall;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  get pendingTimers(): number {
    return this.#timers.size;
  }

  setTimer(delayMs: number, callback: () => void): Timer {
    const timer: Waiting = {
      at: this.#monotonic + Math.max(delayMs, 0),
      order: this.#order++,
      callback,
    };
    this.#timers.add(timer);
    return { cancel: () => void this.#timers.delete(timer) };
  }

  /** Lets time pass: wall and monotonic clock advance together, due timers fire on the way. */
  advance(ms: number): void {
    const until = this.#monotonic + ms;
    for (let next = this.#earliest(until); next; next = this.#earliest(until)) {
      this.#timers.delete(next);
      this.#pass(next.at - this.#monotonic);
      next.callback();
    }
    this.#pass(until - this.#monotonic);
  }

  /** As `advance`, but lets promises settle after every timer. */
  async advanceAsync(ms: number, settle: () => Promise<void> = settleMacrotask): Promise<void> {
    const until = this.#monotonic + ms;
    await settle();
    for (let next = this.#earliest(until); next; next = this.#earliest(until)) {
      this.#timers.delete(next);
      this.#pass(next.at - this.#monotonic);
      next.callback();
      await settle();
    }
    this.#pass(until - this.#monotonic);
    await settle();
  }

  /** Sets the wall clock as NTP or a person does; the monotonic clock does not notice. */
  jump(ms: number): void {
    this.#wall += ms;
  }

  /** The process that set them has died. */
  cancelAll(): void {
    this.#timers.clear();
  }

  #pass(ms: number): void {
    this.#monotonic += ms;
    this.#wall += ms;
  }

  #earliest(until: number): Waiting | undefined {
    let first: Waiting | undefined;
    for (const timer of this.#timers) {
      if (timer.at > until) continue;
      if (!first || timer.at < first.at || (timer.at === first.at && timer.order < first.order))
        first = timer;
    }
    return first;
  }
}

function settleMacrotask(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
