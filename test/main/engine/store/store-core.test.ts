import { describe, expect, it } from 'vitest';
import { PagedFile } from '../../../../src/main/engine/store/database/paged-file.ts';
import { loadSqlite } from '../../../../src/main/engine/store/database/sqlite.ts';
import { writeProved } from '../../../../src/main/engine/store/home/snapshot.ts';
import type { Op, RunRow } from '../../../../src/main/engine/store/ops.ts';
import { FaultyFiles } from '../../../support/faulty-files.ts';
import { runRow, settle, StoreHarness } from '../../../support/store-harness.ts';

const put = (name: string, value = 1): Op => ({ kind: 'setting.put', name, value });
const names = async (store: StoreHarness) => Object.keys(await store.query('settings.all', null));

/** The beginning of a frame that was being written. */
const TAIL = Buffer.from('PFRM torn');

describe('a store', () => {
  it('keeps what it acknowledged when the power fails', async () => {
    const files = new FaultyFiles();
    const store = await StoreHarness.open(files);
    await store.commit([put('a'), put('b')]);
    const again = await StoreHarness.open(files.afterCrash('nothing'));
    expect(await names(again)).toEqual(['a', 'b']);
    expect(again.core.health).toEqual({ state: 'ok', reason: null });
  });

  it('refuses a transaction whose run exists and keeps the others of its group', async () => {
    const store = await StoreHarness.open(new FaultyFiles());
    const due = { scheduledFor: 1000 };
    const settlements = await Promise.all([
      store.submit([{ kind: 'run.insert', run: runRow(due) }]),
      store.submit([put('half'), { kind: 'run.insert', run: runRow(due) }]),
      store.submit([put('after')]),
    ]);
    expect(settlements.map((one) => ('refusal' in one ? one.refusal : 'stored'))).toEqual([
      'stored',
      'conflict',
      'stored',
    ]);
    expect(await names(store)).toEqual(['after']);
    expect(store.core.figures.runs).toBe(1);
  });

  it('takes a dead letter off the list when it is tried again, not when there was no room to', async () => {
    const store = await StoreHarness.open(new FaultyFiles());
    const ended = (fields: Partial<RunRow>) => runRow({ state: 'finished', ...fields });
    const dead = ended({ outcome: 'failed' });
    const refused = ended({ outcome: 'skipped', reason: 'queue-full', retryOf: dead.id });
    const listed = async () =>
      (await store.query('dead-letters.list', { limit: 10 })).items.map(({ id }) => id);
    await store.commit([
      { kind: 'run.insert', run: dead },
      { kind: 'run.insert', run: refused },
    ]);
    expect(await listed()).toEqual([dead.id]);
    await store.commit([{ kind: 'run.insert', run: runRow({ retryOf: dead.id }) }]);
    expect(await listed()).toEqual([]);
  });

  it('answers no query with what is not on disk yet', async () => {
    const files = new FaultyFiles();
    const store = await StoreHarness.open(files);
    const order: string[] = [];
    const stored = store.commit([put('a')]).then(() => order.push('acknowledged'));
    const seen = names(store).then((found) => order.push(`seen ${found.join()}`));
    await Promise.all([stored, seen]);
    expect(order).toEqual(['acknowledged', 'seen a']);
  });

  it('undoes in memory what it could not write, and heals with a new journal and snapshot', async () => {
    const files = new FaultyFiles();
    const store = await StoreHarness.open(files);
    await store.commit([put('a')]);
    files.breakDown('ENOSPC');
    const held = names(store);
    const [refused, later] = await Promise.all([
      store.submit([put('b')]),
      store.submit([put('c')]),
    ]);
    expect(refused).toMatchObject({ refusal: 'unavailable' });
    expect(later).toMatchObject({ refusal: 'unavailable' });
    expect(await held).toEqual(['a']);
    expect(store.core.health.state).toBe('degraded');
    expect(store.core.health.reason).toContain('The disk is full');
    expect(await store.submit([put('d')])).toMatchObject({ refusal: 'unavailable' });

    files.repair();
    await store.clock.advanceAsync(10_000, settle);
    expect(store.core.health.state).toBe('ok');
    await store.commit([put('e')]);
    expect(await names(store)).toEqual(['a', 'e']);
    const again = await StoreHarness.open(files.afterCrash('everything'));
    expect(await names(again)).toEqual(['a', 'e']);
  });

  it('never syncs a descriptor again after its sync failed', async () => {
    const files = new FaultyFiles();
    const store = await StoreHarness.open(files);
    await store.commit([put('a')]);
    const from = files.count;
    files.plan(from + 2, { kind: 'fail', code: 'EIO', forEver: false });
    await store.submit([put('b')]);
    await settle();
    const after = files.operations.slice(from).map(({ what, path }) => `${what} ${path}`);
    expect(after.slice(0, 3)).toEqual([
      'write journal-000001.log',
      'sync journal-000001.log',
      'close journal-000001.log',
    ]);
    await store.clock.advanceAsync(10_000, settle);
    expect(await names(store)).toEqual(['a']);
    expect(store.core.health.state).toBe('ok');
  });

  it('begins a new journal at a checkpoint and keeps two generations', async () => {
    const files = new FaultyFiles();
    const store = await StoreHarness.open(files);
    for (const name of ['a', 'b', 'c']) {
      await store.commit([put(name)]);
      await store.core.checkpoint();
    }
    expect(files.paths).toEqual([
      'MANIFEST',
      'journal-000003.log',
      'journal-000004.log',
      'pontual.db',
      'pontual.previous.db',
    ]);
    const again = await StoreHarness.open(files.afterCrash('nothing'));
    expect(await names(again)).toEqual(['a', 'b', 'c']);
  });

  it('shows its first runs to whoever opens the file, soon after they were stored', async () => {
    const files = new FaultyFiles();
    const store = await StoreHarness.open(files);
    const runsIn = async () => {
      const file = (await loadSqlite()).open(PagedFile.of(files.content('pontual.db')));
      const found = file.number('SELECT count(*) FROM runs');
      file.close();
      return found;
    };
    await store.commit([put('declared')]);
    await store.clock.advanceAsync(60_000, settle);
    expect(store.core.figures.journalBytes).toBeGreaterThan(0);
    await store.commit([{ kind: 'run.insert', run: runRow() }]);
    await store.clock.advanceAsync(9000, settle);
    await store.commit([{ kind: 'run.insert', run: runRow() }]);
    expect(await runsIn()).toBe(0);
    await store.clock.advanceAsync(1000, settle);
    expect(await runsIn()).toBe(2);
    // From then on a few more are worth no snapshot, also after the next start.
    const again = await StoreHarness.open(files.afterCrash('nothing'));
    await again.commit([{ kind: 'run.insert', run: runRow() }]);
    await again.clock.advanceAsync(60_000, settle);
    expect(again.core.figures.journalBytes).toBeGreaterThan(0);
  });

  it('tries again to show its first runs when there was no room to', async () => {
    const files = new FaultyFiles();
    const store = await StoreHarness.open(files);
    await store.commit([{ kind: 'run.insert', run: runRow() }]);
    const { free } = files;
    files.free = 1024 * 1024;
    await store.clock.advanceAsync(10_000, settle);
    expect(store.core.figures.journalBytes).toBeGreaterThan(0);
    files.free = free;
    await store.clock.advanceAsync(120_000, settle);
    expect(store.core.figures.journalBytes).toBe(0);
  });

  it('writes a snapshot a minute after the journal has come to hold more than the last one', async () => {
    const store = await StoreHarness.open(new FaultyFiles());
    await store.clock.advanceAsync(60_000, settle);
    await store.commit([{ kind: 'setting.put', name: 'large', value: 'x'.repeat(300_000) }]);
    await settle(50);
    expect(store.core.figures.journalBytes).toBe(0);
    await store.commit([{ kind: 'setting.put', name: 'large', value: 'y'.repeat(700_000) }]);
    await settle(50);
    expect(store.core.figures.journalBytes).toBeGreaterThan(700_000);
    await store.clock.advanceAsync(60_000, settle);
    expect(store.core.figures.journalBytes).toBe(0);
  });

  it('leaves the old snapshot and goes on with the journal when a new one cannot be written', async () => {
    const files = new FaultyFiles();
    const store = await StoreHarness.open(files);
    await store.commit([put('a')]);
    const from = files.count;
    await store.core.checkpoint();
    const writes = files.operations.slice(from).filter(({ path }) => path === 'pontual.db.tmp');
    const offset = (writes.find(({ what }) => what === 'write')?.number ?? 0) - from;
    files.plan(files.count + offset, { kind: 'fail', code: 'ENOSPC', forEver: false });
    await expect(store.core.checkpoint()).rejects.toThrow('ENOSPC');
    await store.commit([put('b')]);
    expect(store.core.health.state).toBe('ok');
    const again = await StoreHarness.open(files.afterCrash('nothing'));
    expect(await names(again)).toEqual(['a', 'b']);
  });

  it('goes on storing and answering while a snapshot is written, of the moment it began', async () => {
    const files = new FaultyFiles();
    const module = await loadSqlite();
    const told = { lsn: -1, seen: [] as string[] };
    const store: StoreHarness = await StoreHarness.open(files, {
      async write(path, image, lsn) {
        if (lsn === 2) {
          await store.commit([put('meanwhile')]);
          told.lsn = lsn;
          told.seen = await names(store);
        }
        return writeProved(files, module, path, image, lsn);
      },
    });
    await store.commit([put('a')]);
    await store.commit([put('b')]);
    await store.core.checkpoint();
    expect(told).toEqual({ lsn: 2, seen: ['a', 'b', 'meanwhile'] });
    const snapshot = module.open(PagedFile.of(files.content('pontual.db')));
    expect(snapshot.rows('SELECT name FROM settings').flat()).toEqual(['a', 'b']);
    const again = await StoreHarness.open(files.afterCrash('nothing'));
    expect(await names(again)).toEqual(['a', 'b', 'meanwhile']);
  });

  it('writes no snapshot and no backup where there is no room for one beside the journal', async () => {
    const files = new FaultyFiles();
    const store = await StoreHarness.open(files);
    await store.commit([put('a')]);
    files.free = 1024 * 1024;
    const before = files.paths;
    await expect(store.core.checkpoint()).rejects.toThrow('2 MiB, and 1 MiB are free');
    await expect(store.core.do({ kind: 'backup', reason: 'manual' })).rejects.toThrow('are free');
    await store.commit([put('b')]);
    expect(files.paths).toEqual(before);
    expect(store.notes).toEqual([
      expect.stringMatching(/^No snapshot could be written: a copy of the data needs 2 MiB/),
    ]);
    files.free = 3 * 1024 * 1024;
    await store.core.checkpoint();
  });

  it('leaves nothing lying about that a killed program left unfinished', async () => {
    const files = new FaultyFiles();
    const store = await StoreHarness.open(files);
    await store.commit([put('a')]);
    const killed = files.clone();
    killed.put('pontual.db.tmp', Buffer.alloc(10));
    killed.put('MANIFEST.tmp', Buffer.alloc(10));
    killed.put('backups/pontual-2026-01-01T00-00-00.000Z-daily.db.tmp', Buffer.alloc(10));
    killed.put('journal-000001.log', Buffer.concat([files.content('journal-000001.log'), TAIL]));
    const again = await StoreHarness.open(killed);
    expect(killed.paths.filter((path) => path.endsWith('.tmp'))).toEqual([]);
    expect(killed.content('journal-000001.log.torn').equals(TAIL)).toBe(true);
    for (const name of ['b', 'c']) {
      await again.commit([put(name)]);
      await again.core.checkpoint();
    }
    expect(killed.paths).toEqual([
      'MANIFEST',
      'journal-000002.log',
      'journal-000003.log',
      'pontual.db',
      'pontual.previous.db',
    ]);
  });

  it('notices that its folder was replaced', async () => {
    const files = new FaultyFiles();
    const store = await StoreHarness.open(files);
    await store.commit([put('a')]);
    files.homeInode = 'another';
    await store.clock.advanceAsync(5_000, settle);
    expect(store.core.health).toMatchObject({ state: 'degraded' });
    expect(store.core.health.reason).toContain('deleted, moved or replaced');
    files.homeInode = 'home';
    await store.clock.advanceAsync(10_000, settle);
    expect(store.core.health.state).toBe('ok');
  });

  it('tells a client that outlived the thread what was stored of its transactions', async () => {
    const files = new FaultyFiles();
    const store = await StoreHarness.open(files, { client: 7 });
    await store.commit([put('a')]);
    await store.commit([put('b')]);
    const again = await StoreHarness.open(files.afterCrash('everything'), {
      client: 7,
      answeredSeq: 1,
    });
    expect(again.core.settledBefore).toEqual([{ seq: 2, results: null }]);
  });

  it('ends, and keeps nothing of what it refuses, when the disk fails while it is closed', async () => {
    const files = new FaultyFiles();
    const store = await StoreHarness.open(files);
    await store.commit([put('a')]);
    // The write of the last transaction goes through, its sync does not.
    files.plan(files.count + 2, { kind: 'fail', code: 'EIO', forEver: false });
    const last = store.submit([put('b')]);
    await store.core.close(5000);
    expect(await last).toMatchObject({ refusal: 'unavailable' });
    const again = await StoreHarness.open(files.afterCrash('everything'));
    expect(await names(again)).toEqual(['a']);
  });

  it('writes a last snapshot when it is closed, and takes nothing after', async () => {
    const files = new FaultyFiles();
    const store = await StoreHarness.open(files);
    const last = store.submit([put('a')]);
    await store.core.close(5000);
    expect(await last).toMatchObject({ results: null });
    expect(await store.submit([put('b')])).toMatchObject({ refusal: 'unavailable' });
    expect(files.paths).toContain('journal-000002.log');
    const again = await StoreHarness.open(files.afterCrash('nothing'));
    expect(await names(again)).toEqual(['a']);
    expect(again.core.figures.journalBytes).toBe(0);
  });
});
