import { expect, it } from 'vitest';
import { newJobRuntime } from '../../../../src/main/engine/jobs/live-job.ts';
import { compileOptions } from '../../../../src/main/engine/scheduler/compile-options.ts';
import { jobInputSchema } from '../../../../src/shared/job.ts';
import type { ScheduleInput } from '../../../../src/shared/schedule.ts';

const CREATED = '2026-01-01T00:00:00.000Z';
const COVERED_SINCE = Date.parse('2026-02-01T00:00:00.000Z');

function jobOn(schedule: ScheduleInput, lastEndAt: number | null = null) {
  const draft = jobInputSchema.parse({
    name: 'Job',
    integrationId: 'api',
    schedule,
    startAt: '2026-03-01T00:00:00Z',
    jitterMs: 5,
  });
  const definition = { ...draft, id: 'job', createdAt: CREATED, updatedAt: CREATED };
  return {
    definition,
    runtime: { ...newJobRuntime(definition.schedule, COVERED_SINCE), lastEndAt },
  };
}

const idle = (): boolean => false;
const delay = { kind: 'fixed-delay', delayMs: 1000 } as const;

it('a rate is anchored where the job was made, with its own window and jitter', () => {
  const options = compileOptions(jobOn({ kind: 'fixed-rate', everyMs: 1000 }), 'UTC', () => {
    throw new Error('Only a delay counts from the last run.');
  });
  expect(options).toMatchObject({
    machineZone: 'UTC',
    anchorMs: Date.parse(CREATED),
    startAt: '2026-03-01T00:00:00Z',
    endAt: null,
    jitterMs: 5,
    seed: 'job',
  });
  expect(options).not.toHaveProperty('lastRun');
});

it.each([
  ['nothing ran yet', null, idle, { kind: 'none' }],
  ['the last run has ended', 77, idle, { kind: 'ended', atMs: 77 }],
  ['a run is under way', 77, (): boolean => true, { kind: 'running' }],
] as const)('a delay counts from its last run: %s', (_words, lastEndAt, isRunning, lastRun) => {
  const options = compileOptions(jobOn(delay, lastEndAt), 'UTC', isRunning);
  expect(options).toMatchObject({ anchorMs: COVERED_SINCE, lastRun });
});
