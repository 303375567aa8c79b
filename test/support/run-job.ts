import type { Run } from '../../src/shared/run.ts';
import type { TestEngine } from './test-engine.ts';

/** Starts a job by hand and answers its run when its end is on disk. */
export async function runJob(
  { call, next }: Pick<TestEngine, 'call' | 'next'>,
  jobId: string,
): Promise<Run> {
  const ended = next('run.finished', ({ run }) => run.jobId === jobId);
  await call('jobs.run', { id: jobId });
  return (await ended).run;
}
