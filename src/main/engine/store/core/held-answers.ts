import type { QueryName } from '../store.ts';

/** An answer that shows what is not on disk yet. */
interface HeldAnswer {
  readonly name: QueryName;
  readonly params: unknown;
  readonly lsn: number;
  readonly result: unknown;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Answers that wait until what they show is on disk: nothing is shown that might yet be lost. */
export class HeldAnswers {
  #held: HeldAnswer[] = [];

  hold(name: QueryName, params: unknown, lsn: number, result: unknown): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#held.push({ name, params, lsn, result, resolve, reject });
    });
  }

  /** Everything up to here is on disk. */
  release(durableLsn: number): void {
    if (this.#held.length === 0) return;
    const held = this.#held;
    this.#held = held.filter(({ lsn }) => lsn > durableLsn);
    for (const answer of held) if (answer.lsn <= durableLsn) answer.resolve(answer.result);
  }

  /** What they show was undone: each is asked again. */
  askAgain(query: (name: QueryName, params: unknown) => Promise<unknown>): void {
    for (const { name, params, resolve, reject } of this.#held.splice(0))
      query(name, params).then(resolve, reject);
  }

  rejectAll(error: Error): void {
    for (const { reject } of this.#held.splice(0)) reject(error);
  }
}
