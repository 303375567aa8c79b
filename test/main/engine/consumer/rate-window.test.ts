import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RateWindow, type RateLimit } from '../../../../src/main/engine/consumer/rate-window.ts';

/** Times at which requests leave when each leaves as early as it may, at or after the given moments. */
function leave(limits: readonly RateLimit[], wanted: readonly number[]): number[] {
  const window = new RateWindow();
  window.setLimits(limits);
  let now = 0;
  return wanted.map((at) => {
    now = Math.max(now, at, window.earliest());
    window.note(now);
    return now;
  });
}

it('lets a quiet origin have its requests at once and then keeps to the limit', () => {
  const times = leave([{ requests: 3, perMs: 1000 }], [0, 0, 0, 0, 0]);
  expect(times).toEqual([0, 0, 0, 1005, 1005]);
});

it('keeps no limit when there is none', () => {
  expect(leave([], [0, 0, 0])).toEqual([0, 0, 0]);
});

it('never lets more than N leave in any stretch of P, for any limits and any wishes', () => {
  const limit = fc.record({
    requests: fc.integer({ min: 1, max: 40 }),
    perMs: fc.integer({ min: 1, max: 5000 }),
  });
  const wishes = fc.array(fc.integer({ min: 0, max: 3000 }), { maxLength: 200 });
  fc.assert(
    fc.property(fc.array(limit, { minLength: 1, maxLength: 3 }), wishes, (limits, gaps) => {
      const times = leave(
        limits,
        gaps.sort((a, b) => a - b),
      );
      for (const { requests, perMs } of limits) {
        for (let last = requests; last < times.length; last++)
          expect(times[last]! - times[last - requests]!).toBeGreaterThan(perMs);
      }
    }),
  );
});

it('remembers what left when the limits change', () => {
  const window = new RateWindow();
  window.setLimits([{ requests: 100, perMs: 1000 }]);
  for (let count = 0; count < 50; count++) window.note(10);
  window.setLimits([{ requests: 50, perMs: 1000 }]);
  expect(window.earliest()).toBe(1015);
});

it('counts from when a request really left', () => {
  const window = new RateWindow();
  window.setLimits([{ requests: 1, perMs: 100 }]);
  const noted = window.note(0);
  window.correct(noted, 30);
  expect(window.earliest()).toBe(135);
});
