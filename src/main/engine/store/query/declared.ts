import type { Integration } from '../../../../shared/integration.ts';
import type { Said } from '../../../../shared/sentences.ts';
import type { JsonValue } from '../../../../shared/values.ts';
import { jobStates, outcomes } from '../codes.ts';
import type { Sqlite, SqlRow } from '../database/sqlite.ts';
import type { PageValidator } from '../ops.ts';
import { unpackRunId } from '../run-id.ts';
import { instant } from '../run-record.ts';
import type { QueryParams, QueryResult, StoredJobText } from '../store.ts';
import type { Names } from '../apply/names.ts';

/** The reads of what the person declared and of what is known beside it. */
export class DeclaredQueries {
  readonly #database: Sqlite;
  readonly #names: Names;

  constructor(database: Sqlite, names: Names) {
    this.#database = database;
    this.#names = names;
  }

  integrations(): Integration[] {
    return this.#database
      .rows('SELECT definition FROM integrations ORDER BY slug')
      .map(([definition]) => JSON.parse(definition as string) as Integration);
  }

  jobs({ after, limit }: QueryParams<'jobs.page'>): StoredJobText[] {
    return this.#database
      .rows(
        `SELECT j.id, j.definition, s.state, s.paused_until, s.pause_reason, s.paused_at, s.covered_until,
          s.covered_since, s.last_end_at, s.last_success_at, s.failures_in_row, s.config_errors_in_row, s.watermark, s.pause_says
          FROM jobs j JOIN job_states s ON s.job = j.id WHERE j.slug > ? ORDER BY j.slug LIMIT ?`,
        [after ?? '', limit],
      )
      .map((row) => this.#job(row));
  }

  settings(): Record<string, JsonValue> {
    return Object.fromEntries(
      this.#database
        .rows('SELECT name, value FROM settings')
        .map(([name, value]) => [name as string, JSON.parse(value as string) as JsonValue]),
    );
  }

  secrets(): QueryResult<'secrets.all'> {
    return this.#database
      .rows('SELECT name, origin, sealed, updated_at FROM secrets ORDER BY name')
      .map(([name, origin, sealed, updatedAt]) => ({
        name: name as string,
        origin: origin as string,
        sealed: sealed as Uint8Array,
        updatedAt: updatedAt as number,
      }));
  }

  /** None once somebody else has written to the integration: then a page that did not change may tell too little. */
  validators({ integrationId, jobId }: QueryParams<'validators.get'>): PageValidator[] {
    const [job, integration] = [this.#names.find(jobId), this.#names.find(integrationId)];
    if (job === undefined || integration === undefined) return [];
    return this.#database
      .rows(
        `SELECT p.validator FROM known_reads r
          JOIN integration_states s ON s.integration = r.integration AND s.writes = r.writes
          JOIN known_pages p ON p.job = r.job
          WHERE r.job = ? AND r.integration = ? AND p.validator IS NOT NULL ORDER BY p.page`,
        [job, integration],
      )
      .map(([validator]) => JSON.parse(validator as string) as PageValidator);
  }

  idempotency({ key, now }: QueryParams<'idempotency.get'>): QueryResult<'idempotency.get'> {
    const row = this.#database.row(
      'SELECT job, body_hash, run_ids FROM idempotency_keys WHERE key = ? AND expires_at > ?',
      [key, now],
    );
    return row
      ? {
          jobId: this.#names.name(row[0] as number),
          bodyHash: row[1] as string,
          runIds: JSON.parse(row[2] as string) as string[],
        }
      : null;
  }

  #job(row: SqlRow): StoredJobText {
    const [
      id,
      definition,
      state,
      pausedUntil,
      pauseReason,
      pausedAt,
      coveredUntil,
      coveredSince,
      lastEndAt,
      lastSuccessAt,
      failuresInRow,
      configErrorsInRow,
      watermark,
      pauseSays,
    ] = row;
    return {
      definition: definition as string,
      runtime: {
        state: jobStates.name(state as number),
        pausedUntil: pausedUntil as number | null,
        pauseReason: pauseReason as string | null,
        pauseSays: pauseSays === null ? null : (JSON.parse(pauseSays as string) as Said),
        pausedAt: pausedAt as number | null,
        coveredUntil: coveredUntil as number,
        coveredSince: coveredSince as number,
        lastEndAt: lastEndAt as number | null,
        lastSuccessAt: lastSuccessAt as number | null,
        failuresInRow: failuresInRow as number,
        configErrorsInRow: configErrorsInRow as number,
      },
      watermark: watermark as string | null,
      ...this.#lastRun(id as number),
    };
  }

  #lastRun(job: number): Pick<StoredJobText, 'lastRun' | 'openSpan'> {
    const row = this.#database.row(
      `SELECT id, outcome, reason, started_at, finished_at, duration_us, coalesce(scheduled_until, scheduled_for)
        FROM runs WHERE job = ? ORDER BY created_at DESC, seq DESC LIMIT 1`,
      [job],
    );
    if (!row) return { lastRun: null, openSpan: null };
    const [id, outcome, reason, startedAt, finishedAt, durationUs, until] = row;
    const runId = unpackRunId(id);
    const isSpan = outcome === outcomes.code('skipped') && reason !== null && until !== null;
    return {
      lastRun: {
        id: runId,
        outcome: outcome === null ? null : outcomes.name(outcome as number),
        reason: reason as string | null,
        startedAt: instant(startedAt as number | null),
        finishedAt: instant(finishedAt as number | null),
        durationMs: durationUs === null ? null : (durationUs as number) / 1000,
      },
      openSpan: isSpan ? { runId, reason: reason as string, until: until as number } : null,
    };
  }
}
