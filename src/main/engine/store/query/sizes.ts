import type { Names } from '../apply/names.ts';
import type { Sqlite } from '../database/sqlite.ts';

export interface IntegrationSize {
  readonly integrationId: string;
  readonly records: number;
  readonly quarantined: number;
  /** Records with their versions and indexes; estimated from a sample. */
  readonly bytes: number;
}

const SAMPLE = 200;
/** Of a row beside its key and data: numbers, hash, and its entries in five indexes. */
const ROW_BYTES = 110;
/** Each key stands in the table and in four indexes. */
const KEY_COPIES = 5;

/** How much each integration takes. Counting is done by an index, measuring on a sample, so that it stays quick. */
export function integrationSizes(database: Sqlite, names: Names): IntegrationSize[] {
  return database
    .rows('SELECT integration FROM integration_states UNION SELECT integration FROM quarantine')
    .map(([integration]) => {
      const id = integration as number;
      const records = database.number('SELECT count(*) FROM records WHERE integration = ?', [id]);
      return {
        integrationId: names.name(id),
        records,
        quarantined: database.number('SELECT count(*) FROM quarantine WHERE integration = ?', [id]),
        bytes: Math.round(records * averageBytes(database, id)),
      };
    });
}

function averageBytes(database: Sqlite, integration: number): number {
  return database.number(
    `SELECT avg(${ROW_BYTES} + ${KEY_COPIES} * length(CAST(key AS BLOB)) + length(CAST(data AS BLOB)) + coalesce(
        (SELECT sum(length(CAST(v.data AS BLOB)) + 40) FROM record_versions v WHERE v.record = r.id), 0))
      FROM (SELECT id, key, data FROM records WHERE integration = ? LIMIT ${SAMPLE}) r`,
    [integration],
  );
}
