import { expect, it } from 'vitest';
import { newJobRuntime } from '../../../../src/main/engine/jobs/live-job.ts';
import type { Store, StoredJobText } from '../../../../src/main/engine/store/store.ts';
import { allStoredJobs } from '../../../../src/main/engine/store/stored-jobs.ts';
import { jobInputSchema } from '../../../../src/shared/job.ts';

function jobsOf(count: number): StoredJobText[] {
  return Array.from({ length: count }, (_, n) => {
    const id = `job-${String(n).padStart(3, '0')}`;
    const input = { name: 'Job', integrationId: 'api', input: { n: n % 2 } };
    const job = { ...jobInputSchema.parse(input), id };
    const runtime = newJobRuntime(job.schedule, 0);
    const definition = JSON.stringify(job);
    return { definition, runtime, watermark: null, lastRun: null, openSpan: null };
  });
}

/** Answers pages of them. */
function storeOf(stored: readonly StoredJobText[]): Pick<Store, 'query'> {
  const query = (_name: string, { after, limit }: { after: string | null; limit: number }) => {
    const at = stored.findIndex(({ definition }) => definition.includes(`"id":"${after ?? ''}"`));
    return Promise.resolve(stored.slice(at + 1, at + 1 + limit));
  };
  return { query: query };
}

it('Every stored job is read, however many there are', async () => {
  const stored = jobsOf(250);
  const jobs = await allStoredJobs(storeOf(stored));
  expect(jobs.map(({ job }) => JSON.stringify(job))).toEqual(
    stored.map(({ definition }) => definition),
  );
});

it('Parts that stored jobs have in common are one object', async () => {
  const [first, second, third] = await allStoredJobs(storeOf(jobsOf(3)));
  expect(second?.job.retry).toBe(first?.job.retry);
  expect(third?.job.input).toBe(first?.job.input);
  expect(second?.job.input).not.toBe(first?.job.input);
});
