import type { LiveJob } from '../jobs/live-job.ts';
import type { Pause } from './due-segments.ts';

/** What keeps a job from running by itself. */

/** The pauses that touch a job: those of everything, and its own. */
export function pausesOf(
  { runtime: { pausedAt, pausedUntil } }: Pick<LiveJob, 'runtime'>,
  ofEverything: readonly Pause[],
): readonly Pause[] {
  return pausedAt === null
    ? ofEverything
    : [...ofEverything, { fromMs: pausedAt, untilMs: pausedUntil }];
}

/** Its own pause had an end, and that has come. */
export function isPauseOver({ runtime }: Pick<LiveJob, 'runtime'>, now: number): boolean {
  const { state, pausedUntil } = runtime;
  return state === 'paused' && pausedUntil !== null && pausedUntil <= now;
}

/** No instant up to here will run any more, epoch ms; null: none at all until somebody says so. */
export function silentUntil(
  { definition, runtime }: Pick<LiveJob, 'definition' | 'runtime'>,
  pauses: readonly Pause[],
  now: number,
): number | null {
  if (!definition.enabled || runtime.state === 'auto-paused') return null;
  let until = Math.max(runtime.coveredUntil, now - 1);
  for (const { untilMs } of pauses) {
    if (untilMs === null) return null;
    if (untilMs > now) until = Math.max(until, untilMs - 1);
  }
  return until;
}
