import type { Run } from '../../../shared/run.ts';
import type { LiveRun } from '../jobs/live-run.ts';
import type { RunFilter } from '../store/store.ts';

/**
 * Unfinished runs that fit. Whether a run waits is known in memory alone, so such a list is made from there and not
 * from the rows. A run whose row is not on disk yet is not told.
 */
export function unfinishedRuns(
  live: Iterable<LiveRun>,
  filter: RunFilter,
  toRun: (live: LiveRun) => Run,
): Run[] {
  const fitting: Run[] = [];
  // None of them has an outcome.
  if (filter.outcome !== undefined) return fitting;
  for (const one of live) {
    if (one.rowState !== 'stored' || !fits(one, filter)) continue;
    const run = toRun(one);
    if (run.state === filter.state) fitting.push(run);
  }
  return fitting;
}

function fits({ row }: LiveRun, filter: RunFilter): boolean {
  const { jobId, integrationId, trigger, from = -Infinity, to = Infinity, q } = filter;
  return (
    (jobId === undefined || row.jobId === jobId) &&
    (integrationId === undefined || row.integrationId === integrationId) &&
    (trigger === undefined || row.trigger === trigger) &&
    row.createdAt >= from &&
    row.createdAt < to &&
    (q === undefined || mentions(row.jobId, q) || mentions(row.error?.message ?? '', q))
  );
}

function mentions(text: string, q: string): boolean {
  return text.toLowerCase().includes(q.toLowerCase());
}
