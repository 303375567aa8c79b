import type { Outcome, RunError } from '../../../shared/run.ts';
import { part, say } from '../../../shared/sentences.ts';
import type { Settings } from '../../../shared/settings.ts';
import { NO_PAUSE_REASON } from './live-job.ts';
import type { JobRuntime } from '../store/ops.ts';

type PauseLimits = Pick<Settings['autoPause'], 'afterFailures' | 'afterConfigErrors'>;

/**
 * What the end of a run changes in what is known of its job: when it last ended and succeeded, how often it failed in
 * a row, and whether it is paused for its own good, because an API that refuses us again and again should not be
 * asked again and again.
 */
export function afterRun(
  runtime: JobRuntime,
  end: {
    readonly outcome: Outcome;
    readonly error: RunError | null;
    readonly startedAt: number | null;
    readonly at: number;
  },
  limits: PauseLimits,
): Partial<JobRuntime> {
  const failed = end.outcome === 'failed' || end.outcome === 'timed-out';
  const succeeded = end.outcome === 'succeeded' || end.outcome === 'partial';
  const config = failed && end.error?.kind === 'config';
  const failuresInRow = failed ? runtime.failuresInRow + 1 : succeeded ? 0 : runtime.failuresInRow;
  const configErrorsInRow = config
    ? runtime.configErrorsInRow + 1
    : failed || succeeded
      ? 0
      : runtime.configErrorsInRow;
  return {
    lastEndAt: end.at,
    failuresInRow,
    configErrorsInRow,
    ...(end.outcome === 'succeeded' ? { lastSuccessAt: end.startedAt } : {}),
    ...(succeeded ? endPauseOf(runtime, end.at) : {}),
    ...pauseIfHopeless(runtime, { failuresInRow, configErrorsInRow }, limits, end),
  };
}

/** What it was paused for is over. */
function endPauseOf({ state }: JobRuntime, at: number): Partial<JobRuntime> {
  return state === 'auto-paused' ? { state: 'enabled', pausedUntil: at, ...NO_PAUSE_REASON } : {};
}

function pauseIfHopeless(
  runtime: JobRuntime,
  counts: Pick<JobRuntime, 'failuresInRow' | 'configErrorsInRow'>,
  limits: PauseLimits,
  end: { readonly at: number; readonly error: RunError | null },
): Partial<JobRuntime> {
  if (runtime.state !== 'enabled') return {};
  const failure = part(end.error ?? say('noReasonGiven'));
  const why =
    counts.configErrorsInRow >= limits.afterConfigErrors
      ? say('pausedByRefusals', { count: counts.configErrorsInRow, failure })
      : counts.failuresInRow >= limits.afterFailures
        ? say('pausedByFailures', { count: counts.failuresInRow, failure })
        : null;
  return why === null
    ? {}
    : {
        state: 'auto-paused',
        pausedAt: end.at,
        pausedUntil: null,
        pauseReason: why.message,
        pauseSays: why.says,
      };
}
