import type { Clock, Timer } from '../clock.ts';
import type { JobService } from './job-service.ts';
import type { LiveJob } from './live-job.ts';

/**
 * Tries jobs again that were paused because they failed again and again: one run each time the cool-down has passed
 * since the last one ended. A run that succeeds, whoever started it, ends the pause. Jobs that were refused are left
 * alone: somebody has to mend their access first, and asking on and on may lock it.
 */
export interface ProbesDeps {
  readonly clock: Clock;
  readonly jobs: ReadonlyMap<string, LiveJob>;
  readonly service: Pick<JobService, 'start' | 'isRunning'>;
  readonly isHeld: () => boolean;
  /** null: nobody probes. */
  readonly coolDownMs: () => number | null;
  readonly limits: () => { readonly afterConfigErrors: number };
}

export const PROBES = 'probe';
const LOOK_EVERY_MS = 30_000;

export class Probes {
  readonly #deps: ProbesDeps;
  #timer: Timer | null = null;

  constructor(deps: ProbesDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#timer = this.#deps.clock.setTimer(LOOK_EVERY_MS, () => {
      this.look();
      this.start();
    });
  }

  stop(): void {
    this.#timer?.cancel();
  }

  look(): void {
    const { jobs, service, isHeld } = this.#deps;
    if (isHeld()) return;
    for (const job of jobs.values())
      if (this.#isDue(job))
        // A store that refuses now takes the next one.
        service
          .start(job, { trigger: 'retry', triggeredBy: PROBES, scheduledFor: null })
          .catch(() => undefined);
  }

  #isDue({ definition, runtime }: LiveJob): boolean {
    const { clock, coolDownMs, limits, service } = this.#deps;
    const coolDown = coolDownMs();
    if (coolDown === null || !definition.enabled || runtime.state !== 'auto-paused') return false;
    if (runtime.configErrorsInRow >= limits().afterConfigErrors) return false;
    if (service.isRunning(definition.id)) return false;
    const since = Math.max(runtime.pausedAt ?? 0, runtime.lastEndAt ?? 0);
    return clock.now() - since >= coolDown;
  }
}
