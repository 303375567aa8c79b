import type { Clock, Timer } from '../clock.ts';
import type { Op } from '../store/ops.ts';
import type { Store } from '../store/store.ts';

/** Measurements that are known late are written together, this long after the first of them. */
const WRITTEN_AFTER_MS = 1000;
/** In transactions of at most so many. */
const MOST_AT_ONCE = 1000;

type StepsOp = Extract<Op, { kind: 'steps.put' }>;

/**
 * How long it took to store a page is known only after it was stored. These measurements follow later, many in one
 * transaction. They are about data that is on disk: when the store refuses them, nothing but a few numbers is lost.
 */
export class LateSteps {
  readonly #clock: Clock;
  readonly #store: Pick<Store, 'commit'>;
  #ops: StepsOp[] = [];
  #timer: Timer | null = null;

  constructor(clock: Clock, store: Pick<Store, 'commit'>) {
    this.#clock = clock;
    this.#store = store;
  }

  add(op: StepsOp): void {
    this.#ops.push(op);
    this.#timer ??= this.#clock.setTimer(WRITTEN_AFTER_MS, () => void this.flush());
  }

  /** Writes what is held back; never rejects. */
  async flush(): Promise<void> {
    this.#timer?.cancel();
    this.#timer = null;
    const ops = this.#ops;
    this.#ops = [];
    for (let from = 0; from < ops.length; from += MOST_AT_ONCE)
      await this.#store.commit(ops.slice(from, from + MOST_AT_ONCE)).catch(() => undefined);
  }
}
