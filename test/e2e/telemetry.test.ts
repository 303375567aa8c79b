import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { launchApp } from '../support/electron-app.ts';
import { startItemsApi } from '../support/items-api.ts';
import { registerEverySecond } from '../support/register.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

describe('telemetry in Settings', () => {
  it('is told to a destination that the person adds, which shows how it does', async () => {
    const home = await temporaryFolder();
    const api = await startItemsApi([{ id: 1 }]);
    const running = await launchApp({ home });
    await registerEverySecond(running, api.url);
    const { page } = running;
    await page.getByRole('link', { name: 'Settings' }).click();
    await page.getByRole('button', { name: 'Add a destination' }).click();
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByText('A name, and where it goes out').waitFor();
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('file');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('switch', { name: 'file' }).waitFor();
    await page.getByText(/[1-9]\d* delivered, \d+ waiting, 0 left out/).waitFor();
    await vi.waitFor(async () =>
      expect(await readdir(join(home, 'telemetry', 'file'))).toHaveLength(1),
    );
    await page.getByRole('button', { name: 'Delete file' }).click();
    await page.getByText('Nothing is told to anybody.').waitFor();
  });
});
