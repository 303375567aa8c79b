import { describe, expect, it } from 'vitest';
import type { Op } from '../../../../src/main/engine/store/ops.ts';
import { FaultyFiles, type Fault, type Survival } from '../../../support/faulty-files.ts';
import { pageOp } from '../../../support/pages.ts';
import { runRow, settle, StoreHarness } from '../../../support/store-harness.ts';

/**
 * A scripted workload is stopped, failed or cut short at its first file operation, its second, and so on until it goes
 * through; then the store is opened again, with the same done to the opening. What was acknowledged must be there, what is
 * there must have been given, and never half of a transaction.
 */
const TRANSACTIONS = 9;
const CHECKPOINT_AFTER = new Set([3, 6]);
const RUN = '11111111-1111-7111-8111-111111111111';

/** Its parts are stored together or not at all. */
function transaction(number: number): Op[] {
  const name = `t${String(number)}`;
  return [
    { kind: 'setting.put', name: `${name}-first`, value: number },
    ...(number === 0
      ? ([{ kind: 'run.insert', run: runRow({ id: RUN }) }] satisfies Op[])
      : [pageOp(RUN, { [name]: { number } }, { page: number, position: number })]),
    { kind: 'setting.put', name: `${name}-last`, value: number },
  ];
}

interface Told {
  readonly acknowledged: Set<number>;
  readonly refused: Set<number>;
}

async function work(files: FaultyFiles, told: Told): Promise<StoreHarness> {
  const store = await StoreHarness.open(files);
  for (let number = 0; number < TRANSACTIONS; number++) {
    const settlement = await store.submit(transaction(number));
    if ('refusal' in settlement) told.refused.add(number);
    else told.acknowledged.add(number);
    if (CHECKPOINT_AFTER.has(number)) await store.core.checkpoint().catch(() => undefined);
  }
  return store;
}

/** Runs the work until it is done or the machine stops. */
async function workUntilCrash(files: FaultyFiles): Promise<Told> {
  const told: Told = { acknowledged: new Set(), refused: new Set() };
  const done = work(files, told).catch((error: unknown) => {
    if (!isInjected(error)) throw error;
  });
  await Promise.race([done, files.crashed]);
  return told;
}

function isInjected(error: unknown): boolean {
  return error instanceof Error && /E(IO|NOSPC)/.test(error.message);
}

async function check(store: StoreHarness, told: Told): Promise<void> {
  expect(store.core.health).toEqual({ state: 'ok', reason: null });
  const settings = await store.query('settings.all', null);
  const records = await store.query('records.list', { limit: 100 });
  const keys = new Set(records.items.map(({ key }) => key));
  const run = await store.query('runs.get', { id: RUN });
  const pages = new Set(run?.attempts.flatMap(({ pages }) => pages.map(({ page }) => page)) ?? []);
  const stored = new Set<number>();
  for (let number = 0; number < TRANSACTIONS; number++) {
    const name = `t${String(number)}`;
    const parts = [
      `${name}-first` in settings,
      `${name}-last` in settings,
      number === 0 ? run !== null : keys.has(name),
    ];
    expect(new Set(parts).size, `half of transaction ${String(number)}`).toBe(1);
    if (parts[0]) stored.add(number);
  }
  for (const number of told.acknowledged) expect(stored, 'acknowledged').toContain(number);
  for (const number of told.refused) expect(stored, 'refused').not.toContain(number);
  expect(run?.counts.new ?? 0, 'counters').toBe(keys.size);
  expect(pages.size).toBeLessThanOrEqual(keys.size);
  // And it goes on: another transaction is taken and found again.
  await store.commit([{ kind: 'setting.put', name: 'more', value: 1 }]);
}

async function reopen(files: FaultyFiles): Promise<StoreHarness> {
  return StoreHarness.open(files);
}

/** Small and repeatable; not for anything that matters. */
function randomFrom(seed: number): () => number {
  let state = seed * 2654435761 + 1;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), state | 1) + 0x6d2b79f5) | 0;
    return ((state ^ (state >>> 14)) >>> 0) / 4294967296;
  };
}

async function operationsOf(action: (files: FaultyFiles) => Promise<unknown>, files: FaultyFiles) {
  const before = files.count;
  await action(files);
  return files.count - before;
}

/** A home that was begun, so that every round begins with the same files and need not make them. */
async function begun(): Promise<FaultyFiles> {
  const files = new FaultyFiles();
  const store = await StoreHarness.open(files);
  await store.core.close(1000);
  return files.clone();
}

describe('whatever file operation is hit', { timeout: 60_000 }, () => {
  const survivals: readonly (readonly [string, (seed: number) => Survival])[] = [
    ['nothing that was not synced', () => 'nothing'],
    ['everything', () => 'everything'],
    ['any part of what was not synced', (seed) => ({ random: randomFrom(seed) })],
  ];

  it.each(survivals)('a crash that leaves %s loses nothing acknowledged', async (_, survival) => {
    const home = await begun();
    const total = await operationsOf((files) => work(files, noting()), home.clone());
    expect(total).toBeGreaterThan(80);
    for (let number = 1; number <= total; number++) {
      const files = home.clone().plan(number, { kind: 'crash' });
      const told = await workUntilCrash(files);
      expect(files.hasCrashed).toBe(true);
      await check(await reopen(files.afterCrash(survival(number))), told);
    }
  });

  it('a crash while a home is begun leaves one that can be begun', async () => {
    const total = await operationsOf((files) => work(files, noting()), new FaultyFiles());
    for (let number = 1; number <= Math.min(total, 60); number++)
      for (const [, survival] of survivals) {
        const files = new FaultyFiles().plan(number, { kind: 'crash' });
        const told = await workUntilCrash(files);
        await check(await reopen(files.afterCrash(survival(number))), told);
      }
  });

  it('a second crash, during recovery, loses nothing either', async () => {
    const home = await begun();
    const total = await operationsOf((files) => work(files, noting()), home.clone());
    for (let number = 1; number <= total; number += 6) {
      const files = home.clone().plan(number, { kind: 'crash' });
      const told = await workUntilCrash(files);
      const left = files.afterCrash({ random: randomFrom(number) });
      const steps = await operationsOf(reopenAndRest, left.clone());
      for (let step = 1; step <= steps; step++) {
        const second = left.clone().plan(step, { kind: 'crash' });
        await Promise.race([reopenAndRest(second), second.crashed]);
        await check(await reopen(second.afterCrash({ random: randomFrom(step) })), told);
      }
    }
  });

  const faults: readonly (readonly [string, Fault])[] = [
    ['fails once with EIO', { kind: 'fail', code: 'EIO', forEver: false }],
    ['fails once with ENOSPC', { kind: 'fail', code: 'ENOSPC', forEver: false }],
    ['takes only half of the bytes', { kind: 'short' }],
  ];

  it.each(faults)('one that %s loses nothing and heals', async (_, fault) => {
    const home = await begun();
    const total = await operationsOf((files) => work(files, noting()), home.clone());
    for (let number = 1; number <= total; number++) {
      const files = home.clone().plan(number, fault);
      const told = noting();
      const store = await work(files, told).catch((error: unknown) => {
        // The home could not be opened at all: the next start tries again.
        if (!isInjected(error)) throw error;
        return reopen(files.clone());
      });
      await settle();
      // What was refused has been cut off already, whether the process lives to heal or not.
      await check(await reopen(files.afterCrash('everything')), told);
      await store.clock.advanceAsync(10_000, settle);
      await check(store, told);
      await check(await reopen(files.afterCrash('nothing')), told);
    }
  });

  it('one from which on all fail degrades the store, and what it refused is not stored', async () => {
    const home = await begun();
    const total = await operationsOf((files) => work(files, noting()), home.clone());
    const opening = await operationsOf(reopen, home.clone());
    for (let number = opening + 1; number <= total; number++) {
      const files = home.clone().plan(number, { kind: 'fail', code: 'EIO', forEver: true });
      const told = noting();
      const store = await work(files, told);
      await settle();
      expect(store.core.health.state).toBe(
        told.refused.size > 0 ? 'degraded' : store.core.health.state,
      );
      await store.clock.advanceAsync(20_000, settle);
      // A process that is killed while it is degraded leaves what the failed writes left.
      await checkAfterFailures(await reopen(files.afterCrash('nothing')), told);
      files.repair();
      await store.clock.advanceAsync(10_000, settle);
      await check(store, told);
      await check(await reopen(files.afterCrash('nothing')), told);
    }
  });
});

function noting(): Told {
  return { acknowledged: new Set(), refused: new Set() };
}

async function reopenAndRest(files: FaultyFiles): Promise<void> {
  const store = await reopen(files);
  await settle(5);
  await store.core.close(1000);
}

/** Nothing could be cut off any more, so what was refused may be there; all else holds. */
async function checkAfterFailures(store: StoreHarness, told: Told): Promise<void> {
  await check(store, { acknowledged: told.acknowledged, refused: new Set() });
}
