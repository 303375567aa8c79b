import type { Settings } from '../../../shared/settings.ts';
import type { Clock } from '../clock.ts';
import type { Op } from '../store/ops.ts';
import type { Queries, Store } from '../store/store.ts';
import type { Catalog } from './catalog.ts';
import type { JobService } from './job-service.ts';
import { LiveRun, type RunGroup } from './live-run.ts';
import { resolvePolicy } from './policy.ts';
import { judgeUnfinished, recoveryOps } from './recovery.ts';

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
  readonly unfinished: readonly Unfinished[];
}): Promise<void> {
  const now = deps.clock.now();
  const ops: Op[] = [];
  const groups = new Map<string, RunGroup>();
  const live: LiveRun[] = [];
  for (const left of deps.unfinished) {
    const job = deps.catalog.jobs.get(left.run.jobId);
    const integration = deps.catalog.integrations.get(left.run.integrationId)?.definition;
    if (!job || !integration) {
      const patch = {
        state: 'finished',
        outcome: 'cancelled',
        reason: 'deleted',
        finishedAt: now,
      } as const;
      ops.push({ kind: 'run.patch', id: left.run.id, patch });
      continue;
    }
    const recovery = judgeUnfinished(left.run, integration.request.idempotent);
    ops.push(...recoveryOps(left, recovery, now));
    if (recovery.kind === 'interrupted') continue;
    const policy = resolvePolicy(job.definition, deps.settings);
    const group = groupOf(left, groups);
    live.push(
      revive(left, { job: job.definition, integration, policy }, group, recovery.kind === 'again'),
    );
  }
  if (ops.length > 0) await deps.store.commit(ops);
  for (const run of live) deps.service.adopt(run);
}

function revive(
  left: Unfinished,
  plan: LiveRun['plan'],
  group: RunGroup,
  crashed: boolean,
): LiveRun {
  const { run: row } = left;
  const again = crashed ? { crashes: row.crashes + 1, uncounted: row.uncounted + 1 } : {};
  const run = new LiveRun({ ...row, ...again, state: 'queued' }, plan, group);
  run.durable = Promise.resolve();
  run.position = left.position;
  run.pagesStored = left.pagesStored;
  run.counts = left.counts;
  run.stepMs = { ...left.stepMs };
  run.errorsByField = { ...left.errorsByField };
  group.runs.push(run);
  group.unfinished += 1;
  return run;
}

/** Instances of one trigger were created together. */
function groupOf({ run }: Unfinished, groups: Map<string, RunGroup>): RunGroup {
  const name = `${run.jobId} ${run.createdAt} ${run.scheduledFor ?? ''}`;
  let group = groups.get(name);
  if (!group) groups.set(name, (group = { jobId: run.jobId, runs: [], unfinished: 0 }));
  return group;
}
