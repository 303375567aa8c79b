import { setImmediate as macrotask } from 'node:timers/promises';
import { jobInputSchema, type JobInput } from '../../src/shared/job.ts';
import { DEFAULT_SETTINGS, type SettingsPatch } from '../../src/shared/settings.ts';
import type { IntegrationInput } from '../../src/shared/integration.ts';
import type { SkipReason } from '../../src/shared/run.ts';
import {
  isPaused,
  newJobRuntime,
  type LiveIntegration,
  type LiveJob,
} from '../../src/main/engine/jobs/live-job.ts';
import { JobService } from '../../src/main/engine/jobs/job-service.ts';
import { createQueue } from '../../src/main/engine/jobs/queue.ts';
import { createRunIds } from '../../src/main/engine/jobs/run-id.ts';
import { isAutomatic, type DueEntry, type StartRequest } from '../../src/main/engine/jobs/start.ts';
import { EventHub } from '../../src/main/engine/observe/events.ts';
import type { RunRow } from '../../src/main/engine/store/ops.ts';
import { merge } from '../../src/main/engine/settings-book.ts';
import { FakeNetwork } from './fake-network.ts';
import { ManualClock } from './manual-clock.ts';
import { MemoryStore } from './memory-store.ts';
import { sampleIntegration } from './sample-integration.ts';

/** The job service between a store in memory and a network that does as the test says. */
export type RunsRig = ReturnType<typeof setupRuns>;

export interface RunsRigOptions {
  readonly settings?: SettingsPatch;
  readonly integration?: Partial<IntegrationInput>;
  /** What an earlier process left behind. */
  readonly store?: MemoryStore;
  readonly clock?: ManualClock;
}

export function setupRuns(options: RunsRigOptions = {}) {
  const clock = options.clock ?? new ManualClock();
  const store = options.store ?? new MemoryStore();
  const network = new FakeNetwork();
  const told: string[] = [];
  const events = new EventHub({
    clock,
    onListenerError: (error) => {
      throw error;
    },
  });
  for (const name of [
    'run.queued',
    'run.started',
    'run.retrying',
    'run.finished',
    'run.skipped',
  ] as const)
    events.on(name, ({ run }) => void told.push(`${name.slice(4)} ${run.id}`));
  const integrations = new Map<string, LiveIntegration>();
  const jobs = new Map<string, LiveJob>();
  const ended: string[] = [];
  let settings = merge(DEFAULT_SETTINGS, options.settings ?? {});
  let pausedAll = false;

  const declareIntegration = (input: Partial<IntegrationInput> & { id: string }) => {
    const before = integrations.get(input.id);
    const definition = sampleIntegration({ ...options.integration, ...input });
    const planId = (before?.planId ?? 0) + 1;
    integrations.set(input.id, { definition, planId, mayHaveValidators: false });
  };
  declareIntegration({ id: 'api' });

  const service = new JobService({
    clock,
    store,
    network,
    queue: createQueue(),
    events,
    newRunId: createRunIds(),
    random: () => 0,
    worker: 'host-1',
    settings: () => settings,
    job: (id) => jobs.get(id),
    integration: (id) => integrations.get(id),
    isStoreHeld: () => store.health.state !== 'ok',
    isHeld: ({ row, jobId }) => {
      if (store.health.state !== 'ok') return true;
      if (!isAutomatic(row.trigger)) return false;
      const job = jobs.get(jobId);
      return pausedAll || (job !== undefined && isPaused(job));
    },
    onJobEnded: (job) => void ended.push(job.definition.id),
  });
  network.connect((message) => service.onMessage(message));

  const addJob = (input: Partial<JobInput> = {}): LiveJob => {
    const draft = jobInputSchema.parse({ name: 'Job', integrationId: 'api', ...input });
    const id = input.id ?? 'job';
    const instant = new Date(clock.now()).toISOString();
    const definition = { ...draft, id, createdAt: instant, updatedAt: instant };
    const stored = store.jobs.get(id);
    const runtime = stored?.runtime ?? newJobRuntime(definition.schedule, clock.now());
    const watermark = store.watermarks.get(id) ?? null;
    const job: LiveJob = { definition, runtime, watermark, lastRun: null, openSpan: null };
    jobs.set(id, job);
    store.jobs.set(id, { job: definition, runtime });
    return job;
  };

  return {
    clock,
    store,
    network,
    service,
    jobs,
    integrations,
    /** `queued ID`, `started ID`, ... in the order in which it was told. */
    told,
    /** Ids of jobs, one for each run of theirs that ended. */
    ended,
    events,
    addJob,
    declareIntegration,
    settle,
    /** Until it is on disk that runs have left the line. */
    settleStarts: () => clock.advanceAsync(30),
    set settings(patch: SettingsPatch) {
      settings = merge(settings, patch);
    },
    set pausedAll(paused: boolean) {
      pausedAll = paused;
    },
    /** Due at this instant, the mark moving with it. */
    due: (job: LiveJob, ...instants: number[]) =>
      service.submitDue(
        job,
        instants.map((at) => run(at)),
        instants.at(-1) ?? 0,
      ),
    start: (job: LiveJob, request: Partial<StartRequest> = {}) =>
      service.start(job, { trigger: 'manual', triggeredBy: 'gui', scheduledFor: null, ...request }),
    /** `outcome(reason)` or the state of each row of the job, oldest first. */
    rows: (jobId = 'job') => store.rowsOf(jobId).map(inWords),
  };
}

export function run(instant: number, trigger: 'schedule' | 'catch-up' = 'schedule'): DueEntry {
  return { kind: 'run', start: { trigger, triggeredBy: null, scheduledFor: instant } };
}

export function span(
  reason: SkipReason,
  from: number,
  until: number,
  occurrences: number,
): DueEntry {
  return { kind: 'span', span: { reason, trigger: 'schedule', from, until, occurrences } };
}

export function inWords({ state, outcome, reason, occurrences }: RunRow): string {
  const end = reason === null ? (outcome ?? state) : `${outcome ?? state}(${reason})`;
  return occurrences === 1 ? end : `${end} x${occurrences}`;
}

/** Lets everything that is ready happen: promises, and what they set off. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 4; turn++) await macrotask();
}
