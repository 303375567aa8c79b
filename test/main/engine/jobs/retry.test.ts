import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  backoffMs,
  decideRetry,
  type RetrySituation,
} from '../../../../src/main/engine/jobs/retry.ts';

const policy = {
  delayMs: 1000,
  backoff: 'exponential',
  maxDelayMs: 60_000,
  jitter: 0,
  notOn: ['config', 'system'],
} as const;

function decide(different: Partial<RetrySituation>) {
  return decideRetry({
    errorKind: 'transient',
    retryAfterMs: undefined,
    attempts: 1,
    maxAttempts: 3,
    policy: { ...policy, notOn: [...policy.notOn] },
    immediateRetry: false,
    random: 0,
    ...different,
  });
}

describe('a failed attempt', () => {
  it.each(['transient', 'rate-limited', 'data', 'limit', 'internal'] as const)(
    'of kind %s is tried again',
    (errorKind) => {
      expect(decide({ errorKind }).kind).toBe('retry');
    },
  );

  it.each(['config', 'system'] as const)('of kind %s is not', (errorKind) => {
    expect(decide({ errorKind })).toEqual({ kind: 'give-up', why: 'not-retryable' });
  });

  it('is not tried again after the last one, the first counted', () => {
    expect(decide({ attempts: 2 }).kind).toBe('retry');
    expect(decide({ attempts: 3 })).toEqual({ kind: 'give-up', why: 'attempts-used' });
    expect(decide({ attempts: 1, maxAttempts: 1 }).kind).toBe('give-up');
  });

  it('is tried again at once, the first time, when its category says so', () => {
    expect(decide({ immediateRetry: true })).toEqual({ kind: 'retry', delayMs: 0 });
    expect(decide({ immediateRetry: true, attempts: 2 })).toEqual({ kind: 'retry', delayMs: 2000 });
  });

  it('waits at least as long as the API asked for', () => {
    expect(decide({ retryAfterMs: 30_000 })).toEqual({ kind: 'retry', delayMs: 30_000 });
    expect(decide({ retryAfterMs: 1 })).toEqual({ kind: 'retry', delayMs: 1000 });
    expect(decide({ retryAfterMs: 5000, immediateRetry: true })).toEqual({
      kind: 'retry',
      delayMs: 5000,
    });
  });
});

describe('the backoff', () => {
  it.each([
    [1, 1000],
    [2, 2000],
    [3, 4000],
    [6, 32_000],
    [7, 60_000],
    [100, 60_000],
  ])('after attempt %i is %i ms', (attempts, expected) => {
    expect(backoffMs(attempts, policy, 0)).toBe(expected);
  });

  it('stays the same when it is fixed', () => {
    expect(backoffMs(5, { ...policy, backoff: 'fixed' }, 0)).toBe(1000);
  });

  it('with jitter lies between its share and all of the delay', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (attempts, jitter, random) => {
          const full = backoffMs(attempts, policy, 0);
          const drawn = backoffMs(attempts, { ...policy, jitter }, random);
          expect(drawn).toBeLessThanOrEqual(full);
          expect(drawn).toBeGreaterThanOrEqual(Math.floor(full * (1 - jitter)));
        },
      ),
    );
  });
});
