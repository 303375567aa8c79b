import { beforeEach, describe, expect, it } from 'vitest';
import { Probes } from '../../../../src/main/engine/jobs/probes.ts';
import type { LiveJob } from '../../../../src/main/engine/jobs/live-job.ts';
import { setupRuns, settle, type RunsRig } from '../../../support/runs-rig.ts';

const MINUTE = 60_000;

describe('A job that was paused because it failed again and again', () => {
  let rig: RunsRig;
  let job: LiveJob;
  let coolDownMs: number | null;
  let isHeld: boolean;

  beforeEach(() => {
    rig = setupRuns();
    coolDownMs = 10 * MINUTE;
    isHeld = false;
    job = rig.addJob({ retry: { maxAttempts: 1 } });
    job.runtime = {
      ...job.runtime,
      state: 'auto-paused',
      pausedAt: rig.clock.now(),
      lastEndAt: rig.clock.now(),
      failuresInRow: 10,
    };
    const probes = new Probes({
      clock: rig.clock,
      jobs: rig.jobs,
      service: rig.service,
      isHeld: () => isHeld,
      coolDownMs: () => coolDownMs,
      limits: () => ({ afterConfigErrors: 3 }),
    });
    probes.start();
  });

  it('is tried once when the cool-down is over, and goes on when that succeeds', async () => {
    await rig.clock.advanceAsync(9 * MINUTE);
    expect(rig.network.started).toHaveLength(0);
    await rig.clock.advanceAsync(MINUTE);
    expect(rig.network.started).toHaveLength(1);
    rig.network.succeed();
    await settle();
    expect(job.runtime).toMatchObject({ state: 'enabled', failuresInRow: 0, pauseReason: null });
    await rig.clock.advanceAsync(30 * MINUTE);
    expect(rig.network.started).toHaveLength(1);
  });

  it('waits as long again when that fails', async () => {
    await rig.clock.advanceAsync(10 * MINUTE);
    rig.network.fail();
    await settle();
    expect(job.runtime.state).toBe('auto-paused');
    await rig.clock.advanceAsync(9 * MINUTE);
    expect(rig.network.started).toHaveLength(1);
    await rig.clock.advanceAsync(2 * MINUTE);
    expect(rig.network.started).toHaveLength(2);
  });

  it('is left alone when it was refused, when nobody wants probes, and while nothing may begin', async () => {
    job.runtime = { ...job.runtime, configErrorsInRow: 3 };
    await rig.clock.advanceAsync(11 * MINUTE);
    job.runtime = { ...job.runtime, configErrorsInRow: 0 };
    coolDownMs = null;
    await rig.clock.advanceAsync(MINUTE);
    coolDownMs = MINUTE;
    isHeld = true;
    await rig.clock.advanceAsync(MINUTE);
    expect(rig.network.started).toHaveLength(0);
  });
});
