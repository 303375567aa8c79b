import type { Integration } from '../../../shared/integration.ts';
import type { JobDefinition } from '../../../shared/job.ts';
import {
  NO_COUNTS,
  type Counts,
  type HeldBack,
  type Outcome,
  type SkipReason,
  type Step,
  type StepMs,
  type WaitReason,
} from '../../../shared/run.ts';
import type { Sentence } from '../../../shared/sentences.ts';
import type { Settings } from '../../../shared/settings.ts';
import type { JsonValue } from '../../../shared/values.ts';
import type { Op, PageCounts, RunPatch, RunRow } from '../store/ops.ts';
import { resolvePolicy, type JobPolicy } from './policy.ts';
import type { Waiting } from './queue.ts';
import { isAutomatic } from './start.ts';

/** The instances of one trigger: they start, overlap and end together. */
export interface RunGroup {
  readonly jobId: string;
  readonly runs: LiveRun[];
  unfinished: number;
  /** Somebody asked for it at a time that has not come: it joins the job's other groups only then. */
  isForLater: boolean;
}

/** Where an unfinished run stands. The head of `job-service.ts` tells who moves it from one to the next. */
export type Phase =
  /** Behind an earlier group of its job. */
  | { readonly kind: 'held' }
  /** Until its time has come. */
  | { readonly kind: 'delayed' }
  | { readonly kind: 'queued' }
  | { readonly kind: 'running'; readonly attemptId: number }
  | {
      readonly kind: 'waiting';
      readonly attemptId: number;
      readonly reason: WaitReason;
      /** Epoch ms; null when it is not known. */
      readonly until: number | null;
      /** What is known of the cause, as a sentence. */
      readonly why: Sentence | null;
    }
  /** Its attempt is over; what is left is to store its last pages and its end. */
  | { readonly kind: 'closing' }
  | { readonly kind: 'retrying' }
  /** The store would not take what happened; it goes on when the store is well. */
  | { readonly kind: 'stranded' }
  | { readonly kind: 'finished' };

/** What was declared when the attempt began. */
export interface RunPlan {
  readonly job: JobDefinition;
  readonly integration: Integration;
  readonly settings: Settings;
  readonly policy: JobPolicy;
}

export function planRun(job: JobDefinition, integration: Integration, settings: Settings): RunPlan {
  return { job, integration, settings, policy: resolvePolicy(job, settings) };
}

/** What a complete read does not show is gone; an incremental one never shows all. */
export function marksVanished({ vanished, incremental }: Integration): boolean {
  return vanished === 'mark' && incremental === null;
}

/** Somebody waits for the end of a run to be on disk. */
export interface EndWaiter {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Nothing has been measured yet. */
export const NO_STEPS: StepMs = {};

/** What the attempt under way has done so far. */
export interface AttemptClock {
  readonly startedAt: number;
  readonly startedMono: number;
  /** The request may have left the machine. */
  sent: boolean;
  stepMs: StepMs;
}

/** A run that is not finished, in memory: its row, its counters, and what its attempt is doing. */
export class LiveRun implements Waiting {
  readonly group: RunGroup;
  plan: RunPlan;
  row: RunRow;
  phase: Phase = { kind: 'queued' };
  // What is told of a run refers to these, so they are replaced, never changed.
  counts: Counts = NO_COUNTS;
  errorsByField: Record<string, number> = {};
  stepMs: StepMs = NO_STEPS;
  pagesStored = 0;
  totalPages: number | null = null;
  /** What is left, ms, when progress was last told. */
  etaMs: number | null = null;
  /** Where the next attempt goes on: undefined = from the start. */
  position: JsonValue | undefined = undefined;
  heartbeatAt: number | null = null;
  /** null while no attempt is under way. */
  attempt: AttemptClock | null = null;
  /** Monotonic; null when an earlier process started it. */
  startedMono: number | null = null;
  /** Earlier attempts stored pages, so this read is not one look at the whole. */
  resumed = false;
  /** Pages of it wait in the store until it is known whether they become records. */
  mayHaveStaged = false;
  /** An earlier process made it. */
  isTakenUp = false;
  /** A person named the time at which it starts, so the wall clock decides alone. */
  isDated = false;
  queuedAt = 0;
  /** Its row: `handed-over` to the store, then `stored`. A run whose row is refused never was. */
  rowState: 'new' | 'handed-over' | 'stored' = 'new';
  /** What the start of its attempt changed, as long as that is not on disk; see `RunStarts`. */
  untoldStart: RunPatch | null = null;
  cancelWanted: 'cancelled' | 'stopping' | null = null;
  /** Why it will not start although its time has come. */
  skippedFor: SkipReason | null = null;
  readonly endWaiters: EndWaiter[] = [];
  /** How often in a row the store would not take what happened. */
  strandings = 0;
  progressToldAt = -Infinity;
  /** What a refused transaction would have said, to be written with the next one. */
  owed: Op[] = [];
  /** The outcome that is on disk or on its way there; its siblings count on it. */
  closingAs: Outcome | null = null;
  /** Its complete read found no list of records. */
  isListMissing = false;
  /** What was missing in the read of its group and is not called vanished. */
  heldBack: HeldBack | null = null;
  /** Takes back what memory believed of a transaction that was then refused. */
  undo: (() => void) | null = null;
  /** Its request may have left, may not be sent twice, and the store would not take what came of it. */
  isUnsure = false;
  /** It succeeded while its job was paused for its failures. */
  hasEndedPause = false;
  hasSlot = false;
  /** The named group in which it takes up a place. */
  groupPlace: string | null = null;
  cpuMs: number;

  constructor(row: RunRow, plan: RunPlan, group: RunGroup) {
    this.row = row;
    this.plan = plan;
    this.group = group;
    this.cpuMs = row.cpuMs;
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

  /** What a person asked for does not stand behind what a pause holds back. */
  get lane(): string {
    return isAutomatic(this.row.trigger) ? this.jobId : `${this.jobId} asked`;
  }

  /** Attempts that count against `maxAttempts`. */
  get countedAttempts(): number {
    return this.row.attempt - this.row.uncounted;
  }

  /** The attempt under way in the network thread. */
  get attemptId(): number | null {
    return this.phase.kind === 'running' || this.phase.kind === 'waiting'
      ? this.phase.attemptId
      : null;
  }

  patch(patch: RunPatch): void {
    this.row = { ...this.row, ...patch };
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
  }

  /** What became of pages that had waited in staging. */
  addPromoted(told: { new: number; changed: number; unchanged: number; duplicates: number }): void {
    const sum = this.counts;
    this.counts = {
      ...sum,
      new: sum.new + told.new,
      changed: sum.changed + told.changed,
      unchanged: sum.unchanged + told.unchanged,
      duplicates: sum.duplicates + told.duplicates,
    };
  }

  addErrors(byField: Readonly<Record<string, number>>): void {
    const fields = Object.keys(byField);
    if (fields.length === 0) return;
    const sum = { ...this.errorsByField };
    for (const field of fields) sum[field] = (sum[field] ?? 0) + (byField[field] ?? 0);
    this.errorsByField = sum;
  }

  addSteps(steps: StepMs): void {
    const { attempt, stepMs } = this;
    this.stepMs = sumOfSteps(stepMs, steps);
    // In its first attempt a run has spent what the attempt has spent.
    if (attempt)
      attempt.stepMs = attempt.stepMs === stepMs ? this.stepMs : sumOfSteps(attempt.stepMs, steps);
  }
}

function sumOfSteps(sum: StepMs, more: StepMs): StepMs {
  if (sum === NO_STEPS) return more;
  const total: Partial<Record<Step, number>> = { ...sum };
  for (const step of Object.keys(more) as Step[])
    total[step] = (sum[step] ?? 0) + (more[step] ?? 0);
  return total;
}
