import type { ContractHandlers } from '../../shared/contract.ts';
import { invalid } from '../../shared/errors.ts';
import type { Run } from '../../shared/run.ts';
import { toIso, type Clock } from './clock.ts';
import { configCommands } from './commands/config.ts';
import { insightCommands } from './commands/insight.ts';
import { integrationCommands } from './commands/integrations.ts';
import { jobCommands } from './commands/jobs.ts';
import { operationCommands } from './commands/operations.ts';
import { programCommands } from './commands/program.ts';
import { quarantineCommands } from './commands/quarantine.ts';
import { RecordTally } from './commands/record-tally.ts';
import { recordCommands } from './commands/records.ts';
import { runCommands } from './commands/runs.ts';
import { secretCommands } from './commands/secrets.ts';
import { storeCommands } from './commands/store.ts';
import type { Demo } from './demo.ts';
import type { Catalog } from './jobs/catalog.ts';
import type { JobService } from './jobs/job-service.ts';
import { toJob } from './jobs/live-job.ts';
import { learnPast, unusualOf } from './jobs/past-runs.ts';
import { toRun } from './jobs/run-view.ts';
import { slug } from './jobs/slug.ts';
import { workerViews } from './jobs/workers.ts';
import type { EventHub } from './observe/events.ts';
import type { Logs } from './observe/log/logs.ts';
import type { SummaryOfMetrics } from './observe/metrics-summary.ts';
import type { SinksInForce } from './observe/telemetry/sinks-in-force.ts';
import type { PauseOfAll } from './pause-of-all.ts';
import type { NetworkClient } from './pool/network-client.ts';
import type { Scheduler } from './scheduler/scheduler.ts';
import type { Vault } from './secrets/vault.ts';
import type { SettingsBook } from './settings-book.ts';
import type { StatusBoard } from './status-board.ts';
import type { Store } from './store/store.ts';
import type { StorePulse } from './store-pulse.ts';
import { describeSchedule } from './trigger/describe.ts';
import { dstMarks, previewSchedule, type SchedulePreview } from './trigger/preview.ts';
import { validateSchedule } from './trigger/validate.ts';

/** The second page of the composition root: what of the engine each command is handed. */
export interface EngineParts {
  readonly clock: Clock;
  readonly machineZone: () => string;
  readonly store: Store;
  readonly events: EventHub;
  readonly catalog: Catalog;
  readonly vault: Vault;
  readonly settings: SettingsBook;
  readonly pauseOfAll: PauseOfAll;
  readonly logs: Logs;
  readonly sinks: SinksInForce;
  readonly network: NetworkClient;
  readonly service: JobService;
  readonly scheduler: Scheduler;
  readonly status: StatusBoard;
  readonly summary: SummaryOfMetrics;
  readonly storePulse: StorePulse;
  readonly demo: Demo;
  /** While what is stored is being replaced, nothing new begins. */
  readonly hold: (isOn: boolean) => void;
  /** Resolves when nothing runs any more. */
  readonly quiet: () => Promise<void>;
  readonly onReplaced: (() => void) | null;
}

export function createHandlers(parts: EngineParts): ContractHandlers {
  const { clock, machineZone, store, events, catalog, vault, settings, pauseOfAll } = parts;
  const { logs, sinks, network, service, scheduler, status, demo } = parts;
  return {
    ...integrationCommands({
      clock,
      catalog,
      store,
      test: (request) => network.test(request),
      ask: (question) => network.ask(question),
    }),
    ...secretCommands(vault),
    ...storeCommands({
      store,
      budgetBytes: () => settings.current.store.budgetBytes,
      hold: parts.hold,
      quiet: parts.quiet,
      onReplaced: parts.onReplaced,
    }),
    'telemetry.state': () => Promise.resolve({ sinks: sinks.states() }),
    ...configCommands({ catalog, slug: (name) => slug(name) }),
    ...jobCommands({
      learnPast: (jobs) => learnPast(store, jobs),
      clock,
      catalog,
      service,
      store,
      toJob: (job) => toJob(job, scheduler.nextRunAt(job)),
      checkSchedule: (schedule) => {
        const problems = validateSchedule(schedule, {
          nowMs: clock.now(),
          machineZone: machineZone(),
        });
        if (problems.length > 0) throw invalid(problems);
      },
      preview: (schedule, { from: fromMs, ...options }) =>
        toPreview(previewSchedule(schedule, { ...options, fromMs, machineZone: machineZone() })),
      previewJob: (job, count, locale) => {
        const { schedule } = job.definition;
        const instants = scheduler.nextInstants(job, count);
        return {
          instants: instants.map(toIso),
          dst: dstMarks(schedule, machineZone(), instants),
          description: describeSchedule(schedule, machineZone(), locale),
          warnings: [],
        };
      },
    }),
    ...runCommands({
      store,
      catalog,
      service,
      toRun,
      unusual: (run) => unusualOf(store, run),
      readLog: (run, format, level) => logs.runLog(spanOf(run, clock.now()), { format, level }),
    }),
    ...insightCommands({
      clock,
      store,
      metrics: () => parts.summary.read(),
      workers: () =>
        workerViews({
          now: clock.now(),
          queued: service.queued,
          runs: service.live(),
          network: network.vitals,
          store: { ...store.health, ...parts.storePulse.vitals },
        }),
    }),
    ...operationCommands({ clock, store, catalog, service, toRun }),
    'logs.tail': (query) => logs.appLog(query),
    ...recordCommands(store),
    ...quarantineCommands({
      clock,
      store,
      catalog,
      events,
      ask: (question) => network.ask(question),
    }),
    ...programCommands({
      clock,
      store,
      catalog,
      tally: new RecordTally(events, store),
      liveRuns: (limit) => [...takeFirst(service.live(), limit)].map(toRun),
      nextRunAt: (job) => scheduler.nextRunAt(job),
      status: () => status.read(),
      pauseOfAll,
      confirmClock: () => scheduler.confirmClock(),
      settings,
      startDemo: () => demo.start(),
    }),
  };
}

function* takeFirst<T>(items: Iterable<T>, limit: number): Iterable<T> {
  let left = limit;
  for (const item of items) {
    if (left-- <= 0) return;
    yield item;
  }
}

function toPreview({ instants, description, warnings }: SchedulePreview) {
  return {
    instants: instants.map(({ atMs }) => toIso(atMs)),
    dst: instants.map(({ dst }) => dst),
    description,
    warnings: [...warnings],
  };
}

function spanOf(run: Run, now: number) {
  return {
    runId: run.id,
    jobId: run.jobId,
    from: Date.parse(run.createdAt),
    until: run.finishedAt === null ? now : Date.parse(run.finishedAt),
  };
}
