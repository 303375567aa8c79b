import { describe, expect, it } from 'vitest';
import { layOutWaterfall } from '../../../src/renderer/runs/waterfall.ts';
import type { Attempt, RunDetail } from '../../../src/shared/run.ts';
import { fakeJobs } from '../../support/fake/fake-catalog.ts';
import { fakeRuns } from '../../support/fake/fake-runs.ts';

const start = Date.parse('2026-11-20T12:00:00.000Z');
const [run] = fakeRuns({ now: start, jobs: fakeJobs(start), count: 1 });

function attempt(number: number, fromMs: number, untilMs: number | null): Attempt {
  const iso = (ms: number) => new Date(start + ms).toISOString();
  return {
    number,
    startedAt: iso(fromMs),
    finishedAt: untilMs === null ? null : iso(untilMs),
    outcome: 'succeeded',
    error: null,
    stepMs: {},
    pages: [
      {
        page: 1,
        url: 'https://api.example.com',
        status: 200,
        bytes: 10,
        records: 1,
        startMs: 10,
        stepMs: { request: 30, connect: 20, persist: 40 },
      },
    ],
  };
}

const detail = (...attempts: Attempt[]): RunDetail => ({ ...run!, attempts });

describe('layOutWaterfall', () => {
  it('is empty for a run that made no call', () => {
    expect(layOutWaterfall(detail(), start)).toEqual({ rows: [], totalMs: 0, ticks: [] });
  });

  it('puts attempts where the clock says, on one axis', () => {
    const { rows, totalMs } = layOutWaterfall(detail(attempt(1, 0, 100), attempt(2, 900, 1000)), 0);
    expect(totalMs).toBe(1000);
    expect(rows.map((row) => row.id)).toEqual(['a1', 'a1p1', 'a2', 'a2p1']);
    expect(rows[2]).toMatchObject({ kind: 'attempt', from: 0.9, width: 0.1, totalMs: 100 });
  });

  it('lines the steps of a page up in the order in which they happen', () => {
    const { rows } = layOutWaterfall(detail(attempt(1, 0, 100)), 0);
    const page = rows[1];
    if (page?.kind !== 'page') throw new Error('expected a page');
    expect(page.segments.map(({ step, from, width }) => [step, from, width])).toEqual([
      ['connect', 0.1, 0.2],
      ['request', 0.3, 0.3],
      ['persist', 0.6, 0.4],
    ]);
    expect(page.totalMs).toBe(90);
  });

  it('grows with the clock while an attempt is under way', () => {
    const open = detail(attempt(1, 0, null));
    expect(layOutWaterfall(open, start + 5000).totalMs).toBe(5000);
  });

  it('never lets a bar leave the axis, even when clock and steps disagree', () => {
    const { rows } = layOutWaterfall(detail(attempt(1, 0, 50)), 0);
    for (const row of rows) {
      const bars = row.kind === 'page' ? row.segments : [row];
      for (const bar of bars) expect(bar.from + bar.width).toBeLessThanOrEqual(1.000001);
    }
  });

  it.each([1, 7, 42, 999, 1000, 65_000, 3_600_000])('marks %i ms in a few round steps', (ms) => {
    const { ticks } = layOutWaterfall(detail(attempt(1, 0, Math.max(ms, 100))), 0);
    expect(ticks.length).toBeGreaterThanOrEqual(3);
    expect(ticks.length).toBeLessThanOrEqual(11);
    expect(ticks[0]).toEqual({ at: 0, ms: 0 });
  });
});
