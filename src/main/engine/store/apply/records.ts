import { changes } from '../codes.ts';
import type { Prepared, Sqlite, SqlParams, SqlRow } from '../database/sqlite.ts';
import { changedFields } from './changed-fields.ts';

export type RecordFate = 'new' | 'changed' | 'unchanged';

/** What was found of a record before it is written. */
export interface FoundRecord {
  readonly id: number;
  readonly hash: Uint8Array;
  /** The run that last changed it. */
  readonly run: number;
  readonly hasVanished: boolean;
}

/** Key and data as UTF-8. */
export interface NewRecord {
  readonly key: Uint8Array;
  readonly data: Uint8Array;
  readonly hash: Uint8Array;
}

const NEW = changes.code('new');
const CHANGED = changes.code('changed');
const VANISHED = changes.code('vanished');

/**
 * The tables `records` and `record_versions`. Keys and data arrive as UTF-8 and are stored as text without becoming
 * strings on the way. Ids are given here, so that applying the same operations again gives the same ids.
 */
export class Records {
  readonly #database: Sqlite;
  readonly #find: Prepared;
  readonly #insert: Prepared;
  readonly #insertMany: Prepared;
  #nextId = 0;
  #versionsKept = 0;
  #inserted = 0;

  constructor(database: Sqlite) {
    this.#database = database;
    this.#find = database.prepare(FIND);
    this.#insert = database.prepare(insertOf(1));
    this.#insertMany = database.prepare(insertOf(ROWS_AT_ONCE));
    this.forget();
  }

  /** Records that were added since the last call. */
  takeInserted(): number {
    const inserted = this.#inserted;
    this.#inserted = 0;
    return inserted;
  }

  find(integration: number, key: Uint8Array): FoundRecord | null {
    const row = this.#find.row([integration, key]);
    return row ? foundOf(row) : null;
  }

  /**
   * Adds records whose keys are not there yet, in their order; answers the number of the first, the others follow.
   * SQLite takes many rows in one statement at two thirds of the price.
   */
  addAll(integration: number, records: readonly NewRecord[], run: number, at: number): number {
    const first = this.#nextId;
    const shared = [integration, run, at];
    const whole = records.length - (records.length % ROWS_AT_ONCE);
    for (let from = 0; from < whole; from += ROWS_AT_ONCE)
      this.#insertMany.run([...shared, ...this.#rowsOf(records, from, from + ROWS_AT_ONCE)]);
    for (let from = whole; from < records.length; from++)
      this.#insert.run([...shared, ...this.#rowsOf(records, from, from + 1)]);
    this.#inserted += records.length;
    return first;
  }

  /** Gives a record new data; what it said before becomes a version. */
  change(id: number, data: Uint8Array, hash: Uint8Array, run: number, at: number): void {
    const [before, version, changedAt, changedBy, dataAt, dataRun, fields] = this.#row(id);
    this.#database.run(
      'INSERT OR REPLACE INTO record_versions (record, version, data, at, run, changed_fields) VALUES (?, ?, ?, ?, ?, ?)',
      [id, version, before, dataAt ?? changedAt, dataRun ?? changedBy, fields],
    );
    if (version > this.#versionsKept)
      this.#database.run('DELETE FROM record_versions WHERE record = ? AND version <= ?', [
        id,
        version - this.#versionsKept,
      ]);
    this.#write(id, data, hash, run, at, version + 1, before);
  }

  /** Gives a record that this very run has written already its later data, without another version. */
  amend(id: number, data: Uint8Array, hash: Uint8Array, run: number, at: number): void {
    const [, version] = this.#row(id);
    const earlier = this.#database.row(
      'SELECT data FROM record_versions WHERE record = ? AND version = ?',
      [id, version - 1],
    )?.[0] as string | undefined;
    if (earlier === undefined)
      this.#database.run(
        'UPDATE records SET data = CAST(? AS TEXT), hash = ?, changed_at = ? WHERE id = ?',
        [data, hash, at, id],
      );
    else this.#write(id, data, hash, run, at, version, earlier);
  }

  /** A vanished record is there again, saying what it said. */
  reappear(id: number, run: number, at: number): void {
    this.#database.run(
      `UPDATE records SET change = ${CHANGED}, run = ?, changed_at = ?, vanished_at = NULL, changed_fields = '[]' WHERE id = ?`,
      [run, at, id],
    );
  }

  vanish(id: number, run: number, at: number): void {
    this.#database.run(
      `UPDATE records SET change = ${VANISHED}, vanished_at = ?, changed_at = ?, run = ?,
        data_at = coalesce(data_at, changed_at), data_run = coalesce(data_run, run) WHERE id = ?`,
      [at, at, run, id],
    );
  }

  hasVanished(id: number): boolean {
    return (
      this.#database.number('SELECT vanished_at IS NOT NULL FROM records WHERE id = ?', [id]) === 1
    );
  }

  liveIds(integration: number): number[] {
    return this.#database
      .rows('SELECT id FROM records WHERE integration = ? AND vanished_at IS NULL ORDER BY id', [
        integration,
      ])
      .map(([id]) => id as number);
  }

  /** Reads again what it remembers of the database. */
  forget(): void {
    this.#nextId = 1 + this.#database.number('SELECT max(id) FROM records');
    this.#versionsKept = this.#database.number('SELECT versions_kept FROM store_state');
    this.#inserted = 0;
  }

  #rowsOf(records: readonly NewRecord[], from: number, to: number): SqlParams {
    const params: SqlParams = [];
    for (let at = from; at < to; at++) {
      const { key, data, hash } = records[at] as NewRecord;
      params.push(this.#nextId++, key, data, hash);
    }
    return params;
  }

  #row(id: number): Stored {
    const row = this.#database.row(
      'SELECT data, version, changed_at, run, data_at, data_run, changed_fields FROM records WHERE id = ?',
      [id],
    );
    if (!row) throw new Error(`There is no record ${id}.`);
    return row as Stored;
  }

  #write(
    id: number,
    data: Uint8Array,
    hash: Uint8Array,
    run: number,
    at: number,
    version: number,
    before: string,
  ): void {
    const fields = changedFields(before, textOf(data));
    this.#database.run(
      `UPDATE records SET data = CAST(? AS TEXT), hash = ?, version = ?, change = ${CHANGED}, run = ?, changed_at = ?,
        vanished_at = NULL, data_at = NULL, data_run = NULL, changed_fields = ? WHERE id = ?`,
      [data, hash, version, run, at, JSON.stringify(fields), id],
    );
  }
}

/** data, version, changed_at, run, data_at, data_run, changed_fields */
type Stored = [string, number, number, number, number | null, number | null, string | null];

const FIND =
  'SELECT id, hash, run, vanished_at IS NOT NULL FROM records WHERE integration = ? AND key = CAST(? AS TEXT)';

/** Rows of one statement; with more of them the gain is lost in binding. */
const ROWS_AT_ONCE = 16;

/** What all rows share comes first: integration, run, time. */
function insertOf(rows: number): string {
  const values = Array.from({ length: rows }, (_, row) => {
    const [id, key, data, hash] = [0, 1, 2, 3].map((column) => `?${4 + 4 * row + column}`);
    return `(${id}, ?1, CAST(${key} AS TEXT), CAST(${data} AS TEXT), ${hash}, 1, ${NEW}, ?2, ?3, ?3)`;
  });
  return `INSERT INTO records (id, integration, key, data, hash, version, change, run, first_seen, changed_at)
    VALUES ${values.join(', ')}`;
}

function foundOf([id, hash, run, hasVanished]: SqlRow): FoundRecord {
  return {
    id: id as number,
    hash: hash as Uint8Array,
    run: run as number,
    hasVanished: hasVanished === 1,
  };
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
}
