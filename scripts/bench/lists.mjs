// The lists of a store with 1,000,000 runs and 1,000,000 records: how long the first page takes, the page number 1,000,
// and every page between, each list by its cursor. Figures are of the question through the store's thread.
// Arguments: the number of runs and of records (1000000 when none is given).
import { createHash } from 'node:crypto';
import { clock } from './parts/clock.mjs';
import { freshHome } from './parts/engine.mjs';
import { machine, percentiles, round } from './parts/figures.mjs';
import { buildStoreModules } from './parts/store-modules.mjs';
import { pageOp, recordsOf, runRow } from './parts/store-ops.mjs';

const COUNT = Number(process.argv[2] ?? 1_000_000);
const PAGES = Math.min(1000, Math.floor(COUNT / 1000));
const PAGE = 50;
const BATCH = 500;
const AT_ONCE = 4;
const MIB = 1024 * 1024;
const AT = Date.parse('2026-01-01T00:00:00.000Z');
const OUTCOMES = ['succeeded', 'failed', 'partial', 'succeeded', 'failed'];
const TRIGGERS = ['schedule', 'manual', 'api', 'catch-up'];
/** Of a thousand pages each: records that changed, and records that were refused. */
const FEW = PAGES * PAGE * 1.2;

const threadFile = new URL('../../dist/main/store-thread.js', import.meta.url);

const modules = await buildStoreModules('bench-lists', {
  client: 'src/main/engine/store/store-client.ts',
  batch: 'src/main/engine/store/record-batch.ts',
});
const { openStore } = await import(modules.client);
const { packRecords } = await import(modules.batch);

const { home, remove } = await freshHome();
try {
  const store = await openStore({ home, threadFile, clock });
  const started = performance.now();
  await fillRuns(store);
  await fillRecords(store);
  const filledS = round((performance.now() - started) / 1000);
  const lists = {};
  for (const [name, [query, params]] of Object.entries(allLists()))
    lists[name] = await walk(store, query, params);
  const { runs, records, databaseBytes } = store.figures;
  await store.close(120_000);
  const figures = {
    machine: machine(home),
    runs,
    records,
    databaseMiB: round(databaseBytes / MIB),
    filledS,
    pageOf: PAGE,
    lists,
    peakRssMiB: round(process.resourceUsage().maxRSS / 1024),
  };
  console.log(JSON.stringify(figures, null, 2));
} finally {
  remove();
}

/** Each filter that an index answers, with the time. */
function allLists() {
  return {
    runs: ['runs.list', {}],
    'runs of a job': ['runs.list', { jobId: 'job-3' }],
    'runs of an integration': ['runs.list', { integrationId: 'api-1' }],
    'runs by outcome': ['runs.list', { outcome: 'failed' }],
    'runs by trigger': ['runs.list', { trigger: 'manual' }],
    'runs by state': ['runs.list', { state: 'finished' }],
    'runs of a job by outcome': ['runs.list', { jobId: 'job-3', outcome: 'succeeded' }],
    'runs of some days': ['runs.list', { from: AT, to: AT + COUNT * 900 }],
    'dead letters': ['dead-letters.list', {}],
    records: ['records.list', {}],
    'records of an integration': ['records.list', { integrationId: 'api-1' }],
    'records of a run': ['records.list', { runId: idOf('records', 1) }],
    'new records': ['records.list', { change: 'new' }],
    'changed records': ['records.list', { change: 'changed' }],
    quarantine: ['quarantine.list', {}],
    'quarantine of an integration': ['quarantine.list', { integrationId: 'api-1' }],
    'quarantine of a run': ['quarantine.list', { runId: idOf('records', 1) }],
    'quarantine by field': ['quarantine.list', { field: '/price' }],
  };
}

async function walk(store, query, params) {
  const times = [];
  let cursor;
  let pages = 0;
  while (pages < PAGES) {
    const started = performance.now();
    const page = await store.query(query, {
      ...params,
      limit: PAGE,
      ...(cursor ? { cursor } : {}),
    });
    times.push(performance.now() - started);
    pages++;
    if (page.nextCursor === null) break;
    cursor = page.nextCursor;
  }
  const { p50, p99, max } = percentiles(times);
  return { pages, firstMs: round(times[0]), lastMs: round(times.at(-1)), p50, p99, max };
}

async function fillRuns(store) {
  await inTurns(COUNT / BATCH, (batch) =>
    store.commit(
      Array.from({ length: BATCH }, (_, at) => {
        const number = batch * BATCH + at;
        const outcome = OUTCOMES[number % OUTCOMES.length];
        const createdAt = AT + number * 1000;
        return {
          kind: 'run.insert',
          run: runRow({
            id: idOf('run', number),
            jobId: `job-${number % 7}`,
            integrationId: `api-${number % 3}`,
            trigger: TRIGGERS[number % TRIGGERS.length],
            scheduledFor: createdAt,
            createdAt,
            startedAt: createdAt,
            finishedAt: createdAt + 40,
            durationMs: 40,
            state: 'finished',
            outcome,
          }),
        };
      }),
    ),
  );
}

/** Two integrations; of the second, some come again in another run and have changed. */
async function fillRecords(store) {
  const half = COUNT / 2;
  await readOnce(store, { run: 0, which: 0, from: 0, count: half });
  await readOnce(store, { run: 1, which: 1, from: half, count: half });
  await readOnce(store, { run: 2, which: 1, from: half, count: FEW, isChanged: true });
}

async function readOnce(store, { run: number, which, from, count, isChanged = false }) {
  const id = idOf('records', number);
  const at = AT + (COUNT + number) * 1000;
  const integrationId = `api-${which}`;
  const run = runRow({ id, jobId: `read-${which}`, integrationId, createdAt: at });
  await store.commit([{ kind: 'run.insert', run }]);
  await inTurns(Math.ceil(count / BATCH), (page) => {
    const records = recordsOf(from + page * BATCH, BATCH);
    const batch = packRecords(isChanged ? records.map(changed) : records);
    const quarantine = !isChanged && page * BATCH < FEW ? refused(which, page) : [];
    const op = pageOp(id, page + 1, batch, page + 2);
    return store.commit([{ ...op, integrationId, at: at + page, quarantine }]);
  });
}

function changed({ key, data }) {
  const other = data.replace('"stock"', '"held"');
  return { key, data: other, hash: createHash('sha256').update(other).digest().subarray(0, 16) };
}

function refused(which, page) {
  return Array.from({ length: BATCH }, (_, at) => {
    const raw = JSON.stringify({ id: `${which}-${page}-${at}`, price: 'free' });
    const hash = createHash('sha256').update(raw).digest('hex').slice(0, 32);
    return { reason: 'schema', rule: 'type', field: '/price', value: '"free"', raw, hash };
  });
}

async function inTurns(count, start) {
  const onTheirWay = new Set();
  for (let number = 0; number < count; number++) {
    const done = start(number).finally(() => onTheirWay.delete(done));
    onTheirWay.add(done);
    if (onTheirWay.size >= AT_ONCE) await Promise.race(onTheirWay);
  }
  await Promise.all(onTheirWay);
}

function idOf(what, number) {
  const kind = what === 'run' ? '7' : '7f';
  const digits = number.toString(16).padStart(12, '0');
  return `00000000-0000-7000-8${kind.padEnd(3, '0')}-${digits}`;
}
