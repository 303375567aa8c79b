import { afterEach, describe, expect, it } from 'vitest';
import type { Run } from '../../src/shared/run.ts';
import { fakeTime, hasFakeTime } from '../support/fake-time.ts';
import { startHeadless, type Headless } from '../support/headless.ts';
import { startItemsApi } from '../support/items-api.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const JOBS = { second: '* * * * * *', half: '*/30 * * * * *' };

let engine: Headless | null = null;
afterEach(async () => {
  await engine?.end('SIGTERM');
  engine = null;
});

async function allRuns(jobId: string): Promise<Run[]> {
  const runs: Run[] = [];
  let cursor: string | null = null;
  do {
    const rest: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page: { items: Run[]; nextCursor: string | null } = await (engine as Headless).request(
      'GET',
      `/runs?limit=500&jobId=${jobId}${rest}`,
    );
    runs.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return runs;
}

const ran = (runs: readonly Run[]) => runs.filter(({ outcome }) => outcome === 'succeeded');

describe.skipIf(!hasFakeTime)('A clock that jumps under the running program', () => {
  it.each([
    { words: 'an hour forward', by: HOUR, mostCaughtUp: 1 },
    { words: 'three days forward', by: 3 * DAY, mostCaughtUp: 1 },
    { words: 'two hours back', by: -2 * HOUR, mostCaughtUp: 0 },
  ])(
    'by $words costs no instant twice, at most one catch-up a job, and no more than 30 s',
    async ({ by, mostCaughtUp }) => {
      const api = await startItemsApi([{ id: 1 }]);
      const time = await fakeTime();
      engine = await startHeadless({ home: await temporaryFolder(), env: time.env });
      await engine.request('POST', '/integrations', {
        id: 'items',
        name: 'Items',
        request: { url: `${api.url}/{{ job.id }}` },
        records: { path: '$.items[*]' },
        key: ['id'],
      });
      for (const [id, expression] of Object.entries(JOBS))
        await engine.request('POST', '/jobs', {
          id,
          name: id,
          integrationId: 'items',
          schedule: { kind: 'cron', expression, timeZone: 'UTC' },
          missedRuns: { policy: 'run-latest' },
        });
      await expect
        .poll(async () => ran(await allRuns('second')).length, { timeout: 20_000, interval: 500 })
        .toBeGreaterThanOrEqual(2);
      const before = new Map(
        await Promise.all(
          Object.keys(JOBS).map(async (id) => [id, ran(await allRuns(id)).length] as const),
        ),
      );

      await time.offset(by);

      for (const id of Object.keys(JOBS))
        await expect
          .poll(async () => ran(await allRuns(id)).length, {
            timeout: 34_000,
            interval: 500,
            message: `${id} goes on`,
          })
          .toBeGreaterThan((before.get(id) ?? 0) + mostCaughtUp);

      for (const id of Object.keys(JOBS)) {
        const runs = await allRuns(id);
        expect(runs.filter(({ trigger }) => trigger === 'catch-up').length).toBeLessThanOrEqual(
          mostCaughtUp,
        );
        const instants = runs.map(({ scheduledFor }) => scheduledFor);
        expect(new Set(instants).size).toBe(instants.length);
      }
    },
    110_000,
  );
});
