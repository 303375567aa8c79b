import type { JobDefinition } from '../../../shared/job.ts';
import type { Store, StoredJob } from './store.ts';

/** So many are read at a time: what reading them leaves behind is collected on the way, however many there are. */
const AT_ONCE = 100;

/** Every job that is stored, in the order of their ids. */
export async function allStoredJobs(store: Pick<Store, 'query'>): Promise<StoredJob[]> {
  const jobs: StoredJob[] = [];
  for (;;) {
    const after = jobs.at(-1)?.job.id ?? null;
    const page = await store.query('jobs.page', { after, limit: AT_ONCE });
    for (const { definition, ...known } of page)
      // Written by the store alone, so the shape is ours.
      jobs.push({ job: JSON.parse(definition) as JobDefinition, ...known });
    if (page.length < AT_ONCE) return jobs;
  }
}
