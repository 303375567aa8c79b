import type { Figures, Stats } from '../../shared/insight.ts';
import type { Outcome } from '../../shared/run.ts';

export const STATS_SPANS = ['day', 'month'] as const;
export type StatsSpan = (typeof STATS_SPANS)[number];

const HOUR_MS = 60 * 60_000;
const HOURS = 24;
const DAYS = 30;
const GOOD: readonly Outcome[] = ['succeeded', 'partial'];
const BAD: readonly Outcome[] = ['failed', 'timed-out', 'interrupted'];

/** An hour or a day of a job. */
export interface Bucket {
  /** When it begins, epoch ms. */
  readonly at: number;
  readonly good: number;
  readonly bad: number;
  /** Cancelled and skipped. */
  readonly other: number;
}

/** When each hour of the last day, or each day of this computer in the last month, begins; oldest first. */
export function bucketStarts(span: StatsSpan, now: number): number[] {
  if (span === 'day') {
    const hour = Math.floor(now / HOUR_MS) * HOUR_MS;
    return Array.from({ length: HOURS }, (_, n) => hour - (HOURS - 1 - n) * HOUR_MS);
  }
  const today = new Date(now);
  const [year, month, day] = [today.getFullYear(), today.getMonth(), today.getDate()];
  return Array.from({ length: DAYS }, (_, n) =>
    new Date(year, month, day - (DAYS - 1 - n)).getTime(),
  );
}

/** The hours of the statistics in those buckets. */
export function bucketsOf(byHour: Stats['byHour'], starts: readonly number[]): Bucket[] {
  const buckets = starts.map((at) => ({ at, good: 0, bad: 0, other: 0 }));
  for (const figures of byHour) {
    const hour = Date.parse(figures.hour);
    const bucket = buckets.findLast(({ at }) => at <= hour);
    if (!bucket) continue;
    const [good, bad] = [countOf(figures, GOOD), countOf(figures, BAD)];
    bucket.good += good;
    bucket.bad += bad;
    bucket.other += figures.runs - good - bad;
  }
  return buckets;
}

/** The share of runs that came to their end well, of those that were let come to an end; null when none was. */
export function successRate(figures: Pick<Figures, 'outcomes'>): number | null {
  const good = countOf(figures, GOOD);
  const ran = good + countOf(figures, BAD);
  return ran === 0 ? null : good / ran;
}

export function failuresOf(figures: Pick<Figures, 'outcomes'>): number {
  return countOf(figures, BAD);
}

/** Runs that began; what was skipped did not. */
export function runsOf({ runs, outcomes }: Pick<Figures, 'runs' | 'outcomes'>): number {
  return runs - (outcomes.skipped ?? 0);
}

function countOf({ outcomes }: Pick<Figures, 'outcomes'>, which: readonly Outcome[]): number {
  return which.reduce((sum, outcome) => sum + (outcomes[outcome] ?? 0), 0);
}
