import { jobStates } from '../codes.ts';
import type { Prepared, Sqlite, SqlParams } from '../database/sqlite.ts';
import type { JobRuntime, Op } from '../ops.ts';
import type { Names } from './names.ts';

type OpOf<K extends Op['kind']> = Extract<Op, { kind: K }>;

const RUNTIME_COLUMNS: { readonly [F in keyof JobRuntime]-?: string } = {
  state: 'state',
  pausedAt: 'paused_at',
  pausedUntil: 'paused_until',
  pauseReason: 'pause_reason',
  pauseSays: 'pause_says',
  coveredUntil: 'covered_until',
  coveredSince: 'covered_since',
  lastEndAt: 'last_end_at',
  lastSuccessAt: 'last_success_at',
  failuresInRow: 'failures_in_row',
  configErrorsInRow: 'config_errors_in_row',
};

/** What the person declared, and what is known of the jobs. */
export class Declared {
  readonly #database: Sqlite;
  readonly #names: Names;
  readonly #runtimeUpdates = new Map<string, Prepared>();

  constructor(database: Sqlite, names: Names) {
    this.#database = database;
    this.#names = names;
  }

  putIntegration({ integration }: OpOf<'integration.put'>): void {
    this.#database.run(
      'INSERT OR REPLACE INTO integrations (id, slug, name, definition) VALUES (?, ?, ?, ?)',
      [
        this.#names.id(integration.id),
        integration.id,
        integration.name,
        JSON.stringify(integration),
      ],
    );
  }

  putJob({ job, runtime }: OpOf<'job.put'>): void {
    const id = this.#names.id(job.id);
    this.#database.run(
      'INSERT OR REPLACE INTO jobs (id, slug, name, integration, definition) VALUES (?, ?, ?, ?, ?)',
      [id, job.id, job.name, this.#names.id(job.integrationId), JSON.stringify(job)],
    );
    this.#database.run(
      `INSERT INTO job_states (job, state, covered_until, covered_since, failures_in_row, config_errors_in_row)
        VALUES (?, 0, 0, 0, 0, 0) ON CONFLICT (job) DO NOTHING`,
      [id],
    );
    this.#patch(id, runtime);
  }

  patchRuntime({ id, patch }: OpOf<'job.runtime'>): void {
    this.#patch(this.#names.id(id), patch);
  }

  deleteJob({ id }: OpOf<'job.delete'>): void {
    const job = this.#names.id(id);
    for (const [table, column] of JOB_TABLES)
      this.#database.run(`DELETE FROM ${table} WHERE ${column} = ?`, [job]);
  }

  putWatermark(job: number, value: string | null): void {
    this.#database.run('UPDATE job_states SET watermark = ? WHERE job = ?', [value, job]);
  }

  putSetting({ name, value }: OpOf<'setting.put'>): void {
    this.#database.run('INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)', [
      name,
      JSON.stringify(value),
    ]);
  }

  putSecret({ name, origin, sealed, at }: OpOf<'secret.put'>): void {
    this.#database.run(
      'INSERT OR REPLACE INTO secrets (name, origin, sealed, updated_at) VALUES (?, ?, ?, ?)',
      [name, origin, sealed, at],
    );
  }

  deleteSecret({ name }: OpOf<'secret.delete'>): void {
    this.#database.run('DELETE FROM secrets WHERE name = ?', [name]);
  }

  putIdempotency(op: OpOf<'idempotency.put'>): void {
    this.#database.run(
      'INSERT OR REPLACE INTO idempotency_keys (key, job, body_hash, run_ids, expires_at) VALUES (?, ?, ?, ?, ?)',
      [op.key, this.#names.id(op.jobId), op.bodyHash, JSON.stringify(op.runIds), op.expiresAt],
    );
  }

  #patch(job: number, patch: Partial<JobRuntime>): void {
    const fields = Object.keys(patch).filter((field) => field in RUNTIME_COLUMNS);
    if (fields.length === 0) return;
    const params: SqlParams = fields.map((field) => {
      const value = patch[field as keyof JobRuntime] ?? null;
      if (field === 'state' && patch.state) return jobStates.code(patch.state);
      return typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
    });
    params.push(job);
    this.#runtimeUpdate(fields).run(params);
  }

  #runtimeUpdate(fields: readonly string[]): Prepared {
    const shape = fields.join();
    let update = this.#runtimeUpdates.get(shape);
    if (!update) {
      const columns = fields.map((field) => `${RUNTIME_COLUMNS[field as keyof JobRuntime]} = ?`);
      update = this.#database.prepare(`UPDATE job_states SET ${columns.join(', ')} WHERE job = ?`);
      this.#runtimeUpdates.set(shape, update);
    }
    return update;
  }
}

/** History stays when a job goes. */
const JOB_TABLES = [
  ['jobs', 'id'],
  ['job_states', 'job'],
  ['known_reads', 'job'],
  ['known_pages', 'job'],
  ['idempotency_keys', 'job'],
] as const;
