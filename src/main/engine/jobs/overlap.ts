import type { JobDefinition, Overlap } from '../../../shared/job.ts';
import type { Trigger } from '../../../shared/run.ts';

/** What becomes of a job's new group of runs while earlier ones are not finished. */
export type OverlapDecision = 'start' | 'hold' | 'skip' | 'replace';

export interface OverlapSituation {
  readonly policy: Overlap;
  /** `null`: no limit. Only `allow` looks at it. */
  readonly maxParallel: number | null;
  /** Groups that were let through and are not finished. A group is the instances of one trigger. */
  readonly active: number;
  /** Groups that are held back until an active one ends. */
  readonly held: number;
}

/**
 * - `skip`: one at a time, others are skipped
 * - `queue-one`: one at a time, one more is held, others are skipped
 * - `queue-all`: one at a time, the others are held in order
 * - `cancel-running`: the new one replaces those before it
 * - `allow`: at once, up to `maxParallel`; above it they are skipped
 */
export function decideOverlap({
  policy,
  maxParallel,
  active,
  held,
}: OverlapSituation): OverlapDecision {
  if (policy === 'allow') return maxParallel === null || active < maxParallel ? 'start' : 'skip';
  if (active === 0 && held === 0) return 'start';
  switch (policy) {
    case 'skip':
      return 'skip';
    case 'queue-one':
      return held === 0 ? 'hold' : 'skip';
    case 'queue-all':
      return 'hold';
    case 'cancel-running':
      return 'replace';
  }
}

/** What becomes of a start of this job, its other groups being what they are now. */
export function decideStart(
  job: Pick<JobDefinition, 'id' | 'overlap' | 'maxParallel' | 'missedRuns'>,
  trigger: Trigger,
  groups: { activeOf(jobId: string): number; heldOf(jobId: string): number },
): OverlapDecision {
  const { id, overlap, maxParallel } = job;
  return decideOverlap({
    policy: overlap !== 'allow' && takesItsTurn(job, trigger) ? 'queue-all' : overlap,
    maxParallel,
    active: groups.activeOf(id),
    held: groups.heldOf(id),
  });
}

/** Each one was asked for, be it all that were missed or all that failed, so none gives way to another. */
function takesItsTurn({ missedRuns }: Pick<JobDefinition, 'missedRuns'>, trigger: Trigger) {
  return trigger === 'retry' || (trigger === 'catch-up' && missedRuns.policy === 'run-all');
}
