/** The predecessor answers whole lists; ours have pages. */

type ReadPage<T> = (cursor: {
  cursor?: string;
}) => Promise<{ readonly items: readonly T[]; readonly nextCursor: string | null }>;

/** Page after page, no more than `most` items. */
export async function* pagesOf<T>(
  read: ReadPage<T>,
  most: number = Infinity,
): AsyncGenerator<readonly T[]> {
  let left = most;
  let cursor: string | null = null;
  do {
    const page = await read(cursor === null ? {} : { cursor });
    yield page.items.slice(0, left);
    left -= page.items.length;
    cursor = page.nextCursor;
  } while (cursor !== null && left > 0);
}

/** All of them at once: for lists that are in memory anyway. */
export async function all<T>(read: ReadPage<T>): Promise<readonly T[]> {
  const items: T[] = [];
  for await (const page of pagesOf(read)) items.push(...page);
  return items;
}

/** Waits for the first page, so that a refusal is still an answer of its own and no broken list. */
export async function begun<T>(
  pages: AsyncGenerator<readonly T[]>,
): Promise<AsyncGenerator<readonly T[]>> {
  const first = await pages.next();
  return (async function* () {
    if (first.done !== true) yield first.value;
    yield* pages;
  })();
}

/** The items of all pages as one JSON list, a piece a page. */
export async function* listText<T>(
  pages: AsyncIterable<readonly T[]>,
  textOf: (item: T) => string,
): AsyncGenerator<string> {
  let before = '[';
  for await (const page of pages) {
    if (page.length === 0) continue;
    yield before + page.map(textOf).join(',');
    before = ',';
  }
  yield before === '[' ? '[]' : ']';
}
