import { describe, expect, it } from 'vitest';
import {
  bucketsOf,
  bucketStarts,
  failuresOf,
  runsOf,
  successRate,
} from '../../../src/renderer/jobs/job-stats.ts';
import type { Stats } from '../../../src/shared/insight.ts';

const HOUR = 3_600_000;
const now = Date.parse('2026-11-20T12:34:56.000Z');
type Hour = Stats['byHour'][number];

function hour(at: number, outcomes: Hour['outcomes']): Hour {
  const runs = Object.values(outcomes).reduce((sum, count) => sum + count, 0);
  const nothing = { received: 0, new: 0, changed: 0, invalid: 0, bytes: 0 };
  const durations = { meanDurationMs: null, maxDurationMs: null };
  return { hour: new Date(at).toISOString(), runs, outcomes, ...durations, ...nothing };
}

describe('the last day', () => {
  it('is 24 whole hours, the present one last', () => {
    const starts = bucketStarts('day', now);
    expect(starts).toHaveLength(24);
    expect(starts.at(-1)).toBe(Date.parse('2026-11-20T12:00:00.000Z'));
    expect(starts[0]).toBe(Date.parse('2026-11-19T13:00:00.000Z'));
  });

  it('counts what went well, what failed, and what never came to an end', () => {
    const starts = bucketStarts('day', now);
    const first = starts[0] ?? 0;
    const buckets = bucketsOf(
      [
        hour(first - HOUR, { succeeded: 99 }),
        hour(first, { succeeded: 3, partial: 1, failed: 2, 'timed-out': 1, interrupted: 1 }),
        hour(first + 23 * HOUR, { cancelled: 1, skipped: 40 }),
      ],
      starts,
    );
    expect(buckets[0]).toEqual({ at: first, good: 4, bad: 4, other: 0 });
    expect(buckets[1]).toMatchObject({ good: 0, bad: 0, other: 0 });
    expect(buckets[23]).toMatchObject({ good: 0, bad: 0, other: 41 });
  });
});

describe('the last month', () => {
  it('is 30 days of this computer, each hour in the day in which it begins', () => {
    const starts = bucketStarts('month', now);
    expect(starts).toHaveLength(30);
    for (const start of starts) expect(new Date(start).getHours()).toBe(0);
    const [, second = 0] = starts;
    const buckets = bucketsOf(
      [hour(second, { succeeded: 1 }), hour(second + 23 * HOUR, { failed: 1 })],
      starts,
    );
    expect(buckets[1]).toMatchObject({ good: 1, bad: 1 });
  });
});

describe('the figures', () => {
  it('leave out of the rate what was skipped or cancelled', () => {
    const outcomes = { succeeded: 8, partial: 1, failed: 1, cancelled: 5, skipped: 100 };
    expect(successRate({ outcomes })).toBe(0.9);
    expect(failuresOf({ outcomes })).toBe(1);
    expect(runsOf({ outcomes, runs: 115 })).toBe(15);
  });

  it('have no rate when nothing ran', () => {
    expect(successRate({ outcomes: { skipped: 3 } })).toBeNull();
  });
});
