import { describe, expect, it } from 'vitest';
import { toRun } from '../../../../src/main/engine/jobs/run-view.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { startPlanned } from '../../../support/planned-rig.ts';
import { setupRuns, settle, type RunsRig } from '../../../support/runs-rig.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const T = Date.parse('2026-01-01T00:00:00.000Z');

describe('a run that somebody wants later', () => {
  it('leaves the schedule of its job alone until then', async () => {
    const rig = await startPlanned({ clock: new ManualClock(T + 1) });
    rig.answering();
    const job = await rig.addJob({ schedule: { kind: 'fixed-rate', everyMs: MINUTE } });
    const asked = { trigger: 'manual', triggeredBy: 'gui', scheduledFor: null } as const;
    await rig.service.start(job, { ...asked, notBefore: T + 150 * SECOND });
    expect(rig.service.isRunning('job')).toBe(false);
    await rig.pass(200 * SECOND);
    expect(rig.rows().every((row) => row === 'succeeded')).toBe(true);
    const dated = rig.store.rowsOf('job').filter(({ scheduledFor }) => scheduledFor === null);
    expect(dated.map(({ startedAt }) => startedAt)).toEqual([T + 150 * SECOND]);
  });

  it('says when it begins, until it has begun', async () => {
    const rig = setupRuns();
    const [later] = await rig.start(rig.addJob(), { notBefore: T + MINUTE });
    expect(later).toMatchObject({ state: 'queued', startsAt: '2026-01-01T00:01:00.000Z' });
    await rig.clock.advanceAsync(MINUTE);
    const live = rig.service.find(later?.id ?? '');
    expect(live && toRun(live)).not.toHaveProperty('startsAt');
  });

  it('leaves a chain of delays alone', async () => {
    const rig = await startPlanned();
    rig.answering();
    const job = await rig.addJob({ schedule: { kind: 'fixed-delay', delayMs: 10 * SECOND } });
    const asked = { trigger: 'api', triggeredBy: 'rest', scheduledFor: null } as const;
    await rig.service.start(job, { ...asked, delayMs: 24 * 60 * MINUTE });
    await rig.pass(MINUTE);
    expect(rig.rows().filter((row) => row === 'succeeded').length).toBeGreaterThanOrEqual(5);
  });

  it.each([
    { overlap: 'skip', then: ['running', 'skipped(overlap)'] },
    { overlap: 'queue-one', then: ['running', 'queued'] },
    { overlap: 'queue-all', then: ['running', 'queued'] },
    { overlap: 'cancel-running', then: ['cancelled', 'running'] },
    { overlap: 'allow', then: ['running', 'running'] },
  ] as const)('overlaps by $overlap with what is under way then', async ({ overlap, then }) => {
    const rig = setupRuns();
    const job = rig.addJob({ overlap });
    const [later] = await rig.start(job, { delayMs: MINUTE });
    await rig.clock.advanceAsync(59 * SECOND);
    await rig.start(job);
    expect(rig.rows()).toEqual(['queued', 'running']);
    await rig.clock.advanceAsync(SECOND);
    await rig.settleStarts();
    expect(rig.rows().toReversed()).toEqual(then);
    if (overlap === 'skip') expect(rig.told.at(-1)).toBe(`skipped ${later?.id ?? ''}`);
    if (overlap !== 'queue-one') return;
    rig.network.succeed();
    await rig.settleStarts();
    expect(rig.rows()).toEqual(['running', 'succeeded']);
  });

  it('starts with all its instances, but those that were cancelled', async () => {
    const rig = setupRuns();
    const started = await rig.start(rig.addJob({ instances: 3 }), { delayMs: MINUTE });
    await cancel(rig, started[1]?.id);
    await rig.clock.advanceAsync(MINUTE);
    await rig.settleStarts();
    expect(rig.rows()).toEqual(['running', 'cancelled', 'running']);
    expect(rig.store.violations).toEqual([]);
  });

  it('stays cancelled when the rest of its group is held behind another', async () => {
    const rig = setupRuns();
    const job = rig.addJob({ overlap: 'queue-all', instances: 2 });
    const [later] = await rig.start(job, { delayMs: MINUTE });
    await cancel(rig, later?.id);
    await rig.start(job);
    await rig.clock.advanceAsync(MINUTE);
    rig.network.succeed();
    rig.network.succeed();
    await rig.settleStarts();
    expect(rig.rows()).toEqual(['cancelled', 'running', 'succeeded', 'succeeded']);
    expect(rig.network.started).toHaveLength(3);
    expect(rig.store.violations).toEqual([]);
  });

  it('stays cancelled when its time comes before the store has taken that', async () => {
    const rig = setupRuns();
    const [later] = await rig.start(rig.addJob({ instances: 2 }), { delayMs: MINUTE });
    rig.store.refuse();
    await expect(cancel(rig, later?.id)).rejects.toThrow('cannot write');
    rig.store.setHealth('degraded');
    await rig.clock.advanceAsync(MINUTE);
    await recover(rig);
    expect(rig.rows()).toEqual(['cancelled', 'running']);
    expect(rig.network.started).toHaveLength(1);
    expect(rig.store.violations).toEqual([]);
  });

  it('is skipped, not started, when the store takes only later that it overlaps', async () => {
    const rig = setupRuns();
    const job = rig.addJob();
    await rig.start(job, { delayMs: MINUTE });
    await rig.start(job);
    await settle();
    rig.store.refuse();
    await rig.clock.advanceAsync(MINUTE);
    await recover(rig);
    expect(rig.rows()).toEqual(['skipped(overlap)', 'running']);
    expect(rig.network.started).toHaveLength(1);
    expect(rig.store.violations).toEqual([]);
  });

  it('is told when the line is full by then', async () => {
    const rig = setupRuns({ settings: { queue: { maxWaiting: 1 }, concurrency: { runs: 1 } } });
    const job = rig.addJob({ overlap: 'allow' });
    await rig.start(job, { delayMs: MINUTE });
    await rig.start(job);
    await rig.start(job);
    await rig.clock.advanceAsync(MINUTE);
    await settle();
    expect(rig.rows()).toEqual(['skipped(queue-full)', 'running', 'queued']);
    expect([...rig.service.live()]).toHaveLength(2);
  });

  it('goes by the job as it is then', async () => {
    const rig = setupRuns();
    await rig.start(rig.addJob(), { delayMs: MINUTE });
    const job = rig.addJob({ overlap: 'allow' });
    await rig.start(job);
    await rig.clock.advanceAsync(MINUTE);
    await rig.settleStarts();
    expect(rig.rows()).toEqual(['running', 'running']);
  });

  it('is still for later after a restart, and after one that lasted longer begins at once', async () => {
    const clock = new ManualClock();
    const asked = { trigger: 'api', triggeredBy: 'rest', scheduledFor: null } as const;
    const first = await startPlanned({ clock });
    await first.service.start(await first.addJob(), { ...asked, delayMs: MINUTE });
    first.crash();
    const second = await startPlanned({ clock, store: first.store });
    expect(second.service.isRunning('job')).toBe(false);
    const job = second.catalog.job('job');
    // Ids of two processes are in order from one millisecond to the next.
    await second.pass(1);
    await second.service.start(job, asked);
    expect(second.rows()).toEqual(['queued', 'running']);
    second.network.succeed();
    await second.settle();
    second.crash();
    clock.jump(2 * MINUTE);
    const third = await startPlanned({ clock, store: first.store });
    expect(third.rows()).toEqual(['running', 'succeeded']);
  });

  it('begins although the clock was set back, when it was asked for by a delay', async () => {
    const rig = setupRuns();
    await rig.start(rig.addJob({ overlap: 'queue-all' }), { delayMs: MINUTE });
    rig.clock.jump(-3600 * SECOND);
    await rig.clock.advanceAsync(MINUTE);
    await rig.settleStarts();
    expect(rig.rows()).toEqual(['running']);
  });
});

it('A run that was cancelled while its group was held stays cancelled when the group goes on', async () => {
  const rig = setupRuns();
  const job = rig.addJob({ overlap: 'queue-all', instances: 2 });
  await rig.start(job);
  const [held] = await rig.start(job);
  await cancel(rig, held?.id);
  rig.network.succeed();
  rig.network.succeed();
  await rig.settleStarts();
  expect(rig.rows()).toEqual(['succeeded', 'succeeded', 'cancelled', 'running']);
  expect(rig.network.started).toHaveLength(3);
  expect(rig.store.violations).toEqual([]);
});

async function cancel(rig: RunsRig, runId: string | undefined): Promise<void> {
  const live = rig.service.find(runId ?? '');
  if (!live) throw new Error(`No run '${runId}' is under way.`);
  await rig.service.cancel(live);
}

/** The store takes everything again. */
async function recover(rig: RunsRig): Promise<void> {
  rig.store.accept();
  rig.store.setHealth('ok');
  rig.service.storeRecovered();
  await rig.settleStarts();
}
