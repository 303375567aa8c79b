import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { launchApp } from '../support/electron-app.ts';
import { startItemsApi } from '../support/items-api.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

it('the records that the window shows are written where the person says, as that language reads them', async () => {
  const home = await temporaryFolder();
  const api = await startItemsApi([{ id: 1, note: '=1+1' }, { id: 2 }]);
  const { app, page, call } = await launchApp({ home });
  await call('integrations.create', {
    name: 'Itens',
    request: { url: api.url },
    records: { path: '$.items[*]' },
    key: ['id'],
  });
  await call('jobs.create', { name: 'Itens', integrationId: 'itens' });
  const { runIds } = await call('jobs.run', { id: 'itens' });
  await expect
    .poll(async () => (await call('runs.get', { id: runIds[0] ?? '' })).outcome, {
      timeout: 20_000,
    })
    .toBe('succeeded');
  const file = join(home, 'saida.csv');
  // The dialog of the desktop is outside of the window, where no test can press its buttons.
  await app.evaluate(({ dialog }, filePath) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
  }, file);

  await page.evaluate(speakPortuguese);
  await page.evaluate(() => void (location.hash = '#/records'));
  await page.getByRole('button', { name: 'Exportar' }).click();
  await page.getByRole('menuitem', { name: /CSV/ }).click();
  await page.getByText(file, { exact: false }).waitFor();

  const text = await readFile(file, 'utf8');
  expect(text.startsWith('\ufeffintegrationId;key;')).toBe(true);
  expect(text.trimEnd().split('\r\n')).toHaveLength(3);
  expect(text).toContain(";'=1+1;");
});

/** Runs in the page, so it may use nothing from here. */
function speakPortuguese(): Promise<unknown> {
  const { pontual } = window as unknown as {
    pontual: { desktop: { call: (name: string, input: object) => Promise<unknown> } };
  };
  return pontual.desktop.call('preferences.patch', { language: 'pt-BR' });
}
