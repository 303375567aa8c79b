import { contract, type CommandInput } from '../../shared/contract.ts';
import type { Job } from '../../shared/job.ts';
import type { DataRecord } from '../../shared/record.ts';
import type { Run } from '../../shared/run.ts';
import type { Status } from '../../shared/status.ts';
import { sleep } from '../engine/clock.ts';
import type { Context } from './context.ts';
import { commandRequest, reachWell } from './rest-client.ts';
import { fields, table } from './table.ts';
import { show } from './terminal.ts';

/** The commands that only ask, or change one thing and show it. */

const WATCH_EVERY_MS = 1000;
const PAGE = 500;

export async function status(
  { api, terminal, clock, json }: Context,
  { watch }: { readonly watch: boolean },
): Promise<void> {
  let last = '';
  for (;;) {
    const answer = await api.status({});
    const text = JSON.stringify(answer);
    if (text !== last) show(terminal, json, answer, statusText);
    if (!watch) return;
    last = text;
    await sleep(clock, WATCH_EVERY_MS);
  }
}

export async function jobs({ api, terminal, json }: Context): Promise<void> {
  const items = await all((cursor) => api['jobs.list']({ limit: PAGE, ...cursor }));
  show(terminal, json, items, jobsText);
}

export async function integrations({ api, terminal, json }: Context): Promise<void> {
  const items = await all((cursor) => api['integrations.list']({ limit: PAGE, ...cursor }));
  show(terminal, json, items, (list) =>
    table(
      ['ID', 'NAME', 'METHOD', 'URL'],
      list.map(({ id, name, request }) => [id, name, request.method, request.url]),
    ),
  );
}

interface RunOptions {
  readonly job?: string;
  readonly state?: Run['state'];
  readonly outcome?: NonNullable<Run['outcome']>;
  readonly limit: number;
}

export async function runs({ api, terminal, json }: Context, options: RunOptions): Promise<void> {
  const { job, limit, ...filter } = options;
  const input: CommandInput<'runs.list'> = {
    ...filter,
    ...(job === undefined ? {} : { jobId: job }),
  };
  const items = await all((cursor) => api['runs.list']({ ...input, limit, ...cursor }), limit);
  show(terminal, json, items, runsText);
}

interface LogOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly follow: boolean;
}

export async function logs(
  { api, terminal, clock, json }: Context,
  id: string,
  { level, follow }: LogOptions,
): Promise<void> {
  const format = json ? 'jsonl' : 'text';
  let written = 0;
  for (;;) {
    // Asked first: what the run says at its very end is then in the log that is read after.
    const { state } = await api['runs.get']({ id });
    const text = await api['runs.log']({ id, format, level });
    terminal.write(text.slice(written));
    written = text.length;
    if (!follow || state === 'finished') return;
    await sleep(clock, WATCH_EVERY_MS);
  }
}

interface RecordOptions {
  readonly integration?: string;
  readonly change?: DataRecord['change'];
  readonly limit: number;
  readonly format?: 'csv' | 'jsonl';
}

export async function records(context: Context, options: RecordOptions): Promise<void> {
  const { api, terminal, json } = context;
  const { integration, change, limit, format } = options;
  const input: CommandInput<'records.list'> = {
    ...(integration === undefined ? {} : { integrationId: integration }),
    ...(change === undefined ? {} : { change }),
  };
  if (format !== undefined) {
    await writeAll(context, { ...input, format });
    return;
  }
  const items = await all((cursor) => api['records.list']({ ...input, limit, ...cursor }), limit);
  show(terminal, json, items, (list) =>
    table(
      ['INTEGRATION', 'KEY', 'CHANGE', 'CHANGED AT', 'DATA'],
      list.map((one) => [
        one.integrationId,
        one.key,
        one.change,
        one.changedAt,
        shortJson(one.data),
      ]),
    ),
  );
}

/** The whole list as a file, written as it comes. */
async function writeAll(
  { endpoint, terminal, locale }: Context,
  input: CommandInput<'records.list'>,
): Promise<void> {
  const { path, headers } = commandRequest(contract['records.list'], { ...input, locale });
  const response = await reachWell(endpoint, path, { headers });
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  for await (const chunk of response.body ?? [])
    terminal.write(decoder.decode(chunk as Uint8Array, { stream: true }));
  terminal.write(decoder.decode());
}

interface PauseOptions {
  readonly until?: string;
  readonly reason?: string;
}

export async function pause(
  { api, terminal, json }: Context,
  job: string | undefined,
  how: PauseOptions,
): Promise<void> {
  if (job === undefined) show(terminal, json, await api.pause(how), statusText);
  else show(terminal, json, await api['jobs.pause']({ id: job, ...how }), (one) => jobsText([one]));
}

export async function resume({ api, terminal, json }: Context, job?: string): Promise<void> {
  if (job === undefined) show(terminal, json, await api.resume({}), statusText);
  else show(terminal, json, await api['jobs.resume']({ id: job }), (one) => jobsText([one]));
}

/** Follows a list to its end, or until there are `most` items. */
async function all<T>(
  page: (cursor: {
    cursor?: string;
  }) => Promise<{ items: readonly T[]; nextCursor: string | null }>,
  most = Infinity,
): Promise<readonly T[]> {
  const items: T[] = [];
  let cursor: string | null = null;
  do {
    const answer = await page(cursor === null ? {} : { cursor });
    items.push(...answer.items);
    cursor = answer.nextCursor;
  } while (cursor !== null && items.length < most);
  return items.slice(0, most);
}

function statusText(status: Status): string {
  const why = status.stateReason ?? status.pauseReason;
  const until = status.pausedUntil === null ? '' : ` until ${status.pausedUntil}`;
  const next = status.nextRun;
  return fields([
    ['state', `${status.state}${until}${why === null ? '' : ` (${why})`}`],
    ['version', status.version],
    ['started', status.startedAt],
    ['running', status.running],
    ['queued', status.queued],
    ['jobs', `${status.jobs.enabled} of ${status.jobs.total} enabled`],
    ['next run', next === null ? null : `${next.jobId} at ${next.at}`],
    ['records', status.store.records],
    ['runs', status.store.runs],
    ['failures in 24 h', status.failures.last24h],
  ]);
}

function jobsText(list: readonly Job[]): string {
  return table(
    ['ID', 'NAME', 'STATE', 'NEXT RUN', 'LAST RUN', 'OUTCOME'],
    list.map((job) => [
      job.id,
      job.name,
      job.state,
      job.nextRunAt,
      job.lastRun?.startedAt,
      job.lastRun?.outcome,
    ]),
  );
}

export function runsText(list: readonly Run[]): string {
  return table(
    [
      'ID',
      'JOB',
      'TRIGGER',
      'STATE',
      'OUTCOME',
      'CREATED',
      'MS',
      'NEW',
      'CHANGED',
      'INVALID',
      'ERROR',
    ],
    list.map((run) => [
      run.id,
      run.jobId,
      run.trigger,
      run.state,
      run.outcome,
      run.createdAt,
      run.durationMs === null ? null : Math.round(run.durationMs),
      run.counts.new,
      run.counts.changed,
      run.counts.invalid,
      run.error?.message ?? run.reason,
    ]),
  );
}

const MOST_DATA = 80;

function shortJson(data: unknown): string {
  const text = JSON.stringify(data);
  return text.length <= MOST_DATA ? text : `${text.slice(0, MOST_DATA - 1)}…`;
}
