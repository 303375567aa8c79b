import { toldBy, type Told } from '../../../../shared/sentences.ts';
import type { Clock, Timer } from '../../clock.ts';
import type { CanonicalEvent } from '../telemetry/canonical-event.ts';
import type { SinkState, TelemetrySink } from './sink.ts';

/** Delivers some events, oldest first; rejects when the destination did not take them. */
export type Deliver = (events: readonly CanonicalEvent[]) => Promise<void>;

export interface BatchingSinkOptions {
  readonly name: string;
  readonly clock: Clock;
  readonly deliver: Deliver;
  /** Which events the destination wants; all when left out. */
  readonly wants?: (event: CanonicalEvent) => boolean;
  readonly limits?: Partial<typeof SINK_LIMITS>;
}

const SECOND = 1000;

export const SINK_LIMITS: Readonly<
  Record<'most' | 'batch' | 'everyMs' | 'retryFirstMs' | 'retryAtMostMs', number>
> = {
  /** Events that may wait; then the oldest go, because the newest say more. */
  most: 10_000,
  batch: 500,
  everyMs: SECOND,
  retryFirstMs: SECOND,
  retryAtMostMs: 60 * SECOND,
};

/**
 * Gathers events and delivers them in batches, in order, one delivery at a time. A failed batch is tried again, ever
 * more rarely, before anything newer: delivery is at least once while there is room.
 */
export class BatchingSink implements TelemetrySink {
  readonly #options: BatchingSinkOptions;
  readonly #limits: typeof SINK_LIMITS;
  #waiting: CanonicalEvent[] = [];
  #timer: Timer | null = null;
  #delivering: Promise<void> | null = null;
  #stopped = false;
  #failures = 0;
  #delivered = 0;
  #dropped = 0;
  #lastError: Told | null = null;

  constructor(options: BatchingSinkOptions) {
    this.#options = options;
    this.#limits = { ...SINK_LIMITS, ...options.limits };
  }

  accept(event: CanonicalEvent): void {
    if (this.#stopped || this.#options.wants?.(event) === false) return;
    this.#waiting.push(event);
    if (this.#waiting.length > this.#limits.most) {
      // A tenth at a time: moving the whole line for each event would cost more than the event.
      const excess = Math.max(1, Math.trunc(this.#limits.most / 10));
      this.#waiting.splice(0, excess);
      this.#dropped += excess;
    }
    if (!this.#delivering) this.#timer ??= this.#wakeIn(this.#limits.everyMs);
  }

  states(): readonly SinkState[] {
    const { name } = this.#options;
    const waiting = this.#waiting.length;
    const [delivered, dropped, lastError] = [this.#delivered, this.#dropped, this.#lastError];
    return [{ name, delivered, waiting, dropped, lastError }];
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#timer = null;
    await this.#delivering;
    // A destination that fails now will not be there later either.
    do await this.#deliverBatch();
    while (this.#waiting.length > 0 && this.#failures === 0);
  }

  #wakeIn(delayMs: number): Timer {
    return this.#options.clock.setTimer(delayMs, () => {
      this.#timer = null;
      void this.#deliverBatch();
    });
  }

  #deliverBatch(): Promise<void> {
    this.#delivering ??= this.#tryBatch().finally(() => {
      this.#delivering = null;
      if (this.#waiting.length > 0 && !this.#stopped) this.#timer = this.#wakeIn(this.#pauseMs());
    });
    return this.#delivering;
  }

  async #tryBatch(): Promise<void> {
    const batch = this.#waiting.splice(0, this.#limits.batch);
    if (batch.length === 0) return;
    try {
      await this.#options.deliver(batch);
      this.#delivered += batch.length;
      this.#failures = 0;
      this.#lastError = null;
    } catch (error) {
      this.#waiting = [...batch, ...this.#waiting];
      this.#failures += 1;
      this.#lastError = toldBy(error);
    }
  }

  #pauseMs(): number {
    if (this.#failures === 0)
      return this.#waiting.length >= this.#limits.batch ? 0 : this.#limits.everyMs;
    const { retryFirstMs, retryAtMostMs } = this.#limits;
    return Math.min(retryFirstMs * 2 ** (this.#failures - 1), retryAtMostMs);
  }
}
