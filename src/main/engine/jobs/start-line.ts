import type { Settings } from '../../../shared/settings.ts';
import type { Clock } from '../clock.ts';
import type { AttemptRunner } from './attempts.ts';
import type { LiveRun, RunGroup } from './live-run.ts';
import type { Queue } from './queue.ts';
import { RunTimers } from './run-timers.ts';

export interface StartLineDeps {
  readonly clock: Clock;
  readonly queue: Queue<LiveRun>;
  readonly settings: () => Settings;
  /** The run is not to start now: everything, or its job, is paused, or the store cannot write. */
  readonly isHeld: (run: LiveRun) => boolean;
}

/** Ends on their way to the disk: with more of them, no new attempt starts, so that a slow disk slows the network. */
const MOST_CLOSING = 512;

/**
 * Runs on their way to a slot: those whose time has not come wait for it, the others stand in line, and free slots go
 * to whoever is next and may start.
 *
 *     letGo, wakeIn --later--> delayed, retrying --its time has come--.
 *                   '-----------------------------------------------> queued --a slot--> the attempt starts
 */
export class StartLine {
  readonly #deps: StartLineDeps;
  readonly #attempts: Pick<AttemptRunner, 'start' | 'slots' | 'closing'>;
  readonly #timers: RunTimers<LiveRun>;
  #isClosed = false;

  constructor(deps: StartLineDeps, attempts: Pick<AttemptRunner, 'start' | 'slots' | 'closing'>) {
    this.#deps = deps;
    this.#attempts = attempts;
    this.#timers = new RunTimers(deps.clock, (run) => this.enqueueNow(run));
  }

  /** Those that wait for a slot. */
  get size(): number {
    return this.#deps.queue.size;
  }

  /** The runs of the group join the line, each when its time has come. `dispatch` follows. */
  letGo(group: RunGroup): void {
    if (this.#isClosed) return;
    const { clock } = this.#deps;
    for (const run of group.runs) {
      const { nextRetryAt, notBefore } = run.row;
      const at = nextRetryAt ?? notBefore;
      const waitMs = at === null ? 0 : at - clock.now();
      if (at === null || waitMs <= 0) {
        this.#enqueue(run);
        continue;
      }
      run.phase = { kind: nextRetryAt === null ? 'delayed' : 'retrying' };
      const monotonic = run.isDated ? null : clock.monotonic() + waitMs;
      this.#timers.set(run, { wall: at, monotonic });
    }
  }

  wakeIn(run: LiveRun, delayMs: number): void {
    if (this.#isClosed) return;
    const { clock } = this.#deps;
    const time = { wall: clock.now() + delayMs, monotonic: clock.monotonic() + delayMs };
    if (delayMs > 0) this.#timers.set(run, time);
    else this.enqueueNow(run);
  }

  enqueueNow(run: LiveRun): void {
    if (this.#isClosed) return;
    this.#enqueue(run);
    this.dispatch();
  }

  /** The run waits no longer. */
  remove(run: LiveRun): void {
    this.#timers.cancel(run);
    this.#deps.queue.remove(run);
  }

  /** Gives free slots to those that wait. */
  dispatch(): void {
    if (this.#isClosed) return;
    const { queue, clock, settings } = this.#deps;
    const limit = settings().concurrency.runs;
    while (this.#attempts.slots.taken < limit && this.#attempts.closing < MOST_CLOSING) {
      const run = queue.take(clock.monotonic(), this.#mayStart);
      if (!run) return;
      this.#attempts.start(run);
    }
  }

  /** Nothing starts any more. */
  close(): void {
    this.#isClosed = true;
    this.#timers.clear();
  }

  #enqueue(run: LiveRun): void {
    run.phase = { kind: 'queued' };
    // Its next try is due, or its attempt was given up: what it waits for now is a slot.
    if (run.row.state !== 'queued') run.patch({ state: 'queued' });
    run.queuedAt = this.#deps.clock.monotonic();
    this.#deps.queue.add(run);
  }

  readonly #mayStart = (run: LiveRun): boolean => {
    if (this.#deps.isHeld(run)) return false;
    const { group } = run.plan.job;
    if (group === null) return true;
    const limit = this.#deps.settings().groups[group]?.maxRunning;
    return limit === undefined || this.#attempts.slots.inGroup(group) < limit;
  };
}
