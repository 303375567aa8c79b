import type { Clock, Timer } from '../clock.ts';
import type { EventHub } from '../observe/events.ts';
import type { Op, RunPatch } from '../store/ops.ts';
import type { Store } from '../store/store.ts';
import { TransitMap } from '../transit.ts';
import type { LiveRun } from './live-run.ts';
import type { Progress } from './progress.ts';
import { toRun } from './run-view.ts';
import type { WriteLine } from './write-line.ts';

/** null: nobody waits for it. */
type Then = (() => void) | null;

/** A start is written on its own when nothing else of its run went to the disk for so long. */
const WRITTEN_AFTER_MS = 30;

/**
 * Writes down that runs have started, and tells it when that is on disk.
 *
 * A request that may not be sent twice waits for that. Any other leaves at once, and its start is written together with
 * what comes first of the run: its first page, its end, or `WRITTEN_AFTER_MS`. A crash in that time finds the run in the
 * line, where it starts again as it would have in any case. Most runs are over by then, and have cost one write less.
 */
export class RunStarts {
  readonly #clock: Clock;
  readonly #store: Pick<Store, 'commit'>;
  readonly #events: Pick<EventHub, 'emit'>;
  readonly #progress: Progress;
  readonly #writes: WriteLine;
  /** Not written yet, the oldest first, with the monotonic ms at which they are to be. */
  readonly #late = new TransitMap<LiveRun, number>();
  #timer: Timer | null = null;

  constructor(
    deps: {
      readonly clock: Clock;
      readonly store: Pick<Store, 'commit'>;
      readonly events: Pick<EventHub, 'emit'>;
    },
    writes: WriteLine,
    progress: Progress,
  ) {
    this.#clock = deps.clock;
    this.#store = deps.store;
    this.#events = deps.events;
    this.#writes = writes;
    this.#progress = progress;
  }

  /** The row of the run was handed over as started, in `stored`; `then` is called when it is on disk. */
  follow(run: LiveRun, stored: Promise<unknown>, then: Then): void {
    run.untoldStart = AS_IN_ROW;
    this.#writes.follow(run, stored, () => {
      this.stored(run);
      then?.();
    });
  }

  /** `then` is called when the start is on disk. When nobody waits for it, a first start is written with what comes next. */
  write(run: LiveRun, patch: RunPatch, then: Then): void {
    run.untoldStart = patch;
    if (then !== null || run.isTakenUp || run.row.attempt > 1) {
      this.#write(run, then);
      return;
    }
    this.#late.set(run, this.#clock.monotonic() + WRITTEN_AFTER_MS);
    this.#timer ??= this.#clock.setTimer(WRITTEN_AFTER_MS, () => this.#writeLate());
  }

  /** What the transaction of the run that is handed over now has to say of its start. */
  ops(run: LiveRun): readonly Op[] {
    this.#late.delete(run);
    const patch = run.untoldStart;
    return patch === null || patch === AS_IN_ROW
      ? NONE
      : [{ kind: 'run.patch', id: run.id, patch }];
  }

  /** That transaction is on disk. */
  stored(run: LiveRun): void {
    if (run.untoldStart === null) return;
    run.untoldStart = null;
    this.#late.delete(run);
    // Most are over by now: nothing is left of them to be estimated.
    if (run.attemptId !== null) this.#progress.estimate(run);
    this.#events.emit('run.started', { run: toRun(run) });
    this.#progress.tellWait(run);
  }

  /** Leaves it to what is written of the run next, whenever that is: an end says when the run started as well. */
  leave(run: LiveRun): void {
    this.#late.delete(run);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }

  #write(run: LiveRun, then: Then): void {
    const handOver = () => this.#store.commit([...run.owed, ...this.ops(run)]);
    this.#writes.add(run, handOver, () => {
      run.owed = [];
      this.stored(run);
      then?.();
    });
  }

  #writeLate(): void {
    this.#timer = null;
    const now = this.#clock.monotonic();
    for (const [run, dueAt] of this.#late.entries()) {
      if (dueAt > now) {
        this.#timer = this.#clock.setTimer(dueAt - now, () => this.#writeLate());
        return;
      }
      this.#late.delete(run);
      this.#write(run, null);
    }
  }
}

const NONE: readonly Op[] = [];
/** The row that is handed over says it. */
const AS_IN_ROW: RunPatch = {};
