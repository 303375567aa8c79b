import type { ContractHandlers } from '../../../src/shared/contract.ts';
import type { PontualEvent } from '../../../src/shared/events.ts';
import type { Integration } from '../../../src/shared/integration.ts';
import type { Job } from '../../../src/shared/job.ts';
import type { DataRecord, QuarantineItem } from '../../../src/shared/record.ts';
import type { Run } from '../../../src/shared/run.ts';
import { DEFAULT_SETTINGS, type Settings } from '../../../src/shared/settings.ts';
import type { Status } from '../../../src/shared/status.ts';
import { catalogHandlers } from './catalog-handlers.ts';
import { dataHandlers } from './data-handlers.ts';
import { fakeIntegrations, fakeJobs } from './fake-catalog.ts';
import { fakeQuarantine, fakeRecords } from './fake-records.ts';
import { fakeRuns } from './fake-runs.ts';
import { fakeAppLog } from './fake-app-log.ts';
import { operationHandlers } from './operation-handlers.ts';
import { programHandlers } from './program-handlers.ts';
import { runHandlers } from './run-handlers.ts';

export interface FakeEngineOptions {
  readonly now: () => number;
  /** `none` is a first start; `many` a machine that has worked for a while. */
  readonly jobsAndRuns: 'none' | 'many';
  /** How many finished runs there are. */
  readonly runs: number;
}

/** All that the fake knows; tests may read and change it. */
export interface FakeState {
  now: () => number;
  integrations: Map<string, Integration>;
  jobs: Map<string, Job>;
  /** Newest first. */
  runs: Run[];
  records: DataRecord[];
  quarantine: QuarantineItem[];
  secrets: Map<string, { origin: string; updatedAt: string }>;
  settings: Settings;
  status: Pick<Status, 'state' | 'stateReason' | 'pausedUntil' | 'pauseReason' | 'online'>;
  emit: (event: PontualEvent) => void;
}

export interface FakeEngine {
  readonly handlers: ContractHandlers;
  readonly state: FakeState;
}

export function createFakeEngine(
  options: Partial<FakeEngineOptions> & Pick<FakeEngineOptions, 'now' | 'jobsAndRuns'>,
  emit: (event: PontualEvent) => void,
): FakeEngine {
  const state = initialState(options, emit);
  const handlers: ContractHandlers = {
    ...catalogHandlers(state),
    ...runHandlers(state),
    ...dataHandlers(state),
    ...programHandlers(state),
    ...operationHandlers(state),
    'logs.tail': async () => fakeAppLog(state.now()),
  };
  return { handlers, state };
}

function initialState(
  {
    now,
    jobsAndRuns,
    runs: count = 3000,
  }: Partial<FakeEngineOptions> & Pick<FakeEngineOptions, 'now' | 'jobsAndRuns'>,
  emit: (event: PontualEvent) => void,
): FakeState {
  const isEmpty = jobsAndRuns === 'none';
  const at = now();
  const jobs = isEmpty ? [] : fakeJobs(at);
  const runs = isEmpty ? [] : fakeRuns({ now: at, jobs, count });
  const runIds = runs.slice(0, 40).map((run) => run.id);
  return {
    now,
    integrations: byId(isEmpty ? [] : fakeIntegrations(at)),
    jobs: byId(jobs),
    runs,
    records: isEmpty ? [] : fakeRecords(at, runIds),
    quarantine: isEmpty ? [] : fakeQuarantine(at, runIds),
    secrets: new Map(
      isEmpty
        ? []
        : ['weather-key', 'market-token', 'erp-password'].map((name) => [
            name,
            { origin: 'https://api.example.com', updatedAt: new Date(at).toISOString() },
          ]),
    ),
    settings: DEFAULT_SETTINGS,
    status: {
      state: 'running',
      stateReason: null,
      pausedUntil: null,
      pauseReason: null,
      online: true,
    },
    emit,
  };
}

function byId<T extends { readonly id: string }>(items: readonly T[]): Map<string, T> {
  return new Map(items.map((item) => [item.id, item]));
}
