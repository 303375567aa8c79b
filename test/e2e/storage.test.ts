import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { launchApp, type RunningApp } from '../support/electron-app.ts';
import { startItemsApi } from '../support/items-api.ts';
import { registerEverySecond } from '../support/register.ts';
import { endSuccessors } from '../support/successors.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const MIB = 1024 * 1024;
const PATIENTLY = { timeout: 20_000, interval: 100 };
const items = Array.from({ length: 300 }, (_, index) => ({ id: index + 1, name: `Item ${index}` }));

describe('Settings > Storage in the real window', () => {
  it('shows sizes and where the file is, keeps new limits, writes a snapshot and a backup, compacts', async () => {
    const home = await temporaryFolder();
    const running = await launchApp({ home });
    const { page } = running;
    await collected(running);
    await showSettings(running);
    await page.getByRole('row', { name: /^Items\s+300/ }).waitFor();
    await page.getByText(join(home, 'pontual.db')).first().waitFor();

    await page.getByRole('button', { name: 'Back up now' }).click();
    await page.getByText(/^Backed up and proved/).waitFor();
    expect(await readdir(join(home, 'backups'))).toEqual([expect.stringMatching(/-manual\.db$/)]);
    await page.getByRole('button', { name: 'Compact now' }).click();
    await page.getByText(/^Compacted in/).waitFor();
    await page.getByRole('button', { name: 'Write the database file now' }).click();
    await page.getByText(/^Written in/).waitFor();

    await set(running, 'Runs, days', '7');
    await set(running, 'Database, MiB at most', '600');
    const kept = async () => {
      const { retention, store } = await running.call('settings.get', {});
      return [retention.runsDays, store.budgetBytes];
    };
    await expect.poll(kept, PATIENTLY).toEqual([7, 600 * MIB]);
    await page.getByText(/ of (600 MiB|629 MB) used/).waitFor();
  });

  it('becomes what a backup holds once the word was typed, and starts again with it', async () => {
    const home = await temporaryFolder();
    const running = await launchApp({ home });
    const { page } = running;
    await collected(running);
    await running.call('store.backup', {});
    await running.call('integrations.create', {
      name: 'Later',
      request: { url: 'http://127.0.0.1:1/' },
    });
    await showSettings(running);
    await page.getByRole('button', { name: /^Restore the backup of/ }).click();
    const dialog = page.getByRole('dialog');
    const action = dialog.getByRole('button', { name: 'Restore', exact: true });
    expect(await action.isDisabled()).toBe(true);
    await dialog.getByLabel(/^Type “restore”/).fill('restore');
    await action.click();
    expect(await running.exited()).toBe(0);
    await endSuccessors(home);

    const again = await launchApp({ home });
    const { items: left } = await again.call('integrations.list', {});
    expect(left.map(({ id }) => id)).toEqual(['items']);
    expect(await again.call('status', {})).toMatchObject({ store: { records: items.length } });
  });
});

async function showSettings({ page }: RunningApp): Promise<void> {
  await page.evaluate(() => void (globalThis.location.hash = '#/settings'));
  await page.getByRole('heading', { name: 'Storage' }).waitFor();
}

async function collected(running: RunningApp): Promise<void> {
  const api = await startItemsApi(items, items.length);
  await registerEverySecond(running, api.url, { kind: 'manual' });
  const { runIds } = await running.call('jobs.run', { id: 'every-second' });
  const outcome = async () => (await running.call('runs.get', { id: runIds[0]! })).outcome;
  await expect.poll(outcome, PATIENTLY).toBe('succeeded');
}

async function set({ page }: RunningApp, label: string, value: string): Promise<void> {
  const field = page.getByLabel(label, { exact: true });
  await field.fill(value);
  await field.press('Enter');
}
