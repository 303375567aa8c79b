import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exportRecords } from '../../../src/main/desktop/record-file.ts';
import { PontualError } from '../../../src/shared/errors.ts';
import type { DataRecord } from '../../../src/shared/record.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const record = (key: string): DataRecord => ({
  integrationId: 'coins',
  key,
  data: { price: 1.5, note: '=1+1' },
  hash: '',
  version: 1,
  change: 'new',
  firstSeenAt: '2026-01-01T00:00:00.000Z',
  lastSeenAt: '2026-01-01T00:00:00.000Z',
  changedAt: '2026-01-01T00:00:00.000Z',
  vanishedAt: null,
  runId: 'r',
});

async function setup(failsAt: number | null = null) {
  const folder = await temporaryFolder();
  const path = join(folder, 'out.csv');
  const asked: string[] = [];
  const filters: unknown[] = [];
  const write = (wanted: string | null = path) =>
    exportRecords(
      { format: 'csv', integrationId: 'coins' },
      {
        list: ({ cursor, ...filter }) => {
          filters.push(filter);
          const at = Number(cursor ?? 0);
          if (at === failsAt) return Promise.reject(new PontualError('degraded', 'no disk'));
          const items = [record(`k${at}`)];
          return Promise.resolve({ items, nextCursor: at < 2 ? String(at + 1) : null });
        },
        askPath: (name) => {
          asked.push(name);
          return Promise.resolve(wanted);
        },
        clock: new ManualClock(Date.parse('2026-11-22T10:00:00Z')),
        locale: 'pt-BR',
      },
    );
  return { folder, path, write, asked, filters };
}

describe('records that are written to a file', () => {
  it('are all of them, as the language of the window has them, under a name that says what they are', async () => {
    const { path, write, asked, filters } = await setup();
    expect(await write()).toEqual({ path, records: 3 });
    expect(asked).toEqual(['coins-2026-11-22.csv']);
    expect(filters[0]).toMatchObject({ integrationId: 'coins', limit: 500 });
    const text = await readFile(path, 'utf8');
    expect(text.startsWith('\ufeffintegrationId;key;')).toBe(true);
    expect(text.trimEnd().split('\r\n')).toHaveLength(4);
    expect(text).toContain(";1.5;'=1+1;");
  });

  it('are none when nobody says where to', async () => {
    const { folder, write, filters } = await setup();
    expect(await write(null)).toEqual({ path: null, records: 0 });
    expect(filters).toEqual([]);
    expect(await readdir(folder)).toEqual([]);
  });

  it('leave what was there as it was when the list fails in the middle', async () => {
    const { folder, path, write } = await setup(1);
    await writeFile(path, 'before');
    await expect(write()).rejects.toMatchObject({ code: 'degraded' });
    expect(await readFile(path, 'utf8')).toBe('before');
    expect(await readdir(folder)).toEqual(['out.csv']);
  });

  it('say which file could not be written, and why', async () => {
    const { folder, write } = await setup();
    const path = join(folder, 'missing', 'out.csv');
    await expect(write(path)).rejects.toMatchObject({
      code: 'conflict',
      says: { key: 'exportFailed' },
      message: expect.stringContaining(path) as string,
    });
  });
});
