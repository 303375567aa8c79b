import type { Clock, Timer } from './clock.ts';
import type { Store } from './store/store.ts';

/** How often the store's thread is asked for a sign of life. */
export const PULSE_MS = 10_000;

/** What is known of the store's thread. */
export interface StoreVitals {
  /** Epoch ms of its last answer; null before the first. */
  readonly heardAt: number | null;
  /** For how long it has owed an answer, ms; 0 = it owes none. */
  readonly silentMs: number;
}

/**
 * Asks the store's thread something small every 10 s. The answer comes from the thread itself, behind whatever it is
 * doing, so a thread that is caught in something does not look alive.
 */
export class StorePulse {
  readonly #clock: Clock;
  readonly #store: Pick<Store, 'query'>;
  #timer: Timer | null = null;
  #heardAt: number | null = null;
  /** Monotonic; null = it has answered. */
  #askedAt: number | null = null;
  #isStopped = false;

  constructor(clock: Clock, store: Pick<Store, 'query'>) {
    this.#clock = clock;
    this.#store = store;
  }

  get vitals(): StoreVitals {
    const silentMs = this.#askedAt === null ? 0 : this.#clock.monotonic() - this.#askedAt;
    return { heardAt: this.#heardAt, silentMs };
  }

  start(): void {
    if (this.#isStopped) return;
    this.#ask();
    this.#timer = this.#clock.setTimer(PULSE_MS, () => this.start());
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  #ask(): void {
    // Asked once; the next question waits for the answer.
    if (this.#askedAt !== null) return;
    this.#askedAt = this.#clock.monotonic();
    const answered = () => {
      this.#askedAt = null;
      this.#heardAt = this.#clock.now();
    };
    // A thread that refuses to answer is alive; one that has ended answers when there is another.
    this.#store.query('idempotency.get', NOBODY).then(answered, answered);
  }
}

/** Answered by an index at once. */
const NOBODY = { key: '', now: 0 };
