import type { JobDefinition } from '../../../shared/job.ts';
import { say, type Said, type Sentence } from '../../../shared/sentences.ts';

type Ordered = Pick<JobDefinition, 'id' | 'after'>;

/**
 * A way from a job through the jobs it runs after back to itself, its own id first and last; null when there is none.
 * `find` gives the other jobs as they are stored.
 */
export function circleThrough(
  job: Ordered,
  find: (id: string) => Ordered | undefined,
): string[] | null {
  const seen = new Set<string>();
  const ways = job.after.map((id) => ({ id, way: [job.id, id] }));
  for (let next = ways.pop(); next; next = ways.pop()) {
    const { id, way } = next;
    if (id === job.id) return way;
    if (seen.has(id)) continue;
    seen.add(id);
    for (const before of find(id)?.after ?? []) ways.push({ id: before, way: [...way, before] });
  }
  return null;
}

/** Jobs that run after that one, itself left aside. */
export function jobsAfter<T extends Ordered>(id: string, jobs: Iterable<T>): T[] {
  const after: T[] = [];
  for (const job of jobs) if (job.id !== id && job.after.includes(id)) after.push(job);
  return after;
}

export function circleInWords([first = '', ...rest]: readonly string[]): Sentence {
  const steps = rest.map((id) => `'${id}'`);
  const others = steps.reduceRight<string | Said>(
    (next, id) => (next === '' ? id : say('runsAfter', { id, next }).says),
    '',
  );
  return say('runsInCircle', { first, others });
}
