import type { Page } from '../../../../shared/values.ts';
import type { Sqlite, SqlParams, SqlRow } from '../database/sqlite.ts';

/** Longest time that one page of a list looks through rows that do not match. */
const SLICE_MS = 10;
const FIRST_CHUNK = 200;
const LARGEST_CHUNK = 16_000;

export interface SqlCondition {
  readonly sql: string;
  readonly params: SqlParams;
}

/** True of no row. */
export const NOTHING: SqlCondition = { sql: '0', params: [] };

/**
 * What lies behind a row in the order of a list, as ranges that follow one another: first the rest of the rows with
 * its time, then all with other times. One condition for both could not be answered by an index.
 */
export type Behind = readonly [SqlCondition, ...SqlCondition[]];

/**
 * A list in the order of an index. `indexed` narrows it by columns of that index; `filter` is tested row by row, in
 * chunks, for at most about 10 ms: then the page is short and the next one goes on from there.
 */
export interface KeysetList<T> {
  readonly database: Sqlite;
  readonly table: string;
  readonly columns: string;
  readonly indexed: SqlCondition | null;
  readonly filter: SqlCondition | null;
  /** Such as `created_at DESC, id DESC`. */
  readonly order: string;
  /**
   * Where the page begins. At the start of the list a condition on time that holds for every row: without one SQLite
   * may prefer to sort them all.
   */
  readonly behind: Behind;
  /** Columns, separated by commas, from which a row's place is made. */
  readonly placeColumns: string;
  behindRow(place: SqlRow): Behind;
  cursorOf(place: SqlRow): string;
  map(row: SqlRow): T;
}

export function allOf(conditions: readonly (SqlCondition | null)[]): SqlCondition | null {
  const present = conditions.filter((condition) => condition !== null);
  if (present.length === 0) return null;
  return {
    sql: present.map(({ sql }) => `(${sql})`).join(' AND '),
    params: present.flatMap(({ params }) => params),
  };
}

/** Text that holds `q`, whatever the case of its ASCII letters. */
export function contains(column: string, q: string): SqlCondition {
  return {
    sql: `${column} LIKE ? ESCAPE '\\'`,
    params: [`%${q.replace(/[\\%_]/g, (special) => `\\${special}`)}%`],
  };
}

export function readPage<T>(list: KeysetList<T>, limit: number, monotonic: () => number): Page<T> {
  return list.filter ? scanPage(list, list.filter, limit, monotonic) : indexedPage(list, limit);
}

function indexedPage<T>(list: KeysetList<T>, limit: number): Page<T> {
  const rows: SqlRow[] = [];
  for (const range of list.behind) {
    if (rows.length > limit) break;
    rows.push(...rowsOf(list, range, limit + 1 - rows.length));
  }
  return pageOf(list, rows, limit);
}

function rowsOf<T>(list: KeysetList<T>, range: SqlCondition, limit: number): SqlRow[] {
  const where = whereOf(allOf([list.indexed, range]));
  return list.database.rows(
    `SELECT ${list.placeColumns}, ${list.columns} FROM ${list.table}${where.sql} ORDER BY ${list.order} LIMIT ?`,
    [...where.params, limit],
  );
}

function scanPage<T>(
  list: KeysetList<T>,
  filter: SqlCondition,
  limit: number,
  monotonic: () => number,
): Page<T> {
  const startedAt = monotonic();
  const found: SqlRow[] = [];
  let [range, ...rest] = list.behind;
  for (let chunk = FIRST_CHUNK, looked = 0; ;) {
    found.push(...matchesInChunk(list, range, filter, chunk, limit + 1 - found.length));
    if (found.length > limit) return pageOf(list, found, limit);
    const last = lastOfChunk(list, range, chunk);
    if (last) [range, ...rest] = list.behindRow(last);
    else {
      const [next, ...others] = rest;
      if (next === undefined) return pageOf(list, found, limit);
      range = next;
      rest = others;
    }
    const tookMs = monotonic() - startedAt;
    if (last && tookMs >= SLICE_MS)
      return { ...pageOf(list, found, limit), nextCursor: list.cursorOf(last) };
    looked += chunk;
    chunk = nextChunk(chunk, looked, tookMs);
  }
}

/** Twice as many rows as before, but no more than there is time for at the pace so far. */
function nextChunk(chunk: number, looked: number, tookMs: number): number {
  const affordable = tookMs > 0 ? (looked / tookMs) * (SLICE_MS - tookMs) : LARGEST_CHUNK;
  const wanted = Math.min(2 * chunk, LARGEST_CHUNK, Math.floor(affordable));
  return Math.max(FIRST_CHUNK, wanted);
}

function matchesInChunk<T>(
  list: KeysetList<T>,
  range: SqlCondition,
  filter: SqlCondition,
  chunk: number,
  limit: number,
): SqlRow[] {
  const where = whereOf(allOf([list.indexed, range]));
  // The inner LIMIT keeps SQLite from looking further than the chunk for its matches.
  return list.database.rows(
    `SELECT ${list.placeColumns}, ${list.columns} FROM
      (SELECT * FROM ${list.table}${where.sql} ORDER BY ${list.order} LIMIT ?)
      WHERE ${filter.sql} ORDER BY ${list.order} LIMIT ?`,
    [...where.params, chunk, ...filter.params, limit],
  );
}

function lastOfChunk<T>(
  list: KeysetList<T>,
  range: SqlCondition,
  chunk: number,
): SqlRow | undefined {
  const where = whereOf(allOf([list.indexed, range]));
  return list.database.row(
    `SELECT ${list.placeColumns} FROM ${list.table}${where.sql} ORDER BY ${list.order} LIMIT 1 OFFSET ?`,
    [...where.params, chunk - 1],
  );
}

function pageOf<T>(list: KeysetList<T>, rows: readonly SqlRow[], limit: number): Page<T> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const placeLength = list.placeColumns.split(',').length;
  return {
    items: shown.map((row) => list.map(row.slice(placeLength))),
    nextCursor: rows.length > limit && last ? list.cursorOf(last) : null,
  };
}

function whereOf(condition: SqlCondition | null): SqlCondition {
  return condition
    ? { sql: ` WHERE ${condition.sql}`, params: condition.params }
    : { sql: '', params: [] };
}
