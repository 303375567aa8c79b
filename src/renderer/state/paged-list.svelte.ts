import type { Page } from '../../shared/values.ts';
import { asCallError, type CallError } from './client.ts';

export interface PagedListOptions<T> {
  /** Loads the page at a cursor; null is the first one. */
  readonly load: (cursor: string | null) => Promise<Page<T>>;
  readonly keyOf: (item: T) => string;
}

/** A long list, loaded page by page as it is scrolled. */
export class PagedList<T> {
  items = $state.raw<readonly T[]>([]);
  error = $state.raw<CallError | null>(null);
  isPending = $state(false);
  /** Whether the first page has arrived. */
  isLoaded = $state(false);
  #cursor = $state.raw<string | null>(null);
  readonly #options: PagedListOptions<T>;
  #generation = 0;

  constructor(options: PagedListOptions<T>) {
    this.#options = options;
    void this.reload();
  }

  get hasMore(): boolean {
    return !this.isLoaded || this.#cursor !== null;
  }

  /** Starts again at the top; what is shown stays until the new first page is there. */
  async reload(): Promise<void> {
    this.#generation += 1;
    await this.#loadPage(null);
  }

  async loadMore(): Promise<void> {
    if (this.isPending || this.#cursor === null) return;
    await this.#loadPage(this.#cursor);
  }

  /** Replaces items that are shown. */
  update(changed: ReadonlyMap<string, T>): void {
    const isShown = this.items.some((item) => changed.has(this.#options.keyOf(item)));
    if (!isShown) return;
    this.items = this.items.map((item) => changed.get(this.#options.keyOf(item)) ?? item);
  }

  /** Puts items above all others; those that are shown already are left alone. */
  prepend(items: readonly T[]): void {
    if (!this.isLoaded) return;
    const known = new Set(this.items.map((item) => this.#options.keyOf(item)));
    const fresh = items.filter((item) => !known.has(this.#options.keyOf(item)));
    if (fresh.length > 0) this.items = [...fresh, ...this.items];
  }

  remove(key: string): void {
    this.items = this.items.filter((item) => this.#options.keyOf(item) !== key);
  }

  close(): void {
    this.#generation += 1;
  }

  async #loadPage(cursor: string | null): Promise<void> {
    const generation = this.#generation;
    let broughtMore = false;
    this.isPending = true;
    try {
      const page = await this.#options.load(cursor);
      if (generation !== this.#generation) return;
      const before = cursor === null ? 0 : this.items.length;
      this.items = cursor === null ? page.items : this.#appended(page.items);
      broughtMore = this.items.length > before;
      this.#cursor = page.nextCursor;
      this.error = null;
      this.isLoaded = true;
    } catch (thrown) {
      if (generation !== this.#generation) return;
      this.error = asCallError(thrown);
    }
    this.isPending = false;
    // A page may come back empty while the list goes on: who looks at the end of what is there has nothing to scroll.
    if (this.error === null && !broughtMore && this.#cursor !== null) await this.loadMore();
  }

  #appended(items: readonly T[]): readonly T[] {
    const known = new Set(this.items.map((item) => this.#options.keyOf(item)));
    return [...this.items, ...items.filter((item) => !known.has(this.#options.keyOf(item)))];
  }
}
