import { describe, expect, it } from 'vitest';
import {
  healthOf,
  NO_PAST,
  usualDurationMs,
  withRun,
} from '../../../../src/main/engine/jobs/past-runs.ts';

const after = (received: readonly number[], changes: (index: number) => number = () => 1) =>
  received.reduce(
    (past, each, index) =>
      withRun(past, {
        received: each,
        durationMs: index + 1,
        changes: changes(index),
        at: index * 1000,
      }),
    NO_PAST,
  );

describe('the health of a job whose runs succeed', () => {
  it('is odd when the last run brought less than half of the median of those before', () => {
    expect(healthOf(after([90, 100, 110, 100, 100, 49]), 0).fewRecords).toEqual({
      received: 49,
      usual: 100,
    });
    expect(healthOf(after([90, 100, 110, 100, 100, 50]), 0).fewRecords).toBeNull();
  });

  it('is judged only when five runs are known before the last', () => {
    expect(healthOf(after([100, 100, 100, 100, 1]), 0).fewRecords).toBeNull();
  });

  it('looks at the last ten before it only', () => {
    const past = after([...Array<number>(20).fill(1000), ...Array<number>(10).fill(10), 6]);
    expect(healthOf(past, 0).fewRecords).toBeNull();
  });

  it('tells since when nothing new came, once ten runs in a row brought nothing', () => {
    const quiet = (runs: number) => after(Array<number>(runs).fill(5), (i) => (i === 0 ? 1 : 0));
    expect(healthOf(quiet(10), 0).noNewSince).toBeNull();
    expect(healthOf(quiet(11), 0).noNewSince).toBe('1970-01-01T00:00:00.000Z');
  });
});

it('takes the median for what is usual', () => {
  expect(usualDurationMs(NO_PAST)).toBeNull();
  expect(usualDurationMs(after([1, 1, 1, 1]))).toBe(2.5);
});
