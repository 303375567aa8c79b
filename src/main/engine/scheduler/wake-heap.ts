import { TransitMap } from '../transit.ts';

/** So many entries may count for nothing before they are looked for. */
const MOST_OUTDATED = 1000;

/**
 * Which job wakes next: a binary heap. An item may be put in again with another time; the older entry then counts for
 * nothing and is dropped when it comes up.
 */
export class WakeHeap<T extends object> {
  #heap: { readonly at: number; readonly item: T }[] = [];
  readonly #current = new TransitMap<T, number>();

  /** Entries, outdated ones too. */
  get size(): number {
    return this.#heap.length;
  }

  /** `null` takes the item out. */
  set(item: T, at: number | null): void {
    if (at === null) {
      this.#current.delete(item);
      return;
    }
    if (this.#current.get(item) === at) return;
    this.#current.set(item, at);
    this.#heap.push({ at, item });
    this.#up(this.#heap.length - 1);
    if (this.#heap.length > 2 * this.#current.size + MOST_OUTDATED) this.#rebuild();
  }

  /** The earliest item and its time. */
  peek(): { readonly at: number; readonly item: T } | undefined {
    for (let top = this.#heap[0]; top; top = this.#heap[0]) {
      if (this.#current.get(top.item) === top.at) return top;
      this.#pop();
    }
    return undefined;
  }

  /** Takes the earliest item out if its time has come. */
  takeDue(now: number): T | undefined {
    const top = this.peek();
    if (!top || top.at > now) return undefined;
    this.#pop();
    this.#current.delete(top.item);
    return top.item;
  }

  /** Leaves out the entries that count for nothing. */
  #rebuild(): void {
    const entries = [...this.#current.entries()].map(([item, at]) => ({ item, at }));
    // An array in order is a heap.
    this.#heap = entries.sort((a, b) => a.at - b.at);
  }

  #pop(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#down(0);
  }

  #up(start: number): void {
    let index = start;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (this.#at(parent) <= this.#at(index)) return;
      this.#swap(index, parent);
      index = parent;
    }
  }

  #down(start: number): void {
    let index = start;
    for (;;) {
      const left = 2 * index + 1;
      const smaller = this.#at(left + 1) < this.#at(left) ? left + 1 : left;
      if (this.#at(index) <= this.#at(smaller)) return;
      this.#swap(index, smaller);
      index = smaller;
    }
  }

  #at(index: number): number {
    return this.#heap[index]?.at ?? Infinity;
  }

  #swap(a: number, b: number): void {
    const first = this.#heap[a];
    const second = this.#heap[b];
    if (!first || !second) return;
    this.#heap[a] = second;
    this.#heap[b] = first;
  }
}
