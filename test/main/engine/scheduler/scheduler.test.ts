import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../support/manual-clock.ts';
import { MemoryStore } from '../../../support/memory-store.ts';
import { startPlanned, type PlannedRig } from '../../../support/planned-rig.ts';

const T = Date.parse('2026-01-01T00:00:00.000Z');
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const every = (everyMs: number) => ({ kind: 'fixed-rate', everyMs }) as const;
const cron = (expression: string) => ({ kind: 'cron', expression }) as const;

/** Each due instant of a fixed rate since `from` is in exactly one row. */
function expectCovered(rig: PlannedRig, everyMs: number, from: number, until: number): void {
  const covered = rig.store
    .rowsOf('job')
    .filter(({ scheduledFor, instance }) => scheduledFor !== null && instance === 1)
    .reduce((sum, { occurrences }) => sum + occurrences, 0);
  expect(covered).toBe(Math.floor((until - from) / everyMs) + 1);
  expect(rig.store.violations).toEqual([]);
}

describe('a job that is due', () => {
  it('runs at each instant, to the millisecond', async () => {
    const rig = await startPlanned();
    rig.answering();
    await rig.addJob({ schedule: every(10 * SECOND) });
    await rig.pass(30 * SECOND);
    expect(rig.instants(T)).toEqual(['schedule 0', 'schedule 10', 'schedule 20', 'schedule 30']);
    const lateness = rig.store
      .rowsOf('job')
      .map((row) => (row.startedAt ?? 0) - (row.scheduledFor ?? 0));
    expect(lateness).toEqual([0, 0, 0, 0]);
    await rig.stop();
  });

  it('every 100 ms misses nothing', async () => {
    const rig = await startPlanned();
    rig.answering();
    await rig.addJob({ schedule: every(100) });
    await rig.pass(2 * SECOND);
    expectCovered(rig, 100, T, T + 2 * SECOND);
    expect(new Set(rig.rows())).toEqual(new Set(['succeeded']));
  });

  it('when its run takes longer than its period, covers every instant by a row', async () => {
    const rig = await startPlanned();
    await rig.addJob({ schedule: every(SECOND) });
    await rig.pass(9500);
    rig.network.succeed();
    await rig.pass(SECOND);
    expect(rig.rows()).toEqual(['succeeded', 'skipped(overlap) x9', 'running']);
  });

  it('with 1,000 others in the same second runs them all, the limit respected', async () => {
    const rig = await startPlanned({ clock: new ManualClock(T + SECOND) });
    for (let n = 0; n < 1000; n++)
      await rig.addJob({ id: `job-${n}`, schedule: cron('* * * * *') });
    let most = 0;
    rig.answering(() => {
      most = Math.max(most, rig.service.running);
      return true;
    });
    await rig.pass(MINUTE);
    expect(most).toBeLessThanOrEqual(64);
    expect(rig.network.started).toHaveLength(1000);
    expect([...rig.store.runs.values()].every(({ row }) => row.outcome === 'succeeded')).toBe(true);
  });

  it('with 1,000 others leaves the loop to others in between, and misses none', async () => {
    class BusyClock extends ManualClock {
      #passed = 0;
      /** Looking at the clock is all that takes time. */
      override monotonic(): number {
        return super.monotonic() + (this.#passed += 0.02);
      }
    }
    const clock = new BusyClock(T + SECOND);
    const rig = await startPlanned({ clock });
    for (let n = 0; n < 1000; n++)
      await rig.addJob({ id: `job-${n}`, schedule: cron('* * * * *') });
    rig.answering();
    let most = 0;
    let known = 0;
    await clock.advanceAsync(MINUTE, async () => {
      most = Math.max(most, rig.store.runs.size - known);
      known = rig.store.runs.size;
      await new Promise((resolve) => setImmediate(resolve));
    });
    expect(known).toBe(1000);
    expect(most).toBeLessThan(500);
    expect(rig.store.violations).toEqual([]);
  });

  it('is due again when the store refused, and runs once', async () => {
    const rig = await startPlanned();
    rig.answering();
    await rig.addJob({ schedule: every(10 * SECOND) });
    await rig.pass(5 * SECOND);
    rig.store.refuse();
    await rig.pass(7 * SECOND);
    expect(rig.rows()).toEqual(['succeeded']);
    rig.store.accept();
    await rig.pass(3 * SECOND);
    expect(rig.instants(T)).toEqual(['schedule 0', 'catch-up 10']);
  });

  it('waits while the store is ill, and is caught up with by its policy', async () => {
    const rig = await startPlanned();
    rig.answering();
    await rig.addJob({ schedule: every(10 * SECOND) });
    await rig.pass(5 * SECOND);
    rig.store.setHealth('degraded');
    await rig.pass(60 * SECOND);
    rig.store.setHealth('ok');
    await rig.pass(6 * SECOND);
    expect(rig.instants(T)).toEqual(['schedule 0', 'missed 10..50', 'catch-up 60', 'schedule 70']);
  });

  it.each(['degraded', 'read-only'] as const)(
    'tells no next run while the store is %s, since nobody knows when that ends',
    async (state) => {
      const rig = await startPlanned();
      rig.answering();
      const job = await rig.addJob({ schedule: every(10 * SECOND) });
      await rig.pass(5 * SECOND);
      rig.store.setHealth(state);
      expect([rig.view(job).nextRunAt, rig.scheduler.nextInstants(job, 3)]).toEqual([null, []]);
      rig.store.setHealth('ok');
      expect(rig.view(job).nextRunAt).toBe('2026-01-01T00:00:10.000Z');
    },
  );
});

describe('a chain of delays', () => {
  it('counts from the end of each run', async () => {
    const rig = await startPlanned();
    await rig.addJob({ schedule: { kind: 'fixed-delay', delayMs: 10 * SECOND } });
    await rig.pass(3 * SECOND);
    rig.network.succeed();
    await rig.pass(15 * SECOND);
    rig.network.succeed();
    await rig.pass(10 * SECOND);
    expect(rig.instants(T)).toEqual(['schedule 0', 'schedule 13', 'schedule 28']);
  });

  it('survives a start that was refused because the line is full', async () => {
    const rig = await startPlanned({
      settings: { queue: { maxWaiting: 0 }, concurrency: { runs: 1 } },
    });
    const other = await rig.addJob({ id: 'other' });
    const asked = { trigger: 'manual', triggeredBy: 'gui', scheduledFor: null } as const;
    await rig.service.start(other, asked);
    await rig.addJob({ schedule: { kind: 'fixed-delay', delayMs: 10 * SECOND } });
    await rig.pass(15 * SECOND);
    expect(rig.rows()[0]).toContain('queue-full');
    rig.network.succeed();
    await rig.pass(10 * SECOND);
    expect(rig.rows().at(-1)).toBe('running');
  });

  it('goes on after a crash, and after a run that needs a decision', async () => {
    const clock = new ManualClock();
    const rig = await startPlanned({
      clock,
      integration: { request: { url: 'https://x.example/', method: 'POST' } },
    });
    await rig.addJob({ schedule: { kind: 'fixed-delay', delayMs: 10 * SECOND } });
    await rig.pass(SECOND);
    rig.crash();
    const again = await startPlanned({ clock, store: rig.store });
    expect(again.rows()).toEqual(['interrupted(needs-decision)']);
    await again.pass(10 * SECOND);
    expect(again.rows()).toEqual(['interrupted(needs-decision)', 'running']);
  });
});

describe('a change in the very moment of being due', () => {
  const offsets = [-1, 0, 1];

  it.each(offsets)(
    'edited %i ms from it: exactly one outcome, the new declaration from then on',
    async (offset) => {
      const rig = await startPlanned();
      rig.answering();
      await rig.addJob({ schedule: every(10 * SECOND) });
      await rig.pass(10 * SECOND + offset);
      await rig.updateJob('job', { schedule: every(20 * SECOND) });
      await rig.pass(31 * SECOND);
      const instants = rig.instants(T);
      expect(instants.filter((each) => each.endsWith(' 10')).length).toBe(offset < 0 ? 0 : 1);
      expect(instants).toEqual([
        'schedule 0',
        ...(offset < 0 ? [] : ['schedule 10']),
        'schedule 20',
        'schedule 40',
      ]);
    },
  );

  it('nothing of the old declaration fires after the answer, a thousand times', async () => {
    const rig = await startPlanned();
    rig.answering();
    await rig.addJob({ schedule: every(100) });
    for (let n = 0; n < 1000; n++) {
      await rig.pass(100);
      await rig.catalog.pauseJob('job', null, null);
      const sent = rig.network.started.length;
      await rig.pass(50);
      expect(rig.network.started.length).toBe(sent);
      await rig.catalog.resumeJob('job');
    }
    await rig.pass(0);
    expect(rig.store.violations).toEqual([]);
    expectCovered(rig, 100, T, rig.clock.now());
  });

  it('on a slow disk: what comes up before the answer belongs to the new declaration', async () => {
    const rig = await startPlanned();
    rig.answering();
    await rig.addJob({ schedule: every(SECOND) });
    await rig.pass(1500);
    rig.store.hold();
    const editing = rig.updateJob('job', { schedule: every(10 * SECOND) });
    await rig.pass(3 * SECOND);
    rig.store.release();
    await editing;
    await rig.pass(6 * SECOND);
    expect(rig.instants(T)).toEqual(['schedule 0', 'schedule 1', 'schedule 10']);
  });

  it('deleted: what was due has its row, and nothing fires any more', async () => {
    const rig = await startPlanned();
    await rig.addJob({ schedule: every(10 * SECOND), overlap: 'allow' });
    await rig.pass(9999);
    rig.clock.cancelAll();
    await rig.clock.advanceAsync(1);
    await rig.catalog.deleteJob('job');
    expect(rig.rows()).toEqual(['cancelled', 'cancelled']);
    await rig.pass(MINUTE);
    expect(rig.rows()).toHaveLength(2);
  });

  it('refused by the store leaves everything as it was', async () => {
    const rig = await startPlanned();
    rig.answering();
    await rig.addJob({ schedule: every(10 * SECOND) });
    await rig.pass(SECOND);
    rig.store.refuse();
    await expect(rig.updateJob('job', { schedule: every(SECOND) })).rejects.toThrow('cannot write');
    await expect(rig.catalog.pauseJob('job', null, null)).rejects.toThrow('cannot write');
    await expect(rig.catalog.deleteJob('job')).rejects.toThrow('cannot write');
    rig.store.accept();
    await rig.pass(10 * SECOND);
    expect(rig.instants(T)).toEqual(['schedule 0', 'schedule 10']);
  });
});

describe('pause', () => {
  it('of a job makes skipped spans; its policy decides what is caught up when it is resumed', async () => {
    const rig = await startPlanned();
    rig.answering();
    await rig.addJob({ schedule: every(10 * SECOND) });
    await rig.pass(15 * SECOND);
    await rig.catalog.pauseJob('job', null, 'holidays');
    await rig.pass(50 * SECOND);
    await rig.catalog.resumeJob('job');
    await rig.pass(6 * SECOND);
    expect(rig.instants(T)).toEqual([
      'schedule 0',
      'schedule 10',
      'paused 20..50',
      'catch-up 60',
      'schedule 70',
    ]);
  });

  it('with an end ends by itself', async () => {
    const rig = await startPlanned();
    rig.answering();
    const job = await rig.addJob({ schedule: every(10 * SECOND), missedRuns: { policy: 'skip' } });
    await rig.pass(15 * SECOND);
    await rig.catalog.pauseJob('job', T + 35 * SECOND, null);
    expect(rig.view(job)).toMatchObject({ state: 'paused', nextRunAt: '2026-01-01T00:00:40.000Z' });
    await rig.pass(26 * SECOND);
    expect(rig.view(job).state).toBe('enabled');
    expect(rig.instants(T)).toEqual(['schedule 0', 'schedule 10', 'paused 20..30', 'schedule 40']);
  });

  it('made longer keeps what was to be caught up', async () => {
    const rig = await startPlanned();
    rig.answering();
    await rig.addJob({ schedule: every(10 * SECOND) });
    await rig.pass(5 * SECOND);
    await rig.catalog.pauseJob('job', null, null);
    await rig.pass(20 * SECOND);
    await rig.catalog.pauseJob('job', T + 40 * SECOND, 'longer');
    await rig.pass(16 * SECOND);
    expect(rig.instants(T)).toEqual(['schedule 0', 'paused 10..30', 'catch-up 40']);
  });

  it('of everything holds every job and survives a restart', async () => {
    const clock = new ManualClock();
    const rig = await startPlanned({ clock });
    rig.answering();
    await rig.addJob({ schedule: every(10 * SECOND) });
    await rig.pass(SECOND);
    await rig.pauseOfAll.pause(null, 'holidays');
    await rig.pass(20 * SECOND);
    rig.crash();
    const again = await startPlanned({ clock, store: rig.store });
    again.answering();
    await again.pass(20 * SECOND);
    expect(again.network.started).toHaveLength(0);
    await again.pauseOfAll.resume();
    await again.pass(10 * SECOND);
    expect(again.instants(T)).toEqual([
      'schedule 0',
      'paused 10..30',
      'catch-up 40',
      'schedule 50',
    ]);
  });

  it('of everything with an end lets what was held start when it ends', async () => {
    const rig = await startPlanned({ settings: { concurrency: { runs: 1 } } });
    await rig.addJob({ id: 'a', schedule: every(HOUR) });
    await rig.addJob({ id: 'b', schedule: every(HOUR) });
    await rig.pass(0);
    await rig.pauseOfAll.pause(T + MINUTE, null);
    rig.network.succeed();
    await rig.pass(59 * SECOND);
    expect(rig.rows('b')).toEqual(['queued']);
    await rig.pass(2 * SECOND);
    expect(rig.rows('b')).toEqual(['running']);
  });
});

describe('the clock', () => {
  it.each([HOUR, 8 * HOUR, 3 * DAY])(
    'jumps by %i ms: one catch-up a job, one span, no storm',
    async (jump) => {
      const rig = await startPlanned();
      rig.answering();
      await rig.addJob({ id: 'fast', schedule: every(SECOND) });
      await rig.addJob({ id: 'slow', schedule: every(30 * SECOND) });
      await rig.pass(10 * SECOND);
      rig.clock.jump(jump);
      await rig.pass(30 * SECOND);
      for (const id of ['fast', 'slow']) {
        const rows = rig.store.rowsOf(id);
        expect(rows.filter(({ trigger }) => trigger === 'catch-up')).toHaveLength(1);
        expect(rows.filter(({ reason }) => reason === 'missed').length).toBeLessThanOrEqual(1);
      }
      expect(rig.verdicts.map(({ kind }) => kind)).toEqual(['jump']);
      expect(rig.store.violations).toEqual([]);
    },
  );

  it.each([
    ['a rate', every(10 * SECOND)],
    ['an interval by cron', cron('*/10 * * * * *')],
    ['a chain of delays', { kind: 'fixed-delay', delayMs: 10 * SECOND } as const],
  ])('is set back: %s goes on, and no instant comes twice', async (_, schedule) => {
    const rig = await startPlanned();
    rig.answering();
    await rig.addJob({ schedule });
    await rig.pass(60 * SECOND);
    const before = rig.network.started.length;
    rig.clock.jump(-2 * HOUR);
    await rig.pass(90 * SECOND);
    const after = rig.network.started.length - before;
    expect(after).toBeGreaterThanOrEqual(5);
    expect(after).toBeLessThanOrEqual(10);
    expect(rig.store.violations).toEqual([]);
  });

  it('was set back before a restart: what follows real time goes on', async () => {
    const clock = new ManualClock();
    const rig = await startPlanned({ clock });
    rig.answering();
    await rig.addJob({ schedule: every(10 * SECOND) });
    await rig.pass(60 * SECOND);
    rig.crash();
    clock.jump(-2 * HOUR);
    const again = await startPlanned({ clock, store: rig.store });
    again.answering();
    await again.pass(60 * SECOND);
    expect(again.network.started.length).toBeGreaterThanOrEqual(5);
    expect(again.store.violations).toEqual([]);
  });

  it('jumps by ten years and back: nothing is written down until somebody confirms it', async () => {
    const rig = await startPlanned();
    rig.answering();
    const job = await rig.addJob({ schedule: every(10 * SECOND) });
    await rig.pass(15 * SECOND);
    const { coveredUntil } = job.runtime;
    rig.clock.jump(3650 * DAY);
    await rig.pass(2 * MINUTE);
    expect(rig.pauseOfAll.at(rig.clock.now())?.reason).toBe('clock-jump');
    expect(job.runtime.coveredUntil).toBe(coveredUntil);
    rig.clock.jump(-3650 * DAY);
    await rig.pass(2 * MINUTE);
    expect(rig.rows()).toEqual(['succeeded', 'succeeded']);
    rig.scheduler.confirmClock();
    await rig.pauseOfAll.resume();
    await rig.pass(20 * SECOND);
    expect(rig.store.rowsOf('job').length).toBeLessThan(10);
    expect(rig.rows().at(-1)).toBe('succeeded');
    expect(rig.pauseOfAll.at(rig.clock.now())).toBeNull();
  });

  it('does not remember a time that was not believed', async () => {
    const rig = await startPlanned();
    await rig.pass(MINUTE);
    rig.clock.jump(3650 * DAY);
    await rig.pass(5 * MINUTE);
    expect(rig.store.settings.get('lastSeen')).toBeLessThan(T + 3650 * DAY);
  });

  it('of a dead battery holds everything until it is set right, and that is no jump', async () => {
    const clock = new ManualClock('2015-01-01T00:00:00.000Z');
    const store = new MemoryStore();
    store.settings.set('lastSeen', T);
    const rig = await startPlanned({ clock, store });
    rig.answering();
    await rig.addJob({ schedule: every(10 * SECOND) });
    await rig.pass(MINUTE);
    expect(rig.network.started).toHaveLength(0);
    clock.jump(T + HOUR - clock.now());
    await rig.pass(MINUTE);
    expect(rig.verdicts.map(({ kind }) => kind)).toContain('believed');
    expect(rig.network.started.length).toBeGreaterThan(0);
    expect(rig.pauseOfAll.at(clock.now())).toBeNull();
  });

  it('a person may say that it is right as it is', async () => {
    const clock = new ManualClock('2015-01-01T00:00:00.000Z');
    const rig = await startPlanned({ clock });
    rig.answering();
    await rig.addJob({ schedule: every(10 * SECOND) });
    await rig.pass(MINUTE);
    rig.scheduler.confirmClock();
    await rig.pauseOfAll.resume();
    await rig.pass(MINUTE);
    expect(rig.network.started.length).toBeGreaterThanOrEqual(6);
  });
});

describe('away for three days', () => {
  it.each([
    ['run-latest', 1],
    ['run-all', 100],
    ['skip', 0],
  ] as const)('%s: %i catch-ups, the rest in one row', async (policy, catchUps) => {
    const clock = new ManualClock();
    const rig = await startPlanned({ clock });
    rig.answering();
    await rig.addJob({ schedule: every(30 * SECOND), missedRuns: { policy } });
    await rig.pass(SECOND);
    rig.crash();
    await clock.advanceAsync(3 * DAY);
    const again = await startPlanned({ clock, store: rig.store });
    again.answering();
    await again.pass(MINUTE);
    const rows = again.store.rowsOf('job');
    expect(rows.filter(({ trigger }) => trigger === 'catch-up')).toHaveLength(catchUps);
    expect(rows.filter(({ reason }) => reason === 'missed')).toHaveLength(1);
    expectCovered(again, 30 * SECOND, T, clock.now());
  });

  it('with many jobs, does not begin them all in one moment', async () => {
    const clock = new ManualClock();
    const rig = await startPlanned({ clock });
    for (let n = 0; n < 200; n++) await rig.addJob({ id: `job-${n}`, schedule: cron('0 * * * *') });
    rig.crash();
    await clock.advanceAsync(DAY);
    const again = await startPlanned({ clock, store: rig.store });
    await again.pass(0);
    expect(again.network.started.length).toBeLessThan(50);
    again.answering();
    await again.pass(MINUTE);
    expect(again.network.started).toHaveLength(200);
  });
});

describe('the zone of the machine', () => {
  it('changes: jobs without a zone of their own are planned anew', async () => {
    let zone = 'UTC';
    const rig = await startPlanned({ zone: () => zone });
    const own = await rig.addJob({ id: 'own', schedule: cron('0 12 * * *') });
    const named = await rig.addJob({
      id: 'named',
      schedule: { kind: 'cron', expression: '0 12 * * *', timeZone: 'Europe/Lisbon' },
    });
    zone = 'America/New_York';
    await rig.pass(31 * SECOND);
    expect(rig.view(own).nextRunAt).toBe('2026-01-01T17:00:00.000Z');
    expect(rig.view(named).nextRunAt).toBe('2026-01-01T12:00:00.000Z');
  });
});

it('one job that cannot be planned does not keep the others from running', async () => {
  const clock = new ManualClock();
  const rig = await startPlanned({ clock });
  await rig.addJob({ id: 'bad', schedule: every(SECOND) });
  await rig.addJob({ id: 'good', schedule: every(SECOND) });
  rig.crash();
  const bad = rig.store.jobs.get('bad');
  if (bad)
    bad.job = {
      ...bad.job,
      schedule: { kind: 'cron', expression: '0 * * * *', timeZone: 'Gone/Zone' },
    };
  const again = await startPlanned({ clock, store: rig.store });
  again.answering();
  await again.pass(5 * SECOND);
  expect(again.broken).toContain('bad');
  expect(again.rows('good').length).toBeGreaterThan(3);
});
