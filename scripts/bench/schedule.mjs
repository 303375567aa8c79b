// Lateness: 100 and 1,000 jobs every second, each beside as many bare timers in the same run, in the first minute, in which
// V8 is still compiling, and in the one after it; how many runs a second the engine does at most once it is warm; and
// what 10,000 registered jobs cost. `node scripts/bench/schedule.mjs [SECONDS]`
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startApiThread } from './parts/api-thread.mjs';
import {
  freshHome,
  listen,
  startEngine,
  startWatchedEngine,
  verifyRecovered,
} from './parts/engine.mjs';
import { machine, percentiles, round } from './parts/figures.mjs';

const SECONDS = Number(process.argv[2] ?? 60);
const CONCURRENCY = 64;
const WARM_UP_S = 5;
const SATURATION_S = 10;
/** Runs that wait at least, while there are fewer others are asked for. */
const MOST_WAITING = 1600;
const JOBS = 8;
const INSTANCES = 50;
const REGISTERED = 10_000;
/** V8's room for short-lived things grows with any burst of work, such as a start, and is no cost of a job. */
const SMALL_NURSERY = { NODE_OPTIONS: '--max-semi-space-size=2' };

const everySecond = {
  schedule: { kind: 'cron', expression: '* * * * * *', timeZone: 'UTC' },
  missedRuns: { policy: 'skip', withinMs: null },
};

const api = await startApiThread('[{"id":1}]');
try {
  const first = await measureJobs(100);
  const second = await measureJobs(1000);
  const result = {
    bench: 'schedule',
    machine: machine('.'),
    seconds: SECONDS,
    concurrency: CONCURRENCY,
    jobs100: first,
    jobs1000: second,
    saturation: await measureSaturation(),
    registered: await measureRegistered(),
    aims: {
      jobs100RatioP99: 2,
      jobs1000RatioP99: 4,
      loopDelayP99Ms: 20,
      runsPerSecond: 8000,
      startSeconds: 2,
      megabytes: 60,
    },
  };
  process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
} finally {
  await api.stop();
}

async function measureJobs(jobs) {
  const yardstickMs = await measureBareTimers(jobs);
  const engine = await withEngine((running) => measureLateness(running, jobs));
  return {
    ...engine,
    yardstickMs,
    ratioP50: round(engine.latenessMs.p50 / yardstickMs.p50),
    ratioP99: round(engine.latenessMs.p99 / yardstickMs.p99),
    firstMinuteRatioP99: round(engine.firstMinuteMs.p99 / yardstickMs.p99),
  };
}

async function measureBareTimers(jobs) {
  const script = join(import.meta.dirname, 'parts/bare-timers.mjs');
  const runs = WARM_UP_S + Math.min(SECONDS, 30);
  await api.takeArrivals();
  const child = spawn(process.execPath, [script, api.url, String(jobs), String(runs)], {
    stdio: 'inherit',
  });
  await once(child, 'exit');
  return latenessOf(await api.takeArrivals());
}

/** In a home of its own; killed at the end, and what it had told must be there after a restart. */
async function withEngine(measure) {
  const { home, remove } = await freshHome();
  try {
    const engine = await startWatchedEngine(home);
    const { figures, finished } = await measure(engine);
    const delays = await engine.loopDelays();
    await engine.kill();
    return {
      ...figures,
      loopDelayMs: percentiles(delays.slice(Math.trunc(delays.length / 4))),
      recovery: await verifyRecovered(home, finished),
    };
  } finally {
    await remove();
  }
}

async function measureLateness(engine, jobs) {
  await engine.request('POST', '/pause', {});
  await engine.request('PATCH', '/settings', { queue: { maxWaiting: 10_000 } });
  for (let index = 0; index < jobs; index++) await addJob(engine, `job-${index}`, everySecond);
  await api.takeArrivals();
  await engine.request('POST', '/resume');
  await sleep((WARM_UP_S + SECONDS) * 1000);
  const firstMinuteMs = latenessOf(await api.takeArrivals());
  await sleep((SECONDS - 2) * 1000);
  // Whoever listens is told of every run, which costs: only of the last ones.
  const events = await listen(engine);
  await sleep(2000);
  const latenessMs = latenessIn(await api.takeArrivals());
  const finished = new Map(events.finished);
  await events.stop();
  return { figures: { firstMinuteMs, latenessMs }, finished };
}

/** Jobs that are started by the thousand, so that there is always one more to begin. */
async function measureSaturation() {
  return withEngine(async (engine) => {
    await engine.request('PATCH', '/settings', { queue: { maxWaiting: 100_000 } });
    for (let index = 0; index < JOBS; index++)
      await addJob(engine, `job-${index}`, {
        instances: INSTANCES,
        overlap: 'allow',
        maxParallel: null,
      });
    await saturate(engine, WARM_UP_S);
    await api.takeArrivals();
    const seconds = await saturate(engine, SATURATION_S);
    const runs = (await api.takeArrivals()).length;
    const events = await listen(engine);
    await engine.request('POST', '/jobs/job-0/run', {});
    await sleep(1000);
    const finished = new Map(events.finished);
    await events.stop();
    return { figures: { runs, runsPerSecond: Math.round(runs / seconds) }, finished };
  });
}

/** Asks for runs whenever fewer are waiting; for how long it did, in seconds. */
async function saturate(engine, atLeastS) {
  const startedAt = performance.now();
  let asked = 0;
  for (; performance.now() - startedAt < atLeastS * 1000; await sleep(20)) {
    const { queued } = await engine.request('GET', '/status');
    const ask = () => engine.request('POST', `/jobs/job-${asked++ % JOBS}/run`, {});
    // Some at once: each of these is answered when it is on disk, and the next one is not to wait for that.
    for (let ahead = queued; ahead < MOST_WAITING; ahead += JOBS * INSTANCES)
      await Promise.all(Array.from({ length: JOBS }, ask));
  }
  return (performance.now() - startedAt) / 1000;
}

/** What jobs cost that are registered and not due: at the start, in memory, and while nothing happens. */
async function measureRegistered() {
  const { home, remove } = await freshHome();
  try {
    const empty = await measureStart(home);
    const smallEmpty = await measureStart(home, SMALL_NURSERY);
    await registerJobs(home);
    const full = await measureStart(home);
    const smallFull = await measureStart(home, SMALL_NURSERY);
    return {
      jobs: REGISTERED,
      startSeconds: full.seconds,
      startSecondsOfNone: empty.seconds,
      megabytes: round(smallFull.megabytes - smallEmpty.megabytes),
      megabytesWithNursery: round(full.megabytes - empty.megabytes),
      idleCpuMsPerSecond: full.idleCpuMs,
      idleCpuMsPerSecondOfNone: empty.idleCpuMs,
    };
  } finally {
    await remove();
  }
}

async function registerJobs(home) {
  const engine = await startEngine(home);
  await engine.request('POST', '/integrations', {
    id: 'far',
    name: 'Far',
    request: { url: api.url },
    key: ['id'],
  });
  const job = (index) =>
    engine.request('POST', '/jobs', {
      id: `far-${index}`,
      name: `Far ${index}`,
      integrationId: 'far',
      schedule: { kind: 'cron', expression: `${index % 60} ${index % 24} 1 1 *` },
    });
  for (let from = 0; from < REGISTERED; from += 50)
    await Promise.all(Array.from({ length: 50 }, (_, index) => job(from + index)));
  await engine.quit();
}

async function measureStart(home, env = {}) {
  const startedAt = performance.now();
  const engine = await startEngine(home, [], env);
  const seconds = round((performance.now() - startedAt) / 1000);
  await sleep(3000);
  const before = await cpuMs(engine.pid);
  await sleep(5000);
  const idleCpuMs = round(((await cpuMs(engine.pid)) - before) / 5);
  const status = await readFile(`/proc/${engine.pid}/status`, 'utf8');
  const megabytes = Number(/VmRSS:\s+(\d+)/.exec(status)[1]) / 1000;
  await engine.quit();
  return { seconds, megabytes, idleCpuMs };
}

/** Used so far by the process; the kernel counts in hundredths of a second. */
async function cpuMs(pid) {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const [user, system] = stat.slice(stat.lastIndexOf(')')).split(' ').slice(12, 14);
  return (Number(user) + Number(system)) * 10;
}

async function addJob(engine, id, more) {
  await engine.request('POST', '/integrations', {
    id,
    name: id,
    request: { url: `${api.url}/${id}` },
    key: ['id'],
    concurrency: CONCURRENCY,
  });
  await engine.request('POST', '/jobs', { id, name: id, integrationId: id, ...more });
}

/** How long after its whole second each request arrived; the first seconds warm everything up. */
function latenessOf(arrivals) {
  const from = arrivals[0].at + WARM_UP_S * 1000;
  return latenessIn(arrivals.filter(({ at }) => at >= from));
}

function latenessIn(arrivals) {
  return percentiles(arrivals.map(({ at }) => at % 1000));
}
