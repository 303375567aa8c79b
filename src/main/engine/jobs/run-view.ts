import { NO_COUNTS, type HeldBack, type Run } from '../../../shared/run.ts';
import { toIso } from '../clock.ts';
import type { RunRef } from '../observe/internal-events.ts';
import type { RunRow } from '../store/ops.ts';
import type { LiveRun } from './live-run.ts';

/** What only memory knows of a run. */
type Progress = Pick<
  LiveRun,
  | 'counts'
  | 'errorsByField'
  | 'stepMs'
  | 'pagesStored'
  | 'totalPages'
  | 'etaMs'
  | 'heartbeatAt'
  | 'cpuMs'
> & { readonly heldBack?: HeldBack | null };

const NO_PROGRESS: Progress = {
  counts: NO_COUNTS,
  errorsByField: {},
  stepMs: {},
  pagesStored: 0,
  totalPages: null,
  etaMs: null,
  heartbeatAt: null,
  cpuMs: 0,
};

/** The run as it is answered and told. */
export function toRun(live: LiveRun): Run {
  const { row, phase } = live;
  if (phase.kind !== 'waiting') return view(row, row.reason, live);
  const run = view(row, phase.reason, live);
  return phase.why === null ? run : { ...run, progress: { ...run.progress, ...phase.why } };
}

/** The run as it was when it joined the line, though it may have found a free slot at once. */
export function queuedRun(row: RunRow): Run {
  const run = unlivedRun(row);
  return { ...run, state: 'queued', startedAt: null, attempt: 0, worker: null };
}

/** A run that did nothing: it has just joined the line, or its instants were skipped. */
export function unlivedRun(row: RunRow): Run {
  return view(row, row.reason, NO_PROGRESS);
}

/** A run that came to its end with the process that ran it: its row as it is now, and what was stored of it. */
export function endedRun(
  row: RunRow,
  stored: Pick<Progress, 'counts' | 'errorsByField' | 'stepMs' | 'pagesStored'>,
): Run {
  const { counts, errorsByField, stepMs, pagesStored } = stored;
  const { cpuMs } = row;
  return view(row, row.reason, {
    ...NO_PROGRESS,
    counts,
    errorsByField,
    stepMs,
    pagesStored,
    cpuMs,
  });
}

/** Which run, and which try of it. */
export function refOf({ row }: LiveRun): RunRef {
  const { id: runId, jobId, integrationId, attempt, instance } = row;
  return { runId, jobId, integrationId, attempt, instance };
}

function view(row: RunRow, reason: string | null, progress: Progress): Run {
  const run: Run = {
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
    reason,
    instance: row.instance,
    attempt: row.attempt,
    nextRetryAt: isoOrNull(row.nextRetryAt),
    ...startsAt(row),
    heartbeatAt: isoOrNull(progress.heartbeatAt),
    worker: row.worker,
    priority: row.priority,
    input: row.input,
    result: row.result,
    resources: { cpuMs: progress.cpuMs, peakBytes: row.peakBytes },
    counts: progress.counts,
    errorsByField: progress.errorsByField,
    error: row.error,
    progress: {
      done: progress.pagesStored,
      total: progress.totalPages,
      etaMs: row.state === 'running' ? progress.etaMs : null,
      message: null,
    },
    stepMs: progress.stepMs,
  };
  if (progress.heldBack) run.heldBack = progress.heldBack;
  return run;
}

function startsAt({ state, attempt, notBefore }: RunRow): Pick<Run, 'startsAt'> {
  const isAhead = state === 'queued' && attempt === 0 && notBefore !== null;
  return isAhead ? { startsAt: toIso(notBefore) } : {};
}

function isoOrNull(epochMs: number | null): string | null {
  return epochMs === null ? null : toIso(epochMs);
}
