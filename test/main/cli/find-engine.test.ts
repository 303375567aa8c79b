import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findEngine, parseLock } from '../../../src/main/cli/find-engine.ts';
import { createTranslator } from '../../../src/shared/i18n/index.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const { t } = createTranslator('en');
const NOBODY = 2 ** 22 + 1; // above the largest process id of Linux

async function homeWith(files: Record<string, string>): Promise<string> {
  const home = await temporaryFolder();
  for (const [name, content] of Object.entries(files)) await writeFile(join(home, name), content);
  return home;
}

function lock(different: object = {}): string {
  const content = { host: 'h', pid: process.pid, startedAt: 'x', url: 'http://127.0.0.1:1' };
  return JSON.stringify({ ...content, ...different });
}

describe('findEngine', () => {
  it('finds the engine that holds the home, and its token', async () => {
    const home = await homeWith({ LOCK: lock(), 'api-token': 'the-token\n' });
    expect(await findEngine(home, t)).toEqual({ url: 'http://127.0.0.1:1', token: 'the-token' });
  });

  it.each([
    ['nobody ever started one', {}, 'No engine runs in'],
    ['the last one was killed', { LOCK: lock({ pid: NOBODY }) }, 'No engine runs in'],
    ['the file is no lock', { LOCK: 'garbage' }, 'No engine runs in'],
    ['it has no local server', { LOCK: lock({ url: null }) }, 'without its local server'],
    ['there is no token', { LOCK: lock() }, 'cannot be read'],
  ])('says what to do when %s', async (_what, files, message) => {
    const home = await homeWith(files);
    await expect(findEngine(home, t)).rejects.toThrow(message);
  });
});

describe('parseLock', () => {
  it.each(['', 'null', '[]', '{"pid":"1"}', '{'])('takes %j for no lock', (text) => {
    expect(parseLock(text)).toBeNull();
  });
});
