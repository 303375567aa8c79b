import { LINEAGE_BYTES } from '../journal/frame.ts';
import type { Sqlite, SqliteModule } from '../database/sqlite.ts';
import { migrate, prepareEmpty } from '../migrations.ts';

const VERSIONS_KEPT = 20;

/** An empty database of a new lineage. */
export function createDatabase(module: SqliteModule, lineage: Uint8Array): Sqlite {
  const database = module.open();
  prepareEmpty(database);
  database.tune();
  migrate(database);
  database.run(
    `INSERT INTO store_state (one, uuid, lsn, client, client_seq, versions_kept, tidied_job)
      VALUES (1, ?, 0, 0, 0, ?, 0)`,
    [lineage.subarray(0, LINEAGE_BYTES), VERSIONS_KEPT],
  );
  return database;
}
