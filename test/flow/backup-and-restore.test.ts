import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { Integration } from '../../src/shared/integration.ts';
import type { Run } from '../../src/shared/run.ts';
import type { Storage } from '../../src/shared/upkeep.ts';
import { startHeadless, type Headless } from '../support/headless.ts';
import { startItemsApi } from '../support/items-api.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const coins = { name: 'Coins', request: { url: 'https://api.example.com/coins' } };
const rates = { name: 'Rates', request: { url: 'https://api.example.com/rates' } };

describe('a backup', () => {
  it('brings back what there was, in the running program at the same address', async () => {
    const home = await temporaryFolder();
    const program = await startHeadless({ home });
    await program.request('POST', '/integrations', coins);
    const { name } = await program.request<{ name: string }>('POST', '/store/backup');
    expect((await readFile(join(home, 'backups', name))).subarray(0, 15).toString()).toBe(
      'SQLite format 3',
    );
    await program.request('POST', '/integrations', rates);

    expect(await program.request('POST', '/store/restore', { backup: name })).toEqual({
      from: name,
    });
    await vi.waitFor(async () => expect(await integrationsOf(program)).toEqual(['coins']), 10_000);
    // What was there before the restore is a backup now, and can be had again.
    const { backups } = await program.request<Storage>('GET', '/store');
    const before = backups.find(({ reason }) => reason === 'before-restore');
    await program.request('POST', '/store/restore', { backup: before?.name });
    await vi.waitFor(
      async () => expect(await integrationsOf(program)).toEqual(['coins', 'rates']),
      10_000,
    );
    expect(await program.end('SIGTERM')).toBe(0);
  });

  it('ends what was under way when it was made at that moment, and sends nothing again', async () => {
    const api = await startItemsApi();
    api.respond = () => true; // never answers
    const program = await startHeadless({ home: await temporaryFolder() });
    await program.request('POST', '/integrations', { name: 'Slow', request: { url: api.url } });
    await program.request('POST', '/jobs', { id: 'slow', name: 'Slow', integrationId: 'slow' });
    const { runIds } = await program.request<{ runIds: string[] }>('POST', '/jobs/slow/run', {});
    await api.requested(1);
    const { name, at } = await program.request<{ name: string; at: string }>(
      'POST',
      '/store/backup',
    );
    await program.request('POST', '/store/restore', { backup: name });
    const ended = await vi.waitFor(async () => {
      const run = await program.request<Run>('GET', `/runs/${runIds[0] ?? ''}`);
      expect(run.state).toBe('finished');
      return run;
    }, 10_000);
    expect(ended).toMatchObject({ outcome: 'interrupted', finishedAt: at });
    expect(ended.durationMs).toBe(Date.parse(at) - Date.parse(ended.startedAt ?? ''));
    expect(ended.error?.message).toMatch(/when the backup was made/);
    expect(api.requests).toHaveLength(1);
    // What becomes of it is the person's: nothing of it is lost.
    api.respond = null;
    await program.request('POST', `/runs/${ended.id}/decide`, { decision: 'rerun' });
    await api.requested(2);
  });

  it('that does not exist is a sentence, and nothing stops', async () => {
    const program = await startHeadless({ home: await temporaryFolder() });
    for (const backup of ['no-such.db', '../pontual.db'])
      await expect(program.request('POST', '/store/restore', { backup })).rejects.toThrow(
        /404.*There is no backup/,
      );
    await expect(program.request('POST', '/store/recover', { choice: 'prefix' })).rejects.toThrow(
      /409.*nothing to recover/,
    );
    expect(await program.request('GET', '/status')).toMatchObject({ state: 'running' });
  });

  it('and a snapshot are measured for those who watch', async () => {
    const { url, token, request } = await startHeadless({ home: await temporaryFolder() });
    await request('POST', '/integrations', coins);
    await request('POST', '/store/compact');
    const answer = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${token}` } });
    const text = await answer.text();
    const countOf = (name: string) =>
      Number(new RegExp(`^${name}_count (\\d+)`, 'm').exec(text)?.[1]);
    expect(countOf('pontual_store_commit_seconds')).toBeGreaterThan(0);
    expect(countOf('pontual_store_checkpoint_seconds')).toBeGreaterThan(0);
  });
});

async function integrationsOf(program: Headless): Promise<string[]> {
  const { items } = await program.request<{ items: Integration[] }>('GET', '/integrations');
  return items.map(({ id }) => id);
}
