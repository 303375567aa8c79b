import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { cp, readFile, symlink, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';

const root = join(import.meta.dirname, '../..');
const PATIENTLY = { timeout: 60_000, interval: 200 };

describe('npm run dev', () => {
  it('shows a changed screen in the open window, and starts the app anew when main changes', async () => {
    const copy = await copyOfSources();
    const port = await freePort();
    await startDev(copy, port);

    const page = await windowAt(port, 'Pontual');
    // Of the window alone: a change of what main uses too would start the app anew.
    await change(join(copy, 'src/renderer/shell/Sidebar.svelte'), (text) =>
      text.replace('>Pontual</span>', '>Changed while it runs</span>'),
    );
    await expect.poll(() => textOf(page), PATIENTLY).toContain('Changed while it runs');

    const closed = page.waitForEvent('close', { timeout: 60_000 });
    await change(join(copy, 'src/main/desktop/window.ts'), (text) =>
      text.replace('width: 1200', 'width: 1010'),
    );
    await closed;
    const next = await windowAt(port, 'Changed while it runs');
    expect(await next.evaluate(() => window.innerWidth)).toBe(1010);
  });
});

/** What a checkout holds; nothing that is built there touches this one. */
async function copyOfSources(): Promise<string> {
  const copy = await temporaryFolder();
  const parts = ['src', 'resources', 'scripts', 'package.json', 'package-lock.json'];
  const settings = readdirSync(root).filter((name) => /^(tsconfig|vite|svelte)\..*/.test(name));
  for (const name of [...parts, ...settings])
    await cp(join(root, name), join(copy, name), { recursive: true });
  for (const name of ['node_modules', '.cache']) await symlink(join(root, name), join(copy, name));
  return copy;
}

async function startDev(folder: string, port: number): Promise<void> {
  const home = await temporaryFolder();
  const app = ['--home', home, '--disable-gpu', `--remote-debugging-port=${port}`];
  const dev = spawn(process.execPath, [join(folder, 'scripts/dev.mjs'), ...app], {
    cwd: folder,
    // A group of its own, so that the app it starts ends with it.
    detached: true,
    stdio: 'ignore',
    env: { ...process.env, LANGUAGE: 'en', LANG: 'en_US.UTF-8', NODE_ENV: 'development' },
  });
  onTestFinished(async () => {
    process.kill(-dev.pid!, 'SIGKILL');
    if (dev.exitCode === null && dev.signalCode === null) await once(dev, 'exit');
  });
}

/** The window of the app that now answers at the port, when it shows the text. */
async function windowAt(port: number, text: string): Promise<Page> {
  let found: Page | undefined;
  await expect
    .poll(async () => {
      const browser = await chromium.connectOverCDP(`http://127.0.0.1:${port}`).catch(() => null);
      found = browser?.contexts()[0]?.pages()[0];
      return found === undefined ? '' : await textOf(found);
    }, PATIENTLY)
    .toContain(text);
  return found!;
}

function textOf(page: Page): Promise<string> {
  return page.innerText('body').catch(() => '');
}

async function change(file: string, edit: (text: string) => string): Promise<void> {
  const before = await readFile(file, 'utf8');
  const after = edit(before);
  if (after === before) throw new Error(`There is nothing to change in ${file}.`);
  await writeFile(file, after);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
