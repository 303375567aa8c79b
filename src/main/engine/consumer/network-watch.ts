import { networkInterfaces } from 'node:os';
import type { RunError } from '../../../shared/run.ts';
import type { Clock, Timer } from '../clock.ts';
import type { Lifetime } from './lifetime.ts';
import { hasNetwork, soundsOffline } from './offline.ts';

/** Nobody is told that the network is back, so whoever waits for it looks: a look costs a tenth of a millisecond. */
export const LOOK_EVERY_MS = 5000;

/**
 * Knows whether there is a network at all. Calls that failed for want of one wait here until it is back, however long
 * that takes; nothing is tried meanwhile.
 *
 *     online --a call fails and no interface is up--> offline --an interface is up--> online, and all go on
 */
export class NetworkWatch {
  readonly #clock: Clock;
  readonly #tell: (online: boolean) => void;
  readonly #interfaces: typeof networkInterfaces;
  readonly #waiting = new Set<() => void>();
  #timer: Timer | null = null;

  /** `tell` hears of every change, once. */
  constructor(clock: Clock, tell: (online: boolean) => void, interfaces = networkInterfaces) {
    this.#clock = clock;
    this.#tell = tell;
    this.#interfaces = interfaces;
  }

  /** Whether the call failed because this machine has no network. */
  isOffline(error: RunError): boolean {
    return soundsOffline(error) && !hasNetwork(this.#interfaces);
  }

  /** Waits for the network. Throws `Stopped` when the life is over before. */
  async back(life: Lifetime): Promise<void> {
    let go: () => void = () => undefined;
    const back = new Promise<void>((resolve) => (go = resolve));
    this.#waiting.add(go);
    if (this.#waiting.size === 1 && this.#timer === null) {
      this.#tell(false);
      this.#lookLater();
    }
    try {
      await life.wait('network', back, go);
    } finally {
      this.#waiting.delete(go);
    }
  }

  /** Something may have changed. */
  look(): void {
    if (this.#timer === null) return;
    this.#timer.cancel();
    if (!hasNetwork(this.#interfaces)) {
      this.#lookLater();
      return;
    }
    this.#timer = null;
    this.#tell(true);
    for (const go of this.#waiting) go();
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #lookLater(): void {
    this.#timer = this.#clock.setTimer(LOOK_EVERY_MS, () => this.look());
  }
}
