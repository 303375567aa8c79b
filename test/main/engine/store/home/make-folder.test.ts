import { statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeFolder } from '../../../../../src/main/engine/store/home/make-folder.ts';
import { temporaryFolder } from '../../../../support/temporary-folder.ts';

describe('makeFolder', () => {
  it('makes what is missing above a folder, for its owner alone', async () => {
    const top = join(await temporaryFolder(), 'a');
    makeFolder(join(top, 'b', 'c'));
    for (const path of [top, join(top, 'b'), join(top, 'b', 'c')])
      expect(statSync(path).mode & 0o777).toBe(0o700);
  });

  it('leaves a folder as it is, also behind a link', async () => {
    const folder = await temporaryFolder();
    const link = join(await temporaryFolder(), 'link');
    symlinkSync(folder, link);
    makeFolder(folder);
    makeFolder(link);
    makeFolder(join(link, 'below'));
    expect(statSync(join(folder, 'below')).isDirectory()).toBe(true);
  });

  it('says that there is a file, at the end of the path or in it', async () => {
    const file = join(await temporaryFolder(), 'file');
    writeFileSync(file, '');
    expect(() => makeFolder(file)).toThrow(/EEXIST/);
    expect(() => makeFolder(join(file, 'a', 'b'))).toThrow(/ENOTDIR/);
  });

  it.runIf(process.platform === 'linux')(
    'gives up where the system says that a folder is missing which is there',
    () => {
      expect(() => makeFolder('/proc/no-home')).toThrow(/ENOENT/);
      expect(() => makeFolder('/proc/no-home/below')).toThrow(/ENOENT/);
    },
  );
});
