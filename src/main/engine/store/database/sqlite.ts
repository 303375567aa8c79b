import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type initSqlJs from 'sql.js';
import type { Database, SqlJsStatic, SqlValue, Statement } from 'sql.js';
import { FileCalls } from './file-calls.ts';
import { PagedFile, type DatabaseImage } from './paged-file.ts';
import {
  compile,
  instantiate,
  memoryOf,
  type WasmCode,
  type WasmImports,
  type WasmInstance,
} from './web-assembly.ts';

/**
 * Required, because to import a CommonJS package Node first compiles a WebAssembly module of its own, with nothing in
 * the thread's event loop meanwhile: see the entry of the store's thread.
 */
const require = createRequire(import.meta.url);

/** The names of this very version's file calls are relied upon. */
const SQL_JS_VERSION = '1.16.0';

/** The module hit a WebAssembly trap: its memory can no longer be trusted, so nothing of it may be kept. */
export class SqlitePoisoned extends Error {
  override readonly name = 'SqlitePoisoned';
}

export type SqlParams = SqlValue[];
export type SqlRow = SqlValue[];

export interface SqliteModule {
  /** For another thread, which then need not compile it. */
  readonly code: WasmCode;
  /** The database that lies in a file, which belongs to it from then on; or an empty one. */
  open(file?: PagedFile): Sqlite;
  /** The same database without its free pages, in a file of its own: nothing is copied twice or within the module. */
  compacted(database: Sqlite): Sqlite;
}

let loading: Promise<SqliteModule> | null = null;

/** Loads the WebAssembly module, once a thread; `compiled` is that of another thread. */
export function loadSqlite(compiled?: WasmCode): Promise<SqliteModule> {
  loading ??= load(compiled);
  return loading;
}

async function load(compiled?: WasmCode): Promise<SqliteModule> {
  const file = join(assertedFolder(), 'sql-wasm.wasm');
  const code = compiled ?? (await compile(readFileSync(file)));
  const calls = new FileCalls();
  const module = await instantiated(code, calls);
  const open = (file: PagedFile) => {
    calls.expect(file);
    return new Sqlite(new module.Database(), file);
  };
  assertLiesWithUs(open, calls);
  let copies = 0;
  return {
    code,
    open: (file = PagedFile.empty()) => open(file),
    compacted(database) {
      const file = PagedFile.empty();
      calls.expect(file);
      database.script(`VACUUM INTO 'dbfile_0${++copies}'`);
      return open(file);
    },
  };
}

function instantiated(code: WasmCode, calls: FileCalls): Promise<SqlJsStatic> {
  return new Promise((resolve, reject) => {
    const config = {
      instantiateWasm(imports: WasmImports, use: (instance: WasmInstance) => void) {
        instantiatedWith(imports).then(use, reject);
        return {};
      },
    };
    const instantiatedWith = async (imports: WasmImports) => {
      const instance = await instantiate(code, calls.before(imports));
      calls.useMemory(memoryOf(instance));
      return instance;
    };
    // Its types know other imports, and another end of this hook, than Emscripten has.
    (require('sql.js') as typeof initSqlJs)(config as never).then(resolve, reject);
  });
}

/** A database that lay elsewhere would be kept in no snapshot. */
function assertLiesWithUs(open: (file: PagedFile) => Sqlite, calls: FileCalls): void {
  const file = PagedFile.empty();
  const database = open(file);
  database.script('CREATE TABLE proof (one)');
  const head = Buffer.alloc(SQLITE_MAGIC.length);
  file.read(head, 0);
  const bytes = database.number('PRAGMA page_count') * database.number('PRAGMA page_size');
  const isOurs = calls.hasTaken && head.equals(SQLITE_MAGIC) && file.size === bytes;
  database.close();
  if (!isOurs)
    throw new Error('The database module does not keep its databases where it is expected to.');
}

/** The first bytes of every database. */
export const SQLITE_MAGIC = Buffer.from('SQLite format 3\0');

/** Where the module lies. */
function assertedFolder(): string {
  const entry = require.resolve('sql.js');
  const manifest = readFileSync(join(dirname(entry), '..', 'package.json'), 'utf8');
  const { version } = JSON.parse(manifest) as { version: string };
  if (version !== SQL_JS_VERSION)
    throw new Error(`sql.js ${version} is installed, but the store needs ${SQL_JS_VERSION}.`);
  return dirname(entry);
}

/**
 * One in-memory database. Statements are prepared once and kept. A trap inside the module surfaces as
 * `SqlitePoisoned`; every other failure is SQLite's own, after which the caller rolls back.
 */
export class Sqlite {
  readonly #database: Database;
  readonly #file: PagedFile;
  readonly #statements = new Map<string, Prepared>();

  constructor(database: Database, file: PagedFile) {
    this.#database = database;
    this.#file = file;
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

  /**
   * The database as it is now, which costs next to nothing. Only outside a transaction: then all that was committed has
   * left the cache, because nothing is ever kept in a log beside the file.
   */
  image(): DatabaseImage {
    return this.#file.image();
  }

  close(): void {
    this.#statements.clear();
    guarded(() => this.#database.close());
    this.#file.discard();
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
