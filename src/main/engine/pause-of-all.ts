import { CLOCK_JUMP } from '../../shared/status.ts';
import type { JsonValue } from '../../shared/values.ts';
import type { Clock, Timer } from './clock.ts';
import type { Pause } from './scheduler/due-segments.ts';
import type { Store } from './store/store.ts';
import { Turns } from './turns.ts';

/**
 * The pause of everything: kept in the store, so that it survives a restart, and kept after it is over, so that
 * instants which it silenced are told as paused.
 */
export interface PauseState {
  readonly from: number;
  readonly until: number | null;
  readonly reason: string | null;
}

const SETTING = 'pause';
/** Looked at in between, so that a jump of the wall clock is noticed. */
const LONGEST_WAIT_MS = 30_000;

export class PauseOfAll {
  readonly #clock: Clock;
  readonly #store: Pick<Store, 'commit'>;
  readonly #onChange: () => void;
  readonly #turns = new Turns();
  #state: PauseState | null = null;
  /** Since when the clock shows a time that cannot be; nothing of it is stored. */
  #doubtSince: number | null = null;
  #timer: Timer | null = null;

  constructor(clock: Clock, store: Pick<Store, 'commit'>, onChange: () => void) {
    this.#clock = clock;
    this.#store = store;
    this.#onChange = onChange;
  }

  load(stored: JsonValue | undefined): void {
    // Written by `#save` alone, so the shape is ours.
    this.#state = (stored ?? null) as unknown as PauseState | null;
    this.#watchEnd();
  }

  /** The pause in force at `now`, or null. */
  at(now: number): PauseState | null {
    const state = this.#state;
    if (state && (state.until === null || state.until > now)) return state;
    if (this.#doubtSince === null) return null;
    return { from: this.#doubtSince, until: null, reason: CLOCK_JUMP };
  }

  /** Whether the clock is in doubt: then not even what was missed is written down, for it may never have been. */
  isClockInDoubt(now: number): boolean {
    return this.at(now)?.reason === CLOCK_JUMP;
  }

  pauses(): readonly Pause[] {
    return this.#state ? [{ fromMs: this.#state.from, untilMs: this.#state.until }] : [];
  }

  /** From now, or from when the present pause began. */
  pause(until: number | null, reason: string | null): Promise<void> {
    return this.#turns.take(SETTING, async () => {
      const now = this.#clock.now();
      await this.#save({ from: this.at(now)?.from ?? now, until, reason });
    });
  }

  async resume(): Promise<void> {
    await this.#turns.take(SETTING, async () => {
      const now = this.#clock.now();
      const state = this.#state;
      if (state && this.at(now) === state) await this.#save({ ...state, until: now });
    });
    if (this.#doubtSince !== null) this.believeClock();
  }

  /**
   * The clock jumped so far that a person has to confirm it. In force at once, whatever the store says; when it
   * refuses, the pause does not survive a restart, and the next look at the clock finds the same.
   */
  async holdForClock(): Promise<void> {
    const now = this.#clock.now();
    if (this.isClockInDoubt(now)) return;
    const from = this.at(now)?.from ?? now;
    this.#take({ from, until: null, reason: CLOCK_JUMP });
    await this.pause(null, CLOCK_JUMP).catch(() => undefined);
  }

  /** Nothing is done while the clock shows a time that cannot be. */
  doubtClock(): void {
    if (this.#doubtSince !== null) return;
    this.#doubtSince = this.#clock.now();
    this.#onChange();
  }

  believeClock(): void {
    if (this.#doubtSince === null) return;
    this.#doubtSince = null;
    this.#onChange();
  }

  stop(): void {
    this.#timer?.cancel();
  }

  async #save(state: PauseState): Promise<void> {
    await this.#store.commit([{ kind: 'setting.put', name: SETTING, value: { ...state } }]);
    this.#take(state);
  }

  #take(state: PauseState): void {
    this.#state = state;
    this.#watchEnd();
    this.#onChange();
  }

  /** A pause with an end ends by itself: those that wait for it have to be told. */
  #watchEnd(): void {
    this.#timer?.cancel();
    this.#timer = null;
    const until = this.#state?.until ?? null;
    const waitMs = until === null ? 0 : until - this.#clock.now();
    if (waitMs <= 0) return;
    this.#timer = this.#clock.setTimer(Math.min(waitMs, LONGEST_WAIT_MS), () => {
      this.#watchEnd();
      if (!this.#timer) this.#onChange();
    });
  }
}
