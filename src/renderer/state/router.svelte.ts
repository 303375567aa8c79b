import { parseHash, routeOf, toHash, type Location, type Query } from './route.ts';

/** Where the window is. The address is the only copy of a list's filters, so that going back restores them. */
export class Router {
  #location = $state.raw<Location>(parseHash(window.location.hash));
  readonly route = $derived(routeOf(this.#location.path));

  constructor() {
    window.addEventListener('hashchange', this.#onHashChange);
  }

  get path(): string {
    return this.#location.path;
  }

  get query(): Query {
    return this.#location.query;
  }

  /** Goes to an address such as `#/runs/1`. */
  go(hash: string): void {
    window.location.hash = hash;
  }

  /** Changes some of the query without a new entry in the history. */
  setQuery(changes: Readonly<Record<string, string | null>>): void {
    window.history.replaceState(null, '', toHash(this.path, { ...this.query, ...changes }));
    this.#onHashChange();
  }

  close(): void {
    window.removeEventListener('hashchange', this.#onHashChange);
  }

  readonly #onHashChange = () => {
    this.#location = parseHash(window.location.hash);
  };
}
