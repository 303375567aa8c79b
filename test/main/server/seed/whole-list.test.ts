import { describe, expect, it } from 'vitest';
import { all, begun, listText, pagesOf } from '../../../../src/main/server/seed/whole-list.ts';

/** Pages of the numbers from 1 up, and how many of them were asked for. */
function numbers(pages: number, perPage: number) {
  const asked: (string | undefined)[] = [];
  const read = async ({ cursor }: { cursor?: string }) => {
    asked.push(cursor);
    const page = cursor === undefined ? 0 : Number(cursor);
    return {
      items: Array.from({ length: perPage }, (_, index) => page * perPage + index + 1),
      nextCursor: page + 1 < pages ? String(page + 1) : null,
    };
  };
  return { read, asked };
}

async function textOf(pages: AsyncGenerator<readonly number[]>): Promise<string> {
  let text = '';
  for await (const piece of listText(await begun(pages), String)) text += piece;
  return text;
}

describe('a whole list', () => {
  it('is one JSON list of all pages, and an empty one of none', async () => {
    expect(await textOf(pagesOf(numbers(3, 2).read))).toBe('[1,2,3,4,5,6]');
    expect(await textOf(pagesOf(numbers(2, 0).read))).toBe('[]');
    expect(await all(numbers(2, 2).read)).toEqual([1, 2, 3, 4]);
  });

  it('reads no page before the one ahead of it was taken, and none beyond the limit', async () => {
    const { read, asked } = numbers(1000, 2);
    const pieces = listText(await begun(pagesOf(read, 5)), String);
    expect(asked).toEqual([undefined]);
    let text = '';
    for await (const piece of pieces) text += piece;
    expect(text).toBe('[1,2,3,4,5]');
    expect(asked).toEqual([undefined, '1', '2']);
  });

  it('fails before it begins when the first page is refused', async () => {
    const refused = async () => Promise.reject(new Error('refused'));
    await expect(begun(pagesOf(refused))).rejects.toThrow('refused');
  });
});
