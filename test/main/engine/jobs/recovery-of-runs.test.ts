import { describe, expect, it } from 'vitest';
import type { Run } from '../../../../src/shared/run.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { startPlanned, type PlannedRigOptions } from '../../../support/planned-rig.ts';

const SECOND = 1000;
const asked = { trigger: 'manual', triggeredBy: 'gui', scheduledFor: null } as const;

/** Two lives of the program over one store and one clock. */
async function twoLives(options: PlannedRigOptions = {}) {
  const clock = new ManualClock();
  const first = await startPlanned({ clock, ...options });
  return {
    clock,
    first,
    crashAndStart: async () => {
      first.crash();
      return startPlanned({ clock, store: first.store });
    },
  };
}

describe('after a crash', () => {
  it('what was running runs once more, and its lost attempt does not count', async () => {
    const { first, crashAndStart } = await twoLives();
    const job = await first.addJob({ retry: { maxAttempts: 1 } });
    const [run] = await first.service.start(job, asked);
    first.network.page({ page: 1, position: { page: 2 } });
    await first.settle();
    const again = await crashAndStart();
    expect(again.network.attempt()).toMatchObject({
      attempt: 2,
      resumeFrom: { page: 2 },
      pagesStored: 1,
    });
    again.network.succeed(undefined, { page: 2 });
    await again.settle();
    const stored = again.store.run(run?.id ?? '');
    expect(stored.row).toMatchObject({ outcome: 'succeeded', crashes: 1, uncounted: 1 });
    expect([...stored.attempts.values()].map(({ outcome }) => outcome)).toEqual([
      'interrupted',
      'succeeded',
    ]);
    expect(stored.counts.received).toBe(2);
  });

  it('what was running in two lives that ended badly is left to a person', async () => {
    const { clock, first, crashAndStart } = await twoLives();
    await first.service.start(await first.addJob(), asked);
    const second = await crashAndStart();
    expect(second.rows()).toEqual(['running']);
    second.crash();
    const third = await startPlanned({ clock, store: first.store });
    expect(third.rows()).toEqual(['interrupted(needs-decision)']);
    expect(third.network.started).toHaveLength(0);
  });

  it('a run from the line that ends the program at once each time is left to a person as well', async () => {
    const { clock, first, crashAndStart } = await twoLives({
      settings: { concurrency: { runs: 1 } },
    });
    const job = await first.addJob({ overlap: 'allow' });
    await first.service.start(job, asked);
    await first.service.start(job, asked);
    first.network.succeed();
    await first.settle();
    expect(first.network.open.size).toBe(1);
    expect(first.rows()).toEqual(['succeeded', 'queued']);
    const second = await crashAndStart();
    expect(second.rows()).toEqual(['succeeded', 'running']);
    second.crash();
    const third = await startPlanned({ clock, store: first.store });
    expect(third.rows()).toEqual(['succeeded', 'running']);
    third.crash();
    const fourth = await startPlanned({ clock, store: first.store });
    expect(fourth.rows()).toEqual(['succeeded', 'interrupted(needs-decision)']);
    expect(fourth.network.started).toHaveLength(0);
  });

  it('what is left to a person is told of as ended, once, with what was stored of it', async () => {
    const { clock, first } = await twoLives({
      integration: { request: { url: 'https://x.example/', method: 'POST' } },
    });
    const [run] = await first.service.start(await first.addJob(), asked);
    await first.settle();
    first.network.page();
    await first.settle();
    first.crash();
    const told: Run[] = [];
    const second = await startPlanned({
      clock,
      store: first.store,
      follow: (events) => void events.on('run.finished', ({ run }) => void told.push(run)),
    });
    expect(told).toMatchObject([
      {
        id: run?.id,
        state: 'finished',
        outcome: 'interrupted',
        reason: 'needs-decision',
        error: { code: 'process-ended' },
        counts: { received: 1 },
      },
    ]);
    second.crash();
    const third = await startPlanned({
      clock,
      store: first.store,
      follow: (events) => void events.on('run.finished', ({ run }) => void told.push(run)),
    });
    expect(told).toHaveLength(1);
    expect(third.network.started).toEqual([]);
  });

  it('what was queued goes on, though its request may not be sent twice', async () => {
    const { first, crashAndStart } = await twoLives({
      settings: { concurrency: { runs: 1 } },
      integration: { request: { url: 'https://x.example/', method: 'POST' } },
    });
    const job = await first.addJob({ overlap: 'allow' });
    await first.service.start(job, asked);
    await first.service.start(job, asked);
    await first.settle();
    const again = await crashAndStart();
    expect(again.rows()).toEqual(['interrupted(needs-decision)', 'running']);
  });

  it('a retry keeps its time', async () => {
    const { first, crashAndStart } = await twoLives();
    const job = await first.addJob({ retry: { delayMs: 60 * SECOND, jitter: 0 } });
    await first.service.start(job, asked);
    first.network.fail();
    await first.pass(10 * SECOND);
    const again = await crashAndStart();
    await again.pass(49 * SECOND);
    expect(again.network.started).toHaveLength(0);
    await again.pass(SECOND);
    expect(again.network.attempt().attempt).toBe(2);
  });

  it('a delayed start keeps its time', async () => {
    const { first, crashAndStart } = await twoLives();
    await first.service.start(await first.addJob(), { ...asked, delayMs: 60 * SECOND });
    await first.pass(10 * SECOND);
    const again = await crashAndStart();
    await again.pass(50 * SECOND);
    expect(again.rows()).toEqual(['running']);
  });

  it('what was held behind an earlier run is held again', async () => {
    const { first, crashAndStart } = await twoLives();
    const job = await first.addJob({ overlap: 'queue-all' });
    for (let n = 0; n < 3; n++) await first.service.start(job, asked);
    const again = await crashAndStart();
    expect(again.network.open.size).toBe(1);
    for (let n = 0; n < 3; n++) {
      again.network.succeed();
      await again.settle();
    }
    expect(again.rows()).toEqual(['succeeded', 'succeeded', 'succeeded']);
  });

  it('cancel-running leaves the newest only', async () => {
    const { first, crashAndStart } = await twoLives();
    const job = await first.addJob({ overlap: 'cancel-running' });
    first.network.deaf = true;
    await first.service.start(job, asked);
    await first.service.start(job, asked);
    const again = await crashAndStart();
    expect(again.rows()).toEqual(['cancelled', 'running']);
  });

  it('a new start still overlaps what goes on', async () => {
    const { first, crashAndStart } = await twoLives();
    await first.service.start(await first.addJob(), asked);
    const again = await crashAndStart();
    await again.pass(1);
    await again.service.start(again.catalog.job('job'), asked);
    expect(again.rows()).toEqual(['running', 'skipped(overlap)']);
  });

  it('a group of which some instances had ended is not taken for one look at the whole', async () => {
    const { first, crashAndStart } = await twoLives();
    await first.service.start(await first.addJob({ instances: 2 }), asked);
    first.network.succeed();
    await first.settle();
    const again = await crashAndStart();
    again.network.succeed();
    await again.settle();
    expect(again.rows()).toEqual(['succeeded', 'succeeded']);
    expect(again.store.completed).toEqual([]);
  });

  it('runs of a job that is gone are cancelled', async () => {
    const { first, crashAndStart } = await twoLives();
    await first.service.start(await first.addJob(), asked);
    first.store.jobs.delete('job');
    const again = await crashAndStart();
    expect(again.rows()).toEqual(['cancelled(deleted)']);
  });

  it('automatic runs wait for the end of the pause of their job', async () => {
    const { first, crashAndStart } = await twoLives();
    const job = await first.addJob({ schedule: { kind: 'fixed-rate', everyMs: 3600 * SECOND } });
    await first.pass(0);
    expect(first.rows()).toEqual(['running']);
    await first.catalog.pauseJob(job.definition.id, null, null);
    const again = await crashAndStart();
    expect(again.rows()).toEqual(['queued']);
    await again.catalog.resumeJob('job');
    await again.settle();
    expect(again.rows()).toEqual(['running']);
  });
});

describe('after a stop in order', () => {
  it('goes on from the page that was stored, and that is no crash', async () => {
    const { clock, first } = await twoLives();
    await first.service.start(await first.addJob(), asked);
    first.network.page({ page: 1, position: { page: 2 } });
    await first.stop();
    const again = await startPlanned({ clock, store: first.store });
    expect(again.network.attempt()).toMatchObject({ attempt: 2, resumeFrom: { page: 2 } });
    expect(again.store.rowsOf('job')[0]).toMatchObject({ crashes: 0, uncounted: 1 });
  });
});
