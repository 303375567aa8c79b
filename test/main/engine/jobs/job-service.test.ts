import { describe, expect, it } from 'vitest';
import { run, setupRuns, settle, span } from '../../../support/runs-rig.ts';

const T = Date.parse('2026-01-01T00:00:00.000Z');
const SECOND = 1000;

describe('a run', () => {
  it('goes from its due instant to its end, each step on disk before it is told', async () => {
    const rig = setupRuns();
    const job = rig.addJob();
    await rig.due(job, T);
    expect(rig.rows()).toEqual(['running']);
    rig.network.succeed();
    await settle();
    expect(rig.rows()).toEqual(['succeeded']);
    expect(rig.told.map((line) => line.split(' ')[0])).toEqual(['queued', 'started', 'finished']);
    const [row] = rig.store.rowsOf('job');
    expect(row).toMatchObject({ attempt: 1, scheduledFor: T, worker: 'host-1' });
    expect(rig.store.run(row?.id ?? '').counts).toMatchObject({ received: 1, new: 1 });
    expect(job.lastRun?.outcome).toBe('succeeded');
    expect(rig.service.running).toBe(0);
  });

  it('is on disk as running before a request that may not be sent twice leaves', async () => {
    const rig = setupRuns({
      integration: { request: { url: 'https://x.example/y', method: 'POST' } },
    });
    rig.store.hold();
    const starting = rig.start(rig.addJob());
    await settle();
    expect(rig.network.started).toHaveLength(0);
    rig.store.release();
    await starting;
    await settle();
    expect(rig.network.started).toHaveLength(1);
  });

  it('leaves at once when it may be sent twice', async () => {
    const rig = setupRuns();
    rig.store.hold();
    const starting = rig.start(rig.addJob());
    expect(rig.network.started).toHaveLength(1);
    rig.store.release();
    await starting;
  });

  it('stores page after page and gives credit for each, never ahead of the disk', async () => {
    const rig = setupRuns();
    const [started] = await rig.start(rig.addJob());
    rig.store.hold();
    rig.network.page({ page: 1, position: { page: 2 } });
    rig.network.page({ page: 2, position: { page: 3 } });
    await settle();
    expect(rig.network.credit()).toBe(0);
    rig.store.release();
    await settle();
    expect(rig.network.credit()).toBe(2);
    expect(rig.store.run(started?.id ?? '').position).toEqual({ page: 3 });
  });

  it('never stores a page after one that was refused', async () => {
    const rig = setupRuns();
    const [started] = await rig.start(rig.addJob());
    const id = started?.id ?? '';
    rig.store.hold();
    rig.network.page({ page: 1, position: { page: 2 } });
    rig.network.page({ page: 2, position: { page: 3 } });
    rig.store.refuse((ops) => ops.some((op) => op.kind === 'page.put' && op.page === 1));
    rig.store.release();
    await settle();
    expect(rig.store.run(id).pages).toHaveLength(0);
    expect(rig.store.run(id).position).toBeUndefined();
  });

  it('counts the pages before the last one when it judges whether anything was valid', async () => {
    const rig = setupRuns();
    await rig.start(rig.addJob());
    rig.store.hold();
    rig.network.page();
    const bad = { ...counts(1), valid: 0, invalid: 1 };
    rig.network.succeed(undefined, { page: 2, counts: bad });
    rig.store.release();
    await settle();
    expect(rig.rows()).toEqual(['succeeded']);
  });

  it('fails when records came and none was valid', async () => {
    const rig = setupRuns();
    await rig.start(rig.addJob());
    rig.network.succeed(undefined, { counts: { ...counts(3), valid: 0, invalid: 3 } });
    await settle();
    expect(rig.rows()).toEqual(['failed']);
    expect(rig.store.rowsOf('job')[0]?.error?.code).toBe('nothing-valid');
  });

  it('is skipped when its condition is false, and a chain of delays goes on from there', async () => {
    const rig = setupRuns();
    const job = rig.addJob({ when: 'false', schedule: { kind: 'fixed-delay', delayMs: 1000 } });
    await rig.due(job, T);
    rig.clock.advance(5);
    rig.network.end({ kind: 'condition-false' });
    await settle();
    expect(rig.rows()).toEqual(['skipped(condition)']);
    expect(job.runtime.lastEndAt).toBe(T + 5);
    expect(rig.told.at(-1)).toMatch(/^skipped/);
  });

  it('moves the watermark only when its end is on disk', async () => {
    const rig = setupRuns();
    const job = rig.addJob();
    await rig.start(job);
    rig.store.refuse();
    rig.network.succeed(undefined, {}, '2026-01-02');
    await settle();
    expect(job.watermark).toBeNull();
    rig.store.accept();
    rig.service.storeRecovered();
    await settle();
    expect(rig.network.attempt().watermark).toBeNull();
    rig.network.succeed(undefined, {}, '2026-01-02');
    await settle();
    expect(job.watermark).toBe('2026-01-02');
    expect(rig.store.watermarks.get('job')).toBe('2026-01-02');
  });

  it('ignores the watermark once when it is a full read', async () => {
    const rig = setupRuns();
    const job = rig.addJob();
    job.watermark = 'w';
    await rig.start(job, { full: true });
    expect(rig.network.attempt().watermark).toBeNull();
  });
});

describe('overlap', () => {
  const seconds = [0, 1, 2, 3, 4].map((second) => T + second * SECOND);

  async function everySecond(overlap: string, maxParallel: number | null = null) {
    const rig = setupRuns();
    const job = rig.addJob({ overlap: overlap as 'skip', maxParallel });
    for (const instant of seconds) {
      await rig.due(job, instant);
      rig.clock.advance(SECOND);
    }
    await settle();
    return rig;
  }

  it('skip: one at a time, the others share one row', async () => {
    const rig = await everySecond('skip');
    expect(rig.rows()).toEqual(['running', 'skipped(overlap) x4']);
  });

  it('queue-one: one more is held, the others share one row', async () => {
    const rig = await everySecond('queue-one');
    expect(rig.rows()).toEqual(['running', 'queued', 'skipped(overlap) x3']);
    rig.network.succeed();
    await rig.settleStarts();
    expect(rig.rows()).toEqual(['succeeded', 'running', 'skipped(overlap) x3']);
  });

  it('queue-all: the others are held and run one after the other, in order', async () => {
    const rig = await everySecond('queue-all');
    expect(rig.rows()).toEqual(['running', 'queued', 'queued', 'queued', 'queued']);
    for (let n = 0; n < 5; n++) {
      expect(rig.network.open.size).toBe(1);
      rig.network.succeed();
      await settle();
    }
    expect(rig.rows()).toEqual(Array.from({ length: 5 }, () => 'succeeded'));
    const order = rig.network.started.map(({ runId }) => rig.store.run(runId).row.scheduledFor);
    expect(order).toEqual(seconds);
  });

  it('queue-all: what is held counts as waiting, so the line stays bounded', async () => {
    const rig = setupRuns({ settings: { queue: { maxWaiting: 2 }, concurrency: { runs: 1 } } });
    const job = rig.addJob({ overlap: 'queue-all' });
    for (const instant of seconds) await rig.due(job, instant);
    expect(rig.rows()).toEqual(['running', 'queued', 'queued', 'skipped(queue-full) x2']);
  });

  it('cancel-running: the newest replaces those before it', async () => {
    const rig = await everySecond('cancel-running');
    expect(rig.rows()).toEqual(['cancelled', 'cancelled', 'cancelled', 'cancelled', 'running']);
  });

  it('cancel-running: of several starts in one moment only the last ever begins', async () => {
    const rig = setupRuns();
    const job = rig.addJob({ overlap: 'cancel-running' });
    await rig.due(job, ...seconds);
    await settle();
    expect(rig.rows()).toEqual(['skipped(coalesced) x4', 'running']);
    expect(rig.network.started).toHaveLength(1);
    expect(rig.network.attempt().template.scheduledFor).toBe('2026-01-01T00:00:04.000Z');
    expect(rig.store.violations).toEqual([]);
  });

  it('cancel-running: nothing is cancelled when the start itself is refused', async () => {
    const rig = setupRuns();
    const job = rig.addJob({ overlap: 'cancel-running' });
    await rig.due(job, T);
    rig.store.refuse();
    await expect(rig.due(job, T + SECOND)).rejects.toThrow();
    rig.store.accept();
    await settle();
    expect(rig.rows()).toEqual(['running']);
    rig.network.succeed();
    await settle();
    expect(rig.rows()).toEqual(['succeeded']);
    expect(rig.service.isRunning('job')).toBe(false);
  });

  it('allow: at once, up to maxParallel', async () => {
    const rig = await everySecond('allow', 3);
    expect(rig.rows()).toEqual(['running', 'running', 'running', 'skipped(overlap) x2']);
  });

  it('a manual start that overlaps gets a row of its own, and the span after it begins anew', async () => {
    const rig = setupRuns();
    const job = rig.addJob();
    await rig.due(job, T);
    await rig.due(job, T + SECOND);
    const runs = await rig.start(job);
    await rig.due(job, T + 2 * SECOND);
    expect(runs).toMatchObject([{ outcome: 'skipped', reason: 'overlap', trigger: 'manual' }]);
    expect(rig.rows()).toEqual([
      'running',
      'skipped(overlap)',
      'skipped(overlap)',
      'skipped(overlap)',
    ]);
  });

  it('a policy made stricter holds the next until all of those before it have ended', async () => {
    const rig = setupRuns();
    const job = rig.addJob({ overlap: 'allow' });
    await rig.due(job, T);
    await rig.due(job, T + 1);
    job.definition = { ...job.definition, overlap: 'queue-all' };
    await rig.due(job, T + 2);
    rig.network.succeed();
    await settle();
    expect(rig.rows()).toEqual(['succeeded', 'running', 'queued']);
    rig.network.succeed();
    await rig.settleStarts();
    expect(rig.rows()).toEqual(['succeeded', 'succeeded', 'running']);
  });

  it('all missed runs of run-all take their turns, whatever the overlap policy', async () => {
    const rig = setupRuns();
    const job = rig.addJob({ missedRuns: { policy: 'run-all' } });
    const entries = seconds.slice(0, 3).map((at) => run(at, 'catch-up'));
    await rig.service.submitDue(job, entries, T + 2 * SECOND);
    for (let n = 0; n < 3; n++) {
      expect(rig.network.open.size).toBe(1);
      rig.network.succeed();
      await settle();
    }
    expect(rig.rows()).toEqual(['succeeded', 'succeeded', 'succeeded']);
  });
});

describe('instances', () => {
  it('start together in one transaction, numbered from 1, and overlap as one group', async () => {
    const rig = setupRuns();
    const job = rig.addJob({ instances: 3 });
    const before = rig.store.commits;
    await rig.due(job, T);
    expect(rig.store.commits - before).toBe(1);
    expect(rig.store.rowsOf('job').map((row) => row.instance)).toEqual([1, 2, 3]);
    const [first] = [...rig.network.open.values()];
    rig.network.succeed(first);
    await settle();
    await rig.due(job, T + SECOND);
    expect(rig.rows()).toEqual(['succeeded', 'running', 'running', 'skipped(overlap)']);
  });

  it('are complete as a group, with the last of them, when all succeeded', async () => {
    const rig = setupRuns();
    const job = rig.addJob({ instances: 2 });
    await rig.due(job, T);
    const [first, second] = [...rig.network.open.values()];
    rig.network.succeed(first);
    await settle();
    expect(rig.store.completed).toHaveLength(0);
    rig.network.succeed(second);
    await settle();
    expect(rig.store.completed).toHaveLength(1);
    expect(rig.store.completed[0]?.runIds).toEqual([first?.runId, second?.runId]);
  });

  it('have what they saw kept for one another only where vanished records are marked', async () => {
    const rig = setupRuns();
    const job = rig.addJob({ instances: 2 });
    const keptOf = () => [...rig.store.runs.values()].map(({ pages }) => pages[0]?.alone !== true);
    await rig.due(job, T);
    for (const request of [...rig.network.open.values()]) rig.network.succeed(request);
    await settle();
    rig.declareIntegration({ id: 'api', vanished: 'mark' });
    await rig.due(job, T + SECOND);
    for (const request of [...rig.network.open.values()]) rig.network.succeed(request);
    await settle();
    expect(keptOf()).toEqual([false, false, true, true]);
    expect(rig.store.completed.map(({ markVanished }) => markVanished)).toEqual([false, true]);
  });

  it('mark nothing as vanished when one of them ran before that was wanted', async () => {
    const rig = setupRuns();
    const job = rig.addJob({ instances: 2, retry: { delayMs: 0 } });
    await rig.due(job, T);
    const [first, second] = [...rig.network.open.values()];
    rig.network.succeed(first);
    rig.declareIntegration({ id: 'api', vanished: 'mark' });
    rig.network.fail(second);
    await settle();
    rig.network.succeed();
    await settle();
    expect(rig.rows()).toEqual(['succeeded', 'succeeded']);
    expect(rig.store.completed.map(({ markVanished }) => markVanished)).toEqual([false]);
  });

  it('are not complete when one of them failed', async () => {
    const rig = setupRuns();
    const job = rig.addJob({ instances: 2, retry: { maxAttempts: 1 } });
    await rig.due(job, T);
    const [first, second] = [...rig.network.open.values()];
    rig.network.fail(first);
    rig.network.succeed(second);
    await settle();
    expect(rig.rows()).toEqual(['failed', 'succeeded']);
    expect(rig.store.completed).toHaveLength(0);
  });
});

describe('retry', () => {
  it('tries again after the backoff, and gives up after the last attempt', async () => {
    const rig = setupRuns();
    const job = rig.addJob({ retry: { maxAttempts: 3, delayMs: 1000, jitter: 0 } });
    await rig.due(job, T);
    rig.network.fail();
    await settle();
    expect(rig.rows()).toEqual(['retrying']);
    expect(rig.store.rowsOf('job')[0]?.nextRetryAt).toBe(T + 1000);
    expect(rig.service.running).toBe(0);
    await rig.clock.advanceAsync(999);
    expect(rig.network.open.size).toBe(0);
    await rig.clock.advanceAsync(1);
    rig.network.fail();
    await settle();
    await rig.clock.advanceAsync(2000);
    rig.network.fail();
    await settle();
    expect(rig.rows()).toEqual(['failed']);
    expect(rig.network.started.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    const [row] = rig.store.rowsOf('job');
    const attempts = [...rig.store.run(row?.id ?? '').attempts.values()];
    expect(attempts.map(({ outcome }) => outcome)).toEqual(['failed', 'failed', 'failed']);
  });

  it('goes on from the position that is on disk', async () => {
    const rig = setupRuns();
    await rig.start(rig.addJob({ retry: { delayMs: 0 } }));
    rig.network.page({ page: 1, position: { page: 2 } });
    await settle();
    rig.network.fail();
    await settle();
    expect(rig.network.attempt()).toMatchObject({ resumeFrom: { page: 2 }, pagesStored: 1 });
  });

  it('is not held up when the wall clock is set back while it waits', async () => {
    const rig = setupRuns();
    await rig.start(rig.addJob({ retry: { delayMs: 60_000, jitter: 0 } }));
    rig.network.fail();
    await settle();
    rig.clock.jump(-24 * 3600 * SECOND);
    await rig.clock.advanceAsync(60_000);
    expect(rig.network.open.size).toBe(1);
  });

  it('comes at once when the wall clock says that it is due, as after sleep', async () => {
    const rig = setupRuns();
    await rig.start(
      rig.addJob({ retry: { delayMs: 3600 * SECOND, maxDelayMs: 3600 * SECOND, jitter: 0 } }),
    );
    rig.network.fail();
    await settle();
    rig.clock.jump(8 * 3600 * SECOND);
    await rig.clock.advanceAsync(30_000);
    expect(rig.network.open.size).toBe(1);
  });

  it('runs by what was declared meanwhile', async () => {
    const rig = setupRuns();
    const job = rig.addJob({ retry: { delayMs: 0 }, timeoutMs: 1000 });
    await rig.start(job);
    job.definition = { ...job.definition, timeoutMs: 2000 };
    rig.declareIntegration({ id: 'api', name: 'Newer' });
    rig.network.fail();
    await settle();
    expect(rig.network.attempt()).toMatchObject({ timeoutMs: 2000, planId: 2 });
  });

  it('comes at once, the first time, when the thread died under an attempt that may be sent twice', async () => {
    const rig = setupRuns();
    await rig.start(rig.addJob({ retry: { maxAttempts: 1 } }));
    rig.network.fail(undefined, { code: 'thread-died', kind: 'internal' });
    await settle();
    expect(rig.network.attempt().attempt).toBe(2);
    rig.network.fail(undefined, { code: 'thread-died', kind: 'internal' });
    await settle();
    expect(rig.rows()).toEqual(['failed']);
  });

  it('needs a decision when the thread died under an attempt that may not be sent twice', async () => {
    const rig = setupRuns({
      integration: { request: { url: 'https://x.example/', method: 'POST' } },
    });
    await rig.start(rig.addJob());
    rig.network.fail(undefined, { code: 'thread-died', kind: 'internal' });
    await settle();
    expect(rig.rows()).toEqual(['interrupted(needs-decision)']);
  });
});

describe('cancel', () => {
  it.each(['queued', 'held', 'delayed', 'running', 'waiting', 'retrying'])(
    'ends a run that is %s',
    async (phase) => {
      const rig = setupRuns({ settings: { concurrency: { runs: 1 } } });
      const job = rig.addJob({
        overlap: phase === 'held' ? 'queue-all' : 'allow',
        retry: { jitter: 0 },
      });
      if (phase === 'queued' || phase === 'held') await rig.start(job);
      const delayMs = phase === 'delayed' ? 60_000 : null;
      const [started] = await rig.start(job, { delayMs });
      const id = started?.id ?? '';
      if (phase === 'waiting') rig.network.waiting('origin');
      if (phase === 'retrying') rig.network.fail();
      await settle();
      const live = rig.service.find(id);
      expect(live?.phase.kind).toBe(phase);
      if (live) await rig.service.cancel(live);
      expect(rig.store.run(id).row).toMatchObject({ state: 'finished', outcome: 'cancelled' });
      expect(rig.service.find(id)).toBeUndefined();
      await rig.clock.advanceAsync(120_000);
      expect(rig.network.started.filter(({ runId }) => runId === id).length).toBeLessThanOrEqual(1);
      expect(rig.store.violations).toEqual([]);
    },
  );

  it('of a run between two attempts leaves its attempts as they ended', async () => {
    const rig = setupRuns();
    const [started] = await rig.start(rig.addJob());
    const id = started?.id ?? '';
    rig.network.fail();
    await settle();
    const live = rig.service.find(id);
    if (live) await rig.service.cancel(live);
    expect([...rig.store.run(id).attempts.values()].map(({ outcome }) => outcome)).toEqual([
      'failed',
    ]);
  });

  it('while a failed attempt is on its way to the disk: no retry follows', async () => {
    const rig = setupRuns();
    const [started] = await rig.start(rig.addJob());
    const id = started?.id ?? '';
    await settle();
    rig.store.hold();
    rig.network.fail();
    const live = rig.service.find(id);
    const cancelled = live && rig.service.cancel(live);
    await settle();
    rig.store.release();
    await cancelled;
    await rig.clock.advanceAsync(60_000);
    expect(rig.store.run(id).row.outcome).toBe('cancelled');
    expect(rig.network.started).toHaveLength(1);
  });

  it('and the end of the run at the same moment: one outcome', async () => {
    const rig = setupRuns();
    const [started] = await rig.start(rig.addJob());
    const live = rig.service.find(started?.id ?? '');
    const cancelled = live && rig.service.cancel(live);
    rig.network.succeed();
    await cancelled;
    await settle();
    expect(rig.rows()).toEqual(['succeeded']);
    expect(rig.told.filter((line) => line.startsWith('finished'))).toHaveLength(1);
  });

  it('refused by the store is carried out when the store is well', async () => {
    const rig = setupRuns({ settings: { concurrency: { runs: 1 } } });
    const job = rig.addJob({ overlap: 'queue-all' });
    await rig.start(job);
    const [held] = await rig.start(job);
    const live = rig.service.find(held?.id ?? '');
    rig.store.refuse();
    await expect(live && rig.service.cancel(live)).rejects.toThrow('cannot write');
    rig.store.accept();
    rig.service.storeRecovered();
    await settle();
    expect(rig.rows()).toEqual(['running', 'cancelled']);
    rig.network.succeed();
    await settle();
    expect(rig.service.isRunning('job')).toBe(false);
  });
});

describe('the line', () => {
  it('is served in turn when slots come free', async () => {
    const rig = setupRuns({ settings: { concurrency: { runs: 2 } } });
    const job = rig.addJob({ overlap: 'allow' });
    for (let n = 0; n < 5; n++) await rig.due(job, T + n);
    expect(rig.service.running).toBe(2);
    expect(rig.service.queued).toBe(3);
    rig.network.succeed();
    await settle();
    expect(rig.service.running).toBe(2);
    expect(rig.service.queued).toBe(2);
  });

  it('takes what has a free slot even when nothing may wait', async () => {
    const rig = setupRuns({ settings: { queue: { maxWaiting: 0 }, concurrency: { runs: 2 } } });
    const job = rig.addJob({ overlap: 'allow' });
    await rig.due(job, T, T + 1, T + 2);
    expect(rig.rows()).toEqual(['running', 'running', 'skipped(queue-full)']);
  });

  it('when full, due instants share one row until there is room again', async () => {
    const rig = setupRuns({ settings: { queue: { maxWaiting: 1 }, concurrency: { runs: 1 } } });
    const job = rig.addJob({ overlap: 'allow' });
    for (let n = 0; n < 6; n++) await rig.due(job, T + n);
    expect(rig.rows()).toEqual(['running', 'queued', 'skipped(queue-full) x4']);
    rig.network.succeed();
    await rig.settleStarts();
    await rig.due(job, T + 6);
    expect(rig.rows()).toEqual(['succeeded', 'running', 'skipped(queue-full) x4', 'queued']);
  });

  it('gives the slot of a run that waits for its API to another', async () => {
    const rig = setupRuns({ settings: { concurrency: { runs: 1 } } });
    const job = rig.addJob({ overlap: 'allow' });
    await rig.due(job, T);
    await rig.due(job, T + 1);
    rig.network.waiting('origin');
    expect(rig.service.running).toBe(1);
    expect(rig.network.open.size).toBe(2);
    rig.network.going();
    expect(rig.service.running).toBe(2);
    for (const request of [...rig.network.open.values()]) rig.network.succeed(request);
    await settle();
    expect(rig.service.running).toBe(0);
  });

  it('lets no more of a named group run than its limit, also while some of them wait', async () => {
    const rig = setupRuns({ settings: { groups: { reports: { maxRunning: 1 } } } });
    const jobs = ['a', 'b'].map((id) => rig.addJob({ id, group: 'reports' }));
    const other = rig.addJob({ id: 'c' });
    for (const job of [...jobs, other]) await rig.due(job, T);
    expect([rig.rows('a'), rig.rows('b'), rig.rows('c')]).toEqual([
      ['running'],
      ['queued'],
      ['running'],
    ]);
    rig.network.waiting('origin');
    await settle();
    expect(rig.rows('b')).toEqual(['queued']);
    rig.network.going();
    rig.network.succeed();
    await rig.settleStarts();
    expect(rig.rows('b')).toEqual(['running']);
  });

  it('holds what schedules asked for while everything is paused, not what a person asked for', async () => {
    const rig = setupRuns({ settings: { concurrency: { runs: 1 } } });
    const job = rig.addJob({ overlap: 'allow' });
    await rig.due(job, T);
    await rig.due(job, T + 1);
    rig.pausedAll = true;
    await rig.start(job);
    rig.network.succeed();
    await rig.settleStarts();
    expect(rig.rows()).toEqual(['succeeded', 'queued', 'running']);
    rig.pausedAll = false;
    rig.network.succeed();
    await rig.settleStarts();
    expect(rig.rows()).toEqual(['succeeded', 'running', 'succeeded']);
  });

  it('starts a delayed run when its time has come', async () => {
    const rig = setupRuns();
    await rig.start(rig.addJob(), { delayMs: 90_000 });
    await rig.clock.advanceAsync(89_999);
    expect(rig.rows()).toEqual(['queued']);
    await rig.clock.advanceAsync(1);
    expect(rig.service.running).toBe(1);
    await rig.settleStarts();
    expect(rig.rows()).toEqual(['running']);
  });
});

describe('while the store refuses', () => {
  it('a due instant is simply due again, and nothing of it is left behind', async () => {
    const rig = setupRuns();
    const job = rig.addJob();
    const before = job.runtime;
    rig.store.refuse();
    await expect(rig.due(job, T)).rejects.toThrow('cannot write');
    expect(job.runtime.coveredUntil).toBe(before.coveredUntil);
    expect(rig.service.running).toBe(0);
    expect(rig.service.isRunning('job')).toBe(false);
    rig.store.accept();
    await rig.due(job, T);
    rig.network.succeed();
    await settle();
    expect(rig.rows()).toEqual(['succeeded']);
    expect(rig.told.filter((line) => line.startsWith('finished'))).toHaveLength(1);
  });

  it('a page: the run is given up and goes on from the disk when the store is well', async () => {
    const rig = setupRuns();
    const [started] = await rig.start(rig.addJob());
    const id = started?.id ?? '';
    rig.network.page({ page: 1, position: { page: 2 } });
    await settle();
    rig.store.refuse();
    rig.network.page({ page: 2, position: { page: 3 } });
    await settle();
    expect(rig.service.running).toBe(0);
    expect(rig.service.find(id)?.phase.kind).toBe('stranded');
    rig.store.accept();
    rig.service.storeRecovered();
    await settle();
    expect(rig.network.attempt()).toMatchObject({
      resumeFrom: { page: 2 },
      pagesStored: 1,
      attempt: 2,
    });
    rig.network.succeed(undefined, { page: 2 });
    await settle();
    expect(rig.rows()).toEqual(['succeeded']);
    expect(rig.store.run(id).pages.map(({ page }) => page)).toEqual([1, 2]);
    const outcomes = [...rig.store.run(id).attempts.values()].map(({ outcome }) => outcome);
    expect(outcomes).toEqual(['interrupted', 'succeeded']);
  });

  it('a stranded attempt does not count against maxAttempts', async () => {
    const rig = setupRuns();
    await rig.start(rig.addJob({ retry: { maxAttempts: 1 } }));
    rig.store.refuse();
    rig.network.fail();
    await settle();
    rig.store.accept();
    rig.service.storeRecovered();
    await settle();
    expect(rig.network.attempt().attempt).toBe(2);
    expect(rig.store.rowsOf('job')[0]?.uncounted).toBe(1);
  });

  it('goes on by itself when the store refused once and never said that it is ill', async () => {
    const rig = setupRuns();
    await rig.start(rig.addJob());
    rig.store.refuse();
    rig.network.succeed();
    await settle();
    rig.store.accept();
    await rig.clock.advanceAsync(5000);
    rig.network.succeed();
    await settle();
    expect(rig.rows()).toEqual(['succeeded']);
  });

  it('ends as failed what a store that says it is well refuses again and again', async () => {
    const rig = setupRuns();
    await rig.start(rig.addJob());
    rig.store.refuse((ops) => ops.some((op) => op.kind === 'page.put'));
    for (let n = 0; n < 6; n++) {
      rig.network.succeed();
      await rig.clock.advanceAsync(5000);
    }
    await settle();
    expect(rig.rows()).toEqual(['failed']);
    expect(rig.store.rowsOf('job')[0]?.error?.code).toBe('store-unavailable');
  });

  it('leaves to a person what may have left and may not be sent twice', async () => {
    const rig = setupRuns({
      integration: { request: { url: 'https://x.example/', method: 'POST' } },
    });
    await rig.start(rig.addJob());
    await settle();
    rig.store.refuse();
    rig.network.succeed();
    await settle();
    rig.store.accept();
    rig.service.storeRecovered();
    await settle();
    expect(rig.rows()).toEqual(['interrupted(needs-decision)']);
    expect(rig.network.started).toHaveLength(1);
  });

  it('takes back what it believed of the job', async () => {
    const rig = setupRuns();
    const job = rig.addJob({ retry: { maxAttempts: 1 } });
    await rig.start(job);
    rig.store.refuse();
    rig.network.fail();
    await settle();
    expect(job.runtime.failuresInRow).toBe(0);
    rig.store.accept();
    rig.service.storeRecovered();
    await settle();
    rig.network.fail();
    await settle();
    expect(job.runtime.failuresInRow).toBe(1);
  });

  it('leaves instants alone that have their row already, and covers the others', async () => {
    const rig = setupRuns();
    const job = rig.addJob({ overlap: 'allow' });
    await rig.due(job, T + 1);
    await rig.service.submitDue(job, [run(T), run(T + 1), span('missed', T + 2, T + 5, 3)], T + 5);
    expect(rig.rows()).toEqual(['running', 'running', 'skipped(missed) x3']);
    expect(rig.store.jobs.get('job')?.runtime.coveredUntil).toBe(T + 5);
    expect(rig.service.running).toBe(2);
  });
});

describe('stop', () => {
  it('lets running work finish within the grace', async () => {
    const rig = setupRuns();
    await rig.start(rig.addJob());
    const stopping = rig.service.stop(2000);
    rig.network.succeed();
    await stopping;
    expect(rig.rows()).toEqual(['succeeded']);
  });

  it('stops the others between two pages; they go on at the next start', async () => {
    const rig = setupRuns();
    const [started] = await rig.start(rig.addJob());
    rig.network.page({ page: 1, position: { page: 2 } });
    const stopping = rig.service.stop(2000);
    await rig.clock.advanceAsync(2000);
    await stopping;
    expect(rig.rows()).toEqual(['queued(stopped)']);
    expect(rig.store.run(started?.id ?? '').position).toEqual({ page: 2 });
    expect(rig.told.some((line) => line.startsWith('finished'))).toBe(false);
  });

  it('does not wait for a retry', async () => {
    const rig = setupRuns();
    await rig.start(rig.addJob());
    const stopping = rig.service.stop(2000);
    rig.network.fail();
    await stopping;
    expect(rig.rows()).toEqual(['retrying']);
    expect(rig.clock.pendingTimers).toBe(0);
  });

  it('ends although the network does not answer', async () => {
    const rig = setupRuns();
    await rig.start(rig.addJob());
    rig.network.deaf = true;
    const stopping = rig.service.stop(2000);
    await rig.clock.advanceAsync(4000);
    await stopping;
    expect(rig.rows()).toEqual(['running']);
  });

  it('ends although the store refuses', async () => {
    const rig = setupRuns();
    await rig.start(rig.addJob());
    rig.network.page();
    await settle();
    rig.store.refuse();
    const stopping = rig.service.stop(2000);
    await rig.clock.advanceAsync(4000);
    await stopping;
    expect(rig.clock.pendingTimers).toBe(0);
  });

  it('keeps what a person cancelled from coming back', async () => {
    const rig = setupRuns();
    const [started] = await rig.start(rig.addJob());
    rig.network.deaf = true;
    const live = rig.service.find(started?.id ?? '');
    const cancelled = live && rig.service.cancel(live);
    const stopping = rig.service.stop(2000);
    await rig.clock.advanceAsync(2000);
    rig.network.end({ kind: 'cancelled' });
    await Promise.all([stopping, cancelled]);
    expect(rig.rows()).toEqual(['cancelled']);
  });

  it('starts nothing any more', async () => {
    const rig = setupRuns({ settings: { concurrency: { runs: 1 } } });
    const job = rig.addJob({ overlap: 'queue-all' });
    await rig.start(job);
    await rig.start(job);
    const stopping = rig.service.stop(2000);
    rig.network.succeed();
    await stopping;
    expect(rig.rows()).toEqual(['succeeded', 'queued']);
    expect(rig.network.started).toHaveLength(1);
  });
});

function counts(received: number) {
  return {
    requests: 1,
    notModified: 0,
    bytes: 10,
    received,
    valid: received,
    invalid: 0,
    warnings: 0,
    duplicates: 0,
  };
}
