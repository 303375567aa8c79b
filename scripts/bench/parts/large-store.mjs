// A process of its own that opens a large store and does all that is heavy in it: how long each takes, how long readers
// wait meanwhile, how late this thread's loop is, and how much memory the process had at most until then.
// Arguments: the home, the built modules as JSON, how many records there are. Prints JSON.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { clock } from './clock.mjs';
import { percentiles, round } from './figures.mjs';
import { pageOp, recordsOf, runRow, setting } from './store-ops.mjs';

const [home, modulesJson = '{}', count] = process.argv.slice(2);
const modules = JSON.parse(modulesJson);
const MIB = 1024 * 1024;
const BATCH = 500;
const TIDY_MS = 3000;
const threadFile = new URL('../../../dist/main/store-thread.js', import.meta.url);
const { openStore } = await import(modules.client);
const { packRecords } = await import(modules.batch);
const { Tidier } = await import(modules.tidier);
const { DEFAULT_SETTINGS } = await import(modules.settings);

const started = performance.now();
const store = await openStore({ home, threadFile, clock });
const openMs = round(performance.now() - started);
if (store.figures.records !== Number(count)) throw new Error('records are missing');
const firstPageMs = await timed(() => store.query('records.list', { limit: 50 }));
const figures = { openMs, firstPageMs, peakRssMiB: { opened: peakRss() } };

await store.commit([setting(1, 1)]);
const quiet = await whileReading(() => store.checkpoint());
figures.databaseMiB = round(quiet.result.snapshotBytes / MIB);
figures.checkpointMs = round(quiet.result.durationMs);
figures.duringCheckpoint = quiet.waits;
figures.peakRssMiB.checkpoint = peakRss();

await store.commit([{ kind: 'run.insert', run: runRow({ id: 'more', createdAt: Date.now() }) }]);
const busy = await whileReading(() => whileWriting(() => store.checkpoint()));
figures.busyCheckpointMs = round(busy.result.durationMs);
figures.duringBusyCheckpoint = busy.waits;
figures.peakRssMiB.busyCheckpoint = peakRss();

const backup = await whileReading(() => store.backup('manual'));
figures.duringBackup = backup.waits;
figures.peakRssMiB.backup = peakRss();

const tidying = await whileReading(tidy);
figures.tidiedRecords = tidying.result;
figures.duringTidying = tidying.waits;

figures.compactMs = await timed(() => store.compact());
figures.peakRssMiB.compacted = peakRss();
figures.restoreMs = await timed(() => store.restore(backup.result.name));
figures.peakRssMiB.restored = peakRss();
await store.close(0);
console.log(JSON.stringify(figures));

/** Does something while a reader asks for a page of records, now and again. */
async function whileReading(action) {
  const reads = [];
  const loop = monitorEventLoopDelay({ resolution: 1 });
  loop.enable();
  let isDone = false;
  const reader = (async () => {
    while (!isDone) {
      reads.push(await timed(() => store.query('records.list', { limit: 50 })));
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  })();
  const result = await action().finally(() => (isDone = true));
  await reader;
  loop.disable();
  const loopDelayMs = { p99: round(loop.percentile(99) / 1e6), max: round(loop.max / 1e6) };
  return { result, waits: { readMs: percentiles(reads), loopDelayMs } };
}

/** Does something while new records are stored, as fast as they can be. */
async function whileWriting(action) {
  let isDone = false;
  const result = action().finally(() => (isDone = true));
  for (let page = 1; !isDone; page++) {
    const records = recordsOf(1e9 + page * BATCH, BATCH);
    await store.commit([pageOp('more', page, packRecords(records), page + 1)]);
  }
  return result;
}

/** Retention as the program does it, slice by slice, of records that are all too old. */
async function tidy() {
  const retention = { ...DEFAULT_SETTINGS.retention, recordsDays: -1 };
  const tidier = new Tidier({
    clock,
    store,
    settings: () => ({ retention }),
    isTight: () => false,
  });
  const before = store.figures.records;
  const until = performance.now() + TIDY_MS;
  let hasMore = true;
  while (hasMore && performance.now() < until) hasMore = await tidier.slice();
  await store.checkpoint();
  return before - store.figures.records;
}

async function timed(action) {
  const from = performance.now();
  await action();
  return round(performance.now() - from);
}

function peakRss() {
  return round(process.resourceUsage().maxRSS / 1024);
}
