import { asCallError, type CallError } from './client.ts';

/** Shortest time between two loads that events ask for, in ms. */
const REFRESH_EVERY_MS = 800;

/** Something that is loaded: pending, failed or there. A refresh keeps showing the last value. */
export class Resource<T> {
  value = $state.raw<T | undefined>(undefined);
  error = $state.raw<CallError | null>(null);
  isPending = $state(false);
  readonly #load: () => Promise<T>;
  #asked = 0;
  #lastLoad = -Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(load: () => Promise<T>) {
    this.#load = load;
    void this.load();
  }

  /** Loads now; of several loads under way the last one counts. */
  async load(): Promise<void> {
    const asked = ++this.#asked;
    this.#lastLoad = performance.now();
    this.isPending = true;
    try {
      const value = await this.#load();
      if (asked === this.#asked) this.#settle(value, null);
    } catch (thrown) {
      if (asked === this.#asked) this.#settle(this.value, asCallError(thrown));
    }
  }

  /** Loads soon; however often it is asked, the other side hears it about once a second. */
  refreshSoon(): void {
    if (this.#timer !== undefined) return;
    const wait = Math.max(0, this.#lastLoad + REFRESH_EVERY_MS - performance.now());
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
