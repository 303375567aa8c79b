import { assertNever } from '../../../shared/assert-never.ts';
import type { RunError } from '../../../shared/run.ts';
import { say } from '../../../shared/sentences.ts';
import type { Settings } from '../../../shared/settings.ts';
import type { JobRuntime, Op, RunPatch, VanishLimit } from '../store/ops.ts';
import { afterRun } from './care.ts';
import type { Ending } from './ending.ts';
import type { LiveJob } from './live-job.ts';
import { marksVanished, type LiveRun } from './live-run.ts';

/** How the end of an attempt, or of a run that had none, is written down. */
export interface Closing {
  readonly patch: RunPatch;
  /** In this order, after the last page. */
  readonly ops: readonly Op[];
  /** What becomes known of the job; null when the run tells nothing of it. */
  readonly runtime: Partial<JobRuntime> | null;
  readonly complete: Extract<Op, { kind: 'read.complete' }> | null;
  readonly promotion: Extract<Op, { kind: 'staging.promote' }> | null;
}

export interface ClosingContext {
  readonly now: number;
  readonly durationMs: number | null;
  /** undefined: the job was deleted meanwhile. */
  readonly job: LiveJob | undefined;
  readonly autoPause: Settings['autoPause'];
}

export function closingOps(run: LiveRun, ending: Ending, context: ClosingContext): Closing {
  const patch = closingPatch(run, ending, context);
  const complete = completeOp(run, ending, context);
  const runtime = runtimePatch(run, ending, context);
  const ops: Op[] = [];
  const attempt = attemptOp(run, ending, context.now);
  if (attempt) ops.push(attempt);
  const promotion = promotionOp(run, ending);
  if (promotion) ops.push(promotion);
  if (complete) ops.push(complete);
  if (runtime) ops.push({ kind: 'job.runtime', id: run.jobId, patch: runtime });
  ops.push({ kind: 'run.patch', id: run.id, patch });
  return { patch, ops, runtime, complete, promotion };
}

/** Says also what the start of the attempt changed, which may not have been worth a write of its own. */
function closingPatch(run: LiveRun, ending: Ending, { now, durationMs }: ClosingContext): RunPatch {
  const { startedAt, attempt, uncounted, worker } = run.row;
  switch (ending.kind) {
    case 'retry': {
      const { error, delayMs, crashed } = ending;
      const by = crashed ? 1 : 0;
      return {
        state: 'retrying',
        reason: null,
        startedAt,
        attempt,
        worker,
        nextRetryAt: now + delayMs,
        error,
        crashes: run.row.crashes + by,
        uncounted: uncounted + by,
      };
    }
    case 'resume-later':
      return {
        state: 'queued',
        reason: 'stopped',
        startedAt,
        attempt,
        worker,
        nextRetryAt: null,
        uncounted: uncounted + 1,
      };
    case 'finish':
      return {
        state: 'finished',
        startedAt,
        attempt,
        uncounted,
        worker,
        outcome: ending.outcome,
        reason: ending.reason,
        error: ending.error,
        result: ending.result,
        finishedAt: now,
        durationMs,
        nextRetryAt: null,
        cpuMs: run.cpuMs,
      };
    default:
      return assertNever(ending);
  }
}

/** What was staged becomes records when the read came to its end; with any other end of the run it is dropped. */
function promotionOp(run: LiveRun, ending: Ending): Closing['promotion'] {
  if (!run.mayHaveStaged || ending.kind !== 'finish') return null;
  const isKept = ending.outcome === 'succeeded' || ending.outcome === 'partial';
  return isKept ? { kind: 'staging.promote', runId: run.id } : null;
}

/** A run that is cancelled between two attempts keeps its attempts as they ended. */
function attemptOp(run: LiveRun, ending: Ending, now: number): Op | null {
  if (!run.attempt) return null;
  return {
    kind: 'attempt.put',
    runId: run.id,
    number: run.row.attempt,
    startedAt: run.attempt.startedAt,
    finishedAt: now,
    ...attemptEnd(ending),
  };
}

/** The end of the attempt, which may differ from that of its run. */
export function attemptEnd(
  ending: Ending,
): Pick<Extract<Op, { kind: 'attempt.put' }>, 'outcome' | 'error'> {
  if (ending.kind === 'resume-later') return { outcome: 'interrupted', error: STOPPED };
  return { outcome: ending.outcome, error: ending.error };
}

function runtimePatch(
  run: LiveRun,
  ending: Ending,
  { now, job, autoPause }: ClosingContext,
): Partial<JobRuntime> | null {
  if (ending.kind !== 'finish' || !job) return null;
  const { outcome, error } = ending;
  return afterRun(
    job.runtime,
    { outcome, error, startedAt: run.row.startedAt, at: now },
    autoPause,
  );
}

/** A group is one look at the API: it is complete when the last of its instances is, and all succeeded. */
function completeOp(
  run: LiveRun,
  ending: Ending,
  { now, job }: ClosingContext,
): Closing['complete'] {
  if (ending.kind !== 'finish' || !ending.complete || !job) return null;
  const { runs } = run.group;
  // After a restart only those instances are known that were not finished: the union cannot be judged.
  if (runs.length < run.row.instances) return null;
  // Theirs are handed over before this one, so they are on disk before it or not at all.
  if (runs.some((other) => other !== run && other.closingAs !== 'succeeded')) return null;
  const others = runs.filter((other) => other !== run);
  const { integration } = run.plan;
  const whole = runs.every((each) => !each.resumed);
  // Edited between two of them, it may be that one has not kept what it saw.
  const marks = runs.every((each) => marksVanished(each.plan.integration));
  const isListMissing = ending.isListMissing && others.every((other) => other.isListMissing);
  const vanishLimit = vanishLimitOf(run, isListMissing);
  return {
    kind: 'read.complete',
    runIds: [...others.map((other) => other.id), run.id],
    jobId: run.jobId,
    integrationId: integration.id,
    at: now,
    markVanished: marks && whole,
    ...(vanishLimit === null ? {} : { vanishLimit }),
    keepValidators: integration.conditional && whole && others.length === 0,
    watermark: ending.watermark ?? job.watermark,
  };
}

/** How much may vanish at once; null = any number. */
function vanishLimitOf({ row, plan }: LiveRun, isListMissing: boolean): VanishLimit | null {
  const percent = plan.integration.vanishedMaxPercent;
  if (row.allowVanished === true) return null;
  // An answer without a list says nothing of what is in the list.
  if (isListMissing) return { percent: 0, why: 'no-list' };
  return percent === null ? null : { percent, why: 'share' };
}

const STOPPED: RunError = { code: 'stopped', kind: 'internal', ...say('stoppedToGoOn') };
