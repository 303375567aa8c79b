import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { AttemptRequest } from '../../../../src/main/engine/pool/protocol.ts';
import { OVERLAPS, type JobInput } from '../../../../src/shared/job.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { startPlanned, type PlannedRig } from '../../../support/planned-rig.ts';
import { RunStates } from '../../../support/run-states.ts';

/**
 * Random lives of a few jobs: time passes, requests are answered well or badly or wait, people start, cancel, pause,
 * edit, the store refuses, the process dies, the clock is set back or forward. Whatever happens:
 *
 * - no transaction asks the store for what may not be (a second end, a second row of an instant, a mark that moves back)
 * - no slot leaks: what runs is what the network thread is reading
 * - overlap policies are kept at every moment
 * - in the end every run has one outcome, is told once, and its counters add up
 * - what is told of each run is a life that the model of its states knows
 * - a request that may not be sent twice is never sent again after its outcome was unknown
 */
const SECOND = 1000;
const LIMIT = 3;

type Step = (world: World) => Promise<void>;

interface World {
  rig: PlannedRig;
  readonly clock: ManualClock;
  readonly told: Map<string, number>;
  /** The model that what is told of runs is held against. */
  readonly states: RunStates;
}

const JOBS: readonly (Partial<JobInput> & { id: string })[] = [
  ...OVERLAPS.map((overlap) => ({
    id: overlap,
    overlap,
    maxParallel: overlap === 'allow' ? 2 : null,
    schedule: { kind: 'fixed-rate', everyMs: 7 * SECOND } as const,
  })),
  { id: 'pair', instances: 2, schedule: { kind: 'fixed-rate', everyMs: 11 * SECOND } },
  {
    id: 'pairs',
    instances: 2,
    overlap: 'queue-all',
    schedule: { kind: 'fixed-rate', everyMs: 8 * SECOND },
  },
  { id: 'chain', schedule: { kind: 'fixed-delay', delayMs: 5 * SECOND } },
  { id: 'grouped', group: 'one', schedule: { kind: 'cron', expression: '*/9 * * * * *' } },
];
const SETTINGS = {
  concurrency: { runs: LIMIT },
  queue: { maxWaiting: 6 },
  groups: { one: { maxRunning: 1 } },
  autoPause: { afterFailures: 4, afterConfigErrors: 3 },
};

const jobIds = fc.constantFrom(...JOBS.map(({ id }) => id));
const nth = fc.nat(20);

function pick<T>(items: Iterable<T>, index: number): T | undefined {
  const all = [...items];
  return all[index % Math.max(all.length, 1)];
}

const request = (world: World, index: number) => pick(world.rig.network.open.values(), index);

/** What the store refuses now is no surprise. */
const unlessRefused = (change: Promise<unknown>) =>
  change.then(
    () => undefined,
    (error: unknown) => {
      if (!/cannot write|There is no/.test(String(error))) throw error;
    },
  );

/** So often among the steps, with a value drawn for it. */
function step<T>(
  weight: number,
  arbitrary: fc.Arbitrary<T>,
  act: (world: World, value: T) => Promise<void>,
) {
  return {
    weight,
    arbitrary: arbitrary.map(
      (value): Step =>
        (world) =>
          act(world, value),
    ),
  };
}

/** Something becomes of one of the open requests. */
function answer<T>(
  weight: number,
  arbitrary: fc.Arbitrary<T>,
  act: (rig: PlannedRig, open: AttemptRequest, value: T) => void,
) {
  return step(weight, fc.tuple(nth, arbitrary), async (world, [index, value]) => {
    const open = request(world, index);
    if (open) act(world.rig, open, value);
  });
}

const nothing = fc.constant(null);
const kinds = fc.constantFrom('transient', 'config', 'internal');

const steps: fc.Arbitrary<Step> = fc.oneof(
  step(6, fc.integer({ min: 1, max: 9000 }), ({ rig }, ms) => rig.pass(ms)),
  answer(6, nothing, ({ network }, open) => network.succeed(open)),
  answer(2, nothing, ({ network }, open) => network.page({}, open)),
  answer(3, kinds, ({ network }, open, kind) => network.fail(open, { kind })),
  answer(1, nothing, ({ network }, open) =>
    network.fail(open, { code: 'thread-died', kind: 'internal' }),
  ),
  answer(1, nothing, ({ network }, open) => network.waiting('origin', open)),
  answer(1, nothing, ({ network }, open) => network.going(open)),
  step(3, fc.tuple(jobIds, fc.constantFrom(null, 4000)), async ({ rig }, [id, delayMs]) => {
    const job = rig.catalog.jobs.get(id);
    const asked = { trigger: 'manual', triggeredBy: 'gui', scheduledFor: null, delayMs } as const;
    if (job) await unlessRefused(rig.service.start(job, asked));
  }),
  step(3, nth, async ({ rig }, index) => {
    const live = pick(rig.service.live(), index);
    if (live) rig.service.cancel(live).catch(() => undefined);
  }),
  step(1, jobIds, ({ rig }, id) => unlessRefused(rig.catalog.pauseJob(id, null, null))),
  step(2, jobIds, ({ rig }, id) => unlessRefused(rig.catalog.resumeJob(id))),
  step(1, jobIds, ({ rig }, id) => {
    const job = JOBS.find((each) => each.id === id);
    return unlessRefused(rig.updateJob(id, { ...job, description: `at ${rig.clock.now()}` }));
  }),
  step(1, fc.boolean(), ({ rig: { pauseOfAll } }, paused) =>
    unlessRefused(paused ? pauseOfAll.pause(null, null) : pauseOfAll.resume()),
  ),
  step(1, nothing, async ({ rig }) => rig.store.refuse()),
  step(2, nothing, async ({ rig }) => {
    rig.store.accept();
    rig.store.setHealth('ok');
  }),
  step(1, nothing, async ({ rig }) => rig.store.setHealth('degraded')),
  step(1, nothing, async (world) => {
    world.rig.crash();
    world.states.crashed([...world.rig.store.runs.values()].map(({ row }) => row));
    world.rig = await start(world);
  }),
  step(1, fc.integer({ min: -90, max: 90 }), async ({ clock }, seconds) =>
    clock.jump(seconds * SECOND),
  ),
);

async function start(
  world: Pick<World, 'clock' | 'told' | 'states'> & { rig?: PlannedRig },
): Promise<PlannedRig> {
  const { clock, told, states } = world;
  const store = world.rig ? { store: world.rig.store } : {};
  return startPlanned({
    clock,
    ...store,
    settings: SETTINGS,
    follow: (events) => {
      states.follow(events);
      events.on('run.finished', ({ run }) => void told.set(run.id, (told.get(run.id) ?? 0) + 1));
    },
  });
}

function expectSound({ rig, states }: World): void {
  expect(rig.store.violations).toEqual([]);
  expect(states.violations).toEqual([]);
  const live = [...rig.service.live()];
  const reading = live.filter(({ phase }) => phase.kind === 'running');
  expect(rig.service.running).toBe(reading.length);
  const groups = new Map<string, Set<unknown>>();
  for (const run of live) {
    if (run.attemptId === null && run.phase.kind !== 'closing') continue;
    const own = groups.get(run.jobId) ?? new Set();
    groups.set(run.jobId, own.add(run.group));
  }
  for (const [id, active] of groups)
    expect(active.size, id).toBeLessThanOrEqual(id === 'allow' ? 2 : 1);
  expect(rig.service.queued).toBe(live.filter(({ phase }) => phase.kind === 'queued').length);
}

/** Everything is well again, and nothing new comes: all of it must come to its end. */
async function comeToRest(world: World): Promise<void> {
  const { rig } = world;
  rig.store.accept();
  rig.store.setHealth('ok');
  rig.scheduler.confirmClock();
  await rig.pauseOfAll.resume();
  for (const { id } of JOBS)
    await rig.updateJob(id, { ...JOBS.find((job) => job.id === id), schedule: { kind: 'manual' } });
  for (const { id } of JOBS) await rig.catalog.resumeJob(id);
  rig.answering();
  await rig.pass(3600 * SECOND);
  await rig.pass(3600 * SECOND);
}

function expectAtRest({ rig, told, states }: World): void {
  expect([states.violations, states.open]).toEqual([[], []]);
  expect([...rig.service.live()].map(({ id, phase }) => `${id} ${phase.kind}`)).toEqual([]);
  expect([rig.service.running, rig.service.queued]).toEqual([0, 0]);
  for (const { row, counts } of rig.store.runs.values()) {
    expect(row.state).toBe('finished');
    expect(row.outcome).not.toBeNull();
    expect(counts.received).toBe(counts.valid + counts.invalid);
    expect(counts.valid).toBe(counts.new + counts.changed + counts.unchanged + counts.duplicates);
    expect(told.get(row.id) ?? 0).toBeLessThanOrEqual(1);
  }
  expect(rig.store.violations).toEqual([]);
  // No timer is left but that of the scheduler.
  expect(rig.clock.pendingTimers).toBeLessThanOrEqual(2);
}

it(
  'whatever happens, each run comes to one end and nothing leaks',
  { timeout: 120_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(steps, { minLength: 5, maxLength: 60 }), async (life) => {
        const world: World = {
          clock: new ManualClock(),
          told: new Map(),
          states: new RunStates(),
          rig: undefined as never,
        };
        world.rig = await start({ clock: world.clock, told: world.told, states: world.states });
        for (const job of JOBS) await world.rig.addJob(job);
        for (const step of life) {
          await step(world);
          await world.rig.settle();
          expectSound(world);
        }
        await comeToRest(world);
        expectAtRest(world);
      }),
      { numRuns: Number(process.env['MODEL_RUNS'] ?? 60) },
    );
  },
);
