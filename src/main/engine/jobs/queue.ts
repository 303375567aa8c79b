import type { Priority } from '../../../shared/priority.ts';

/**
 * The line of runs that wait for a slot. A small port, so that a shared queue can stand here when several machines
 * work together; `QUEUE_BACKEND` names the implementation.
 */
export interface Queue<T extends Waiting> {
  add(item: T): void;
  /** Takes the next one that may start now, or undefined. */
  take(now: number, mayStart: (item: T) => boolean): T | undefined;
  remove(item: T): boolean;
  readonly size: number;
  sizeOf(priority: Priority): number;
}

export interface Waiting {
  readonly id: string;
  readonly jobId: string;
  readonly priority: Priority;
  /** Since when it waits, epoch ms. */
  readonly queuedAt: number;
}

/** The line that `QUEUE_BACKEND` names; `memory` when it names none. */
export function createQueue<T extends Waiting>(backend = 'memory'): Queue<T> {
  if (backend === 'memory') return new MemoryQueue<T>();
  throw new Error(`QUEUE_BACKEND is '${backend}'; this version knows: memory.`);
}

/** A run that waited this long is served in turn with the urgent ones, whatever its priority. */
export const AGEING_MS = 4 * 60_000;

const URGENCY: readonly Priority[] = ['critical', 'high', 'normal', 'low'];

/**
 * Urgent first; within a priority the jobs take turns, so that one that floods the line delays the others by one run
 * at most. Every second turn goes to the longest waiting of those that waited over `AGEING_MS`: critical runs cannot
 * starve low ones, nor aged low ones the critical.
 */
export class MemoryQueue<T extends Waiting> implements Queue<T> {
  readonly #lines = new Map<Priority, Line<T>>(
    URGENCY.map((priority) => [priority, new Line<T>()]),
  );
  #agedTurn = false;

  add(item: T): void {
    this.#line(item.priority).add(item);
  }

  take(now: number, mayStart: (item: T) => boolean): T | undefined {
    const aged = this.#agedTurn ? this.#oldestAged(now, mayStart) : undefined;
    this.#agedTurn = !this.#agedTurn;
    if (aged) {
      this.remove(aged);
      return aged;
    }
    for (const priority of URGENCY) {
      const item = this.#line(priority).take(mayStart);
      if (item) return item;
    }
    return undefined;
  }

  remove(item: T): boolean {
    return this.#line(item.priority).remove(item);
  }

  get size(): number {
    return URGENCY.reduce((sum, priority) => sum + this.#line(priority).size, 0);
  }

  sizeOf(priority: Priority): number {
    return this.#line(priority).size;
  }

  #oldestAged(now: number, mayStart: (item: T) => boolean): T | undefined {
    let oldest: T | undefined;
    for (const line of this.#lines.values()) {
      const head = line.oldest(mayStart);
      if (head && now - head.queuedAt >= AGEING_MS && (!oldest || head.queuedAt < oldest.queuedAt))
        oldest = head;
    }
    return oldest;
  }

  #line(priority: Priority): Line<T> {
    const line = this.#lines.get(priority);
    if (!line) throw new Error(`Unknown priority '${priority}'.`);
    return line;
  }
}

/** One priority: a first-in-first-out line a job, the jobs in rotation (a Map keeps insertion order). */
class Line<T extends Waiting> {
  readonly #byJob = new Map<string, Set<T>>();
  size = 0;

  add(item: T): void {
    const own = this.#byJob.get(item.jobId);
    if (own) own.add(item);
    else this.#byJob.set(item.jobId, new Set([item]));
    this.size += 1;
  }

  take(mayStart: (item: T) => boolean): T | undefined {
    for (const [jobId, items] of this.#byJob) {
      const first = firstOf(items);
      if (!first || !mayStart(first)) continue;
      this.remove(first);
      // The job goes to the end of the rotation.
      if (this.#byJob.delete(jobId) && items.size > 0) this.#byJob.set(jobId, items);
      return first;
    }
    return undefined;
  }

  oldest(mayStart: (item: T) => boolean): T | undefined {
    let oldest: T | undefined;
    for (const items of this.#byJob.values()) {
      const first = firstOf(items);
      if (first && (!oldest || first.queuedAt < oldest.queuedAt) && mayStart(first)) oldest = first;
    }
    return oldest;
  }

  remove(item: T): boolean {
    const own = this.#byJob.get(item.jobId);
    if (!own?.delete(item)) return false;
    if (own.size === 0) this.#byJob.delete(item.jobId);
    this.size -= 1;
    return true;
  }
}

function firstOf<T>(items: Iterable<T>): T | undefined {
  for (const item of items) return item;
  return undefined;
}
