import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  expiredLogs,
  tidyLogs,
  type StoredLogFile,
} from '../../../../../src/main/engine/observe/log/log-retention.ts';
import { temporaryFolder } from '../../../../support/temporary-folder.ts';

const now = Date.parse('2026-11-21T12:00:00.000Z');
const plenty = { logDays: 30, logBytes: 1_000_000 };

function file(day: string, part: number | null, bytes = 100): StoredLogFile {
  return { day, part, bytes, path: `job/${day}${part === null ? '' : `.${part}`}.txt` };
}

function pathsOf(files: readonly StoredLogFile[]): readonly string[] {
  return files.map(({ path }) => path);
}

describe('expiredLogs', () => {
  it('lets files go that are older than the days to keep', () => {
    const { expired } = expiredLogs(
      [file('2026-10-21', null), file('2026-10-22', null), file('2026-11-21', null)],
      plenty,
      now,
    );
    expect(pathsOf(expired)).toEqual(['job/2026-10-21.txt']);
  });

  it('lets the oldest go until the rest fits', () => {
    const files = [
      file('2026-11-21', null),
      file('2026-11-20', null),
      file('2026-11-20', 10),
      file('2026-11-20', 9),
    ];
    const { expired, bytesLeft } = expiredLogs(files, { logDays: 30, logBytes: 250 }, now);
    expect(pathsOf(expired)).toEqual(['job/2026-11-20.9.txt', 'job/2026-11-20.10.txt']);
    expect(bytesLeft).toBe(200);
  });

  it('never lets a file go that is being written', () => {
    const today = [file('2026-11-21', null, 5_000_000)];
    expect(expiredLogs(today, { logDays: 1, logBytes: 1 }, now).expired).toEqual([]);
  });
});

describe('tidyLogs', () => {
  it('deletes what has expired, the empty folder with it, and nothing that is not ours', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'gone'));
    await mkdir(join(folder, 'kept'));
    await writeFile(join(folder, 'gone/2026-01-01.txt'), 'x');
    await writeFile(join(folder, 'kept/2026-01-01.txt'), 'x');
    await writeFile(join(folder, 'kept/2026-11-21.txt'), 'xx');
    await writeFile(join(folder, 'kept/notes.txt'), 'mine');
    await writeFile(join(folder, 'app.log'), 'xxx');
    await writeFile(join(folder, 'app-2026-01-01.1.log'), 'x');
    await utimes(join(folder, 'app.log'), 0, 0);

    expect(await tidyLogs(folder, plenty, now)).toBe(5);
    expect((await readdir(folder, { recursive: true })).sort()).toEqual([
      'app.log',
      'kept',
      'kept/2026-11-21.txt',
      'kept/notes.txt',
    ]);
  });

  it('finds nothing to do where there is no folder', async () => {
    expect(await tidyLogs(join(await temporaryFolder(), 'missing'), plenty, now)).toBe(0);
  });
});
