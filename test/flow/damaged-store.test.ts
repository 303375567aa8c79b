import { execFile } from 'node:child_process';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import type { Integration } from '../../src/shared/integration.ts';
import type { Status } from '../../src/shared/status.ts';
import type { Storage } from '../../src/shared/upkeep.ts';
import { startHeadless, type Headless } from '../support/headless.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const WAIT = { timeout: 10_000, interval: 50 };

describe('a damaged journal', () => {
  it('opens read-only, says so everywhere, and goes on with what can be read', async () => {
    const home = await temporaryFolder();
    const before = await startHeadless({ home });
    for (const name of ['one', 'two', 'three', 'four']) await addIntegration(before, name);
    await before.end('SIGKILL');
    await damageRecordOf(home, 'three');

    const program = await startHeadless({ home });
    const status = await program.request<Status>('GET', '/status');
    expect(status).toMatchObject({ state: 'read-only' });
    expect(status.stateReason).toMatch(/damaged.*can be read up to transaction.*Choose/);
    expect(await healthOf(program)).toMatchObject({
      http: 503,
      body: { status: 'DOWN', state: 'read-only', reason: status.stateReason },
    });
    expect(await integrationsOf(program)).toEqual(['one', 'two']);
    await expect(addIntegration(program, 'five')).rejects.toThrow(/503/);

    // As the reason says: in the recovery screen, or by command.
    expect(status.stateReason).toMatch(/`pontual recover`/);
    await expect(pontual(home, 'recover', 'everything')).rejects.toThrow(/Allowed choices are/);
    expect(await pontual(home, 'recover', 'prefix')).toMatch(/^Going on with prefix;/);
    await becomesRunning(program);
    expect(await integrationsOf(program)).toEqual(['one', 'two']);
    await addIntegration(program, 'five');
    expect(await program.end('SIGTERM')).toBe(0);
    // The files as they were are kept for whoever wants to look.
    expect((await readdir(home)).filter((name) => name.startsWith('damaged-'))).toHaveLength(1);
    expect(await integrationsOf(await startHeadless({ home }))).toEqual(['five', 'one', 'two']);
  });
});

describe('a store of which nothing can be read', () => {
  it('lets the program start, keeps the files, and takes a backup', async () => {
    const home = await temporaryFolder();
    const before = await startHeadless({ home });
    await addIntegration(before, 'one');
    const { name } = await before.request<{ name: string }>('POST', '/store/backup');
    await addIntegration(before, 'two');
    await before.end('SIGTERM');
    const garbage = Buffer.alloc(50_000, 'garbage');
    for (const file of await readdir(home))
      if (file.endsWith('.db')) await writeFile(join(home, file), garbage);
    await rm(join(home, 'MANIFEST'), { force: true });

    const program = await startHeadless({ home });
    expect(await program.request<Status>('GET', '/status')).toMatchObject({ state: 'read-only' });
    expect(await readFile(join(home, 'pontual.db'))).toEqual(garbage);
    const { backups, stateReason } = await program.request<Storage>('GET', '/store');
    expect(stateReason).toMatch(/Nothing was changed.*pontual recover backup NAME/);
    expect(backups.map((backup) => backup.name)).toEqual([name]);
    await expect(program.request('POST', '/store/recover', { choice: 'prefix' })).rejects.toThrow(
      /503/,
    );

    await program.request('POST', '/store/recover', { choice: 'backup', backup: name });
    await becomesRunning(program);
    expect(await integrationsOf(program)).toEqual(['one']);
    expect(await program.end('SIGTERM')).toBe(0);
  });
});

async function pontual(home: string, ...args: readonly string[]): Promise<string> {
  const file = join(import.meta.dirname, '../../dist/main/cli.js');
  const env = { ...process.env, LANG: 'en_US.UTF-8' };
  const command = [file, '--home', home, ...args];
  return (await promisify(execFile)(process.execPath, command, { env })).stdout;
}

function addIntegration(program: Headless, name: string): Promise<unknown> {
  const request = { url: `https://api.example.com/${name}` };
  return program.request('POST', '/integrations', { name, request });
}

async function integrationsOf(program: Headless): Promise<string[]> {
  const { items } = await program.request<{ items: Integration[] }>('GET', '/integrations');
  return items.map(({ id }) => id).sort();
}

async function healthOf({ url, token }: Headless): Promise<{ http: number; body: unknown }> {
  const answer = await fetch(`${url}/health`, { headers: { authorization: `Bearer ${token}` } });
  return { http: answer.status, body: await answer.json() };
}

/** The program starts again by itself, at the same address. */
function becomesRunning(program: Headless): Promise<void> {
  return vi.waitFor(
    async () =>
      expect(await program.request<Status>('GET', '/status')).toMatchObject({ state: 'running' }),
    WAIT,
  );
}

/** Flips a bit of the journal record in which this name stands. */
async function damageRecordOf(home: string, name: string): Promise<void> {
  for (const file of await readdir(home)) {
    if (!file.includes('journal')) continue;
    const bytes = await readFile(join(home, file));
    const at = bytes.indexOf(`/${name}"`);
    if (at < 0) continue;
    bytes[at + 1] = (bytes[at + 1] ?? 0) ^ 1;
    await writeFile(join(home, file), bytes);
    return;
  }
  throw new Error(`No journal names ${name}.`);
}
