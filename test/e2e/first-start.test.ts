import { describe, expect, it } from 'vitest';
import { launchApp } from '../support/electron-app.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const MINUTE = 60_000;

describe('the first start', () => {
  it('leads from an empty window to a green run and its records within a minute, without a network', async () => {
    const running = await launchApp({ home: await temporaryFolder() });
    const { page } = running;
    await page.getByRole('button', { name: 'Try the demo' }).first().click({ timeout: MINUTE });

    await page.getByRole('link', { name: 'Runs', exact: true }).click();
    await page
      .getByRole('row', { name: /Succeeded/ })
      .first()
      .waitFor({ timeout: MINUTE });

    await page.getByRole('link', { name: 'Records', exact: true }).click();
    const firstRecord = page.getByRole('row').nth(1);
    await firstRecord.waitFor({ timeout: MINUTE });

    const status = await running.call('status', {});
    expect(status.store.records).toBeGreaterThan(100);
    const { items } = await running.call('runs.list', {});
    expect(items.map(({ outcome }) => outcome)).toContain('succeeded');
    expect(items.find(({ outcome }) => outcome === 'succeeded')?.counts).toMatchObject({
      invalid: 1,
    });
  });
});
