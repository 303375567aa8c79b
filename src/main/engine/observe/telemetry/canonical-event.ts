import type { Counts, Outcome, Run, StepMs } from '../../../../shared/run.ts';
import type { EventPayload } from '../../../../shared/events.ts';
import type { CanonicalEventName } from '../../../../shared/telemetry.ts';

/**
 * Telemetry as other systems read it: five kinds of events, each with the same guaranteed fields, so that a consumer
 * needs to know nothing else of us. Consumers are sharded by `partition_key`.
 */
export interface CanonicalEvent {
  readonly event: CanonicalEventName;
  readonly job_id: string;
  /** What is done: the integration that the job collects. */
  readonly task: string;
  readonly run_id: string;
  /** ISO 8601. */
  readonly timestamp: string;
  readonly marketplace: string;
  readonly category: string;
  readonly region: string;
  /** `marketplace:category:region` */
  readonly partition_key: string;
  readonly metrics: CanonicalMetrics;
}

export interface CanonicalMetrics {
  readonly payload_size_bytes: number;
  readonly records_total: number;
  readonly records_valid: number;
  readonly records_error: number;
  readonly records_warning: number;
  /** Shares of records_total, 0 to 1. */
  readonly error_rate: number;
  readonly warning_rate: number;
  readonly errors_by_field: Readonly<Record<string, number>>;
  readonly processing_time_ms: number | null;
  /** Time that the API itself took. */
  readonly latency_ms: number | null;
  readonly attempt: number;
  readonly outcome: Outcome | null;
  readonly error_code: string | null;
  readonly error_kind: string | null;
  readonly ruleset: string | null;
}

/** What a job knows of its business, and which rules its records are held to. */
export interface BusinessContext {
  readonly marketplace: string | null;
  readonly category: string | null;
  readonly region: string | null;
  readonly ruleset: string | null;
}

const COMPLETED: ReadonlySet<Run['outcome']> = new Set(['succeeded', 'partial']);

/** The event of a run's start, retry or end. Pure. */
export function runEvent(
  event: Exclude<CanonicalEventName, 'job.progress'>,
  run: Run,
  context: BusinessContext,
  timestamp: string,
): CanonicalEvent {
  return envelope({ event, run_id: run.id, ...idsOf(run), timestamp }, context, {
    ...countMetrics(run.counts),
    errors_by_field: run.errorsByField,
    processing_time_ms: run.durationMs,
    latency_ms: latencyOf(run.stepMs),
    attempt: run.attempt,
    outcome: run.outcome,
    error_code: run.error?.code ?? null,
    error_kind: run.error?.kind ?? null,
    ruleset: context.ruleset,
  });
}

/** Which event the end of a run is. */
export function endEvent(run: Pick<Run, 'outcome'>): 'job.completed' | 'job.failed' {
  return COMPLETED.has(run.outcome) ? 'job.completed' : 'job.failed';
}

export function progressEvent(
  { runId, jobId, counts }: EventPayload<'run.progress'>,
  integrationId: string,
  context: BusinessContext,
  timestamp: string,
): CanonicalEvent {
  const ids = { job_id: jobId, task: integrationId, run_id: runId };
  return envelope({ event: 'job.progress', ...ids, timestamp }, context, {
    ...countMetrics(counts),
    errors_by_field: {},
    processing_time_ms: null,
    latency_ms: null,
    attempt: 0,
    outcome: null,
    error_code: null,
    error_kind: null,
    ruleset: context.ruleset,
  });
}

function envelope(
  head: Pick<CanonicalEvent, 'event' | 'job_id' | 'task' | 'run_id' | 'timestamp'>,
  context: BusinessContext,
  metrics: CanonicalMetrics,
): CanonicalEvent {
  const marketplace = context.marketplace ?? '';
  const category = context.category ?? '';
  const region = context.region ?? '';
  const partition_key = [marketplace, category, region].join(':');
  return { ...head, marketplace, category, region, partition_key, metrics };
}

function idsOf(run: Run): Pick<CanonicalEvent, 'job_id' | 'task'> {
  return { job_id: run.jobId, task: run.integrationId };
}

function countMetrics(counts: Counts) {
  const { bytes, received, valid, invalid, warnings } = counts;
  return {
    payload_size_bytes: bytes,
    records_total: received,
    records_valid: valid,
    records_error: invalid,
    records_warning: warnings,
    error_rate: received === 0 ? 0 : invalid / received,
    warning_rate: received === 0 ? 0 : warnings / received,
  };
}

function latencyOf({ connect = 0, request = 0, download = 0 }: StepMs): number {
  return connect + request + download;
}
