import { describe, expect, it } from 'vitest';
import { firstRecords } from '../../../src/main/cli/first-records.ts';

const LINE = '{"note":"a \\" quote"}\n';

/** The text in pieces of so many characters; counts how many were asked for. */
function inPieces(text: string, length: number) {
  const asked = { pieces: 0 };
  async function* pieces() {
    for (let at = 0; at < text.length; at += length) {
      asked.pieces++;
      yield text.slice(at, at + length);
    }
  }
  return { pieces: pieces(), asked };
}

async function joined(pieces: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const piece of pieces) text += piece;
  return text;
}

describe('the first records of an export', () => {
  const csv = 'key,note\r\n1,"two\nlines, ""quoted"""\r\n2,b\r\n3,c\r\n';

  it.each([1, 2, 7, 1000])('keep a cell with line ends whole, in pieces of %i', async (length) => {
    const first = await joined(firstRecords(inPieces(csv, length).pieces, 1, 'csv'));
    expect(first).toBe('key,note\r\n1,"two\nlines, ""quoted"""\r\n');
    const two = await joined(firstRecords(inPieces(csv, length).pieces, 2, 'csv'));
    expect(two).toBe(`${first}2,b\r\n`);
  });

  it('count lines of JSON, whatever quotes are in them', async () => {
    const text = await joined(firstRecords(inPieces(LINE.repeat(5), 3).pieces, 2, 'jsonl'));
    expect(text).toBe(LINE.repeat(2));
  });

  it('are all there are when there are fewer', async () => {
    expect(await joined(firstRecords(inPieces(csv, 4).pieces, 99, 'csv'))).toBe(csv);
  });

  it('read no further than they need', async () => {
    const { pieces, asked } = inPieces(LINE.repeat(100), LINE.length);
    await joined(firstRecords(pieces, 2, 'jsonl'));
    expect(asked.pieces).toBe(2);
  });
});
