import type { Clock } from '../clock.ts';
import type { EventHub } from '../observe/events.ts';
import { etaMs } from './eta.ts';
import { usualMs, type LiveJob } from './live-job.ts';
import type { LiveRun } from './live-run.ts';
import { refOf, toRun } from './run-view.ts';

/** Progress of one run is told at most this often. */
const TOLD_EVERY_MS = 250;

/** Tells how far runs are and what they wait for, once it is told that they have started. */
export class Progress {
  readonly #clock: Clock;
  readonly #events: Pick<EventHub, 'emit' | 'emitInternal'>;
  readonly #job: (id: string) => LiveJob | undefined;

  constructor(deps: {
    readonly clock: Clock;
    readonly events: Pick<EventHub, 'emit' | 'emitInternal'>;
    readonly job: (id: string) => LiveJob | undefined;
  }) {
    this.#clock = deps.clock;
    this.#events = deps.events;
    this.#job = deps.job;
  }

  /** Tells it, unless it was told just now. */
  advanced(run: LiveRun): void {
    if (this.#clock.monotonic() - run.progressToldAt >= TOLD_EVERY_MS) this.tell(run);
  }

  tell(run: LiveRun): void {
    if (run.untoldStart !== null) return;
    run.progressToldAt = this.#clock.monotonic();
    this.estimate(run);
    const { counts, progress } = toRun(run);
    this.#events.emit('run.progress', { runId: run.id, jobId: run.jobId, counts, progress });
  }

  /** Tells what the run waits for, if it does. */
  tellWait(run: LiveRun): void {
    const { phase } = run;
    if (phase.kind !== 'waiting' || run.untoldStart !== null) return;
    const { reason, until: untilMs } = phase;
    this.#events.emitInternal('run.waiting', { run: refOf(run), reason, untilMs });
    this.tell(run);
  }

  /** What is left, by its pages or by earlier runs. */
  estimate(run: LiveRun): void {
    const { startedMono, pagesStored: done, totalPages: total } = run;
    if (startedMono === null) {
      run.etaMs = null;
      return;
    }
    const job = this.#job(run.jobId);
    const elapsedMs = this.#clock.monotonic() - startedMono;
    run.etaMs = etaMs({ elapsedMs, done, total, usualMs: job ? usualMs(job) : null });
  }
}
