import type { Run } from '../../../shared/run.ts';
import type { Settings } from '../../../shared/settings.ts';
import type { Clock } from '../clock.ts';
import type { EventHub } from '../observe/events.ts';
import type { Op, RunPatch } from '../store/ops.ts';
import type { Queries, Store } from '../store/store.ts';
import type { Catalog } from './catalog.ts';
import type { JobService } from './job-service.ts';
import { LiveRun, planRun, type RunGroup, type RunPlan } from './live-run.ts';
import { judgeUnfinished, recoveryOps } from './recovery.ts';
import { endedRun } from './run-view.ts';
import { isForLater } from './start.ts';

type Unfinished = Queries['runs.unfinished']['result'][number];

/**
 * Takes up what an earlier process left unfinished, before anything new runs. What is decided about each run is on
 * disk first, so that a second crash finds it.
 */
export async function takeUp(deps: {
  readonly store: Pick<Store, 'commit'>;
  readonly service: Pick<JobService, 'adopt'>;
  readonly catalog: Pick<Catalog, 'jobs' | 'integrations'>;
  readonly settings: Settings;
  readonly clock: Clock;
  readonly events: Pick<EventHub, 'emit'>;
  readonly unfinished: readonly Unfinished[];
}): Promise<void> {
  const now = deps.clock.now();
  const ops: Op[] = [];
  /** Those that came to their end with the process. */
  const ended: Run[] = [];
  const groups: RunGroup[] = [];
  const latest = new Map<string, RunGroup>();
  for (const left of deps.unfinished) {
    const job = deps.catalog.jobs.get(left.run.jobId);
    const integration = deps.catalog.integrations.get(left.run.integrationId)?.definition;
    if (!job || !integration) {
      const end = { state: 'finished', outcome: 'cancelled', reason: 'deleted' } as const;
      const patch = { ...end, finishedAt: now };
      ops.push({ kind: 'run.patch', id: left.run.id, patch });
      ended.push(endedRun({ ...left.run, ...patch }, left));
      continue;
    }
    const recovery = judgeUnfinished(left.run, integration.request.idempotent);
    const recovering = recoveryOps(left, recovery, now);
    ops.push(...recovering);
    if (recovery.kind === 'interrupted') {
      const run = endedRun({ ...left.run, ...patchIn(recovering) }, left);
      ended.push(run);
      if (job.lastRun?.id === run.id) job.lastRun = { ...job.lastRun, ...endOf(run) };
      // A chain of delays goes on from here.
      const patch = { lastEndAt: now };
      job.runtime = { ...job.runtime, ...patch };
      ops.push({ kind: 'job.runtime', id: left.run.jobId, patch });
      continue;
    }
    const plan = planRun(job.definition, integration, deps.settings);
    let group = latest.get(left.run.jobId);
    if (!group || !isNextInstance(group, left)) {
      group = newGroup(left, now);
      latest.set(left.run.jobId, group);
      groups.push(group);
    }
    revive(left, plan, group, recovery.kind === 'again');
  }
  if (ops.length > 0) await deps.store.commit(ops);
  for (const run of ended) deps.events.emit('run.finished', { run });
  deps.service.adopt(groups);
}

function endOf({ outcome, reason, finishedAt, durationMs }: Run) {
  return { outcome, reason, finishedAt, durationMs };
}

/** What a transaction changes of a run. */
function patchIn(ops: readonly Op[]): RunPatch {
  return ops.reduce<RunPatch>(
    (patch, op) => (op.kind === 'run.patch' ? { ...patch, ...op.patch } : patch),
    {},
  );
}

function newGroup(
  { run: { jobId, trigger, attempt, notBefore } }: Unfinished,
  now: number,
): RunGroup {
  const isLater = attempt === 0 && isForLater(trigger, notBefore, now);
  return { jobId, runs: [], unfinished: 0, isForLater: isLater };
}

function revive(left: Unfinished, plan: RunPlan, group: RunGroup, crashed: boolean): void {
  const { run: row } = left;
  const again = crashed ? { crashes: row.crashes + 1, uncounted: row.uncounted + 1 } : {};
  const run = new LiveRun({ ...row, ...again, state: 'queued' }, plan, group);
  run.isTakenUp = true;
  run.position = left.position;
  run.pagesStored = left.pagesStored;
  run.mayHaveStaged = left.pagesStored > 0;
  run.counts = left.counts;
  run.stepMs = { ...left.stepMs };
  run.errorsByField = { ...left.errorsByField };
  group.runs.push(run);
  group.unfinished += 1;
}

/** Instances of one trigger were created together and follow one another, numbered upwards. */
function isNextInstance(group: RunGroup, { run }: Unfinished): boolean {
  const before = group.runs.at(-1)?.row;
  return (
    before?.createdAt === run.createdAt &&
    before.scheduledFor === run.scheduledFor &&
    before.instance < run.instance
  );
}
