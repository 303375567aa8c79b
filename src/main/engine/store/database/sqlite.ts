import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import initSqlJs, { type Database, type SqlJsStatic, type SqlValue, type Statement } from 'sql.js';

/** Behaviour of this very version is relied upon: `export` reads through the page cache and keeps statements. */
const SQL_JS_VERSION = '1.16.0';

/** The module hit a WebAssembly trap: its memory can no longer be trusted, so nothing of it may be kept. */
export class SqlitePoisoned extends Error {
  override readonly name = 'SqlitePoisoned';
}

export type SqlParams = SqlValue[];
export type SqlRow = SqlValue[];

export interface SqliteModule {
  /** A database from the bytes of a SQLite file, or an empty one. */
  open(bytes?: Uint8Array): Sqlite;
}

let loading: Promise<SqliteModule> | null = null;

/** Loads the WebAssembly module, once a thread. */
export function loadSqlite(): Promise<SqliteModule> {
  loading ??= load();
  return loading;
}

async function load(): Promise<SqliteModule> {
  assertVersion();
  const module: SqlJsStatic = await initSqlJs();
  return { open: (bytes) => new Sqlite(new module.Database(bytes)) };
}

function assertVersion(): void {
  const entry = createRequire(import.meta.url).resolve('sql.js');
  const manifest = readFileSync(join(dirname(entry), '..', 'package.json'), 'utf8');
  const { version } = JSON.parse(manifest) as { version: string };
  if (version !== SQL_JS_VERSION)
    throw new Error(`sql.js ${version} is installed, but the store needs ${SQL_JS_VERSION}.`);
}

/**
 * One in-memory database. Statements are prepared once and kept. A trap inside the module surfaces as
 * `SqlitePoisoned`; every other failure is SQLite's own, after which the caller rolls back.
 */
export class Sqlite {
  readonly #database: Database;
  readonly #statements = new Map<string, Prepared>();

  constructor(database: Database) {
    this.#database = database;
  }

  /** Settings that live with the connection, not with the file. */
  tune(): void {
    // Atomicity on disk is the journal's work; here only ROLLBACK is needed.
    this.script(`PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY;
      PRAGMA locking_mode = EXCLUSIVE; PRAGMA cache_size = -16384; PRAGMA secure_delete = ON;`);
  }

  /** Statements without parameters or results. */
  script(sql: string): void {
    guarded(() => this.#database.exec(sql));
  }

  prepare(sql: string): Prepared {
    let prepared = this.#statements.get(sql);
    if (!prepared) {
      prepared = new Prepared(guarded(() => this.#database.prepare(sql)));
      this.#statements.set(sql, prepared);
    }
    return prepared;
  }

  run(sql: string, params: SqlParams = []): void {
    this.prepare(sql).run(params);
  }

  /** Rows that the last statement inserted, updated or deleted. */
  get changes(): number {
    return this.#database.getRowsModified();
  }

  row(sql: string, params: SqlParams = []): SqlRow | undefined {
    return this.prepare(sql).row(params);
  }

  rows(sql: string, params: SqlParams = []): SqlRow[] {
    return this.prepare(sql).rows(params);
  }

  /** One number; 0 when there is no row or it is NULL. */
  number(sql: string, params: SqlParams = []): number {
    const value = this.row(sql, params)?.[0];
    return typeof value === 'number' ? value : 0;
  }

  /** The bytes of the database as a SQLite file, in an ArrayBuffer of their own. Only outside a transaction. */
  bytes(): Uint8Array {
    return guarded(() => this.#database.export());
  }

  close(): void {
    this.#statements.clear();
    guarded(() => this.#database.close());
  }
}

export class Prepared {
  readonly #statement: Statement;

  constructor(statement: Statement) {
    this.#statement = statement;
  }

  run(params: SqlParams): void {
    guarded(() => this.#statement.run(params));
  }

  row(params: SqlParams): SqlRow | undefined {
    return guarded(() => {
      this.#statement.bind(params);
      try {
        return this.#statement.step() ? this.#statement.get() : undefined;
      } finally {
        this.#statement.reset();
      }
    });
  }

  rows(params: SqlParams): SqlRow[] {
    return guarded(() => {
      const rows: SqlRow[] = [];
      this.#statement.bind(params);
      try {
        while (this.#statement.step()) rows.push(this.#statement.get());
      } finally {
        this.#statement.reset();
      }
      return rows;
    });
  }

  /** Calls back for each row until it answers false. */
  each(params: SqlParams, visit: (row: SqlRow) => boolean | undefined): void {
    guarded(() => {
      this.#statement.bind(params);
      try {
        while (this.#statement.step()) if (visit(this.#statement.get()) === false) break;
      } finally {
        this.#statement.reset();
      }
    });
  }
}

function guarded<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    // A `WebAssembly.RuntimeError`; an abort inside the module is one too.
    if (error instanceof Error && error.name === 'RuntimeError')
      throw new SqlitePoisoned(`The database module failed: ${error.message}`, { cause: error });
    // sql.js throws plain strings for its own misuse checks.
    throw error instanceof Error ? error : new Error(String(error));
  }
}
