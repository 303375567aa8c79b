import { outcomes } from '../codes.ts';
import type { HeldBack } from '../../../../shared/run.ts';
import type { Sqlite, SqlParams, SqlRow } from '../database/sqlite.ts';
import { packRunId } from '../run-id.ts';
import type { Names } from '../apply/names.ts';
import type { PastRuns, QueryParams, QueryResult } from '../store.ts';

const HOUR_MS = 3_600_000;
const SUCCEEDED = outcomes.code('succeeded');
const SKIPPED = outcomes.code('skipped');
/** Of a job's succeeded runs, so many are looked through for the last one that brought something new. */
const LOOKED_THROUGH = 200;
/** Runs that were started before the mark may have ended after it; so many are looked at. */
const STARTED_BEFORE = 100;

/** What the history of runs says of jobs: what they usually bring, and what they did hour by hour. */
export class HistoryQueries {
  readonly #database: Sqlite;
  readonly #names: Names;

  constructor(database: Sqlite, names: Names) {
    this.#database = database;
    this.#names = names;
  }

  /** The totals that are kept of runs that went, and the runs that are still there: each run is in one of them. */
  hourly({ jobId, from, to, by }: QueryParams<'stats.hourly'>): QueryResult<'stats.hourly'> {
    const job = jobId === undefined ? null : (this.#names.find(jobId) ?? -1);
    const fromHour = Math.floor(from / HOUR_MS);
    const toHour = Math.ceil(to / HOUR_MS);
    const ofJob = job === null ? '' : 'AND job = ?';
    const own = job === null ? [] : [job];
    const params: SqlParams = [fromHour, toHour, ...own];
    const created: SqlParams = [fromHour * HOUR_MS, toHour * HOUR_MS, ...own];
    const key = by === 'job' ? 'job' : 'hour';
    const rows = this.#database.rows(
      `SELECT ${key}, outcome, sum(runs), sum(duration_us), max(max_duration_us), sum(received), sum(new), sum(changed),
          sum(invalid), sum(bytes) FROM (
        SELECT job, hour, outcome, runs, duration_us, max_duration_us, received, new, changed, invalid, bytes
          FROM hourly_totals WHERE hour >= ? AND hour < ? ${ofJob}
        UNION ALL
        SELECT job, created_at / ${HOUR_MS}, outcome, occurrences, coalesce(duration_us, 0), coalesce(duration_us, 0),
          received, new, changed, invalid, bytes
          FROM runs WHERE created_at >= ? AND created_at < ? ${ofJob} AND outcome IS NOT NULL
      ) GROUP BY ${key}, outcome ORDER BY ${key}, outcome`,
      [...params, ...created],
    );
    return rows.map((row) => {
      const [of, outcome, runs, durationUs, longestUs, received, added, changed, invalid, bytes] =
        row as number[];
      return {
        jobId: by === 'job' ? this.#names.name(of ?? 0) : null,
        hour: by === 'hour' ? (of ?? 0) * HOUR_MS : null,
        outcome: outcomes.name(outcome ?? 0),
        runs: runs ?? 0,
        durationMs: (durationUs ?? 0) / 1000,
        maxDurationMs: (longestUs ?? 0) / 1000,
        received: received ?? 0,
        new: added ?? 0,
        changed: changed ?? 0,
        invalid: invalid ?? 0,
        bytes: bytes ?? 0,
      };
    });
  }

  past({ jobIds, limit, upTo }: QueryParams<'runs.past'>): QueryResult<'runs.past'> {
    return jobIds.map((jobId) => {
      const job = this.#names.find(jobId);
      return this.#past(job, limit, upTo);
    });
  }

  /** Whether each of the named jobs has succeeded, all its instances, since the waiting job's own last run. */
  haveSucceeded({ jobId, since, jobIds }: QueryParams<'runs.have-succeeded'>): boolean {
    const waiting = this.#names.find(jobId);
    // A condition that was false is a run that did nothing; other skipped instants are none.
    const own =
      waiting === undefined
        ? undefined
        : this.#database.row(
            `SELECT created_at FROM runs WHERE job = ? AND (outcome IS NULL OR outcome <> ${SKIPPED} OR reason = 'condition')
              ORDER BY created_at DESC LIMIT 1`,
            [waiting],
          )?.[0];
    const mark = Math.max(since, typeof own === 'number' ? own : 0);
    return jobIds.every((id) => {
      const job = this.#names.find(id);
      return job !== undefined && this.#hasSucceeded(job, mark);
    });
  }

  #hasSucceeded(job: number, since: number): boolean {
    const count = this.#database.number(
      `SELECT count(*) FROM (SELECT * FROM runs WHERE job = ?1 AND outcome = ${SUCCEEDED}
          ORDER BY created_at DESC LIMIT ${STARTED_BEFORE}) AS run
        WHERE finished_at > ?2 AND NOT EXISTS (SELECT 1 FROM runs AS other WHERE other.job = ?1
          AND other.created_at = run.created_at AND other.scheduled_for IS run.scheduled_for
          AND (other.outcome IS NULL OR other.outcome <> ${SUCCEEDED}))`,
      [job, since],
    );
    return count > 0;
  }

  #past(job: number | undefined, limit: number, upTo: string | undefined): PastRuns {
    const rows =
      job === undefined ? [] : upTo === undefined ? this.#latest(job) : this.#before(job, upTo);
    const newest = rows.findIndex((row) => (row[2] as number) > 0);
    const recent = rows.slice(0, limit).reverse();
    const heldBack = (rows[0]?.[5] as string | null | undefined) ?? null;
    return {
      received: recent.map((row) => row[0] as number),
      pages: recent.map((row) => row[4] as number),
      durationsMs: recent.map((row) => ((row[1] as number | null) ?? 0) / 1000),
      lastNewAt: (rows[newest]?.[3] as number | undefined) ?? null,
      runsSinceNew: newest < 0 ? rows.length : newest,
      heldBack: heldBack === null ? null : (JSON.parse(heldBack) as HeldBack),
    };
  }

  #latest(job: number): SqlRow[] {
    return this.#database.rows(
      `SELECT ${PAST} FROM runs WHERE job = ? AND outcome = ${SUCCEEDED}
        ORDER BY created_at DESC LIMIT ${LOOKED_THROUGH}`,
      [job],
    );
  }

  /** The run itself first. Its siblings, made at the same instant, are not before it. */
  #before(job: number, runId: string): SqlRow[] {
    const own = this.#database.rows(
      `SELECT ${PAST}, created_at FROM runs WHERE id = ? AND outcome = ${SUCCEEDED}`,
      [packRunId(runId)],
    );
    const createdAt = own[0]?.[6];
    if (createdAt === undefined) return [];
    const before = this.#database.rows(
      `SELECT ${PAST} FROM runs WHERE job = ? AND outcome = ${SUCCEEDED} AND created_at < ?
        ORDER BY created_at DESC LIMIT ${LOOKED_THROUGH}`,
      [job, createdAt],
    );
    return [...own, ...before];
  }
}

const PAST = 'received, duration_us, new + changed, finished_at, pages_stored, held_back';
