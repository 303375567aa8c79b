import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { cpSync, mkdirSync, readdirSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../../../src/main/engine/clock.ts';
import { openStore } from '../../../../../src/main/engine/store/store-client.ts';
import type { Store } from '../../../../../src/main/engine/store/store.ts';
import { temporaryFolder } from '../../../../support/temporary-folder.ts';
import { threadFiles } from '../../../../support/test-engine.ts';

/** Two snapshots, a journal behind each: `b` is in the newest one, `c` in its journal alone. */
let template: string;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pontual-test-'));
  const home = join(folder, 'home');
  const store = await openStore({ home, threadFile: threadFiles.store, clock: systemClock });
  for (const name of ['a', 'b', 'c']) {
    await store.commit([{ kind: 'setting.put', name, value: 1 }]);
    if (name === 'a') await store.backup('manual');
    if (name !== 'c') await store.checkpoint();
  }
  // As a crash would leave it: the end writes a snapshot of everything.
  template = join(folder, 'template');
  cpSync(home, template, { recursive: true });
  await store.close(0);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const FILES = ['pontual.db', 'pontual.previous.db', 'MANIFEST', 'pontual.db.tmp', 'MANIFEST.tmp'];
const everyWay = [
  { what: 'a folder', put: (path: string) => mkdirSync(path, { mode: 0o700 }), names: FILES },
  {
    what: 'a link to nothing',
    put: (path: string) => {
      symlinkSync('/nowhere/at-all', path);
    },
    names: ['pontual.db'],
  },
];

describe.each(everyWay)('in the place of a file of the store $what', { timeout: 30_000 }, (way) => {
  const { put } = way;

  it.each(way.names)(
    'called %s loses nothing, and the next snapshot is written all the same',
    async (name) => {
      const home = await spoiled([name], put);
      const store = await open(home);
      expect(store.health).toEqual({ state: 'ok', reason: null });
      expect(await settings(store)).toEqual(['a', 'b', 'c']);
      await store.commit([{ kind: 'setting.put', name: 'd', value: 1 }]);
      await store.checkpoint();
      await store.checkpoint();
      for (const file of ['pontual.db', 'pontual.previous.db', 'MANIFEST'])
        expect(statSync(join(home, file)).isFile()).toBe(true);
      await store.close(0);
      expect(await settings(await open(home))).toEqual(['a', 'b', 'c', 'd']);
    },
  );

  it('of both snapshots begins no new home, however often it is started; a backup is put in place', async () => {
    const home = await spoiled(['pontual.db', 'pontual.previous.db', 'MANIFEST'], put);
    for (const time of [1, 2]) {
      const store = await open(home);
      expect([time, store.health.state]).toEqual([time, 'read-only']);
      await store.close(0);
    }
    const store = await open(home);
    const [backup] = (await store.storage()).backups;
    await store.recover({ kind: 'backup', backup: backup?.name ?? '' });
    expect(await settings(store)).toEqual(['a']);
    await store.commit([{ kind: 'setting.put', name: 'd', value: 1 }]);
    await store.close(0);
    expect(await settings(await open(home))).toEqual(['a', 'd']);
  });

  it('of the newest journal opens what comes before it for reading, and goes on with that', async () => {
    const home = await spoiled([journalOf(template)], put);
    const store = await open(home);
    expect(store.health.state).toBe('read-only');
    expect(await settings(store)).toEqual(['a', 'b']);
    await store.recover({ kind: 'prefix' });
    await store.commit([{ kind: 'setting.put', name: 'd', value: 1 }]);
    await store.close(0);
    expect(await settings(await open(home))).toEqual(['a', 'b', 'd']);
  });
});

async function spoiled(names: readonly string[], put: (path: string) => void): Promise<string> {
  const home = join(await temporaryFolder(), 'home');
  cpSync(template, home, { recursive: true });
  for (const name of names) {
    rmSync(join(home, name), { force: true });
    put(join(home, name));
  }
  return home;
}

async function open(home: string): Promise<Store> {
  const store = await openStore({ home, threadFile: threadFiles.store, clock: systemClock });
  onTestFinished(() => store.close(0));
  return store;
}

async function settings(store: Store): Promise<string[]> {
  return Object.keys(await store.query('settings.all', null)).sort();
}

function journalOf(home: string): string {
  return (
    readdirSync(home)
      .filter((name) => name.startsWith('journal-'))
      .sort()
      .at(-1) ?? ''
  );
}
