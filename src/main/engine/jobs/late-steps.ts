import type { Clock, Timer } from '../clock.ts';
import type { Op } from '../store/ops.ts';
import type { Store } from '../store/store.ts';

/** Measurements that are known late are written together, this long after the first of them. */
const WRITTEN_AFTER_MS = 1000;
/** Or as soon as there are so many: kept any longer they are only in the way of the garbage collector. */
const MOST_HELD_BACK = 256;

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
    if (this.#ops.length >= MOST_HELD_BACK) void this.flush();
    else this.#timer ??= this.#clock.setTimer(WRITTEN_AFTER_MS, () => void this.flush());
  }

  /** Writes what is held back; never rejects. */
  async flush(): Promise<void> {
    this.#timer?.cancel();
    this.#timer = null;
    const ops = this.#ops;
    this.#ops = [];
    if (ops.length > 0) await this.#store.commit(ops).catch(() => undefined);
  }
}
