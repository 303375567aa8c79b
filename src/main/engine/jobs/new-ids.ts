import { taken } from './refusals.ts';
import { freeId } from './slug.ts';

export type Kind = 'integration' | 'job';

/** Ids of new things: nobody gets one that is taken, or that somebody is just taking. */
export class NewIds {
  readonly #kind: Kind;
  readonly #known: ReadonlyMap<string, unknown>;
  /** Of things that are being made. */
  readonly #coming = new Set<string>();

  constructor(kind: Kind, known: ReadonlyMap<string, unknown>) {
    this.#kind = kind;
    this.#known = known;
  }

  /** The id that was asked for, else one after the name that nobody has. */
  free({ id, name }: { readonly id?: string | undefined; readonly name: string }): string {
    return freeId(id, name, this.#kind, (wanted) => this.#isTaken(wanted));
  }

  /** Makes the thing of that id, which is its own from now on; throws `conflict` when there is one or one is being made. */
  async make<T>(id: string, make: () => Promise<T>): Promise<T> {
    if (this.#isTaken(id)) throw taken(this.#kind, id);
    this.#coming.add(id);
    try {
      return await make();
    } finally {
      this.#coming.delete(id);
    }
  }

  #isTaken(id: string): boolean {
    return this.#known.has(id) || this.#coming.has(id);
  }
}
