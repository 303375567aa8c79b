import type { Priority } from '../../../shared/priority.ts';
import type { Run, SkipReason, Trigger } from '../../../shared/run.ts';
import type { Settings } from '../../../shared/settings.ts';
import type { JsonValue } from '../../../shared/values.ts';
import type { Clock, Timer } from '../clock.ts';
import type { EventHub } from '../observe/events.ts';
import type { FromNetwork } from '../pool/protocol.ts';
import type { JobRuntime, Op, RunRow } from '../store/ops.ts';
import type { Store } from '../store/store.ts';
import { AttemptRunner, type AttemptNetwork } from './attempts.ts';
import type { LiveIntegration, LiveJob } from './live-job.ts';
import { LiveRun, toRun, type RunGroup } from './live-run.ts';
import { decideOverlap } from './overlap.ts';
import { resolvePolicy } from './policy.ts';
import type { Queue } from './queue.ts';
import type { RunIds } from './run-id.ts';
import { spanOps } from './spans.ts';

/**
 * The orchestrator: it takes what the scheduler or a person wants to run, decides on overlap, queue and retry, has
 * attempts made, and writes each step down. It knows no HTTP, no SQL and no schedule.
 *
 *     submit --skip--> finished(skipped)
 *        |---hold----> held --(the group before it ended)--.
 *        |---later---> delayed --(its time has come)-------|
 *        '------------------------------------------------>'-> queued
 *     queued --(a slot)--> running <--(origin, backoff, network)--> waiting      waiting keeps no slot
 *     running --ok--> finished      --failed, may retry--> retrying --> queued
 *             --stop of the program--> queued, on disk: the next start goes on from its position
 *
 * Invariants: a run is in exactly one phase; it holds a slot only while `running`; its row is on disk before anything
 * is told about it, and before a request that is not idempotent leaves; a group counts as active until the end of
 * each of its runs is on disk.
 */
export interface JobServiceDeps {
  readonly clock: Clock;
  readonly store: Pick<Store, 'commit' | 'query'>;
  readonly network: AttemptNetwork;
  readonly queue: Queue<LiveRun>;
  readonly events: Pick<EventHub, 'emit' | 'emitInternal'>;
  readonly newRunId: RunIds;
  readonly random: () => number;
  readonly worker: string;
  readonly settings: () => Settings;
  readonly job: (id: string) => LiveJob | undefined;
  readonly integration: (id: string) => LiveIntegration | undefined;
  /** Work of schedules is held: everything is paused, or the store cannot write. */
  readonly isHeld: (trigger: Trigger) => boolean;
  readonly onJobEnded: (job: LiveJob) => void;
}

/** One start of a job: as many runs as it has instances. */
export interface StartRequest {
  readonly trigger: Trigger;
  readonly triggeredBy: string | null;
  readonly scheduledFor: number | null;
  readonly retryOf?: string;
  readonly input?: { readonly [key: string]: JsonValue };
  readonly priority?: Priority | null;
  readonly notBefore?: number | null;
  readonly full?: boolean;
}

/** Due instants that end without running. */
export interface SkippedSpan {
  readonly reason: SkipReason;
  readonly trigger: Trigger;
  readonly from: number;
  readonly until: number;
  readonly occurrences: number;
}

export type DueEntry =
  | { readonly kind: 'run'; readonly start: StartRequest }
  | { readonly kind: 'span'; readonly span: SkippedSpan };

interface Admission {
  readonly ops: Op[];
  readonly runs: LiveRun[];
  readonly skipped: RunRow[];
}

/** The groups of one job that are not finished. */
interface JobGroups {
  readonly active: Set<RunGroup>;
  readonly held: RunGroup[];
}

export class JobService {
  readonly #deps: JobServiceDeps;
  readonly #runs = new Map<string, LiveRun>();
  readonly #groups = new Map<string, JobGroups>();
  readonly #timers = new Map<LiveRun, Timer>();
  readonly #attempts: AttemptRunner;
  #slots = 0;
  #stopping = false;
  #onIdle: (() => void) | null = null;

  constructor(deps: JobServiceDeps) {
    this.#deps = deps;
    this.#attempts = new AttemptRunner(deps, {
      slotTaken: () => void (this.#slots += 1),
      slotFreed: () => {
        this.#slots -= 1;
        this.dispatch();
      },
      retryAt: (run, at) => this.#wakeAt(run, at),
      requeue: (run) => this.#enqueue(run),
      finished: (run) => this.#finished(run),
    });
  }

  get running(): number {
    return this.#slots;
  }

  get queued(): number {
    return this.#deps.queue.size;
  }

  /** Whether a run of the job is not finished. */
  isRunning(jobId: string): boolean {
    return (this.#groups.get(jobId)?.active.size ?? 0) > 0;
  }

  /** Every unfinished run, as it is this moment. */
  live(): Run[] {
    return [...this.#runs.values()].map(toRun);
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
   * refuses; then nothing was covered and the instants are due again.
   */
  async submitDue(job: LiveJob, entries: readonly DueEntry[], coveredUntil: number): Promise<void> {
    const before = job.runtime;
    const runtime: Partial<JobRuntime> = { coveredUntil };
    job.runtime = { ...before, ...runtime };
    const ops: Op[] = [{ kind: 'job.runtime', id: job.definition.id, patch: runtime }];
    const admission: Admission = { ops, runs: [], skipped: [] };
    for (const entry of entries) {
      if (entry.kind === 'span') this.#addSpan(job, entry.span, admission);
      else this.#admit(job, entry.start, admission);
    }
    try {
      await this.#commit(admission);
    } catch (error) {
      job.openSpan = null;
      if (job.runtime.coveredUntil === coveredUntil)
        job.runtime = { ...job.runtime, coveredUntil: before.coveredUntil };
      throw error;
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
    const admission: Admission = { ops: [], runs: [], skipped: [] };
    this.#admit(job, request, admission);
    admission.ops.push(...also([...admission.runs, ...admission.skipped].map(({ id }) => id)));
    await this.#commit(admission);
    return [
      ...admission.runs.map(toRun),
      ...admission.skipped.map((row) => toRun(this.#orphan(job, row))),
    ];
  }

  /** Takes up a run that an earlier process left unfinished. */
  adopt(run: LiveRun): void {
    this.#runs.set(run.id, run);
    this.#groupsOf(run.jobId).active.add(run.group);
    const at = run.row.nextRetryAt ?? run.row.notBefore;
    if (at !== null && at > this.#deps.clock.now()) {
      run.phase =
        run.row.nextRetryAt === null
          ? { kind: 'delayed', until: at }
          : { kind: 'retrying', until: at };
      this.#wakeAt(run, at);
    } else {
      this.#enqueue(run);
    }
  }

  /** Cancels a run in any phase; resolves when its end is on disk. */
  cancel(run: LiveRun): Promise<void> {
    this.#timers.get(run)?.cancel();
    this.#deps.queue.remove(run);
    return this.#attempts.cancel(run, 'cancelled');
  }

  /** Cancels everything of a job that is not finished. */
  async cancelJob(jobId: string): Promise<void> {
    const own = [...this.#runs.values()].filter((run) => run.jobId === jobId);
    await Promise.all(own.map((run) => this.cancel(run)));
  }

  /** Gives free slots to those that wait. */
  dispatch(): void {
    if (this.#stopping) return;
    const limit = this.#deps.settings().concurrency.runs;
    while (this.#slots < limit) {
      const run = this.#deps.queue.take(this.#deps.clock.now(), (waiting) =>
        this.#mayStart(waiting),
      );
      if (!run) return;
      this.#attempts.start(run);
    }
  }

  /**
   * Lets running work finish for `graceMs`, then stops it between two pages. What is not finished is on disk and goes
   * on at the next start.
   */
  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
    if (this.#attempts.size > 0) {
      const idle = new Promise<void>((resolve) => (this.#onIdle = resolve));
      const grace = this.#deps.clock.setTimer(graceMs, () => this.#attempts.stopAll());
      await idle;
      grace.cancel();
    }
    await this.#attempts.flush();
  }

  #admit(job: LiveJob, request: StartRequest, into: Admission): void {
    const definition = job.definition;
    const groups = this.#groupsOf(definition.id);
    const decision = decideOverlap({
      policy: definition.overlap,
      maxParallel: definition.maxParallel,
      active: groups.active.size,
      held: groups.held.length,
    });
    const full = this.#deps.queue.size >= this.#deps.settings().queue.maxWaiting;
    if (decision === 'skip' || full) {
      this.#refuse(job, request, decision === 'skip' ? 'overlap' : 'queue-full', into);
      return;
    }
    const group = this.#newGroup(job, request);
    if (!group) return;
    job.openSpan = null;
    for (const run of group.runs) {
      this.#runs.set(run.id, run);
      into.runs.push(run);
    }
    if (decision === 'start') {
      groups.active.add(group);
      for (const run of group.runs) this.#enqueueAt(run, request.notBefore ?? null);
      return;
    }
    for (const run of group.runs) run.phase = { kind: 'held' };
    groups.held.push(group);
    if (decision === 'replace') this.#cancelEarlier(groups, group);
  }

  #cancelEarlier(groups: JobGroups, newest: RunGroup): void {
    const earlier = [...groups.active, ...groups.held.filter((held) => held !== newest)];
    for (const group of earlier) for (const run of group.runs) void this.cancel(run);
  }

  #newGroup(job: LiveJob, request: StartRequest): RunGroup | undefined {
    const { definition } = job;
    const integration = this.#deps.integration(definition.integrationId);
    if (!integration) return undefined;
    const policy = resolvePolicy(definition, this.#deps.settings());
    const plan = { job: definition, integration: integration.definition, policy };
    const group: RunGroup = { jobId: definition.id, runs: [], unfinished: definition.instances };
    for (let instance = 1; instance <= definition.instances; instance++)
      group.runs.push(
        new LiveRun(
          this.#newRow(job, request, instance, request.priority ?? policy.priority),
          plan,
          group,
        ),
      );
    return group;
  }

  #newRow(job: LiveJob, request: StartRequest, instance: number, priority: Priority): RunRow {
    const { definition } = job;
    const now = this.#deps.clock.now();
    return {
      id: this.#deps.newRunId(now),
      jobId: definition.id,
      integrationId: definition.integrationId,
      trigger: request.trigger,
      triggeredBy: request.triggeredBy,
      retryOf: request.retryOf ?? null,
      scheduledFor: request.scheduledFor,
      scheduledUntil: null,
      occurrences: 1,
      createdAt: now,
      startedAt: null,
      finishedAt: null,
      durationMs: null,
      state: 'queued',
      outcome: null,
      reason: null,
      instance,
      instances: definition.instances,
      attempt: 0,
      nextRetryAt: null,
      worker: null,
      priority,
      input: request.input ?? definition.input,
      result: null,
      error: null,
      cpuMs: 0,
      peakBytes: 0,
      notBefore: request.notBefore ?? null,
      full: request.full ?? false,
      crashes: 0,
      uncounted: 0,
    };
  }

  /** A start that nobody waits for becomes part of a span; one that somebody asked for gets rows of its own. */
  #refuse(job: LiveJob, request: StartRequest, reason: SkipReason, into: Admission): void {
    if (request.scheduledFor !== null) {
      const { trigger, scheduledFor } = request;
      const span = { reason, trigger, from: scheduledFor, until: scheduledFor, occurrences: 1 };
      this.#addSpan(job, span, into);
      return;
    }
    const now = this.#deps.clock.now();
    for (let instance = 1; instance <= job.definition.instances; instance++) {
      const row: RunRow = {
        ...this.#newRow(job, request, instance, request.priority ?? 'normal'),
        state: 'finished',
        outcome: 'skipped',
        reason,
        finishedAt: now,
      };
      into.skipped.push(row);
      into.ops.push({ kind: 'run.insert', run: row });
    }
    job.openSpan = null;
  }

  #addSpan(job: LiveJob, span: SkippedSpan, into: Admission): void {
    const request = { trigger: span.trigger, triggeredBy: null, scheduledFor: span.from };
    const { op, openSpan, row } = spanOps(
      job.openSpan,
      span,
      () => ({
        ...this.#newRow(job, request, 1, job.definition.priority ?? 'normal'),
      }),
      this.#deps.clock.now(),
    );
    into.ops.push(op);
    if (row) into.skipped.push(row);
    job.openSpan = openSpan;
  }

  /** Writes the rows as they are after dispatching, so that a run with a free slot costs one transaction, not two. */
  async #commit({ ops, runs, skipped }: Admission): Promise<void> {
    this.dispatch();
    for (const run of runs) ops.push({ kind: 'run.insert', run: run.row });
    const stored = this.#deps.store.commit(ops);
    for (const run of runs) this.#attempts.inserted(run, stored);
    try {
      await stored;
    } catch (error) {
      for (const run of runs) this.#forget(run);
      throw error;
    }
    for (const run of runs) {
      this.#deps.events.emit('run.queued', { run: toRun(run) });
    }
    for (const row of skipped) {
      const job = this.#deps.job(row.jobId);
      if (job) this.#deps.events.emit('run.skipped', { run: toRun(this.#orphan(job, row)) });
    }
  }

  /** A run that the store refused: it never was. */
  #forget(run: LiveRun): void {
    this.#deps.queue.remove(run);
    this.#timers.get(run)?.cancel();
    this.#attempts.abandon(run);
    this.#leave(run);
  }

  #enqueueAt(run: LiveRun, notBefore: number | null): void {
    if (notBefore === null || notBefore <= this.#deps.clock.now()) {
      this.#enqueue(run);
      return;
    }
    run.phase = { kind: 'delayed', until: notBefore };
    this.#wakeAt(run, notBefore);
  }

  #enqueue(run: LiveRun): void {
    run.phase = { kind: 'queued' };
    run.queuedAt = this.#deps.clock.now();
    this.#deps.queue.add(run);
  }

  #wakeAt(run: LiveRun, at: number): void {
    const { clock } = this.#deps;
    this.#timers.get(run)?.cancel();
    // Woken in between so that a jump of the wall clock is noticed.
    const timer = clock.setTimer(Math.min(at - clock.now(), LONGEST_WAIT_MS), () => {
      this.#timers.delete(run);
      if (this.#stopping || run.phase.kind === 'finished') return;
      if (at > clock.now()) {
        this.#wakeAt(run, at);
        return;
      }
      this.#enqueue(run);
      this.dispatch();
    });
    this.#timers.set(run, timer);
  }

  #mayStart(run: LiveRun): boolean {
    if (this.#deps.isHeld(run.row.trigger)) return false;
    const group = run.plan.job.group;
    const limit = group === null ? undefined : this.#deps.settings().groups[group]?.maxRunning;
    return group === null || limit === undefined || this.#attempts.runningInGroup(group) < limit;
  }

  #finished(run: LiveRun): void {
    this.#leave(run);
    const job = this.#deps.job(run.jobId);
    if (job) this.#deps.onJobEnded(job);
    this.dispatch();
    if (this.#attempts.size === 0) this.#onIdle?.();
  }

  #leave(run: LiveRun): void {
    if (!this.#runs.delete(run.id)) return;
    this.#timers.delete(run);
    run.phase = { kind: 'finished' };
    run.group.unfinished -= 1;
    if (run.group.unfinished > 0) return;
    const groups = this.#groupsOf(run.jobId);
    groups.active.delete(run.group);
    removeFrom(groups.held, run.group);
    if (groups.active.size === 0) this.#release(groups);
    if (groups.active.size === 0 && groups.held.length === 0) this.#groups.delete(run.jobId);
  }

  #release(groups: JobGroups): void {
    const next = groups.held.shift();
    if (!next || this.#stopping) return;
    groups.active.add(next);
    for (const run of next.runs) this.#enqueueAt(run, run.row.notBefore);
  }

  #groupsOf(jobId: string): JobGroups {
    let groups = this.#groups.get(jobId);
    if (!groups) this.#groups.set(jobId, (groups = { active: new Set(), held: [] }));
    return groups;
  }

  /** A row that never was alive, for telling about it. */
  #orphan(job: LiveJob, row: RunRow): LiveRun {
    const integration = this.#deps.integration(row.integrationId);
    if (!integration) throw new Error(`Integration '${row.integrationId}' is gone.`);
    const policy = resolvePolicy(job.definition, this.#deps.settings());
    const group: RunGroup = { jobId: row.jobId, runs: [], unfinished: 0 };
    return new LiveRun(
      row,
      { job: job.definition, integration: integration.definition, policy },
      group,
    );
  }
}

const LONGEST_WAIT_MS = 30_000;

function removeFrom<T>(list: T[], item: T): void {
  const index = list.indexOf(item);
  if (index >= 0) list.splice(index, 1);
}
