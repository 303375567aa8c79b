import { invalid } from '../../../shared/errors.ts';
import { say } from '../../../shared/sentences.ts';
import type { Page } from '../../../shared/values.ts';

export interface PageWanted {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** A page of things that are all in memory, ordered by id; the cursor is the last id given out. */
export function pageById<T extends { readonly id: string }>(
  items: readonly T[],
  page: PageWanted,
  wanted: (item: T) => boolean = () => true,
): { items: T[]; nextCursor: string | null } {
  return pageOf(items.filter(wanted), page, { keyOf: ({ id }) => id, isBefore: (a, b) => a < b });
}

/** The same, the newest first: ordered by `createdAt` and id. */
export function pageNewestFirst<T extends { readonly id: string; readonly createdAt: string }>(
  items: readonly T[],
  page: PageWanted,
): { items: T[]; nextCursor: string | null } {
  // Instants are written in one length, so their texts are in the order of time.
  const keyOf = ({ createdAt, id }: T) => `${createdAt} ${id}`;
  return pageOf(items, page, { keyOf, isBefore: (a, b) => a > b });
}

function pageOf<T>(
  items: readonly T[],
  { limit, cursor }: PageWanted,
  order: {
    readonly keyOf: (item: T) => string;
    readonly isBefore: (a: string, b: string) => boolean;
  },
): { items: T[]; nextCursor: string | null } {
  const { keyOf, isBefore } = order;
  const last = cursor === undefined ? null : decode(cursor);
  const left = items.filter((item) => last === null || isBefore(last, keyOf(item)));
  left.sort((a, b) => (isBefore(keyOf(a), keyOf(b)) ? -1 : 1));
  const page = left.slice(0, limit);
  const end = page.at(-1);
  return { items: page, nextCursor: end && left.length > limit ? encode(keyOf(end)) : null };
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

function encode(key: string): string {
  return Buffer.from(`id:${key}`).toString('base64url');
}

function decode(cursor: string): string {
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  if (text.startsWith('id:')) return text.slice(3);
  throw invalid([{ path: 'cursor', ...say('noCursor', { cursor: cursor.slice(0, 50) }) }]);
}
