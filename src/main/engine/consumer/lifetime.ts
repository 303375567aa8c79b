import type { WaitReason } from '../../../shared/run.ts';
import type { Sentence } from '../../../shared/sentences.ts';
import type { Clock } from '../clock.ts';
import type { Deadlines, Due } from './http/deadlines.ts';
import type { Entry, Origin } from './origin-gate.ts';

export type StopReason = 'cancelled' | 'stopping' | 'timed-out';

/** Thrown at the place where something waits when its attempt is stopped. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
}

/** Something under way that settles soon after it was given up. */
export interface UnderWay {
  giveUp(): void;
}

/** A wait that is longer than this is told, frees the run's slot and stops its deadlines. */
const LONG_WAIT_MS = 1000;

const NO_REASON = (): Sentence | null => null;

export interface LifetimeOptions {
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  /** Without the long waits; Infinity = no limit of its own. */
  readonly timeoutMs: number;
  /** `until`: expected end of the wait, epoch ms, when known. */
  readonly onWaiting: (reason: WaitReason, until: number | null, why: Sentence | null) => void;
  readonly onGoing: () => void;
}

/**
 * The life of one attempt, or of a call that several attempts share: it can be stopped at any wait, ends by itself at
 * its deadline, and tells long waits. An attempt does one thing at a time, so there is at most one thing to give up.
 */
export class Lifetime implements Due {
  dueAt: number;
  readonly clock: Clock;
  readonly #options: LifetimeOptions;
  #stopped: StopReason | null = null;
  #underWay: UnderWay | null = null;
  #controller: AbortController | null = null;
  #pausedMs = 0;

  constructor(options: LifetimeOptions) {
    this.#options = options;
    this.clock = options.clock;
    this.dueAt = options.clock.monotonic() + options.timeoutMs;
    if (options.timeoutMs !== Infinity) options.deadlines.watch(this);
  }

  get stopped(): StopReason | null {
    return this.#stopped;
  }

  /** Time spent in long waits so far: deadlines set before them move by this much. */
  get pausedMs(): number {
    return this.#pausedMs;
  }

  /** For work on other threads, which cannot be given up otherwise. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#stopped !== null) this.#controller.abort(new Stopped());
    return this.#controller.signal;
  }

  stop(reason: StopReason): void {
    if (this.#stopped !== null) return;
    this.#stopped = reason;
    this.#options.deadlines.leave(this);
    this.#controller?.abort(new Stopped());
    this.#underWay?.giveUp();
  }

  end(): void {
    this.#options.deadlines.leave(this);
  }

  onDue(): void {
    this.stop('timed-out');
  }

  check(): void {
    if (this.#stopped !== null) throw new Stopped();
  }

  /** Begins something that is to be given up when this life is stopped; `free` follows when it has settled. */
  occupy(underWay: UnderWay): void {
    this.check();
    this.#underWay = underWay;
  }

  /** Throws `Stopped` when the life was stopped meanwhile. */
  free(): void {
    this.#underWay = null;
    this.check();
  }

  /** Waits for work that settles soon after `giveUp` was called. Throws `Stopped` when the life is over by then. */
  async guard<T>(work: Promise<T>, giveUp: () => void): Promise<T> {
    this.occupy({ giveUp });
    try {
      return await work;
    } finally {
      this.free();
    }
  }

  /** Enters an origin; at once when it can. */
  enter(origin: Origin): Entry | Promise<Entry> {
    this.check();
    return origin.tryEnter() ?? this.#waitInLine(origin);
  }

  /** Lets time pass. */
  async sleep(reason: WaitReason, ms: number): Promise<void> {
    let wake: () => void = () => undefined;
    const over = new Promise<void>((resolve) => (wake = resolve));
    const timer = this.clock.setTimer(ms, wake);
    try {
      await this.#pause(reason, ms, over, wake);
    } finally {
      timer.cancel();
    }
  }

  /** Waits for something that nobody can say when it comes; `giveUp` must settle it. */
  wait(reason: WaitReason, event: Promise<void>, giveUp: () => void): Promise<void> {
    return this.#pause(reason, null, event, giveUp);
  }

  async #waitInLine(origin: Origin): Promise<Entry> {
    const waiting = origin.wait();
    let refuse: (entry: Entry | null) => void = () => undefined;
    const stopped = new Promise<Entry | null>((resolve) => (refuse = resolve));
    let entered: Entry | null = null;
    const entry = waiting.entry.then((given) => (entered = given));
    try {
      const given = await this.#pause(
        'origin',
        origin.expectedWaitMs(),
        Promise.race([entry, stopped]),
        () => {
          waiting.giveUp();
          refuse(null);
        },
        () => origin.barredBecause,
      );
      if (given === null) throw new Stopped();
      return given;
    } catch (error) {
      // Stopped in the very turn in which the door opened.
      if ((entered as Entry | null)?.kind === 'entered') origin.leave('unknown');
      throw error;
    }
  }

  async #pause<T>(
    reason: WaitReason,
    expectedMs: number | null,
    work: Promise<T>,
    giveUp: () => void,
    why: () => Sentence | null = NO_REASON,
  ): Promise<T> {
    const { clock, onWaiting, onGoing } = this.#options;
    const startedAt = clock.monotonic();
    const leftMs = this.dueAt - startedAt;
    let isTold = false;
    const tell = () => {
      isTold = true;
      this.dueAt = Infinity;
      onWaiting(reason, expectedMs === null ? null : clock.now() + Math.round(expectedMs), why());
    };
    const isLong = (expectedMs ?? 0) > LONG_WAIT_MS;
    const timer = isLong ? null : clock.setTimer(LONG_WAIT_MS, tell);
    if (isLong) tell();
    try {
      return await this.guard(work, giveUp);
    } finally {
      timer?.cancel();
      // Assigned in `tell`, which the compiler does not see.
      if (isTold as boolean) {
        const now = clock.monotonic();
        this.#pausedMs += now - startedAt;
        this.dueAt = now + leftMs;
        if (this.#stopped === null) onGoing();
      }
    }
  }
}
