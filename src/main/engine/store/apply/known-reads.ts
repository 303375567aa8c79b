import { TransitMap } from '../../transit.ts';
import type { Sqlite } from '../database/sqlite.ts';
import type { PageValidator } from '../ops.ts';
import { packIds } from '../varint.ts';
import { readPages, validatorText, type ReadPage } from './readings.ts';

interface KnownRead {
  readonly integration: number;
  /** `integration_states.writes` at its end. */
  readonly writes: number;
  readonly pages: ReadonlyMap<number, ReadPage>;
}

/** A read is remembered when its pages and records are few, as those of the most frequent jobs are; for so many jobs at once. */
const MOST_ROWS = 100;
const MOST_READS = 4096;

/**
 * What is known of the last complete read of each job: the tables `known_reads` and `known_pages`. A steady read is
 * written once: when the next one was the same nothing is.
 */
export class KnownReads {
  readonly #database: Sqlite;
  readonly #remembered = new TransitMap<number, KnownRead>();

  constructor(database: Sqlite) {
    this.#database = database;
  }

  /** The integration's count of writes when the job's last read of it was complete; null when there was none. */
  writes(job: number, integration: number): number | null {
    const remembered = this.#remembered.get(job);
    if (remembered) return remembered.integration === integration ? remembered.writes : null;
    const row = this.#database.row(
      'SELECT writes FROM known_reads WHERE job = ? AND integration = ?',
      [job, integration],
    );
    return (row?.[0] as number | undefined) ?? null;
  }

  page(job: number, page: number): ReadPage | null {
    const remembered = this.#remembered.get(job);
    if (remembered) return remembered.pages.get(page) ?? null;
    return readPages(this.#database, 'known_pages', 'job', job, page)[0] ?? null;
  }

  /** A read of the job is complete, and these were its pages. */
  keep(job: number, integration: number, writes: number, pages: readonly ReadPage[]): void {
    const wanted = new Map<number, ReadPage>();
    for (const page of pages) if (!wanted.has(page.page)) wanted.set(page.page, page);
    const remembered = this.#remembered.get(job);
    this.#writePages(job, wanted, remembered?.pages.values() ?? this.#stored(job));
    if (remembered?.integration !== integration || remembered.writes !== writes)
      this.#database.run(
        'INSERT OR REPLACE INTO known_reads (job, integration, writes) VALUES (?, ?, ?)',
        [job, integration, writes],
      );
    this.#remember(job, { integration, writes, pages: wanted });
  }

  /** What the pages of an integration brought counts for nothing any more. */
  drop(integration: number): void {
    this.forget();
    this.#database.run(
      'DELETE FROM known_pages WHERE job IN (SELECT job FROM known_reads WHERE integration = ?)',
      [integration],
    );
    this.#database.run('DELETE FROM known_reads WHERE integration = ?', [integration]);
  }

  /** After a rollback, or when somebody else has changed the tables. */
  forget(): void {
    this.#remembered.clear();
  }

  #writePages(
    job: number,
    wanted: ReadonlyMap<number, ReadPage>,
    stored: Iterable<ReadPage>,
  ): void {
    const same = new Set<number>();
    for (const known of stored) {
      const page = wanted.get(known.page);
      if (page && isSame(page, known)) same.add(known.page);
      else if (!page)
        this.#database.run('DELETE FROM known_pages WHERE job = ? AND page = ?', [job, known.page]);
    }
    for (const { page, records, fingerprint, validator } of wanted.values())
      if (!same.has(page))
        this.#database.run(
          'INSERT OR REPLACE INTO known_pages (job, page, records, fingerprint, validator) VALUES (?, ?, ?, ?, ?)',
          [job, page, packIds(records), fingerprint, validatorText(validator)],
        );
  }

  #stored(job: number): readonly ReadPage[] {
    return readPages(this.#database, 'known_pages', 'job', job);
  }

  #remember(job: number, read: KnownRead): void {
    this.#remembered.delete(job);
    let rows = read.pages.size;
    for (const page of read.pages.values()) rows += page.records.length;
    if (rows > MOST_ROWS) return;
    this.#remembered.set(job, read);
    if (this.#remembered.size <= MOST_READS) return;
    // The one that was read the longest ago.
    for (const oldest of this.#remembered.keys()) {
      this.#remembered.delete(oldest);
      return;
    }
  }
}

function isSame(left: ReadPage, right: ReadPage): boolean {
  return (
    isSameValidator(left.validator, right.validator) &&
    Buffer.compare(left.fingerprint ?? NO_BYTES, right.fingerprint ?? NO_BYTES) === 0 &&
    (left.records === right.records ||
      (left.records.length === right.records.length &&
        left.records.every((record, at) => record === right.records[at])))
  );
}

function isSameValidator(left: PageValidator | null, right: PageValidator | null): boolean {
  if (left === null || right === null) return left === right;
  return (
    left.bodyHash === right.bodyHash &&
    left.url === right.url &&
    left.etag === right.etag &&
    left.lastModified === right.lastModified &&
    (left.next === right.next || JSON.stringify(left.next) === JSON.stringify(right.next)) &&
    left.records === right.records &&
    left.invalid === right.invalid &&
    left.page === right.page
  );
}

const NO_BYTES = new Uint8Array();
