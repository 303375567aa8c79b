import { beforeAll, describe, expect, it } from 'vitest';
import { HEADER_BYTES } from '../../../../src/main/engine/store/journal/frame.ts';
import { FaultyFiles } from '../../../support/faulty-files.ts';
import { bytesOf } from '../../../support/image-bytes.ts';
import { settle, StoreHarness } from '../../../support/store-harness.ts';

const JOURNAL = 'journal-000001.log';

interface Sample {
  readonly files: FaultyFiles;
  /** Where the frame of each transaction begins, and behind them the seal. */
  readonly starts: readonly number[];
}

/** A journal of six transactions, each acknowledged before the next, and a seal. */
async function sample(): Promise<Sample> {
  const files = new FaultyFiles();
  const store = await StoreHarness.open(files);
  const starts: number[] = [];
  for (const name of ['t1', 't2', 't3', 't4', 't5', 't6']) {
    starts.push(files.content(JOURNAL).length);
    await store.commit([{ kind: 'setting.put', name, value: 'x'.repeat(40) }]);
  }
  starts.push(files.content(JOURNAL).length);
  await store.clock.advanceAsync(50, settle);
  return { files: files.clone(), starts };
}

function changed(sampled: Sample, change: (journal: Buffer) => Buffer): FaultyFiles {
  const files = sampled.files.clone();
  files.put(JOURNAL, change(Buffer.from(files.content(JOURNAL))));
  return files;
}

async function opened(files: FaultyFiles) {
  const before = new Map(files.paths.map((path) => [path, Buffer.from(files.content(path))]));
  const store = await StoreHarness.open(files);
  const names = Object.keys(await store.query('settings.all', null));
  const isUntouched = [...before].every(
    ([path, bytes]) => files.paths.includes(path) && files.content(path).equals(bytes),
  );
  return { store, names, state: store.core.health.state, isUntouched };
}

const upTo = (last: number) => Array.from({ length: last }, (_, at) => `t${String(at + 1)}`);

describe('a journal', { timeout: 60_000 }, () => {
  let sampled: Sample;
  beforeAll(async () => {
    sampled = await sample();
  });

  const frame = (number: number) => {
    const start = sampled.starts[number - 1] ?? 0;
    return { start, end: sampled.starts[number] ?? 0 };
  };

  it('that is cut at any byte opens with what was whole, and goes on', async () => {
    const { length } = sampled.files.content(JOURNAL);
    for (let size = frame(4).start; size < length; size++) {
      const whole = sampled.starts.filter((start, at) => at > 0 && start <= size).length;
      const cut = changed(sampled, (journal) => journal.subarray(0, size));
      const { store, names, state } = await opened(cut);
      expect({ size, state, names }).toEqual({ size, state: 'ok', names: upTo(whole) });
      await store.commit([{ kind: 'setting.put', name: 'more', value: 1 }]);
      const again = await opened(cut.afterCrash('nothing'));
      expect(again.names.sort()).toEqual(['more', ...upTo(whole)]);
    }
  });

  it('that is cut behind its header opens with the snapshot', async () => {
    const { state, names } = await opened(
      changed(sampled, (journal) => journal.subarray(0, HEADER_BYTES)),
    );
    expect({ state, names }).toEqual({ state: 'ok', names: [] });
  });

  it('that is cut inside its header, which was on disk before the manifest, opens read-only', async () => {
    for (let size = 0; size < HEADER_BYTES; size++) {
      const { state, names, isUntouched } = await opened(
        changed(sampled, (journal) => journal.subarray(0, size)),
      );
      expect({ size, state, names, isUntouched }).toEqual({
        size,
        state: 'read-only',
        names: [],
        isUntouched: true,
      });
    }
  });

  it('that was only begun when the program ended is made anew', async () => {
    for (const size of [0, HEADER_BYTES - 1, HEADER_BYTES]) {
      const files = sampled.files.clone();
      files.put('journal-000002.log', Buffer.alloc(size));
      const { state, names, store } = await opened(files);
      expect({ size, state, names }).toEqual({ size, state: 'ok', names: upTo(6) });
      await store.core.checkpoint();
      await store.commit([{ kind: 'setting.put', name: 'more', value: 1 }]);
      expect((await opened(files.afterCrash('nothing'))).names.sort()).toEqual([
        'more',
        ...upTo(6),
      ]);
    }
  });

  it.each([
    ['is gone', null],
    ['is empty', Buffer.alloc(0)],
    ['has a damaged beginning', Buffer.alloc(HEADER_BYTES + 9, 7)],
  ])('that %s does not hide what the one before holds', async (_, newest) => {
    const files = sampled.files.clone();
    const store = await StoreHarness.open(files);
    await store.core.checkpoint();
    await store.commit([{ kind: 'setting.put', name: 't7', value: 1 }]);
    const spoiled = files.clone();
    // Without its newest snapshot the store begins with the one before, and the journal behind that.
    spoiled.take('pontual.db');
    spoiled.take('journal-000002.log');
    if (newest) spoiled.put('journal-000002.log', newest);
    const { state, names } = await opened(spoiled);
    expect({ state, names }).toEqual({ state: 'read-only', names: upTo(6) });
  });

  it('of which any byte in the middle is flipped opens read-only with the prefix', async () => {
    const { start, end } = frame(3);
    for (let at = start; at < end; at++) {
      const { names, state, isUntouched } = await opened(
        changed(sampled, (journal) => {
          journal[at] = (journal[at] ?? 0) ^ 0x40;
          return journal;
        }),
      );
      expect({ at, state, names, isUntouched }).toEqual({
        at,
        state: 'read-only',
        names: upTo(2),
        isUntouched: true,
      });
    }
  });

  it('of which the last transaction is damaged is not taken for one that was torn', async () => {
    const { start } = frame(6);
    const { names, state } = await opened(
      changed(sampled, (journal) => {
        journal[start + 60] = (journal[start + 60] ?? 0) ^ 1;
        return journal;
      }),
    );
    expect({ state, names }).toEqual({ state: 'read-only', names: upTo(5) });
  });

  it('with a flipped byte in its header opens read-only with the snapshot', async () => {
    for (let at = 0; at < HEADER_BYTES; at++) {
      const { names, state } = await opened(
        changed(sampled, (journal) => {
          journal[at] = (journal[at] ?? 0) ^ 1;
          return journal;
        }),
      );
      expect({ at, state, names }).toEqual({ at, state: 'read-only', names: [] });
    }
  });

  it('with two transactions swapped opens read-only with what came before', async () => {
    const [third, fourth] = [frame(3), frame(4)];
    const { names, state } = await opened(
      changed(sampled, (journal) =>
        Buffer.concat([
          journal.subarray(0, third.start),
          journal.subarray(fourth.start, fourth.end),
          journal.subarray(third.start, third.end),
          journal.subarray(fourth.end),
        ]),
      ),
    );
    expect({ state, names }).toEqual({ state: 'read-only', names: upTo(2) });
  });

  it('with a transaction left out opens read-only with what came before', async () => {
    const third = frame(3);
    const { names, state } = await opened(
      changed(sampled, (journal) =>
        Buffer.concat([journal.subarray(0, third.start), journal.subarray(third.end)]),
      ),
    );
    expect({ state, names }).toEqual({ state: 'read-only', names: upTo(2) });
  });

  it('with a transaction in it twice applies it once', async () => {
    for (const number of [1, 3, 6]) {
      const { start, end } = frame(number);
      const { names, state, store } = await opened(
        changed(sampled, (journal) =>
          Buffer.concat([journal.subarray(0, end), journal.subarray(start)]),
        ),
      );
      expect({ state, names }).toEqual({ state: 'ok', names: upTo(6) });
      expect(store.core.figures.lsn).toBe(6);
    }
  });

  it('with zeroes instead of some of its middle opens read-only', async () => {
    const { start, end } = frame(3);
    for (const from of [start, start + 10, end - 5]) {
      const { state, names } = await opened(
        changed(sampled, (journal) => journal.fill(0, from, from + (end - start))),
      );
      expect({ state, names }).toEqual({ state: 'read-only', names: upTo(2) });
    }
  });

  it('with a part of an older journal in it does not apply that part', async () => {
    const files = sampled.files.clone();
    const store = await StoreHarness.open(files);
    await store.core.checkpoint();
    for (const name of ['t7', 't8', 't9'])
      await store.commit([{ kind: 'setting.put', name, value: 'x'.repeat(40) }]);
    await store.clock.advanceAsync(50, settle);
    const current = files.content('journal-000002.log');
    const old = files.content(JOURNAL).subarray(frame(1).start, frame(1).end);
    const middle = HEADER_BYTES + (frame(2).end - frame(2).start);
    const spliced = files.clone();
    spliced.put(
      'journal-000002.log',
      Buffer.concat([current.subarray(0, middle), old, current.subarray(middle + old.length)]),
    );
    const { state, names } = await opened(spliced);
    expect({ state, names }).toEqual({ state: 'read-only', names: upTo(7) });
  });

  it('that takes the place of a newer one is not replayed', async () => {
    const files = sampled.files.clone();
    const store = await StoreHarness.open(files);
    await store.core.checkpoint();
    await store.commit([{ kind: 'setting.put', name: 't7', value: 1 }]);
    const replaced = files.clone();
    replaced.put('journal-000002.log', files.content(JOURNAL));
    const { state, names } = await opened(replaced);
    expect({ state, names }).toEqual({ state: 'read-only', names: upTo(6) });
  });

  it('that is gone although the manifest names it opens read-only with the snapshot', async () => {
    const files = sampled.files.clone();
    files.take(JOURNAL);
    const { state, names, store } = await opened(files);
    expect({ state, names }).toEqual({ state: 'read-only', names: [] });
    expect(store.core.health.reason).toContain('journal-000001.log is missing');
  });

  it('of another database is left alone', async () => {
    const files = sampled.files.clone();
    const other = new FaultyFiles();
    await StoreHarness.open(other, { newLineage: () => Buffer.alloc(16, 9) });
    files.put('journal-000002.log', other.content(JOURNAL));
    const { state, names } = await opened(files);
    expect(state).toBe('ok');
    expect(names).toEqual(upTo(6));
  });
});

describe('a snapshot', { timeout: 60_000 }, () => {
  let files: FaultyFiles;
  const all = ['a', 'b', 'c'];

  beforeAll(async () => {
    files = new FaultyFiles();
    const store = await StoreHarness.open(files);
    for (const name of all) {
      await store.commit([{ kind: 'setting.put', name, value: 1 }]);
      if (name !== 'c') await store.core.checkpoint();
    }
    files = files.clone();
  });

  const bad: readonly (readonly [string, (bytes: Buffer) => Buffer])[] = [
    ['is empty', () => Buffer.alloc(0)],
    ['is cut', (bytes) => bytes.subarray(0, 5000)],
    ['has a page overwritten', (bytes) => bytes.fill(7, 8192, 12_288)],
    ['has one bit flipped', (bytes) => bytes.fill((bytes[20_000] ?? 0) ^ 1, 20_000, 20_001)],
    ['is garbage', (bytes) => bytes.fill(0xa5)],
  ];

  it.each(bad)(
    'that %s is passed over for the one before, and nothing is lost',
    async (_, spoil) => {
      const spoiled = files.clone();
      spoiled.put('pontual.db', spoil(Buffer.from(files.content('pontual.db'))));
      const { state, names, store } = await opened(spoiled);
      expect({ state, names }).toEqual({ state: 'ok', names: all });
      expect(store.notes.join() + store.core.notes.map(({ message }) => message).join()).toContain(
        'pontual.db',
      );
    },
  );

  it.each(bad)('pair of which each %s opens no empty database', async (_, spoil) => {
    const spoiled = files.clone();
    for (const path of ['pontual.db', 'pontual.previous.db'])
      spoiled.put(path, spoil(Buffer.from(files.content(path))));
    const before = new Map(spoiled.paths.map((path) => [path, spoiled.content(path)]));
    const store = await StoreHarness.open(spoiled);
    expect(store.core.health.state).toBe('read-only');
    // One that still reads well is shown, for whoever has to choose; of the others there is nothing to show.
    const seen = await store
      .query('settings.all', null)
      .catch((error: unknown) => (error as Error).name);
    expect(seen === 'StoreUnavailable' || Object.keys(seen).length > 0).toBe(true);
    expect(await store.submit([{ kind: 'setting.put', name: 'x', value: 1 }])).toMatchObject({
      refusal: 'unavailable',
    });
    for (const [path, bytes] of before) expect(spoiled.content(path).equals(bytes)).toBe(true);
  });

  it('is found without a manifest, or with one that cannot be read', async () => {
    for (const manifest of [null, '', '{', '{"checksum":1,"manifest":{}}']) {
      const spoiled = files.clone();
      spoiled.take('MANIFEST');
      if (manifest !== null) spoiled.put('MANIFEST', Buffer.from(manifest));
      const { state, names, store } = await opened(spoiled);
      expect({ state, names }).toEqual({ state: 'ok', names: all });
      await settle(50);
      expect(store.core.figures.journalBytes).toBe(0);
    }
  });

  it('that is gone is made up for by the one before', async () => {
    const spoiled = files.clone();
    spoiled.take('pontual.db');
    const { state, names } = await opened(spoiled);
    expect({ state, names }).toEqual({ state: 'ok', names: all });
  });

  it('of which both are gone begins no new home', async () => {
    const spoiled = files.clone();
    spoiled.take('pontual.db');
    spoiled.take('pontual.previous.db');
    const store = await StoreHarness.open(spoiled);
    expect(store.core.health.state).toBe('read-only');
  });

  it('alone, without journals or manifest, is a store', async () => {
    const alone = new FaultyFiles();
    alone.put('pontual.db', files.content('pontual.db'));
    const { state, names, store } = await opened(alone);
    expect({ state, names }).toEqual({ state: 'ok', names: ['a', 'b'] });
    await store.commit([{ kind: 'setting.put', name: 'd', value: 1 }]);
    const again = await opened(alone.afterCrash('nothing'));
    expect(again.names).toEqual(['a', 'b', 'd']);
  });

  it('that is a SQLite database of somebody else is refused', async () => {
    const { loadSqlite } = await import('../../../../src/main/engine/store/database/sqlite.ts');
    const foreign = (await loadSqlite()).open();
    foreign.script('CREATE TABLE settings (a); INSERT INTO settings VALUES (1)');
    const spoiled = new FaultyFiles();
    spoiled.put('pontual.db', bytesOf(foreign.image()));
    const store = await StoreHarness.open(spoiled);
    expect(store.core.health.reason).toContain('no database of Pontual');
  });
});
