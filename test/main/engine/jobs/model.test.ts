import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { StartRequest } from '../../../../src/main/engine/jobs/start.ts';
import type { AttemptRequest } from '../../../../src/main/engine/pool/protocol.ts';
import { integrationInputSchema } from '../../../../src/shared/integration.ts';
import { OVERLAPS, type JobInput } from '../../../../src/shared/job.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { startPlanned, type PlannedRig } from '../../../support/planned-rig.ts';
import { RunStates } from '../../../support/run-states.ts';

/**
 * Random lives of a few jobs: time passes, requests are answered well or badly or wait, people start, cancel, pause,
 * edit, delete, the store refuses or keeps everybody waiting, the process dies or is stopped, the clock is set back or forward. Whatever happens:
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

interface Step {
  act(world: World): Promise<void>;
  [fc.toStringMethod](): string;
}

interface World {
  rig: PlannedRig;
  readonly clock: ManualClock;
  readonly told: Map<string, number>;
  /** Changes that are not answered yet. */
  readonly asked: Set<Promise<unknown>>;
  readonly surprises: unknown[];
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
  {
    id: 'once',
    integrationId: 'orders',
    instances: 2,
    overlap: 'queue-all',
    schedule: { kind: 'fixed-rate', everyMs: 10 * SECOND },
  },
];
/** Its request may not be sent twice. */
const ORDERS = integrationInputSchema.parse({
  id: 'orders',
  name: 'Orders',
  request: { url: 'https://api.example.com/orders', method: 'POST' },
});
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

/** Somebody asks for a change and does not wait for the answer. What the store refuses now is no surprise. */
function ask({ asked, surprises }: World, change: Promise<unknown>): void {
  const answered = change
    .catch((error: unknown) => {
      if (!/cannot write|There is no|There is already/.test(String(error))) surprises.push(error);
    })
    .finally(() => asked.delete(answered));
  asked.add(answered);
}

/** So often among the steps, with a value drawn for it; told by its name when a life goes wrong. */
function step<T>(
  name: string,
  weight: number,
  arbitrary: fc.Arbitrary<T>,
  act: (world: World, value: T) => Promise<void>,
) {
  return {
    weight,
    arbitrary: arbitrary.map((value): Step => ({
      act: (world) => act(world, value),
      [fc.toStringMethod]: () => `${name} ${fc.stringify(value)}`,
    })),
  };
}

/** Something becomes of one of the open requests. */
function answer<T>(
  name: string,
  weight: number,
  arbitrary: fc.Arbitrary<T>,
  act: (rig: PlannedRig, open: AttemptRequest, value: T) => void,
) {
  return step(name, weight, fc.tuple(nth, arbitrary), async (world, [index, value]) => {
    const open = request(world, index);
    if (open) act(world.rig, open, value);
  });
}

/** Somebody changes something, without waiting for the answer. */
function change<T>(
  name: string,
  weight: number,
  arbitrary: fc.Arbitrary<T>,
  make: (rig: PlannedRig, value: T) => Promise<unknown>,
) {
  return step(name, weight, arbitrary, async (world, value) => ask(world, make(world.rig, value)));
}

const nothing = fc.constant(null);
const kinds = fc.constantFrom('transient', 'config', 'internal');

const steps: fc.Arbitrary<Step> = fc.oneof(
  step('pass', 6, fc.integer({ min: 1, max: 9000 }), ({ rig }, ms) => rig.pass(ms)),
  answer('succeed', 6, nothing, ({ network }, open) => network.succeed(open)),
  answer('page', 2, nothing, ({ network }, open) => network.page({}, open)),
  answer('fail', 3, kinds, ({ network }, open, kind) => network.fail(open, { kind })),
  answer('thread dies', 1, nothing, ({ network }, open) =>
    network.fail(open, { code: 'thread-died', kind: 'internal' }),
  ),
  answer('wait', 1, nothing, ({ network }, open) => network.waiting('origin', open)),
  answer('go on', 1, nothing, ({ network }, open) => network.going(open)),
  step('start', 3, fc.tuple(jobIds, fc.constantFrom(null, 4000)), (world, [id, delayMs]) =>
    startJob(world, id, { delayMs }),
  ),
  step('start at', 1, fc.tuple(jobIds, fc.nat(9000)), (world, [id, inMs]) =>
    startJob(world, id, { notBefore: world.clock.now() + inMs }),
  ),
  step('cancel', 3, nth, async ({ rig }, index) => {
    const live = pick(rig.service.live(), index);
    if (live) rig.service.cancel(live).catch(() => undefined);
  }),
  change('pause', 1, jobIds, ({ catalog }, id) => catalog.pauseJob(id, null, null)),
  change('resume', 2, jobIds, ({ catalog }, id) => catalog.resumeJob(id)),
  change('edit', 1, jobIds, (rig, id) => {
    const job = JOBS.find((each) => each.id === id);
    return rig.updateJob(id, { ...job, description: `at ${rig.clock.now()}` });
  }),
  change('delete', 1, jobIds, ({ catalog }, id) => catalog.deleteJob(id)),
  change('add', 1, nothing, (rig) => addMissing(rig)),
  change('pause all', 1, fc.boolean(), ({ pauseOfAll }, paused) =>
    paused ? pauseOfAll.pause(null, null) : pauseOfAll.resume(),
  ),
  step('store is slow', 1, nothing, async ({ rig }) => rig.store.hold()),
  step('store answers', 3, nothing, async ({ rig }) => rig.store.release()),
  step('store refuses', 1, nothing, async ({ rig }) => rig.store.refuse()),
  step('store is well', 2, nothing, async ({ rig }) => {
    rig.store.accept();
    rig.store.setHealth('ok');
  }),
  step('store degraded', 1, nothing, async ({ rig }) => rig.store.setHealth('degraded')),
  step('crash', 1, nothing, async (world) => {
    world.rig.crash();
    await startAgain(world);
  }),
  step('stop', 1, nothing, async (world) => {
    world.rig.store.release();
    await world.rig.stop();
    world.rig.store.forgetHeld();
    await startAgain(world);
  }),
  step('jump', 1, fc.integer({ min: -90, max: 90 }), async ({ clock }, seconds) =>
    clock.jump(seconds * SECOND),
  ),
);

async function startJob(world: World, id: string, when: Partial<StartRequest>): Promise<void> {
  const { catalog, service } = world.rig;
  const job = catalog.jobs.get(id);
  const asked = { trigger: 'manual', triggeredBy: 'gui', scheduledFor: null } as const;
  if (job) ask(world, service.start(job, { ...asked, ...when }));
}

async function startAgain(world: World): Promise<void> {
  world.asked.clear();
  world.states.crashed([...world.rig.store.runs.values()].map(({ row }) => row));
  world.rig = await start(world);
}

async function addMissing(rig: PlannedRig): Promise<void> {
  if (!rig.catalog.integrations.has('orders')) await rig.catalog.createIntegration(ORDERS);
  for (const job of JOBS) if (!rig.catalog.jobs.has(job.id)) await rig.addJob(job);
}

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

function expectSound({ rig, states, surprises }: World): void {
  expect(surprises).toEqual([]);
  expect(rig.store.violations).toEqual([]);
  expect(states.violations).toEqual([]);
  const live = [...rig.service.live()];
  const reading = live.filter(({ phase }) => phase.kind === 'running');
  expect(rig.service.running).toBe(reading.length);
  const groups = new Map<string, Set<unknown>>();
  for (const run of live) {
    const isEnding = run.phase.kind === 'closing' && run.row.attempt > 0;
    if (run.attemptId === null && !isEnding) continue;
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
  rig.store.release();
  await Promise.all(world.asked);
  rig.scheduler.confirmClock();
  await rig.pauseOfAll.resume();
  await addMissing(rig);
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
  for (const { definition, runtime } of rig.catalog.jobs.values())
    expect(rig.store.jobs.get(definition.id)).toEqual({ job: definition, runtime });
  expect(rig.store.jobs.size).toBe(rig.catalog.jobs.size);
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
  { timeout: 600_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(steps, { minLength: 5, maxLength: 60 }), async (life) => {
        const world: World = {
          clock: new ManualClock(),
          told: new Map(),
          asked: new Set(),
          surprises: [],
          states: new RunStates({ sentOnce: ['once'] }),
          rig: undefined as never,
        };
        world.rig = await start({ clock: world.clock, told: world.told, states: world.states });
        await addMissing(world.rig);
        for (const step of life) {
          await step.act(world);
          await world.rig.settle();
          expectSound(world);
        }
        await comeToRest(world);
        expectAtRest(world);
      }),
      { numRuns: Number(process.env['MODEL_RUNS'] ?? 500), timeout: 10_000 },
    );
  },
);
