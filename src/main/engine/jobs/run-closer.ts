import type { Integration } from '../../../shared/integration.ts';
import type { HeldBack, Run } from '../../../shared/run.ts';
import type { Settings } from '../../../shared/settings.ts';
import { rounded, type Clock } from '../clock.ts';
import type { EventHub } from '../observe/events.ts';
import type { AttemptEnd, PageResult } from '../pool/protocol.ts';
import type { JobRuntime, Op, OpResult } from '../store/ops.ts';
import type { Store } from '../store/store.ts';
import { attemptEnd, closingOps, type Closing } from './closing-ops.ts';
import { finish, judgeEnd, type Ending } from './ending.ts';
import type { LiveIntegration, LiveJob } from './live-job.ts';
import type { LiveRun } from './live-run.ts';
import type { PageKeeper } from './page-keeper.ts';
import { withRun } from './past-runs.ts';
import type { RunStarts } from './run-starts.ts';
import { refOf, toRun } from './run-view.ts';
import type { WriteLine } from './write-line.ts';

export interface RunCloserDeps {
  readonly clock: Clock;
  readonly store: Pick<Store, 'commit'>;
  readonly events: Pick<EventHub, 'emit' | 'emitInternal'>;
  readonly random: () => number;
  readonly settings: () => Settings;
  readonly job: (id: string) => LiveJob | undefined;
  readonly integration: (id: string) => LiveIntegration | undefined;
  readonly starts: RunStarts;
  readonly pages: PageKeeper;
  readonly writes: WriteLine;
}

/** What becomes of a run whose attempt has ended, told when it is on disk. */
export interface CloserHooks {
  readonly retryIn: (run: LiveRun, delayMs: number) => void;
  readonly resumeLater: (run: LiveRun) => void;
  readonly finished: (run: LiveRun) => void;
  /** One of the above has been told, or the run is being closed once more. */
  readonly closed: (run: LiveRun) => void;
}

/**
 * Ends attempts, and runs that have none: judges what the end means, writes it down together with the last page, and
 * tells it when it is on disk. Until then the run is `closing`.
 */
export class RunCloser {
  readonly #deps: RunCloserDeps;
  readonly #hooks: CloserHooks;

  constructor(deps: RunCloserDeps, hooks: CloserHooks) {
    this.#deps = deps;
    this.#hooks = hooks;
  }

  /** The attempt, if one is under way, has ended like this, with this last page. */
  close(run: LiveRun, end: AttemptEnd, page: PageResult | null): void {
    // Judged when the pages before are on disk: they count.
    this.#close(run, page, () => judgeEnd(this.#situation(run, end, page?.counts ?? NOTHING)));
  }

  /** The run ends like this, whatever its attempt did. */
  closeAs(run: LiveRun, ending: Ending): void {
    this.#close(run, null, () => ending);
  }

  #close(run: LiveRun, page: PageResult | null, judge: () => Ending): void {
    run.phase = { kind: 'closing' };
    const { clock, writes } = this.#deps;
    let ending: Ending;
    let closing: Closing;
    let handedOver = 0;
    const handOver = () => {
      ending = judge();
      this.#deps.starts.leave(run);
      handedOver = clock.monotonic();
      closing = this.#prepare(run, ending, handedOver);
      const pageOps = page ? [this.#deps.pages.op(run, page)] : [];
      return this.#deps.store.commit([...pageOps, ...closing.ops, ...run.owed]);
    };
    writes.add(run, handOver, (results: readonly unknown[]) => {
      run.undo = null;
      run.owed = [];
      this.#deps.starts.stored(run);
      if (page) {
        // The first operation, hence the first result, is the page's.
        const stored = results[0] as OpResult<'page.put'>;
        this.#deps.pages.stored(run, page, stored, clock.monotonic() - handedOver);
      }
      const resultOf = (op: Op) => results[closing.ops.indexOf(op) + (page ? 1 : 0)];
      if (closing.promotion)
        this.#promoted(run, resultOf(closing.promotion) as OpResult<'staging.promote'>);
      if (closing.complete)
        this.#completed(
          run,
          closing.complete,
          resultOf(closing.complete) as OpResult<'read.complete'>,
        );
      run.patch(closing.patch);
      this.#tell(run, ending, handedOver);
    });
  }

  #situation(run: LiveRun, end: AttemptEnd, last: { received: number; valid: number }) {
    return {
      end,
      counts: {
        received: run.counts.received + last.received,
        valid: run.counts.valid + last.valid,
      },
      maxInvalidPercent: run.plan.integration.invalid.maxPercent,
      countedAttempts: run.countedAttempts,
      crashes: run.row.crashes,
      policy: run.plan.policy,
      retry: run.plan.job.retry,
      idempotent: run.plan.integration.request.idempotent,
      cancelWanted: run.cancelWanted,
      random: this.#deps.random(),
    };
  }

  #prepare(run: LiveRun, ending: Ending, endedMono: number): Closing {
    const job = this.#deps.job(run.jobId);
    const now = this.#deps.clock.now();
    const closing = closingOps(run, ending, {
      now,
      durationMs: durationMs(run, now, endedMono),
      job,
      autoPause: this.#deps.settings().autoPause,
    });
    // Believed at once, so that the next end that is prepared counts on from here.
    run.hasEndedPause =
      job?.runtime.state === 'auto-paused' && closing.runtime?.state === 'enabled';
    const takeBack = job && closing.runtime ? changeRuntime(job, closing.runtime) : null;
    run.closingAs = ending.kind === 'finish' ? ending.outcome : null;
    run.isListMissing = ending.kind === 'finish' && ending.isListMissing;
    run.undo = () => {
      takeBack?.();
      run.closingAs = null;
    };
    return closing;
  }

  #promoted(run: LiveRun, told: OpResult<'staging.promote'>): void {
    run.addPromoted(told);
    if (told.new === 0 && told.changed === 0) return;
    const { integrationId } = run.row;
    const changes = { new: told.new, changed: told.changed, vanished: 0 };
    this.#deps.events.emit('records.changed', { integrationId, runId: run.id, ...changes });
  }

  #completed(
    run: LiveRun,
    { watermark, keepValidators }: NonNullable<Closing['complete']>,
    { vanished, heldBack }: OpResult<'read.complete'>,
  ): void {
    const job = this.#deps.job(run.jobId);
    if (job) job.watermark = watermark;
    const integration = this.#deps.integration(run.row.integrationId);
    if (integration && keepValidators) integration.mayHaveValidators = true;
    run.heldBack = heldBack;
    if (heldBack) this.#tellHeldBack(run, heldBack);
    if (vanished === 0) return;
    run.counts = { ...run.counts, vanished };
    const { integrationId } = run.row;
    const changes = { new: 0, changed: 0, vanished };
    this.#deps.events.emit('records.changed', { integrationId, runId: run.id, ...changes });
  }

  #tellHeldBack(run: LiveRun, heldBack: HeldBack): void {
    const { runId, jobId, attempt } = refOf(run);
    const message = heldBackInWords(heldBack, run.plan.integration);
    const fields = { runId, jobId, attempt, ...heldBack };
    this.#deps.events.emitInternal('notice', { level: 'warn', message, fields });
  }

  #tell(run: LiveRun, ending: Ending, endedMono: number): void {
    this.#tellAttempt(run, ending, endedMono);
    if (ending.kind === 'finish') {
      this.#finish(run);
    } else if (run.cancelWanted === 'cancelled') {
      // Somebody cancelled while the end was on its way to the disk.
      this.closeAs(run, finish('cancelled'));
    } else if (ending.kind === 'retry') {
      run.phase = { kind: 'retrying' };
      this.#deps.events.emit('run.retrying', { run: toRun(run) });
      this.#hooks.retryIn(run, ending.delayMs);
    } else {
      run.phase = { kind: 'finished' };
      this.#hooks.resumeLater(run);
      settle(run);
    }
    this.#hooks.closed(run);
  }

  #tellAttempt(run: LiveRun, ending: Ending, endedMono: number): void {
    const { attempt } = run;
    if (!attempt) return;
    run.attempt = null;
    this.#deps.events.emitInternal('attempt.finished', {
      run: refOf(run),
      ...attemptTold(ending),
      durationMs: endedMono - attempt.startedMono,
      stepMs: attempt.stepMs,
    });
  }

  #finish(run: LiveRun): void {
    run.phase = { kind: 'finished' };
    const job = this.#deps.job(run.jobId);
    const told = toRun(run);
    if (job) this.#remember(job, run, told);
    const name = told.outcome === 'skipped' ? 'run.skipped' : 'run.finished';
    this.#deps.events.emit(name, { run: told });
    this.#hooks.finished(run);
    settle(run);
  }

  #remember(job: LiveJob, run: LiveRun, told: Run): void {
    const { id, outcome, reason, startedAt, finishedAt, durationMs } = told;
    job.lastRun = { id, outcome, reason, startedAt, finishedAt, durationMs };
    if (job.past && outcome === 'succeeded') {
      const { received, new: added, changed } = told.counts;
      const at = run.row.finishedAt ?? this.#deps.clock.now();
      job.past = withRun(job.past, {
        received,
        pages: run.pagesStored,
        heldBack: run.heldBack,
        durationMs: durationMs ?? 0,
        changes: added + changed,
        at,
      });
    }
    const { state, pausedAt, pausedUntil, pauseReason } = job.runtime;
    if (run.hasEndedPause && state === 'enabled' && pausedUntil === run.row.finishedAt)
      this.#deps.events.emit('job.changed', { jobId: job.definition.id, deleted: false });
    if (state !== 'auto-paused' || pausedAt !== run.row.finishedAt) return;
    const { name, id: jobId } = job.definition;
    const message = `${name}: ${pauseReason ?? 'paused'}`;
    const fields = { jobId, runId: run.id };
    this.#deps.events.emitInternal('notice', { level: 'warn', message, fields });
    this.#deps.events.emit('job.changed', { jobId, deleted: false });
  }
}

const NOTHING = { received: 0, valid: 0 };

/** null: it never started. */
function durationMs(run: LiveRun, now: number, nowMono: number): number | null {
  if (run.startedMono !== null) return rounded(nowMono - run.startedMono);
  return run.row.startedAt === null ? null : now - run.row.startedAt;
}

function attemptTold(ending: Ending) {
  const { outcome, error } = attemptEnd(ending);
  // Only an attempt under way has no outcome, and this one has ended.
  return { outcome: outcome ?? 'interrupted', error };
}

function heldBackInWords(
  { vanished, of, why }: HeldBack,
  { vanishedMaxPercent, records }: Integration,
): string {
  const what =
    why === 'no-list'
      ? `There was no list at ${records?.path ?? '$'} in the answer, so the ${vanished} records that are stored were not marked as vanished.`
      : `${vanished} of ${of} records were missing at once, more than ${vanishedMaxPercent ?? 100} percent (vanishedMaxPercent): none was marked as vanished.`;
  return `${what} If they are gone, run the job once with allowVanished.`;
}

function settle(run: LiveRun): void {
  for (const { resolve } of run.endWaiters.splice(0)) resolve();
}

/** Changes what is known of the job; the answer takes back what nobody has changed since. */
function changeRuntime(job: LiveJob, patch: Partial<JobRuntime>): () => void {
  const before = job.runtime;
  job.runtime = { ...before, ...patch };
  return () => {
    const keys = Object.keys(patch) as (keyof JobRuntime)[];
    const own = keys.filter((key) => job.runtime[key] === patch[key]);
    const restored = Object.fromEntries(own.map((key) => [key, before[key]]));
    job.runtime = { ...job.runtime, ...restored };
  };
}
