/** It may be changed while the program runs; asking for it costs as much as planning several jobs. */
const ASKED_EVERY_MS = 30_000;

/** The time zone of this machine, as it was when it was last asked for. */
export class MachineZone {
  readonly #ask: () => string;
  #name = '';
  /** Monotonic. */
  #askedAt = -Infinity;

  constructor(ask: () => string) {
    this.#ask = ask;
  }

  get name(): string {
    return this.#name;
  }

  /** Whether it is another one now. Asks at most every 30 s, unless `atOnce`. */
  hasChanged(monotonicMs: number, atOnce: boolean): boolean {
    if (!atOnce && monotonicMs - this.#askedAt < ASKED_EVERY_MS) return false;
    this.#askedAt = monotonicMs;
    const before = this.#name;
    this.#name = this.#ask();
    return this.#name !== before;
  }

  /** It is asked for at the next look. */
  forget(): void {
    this.#askedAt = -Infinity;
  }
}
