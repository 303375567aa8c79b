import { describe, expect, test } from 'vitest';
import { catchUpDelay, lateBefore } from '../../../../src/main/engine/scheduler/lateness.ts';

const NOW = 1_000_000;

describe('an instant is late', () => {
  test.each([
    ['two seconds after it, at a first tick', null, false, NOW - 2000],
    ['two seconds after it, when ticks follow closely', NOW - 50, false, NOW - 2000],
    ['when it came before the previous tick of a busy program', NOW - 3500, false, NOW - 3500],
    [
      'five seconds after it at the latest, when the program stood still',
      NOW - 90_000,
      false,
      NOW - 5000,
    ],
    ['two seconds after it, when the clock jumped', NOW - 3500, true, NOW - 2000],
    ['two seconds after it, when the previous tick lies ahead', NOW + 9000, false, NOW - 2000],
  ])('%s', (_, previousTick, hasJumped, expected) => {
    expect(lateBefore(NOW, previousTick, hasJumped)).toBe(expected);
  });
});

describe('catch-ups', () => {
  test('of one job begin at once', () => {
    expect(catchUpDelay(0, 1)).toBe(0);
  });

  test('of a thousand jobs are spread over more than a second, and over a minute at most', () => {
    const delays = Array.from({ length: 10_000 }, (_, index) => catchUpDelay(index, 10_000));
    expect(catchUpDelay(999, 1000)).toBeGreaterThan(40_000);
    expect(Math.max(...delays)).toBeLessThanOrEqual(60_000);
    expect(delays).toEqual(delays.toSorted((a, b) => a - b));
  });
});
