import { Counter, Gauge, Registry, collectDefaultMetrics } from 'prom-client';
import type { Priority } from '../../../shared/priority.ts';
import { STEPS, type Run } from '../../../shared/run.ts';
import { APP_STATES, type AppState } from '../../../shared/status.ts';
import type { EventHub } from './events.ts';
import type { InternalEvents } from './internal-events.ts';
import { Tally } from './tally.ts';
import { Timings } from './timings.ts';

/**
 * Figures for Prometheus: counted from what the hub tells, gauges read when somebody asks. Names of the predecessor
 * are kept (`scheduler_*`); ours are `pontual_*`.
 */

/** What is measured at the moment of asking; at once, without asking the store. */
export interface LiveFigures {
  readonly state: AppState;
  readonly running: number;
  readonly queued: Readonly<Record<Priority, number>>;
  readonly jobs: { readonly total: number; readonly enabled: number };
  readonly store: {
    readonly lsn: number;
    readonly journalBytes: number;
    readonly snapshotBytes: number;
    readonly databaseBytes: number;
    readonly records: number;
    readonly runs: number;
  };
}

export interface MetricsPage {
  readonly contentType: string;
  readonly text: string;
}

/** Duration of all finished runs together, in seconds, since the start. */
export interface DurationTotals {
  readonly count: number;
  readonly total: number;
  readonly max: number;
}

/** Each job is a label value; beyond so many they share one, because a page of a million lines helps nobody. */
const MOST_JOBS = 1000;
const OTHER_JOBS = 'other';

const RUN_SECONDS = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 1800];
const STEP_SECONDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30];
const STORE_SECONDS = [0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5];
/** How finely the event loop is watched once somebody asked: coarser costs less while nothing happens. */
const LOOP_WATCH_MS = 100;
const FAILED: ReadonlySet<Run['outcome']> = new Set(['failed', 'timed-out', 'interrupted']);

export class Metrics {
  readonly #registry = new Registry();
  readonly #live: () => LiveFigures;
  readonly #stops: readonly (() => void)[];
  readonly #jobs = new Set<string>();
  #durations = { count: 0, total: 0, max: 0 };
  #watchesProcess = false;

  constructor(hub: Pick<EventHub, 'on'>, live: () => LiveFigures) {
    this.#live = live;
    this.#addGauges();
    this.#stops = [
      hub.on('run.queued', () => this.#scheduled.inc()),
      hub.on('run.started', ({ run }) => this.#started(run)),
      hub.on('run.finished', ({ run }) => this.#finished(run)),
      hub.on('run.retrying', ({ run }) => this.#retries.add(this.#label(run.jobId))),
      hub.on('run.skipped', ({ run }) =>
        this.#skipped.add(this.#label(run.jobId), run.reason ?? 'unknown'),
      ),
      hub.on('page.stored', (stored) => this.#pageStored(stored)),
      hub.on('store.committed', ({ ms }) => this.#commits.add(ms / 1000)),
      hub.on('store.checkpointed', ({ ms }) => this.#checkpoints.add(ms / 1000)),
      hub.on('job.changed', ({ jobId, deleted }) => deleted && this.#forget(jobId)),
    ];
  }

  /** The text that Prometheus reads. */
  async page(): Promise<MetricsPage> {
    if (!this.#watchesProcess) {
      this.#watchesProcess = true;
      collectDefaultMetrics({
        register: this.#registry,
        eventLoopMonitoringPrecision: LOOP_WATCH_MS,
      });
    }
    return { contentType: this.#registry.contentType, text: await this.#registry.metrics() };
  }

  /** Of all runs that finished since the start. */
  get durations(): DurationTotals {
    return this.#durations;
  }

  stop(): void {
    for (const stop of this.#stops) stop();
    this.#registry.clear();
  }

  readonly #executed = this.#tally(
    'scheduler_jobs_executed_total',
    'Runs that finished, by job and outcome.',
    ['job', 'status'],
  );
  readonly #duration = this.#timings(
    'scheduler_execution_duration',
    'Duration of finished runs in seconds.',
    RUN_SECONDS,
    'job',
  );
  readonly #scheduled = new Counter({
    name: 'scheduler_jobs_scheduled_total',
    help: 'Runs that were put in the queue.',
    registers: [this.#registry],
  });
  readonly #failed = this.#tally(
    'scheduler_jobs_failed_total',
    'Runs that failed, by job and kind of error.',
    ['job', 'reason'],
  );
  readonly #skipped = this.#tally(
    'pontual_runs_skipped_total',
    'Entries of instants that ended without running, by job and reason.',
    ['job', 'reason'],
  );
  readonly #retries = this.#tally('pontual_run_retries_total', 'Attempts after the first.', [
    'job',
  ]);
  readonly #lateness = this.#timings(
    'pontual_run_lateness_seconds',
    'From the due instant to the start of scheduled runs, in seconds.',
    STEP_SECONDS,
  );
  readonly #steps = this.#timings(
    'pontual_step_duration_seconds',
    'Time of each step of a page, in seconds.',
    STEP_SECONDS,
    'step',
  );
  readonly #pages = this.#tally('pontual_pages_total', 'Pages that were stored.', ['integration']);
  readonly #bytes = this.#tally('pontual_response_bytes_total', 'Decoded bytes of responses.', [
    'integration',
  ]);
  readonly #records = this.#tally(
    'pontual_records_total',
    'Records received, by what became of them.',
    ['integration', 'result'],
  );
  readonly #commits = this.#timings(
    'pontual_store_commit_seconds',
    'From asking the store to the acknowledgement that it is on disk, in seconds.',
    STORE_SECONDS,
  );
  readonly #checkpoints = this.#timings(
    'pontual_store_checkpoint_seconds',
    'Time of a verified snapshot, in seconds.',
    STORE_SECONDS,
  );

  #started(run: Run): void {
    const lateMs = latenessOf(run);
    if (lateMs !== null) this.#lateness.add(lateMs / 1000);
  }

  #finished(run: Run): void {
    const job = this.#label(run.jobId);
    const status = run.outcome ?? 'unknown';
    this.#executed.add(job, status);
    if (FAILED.has(run.outcome)) this.#failed.add(job, run.error?.kind ?? status);
    if (run.durationMs === null) return;
    const seconds = run.durationMs / 1000;
    this.#duration.add(seconds, job);
    const { count, total, max } = this.#durations;
    this.#durations = { count: count + 1, total: total + seconds, max: Math.max(max, seconds) };
  }

  #pageStored({ run, page, counts }: InternalEvents['page.stored']): void {
    const integration = run.integrationId;
    this.#pages.add(integration);
    this.#bytes.add(integration, '', counts.bytes);
    for (const result of ['new', 'changed', 'unchanged', 'duplicates', 'invalid'] as const)
      if (counts[result] > 0) this.#records.add(integration, result, counts[result]);
    for (const step of STEPS) {
      const ms = page.stepMs[step];
      if (ms !== undefined) this.#steps.add(ms / 1000, step);
    }
  }

  #label(jobId: string): string {
    if (this.#jobs.has(jobId)) return jobId;
    if (this.#jobs.size >= MOST_JOBS) return OTHER_JOBS;
    this.#jobs.add(jobId);
    return jobId;
  }

  /** A job that is gone leaves no figures behind, and its place to another. */
  #forget(jobId: string): void {
    if (!this.#jobs.delete(jobId)) return;
    this.#duration.forget(jobId);
    for (const tally of [this.#executed, this.#failed, this.#skipped, this.#retries])
      void tally.forget(jobId);
  }

  #addGauges(): void {
    const live = this.#live;
    this.#gauge('scheduler_active_jobs_gauge', 'Runs that are running now.', [], (gauge) =>
      gauge.set(live().running),
    );
    this.#gauge('scheduler_queue_size', 'Runs that wait, by priority.', ['priority'], (gauge) => {
      for (const [priority, size] of Object.entries(live().queued)) gauge.set({ priority }, size);
    });
    this.#gauge('pontual_jobs', 'Jobs, all and enabled.', ['kind'], (gauge) => {
      for (const [kind, count] of Object.entries(live().jobs)) gauge.set({ kind }, count);
    });
    this.#gauge('pontual_state', '1 for the state that the program is in.', ['state'], (gauge) => {
      for (const state of APP_STATES) gauge.set({ state }, live().state === state ? 1 : 0);
    });
    for (const [name, figure, help] of STORE_GAUGES)
      this.#gauge(name, help, [], (gauge) => gauge.set(live().store[figure]));
  }

  #tally(name: string, help: string, labels: readonly [string, string?]): Tally {
    return new Tally(this.#registry, { name, help, labels });
  }

  #timings(
    name: string,
    help: string,
    bounds: readonly number[],
    label: string | null = null,
  ): Timings {
    return new Timings(this.#registry, { name, help, bounds, label });
  }

  #gauge(
    name: string,
    help: string,
    labelNames: readonly string[],
    read: (gauge: Gauge) => void,
  ): void {
    const gauge: Gauge = new Gauge({
      name,
      help,
      labelNames,
      registers: [this.#registry],
      collect: () => read(gauge),
    });
  }
}

/** From the due instant to the start of a run that a schedule asked for, ms; null for every other start. */
export function latenessOf(run: Run): number | null {
  if (run.trigger !== 'schedule' || run.attempt > 1) return null;
  if (run.scheduledFor === null || run.startedAt === null) return null;
  return Math.max(Date.parse(run.startedAt) - Date.parse(run.scheduledFor), 0);
}

const STORE_GAUGES = [
  ['pontual_store_lsn', 'lsn', 'Number of the last transaction on disk.'],
  ['pontual_store_journal_bytes', 'journalBytes', 'Bytes of the journal.'],
  ['pontual_store_snapshot_bytes', 'snapshotBytes', 'Bytes of the newest snapshot.'],
  ['pontual_store_database_bytes', 'databaseBytes', 'Bytes of the database in memory.'],
  ['pontual_store_records', 'records', 'Records that are kept.'],
  ['pontual_store_runs', 'runs', 'Runs that are kept.'],
] as const satisfies readonly (readonly [string, keyof LiveFigures['store'], string])[];
