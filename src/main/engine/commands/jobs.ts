import { createHash } from 'node:crypto';
import type {
  CommandFilledInput,
  CommandOutput,
  ContractHandlers,
} from '../../../shared/contract.ts';
import type { Caller } from '../../../shared/command.ts';
import { invalid, PontualError } from '../../../shared/errors.ts';
import { say } from '../../../shared/sentences.ts';
import type { Job, JobOfSchedule } from '../../../shared/job.ts';
import type { operations } from '../../../shared/operations.ts';
import type { Trigger } from '../../../shared/run.ts';
import type { Schedule } from '../../../shared/schedule.ts';
import type { Clock } from '../clock.ts';
import type { Catalog } from '../jobs/catalog.ts';
import type { JobService } from '../jobs/job-service.ts';
import type { LiveJob } from '../jobs/live-job.ts';
import type { Op } from '../store/ops.ts';
import type { Store } from '../store/store.ts';
import type { PreviewedJob } from '../trigger/preview.ts';
import { pageById } from './paging.ts';
import { matches } from './integrations.ts';

type Names = Exclude<
  keyof ContractHandlers & (`jobs.${string}` | `schedules.${string}`),
  keyof typeof operations
>;
type Preview = CommandOutput<'schedules.preview'>;

export interface JobCommandDeps {
  readonly clock: Clock;
  readonly catalog: Catalog;
  readonly service: Pick<JobService, 'start' | 'find' | 'live'>;
  readonly store: Pick<Store, 'query'>;
  readonly toJob: (job: LiveJob) => Job;
  /** Lets jobs know their past runs, so that their health can be told. */
  readonly learnPast: (jobs: readonly LiveJob[]) => Promise<void>;
  readonly checkSchedule: (schedule: Schedule) => void;
  readonly preview: (
    schedule: Schedule,
    options: { count: number; from: number; locale: 'en' | 'pt-BR'; job?: PreviewedJob },
  ) => Preview;
  readonly previewJob: (job: LiveJob, count: number, locale: 'en' | 'pt-BR') => Preview;
}

/** How long a repeated request with the same Idempotency-Key gets the first answer. */
const IDEMPOTENCY_MS = 60 * 60_000;

export function jobCommands(deps: JobCommandDeps): Pick<ContractHandlers, Names> {
  const { catalog, toJob, clock } = deps;
  const starting = new Map<string, Promise<readonly string[]>>();
  /** What was done is done, also when the store cannot tell the past of the job now. */
  const changed = async (job: LiveJob): Promise<Job> => {
    await deps.learnPast([job]).catch(() => undefined);
    return toJob(job);
  };
  return {
    'jobs.list': async ({ q, integrationId, ...list }) => {
      const all = [...catalog.jobs.values()].map((job) => ({ id: job.definition.id, job }));
      const page = pageById(all, list, ({ id, job: { definition } }) => {
        if (integrationId !== undefined && definition.integrationId !== integrationId) return false;
        return matches(q, id, definition.name, ...definition.tags);
      });
      await deps.learnPast(page.items.map(({ job }) => job));
      return { ...page, items: page.items.map(({ job }) => toJob(job)) };
    },
    'jobs.create': async (draft) => changed(await catalog.createJob(draft)),
    'jobs.get': async ({ id }) => {
      const job = catalog.job(id);
      await deps.learnPast([job]);
      return toJob(job);
    },
    'jobs.update': async ({ id, ...draft }) => changed(await catalog.updateJob(id, draft)),
    'jobs.delete': async ({ id }) => {
      await catalog.deleteJob(id);
      return null;
    },
    'jobs.pause': async ({ id, until, reason }) => {
      const pausedUntil = until === null ? null : futureInstant(until, clock.now());
      return changed(await catalog.pauseJob(id, pausedUntil, reason));
    },
    'jobs.resume': async ({ id }) => changed(await catalog.resumeJob(id)),
    'jobs.run': async (input, caller) => {
      const job = catalog.job(input.id);
      if (input.idempotencyKey === undefined)
        return { runIds: await startRuns(deps, job, input, caller) };
      return { runIds: [...(await startOnce(deps, starting, job, input, caller))] };
    },
    'jobs.next': async ({ id, count, locale }) => deps.previewJob(catalog.job(id), count, locale),
    'schedules.preview': async ({ schedule, count, from, locale, job }) => {
      deps.checkSchedule(schedule);
      const fromMs = from === null ? clock.now() : Date.parse(from);
      const added = job === undefined ? {} : { job: previewed(job, catalog) };
      return deps.preview(schedule, { count, from: fromMs, locale, ...added });
    },
  };
}

/** With when the job was made, if it was. */
function previewed(job: JobOfSchedule, { jobs }: Pick<Catalog, 'jobs'>): PreviewedJob {
  const known = job.id === null ? undefined : jobs.get(job.id);
  return { ...job, createdMs: known ? Date.parse(known.definition.createdAt) : null };
}

type RunInput = CommandFilledInput<'jobs.run'>;

async function startRuns(
  { service, clock }: JobCommandDeps,
  job: LiveJob,
  input: RunInput,
  caller: Caller,
  also?: (runIds: readonly string[]) => readonly Op[],
): Promise<string[]> {
  if (input.at !== null && input.delayMs !== null)
    throw invalid([{ path: 'delayMs', ...say('atOrDelay') }]);
  const now = clock.now();
  const notBefore =
    input.at === null
      ? input.delayMs === null
        ? null
        : now + input.delayMs
      : Date.parse(input.at);
  const runs = await service.start(
    job,
    {
      trigger: triggerOf(caller),
      triggeredBy: caller.via,
      scheduledFor: null,
      priority: input.priority,
      notBefore,
      full: input.full,
      allowVanished: input.allowVanished,
      ...(input.input === undefined ? {} : { input: { ...job.definition.input, ...input.input } }),
    },
    also,
  );
  return runs.map((run) => run.id);
}

/** One start per key: repeated while the first is under way, or within the hour, it gets the first answer. */
async function startOnce(
  deps: JobCommandDeps,
  starting: Map<string, Promise<readonly string[]>>,
  job: LiveJob,
  input: RunInput,
  caller: Caller,
): Promise<readonly string[]> {
  const { id: jobId, idempotencyKey: key = '', ...body } = input;
  const bodyHash = createHash('sha256').update(JSON.stringify(body)).digest('hex');
  const inFlight = starting.get(key);
  if (inFlight) await inFlight.catch(() => undefined);
  const now = deps.clock.now();
  const known = await deps.store.query('idempotency.get', { key, now });
  if (known) {
    if (known.jobId === jobId && known.bodyHash === bodyHash) return known.runIds;
    throw new PontualError('conflict', say('keyReused', { key }));
  }
  const again = starting.get(key);
  if (again) return startOnce(deps, starting, job, input, caller);
  const expiresAt = now + IDEMPOTENCY_MS;
  const first = startRuns(deps, job, input, caller, (runIds) => [
    { kind: 'idempotency.put', key, jobId, bodyHash, runIds, expiresAt },
  ]);
  starting.set(key, first);
  try {
    return await first;
  } finally {
    starting.delete(key);
  }
}

function triggerOf(caller: Caller): Trigger {
  return caller.via === 'gui' ? 'manual' : 'api';
}

/** The instant, epoch ms; refused unless it lies ahead. */
export function futureInstant(text: string, now: number): number {
  const at = Date.parse(text);
  if (at > now) return at;
  throw invalid([{ path: 'until', ...say('pauseIsOver', { text }) }]);
}
