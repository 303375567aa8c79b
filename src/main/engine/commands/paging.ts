import { invalid } from '../../../shared/errors.ts';
import type { Page } from '../../../shared/values.ts';

/** A page of things that are all in memory, ordered by id; the cursor is the last id given out. */
export function pageById<T extends { readonly id: string }>(
  items: readonly T[],
  { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
  wanted: (item: T) => boolean = () => true,
): { items: T[]; nextCursor: string | null } {
  const after = cursor === undefined ? null : decode(cursor);
  const sorted = items
    .filter((item) => (after === null || item.id > after) && wanted(item))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const page = sorted.slice(0, limit);
  const last = page.at(-1);
  return { items: page, nextCursor: last && sorted.length > limit ? encode(last.id) : null };
}

/** A list that always fits on one page. */
export function onePage<T>(items: readonly T[]): { items: T[]; nextCursor: null } {
  return { items: [...items], nextCursor: null };
}

/** The port answers readonly pages; the contract's types are mutable. */
export function toPage<T>({ items, nextCursor }: Page<T>): {
  items: T[];
  nextCursor: string | null;
} {
  return { items: [...items], nextCursor };
}

function encode(id: string): string {
  return Buffer.from(`id:${id}`).toString('base64url');
}

function decode(cursor: string): string {
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  if (text.startsWith('id:')) return text.slice(3);
  throw invalid([
    {
      path: 'cursor',
      message: `'${cursor.slice(0, 50)}' is not a cursor that this list gave out.`,
    },
  ]);
}
