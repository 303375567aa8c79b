import type { Locator, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { launchApp, type RunningApp } from '../support/electron-app.ts';
import { startItemsApi } from '../support/items-api.ts';
import { registerEverySecond } from '../support/register.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const PATIENTLY = { timeout: 20_000, interval: 100 };
const STOPS = 12;

interface Opened {
  readonly name: string;
  readonly address: string;
  /** What opens it, with the keyboard. */
  readonly open: (page: Page) => Promise<void>;
  /** What has the focus then. */
  readonly first: (dialog: Locator) => Locator;
  /** What has it again after Escape. */
  readonly opener: (page: Page) => Locator;
}

const press = async (opener: Locator) => {
  await opener.focus();
  await opener.press('Enter');
};
async function openImport(page: Page): Promise<void> {
  await menu(page).waitFor();
  await press(page.getByRole('button', { name: 'Import' }));
}
const menu = (page: Page) =>
  page.getByRole('row', { name: /Items/ }).getByRole('button', { name: 'More actions' });

const dialogs: readonly Opened[] = [
  {
    name: 'keyboard shortcuts',
    address: '#/jobs',
    open: async (page) => {
      await page.getByRole('link', { name: 'Jobs', exact: true }).focus();
      await page.keyboard.press('Shift+?');
    },
    first: (dialog) => dialog.getByRole('button', { name: 'Close' }),
    opener: (page) => page.getByRole('link', { name: 'Jobs', exact: true }),
  },
  {
    name: 'command palette',
    address: '#/jobs',
    open: async (page) => {
      await page.getByRole('link', { name: 'Jobs', exact: true }).focus();
      await page.keyboard.press('Control+k');
    },
    first: (dialog) => dialog.getByRole('combobox'),
    opener: (page) => page.getByRole('link', { name: 'Jobs', exact: true }),
  },
  {
    name: 'import',
    address: '#/integrations',
    open: openImport,
    first: (dialog) => dialog.getByRole('textbox'),
    opener: (page) => page.getByRole('button', { name: 'Import' }),
  },
  {
    name: 'deleting an integration with jobs',
    address: '#/integrations',
    open: async (page) => {
      await press(menu(page));
      await page.getByRole('menuitem', { name: /^Delete/ }).press('Enter');
    },
    first: (dialog) => dialog.getByRole('button', { name: 'Cancel' }),
    opener: menu,
  },
  {
    name: 'a refused record',
    address: '#/quarantine?integration=items',
    open: (page) => press(page.getByRole('table').locator('[data-row="0"]')),
    first: (dialog) => dialog.getByRole('region'),
    opener: (page) => page.getByRole('table').locator('[data-row="0"]'),
  },
  {
    name: 'restoring a backup',
    address: '#/settings',
    open: (page) => press(page.getByRole('button', { name: /^Restore the backup/ }).first()),
    first: (dialog) => dialog.getByRole('textbox'),
    opener: (page) => page.getByRole('button', { name: /^Restore the backup/ }).first(),
  },
];

describe('every dialog, by keyboard alone', () => {
  it('begins where a person wants to begin, keeps Tab inside, and gives the focus back', async () => {
    const { page } = await appWithData();
    for (const { name, address, open, first, opener } of dialogs) {
      await show(page, address);
      await open(page);
      const dialog = page.getByRole('dialog');
      await expect
        .poll(() => first(dialog).evaluate(hasFocus), { ...PATIENTLY, message: name })
        .toBe(true);
      for (let stop = 0; stop < STOPS; stop += 1) {
        await page.keyboard.press('Tab');
        expect(await dialog.evaluate(holdsFocus), `stop ${stop} of ${name}`).toBe(true);
      }
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'hidden' });
      await expect
        .poll(() => opener(page).evaluate(hasFocus), { ...PATIENTLY, message: name })
        .toBe(true);
    }
  });

  it('goes on in the screen when what opened it is gone', async () => {
    const { page } = await appWithData();
    await show(page, '#/integrations');
    await press(menu(page));
    await page.getByRole('menuitem', { name: /^Delete/ }).press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Cancel' }).waitFor();
    await dialog.getByRole('button', { name: /^Delete/ }).press('Enter');
    await dialog.waitFor({ state: 'hidden' });
    await expect.poll(() => page.locator('main').evaluate(hasFocus), PATIENTLY).toBe(true);
  });

  it('leads through an import to its end', async () => {
    const { page } = await appWithData();
    await show(page, '#/integrations');
    await openImport(page);
    await page.keyboard.type("curl 'http://127.0.0.1:9/things'");
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    const next = page.getByRole('dialog').getByRole('button', { name: 'Open in the editor' });
    await expect.poll(() => next.evaluate(hasFocus), PATIENTLY).toBe(true);
    await page.keyboard.press('Enter');
    await expect.poll(() => page.getByLabel('Address').inputValue(), PATIENTLY).toContain('things');
  });
});

/** A screen is there when its title is and nothing on it still loads. */
async function show(page: Page, address: string): Promise<void> {
  await page.evaluate((hash) => void (location.hash = hash), address);
  await page.locator('main h1').waitFor();
  await page.locator('main [aria-busy="true"]').waitFor({ state: 'detached' });
}

function holdsFocus(element: Element): boolean {
  return element.contains(document.activeElement);
}

function hasFocus(element: Element): boolean {
  return element === document.activeElement;
}

/** One for each test: an integration with a job, a refused record and a backup. */
async function appWithData(): Promise<RunningApp> {
  const api = await startItemsApi([{ id: 1 }, { name: 'no id' }]);
  const running = await launchApp({ home: await temporaryFolder() });
  await registerEverySecond(running, api.url, { kind: 'manual' });
  const { runIds } = await running.call('jobs.run', { id: 'every-second' });
  const state = async () => (await running.call('runs.get', { id: runIds[0]! })).state;
  await expect.poll(state, PATIENTLY).toBe('finished');
  await running.call('store.backup', {});
  return running;
}
