import type { operations } from '../../../src/shared/operations.ts';
import { importIntegration } from '../../../src/main/engine/importers/import-integration.ts';
import { previewSchedule } from '../../../src/main/engine/trigger/preview.ts';
import { validateSchedule } from '../../../src/main/engine/trigger/validate.ts';
import type { ContractHandlers } from '../../../src/shared/contract.ts';
import { invalid, notFound, PontualError } from '../../../src/shared/errors.ts';
import type { Job } from '../../../src/shared/job.ts';
import type { Schedule } from '../../../src/shared/schedule.ts';
import { fakeTestResult } from './fake-test-result.ts';
import { filledIntegration, filledJob } from './fake-catalog.ts';
import type { FakeState } from './fake-engine.ts';
import { fakeRun } from './fake-runs.ts';
import { pageFrom } from './paging.ts';
import { seeded } from './seeded.ts';

const MACHINE_ZONE = 'America/Sao_Paulo';

type CatalogCommand = Exclude<
  Extract<
    keyof ContractHandlers,
    `integrations.${string}` | `secrets.${string}` | `jobs.${string}` | `schedules.${string}`
  >,
  keyof typeof operations
>;

export function catalogHandlers(state: FakeState): Pick<ContractHandlers, CatalogCommand> {
  const { integrations, jobs, secrets } = state;
  const at = () => new Date(state.now()).toISOString();
  const told = (job: Job) => {
    state.emit({ name: 'job.changed', at: at(), data: { jobId: job.id, deleted: false } });
    return job;
  };

  function setState(id: string, changes: Partial<Job>): Job {
    const job = { ...withNext(found(jobs, 'job', id), state), ...changes };
    jobs.set(id, job);
    return told(job);
  }

  return {
    'integrations.list': async ({ q = '', ...page }) =>
      pageFrom(named([...integrations.values()], q), page),
    'integrations.create': async (input) => {
      const id = freeId(integrations, input.id, input.name);
      const integration = filledIntegration(input, id, state.now());
      integrations.set(id, integration);
      state.emit({
        name: 'integration.changed',
        at: at(),
        data: { integrationId: id, deleted: false },
      });
      return integration;
    },
    'integrations.get': async ({ id }) => found(integrations, 'integration', id),
    'integrations.update': async (input) => {
      found(integrations, 'integration', input.id);
      const integration = filledIntegration(input, input.id, state.now());
      integrations.set(input.id, integration);
      return integration;
    },
    'integrations.delete': async ({ id, cascade }) => {
      found(integrations, 'integration', id);
      const users = [...jobs.values()].filter((job) => job.integrationId === id);
      if (users.length > 0 && !cascade) {
        throw new PontualError('conflict', `${users.length} jobs use this integration.`);
      }
      for (const job of users) jobs.delete(job.id);
      integrations.delete(id);
      return null;
    },
    'integrations.test': async ({ integration }) => fakeTestResult(integration),
    'integrations.import': async (request) => {
      const { integration, report } = importIntegration(request);
      return { integration, report: [...report] };
    },
    'secrets.list': async () => ({
      items: [...secrets].map(([name, secret]) => ({
        name,
        ...secret,
        hasValue: true,
        locked: false,
      })),
      nextCursor: null,
    }),
    'secrets.put': async ({ name, origin }) => {
      secrets.set(name, { origin, updatedAt: at() });
      return { name, origin, hasValue: true, locked: false, updatedAt: at() };
    },
    'secrets.delete': async ({ name }) => {
      secrets.delete(name);
      return null;
    },
    'jobs.list': async ({ q = '', integrationId, ...page }) =>
      pageFrom(
        named([...jobs.values()], q)
          .filter((job) => integrationId === undefined || job.integrationId === integrationId)
          .map((job) => withNext(job, state)),
        page,
      ),
    'jobs.create': async (input) => {
      checkJob(input, state);
      const id = freeId(jobs, input.id, input.name);
      const job = withNext(filledJob(input, id, state.now()), state);
      jobs.set(id, job);
      return told(job);
    },
    'jobs.get': async ({ id }) => withNext(found(jobs, 'job', id), state),
    'jobs.update': async (input) => {
      found(jobs, 'job', input.id);
      checkJob(input, state);
      const job = withNext(filledJob(input, input.id, state.now()), state);
      jobs.set(input.id, job);
      return told(job);
    },
    'jobs.delete': async ({ id }) => {
      found(jobs, 'job', id);
      jobs.delete(id);
      state.emit({ name: 'job.changed', at: at(), data: { jobId: id, deleted: true } });
      return null;
    },
    'jobs.pause': async ({ id, until, reason }) =>
      setState(id, { state: 'paused', pausedUntil: until, pauseReason: reason, nextRunAt: null }),
    'jobs.resume': async ({ id }) =>
      setState(id, { state: 'enabled', pausedUntil: null, pauseReason: null }),
    'jobs.run': async ({ id }) => {
      const job = found(jobs, 'job', id);
      const runIds = Array.from({ length: job.instances }, (_, index) => {
        const runId = `01KNEW${state.runs.length + index}`;
        const run = fakeRun({ id: runId, job, created: state.now(), random: seeded(index + 3) });
        const queued = {
          ...run,
          state: 'queued',
          outcome: null,
          trigger: 'manual',
          instance: index + 1,
          startedAt: null,
          finishedAt: null,
          durationMs: null,
          reason: null,
        } as const;
        state.runs.unshift(queued);
        state.emit({ name: 'run.queued', at: at(), data: { run: queued } });
        return runId;
      });
      return { runIds };
    },
    'jobs.next': async ({ id, count }) =>
      preview(found(jobs, 'job', id).schedule, { count, from: state.now(), locale: 'en' }),
    'schedules.preview': async ({ schedule, count, from, locale }) => {
      const start = from === null ? state.now() : Date.parse(from);
      checkSchedule(schedule, state.now());
      return preview(schedule, { count, from: start, locale });
    },
  };
}

function preview(
  schedule: Schedule,
  { count, from, locale }: { count: number; from: number; locale: 'en' | 'pt-BR' },
) {
  const { instants, description, warnings } = previewSchedule(schedule, {
    fromMs: from,
    count,
    machineZone: MACHINE_ZONE,
    locale,
  });
  return {
    instants: instants.map(({ atMs }) => new Date(atMs).toISOString()),
    dst: instants.map(({ dst }) => dst),
    description,
    warnings: [...warnings],
  };
}

function checkSchedule(schedule: Schedule, now: number): void {
  const problems = validateSchedule(schedule, { nowMs: now, machineZone: MACHINE_ZONE });
  if (problems.length > 0) throw invalid(problems);
}

function checkJob(job: { integrationId: string; schedule: Schedule }, state: FakeState): void {
  checkSchedule(job.schedule, state.now());
  if (state.integrations.has(job.integrationId)) return;
  throw new PontualError('unknown-reference', `There is no integration '${job.integrationId}'.`, {
    details: [{ path: 'integrationId', message: 'There is no such integration.' }],
  });
}

/** A job with what the program knows of it: its next and its last run. */
function withNext(job: Job, state: FakeState): Job {
  const last = state.runs.find((run) => run.jobId === job.id);
  const isSilent = job.state !== 'enabled' || job.schedule.kind === 'manual';
  const next = isSilent
    ? []
    : preview(job.schedule, { count: 1, from: state.now(), locale: 'en' }).instants;
  return {
    ...job,
    nextRunAt: next[0] ?? null,
    lastRun: last
      ? {
          id: last.id,
          outcome: last.outcome,
          reason: last.reason,
          startedAt: last.startedAt,
          finishedAt: last.finishedAt,
          durationMs: last.durationMs,
        }
      : null,
  };
}

function named<T extends { readonly id: string; readonly name: string }>(
  items: readonly T[],
  q: string,
): T[] {
  const text = q.toLowerCase();
  return items.filter(({ id, name }) => `${id} ${name}`.toLowerCase().includes(text));
}

function found<T>(items: ReadonlyMap<string, T>, what: string, id: string): T {
  const item = items.get(id);
  if (item === undefined) throw notFound(what, id);
  return item;
}

function freeId(taken: ReadonlyMap<string, unknown>, wanted: string | undefined, name: string) {
  if (wanted !== undefined && taken.has(wanted)) {
    throw new PontualError('conflict', `The id '${wanted}' is taken.`, {
      details: [{ path: 'id', message: 'This id is taken.' }],
    });
  }
  const slug =
    wanted ??
    (name
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-|-$/g, '') ||
      'item');
  let id = slug;
  for (let n = 2; taken.has(id); n += 1) id = `${slug}-${n}`;
  return id;
}
