import type { Counts, HeldBack, Run } from '../../../shared/run.ts';
import type { JsonValue } from '../../../shared/values.ts';
import { outcomes, priorities, runStates, triggers } from './codes.ts';
import type { SqlRow } from './database/sqlite.ts';
import type { RunRow } from './ops.ts';
import { packRunId, unpackRunId } from './run-id.ts';
import { unpackSteps } from './steps.ts';

/** One row of the table `runs` as it is stored. */
export interface RunRecord {
  seq: number;
  id: Uint8Array | string;
  job: number;
  integration: number;
  trigger: number;
  priority: number;
  instance: number;
  instances: number;
  scheduled_for: number | null;
  scheduled_until: number | null;
  occurrences: number;
  created_at: number;
  started_at: number | null;
  finished_at: number | null;
  duration_us: number | null;
  state: number;
  outcome: number | null;
  reason: string | null;
  attempt: number;
  next_retry_at: number | null;
  not_before: number | null;
  full: number;
  crashes: number;
  uncounted: number;
  worker: number | null;
  triggered_by: string | null;
  retry_of: Uint8Array | string | null;
  input: string | null;
  result: string | null;
  error: string | null;
  errors_by_field: string | null;
  steps: Uint8Array | null;
  cpu_us: number;
  peak_bytes: number;
  requests: number;
  not_modified: number;
  bytes: number;
  received: number;
  valid: number;
  invalid: number;
  warnings: number;
  duplicates: number;
  new: number;
  changed: number;
  unchanged: number;
  vanished: number;
  position: string | null;
  pages_stored: number;
  dead: number;
  held_back: string | null;
  allow_vanished: number;
}

export type RunColumn = keyof RunRecord;

/** Written once, when the run is made. */
const FIXED = ['seq', 'id', 'job', 'integration', 'created_at'] as const;
/** Seldom changed later; some of them are in indexes. */
const RARE = [
  'trigger',
  'priority',
  'instance',
  'instances',
  'scheduled_for',
  'scheduled_until',
  'occurrences',
  'not_before',
  'full',
  'triggered_by',
  'retry_of',
  'input',
  'allow_vanished',
  'held_back',
] as const;
/** Changed as the run moves on. */
const STATE = [
  'started_at',
  'finished_at',
  'duration_us',
  'state',
  'outcome',
  'reason',
  'attempt',
  'next_retry_at',
  'crashes',
  'uncounted',
  'worker',
  'result',
  'error',
  'cpu_us',
  'peak_bytes',
  'dead',
] as const;
/** Sums over the pages. */
const COUNTERS = [
  'requests',
  'not_modified',
  'bytes',
  'received',
  'valid',
  'invalid',
  'warnings',
  'duplicates',
  'new',
  'changed',
  'unchanged',
  'vanished',
  'pages_stored',
] as const;
/** Changed by every page. */
const PROGRESS = ['errors_by_field', 'steps', ...COUNTERS, 'position'] as const;

export const COLUMNS: readonly RunColumn[] = [...FIXED, ...RARE, ...STATE, ...PROGRESS];
export const RARE_COLUMNS: readonly RunColumn[] = RARE;
const RARE_NAMES: ReadonlySet<RunColumn> = new Set(RARE);
export const PROGRESS_COLUMNS: readonly RunColumn[] = PROGRESS;
export const MOVING_COLUMNS: readonly RunColumn[] = [...STATE, ...PROGRESS];

/** Column names for SQL; `trigger` is a word of SQL. */
export function columnList(columns: readonly RunColumn[], prefix = ''): string {
  return columns.map((column) => `${prefix}"${column}"`).join(', ');
}

/** Has its shape from the start: an object that grows by computed names becomes a dictionary, which is slow to read. */
const BLANK = JSON.parse(
  `{${COLUMNS.map((column) => `${JSON.stringify(column)}:null`).join(',')}}`,
) as Readonly<Record<RunColumn, unknown>>;

/** A row that was selected as `columnList(COLUMNS)`. */
export function recordOfRow(row: SqlRow): RunRecord {
  const record: Record<RunColumn, unknown> = { ...BLANK };
  for (let at = 0; at < COLUMNS.length; at++) record[COLUMNS[at] as RunColumn] = row[at];
  return record as RunRecord;
}

export interface NameNumbers {
  id(name: string): number;
}
export interface NumberNames {
  name(id: number): string;
}

export function newRecord(seq: number, run: RunRow, names: NameNumbers): RunRecord {
  const record = { ...NEW };
  record.seq = seq;
  record.id = packRunId(run.id);
  record.job = names.id(run.jobId);
  record.integration = names.id(run.integrationId);
  record.created_at = run.createdAt;
  changeRecord(record, run, names);
  return record;
}

/** Nothing has happened yet. */
const NEW = {
  ...BLANK,
  ...Object.fromEntries(COUNTERS.map((column) => [column, 0])),
  dead: 0,
  allow_vanished: 0,
} as RunRecord;

/** Changes the fields that are given; answers whether seldom changed columns are among them. */
export function changeRecord(record: RunRecord, run: Partial<RunRow>, names: NameNumbers): boolean {
  const columns: Record<string, unknown> = record as never;
  let isRare = false;
  for (const field of Object.keys(run) as (keyof RunRow)[]) {
    const translate = FIELDS[field];
    const value = run[field];
    if (!translate || value === undefined) continue;
    const [column, toStored] = translate;
    columns[column] = value === null ? null : toStored(value as never, names);
    isRare ||= RARE_NAMES.has(column);
  }
  return isRare;
}

type Field = readonly [RunColumn, (value: never, names: NameNumbers) => unknown];
const same = (value: unknown) => value;
const microseconds = (ms: number) => Math.round(ms * 1000);
const flag = (value: boolean) => (value ? 1 : 0);
const json = (value: JsonValue) => JSON.stringify(value);

const FIELDS: Readonly<Partial<Record<keyof RunRow, Field>>> = {
  trigger: ['trigger', triggers.code],
  priority: ['priority', priorities.code],
  instance: ['instance', same],
  instances: ['instances', same],
  scheduledFor: ['scheduled_for', same],
  scheduledUntil: ['scheduled_until', same],
  occurrences: ['occurrences', same],
  notBefore: ['not_before', same],
  full: ['full', flag],
  allowVanished: ['allow_vanished', flag],
  triggeredBy: ['triggered_by', same],
  retryOf: ['retry_of', packRunId],
  input: ['input', (value: JsonValue) => (isEmpty(value) ? null : json(value))],
  startedAt: ['started_at', same],
  finishedAt: ['finished_at', same],
  durationMs: ['duration_us', microseconds],
  state: ['state', runStates.code],
  outcome: ['outcome', outcomes.code],
  reason: ['reason', same],
  attempt: ['attempt', same],
  nextRetryAt: ['next_retry_at', same],
  crashes: ['crashes', same],
  uncounted: ['uncounted', same],
  worker: ['worker', (name: string, names: NameNumbers) => names.id(name)],
  // As JSON: the database's text functions stop at a NUL, which an answer may hold.
  result: ['result', json],
  error: ['error', json],
  cpuMs: ['cpu_us', microseconds],
  peakBytes: ['peak_bytes', Math.round],
};

function isEmpty(value: JsonValue): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

/** The row as the job service knows it. */
export function rowOfRecord(record: RunRecord, names: NumberNames): RunRow {
  return {
    id: unpackRunId(record.id),
    jobId: names.name(record.job),
    integrationId: names.name(record.integration),
    trigger: triggers.name(record.trigger),
    triggeredBy: record.triggered_by,
    retryOf: record.retry_of === null ? null : unpackRunId(record.retry_of),
    scheduledFor: record.scheduled_for,
    scheduledUntil: record.scheduled_until,
    occurrences: record.occurrences,
    createdAt: record.created_at,
    startedAt: record.started_at,
    finishedAt: record.finished_at,
    durationMs: milliseconds(record.duration_us),
    state: runStates.name(record.state),
    outcome: record.outcome === null ? null : outcomes.name(record.outcome),
    reason: record.reason,
    instance: record.instance,
    instances: record.instances,
    attempt: record.attempt,
    nextRetryAt: record.next_retry_at,
    worker: record.worker === null ? null : names.name(record.worker),
    priority: priorities.name(record.priority),
    input: record.input === null ? {} : (JSON.parse(record.input) as RunRow['input']),
    result: record.result === null ? null : (JSON.parse(record.result) as string),
    error: record.error === null ? null : (JSON.parse(record.error) as RunRow['error']),
    cpuMs: record.cpu_us / 1000,
    peakBytes: record.peak_bytes,
    notBefore: record.not_before,
    full: record.full === 1,
    crashes: record.crashes,
    uncounted: record.uncounted,
    ...(record.allow_vanished === 1 ? { allowVanished: true } : {}),
  };
}

/** The run as everybody is told of it. Field by field: lists of runs are asked often, and spreads cost most of them. */
export function runOfRecord(record: RunRecord, names: NumberNames): Run {
  const row = rowOfRecord(record, names);
  const startedAt = instant(row.startedAt);
  const finishedAt = instant(row.finishedAt);
  const run: Run = {
    id: row.id,
    jobId: row.jobId,
    integrationId: row.integrationId,
    trigger: row.trigger,
    triggeredBy: row.triggeredBy,
    retryOf: row.retryOf,
    scheduledFor: instant(row.scheduledFor),
    scheduledUntil: instant(row.scheduledUntil),
    occurrences: row.occurrences,
    createdAt: toIso(row.createdAt),
    startedAt,
    finishedAt,
    durationMs: row.durationMs,
    state: row.state,
    outcome: row.outcome,
    reason: row.reason,
    instance: row.instance,
    attempt: row.attempt,
    nextRetryAt: instant(row.nextRetryAt),
    heartbeatAt: finishedAt ?? startedAt,
    worker: row.worker,
    priority: row.priority,
    input: row.input,
    result: row.result,
    error: row.error,
    resources: { cpuMs: row.cpuMs, peakBytes: row.peakBytes },
    counts: countsOf(record),
    errorsByField: errorsByField(record),
    progress: {
      done: record.pages_stored,
      total: record.state === runStates.code('finished') ? record.pages_stored : null,
      etaMs: null,
      message: null,
    },
    stepMs: unpackSteps(record.steps),
  };
  if (record.held_back !== null) run.heldBack = JSON.parse(record.held_back) as HeldBack;
  return run;
}

export function countsOf(record: RunRecord): Counts {
  return {
    requests: record.requests,
    notModified: record.not_modified,
    bytes: record.bytes,
    received: record.received,
    valid: record.valid,
    invalid: record.invalid,
    warnings: record.warnings,
    duplicates: record.duplicates,
    new: record.new,
    changed: record.changed,
    unchanged: record.unchanged,
    vanished: record.vanished,
  };
}

export function errorsByField(record: RunRecord): Record<string, number> {
  return record.errors_by_field === null
    ? {}
    : (JSON.parse(record.errors_by_field) as Record<string, number>);
}

export function toIso(ms: number): string {
  return new Date(ms).toISOString();
}

export function instant(ms: number | null): string | null {
  return ms === null ? null : toIso(ms);
}

function milliseconds(us: number | null): number | null {
  return us === null ? null : us / 1000;
}
