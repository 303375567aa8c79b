/**
 * A map and a set for what comes and goes by the thousand a second.
 *
 * V8's own keep a link from each table that they have outgrown to the next one, for iterators that may be under way.
 * When one of these tables has once grown old, all later ones hang on it, with everything that was in them: what is
 * long gone survives every young collection and fills the old generation, until a full one (seen with Node 20.20 and
 * 24.21; of what outlived young collections in the threads of a run, more than a third did so for this alone). So a new
 * map is begun before much has passed through the old one, and the old one is emptied, so that it holds nothing back.
 */
const RENEWED_AFTER = 128;
/** So many times what is in it may pass through it in between. */
const PASSES = 8;

/** Keeps the order of insertion, as a Map does. Its iterators are good until the next `await`. */
export class TransitMap<K, V> {
  #map = new Map<K, V>();
  #added = 0;
  #isRenewalPlanned = false;

  get size(): number {
    return this.#map.size;
  }

  has(key: K): boolean {
    return this.#map.has(key);
  }

  get(key: K): V | undefined {
    return this.#map.get(key);
  }

  set(key: K, value: V): void {
    this.#map.set(key, value);
    this.#added += 1;
    if (this.#added > RENEWED_AFTER && this.#added > PASSES * this.#map.size) this.#planRenewal();
  }

  delete(key: K): boolean {
    return this.#map.delete(key);
  }

  clear(): void {
    this.#map = new Map();
    this.#added = 0;
  }

  keys(): MapIterator<K> {
    return this.#map.keys();
  }

  values(): MapIterator<V> {
    return this.#map.values();
  }

  entries(): MapIterator<[K, V]> {
    return this.#map.entries();
  }

  /** Not at once: somebody may be going through it. */
  #planRenewal(): void {
    if (this.#isRenewalPlanned) return;
    this.#isRenewalPlanned = true;
    queueMicrotask(() => {
      this.#isRenewalPlanned = false;
      this.#renew();
    });
  }

  #renew(): void {
    const old = this.#map;
    this.#map = new Map(old);
    for (const key of this.#map.keys()) old.delete(key);
    this.#added = 0;
  }
}

/** As `TransitMap`. */
export class TransitSet<T> {
  readonly #map = new TransitMap<T, true>();

  get size(): number {
    return this.#map.size;
  }

  has(item: T): boolean {
    return this.#map.has(item);
  }

  add(item: T): void {
    this.#map.set(item, true);
  }

  delete(item: T): boolean {
    return this.#map.delete(item);
  }

  clear(): void {
    this.#map.clear();
  }

  values(): MapIterator<T> {
    return this.#map.keys();
  }
}
