// The store alone, through its thread and journal, each figure beside a bare one taken in the same run.
// What was acknowledged is compared with what a copy of the files opens to; if they differ, no figure is printed.
// Arguments: which of the parts below to measure (all when none is named).
import { execFile } from 'node:child_process';
import {
  cpSync,
  fdatasyncSync,
  openSync,
  closeSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import initSqlJs from 'sql.js';
import { freshHome } from './parts/engine.mjs';
import { clock } from './parts/clock.mjs';
import { machine, percentiles, round } from './parts/figures.mjs';
import { buildStoreModules } from './parts/store-modules.mjs';
import { endOps, pageOp, recordsOf, runRow, setting } from './parts/store-ops.mjs';

const BATCH = 500;
const MIB = 1024 * 1024;
const threadFile = new URL('../../dist/main/store-thread.js', import.meta.url);

const modules = await buildStoreModules('bench-store', {
  client: 'src/main/engine/store/store-client.ts',
  batch: 'src/main/engine/store/record-batch.ts',
  tidier: 'src/main/engine/housekeeping/tidier.ts',
  settings: 'src/shared/settings.ts',
});
const { openStore } = await import(modules.client);
const { packRecords } = await import(modules.batch);

const { home, remove } = await freshHome();
const folder = (name) => join(home, name);
const open = (name) => openStore({ home: folder(name), threadFile, clock });

const parts = {
  upserts: () => upserts(200_000),
  latency: () => latency(3000),
  concurrent: () => concurrent(1000, 3000),
  recovery: () => recovery(63 * MIB),
  large: () => large(200 * MIB),
};
const named = Object.keys(parts).filter((part) => process.argv.includes(part));

try {
  const figures = { machine: machine(home) };
  for (const part of named.length > 0 ? named : Object.keys(parts))
    figures[part] = await parts[part]();
  console.log(JSON.stringify(figures, null, 2));
} finally {
  remove();
}

/** Records of about 250 bytes, in batches, into an empty store and again unchanged; and the same by sql.js alone. */
async function upserts(count) {
  const store = await open('upserts');
  const batches = Array.from({ length: count / BATCH }, (_, page) =>
    recordsOf(page * BATCH, BATCH),
  );
  const first = await read(store, batches, 'one');
  const second = await read(store, batches, 'two');
  const bare = await bareUpserts(batches);
  await same(store, 'upserts', async (opened) => opened.figures.records, count);
  return {
    records: count,
    batch: BATCH,
    perSecond: rate(count, first),
    unchangedPerSecond: rate(count, second),
    bareSqlJsPerSecond: rate(count, bare),
    shareOfBare: round(bare / first),
  };
}

/** One complete read, with as many pages on their way as a run may have. */
async function read(store, batches, id) {
  const started = performance.now();
  const run = runRow({ id, createdAt: Date.now() });
  await store.commit([{ kind: 'run.insert', run }]);
  const onTheirWay = new Set();
  for (const [at, records] of batches.entries()) {
    const isLast = at === batches.length - 1;
    const ops = [pageOp(run.id, at + 1, packRecords(records), isLast ? null : at + 2)];
    if (isLast) ops.push(...endOps(run.id));
    const stored = store.commit(ops).finally(() => onTheirWay.delete(stored));
    onTheirWay.add(stored);
    if (onTheirWay.size >= 4) await Promise.race(onTheirWay);
  }
  await Promise.all(onTheirWay);
  return performance.now() - started;
}

/** The same rows into the same schema by the same statements, without journal, thread or comparison of content. */
async function bareUpserts(batches) {
  const SQL = await initSqlJs();
  const database = new SQL.Database();
  const schema = readFileSync(
    new URL('../../src/main/engine/store/migrations/001-first.sql', import.meta.url),
    'utf8',
  );
  database.run(`PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF;
    PRAGMA secure_delete = ON; PRAGMA locking_mode = EXCLUSIVE; PRAGMA cache_size = -16384; ${schema}`);
  const insert = database.prepare(
    `INSERT INTO records (integration, key, data, hash, version, change, run, first_seen, changed_at)
      VALUES (1, ?, ?, ?, 1, 0, 1, ?, ?)
      ON CONFLICT (integration, key) DO UPDATE SET data = excluded.data, hash = excluded.hash`,
  );
  const started = performance.now();
  for (const records of batches) {
    database.run('BEGIN');
    const at = Date.now();
    for (const { key, data, hash } of records) insert.run([key, data, hash, at, at]);
    database.run('COMMIT');
  }
  const took = performance.now() - started;
  database.close();
  return took;
}

/** One commit after the other, and a bare write + fdatasync of as many bytes. */
async function latency(count) {
  const store = await open('latency');
  const times = [];
  for (let number = 0; number < count; number++) {
    const started = performance.now();
    await store.commit([setting(number % 100, number)]);
    times.push(performance.now() - started);
  }
  const file = openSync(folder('bare.log'), 'w');
  const bytes = Buffer.alloc(110);
  const bare = [];
  for (let number = 0; number < count; number++) {
    const started = performance.now();
    writeSync(file, bytes);
    fdatasyncSync(file);
    bare.push(performance.now() - started);
  }
  closeSync(file);
  await same(store, 'latency', (opened) => settingOf(opened, (count - 1) % 100), count - 1);
  return { commitMs: percentiles(times.slice(100)), bareMs: percentiles(bare.slice(100)) };
}

/** Commits of one operation by many writers, each waiting for its own. */
async function concurrent(writers, forMs) {
  const store = await open('concurrent');
  const until = performance.now() + forMs;
  const last = new Map();
  let commits = 0;
  await Promise.all(
    Array.from({ length: writers }, async (_, writer) => {
      while (performance.now() < until) {
        await store.commit([setting(writer, commits)]);
        last.set(writer, ++commits);
      }
    }),
  );
  const names = async (opened) => Object.keys(await opened.query('settings.all', null)).length;
  await same(store, 'concurrent', names, writers);
  return { writers, commitsPerSecond: Math.round((commits * 1000) / forMs) };
}

/** The time that a start takes when no snapshot was written for a while. */
async function recovery(journalBytes) {
  const store = await open('recovery');
  const run = runRow({ id: 'recovered', createdAt: Date.now() });
  await store.commit([{ kind: 'run.insert', run }]);
  let page = 0;
  let commits = 1;
  while (store.figures.journalBytes < journalBytes) {
    const pages = Array.from({ length: 4 }, () => {
      page++;
      return store.commit([pageOp(run.id, page, packRecords(recordsOf(page * 50, 50)), page + 1)]);
    });
    const others = Array.from({ length: 100 }, (_, at) => store.commit([setting(at, page)]));
    await Promise.all([...pages, ...others]);
    commits += 104;
  }
  cpSync(folder('recovery'), folder('recovered'), { recursive: true });
  const started = performance.now();
  const recovered = await open('recovered');
  const tookMs = performance.now() - started;
  const { lsn, records } = recovered.figures;
  if (lsn !== commits || records !== page * 50) throw new Error(`recovered ${lsn} of ${commits}`);
  await recovered.close(0);
  await store.close(0);
  return { journalMiB: round(journalBytes / MIB), transactions: commits, tookMs: round(tookMs) };
}

/** Fills a large store, and has a process of its own measure it, whose memory nothing else is in. */
async function large(bytes) {
  const store = await open('large');
  const run = runRow({ id: 'large', createdAt: Date.now() });
  await store.commit([{ kind: 'run.insert', run }]);
  let page = 0;
  while (store.figures.databaseBytes < bytes) {
    await Promise.all(
      Array.from({ length: 4 }, () => {
        page++;
        return store.commit([pageOp(run.id, page, packRecords(recordsOf(page * BATCH, BATCH)), 1)]);
      }),
    );
  }
  await store.close(30_000);
  const script = fileURLToPath(new URL('parts/large-store.mjs', import.meta.url));
  const args = [script, folder('large'), JSON.stringify(modules), String(page * BATCH)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout);
}

/** Throws unless a copy of the files, as they are now, opens to what was acknowledged. */
async function same(store, name, look, expected) {
  cpSync(folder(name), folder(`${name}-copy`), { recursive: true });
  const copy = await open(`${name}-copy`);
  const found = await look(copy);
  if (found !== expected)
    throw new Error(`${name}: ${found} is stored, ${expected} was acknowledged`);
  await copy.close(0);
  await store.close(0);
  rmSync(folder(`${name}-copy`), { recursive: true });
}

async function settingOf(store, number) {
  return (await store.query('settings.all', null))[`s${number}`];
}

function rate(count, ms) {
  return Math.round((count * 1000) / ms);
}
