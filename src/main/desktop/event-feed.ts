import type { PontualEvent } from '../../shared/events.ts';
import type { Clock, Timer } from '../engine/clock.ts';

/** Long enough to make batches of a busy engine, short enough to look immediate. */
const GATHER_MS = 50;
const MOST_PENDING = 500;

export interface EventFeedOptions {
  readonly clock: Clock;
  readonly send: (events: readonly PontualEvent[]) => void;
  /** Told instead of a batch when events were left out: load again what is shown. */
  readonly sendReset: () => void;
}

/**
 * Carries events to the window in batches. A status or a run's progress replaces the one before it; when more
 * than 500 gather, or while nobody looks, they are left out and the window is told to load anew.
 */
export class EventFeed {
  readonly #options: EventFeedOptions;
  #pending = new Map<string, PontualEvent>();
  #timer: Timer | null = null;
  #isOpen = false;
  #hasLeftOut = false;
  #number = 0;

  constructor(options: EventFeedOptions) {
    this.#options = options;
  }

  /** Somebody looks from now on. */
  open(): void {
    this.#isOpen = true;
    if (this.#hasLeftOut) this.#schedule();
  }

  /** Nobody looks: events are left out until `open`. */
  close(): void {
    this.#isOpen = false;
    this.#timer?.cancel();
    this.#timer = null;
    this.#leaveOut();
  }

  push(event: PontualEvent): void {
    if (!this.#isOpen) {
      this.#hasLeftOut = true;
      return;
    }
    const key = replacementKey(event) ?? `#${(this.#number += 1)}`;
    this.#pending.delete(key); // so that the replacement takes its place at the end
    this.#pending.set(key, event);
    if (this.#pending.size > MOST_PENDING) this.#leaveOut();
    this.#schedule();
  }

  #leaveOut(): void {
    if (this.#pending.size > 0) this.#hasLeftOut = true;
    this.#pending = new Map();
  }

  #schedule(): void {
    this.#timer ??= this.#options.clock.setTimer(GATHER_MS, () => this.#flush());
  }

  #flush(): void {
    this.#timer = null;
    const events = [...this.#pending.values()];
    this.#pending = new Map();
    if (this.#hasLeftOut) this.#options.sendReset();
    this.#hasLeftOut = false;
    if (events.length > 0) this.#options.send(events);
  }
}

function replacementKey(event: PontualEvent): string | null {
  if (event.name === 'status.changed') return event.name;
  return event.name === 'run.progress' ? `${event.name} ${event.data.runId}` : null;
}
