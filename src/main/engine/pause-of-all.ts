import type { JsonValue } from '../../shared/values.ts';
import type { Pause } from './scheduler/due-segments.ts';
import type { Store } from './store/store.ts';

/**
 * The pause of everything: kept in the store, so that it survives a restart, and kept after it is over, so that
 * instants which it silenced are told as paused. `hold` marks one that only a person may end: the clock did something
 * that cannot be believed.
 */
export interface PauseState {
  readonly from: number;
  readonly until: number | null;
  readonly reason: string | null;
}

const SETTING = 'pause';

export class PauseOfAll {
  readonly #store: Pick<Store, 'commit'>;
  readonly #onChange: () => void;
  #state: PauseState | null = null;

  constructor(store: Pick<Store, 'commit'>, onChange: () => void) {
    this.#store = store;
    this.#onChange = onChange;
  }

  load(stored: JsonValue | undefined): void {
    // Written by `#set` alone, so the shape is ours.
    this.#state = (stored ?? null) as unknown as PauseState | null;
  }

  /** The pause in force at `now`, or null. */
  at(now: number): PauseState | null {
    const state = this.#state;
    if (!state || (state.until !== null && state.until <= now)) return null;
    return state;
  }

  pauses(): readonly Pause[] {
    return this.#state ? [{ fromMs: this.#state.from, untilMs: this.#state.until }] : [];
  }

  /** From now, or from when the present pause began. */
  pause(now: number, until: number | null, reason: string | null): Promise<void> {
    return this.#set({ from: this.at(now)?.from ?? now, until, reason });
  }

  async resume(now: number): Promise<void> {
    const state = this.at(now);
    if (state) await this.#set({ ...state, until: now });
  }

  async #set(state: PauseState): Promise<void> {
    await this.#store.commit([{ kind: 'setting.put', name: SETTING, value: { ...state } }]);
    this.#state = state;
    this.#onChange();
  }
}
