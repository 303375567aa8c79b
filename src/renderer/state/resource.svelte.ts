import { asCallError, type CallError } from './client.ts';

/** Shortest time between two loads that events ask for, in ms. */
const REFRESH_EVERY_MS = 800;
/** What takes long is asked for less often: at most this share of the time is spent on loading. */
const MOST_LOADING = 0.1;

/** Something that is loaded: pending, failed or there. A refresh keeps showing the last value. */
export class Resource<T> {
  value = $state.raw<T | undefined>(undefined);
  error = $state.raw<CallError | null>(null);
  isPending = $state(false);
  readonly #load: () => Promise<T>;
  #asked = 0;
  #lastLoad = -Infinity;
  #tookMs = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(load: () => Promise<T>) {
    this.#load = load;
    void this.load();
  }

  /** Loads now; of several loads under way the last one counts. */
  async load(): Promise<void> {
    const asked = ++this.#asked;
    const begun = performance.now();
    this.#lastLoad = begun;
    this.isPending = true;
    try {
      const value = await this.#load();
      this.#tookMs = performance.now() - begun;
      if (asked === this.#asked) this.#settle(value, null);
    } catch (thrown) {
      if (asked === this.#asked) this.#settle(this.value, asCallError(thrown));
    }
  }

  /** Loads soon; however often it is asked, the other side hears it about once a second. */
  refreshSoon(): void {
    if (this.#timer !== undefined) return;
    const pause = Math.max(REFRESH_EVERY_MS, this.#tookMs / MOST_LOADING);
    const wait = Math.max(0, this.#lastLoad + pause - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.load();
    }, wait);
  }

  /** Shows a value that came another way, such as the answer to a change. */
  set(value: T): void {
    this.#asked += 1;
    this.#settle(value, null);
  }

  close(): void {
    this.#asked += 1;
    clearTimeout(this.#timer);
  }

  #settle(value: T | undefined, error: CallError | null): void {
    this.value = value;
    this.error = error;
    this.isPending = false;
  }
}
