import type { JobHealth } from '../../../shared/job.ts';
import { toIso } from '../clock.ts';
import type { PastRuns, Store } from '../store/store.ts';
import type { LiveJob } from './live-job.ts';

/** The last run, and the ten before it that say what is usual. */
export const REMEMBERED_RUNS = 11;
/** With fewer runs before it nothing is usual. */
const FEWEST_KNOWN = 5;
/** So many runs in a row without anything new are worth a word. */
const QUIET_RUNS = 10;

export const NO_PAST: PastRuns = {
  received: [],
  durationsMs: [],
  lastNewAt: null,
  runsSinceNew: 0,
};

/** Asks for the past of jobs that do not know theirs; from then on each run that ends is added to it. */
export async function learnPast(
  store: Pick<Store, 'query'>,
  jobs: readonly LiveJob[],
): Promise<void> {
  const unknown = jobs.filter(({ past }) => past === undefined);
  if (unknown.length === 0) return;
  const jobIds = unknown.map(({ definition }) => definition.id);
  const found = await store.query('runs.past', { jobIds, limit: REMEMBERED_RUNS });
  unknown.forEach((job, index) => (job.past = found[index] ?? NO_PAST));
}

/** The past with one more succeeded run. */
export function withRun(
  past: PastRuns,
  run: {
    readonly received: number;
    readonly durationMs: number;
    readonly changes: number;
    readonly at: number;
  },
): PastRuns {
  const isNew = run.changes > 0;
  return {
    received: [...past.received, run.received].slice(-REMEMBERED_RUNS),
    durationsMs: [...past.durationsMs, run.durationMs].slice(-REMEMBERED_RUNS),
    lastNewAt: isNew ? run.at : past.lastNewAt,
    runsSinceNew: isNew ? 0 : past.runsSinceNew + 1,
  };
}

/** What is odd about a job: that it fails again and again, or what it brings, though its runs succeed. */
export function healthOf(
  { received, lastNewAt, runsSinceNew }: PastRuns,
  failuresInRow: number,
): JobHealth {
  const latest = received.at(-1);
  const before = received.slice(0, -1);
  const usual = before.length >= FEWEST_KNOWN ? median(before) : null;
  const isFew = latest !== undefined && usual !== null && latest < usual / 2;
  return {
    failuresInRow,
    noNewSince: lastNewAt !== null && runsSinceNew >= QUIET_RUNS ? toIso(lastNewAt) : null,
    fewRecords: isFew ? { received: latest, usual } : null,
  };
}

/** How long a run of the job usually takes, ms; null when none is known. */
export function usualDurationMs({ durationsMs }: PastRuns): number | null {
  return durationsMs.length === 0 ? null : median(durationsMs);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}
