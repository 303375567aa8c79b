// Lateness: N jobs every second, beside N bare timers in the same run. `npm run bench -- schedule [jobs] [seconds]`
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { freshHome, listen, startEngine, verifyRecovered } from './parts/engine.mjs';
import { machine, percentiles, round } from './parts/figures.mjs';
import { startApi } from './parts/loopback-api.mjs';

const jobs = Number(process.argv[2] ?? 100);
const seconds = Number(process.argv[3] ?? 60);
const WARM_UP_S = 3;

const api = await startApi((url, response) => {
  response.setHeader('content-type', 'application/json');
  response.end(`[{"id":1,"path":"${url.pathname}"}]`);
});
const { home, remove } = await freshHome();
try {
  const yardstick = await measureBareTimers();
  const { lateness, recovery, loopDelayMs } = await measureEngine();
  const result = {
    bench: 'schedule',
    machine: machine(home),
    jobs,
    seconds,
    concurrency: 64,
    latenessMs: lateness,
    yardstickMs: yardstick,
    ratioP99: round(lateness.p99 / yardstick.p99),
    loopDelayMs,
    recovery,
  };
  process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
} finally {
  api.stop();
  await remove();
}

async function measureBareTimers() {
  const script = join(import.meta.dirname, 'parts/bare-timers.mjs');
  const runs = WARM_UP_S + Math.min(seconds, 30);
  const child = spawn(process.execPath, [script, api.url, String(jobs), String(runs)], {
    stdio: 'inherit',
  });
  await once(child, 'exit');
  return takeLateness();
}

async function measureEngine() {
  const engine = await startEngine(home);
  const events = await listen(engine);
  await engine.request('POST', '/pause', {});
  for (let index = 0; index < jobs; index++) {
    const id = `job-${index}`;
    await engine.request('POST', '/integrations', {
      id,
      name: id,
      request: { url: `${api.url}/${id}` },
      key: ['id'],
      concurrency: 64,
    });
    await engine.request('POST', '/jobs', {
      id,
      name: id,
      integrationId: id,
      schedule: { kind: 'cron', expression: '* * * * * *', timeZone: 'UTC' },
      missedRuns: { policy: 'skip', withinMs: null },
    });
  }
  await engine.request('POST', '/resume');
  await new Promise((resolve) => setTimeout(resolve, (WARM_UP_S + seconds) * 1000));
  const loopDelayMs = loopDelayOf(await engine.metrics());
  const lateness = takeLateness();
  const reported = new Map(events.finished);
  await engine.kill();
  await events.stop();
  return { lateness, loopDelayMs, recovery: await verifyRecovered(home, reported) };
}

/** How long after its whole second each request arrived; the first seconds warm everything up. */
function takeLateness() {
  const arrivals = api.arrivals.splice(0);
  const from = arrivals[0].at + WARM_UP_S * 1000;
  return percentiles(arrivals.filter(({ at }) => at >= from).map(({ at }) => at % 1000));
}

function loopDelayOf(metrics) {
  const value = (name) =>
    Number(new RegExp(`^${name}\\s+(\\S+)`, 'm').exec(metrics)?.[1] ?? NaN) * 1000;
  return {
    p99: round(value('nodejs_eventloop_lag_p99_seconds')),
    max: round(value('nodejs_eventloop_lag_max_seconds')),
  };
}
