import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { PagedFile } from '../../../../src/main/engine/store/database/paged-file.ts';
import {
  loadSqlite,
  type Sqlite,
  type SqliteModule,
} from '../../../../src/main/engine/store/database/sqlite.ts';
import { createDatabase } from '../../../../src/main/engine/store/home/create.ts';
import {
  migrate,
  NewerDatabase,
  SCHEMA_VERSION,
  schemaVersion,
} from '../../../../src/main/engine/store/migrations.ts';
import type { StorageReport } from '../../../../src/main/engine/store/store.ts';
import { allTables } from '../../../support/every-table.ts';
import { FaultyFiles } from '../../../support/faulty-files.ts';
import { bytesOf } from '../../../support/image-bytes.ts';
import { settle, StoreHarness } from '../../../support/store-harness.ts';

const ROOT = join(import.meta.dirname, '../../../..');
const MIGRATIONS = join(ROOT, 'src/main/engine/store/migrations');

/** What each migration was when it was released. A line is added with a new one; none is ever changed. */
const RELEASED: Readonly<Record<string, string>> = {
  '001-first.sql': '43f7ba70010e30b7194bcdfeed07d00b5d1d62e2a107783e4def6dde027de3e3',
  '002-staging.sql': '8b921a7ee5179538c2272d71b244d353de9690e12a0b9fb58dc3ba541e1855cb',
  '003-record-order.sql': 'e5eaae6ac7dc0e9a7cdd2ed18d88603661344561376aee558007382c2bb23513',
  '004-run-names.sql': '2a4ad1d8dfcf3ae0adaea28c90cb1d127d1a47d7297c452015d6a06a8dd52764',
  '005-quarantine-order.sql': 'df03ce59c034b9c6d2368f6932e977089d4a6add22c62a78e2bbd4f4f6f953f3',
  '006-held-back.sql': 'cc41ba3ef619c9daa7f4cd69b21341327b06d96c42ca078b76808e9d9146a78d',
  '007-pause-sentence.sql': 'cab74c74344165d6f86be72859f226b1179cb1ed04a4a0378e8597c458d6a2a5',
};
const VERSIONS = Object.keys(RELEASED).map((_, at) => at + 1);

let module: SqliteModule;
beforeAll(async () => {
  module = await loadSqlite();
});

function fixturePath(version: number): string {
  return join(ROOT, `test/fixtures/databases/schema-${String(version)}.db.gz`);
}

/** A file that the program of that time wrote. */
function fixture(version: number): Buffer {
  return gunzipSync(readFileSync(fixturePath(version)));
}

function tablesOf(bytes: Uint8Array): Record<string, unknown[][]> {
  const database = module.open(PagedFile.of(bytes));
  try {
    return allTables(database);
  } finally {
    database.close();
  }
}

/** Tables and indexes with their definitions, in no order. */
function schemaOf(database: Sqlite): unknown {
  return Object.fromEntries(
    database
      .rows("SELECT type || ' ' || name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'")
      .map(([name, sql]) => [name, sql]),
  );
}

describe('the migrations', () => {
  it('are those that were released, unchanged; a change of the schema is a new file', () => {
    const found = readdirSync(MIGRATIONS).map((name) => {
      const sha256 = createHash('sha256').update(readFileSync(join(MIGRATIONS, name)));
      return [name, sha256.digest('hex')];
    });
    expect(Object.fromEntries(found)).toEqual(RELEASED);
    expect(SCHEMA_VERSION).toBe(found.length);
  });

  it('have each a store of its time to upgrade (`node scripts/store-fixture.mjs` makes it)', () => {
    const missing = VERSIONS.map(fixturePath).filter((path) => !existsSync(path));
    expect(missing).toEqual([]);
    for (const version of VERSIONS) {
      const database = module.open(PagedFile.of(fixture(version)));
      expect(schemaVersion(database)).toBe(version);
      const empty = Object.entries(allTables(database)).filter(([, rows]) => rows.length === 0);
      expect(empty, `tables without rows in the fixture of version ${String(version)}`).toEqual([]);
      database.close();
    }
  });

  it('leave the version before when one of them fails half-way', () => {
    const database = module.open(PagedFile.of(fixture(1)));
    const before = allTables(database);
    const broken = 'CREATE TABLE half (a); INSERT INTO half VALUES (1); SELECT * FROM missing';
    const known = Array.from({ length: 1 }, () => '');
    expect(() => migrate(database, [...known, broken])).toThrow('missing');
    expect(schemaVersion(database)).toBe(1);
    expect(allTables(database)).toEqual(before);
    expect(migrate(database)).toBe(true);
    expect(schemaVersion(database)).toBe(SCHEMA_VERSION);
  });
});

describe.each(VERSIONS)('a store of version %i', (version) => {
  it('becomes one of today, with all its rows, and goes on', async () => {
    const files = new FaultyFiles();
    files.put('pontual.db', fixture(version));
    const store = await StoreHarness.open(files);
    await settle(50);
    expect(store.core.health).toEqual({ state: 'ok', reason: null });

    const upgraded = module.open(PagedFile.of(files.content('pontual.db')));
    const fresh = createDatabase(module, Buffer.alloc(16));
    expect(schemaOf(upgraded)).toEqual(schemaOf(fresh));
    expect(upgraded.rows('PRAGMA integrity_check')).toEqual([['ok']]);
    const [now, before] = [allTables(upgraded), tablesOf(fixture(version))];
    // A table only grows, by columns at its end.
    for (const [name, rows] of Object.entries(before))
      expect(
        now[name]?.map((row) => row.slice(0, rows[0]?.length)),
        name,
      ).toEqual(rows);

    const { items } = await store.query('records.list', { limit: 10 });
    expect(items.map(({ key }) => key)).toEqual(expect.arrayContaining(['a', 'b', 'c']));
    expect((await store.query('runs.list', { limit: 10 })).items).toHaveLength(3);
    await store.commit([{ kind: 'setting.put', name: 'later', value: 1 }]);
    const again = await StoreHarness.open(files.afterCrash('nothing'));
    expect(await again.query('settings.all', null)).toMatchObject({ later: 1 });
  });
});

describe.each(VERSIONS.slice(0, -1))('a store of the past version %i', (version) => {
  it('is kept as a backup first, which gives every table back', async () => {
    const files = new FaultyFiles();
    files.put('pontual.db', fixture(version));
    const store = await StoreHarness.open(files, { newLineage: () => Buffer.alloc(16, 200) });
    await settle(50);
    const { backups } = (await store.core.do({ kind: 'storage' })) as StorageReport;
    expect(backups.map(({ reason }) => reason)).toEqual(['before-migration']);
    const name = backups[0]?.name ?? '';
    expect(files.content(`backups/${name}`).equals(fixture(version))).toBe(true);

    const upgraded = withoutState(tablesOf(files.content('pontual.db')));
    await store.commit([{ kind: 'secret.delete', name: 'token' }]);
    await store.core.do({ kind: 'restore', backup: name });
    expect(withoutState(tablesOf(files.content('pontual.db')))).toEqual(upgraded);
  });
});

describe('an upgrade that a crash or a failing disk interrupts', { timeout: 60_000 }, () => {
  const old = new FaultyFiles();
  old.put('pontual.db', fixture(1));

  async function upgrade(files: FaultyFiles): Promise<StoreHarness> {
    const store = await StoreHarness.open(files, { newLineage: () => Buffer.alloc(16, 9) });
    await settle(30);
    await store.core.close(1000);
    return store;
  }

  async function expectWhole(files: FaultyFiles): Promise<void> {
    const store = await StoreHarness.open(files);
    expect(store.core.health).toEqual({ state: 'ok', reason: null });
    expect((await store.query('records.list', { limit: 10 })).items).toHaveLength(4);
    await store.commit([{ kind: 'setting.put', name: 'later', value: 1 }]);
  }

  it('is done again by the next start, with nothing lost', async () => {
    const counted = old.clone();
    await upgrade(counted);
    expect(counted.count).toBeGreaterThan(30);
    for (let number = 1; number <= counted.count; number++) {
      const crashing = old.clone().plan(number, { kind: 'crash' });
      await Promise.race([upgrade(crashing), crashing.crashed]);
      for (const survival of ['nothing', 'everything'] as const)
        await expectWhole(crashing.afterCrash(survival));
      const failing = old.clone().plan(number, { kind: 'fail', code: 'ENOSPC', forEver: false });
      await upgrade(failing).catch(() => undefined);
      await expectWhole(failing.afterCrash('nothing'));
    }
  });
});

describe('a store of a later version', () => {
  it('is refused with a sentence, and left as it is', async () => {
    const database = module.open(PagedFile.of(fixture(SCHEMA_VERSION)));
    database.script(`PRAGMA user_version = ${String(SCHEMA_VERSION + 1)}`);
    const later = bytesOf(database.image());
    const files = new FaultyFiles();
    files.put('pontual.db', later);
    await expect(StoreHarness.open(files)).rejects.toThrow(NewerDatabase);
    await expect(StoreHarness.open(files)).rejects.toThrow('Install the newer version');
    expect(files.paths).toEqual(['pontual.db']);
    expect(files.content('pontual.db').equals(later)).toBe(true);
  });
});

/** Which database it is, and where its journal goes on, is new in one that was restored; all else is as it was. */
function withoutState({
  store_state: _,
  ...tables
}: Record<string, unknown[][]>): Record<string, unknown[][]> {
  return tables;
}
