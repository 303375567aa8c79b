// The local server over a store with a million runs: the first page of the list, and 1,000 mixed requests a second
// while 100 jobs run every second, whose lateness is compared with what it was before.
// node scripts/bench/server.mjs [RUNS] [SECONDS]
import { Agent, request as httpRequest } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { startApiThread } from './parts/api-thread.mjs';
import { freshHome, startEngine } from './parts/engine.mjs';
import { machine, percentiles, round } from './parts/figures.mjs';
import { seedRuns } from './parts/seeded-runs.mjs';

const RUNS = Number(process.argv[2] ?? 1_000_000);
const SECONDS = Number(process.argv[3] ?? 30);
const JOBS = 100;
const PER_SECOND = 1000;
const TICK_MS = 10;
const FIRST_PAGES = 300;
const MIXED = [
  '/api/v1/runs?limit=50',
  '/api/v1/status',
  '/api/v1/jobs?limit=50',
  '/api/v1/runs?outcome=failed&limit=20',
  '/api/v1/records?limit=50',
  '/api/v1/integrations',
  '/api/v1/settings',
  '/health',
];

const api = await startApiThread('[{"id":1}]');
const { home, remove } = await freshHome();
const agent = new Agent({ keepAlive: true, maxSockets: 64 });
try {
  const seededAt = performance.now();
  await seedRuns(home, RUNS);
  const seedSeconds = round((performance.now() - seededAt) / 1000);
  const startedAt = performance.now();
  const engine = await startEngine(home);
  const startSeconds = round((performance.now() - startedAt) / 1000);
  try {
    const firstPage = await latenciesOfFirstPage(engine);
    await addJobs(engine);
    await sleep(2000);
    const idle = await latenessDuring(() => sleep(SECONDS * 500));
    const load = { latencies: [], failures: 0 };
    const loaded = await latenessDuring(() => mixedRequests(engine, load));
    const figures = {
      bench: 'server',
      machine: machine(home),
      runs: RUNS,
      seedSeconds,
      startSeconds,
      firstPageMs: percentiles(firstPage),
      mixed: {
        perSecond: round(load.latencies.length / SECONDS),
        failures: load.failures,
        latencyMs: percentiles(load.latencies),
      },
      latenessMs: { idle: percentiles(idle), loaded: percentiles(loaded) },
      aims: { firstPageP99Ms: 20, latenessTimesIdle: 2 },
    };
    process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`);
  } finally {
    await engine.quit();
  }
} finally {
  agent.destroy();
  await api.stop();
  await remove();
}

async function latenciesOfFirstPage(engine) {
  const latencies = [];
  for (let count = 0; count < FIRST_PAGES; count++)
    latencies.push((await get(engine, '/api/v1/runs')).ms);
  return latencies;
}

async function addJobs(engine) {
  for (let number = 0; number < JOBS; number++) {
    const id = `tick-${number}`;
    await engine.request('POST', '/integrations', {
      id,
      name: id,
      request: { url: `${api.url}/${id}`, query: { due: '{{ scheduledFor }}' } },
      key: ['id'],
      conditional: false,
      concurrency: 64,
    });
    await engine.request('POST', '/jobs', {
      id,
      name: id,
      integrationId: id,
      schedule: { kind: 'fixed-rate', everyMs: 1000 },
    });
  }
}

/** From the due instant to the arrival of the request at the API, ms. */
async function latenessDuring(act) {
  await api.takeArrivals();
  await act();
  return (await api.takeArrivals()).flatMap(({ at, url }) => {
    const due = Date.parse(new URL(url, 'http://x').searchParams.get('due') ?? '');
    return Number.isNaN(due) ? [] : [at - due];
  });
}

/** Requests leave on time whether earlier ones were answered or not, so that waiting counts. */
async function mixedRequests(engine, load) {
  const begin = performance.now();
  const under = new Set();
  for (let sent = 0; sent < PER_SECOND * SECONDS;) {
    const due = Math.min(
      PER_SECOND * SECONDS,
      Math.floor(((performance.now() - begin) / 1000) * PER_SECOND),
    );
    for (; sent < due; sent++) {
      const one = get(engine, MIXED[sent % MIXED.length]).then(
        ({ ms, status }) => {
          load.latencies.push(ms);
          if (status !== 200) load.failures++;
        },
        () => load.failures++,
      );
      under.add(one);
      void one.finally(() => under.delete(one));
    }
    await sleep(TICK_MS);
  }
  await Promise.all(under);
}

function get({ url, headers }, path) {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    const request = httpRequest(url + path, { headers, agent }, (response) => {
      response.resume();
      response.once('end', () =>
        resolve({ ms: performance.now() - startedAt, status: response.statusCode }),
      );
      response.once('error', reject);
    });
    request.once('error', reject);
    request.end();
  });
}
