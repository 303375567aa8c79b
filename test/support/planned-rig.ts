import type { Job, JobInput } from '../../src/shared/job.ts';
import { jobInputSchema } from '../../src/shared/job.ts';
import { DEFAULT_SETTINGS, type Settings, type SettingsPatch } from '../../src/shared/settings.ts';
import { integrationInputSchema, type IntegrationInput } from '../../src/shared/integration.ts';
import { Catalog } from '../../src/main/engine/jobs/catalog.ts';
import { JobService } from '../../src/main/engine/jobs/job-service.ts';
import { isPaused, toJob, type LiveJob } from '../../src/main/engine/jobs/live-job.ts';
import { createQueue } from '../../src/main/engine/jobs/queue.ts';
import { createRunIds } from '../../src/main/engine/jobs/run-id.ts';
import { isAutomatic, type DueEntry } from '../../src/main/engine/jobs/start.ts';
import { takeUp } from '../../src/main/engine/jobs/take-up.ts';
import { EventHub } from '../../src/main/engine/observe/events.ts';
import { PauseOfAll } from '../../src/main/engine/pause-of-all.ts';
import { clockAlarm } from '../../src/main/engine/scheduler/alarm.ts';
import type { ClockVerdict } from '../../src/main/engine/scheduler/clock-watch.ts';
import type { PlannedEntry } from '../../src/main/engine/scheduler/job-planner.ts';
import { Scheduler } from '../../src/main/engine/scheduler/scheduler.ts';
import { merge } from '../../src/main/engine/settings-book.ts';
import { compileSchedule } from '../../src/main/engine/trigger/compile.ts';
import { FakeNetwork } from './fake-network.ts';
import { ManualClock } from './manual-clock.ts';
import { MemoryStore } from './memory-store.ts';
import { inWords, settle } from './runs-rig.ts';

/**
 * Schedules, catalog, pauses and runs together, wired as the engine wires them, over a store in memory and a network
 * that does as the test says. `crash` and a new rig over the same store and clock are a restart.
 */
export type PlannedRig = Awaited<ReturnType<typeof startPlanned>>;

export interface PlannedRigOptions {
  readonly clock?: ManualClock;
  readonly store?: MemoryStore;
  readonly settings?: SettingsPatch;
  readonly integration?: Partial<IntegrationInput>;
  readonly zone?: () => string;
  /** Hears everything from the very start. */
  readonly follow?: (events: EventHub) => void;
}

export async function startPlanned(options: PlannedRigOptions = {}) {
  const clock = options.clock ?? new ManualClock();
  const store = options.store ?? new MemoryStore();
  const network = new FakeNetwork();
  const settings: Settings = merge(DEFAULT_SETTINGS, options.settings ?? {});
  const verdicts: ClockVerdict[] = [];
  const broken: string[] = [];
  const events = new EventHub({
    clock,
    onListenerError: (error) => {
      throw error;
    },
  });
  options.follow?.(events);
  const pauseOfAll = new PauseOfAll(clock, store, () => {
    scheduler.wake();
    service.dispatch();
  });
  const catalog: Catalog = new Catalog({
    clock,
    store,
    events,
    checkIntegration: () => Promise.resolve([]),
    checkJob: () => Promise.resolve([]),
    onIntegration: {
      declared: ({ planId, definition: integration }) =>
        network.post({ type: 'plan', planId, integration }),
      gone: (planId) => network.post({ type: 'forget', planId }),
    },
    onJob: {
      before: (job) => scheduler.beginChange(job),
      after: (id) => {
        scheduler.endChange(id);
        service.dispatch();
      },
      changed: (id) => {
        scheduler.jobChanged(id);
        service.dispatch();
      },
    },
    cancelRuns: (id) => service.cancelJob(id),
  });
  const service: JobService = new JobService({
    clock,
    store,
    network,
    queue: createQueue(),
    events,
    newRunId: createRunIds(),
    random: () => 0,
    worker: 'host-1',
    settings: () => settings,
    job: (id) => catalog.jobs.get(id),
    integration: (id) => catalog.integrations.get(id),
    isStoreHeld: () => store.health.state !== 'ok',
    isHeld: ({ row, jobId }) => {
      if (store.health.state !== 'ok') return true;
      if (!isAutomatic(row.trigger)) return false;
      const job = catalog.jobs.get(jobId);
      return pauseOfAll.at(clock.now()) !== null || (job !== undefined && isPaused(job));
    },
    onJobEnded: (job) => scheduler.jobEnded(job.definition.id),
  });
  const scheduler: Scheduler = new Scheduler({
    clock,
    alarm: clockAlarm(clock),
    compile: compileSchedule,
    jobs: catalog.jobs,
    machineZone: options.zone ?? (() => 'UTC'),
    pauses: () => pauseOfAll.pauses(),
    lastSeen: () => (store.settings.get('lastSeen') as number | undefined) ?? null,
    isHeld: () => store.health.state !== 'ok' || pauseOfAll.isClockInDoubt(clock.now()),
    isRunning: (id) => service.isRunning(id),
    submit: (job, entries, until) => service.submitDue(job, entries.map(toDueEntry), until),
    onClock: (verdict) => {
      verdicts.push(verdict);
      if (verdict.kind === 'unbelievable') pauseOfAll.doubtClock();
      else if (verdict.kind === 'believed') pauseOfAll.believeClock();
      else if (verdict.kind === 'hold') void pauseOfAll.holdForClock();
    },
    onBroken: (job) => void broken.push(job.definition.id),
    onSeen: (now) =>
      void store
        .commit([{ kind: 'setting.put', name: 'lastSeen', value: now }])
        .catch(() => undefined),
    onPauseOver: (job) => void catalog.endPause(job.definition.id).catch(() => undefined),
  });
  network.connect((message) => service.onMessage(message));
  const stopFollowing = store.onHealth((health) => {
    if (health.state !== 'ok') return;
    service.storeRecovered();
    scheduler.wake();
  });

  pauseOfAll.load(store.settings.get('pause'));
  catalog.load([...store.integrations.values()], storedJobs(store));
  const unfinished = await store.query('runs.unfinished', null);
  await takeUp({ store, service, catalog, settings, clock, events, unfinished });
  if (catalog.integrations.size === 0)
    await catalog.createIntegration(
      integrationInputSchema.parse({
        id: 'api',
        name: 'API',
        request: { url: 'https://api.example.com/items' },
        ...options.integration,
      }),
    );
  scheduler.start();
  service.dispatch();
  await settle();

  let isAnswering: ((request: { runId: string }) => boolean) | null = null;
  const answer = async () => {
    await settle();
    for (let fitting = fits(); fitting.length > 0; fitting = fits()) {
      for (const request of fitting) network.succeed(request);
      await settle();
    }
  };
  const fits = () =>
    [...network.open.values()].filter((request) => isAnswering?.(request) ?? false);

  return {
    clock,
    store,
    network,
    service,
    scheduler,
    catalog,
    pauseOfAll,
    events,
    /** What the scheduler found of the clock. */
    verdicts,
    /** Ids of jobs that could not be planned. */
    broken,
    settle,
    /** Requests are answered by themselves from now on, those that fit. */
    answering: (fits: (request: { runId: string }) => boolean = () => true) => (isAnswering = fits),
    addJob: (input: Partial<JobInput> = {}): Promise<LiveJob> =>
      catalog.createJob(jobInputSchema.parse({ name: 'Job', integrationId: 'api', ...input })),
    updateJob: (id: string, input: Partial<JobInput>): Promise<LiveJob> =>
      catalog.updateJob(id, jobInputSchema.parse({ name: 'Job', integrationId: 'api', ...input })),
    view: (job: LiveJob): Job => toJob(job, scheduler.nextRunAt(job)),
    /** Time passes; everything that comes up is carried out on the way. */
    async pass(ms: number): Promise<void> {
      await clock.advanceAsync(ms, answer);
    },
    rows: (jobId = 'job') => store.rowsOf(jobId).map(inWords),
    /** Trigger and instant of each row, in seconds after `since`. */
    instants: (since: number, jobId = 'job') =>
      store.rowsOf(jobId).map(({ trigger, scheduledFor, scheduledUntil, reason }) => {
        const from = ((scheduledFor ?? NaN) - since) / 1000;
        const until = scheduledUntil === null ? '' : `..${(scheduledUntil - since) / 1000}`;
        return `${reason ?? trigger} ${from}${until}`;
      }),
    /** The process dies: nothing it still had in mind happens. */
    crash(): void {
      stopFollowing();
      pauseOfAll.stop();
      clock.cancelAll();
      network.connect(() => undefined);
      store.forgetHeld();
    },
    async stop(): Promise<void> {
      stopFollowing();
      await scheduler.stop();
      const stopping = service.stop(2000);
      await clock.advanceAsync(4000);
      await stopping;
      pauseOfAll.stop();
      clock.cancelAll();
    },
  };
}

function storedJobs(store: MemoryStore): LiveJob[] {
  return [...store.jobs].map(([id, { job, runtime }]) => ({
    definition: job,
    runtime,
    watermark: store.watermarks.get(id) ?? null,
    lastRun: null,
    openSpan: null,
  }));
}

function toDueEntry(entry: PlannedEntry): DueEntry {
  if (entry.kind === 'run') {
    const { trigger, instantMs: scheduledFor, delayMs = null } = entry;
    return { kind: 'run', start: { trigger, triggeredBy: null, scheduledFor, delayMs } };
  }
  const { reason, fromMs: from, untilMs: until, occurrences } = entry;
  return { kind: 'span', span: { reason, trigger: 'schedule', from, until, occurrences } };
}
