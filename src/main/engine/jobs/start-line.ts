import type { Settings } from '../../../shared/settings.ts';
import type { Clock } from '../clock.ts';
import type { AttemptRunner } from './attempts.ts';
import type { JobGroups } from './job-groups.ts';
import type { LiveRun, RunGroup } from './live-run.ts';
import type { Queue } from './queue.ts';
import { RunTimers } from './run-timers.ts';
import { isAutomatic } from './start.ts';

export interface StartLineDeps {
  readonly clock: Clock;
  readonly queue: Queue<LiveRun>;
  readonly settings: () => Settings;
  /** The run is not to start now: everything, or its job, is paused, or the store cannot write. */
  readonly isHeld: (run: LiveRun) => boolean;
}

/** What the line hands runs to, and what it asks about them. */
export interface LineTies {
  readonly attempts: Pick<AttemptRunner, 'start' | 'slots' | 'closing'>;
  readonly groups: Pick<JobGroups, 'isHeld'>;
  /** Of a group for later. */
  readonly timeHasCome: (group: RunGroup) => void;
}

/** Ends on their way to the disk: with more of them, no new attempt starts, so that a slow disk slows the network. */
const MOST_CLOSING = 512;

/**
 * Runs on their way to a slot: those whose time has not come wait for it, the others stand in line, and free slots go
 * to whoever is next and may start.
 *
 *     letGo, wakeIn --later--> delayed, retrying --its time has come--.
 *                   '-----------------------------------------------> queued --a slot--> the attempt starts
 *             '--a group for later--> delayed --its time has come--> `LaterStarts` says what becomes of it
 */
export class StartLine {
  readonly #deps: StartLineDeps;
  readonly #attempts: LineTies['attempts'];
  readonly #groups: LineTies['groups'];
  readonly #timers: RunTimers<LiveRun>;
  #isClosed = false;

  constructor(deps: StartLineDeps, { attempts, groups, timeHasCome }: LineTies) {
    this.#deps = deps;
    this.#attempts = attempts;
    this.#groups = groups;
    this.#timers = new RunTimers(deps.clock, (run) => {
      if (run.group.isForLater) timeHasCome(run.group);
      else this.enqueueNow(run);
    });
  }

  /** Those that wait for a slot. */
  get size(): number {
    return this.#deps.queue.size;
  }

  /** The runs of the group join the line, each when its time has come, unless it is held. `dispatch` follows. */
  letGo(group: RunGroup): void {
    if (this.#isClosed) return;
    if (group.isForLater) this.#setAside(group);
    else if (this.#groups.isHeld(group)) this.#hold(group);
    else this.#join(group);
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

  #setAside({ runs }: RunGroup): void {
    for (const run of runs) this.#wakeAt(run, run.row.notBefore ?? -Infinity, 'delayed');
  }

  #hold({ runs }: RunGroup): void {
    for (const run of runs) if (waitsWithGroup(run)) run.phase = { kind: 'held' };
  }

  #join({ runs }: RunGroup): void {
    const { clock } = this.#deps;
    for (const run of runs) {
      if (!waitsWithGroup(run)) continue;
      const { nextRetryAt, notBefore } = run.row;
      // The time that somebody named has come before the group comes here.
      const at = nextRetryAt ?? (isAutomatic(run.row.trigger) ? notBefore : null) ?? -Infinity;
      if (at <= clock.now()) this.#enqueue(run);
      else this.#wakeAt(run, at, nextRetryAt === null ? 'delayed' : 'retrying');
    }
  }

  #wakeAt(run: LiveRun, wall: number, kind: 'delayed' | 'retrying'): void {
    const { clock } = this.#deps;
    run.phase = { kind };
    const monotonic = run.isDated ? null : clock.monotonic() + wall - clock.now();
    this.#timers.set(run, { wall, monotonic });
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

/** Not one that was cancelled before its group went on, nor one whose cancelling the store has refused so far. */
function waitsWithGroup({ phase: { kind } }: LiveRun): boolean {
  return kind === 'queued' || kind === 'held' || kind === 'delayed';
}
