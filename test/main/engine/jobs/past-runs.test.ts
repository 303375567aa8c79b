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
        pages: Math.ceil(each / 10),
        heldBack: null,
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

  it('is odd when the read ended after less than half of the pages, and brought fewer records', () => {
    const usual = after([600, 600, 600, 600, 600]);
    const ended = (received: number, pages: number) =>
      healthOf(
        withRun(usual, { received, pages, heldBack: null, durationMs: 1, changes: 1, at: 6000 }),
        0,
      );
    expect(ended(400, 20)).toMatchObject({
      fewPages: { pages: 20, usual: 60 },
      fewRecords: null,
    });
    expect(ended(400, 30).fewPages).toBeNull();
    expect(ended(600, 6).fewPages).toBeNull();
  });

  it('tells what the last run held back, until a run holds nothing back', () => {
    const heldBack = { vanished: 30, of: 40, why: 'share' as const };
    const run = { received: 10, pages: 1, durationMs: 1, changes: 0, at: 9 };
    const past = withRun(NO_PAST, { ...run, heldBack });
    expect(healthOf(past, 0).heldBack).toEqual(heldBack);
    expect(healthOf(withRun(past, { ...run, heldBack: null }), 0).heldBack).toBeNull();
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
