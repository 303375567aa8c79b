import type { SkipReason } from '../../../shared/run.ts';
import type { RunRow } from '../store/ops.ts';
import type { LiveJob } from './live-job.ts';
import { LiveRun, type RunGroup, type RunPlan } from './live-run.ts';
import { beginsAt, isForLater, type StartRequest } from './start.ts';

/** Rows and runs as they are when nothing has happened to them yet. */

interface Birth {
  readonly id: string;
  readonly now: number;
  readonly instance: number;
  readonly priority: RunRow['priority'];
}

export function newRow({ definition }: LiveJob, request: StartRequest, birth: Birth): RunRow {
  return {
    id: birth.id,
    jobId: definition.id,
    integrationId: definition.integrationId,
    trigger: request.trigger,
    triggeredBy: request.triggeredBy,
    retryOf: request.retryOf ?? null,
    scheduledFor: request.scheduledFor,
    scheduledUntil: null,
    occurrences: 1,
    createdAt: birth.now,
    startedAt: null,
    finishedAt: null,
    durationMs: null,
    state: 'queued',
    outcome: null,
    reason: null,
    instance: birth.instance,
    instances: definition.instances,
    attempt: 0,
    nextRetryAt: null,
    worker: null,
    priority: birth.priority,
    input: request.input ?? definition.input,
    result: null,
    error: null,
    cpuMs: 0,
    peakBytes: 0,
    notBefore: beginsAt(request, birth.now),
    full: request.full ?? false,
    crashes: 0,
    uncounted: 0,
    ...(request.allowVanished === true ? { allowVanished: true } : {}),
  };
}

/** As many runs as the job has instances, numbered from 1. */
export function newGroup(
  job: LiveJob,
  request: StartRequest,
  plan: RunPlan,
  birth: { readonly now: number; readonly newId: (now: number) => string },
): RunGroup {
  const { id: jobId, instances } = job.definition;
  const isLater = isForLater(request.trigger, beginsAt(request, birth.now), birth.now);
  const group: RunGroup = { jobId, runs: [], unfinished: instances, isForLater: isLater };
  const priority = request.priority ?? plan.policy.priority;
  for (let instance = 1; instance <= instances; instance++) {
    const id = birth.newId(birth.now);
    const row = newRow(job, request, { id, now: birth.now, instance, priority });
    const run = new LiveRun(row, plan, group);
    run.isDated = (request.notBefore ?? null) !== null;
    group.runs.push(run);
  }
  return group;
}

/** The row as it is when its run ends before it began. */
export function skipped(row: RunRow, reason: SkipReason, now: number): RunRow {
  return { ...row, state: 'finished', outcome: 'skipped', reason, finishedAt: now };
}
