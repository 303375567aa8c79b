import type { Integration } from '../../../shared/integration.ts';
import type { Job, JobDefinition, JobState } from '../../../shared/job.ts';
import { initialCoverage } from '../../../shared/schedule.ts';
import type { Schedule } from '../../../shared/schedule.ts';
import { toIso } from '../clock.ts';
import type { JobRuntime } from '../store/ops.ts';
import type { PastRuns, StoredJob } from '../store/store.ts';
import { healthOf, usualDurationMs } from './past-runs.ts';

/** A job in memory: what the person declared and what the program knows of it. */
export interface LiveJob {
  definition: JobDefinition;
  runtime: JobRuntime;
  watermark: string | null;
  lastRun: StoredJob['lastRun'];
  /** The row that stands for the latest skipped instants and may stand for the next ones too. */
  openSpan: StoredJob['openSpan'];
  /** What its latest succeeded runs brought; absent until somebody asked. */
  past?: PastRuns;
}

export interface LiveIntegration {
  definition: Integration;
  /** Names the declared API for the network thread; a new one with each change. */
  planId: number;
  /** Page validators may be stored; false saves asking for them before each run. */
  mayHaveValidators: boolean;
}

export function newJobRuntime(schedule: Schedule, now: number): JobRuntime {
  return {
    state: 'enabled',
    pausedUntil: null,
    ...NO_PAUSE_REASON,
    pausedAt: null,
    coveredUntil: initialCoverage(schedule, now),
    coveredSince: now,
    lastEndAt: null,
    lastSuccessAt: null,
    failuresInRow: 0,
    configErrorsInRow: 0,
  };
}

/** Of a job that is not paused, or nobody said why. */
export const NO_PAUSE_REASON = { pauseReason: null, pauseSays: null };

export function stateOf(job: LiveJob): JobState {
  return job.definition.enabled ? job.runtime.state : 'disabled';
}

/** Whether its schedule is silent until somebody or some time ends the pause. */
export function isPaused({ runtime: { state } }: LiveJob): boolean {
  return state === 'paused' || state === 'auto-paused';
}

/** How long a succeeded run of it usually takes, ms, as far as is known now. */
export function usualMs({ past, lastRun }: LiveJob): number | null {
  if (past) return usualDurationMs(past);
  return lastRun?.outcome === 'succeeded' ? lastRun.durationMs : null;
}

/** The job as it is answered. */
export function toJob(job: LiveJob, nextRunAt: number | null): Job {
  const { pausedUntil, pauseReason, pauseSays } = job.runtime;
  return {
    ...job.definition,
    state: stateOf(job),
    pausedUntil: isPaused(job) && pausedUntil !== null ? toIso(pausedUntil) : null,
    pauseReason: isPaused(job) ? pauseReason : null,
    ...(isPaused(job) && pauseSays ? { pauseReasonSays: pauseSays } : {}),
    nextRunAt: nextRunAt === null ? null : toIso(nextRunAt),
    lastRun: job.lastRun,
    ...(job.past ? { health: healthOf(job.past, job.runtime.failuresInRow) } : {}),
  };
}
