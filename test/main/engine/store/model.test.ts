import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Op } from '../../../../src/main/engine/store/ops.ts';
import { FaultyFiles } from '../../../support/faulty-files.ts';
import { pageOp } from '../../../support/pages.ts';
import { runRow, StoreHarness } from '../../../support/store-harness.ts';

/**
 * Random reads of one integration by two jobs, with crashes and snapshots in between, against a model in which a
 * record is a value in a map.
 */
const KEYS = ['a', 'b', 'c', 'd'] as const;
const AT = Date.parse('2026-01-01T00:00:00.000Z');

type Page = Readonly<Partial<Record<(typeof KEYS)[number], number>>>;

interface Read {
  readonly kind: 'read';
  readonly job: 'one' | 'two';
  readonly pages: readonly Page[];
  readonly isComplete: boolean;
  readonly markVanished: boolean;
}
type Step = Read | { readonly kind: 'crash' } | { readonly kind: 'checkpoint' };

const page = fc.dictionary(fc.constantFrom(...KEYS), fc.integer({ min: 1, max: 2 }), {
  maxKeys: 3,
  noNullPrototype: true,
}) as fc.Arbitrary<Page>;
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('read' as const),
      job: fc.constantFrom('one' as const, 'two' as const),
      pages: fc.array(page, { minLength: 1, maxLength: 3 }),
      isComplete: fc.boolean(),
      markVanished: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'crash' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'checkpoint' as const }) },
);

interface Known {
  value: number;
  version: number;
  hasVanished: boolean;
}

class Model {
  readonly records = new Map<string, Known>();

  /** What a read comes to: each record is judged by what it said before the read and what it says after. */
  read({ pages, isComplete, markVanished }: Read) {
    const counts = { new: 0, changed: 0, unchanged: 0, duplicates: 0, vanished: 0 };
    const seen = new Map<string, { readonly wasNew: boolean; isChanged: boolean }>();
    for (const page of pages)
      for (const [key, value] of Object.entries(page)) this.#see(key, value, seen, counts);
    for (const { wasNew, isChanged } of seen.values())
      counts[wasNew ? 'new' : isChanged ? 'changed' : 'unchanged']++;
    if (!isComplete || !markVanished) return counts;
    for (const [key, known] of this.records)
      if (!known.hasVanished && !seen.has(key)) {
        known.hasVanished = true;
        counts.vanished++;
      }
    return counts;
  }

  #see(
    key: string,
    value: number,
    seen: Map<string, { readonly wasNew: boolean; isChanged: boolean }>,
    counts: { duplicates: number },
  ): void {
    const before = seen.get(key);
    if (before) counts.duplicates++;
    const known = this.records.get(key);
    if (!known) {
      this.records.set(key, { value, version: 1, hasVanished: false });
      seen.set(key, { wasNew: true, isChanged: false });
      return;
    }
    const isDifferent = known.value !== value;
    const isChanged = isDifferent || known.hasVanished;
    // Within a run a record has one new version at most.
    if (isDifferent && !(before && (before.wasNew || before.isChanged))) known.version++;
    known.value = value;
    known.hasVanished = false;
    if (before) before.isChanged ||= isChanged;
    else seen.set(key, { wasNew: false, isChanged });
  }
}

async function play(store: StoreHarness, read: Read, createdAt: number): Promise<string> {
  const run = runRow({ jobId: read.job, createdAt });
  await store.commit([{ kind: 'run.insert', run }]);
  for (const [at, records] of read.pages.entries()) {
    const isLast = at === read.pages.length - 1;
    const number = at + 1;
    const ops: Op[] = [
      pageOp(
        run.id,
        Object.fromEntries(Object.entries(records).map(([key, value]) => [key, { value }])),
        {
          at: createdAt + number,
          page: number,
          position: isLast ? null : number + 1,
          validator: {
            page: number,
            url: '',
            etag: null,
            lastModified: null,
            bodyHash: '',
            next: null,
            records: 0,
            invalid: 0,
          },
        },
      ),
    ];
    if (isLast && read.isComplete)
      ops.push({
        kind: 'read.complete',
        runIds: [run.id],
        jobId: read.job,
        integrationId: 'api',
        at: createdAt + number,
        markVanished: read.markVanished,
        keepValidators: true,
        watermark: null,
      });
    if (isLast)
      ops.push({
        kind: 'run.patch',
        id: run.id,
        patch: { state: 'finished', outcome: read.isComplete ? 'succeeded' : 'partial' },
      });
    await store.commit(ops);
  }
  return run.id;
}

async function compare(store: StoreHarness, model: Model): Promise<void> {
  const { items } = await store.query('records.list', { limit: 100 });
  const stored = Object.fromEntries(
    items.map(({ key, data, version, vanishedAt }) => [
      key,
      {
        value: (data as { readonly value: number }).value,
        version,
        hasVanished: vanishedAt !== null,
      },
    ]),
  );
  expect(stored).toEqual(Object.fromEntries(model.records));
  expect(store.core.figures.records).toBe(model.records.size);
}

/** Two pages of a read say different things of a record; then the first of them comes again, alone. */
const CONTRADICTED: Step[] = [[{ b: 1, d: 2 }, { d: 1 }], [{ b: 1, d: 2 }]].map((pages) => ({
  kind: 'read',
  job: 'two',
  pages,
  isComplete: true,
  markVanished: false,
}));

describe('the store against a model of it', { timeout: 120_000 }, () => {
  it('holds the same records and counts after any reads, crashes and snapshots', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        let files = new FaultyFiles();
        let store = await StoreHarness.open(files);
        const model = new Model();
        let now = AT;
        for (const step of steps) {
          if (step.kind === 'checkpoint') await store.core.checkpoint();
          else if (step.kind === 'crash') {
            files = files.afterCrash('nothing');
            store = await StoreHarness.open(files);
          } else {
            now += 1000;
            const expected = model.read(step);
            const run = await store.query('runs.get', { id: await play(store, step, now) });
            expect(run?.counts).toMatchObject(expected);
            expect(run?.counts.valid).toBe(
              expected.new + expected.changed + expected.unchanged + expected.duplicates,
            );
          }
          await compare(store, model);
        }
      }),
      { numRuns: 150, examples: [[CONTRADICTED]] },
    );
  });
});
