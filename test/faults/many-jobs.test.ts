import { expect, it } from 'vitest';
import type { Schedule } from '../../src/shared/schedule.ts';
import { startHeadless } from '../support/headless.ts';
import { cpuMs, memoryMb } from '../support/process-usage.ts';
import { homeWithJobs } from '../support/stored-home.ts';

const JOBS = 10_000;
const START_MS = 2000;
/** Twice of what it costs, because the collector takes its time: the figure itself is the benchmark's. */
const MOST_MB = 120;
/** Room for short-lived things grows with any burst of work, and is no cost of a job. */
const SMALL_NURSERY = { NODE_OPTIONS: '--max-semi-space-size=2' };

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

function homeWith(count: number): Promise<string> {
  const now = Date.now();
  const jobs = Array.from({ length: count }, (_, n) => ({
    id: `job-${n}`,
    name: `Job number ${n}`,
    schedule: schedule(n, now),
  }));
  return homeWithJobs({ id: 'api' }, jobs);
}

/** What it takes until it is ready, and its memory then. */
async function started(home: string) {
  const engine = await startHeadless({ home, env: SMALL_NURSERY });
  const workMs = cpuMs(engine.process);
  const status = await engine.request('GET', '/status');
  const memory = memoryMb(engine.process);
  await engine.end('SIGTERM');
  return { workMs, memory, status };
}

it.skipIf(process.platform !== 'linux')(
  'Ten thousand jobs are read and armed within two seconds and cost little memory',
  async () => {
    const empty = await started(await homeWith(0));
    const full = await started(await homeWith(JOBS));
    expect(full.status).toMatchObject({ jobs: { enabled: JOBS }, nextRun: expect.anything() });
    expect(full.workMs - empty.workMs).toBeLessThan(START_MS);
    expect(full.memory - empty.memory).toBeLessThan(MOST_MB);
  },
);
