import { beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS, type Settings } from '../../../../src/shared/settings.ts';
import { judgeFullness, ROOMY } from '../../../../src/main/engine/housekeeping/budget.ts';
import { DailyBackup } from '../../../../src/main/engine/housekeeping/daily-backup.ts';
import {
  Housekeeping,
  type HousekeepingDeps,
} from '../../../../src/main/engine/housekeeping/housekeeping.ts';
import type { Op } from '../../../../src/main/engine/store/ops.ts';
import { FaultyFiles } from '../../../support/faulty-files.ts';
import { pageOp } from '../../../support/pages.ts';
import { runRow, settle, StoreHarness } from '../../../support/store-harness.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

let store: StoreHarness;
let files: FaultyFiles;
let settings: Settings;
let notices: string[];
let changes: (string | null)[];
let slices: Op[];
let housekeeping: Housekeeping;
let backupFails = false;

beforeEach(async () => {
  files = new FaultyFiles();
  store = await StoreHarness.open(files);
  settings = DEFAULT_SETTINGS;
  notices = [];
  changes = [];
  slices = [];
  housekeeping = new Housekeeping({
    clock: store.clock,
    store: port(),
    settings: () => settings,
    notice: (_level, message) => notices.push(message),
    onFullness: () => changes.push(housekeeping.full?.message ?? null),
  });
});

describe('how full the database is', () => {
  it.each([
    [79, ROOMY, ROOMY],
    [80, ROOMY, { isTight: true, isFull: false }],
    [76, { isTight: true, isFull: false }, { isTight: true, isFull: false }],
    [74, { isTight: true, isFull: false }, ROOMY],
    [100, ROOMY, { isTight: true, isFull: true }],
    [98, { isTight: true, isFull: true }, { isTight: true, isFull: true }],
    [96, { isTight: true, isFull: true }, { isTight: true, isFull: false }],
  ])('at %i of 100 after %o it is %o', (used, before, after) => {
    expect(judgeFullness(used, 100, before)).toEqual(after);
  });
});

describe('tidying', () => {
  it('happens by itself, a little at a time, and rests when it is through', async () => {
    retain({ runsPerJob: 100 });
    await runs(2000);
    housekeeping.start();
    await pass(2 * MINUTE);
    expect(store.core.figures.runs).toBe(100);
    const sizes = slices.map((op) => ('maxRows' in op ? op.maxRows : 0));
    expect(Math.max(...sizes)).toBeLessThanOrEqual(4000);
    const before = slices.length;
    await pass(5 * MINUTE);
    // Ten rounds, and none of them finds anything.
    expect(slices.length - before).toBeLessThanOrEqual(11);
  });

  it('follows the settings when they change', async () => {
    await runs(50);
    housekeeping.start();
    await pass(MINUTE);
    expect(store.core.figures.runs).toBe(50);
    retain({ runsPerJob: 10 });
    await pass(MINUTE);
    expect(store.core.figures.runs).toBe(10);
  });

  it('ends with the program', async () => {
    housekeeping.start();
    await housekeeping.stop();
    await pass(10 * MINUTE);
    expect(slices).toEqual([]);
  });

  it('waits while the store cannot write', async () => {
    await runs(10);
    files.breakDown('EIO');
    await store.submit([{ kind: 'setting.put', name: 'a', value: 1 }]);
    expect(store.core.health.state).toBe('degraded');
    housekeeping.start();
    await pass(20_000);
    expect(slices).toEqual([]);
    expect(notices).toEqual([]);
  });
});

describe('the budget', () => {
  it('at four fifths trims the oldest runs first, and says so once', async () => {
    await runs(3000);
    const used = store.core.figures.databaseBytes - store.core.figures.freeBytes;
    limit(Math.floor(used / 0.81));
    housekeeping.start();
    await pass(5 * MINUTE);
    expect(notices).toEqual([expect.stringMatching(/History is trimmed before its time/)]);
    const { databaseBytes, freeBytes, runs: left } = store.core.figures;
    expect(databaseBytes - freeBytes).toBeLessThan(used * 0.94);
    expect(left).toBeGreaterThan(100);
    const { items } = await store.query('runs.list', { limit: 1 });
    expect(items[0]?.createdAt).toBe(new Date(AT + 2999).toISOString());
  });

  it('full of records takes no more of them, takes everything else, and goes on when there is room', async () => {
    const run = runRow();
    const { collecting } = housekeeping;
    await collecting.commit([{ kind: 'run.insert', run }]);
    await collecting.commit([page(run.id, 0)]);
    const used = store.core.figures.databaseBytes - store.core.figures.freeBytes;
    limit(used - 1);
    housekeeping.look();
    expect(changes).toEqual([expect.stringMatching(/nothing more is collected.*more room/)]);
    await expect(collecting.commit([page(run.id, 1)])).rejects.toThrow(/nothing more is collected/);
    await collecting.commit([{ kind: 'run.patch', id: run.id, patch: { attempt: 2 } }]);
    expect(store.core.figures.records).toBe(100);

    limit(used * 2);
    housekeeping.look();
    expect(changes.at(-1)).toBeNull();
    await collecting.commit([page(run.id, 1)]);
    expect(store.core.figures.records).toBe(200);
  });
});

describe('the daily backup', () => {
  it('is written each day, and seven are kept', async () => {
    const daily = new DailyBackup(store.clock, port());
    for (let half = 0; half < 480; half++) {
      store.clock.jump(30 * MINUTE);
      await daily.writeIfDue();
    }
    const { backups } = (await store.core.do({ kind: 'storage' })) as {
      backups: { reason: string; at: number }[];
    };
    expect(backups.map(({ reason }) => reason)).toEqual(Array.from({ length: 7 }, () => 'daily'));
    const gaps = backups.slice(1).map(({ at }, older) => (backups[older]?.at ?? 0) - at);
    for (const gap of gaps) expect(Math.abs(gap - DAY)).toBeLessThan(DAY / 20);
  });

  it('that fails is told of, and tried again within the hour', async () => {
    housekeeping.start();
    backupFails = true;
    await pass(30 * MINUTE, MINUTE);
    expect(notices).toEqual(['Housekeeping could not be done: ENOSPC']);
    backupFails = false;
    await pass(60 * MINUTE, MINUTE);
    expect(await files.list('backups')).toHaveLength(1);
  });
});

const AT = Date.parse('2025-12-31T00:00:00.000Z');

async function runs(count: number): Promise<void> {
  const ops = Array.from({ length: count }, (_, at): Op => {
    const end = { state: 'finished', outcome: 'succeeded' } as const;
    return { kind: 'run.insert', run: runRow({ createdAt: AT + at, finishedAt: AT + at, ...end }) };
  });
  await store.commit(ops);
}

function page(runId: string, number: number): Op {
  const keys = Array.from({ length: 100 }, (_, at) => `${String(number)}-${String(at)}`);
  const records = Object.fromEntries(keys.map((key) => [key, { key, text: 'x'.repeat(100) }]));
  return pageOp(runId, records, { page: number + 1, position: number + 2 });
}

function retain(retention: Partial<Settings['retention']>): void {
  settings = { ...settings, retention: { ...settings.retention, ...retention } };
}

function limit(budgetBytes: number): void {
  settings = { ...settings, store: { budgetBytes } };
}

/** Lets time pass in steps, with what follows from each. */
async function pass(ms: number, stepMs = 1000): Promise<void> {
  for (let passed = 0; passed < ms; passed += stepMs)
    await store.clock.advanceAsync(stepMs, () => settle(6));
}

/** The port over a store without its thread. */
function port(): HousekeepingDeps['store'] {
  return {
    commit: (async (ops: readonly Op[]) => {
      if (ops.some(({ kind }) => kind === 'retention.slice' || kind === 'history.trim'))
        slices.push(...ops);
      return store.commit(ops);
    }) as HousekeepingDeps['store']['commit'],
    query: (name, params) => store.query(name, params),
    storage: () => store.core.do({ kind: 'storage' }) as never,
    backup: async (reason) => {
      if (backupFails) throw new Error('ENOSPC');
      return store.core.do({ kind: 'backup', reason }) as never;
    },
    get health() {
      return store.core.health;
    },
    get figures() {
      return store.core.figures;
    },
  };
}
