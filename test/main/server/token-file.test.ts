import { chmod, mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { loadToken } from '../../../src/main/server/token-file.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

async function modeOf(path: string): Promise<number> {
  return (await stat(path)).mode & 0o777;
}

describe('loadToken', () => {
  it('makes a token at the first start and keeps it', async () => {
    const home = await temporaryFolder();
    const token = await loadToken(home);
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(await readFile(join(home, 'api-token'), 'utf8')).toBe(token);
    expect(await loadToken(home)).toBe(token);
    expect(await loadToken(await temporaryFolder())).not.toBe(token);
    expect(await readdir(home)).toEqual(['api-token']);
  });

  it('keeps the file from other people, whatever the umask and whatever it was', async () => {
    const before = process.umask(0);
    onTestFinished(() => void process.umask(before));
    const home = await temporaryFolder();
    await loadToken(home);
    expect(await modeOf(join(home, 'api-token'))).toBe(0o600);
    await chmod(join(home, 'api-token'), 0o644);
    await loadToken(home);
    expect(await modeOf(join(home, 'api-token'))).toBe(0o600);
  });

  it('takes a token that somebody wrote with an editor', async () => {
    const home = await temporaryFolder();
    await writeFile(join(home, 'api-token'), 'my-own-token-of-good-length\n');
    expect(await loadToken(home)).toBe('my-own-token-of-good-length');
  });

  it.each(['', 'short', 'with a space in the middle of it', 'x\r\nInjected: header-0123456789'])(
    'replaces %j, which protects nothing',
    async (content) => {
      const home = await temporaryFolder();
      await writeFile(join(home, 'api-token'), content);
      expect(await loadToken(home)).toMatch(/^[\w-]{43}$/);
    },
  );

  it('fails when the home cannot be read, instead of going on with no token', async () => {
    const home = await temporaryFolder();
    await mkdir(join(home, 'api-token'));
    await expect(loadToken(home)).rejects.toThrow('EISDIR');
  });
});
