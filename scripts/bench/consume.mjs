// What collecting costs, through the whole built engine over loopback: pages with schema, key and hash beside a bare
// script of the same run; the same pages again by 304; many runs of one record; one body of 25 MB.
// Arguments: the number of rounds, and which of the parts `pages runs big` to measure (all when none is named).
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makePage, PER_PAGE, SCHEMA } from './parts/catalogue.mjs';
import { all, freshHome, listen, startEngine } from './parts/engine.mjs';
import { machine, median, round } from './parts/figures.mjs';
import { startApi } from './parts/loopback-api.mjs';

const PAGES = 200;
const named = process.argv.slice(2);
const ROUNDS = Number(named.find((each) => /^\d+$/.test(each)) ?? 3);
const wanted = ['pages', 'runs', 'big'].filter(
  (part, _, parts) => named.includes(part) || !parts.some((each) => named.includes(each)),
);
const ONE_RECORD_RUNS = 8_000;
const INSTANCES = 100;
const BODY_BYTES = 25_000_000;

const bare = join(import.meta.dirname, 'parts/bare-collect.mjs');
const run = promisify(execFile);
const empty = Buffer.from('{"items":[]}');
const pages = Array.from({ length: PAGES }, (_, page) => makePage(page));
const etags = new Map(
  [...pages, empty].map((page) => [page, `"${createHash('sha256').update(page).digest('hex')}"`]),
);
const bigBody = makePage(0, Math.ceil((BODY_BYTES * PER_PAGE) / pages[0].length));
const one = Buffer.from('{"items":[{"id":1,"sku":"SKU-1","price":1}]}');

const api = await startApi((url, response, request) => {
  response.setHeader('content-type', 'application/json');
  if (url.pathname === '/one') return response.end(one);
  if (url.pathname === '/big') return response.end(bigBody);
  const page = pages[Number(url.searchParams.get('page')) - 1] ?? empty;
  const etag = etags.get(page);
  response.setHeader('etag', etag);
  if (request.headers['if-none-match'] === etag) response.statusCode = 304;
  return response.end(response.statusCode === 304 ? undefined : page);
});

const measures = { pages: measureRounds, runs: measureRuns, big: measureBigBody };
try {
  const result = { bench: 'consume', machine: machine('.') };
  for (const part of wanted) Object.assign(result, await measures[part]());
  process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
} finally {
  api.stop();
}

async function measureRounds() {
  const rounds = [];
  for (let count = 0; count < ROUNDS; count++) rounds.push(await measurePages());
  const figure = (name) => round(median(rounds.map((each) => each[name])));
  const records = PAGES * PER_PAGE;
  const ours = records / figure('first');
  const theirs = records / figure('bare');
  return {
    records,
    bytes: pages.reduce((sum, bytes) => sum + bytes.length, 0),
    rounds: ROUNDS,
    recordsPerSecond: Math.round(ours),
    bareRecordsPerSecond: Math.round(theirs),
    shareOfBare: round(ours / theirs),
    notModified: {
      seconds: figure('again'),
      journalBytesPerPage: Math.round(figure('journalBytes') / (PAGES + 1)),
    },
  };
}

async function measurePages() {
  return withEngine(async (engine, home) => {
    await declare(engine, 'bulk', '/items', {
      pagination: { kind: 'page-number' },
      schema: SCHEMA,
    });
    const first = await collect(engine, 'bulk');
    mustBe(first.counts.new, PAGES * PER_PAGE, 'new records');
    const journal = await journalBytes(home);
    const again = await collect(engine, 'bulk');
    mustBe(again.counts.notModified, PAGES + 1, 'pages by 304');
    const { stdout } = await run(process.execPath, [bare, `${api.url}/items`, String(PAGES)]);
    const yardstick = JSON.parse(stdout);
    mustBe(yardstick.records, PAGES * PER_PAGE, 'records of the bare script');
    return {
      first: first.durationMs / 1000,
      again: again.durationMs / 1000,
      journalBytes: (await journalBytes(home)) - journal,
      bare: yardstick.seconds,
    };
  });
}

/** As many runs as fit into the queue, over and over; each reads one record and is acknowledged on disk. */
async function measureRuns() {
  return withEngine(async (engine) => {
    await engine.request('PATCH', '/settings', { queue: { maxWaiting: 100_000 } });
    await declare(engine, 'one', '/one', { conditional: false, concurrency: 64 });
    await engine.request('PUT', '/jobs/one', {
      name: 'one',
      integrationId: 'one',
      instances: INSTANCES,
      overlap: 'allow',
      maxParallel: null,
    });
    await startAll(engine, 5 * INSTANCES);
    const seconds = await startAll(engine, ONE_RECORD_RUNS);
    const perSecond = Math.round(ONE_RECORD_RUNS / seconds);
    return { oneRecordRuns: { runs: ONE_RECORD_RUNS, seconds: round(seconds), perSecond } };
  });
}

/** Answers the seconds from the first start to the last end. Nobody listens to the events meanwhile. */
async function startAll(engine, runs) {
  const before = (await all(engine, '/runs?jobId=one&outcome=succeeded')).length;
  const startedAt = Date.now();
  const starts = Array.from({ length: runs / INSTANCES }, () =>
    engine.request('POST', '/jobs/one/run', {}),
  );
  await Promise.all(starts);
  for (let isBusy = true; isBusy;) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    const { running, queued } = await engine.request('GET', '/status');
    isBusy = running + queued > 0;
  }
  // The last ends may still be on their way to the disk.
  let done = [];
  for (let tries = 0; tries < 100 && done.length < before + runs; tries++)
    done = await all(engine, '/runs?jobId=one&outcome=succeeded');
  mustBe(done.length - before, runs, 'runs of one record');
  return (Math.max(...done.map((each) => Date.parse(each.finishedAt))) - startedAt) / 1000;
}

async function measureBigBody() {
  return withEngine(async (engine) => {
    await declare(engine, 'one', '/one', {});
    await collect(engine, 'one');
    await declare(engine, 'big', '/big', { schema: SCHEMA });
    const before = await peakBytes(engine.pid);
    const { durationMs, counts } = await collect(engine, 'big');
    const growth = (await peakBytes(engine.pid)) - before;
    return {
      bigBody: {
        bytes: bigBody.length,
        records: counts.new,
        seconds: round(durationMs / 1000),
        peakGrowthBytes: growth,
        timesItsSize: round(growth / bigBody.length),
      },
    };
  });
}

async function withEngine(measure) {
  const { home, remove } = await freshHome();
  try {
    const engine = await startEngine(home);
    try {
      return await measure(engine, home);
    } finally {
      await engine.quit();
    }
  } finally {
    await remove();
  }
}

async function declare(engine, id, path, more) {
  const request = { url: `${api.url}${path}` };
  const records = { path: '$.items[*]' };
  await engine.request('POST', '/integrations', {
    ...{ id, name: id, request, records, key: ['id'] },
    ...more,
  });
  await engine.request('POST', '/jobs', { id, name: id, integrationId: id });
}

async function collect(engine, jobId) {
  const events = await listen(engine);
  const ended = events.next((each) => each.jobId === jobId);
  await engine.request('POST', `/jobs/${jobId}/run`, {});
  const done = await ended;
  await events.stop();
  mustBe(done.outcome, 'succeeded', 'outcome');
  return done;
}

async function journalBytes(home) {
  const names = (await readdir(home)).filter((name) => name.startsWith('journal-'));
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(home, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** The most memory that the process ever had. */
async function peakBytes(pid) {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+)/.exec(status)[1]) * 1024;
}

function mustBe(found, wanted, what) {
  if (found !== wanted) throw new Error(`${what}: ${found} instead of ${wanted}, so no figure.`);
}
