import type { JobDefinition } from '../../../shared/job.ts';
import type { Store, StoredJob } from './store.ts';

/** So many are read at a time: what reading them leaves behind is collected on the way, however many there are. */
const AT_ONCE = 100;

/** Every job that is stored, in the order of their ids. Parts that are alike are one object: most jobs differ little. */
export async function allStoredJobs(store: Pick<Store, 'query'>): Promise<StoredJob[]> {
  const jobs: StoredJob[] = [];
  const parts = new Map<string, unknown>();
  for (;;) {
    const after = jobs.at(-1)?.job.id ?? null;
    const page = await store.query('jobs.page', { after, limit: AT_ONCE });
    for (const { definition, ...known } of page)
      // Written by the store alone, so the shape is ours.
      jobs.push({ job: shared(JSON.parse(definition) as JobDefinition, parts), ...known });
    if (page.length < AT_ONCE) return jobs;
  }
}

/** The definition, with each of its parts taken from `known` when it is there. */
function shared(job: JobDefinition, known: Map<string, unknown>): JobDefinition {
  const fields = job as unknown as Record<string, unknown>;
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value !== 'object' || value === null) continue;
    const text = JSON.stringify(value);
    const same = known.get(text);
    if (same === undefined) known.set(text, value);
    else fields[name] = same;
  }
  return job;
}
