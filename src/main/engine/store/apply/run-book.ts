import { say } from '../../../../shared/sentences.ts';
import { TransitMap, TransitSet } from '../../transit.ts';
import type { Prepared, Sqlite, SqlParams } from '../database/sqlite.ts';
import { runStates } from '../codes.ts';
import { StoreConflict } from '../store.ts';
import {
  changeRecord,
  columnList,
  COLUMNS,
  MOVING_COLUMNS,
  newRecord,
  PROGRESS_COLUMNS,
  RARE_COLUMNS,
  recordOfRow,
  type RunColumn,
  type RunRecord,
} from '../run-record.ts';
import type { RunPatch, RunRow } from '../ops.ts';
import { packRunId } from '../run-id.ts';
import type { Names } from './names.ts';

/** How much of a row has to be written when the transaction ends. */
const STEPS = 1;
const PROGRESS = 2;
const MOVING = 4;
const RARE = 8;
const INSERT = 16;

interface Entry {
  readonly record: RunRecord;
  dirty: number;
}

const KEPT = 4096;
const FINISHED = runStates.code('finished');

/**
 * The rows of runs that are being worked on, held in memory so that the several operations of a transaction become
 * one statement. Written at the end of each transaction; forgotten when one is rolled back.
 */
export class RunBook {
  readonly #database: Sqlite;
  readonly #names: Names;
  readonly #entries = new TransitMap<string, Entry>();
  readonly #bySeq = new TransitMap<number, Entry>();
  readonly #dirty = new TransitSet<Entry>();
  #nextSeq: number;
  /** Not looked through again before it has grown: a long queue is thousands of rows that must stay. */
  #trimAbove = KEPT;
  #inserted = 0;

  constructor(database: Sqlite, names: Names) {
    this.#database = database;
    this.#names = names;
    this.#nextSeq = this.#readNextSeq();
  }

  /** Runs that were inserted since the last call. */
  takeInserted(): number {
    const inserted = this.#inserted;
    this.#inserted = 0;
    return inserted;
  }

  insert(run: RunRow): RunRecord {
    if (this.#entries.has(run.id)) throw new StoreConflict(say('runExists', { id: run.id }));
    const record = newRecord(this.#nextSeq++, run, this.#names);
    const entry = { record, dirty: INSERT };
    this.#remember(run.id, entry);
    this.#dirty.add(entry);
    this.#inserted++;
    return record;
  }

  /** Throws when there is no such run. */
  get(id: string): RunRecord {
    return this.#entry(id).record;
  }

  find(id: string): RunRecord | null {
    return this.#find(id)?.record ?? null;
  }

  /** The number of a run that a record is to name, also when retention took the run: it stays known by its id. */
  seqForRecords(id: string): number {
    const packed = packRunId(id);
    const trimmed = () =>
      this.#database.row('SELECT seq FROM trimmed_runs WHERE id = ?', [packed])?.[0];
    const seq = this.find(id)?.seq ?? (trimmed() as number | undefined) ?? this.#nextSeq++;
    this.#database.run('INSERT OR IGNORE INTO trimmed_runs (seq, id) VALUES (?, ?)', [seq, packed]);
    return seq;
  }

  patch(id: string, patch: RunPatch): RunRecord {
    const entry = this.#entry(id);
    const isRare = changeRecord(entry.record, patch, this.#names);
    this.#mark(entry, isRare ? RARE | MOVING : MOVING);
    return entry.record;
  }

  /** After its steps, and nothing else, were changed in place. */
  measured(record: RunRecord): void {
    const entry = this.#bySeq.get(record.seq);
    if (entry) this.#mark(entry, STEPS);
  }

  /** After fields that pages move were changed in place. */
  progressed(record: RunRecord): void {
    const entry = this.#bySeq.get(record.seq);
    if (entry) this.#mark(entry, PROGRESS);
  }

  /** After any other field was changed in place. */
  moved(record: RunRecord): void {
    const entry = this.#bySeq.get(record.seq);
    if (entry) this.#mark(entry, MOVING);
  }

  /** After a seldom changed field was changed in place. */
  altered(record: RunRecord): void {
    const entry = this.#bySeq.get(record.seq);
    if (entry) this.#mark(entry, RARE | MOVING);
  }

  /** Writes what the transaction changed. */
  flush(): void {
    if (this.#dirty.size === 0) return;
    for (const entry of this.#dirty.values()) this.#write(entry);
    this.#dirty.clear();
    if (this.#entries.size > this.#trimAbove) this.#trim();
  }

  forget(): void {
    this.#entries.clear();
    this.#bySeq.clear();
    this.#dirty.clear();
    this.#inserted = 0;
    this.#nextSeq = this.#readNextSeq();
  }

  #entry(id: string): Entry {
    const entry = this.#find(id);
    if (!entry) throw new Error(`There is no run '${id}'.`);
    return entry;
  }

  #find(id: string): Entry | undefined {
    const known = this.#entries.get(id);
    if (known) return known;
    const row = this.#database.row(SELECT_BY_ID, [packRunId(id)]);
    if (!row) return undefined;
    const entry = { record: recordOfRow(row), dirty: 0 };
    this.#remember(id, entry);
    return entry;
  }

  #remember(id: string, entry: Entry): void {
    this.#entries.set(id, entry);
    this.#bySeq.set(entry.record.seq, entry);
  }

  #mark(entry: Entry, what: number): void {
    entry.dirty |= what;
    this.#dirty.add(entry);
  }

  #write(entry: Entry): void {
    const { record, dirty } = entry;
    entry.dirty = 0;
    if (dirty & INSERT) {
      this.#insertRow(record);
      return;
    }
    if (dirty & RARE) this.#update(UPDATE_RARE, record, valuesOf(record, RARE_COLUMNS));
    if (dirty & MOVING) this.#update(UPDATE_MOVING, record, lastValuesOf(record, MOVING_COLUMNS));
    else if (dirty & PROGRESS)
      this.#update(UPDATE_PROGRESS, record, lastValuesOf(record, PROGRESS_COLUMNS));
    else if (dirty & STEPS) this.#update(UPDATE_STEPS, record, [record.steps]);
  }

  #insertRow(record: RunRecord): void {
    try {
      this.#database.run(INSERT_ROW, lastValuesOf(record, COLUMNS));
    } catch (error) {
      if (isUniqueViolation(error)) throw new StoreConflict(say('instantHasRun'), { cause: error });
      throw error;
    }
  }

  #update(sql: string, record: RunRecord, params: SqlParams): void {
    params.push(record.seq);
    this.#statement(sql).run(params);
  }

  #statement(sql: string): Prepared {
    return this.#database.prepare(sql);
  }

  /** The oldest finished ones; late measurements may still ask for the young. */
  #trim(): void {
    for (const [id, { record }] of this.#entries.entries()) {
      if (this.#entries.size <= KEPT / 2) break;
      if (record.state !== FINISHED) continue;
      this.#entries.delete(id);
      this.#bySeq.delete(record.seq);
    }
    this.#trimAbove = Math.max(KEPT, this.#entries.size + KEPT / 2);
  }

  #readNextSeq(): number {
    return (
      1 +
      Math.max(
        this.#database.number('SELECT max(seq) FROM runs'),
        this.#database.number('SELECT max(seq) FROM trimmed_runs'),
      )
    );
  }
}

const SELECT_BY_ID = `SELECT ${columnList(COLUMNS)} FROM runs WHERE id = ?`;
const INSERT_ROW = `INSERT INTO runs (${columnList(COLUMNS)}) VALUES (${COLUMNS.map(() => '?').join(', ')})`;
const UPDATE_RARE = updateOf(RARE_COLUMNS);
const UPDATE_MOVING = updateOf(MOVING_COLUMNS);
const UPDATE_PROGRESS = updateOf(PROGRESS_COLUMNS);
const UPDATE_STEPS = updateOf(['steps']);

function updateOf(columns: readonly RunColumn[]): string {
  return `UPDATE runs SET ${columns.map((column) => `"${column}" = ?`).join(', ')} WHERE seq = ?`;
}

function valuesOf(record: RunRecord, columns: readonly RunColumn[]): SqlParams {
  return columns.map((column) => record[column]);
}

/** As `valuesOf`, at a fraction of the price, for columns that end the list of all: a record has its fields in that order. */
function lastValuesOf(record: RunRecord, { length }: readonly RunColumn[]): SqlParams {
  const values = Object.values(record) as SqlParams;
  return length === values.length ? values : values.slice(-length);
}

function isUniqueViolation(error: unknown): boolean {
  // sql.js gives SQLite's text and no code.
  return error instanceof Error && error.message.startsWith('UNIQUE constraint failed');
}
