/**
 * Changes of one thing, one after the other: each begins when the one before has ended, however it ended. Changes of
 * different things do not wait for each other.
 */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Runs `change` when it is its turn; resolves and rejects as it does. */
  take<T>(key: string, change: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key);
    const own = before ? before.then(change, change) : change();
    this.#last.set(key, own);
    const over = () => {
      if (this.#last.get(key) === own) this.#last.delete(key);
    };
    own.then(over, over);
    return own;
  }
}
