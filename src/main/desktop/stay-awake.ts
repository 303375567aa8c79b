/** Electron's `powerSaveBlocker`, for one kind of blocking. */
export interface Blocker {
  /** Answers the id by which it is ended. */
  start(): number;
  stop(id: number): void;
}

/** Keeps the machine from falling asleep by itself while runs are active; the screen may go dark. */
export class StayAwake {
  readonly #blocker: Blocker;
  #id: number | null = null;

  constructor(blocker: Blocker) {
    this.#blocker = blocker;
  }

  /** So many runs are active now. */
  active(runs: number): void {
    if (runs > 0) this.#id ??= this.#blocker.start();
    else this.stop();
  }

  stop(): void {
    if (this.#id !== null) this.#blocker.stop(this.#id);
    this.#id = null;
  }
}
