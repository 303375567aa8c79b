import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { linesWith } from '../../../../../src/main/engine/observe/log/line-search.ts';
import { temporaryFolder } from '../../../../support/temporary-folder.ts';

async function found(content: string, texts: readonly string[]): Promise<string[]> {
  const path = join(await temporaryFolder(), 'lines.txt');
  writeFileSync(path, content);
  return all(path, texts);
}

async function all(path: string, texts: readonly string[]): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of linesWith(path, texts)) lines.push(line);
  return lines;
}

describe('linesWith', () => {
  it('answers the lines that hold one of the texts, in order, each once', async () => {
    const lines = ['one', 'two and one', 'three', 'two', '', 'one two one', 'four'];
    expect(await found(lines.join('\n'), ['one', 'two'])).toEqual([
      'one',
      'two and one',
      'two',
      'one two one',
    ]);
  });

  it('takes the last line with or without its end, and no carriage return', async () => {
    expect(await found('x1\r\nx2', ['x'])).toEqual(['x1', 'x2']);
    expect(await found('x1\nx2\n', ['x'])).toEqual(['x1', 'x2']);
  });

  it('finds what a file without lines, and one that is gone, hold: nothing', async () => {
    expect(await found('', ['x'])).toEqual([]);
    expect(await all('/no/such/file', ['x'])).toEqual([]);
  });

  it('cuts no line and no character where it reads the next part of a long file', async () => {
    // Lines of every length around the size of a part, so that each kind of cut happens.
    const lines = Array.from(
      { length: 9000 },
      (_, at) => `${String(at)} ${'é'.repeat(at % 211)} ${at % 7 === 0 ? 'wanted' : 'other'}`,
    );
    expect(await found(`${lines.join('\n')}\n`, [' wanted'])).toEqual(
      lines.filter((line) => line.endsWith(' wanted')),
    );
  });
});
