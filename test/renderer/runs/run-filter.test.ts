import { describe, expect, it } from 'vitest';
import { isInFilter, runFilterOf } from '../../../src/renderer/runs/run-filter.ts';
import { fakeJobs } from '../../support/fake/fake-catalog.ts';
import { fakeRuns } from '../../support/fake/fake-runs.ts';

const now = Date.parse('2026-11-20T12:00:00.000Z');
const run = { ...fakeRuns({ now, jobs: fakeJobs(now), count: 1 })[0]!, jobId: 'coins-30s' };

describe('runFilterOf', () => {
  it('reads state and outcome from the one word of the address', () => {
    expect(runFilterOf({ status: 'failed' }, now)).toEqual({ outcome: 'failed' });
    expect(runFilterOf({ status: 'running' }, now)).toEqual({ state: 'running' });
  });

  it('leaves out what nobody knows', () => {
    expect(runFilterOf({ status: 'exploded', trigger: 'magic', period: 'toString' }, now)).toEqual(
      {},
    );
  });

  it('turns a period into an instant', () => {
    expect(runFilterOf({ period: 'day' }, now)).toEqual({ from: '2026-11-19T12:00:00.000Z' });
  });

  it('takes a period by its two ends, of which either may be open', () => {
    const ends = { from: '2026-11-01T08:00:00.000Z', to: '2026-11-02T08:00:00.000Z' };
    expect(runFilterOf({ period: 'custom', ...ends }, now)).toEqual(ends);
    expect(runFilterOf({ period: 'custom', to: ends.to, from: 'yesterday' }, now)).toEqual({
      to: ends.to,
    });
    expect(runFilterOf({ ...ends }, now)).toEqual({});
  });
});

describe('isInFilter', () => {
  it.each([
    [{}, true],
    [{ jobId: 'coins-30s' }, true],
    [{ jobId: 'other' }, false],
    [{ outcome: run.outcome! }, true],
    [{ state: 'running' as const }, false],
    [{ from: new Date(now).toISOString() }, false],
    [{ to: new Date(now + 1).toISOString() }, true],
    [{ to: run.createdAt }, false],
    [{ q: 'coins' }, false],
  ])('%j: %s', (filter, isIn) => {
    expect(isInFilter(run, filter)).toBe(isIn);
  });
});
