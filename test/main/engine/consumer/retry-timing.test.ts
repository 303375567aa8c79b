import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  parseRetryAfter,
  retryDelayMs,
} from '../../../../src/main/engine/consumer/retry-timing.ts';
import type { RunError } from '../../../../src/shared/run.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const retry = { maxAttempts: 4, baseDelayMs: 1000, maxDelayMs: 5000, notOn: [] };
const transient: RunError = { code: 'x', kind: 'transient', message: '' };
const failed = { error: transient, tries: 1, isIdempotent: true, wasSent: true };

describe('Retry-After', () => {
  it.each([
    ['7', 7000],
    [' 7 ', 7000],
    ['1.5', 1500],
    ['0', 1000],
    ['-5', null],
    ['86400', 3_600_000],
    ['Sun, 01 Mar 2026 12:00:30 GMT', 30_000],
    ['Sun, 01 Mar 2026 11:00:00 GMT', 1000],
    ['Mon, 01 Mar 2027 12:00:00 GMT', 3_600_000],
    ['soon', null],
    ['', null],
    [null, null],
  ])('%j is %j ms', (text, ms) => {
    // A date before now and a negative number both lie in the past.
    expect(parseRetryAfter(text, NOW)).toBe(text === '-5' ? 1000 : ms);
  });
});

describe('the delay before the next try', () => {
  it('is drawn between nothing and a cap that doubles up to its maximum', () => {
    const caps = [1, 2, 3].map((tries) => retryDelayMs({ ...failed, tries }, retry, () => 1));
    expect(caps).toEqual([1000, 2000, 4000]);
    expect(retryDelayMs({ ...failed, tries: 3 }, { ...retry, maxDelayMs: 1500 }, () => 1)).toBe(
      1500,
    );
    expect(retryDelayMs(failed, retry, () => 0)).toBe(0);
  });

  it('is what the origin said, when it said something', () => {
    const error = { ...transient, retryAfterMs: 9000 };
    expect(retryDelayMs({ ...failed, error }, retry, Math.random)).toBe(9000);
  });

  it('does not exist after the last try, for other kinds and where the person said no', () => {
    expect(retryDelayMs({ ...failed, tries: 4 }, retry, Math.random)).toBeNull();
    for (const kind of ['config', 'system', 'data', 'limit', 'internal'] as const)
      expect(
        retryDelayMs({ ...failed, error: { ...transient, kind } }, retry, Math.random),
      ).toBeNull();
    expect(retryDelayMs(failed, { ...retry, notOn: ['transient'] }, Math.random)).toBeNull();
  });

  it('does not exist for a request that may have been acted on', () => {
    const post = { ...failed, isIdempotent: false };
    expect(retryDelayMs(post, retry, () => 1)).toBeNull();
    expect(retryDelayMs({ ...post, wasSent: false }, retry, () => 1)).toBe(1000);
    const limited = { ...transient, kind: 'rate-limited' as const };
    expect(retryDelayMs({ ...post, error: limited }, retry, () => 1)).toBe(1000);
  });

  it('is finite and within its cap however often it was tried', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 99 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (tries, draw) => {
          const delay = retryDelayMs(
            { ...failed, tries },
            { ...retry, maxAttempts: 100 },
            () => draw,
          );
          expect(delay).toBeGreaterThanOrEqual(0);
          expect(delay).toBeLessThanOrEqual(5000);
        },
      ),
    );
  });
});
