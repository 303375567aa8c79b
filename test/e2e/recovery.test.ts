import { open, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { launchApp, type RunningApp } from '../support/electron-app.ts';
import { startItemsApi } from '../support/items-api.ts';
import { registerEverySecond } from '../support/register.ts';
import { endSuccessors } from '../support/successors.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const PATIENTLY = { timeout: 20_000, interval: 100 };
const items = Array.from({ length: 300 }, (_, index) => ({ id: index + 1, name: `Item ${index}` }));

describe('a damaged store', () => {
  it('opens read-only, says so in the window, and goes on with what can be read when a person says so', async () => {
    const home = await homeWithBackup();
    await damage(home);

    const running = await launchApp({ home });
    await running.page.getByText('The stored data is damaged.').waitFor();
    expect(await running.call('status', {})).toMatchObject({ state: 'read-only' });
    await choose(running, home, /What can be read now/);

    const again = await launchApp({ home });
    const status = await again.call('status', {});
    expect(status).toMatchObject({ state: 'running', jobs: { total: 1 } });
    expect((await readdir(home)).some((name) => name.startsWith('damaged-'))).toBe(true);
  });

  it('becomes a backup again when a person chooses one', async () => {
    const home = await homeWithBackup();
    await damage(home);

    const running = await launchApp({ home });
    await choose(running, home, 'A backup');

    const again = await launchApp({ home });
    const status = await again.call('status', {});
    expect(status).toMatchObject({ state: 'running', store: { records: items.length } });
  });

  it('leaves focus where it was when the choice is put off with Escape', async () => {
    const home = await homeWithBackup();
    await damage(home);
    const { page } = await launchApp({ home });
    const opener = page.getByRole('button', { name: 'Choose how to go on…' });
    await opener.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    expect(await opener.evaluate((element) => element === document.activeElement)).toBe(true);
  });
});

/** Collected, backed up, collected once more, and quit: the journal between two snapshots holds all of it. */
async function homeWithBackup(): Promise<string> {
  const home = await temporaryFolder();
  const api = await startItemsApi(items, items.length);
  const running = await launchApp({ home });
  await registerEverySecond(running, api.url, { kind: 'manual' });
  await collect(running);
  await running.call('store.backup', {});
  await collect(running);
  await running.app.close();
  return home;
}

async function collect(running: RunningApp): Promise<void> {
  const { runIds } = await running.call('jobs.run', { id: 'every-second' });
  const outcome = async () => (await running.call('runs.get', { id: runIds[0]! })).outcome;
  await expect.poll(outcome, PATIENTLY).toBe('succeeded');
}

/** A byte of the newest snapshot and one in the middle of the journal that leads to it. */
async function damage(home: string): Promise<void> {
  const journals = (await readdir(home)).filter((name) => name.startsWith('journal-'));
  const sizes = await Promise.all(
    journals.map(async (name) => ({ name, size: (await stat(join(home, name))).size })),
  );
  const longest = sizes.sort((a, b) => b.size - a.size)[0]!;
  await flip(join(home, 'pontual.db'), 5000);
  await flip(join(home, longest.name), Math.floor(longest.size * 0.9));
}

async function flip(file: string, position: number): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    const byte = (await readFile(file))[position]!;
    await handle.write(Buffer.of(byte ^ 0xff), 0, 1, position);
  } finally {
    await handle.close();
  }
}

/** Chooses in the dialog. The app then ends and starts itself again, out of the test's hands: that one is ended too. */
async function choose(running: RunningApp, home: string, choice: string | RegExp): Promise<void> {
  const { page } = running;
  await page.getByRole('button', { name: 'Choose how to go on…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('radio', { name: choice }).first().check();
  await dialog.getByRole('button', { name: 'Go on', exact: true }).click();
  expect(await running.exited()).toBe(0);
  await endSuccessors(home);
}
