import { part, say, toldBy } from '../../../shared/sentences.ts';
import type { Clock } from '../clock.ts';
import type { Consumer, ReadStep } from '../consumer/consumer.ts';
import type { Lifetime, LifetimeOptions, StopReason } from '../consumer/lifetime.ts';
import { TransitMap } from '../transit.ts';
import { PAGE_WINDOW, type AttemptEnd, type AttemptRequest, type FromNetwork } from './protocol.ts';

export interface AttemptHostOptions {
  readonly consumer: Consumer;
  readonly clock: Clock;
  readonly send: (message: FromNetwork, bytes?: Uint8Array | null) => void;
  readonly newLife: (
    options: Pick<LifetimeOptions, 'timeoutMs' | 'onWaiting' | 'onGoing'>,
  ) => Lifetime;
}

/** An attempt under way and its credit: how many more pages may be sent before one is stored. */
interface Hosted {
  readonly life: Lifetime;
  credit: number;
  wake: (() => void) | null;
}

/** Runs many attempts at once, each page after page, never further ahead of the store than the window allows. */
export class AttemptHost {
  readonly #options: AttemptHostOptions;
  readonly #hosted = new TransitMap<number, Hosted>();

  constructor(options: AttemptHostOptions) {
    this.#options = options;
  }

  get attemptIds(): readonly number[] {
    return [...this.#hosted.keys()];
  }

  /** Reads until the end, which is always sent. */
  async run(request: AttemptRequest): Promise<void> {
    const { attemptId, timeoutMs } = request;
    const { consumer, send, newLife } = this.#options;
    const life = newLife({
      timeoutMs,
      onWaiting: (reason, until, why) => send({ type: 'waiting', attemptId, reason, until, why }),
      onGoing: () => send({ type: 'going', attemptId }),
    });
    const hosted: Hosted = { life, credit: PAGE_WINDOW, wake: null };
    this.#hosted.set(attemptId, hosted);
    try {
      const reader = consumer.open(request, life);
      for (;;) {
        const step = await reader.next();
        this.#send(attemptId, step);
        if (step.end !== null) return;
        if (--hosted.credit <= 0) await this.#stored(hosted);
      }
    } catch (error) {
      send({ type: 'end', attemptId, end: endOf(error, life.stopped, request), cpuMs: 0 });
    } finally {
      life.end();
      this.#hosted.delete(attemptId);
    }
  }

  /** A page of the attempt is on disk. */
  stored(attemptId: number): void {
    const hosted = this.#hosted.get(attemptId);
    if (hosted === undefined) return;
    hosted.credit++;
    hosted.wake?.();
  }

  /** Stops an attempt at its next wait; its end is sent when it has. */
  stop(attemptId: number, why: StopReason): void {
    this.#hosted.get(attemptId)?.life.stop(why);
  }

  stopAll(why: StopReason): void {
    for (const { life } of this.#hosted.values()) life.stop(why);
  }

  #send(attemptId: number, { page, end, cpuMs }: ReadStep): void {
    if (page !== null) {
      this.#options.send({ type: 'page', attemptId, page, end, cpuMs }, page.batch);
    } else if (end !== null) {
      this.#options.send({ type: 'end', attemptId, end, cpuMs });
    }
  }

  async #stored(hosted: Hosted): Promise<void> {
    const stored = new Promise<void>((resolve) => (hosted.wake = resolve));
    await hosted.life.guard(stored, () => hosted.wake?.());
    hosted.wake = null;
  }
}

function endOf(error: unknown, stopped: StopReason | null, request: AttemptRequest): AttemptEnd {
  switch (stopped) {
    case 'cancelled':
    case 'stopping':
      return { kind: 'cancelled' };
    case 'timed-out':
      return {
        kind: 'timed-out',
        error: {
          code: 'attempt-timeout',
          kind: 'limit',
          ...say('limitAttempt', { ms: request.timeoutMs }),
        },
        page: null,
      };
    case null:
      return {
        kind: 'failed',
        error: {
          code: 'internal',
          kind: 'internal',
          ...say('ownFault', { why: part(toldBy(error)) }),
        },
        page: null,
      };
  }
}
