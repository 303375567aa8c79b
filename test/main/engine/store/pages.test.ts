import { beforeEach, describe, expect, it } from 'vitest';
import type { Op, PageOp, PageValidator } from '../../../../src/main/engine/store/ops.ts';
import { FaultyFiles } from '../../../support/faulty-files.ts';
import { batchOf, pageOp } from '../../../support/pages.ts';
import { runRow, StoreHarness } from '../../../support/store-harness.ts';

type Records = Readonly<Record<string, unknown>>;

const AT = Date.parse('2026-01-01T00:00:00.000Z');

function validator(page: number, url = 'http://127.0.0.1/items'): PageValidator {
  return {
    page,
    url,
    etag: `"${String(page)}"`,
    lastModified: null,
    bodyHash: '',
    next: null,
    records: 0,
    invalid: 0,
  };
}

describe('pages of a run', () => {
  let store: StoreHarness;
  let now = AT;

  beforeEach(async () => {
    store = await StoreHarness.open(new FaultyFiles());
    now = AT;
  });

  interface ReadOptions {
    readonly jobId?: string;
    readonly markVanished?: boolean;
    readonly ends?: boolean;
    readonly isFirstPageUnchanged?: boolean;
  }

  /** A run that reads these pages to the end; answers its id. */
  async function read(pages: readonly Records[], options: ReadOptions = {}): Promise<string> {
    const { jobId = 'job', markVanished = false, ends = true } = options;
    now += 60_000;
    const run = runRow({ jobId, createdAt: now });
    await store.commit([{ kind: 'run.insert', run }]);
    for (const [at, records] of pages.entries()) {
      const isLast = at === pages.length - 1;
      const page = at + 1;
      const isUnchanged = options.isFirstPageUnchanged === true && at === 0;
      const count = Object.keys(records).length;
      const ops: Op[] = [
        pageOp(run.id, isUnchanged ? null : records, {
          at: now + at,
          page,
          position: isLast ? null : page + 1,
          validator: validator(page),
          notModified: isUnchanged,
          ...(isUnchanged ? { counts: { ...pageOp('', records).counts, received: count } } : {}),
        } satisfies Partial<PageOp>),
      ];
      if (isLast && ends)
        ops.push(
          {
            kind: 'read.complete',
            runIds: [run.id],
            jobId,
            integrationId: 'api',
            at: now + at,
            markVanished,
            keepValidators: true,
            watermark: null,
          },
          { kind: 'run.patch', id: run.id, patch: { state: 'finished', outcome: 'succeeded' } },
        );
      await store.commit(ops);
    }
    return run.id;
  }

  async function countsOf(id: string) {
    const run = await store.query('runs.get', { id });
    if (!run) throw new Error('no run');
    const { received, valid, invalid, duplicates, unchanged, changed, vanished } = run.counts;
    expect(received).toBe(valid + invalid);
    expect(valid).toBe(run.counts.new + changed + unchanged + duplicates);
    return { new: run.counts.new, changed, unchanged, duplicates, vanished };
  }

  const record = (key: string) => store.query('records.get', { integrationId: 'api', key });

  it('tell new from changed from unchanged, and keep what a record said before', async () => {
    await read([{ a: { price: 1, name: 'A' }, b: { price: 2 } }]);
    const second = await read([{ a: { price: 3, name: 'A' }, b: { price: 2 }, c: {} }]);
    expect(await countsOf(second)).toEqual({
      new: 1,
      changed: 1,
      unchanged: 1,
      duplicates: 0,
      vanished: 0,
    });
    expect(await record('a')).toMatchObject({ version: 2, change: 'changed', runId: second });
    const { items } = await store.query('records.versions', {
      integrationId: 'api',
      key: 'a',
      limit: 10,
    });
    expect(
      items.map(({ version, data, changedFields }) => ({ version, data, changedFields })),
    ).toEqual([
      { version: 2, data: { price: 3, name: 'A' }, changedFields: ['price'] },
      { version: 1, data: { price: 1, name: 'A' }, changedFields: [] },
    ]);
  });

  it('count a key that comes again on a later page as a duplicate, and keep its last word', async () => {
    await read([{ a: { v: 1 }, b: { v: 1 }, c: { v: 1 } }]);
    const id = await read([
      { a: { v: 1 }, b: { v: 2 }, n: { v: 1 } },
      { a: { v: 9 }, b: { v: 3 }, c: { v: 1 }, n: { v: 2 } },
    ]);
    // a was left alone by the first page and changed by the second; b changed once, in two words; n is new, in two.
    expect(await countsOf(id)).toEqual({
      new: 1,
      changed: 2,
      unchanged: 1,
      duplicates: 3,
      vanished: 0,
    });
    expect((await record('a'))?.data).toEqual({ v: 9 });
    expect(await record('b')).toMatchObject({ data: { v: 3 }, version: 2 });
    expect(await record('n')).toMatchObject({ data: { v: 2 }, version: 1, change: 'new' });
  });

  it('are found by each run that wrote them, whatever became of them since', async () => {
    const first = await read([{ a: { v: 1 }, b: { v: 1 }, c: { v: 1 } }]);
    const second = await read([{ a: { v: 2 }, b: { v: 1 } }], { markVanished: true });
    const third = await read([{ a: { v: 3 }, b: { v: 1 }, c: { v: 1 } }]);
    const keysOf = async (filter: object) => {
      const { items } = await store.query('records.list', { limit: 10, ...filter });
      return items.map(({ key }) => key).sort();
    };
    expect(await keysOf({ runId: first })).toEqual(['b']);
    expect(await keysOf({ writtenBy: first })).toEqual(['a', 'b', 'c']);
    expect(await keysOf({ writtenBy: second })).toEqual(['a']);
    expect(await keysOf({ writtenBy: third })).toEqual(['a', 'c']);
    expect(await keysOf({ writtenBy: runRow({}).id })).toEqual([]);
  });

  it('mark what a complete read did not show, and take it back when it comes again', async () => {
    await read([{ a: { v: 1 }, b: { v: 1 } }, { c: { v: 1 } }]);
    const id = await read([{ a: { v: 1 } }, { c: { v: 1 } }], { markVanished: true });
    expect(await countsOf(id)).toMatchObject({ unchanged: 2, vanished: 1 });
    const gone = await record('b');
    expect(gone).toMatchObject({ change: 'vanished', version: 1, runId: id });
    expect(gone?.vanishedAt).toBe(gone?.changedAt);
    const again = await read([{ a: { v: 1 }, b: { v: 1 } }, { c: { v: 1 } }]);
    expect(await countsOf(again)).toMatchObject({ changed: 1, unchanged: 2 });
    expect(await record('b')).toMatchObject({ change: 'changed', version: 1, vanishedAt: null });
  });

  it('give the same answer whether a page is compared whole or record by record', async () => {
    const pages = [
      { a: { v: 1 }, b: { v: 1 } },
      { c: { v: 1 }, d: { v: 1 } },
    ];
    await read(pages);
    expect(await countsOf(await read(pages))).toMatchObject({ unchanged: 4, changed: 0 });
    // Another job has changed a record since: the page is as it was, and the record is not.
    await read([{ a: { v: 2 } }], { jobId: 'other' });
    expect(await countsOf(await read(pages))).toMatchObject({ unchanged: 3, changed: 1 });
    expect((await record('a'))?.data).toEqual({ v: 1 });
  });

  it('compare record by record when one of them was on an earlier page of the run', async () => {
    await read([{ a: { v: 1 } }, { b: { v: 1 } }]);
    const id = await read([{ a: { v: 1 }, b: { v: 2 } }, { b: { v: 1 } }]);
    expect(await countsOf(id)).toMatchObject({ changed: 1, unchanged: 1, duplicates: 1 });
    expect((await record('b'))?.data).toEqual({ v: 1 });
  });

  it('count the records of a page that did not change as seen', async () => {
    const pages = [{ a: { v: 1 }, b: { v: 1 } }, { c: { v: 1 } }];
    await read(pages, { markVanished: true });
    const id = await read(pages, { markVanished: true, isFirstPageUnchanged: true });
    expect(await countsOf(id)).toMatchObject({ unchanged: 3, vanished: 0, new: 0 });
  });

  it('answer what is known of the last complete read only while nobody else has written', async () => {
    const ask = () => store.query('validators.get', { integrationId: 'api', jobId: 'job' });
    await read([{ a: { v: 1 } }, { b: { v: 1 } }]);
    expect((await ask()).map(({ page, etag }) => [page, etag])).toEqual([
      [1, '"1"'],
      [2, '"2"'],
    ]);
    await read([{ a: { v: 2 } }], { jobId: 'other' });
    expect(await ask()).toEqual([]);
    await read([{ a: { v: 1 } }]);
    expect((await ask()).map(({ page }) => page)).toEqual([1]);
    await store.commit([{ kind: 'validators.drop', integrationId: 'api' }]);
    expect(await ask()).toEqual([]);
  });

  it('remember across a restart in the middle of a run what the run has seen', async () => {
    const files = new FaultyFiles();
    store = await StoreHarness.open(files);
    const run = runRow();
    await store.commit([{ kind: 'run.insert', run }]);
    await store.commit([pageOp(run.id, { a: { v: 1 }, b: { v: 1 } }, { page: 1, position: 2 })]);
    store = await StoreHarness.open(files.afterCrash('nothing'));
    expect(await store.query('runs.position', { id: run.id })).toBe(2);
    const [unfinished] = await store.query('runs.unfinished', null);
    expect(unfinished).toMatchObject({ position: 2, pagesStored: 1, counts: { new: 2 } });
    await store.commit([pageOp(run.id, { b: { v: 1 }, c: { v: 1 } }, { page: 2 })]);
    expect(await countsOf(run.id)).toMatchObject({ new: 3, duplicates: 1 });
  });

  it('judge what vanished on the union of the instances of a run', async () => {
    await read([{ a: { v: 1 }, b: { v: 1 }, c: { v: 1 } }]);
    const runs = [1, 2].map((instance) => runRow({ instance, instances: 2 }));
    for (const [at, run] of runs.entries()) {
      await store.commit([{ kind: 'run.insert', run }]);
      await store.commit([
        pageOp(run.id, at === 0 ? { a: { v: 1 } } : { b: { v: 1 } }, { page: at + 1 }),
        { kind: 'run.patch', id: run.id, patch: { state: 'finished', outcome: 'succeeded' } },
      ]);
    }
    const [result] = await store.commit([
      {
        kind: 'read.complete',
        runIds: runs.map(({ id }) => id),
        jobId: 'job',
        integrationId: 'api',
        at: now,
        markVanished: true,
        keepValidators: false,
        watermark: 'w',
      },
    ]);
    expect(result).toMatchObject({ vanished: 1 });
    expect((await record('c'))?.change).toBe('vanished');
  });

  it('are compared anew where instances of a run said different things of a record', async () => {
    const runs = [1, 2].map((instance) => runRow({ instance, instances: 2 }));
    for (const [at, run] of runs.entries())
      await store.commit([
        { kind: 'run.insert', run },
        pageOp(
          run.id,
          { a: { v: at + 1 }, [`own ${String(at)}`]: { v: 1 } },
          { page: at + 1, validator: validator(at + 1) },
        ),
        { kind: 'run.patch', id: run.id, patch: { state: 'finished', outcome: 'succeeded' } },
      ]);
    await store.commit([
      {
        kind: 'read.complete',
        runIds: runs.map(({ id }) => id),
        jobId: 'job',
        integrationId: 'api',
        at: now,
        markVanished: false,
        keepValidators: true,
        watermark: null,
      },
    ]);
    expect((await record('a'))?.data).toEqual({ v: 2 });
    const known = await store.query('validators.get', { integrationId: 'api', jobId: 'job' });
    expect(known).toEqual([]);
    // The very page of the first instance: it is not what is stored.
    const again = await read([{ a: { v: 1 }, 'own 0': { v: 1 } }]);
    expect(await countsOf(again)).toMatchObject({ changed: 1, unchanged: 1 });
    expect((await record('a'))?.data).toEqual({ v: 1 });
  });

  it('keep keys and data exactly: NUL, lone surrogates, long numbers', async () => {
    const key = 'a\u0000b|ü';
    const data = '{"id":9007199254740993,"s":"\\ud800","n":"\\u0000"}';
    const batch = batchOf({ x: 1 });
    const { packRecords } = await import('../../../../src/main/engine/store/record-batch.ts');
    const run = runRow();
    await store.commit([
      { kind: 'run.insert', run },
      {
        ...pageOp(run.id, { x: 1 }),
        batch: packRecords([{ key, data, hash: batch.subarray(8, 24) }]),
      },
    ]);
    const { items } = await store.query('records.list', { limit: 1 });
    expect(items[0]?.key).toBe(key);
    expect(await record(key)).toMatchObject({ data: { s: '\ud800', n: '\u0000' } });
  });

  it('keep one row of quarantine for each content, and count how often it came', async () => {
    const row = {
      reason: 'schema',
      rule: 'type',
      field: 'price',
      value: '"abc"',
      raw: '{"price":"abc"}',
      hash: 'ab'.repeat(16),
    } as const;
    for (const createdAt of [1, 2]) {
      const run = runRow({ createdAt });
      await store.commit([
        { kind: 'run.insert', run },
        pageOp(run.id, null, {
          at: createdAt,
          quarantine: [row],
          counts: { ...pageOp('', null).counts, received: 1, invalid: 1 },
          errorsByField: { price: 1 },
        }),
      ]);
      expect((await store.query('runs.get', { id: run.id }))?.errorsByField).toEqual({ price: 1 });
    }
    const { items } = await store.query('quarantine.list', { limit: 10, field: 'price' });
    expect(items).toMatchObject([{ seen: 2, raw: { price: 'abc' }, value: 'abc' }]);
    await store.commit([{ kind: 'quarantine.delete', ids: items.map(({ id }) => id) }]);
    expect((await store.query('quarantine.list', { limit: 10 })).items).toEqual([]);
  });
});
