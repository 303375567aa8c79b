import { readFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Page } from 'playwright-core';
import { launchApp } from '../support/electron-app.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

describe('the local server of the desktop app', () => {
  it('is switched on and off in Settings, and copies its token', async () => {
    const home = await temporaryFolder();
    const { page, app } = await launchApp({ home });
    await openSettings(page);
    await page.getByRole('spinbutton', { name: 'Port' }).fill('0');
    await page.getByRole('spinbutton', { name: 'Port' }).press('Enter');
    const server = page.getByRole('switch', { name: 'Let other programs of this computer' });
    expect(await server.isChecked()).toBe(false);
    await server.check();

    const url = await vi.waitFor(async () => lockedUrl(home));
    await page.getByRole('button', { name: 'Copy token' }).click();
    const token = await vi.waitFor(async () => {
      const text = await app.evaluate(({ clipboard }) => clipboard.readText());
      expect(text).toBe((await readFile(join(home, 'api-token'), 'utf8')).trim());
      return text;
    });
    const answer = await fetch(`${url}/api/v1/status`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(answer.status).toBe(200);

    await server.uncheck();
    await vi.waitFor(async () => expect(await lock(home)).toMatchObject({ url: null }));
    await expect(fetch(`${url}/health`)).rejects.toThrow();
  });

  it('says that the port is taken, and the app goes on', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void taken.close());
    await new Promise((resolve) => taken.once('listening', resolve));
    const { port } = taken.address() as AddressInfo;
    const { page, call } = await launchApp({
      home: await temporaryFolder(),
      args: ['--port', String(port)],
    });
    await openSettings(page);
    await page.getByText(`Port ${port} is in use by another program.`).waitFor();
    expect(await call('status', {})).toMatchObject({ state: 'running' });
  });
});

async function openSettings(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('heading', { name: 'Local server' }).waitFor();
}

async function lock(home: string): Promise<{ readonly url: string | null }> {
  return JSON.parse(await readFile(join(home, 'LOCK'), 'utf8')) as { url: string | null };
}

async function lockedUrl(home: string): Promise<string> {
  const { url } = await lock(home);
  if (url === null) throw new Error('The local server is not announced.');
  return url;
}
