import { assertNever } from '../../../../shared/assert-never.ts';
import { outcomes, quarantineReasons, runStates } from '../codes.ts';
import type { Sqlite } from '../database/sqlite.ts';
import type { Op, OpResults, PageOp, QuarantineRow } from '../ops.ts';
import { errorsByField, type RunRecord } from '../run-record.ts';
import { addToPacked, packSteps } from '../steps.ts';
import { Declared } from './declared.ts';
import { IntegrationStates } from './integration-states.ts';
import { KnownReads } from './known-reads.ts';
import { Names } from './names.ts';
import { PageWriter, type PageEffect } from './page.ts';
import { CompleteReads } from './reads.ts';
import { Readings } from './readings.ts';
import { Records } from './records.ts';
import { Replays } from './replays.ts';
import { sweep, trimHistory, trimRunNames, trimVersions, type Tidied } from './retention.ts';
import { RunBook } from './run-book.ts';
import { Staging, type PageContent } from './staging.ts';

const NO_EFFECT = { new: 0, changed: 0, unchanged: 0, duplicates: 0 } as const;

export type AnyResult = OpResults[keyof OpResults] | null;

const FINISHED = runStates.code('finished');
const FAILED: ReadonlySet<number> = new Set([outcomes.code('failed'), outcomes.code('timed-out')]);

/**
 * Applies operations to the database. The same operations in the same order give the same rows: nothing here looks at
 * a clock or draws a number, except to measure, and what is measured is only answered.
 */
export class Applier {
  readonly #database: Sqlite;
  readonly #monotonic: () => number;
  readonly names: Names;
  readonly #runs: RunBook;
  readonly #records: Records;
  readonly #states: IntegrationStates;
  readonly #readings: Readings;
  readonly #known: KnownReads;
  readonly #pages: PageWriter;
  readonly #reads: CompleteReads;
  readonly #declared: Declared;
  readonly #replays: Replays;
  readonly #staging: Staging;
  /** Rows that were added since they were asked for, less those that were taken away. */
  #growth = { runs: 0, records: 0 };

  constructor(database: Sqlite, monotonic: () => number) {
    this.#database = database;
    this.#monotonic = monotonic;
    this.names = new Names(database);
    this.#runs = new RunBook(database, this.names);
    this.#records = new Records(database);
    this.#states = new IntegrationStates(database);
    this.#readings = new Readings(database);
    this.#known = new KnownReads(database);
    this.#pages = new PageWriter(this.#records, this.#states, this.#readings, this.#known);
    this.#reads = new CompleteReads(this.#records, this.#states, this.#readings, this.#known);
    this.#declared = new Declared(database, this.names);
    this.#staging = new Staging(database);
    this.#replays = new Replays(database, this.#records, this.#states);
  }

  /**
   * Applies one transaction inside the SQLite transaction that the caller began. When it throws, the caller rolls
   * back and calls `forget`.
   */
  apply(ops: readonly Op[]): AnyResult[] {
    const results = ops.map((op) => this.#applyOne(op));
    this.#runs.flush();
    this.#states.flush();
    return results;
  }

  /** Drops all that was remembered of the database, after a rollback. */
  forget(): void {
    this.#forgetRows();
    this.#known.forget();
  }

  /** Rows that were added since the last call, less those that were removed. */
  takeGrowth(): { readonly runs: number; readonly records: number } {
    const growth = {
      runs: this.#growth.runs + this.#runs.takeInserted(),
      records: this.#growth.records + this.#records.takeInserted(),
    };
    this.#growth = { runs: 0, records: 0 };
    return growth;
  }

  #applyOne(op: Op): AnyResult {
    switch (op.kind) {
      case 'page.put':
        return this.#putPage(op);
      case 'run.insert':
        this.#insertRun(op.run);
        return null;
      case 'run.patch':
        this.#patchRun(op);
        return null;
      case 'run.extend': {
        const run = this.#runs.get(op.id);
        this.#runs.patch(op.id, {
          scheduledUntil: op.scheduledUntil,
          occurrences: run.occurrences + op.addOccurrences,
        });
        return null;
      }
      case 'attempt.put':
        this.#putAttempt(op);
        return null;
      case 'steps.put':
        this.#putSteps(op);
        return null;
      case 'staging.promote':
        return this.#promote(op.runId);
      case 'read.complete':
        return this.#completeRead(op);
      case 'integration.put':
        this.#declared.putIntegration(op);
        return null;
      case 'integration.delete':
        this.#deleteIntegration(op);
        return null;
      case 'job.put':
        this.#declared.putJob(op);
        return null;
      case 'job.runtime':
        this.#declared.patchRuntime(op);
        return null;
      case 'job.delete':
        this.#declared.deleteJob(op);
        this.#known.forget();
        return null;
      case 'watermark.put':
        this.#declared.putWatermark(this.names.id(op.jobId), op.value);
        return null;
      case 'validators.drop':
        this.#known.drop(this.names.id(op.integrationId));
        return null;
      case 'setting.put':
        this.#declared.putSetting(op);
        return null;
      case 'secret.put':
        this.#declared.putSecret(op);
        return null;
      case 'secret.delete':
        this.#declared.deleteSecret(op);
        return null;
      case 'idempotency.put':
        this.#declared.putIdempotency(op);
        return null;
      case 'dead-letter.dismiss':
        this.#bury(op.runId);
        return null;
      case 'quarantine.delete': {
        let deleted = 0;
        for (const id of op.ids) {
          this.#database.run('DELETE FROM quarantine WHERE id = ?', [Number(id)]);
          deleted += this.#database.changes;
        }
        return { deleted };
      }
      case 'quarantine.replay':
        return this.#replay(op);
      case 'retention.slice':
        return this.#tidied(() => sweep(this.#database, op));
      case 'history.trim':
        return this.#tidied(() => trimHistory(this.#database, op));
      case 'versions.trim':
        return trimVersions(this.#database, op);
      case 'run-names.trim':
        return trimRunNames(this.#database, op);
      default:
        return assertNever(op);
    }
  }

  #forgetRows(): void {
    this.names.forget();
    this.#runs.forget();
    this.#records.forget();
    this.#states.forget();
    this.#readings.forget();
    this.#growth = { runs: 0, records: 0 };
  }

  /** Tidying takes rows away behind the back of what is remembered here; known reads it leaves alone. */
  #tidied<T>(tidy: () => Tidied<T>): T {
    this.#runs.flush();
    this.#states.flush();
    const { runs, records } = this.takeGrowth();
    const { result, gone } = tidy();
    this.#forgetRows();
    this.#growth = { runs: runs - gone.runs, records: records - gone.records };
    return result;
  }

  #insertRun(run: Extract<Op, { kind: 'run.insert' }>['run']): void {
    const record = this.#runs.insert(run);
    if (record.state === FINISHED && record.outcome !== null && FAILED.has(record.outcome))
      record.dead = 1;
    // A retry that found no room has not tried anything.
    if (run.retryOf !== null && run.outcome !== 'skipped') this.#bury(run.retryOf);
  }

  #patchRun({ id, patch }: Extract<Op, { kind: 'run.patch' }>): void {
    const run = this.#runs.patch(id, patch);
    if (run.state !== FINISHED || patch.state !== 'finished') return;
    run.dead = run.outcome !== null && FAILED.has(run.outcome) ? 1 : 0;
    run.position = null;
    this.#staging.drop(run.seq);
    if (run.instances === 1) this.#readings.drop(run.seq);
    else this.#readings.release(run.seq);
  }

  /** The run is no dead letter any more; one that retention took is none either. */
  #bury(runId: string): void {
    const run = this.#runs.find(runId);
    if (!run || run.dead === 0) return;
    run.dead = 0;
    this.#runs.moved(run);
  }

  #putAttempt(op: Extract<Op, { kind: 'attempt.put' }>): void {
    this.#database.run(
      `INSERT INTO attempts (run, number, started_at, finished_at, outcome, error) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (run, number) DO UPDATE SET started_at = excluded.started_at,
        finished_at = excluded.finished_at, outcome = excluded.outcome, error = excluded.error`,
      [
        this.#runs.get(op.runId).seq,
        op.number,
        op.startedAt,
        op.finishedAt,
        op.outcome === null ? null : outcomes.code(op.outcome),
        op.error === null ? null : JSON.stringify(op.error),
      ],
    );
  }

  #putPage(op: PageOp): OpResults['page.put'] {
    const started = this.#monotonic();
    const run = this.#runs.get(op.runId);
    const effect = op.staged === true ? this.#stage(op, run) : this.#write(op, run);
    const compared = this.#monotonic();
    const duplicates = op.counts.duplicates + effect.duplicates;
    this.#count(run, op, effect, duplicates);
    if (op.position !== undefined) {
      run.position = JSON.stringify(op.position);
      run.pages_stored++;
    }
    for (const row of op.quarantine) this.#quarantine(op, run, row);
    this.#runs.progressed(run);
    this.#putPageRow(op, run);
    return {
      new: effect.new,
      changed: effect.changed,
      unchanged: effect.unchanged,
      duplicates,
      deduplicateMs: compared - started,
      persistMs: this.#monotonic() - compared,
      writes: this.#states.of(run.integration).writes,
    };
  }

  #write(op: PageOp, run: RunRecord): PageEffect {
    const reading = this.#readings.of(run.seq, run.pages_stored === 0);
    const effect = this.#pages.write(op, run, reading);
    if (op.position === undefined) return effect;
    const isAsked = run.instances > 1 && op.alone !== true;
    this.#see(op, run, effect, op.position !== null || isAsked);
    return effect;
  }

  #see(
    { page, validator }: PageContent,
    run: RunRecord,
    { records, fingerprint }: PageEffect,
    durably: boolean,
  ): void {
    const reading = this.#readings.of(run.seq, false);
    this.#readings.add(run.seq, reading, { page, records, fingerprint, validator }, durably);
  }

  #stage(op: PageOp, run: RunRecord): typeof NO_EFFECT {
    if (op.position !== undefined) this.#staging.put(run.seq, op);
    return NO_EFFECT;
  }

  /** As if its pages had come just now. */
  #promote(runId: string): OpResults['staging.promote'] {
    const run = this.#runs.get(runId);
    const sum = { new: 0, changed: 0, unchanged: 0, duplicates: 0 };
    let isFirst = true;
    for (const page of this.#staging.pages(run.seq)) {
      const effect = this.#pages.write(page, run, this.#readings.of(run.seq, isFirst));
      isFirst = false;
      this.#see(page, run, effect, run.instances > 1);
      sum.new += effect.new;
      sum.changed += effect.changed;
      sum.unchanged += effect.unchanged;
      sum.duplicates += effect.duplicates;
    }
    run.new += sum.new;
    run.changed += sum.changed;
    run.unchanged += sum.unchanged;
    run.duplicates += sum.duplicates;
    this.#staging.drop(run.seq);
    this.#runs.progressed(run);
    return sum;
  }

  /**
   * Keeps `valid = new + changed + unchanged + duplicates` and `received = valid + invalid` whatever was told. Of staged
   * records nobody knows yet what they are.
   */
  #count(
    run: RunRecord,
    op: PageOp,
    effect: { readonly new: number; readonly changed: number; readonly unchanged: number },
    duplicates: number,
  ): void {
    const { counts } = op;
    const known = effect.new + effect.changed + effect.unchanged + duplicates;
    const valid = op.staged === true ? counts.valid : known;
    run.requests += counts.requests;
    run.not_modified += counts.notModified;
    run.bytes += counts.bytes;
    run.received += valid + counts.invalid;
    run.valid += valid;
    run.invalid += counts.invalid;
    run.warnings += counts.warnings;
    run.duplicates += duplicates;
    run.new += effect.new;
    run.changed += effect.changed;
    run.unchanged += effect.unchanged;
    run.steps = addToPacked(run.steps, op.stepMs);
    const fields = Object.entries(op.errorsByField);
    if (fields.length === 0) return;
    const sums = new Map(Object.entries(errorsByField(run)));
    for (const [field, count] of fields) sums.set(field, (sums.get(field) ?? 0) + count);
    run.errors_by_field = JSON.stringify(Object.fromEntries(sums));
  }

  #putPageRow(op: PageOp, run: RunRecord): void {
    this.#database.run(
      `INSERT OR REPLACE INTO pages (run, attempt, page, url, status, bytes, records, not_modified, start_us, steps)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      [
        run.seq,
        op.attempt,
        op.page,
        op.url,
        op.status,
        op.counts.bytes,
        op.counts.received,
        op.notModified ? 1 : 0,
        Math.round(op.startMs * 1000),
        packSteps(op.stepMs),
      ],
    );
  }

  #putSteps(op: Extract<Op, { kind: 'steps.put' }>): void {
    const run = this.#runs.find(op.runId);
    // Measurements may come after the run was trimmed.
    if (!run) return;
    run.steps = addToPacked(run.steps, op.stepMs);
    this.#runs.measured(run);
    // The steps of an only page are those of its run, and are read from there.
    if (hasOnlyPage(run)) return;
    const place = [run.seq, op.attempt, op.page];
    const page = this.#database.row(
      'SELECT steps FROM pages WHERE run = ? AND attempt = ? AND page = ?',
      place,
    );
    if (!page) return;
    const steps = addToPacked(page[0] as Uint8Array | null, op.stepMs);
    this.#database.run('UPDATE pages SET steps = ? WHERE run = ? AND attempt = ? AND page = ?', [
      steps,
      ...place,
    ]);
  }

  #completeRead(op: Extract<Op, { kind: 'read.complete' }>): OpResults['read.complete'] {
    const job = this.names.id(op.jobId);
    const runs = op.runIds.map((id) => this.#runs.get(id));
    const integration = this.names.id(op.integrationId);
    const { vanished, heldBack } = this.#reads.complete(op, job, integration, runs);
    const last = runs.at(-1);
    if (last && vanished > 0) {
      last.vanished += vanished;
      this.#runs.progressed(last);
    }
    if (last && heldBack) {
      last.held_back = JSON.stringify(heldBack);
      this.#runs.altered(last);
    }
    if (op.watermark !== null) this.#declared.putWatermark(job, op.watermark);
    return { vanished, heldBack, writes: this.#states.of(integration).writes };
  }

  #quarantine(op: PageOp, run: RunRecord, row: QuarantineRow): void {
    this.#database.run(
      `INSERT INTO quarantine (integration, hash, run, page, reason, rule, field, value, raw, seen, first_seen, last_seen)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?)
        ON CONFLICT (integration, hash) DO UPDATE SET seen = seen + 1, run = excluded.run, page = excluded.page,
        reason = excluded.reason, rule = excluded.rule, field = excluded.field, value = excluded.value,
        last_seen = excluded.last_seen`,
      [
        run.integration,
        Buffer.from(row.hash, 'hex'),
        run.id,
        op.page,
        quarantineReasons.code(row.reason),
        row.rule,
        row.field,
        row.value,
        row.raw,
        op.at,
        op.at,
      ],
    );
  }

  #replay(op: Extract<Op, { kind: 'quarantine.replay' }>): OpResults['quarantine.replay'] {
    const integration = this.names.id(op.integrationId);
    const written = this.#replays.apply(op, integration, this.#runs.seqForRecords(op.runId));
    // What a page brings has changed: the next read must look at each of them again.
    if (op.acceptedIds.length > 0) this.#known.drop(integration);
    return written;
  }

  #deleteIntegration(op: Extract<Op, { kind: 'integration.delete' }>): void {
    const integration = this.names.id(op.id);
    this.#database.run('DELETE FROM integrations WHERE id = ?', [integration]);
    this.#known.drop(integration);
    if (op.data === 'keep') return;
    this.#database.run(
      'DELETE FROM record_versions WHERE record IN (SELECT id FROM records WHERE integration = ?)',
      [integration],
    );
    this.#database.run('DELETE FROM records WHERE integration = ?', [integration]);
    this.#growth.records -= this.#database.changes;
    this.#database.run('DELETE FROM quarantine WHERE integration = ?', [integration]);
    const state = this.#states.of(integration);
    state.writes++;
    state.live = 0;
    this.#states.changed(integration);
  }
}

/** It has one row in `pages`, and no other will come. */
function hasOnlyPage(run: RunRecord): boolean {
  return run.state === FINISHED && run.attempt === 1 && run.pages_stored === 1 && run.requests <= 1;
}
