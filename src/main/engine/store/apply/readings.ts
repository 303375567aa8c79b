import { TransitMap, TransitSet } from '../../transit.ts';
import type { Sqlite } from '../database/sqlite.ts';
import type { PageValidator } from '../ops.ts';
import { packIds, unpackIds } from '../varint.ts';

/** One page of a read that is under way. */
export interface ReadPage {
  readonly page: number;
  /** Numbers of the records on it, in its order. */
  readonly records: readonly number[];
  readonly fingerprint: Uint8Array | null;
  readonly validator: PageValidator | null;
}

/** What one run has seen so far. */
export interface Reading {
  readonly pages: Map<number, ReadPage>;
  readonly seen: Set<number>;
  /**
   * What `integration_states.writes` is while nobody but this run has written since the job's last complete read;
   * null once somebody has, and after a restart: then nothing known from that read is taken for granted.
   */
  expectedWrites: number | null;
  /** A page was seen of which we do not know the records: nothing may be called vanished. */
  hasUnknownPage: boolean;
  /** Rows of it are in `read_pages`. */
  isStored: boolean;
}

/** What finished runs have seen is kept in memory for their siblings while it is no more than so many records in all. */
const MOST_KEPT = 10_000;

/** The reads that are under way, in memory and, between the transactions of a run, in `read_pages`. */
export class Readings {
  readonly #database: Sqlite;
  readonly #open = new TransitMap<number, Reading>();
  readonly #released = new TransitSet<number>();
  #kept = 0;

  constructor(database: Sqlite) {
    this.#database = database;
  }

  /** What a run has seen; read back from the database when it is not remembered. */
  of(run: number, isFirstPage: boolean): Reading {
    let reading = this.#open.get(run);
    if (!reading) {
      reading = isFirstPage ? emptyReading() : this.#load(run);
      this.#open.set(run, reading);
    }
    return reading;
  }

  /** Keeps a page for the pages to come; `durably` when they come in other transactions. */
  add(run: number, reading: Reading, page: ReadPage, durably: boolean): void {
    reading.pages.set(page.page, page);
    for (const record of page.records) reading.seen.add(record);
    if (!durably) return;
    reading.isStored = true;
    this.#database.run(
      'INSERT OR REPLACE INTO read_pages (run, page, records, fingerprint, validator) VALUES (?, ?, ?, ?, ?)',
      [run, page.page, packIds(page.records), page.fingerprint, validatorText(page.validator)],
    );
  }

  /** A later page says otherwise of a record: the pages before that show it tell no longer what is stored. */
  contradicted(run: number, reading: Reading, record: number): void {
    for (const page of reading.pages.values()) {
      const isKnown = page.fingerprint !== null || page.validator !== null;
      if (!isKnown || !page.records.includes(record)) continue;
      reading.pages.set(page.page, { ...page, fingerprint: null, validator: null });
      if (reading.isStored)
        this.#database.run(
          'UPDATE read_pages SET fingerprint = NULL, validator = NULL WHERE run = ? AND page = ?',
          [run, page.page],
        );
    }
  }

  /** The read of a run is over, and nobody waits for what it saw. */
  drop(run: number): void {
    const reading = this.#open.get(run);
    if (!reading || reading.isStored)
      this.#database.run('DELETE FROM read_pages WHERE run = ?', [run]);
    this.#letGo(run);
  }

  /** Keeps the rows, and the memory when it is little: siblings of the run will ask. */
  release(run: number): void {
    const reading = this.#open.get(run);
    if (!reading) return;
    this.#released.add(run);
    this.#kept += weightOf(reading);
    for (const oldest of this.#released.values()) {
      if (this.#kept <= MOST_KEPT) break;
      this.#letGo(oldest);
    }
  }

  forget(): void {
    this.#open.clear();
    this.#released.clear();
    this.#kept = 0;
  }

  #letGo(run: number): void {
    const reading = this.#open.get(run);
    if (!reading) return;
    this.#open.delete(run);
    if (this.#released.delete(run)) this.#kept -= weightOf(reading);
  }

  #load(run: number): Reading {
    const reading = { ...emptyReading(), isStored: true };
    for (const page of readPages(this.#database, 'read_pages', 'run', run)) {
      reading.pages.set(page.page, page);
      for (const record of page.records) reading.seen.add(record);
    }
    return reading;
  }
}

/** Once a run is over nothing is added to what it has seen. */
function weightOf({ seen, pages }: Reading): number {
  return seen.size + pages.size;
}

function emptyReading(): Reading {
  return {
    pages: new Map(),
    seen: new Set(),
    expectedWrites: null,
    hasUnknownPage: false,
    isStored: false,
  };
}

/** All pages, or only this one. */
export function readPages(
  database: Sqlite,
  table: 'read_pages' | 'known_pages',
  owner: 'run' | 'job',
  id: number,
  page: number | null = null,
): ReadPage[] {
  const which = page === null ? '' : ' AND page = ?';
  return database
    .rows(
      `SELECT page, records, fingerprint, validator FROM ${table} WHERE ${owner} = ?${which} ORDER BY page`,
      page === null ? [id] : [id, page],
    )
    .map(([page, records, fingerprint, validator]) => ({
      page: page as number,
      records: unpackIds(records as Uint8Array),
      fingerprint: fingerprint as Uint8Array | null,
      validator: validator === null ? null : (JSON.parse(validator as string) as PageValidator),
    }));
}

export function validatorText(validator: PageValidator | null): string | null {
  return validator ? JSON.stringify(validator) : null;
}
