import { spawn } from 'node:child_process';
import { BroadcastChannel } from 'node:worker_threads';
import {
  mkdirSync,
  rmdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  readdirSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../../src/main/engine/clock.ts';
import { openStore } from '../../../../src/main/engine/store/store-client.ts';
import {
  StoreConflict,
  StoreUnavailable,
  type Store,
} from '../../../../src/main/engine/store/store.ts';
import { buildStoreModules } from '../../../../scripts/bench/parts/store-modules.mjs';
import { pageOp } from '../../../support/pages.ts';
import { runRow } from '../../../support/store-harness.ts';

const threadFile = pathToFileURL(
  join(import.meta.dirname, '../../../../dist/main/store-thread.js'),
);

describe('the store on its thread', { timeout: 30_000 }, () => {
  let home: string;
  const open: Store[] = [];
  let clientModule: string;

  beforeAll(async () => {
    const modules = await buildStoreModules('store-client-test', {
      client: 'src/main/engine/store/store-client.ts',
    });
    clientModule = modules.client ?? '';
  });

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'pontual-store-'));
  });

  afterEach(async () => {
    for (const store of open.splice(0)) await store.close(1000);
    rmSync(home, { recursive: true, force: true });
  });

  async function opened(): Promise<Store> {
    const store = await openStore({ home, threadFile, clock: systemClock });
    open.push(store);
    return store;
  }

  it('keeps what it acknowledged from one start to the next', async () => {
    const store = await opened();
    const run = runRow();
    await store.commit([{ kind: 'run.insert', run }]);
    const [page] = await store.commit([
      pageOp(run.id, { a: { id: 'a' }, b: { id: 'b' } }),
      { kind: 'run.patch', id: run.id, patch: { state: 'finished', outcome: 'succeeded' } },
    ]);
    expect(page).toMatchObject({ new: 2, changed: 0, unchanged: 0, duplicates: 0 });
    await store.close(5000);
    const again = await opened();
    const { items } = await again.query('records.list', { limit: 10 });
    expect(items.map(({ key, data }) => [key, data])).toEqual([
      ['a', { id: 'a' }],
      ['b', { id: 'b' }],
    ]);
    expect((await again.query('runs.get', { id: run.id }))?.counts.new).toBe(2);
  });

  it('names the one who has the home', async () => {
    const store = await opened();
    await store.announce('http://127.0.0.1:8085');
    await expect(openStore({ home, threadFile, clock: systemClock })).rejects.toMatchObject({
      code: 'home-in-use',
      owner: { pid: process.pid, url: 'http://127.0.0.1:8085' },
      message: expect.stringContaining(String(process.pid)) as string,
    });
    await store.close(1000);
    await expect(opened()).resolves.toBeDefined();
  });

  it('keeps its files from everybody else', async () => {
    await opened();
    for (const name of readdirSync(home))
      expect([name, statSync(join(home, name)).mode & 0o777]).toEqual([name, 0o600]);
  });

  it('says in which folder it cannot work, and why', async () => {
    const file = join(home, 'LOCK');
    await opened();
    await expect(
      openStore({ home: join(file, 'below'), threadFile, clock: systemClock }),
    ).rejects.toMatchObject({
      code: 'home-unusable',
      message: expect.stringContaining(join(file, 'below')) as string,
    });
  });

  it('tells a conflict from a failure', async () => {
    const store = await opened();
    const due = { scheduledFor: 1 };
    await store.commit([{ kind: 'run.insert', run: runRow(due) }]);
    await expect(store.commit([{ kind: 'run.insert', run: runRow(due) }])).rejects.toThrow(
      StoreConflict,
    );
    await expect(store.query('runs.list', { limit: 1, cursor: 'nonsense' })).rejects.toMatchObject({
      code: 'validation',
      details: [{ path: 'cursor' }],
    });
  });

  it('writes a file that any SQLite opens', async () => {
    const store = await opened();
    await store.commit([{ kind: 'setting.put', name: 'a', value: 1 }]);
    const report = await store.checkpoint();
    const bytes = readFileSync(join(home, 'pontual.db'));
    expect(bytes.length).toBe(report.snapshotBytes);
    expect(bytes.subarray(0, 15).toString()).toBe('SQLite format 3');
  });

  it('writes and proves a large snapshot, too, and says why one could not be written', async () => {
    const store = await opened();
    for (const name of ['a', 'b', 'c'])
      await store.commit([{ kind: 'setting.put', name, value: name.repeat(12 * 1024 * 1024) }]);
    const report = await store.checkpoint();
    expect(report.snapshotBytes).toBeGreaterThan(32 * 1024 * 1024);
    const file = readFileSync(join(home, 'pontual.db'));
    expect(file.length).toBe(report.snapshotBytes);
    expect(file.includes('c'.repeat(1000))).toBe(true);
    mkdirSync(join(home, 'pontual.db.tmp'));
    await expect(store.checkpoint()).rejects.toThrow(/EISDIR.*pontual\.db\.tmp/);
    rmdirSync(join(home, 'pontual.db.tmp'));
    await store.checkpoint();
    await store.close(0);
    const again = await opened();
    expect(Object.keys(await again.query('settings.all', null)).sort()).toEqual(['a', 'b', 'c']);
  });

  it('refuses what comes after it was closed, and closes twice without harm', async () => {
    const store = await opened();
    await Promise.all([store.close(1000), store.close(1000)]);
    await expect(store.commit([{ kind: 'secret.delete', name: 'a' }])).rejects.toThrow(
      StoreUnavailable,
    );
    await expect(store.query('settings.all', null)).rejects.toThrow(StoreUnavailable);
  });

  it('answers every commit once, and truly, when its thread dies under load', async () => {
    const mortal = pathToFileURL(
      join(import.meta.dirname, '../../../support/threads/mortal-store-thread.mjs'),
    );
    const store = await openStore({ home, threadFile: mortal, clock: systemClock });
    open.push(store);
    const killer = new BroadcastChannel(`mortal-store ${home}`);
    const healths: string[] = [];
    store.onHealth(({ state }) => healths.push(state));
    let next = 0;
    const stored: string[] = [];
    const work = async () => {
      while (next < 3000) {
        const number = next++;
        if (number === 500 || number === 1500) killer.postMessage('die');
        const name = `n${String(number)}`;
        const run = runRow({ scheduledFor: number });
        const [, result] = await store.commit([
          { kind: 'run.insert', run },
          pageOp(run.id, { [name]: { number } }),
        ]);
        // A transaction that was applied twice would be refused, or find its record there.
        expect(result.new).toBe(1);
        stored.push(name);
      }
    };
    await Promise.all(Array.from({ length: 20 }, work));
    killer.close();
    expect(stored).toHaveLength(3000);
    expect(healths).toEqual(['degraded', 'ok', 'degraded', 'ok']);
    expect(store.figures.lsn).toBeLessThanOrEqual(3000);
    expect((await store.query('records.list', { limit: 1 })).items).toHaveLength(1);
    const settled = await store.checkpoint();
    expect(settled.lsn).toBe(3000);
  });

  it('says truly of large pages whether they were stored when its thread died', async () => {
    const mortal = pathToFileURL(
      join(import.meta.dirname, '../../../support/threads/mortal-store-thread.mjs'),
    );
    const store = await openStore({ home, threadFile: mortal, clock: systemClock });
    open.push(store);
    const run = runRow();
    await store.commit([{ kind: 'run.insert', run }]);
    const killer = new BroadcastChannel(`mortal-store ${home}`);
    const records = Object.fromEntries(
      Array.from({ length: 2000 }, (_, at) => [`k${String(at)}`, { text: 'x'.repeat(200) }]),
    );
    const pages = Array.from({ length: 40 }, (_, at) => at + 1);
    const outcomes = await Promise.all(
      pages.map(async (page) => {
        if (page === 20) killer.postMessage('die');
        return store.commit([pageOp(run.id, records, { page, position: page })]).then(
          () => 'stored',
          (error: unknown) => (error as Error).name,
        );
      }),
    );
    killer.close();
    const detail = await store.query('runs.get', { id: run.id });
    const told = outcomes.filter((outcome) => outcome === 'stored').length;
    expect(outcomes.filter((outcome) => outcome === 'StoreUnavailable')).toHaveLength(40 - told);
    expect(detail?.counts.requests).toBe(told);
  });

  it('loses nothing acknowledged when the process is killed, again and again', async () => {
    let next = 0;
    for (let round = 0; round < 5; round++) {
      const acknowledged = await workUntilKilled(next, 20 + 37 * round);
      const store = await opened();
      const settings = await store.query('settings.all', null);
      for (const number of acknowledged) {
        expect(settings).toHaveProperty(`a${String(number)}`);
        expect(settings).toHaveProperty(`b${String(number)}`);
      }
      const halves = Object.keys(settings).filter(
        (name) => !(`${name.startsWith('a') ? 'b' : 'a'}${name.slice(1)}` in settings),
      );
      expect(halves).toEqual([]);
      next = 1 + Math.max(...Object.keys(settings).map((name) => Number(name.slice(1))), next);
      await store.close(round % 2 === 0 ? 1000 : 0);
    }
  });

  /** A process that commits as fast as it can and says what was acknowledged, until it has said `count` and is killed. */
  function workUntilKilled(from: number, count: number): Promise<number[]> {
    const script = join(import.meta.dirname, '../../../support/committing-process.mjs');
    const args = [script, clientModule, threadFile.href, home, String(from)];
    const child = spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    return new Promise((resolve, reject) => {
      let said = '';
      child.stdout.on('data', (chunk: Buffer) => {
        said += chunk.toString();
        if (said.split('\n').length > count) child.kill('SIGKILL');
      });
      child.on('error', reject);
      child.on('close', () => {
        // The last line may be cut.
        resolve(said.split('\n').slice(0, -1).map(Number));
      });
    });
  }
});
