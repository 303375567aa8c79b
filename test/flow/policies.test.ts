import { expect, it } from 'vitest';
import type { Run } from '../../src/shared/run.ts';
import type { MissedRuns } from '../../src/shared/schedule.ts';
import { startItemsApi } from '../support/items-api.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { startTestEngine, type TestEngine } from '../support/test-engine.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const EVERY = 30 * SECOND;
const START = Date.parse('2026-03-02T10:00:10.000Z');

type Policy = MissedRuns['policy'];
const POLICIES: readonly Policy[] = ['run-latest', 'run-all', 'skip'];
/** What is caught up with after so long that more was missed than any policy runs. */
const CAUGHT_UP: Readonly<Record<Policy, number>> = { 'run-latest': 1, 'run-all': 100, skip: 0 };

/** A whole engine with one job for each policy, every 30 s, by a clock that only the test moves. */
async function setUp() {
  const api = await startItemsApi([{ id: 1 }]);
  const home = await temporaryFolder();
  const clock = new ManualClock(START);
  const notices: string[] = [];
  const world = { clock, notices, engine: await begin(), pass, restart };
  await world.engine.call('integrations.create', {
    id: 'items',
    name: 'Items',
    request: { url: `${api.url}/{{ job.id }}` },
    records: { path: '$.items[*]' },
    key: ['id'],
  });
  for (const policy of POLICIES)
    await world.engine.call('jobs.create', {
      id: policy,
      name: policy,
      integrationId: 'items',
      schedule: { kind: 'cron', expression: '*/30 * * * * *', timeZone: 'UTC' },
      missedRuns: { policy, withinMs: null },
    });
  await pass(MINUTE);
  return world;

  async function begin(): Promise<TestEngine> {
    const engine = await startTestEngine({ home, manualClock: clock });
    engine.engine.events.on('notice', ({ message }) => void notices.push(message));
    return engine;
  }

  /** Time passes; whatever comes up is carried out on the way. */
  async function pass(ms: number): Promise<void> {
    await clock.advanceAsync(ms, () => untilIdle(world.engine));
  }

  /** The program is closed, and started again so much later. */
  async function restart(afterMs: number): Promise<void> {
    const stopping = world.engine.engine.stop();
    await clock.advanceAsync(0);
    await stopping;
    clock.jump(afterMs);
    world.engine = await begin();
  }
}

/** Nothing is under way, and what has ended is on disk. */
async function untilIdle({ engine, call }: TestEngine): Promise<void> {
  for (;;) {
    await new Promise((resolve) => setImmediate(resolve));
    const { running, queued } = await engine.status();
    const { items: workers } = await call('workers', {});
    if (running + queued > 0 || workers.some(({ attempts }) => attempts.length > 0)) continue;
    const { items: open } = await call('runs.list', { state: 'running', limit: 1 });
    if (open.length === 0) return;
  }
}

async function runsOf({ call }: TestEngine, jobId: string): Promise<Run[]> {
  const runs: Run[] = [];
  let cursor: string | null = null;
  do {
    const page: { items: Run[]; nextCursor: string | null } = await call('runs.list', {
      jobId,
      limit: 500,
      ...(cursor === null ? {} : { cursor }),
    });
    runs.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return runs;
}

const isCaughtUp = ({ trigger, outcome }: Run) => trigger === 'catch-up' && outcome === 'succeeded';
const dueBetween = (from: number, until: number) =>
  Math.floor(until / EVERY) - Math.floor(from / EVERY);

type World = Awaited<ReturnType<typeof setUp>>;

it.each<{ words: string; happen: (world: World) => Promise<void> | void }>([
  { words: 'the clock jumps an hour forward', happen: ({ clock }) => clock.jump(HOUR) },
  { words: 'the clock jumps three days forward', happen: ({ clock }) => clock.jump(3 * DAY) },
  {
    words: 'it sleeps for eight hours and nobody says so',
    happen: ({ clock }) => clock.jump(8 * HOUR),
  },
  {
    words: 'it sleeps for eight hours and is told of its wake',
    happen: ({ clock, engine }) => {
      clock.jump(8 * HOUR);
      engine.engine.wake();
    },
  },
  {
    words: 'it sleeps for eight hours and is told of its wake again and again',
    happen: async ({ clock, engine, pass }) => {
      engine.engine.wake();
      clock.jump(8 * HOUR);
      engine.engine.wake();
      engine.engine.wake();
      await pass(SECOND);
      engine.engine.wake();
    },
  },
  { words: 'it is closed for three days', happen: ({ restart }) => restart(3 * DAY) },
])(
  'When $words, each policy runs what it says, once, and every due time has one row',
  { timeout: 60_000 },
  async ({ happen }) => {
    const world = await setUp();
    await happen(world);
    const back = world.clock.now();
    await world.pass(31 * SECOND);
    for (const policy of POLICIES) {
      const runs = await runsOf(world.engine, policy);
      expect(runs.filter(isCaughtUp), policy).toHaveLength(CAUGHT_UP[policy]);
      const covered = runs.reduce((sum, { occurrences }) => sum + occurrences, 0);
      expect(covered, policy).toBe(dueBetween(START, world.clock.now()));
      const instants = runs.map(({ scheduledFor }) => scheduledFor);
      expect(new Set(instants).size, policy).toBe(instants.length);
      const missed = runs.filter(({ outcome }) => outcome === 'skipped');
      expect(
        missed.map(({ reason }) => reason),
        policy,
      ).toEqual(['missed']);
      const goesOn = runs.filter(
        ({ outcome, startedAt }) => outcome === 'succeeded' && Date.parse(startedAt ?? '') >= back,
      );
      expect(goesOn.length, policy).toBeGreaterThanOrEqual(1);
    }
  },
);

it('When the clock is set back two hours, no due time comes twice and the jobs go on within 30 s', async () => {
  const world = await setUp();
  const before = (await runsOf(world.engine, 'run-latest')).length;
  world.clock.jump(-2 * HOUR);
  await world.pass(31 * SECOND);
  for (const policy of POLICIES) {
    const runs = await runsOf(world.engine, policy);
    expect(runs.length - before, policy).toBeGreaterThanOrEqual(1);
    expect(runs.length - before, policy).toBeLessThanOrEqual(2);
    expect(
      runs.every(({ outcome }) => outcome === 'succeeded'),
      policy,
    ).toBe(true);
    expect(runs.filter(isCaughtUp), policy).toEqual([]);
    const instants = runs.map(({ scheduledFor }) => scheduledFor);
    expect(new Set(instants).size, policy).toBe(instants.length);
  }
  expect(world.notices.filter((line) => line.startsWith('The clock jumped'))).toHaveLength(1);
});
