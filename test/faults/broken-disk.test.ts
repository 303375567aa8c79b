import { spawnSync } from 'node:child_process';
import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Status } from '../../src/shared/status.ts';
import { startHeadless, type Headless } from '../support/headless.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** A healing is tried every 10 s. */
const HEALS = { timeout: 45_000, interval: 200 };

const canTrace = isThere('strace', ['-V']);
const canMount = process.getuid?.() === 0 && isThere('mount', ['--version']);

describe('a disk that fails', () => {
  it.skipIf(!canTrace)(
    'once: what was refused is not stored, and it goes on by itself',
    async () => {
      const home = await temporaryFolder();
      await (await startHeadless({ home })).end('SIGTERM');
      const program = await startHeadless({
        home,
        wrapper: failing('fdatasync:error=EIO:when=25', home),
        // One thread writes, so that the failure is the same one each time.
        env: { UV_THREADPOOL_SIZE: '1' },
      });
      const { acknowledged, refused } = await writeUntilRefused(program, 200);
      expect(refused.message).toMatch(/503/);
      await becomes(program, 'running');
      await add(program, 'after');
      expect(await stored(program)).toEqual(['after', ...acknowledged].sort());
      await program.end('SIGKILL');
      expect(await stored(await startHeadless({ home }))).toEqual(
        ['after', ...acknowledged].sort(),
      );
    },
  );

  it.skipIf(!canTrace)('for ever: it stays degraded, says why, and can be read', async () => {
    const home = await temporaryFolder();
    const before = await startHeadless({ home });
    await add(before, 'before');
    await before.end('SIGTERM');
    const program = await startHeadless({
      home,
      wrapper: failing('fdatasync:error=EIO:when=25+', home),
      env: { UV_THREADPOOL_SIZE: '1' },
    });
    const { acknowledged } = await writeUntilRefused(program, 200);
    const status = await becomes(program, 'degraded');
    expect(status.stateReason).toMatch(/disk reports errors/);
    expect(await stored(program)).toEqual(['before', ...acknowledged].sort());
    await expect(add(program, 'more')).rejects.toThrow(/503/);
    await program.end('SIGKILL');
    expect(await stored(await startHeadless({ home }))).toEqual(['before', ...acknowledged].sort());
  });

  it.skipIf(!canTrace)(
    'has become read-only: it says so, can be read, and goes on when it can be written again',
    async () => {
      const home = await temporaryFolder();
      await (await startHeadless({ home })).end('SIGTERM');
      // The journal is written by `pwrite64`: one commit fails, and the first time that it tries to heal.
      const program = await startHeadless({
        home,
        wrapper: failing('pwrite64:error=EROFS:when=30..31', home),
      });
      const { acknowledged, refused } = await writeUntilRefused(program, 200);
      expect(refused.message).toMatch(/503/);
      const status = await becomes(program, 'degraded');
      expect(status.stateReason).toMatch(/read-only/);
      const health = await fetch(`${program.url}/health`, {
        headers: { authorization: `Bearer ${program.token}` },
      });
      expect([health.status, await health.text()]).toEqual([
        503,
        expect.stringMatching(/read-only/),
      ]);
      expect(await stored(program)).toEqual([...acknowledged].sort());
      await becomes(program, 'running');
      await add(program, 'after');
      const all = ['after', ...acknowledged].sort();
      expect(await stored(program)).toEqual(all);
      await program.end('SIGKILL');
      expect(await stored(await startHeadless({ home }))).toEqual(all);
    },
  );

  it.skipIf(!canTrace)(
    'is slow: what comes meanwhile is stored together, and the program answers',
    async () => {
      const home = await temporaryFolder();
      await (await startHeadless({ home })).end('SIGTERM');
      const program = await startHeadless({
        home,
        wrapper: failing('fdatasync:delay_enter=400000', home),
      });
      const started = performance.now();
      const waits: number[] = [];
      const names = Array.from({ length: 60 }, (_, at) => `n${String(at)}`);
      const over = new AbortController();
      const asking = (async () => {
        while (!over.signal.aborted) {
          const asked = performance.now();
          expect((await fetch(`${program.url}/health`)).status).toBe(200);
          waits.push(performance.now() - asked);
        }
      })();
      await Promise.all(names.map((name) => add(program, name))).finally(() => over.abort());
      await asking;
      // One by one they would take 24 s; how long a sync takes is felt by those who wait for it alone.
      expect(performance.now() - started).toBeLessThan(12_000);
      expect(waits.length).toBeGreaterThan(10);
      expect(waits.sort((a, b) => a - b)[waits.length >> 1]).toBeLessThan(100);
      expect(await stored(program)).toEqual([...names].sort());
    },
  );

  it.skipIf(!canMount)(
    'is read-only from the start: it names the folder and the reason, and ends with 1',
    async () => {
      const home = await smallDisk(8);
      await (await startHeadless({ home })).end('SIGTERM');
      const remounted = spawnSync('mount', ['-o', 'remount,ro', home]);
      expect(remounted.stderr.toString()).toBe('');
      const start = startHeadless({ home });
      await expect(start).rejects.toThrow(/ended with 1 before it was ready/);
      await expect(start).rejects.toThrow(home);
      await expect(start).rejects.toThrow(/EROFS|read-only/);
      // Nothing of ours says anything by a stack.
      await expect(start).rejects.not.toThrow(/\n\s+at /);
    },
  );

  it.skipIf(!canMount)(
    'is full: nothing is acknowledged that is not stored; freed, it goes on',
    async () => {
      const home = await smallDisk(4);
      const program = await startHeadless({ home });
      await add(program, 'before');
      const filler = join(home, 'filler');
      const { bavail, bsize } = statfsSync(home);
      writeFileSync(filler, Buffer.alloc(Math.max(bavail * bsize - 8192, 0)));
      const { acknowledged, refused } = await writeUntilRefused(program, 2000);
      expect(refused.message).toMatch(/503/);
      expect((await becomes(program, 'degraded')).stateReason).toMatch(/disk is full/);
      rmSync(filler);
      await becomes(program, 'running');
      await add(program, 'after');
      const all = ['after', 'before', ...acknowledged].sort();
      expect(await stored(program)).toEqual(all);
      await program.end('SIGKILL');
      expect(await stored(await startHeadless({ home }))).toEqual(all);
    },
  );
});

function isThere(program: string, args: readonly string[]): boolean {
  return spawnSync(program, args).status === 0;
}

/** Puts the program under strace, which makes a system call fail. */
function failing(fault: string, home: string): string[] {
  const call = fault.split(':')[0] ?? '';
  // As a grandchild, so that signals reach the program itself.
  const own = ['strace', '-D', '-f', '-qq', '-o', join(home, 'strace.log')];
  return [...own, '-e', `trace=${call}`, '-e', `inject=${fault}`];
}

async function smallDisk(mib: number): Promise<string> {
  const folder = await temporaryFolder();
  const mounted = spawnSync('mount', [
    '-t',
    'tmpfs',
    '-o',
    `size=${String(mib)}m`,
    'tmpfs',
    folder,
  ]);
  if (mounted.status !== 0) throw new Error(mounted.stderr.toString());
  onTestFinished(() => void spawnSync('umount', ['-l', folder]));
  return folder;
}

async function writeUntilRefused(
  program: Headless,
  atMost: number,
): Promise<{ acknowledged: string[]; refused: Error }> {
  const acknowledged: string[] = [];
  for (let at = 0; at < atMost; at++) {
    const name = `n${String(at)}`;
    try {
      await add(program, name);
    } catch (error) {
      return { acknowledged, refused: error as Error };
    }
    acknowledged.push(name);
  }
  throw new Error('Nothing was refused.');
}

function add(program: Headless, name: string): Promise<unknown> {
  const request = { url: `https://api.example.com/${name}` };
  return program.request('POST', '/integrations', { name, request });
}

async function stored(program: Headless): Promise<string[]> {
  const { items } = await program.request<{ items: { id: string }[] }>(
    'GET',
    '/integrations?limit=500',
  );
  return items.map(({ id }) => id).sort();
}

function becomes(program: Headless, state: Status['state']): Promise<Status> {
  return vi.waitFor(async () => {
    const status = await program.request<Status>('GET', '/status');
    expect(status.state).toBe(state);
    return status;
  }, HEALS);
}
