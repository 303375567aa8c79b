import { assertNever } from '../../../shared/assert-never.ts';
import type { SkipReason } from '../../../shared/run.ts';
import type { Settings } from '../../../shared/settings.ts';
import type { Clock } from '../clock.ts';
import type { EventHub } from '../observe/events.ts';
import type { AttemptEnd, FromNetwork, PageResult, ToNetwork } from '../pool/protocol.ts';
import type { OpResult, PageValidator, RunPatch } from '../store/ops.ts';
import type { Store } from '../store/store.ts';
import { TransitMap } from '../transit.ts';
import { attemptRequest, validatorsFor } from './attempt-request.ts';
import { finish } from './ending.ts';
import type { LiveIntegration, LiveJob } from './live-job.ts';
import { NO_STEPS, planRun, type LiveRun } from './live-run.ts';
import { PageKeeper } from './page-keeper.ts';
import { Progress } from './progress.ts';
import { RunCloser } from './run-closer.ts';
import { RunStarts } from './run-starts.ts';
import { Slots } from './slots.ts';
import { Stranded } from './stranded.ts';
import { WriteLine } from './write-line.ts';

/**
 * Makes the attempts of runs: starts them in the network thread, stores the pages that come back, gives credit for
 * more, and has their ends written down. It decides nothing about who may run; that is the job service's.
 *
 * When the store will not take what happened, the attempt is given up and the run is `stranded`: it goes on, from
 * where it stands on disk, as soon as the store is well; if its request may not be sent twice, a person decides.
 */
export interface AttemptNetwork {
  post(message: ToNetwork): void;
}

export interface AttemptDeps {
  readonly clock: Clock;
  readonly store: Pick<Store, 'commit' | 'query'>;
  readonly network: AttemptNetwork;
  readonly events: Pick<EventHub, 'emit' | 'emitInternal'>;
  readonly random: () => number;
  readonly worker: string;
  readonly settings: () => Settings;
  readonly job: (id: string) => LiveJob | undefined;
  readonly integration: (id: string) => LiveIntegration | undefined;
  /** Nothing can be written now. */
  readonly isStoreHeld: () => boolean;
}

/** What the job service wants to know. */
export interface AttemptHooks {
  readonly requeue: (run: LiveRun) => void;
  readonly retryIn: (run: LiveRun, delayMs: number) => void;
  /** The program stops and the run is on disk as it is: it goes on at the next start. */
  readonly resumeLater: (run: LiveRun) => void;
  /** The end of the run is on disk. */
  readonly finished: (run: LiveRun) => void;
  /** A slot is free, or an attempt has come to its end on disk. */
  readonly eased: () => void;
}

export class AttemptRunner {
  readonly slots = new Slots();
  readonly #deps: AttemptDeps;
  readonly #hooks: AttemptHooks;
  readonly #progress: Progress;
  readonly #starts: RunStarts;
  readonly #pages: PageKeeper;
  readonly #closer: RunCloser;
  readonly #writes: WriteLine;
  readonly #byAttempt = new TransitMap<number, LiveRun>();
  readonly #stranded: Stranded;
  #closing = 0;
  #nextAttemptId = 1;

  constructor(deps: AttemptDeps, hooks: AttemptHooks) {
    this.#deps = deps;
    this.#hooks = hooks;
    this.#writes = new WriteLine((run, error) => this.#strand(run, error));
    this.#progress = new Progress(deps);
    this.#starts = new RunStarts(deps, this.#writes, this.#progress);
    this.#pages = new PageKeeper(deps);
    this.#closer = new RunCloser(
      { ...deps, starts: this.#starts, pages: this.#pages, writes: this.#writes },
      {
        retryIn: hooks.retryIn,
        resumeLater: hooks.resumeLater,
        finished: hooks.finished,
        closed: (run) => this.#closed(run),
      },
    );
    this.#stranded = new Stranded(deps, {
      requeue: hooks.requeue,
      closeAs: (run, ending) => {
        this.#closing += 1;
        this.#closer.closeAs(run, ending);
      },
    });
  }

  /** Attempts under way, and ends on their way to the disk. */
  get size(): number {
    return this.#byAttempt.size + this.#closing;
  }

  /** Ends on their way to the disk. */
  get closing(): number {
    return this.#closing;
  }

  /** Starts the next attempt of a queued run; takes a slot. */
  start(run: LiveRun): void {
    if (!this.#refreshPlan(run)) {
      this.#close(run, { kind: 'cancelled' }, null);
      return;
    }
    const { clock, worker } = this.#deps;
    const now = clock.now();
    const attemptId = this.#nextAttemptId++;
    run.attempt = { startedAt: now, startedMono: clock.monotonic(), sent: false, stepMs: NO_STEPS };
    run.startedMono ??= run.row.startedAt === null ? run.attempt.startedMono : null;
    run.heartbeatAt = now;
    run.resumed = run.pagesStored > 0;
    run.phase = { kind: 'running', attemptId };
    const patch: RunPatch = {
      state: 'running',
      reason: null,
      startedAt: run.row.startedAt ?? now,
      attempt: run.row.attempt + 1,
      uncounted: run.row.uncounted,
      nextRetryAt: null,
      worker,
    };
    run.etaMs = null;
    run.patch(patch);
    this.#byAttempt.set(attemptId, run);
    this.slots.take(run);
    this.slots.enterGroup(run);
    // A new run's row is handed over in this turn, as it is now; see `inserted`.
    if (run.rowState !== 'new')
      this.#launch(run, attemptId, (then) => this.#starts.write(run, patch, then));
  }

  /** The row was handed to the store, as running when the run has a slot already. */
  inserted(run: LiveRun, stored: Promise<unknown>): void {
    run.rowState = 'handed-over';
    const inStore = stored.then(() => void (run.rowState = 'stored'));
    const { attemptId } = run;
    if (attemptId === null) this.#writes.follow(run, inStore, () => undefined);
    else this.#launch(run, attemptId, (then) => this.#starts.follow(run, inStore, then));
  }

  onMessage(message: FromNetwork): void {
    switch (message.type) {
      case 'page':
        this.#onPage(message);
        return;
      case 'end':
        this.#onEnd(message);
        return;
      case 'waiting':
        this.#onWaiting(message);
        return;
      case 'going':
        this.#onGoing(message.attemptId);
        return;
      case 'heartbeat':
        this.#onHeartbeat(message.attemptIds);
        return;
      case 'notice':
      case 'online':
      case 'tested':
      case 'checked':
      case 'answer':
        return;
      default:
        assertNever(message);
    }
  }

  /** Resolves when the end of the run is on disk; rejects when the store refuses it, which may be told later. */
  cancel(run: LiveRun, why: 'cancelled' | 'stopping'): Promise<void> {
    const { phase } = run;
    if (phase.kind === 'finished') return Promise.resolve();
    const ended = new Promise<void>((resolve, reject) => run.endWaiters.push({ resolve, reject }));
    // What a person wants goes before what the program does when it stops.
    if (run.cancelWanted !== 'cancelled') run.cancelWanted = why;
    if (phase.kind === 'running' || phase.kind === 'waiting') {
      this.#deps.network.post({ type: 'cancel', attemptId: phase.attemptId, why });
    } else if (phase.kind !== 'closing') {
      this.#stranded.delete(run);
      this.#close(run, { kind: 'cancelled' }, null);
    }
    return ended;
  }

  /** Ends a run that has not begun. */
  skip(run: LiveRun, reason: SkipReason): void {
    run.skippedFor = reason;
    this.#closing += 1;
    this.#closer.closeAs(run, finish('skipped', { reason }));
  }

  /** Stops every attempt between two pages. */
  stopAll(): void {
    for (const run of new Set(this.#byAttempt.values()))
      // When the store refuses, the run is on disk as running: the next start takes it up.
      this.cancel(run, 'stopping').catch(() => undefined);
  }

  /** Forgets a run that the store refused to know. */
  abandon(run: LiveRun): void {
    this.#writes.forget(run);
    this.#stranded.delete(run);
    this.#giveUp(run);
  }

  /** The store can write again. */
  storeRecovered(): void {
    this.#stranded.goOn();
  }

  /** Writes what is held back. */
  async flush(): Promise<void> {
    this.#stranded.stop();
    this.#starts.stop();
    await this.#pages.flush();
  }

  /** Takes over what was declared since the run was made; false when its job is gone. */
  #refreshPlan(run: LiveRun): boolean {
    const job = this.#deps.job(run.jobId);
    const integration = this.#deps.integration(run.row.integrationId);
    if (!job || !integration) return false;
    const { plan } = run;
    const settings = this.#deps.settings();
    if (
      plan.job !== job.definition ||
      plan.integration !== integration.definition ||
      plan.settings !== settings
    )
      run.plan = planRun(job.definition, integration.definition, settings);
    return true;
  }

  #launch(run: LiveRun, attemptId: number, write: (then: (() => void) | null) => void): void {
    const prepare = () => this.#prepare(run, attemptId);
    // The row of a run that may be sent twice need not be waited for.
    const { idempotent } = run.plan.integration.request;
    write(idempotent ? null : prepare);
    if (idempotent) prepare();
  }

  #prepare(run: LiveRun, attemptId: number): void {
    const integration = this.#deps.integration(run.row.integrationId);
    const validators = validatorsFor(run, integration, this.#deps.store);
    if (!(validators instanceof Promise)) this.#send(run, attemptId, validators);
    else void validators.then((stored) => this.#send(run, attemptId, stored));
  }

  #send(run: LiveRun, attemptId: number, validators: readonly PageValidator[]): void {
    if (run.attemptId !== attemptId || !run.attempt) return;
    const job = this.#deps.job(run.jobId);
    const integration = this.#deps.integration(run.row.integrationId);
    if (!job || !integration || run.cancelWanted !== null) {
      this.#over(run, { kind: 'cancelled' }, null);
      return;
    }
    run.attempt.sent = true;
    const { planId } = integration;
    const request = attemptRequest(run, { attemptId, job, planId, validators });
    this.#deps.network.post({ type: 'start', request });
  }

  #onWaiting(message: Extract<FromNetwork, { type: 'waiting' }>): void {
    const { attemptId, reason, until, why } = message;
    const run = this.#byAttempt.get(attemptId);
    if (run?.phase.kind !== 'running') return;
    run.phase = { kind: 'waiting', attemptId, reason, until, why };
    run.patch({ state: 'waiting' });
    this.#progress.tellWait(run);
    this.slots.free(run);
    this.#hooks.eased();
  }

  #onGoing(attemptId: number): void {
    const run = this.#byAttempt.get(attemptId);
    if (run?.phase.kind !== 'waiting') return;
    run.phase = { kind: 'running', attemptId };
    run.patch({ state: 'running' });
    this.#progress.tell(run);
    this.slots.take(run);
  }

  #onHeartbeat(attemptIds: readonly number[]): void {
    const now = this.#deps.clock.now();
    for (const id of attemptIds) {
      const run = this.#byAttempt.get(id);
      if (run) run.heartbeatAt = now;
    }
  }

  #onPage({ attemptId, page, end, cpuMs }: Extract<FromNetwork, { type: 'page' }>): void {
    const run = this.#byAttempt.get(attemptId);
    if (!run) return;
    run.cpuMs += cpuMs;
    if (end) {
      this.#over(run, end, page);
      return;
    }
    const { clock, store } = this.#deps;
    let handedOver = 0;
    const handOver = () => {
      handedOver = clock.monotonic();
      return store.commit([this.#pages.op(run, page), ...this.#starts.ops(run)]);
    };
    this.#writes.add(run, handOver, (results: readonly unknown[]) => {
      this.#starts.stored(run);
      // The first operation, hence the first result, is the page's.
      const stored = results[0] as OpResult<'page.put'>;
      this.#pages.stored(run, page, stored, clock.monotonic() - handedOver);
      if (run.attemptId !== attemptId) return;
      this.#deps.network.post({ type: 'stored', attemptId });
      this.#progress.advanced(run);
    });
  }

  #onEnd({ attemptId, end, cpuMs }: Extract<FromNetwork, { type: 'end' }>): void {
    const run = this.#byAttempt.get(attemptId);
    if (!run) return;
    run.cpuMs += cpuMs;
    const page = end.kind === 'failed' || end.kind === 'timed-out' ? end.page : null;
    this.#over(run, end, page);
  }

  /** The attempt is over in the network thread; its slot is free, its end is still to be stored. */
  #over(run: LiveRun, end: AttemptEnd, page: PageResult | null): void {
    this.slots.free(run);
    // Whoever waits for the slot is due already; the books can wait for it.
    this.#hooks.eased();
    if (run.attemptId !== null) this.#byAttempt.delete(run.attemptId);
    this.#close(run, end, page);
  }

  #close(run: LiveRun, end: AttemptEnd, page: PageResult | null): void {
    this.#closing += 1;
    this.#closer.close(run, end, page);
  }

  #closed(run: LiveRun): void {
    this.slots.leaveGroup(run);
    // Cancelled meanwhile: it is being closed once more.
    if (run.phase.kind === 'closing') return;
    this.#closing -= 1;
    this.#hooks.eased();
  }

  /** The store would not take what happened to the run. */
  #strand(run: LiveRun, error: unknown): void {
    // A run whose very row was refused is forgotten by whoever made it.
    if (run.phase.kind === 'finished' || run.rowState !== 'stored') return;
    this.#stranded.add(run, error, () => this.#giveUp(run));
    this.#hooks.eased();
  }

  /** Ends every tie between a run and its attempt. */
  #giveUp(run: LiveRun): void {
    const { attemptId } = run;
    this.#starts.leave(run);
    if (attemptId !== null) {
      this.#byAttempt.delete(attemptId);
      this.#deps.network.post({ type: 'cancel', attemptId, why: 'cancelled' });
    }
    if (run.phase.kind === 'closing') this.#closing -= 1;
    this.slots.free(run);
    this.slots.leaveGroup(run);
  }
}
