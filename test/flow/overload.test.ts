import { expect, it } from 'vitest';
import { startItemsApi } from '../support/items-api.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { startTestEngine, type TestEngine } from '../support/test-engine.ts';

const JOBS = 1000;
const START = '2026-03-02T10:00:30.000Z';
const DUE = '2026-03-02T10:01:00.000Z';

async function setUp(cap: number, maxWaiting: number) {
  let atOnce = 0;
  let mostAtOnce = 0;
  const api = await startItemsApi();
  api.respond = (_request, response) => {
    mostAtOnce = Math.max(mostAtOnce, ++atOnce);
    setImmediate(() => {
      atOnce--;
      response.end('[]');
    });
    return true;
  };
  const clock = new ManualClock(START);
  const engine = await startTestEngine({ manualClock: clock });
  await engine.call('settings.patch', {
    concurrency: { runs: cap },
    queue: { maxWaiting },
  });
  await engine.call('integrations.create', {
    id: 'items',
    name: 'Items',
    request: { url: `${api.url}/{{ job.id }}` },
    concurrency: 64,
  });
  const ids = Array.from({ length: JOBS }, (_, index) => `job-${String(index).padStart(4, '0')}`);
  await Promise.all(
    ids.map((id) =>
      engine.call('jobs.create', {
        id,
        name: id,
        integrationId: 'items',
        schedule: { kind: 'cron', expression: '0 1 10 * * *', timeZone: 'UTC' },
      }),
    ),
  );
  return { api, clock, engine, mostAtOnce: () => mostAtOnce };
}

/** Lets the clock reach the due instant and waits until every run has come to its end. */
async function untilAllEnded({ engine }: TestEngine, clock: ManualClock): Promise<string[]> {
  const started: string[] = [];
  let ended = 0;
  engine.events.on('run.started', ({ run }) => void started.push(run.jobId));
  const all = new Promise<void>((resolve) => {
    const count = () => {
      if (++ended === JOBS) resolve();
    };
    engine.events.on('run.finished', count);
    engine.events.on('run.skipped', count);
  });
  await clock.advanceAsync(31_000);
  await all;
  return started;
}

async function allRuns({ call }: TestEngine) {
  const runs = [];
  let cursor: string | null = null;
  do {
    const page: {
      items: readonly {
        jobId: string;
        outcome: string | null;
        reason: string | null;
        scheduledFor: string | null;
      }[];
      nextCursor: string | null;
    } = await call('runs.list', { limit: 500, ...(cursor === null ? {} : { cursor }) });
    runs.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return runs;
}

it('starts a thousand jobs that are due in the same second, each once and never more than the cap', async () => {
  const { api, clock, engine, mostAtOnce } = await setUp(32, 1000);
  const started = await untilAllEnded(engine, clock);
  expect(new Set(started).size).toBe(JOBS);
  expect(api.requests).toHaveLength(JOBS);
  expect(mostAtOnce()).toBeLessThanOrEqual(32);
  const runs = await allRuns(engine);
  expect(runs).toHaveLength(JOBS);
  expect(runs.every((run) => run.outcome === 'succeeded' && run.scheduledFor === DUE)).toBe(true);
}, 60_000);

it('tells those for which the line has no room as skipped, each in a row of its own', async () => {
  const { clock, engine } = await setUp(16, 100);
  await untilAllEnded(engine, clock);
  const runs = await allRuns(engine);
  const skipped = runs.filter(({ outcome }) => outcome === 'skipped');
  expect(runs).toHaveLength(JOBS);
  expect(new Set(runs.map(({ jobId }) => jobId)).size).toBe(JOBS);
  expect(new Set(skipped.map(({ reason }) => reason))).toEqual(new Set(['queue-full']));
  // Whoever came first is served; the line empties while they come, so at least as many as it and the slots hold.
  expect(runs.length - skipped.length).toBeGreaterThanOrEqual(116);
  expect((await engine.call('status', {})).queued).toBe(0);
}, 60_000);
