import type { DataRecord, RecordVersion } from '../../../../shared/record.ts';
import type { JsonValue, Page } from '../../../../shared/values.ts';
import { parseExactData } from '../../exact-data.ts';
import { changes } from '../codes.ts';
import type { Sqlite, SqlRow } from '../database/sqlite.ts';
import { packRunId, unpackRunId } from '../run-id.ts';
import { instant, toIso } from '../run-record.ts';
import type { QueryParams } from '../store.ts';
import { readCursor, writeCursor } from './cursor.ts';
import {
  allOf,
  contains,
  NOTHING,
  readPage,
  type Behind,
  type KeysetList,
  type SqlCondition,
} from './keyset.ts';
import type { Names } from '../apply/names.ts';
import { integrationIs } from './named.ts';

/** Text functions stop at a NUL, which a key may hold. */
const KEY = 'CAST(key AS BLOB)';
const COLUMNS = `id, integration, ${KEY} AS key_bytes, data, hash, version, change, first_seen, changed_at, vanished_at, run`;

const FROM_THE_NEWEST: Behind = [{ sql: 'changed_at <= ?', params: [Number.MAX_SAFE_INTEGER] }];

/** The reads of records and their versions. */
export class RecordQueries {
  readonly #database: Sqlite;
  readonly #names: Names;
  readonly #monotonic: () => number;

  constructor(database: Sqlite, names: Names, monotonic: () => number) {
    this.#database = database;
    this.#names = names;
    this.#monotonic = monotonic;
  }

  list(params: QueryParams<'records.list'>): Page<DataRecord> {
    const { indexed, filter } = this.#conditions(params);
    const list: KeysetList<DataRecord> = {
      database: this.#database,
      table: 'records',
      columns: COLUMNS,
      indexed,
      filter,
      order: 'changed_at DESC, key, integration',
      behind: params.cursor === undefined ? FROM_THE_NEWEST : this.#behindCursor(params.cursor),
      placeColumns: `changed_at, ${KEY}, integration, id`,
      behindRow: ([changedAt, key, integration]) =>
        behind(changedAt as number, key as Uint8Array, integration as number),
      cursorOf: ([changedAt, , , id]) =>
        writeCursor('records', [changedAt as number, id as number]),
      map: (row) => this.#record(row),
    };
    return readPage(list, params.limit, this.#monotonic);
  }

  get({ integrationId, key }: QueryParams<'records.get'>): DataRecord | null {
    const row = this.#find(integrationId, key);
    return row ? this.#record(row) : null;
  }

  versions(params: QueryParams<'records.versions'>): Page<RecordVersion> {
    const row = this.#find(params.integrationId, params.key);
    if (!row) return { items: [], nextCursor: null };
    const id = row[0] as number;
    const newest = row[5] as number;
    const below =
      params.cursor === undefined
        ? newest + 1
        : (readCursor('versions', ['number'], params.cursor)[0] as number);
    const items = below > newest ? [this.#currentVersion(id)] : [];
    const older = this.#database
      .rows(
        `SELECT version, data, changed_fields, at, run FROM record_versions WHERE record = ? AND version < ?
          ORDER BY version DESC LIMIT ?`,
        [id, Math.min(below, newest), params.limit + 1 - items.length],
      )
      .map((version) => this.#version(version));
    items.push(...older);
    const shown = items.slice(0, params.limit);
    const last = shown.at(-1);
    return {
      items: shown,
      nextCursor:
        items.length > params.limit && last ? writeCursor('versions', [last.version]) : null,
    };
  }

  #conditions(params: QueryParams<'records.list'>): {
    indexed: SqlCondition | null;
    filter: SqlCondition | null;
  } {
    const byRun = params.runId === undefined ? null : this.#byRun(params.runId);
    const byChange: SqlCondition | null =
      params.change === undefined
        ? null
        : {
            sql: params.change === 'new' ? 'change = ?' : 'change = ? AND change > 0',
            params: [changes.code(params.change)],
          };
    const byIntegration = integrationIs(this.#names, params.integrationId);
    const written = params.writtenBy === undefined ? null : this.#writtenBy(params.writtenBy);
    const candidates = [byRun, params.change === 'new' ? null : byChange, byIntegration].filter(
      (one) => one !== null,
    );
    const [indexed = null, ...others] = candidates;
    return {
      indexed: allOf([indexed, written?.since ?? null]),
      filter: allOf([
        ...others,
        written?.is ?? null,
        params.change === 'new' ? byChange : null,
        params.q ? mentions(params.q) : null,
      ]),
    };
  }

  /** A cursor names its record by number: keys may be long. One that is gone costs a look at its neighbours again. */
  #behindCursor(cursor: string): Behind {
    const [changedAt, id] = readCursor('records', ['number', 'number'], cursor) as [number, number];
    const row = this.#database.row(`SELECT ${KEY}, integration FROM records WHERE id = ?`, [id]);
    return row
      ? behind(changedAt, row[0] as Uint8Array, row[1] as number)
      : [{ sql: 'changed_at <= ?', params: [changedAt] }];
  }

  #byRun(runId: string): SqlCondition {
    const run = this.#run(runId);
    return run ? { sql: 'run = ?', params: [run.seq] } : NOTHING;
  }

  /** What a run wrote has not changed last before it began. */
  #writtenBy(runId: string): { readonly since: SqlCondition | null; readonly is: SqlCondition } {
    const run = this.#run(runId);
    if (!run) return { since: null, is: NOTHING };
    const { seq, createdAt } = run;
    return {
      since: createdAt === null ? null : { sql: 'changed_at >= ?', params: [createdAt] },
      is: {
        sql: `run = ? OR data_run = ?
          OR EXISTS (SELECT 1 FROM record_versions WHERE record = id AND record_versions.run = ?)`,
        params: [seq, seq, seq],
      },
    };
  }

  #run(runId: string): { readonly seq: number; readonly createdAt: number | null } | null {
    const row = this.#database.row(
      `SELECT seq, created_at FROM runs WHERE id = ?1
        UNION ALL SELECT seq, NULL FROM trimmed_runs WHERE id = ?1 LIMIT 1`,
      [packRunId(runId)],
    );
    return row ? { seq: row[0] as number, createdAt: row[1] as number | null } : null;
  }

  #find(integrationId: string, key: string): SqlRow | undefined {
    const integration = this.#names.find(integrationId);
    if (integration === undefined) return undefined;
    return this.#database.row(
      `SELECT ${COLUMNS} FROM records WHERE integration = ? AND key = CAST(? AS TEXT)`,
      [integration, Buffer.from(key)],
    );
  }

  #record(row: SqlRow): DataRecord {
    const [, integration, key, data, hash, version, change, firstSeen, changedAt, vanishedAt, run] =
      row;
    const lastComplete = this.#database.number(
      'SELECT last_complete_at FROM integration_states WHERE integration = ?',
      [integration as number],
    );
    const lastSeen =
      vanishedAt === null ? Math.max(lastComplete, changedAt as number) : (changedAt as number);
    return {
      integrationId: this.#names.name(integration as number),
      key: textOf(key as Uint8Array),
      data: parseExactData(data as string) as JsonValue,
      hash: hexOf(hash as Uint8Array),
      version: version as number,
      change: changes.name(change as number),
      firstSeenAt: toIso(firstSeen as number),
      lastSeenAt: toIso(lastSeen),
      changedAt: toIso(changedAt as number),
      vanishedAt: instant(vanishedAt as number | null),
      runId: this.#runId(run as number),
    };
  }

  #currentVersion(id: number): RecordVersion {
    const row = this.#database.row(
      `SELECT version, data, changed_fields, coalesce(data_at, changed_at), coalesce(data_run, run) FROM records WHERE id = ?`,
      [id],
    );
    if (!row) throw new Error(`There is no record ${id}.`);
    return this.#version(row);
  }

  #version([version, data, fields, at, run]: SqlRow): RecordVersion {
    return {
      version: version as number,
      data: parseExactData(data as string) as JsonValue,
      changedFields: fields === null ? [] : (JSON.parse(fields as string) as string[]),
      at: toIso(at as number),
      runId: this.#runId(run as number),
    };
  }

  #runId(seq: number): string {
    const row = this.#database.row(
      'SELECT id FROM runs WHERE seq = ?1 UNION ALL SELECT id FROM trimmed_runs WHERE seq = ?1',
      [seq],
    );
    return row ? unpackRunId(row[0]) : '';
  }
}

function mentions(q: string): SqlCondition {
  const key = contains('key', q);
  const data = contains('data', q);
  return { sql: `${key.sql} OR ${data.sql}`, params: [...key.params, ...data.params] };
}

function behind(changedAt: number, key: Uint8Array, integration: number): Behind {
  return [
    {
      sql: 'changed_at = ? AND key >= CAST(? AS TEXT) AND (key > CAST(? AS TEXT) OR integration > ?)',
      params: [changedAt, key, key, integration],
    },
    { sql: 'changed_at < ?', params: [changedAt] },
  ];
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');
}
