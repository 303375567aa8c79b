import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { launchApp } from '../support/electron-app.ts';
import { startItemsApi } from '../support/items-api.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

describe('the page in the window', () => {
  it('is confined: no Node, no other page, no new window, no file, no other origin, no eval', async () => {
    const home = await temporaryFolder();
    await writeFile(join(home, 'secret.txt'), 'secret');
    const api = await startItemsApi([]);
    const { page, app } = await launchApp({ home });

    expect(await page.evaluate(() => [typeof globalThis.process, 'require' in globalThis])).toEqual(
      ['undefined', false],
    );
    expect(await page.evaluate(() => Object.keys(window.pontual).sort())).toEqual([
      'call',
      'desktop',
      'on',
    ]);

    const before = page.url();
    await page.evaluate((url) => location.assign(url), api.url);
    expect(page.url()).toBe(before);
    expect(await page.evaluate((url) => window.open(url) === null, api.url)).toBe(true);
    expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);

    const fetched = (url: string) =>
      page.evaluate(
        (url) =>
          fetch(url).then(
            (response) => response.status,
            () => 'refused',
          ),
        url,
      );
    expect(await fetched(api.url)).toBe('refused');
    expect(await fetched(`file://${home}/secret.txt`)).toBe('refused');
    expect(await fetched('app://pontual/%2e%2e%2fmain%2fmain.js')).toBe(404);
    expect(await fetched('app://pontual/index.html')).toBe(200);
    expect(api.requests).toEqual([]);

    const evaluated = () =>
      page.evaluate(() => {
        const script = document.createElement('script');
        script.textContent = 'window.ran = true';
        document.head.append(script);
        return 'ran' in window;
      });
    expect(await evaluated()).toBe(false);
  });

  it('gets a sentence, not an exception, for whatever it calls', async () => {
    const { page } = await launchApp({ home: await temporaryFolder() });
    const codeOf = (name: string, input: unknown) =>
      page.evaluate(
        async ([name, input]) => {
          const answer = await window.pontual.call(name as never, input as never);
          return answer.ok ? 'ok' : answer.error.code;
        },
        [name, input] as [string, unknown],
      );
    expect(await codeOf('nothing.there', {})).toBe('not-found');
    expect(await codeOf('__proto__', {})).toBe('not-found');
    expect(await codeOf('jobs.get', { id: '../../etc/passwd' })).toBe('validation');
    expect(await codeOf('jobs.get', { id: 'absent' })).toBe('not-found');
    expect(await codeOf('jobs.list', { q: 'x'.repeat(2 * 1024 * 1024) })).toBe('too-large');
    expect(await codeOf('status', {})).toBe('ok');
  });
});
