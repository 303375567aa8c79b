import { assertNever } from '../../../shared/assert-never.ts';
import type { RunError, Trigger } from '../../../shared/run.ts';
import { toIso, type Clock } from '../clock.ts';
import type { EventHub } from '../observe/events.ts';
import type { RunRef } from '../observe/internal-events.ts';
import type { AttemptEnd, FromNetwork, PageResult, ToNetwork } from '../pool/protocol.ts';
import type { Op, OpResult, PageOp, PageValidator, RunPatch } from '../store/ops.ts';
import type { Store } from '../store/store.ts';
import type { Settings } from '../../../shared/settings.ts';
import { afterRun } from './care.ts';
import { judgeEnd, type Ending } from './ending.ts';
import type { LiveIntegration, LiveJob } from './live-job.ts';
import { toRun, type LiveRun } from './live-run.ts';

/**
 * Makes the attempts of runs: starts them in the network thread, stores the pages that come back, gives credit for
 * more, and writes down how they end. It decides nothing about who may run; that is the job service's.
 */
export interface AttemptNetwork {
  post(message: ToNetwork): void;
}

interface Deps {
  readonly clock: Clock;
  readonly store: Pick<Store, 'commit' | 'query'>;
  readonly network: AttemptNetwork;
  readonly events: Pick<EventHub, 'emit' | 'emitInternal'>;
  readonly random: () => number;
  readonly worker: string;
  readonly settings: () => Settings;
  readonly job: (id: string) => LiveJob | undefined;
  readonly integration: (id: string) => LiveIntegration | undefined;
  readonly isHeld: (trigger: Trigger) => boolean;
}

/** What the job service wants to know. */
interface Hooks {
  readonly slotTaken: () => void;
  readonly slotFreed: () => void;
  readonly retryAt: (run: LiveRun, at: number) => void;
  readonly requeue: (run: LiveRun) => void;
  /** The end of the run is on disk. */
  readonly finished: (run: LiveRun) => void;
}

/** Progress of one run is told at most this often. */
const PROGRESS_EVERY_MS = 250;
/** Measurements that are known late are written together, this long after the first of them. */
const LATE_STEPS_AFTER_MS = 1000;

export class AttemptRunner {
  readonly #deps: Deps;
  readonly #hooks: Hooks;
  readonly #byAttempt = new Map<number, LiveRun>();
  readonly #perGroup = new Map<string, number>();
  /** Runs whose state the store would not take; they go on when it is well again. */
  readonly #stranded = new Set<LiveRun>();
  #lateSteps: Op[] = [];
  #nextAttemptId = 1;

  constructor(deps: Deps, hooks: Hooks) {
    this.#deps = deps;
    this.#hooks = hooks;
  }

  /** Attempts under way, waiting ones too. */
  get size(): number {
    return this.#byAttempt.size;
  }

  runningInGroup(group: string): number {
    return this.#perGroup.get(group) ?? 0;
  }

  /** Starts the next attempt of a queued run; takes a slot. */
  start(run: LiveRun): void {
    const { clock, worker } = this.#deps;
    const now = clock.now();
    const attemptId = this.#nextAttemptId++;
    run.phase = { kind: 'running', attemptId };
    run.attemptStartedAt = now;
    run.attemptStartedMono = clock.monotonic();
    run.attemptStepMs = {};
    run.startedMono ??= run.row.startedAt === null ? run.attemptStartedMono : null;
    run.heartbeatAt = now;
    run.resumed = run.pagesStored > 0;
    const patch: RunPatch = {
      state: 'running',
      reason: null,
      startedAt: run.row.startedAt ?? now,
      attempt: run.row.attempt + 1,
      nextRetryAt: null,
      worker,
    };
    run.row = { ...run.row, ...patch };
    this.#byAttempt.set(attemptId, run);
    this.#takeSlot(run);
    if (run.durable === null) return; // `inserted` follows in this turn, with the row as it is now.
    run.durable = this.#deps.store.commit([{ kind: 'run.patch', id: run.id, patch }]);
    this.#launch(run, attemptId, run.durable);
  }

  /** The row was handed to the store, as running when the run has a slot already. */
  inserted(run: LiveRun, durable: Promise<unknown>): void {
    run.durable = durable;
    if (run.phase.kind === 'running') this.#launch(run, run.phase.attemptId, durable);
  }

  onMessage(message: FromNetwork): void {
    switch (message.type) {
      case 'page':
        this.#onPage(message.attemptId, message.page, message.end, message.cpuMs);
        return;
      case 'end':
        this.#onEnd(message.attemptId, message.end, message.cpuMs);
        return;
      case 'waiting':
        this.#onWaiting(message);
        return;
      case 'going':
        this.#onGoing(message.attemptId);
        return;
      case 'heartbeat':
        for (const id of message.attemptIds) {
          const run = this.#byAttempt.get(id);
          if (run) run.heartbeatAt = this.#deps.clock.now();
        }
        return;
      case 'notice':
      case 'tested':
      case 'checked':
        return;
      default:
        assertNever(message);
    }
  }

  /** Resolves when the end of the run is on disk. */
  cancel(run: LiveRun, why: 'cancelled' | 'stopping'): Promise<void> {
    if (run.phase.kind === 'finished') return Promise.resolve();
    const done = new Promise<void>((resolve) => run.onEnd.push(resolve));
    if (run.phase.kind === 'running' || run.phase.kind === 'waiting') {
      run.cancelWanted = why;
      this.#deps.network.post({ type: 'cancel', attemptId: run.phase.attemptId, why });
      return done;
    }
    this.#stranded.delete(run);
    run.phase = { kind: 'finished' };
    const ending = judgeEnd({
      ...this.#situation(run, { kind: 'cancelled' }, NOTHING),
      cancelWanted: why,
    });
    return this.#close(run, ending, []).then(() => done);
  }

  /** Stops every attempt between two pages. */
  stopAll(): void {
    for (const run of new Set(this.#byAttempt.values())) void this.cancel(run, 'stopping');
  }

  /** Forgets a run that the store refused to know. */
  abandon(run: LiveRun): void {
    this.#stranded.delete(run);
    if (run.phase.kind !== 'running' && run.phase.kind !== 'waiting') return;
    this.#deps.network.post({ type: 'cancel', attemptId: run.phase.attemptId, why: 'cancelled' });
    this.#detach(run);
  }

  /** The store can write again: what it would not take is tried anew, from where each run stands on disk. */
  storeRecovered(): void {
    const stranded = [...this.#stranded];
    this.#stranded.clear();
    for (const run of stranded) this.#hooks.requeue(run);
  }

  /** Writes the measurements that are still held back. */
  async flush(): Promise<void> {
    const late = this.#lateSteps;
    this.#lateSteps = [];
    if (late.length > 0) await this.#deps.store.commit(late);
  }

  #launch(run: LiveRun, attemptId: number, durable: Promise<unknown>): void {
    const told = durable.then(
      () => this.#deps.events.emit('run.started', { run: toRun(run) }),
      () => this.#strand(run),
    );
    // The row of a run that may be sent twice need not be waited for.
    if (run.plan.integration.request.idempotent) void this.#send(run, attemptId);
    else void told.then(() => this.#send(run, attemptId));
  }

  async #send(run: LiveRun, attemptId: number): Promise<void> {
    const validators = await this.#validators(run);
    if (this.#byAttempt.get(attemptId) !== run) return;
    const integration = this.#deps.integration(run.row.integrationId);
    const job = this.#deps.job(run.jobId);
    if (!integration || !job) {
      this.#onEnd(attemptId, { kind: 'cancelled' }, 0);
      return;
    }
    const { definition } = job;
    this.#deps.network.post({
      type: 'start',
      request: {
        attemptId,
        planId: integration.planId,
        runId: run.id,
        attempt: run.row.attempt,
        timeoutMs: run.plan.policy.timeoutMs,
        template: {
          now: toIso(run.attemptStartedAt),
          scheduledFor: run.row.scheduledFor === null ? null : toIso(run.row.scheduledFor),
          lastSuccess: job.runtime.lastSuccessAt === null ? null : toIso(job.runtime.lastSuccessAt),
          instance: run.row.instance,
          instances: run.row.instances,
          job: { id: definition.id, name: definition.name },
          context: definition.context,
          input: run.row.input,
        },
        splitPages: definition.splitPages,
        resumeFrom: run.position,
        pagesStored: run.pagesStored,
        watermark: run.row.full ? null : job.watermark,
        validators,
        condition: run.row.attempt === 1 ? definition.when : null,
      },
    });
    if (run.cancelWanted)
      this.#deps.network.post({ type: 'cancel', attemptId, why: run.cancelWanted });
  }

  /** Cheap for most runs: nothing is asked when the integration is known to have no validators. */
  #validators(run: LiveRun): readonly PageValidator[] | Promise<readonly PageValidator[]> {
    const integration = this.#deps.integration(run.row.integrationId);
    if (!integration?.definition.conditional || !integration.mayHaveValidators) return [];
    if (run.row.full || run.row.instances > 1) return [];
    return this.#deps.store
      .query('validators.get', { integrationId: run.row.integrationId, jobId: run.jobId })
      .then(
        (validators) => {
          if (validators.length === 0) integration.mayHaveValidators = false;
          return validators;
        },
        () => [],
      );
  }

  #onWaiting({ attemptId, reason, until }: Extract<FromNetwork, { type: 'waiting' }>): void {
    const run = this.#byAttempt.get(attemptId);
    if (run?.phase.kind !== 'running') return;
    run.phase = { kind: 'waiting', attemptId, reason };
    run.row = { ...run.row, state: 'waiting' };
    this.#deps.events.emitInternal('run.waiting', { run: refOf(run), reason, untilMs: until });
    this.#tellProgress(run, 0);
    this.#freeSlot(run);
  }

  #onGoing(attemptId: number): void {
    const run = this.#byAttempt.get(attemptId);
    if (run?.phase.kind !== 'waiting') return;
    run.phase = { kind: 'running', attemptId };
    run.row = { ...run.row, state: 'running' };
    this.#takeSlot(run);
  }

  #onPage(attemptId: number, page: PageResult, end: AttemptEnd | null, cpuMs: number): void {
    const run = this.#byAttempt.get(attemptId);
    if (!run) return;
    run.row = { ...run.row, cpuMs: run.row.cpuMs + cpuMs };
    const pageOp = this.#pageOp(run, page);
    if (end) {
      this.#end(run, end, page, pageOp);
      return;
    }
    const handedOver = this.#deps.clock.monotonic();
    this.#deps.store.commit([pageOp]).then(
      ([stored]) => {
        this.#pageStored(run, page, stored, this.#deps.clock.monotonic() - handedOver);
        this.#deps.network.post({ type: 'stored', attemptId });
        this.#tellProgress(run, PROGRESS_EVERY_MS);
      },
      () => this.#strand(run),
    );
  }

  #onEnd(attemptId: number, end: AttemptEnd, cpuMs: number): void {
    const run = this.#byAttempt.get(attemptId);
    if (!run) return;
    run.row = { ...run.row, cpuMs: run.row.cpuMs + cpuMs };
    const page = end.kind === 'failed' || end.kind === 'timed-out' ? end.page : null;
    this.#end(run, end, page, page && this.#pageOp(run, page));
  }

  #end(run: LiveRun, end: AttemptEnd, page: PageResult | null, pageOp: PageOp | null): void {
    const ending = judgeEnd(this.#situation(run, end, page?.counts ?? NOTHING));
    const handedOver = this.#deps.clock.monotonic();
    const close = this.#close(run, ending, pageOp ? [pageOp] : [], (stored) => {
      if (page && stored)
        this.#pageStored(run, page, stored, this.#deps.clock.monotonic() - handedOver);
    });
    close.catch(() => this.#strand(run));
  }

  #situation(run: LiveRun, end: AttemptEnd, last: { received: number; valid: number }) {
    return {
      end,
      counts: {
        received: run.counts.received + last.received,
        valid: run.counts.valid + last.valid,
      },
      countedAttempts: run.countedAttempts,
      policy: run.plan.policy,
      retry: run.plan.job.retry,
      idempotent: run.plan.integration.request.idempotent,
      cancelWanted: run.cancelWanted,
      random: this.#deps.random(),
    };
  }

  /** Writes down how an attempt ended, together with its last page. */
  async #close(
    run: LiveRun,
    ending: Ending,
    pageOps: readonly PageOp[],
    onStored: (page: OpResult<'page.put'> | null) => void = () => undefined,
  ): Promise<void> {
    const now = this.#deps.clock.now();
    const { patch, ops } = this.#endOps(run, ending, now);
    const all: Op[] = [...pageOps, ...ops, { kind: 'run.patch', id: run.id, patch }];
    const results: readonly unknown[] = await this.#deps.store.commit(all);
    run.row = { ...run.row, ...patch };
    const vanished = results[all.findIndex((op) => op.kind === 'read.complete')];
    if (vanished) run.counts = { ...run.counts, ...(vanished as OpResult<'read.complete'>) };
    onStored(pageOps.length > 0 ? (results[0] as OpResult<'page.put'>) : null);
    this.#tellEnd(run, ending, now);
  }

  #endOps(run: LiveRun, ending: Ending, now: number): { patch: RunPatch; ops: Op[] } {
    const ops: Op[] = [];
    if (run.row.attempt > 0) ops.push(this.#attemptOp(run, ending, now));
    switch (ending.kind) {
      case 'retry':
        return {
          ops,
          patch: { state: 'retrying', nextRetryAt: now + ending.delayMs, error: ending.error },
        };
      case 'resume-later':
        return {
          ops,
          patch: { state: 'queued', reason: 'stopped', uncounted: run.row.uncounted + 1 },
        };
      case 'finish': {
        this.#finishOps(run, ending, now, ops);
        return {
          ops,
          patch: {
            state: 'finished',
            outcome: ending.outcome,
            reason: ending.reason,
            error: ending.error,
            result: ending.result,
            finishedAt: now,
            durationMs: this.#durationMs(run, now),
            nextRetryAt: null,
            cpuMs: run.row.cpuMs,
          },
        };
      }
      default:
        return assertNever(ending);
    }
  }

  #attemptOp(run: LiveRun, ending: Ending, now: number): Op {
    return {
      kind: 'attempt.put',
      runId: run.id,
      number: run.row.attempt,
      startedAt: run.attemptStartedAt,
      finishedAt: now,
      outcome: ending.kind === 'resume-later' ? 'interrupted' : ending.outcome,
      error: ending.kind === 'resume-later' ? STOPPED : ending.error,
    };
  }

  #finishOps(
    run: LiveRun,
    ending: Extract<Ending, { kind: 'finish' }>,
    now: number,
    ops: Op[],
  ): void {
    const job = this.#deps.job(run.jobId);
    if (!job || ending.reason === 'condition') return;
    if (ending.complete) this.#completeOps(run, ending, now, job, ops);
    const end = {
      outcome: ending.outcome,
      error: ending.error,
      startedAt: run.row.startedAt,
      at: now,
    };
    const patch = afterRun(job.runtime, end, this.#deps.settings().autoPause);
    job.runtime = { ...job.runtime, ...patch };
    ops.push({ kind: 'job.runtime', id: job.definition.id, patch });
  }

  /** A group is one look at the API: it is complete when the last of its instances is, and all succeeded. */
  #completeOps(
    run: LiveRun,
    ending: Extract<Ending, { kind: 'finish' }>,
    now: number,
    job: LiveJob,
    ops: Op[],
  ): void {
    const others = run.group.runs.filter((other) => other !== run);
    if (others.some((other) => other.row.outcome !== 'succeeded')) return;
    const { integration } = run.plan;
    const whole = [run, ...others].every((each) => !each.resumed);
    const watermark = ending.watermark ?? job.watermark;
    const keepValidators = integration.conditional && whole && others.length === 0;
    job.watermark = watermark;
    const live = this.#deps.integration(integration.id);
    if (live && keepValidators) live.mayHaveValidators = true;
    ops.push({
      kind: 'read.complete',
      runIds: [...others.map((other) => other.id), run.id],
      jobId: run.jobId,
      integrationId: integration.id,
      at: now,
      markVanished: integration.vanished === 'mark' && integration.incremental === null && whole,
      keepValidators,
      watermark,
    });
  }

  #tellEnd(run: LiveRun, ending: Ending, now: number): void {
    const { events } = this.#deps;
    if (run.row.attempt > 0)
      events.emitInternal('attempt.finished', {
        run: refOf(run),
        outcome: ending.kind === 'resume-later' ? 'interrupted' : ending.outcome,
        error: ending.kind === 'resume-later' ? STOPPED : ending.error,
        durationMs: this.#deps.clock.monotonic() - run.attemptStartedMono,
        stepMs: run.attemptStepMs,
      });
    const freed = this.#detach(run);
    if (ending.kind === 'retry') {
      run.phase = { kind: 'retrying', until: now + ending.delayMs };
      events.emit('run.retrying', { run: toRun(run) });
      this.#hooks.retryAt(run, now + ending.delayMs);
    } else {
      if (ending.kind === 'finish') this.#remember(run);
      events.emit(run.row.outcome === 'skipped' ? 'run.skipped' : 'run.finished', {
        run: toRun(run),
      });
      this.#hooks.finished(run);
      for (const told of run.onEnd.splice(0)) told();
    }
    if (freed) this.#hooks.slotFreed();
  }

  #remember(run: LiveRun): void {
    const job = this.#deps.job(run.jobId);
    if (!job) return;
    const { id, outcome, reason, startedAt, finishedAt, durationMs } = toRun(run);
    job.lastRun = { id, outcome, reason, startedAt, finishedAt, durationMs };
    if (job.runtime.state === 'auto-paused' && job.runtime.pausedAt === run.row.finishedAt) {
      const message = `${job.definition.name}: ${job.runtime.pauseReason ?? 'paused'}`;
      const fields = { jobId: job.definition.id, runId: run.id };
      this.#deps.events.emitInternal('notice', { level: 'warn', message, fields });
      this.#deps.events.emit('job.changed', { jobId: job.definition.id, deleted: false });
    }
  }

  #pageOp(run: LiveRun, page: PageResult): PageOp {
    const { totalPages, ...rest } = page;
    run.totalPages = totalPages ?? run.totalPages;
    return {
      kind: 'page.put',
      runId: run.id,
      integrationId: run.row.integrationId,
      attempt: run.row.attempt,
      at: this.#deps.clock.now(),
      ...rest,
    };
  }

  #pageStored(run: LiveRun, page: PageResult, stored: OpResult<'page.put'>, tookMs: number): void {
    const late = {
      deduplicate: stored.deduplicateMs,
      persist: Math.max(tookMs - stored.deduplicateMs, 0),
    };
    run.addPage(page.counts, stored);
    run.addErrors(page.errorsByField);
    run.addSteps(page.stepMs);
    run.addSteps(late);
    if (page.position !== undefined) run.position = page.position;
    this.#addLateSteps({
      kind: 'steps.put',
      runId: run.id,
      attempt: run.row.attempt,
      page: page.page,
      stepMs: late,
    });
    const { events } = this.#deps;
    const counts = { ...page.counts, ...withoutTimes(stored), vanished: 0 };
    events.emitInternal('page.stored', {
      run: refOf(run),
      page: {
        page: page.page,
        url: page.url,
        status: page.status,
        bytes: page.counts.bytes,
        records: page.counts.received,
        startMs: page.startMs,
        stepMs: { ...page.stepMs, ...late },
        notModified: page.notModified,
      },
      counts,
      totalPages: run.totalPages,
    });
    if (stored.new > 0 || stored.changed > 0)
      events.emit('records.changed', {
        integrationId: run.row.integrationId,
        runId: run.id,
        new: stored.new,
        changed: stored.changed,
        vanished: 0,
      });
  }

  #addLateSteps(op: Op): void {
    this.#lateSteps.push(op);
    if (this.#lateSteps.length === 1)
      this.#deps.clock.setTimer(LATE_STEPS_AFTER_MS, () => {
        // Measurements of pages that are stored: losing them loses no data.
        this.flush().catch(() => undefined);
      });
  }

  #tellProgress(run: LiveRun, everyMs: number): void {
    const now = this.#deps.clock.monotonic();
    if (now - run.progressToldAt < everyMs) return;
    run.progressToldAt = now;
    const { counts, progress } = toRun(run);
    this.#deps.events.emit('run.progress', { runId: run.id, jobId: run.jobId, counts, progress });
  }

  /** The store would not take what happened: the attempt ends here, the run goes on when the store is well. */
  #strand(run: LiveRun): void {
    if (run.phase.kind !== 'running' && run.phase.kind !== 'waiting') return;
    this.#deps.network.post({ type: 'cancel', attemptId: run.phase.attemptId, why: 'cancelled' });
    const freed = this.#detach(run);
    run.row = { ...run.row, uncounted: run.row.uncounted + 1 };
    run.phase = { kind: 'held' };
    this.#stranded.add(run);
    if (freed) this.#hooks.slotFreed();
  }

  /** Ends the tie between a run and its attempt; tells whether that frees a slot. */
  #detach(run: LiveRun): boolean {
    if (run.phase.kind !== 'running' && run.phase.kind !== 'waiting') return false;
    const hadSlot = run.phase.kind === 'running';
    this.#byAttempt.delete(run.phase.attemptId);
    if (hadSlot) this.#countGroup(run, -1);
    run.phase = { kind: 'queued' };
    return hadSlot;
  }

  #takeSlot(run: LiveRun): void {
    this.#countGroup(run, 1);
    this.#hooks.slotTaken();
  }

  #freeSlot(run: LiveRun): void {
    this.#countGroup(run, -1);
    this.#hooks.slotFreed();
  }

  #countGroup(run: LiveRun, by: number): void {
    const { group } = run.plan.job;
    if (group !== null) this.#perGroup.set(group, this.runningInGroup(group) + by);
  }

  #durationMs(run: LiveRun, now: number): number | null {
    if (run.startedMono !== null) return round(this.#deps.clock.monotonic() - run.startedMono);
    return run.row.startedAt === null ? null : now - run.row.startedAt;
  }
}

const NOTHING = { received: 0, valid: 0 };

const STOPPED: RunError = {
  code: 'stopped',
  kind: 'internal',
  message: 'The program was stopped; the run goes on at the next start.',
};

function refOf(run: LiveRun): RunRef {
  const { jobId, integrationId, attempt, instance } = run.row;
  return { runId: run.id, jobId, integrationId, attempt, instance };
}

function withoutTimes(stored: OpResult<'page.put'>) {
  const { new: added, changed, unchanged, duplicates } = stored;
  return { new: added, changed, unchanged, duplicates };
}

function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
