import type { Page } from '../../../src/shared/values.ts';

/** One page of a list; the cursor is the place in it. */
export function pageFrom<T>(
  items: readonly T[],
  { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
): Page<T> & { items: T[] } {
  const from = Number(cursor ?? 0);
  const to = from + limit;
  return { items: items.slice(from, to), nextCursor: to < items.length ? String(to) : null };
}
