import { beforeEach, describe, expect, it } from 'vitest';
import { PagedFile } from '../../../../src/main/engine/store/database/paged-file.ts';
import { loadSqlite } from '../../../../src/main/engine/store/database/sqlite.ts';
import type { Op } from '../../../../src/main/engine/store/ops.ts';
import type { StorageReport, StoredBackup } from '../../../../src/main/engine/store/store.ts';
import type { StoreTask } from '../../../../src/main/engine/store/thread-protocol.ts';
import { allTables, fillEveryTable } from '../../../support/every-table.ts';
import { FaultyFiles } from '../../../support/faulty-files.ts';
import { settle, StoreHarness } from '../../../support/store-harness.ts';

const put = (name: string): Op => ({ kind: 'setting.put', name, value: 1 });
const names = async (store: StoreHarness) => Object.keys(await store.query('settings.all', null));

describe('a backup', { timeout: 60_000 }, () => {
  let files: FaultyFiles;
  let store: StoreHarness;
  let lineages = 0;
  const open = (on: FaultyFiles) =>
    StoreHarness.open(on, { newLineage: () => Buffer.alloc(16, ++lineages) });
  const todo = <T>(task: StoreTask, on = store) => on.core.do(task) as Promise<T>;
  const backup = (on = store) => todo<StoredBackup>({ kind: 'backup', reason: 'manual' }, on);

  beforeEach(async () => {
    files = new FaultyFiles();
    store = await open(files);
    await store.commit([put('a')]);
  });

  /** Every table but the one that says which database it is and where its journal goes on. */
  async function tables(path: string, of: FaultyFiles): Promise<Record<string, unknown[][]>> {
    const database = (await loadSqlite()).open(PagedFile.of(of.content(path)));
    const { store_state: _, ...others } = allTables(database);
    return others;
  }

  it.each(['manual', 'daily', 'before-restore'] as const)(
    'made as %s holds every table, and gives them all back',
    async (reason) => {
      await fillEveryTable(store);
      await store.core.checkpoint();
      const before = await tables('pontual.db', files);
      expect(Object.values(before).every((rows) => rows.length > 0)).toBe(true);
      const { name } = await todo<StoredBackup>({ kind: 'backup', reason });
      expect(await tables(`backups/${name}`, files)).toEqual(before);

      await store.commit([
        put('b'),
        { kind: 'secret.delete', name: 'token' },
        { kind: 'integration.delete', id: 'api', data: 'delete' },
        { kind: 'job.delete', id: 'job' },
      ]);
      await todo({ kind: 'restore', backup: name });
      expect(await tables('pontual.db', files)).toEqual(before);
      const again = await open(files.afterCrash('nothing'));
      await again.core.checkpoint();
      expect(Object.keys(await again.query('settings.all', null)).sort()).toEqual([
        'a',
        'retention',
      ]);
    },
  );

  it('that was restored is gone on with, and found again after a crash', async () => {
    const { name } = await backup();
    await store.commit([put('b')]);
    await todo({ kind: 'restore', backup: name });
    await store.commit([put('c')]);
    expect(store.core.health.state).toBe('ok');
    const again = await open(files.afterCrash('nothing'));
    expect((await names(again)).sort()).toEqual(['a', 'c']);
  });

  it('is made of what there was before one is restored', async () => {
    const { name } = await backup();
    await store.commit([put('b')]);
    await todo({ kind: 'restore', backup: name });
    const { backups } = await todo<StorageReport>({ kind: 'storage' });
    const before = backups.find(({ reason }) => reason === 'before-restore');
    await todo({ kind: 'restore', backup: before?.name ?? '' });
    expect((await names(store)).sort()).toEqual(['a', 'b']);
  });

  it('that is damaged, missing or elsewhere changes nothing', async () => {
    const { name } = await backup();
    const bytes = Buffer.from(files.content(`backups/${name}`));
    files.put(`backups/${name}`, bytes.fill(7, 4096, 12_288));
    for (const bad of [name, 'pontual-2020-01-01T00-00-00.000Z-manual.db', '../pontual.db', 'x'])
      await expect(todo({ kind: 'restore', backup: bad })).rejects.toThrow('backups/');
    await store.commit([put('b')]);
    expect((await names(store)).sort()).toEqual(['a', 'b']);
  });

  it('of each day is kept for a week', async () => {
    for (let day = 0; day < 9; day++) {
      await todo({ kind: 'backup', reason: 'daily' });
      store.clock.jump(86_400_000);
    }
    await backup();
    const { backups } = await todo<StorageReport>({ kind: 'storage' });
    expect(backups.map(({ reason }) => reason)).toEqual([
      'manual',
      ...Array.from({ length: 7 }, () => 'daily'),
    ]);
  });

  it('that is being restored when an operation fails or the power does leaves the old or the new', async () => {
    const { name } = await backup();
    await store.commit([put('b')]);
    const home = files.clone();
    const steps = async (on: FaultyFiles) => {
      const opened = await open(on);
      await todo({ kind: 'restore', backup: name }, opened);
      return on.count;
    };
    const total = await steps(home.clone());
    for (let number = 1; number <= total; number++) {
      const crashing = home.clone().plan(number, { kind: 'crash' });
      await Promise.race([steps(crashing), crashing.crashed]);
      for (const survival of ['nothing', 'everything'] as const) {
        const again = await open(crashing.afterCrash(survival));
        expect(again.core.health.state).toBe('ok');
        expect([['a'], ['a', 'b']]).toContainEqual((await names(again)).sort());
      }
      const failing = home.clone().plan(number, { kind: 'fail', code: 'EIO', forEver: false });
      const opened = await open(failing).catch(() => null);
      if (!opened) continue;
      const isDone = await todo({ kind: 'restore', backup: name }, opened).then(
        () => true,
        () => false,
      );
      await settle();
      await opened.clock.advanceAsync(10_000, settle);
      expect(opened.core.health.state).toBe('ok');
      await opened.commit([put('c')]);
      const expected = isDone ? ['a', 'c'] : ['a', 'b', 'c'];
      expect((await names(opened)).sort()).toEqual(expected);
      const again = await open(failing.afterCrash('nothing'));
      expect((await names(again)).sort()).toEqual(expected);
    }
  });
});

describe('a damaged store', () => {
  let files: FaultyFiles;
  let lineages = 100;
  const open = (on: FaultyFiles) =>
    StoreHarness.open(on, { newLineage: () => Buffer.alloc(16, ++lineages) });

  beforeEach(async () => {
    files = new FaultyFiles();
    const store = await open(files);
    await store.commit([put('a')]);
    await store.core.do({ kind: 'backup', reason: 'manual' });
    await store.commit([put('b')]);
    await store.core.checkpoint();
    for (const name of ['c', 'd', 'e']) await store.commit([put(name)]);
    await store.clock.advanceAsync(50, settle);
    files = files.clone();
    const journal = Buffer.from(files.content('journal-000002.log'));
    const frame = (journal.length - 44 - 48) / 3;
    const at = 44 + frame + 60;
    journal[at] = (journal[at] ?? 0) ^ 1;
    files.put('journal-000002.log', journal);
  });

  it('goes on with what can be read when the person says so', async () => {
    const store = await open(files);
    expect(store.core.health.state).toBe('read-only');
    expect(await names(store)).toEqual(['a', 'b', 'c']);
    await store.core.do({ kind: 'recover', choice: { kind: 'prefix' } });
    expect(store.core.health.state).toBe('ok');
    await store.commit([put('f')]);
    const again = await open(files.afterCrash('nothing'));
    expect(await names(again)).toEqual(['a', 'b', 'c', 'f']);
    const kept = files.paths.filter((path) => path.startsWith('damaged-'));
    expect(kept.map((path) => path.split('/')[1])).toContain('journal-000002.log');
  });

  it('goes on with the previous snapshot, and all of its journal, when the person says so', async () => {
    const store = await open(files);
    await store.core.do({ kind: 'recover', choice: { kind: 'previous-generation' } });
    expect(await names(store)).toEqual(['a', 'b', 'c']);
    await store.commit([put('f')]);
    expect(await names(await open(files.afterCrash('nothing')))).toEqual(['a', 'b', 'c', 'f']);
  });

  it('goes on with a backup when the person says so, also when nothing can be read', async () => {
    for (const path of ['pontual.db', 'pontual.previous.db'])
      files.put(path, Buffer.from('garbage'));
    const store = await open(files);
    const { backups } = (await store.core.do({ kind: 'storage' })) as StorageReport;
    const [backup] = backups;
    await store.core.do({
      kind: 'recover',
      choice: { kind: 'backup', backup: backup?.name ?? '' },
    });
    await store.commit([put('f')]);
    expect(await names(await open(files.afterCrash('nothing')))).toEqual(['a', 'f']);
  });

  it('has nothing to choose when it is sound', async () => {
    const store = await open(new FaultyFiles());
    await expect(
      store.core.do({ kind: 'recover', choice: { kind: 'prefix' } }),
    ).rejects.toMatchObject({ code: 'conflict' });
  });

  it('is not gone back on by a start after the newest snapshot of a restored store broke', async () => {
    const store = await open(files);
    await store.core.do({ kind: 'recover', choice: { kind: 'prefix' } });
    await store.commit([put('f')]);
    const broken = files.afterCrash('nothing');
    broken.put('pontual.db', Buffer.from('garbage'));
    const again = await open(broken);
    expect(again.core.health.state).toBe('read-only');
  });
});
