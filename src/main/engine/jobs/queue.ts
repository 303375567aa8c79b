import type { Priority } from '../../../shared/priority.ts';
import { TransitMap, TransitSet } from '../transit.ts';

/**
 * The line of runs that wait for a slot. A small port, so that a shared queue can stand here when several machines
 * work together; `QUEUE_BACKEND` names the implementation.
 */
export interface Queue<T extends Waiting> {
  add(item: T): void;
  /** Takes the next one that may start now, or undefined. `now` is monotonic ms, as `queuedAt`. */
  take(now: number, mayStart: (item: T) => boolean): T | undefined;
  remove(item: T): boolean;
  readonly size: number;
  sizeOf(priority: Priority): number;
}

export interface Waiting {
  readonly id: string;
  /** Items of one lane go in their order: when the first may not start, none of them may. Lanes take turns. */
  readonly lane: string;
  readonly priority: Priority;
  /** Since when it waits, monotonic ms. */
  readonly queuedAt: number;
}

/** The line that `QUEUE_BACKEND` names; `memory` when it names none. */
export function createQueue<T extends Waiting>(backend = 'memory'): Queue<T> {
  if (backend === 'memory') return new MemoryQueue<T>();
  throw new Error(`QUEUE_BACKEND is '${backend}'; this version knows: memory.`);
}

/** A run that waited this long is served in turn with the urgent ones, whatever its priority. */
export const AGEING_MS = 4 * 60_000;

const URGENCY = ['critical', 'high', 'normal', 'low'] as const satisfies readonly Priority[];

/**
 * Urgent first; within a priority the lanes take turns, so that a job that floods the line delays the others by the run
 * that is under way at most. Every second turn goes to one that waited over `AGEING_MS`, of each priority in turn: critical runs cannot starve
 * low ones, not even when they have aged themselves, nor aged low ones the critical.
 */
export class MemoryQueue<T extends Waiting> implements Queue<T> {
  readonly #lines: Readonly<Record<Priority, Line<T>>> = {
    critical: new Line(),
    high: new Line(),
    normal: new Line(),
    low: new Line(),
  };
  #size = 0;
  #agedTurn = false;
  #lastAged = 0;

  get size(): number {
    return this.#size;
  }

  sizeOf(priority: Priority): number {
    return this.#lines[priority].size;
  }

  add(item: T): void {
    if (this.#lines[item.priority].add(item)) this.#size += 1;
  }

  take(now: number, mayStart: (item: T) => boolean): T | undefined {
    if (this.#size === 0) return undefined;
    this.#agedTurn = !this.#agedTurn;
    const aged = this.#agedTurn ? undefined : this.#aged(now - AGEING_MS, mayStart);
    const item = aged ?? this.#nextInTurn(mayStart);
    if (item) {
      this.remove(item);
      this.#lines[item.priority].hadTurn(item.lane);
    }
    return item;
  }

  remove(item: T): boolean {
    if (!this.#lines[item.priority].remove(item)) return false;
    this.#size -= 1;
    return true;
  }

  #nextInTurn(mayStart: (item: T) => boolean): T | undefined {
    for (const priority of URGENCY) {
      const item = this.#lines[priority].nextInTurn(mayStart);
      if (item) return item;
    }
    return undefined;
  }

  /** The priorities take turns here, for all of them may have aged. */
  #aged(since: number, mayStart: (item: T) => boolean): T | undefined {
    for (let step = 1; step <= URGENCY.length; step++) {
      const turn = (this.#lastAged + step) % URGENCY.length;
      const priority = URGENCY[turn];
      const item = priority && this.#lines[priority].longestWaiting(since, mayStart);
      if (!item) continue;
      this.#lastAged = turn;
      return item;
    }
    return undefined;
  }
}

/** The waiting items of one lane, first in, first out: sets keep the order of insertion. */
interface Lane<T> {
  readonly name: string;
  readonly items: TransitSet<T>;
  /** The number of its last turn; 0 = none is known. */
  lastTurn: number;
}

/**
 * One priority. The lane whose last turn lies furthest back is next: one that comes now and then goes before one that
 * is always there, and is not made to wait for a whole round of the others.
 */
class Line<T extends Waiting> {
  readonly #all = new TransitSet<T>();
  readonly #lanes = new TransitMap<string, Lane<T>>();
  /** The lanes, next one first: in the order of their last turns. */
  readonly #rotation: Lane<T>[] = [];
  /** Last turns of lanes in which nobody waits now. When nobody waits at all, the latest is enough to know. */
  readonly #lastTurns = new TransitMap<string, number>();
  #turn = 0;

  get size(): number {
    return this.#all.size;
  }

  add(item: T): boolean {
    if (this.#all.has(item)) return false;
    this.#all.add(item);
    const lane = this.#lanes.get(item.lane) ?? this.#enter(item.lane);
    lane.items.add(item);
    return true;
  }

  nextInTurn(mayStart: (item: T) => boolean): T | undefined {
    for (const { items } of this.#rotation) {
      const first = firstOf(items.values());
      if (first && mayStart(first)) return first;
    }
    return undefined;
  }

  /** Of those that wait since before `since`. They stand in the order in which they came. */
  longestWaiting(since: number, mayStart: (item: T) => boolean): T | undefined {
    for (const item of this.#all.values()) {
      if (item.queuedAt > since) return undefined;
      if (mayStart(item)) return item;
    }
    return undefined;
  }

  remove(item: T): boolean {
    if (!this.#all.delete(item)) return false;
    const lane = this.#lanes.get(item.lane);
    if (!lane) return true;
    lane.items.delete(item);
    if (lane.items.size === 0) this.#leave(lane);
    return true;
  }

  /** One of the lane was taken. */
  hadTurn(name: string): void {
    this.#turn += 1;
    if (this.#all.size === 0) this.#lastTurns.clear();
    const lane = this.#lanes.get(name);
    if (!lane) {
      this.#lastTurns.set(name, this.#turn);
      return;
    }
    lane.lastTurn = this.#turn;
    this.#takeOut(lane);
    this.#rotation.push(lane);
  }

  #enter(name: string): Lane<T> {
    const lane: Lane<T> = {
      name,
      items: new TransitSet(),
      lastTurn: this.#lastTurns.get(name) ?? 0,
    };
    this.#lastTurns.delete(name);
    this.#lanes.set(name, lane);
    let place = this.#rotation.length;
    // Behind those whose last turn lies as far back: they came first.
    while (place > 0 && (this.#rotation[place - 1]?.lastTurn ?? 0) > lane.lastTurn) place -= 1;
    if (place === this.#rotation.length) this.#rotation.push(lane);
    else this.#rotation.splice(place, 0, lane);
    return lane;
  }

  #leave(lane: Lane<T>): void {
    this.#lanes.delete(lane.name);
    this.#takeOut(lane);
    if (lane.lastTurn > 0) this.#lastTurns.set(lane.name, lane.lastTurn);
  }

  #takeOut(lane: Lane<T>): void {
    const place = this.#rotation.indexOf(lane);
    // Nearly always the first, which is taken off without moving the others.
    if (place === 0) this.#rotation.shift();
    else this.#rotation.splice(place, 1);
  }
}

function firstOf<T>(items: Iterable<T>): T | undefined {
  for (const item of items) return item;
  return undefined;
}
