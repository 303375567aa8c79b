import type { RunError } from '../../../shared/run.ts';
import { say } from '../../../shared/sentences.ts';
import type { Clock, Timer } from '../clock.ts';
import { finish, NEEDS_DECISION, type Ending } from './ending.ts';
import type { LiveRun } from './live-run.ts';

/** A stranded run is tried again this often while the store says that it is well. */
const TRIED_EVERY_MS = 5000;
/** So many refusals in a row, from a store that says that it is well, are no accident. */
const MOST_REFUSALS = 5;

/**
 * Runs of which the store would not take what happened. Their attempts are given up; when the store is well they go
 * on from where they stand on disk, or end: as cancelled if somebody wanted that, as skipped if they were not to start,
 * and left to a person if a request that may not be sent twice may have left.
 */
export class Stranded {
  readonly #clock: Clock;
  readonly #isStoreHeld: () => boolean;
  readonly #requeue: (run: LiveRun) => void;
  readonly #closeAs: (run: LiveRun, ending: Ending) => void;
  readonly #runs = new Set<LiveRun>();
  #timer: Timer | null = null;

  constructor(
    deps: { readonly clock: Clock; readonly isStoreHeld: () => boolean },
    ways: {
      readonly requeue: (run: LiveRun) => void;
      readonly closeAs: (run: LiveRun, ending: Ending) => void;
    },
  ) {
    this.#clock = deps.clock;
    this.#isStoreHeld = deps.isStoreHeld;
    this.#requeue = ways.requeue;
    this.#closeAs = ways.closeAs;
  }

  /** `giveUp` ends the run's attempt. */
  add(run: LiveRun, error: unknown, giveUp: () => void): void {
    run.undo?.();
    run.undo = null;
    giveUp();
    this.#noteAttempt(run);
    run.phase = { kind: 'stranded' };
    run.strandings += 1;
    for (const { reject } of run.endWaiters.splice(0)) reject(error);
    this.#runs.add(run);
    this.#timer ??= this.#clock.setTimer(TRIED_EVERY_MS, () => this.#tryAgain());
  }

  delete(run: LiveRun): void {
    this.#runs.delete(run);
  }

  /** The store can write again. */
  goOn(): void {
    const runs = [...this.#runs];
    this.#runs.clear();
    for (const run of runs) this.#goOnWith(run);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }

  #tryAgain(): void {
    this.#timer = null;
    if (this.#runs.size === 0) return;
    if (this.#isStoreHeld())
      this.#timer = this.#clock.setTimer(TRIED_EVERY_MS, () => this.#tryAgain());
    else this.goOn();
  }

  #goOnWith(run: LiveRun): void {
    if (run.cancelWanted === 'cancelled') this.#closeAs(run, finish('cancelled'));
    else if (run.skippedFor) this.#closeAs(run, finish('skipped', { reason: run.skippedFor }));
    else if (run.isUnsure)
      this.#closeAs(run, finish('interrupted', { reason: NEEDS_DECISION, error: UNSURE }));
    else if (run.strandings > MOST_REFUSALS)
      this.#closeAs(run, finish('failed', { error: REFUSED }));
    else this.#requeue(run);
  }

  /** The attempt that was given up is written down later, and does not count. */
  #noteAttempt(run: LiveRun): void {
    const { attempt } = run;
    if (!attempt) return;
    run.attempt = null;
    run.isUnsure ||= attempt.sent && !run.plan.integration.request.idempotent;
    run.owed.push({
      kind: 'attempt.put',
      runId: run.id,
      number: run.row.attempt,
      startedAt: attempt.startedAt,
      finishedAt: this.#clock.now(),
      outcome: 'interrupted',
      error: REFUSED,
    });
    run.patch({ uncounted: run.row.uncounted + 1 });
  }
}

const REFUSED: RunError = { code: 'store-unavailable', kind: 'internal', ...say('notStored') };

const UNSURE: RunError = {
  code: 'store-unavailable',
  kind: 'internal',
  ...say('notStoredUnsure'),
};
