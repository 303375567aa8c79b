import { NO_COUNTS, type Counts, type Run, type StepMs } from '../../../shared/run.ts';
import { toIso } from '../clock.ts';
import type { RunRef } from '../observe/internal-events.ts';
import type { RunRow } from '../store/ops.ts';
import type { LiveRun } from './live-run.ts';

/** What only memory knows of a run. */
interface Progress {
  readonly reason: string | null;
  readonly counts: Counts;
  readonly errorsByField: Record<string, number>;
  readonly stepMs: StepMs;
  readonly pagesStored: number;
  readonly totalPages: number | null;
  readonly heartbeatAt: number | null;
  readonly cpuMs: number;
}

/** The run as it is answered and told. */
export function toRun(live: LiveRun): Run {
  const { row, phase } = live;
  return view(row, {
    reason: phase.kind === 'waiting' ? phase.reason : row.reason,
    counts: live.counts,
    errorsByField: live.errorsByField,
    stepMs: live.stepMs,
    pagesStored: live.pagesStored,
    totalPages: live.totalPages,
    heartbeatAt: live.heartbeatAt,
    cpuMs: live.cpuMs,
  });
}

/** The run as it was when it joined the line, though it may have found a free slot at once. */
export function queuedRun(row: RunRow): Run {
  return unlivedRun({ ...row, state: 'queued', startedAt: null, attempt: 0, worker: null });
}

/** A run that did nothing: it has just joined the line, or its instants were skipped. */
export function unlivedRun(row: RunRow): Run {
  return view(row, {
    reason: row.reason,
    counts: NO_COUNTS,
    errorsByField: {},
    stepMs: {},
    pagesStored: 0,
    totalPages: null,
    heartbeatAt: null,
    cpuMs: row.cpuMs,
  });
}

/** Which run, and which try of it. */
export function refOf({ row }: LiveRun): RunRef {
  const { id: runId, jobId, integrationId, attempt, instance } = row;
  return { runId, jobId, integrationId, attempt, instance };
}

function view(row: RunRow, progress: Progress): Run {
  return {
    id: row.id,
    jobId: row.jobId,
    integrationId: row.integrationId,
    trigger: row.trigger,
    triggeredBy: row.triggeredBy,
    retryOf: row.retryOf,
    scheduledFor: isoOrNull(row.scheduledFor),
    scheduledUntil: isoOrNull(row.scheduledUntil),
    occurrences: row.occurrences,
    createdAt: toIso(row.createdAt),
    startedAt: isoOrNull(row.startedAt),
    finishedAt: isoOrNull(row.finishedAt),
    durationMs: row.durationMs,
    state: row.state,
    outcome: row.outcome,
    reason: progress.reason,
    instance: row.instance,
    attempt: row.attempt,
    nextRetryAt: isoOrNull(row.nextRetryAt),
    heartbeatAt: isoOrNull(progress.heartbeatAt),
    worker: row.worker,
    priority: row.priority,
    input: row.input,
    result: row.result,
    resources: { cpuMs: progress.cpuMs, peakBytes: row.peakBytes },
    counts: progress.counts,
    // The run goes on adding to its own; what is told stays as it was.
    errorsByField: { ...progress.errorsByField },
    error: row.error,
    progress: {
      done: progress.pagesStored,
      total: progress.totalPages,
      etaMs: null,
      message: null,
    },
    stepMs: { ...progress.stepMs },
  };
}

function isoOrNull(epochMs: number | null): string | null {
  return epochMs === null ? null : toIso(epochMs);
}
