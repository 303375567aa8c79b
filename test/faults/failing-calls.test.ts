import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PagedFile } from '../../src/main/engine/store/database/paged-file.ts';
import { loadSqlite } from '../../src/main/engine/store/database/sqlite.ts';
import type { Run } from '../../src/shared/run.ts';
import type { Status } from '../../src/shared/status.ts';
import { canTrace, failingCalls, type FailingCalls } from '../support/failing-calls.ts';
import { startHeadless, type Headless } from '../support/headless.ts';
import { startItemsApi, type ItemsApi } from '../support/items-api.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/**
 * The real program works on a home while one system call on the files of its store fails: the first one of its kind,
 * the second, and so on until the program gets by without so many. Then it is started again on a sound disk: what was
 * acknowledged is there, what is there was given, and what it said of itself meanwhile was true.
 */
const IS_LONG = process.env['PONTUAL_TEST_FAULTS'] === 'long';
/** More than any life of the program here makes. */
const MOST_CALLS = 150;
/** From each fourth of its calls on, a kind fails for ever, too. */
const FOR_EVER_EACH = 4;

const CALLS = [
  'pwrite64',
  'fdatasync',
  'rename',
  'fsync',
  'ftruncate',
  'unlink',
  'fchmod',
  'pread64',
  'openat',
];
const ERRORS = ['EIO', 'ENOSPC', 'EROFS'];

/** What the short form picks from them. */
const PICKED: readonly string[] = [
  'openat:error=EIO:when=3',
  'pread64:error=EIO:when=2',
  'pwrite64:error=ENOSPC:when=2',
  'pwrite64:error=EIO:when=4+',
  'fdatasync:error=EIO:when=3',
  'fdatasync:error=EROFS:when=7',
  'fsync:error=EIO:when=1',
  'rename:error=ENOSPC:when=2',
];

const EXPLAINED: Readonly<Record<string, RegExp>> = {
  EIO: /The disk reports errors/,
  ENOSPC: /The disk is full/,
  EROFS: /The disk (has become|is) read-only/,
};

let api: ItemsApi;
let template: string;

describe('a system call of the store that fails', () => {
  if (!canTrace()) it.skip('takes nothing away that was acknowledged', () => undefined);
  else if (!IS_LONG)
    it('takes nothing away that was acknowledged', { timeout: 300_000 }, async () => {
      await prepare();
      for (const fault of PICKED) expect(await survives(fault), fault).toBe(true);
    });
  else
    it.each(CALLS)(
      'takes nothing away that was acknowledged: %s',
      { timeout: 3_600_000 },
      async (call) => {
        await prepare();
        for (let at = 1; at < MOST_CALLS; at++) {
          const once = `${call}:error=${ERRORS[at % ERRORS.length] ?? ''}:when=${String(at)}`;
          if (!(await survives(once))) return;
          if (at % FOR_EVER_EACH === 0) await survives(`${once}+`);
        }
        throw new Error('It never got by without one more.');
      },
    );
});

/** Works on a copy of the home while the fault happens; answers whether it did. */
async function survives(fault: string): Promise<boolean> {
  const home = join(await temporaryFolder(), 'home');
  cpSync(template, home, { recursive: true });
  const calls = failingCalls(fault, home, `${home}.strace`);
  const told = await live(home, calls, fault);
  const after = await startHeadless({ home });
  await checkStored(after, told, fault);
  expect(await after.end('SIGTERM'), fault).toBe(0);
  await checkFile(home, fault);
  return calls.failed().length > 0;
}

interface Told {
  readonly acknowledged: Set<string>;
  readonly given: Set<string>;
}

/** A short life of the program: commits, a run, a snapshot, a backup, more commits, the end. */
async function live(home: string, calls: FailingCalls, fault: string): Promise<Told> {
  const told = { acknowledged: new Set(['before-1', 'before-2']), given: new Set<string>() };
  const program = await startOrRefusal(home, calls, fault);
  if (!program) return told;
  await add(program, told, 'n1', fault);
  await collect(program);
  await program.request('POST', '/store/checkpoint').catch(() => undefined);
  await add(program, told, 'n2', fault);
  await program.request('POST', '/store/backup').catch(() => undefined);
  await Promise.all(['n3', 'n4', 'n5'].map((name) => add(program, told, name, fault)));
  await checkStored(program, told, fault);
  expect(await program.end('SIGTERM'), fault).toBe(0);
  expect(program.stderr(), fault).not.toMatch(/\n\s+at /);
  return told;
}

/** Null when it did not start, and said why in a sentence. */
async function startOrRefusal(
  home: string,
  { wrapper }: FailingCalls,
  fault: string,
): Promise<Headless | null> {
  try {
    return await startHeadless({ home, wrapper: [...wrapper], env: { UV_THREADPOOL_SIZE: '1' } });
  } catch (error) {
    const { message } = error as Error;
    expect(message, fault).toMatch(/ended with 1 before it was ready: Pontual could not start: /);
    expect(message, fault).toContain(home);
    expect(message, fault).not.toMatch(/\n\s+at /);
    return null;
  }
}

async function add(program: Headless, told: Told, name: string, fault: string): Promise<void> {
  told.given.add(name);
  const request = { url: `https://api.example.com/${name}` };
  try {
    await program.request('POST', '/integrations', { name, request });
    told.acknowledged.add(name);
  } catch (error) {
    expect((error as Error).message, fault).toMatch(/503/);
    const { state, stateReason } = await program.request<Status>('GET', '/status');
    expect([state, stateReason], fault).toEqual(['degraded', expect.stringMatching(reason(fault))]);
  }
}

function reason(fault: string): RegExp {
  const name = /error=(\w+)/.exec(fault)?.[1] ?? '';
  return EXPLAINED[name] ?? /never/;
}

/** A run that reads three pages; while the store does not take them it stays under way. */
async function collect(program: Headless): Promise<void> {
  const started = await program
    .request<{ runIds: string[] }>('POST', '/jobs/read/run', {})
    .catch(() => null);
  if (started) await ended(program, started.runIds[0] ?? '');
}

async function ended(program: Headless, runId: string): Promise<Run | null> {
  for (;;) {
    const run = await program.request<Run>('GET', `/runs/${runId}`);
    if (run.state === 'finished') return run;
    const { state } = await program.request<Status>('GET', '/status');
    if (state !== 'running') return null;
  }
}

/** Everything acknowledged, nothing that was not given, and runs that count what is there. */
async function checkStored(program: Headless, told: Told, fault: string): Promise<void> {
  const names = new Set((await all<{ id: string }>(program, '/integrations')).map(({ id }) => id));
  for (const name of told.acknowledged) expect(names, fault).toContain(name);
  for (const name of names)
    expect([...told.acknowledged, ...told.given, 'items'], fault).toContain(name);
  const runs = await all<Run>(program, '/runs');
  for (const { id } of runs) await ended(program, id);
  const counted = (await all<Run>(program, '/runs')).reduce((sum, run) => sum + run.counts.new, 0);
  const records = await all<{ key: string }>(program, '/records');
  expect(new Set(records.map(({ key }) => key)).size, fault).toBe(records.length);
  expect(records.length, fault).toBe(counted);
}

async function all<T>(program: Headless, path: string): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | null = null;
  do {
    const after: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page: { items: T[]; nextCursor: string | null } = await program.request(
      'GET',
      `${path}?limit=500${after}`,
    );
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return items;
}

async function checkFile(home: string, fault: string): Promise<void> {
  const bytes = PagedFile.of(readFileSync(join(home, 'pontual.db')));
  const file = (await loadSqlite()).open(bytes);
  expect(file.rows('PRAGMA integrity_check'), fault).toEqual([['ok']]);
  file.close();
}

/** A home with a snapshot and something behind it in the journal. */
async function prepare(): Promise<void> {
  api = await startItemsApi(
    Array.from({ length: 90 }, (_, id) => ({ id })),
    30,
  );
  template = await temporaryFolder();
  const program = await startHeadless({ home: template });
  await program.request('POST', '/integrations', {
    name: 'items',
    request: { url: `${api.url}/items` },
    pagination: { kind: 'page-number' },
    records: { path: '$.items[*]' },
    key: ['id'],
  });
  await program.request('POST', '/jobs', { id: 'read', name: 'Read', integrationId: 'items' });
  const request = { url: 'https://api.example.com/before' };
  await program.request('POST', '/integrations', { name: 'before-1', request });
  await program.request('POST', '/store/checkpoint');
  await program.request('POST', '/integrations', { name: 'before-2', request });
  await program.end('SIGKILL');
}
