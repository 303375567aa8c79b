import type { LiveJob } from '../jobs/live-job.ts';
import type { CompileOptions } from '../trigger/compile.ts';
import type { LastRun } from '../trigger/fixed-delay.ts';

/** What a job's schedule is compiled with. Only a delay counts from its last run, so only for one is that asked. */
export function compileOptions(
  job: Pick<LiveJob, 'definition' | 'runtime'>,
  machineZone: string,
  isRunning: (jobId: string) => boolean,
): CompileOptions {
  const { definition, runtime } = job;
  const { id, startAt, endAt, jitterMs, blackouts } = definition;
  const common = { machineZone, startAt, endAt, jitterMs, blackouts, seed: id };
  if (definition.schedule.kind !== 'fixed-delay')
    return { ...common, anchorMs: Date.parse(definition.createdAt) };
  const lastRun = lastRunOf(runtime.lastEndAt, isRunning(id));
  return { ...common, anchorMs: runtime.coveredSince, lastRun };
}

function lastRunOf(lastEndAt: number | null, isRunning: boolean): LastRun {
  if (isRunning) return { kind: 'running' };
  return lastEndAt === null ? { kind: 'none' } : { kind: 'ended', atMs: lastEndAt };
}
