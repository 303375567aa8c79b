import type { Job } from '../../shared/job.ts';
import type { Outcome } from '../../shared/run.ts';

export type Health = 'healthy' | 'failing' | 'attention' | 'unused' | 'waiting';

const BAD: readonly (Outcome | null)[] = ['failed', 'timed-out'];
const DOUBTFUL: readonly (Outcome | null)[] = ['partial', 'interrupted'];

/**
 * How an integration does, by the last runs of its jobs: it produced something lately and nothing failed. A run that is
 * under way or was skipped does not make up for the failures before it.
 */
export function healthOf(jobs: readonly Pick<Job, 'state' | 'lastRun' | 'health'>[]): Health {
  if (jobs.length === 0) return 'unused';
  const outcomes = jobs.flatMap(({ lastRun }) => (lastRun === null ? [] : [lastRun.outcome]));
  const hasFailed = jobs.some(({ health }) => (health?.failuresInRow ?? 0) > 0);
  if (hasFailed || outcomes.some((outcome) => BAD.includes(outcome))) return 'failing';
  if (jobs.some((job) => job.state === 'auto-paused')) return 'attention';
  if (outcomes.some((outcome) => DOUBTFUL.includes(outcome))) return 'attention';
  return outcomes.length === 0 ? 'waiting' : 'healthy';
}

export function jobsByIntegration(jobs: readonly Job[]): ReadonlyMap<string, readonly Job[]> {
  const groups = new Map<string, Job[]>();
  for (const job of jobs) {
    const group = groups.get(job.integrationId);
    if (group) group.push(job);
    else groups.set(job.integrationId, [job]);
  }
  return groups;
}
