import { hostname } from 'node:os';
import { join } from 'node:path';
import type { ContractHandlers } from '../../shared/contract.ts';
import type { Priority } from '../../shared/priority.ts';
import type { AppState, Status } from '../../shared/status.ts';
import { systemClock, type Clock } from './clock.ts';
import { Masker } from './consumer/secrets/masking.ts';
import { Demo, type DemoKit } from './demo.ts';
import { createHandlers } from './engine-handlers.ts';
import { createListeners } from './engine-listeners.ts';
import { checkJob, clockSentence, toDueEntry, usersProblems } from './engine-seams.ts';
import { numberOrNull, readStored, seen } from './engine-stored.ts';
import { Housekeeping } from './housekeeping/housekeeping.ts';
import { Catalog } from './jobs/catalog.ts';
import { Dependents } from './jobs/dependents.ts';
import { JobService } from './jobs/job-service.ts';
import { isPaused } from './jobs/live-job.ts';
import type { LiveRun } from './jobs/live-run.ts';
import { Probes } from './jobs/probes.ts';
import { createQueue } from './jobs/queue.ts';
import { createRunIds } from './jobs/run-id.ts';
import { isAutomatic } from './jobs/start.ts';
import { takeUp } from './jobs/take-up.ts';
import { EventHub } from './observe/events.ts';
import { jobLogTarget, utcDay } from './observe/log/log-paths.ts';
import { PauseOfAll } from './pause-of-all.ts';
import { startNetwork } from './pool/network-client.ts';
import type { ThreadFiles } from './pool/protocol.ts';
import { nodeScheduleAlarm, type Alarm } from './scheduler/alarm.ts';
import { Scheduler } from './scheduler/scheduler.ts';
import { Vault } from './secrets/vault.ts';
import { SettingsBook } from './settings-book.ts';
import { degradedBy, StatusBoard, whyNotWell } from './status-board.ts';
import { openStore } from './store/store-client.ts';
import type { Store } from './store/store.ts';
import { StorePulse } from './store-pulse.ts';
import { compileSchedule } from './trigger/compile.ts';

/**
 * The composition root: the only file that knows every stage. It wires them in the order in which a run travels,
 * starts them, and stops them in reverse.
 *
 *     scheduler -> job service -> network thread -> job service -> store
 *         every stage tells the event hub; logs, metrics, windows and the local server listen
 */
export interface EngineOptions {
  /** The folder that holds everything; made when it is missing. */
  readonly home: string;
  readonly version: string;
  readonly threads: ThreadFiles;
  /** Seals secrets; null: this machine cannot keep them now. Asked when the home is ours, as it may be made there. */
  readonly dataKey: () => Uint8Array | null;
  readonly demo: DemoKit;
  readonly clock?: Clock;
  readonly alarm?: Alarm;
  readonly random?: () => number;
  readonly machineZone?: () => string;
  /** All that is stored was replaced by a backup: stop this engine and start another one. */
  readonly onReplaced?: () => void;
}

export interface Engine {
  readonly handlers: ContractHandlers;
  readonly events: EventHub;
  readonly home: string;
  readonly version: string;
  status(): Promise<Status>;
  /** Its condition at once, without asking the store. */
  health(): { readonly state: AppState; readonly reason: string | null };
  /** The page for Prometheus. */
  metrics(): Promise<{ readonly contentType: string; readonly text: string }>;
  /** The TXT file that holds a run's lines. */
  logFileOf(runId: string): Promise<string>;
  /** The local server's address, for the LOCK file; no API may lie at these ports. */
  announce(url: string | null, ports: readonly number[]): Promise<void>;
  /** The machine woke up, or the network changed: a hint to look at the clock now. */
  wake(): void;
  /** Hides every known secret. */
  mask(text: string): string;
  /** Running work gets `GRACE_MS`, then stops between pages; all of it takes at most `STOP_MS`. Twice is harmless. */
  stop(): Promise<void>;
}

/** What running work gets before it is stopped. */
export const GRACE_MS = 2000;
/** After this the program may end: everything acknowledged is in the journal. */
export const STOP_MS = 5000;

export async function startEngine(options: EngineOptions): Promise<Engine> {
  const clock = options.clock ?? systemClock;
  const machineZone = options.machineZone ?? systemZone;
  const events = new EventHub({
    clock,
    onListenerError: (error, name) =>
      notice('error', `A listener of ${name} failed: ${String(error)}`),
  });
  const notice = (level: 'info' | 'warn' | 'error', message: string) =>
    events.emitInternal('notice', { level, message, fields: {} });

  // What is durable, and what is kept of it in memory.
  const store = await openStore({
    home: options.home,
    threadFile: options.threads.store,
    clock,
    onNote: notice,
    onCommit: (ms, ops) => {
      events.emitInternal('store.committed', { ms, ops });
      housekeeping.look();
    },
    onCheckpoint: ({ durationMs: ms, snapshotBytes }) =>
      events.emitInternal('store.checkpointed', { ms, snapshotBytes }),
  });
  const settings = new SettingsBook(store, () => {
    housekeeping.look();
    service.dispatch();
  });
  const housekeeping: Housekeeping = new Housekeeping({
    clock,
    store,
    settings: () => settings.current,
    notice,
    onFullness: () => {
      if (housekeeping.full === null) goOn();
      else events.emit('store.degraded', degradedBy('degraded', housekeeping.full));
      status.changed();
    },
  });
  /** Whether nothing that is new may begin. */
  const isHeld = () => isBeingReplaced || store.health.state !== 'ok' || housekeeping.full !== null;
  let isBeingReplaced = false;
  const goOn = () => {
    service.storeRecovered();
    dependents.lookAtAll();
    scheduler.wake();
  };
  const pauseOfAll = new PauseOfAll(clock, store, () => {
    scheduler.wake();
    service.dispatch();
    status.changed();
  });
  const catalog: Catalog = new Catalog({
    clock,
    store,
    events,
    checkIntegration: async (integration, users) => [
      ...usersProblems(integration, users),
      ...(await network.check(integration, null)),
    ],
    checkJob: (job) => {
      const pagination = catalog.integrations.get(job.integrationId)?.definition.pagination;
      const zone = machineZone();
      return checkJob(job, pagination, clock, zone, (when) => network.check(null, when));
    },
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
        dependents.changed(id);
      },
      changed: (id) => {
        scheduler.jobChanged(id);
        service.dispatch();
        dependents.changed(id);
      },
    },
    cancelRuns: (jobId) => service.cancelJob(jobId),
  });
  let masker = new Masker([]);
  const vault = new Vault({
    clock,
    store,
    dataKey: options.dataKey(),
    onChange: (secrets) => {
      masker = new Masker(vault.values());
      network.post({ type: 'secrets', secrets });
    },
  });

  const listeners = createListeners({
    home: options.home,
    clock,
    events,
    catalog,
    vault,
    settings: () => settings.current,
    mask: (text) => masker.mask(text),
    live: () => ({
      state: status.state,
      running: service.running,
      queued: queuedBy((priority) => queue.sizeOf(priority)),
      jobs: status.jobs(),
      store: store.figures,
    }),
  });
  const { logs, metrics, summary, sinks } = listeners;

  // The way of a run, from its end to its beginning, because each stage is handed the next.
  const network = startNetwork({
    threadFile: options.threads.network,
    computeFile: options.threads.compute,
    clock,
    onMessage: (message) => {
      if (message.type === 'notice') events.emitInternal('notice', message);
      else if (message.type === 'online') {
        status.online = message.online;
        notice(message.online ? 'info' : 'warn', message.online ? BACK_ONLINE : OFFLINE);
      } else service.onMessage(message);
    },
  });
  const queue = createQueue<LiveRun>(process.env['QUEUE_BACKEND']);
  const service: JobService = new JobService({
    clock,
    store: housekeeping.collecting,
    network,
    queue,
    events,
    newRunId: createRunIds(),
    random: options.random ?? Math.random,
    worker: `${hostname()}-${process.pid}`,
    settings: () => settings.current,
    job: (id) => catalog.jobs.get(id),
    integration: (id) => catalog.integrations.get(id),
    isStoreHeld: isHeld,
    isHeld: ({ row, jobId }) => {
      if (isHeld()) return true;
      if (!isAutomatic(row.trigger)) return false;
      const job = catalog.jobs.get(jobId);
      return pauseOfAll.at(clock.now()) !== null || (job !== undefined && isPaused(job));
    },
    onJobEnded: (job, run) => {
      scheduler.jobEnded(job.definition.id);
      if (run.hasEndedPause) scheduler.jobChanged(job.definition.id);
      dependents.ended(job, run);
    },
  });
  const storePulse = new StorePulse(clock, store);
  const probes = new Probes({
    clock,
    jobs: catalog.jobs,
    service,
    isHeld: () => isHeld() || pauseOfAll.at(clock.now()) !== null,
    coolDownMs: () => settings.current.autoPause.probeAfterMs,
    limits: () => settings.current.autoPause,
  });
  const dependents = new Dependents({
    store,
    jobs: catalog.jobs,
    service,
    isHeld,
    onError: ({ definition: { name, id } }, error) =>
      notice('warn', `'${name}' (${id}) could not be started after others: ${String(error)}`),
  });
  let lastSeen: number | null = null;
  let lastClockWords: string | null = null;
  const scheduler: Scheduler = new Scheduler({
    clock,
    alarm: options.alarm ?? nodeScheduleAlarm(clock),
    compile: compileSchedule,
    jobs: catalog.jobs,
    machineZone,
    pauses: () => pauseOfAll.pauses(),
    lastSeen: () => lastSeen,
    isHeld: () => isHeld() || pauseOfAll.isClockInDoubt(clock.now()),
    isRunning: (jobId) => service.isRunning(jobId),
    submit: (job, entries, coveredUntil) =>
      service.submitDue(job, entries.map(toDueEntry), coveredUntil),
    onClock: (verdict) => {
      const words = clockSentence(verdict);
      if (verdict.kind === 'unbelievable') pauseOfAll.doubtClock();
      else if (verdict.kind === 'believed') pauseOfAll.believeClock();
      else if (verdict.kind === 'hold') void pauseOfAll.holdForClock();
      if (words !== lastClockWords) notice('warn', words);
      lastClockWords = verdict.kind === 'unbelievable' ? words : null;
    },
    onBroken: (job, error) => {
      const { name, id } = job.definition;
      notice('error', `The schedule of '${name}' (${id}) cannot be planned: ${String(error)}`);
    },
    onSeen: (now) => void seen(store, now),
    onPauseOver: (job) => {
      // When the store refuses, the pause is over all the same; it is tried again at the next look.
      catalog.endPause(job.definition.id).catch(() => undefined);
    },
  });
  const status = new StatusBoard({
    clock,
    version: options.version,
    store,
    events,
    jobs: catalog.jobs,
    pauseOfAll,
    full: () => housekeeping.full,
    running: () => service.running,
    queued: () => service.queued,
    nextRunAt: (job) => scheduler.nextRunAt(job),
  });
  const demo = new Demo(options.demo, catalog, async (job) => {
    await service.start(job, { trigger: 'manual', triggeredBy: 'demo', scheduledFor: null });
  });

  await logs.start();
  const stored = await readStored(store);
  settings.load(stored.settings['settings']);
  settings.follow(({ telemetry }) => sinks.apply(telemetry.sinks));
  pauseOfAll.load(stored.settings['pause']);
  lastSeen = numberOrNull(stored.settings['lastSeen']);
  catalog.load(
    stored.integrations,
    stored.jobs.map(({ job: definition, ...known }) => ({ ...known, definition })),
  );
  for (const { planId, definition: integration } of catalog.integrations.values())
    network.post({ type: 'plan', planId, integration });
  vault.load(stored.secrets);
  // What a damaged store left unfinished waits for the person's choice; then everything starts again.
  const canWrite = store.health.state !== 'read-only';
  if (canWrite)
    await takeUp({
      store,
      service,
      catalog,
      settings: settings.current,
      clock,
      events,
      unfinished: stored.unfinished,
    });
  const unfollow = followStatus(events, store, status, goOn);
  if (canWrite) await demo.resume();
  scheduler.start();
  dependents.lookAtAll();
  probes.start();
  storePulse.start();
  housekeeping.start();
  service.dispatch();
  status.phase = 'started';
  notice('info', `Pontual ${options.version} started.`);

  const handlers = createHandlers({
    clock,
    machineZone,
    store,
    events,
    catalog,
    vault,
    settings,
    pauseOfAll,
    logs,
    sinks,
    network,
    service,
    scheduler,
    status,
    summary,
    storePulse,
    demo,
    hold: (isOn) => {
      isBeingReplaced = isOn;
    },
    quiet: async () => {
      await scheduler.stop();
      await service.stop(GRACE_MS);
    },
    onReplaced: options.onReplaced ?? null,
  });

  let stopped: Promise<void> | null = null;
  const stop = async () => {
    const startedAt = clock.monotonic();
    status.phase = 'stopping';
    notice('info', 'Pontual stops.');
    probes.stop();
    storePulse.stop();
    await scheduler.stop();
    await service.stop(GRACE_MS);
    await network.stop();
    await demo.stop();
    unfollow();
    status.stop();
    pauseOfAll.stop();
    await listeners.stop();
    await housekeeping.stop();
    await store.close(Math.max(STOP_MS - (clock.monotonic() - startedAt), 500));
    await logs.stop();
  };

  return {
    handlers,
    events,
    home: options.home,
    version: options.version,
    health: () => status.health,
    metrics: () => metrics.page(),
    status: () => status.read(),
    logFileOf: async (runId) => {
      const { jobId, startedAt, createdAt } = await handlers['runs.get']({ id: runId }, INTERNAL);
      const day = utcDay(Date.parse(startedAt ?? createdAt));
      return join(options.home, 'logs', jobLogTarget(jobId, day).path);
    },
    announce: async (url, ports) => {
      network.post({ type: 'own-ports', ports });
      listeners.setOwnPorts(ports);
      await store.announce(url);
    },
    wake: () => {
      scheduler.wake();
      network.post({ type: 'look' });
    },
    mask: (text) => masker.mask(text),
    stop: () => (stopped ??= stop()),
  };
}

const OFFLINE = 'This machine has no network: runs wait until it is back.';
const BACK_ONLINE = 'The network is back: runs that waited for it go on.';
const INTERNAL = { via: 'internal' } as const;

function queuedBy(sizeOf: (priority: Priority) => number): Record<Priority, number> {
  return {
    low: sizeOf('low'),
    normal: sizeOf('normal'),
    high: sizeOf('high'),
    critical: sizeOf('critical'),
  };
}

function systemZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** The status follows what happens; the store's recovery also lets the others go on. */
function followStatus(
  events: EventHub,
  store: Store,
  status: StatusBoard,
  onRecovered: () => void,
): () => void {
  const changed = () => status.changed();
  const stops = [
    ...(['run.started', 'run.finished', 'run.retrying', 'job.changed'] as const).map((name) =>
      events.on(name, changed),
    ),
    store.onHealth((health) => {
      if (health.state === 'ok') onRecovered();
      else events.emit('store.degraded', degradedBy(health.state, whyNotWell(health)));
      status.changed();
    }),
  ];
  return () => stops.forEach((stop) => stop());
}
