import { describe, expect, it } from 'vitest';
import { healthOf } from '../../../src/renderer/integrations/health.ts';
import type { Job } from '../../../src/shared/job.ts';
import type { Outcome } from '../../../src/shared/run.ts';

function job(
  outcome: Outcome | null | 'never',
  state: Job['state'] = 'enabled',
  failuresInRow = 0,
) {
  const run = { id: 'r', reason: null, startedAt: null, finishedAt: null, durationMs: null };
  const unusual = { fewRecords: null, fewPages: null, heldBack: null };
  const health = { failuresInRow, noNewSince: null, ...unusual };
  return { state, health, lastRun: outcome === 'never' ? null : { ...run, outcome } };
}

describe('healthOf', () => {
  it.each([
    ['unused', []],
    ['waiting', [job('never')]],
    ['healthy', [job('succeeded'), job('never')]],
    ['healthy', [job('skipped')]],
    ['failing', [job('succeeded'), job('failed')]],
    ['failing', [job('timed-out')]],
    ['failing', [job('skipped', 'enabled', 1)]],
    ['failing', [job(null, 'enabled', 2)]],
    ['attention', [job('partial')]],
    ['attention', [job('succeeded', 'auto-paused')]],
    ['healthy', [job(null)]],
  ] as const)('is %s for %j', (health, jobs) => {
    expect(healthOf(jobs)).toBe(health);
  });
});
