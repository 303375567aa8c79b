import { SaidError, say } from '../../../shared/sentences.ts';
import type { Sqlite } from './database/sqlite.ts';
import first from './migrations/001-first.sql?raw';
import staging from './migrations/002-staging.sql?raw';
import recordOrder from './migrations/003-record-order.sql?raw';
import runNames from './migrations/004-run-names.sql?raw';
import quarantineOrder from './migrations/005-quarantine-order.sql?raw';
import heldBack from './migrations/006-held-back.sql?raw';
import pauseSentence from './migrations/007-pause-sentence.sql?raw';

/** In order, and never edited once released: a change of the schema is a new file. */
const MIGRATIONS: readonly string[] = [
  first,
  staging,
  recordOrder,
  runNames,
  quarantineOrder,
  heldBack,
  pauseSentence,
];

export const SCHEMA_VERSION = MIGRATIONS.length;

/** 'Pntl': tells our files from other SQLite databases. */
const APPLICATION_ID = 0x506e746c;

export class NewerDatabase extends SaidError {
  override readonly name = 'NewerDatabase';
}

export function schemaVersion(database: Sqlite): number {
  return database.number('PRAGMA user_version');
}

/** Makes an empty database ours. Must come before the first table. */
export function prepareEmpty(database: Sqlite): void {
  database.script(`PRAGMA auto_vacuum = INCREMENTAL; PRAGMA application_id = ${APPLICATION_ID}`);
}

export function isOurs(database: Sqlite): boolean {
  return database.number('PRAGMA application_id') === APPLICATION_ID;
}

/**
 * Brings a database to the newest schema, one transaction a step. Answers whether anything changed.
 * Throws `NewerDatabase` when a later version of the program wrote it.
 */
export function migrate(database: Sqlite, migrations: readonly string[] = MIGRATIONS): boolean {
  const version = schemaVersion(database);
  if (version > migrations.length)
    throw new NewerDatabase(say('databaseNewer', { version, known: migrations.length }));
  for (let next = version + 1; next <= migrations.length; next++)
    step(database, migrations[next - 1] ?? '', next);
  return version < migrations.length;
}

function step(database: Sqlite, sql: string, version: number): void {
  database.script('BEGIN');
  try {
    database.script(sql);
    database.script(`PRAGMA user_version = ${version}`);
    database.script('COMMIT');
  } catch (error) {
    database.script('ROLLBACK');
    throw error;
  }
}
