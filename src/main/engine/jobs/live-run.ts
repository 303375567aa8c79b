import type { Integration } from '../../../shared/integration.ts';
import type { JobDefinition } from '../../../shared/job.ts';
import {
  NO_COUNTS,
  type Counts,
  type Run,
  type StepMs,
  type WaitReason,
} from '../../../shared/run.ts';
import type { JsonValue } from '../../../shared/values.ts';
import { toIso } from '../clock.ts';
import type { PageCounts, RunRow } from '../store/ops.ts';
import type { JobPolicy } from './policy.ts';
import type { Waiting } from './queue.ts';

/** The instances of one trigger: they start, overlap and end together. */
export interface RunGroup {
  readonly jobId: string;
  readonly runs: LiveRun[];
  unfinished: number;
}

/** Where an unfinished run stands. The head of `job-service.ts` tells who moves it from one to the next. */
export type Phase =
  | { readonly kind: 'held' }
  | { readonly kind: 'delayed'; readonly until: number }
  | { readonly kind: 'queued' }
  | { readonly kind: 'running'; readonly attemptId: number }
  | { readonly kind: 'waiting'; readonly attemptId: number; readonly reason: WaitReason }
  | { readonly kind: 'retrying'; readonly until: number }
  | { readonly kind: 'finished' };

export interface RunPlan {
  readonly job: JobDefinition;
  readonly integration: Integration;
  readonly policy: JobPolicy;
}

/** A run that is not finished, in memory: its row, its counters, and what its attempt is doing. */
export class LiveRun implements Waiting {
  readonly group: RunGroup;
  readonly plan: RunPlan;
  row: RunRow;
  phase: Phase = { kind: 'queued' };
  counts: Counts = NO_COUNTS;
  errorsByField: Record<string, number> = {};
  stepMs: Partial<Record<keyof StepMs, number>> = {};
  pagesStored = 0;
  totalPages: number | null = null;
  /** Where the next attempt goes on: undefined = from the start. */
  position: JsonValue | undefined = undefined;
  heartbeatAt: number | null = null;
  attemptStartedAt = 0;
  attemptStartedMono = 0;
  attemptStepMs: Partial<Record<keyof StepMs, number>> = {};
  /** Monotonic; null when an earlier process started it. */
  startedMono: number | null = null;
  /** Earlier attempts stored pages, so this read is not one look at the whole. */
  resumed = false;
  queuedAt: number;
  /** Settles when the row is on disk as it was handed over last; null = not handed over yet. */
  durable: Promise<unknown> | null = null;
  cancelWanted: 'cancelled' | 'stopping' | null = null;
  /** Told when the end of the run is on disk. */
  readonly onEnd: (() => void)[] = [];
  progressToldAt = 0;

  constructor(row: RunRow, plan: RunPlan, group: RunGroup) {
    this.row = row;
    this.plan = plan;
    this.group = group;
    this.queuedAt = row.createdAt;
  }

  get id(): string {
    return this.row.id;
  }

  get jobId(): string {
    return this.row.jobId;
  }

  get priority() {
    return this.row.priority;
  }

  /** Attempts that count against `maxAttempts`. */
  get countedAttempts(): number {
    return this.row.attempt - this.row.uncounted;
  }

  addPage(
    page: PageCounts,
    stored: { new: number; changed: number; unchanged: number; duplicates: number },
  ): void {
    const sum = this.counts;
    this.counts = {
      requests: sum.requests + page.requests,
      notModified: sum.notModified + page.notModified,
      bytes: sum.bytes + page.bytes,
      received: sum.received + page.received,
      valid: sum.valid + page.valid,
      invalid: sum.invalid + page.invalid,
      warnings: sum.warnings + page.warnings,
      duplicates: sum.duplicates + stored.duplicates,
      new: sum.new + stored.new,
      changed: sum.changed + stored.changed,
      unchanged: sum.unchanged + stored.unchanged,
      vanished: sum.vanished,
    };
    this.pagesStored += 1;
  }

  addErrors(byField: Readonly<Record<string, number>>): void {
    for (const [field, count] of Object.entries(byField))
      this.errorsByField[field] = (this.errorsByField[field] ?? 0) + count;
  }

  addSteps(steps: StepMs): void {
    addInto(this.stepMs, steps);
    addInto(this.attemptStepMs, steps);
  }
}

function addInto(sum: Partial<Record<keyof StepMs, number>>, more: StepMs): void {
  for (const step of Object.keys(more) as (keyof StepMs)[])
    sum[step] = (sum[step] ?? 0) + (more[step] ?? 0);
}

/** The run as it is answered and told. */
export function toRun(live: LiveRun): Run {
  const { row, phase } = live;
  return {
    id: row.id,
    jobId: row.jobId,
    integrationId: row.integrationId,
    trigger: row.trigger,
    triggeredBy: row.triggeredBy,
    retryOf: row.retryOf,
    scheduledFor: isoOrNull(row.scheduledFor),
    scheduledUntil: isoOrNull(row.scheduledUntil),
    occurrences: row.occurrences,
    createdAt: toIso(row.createdAt),
    startedAt: isoOrNull(row.startedAt),
    finishedAt: isoOrNull(row.finishedAt),
    durationMs: row.durationMs,
    state: row.state,
    outcome: row.outcome,
    reason: phase.kind === 'waiting' ? phase.reason : row.reason,
    instance: row.instance,
    attempt: row.attempt,
    nextRetryAt: isoOrNull(row.nextRetryAt),
    heartbeatAt: isoOrNull(live.heartbeatAt),
    worker: row.worker,
    priority: row.priority,
    input: row.input,
    result: row.result,
    resources: { cpuMs: row.cpuMs, peakBytes: row.peakBytes },
    counts: live.counts,
    errorsByField: live.errorsByField,
    error: row.error,
    progress: { done: live.pagesStored, total: live.totalPages, etaMs: null, message: null },
    stepMs: live.stepMs,
  };
}

function isoOrNull(epochMs: number | null): string | null {
  return epochMs === null ? null : toIso(epochMs);
}
