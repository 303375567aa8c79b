import type { CommandOutput, ContractHandlers } from '../../../src/shared/contract.ts';
import type { operations } from '../../../src/shared/operations.ts';
import type { Run } from '../../../src/shared/run.ts';
import type { Settings } from '../../../src/shared/settings.ts';
import type { Failure, Status } from '../../../src/shared/status.ts';
import { fakeIntegrations, fakeJobs } from './fake-catalog.ts';
import type { FakeState } from './fake-engine.ts';
import { insightHandlers } from './insight-handlers.ts';
import { upkeepHandlers } from './upkeep-handlers.ts';

type ProgramCommand = Exclude<
  keyof ContractHandlers,
  | `integrations.${string}`
  | `secrets.${string}`
  | `jobs.${string}`
  | `schedules.${string}`
  | `runs.${string}`
  | `records.${string}`
  | `quarantine.${string}`
  | keyof typeof operations
>;

export function programHandlers(state: FakeState): Pick<ContractHandlers, ProgramCommand> {
  const setStatus = (changes: Partial<FakeState['status']>): Status => {
    state.status = { ...state.status, ...changes };
    const status = statusOf(state);
    state.emit({
      name: 'status.changed',
      at: new Date(state.now()).toISOString(),
      data: { status },
    });
    return status;
  };
  return {
    ...upkeepHandlers(state),
    ...insightHandlers(state),
    status: async () => statusOf(state),
    overview: async ({ runsPerJob }) => overviewOf(state, runsPerJob),
    pause: async ({ until, reason }) =>
      setStatus({ state: 'paused', pausedUntil: until, pauseReason: reason }),
    resume: async () => setStatus({ state: 'running', pausedUntil: null, pauseReason: null }),
    'settings.get': async () => state.settings,
    'settings.patch': async (patch) => {
      state.settings = merged(state.settings, patch) as Settings;
      return state.settings;
    },
    'store.checkpoint': async () => ({ lsn: 1234, snapshotBytes: 8_388_608, durationMs: 41.2 }),
    'logs.tail': async () => '',
    'demo.start': async () => {
      const [integration] = fakeIntegrations(state.now());
      const [job] = fakeJobs(state.now());
      if (!integration || !job) throw new Error('The fake has no demo.');
      state.integrations.set('demo', { ...integration, id: 'demo', name: 'Demo API' });
      state.jobs.set('demo', {
        ...job,
        id: 'demo',
        name: 'Demo every 30 s',
        integrationId: 'demo',
      });
      state.emit({
        name: 'job.changed',
        at: new Date(state.now()).toISOString(),
        data: { jobId: 'demo', deleted: false },
      });
      return { url: 'http://127.0.0.1:41234', integrationId: 'demo', jobId: 'demo' };
    },
  };
}

function failureOf(run: Run, state: FakeState): Failure {
  return {
    runId: run.id,
    jobId: run.jobId,
    jobName: state.jobs.get(run.jobId)?.name ?? run.jobId,
    outcome: run.outcome ?? 'failed',
    message: run.error?.message ?? null,
    at: run.finishedAt ?? run.createdAt,
  };
}

function failures(state: FakeState): Run[] {
  return state.runs.filter((run) => run.outcome === 'failed' || run.outcome === 'timed-out');
}

function statusOf(state: FakeState): Status {
  const failed = failures(state);
  const running = state.runs.filter((run) => run.state === 'running').length;
  return {
    version: '0.1.0',
    ...state.status,
    startedAt: new Date(state.now() - 7_200_000).toISOString(),
    running,
    queued: state.runs.filter((run) => run.state === 'queued').length,
    jobs: {
      total: state.jobs.size,
      enabled: [...state.jobs.values()].filter((job) => job.state === 'enabled').length,
    },
    nextRun: nextRuns(state)[0] ?? null,
    store: {
      lsn: 1234,
      journalBytes: 1_204_224,
      snapshotBytes: 18_874_368,
      records: state.records.length,
      runs: state.runs.length,
    },
    failures: {
      last24h: failed.length,
      latest: failed.slice(0, 3).map((run) => failureOf(run, state)),
    },
  };
}

/** A plain stand-in: enabled jobs are due one after the other. */
function nextRuns(state: FakeState): { jobId: string; at: string }[] {
  return [...state.jobs.values()]
    .filter((job) => job.state === 'enabled' && job.schedule.kind !== 'manual')
    .map((job, index) => ({
      jobId: job.id,
      at: new Date(state.now() + 17_000 * (index * index + 1)).toISOString(),
    }));
}

function overviewOf(state: FakeState, runsPerJob: number): CommandOutput<'overview'> {
  return {
    running: state.runs.filter((run) => run.state !== 'finished'),
    next: nextRuns(state).map((next) => ({
      ...next,
      jobName: state.jobs.get(next.jobId)?.name ?? next.jobId,
    })),
    failures: failures(state)
      .slice(0, 5)
      .map((run) => failureOf(run, state)),
    recordsToday:
      state.records.length === 0 ? { new: 0, changed: 0 } : { new: 1284, changed: 40_211 },
    heartbeats: [...state.jobs.values()].map((job) => ({
      jobId: job.id,
      jobName: job.name,
      runs: state.runs
        .filter((run) => run.jobId === job.id)
        .slice(0, runsPerJob)
        .reverse()
        .map((run) => ({
          runId: run.id,
          outcome: run.outcome,
          at: run.createdAt,
          durationMs: run.durationMs,
        })),
    })),
  };
}

function merged(settings: object, patch: object): object {
  const result: Record<string, unknown> = { ...settings };
  for (const [key, value] of Object.entries(patch)) {
    if (value === undefined) continue;
    const old = result[key];
    if (value === null) result[key] = null;
    else if (typeof value === 'object' && typeof old === 'object' && old !== null)
      result[key] = merged(old, value as object);
    else result[key] = value;
  }
  return result;
}
