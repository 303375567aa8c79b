import { PontualError } from '../../../shared/errors.ts';
import { say } from '../../../shared/sentences.ts';
import type { Run } from '../../../shared/run.ts';
import type { Catalog } from '../jobs/catalog.ts';
import type { JobService } from '../jobs/job-service.ts';
import type { LiveRun } from '../jobs/live-run.ts';
import type { Op, RunRow } from '../store/ops.ts';

/** As `startAgain`; while an earlier retry of the run is unfinished, that is the answer: two clicks are one wish. */
export async function retryRun(
  deps: {
    readonly catalog: Pick<Catalog, 'jobs'>;
    readonly service: Pick<JobService, 'start' | 'live'>;
    readonly toRun: (live: LiveRun) => Run;
  },
  row: RunRow,
  triggeredBy: string,
): Promise<Run> {
  for (const live of deps.service.live()) if (live.row.retryOf === row.id) return deps.toRun(live);
  return startAgain(deps, row, triggeredBy);
}

/**
 * A new run of the same job with the same input, as somebody asked; `also` goes into its transaction. A job with
 * instances starts all of them: they are one look at the API.
 */
export async function startAgain(
  deps: { readonly catalog: Pick<Catalog, 'jobs'>; readonly service: Pick<JobService, 'start'> },
  row: RunRow,
  triggeredBy: string,
  also: readonly Op[] = [],
): Promise<Run> {
  const job = deps.catalog.jobs.get(row.jobId);
  if (!job) throw new PontualError('conflict', say('jobDeleted', { job: row.jobId, run: row.id }));
  const request = { trigger: 'retry', triggeredBy, scheduledFor: null } as const;
  const again = { ...request, retryOf: row.id, input: row.input };
  const [run] = await deps.service.start(job, again, () => also);
  if (!run) throw new PontualError('internal', say('notStartedAgain', { id: row.id }));
  return run;
}
