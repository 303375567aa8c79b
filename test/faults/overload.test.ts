import { expect, it } from 'vitest';
import type { Run } from '../../src/shared/run.ts';
import type { Status } from '../../src/shared/status.ts';
import { startHeadless, type Headless } from '../support/headless.ts';
import { startItemsApi } from '../support/items-api.ts';
import { memoryMb } from '../support/process-usage.ts';
import { homeWithJobs } from '../support/stored-home.ts';

const isLong = process.env['PONTUAL_TEST_FAULTS'] === 'long';
const LASTS_MS = isLong ? 10 * 60_000 : 15_000;
const LOOK_MS = isLong ? 2000 : 500;
const JOBS = 1500;
const MOST_WAITING = 1000;
/** An API this slow serves 64 runs a second of the 300 that are due. */
const ANSWER_MS = 1000;
const MOST_GROWTH_MB = 150;

interface Runs {
  readonly items: readonly Run[];
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Looks at the program while it has too much to do. */
async function watch(engine: Headless) {
  const until = performance.now() + LASTS_MS;
  let mostQueued = 0;
  let slowestMs = 0;
  const memory: number[] = [];
  while (performance.now() < until) {
    const asked = performance.now();
    const { queued } = await engine.request<Status>('GET', '/status');
    slowestMs = Math.max(slowestMs, performance.now() - asked);
    mostQueued = Math.max(mostQueued, queued);
    memory.push(memoryMb(engine.process));
    await sleep(LOOK_MS);
  }
  return { mostQueued, slowestMs, memory };
}

it.skipIf(process.platform !== 'linux')(
  `For ${LASTS_MS / 1000} s more comes due than a slow API can serve: the line stays bounded, what has no room is told, and all is well after`,
  { timeout: LASTS_MS + 180_000 },
  async () => {
    const api = await startItemsApi();
    let answerMs = ANSWER_MS;
    api.respond = (_request, response) => {
      setTimeout(() => response.end('[]'), answerMs);
      return true;
    };
    const jobs = Array.from({ length: JOBS }, (_, n) => ({
      id: `job-${n}`,
      name: `Job ${n}`,
      schedule: { kind: 'fixed-rate', everyMs: 5000 } as const,
      overlap: 'allow' as const,
    }));
    const request = { url: `${api.url}/{{ job.id }}` };
    const home = await homeWithJobs({ id: 'slow', request, concurrency: 64 }, jobs);
    const engine = await startHeadless({ home });

    const { mostQueued, slowestMs, memory } = await watch(engine);
    expect(mostQueued).toBeGreaterThan(MOST_WAITING * 0.9);
    expect(mostQueued).toBeLessThanOrEqual(MOST_WAITING);
    expect(slowestMs).toBeLessThan(2000);
    const settled = memory.slice(Math.floor(memory.length / 3));
    expect(Math.max(...settled) - (settled[0] ?? NaN)).toBeLessThan(MOST_GROWTH_MB);
    const refused = await engine.request<Runs>('GET', '/runs?outcome=skipped&limit=500');
    expect(new Set(refused.items.map(({ reason }) => reason))).toEqual(new Set(['queue-full']));
    expect(refused.items.length).toBeGreaterThan(100);

    // The API is quick again, and a little later nothing waits any more.
    answerMs = 0;
    await expect
      .poll(async () => (await engine.request<Status>('GET', '/status')).queued, {
        timeout: 60_000,
        interval: 500,
      })
      .toBeLessThan(JOBS / 5);
    const { items } = await engine.request<Runs>('GET', '/runs?limit=100');
    expect(items.filter(({ outcome }) => outcome === 'succeeded').length).toBeGreaterThan(0);
    expect(await engine.end('SIGTERM')).toBe(0);
  },
);
