import { describe, expect, it } from 'vitest';
import { CallError } from '../../../src/renderer/state/client.ts';
import { PagedList } from '../../../src/renderer/state/paged-list.svelte.ts';
import type { Page } from '../../../src/shared/values.ts';

interface Item {
  readonly id: string;
  readonly text?: string;
}

const items = (...ids: string[]): Item[] => ids.map((id) => ({ id }));
const ids = (list: PagedList<Item>) => list.items.map((item) => item.id);

/** A list whose pages come when the test says so. */
function setup() {
  const asked: {
    cursor: string | null;
    answer: (page: Page<Item>) => void;
    fail: (e: Error) => void;
  }[] = [];
  const list = new PagedList<Item>({
    keyOf: (item) => item.id,
    load: (cursor) =>
      new Promise((answer, fail) => {
        asked.push({ cursor, answer, fail });
      }),
  });
  const answer = async (page: Page<Item>) => {
    asked.at(-1)!.answer(page);
    await Promise.resolve();
    await Promise.resolve();
  };
  return { list, asked, answer };
}

describe('PagedList', () => {
  it('loads page after page until the cursor ends', async () => {
    const { list, asked, answer } = setup();
    await answer({ items: items('a', 'b'), nextCursor: '2' });
    void list.loadMore();
    await answer({ items: items('c'), nextCursor: null });
    void list.loadMore();
    expect(ids(list)).toEqual(['a', 'b', 'c']);
    expect(asked.map((one) => one.cursor)).toEqual([null, '2']);
    expect(list.hasMore).toBe(false);
  });

  it('asks for a page once, however often the end is reached meanwhile', async () => {
    const { list, asked, answer } = setup();
    await answer({ items: items('a'), nextCursor: '1' });
    void list.loadMore();
    void list.loadMore();
    expect(asked).toHaveLength(2);
  });

  it('shows an item once when new ones pushed it onto the next page', async () => {
    const { list, answer } = setup();
    await answer({ items: items('a', 'b'), nextCursor: '2' });
    list.prepend(items('new'));
    void list.loadMore();
    await answer({ items: items('b', 'c'), nextCursor: null });
    expect(ids(list)).toEqual(['new', 'a', 'b', 'c']);
  });

  it('goes on when a page is empty and the list is not at its end', async () => {
    const { list, asked, answer } = setup();
    await answer({ items: [], nextCursor: '1' });
    expect(asked).toHaveLength(2);
    await answer({ items: items('a'), nextCursor: null });
    expect(ids(list)).toEqual(['a']);
  });

  it('goes on when a later page brings nothing, and stops at one that does', async () => {
    const { list, asked, answer } = setup();
    await answer({ items: items('a'), nextCursor: '1' });
    void list.loadMore();
    await answer({ items: [], nextCursor: '2' });
    await answer({ items: items('a'), nextCursor: '3' });
    expect(asked.map((one) => one.cursor)).toEqual([null, '1', '2', '3']);
    await answer({ items: items('b'), nextCursor: '4' });
    expect(ids(list)).toEqual(['a', 'b']);
    expect(asked).toHaveLength(4);
    expect(list.hasMore).toBe(true);
  });

  it('ignores the answer to a question that a reload has replaced', async () => {
    const { list, asked } = setup();
    void list.reload();
    asked[1]!.answer({ items: items('new'), nextCursor: null });
    await Promise.resolve();
    asked[0]!.answer({ items: items('old'), nextCursor: null });
    await Promise.resolve();
    await Promise.resolve();
    expect(ids(list)).toEqual(['new']);
  });

  it('keeps what it shows when a page fails, and tries the same page again', async () => {
    const { list, asked, answer } = setup();
    await answer({ items: items('a'), nextCursor: '1' });
    void list.loadMore();
    asked[1]!.fail(new CallError({ code: 'degraded', message: 'Not now.', details: [] }));
    await Promise.resolve();
    await Promise.resolve();
    expect(list.error?.message).toBe('Not now.');
    expect(ids(list)).toEqual(['a']);
    void list.loadMore();
    expect(asked[2]!.cursor).toBe('1');
  });

  it('changes items in place and leaves unknown ones alone', async () => {
    const { list, answer } = setup();
    await answer({ items: items('a', 'b'), nextCursor: null });
    const before = list.items;
    list.update(new Map([['zzz', { id: 'zzz' }]]));
    expect(list.items).toBe(before);
    list.update(new Map([['b', { id: 'b', text: 'changed' }]]));
    expect(list.items).toEqual([{ id: 'a' }, { id: 'b', text: 'changed' }]);
  });
});
