import { beforeAll, describe, expect, it } from 'vitest';
import { PagedFile } from '../../../../../src/main/engine/store/database/paged-file.ts';
import {
  loadSqlite,
  type Sqlite,
  type SqliteModule,
} from '../../../../../src/main/engine/store/database/sqlite.ts';

let module: SqliteModule;
beforeAll(async () => {
  module = await loadSqlite();
});

function database(): Sqlite {
  const fresh = module.open();
  fresh.script('PRAGMA auto_vacuum = INCREMENTAL');
  fresh.tune();
  fresh.script('CREATE TABLE t (id INTEGER PRIMARY KEY, text TEXT)');
  return fresh;
}

function fill(into: Sqlite, from: number, count: number): void {
  into.run('BEGIN');
  for (let id = from; id < from + count; id++)
    into.run('INSERT INTO t VALUES (?, ?)', [id, 'x'.repeat(1000)]);
  into.run('COMMIT');
}

function sound(bytes: Parameters<typeof PagedFile.over>[0]): { count: number; check: unknown } {
  const opened = module.open(PagedFile.over(bytes));
  try {
    return {
      count: opened.number('SELECT count(*) FROM t'),
      check: opened.row('PRAGMA integrity_check')?.[0],
    };
  } finally {
    opened.close();
  }
}

describe('an image of a database', () => {
  it('is a sound database of the moment it was taken, whatever is written meanwhile', () => {
    const live = database();
    fill(live, 0, 3000);
    const image = live.image();
    fill(live, 3000, 3000);
    live.run('UPDATE t SET text = ? WHERE id < 3000', ['changed']);
    expect(sound(image)).toEqual({ count: 3000, check: 'ok' });
    expect(sound(live.image())).toEqual({ count: 6000, check: 'ok' });
  });

  it('holds nothing of a transaction that was rolled back after it spilled out of the cache', () => {
    const live = database();
    live.script('PRAGMA cache_size = 10');
    fill(live, 0, 100);
    live.run('BEGIN');
    for (let id = 1000; id < 4000; id++)
      live.run('INSERT INTO t VALUES (?, ?)', [id, 'y'.repeat(1000)]);
    live.run('ROLLBACK');
    expect(sound(live.image())).toEqual({ count: 100, check: 'ok' });
  });

  it.each(['PRAGMA incremental_vacuum(100000)', 'VACUUM'])(
    'is as small as the database after %s, and one from before is still whole',
    (sql) => {
      const live = database();
      fill(live, 0, 4000);
      const before = live.image();
      live.run('DELETE FROM t WHERE id >= 100');
      live.script(sql);
      const after = live.image();
      expect(after.size).toBeLessThan(before.size / 10);
      expect(sound(after)).toEqual({ count: 100, check: 'ok' });
      expect(sound(before)).toEqual({ count: 4000, check: 'ok' });
      fill(live, 1_000_000, 10);
      expect(live.number('SELECT count(*) FROM t')).toBe(110);
    },
  );
});

describe('a compacted database', () => {
  it('has the same rows and settings in fewer pages, and the old one stays until it is closed', () => {
    const live = database();
    live.script('PRAGMA application_id = 77; PRAGMA user_version = 5');
    fill(live, 0, 4000);
    live.run('DELETE FROM t WHERE id >= 100');
    for (let time = 0; time < 3; time++) {
      const compacted = module.compacted(live);
      expect(compacted.number('SELECT count(*) FROM t')).toBe(100);
      expect(compacted.number('PRAGMA freelist_count')).toBe(0);
      expect(compacted.number('PRAGMA auto_vacuum')).toBe(2);
      expect(compacted.number('PRAGMA application_id')).toBe(77);
      expect(compacted.number('PRAGMA user_version')).toBe(5);
      fill(compacted, 1000, 10);
      expect(sound(compacted.image())).toEqual({ count: 110, check: 'ok' });
      compacted.close();
    }
    expect(live.number('SELECT count(*) FROM t')).toBe(100);
  });
});

describe('databases of one module', () => {
  it('lie each in its own file', () => {
    const one = database();
    const other = database();
    fill(one, 0, 10);
    fill(other, 0, 20);
    one.close();
    fill(other, 100, 5);
    expect(sound(other.image()).count).toBe(25);
    const third = database();
    expect(third.number('SELECT count(*) FROM t')).toBe(0);
  });
});
