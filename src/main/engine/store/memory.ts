import { toldBy, type Told } from '../../../shared/sentences.ts';
import { Applier, type AnyResult } from './apply/applier.ts';
import type { DatabaseImage } from './database/paged-file.ts';
import { SqlitePoisoned, type Sqlite, type SqliteModule } from './database/sqlite.ts';
import { createReaders } from './query/queries.ts';
import { integrationSizes, type IntegrationSize } from './query/sizes.ts';
import { StoreConflict, type QueryName } from './store.ts';
import { decodeTransaction, type EncodedTransaction } from './transaction.ts';

/** Who gave a transaction, and as which one of theirs. */
export interface Origin {
  readonly client: number;
  readonly clientSeq: number;
}

export interface Incoming extends EncodedTransaction, Origin {}

export type Applied =
  | {
      readonly kind: 'applied';
      readonly lsn: number;
      readonly results: readonly AnyResult[] | null;
    }
  | ({ readonly kind: 'refused'; readonly refusal: 'conflict' | 'failed' } & Told);

/** The database in memory: applies transactions, counts them, and answers queries. Knows no files. */
export class Memory {
  readonly #database: Sqlite;
  readonly #applier: Applier;
  readonly #readers: Record<QueryName, (params: never) => unknown>;
  #lsn: number;
  #runs: number;
  #records: number;

  constructor(database: Sqlite, monotonic: () => number) {
    this.#database = database;
    this.#applier = new Applier(database, monotonic);
    this.#readers = createReaders(database, this.#applier.names, monotonic);
    this.#lsn = database.number('SELECT lsn FROM store_state');
    this.#runs = database.number('SELECT count(*) FROM runs');
    this.#records = database.number('SELECT count(*) FROM records');
  }

  /** The last transaction that is in the database. */
  get lsn(): number {
    return this.#lsn;
  }

  get rows(): { readonly runs: number; readonly records: number } {
    return { runs: this.#runs, records: this.#records };
  }

  get bytes(): number {
    return this.#database.number('PRAGMA page_count') * this.#database.number('PRAGMA page_size');
  }

  /** The last transaction of a client that is in the database; 0 when another client came after. */
  lastSeqOf(client: number): number {
    return this.#database.number('SELECT client_seq FROM store_state WHERE client = ?', [client]);
  }

  query(name: QueryName, params: unknown): unknown {
    return this.#readers[name](params as never);
  }

  /** The database as it is now, as the bytes of a SQLite file; to be released. */
  image(): DatabaseImage {
    return this.#database.image();
  }

  /** Free pages that the next rows take. */
  get freeBytes(): number {
    return (
      this.#database.number('PRAGMA freelist_count') * this.#database.number('PRAGMA page_size')
    );
  }

  /** Gives some free pages back; little enough not to be felt. */
  shrink(pages: number): void {
    this.#database.script(`PRAGMA incremental_vacuum(${pages})`);
  }

  /** The whole of it again, without its free pages; what is remembered of the database is read anew, as at a start. */
  compacted(module: SqliteModule, monotonic: () => number): Memory {
    const database = module.compacted(this.#database);
    database.tune();
    return new Memory(database, monotonic);
  }

  sizes(): IntegrationSize[] {
    return integrationSizes(this.#database, this.#applier.names);
  }

  /** Makes this a database of another lineage, whose next transaction is the one after `lsn`. */
  rebase(lineage: Uint8Array, lsn: number): void {
    this.#database.run('UPDATE store_state SET uuid = ?, lsn = ?, client = 0, client_seq = 0', [
      lineage,
      lsn,
    ]);
    this.#lsn = lsn;
  }

  close(): void {
    this.#database.close();
  }

  /**
   * Applies transactions in order and says of each what came of it. A refused one leaves no trace, the others do not
   * notice. The usual case, in which none is refused, costs one SQLite transaction.
   */
  apply(incoming: readonly Incoming[]): Applied[] {
    try {
      return this.#together(incoming);
    } catch (error) {
      if (error instanceof SqlitePoisoned) throw error;
      return incoming.map((one) => this.#alone(one));
    }
  }

  /** As `apply`, for what was stored before: stops at the first one that does not go in again. */
  applyAgain(incoming: readonly Incoming[]): Applied[] {
    try {
      return this.#together(incoming);
    } catch (error) {
      if (error instanceof SqlitePoisoned) throw error;
      const applied: Applied[] = [];
      for (const one of incoming) {
        const result = this.#alone(one);
        applied.push(result);
        if (result.kind === 'refused') break;
      }
      return applied;
    }
  }

  #together(incoming: readonly Incoming[]): Applied[] {
    return this.#inTransaction(incoming.at(-1), () => incoming.map((one) => this.#one(one)));
  }

  #alone(one: Incoming): Applied {
    try {
      return this.#inTransaction(one, () => this.#one(one));
    } catch (error) {
      if (error instanceof SqlitePoisoned) throw error;
      return {
        kind: 'refused',
        refusal: error instanceof StoreConflict ? 'conflict' : 'failed',
        ...toldBy(error),
      };
    }
  }

  #one(one: Incoming): Applied {
    const results = this.#applier.apply(decodeTransaction(one));
    this.#lsn++;
    const hasResults = results.some((result) => result !== null);
    return { kind: 'applied', lsn: this.#lsn, results: hasResults ? results : null };
  }

  #inTransaction<T>(last: Origin | undefined, action: () => T): T {
    const before = this.#lsn;
    this.#database.run('BEGIN');
    try {
      const result = action();
      if (last) this.#database.run(STAMP, [this.#lsn, last.client, last.clientSeq]);
      this.#database.run('COMMIT');
      this.#count();
      return result;
    } catch (error) {
      if (error instanceof SqlitePoisoned) throw error;
      this.#rollBack();
      this.#applier.forget();
      this.#lsn = before;
      throw error;
    }
  }

  #rollBack(): void {
    try {
      this.#database.run('ROLLBACK');
    } catch (error) {
      // Some failures, such as a lack of memory, have rolled back already.
      if (error instanceof SqlitePoisoned) throw error;
    }
  }

  #count(): void {
    const { runs, records } = this.#applier.takeGrowth();
    this.#runs += runs;
    this.#records += records;
  }
}

const STAMP = 'UPDATE store_state SET lsn = ?, client = ?, client_seq = ?';
