import type { QuarantineItem } from '../../../../shared/record.ts';
import type { JsonValue, Page } from '../../../../shared/values.ts';
import type { Names } from '../apply/names.ts';
import { parseExactData } from '../../exact-data.ts';
import { quarantineReasons } from '../codes.ts';
import type { Sqlite, SqlRow } from '../database/sqlite.ts';
import { packRunId, unpackRunId } from '../run-id.ts';
import { toIso } from '../run-record.ts';
import type { QueryParams, QueryResult } from '../store.ts';
import { readCursor, writeCursor } from './cursor.ts';
import { allOf, readPage, type Behind, type KeysetList, type SqlCondition } from './keyset.ts';
import { integrationIs } from './named.ts';

/** Rows of one step of a replay. */
const MOST_REFUSED = 500;

/** The reads of records that were refused. */
export class QuarantineQueries {
  readonly #database: Sqlite;
  readonly #names: Names;
  readonly #monotonic: () => number;

  constructor(database: Sqlite, names: Names, monotonic: () => number) {
    this.#database = database;
    this.#names = names;
    this.#monotonic = monotonic;
  }

  list(params: QueryParams<'quarantine.list'>): Page<QuarantineItem> {
    const integration = integrationIs(this.#names, params.integrationId);
    const run: SqlCondition | null =
      params.runId === undefined ? null : { sql: 'run = ?', params: [packRunId(params.runId)] };
    const field: SqlCondition | null =
      params.field === undefined ? null : { sql: 'field = ?', params: [params.field] };
    const [indexed = null, ...others] = [run, field, integration].filter((one) => one !== null);
    const after = (id: number): Behind => [{ sql: 'id > ?', params: [id] }];
    const list: KeysetList<QuarantineItem> = {
      database: this.#database,
      table: 'quarantine',
      columns:
        'id, integration, run, page, reason, rule, field, value, raw, seen, first_seen, last_seen',
      indexed,
      filter: allOf(others),
      order: 'id',
      behind: after(
        params.cursor === undefined
          ? 0
          : (readCursor('quarantine', ['number'], params.cursor)[0] as number),
      ),
      placeColumns: 'id',
      behindRow: ([id]) => after(id as number),
      cursorOf: ([id]) => writeCursor('quarantine', [id as number]),
      map: (row) => this.#item(row),
    };
    return readPage(list, params.limit, this.#monotonic);
  }

  raw({
    integrationId,
    ids,
    afterId,
    maxBytes,
  }: QueryParams<'quarantine.raw'>): QueryResult<'quarantine.raw'> {
    const integration = this.#names.find(integrationId);
    if (integration === undefined) return [];
    const wanted = ids === null ? null : JSON.stringify(ids.map(Number));
    const rows = this.#database.rows(
      `SELECT id, run, reason, raw, last_seen FROM quarantine
        WHERE integration = ?1 AND id > ?2 AND (?3 IS NULL OR id IN (SELECT value FROM json_each(?3)))
        ORDER BY id LIMIT ${MOST_REFUSED}`,
      [integration, Number(afterId ?? 0), wanted],
    );
    let bytes = 0;
    return rows
      .filter(([, , , raw], index) => (bytes += (raw as string).length) <= maxBytes || index === 0)
      .map(([id, run, reason, raw, lastSeen]) => ({
        id: String(id),
        runId: unpackRunId(run),
        reason: quarantineReasons.name(reason as number),
        raw: raw as string,
        lastSeenAt: lastSeen as number,
      }));
  }

  byField(params: QueryParams<'quarantine.fields'>): QueryResult<'quarantine.fields'> {
    const integration = integrationIs(this.#names, params.integrationId);
    const run: SqlCondition | null =
      params.runId === undefined ? null : { sql: 'run = ?', params: [packRunId(params.runId)] };
    const { sql, params: values } = allOf([integration, run]) ?? { sql: '1', params: [] };
    return this.#database
      .rows(
        `SELECT integration, reason, field, count(*) FROM quarantine WHERE ${sql}
          GROUP BY integration, reason, field ORDER BY count(*) DESC, field LIMIT 200`,
        values,
      )
      .map(([id, reason, field, count]) => ({
        integrationId: this.#names.name(id as number),
        reason: quarantineReasons.name(reason as number),
        field: field as string,
        count: count as number,
      }));
  }

  #item(row: SqlRow): QuarantineItem {
    const [id, integration, run, page, reason, rule, field, value, raw, seen, first, last] = row;
    return {
      id: String(id),
      integrationId: this.#names.name(integration as number),
      runId: unpackRunId(run),
      page: page as number,
      reason: quarantineReasons.name(reason as number),
      rule: rule as string,
      field: field as string,
      value: value === null ? null : (parseExactData(value as string) as JsonValue),
      raw: parseExactData(raw as string) as JsonValue,
      seen: seen as number,
      firstSeenAt: toIso(first as number),
      lastSeenAt: toIso(last as number),
    };
  }
}
