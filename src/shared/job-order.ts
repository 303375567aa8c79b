/**
 * The given order, but each job behind those among the others that it runs after. Jobs in a circle stay as they are.
 * Made in this order and deleted in the opposite one, no job ever names another that is not there.
 */
export function waitedForFirst<T>(
  jobs: readonly T[],
  idOf: (job: T) => string,
  afterOf: (job: T) => readonly string[],
): T[] {
  const byId = new Map(jobs.map((job) => [idOf(job), job]));
  const ordered = new Set<T>();
  const visiting = new Set<T>();
  const visit = (job: T) => {
    if (ordered.has(job) || visiting.has(job)) return;
    visiting.add(job);
    for (const id of afterOf(job)) {
      const before = byId.get(id);
      if (before !== undefined) visit(before);
    }
    ordered.add(job);
  };
  for (const job of jobs) visit(job);
  return [...ordered];
}
