import type { Run } from '../../../shared/run.ts';
import type { FromNetwork } from '../pool/protocol.ts';
import type { JobRuntime, Op } from '../store/ops.ts';
import { TransitMap } from '../transit.ts';
import { Admission } from './admission.ts';
import { AttemptRunner, type AttemptDeps } from './attempts.ts';
import { JobGroups } from './job-groups.ts';
import { LaterStarts } from './later-starts.ts';
import type { LiveJob } from './live-job.ts';
import { planRun, type LiveRun, type RunGroup } from './live-run.ts';
import type { RunIds } from './run-id.ts';
import { queuedRun, toRun, unlivedRun } from './run-view.ts';
import { StartLine, type StartLineDeps } from './start-line.ts';
import type { DueEntry, StartRequest } from './start.ts';

/**
 * The orchestrator: it takes what the scheduler or a person wants to run, decides on overlap, queue and retry, has
 * attempts made, and writes each step down. It knows no HTTP, no SQL and no schedule.
 *
 *     submit --refused--> finished(skipped)
 *        |---hold----> held --(the group before it ended)--.
 *        |---later---> delayed --(its time has come)-------|   what somebody asked for then: judged anew, as above
 *        '------------------------------------------------>'-> queued
 *     queued --(a slot)--> running <--(origin, backoff, network)--> waiting      waiting keeps no slot
 *     running, waiting --the attempt is over--> closing --its end is on disk--> finished
 *                                                  |--failed, may retry--> retrying --> queued
 *                                                  '--stop of the program--> queued, on disk: the next start goes on
 *     running, waiting, closing --the store refuses--> stranded --the store is well--> queued, or finished
 *
 * Invariants: a run is in exactly one phase; it holds a slot only while `running`; its row is on disk before anything
 * is told about it, and before a request that is not idempotent leaves; a group counts as active until the end of
 * each of its runs is on disk.
 */
export interface JobServiceDeps extends AttemptDeps, StartLineDeps {
  readonly newRunId: RunIds;
  readonly onJobEnded: (job: LiveJob, run: LiveRun) => void;
}

/** What stopped runs get to come to their end after they were told. */
const STOP_PATIENCE_MS = 2000;

export class JobService {
  readonly #deps: JobServiceDeps;
  readonly #runs = new TransitMap<string, LiveRun>();
  readonly #groups = new JobGroups();
  readonly #attempts: AttemptRunner;
  readonly #line: StartLine;
  #onIdle: () => void = () => undefined;

  constructor(deps: JobServiceDeps) {
    this.#deps = deps;
    this.#attempts = new AttemptRunner(deps, {
      requeue: (run) => this.#line.enqueueNow(run),
      retryIn: (run, delayMs) => this.#line.wakeIn(run, delayMs),
      resumeLater: (run) => void this.#runs.delete(run.id),
      finished: (run) => this.#finished(run),
      eased: () => this.#eased(),
    });
    this.#line = new StartLine(deps, {
      attempts: this.#attempts,
      groups: this.#groups,
      timeHasCome: (group) => later.join(group),
    });
    const later = new LaterStarts({
      attempts: this.#attempts,
      groups: this.#groups,
      line: this.#line,
      job: deps.job,
      room: () => this.#room(),
      cancelAll: (groups) => this.#cancelAll(groups),
    });
  }

  /** Attempts that hold a slot. */
  get running(): number {
    return this.#attempts.slots.taken;
  }

  get queued(): number {
    return this.#line.size;
  }

  /** Whether a run of the job is not finished. */
  isRunning(jobId: string): boolean {
    return this.#groups.has(jobId);
  }

  /** Every unfinished run, oldest first; to be gone through before the next `await`. */
  live(): IterableIterator<LiveRun> {
    return this.#runs.values();
  }

  /** The unfinished run of that id. */
  find(runId: string): LiveRun | undefined {
    return this.#runs.get(runId);
  }

  /** The store can write again. */
  storeRecovered(): void {
    this.#attempts.storeRecovered();
    this.dispatch();
  }

  onMessage(message: FromNetwork): void {
    this.#attempts.onMessage(message);
  }

  /**
   * Covers due instants of a job, in one transaction with the mark up to which it is covered. Rejects when the store
   * refuses; then nothing was covered and the instants are due again. Instants that have their row already, as after
   * a backup of another day was restored, are left as they are.
   */
  async submitDue(job: LiveJob, entries: readonly DueEntry[], coveredUntil: number): Promise<void> {
    try {
      await this.#submit(job, entries, coveredUntil);
    } catch (error) {
      if (!isConflict(error)) throw error;
      for (const entry of entries) await this.#submit(job, [entry], null).catch(unlessConflict);
      await this.#submit(job, [], coveredUntil);
    }
  }

  /**
   * Starts a job because somebody asked; answers its runs when they are on disk. `also` goes into the same transaction
   * and gets the ids of the runs.
   */
  async start(
    job: LiveJob,
    request: StartRequest,
    also: (runIds: readonly string[]) => readonly Op[] = () => [],
  ): Promise<Run[]> {
    const admission = this.#newAdmission(job);
    admission.addStart(request);
    admission.ops.push(...also(admission.ids));
    await this.#carryOut(job, admission);
    return [...admission.runs.map(toRun), ...admission.skippedRows.map(unlivedRun)];
  }

  /**
   * Takes up the groups of runs that an earlier process left unfinished, oldest first. What overlapped then overlaps
   * now: the oldest of a job goes on, those behind it are held.
   */
  adopt(groups: readonly RunGroup[]): void {
    for (const group of groups) {
      for (const run of group.runs) {
        run.rowState = 'stored';
        this.#runs.set(run.id, run);
      }
      if (!group.isForLater) {
        const { overlap } = group.runs[0]?.plan.job ?? { overlap: 'skip' };
        const isFree = overlap === 'allow' || this.#groups.activeOf(group.jobId) === 0;
        if (overlap === 'cancel-running') this.#cancelAll(this.#groups.before(group));
        this.#groups.enter(group, isFree ? 'start' : 'hold');
      }
      this.#line.letGo(group);
    }
  }

  /** Cancels a run in any phase; resolves when its end is on disk. */
  cancel(run: LiveRun): Promise<void> {
    this.#line.remove(run);
    return this.#attempts.cancel(run, 'cancelled');
  }

  /** Cancels everything of a job that is not finished. */
  async cancelJob(jobId: string): Promise<void> {
    const own = [...this.#runs.values()].filter((run) => run.jobId === jobId);
    await Promise.all(own.map((run) => this.cancel(run)));
  }

  /** Gives free slots to those that wait. */
  dispatch(): void {
    this.#line.dispatch();
  }

  /**
   * Lets running work finish for `graceMs`, then stops it between two pages. What is not finished is on disk and goes
   * on at the next start. Resolves also when something does not come to its end.
   */
  async stop(graceMs: number): Promise<void> {
    this.#line.close();
    if (!(await this.#idleWithin(graceMs))) {
      this.#attempts.stopAll();
      await this.#idleWithin(STOP_PATIENCE_MS);
    }
    await this.#attempts.flush();
  }

  async #submit(
    job: LiveJob,
    entries: readonly DueEntry[],
    coveredUntil: number | null,
  ): Promise<void> {
    const admission = this.#newAdmission(job);
    for (const entry of entries) {
      if (entry.kind === 'span') admission.addSpan(entry.span);
      else admission.addStart(entry.start);
    }
    const before = job.runtime.coveredUntil;
    if (coveredUntil !== null) {
      admission.ops.push({ kind: 'job.runtime', id: job.definition.id, patch: { coveredUntil } });
      job.runtime = { ...job.runtime, coveredUntil };
    }
    try {
      await this.#carryOut(job, admission);
    } catch (error) {
      if (job.runtime.coveredUntil === coveredUntil)
        job.runtime = { ...job.runtime, coveredUntil: before } satisfies JobRuntime;
      throw error;
    }
  }

  #newAdmission(job: LiveJob): Admission {
    const { clock, newRunId: newId, settings, integration } = this.#deps;
    const declared = integration(job.definition.integrationId)?.definition;
    return new Admission(job, {
      now: clock.now(),
      newId,
      settings: settings(),
      groups: this.#groups,
      plan: declared ? planRun(job.definition, declared, settings()) : null,
      room: this.#room(),
    });
  }

  /** How many more runs may join the line. */
  #room(): number {
    const { concurrency, queue } = this.#deps.settings();
    const freeSlots = Math.max(concurrency.runs - this.running, 0);
    return queue.maxWaiting + freeSlots - this.queued - this.#groups.heldRuns;
  }

  /** Writes the rows as they are after dispatching, so that a run with a free slot costs one transaction, not two. */
  async #carryOut(job: LiveJob, admission: Admission): Promise<void> {
    const { groups, runs } = admission;
    for (const run of runs) this.#runs.set(run.id, run);
    for (const group of groups) this.#line.letGo(group);
    this.dispatch();
    const rows = runs.map(({ row }) => row);
    const { events, store } = this.#deps;
    const stored = store.commit(admission.allOps()).then(() => {
      for (const row of rows) events.emit('run.queued', { run: queuedRun(row) });
      for (const row of admission.skippedRows) events.emit('run.skipped', { run: unlivedRun(row) });
    });
    for (const run of runs) this.#attempts.inserted(run, stored);
    try {
      await stored;
    } catch (error) {
      job.openSpan = null;
      for (const run of runs) this.#forget(run);
      throw error;
    }
    this.#cancelAll(admission.replaced);
  }

  #cancelAll(groups: Iterable<RunGroup>): void {
    for (const group of groups)
      for (const run of group.runs)
        // When the store refuses, the end is written as soon as it is well.
        this.cancel(run).catch(() => undefined);
  }

  /** A run that the store refused: it never was. */
  #forget(run: LiveRun): void {
    this.#line.remove(run);
    this.#attempts.abandon(run);
    run.phase = { kind: 'finished' };
    this.#leave(run);
  }

  #finished(run: LiveRun): void {
    this.#leave(run);
    const job = this.#deps.job(run.jobId);
    if (job) this.#deps.onJobEnded(job, run);
  }

  #leave(run: LiveRun): void {
    if (!this.#runs.delete(run.id)) return;
    run.group.unfinished -= 1;
    if (run.group.unfinished > 0) return;
    const next = this.#groups.leave(run.group);
    if (next) this.#line.letGo(next);
  }

  #eased(): void {
    this.dispatch();
    if (this.#attempts.size === 0) this.#onIdle();
  }

  /** Whether everything under way comes to its end in time. */
  async #idleWithin(waitMs: number): Promise<boolean> {
    if (this.#attempts.size === 0) return true;
    return new Promise((resolve) => {
      const timer = this.#deps.clock.setTimer(waitMs, () => resolve(false));
      this.#onIdle = () => {
        timer.cancel();
        resolve(true);
      };
    });
  }
}

function isConflict(error: unknown): boolean {
  return error instanceof Error && error.name === 'StoreConflict';
}

function unlessConflict(error: unknown): void {
  if (!isConflict(error)) throw error;
}
