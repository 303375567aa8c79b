import { TransitMap } from '../transit.ts';
import type { LiveRun } from './live-run.ts';

/** One transaction of a run, and what follows once it is on disk. */
interface Write {
  readonly handOver: () => Promise<unknown>;
  readonly stored: (result: unknown) => void;
}

/**
 * Hands the transactions of each run to the store one after the other, each only when the one before is on disk. When
 * one is refused, those behind it are dropped: stored after a gap they would move the position past pages that were
 * lost.
 */
export class WriteLine {
  /** A run is in here while a transaction of its own is on its way. */
  readonly #behind = new TransitMap<LiveRun, Write[]>();
  readonly #onRefused: (run: LiveRun, error: unknown) => void;

  constructor(onRefused: (run: LiveRun, error: unknown) => void) {
    this.#onRefused = onRefused;
  }

  /** `handOver` is called when everything before is on disk, `stored` with what it resolves to. */
  add<R>(run: LiveRun, handOver: () => Promise<R>, stored: (result: R) => void): void {
    // The result that `stored` gets is the one of its own `handOver`.
    const write: Write = { handOver, stored: stored as (result: unknown) => void };
    const behind = this.#behind.get(run);
    if (behind) behind.push(write);
    else this.#begin(run, write);
  }

  /** A transaction that is on its way already. */
  follow(run: LiveRun, handedOver: Promise<unknown>, stored: () => void): void {
    this.#begin(run, { handOver: () => handedOver, stored });
  }

  /** Drops what waits; what is on its way is then of no interest. */
  forget(run: LiveRun): void {
    this.#behind.delete(run);
  }

  #begin(run: LiveRun, write: Write): void {
    const behind: Write[] = [];
    this.#behind.set(run, behind);
    this.#carryOut(run, behind, write);
  }

  #carryOut(run: LiveRun, behind: Write[], write: Write): void {
    write.handOver().then(
      (result) => {
        if (this.#behind.get(run) !== behind) return;
        write.stored(result);
        const next = behind.shift();
        if (next) this.#carryOut(run, behind, next);
        else if (this.#behind.get(run) === behind) this.#behind.delete(run);
      },
      (error: unknown) => {
        if (this.#behind.get(run) !== behind) return;
        this.#behind.delete(run);
        this.#onRefused(run, error);
      },
    );
  }
}
