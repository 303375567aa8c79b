import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { systemClock } from '../../src/main/engine/clock.ts';
import { newJobRuntime } from '../../src/main/engine/jobs/live-job.ts';
import type { Op } from '../../src/main/engine/store/ops.ts';
import { openStore } from '../../src/main/engine/store/store-client.ts';
import { jobInputSchema } from '../../src/shared/job.ts';
import type { Schedule } from '../../src/shared/schedule.ts';
import { startHeadless } from '../support/headless.ts';
import { sampleIntegration } from '../support/sample-integration.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { threadFiles } from '../support/test-engine.ts';

const JOBS = 10_000;
const START_MS = 2000;
const MOST_MB = 80;

/** Schedules of every kind that repeats, none of them due while this runs. */
function schedule(n: number, now: number): Schedule {
  const minute = n % 60;
  const hour = (new Date(now).getUTCHours() + 6 + (n % 12)) % 24;
  switch (n % 3) {
    case 0:
      return { kind: 'cron', expression: `${minute} ${hour} * * *`, timeZone: 'UTC' };
    case 1:
      return { kind: 'cron', expression: `0 ${minute} 3 1 1 *`, timeZone: 'America/Sao_Paulo' };
    default:
      return {
        kind: 'fixed-rate',
        everyMs: 43_200_000 + n,
        startAt: new Date(now + 43_200_000).toISOString(),
        timeZone: null,
      };
  }
}

async function homeWith(jobs: number): Promise<string> {
  const home = await temporaryFolder();
  const store = await openStore({ home, threadFile: threadFiles.store, clock: systemClock });
  const now = systemClock.now();
  const at = new Date(now).toISOString();
  const integration = sampleIntegration({ id: 'api' });
  await store.commit([{ kind: 'integration.put', integration }]);
  const ops = Array.from({ length: jobs }, (_, n): Op => {
    const id = `job-${n}`;
    const declared = { name: `Job number ${n}`, integrationId: 'api', schedule: schedule(n, now) };
    const job = { ...jobInputSchema.parse(declared), id, createdAt: at, updatedAt: at };
    return { kind: 'job.put', job, runtime: newJobRuntime(job.schedule, now) };
  });
  for (let from = 0; from < ops.length; from += 500)
    await store.commit(ops.slice(from, from + 500));
  await store.checkpoint();
  await store.close(5000);
  return home;
}

/** How long it takes until it is ready, and its memory when it has come to rest. */
async function started(home: string) {
  const begun = performance.now();
  const engine = await startHeadless({ home });
  const readyMs = performance.now() - begun;
  const status = await engine.request<{ jobs: { enabled: number }; nextRun: unknown }>(
    'GET',
    '/status',
  );
  const [, kb] = /VmRSS:\s+(\d+)/.exec(
    readFileSync(`/proc/${engine.process.pid}/status`, 'utf8'),
  ) ?? [null, 'NaN'];
  await engine.end('SIGTERM');
  return { readyMs, memoryMb: Number(kb) / 1024, status };
}

it.skipIf(process.platform !== 'linux')(
  'Ten thousand jobs are read and armed within two seconds and cost little memory',
  async () => {
    const empty = await started(await homeWith(0));
    const full = await started(await homeWith(JOBS));
    expect(full.status).toMatchObject({ jobs: { enabled: JOBS }, nextRun: expect.anything() });
    expect(full.readyMs - empty.readyMs).toBeLessThan(START_MS);
    expect(full.memoryMb - empty.memoryMb).toBeLessThan(MOST_MB);
  },
);
