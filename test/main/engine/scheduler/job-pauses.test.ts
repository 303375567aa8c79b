import { describe, expect, it } from 'vitest';
import {
  isPauseOver,
  pausesOf,
  silentUntil,
} from '../../../../src/main/engine/scheduler/job-pauses.ts';
import { newJobRuntime } from '../../../../src/main/engine/jobs/live-job.ts';
import type { JobRuntime } from '../../../../src/main/engine/store/ops.ts';
import { jobInputSchema } from '../../../../src/shared/job.ts';

const NOW = 1_000_000;
const CREATED = '2026-01-01T00:00:00.000Z';

function jobWith(runtime: Partial<JobRuntime>, enabled = true) {
  const draft = jobInputSchema.parse({ name: 'Job', integrationId: 'api', enabled });
  const definition = { ...draft, id: 'job', createdAt: CREATED, updatedAt: CREATED };
  return { definition, runtime: { ...newJobRuntime({ kind: 'manual' }, NOW), ...runtime } };
}

it('a job is touched by the pauses of everything and by its own', () => {
  const all = [{ fromMs: 1, untilMs: 2 }];
  expect(pausesOf(jobWith({}), all)).toBe(all);
  const own = jobWith({ pausedAt: 5, pausedUntil: null });
  expect(pausesOf(own, all)).toEqual([...all, { fromMs: 5, untilMs: null }]);
});

it.each([
  ['enabled', NOW - 1, false],
  ['paused', null, false],
  ['paused', NOW + 1, false],
  ['paused', NOW, true],
  ['auto-paused', NOW - 1, false],
] as const)('the pause of a job that is %s until %s is over: %s', (state, pausedUntil, isOver) => {
  expect(isPauseOver(jobWith({ state, pausedUntil }), NOW)).toBe(isOver);
});

describe('no instant runs', () => {
  it.each([
    ['that has passed or is covered', {}, [], NOW - 1],
    ['that is covered ahead', { coveredUntil: NOW + 50 }, [], NOW + 50],
    ['before a pause ends', {}, [{ fromMs: 0, untilMs: NOW + 70 }], NOW + 69],
    [
      'before the longest pause ends',
      { coveredUntil: NOW + 50 },
      [
        { fromMs: 0, untilMs: NOW + 70 },
        { fromMs: 0, untilMs: NOW + 60 },
      ],
      NOW + 69,
    ],
    ['for a pause that is over, all the same', {}, [{ fromMs: 0, untilMs: NOW }], NOW - 1],
    ['while a pause has no end', {}, [{ fromMs: 0, untilMs: null }], null],
    ['while it failed too often', { state: 'auto-paused' }, [], null],
  ] as const)('%s', (_words, runtime, pauses, until) => {
    expect(silentUntil(jobWith({ coveredUntil: NOW - 10, ...runtime }), pauses, NOW)).toBe(until);
  });

  it('of a job that is switched off', () => {
    expect(silentUntil(jobWith({}, false), [], NOW)).toBeNull();
  });
});
