import type {
  Attempt,
  Outcome,
  Run,
  RunDetail,
  RunError,
  RunPage,
} from '../../../../shared/run.ts';
import type { Failure } from '../../../../shared/status.ts';
import type { JsonValue, Page } from '../../../../shared/values.ts';
import { outcomes, runStates, triggers } from '../codes.ts';
import type { Sqlite, SqlParams, SqlRow } from '../database/sqlite.ts';
import { packRunId, unpackRunId } from '../run-id.ts';
import {
  columnList,
  COLUMNS,
  countsOf,
  errorsByField,
  instant,
  recordOfRow,
  rowOfRecord,
  runOfRecord,
  toIso,
  type RunRecord,
} from '../run-record.ts';
import type { QueryParams, QueryResult, RunFilter } from '../store.ts';
import { addSteps, unpackSteps } from '../steps.ts';
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

const ALL = columnList(COLUMNS);
const FINISHED = runStates.code('finished');
const FAILURES: readonly Outcome[] = ['failed', 'timed-out', 'interrupted'];
const FROM_THE_NEWEST: Behind = [{ sql: 'created_at <= ?', params: [Number.MAX_SAFE_INTEGER] }];

/** The reads of runs, attempts and pages. */
export class RunQueries {
  readonly #database: Sqlite;
  readonly #names: Names;
  readonly #monotonic: () => number;

  constructor(database: Sqlite, names: Names, monotonic: () => number) {
    this.#database = database;
    this.#names = names;
    this.#monotonic = monotonic;
  }

  list(params: QueryParams<'runs.list'>): Page<Run> {
    const { indexed, filter } = this.#conditions(params);
    return readPage(
      this.#newestFirst('runs', params.cursor, indexed, filter),
      params.limit,
      this.#monotonic,
    );
  }

  deadLetters(params: QueryParams<'dead-letters.list'>): Page<Run> {
    const dead: SqlCondition = { sql: 'dead = 1', params: [] };
    return readPage(
      this.#newestFirst('dead', params.cursor, dead, null),
      params.limit,
      this.#monotonic,
    );
  }

  get(id: string): RunDetail | null {
    const record = this.#record(id);
    if (!record) return null;
    return { ...runOfRecord(record, this.#names), attempts: this.#attempts(record) };
  }

  row(id: string): QueryResult<'runs.row'> {
    const record = this.#record(id);
    return record && rowOfRecord(record, this.#names);
  }

  position(id: string): JsonValue | undefined {
    const record = this.#record(id);
    return record ? positionOf(record) : undefined;
  }

  unfinished(): QueryResult<'runs.unfinished'> {
    return this.#database
      .rows(`SELECT ${ALL} FROM runs WHERE state < ${FINISHED} ORDER BY created_at, seq`)
      .map((row) => {
        const record = recordOfRow(row);
        return {
          run: rowOfRecord(record, this.#names),
          position: positionOf(record),
          pagesStored: record.pages_stored,
          counts: countsOf(record),
          stepMs: unpackSteps(record.steps),
          errorsByField: errorsByField(record),
        };
      });
  }

  heartbeats({ jobIds, perJob }: QueryParams<'runs.heartbeats'>): QueryResult<'runs.heartbeats'> {
    const skipped = outcomes.code('skipped');
    return jobIds.map((jobId) => {
      const job = this.#names.find(jobId);
      // Many skipped spans must not make this long: looks through as many rows again, and gives what it found.
      const rows =
        job === undefined
          ? []
          : this.#database.rows(
              `SELECT id, outcome, coalesce(started_at, created_at), duration_us FROM
                (SELECT id, outcome, started_at, created_at, duration_us FROM runs WHERE job = ? ORDER BY created_at DESC LIMIT ?)
                WHERE outcome IS NULL OR outcome <> ${skipped} LIMIT ?`,
              [job, 4 * perJob, perJob],
            );
      return {
        jobId,
        runs: rows.reverse().map(([id, outcome, at, duration]) => ({
          runId: unpackRunId(id),
          outcome: outcome === null ? null : outcomes.name(outcome as number),
          at: toIso(at as number),
          durationMs: duration === null ? null : (duration as number) / 1000,
        })),
      };
    });
  }

  failures({ since, limit }: QueryParams<'runs.failures'>): QueryResult<'runs.failures'> {
    const latest: { readonly at: number; readonly failure: Failure }[] = [];
    let count = 0;
    for (const outcome of FAILURES.map((name) => outcomes.code(name))) {
      count += this.#database.number(
        'SELECT count(*) FROM runs WHERE outcome = ? AND created_at >= ?',
        [outcome, since],
      );
      for (const row of this.#database.rows(
        `SELECT id, job, outcome, error, reason, created_at, finished_at FROM runs
          WHERE outcome = ? AND created_at >= ? ORDER BY created_at DESC LIMIT ?`,
        [outcome, since, limit],
      ))
        latest.push({ at: row[5] as number, failure: this.#failure(row) });
    }
    latest.sort((left, right) => right.at - left.at);
    return { count, latest: latest.slice(0, limit).map(({ failure }) => failure) };
  }

  #failure([id, job, outcome, error, reason, createdAt, finishedAt]: SqlRow): Failure {
    const jobId = this.#names.name(job as number);
    const name = this.#database.row('SELECT name FROM jobs WHERE id = ?', [job as number])?.[0];
    return {
      runId: unpackRunId(id),
      jobId,
      jobName: (name as string | undefined) ?? jobId,
      outcome: outcomes.name(outcome as number),
      ...toldFailure(error as string | null, reason as string | null),
      at: toIso((finishedAt ?? createdAt) as number),
    };
  }

  #record(id: string): RunRecord | null {
    const row = this.#database.row(`SELECT ${ALL} FROM runs WHERE id = ?`, [packRunId(id)]);
    return row ? recordOfRow(row) : null;
  }

  #attempts({ seq: run, state, started_at, created_at, steps }: RunRecord): Attempt[] {
    const pages = new Map<number, RunPage[]>();
    const rows = this.#database.rows(
      `SELECT attempt, page, url, status, bytes, records, start_us, steps, not_modified FROM pages
        WHERE run = ? ORDER BY attempt, page`,
      [run],
    );
    for (const row of rows) {
      const attempt = row[0] as number;
      const page = pageOfRow(row);
      // What was measured late of an only page was added to its run alone.
      const whole = rows.length === 1 ? { ...page, stepMs: unpackSteps(steps) } : page;
      pages.set(attempt, [...(pages.get(attempt) ?? []), whole]);
    }
    const ended = this.#database
      .rows(
        'SELECT number, started_at, finished_at, outcome, error FROM attempts WHERE run = ? ORDER BY number',
        [run],
      )
      .map((row) => attemptOfRow(row, pages.get(row[0] as number) ?? []));
    if (state === FINISHED) return ended;
    // The attempt under way has its row when it ends; until then its pages tell of it.
    for (const { number } of ended) pages.delete(number);
    const underWay = [...pages].map(([number, own]) =>
      attemptOfRow([number, started_at ?? created_at, null, null, null], own),
    );
    return [...ended, ...underWay];
  }

  /** One filter with the time is answered by an index; further ones are tested row by row. */
  #conditions(params: RunFilter): { indexed: SqlCondition | null; filter: SqlCondition | null } {
    const job = this.#named('job', params.jobId);
    const outcome = params.outcome && equals('outcome', outcomes.code(params.outcome));
    const isUnfinished = params.state !== undefined && params.state !== 'finished';
    const candidates: (SqlCondition | null)[] = [
      job && outcome ? allOf([job, outcome]) : job,
      job ? null : (outcome ?? null),
      params.state && isUnfinished
        ? {
            sql: `state = ? AND state < ${FINISHED}`,
            params: [runStates.code(params.state)],
          }
        : null,
      this.#named('integration', params.integrationId),
      params.trigger ? equals('"trigger"', triggers.code(params.trigger)) : null,
    ];
    const [best = null, ...others] = candidates.filter((condition) => condition !== null);
    return {
      indexed: allOf([best, rangeOf(params)]),
      filter: allOf([
        ...others,
        params.state === 'finished' ? equals('state', FINISHED) : null,
        params.q ? this.#mentions(params.q) : null,
      ]),
    };
  }

  #named(column: string, name: string | undefined): SqlCondition | null {
    if (name === undefined) return null;
    const id = this.#names.find(name);
    return id === undefined ? NOTHING : equals(column, id);
  }

  #mentions(q: string): SqlCondition {
    const name = contains('name', q);
    const error = contains('error', q);
    return {
      sql: `job IN (SELECT id FROM names WHERE ${name.sql}) OR ${error.sql}`,
      params: [...name.params, ...error.params],
    };
  }

  #newestFirst(
    name: string,
    cursor: string | undefined,
    indexed: SqlCondition | null,
    filter: SqlCondition | null,
  ): KeysetList<Run> {
    return {
      database: this.#database,
      table: 'runs',
      columns: ALL,
      indexed,
      filter,
      order: 'created_at DESC, id DESC',
      behind: cursor === undefined ? FROM_THE_NEWEST : behindCursor(name, cursor),
      placeColumns: 'created_at, id',
      behindRow: ([createdAt, id]: SqlRow) => behind(createdAt as number, id as Uint8Array),
      cursorOf: ([createdAt, id]: SqlRow) =>
        writeCursor(name, [createdAt as number, unpackRunId(id)]),
      map: (row: SqlRow) => runOfRecord(recordOfRow(row), this.#names),
    };
  }
}

function behind(createdAt: number, id: Uint8Array | string): Behind {
  return [
    { sql: 'created_at = ? AND id < ?', params: [createdAt, id] },
    { sql: 'created_at < ?', params: [createdAt] },
  ];
}

function behindCursor(list: string, cursor: string): Behind {
  const [createdAt, id] = readCursor(list, ['number', 'string'], cursor) as [number, string];
  return behind(createdAt, packRunId(id));
}

function equals(column: string, value: number): SqlCondition {
  return { sql: `${column} = ?`, params: [value] };
}

function rangeOf({ from, to }: RunFilter): SqlCondition | null {
  const params: SqlParams = [];
  const conditions: string[] = [];
  if (from !== undefined) {
    conditions.push('created_at >= ?');
    params.push(from);
  }
  if (to !== undefined) {
    conditions.push('created_at < ?');
    params.push(to);
  }
  return conditions.length > 0 ? { sql: conditions.join(' AND '), params } : null;
}

function positionOf(record: RunRecord): JsonValue | undefined {
  return record.position === null ? undefined : (JSON.parse(record.position) as JsonValue);
}

function pageOfRow(row: SqlRow): RunPage {
  const [, page, url, status, bytes, records, startUs, steps, notModified] = row;
  return {
    page: page as number,
    url: url as string,
    status: status as number | null,
    bytes: bytes as number,
    records: records as number,
    startMs: (startUs as number) / 1000,
    stepMs: unpackSteps(steps as Uint8Array | null),
    ...(notModified === 1 ? { notModified: true } : {}),
  };
}

function attemptOfRow(row: SqlRow, pages: RunPage[]): Attempt {
  const [number, startedAt, finishedAt, outcome, error] = row;
  return {
    number: number as number,
    startedAt: toIso(startedAt as number),
    finishedAt: instant(finishedAt as number | null),
    outcome: outcome === null ? null : outcomes.name(outcome as number),
    error: error === null ? null : (JSON.parse(error as string) as RunError),
    pages,
    stepMs: pages.reduce((sum, page) => addSteps(sum, page.stepMs), {}),
  };
}

function toldFailure(
  error: string | null,
  reason: string | null,
): Pick<Failure, 'message' | 'says'> {
  if (error === null) return { message: reason };
  const { message, says } = JSON.parse(error) as RunError;
  return { message, ...(says && { says }) };
}
