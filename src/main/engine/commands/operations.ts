import { assertNever } from '../../../shared/assert-never.ts';
import type { Caller } from '../../../shared/command.ts';
import type { CommandFilledInput, ContractHandlers } from '../../../shared/contract.ts';
import { invalid, notFound, PontualError } from '../../../shared/errors.ts';
import { say } from '../../../shared/sentences.ts';
import { inputProblems } from '../../../shared/input-problems.ts';
import { jobInputSchema, type JobDefinition } from '../../../shared/job.ts';
import { waitedForFirst } from '../../../shared/job-order.ts';
import type { operations } from '../../../shared/operations.ts';
import type { Run } from '../../../shared/run.ts';
import type { JsonValue } from '../../../shared/values.ts';
import type { Clock } from '../clock.ts';
import type { Catalog } from '../jobs/catalog.ts';
import type { JobService } from '../jobs/job-service.ts';
import type { LiveJob } from '../jobs/live-job.ts';
import type { LiveRun } from '../jobs/live-run.ts';
import type { Store } from '../store/store.ts';
import { Turns } from '../turns.ts';
import { forEach } from './each.ts';
import { futureInstant } from './jobs.ts';
import { toPage } from './paging.ts';
import { retryRun } from './start-again.ts';

export interface OperationDeps {
  readonly clock: Clock;
  readonly store: Pick<Store, 'query' | 'commit'>;
  readonly catalog: Catalog;
  readonly service: Pick<JobService, 'start' | 'live' | 'isRunning'>;
  readonly toRun: (live: LiveRun) => Run;
}

type Names = keyof typeof operations;

export function operationCommands(deps: OperationDeps): Pick<ContractHandlers, Names> {
  const { store, catalog } = deps;
  const turns = new Turns();
  return {
    'dead-letters.list': async (list) => toPage(await store.query('dead-letters.list', list)),
    'dead-letters.retry': ({ ids }, caller) =>
      // Two clicks must not retry it twice.
      forEach(ids, (id) => turns.take(id, () => retryDeadLetter(deps, id, caller))),
    'dead-letters.dismiss': async ({ runId }) => {
      if (!(await store.query('runs.row', { id: runId }))) throw notFound('run', runId);
      await store.commit([{ kind: 'dead-letter.dismiss', runId }]);
      return null;
    },
    'jobs.cursor.get': async ({ id }) => ({ watermark: catalog.job(id).watermark }),
    'jobs.cursor.put': async ({ id, watermark }) => {
      await setWatermark(deps, id, watermark);
      return { watermark };
    },
    'jobs.cursor.delete': async ({ id }) => {
      await setWatermark(deps, id, null);
      return null;
    },
    'jobs.bulk': async (input, caller) => {
      const ids = input.action === 'delete' ? lastFirst(catalog, input.ids) : input.ids;
      const { results } = await forEach(ids, (id) => actOn(deps, id, input, caller));
      const placeOf = new Map(input.ids.map((id, place) => [id, place]));
      results.sort((a, b) => (placeOf.get(a.id) ?? 0) - (placeOf.get(b.id) ?? 0));
      return { results };
    },
  };
}

/** Each job before those that it runs after, so that all of them may go. */
function lastFirst({ jobs }: Catalog, ids: readonly string[]): string[] {
  const afterOf = (id: string) => jobs.get(id)?.definition.after ?? [];
  return waitedForFirst(ids, (id) => id, afterOf).reverse();
}

async function retryDeadLetter(
  deps: OperationDeps,
  id: string,
  caller: Caller,
): Promise<readonly string[]> {
  const row = await deps.store.query('runs.row', { id });
  if (!row) throw notFound('run', id);
  if (row.state !== 'finished' || (row.outcome !== 'failed' && row.outcome !== 'timed-out'))
    throw new PontualError('conflict', say('notFailed', { id }));
  const run = await retryRun(deps, row, caller.via);
  if (run.outcome === 'skipped') throw new PontualError('conflict', say('noRoomToRetry', { id }));
  return [run.id];
}

/** A run under way read from the old watermark and would set its own when it ends. */
async function setWatermark(
  { catalog, service, store }: OperationDeps,
  id: string,
  value: string | null,
): Promise<void> {
  const job = catalog.job(id);
  if (service.isRunning(id)) throw new PontualError('conflict', say('cursorUnderWay', { id }));
  await store.commit([{ kind: 'watermark.put', jobId: id, value }]);
  job.watermark = value;
}

type Bulk = CommandFilledInput<'jobs.bulk'>;

async function actOn(
  { catalog, service, clock }: OperationDeps,
  id: string,
  bulk: Bulk,
  caller: Caller,
): Promise<readonly string[]> {
  const job = catalog.job(id);
  switch (bulk.action) {
    case 'pause': {
      const until = bulk.until === null ? null : futureInstant(bulk.until, clock.now());
      await catalog.pauseJob(id, until, bulk.reason);
      return [];
    }
    case 'resume':
      await catalog.resumeJob(id);
      return [];
    case 'delete':
      await catalog.deleteJob(id);
      return [];
    case 'set':
      await catalog.updateJob(id, withFields(job.definition, bulk.set));
      return [];
    case 'run':
      return start(service, job, bulk, caller);
    default:
      return assertNever(bulk);
  }
}

async function start(
  service: Pick<JobService, 'start'>,
  job: LiveJob,
  { input, full }: Extract<Bulk, { action: 'run' }>,
  { via }: Caller,
): Promise<readonly string[]> {
  const runs = await service.start(job, {
    trigger: via === 'gui' ? 'manual' : 'api',
    triggeredBy: via,
    scheduledFor: null,
    full,
    ...(input === undefined ? {} : { input: { ...job.definition.input, ...input } }),
  });
  return runs.map((run) => run.id);
}

function withFields(
  { createdAt: _created, updatedAt: _updated, ...job }: JobDefinition,
  fields: Readonly<Record<string, JsonValue>>,
) {
  if (Object.hasOwn(fields, 'id')) throw invalid([{ path: 'set.id', ...say('idFixed') }]);
  const result = jobInputSchema.safeParse({ ...job, ...fields });
  if (result.success) return result.data;
  throw invalid(inputProblems(result.error).map((each) => ({ ...each, path: `set.${each.path}` })));
}
