import type { JobHealth } from '../../../shared/job.ts';
import type { HeldBack, Run, Unusual } from '../../../shared/run.ts';
import { toIso } from '../clock.ts';
import type { PastRuns, Store } from '../store/store.ts';
import type { LiveJob } from './live-job.ts';

/** The last run, and the ten before it that say what is usual. */
export const REMEMBERED_RUNS = 11;
/** With fewer runs before it nothing is usual. */
const FEWEST_KNOWN = 5;
/** Above this share of the usual number nothing is missing. */
const AS_MANY = 0.9;
/** So many runs in a row without anything new are worth a word. */
const QUIET_RUNS = 10;

export const NO_PAST: PastRuns = {
  received: [],
  pages: [],
  durationsMs: [],
  lastNewAt: null,
  runsSinceNew: 0,
  heldBack: null,
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
    readonly pages: number;
    readonly heldBack: HeldBack | null;
    readonly durationMs: number;
    readonly changes: number;
    readonly at: number;
  },
): PastRuns {
  const isNew = run.changes > 0;
  return {
    received: withLast(past.received, run.received),
    pages: withLast(past.pages, run.pages),
    durationsMs: withLast(past.durationsMs, run.durationMs),
    lastNewAt: isNew ? run.at : past.lastNewAt,
    runsSinceNew: isNew ? 0 : past.runsSinceNew + 1,
    heldBack: run.heldBack,
  };
}

function withLast(values: readonly number[], last: number): readonly number[] {
  const kept = values.slice(1 - REMEMBERED_RUNS);
  kept.push(last);
  return kept;
}

/** What is odd about a job: that it fails again and again, or what it brings, though its runs succeed. */
export function healthOf(past: PastRuns, failuresInRow: number): JobHealth {
  const { lastNewAt, runsSinceNew, heldBack } = past;
  return {
    failuresInRow,
    noNewSince: lastNewAt !== null && runsSinceNew >= QUIET_RUNS ? toIso(lastNewAt) : null,
    ...unusualIn(past),
    heldBack,
  };
}

/** How the last of the runs differs from those before it. */
function unusualIn({ received, pages }: PastRuns): Unusual {
  const records = lastAndUsual(received);
  const read = lastAndUsual(pages);
  // As many records on fewer pages: the API sends larger ones.
  const isShort = records !== null && records.last < records.usual * AS_MANY;
  return {
    fewRecords:
      records !== null && records.last < records.usual / 2
        ? { received: records.last, usual: records.usual }
        : null,
    fewPages:
      read !== null && isShort && read.last < read.usual / 2
        ? { pages: read.last, usual: read.usual }
        : null,
  };
}

/** How a run that succeeded differs from those of its job that were made before it. */
export async function unusualOf(
  store: Pick<Store, 'query'>,
  { id, jobId }: Pick<Run, 'id' | 'jobId'>,
): Promise<Unusual> {
  const past = { jobIds: [jobId], limit: REMEMBERED_RUNS, upTo: id };
  return unusualIn((await store.query('runs.past', past))[0] ?? NO_PAST);
}

/** null while nothing is usual. */
function lastAndUsual(values: readonly number[]): { last: number; usual: number } | null {
  const last = values.at(-1);
  const before = values.slice(0, -1);
  return last === undefined || before.length < FEWEST_KNOWN
    ? null
    : { last, usual: median(before) };
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
