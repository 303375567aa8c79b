import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readAppLog } from '../../../../../src/main/engine/observe/log/app-log.ts';
import { fieldsOf, formatLine } from '../../../../../src/main/engine/observe/log/log-line.ts';
import type { LogLevel } from '../../../../../src/main/engine/observe/internal-events.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pontual-app-log-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const line = (level: LogLevel, message: string) =>
  formatLine(
    {
      at: 0,
      level,
      jobId: null,
      runId: null,
      attempt: null,
      message,
      fields: fieldsOf({ n: 1 }),
    },
    (text) => text,
  );
const messages = (jsonl: string) =>
  jsonl
    .split('\n')
    .filter(Boolean)
    .map((one) => (JSON.parse(one) as { message: string }).message);

describe('readAppLog', () => {
  it('is empty while nothing was written', async () => {
    expect(await readAppLog(folder, { lines: 10, level: 'debug' })).toBe('');
  });

  it('answers the last lines of a level, oldest first', async () => {
    const lines = [line('warn', 'one'), line('info', 'two'), line('error', 'three')];
    await writeFile(join(folder, 'app.log'), `${lines.join('\n')}\n`);
    const read = async (count: number, level: LogLevel) =>
      messages(await readAppLog(folder, { lines: count, level }));
    expect(await read(10, 'debug')).toEqual(['one', 'two', 'three']);
    expect(await read(2, 'debug')).toEqual(['two', 'three']);
    expect(await read(10, 'warn')).toEqual(['one', 'three']);
  });

  it('reads no more than the end of a large file, and no half line', async () => {
    const many = Array.from({ length: 30_000 }, (_, n) => line('info', `line ${n}`));
    await writeFile(join(folder, 'app.log'), `${many.join('\n')}\n`);
    const read = messages(await readAppLog(folder, { lines: 5000, level: 'debug' }));
    expect(read).toHaveLength(5000);
    expect(read.at(-1)).toBe('line 29999');
    expect(read.every((message) => /^line \d+$/.test(message))).toBe(true);
  });
});
